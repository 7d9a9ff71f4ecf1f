//! What an item does not bind because of a mistake in it: the names around each part that is broken.

use rustc_hash::FxHashSet;
use syntax::NodeKind;

use crate::db::{Item, Origin};
use crate::elaborate::elaborate;
use crate::parse::parsed;
use crate::problem::{Code, Problem, Severity};

/// The nodes of an item that are broken, in their order.
pub(super) fn poisoned(item: Item, problems: &[Problem]) -> Vec<u32> {
    // A record that lacks a field is worth evaluating for the mistakes in the rest of it.
    let breaks = |p: &&Problem| {
        p.severity == Severity::Error && p.place.item == item && p.code != Code::E(202)
    };
    let mut nodes: Vec<u32> = problems.iter().filter(breaks).map(|p| p.place.node).collect();
    nodes.sort_unstable();
    nodes
}

/// The names of all entries around what is broken in an item; asked for where something is, by each evaluation that
/// meets it.
#[salsa::tracked(returns(deref))]
pub(super) fn dropped(db: &dyn salsa::Database, item: Item) -> Vec<Box<str>> {
    if item.module(db).origin(db) == Origin::Data {
        return Vec::new();
    }
    let parsed = parsed(db, item);
    let mut names = Vec::new();
    let mut seen = FxHashSet::default();
    let mut around = FxHashSet::default();
    for node in poisoned(item, &elaborate(db, item).problems) {
        let Some(node) = parsed.tree().node(node) else { continue };
        for node in std::iter::once(node).chain(node.ancestors()) {
            // Whatever is around this was looked at with it.
            if !around.insert(node.id()) {
                break;
            }
            let path = match node.kind() == NodeKind::Path {
                true => Some(node),
                false => node.child(NodeKind::Path),
            };
            for name in path.iter().flat_map(|path| path.children()) {
                let name: Box<str> = crate::types::key_text(name).as_ref().into();
                if seen.insert(name.clone()) {
                    names.push(name);
                }
            }
        }
    }
    names
}
