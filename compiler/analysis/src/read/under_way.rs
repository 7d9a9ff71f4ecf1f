//! The reads that are under way within each other, on each thread, and the large rings that one more would close.
//!
//! The graph would pay for a ring with its square, and for a chain with stack, so both are cut off before it sees them.
//! A ring that several threads close together is none of any of them: each waits for what the next one has under way.
//! So a thread that is deep tells the others what it has under way and what it waits for.

use std::cell::RefCell;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};

use rustc_hash::{FxHashMap, FxHashSet};

use crate::db::{Item, Program};
use crate::limits;
use crate::read::World;

/// A read of one path.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Active {
    pub program: Program,
    pub world: World,
    pub item: Item,
    pub path: salsa::Id,
}

/// Why a read is not begun.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Cut {
    TooDeep,
    Ring,
}

/// What the deep threads of one program have under way.
#[derive(Debug, Default)]
pub(crate) struct UnderWay(Mutex<Rows<Active>>);

/// Reads within each other on one thread, counted as in a row. More would need more stack than there is; whatever began
/// this many is an error in any case, because it is longer than [`limits::CHAIN`], also where there is a ring at its end.
const NESTED: u32 = limits::CHAIN + 2 * limits::RING as u32;

/// Reads within each other from which on other threads are told of them. Who has none under way keeps nobody waiting.
const DEEP: usize = 1;

/// Asks whether a read may be begun on this thread. Until what is returned is dropped, the thread waits for it.
pub(super) fn ask<'a>(
    key: Active,
    waiting: u32,
    of_program: impl FnOnce() -> &'a Arc<UnderWay>,
) -> Result<Option<Waits>, Cut> {
    STACK.with_borrow_mut(|stack| {
        if stack.waiting.saturating_add(waiting) > NESTED {
            return Err(Cut::TooDeep);
        }
        if stack.closes_large_ring(&key) {
            return Err(Cut::Ring);
        }
        stack.asked = waiting;
        if stack.order.len() < DEEP {
            return Ok(None);
        }
        let told = stack.told.get_or_insert_with(|| (of_program().clone(), 0));
        let (under_way, count) = (told.0.clone(), &mut told.1);
        let me = thread::current().id();
        let mut rows = under_way.rows();
        for (at, key) in stack.order.iter().enumerate().skip(*count) {
            rows.reads.insert(*key, (me, at));
        }
        *count = stack.order.len();
        if rows.closes_large_ring(me, key, stack.order.len()) {
            return Err(Cut::Ring);
        }
        rows.wanted.insert(me, (key, stack.order.len()));
        drop(rows);
        Ok(Some(Waits(under_way)))
    })
}

/// Says that this thread waits for nothing any more when it is dropped.
pub(super) struct Waits(Arc<UnderWay>);

/// Takes a read off the stack when it is dropped, also where a pending write unwinds it.
pub(super) struct Entered(Active, u32);

impl Entered {
    pub fn new(key: Active) -> Self {
        STACK.with_borrow_mut(|stack| {
            stack.order.push(key);
            stack.keys.insert(key);
            // The graph asks again for what was read before; who asks then waits for little.
            let waiting = std::mem::take(&mut stack.asked).max(1);
            stack.waiting = stack.waiting.saturating_add(waiting);
            Self(key, waiting)
        })
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        STACK.with_borrow_mut(|stack| {
            stack.order.pop();
            stack.keys.remove(&self.0);
            stack.waiting = stack.waiting.saturating_sub(self.1);
            let left = stack.order.len();
            if let Some((under_way, count)) = &mut stack.told
                && left < *count
            {
                under_way.rows().forget(thread::current().id(), self.0);
                *count = left;
            }
            if left == 0 {
                stack.told = None;
            }
        });
    }
}

impl Drop for Waits {
    fn drop(&mut self) {
        self.0.rows().wanted.remove(&thread::current().id());
    }
}

impl UnderWay {
    /// Whoever held it may have been unwound by a pending write, which leaves nothing half done.
    fn rows(&self) -> MutexGuard<'_, Rows<Active>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The reads that are under way on this thread, outermost first.
#[derive(Default)]
struct Stack {
    order: Vec<Active>,
    keys: FxHashSet<Active>,
    /// How often those count that wait for them, and the one that has asked last.
    waiting: u32,
    asked: u32,
    /// How many of them others were told of, and where.
    told: Option<(Arc<UnderWay>, usize)>,
}

impl Stack {
    fn closes_large_ring(&self, key: &Active) -> bool {
        self.order.len() > limits::RING
            && self.keys.contains(key)
            && self.order.iter().rev().take(limits::RING).all(|other| other != key)
    }
}

thread_local! {
    static STACK: RefCell<Stack> = RefCell::default();
}

/// What threads have under way, with how deep it is, and what each waits for, with how deep that would be.
#[derive(Debug)]
struct Rows<K> {
    reads: FxHashMap<K, (ThreadId, usize)>,
    wanted: FxHashMap<ThreadId, (K, usize)>,
}

impl<K> Default for Rows<K> {
    fn default() -> Self {
        Self { reads: FxHashMap::default(), wanted: FxHashMap::default() }
    }
}

impl<K: Copy + Eq + std::hash::Hash> Rows<K> {
    /// Whether a thread that begins a read at this depth would wait for one that waits for it, in a large ring.
    fn closes_large_ring(&self, me: ThreadId, mut key: K, depth: usize) -> bool {
        let mut length = 0;
        for _ in 0..=self.wanted.len() {
            let Some((thread, at)) = self.reads.get(&key) else { return false };
            if *thread == me {
                return length + depth.saturating_sub(*at) > limits::RING;
            }
            let Some((next, depth)) = self.wanted.get(thread) else { return false };
            length += depth.saturating_sub(*at);
            key = *next;
        }
        false
    }

    fn forget(&mut self, me: ThreadId, key: K) {
        if let Entry::Occupied(known) = self.reads.entry(key)
            && known.get().0 == me
        {
            known.remove();
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn rings_over_several_threads() {
        let threads: Vec<ThreadId> =
            (0..3).map(|_| thread::spawn(|| thread::current().id()).join().unwrap()).collect();
        // Each thread has as many reads under way, and waits for the first of the next one but for the last.
        let closes = |each: usize| {
            let mut rows = Rows::default();
            for (number, thread) in threads.iter().enumerate() {
                for at in 0..each {
                    rows.reads.insert(number * 1_000 + at, (*thread, at));
                }
                if number < 2 {
                    rows.wanted.insert(*thread, ((number + 1) * 1_000, each));
                }
            }
            let of = |key| rows.closes_large_ring(*threads.last().unwrap(), key, each);
            // The first of the first thread; what nobody has under way; what the last one itself has.
            (of(0), of(9_999), of(2_000))
        };
        assert_eq!(closes(limits::RING / 3), (false, false, false));
        assert_eq!(closes(limits::RING / 3 + 1), (true, false, false));
        assert_eq!(closes(limits::RING + 1), (true, false, true));
    }
}
