//! `depc fmt`: lays files out. A file whose syntax has mistakes stays as it is.

use std::path::Path;
use std::sync::Arc;

use analysis::diagnostic::{Diagnostic, Lines, Span, span_in};
use analysis::mask::Shown;
use analysis::workspace::{Files, Options, raw_text};

use crate::arguments::{Fmt, ReportFormat};
use crate::difference;
use crate::disk::{self, STDIN};
use crate::mend::{File, Mended};
use crate::programs::Listed;
use crate::report::{Report, rendered};
use crate::{FAILED, FINE, Io, WRONG, print, programs, say};

pub fn run(arguments: &Fmt, io: &mut Io<'_>) -> u8 {
    let Some(disk) = programs::open(io, &arguments.paths) else { return FAILED };
    let Listed { files, mut code } = programs::listed_files(io, &disk, &arguments.paths);
    let is_listed = code == FINE;
    let mut report = Report::new(ReportFormat::Text);
    let mut output = Vec::new();
    for file in &files {
        let is_stdin = file == "-";
        let path = if is_stdin { STDIN } else { file };
        let text = match raw_text(&disk, path, path) {
            Ok(text) => text,
            Err(why) => {
                code = code.max(if why.code == 701 { FAILED } else { WRONG });
                report.add(vec![why.into()], |told| {
                    rendered(&|_| None, told.iter().copied(), io.color)
                });
                continue;
            }
        };
        let formatted = syntax::format(&text);
        if !formatted.problems.is_empty() {
            let (file, lines): (Arc<str>, _) = (Arc::from(path), Lines::of(&text));
            let spans = formatted.problems.iter().map(|(item, found)| {
                let at = item.start as usize;
                let range = at + found.range.start..at + found.range.end;
                span_in(file.clone(), &text, &lines, range)
            });
            let spans: Vec<Span> = spans.collect();
            let shown = spans.iter().map(|span| span.start.line).collect();
            let masked = difference::shown(&disk, path, Some(&shown));
            let found = spans.into_iter().zip(&formatted.problems);
            let found: Vec<Diagnostic> =
                found.map(|(span, (_, found))| diagnostic(span, found, masked.is_some())).collect();
            let shown = masked.unwrap_or_else(|| Shown::whole(&text));
            report.add(found, |told| {
                rendered(&|_| Some(shown.borrowed()), told.iter().copied(), io.color)
            });
            code = code.max(WRONG);
            continue;
        }
        let changes = formatted.text != text;
        if arguments.diff && changes {
            let changed = File {
                shown: path.to_owned(),
                path: disk.canonical(path).unwrap_or_default(),
                old: text.clone(),
                new: formatted.text.clone(),
            };
            let (mended, programs) = (Mended::of(changed), [path.to_owned()]);
            let text = difference::difference(&disk, &mended, &programs, &Options::default());
            output.extend(text.into_bytes());
        }
        if arguments.check && changes {
            say(io, &format!("{path} is not formatted\n"));
            code = code.max(WRONG);
        }
        if arguments.check || arguments.diff {
            continue;
        }
        if is_stdin {
            output.extend(formatted.text.into_bytes());
        } else if changes && let Err(error) = replace(&disk.path(path), formatted.text.as_bytes()) {
            code = programs::unwritable(io, path, &error);
        }
    }
    // A difference is what was asked for, also where it is a failure; a half-formatted text is not, nor the difference
    // of some of the files only.
    let is_read = is_listed && !report.has_errors();
    let text = report.into_text(&[]);
    if !text.is_empty() {
        say(io, &String::from_utf8_lossy(&text));
    }
    if code == FINE || (arguments.diff && is_read) { code.max(print(io, &output)) } else { code }
}

/// Writes through a link to the file that it names.
fn replace(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    disk::replace(&std::fs::canonicalize(path)?, bytes)
}

fn diagnostic(span: Span, problem: &syntax::Problem, masked: bool) -> Diagnostic {
    let number = problem.code.trim_start_matches('E').parse().unwrap_or_default();
    let mut diagnostic = Diagnostic::error(number, Some(span), &problem.message);
    // What to write may be put together of what stands there.
    diagnostic.help = problem.help.clone().filter(|_| !masked);
    if masked && diagnostic.message.starts_with("did not expect ") {
        // It may be a part of something sensitive.
        diagnostic.message = "did not expect this here".to_owned();
    }
    diagnostic
}
