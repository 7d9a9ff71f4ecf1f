//! Sensitive values in messages: what is known to be one is never printed.

use std::cell::Cell;

use crate::code::{EntryKind, Expr};
use crate::eval::Eval;
use crate::eval::refine::Asked;
use crate::eval::value::{Binding, Declared, Kind, Rec, Slot, What};
use crate::limits;
use crate::mask::hides;
use crate::sensitive::{holds_sensitive, is_data_of_secret};

/// While it is alive, messages show no values.
pub(super) struct Seal<'e>(&'e Cell<u32>);

impl Drop for Seal<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get().saturating_sub(1));
    }
}

impl<'a> Eval<'a> {
    /// Hides values in messages until it is dropped.
    pub(super) fn seal(&self) -> Seal<'_> {
        self.sealed.set(self.sealed.get() + 1);
        Seal(&self.sealed)
    }

    /// Whether something sensitive is being computed.
    pub(super) fn is_sealed(&self) -> bool {
        self.sealed.get() > 0
    }

    /// Whether what is asked for must not be printed: by its type, by its field, or by where it stands in a file.
    pub(super) fn hides(&self, asked: &Asked<'a>) -> bool {
        let of_data = || {
            let spot = Some(asked.spot).filter(|spot| spot.source.data);
            spot.or_else(|| asked.cast.and_then(|cast| self.place_in_data(cast)))
        };
        asked.sensitive
            || asked.field.is_some_and(|(rec, slot, _)| self.is_hidden(rec, slot))
            || of_data().is_some_and(|spot| hides(self.db, spot.place()))
    }

    /// Whether what a slot holds must not be printed: it is declared so, a layer binds something sensitive, or so it is with
    /// what it lies in.
    pub(crate) fn is_hidden(&self, rec: &'a Rec<'a>, slot: &'a Slot<'a>) -> bool {
        let mut at = Some((rec, slot));
        for _ in 0..limits::NESTED {
            let Some((rec, slot)) = at else { break };
            if self.is_hidden_itself(rec, slot) {
                return true;
            }
            let owner = rec.owner.get();
            at = owner.and_then(|(owner, name)| Some((owner, self.slot(owner, name)?)));
        }
        false
    }

    fn is_hidden_itself(&self, rec: &'a Rec<'a>, slot: &'a Slot<'a>) -> bool {
        if let Some(Declared::Ty(ty)) = self.declared(rec, slot)
            && holds_sensitive(ty)
        {
            return true;
        }
        let of_secret = |rec: &Rec<'a>, name: &str| match rec.kind {
            Kind::Kube(ty) => is_data_of_secret(ty, name),
            _ => false,
        };
        if of_secret(rec, slot.name) {
            return true;
        }
        let mut at = slot.bindings.get();
        while let Some(binding) = at {
            if self.binds_sensitive(binding) {
                return true;
            }
            at = binding.below.get();
        }
        false
    }

    fn binds_sensitive(&self, binding: &'a Binding<'a>) -> bool {
        match binding.what {
            What::Entry(entry) => match entry.kind {
                EntryKind::Set { value, .. } => matches!(
                    binding.layer.source.code.exprs.get(value as usize),
                    Some(Expr::Sealed(_))
                ),
                _ => false,
            },
            What::Slot { rec, slot, .. } => self.is_hidden(rec, slot),
            What::Given(_) | What::Element(..) => false,
        }
    }
}
