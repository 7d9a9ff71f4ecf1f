//! Differences for reviews: a table of the leaves of each object.

use std::fmt::Write as _;

use super::{Sort, Told, ToldSide, named, summary};

pub(super) fn markdown(told: &[Told]) -> String {
    let mut text = format!("**{}**\n", summary(told));
    for object in told {
        let word = match object.change {
            Sort::Added => "added",
            Sort::Removed => "removed",
            Sort::Changed => "changed",
        };
        let place = object.place.as_ref().map(|place| format!(", {}", code(place)));
        let _ =
            write!(text, "\n#### {} {word}{}\n", code(&named(object)), place.unwrap_or_default());
        if let Some(consequence) = &object.consequence {
            let _ = write!(text, "\n> {}\n", cell(consequence));
        }
        if object.leaves.is_empty() {
            continue;
        }
        text.push_str("\n| | before | after | |\n| --- | --- | --- | --- |\n");
        for leaf in &object.leaves {
            let place =
                leaf.new.as_ref().or(leaf.old.as_ref()).and_then(|side| side.place.as_ref());
            let mut remarks: Vec<String> = place.map(|place| code(place)).into_iter().collect();
            remarks.extend(leaf.consequence.as_ref().map(|why| format!("⚠️ {}", cell(why))));
            let _ = writeln!(
                text,
                "| {} | {} | {} | {} |",
                code(&leaf.path),
                value(leaf.old.as_ref()),
                value(leaf.new.as_ref()),
                remarks.join("<br>"),
            );
        }
    }
    text
}

fn value(side: Option<&ToldSide>) -> String {
    side.map(|side| side.text.lines().map(code).collect::<Vec<_>>().join("<br>"))
        .unwrap_or_default()
}

/// Text as code of one line, in a fence that is longer than any in it.
fn code(text: &str) -> String {
    let mut longest = 0;
    let mut run = 0;
    for c in text.chars() {
        run = if c == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    let fence = "`".repeat(longest + 1);
    let blank = if text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) { " " } else { "" };
    format!("{fence}{blank}{}{blank}{fence}", text.replace('|', "\\|"))
}

/// Text within a cell of a table.
fn cell(text: &str) -> String {
    text.replace('\\', "\\\\").replace('|', "\\|").replace('<', "&lt;").replace('\n', " ")
}
