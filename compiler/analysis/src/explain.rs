//! The layers that made a leaf: what `depc explain` prints.
//!
//! Nothing of this is kept while a program is built; the item is evaluated once more, and the bindings of the
//! one slot are listed.

use bumpalo::Bump;

use crate::code::Strength;
use crate::db::{Item, Program};
use crate::eval::Eval;
use crate::eval::value::{Rec, SEPARATOR, Slot, SlotState, Value};
use crate::problem::Place;
use crate::read::walk;

/// How one layer binds a leaf.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Given {
    pub place: Place,
    pub strength: Strength,
    /// Its condition holds, or it has none.
    pub active: bool,
    /// The value stands here.
    pub won: bool,
}

/// A leaf with the layers that bind it, topmost first.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Explained {
    /// The value as messages print it; empty where there is none.
    pub value: String,
    /// Where the field is declared.
    pub declared: Option<Place>,
    pub layers: Vec<Given>,
}

/// The layers of the leaf at a path of an item; `None` where the path leads nowhere.
pub fn explained(
    db: &dyn salsa::Database,
    program: Program,
    item: Item,
    path: &[&str],
) -> Option<Explained> {
    let arena = Bump::new();
    let eval = Eval::new(db, &arena, program, item);
    let (rec, slot): (&Rec<'_>, &Slot<'_>) = match path.split_last() {
        None => eval.item_slot(eval.unit),
        Some((name, outer)) => {
            let outer = outer.join(&SEPARATOR.to_string());
            let Ok(value) = walk(&eval, &outer) else { return None };
            let Value::Rec(rec) = eval.localized(value) else { return None };
            (rec, eval.slot(rec, name)?)
        }
    };
    let value = eval.whnf(eval.force(rec, slot));
    let winner = slot.origin.get().map(|spot| spot.place());
    let mut layers = Vec::new();
    let mut at = slot.bindings.get();
    while let Some(binding) = at {
        at = binding.below.get();
        let place = binding.value_spot().place();
        layers.push(Given {
            place,
            strength: eval.strength_of(binding),
            active: eval.applies(binding),
            won: winner == Some(place),
        });
    }
    Some(Explained {
        value: match slot.state.get() {
            SlotState::Done(Value::Absent) => String::new(),
            _ => eval.printed(value),
        },
        declared: slot.field.map(|field| field.place),
        layers,
    })
}
