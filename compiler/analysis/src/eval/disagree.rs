//! Siblings that give one leaf different values: traits of one `with`, overlays of one `overlay`, and rules.

use crate::code::{EntryKind, Root, SetOp, Strength};
use crate::eval::Eval;
use crate::eval::force::strength;
use crate::eval::strength::{replaces, sets, written_path};
use crate::eval::value::{Binding, Hint, Layer, Rec, Slot, What};
use crate::problem::Problem;

impl<'a> Eval<'a> {
    /// Siblings: different values for one leaf conflict, equal ones pass.
    pub(super) fn check_siblings(
        &self,
        rec: &'a Rec<'a>,
        slot: &'a Slot<'a>,
        first: &'a Binding<'a>,
        second: &'a Binding<'a>,
        strength: Strength,
    ) {
        if strength == Strength::Default {
            return;
        }
        let active =
            |binding: &'a Binding<'a>| binding.when.is_none_or(|w| self.holds(w) == Some(true));
        if !active(first) || !active(second) {
            return;
        }
        // A layer above that does so without a word is told that it sets again what is set.
        let settled = slot.bindings.get().is_some_and(|top| {
            top.layer.id != second.layer.id
                && !self.are_siblings(top.layer, second.layer)
                && sets(top)
                && active(top)
        });
        if !settled {
            self.differ(rec, slot, first, second, "override ");
        }
    }

    /// Rules: whoever sets a leaf that another rule sets to something else contradicts it, whatever its strength.
    pub(super) fn rules_disagree(
        &self,
        rec: &'a Rec<'a>,
        slot: &'a Slot<'a>,
        first: &'a Binding<'a>,
        second: &'a Binding<'a>,
        strength: Strength,
    ) {
        if strength > Strength::Default && self.applies(first) && self.applies(second) {
            self.differ(rec, slot, first, second, "");
        }
    }

    fn rules_differ(
        &self,
        rec: &'a Rec<'a>,
        slot: &'a Slot<'a>,
        (first, a): (&'a Binding<'a>, String),
        (second, b): (&'a Binding<'a>, String),
    ) {
        let id = |binding: &'a Binding<'a>| {
            let rule = crate::rules::rule(self.db, binding.layer.source.item);
            rule.map(|rule| rule.id.to_string()).unwrap_or_default()
        };
        let path = self.path_in_object(rec, slot.name);
        self.report(
            Problem::error(
                413,
                second.value_spot().place(),
                format!("the rules {:?} and {:?} both set `{path}`", id(first), id(second)),
            )
            .label(format!("{b} here"))
            .related(first.value_spot().place(), format!("{a} here"))
            .help("tell their objects apart with `where`, or exempt the component from one of them with `allow`"),
        );
    }

    /// Reports siblings that give a slot different values.
    fn differ(
        &self,
        rec: &'a Rec<'a>,
        slot: &'a Slot<'a>,
        first: &'a Binding<'a>,
        second: &'a Binding<'a>,
        word: &str,
    ) -> bool {
        if !sets(first) || !sets(second) {
            self.take_part(rec, slot, first, second);
            return true;
        }
        let value = |binding| self.bound_value(rec, slot, binding, Hint::default());
        let (a, b) = (value(first), value(second));
        if self.same(a, b) != Some(false) {
            return false;
        }
        let path = self.path(rec, slot.name);
        let _seal = self.is_hidden(rec, slot).then(|| self.seal());
        let (a, b) = (self.printed(self.whnf(a)), self.printed(self.whnf(b)));
        if second.layer.source.rule {
            self.rules_differ(rec, slot, (first, a), (second, b));
            return true;
        }
        let files = self.sibling_files(first.layer, second.layer);
        let name = |binding: &'a Binding<'a>| {
            let item = binding.layer.source.item;
            let path = item.module(self.db).path(self.db);
            if files { path.rsplit('/').next().unwrap_or(path) } else { item.name(self.db) }
        };
        let message = format!("{} and {} both set `{path}`", name(first), name(second));
        let (place, help) = if files {
            let path = match second.layer.source.code.root {
                // The overlays know it by another path than its own file does.
                Root::Reached(_) => written_path(self.db, second.spot().place()),
                _ => path,
            };
            let help = format!("settle it in the file that stacks the two: `{word}{path} = …`");
            (second.spot().place(), help)
        } else {
            let (whole, path) = self.layered_whole(rec, slot, second);
            let help = format!("settle it in the body: `{word}{path} = …`");
            (self.user_spot(whole).place(), help)
        };
        self.report(
            Problem::error(405, place, message)
                .related(first.value_spot().place(), format!("{a} here"))
                .related(second.value_spot().place(), format!("{b} here"))
                .help(help),
        );
        true
    }

    /// Reports two traits of which one sets or removes what the other adds to, or has a block on.
    fn take_part(
        &self,
        rec: &'a Rec<'a>,
        slot: &'a Slot<'a>,
        first: &'a Binding<'a>,
        second: &'a Binding<'a>,
    ) {
        let (whole, path) = self.layered_whole(rec, slot, second);
        let does = |binding: &'a Binding<'a>| match binding.what {
            What::Entry(entry) => match entry.kind {
                EntryKind::Unset { .. } => "removes it",
                EntryKind::Set { op: SetOp::Replace, .. } => "sets all of it",
                EntryKind::Set { .. } => "adds to it",
                _ => "has a block on it",
            },
            _ => "spreads a value into it",
        };
        let name = |binding: &'a Binding<'a>| binding.layer.source.item.name(self.db);
        let (one, other) = (name(first), name(second));
        let place = self.user_spot(whole).place();
        let message = format!("{one} and {other} disagree on `{}`", self.path(rec, slot.name));
        self.report(
            Problem::error(405, place, message)
                .related(first.spot().place(), format!("{one} {}", does(first)))
                .related(second.spot().place(), format!("{other} {}", does(second)))
                .help(format!("settle it in the body: `override {path} = …`")),
        );
    }

    /// The record on which the layer of a binding was put as a whole, and the path of a slot from there on.
    fn layered_whole(
        &self,
        rec: &'a Rec<'a>,
        slot: &'a Slot<'a>,
        binding: &'a Binding<'a>,
    ) -> (&'a Rec<'a>, String) {
        let is_on = |rec: &'a Rec<'a>| rec.layers.iter().any(|layer| layer.id == binding.layer.id);
        let path = self.path(rec, slot.name);
        let mut whole = rec;
        while let Some((owner, _)) = whole.owner.get().filter(|(owner, _)| is_on(owner)) {
            whole = owner;
        }
        let outer = whole.owner.get().map(|(owner, name)| format!("{}.", self.path(owner, name)));
        let inner = outer.and_then(|outer| path.strip_prefix(&outer).map(str::to_owned));
        (whole, inner.unwrap_or(path))
    }

    /// Traits of one `with`, whatever they do to a slot: where one sets or removes all of it, another has no part in it.
    /// The bindings are given topmost first.
    pub(super) fn check_traits(
        &self,
        rec: &'a Rec<'a>,
        slot: &'a Slot<'a>,
        bindings: &[&'a Binding<'a>],
    ) {
        let mut before: Vec<&'a Binding<'a>> = Vec::new();
        let of_traits = bindings.iter().rev().filter(|binding| {
            let Layer { siblings, source, .. } = binding.layer;
            *siblings != 0 && !source.rule && self.applies(binding)
        });
        for second in of_traits {
            let first = before.iter().rev().find(|first| {
                let siblings = first.layer.siblings == second.layer.siblings;
                siblings && first.layer.id != second.layer.id && contradict(first, second)
            });
            if let Some(first) = first {
                self.check_siblings(rec, slot, first, second, Strength::Set);
            }
            before.push(second);
        }
    }

    /// Defaults of siblings, where nothing else decides: different ones conflict too. The bindings are given topmost
    /// first.
    pub(super) fn check_defaults(
        &self,
        rec: &'a Rec<'a>,
        slot: &'a Slot<'a>,
        bindings: &[&'a Binding<'a>],
    ) {
        let neighbours = || bindings.iter().zip(bindings.iter().skip(1));
        if !neighbours().any(|(one, other)| self.are_siblings(one.layer, other.layer)) {
            return;
        }
        let mut deciding = bindings
            .iter()
            .filter(|binding| binding.when.is_none_or(|w| self.holds(w) == Some(true)))
            .skip_while(|binding| {
                !replaces(binding) && !matches!(binding.what, What::Slot { .. } | What::Given(_))
            });
        let Some(top) = deciding.next() else { return };
        let mut defaults = vec![*top];
        defaults.extend(
            deciding.take_while(|b| self.are_siblings(b.layer, top.layer)).filter(|b| sets(b)),
        );
        if defaults.len() < 2
            || !sets(top)
            || defaults.iter().any(|b| strength(b) > Strength::Default)
        {
            return;
        }
        for first in defaults.iter().skip(1).rev() {
            if first.layer.id != top.layer.id && self.differ(rec, slot, first, top, "") {
                return;
            }
        }
    }
}

/// Whether two traits cannot both have what they say of a slot, in whichever order they are written. What only gives a
/// default yields to the other.
fn contradict(one: &Binding<'_>, other: &Binding<'_>) -> bool {
    let yields = |binding: &Binding<'_>| match binding.what {
        What::Entry(entry) => match entry.kind {
            EntryKind::Set { op: SetOp::Replace, .. } => strength(binding) == Strength::Default,
            EntryKind::Set { .. } | EntryKind::Block { .. } | EntryKind::Unset { .. } => false,
            _ => true,
        },
        _ => true,
    };
    !yields(one) && !yields(other) && (replaces(one) || replaces(other))
}
