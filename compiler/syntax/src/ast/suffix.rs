//! Views of chains: an operand with what follows it.

use super::{
    Body, Element, Expr, Key, TypeExpr, TypeRef, choice, key_of, slot, view, views, views_of,
};

views! {
    /// An operand with its suffixes.
    Chain = Chain,
    /// `.x`
    Field = Field,
    /// `?.x`
    OptField = OptField,
    /// `[e]`
    Index = Index,
    /// `(a, b)`
    Call = Call,
    /// `{ … }` behind an operand.
    Amend = Amend,
    /// `with A & B { … }`
    With = With,
    /// `as T`
    Cast = Cast,
}

choice! {
    /// What follows an operand.
    Suffix {
        /// `.x`
        Field(Field),
        /// `?.x`
        OptField(OptField),
        /// `[e]`
        Index(Index),
        /// `(a, b)`
        Call(Call),
        /// `{ … }`
        Amend(Amend),
        /// `with A & B { … }`
        With(With),
        /// `as T`
        Cast(Cast),
    }
}

impl<'t> Chain<'t> {
    /// What the suffixes follow.
    pub fn head(self) -> Option<Expr<'t>> {
        slot(self.0, 0)
    }

    /// The suffixes in order.
    pub fn suffixes(self) -> impl Iterator<Item = Suffix<'t>> {
        views_of(self.0)
    }
}

impl<'t> Field<'t> {
    /// The field.
    pub fn key(self) -> Option<Key<'t>> {
        key_of(self.0)
    }
}

impl<'t> OptField<'t> {
    /// The field.
    pub fn key(self) -> Option<Key<'t>> {
        key_of(self.0)
    }
}

impl<'t> Index<'t> {
    /// The key or index.
    pub fn expr(self) -> Option<Expr<'t>> {
        slot(self.0, 0)
    }
}

impl<'t> Call<'t> {
    /// The arguments in order.
    pub fn args(self) -> impl Iterator<Item = Element<'t>> {
        views_of(self.0)
    }
}

impl<'t> Amend<'t> {
    /// The layer.
    pub fn body(self) -> Option<Body<'t>> {
        view(self.0)
    }
}

impl<'t> With<'t> {
    /// The traits in order.
    pub fn traits(self) -> impl Iterator<Item = TypeRef<'t>> {
        views_of(self.0)
    }

    /// The layer on top of them.
    pub fn body(self) -> Option<Body<'t>> {
        view(self.0)
    }
}

impl<'t> Cast<'t> {
    /// The type.
    pub fn ty(self) -> Option<TypeExpr<'t>> {
        slot(self.0, 0)
    }
}
