//! The groups in brackets of an item, and which of them the author has broken.

use crate::scan;
use crate::token::TokenKind;
use crate::tree::Tree;

use super::gap::Gap;
use super::spacing::Traits;

/// What the layout must know of an opening bracket.
#[derive(Clone, Copy, Default)]
pub(super) struct Group {
    /// The index of the closing bracket.
    pub(super) close: usize,
    /// Whether its entries stand on lines of their own however short they are.
    pub(super) broken: bool,
    /// Whether breaking it changes nothing but layout.
    pub(super) breakable: bool,
}

/// The groups by the index of their opening bracket; for other tokens, a default that is not asked for.
pub(super) fn groups_of(tree: Tree<'_>, gaps: &[Gap<'_>], traits: &[Traits]) -> Vec<Group> {
    use TokenKind as K;
    let tokens = tree.tokens();
    let mut groups = vec![Group::default(); tokens.len()];
    // Of each open bracket: its index, whether it is broken, whether a line break is in it at all.
    let mut open: Vec<(usize, bool, bool)> = Vec::new();
    for index in 0..tokens.len() {
        let Some(kind) = tokens.kind(index) else { continue };
        let gap = gaps.get(index);
        let before = index.checked_sub(1);
        let breaks = gap.is_some_and(|gap| gap.breaks);
        let separated =
            before.is_some_and(|before| traits.get(before).is_some_and(|traits| traits.separates));
        let closes = matches!(kind, K::RBrace | K::RBracket | K::RParen | K::StrTail);
        if let Some((opening, broken, inner)) = open.last_mut() {
            let opened = before == Some(*opening);
            let empty = opened && closes;
            let opening_kind = tokens.kind(*opening);
            *inner |= breaks && !empty;
            *broken |= gap.is_some_and(Gap::has_comment) || kind == K::Newline;
            *broken |= breaks
                && !empty
                && (opened
                    || separated
                    || opening_kind == Some(K::LBrace)
                    || (closes && opening_kind == Some(K::LBracket)));
        }
        match kind {
            K::LBrace | K::LBracket | K::LParen | K::StrHead => open.push((index, false, false)),
            _ if closes => {
                let Some((opening, broken, inner)) = open.pop() else { continue };
                let braces = tokens.kind(opening) == Some(K::LBrace);
                // A `/` that begins a line is a division, so a regular expression stays behind its bracket.
                let regex = tokens.kind(opening + 1) == Some(K::Regex);
                // A text reads as one line, and so does what stands in it, unless its author broke it.
                let in_text =
                    open.iter().any(|(outer, ..)| tokens.kind(*outer) == Some(K::StrHead));
                let whole = in_text && !inner;
                let breakable = kind != K::StrTail && index > opening + 1 && !regex && !whole;
                let commented = index == opening + 1 && gap.is_some_and(Gap::has_comment);
                let broken = (broken || (braces && inner)) && (breakable || commented);
                if let Some(group) = groups.get_mut(opening) {
                    *group = Group { close: index, broken, breakable };
                }
                if let Some((_, _, outer)) = open.last_mut() {
                    *outer |= broken || inner;
                }
            }
            _ => {}
        }
    }
    groups
}

/// Whether a token would go on with what stands above it if it began a line, so that a comma before it must stay.
pub(super) fn would_continue(tree: Tree<'_>, index: usize, in_list: bool) -> bool {
    scan::continues(tree.text().as_bytes(), tree.tokens().span(index).start as usize, in_list)
}
