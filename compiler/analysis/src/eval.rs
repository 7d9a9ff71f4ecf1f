//! The evaluator: a lazy interpreter over code, one arena for each evaluation.
//!
//! Every field of a record and every entry of a map is a thunk of its own ([`value::Slot`]). What other items
//! hold is read by path through [`crate::read`], so that an edit re-evaluates those alone who read what it
//! changed. Problems are collected where they are found; a value that has one is [`Value::Error`], which
//! passes through everything and is never reported again.

pub mod value;

mod stack;

mod record;

mod again;
mod alone;
mod open;

mod force;
mod given;

pub(crate) mod strength;

pub(crate) mod unbound;

mod siblings;

mod disagree;

mod finals;

pub(crate) mod twice;

mod expr;

pub(crate) mod member;

mod often;
mod perhaps;

mod nowhere;

mod call;

pub(crate) mod operators;

pub mod builtins;

mod refine;

mod breaks;

mod is;

mod apart;

mod cast;

pub(crate) mod objects;

mod origin;

pub(crate) mod way;

mod misfit;

mod variant;

mod same;

pub(crate) mod declared;

mod message;

pub(crate) mod mend;

pub(crate) mod notation;

mod because;
mod blame;
mod blank;
pub(crate) mod checks;
mod parts;
mod secret;
pub(crate) mod supposed;

mod effort;
mod list;
mod report;
mod turning;

pub(crate) mod trace;

mod identity;

pub(crate) mod rules;

pub(crate) mod derive;

use std::cell::{Cell, RefCell};

use bumpalo::Bump;
use rustc_hash::FxHashMap;

use crate::code::{BodyId, Code, Reached, Root, Strength};
use crate::db::{Item, ItemKind, Module, Origin as ModuleOrigin, Program, target};
use crate::elaborate::elaborate;
use crate::limits::UNIT;
use crate::problem::{Code as Number, Problem, Severity};
use derive::Derives;
use supposed::Supposed;
use value::{Env, FailedRead, Hint, Kind, Layer, Rec, Slot, Source, Spot, Value};

pub use stack::{canonical, stack};
pub(crate) use stack::{instance_of, named_in_stack, share, stack_of};
pub(crate) use turning::is_turning;

/// One evaluation: of a path for a reader, or of all of an item.
pub struct Eval<'a> {
    pub db: &'a dyn salsa::Database,
    pub arena: &'a Bump,
    pub program: Program,
    /// The second number of the Kubernetes version.
    pub minor: u8,
    /// The item whose value it is, by its canonical item.
    pub unit: Item,
    pub problems: RefCell<Vec<Problem>>,
    /// Reads that gave an error; who is on a cycle is found from them.
    pub failed_reads: RefCell<Vec<FailedRead<'a>>>,
    /// The longest row of reads, with this evaluation at its beginning.
    pub deepest: Cell<u32>,
    sources: RefCell<FxHashMap<Item, &'a Source<'a>>>,
    source_items: RefCell<Vec<Item>>,
    // Of what is seen as it is without any `every`, the second of each two.
    roots: [RefCell<FxHashMap<Item, (&'a Rec<'a>, &'a Slot<'a>)>>; 2],
    handles: [RefCell<FxHashMap<Item, Value<'a>>>; 2],
    schema_layers: [RefCell<FxHashMap<record::Declaration, &'a [Layer<'a>]>>; 2],
    /// How often maps of other items were asked for a key.
    asked: RefCell<FxHashMap<often::MapAt<'a>, often::Asked<'a>>>,
    rules: rules::Applied<'a>,
    /// Whether the item is seen as it is without any `every`.
    bare: bool,
    /// What becomes of the fields that are derived.
    derives: Cell<Derives>,
    /// The topmost layer of the item that is seen.
    up_to: Option<Item>,
    /// Records that were made of data, and the casts that made them.
    casts: RefCell<FxHashMap<*const Rec<'a>, Spot<'a>>>,
    /// Records that functions made for elements of lists, and the calls.
    calls: RefCell<FxHashMap<*const Rec<'a>, Spot<'a>>>,
    forcing: RefCell<Vec<(&'a Rec<'a>, &'a Slot<'a>)>>,
    depth: Cell<u32>,
    /// The type of the item was refused, because it depends on itself.
    turning: Cell<bool>,
    steps: Cell<u64>,
    /// Steps that may be taken before anything more is asked: a whole number of units, all but the last of which are
    /// entered into the account of the program.
    free: Cell<u64>,
    /// Bytes of the arena that are entered there.
    entered: Cell<usize>,
    /// How many sensitive expressions are being evaluated within each other: messages show no values then.
    sealed: Cell<u32>,
    layers: Cell<u32>,
    /// Of this severity there are enough problems, while there are at least so many in all.
    full: Cell<(Option<Severity>, usize)>,
    /// The limit was reported; everything else is an error from there on.
    exhausted: Cell<bool>,
    /// The rings of records that need their own keys, as far as they are known.
    rings_of_keys: RefCell<Vec<unbound::RingOfKeys<'a>>>,
    /// It came to something of which an error of what is written left no value.
    pub(crate) lacks: Cell<bool>,
    /// What it takes is entered into the account of the program.
    counted: bool,
    /// Others wait for it, in a row.
    awaited: bool,
    /// What is supposed of what is not known.
    supposed: Option<&'a Supposed>,
    /// The records of which nothing is known but what a declaration says.
    blank: RefCell<Vec<blank::Blank<'a>>>,
    /// Who reads what, where that is to be known.
    pub(crate) trace: Option<Box<trace::Trace<'a>>>,
}

impl<'a> Eval<'a> {
    pub fn new(db: &'a dyn salsa::Database, arena: &'a Bump, program: Program, item: Item) -> Self {
        Self {
            db,
            arena,
            program,
            minor: target(db),
            unit: canonical(db, program, item),
            problems: RefCell::default(),
            failed_reads: RefCell::default(),
            deepest: Cell::new(0),
            sources: RefCell::default(),
            source_items: RefCell::default(),
            roots: Default::default(),
            handles: Default::default(),
            schema_layers: Default::default(),
            asked: RefCell::default(),
            rules: rules::Applied::default(),
            bare: false,
            derives: Cell::new(Derives::No),
            up_to: None,
            casts: RefCell::default(),
            calls: RefCell::default(),
            forcing: RefCell::default(),
            depth: Cell::new(0),
            turning: Cell::new(false),
            steps: Cell::new(0),
            free: Cell::new(UNIT),
            entered: Cell::new(0),
            sealed: Cell::new(0),
            layers: Cell::new(0),
            exhausted: Cell::new(false),
            rings_of_keys: RefCell::default(),
            lacks: Cell::new(false),
            counted: false,
            awaited: false,
            full: Cell::new((None, 0)),
            supposed: None,
            blank: RefCell::default(),
            trace: None,
        }
    }

    /// An evaluation that notes who reads what.
    pub(crate) fn traced(
        db: &'a dyn salsa::Database,
        arena: &'a Bump,
        program: Program,
        item: Item,
    ) -> Self {
        Self { trace: Some(Box::default()), ..Self::new(db, arena, program, item) }
    }

    /// An evaluation whose result is kept, or becomes part of what the program is judged by: what it takes is entered
    /// into the account of the program.
    pub(crate) fn counted(self) -> Self {
        if self.program.account(self.db).stops() {
            self.stop();
        }
        Self { counted: true, ..self }
    }

    /// An evaluation that others wait for, so that what it takes is kept until all that it reads is known.
    pub(crate) fn awaited(self) -> Self {
        Self { awaited: true, ..self }
    }

    /// An evaluation of the item without the layers above one of them.
    pub(crate) fn up_to(self, layer: Item) -> Self {
        Self { up_to: Some(layer), ..self }
    }

    /// What is told already of what is written left no value.
    fn lacking(&self) -> Value<'a> {
        self.lacks.set(true);
        Value::Error
    }

    /// The value of the item that the evaluation is for.
    pub fn root(&self) -> Value<'a> {
        let (rec, slot) = self.item_slot(self.unit, self.bare);
        self.force(rec, slot)
    }

    /// The slot of an item in the record that its file is, evaluated in this arena whoever owns it; as it is without
    /// any `every`, if `bare`.
    pub fn item_slot(&self, item: Item, bare: bool) -> (&'a Rec<'a>, &'a Slot<'a>) {
        let [ruled, without] = &self.roots;
        let roots = if bare { without } else { ruled };
        let known = |item: Item| roots.borrow().get(&item).copied();
        // Those who ask mostly know which item of a name stands for it.
        if let Some(root) = known(item) {
            return root;
        }
        let item = canonical(self.db, self.program, item);
        if let Some(root) = known(item) {
            return root;
        }
        let mut layers = bumpalo::collections::Vec::new_in(self.arena);
        let mut of_module: Option<(Module, u32)> = None;
        let mut entries = stack(self.db, self.program, item);
        if let Some(last) = self.up_to.filter(|_| item == self.unit) {
            let end = entries.iter().position(|entry| *entry == last);
            entries.truncate(end.map_or(entries.len(), |end| end + 1));
        }
        for entry in entries {
            let source = self.source(entry);
            // A layer that nobody may put there says nothing.
            if !source.poisoned.is_empty()
                && elaborate(self.db, entry).problems.iter().any(|p| p.code == Number::E(409))
            {
                continue;
            }
            let body = match &source.code.root {
                Root::Binding { body, .. } => *body,
                Root::Reached(layers) => match self.layer_of(item, layers) {
                    Some(body) => body,
                    None => continue,
                },
                _ => continue,
            };
            let Some(body) = source.code.bodies.get(body as usize) else { continue };
            let module = entry.module(self.db);
            let id = match of_module {
                // Each setting is a layer of its own, and the last one wins.
                Some((m, id)) if m == module && !source.command_line => id,
                _ => self.layer_id(),
            };
            of_module = Some((module, id));
            let prefix = if entry.kind(self.db) == ItemKind::Input {
                Strength::Default
            } else {
                Strength::Set
            };
            layers.push(Layer {
                source,
                body,
                env: Env::of(bare),
                prefix,
                id,
                siblings: 0,
                elements: None,
            });
        }
        let source = self.source(item);
        let made = Spot { source, node: 0 };
        let rec = self.record(Kind::File, layers.into_bump_slice(), made, Hint::default());
        let slot = self.slot_or_empty(rec, item.name(self.db));
        if item == self.unit && is_turning(self.db, item) {
            self.turning.set(true);
        }
        roots.borrow_mut().insert(item, (rec, slot));
        (rec, slot)
    }

    /// Of what an overlay binds in used files, the part that is a layer on an item.
    fn layer_of(&self, item: Item, layers: &[Reached]) -> Option<BodyId> {
        let files = stack_of(self.db, self.program, item.module(self.db));
        let name = item.name(self.db);
        let layer =
            layers.iter().find(|layer| *layer.name == *name && files.contains(&layer.module));
        layer.map(|layer| layer.body)
    }

    /// The code of an item, with what the evaluation needs to know about it.
    pub fn source(&self, item: Item) -> &'a Source<'a> {
        if let Some(&source) = self.sources.borrow().get(&item) {
            return source;
        }
        let elaborated = elaborate(self.db, item);
        let code: &'a Code = &elaborated.code;
        let module = item.module(self.db).origin(self.db);
        let mut items = self.source_items.borrow_mut();
        let source: &'a Source<'a> = self.arena.alloc(Source {
            item,
            code,
            index: u32::try_from(items.len()).unwrap_or(u32::MAX),
            schema: matches!(code.root, Root::Schema(_) | Root::Variant(_)),
            library: module == ModuleOrigin::Library,
            data: module == ModuleOrigin::Data,
            command_line: module == ModuleOrigin::CommandLine,
            rule: matches!(code.root, Root::Every(_)),
            poisoned: &elaborated.poisoned,
            prev: elaborated.prev,
        });
        items.push(item);
        self.sources.borrow_mut().insert(item, source);
        source
    }

    /// Where something was written, by its origin.
    pub(crate) fn spot_of(&self, origin: value::Origin) -> Option<Spot<'a>> {
        let item = *self.source_items.borrow().get((origin.0 >> 20) as usize)?;
        let source = *self.sources.borrow().get(&item)?;
        Some(Spot { source, node: origin.0 & 0xf_ffff })
    }

    /// The items whose code took part, in the order in which origins number them.
    pub fn origins(&self) -> Vec<Item> {
        self.source_items.borrow().clone()
    }

    /// Those that may take part in several: schemas, traits and functions of the user's files.
    pub fn shared(&self) -> Vec<Item> {
        let sources = self.sources.borrow();
        let is_shared = |item: &&Item| {
            sources.get(*item).is_some_and(|source| {
                let root = &source.code.root;
                !source.library
                    && matches!(root, Root::Schema(_) | Root::Trait { .. } | Root::Fn(_))
            })
        };
        let mut shared = self.rules_met();
        shared.extend(self.source_items.borrow().iter().filter(is_shared));
        shared
    }

    /// A number for a layer that no other has.
    fn layer_id(&self) -> u32 {
        let id = self.layers.get().saturating_add(1);
        self.layers.set(id);
        id
    }
}
