//! One line for each problem: `app.dep:3:5: error[E0102]: Service has no field `scael``, as editors and `grep` read it.

use analysis::diagnostic::Diagnostic;

use super::terminal::message;
use super::word;

pub fn report(found: &[Diagnostic]) -> String {
    found.iter().map(line).collect()
}

fn line(diagnostic: &Diagnostic) -> String {
    let place = match &diagnostic.span {
        Some(span) => format!("{}:{}:{}: ", span.file, span.start.line, span.start.column),
        None => String::new(),
    };
    let help = diagnostic.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
    let line = format!(
        "{place}{}[{}]: {}{help}",
        word(diagnostic.severity),
        diagnostic.code,
        diagnostic.message
    );
    message(&line).replace('\n', " ") + "\n"
}
