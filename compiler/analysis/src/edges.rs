//! Which component reads whose handles: what `depc graph` draws.
//!
//! A handle is a field that a schema marks `export`, and `name` and `namespace`. An edge is: the evaluation of one
//! component read a handle of another. What lies in no component (a `let`, a record of texts) passes on what it was
//! computed from; a component keeps that for itself. Edges are found by evaluating a unit once more with a trace of who
//! reads what, when somebody asks for them: whoever only builds or checks pays nothing.

use std::collections::{BTreeMap, BTreeSet};

use bumpalo::Bump;
use rustc_hash::FxHashSet;

use crate::db::{Item, ItemKind, Origin, Program};
use crate::eval::member::segments;
use crate::eval::trace::{Read, Reader};
use crate::eval::value::{Kind, Rec, RecordIs, Slot, SlotState, Value};
use crate::eval::{Eval, canonical, limits};
use crate::parallel;
use crate::path::push_name;
use crate::problem::Place;
use crate::problems::{name_place, units, units_of};
use crate::read::{Data, Path, read};
use crate::schema::{SchemaInfo, schema};
use crate::ty::Ty;
use crate::validate::force_all;
use crate::variant::case;
use crate::workspace::{Loaded, Workspace};

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
    pub handles: Vec<(At, Box<str>)>,
}

/// The components of a unit, in the order of the source, with what they read. What an item that is in error would read is
/// not known, and left out.
#[salsa::tracked(returns(deref))]
pub fn edges(db: &dyn salsa::Database, program: Program, unit: Item) -> Vec<Reads> {
    let arena = Bump::new();
    let eval = Eval::traced(db, &arena, program, unit);
    let (file, slot) = eval.item_slot(unit, false);
    force_all(&eval, eval.root(), 0);
    let mut search = Search { eval: &eval, seen: FxHashSet::default(), found: Vec::new() };
    search.slot(file, slot, 0);
    search.found
}

/// Whether a schema has fields that are emitted.
pub fn is_component(info: &SchemaInfo) -> bool {
    info.fields.iter().any(|field| field.emit)
}

/// The handle that names lead to from a component on: a field, and a key of it where it is a map of handles.
fn handle<'n>(info: &SchemaInfo, mut names: impl Iterator<Item = &'n str>) -> Option<Box<str>> {
    let first = names.next()?;
    let field = info.field(first)?;
    if !field.export && !matches!(first, "name" | "namespace") {
        return None;
    }
    let mut text = String::new();
    push_name(&mut text, first);
    if let (Ty::Map(_) | Ty::Keyed(_), Some(key)) = (&field.ty, names.next()) {
        push_name(&mut text, key);
    }
    Some(text.into())
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
                for element in elements {
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
    mut handles: Vec<(At, Box<str>)>,
) -> Vec<(At, Box<str>)> {
    handles.retain(|(at, _)| at != own);
    handles.sort_by(|(a, handle), (b, other)| {
        let key = |at: &At| (at.item.module(db).path(db).to_owned(), at.item.name(db).to_owned());
        (key(a), &a.path, handle).cmp(&(key(b), &b.path, other))
    });
    handles.dedup();
    let is_part = |whole: &str, part: &str| {
        part.strip_prefix(whole).is_some_and(|rest| rest.starts_with(['.', '[']))
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
    handles: Vec<(At, Box<str>)>,
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
                for element in elements {
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
            match &read(db, eval.program, false, item, here).data {
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
fn component<'a>(rec: &Rec<'a>) -> Option<&'a SchemaInfo> {
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
fn at(rec: &Rec<'_>) -> Option<At> {
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

const SEPARATOR_TEXT: &str = "\0";

/// The components of a program, and which of them read which handles of others.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Graph {
    /// In the order of the source.
    pub components: Vec<Component>,
    /// By the numbers of the components, in their order.
    pub edges: Vec<Edge>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Component {
    /// As a user would write it: `app`, `shop.web`; with the file in front where that is not the built one.
    pub name: String,
    pub schema: String,
    pub external: bool,
    /// The item that it is in.
    pub place: Place,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Edge {
    pub from: usize,
    pub to: usize,
    /// `name`, `endpoints.http`.
    pub handle: String,
}

/// The graph of a program without errors.
pub fn graph(workspace: &Workspace, loaded: &Loaded) -> Graph {
    let db = workspace.db();
    let Some(program) = loaded.program else { return Graph::default() };
    let own = units_of(db, program.root(db)).len();
    let all: Vec<Item> = parallel::on_deep_stack(|| units(db, program).to_vec());
    let parts = parallel::in_order(db, &all, |db, units| {
        let reads = units.iter().filter(|unit| unit.kind(db) != ItemKind::Check);
        reads.flat_map(|unit| edges(db, program, *unit).iter().cloned()).collect::<Vec<Reads>>()
    });
    let mut found: Vec<Reads> = parts.into_iter().flatten().collect();
    // Files that are used emit nothing; what has a part in the graph of this one is told.
    let own: BTreeSet<Item> = all.into_iter().take(own).collect();
    let mut linked: BTreeSet<At> = BTreeSet::new();
    for reads in found.iter().filter(|reads| own.contains(&reads.of.item)) {
        linked.extend(reads.handles.iter().map(|(at, _)| at.clone()));
    }
    found.retain(|reads| own.contains(&reads.of.item) || linked.contains(&reads.of));
    let numbers: BTreeMap<&At, usize> =
        found.iter().enumerate().map(|(number, reads)| (&reads.of, number)).collect();
    let mut graph = Graph::default();
    for (from, reads) in found.iter().enumerate() {
        let item = reads.of.item;
        let mut name = item.name(db).to_owned();
        for part in segments(&reads.of.path) {
            push_name(&mut name, part);
        }
        if !own.contains(&item) {
            name = format!("{}: {name}", item.module(db).path(db));
        }
        graph.components.push(Component {
            name,
            schema: reads.schema.to_string(),
            external: reads.external,
            place: name_place(db, item),
        });
        let edges = reads.handles.iter().filter_map(|(at, handle)| {
            Some(Edge { from, to: *numbers.get(at)?, handle: handle.to_string() })
        });
        let mut edges: Vec<Edge> = edges.collect();
        edges.sort_by_key(|edge| edge.to);
        graph.edges.extend(edges);
    }
    graph
}
