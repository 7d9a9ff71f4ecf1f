//! What no input may do: exhaust stack, memory or time. Runs in a thread of 2 MiB, the least that a caller may have.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

mod common;

use std::time::{Duration, Instant};

use common::check_item;
use syntax::{NodeKind, Parsed, problem};

/// Runs in a thread with as little stack as a thread has by default.
fn in_small_thread(run: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new()
        .stack_size(2 << 20)
        .spawn(run)
        .expect("a thread")
        .join()
        .expect("it does not panic");
}

/// Everything that nests, beyond the limit and beside it.
const NESTS: &[(&str, &str)] = &[
    ("{ a = ", " }"),
    ("[", "]"),
    ("(", ")"),
    ("f(", ")"),
    ("x[", "]"),
    ("\"\\(", ")\""),
    ("x => ", ""),
    ("(a, b) => ", ""),
    ("if a then ", ""),
    ("if a then b else ", ""),
    ("if ", " then a"),
    ("match x { a => ", " }"),
    ("match ", " { a => b }"),
    ("let a = 1 in ", ""),
    ("let a = ", " in b"),
    ("external ", ""),
    ("not ", ""),
    ("- ", ""),
    ("1 + ", ""),
    ("1 + 2 * ", ""),
    ("a ?? ", ""),
    ("a and b or ", ""),
    ("a is b == ", ""),
    ("a is ", ""),
    ("a.b", ""),
    ("1 .. ", ""),
    ("x as fn() -> ", ""),
    ("x as [", "]"),
    ("x as {Str: ", "}"),
    ("x as { a: ", " }"),
    ("x as A[", "]"),
    ("x as (", ")"),
    ("x as a & ", ""),
    ("x as a | b & ", ""),
    ("S with T { a = ", " }"),
    ("{ when ", " { } }"),
    ("{ for a in ", " { } }"),
    ("{ a ", "}"),
];

#[test]
fn nothing_nests_too_deep() {
    for (opening, closing) in NESTS {
        for count in [90, 110, 400, 20_000] {
            let text = format!("x = {}1{}", opening.repeat(count), closing.repeat(count));
            in_small_thread(move || {
                check_item(&text);
                let parsed = Parsed::new(text.as_str());
                assert!(
                    depth(&parsed) <= 8 * syntax::limits::DEPTH,
                    "{} levels for {:?}",
                    depth(&parsed),
                    &text[..40.min(text.len())]
                );
                let found = syntax::problems(parsed.tree());
                let formatted = syntax::format(&text);
                assert_eq!(found.is_empty(), formatted.problems.is_empty());
            });
        }
    }
}

fn depth(parsed: &Parsed) -> usize {
    let mut deepest = 0;
    let mut open: Vec<u32> = Vec::new();
    for node in parsed.tree().nodes() {
        while open.last().is_some_and(|end| *end <= node.id()) {
            open.pop();
        }
        open.push(node.id() + node.size());
        deepest = deepest.max(open.len());
    }
    deepest
}

#[test]
fn too_deep_is_one_problem() {
    let text = format!("x = {}", "{ a = ".repeat(300));
    let parsed = Parsed::new(text);
    let problems = syntax::problems(parsed.tree());
    assert_eq!(
        problems.iter().map(|problem| problem.code).collect::<Vec<_>>(),
        [problem::TOO_DEEP]
    );
    assert!(parsed.tree().root().child(NodeKind::TooDeep).is_some());
}

/// Large inputs without sense: the time is linear, with room for a slow machine.
#[test]
fn large_inputs_take_bounded_time() {
    let megabyte = 1 << 20;
    let part = megabyte / 4;
    let inputs: Vec<(&str, String)> = vec![
        ("10 MB of braces", "{".repeat(10 * megabyte)),
        ("10 MB of items that are left open", "a {\n".repeat(10 * megabyte / 4)),
        ("2 MB of strings that are left open", "x = \"\"\"\\(\n".repeat(part)),
        ("a line of 1 MB", format!("x = [{}]", "1, ".repeat(megabyte / 3))),
        ("a long word", format!("x = {}", "y".repeat(part))),
        ("a long sum", format!("x = {}1", "a + ".repeat(part / 4))),
        ("a long string", format!("x = \"{}\"", "y".repeat(part))),
        ("quotes", "\"".repeat(part)),
        ("brackets that do not match", "([}".repeat(part / 3)),
        ("brackets that close others", "[}".repeat(part / 2)),
        (
            "brackets that close others on many lines",
            format!("{}\n", "[}".repeat(60)).repeat(part / 121),
        ),
        ("single quotes", "' ".repeat(part / 2)),
        ("single quotes that no other closes", "'a ".repeat(part / 3)),
        ("quotes of blocks", "'''a\n''\n".repeat(part / 8)),
        ("what a template puts in", "x = {{}x} ".repeat(part / 10)),
        ("comments as YAML has them", "# a\n".repeat(part / 4)),
        ("keys as YAML has them", format!("---\n{}", "kind: a\n".repeat(part / 8))),
        ("texts over several lines", "x = \"\n\n\" a\n".repeat(part / 10)),
        ("closing brackets", ")]}".repeat(part / 3)),
        ("closing brackets on lines", "a\n  b = 1 }\n}\n".repeat(part / 14)),
        ("closing brackets further and further out", {
            let line = |n: usize| format!("{}a\n{}}}\n", " ".repeat(700 - n), " ".repeat(700 - n));
            format!("a\n{}", (0..700).map(line).collect::<String>()).repeat(2)
        }),
        (
            "brackets that are closed too early",
            format!("a {{\n{}}}\n", "  b\n    c = 1\n  }\n  d {\n".repeat(part / 30)),
        ),
        ("slashes", "/ ".repeat(part / 2)),
        ("foreign characters", "\u{1F600}".repeat(part / 4)),
        ("dots", ".".repeat(part)),
        ("documentation", "/// a\n".repeat(part / 6)),
        ("keywords", "if match let for when then else ".repeat(part / 32)),
    ];
    for (name, text) in inputs {
        let start = Instant::now();
        in_small_thread(move || {
            // Millions of small items take their time each; a few thousand show it.
            for item in syntax::cut(&text).items.into_iter().take(2_000) {
                let parsed = Parsed::new(&text[item.range()]);
                let _ = syntax::problems(parsed.tree()).len();
            }
        });
        println!("{name}: {:?}", start.elapsed());
        assert!(start.elapsed() < Duration::from_secs(60), "{name}");
    }
}

/// Twice the text takes about twice the time, wherever a rule might be tried again and again.
#[test]
fn time_is_linear() {
    for (opening, closing) in [
        ("[", "]"),
        ("{ a = ", " }"),
        ("f(", ")"),
        ("(", ")"),
        ("if a then ", ""),
        ("x as {Str: ", "}"),
        ("\"\\(", ")\""),
        ("{ when ", "{ } }"),
        ("[", ""),
    ] {
        let time = |copies: usize| {
            // Nested to the limit, and many of those.
            let one = format!("{}1{}", opening.repeat(80), closing.repeat(80));
            let text = format!("x = [{}]", format!("{one}, ").repeat(copies));
            let start = Instant::now();
            in_small_thread(move || drop(Parsed::new(text)));
            start.elapsed()
        };
        let (once, many) = (time(2).max(Duration::from_millis(1)), time(40));
        assert!(many < once * 400, "{opening}: {once:?} for 2, {many:?} for 40");
        assert!(many < Duration::from_secs(20), "{opening}: {many:?}");
    }
}
