//! Operators on scalars, and the text of scalars.

use std::cmp::Ordering;

use crate::code::{BinaryOp, ExprId};
use crate::eval::Eval;
use crate::eval::value::{Element, Source, Value};
use crate::limits;
use crate::problem::Problem;

/// Multiples of a billionth, the finest that a quantity can be.
const NANO: i128 = 1_000_000_000;

impl<'a> Eval<'a> {
    /// The text of a scalar, as Kubernetes writes it; `None` for anything else.
    pub(crate) fn scalar_text(&self, value: Value<'a>) -> Option<String> {
        Some(match value {
            Value::Bool(value) => value.to_string(),
            Value::Int(value) => value.to_string(),
            Value::Float(value) => value.to_string(),
            Value::Str(text) | Value::Quantity(text) => text.to_owned(),
            Value::Duration(nanoseconds) => duration_text(nanoseconds),
            Value::Percent(value) => format!("{value}%"),
            _ => return None,
        })
    }

    pub(super) fn range(
        &self,
        source: &'a Source<'a>,
        expr: ExprId,
        start: Value<'a>,
        end: Value<'a>,
    ) -> Value<'a> {
        if start.is_error() || end.is_error() {
            return Value::Error;
        }
        if order(start, end) == Some(Ordering::Greater) {
            let (start, end) = (self.printed(start), self.printed(end));
            return self.report(
                Problem::error(
                    311,
                    source.spot(expr).place(),
                    format!("{start}..{end} begins above its end"),
                )
                .help(format!("write {end}..{start}")),
            );
        }
        Value::Range(self.arena.alloc((start, end)))
    }

    pub(super) fn negated(
        &self,
        source: &'a Source<'a>,
        expr: ExprId,
        value: Value<'a>,
    ) -> Value<'a> {
        match self.whnf(value) {
            Value::Int(value) => match value.checked_neg() {
                Some(value) => Value::Int(value),
                None => self.overflow(source, expr, format!("-({value})")),
            },
            Value::Float(value) => Value::Float(-value),
            Value::Duration(value) => Value::Duration(value.saturating_neg()),
            Value::Percent(value) => Value::Percent(-value),
            Value::Error => Value::Error,
            other => {
                let found = self.described(other);
                self.report(Problem::error(
                    207,
                    source.spot(expr).place(),
                    format!("{found} cannot be negated"),
                ))
            }
        }
    }

    fn overflow(&self, source: &'a Source<'a>, expr: ExprId, what: String) -> Value<'a> {
        let what = if self.is_sealed() { kube::secrets::HIDDEN.to_owned() } else { what };
        self.report(Problem::error(
            309,
            source.spot(expr).place(),
            format!("{what} does not fit in 64 bits"),
        ))
    }

    pub(super) fn binary(
        &self,
        source: &'a Source<'a>,
        expr: ExprId,
        op: BinaryOp,
        left: Value<'a>,
        right: Value<'a>,
    ) -> Value<'a> {
        if left.is_error() || right.is_error() {
            return Value::Error;
        }
        match op {
            BinaryOp::Equal | BinaryOp::NotEqual => match self.same(left, right) {
                Some(same) => Value::Bool(same == (op == BinaryOp::Equal)),
                None => Value::Error,
            },
            BinaryOp::Less | BinaryOp::LessEqual | BinaryOp::Greater | BinaryOp::GreaterEqual => {
                if let Value::Str(text) = left
                    && !self.reads_text(text)
                {
                    return Value::Error;
                }
                match order(left, right) {
                    Some(order) => Value::Bool(match op {
                        BinaryOp::Less => order.is_lt(),
                        BinaryOp::LessEqual => order.is_le(),
                        BinaryOp::Greater => order.is_gt(),
                        _ => order.is_ge(),
                    }),
                    None => self.unfit(source, expr, "compared", left, right),
                }
            }
            _ => self.arithmetic(source, expr, op, left, right),
        }
    }

    fn arithmetic(
        &self,
        source: &'a Source<'a>,
        expr: ExprId,
        op: BinaryOp,
        left: Value<'a>,
        right: Value<'a>,
    ) -> Value<'a> {
        let divides = matches!(op, BinaryOp::Divide | BinaryOp::Remainder);
        let zero = matches!(right, Value::Int(0) | Value::Duration(0))
            || matches!(right, Value::Float(x) | Value::Percent(x) if x == 0.0);
        if divides && zero {
            return self.report(Problem::error(310, source.spot(expr).place(), "division by zero"));
        }
        let words = match op {
            BinaryOp::Add => "added",
            BinaryOp::Subtract => "subtracted",
            BinaryOp::Multiply => "multiplied",
            BinaryOp::Divide => "divided",
            _ => "divided with a remainder",
        };
        match (left, right) {
            (Value::Int(a), Value::Int(b)) => {
                let result = match op {
                    BinaryOp::Add => a.checked_add(b),
                    BinaryOp::Subtract => a.checked_sub(b),
                    BinaryOp::Multiply => a.checked_mul(b),
                    BinaryOp::Divide => a.checked_div(b),
                    _ => a.checked_rem(b),
                };
                match result {
                    Some(result) => Value::Int(result),
                    None => self.overflow(source, expr, format!("{a} {} {b}", sign(op))),
                }
            }
            (Value::Duration(a), Value::Duration(b)) if !matches!(op, BinaryOp::Multiply) => {
                let result = match op {
                    BinaryOp::Add => a.checked_add(b).map(Value::Duration),
                    BinaryOp::Subtract => a.checked_sub(b).map(Value::Duration),
                    BinaryOp::Divide => Some(Value::Float(a as f64 / b as f64)),
                    _ => a.checked_rem(b).map(Value::Duration),
                };
                result.unwrap_or_else(|| self.overflow(source, expr, "this duration".to_owned()))
            }
            (Value::Duration(a), Value::Int(b)) | (Value::Int(b), Value::Duration(a))
                if op == BinaryOp::Multiply =>
            {
                match a.checked_mul(b) {
                    Some(result) => Value::Duration(result),
                    None => self.overflow(source, expr, "this duration".to_owned()),
                }
            }
            (Value::Duration(a), Value::Int(b)) if op == BinaryOp::Divide => Value::Duration(a / b),
            (Value::Percent(a), Value::Percent(b)) => Value::Percent(float(op, a, b)),
            (Value::Percent(a), Value::Int(b))
                if matches!(op, BinaryOp::Multiply | BinaryOp::Divide) =>
            {
                Value::Percent(float(op, a, b as f64))
            }
            (Value::Float(a), Value::Float(b)) => Value::Float(float(op, a, b)),
            (Value::Float(a), Value::Int(b)) => Value::Float(float(op, a, b as f64)),
            (Value::Int(a), Value::Float(b)) => Value::Float(float(op, a as f64, b)),
            (Value::Quantity(a), Value::Quantity(b)) if !matches!(op, BinaryOp::Multiply) => {
                let (Some((an, family)), Some((bn, _))) = (quantity(a), quantity(b)) else {
                    return self.unfit(source, expr, words, left, right);
                };
                if divides && bn == 0 {
                    return self.report(Problem::error(
                        310,
                        source.spot(expr).place(),
                        "division by zero",
                    ));
                }
                let result = match op {
                    BinaryOp::Add => an.checked_add(bn),
                    BinaryOp::Subtract => an.checked_sub(bn),
                    BinaryOp::Divide => return Value::Float(an as f64 / bn as f64),
                    _ => an.checked_rem(bn),
                };
                self.quantity_value(source, expr, result, family)
            }
            (Value::Quantity(a), Value::Int(b)) | (Value::Int(b), Value::Quantity(a))
                if op == BinaryOp::Multiply =>
            {
                let Some((n, family)) = quantity(a) else {
                    return self.unfit(source, expr, words, left, right);
                };
                self.quantity_value(source, expr, n.checked_mul(i128::from(b)), family)
            }
            (Value::Quantity(a), Value::Int(b)) if op == BinaryOp::Divide => {
                let Some((n, family)) = quantity(a) else {
                    return self.unfit(source, expr, words, left, right);
                };
                self.quantity_value(source, expr, n.checked_div(i128::from(b)), family)
            }
            (Value::Str(a), Value::Str(b)) if op == BinaryOp::Add => {
                if a.len().saturating_add(b.len()) > limits::STRING_BYTES {
                    return self.report(Problem::error(
                        505,
                        source.spot(expr).place(),
                        format!("this string is longer than {} bytes", limits::STRING_BYTES),
                    ));
                }
                if !self.spend((a.len() + b.len()) as u64 / 16, source, expr) {
                    return Value::Error;
                }
                let mut text =
                    bumpalo::collections::String::with_capacity_in(a.len() + b.len(), self.arena);
                text.push_str(a);
                text.push_str(b);
                Value::Str(text.into_bump_str())
            }
            (Value::List(a), Value::List(b)) if op == BinaryOp::Add => {
                if a.len().saturating_add(b.len()) > limits::ELEMENTS {
                    return self.too_many(source.spot(expr));
                }
                if !self.spend((a.len() + b.len()) as u64 / 4, source, expr) {
                    return Value::Error;
                }
                let both: Vec<Element<'a>> = a.iter().chain(b).copied().collect();
                Value::List(self.arena.alloc_slice_copy(&both))
            }
            _ => self.unfit(source, expr, words, left, right),
        }
    }

    fn quantity_value(
        &self,
        source: &'a Source<'a>,
        expr: ExprId,
        nano: Option<i128>,
        family: Family,
    ) -> Value<'a> {
        match nano.filter(|n| n.unsigned_abs() < (i64::MAX as u128).saturating_mul(NANO as u128)) {
            Some(nano) => Value::Quantity(self.arena.alloc_str(&quantity_text(nano, family))),
            None => self.overflow(source, expr, "this quantity".to_owned()),
        }
    }

    fn unfit(
        &self,
        source: &'a Source<'a>,
        expr: ExprId,
        words: &str,
        left: Value<'a>,
        right: Value<'a>,
    ) -> Value<'a> {
        let place = source.spot(expr).place();
        if left.is_absent() || right.is_absent() {
            return self.report(
                Problem::error(203, place, format!("what is absent cannot be {words}"))
                    .help("say with `??` what is meant where there is none"),
            );
        }
        let code = if words == "compared" { 209 } else { 207 };
        let (left, right) = (self.described(left), self.described(right));
        self.report(Problem::error(code, place, format!("{left} and {right} cannot be {words}")))
    }
}

/// How two scalars of one kind stand to each other.
pub(super) fn order(left: Value<'_>, right: Value<'_>) -> Option<Ordering> {
    match (left, right) {
        (Value::Int(a), Value::Int(b)) | (Value::Duration(a), Value::Duration(b)) => {
            Some(a.cmp(&b))
        }
        (Value::Float(a), Value::Float(b)) | (Value::Percent(a), Value::Percent(b)) => {
            a.partial_cmp(&b)
        }
        (Value::Int(a), Value::Float(b)) => (a as f64).partial_cmp(&b),
        (Value::Float(a), Value::Int(b)) => a.partial_cmp(&(b as f64)),
        (Value::Str(a), Value::Str(b)) => Some(a.cmp(b)),
        (Value::Quantity(a), Value::Quantity(b)) => quantity_order(a, b),
        (Value::Quantity(a), Value::Int(b)) => quantity_order(a, &b.to_string()),
        (Value::Int(a), Value::Quantity(b)) => quantity_order(&a.to_string(), b),
        _ => None,
    }
}

pub(crate) fn quantity_order(left: &str, right: &str) -> Option<Ordering> {
    Some(quantity(left)?.0.cmp(&quantity(right)?.0))
}

/// Which suffixes a quantity is written with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Family {
    Binary,
    Decimal,
}

const BINARY: [(&str, i128); 6] = [
    ("Ei", 1 << 60),
    ("Pi", 1 << 50),
    ("Ti", 1 << 40),
    ("Gi", 1 << 30),
    ("Mi", 1 << 20),
    ("Ki", 1 << 10),
];

/// In billionths.
const DECIMAL: [(&str, i128); 10] = [
    ("E", 1_000_000_000_000_000_000 * NANO),
    ("P", 1_000_000_000_000_000 * NANO),
    ("T", 1_000_000_000_000 * NANO),
    ("G", 1_000_000_000 * NANO),
    ("M", 1_000_000 * NANO),
    ("k", 1_000 * NANO),
    ("", NANO),
    ("m", 1_000_000),
    ("u", 1_000),
    ("n", 1),
];

/// A quantity in billionths. What is finer is rounded up, as Kubernetes does.
pub(crate) fn quantity(text: &str) -> Option<(i128, Family)> {
    let split =
        text.find(|c: char| !matches!(c, '0'..='9' | '.' | '-' | '+')).unwrap_or(text.len());
    let (number, suffix) = text.split_at(split);
    let (scale, family) = if let Some((_, factor)) = BINARY.iter().find(|(name, _)| *name == suffix)
    {
        (factor.checked_mul(NANO)?, Family::Binary)
    } else if let Some((_, factor)) = DECIMAL.iter().find(|(name, _)| *name == suffix) {
        (*factor, Family::Decimal)
    } else {
        let exponent: i32 = suffix.strip_prefix(['e', 'E'])?.parse().ok()?;
        let factor = if exponent >= 0 {
            NANO.checked_mul(10i128.checked_pow(u32::try_from(exponent).ok()?)?)?
        } else {
            NANO.checked_div(10i128.checked_pow(u32::try_from(-exponent).ok()?)?)?
        };
        (factor, Family::Decimal)
    };
    let (negative, digits) = match number.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, number.strip_prefix('+').unwrap_or(number)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mut value: i128 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let mut below = 1i128;
    for digit in fraction.chars().take(18) {
        value = value.checked_mul(10)?.checked_add(i128::from(digit.to_digit(10)?))?;
        below = below.checked_mul(10)?;
    }
    let scaled = value.checked_mul(scale)?;
    let nano = scaled / below + i128::from(scaled % below != 0);
    Some((if negative { -nano } else { nano }, family))
}

/// The canonical text: the largest suffix that leaves no fraction.
pub(crate) fn quantity_text(nano: i128, family: Family) -> String {
    if nano == 0 {
        return "0".to_owned();
    }
    if family == Family::Binary && nano % NANO == 0 {
        let whole = nano / NANO;
        for (suffix, factor) in BINARY {
            if whole % factor == 0 {
                return format!("{}{suffix}", whole / factor);
            }
        }
        return whole.to_string();
    }
    for (suffix, factor) in DECIMAL {
        if nano % factor == 0 {
            return format!("{}{suffix}", nano / factor);
        }
    }
    nano.to_string()
}

const UNITS: [(&str, i64); 6] = [
    ("h", 3_600_000_000_000),
    ("m", 60_000_000_000),
    ("s", 1_000_000_000),
    ("ms", 1_000_000),
    ("us", 1_000),
    ("ns", 1),
];

/// `90s` is `1m30s`.
pub(crate) fn duration_text(nanoseconds: i64) -> String {
    if nanoseconds == 0 {
        return "0s".to_owned();
    }
    let mut text = String::new();
    if nanoseconds < 0 {
        text.push('-');
    }
    let mut left = nanoseconds.unsigned_abs();
    for (unit, size) in UNITS {
        let count = left / size.unsigned_abs();
        left %= size.unsigned_abs();
        if count > 0 {
            text.push_str(&format!("{count}{unit}"));
        }
    }
    text
}

/// The nanoseconds of a duration as it is written; several units may follow each other.
pub(crate) fn duration_of(text: &str) -> Option<i64> {
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let mut total = 0i64;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (number, after) = rest.split_at(digits);
        let letters = after.find(|c: char| c.is_ascii_digit()).unwrap_or(after.len());
        let (unit, after) = after.split_at(letters);
        let size = if unit == "d" {
            86_400_000_000_000
        } else {
            UNITS.iter().find(|(name, _)| *name == unit)?.1
        };
        total = total.checked_add(number.parse::<i64>().ok()?.checked_mul(size)?)?;
        rest = after;
    }
    Some(if negative { -total } else { total })
}

fn float(op: BinaryOp, a: f64, b: f64) -> f64 {
    match op {
        BinaryOp::Add => a + b,
        BinaryOp::Subtract => a - b,
        BinaryOp::Multiply => a * b,
        BinaryOp::Divide => a / b,
        _ => a % b,
    }
}

fn sign(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Add => "+",
        BinaryOp::Subtract => "-",
        BinaryOp::Multiply => "*",
        BinaryOp::Divide => "/",
        _ => "%",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn quantities_are_canonical_after_arithmetic() {
        let sum = |a: &str, b: &str| {
            let ((a, family), (b, _)) = (quantity(a).unwrap(), quantity(b).unwrap());
            quantity_text(a + b, family)
        };
        assert_eq!(sum("512Mi", "512Mi"), "1Gi");
        assert_eq!(sum("500m", "1500m"), "2");
        assert_eq!(sum("0.5", "0"), "500m");
        assert_eq!(sum("1Gi", "1"), "1073741825");
        assert_eq!(quantity_order("1Gi", "1G"), Some(Ordering::Greater));
        assert_eq!(quantity_order("1e3", "1k"), Some(Ordering::Equal));
        assert_eq!(quantity("99999999999999999999999999999999999999Ei"), None);
    }

    #[test]
    fn durations_read_what_they_print() {
        for text in ["0s", "30s", "1m30s", "2h", "1ms", "1h1ns"] {
            assert_eq!(duration_text(duration_of(text).unwrap()), text);
        }
        assert_eq!(duration_of("5x"), None);
    }
}
