//! Arithmetic and comparison.

use std::cmp::Ordering;
use std::rc::Rc;

use super::eval::{Outcome, Stop, overload};
use super::parse::Operator;
use super::value::Value;

fn overflow() -> Stop {
    Stop::Error("integer overflow".to_owned())
}

fn bounded_duration<'v>(nanos: i128) -> Outcome<'v> {
    // What Go's durations hold.
    i64::try_from(nanos).map(|nanos| Value::Duration(nanos.into())).map_err(|_| overflow())
}

/// `-a`
pub fn negative(value: Value<'_>) -> Outcome<'_> {
    match value {
        Value::Int(value) => value.checked_neg().map(Value::Int).ok_or_else(overflow),
        Value::Double(value) => Ok(Value::Double(-value)),
        Value::Duration(nanos) => Ok(Value::Duration(-nanos)),
        other => Err(overload("-", &[&other])),
    }
}

/// `a + b`
pub fn sum<'v>(a: Value<'v>, b: Value<'v>) -> Outcome<'v> {
    if let (Some(mut first), Some(second)) = (a.items(), b.items()) {
        first.extend(second);
        return Ok(Value::list(first));
    }
    match (&a, &b) {
        (Value::Int(a), Value::Int(b)) => a.checked_add(*b).map(Value::Int).ok_or_else(overflow),
        (Value::Uint(a), Value::Uint(b)) => a.checked_add(*b).map(Value::Uint).ok_or_else(overflow),
        (Value::Double(a), Value::Double(b)) => Ok(Value::Double(a + b)),
        (Value::Str(a), Value::Str(b)) => Ok(Value::Str(Rc::from(format!("{a}{b}")))),
        (Value::Bytes(a), Value::Bytes(b)) => Ok(Value::Bytes([&**a, &**b].concat().into())),
        (Value::Duration(a), Value::Duration(b)) => bounded_duration(a + b),
        (Value::Time(a), Value::Duration(b)) | (Value::Duration(b), Value::Time(a)) => {
            Ok(Value::Time(a + b))
        }
        _ => Err(overload("+", &[&a, &b])),
    }
}

/// The other operators on two values.
pub fn computed<'v>(operator: Operator, a: &Value<'v>, b: &Value<'v>) -> Outcome<'v> {
    let compared = |sign: &str, fits: fn(Ordering) -> bool| match a.order(b) {
        Some(order) => Ok(Value::Bool(fits(order))),
        None if numbers(a, b) => Ok(Value::Bool(false)),
        None => Err(overload(sign, &[a, b])),
    };
    match operator {
        Operator::Less => compared("<", Ordering::is_lt),
        Operator::LessOrEqual => compared("<=", Ordering::is_le),
        Operator::Greater => compared(">", Ordering::is_gt),
        Operator::GreaterOrEqual => compared(">=", Ordering::is_ge),
        Operator::Minus => match (a, b) {
            (Value::Int(a), Value::Int(b)) => {
                a.checked_sub(*b).map(Value::Int).ok_or_else(overflow)
            }
            (Value::Uint(a), Value::Uint(b)) => {
                a.checked_sub(*b).map(Value::Uint).ok_or_else(overflow)
            }
            (Value::Double(a), Value::Double(b)) => Ok(Value::Double(a - b)),
            (Value::Duration(a), Value::Duration(b)) | (Value::Time(a), Value::Time(b)) => {
                bounded_duration(a - b)
            }
            (Value::Time(a), Value::Duration(b)) => Ok(Value::Time(a - b)),
            _ => Err(overload("-", &[a, b])),
        },
        Operator::Times => match (a, b) {
            (Value::Int(a), Value::Int(b)) => {
                a.checked_mul(*b).map(Value::Int).ok_or_else(overflow)
            }
            (Value::Uint(a), Value::Uint(b)) => {
                a.checked_mul(*b).map(Value::Uint).ok_or_else(overflow)
            }
            (Value::Double(a), Value::Double(b)) => Ok(Value::Double(a * b)),
            _ => Err(overload("*", &[a, b])),
        },
        Operator::Divided => match (a, b) {
            (Value::Int(_), Value::Int(0)) | (Value::Uint(_), Value::Uint(0)) => {
                Err(Stop::Error("division by zero".to_owned()))
            }
            (Value::Int(a), Value::Int(b)) => {
                a.checked_div(*b).map(Value::Int).ok_or_else(overflow)
            }
            (Value::Uint(a), Value::Uint(b)) => Ok(Value::Uint(a / b)),
            (Value::Double(a), Value::Double(b)) => Ok(Value::Double(a / b)),
            _ => Err(overload("/", &[a, b])),
        },
        Operator::Modulo => match (a, b) {
            (Value::Int(_), Value::Int(0)) | (Value::Uint(_), Value::Uint(0)) => {
                Err(Stop::Error("modulus by zero".to_owned()))
            }
            (Value::Int(a), Value::Int(b)) => {
                a.checked_rem(*b).map(Value::Int).ok_or_else(overflow)
            }
            (Value::Uint(a), Value::Uint(b)) => Ok(Value::Uint(a % b)),
            _ => Err(overload("%", &[a, b])),
        },
        Operator::Equal | Operator::Unequal | Operator::In | Operator::Plus => {
            Err(overload("an operator", &[a, b]))
        }
    }
}

/// Two numbers have an order unless one is none.
fn numbers(a: &Value<'_>, b: &Value<'_>) -> bool {
    let number =
        |value: &Value<'_>| matches!(value, Value::Int(_) | Value::Uint(_) | Value::Double(_));
    number(a) && number(b)
}
