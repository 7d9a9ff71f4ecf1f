//! Where data stands, and what made it what it is: for messages, which stand in the file of data.
//!
//! A scalar does not know where it comes from. Once a message needs it, the expression that gave the value is
//! followed back to the entry of a file.

use crate::code::{EntryKind, Expr, ExprId, Root};
use crate::eval::cast::CastAt;
use crate::eval::refine::Asked;
use crate::eval::value::{
    Binding, Declared, Env, Hint, LocalState, Rec, Slot, Source, Spot, Value, What,
};
use crate::eval::{Eval, limits};
use crate::fits::base;
use crate::ty::Ty;
use kube::types::FieldType;

/// Names and casts that are gone through to find where a value stands.
const STEPS: u32 = 32;

impl<'a> Eval<'a> {
    /// Remembers which cast a record of data comes from.
    pub(super) fn remember_cast(&self, rec: &'a Rec<'a>, asked: &Asked<'a>) {
        if let Some(cast) = asked.cast {
            self.casts.borrow_mut().insert(rec, cast.source.spot(cast.expr));
        }
    }

    /// The cast by which a record became what it is, or one around it.
    pub(super) fn cast_around(&self, rec: &'a Rec<'a>) -> Option<Spot<'a>> {
        let casts = self.casts.borrow();
        let mut at = rec;
        for _ in 0..limits::NESTED {
            if let Some(cast) = casts.get(&std::ptr::from_ref(at)) {
                return Some(*cast);
            }
            at = at.owner.get()?.0;
        }
        None
    }

    /// As [`Eval::cast_around`], while a record is being cast.
    pub(super) fn cast_of(&self, rec: Option<&'a Rec<'a>>, asked: &Asked<'a>) -> Option<Spot<'a>> {
        let now = asked.cast.map(|cast| cast.source.spot(cast.expr));
        now.or_else(|| self.cast_around(rec?))
            .or_else(|| asked.field.and_then(|(rec, ..)| self.cast_around(rec)))
            .or_else(|| self.forced_by())
            .filter(|spot| !spot.source.data)
    }

    /// What to do where a text is asked for, and a scalar stands there that YAML takes for something else.
    pub(super) fn quoted_in_data(
        &self,
        value: Value<'a>,
        want: Declared<'a>,
        asked: &Asked<'a>,
    ) -> Option<String> {
        let is_text = match want {
            Declared::Ty(ty) => *base(ty) == Ty::Str,
            Declared::Kube(field) => field == FieldType::Str,
        };
        let of_cast = || asked.cast.and_then(|cast| self.place_in_data(cast));
        let spot = Some(asked.spot).filter(|spot| spot.source.data).or_else(of_cast)?;
        let scalar = matches!(value, Value::Bool(_) | Value::Int(_) | Value::Float(_));
        if !is_text || !scalar || asked.sensitive {
            return None;
        }
        let written = crate::data::written(self.db, spot.place());
        Some(format!("a text that reads so stands in quotes: {written:?}"))
    }

    /// Where a value stands in a file of data, if it is of one: found again by the expression that gave it.
    pub(super) fn place_in_data(&self, cast: &CastAt<'a>) -> Option<Spot<'a>> {
        // What goes wrong on the way was told when the value was computed.
        let known = self.problems.borrow().len();
        let found = self.data_spot(cast.source, cast.value, &cast.env, 0);
        self.problems.borrow_mut().truncate(known);
        found
    }

    fn data_spot(
        &self,
        source: &'a Source<'a>,
        expr: ExprId,
        env: &Env<'a>,
        steps: u32,
    ) -> Option<Spot<'a>> {
        if steps > STEPS {
            return None;
        }
        let record = |value: ExprId| {
            let value = self.perhaps(source, value, env, Hint::default());
            match self.localized(value) {
                Value::Rec(rec) => Some(rec),
                _ => None,
            }
        };
        match source.code.exprs.get(expr as usize)? {
            Expr::Data { item, .. } => {
                let source = self.source(*item);
                let Root::Data { value, .. } = source.code.root else { return None };
                Some(source.spot(value))
            }
            Expr::Member { value, name, .. } => {
                let rec = record(*value)?;
                self.slot_in_data(self.slot(rec, name)?, steps)
            }
            Expr::Index { value, index, .. } => {
                let index = self.whnf(self.eval(source, *index, env, Hint::default()));
                let value = self.perhaps(source, *value, env, Hint::default());
                match (self.localized_list(value), index) {
                    (Value::List(elements), Value::Int(at)) => {
                        let element = elements.get(usize::try_from(at).ok()?)?;
                        self.spot_of(element.origin).filter(|spot| spot.source.data)
                    }
                    (value, index) => {
                        let Value::Rec(rec) = self.localized(value) else { return None };
                        let name = self.scalar_text(index)?;
                        self.slot_in_data(self.slot(rec, &name)?, steps)
                    }
                }
            }
            Expr::Local(level) => match env.local(*level)?.state.get() {
                LocalState::Slot { slot, .. } => self.slot_in_data(slot, steps),
                LocalState::Element(element) => {
                    self.spot_of(element.origin).filter(|spot| spot.source.data)
                }
                LocalState::Forced(_, thunk) => {
                    self.data_spot(thunk.source, thunk.expr, &thunk.env, steps + 1)
                }
                LocalState::Done(Value::Rec(rec)) => Some(rec.made).filter(|spot| spot.source.data),
                _ => None,
            },
            Expr::SelfField { name, .. } => self.slot_in_data(self.slot(env.me?, name)?, steps),
            Expr::InnerField { name, .. } => self.slot_in_data(self.slot(env.inner?, name)?, steps),
            Expr::Global(item) => {
                let (_, slot) = self.item_slot(*item, env.bare);
                self.slot_in_data(slot, steps)
            }
            Expr::Check { value, .. } | Expr::Cast { value, .. } => {
                self.data_spot(source, *value, env, steps + 1)
            }
            Expr::If { condition, then, otherwise } => {
                match self.whnf(self.eval(source, *condition, env, Hint::default())) {
                    Value::Bool(true) => self.data_spot(source, *then, env, steps + 1),
                    Value::Bool(false) => self.data_spot(source, (*otherwise)?, env, steps + 1),
                    _ => None,
                }
            }
            Expr::Coalesce(value, otherwise) => {
                let there =
                    !self.whnf(self.perhaps(source, *value, env, Hint::default())).is_absent();
                self.data_spot(source, if there { *value } else { *otherwise }, env, steps + 1)
            }
            _ => None,
        }
    }

    fn slot_in_data(&self, slot: &'a Slot<'a>, steps: u32) -> Option<Spot<'a>> {
        let binding: &'a Binding<'a> = slot.bindings.get()?;
        let spot = binding.value_spot();
        if spot.source.data {
            return Some(spot);
        }
        let What::Entry(entry) = binding.what else { return None };
        let EntryKind::Set { value, .. } = &entry.kind else { return None };
        self.data_spot(binding.layer.source, *value, &binding.env, steps + 1)
    }
}
