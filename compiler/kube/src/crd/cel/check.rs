//! Whether a rule fits the types of what it is about, as a server asks when a definition is made.
//!
//! What is not known for certain is taken: a rule that is refused here is refused by every server.

use std::rc::Rc;

use super::access::unescaped;
use super::admission::{ESCAPES, OBJECT, PATCH, field_of, message};
use super::eval::FAMILIES;
use super::parse::{Constant, Expr, Macro, MacroKind, Operator};
use super::{convert, signatures};
use crate::crd::schema::{Schema, Type};

/// What is known of a value before there is one.
#[derive(Debug, Clone)]
pub enum Ty<'s> {
    /// Anything.
    Dyn,
    Null,
    Bool,
    Int,
    Uint,
    Double,
    Str,
    Bytes,
    Time,
    Duration,
    List(Rc<Ty<'s>>),
    Map(Rc<Ty<'s>>, Rc<Ty<'s>>),
    /// A part of an object, and whether it has the fields that each object has.
    Record(&'s Schema, bool),
    /// These fields, and no others.
    Fields(Rc<Vec<(String, Ty<'s>)>>),
    Optional(Rc<Ty<'s>>),
    /// A value of a type with this name, by which a policy says what it changes.
    Message(Rc<str>),
}

/// The variables of an expression, the innermost last.
pub type Env<'e, 's> = Vec<(&'e str, Ty<'s>)>;

/// What an expression gives, or why it can give nothing.
pub(super) type Checked<'s> = Result<Ty<'s>, String>;

/// Why a rule does not fit; nothing where it may.
pub fn misfit<'s>(expr: &Expr, env: &[(&str, Ty<'s>)], wanted: &Ty<'s>) -> Option<String> {
    let mut env: Env<'_, 's> = env.to_vec();
    match ty(expr, &mut env) {
        Err(why) => Some(why),
        Ok(found) if fits(&found, wanted) => None,
        Ok(found) => Some(format!("it gives {}, and {} is asked for", found.name(), wanted.name())),
    }
}

/// What an expression gives, or why it can give nothing.
pub fn given<'s>(expr: &Expr, env: &[(&str, Ty<'s>)]) -> Result<Ty<'s>, String> {
    ty(expr, &mut env.to_vec())
}

/// Whether an expression is one of these variables, or names a part of one.
pub fn is_part_of(expr: &Expr, variables: &[&str]) -> bool {
    match expr {
        Expr::Name(name) => variables.contains(&&**name),
        Expr::Field { of, .. } | Expr::Index { of, .. } => is_part_of(of, variables),
        _ => false,
    }
}

/// Whether an expression is a name, or a part of something.
pub fn is_selected(expr: &Expr) -> bool {
    matches!(expr, Expr::Name(_) | Expr::Field { .. } | Expr::Index { .. })
}

/// What an expression gives; nothing where it does not fit.
pub fn gives<'s>(expr: &Expr, env: &[(&str, Ty<'s>)]) -> Option<Ty<'s>> {
    ty(expr, &mut env.to_vec()).ok()
}

impl<'s> Ty<'s> {
    /// What a schema says of a value.
    pub fn of(schema: &'s Schema, is_root: bool) -> Ty<'s> {
        if schema.int_or_string {
            return Ty::Dyn;
        }
        match schema.ty {
            Type::Any => Ty::Dyn,
            Type::Bool => Ty::Bool,
            Type::Int => Ty::Int,
            Type::Number => Ty::Double,
            Type::Str => match &*schema.format {
                "date-time" | "datetime" | "date" => Ty::Time,
                "duration" => Ty::Duration,
                "byte" | "binary" => Ty::Bytes,
                _ => Ty::Str,
            },
            Type::Array => {
                let inner = schema.items.as_deref();
                Ty::List(Rc::new(inner.map_or(Ty::Dyn, |inner| Ty::of(inner, false))))
            }
            Type::Object => match schema.additional.as_deref() {
                _ if schema.keeps_unknown => Ty::Dyn,
                Some(inner) => Ty::Map(Rc::new(Ty::Str), Rc::new(Ty::of(inner, false))),
                None => Ty::Record(schema, is_root || schema.embedded),
            },
        }
    }

    pub fn name(&self) -> &'static str {
        match self {
            Ty::Dyn => "anything",
            Ty::Null => "null",
            Ty::Bool => "a bool",
            Ty::Int => "an int",
            Ty::Uint => "a uint",
            Ty::Double => "a double",
            Ty::Str => "a string",
            Ty::Bytes => "bytes",
            Ty::Time => "a timestamp",
            Ty::Duration => "a duration",
            Ty::List(_) => "a list",
            Ty::Map(..) => "a map",
            Ty::Record(..) | Ty::Fields(_) => "an object",
            Ty::Optional(_) => "an optional value",
            Ty::Message(name) if **name == *PATCH => "a JSONPatch",
            Ty::Message(name) if **name == *OBJECT => "an Object",
            Ty::Message(_) => "a part of an Object",
        }
    }

    /// A rank of what is compared as one kind: any two of different ranks are never the same.
    fn rank(&self) -> Option<u8> {
        match self {
            Ty::Dyn | Ty::Null | Ty::Optional(_) => None,
            Ty::Bool => Some(0),
            Ty::Int | Ty::Uint | Ty::Double => Some(1),
            Ty::Str => Some(2),
            Ty::Bytes => Some(3),
            Ty::Time => Some(4),
            Ty::Duration => Some(5),
            Ty::List(_) => Some(6),
            Ty::Map(..) | Ty::Record(..) | Ty::Fields(_) => Some(7),
            Ty::Message(_) => Some(8),
        }
    }

    fn is_number(&self) -> bool {
        self.rank() == Some(1)
    }
}

/// Whether one may be taken for the other.
pub(super) fn fits(a: &Ty<'_>, b: &Ty<'_>) -> bool {
    match (a, b) {
        (Ty::List(a), Ty::List(b)) => fits(a, b),
        (Ty::Map(_, a), Ty::Map(_, b)) => fits(a, b),
        (Ty::Message(a), Ty::Message(b)) => a == b,
        (Ty::Fields(a), Ty::Fields(b)) => {
            a.iter().map(|(name, _)| name).eq(b.iter().map(|(name, _)| name))
        }
        _ => a.rank().is_none() || b.rank().is_none() || a.rank() == b.rank(),
    }
}

pub(super) fn ty<'s>(expr: &Expr, env: &mut Env<'_, 's>) -> Checked<'s> {
    Ok(match expr {
        Expr::Constant(constant) => match constant {
            Constant::Null => Ty::Null,
            Constant::Bool(_) => Ty::Bool,
            Constant::Int(_) => Ty::Int,
            Constant::Uint(_) => Ty::Uint,
            Constant::Double(_) => Ty::Double,
            Constant::Str(_) => Ty::Str,
            Constant::Bytes(_) => Ty::Bytes,
        },
        Expr::Name(name) => {
            let found = env.iter().rev().find(|(known, _)| *known == &**name);
            match found {
                Some((_, ty)) => ty.clone(),
                None if convert::type_named(name).is_some() => Ty::Dyn,
                None => return Err(format!("nothing is called `{name}` here")),
            }
        }
        Expr::Field { of, name, optional } => {
            let of = ty(of, env)?;
            let part = part(&of, name)?;
            match (*optional, &of) {
                (true, _) | (_, Ty::Optional(_)) => optional_of(part),
                _ => part,
            }
        }
        Expr::Has { of, name } => {
            let of = ty(of, env)?;
            part(&of, name)?;
            Ty::Bool
        }
        Expr::Index { of, index, optional } => {
            let (of, index) = (ty(of, env)?, ty(index, env)?);
            let found = element(&of, &index)?;
            if *optional { optional_of(found) } else { found }
        }
        Expr::And(a, b) | Expr::Or(a, b) => {
            truth(&ty(a, env)?)?;
            truth(&ty(b, env)?)?;
            Ty::Bool
        }
        Expr::Not(of) => {
            truth(&ty(of, env)?)?;
            Ty::Bool
        }
        Expr::Negative(of) => {
            let of = ty(of, env)?;
            match of {
                Ty::Int | Ty::Double | Ty::Dyn => of,
                other => return Err(format!("`-` does not take {}", other.name())),
            }
        }
        Expr::If(parts) => {
            truth(&ty(&parts.0, env)?)?;
            let (a, b) = (ty(&parts.1, env)?, ty(&parts.2, env)?);
            if !fits(&a, &b) {
                return Err(format!("`?:` gives {} or {}", a.name(), b.name()));
            }
            if a.rank().is_some() && a.rank() == b.rank() { a } else { Ty::Dyn }
        }
        Expr::Binary(operator, parts) => {
            let (a, b) = (ty(&parts.0, env)?, ty(&parts.1, env)?);
            binary(*operator, a, b)?
        }
        Expr::List(items) => {
            let mut of = None;
            for (item, optional) in items {
                let item = match (ty(item, env)?, optional) {
                    (Ty::Optional(inner), true) => (*inner).clone(),
                    (item, _) => item,
                };
                of = Some(match of {
                    None => item,
                    Some(first) if same(&first, &item) => first,
                    Some(first) if !fits(&first, &item) => {
                        let (one, other) = (first.name(), item.name());
                        return Err(format!(
                            "a list holds values of one type, and not {one} and {other}"
                        ));
                    }
                    Some(_) => Ty::Dyn,
                });
            }
            Ty::List(Rc::new(of.unwrap_or(Ty::Dyn)))
        }
        Expr::Map(entries) => {
            for (key, value, _) in entries {
                ty(key, env)?;
                ty(value, env)?;
            }
            Ty::Map(Rc::new(Ty::Dyn), Rc::new(Ty::Dyn))
        }
        Expr::Message { name, fields } => message(name, fields, env)?,
        Expr::Macro(of) => repeated(of, env)?,
        Expr::Call { on, name, arguments } => call(on.as_deref(), name, arguments, env)?,
    })
}

fn same(a: &Ty<'_>, b: &Ty<'_>) -> bool {
    std::mem::discriminant(a) == std::mem::discriminant(b)
        && !matches!(a, Ty::List(_) | Ty::Map(..))
        && !(matches!(a, Ty::Message(_)) && !fits(a, b))
}

fn optional_of(of: Ty<'_>) -> Ty<'_> {
    match of {
        Ty::Optional(_) => of,
        other => Ty::Optional(Rc::new(other)),
    }
}

fn truth(of: &Ty<'_>) -> Result<(), String> {
    match of {
        Ty::Bool | Ty::Dyn => Ok(()),
        other => Err(format!("a condition is asked for, and this is {}", other.name())),
    }
}

/// The field of a record, or an entry of a map.
fn part<'s>(of: &Ty<'s>, name: &str) -> Checked<'s> {
    match of {
        Ty::Dyn | Ty::Null => Ok(Ty::Dyn),
        Ty::Optional(inner) => part(inner, name),
        Ty::Map(_, value) => Ok((**value).clone()),
        Ty::Fields(fields) => match fields.iter().find(|(own, _)| own == name) {
            Some((_, ty)) => Ok(ty.clone()),
            None => Err(format!("there is no field `{name}`")),
        },
        Ty::Record(schema, is_object) => {
            let plain = unescaped(name);
            if *is_object {
                let names = || ["name", "generateName"].map(|name| (name.to_owned(), Ty::Str));
                match &*plain {
                    "apiVersion" | "kind" => return Ok(Ty::Str),
                    "metadata" => return Ok(Ty::Fields(Rc::new(names().to_vec()))),
                    _ => {}
                }
            }
            match schema.property(&plain) {
                Some(property) => Ok(Ty::of(property, false)),
                None => Err(format!("the schema has no field `{plain}` there")),
            }
        }
        Ty::Message(of) => field_of(of, name),
        other => Err(format!("{} has no field `{name}`", other.name())),
    }
}

fn element<'s>(of: &Ty<'s>, index: &Ty<'_>) -> Checked<'s> {
    match of {
        Ty::List(item) => match index {
            Ty::Int | Ty::Uint | Ty::Double | Ty::Dyn => Ok((**item).clone()),
            other => Err(format!("an element of a list is not found by {}", other.name())),
        },
        Ty::Map(key, value) => match fits(key, index) {
            true => Ok((**value).clone()),
            false => Err(format!("an entry of this map is not found by {}", index.name())),
        },
        Ty::Optional(inner) => Ok(optional_of(element(inner, index)?)),
        Ty::Bool | Ty::Int | Ty::Uint | Ty::Double | Ty::Str | Ty::Fields(_) => {
            Err(format!("{} has no elements", of.name()))
        }
        _ => Ok(Ty::Dyn),
    }
}

fn binary<'s>(operator: Operator, a: Ty<'s>, b: Ty<'s>) -> Checked<'s> {
    let sign = match operator {
        Operator::Equal => "==",
        Operator::Unequal => "!=",
        Operator::Less => "<",
        Operator::LessOrEqual => "<=",
        Operator::Greater => ">",
        Operator::GreaterOrEqual => ">=",
        Operator::In => "in",
        Operator::Plus => "+",
        Operator::Minus => "-",
        Operator::Times => "*",
        Operator::Divided => "/",
        Operator::Modulo => "%",
    };
    let refused = || Err(format!("`{sign}` does not take {} and {}", a.name(), b.name()));
    if matches!(a, Ty::Dyn) || (matches!(b, Ty::Dyn) && operator != Operator::In) {
        return Ok(match operator {
            Operator::Plus
            | Operator::Minus
            | Operator::Times
            | Operator::Divided
            | Operator::Modulo => Ty::Dyn,
            _ => Ty::Bool,
        });
    }
    match operator {
        Operator::Equal | Operator::Unequal => match fits(&a, &b) {
            true => Ok(Ty::Bool),
            false => refused(),
        },
        Operator::Less | Operator::LessOrEqual | Operator::Greater | Operator::GreaterOrEqual => {
            match (a.rank(), b.rank()) {
                (Some(one), Some(other)) if one == other && one < 6 => Ok(Ty::Bool),
                _ => refused(),
            }
        }
        Operator::In => match &b {
            Ty::List(item) if fits(item, &a) => Ok(Ty::Bool),
            Ty::Map(key, _) if fits(key, &a) => Ok(Ty::Bool),
            Ty::Dyn | Ty::Record(..) | Ty::Fields(_) | Ty::Optional(_) => Ok(Ty::Bool),
            _ => refused(),
        },
        Operator::Plus => match (&a, &b) {
            (Ty::Time, Ty::Duration) | (Ty::Duration, Ty::Time) => Ok(Ty::Time),
            (Ty::List(one), Ty::List(other)) if fits(one, other) => Ok(a),
            (Ty::Str, Ty::Str) | (Ty::Bytes, Ty::Bytes) | (Ty::Duration, Ty::Duration) => Ok(a),
            (one, other) if one.is_number() && same(one, other) => Ok(a),
            _ => refused(),
        },
        Operator::Minus => match (&a, &b) {
            (Ty::Time, Ty::Time) => Ok(Ty::Duration),
            (Ty::Time, Ty::Duration) => Ok(Ty::Time),
            (Ty::Duration, Ty::Duration) => Ok(Ty::Duration),
            (one, other) if one.is_number() && same(one, other) => Ok(a),
            _ => refused(),
        },
        Operator::Times | Operator::Divided | Operator::Modulo => {
            let whole = operator == Operator::Modulo;
            let taken = a.is_number() && same(&a, &b) && !(whole && matches!(a, Ty::Double));
            if taken { Ok(a) } else { refused() }
        }
    }
}

fn repeated<'s>(of: &Macro, env: &mut Env<'_, 's>) -> Checked<'s> {
    let over = ty(&of.of, env)?;
    let two = of.names.len() > 1;
    let (first, second) = match (&over, of.kind) {
        (Ty::Dyn, _) => (Ty::Dyn, Ty::Dyn),
        (Ty::Optional(inner), MacroKind::Optional | MacroKind::OptionalFlat) => {
            ((**inner).clone(), Ty::Dyn)
        }
        (_, MacroKind::Optional | MacroKind::OptionalFlat) => {
            return Err(format!("an optional value is asked for, and this is {}", over.name()));
        }
        (Ty::List(item), _) if two => (Ty::Int, (**item).clone()),
        (Ty::List(item), _) => ((**item).clone(), Ty::Dyn),
        (Ty::Map(key, value), _) => ((**key).clone(), (**value).clone()),
        _ => return Err(format!("a list or a map is asked for, and this is {}", over.name())),
    };
    let before = env.len();
    let body = within(of, env, [first.clone(), second]);
    env.truncate(before);
    let body = body?;
    if let MacroKind::All | MacroKind::Exists | MacroKind::ExistsOne | MacroKind::Filter = of.kind {
        truth(&body)?;
    }
    Ok(match of.kind {
        MacroKind::All | MacroKind::Exists | MacroKind::ExistsOne => Ty::Bool,
        MacroKind::Filter => Ty::List(Rc::new(first)),
        MacroKind::Map => Ty::List(Rc::new(body)),
        MacroKind::ToMap => Ty::Map(Rc::new(Ty::Dyn), Rc::new(body)),
        MacroKind::ToEntries => Ty::Map(Rc::new(Ty::Dyn), Rc::new(Ty::Dyn)),
        MacroKind::Optional => optional_of(body),
        MacroKind::OptionalFlat => body,
    })
}

/// What the body of a loop gives. The names are those of the rule, which outlive what is pushed here.
fn within<'s>(of: &Macro, env: &mut Env<'_, 's>, types: [Ty<'s>; 2]) -> Checked<'s> {
    let mut inner: Env<'_, 's> = env.iter().map(|(name, ty)| (*name, ty.clone())).collect();
    inner.extend(of.names.iter().map(|name| &**name).zip(types));
    if let Some(filter) = &of.filter {
        truth(&ty(filter, &mut inner)?)?;
    }
    ty(&of.body, &mut inner)
}

fn call<'s>(
    on: Option<&Expr>,
    name: &str,
    arguments: &[Expr],
    env: &mut Env<'_, 's>,
) -> Checked<'s> {
    let family = match on {
        Some(Expr::Name(family)) if !env.iter().any(|(known, _)| *known == &**family) => {
            let of_patches = || env.iter().any(|(known, _)| *known == PATCH);
            let known = FAMILIES.iter().find(|known| ***known == **family);
            known.or_else(|| Some(&ESCAPES).filter(|known| ***known == **family && of_patches()))
        }
        _ => None,
    };
    let mut types = Vec::with_capacity(arguments.len() + 1);
    if let (Some(on), None) = (on, family) {
        types.push(ty(on, env)?);
    }
    for argument in arguments {
        types.push(ty(argument, env)?);
    }
    let full = family.map(|family| format!("{family}.{name}"));
    let full = full.as_deref().unwrap_or(name);
    if !signatures::is_known(full) {
        return Err(format!("there is no function `{full}`"));
    }
    let member = on.is_some() && family.is_none();
    match types.first() {
        Some(first) => signatures::result(full, member, first),
        None => Ok(Ty::Dyn),
    }
}
