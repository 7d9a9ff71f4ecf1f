//! An object as a server sees it once it has been read: without nulls that mean nothing, and with the defaults of
//! its schema.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::json::Json;
use super::schema::Schema;
use crate::tree::{Ref, Value};

/// A value, cheap to clone.
#[derive(Debug, Clone, PartialEq)]
pub enum Val {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Str(Rc<str>),
    List(Rc<Vec<Val>>),
    Map(Rc<BTreeMap<Rc<str>, Val>>),
}

impl Val {
    /// What a server makes of a node, where its schema is known.
    pub fn of(node: Ref<'_>, schema: Option<&Schema>) -> Val {
        match node.value() {
            Value::Null => Val::Null,
            Value::Bool(value) => Val::Bool(value),
            Value::Int(value) => Val::Int(value),
            Value::Float(value) => Val::Float(value),
            Value::Str(text) => Val::Str(text.into()),
            Value::List => {
                let items = schema.and_then(|schema| schema.items.as_deref());
                let value = |item: Ref<'_>| given(item, items).unwrap_or(Val::Null);
                Val::List(Rc::new(node.items().map(value).collect()))
            }
            Value::Map => {
                let mut entries = BTreeMap::new();
                for (name, value) in node.entries() {
                    let inner = schema.and_then(|schema| schema.of_entry(name));
                    if let Some(value) = given(value, inner) {
                        entries.insert(Rc::from(name), value);
                    }
                }
                with_defaults(&mut entries, schema);
                Val::Map(Rc::new(entries))
            }
        }
    }

    fn of_json(json: &Json, schema: Option<&Schema>) -> Val {
        match json {
            Json::Null => Val::Null,
            Json::Bool(value) => Val::Bool(*value),
            Json::Int(value) => Val::Int(*value),
            Json::Float(bits) => Val::Float(f64::from_bits(*bits)),
            Json::Str(text) => Val::Str(Rc::from(&**text)),
            Json::List(items) => {
                let inner = schema.and_then(|schema| schema.items.as_deref());
                Val::List(Rc::new(items.iter().map(|item| Val::of_json(item, inner)).collect()))
            }
            Json::Map(all) => {
                let mut entries = BTreeMap::new();
                for (name, value) in all {
                    let inner = schema.and_then(|schema| schema.of_entry(name));
                    entries.insert(Rc::from(&**name), Val::of_json(value, inner));
                }
                with_defaults(&mut entries, schema);
                Val::Map(Rc::new(entries))
            }
        }
    }

    pub fn text(&self) -> Option<&str> {
        match self {
            Val::Str(text) => Some(text),
            _ => None,
        }
    }

    pub fn get(&self, name: &str) -> Option<&Val> {
        match self {
            Val::Map(entries) => entries.get(name),
            _ => None,
        }
    }

    /// As a number, where it is one.
    pub fn number(&self) -> Option<f64> {
        match self {
            Val::Int(value) => Some(*value as f64),
            Val::Float(value) => Some(*value),
            _ => None,
        }
    }

    /// Whether it is the same value as a constant of a schema. Numbers are compared by value.
    pub fn is(&self, json: &Json) -> bool {
        match (self, json) {
            (Val::Null, Json::Null) => true,
            (Val::Bool(a), Json::Bool(b)) => a == b,
            (Val::Int(a), Json::Int(b)) => a == b,
            (Val::Int(_) | Val::Float(_), Json::Int(_) | Json::Float(_)) => {
                self.number() == json.number()
            }
            (Val::Str(a), Json::Str(b)) => **a == **b,
            (Val::List(a), Json::List(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.is(b))
            }
            (Val::Map(a), Json::Map(b)) => {
                a.len() == b.len()
                    && b.iter().all(|(name, b)| a.get(&**name).is_some_and(|a| a.is(b)))
            }
            _ => false,
        }
    }

    /// As messages show it; of what is long only the beginning.
    pub fn shown(&self) -> String {
        match self {
            Val::Null => "null".to_owned(),
            Val::Bool(value) => value.to_string(),
            Val::Int(value) => value.to_string(),
            Val::Float(value) => value.to_string(),
            Val::Str(text) if text.chars().count() > 60 => {
                format!("{}…", text.chars().take(60).collect::<String>())
            }
            Val::Str(text) => text.to_string(),
            Val::List(items) => format!("a list of {}", items.len()),
            Val::Map(_) => "a map".to_owned(),
        }
    }
}

impl Schema {
    /// The schema of what stands under a name.
    pub fn of_entry(&self, name: &str) -> Option<&Schema> {
        self.property(name).or(self.additional.as_deref())
    }
}

/// A value that is there. A null where the schema takes none stands for the default, or for nothing.
fn given(node: Ref<'_>, schema: Option<&Schema>) -> Option<Val> {
    match schema {
        Some(schema) if node.is_null() && !schema.nullable && !schema.takes_anything() => {
            schema.default.as_ref().map(|default| Val::of_json(default, Some(schema)))
        }
        _ => Some(Val::of(node, schema)),
    }
}

fn with_defaults(entries: &mut BTreeMap<Rc<str>, Val>, schema: Option<&Schema>) {
    for (name, property) in schema.map(|schema| &*schema.properties).unwrap_or_default() {
        if let Some(default) = &property.default
            && !entries.contains_key(&**name)
        {
            entries.insert(Rc::from(&**name), Val::of_json(default, Some(property)));
        }
    }
}
