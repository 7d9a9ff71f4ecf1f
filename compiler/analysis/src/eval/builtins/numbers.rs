//! Functions of numbers, quantities, durations and percentages, and numbers read from text.

use std::cmp::Ordering;

use kube::quantity::{Family, Quantity};

use super::{Call, Run};
use crate::eval::operators::{order, quantity};
use crate::eval::value::Value;

pub(super) const ALL: &[(&str, Run)] = &[
    ("abs", abs),
    ("bytes", bytes),
    ("ceil", ceil),
    ("clamp", clamp),
    ("cores", cores),
    ("fixed", fixed),
    ("float", float),
    ("floor", floor),
    ("max", max),
    ("millicores", millicores),
    ("milliseconds", milliseconds),
    ("min", min),
    ("of", of),
    ("range", range),
    ("round", round),
    ("str", str),
];

const BILLION: i128 = 1_000_000_000;

fn abs<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    match call.value(0) {
        Value::Int(value) => match value.checked_abs() {
            Some(value) => Some(Value::Int(value)),
            None => {
                call.fail(309, format!("the absolute value of {value} does not fit in 64 bits"))
            }
        },
        Value::Float(value) => Some(Value::Float(value.abs())),
        Value::Percent(value) => Some(Value::Percent(value.abs())),
        Value::Duration(value) => Some(Value::Duration(value.saturating_abs())),
        Value::Quantity(text) => Some(Value::Quantity(text.strip_prefix('-').unwrap_or(text))),
        other => call.unexpected("a number", other),
    }
}

fn min<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    of_two(call, 0, 1, Ordering::Less)
}

fn max<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    of_two(call, 0, 1, Ordering::Greater)
}

fn of_two<'a>(call: &Call<'_, 'a>, a: usize, b: usize, wanted: Ordering) -> Option<Value<'a>> {
    let (a, b) = (call.value(a), call.value(b));
    match order(a, b) {
        Some(order) => Some(if order == wanted || order.is_eq() { a } else { b }),
        None => call.unexpected("values that can be compared", b),
    }
}

fn clamp<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let (value, low, high) = (call.value(0), call.value(1), call.value(2));
    if order(low, high) == Some(Ordering::Greater) {
        let (low, high) = (call.eval.printed(low), call.eval.printed(high));
        return call.fail(311, format!("{low}..{high} begins above its end"));
    }
    match (order(value, low), order(value, high)) {
        (Some(Ordering::Less), _) => Some(low),
        (_, Some(Ordering::Greater)) => Some(high),
        (Some(_), Some(_)) => Some(value),
        _ => call.unexpected("values that can be compared", value),
    }
}

fn round<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    whole(call, f64::round)
}

fn floor<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    whole(call, f64::floor)
}

fn ceil<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    whole(call, f64::ceil)
}

fn whole<'a>(call: &Call<'_, 'a>, rounded: impl Fn(f64) -> f64) -> Option<Value<'a>> {
    let value = match call.value(0) {
        value @ Value::Int(_) => return Some(value),
        Value::Float(value) => rounded(value),
        other => return call.unexpected("Float", other),
    };
    // The bounds are the powers of two beyond which an integer of 64 bits does not reach.
    if (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&value) {
        Some(Value::Int(value as i64))
    } else {
        call.fail(309, format!("{value} does not fit in 64 bits"))
    }
}

fn float<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    match call.value(0) {
        Value::Int(value) => Some(Value::Float(value as f64)),
        value @ Value::Float(_) => Some(value),
        other => call.unexpected("Int", other),
    }
}

fn fixed<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let digits = call.count(1)?;
    match call.value(0) {
        Value::Float(value) => call.string(format!("{value:.digits$}")),
        Value::Int(value) if digits == 0 => call.string(value.to_string()),
        Value::Int(value) => call.string(format!("{value}.{}", "0".repeat(digits))),
        other => call.unexpected("Float", other),
    }
}

fn str<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    match call.value(0) {
        value @ Value::Str(_) => Some(value),
        value => match call.eval.scalar_text(value) {
            Some(text) => call.string(text),
            None => call.unexpected("a string, number or truth value", value),
        },
    }
}

fn bytes<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let nanos = nanos(call)?;
    if nanos % BILLION != 0 {
        return call.not_whole("bytes");
    }
    int(call, nanos / BILLION)
}

fn millicores<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let nanos = nanos(call)?;
    if nanos % (BILLION / 1000) != 0 {
        return call.not_whole("millicores");
    }
    int(call, nanos / (BILLION / 1000))
}

fn cores<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    Some(Value::Float(nanos(call)? as f64 / BILLION as f64))
}

fn milliseconds<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    match call.value(0) {
        Value::Duration(nanos) if nanos % 1_000_000 == 0 => Some(Value::Int(nanos / 1_000_000)),
        Value::Duration(_) => call.not_whole("milliseconds"),
        other => call.unexpected("a Duration", other),
    }
}

/// Billionths of a quantity.
fn nanos(call: &Call<'_, '_>) -> Option<i128> {
    let text = match call.value(0) {
        Value::Int(value) => return Some(i128::from(value) * BILLION),
        _ => call.text(0)?,
    };
    match quantity(text) {
        Some((nanos, _)) => Some(nanos),
        None => call.fail(211, format!("{text:?} is no Quantity")),
    }
}

fn int<'a>(call: &Call<'_, 'a>, value: i128) -> Option<Value<'a>> {
    match i64::try_from(value) {
        Ok(value) => Some(Value::Int(value)),
        Err(_) => call.fail(309, format!("{value} does not fit in 64 bits")),
    }
}

/// A share of a number: `70%.of(10)`. What is not whole is rounded to the nearest, halves away from zero; of quantities,
/// only those in binary units, which count bytes.
fn of<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let Value::Percent(share) = call.value(0) else {
        return call.unexpected("a Percent", call.value(0));
    };
    let part = |value: f64| value * share / 100.0;
    match call.value(1) {
        Value::Int(value) => int(call, part(value as f64).round() as i128),
        Value::Float(value) => Some(Value::Float(part(value))),
        Value::Percent(value) => Some(Value::Percent(part(value))),
        Value::Duration(value) => Some(Value::Duration(part(value as f64).round() as i64)),
        Value::Quantity(text) => {
            let quantity: Quantity = match text.parse() {
                Ok(quantity) => quantity,
                Err(why) => return call.fail(211, format!("{text:?} is no Quantity: {why}")),
            };
            // In thousandths of a percent, so that quantities stay exact.
            let factor = (share * 1000.0).round() as i64;
            let share = quantity.share(factor, 100_000).and_then(|share| match share.family() {
                Family::Binary => share.rounded(),
                Family::Decimal | Family::Exponent => Ok(share),
            });
            match share {
                Ok(share) => Some(Value::Quantity(call.eval.arena.alloc_str(&share.to_string()))),
                Err(why) => call.fail(211, format!("{share:?}: {why}")),
            }
        }
        other => call.unexpected("a number", other),
    }
}

fn range<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let first = call.int(0)?;
    let (start, end) = match call.value(1) {
        Value::Absent => (0, first),
        _ => (first, call.int(1)?),
    };
    // What is too many to count is too many for a list.
    let count = end.checked_sub(start).unwrap_or(i64::MAX).max(0);
    call.fits_a_list(usize::try_from(count).unwrap_or(usize::MAX))?;
    call.listed((start..end).map(Value::Int))
}
