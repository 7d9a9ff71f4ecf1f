//! What a user gave because of which a schema, a trait or a function computed something wrong: it is mended there.
//!
//! Nothing is evaluated for it. What went wrong was computed from values that are known by then, and the expressions that
//! gave those are followed back to where a user wrote one.

use crate::code::{EntryKind, Expr, ExprId, Key};
use crate::cross::is_shared;
use crate::eval::Eval;
use crate::eval::value::{
    Binding, Env, LocalState, Rec, Slot, SlotState, Source, Spot, Value, What,
};
use crate::eval::way::winner;
use crate::problem::{Problem, Severity};

/// Expressions that are looked at for one problem.
const LOOKED_AT: usize = 200;

/// Expressions of an item among which the wrong one is sought.
const SOUGHT_AMONG: usize = 10_000;

/// Values that are shown with one problem.
const SHOWN: usize = 3;

/// The values that were found, and how much may still be looked at.
struct Search<'a> {
    found: Vec<Spot<'a>>,
    /// Constants of schemas and traits.
    shared: Vec<Spot<'a>>,
    left: usize,
}

impl<'a> Eval<'a> {
    /// The problem, and if it stands in what several share, the values of the user from which it follows, or else the
    /// record for which it was computed.
    pub(super) fn because(&self, mut problem: Problem) -> Problem {
        let place = problem.place;
        if problem.severity != Severity::Error || !is_shared(self.db, place) {
            return problem;
        }
        let Some(&(rec, slot)) = self.forcing.borrow().last() else { return problem };
        let Some(binding) = binding_in(slot, place.item).or_else(|| winner(slot)) else {
            return problem;
        };
        let source = binding.layer.source;
        let mut search = Search { found: Vec::new(), shared: Vec::new(), left: LOOKED_AT };
        // The part that is wrong, if it stands in this field and in no function that it calls.
        let part = if source.item == place.item { part_at(source, place.node) } else { None };
        match part {
            Some(part) => self.givers(source, part, &binding.env, &mut search),
            None => self.givers_of(binding, &mut search),
        }
        let made = binding.env.me.unwrap_or(rec);
        let path = self.path(rec, slot.name);
        let known: Vec<_> = problem.related.iter().map(|label| label.place).collect();
        let Search { found, shared, .. } = search;
        let shown = if found.is_empty() { shared } else { found.clone() };
        for spot in shown.iter().filter(|spot| !known.contains(&spot.place())).take(SHOWN) {
            problem = problem.related(spot.place(), format!("`{path}` is computed from this"));
        }
        let instance = self.outer_spot(made);
        if found.is_empty() && is_of_user(self, instance) {
            let name = self.record_name(made);
            problem = problem.related(instance.place(), format!("computed for {name}"));
        }
        problem
    }

    /// What the value of an expression was computed from.
    fn givers(&self, source: &'a Source<'a>, expr: ExprId, env: &Env<'a>, search: &mut Search<'a>) {
        if search.left == 0 {
            return;
        }
        search.left -= 1;
        match source.code.exprs.get(expr as usize) {
            Some(Expr::Member { value, .. } | Expr::Index { value, .. })
                if self.slot_named(source, expr, env).is_none() =>
            {
                self.givers(source, *value, env, search);
                if let Some(Expr::Index { index, .. }) = source.code.exprs.get(expr as usize) {
                    self.givers(source, *index, env, search);
                }
            }
            Some(
                Expr::SelfField { .. }
                | Expr::InnerField { .. }
                | Expr::Member { .. }
                | Expr::Global(_),
            ) => {
                if let Some(binding) = self.slot_named(source, expr, env).and_then(winner) {
                    self.givers_of(binding, search);
                }
            }
            Some(Expr::Local(level)) => match env.local(*level).map(|local| local.state.get()) {
                Some(LocalState::Slot { slot, .. }) => {
                    if let Some(binding) = winner(slot) {
                        self.givers_of(binding, search);
                    }
                }
                Some(LocalState::Forced(_, thunk)) => {
                    self.givers(thunk.source, thunk.expr, &thunk.env, search);
                }
                Some(LocalState::Element(element)) => {
                    let spot = self.spot_of(element.origin);
                    search.found.extend(spot.filter(|spot| is_of_user(self, *spot)));
                }
                _ => {}
            },
            Some(Expr::If { condition, then, otherwise }) => {
                for part in [Some(*condition), Some(*then), *otherwise].into_iter().flatten() {
                    self.givers(source, part, env, search);
                }
            }
            _ => self.parts(source, expr, &mut |part| self.givers(source, part, env, search)),
        }
    }

    /// Where the value of a binding is written, if a user wrote it, or what it was computed from.
    fn givers_of(&self, binding: &'a Binding<'a>, search: &mut Search<'a>) {
        let spot = binding.value_spot();
        if is_of_user(self, spot) {
            if !search.found.iter().any(|found| found.place() == spot.place()) {
                search.found.push(spot);
            }
            return;
        }
        match binding.what {
            What::Entry(entry) => {
                let EntryKind::Set { value, .. } = &entry.kind else { return };
                let source = binding.layer.source;
                match source.code.exprs.get(*value as usize) {
                    Some(expr) if expr.is_written_out() && !source.library => {
                        search.shared.push(spot);
                    }
                    _ => self.givers(source, *value, &binding.env, search),
                }
            }
            What::Slot { slot, .. } if search.left > 0 => {
                search.left -= 1;
                if let Some(binding) = winner(slot) {
                    self.givers_of(binding, search);
                }
            }
            _ => {}
        }
    }

    /// The slot that an expression names, as far as its records are known.
    fn slot_named(
        &self,
        source: &'a Source<'a>,
        expr: ExprId,
        env: &Env<'a>,
    ) -> Option<&'a Slot<'a>> {
        match source.code.exprs.get(expr as usize)? {
            Expr::SelfField { name, .. } => self.slot_of(env.me?, name),
            Expr::InnerField { name, .. } => self.slot_of(env.inner?, name),
            Expr::Member { value, name, .. } => {
                let rec = record_in(self.slot_named(source, *value, env)?)?;
                self.slot_of(rec, name)
            }
            Expr::Global(item) => Some(self.item_slot(*item, env.bare).1),
            Expr::Check { value, .. } => self.slot_named(source, *value, env),
            Expr::Local(level) => match env.local(*level)?.state.get() {
                LocalState::Slot { slot, .. } => Some(slot),
                _ => None,
            },
            _ => None,
        }
    }
}

/// The expression that is written as a node, or that gives the key which is.
fn part_at(source: &Source<'_>, node: u32) -> Option<ExprId> {
    let code = source.code;
    if code.nodes.len() > SOUGHT_AMONG {
        return None;
    }
    let written = code.nodes.iter().rposition(|known| *known == node);
    let key = || {
        let mut entries = code.bodies.iter().flat_map(|body| &body.entries);
        match &entries.find(|entry| entry.node == node)?.kind {
            EntryKind::Set { key: Key::Computed(key), .. }
            | EntryKind::Block { key: Key::Computed(key), .. } => Some(*key),
            _ => None,
        }
    };
    written.map(|at| at as ExprId).or_else(key)
}

fn record_in<'a>(slot: &'a Slot<'a>) -> Option<&'a Rec<'a>> {
    match slot.state.get() {
        SlotState::Done(Value::Rec(rec)) => Some(rec),
        _ => None,
    }
}

/// The binding of a slot that an item wrote.
fn binding_in<'a>(slot: &'a Slot<'a>, item: crate::db::Item) -> Option<&'a Binding<'a>> {
    std::iter::successors(slot.bindings.get(), |binding| binding.below.get())
        .find(|binding| binding.layer.source.item == item)
}

/// Whether who uses a schema, trait or function wrote what stands there.
fn is_of_user(eval: &Eval<'_>, spot: Spot<'_>) -> bool {
    !spot.source.library && !is_shared(eval.db, spot.place())
}
