//! Lines that are indented like what is around the block in which they stand.

use crate::node::NodeKind;
use crate::tree::Node;

/// How many entries of a block are looked at.
const ENTRIES: usize = 100;

/// What the block is called in which a node stands although its line is indented like that of the block, and others in it are indented deeper: it was meant to end above.
pub fn block_meant_to_end_above(node: Node<'_>) -> Option<&str> {
    let around = std::iter::once(node).chain(node.ancestors());
    let entry = around.into_iter().find(|node| node.kind() == NodeKind::Binding)?;
    let body = entry.parent().filter(|body| body.kind() == NodeKind::Body)?;
    let text = node.tree().text();
    let indent = |offset: usize| {
        let (start, indent) = line_of(text, offset)?;
        text.get(start..offset)?.trim().is_empty().then_some(indent)
    };
    let own = indent(entry.range().start)?;
    let (_, around) = line_of(text, body.range().start)?;
    if own > around {
        return None;
    }
    let mut above = body.children().take_while(|other| *other != entry).take(ENTRIES);
    let deeper = above.any(|other| indent(other.range().start).is_some_and(|other| other > around));
    let block = body.ancestors().into_iter().find(|node| node.kind() == NodeKind::Binding)?;
    deeper.then(|| block.child(NodeKind::Path).map(Node::text))?
}

/// Where the line of an offset begins, and by how much it is indented.
fn line_of(text: &str, offset: usize) -> Option<(usize, usize)> {
    let start = text.get(..offset)?.rfind('\n').map_or(0, |at| at + 1);
    let line = text.get(start..)?;
    Some((start, line.len() - line.trim_start_matches([' ', '\t']).len()))
}
