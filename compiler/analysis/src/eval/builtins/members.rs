//! Members of scalars and ranges: `wait.seconds`, `scale.start`. Of what is absent, `?.` asks, and they are absent.

use super::{Call, Run};
use crate::code::{Expr, ExprId};
use crate::eval::value::{Hint, Spot, Value};

pub(super) const ALL: &[(&str, Run)] = &[
    ("start", start),
    ("end", end),
    ("seconds", seconds),
    ("percent", percent),
    ("insecure", insecure),
];

const SECOND: i64 = 1_000_000_000;

fn start<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    match call.value(0) {
        Value::Range((start, _)) => Some(*start),
        Value::Absent => Some(Value::Absent),
        other => call.unexpected("a range", other),
    }
}

fn end<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    match call.value(0) {
        Value::Range((_, end)) => Some(*end),
        Value::Absent => Some(Value::Absent),
        other => call.unexpected("a range", other),
    }
}

/// `insecure(x, "reason")`, which is a matter of types.
fn insecure<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    Some(call.value(0))
}

fn seconds<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    match call.value(0) {
        Value::Duration(nanos) if nanos % SECOND == 0 => Some(Value::Int(nanos / SECOND)),
        Value::Duration(_) => call.not_whole("seconds"),
        Value::Absent => Some(Value::Absent),
        other => call.unexpected("a Duration", other),
    }
}

fn percent<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    match call.value(0) {
        Value::Percent(value) if value.fract() == 0.0 => Some(Value::Int(value as i64)),
        Value::Percent(_) => call.not_whole("percents"),
        Value::Absent => Some(Value::Absent),
        other => call.unexpected("a Percent", other),
    }
}

impl<'a> Call<'_, 'a> {
    /// A part of the value would be lost without a word.
    pub(super) fn not_whole<T>(&self, unit: &str) -> Option<T> {
        let message = format!("{} is no whole number of {unit}", self.eval.printed(self.value(0)));
        let written = self.written.first().and_then(|&expr| self.field_spot(expr));
        self.eval.blamed_on_user(313, self.spot(), written, message);
        None
    }

    /// Where the field that an expression reads is bound.
    fn field_spot(&self, expr: ExprId) -> Option<Spot<'a>> {
        let (rec, name) = match self.source.code.exprs.get(expr as usize)? {
            Expr::SelfField { name, .. } => (self.env.me?, name),
            Expr::InnerField { name, .. } => (self.env.inner?, name),
            Expr::Member { value, name, .. } => {
                let value = self.eval.eval(self.source, *value, self.env, Hint::default());
                match self.eval.whnf(value) {
                    Value::Rec(rec) => (rec, name),
                    _ => return None,
                }
            }
            _ => return None,
        };
        Some(self.eval.slot(rec, name)?.bindings.get()?.value_spot())
    }
}
