//! The files that a file lies on, as an overlay of them or of others between.

use salsa::Database;
use syntax::NodeKind;

use crate::db::{ItemKind, Module};
use crate::parse::parsed;
use crate::resolve::file;

/// The files that this one is an overlay on, in the order written.
#[salsa::tracked(returns(deref))]
pub fn bases(db: &dyn Database, module: Module) -> Vec<Module> {
    let mut bases = Vec::new();
    for item in module.items(db).iter().filter(|item| item.kind(db) == ItemKind::Overlay) {
        let parsed = parsed(db, *item);
        for entry in parsed.tree().root().children() {
            for path in entry.children().filter(|node| node.kind() == NodeKind::Str) {
                if let Some(base) = file(db, module, &syntax::literal::string_value(path.text())) {
                    bases.push(base);
                }
            }
        }
    }
    bases
}

/// The files that this one lies on, through however many others: each once, and behind it those that it lies on itself.
pub fn all_bases(db: &dyn Database, module: Module) -> &[Module] {
    // Most files lie on no other.
    if bases(db, module).is_empty() { &[] } else { through_bases(db, module) }
}

#[salsa::tracked(returns(deref))]
fn through_bases(db: &dyn Database, module: Module) -> Vec<Module> {
    let mut found: Vec<Module> = Vec::new();
    let mut waiting: Vec<Module> = bases(db, module).iter().rev().copied().collect();
    while let Some(next) = waiting.pop() {
        if !found.contains(&next) {
            found.push(next);
            waiting.extend(bases(db, next).iter().rev().filter(|base| !found.contains(base)));
        }
    }
    found
}
