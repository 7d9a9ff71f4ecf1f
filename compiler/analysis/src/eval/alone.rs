//! One slot of a record of many, without all others.
//!
//! Who reads one key of another item's map opens that map for itself, and forgets it. Where all names are written out,
//! it need not: a map of thousands of keys, of which each is read by an item of its own, would cost their square.

use crate::eval::Eval;
use crate::eval::value::{Alone, Kind, Rec, Slot, SlotState, Value, What};

/// Slots of one record that are made alone; who asks for more is given all.
const FEW: usize = 16;

impl<'a> Eval<'a> {
    /// The slot of a name in a record that is not open yet, if it has one; `None` where the record must be opened to know.
    pub(super) fn slot_alone(&self, rec: &'a Rec<'a>, name: &str) -> Option<Option<&'a Slot<'a>>> {
        // Who reads what is noted of the slots of open records.
        if self.trace.is_some() || !can_wait(rec) {
            return None;
        }
        if let Some(slot) = made(rec).find(|slot| slot.name == name) {
            return Some(Some(slot));
        }
        if made(rec).count() >= FEW {
            return None;
        }
        let mut slot: Option<Slot<'a>> = None;
        for (order, layer) in (0..).zip(rec.layers) {
            let mut env = layer.env;
            if layer.body.own {
                env.me = Some(rec);
            }
            env.inner = Some(rec);
            for entry in layer.body.binding(name) {
                let binding = self.binding(layer, order, What::Entry(entry), env, None);
                let slot =
                    slot.get_or_insert_with(|| Slot::named(entry.name().unwrap_or_default()));
                binding.below.set(slot.bindings.replace(Some(binding)));
            }
        }
        let Some(slot) = slot else { return Some(None) };
        let alone: &'a Alone<'a> = self.arena.alloc(Alone { slot, before: rec.alone.get() });
        rec.alone.set(Some(alone));
        Some(Some(&alone.slot))
    }

    /// The value of a slot, where that is the one of a slot that was made alone.
    #[cold]
    pub(super) fn force_alone(
        &self,
        rec: &'a Rec<'a>,
        slot: &'a Slot<'a>,
        other: &'a Slot<'a>,
    ) -> Value<'a> {
        let value = self.force(rec, other);
        slot.take(other);
        value
    }

    /// Whether a key of a record, or what is gone through for its keys, could not be computed.
    pub(super) fn lacks_keys(&self, rec: &'a Rec<'a>) -> bool {
        !can_wait(rec) && self.slots(rec).broken.get()
    }
}

impl<'a> Slot<'a> {
    /// Takes the value of another slot over, where that is known.
    fn take(&self, other: &Slot<'a>) {
        if let done @ SlotState::Done(_) = other.state.get() {
            self.state.set(done);
            self.origin.set(other.origin.get());
        }
    }
}

/// Lets the slots of a record that is opened have the values of those that were made alone.
pub(super) fn join<'a>(rec: &'a Rec<'a>, slots: &'a [Slot<'a>]) {
    if rec.alone.get().is_none() {
        return;
    }
    for slot in slots {
        if let Some(other) = made(rec).find(|other| other.name == slot.name) {
            slot.state.set(SlotState::Alone(other));
            slot.take(other);
        }
    }
}

/// The slots that were made alone.
pub(super) fn made<'a>(rec: &'a Rec<'a>) -> impl Iterator<Item = &'a Slot<'a>> {
    std::iter::successors(rec.alone.get(), |alone| alone.before).map(|alone| &alone.slot)
}

/// Whether a record has many names, of which each can be looked for without opening it.
fn can_wait(rec: &Rec<'_>) -> bool {
    rec.slots.get().is_none()
        && rec.layers.iter().any(|layer| layer.body.named.is_some())
        && !matches!(rec.kind, Kind::Schema(..) | Kind::Keyed(_))
        && rec.given.is_empty()
        && rec.layers.iter().all(|layer| layer.elements.is_none() && layer.body.is_written_out())
}
