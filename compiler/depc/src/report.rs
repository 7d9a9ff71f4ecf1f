//! What was found in all programs of a run, in one of the forms in which people and other programs read it.
//!
//! All forms start from [`Diagnostic`], and each has a file of its own.

mod concise;
mod github;
mod gitlab;
mod json;
mod junit;
mod sarif;
mod terminal;
mod text;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use analysis::diagnostic::{Diagnostic, masked};
use analysis::limits::SHOWN_PROBLEMS;
use analysis::mask::Shown;
use analysis::problem::Severity;
use analysis::workspace::Workspace;

use crate::arguments::ReportFormat;

pub use text::{rendered, rendered_each};

/// What was found in all programs of one run.
#[derive(Debug)]
pub struct Report {
    format: ReportFormat,
    /// What is for the terminal is rendered while the texts are at hand.
    text: Vec<u8>,
    found: Vec<Diagnostic>,
    seen: BTreeSet<String>,
}

impl Report {
    pub fn new(format: ReportFormat) -> Self {
        Self { format, text: Vec::new(), found: Vec::new(), seen: BTreeSet::new() }
    }

    /// Adds what was found in a program. What is in a file that several programs share is said once. `rendered` prints
    /// what is shown of it.
    pub fn add(
        &mut self,
        diagnostics: Vec<Diagnostic>,
        rendered: impl FnOnce(&[&Diagnostic]) -> Vec<u8>,
    ) {
        let fresh = diagnostics
            .into_iter()
            .filter(|diagnostic| self.seen.insert(format!("{diagnostic:?}")))
            .collect::<Vec<Diagnostic>>();
        if self.format == ReportFormat::Text {
            let shown = SHOWN_PROBLEMS.saturating_sub(self.found.len());
            // Who has said that something is meant needs not be shown it each time: its number is enough.
            let told: Vec<_> = fresh.iter().take(shown).filter(|one| !one.allowed).collect();
            if !told.is_empty() {
                self.text.extend(rendered(&told));
            }
        }
        self.found.extend(fresh);
    }

    pub fn format(&self) -> ReportFormat {
        self.format
    }

    pub fn has_errors(&self) -> bool {
        self.found.iter().any(Diagnostic::is_error)
    }

    /// All of it. `files` are those that were looked at, whether or not anything was found in them.
    pub fn into_text(self, files: &[String]) -> Vec<u8> {
        let found = &self.found;
        match self.format {
            ReportFormat::Text => [self.text, text::numbers(found).into_bytes()].concat(),
            ReportFormat::Concise => concise::report(found).into_bytes(),
            ReportFormat::Json => json::report(found),
            ReportFormat::Sarif => sarif::report(found),
            ReportFormat::Github => github::report(found).into_bytes(),
            ReportFormat::Gitlab => gitlab::report(found),
            ReportFormat::Junit => junit::report(found, files).into_bytes(),
        }
    }
}

/// Diagnostics of a workspace as they are printed, with stars in place of what is sensitive in their lines of source.
pub fn shown<'d>(
    workspace: &Workspace,
    diagnostics: impl Iterator<Item = &'d Diagnostic> + Clone,
    color: bool,
) -> Vec<u8> {
    let masked = masked(workspace, diagnostics.clone());
    let texts = texts(workspace, &masked);
    rendered(&texts, diagnostics, color)
}

/// Some diagnostics each as [`shown`] prints them. To find the lines of a file takes as long as to read it, which is done
/// once for all.
pub fn shown_each(workspace: &Workspace, groups: &[&[Diagnostic]], color: bool) -> Vec<Vec<u8>> {
    let all = groups.iter().copied().flatten();
    let masked = masked(workspace, all);
    let texts = texts(workspace, &masked);
    rendered_each(&texts, groups.iter().map(|group| group.iter()), color)
}

/// The texts of a workspace as they are shown, where those that hold something sensitive are masked.
pub fn texts<'t>(
    workspace: &'t Workspace,
    masked: &'t BTreeMap<Arc<str>, Shown<'static>>,
) -> impl Fn(&str) -> Option<Shown<'t>> {
    |path| match masked.get(path) {
        Some(masked) => Some(masked.borrowed()),
        None => workspace.text(path).map(Shown::whole),
    }
}

/// A severity in one word.
fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

/// A path as hosts of code know it: seen from the folder in which the command runs.
fn relative(path: &str) -> &str {
    path.strip_prefix("./").unwrap_or(path)
}

/// What a diagnostic says besides its message, a part a line: its label, notes, other places and help.
fn details(diagnostic: &Diagnostic) -> Vec<String> {
    let mut lines = Vec::new();
    if !diagnostic.label.is_empty() {
        lines.push(diagnostic.label.clone());
    }
    for (span, message) in &diagnostic.related {
        lines.push(format!("{}:{}:{}: {message}", span.file, span.start.line, span.start.column));
    }
    lines.extend(diagnostic.notes.iter().map(|note| format!("note: {note}")));
    lines.extend(diagnostic.help.iter().map(|help| format!("help: {help}")));
    lines
}

/// JSON, with a line break at the end.
fn pretty(value: &impl serde::Serialize) -> Vec<u8> {
    let mut text = serde_json::to_vec_pretty(value).unwrap_or_default();
    text.push(b'\n');
    text
}
