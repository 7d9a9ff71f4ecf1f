//! Views of bindings: their modifiers, what they do, their paths, and the clauses of loops.

use std::borrow::Cow;

use super::entry::{Binding, Computed, ForClause, IfClause, Path};
use super::{
    Body, Clause, Expr, Name, Str, TypeExpr, TypeRef, View, annotation, choice, slot, view, views,
    views_of,
};
use crate::node::NodeKind;
use crate::tree::Node;

/// A word before a binding: its strength, or how it leaves a component.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub enum Modifier {
    /// `default`
    Default,
    /// `override`
    Override,
    /// `final`
    Final,
    /// `derive`
    Derive,
    /// `emit`
    Emit,
    /// `export`
    Export,
}

impl Modifier {
    /// The modifier that a word is.
    pub fn of(word: &str) -> Option<Modifier> {
        Some(match word {
            "default" => Modifier::Default,
            "override" => Modifier::Override,
            "final" => Modifier::Final,
            "derive" => Modifier::Derive,
            "emit" => Modifier::Emit,
            "export" => Modifier::Export,
            _ => return None,
        })
    }
}

/// What a binding does to its path.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Operation<'t> {
    /// `= e`; the expression may be missing.
    Set(Option<Expr<'t>>),
    /// `+= e`
    Append(Option<Expr<'t>>),
    /// `=+ e`
    Prepend(Option<Expr<'t>>),
    /// `{ … }`
    Block(Body<'t>),
    /// `with A & B { … }`
    Layered(LayeredBlock<'t>),
    /// Nothing: a declaration `x: T`, or a mistake.
    None,
}

views! {
    /// `with A & B { … }` behind a path.
    LayeredBlock = Layered,
}

impl<'t> LayeredBlock<'t> {
    /// The traits in order.
    pub fn traits(self) -> impl Iterator<Item = TypeRef<'t>> {
        views_of(self.0)
    }

    /// The block on top of them.
    pub fn body(self) -> Option<Body<'t>> {
        view(self.0)
    }
}

impl<'t> Binding<'t> {
    /// The words before the path, with their nodes.
    pub fn modifiers(self) -> impl Iterator<Item = (Modifier, Node<'t>)> {
        self.0
            .children_of(NodeKind::Modifier)
            .filter_map(|node| Some((Modifier::of(node.text())?, node)))
    }

    /// Whether a modifier stands before the path.
    pub fn has(self, modifier: Modifier) -> bool {
        self.modifiers().any(|(found, _)| found == modifier)
    }

    /// What is bound.
    pub fn path(self) -> Option<Path<'t>> {
        view(self.0)
    }

    /// The type behind `:`.
    pub fn ty(self) -> Option<TypeExpr<'t>> {
        annotation(self.0)
    }

    /// Whether it has a `:`, be the type missing or not.
    pub fn is_declaration(self) -> bool {
        self.0.child(NodeKind::Annotation).is_some()
    }

    /// What it does.
    pub fn operation(self) -> Operation<'t> {
        for child in self.0.children() {
            return match child.kind() {
                NodeKind::Set => Operation::Set(view(child)),
                NodeKind::Append => Operation::Append(view(child)),
                NodeKind::Prepend => Operation::Prepend(view(child)),
                NodeKind::Body => Operation::Block(Body(child)),
                NodeKind::Layered => Operation::Layered(LayeredBlock(child)),
                _ => continue,
            };
        }
        Operation::None
    }

    /// The clauses of a comprehension, `[k] = v for k, v in m if c`.
    pub fn clauses(self) -> impl Iterator<Item = Clause<'t>> {
        views_of(self.0)
    }
}

/// One segment of a path.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PathSegment<'t> {
    /// The key.
    pub key: Key<'t>,
    /// Whether a `?` stands behind it.
    pub optional: bool,
}

choice! {
    /// A key of a path.
    Key {
        /// `a`
        Name(Name),
        /// `"a"`
        Str(Str),
        /// `[e]`
        Computed(Computed),
    }
}

impl<'t> Key<'t> {
    /// The key, where it is written out.
    pub fn text(self) -> Option<Cow<'t, str>> {
        match self {
            Key::Name(name) => Some(Cow::Borrowed(name.text())),
            Key::Str(string) => Some(string.value()),
            Key::Computed(computed) => match computed.expr() {
                Some(Expr::Str(string)) => Some(string.value()),
                _ => None,
            },
        }
    }
}

impl<'t> Computed<'t> {
    /// The expression that gives the key.
    pub fn expr(self) -> Option<Expr<'t>> {
        slot(self.0, 0)
    }
}

impl<'t> Path<'t> {
    /// The segments in order; those that are missing are left out.
    pub fn segments(self) -> impl Iterator<Item = PathSegment<'t>> {
        let mut children = self.0.children().peekable();
        std::iter::from_fn(move || {
            loop {
                let Some(key) = Key::cast(children.next()?) else { continue };
                let optional = children.next_if(|next| next.kind() == NodeKind::Question).is_some();
                return Some(PathSegment { key, optional });
            }
        })
    }

    /// The name, where the path is one plain or quoted key.
    pub fn single(self) -> Option<Cow<'t, str>> {
        let mut segments = self.segments();
        let first = segments.next()?;
        if segments.next().is_some() { None } else { first.key.text() }
    }
}

impl<'t> ForClause<'t> {
    /// The names: one for the element or value, or two for key and value.
    pub fn names(self) -> (Option<Name<'t>>, Option<Name<'t>>) {
        let second = slot::<Name>(self.0, 1).filter(|_| self.0.children().count() > 2);
        (slot(self.0, 0), second)
    }

    /// What is run through.
    pub fn source(self) -> Option<Expr<'t>> {
        let slots = self.0.children().filter(|child| child.kind() != NodeKind::Junk).count();
        if slots < 2 { None } else { slot(self.0, slots - 1) }
    }
}

impl<'t> IfClause<'t> {
    /// What must hold.
    pub fn condition(self) -> Option<Expr<'t>> {
        slot(self.0, 0)
    }
}
