//! Where in objects a record of a type may stand that is no object itself: servers judge it only there.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::{FieldError, Refusal, is_alone, refusals, rules_of};
use crate::rules::Level;
use crate::tree::{Ref, Step, Tree};
use crate::types::{Field, FieldType, KindId, TypeId, kinds, named};

/// Places past which no further ones are asked: metadata stands in every kind.
const PLACES: usize = 200;

/// A place in objects of a kind.
struct Place {
    kind: KindId,
    way: Vec<Step>,
}

/// What a server of this minor refuses of a record of this type wherever in an object it stands, and whatever stands
/// beside it, in the words of the first place. The paths begin at the record.
/// Asked is only of what is to be judged.
pub fn refused_anywhere(
    part: Ref<'_>,
    ty: TypeId,
    minor: u8,
    judges: impl Fn(Ref<'_>, &Refusal) -> bool,
) -> Vec<Refusal> {
    let mut everywhere: Option<Vec<Refusal>> = None;
    for place in places(ty, minor).iter() {
        let tree = standing(part, place);
        let Some(root) = tree.roots().next() else { continue };
        let length = place.way.len();
        let mut own: Vec<Refusal> = Vec::new();
        let mut forbidden = false;
        for mut one in refusals(root, minor) {
            if one.level != Level::Error {
                continue;
            }
            if one.error == FieldError::Forbidden && place.way.starts_with(&one.path) {
                // It cannot stand there at all.
                forbidden = true;
            } else if one.path.starts_with(&place.way) {
                let way: Vec<Step> = one.path.drain(..length).collect();
                if !judges(part, &one) {
                    continue;
                }
                one.path.splice(0..0, way);
                if is_alone(root, &one, minor) {
                    one.path.drain(..length);
                    own.push(one);
                }
            }
        }
        if forbidden {
            continue;
        }
        let known = match everywhere.take() {
            None => own,
            Some(known) => {
                known.into_iter().filter(|a| own.iter().any(|b| a.path == b.path)).collect()
            }
        };
        if known.is_empty() {
            return known;
        }
        everywhere = Some(known);
    }
    everywhere.unwrap_or_default()
}

/// By types and minors.
type Places = BTreeMap<(TypeId, u8), Rc<[Place]>>;

/// The places of a type in the kinds of which more is known than their metadata. Found once for each type and thread.
fn places(part: TypeId, minor: u8) -> Rc<[Place]> {
    thread_local! {
        static KNOWN: RefCell<Places> = RefCell::default();
    }
    KNOWN.with_borrow_mut(|known| {
        let found = known.entry((part, minor)).or_insert_with(|| search(part, minor).into());
        Rc::clone(found)
    })
}

fn search(part: TypeId, minor: u8) -> Vec<Place> {
    let judged = |kind: &KindId| {
        let info = kind.info();
        info.exists_in(minor) && rules_of(info.group, &info.api_version(), info.kind).is_some()
    };
    let roots: Vec<KindId> = kinds().filter(judged).collect();
    let above = types_above(part, &roots, minor);
    let mut search =
        Search { part, minor, above, way: Vec::new(), on_way: Vec::new(), found: Vec::new() };
    for kind in roots {
        search.below(kind, kind.info().ty);
    }
    if Some(part) == named("meta.v1.ObjectMeta") {
        // That of what others make later is not looked at everywhere.
        search.found.retain(|place| place.way.len() == 1);
    }
    search.found
}

/// The types in which a type stands, at whatever depth.
fn types_above(part: TypeId, roots: &[KindId], minor: u8) -> BTreeSet<TypeId> {
    let mut holders: BTreeMap<TypeId, Vec<TypeId>> = BTreeMap::new();
    let mut seen: BTreeSet<TypeId> = roots.iter().map(|kind| kind.info().ty).collect();
    let mut open: Vec<TypeId> = seen.iter().copied().collect();
    while let Some(ty) = open.pop() {
        for held in ty.fields_at(minor).filter_map(|field| field.ty.object()) {
            holders.entry(held).or_default().push(ty);
            if seen.insert(held) {
                open.push(held);
            }
        }
    }
    let mut above = BTreeSet::new();
    let mut open = vec![part];
    while let Some(ty) = open.pop() {
        let of = holders.get(&ty).map(Vec::as_slice).unwrap_or_default();
        open.extend(of.iter().copied().filter(|holder| above.insert(*holder)));
    }
    above
}

struct Search {
    part: TypeId,
    minor: u8,
    above: BTreeSet<TypeId>,
    way: Vec<Step>,
    /// The types on the way: one that holds itself leads to no other places.
    on_way: Vec<TypeId>,
    found: Vec<Place>,
}

impl Search {
    fn below(&mut self, kind: KindId, ty: TypeId) {
        if !self.above.contains(&ty) || self.on_way.contains(&ty) {
            return;
        }
        self.on_way.push(ty);
        let minor = self.minor;
        // What a cluster says of its objects nobody writes.
        let given = |field: &Field| field.exists_in(minor) && field.name != "status";
        for field in ty.fields_at(minor).filter(given) {
            let Some(held) = field.ty.object() else { continue };
            let before = self.way.len();
            self.way.push(Step::Key(field.name.to_owned()));
            self.within(field.ty);
            if held == self.part && self.found.len() < PLACES {
                self.found.push(Place { kind, way: self.way.clone() });
            } else {
                self.below(kind, held);
            }
            self.way.truncate(before);
        }
        self.on_way.pop();
    }

    /// Goes into lists and maps.
    fn within(&mut self, ty: FieldType) {
        match ty {
            FieldType::List { elem, .. } => {
                self.way.push(Step::Index(0));
                self.within(elem.ty());
            }
            FieldType::Map(elem) => {
                self.way.push(Step::Key("a".to_owned()));
                self.within(elem.ty());
            }
            FieldType::Nullable(elem) => self.within(elem.ty()),
            _ => {}
        }
    }
}

/// An object that holds nothing but a record at a place.
fn standing(part: Ref<'_>, place: &Place) -> Tree {
    let mut tree = Tree::new();
    let info = place.kind.info();
    let origin = part.origin();
    tree.begin_map(origin);
    tree.key("apiVersion").str(&info.api_version(), origin);
    tree.key("kind").str(info.kind, origin);
    let mut opened = 1;
    for (at, step) in place.way.iter().enumerate() {
        if let Step::Key(key) = step {
            tree.key(key);
        }
        match place.way.get(at + 1) {
            Some(Step::Key(_)) => tree.begin_map(origin),
            Some(Step::Index(_)) => tree.begin_list(origin),
            None => break,
        };
        opened += 1;
    }
    tree.copy(part);
    for _ in 0..opened {
        tree.end(false);
    }
    tree
}
