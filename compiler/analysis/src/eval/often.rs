//! Maps and lists of other items that are asked for many of their keys and elements.
//!
//! A read of one key opens the map for itself, and is forgotten. Who asks for all keys of a map would pay for its square,
//! so a map that is asked often is opened here, once; and so is a list whose elements are asked for what they hold.

use crate::db::Item;
use crate::eval::Eval;
use crate::eval::member::{Step, segments};
use crate::eval::value::{Element, Handle, Kind, Rec, SEPARATOR, Value};

/// Keys that are read one by one. Few cost less so, and a reader then depends on them alone.
const FEW: u32 = 16;

/// What was asked of a map of another item.
#[derive(Clone, Copy, Default)]
pub(super) struct Asked<'a> {
    times: u32,
    /// The map, once it was opened here.
    map: Option<&'a Rec<'a>>,
    /// Or the list.
    list: Option<&'a [Element<'a>]>,
}

/// A map or list, by its item, the path to it, and whether it is seen without any `every`.
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
        self.plain(|| Some(self.whnf(self.force(map, slot))))
    }

    /// The same of what a path leads to through an element of a list.
    pub(super) fn passed_often(&self, handle: &'a Handle<'a>) -> Option<Value<'a>> {
        if self.trace.is_some() || handle.derived.get() || handle.item == self.unit {
            return None;
        }
        let (list, number, rest) = through_element(handle.path)?;
        let at = (handle.item, list, handle.bare);
        let mut asked = self.asked.borrow().get(&at).copied().unwrap_or_default();
        asked.times += 1;
        if asked.times <= FEW {
            self.asked.borrow_mut().insert(at, asked);
        }
        if asked.times == FEW {
            let known = self.known();
            asked.list = match self.here(self.arena.alloc(handle.at(list))) {
                Value::List(elements) => Some(elements),
                _ => None,
            };
            self.forget_since(known);
            self.asked.borrow_mut().insert(at, asked);
        }
        let element = asked.list?.get(number)?;
        self.plain(|| {
            let mut value = self.whnf(element.value);
            for name in segments(rest) {
                value = match self.step(value, name) {
                    Step::Value(Value::Absent) => return None,
                    Step::Value(next) => self.whnf(next),
                    Step::Missing | Step::NotMade | Step::Derived => return None,
                };
            }
            Some(value)
        })
    }

    /// What is found, where it is neither a record nor a list.
    fn plain(&self, find: impl FnOnce() -> Option<Value<'a>>) -> Option<Value<'a>> {
        let known = self.known();
        let found = find().filter(|value| {
            matches!(
                value,
                Value::Bool(_)
                    | Value::Int(_)
                    | Value::Float(_)
                    | Value::Str(_)
                    | Value::Quantity(_)
                    | Value::Duration(_)
                    | Value::Percent(_)
                    | Value::Null
            )
        });
        if found.is_none() {
            self.forget_since(known);
        }
        found
    }

    /// How much was found wrong so far.
    fn known(&self) -> (usize, usize) {
        (self.problems.borrow().len(), self.failed_reads.borrow().len())
    }

    /// Forgets what was found wrong since, because who owns it tells it. That it takes too much is told of who does it.
    fn forget_since(&self, (problems, reads): (usize, usize)) {
        if !self.is_exhausted() {
            self.problems.borrow_mut().truncate(problems);
            self.failed_reads.borrow_mut().truncate(reads);
        }
    }
}

/// A path that passes through what may be an element of a list: that list, the number of the element, and what is asked
/// of it.
fn through_element(path: &str) -> Option<(&str, usize, &str)> {
    let mut start = 0;
    for name in segments(path) {
        let end = start + name.len();
        if name.starts_with(|c: char| c.is_ascii_digit()) {
            let list = path.get(..start.saturating_sub(SEPARATOR.len_utf8()))?;
            let rest = path.get(end + SEPARATOR.len_utf8()..)?;
            return Some((list, name.parse().ok()?, rest));
        }
        start = end + SEPARATOR.len_utf8();
    }
    None
}
