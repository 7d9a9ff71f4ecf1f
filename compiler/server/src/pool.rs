//! Threads that compute answers, while the writer goes on.

use std::panic::{AssertUnwindSafe, catch_unwind};

use analysis::parallel::on_deep_stack;
use analysis::workspace::unless_interrupted;
use crossbeam_channel::{Receiver, Sender, unbounded};

/// How a piece of work ended.
#[derive(Debug)]
pub enum Ended<T> {
    Done(T),
    /// A change of the workspace made it give up.
    Interrupted,
    /// It panicked, with this message.
    Failed(String),
}

type Work = Box<dyn FnOnce() + Send>;

/// A few threads. What is asked of an open file never waits for the search for problems.
pub struct Pool {
    requests: Sender<Work>,
    checks: Sender<Work>,
}

impl Default for Pool {
    fn default() -> Self {
        Self { requests: lane("requests"), checks: lane("checks") }
    }
}

impl Pool {
    /// Answers a request.
    pub fn answer(&self, work: impl FnOnce() + Send + 'static) {
        // The threads live as long as the pool.
        let _ = self.requests.send(Box::new(work));
    }

    /// Looks for problems.
    pub fn check(&self, work: impl FnOnce() + Send + 'static) {
        let _ = self.checks.send(Box::new(work));
    }
}

/// What `run` comes to, on a stack that is deep enough.
pub fn ended<T>(run: impl FnOnce() -> T) -> Ended<T> {
    let run = AssertUnwindSafe(|| on_deep_stack(run));
    match catch_unwind(|| unless_interrupted(run)) {
        Ok(Some(done)) => Ended::Done(done),
        Ok(None) => Ended::Interrupted,
        Err(panic) => Ended::Failed(reason(&*panic)),
    }
}

fn lane(name: &str) -> Sender<Work> {
    let (sender, receiver): (Sender<Work>, Receiver<Work>) = unbounded();
    let thread = std::thread::Builder::new().name(name.to_owned());
    // Where the system gives no thread, nothing is answered, and the client says so.
    let _ = thread.spawn(move || {
        for work in receiver {
            work();
        }
    });
    sender
}

/// What a panic says.
pub fn reason(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default()
}
