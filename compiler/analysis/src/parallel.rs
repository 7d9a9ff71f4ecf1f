//! Work on all cores, each on a stack that is deep enough for long chains of reads, with results in order.

use std::cell::Cell;
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
    let chunks: Vec<&[T]> = work.chunks(GRAIN).collect();
    // Asking for the number of cores reads several files.
    let cores = match chunks.len() {
        0 | 1 => 1,
        _ => std::thread::available_parallelism().map_or(1, usize::from),
    };
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, R)>> = Mutex::new(Vec::with_capacity(chunks.len()));
    let deep = DEEP.get();
    let run = |db: &Database| {
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(chunk) = chunks.get(at) else { break };
            let result = piece(db, chunk);
            done.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push((at, result));
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
    let mut done = done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
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
