//! What is small as it is written and kept, and without end for who goes through it: values and types that stand in many
//! places of each other.

use super::{Cases, lines};

/// Rows of `let`s that each hold the one before as often as `next` says.
fn row(name: &str, first: &str, next: impl Fn(String) -> String) -> String {
    let next = |n: usize| format!("let {name}{}: Any = {}", n + 1, next(format!("{name}{n}")));
    format!("let {name}0: Any = {first}\n{}", lines(40, next))
}

fn records(name: &str) -> String {
    row(name, "{ l = 1, r = 1 }", |inner| format!("{{ l = {inner}, r = {inner} }}"))
}

fn lists(name: &str) -> String {
    row(name, "[1]", |inner| format!("[{inner}, {inner}]"))
}

pub(super) fn add(cases: &mut Cases) {
    cases.file("types of records doubled forty times", || {
        let row = lines(40, |n| format!("let a{} = {{ l = a{n}, r = a{n} }}", n + 1));
        format!("let a0 = {{ l = 1, r = 1 }}\n{row}x = json(a40)\n")
    });
    cases.file("records of as many parts as there may be", || {
        let row = lines(14, |n| format!("let a{} = {{ l = a{n}, r = a{n} }}", n + 1));
        let all = lines(29_000, |n| format!("let b{n} = {{ l = a14 }}"));
        format!("let a0 = {{ l = 1, r = 1 }}\n{row}{all}")
    });
    cases.file("records doubled forty times, as JSON", || records("a") + "x = json(a40)\n");
    cases.file("lists doubled forty times, as YAML", || lists("a") + "x = yaml(a40)\n");
    cases.file("records doubled forty times, without equals", || {
        records("a") + &records("b") + "x = len([a40, b40].distinct())\n"
    });
    cases.file("lists doubled forty times, without equals", || {
        lists("a") + &lists("b") + "x = len([a40, b40].distinct())\n"
    });
    cases.file("lists doubled forty times in one item, printed", || {
        let row = lists("a").replace("let", "  let");
        format!("x = {{\n{row}  y: Any = [a40, a40] as ([Any] & unique)\n}}\n")
    });
    cases.file("lists doubled forty times, cast", || lists("a") + "x = a40 as [Any]\n");
    cases.asked("records doubled forty times, asked for", &["eval", "main.dep", "x"], || {
        records("a") + "x = a40\n"
    });
    cases.asked(
        "lists doubled forty times, asked for as JSON",
        &["eval", "main.dep", "x", "-o", "json"],
        || lists("a") + "x = a40\n",
    );
    cases.asked("lists doubled forty times, explained", &["explain", "main.dep", "x"], || {
        lists("a") + "x = a40\n"
    });
    cases.file("a custom resource that holds what is doubled forty times", || {
        let object = "({ apiVersion = \"a.b/v1\", kind = \"K\", metadata = { name = \"k\" }, spec = a40 } as k8s.Object)";
        format!("{}x = {object}\n", records("a"))
    });
    let texts = "let a = \"x\".repeat(4000000)\nlet b = \"x\".repeat(3999999) + \"x\"\n";
    let each = |what: &str| format!("{texts}x = len([n for n in range(200000) if {what}])\n");
    cases.file("long texts compared again and again", || each("a != b"));
    cases.file("long texts ordered again and again", || each("a < b"));
    cases.file("a long text counted again and again", || each("len(a) == n"));
    cases.file("a long text looked through again and again", || each("a.contains(\"y\")"));
    cases.file("long keys", || {
        format!("{texts}x = {{ m = {{ [if n < 0 then a else b] = n for n in range(200000) }} }}\n")
    });
    cases.file("long texts sorted", || {
        format!("{texts}x = len([if n < 0 then a else b for n in range(200000)].sort())\n")
    });
    cases.file("the greatest of many, again and again", || {
        "let all = range(200000)\nx = len([n for n in range(200000) if all.max() == n])\n"
            .to_owned()
    });
    cases.file("large records compared again and again", || {
        let fields = lines(5_000, |n| format!("  a{n} = {n}"));
        format!("let a = {{\n{fields}}}\nlet b = {{\n{fields}}}\nx = len([n for n in range(200000) if a != b])\n")
    });
    cases.file("large records compared with others in another order", || {
        let field = |n: usize| format!("  a{n} = {n}");
        let (there, back) = (lines(5_000, field), lines(5_000, |n| field(4_999 - n)));
        format!("let a = {{\n{there}}}\nlet b = {{\n{back}}}\nx = len([n for n in range(200000) if a != b])\n")
    });
    let large =
        || format!("let b = {{\n{}}}\n", lines(8_000, |n| format!("  a{n} = {{ c = {n} }}")));
    cases.file("each field of a large record", || {
        let all: Vec<String> = (0..8_000).map(|n| format!("b.a{n}.c")).collect();
        format!("{}x = [{}]\n", large(), all.join(", "))
    });
    cases.file("each key of a large record", || {
        let all: Vec<String> = (0..8_000).map(|n| format!("b[\"a{n}\"].c")).collect();
        format!("{}x = [{}]\n", large(), all.join(", "))
    });
    cases.file("each key of a map, in items of their own", || {
        let keys = lines(10_000, |n| format!("  k{n} = {n}"));
        let reads = lines(10_000, |n| format!("x{n}: Int = m.k{n}\ny{n} = m[\"k{n}\"]"));
        format!("m: {{Str: Int}} = {{\n{keys}}}\n{reads}")
    });
    cases.file("two hundred thousand names in scope", || {
        format!("x = {{\n{}  y = a0\n}}\n", lines(200_000, |n| format!("let a{n} = 1")))
    });
    cases.file("a function of a hundred thousand parameters", || {
        let params: Vec<String> = (0..100_000).map(|n| format!("a{n}: Int")).collect();
        let sum: Vec<&str> = vec!["a0"; 900];
        format!("fn f({}) -> Int = {}\n", params.join(", "), sum.join(" + "))
    });
}
