//! Diagnostics on the terminal, each with its lines of source.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;

use analysis::diagnostic::{Diagnostic, Span};
use analysis::limits::SHOWN_PROBLEMS;
use analysis::mask::Shown;
use analysis::problem::Severity;
use codespan_reporting::diagnostic as codespan;
use codespan_reporting::files::{self, Files, SimpleFiles};
use codespan_reporting::term::termcolor::{Ansi, NoColor, WriteColor};
use codespan_reporting::term::{self, Config, DisplayStyle, Styles, StylesWriter};

use super::terminal;

/// A line longer than this many bytes is not shown, only named.
const LONG_LINE: usize = 500;

/// The text of a file by its path as the user writes it.
pub type Texts<'r, 't> = &'r dyn Fn(&str) -> Option<Shown<'t>>;

/// What there is to mend in numbers, where it is more than one thing, and how much of it mends itself.
pub fn numbers(found: &[Diagnostic]) -> String {
    let of = |severity| found.iter().filter(|found| found.severity == severity).count();
    let count = |count: usize, name: &str| match count {
        0 => None,
        1 => Some(format!("1 {name}")),
        _ => Some(format!("{count} {name}s")),
    };
    let (errors, warnings) = (of(Severity::Error), of(Severity::Warning));
    let mut numbers: Vec<String> =
        [count(errors, "error"), count(warnings, "warning")].into_iter().flatten().collect();
    let hidden = found.len().saturating_sub(SHOWN_PROBLEMS);
    if hidden > 0 {
        numbers.push(format!("{hidden} of them not shown"));
    }
    let offers = found.iter().filter_map(|found| found.fix.as_ref());
    match offers.filter(|change| change.safe).count() {
        0 => {}
        mends => numbers.push(format!("of which `depc check --fix` mends {mends}")),
    }
    let allowed = match found.iter().filter(|found| found.allowed).count() {
        0 => String::new(),
        1 => "1 problem is allowed with a reason, which `--format concise` tells\n".to_owned(),
        more => {
            format!("{more} problems are allowed with reasons, which `--format concise` tells\n")
        }
    };
    match errors + warnings > 1 || hidden > 0 {
        true => numbers.join(", ") + "\n" + &allowed,
        false => allowed,
    }
}

/// Texts as they are shown, with the columns of what they are of.
struct Sources<'t> {
    files: SimpleFiles<Cow<'t, str>, Cow<'t, str>>,
    shown: &'t [Shown<'t>],
}

impl<'a> Files<'a> for Sources<'_> {
    type FileId = usize;
    type Name = &'a str;
    type Source = &'a str;

    fn name(&'a self, id: usize) -> Result<&'a str, files::Error> {
        Ok(self.files.get(id)?.name())
    }

    fn source(&'a self, id: usize) -> Result<&'a str, files::Error> {
        Ok(self.files.get(id)?.source())
    }

    fn line_index(&'a self, id: usize, at: usize) -> Result<usize, files::Error> {
        self.files.line_index(id, at)
    }

    fn line_range(&'a self, id: usize, line: usize) -> Result<Range<usize>, files::Error> {
        self.files.line_range(id, line)
    }

    fn column_number(&'a self, id: usize, line: usize, at: usize) -> Result<usize, files::Error> {
        let column = self.files.column_number(id, line, at)?;
        let start = self.files.line_range(id, line)?.start;
        let moved = self.shown.get(id).map_or(0, |shown| shown.moved(start, at));
        Ok(column.saturating_add_signed(-moved))
    }
}

/// Diagnostics as they are printed, each with its lines of source.
pub fn rendered<'d>(
    texts: Texts<'_, '_>,
    diagnostics: impl Iterator<Item = &'d Diagnostic> + Clone,
    color: bool,
) -> Vec<u8> {
    rendered_each(texts, std::iter::once(diagnostics), color).concat()
}

/// Several groups of diagnostics, each as it is printed.
pub fn rendered_each<'d, D: Iterator<Item = &'d Diagnostic> + Clone>(
    texts: Texts<'_, '_>,
    groups: impl Iterator<Item = D> + Clone,
    color: bool,
) -> Vec<Vec<u8>> {
    let names: BTreeSet<&str> = groups
        .clone()
        .flatten()
        .flat_map(|diagnostic| {
            diagnostic.span.iter().chain(diagnostic.related.iter().map(|(span, _)| span))
        })
        .map(|span| &*span.file)
        .collect();
    let names: Vec<&str> = names.into_iter().collect();
    let text = |name: &&str| texts(name).unwrap_or_else(|| Shown::whole(""));
    let shown: Vec<Shown<'_>> = names.iter().map(text).collect();
    let mut files = Sources { files: SimpleFiles::new(), shown: &shown };
    for (name, shown) in names.iter().zip(&shown) {
        files.files.add(terminal::message(name), terminal::source(shown.text()));
    }
    let group = |diagnostics: D| {
        let mut text = Vec::new();
        diagnostics.for_each(|diagnostic| write(&files, &names, diagnostic, color, &mut text));
        text
    };
    groups.map(group).collect()
}

/// Writes one diagnostic as it is printed.
fn write(
    files: &Sources<'_>,
    names: &[&str],
    diagnostic: &Diagnostic,
    color: bool,
    text: &mut Vec<u8>,
) {
    let styles = Styles::default();
    let (converted, long) = converted(files.shown, diagnostic, names);
    let display_style = if long { DisplayStyle::Medium } else { DisplayStyle::Rich };
    let config = Config { display_style, ..Config::default() };
    let emit = |writer: &mut dyn WriteColor| {
        // Writing into memory does not fail, and every file is there.
        let _ = term::emit_to_write_style(
            &mut StylesWriter::new(writer, &styles),
            &config,
            files,
            &converted,
        );
    };
    if color {
        emit(&mut Ansi::new(&mut *text));
    } else {
        emit(&mut NoColor::new(&mut *text));
    }
    if long || (diagnostic.span.is_none() && !text.ends_with(b"\n\n")) {
        text.push(b'\n');
    }
}

/// The diagnostic as codespan takes it, and whether a line of it is too long to be shown.
fn converted(
    shown: &[Shown<'_>],
    diagnostic: &Diagnostic,
    names: &[&str],
) -> (codespan::Diagnostic<usize>, bool) {
    let severity = match diagnostic.severity {
        Severity::Error => codespan::Severity::Error,
        Severity::Warning => codespan::Severity::Warning,
        Severity::Note => codespan::Severity::Note,
    };
    let mut long = false;
    let mut label = |style, span: &Span, message: &str| {
        let id = names.iter().position(|name| *name == &*span.file)?;
        let shown = shown.get(id)?;
        let (range, line) = first_line(shown.text(), shown.range(span.range.clone()));
        long |= line > LONG_LINE;
        Some(codespan::Label::new(style, id, range).with_message(terminal::message(message)))
    };
    let primary = diagnostic
        .span
        .as_ref()
        .and_then(|span| label(codespan::LabelStyle::Primary, span, &diagnostic.label));
    let mut labels: Vec<_> = primary.into_iter().collect();
    for (span, message) in &diagnostic.related {
        labels.extend(label(codespan::LabelStyle::Secondary, span, message));
    }
    let help = diagnostic.help.iter().map(|help| format!("help: {}", terminal::message(help)));
    let notes = diagnostic.notes.iter().map(|note| format!("note: {}", terminal::message(note)));
    let converted = codespan::Diagnostic::new(severity)
        .with_code(&diagnostic.code)
        .with_message(terminal::message(&diagnostic.message))
        .with_labels(labels)
        .with_notes(notes.chain(help).collect());
    (converted, long)
}

/// A range cut at the end of its first line, because a mark over a whole body hides what it is about; and the length
/// of that line.
fn first_line(text: &str, range: Range<usize>) -> (Range<usize>, usize) {
    let marked = text.get(range.clone()).unwrap_or_default();
    let end = marked.find('\n').map_or(range.end, |at| range.start + at);
    let before =
        text.get(..range.start).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
    let after =
        text.get(end..).and_then(|after| after.find('\n')).map_or(text.len(), |at| end + at);
    (range.start..end, after - before)
}
