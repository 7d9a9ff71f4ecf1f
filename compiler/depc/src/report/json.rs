//! All that is known of each problem, as JSON: for tools of one's own.

use analysis::change::Change;
use analysis::diagnostic::{Diagnostic, Position, Span};
use analysis::problem::Severity;
use serde::Serialize;

use super::{pretty, word};

#[derive(Serialize)]
struct Report<'d> {
    version: u32,
    errors: usize,
    warnings: usize,
    diagnostics: Vec<Problem<'d>>,
}

#[derive(Serialize)]
struct Problem<'d> {
    code: &'d str,
    severity: &'static str,
    message: &'d str,
    place: Option<Place<'d>>,
    label: &'d str,
    related: Vec<Related<'d>>,
    notes: &'d [String],
    help: Option<&'d str>,
    fix: Option<Fix<'d>>,
}

#[derive(Serialize)]
struct Related<'d> {
    message: &'d str,
    place: Place<'d>,
}

/// Lines and columns begin at 1 and count characters; offsets begin at 0 and count bytes.
#[derive(Serialize)]
struct Place<'d> {
    file: &'d str,
    start: Point,
    end: Point,
}

#[derive(Serialize)]
struct Point {
    line: usize,
    column: usize,
    offset: usize,
}

/// What is to be done about a problem: all edits, or none of them.
#[derive(Serialize)]
pub(super) struct Fix<'d> {
    title: &'d str,
    safe: bool,
    edits: Vec<Edit<'d>>,
}

#[derive(Serialize)]
struct Edit<'d> {
    file: &'d str,
    start: usize,
    end: usize,
    text: &'d str,
}

pub fn report(found: &[Diagnostic]) -> Vec<u8> {
    let count = |severity| found.iter().filter(|found| found.severity == severity).count();
    pretty(&Report {
        version: 1,
        errors: count(Severity::Error),
        warnings: count(Severity::Warning),
        diagnostics: found.iter().map(problem).collect(),
    })
}

fn problem(diagnostic: &Diagnostic) -> Problem<'_> {
    Problem {
        code: &diagnostic.code,
        severity: word(diagnostic.severity),
        message: &diagnostic.message,
        place: diagnostic.span.as_ref().map(place),
        label: &diagnostic.label,
        related: diagnostic
            .related
            .iter()
            .map(|(span, message)| Related { message, place: place(span) })
            .collect(),
        notes: &diagnostic.notes,
        help: diagnostic.help.as_deref(),
        fix: diagnostic.fix.as_ref().map(fix),
    }
}

fn place(span: &Span) -> Place<'_> {
    let point =
        |position: Position, offset| Point { line: position.line, column: position.column, offset };
    Place {
        file: &span.file,
        start: point(span.start, span.range.start),
        end: point(span.end, span.range.end),
    }
}

pub(super) fn fix(change: &Change) -> Fix<'_> {
    let edits = change.edits.iter().map(|edit| Edit {
        file: &edit.file,
        start: edit.range.start,
        end: edit.range.end,
        text: &edit.text,
    });
    Fix { title: &change.title, safe: change.safe, edits: edits.collect() }
}
