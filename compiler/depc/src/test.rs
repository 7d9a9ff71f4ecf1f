//! `depc test`: runs the tests of files, and compares what they make with what is stored.

mod junit;
mod snapshots;
mod text;

use analysis::diagnostic::Diagnostic;
use analysis::problems::problems_of_output;
use analysis::tested::Test;
use analysis::verdicts::{Verdict, tests, unjudged, verdicts};
use analysis::workspace::{Loaded, Workspace};

use crate::arguments::{Test as Arguments, TestFormat};
use crate::programs::Listed;
use crate::report::{shown, shown_each};
use crate::{FAILED, FINE, Io, WRONG, print, programs, say};

/// Tests that run before the line of progress is written again.
const AT_ONCE: usize = 64;

/// What became of the tests of a file.
struct Results {
    file: String,
    tests: Vec<TestResult>,
    /// What is wrong with the program, so that no test of it ran.
    broken: Option<String>,
    /// Lines about snapshots: those that were written, and those that no test makes.
    notes: Vec<String>,
}

/// What became of a test.
struct TestResult {
    name: String,
    line: usize,
    /// Why it fails, in one line each.
    reasons: Vec<String>,
    /// The same with the lines of source, and what differs; empty where it passed.
    report: String,
}

pub fn run(arguments: &Arguments, io: &mut Io<'_>) -> u8 {
    if arguments.paths.iter().any(|path| path == "-") {
        say(io, "error: tests are read from files, not from standard input\n");
        return FAILED;
    }
    // Colours of a terminal say nothing in a file.
    io.color &= arguments.format == TestFormat::Text;
    let Some(disk) = programs::open_with(io, &arguments.paths, &arguments.given.paths()) else {
        return FAILED;
    };
    let Listed { files, code: listed } = programs::listed_files(io, &disk, &arguments.paths);
    if files.is_empty() {
        return listed;
    }
    let options = arguments.given.options();
    let mut workspace = Workspace::default();
    let mut all: Vec<Results> = Vec::new();
    let mut unreadable = false;
    for (number, file) in files.iter().enumerate() {
        let loaded = workspace.load_with(&disk, file, &options);
        if loaded.program.is_none() || loaded.unreadable {
            unreadable |= loaded.unreadable;
            all.push(broken(&workspace, io, file, &loaded.problems, &[]));
            continue;
        }
        let wanted = |test: &Test| {
            arguments.filter.as_ref().is_none_or(|filter| test.name.contains(filter.as_str()))
        };
        let chosen: Vec<Test> = tests(&workspace, &loaded).into_iter().filter(wanted).collect();
        if chosen.is_empty() {
            continue;
        }
        let said = problems_of_output(&workspace, &loaded);
        if said.iter().any(Diagnostic::is_error) {
            all.push(broken(&workspace, io, file, &said, &chosen));
            continue;
        }
        let place = format!("file {} of {}", number + 1, files.len());
        let verdicts = run_all(io, &workspace, &loaded, &chosen, &place);
        let stored = snapshots::Stored::of(&disk, file);
        match results(io, &workspace, &stored, file, &verdicts, arguments) {
            Ok(results) => all.push(results),
            Err(message) => {
                clear(io);
                say(io, &format!("error: {message}\n"));
                return FAILED;
            }
        }
    }
    clear(io);
    if all.is_empty() {
        let which = match &arguments.filter {
            Some(filter) => format!("no test has {filter:?} in its name"),
            None => format!("there is no test in {}", arguments.paths.join(", ")),
        };
        say(io, &format!("error: {which}\n"));
        return FAILED;
    }
    let failed = all.iter().any(|results| {
        results.broken.is_some() || results.tests.iter().any(|test| !test.reasons.is_empty())
    });
    let text = match arguments.format {
        TestFormat::Text => text::report(&all),
        TestFormat::Junit => junit::report(&all),
    };
    let code = match (unreadable, failed) {
        (true, _) => FAILED,
        (false, true) => WRONG,
        (false, false) => FINE,
    };
    listed.max(code).max(print(io, text.as_bytes()))
}

/// The results of a file whose program has errors.
fn broken(
    workspace: &Workspace,
    io: &Io<'_>,
    file: &str,
    said: &[Diagnostic],
    chosen: &[Test],
) -> Results {
    let errors = said.iter().filter(|diagnostic| diagnostic.is_error());
    let report = shown(workspace, errors, io.color);
    let tests = chosen.iter().map(|test| TestResult {
        name: test.name.to_string(),
        line: workspace.span(test.place).map_or(1, |span| span.start.line),
        reasons: vec!["it did not run, because the program has errors".to_owned()],
        report: String::new(),
    });
    Results {
        file: file.to_owned(),
        tests: tests.collect(),
        broken: Some(String::from_utf8_lossy(&report).into_owned()),
        notes: Vec::new(),
    }
}

fn run_all(
    io: &mut Io<'_>,
    workspace: &Workspace,
    loaded: &Loaded,
    chosen: &[Test],
    place: &str,
) -> Vec<Verdict> {
    let mut found = Vec::with_capacity(chosen.len());
    for tests in chosen.chunks(AT_ONCE) {
        if io.terminal {
            let test = found.len() + 1;
            say(io, &format!("\r\x1b[K{place}: test {test} of {}", chosen.len()));
        }
        found.extend(verdicts(workspace, loaded, tests));
        if found.last().is_some_and(|last| last.unjudged) {
            break;
        }
    }
    let rest = chosen.iter().skip(found.len());
    found.extend(rest.map(|test| unjudged(workspace, test)));
    found
}

/// Takes the line of progress away.
fn clear(io: &mut Io<'_>) {
    if io.terminal {
        say(io, "\r\x1b[K");
    }
}

/// The results of tests that ran, and of comparing their snapshots. What cannot be read or written ends the run.
fn results(
    io: &Io<'_>,
    workspace: &Workspace,
    stored: &snapshots::Stored<'_>,
    file: &str,
    verdicts: &[Verdict],
    arguments: &Arguments,
) -> Result<Results, String> {
    let mut results =
        Results { file: file.to_owned(), tests: Vec::new(), broken: None, notes: Vec::new() };
    let mut judged = Vec::with_capacity(verdicts.len());
    for verdict in verdicts {
        let mut failures = verdict.failures.clone();
        let mut differences = String::new();
        for shot in &verdict.snapshots {
            match stored.compared(shot, arguments.update)? {
                snapshots::Compared::Same => {}
                snapshots::Compared::Written(note) => results.notes.push(note),
                snapshots::Compared::Missing(diagnostic) => failures.push(diagnostic),
                snapshots::Compared::Differs(diagnostic, difference) => {
                    failures.push(diagnostic);
                    differences.push_str(&difference);
                }
            }
        }
        judged.push((verdict, failures, differences));
    }
    let groups: Vec<&[Diagnostic]> = judged.iter().map(|(_, failures, _)| &**failures).collect();
    let reports = shown_each(workspace, &groups, io.color);
    for ((verdict, failures, differences), report) in judged.iter().zip(reports) {
        let said = |diagnostic: &Diagnostic| format!("{}: {}", diagnostic.code, diagnostic.message);
        results.tests.push(TestResult {
            name: verdict.name.to_string(),
            line: verdict.span.as_ref().map_or(1, |span| span.start.line),
            reasons: failures.iter().map(said).collect(),
            report: String::from_utf8_lossy(&report).into_owned() + differences,
        });
    }
    if arguments.filter.is_none() {
        let made = verdicts.iter().flat_map(|verdict| &verdict.snapshots);
        let made: Vec<&str> = made.map(|shot| &*shot.name).collect();
        results.notes.extend(stored.left_over(&made)?);
    }
    Ok(results)
}
