//! Maps, large records and lists of other items that are asked for many of their keys and elements.
//!
//! A read of one key opens the map for itself, and is forgotten. Who asks for all keys of a map would pay for its square,
//! so a map that is asked often is opened here, once; and so is a large record, and a list whose elements are asked for
//! what they hold.

use crate::db::Item;
use crate::elaborate::signature;
use crate::eval::Eval;
use crate::eval::member::{Step, segments};
use crate::eval::value::{Handle, Kind, Rec, SEPARATOR, Value};
use crate::ty::Ty;

/// Keys that are read one by one. Few cost less so, and a reader then depends on them alone.
const FEW: u32 = 16;

/// Fields of a record that is large: reading one of them costs the more, the more there are.
const LARGE: usize = 256;

/// What was asked of a map of another item.
#[derive(Clone, Copy, Default)]
pub(super) struct Asked<'a> {
    times: u32,
    /// The map, once it was opened here.
    map: Option<&'a Rec<'a>>,
    /// How often something that lies further in was asked for.
    passed: u32,
    opened: bool,
    /// The list or large record that it lies in, once it was opened here.
    whole: Option<Value<'a>>,
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
                Value::Rec(map) => match map.kind {
                    Kind::Map(_) | Kind::Open => Some(map),
                    Kind::Record(record) => (record.fields.len() > LARGE).then_some(map),
                    _ => None,
                },
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

    /// The same of what a path leads to through an element of a list or a field of a large record.
    pub(super) fn passed_often(&self, handle: &'a Handle<'a>) -> Option<Value<'a>> {
        if self.trace.is_some() || handle.derived.get() || handle.item == self.unit {
            return None;
        }
        let (outer, rest) = match through_element(handle.path) {
            Some(through) => through,
            // Most items are asked for little, and need not be looked at.
            None if self.passed(handle, "").passed <= FEW => return None,
            None => self.through_large(handle)?,
        };
        let mut asked = self.passed(handle, outer);
        if asked.passed >= FEW && !std::mem::replace(&mut asked.opened, true) {
            let known = self.known();
            asked.whole = match self.here(self.arena.alloc(handle.at(outer))) {
                found @ (Value::List(_) | Value::Rec(_)) => Some(found),
                _ => None,
            };
            self.forget_since(known);
            self.asked.borrow_mut().insert((handle.item, outer, handle.bare), asked);
        }
        let whole = asked.whole?;
        self.plain(|| {
            let mut value = whole;
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

    /// Counts once more that something was asked of what lies at a path.
    fn passed(&self, handle: &'a Handle<'a>, path: &'a str) -> Asked<'a> {
        let mut all = self.asked.borrow_mut();
        let asked = all.entry((handle.item, path, handle.bare)).or_default();
        asked.passed = asked.passed.saturating_add(1);
        *asked
    }

    /// A path that passes through a field of what its type says is a large record: that record, and what is asked of it.
    fn through_large(&self, handle: &'a Handle<'a>) -> Option<(&'a str, &'a str)> {
        let mut ty = &signature(self.db, handle.item).ty;
        let mut start = 0;
        for name in segments(handle.path) {
            let Ty::Record(record) = ty else { return None };
            if record.fields.len() > LARGE {
                let outer = handle.path.get(..start)?.trim_end_matches(SEPARATOR);
                return Some((outer, handle.path.get(start..)?));
            }
            ty = record.field(name)?;
            start += name.len() + SEPARATOR.len_utf8();
        }
        None
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

/// A path that passes through what may be an element of a list: that list, and the number of the element with what is
/// asked of it.
fn through_element(path: &str) -> Option<(&str, &str)> {
    let mut start = 0;
    for name in segments(path) {
        let end = start + name.len();
        if name.starts_with(|c: char| c.is_ascii_digit()) {
            let list = path.get(..start.saturating_sub(SEPARATOR.len_utf8()))?;
            name.parse::<usize>().ok()?;
            // Who asks for the element alone asks whose it is.
            path.get(end + SEPARATOR.len_utf8()..)?;
            return Some((list, path.get(start..)?));
        }
        start = end + SEPARATOR.len_utf8();
    }
    None
}
