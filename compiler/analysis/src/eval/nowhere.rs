//! Keys that are not there, and paths into other items that lead nowhere: what is said of them, at the reader.

use kube::secrets::HIDDEN;

use crate::eval::Eval;
use crate::eval::member::segments;
use crate::eval::mend::named_in_chain;
use crate::eval::value::{Handle, Rec, SEPARATOR, Spot, Value};
use crate::problem::Problem;
use crate::read::{Path, keys};
use crate::unreadable::is_partly_cut;

impl<'a> Eval<'a> {
    /// Reports a key that a record does not have.
    pub(super) fn no_key(&self, rec: &'a Rec<'a>, name: &str, spot: Spot<'a>) -> Value<'a> {
        let spot = if spot.source.library { self.user_spot(rec) } else { spot };
        // A key that was removed is no candidate.
        let slots = self.slots(rec).iter().filter(|slot| slot.name != name);
        let there: Vec<&str> = slots.map(|slot| slot.name).collect();
        let record = self.record_name(rec);
        if self.is_sealed() {
            let message = format!("{record} has no such key, which is sensitive and not shown");
            return self.report(Problem::error(204, spot.place(), message));
        }
        let message = format!("{record} has no key `{name}`");
        let place = named_in_chain(self.db, spot.place(), name);
        let mut problem = Problem::error(204, place, message).meant(name, there.iter().copied());
        if !there.is_empty() && there.len() <= 12 {
            problem = problem.note(format!("it has {}", there.join(", ")));
        }
        self.report(problem)
    }

    /// Reports a path into another item that leads nowhere from its name number `at` on.
    pub(super) fn missing(&self, handle: &'a Handle<'a>, at: usize) {
        let names: Vec<&str> = segments(handle.path).collect();
        let (Some(name), Some(spot)) = (names.get(at).copied(), self.reader()) else { return };
        let outer = names.get(..at).unwrap_or_default();
        let shown = outer
            .iter()
            .fold(handle.item.name(self.db).to_owned(), |path, n| format!("{path}.{n}"));
        if self.is_sealed()
            || self.hidden_key(handle.item, names.get(..=at).unwrap_or(&names)).is_some()
        {
            let message = format!("`{shown}` has no such key, which is sensitive and not shown");
            self.report(Problem::error(204, spot.place(), message));
            return;
        }
        let outer = outer.join(&SEPARATOR.to_string());
        let outer = Path::new(self.db, &*outer);
        let there = keys(self.db, self.program, handle.world(), handle.item, outer);
        let place = named_in_chain(self.db, spot.place(), name);
        let mut problem = Problem::error(204, place, format!("`{shown}` has no key `{name}`"));
        if let Some(there) = &there.0 {
            problem = problem.meant(name, there.iter().map(|key| &**key));
            if !there.is_empty() && there.len() <= 12 {
                problem = problem.note(format!("it has {}", there.join(", ")));
            }
        }
        if problem.help.is_none() && is_partly_cut(self.db, handle.item) {
            // It may stand in what cannot be read.
            return;
        }
        self.report(problem);
    }

    /// Reports that something external was asked for what it does not say.
    pub(super) fn not_made(&self, handle: &'a Handle<'a>) {
        let Some(spot) = self.reader() else { return };
        let (outer, name) = handle.path.rsplit_once(SEPARATOR).unwrap_or(("", handle.path));
        let item = handle.item.name(self.db).to_owned();
        let shown = segments(outer).fold(item, |path, name| format!("{path}.{name}"));
        let name = if self.is_sealed() { HIDDEN } else { name };
        self.report(
            Problem::error(
                506,
                spot.place(),
                format!("`{shown}` is external and says nothing of `{name}`"),
            )
            .help(format!("say it where `{shown}` is declared: `{name} = …`")),
        );
    }

    /// Where this item reads another.
    pub(super) fn reader(&self) -> Option<Spot<'a>> {
        self.forced_by().or_else(|| Some(self.item_slot(self.unit, self.bare).0.made))
    }
}
