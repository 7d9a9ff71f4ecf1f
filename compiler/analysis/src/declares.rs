//! Where the type stands that asks for a value: that of a `let`, of a parameter, of what a function gives, of a list.
//!
//! A field of a schema is asked for by name, and its declaration is known with it. All others are found in the tree, once
//! a message needs them.

use syntax::{Node, NodeKind};

use crate::code::{Code, Expr, ExprId};
use crate::db::Item;
use crate::parse::parsed;
use crate::problem::Place;
use crate::resolve::declaration;

/// What asks for a value.
pub(crate) enum Asker<'t> {
    /// The annotation, or the result of a function, that says its type.
    Type(Node<'t>),
    /// A parameter of what is called, by its number.
    Parameter(Node<'t>, usize),
    /// The entry that binds it, without a type of its own.
    Entry(Node<'t>),
}

/// What asks for the value of an expression: the value may be a part of what is asked for, an element or an arm.
pub(crate) fn asker(value: Node<'_>) -> Option<Asker<'_>> {
    let mut above = value.ancestors().into_iter();
    let mut at = value;
    while let Some(parent) = above.next() {
        let first = parent.children().next().is_some_and(|first| first.id() == at.id());
        let last = || parent.children().last().is_some_and(|last| last.id() == at.id());
        match parent.kind() {
            NodeKind::Paren | NodeKind::List | NodeKind::Spread | NodeKind::If | NodeKind::Else => {
            }
            NodeKind::Then | NodeKind::Match | NodeKind::Arm if !first => {}
            NodeKind::Comprehension if first => {}
            NodeKind::LetIn | NodeKind::Chain if last() => {}
            NodeKind::Binary
                if parent.child(NodeKind::BinaryOp).is_some_and(|op| op.text() == "??") => {}
            NodeKind::Call => {
                let mut arguments = parent.children().filter(|argument| {
                    !matches!(argument.kind(), NodeKind::Missing | NodeKind::Junk)
                });
                let at = arguments.position(|argument| argument.id() == at.id())?;
                return Some(Asker::Parameter(parent, at));
            }
            NodeKind::Set | NodeKind::Append | NodeKind::Prepend => {
                let bound = above.next()?;
                let ty = bound.child(NodeKind::Annotation).or(bound.child(NodeKind::Returns));
                return Some(ty.map_or(Asker::Entry(bound), Asker::Type));
            }
            _ => return None,
        }
        at = parent;
    }
    None
}

/// The declaration of what asks for the value at a node of evaluated code, as what it is declared.
pub(crate) fn declared_around(
    db: &dyn salsa::Database,
    place: Place,
    code: &Code,
) -> Option<(Place, String)> {
    let parsed = parsed(db, place.item);
    match asker(parsed.tree().node(place.node)?)? {
        Asker::Type(ty) => Some(written(place.item, ty)),
        Asker::Parameter(call, at) => {
            let calls = code.nodes.iter().zip(&code.exprs).filter(|(node, _)| **node == call.id());
            let mut functions = calls.filter_map(|(_, expr)| match expr {
                Expr::Call { function, .. } => Some(*function),
                _ => None,
            });
            declared_parameter(db, code, functions.next()?, at)
        }
        Asker::Entry(_) => None,
    }
}

/// The declaration of a parameter of a function that is declared at the top of a file.
pub(crate) fn declared_parameter(
    db: &dyn salsa::Database,
    code: &Code,
    function: ExprId,
    at: usize,
) -> Option<(Place, String)> {
    let Expr::Function(item) = *code.exprs.get(function as usize)? else { return None };
    let parsed = parsed(db, item);
    let params = parsed.tree().entry().child(NodeKind::Params)?;
    let mut params = params.children().filter(|param| param.kind() == NodeKind::Param);
    let param = params.nth(at)?;
    Some(written(item, param.child(NodeKind::Annotation)?))
}

/// The type that an item is given where it is declared.
pub(crate) fn annotation(db: &dyn salsa::Database, item: Item) -> Option<Place> {
    let parsed = parsed(db, item);
    let written = parsed.tree().entry().child(NodeKind::Annotation)?;
    Some(Place { item, node: written.id() })
}

/// The type that the item of a layer is given by what declares it below.
pub(crate) fn declared_below(db: &dyn salsa::Database, item: Item) -> Option<(Place, String)> {
    let below = declaration(db, item.module(db), item.name(db)).filter(|below| *below != item)?;
    let parsed = parsed(db, below);
    let ty = parsed.tree().entry().child(NodeKind::Annotation)?;
    Some(written(below, ty))
}

/// A type as it is written.
pub(crate) fn written(item: Item, ty: Node<'_>) -> (Place, String) {
    let text = ty.children().next().map_or("", |ty| ty.text());
    (Place { item, node: ty.id() }, format!("declared here as {text}"))
}
