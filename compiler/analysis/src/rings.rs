//! Rings of values: which leaves a leaf depends on that is an error, back to itself, and who tells of them where.
//!
//! A read that is on a ring gives the one error value, as does one that only follows from it. So the reads that gave errors
//! are followed again, leaf by leaf.

use std::hash::{Hash, Hasher};

use bumpalo::Bump;
use rustc_hash::{FxHashSet, FxHasher};

use crate::db::Item;
use crate::eval::unbound::way_out;
use crate::eval::value::{FailedRead, SEPARATOR, Value};
use crate::eval::{Eval, canonical};
use crate::limits;
use crate::problem::{Place, Problem};
use crate::read::{World, walk};

/// A value that an item reads of another, or of itself.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Leaf {
    pub item: Item,
    pub path: String,
    pub world: World,
}

impl Leaf {
    pub fn of(read: &FailedRead<'_>) -> Self {
        Leaf { item: read.item, path: read.path.to_owned(), world: read.world }
    }
}

/// The leaves on the way from one that is an error back to itself; `None` where it only follows from one, or
/// where the ring is so large that another item is to report it.
pub(crate) fn ring_through(eval: &Eval<'_>, start: &Leaf) -> Option<Vec<Leaf>> {
    let mut way = vec![start.clone()];
    let mut next = vec![reads_of(eval, start)];
    let mut seen = FxHashSet::from_iter([start.clone()]);
    let mut budget = 2 * limits::CHAIN;
    let own = rank(eval, eval.unit);
    while let Some(candidates) = next.last_mut() {
        let Some(leaf) = candidates.pop() else {
            next.pop();
            way.pop();
            continue;
        };
        if leaf == *start {
            return Some(way);
        }
        // Whatever ring this leads to is told by an item that comes before. So all but one of those on a large ring
        // follow it for a few steps only.
        if !start.world.bare && rank(eval, leaf.item) < own {
            continue;
        }
        if budget == 0
            || eval.is_exhausted()
            || (way.len() == limits::RING + 1 && !ranks_first(eval, &way))
        {
            return None;
        }
        if !seen.insert(leaf.clone()) {
            continue;
        }
        budget -= 1;
        next.push(reads_of(eval, &leaf));
        way.push(leaf);
    }
    None
}

/// The reads of a leaf that are errors, the first one last.
fn reads_of(eval: &Eval<'_>, leaf: &Leaf) -> Vec<Leaf> {
    let arena = Bump::new();
    let inner = Eval::new(eval.db, &arena, eval.program, leaf.item).in_world(leaf.world);
    let _ = walk(&inner, &leaf.path);
    eval.charge(&inner);
    let reads = inner.failed_reads.borrow();
    reads.iter().rev().map(Leaf::of).collect()
}

/// Whether the item that is validated has one of the leaves.
fn on(eval: &Eval<'_>, ring: &[Leaf]) -> bool {
    ring.iter().any(|leaf| canonical(eval.db, eval.program, leaf.item) == eval.unit)
}

/// Whether the item that is validated comes first among those of the leaves. All others leave a large ring to
/// it, so that few follow it to its end.
fn ranks_first(eval: &Eval<'_>, leaves: &[Leaf]) -> bool {
    let own = rank(eval, eval.unit);
    leaves.iter().all(|leaf| rank(eval, leaf.item) >= own)
}

/// The order among the items of a ring: any would do that spreads, so that of a large ring, of which each item
/// sees a part, few find themselves first.
fn rank(eval: &Eval<'_>, item: Item) -> u64 {
    let item = canonical(eval.db, eval.program, item);
    let mut hasher = FxHasher::default();
    item.module(eval.db).path(eval.db).hash(&mut hasher);
    item.name(eval.db).hash(&mut hasher);
    hasher.finish()
}

pub(crate) fn report_ring(eval: &Eval<'_>, ring: &[Leaf], at: Option<Place>) {
    if ring.len() > limits::RING {
        if let Some(place) = at
            && on(eval, ring)
            && ranks_first(eval, ring)
        {
            eval.report(Problem::error(
                503,
                place,
                format!("more than {} values depend on each other in a ring", limits::RING),
            ));
        }
        return;
    }
    let name = |leaf: &Leaf| {
        let item = canonical(eval.db, eval.program, leaf.item);
        (item.module(eval.db).path(eval.db).to_owned(), shown(eval, leaf))
    };
    let Some(first) = (0..ring.len()).min_by_key(|&i| ring.get(i).map(name)) else { return };
    let mut turned: Vec<&Leaf> = ring.iter().cycle().skip(first).take(ring.len()).collect();
    let Some(leaf) = turned.first() else { return };
    // What only a rule reads so is told by whoever it is for.
    let is_ours = leaf.world.bare || (on(eval, ring) && ranks_first(eval, ring));
    if !is_ours {
        return;
    }
    let after = turned.iter().skip(1).chain([leaf]);
    let mut places: Vec<Option<Place>> =
        turned.iter().zip(after).map(|(leaf, next)| place_of(eval, leaf, next)).collect();
    // It begins where a user can mend it.
    let by_user = places.iter().position(Option::is_some);
    turned.rotate_left(by_user.unwrap_or_default());
    places.rotate_left(by_user.unwrap_or_default());
    let Some((leaf, place)) = turned.first().zip(places.first()) else { return };
    let place = place.unwrap_or(Place { item: leaf.item, node: 2 });
    // A name means something in its file.
    let file = |leaf: &Leaf| canonical(eval.db, eval.program, leaf.item).module(eval.db);
    let several = turned.iter().any(|other| file(other) != file(leaf));
    let named = |leaf: &Leaf| match several {
        true => format!("{} of {}", shown(eval, leaf), file(leaf).path(eval.db)),
        false => shown(eval, leaf),
    };
    let names: Vec<String> = turned.iter().map(|leaf| named(leaf)).collect();
    let first = shown(eval, leaf);
    let again = named(leaf);
    let mut problem = Problem::error(
        501,
        place,
        format!("`{first}` depends on itself: {} → {again}", names.join(" → ")),
    );
    problem = problem.help(way_out(names.len()));
    for (place, leaf) in places.iter().zip(&turned).skip(1) {
        if let Some(place) = place {
            problem = problem.related(*place, format!("through `{}` here", shown(eval, leaf)));
        }
    }
    eval.report(problem);
}

fn shown(eval: &Eval<'_>, leaf: &Leaf) -> String {
    let name = leaf.item.name(eval.db).to_owned();
    if leaf.path.is_empty() {
        return name;
    }
    leaf.path.split(SEPARATOR).fold(name, |path, name| format!("{path}.{name}"))
}

/// Where the user wrote the value of a leaf of a ring, or, where the library computes it, what reads the next leaf for it.
fn place_of(eval: &Eval<'_>, leaf: &Leaf, next: &Leaf) -> Option<Place> {
    let arena = Bump::new();
    let inner = Eval::new(eval.db, &arena, eval.program, leaf.item).in_world(leaf.world);
    let (file, root) = inner.item_slot(leaf.item, leaf.world.bare);
    let (outer, name) = leaf.path.rsplit_once(SEPARATOR).unwrap_or(("", &leaf.path));
    if leaf.path.is_empty() {
        return Some(inner.slot_place(file, root));
    }
    if let Ok(Value::Rec(rec)) = walk(&inner, outer)
        && let Some(slot) = inner.slot(rec, name)
        && let Some(written) = inner.written_place(rec, slot)
    {
        return Some(written);
    }
    let _ = walk(&inner, &leaf.path);
    eval.charge(&inner);
    let reads = inner.failed_reads.borrow();
    let mut of_next = reads.iter().filter(|read| Leaf::of(read) == *next);
    let by = of_next.find_map(|read| read.at.filter(|at| !at.source.library));
    by.map(|at| at.place())
}
