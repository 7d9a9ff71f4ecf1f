//! Typed views of trees: what a consumer matches on. A view is a node with its kind known; nothing is copied.
//!
//! Total on broken trees: what is required may be missing, so accessors return `Option`, and `None` means that a syntax problem is reported there.

mod binding;
mod entry;
mod expr;
mod literals;
mod suffix;
mod types;

pub use binding::*;
pub use entry::*;
pub use expr::*;
pub use literals::*;
pub use suffix::*;
pub use types::*;

use std::borrow::Cow;

use crate::literal;
use crate::node::NodeKind;
use crate::tree::{Node, Tree};

/// A typed view of a node.
pub trait View<'t>: Copy {
    /// The view of a node, if it is of the right kind.
    fn cast(node: Node<'t>) -> Option<Self>;

    /// The node itself: its id, range and text.
    fn node(self) -> Node<'t>;
}

/// Declares views of one kind of node each.
macro_rules! views {
    ($($(#[$doc:meta])* $view:ident = $kind:ident,)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, PartialEq, Eq, Debug)]
            pub struct $view<'t>(pub(crate) $crate::tree::Node<'t>);

            impl<'t> $crate::ast::View<'t> for $view<'t> {
                fn cast(node: $crate::tree::Node<'t>) -> Option<Self> {
                    (node.kind() == $crate::node::NodeKind::$kind).then_some($view(node))
                }

                fn node(self) -> $crate::tree::Node<'t> {
                    self.0
                }
            }
        )*
    };
}

/// Declares an enum over views.
macro_rules! choice {
    ($(#[$doc:meta])* $choice:ident { $($(#[$case_doc:meta])* $case:ident($view:ident),)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum $choice<'t> { $($(#[$case_doc])* $case($view<'t>),)* }

        impl<'t> $crate::ast::View<'t> for $choice<'t> {
            fn cast(node: $crate::tree::Node<'t>) -> Option<Self> {
                $(if let Some(view) = <$view as $crate::ast::View>::cast(node) { return Some($choice::$case(view)); })*
                None
            }

            fn node(self) -> $crate::tree::Node<'t> {
                match self { $($choice::$case(view) => view.0,)* }
            }
        }
    };
}

pub(crate) use {choice, views};

views! {
    /// A name.
    Name = Name,
    /// A string without interpolation.
    Str = Str,
    /// Braces with entries: a record, a block, the body of a declaration.
    Body = Body,
}

impl<'t> Name<'t> {
    /// The name as written.
    pub fn text(self) -> &'t str {
        self.0.text()
    }
}

impl<'t> Str<'t> {
    /// The value, without quotes, escapes and indentation.
    pub fn value(self) -> Cow<'t, str> {
        literal::string_value(self.0.text())
    }
}

impl<'t> Body<'t> {
    /// The entries in order.
    pub fn entries(self) -> impl Iterator<Item = Entry<'t>> {
        views_of(self.0)
    }
}

/// The item of a tree.
pub fn item(tree: Tree<'_>) -> Option<Entry<'_>> {
    Entry::cast(tree.entry())
}

/// The first child that a view fits.
pub(crate) fn view<'t, V: View<'t>>(node: Node<'t>) -> Option<V> {
    node.children().find_map(V::cast)
}

/// All children that a view fits.
pub(crate) fn views_of<'t, V: View<'t>>(node: Node<'t>) -> impl Iterator<Item = V> {
    node.children().filter_map(V::cast)
}

/// The child at a position, where nothing is counted that fits nowhere; a view only if it is of that kind.
pub(crate) fn slot<'t, V: View<'t>>(node: Node<'t>, index: usize) -> Option<V> {
    node.children().filter(|child| child.kind() != NodeKind::Junk).nth(index).and_then(V::cast)
}

/// The type behind `:`.
pub(crate) fn annotation(node: Node<'_>) -> Option<TypeExpr<'_>> {
    node.child(NodeKind::Annotation).and_then(view)
}

/// A key behind a dot.
pub(crate) fn key_of(node: Node<'_>) -> Option<Key<'_>> {
    slot(node, 0)
}
