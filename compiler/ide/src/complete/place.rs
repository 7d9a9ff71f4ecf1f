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
    // Nothing stands behind the dot, and the next line was read as what does.
    if text.get(..start).is_some_and(|before| before.trim_end().ends_with('.')) {
        let is_next = |n: &Node<'_>| {
            let between = text.get(start..n.range().start);
            n.kind() == K::Name && between.is_some_and(|text| text.trim().is_empty())
        };
        if let Some(next) = nodes().find(is_next) {
            return next;
        }
    }
    // What is missing stands at the end of the token before it.
    let token_end =
        text.get(..start).map_or(start, |before| before.trim_end_matches([' ', '\t']).len());
    let mut missing = nodes().filter(|n| n.kind() == K::Missing && n.range().start == token_end);
    if let Some(missing) =
        missing.rfind(|n| n.parent().is_some_and(|above| above.kind() != K::Body))
    {
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
