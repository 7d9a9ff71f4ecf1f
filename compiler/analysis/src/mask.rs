//! Source text without the constants in it that are sensitive: what messages and explanations show of it.

use std::ops::Range;

use salsa::Database;

use crate::db::{Item, ItemKind};
use crate::elaborate::elaborate;
use crate::parse::parsed;
use crate::path;
use crate::workspace::SET;

/// The stretches of an item's text that are sensitive.
pub fn hidden(db: &dyn Database, item: Item) -> Vec<Range<usize>> {
    let hidden = &elaborate(db, item).hidden;
    if hidden.is_empty() {
        return Vec::new();
    }
    let text = item.text(db);
    if item.kind(db) == ItemKind::Set
        && item.module(db).path(db) == SET
        && let Some((_, value)) = path::setting(text)
    {
        // What was typed need not be a value, of which a tree could hold all.
        return std::iter::once(text.len() - value.len()..text.len()).collect();
    }
    let parsed = parsed(db, item);
    hidden.iter().filter_map(|&node| parsed.tree().node(node)).map(|node| node.range()).collect()
}

/// The text of an item with stars in place of what is sensitive; `None` where there is nothing to hide.
pub fn masked(db: &dyn Database, item: Item) -> Option<String> {
    let hidden = hidden(db, item);
    (!hidden.is_empty()).then(|| starred(item.text(db), hidden))
}

/// A text with stars in place of some stretches, byte for byte, so that positions stay.
pub fn starred(text: &str, hidden: impl IntoIterator<Item = Range<usize>>) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for range in hidden {
        for byte in bytes.get_mut(range).into_iter().flatten() {
            if !matches!(byte, b'\n' | b'\r' | b'"') {
                *byte = b'*';
            }
        }
    }
    // A stretch ends where a letter does; were it not so, nothing of the text would be shown.
    String::from_utf8(bytes).unwrap_or_default()
}
