//! Public names for what a `let` holds, or what is made in a file that is used: of several, the first emits it.

use bumpalo::Bump;

use crate::db::{Item, Module, Program};
use crate::eval::value::{Kind, Rec, Value};
use crate::eval::{Eval, canonical, stack_of};
use crate::limits;
use crate::reach::is_elsewhere;
use crate::reached::made_elsewhere;
use crate::render::emits;
use crate::schema::SchemaInfo;

/// A public name for what lies at a path of another item.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Alias {
    name: Item,
    of: Item,
    path: Box<str>,
}

/// The public names of a file, and of the overlays on it, that are other names or hold some. Asked for only
/// where there is one.
#[salsa::tracked(returns(deref))]
fn aliases(db: &dyn salsa::Database, program: Program, module: Module) -> Vec<Alias> {
    let mut names: Vec<Item> = Vec::new();
    for module in stack_of(db, program, module) {
        for item in module
            .items(db)
            .iter()
            .copied()
            .filter(|item| emits(db, *item) && !is_elsewhere(db, *item))
        {
            let name = canonical(db, program, item);
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    names.into_iter().flat_map(|name| held_by(db, program, name).iter().cloned()).collect()
}

/// The other names that an item is, or holds in lists and maps.
#[salsa::tracked(returns(deref))]
fn held_by(db: &dyn salsa::Database, program: Program, item: Item) -> Vec<Alias> {
    let arena = Bump::new();
    let eval = Eval::new(db, &arena, program, item);
    let mut found = Vec::new();
    collect(&eval, eval.root(), 0, &mut found);
    found
}

fn collect<'a>(eval: &Eval<'a>, value: Value<'a>, depth: u32, found: &mut Vec<Alias>) {
    if depth > limits::NESTED {
        return;
    }
    match eval.whnf(value) {
        Value::Handle(handle) => {
            found.push(Alias { name: eval.unit, of: handle.item, path: handle.path.into() });
        }
        Value::List(elements) => {
            for element in eval.looked_through(elements) {
                collect(eval, element.value, depth + 1, found);
            }
        }
        Value::Rec(rec) if let Some(at) = made_elsewhere(eval, rec) => {
            found.push(Alias { name: eval.unit, of: at.item, path: at.path });
        }
        Value::Rec(Rec {
            kind: Kind::Kube(_) | Kind::Object | Kind::Schema(SchemaInfo { case: None, .. }, _),
            ..
        }) => {}
        Value::Rec(rec) => {
            for slot in eval.slots(rec).iter() {
                collect(eval, eval.force(rec, slot), depth + 1, found);
            }
        }
        _ => {}
    }
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
