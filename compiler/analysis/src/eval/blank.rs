//! What is made of a schema, a trait or a function of which nothing is known that users are going to give it.

use crate::code::Root;
use crate::db::Item;
use crate::eval::Eval;
use crate::eval::value::{
    Declared, Env, Hint, Kind, LocalState, Rec, Slot, SlotState, Source, Value,
};
use crate::schema::schema;

impl<'a> Eval<'a> {
    /// An instance of a schema, something to which a trait is added, or what a function gives. Whatever depends on what
    /// users give is an error, and the rest is as it is in all that they make of it. Of anything else nothing is made.
    /// Users may give what has a default, too: `defaults` are there where it is asked what is wrong with themselves.
    pub(crate) fn blank(&self, item: Item, defaults: bool) -> Value<'a> {
        let source = self.source(item);
        match &source.code.root {
            Root::Schema(_) => {
                self.blank_record(source, Kind::Schema(schema(self.db, item), item), &[], defaults)
            }
            Root::Trait { of, .. } => match self.kind_of(Declared::Ty(of)) {
                Some(kind) => self.blank_record(source, kind, &[item], defaults),
                None => Value::Absent,
            },
            Root::Fn(function) => {
                let unknown: Vec<LocalState<'a>> =
                    function.params.iter().map(|_| LocalState::Done(Value::Error)).collect();
                let closure = self.closure(source, function, Env::default());
                self.call(source, function.body, closure, &unknown, Hint::default())
            }
            _ => Value::Absent,
        }
    }

    /// What is written under a key of a map: where only the value is not known, nothing, so that the key can be judged.
    pub(crate) fn under_key(&self, rec: &'a Rec<'a>, value: Value<'a>) -> Value<'a> {
        let is_unknown = value.is_error() && self.supposed.is_some();
        if is_unknown && matches!(rec.kind, Kind::Map(_)) { Value::Null } else { value }
    }

    fn blank_record(
        &self,
        source: &'a Source<'a>,
        kind: Kind<'a>,
        traits: &[Item],
        defaults: bool,
    ) -> Value<'a> {
        let below = self.layers_of_kind(kind, false);
        let layers = self.layers_above(below, traits, None, &Env::default());
        let record = self.record(kind, layers, source.spot(0), Hint::default());
        let is_known = |slot: &&Slot<'_>| match defaults {
            true => slot.bindings.get().is_some(),
            false => is_emitted(slot) || is_set(slot),
        };
        for slot in self.slots(record).dense.iter().filter(|slot| !is_known(slot)) {
            slot.state.set(SlotState::Done(Value::Error));
        }
        Value::Rec(record)
    }
}

fn is_emitted(slot: &Slot<'_>) -> bool {
    slot.field.is_some_and(|field| field.emit)
}

/// Whether more than a default says what it is.
fn is_set(slot: &Slot<'_>) -> bool {
    slot.bindings.get().is_some_and(|binding| !binding.layer.source.schema)
}
