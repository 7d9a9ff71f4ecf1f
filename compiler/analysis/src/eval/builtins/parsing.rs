//! Numbers that are read from text. What a text does not write is absent.

use super::{Call, Run};
use crate::eval::operators::duration_of;
use crate::eval::value::Value;

pub(super) const ALL: &[(&str, Run)] = &[
    ("parseDuration", parse_duration),
    ("parseFloat", parse_float),
    ("parseInt", parse_int),
    ("parsePercent", parse_percent),
    ("parseQuantity", parse_quantity),
];

fn parse_int<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let text = call.text(0)?;
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let value = text.parse().ok().filter(|_| plain);
    Some(value.map_or(Value::Absent, Value::Int))
}

fn parse_float<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let text = call.text(0)?;
    let number =
        text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'));
    let value = text.parse::<f64>().ok().filter(|value| number && value.is_finite());
    Some(value.map_or(Value::Absent, Value::Float))
}

fn parse_quantity<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let quantity = call.text(0)?.parse::<kube::quantity::Quantity>().ok();
    Some(quantity.map_or(Value::Absent, |quantity| {
        Value::Quantity(call.eval.arena.alloc_str(&quantity.to_string()))
    }))
}

fn parse_duration<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let text = call.text(0)?;
    let value = duration_of(text).filter(|_| text.bytes().any(|byte| byte.is_ascii_digit()));
    Some(value.map_or(Value::Absent, Value::Duration))
}

fn parse_percent<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let number = call.text(0)?.strip_suffix('%');
    let digits = number.filter(|text| text.bytes().all(|b| b.is_ascii_digit() || b == b'.'));
    let value = digits.and_then(|text| text.parse::<f64>().ok());
    Some(value.map_or(Value::Absent, Value::Percent))
}
