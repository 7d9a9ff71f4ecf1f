//! Files that are made to take for ever, or all memory there is: what each costs before it is refused.
//!
//! `cargo build --release -p depc && cargo run --release -p depc-tests --bin hostile` prints a line for each, the costliest
//! last, and marks what takes more than [`TIME`] or [`MEMORY`]. Time is that of processors, and what took too much is
//! tried again, so that a machine with much else to do is no excuse. It fails where one takes [`BEARABLE`] times as much,
//! or ends otherwise than with an answer. How many steps anything takes is held by `tests/limits.rs`. An argument is the
//! program to run, where it is not `target/release/depc`; a second one a part of the names of the files that are wanted.
//! Where `--checked` stands first, the program checks itself, and may take [`CHECKED`] times as much.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::print_stderr)]

mod texts;

mod evaluations;

mod loops;

mod shared;

mod types;

mod declared;

mod numbers;

mod objects;

mod folders;

mod asked;

use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use tests::command::Folder;
use wait4::Wait4;

/// What one file may take.
const TIME: Duration = Duration::from_secs(1);
const MEMORY: u64 = 256 << 20;

/// How many times as much it may be on a machine that is slower, or has more cores to fill.
const BEARABLE: u32 = 2;

/// How many times as much it may be in a build that checks itself.
const CHECKED: u32 = 10;

/// How often one is tried before it is said to take too much.
const TRIES: usize = 3;

/// Processor time after which a run is stopped.
const PATIENCE: Duration = Duration::from_secs(20);

/// All that is tried. What is hostile is made only in a process of its own, because a process begins with the memory of
/// the one that starts it, as far as the system's count is concerned.
#[derive(Default)]
struct Cases<'a> {
    /// Name and arguments of each.
    all: Vec<(&'static str, Vec<&'static str>)>,
    /// The one whose files are to be written, and where to.
    wanted: Option<(&'a str, &'a Path)>,
}

/// What became of one.
struct Run {
    name: &'static str,
    /// By the clock, and of processors: what the program itself does.
    time: Duration,
    busy: Duration,
    memory: u64,
    end: String,
}

fn main() -> ExitCode {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let checked = arguments.first().is_some_and(|first| first == "--checked");
    if checked {
        arguments.remove(0);
    }
    let factor = if checked { CHECKED } else { BEARABLE };
    if let [word, folder, name] = arguments.as_slice()
        && word == "--write"
    {
        cases(Some((name, Path::new(folder))));
        return ExitCode::SUCCESS;
    }
    // Each runs in a folder of its own, from which a path of here leads nowhere.
    let program = match arguments.first() {
        Some(program) => std::path::absolute(program).unwrap(),
        None => tests::root().join("target/release/depc"),
    };
    let program = program.to_string_lossy().into_owned();
    let wanted = arguments.get(1).cloned().unwrap_or_default();
    let mut runs: Vec<Run> = cases(None)
        .into_iter()
        .filter(|(name, _)| name.contains(&wanted))
        .map(|(name, arguments)| least(&program, name, &arguments))
        .collect();
    runs.sort_by_key(|run| (run.cost(), run.name));
    println!("         time  processor    memory  exit");
    for run in &runs {
        println!(
            "{} {:6.0} ms {:6.0} ms {:6.0} MB  {:4}  {}",
            if run.fine() { "   " } else { "BAD" },
            run.time.as_secs_f64() * 1e3,
            run.busy.as_secs_f64() * 1e3,
            run.memory as f64 / f64::from(1 << 20),
            run.end,
            run.name,
        );
    }
    let bad = runs.iter().filter(|run| !run.fine()).count();
    println!("{} files, {bad} past {TIME:?} or {} MB", runs.len(), MEMORY >> 20);
    match runs.iter().all(|run| run.within(factor)) {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

impl Cases<'_> {
    /// A folder of files, and what is asked of it.
    fn folder<T: AsRef<[u8]>>(
        &mut self,
        name: &'static str,
        arguments: &[&'static str],
        files: impl Fn() -> Vec<(String, T)>,
    ) {
        self.all.push((name, arguments.to_vec()));
        if let Some((wanted, folder)) = self.wanted
            && wanted == name
        {
            for (path, bytes) in files() {
                std::fs::write(folder.join(path), bytes).unwrap();
            }
        }
    }

    /// One file, and what is asked of it, which ends with its name.
    fn asked(&mut self, name: &'static str, arguments: &[&'static str], text: impl Fn() -> String) {
        self.folder(name, arguments, || vec![("main.dep".to_owned(), text())]);
    }

    /// One file that is checked.
    fn file(&mut self, name: &'static str, text: impl Fn() -> String) {
        self.asked(name, &["check", "main.dep"], text);
    }
}

impl Run {
    /// What it took: a machine that has much else to do makes the clock run on, and lets a page of memory wait for long;
    /// several processors do more in a second than one.
    fn cost(&self) -> Duration {
        self.time.min(self.busy)
    }

    fn fine(&self) -> bool {
        self.within(1)
    }

    fn within(&self, factor: u32) -> bool {
        let answered = matches!(self.end.as_str(), "0" | "1" | "2");
        self.cost() <= TIME * factor && self.memory <= MEMORY * u64::from(factor) && answered
    }
}

/// All of them, of which one may be wanted.
fn cases(wanted: Option<(&str, &Path)>) -> Vec<(&'static str, Vec<&'static str>)> {
    let mut cases = Cases { all: Vec::new(), wanted };
    texts::add(&mut cases);
    evaluations::add(&mut cases);
    loops::add(&mut cases);
    shared::add(&mut cases);
    types::add(&mut cases);
    declared::add(&mut cases);
    numbers::add(&mut cases);
    objects::add(&mut cases);
    folders::add(&mut cases);
    asked::add(&mut cases);
    cases.all
}

/// The run that took least, of as many as are needed to know that one takes too much.
fn least(program: &str, name: &'static str, arguments: &[&str]) -> Run {
    let mut least = run(program, name, arguments);
    for _ in 1..TRIES {
        if least.fine() {
            break;
        }
        let again = run(program, name, arguments);
        let memory = least.memory.min(again.memory);
        least = if again.cost() < least.cost() { again } else { least };
        least.memory = memory;
    }
    least
}

fn run(program: &str, name: &'static str, arguments: &[&str]) -> Run {
    let folder = Folder::new(&[]);
    let written = Command::new(std::env::current_exe().unwrap())
        .arg("--write")
        .arg(folder.path())
        .arg(name)
        .status()
        .unwrap();
    assert!(written.success(), "{name} could not be written");
    let start = Instant::now();
    // What does not end is stopped by the system.
    let limited = format!("ulimit -t {}; exec \"$0\" \"$@\"", PATIENCE.as_secs());
    let mut child = Command::new("sh")
        .args(["-c", &limited, program])
        .args(arguments)
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let used = child.wait4().unwrap();
    let end = used.status.code().map_or("none".to_owned(), |code| code.to_string());
    let busy = used.rusage.utime;
    eprintln!("{:6.0?} {name}", start.elapsed());
    Run { name, time: start.elapsed(), busy, memory: used.rusage.maxrss, end }
}

/// `count` lines made of their numbers.
fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(|number| line(number) + "\n").collect()
}
