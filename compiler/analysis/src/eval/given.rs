//! Whether what an element of a keyed list is in its key fields is what its key says.

use crate::code::{EntryKind, Strength};
use crate::eval::Eval;
use crate::eval::force::strength;
use crate::eval::objects::of_objects;
use crate::eval::value::{Binding, Hint, Kind, Rec, Slot, What};
use crate::problem::Problem;

impl<'a> Eval<'a> {
    /// The key of a keyed list gives some fields, which nothing else may set apart from it.
    pub(super) fn check_given(
        &self,
        rec: &'a Rec<'a>,
        slot: &'a Slot<'a>,
        given: &'a Binding<'a>,
        last: Option<&'a Binding<'a>>,
    ) {
        let (What::Given(value), Some(other)) = (given.what, last) else { return };
        let What::Entry(entry) = other.what else { return };
        let EntryKind::Set { value: expr, .. } = &entry.kind else { return };
        // What the key says lies above a default.
        if strength(other) == Strength::Default
            || other.when.is_some_and(|w| self.holds(w) != Some(true))
        {
            return;
        }
        let source = other.layer.source;
        let set = self.eval(source, *expr, &other.env, Hint::default());
        if self.same(value, set) != Some(false) {
            return;
        }
        let key = rec.key.get().unwrap_or_default();
        self.report(
            Problem::error(
                222,
                other.value_spot().place(),
                format!(
                    "`{}` is given by the key {key:?}, and cannot be {} too",
                    slot.name,
                    self.printed(set)
                ),
            )
            .help("change the key, or leave this out"),
        );
    }

    /// A key field that the key leaves out is what it is by default: another value would be that of another key.
    pub(super) fn check_left_out(
        &self,
        rec: &'a Rec<'a>,
        slot: &'a Slot<'a>,
        top: &'a Binding<'a>,
    ) {
        let Some((Kind::Keyed(keyed), key)) = rec.owner.get().map(|(owner, key)| (owner.kind, key))
        else {
            return;
        };
        let left_out = rec.given.len() < keyed.count()
            && !of_objects(keyed)
            && keyed.keys().get(rec.given.len()..).is_some_and(|left| left.contains(&slot.name));
        if !left_out {
            return;
        }
        let value = self.force(rec, slot);
        let default = keyed.default(self.db);
        let Some(text) = self.scalar_text(value).filter(|text| Some(&**text) != default) else {
            return;
        };
        let message = match default {
            Some(default) => {
                format!(
                    "the key {key:?} says that `{}` is {default:?}, and not {}",
                    slot.name,
                    self.printed(value)
                )
            }
            None => format!(
                "`{}` belongs to the key {key:?}, and cannot be set apart from it",
                slot.name
            ),
        };
        let problem = Problem::error(222, top.value_spot().place(), message);
        self.report(problem.help(format!("write it into the key: `\"{key}/{text}\" {{ … }}`")));
    }
}
