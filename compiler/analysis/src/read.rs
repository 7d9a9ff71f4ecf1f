//! What one item reads of another: one path, evaluated lazily, copied out of its arena.
//!
//! A read is an evaluation of its own and never a projection of a whole item's value, so a reader depends on
//! nothing but what that path needs. It reports no problems: they belong to the unit that owns the value.

use std::sync::Arc;

use bumpalo::Bump;

use crate::db::{Item, Program};
use crate::eval::Eval;
use crate::eval::member::{Step, segments};
use crate::eval::value::{RecordIs, Value};

/// The names on the way into an item's value, joined by [`crate::eval::value::SEPARATOR`]; empty for all of it.
#[salsa::interned(revisions = usize::MAX)]
pub struct Path<'db> {
    #[returns(deref)]
    pub text: String,
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
    /// Another name for a record of that item, at that path.
    Handle(Item, Box<str>, RecordIs),
    /// A function; who calls it evaluates it.
    Fn,
    /// The path leads nowhere from its name of this number on.
    Missing(u32),
    /// The value belongs to something external, which does not say.
    NotMade,
}

/// The keys of the record at a path, in order; `None` where there is no record, or an error.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Keys(pub Option<Vec<Arc<str>>>);

/// The value at a path of an item.
#[salsa::tracked(cycle_result = read_cycle)]
pub fn read<'db>(
    db: &'db dyn salsa::Database,
    program: Program,
    item: Item,
    path: Path<'db>,
) -> Data {
    let arena = Bump::new();
    let eval = Eval::new(db, &arena, program, item);
    match walk(&eval, path.text(db)) {
        Ok(value) => data(&eval, value),
        Err(nowhere) => nowhere,
    }
}

fn read_cycle<'db>(
    _: &'db dyn salsa::Database,
    _: salsa::Id,
    _: Program,
    _: Item,
    _: Path<'db>,
) -> Data {
    Data::Error
}

/// The keys of the record at a path of an item, without their values.
#[salsa::tracked(cycle_result = keys_cycle)]
pub fn keys<'db>(
    db: &'db dyn salsa::Database,
    program: Program,
    item: Item,
    path: Path<'db>,
) -> Keys {
    let arena = Bump::new();
    let eval = Eval::new(db, &arena, program, item);
    let rec = match walk(&eval, path.text(db)) {
        Ok(Value::Rec(rec)) => rec,
        // Another name for a record elsewhere.
        Ok(Value::Handle(other)) => {
            return keys(db, program, other.item, Path::new(db, other.path)).clone();
        }
        _ => return Keys(None),
    };
    Keys(eval.keys(rec).map(|keys| keys.into_iter().map(|slot| slot.name.into()).collect()))
}

fn keys_cycle<'db>(
    _: &'db dyn salsa::Database,
    _: salsa::Id,
    _: Program,
    _: Item,
    _: Path<'db>,
) -> Keys {
    Keys(None)
}

/// The value at a path of the evaluation's own item, or what to tell a reader for whom there is none.
pub(crate) fn walk<'a>(eval: &Eval<'a>, path: &str) -> Result<Value<'a>, Data> {
    let mut value = eval.whnf(eval.root());
    for (at, name) in segments(path).enumerate() {
        match eval.step(value, eval.arena.alloc_str(name)) {
            Step::Value(next) => value = eval.whnf(next),
            Step::Missing => return Err(Data::Missing(u32::try_from(at).unwrap_or(u32::MAX))),
            Step::NotMade => return Err(Data::NotMade),
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
