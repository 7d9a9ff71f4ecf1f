//! Work on all cores, each on a stack that is deep enough for long chains of reads, with results in order.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::db::Database;
use crate::limits;

/// How many pieces of work a thread takes at a time: few enough to spread, enough not to wait for each other. Less work
/// than this is done no sooner by two threads.
const GRAIN: usize = 32;

thread_local! {
    /// Whether this thread has a deep stack.
    static DEEP: Cell<bool> = const { Cell::new(false) };
}

/// What `run` gives, run on a deep stack. Work that is asked for from there needs one thread less. The stack is a new
/// one of this thread: to start another thread and wait for it would cost a small program a third of its time.
pub fn on_deep_stack<R>(run: impl FnOnce() -> R) -> R {
    stacker::grow(limits::STACK_BYTES, || {
        let outer = DEEP.replace(true);
        let result = run();
        DEEP.set(outer);
        result
    })
}

/// What `piece` makes of each of `work`, in their order. Every other thread asks a database of its own, which is gone when
/// this returns, so that inputs can be set again.
pub fn in_order<T: Sync, R: Send>(
    db: &Database,
    work: &[T],
    piece: impl Fn(&Database, &[T]) -> R + Sync,
) -> Vec<R> {
    in_order_up_to(db, work, piece, |_| 0, usize::MAX).0
}

/// The same, up to the first results that weigh more than so much together; and whether that was not all. What is left of the work
/// is not done.
pub fn in_order_up_to<T: Sync, R: Send>(
    db: &Database,
    work: &[T],
    piece: impl Fn(&Database, &[T]) -> R + Sync,
    weight: impl Fn(&R) -> usize + Sync,
    most: usize,
) -> (Vec<R>, bool) {
    let chunks: Vec<&[T]> = work.chunks(GRAIN).collect();
    // Asking for the number of cores reads several files.
    let cores = match chunks.len() {
        0 | 1 => 1,
        _ => std::thread::available_parallelism().map_or(1, usize::from),
    };
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Done { results: Vec::with_capacity(chunks.len()), ..Done::default() });
    let deep = DEEP.get();
    let run = |db: &Database| {
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(chunk) = chunks.get(at) else { break };
            let result = piece(db, chunk);
            let weight = weight(&result);
            let mut done = done.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            done.add(at, result, weight, most);
            if done.end.is_some() {
                break;
            }
        }
    };
    std::thread::scope(|scope| {
        let mut threads = Vec::new();
        for _ in usize::from(deep)..cores.min(chunks.len()) {
            let db = db.clone();
            let run = &run;
            let thread = std::thread::Builder::new().stack_size(limits::STACK_BYTES);
            // Where the system gives no further thread, those that there are do the work.
            let run = move || {
                DEEP.set(true);
                run(&db);
            };
            if let Ok(thread) = thread.spawn_scoped(scope, run) {
                threads.push(thread);
            }
        }
        if deep || threads.is_empty() {
            run(db);
        }
        for thread in threads {
            if let Err(panic) = thread.join() {
                std::panic::resume_unwind(panic);
            }
        }
    });
    let Done { mut results, end, .. } =
        done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    results.sort_by_key(|(at, _)| *at);
    let end = end.unwrap_or(chunks.len());
    results.truncate(end);
    (results.into_iter().map(|(_, result)| result).collect(), end < chunks.len())
}

/// What was done of some work.
struct Done<R> {
    /// By the number of the chunk.
    results: Vec<(usize, R)>,
    /// The weights of chunks before which others are not done.
    weights: BTreeMap<usize, usize>,
    /// How many chunks are done before the first that is not, and what they weigh.
    whole: (usize, usize),
    /// The number of the chunk after the last that is wanted, once that is known.
    end: Option<usize>,
}

impl<R> Default for Done<R> {
    fn default() -> Self {
        Self { results: Vec::new(), weights: BTreeMap::new(), whole: (0, 0), end: None }
    }
}

impl<R> Done<R> {
    fn add(&mut self, at: usize, result: R, weight: usize, most: usize) {
        self.results.push((at, result));
        self.weights.insert(at, weight);
        while self.end.is_none()
            && let Some(weight) = self.weights.remove(&self.whole.0)
        {
            self.whole = (self.whole.0 + 1, self.whole.1 + weight);
            self.end = (self.whole.1 > most).then_some(self.whole.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_in_the_order_of_the_work() {
        let work: Vec<usize> = (0..1000).collect();
        let sums = in_order(&Database::default(), &work, |_, chunk| chunk.to_vec());
        assert_eq!(sums.concat(), work);
        assert!(in_order(&Database::default(), &work[..0], |_, chunk| chunk.len()).is_empty());
    }

    #[test]
    fn what_is_enough_does_not_depend_on_who_comes_first() {
        let work: Vec<usize> = (0..10_000).collect();
        let db = Database::default();
        let up_to = |most| in_order_up_to(&db, &work, |_, chunk| chunk.to_vec(), Vec::len, most);
        for _ in 0..20 {
            let (found, cut) = up_to(1_000);
            assert_eq!((found.concat(), cut), (work[..32 * GRAIN].to_vec(), true));
        }
        assert_eq!(up_to(10_000).0.concat(), work);
    }

    #[test]
    fn stacks_are_deep() {
        fn deep(levels: usize) -> usize {
            let here = std::hint::black_box([levels; 64]);
            if levels == 0 { 0 } else { deep(levels - 1) + here[0].min(1) }
        }
        assert_eq!(
            in_order(&Database::default(), &[100_000], |_, chunk| deep(chunk[0])),
            [100_000]
        );
    }
}
