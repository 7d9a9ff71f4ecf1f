//! Source text without the constants in it that are sensitive: what messages and explanations show of it.

use std::ops::Range;

use salsa::Database;
use syntax::NodeKind;

use crate::db::{Item, ItemKind, Module};
use crate::elaborate::{elaborate, signature};
use crate::parse::parsed;
use crate::path;
use crate::resolve::all_bases;
use crate::sensitive::reaches_sensitive;
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
    if !syntax::problem::problems(parsed.tree()).is_empty() {
        // What cannot be read beside something sensitive may be a part of it.
        return (0..)
            .map_while(|id| parsed.tree().node(id))
            .filter(|node| is_text(node.kind()) || hidden.contains(&node.id()))
            .map(|node| node.range())
            .collect();
    }
    hidden.iter().filter_map(|&node| parsed.tree().node(node)).map(|node| node.range()).collect()
}

/// Whether values of the files that a module lies on can be sensitive.
pub fn holds_secrets(db: &dyn Database, module: Module) -> bool {
    let is_value =
        |item: &&Item| matches!(item.kind(db), ItemKind::Input | ItemKind::Binding | ItemKind::Let);
    all_bases(db, module).iter().any(|base| {
        let mut values = base.items(db).iter().filter(is_value);
        values.any(|item| reaches_sensitive(db, &signature(db, *item).ty))
    })
}

/// Whether a node is a text, or what no node could be made of.
fn is_text(kind: NodeKind) -> bool {
    use NodeKind as K;
    matches!(kind, K::Str | K::StrHead | K::StrMid | K::StrTail | K::Junk)
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
