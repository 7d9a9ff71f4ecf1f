//! Functions: closures and their calls.

use std::cell::Cell;

use crate::code::{ExprId, Function, Root};
use crate::db::Item;
use crate::eval::Eval;
use crate::eval::value::{Closure, Env, Hint, LocalState, Source, Value};
use crate::limits;
use crate::problem::Problem;

impl<'a> Eval<'a> {
    pub(super) fn closure(
        &self,
        source: &'a Source<'a>,
        function: &'a Function,
        env: Env<'a>,
    ) -> Value<'a> {
        Value::Fn(self.arena.alloc(Closure { source, function, env, running: Cell::new(0) }))
    }

    /// A function that is declared at the top of a file.
    pub(super) fn function(&self, item: Item, bare: bool) -> Value<'a> {
        let source = self.source(item);
        match &source.code.root {
            Root::Fn(function) => self.closure(source, function, Env::of(bare)),
            _ => Value::Error,
        }
    }

    /// A call with arguments as they are written; they are evaluated when the function asks for them.
    pub(super) fn call_written(
        &self,
        source: &'a Source<'a>,
        expr: ExprId,
        function: Value<'a>,
        arguments: &[ExprId],
        env: &Env<'a>,
        hint: Hint<'a>,
    ) -> Value<'a> {
        let mut given = bumpalo::collections::Vec::with_capacity_in(arguments.len(), self.arena);
        for &argument in arguments {
            given.push(self.delayed(source, argument, env));
        }
        self.call(source, expr, function, &given, hint)
    }

    pub(super) fn call(
        &self,
        source: &'a Source<'a>,
        expr: ExprId,
        function: Value<'a>,
        arguments: &[LocalState<'a>],
        hint: Hint<'a>,
    ) -> Value<'a> {
        let closure = match self.localized(function) {
            Value::Fn(closure) => closure,
            Value::Error => return Value::Error,
            other => {
                let found = self.described(other);
                return self.report(Problem::error(
                    205,
                    source.spot(expr).place(),
                    format!("{found} cannot be called"),
                ));
            }
        };
        let Some(_level) = self.descend(|| source.spot(expr).place()) else { return Value::Error };
        if closure.running.get() >= limits::CALLS {
            return self.report(
                Problem::error(
                    507,
                    source.spot(expr).place(),
                    "this function is being called already",
                )
                .related(closure.source.spot(closure.function.body).place(), "this calls itself")
                .help("every program must end: go through a list with `for` instead"),
            );
        }
        let mut inside = closure.env;
        for (at, param) in closure.function.params.iter().enumerate() {
            let state = match (arguments.get(at), param.default) {
                (Some(&given), _) => given,
                (None, Some(default)) => self.delayed(closure.source, default, &inside),
                (None, None) => LocalState::Done(Value::Absent),
            };
            inside = self.bind_local(&inside, state);
        }
        closure.running.set(closure.running.get() + 1);
        let value = self.eval(closure.source, closure.function.body, &inside, hint);
        closure.running.set(closure.running.get().saturating_sub(1));
        value
    }
}
