//! Who read what while it was computed: for explaining a value, and never kept otherwise.
//!
//! A value that was computed once is not computed again for its second reader, so reads are noted by whoever
//! computes, and a reader of something that was computed before is pointed to it.

use std::cell::RefCell;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::db::Item;
use crate::eval::Eval;
use crate::eval::value::{Rec, Slot};

/// Something that is computed once: a slot, a local, a condition, or the keys of a record; by its address in the
/// arena of the evaluation.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Reader(usize);

/// What a reader read.
#[derive(Clone, Copy)]
pub(crate) enum Read<'a> {
    Slot(&'a Rec<'a>, &'a Slot<'a>),
    /// What is no value with a name of its own: what was read for it was read for the reader too.
    Through(Reader),
    /// A path of another item.
    Other(Item, &'a str),
    /// The name under which a record is bound.
    Key(&'a Rec<'a>),
}

/// The reads of one evaluation.
#[derive(Default)]
pub(crate) struct Trace<'a> {
    /// What is being computed, the innermost last.
    stack: RefCell<Vec<Reader>>,
    reads: RefCell<FxHashMap<Reader, Vec<Read<'a>>>>,
}

/// Takes a reader off the stack.
pub(crate) struct Reading<'t, 'a>(&'t Trace<'a>);

impl Reader {
    pub fn of<T>(computed: &T) -> Self {
        Self(std::ptr::from_ref(computed).addr())
    }
}

impl<'a> Trace<'a> {
    /// What was read for a slot by name: through locals and conditions, in the order of the reads.
    pub fn reads(&self, of: Reader) -> Vec<Read<'a>> {
        let reads = self.reads.borrow();
        let mut named = Vec::new();
        let mut seen = FxHashSet::from_iter([of]);
        let mut waiting = vec![of];
        while let Some(reader) = waiting.pop() {
            let mut through = Vec::new();
            for read in reads.get(&reader).into_iter().flatten() {
                match *read {
                    Read::Through(reader) => {
                        if seen.insert(reader) {
                            through.push(reader);
                        }
                    }
                    read => named.push(read),
                }
            }
            waiting.extend(through.into_iter().rev());
        }
        named
    }

    fn note(&self, read: Read<'a>) {
        if let Some(reader) = self.stack.borrow().last() {
            self.reads.borrow_mut().entry(*reader).or_default().push(read);
        }
    }
}

impl<'a> Eval<'a> {
    /// Notes a read, where reads are traced.
    pub(super) fn reads(&self, read: impl FnOnce() -> Read<'a>) {
        if let Some(trace) = &self.trace {
            trace.note(read());
        }
    }

    /// Notes that what is read from here on, until what is returned is dropped, is read for `computed`.
    pub(super) fn reading<T>(&self, computed: &T) -> Option<Reading<'_, 'a>> {
        let trace = self.trace.as_deref()?;
        trace.stack.borrow_mut().push(Reader::of(computed));
        Some(Reading(trace))
    }
}

impl Drop for Reading<'_, '_> {
    fn drop(&mut self) {
        self.0.stack.borrow_mut().pop();
    }
}
