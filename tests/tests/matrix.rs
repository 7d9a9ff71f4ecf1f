//! `depc check --matrix`: which combinations are tried, that each is told as a run of its own would, and what of a program
//! is evaluated again from one to the next.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fmt::Write;

use analysis::matrix::{Matrix, cover, matrix};
use analysis::problems::problems;
use analysis::workspace::{Memory, Options, Workspace};
use tests::command::Folder;
use tests::executed::Session;

fn memory(files: &[(&str, &str)]) -> Memory {
    let mut memory = Memory::default();
    for (path, text) in files {
        memory.write(path, *text);
    }
    memory
}

fn run(files: &[(&str, &str)], main: &str) -> Matrix {
    let options = Options::default();
    matrix(&mut Workspace::default(), &memory(files), main, &options, &mut |_, _| {})
}

/// The inputs that vary, with their values; a default that is only left alone stands in brackets.
fn inputs(matrix: &Matrix) -> Vec<String> {
    let value = |value: &analysis::matrix::Value| match value.setting {
        Some(_) => value.shown.clone(),
        None => format!("({})", value.shown),
    };
    let inputs = matrix.inputs.iter();
    inputs
        .map(|input| {
            let values: Vec<String> = input.values.iter().map(value).collect();
            format!("{}: {}", input.path, values.join(" "))
        })
        .collect()
}

#[test]
fn inputs_vary_as_their_types_say() {
    let program = r#"
variant Mode { off, on { level: Int = 1 } }
type Size = "s" | "m"

input flag: Bool = false
input size: Size = "m"
input one: "only" = "only"
input count: Int & 1..10 = 3
input open: Int & 2.. = 2
input both: Int & 1.. & ..5 = 1
input memory: Quantity & 64Mi..1Gi = 128Mi
input wait: Duration & 1s..1h = 5s
input auto: Bool | "auto" = "auto"
input perhaps: Bool? = unset
input mode: Mode = off
input level: Mode = on { level = 3 }
input computed: Bool = size == "m"
input needed: "x" | "y"
input text: Str = "a"
input number: Int = 1
"#;
    assert_eq!(
        inputs(&run(&[("main.dep", program)], "main.dep")),
        [
            "flag: false true",
            "size: s m",
            "count: 1 10 (3)",
            "both: 1 5",
            "memory: 64Mi 1Gi (128Mi)",
            "wait: 1s 1h (its default)",
            "auto: false true auto",
            "perhaps: false true (unset)",
            "mode: off on",
            "level: off on (its default)",
            "computed: false true (its default)",
            "needed: x y",
        ]
    );
}

#[test]
fn fields_vary_with_what_they_are_in() {
    let program = r#"
variant P { off, on { port: Int & 1..9 = 1, tls: Bool = false, mode: "a" | "b" } }
variant Many { none, some { a: Bool = false, b: Bool = false, c: Bool = false, d: Bool = false } }
input p: P = off
input many: Many = none
input opt: { a: Bool, b?: "x" | "y", in: { n: Int & 1..3 }, text: Str } = { a = true, in { n = 2 }, text = "t" }
check not (opt.in.n == 3 and opt.a): "n"
check match p { off => true, on x => not x.tls or x.port > 5 }: "ports"
"#;
    let matrix = run(&[("main.dep", program)], "main.dep");
    let on = |port: &str, tls: &str| {
        ["a", "b"].map(|mode| format!("on {{ {port}{tls}mode = \"{mode}\" }}"))
    };
    let cases = [on("", ""), on("", "tls = true, "), on("port = 9, ", "tls = true, ")].concat();
    assert_eq!(matrix.inputs[0].values.len(), 9, "{:?}", matrix.inputs[0].values);
    for case in cases {
        assert!(matrix.inputs[0].values.iter().any(|value| value.shown == case), "{case}");
    }
    assert_eq!(
        inputs(&matrix)[1..],
        [
            "many: none some some { a = true } some { b = true } some { c = true } some { d = true }",
            "opt.a: false true",
            "opt.b: x y (unset)",
            "opt.in.n: 1 3 (2)",
        ]
    );
    assert_eq!(matrix.inputs[1].untried, ["some, with every two values of its fields"]);
    let told: Vec<&str> = matrix.diagnostics.iter().map(|d| d.message.as_str()).collect();
    assert_eq!(told, ["n", "ports"]);
}

#[test]
fn what_shows_a_problem_is_all_that_it_takes() {
    // Not every combination is tried, so what those that were have in common may be chance.
    let inputs: String = ('a'..='m').map(|name| format!("input {name}: Bool = false\n")).collect();
    let inputs = inputs + "input n: 1 | 2 | 3 | 4 | 5 = 1\n";
    let program = format!("{inputs}check not (a and b and c and d): \"four\"\n");
    let matrix = run(&[("main.dep", &program)], "main.dep");
    assert!(matrix.all > Some(matrix.tried));
    let note = matrix.diagnostics.first().unwrap().notes.last().unwrap();
    assert!(
        note.starts_with("with a = true, b = true, c = true, d = true and the defaults"),
        "{note}"
    );
}

const PROGRAM: &str = r#"
use std.workload.Service
input mode: "a" | "b" | "c" = "a"
input debug: Bool = false
input count: Int & 0..3 = 1
app = Service {
  image = "ghcr.io/your-org/app:1.0.0"
  ports { http = 3000 }
  env { MODE = mode, DEBUG = str(debug) }
  replicas = count
  check not debug or mode != "b": "no debugging in b"
}
git = Service { image = "ghcr.io/your-org/git:\(mode)", ports { http = 8021 + count } }
half = 6 / count
"#;

#[test]
fn each_combination_is_told_as_in_a_run_of_its_own() {
    let memory = memory(&[("main.dep", PROGRAM)]);
    let mut warm = Workspace::default();
    let varied = Options { varied: true, ..Options::default() };
    let loaded = warm.load_with(&memory, "main.dep", &varied);
    let values = [["a", "b", "c"].as_slice(), &["false", "true"], &["0", "1", "3"]];
    let counts: Vec<usize> = values.iter().map(|values| values.len()).collect();
    let mut wrong = 0;
    for combination in cover::all(&counts) {
        let names = ["mode", "debug", "count"].iter().zip(values).zip(&combination);
        let settings: Vec<String> =
            names.map(|((name, values), at)| format!("{name}={}", values[*at])).collect();
        // Sometimes one is left out.
        let settings = &settings[combination[0].min(1)..];
        warm.vary("main.dep", &varied, settings);
        let found = problems(&warm, &loaded);
        let mut cold = Workspace::default();
        let options = Options { settings: settings.to_vec(), ..Options::default() };
        let loaded = cold.load_with(&memory, "main.dep", &options);
        assert_eq!(found, problems(&cold, &loaded), "{settings:?}");
        wrong += usize::from(!found.is_empty());
    }
    assert!(wrong > 3, "{wrong}");
}

#[test]
fn problems_are_told_with_what_shows_them() {
    let matrix = run(&[("main.dep", PROGRAM)], "main.dep");
    assert_eq!((matrix.tried, matrix.all), (18, Some(18)));
    let told: Vec<(&str, &str)> = matrix
        .diagnostics
        .iter()
        .map(|d| (d.code.as_str(), d.notes.last().map_or("", String::as_str)))
        .collect();
    assert_eq!(
        told,
        [
            (
                "E0307",
                "with mode = b, debug = true, whatever the other inputs are: in 3 of 18 combinations"
            ),
            ("E0310", "with count = 0, whatever the other inputs are: in 6 of 18 combinations"),
        ]
    );
}

#[test]
fn what_all_combinations_show_needs_no_combination() {
    let matrix =
        run(&[("main.dep", "input a: Bool = true\nx = 1 / 0\ny: Int = \"\"\n")], "main.dep");
    assert_eq!(matrix.diagnostics.len(), 2);
    assert!(matrix.diagnostics.iter().all(|d| d.notes.is_empty()), "{:?}", matrix.diagnostics);
}

#[test]
fn a_value_that_comes_from_the_matrix_is_shown_at_its_input() {
    let program = "input count: Int & 1..10 = 3\nsmall: Int & ..5 = 1\n";
    let overlay = "overlay \"./main.dep\"\noverride small = count\n";
    let matrix = run(&[("main.dep", program), ("top.dep", overlay)], "top.dep");
    assert_eq!(matrix.diagnostics.len(), 1);
    let diagnostic = &matrix.diagnostics[0];
    assert_eq!(diagnostic.notes.last().unwrap(), "with count = 10");
    let spans = diagnostic.span.iter().chain(diagnostic.related.iter().map(|(span, _)| span));
    assert!(spans.clone().all(|span| &*span.file != "--set"), "{diagnostic:?}");
}

#[test]
fn what_is_set_is_decided() {
    let base = "use \"./env.dep\" as env\ninput a: Bool = true\ninput b: Bool = true\nx = env.c\n";
    let files = [
        ("env.dep", "input c: Bool = true\ninput d: Bool = true\n"),
        ("main.dep", base),
        (
            "top.dep",
            "overlay \"./main.dep\"\na = false\nenv.d = false\ndefault b = false\ninput e: Bool = true\n",
        ),
    ];
    assert_eq!(
        inputs(&run(&files, "main.dep")),
        ["a: false true", "b: false true", "env.c: false true", "env.d: false true"]
    );
    let top = run(&files, "top.dep");
    assert_eq!(inputs(&top), ["b: false true", "e: false true", "env.c: false true"]);
    let options = Options { settings: vec!["b=true".to_owned()], ..Options::default() };
    let set =
        matrix(&mut Workspace::default(), &memory(&files), "top.dep", &options, &mut |_, _| {});
    assert_eq!(inputs(&set), ["e: false true", "env.c: false true"]);
    assert!(!set.diagnostics.iter().any(|d| d.is_error()), "{:?}", set.diagnostics);
}

#[test]
fn only_what_reads_a_value_is_evaluated_again() {
    let mut program =
        "use std.workload.Service\ninput debug: Bool = false\ninput mode: \"a\" | \"b\" = \"a\"\n"
            .to_owned();
    for number in 0..50 {
        let reads = match number {
            0 => "env { DEBUG = str(debug) }",
            1 => "env { MODE = mode }",
            2 => "env { URL = s0.endpoints.http.url }",
            _ => "",
        };
        writeln!(
            program,
            "s{number} = Service {{ image = \"ghcr.io/your-org/s:1.0.0\", ports {{ http = 3000 }}, {reads} }}"
        )
        .unwrap();
    }
    let mut session = Session::default();
    session.write("main.dep", &program);
    let memory = memory(&[("main.dep", &program)]);
    let mut runs = Vec::new();
    for settings in [["debug=false", "mode=a"], ["debug=true", "mode=a"], ["debug=true", "mode=b"]]
    {
        let workspace = session.workspace();
        let options = Options { varied: true, ..Options::default() };
        let loaded = workspace.load_with(&memory, "main.dep", &options);
        workspace.vary("main.dep", &options, &settings.map(str::to_owned));
        assert_eq!(problems(workspace, &loaded), []);
        runs.push(session.executed());
    }
    let validated = |run: usize| runs[run].get("validate").copied().unwrap_or_default();
    // Fifty services and two inputs, then the input that changed and the one service that reads it.
    assert_eq!((validated(0), validated(1), validated(2)), (52, 2, 2), "{runs:#?}");
    assert!(runs[2].values().sum::<usize>() < 20, "{:#?}", runs[2]);
}

#[test]
fn past_the_bound_any_two_values_meet() {
    let mut program = String::new();
    for number in 0..12 {
        writeln!(program, "input i{number}: Bool = false").unwrap();
    }
    for number in 1..12 {
        writeln!(program, "check not (i0 and i{number}): \"{number}\"").unwrap();
    }
    let matrix = run(&[("main.dep", &program)], "main.dep");
    assert_eq!((matrix.all, matrix.pairs_left), (Some(4096), 0));
    assert!((4..20).contains(&matrix.tried), "{}", matrix.tried);
    assert_eq!(matrix.diagnostics.len(), 11);
}

#[test]
fn the_command_says_how_many_there_were() {
    let folder = Folder::new(&[("a.dep", "input a: Bool = false\nx = a\n"), ("b.dep", "x = 1\n")]);
    let output = folder.depc(&["check", "a.dep", "b.dep", "--matrix"]);
    assert_eq!((output.code, output.stdout.as_str()), (0, ""));
    assert_eq!(
        output.stderr,
        "a.dep: checked all 2 combinations of a (2)\nb.dep: no input varies, so there is one combination\n"
    );
    folder.write("c.dep", "input a: Bool = false\ncheck not a: \"never\"\n");
    let output = folder.depc(&["check", "c.dep", "--matrix"]);
    assert_eq!(output.code, 1);
    assert!(output.stderr.contains("note: with a = true"), "{}", output.stderr);
    assert_eq!(folder.depc(&["check", "c.dep"]).code, 0);
    assert_eq!(folder.depc(&["check", "none.dep", "--matrix"]).code, 2);
}

#[test]
fn a_matrix_stands_on_a_file_of_values() {
    let program =
        "input size: Int = 1\ninput on: Bool = false\ncheck size < 5 or not on: \"too large\"\n";
    let folder = Folder::new(&[("app.dep", program), ("v.yaml", "size: 7\n")]);
    assert_eq!(folder.depc(&["check", "--matrix", "app.dep"]).code, 0);
    let output = folder.depc(&["check", "--matrix", "app.dep", "-f", "v.yaml"]);
    assert!(output.code == 1 && output.stderr.contains("too large"), "{output:?}");
    assert!(output.stderr.contains("on = true"), "{output:?}");
    let set = folder.depc(&["check", "--matrix", "app.dep", "-f", "v.yaml", "--set", "size=4"]);
    assert_eq!(set.code, 0, "{set:?}");
    // What the command line sets does not vary.
    let set = folder.depc(&["check", "--matrix", "app.dep", "-f", "v.yaml", "--set", "on=false"]);
    assert!(set.code == 0 && set.stderr.contains("no input varies"), "{set:?}");
}
