//! Several values where one stands: `scale = 2, 6`, `args = "a", "b"`.

use std::ops::Range;

use super::{Reader, UNEXPECTED};
use crate::node::NodeKind;
use crate::token::TokenKind;
use crate::tree::{Node, Tree};

impl Reader {
    /// Tells of a row of values at the first that is one too many; false where a node is none of these.
    pub(super) fn row(&mut self, node: Node<'_>) -> bool {
        if node.token_range().start < self.row {
            return true;
        }
        let before = self.sibling.and_then(|before| node.tree().node(before));
        let Some(first) = before.and_then(|before| value_before(node, before)) else {
            return false;
        };
        let end = row_end(node);
        self.row = end;
        self.hole = Some(end);
        let tokens = node.tree().tokens();
        let range = first.range().start..tokens.span(end.saturating_sub(1)).end as usize;
        let message = "one value stands here, and several were found".to_owned();
        let help = help(node, before, first, end);
        self.push(UNEXPECTED, node, range, message, Some(help));
        if let Some(problem) = self.problems.last_mut() {
            problem.row = Some(first.id());
        }
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

/// The value that the entry before a value gives, if that stands alone behind it on the same line.
fn value_before<'t>(node: Node<'t>, before: Node<'t>) -> Option<Node<'t>> {
    let tokens = node.tree().tokens();
    let start = node.token_range().start;
    // At the top of a file the comma is a part of what fits nowhere.
    let at_top = node.kind() == NodeKind::Junk && node.first_token() == Some(TokenKind::Comma);
    let comma = if at_top { start } else { start.checked_sub(1)? };
    if tokens.kind(comma) != Some(TokenKind::Comma)
        || before.token_range().end != comma
        || !(at_top && is_list(node) || is_alone(node))
    {
        return None;
    }
    let between = before.range().end..tokens.span(comma + 1).start as usize;
    let same_line = !node.tree().text().get(between)?.contains('\n');
    value_of(before).filter(|_| same_line)
}

/// Where a row of values ends that goes on behind one of them: in tokens, behind the last.
fn row_end(node: Node<'_>) -> usize {
    let tokens = node.tree().tokens();
    let mut end = node.token_range().end;
    while tokens.kind(end) == Some(TokenKind::Comma)
        && tokens.kind(end + 1).is_some_and(|kind| is_value(kind) || kind == TokenKind::Name)
        && ends_at(node.tree(), end + 2)
    {
        end += 2;
    }
    end
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
                && ends_at(entry.tree(), entry.token_range().end)
        }
        _ => false,
    }
}

/// Whether nothing stands at a token that could be a part of the entry before it.
fn ends_at(tree: Tree<'_>, at: usize) -> bool {
    use TokenKind as K;
    let next = tree.tokens().kind(at);
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

fn help(node: Node<'_>, before: Option<Node<'_>>, first: Node<'_>, end: usize) -> String {
    let named =
        before.and_then(|before| before.child(NodeKind::Path).or(before.child(NodeKind::Name)));
    let name = named.map_or("name", Node::text);
    let second = node.text().trim_start_matches([',', ' ']);
    let (low, high) = (first.text(), second);
    let shown = |text: &str| text.len() <= 30 && !text.contains('\n');
    if !shown(low) || !shown(high) || !shown(name) {
        return "several values stand in brackets: `name = [a, b]`".to_owned();
    }
    let number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let more = if end > node.token_range().end { ", …" } else { "" };
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
