//! What stands at a path that a user wrote.

use crate::db::Item;
use crate::diagnostic::Diagnostic;
use crate::eval::Eval;
use crate::eval::trace::Reader;
use crate::eval::value::{Element, Kind, Rec, Slot, Value};
use crate::explain::chain::read_slot;
use crate::explain::{listed, nothing};
use crate::path::{Segment, shown};
use crate::schema::SchemaInfo;
use crate::show::nearest;

/// What a path leads to.
pub(super) enum Found<'a> {
    Slot(&'a Rec<'a>, &'a Slot<'a>),
    /// An element of the list that a slot holds, by its number; what it is if it lies in a list itself.
    Element(&'a Rec<'a>, &'a Slot<'a>, Element<'a>),
    /// Nothing, because what it would have been computed from is absent: this slot.
    Gone(&'a Rec<'a>, &'a Slot<'a>),
    /// A field that could be there and that nothing binds.
    Unbound,
}

/// Where a path stopped.
#[derive(Debug)]
pub(super) struct Nowhere {
    /// As far as there is something.
    way: Vec<(String, bool)>,
    /// The name that is not there.
    name: String,
    /// The names that are.
    there: Vec<String>,
    /// Names that would be accepted and that nothing binds.
    fields: Vec<String>,
    /// What is no record and no list, where that is what was met.
    leaf: Option<String>,
}

/// What the rest of a path leads to, from an item on.
pub(super) fn in_item<'a>(
    eval: &Eval<'a>,
    item: Item,
    path: &[Segment],
) -> Result<Found<'a>, Nowhere> {
    let (file, slot) = eval.item_slot(item, false);
    walk(eval, Found::Slot(file, slot), path)
}

/// What a path leads to, from a record on.
pub(super) fn in_record<'a>(
    eval: &Eval<'a>,
    rec: &'a Rec<'a>,
    path: &[Segment],
) -> Result<Found<'a>, Nowhere> {
    let mut way = Vec::new();
    let (found, used) = step(eval, Value::Rec(rec), None, path, &way)?;
    advance(&mut way, path, used);
    walk_on(eval, found, path.get(used..).unwrap_or_default(), way)
}

fn walk<'a>(eval: &Eval<'a>, from: Found<'a>, path: &[Segment]) -> Result<Found<'a>, Nowhere> {
    walk_on(eval, from, path, Vec::new())
}

fn walk_on<'a>(
    eval: &Eval<'a>,
    mut found: Found<'a>,
    mut path: &[Segment],
    mut way: Vec<(String, bool)>,
) -> Result<Found<'a>, Nowhere> {
    while !path.is_empty() {
        let (value, list) = match &found {
            Found::Slot(rec, slot) => (eval.force(rec, slot), Some((*rec, *slot))),
            Found::Element(rec, slot, element) => (element.value, Some((*rec, *slot))),
            Found::Gone(..) | Found::Unbound => (Value::Absent, None),
        };
        let (next, used) = step(eval, eval.localized(value), list, path, &way)?;
        advance(&mut way, path, used);
        path = path.get(used..).unwrap_or_default();
        found = next;
    }
    Ok(found)
}

fn advance(way: &mut Vec<(String, bool)>, path: &[Segment], used: usize) {
    let used = path.get(..used).unwrap_or_default();
    let bracket = used.len() == 1 && used.iter().any(|segment| segment.bracket);
    let names: Vec<&str> = used.iter().map(|segment| segment.name.as_str()).collect();
    way.push((names.join("."), bracket));
}

/// One step, and how many segments it took: a key with dots in it may be written without quotes.
fn step<'a>(
    eval: &Eval<'a>,
    value: Value<'a>,
    list: Option<(&'a Rec<'a>, &'a Slot<'a>)>,
    path: &[Segment],
    way: &[(String, bool)],
) -> Result<(Found<'a>, usize), Nowhere> {
    let Some(first) = path.first() else {
        return Ok((Found::Unbound, 0));
    };
    let mut nowhere = Nowhere {
        way: way.to_vec(),
        name: first.name.clone(),
        there: Vec::new(),
        fields: Vec::new(),
        leaf: None,
    };
    match value {
        Value::Rec(rec) => {
            let mut key = String::new();
            for (at, segment) in path.iter().enumerate() {
                if at > 0 {
                    key.push('.');
                }
                key.push_str(&segment.name);
                if let Some(slot) = eval.slot(rec, &key) {
                    return Ok((Found::Slot(rec, slot), at + 1));
                }
            }
            if let Kind::Schema(SchemaInfo { case: Some(case), .. }, _) = rec.kind
                && *case.name == *first.name
            {
                // The case is part of the path to what is in it.
                let rest = path.get(1..).unwrap_or_default();
                return match (rest.is_empty(), list) {
                    (true, Some((rec, slot))) => Ok((Found::Slot(rec, slot), 1)),
                    _ => step(eval, value, list, rest, way).map(|(found, used)| (found, used + 1)),
                };
            }
            if first.bracket
                && let Kind::Keyed(_) = rec.kind
                && let Ok(number) = first.name.parse::<usize>()
                && let Some(slot) = numbered(eval, rec, number)
            {
                return Ok((Found::Slot(rec, slot), 1));
            }
            if let Some((rec, slot)) = absent_source(eval, rec, &first.name) {
                return Ok((Found::Gone(rec, slot), path.len()));
            }
            if let Kind::Schema(info, _) = rec.kind {
                nowhere.fields.extend(info.fields.iter().map(|field| field.name.to_string()));
            }
            if let Kind::Kube(ty) = rec.kind {
                if ty.field(&first.name).is_some() {
                    return Ok((Found::Unbound, 1));
                }
                nowhere.fields.extend(ty.fields().map(|field| field.name.to_owned()));
            }
            nowhere.there =
                present(eval, rec).into_iter().map(|slot| slot.name.to_owned()).collect();
            Err(nowhere)
        }
        Value::List(elements) => {
            let element = first.name.parse::<usize>().ok().and_then(|at| elements.get(at));
            match (element, list) {
                (Some(element), Some((rec, slot))) => Ok((Found::Element(rec, slot, *element), 1)),
                _ => {
                    nowhere.there = (0..elements.len()).map(|at| at.to_string()).collect();
                    Err(nowhere)
                }
            }
        }
        Value::Absent => Ok((Found::Unbound, path.len())),
        value => {
            nowhere.leaf = Some(eval.described(value));
            Err(nowhere)
        }
    }
}

/// What a record would have an entry of this name from, had it not been taken away: the entries of the record that a
/// `for` goes through.
fn absent_source<'a>(
    eval: &Eval<'a>,
    rec: &'a Rec<'a>,
    name: &str,
) -> Option<(&'a Rec<'a>, &'a Slot<'a>)> {
    let reads = eval.trace.as_ref()?.reads(Reader::of(rec));
    let slots = reads.into_iter().filter_map(|read| read_slot(eval, read));
    slots.filter(|(_, slot)| slot.bindings.get().is_some()).find_map(|(outer, slot)| {
        let (rec, slot) = match eval.localized(eval.whnf(eval.force(outer, slot))) {
            Value::Rec(inner) => (inner, eval.slot(inner, name)?),
            _ => (outer, slot),
        };
        let gone = slot.name == name && eval.force(rec, slot).is_absent();
        gone.then_some((rec, slot))
    })
}

/// The slots of a record that have a value.
pub(super) fn present<'a>(eval: &Eval<'a>, rec: &'a Rec<'a>) -> Vec<&'a Slot<'a>> {
    let there = |slot: &&'a Slot<'a>| !eval.whnf(eval.force(rec, slot)).is_absent();
    eval.slots(rec).iter().filter(there).collect()
}

/// The slot whose value is the element of this number, where that is written.
fn numbered<'a>(eval: &Eval<'a>, rec: &'a Rec<'a>, number: usize) -> Option<&'a Slot<'a>> {
    let written = |slot: &&'a Slot<'a>| !eval.whnf(eval.force(rec, slot)).is_error();
    present(eval, rec).into_iter().filter(written).nth(number)
}

impl Nowhere {
    /// What to tell whoever wrote the path; `start` is what it led from.
    pub fn diagnostic(&self, start: &str) -> Diagnostic {
        let way = shown(self.way.iter().map(|(name, bracket)| (name.as_str(), *bracket)));
        let outer = match (way.as_str(), start.contains('/')) {
            ("", _) => start.to_owned(),
            (way, true) => format!("{start} {way}"),
            (way, false) => format!("{start}.{way}"),
        };
        if let Some(leaf) = &self.leaf {
            return nothing(format!("`{outer}` is {leaf}, and has no `{}` in it", self.name));
        }
        let mut diagnostic = nothing(format!("`{outer}` has no `{}`", self.name));
        let candidates = self.there.iter().chain(&self.fields).map(String::as_str);
        diagnostic.help =
            nearest(&self.name, candidates).map(|near| format!("did you mean `{near}`?"));
        if diagnostic.help.is_none() {
            diagnostic.notes.extend(listed(self.there.iter().map(String::as_str)));
        }
        diagnostic
    }
}
