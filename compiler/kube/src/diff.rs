//! What differs between two sets of objects: which came, which went, and which leaf of which changed.
//!
//! Elements of lists are told apart as a server does: by the keys of the list's type, or by their values where it is a
//! set. Quantities that are equal are the same, however they are written.

mod consequence;
mod secrets;

use std::collections::{BTreeMap, BTreeSet};

use crate::facts::{Identity, facts};
use crate::quantity::Quantity;
use crate::tree::{Ref, Step, Value};
use crate::types::{FieldType, ListKind, TypeId, key_default, kind_of};

use consequence::{Consequences, of_removal};

/// An object that is not the same on both sides.
pub struct Difference<'t> {
    pub identity: Identity,
    pub change: Change<'t>,
}

pub enum Change<'t> {
    /// It is new. With its number among the new ones.
    Added(usize),
    /// It is gone, and what follows from that. With its number among the old ones.
    Removed(usize, String),
    /// It is on both sides, with these numbers, and differs in these leaves.
    Changed(usize, usize, Vec<Leaf<'t>>),
}

/// A part of an object that is not the same on both sides: a leaf, or a map or list that one side lacks.
pub struct Leaf<'t> {
    /// Where it is, with elements of lists by their names.
    pub path: Vec<Name>,
    pub old: Option<Side<'t>>,
    pub new: Option<Side<'t>>,
    /// What follows from the change, where it is not what one would think: as a clause.
    pub consequence: Option<String>,
}

/// A part on one side.
pub struct Side<'t> {
    /// Where it is, with elements of lists by their numbers.
    pub path: Vec<Step>,
    pub value: Ref<'t>,
}

/// A step of a path that people read.
#[derive(Debug, Clone)]
pub enum Name {
    /// A field of a record, or a key of a map.
    Key(String),
    /// An element of a list: its keys, or its number.
    Element(String),
}

/// The differences between two sets: those of what is new, in its order, and then what is gone.
pub fn differences<'t>(old: &[Ref<'t>], new: &[Ref<'t>]) -> Vec<Difference<'t>> {
    let identities =
        |objects: &[Ref<'t>]| objects.iter().map(|one| facts(*one).identity).collect::<Vec<_>>();
    let (before, after) = (identities(old), identities(new));
    let places: BTreeMap<&Identity, usize> =
        before.iter().enumerate().map(|(number, identity)| (identity, number)).collect();
    let consequences = Consequences::new(old, new);
    let mut differences = Vec::new();
    for (number, (identity, object)) in after.iter().zip(new).enumerate() {
        let was = places.get(identity).and_then(|at| Some((*at, *old.get(*at)?)));
        let change = match was {
            None => Change::Added(number),
            Some((at, was)) => {
                let mut leaves = Vec::new();
                let mut walk = Walk {
                    leaves: &mut leaves,
                    path: Vec::new(),
                    sides: [Vec::new(), Vec::new()],
                    stored: secrets::stored_alike(was, *object),
                };
                walk.compare(was, *object, type_of(*object));
                if leaves.is_empty() {
                    continue;
                }
                for leaf in &mut leaves {
                    leaf.consequence = leaf
                        .consequence
                        .take()
                        .or_else(|| consequences.of(identity, leaf, was, *object));
                }
                Change::Changed(at, number, leaves)
            }
        };
        differences.push(Difference { identity: identity.clone(), change });
    }
    let kept: BTreeSet<&Identity> = after.iter().collect();
    for (number, identity) in before.iter().enumerate() {
        if !kept.contains(identity) {
            let change = Change::Removed(number, of_removal(identity));
            differences.push(Difference { identity: identity.clone(), change });
        }
    }
    differences
}

fn type_of(object: Ref<'_>) -> Option<FieldType> {
    let text = |key| object.get(key).and_then(Ref::as_str);
    let kind = kind_of(text("apiVersion")?, text("kind")?)?;
    Some(FieldType::Object(kind.info().ty))
}

struct Walk<'l, 't> {
    leaves: &'l mut Vec<Leaf<'t>>,
    path: Vec<Name>,
    /// The paths of both sides.
    sides: [Vec<Step>; 2],
    /// Keys of a Secret under which a server stores the same on both sides, whichever field gives it.
    stored: BTreeSet<String>,
}

impl<'t> Walk<'_, 't> {
    fn compare(&mut self, old: Ref<'t>, new: Ref<'t>, ty: Option<FieldType>) {
        match (old.value(), new.value()) {
            (Value::Map, Value::Map) => self.maps(old, new, ty),
            (Value::List, Value::List) => self.lists(old, new, ty),
            _ if same(old, new, ty) => {}
            _ => self.leaf(Some(old), Some(new), None),
        }
    }

    fn maps(&mut self, old: Ref<'t>, new: Ref<'t>, ty: Option<FieldType>) {
        let held = self.path.is_empty() && !self.stored.is_empty();
        let is_held = |key: &str| held && secrets::HELD.contains(&key);
        for field in secrets::HELD.into_iter().filter(|field| is_held(field)) {
            self.held(field, old.get(field), new.get(field));
        }
        for (key, value) in new.entries().filter(|(key, _)| !is_held(key)) {
            let step = [Some(Step::Key(key.to_owned())), Some(Step::Key(key.to_owned()))];
            let was = old.get(key);
            self.within(Name::Key(key.to_owned()), step, |walk| match was {
                Some(was) => walk.compare(was, value, inner(ty, key)),
                None => walk.leaf(None, Some(value), None),
            });
        }
        let gone = |key: &str| new.get(key).is_none() && !is_held(key);
        for (key, value) in old.entries().filter(|(key, _)| gone(key)) {
            let step = [Some(Step::Key(key.to_owned())), None];
            self.within(Name::Key(key.to_owned()), step, |walk| walk.leaf(Some(value), None, None));
        }
    }

    /// What a field of a Secret holds, but for what is stored alike.
    fn held(&mut self, field: &str, old: Option<Ref<'t>>, new: Option<Ref<'t>>) {
        let stored = self.stored.clone();
        let key = |key: &str| Step::Key(key.to_owned());
        let entries = |side: Option<Ref<'t>>| {
            let all = side.into_iter().flat_map(Ref::entries);
            all.filter(|(key, _)| !stored.contains(*key)).collect::<Vec<_>>()
        };
        let (before, after) = (entries(old), entries(new));
        let steps = [old.map(|_| key(field)), new.map(|_| key(field))];
        self.within(Name::Key(field.to_owned()), steps, |walk| {
            for (name, value) in &after {
                let was = old.and_then(|old| old.get(name));
                let steps = [was.map(|_| key(name)), Some(key(name))];
                walk.within(Name::Key((*name).to_owned()), steps, |walk| match was {
                    Some(was) => walk.compare(was, *value, None),
                    None => walk.leaf(None, Some(*value), None),
                });
            }
            for (name, value) in &before {
                if new.is_none_or(|new| new.get(name).is_none()) {
                    let steps = [Some(key(name)), None];
                    walk.within(Name::Key((*name).to_owned()), steps, |walk| {
                        walk.leaf(Some(*value), None, None);
                    });
                }
            }
        });
    }

    fn lists(&mut self, old: Ref<'t>, new: Ref<'t>, ty: Option<FieldType>) {
        let (elem, named) = match ty {
            Some(FieldType::List { elem, list }) => {
                (Some(elem.ty()), names_of(old, new, elem.ty(), list))
            }
            _ => (None, None),
        };
        let (Some((before, after)), elem) = (named, elem) else {
            return self.numbered(old, new, elem);
        };
        let items: Vec<Ref<'t>> = old.items().collect();
        for (at, (name, value)) in after.iter().zip(new.items()).enumerate() {
            let was = before.iter().position(|other| other == name);
            let step = [was.map(Step::Index), Some(Step::Index(at))];
            self.within(Name::Element(name.clone()), step, |walk| {
                match was.and_then(|was| items.get(was)) {
                    Some(was) => walk.compare(*was, value, elem),
                    None => walk.leaf(None, Some(value), None),
                }
            });
        }
        for (at, (name, value)) in before.iter().zip(&items).enumerate() {
            if !after.contains(name) {
                let step = [Some(Step::Index(at)), None];
                self.within(Name::Element(name.clone()), step, |walk| {
                    walk.leaf(Some(*value), None, None)
                });
            }
        }
        let order = |names: &[String], others: &[String]| -> Vec<String> {
            names.iter().filter(|name| others.contains(name)).cloned().collect()
        };
        let (kept, now) = (order(&before, &after), order(&after, &before));
        if kept != now {
            let why = format!("the order was {}, and is {}", kept.join(", "), now.join(", "));
            self.leaf(None, None, Some(why));
        }
    }

    /// Lists that nothing names the elements of. Lists of scalars are seen as one value: numbers would tell of an
    /// element in front that all others changed.
    fn numbered(&mut self, old: Ref<'t>, new: Ref<'t>, elem: Option<FieldType>) {
        let is_plain = |list: Ref<'t>| !list.items().any(|item| item.is_map() || item.is_list());
        if is_plain(old) && is_plain(new) {
            let as_one = old.items().count() == new.items().count()
                && old.items().zip(new.items()).all(|(old, new)| same(old, new, elem));
            if !as_one {
                self.leaf(Some(old), Some(new), None);
            }
            return;
        }
        let (before, after): (Vec<_>, Vec<_>) = (old.items().collect(), new.items().collect());
        for at in 0..before.len().max(after.len()) {
            let (was, is) = (before.get(at).copied(), after.get(at).copied());
            let step = [was.map(|_| Step::Index(at)), is.map(|_| Step::Index(at))];
            self.within(Name::Element(at.to_string()), step, |walk| match (was, is) {
                (Some(was), Some(is)) => walk.compare(was, is, elem),
                (was, is) => walk.leaf(was, is, None),
            });
        }
    }

    fn within(&mut self, name: Name, steps: [Option<Step>; 2], run: impl FnOnce(&mut Self)) {
        self.path.push(name);
        let lengths = [self.sides[0].len(), self.sides[1].len()];
        for (side, step) in self.sides.iter_mut().zip(steps) {
            side.extend(step);
        }
        run(self);
        for (side, length) in self.sides.iter_mut().zip(lengths) {
            side.truncate(length);
        }
        self.path.pop();
    }

    fn leaf(&mut self, old: Option<Ref<'t>>, new: Option<Ref<'t>>, consequence: Option<String>) {
        let side = |path: &Vec<Step>, value: Option<Ref<'t>>| {
            value.map(|value| Side { path: path.clone(), value })
        };
        self.leaves.push(Leaf {
            path: self.path.clone(),
            old: side(&self.sides[0], old),
            new: side(&self.sides[1], new),
            consequence,
        });
    }
}

/// The names of the elements of both lists, where their type has keys and no two elements have the same.
fn names_of(
    old: Ref<'_>,
    new: Ref<'_>,
    elem: FieldType,
    list: ListKind,
) -> Option<(Vec<String>, Vec<String>)> {
    let names = |of: Ref<'_>| -> Option<Vec<String>> {
        let names: Option<Vec<String>> = of.items().map(|item| name_of(item, elem, list)).collect();
        let names = names?;
        let different: BTreeSet<&String> = names.iter().collect();
        (different.len() == names.len()).then_some(names)
    };
    Some((names(old)?, names(new)?))
}

fn name_of(item: Ref<'_>, elem: FieldType, list: ListKind) -> Option<String> {
    let scalar = |value: Ref<'_>| match value.value() {
        Value::Str(text) => Some(text.to_owned()),
        Value::Int(number) => Some(number.to_string()),
        _ => None,
    };
    match list {
        ListKind::Atomic => None,
        ListKind::Set => scalar(item),
        ListKind::Map(keys) => {
            let of = |key: &&str| match item.get(key) {
                Some(value) => scalar(value),
                None => key_default(elem, key).map(str::to_owned),
            };
            let names: Option<Vec<String>> = keys.iter().map(of).collect();
            Some(names?.join("/"))
        }
    }
}

/// The type of a field or of a map's value.
fn inner(ty: Option<FieldType>, key: &str) -> Option<FieldType> {
    match ty? {
        FieldType::Object(object) => TypeId::field(object, key).map(|field| field.ty),
        FieldType::Map(elem) | FieldType::Nullable(elem) => Some(elem.ty()),
        _ => None,
    }
}

/// Whether a server takes both for the same.
fn same(old: Ref<'_>, new: Ref<'_>, ty: Option<FieldType>) -> bool {
    match (old.value(), new.value()) {
        (Value::Map, Value::Map) => {
            old.entries().count() == new.entries().count()
                && old.entries().all(|(key, value)| {
                    new.get(key).is_some_and(|other| same(value, other, inner(ty, key)))
                })
        }
        (Value::List, Value::List) => {
            old.items().count() == new.items().count()
                && old.items().zip(new.items()).all(|(old, new)| same(old, new, None))
        }
        (before, after) if before == after => true,
        _ if ty == Some(FieldType::Quantity) => {
            quantity(old).zip(quantity(new)).is_some_and(|(old, new)| old.nanos() == new.nanos())
        }
        _ => false,
    }
}

/// The quantity that a leaf is.
fn quantity(leaf: Ref<'_>) -> Option<Quantity> {
    match leaf.value() {
        Value::Str(text) => Quantity::parse(text).ok(),
        Value::Int(number) => Some(Quantity::from_int(number)),
        _ => None,
    }
}
