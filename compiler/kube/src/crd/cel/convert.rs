//! Conversions between types, sizes, optional values, and the parts of moments and durations.

use std::rc::Rc;

use super::eval::{Outcome, Run, Stop};
use super::time::{self, Parts};
use super::value::Value;

/// The functions of this file.
pub const NAMES: [&str; 31] = [
    "size",
    "type",
    "dyn",
    "int",
    "uint",
    "double",
    "string",
    "bool",
    "bytes",
    "timestamp",
    "duration",
    "optional.of",
    "optional.ofNonZeroValue",
    "hasValue",
    "value",
    "or",
    "orValue",
    "getFullYear",
    "getMonth",
    "getDate",
    "getDayOfMonth",
    "getDayOfWeek",
    "getDayOfYear",
    "getHours",
    "getMinutes",
    "getSeconds",
    "getMilliseconds",
    "optional.unwrap",
    "unwrapOpt",
    "first",
    "last",
];

/// The type that a name stands for.
pub fn type_named<'v>(name: &str) -> Option<Value<'v>> {
    let known =
        ["bool", "int", "uint", "double", "string", "bytes", "list", "map", "type", "null_type"];
    known.iter().find(|known| **known == name).map(|name| Value::Type(name))
}

/// What a function gives; `None` where it is not one of these, or not for such arguments.
pub fn called<'v>(
    _: &mut Run<'_>,
    name: &str,
    member: bool,
    values: &[Value<'v>],
) -> Option<Outcome<'v>> {
    let int = |value: i64| Some(Ok(Value::Int(value)));
    match (name, values) {
        ("size", [value]) => int(value.size()? as i64),
        ("type", [value]) if !member => Some(Ok(Value::Type(value.type_name()))),
        ("dyn", [value]) if !member => Some(Ok(value.clone())),
        ("optional.of", [value]) => Some(Ok(Value::some(value.clone()))),
        ("optional.ofNonZeroValue", [value]) => Some(Ok(match is_zero(value) {
            true => Value::Optional(None),
            false => Value::some(value.clone()),
        })),
        ("optional.unwrap" | "unwrapOpt", [list]) => {
            let inner = |item: Value<'v>| match item {
                Value::Optional(inner) => inner.map(|inner| (*inner).clone()),
                other => Some(other),
            };
            Some(Ok(Value::list(list.items()?.into_iter().filter_map(inner).collect())))
        }
        ("first", [list]) if member => {
            Some(Ok(Value::Optional(list.items()?.into_iter().next().map(Rc::new))))
        }
        ("last", [list]) if member => {
            Some(Ok(Value::Optional(list.items()?.into_iter().last().map(Rc::new))))
        }
        ("hasValue", [Value::Optional(inner)]) => Some(Ok(Value::Bool(inner.is_some()))),
        ("value", [Value::Optional(inner)]) => Some(match inner {
            Some(inner) => Ok((**inner).clone()),
            None => Err(Stop::Error("optional.none() dereference".to_owned())),
        }),
        ("or" | "orValue", [Value::Optional(None), other]) => Some(Ok(other.clone())),
        (_, [value]) if !member => Some(converted(name, value)?),
        (_, [Value::Time(nanos)]) => part(name, Parts::of(*nanos, 0)).map(Value::Int).map(Ok),
        (_, [Value::Time(nanos), Value::Str(zone)]) => {
            let known = [
                "getFullYear",
                "getMonth",
                "getDate",
                "getDayOfMonth",
                "getDayOfWeek",
                "getDayOfYear",
                "getHours",
                "getMinutes",
                "getSeconds",
                "getMilliseconds",
            ];
            known.contains(&name).then_some(())?;
            Some(match time::offset(zone) {
                Some(offset) => part(name, Parts::of(*nanos, offset))
                    .map(Value::Int)
                    .map_or_else(|| Err(Stop::Unknown(format!("`{name}` is not known here"))), Ok),
                None => Err(Stop::Unknown(format!("the time zone `{zone}` is not known here"))),
            })
        }
        (_, [Value::Duration(nanos)]) => {
            let size: i128 = match name {
                "getHours" => 3_600_000_000_000,
                "getMinutes" => 60_000_000_000,
                "getSeconds" => 1_000_000_000,
                "getMilliseconds" => 1_000_000,
                _ => return None,
            };
            int((nanos / size) as i64)
        }
        _ => None,
    }
}

fn part(name: &str, parts: Parts) -> Option<i64> {
    Some(match name {
        "getFullYear" => parts.year,
        "getMonth" => parts.month - 1,
        "getDate" => parts.day,
        "getDayOfMonth" => parts.day - 1,
        "getDayOfWeek" => parts.day_of_week,
        "getDayOfYear" => parts.day_of_year,
        "getHours" => parts.hour as i64,
        "getMinutes" => parts.minute as i64,
        "getSeconds" => parts.second as i64,
        "getMilliseconds" => (parts.nanos / 1_000_000) as i64,
        _ => return None,
    })
}

fn is_zero(value: &Value<'_>) -> bool {
    match value {
        Value::Null | Value::Bool(false) | Value::Int(0) | Value::Uint(0) => true,
        Value::Double(value) => *value == 0.0,
        Value::Duration(nanos) => *nanos == 0,
        other => other.size() == Some(0),
    }
}

fn converted<'v>(name: &str, value: &Value<'v>) -> Option<Outcome<'v>> {
    let failed = |what: &str| Err(Stop::Error(format!("`{}` is no {what}", value.shown())));
    let range = || Err(Stop::Error("integer overflow".to_owned()));
    Some(match (name, value) {
        ("int", Value::Int(_)) | ("uint", Value::Uint(_)) | ("double", Value::Double(_)) => {
            Ok(value.clone())
        }
        ("string", Value::Str(_)) | ("bool", Value::Bool(_)) | ("bytes", Value::Bytes(_)) => {
            Ok(value.clone())
        }
        ("timestamp", Value::Time(_)) | ("duration", Value::Duration(_)) => Ok(value.clone()),
        ("int", Value::Uint(value)) => {
            i64::try_from(*value).map_or_else(|_| range(), |v| Ok(Value::Int(v)))
        }
        ("int", Value::Double(value)) if value.is_finite() && value.abs() < 9.2e18 => {
            Ok(Value::Int(*value as i64))
        }
        ("int", Value::Double(_)) => range(),
        ("int", Value::Str(text)) => {
            text.parse().map_or_else(|_| failed("int"), |v| Ok(Value::Int(v)))
        }
        ("int", Value::Time(nanos)) => Ok(Value::Int(nanos.div_euclid(1_000_000_000) as i64)),
        ("uint", Value::Int(value)) => {
            u64::try_from(*value).map_or_else(|_| range(), |v| Ok(Value::Uint(v)))
        }
        ("uint", Value::Double(value)) if (0.0..1.8e19).contains(value) => {
            Ok(Value::Uint(*value as u64))
        }
        ("uint", Value::Double(_)) => range(),
        ("uint", Value::Str(text)) => {
            text.parse().map_or_else(|_| failed("uint"), |v| Ok(Value::Uint(v)))
        }
        ("double", Value::Int(value)) => Ok(Value::Double(*value as f64)),
        ("double", Value::Uint(value)) => Ok(Value::Double(*value as f64)),
        ("double", Value::Str(text)) => {
            text.parse().map_or_else(|_| failed("double"), |v| Ok(Value::Double(v)))
        }
        ("bool", Value::Str(text)) => match &**text {
            "1" | "t" | "true" | "TRUE" | "True" | "T" => Ok(Value::Bool(true)),
            "0" | "f" | "false" | "FALSE" | "False" | "F" => Ok(Value::Bool(false)),
            _ => failed("bool"),
        },
        ("string", Value::Int(_) | Value::Uint(_) | Value::Bool(_) | Value::Double(_)) => {
            Ok(Value::str(&value.shown()))
        }
        ("string", Value::Bytes(bytes)) => match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Value::str(text)),
            Err(_) => failed("text"),
        },
        ("string", Value::Time(nanos)) => Ok(Value::str(&time::written(*nanos))),
        ("string", Value::Duration(nanos)) => Ok(Value::str(&time::written_duration(*nanos))),
        ("string", Value::Ip(address)) => Ok(Value::str(&address.to_string())),
        ("string", Value::Cidr(address, bits)) => Ok(Value::str(&format!("{address}/{bits}"))),
        ("bytes", Value::Str(text)) => Ok(Value::Bytes(text.as_bytes().into())),
        ("timestamp", Value::Str(text)) => match time::parsed(text) {
            Some(nanos) => Ok(Value::Time(nanos)),
            None => failed("timestamp"),
        },
        ("timestamp", Value::Int(seconds)) => Ok(Value::Time(i128::from(*seconds) * 1_000_000_000)),
        ("duration", Value::Str(text)) => match crate::crd::format::go_duration(text) {
            Some(nanos) => Ok(Value::Duration(nanos.into())),
            None => failed("duration"),
        },
        _ => return None,
    })
}
