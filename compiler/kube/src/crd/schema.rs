//! A schema as it stands in a definition: what a server holds objects of a custom kind against.
//!
//! It is plain data that can be compared, so that two definitions which say the same are the same. What is built
//! from it when it is first needed (regular expressions, compiled rules) is left out of the comparison.

use std::hash::{Hash, Hasher};
use std::sync::OnceLock;

use super::cel::Program;
use super::json::Json;
use super::pattern::Pattern;
use crate::tree::Ref;

/// One part of a schema.
#[derive(Debug, Default, PartialEq, Eq, Hash)]
pub struct Schema {
    pub ty: Type,
    pub nullable: bool,
    pub int_or_string: bool,
    /// Unknown fields stay. Otherwise a server drops them, and refuses them where it is strict.
    pub keeps_unknown: bool,
    /// An object with `apiVersion`, `kind` and `metadata` of its own.
    pub embedded: bool,
    /// Whether there may be such objects within.
    pub has_embedded: bool,
    pub text: Box<str>,
    pub format: Box<str>,
    pub default: Option<Json>,
    pub limits: Limits,
    /// By name.
    pub properties: Vec<(Box<str>, Schema)>,
    /// What the values of a map are; a map without it has none but its properties.
    pub additional: Option<Box<Schema>>,
    pub items: Option<Box<Schema>>,
    pub list: List,
    pub rules: Vec<Rule>,
}

/// What restricts a value, also within `allOf` and the like.
#[derive(Debug, Default, PartialEq, Eq, Hash)]
pub struct Limits {
    pub allowed: Vec<Json>,
    pub pattern: Option<Lazy<Pattern>>,
    pub minimum: Option<Json>,
    pub maximum: Option<Json>,
    pub above_minimum: bool,
    pub below_maximum: bool,
    pub multiple: Option<Json>,
    pub length: Span,
    pub items: Span,
    pub entries: Span,
    pub required: Vec<Box<str>>,
    pub all_of: Vec<Schema>,
    pub any_of: Vec<Schema>,
    pub one_of: Vec<Schema>,
    pub not: Option<Box<Schema>>,
}

/// The least and the most of something.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Span {
    pub least: Option<u64>,
    pub most: Option<u64>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Type {
    /// None is given.
    #[default]
    Any,
    Object,
    Array,
    Str,
    Int,
    Number,
    Bool,
}

/// How a list is merged.
#[derive(Debug, Default, PartialEq, Eq, Hash)]
pub enum List {
    #[default]
    Atomic,
    Set,
    /// By these fields of its elements.
    Map(Vec<Box<str>>),
}

/// One of `x-kubernetes-validations`.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Rule {
    pub rule: Lazy<Program>,
    pub message: Box<str>,
    pub message_expression: Option<Lazy<Program>>,
    pub reason: Box<str>,
    pub field_path: Box<str>,
    pub optional_old: bool,
}

/// A text and what is made of it once somebody asks.
pub struct Lazy<T> {
    pub text: Box<str>,
    made: OnceLock<T>,
}

impl<T> Lazy<T> {
    pub fn new(text: &str) -> Self {
        Lazy { text: text.into(), made: OnceLock::new() }
    }

    pub fn get(&self, make: impl FnOnce(&str) -> T) -> &T {
        self.made.get_or_init(|| make(&self.text))
    }
}

impl<T> PartialEq for Lazy<T> {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl<T> Eq for Lazy<T> {}

impl<T> Hash for Lazy<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl<T> std::fmt::Debug for Lazy<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.text)
    }
}

impl Schema {
    /// What a node of a definition says. What is wrong with it was said of the definition, and is passed over.
    pub fn of(node: Ref<'_>) -> Schema {
        let truth = |name: &str| node.get(name).and_then(Ref::as_bool) == Some(true);
        let text = |name: &str| node.get(name).and_then(Ref::as_str).unwrap_or_default();
        let inner = |name: &str| node.get(name).filter(|one| one.is_map()).map(Schema::of);
        let mut properties: Vec<(Box<str>, Schema)> = node
            .get("properties")
            .into_iter()
            .flat_map(Ref::entries)
            .map(|(name, property)| (name.into(), Schema::of(property)))
            .collect();
        properties.sort_by(|(a, _), (b, _)| a.cmp(b));
        let keeps = truth("x-kubernetes-preserve-unknown-fields")
            || node.get("additionalProperties").and_then(Ref::as_bool) == Some(true);
        let (additional, items) = (inner("additionalProperties"), inner("items"));
        let has = |one: &Schema| one.embedded || one.has_embedded;
        let has_embedded =
            properties.iter().any(|(_, one)| has(one)) || additional.iter().chain(&items).any(has);
        Schema {
            has_embedded,
            ty: Type::of(text("type")),
            nullable: truth("nullable"),
            int_or_string: truth("x-kubernetes-int-or-string"),
            keeps_unknown: keeps,
            embedded: truth("x-kubernetes-embedded-resource"),
            text: text("description").into(),
            format: text("format").into(),
            default: node.get("default").map(Json::of),
            limits: Limits::of(node),
            properties,
            additional: additional.map(Box::new),
            items: items.map(Box::new),
            list: List::of(node),
            rules: node
                .get("x-kubernetes-validations")
                .into_iter()
                .flat_map(Ref::items)
                .map(Rule::of)
                .collect(),
        }
    }

    pub fn property(&self, name: &str) -> Option<&Schema> {
        let at = self.properties.binary_search_by(|(one, _)| (**one).cmp(name)).ok()?;
        self.properties.get(at).map(|(_, schema)| schema)
    }

    pub fn requires(&self, name: &str) -> bool {
        self.limits.required.iter().any(|one| **one == *name)
    }
}

impl Limits {
    fn of(node: Ref<'_>) -> Limits {
        let truth = |name: &str| node.get(name).and_then(Ref::as_bool) == Some(true);
        let number = |name: &str| node.get(name).map(Json::of).filter(|one| one.number().is_some());
        let count = |name: &str| node.get(name).and_then(Ref::as_int).map(|n| n.unsigned_abs());
        let all = |name: &str| node.get(name).into_iter().flat_map(Ref::items);
        Limits {
            allowed: all("enum").map(Json::of).collect(),
            pattern: node.get("pattern").and_then(Ref::as_str).map(Lazy::new),
            minimum: number("minimum"),
            maximum: number("maximum"),
            above_minimum: truth("exclusiveMinimum"),
            below_maximum: truth("exclusiveMaximum"),
            multiple: number("multipleOf"),
            length: Span { least: count("minLength"), most: count("maxLength") },
            items: Span { least: count("minItems"), most: count("maxItems") },
            entries: Span { least: count("minProperties"), most: count("maxProperties") },
            required: all("required").filter_map(Ref::as_str).map(Into::into).collect(),
            all_of: all("allOf").map(Schema::of).collect(),
            any_of: all("anyOf").map(Schema::of).collect(),
            one_of: all("oneOf").map(Schema::of).collect(),
            not: node.get("not").filter(|not| not.is_map()).map(|not| Box::new(Schema::of(not))),
        }
    }
}

impl Type {
    fn of(text: &str) -> Type {
        match text {
            "object" => Type::Object,
            "array" => Type::Array,
            "string" => Type::Str,
            "integer" => Type::Int,
            "number" => Type::Number,
            "boolean" => Type::Bool,
            _ => Type::Any,
        }
    }
}

impl List {
    fn of(node: Ref<'_>) -> List {
        match node.get("x-kubernetes-list-type").and_then(Ref::as_str) {
            Some("set") => List::Set,
            Some("map") => {
                let keys = node.get("x-kubernetes-list-map-keys").into_iter().flat_map(Ref::items);
                List::Map(keys.filter_map(Ref::as_str).map(Into::into).collect())
            }
            _ => List::Atomic,
        }
    }
}

impl Rule {
    fn of(node: Ref<'_>) -> Rule {
        let text = |name: &str| node.get(name).and_then(Ref::as_str).unwrap_or_default();
        Rule {
            rule: Lazy::new(text("rule")),
            message: text("message").into(),
            message_expression: node
                .get("messageExpression")
                .and_then(Ref::as_str)
                .filter(|text| !text.is_empty())
                .map(Lazy::new),
            reason: text("reason").into(),
            field_path: text("fieldPath").into(),
            optional_old: node.get("optionalOldSelf").and_then(Ref::as_bool) == Some(true),
        }
    }
}
