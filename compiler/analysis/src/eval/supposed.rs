//! What is supposed of what is not known, where it is asked what is wrong with something that nothing is made of.
//!
//! What users would give is an error there. Each choice that depends on it, a condition or the arm of a `match`, is taken
//! in one way after the other, so that all that is written out is seen; what is gone through has one element of which
//! nothing is known, and may have others; and a key that is not known is one that no other key is.

use std::cell::{Cell, RefCell};

use rustc_hash::FxHashMap;

use crate::code::{Expr, ExprId};
use crate::db::Item;
use crate::eval::Eval;
use crate::eval::value::{Element, KeyedBy, Kind, LocalState, Rec, Source, Value};
use crate::limits;

/// Which ways were taken, over all evaluations of a declaration.
#[derive(Default)]
pub(crate) struct Supposed {
    choices: RefCell<FxHashMap<(Item, ExprId), Choice>>,
    /// The number of the evaluation.
    round: Cell<u32>,
    /// Ways of known choices that no evaluation has taken yet.
    open: Cell<u32>,
}

#[derive(Clone, Copy)]
struct Choice {
    round: u32,
    way: u32,
    /// So many were taken, from the first on.
    taken: u32,
}

impl Supposed {
    /// Which of so many ways an evaluation takes, always the same one at one place. What the library decides is seen
    /// from all sides in the library's own tests.
    fn way(&self, at: (Item, ExprId), ways: u32, counts: bool) -> u32 {
        let round = self.round.get();
        let mut choices = self.choices.borrow_mut();
        let choice = choices.entry(at).or_insert_with(|| {
            if counts {
                self.open.set(self.open.get() + ways);
            }
            Choice { round: u32::MAX, way: 0, taken: 0 }
        });
        if choice.round != round {
            choice.round = round;
            if choice.taken < ways {
                choice.way = choice.taken;
                choice.taken += 1;
                if counts {
                    self.open.set(self.open.get().saturating_sub(1));
                }
            } else {
                // What lies on this way may have others still.
                choice.way = round % ways.max(1);
            }
        }
        choice.way
    }

    /// Begins with another evaluation, if there is a way that none has taken.
    pub(crate) fn goes_on(&self) -> bool {
        self.round.set(self.round.get() + 1);
        self.open.get() > 0 && self.round.get() < limits::SUPPOSED
    }
}

impl<'a> Eval<'a> {
    /// An evaluation that goes on with what depends on something of which nothing is known.
    pub(crate) fn supposing(self, supposed: &'a Supposed) -> Self {
        Self { supposed: Some(supposed), ..self }
    }

    /// Which of so many ways is taken where that is not known; `None` where nothing is supposed.
    pub(super) fn way(&self, source: &Source<'_>, expr: ExprId, ways: usize) -> Option<usize> {
        let ways = u32::try_from(ways).ok().filter(|ways| *ways > 0)?;
        let way = self.supposed?.way((source.item, expr), ways, !source.library);
        usize::try_from(way).ok()
    }

    /// What a condition is of which nothing is known.
    pub(super) fn supposed_truth(&self, source: &Source<'_>, condition: ExprId) -> Option<bool> {
        self.way(source, condition, 2).map(|way| way == 0)
    }

    /// Whether what stands behind a `??` is asked for, where this stands before it.
    pub(super) fn takes_other(&self, source: &Source<'_>, expr: ExprId, value: Value<'_>) -> bool {
        match value {
            Value::Error => self.supposed_truth(source, expr) == Some(true),
            value => value.is_absent(),
        }
    }

    /// What a key is called that is not known: nothing else has this name.
    pub(super) fn supposed_key(
        &self,
        rec: &'a Rec<'a>,
        source: &Source<'_>,
        key: ExprId,
    ) -> Option<&'a str> {
        self.supposed?;
        let node = source.spot(key).node;
        let is_number = |keyed: KeyedBy<'a>| {
            keyed.keys().first().is_some_and(|first| self.key_is_int(keyed, first))
        };
        let name = match rec.kind {
            Kind::Keyed(keyed) if is_number(keyed) => (UNKNOWN_NUMBER + node % SPREAD).to_string(),
            _ => format!("{UNKNOWN}{node}"),
        };
        Some(self.arena.alloc_str(&name))
    }

    /// A list of which no more is known than that it may have elements, where it is asked what becomes of each.
    pub(super) fn supposed_list(
        &self,
        source: &Source<'_>,
        expr: ExprId,
        arguments: &[ExprId],
    ) -> Option<Value<'a>> {
        let is_asked = |argument: &ExprId| {
            matches!(source.code.exprs.get(*argument as usize), Some(Expr::Lambda(_)))
        };
        if !arguments.iter().any(is_asked) {
            return None;
        }
        let is_there = self.supposed_truth(source, expr)?;
        let element = Element { value: Value::Error, origin: source.spot(expr).origin() };
        is_there.then(|| Value::List(self.arena.alloc_slice_copy(&[element])))
    }

    /// What becomes of an element of which nothing is known; there may be others.
    pub(super) fn each_unknown(
        &self,
        then: &mut dyn FnMut(Value<'a>, LocalState<'a>) -> bool,
    ) -> bool {
        if self.supposes() {
            then(Value::Error, LocalState::Done(Value::Error));
        }
        false
    }

    /// Whether what is written counts however much else is not known.
    pub(crate) fn supposes(&self) -> bool {
        self.supposed.is_some()
    }
}

const UNKNOWN: &str = "unknown-";

/// A port that is written nowhere, and how many there are of them.
const UNKNOWN_NUMBER: u32 = 52_000;
const SPREAD: u32 = 8_000;

/// Whether a text speaks of a key that is not known.
pub(crate) fn is_of_unknown_key(text: &str) -> bool {
    text.contains(UNKNOWN)
}
