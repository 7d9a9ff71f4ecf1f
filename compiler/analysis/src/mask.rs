//! Source text without the constants in it that are sensitive: what messages and explanations show of it.

use salsa::Database;

use crate::db::Item;
use crate::elaborate::elaborate;
use crate::parse::parsed;

/// The text of an item with stars in place of what is sensitive, byte for byte, so that positions stay; `None` where
/// there is nothing to hide.
pub fn masked(db: &dyn Database, item: Item) -> Option<String> {
    let hidden = &elaborate(db, item).hidden;
    if hidden.is_empty() {
        return None;
    }
    let parsed = parsed(db, item);
    let mut bytes = item.text(db).as_bytes().to_vec();
    for node in hidden.iter().filter_map(|&node| parsed.tree().node(node)) {
        for byte in bytes.get_mut(node.range()).into_iter().flatten() {
            if !matches!(byte, b'\n' | b'\r' | b'"') {
                *byte = b'*';
            }
        }
    }
    String::from_utf8(bytes).ok()
}
