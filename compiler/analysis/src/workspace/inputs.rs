//! Setting the inputs of an item that changed, and only those that differ.

use salsa::Setter;

use crate::db::{Database, Item, Text};
use crate::workspace::identity::Identity;

/// Sets the text of an item if it differs. Its durability stays what it is: salsa runs all readers of a memo that
/// becomes less durable, and their readers, whether or not its value changed.
pub fn set_text(db: &mut Database, item: Item, text: &str) {
    if item.text(db) != text {
        item.set_text(db).to(Text::from(text));
    }
}

/// Makes an input hold another item than it did.
pub fn take_over(db: &mut Database, item: Item, identity: &Identity, text: &str) {
    if item.kind(db) != identity.item_kind() {
        item.set_kind(db).to(identity.item_kind());
    }
    if item.name(db) != &*identity.name {
        item.set_name(db).to(identity.name.clone());
    }
    set_text(db, item, text);
}
