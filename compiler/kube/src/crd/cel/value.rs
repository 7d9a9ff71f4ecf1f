//! The values of CEL.

use core::net::IpAddr;
use std::cmp::Ordering;
use std::rc::Rc;

use super::super::schema::{List, Schema, Type};
use super::super::url::Url;
use super::super::value::Val;
use super::time;

/// A value. What comes from the object stays where it is, with the schema that says how it is read.
#[derive(Debug, Clone)]
pub enum Value<'v> {
    Null,
    Bool(bool),
    Int(i64),
    Uint(u64),
    Double(f64),
    Str(Rc<str>),
    Bytes(Rc<[u8]>),
    /// In nanoseconds.
    Duration(i128),
    /// In nanoseconds since 1970.
    Time(i128),
    List(Rc<Vec<Value<'v>>>),
    Map(Rc<Vec<(Value<'v>, Value<'v>)>>),
    /// A list of the object.
    Items(&'v [Val], Option<&'v Schema>),
    /// A map or record of the object.
    Entries(&'v Val, Option<&'v Schema>),
    Optional(Option<Rc<Value<'v>>>),
    Type(&'static str),
    /// In billionths.
    Quantity(i128),
    Url(Rc<Url>),
    Ip(IpAddr),
    /// An address and the length of its prefix.
    Cidr(IpAddr, u8),
    Semver(Rc<Semver>),
    /// A named format of texts.
    Format(&'static str),
    /// A whole number that was written as `2.0`: schemas take it, and rules cannot read it.
    Unreadable,
}

/// A semantic version: its numbers, and what stands behind the hyphen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Semver {
    pub numbers: [u64; 3],
    pub pre: Vec<String>,
}

impl<'v> Value<'v> {
    /// A part of the object as its schema says that it is read.
    pub fn of(value: &'v Val, schema: Option<&'v Schema>) -> Value<'v> {
        match value {
            Val::Null => Value::Null,
            Val::Bool(value) => Value::Bool(*value),
            Val::Int(value) if schema.is_some_and(|schema| schema.ty == Type::Number) => {
                Value::Double(*value as f64)
            }
            Val::Float(value)
                if schema.is_some_and(|one| one.ty == Type::Int) && value.fract() == 0.0 =>
            {
                Value::Unreadable
            }
            Val::Int(value) => Value::Int(*value),
            Val::Float(value) => Value::Double(*value),
            Val::Str(text) => {
                let format = schema.filter(|schema| schema.ty == Type::Str);
                let read = match format.map_or("", |schema| &*schema.format) {
                    "date-time" | "datetime" => time::parsed(text).map(Value::Time),
                    "date" => time::parsed(&format!("{text}T00:00:00Z")).map(Value::Time),
                    "duration" => {
                        let nanos = super::super::format::nanos(text);
                        nanos.map(|nanos| Value::Duration(nanos.into()))
                    }
                    "byte" => crate::server::decoded(text).map(|bytes| Value::Bytes(bytes.into())),
                    "binary" => Some(Value::Bytes(text.as_bytes().into())),
                    _ => None,
                };
                read.unwrap_or_else(|| Value::Str(text.clone()))
            }
            Val::List(items) => Value::Items(items, schema),
            Val::Map(_) => Value::Entries(value, schema),
        }
    }

    pub fn str(text: &str) -> Value<'v> {
        Value::Str(text.into())
    }

    pub fn list(items: Vec<Value<'v>>) -> Value<'v> {
        Value::List(Rc::new(items))
    }

    pub fn some(value: Value<'v>) -> Value<'v> {
        Value::Optional(Some(Rc::new(value)))
    }

    /// The elements of a list.
    pub fn items(&self) -> Option<Vec<Value<'v>>> {
        match self {
            Value::List(items) => Some(items.to_vec()),
            Value::Items(items, schema) => {
                let inner = schema.and_then(|schema| schema.items.as_deref());
                Some(items.iter().map(|item| Value::of(item, inner)).collect())
            }
            _ => None,
        }
    }

    /// The keys and values of a map.
    pub fn entries(&self) -> Option<Vec<(Value<'v>, Value<'v>)>> {
        match self {
            Value::Map(entries) => Some(entries.to_vec()),
            Value::Entries(Val::Map(entries), schema) => {
                let one = |(name, value): (&'v Rc<str>, &'v Val)| {
                    let inner = schema.and_then(|schema| schema.of_entry(name));
                    (Value::Str(name.clone()), Value::of(value, inner))
                };
                Some(entries.iter().map(one).collect())
            }
            _ => None,
        }
    }

    /// How many elements, entries, characters or bytes it has.
    pub fn size(&self) -> Option<usize> {
        Some(match self {
            Value::Str(text) => text.chars().count(),
            Value::Bytes(bytes) => bytes.len(),
            Value::List(items) => items.len(),
            Value::Items(items, _) => items.len(),
            Value::Map(entries) => entries.len(),
            Value::Entries(Val::Map(entries), _) => entries.len(),
            _ => return None,
        })
    }

    /// What `type` says of it.
    pub fn type_name(&self) -> &'static str {
        match self {
            Value::Null => "null_type",
            Value::Bool(_) => "bool",
            Value::Int(_) => "int",
            Value::Uint(_) => "uint",
            Value::Double(_) => "double",
            Value::Str(_) => "string",
            Value::Bytes(_) => "bytes",
            Value::Duration(_) => "google.protobuf.Duration",
            Value::Time(_) => "google.protobuf.Timestamp",
            Value::List(_) | Value::Items(..) => "list",
            Value::Map(_) | Value::Entries(..) => "map",
            Value::Optional(_) => "optional_type",
            Value::Type(_) => "type",
            Value::Quantity(_) => "kubernetes.Quantity",
            Value::Url(_) => "kubernetes.URL",
            Value::Ip(_) => "net.IP",
            Value::Cidr(..) => "net.CIDR",
            Value::Semver(_) => "kubernetes.Semver",
            Value::Format(_) => "kubernetes.NamedFormat",
            Value::Unreadable => "error",
        }
    }

    /// Whether both are the same value. Numbers of different kinds are compared by value.
    pub fn equals(&self, other: &Value<'_>) -> bool {
        if let (Some(a), Some(b)) = (self.items(), other.items()) {
            if self.is_told_apart() || other.is_told_apart() {
                // The order of what is told apart by itself means nothing.
                return a.len() == b.len() && a.iter().all(|a| b.iter().any(|b| a.equals(b)));
            }
            return a.len() == b.len() && a.iter().zip(&b).all(|(a, b)| a.equals(b));
        }
        if let (Some(a), Some(b)) = (self.entries(), other.entries()) {
            if let (Value::Entries(..), Value::Entries(..)) = (self, other) {
                let same = |((key, value), (other, found)): (&(_, Value<'_>), &(_, Value<'_>))| {
                    Value::equals(key, other) && value.equals(found)
                };
                // Both are in the order of their keys.
                return a.len() == b.len() && a.iter().zip(&b).all(same);
            }
            let same = |key: &Value<'_>, value: &Value<'_>| {
                b.iter().any(|(other, found)| key.equals(other) && value.equals(found))
            };
            return a.len() == b.len() && a.iter().all(|(key, value)| same(key, value));
        }
        match (self, other) {
            (Value::Null, Value::Null) => true,
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::Str(a), Value::Str(b)) => a == b,
            (Value::Bytes(a), Value::Bytes(b)) => a == b,
            (Value::Optional(Some(a)), Value::Optional(Some(b))) => a.equals(b),
            (Value::Optional(None), Value::Optional(None)) => true,
            (Value::Type(a), Value::Type(b)) => a == b,
            (Value::Url(a), Value::Url(b)) => a == b,
            (Value::Cidr(a, x), Value::Cidr(b, y)) => a == b && x == y,
            (Value::Ip(a), Value::Ip(b)) => a == b,
            (Value::Format(a), Value::Format(b)) => a == b,
            _ => self.order(other) == Some(Ordering::Equal),
        }
    }

    /// Whether the elements are told apart by themselves or by their keys, so that their order means nothing.
    fn is_told_apart(&self) -> bool {
        matches!(self, Value::Items(_, Some(schema)) if schema.list != List::Atomic)
    }

    /// Which of two comes first; `None` where nothing says.
    pub fn order(&self, other: &Value<'_>) -> Option<Ordering> {
        match (self, other) {
            (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
            (Value::Int(a), Value::Int(b)) => Some(a.cmp(b)),
            (Value::Uint(a), Value::Uint(b)) => Some(a.cmp(b)),
            (Value::Int(a), Value::Uint(b)) => Some(i128::from(*a).cmp(&i128::from(*b))),
            (Value::Uint(a), Value::Int(b)) => Some(i128::from(*a).cmp(&i128::from(*b))),
            (Value::Double(a), b) => a.partial_cmp(&b.double()?),
            (a, Value::Double(b)) => a.double()?.partial_cmp(b),
            (Value::Str(a), Value::Str(b)) => Some(a.cmp(b)),
            (Value::Bytes(a), Value::Bytes(b)) => Some(a.cmp(b)),
            (Value::Duration(a), Value::Duration(b))
            | (Value::Time(a), Value::Time(b))
            | (Value::Quantity(a), Value::Quantity(b)) => Some(a.cmp(b)),
            (Value::Semver(a), Value::Semver(b)) => Some(a.order(b)),
            _ => None,
        }
    }

    fn double(&self) -> Option<f64> {
        match self {
            Value::Int(value) => Some(*value as f64),
            Value::Uint(value) => Some(*value as f64),
            Value::Double(value) => Some(*value),
            _ => None,
        }
    }

    /// As messages show it.
    pub fn shown(&self) -> String {
        match self {
            Value::Str(text) => text.to_string(),
            Value::Bool(value) => value.to_string(),
            Value::Int(value) => value.to_string(),
            Value::Uint(value) => value.to_string(),
            Value::Double(value) => value.to_string(),
            other => other.type_name().to_owned(),
        }
    }
}

impl Semver {
    /// A version; with `lax` a leading `v`, missing parts and zeros in front are passed over.
    pub fn parsed(text: &str, lax: bool) -> Option<Semver> {
        let text = if lax { text.strip_prefix('v').unwrap_or(text) } else { text };
        let (text, build) = text.split_once('+').map_or((text, None), |(a, b)| (a, Some(b)));
        let (numbers, pre) = text.split_once('-').map_or((text, None), |(a, b)| (a, Some(b)));
        let word = |part: &str| {
            !part.is_empty() && part.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-')
        };
        if build.is_some_and(|build| !build.split('.').all(word)) {
            return None;
        }
        let parts: Vec<&str> = numbers.split('.').collect();
        if parts.len() > 3 || parts.len() < 3 && !(lax && pre.is_none() && build.is_none()) {
            return None;
        }
        let mut found = [0; 3];
        for (place, part) in found.iter_mut().zip(parts) {
            let plain = part.bytes().all(|c| c.is_ascii_digit()) && !part.is_empty();
            if !plain || !lax && part.len() > 1 && part.starts_with('0') {
                return None;
            }
            *place = part.parse().ok()?;
        }
        let pre: Vec<String> =
            pre.map_or_else(Vec::new, |pre| pre.split('.').map(str::to_owned).collect());
        let number = |part: &str| part.bytes().all(|c| c.is_ascii_digit());
        let sound = |part: &String| {
            word(part) && !(number(part) && part.len() > 1 && part.starts_with('0'))
        };
        pre.iter().all(sound).then_some(Semver { numbers: found, pre })
    }

    /// Which of two versions comes first.
    pub fn order(&self, other: &Semver) -> Ordering {
        let part = |a: &String, b: &String| match (a.parse::<u64>(), b.parse::<u64>()) {
            (Ok(a), Ok(b)) => a.cmp(&b),
            (Ok(_), Err(_)) => Ordering::Less,
            (Err(_), Ok(_)) => Ordering::Greater,
            _ => a.cmp(b),
        };
        self.numbers.cmp(&other.numbers).then_with(|| match (&*self.pre, &*other.pre) {
            ([], []) => Ordering::Equal,
            ([], _) => Ordering::Greater,
            (_, []) => Ordering::Less,
            (a, b) => {
                let first = a.iter().zip(b).map(|(a, b)| part(a, b)).find(|one| one.is_ne());
                first.unwrap_or_else(|| a.len().cmp(&b.len()))
            }
        })
    }
}
