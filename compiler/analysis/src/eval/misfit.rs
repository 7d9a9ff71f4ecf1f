//! The problem of a value that does not fit its place: at the value, with the declaration and the layers in
//! between.

use crate::code::EntryKind;
use crate::eval::Eval;
use crate::eval::refine::Asked;
use crate::eval::value::{Binding, Declared, Kind, Rec, Slot, Value, What};
use crate::problem::{Place, Problem};

impl<'a> Eval<'a> {
    pub(super) fn forbidden(&self, asked: &Asked<'a>) -> Value<'a> {
        match asked.field {
            Some((rec, slot, _)) => {
                let owner = match rec.kind {
                    Kind::Schema(info, _) => info.name.to_string(),
                    _ => "this record".to_owned(),
                };
                self.misfit(Value::Absent, asked, 217, |_| {
                    format!("{owner} forbids `{}`", slot.name)
                })
            }
            None => {
                self.misfit(Value::Absent, asked, 217, |_| "no value is allowed here".to_owned())
            }
        }
    }

    pub(super) fn wrong_kind(
        &self,
        value: Value<'a>,
        ty: Declared<'a>,
        asked: &Asked<'a>,
    ) -> Value<'a> {
        let want = self.type_text(ty);
        match value {
            Value::Absent => self.misfit(value, asked, 203, |_| {
                format!("this is absent here, and {want} is asked for")
            }),
            Value::Null => {
                self.misfit(value, asked, 223, |_| format!("null is not a value of {want}"))
            }
            value => {
                let _seal = asked.sensitive.then(|| self.seal());
                let found = self.described(value);
                let message = |_: &str| format!("expected {want}, found {found}");
                if asked.is_data() {
                    let help = self
                        .quoted_in_data(value, ty, asked)
                        .or_else(|| self.cases_in_data(value, ty));
                    return self.misfit_with(value, asked, 219, message, help);
                }
                self.misfit(value, asked, 201, message)
            }
        }
    }

    pub(super) fn misfit(
        &self,
        value: Value<'a>,
        asked: &Asked<'a>,
        code: u16,
        message: impl Fn(&str) -> String,
    ) -> Value<'a> {
        self.misfit_with(value, asked, code, message, None)
    }

    /// The one problem of a value that does not fit: at the value, with the declaration and the layers in
    /// between.
    pub(super) fn misfit_with(
        &self,
        value: Value<'a>,
        asked: &Asked<'a>,
        code: u16,
        message: impl Fn(&str) -> String,
        help: Option<String>,
    ) -> Value<'a> {
        let sensitive =
            asked.sensitive || asked.field.is_some_and(|(rec, slot, _)| self.is_hidden(rec, slot));
        let _seal = sensitive.then(|| self.seal());
        let printed = self.printed(value);
        let mut spot = asked.spot;
        let mut through = None;
        if let Some(cast) = asked.cast.filter(|_| !spot.source.data)
            && let Some(place) = self.place_in_data(cast)
        {
            spot = place;
        }
        if spot.source.library {
            // The library computed it from something of the user's: say so there.
            if let Some(user) = asked.field.map(|(rec, ..)| self.user_spot(rec)) {
                through = Some(spot.place());
                spot = user;
            }
        }
        let mut problem = Problem::error(code, spot.place(), message(&printed));
        if let Some(place) = through {
            problem = problem.related(place, "computed here");
        }
        if spot.source.data {
            let rec = asked.field.map(|(rec, ..)| rec);
            if let Some(cast) = self.cast_of(rec, asked) {
                problem = problem.related(cast.place(), "read as a type here");
            }
            if !asked.sensitive {
                let written = crate::data::written(self.db, spot.place());
                problem.notes.extend(kube::data::differs(written));
            }
        }
        if let Some((rec, slot, binding)) = asked.field {
            problem.label = format!("`{}`", self.path(rec, slot.name));
            if let Some((place, message)) = self.declaration_of(rec, slot) {
                problem = problem.related(place, message);
            }
            problem = self.with_layers(problem, slot, binding);
            if let Some(field) = slot.field
                && let Some(doc) = super::strength::doc_at(self.db, field.place)
            {
                problem = problem.note(doc);
            }
        }
        problem.help = help.or_else(|| match value {
            Value::Quantity(text)
                if code == 301 && !sensitive && text.bytes().all(|b| b.is_ascii_digit()) =>
            {
                Some(format!("a number without a unit is taken as it is: did you mean `{text}Mi`?"))
            }
            _ => None,
        });
        self.report(problem)
    }

    /// The layers that bind a slot too, below the one that won.
    pub(super) fn with_layers(
        &self,
        mut problem: Problem,
        slot: &'a Slot<'a>,
        winner: Option<&'a Binding<'a>>,
    ) -> Problem {
        let mut at = slot.bindings.get();
        let mut shown = 0;
        while let Some(binding) = at {
            at = binding.below.get();
            if winner.is_some_and(|w| std::ptr::eq(w, binding)) || shown == 4 {
                continue;
            }
            if let What::Entry(entry) = binding.what {
                let place = Place { item: binding.layer.source.item, node: entry.node };
                if place == problem.place {
                    continue;
                }
                let what = match &entry.kind {
                    EntryKind::Block { .. } => "a layer on it",
                    EntryKind::Unset { .. } => "removed here",
                    EntryKind::Set { .. } if binding.layer.source.schema => "its default",
                    _ => "bound here too",
                };
                shown += 1;
                problem = problem.related(place, what);
            }
        }
        problem
    }

    /// Where a slot is declared, and as what.
    pub(super) fn declaration_of(
        &self,
        rec: &'a Rec<'a>,
        slot: &'a Slot<'a>,
    ) -> Option<(Place, String)> {
        if let Some(field) = slot.field {
            return Some((field.place, format!("declared here as {}", self.type_text(&field.ty))));
        }
        // An entry of a map is declared by the field that holds the map.
        let (owner, name) = rec.owner.get()?;
        let holder = self.slot(owner, name)?;
        let field = holder.field?;
        Some((field.place, format!("`{name}` is declared here as {}", self.type_text(&field.ty))))
    }
}
