//! A write that waits makes evaluations under way give up, also those that are inside of reads which may be on a cycle
//! and so are no ordinary queries to salsa.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fmt::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};

use analysis::problems::units;
use analysis::validate::validate;
use analysis::workspace::{Memory, Workspace};

/// Items in a row, of which each reads the next.
fn program(length: usize) -> String {
    let mut text = String::from("schema Node { a: Int = 1 }\n");
    for n in 0..length {
        let next = if n + 1 < length { format!("n{}.a", n + 1) } else { "1".to_owned() };
        writeln!(text, "n{n} = Node {{ a = {next} }}").unwrap();
    }
    text
}

#[test]
fn a_pending_write_unwinds_what_is_under_way() {
    let mut files = Memory::default();
    // The first item waits for all others, one within the other.
    let text = program(9_000);
    files.write("/app.dep", text.clone());
    let mut workspace = Workspace::default();
    let loaded = workspace.load(&files, "/app.dep", &[]);
    let program = loaded.program.unwrap();
    let (started, has_started) = mpsc::channel();
    let finished = Arc::new(AtomicUsize::new(0));
    let reader = {
        let db = workspace.db().clone();
        let finished = finished.clone();
        let thread = std::thread::Builder::new().stack_size(analysis::limits::STACK_BYTES);
        let read = move || {
            salsa::Cancelled::catch(std::panic::AssertUnwindSafe(|| {
                let units = units(&db, program);
                started.send(()).unwrap();
                for unit in units {
                    validate(&db, program, *unit);
                    finished.fetch_add(1, Ordering::Relaxed);
                }
            }))
        };
        thread.spawn(read).unwrap()
    };
    has_started.recv().unwrap();
    std::thread::sleep(std::time::Duration::from_millis(2));
    // The write waits until no other handle on the database is left, so that it returns only if the reader gave up.
    assert!(workspace.edit("/app.dep", &text.replace("{ a = 1 }", "{ a = 2 }")));
    assert!(matches!(reader.join().unwrap(), Err(salsa::Cancelled::PendingWrite)));
    assert_eq!(finished.load(Ordering::Relaxed), 0, "it gave up inside of the first item's reads");
    let again = workspace.load(&files, "/app.dep", &[]);
    assert!(again.problems.is_empty());
}
