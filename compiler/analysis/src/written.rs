//! What an expression stands for where that is written out: itself, or behind the name of a `let`.
//!
//! Whatever reads this, nothing is evaluated: it holds in code that nothing instantiates as well.

use salsa::Database;
use syntax::{Node, NodeKind};

use crate::bounds;
use crate::code::BinaryOp;
use crate::db::{ItemKind, Module, Origin};
use crate::parse::parsed;
use crate::resolve::{Target, library_functions, resolve};
use crate::ty::{Bound, Ty};
use crate::types::entry;

/// Names that stand for names.
const NAMES: usize = 8;

/// Numbers of one sum that are looked at.
const NUMBERS: usize = 64;

/// What `read` makes of the elements of a list that is written out, if each of them is there in any case.
pub fn elements<R>(
    db: &dyn Database,
    module: Module,
    node: Node<'_>,
    read: impl FnOnce(&[Node<'_>]) -> Option<R>,
) -> Option<R> {
    value(db, module, node, NAMES, |_, node| {
        let elements: Vec<Node<'_>> = node.children().collect();
        let perhaps = |node: &Node<'_>| {
            matches!(
                node.kind(),
                NodeKind::Spread | NodeKind::If | NodeKind::Junk | NodeKind::Missing
            )
        };
        let whole = node.kind() == NodeKind::List && !elements.iter().any(perhaps);
        if whole { read(&elements) } else { None }
    })
}

/// The number of a type that an expression is, if that is written out, or computed of numbers that are.
pub fn number(db: &dyn Database, module: Module, node: Node<'_>, ty: &Ty) -> Option<Bound> {
    computed(db, module, node, ty, &mut NUMBERS.clone())
}

fn computed(
    db: &dyn Database,
    module: Module,
    node: Node<'_>,
    ty: &Ty,
    left: &mut usize,
) -> Option<Bound> {
    *left = left.checked_sub(1)?;
    value(db, module, node, NAMES, |module, node| match node.kind() {
        NodeKind::Binary => {
            let parts: Vec<Node<'_>> = node.children().collect();
            let (first, rest) = parts.split_first()?;
            let mut number = computed(db, module, *first, ty, left)?;
            for pair in rest.chunks(2) {
                let [operator, right] = pair else { return None };
                let right = computed(db, module, *right, ty, left)?;
                number =
                    bounds::arithmetic(ty, BinaryOp::named(operator.text())?, &number, &right)?;
            }
            Some(number)
        }
        NodeKind::Unary => {
            let parts: Vec<Node<'_>> = node.children().collect();
            let [sign, operand] = parts.as_slice() else { return None };
            let number = computed(db, module, *operand, ty, left)?;
            (sign.text() == "-").then(|| bounds::negative(number)).flatten()
        }
        _ => bounds::bound(node),
    })
}

/// What `read` makes of the expression for which one stands.
fn value<R>(
    db: &dyn Database,
    module: Module,
    node: Node<'_>,
    names: usize,
    read: impl FnOnce(Module, Node<'_>) -> Option<R>,
) -> Option<R> {
    match node.kind() {
        NodeKind::Paren => value(db, module, node.children().next()?, names, read),
        NodeKind::Name => {
            let names = names.checked_sub(1)?;
            match local(node) {
                Local::Let(bound) => value(db, module, bound, names, read),
                Local::Other => None,
                Local::None => {
                    let Some(Target::Item(item)) = resolve(db, module, node.text()) else {
                        return None;
                    };
                    if item.kind(db) != ItemKind::Let {
                        return None;
                    }
                    let parsed = parsed(db, item);
                    let bound = entry(&parsed)?.child(NodeKind::Set)?.children().next()?;
                    value(db, item.module(db), bound, names, read)
                }
            }
        }
        _ => read(module, node),
    }
}

/// What a name is that is bound within its item.
enum Local<'t> {
    /// This value.
    Let(Node<'t>),
    /// A parameter, an element, a field, or something else that is not known.
    Other,
    None,
}

fn local<'t>(node: Node<'t>) -> Local<'t> {
    let name = node.text();
    let is_named = |child: &Node<'_>| child.text() == name;
    let mut around = node.ancestors().into_iter().peekable();
    while let Some(above) = around.next() {
        match above.kind() {
            NodeKind::LetIn | NodeKind::Body => {
                let before = |child: &Node<'t>| child.range().end <= node.range().start;
                let lets = above.children_of(NodeKind::Let).filter(before);
                let bound = lets.filter(|l| l.child(NodeKind::Name).is_some_and(|n| is_named(&n)));
                if let Some(bound) = bound.last() {
                    let value = bound.child(NodeKind::Set).and_then(|set| set.children().next());
                    return value.map_or(Local::Other, Local::Let);
                }
                // It may be a field of the record around it.
                let binds = |child: &Node<'_>| match child.kind() {
                    NodeKind::Let => false,
                    NodeKind::Fn => child.child(NodeKind::Name).is_some_and(|n| is_named(&n)),
                    NodeKind::Spread => true,
                    _ => child
                        .child(NodeKind::Path)
                        .and_then(|path| path.children().next())
                        .is_some_and(|first| is_named(&first)),
                };
                if above.kind() == NodeKind::Body
                    && (around.peek().is_some_and(|up| up.kind() == NodeKind::Chain)
                        || above.children().any(|child| binds(&child)))
                {
                    return Local::Other;
                }
            }
            NodeKind::Lambda
            | NodeKind::Fn
            | NodeKind::For
            | NodeKind::Comprehension
            | NodeKind::Binding
            | NodeKind::Arm
            | NodeKind::Every => {
                // The last part of a clause is what it goes through.
                let clauses = above.children_of(NodeKind::ForClause).any(|clause| {
                    let parts: Vec<Node<'_>> = clause.children().collect();
                    parts.split_last().is_some_and(|(_, names)| names.iter().any(is_named))
                });
                if clauses || above.children().any(|child| binds_name(child, name)) {
                    return Local::Other;
                }
            }
            _ => {}
        }
    }
    Local::None
}

/// Whether a part of what binds parameters binds one of this name.
fn binds_name(part: Node<'_>, name: &str) -> bool {
    match part.kind() {
        NodeKind::Name => part.text() == name,
        NodeKind::Param | NodeKind::Params | NodeKind::Pattern => {
            part.children().any(|inner| binds_name(inner, name))
        }
        _ => false,
    }
}

/// The expressions of which one has the value of either, as its conditions turn out; itself where it has none.
pub fn branches(node: Node<'_>) -> Vec<Node<'_>> {
    use NodeKind as K;
    fn last(node: Node<'_>) -> Vec<Node<'_>> {
        node.children().last().map(branches).unwrap_or_default()
    }
    match node.kind() {
        K::If => node
            .children()
            .filter(|part| matches!(part.kind(), K::Then | K::Else))
            .flat_map(last)
            .collect(),
        K::Match => node.children_of(K::Arm).flat_map(last).collect(),
        K::Paren | K::LetIn => last(node),
        K::Binary if node.children().nth(1).is_some_and(|op| op.text() == "??") => last(node),
        _ => vec![node],
    }
}

/// Whether an expression is computed of constants alone, by what the language and the library bring: whoever evaluates it,
/// and whatever others bind, it has the same value.
pub fn is_constant(db: &dyn Database, module: Module, node: Node<'_>) -> bool {
    use NodeKind as K;
    // What stands behind a value is a part of what it is computed by.
    let chain = node.parent().filter(|above| above.kind() == K::Chain);
    if let Some(chain) = chain
        && let Some((first, behind)) = chain.children().collect::<Vec<_>>().split_first()
        && let Some(at) = behind.iter().position(|part| part.id() == node.id())
    {
        let parts = behind.iter().take(at + 1);
        return is_constant_chain(db, module, *first, &parts.copied().collect::<Vec<_>>());
    }
    let mut children = node.children();
    match node.kind() {
        K::Int | K::Float | K::Unit | K::Bool | K::Str => true,
        K::StrHead | K::StrMid | K::StrTail | K::PrefixOp | K::BinaryOp | K::Dots => true,
        K::Name if node.parent().is_some_and(|above| above.kind() == K::Path) => true,
        // No layer changes what a `let` is.
        K::Name => value(db, module, node, NAMES, |module, bound| {
            (bound.kind() != K::Name).then(|| is_constant(db, module, bound))
        })
        .unwrap_or(false),
        K::If | K::Match => branches(node).iter().all(|part| is_constant(db, module, *part)),
        K::Chain => match children.collect::<Vec<_>>().split_first() {
            Some((first, behind)) => is_constant_chain(db, module, *first, behind),
            None => false,
        },
        K::Template | K::List | K::Paren | K::Unary | K::Binary | K::Range | K::Path | K::Set => {
            children.all(|part| is_constant(db, module, part))
        }
        K::Body => {
            children.all(|entry| entry.kind() == K::Binding && is_constant(db, module, entry))
        }
        K::Binding => children
            .all(|part| matches!(part.kind(), K::Path | K::Set) && is_constant(db, module, part)),
        _ => false,
    }
}

fn is_constant_chain(
    db: &dyn Database,
    module: Module,
    first: Node<'_>,
    behind: &[Node<'_>],
) -> bool {
    let is_called = behind.first().is_some_and(|next| next.kind() == NodeKind::Call);
    let begins = match first.kind() {
        NodeKind::Name if is_called => match resolve(db, module, first.text()) {
            Some(Target::Item(item)) => {
                item.kind(db) == ItemKind::Fn && item.module(db).origin(db) == Origin::Library
            }
            None => !library_functions(db, first.text()).is_empty(),
            _ => false,
        },
        _ => is_constant(db, module, first),
    };
    begins
        && behind.iter().all(|part| match part.kind() {
            NodeKind::Field | NodeKind::OptField => true,
            NodeKind::Index | NodeKind::Call => {
                part.children().all(|part| is_constant(db, module, part))
            }
            _ => false,
        })
}
