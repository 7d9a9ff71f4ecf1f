//! What the text of an entry says by itself.

use syntax::{Node, NodeKind};

/// The segments of the path that an entry binds.
pub(super) fn segments<'t>(node: Node<'t>) -> Vec<Node<'t>> {
    let path = node.child(NodeKind::Path).into_iter().flat_map(|path| path.children());
    path.filter(|node| !matches!(node.kind(), NodeKind::Question | NodeKind::Missing)).collect()
}

/// Whether nobody knows what an entry binds, because it or its loops cannot be read.
pub(super) fn is_unread(entry: Node<'_>) -> bool {
    let is_hole = |node: Node<'_>| matches!(node.kind(), NodeKind::Missing | NodeKind::Junk);
    is_hole(entry)
        || entry.children().any(|part| {
            is_hole(part) || part.kind() == NodeKind::ForClause && part.children().any(is_hole)
        })
}

/// Is it `x?`, in the path of this binding?
pub(super) fn is_optional(binding: Node<'_>, segment: Node<'_>) -> bool {
    let Some(path) = binding.child(NodeKind::Path) else { return false };
    let mut children = path.children().skip_while(|node| node.id() != segment.id());
    children.next();
    children.next().is_some_and(|next| next.kind() == NodeKind::Question)
}

/// Whether a name may be that of a local.
pub(super) fn is_local(node: Node<'_>, name: &str) -> bool {
    let names = |node: Node<'_>| node.children_of(NodeKind::Name).any(|local| local.text() == name);
    // The last child is what a clause goes through.
    let binds = |clause: Node<'_>| {
        let mut parts: Vec<Node<'_>> = clause.children().collect();
        parts.pop();
        parts.iter().any(|local| local.kind() == NodeKind::Name && local.text() == name)
    };
    node.ancestors().into_iter().any(|above| match above.kind() {
        NodeKind::Body => above
            .children()
            .any(|entry| matches!(entry.kind(), NodeKind::Let | NodeKind::Fn) && names(entry)),
        NodeKind::For | NodeKind::Binding | NodeKind::Comprehension => {
            above.children_of(NodeKind::ForClause).any(binds)
        }
        NodeKind::LetIn => above.children_of(NodeKind::Let).any(names),
        NodeKind::Lambda => names(above),
        _ => false,
    })
}
