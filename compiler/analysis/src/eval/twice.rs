//! What is bound twice in one layer: said where it is written, or, where the library computes both from what it
//! is given, at the user's values that they are computed from.

use crate::eval::Eval;
use crate::eval::value::{Binding, LocalState, Rec, Slot, Spot, What};
use crate::problem::Problem;

/// Locals around an entry that are looked at.
const LOCALS: usize = 16;

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
        self.report(if !spot.source.library {
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
        } else {
            Problem::error(401, self.user_spot(rec).place(), message)
                .help("two of the values that it is made of are the same")
        });
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
