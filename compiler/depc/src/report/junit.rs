//! XML in the form that JUnit began and build servers read: a suite for each file, a case for each problem in it, and
//! one that passes for a file without any.

use std::collections::BTreeSet;

use analysis::diagnostic::Diagnostic;

use super::{details, word};
use crate::xml::{attribute, escaped};

/// What has no place in a file stands under this name.
const NOWHERE: &str = "depc";

pub fn report(found: &[Diagnostic], files: &[String]) -> String {
    let mut names: Vec<&str> = files.iter().map(String::as_str).collect();
    names.extend(found.iter().map(file));
    let mut seen = BTreeSet::new();
    names.retain(|name| seen.insert(*name));
    let suites: Vec<Suite> = names.into_iter().map(|name| suite(name, found)).collect();
    let tests: usize = suites.iter().map(|suite| suite.tests).sum();
    let failures: usize = suites.iter().map(|suite| suite.failures).sum();
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <testsuites tests=\"{tests}\" failures=\"{failures}\" errors=\"0\">\n"
    );
    for suite in suites {
        text.push_str(&suite.text);
    }
    text + "</testsuites>\n"
}

struct Suite {
    tests: usize,
    failures: usize,
    text: String,
}

fn file(diagnostic: &Diagnostic) -> &str {
    diagnostic.span.as_ref().map_or(NOWHERE, |span| &*span.file)
}

fn suite(name: &str, found: &[Diagnostic]) -> Suite {
    let own: Vec<&Diagnostic> = found.iter().filter(|found| file(found) == name).collect();
    let failures = own.iter().filter(|found| found.is_error()).count();
    let tests = own.len().max(1);
    let file = attribute(name);
    let mut text = format!(
        "  <testsuite name={file} tests=\"{tests}\" failures=\"{failures}\" errors=\"0\">\n"
    );
    if own.is_empty() {
        text.push_str(&format!("    <testcase classname={file} name=\"no problems\"/>\n"));
    }
    for diagnostic in own {
        text.push_str(&case(diagnostic, &file));
    }
    text.push_str("  </testsuite>\n");
    Suite { tests, failures, text }
}

fn case(diagnostic: &Diagnostic, file: &str) -> String {
    let (line, column) =
        diagnostic.span.as_ref().map_or((1, 1), |span| (span.start.line, span.start.column));
    let name = attribute(&format!("{} at {line}:{column}", diagnostic.code));
    let mut lines = vec![format!("{}: {}", word(diagnostic.severity), diagnostic.message)];
    lines.extend(details(diagnostic));
    let body = escaped(&lines.join("\n"));
    let inner = match diagnostic.is_error() {
        true => format!(
            "<failure type={} message={}>{body}</failure>",
            attribute(&diagnostic.code),
            attribute(&diagnostic.message)
        ),
        // What is no error fails nothing.
        false => format!("<system-out>{body}</system-out>"),
    };
    format!(
        "    <testcase classname={file} name={name} file={file} line=\"{line}\">\n      {inner}\n    </testcase>\n"
    )
}
