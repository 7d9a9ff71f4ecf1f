//! Deep chains and large rings of reads, at their limits and past them: an error, not a crash. The longest only with
//! `DEPC_HEAVY=1`.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "limits/table.rs"]
mod table;

use analysis::limits::OUTPUT_BYTES;
use analysis::matrix::matrix;
use analysis::problems::problems;
use analysis::workspace::{Memory, Options, Workspace};
use tests::command::Folder;
use tests::executed::Session;

const SCHEMA: &str = "schema Node {\n  a: Int = 1\n}\n";

/// `length` items of which each reads the next; the last reads `last`.
fn chain(length: usize, last: &str) -> String {
    let mut text = SCHEMA.to_owned();
    for n in 0..length {
        let next = if n + 1 < length { format!("n{}.a", n + 1) } else { last.to_owned() };
        text.push_str(&format!("n{n} = Node {{ a = {next} }}\n"));
    }
    text
}

/// The codes of what is wrong, each once; an edit elsewhere changes none.
fn codes(text: &str) -> Vec<String> {
    let mut session = Session::default();
    session.write("app.dep", text);
    let outcome = session.build("app.dep");
    let mut codes: Vec<String> =
        outcome.diagnostics.iter().map(|diagnostic| diagnostic.code.clone()).collect();
    codes.sort();
    codes.dedup();
    codes
}

#[test]
fn types_and_variants_without_end() {
    let row = |parts: usize| {
        let row = |n| format!("type T{} = {{ a: T{n}, b: T{n} }}\n", n + 1);
        let rows: String = (0..parts).map(row).collect();
        format!("type T0 = Int\n{rows}schema S {{\n  x?: T{parts}\n}}\ns = S {{}}\n")
    };
    assert_eq!(codes(&row(8)), Vec::<String>::new());
    assert_eq!(codes(&row(40)), ["E0505"]);
    let variant = |cases: usize| {
        let cases: String = (0..cases).map(|n| format!("  c{n}\n")).collect();
        format!("variant V {{\n{cases}}}\nschema S {{\n  v: V = c1\n}}\ns = S {{}}\n")
    };
    assert_eq!(codes(&variant(1_000)), Vec::<String>::new());
    assert_eq!(codes(&variant(1_001)), ["E0505"]);
}

#[test]
fn rows_of_files() {
    // Past the limit nothing is read: not what is wrong at the end of the row either.
    let mut session = Session::default();
    for n in 0..1_000 {
        session.write(&format!("o{n}.dep"), &format!("overlay \"./o{}.dep\"\n", n + 1));
    }
    session.write("o1000.dep", "x = = 1\n");
    let told = |session: &mut Session, file: &str| {
        let found = session.diagnostics(file);
        found.iter().map(|found| format!("{} {}", found.code, found.message)).collect::<Vec<_>>()
    };
    let found = told(&mut session, "o0.dep");
    assert_eq!(found, ["E0505 more than 64 overlays stand on each other"]);
    assert_eq!(told(&mut session, "o990.dep").iter().filter(|e| e.starts_with("E0505")).count(), 0);
    // Each file is looked at as often as it would be in a row of ten.
    let ran = |length: usize| {
        let mut session = Session::default();
        for n in 0..length {
            session.write(
                &format!("u{n}.dep"),
                &format!("use \"./u{}.dep\" as n\nx: Int = n.x\n", n + 1),
            );
        }
        session.write(&format!("u{length}.dep"), "x = 1\n");
        assert_eq!(told(&mut session, "u0.dep"), Vec::<String>::new());
        session.executed().values().sum::<usize>()
    };
    let (few, many) = (ran(50), ran(500));
    assert!(many <= few * 10, "{many} of {few}");
}

#[test]
fn maps_of_which_all_keys_are_read() {
    // Each read of one key opens the map; who reads more opens it for all of them.
    let mut session = Session::default();
    let map = "let m = { for i in range(5000) { \"k\\(i)\" = i } }\n";
    session.write("app.dep", &format!("{map}a = [m[\"k\\(i)\"] for i in range(5000)].sum()\n"));
    let outcome = session.build("app.dep");
    assert!(outcome.diagnostics.is_empty(), "{:?}", outcome.diagnostics);
    let reads = session.executed().get("found").copied().unwrap_or_default();
    assert!((1..50).contains(&reads), "{reads} reads");
}

#[test]
fn lists_of_which_all_elements_are_read() {
    // What is read of an element goes by way of the list, so that each would make it anew.
    let ran = |list: &str, files: &[(&str, String)]| {
        let mut session = Session::default();
        for (path, text) in files {
            session.write(path, text);
        }
        let read = "a = data.map(s => s.a).len()\nb = [s.b.c for s in data].sum()\n";
        session.write("app.dep", &format!("let data = {list}\n{read}"));
        let outcome = session.build("app.dep");
        assert!(outcome.diagnostics.is_empty(), "{}", session.rendered(&outcome.diagnostics));
        let reads = session.executed().get("found").copied().unwrap_or_default();
        assert!((1..100).contains(&reads), "{reads} reads");
    };
    ran("[{ a = \"\\(n)\", b { c = n } } for n in range(3000)]", &[]);
    let elements: Vec<String> =
        (0..3_000).map(|n| format!("{{\"a\":\"{n}\",\"b\":{{\"c\":{n}}}}}")).collect();
    let schemas = "schema B { c: Int }\nschema S { a: Str, b: B }";
    let data = ("data.json", format!("[{}]", elements.join(",")));
    ran(&format!("import \"data.json\" as [S]\n{schemas}"), &[data]);
}

/// `count` items that each go through a list as long as a list may be.
fn loops(count: usize) -> String {
    (0..count).map(|n| format!("x{n} = len([a for a in range(240000) if a < 0])\n")).collect()
}

#[test]
fn what_a_program_takes() {
    assert_eq!(codes(&loops(5)), Vec::<String>::new());
    // What is wrong with the values is not told then, and what is written is. The item that takes most is named.
    let mut session = Session::default();
    let longest = "y = len([a for a in range(250000) if a < 0])\n";
    let others = "x = 1 / x0\nz = nothing\n";
    session.write("app.dep", &format!("{}{longest}{}{others}", loops(2), loops(80)));
    let found = session.diagnostics("app.dep");
    let codes: Vec<&str> = found.iter().map(|found| &*found.code).collect();
    assert_eq!(codes, ["E0505", "E0101"], "{}", session.rendered(&found));
    let line = found[0].span.as_ref().map(|span| span.start.line);
    assert_eq!((line, found[0].related.len()), (Some(3), 1), "{}", session.rendered(&found));
    if !tests::heavy() {
        return;
    }
    // A session compares what it says after each edit with what a fresh one says: also where all that it knows was
    // evaluated bit by bit, and where most of what took too much is gone again.
    let mut session = Session::default();
    let mut codes = Vec::new();
    for count in [4, 6, 8, 10, 100, 10, 20, 8] {
        session.write("app.dep", &loops(count));
        codes.push(session.build("app.dep").diagnostics.len());
    }
    assert_eq!(codes, [0, 0, 0, 0, 1, 0, 1, 0]);
}

#[test]
fn what_an_item_takes() {
    // A loop takes as long as what is computed in each of its turns.
    let turns = |count: usize| {
        let conditions: Vec<String> = (1..=200).map(|n| format!("a == -{n}")).collect();
        format!("x = len([a for a in range({count}) if {}])\n", conditions.join(" or "))
    };
    assert_eq!(codes(&turns(1_000)), Vec::<String>::new());
    assert_eq!(codes(&turns(40_000)), ["E0505"]);
    // Strings of a MiB each, which are kept.
    let strings = |count: usize| {
        format!("x = len([\"\\(n)\".padEnd({}, \"x\") for n in range({count})])\n", 1 << 20)
    };
    assert_eq!(codes(&strings(8)), Vec::<String>::new());
    assert_eq!(codes(&strings(65)), ["E0505"]);
}

#[test]
fn what_is_printed() {
    // Objects of 40 kB each, and one that makes of all of them as much as is wanted.
    let built = |objects: usize, last: usize| {
        let map = |name: &str, bytes: usize| {
            format!(
                "{name} = k8s.ConfigMap {{ metadata {{ name = \"{name}\" }}, data {{ A = \"x\".repeat({bytes}) }} }}\n"
            )
        };
        let all: String = (0..objects).map(|n| map(&format!("o{n:05}"), 40_000)).collect();
        let mut files = Memory::default();
        files.write("app.dep", all + &map("last", last));
        let mut workspace = Workspace::default();
        let loaded = workspace.load(&files, "app.dep", &[]);
        let built = analysis::build::built(&workspace, &loaded, analysis::build::Format::Yaml);
        assert!(built.diagnostics.iter().all(|found| !found.is_error()));
        built.objects.map(|objects| objects.texts().map(<[u8]>::len).sum::<usize>()).ok()
    };
    let (none, one) = (built(0, 1).unwrap(), built(1, 1).unwrap());
    assert_eq!(built(2, 1), Some(2 * one - none));
    // More than that is no other path, and would be kept in memory.
    assert!(built(2, 1).unwrap() < OUTPUT_BYTES);
}

#[test]
fn what_checks_take() {
    // Each instance has as many mistakes as are kept; together they are more than are looked for, which the last line says.
    let checks: String = (0..1_000).map(|n| format!("  check a > {n}: \"{n}\"\n")).collect();
    let program = |instances: usize| {
        let instances: String = (0..instances).map(|n| format!("s{n} = S {{ a = 0 }}\n")).collect();
        format!("schema S {{\n  a: Int\n{checks}}}\n{instances}")
    };
    assert_eq!(codes(&program(2)), ["E0307"]);
    if tests::heavy() {
        assert_eq!(codes(&program(300)), ["E0307", "E0505"]);
    }
}

#[test]
fn what_tests_and_inputs_take() {
    let loops = "len([a for a in range(1000) for b in range(200) if a < 0])";
    let tests = |count: usize| -> String {
        let test = |n| format!("test \"t{n}\" {{ assert {loops} == 0 }}\n");
        (0..count).map(test).collect()
    };
    let folder = Folder::new(&[("few.dep", &tests(3)), ("many.dep", &tests(200))]);
    let few = folder.depc(&["test", "few.dep"]);
    assert!(few.code == 0, "{few:?}");
    let many = folder.depc(&["test", "many.dep"]);
    assert!(many.code == 1 && many.stdout.contains("judging these tests takes more"), "{many:?}");
    assert!(!many.stdout.contains("passed, 0 failed"), "{many:?}");
    let inputs: String = (0..100).map(|n| format!("input i{n}: Int = {loops}\n")).collect();
    folder.write("inputs.dep", &inputs);
    let listed = folder.depc(&["inputs", "inputs.dep"]);
    assert!(listed.code == 0 && listed.stdout.contains("i99"), "{listed:?}");
}

#[test]
fn what_a_matrix_takes() {
    // Each combination goes through a list that is nearly as long as a list may be.
    let program = |inputs: usize| {
        let sum: String = (0..inputs).map(|n| format!(" + (if i{n} then 1 else 0)")).collect();
        let inputs: String = (0..inputs).map(|n| format!("input i{n}: Bool = false\n")).collect();
        format!("{inputs}x = len([a for a in range(240000) if a < 0]){sum}\ny = nothing\n")
    };
    let tried = |workspace: &mut Workspace, files: &Memory| {
        let found = matrix(workspace, files, "app.dep", &Options::default(), &mut |_, _| {});
        let codes: Vec<String> = found.diagnostics.into_iter().map(|found| found.code).collect();
        (found.tried, found.refused, codes)
    };
    let of = |inputs: usize| {
        let mut files = Memory::default();
        files.write("app.dep", program(inputs));
        files
    };
    // It is the same whatever was asked before.
    let mut workspace = Workspace::default();
    for _ in 0..2 {
        assert_eq!(tried(&mut workspace, &of(2)), (4, false, vec!["E0101".to_owned()]));
    }
    if !tests::heavy() {
        return;
    }
    // What was wrong in those that were tried is told besides, and it is the same whatever was asked before.
    let files = of(7);
    let cold = tried(&mut Workspace::default(), &files);
    assert!((8..128).contains(&cold.0) && cold.1, "{cold:?}");
    assert_eq!(cold.2, ["E0583", "E0101"]);
    let mut warm = Workspace::default();
    let loaded = warm.load(&files, "app.dep", &[]);
    problems(&warm, &loaded);
    for _ in 0..2 {
        assert_eq!(tried(&mut warm, &files), cold);
    }
    // Neither what the inputs are is free, nor an answer that needs much of a program.
    let loops = "len([a for a in range(240000) if a < 0])";
    let inputs: String = (0..40).map(|n| format!("input i{n}: Bool = {loops} == 1\n")).collect();
    let sums: String = (0..40).map(|n| format!("x{n} = {loops} + x{}\n", n + 1)).collect();
    let folder = Folder::new(&[("inputs.dep", &inputs), ("sums.dep", &format!("{sums}x40 = 1\n"))]);
    let many = folder.depc(&["check", "--matrix", "inputs.dep"]);
    assert!(many.code == 1 && many.stderr.contains("none was tried"), "{many:?}");
    for arguments in [&["eval", "sums.dep", "x0"], &["explain", "sums.dep", "x0"]] {
        let refused = folder.depc(arguments);
        assert!(refused.stderr.contains("answering this takes more than"), "{refused:?}");
        assert_eq!(refused.code, 1);
    }
}

#[test]
fn overlays_that_share_what_they_lie_on() {
    // Each of two lies on both of the next two, so that with 30 of them there are 2³⁰ ways down; with 31 files in a row.
    let ran = |levels: usize| {
        let mut session = Session::default();
        for n in 0..levels {
            for side in ["a", "b"] {
                let below = format!("overlay \"./f{}a.dep\", \"./f{}b.dep\"\n", n + 1, n + 1);
                let text =
                    if n + 1 < levels { below } else { "overlay \"./base.dep\"\n".to_owned() };
                session.write(&format!("f{n}{side}.dep"), &text);
            }
        }
        session.write("base.dep", "input x: Int = 1\n");
        session.write("app.dep", "overlay \"./f0a.dep\", \"./f0b.dep\"\ny: Int = nothing + x\n");
        let found = session.diagnostics("app.dep");
        let codes: Vec<&str> = found.iter().map(|found| &*found.code).collect();
        assert_eq!(codes, ["E0101"], "{}", session.rendered(&found));
        session.executed().values().sum::<usize>()
    };
    // What is looked at grows as the number of files does, and not as that of ways.
    let (few, many) = (ran(10), ran(30));
    assert!(many <= few * 3, "{many} queries with 30 levels, and {few} with 10");
}

#[test]
fn a_type_that_was_refused() {
    // Its value holds itself, in a record that is made anew for each that it stands in.
    let text = "let all = { app = {\n  spec { selector { matchLabels = all } }\n  metadata { labels = all }\n} }\n\
                web = k8s.Deployment { metadata { name = \"web\", labels = all } }\n";
    assert!(codes(text).contains(&"E0233".to_owned()), "{:?}", codes(text));
}

#[test]
fn settings_and_patterns_without_end() {
    let values = |count: usize| -> String {
        (0..count).map(|n| format!("  k{n}: {n}\n")).collect::<String>()
    };
    let folder = Folder::new(&[
        ("app.dep", "schema S { m: {Str: Int} }\ninput s: S = S { m {} }\n"),
        ("many.yaml", &format!("s:\n m:\n{}", values(10_001))),
        ("few.yaml", &format!("s:\n m:\n{}", values(100))),
    ]);
    let few = folder.depc(&["check", "app.dep", "-f", "few.yaml"]);
    assert!(few.code == 0, "{few:?}");
    let many = folder.depc(&["check", "app.dep", "-f", "many.yaml"]);
    assert!(many.code == 1 && many.stderr.contains("sets at most 10000 fields"), "{many:?}");
    assert_eq!(many.stderr.matches("error[").count(), 1, "{many:?}");
    let pattern =
        |times| format!("type T = Str & /([a-z]{{{times}}}){{{times}}}/\nx: T? = unset\n");
    assert_eq!(codes(&pattern(20)), Vec::<String>::new());
    assert_eq!(codes(&pattern(900)), ["E0117"]);
    // What a text takes that is matched is the product of both.
    let matched = |letters: usize| {
        format!("type T = Str & /((a?){{400}}(a){{400}})*/\nx: T = \"{}\"\n", "a".repeat(letters))
    };
    assert_eq!(codes(&matched(400)), Vec::<String>::new());
    assert_eq!(codes(&matched(399)), ["E0302"]);
    assert_eq!(codes(&matched(1_000_000)), ["E0505"]);
}

#[test]
fn names_among_many() {
    // A name that differs in one place is found among however many.
    let many: String = (0..2_000).map(|n| format!("service{n:04} = {n}\n")).collect();
    let mut session = Session::default();
    session.write("app.dep", &format!("{many}x = servcie1990\n"));
    let found = session.diagnostics("app.dep");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].help.as_deref(), Some("did you mean `service1990`?"));
}

#[test]
fn chains_of_reads() {
    assert_eq!(codes(&chain(200, "1")), Vec::<String>::new());
    // What only follows from a mistake at the end is no ring, however long the way.
    assert_eq!(codes(&chain(200, "1 / 0")), ["E0310"]);
    assert_eq!(
        codes(&format!(
            "{}n200 = Node {{ a = n201.a + 1 }}\nn201 = Node {{ a = n200.a }}\n",
            chain(200, "n200.a")
        )),
        ["E0501"]
    );
    // Longer ones take their time without optimisation.
    if tests::heavy() {
        assert_eq!(codes(&chain(9_000, "1")), Vec::<String>::new());
        assert_eq!(codes(&chain(11_000, "1")), ["E0502"]);
        // There are more than fit on a stack, and still it is one error, at the beginning.
        let mut session = Session::default();
        session.write("app.dep", &chain(29_000, "1"));
        let found = session.build("app.dep").diagnostics;
        assert_eq!(found.len(), 1, "{}", session.rendered(&found));
        assert!(session.rendered(&found).contains("n0 → n1 → n2"), "{}", session.rendered(&found));
    }
}

#[test]
fn rows_of_large_values() {
    // Who reads one key of a map opens it, and keeps it while the next one is read.
    let maps = |keys: usize| {
        format!(
            "a: {{Str: Int}} = {{ for i in range({keys}) {{ \"n\\(i)\" = b[\"n\\(i)\"] }} }}\n\
             b: {{Str: Int}} = {{ for i in range({keys}) {{ \"n\\(i)\" = if i == {} then 0 else a[\"n\\(i+1)\"] }} }}\n",
            keys - 1
        )
    };
    assert_eq!(codes(&maps(100)), Vec::<String>::new());
    assert_eq!(codes(&maps(1_000)), ["E0502"]);
    // Nor is there stack for rows of large expressions.
    let brackets = |n: usize| format!("{}x{}{}", "-(".repeat(90), n + 1, " + 1)".repeat(90));
    let row = |length: usize| {
        let rows = (0..length).map(|n| format!("x{n}: Int = {}\n", brackets(n)));
        rows.collect::<String>() + &format!("x{length}: Int = 1\n")
    };
    assert_eq!(codes(&row(100)), Vec::<String>::new());
    assert_eq!(codes(&row(3_000)), ["E0502"]);
    let fields: String = (0..1_900).map(|n| format!("  x{n}: Int = {}\n", brackets(n))).collect();
    assert_eq!(
        codes(&format!("schema S {{\n{fields}  x1900: Int = 1\n}}\nx = S {{}}\n")),
        ["E0504"]
    );
}

/// `length` lines of which each names the next, and a last one.
fn row(length: usize, line: impl Fn(usize) -> String, last: &str) -> String {
    (0..length).map(line).chain([last.to_owned()]).collect()
}

#[test]
fn rows_of_definitions() {
    /// A line by its number.
    type Line = fn(usize) -> String;
    let rows: [(Line, Line); 4] = [
        (|n| format!("n{n} = n{}\n", n + 1), |end| format!("n{end} = 1\n")),
        (|n| format!("n{n} = n{} + 1\n", n + 1), |end| format!("n{end} = 1\n")),
        (|n| format!("type T{n} = T{}\n", n + 1), |end| format!("type T{end} = Int\nx: T0 = 1\n")),
        (
            |n| format!("fn f{n}() -> Int = f{}()\n", n + 1),
            |end| format!("fn f{end}() -> Int = 1\n"),
        ),
    ];
    for (line, last) in rows {
        assert_eq!(codes(&row(500, line, &last(500))), Vec::<String>::new());
    }
    for (line, last) in rows.into_iter().take(3) {
        assert_eq!(codes(&row(1_001, line, &last(1_001))), ["E0502"]);
        // More than are read within each other.
        if tests::heavy() {
            assert_eq!(codes(&row(5_000, line, &last(5_000))), ["E0502"]);
        }
    }
}

#[test]
fn schemas_above_each_other() {
    let line = |n: usize| format!("schema S{n} extends S{} {{}}\n", n + 1);
    let last = |end: usize| format!("schema S{end} {{\n  a: Int\n}}\nx = S0 {{ a = 1 }}\n");
    assert_eq!(codes(&row(64, line, &last(64))), Vec::<String>::new());
    assert_eq!(codes(&row(65, line, &last(65))), ["E0504"]);
    if tests::heavy() {
        assert_eq!(codes(&row(2_000, line, &last(2_000))), ["E0504"]);
    }
}

#[test]
fn fields_of_a_schema() {
    let schema = |count: usize| {
        let fields: String = (0..count).map(|n| format!("  a{n}: Int = 1\n")).collect();
        format!("schema A {{\n{fields}}}\n")
    };
    assert_eq!(codes(&schema(2_000)), Vec::<String>::new());
    assert_eq!(codes(&schema(2_001)), ["E0505"]);
}

#[test]
fn rings_of_reads() {
    assert_eq!(codes(&chain(5, "n0.a")), ["E0501"]);
    assert_eq!(codes(&chain(300, "n0.a")), ["E0503"]);
    if tests::heavy() {
        assert_eq!(codes(&chain(256, "n0.a")), ["E0501"]);
        assert_eq!(codes(&chain(3000, "n0.a")), ["E0503"]);
    }
}

#[test]
fn a_ring_is_reported_whole_and_once() {
    let mut session = Session::default();
    session.write("app.dep", &format!("{}after = Node {{ a = n0.a }}\n", chain(3, "n0.a")));
    let outcome = session.build("app.dep");
    assert_eq!(outcome.diagnostics.len(), 1, "{}", session.rendered(&outcome.diagnostics));
    let message = &outcome.diagnostics[0].message;
    assert!(
        message.contains("n0.a") && message.contains("n1.a") && message.contains("n2.a"),
        "{message}"
    );
}

#[test]
fn expressions_of_very_many_parts() {
    let many = 100_000;
    let chains = [
        format!("a: Int = {}1\n", "1 + ".repeat(many)),
        format!("a: Int = {}1\n", "-".repeat(many)),
        format!("a: Bool = {}true\n", "not ".repeat(many)),
        format!("b: Str = \"b\"\na: Str = b{}\n", ".c".repeat(many)),
    ];
    for text in chains {
        assert_eq!(codes(&text), ["E0504"]);
    }
}

/// Keys that are computed of keys: what each costs is not doubled by the one around it.
#[test]
fn keys_within_keys() {
    let within = |map: &str| (0..40).fold("key".to_owned(), |key, _| format!("{map}[{key}]"));
    let head = "let plain: {Str: Str} = { a = \"a\" }\nlet closed = { a = \"a\" }\ninput key: Str = \"a\"\n";
    let text = format!("{head}x: Str = {}\ny: Str = {}\n", within("plain"), within("closed"));
    assert_eq!(codes(&text), Vec::<String>::new());
}
