//! What only follows from a name that is bound twice: that it is set again, the kind of one of the two.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use syntax::NodeKind;

use crate::db::Item;
use crate::elaborate::elaborate;
use crate::parse::parsed;
use crate::problem::{Code, Problem};
use crate::told::Found;

/// Takes away that a second binding of a name is of another kind than the first: one of the two will go.
pub(crate) fn without_kinds_of_twice(db: &dyn salsa::Database, found: &mut Vec<Found>) {
    let twice = found.iter().filter(|found| found.problem.code == Code::E(401));
    let values: BTreeSet<(Item, u32)> = twice
        .filter_map(|found| {
            let item = found.problem.place.item;
            let parsed = parsed(db, item);
            let above = parsed.tree().node(found.problem.place.node)?.ancestors();
            let binding = above.iter().find(|node| node.kind() == NodeKind::Binding)?;
            let value = binding.child(NodeKind::Set)?.children().next()?;
            Some((item, value.id()))
        })
        .collect();
    found.retain(|Found { problem, .. }| {
        problem.code != Code::E(201) || !values.contains(&(problem.place.item, problem.place.node))
    });
}

/// Whether a problem is that of a constant which its type does not admit.
pub(crate) fn is_of_constant(problem: &Problem) -> bool {
    matches!(problem.code, Code::E(301..=306))
}

/// Keeps of what is told of a constant, as it is written and as a value, what names most of the places that have to do
/// with it.
pub(crate) fn without_less_of_constants(db: &dyn salsa::Database, found: &mut Vec<Found>) {
    let is_written = |problem: &Problem| {
        let mut written = elaborate(db, problem.place.item).problems.iter();
        written.any(|written| written.place == problem.place && written.code == problem.code)
    };
    let key = |problem: &Problem| (problem.code, problem.place.item, problem.place.node);
    let mut best: BTreeMap<(Code, Item, u32), (usize, usize)> = BTreeMap::new();
    let constants = found.iter().enumerate().filter(|(_, found)| is_of_constant(&found.problem));
    for (at, Found { problem, .. }) in constants.filter(|(_, found)| is_written(&found.problem)) {
        let named = problem.related.len();
        let known = best.entry(key(problem)).or_insert((at, named));
        if named > known.1 {
            *known = (at, named);
        }
    }
    let mut at = 0;
    found.retain(|Found { problem, .. }| {
        at += 1;
        best.get(&key(problem)).is_none_or(|(kept, _)| *kept + 1 == at)
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
        let binding = above.iter().find(|node| node.kind() == NodeKind::Binding)?;
        Some((item, binding.id()..binding.id() + binding.size()))
    };
    problems.iter().filter(|problem| problem.code == Code::E(401)).filter_map(binding).collect()
}

/// Whether two problems are about one binding: what it binds is not known where it cannot be read as one.
pub(crate) fn is_of_one_binding(db: &dyn salsa::Database, one: &Problem, other: &Problem) -> bool {
    let parsed = parsed(db, one.place.item);
    let binding = |problem: &Problem| {
        let node = parsed.tree().node(problem.place.node)?;
        let mut around = std::iter::once(node).chain(node.ancestors());
        around.find(|node| node.kind() == NodeKind::Binding).map(|node| node.id())
    };
    one.place.item == other.place.item
        && binding(one).is_some_and(|one| Some(one) == binding(other))
}
