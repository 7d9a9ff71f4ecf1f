//! Which layers are siblings: the traits of one `with`, and overlays of which none stands on the other.

use crate::code::{EntryKind, SetOp, Strength};
use crate::db::{ItemKind, Module};
use crate::eval::Eval;
use crate::eval::force::strength;
use crate::eval::value::{Binding, Layer, Source, What};
use crate::resolve::bases;

impl<'a> Eval<'a> {
    /// Whether what is set below stands in a file that lies on the one above it: `b = a { n = 1 }` of a base amends what an
    /// overlay makes of `a`, and who wrote it can say nothing of that.
    pub(super) fn is_of_later(&self, set: &'a Binding<'a>, above: &'a Binding<'a>) -> bool {
        let [set, above] = [set, above].map(|binding| binding.layer.source);
        !above.rule && self.height_of(set) > self.height_of(above)
    }

    /// Of siblings, one that sets a field beats those that give a default.
    pub(super) fn strongest_sibling(&self, binding: &'a Binding<'a>) -> &'a Binding<'a> {
        if strength(binding) > Strength::Default {
            return binding;
        }
        let mut at = binding.below.get();
        while let Some(other) = at
            && self.are_siblings(other.layer, binding.layer)
        {
            let sets = matches!(
                other.what,
                What::Entry(entry) if matches!(entry.kind, EntryKind::Set { op: SetOp::Replace, .. })
            );
            if sets
                && strength(other) > Strength::Default
                && other.when.is_none_or(|when| self.holds(when) == Some(true))
            {
                return other;
            }
            at = other.below.get();
        }
        binding
    }

    /// What lies below a binding and its siblings, of which none is above another.
    pub(super) fn below_siblings(&self, binding: &'a Binding<'a>) -> Option<&'a Binding<'a>> {
        let mut below = std::iter::successors(binding.below.get(), |below| below.below.get());
        below.find(|below| !self.are_siblings(below.layer, binding.layer))
    }

    /// The siblings of a binding that set the same, too.
    pub(super) fn siblings_below(
        &self,
        binding: &'a Binding<'a>,
    ) -> impl Iterator<Item = &'a Binding<'a>> {
        let below = std::iter::successors(binding.below.get(), |binding| binding.below.get());
        below.filter(move |other| {
            other.layer.id != binding.layer.id
                && self.are_siblings(other.layer, binding.layer)
                && super::strength::sets(other)
                && strength(other) > Strength::Default
        })
    }

    /// Whether neither of two layers is above the other.
    pub(super) fn are_siblings(&self, one: &Layer<'a>, other: &Layer<'a>) -> bool {
        (one.siblings != 0 && one.siblings == other.siblings) || self.sibling_files(one, other)
    }

    /// Whether two layers are of overlays that are stacked by a third one.
    pub(super) fn sibling_files(&self, one: &Layer<'a>, other: &Layer<'a>) -> bool {
        if std::ptr::eq(one.source, other.source) {
            return false;
        }
        let (Some(one), Some(other)) = (self.overlay_of(one.source), self.overlay_of(other.source))
        else {
            return false;
        };
        one != other
            && !stands_on(self.db, one).contains(&other)
            && !stands_on(self.db, other).contains(&one)
    }

    /// The overlay in which an item layers what is below.
    fn overlay_of(&self, source: &'a Source<'a>) -> Option<Module> {
        let kind = source.item.kind(self.db);
        if source.schema
            || source.library
            || source.command_line
            || !matches!(kind, ItemKind::Binding | ItemKind::Set | ItemKind::Input)
        {
            return None;
        }
        let module = source.item.module(self.db);
        (!bases(self.db, module).is_empty()).then_some(module)
    }
}

/// All files below one: what it is an overlay on, and whatever that uses. An overlay reaches used files too, and lies
/// there on the overlays through which they are used.
#[salsa::tracked(returns(deref))]
fn stands_on(db: &dyn salsa::Database, module: Module) -> Vec<Module> {
    let mut found: Vec<Module> = Vec::new();
    let mut waiting = vec![module];
    while let Some(next) = waiting.pop() {
        for &(_, below) in next.files(db).iter() {
            if below != module && !found.contains(&below) {
                found.push(below);
                waiting.push(below);
            }
        }
    }
    found
}
