//! The items that together bind one name: those of a file and of the overlays on it, and what overlays that reach it
//! from elsewhere bind there.

use crate::db::{Instance, Item, ItemKind, Module, Origin, Program};
use crate::reach::{layers_on, may_be_reached, reaching};
use crate::resolve::items_named;

/// The items of a program that together bind one name: the base's first, then each overlay's, lowest first, then what
/// overlays on files that use this one bind in it.
pub fn stack(db: &dyn salsa::Database, program: Program, item: Item) -> Vec<Item> {
    let mut items = own_stack(db, program, item);
    let module = item.module(db);
    if may_be_reached(db, program, module) {
        for &(overlay, of) in reaching(db, program, module) {
            items.extend(layers_on(db, overlay, of, item.name(db)));
        }
    }
    items
}

/// The items of the name in the file itself and in the overlays on it.
fn own_stack(db: &dyn salsa::Database, program: Program, item: Item) -> Vec<Item> {
    let module = item.module(db);
    let name = item.name(db);
    let mut items: Vec<Item> = Vec::new();
    let mut take = |from: Module| {
        // What is declared anew is no layer.
        let below = !items.is_empty();
        let layer = |layer: &Item| {
            let kind = layer.kind(db);
            binds(kind) && share(db, item, *layer) && !(below && kind == ItemKind::Input)
        };
        items.extend(items_named(db, from, name).iter().copied().filter(layer));
    };
    match instance_of(db, program, module) {
        Some(instance) => {
            take(instance.base(db));
            for &overlay in instance.overlays(db) {
                take(overlay);
            }
        }
        None => take(module),
    }
    if items.is_empty() {
        items.push(item);
    }
    items
}

/// The files that together are one: a base, and the overlays on it, lowest first.
pub(crate) fn stack_of(db: &dyn salsa::Database, program: Program, module: Module) -> Vec<Module> {
    match instance_of(db, program, module) {
        Some(instance) => std::iter::once(instance.base(db))
            .chain(instance.overlays(db).iter().copied())
            .collect(),
        None => vec![module],
    }
}

/// The item of a name in the file of `item`, or in the overlays on it.
pub(crate) fn named_in_stack(
    db: &dyn salsa::Database,
    program: Program,
    item: Item,
    name: &str,
) -> Option<Item> {
    let module = item.module(db);
    let find = |module: Module| {
        items_named(db, module, name).iter().copied().find(|item| binds(item.kind(db)))
    };
    match instance_of(db, program, module) {
        Some(instance) => find(instance.base(db))
            .or_else(|| instance.overlays(db).iter().find_map(|&overlay| find(overlay))),
        None => find(module),
    }
}

/// The item that stands for all that bind the same name: the lowest of them.
pub fn canonical(db: &dyn salsa::Database, program: Program, item: Item) -> Item {
    let module = item.module(db);
    if module.origin(db) == Origin::Library {
        return item;
    }
    let name = item.name(db);
    let first = |from: Module| {
        let layer = |layer: &Item| binds(layer.kind(db)) && share(db, item, *layer);
        items_named(db, from, name).iter().copied().find(layer)
    };
    let found = match instance_of(db, program, module) {
        Some(instance) => first(instance.base(db))
            .or_else(|| instance.overlays(db).iter().find_map(|&overlay| first(overlay))),
        None => first(module),
    };
    found.unwrap_or(item)
}

/// Whether two items that bind one name bind the same: a `let` is its file's own.
pub(crate) fn share(db: &dyn salsa::Database, one: Item, other: Item) -> bool {
    one.module(db) == other.module(db)
        || (one.kind(db) != ItemKind::Let && other.kind(db) != ItemKind::Let)
}

fn binds(kind: ItemKind) -> bool {
    use ItemKind as K;
    matches!(kind, K::Binding | K::Let | K::Input | K::Set | K::Asked)
}

/// The instance in which a module takes part; overlays take part in that of their base.
pub(crate) fn instance_of(
    db: &dyn salsa::Database,
    program: Program,
    module: Module,
) -> Option<Instance> {
    let root = program.root(db);
    if root.base(db) == module || root.overlays(db).contains(&module) {
        return Some(root);
    }
    program.instances(db).of(module)
}
