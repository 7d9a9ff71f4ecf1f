//! The functions of the library: each is documented, its examples are executed, and the reference lists it.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;
use std::fmt::Write as _;

use tests::executed::Session;
use tests::functions::{Function, about, all};

/// The functions whose examples are executed; those of components belong to the pages of services, and what only a
/// derivation calls to the page of derivations.
fn documented() -> Vec<Function> {
    let shown = |function: &Function| !function.examples.is_empty() || function.builtin;
    all().into_iter().filter(|f| shown(f) && f.module != "std.network").collect()
}

#[test]
fn examples_of_functions_hold() {
    let mut wrong = String::new();
    let mut count = 0;
    for function in documented() {
        let (module, name) = (function.module, &function.name);
        assert!(!function.doc.is_empty(), "{module}.{name} says nothing of itself");
        assert!(!function.examples.is_empty(), "{module}.{name} has no example");
        let mut text = String::new();
        if !function.everywhere {
            writeln!(text, "use {module}").unwrap();
        }
        for example in &function.examples {
            writeln!(text, "check {example}: \"this does not hold\"").unwrap();
            count += 1;
        }
        let mut session = Session::default();
        session.write("main.dep", &text);
        let diagnostics = session.diagnostics("main.dep");
        if !diagnostics.is_empty() {
            write!(wrong, "{module}.{name}:\n{}", session.rendered(&diagnostics)).unwrap();
            continue;
        }
        // What the library gets wrong is not told to its users, so the contrary must fail, too.
        let contrary = text.replace("check ", "check not (").replace(": \"this", "): \"this");
        session.write("main.dep", &contrary);
        let failed = session.diagnostics("main.dep").len();
        if failed != function.examples.len() {
            writeln!(wrong, "{module}.{name}: an example is not even wrong").unwrap();
        }
    }
    assert!(count > 100, "only {count} examples");
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn a_wrong_example_is_found() {
    let mut session = Session::default();
    session.write("main.dep", "check \"A\".lower() == \"b\": \"this does not hold\"\n");
    let diagnostics = session.diagnostics("main.dep");
    assert_eq!(diagnostics.len(), 1);
    assert_eq!(diagnostics[0].code, "E0307");
}

#[test]
fn what_is_declared_is_what_is_computed() {
    let declared: BTreeSet<(String, String)> = all()
        .into_iter()
        .filter(|function| function.builtin)
        .map(|function| (function.module.to_owned(), function.name))
        .collect();
    let computed: BTreeSet<(String, String)> = analysis::eval::builtins::all()
        .map(|(module, name)| (module.to_owned(), name.to_owned()))
        .collect();
    assert_eq!(declared, computed);
}

#[test]
fn defaults_of_what_is_computed_are_constants() {
    for function in all().iter().filter(|function| function.builtin) {
        for default in function.signature.split(" = ").skip(1) {
            let default = default.split([',', ')']).next().unwrap();
            let constant = default.starts_with('"')
                || default.parse::<i64>().is_ok()
                || matches!(default, "true" | "false");
            assert!(constant, "{}: the default {default} is no constant", function.signature);
        }
    }
}

#[test]
fn the_reference_lists_all_functions() {
    let path = tests::root().join("tests/language/functions.md");
    let mut page = String::from(INTRODUCTION);
    let mut module = "";
    for function in documented() {
        if function.module != module {
            module = function.module;
            write!(page, "\n## {module}\n\n{}\n", about(module)).unwrap();
            if !function.everywhere {
                write!(page, "\nWrite `use {module}`.\n").unwrap();
            }
        }
        let Function { name, signature, doc, examples, .. } = function;
        let examples = examples.join("\n");
        write!(page, "\n### {name}\n\n`{signature}`\n\n{doc}\n\n```example\n{examples}\n```\n")
            .unwrap();
    }
    if tests::update() {
        std::fs::write(&path, &page).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(written == page, "UPDATE=1 writes tests/language/functions.md anew");
}

const INTRODUCTION: &str = "# Functions

The functions that the library brings.
This page is written by `tests/tests/functions.rs` from the declarations in `stdlib/std`; each example is executed and true.

The functions of `std.strings`, `std.lists`, `std.maps` and `std.numbers` are in scope everywhere.
`f(x, y)` may be written `x.f(y)`; where several functions have one name, the type of `x` says which is meant.
Functions of other modules are called by the name of their module, after `use`.

A capital letter is a type that the call decides, the same throughout a signature: `T`, `U` and `V` are any type, `K` is the type of the keys of a map.
`Number` is one of `Int`, `Float`, `Quantity`, `Duration` and `Percent`; `Ordered` is a number or `Str`; `Scalar` is that or `Bool`.

Functions are total.
What is absent for a good reason is absent in the type of the result: `first([])`.
What makes no sense is an error at the argument, found before anything is evaluated where the argument is a constant: `\"a\".repeat(-1)`.
";
