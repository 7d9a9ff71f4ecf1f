//! The word with which an entry was meant to begin, where one stands that is nearly it.

use crate::node::NodeKind;
use crate::tree::Node;

/// The word with which an item begins, of which another that begins a line is a slip of the hand: `schema` of `schma`.
pub(super) fn word_meant(binding: Node<'_>) -> Option<&'static str> {
    const WORDS: [&str; 23] = [
        "overlay", "input", "type", "schema", "open", "variant", "trait", "test", "fails",
        "assert", "snapshot", "every", "check", "warn", "note", "allow", "default", "override",
        "final", "derive", "emit", "export", "unset",
    ];
    let word = binding.child(NodeKind::Path)?.text();
    // None is longer than `override`.
    let word = (word.len() <= 9).then_some(word)?;
    let rest = binding.tree().text().get(binding.range().start..)?;
    let is_loop = rest.lines().next().is_some_and(|line| line.contains(" in "));
    let mut behind = rest.split_whitespace().skip(1);
    let is_local = behind.next().is_some_and(|name| name.starts_with(char::is_alphabetic))
        && behind.next() == Some("=")
        && !matches!(word, "set" | "get" | "del");
    let words = WORDS.into_iter().chain(is_loop.then_some("for"));
    let mut words = words.chain(is_local.then_some("let"));
    words.find(|known| strsim::osa_distance(word, known) == 1)
}
