//! Several values where one stands: `scale = 2, 6`, `args = "a", "b"`.

use std::ops::Range;

use super::{Reader, UNEXPECTED};
use crate::node::NodeKind;
use crate::token::TokenKind;
use crate::tree::{Node, Tree};

impl Reader {
    /// Tells of a row of values at the first that is one too many; false where a node is none of these.
    pub(super) fn row(&mut self, node: Node<'_>) -> bool {
        let Some(before) = before_in_row(node) else { return false };
        self.hole = Some(node.token_range().end);
        if is_alone(before) {
            return true;
        }
        let Some(first) = value_of(before) else { return false };
        let mut last = node;
        while let Some(next) = after_in_row(last) {
            last = next;
        }
        let range = first.range().start..last.range().end;
        let message = "one value stands here, and several were found".to_owned();
        let help = help(node, before, first);
        self.push(UNEXPECTED, node, range, message, Some(help));
        true
    }
}

fn sets(kind: NodeKind) -> bool {
    matches!(kind, NodeKind::Set | NodeKind::Append | NodeKind::Prepend)
}

/// The value that an entry gives.
fn value_of(entry: Node<'_>) -> Option<Node<'_>> {
    entry.children().last().filter(|set| sets(set.kind()))?.children().next()
}

/// The entry before a value that stands alone, on the same line: one that gives a value, or another value that stands alone.
fn before_in_row(node: Node<'_>) -> Option<Node<'_>> {
    let tokens = node.tree().tokens();
    let start = node.token_range().start;
    // At the top of a file the comma is a part of what fits nowhere.
    let at_top = node.kind() == NodeKind::Junk && node.first_token() == Some(TokenKind::Comma);
    let comma = if at_top { start } else { start.checked_sub(1)? };
    if tokens.kind(comma) != Some(TokenKind::Comma) || !(at_top && is_list(node) || is_alone(node))
    {
        return None;
    }
    let text = node.tree().text();
    let between =
        tokens.span(comma.checked_sub(1)?).end as usize..tokens.span(comma + 1).start as usize;
    if text.get(between)?.contains('\n') {
        return None;
    }
    let before = sibling_at(node, comma - 1)?;
    (is_alone(before) || value_of(before).is_some()).then_some(before)
}

/// The value that stands alone behind another.
fn after_in_row(node: Node<'_>) -> Option<Node<'_>> {
    let end = node.token_range().end;
    let comma = node.tree().tokens().kind(end) == Some(TokenKind::Comma);
    let next = if comma { sibling_at(node, end + 1) } else { None };
    next.filter(|next| is_alone(*next))
}

/// The sibling of a node to which a token belongs.
fn sibling_at(node: Node<'_>, token: usize) -> Option<Node<'_>> {
    let tree: Tree<'_> = node.tree();
    let parent = node.parent()?;
    let inner = tree.node_at(tree.tokens().span(token).start as usize);
    let mut around = std::iter::once(inner).chain(inner.ancestors());
    around.find(|around| around.parent() == Some(parent))
}

/// Whether an entry is a value, or a name, without anything else.
fn is_alone(entry: Node<'_>) -> bool {
    match entry.kind() {
        NodeKind::Junk => {
            let range = entry.token_range();
            range.len() == 1 && entry.tree().tokens().kind(range.start).is_some_and(is_value)
        }
        NodeKind::Binding => {
            let mut parts = entry.children().map(Node::kind);
            (parts.next(), parts.next(), parts.next())
                == (Some(NodeKind::Path), Some(NodeKind::Missing), None)
                && ends(entry)
        }
        _ => false,
    }
}

/// Whether nothing stands behind an entry that could be a part of it.
fn ends(entry: Node<'_>) -> bool {
    use TokenKind as K;
    let next = entry.tree().tokens().kind(entry.token_range().end);
    matches!(next, None | Some(K::Comma | K::Newline | K::RBrace | K::RBracket | K::RParen))
}

fn is_value(kind: TokenKind) -> bool {
    use TokenKind as K;
    matches!(kind, K::Int | K::Float | K::Unit | K::Bool | K::Str)
}

/// Whether tokens that begin with a comma are values and commas alone.
fn is_list(junk: Node<'_>) -> bool {
    let Range { start, end } = junk.token_range();
    let kind = |at| junk.tree().tokens().kind(at);
    end - start > 1
        && (start..end).all(|at| match (at - start) % 2 {
            0 => kind(at) == Some(TokenKind::Comma),
            _ => kind(at).is_some_and(|kind| is_value(kind) || kind == TokenKind::Name),
        })
}

fn help(node: Node<'_>, before: Node<'_>, first: Node<'_>) -> String {
    let named = before.child(NodeKind::Path).or(before.child(NodeKind::Name));
    let name = named.map_or("name", Node::text);
    let second = node.text().trim_start_matches([',', ' ']);
    let (low, high) = (first.text(), second);
    let shown = |text: &str| text.len() <= 30 && !text.contains('\n');
    if !shown(low) || !shown(high) || !shown(name) {
        return "several values stand in brackets: `name = [a, b]`".to_owned();
    }
    let number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let more = if after_in_row(node).is_some() { ", …" } else { "" };
    let list = format!("several values stand in brackets: `{name} = [{low}, {high}{more}]`");
    match node.kind() {
        NodeKind::Junk if number(low) && number(high) && more.is_empty() => {
            format!("a range is written with two dots: `{name} = {low}..{high}`; {list}")
        }
        NodeKind::Binding if node.first_token() != Some(TokenKind::Str) => {
            format!("{list}; an entry has a value of its own: `{high} = …`")
        }
        _ => list,
    }
}
