//! Where in a tree something is begun, however broken the text is.

use syntax::{Node, NodeKind as K};

/// The node at which something is begun: the smallest name that ends at the offset, else the place where something is
/// missing, else the braces around it.
pub(super) fn place(root: Node<'_>, start: usize, end: usize) -> Node<'_> {
    let nodes = || root.tree().nodes();
    if start < end
        && let Some(name) = nodes()
            .filter(|n| n.kind() == K::Name && n.range().start == start)
            .min_by_key(|n| n.size())
    {
        return name;
    }
    let text = root.tree().text();
    // What is missing stands at the end of the token before it.
    let token_end =
        text.get(..start).map_or(start, |before| before.trim_end_matches([' ', '\t']).len());
    // Behind a dot a name is missing, and then all that would stand behind the name.
    let before = text.get(..start).unwrap_or_default().trim_end();
    let is_dot = before.ends_with('.') && !before.ends_with("..");
    let wanted = |n: &Node<'_>| match n.parent().map(|above| above.kind()) {
        Some(K::Path | K::Field | K::OptField) => true,
        Some(K::Body) => false,
        _ => !is_dot,
    };
    let mut missing = nodes().filter(|n| n.kind() == K::Missing && n.range().start == token_end);
    if let Some(missing) = missing.rfind(wanted) {
        return missing;
    }
    let mut around = nodes().filter(|n| {
        n.kind() == K::Body && n.range().start < start && (start < n.range().end || is_open(*n))
    });
    around.next_back().unwrap_or(root)
}

/// What is matched by the arms among which an offset stands, where a pattern could begin there.
pub(super) fn matched(root: Node<'_>, at: usize) -> Option<Node<'_>> {
    let holds = |node: &Node<'_>| node.range().start < at && at <= node.range().end;
    let inner = |kind| root.tree().nodes().filter(holds).filter(move |n| n.kind() == kind);
    let arms = inner(K::Match).min_by_key(|node| node.size())?;
    let is_within = |body: Node<'_>| arms.range().start < body.range().start;
    let subject = arms.children().next().filter(|subject| subject.range().end < at)?;
    let written = root.tree().text().get(subject.range().end..at)?;
    let arm = written.rsplit(['{', ',', '\n']).next()?;
    let begins = written.contains('{') && !arm.contains("=>");
    (begins && !inner(K::Body).any(is_within)).then_some(subject)
}

/// Whether braces have no end.
pub(super) fn is_open(node: Node<'_>) -> bool {
    node.kind() == K::Body && node.children().last().is_some_and(|last| last.kind() == K::Missing)
}
