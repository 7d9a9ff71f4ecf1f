//! Types, and the refinements that narrow them.
//!
//! A type is plain data, compared by structure; what is nominal (a schema, a Kubernetes definition) is a
//! handle. Children are shared, so that a clone costs a counter.

use std::sync::Arc;

use kube::types::TypeId;

use crate::db::Item;

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Ty {
    /// Follows from an earlier problem; agrees with everything and is never reported again.
    Error,
    Any,
    Never,
    Null,
    Bool,
    Int,
    Float,
    Str,
    Quantity,
    Duration,
    Percent,
    Range(Arc<Ty>),
    List(Arc<Ty>),
    Keyed(Arc<KeyedTy>),
    /// `{K: V}`; an optional value type means that a key may be given as absent.
    Map(Arc<(Ty, Ty)>),
    Record(Arc<RecordTy>),
    /// An instance of a schema.
    Schema(Item),
    /// Any case of a variant.
    Variant(Item),
    /// One case of a variant, by its number.
    Case(Item, u16),
    /// An object or a part of one, as the Kubernetes API describes it.
    Kube(TypeId),
    /// Exactly this string, number or truth value.
    Literal(Literal),
    Union(Arc<[Ty]>),
    Optional(Arc<Ty>),
    Refined(Arc<RefinedTy>),
    Fn(Arc<FnTy>),
    Sensitive(Arc<Ty>),
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Literal {
    Bool(bool),
    Int(i64),
    Str(Arc<str>),
}

/// A list whose elements are told apart by the values of some of their fields.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct KeyedTy {
    pub element: Ty,
    pub keys: Arc<[Arc<str>]>,
    /// What the last key field is where the written key leaves it out (`TCP`).
    pub default: Option<Arc<str>>,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct RecordTy {
    pub fields: Vec<(Arc<str>, Ty)>,
    /// Further keys may be there, of this type.
    pub rest: Option<Ty>,
}

/// `base` narrowed by all of `refinements`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct RefinedTy {
    /// The `type` item that gave it a name, for messages.
    pub name: Option<Arc<str>>,
    pub base: Ty,
    pub refinements: Arc<[Refinement]>,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct FnTy {
    pub params: Vec<(Arc<str>, Ty)>,
    /// How many of the parameters, from the first, a call must give.
    pub required: usize,
    pub result: Ty,
}

/// A condition on a value of the base type. Bounds are inclusive.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Refinement {
    Between(Option<Bound>, Option<Bound>),
    /// Characters of a string, elements of a list, entries of a map.
    Len(Option<u64>, Option<u64>),
    /// UTF-8 bytes of a string.
    Bytes(Option<u64>, Option<u64>),
    /// The whole string matches.
    Regex(Arc<str>),
    /// A well-known format of `format.…`: `url`, `dnsLabel`, …
    Format(Arc<str>),
    Unique,
}

/// An end of an interval: an integer, or the canonical text of a float, quantity, duration or percentage.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Bound {
    Int(i64),
    Text(Arc<str>),
}
