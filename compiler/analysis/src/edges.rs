//! Which component reads whose handles: what `depc graph` draws.
//!
//! A handle is a field that a schema marks `export`, and `name` and `namespace`. An edge is: the evaluation of one
//! component read a handle of another. What lies in no component (a `let`, a record of texts) passes on what it was
//! computed from; a component keeps that for itself. Edges are found by evaluating a unit once more with a trace of who
//! reads what, when somebody asks for them: whoever only builds or checks pays nothing.

use bumpalo::Bump;
use rustc_hash::FxHashSet;

use crate::db::{Item, ItemKind, Origin, Program};
use crate::eval::member::segments;
use crate::eval::trace::{Read, Reader};
use crate::eval::value::{Kind, Rec, RecordIs, Slot, SlotState, Value};
use crate::eval::{Eval, canonical};
use crate::limits;
use crate::links::{End, ends};
use crate::path::push_name;
use crate::reached::{ObjectAt, reached};
use crate::read::{Data, Path, World, read};
use crate::schema::{SchemaInfo, schema};
use crate::ty::Ty;
use crate::validate::{force_all, has_mistakes};
use crate::variant::case;

/// A component, by where it lies in the value of an item.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct At {
    pub item: Item,
    /// The names on the way, joined by [`crate::eval::value::SEPARATOR`].
    pub path: Box<str>,
}

/// A component, and the handles of others that it reads.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reads {
    pub of: At,
    /// The name of its schema.
    pub schema: Box<str>,
    pub external: bool,
    /// In the order of the components' items and paths, each once.
    pub handles: Vec<(At, Handle)>,
}

/// A field that a component offers to others, and the key of it that was read where it is a map of handles.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Handle {
    pub field: Box<str>,
    pub key: Option<Box<str>>,
}

impl Handle {
    /// As a user would write it: `endpoints.http`.
    pub fn text(&self) -> String {
        let mut text = String::new();
        push_name(&mut text, &self.field);
        if let Some(key) = &self.key {
            push_name(&mut text, key);
        }
        text
    }
}

/// What a unit has to do with other components.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Edges {
    /// Nothing is wrong with it. Of what is in error, not all is known that it would read.
    pub sound: bool,
    /// Its components, in the order of the source, with what they read.
    pub components: Vec<Reads>,
    /// What those that it makes, or declares as external, are to others.
    pub ends: Vec<(At, End)>,
    /// Where its objects lie, the external ones last.
    pub objects: Vec<ObjectAt>,
}

/// The edges of a unit.
#[salsa::tracked]
pub fn edges(db: &dyn salsa::Database, program: Program, unit: Item) -> Edges {
    let arena = Bump::new();
    let eval = Eval::traced(db, &arena, program, unit).counted();
    let (file, slot) = eval.item_slot(unit, false);
    let value = eval.root();
    force_all(&eval, value, 0);
    let known = eval.problems.borrow().len();
    let mut search = Search { eval: &eval, seen: FxHashSet::default(), found: Vec::new() };
    search.slot(file, slot, 0);
    // The search looks into what is external too, which may lack what it would need to be made.
    eval.problems.borrow_mut().truncate(known);
    let mut edges = Edges { components: search.found, ..Edges::default() };
    if !has_mistakes(&eval) {
        let reached = reached(&eval, value, true);
        edges.ends = ends(&eval, &reached);
        edges.objects = reached.objects.iter().map(|object| object.at()).collect();
        edges.sound = !has_mistakes(&eval);
    }
    edges
}

/// Whether a schema has fields that are emitted.
pub fn is_component(info: &SchemaInfo) -> bool {
    info.fields.iter().any(|field| field.emit)
}

/// The handle that names lead to from a component on: a field, and a key of it where it is a map of handles.
fn handle<'n>(info: &SchemaInfo, mut names: impl Iterator<Item = &'n str>) -> Option<Handle> {
    let first = names.next()?;
    let field = info.field(first)?;
    if !field.export && !matches!(first, "name" | "namespace") {
        return None;
    }
    let is_map = matches!(field.ty, Ty::Map(_) | Ty::Keyed(_));
    let key = names.next().filter(|_| is_map).map(Box::from);
    Some(Handle { field: first.into(), key })
}

/// The search for components below a value.
struct Search<'e, 'a> {
    eval: &'e Eval<'a>,
    seen: FxHashSet<*const Rec<'a>>,
    found: Vec<Reads>,
}

impl<'a> Search<'_, 'a> {
    fn slot(&mut self, rec: &'a Rec<'a>, slot: &'a Slot<'a>, depth: u32) {
        self.value(self.eval.force(rec, slot), Some(slot), depth);
    }

    /// `holder` is the slot that holds the value itself, and not a list of such.
    fn value(&mut self, value: Value<'a>, holder: Option<&'a Slot<'a>>, depth: u32) {
        if depth > limits::NESTED {
            return;
        }
        match value {
            Value::Rec(rec) if self.seen.insert(rec) => {
                if let Some(info) = component(rec) {
                    self.component(rec, info, holder);
                }
                for slot in self.eval.slots(rec).iter() {
                    // What nothing binds of the outside was not forced, and is not to be.
                    if !rec.external || slot.bindings.get().is_some() {
                        self.slot(rec, slot, depth + 1);
                    }
                }
            }
            Value::List(elements) => {
                for element in self.eval.looked_through(elements) {
                    self.value(element.value, None, depth + 1);
                }
            }
            _ => {}
        }
    }

    fn component(&mut self, rec: &'a Rec<'a>, info: &SchemaInfo, holder: Option<&'a Slot<'a>>) {
        // An object or a part of one is a component's, and holds none.
        let Some(of) = at(rec) else { return };
        let mut reading = Reading {
            eval: self.eval,
            own: rec,
            followed: FxHashSet::default(),
            handles: Vec::new(),
        };
        if let Some(holder) = holder {
            reading.follow(holder);
        }
        reading.inside(rec, 0);
        self.found.push(Reads {
            handles: in_order(self.eval.db, &of, reading.handles),
            of,
            schema: (&*info.name).into(),
            external: rec.external,
        });
    }
}

/// The handles in the order of files, names and paths, each once; without those of which a part was read by name.
fn in_order(
    db: &dyn salsa::Database,
    own: &At,
    mut handles: Vec<(At, Handle)>,
) -> Vec<(At, Handle)> {
    handles.retain(|(at, _)| at != own);
    handles.sort_by(|(a, handle), (b, other)| {
        let key = |at: &At| (at.item.module(db).path(db).to_owned(), at.item.name(db).to_owned());
        (key(a), &a.path, handle).cmp(&(key(b), &b.path, other))
    });
    handles.dedup();
    let is_part = |whole: &Handle, part: &Handle| {
        whole.field == part.field && whole.key.is_none() && part.key.is_some()
    };
    let whole: Vec<bool> = handles
        .iter()
        .map(|(at, handle)| handles.iter().any(|(of, part)| of == at && is_part(handle, part)))
        .collect();
    let mut whole = whole.into_iter();
    handles.retain(|_| !whole.next().unwrap_or_default());
    handles
}

/// What one component reads of others.
struct Reading<'e, 'a> {
    eval: &'e Eval<'a>,
    own: &'a Rec<'a>,
    followed: FxHashSet<Reader>,
    handles: Vec<(At, Handle)>,
}

impl<'a> Reading<'_, 'a> {
    /// Follows all that lies in a record, except for components in it.
    fn inside(&mut self, rec: &'a Rec<'a>, depth: u32) {
        if depth > limits::NESTED {
            return;
        }
        // What keys were computed from.
        self.reads(Reader::of(rec));
        for slot in self.eval.slots(rec).iter() {
            if rec.external && slot.bindings.get().is_none() {
                continue;
            }
            if self.follow(slot) {
                self.within(self.eval.force(rec, slot), depth);
            }
        }
    }

    fn within(&mut self, value: Value<'a>, depth: u32) {
        match value {
            Value::Rec(rec) if component(rec).is_none() => self.inside(rec, depth + 1),
            Value::List(elements) => {
                for element in self.eval.looked_through(elements) {
                    self.within(element.value, depth + 1);
                }
            }
            _ => {}
        }
    }

    /// Follows what a slot was computed from; false where that was done before.
    fn follow(&mut self, slot: &'a Slot<'a>) -> bool {
        let reader = Reader::of(slot);
        if !self.followed.insert(reader) {
            return false;
        }
        self.reads(reader);
        true
    }

    fn reads(&mut self, reader: Reader) {
        // What is read for what was read, one after the other: rows of values may be long.
        let mut waiting = vec![reader];
        while let Some(reader) = waiting.pop() {
            let reads = self.eval.trace.as_ref().map(|trace| trace.reads(reader));
            for read in reads.unwrap_or_default() {
                let slot = match read {
                    Read::Slot(rec, slot) => self.here(rec, slot),
                    Read::Other(item, path) => self.elsewhere(item, path),
                    Read::Key(_) | Read::Through(_) => None,
                };
                if let Some(slot) = slot
                    && self.followed.insert(Reader::of(slot))
                {
                    waiting.push(Reader::of(slot));
                }
            }
        }
    }

    /// Takes a read of a slot in this arena. Gives it back where it lies in no component.
    fn here(&mut self, rec: &'a Rec<'a>, slot: &'a Slot<'a>) -> Option<&'a Slot<'a>> {
        let mut names = vec![slot.name];
        let mut outer = Some(rec);
        for _ in 0..limits::NESTED {
            let Some(at) = outer else { break };
            if let Some(info) = component(at) {
                if !std::ptr::eq(at, self.own)
                    && let Some(handle) = handle(info, names.iter().rev().copied())
                {
                    self.handles.extend(self::at(at).map(|at| (at, handle)));
                }
                return None;
            }
            outer = at.owner.get().map(|(owner, name)| {
                names.push(name);
                owner
            });
        }
        // What a component is chosen by is that component's.
        let holds = matches!(slot.state.get(), SlotState::Done(Value::Rec(rec)) if component(rec).is_some());
        (!holds).then_some(slot)
    }

    /// Takes a read of another item. Gives what it leads to where that lies in no component.
    fn elsewhere(&mut self, item: Item, path: &'a str) -> Option<&'a Slot<'a>> {
        let eval = self.eval;
        let db = eval.db;
        if item.module(db).origin(db) == Origin::Library || item.kind(db) == ItemKind::Input {
            return None;
        }
        let (mut item, mut way) = (item, Vec::new());
        let mut rest: Vec<&str> = segments(path).collect();
        rest.reverse();
        // Another name leads on, and a ring of names to an error, which ends this too.
        for _ in 0..limits::CHAIN {
            let here = Path::new(db, way.join(SEPARATOR_TEXT));
            match &read(db, eval.program, World::default(), item, here, 1).data {
                Data::Record(is) => {
                    if let Some(info) = info_of(db, *is).filter(|info| is_component(info)) {
                        let handle = handle(info, rest.iter().rev().copied());
                        let at = At {
                            item: canonical(db, eval.program, item),
                            path: way.join(SEPARATOR_TEXT).into(),
                        };
                        self.handles.extend(handle.map(|handle| (at, handle)));
                        return None;
                    }
                }
                Data::Handle(other, path, _) => {
                    item = *other;
                    way = segments(path).collect();
                    continue;
                }
                _ => {}
            }
            match rest.pop() {
                Some(name) => way.push(name),
                None => break,
            }
        }
        let (mut rec, mut slot) = eval.item_slot(item, false);
        for name in way {
            match eval.localized(eval.force(rec, slot)) {
                Value::Rec(next) => match eval.slot(next, name) {
                    Some(found) => (rec, slot) = (next, found),
                    None => break,
                },
                _ => break,
            }
        }
        eval.force(rec, slot);
        Some(slot)
    }
}

/// What is known of the schema of a record, if it is a component.
pub(crate) fn component<'a>(rec: &Rec<'a>) -> Option<&'a SchemaInfo> {
    match rec.kind {
        Kind::Schema(info, _) if is_component(info) => Some(info),
        _ => None,
    }
}

fn info_of(db: &dyn salsa::Database, is: RecordIs) -> Option<&SchemaInfo> {
    match is {
        RecordIs::Schema(item) => Some(schema(db, item)),
        RecordIs::Case(item, index) => case(db, item, index).map(|case| &case.info),
        _ => None,
    }
}

/// Where a record lies in the value of an item.
pub(crate) fn at(rec: &Rec<'_>) -> Option<At> {
    let mut names = Vec::new();
    let mut outer = rec.owner.get();
    for _ in 0..limits::NESTED {
        let (owner, name) = outer?;
        if matches!(owner.kind, Kind::File) {
            names.reverse();
            return Some(At {
                item: owner.made.source.item,
                path: names.join(SEPARATOR_TEXT).into(),
            });
        }
        names.push(name);
        outer = owner.owner.get();
    }
    None
}

pub(crate) const SEPARATOR_TEXT: &str = "\0";
