//! Values of which it is asked whether they are there.

use crate::code::{Ask, Expr, ExprId};
use crate::eval::Eval;
use crate::eval::value::{Env, Hint, Source, Value};

impl<'a> Eval<'a> {
    /// The value of an expression where it is asked whether there is one: a key that is not there is no
    /// mistake, and what the Kubernetes API would take for empty is absent.
    pub(super) fn perhaps(
        &self,
        source: &'a Source<'a>,
        expr: ExprId,
        env: &Env<'a>,
        hint: Hint<'a>,
    ) -> Value<'a> {
        let sub = |expr: ExprId| self.eval(source, expr, env, Hint::default());
        match source.code.exprs.get(expr as usize) {
            Some(Expr::Member { value, name, slot, .. }) => {
                match self.whnf(self.perhaps(source, *value, env, Hint::default())) {
                    Value::Absent => Value::Absent,
                    value => self.member(source, expr, value, name, *slot, Ask::Perhaps),
                }
            }
            Some(Expr::Index { value, index, .. }) => {
                match self.whnf(self.perhaps(source, *value, env, Hint::default())) {
                    Value::Absent => Value::Absent,
                    value => self.index(source, expr, value, sub(*index), Ask::Perhaps),
                }
            }
            Some(Expr::Sealed(value)) => {
                let _seal = self.seal();
                self.perhaps(source, *value, env, hint)
            }
            _ => self.eval(source, expr, env, hint),
        }
    }

    /// What stands before a `.` or a `[`; before `?.` it may be absent.
    pub(super) fn before(
        &self,
        source: &'a Source<'a>,
        expr: ExprId,
        optional: bool,
        env: &Env<'a>,
    ) -> Value<'a> {
        match optional {
            true => self.perhaps(source, expr, env, Hint::default()),
            false => self.eval(source, expr, env, Hint::default()),
        }
    }
}
