//! The results of tests as XML in the form that JUnit began and build servers read: a suite for each file.

use super::Results;
use crate::xml::{attribute, escaped};

pub(super) fn report(all: &[Results]) -> String {
    let (mut tests, mut failures, mut errors) = (0, 0, 0);
    let mut suites = String::new();
    for results in all {
        let of_file = results.tests.len().max(usize::from(results.broken.is_some()));
        // What did not run is an error, and no failure.
        let (failed, broken) = match results.broken {
            Some(_) => (0, of_file),
            None => (results.tests.iter().filter(|test| !test.reasons.is_empty()).count(), 0),
        };
        tests += of_file;
        failures += failed;
        errors += broken;
        suites.push_str(&suite(results, of_file, failed, broken));
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <testsuites tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\">\n{suites}</testsuites>\n"
    )
}

fn suite(results: &Results, tests: usize, failures: usize, errors: usize) -> String {
    let file = attribute(&results.file);
    let mut text = format!(
        "  <testsuite name={file} tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\">\n"
    );
    let element = if results.broken.is_some() { "error" } else { "failure" };
    let mut failed = |name: &str, line: usize, reason: &str, report: &str| {
        text.push_str(&format!(
            "    <testcase classname={file} name={} file={file} line=\"{line}\"",
            attribute(name)
        ));
        if reason.is_empty() {
            text.push_str("/>\n");
            return;
        }
        text.push_str(&format!(
            ">\n      <{element} message={}>{}</{element}>\n    </testcase>\n",
            attribute(reason),
            escaped(report)
        ));
    };
    for test in &results.tests {
        let report = results.broken.as_ref().unwrap_or(&test.report);
        failed(&test.name, test.line, &test.reasons.join("; "), report);
    }
    if let (Some(broken), true) = (&results.broken, results.tests.is_empty()) {
        failed(&results.file, 1, "the file cannot be read", broken);
    }
    text + "  </testsuite>\n"
}
