//! What is known of a value before there is one, and which of two may stand for the other.

use std::borrow::Cow;
use std::rc::Rc;

use super::admission::{OBJECT, PATCH};
use crate::crd::schema::{Schema, Type};

/// What is known of a value before there is one.
#[derive(Debug, Clone)]
pub enum Ty<'s> {
    /// Nothing is known of it here: a server knows more.
    Unknown,
    /// A server does not know its type either, so that it takes it for any.
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
    /// A type itself: `int`, `type(self)`.
    Type,
    List(Rc<Ty<'s>>),
    Map(Rc<Ty<'s>>, Rc<Ty<'s>>),
    /// A part of an object, and whether it has the fields that each object has.
    Record(&'s Schema, bool),
    /// These fields, and no others.
    Fields(Rc<Vec<(String, Ty<'s>)>>),
    Optional(Rc<Ty<'s>>),
    /// A type that has a name: of a library (`Quantity`), or by which a policy says what it changes.
    Named(Rc<str>),
}

impl<'s> Ty<'s> {
    /// What a schema says of a value. Nothing where it does not say what kind of value it is: to rules there is no such
    /// field (`SchemaDeclType` of `pkg/cel/common/schemas.go` of the API server).
    pub fn of(schema: &'s Schema, is_root: bool) -> Option<Ty<'s>> {
        if schema.int_or_string {
            return Some(Ty::Dyn);
        }
        Some(match schema.ty {
            Type::Any if is_root => Ty::Record(schema, true),
            Type::Any => return None,
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
                let items = schema.items.as_deref()?;
                Ty::List(Rc::new(Ty::of(items, items.embedded)?))
            }
            Type::Object => match schema.additional.as_deref() {
                Some(inner) => Ty::Map(Rc::new(Ty::Str), Rc::new(Ty::of(inner, inner.embedded)?)),
                None => Ty::Record(schema, is_root || schema.embedded),
            },
        })
    }

    pub fn name(&self) -> Cow<'static, str> {
        let name = match self {
            Ty::Unknown | Ty::Dyn => "anything",
            Ty::Null => "null",
            Ty::Bool => "a bool",
            Ty::Int => "an int",
            Ty::Uint => "a uint",
            Ty::Double => "a double",
            Ty::Str => "a string",
            Ty::Bytes => "bytes",
            Ty::Time => "a timestamp",
            Ty::Duration => "a duration",
            Ty::Type => "a type",
            Ty::List(_) => "a list",
            Ty::Map(..) => "a map",
            Ty::Record(..) | Ty::Fields(_) => "an object",
            Ty::Optional(_) => "an optional value",
            Ty::Named(name) if **name == *PATCH => "a JSONPatch",
            Ty::Named(name) if **name == *OBJECT => "an Object",
            Ty::Named(name) if name.starts_with(OBJECT) => "a part of an Object",
            Ty::Named(name) => return format!("a value of the type {name}").into(),
        };
        name.into()
    }

    /// As [`Self::name`], with what is in it.
    pub fn exactly(&self) -> Cow<'static, str> {
        let several = |ty: &Ty<'_>| match ty {
            Ty::Unknown | Ty::Dyn => None,
            Ty::Int => Some("ints"),
            Ty::Double => Some("doubles"),
            Ty::Str => Some("strings"),
            Ty::Bool => Some("bools"),
            Ty::Record(..) | Ty::Fields(_) => Some("objects"),
            Ty::List(_) => Some("lists"),
            _ => None,
        };
        match self {
            Ty::List(item) => match several(item) {
                Some(items) => format!("a list of {items}").into(),
                None => self.name(),
            },
            _ => self.name(),
        }
    }

    fn is_nullable(&self) -> bool {
        use Ty as T;
        let holds_fields = matches!(self, T::Record(..) | T::Fields(_) | T::Named(_));
        holds_fields || matches!(self, T::Null | T::Time | T::Duration | T::Optional(_))
    }
}

/// Whether one may be taken for the other.
pub(super) fn fits(a: &Ty<'_>, b: &Ty<'_>) -> bool {
    match (a, b) {
        (Ty::Unknown | Ty::Dyn, _) | (_, Ty::Unknown | Ty::Dyn) => true,
        (Ty::Null, other) | (other, Ty::Null) => other.is_nullable(),
        _ => alike(a, b, fits),
    }
}

/// Whether the two are one type.
pub(super) fn same(a: &Ty<'_>, b: &Ty<'_>) -> bool {
    match (a, b) {
        (Ty::Unknown, _) | (_, Ty::Unknown) | (Ty::Dyn, Ty::Dyn) | (Ty::Null, Ty::Null) => true,
        (Ty::Dyn | Ty::Null, _) | (_, Ty::Dyn | Ty::Null) => false,
        _ => alike(a, b, same),
    }
}

fn alike(a: &Ty<'_>, b: &Ty<'_>, inner: fn(&Ty<'_>, &Ty<'_>) -> bool) -> bool {
    match (a, b) {
        (Ty::List(a), Ty::List(b)) | (Ty::Optional(a), Ty::Optional(b)) => inner(a, b),
        (Ty::Map(key, value), Ty::Map(other, b)) => inner(key, other) && inner(value, b),
        (Ty::Record(a, _), Ty::Record(b, _)) => std::ptr::eq(*a, *b),
        (Ty::Named(a), Ty::Named(b)) => a == b,
        (Ty::Fields(a), Ty::Fields(b)) => {
            let names = |of: &[(String, Ty<'_>)]| of.iter().map(|(name, _)| name.clone()).collect();
            let (a, b): (Vec<String>, Vec<String>) = (names(a), names(b));
            a == b
        }
        _ => std::mem::discriminant(a) == std::mem::discriminant(b),
    }
}

/// What stands for both of two that fit: of what is known, the one that a server knows less of.
pub(super) fn general<'s>(a: Ty<'s>, b: Ty<'s>) -> Ty<'s> {
    match (a, b) {
        (Ty::Unknown, other) | (other, Ty::Unknown) => other,
        (Ty::Dyn, _) | (_, Ty::Dyn) => Ty::Dyn,
        (Ty::Null, other) | (other, Ty::Null) => other,
        (Ty::List(a), Ty::List(b)) => Ty::List(both(&a, &b)),
        (Ty::Optional(a), Ty::Optional(b)) => Ty::Optional(both(&a, &b)),
        (Ty::Map(key, a), Ty::Map(other, b)) => Ty::Map(both(&key, &other), both(&a, &b)),
        (a, _) => a,
    }
}

fn both<'s>(a: &Rc<Ty<'s>>, b: &Rc<Ty<'s>>) -> Rc<Ty<'s>> {
    Rc::new(general((**a).clone(), (**b).clone()))
}
