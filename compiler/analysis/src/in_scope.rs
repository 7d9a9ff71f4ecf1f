//! The names that are in scope in a module, for suggestions.

use kube::near::Names;
use salsa::Database;

use crate::db::{Item, ItemKind, Library, Module};
use crate::resolve::{bases, brought};

fn bound(db: &dyn Database, module: Module) -> impl Iterator<Item = &str> {
    module.names(db).iter().map(|(name, _)| &**name)
}

/// The names that a file, and those below an overlay, have in scope of their own.
fn names_of_files(db: &dyn Database, module: Module) -> Vec<&str> {
    fn used(db: &dyn Database, module: Module) -> impl Iterator<Item = &str> {
        brought(db, module).names.iter().map(|used| &*used.name)
    }
    let mut names: Vec<&str> = bound(db, module).collect();
    for base in bases(db, module) {
        // What a file names with `let` is in scope in that file alone.
        let seen = |items: &[Item]| items.iter().any(|item| item.kind(db) != ItemKind::Let);
        let named = base.names(db).iter().filter(|(_, items)| seen(items));
        names.extend(named.map(|(name, _)| &**name));
        names.extend(used(db, *base));
    }
    names.extend(used(db, module));
    names
}

/// Of the names that a file, and those below an overlay, have in scope of their own those that `name` can have been
/// meant to be. Of many names that nothing has, each is asked for.
pub fn names_of_files_near<'db>(
    db: &'db dyn Database,
    module: Module,
    name: &str,
) -> Vec<&'db str> {
    known(db, module).near(name)
}

#[salsa::tracked]
fn known(db: &dyn Database, module: Module) -> Names {
    Names::new(names_of_files(db, module))
}

/// The names of the library that are in scope everywhere.
pub fn names_of_everybody(db: &dyn Database) -> Vec<&str> {
    let Some(library) = Library::try_get(db) else { return Vec::new() };
    let prelude = std::iter::once(library.prelude(db));
    let modules = prelude.chain(library.functions(db).iter().copied());
    modules.flat_map(|module| bound(db, module)).collect()
}

/// All names that are in scope in a module, for suggestions; with repetitions, those of files before all others.
pub fn names_in_scope(db: &dyn Database, module: Module) -> Vec<&str> {
    let mut names = names_of_files(db, module);
    names.extend(names_of_everybody(db));
    names
}
