//! What overlays bind in the files that a program uses: `env.tag = …`, where the base says `use "./env.dep" as env`,
//! is a layer on `tag` in that file, for everything in the program that reads it.
//!
//! Overlays name what they change by paths, so which files they reach is known from their text. It is asked by name:
//! a layer on one field of a used file runs nothing that reads the others.

use std::sync::Arc;

use salsa::Database;

use crate::code::{Reached, Root};
use crate::db::{Instance, Item, ItemKind, Module, Origin, Program};
use crate::elaborate::elaborate;
use crate::eval::{instance_of, stack_of};
use crate::resolve::{Name, Target, all_bases, bases, brought, declaration, items_named};

/// The module that the first segment of a path stands for, where the path is bound in an overlay or on the command
/// line: by a `use` of the overlay itself, else of what it stands on. [`Target::Broken`] where that `use` is wrong,
/// `None` for every name that is something else.
pub fn used_as(db: &dyn Database, module: Module, name: &str) -> Option<Target> {
    used_by_name(db, module, Name::new(db, name))
}

#[salsa::tracked(returns(copy))]
fn used_by_name<'db>(db: &'db dyn Database, module: Module, name: Name<'db>) -> Option<Target> {
    let text = name.text(db);
    let bases = bases(db, module);
    let declares = |item: &Item| bases.is_empty() || !layers(db, *item);
    if items_named(db, module, text).iter().any(declares)
        || bases.iter().any(|base| declaration(db, *base, text).is_some())
    {
        return None;
    }
    match brought(db, module).named(text) {
        Some(used) => {
            Some(used.target).filter(|target| matches!(target, Target::Module(_) | Target::Broken))
        }
        None => bases.iter().find_map(|base| used_as(db, *base, text)),
    }
}

/// The names by which an overlay can reach other files, for suggestions.
pub fn module_names(db: &dyn Database, module: Module) -> Vec<Arc<str>> {
    let modules = std::iter::once(&module).chain(all_bases(db, module));
    let used = modules.flat_map(|module| &brought(db, *module).names);
    let modules = used.filter(|used| matches!(used.target, Target::Module(_)));
    modules.map(|used| used.name.clone()).collect()
}

/// Whether an item binds something in a used file, and nothing in its own stack of files.
pub fn is_elsewhere(db: &dyn Database, item: Item) -> bool {
    let module = item.module(db);
    layers(db, item)
        && !bases(db, module).is_empty()
        && used_as(db, module, item.name(db)).is_some()
}

/// The overlays of a program that reach a module, lowest first, each with the file of the module's stack that it
/// names: those of stacks that are used lie below those of the built file.
#[salsa::tracked(returns(deref))]
pub fn reaching(db: &dyn Database, program: Program, module: Module) -> Vec<(Module, Module)> {
    let stack = stack_of(db, program, module);
    let mut found = Vec::new();
    for overlay in overlays(db, program) {
        for of in &stack {
            if reached(db, overlay).iter().any(|(module, ..)| module == of) {
                found.push((overlay, *of));
            }
        }
    }
    found
}

/// Whether any file of a program is an overlay; where none is, nothing can be reached.
#[salsa::tracked(returns(copy))]
pub fn has_overlays(db: &dyn Database, program: Program) -> bool {
    let lies = |instance: Instance| !instance.overlays(db).is_empty();
    lies(program.root(db)) || program.instances(db).iter().any(|(_, instance)| lies(*instance))
}

fn overlays(db: &dyn Database, program: Program) -> Vec<Module> {
    let root = program.root(db);
    let used = program.instances(db).iter().map(|(_, instance)| *instance).filter(|i| *i != root);
    let mut overlays: Vec<Module> = Vec::new();
    for overlay in used.chain([root]).flat_map(|instance| instance.overlays(db).iter().copied()) {
        if !overlays.contains(&overlay) {
            overlays.push(overlay);
        }
    }
    overlays
}

/// The items of an overlay that bind a name in a file that is used.
pub fn layers_on<'db>(
    db: &'db dyn Database,
    overlay: Module,
    of: Module,
    name: &str,
) -> &'db [Item] {
    layers_by_name(db, overlay, of, Name::new(db, name))
}

#[salsa::tracked(returns(deref))]
fn layers_by_name<'db>(
    db: &'db dyn Database,
    overlay: Module,
    of: Module,
    name: Name<'db>,
) -> Vec<Item> {
    let of_name = reached(db, overlay)
        .iter()
        .filter(|(module, bound, _)| *module == of && **bound == *name.text(db));
    of_name.map(|(.., item)| *item).collect()
}

/// Everything that an overlay binds in used files, in the order of its items.
#[salsa::tracked(returns(deref))]
fn reached(db: &dyn Database, overlay: Module) -> Vec<(Module, Arc<str>, Item)> {
    let mut found = Vec::new();
    for (_, items) in overlay.names(db).iter() {
        for item in items.iter().copied().filter(|item| is_elsewhere(db, *item)) {
            if let Root::Reached(layers) = &elaborate(db, item).code.root {
                found.extend(
                    layers.iter().map(|Reached { module, name, .. }| (*module, name.clone(), item)),
                );
            }
        }
    }
    found
}

/// Whether an item only binds: where the module is an overlay, it is a layer.
fn layers(db: &dyn Database, item: Item) -> bool {
    matches!(item.kind(db), ItemKind::Binding | ItemKind::Set)
}

/// The instance of a module, unless nothing can be a layer on it.
pub(crate) fn may_be_reached(db: &dyn Database, program: Program, module: Module) -> bool {
    module.origin(db) == Origin::File
        && has_overlays(db, program)
        && instance_of(db, program, module).is_some()
}
