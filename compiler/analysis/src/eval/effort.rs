//! How deep an evaluation may go, and how much it may take: of itself, and as a part of its program.

use std::cell::Cell;

use crate::eval::Eval;
use crate::eval::value::Element;
use crate::limits;
use crate::problem::{Place, Problem};

impl<'a> Eval<'a> {
    /// One level further down; `None`, with the problem reported, past the limits.
    pub(super) fn descend(&self, place: impl Fn() -> Place) -> Option<Level<'_>> {
        let depth = self.depth.get() + 1;
        // What lies deep has left the processor's caches when it is come back to.
        if !self.afford(1 + u64::from(depth / 64), &place) {
            return None;
        }
        if self.turning.get() && depth > limits::TURNING {
            return None;
        }
        if self.stack() > limits::STACK {
            let message =
                format!("what waits for this takes more than {} MiB", limits::STACK >> 20);
            self.report(Problem::error(504, place(), message).help(DEEP));
            return None;
        }
        if depth > limits::CHAIN {
            let message = format!("this is evaluated more than {} levels deep", limits::CHAIN);
            self.report(Problem::error(504, place(), message).help(DEEP));
            return None;
        }
        self.depth.set(depth);
        Some(Level(&self.depth))
    }

    /// How many times the evaluation counts in a row of those that wait for each other, as far as it is.
    pub(super) fn waiting(&self) -> u32 {
        if !self.awaited {
            return 1;
        }
        let bytes = self.stack() + self.bytes();
        // Frames are as large as the compiler's build makes them: what a plain read takes stays below twice the measure.
        let more = (bytes / limits::READ_BYTES).saturating_sub(1);
        u32::try_from(1 + more).unwrap_or(u32::MAX)
    }

    /// Bytes of stack that it has taken so far: from where it lies itself.
    fn stack(&self) -> usize {
        let here = 0_u8;
        std::ptr::from_ref(self).addr().abs_diff(std::ptr::from_ref(&here).addr())
    }

    /// Bytes of its arena that were used.
    fn bytes(&self) -> usize {
        // What is left of a chunk of memory was not used yet.
        self.arena.allocated_bytes().saturating_sub(self.arena.chunk_capacity())
    }

    /// Counts work; false, with the problem reported once, where it was too much.
    pub(crate) fn afford(&self, steps: u64, place: &impl Fn() -> Place) -> bool {
        if self.exhausted.get() {
            return false;
        }
        let now = self.steps.get().saturating_add(steps);
        self.steps.set(now);
        // Asking for more than that costs more than a step does.
        now <= self.free.get() || self.goes_on(now, &|| place())
    }

    /// Counts a read of another item, which costs more than a step also where it is known.
    pub(super) fn affords_read(&self) -> bool {
        let place = || self.forced_by().map_or(self.whole(), |spot| spot.place());
        self.afford(READ, &place)
    }

    /// The elements of a list, for who looks into each of them. A list that stands in many places of a value is looked
    /// through in each, which grows faster than the text that makes it; past the bound there is nothing in it.
    pub(crate) fn looked_through(&self, elements: &'a [Element<'a>]) -> &'a [Element<'a>] {
        if self.affords_parts(elements.len()) { elements } else { &[] }
    }

    /// Counts that somebody looks through so many parts of a record or list.
    pub(super) fn affords_parts(&self, parts: usize) -> bool {
        let place = || self.forced_by().map_or(self.whole(), |spot| spot.place());
        self.afford(1 + parts as u64 / PARTS, &place)
    }

    /// Counts that a text is read from one end to the other, where that is more than its name or path would take.
    pub(super) fn reads_text(&self, text: &str) -> bool {
        let place = || self.forced_by().map_or(self.whole(), |spot| spot.place());
        text.len() < BYTES || self.afford((text.len() / BYTES) as u64, &place)
    }

    /// The item that is evaluated, as the place of what cannot be told of a part of it.
    pub(crate) fn whole(&self) -> Place {
        Place { item: self.unit, node: 0 }
    }

    /// Counts what another evaluation took that was made for this one.
    pub(crate) fn charge(&self, other: &Eval<'_>) {
        let place = || self.whole();
        // Even the shortest costs more than a step.
        self.afford(8 + other.steps.get(), &place);
    }

    /// What it took.
    pub(crate) fn steps(&self) -> u64 {
        self.steps.get()
    }

    /// Whether it took more than it may, so that everything is an error from there on.
    pub(crate) fn is_exhausted(&self) -> bool {
        self.exhausted.get()
    }

    /// Takes no further step, because it is the program that takes too much, which is told of it as a whole. What is cut
    /// off here depends on where evaluation began, and must not outlive this revision.
    pub(super) fn stop(&self) {
        self.db.report_untracked_read();
        self.exhausted.set(true);
    }

    /// Whether an evaluation that has taken some units more may go on.
    #[cold]
    fn goes_on(&self, now: u64, place: &dyn Fn() -> Place) -> bool {
        let bytes = self.bytes();
        // That its type was refused is told, and all that follows from it; and nobody asked for what nothing is made of.
        let is_over = match self.supposed {
            Some(_) => now > limits::UNUSED_STEPS || bytes > limits::UNUSED_BYTES,
            None => self.turning.get() && now > limits::TURNING_STEPS,
        };
        if is_over {
            self.exhausted.set(true);
            return false;
        }
        let what = if now > limits::STEPS {
            format!("evaluating this item takes more than {} steps", limits::STEPS)
        } else if bytes > limits::ARENA {
            format!("evaluating this item takes more than {} bytes", limits::ARENA)
        } else {
            let more = bytes.saturating_sub(self.entered.get()) / limits::UNIT_BYTES;
            self.entered.set(self.entered.get() + more * limits::UNIT_BYTES);
            let free = now.next_multiple_of(limits::UNIT);
            let units = (free - self.free.replace(free)) / limits::UNIT + more as u64;
            if !self.counted || self.program.account(self.db).enter(self.unit, units) {
                return true;
            }
            self.stop();
            return false;
        };
        self.refuse(place(), what);
        false
    }

    /// Ends the evaluation with a problem.
    pub(crate) fn refuse(&self, place: Place, what: String) {
        if !self.exhausted.replace(true) {
            self.report(Problem::error(505, place, what));
        }
    }
}

const DEEP: &str = "look for a record that contains itself, or a function that ends too late";

/// Steps that a read of another item counts for.
const READ: u64 = 4;

/// Bytes of a text that are read in a step.
const BYTES: usize = 64;

/// Parts of a record or list that are looked through in a step.
const PARTS: u64 = 4;

/// Gives its level back when it goes out of scope.
pub(super) struct Level<'e>(&'e Cell<u32>);

impl Drop for Level<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get().saturating_sub(1));
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use bumpalo::Bump;

    use super::Eval;
    use crate::limits::{ARENA, STEPS, UNIT, UNIT_BYTES};
    use crate::workspace::{Memory, Workspace};

    /// What an evaluation of an item's value says that it takes too much, after it did something besides.
    fn refused(of: impl Fn(&Eval<'_>) -> bool) -> (bool, Vec<String>) {
        let mut files = Memory::default();
        files.write("app.dep", "x = 1\n");
        let mut workspace = Workspace::default();
        let loaded = workspace.load(&files, "app.dep", &[]);
        let (db, arena) = (workspace.db(), Bump::new());
        let item = *loaded.modules.first().unwrap().items(db).first().unwrap();
        let eval = Eval::new(db, &arena, loaded.program.unwrap(), item);
        let goes_on = of(&eval);
        let told = eval.problems.borrow().iter().map(|problem| problem.message.clone()).collect();
        (goes_on, told)
    }

    #[test]
    fn steps_of_an_item() {
        let taken =
            |steps: u64| refused(|eval| (0..steps).all(|_| eval.afford(1, &|| eval.whole())));
        assert_eq!(taken(STEPS), (true, vec![]));
        let told = format!("evaluating this item takes more than {STEPS} steps");
        assert_eq!(taken(STEPS + 1), (false, vec![told]));
    }

    #[test]
    fn bytes_of_an_item() {
        let taken = |bytes: usize| {
            refused(|eval| {
                let used = || eval.arena.allocated_bytes() - eval.arena.chunk_capacity();
                while used() < bytes {
                    eval.arena.alloc_slice_fill_copy((bytes - used()).min(UNIT_BYTES), 0_u8);
                }
                assert_eq!(used(), bytes);
                eval.afford(UNIT + 1, &|| eval.whole())
            })
        };
        assert_eq!(taken(ARENA), (true, vec![]));
        let told = format!("evaluating this item takes more than {ARENA} bytes");
        assert_eq!(taken(ARENA + 1), (false, vec![told]));
    }
}
