//! Values, records, layers and environments: what an evaluation is made of.
//!
//! Everything here is a `Copy` reference into the arena of one evaluation or into the memos of the query
//! graph. Nothing owns memory, so dropping the arena is all that there is to clean up.

use std::cell::{Cell, OnceCell};

use kube::types::{FieldType, TypeId};

use crate::code::{Body, Code, Entry, ExprId, Function, Strength};
use crate::db::Item;
use crate::read::World;
use crate::schema::{FieldInfo, SchemaInfo};
use crate::ty::{KeyedTy, RecordTy, Ty};

/// A value whose outermost constructor is known. What is inside of a record stays a thunk.
#[derive(Clone, Copy)]
pub enum Value<'a> {
    /// Follows from a problem that was found here or elsewhere; there is only one such value.
    Error,
    Absent,
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Str(&'a str),
    /// Canonical text.
    Quantity(&'a str),
    /// Nanoseconds.
    Duration(i64),
    /// A number of percents: `70%` is 70.0.
    Percent(f64),
    /// An open end is `Absent`.
    Range(&'a (Value<'a>, Value<'a>)),
    List(&'a [Element<'a>]),
    Rec(&'a Rec<'a>),
    Fn(&'a Closure<'a>),
    /// A place in the value of another item, not read yet or known to be a record.
    Handle(&'a Handle<'a>),
}

/// An element of a list, and where it was written.
#[derive(Clone, Copy)]
pub struct Element<'a> {
    pub value: Value<'a>,
    pub origin: Origin,
}

/// Where a value was written: an index into the sources of the evaluation (12 bits) and a node (20 bits).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Origin(pub u32);

/// The code of an item that takes part in the evaluation.
pub struct Source<'a> {
    pub item: Item,
    pub code: &'a Code,
    pub index: u32,
    /// Everything written in a schema is a default.
    pub schema: bool,
    /// Problems are reported where the user can mend them, so not in the library.
    pub library: bool,
    /// It is a file of data: what stands in it is read as the type that is asked for writes it in JSON.
    pub data: bool,
    /// `--set` needs no `override`.
    pub command_line: bool,
    /// The nodes, sorted, at which the elaborator found an error: what they say is not evaluated.
    pub poisoned: &'a [u32],
    /// An `every`, whose layers are siblings of those of all others.
    pub rule: bool,
    /// Whether `prev` occurs at all, so that others need not remember what is below.
    pub prev: bool,
}

/// What names mean while an expression is evaluated.
#[derive(Clone, Copy, Default)]
pub struct Env<'a> {
    pub locals: Option<&'a Local<'a>>,
    /// How many locals there are.
    pub depth: u32,
    /// The record whose fields bare names are.
    pub me: Option<&'a Rec<'a>>,
    /// The record in whose braces the expression stands.
    pub inner: Option<&'a Rec<'a>>,
    pub prev: Option<&'a Prev<'a>>,
    /// Whose derived field is being computed: the record that the graph is asked about.
    pub derived_for: Option<&'a Rec<'a>>,
    /// What it reads is as it is without any `every`.
    pub bare: bool,
}

pub struct Local<'a> {
    pub state: Cell<LocalState<'a>>,
    pub below: Option<&'a Local<'a>>,
}

#[derive(Clone, Copy)]
pub enum LocalState<'a> {
    Done(Value<'a>),
    /// What stood there in a list.
    Element(Element<'a>),
    Forcing,
    /// To be computed when it is asked for.
    Thunk(&'a Thunk<'a>),
    /// What it was computed as. Where a value stands in a file of data, the expression tells.
    Forced(Value<'a>, &'a Thunk<'a>),
    Slot {
        rec: &'a Rec<'a>,
        slot: &'a Slot<'a>,
    },
    /// The record as it is without any `every`.
    Bare {
        rec: &'a Rec<'a>,
    },
}

/// An expression, and what its names mean.
pub struct Thunk<'a> {
    pub source: &'a Source<'a>,
    pub expr: ExprId,
    pub env: Env<'a>,
}

/// What `prev` stands for: the layers below a binding.
pub struct Prev<'a> {
    pub rec: &'a Rec<'a>,
    pub slot: &'a Slot<'a>,
    pub below: Option<&'a Binding<'a>>,
}

pub struct Closure<'a> {
    pub source: &'a Source<'a>,
    pub function: &'a Function,
    pub env: Env<'a>,
    /// How many calls of it are under way.
    pub running: Cell<u32>,
}

/// The names on the way are joined by [`SEPARATOR`].
pub struct Handle<'a> {
    pub item: Item,
    pub path: &'a str,
    /// What it stands for is as it is without any `every`.
    pub bare: bool,
    /// A read has shown that it lies in a derived field.
    pub derived: Cell<bool>,
    /// Its last key need not be there, and is absent then: `m.a ?? e`, `m.a is set`.
    pub perhaps: Cell<bool>,
    /// Set once a read has shown that a record is there, and of which kind.
    pub record: Cell<Option<RecordIs>>,
    /// What a read has given, where that is no record.
    pub value: Cell<Option<Value<'a>>>,
}

pub const SEPARATOR: char = '\0';

/// A read of another item that gave an error.
#[derive(Clone, Copy)]
pub struct FailedRead<'a> {
    pub item: Item,
    pub path: &'a str,
    pub world: World,
    /// What was being computed when it was read.
    pub at: Option<Spot<'a>>,
}

/// What a reader is told of a record of another item.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RecordIs {
    Schema(Item),
    /// A case of a variant.
    Case(Item, u16),
    Kube(TypeId),
    /// A custom resource.
    Object,
    Other,
}

#[derive(Clone, Copy)]
pub enum Kind<'a> {
    /// The record that a file is, seen from one of its names.
    File,
    /// Also a case of a variant, which `case` of the info tells.
    Schema(&'a SchemaInfo, Item),
    Kube(TypeId),
    /// A custom resource.
    Object,
    Map(MapOf<'a>),
    Keyed(KeyedBy<'a>),
    Record(&'a RecordTy),
    Open,
}

/// The types of the keys and values of a map.
#[derive(Clone, Copy)]
pub enum MapOf<'a> {
    Ty(&'a Ty, &'a Ty),
    Kube(FieldType),
}

/// The type of the elements of a keyed list, and the names of the fields that tell them apart.
#[derive(Clone, Copy)]
pub enum KeyedBy<'a> {
    Ty(&'a KeyedTy),
    Kube(FieldType, &'static [&'static str]),
}

/// A type as it was declared: by the program, or by the Kubernetes API.
#[derive(Clone, Copy)]
pub enum Declared<'a> {
    Ty(&'a Ty),
    Kube(FieldType),
}

pub struct Rec<'a> {
    pub kind: Kind<'a>,
    /// Bottom first.
    pub layers: &'a [Layer<'a>],
    /// The name under which it was bound first.
    pub key: Cell<Option<&'a str>>,
    /// The record that holds it, and under which name.
    pub owner: Cell<Option<(&'a Rec<'a>, &'a str)>>,
    /// Where it was made.
    pub made: Spot<'a>,
    pub external: bool,
    /// The fields that its key in a keyed list gives it.
    pub given: &'a [(&'a str, Value<'a>)],
    pub opening: Cell<bool>,
    pub slots: OnceCell<Slots<'a>>,
    /// The last slot that was made without all others.
    pub alone: Cell<Option<&'a Alone<'a>>>,
    /// Validation, and then emission, visit each record once.
    pub validated: Cell<bool>,
    pub emitted: Cell<bool>,
}

/// A node of an item's tree, by its source.
#[derive(Clone, Copy)]
pub struct Spot<'a> {
    pub source: &'a Source<'a>,
    pub node: u32,
}

#[derive(Clone, Copy)]
pub struct Layer<'a> {
    pub source: &'a Source<'a>,
    pub body: &'a Body,
    pub env: Env<'a>,
    /// The strength of leaves in it that state none.
    pub prefix: Strength,
    /// Equal for all that is written in one layer of one record.
    pub id: u32,
    /// Equal, and not 0, for traits of one `with`.
    pub siblings: u32,
    /// Entries besides those of `body` that were made of the elements of a list.
    pub elements: Option<&'a [(&'a str, Element<'a>)]>,
}

pub struct Slots<'a> {
    /// One for each declared field of a schema, in order.
    pub dense: &'a [Slot<'a>],
    /// All others in order of first appearance.
    pub extra: Cell<&'a [Slot<'a>]>,
    /// Indices into `extra` sorted by name, where there are many.
    pub index: Cell<&'a [u32]>,
    /// `check`, `warn`, `note`, and `allow`.
    pub checks: Cell<&'a [CheckAt<'a>]>,
    /// A key, or what is gone through for keys, could not be computed.
    pub broken: Cell<bool>,
}

/// A slot of a record of which only some were asked for.
pub struct Alone<'a> {
    pub slot: Slot<'a>,
    pub before: Option<&'a Alone<'a>>,
}

pub struct Slot<'a> {
    pub name: &'a str,
    pub field: Option<&'a FieldInfo>,
    /// Topmost first.
    pub bindings: Cell<Option<&'a Binding<'a>>>,
    pub state: Cell<SlotState<'a>>,
    /// Where the winning value was written.
    pub origin: Cell<Option<Spot<'a>>>,
    /// What Kubernetes' types say of it, once that is asked.
    pub of_kube: OnceCell<Option<FieldType>>,
}

#[derive(Clone, Copy)]
pub enum SlotState<'a> {
    Unforced,
    /// It is derived: absent until all else is known.
    Later,
    Forcing,
    Done(Value<'a>),
    /// It was made alone before its record was opened: the value is that of the other.
    Alone(&'a Slot<'a>),
}

pub struct Binding<'a> {
    pub layer: &'a Layer<'a>,
    /// The number of the layer in its record; bindings are sorted by it.
    pub order: u32,
    pub what: What<'a>,
    pub env: Env<'a>,
    pub when: Option<&'a When<'a>>,
    pub below: Cell<Option<&'a Binding<'a>>>,
}

#[derive(Clone, Copy)]
pub enum What<'a> {
    Entry(&'a Entry),
    /// A field that `...value` brought.
    Slot {
        rec: &'a Rec<'a>,
        slot: &'a Slot<'a>,
        node: u32,
    },
    /// An element of a list of data that became a keyed one.
    Element(Element<'a>, Spot<'a>),
    /// A field that the key gives.
    Given(Value<'a>),
}

/// The conditions under which an entry belongs to its body.
pub struct When<'a> {
    pub source: &'a Source<'a>,
    pub condition: ExprId,
    pub env: Env<'a>,
    pub outer: Option<&'a When<'a>>,
    pub result: Cell<Option<Option<bool>>>,
    /// How often it is being asked, the one time within the other.
    pub asked: Cell<u8>,
}

/// A `check` of a body, with what its names mean.
#[derive(Clone, Copy)]
pub struct CheckAt<'a> {
    pub layer: &'a Layer<'a>,
    pub entry: &'a Entry,
    pub env: Env<'a>,
    pub when: Option<&'a When<'a>>,
}

/// What the place of an expression says about the record that it may make.
#[derive(Clone, Copy, Default)]
pub struct Hint<'a> {
    pub key: Option<&'a str>,
    pub owner: Option<(&'a Rec<'a>, &'a str)>,
}

impl<'a> Spot<'a> {
    pub fn place(self) -> crate::problem::Place {
        crate::problem::Place { item: self.source.item, node: self.node }
    }

    pub fn origin(self) -> Origin {
        Origin(self.source.index.min(0xfff) << 20 | self.node.min(0xf_ffff))
    }
}

impl<'a> Source<'a> {
    pub fn spot(&'a self, expr: ExprId) -> Spot<'a> {
        Spot { source: self, node: self.code.nodes.get(expr as usize).copied().unwrap_or_default() }
    }
}

impl Rec<'_> {
    /// Whether it was made in the world without rules.
    pub fn is_bare(&self) -> bool {
        self.layers.first().is_some_and(|layer| layer.env.bare)
    }
}

impl<'a> Slots<'a> {
    /// All slots, the declared ones first.
    pub fn iter(&self) -> impl Iterator<Item = &'a Slot<'a>> + use<'a> {
        self.dense.iter().chain(self.extra.get())
    }
}

impl<'a> Env<'a> {
    /// An environment without names.
    pub fn of(bare: bool) -> Self {
        Env { bare, ..Env::default() }
    }

    /// The state of a local, by its level.
    pub fn local(&self, level: u32) -> Option<&'a Local<'a>> {
        let mut steps = self.depth.checked_sub(level)?.checked_sub(1)?;
        let mut local = self.locals?;
        while steps > 0 {
            local = local.below?;
            steps -= 1;
        }
        Some(local)
    }
}

impl<'a> Binding<'a> {
    /// Where the entry stands.
    pub fn spot(&self) -> Spot<'a> {
        match self.what {
            What::Entry(entry) => Spot { source: self.layer.source, node: entry.node },
            What::Slot { node, .. } => Spot { source: self.layer.source, node },
            What::Element(_, spot) => spot,
            What::Given(_) => Spot { source: self.layer.source, node: 0 },
        }
    }

    /// Where its value stands, if it has one.
    pub fn value_spot(&self) -> Spot<'a> {
        match self.what {
            What::Entry(Entry { kind: crate::code::EntryKind::Set { value, .. }, .. }) => {
                self.layer.source.spot(*value)
            }
            _ => self.spot(),
        }
    }
}

impl Value<'_> {
    pub fn is_error(self) -> bool {
        matches!(self, Value::Error)
    }

    pub fn is_absent(self) -> bool {
        matches!(self, Value::Absent)
    }
}
