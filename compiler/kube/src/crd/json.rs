//! Constants of a schema, such as defaults and the values of an enumeration: JSON that can be compared and hashed.

use std::fmt::{self, Write as _};

use crate::tree::{Ref, Value};

/// A value of JSON.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Json {
    Null,
    Bool(bool),
    Int(i64),
    /// The bits of the number.
    Float(u64),
    Str(Box<str>),
    List(Vec<Json>),
    /// In the order written.
    Map(Vec<(Box<str>, Json)>),
}

impl Json {
    /// The value that lies in a tree.
    pub fn of(node: Ref<'_>) -> Json {
        match node.value() {
            Value::Null => Json::Null,
            Value::Bool(value) => Json::Bool(value),
            Value::Int(value) => Json::Int(value),
            // As servers read JSON, in which 1.0 is a number like 1.
            Value::Float(value) => Json::Float(value.to_bits()),
            Value::Str(text) => Json::Str(text.into()),
            Value::List => Json::List(node.items().map(Json::of).collect()),
            Value::Map => Json::Map(
                node.entries().map(|(key, value)| (key.into(), Json::of(value))).collect(),
            ),
        }
    }

    /// As a text, where it is one.
    pub fn text(&self) -> Option<&str> {
        match self {
            Json::Str(text) => Some(text),
            _ => None,
        }
    }

    /// As a number, where it is one.
    pub fn number(&self) -> Option<f64> {
        match self {
            Json::Int(value) => Some(*value as f64),
            Json::Float(bits) => Some(f64::from_bits(*bits)),
            _ => None,
        }
    }
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Json::Null => f.write_str("null"),
            Json::Bool(value) => write!(f, "{value}"),
            Json::Int(value) => write!(f, "{value}"),
            Json::Float(bits) => write!(f, "{}", f64::from_bits(*bits)),
            Json::Str(text) => write!(f, "{text:?}"),
            Json::List(items) => {
                f.write_char('[')?;
                for (at, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if at == 0 { "" } else { ", " })?;
                }
                f.write_char(']')
            }
            Json::Map(entries) => {
                f.write_char('{')?;
                for (at, (key, value)) in entries.iter().enumerate() {
                    write!(f, "{}{key:?}: {value}", if at == 0 { "" } else { ", " })?;
                }
                f.write_char('}')
            }
        }
    }
}
