//! The results of tests as people read them: a line a test, and what is wrong right below it.

use super::Results;

pub(super) fn report(all: &[Results]) -> String {
    let mut text = String::new();
    let mut passed = 0;
    let mut failed = 0;
    for results in all {
        for test in &results.tests {
            let (word, counter) = match (&results.broken, test.reasons.is_empty()) {
                (Some(_), _) => ("not run", &mut failed),
                (None, true) => ("ok", &mut passed),
                (None, false) => ("FAILED", &mut failed),
            };
            *counter += 1;
            text.push_str(&format!("{word:7} {}: {}\n", results.file, test.name));
            if !test.report.is_empty() {
                text.push_str(&test.report);
                end_with_blank_line(&mut text);
            }
        }
        if let Some(broken) = &results.broken {
            if results.tests.is_empty() {
                text.push_str(&format!("not run {}\n", results.file));
                failed += 1;
            }
            text.push_str(broken);
            end_with_blank_line(&mut text);
        }
        for note in &results.notes {
            text.push_str(note);
            text.push('\n');
        }
    }
    let all = passed + failed;
    let tests = if all == 1 { "1 test".to_owned() } else { format!("{all} tests") };
    match failed {
        0 => text.push_str(&format!("{tests} passed\n")),
        _ => text.push_str(&format!("{tests}, {failed} failed\n")),
    }
    text
}

fn end_with_blank_line(text: &mut String) {
    if !text.ends_with("\n\n") {
        text.push('\n');
    }
}
