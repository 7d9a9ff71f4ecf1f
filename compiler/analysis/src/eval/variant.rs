//! Records that are cases of variants: which case one is, and blocks that speak of another.

use crate::code::{Body, EntryKind, SetOp, Strength};
use crate::db::Item;
use crate::eval::Eval;
use crate::eval::objects::of_objects;
use crate::eval::value::{
    Binding, CheckAt, Declared, Kind, Rec, RecordIs, Slot, Source, Spot, Value, What,
};
use crate::fits::base;
use crate::problem::Problem;
use crate::ty::Ty;
use crate::variant::case;

impl<'a> Eval<'a> {
    /// The kind of the records of a case.
    pub(super) fn kind_of_case(&self, item: Item, index: u16) -> Option<Kind<'a>> {
        case(self.db, item, index).map(|case| Kind::Schema(&case.info, item))
    }

    /// Whether a value is of a variant, or a case of one.
    pub(super) fn is_variant(&self, value: Value<'a>, ty: &Ty) -> bool {
        let found = match value {
            Value::Rec(rec) => Some(self.record_is(rec)),
            Value::Handle(handle) => handle.record.get(),
            _ => None,
        };
        match (found, ty) {
            (Some(RecordIs::Case(found, _)), Ty::Variant(want)) => found == *want,
            (Some(RecordIs::Case(found, at)), Ty::Case(want, index)) => {
                found == *want && at == *index
            }
            _ => false,
        }
    }

    /// The kind of the record that blocks, given topmost first, make where nothing is below them; `None`, with the
    /// problem reported, where they make none.
    pub(super) fn kind_of_blocks(
        &self,
        rec: &'a Rec<'a>,
        slot: &'a Slot<'a>,
        blocks: &[&'a Binding<'a>],
        spot: Spot<'a>,
    ) -> Option<Kind<'a>> {
        if let Some(item) = self.variant_at(rec, slot) {
            return self.case_in_blocks(rec, slot, item, blocks, spot);
        }
        if let Kind::Keyed(keyed) = rec.kind
            && of_objects(keyed)
        {
            self.no_such_object(rec, slot);
            return None;
        }
        let kind = self.fresh_kind(rec, slot);
        if kind.is_none() {
            self.no_block(rec, slot, spot);
        }
        kind
    }

    /// The variant that a slot is declared with.
    fn variant_at(&self, rec: &'a Rec<'a>, slot: &'a Slot<'a>) -> Option<Item> {
        match self.declared(rec, slot)? {
            Declared::Ty(ty) => match base(ty) {
                Ty::Variant(item) => Some(*item),
                _ => None,
            },
            Declared::Kube(_) => None,
        }
    }

    fn case_in_blocks(
        &self,
        rec: &'a Rec<'a>,
        slot: &'a Slot<'a>,
        item: Item,
        blocks: &[&'a Binding<'a>],
        spot: Spot<'a>,
    ) -> Option<Kind<'a>> {
        let index = blocks.iter().rev().find_map(|block| {
            let What::Entry(entry) = block.what else { return None };
            let EntryKind::Block { body, .. } = &entry.kind else { return None };
            let body = block.layer.source.code.bodies.get(*body as usize)?;
            body.entries.iter().find_map(|entry| match entry.kind {
                EntryKind::Case { case, optional: false, .. } => Some(case),
                _ => None,
            })
        });
        let kind = index.and_then(|index| self.kind_of_case(item, index));
        if kind.is_none() {
            let path = self.path(rec, slot.name);
            let names: Vec<String> = crate::variant::variant(self.db, item)
                .cases
                .iter()
                .map(|case| format!("`{}`", case.name))
                .collect();
            self.report(
                Problem::error(202, spot.place(), format!("nothing says which case `{path}` is"))
                    .help(format!("set it to one of {}", crate::show::values(&names, None))),
            );
        }
        kind
    }

    /// Reports a block on another case than the one that was chosen below.
    pub(super) fn other_case(&self, rec: &'a Rec<'a>, name: &str, check: &CheckAt<'a>) {
        let Kind::Schema(info, item) = rec.kind else { return };
        let chosen = info.case.as_ref().map_or("another case", |case| &*case.name);
        let (path, word) = match rec.owner.get() {
            Some((owner, field)) => {
                let set = self.slot(owner, field).is_some_and(|slot| self.is_set(slot));
                (self.path(owner, field), if set { "override " } else { "" })
            }
            None => ("this value".to_owned(), ""),
        };
        let place = Spot { source: check.layer.source, node: check.entry.node }.place();
        let variant = item.name(self.db);
        let made = if rec.made.source.library { self.user_spot(rec) } else { rec.made };
        self.report(
            Problem::error(411, place, format!("`{path}` is `{chosen}` below, and not `{name}`"))
                .label(format!("a layer on `{name}`"))
                .related(made.place(), format!("`{chosen}` of {variant} is chosen here"))
                .help(format!(
                    "choose it as a whole: `{word}{path} = {name} {{ … }}`, or write `{name}? {{ … }}` for \"if it is that one\""
                )),
        );
    }

    /// Whether a layer sets a slot as a whole, and not as a default.
    fn is_set(&self, slot: &'a Slot<'a>) -> bool {
        let mut at = slot.bindings.get();
        while let Some(binding) = at {
            if let What::Entry(entry) = binding.what
                && let EntryKind::Set { op: SetOp::Replace, .. } = entry.kind
            {
                return super::force::strength(binding) > Strength::Default;
            }
            at = binding.below.get();
        }
        false
    }
}

/// Whether a record is the case of its variant that has a number.
pub(super) fn is_case(rec: &Rec<'_>, index: u16) -> bool {
    match rec.kind {
        Kind::Schema(info, _) => info.case.as_ref().is_some_and(|case| case.index == index),
        _ => false,
    }
}

/// Whether a block says "if there is one": also one that speaks of a case of a variant so.
pub(super) fn optional_block(binding: &Binding<'_>) -> bool {
    let What::Entry(entry) = binding.what else { return false };
    let EntryKind::Block { optional, body, .. } = &entry.kind else { return false };
    *optional || only_perhaps(binding.layer.source, *body)
}

/// Whether all that a body says is of a case "if it is that one".
fn only_perhaps(source: &Source<'_>, body: u32) -> bool {
    let Some(Body { entries, .. }) = source.code.bodies.get(body as usize) else { return false };
    !entries.is_empty()
        && entries.iter().all(|entry| matches!(entry.kind, EntryKind::Case { optional: true, .. }))
}
