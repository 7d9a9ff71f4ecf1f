//! Public names for what a `let` holds: of several, the first emits it.

use crate::db::{Item, Module, Program};
use crate::eval::{canonical, stack_of};
use crate::read::{Data, Path, read};
use crate::render::emits;

/// A public name for what a `let` holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Alias {
    name: Item,
    of: Item,
    path: Box<str>,
}

/// The public names of a file, and of the overlays on it, that are only other names. Asked for only where
/// there is one.
#[salsa::tracked(returns(deref))]
fn aliases(db: &dyn salsa::Database, program: Program, module: Module) -> Vec<Alias> {
    let mut found: Vec<Alias> = Vec::new();
    for module in stack_of(db, program, module) {
        for item in module.items(db).iter().copied().filter(|item| emits(db, *item)) {
            let name = canonical(db, program, item);
            if found.iter().any(|alias| alias.name == name) {
                continue;
            }
            if let Data::Handle(of, path, _) = &read(db, program, name, Path::new(db, "")).data {
                found.push(Alias { name, of: *of, path: path.clone() });
            }
        }
    }
    found
}

/// The first public name of what lies at a path of `of`, in the files of `unit`.
pub(crate) fn first_name(
    db: &dyn salsa::Database,
    program: Program,
    unit: Item,
    of: Item,
    path: &str,
) -> Option<Item> {
    aliases(db, program, unit.module(db))
        .iter()
        .find(|alias| alias.of == of && *alias.path == *path)
        .map(|alias| alias.name)
}
