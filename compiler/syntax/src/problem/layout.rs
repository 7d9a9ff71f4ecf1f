//! Which bracket was left open, by how lines are indented: the count of brackets alone blames the outermost one.

use std::ops::Range;

use super::Mend;
use crate::node::NodeKind;
use crate::token::TokenKind;
use crate::tree::Node;

/// A bracket that was left open, so that one further down closes it.
pub(super) struct Open {
    /// Where it stands in the text of the item.
    pub opening: Range<usize>,
    pub help: String,
    pub mend: Mend,
}

/// The first brace in `node` that is closed on a later line by a `}` which is indented less than the line that opens
/// it: that one was meant for a brace further out.
pub(super) fn closed_by_another(node: Node<'_>) -> Option<Open> {
    let tree = node.tree();
    let (text, tokens) = (tree.text(), tree.tokens());
    let mut open: Vec<usize> = Vec::new();
    for index in node.token_range() {
        match tokens.kind(index)? {
            TokenKind::LBrace => open.push(index),
            TokenKind::RBrace => {
                let opening = tokens.span(open.pop()?).range();
                let closing = tokens.span(index).range();
                let (line, indent) = line_of(text, opening.start)?;
                let (closing_line, closing_indent) = line_of(text, closing.start)?;
                let first = text.get(closing_line..closing.start)?.trim().is_empty();
                if line == closing_line || !first || closing_indent >= indent {
                    continue;
                }
                let held = text.get(line..)?.lines().next()?;
                let end = line + held.split(" //").next()?.trim_end().len();
                return Some(Open {
                    opening,
                    help: "put `}` at its end: the next one is indented like what is around it"
                        .to_owned(),
                    mend: Mend {
                        title: "close it on its line",
                        safe: false,
                        range: end..end,
                        text: " }".to_owned(),
                    },
                });
            }
            _ => {}
        }
    }
    None
}

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
    let mut above = body.children().take_while(|other| *other != entry);
    let deeper = above.any(|other| indent(other.range().start).is_some_and(|other| other > around));
    let block = body.ancestors().into_iter().find(|node| node.kind() == NodeKind::Binding)?;
    (own <= around && deeper).then(|| block.child(NodeKind::Path).map(Node::text))?
}

/// Where the line of an offset begins, and by how much it is indented.
fn line_of(text: &str, offset: usize) -> Option<(usize, usize)> {
    let start = text.get(..offset)?.rfind('\n').map_or(0, |at| at + 1);
    let line = text.get(start..)?;
    Some((start, line.len() - line.trim_start_matches([' ', '\t']).len()))
}
