//! Records: making one from its layers, and finding out which slots it has.

use std::cell::{Cell, OnceCell};

use bumpalo::collections::Vec as ArenaVec;

use crate::code::{BodyId, EntryKind, Expr, Root, Strength};
use crate::db::Item;
use crate::eval::Eval;
use crate::eval::value::{
    Env, Hint, Kind, Layer, Local, LocalState, Rec, Slot, SlotState, Source, Spot, Value, What,
};
use crate::eval::variant::optional_block;
use crate::limits;
use crate::problem::Problem;
use crate::schema::SchemaInfo;

/// Layers of a record that cost nothing to stand on: most have fewer.
const FEW: usize = 16;

/// A schema, or one case of a variant.
pub(super) type Declaration = (Item, Option<u16>);

impl<'a> Eval<'a> {
    pub(crate) fn record(
        &self,
        kind: Kind<'a>,
        layers: &'a [Layer<'a>],
        made: Spot<'a>,
        hint: Hint<'a>,
    ) -> &'a Rec<'a> {
        self.record_with(kind, layers, made, hint, false, &[])
    }

    pub(super) fn record_with(
        &self,
        kind: Kind<'a>,
        layers: &'a [Layer<'a>],
        made: Spot<'a>,
        hint: Hint<'a>,
        external: bool,
        given: &'a [(&'a str, Value<'a>)],
    ) -> &'a Rec<'a> {
        self.arena.alloc(Rec {
            kind,
            layers,
            key: Cell::new(hint.key),
            owner: Cell::new(hint.owner),
            made,
            external,
            given,
            opening: Cell::new(false),
            slots: OnceCell::new(),
            alone: Cell::new(None),
            validated: Cell::new(false),
            emitted: Cell::new(false),
        })
    }

    /// The layers of defaults of a schema: its topmost ancestor's first. A case of a variant has its own one.
    pub(super) fn schema_layers(
        &self,
        info: &'a SchemaInfo,
        item: Item,
        bare: bool,
    ) -> &'a [Layer<'a>] {
        let key = (item, info.case.as_ref().map(|case| case.index));
        let [ruled, without] = &self.schema_layers;
        let known = if bare { without } else { ruled };
        if let Some(&layers) = known.borrow().get(&key) {
            return layers;
        }
        let mut layers = ArenaVec::new_in(self.arena);
        for &ancestor in &info.ancestors {
            let source = self.source(ancestor);
            let body = match (&source.code.root, key.1) {
                (Root::Schema(of), _) => Some(of.body),
                (Root::Variant(cases), Some(case)) => {
                    cases.get(usize::from(case)).copied().flatten()
                }
                _ => None,
            };
            if let Some(body) = body.and_then(|body| source.code.bodies.get(body as usize)) {
                let id = self.layer_id();
                let env = Env::of(bare);
                layers.push(Layer {
                    source,
                    body,
                    env,
                    prefix: Strength::Default,
                    id,
                    siblings: 0,
                    elements: None,
                });
            }
        }
        let layers = layers.into_bump_slice();
        known.borrow_mut().insert(key, layers);
        layers
    }

    /// Layers on top of others: those of traits as siblings, then a body.
    pub(super) fn layers_above(
        &self,
        below: &'a [Layer<'a>],
        traits: &[Item],
        body: Option<(&'a Source<'a>, BodyId)>,
        env: &Env<'a>,
    ) -> &'a [Layer<'a>] {
        if traits.is_empty() && body.is_none() {
            return below;
        }
        // Each of a row of records that stand on each other has the layers of all before it.
        if below.len() > FEW && !self.affords_parts(below.len()) {
            return below;
        }
        let mut layers = ArenaVec::with_capacity_in(
            below.len() + traits.len() + usize::from(body.is_some()),
            self.arena,
        );
        layers.extend_from_slice(below);
        self.push_traits(&mut layers, traits, env.bare);
        if let Some((source, body)) = body
            && let Some(body) = source.code.bodies.get(body as usize)
        {
            let prefix = if source.schema { Strength::Default } else { Strength::Set };
            layers.push(Layer {
                source,
                body,
                env: *env,
                prefix,
                id: self.layer_id(),
                siblings: 0,
                elements: None,
            });
        }
        layers.into_bump_slice()
    }

    pub(super) fn push_traits(
        &self,
        layers: &mut ArenaVec<'a, Layer<'a>>,
        traits: &[Item],
        bare: bool,
    ) {
        let siblings = if traits.len() > 1 { self.layer_id() } else { 0 };
        for &item in traits {
            let source = self.source(item);
            if let Root::Trait { body, .. } = source.code.root
                && let Some(body) = source.code.bodies.get(body as usize)
            {
                let id = self.layer_id();
                let env = Env::of(bare);
                let (prefix, elements) = (Strength::Set, None);
                layers.push(Layer { source, body, env, prefix, id, siblings, elements });
            }
        }
    }

    /// The slot of a name, if the record has one.
    pub fn slot(&self, rec: &'a Rec<'a>, name: &str) -> Option<&'a Slot<'a>> {
        if let Some(slot) = self.slot_alone(rec, name) {
            return slot;
        }
        let slots = self.slots(rec);
        let name =
            if let Kind::Keyed(keyed) = rec.kind { keyed.short(self.db, name) } else { name };
        if let Kind::Schema(info, _) = rec.kind
            && let Some(slot) = info.slot(name)
        {
            return slots.dense.get(usize::from(slot));
        }
        let extra = slots.extra.get();
        let index = slots.index.get();
        if index.is_empty() {
            return extra.iter().find(|slot| slot.name == name);
        }
        let at = index
            .binary_search_by(|&i| extra.get(i as usize).map_or("", |slot| slot.name).cmp(name))
            .ok()?;
        extra.get(*index.get(at)? as usize)
    }

    /// The slot of a name; one that nothing binds where there is none.
    pub(super) fn slot_or_empty(&self, rec: &'a Rec<'a>, name: &'a str) -> &'a Slot<'a> {
        self.slot(rec, name).unwrap_or_else(|| self.arena.alloc(Slot::named(name)))
    }

    /// The names that a record has, in order of first appearance; `None` where they cannot be known.
    pub fn keys(&self, rec: &'a Rec<'a>) -> Option<Vec<&'a Slot<'a>>> {
        let slots = self.slots(rec);
        let parts = slots.dense.len() + slots.extra.get().len();
        if slots.broken.get() || !self.affords_parts(parts) {
            return None;
        }
        let mut keys = Vec::new();
        for slot in slots.iter() {
            let there = match slot.field {
                // Who goes through a record does not meet what is known last.
                Some(field) if field.derive => false,
                Some(_) => !self.force(rec, slot).is_absent(),
                None => self.is_there(rec, slot),
            };
            if there {
                keys.push(slot);
            }
        }
        Some(keys)
    }

    /// Whether a slot has a value. It is forced only where its value may turn out to be absent.
    pub(super) fn is_there(&self, rec: &'a Rec<'a>, slot: &'a Slot<'a>) -> bool {
        let mut binding = slot.bindings.get();
        while let Some(b) = binding {
            if b.when.is_none_or(|when| self.holds(when) == Some(true)) {
                return match b.what {
                    What::Entry(entry) => match &entry.kind {
                        EntryKind::Set { value, .. } => {
                            let exprs = &b.layer.source.code.exprs;
                            let expr = match exprs.get(*value as usize) {
                                Some(Expr::Sealed(inner)) => exprs.get(*inner as usize),
                                expr => expr,
                            };
                            match expr {
                                Some(expr) if never_absent(expr) => true,
                                _ if self.values_are_there(rec) => true,
                                _ => !self.force(rec, slot).is_absent(),
                            }
                        }
                        EntryKind::Block { .. } if !optional_block(b) => true,
                        EntryKind::Block { .. } => !self.force(rec, slot).is_absent(),
                        EntryKind::Lost { .. } => true,
                        _ => false,
                    },
                    // What is spread is what was there, however often it was passed on.
                    What::Slot { .. } | What::Given(_) | What::Element(..) => true,
                };
            }
            binding = b.below.get();
        }
        false
    }

    /// One local more.
    pub(super) fn bind_local(&self, env: &Env<'a>, state: LocalState<'a>) -> Env<'a> {
        let local = self.arena.alloc(Local { state: Cell::new(state), below: env.locals });
        Env { locals: Some(local), depth: env.depth + 1, ..*env }
    }

    /// Goes through a list, a range or a record, lazily; ends where `then` says so. False where that failed.
    pub(super) fn each(
        &self,
        source: &'a Source<'a>,
        expr: u32,
        value: Value<'a>,
        then: &mut dyn FnMut(Value<'a>, LocalState<'a>) -> bool,
    ) -> bool {
        // What another item holds is read as a value, which does not say where it was written.
        let value = if self.trace.is_some() { self.localized_list(value) } else { value };
        match self.localized(value) {
            Value::List(elements) => elements.iter().enumerate().all(|(i, element)| {
                self.spend(1, source, expr)
                    && then(
                        Value::Int(i64::try_from(i).unwrap_or(i64::MAX)),
                        LocalState::Element(*element),
                    )
            }),
            Value::Range((Value::Int(start), Value::Int(end))) => {
                let count = i128::from(*end) - i128::from(*start);
                if count > limits::ELEMENTS as i128 {
                    self.report(Problem::error(
                        505,
                        source.spot(expr).place(),
                        format!("the range has more than {} elements", limits::ELEMENTS),
                    ));
                    return false;
                }
                (*start..=*end).enumerate().all(|(i, n)| {
                    self.spend(1, source, expr)
                        && then(
                            Value::Int(i64::try_from(i).unwrap_or(i64::MAX)),
                            LocalState::Done(Value::Int(n)),
                        )
                })
            }
            Value::Rec(rec) => match self.keys(rec) {
                Some(keys) => keys.into_iter().all(|slot| {
                    self.spend(1, source, expr)
                        && then(Value::Str(slot.name), LocalState::Slot { rec, slot })
                }),
                None => self.each_unknown(then),
            },
            Value::Error => self.each_unknown(then),
            other => {
                let found = self.described(other);
                self.report(Problem::error(
                    218,
                    source.spot(expr).place(),
                    format!("{found} has no elements to go through"),
                ));
                false
            }
        }
    }

    /// Counts work that no call or record shows, such as going through a list.
    pub(super) fn spend(&self, steps: u64, source: &'a Source<'a>, expr: u32) -> bool {
        self.afford(steps, &|| source.spot(expr).place())
    }
}

impl<'a> Slot<'a> {
    pub(super) fn named(name: &'a str) -> Self {
        Slot {
            name,
            field: None,
            bindings: Cell::new(None),
            state: Cell::new(SlotState::Unforced),
            origin: Cell::new(None),
            of_kube: OnceCell::new(),
        }
    }
}

/// Expressions that have a value whatever happens, errors aside.
fn never_absent(expr: &Expr) -> bool {
    matches!(
        expr,
        Expr::Null
            | Expr::Bool(_)
            | Expr::Int(_)
            | Expr::Float(_)
            | Expr::Str(_)
            | Expr::Quantity(_)
            | Expr::Duration(_)
            | Expr::Percent(_)
            | Expr::Range(..)
            | Expr::Interpolation(_)
            | Expr::List(_)
            | Expr::ListComprehension { .. }
            | Expr::Record(_)
            | Expr::Lambda(_)
            | Expr::Not(_)
            | Expr::Negate(_)
            | Expr::Binary { .. }
            | Expr::And(..)
            | Expr::Or(..)
            | Expr::IsSet { .. }
            | Expr::Is { .. }
    )
}
