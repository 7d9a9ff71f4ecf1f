//! Fields of files that nothing reads and that are called nearly as the one which says the namespace of all objects.
//!
//! As [`crate::unused`] it looks at texts when nothing else is wrong, and is no query.

use salsa::Database;
use syntax::NodeKind;

use crate::db::{Item, ItemKind, Module, Origin};
use crate::elaborate::signature;
use crate::fits::base;
use crate::parse::parsed;
use crate::problem::{Place, Problem, Severity};
use crate::show::nearest;
use crate::ty::Ty;
use crate::unused::CODE;

/// The field of a file that means something although nothing reads it.
const NAMESPACE: &str = "namespace";

/// A warning for each of them that holds a text.
pub fn misnamed(db: &dyn Database, modules: &[Module]) -> Vec<Problem> {
    let files = || modules.iter().filter(|module| module.origin(db) == Origin::File);
    let items = || files().flat_map(|module| module.items(db).iter().copied());
    let of_file = |item: &Item| item.kind(db) == ItemKind::Binding && is_near(item.name(db));
    let mut found = Vec::new();
    for item in items().filter(of_file) {
        let name = item.name(db);
        let mut own = item.module(db).items(db).iter();
        let is_read = || items().any(|other| other != item && other.text(db).contains(name));
        if own.any(|own| own.name(db) == NAMESPACE) || is_read() {
            continue;
        }
        let parsed = parsed(db, item);
        let binding = parsed.tree().entry();
        let text = matches!(base(&signature(db, item).ty), Ty::Str | Ty::Literal(_));
        let Some(path) = binding.child(NodeKind::Path).filter(|path| text && path.text() == name)
        else {
            continue;
        };
        let message = format!("nothing reads `{name}`, and it says nothing of any object");
        let problem = Problem::error(0, Place { item, node: path.id() }, message);
        let problem = Problem { code: CODE, ..problem.severity(Severity::Warning) };
        found.push(problem.meant(name, [NAMESPACE]));
    }
    found
}

fn is_near(name: &str) -> bool {
    // Most names are told apart by their ends.
    if !name.starts_with(['n', 'N']) && !name.ends_with("ce") {
        return false;
    }
    let part = name.len() > NAMESPACE.len() + 1 && name.to_lowercase().contains(NAMESPACE);
    name.len().abs_diff(NAMESPACE.len()) <= 3 && !part && nearest(name, [NAMESPACE]).is_some()
}
