//! What kind of item a text is and under which name it is known, from its first tokens: enough to key items without parsing them.

use crate::lexer::{Tokens, lex_start};
use crate::token::TokenKind;

/// The kinds of items. Those of bodies only (`fails`, `assert`, `snapshot`) and what is no item count as [`ItemKind::Other`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub enum ItemKind {
    /// `use`; the name is all that stands behind the keyword.
    Use,
    /// `overlay`
    Overlay,
    /// `input`
    Input,
    /// `let`
    Let,
    /// `fn`
    Fn,
    /// `type`
    Type,
    /// `schema` and `open schema`
    Schema,
    /// `variant`
    Variant,
    /// `trait`
    Trait,
    /// `test`; the name is the string as written.
    Test,
    /// `every`; the name is the string as written.
    Every,
    /// `check`, `warn` and `note`, without a name.
    Check,
    /// `allow`; the name is the string as written.
    Allow,
    /// A binding, block or field declaration; the name is its path as written.
    Binding,
    /// `unset`; the name is the path as written.
    Removal,
    /// `when`, without a name.
    When,
    /// `for`, without a name.
    For,
    /// `...`, without a name.
    Spread,
    /// What is no item of a file.
    Other,
}

/// Kind and name of an item.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Header<'t> {
    /// What it is.
    pub kind: ItemKind,
    /// Under which name: a slice of the item's text, empty where there is none.
    pub name: &'t str,
}

/// How many tokens are read at most; a path that is longer is cut there.
const TOKENS: usize = 64;

/// How many tokens say enough of nearly all items.
const FEW: usize = 8;

/// Whether the path with which an item begins, if any, ends within the tokens: where `=` or `{` stands, and no bracket
/// before it in which one could stand too.
fn ends_within(tokens: &Tokens) -> bool {
    let kinds = || (0..tokens.len()).filter_map(|index| tokens.kind(index));
    tokens.len() < FEW
        || kinds().find_map(|kind| match kind {
            TokenKind::Assign | TokenKind::LBrace | TokenKind::LParen => Some(true),
            TokenKind::LBracket => Some(false),
            _ => None,
        }) == Some(true)
}

/// Kind and name of an item, agreeing with the tree that [`crate::parse`] makes of it.
pub fn header(text: &str) -> Header<'_> {
    use TokenKind as K;
    let mut tokens = lex_start(text, FEW);
    if !ends_within(&tokens) {
        tokens = lex_start(text, TOKENS);
    }
    let kind_at = |index: usize| tokens.kind(index);
    let Some(first) = kind_at(0) else { return Header { kind: ItemKind::Other, name: "" } };
    let second = kind_at(1);
    let starts_key = |kind: Option<K>| {
        kind.is_some_and(|kind| kind.is_word() || matches!(kind, K::Str | K::LBracket | K::StrHead))
    };
    let slice = |from: usize, to: usize| {
        if from >= to || from >= tokens.len() {
            return "";
        }
        text.get(tokens.span(from).start as usize..tokens.span(to - 1).end as usize)
            .unwrap_or_default()
    };
    let path = |from: usize| slice(from, path_end(from, &kind_at));
    let word = |index: usize| {
        if kind_at(index).is_some_and(K::is_word) { slice(index, index + 1) } else { "" }
    };
    let string =
        |index: usize| if kind_at(index) == Some(K::Str) { slice(index, index + 1) } else { "" };
    let binding = |from: usize| Header { kind: ItemKind::Binding, name: path(from) };
    let named = |kind: ItemKind, name| Header { kind, name };
    if is_keyed(second) && first.is_word() {
        return binding(0);
    }
    match first {
        K::Use => {
            let from = if second.is_some() { tokens.span(1).start as usize } else { text.len() };
            named(ItemKind::Use, text.get(from..).unwrap_or_default())
        }
        K::Overlay => named(ItemKind::Overlay, ""),
        K::Input => named(ItemKind::Input, word(1)),
        K::Let => named(ItemKind::Let, word(1)),
        K::Fn => named(ItemKind::Fn, word(1)),
        K::Type => named(ItemKind::Type, word(1)),
        K::Schema => named(ItemKind::Schema, word(1)),
        K::Open if second == Some(K::Schema) => named(ItemKind::Schema, word(2)),
        K::Variant => named(ItemKind::Variant, word(1)),
        K::Trait => named(ItemKind::Trait, word(1)),
        K::Test => named(ItemKind::Test, string(1)),
        K::Every => named(ItemKind::Every, string(1)),
        K::Check => named(ItemKind::Check, ""),
        K::Allow => named(ItemKind::Allow, string(1)),
        K::Unset => named(ItemKind::Removal, if starts_key(second) { path(1) } else { "" }),
        K::When => named(ItemKind::When, ""),
        K::For => named(ItemKind::For, ""),
        K::Spread => named(ItemKind::Spread, ""),
        K::Fails | K::Assert | K::Snapshot => named(ItemKind::Other, ""),
        K::Modifier => {
            let mut from = 0;
            while kind_at(from) == Some(K::Modifier) && starts_key(kind_at(from + 1)) {
                from += 1;
            }
            binding(from)
        }
        K::Str | K::LBracket | K::StrHead => binding(0),
        kind if kind.is_word() => binding(0),
        _ => named(ItemKind::Other, ""),
    }
}

/// Whether a token after a word makes that word a key.
fn is_keyed(kind: Option<TokenKind>) -> bool {
    use TokenKind as K;
    matches!(
        kind,
        Some(
            K::Assign
                | K::Colon
                | K::LBrace
                | K::Question
                | K::Dot
                | K::Append
                | K::Prepend
                | K::OptDot
        )
    )
}

/// The index after the last token of a path, a trailing `?` left out.
fn path_end(from: usize, kind_at: &impl Fn(usize) -> Option<TokenKind>) -> usize {
    use TokenKind as K;
    let mut at = from;
    let mut end = from;
    let mut expects_key = true;
    while let Some(kind) = kind_at(at) {
        match kind {
            K::LBracket | K::StrHead => {
                let mut depth = 0usize;
                while let Some(inner) = kind_at(at) {
                    match inner {
                        K::LBracket | K::LParen | K::LBrace | K::StrHead => depth += 1,
                        K::RBracket | K::RParen | K::RBrace | K::StrTail => {
                            depth = depth.saturating_sub(1)
                        }
                        _ => {}
                    }
                    at += 1;
                    if depth == 0 {
                        break;
                    }
                }
                end = at;
                expects_key = false;
                continue;
            }
            K::Str if expects_key => end = at + 1,
            _ if kind.is_word() && expects_key => end = at + 1,
            K::Dot | K::OptDot if !expects_key => {
                expects_key = true;
                at += 1;
                continue;
            }
            K::Question if !expects_key => {
                at += 1;
                continue;
            }
            _ => break,
        }
        expects_key = false;
        at += 1;
    }
    end
}
