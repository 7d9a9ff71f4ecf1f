//! Items that nest too deep, or have too many parts.

use super::{Reader, TOO_DEEP, TOO_LARGE};
use crate::limits;
use crate::tree::Node;

impl Reader {
    /// Tells of the rest of an item, which was not read.
    pub(super) fn too_large(&mut self, node: Node<'_>) {
        let (code, message) = if node.token_range().start < limits::TOKENS {
            (TOO_DEEP, format!("this nests deeper than {} levels", limits::DEPTH))
        } else {
            let message = format!("this item has more than {} words and signs", limits::TOKENS);
            (TOO_LARGE, message)
        };
        let help = "give inner parts names of their own, with `let` or as items of the file";
        let range = node.range().start..first_token_end(node);
        self.push(code, node, range, message, Some(help.to_owned()));
    }
}

pub(super) fn first_token_end(node: Node<'_>) -> usize {
    let span = node.tree().tokens().span(node.token_range().start);
    // The token of what is not read is the rest of the item; its first line says enough.
    let text = node.tree().text().get(span.range()).unwrap_or_default();
    span.start as usize + text.find('\n').unwrap_or(text.len()).min(80)
}
