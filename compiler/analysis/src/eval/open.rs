//! Opening a record: which slots it has, and which entries of which layers bind them.
//!
//! Each entry of each layer is linked to the slot that it binds, topmost first. Nothing is evaluated but what
//! decides keys: computed keys, the sources of `for` and of `...`. Values and the conditions of `when` wait
//! until a slot is forced.

use std::cell::{Cell, OnceCell};

use bumpalo::collections::Vec as ArenaVec;
use rustc_hash::FxHashMap;
use salsa::Database;

use crate::code::{Body, Entry, EntryKind, Key, NO_SLOT, Strength};
use crate::eval::value::{
    Binding, CheckAt, Env, Hint, Kind, Layer, LocalState, Rec, Slot, SlotState, Slots, Value, What,
    When,
};
use crate::eval::variant::is_case;
use crate::eval::{Eval, alone};
use crate::problem::Problem;

/// Steps that a declared field of a record, or one of many others, counts for where the record is opened.
const SLOT: u64 = 2;

/// Past so many slots, names are looked up in a sorted index.
const LINEAR: usize = 16;

/// The slots of a record while it is being opened.
struct Opening<'a> {
    db: &'a dyn Database,
    rec: &'a Rec<'a>,
    dense: &'a [Slot<'a>],
    extra: ArenaVec<'a, Slot<'a>>,
    checks: ArenaVec<'a, CheckAt<'a>>,
    /// Entries that need an evaluation, of records whose declared slots can be published before it.
    later: ArenaVec<'a, Later<'a>>,
    /// Where in `extra` each name is, once there are many.
    places: Option<FxHashMap<&'a str, usize>>,
    broken: bool,
}

#[derive(Clone, Copy)]
struct Later<'a> {
    layer: &'a Layer<'a>,
    order: u32,
    entry: &'a Entry,
    env: Env<'a>,
    when: Option<&'a When<'a>>,
}

impl<'a> Eval<'a> {
    /// The slots of a record, opening it where that has not happened.
    pub fn slots(&self, rec: &'a Rec<'a>) -> &'a Slots<'a> {
        if let Some(slots) = rec.slots.get() {
            return slots;
        }
        if rec.opening.replace(true) {
            self.begin_ring_of_keys(rec);
            return self.arena.alloc(Slots {
                dense: &[],
                extra: Cell::new(&[]),
                index: Cell::new(&[]),
                checks: Cell::new(&[]),
                broken: Cell::new(true),
            });
        }
        let _reading = self.reading(rec);
        let dense: &'a [Slot<'a>] = match rec.kind {
            Kind::Schema(info, _) => {
                // That there are so many costs time and memory, whichever of them are asked for. Past the bound all of them
                // are errors, once they are.
                let place = || self.user_spot(rec).place();
                self.afford(SLOT * info.fields.len() as u64, &place);
                self.arena.alloc_slice_fill_iter(info.fields.iter().map(|field| Slot {
                    name: &field.name,
                    field: Some(field),
                    bindings: Cell::new(None),
                    state: Cell::new(match field.derive {
                        true => SlotState::Later,
                        false => SlotState::Unforced,
                    }),
                    origin: Cell::new(None),
                    of_kube: OnceCell::new(),
                }))
            }
            _ => &[],
        };
        let mut opening = Opening {
            db: self.db,
            rec,
            dense,
            extra: ArenaVec::new_in(self.arena),
            checks: ArenaVec::new_in(self.arena),
            later: ArenaVec::new_in(self.arena),
            places: None,
            broken: false,
        };
        let defer = matches!(rec.kind, Kind::Schema(..));
        let mut partial = false;
        for (order, layer) in rec.layers.iter().enumerate() {
            partial |= layer.body.partial;
            let order = u32::try_from(order).unwrap_or(u32::MAX);
            let mut env = layer.env;
            if layer.body.own {
                env.me = Some(rec);
            }
            env.inner = Some(rec);
            for (name, element) in layer.elements.unwrap_or_default() {
                let spot = self.spot_of(element.origin).unwrap_or(rec.made);
                let what = What::Element(*element, spot);
                opening.bind(name, NO_SLOT, self.binding(layer, order, what, env, None));
            }
            self.open_body(&mut opening, layer, order, layer.body, env, None, defer);
        }
        if let Some(top) = rec.layers.last() {
            for &(name, value) in rec.given {
                let binding = self.arena.alloc(Binding {
                    layer: top,
                    order: u32::MAX,
                    what: What::Given(value),
                    env: top.env,
                    when: None,
                    below: Cell::new(None),
                });
                opening.bind(name, NO_SLOT, binding);
            }
        }
        if partial {
            lose(dense);
        }
        // What is declared is there before anything is evaluated, so that an entry which is added by a `for`
        // may be computed from declared fields of the same record.
        let slots = Slots {
            dense,
            extra: Cell::new(&[]),
            index: Cell::new(&[]),
            checks: Cell::new(&[]),
            broken: Cell::new(false),
        };
        let slots = if defer { rec.slots.get_or_init(|| slots) } else { self.arena.alloc(slots) };
        self.forget_unknown(rec, dense);
        let mut at = 0;
        while let Some(&later) = opening.later.get(at) {
            at += 1;
            self.open_entry(
                &mut opening,
                later.layer,
                later.order,
                later.entry,
                later.env,
                later.when,
            );
        }
        self.remember_known(rec, dense);
        let Opening { extra, checks, broken, .. } = opening;
        if broken && !self.supposes() {
            lose(dense);
        }
        let extra = extra.into_bump_slice();
        alone::join(rec, extra);
        if extra.len() > LINEAR {
            let place = || self.user_spot(rec).place();
            self.afford(SLOT * extra.len() as u64, &place);
            let mut index = ArenaVec::from_iter_in(
                0..u32::try_from(extra.len()).unwrap_or(u32::MAX),
                self.arena,
            );
            index.sort_unstable_by_key(|&i| extra.get(i as usize).map(|slot| slot.name));
            slots.index.set(index.into_bump_slice());
        }
        slots.extra.set(extra);
        slots.checks.set(checks.into_bump_slice());
        slots.broken.set(broken || partial);
        rec.opening.set(false);
        if broken {
            self.end_ring_of_keys(rec);
        }
        if defer {
            return slots;
        }
        let done = Slots {
            dense: slots.dense,
            extra: slots.extra.clone(),
            index: slots.index.clone(),
            checks: slots.checks.clone(),
            broken: slots.broken.clone(),
        };
        rec.slots.get_or_init(|| done)
    }

    #[allow(clippy::too_many_arguments)]
    fn open_body(
        &self,
        opening: &mut Opening<'a>,
        layer: &'a Layer<'a>,
        order: u32,
        body: &'a Body,
        mut env: Env<'a>,
        when: Option<&'a When<'a>>,
        defer: bool,
    ) {
        let source = layer.source;
        for entry in &body.entries {
            match &entry.kind {
                EntryKind::Set { key, .. }
                | EntryKind::Block { key, .. }
                | EntryKind::Unset { key }
                | EntryKind::Lost { key } => match key {
                    Key::Static { name, slot } => {
                        let what = What::Entry(entry);
                        let env = opening.env_of(name, *slot, env);
                        let binding = self.binding(layer, order, what, env, when);
                        opening.bind(name, *slot, binding);
                    }
                    Key::Computed(_) if defer => {
                        opening.later.push(Later { layer, order, entry, env, when });
                    }
                    Key::Computed(_) => self.open_entry(opening, layer, order, entry, env, when),
                },
                EntryKind::When { condition, body } => {
                    if let Some(body) = source.code.bodies.get(*body as usize) {
                        let when = self.arena.alloc(When {
                            source,
                            condition: *condition,
                            env,
                            outer: when,
                            result: Cell::new(None),
                            asked: Cell::new(0),
                        });
                        self.open_body(opening, layer, order, body, env, Some(when), defer);
                    }
                }
                EntryKind::Case { case, strength, optional, body, .. } => {
                    if !is_case(opening.rec, *case) {
                        if !*optional {
                            opening.checks.push(CheckAt { layer, entry, env, when });
                        }
                        continue;
                    }
                    let Some(body) = source.code.bodies.get(*body as usize) else { continue };
                    let layer: &'a Layer<'a> = match *strength {
                        Strength::Set => layer,
                        prefix => self.arena.alloc(Layer { prefix, ..*layer }),
                    };
                    self.open_body(opening, layer, order, body, env, when, defer);
                }
                EntryKind::For { .. } | EntryKind::Spread { .. } => {
                    if defer {
                        opening.later.push(Later { layer, order, entry, env, when });
                    } else {
                        self.open_entry(opening, layer, order, entry, env, when);
                    }
                }
                EntryKind::Let { value } => {
                    env = self.bind_local(&env, self.delayed(source, *value, &env));
                }
                EntryKind::Check { .. } | EntryKind::Allow { .. } | EntryKind::Statement(_) => {
                    opening.checks.push(CheckAt { layer, entry, env, when });
                }
            }
        }
    }

    /// An entry of which the key, or what is gone through, is computed.
    fn open_entry(
        &self,
        opening: &mut Opening<'a>,
        layer: &'a Layer<'a>,
        order: u32,
        entry: &'a Entry,
        env: Env<'a>,
        when: Option<&'a When<'a>>,
    ) {
        let source = layer.source;
        if let Some(when) = when {
            // A key that is computed is there or not: its condition cannot wait.
            match self.holds(when) {
                Some(true) => {}
                Some(false) => return,
                None => {
                    opening.broken = true;
                    return;
                }
            }
        }
        match &entry.kind {
            EntryKind::Set { key: Key::Computed(key), .. }
            | EntryKind::Block { key: Key::Computed(key), .. }
            | EntryKind::Unset { key: Key::Computed(key) }
            | EntryKind::Lost { key: Key::Computed(key) } => {
                let value = self.eval(source, *key, &env, Hint::default());
                let known = self.key_text(value);
                opening.broken |= known.is_none();
                let supposed = || {
                    value.is_error().then(|| self.supposed_key(opening.rec, source, *key)).flatten()
                };
                match known.or_else(supposed) {
                    Some(name) => {
                        let binding = self.binding(layer, order, What::Entry(entry), env, None);
                        opening.bind(name, NO_SLOT, binding);
                    }
                    None => {
                        let value = self.whnf(value);
                        if !value.is_error() {
                            let found = self.described(value);
                            self.report(Problem::error(
                                201,
                                source.spot(*key).place(),
                                format!("expected Str as a key, found {found}"),
                            ));
                        }
                    }
                }
            }
            EntryKind::For { two, source: from, condition, body } => {
                let Some(body) = source.code.bodies.get(*body as usize) else { return };
                let value = self.eval(source, *from, &env, Hint::default());
                let going = self.each(source, *from, value, &mut |key, element| {
                    let mut env = env;
                    if *two {
                        env = self.bind_local(&env, LocalState::Done(key));
                    }
                    env = self.bind_local(&env, element);
                    if let Some(condition) = condition {
                        let holds = self.eval(source, *condition, &env, Hint::default());
                        match holds {
                            Value::Bool(true) => {}
                            Value::Bool(false) => return true,
                            Value::Error if self.supposes() => {}
                            other => {
                                self.expect_bool(source, *condition, other);
                                opening.broken = true;
                                return false;
                            }
                        }
                    }
                    self.open_body(opening, layer, order, body, env, None, false);
                    true
                });
                if !going {
                    opening.broken = true;
                }
            }
            EntryKind::Spread { value } => {
                let from = self.eval(source, *value, &env, Hint::default());
                match self.localized(from) {
                    Value::Rec(from) => {
                        let slots = self.slots(from);
                        opening.broken |= slots.broken.get();
                        for slot in slots.iter() {
                            let derived = slot.field.is_some_and(|field| field.derive);
                            if slot.bindings.get().is_some()
                                && !derived
                                && self.is_there(from, slot)
                            {
                                let node = source.spot(*value).node;
                                let what = What::Slot { rec: from, slot, node };
                                let binding = self.binding(layer, order, what, env, None);
                                opening.bind(slot.name, NO_SLOT, binding);
                            }
                        }
                    }
                    Value::Absent => {}
                    Value::Error => opening.broken = true,
                    other => {
                        opening.broken = true;
                        let found = self.described(other);
                        self.report(Problem::error(
                            218,
                            source.spot(*value).place(),
                            format!("{found} has no entries to spread"),
                        ));
                    }
                }
            }
            _ => {}
        }
    }

    pub(super) fn binding(
        &self,
        layer: &'a Layer<'a>,
        order: u32,
        what: What<'a>,
        env: Env<'a>,
        when: Option<&'a When<'a>>,
    ) -> &'a Binding<'a> {
        self.arena.alloc(Binding { layer, order, what, env, when, below: Cell::new(None) })
    }

    fn key_text(&self, value: Value<'a>) -> Option<&'a str> {
        match self.whnf(value) {
            Value::Str(text) => self.reads_text(text).then_some(text),
            Value::Int(number) => Some(self.arena.alloc_str(&number.to_string())),
            _ => None,
        }
    }
}

impl<'a> Opening<'a> {
    /// What the names of an entry mean: those of a derived field know besides whose it is.
    fn env_of(&self, name: &str, slot: u16, env: Env<'a>) -> Env<'a> {
        let Kind::Schema(info, _) = self.rec.kind else { return env };
        if !info.derives {
            return env;
        }
        let at = info.fields.get(usize::from(slot)).filter(|field| *field.name == *name);
        match at.or_else(|| info.field(name)) {
            Some(field) if field.derive => Env { derived_for: Some(self.rec), ..env },
            _ => env,
        }
    }

    fn bind(&mut self, name: &'a str, slot: u16, binding: &'a Binding<'a>) {
        let name = match self.rec.kind {
            // Fields that the key gives an element are no keys.
            Kind::Keyed(keyed) if !matches!(binding.what, What::Given(_)) => {
                keyed.short(self.db, name)
            }
            _ => name,
        };
        let known = match self.dense.get(usize::from(slot)) {
            Some(known) if known.name == name => Some(known),
            _ => match self.rec.kind {
                Kind::Schema(info, _) => {
                    info.slot(name).and_then(|slot| self.dense.get(usize::from(slot)))
                }
                _ => None,
            },
        };
        let slot = match known {
            Some(slot) => slot,
            None => {
                let at = match &self.places {
                    Some(places) => places.get(name).copied(),
                    None => self.extra.iter().position(|slot| slot.name == name),
                };
                let at = at.unwrap_or_else(|| {
                    self.extra.push(Slot::named(name));
                    let at = self.extra.len() - 1;
                    if let Some(places) = &mut self.places {
                        places.insert(name, at);
                    } else if at > LINEAR {
                        self.places =
                            Some(self.extra.iter().enumerate().map(|(i, s)| (s.name, i)).collect());
                    }
                    at
                });
                match self.extra.get(at) {
                    Some(slot) => slot,
                    None => return,
                }
            }
        };
        // Entries arrive bottom first, but for those that waited for an evaluation.
        let mut above: Option<&'a Binding<'a>> = None;
        let mut below = slot.bindings.get();
        while let Some(next) = below
            && next.order > binding.order
        {
            above = below;
            below = next.below.get();
        }
        binding.below.set(below);
        match above {
            Some(above) => above.below.set(Some(binding)),
            None => slot.bindings.set(Some(binding)),
        }
    }
}

/// Makes errors of the fields that only their schema binds, where not all of the layers above it is known.
fn lose(dense: &[Slot<'_>]) {
    let derived = |slot: &Slot<'_>| slot.field.is_some_and(|field| field.derive);
    let bound = |slot: &Slot<'_>| slot.bindings.get().is_some_and(|top| !top.layer.source.schema);
    for slot in dense.iter().filter(|slot| !derived(slot) && !bound(slot)) {
        if let SlotState::Unforced = slot.state.get() {
            slot.state.set(SlotState::Done(Value::Error));
        }
    }
}
