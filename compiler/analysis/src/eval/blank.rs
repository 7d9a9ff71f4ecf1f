//! What is made of a schema, a trait or a function, and what a rule makes of an object, where nothing is known that users
//! are going to give it.

use crate::code::{EntryKind, Param, Root, Rule, RuleOf, Strength};
use crate::db::Item;
use crate::eval::Eval;
use crate::eval::value::{
    Declared, Element, Env, Hint, Kind, Layer, LocalState, Rec, Slot, SlotState, Source, Value,
    What,
};
use crate::fits::base;
use crate::schema::schema;
use crate::ty::Ty;

/// A record of which nothing is known but what a declaration says.
#[derive(Clone, Copy)]
pub(crate) struct Blank<'a> {
    record: &'a Rec<'a>,
    declaration: Item,
    /// Whether what has a default is known, too.
    defaults: bool,
}

impl<'a> Eval<'a> {
    /// An instance of a schema, something to which a trait is added, or what a function gives. Whatever depends on what
    /// users give is an error, and the rest is as it is in all that they make of it. A `let` is what it is; of anything
    /// else nothing is made.
    /// Users may give what has a default, too: `defaults` are there where it is asked what is wrong with themselves.
    pub(crate) fn blank(&self, item: Item, defaults: bool) -> Value<'a> {
        let source = self.source(item);
        match &source.code.root {
            Root::Schema(_) => {
                self.blank_record(source, Kind::Schema(schema(self.db, item), item), &[], defaults)
            }
            Root::Variant(cases) => {
                let kinds = (0..).zip(cases).filter_map(|(at, _)| self.kind_of_case(item, at));
                let of_case = |kind| Element {
                    value: self.blank_record(source, kind, &[], defaults),
                    origin: source.spot(0).origin(),
                };
                let all: Vec<Element<'a>> = kinds.map(of_case).collect();
                Value::List(self.arena.alloc_slice_copy(&all))
            }
            Root::Trait { of, .. } => match self.kind_of(Declared::Ty(of)) {
                Some(kind) => self.blank_record(source, kind, &[item], false),
                None => Value::Absent,
            },
            Root::Fn(function) => {
                let given = |param: &Param| {
                    let ty = source.code.types.get(param.ty as usize);
                    LocalState::Done(ty.map_or(Value::Error, |ty| self.blank_given(source, ty)))
                };
                let unknown: Vec<LocalState<'a>> = function.params.iter().map(given).collect();
                let closure = self.closure(source, function, Env::default());
                self.call(source, function.body, closure, &unknown, Hint::default())
            }
            Root::Every(rule) => self.blank_ruled(source, rule),
            Root::Binding { .. } => self.root(),
            _ => Value::Absent,
        }
    }

    /// What a rule puts on an object of which it knows no more than its kind.
    fn blank_ruled(&self, source: &'a Source<'a>, rule: &'a Rule) -> Value<'a> {
        let kind = match rule.of {
            RuleOf::Kind(ty) => Kind::Kube(ty),
            RuleOf::Object => Kind::Object,
            RuleOf::Component(_) => return Value::Absent,
        };
        let Some(body) = source.code.bodies.get(rule.layer as usize) else { return Value::Absent };
        let layer = self.arena.alloc(Layer {
            source,
            body,
            env: self.env_of(LocalState::Done(Value::Error), true),
            prefix: Strength::Set,
            id: 0,
            siblings: 0,
            elements: None,
        });
        let layers = std::slice::from_ref(layer);
        Value::Rec(self.record(kind, layers, source.spot(0), Hint::default()))
    }

    /// An object or a component that a function is given, which it may change. Of all else nothing is known.
    fn blank_given(&self, source: &'a Source<'a>, ty: &'a Ty) -> Value<'a> {
        match base(ty) {
            Ty::Kube(ty) => {
                let made = source.spot(0);
                Value::Rec(self.record(Kind::Kube(*ty), &[], made, Hint::default()))
            }
            Ty::Schema(item) => {
                let kind = Kind::Schema(schema(self.db, *item), *item);
                self.blank_record(source, kind, &[], false)
            }
            _ => Value::Error,
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
        let blank = Blank { record, declaration: source.item, defaults };
        self.blank.borrow_mut().push(blank);
        self.slots(record);
        Value::Rec(record)
    }

    /// Takes what users give out of a record of which nothing else is known, before anything of it is read.
    pub(super) fn forget_unknown(&self, record: &'a Rec<'a>, slots: &'a [Slot<'a>]) {
        if let Some(blank) = self.blank_of(record) {
            for slot in slots.iter().filter(|slot| !blank.knows(slot)) {
                slot.state.set(SlotState::Done(Value::Error));
            }
        }
    }

    /// Lets it have what was said of it in a `for` or a spread.
    pub(super) fn remember_known(&self, record: &'a Rec<'a>, slots: &'a [Slot<'a>]) {
        if let Some(blank) = self.blank_of(record) {
            let is_lost =
                |slot: &&Slot<'_>| matches!(slot.state.get(), SlotState::Done(Value::Error));
            for slot in slots.iter().filter(is_lost).filter(|slot| blank.knows(slot)) {
                slot.state.set(SlotState::Unforced);
            }
        }
    }

    fn blank_of(&self, record: &'a Rec<'a>) -> Option<Blank<'a>> {
        let blank = self.blank.borrow();
        blank.iter().rev().find(|blank| std::ptr::eq(blank.record, record)).copied()
    }
}

impl Blank<'_> {
    fn knows(&self, slot: &Slot<'_>) -> bool {
        match self.defaults {
            true => slot.bindings.get().is_some(),
            false => is_emitted(slot) || is_set(slot) || is_said_by(slot, self.declaration),
        }
    }
}

fn is_emitted(slot: &Slot<'_>) -> bool {
    slot.field.is_some_and(|field| field.emit)
}

/// Whether an item puts a block on it, makes a part of an object there, or gives it a value that others have declared. Of a
/// schema that is a default too, but one of which nothing is asked but whether it is right.
fn is_said_by(slot: &Slot<'_>, item: Item) -> bool {
    let Some(binding) = slot.bindings.get() else { return false };
    let is_block =
        matches!(binding.what, What::Entry(entry) if matches!(entry.kind, EntryKind::Block { .. }));
    let is_said = || slot.field.is_some_and(|field| field.place.item != item || is_part(&field.ty));
    binding.layer.source.item == item && (is_block || is_said())
}

/// Whether it is made of parts of objects.
fn is_part(ty: &Ty) -> bool {
    match base(ty) {
        Ty::Kube(ty) => ty.kind().is_none(),
        Ty::List(element) => is_part(element),
        Ty::Keyed(keyed) => is_part(&keyed.element),
        Ty::Map(of) => is_part(&of.1),
        _ => false,
    }
}

/// Whether more than a default says what it is.
fn is_set(slot: &Slot<'_>) -> bool {
    slot.bindings.get().is_some_and(|binding| !binding.layer.source.schema)
}
