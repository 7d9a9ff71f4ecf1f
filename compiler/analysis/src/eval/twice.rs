//! What is bound twice in one layer: said where it is written, or, where the library computes both from what it
//! is given, at the user's values that they are computed from.

use rustc_hash::FxHashMap;

use crate::code::{BodyId, Entry, EntryKind, Key, SetOp};
use crate::eval::Eval;
use crate::eval::value::{Binding, LocalState, Rec, Slot, Source, Spot, What};
use crate::eval::variant::optional_block;
use crate::problem::{Place, Problem};

/// Locals around an entry that are looked at.
const LOCALS: usize = 16;

/// What stands at a key that two elements of a comprehension bind.
pub(crate) const SAME_KEY: &str = "the same key for two elements";

impl<'a> Eval<'a> {
    pub(super) fn bound_twice(
        &self,
        rec: &'a Rec<'a>,
        slot: &'a Slot<'a>,
        first: &'a Binding<'a>,
        second: &'a Binding<'a>,
    ) {
        let path = self.path(rec, slot.name);
        let message = format!("`{path}` is bound twice in one layer");
        let spot = second.spot();
        self.report(if !spot.source.library && spot.place() == first.spot().place() {
            // Written once, and computed of two that are the same.
            let problem = Problem::error(401, spot.place(), message);
            let both = [self.key_of(first), self.key_of(second)];
            let related = both.into_iter().zip(["bound for this first", "bound for this"]);
            let known = related.filter_map(|(place, what)| Some((place?, what)));
            known
                .fold(problem, |problem, (place, what)| problem.related(place, what))
                .label(SAME_KEY)
                .help("keep one of the two")
        } else if !spot.source.library {
            Problem::error(401, spot.place(), message)
                .related(first.spot().place(), "bound here first")
                .help("keep one of the two")
        } else if let (Some(one), Some(other)) = (self.given(first), self.given(second)) {
            // Said in the same words however much is computed of the two.
            let name = slot.name;
            let message = format!("`{}` and `{}` are both {name}", one.path, other.path);
            Problem::error(401, other.spot.place(), message)
                .related(one.spot.place(), "the other one")
                .help("keep one of the two, or make them differ")
        } else if let Some(given) =
            [second, first].into_iter().find_map(|one| self.spread_from(one))
        {
            Problem::error(401, given.place(), message)
                .help("leave it out: what it is given to sets it itself")
        } else {
            Problem::error(401, self.user_spot(rec).place(), message)
                .help("two of the values that it is made of are the same")
        });
    }

    /// Whether a block that is not put on what a slot lies in, because its condition does not hold, sets the slot: by the
    /// text it is set.
    pub(super) fn is_set_under_condition(&self, rec: &'a Rec<'a>, slot: &'a Slot<'a>) -> bool {
        let mut names = vec![slot.name];
        let mut at = rec.owner.get();
        for _ in 0..crate::limits::NESTED {
            let Some((owner, name)) = at else { break };
            let holder = self.slot(owner, name).and_then(|slot| slot.bindings.get());
            let bindings = std::iter::successors(holder, |binding| binding.below.get());
            let sets = |binding: &'a Binding<'a>| {
                let What::Entry(Entry { kind: EntryKind::Block { body, .. }, .. }) = binding.what
                else {
                    return false;
                };
                let mut leaves = Vec::new();
                leaves_of(binding.layer.source, *body, &mut Vec::new(), &mut leaves);
                leaves.iter().any(|(leaf, _)| names.iter().rev().copied().eq(leaf.iter().copied()))
            };
            let skipped = |binding: &&'a Binding<'a>| !self.applies(binding);
            if bindings.filter(skipped).any(sets) {
                return true;
            }
            names.push(name);
            at = owner.owner.get();
        }
        false
    }

    /// Where a user wrote the entry that `...` brings.
    fn spread_from(&self, binding: &'a Binding<'a>) -> Option<Spot<'a>> {
        let What::Slot { rec, slot, .. } = binding.what else { return None };
        Some(self.key_spot(rec, slot)).filter(|spot| !spot.source.library)
    }

    /// Where the key of a binding is written that is computed.
    fn key_of(&self, binding: &'a Binding<'a>) -> Option<Place> {
        let What::Entry(entry) = binding.what else { return None };
        let (EntryKind::Set { key, .. } | EntryKind::Block { key, .. }) = &entry.kind else {
            return None;
        };
        let Key::Computed(expr) = key else { return None };
        let way = self.way_of(binding.layer.source, *expr, &binding.env);
        let last = way.spots.last().filter(|_| !way.computed)?;
        Some(last.place()).filter(|place| *place != binding.layer.source.spot(*expr).place())
    }

    /// Reports what blocks that may be skipped bind twice in one layer. Their bodies are opened only where there is something
    /// to put them on, and the mistake is one in any case. The bindings are those of the slot, topmost first.
    pub(super) fn skipped_twice(
        &self,
        rec: &'a Rec<'a>,
        slot: &'a Slot<'a>,
        bindings: &[&'a Binding<'a>],
    ) {
        let is_skipped =
            |binding: &&'a Binding<'a>| binding.when.is_none() && optional_block(binding);
        let skipped: Vec<&'a Binding<'a>> =
            bindings.iter().rev().copied().filter(is_skipped).collect();
        if skipped.len() < 2 {
            return;
        }
        let mut known: FxHashMap<(u32, Vec<&'a str>), Spot<'a>> = FxHashMap::default();
        for binding in skipped {
            let What::Entry(Entry { kind: EntryKind::Block { body, .. }, .. }) = binding.what
            else {
                continue;
            };
            let mut leaves = Vec::new();
            leaves_of(binding.layer.source, *body, &mut Vec::new(), &mut leaves);
            for (names, spot) in leaves {
                let message = format!(
                    "`{}.{}` is bound twice in one layer",
                    self.path(rec, slot.name),
                    names.join(".")
                );
                if let Some(first) = known.insert((binding.layer.id, names), spot) {
                    self.report(
                        Problem::error(401, spot.place(), message)
                            .related(first.place(), "bound here first")
                            .help("keep one of the two"),
                    );
                }
            }
        }
    }

    /// The entry of the user's that a computed one was made for: what the `for` around it goes through.
    fn given(&self, binding: &'a Binding<'a>) -> Option<Given<'a>> {
        if let What::Slot { rec, slot, .. } = binding.what {
            // An entry of a comprehension, which was spread.
            let inner = slot.bindings.get().filter(|b| !matches!(b.what, What::Slot { .. }))?;
            return self.given(inner).or_else(|| self.written(rec, slot));
        }
        let mut at = binding.env.locals;
        for _ in 0..LOCALS {
            let local = at?;
            if let LocalState::Slot { rec, slot } = local.state.get()
                && let Some(given) = self.written(rec, slot)
            {
                return Some(given);
            }
            at = local.below;
        }
        None
    }

    fn written(&self, rec: &'a Rec<'a>, slot: &'a Slot<'a>) -> Option<Given<'a>> {
        let spot = slot.bindings.get()?.spot();
        (!spot.source.library).then(|| Given { path: self.path(rec, slot.name), spot })
    }
}

struct Given<'a> {
    path: String,
    spot: Spot<'a>,
}

/// What a body sets as a whole, by the names that lead there.
fn leaves_of<'a>(
    source: &'a Source<'a>,
    body: BodyId,
    way: &mut Vec<&'a str>,
    leaves: &mut Vec<(Vec<&'a str>, Spot<'a>)>,
) {
    let Some(body) = source.code.bodies.get(body as usize) else { return };
    for entry in &body.entries {
        let (name, inner) = match &entry.kind {
            EntryKind::Set { key: Key::Static { name, .. }, op: SetOp::Replace, .. } => {
                (name, None)
            }
            EntryKind::Block { key: Key::Static { name, .. }, body, .. } => (name, Some(*body)),
            EntryKind::Case { name, body, .. } => (name, Some(*body)),
            _ => continue,
        };
        way.push(name);
        match inner {
            Some(body) => leaves_of(source, body, way, leaves),
            None => leaves.push((way.clone(), Spot { source, node: entry.node })),
        }
        way.pop();
    }
}
