//! What a rule may cost at most, as a server estimates it when a definition is made.
//!
//! The unit is that of CEL: about one look at a value. Texts and lists count with the most that their schemas allow;
//! what no schema bounds, with the most that fits into a request. Where it is not certain what a server counts, the
//! least is taken, so that what is too much here is too much for every server.

use super::parse::{Constant, Expr, Macro, MacroKind, Operator};
use crate::crd::schema::{Schema, Type};

/// What one rule, and all rules of a version together, may cost.
pub const RULE: u64 = 10_000_000;
pub const ALL: u64 = 100_000_000;

/// The bytes of the largest request.
const REQUEST: u64 = 3 << 20;

/// Looking through a text, by character; and matching one, by character of the pattern.
const TEXT: f64 = 0.1;
const PATTERN: f64 = 0.25;

/// What is known of a value before there is one.
#[derive(Clone)]
struct Value<'s> {
    cost: u64,
    /// How many elements or characters it has at most; `None` where that is not certain.
    size: Option<u64>,
    kind: Kind<'s>,
}

#[derive(Clone)]
enum Kind<'s> {
    /// Of a schema, and whether it has the fields that each object has.
    Schema(&'s Schema, bool),
    Text,
    /// A list, with what its elements are.
    List(Box<Value<'s>>),
    /// A number, a truth and the like.
    Scalar,
    Unknown,
}

/// What the rule costs at most for one value of the schema.
pub fn cost(expr: &Expr, schema: &Schema, is_root: bool) -> u64 {
    let own = of_schema(schema, is_root);
    of(expr, &mut vec![("self", own.clone()), ("oldSelf", own)]).cost
}

/// How often a value of the schema can be in one request.
pub fn repeats(schema: &Schema) -> u64 {
    REQUEST / (least(schema, 0) + 1)
}

/// The bytes that a value of the schema takes at least. Where that is not certain it is no less than a server's.
fn least(schema: &Schema, depth: u32) -> u64 {
    if schema.int_or_string || depth > 64 {
        return 1;
    }
    match schema.ty {
        Type::Any | Type::Array => 2,
        Type::Str => match &*schema.format {
            "duration" => 3,
            "date" => 12,
            "date-time" => 21,
            _ => 2,
        },
        Type::Bool => 4,
        Type::Int | Type::Number => 1,
        Type::Object if schema.additional.is_some() => 2,
        Type::Object => {
            let needed = schema
                .properties
                .iter()
                .filter(|(name, property)| schema.requires(name) && property.default.is_none());
            needed.map(|(name, one)| name.len() as u64 + least(one, depth + 1) + 4).sum::<u64>() + 2
        }
    }
}

fn of_schema(schema: &Schema, is_root: bool) -> Value<'_> {
    let kind = Kind::Schema(schema, is_root || schema.embedded);
    Value { cost: 0, size: most(schema), kind }
}

/// How many elements or characters a value of the schema has at most.
fn most(schema: &Schema) -> Option<u64> {
    let limits = &schema.limits;
    if schema.int_or_string {
        return Some(limits.length.most.map_or(REQUEST - 2, |most| most.saturating_mul(4)));
    }
    Some(match schema.ty {
        Type::Array => match (limits.items.most, schema.items.as_deref()) {
            (Some(most), _) => most,
            (None, Some(item)) => (REQUEST - 2) / (least(item, 0) + 1),
            (None, None) => return None,
        },
        Type::Object => match (limits.entries.most, schema.additional.as_deref()) {
            (_, None) => return None,
            (Some(most), _) => most,
            (None, Some(value)) => (REQUEST - 2) / (least(value, 0) + 6),
        },
        Type::Str => match &*schema.format {
            "duration" | "date-time" => 32,
            "date" => 12,
            "byte" => limits.length.most.unwrap_or(REQUEST - 2),
            _ => match limits.length.most {
                Some(most) => most.saturating_mul(4),
                None if limits.allowed.is_empty() => REQUEST - 2,
                None => {
                    let texts = limits.allowed.iter().filter_map(|one| one.text());
                    texts.map(|text| text.len() as u64).max().unwrap_or(0)
                }
            },
        },
        Type::Bool | Type::Int | Type::Number => 1,
        Type::Any => return None,
    })
}

type Env<'e, 's> = Vec<(&'e str, Value<'s>)>;

fn of<'e, 's>(expr: &'e Expr, env: &mut Env<'e, 's>) -> Value<'s> {
    match expr {
        Expr::Constant(constant) => match constant {
            Constant::Str(text) => Value::text(0, Some(text.chars().count() as u64)),
            Constant::Bytes(bytes) => Value::text(0, Some(bytes.len() as u64)),
            _ => Value::scalar(0),
        },
        Expr::Name(name) => {
            let known = env.iter().rev().find(|(own, _)| *own == &**name);
            match known {
                Some((_, value)) => Value { cost: 1, ..value.clone() },
                None => Value::unknown(1),
            }
        }
        Expr::Field { of: on, name, .. } => {
            let on = of(on, env);
            on.field(name)
        }
        Expr::Has { of: on, .. } => Value::scalar(of(on, env).cost),
        Expr::Index { of: on, index, .. } => {
            let (on, index) = (of(on, env), of(index, env));
            let cost = sum([1, on.cost, index.cost]);
            Value { cost, ..on.element() }
        }
        Expr::And(a, b) | Expr::Or(a, b) => Value::scalar(sum([of(a, env).cost, of(b, env).cost])),
        Expr::Not(on) | Expr::Negative(on) => Value::scalar(sum([1, of(on, env).cost])),
        Expr::If(parts) => {
            let condition = of(&parts.0, env);
            let (a, b) = (of(&parts.1, env), of(&parts.2, env));
            let cost = sum([condition.cost, a.cost.max(b.cost)]);
            let size = a.size.zip(b.size).map(|(a, b)| a.max(b));
            Value { cost, size, kind: a.kind }
        }
        Expr::Binary(operator, parts) => {
            let (a, b) = (of(&parts.0, env), of(&parts.1, env));
            binary(*operator, a, b)
        }
        Expr::List(items) => {
            let mut cost = 10;
            let mut item = None;
            for (one, _) in items {
                let one = of(one, env);
                cost = sum([cost, one.cost]);
                item = item.or(Some(one));
            }
            let item = item.unwrap_or_else(|| Value::unknown(0));
            let kind = Kind::List(Box::new(item));
            Value { cost, size: Some(items.len() as u64), kind }
        }
        Expr::Map(entries) => {
            let parts = entries.iter().flat_map(|(key, value, _)| [key, value]);
            let cost = parts.fold(30, |cost, part| sum([cost, of(part, env).cost]));
            Value { size: Some(entries.len() as u64), ..Value::unknown(cost) }
        }
        Expr::Message { fields, .. } => {
            let cost = fields.iter().fold(40, |cost, (_, part, _)| sum([cost, of(part, env).cost]));
            Value::unknown(cost)
        }
        Expr::Macro(of) => repeated(of, env),
        Expr::Call { on, name, arguments } => {
            let on = on.as_deref().map(|on| match on {
                // The name before a dot may be a part of that of the function.
                Expr::Name(family) if !env.iter().any(|(own, _)| *own == &**family) => {
                    Value::unknown(0)
                }
                on => of(on, env),
            });
            let arguments: Vec<Value<'s>> = arguments.iter().map(|one| of(one, env)).collect();
            called(name, on, &arguments)
        }
    }
}

impl<'s> Value<'s> {
    fn scalar(cost: u64) -> Self {
        Value { cost, size: Some(1), kind: Kind::Scalar }
    }

    fn text(cost: u64, size: Option<u64>) -> Self {
        Value { cost, size, kind: Kind::Text }
    }

    fn unknown(cost: u64) -> Self {
        Value { cost, size: None, kind: Kind::Unknown }
    }

    /// The size where one is certain, and else nothing.
    fn least_size(&self) -> u64 {
        self.size.unwrap_or(0)
    }

    fn field(&self, name: &str) -> Value<'s> {
        let Kind::Schema(schema, is_object) = self.kind else {
            return Value::unknown(self.cost);
        };
        if schema.int_or_string || !matches!(schema.ty, Type::Object) {
            return Value::unknown(self.cost);
        }
        let cost = sum([self.cost, 1]);
        if let Some(inner) = schema.additional.as_deref() {
            return Value { cost, ..of_schema(inner, false) };
        }
        let plain = super::access::unescaped(name);
        if is_object && matches!(&*plain, "apiVersion" | "kind" | "metadata") {
            return Value::unknown(cost);
        }
        match schema.property(&plain) {
            Some(property) => Value { cost, ..of_schema(property, false) },
            None => Value::unknown(cost),
        }
    }

    /// What its elements, or the values of its entries, are.
    fn element(&self) -> Value<'s> {
        match &self.kind {
            Kind::Schema(schema, _) => {
                let inner = schema.items.as_deref().or(schema.additional.as_deref());
                inner.map_or_else(|| Value::unknown(0), |inner| of_schema(inner, false))
            }
            // Of what a rule puts together itself a server does not know how long its elements are.
            Kind::List(element) if element.is_text() => Value::text(0, None),
            _ => Value::unknown(0),
        }
    }

    fn is_list(&self) -> bool {
        match self.kind {
            Kind::Schema(schema, _) => matches!(schema.ty, Type::Array),
            Kind::List(_) => true,
            _ => false,
        }
    }

    fn is_text(&self) -> bool {
        match self.kind {
            Kind::Schema(schema, _) => {
                let is_time =
                    matches!(&*schema.format, "date-time" | "datetime" | "date" | "duration");
                matches!(schema.ty, Type::Str) && !schema.int_or_string && !is_time
            }
            Kind::Text => true,
            _ => false,
        }
    }
}

fn binary<'s>(operator: Operator, a: Value<'s>, b: Value<'s>) -> Value<'s> {
    let both = sum([a.cost, b.cost]);
    match operator {
        Operator::In if b.is_list() => Value::scalar(sum([both, b.least_size()])),
        Operator::Equal
        | Operator::Unequal
        | Operator::Less
        | Operator::LessOrEqual
        | Operator::Greater
        | Operator::GreaterOrEqual => {
            Value::scalar(sum([both, times(a.least_size().min(b.least_size()), TEXT)]))
        }
        Operator::Plus if a.is_text() || b.is_text() => {
            let size = a.size.zip(b.size).map(|(a, b)| a.saturating_add(b));
            Value::text(sum([both, times(size.unwrap_or(0), TEXT)]), size)
        }
        Operator::Plus if a.is_list() => {
            let size = a.size.zip(b.size).map(|(a, b)| a.saturating_add(b));
            Value { cost: sum([both, 1]), size, kind: a.kind }
        }
        _ => Value::scalar(sum([both, 1])),
    }
}

/// A loop. What it costs besides its body is what CEL makes of it: the condition under which it goes on, and the step
/// that puts results together.
fn repeated<'e, 's>(repeated: &'e Macro, env: &mut Env<'e, 's>) -> Value<'s> {
    let over = of(&repeated.of, env);
    let before = env.len();
    let is_list = over.is_list();
    // Of keys no server knows how long they are.
    let key = if is_list { Value::scalar(0) } else { Value::text(0, None) };
    let values = match (&repeated.names[..], is_list) {
        ([_], true) => vec![over.element()],
        ([_], false) => vec![key],
        _ => vec![key, over.element()],
    };
    env.extend(repeated.names.iter().map(|name| &**name).zip(values));
    let filter = repeated.filter.as_ref().map_or(0, |filter| of(filter, env).cost);
    let body = of(&repeated.body, env);
    let first = env.get(before).map(|(_, value)| value.clone());
    env.truncate(before);
    let (step, around) = match repeated.kind {
        MacroKind::All => (3, 1),
        MacroKind::Exists => (4, 1),
        MacroKind::ExistsOne => (2, 2),
        MacroKind::Filter => (13, 11),
        MacroKind::Map => (12, 11),
        // These are no loops over all, or their form is not certain.
        MacroKind::ToMap | MacroKind::ToEntries => (0, 0),
        MacroKind::Optional | MacroKind::OptionalFlat => {
            return Value::unknown(sum([over.cost, body.cost]));
        }
    };
    let each = sum([step, filter, body.cost]).saturating_mul(over.least_size());
    let cost = sum([over.cost, around, each]);
    match (repeated.kind, first) {
        (MacroKind::Filter, Some(element)) => {
            Value { cost, size: over.size, kind: Kind::List(Box::new(element)) }
        }
        (MacroKind::Map, _) => Value { cost, size: over.size, kind: Kind::List(Box::new(body)) },
        (MacroKind::ToMap | MacroKind::ToEntries, _) => Value::unknown(cost),
        _ => Value::scalar(cost),
    }
}

fn called<'s>(name: &str, on: Option<Value<'s>>, arguments: &[Value<'s>]) -> Value<'s> {
    let given = arguments.iter().fold(0, |cost, one| sum([cost, one.cost]));
    let given = sum([given, on.as_ref().map_or(0, |on| on.cost)]);
    let size = |value: Option<&Value<'s>>| value.map_or(0, Value::least_size);
    let (own, first) = (size(on.as_ref()), size(arguments.first()));
    let own_size = on.as_ref().and_then(|on| on.size);
    let and = |cost: u64| sum([given, cost]);
    match (name, &on) {
        ("dyn", None) => match arguments.first() {
            Some(value) => Value { cost: and(1), ..value.clone() },
            None => Value::unknown(and(1)),
        },
        ("startsWith" | "endsWith", Some(_)) => Value::scalar(and(times(first, TEXT))),
        ("contains", Some(_)) => {
            Value::scalar(and(times(own, TEXT).saturating_mul(times(first, TEXT))))
        }
        ("matches", Some(_)) => Value::scalar(and(matching(own, first))),
        ("find" | "findAll", Some(_)) => {
            let cost = and(matching(own, first));
            if name == "find" { Value::text(cost, own_size) } else { Value::unknown(cost) }
        }
        ("lowerAscii" | "upperAscii" | "substring" | "trim", Some(_)) => {
            Value::text(and(times(own, TEXT)), own_size)
        }
        ("replace", Some(_)) => Value::text(and(times(own, 2.0 * TEXT)), None),
        ("split", Some(_)) => {
            let kind = Kind::List(Box::new(Value::text(0, None)));
            let size = if arguments.len() > 1 { None } else { own_size };
            Value { cost: and(times(own, 2.0 * TEXT)), size, kind }
        }
        ("isSorted" | "sum" | "max" | "min" | "indexOf" | "lastIndexOf", Some(on)) => {
            let each = match on.is_list() {
                true if on.element().is_text() => sum([1, times(on.element().least_size(), TEXT)]),
                true => 1,
                false => return Value::scalar(and(times(own, TEXT))),
            };
            Value::unknown(and(own.saturating_mul(each)))
        }
        ("url" | "isIP" | "isCIDR" | "ip" | "cidr" | "quantity" | "isQuantity", None) => {
            Value::unknown(and(times(first, TEXT)))
        }
        ("size" | "int" | "bool" | "double" | "uint", _) => Value::scalar(and(1)),
        _ => Value::unknown(and(1)),
    }
}

/// What it costs to match a text with a pattern.
fn matching(text: u64, pattern: u64) -> u64 {
    times(text.saturating_add(1), TEXT).saturating_mul(times(pattern, PATTERN))
}

fn times(size: u64, factor: f64) -> u64 {
    // A number that is too large becomes the largest.
    (size as f64 * factor).ceil() as u64
}

fn sum<const N: usize>(costs: [u64; N]) -> u64 {
    costs.into_iter().fold(0, u64::saturating_add)
}
