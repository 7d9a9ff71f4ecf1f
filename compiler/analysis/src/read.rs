//! What one item reads of another: one path, evaluated lazily, copied out of its arena.
//!
//! A read is an evaluation of its own and never a projection of a whole item's value, so a reader depends on
//! nothing but what that path needs. It reports no problems: they belong to the unit that owns the value.

mod under_way;

use std::sync::Arc;

use bumpalo::Bump;
use salsa::plumbing::AsId;

use crate::db::{Item, Program};
use crate::eval::member::{Step, segments};
use crate::eval::value::{RecordIs, Value};
use crate::eval::{Eval, canonical, is_turning};
use crate::limits;
use under_way::{Active, Cut, Entered, ask};

pub(crate) use under_way::UnderWay;

/// The names on the way into an item's value, joined by [`crate::eval::value::SEPARATOR`]; empty for all of it.
#[salsa::interned(revisions = usize::MAX)]
pub struct Path<'db> {
    #[returns(deref)]
    pub text: String,
}

/// What a value is read from: all that a program says, or less.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct World {
    /// Without any `every`.
    pub bare: bool,
    /// With the fields that are derived, which are known last.
    pub derived: bool,
}

/// The value at a path, as far as it is no record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Data {
    /// There is one error value: what is on a cycle and what only follows from it are told apart elsewhere.
    Error,
    Absent,
    Null,
    Bool(bool),
    Int(i64),
    /// Bits of an `f64`.
    Float(u64),
    Str(Box<str>),
    Quantity(Box<str>),
    Duration(i64),
    Percent(u64),
    Range(Box<(Data, Data)>),
    List(Box<[Data]>),
    /// A record lies there; its fields are read by longer paths.
    Record(RecordIs),
    /// A part of an object of the Kubernetes API that nothing binds: absent for who asks whether it is there, and for
    /// others an empty record or list.
    Empty(Box<Data>),
    /// Another name for a record of that item, at that path.
    Handle(Item, Box<str>, RecordIs),
    /// A function; who calls it evaluates it.
    Fn,
    /// The path leads nowhere from its name of this number on.
    Missing(u32),
    /// The value belongs to something external, which does not say.
    NotMade,
    /// The path leads into a derived field, of a world in which it is not known.
    Derived,
}

impl Data {
    /// Whether it is all there is: no parts of it can be read, and nothing is wrong with it.
    pub(crate) fn is_scalar(&self) -> bool {
        matches!(
            self,
            Data::Null
                | Data::Bool(_)
                | Data::Int(_)
                | Data::Float(_)
                | Data::Str(_)
                | Data::Quantity(_)
                | Data::Duration(_)
                | Data::Percent(_)
        )
    }
}

/// The keys of the record at a path, in order; `None` where there is no record, or an error.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Keys(pub Option<Vec<Arc<str>>>);

/// The value at a path, and how many reads in a row it took, of which each counts as often as it takes
/// [`limits::READ_BYTES`]. The number is part of what readers see, because a row that grows past [`limits::CHAIN`] at its
/// end is an error at its beginning.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    pub data: Data,
    pub depth: u32,
}

/// The value at a path of an item. Who asks for it counts so many times in a row while it waits.
pub fn read<'db>(
    db: &'db dyn salsa::Database,
    program: Program,
    world: World,
    item: Item,
    path: Path<'db>,
    waiting: u32,
) -> &'db Found {
    let key = Active { program, world, item, path: path.as_id() };
    match ask(key, waiting, || program.account(db).under_way()) {
        Ok(_waits) => found(db, program, world, item, path),
        Err(cut) => {
            // What is cut off depends on where the evaluation began, so it must not outlive this revision.
            db.report_untracked_read();
            match cut {
                Cut::TooDeep => &TOO_DEEP,
                Cut::Ring => &RING,
            }
        }
    }
}

static TOO_DEEP: Found = Found { data: Data::Error, depth: limits::CHAIN + 1 };

static RING: Found = Found { data: Data::Error, depth: 0 };

#[salsa::tracked(cycle_result = found_cycle)]
fn found<'db>(
    db: &'db dyn salsa::Database,
    program: Program,
    world: World,
    item: Item,
    path: Path<'db>,
) -> Found {
    let _entered = Entered::new(Active { program, world, item, path: path.as_id() });
    // What it holds may go on for ever. A ring of values is found all the same, by who looks for one.
    if is_turning(db, canonical(db, program, item)) {
        return Found { data: Data::Error, depth: 1 };
    }
    let arena = Bump::new();
    let eval = Eval::new(db, &arena, program, item).counted().awaited().in_world(world);
    let data = match walk(&eval, path.text(db)) {
        Ok(value) => data(&eval, value),
        Err(nowhere) => nowhere,
    };
    let depth = eval.deepest.get().max(1);
    if depth > limits::CHAIN {
        return Found { data: Data::Error, depth };
    }
    Found { data, depth }
}

fn found_cycle<'db>(
    _: &'db dyn salsa::Database,
    _: salsa::Id,
    _: Program,
    _: World,
    _: Item,
    _: Path<'db>,
) -> Found {
    Found { data: Data::Error, depth: 0 }
}

/// The keys of the record at a path of an item, without their values.
#[salsa::tracked(cycle_result = keys_cycle)]
pub fn keys<'db>(
    db: &'db dyn salsa::Database,
    program: Program,
    world: World,
    item: Item,
    path: Path<'db>,
) -> Keys {
    let arena = Bump::new();
    let eval = Eval::new(db, &arena, program, item).counted().awaited().in_world(world);
    let rec = match walk(&eval, path.text(db)) {
        Ok(Value::Rec(rec)) => rec,
        Err(Data::Empty(_)) => return Keys(Some(Vec::new())),
        // Another name for a record elsewhere.
        Ok(Value::Handle(other)) => {
            let path = Path::new(db, other.path);
            return keys(db, program, other.world(), other.item, path).clone();
        }
        _ => return Keys(None),
    };
    Keys(eval.keys(rec).map(|keys| keys.into_iter().map(|slot| slot.name.into()).collect()))
}

fn keys_cycle<'db>(
    _: &'db dyn salsa::Database,
    _: salsa::Id,
    _: Program,
    _: World,
    _: Item,
    _: Path<'db>,
) -> Keys {
    Keys(None)
}

/// The value at a path of the evaluation's own item, or what to tell a reader for whom there is none.
pub(crate) fn walk<'a>(eval: &Eval<'a>, path: &str) -> Result<Value<'a>, Data> {
    let mut value = eval.whnf(eval.root());
    let mut names = segments(path).enumerate().peekable();
    while let Some((at, name)) = names.next() {
        let name = eval.arena.alloc_str(name);
        match eval.step(value, name) {
            Step::Value(Value::Absent) => match (eval.part(value, name), names.peek()) {
                (Value::Absent, None) => return Ok(Value::Absent),
                (Value::Absent, Some(_)) => value = Value::Absent,
                (part, None) => return Err(Data::Empty(Box::new(data(eval, part)))),
                (part, Some(_)) => value = part,
            },
            Step::Value(next) => value = eval.whnf(next),
            Step::Missing => return Err(Data::Missing(u32::try_from(at).unwrap_or(u32::MAX))),
            Step::NotMade => return Err(Data::NotMade),
            Step::Derived => return Err(Data::Derived),
        }
    }
    Ok(value)
}

fn data<'a>(eval: &Eval<'a>, value: Value<'a>) -> Data {
    let text = |text: &str| text.into();
    match value {
        Value::Error => Data::Error,
        Value::Absent => Data::Absent,
        Value::Null => Data::Null,
        Value::Bool(value) => Data::Bool(value),
        Value::Int(value) => Data::Int(value),
        Value::Float(value) => Data::Float(value.to_bits()),
        Value::Str(value) => Data::Str(text(value)),
        Value::Quantity(value) => Data::Quantity(text(value)),
        Value::Duration(value) => Data::Duration(value),
        Value::Percent(value) => Data::Percent(value.to_bits()),
        Value::Fn(_) => Data::Fn,
        _ => compound(eval, value),
    }
}

fn compound<'a>(eval: &Eval<'a>, value: Value<'a>) -> Data {
    match value {
        Value::Range((start, end)) => Data::Range(Box::new((data(eval, *start), data(eval, *end)))),
        Value::List(elements) => {
            let mut list = Vec::with_capacity(elements.len());
            for element in elements {
                let element = match eval.whnf(element.value) {
                    Value::Error => return Data::Error,
                    Value::Rec(rec) => Data::Record(eval.record_is(rec)),
                    value => data(eval, value),
                };
                list.push(element);
            }
            Data::List(list.into())
        }
        Value::Rec(rec) => Data::Record(eval.record_is(rec)),
        Value::Handle(handle) => Data::Handle(
            handle.item,
            handle.path.into(),
            handle.record.get().unwrap_or(RecordIs::Other),
        ),
        _ => Data::Error,
    }
}
