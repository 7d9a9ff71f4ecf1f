//! Forcing a slot: what its layers together give.
//!
//! The bindings of a slot are walked from the top until one sets it whole; the blocks met on the way become
//! layers on the record that was set, or on a fresh one of the declared type.

use bumpalo::collections::Vec as ArenaVec;

use crate::code::{EntryKind, SetOp, Strength};
use crate::db::ItemKind;
use crate::eval::Eval;
use crate::eval::objects::of_objects;
use crate::eval::trace::{Read, Reader};
use crate::eval::value::{
    Binding, Element, Env, Hint, Kind, Layer, Local, LocalState, Prev, Rec, Slot, SlotState, Spot,
    Value, What, When,
};
use crate::eval::variant::optional_block;
use crate::limits;
use crate::problem::Problem;

/// What some layers give to a slot.
pub(super) struct Found<'a> {
    pub value: Value<'a>,
    /// The binding that gave it.
    pub binding: Option<&'a Binding<'a>>,
    /// Whether any layer binds it at all.
    pub bound: bool,
}

impl<'a> Eval<'a> {
    /// The value of a slot, computed once.
    pub fn force(&self, rec: &'a Rec<'a>, slot: &'a Slot<'a>) -> Value<'a> {
        self.reads(|| Read::Slot(rec, slot));
        match slot.state.get() {
            SlotState::Done(value) => value,
            SlotState::Forcing => self.ring(slot),
            SlotState::Later if !self.derives() => Value::Absent,
            SlotState::Alone(other) => self.force_alone(rec, slot, other),
            SlotState::Unforced | SlotState::Later => {
                let _reading = self.reading(slot);
                let place = || self.binding_spot(rec, slot).place();
                let Some(_level) = self.descend(place) else { return Value::Error };
                slot.state.set(SlotState::Forcing);
                self.forcing.borrow_mut().push((rec, slot));
                // What a value is computed from has its own marks of what is sensitive.
                let sealed = self.sealed.replace(0);
                let value = self.computed(rec, slot);
                self.sealed.set(sealed);
                self.forcing.borrow_mut().pop();
                slot.state.set(SlotState::Done(value));
                value
            }
        }
    }

    /// The value of a local.
    pub(super) fn local(&self, local: &'a Local<'a>) -> Value<'a> {
        self.reads(|| Read::Through(Reader::of(local)));
        match local.state.get() {
            LocalState::Done(value)
            | LocalState::Forced(value, _)
            | LocalState::Element(Element { value, .. }) => value,
            LocalState::Slot { rec, slot } => self.force(rec, slot),
            LocalState::Bare { rec } => {
                local.state.set(LocalState::Forcing);
                let value = self.without_rules(rec);
                local.state.set(LocalState::Done(value));
                value
            }
            // Whoever forces it already is a slot on a ring, which reports the whole of it.
            LocalState::Forcing => match self.forcing.borrow().last() {
                Some(&(_, slot)) => self.ring(slot),
                None => Value::Error,
            },
            LocalState::Thunk(thunk) => {
                let _reading = self.reading(local);
                local.state.set(LocalState::Forcing);
                let value = self.eval(thunk.source, thunk.expr, &thunk.env, Hint::default());
                local.state.set(LocalState::Forced(value, thunk));
                value
            }
        }
    }

    fn computed(&self, rec: &'a Rec<'a>, slot: &'a Slot<'a>) -> Value<'a> {
        let hint = match self.is_asked(rec, slot) {
            true => Hint::default(),
            false => Hint { key: Some(slot.name), owner: Some((rec, slot.name)) },
        };
        let found = self.value_from(rec, slot, slot.bindings.get(), hint);
        slot.origin.set(found.binding.map(|b| b.value_spot()));
        if !found.bound {
            return self.unbound(rec, slot);
        }
        let value = self.conform(rec, slot, found.value, found.binding);
        let value = match value {
            Value::Rec(made) => {
                let made = match rec.kind {
                    Kind::Keyed(keyed) if made.given.is_empty() && !of_objects(keyed) => {
                        let given = self.given_by_key(rec, slot.name, keyed);
                        let hint = Hint { key: made.key.get(), owner: made.owner.get() };
                        self.record_with(
                            made.kind,
                            made.layers,
                            made.made,
                            hint,
                            made.external,
                            given,
                        )
                    }
                    _ => made,
                };
                if made.key.get().is_none() {
                    made.key.set(hint.key);
                }
                if made.owner.get().is_none() {
                    made.owner.set(hint.owner);
                }
                Value::Rec(made)
            }
            value => value,
        };
        match rec.kind {
            // Objects do not lie in objects.
            Kind::Kube(_) | Kind::Object => value,
            Kind::Keyed(keyed) if !of_objects(keyed) => value,
            _ => self.emitted(rec, slot, value, found.binding),
        }
    }

    /// Whether it is an expression that is asked from outside: it stands in a file under a name that is none.
    fn is_asked(&self, rec: &'a Rec<'a>, slot: &'a Slot<'a>) -> bool {
        matches!(rec.kind, Kind::File)
            && self.unit.kind(self.db) == ItemKind::Asked
            && slot.name == self.unit.name(self.db)
    }

    /// What the bindings from one on downwards give, before it is held against the declared type.
    pub(super) fn value_from(
        &self,
        rec: &'a Rec<'a>,
        slot: &'a Slot<'a>,
        from: Option<&'a Binding<'a>>,
        hint: Hint<'a>,
    ) -> Found<'a> {
        let mut blocks: ArenaVec<'a, &'a Binding<'a>> = ArenaVec::new_in(self.arena);
        let mut additions: ArenaVec<'a, &'a Binding<'a>> = ArenaVec::new_in(self.arena);
        let mut base: Option<(Value<'a>, &'a Binding<'a>)> = None;
        let mut at = from;
        while let Some(binding) = at {
            at = binding.below.get();
            if let Some(when) = binding.when {
                match self.holds(when) {
                    Some(true) => {}
                    Some(false) => continue,
                    None => {
                        return Found { value: Value::Error, binding: Some(binding), bound: true };
                    }
                }
            }
            match binding.what {
                What::Given(value) | What::Element(Element { value, .. }, _) => {
                    base = Some((value, binding));
                    break;
                }
                What::Slot { rec, slot, .. } => {
                    base = Some((self.force(rec, slot), binding));
                    break;
                }
                What::Entry(entry) => match &entry.kind {
                    EntryKind::Set { op: SetOp::Replace, .. } => {
                        if let Some(first) = self.first_of_two(rec, binding) {
                            if self.is_news(rec, first, binding) {
                                self.bound_twice(rec, slot, first, binding);
                            }
                            base = Some((Value::Error, binding));
                            break;
                        }
                        let chosen = self.strongest_sibling(binding);
                        base = Some((self.bound_value(rec, slot, chosen, hint), chosen));
                        break;
                    }
                    EntryKind::Set { .. } => additions.push(binding),
                    EntryKind::Block { .. } => blocks.push(binding),
                    EntryKind::Lost { .. } => {
                        base = Some((Value::Error, binding));
                        break;
                    }
                    // As if never bound, by this layer and all below.
                    _ => break,
                },
            }
        }
        let top = blocks.first().or(additions.first()).copied();
        if !additions.is_empty() {
            let value = self.with_additions(rec, slot, base.map(|b| b.0), &additions, hint);
            return Found { value, binding: top, bound: true };
        }
        match (base, top) {
            (Some((value, binding)), None) => Found { value, binding: Some(binding), bound: true },
            (None, None) => Found { value: Value::Absent, binding: None, bound: false },
            (base, Some(top)) => {
                let value = self.with_blocks(rec, slot, base, &blocks, hint);
                // A block that is skipped binds nothing.
                let bound = base.is_some() || !value.is_absent();
                Found { value, binding: Some(top), bound }
            }
        }
    }

    pub(super) fn bound_value(
        &self,
        rec: &'a Rec<'a>,
        slot: &'a Slot<'a>,
        binding: &'a Binding<'a>,
        hint: Hint<'a>,
    ) -> Value<'a> {
        let What::Entry(entry) = binding.what else { return Value::Error };
        let EntryKind::Set { value, .. } = &entry.kind else { return Value::Error };
        let source = binding.layer.source;
        if source.prev {
            let below = Prev { rec, slot, below: self.below_siblings(binding) };
            let prev = if source.rule { self.bare_prev(below) } else { below };
            let prev = self.arena.alloc(prev);
            let env = Env { prev: Some(prev), ..binding.env };
            return self.eval(source, *value, &env, hint);
        }
        self.eval(source, *value, &binding.env, hint)
    }

    /// Puts blocks, given topmost first, on the value below them.
    fn with_blocks(
        &self,
        rec: &'a Rec<'a>,
        slot: &'a Slot<'a>,
        base: Option<(Value<'a>, &'a Binding<'a>)>,
        blocks: &[&'a Binding<'a>],
        hint: Hint<'a>,
    ) -> Value<'a> {
        let needed = blocks.iter().find(|b| !optional_block(b)).copied();
        let top = blocks.first().copied();
        let spot = top.map_or(rec.made, |b| b.spot());
        let (kind, below, made, external): (Kind<'a>, &'a [Layer<'a>], Spot<'a>, bool) = match base
        {
            None => {
                let Some(needed) = needed else { return Value::Absent };
                let spot = needed.spot();
                if matches!(rec.kind, Kind::File) && self.declared(rec, slot).is_none() {
                    return self.report(Problem::error(
                        406,
                        spot.place(),
                        format!("the base has nothing called `{}`", slot.name),
                    ));
                }
                match self.kind_of_blocks(rec, slot, blocks, spot) {
                    Some(kind) => (kind, self.layers_of_kind(kind, needed.env.bare), spot, false),
                    None => return Value::Error,
                }
            }
            Some((value, binding)) => match self
                .localized(self.keyed_in_data(rec, slot, value, binding))
            {
                Value::Error => return Value::Error,
                Value::Absent => {
                    let Some(needed) = needed else { return Value::Absent };
                    let path = self.path(rec, slot.name);
                    return self.report(
                        Problem::error(
                            407,
                            needed.spot().place(),
                            format!(
                                "`{path}` is absent here, so there is nothing to put a layer on"
                            ),
                        )
                        .related(binding.value_spot().place(), "this makes it absent")
                        .help(format!("write `{}? {{ … }}` for \"if there is one\"", slot.name)),
                    );
                }
                Value::Rec(below) => {
                    let below = self.before_rules(below);
                    (below.kind, below.layers, below.made, below.external)
                }
                _ => return self.no_block(rec, slot, spot),
            },
        };
        let mut layers = ArenaVec::with_capacity_in(below.len() + blocks.len(), self.arena);
        layers.extend_from_slice(below);
        for block in blocks.iter().rev() {
            let What::Entry(entry) = block.what else { continue };
            let EntryKind::Block { strength, traits, body, .. } = &entry.kind else { continue };
            let layer = block.layer;
            self.push_traits(&mut layers, traits, block.env.bare);
            if let Some(body) = layer.source.code.bodies.get(*body as usize) {
                let prefix = if *strength == Strength::Set { layer.prefix } else { *strength };
                layers.push(Layer {
                    source: layer.source,
                    body,
                    env: block.env,
                    prefix,
                    id: layer.id,
                    siblings: layer.siblings,
                    elements: None,
                });
            }
        }
        Value::Rec(self.record_with(kind, layers.into_bump_slice(), made, hint, external, &[]))
    }

    pub(super) fn no_block(
        &self,
        rec: &'a Rec<'a>,
        slot: &'a Slot<'a>,
        spot: Spot<'a>,
    ) -> Value<'a> {
        let path = self.path(rec, slot.name);
        let what = match self.declared(rec, slot) {
            Some(ty) => format!("`{path}` is {} and takes no block", self.type_text(ty)),
            None => format!("`{path}` is no record and takes no block"),
        };
        self.report(Problem::error(221, spot.place(), what))
    }

    /// Applies `+=` and `=+`, given topmost first, to the list below them.
    fn with_additions(
        &self,
        rec: &'a Rec<'a>,
        slot: &'a Slot<'a>,
        base: Option<Value<'a>>,
        additions: &[&'a Binding<'a>],
        hint: Hint<'a>,
    ) -> Value<'a> {
        let mut list: Vec<Element<'a>> = match base.map(|value| self.whnf(value)) {
            None | Some(Value::Absent) => Vec::new(),
            Some(Value::List(elements)) => elements.to_vec(),
            Some(Value::Error) => return Value::Error,
            Some(other) => {
                let path = self.path(rec, slot.name);
                let found = self.described(other);
                let spot = additions.first().map_or(rec.made, |b| b.spot());
                let message = format!("only a list can be added to, and `{path}` is {found}");
                let mut problem = Problem::error(201, spot.place(), message);
                if let Value::Rec(_) = other {
                    problem = problem.help(format!("put a block on it: `{} {{ … }}`", slot.name));
                }
                if let Value::Str(_) = other {
                    problem = problem.help("texts are joined by interpolation: `\"\\(prev)-a\"`, where a layer below gives `prev`");
                }
                return self.report(problem);
            }
        };
        for binding in additions.iter().rev() {
            let What::Entry(entry) = binding.what else { continue };
            let EntryKind::Set { op, value, .. } = &entry.kind else { continue };
            let source = binding.layer.source;
            let added = self.bound_value(rec, slot, binding, hint);
            match self.whnf(added) {
                Value::List(elements) => {
                    if list.len().saturating_add(elements.len()) > limits::ELEMENTS {
                        return self.too_many(source.spot(*value));
                    }
                    match op {
                        SetOp::Prepend => {
                            list.splice(0..0, elements.iter().copied());
                        }
                        _ => list.extend_from_slice(elements),
                    }
                }
                Value::Error => return Value::Error,
                Value::Absent => {}
                other => {
                    let found = self.described(other);
                    return self.report(Problem::error(
                        201,
                        source.spot(*value).place(),
                        format!("expected a list to add, found {found}"),
                    ));
                }
            }
        }
        Value::List(self.arena.alloc_slice_copy(&list))
    }

    pub(super) fn too_many(&self, spot: Spot<'a>) -> Value<'a> {
        self.report(Problem::error(
            505,
            spot.place(),
            format!("the list has more than {} elements", limits::ELEMENTS),
        ))
    }

    /// Whether the conditions of a binding hold; `None` where one of them is an error.
    pub(crate) fn holds(&self, when: &'a When<'a>) -> Option<bool> {
        self.reads(|| Read::Through(Reader::of(when)));
        if let Some(known) = when.result.get() {
            return known;
        }
        let asked = when.asked.get();
        // Asked within itself, a condition about a field leads back to that field, which tells the whole ring. One that goes
        // through names leads to none.
        if asked > 1 {
            self.condition_on_itself(when);
            return None;
        }
        when.asked.set(asked + 1);
        let _reading = self.reading(when);
        let result = match when.outer.map_or(Some(true), |outer| self.holds(outer)) {
            Some(true) => {
                match self.whnf(self.eval(when.source, when.condition, &when.env, Hint::default()))
                {
                    Value::Bool(holds) => Some(holds),
                    Value::Error => self.supposed_truth(when.source, when.condition),
                    other => {
                        self.expect_bool(when.source, when.condition, other);
                        None
                    }
                }
            }
            other => other,
        };
        when.asked.set(asked);
        when.result.set(Some(result));
        result
    }

    /// Where the value of a slot is written.
    pub(crate) fn slot_place(&self, rec: &'a Rec<'a>, slot: &'a Slot<'a>) -> crate::problem::Place {
        self.binding_spot(rec, slot).place()
    }

    /// The same; `None` where the library computes it.
    pub(crate) fn written_place(
        &self,
        rec: &'a Rec<'a>,
        slot: &'a Slot<'a>,
    ) -> Option<crate::problem::Place> {
        let spot = self.binding_spot(rec, slot);
        (!spot.source.library).then(|| spot.place())
    }

    /// Where the topmost binding of a slot stands, or where its record was made.
    pub(super) fn binding_spot(&self, rec: &'a Rec<'a>, slot: &'a Slot<'a>) -> Spot<'a> {
        slot.bindings.get().map_or_else(|| self.user_spot(rec), |b| b.value_spot())
    }
}

/// The strength of a binding: its own, or that of the block that it stands in.
pub(super) fn strength(binding: &Binding<'_>) -> Strength {
    match binding.what {
        What::Entry(entry) => match &entry.kind {
            EntryKind::Set { strength, .. } | EntryKind::Block { strength, .. } => {
                if *strength == Strength::Set { binding.layer.prefix } else { *strength }
            }
            _ => binding.layer.prefix,
        },
        What::Slot { .. } | What::Element(..) => binding.layer.prefix,
        What::Given(_) => Strength::Final,
    }
}
