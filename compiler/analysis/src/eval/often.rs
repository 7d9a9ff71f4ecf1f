//! Maps of other items that are asked for many of their keys.
//!
//! A read of one key opens the map for itself, and is forgotten. Who asks for all keys of a map would pay for its square,
//! so a map that is asked often is opened here, once.

use crate::db::Item;
use crate::eval::Eval;
use crate::eval::value::{Handle, Kind, Rec, Value};

/// Keys that are read one by one. Few cost less so, and a reader then depends on them alone.
const FEW: u32 = 16;

/// What was asked of a map of another item.
#[derive(Clone, Copy, Default)]
pub(super) struct Asked<'a> {
    times: u32,
    /// The map, once it was opened here.
    map: Option<&'a Rec<'a>>,
}

/// A map, by its item, the path to it, and whether it is seen without any `every`.
pub(super) type MapAt<'a> = (Item, &'a str, bool);

impl<'a> Eval<'a> {
    /// The value of a key of a map that was asked often, where it is neither a record nor a list: whose they are matters,
    /// and only a handle says it. `None` where it is to be read, as are errors, which belong to the map's item.
    pub(super) fn asked_often(&self, handle: &'a Handle<'a>, key: &str) -> Option<Value<'a>> {
        // Who reads what is asked of handles.
        if self.trace.is_some() || handle.derived.get() {
            return None;
        }
        let at = (handle.item, handle.path, handle.bare);
        let mut asked = self.asked.borrow().get(&at).copied().unwrap_or_default();
        asked.times += 1;
        if asked.times == FEW {
            asked.map = match self.here(handle) {
                Value::Rec(map) if matches!(map.kind, Kind::Map(_) | Kind::Open) => Some(map),
                _ => None,
            };
        }
        if asked.times <= FEW {
            self.asked.borrow_mut().insert(at, asked);
        }
        let map = asked.map?;
        let slot = self.slot(map, key)?;
        let known = (self.problems.borrow().len(), self.failed_reads.borrow().len());
        let value = self.whnf(self.force(map, slot));
        match value {
            Value::Bool(_)
            | Value::Int(_)
            | Value::Float(_)
            | Value::Str(_)
            | Value::Quantity(_)
            | Value::Duration(_)
            | Value::Percent(_)
            | Value::Null => Some(value),
            _ => {
                self.problems.borrow_mut().truncate(known.0);
                self.failed_reads.borrow_mut().truncate(known.1);
                None
            }
        }
    }
}
