//! What only follows from a name that is misspelt: that the field which was meant is missing, and that a check of the
//! record does not hold without it.

use std::collections::BTreeMap;
use std::ops::Range;

use salsa::Database;

use crate::db::Item;
use crate::parse::parsed;
use crate::problem::{Code, Part, Place, Problem};
use crate::told::Found;

/// A field that a record does not have.
struct Unknown {
    range: Range<usize>,
    /// The field that is nearly called so.
    meant: Option<String>,
}

/// Takes away what is told of a record besides that a field in it is unknown, where it may follow from that.
pub(crate) fn without_what_follows(db: &dyn Database, found: &mut Vec<Found>) {
    let mut all: BTreeMap<Item, Vec<Unknown>> = BTreeMap::new();
    for Found { problem, .. } in &*found {
        if let Some(unknown) = unknown(db, problem) {
            all.entry(problem.place.item).or_default().push(unknown);
        }
    }
    if all.is_empty() {
        return;
    }
    found.retain(|Found { problem, .. }| {
        let code = problem.code;
        if !matches!(code, Code::E(202 | 307)) {
            return true;
        }
        let Some(unknown) = all.get(&problem.place.item) else { return true };
        let Some(range) = range_of(db, problem.place) else { return true };
        let mut within = unknown
            .iter()
            .filter(|unknown| range.start < unknown.range.start && unknown.range.end < range.end);
        !within.any(|unknown| match (code, &unknown.meant) {
            (Code::E(202), Some(meant)) => problem.message.contains(&format!("`{meant}`")),
            (Code::E(202), None) => false,
            _ => true,
        })
    });
}

fn unknown(db: &dyn Database, problem: &Problem) -> Option<Unknown> {
    if !matches!(problem.code, Code::E(102 | 204)) {
        return None;
    }
    let edit = problem.fix.as_ref().and_then(|fix| fix.edits.first());
    let meant = edit.filter(|edit| matches!(edit.part, Part::Word(_)));
    Some(Unknown {
        range: range_of(db, problem.place)?,
        meant: meant.map(|edit| edit.text.clone()),
    })
}

fn range_of(db: &dyn Database, place: Place) -> Option<Range<usize>> {
    Some(parsed(db, place.item).tree().node(place.node)?.range())
}
