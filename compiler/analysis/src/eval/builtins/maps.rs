//! Functions of maps, keyed lists and records. Most are written in the library itself, by comprehensions.

use super::{Call, Run};
use crate::eval::value::{LocalState, Rec, Slot, Value};

pub(super) const ALL: &[(&str, Run)] = &[
    ("all", all),
    ("any", any),
    ("count", count),
    ("keys", keys),
    ("len", len),
    ("values", values),
];

fn keys<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let (_, slots) = slots(call)?;
    call.listed(slots.into_iter().map(|slot| Value::Str(slot.name)))
}

fn values<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let (rec, slots) = slots(call)?;
    let mut values = Vec::with_capacity(slots.len());
    for slot in slots {
        match call.eval.force(rec, slot) {
            Value::Error => return None,
            value => values.push(value),
        }
    }
    call.listed(values)
}

fn len<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    call.number(slots(call)?.1.len())
}

fn all<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let (rec, slots) = slots(call)?;
    for slot in slots {
        if !call.holds(1, LocalState::Slot { rec, slot })? {
            return Some(Value::Bool(false));
        }
    }
    Some(Value::Bool(true))
}

fn any<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let (rec, slots) = slots(call)?;
    for slot in slots {
        if call.holds(1, LocalState::Slot { rec, slot })? {
            return Some(Value::Bool(true));
        }
    }
    Some(Value::Bool(false))
}

fn count<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let (rec, slots) = slots(call)?;
    let mut count = 0;
    for slot in slots {
        count += usize::from(call.holds(1, LocalState::Slot { rec, slot })?);
    }
    call.number(count)
}

/// The entries that are there; what is given as absent is passed over, as `for` does.
fn slots<'a>(call: &Call<'_, 'a>) -> Option<(&'a Rec<'a>, Vec<&'a Slot<'a>>)> {
    match call.eval.localized(call.value(0)) {
        Value::Rec(rec) => Some((rec, call.eval.keys(rec)?)),
        other => call.unexpected("a map", other),
    }
}
