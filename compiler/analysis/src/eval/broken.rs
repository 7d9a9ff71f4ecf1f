//! What of an item is not evaluated, because there is a mistake in it.

use crate::db::Item;
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
