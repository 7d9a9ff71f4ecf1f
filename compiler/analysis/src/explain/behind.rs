//! What the user wrote behind a leaf of an object: the place that gave its value, and those that handed it on.

use std::ops::Range;

use bumpalo::Bump;
use kube::tree::{Step, Tree};
use syntax::{Node, NodeKind as K};

use crate::cross::is_shared;
use crate::db::{Item, ItemKind, Program};
use crate::eval::Eval;
use crate::eval::value::{Rec, Spot};
use crate::eval::way::Way;
use crate::explain::find::{self, Found};
use crate::explain::object::{Origins, file_namespace, made, segment};
use crate::parse::parsed;
use crate::path::Segment;
use crate::problem::Place;

/// How many places are told besides the one that gave the value.
const BETWEEN: usize = 3;

/// A leaf of an object, by the number of the object in its unit.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Asked {
    pub object: usize,
    pub path: Vec<Step>,
    /// It is about the name of the leaf, and not about its value.
    pub of_key: bool,
    /// It is about these bytes of its text.
    pub within: Option<Range<usize>>,
}

/// The places of the user's files behind a leaf.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Behind {
    /// First the one that gave the value, then those that handed it on, nearest to it first.
    pub places: Vec<Place>,
    /// Where the values were written that the text at the first one was put together from.
    pub parts: Vec<Place>,
    /// What was asked about is written at the first place and nowhere else, whoever uses it.
    pub exact: bool,
}

/// What is behind each of these leaves of objects of a unit, as far as the user wrote it.
pub(crate) fn behind(
    db: &dyn salsa::Database,
    program: Program,
    unit: Item,
    wanted: &[Asked],
) -> Vec<Behind> {
    let arena = Bump::new();
    let eval = Eval::traced(db, &arena, program, unit).deriving();
    let objects = made(&eval, &mut Tree::default());
    let places = wanted.iter().map(|asked| match objects.get(asked.object) {
        Some(object) => behind_in(&eval, object.rec, object.made, asked),
        None => Behind::default(),
    });
    places.collect()
}

/// Whether a value is written out at a place, so that it comes from nowhere else.
pub(crate) fn is_literal(db: &dyn salsa::Database, place: Place) -> bool {
    if !matches!(place.item.module(db).origin(db), crate::db::Origin::File) {
        return false;
    }
    if matches!(place.item.kind(db), ItemKind::Set | ItemKind::Data) {
        return true;
    }
    let parsed = parsed(db, place.item);
    let node = parsed.tree().node(place.node);
    node.is_some_and(|node| is_written_out(node) || is_key(node))
}

fn is_written_out(node: Node<'_>) -> bool {
    match node.kind() {
        K::Str | K::Int | K::Float | K::Unit | K::Bool => true,
        K::Unary => node.children().all(|part| part.kind() == K::PrefixOp || is_written_out(part)),
        _ => false,
    }
}

/// Whether it is a name of a path: the key of what stands there.
fn is_key(node: Node<'_>) -> bool {
    node.kind() == K::Name && node.parent().is_some_and(|parent| parent.kind() == K::Path)
}

/// What is behind a leaf of an object that was made at this place, as far as users wrote it. The evaluation is a traced one.
pub(crate) fn behind_in<'a>(
    eval: &Eval<'a>,
    object: &'a Rec<'a>,
    made: Place,
    asked: &Asked,
) -> Behind {
    let path: Vec<Segment> = asked.path.iter().cloned().map(segment).collect();
    let found = find::in_record(eval, object, &path);
    let way = match (file_namespace(eval, object, &path), &found) {
        (Some((file, slot)), _) => eval.way_of_slot(file, slot),
        (None, Ok(Found::Slot(rec, slot))) if asked.of_key => eval.way_of_key(rec, slot),
        (None, Ok(Found::Slot(rec, slot))) => eval.way_of_slot(rec, slot),
        (None, Ok(Found::Element(_, slot, element))) => eval.way_of_element(slot, *element),
        _ => return Behind::default(),
    };
    let by_user = |spot: &&Spot<'_>| !spot.source.library;
    let places_of = |spots: &[Spot<'_>]| -> Vec<Place> {
        spots.iter().filter(by_user).map(|spot| spot.place()).collect()
    };
    if let Some(range) = &asked.within
        && let Some(spots) = way.to(range)
    {
        let mut places = places_of(&spots);
        places.reverse();
        places.dedup();
        places.truncate(1 + BETWEEN);
        return Behind { places, parts: Vec::new(), exact: true };
    }
    let mut places = places_of(&way.spots);
    places.reverse();
    places.dedup();
    let ends: Vec<Spot<'_>> =
        way.parts.iter().filter_map(|part| part.spots.last().copied()).collect();
    let mut parts = places_of(&ends);
    if is_for_several(eval, &way)
        && let Ok(Found::Slot(rec, slot) | Found::Element(rec, slot, _)) = found
        && let Some(first) = Origins::through(eval, made).of(rec, slot).first()
    {
        places.retain(|place| place != first);
        places.insert(0, *first);
        parts.clear();
    }
    // What is for several is mended where one of them says so.
    if let Some(own) = places.iter().position(|place| !is_shared(eval.db, *place)) {
        let own = places.remove(own);
        places.insert(0, own);
    }
    places.truncate(1 + BETWEEN);
    parts.truncate(BETWEEN);
    Behind { places, parts, exact: false }
}

/// Whether the value is computed by what is for several, so that what it was computed from is of more interest.
fn is_for_several(eval: &Eval<'_>, way: &Way<'_>) -> bool {
    way.spots
        .last()
        .is_none_or(|last| last.source.library || way.computed && is_shared(eval.db, last.place()))
}
