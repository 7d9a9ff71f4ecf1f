//! What makes a record. It is large, and stands apart from the expression that it is.

use kube::types::TypeId;

use crate::code::{BodyId, Expr, ExprId, TyId};
use crate::db::Item;

/// A new record: what it is of, the traits on it, and its braces.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Made {
    pub kind: RecordKind,
    pub traits: Vec<Item>,
    pub body: Option<BodyId>,
    pub external: bool,
}

/// A value with traits and braces on top.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Amended {
    pub value: ExprId,
    pub traits: Vec<Item>,
    pub body: Option<BodyId>,
}

/// What a new record is of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RecordKind {
    Schema(Item),
    /// A case of a variant.
    Case(Item, u16),
    Kube(TypeId),
    /// A map, a keyed list or a structural record: the type says which keys there may be.
    Type(TyId),
    /// Nothing is known of it: any keys, any values.
    Open,
}

impl Expr {
    /// A new record without traits.
    pub fn made(kind: RecordKind, body: Option<BodyId>) -> Self {
        Expr::Record(Box::new(Made { kind, traits: Vec::new(), body, external: false }))
    }
}
