//! Commands that GitHub's runners read from a log, and show beside the lines of a change.
//!
//! The form is that of "Workflow commands" in GitHub's documentation: `::error file=…,line=…::message`, in which `%`
//! and line breaks are escaped, and in properties `:` and `,` too.

use analysis::diagnostic::Diagnostic;
use analysis::problem::Severity;

use super::{details, relative};

pub fn report(found: &[Diagnostic]) -> String {
    found.iter().map(command).collect()
}

fn command(diagnostic: &Diagnostic) -> String {
    let kind = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let mut properties = Vec::new();
    if let Some(span) = &diagnostic.span {
        properties.push(format!("file={}", property(relative(&span.file))));
        properties.push(format!("line={}", span.start.line));
        properties.push(format!("endLine={}", span.end.line));
        // Columns are ignored, or worse, where several lines are meant.
        if span.start.line == span.end.line {
            properties.push(format!("col={}", span.start.column));
            properties.push(format!("endColumn={}", span.end.column));
        }
    }
    properties.push(format!("title={}", property(&diagnostic.code)));
    let mut lines = vec![diagnostic.message.clone()];
    lines.extend(details(diagnostic));
    format!("::{kind} {}::{}\n", properties.join(","), data(&lines.join("\n")))
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
