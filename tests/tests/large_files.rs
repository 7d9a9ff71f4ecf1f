//! What an editor asks of files that are made to be large: each answer takes time as the file is large, not as its square,
//! which would be minutes for each of these.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tests::editor::{Editor, uri};

/// What one answer may take, on a machine that is slow and has much else to do: many times what it does.
const PATIENCE: Duration = Duration::from_secs(60);

fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(|number| line(number) + "\n").collect()
}

/// Asks all that editors ask of a whole file, and of a word in it.
fn asked(text: &str, line: usize, character: usize) {
    let mut editor =
        Editor::with(&[("app.dep", text)], json!({ "textDocument": { "diagnostic": {} } }));
    editor.open("app.dep");
    let document = json!({ "uri": uri("app.dep") });
    let position = json!({ "line": line, "character": character });
    let whole = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 1_000_000, "character": 0 } });
    let of_file: Value = json!({ "textDocument": document, "range": whole });
    let at = json!({ "textDocument": document, "position": position, "context": { "includeDeclaration": true }, "newName": "renamed" });
    let methods = [
        ("diagnostic", &of_file),
        ("documentSymbol", &of_file),
        ("foldingRange", &of_file),
        ("semanticTokens/full", &of_file),
        ("codeLens", &of_file),
        ("inlayHint", &of_file),
        ("hover", &at),
        ("definition", &at),
        ("references", &at),
        ("documentHighlight", &at),
        ("rename", &at),
    ];
    for (method, params) in methods {
        let start = Instant::now();
        // Whether there is something to rename does not matter here.
        let _ = editor.answer(&format!("textDocument/{method}"), params.clone());
        let took = start.elapsed();
        assert!(took < PATIENCE, "{method} takes {took:?}");
    }
}

#[test]
fn a_line_of_names() {
    let names: Vec<String> = (0..10_000).map(|n| format!("lower as l{n}")).collect();
    asked(&format!("use std.strings.{{{}}}\nx = 1\n", names.join(", ")), 0, 30);
}

#[test]
fn a_name_that_all_bind() {
    asked(&lines(5_000, |n| format!("x = {n}")), 1_000, 0);
}

#[test]
fn a_key_of_many() {
    asked(&format!("x = {{\n{}}}\n", lines(8_000, |n| format!("  a{n} {{ b = {n} }}"))), 1_000, 10);
}

#[test]
fn mistakes_on_one_line_and_elsewhere() {
    let wrong: Vec<String> = (0..900).map(|n| format!("zz{n}")).collect();
    let all = lines(5_000, |n| format!("x{n}: Int = \"{n}\""));
    asked(&format!("y = [{}]\n{all}", wrong.join(", ")), 0, 6);
}

#[test]
fn values_that_all_take_long() {
    let all = lines(100, |n| {
        format!("x{n} = len([a for a in range(1000) for b in range(1000) if a < 0]) + x{}", n + 1)
    });
    asked(&format!("{all}x100 = 1\n"), 10, 0);
}
