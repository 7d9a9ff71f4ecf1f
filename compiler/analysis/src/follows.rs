//! What only follows from another mistake that is told: it goes with that.

use std::collections::BTreeSet;

use syntax::{Node, NodeKind};

use crate::db::{Database, Item};
use crate::elaborate::written_keys;
use crate::parse::parsed;
use crate::problem::{Code, Place, Problem};
use crate::told::Found;
use crate::types::key_text;

/// Takes away what is said of types where a value depends on itself: they are not known only because of that.
pub(crate) fn without_types_of_rings(found: &mut Vec<Found>) {
    let turning: BTreeSet<Item> = found
        .iter()
        .filter(|found| matches!(found.problem.code, Code::E(501 | 503)))
        .flat_map(|found| {
            let through = found.problem.related.iter().map(|label| label.place.item);
            through.chain([found.problem.place.item])
        })
        .collect();
    found.retain(|Found { problem, .. }| {
        !matches!(problem.code, Code::E(233 | 252)) || !turning.contains(&problem.place.item)
    });
}

/// Takes away that nothing below sets what an item overrides, which is made of one that was meant to be given it by
/// another name.
pub(crate) fn without_overrides_of_lost(db: &Database, found: &mut Vec<Found>) {
    let lost = found.iter().filter(|found| found.problem.code == Code::E(406));
    let lost: Vec<Lost> = lost.filter_map(|found| lost_by(db, &found.problem)).collect();
    if lost.is_empty() {
        return;
    }
    found.retain(|Found { problem, .. }| {
        problem.code != Code::E(403) || !overrides_one(db, problem.place, &lost)
    });
}

/// A binding that is lost, because the name in front of it is that of nothing.
struct Lost {
    /// The name that was certainly meant.
    meant: String,
    /// What it binds in that, by the last names.
    names: Vec<String>,
}

fn lost_by(db: &Database, problem: &Problem) -> Option<Lost> {
    let meant = problem.fix.as_ref()?.edits.first()?.text.clone();
    let parsed = parsed(db, problem.place.item);
    let binding = binding_around(parsed.tree().node(problem.place.node)?)?;
    let names = match binding.child(NodeKind::Body) {
        Some(body) => written_keys(body).iter().map(|key| key.to_string()).collect(),
        None => vec![last_name(binding)?],
    };
    Some(Lost { meant, names })
}

fn overrides_one(db: &Database, place: Place, lost: &[Lost]) -> bool {
    let parsed = parsed(db, place.item);
    let node = parsed.tree().node(place.node);
    let Some(name) = node.and_then(binding_around).and_then(last_name) else { return false };
    let is_made_of = |meant: &str| {
        let value = parsed.tree().entry().child(NodeKind::Set);
        let head =
            value.and_then(|value| value.children().next()).map(|value| match value.kind() {
                NodeKind::Chain => value.children().next().unwrap_or(value),
                _ => value,
            });
        head.is_some_and(|head| head.text() == meant)
    };
    lost.iter().any(|lost| lost.names.contains(&name) && is_made_of(&lost.meant))
}

fn binding_around(node: Node<'_>) -> Option<Node<'_>> {
    let mut around = std::iter::once(node).chain(node.ancestors());
    around.find(|node| node.kind() == NodeKind::Binding)
}

fn last_name(binding: Node<'_>) -> Option<String> {
    let path = binding.child(NodeKind::Path)?;
    path.children().last().map(|name| key_text(name).to_string())
}
