//! Where data stands, and what made it what it is: for messages, which stand in the file of data.
//!
//! The expression that gave a value is followed back to the entry of a file.

use crate::eval::Eval;
use crate::eval::cast::CastAt;
use crate::eval::refine::Asked;
use crate::eval::value::{Declared, Rec, Spot, Value};
use crate::fits::base;
use crate::limits;
use crate::ty::Ty;
use kube::types::FieldType;

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
        if !is_text || !scalar || self.hides(asked) {
            return None;
        }
        let written = crate::data::written(self.db, spot.place());
        Some(format!("a text that reads so stands in quotes: {written:?}"))
    }

    /// Where a value stands in a file of data, if it is of one: found again by the expression that gave it.
    pub(super) fn place_in_data(&self, cast: &CastAt<'a>) -> Option<Spot<'a>> {
        let way = self.way_of(cast.source, cast.value, &cast.env);
        way.spots.last().copied().filter(|spot| spot.source.data)
    }
}
