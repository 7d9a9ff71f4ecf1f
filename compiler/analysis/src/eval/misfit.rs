//! The problem of a value that does not fit its place: at the value, with the declaration and the layers in
//! between.

use crate::bounds::unit_meant;
use crate::code::{EntryKind, Expr, Root};
use crate::declares::{annotation, declared_around};
use crate::elaborate::elaborate;
use crate::eval::refine::Asked;
use crate::eval::value::{Binding, Declared, Kind, Rec, Slot, Source, Spot, Value, What};
use crate::eval::{Eval, stack};
use crate::problem::{Place, Problem};
use crate::twice::is_of_constant;

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
                let _seal = self.hides(asked).then(|| self.seal());
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
        if self.has_errors_enough() {
            return Value::Error;
        }
        let sensitive = self.hides(asked);
        let _seal = sensitive.then(|| self.seal());
        let printed = self.printed(value);
        let mut spot = asked.spot;
        let mut through = None;
        if let Some(cast) = asked.cast.filter(|_| !spot.source.data)
            && let Some(place) = self.place_in_data(cast)
        {
            spot = place;
        }
        let key = asked.field.and_then(|(rec, _, binding)| self.key_that_gives(rec, binding?));
        spot = key.unwrap_or(spot);
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
            if !sensitive {
                let written = crate::data::written(self.db, spot.place());
                problem.notes.extend(kube::data::differs(written));
            }
        }
        if let Some(given) = self.given_by_name(spot) {
            problem = problem.related(given, format!("this is {printed}"));
        }
        let around =
            asked.written.and_then(|spot| declared_around(self.db, spot.place(), spot.source.code));
        if let Some((place, message)) = &around {
            problem = problem.related(*place, message);
        }
        if let Some((rec, slot, binding)) = asked.field {
            problem.label = format!("`{}`", self.path(rec, slot.name));
            if around.is_none()
                && let Some((place, message)) = self.declaration_of(rec, slot)
            {
                problem = problem.related(place, message);
            }
            // What a key says lies on nothing.
            if key.is_none() {
                problem = self.with_layers(problem, slot, binding);
            }
            if let Some(field) = slot.field
                && let Some(doc) = super::strength::doc_at(self.db, field.place)
            {
                problem = problem.note(doc);
            }
        }
        if let Some((owner, name)) = asked.key_of.and_then(|map| map.owner.get())
            && let Some(slot) = self.slot_of(owner, name)
            && let Some((place, message)) = self.declaration_of(owner, slot)
        {
            problem = problem.related(place, message);
        }
        problem.help = help.or_else(|| match value {
            Value::Quantity(text) if code == 301 && !sensitive => unit_meant(text),
            _ => None,
        });
        self.report(problem)
    }

    /// Where the key is written that gives a field of an element of a keyed list its value.
    fn key_that_gives(&self, element: &'a Rec<'a>, binding: &'a Binding<'a>) -> Option<Spot<'a>> {
        let What::Given(_) = binding.what else { return None };
        let (list, key) = element.owner.get()?;
        let entries = std::iter::successors(self.slot_of(list, key)?.bindings.get(), |entry| {
            entry.below.get()
        });
        entries.last().map(Binding::spot)
    }

    /// The layers that bind a slot too, below the one that won.
    pub(super) fn with_layers(
        &self,
        problem: Problem,
        slot: &'a Slot<'a>,
        winner: Option<&'a Binding<'a>>,
    ) -> Problem {
        self.with_layers_of(problem, slot, winner, |_| true)
    }

    /// The layers that bind a slot too, of those sources that are to be shown.
    pub(super) fn with_layers_of(
        &self,
        mut problem: Problem,
        slot: &'a Slot<'a>,
        winner: Option<&'a Binding<'a>>,
        shows: impl Fn(&Source<'a>) -> bool,
    ) -> Problem {
        let mut at = slot.bindings.get();
        let mut shown = 0;
        while let Some(binding) = at {
            at = binding.below.get();
            if winner.is_some_and(|w| std::ptr::eq(w, binding))
                || shown == 4
                || !shows(binding.layer.source)
            {
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

    /// A constant that is wrong is told where it is written, instantiated or not. Told once more here, it names the layers
    /// that it lies on, which only an instance has.
    pub(super) fn told_with_layers(&self, slot: &'a Slot<'a>, binding: &'a Binding<'a>) {
        let spot = binding.value_spot();
        if spot.source.poisoned.binary_search(&spot.node).is_err() {
            return;
        }
        let told = elaborate(self.db, spot.source.item).problems.iter();
        let mut here = told.filter(|told| told.place == spot.place() && is_of_constant(told));
        let Some(told) = here.next() else { return };
        let mut below = std::iter::successors(Some(binding), |binding| binding.below.get()).skip(1);
        if below.any(|binding| !binding.layer.source.schema) {
            self.report(self.with_layers(told.clone(), slot, Some(binding)));
        }
    }

    /// Where a value is written that stands at a place by the name of a field of a file.
    fn given_by_name(&self, spot: Spot<'a>) -> Option<Place> {
        let code = spot.source.code;
        let at = code.nodes.iter().rposition(|node| *node == spot.node)?;
        let Expr::Global(item) = code.exprs.get(at)? else { return None };
        let source = self.source(*stack(self.db, self.program, *item).last()?);
        let Root::Binding { body, .. } = source.code.root else { return None };
        match &source.code.bodies.get(body as usize)?.entries.first()?.kind {
            EntryKind::Set { value, .. } => Some(source.spot(*value).place()),
            _ => None,
        }
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
        if let Kind::File = rec.kind {
            let ty = self.declared(rec, slot)?;
            let mut items = rec.layers.iter().map(|layer| layer.source.item);
            let place = items.find_map(|item| annotation(self.db, item))?;
            return Some((place, format!("declared here as {}", self.type_text(ty))));
        }
        // An entry of a map is declared by the field that holds the map.
        let (owner, name) = rec.owner.get()?;
        let holder = self.slot(owner, name)?;
        let field = holder.field?;
        Some((field.place, format!("`{name}` is declared here as {}", self.type_text(&field.ty))))
    }
}
