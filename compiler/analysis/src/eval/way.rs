//! The way of a value: the places that handed it on unchanged, from where it is read to where it was written.
//!
//! A scalar does not know where it comes from. Once a message needs it, the expressions that gave the value are
//! followed back, as far as each only names another: to a literal, to what computes it, or to a file of data.

use std::ops::Range;

use crate::code::{EntryKind, Expr, ExprId, Key, ListEntry, Root};
use crate::eval::Eval;
use crate::eval::value::{
    Binding, Element, Env, Hint, LocalState, Rec, Slot, Source, Spot, Value, What,
};

/// Names, calls and casts that are gone through to find where a value stands.
const STEPS: usize = 32;

/// The places through which a value went, the one at which it was asked for first.
#[derive(Default)]
pub(crate) struct Way<'a> {
    pub spots: Vec<Spot<'a>>,
    /// The last place does not only hand a value on, and none is written there: it is computed.
    pub computed: bool,
    /// What a text was put together from at the last place.
    pub parts: Vec<TextPart<'a>>,
    /// It is that of such a value, whose own parts nobody asks for.
    in_part: bool,
}

/// A part of a text that was put together.
pub(crate) struct TextPart<'a> {
    /// The bytes of the text that it is.
    pub range: Range<usize>,
    /// The places through which it went, without that of the text; none if it stands there.
    pub spots: Vec<Spot<'a>>,
}

impl<'a> Way<'a> {
    /// The places through which these bytes of a text went: `None` where that is not known, because something else
    /// computed the text.
    pub fn to(&self, range: &Range<usize>) -> Option<Vec<Spot<'a>>> {
        if self.computed && self.parts.is_empty() {
            return None;
        }
        let holds =
            |part: &&TextPart<'_>| part.range.start < range.end && range.start < part.range.end;
        let part = self.parts.iter().rfind(holds).map(|part| &*part.spots).unwrap_or_default();
        Some(self.spots.iter().chain(part).copied().collect())
    }
}

impl<'a> Eval<'a> {
    /// The way of what a slot holds.
    pub(crate) fn way_of_slot(&self, rec: &'a Rec<'a>, slot: &'a Slot<'a>) -> Way<'a> {
        self.quietly(|eval, way| eval.through_slot(rec, slot, way))
    }

    /// The way of the name of a slot.
    pub(crate) fn way_of_key(&self, rec: &'a Rec<'a>, slot: &'a Slot<'a>) -> Way<'a> {
        self.quietly(|eval, way| eval.through_key(rec, slot, way))
    }

    /// The way of an element of the list that a slot holds.
    pub(crate) fn way_of_element(&self, slot: &'a Slot<'a>, element: Element<'a>) -> Way<'a> {
        self.quietly(|eval, way| {
            let Some(spot) = eval.spot_of(element.origin) else { return };
            // In a list that is written there, the names of the element mean what they mean around it.
            let inner = winner(slot).and_then(|binding| {
                let What::Entry(entry) = binding.what else { return None };
                let EntryKind::Set { value, .. } = &entry.kind else { return None };
                let source = binding.layer.source;
                let Expr::List(entries) = source.code.exprs.get(*value as usize)? else {
                    return None;
                };
                let one = entries.iter().find_map(|entry| match entry {
                    ListEntry::One(expr) if source.spot(*expr).place() == spot.place() => {
                        Some(*expr)
                    }
                    _ => None,
                })?;
                Some((source, one, &binding.env))
            });
            match inner {
                Some((source, expr, env)) => eval.through(source, expr, env, way),
                None => way.spots.push(spot),
            }
        })
    }

    /// The way of the value of an expression.
    pub(super) fn way_of(&self, source: &'a Source<'a>, expr: ExprId, env: &Env<'a>) -> Way<'a> {
        self.quietly(|eval, way| eval.through(source, expr, env, way))
    }

    /// The ways of the values because of which a condition does not hold: of the paths in it, in the parts that decided.
    pub(crate) fn ways_in(
        &self,
        source: &'a Source<'a>,
        condition: ExprId,
        env: &Env<'a>,
    ) -> Vec<Way<'a>> {
        match source.code.exprs.get(condition as usize) {
            Some(Expr::And(left, right)) => match self.truth(source, *left, env) {
                Some(true) => self.ways_in(source, *right, env),
                _ => self.ways_in(source, *left, env),
            },
            Some(Expr::Member { .. } | Expr::Index { .. } | Expr::Coalesce(..)) => {
                match self.quiet(source, condition, env) {
                    Value::Rec(_) | Value::Handle(_) | Value::List(_) | Value::Absent => Vec::new(),
                    _ => vec![self.way_of(source, condition, env)],
                }
            }
            _ => {
                let mut ways = Vec::new();
                self.parts(source, condition, &mut |part| {
                    ways.extend(self.ways_in(source, part, env));
                });
                ways
            }
        }
    }

    /// What goes wrong on the way was told when the value was computed.
    fn quietly(&self, follow: impl FnOnce(&Self, &mut Way<'a>)) -> Way<'a> {
        let known = self.problems.borrow().len();
        let mut way = Way::default();
        follow(self, &mut way);
        self.problems.borrow_mut().truncate(known);
        way
    }

    fn through(&self, source: &'a Source<'a>, expr: ExprId, env: &Env<'a>, way: &mut Way<'a>) {
        if way.spots.len() >= STEPS {
            way.computed = true;
            return;
        }
        let record = |value: ExprId| {
            let value = self.perhaps(source, value, env, Hint::default());
            match self.localized(value) {
                Value::Rec(rec) => Some(rec),
                _ => None,
            }
        };
        let field = |rec: Option<&'a Rec<'a>>, name: &str, way: &mut Way<'a>| {
            let slot = rec.and_then(|rec| Some((rec, self.slot(rec, name)?)));
            match slot {
                Some((rec, slot)) => self.through_slot(rec, slot, way),
                None => way.computed = true,
            }
        };
        let Some(what) = source.code.exprs.get(expr as usize) else { return };
        way.spots.push(source.spot(expr));
        match what {
            Expr::Data { item, .. } => {
                let source = self.source(*item);
                if let Root::Data { value, .. } = source.code.root {
                    way.spots.push(source.spot(value));
                }
            }
            Expr::Member { value, name, .. } => field(record(*value), name, way),
            Expr::Index { value, index, .. } => {
                let index = self.whnf(self.eval(source, *index, env, Hint::default()));
                let value = self.perhaps(source, *value, env, Hint::default());
                match (self.localized_list(value), index) {
                    (Value::List(elements), Value::Int(at)) => {
                        let element = usize::try_from(at).ok().and_then(|at| elements.get(at));
                        self.through_element(element.copied(), way);
                    }
                    (value, index) => match (self.localized(value), self.scalar_text(index)) {
                        (Value::Rec(rec), Some(name)) => field(Some(rec), &name, way),
                        _ => way.computed = true,
                    },
                }
            }
            Expr::Local(level) => self.through_local(env, *level, way),
            Expr::SelfField { name, .. } => field(env.me, name, way),
            Expr::InnerField { name, .. } => field(env.inner, name, way),
            Expr::Global(item) => {
                let (rec, slot) = self.item_slot(*item, env.bare);
                self.through_slot(rec, slot, way);
            }
            Expr::Check { value, .. } | Expr::Cast { value, .. } => {
                way.spots.pop();
                self.through(source, *value, env, way);
            }
            Expr::If { condition, then, otherwise } => {
                way.spots.pop();
                match (self.truth(source, *condition, env), otherwise) {
                    (Some(true), _) => self.through(source, *then, env, way),
                    (Some(false), Some(other)) => self.through(source, *other, env, way),
                    _ => way.computed = true,
                }
            }
            Expr::Coalesce(value, otherwise) => {
                way.spots.pop();
                let found = self.whnf(self.perhaps(source, *value, env, Hint::default()));
                let other = self.takes_other(source, expr, found);
                self.through(source, if other { *otherwise } else { *value }, env, way);
            }
            Expr::Match { value, arms } => {
                way.spots.pop();
                let value = self.whnf(self.eval(source, *value, env, Hint::default()));
                match self.arm_of(source, expr, value, arms) {
                    Some(arm) => {
                        let env = self.bind_local(env, LocalState::Done(value));
                        self.through(source, arm.value, &env, way);
                    }
                    None => way.computed = true,
                }
            }
            Expr::Let { value, body } => {
                way.spots.pop();
                let env = self.bind_local(env, self.delayed(source, *value, env));
                self.through(source, *body, &env, way);
            }
            Expr::Bool(_)
            | Expr::Int(_)
            | Expr::Float(_)
            | Expr::Str(_)
            | Expr::Quantity(_)
            | Expr::Duration(_)
            | Expr::Percent(_)
            | Expr::Null => {}
            Expr::Interpolation(parts) => {
                way.computed = true;
                if !way.in_part {
                    let mut end = 0;
                    way.parts = parts
                        .iter()
                        .map(|part| {
                            let value = self.eval(source, *part, env, Hint::default());
                            let text = self.scalar_text(self.whnf(value)).unwrap_or_default();
                            let start = end;
                            end += text.len();
                            TextPart { range: start..end, spots: self.part_of(source, *part, env) }
                        })
                        .collect();
                }
            }
            _ => way.computed = true,
        }
    }

    /// Through where a part of a text went before it came there.
    fn part_of(&self, source: &'a Source<'a>, part: ExprId, env: &Env<'a>) -> Vec<Spot<'a>> {
        let mut way = Way { in_part: true, ..Way::default() };
        self.through(source, part, env, &mut way);
        way.spots.get(1..).unwrap_or_default().to_vec()
    }

    fn through_local(&self, env: &Env<'a>, level: u32, way: &mut Way<'a>) {
        match env.local(level).map(|local| local.state.get()) {
            Some(LocalState::Slot { rec, slot }) => self.through_slot(rec, slot, way),
            Some(LocalState::Element(element)) => self.through_element(Some(element), way),
            Some(LocalState::Forced(_, thunk)) => {
                self.through(thunk.source, thunk.expr, &thunk.env, way);
            }
            Some(LocalState::Done(Value::Rec(rec))) if rec.made.source.data => {
                way.spots.push(rec.made);
            }
            // Of a key that was gone through, the value beside it knows the record.
            Some(LocalState::Done(Value::Str(key))) => {
                match env.local(level + 1).map(|next| next.state.get()) {
                    Some(LocalState::Slot { rec, slot }) if slot.name == key => {
                        self.through_key(rec, slot, way);
                    }
                    _ => way.computed = true,
                }
            }
            _ => way.computed = true,
        }
    }

    fn through_element(&self, element: Option<Element<'a>>, way: &mut Way<'a>) {
        match element.and_then(|element| self.spot_of(element.origin)) {
            Some(spot) => way.spots.push(spot),
            None => way.computed = true,
        }
    }

    fn through_slot(&self, rec: &'a Rec<'a>, slot: &'a Slot<'a>, way: &mut Way<'a>) {
        // Its winner is known only once it was forced.
        self.force(rec, slot);
        let Some(binding) = winner(slot) else {
            way.computed = true;
            return;
        };
        match binding.what {
            What::Entry(entry) => match &entry.kind {
                EntryKind::Set { value, .. } if !binding.layer.source.data => {
                    self.through(binding.layer.source, *value, &binding.env, way);
                }
                _ => way.spots.push(binding.value_spot()),
            },
            What::Slot { rec, slot, .. } => {
                way.spots.push(binding.spot());
                self.through_slot(rec, slot, way);
            }
            What::Element(_, spot) => way.spots.push(spot),
            What::Given(_) => {
                let key = rec.owner.get().and_then(|(owner, key)| {
                    let slot = self.slot(owner, key)?;
                    Some((owner, slot))
                });
                match key {
                    Some((owner, slot)) => self.through_key(owner, slot, way),
                    None => way.computed = true,
                }
            }
        }
    }

    fn through_key(&self, rec: &'a Rec<'a>, slot: &'a Slot<'a>, way: &mut Way<'a>) {
        // Layers above only say more of what the lowest one made.
        let mut lowest = slot.bindings.get();
        while let Some(below) = lowest.and_then(|binding| binding.below.get()) {
            lowest = Some(below);
        }
        if let Some(binding) = lowest
            && let What::Entry(entry) = binding.what
            && let EntryKind::Set { key, .. } | EntryKind::Block { key, .. } = &entry.kind
            && let Key::Computed(expr) = key
            && !binding.layer.source.data
        {
            self.through(binding.layer.source, *expr, &binding.env, way);
        } else {
            way.spots.push(self.key_spot(rec, slot));
        }
    }
}

/// The binding whose value the slot has.
pub(super) fn winner<'a>(slot: &'a Slot<'a>) -> Option<&'a Binding<'a>> {
    let top = slot.bindings.get();
    let Some(origin) = slot.origin.get() else { return top };
    let mut at = top;
    while let Some(binding) = at {
        if binding.value_spot().place() == origin.place() {
            return Some(binding);
        }
        at = binding.below.get();
    }
    top
}
