//! The items of a module that have a name, of which there may be many: `app.scale = 2..4` binds a part of `app`.

use salsa::Database;

use crate::db::{Item, Module};
use crate::parse::binds_whole;
use crate::resolve::Name;

/// Of several items of one name, the one that says what it is: `app.scale = 2..4` does not.
pub(crate) fn own(db: &dyn Database, module: Module, name: &str) -> Option<Item> {
    match items_named(db, module, name) {
        [] => None,
        [only] => Some(*only),
        _ => declares_among(db, module, Name::new(db, name)),
    }
}

/// Kept for each name of several items, because each of them asks it, and it looks at all of them.
#[salsa::tracked(returns(copy))]
fn declares_among<'db>(db: &'db dyn Database, module: Module, name: Name<'db>) -> Option<Item> {
    let mut items = named(db, module, name).iter().copied();
    let first = items.clone().next();
    items.find(|item| binds_whole(db, *item)).or(first)
}

/// The items of a module that declare or bind a name, in the order of the file. Who asks depends on this name alone,
/// not on what else the file holds.
pub fn items_named<'db>(db: &'db dyn Database, module: Module, name: &str) -> &'db [Item] {
    named(db, module, Name::new(db, name))
}

#[salsa::tracked(returns(deref))]
fn named<'db>(db: &'db dyn Database, module: Module, name: Name<'db>) -> Vec<Item> {
    let names = module.names(db);
    let at = names.binary_search_by(|(n, _)| (**n).cmp(name.text(db))).ok();
    at.and_then(|at| names.get(at)).map(|(_, items)| items.clone()).unwrap_or_default()
}
