//! Whether a value fits a schema, as a server decides it: all that does not, each at its place.

use super::format::has_format;
use super::pattern::pattern;
use super::schema::{List, Schema, Span, Type};
use super::value::Val;
use crate::rules::Level;
use crate::server::{FieldError, Refusal};
use crate::tree::Step;

/// How many refusals of one object are told.
const MOST: usize = 100;

/// A way into an object, on the stack.
#[derive(Clone, Copy)]
pub struct Way<'p> {
    up: Option<&'p Way<'p>>,
    hop: Hop<'p>,
}

#[derive(Clone, Copy)]
enum Hop<'p> {
    Root,
    Key(&'p str),
    Index(usize),
}

impl<'p> Way<'p> {
    pub const ROOT: Way<'static> = Way { up: None, hop: Hop::Root };

    pub fn key<'c>(&'c self, name: &'c str) -> Way<'c> {
        Way { up: Some(self), hop: Hop::Key(name) }
    }

    pub fn index<'c>(&'c self, index: usize) -> Way<'c> {
        Way { up: Some(self), hop: Hop::Index(index) }
    }

    pub fn path(&self) -> Vec<Step> {
        let mut path = self.up.map(Way::path).unwrap_or_default();
        match self.hop {
            Hop::Root => {}
            Hop::Key(name) => path.push(Step::Key(name.to_owned())),
            Hop::Index(index) => path.push(Step::Index(index)),
        }
        path
    }

    /// The name of the field, or of the list in which an element is.
    pub fn field(&self) -> &'p str {
        match (self.hop, self.up) {
            (Hop::Key(name), _) => name,
            (Hop::Index(_), Some(up)) => up.field(),
            _ => "object",
        }
    }
}

/// Collects what is refused.
#[derive(Default)]
pub struct Judge {
    pub found: Vec<Refusal>,
}

impl Judge {
    pub fn refuse(
        &mut self,
        way: &Way<'_>,
        rule: &'static str,
        error: FieldError,
        message: String,
    ) -> Option<&mut Refusal> {
        if self.found.len() >= MOST {
            return None;
        }
        self.found.push(Refusal {
            rule,
            error,
            level: Level::Error,
            stricter: false,
            path: way.path(),
            of_key: false,
            within: None,
            message,
            help: None,
            related: None,
            allowed: Vec::new(),
        });
        self.found.last_mut()
    }

    /// Something that could not be judged.
    pub fn unchecked(&mut self, way: &Way<'_>, message: String) {
        if let Some(refusal) = self.refuse(way, "K-not-checked", FieldError::Invalid, message) {
            refusal.level = Level::Warning;
            refusal.stricter = true;
        }
    }

    /// Holds a value against a schema and all parts of it.
    pub fn value(&mut self, schema: &Schema, value: &Val, way: &Way<'_>) {
        if matches!(value, Val::Null) {
            if !schema.nullable && !schema.takes_anything() {
                self.wrong_type(schema, value, way);
            }
            self.enumeration(schema, value, way);
            return;
        }
        // What else is wrong with it then only follows.
        if !schema.takes(value) {
            self.wrong_type(schema, value, way);
            return;
        }
        self.enumeration(schema, value, way);
        match value {
            Val::Str(text) => self.text(schema, text, way),
            Val::Int(_) | Val::Float(_) => self.number(schema, value, way),
            Val::List(items) => self.list(schema, items, way),
            Val::Map(_) => self.map(schema, value, way),
            Val::Null | Val::Bool(_) => {}
        }
        self.alternatives(schema, value, way);
    }

    fn wrong_type(&mut self, schema: &Schema, value: &Val, way: &Way<'_>) {
        let wanted = match schema.ty {
            _ if schema.int_or_string => "a whole number or text",
            Type::Object => "a map",
            Type::Array => "a list",
            Type::Str => "text",
            Type::Int => "a whole number",
            Type::Number => "a number",
            Type::Bool => "true or false",
            Type::Any => "given",
        };
        let message = format!("`{}` is {}; it must be {wanted}", way.field(), marked(value));
        self.refuse(way, "K-type", FieldError::TypeInvalid, message);
    }

    fn enumeration(&mut self, schema: &Schema, value: &Val, way: &Way<'_>) {
        let allowed = &schema.limits.allowed;
        if allowed.is_empty() || allowed.iter().any(|one| value.is(one)) {
            return;
        }
        let shown = |one: &super::json::Json| match one {
            super::json::Json::Str(text) => text.to_string(),
            other => other.to_string(),
        };
        let all: Vec<String> = allowed.iter().map(shown).collect();
        let message =
            format!("{} is no value of `{}`: {}", marked(value), way.field(), all.join(", "));
        let near =
            value.text().and_then(|text| all.iter().find(|one| one.eq_ignore_ascii_case(text)));
        let help = near.map(|near| format!("write `{near}`"));
        if let Some(refusal) = self.refuse(way, "K-enum", FieldError::NotSupported, message) {
            refusal.help = help;
        }
    }

    fn text(&mut self, schema: &Schema, text: &str, way: &Way<'_>) {
        let length = text.chars().count() as u64;
        self.span(schema.limits.length, length, "characters", FieldError::TooLong, way);
        if let Some(wanted) = &schema.limits.pattern {
            match wanted.get(pattern) {
                Ok(regex) if regex.is_match(text) => {}
                Ok(_) => {
                    let shown = Val::Str(text.into()).shown();
                    let message =
                        format!("`{}` is `{shown}`; it must match {}", way.field(), wanted.text);
                    self.refuse(way, "K-pattern", FieldError::Invalid, message);
                }
                Err(why) => {
                    let message = format!(
                        "whether `{}` matches {} was not checked: {why}",
                        way.field(),
                        wanted.text
                    );
                    self.unchecked(way, message);
                }
            }
        }
        if has_format(text, &schema.format) == Some(false) {
            let shown = Val::Str(text.into()).shown();
            let message = format!("`{}` is `{shown}`, which is no {}", way.field(), schema.format);
            self.refuse(way, "K-format", FieldError::TypeInvalid, message);
        }
    }

    fn span(&mut self, span: Span, own: u64, what: &str, most: FieldError, way: &Way<'_>) {
        let field = way.field();
        if let Some(least) = span.least.filter(|least| own < *least) {
            let message = format!("`{field}` has {own} {what}; it must have at least {least}");
            self.refuse(way, "K-size", FieldError::Invalid, message);
        }
        if let Some(limit) = span.most.filter(|limit| own > *limit) {
            let message = format!("`{field}` has {own} {what}; it must have at most {limit}");
            self.refuse(way, "K-size", most, message);
        }
    }

    fn number(&mut self, schema: &Schema, value: &Val, way: &Way<'_>) {
        let Some(own) = value.number() else { return };
        let limits = &schema.limits;
        let mut wrong = |why: String| {
            let message = format!("`{}` is {}; it must be {why}", way.field(), value.shown());
            self.refuse(way, "K-range", FieldError::Invalid, message);
        };
        if let Some((least, shown)) =
            limits.minimum.as_ref().and_then(|one| Some((one.number()?, one)))
        {
            if limits.above_minimum && own <= least {
                wrong(format!("above {shown}"));
            } else if own < least {
                wrong(format!("at least {shown}"));
            }
        }
        if let Some((most, shown)) =
            limits.maximum.as_ref().and_then(|one| Some((one.number()?, one)))
        {
            if limits.below_maximum && own >= most {
                wrong(format!("below {shown}"));
            } else if own > most {
                wrong(format!("at most {shown}"));
            }
        }
        if let Some((step, shown)) =
            limits.multiple.as_ref().and_then(|one| Some((one.number()?, one)))
            && step > 0.0
            && !is_multiple(value, own, step)
        {
            wrong(format!("a multiple of {shown}"));
        }
        let bits = match (schema.ty, &*schema.format, value) {
            (Type::Int, "int32", Val::Int(own)) => i32::try_from(*own).is_ok(),
            _ => true,
        };
        if !bits {
            wrong("a whole number of 32 bits".to_owned());
        }
    }

    fn list(&mut self, schema: &Schema, items: &[Val], way: &Way<'_>) {
        let count = items.len() as u64;
        self.span(schema.limits.items, count, "entries", FieldError::TooMany, way);
        if let Some(inner) = &schema.items {
            for (at, item) in items.iter().enumerate() {
                self.value(inner, item, &way.index(at));
            }
        }
    }

    /// What is twice in lists whose elements must differ.
    pub fn doubles(&mut self, schema: &Schema, value: &Val, way: &Way<'_>) {
        match value {
            Val::List(items) => {
                let mut known = std::collections::BTreeMap::new();
                for (at, item) in items.iter().enumerate() {
                    let key = match &schema.list {
                        List::Atomic => None,
                        List::Set => Some(format!("{item:?}")),
                        List::Map(keys) => {
                            let parts = keys.iter().map(|key| format!("{:?}", item.get(key)));
                            Some(parts.collect::<Vec<_>>().join(","))
                        }
                    };
                    if key.is_some_and(|key| known.insert(key, at).is_some()) {
                        let name = match &schema.list {
                            List::Map(keys) => {
                                let parts = keys.iter().filter_map(|key| item.get(key));
                                parts.map(Val::shown).collect::<Vec<_>>().join("/")
                            }
                            _ => item.shown(),
                        };
                        let message = format!("`{name}` is twice in `{}`", way.field());
                        self.refuse(&way.index(at), "K-duplicate", FieldError::Duplicate, message);
                    }
                    if let Some(inner) = &schema.items {
                        self.doubles(inner, item, &way.index(at));
                    }
                }
            }
            Val::Map(entries) => {
                for (name, entry) in entries.iter() {
                    if let Some(inner) = schema.of_entry(name) {
                        self.doubles(inner, entry, &way.key(name));
                    }
                }
            }
            _ => {}
        }
    }

    fn map(&mut self, schema: &Schema, value: &Val, way: &Way<'_>) {
        let Val::Map(entries) = value else { return };
        let count = entries.len() as u64;
        self.span(schema.limits.entries, count, "entries", FieldError::TooMany, way);
        for name in &schema.limits.required {
            if !entries.contains_key(&**name) {
                let message = format!("`{}` needs `{name}`", way.field());
                self.refuse(&way.key(name), "K-required", FieldError::Required, message);
            }
        }
        if schema.embedded {
            for name in ["apiVersion", "kind"] {
                let is_told = schema.requires(name) && !entries.contains_key(name);
                if !is_told && value.get(name).and_then(Val::text).unwrap_or_default().is_empty() {
                    let message = format!("`{}` needs `{name}`", way.field());
                    self.refuse(&way.key(name), "K-required", FieldError::Required, message);
                }
            }
        }
        for (name, entry) in entries.iter() {
            if let Some(inner) = schema.of_entry(name) {
                self.value(inner, entry, &way.key(name));
            }
        }
    }

    /// `allOf`, `anyOf`, `oneOf` and `not`.
    fn alternatives(&mut self, schema: &Schema, value: &Val, way: &Way<'_>) {
        let limits = &schema.limits;
        let mut tried = |part: &Schema| {
            let mut judge = Judge::default();
            judge.value(part, value, way);
            self.found.extend(judge.found.extract_if(.., |one| one.level != Level::Error));
            judge.found
        };
        let all: Vec<Refusal> = limits.all_of.iter().flat_map(&mut tried).collect();
        let any: Vec<Vec<Refusal>> = limits.any_of.iter().map(&mut tried).collect();
        let one: Vec<Vec<Refusal>> = limits.one_of.iter().map(&mut tried).collect();
        let not = limits.not.as_deref().map(&mut tried);
        self.found.extend(all);
        self.found.truncate(MOST);
        let fitting = |parts: &[Vec<Refusal>]| parts.iter().filter(|part| part.is_empty()).count();
        if !any.is_empty() && fitting(&any) == 0 {
            self.fits_none(way, &any);
        }
        match fitting(&one) {
            0 if !one.is_empty() => self.fits_none(way, &one),
            0 | 1 => {}
            several => {
                let message = format!(
                    "`{}` fits {several} of {} alternatives that exclude each other",
                    way.field(),
                    one.len()
                );
                self.refuse(way, "K-alternatives", FieldError::Invalid, message);
            }
        }
        if not.is_some_and(|refused| refused.is_empty()) {
            let message = format!("`{}` is what its schema excludes", way.field());
            self.refuse(way, "K-alternatives", FieldError::Invalid, message);
        }
    }

    fn fits_none(&mut self, way: &Way<'_>, parts: &[Vec<Refusal>]) {
        let whys: Vec<&str> =
            parts.iter().filter_map(|part| part.first()).map(|one| &*one.message).collect();
        let mut different = whys.clone();
        different.dedup();
        let message =
            format!("`{}` fits none of its alternatives: {}", way.field(), different.join("; or "));
        self.refuse(way, "K-alternatives", FieldError::Invalid, message);
    }
}

impl Schema {
    /// Whether null, too, is a value like any other.
    pub fn takes_anything(&self) -> bool {
        self.ty == Type::Any && !self.int_or_string
    }

    fn takes(&self, value: &Val) -> bool {
        if self.int_or_string {
            return match value {
                Val::Float(value) => value.fract() == 0.0,
                value => matches!(value, Val::Str(_) | Val::Int(_)),
            };
        }
        match (self.ty, value) {
            (Type::Any, _)
            | (Type::Object, Val::Map(_))
            | (Type::Array, Val::List(_))
            | (Type::Str, Val::Str(_))
            | (Type::Int | Type::Number, Val::Int(_))
            | (Type::Number, Val::Float(_))
            | (Type::Bool, Val::Bool(_)) => true,
            (Type::Int, Val::Float(value)) => value.fract() == 0.0,
            _ => false,
        }
    }
}

/// Whether a number, `own` where it may have a fraction, is so many steps.
fn is_multiple(value: &Val, own: f64, step: f64) -> bool {
    match value {
        // Of a large whole number, a fraction would not keep the last digits.
        Val::Int(whole) if step.fract() == 0.0 && step <= i64::MAX as f64 => {
            whole.checked_rem(step as i64) == Some(0)
        }
        _ => (own / step).fract() == 0.0,
    }
}

fn marked(value: &Val) -> String {
    match value {
        Val::List(_) | Val::Map(_) | Val::Null => value.shown(),
        _ => format!("`{}`", value.shown()),
    }
}
