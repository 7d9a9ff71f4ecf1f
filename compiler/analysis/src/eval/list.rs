//! Lists, as they are written and as `for` makes them.

use bumpalo::collections::Vec as ArenaVec;

use crate::code::{Clause, ExprId, ListEntry};
use crate::eval::Eval;
use crate::eval::value::{Element, Env, Hint, LocalState, Source, Value};
use crate::limits;
use crate::problem::Problem;

impl<'a> Eval<'a> {
    pub(super) fn list(
        &self,
        source: &'a Source<'a>,
        entries: &[ListEntry],
        env: &Env<'a>,
    ) -> Value<'a> {
        let mut list = ArenaVec::with_capacity_in(entries.len(), self.arena);
        let mut unknown = false;
        for entry in entries {
            match *entry {
                ListEntry::One(expr) => {
                    match self.eval(source, expr, env, Hint::default()) {
                        Value::Error if self.supposes() => unknown = true,
                        Value::Error => return Value::Error,
                        // `if c then e` is an element only where the condition holds.
                        Value::Absent => {}
                        _ if list.len() >= limits::ELEMENTS => {
                            return self.too_many(source.spot(expr));
                        }
                        value => {
                            let spot = source.spot(expr);
                            self.called_for(value, spot);
                            list.push(Element { value, origin: spot.origin() });
                        }
                    }
                }
                ListEntry::Spread(expr) => {
                    match self.whnf(self.eval(source, expr, env, Hint::default())) {
                        Value::List(elements) => {
                            if list.len().saturating_add(elements.len()) > limits::ELEMENTS {
                                return self.too_many(source.spot(expr));
                            }
                            if !self.spend(elements.len() as u64 / 4, source, expr) {
                                return Value::Error;
                            }
                            list.extend_from_slice(elements);
                        }
                        Value::Error if self.supposes() => unknown = true,
                        Value::Error => return Value::Error,
                        Value::Absent => {}
                        other => {
                            let found = self.described(other);
                            return self.report(Problem::error(
                                201,
                                source.spot(expr).place(),
                                format!("expected a list to spread, found {found}"),
                            ));
                        }
                    }
                }
            }
        }
        match unknown && list.is_empty() {
            true => Value::Error,
            false => Value::List(list.into_bump_slice()),
        }
    }

    /// The rest of a list comprehension; false where something was an error.
    pub(super) fn comprehension(
        &self,
        source: &'a Source<'a>,
        clauses: &'a [Clause],
        value: ExprId,
        env: &Env<'a>,
        list: &mut ArenaVec<'a, Element<'a>>,
    ) -> bool {
        match clauses.split_first() {
            None => match self.eval(source, value, env, Hint::default()) {
                Value::Error => self.supposes(),
                Value::Absent => true,
                element => {
                    if list.len() >= limits::ELEMENTS {
                        self.too_many(source.spot(value));
                        return false;
                    }
                    let spot = source.spot(value);
                    self.called_for(element, spot);
                    list.push(Element { value: element, origin: spot.origin() });
                    true
                }
            },
            Some((Clause::If(condition), rest)) => match self.truth(source, *condition, env) {
                Some(true) => self.comprehension(source, rest, value, env, list),
                Some(false) => true,
                None => false,
            },
            Some((Clause::For { two, source: from }, rest)) => {
                let level = self.descend(|| source.spot(*from).place());
                let through = self.eval(source, *from, env, Hint::default());
                level.is_some()
                    && self.each(source, *from, through, &mut |key, element| {
                        let mut env = *env;
                        if *two {
                            env = self.bind_local(&env, LocalState::Done(key));
                        }
                        env = self.bind_local(&env, element);
                        self.comprehension(source, rest, value, &env, list)
                    })
            }
        }
    }
}
