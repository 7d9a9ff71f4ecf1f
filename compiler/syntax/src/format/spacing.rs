//! Which tokens stand close together on a line, and which commas separate entries. What a token's kind does not tell, its node does.

use crate::node::NodeKind;
use crate::token::TokenKind;
use crate::tree::{Node, Tree};

/// What the layout must know of a token.
#[derive(Clone, Copy, Default)]
pub(super) struct Traits {
    /// No blank before it, whatever stands there.
    pub(super) tight_before: bool,
    /// No blank after it.
    pub(super) tight_after: bool,
    /// It separates entries, so that a line break may stand for it.
    pub(super) separates: bool,
}

/// The traits of each token.
pub(super) fn traits_of(tree: Tree<'_>) -> Vec<Traits> {
    let mut traits = vec![Traits::default(); tree.tokens().len()];
    for node in tree.nodes() {
        let range = node.token_range();
        match node.kind() {
            NodeKind::Call
            | NodeKind::Params
            | NodeKind::TypeParams
            | NodeKind::TypeArgs
            | NodeKind::Index => before(&mut traits, range.start),
            NodeKind::Path => {
                for computed in node.children_of(NodeKind::Computed) {
                    if computed.token_range().start > range.start {
                        before(&mut traits, computed.token_range().start);
                    }
                }
            }
            NodeKind::PrefixOp if node.first_token() == Some(TokenKind::Minus) => {
                after(&mut traits, range.start)
            }
            NodeKind::Negative => after(&mut traits, range.start),
            // The dot of a suffix touches what it follows, also where a line break was before it.
            NodeKind::Field | NodeKind::OptField => before(&mut traits, range.start),
            NodeKind::MapType => {
                after(&mut traits, range.start);
                before(&mut traits, range.end.saturating_sub(1));
            }
            NodeKind::UseNames => {
                after(&mut traits, range.start + 1);
                before(&mut traits, range.end.saturating_sub(1));
            }
            NodeKind::Range => dots(&mut traits, node),
            _ => {}
        }
        if separated(node.kind()) {
            separators(&mut traits, node);
        }
    }
    traits
}

fn before(traits: &mut [Traits], index: usize) {
    if let Some(token) = traits.get_mut(index) {
        token.tight_before = true;
    }
}

fn after(traits: &mut [Traits], index: usize) {
    if let Some(token) = traits.get_mut(index) {
        token.tight_after = true;
    }
}

/// The `..` of a range touches the ends that it has.
fn dots(traits: &mut [Traits], node: Node<'_>) {
    let range = node.token_range();
    for dots in node.children_of(NodeKind::Dots) {
        let at = dots.token_range().start;
        if at > range.start {
            before(traits, at);
        }
        if at + 1 < range.end {
            after(traits, at);
        }
    }
}

/// Kinds of nodes whose children are separated by commas or line breaks.
fn separated(kind: NodeKind) -> bool {
    use NodeKind as N;
    matches!(
        kind,
        N::List
            | N::Comprehension
            | N::Call
            | N::Body
            | N::Cases
            | N::Match
            | N::RecordType
            | N::Params
            | N::UseNames
            | N::TypeParams
    )
}

fn separators(traits: &mut [Traits], node: Node<'_>) {
    let tokens = node.tree().tokens();
    let mut mark = |from: usize, to: usize| {
        for index in from..to {
            if matches!(tokens.kind(index), Some(TokenKind::Comma | TokenKind::Newline))
                && let Some(token) = traits.get_mut(index)
            {
                token.separates = true;
            }
        }
    };
    let mut from = node.token_range().start;
    for child in node.children() {
        let range = child.token_range();
        mark(from, range.start);
        from = range.end.max(from);
    }
    mark(from, node.token_range().end);
}

/// Whether a blank stands between two tokens on one line.
pub(super) fn blank_between(left: (TokenKind, Traits), right: (TokenKind, Traits)) -> bool {
    use TokenKind as K;
    let (left_kind, left) = left;
    let (right_kind, right) = right;
    // `1.. .x` must not become `...`.
    if left_kind == K::Dots && matches!(right_kind, K::LeadDot | K::Dot | K::Dots | K::Spread) {
        return true;
    }
    if left.tight_after || right.tight_before {
        return false;
    }
    if matches!(
        left_kind,
        K::LParen
            | K::LBracket
            | K::Dot
            | K::LeadDot
            | K::OptDot
            | K::Spread
            | K::StrHead
            | K::StrMid
    ) {
        return false;
    }
    if matches!(
        right_kind,
        K::RParen
            | K::RBracket
            | K::Comma
            | K::Colon
            | K::Dot
            | K::OptDot
            | K::Question
            | K::StrMid
            | K::StrTail
    ) {
        return false;
    }
    !(left_kind == K::LBrace && right_kind == K::RBrace)
}
