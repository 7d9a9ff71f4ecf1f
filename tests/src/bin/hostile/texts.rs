//! What is hard to read.

use super::{Cases, lines};

pub(super) fn add(cases: &mut Cases) {
    let million = 1_000_000;
    cases.file("a million open braces", || format!("x {}", "{".repeat(million)));
    cases.file("a million open brackets", || format!("x = {}", "[".repeat(million)));
    cases.file("a million open parentheses", || format!("x = {}1", "(".repeat(million)));
    cases.file("a million closing braces", || "}".repeat(million));
    cases.file("a million signs", || format!("x = {}1", "-".repeat(million)));
    cases.file("a million additions", || format!("x = 1{}", " + 1".repeat(million)));
    cases.file("a million members", || format!("x = y{}", ".a".repeat(million)));
    cases.file("interpolations within each other", || {
        format!("x = {}", "\"\\(".repeat(million / 3))
    });
    cases.file("conditions within each other", || {
        format!("x = {}1", "if true then ".repeat(100_000))
    });
    cases.file("functions within each other", || format!("x = {}1", "a => ".repeat(100_000)));
    cases.file("one long name", || format!("{} = 1", "x".repeat(16 << 20)));
    cases.file("one long text", || format!("x = \"{}\"", "x".repeat(30 << 20)));
    cases.file("one long number", || format!("x = {}", "9".repeat(million)));
    cases.file("one long comment", || format!("// {}\nx = 1", "x".repeat(30 << 20)));
    cases.file("a file that is too large", || "x".repeat((64 << 20) + 1));
    cases.file("a list of seven million numbers", || format!("x = [{}]", "1,".repeat(7 << 20)));
    cases.file("lists of as many numbers as may be", || {
        lines(8, |n| format!("x{n} = [{}]", "1,".repeat(250_000)))
    });
    cases.file("nothing but quotes", || "\"".repeat(million));
    cases.file("nothing but line breaks", || "\n".repeat(30 << 20));
    cases.file("a hundred thousand mistakes", || lines(100_000, |n| format!("x{n} = = {n}")));
    cases.file("a name bound again and again", || lines(50_000, |n| format!("x = {n}")));
    cases
        .file("unknown names among many", || lines(5_000, |n| format!("service{n} = servise{n}x")));
    cases.file("a name in each that nothing has", || {
        lines(8_000, |n| format!("service{n}: Int = servcie{n}"))
    });
    cases.file("a hundred names in each that nothing has", || {
        let names: Vec<String> = (0..100).map(|n| format!("zz{n}")).collect();
        lines(3_000, |n| format!("let x{n} = [{}]", names.join(", ")))
    });
    cases.asked("a line in each that is to be laid out", &["fmt", "--check", "main.dep"], || {
        lines(14_000, |n| format!("x{n}: Int = [1, 2"))
    });
    cases.file("words that need more on one line", || "emit emit ".repeat(12_000));
    cases.file("loops without an end", || "for x in ".repeat(30_000));
    cases.file("mistakes of all kinds on one line", || {
        format!("schema S {{\n  a: {}", "not ,use ?)".repeat(6_000))
    });
    cases.file("mistakes beside what is sensitive", || {
        let schema = "schema D { password: Sensitive[Str], a: Int = 1 }\nd = D {\n";
        let wrong = lines(12_000, |n| format!("  a = ) \"t{n}\""));
        format!("{schema}  password = \"secret\"\n{wrong}\n}}")
    });
    cases.file("conditions in a list", || format!("x = [{}", ",when :".repeat(17_000)));
    cases.file("unknown paths in one body", || {
        let service = "use std.workload.Service\nw = Service {\n  image = \"a/b:1\"\n";
        format!("{service}{}\n}}", lines(4_800, |n| format!("  a{n}.b = 1")))
    });
    cases.file("unknown blocks in one body", || {
        let service = "use std.workload.Service\nw = Service {\n  image = \"a/b:1\"\n";
        format!("{service}{}\n}}", lines(4_800, |n| format!("  a{n} {{ x = 1 }}")))
    });
    cases.file("one block again and again", || {
        format!("schema S {{\n{}\n}}", "  ports { http = 80 }\n".repeat(4_800))
    });
    cases.file("a hundred thousand items", || lines(100_000, |n| format!("x{n} = {n}")));
}
