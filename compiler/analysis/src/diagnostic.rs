//! Problems as the outside world sees them: with files, byte ranges, lines and columns.
//!
//! This is the edge of the query graph. Every renderer (terminal, editor, report) starts from a [`Diagnostic`].

mod lines;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use crate::change::{Change, change};
use crate::data::concealed;
use crate::db::{Item, ItemKind, Origin};
use crate::mask::{Shown, hidden, holds_secrets};
use crate::parse::parsed;
use crate::problem::{Place, Problem, Severity};
use crate::workspace::{SET, SET_FILE, Workspace};

pub use lines::Lines;

/// A problem with its places turned into positions of files.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    /// `E0102`, `XR-001`.
    pub code: String,
    pub severity: Severity,
    pub message: String,
    /// Where it is to be mended. `None` where there is no text to show: the file cannot be read.
    pub span: Option<Span>,
    /// What stands beside the mark at `span`; may be empty.
    pub label: String,
    pub related: Vec<(Span, String)>,
    pub notes: Vec<String>,
    pub help: Option<String>,
    pub fix: Option<Change>,
    /// The program says that it is meant, and why.
    pub allowed: bool,
}

/// A stretch of a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Span {
    /// The file as the user would write it; `Workspace::text` has its text.
    pub file: Arc<str>,
    /// In bytes of that text.
    pub range: Range<usize>,
    pub start: Position,
    pub end: Position,
}

/// A line and a column, both counted from 1; columns count characters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Position {
    pub line: usize,
    pub column: usize,
}

impl Diagnostic {
    /// An error that is known without any tree: of a file, or of what names one.
    pub fn error(code: u16, span: Option<Span>, message: impl Into<String>) -> Self {
        Self {
            code: crate::problem::Code::E(code).to_string(),
            severity: Severity::Error,
            message: message.into(),
            span,
            label: String::new(),
            related: Vec::new(),
            notes: Vec::new(),
            help: None,
            fix: None,
            allowed: false,
        }
    }

    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// The diagnostic of a problem: its places as positions.
pub fn diagnostic(workspace: &Workspace, problem: &Problem) -> Diagnostic {
    let db = workspace.db();
    let span = |place: &Place| match value_of_setting(db, *place) {
        Some(range) => workspace.span_in(place.item, range),
        None => workspace.span(*place),
    };
    Diagnostic {
        code: problem.code.to_string(),
        severity: problem.severity,
        message: printable(&problem.message),
        span: span(&problem.place),
        label: problem.label.clone(),
        related: problem
            .related
            .iter()
            .filter_map(|label| Some((span(&label.place)?, printable(&label.message))))
            .collect(),
        notes: problem.notes.iter().map(|note| printable(note)).collect(),
        help: problem.help.as_deref().map(printable),
        fix: problem.fix.as_ref().and_then(|fix| change(workspace, fix)),
        allowed: problem.allowed,
    }
}

/// A text with the signs in it that move a terminal's cursor, or change what it shows, written as escapes.
fn printable(text: &str) -> String {
    let moves = |c: char| c.is_control() && c != '\n';
    if !text.contains(moves) {
        return text.to_owned();
    }
    let shown = |c: char| if moves(c) { c.escape_debug().to_string() } else { c.to_string() };
    text.chars().map(shown).collect()
}

/// The whole text behind the sign of `--set PATH=VALUE`, where a place is that value: it need not be one value of the
/// language.
fn value_of_setting(db: &dyn salsa::Database, place: Place) -> Option<Range<usize>> {
    let of_command_line = place.item.kind(db) == ItemKind::Set;
    let text = of_command_line.then(|| place.item.text(db))?;
    let parsed = parsed(db, place.item);
    let node = parsed.tree().node(place.node)?;
    let is_value = node.parent().is_some_and(|above| above.kind() == syntax::NodeKind::Set);
    let end = text.trim_end().len();
    (is_value && node.range().end < end).then_some(node.range().start..end)
}

/// The texts of files that diagnostics show, with stars in place of what is sensitive in the lines that are shown; only
/// of files where there is something. What is sensitive is known by judging an item, so that others are not asked.
pub fn masked<'d>(
    workspace: &Workspace,
    diagnostics: impl Iterator<Item = &'d Diagnostic>,
) -> BTreeMap<Arc<str>, Shown<'static>> {
    let spans = diagnostics.flat_map(|diagnostic| {
        diagnostic.span.iter().chain(diagnostic.related.iter().map(|(span, _)| span))
    });
    let mut files: BTreeMap<Arc<str>, BTreeSet<usize>> = BTreeMap::new();
    for span in spans {
        files.entry(span.file.clone()).or_default().insert(span.start.line);
    }
    let masked = files.into_iter().filter_map(|(file, lines)| {
        let shown = masked_file(workspace, &file, Some(&lines))?;
        Some((file, shown))
    });
    masked.collect()
}

/// The text of a file with stars in place of what is sensitive in it, or at least on some of its lines; `None` where there
/// is nothing of that kind.
pub fn masked_file(
    workspace: &Workspace,
    file: &str,
    lines: Option<&BTreeSet<usize>>,
) -> Option<Shown<'static>> {
    let db = workspace.db();
    let text = workspace.text(file)?;
    let is_shown = |item: &Item| {
        let lines = lines.filter(|_| item.module(db).origin(db) == Origin::File);
        let Some(lines) = lines else { return true };
        let span = workspace.span_in(*item, 0..item.text(db).len());
        span.is_none_or(|at| lines.range(at.start.line..=at.end.line).next().is_some())
    };
    // What is shown of a setting need not be its text: a file of values is shown as it was written.
    let items = workspace.items_of(file).into_iter().filter(is_shown);
    let of_data = |item: Item| match item.module(db).origin(db) {
        Origin::Data => concealed(db, &workspace.modules(), item),
        _ => Vec::new(),
    };
    let of_item = |item| hidden(db, item).into_iter().chain(of_data(item));
    let mut hidden: Vec<Range<usize>> = items
        .flat_map(|item| of_item(item).map(move |range| (item, range)))
        .filter_map(|(item, range)| workspace.span_in(item, range).map(|span| span.range))
        .collect();
    if let Some(source) = workspace.source_of(file)
        && source.module.origin(db) == Origin::CommandLine
        && *source.path != *SET
        && *source.path != *SET_FILE
        && holds_secrets(db, source.module)
    {
        // Of what cannot be read nobody knows what it was to be.
        let words = |range: Range<usize>| {
            let part = text.get(range.clone()).unwrap_or_default().char_indices();
            let words = part.filter(|(_, c)| c.is_alphanumeric());
            words.map(move |(at, c)| range.start + at..range.start + at + c.len_utf8())
        };
        hidden.extend(source.unread().into_iter().flat_map(words));
    }
    (!hidden.is_empty()).then(|| Shown::without(text, hidden))
}

/// Puts diagnostics into the order of what is to be done: errors before warnings before notes, each in the order of the
/// files and their lines, and only once. What has no place comes first.
pub fn sort(diagnostics: &mut Vec<Diagnostic>, file_order: impl Fn(&str) -> usize) {
    diagnostics.sort_by_cached_key(|diagnostic| {
        let at = diagnostic
            .span
            .as_ref()
            .map(|span| (file_order(&span.file), span.range.start, span.range.end));
        (diagnostic.severity, at, diagnostic.code.clone(), diagnostic.message.clone())
    });
    diagnostics.dedup();
}

/// A stretch of a text that is in no workspace.
pub fn span(file: Arc<str>, text: &str, range: Range<usize>) -> Span {
    span_in(file, text, &Lines::of(text), range)
}

/// The same, where it is known where the lines of the text begin.
pub fn span_in(file: Arc<str>, text: &str, lines: &Lines, range: Range<usize>) -> Span {
    let start = lines.position(text, range.start);
    Span { file, start, end: lines.position(text, range.end), range }
}
