//! Which `let`, parameter, loop or arm binds a local.

use syntax::{Node, NodeKind as K};

/// The name that binds a local where a node uses it.
pub fn binder<'t>(node: Node<'t>, name: &str) -> Option<Node<'t>> {
    let mut from = node;
    while let Some(above) = from.parent() {
        let found = binders(above, from).filter(|binder| binder.text() == name).last();
        if found.is_some() {
            return found;
        }
        from = above;
    }
    None
}

/// The names that a node binds for one of its children.
fn binders<'t>(above: Node<'t>, from: Node<'t>) -> impl Iterator<Item = Node<'t>> {
    let mut names: Vec<Node<'t>> = Vec::new();
    let before = |node: &Node<'t>| node.id() < from.id();
    match above.kind() {
        K::Body => {
            let lets = above.children().filter(before);
            let lets = lets.filter(|node| matches!(node.kind(), K::Let | K::Fn));
            names.extend(lets.filter_map(|node| node.child(K::Name)));
        }
        K::LetIn => {
            names.extend(above.children_of(K::Let).filter(before).filter_map(|n| n.child(K::Name)));
        }
        K::For | K::Binding | K::Comprehension => {
            let is_clause = matches!(from.kind(), K::ForClause | K::IfClause);
            for clause in above.children_of(K::ForClause).filter(|n| !is_clause || before(n)) {
                // The last child is what the loop goes through.
                let bound = clause.children().count().saturating_sub(1);
                names.extend(clause.children().take(bound).filter(|n| n.kind() == K::Name));
            }
        }
        K::Lambda => {
            let bound = above.children().count().saturating_sub(1);
            names.extend(above.children().take(bound).filter(|n| n.kind() == K::Name));
        }
        K::Fn => {
            let params = above.child(K::Params);
            let params = params.into_iter().flat_map(|params| params.children_of(K::Param));
            names.extend(params.filter_map(|param| param.child(K::Name)));
        }
        K::Arm if from.kind() != K::Pattern => {
            names.extend(above.child(K::Pattern).and_then(|pattern| pattern.child(K::Name)));
        }
        K::Every => names.extend(above.child(K::Alias).and_then(|alias| alias.child(K::Name))),
        _ => {}
    }
    names.into_iter()
}
