//! Views of types.

use super::{Bool, Float, Int, Key, Name, Str, Unit, View, choice, slot, view, views, views_of};
use crate::node::NodeKind;
use crate::tree::Node;

choice! {
    /// A type.
    TypeExpr {
        /// `a.B[T]`
        Ref(TypeRef),
        /// `len(1..63)`
        Call(TypeCall),
        /// `A & B`
        Refined(Refined),
        /// `A | B`
        Union(UnionType),
        /// `T?`
        Optional(OptionalType),
        /// `[T by k]`
        List(ListType),
        /// `{K: V}`
        Map(MapType),
        /// `{ a: T }`
        Record(RecordType),
        /// `fn(A) -> B`
        Fn(FnType),
        /// `(T)`
        Paren(ParenType),
        /// `1..5`
        Range(TypeRange),
        /// `-5`
        Negative(Negative),
        /// `5`
        Int(Int),
        /// `1.5`
        Float(Float),
        /// `30s`
        Unit(Unit),
        /// `true`
        Bool(Bool),
        /// `"a"`
        Str(Str),
        /// `/[a-z]+/`
        Regex(Regex),
    }
}

views! {
    /// A name of a type, trait, case or predicate, with arguments in brackets.
    TypeRef = TypeRef,
    /// A predicate with arguments in parentheses.
    TypeCall = TypeCall,
    /// `A & B`
    Refined = Refined,
    /// `A | B`
    UnionType = UnionType,
    /// `T?`
    OptionalType = OptionalType,
    /// `[T]`, `[T by k]`
    ListType = ListType,
    /// `{K: V}`
    MapType = MapType,
    /// `{ a: T, b?: U }`
    RecordType = RecordType,
    /// One field of a record type.
    TypeField = TypeField,
    /// `fn(A, B) -> C`
    FnType = FnType,
    /// `(T)`
    ParenType = ParenType,
    /// `1..5` of literals
    TypeRange = Range,
    /// `-5`
    Negative = Negative,
    /// `/[a-z]+/`
    Regex = Regex,
}

impl<'t> TypeRef<'t> {
    /// The dotted names.
    pub fn names(self) -> impl Iterator<Item = Name<'t>> {
        views_of(self.0)
    }

    /// The arguments in brackets.
    pub fn args(self) -> impl Iterator<Item = TypeExpr<'t>> {
        self.0.child(NodeKind::TypeArgs).into_iter().flat_map(views_of)
    }

    /// The name, where it is one without dots and arguments.
    pub fn single(self) -> Option<Name<'t>> {
        if self.0.children().count() == 1 { view(self.0) } else { None }
    }
}

impl<'t> TypeCall<'t> {
    /// The dotted names.
    pub fn names(self) -> impl Iterator<Item = Name<'t>> {
        views_of(self.0)
    }

    /// The arguments in parentheses.
    pub fn args(self) -> impl Iterator<Item = TypeExpr<'t>> {
        self.0.child(NodeKind::TypeParams).into_iter().flat_map(views_of)
    }
}

impl<'t> Refined<'t> {
    /// The type and what narrows it, in order.
    pub fn parts(self) -> impl Iterator<Item = TypeExpr<'t>> {
        views_of(self.0)
    }
}

impl<'t> UnionType<'t> {
    /// The alternatives in order.
    pub fn alternatives(self) -> impl Iterator<Item = TypeExpr<'t>> {
        views_of(self.0)
    }
}

impl<'t> OptionalType<'t> {
    /// The type without its `?`.
    pub fn inner(self) -> Option<TypeExpr<'t>> {
        slot(self.0, 0)
    }
}

impl<'t> ListType<'t> {
    /// The type of elements.
    pub fn element(self) -> Option<TypeExpr<'t>> {
        slot(self.0, 0)
    }

    /// The key fields behind `by`; none for a plain list.
    pub fn keys(self) -> impl Iterator<Item = Name<'t>> {
        self.0.child(NodeKind::By).into_iter().flat_map(views_of)
    }

    /// Whether it is keyed.
    pub fn is_keyed(self) -> bool {
        self.0.child(NodeKind::By).is_some()
    }
}

impl<'t> MapType<'t> {
    /// The type of keys.
    pub fn key(self) -> Option<TypeExpr<'t>> {
        slot(self.0, 0)
    }

    /// The type of values.
    pub fn value(self) -> Option<TypeExpr<'t>> {
        slot(self.0, 1)
    }
}

impl<'t> RecordType<'t> {
    /// The fields in order.
    pub fn fields(self) -> impl Iterator<Item = TypeField<'t>> {
        views_of(self.0)
    }
}

impl<'t> TypeField<'t> {
    /// The name.
    pub fn key(self) -> Option<Key<'t>> {
        slot(self.0, 0)
    }

    /// Whether it is `name?: T`.
    pub fn is_optional(self) -> bool {
        self.0.child(NodeKind::Question).is_some()
    }

    /// The type, behind `:` or as a record in braces; none where only the name is listed.
    pub fn ty(self) -> Option<TypeExpr<'t>> {
        match self.0.child(NodeKind::Annotation) {
            Some(annotation) => view(annotation),
            None => view::<RecordType>(self.0).map(TypeExpr::Record),
        }
    }
}

impl<'t> FnType<'t> {
    /// The types of the parameters.
    pub fn params(self) -> impl Iterator<Item = TypeExpr<'t>> {
        self.0.child(NodeKind::TypeParams).into_iter().flat_map(views_of)
    }

    /// The type behind `->`.
    pub fn returns(self) -> Option<TypeExpr<'t>> {
        slot(self.0, 1)
    }
}

impl<'t> ParenType<'t> {
    /// The type in the parentheses.
    pub fn inner(self) -> Option<TypeExpr<'t>> {
        slot(self.0, 0)
    }
}

impl<'t> TypeRange<'t> {
    /// The literal before the `..`.
    pub fn start(self) -> Option<TypeExpr<'t>> {
        self.0
            .children()
            .take_while(|child| child.kind() != NodeKind::Dots)
            .find_map(TypeExpr::cast)
    }

    /// The literal behind the `..`.
    pub fn end(self) -> Option<TypeExpr<'t>> {
        self.0
            .children()
            .skip_while(|child| child.kind() != NodeKind::Dots)
            .find_map(TypeExpr::cast)
    }
}

impl<'t> Negative<'t> {
    /// The number behind the minus: an [`Int`], [`Float`] or [`Unit`].
    pub fn number(self) -> Option<TypeExpr<'t>> {
        slot(self.0, 0)
    }
}

impl<'t> Regex<'t> {
    /// The expression between the slashes, `\/` standing for a slash.
    pub fn pattern(self) -> String {
        let text = Node::text(self.0);
        let inner = text.strip_prefix('/').unwrap_or(text);
        inner.strip_suffix('/').unwrap_or(inner).replace("\\/", "/")
    }
}
