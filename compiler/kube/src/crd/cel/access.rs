//! What lies under a name or an index.

use std::rc::Rc;

use super::eval::{Outcome, Run, Scope, Stop};
use super::parse::Expr;
use super::value::Value;
use crate::crd::schema::Schema;
use crate::crd::value::Val;

impl Run<'_> {
    pub(super) fn field<'v>(
        &mut self,
        of: &Expr,
        name: &str,
        optional: bool,
        scope: &Scope<'_, 'v>,
    ) -> Outcome<'v> {
        let of = self.value(of, scope)?;
        match of {
            Value::Optional(None) => Ok(of),
            Value::Optional(Some(inner)) => {
                Ok(Value::Optional(self.part(&inner, name)?.map(Rc::new)))
            }
            of if optional => Ok(Value::Optional(self.part(&of, name)?.map(Rc::new))),
            of => self
                .part(&of, name)?
                .ok_or_else(|| Stop::Error(format!("no such key: {}", unescaped(name)))),
        }
    }

    /// The field of a record or the entry of a map.
    pub(super) fn part<'v>(
        &mut self,
        of: &Value<'v>,
        name: &str,
    ) -> Result<Option<Value<'v>>, Stop> {
        match of {
            Value::Entries(Val::Map(entries), schema) => {
                let found = |name: &str| {
                    let inner = schema.and_then(|schema| schema.of_entry(name));
                    entries.get(name).map(|value| Value::of(value, inner))
                };
                // The fields of records are named as CEL can write them.
                let is_record = schema.is_some_and(|schema: &Schema| schema.additional.is_none());
                Ok(match is_record && name.contains("__") {
                    true => found(&unescaped(name)),
                    false => found(name),
                })
            }
            Value::Map(entries) => {
                self.pay(entries.len())?;
                let named = |key: &Value<'_>| matches!(key, Value::Str(key) if **key == *name);
                Ok(entries.iter().find(|(key, _)| named(key)).map(|(_, value)| value.clone()))
            }
            other => Err(Stop::Error(format!("no such overload: {}.{name}", other.type_name()))),
        }
    }

    pub(super) fn element<'v>(
        &mut self,
        of: &Value<'v>,
        index: &Value<'v>,
    ) -> Result<Option<Value<'v>>, Stop> {
        let at = match index {
            Value::Int(at) => usize::try_from(*at).ok(),
            Value::Uint(at) => usize::try_from(*at).ok(),
            Value::Double(at) if at.fract() == 0.0 && *at >= 0.0 => Some(*at as usize),
            _ => None,
        };
        match of {
            Value::List(items) => Ok(at.and_then(|at| items.get(at)).cloned()),
            Value::Items(items, schema) => {
                let inner = schema.and_then(|schema| schema.items.as_deref());
                Ok(at.and_then(|at| items.get(at)).map(|item| Value::of(item, inner)))
            }
            Value::Entries(Val::Map(entries), schema) => match index {
                Value::Str(name) => {
                    let inner = schema.and_then(|schema| schema.of_entry(name));
                    Ok(entries.get(&**name).map(|value| Value::of(value, inner)))
                }
                _ => Ok(None),
            },
            Value::Map(entries) => {
                self.pay(entries.len())?;
                let found = entries.iter().find(|(key, _)| key.equals(index));
                Ok(found.map(|(_, value)| value.clone()))
            }
            other => Err(Stop::Error(format!("no such overload: {}[_]", other.type_name()))),
        }
    }
}

/// The words that no field can be named by itself in CEL.
const WORDS: [&str; 21] = [
    "true",
    "false",
    "null",
    "in",
    "as",
    "break",
    "const",
    "continue",
    "else",
    "for",
    "function",
    "if",
    "import",
    "let",
    "loop",
    "package",
    "namespace",
    "return",
    "var",
    "void",
    "while",
];

/// The name of a field behind what CEL writes for it: `__dash__` for a hyphen, and so on.
pub(super) fn unescaped(name: &str) -> String {
    let inner = name.strip_prefix("__").and_then(|rest| rest.strip_suffix("__"));
    if let Some(word) = inner.filter(|word| WORDS.contains(word)) {
        return word.to_owned();
    }
    let mut rest = name;
    let mut out = String::new();
    let signs =
        [("__underscores__", "__"), ("__dot__", "."), ("__dash__", "-"), ("__slash__", "/")];
    while let Some(first) = rest.chars().next() {
        match signs.iter().find(|(escape, _)| rest.starts_with(escape)) {
            Some((escape, sign)) => {
                out.push_str(sign);
                rest = rest.get(escape.len()..).unwrap_or_default();
            }
            None => {
                out.push(first);
                rest = rest.get(first.len_utf8()..).unwrap_or_default();
            }
        }
    }
    out
}
