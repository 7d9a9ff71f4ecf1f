//! What of an item is not evaluated, because there is a mistake in it.

use crate::db::Item;
use crate::elaborate::elaborate;
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

/// Whether the type of an item was refused because it depends on itself. Its values may do so too, which is then told
/// instead; or hold themselves without end.
pub(crate) fn is_turning(db: &dyn salsa::Database, item: Item) -> bool {
    elaborate(db, item).problems.iter().any(|problem| problem.code == Code::E(233))
}
