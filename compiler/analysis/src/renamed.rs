//! Elements of keyed lists that a layer names by a key which a layer above it has changed.
//!
//! `containers.app { … }` says more of a container that the program makes. Where an overlay gives the component another
//! name, its container is called otherwise too, and the layer would make a second one of the little that it says.

use bumpalo::Bump;

use crate::code::{EntryKind, Key};
use crate::db::{Item, ItemKind, Origin};
use crate::eval::value::{Binding, KeyedBy, Kind, Rec, Slot, Value, What};
use crate::eval::{Eval, canonical, stack};
use crate::limits;
use crate::problem::{Place, Problem};

/// Reports an element that only blocks make, if the lowest of them was written for one that was there below.
pub(crate) fn check_renamed<'a>(eval: &Eval<'a>, rec: &'a Rec<'a>, slot: &'a Slot<'a>) {
    let Kind::Keyed(KeyedBy::Kube(..)) = rec.kind else { return };
    let Some(lowest) = lowest_of_blocks(slot) else { return };
    let layers = stack(eval.db, eval.program, eval.unit);
    let Some(at) = level(eval, &layers, lowest) else { return };
    if at + 1 >= layers.len() {
        return;
    }
    let Some(path) = path_in_item(eval, rec) else { return };
    // The topmost layer up to which it was there.
    let there = |layer: &Item| {
        let arena = Bump::new();
        let below = Eval::new(eval.db, &arena, eval.program, eval.unit).up_to(*layer);
        is_made(&below, &path, slot.name)
    };
    let above = layers.get(at..).unwrap_or_default();
    let count = above.iter().take_while(|layer| there(layer)).count();
    let (Some(_), Some(renames)) = (count.checked_sub(1), above.get(count)) else { return };
    let name = eval.path(rec, slot.name);
    let mut problem = Problem::error(
        418,
        lowest.spot().place(),
        format!("a layer above has renamed `{}`, so that this would make a second one", slot.name),
    )
    .label(format!("`{name}`"))
    .related(Place { item: *renames, node: 2 }, "renamed here");
    problem.help = Some(match renamed_to(eval, rec, slot) {
        Some(now) => format!(
            "it is called `{now}` now: say this in the layer that renames it, or name it by what its key is computed from"
        ),
        None => {
            "say this in the layer that renames it, or name it by what its key is computed from"
                .to_owned()
        }
    });
    eval.report(problem);
}

/// The lowest binding of an element that nothing but blocks of users bind under a key that is written out.
fn lowest_of_blocks<'a>(slot: &'a Slot<'a>) -> Option<&'a Binding<'a>> {
    let mut lowest = None;
    let mut at = slot.bindings.get();
    while let Some(binding) = at {
        match binding.what {
            // The key gives its fields to every element.
            What::Given(_) => {}
            What::Entry(entry) => match &entry.kind {
                EntryKind::Block { key: Key::Static { .. }, .. }
                    if !binding.layer.source.schema && !binding.layer.source.library =>
                {
                    lowest = Some(binding);
                }
                _ => return None,
            },
            What::Slot { .. } | What::Element(..) => return None,
        }
        at = binding.below.get();
    }
    lowest
}

/// Where among the layers of an item a binding stands: rules are above all but the command line, and traits where the
/// item is first bound.
fn level(eval: &Eval<'_>, layers: &[Item], binding: &Binding<'_>) -> Option<usize> {
    let item = binding.layer.source.item;
    if item.kind(eval.db) == ItemKind::Every {
        let of_files = layers
            .iter()
            .take_while(|layer| layer.module(eval.db).origin(eval.db) != Origin::CommandLine);
        return of_files.count().checked_sub(1);
    }
    let module = item.module(eval.db);
    let last = layers.iter().rposition(|layer| layer.module(eval.db) == module);
    Some(last.unwrap_or(0))
}

/// The names from the item to a record.
fn path_in_item<'a>(eval: &Eval<'a>, rec: &'a Rec<'a>) -> Option<Vec<&'a str>> {
    let mut names = Vec::new();
    let mut at = rec;
    for _ in 0..limits::NESTED {
        if let Kind::File = at.kind {
            let own = canonical(eval.db, eval.program, at.made.source.item) == eval.unit;
            // The first name is that of the item.
            names.pop();
            names.reverse();
            return own.then_some(names);
        }
        let (owner, name) = at.owner.get()?;
        names.push(name);
        at = owner;
    }
    None
}

/// Whether something other than a block makes the element of a list.
fn is_made(eval: &Eval<'_>, path: &[&str], key: &str) -> bool {
    let mut value = eval.root();
    for name in path {
        let Value::Rec(rec) = value else { return false };
        let Some(slot) = eval.slot(rec, name) else { return false };
        value = eval.force(rec, slot);
    }
    let Value::Rec(rec) = value else { return false };
    eval.slot(rec, key)
        .is_some_and(|slot| slot.bindings.get().is_some() && lowest_of_blocks(slot).is_none())
}

/// What an element is called now: the only one that is made and that nothing speaks of by its key.
fn renamed_to<'a>(eval: &Eval<'a>, rec: &'a Rec<'a>, slot: &'a Slot<'a>) -> Option<&'a str> {
    let made = |other: &&'a Slot<'a>| {
        !std::ptr::eq(*other, slot)
            && lowest_of_blocks(other).is_none()
            && other.bindings.get().is_some_and(|top| top.below.get().is_none())
    };
    let mut others = eval.slots(rec).iter().filter(made);
    match (others.next(), others.next()) {
        (Some(only), None) => Some(only.name),
        _ => None,
    }
}
