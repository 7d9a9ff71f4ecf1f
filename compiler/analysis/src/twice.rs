//! What only follows from a name that is bound twice: that it is set again, the kind of one of the two.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::db::Item;
use crate::parse::parsed;
use crate::problem::{Code, Problem};
use crate::told::Found;

/// Takes away that a second binding of a name is of another kind than the first: one of the two will go.
pub(crate) fn without_kinds_of_twice(found: &mut Vec<Found>) {
    let twice: BTreeSet<_> = found
        .iter()
        .filter(|found| found.problem.code == Code::E(401))
        .map(|found| found.problem.place.item)
        .collect();
    found.retain(|found| {
        found.problem.code != Code::E(201) || !twice.contains(&found.problem.place.item)
    });
}

/// The nodes of the bindings that bind something a second time in one layer.
pub(crate) fn bound_twice(
    db: &dyn salsa::Database,
    problems: &[Problem],
) -> Vec<(Item, Range<u32>)> {
    let binding = |problem: &Problem| {
        let item = problem.place.item;
        let parsed = parsed(db, item);
        let above = parsed.tree().node(problem.place.node)?.ancestors();
        let binding = above.iter().find(|node| node.kind() == syntax::NodeKind::Binding)?;
        Some((item, binding.id()..binding.id() + binding.size()))
    };
    problems.iter().filter(|problem| problem.code == Code::E(401)).filter_map(binding).collect()
}
