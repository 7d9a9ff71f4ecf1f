//! What is wrong with a slot that is forced: that no layer binds it, or that its value depends on itself.

use crate::code::{EntryKind, SetOp};
use crate::db::ItemKind;
use crate::elaborate::signature;
use crate::eval::Eval;
use crate::eval::declared::required_of;
use crate::eval::mend::cannot_be_unset;
use crate::eval::value::{Kind, Rec, Slot, SlotState, Spot, Value, What};
use crate::fits::base;
use crate::limits;
use crate::problem::{Code, Place, Problem};
use crate::schema::SchemaInfo;
use crate::show::listed;
use crate::ty::Ty;

impl<'a> Eval<'a> {
    /// Reports `key` in a record that no name is bound to, where whoever uses it can give it one.
    pub(super) fn without_key(&self, spot: Spot<'a>, me: Option<&'a Rec<'a>>) -> Value<'a> {
        let message = "this record is bound to no name, so it has no `key`";
        let help = "give it the field that is computed from its key, such as `name = \"…\"`";
        let place = me.map_or(spot, |me| self.outer_spot(me)).place();
        let mut problem = Problem::error(203, place, message).help(help);
        if let Some(made) = me.map(|me| self.user_spot(me))
            && made.place() != place
            && !made.source.library
        {
            problem = problem.related(made.place(), "the record is made here");
        }
        self.report(problem)
    }

    /// A field that no layer binds.
    pub(super) fn unbound(&self, rec: &'a Rec<'a>, slot: &'a Slot<'a>) -> Value<'a> {
        if self.may_be_absent(rec, slot) {
            return Value::Absent;
        }
        if let Some(binding) = slot.bindings.get()
            && let What::Entry(entry) = binding.what
            && let EntryKind::Unset { .. } = entry.kind
        {
            if binding.below.get().is_none() {
                // That there is nothing to unset is told with the strengths of layers.
                return Value::Error;
            }
            let path = self.path(rec, slot.name);
            return self.report(cannot_be_unset(self.db, binding.spot().place(), &path));
        }
        match rec.kind {
            // What is wrong with how it is written was said already.
            Kind::File if rec.layers.is_empty() || !rec.made.source.poisoned.is_empty() => {
                Value::Error
            }
            // Of what kind it is nobody knows, and perhaps it may be absent.
            Kind::File if signature(self.db, rec.made.source.item).ty == Ty::Error => Value::Error,
            Kind::File => {
                let place = Spot { source: rec.made.source, node: 0 }.place();
                self.report(
                    Problem::error(202, place, format!("`{}` has no value", slot.name))
                        .help(format!("give it a default, or set it: `--set {}=…`", slot.name)),
                )
            }
            Kind::Schema(info, _) if rec.external => {
                let spot = self.user_spot(rec);
                let name = self.record_name(rec);
                let mut problem = Problem::error(
                    506,
                    spot.place(),
                    format!(
                        "{name} is external and says nothing of `{}`, which is needed",
                        slot.name
                    ),
                );
                if let Some(field) = slot.field {
                    problem =
                        problem.related(field.place, format!("declared here, in {}", info.name));
                }
                self.report(problem)
            }
            Kind::Schema(info, _) => self.lacks_fields(rec, info, slot),
            Kind::Record(_) => self.required_field(rec, slot.name),
            _ => Value::Absent,
        }
    }

    /// Reports the fields of a schema that a record lacks: all of them at once, whichever is asked for first.
    fn lacks_fields(
        &self,
        rec: &'a Rec<'a>,
        info: &'a SchemaInfo,
        slot: &'a Slot<'a>,
    ) -> Value<'a> {
        let lacking = self.lacking_with(rec, slot);
        let told = |other: &&Slot<'a>| matches!(other.state.get(), SlotState::Done(_));
        if lacking.iter().any(told) {
            return Value::Error;
        }
        let names: Vec<&str> = lacking.iter().map(|slot| slot.name).collect();
        let (names, set) = named_and_set(&names, |name| {
            let field = lacking.iter().find(|slot| slot.name == name)?.field?;
            Some(holds_entries(base(&field.ty)))
        });
        let spot = self.user_spot(rec);
        let help = match spot.source.item.kind(self.db) {
            ItemKind::Let => format!(
                "{set}; what is put on several, and is none of them, is a `trait Name for {} {{ … }}`",
                info.name
            ),
            _ => match self.replaced(rec) {
                Some(name) => format!(
                    "`=` replaces all that is said of `{name}` below; `{name} {{ … }}` changes what it names, and keeps the rest"
                ),
                None => set,
            },
        };
        let are = if lacking.len() > 1 { "are" } else { "is" };
        let message = format!("{} needs {names}", info.name);
        let mut problem = Problem::error(202, spot.place(), message)
            .label(format!("{names} {are} missing here"))
            .help(help);
        for field in lacking.iter().filter_map(|slot| slot.field) {
            let ty = self.type_text(&field.ty);
            problem = problem.related(field.place, format!("declared here as {ty}"));
        }
        self.report(problem)
    }

    /// The declared fields that no layer binds and that have to have a value, of which one is known.
    fn lacking_with(&self, rec: &'a Rec<'a>, known: &'a Slot<'a>) -> Vec<&'a Slot<'a>> {
        let slots = if rec.opening.get() { rec.slots.get() } else { Some(self.slots(rec)) };
        match slots {
            Some(slots) if known.bindings.get().is_none() => {
                slots.dense.iter().filter(|slot| self.lacks(rec, slot)).take(SHOWN).collect()
            }
            _ => vec![known],
        }
    }

    fn lacks(&self, rec: &'a Rec<'a>, slot: &'a Slot<'a>) -> bool {
        slot.bindings.get().is_none() && !self.may_be_absent(rec, slot) && !self.is_later(slot)
    }

    /// Whether a record was put in place of a whole one, and lacks what that had: that its checks do not hold follows.
    pub(super) fn lacks_what_it_replaced(&self, rec: &'a Rec<'a>) -> bool {
        self.replaced(rec).is_some()
            && self.slots(rec).dense.iter().any(|slot| self.lacks(rec, slot))
    }

    /// The name of what `override NAME = { … }` has put a record in place of.
    fn replaced(&self, rec: &'a Rec<'a>) -> Option<String> {
        let (owner, name) = rec.owner.get()?;
        let binding = self.slot_of(owner, name)?.bindings.get()?;
        let What::Entry(entry) = binding.what else { return None };
        let EntryKind::Set { op: SetOp::Replace, .. } = &entry.kind else { return None };
        let is_own = rec.made.place() == binding.value_spot().place();
        (is_own && binding.below.get().is_some()).then(|| self.path(owner, name))
    }

    /// Reports the fields that the type of a record asks for, and that nothing binds.
    pub(crate) fn check_required(&self, rec: &'a Rec<'a>) {
        if let Some(name) = self.lacking_of_type(rec).next() {
            self.required_field(rec, name);
        }
    }

    /// The fields that the type of a record asks for, and that nothing binds.
    fn lacking_of_type(&self, rec: &'a Rec<'a>) -> impl Iterator<Item = &'a str> {
        let bound = |slot: &Slot<'a>| slot.bindings.get().is_some();
        required_of(rec.kind)
            .filter(|_| !rec.external)
            .filter(move |name| !self.slot(rec, name).is_some_and(bound) && !self.lacks_keys(rec))
    }

    /// Reports that a field has no value, and with it all others that nothing binds.
    fn required_field(&self, rec: &'a Rec<'a>, name: &'a str) -> Value<'a> {
        let mut lacking: Vec<&str> = self.lacking_of_type(rec).take(SHOWN).collect();
        if !lacking.contains(&name) {
            lacking = vec![name];
        }
        let (names, set) = named_and_set(&lacking, |name| match rec.kind {
            Kind::Record(record) => record.field(name).map(|ty| holds_entries(base(ty))),
            _ => None,
        });
        let spot = if rec.made.source.data { rec.made } else { self.user_spot(rec) };
        let are = if lacking.len() > 1 { "are" } else { "is" };
        let message = format!("{names} {are} missing in {}", self.record_name(rec));
        self.report(Problem::error(202, spot.place(), message).help(set))
    }

    /// A slot that is reached while it is being forced: the whole ring is on the stack.
    pub(super) fn ring(&self, slot: &'a Slot<'a>) -> Value<'a> {
        let forcing = self.forcing.borrow();
        let start = forcing.iter().position(|(_, s)| std::ptr::eq(*s, slot)).unwrap_or(0);
        let mut ring: Vec<_> = forcing.get(start..).unwrap_or_default().to_vec();
        drop(forcing);
        // It begins where a user can mend it.
        let by_user = ring.iter().position(|(rec, slot)| self.written_place(rec, slot).is_some());
        ring.rotate_left(by_user.unwrap_or_default());
        let names: Vec<String> = ring.iter().map(|(rec, slot)| self.path(rec, slot.name)).collect();
        let Some(((rec, slot), name)) = ring.first().zip(names.first()) else {
            return Value::Error;
        };
        let place = self.written_place(rec, slot).unwrap_or_else(|| self.user_spot(rec).place());
        if ring.len() > limits::RING {
            return self.report(Problem::error(
                503,
                place,
                format!("more than {} values depend on each other in a ring", limits::RING),
            ));
        }
        // What leads back to one place in several ways is mended there once.
        let is_told = |told: &Problem| told.code == Code::E(501) && told.place == place;
        if self.problems.borrow().iter().any(is_told) {
            return Value::Error;
        }
        let mut problem = Problem::error(
            501,
            place,
            format!("`{name}` depends on itself: {} → {name}", names.join(" → ")),
        )
        .help(way_out(names.len()));
        for ((rec, slot), name) in ring.iter().zip(&names).skip(1) {
            if let Some(place) = self.written_place(rec, slot) {
                problem = problem.related(place, format!("through `{name}` here"));
            }
        }
        self.report(problem)
    }
}

impl<'a> Eval<'a> {
    /// Reports a condition that asks which names its own body adds.
    pub(super) fn condition_on_itself(&self, when: &'a super::value::When<'a>) {
        let place = when.source.spot(when.condition).place();
        let is_told = |told: &Problem| told.code == Code::E(501) && told.place == place;
        if self.problems.borrow().iter().any(is_told) {
            return;
        }
        let message = "whether this holds depends on itself: it asks for names that are there only where it holds";
        self.report(
            Problem::error(501, place, message)
                .help("ask what the names come from, and not the record that they are put into"),
        );
    }
}

/// The names of fields that are missing, and what to do about it.
fn named_and_set(lacking: &[&str], is_block: impl Fn(&str) -> Option<bool>) -> (String, String) {
    let names: Vec<String> = lacking.iter().map(|name| format!("`{name}`")).collect();
    let set = lacking.iter().map(|name| match is_block(name) {
        Some(true) => format!("`{name} {{ … }}`"),
        _ => format!("`{name} = …`"),
    });
    let set: Vec<String> = set.collect();
    let them = if set.len() > 1 { "them" } else { "it" };
    (listed(&names), format!("set {them}: {}", set.join(", ")))
}

/// Whether values of a type are given in braces.
fn holds_entries(ty: &Ty) -> bool {
    matches!(ty, Ty::Record(_) | Ty::Schema(_) | Ty::Kube(_) | Ty::Map(_) | Ty::Keyed(_))
}

/// Fields that one message says are missing.
const SHOWN: usize = 8;

/// Records whose keys need each other: that which was asked for its keys while it was being opened, and those that were
/// opened for it, the last of them first.
pub(crate) struct RingOfKeys<'a> {
    start: &'a Rec<'a>,
    between: Vec<&'a Rec<'a>>,
}

impl<'a> Eval<'a> {
    /// A record that is asked for its keys while it is being opened. Which others the ring leads through is known once
    /// it is left.
    pub(super) fn begin_ring_of_keys(&self, start: &'a Rec<'a>) {
        let mut rings = self.rings_of_keys.borrow_mut();
        if !rings.iter().any(|ring| std::ptr::eq(ring.start, start)) {
            rings.push(RingOfKeys { start, between: Vec::new() });
        }
    }

    /// Of a record that was opened, and lacks keys, tells the rings that begin with it, and takes note of it in others.
    pub(super) fn end_ring_of_keys(&self, rec: &'a Rec<'a>) {
        let mut rings = self.rings_of_keys.borrow_mut();
        let ended = rings.iter().position(|ring| std::ptr::eq(ring.start, rec));
        let ended = ended.map(|at| rings.remove(at));
        for ring in rings.iter_mut().filter(|ring| ring.between.len() < limits::RING) {
            ring.between.push(rec);
        }
        drop(rings);
        let Some(RingOfKeys { start, between }) = ended else { return };
        // What other items alone are on is told by them: each that reads them finds all of their rings again.
        if !std::iter::once(&start).chain(&between).any(|rec| self.is_of_unit(rec)) {
            return;
        }
        if between.len() >= limits::RING {
            let message =
                format!("more than {} values depend on each other in a ring", limits::RING);
            self.report(Problem::error(503, self.user_spot(start).place(), message));
            return;
        }
        // A record without a name stands in one that has a name.
        let ring = std::iter::once(start).chain(between.into_iter().rev());
        let named = ring.filter_map(|rec| {
            let (owner, name) = rec.owner.get()?;
            Some((self.path(owner, name), self.user_spot(rec).place()))
        });
        let mut named: Vec<(String, Place)> = named.collect();
        named.dedup_by(|next, before| next.0 == before.0);
        // Each record on it finds the same ring.
        let first = (0..named.len()).min_by_key(|at| named.get(*at).map(|(name, _)| name));
        named.rotate_left(first.unwrap_or_default());
        let (name, place) = match named.first() {
            Some((name, place)) => (format!("`{name}`"), *place),
            None => (self.record_name(start), self.user_spot(start).place()),
        };
        let mut message = format!("the keys of {name} depend on themselves");
        if let [(first, _), _, ..] = named.as_slice() {
            let names: Vec<&str> = named.iter().map(|(name, _)| name.as_str()).collect();
            message = format!("{message}: {} → {first}", names.join(" → "));
        }
        let mut problem = Problem::error(501, place, message);
        for (name, place) in named.iter().skip(1) {
            problem = problem.related(*place, format!("through `{name}` here"));
        }
        self.report(problem);
    }
}

impl Eval<'_> {
    /// Whether a record may be part of the item that is evaluated: all but those in the values of other items.
    fn is_of_unit(&self, rec: &Rec<'_>) -> bool {
        let is_a_value = matches!(
            self.unit.kind(self.db),
            ItemKind::Binding | ItemKind::Input | ItemKind::Let | ItemKind::Set
        );
        let mut at = rec.owner.get();
        // Owners are made before what they hold, but a record may be bound below itself.
        for _ in 0..64 {
            match at {
                Some((owner, name)) if matches!(owner.kind, Kind::File) => {
                    return !is_a_value || name == self.unit.name(self.db);
                }
                Some((owner, _)) => at = owner.owner.get(),
                None => break,
            }
        }
        true
    }
}

/// What to do about a ring of so many values.
pub(crate) fn way_out(links: usize) -> &'static str {
    match links {
        1 => {
            "give it a value that does not need itself; what the layers below give it is called `prev`"
        }
        _ => "give one of them a value that needs none of the others",
    }
}
