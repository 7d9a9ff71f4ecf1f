//! The tests of a file and what became of them: what `depc test` tells.

use std::sync::Arc;

use salsa::Database as _;

use crate::account::within;
use crate::build::{Format, built};
use crate::diagnostic::{Diagnostic, Span, diagnostic, sort};
use crate::limits::{UNIT, UNITS};
use crate::parallel;
use crate::problem::Problem;
use crate::tested::{Test, Tested, tested, tests_of};
use crate::workspace::{Loaded, Workspace};

/// What became of one test.
#[derive(Clone, Debug)]
pub struct Verdict {
    pub name: Arc<str>,
    /// Where the name stands.
    pub span: Option<Span>,
    /// Why it fails.
    pub failures: Vec<Diagnostic>,
    /// What is to be compared with what is stored.
    pub snapshots: Vec<Shot>,
    /// It was not judged, because it and those that were to be judged with it take too much.
    pub unjudged: bool,
}

/// A snapshot that a test asks for, as it is now.
#[derive(Clone, Debug)]
pub struct Shot {
    pub name: Arc<str>,
    /// Where it is asked for.
    pub span: Option<Span>,
    pub text: Arc<String>,
}

/// The tests of a loaded file itself, not of those that it stands on or uses.
pub fn tests(workspace: &Workspace, loaded: &Loaded) -> Vec<Test> {
    let db = workspace.db();
    loaded.program.map(|program| tests_of(db, program.main(db))).unwrap_or_default()
}

/// What becomes of some of the tests of a program that has no errors.
pub fn verdicts(workspace: &Workspace, loaded: &Loaded, tests: &[Test]) -> Vec<Verdict> {
    let Some(program) = loaded.program else { return Vec::new() };
    let found = within(workspace.db(), program, |program| {
        parallel::in_order(workspace.db(), tests, |db, tests| {
            db.unwind_if_revision_cancelled();
            tests.iter().map(|test| tested(db, program, test.item).clone()).collect::<Vec<_>>()
        })
    });
    let Some(found) = found else {
        return tests.iter().map(|test| unjudged(workspace, test)).collect();
    };
    let found = found.concat();
    let whole = found.iter().flat_map(|tested| &tested.snapshots).any(|shot| shot.text.is_none());
    let whole: Arc<String> = match whole {
        true => output(workspace, loaded).into(),
        false => Arc::default(),
    };
    let in_order = |problems: &[Problem]| {
        let mut failures: Vec<Diagnostic> =
            problems.iter().map(|problem| diagnostic(workspace, problem)).collect();
        sort(&mut failures, |_| 0);
        failures
    };
    let verdict = |(test, tested): (&Test, Tested)| Verdict {
        name: test.name.clone(),
        span: workspace.span(test.place),
        failures: in_order(&tested.problems),
        snapshots: tested
            .snapshots
            .into_iter()
            .map(|shot| Shot {
                name: shot.name,
                span: workspace.span(shot.place),
                text: shot.text.unwrap_or_else(|| whole.clone()),
            })
            .collect(),
        unjudged: false,
    };
    tests.iter().zip(found).map(verdict).collect()
}

/// What becomes of a test that is not judged, because the tests of its program take too much.
pub fn unjudged(workspace: &Workspace, test: &Test) -> Verdict {
    let span = workspace.span(test.place);
    let message = format!("judging these tests takes more than {} steps", UNITS * UNIT);
    let failure = Diagnostic::error(505, span.clone(), message)
        .help("look for loops within loops in the tests; a test asserts best of little");
    Verdict {
        name: test.name.clone(),
        span,
        failures: vec![failure],
        snapshots: Vec::new(),
        unjudged: true,
    }
}

/// All that a program makes, without what is secret in it.
fn output(workspace: &Workspace, loaded: &Loaded) -> String {
    let Ok(objects) = built(workspace, loaded, Format::Snapshot).objects else {
        return String::new();
    };
    let texts: Vec<&[u8]> = objects.texts().collect();
    String::from_utf8(texts.join(&b"---\n"[..])).unwrap_or_default()
}
