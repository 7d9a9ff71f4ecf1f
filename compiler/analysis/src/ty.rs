//! Types, and the refinements that narrow them.
//!
//! A type is plain data, compared by structure; what is nominal (a schema, a Kubernetes definition) is a
//! handle. Children are shared, so that a clone costs a counter.

mod record;

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
    /// An object of Kubernetes of any kind: which, say its `apiVersion` and `kind`.
    Object,
    /// An object or a part of one, as the Kubernetes API describes it.
    Kube(TypeId),
    /// Exactly this string, number or truth value.
    Literal(Literal),
    Union(Arc<[Ty]>),
    Optional(Arc<Ty>),
    Refined(Arc<RefinedTy>),
    Fn(Arc<FnTy>),
    Sensitive(Arc<Ty>),
    /// Any type, the same throughout the signature of a function of the library.
    Param(TypeParam),
}

/// The names of the library for a type that a call decides. Functions of a program have types that are written.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum TypeParam {
    T,
    U,
    V,
    /// The key of a map: a string, whatever narrows it.
    K,
    /// `Int`, `Float`, `Quantity`, `Duration` or `Percent`.
    Number,
    /// A number or `Str`: what `<` compares.
    Ordered,
    /// A number, `Str` or `Bool`: what has a text of its own.
    Scalar,
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

/// A structural record: [`RecordTy::new`] makes one.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct RecordTy {
    /// What is known of all that it holds, compared first.
    holds: Holds,
    pub fields: Vec<(Arc<str>, Ty)>,
    /// Further keys may be there, of this type.
    pub rest: Option<Ty>,
    /// The numbers of the fields in the order of their names, where there are many.
    by_name: Vec<u32>,
}

/// What a type holds, with all that it is made of. A record is often a part of others, which are parts of others again: so
/// it is found out once, when the record is made, and not by whoever asks.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Holds {
    /// Names and kinds, each as often as it stands there.
    pub parts: u32,
    pub sensitive: bool,
    pub any: bool,
    /// Type parameters of a function of the library.
    pub params: bool,
    /// Schemas, variants and objects, which may hold anything.
    pub named: bool,
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
    /// A key of a map in a record is there, at the end of this path.
    Has(Arc<[Arc<str>]>),
}

/// An end of an interval: an integer, or the canonical text of a float, quantity, duration or percentage.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Bound {
    Int(i64),
    Text(Arc<str>),
}

impl TypeParam {
    /// All of them, by the names that the library writes.
    pub const ALL: [(&'static str, TypeParam); 7] = [
        ("T", TypeParam::T),
        ("U", TypeParam::U),
        ("K", TypeParam::K),
        ("V", TypeParam::V),
        ("Number", TypeParam::Number),
        ("Ordered", TypeParam::Ordered),
        ("Scalar", TypeParam::Scalar),
    ];

    /// The name that the library writes.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, param)| *param == self).map_or("T", |(name, _)| name)
    }

    /// What may take its place, in words.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::T | Self::U | Self::V => "any type",
            Self::K => "the type of the keys",
            Self::Number => "one of Int, Float, Quantity, Duration and Percent",
            Self::Ordered => "one of Str, Int, Float, Quantity, Duration and Percent",
            Self::Scalar => "Str, Bool, Int, Float, Quantity, Duration or Percent",
        }
    }

    /// Whether a type may take its place.
    pub fn admits(self, ty: &Ty) -> bool {
        match (self, ty) {
            (_, Ty::Error | Ty::Never) | (Self::T | Self::U | Self::V, _) => true,
            (_, Ty::Param(param)) => {
                *param == self
                    || (*param == Self::Number && self != Self::K)
                    || (matches!(param, Self::Ordered | Self::K) && self == Self::Scalar)
                    || (*param == Self::K && self == Self::Ordered)
            }
            (Self::K, Ty::Refined(refined)) => self.admits(&refined.base),
            (Self::K, ty) => matches!(ty, Ty::Str | Ty::Literal(Literal::Str(_)) | Ty::Any),
            (_, Ty::Refined(refined)) => self.admits(&refined.base),
            (_, Ty::Sensitive(inner)) => self.admits(inner),
            // What is compared or added must be of one kind.
            (_, Ty::Union(members)) => {
                let kind = members.first().map(kind);
                members.iter().all(|member| {
                    self.admits(member)
                        && (self == Self::Scalar || Some(self::kind(member)) == kind)
                })
            }
            (_, Ty::Literal(Literal::Int(_)))
            | (_, Ty::Int | Ty::Float | Ty::Quantity | Ty::Duration | Ty::Percent) => true,
            (Self::Ordered | Self::Scalar, Ty::Str | Ty::Literal(Literal::Str(_))) => true,
            (Self::Scalar, Ty::Bool | Ty::Literal(Literal::Bool(_))) => true,
            _ => false,
        }
    }
}

/// What values of a type are, whatever narrows it.
fn kind(ty: &Ty) -> std::mem::Discriminant<Ty> {
    match ty {
        Ty::Refined(refined) => kind(&refined.base),
        Ty::Literal(Literal::Bool(_)) => std::mem::discriminant(&Ty::Bool),
        Ty::Literal(Literal::Int(_)) => std::mem::discriminant(&Ty::Int),
        Ty::Literal(Literal::Str(_)) => std::mem::discriminant(&Ty::Str),
        ty => std::mem::discriminant(ty),
    }
}

/// The parts of a key of a keyed list, one for each of its key fields from the first on. Slashes that are too many
/// belong to the first part: `kubernetes.io/hostname/DoNotSchedule` has two.
pub fn key_parts(key: &str, fields: usize) -> Vec<&str> {
    let mut parts: Vec<&str> = key.rsplitn(fields.max(1), '/').collect();
    parts.reverse();
    parts
}
