//! Whether a rule fits the types of what it is about, as a server asks when a definition is made.
//!
//! What is not known for certain is taken: a rule that is refused here is refused by every server.

use std::cell::Cell;
use std::rc::Rc;

use super::access::unescaped;
use super::admission::{ESCAPES, PATCH, field_of, message, well_known};
use super::eval::{BUDGET, Run, Scope, Stop};
use super::parse::{Constant, Expr, Macro, MacroKind, Operator};
use super::ty::{Ty, fits, general, same};
use super::value::Value;
use super::{convert, signatures};
use crate::crd::pattern;

/// The variables of an expression, the innermost last.
pub type Env<'e, 's> = Vec<(&'e str, Ty<'s>)>;

/// What an expression gives, or why it can give nothing.
pub(super) type Checked<'s> = Result<Ty<'s>, String>;

/// Why a rule does not fit; nothing where it may.
pub fn misfit<'s>(expr: &Expr, env: &[(&str, Ty<'s>)], wanted: &Ty<'s>) -> Option<String> {
    let mut env: Env<'_, 's> = env.to_vec();
    match ty(expr, &mut env) {
        Err(why) => Some(why),
        Ok(found) if same(&found, wanted) => None,
        Ok(found) => Some(format!("it gives {}, and {} is asked for", found.name(), wanted.name())),
    }
}

/// What an expression gives, or why it can give nothing.
pub fn given<'s>(expr: &Expr, env: &[(&str, Ty<'s>)]) -> Result<Ty<'s>, String> {
    ty(expr, &mut env.to_vec())
}

/// What an expression gives; nothing where it does not fit.
pub fn gives<'s>(expr: &Expr, env: &[(&str, Ty<'s>)]) -> Option<Ty<'s>> {
    ty(expr, &mut env.to_vec()).ok()
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
                None if convert::type_named(name).is_some() => Ty::Type,
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
            let found = signatures::result("_[_]", &[ty(of, env)?, ty(index, env)?])?;
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
        Expr::Negative(of) => signatures::result("-_", &[ty(of, env)?])?,
        Expr::If(parts) => {
            let of = [ty(&parts.0, env)?, ty(&parts.1, env)?, ty(&parts.2, env)?];
            truth(&of[0])?;
            let [_, a, b] = of;
            if !fits(&a, &b) {
                return Err(format!("`?:` gives {} or {}", a.exactly(), b.exactly()));
            }
            general(a, b)
        }
        Expr::Binary(operator, parts) => {
            let (a, b) = (ty(&parts.0, env)?, ty(&parts.1, env)?);
            binary(*operator, a, b)?
        }
        Expr::List(items) => {
            let items = items.iter().map(|(item, optional)| given_there(item, *optional, env));
            Ty::List(Rc::new(of_one_type("a list", items)?))
        }
        Expr::Map(entries) => {
            let mut keys = Vec::with_capacity(entries.len());
            let mut values = Vec::with_capacity(entries.len());
            for (key, value, optional) in entries {
                keys.push(ty(key, env));
                values.push(given_there(value, *optional, env));
            }
            let key = of_one_type("the keys of a map", keys.into_iter())?;
            let value = of_one_type("a map", values.into_iter())?;
            Ty::Map(Rc::new(key), Rc::new(value))
        }
        Expr::Message { name, fields } => match well_known(name) {
            Some(ty) => ty,
            None => message(name, fields, env)?,
        },
        Expr::Macro(of) => repeated(of, env)?,
        Expr::Call { on, name, arguments } => call(on.as_deref(), name, arguments, env)?,
    })
}

/// What stands in a list or a map; of `?e` what there is of it.
fn given_there<'s>(expr: &Expr, optional: bool, env: &mut Env<'_, 's>) -> Checked<'s> {
    Ok(match (ty(expr, env)?, optional) {
        (Ty::Optional(inner), true) => (*inner).clone(),
        (found, _) => found,
    })
}

/// The one type of what is written side by side (`ValidateHomogeneousAggregateLiterals`).
fn of_one_type<'s>(what: &str, mut all: impl Iterator<Item = Checked<'s>>) -> Checked<'s> {
    let Some(first) = all.next() else { return Ok(Ty::Unknown) };
    all.try_fold(first?, |first, next| match next? {
        next if same(&first, &next) => Ok(general(first, next)),
        next => {
            let known = |ty: &Ty<'s>| match ty {
                Ty::Dyn => "what is of no known type".into(),
                ty => ty.exactly(),
            };
            let (one, other) = (known(&first), known(&next));
            Err(format!("{what} cannot be of {one} and of {other}"))
        }
    })
}

fn optional_of(of: Ty<'_>) -> Ty<'_> {
    match of {
        Ty::Optional(_) => of,
        other => Ty::Optional(Rc::new(other)),
    }
}

fn truth(of: &Ty<'_>) -> Result<(), String> {
    match of {
        Ty::Bool | Ty::Dyn | Ty::Unknown => Ok(()),
        other => Err(format!("a condition is asked for, and this is {}", other.name())),
    }
}

/// The field of a record, or an entry of a map.
fn part<'s>(of: &Ty<'s>, name: &str) -> Checked<'s> {
    match of {
        Ty::Unknown => Ok(Ty::Unknown),
        Ty::Dyn => Ok(Ty::Dyn),
        Ty::Optional(inner) => part(inner, name),
        Ty::Map(key, value) if fits(key, &Ty::Str) => Ok((**value).clone()),
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
            let property = schema.property(&plain);
            match property.map(|property| Ty::of(property, property.embedded)) {
                Some(Some(ty)) => Ok(ty),
                Some(None) => Err(format!(
                    "the schema does not say of what type the field `{plain}` is, so that no rule can speak of it"
                )),
                None => Err(format!("the schema has no field `{plain}` there")),
            }
        }
        Ty::Named(of) if field_of(of, name).is_some() => Ok(field_of(of, name).unwrap_or(Ty::Dyn)),
        other => Err(format!("{} has no field `{name}`", other.name())),
    }
}

fn binary<'s>(operator: Operator, a: Ty<'s>, b: Ty<'s>) -> Checked<'s> {
    let sign = match operator {
        Operator::Equal | Operator::Unequal => "==",
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
    let is_order = matches!(sign, "<" | "<=" | ">" | ">=");
    if is_order {
        return match is_ordered(&a, &b) {
            true => Ok(Ty::Bool),
            false => Err(format!("`{sign}` does not take {} and {}", a.exactly(), b.exactly())),
        };
    }
    let found = signatures::result(&format!("_{sign}_"), &[a, b]);
    match operator {
        Operator::Unequal => found.map_err(|why| why.replacen("==", "!=", 1)),
        _ => found,
    }
}

/// Whether one comes before the other. Numbers of all kinds are compared.
fn is_ordered(a: &Ty<'_>, b: &Ty<'_>) -> bool {
    let is_number = |ty: &Ty<'_>| matches!(ty, Ty::Int | Ty::Uint | Ty::Double);
    let has_order = |ty: &Ty<'_>| {
        is_number(ty)
            || matches!(ty, Ty::Dyn | Ty::Unknown | Ty::Bool | Ty::Str | Ty::Bytes)
            || matches!(ty, Ty::Time | Ty::Duration | Ty::Null)
    };
    has_order(a) && has_order(b) && (is_number(a) && is_number(b) || fits(a, b))
}

fn repeated<'s>(of: &Macro, env: &mut Env<'_, 's>) -> Checked<'s> {
    let over = ty(&of.of, env)?;
    let two = of.names.len() > 1;
    let (first, second) = match (&over, of.kind) {
        (Ty::Dyn | Ty::Unknown, _) => (over.clone(), over.clone()),
        (Ty::Optional(inner), MacroKind::Optional | MacroKind::OptionalFlat) => {
            ((**inner).clone(), Ty::Dyn)
        }
        (Ty::Null, MacroKind::Optional | MacroKind::OptionalFlat) => (Ty::Unknown, Ty::Dyn),
        (_, MacroKind::Optional | MacroKind::OptionalFlat) => {
            return Err(format!("an optional value is asked for, and this is {}", over.name()));
        }
        (Ty::List(item), _) if two => (Ty::Int, (**item).clone()),
        (Ty::List(item), _) => ((**item).clone(), Ty::Dyn),
        (Ty::Map(key, value), _) => ((**key).clone(), (**value).clone()),
        _ => return Err(format!("a list or a map is asked for, and this is {}", over.name())),
    };
    let body = within(of, env, [first.clone(), second])?;
    if let MacroKind::All | MacroKind::Exists | MacroKind::ExistsOne | MacroKind::Filter = of.kind {
        truth(&body)?;
    }
    Ok(match of.kind {
        MacroKind::All | MacroKind::Exists | MacroKind::ExistsOne => Ty::Bool,
        MacroKind::Filter => Ty::List(Rc::new(first)),
        MacroKind::Map => Ty::List(Rc::new(body)),
        MacroKind::ToMap => Ty::Map(Rc::new(first), Rc::new(body)),
        MacroKind::ToEntries => body,
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
            let known = signatures::is_family(family) && (**family != *ESCAPES || of_patches());
            known.then_some(family)
        }
        _ => None,
    };
    let full = match (family, on) {
        (Some(family), _) => format!("{family}.{name}"),
        (None, Some(_)) => format!(".{name}"),
        (None, None) => name.to_owned(),
    };
    let mut types = Vec::with_capacity(arguments.len() + 1);
    if let (Some(on), None) = (on, family) {
        types.push(ty(on, env)?);
    }
    for argument in arguments {
        types.push(match argument {
            // What is written out for `%s` and the like may be of several types.
            Expr::List(items) if name == "format" => {
                for (item, _) in items {
                    ty(item, env)?;
                }
                Ty::List(Rc::new(Ty::Dyn))
            }
            argument => ty(argument, env)?,
        });
    }
    if !signatures::is_known(&full) {
        return Err(format!("there is no function `{}`", full.trim_start_matches('.')));
    }
    if let ("matches", Some(Expr::Constant(Constant::Str(text)))) = (name, arguments.last())
        && let Some(why) = pattern::unreadable(text)
    {
        return Err(format!("`{text}` is no regular expression: {why}"));
    }
    if let [Expr::Constant(constant)] = arguments
        && CONVERSIONS.contains(&&*full)
        && let Some(why) = no_value(
            constant,
            &Expr::Call { on: None, name: name.into(), arguments: arguments.to_vec() },
        )
    {
        return Err(why);
    }
    signatures::result(&full, &types)
}

/// Functions that a server computes for constants when it reads a rule.
const CONVERSIONS: [&str; 7] = ["bool", "double", "duration", "int", "string", "timestamp", "uint"];

/// Why a conversion gives nothing for a constant.
fn no_value(of: &Constant, call: &Expr) -> Option<String> {
    if *of == Constant::Null {
        return Some("null cannot be converted".to_owned());
    }
    let left = Cell::new(BUDGET);
    match Run::new(&left).value(call, &Scope::new("", &Value::Null, None)) {
        Err(Stop::Error(why)) => Some(why),
        _ => None,
    }
}
