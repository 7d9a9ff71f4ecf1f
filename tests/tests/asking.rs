//! `depc eval` and `depc inputs`: what the pages do not show of them.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use tests::command::{Folder, depc_with_input};

const APP: &str = "use std.workload.Service

let port = 3000
_asked: Int = 7

fn twice(x: Int) -> Int = 2 * x

app = Service {
  image = \"ghcr.io/your-org/app:v1\"
  ports { http = port }
}
other = Service {
  image = \"ghcr.io/your-org/other:v1\"
  ports { http = app.ports.http }
}
";

/// What is wrong in a program, to stand below what is right.
const BROKEN: &str = "worker = Service {
  image = \"ghcr.io/your-org/worker:v1\"
  ports { http = port }
  env { X = broken }
}
broken: Str = \"\\(1 / zero)\"
zero: Int = 0
";

fn eval(expression: &str, format: &str) -> String {
    let folder = Folder::new(&[("app.dep", APP)]);
    let output = folder.depc(&["eval", "app.dep", expression, "-o", format]);
    assert_eq!((output.code, output.stderr.as_str()), (0, ""), "{expression}: {output:?}");
    output.stdout
}

#[test]
fn everything_in_the_scope_of_the_file_may_be_named() {
    assert_eq!(eval("port", "dep"), "3000\n");
    assert_eq!(eval("twice(_asked)", "dep"), "14\n");
    assert_eq!(eval("app.endpoints.http.url", "dep"), "\"http://app:3000\"\n");
    assert_eq!(eval("-port", "dep"), "-3000\n");
    assert_eq!(eval("other.ports.http == port", "dep"), "true\n");
}

#[test]
fn a_value_is_printed_as_it_would_be_written() {
    for text in [
        "\"a \\\"b\\\" \\\\(c) \\n\\t\"",
        "[1, \"x\", true]",
        "{\n  a = 1\n  \"b-c\" {\n    d = [2, 3]\n  }\n}",
        "2..10",
        "-1.5",
        "null",
    ] {
        assert_eq!(eval(text, "dep"), format!("{text}\n"));
    }
    assert_eq!(
        eval("{ a = 1..2, b = [null], c = 1.0 }", "json"),
        "{\n  \"a\": \"1..2\",\n  \"b\": [\n    null\n  ],\n  \"c\": 1.0\n}\n"
    );
    assert_eq!(eval("{ a = \"1\", b = [\"x y\"] }", "yaml"), "a: \"1\"\nb:\n- x y\n");
    assert_eq!(
        eval("app.deployment.spec.template.spec.containers", "json")
            .matches("\"name\": \"app\"")
            .count(),
        1
    );
}

#[test]
fn only_what_is_asked_for_needs_to_be_right() {
    let folder = Folder::new(&[("app.dep", &format!("{APP}{BROKEN}"))]);
    let output = folder.depc(&["eval", "app.dep", "port"]);
    assert_eq!((output.code, output.stdout.as_str()), (0, "3000\n"));
    assert_eq!(output.stderr, "there is an error in this program: `depc check app.dep`\n");
    let output = folder.depc(&["eval", "app.dep", "broken"]);
    assert_eq!((output.code, output.stdout.as_str()), (1, ""));
    assert!(output.stderr.contains("E0310"), "{}", output.stderr);
    let output = folder.depc(&["eval", "app.dep", "app.image\nx = 1"]);
    assert!(output.stderr.contains("E0719") && output.code == 1, "{output:?}");
    let output = folder.depc(&["eval", "app.dep", "[\n  port,\n  prt\n]"]);
    assert!(output.stderr.contains("<expression>:3:3"), "{}", output.stderr);
    assert_eq!(folder.depc(&["eval", "no.dep", "1"]).code, 2);
    assert_eq!(folder.depc(&["eval", "app.dep"]).code, 2);
}

#[test]
fn whatever_is_asked_ends_without_a_panic() {
    let folder = Folder::new(&[("app.dep", APP)]);
    for text in [
        "}",
        "{",
        "(",
        "\"",
        "\"\"\"",
        "let x = 1",
        "x =>",
        "[",
        "// c",
        "app {",
        "app { replicas = 2 }",
        "key",
        "prev",
        "unset",
        "import \"x\"",
        "_asked_",
        "__asked",
        "for",
        ".x",
        "1..2..3",
        "app.app.app",
        "app[app]",
        "\u{0}",
        "é",
        "app.deployment { spec { replicas = 7 } }",
        "external Service {}",
        "Service {}",
        "Service",
        "x is set",
        "fn",
    ] {
        for format in ["dep", "json", "yaml"] {
            let output = folder.depc(&["eval", "app.dep", text, "-o", format]);
            assert!(output.code < 2, "{text}: {output:?}");
            assert_eq!(output.code == 0, output.stderr.is_empty(), "{text}: {output:?}");
        }
    }
}

#[test]
fn standard_input_has_inputs_too() {
    let folder = Folder::new(&[]);
    let output = depc_with_input(&folder.path(), &["inputs", "-"], b"/// Tag.\ninput tag: Str\n");
    assert_eq!((output.code, output.stdout.as_str()), (0, "tag: Str  (required)\n    Tag.\n"));
    let output = depc_with_input(&folder.path(), &["inputs", "-", "-o", "json"], b"a: Int = 1\n");
    assert_eq!((output.code, output.stdout.as_str()), (0, "[]\n"));
}
