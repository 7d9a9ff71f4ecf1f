//! What is hard to evaluate.

use super::{Cases, lines};

pub(super) fn add(cases: &mut Cases) {
    cases.file("a function that calls itself", || {
        "fn f(n: Int) -> Int = f(n)\nx = f(1)\n".to_owned()
    });
    cases.file("a function that calls itself twice through others", || {
        "fn f(n: Int) -> Int = g(n) + g(n)\nfn g(n: Int) -> Int = f(n) + f(n)\nx = f(1)\n"
            .to_owned()
    });
    let doubled = |first: &str, next: fn(usize) -> String| {
        format!(
            "let a0 = {first}\n{}x = a60\n",
            lines(60, |n| format!("let a{} = {}", n + 1, next(n)))
        )
    };
    cases.file("a text doubled sixty times", || {
        doubled("\"xxxxxxxx\"", |n| format!("\"\\(a{n})\\(a{n})\""))
    });
    cases.file("a list doubled sixty times", || doubled("[1]", |n| format!("[...a{n}, ...a{n}]")));
    cases.file("a number doubled sixty times, twice each", || {
        doubled("1", |n| format!("a{n} + a{n}"))
    });
    cases.file("a record doubled sixty times", || {
        format!(
            "open schema N {{ a: Any?, b: Any? }}\nlet a0 = N {{}}\n{}x = a60\n",
            lines(60, |n| format!("let a{} = N {{ a = a{n} {{}}, b = a{n} {{}} }}", n + 1))
        )
    });
    cases.file("maps that are spread and spread", || {
        let row = lines(900, |n| format!("let m{} = {{ ...m{n}, a{} = {n} }}", n + 1, n + 1));
        format!("schema S {{ m: {{Str: Int}} }}\nlet m0 = {{ a0 = 1 }}\n{row}x = S {{ m = {{ ...m900 }} }}\n")
    });
    cases.file("a record of no known type that holds itself", || {
        "let all = { app = {\n  spec { selector { matchLabels = all } }\n  metadata { labels = all }\n} }\nweb = k8s.Deployment { metadata { name = \"web\", labels = all } }\n".to_owned()
    });
    cases.file("functions doubled sixty times", || {
        let calls = lines(60, |n| format!("fn f{}(x: Int) -> Int = f{n}(x) + f{n}(x)", n + 1));
        format!("fn f0(x: Int) -> Int = x\n{calls}x = f60(1)\n")
    });
    let loops = "for a in range(1000) for b in range(1000) for c in range(1000)";
    cases.file("loops within each other", || format!("x = [a {loops}]\n"));
    cases
        .file("a loop over all numbers", || "x = [a for a in 0..9223372036854775807]\n".to_owned());
    cases.file("a sum of loops", || format!("x = len([a {loops} if a + b + c < 0])\n"));
    cases.file("a check for each of a million", || {
        "schema S {\n  for x in range(1000000) {\n    check x < 0: \"\\(x)\"\n  }\n}\ns = S {}\n"
            .to_owned()
    });
    cases.file("a map of a million", || {
        "schema S { m: {Str: Int} }\ns = S { m = { [str(x)] = x for x in range(1000000) } }\n"
            .to_owned()
    });
    cases.file("objects without end", || "x = [k8s.ConfigMap { metadata { name = \"c\\(n)\" }, data { A = \"a\".repeat(100000) } } for n in range(100000)]\n".to_owned());
    cases.file("a chain of forty thousand", || {
        lines(40_000, |n| format!("x{n} = x{}", n + 1)) + "x40000 = 1\n"
    });
    cases.file("a chain of records as long as may be", || {
        let node = |n| format!("n{n} = Node {{ a = n{}.a }}", n + 1);
        format!("schema Node {{ a: Int = 1 }}\n{}n9990 = Node {{}}\n", lines(9_990, node))
    });
    let ring = |n: usize| format!("x{n}: Int = x{}", (n + 1) % 5_000);
    cases.file("a ring of five thousand", || lines(5_000, ring));
    cases.file("two rings that go round and round", || {
        lines(4_999, |n| format!("x{n}: Int = x{}", (n * 7 + 1) % 4_999))
    });
    cases.file("a ring of maps whose types nothing declares", || {
        lines(800, |n| format!("let x{n} = {{ a = x{}.a }}", (n + 1) % 800)) + "y = x0.a\n"
    });
    cases.file("maps that read each other key by key", || {
        let map = |name, value| {
            format!(
                "{name}: {{Str: Int}} = {{ for i in range(1500) {{ \"n\\(i)\" = {value} }} }}\n"
            )
        };
        map("a", "b[\"n\\(i)\"]") + &map("b", "if i == 1499 then 0 else a[\"n\\(i + 1)\"]")
    });
    let lets: String = (0..20).map(|n| format!("  let a{} = a{n} + 1\n", n + 1)).collect();
    cases.file("a row of rows of names", || {
        lines(9_000, |n| format!("x{n}: Int = {{\n  let a0 = x{}\n{lets}  r = a20\n}}.r", n + 1))
            + "x9000: Int = 1\n"
    });
    let brackets = |n| format!("{}x{}{}", "-(".repeat(90), n + 1, " + 1)".repeat(90));
    cases.file("a row of brackets within each other", || {
        lines(6_000, |n| format!("x{n}: Int = {}", brackets(n))) + "x6000: Int = 1\n"
    });
    cases.file("fields of brackets within each other", || {
        let fields = lines(1_900, |n| format!("  x{n}: Int = {}", brackets(n)));
        format!("schema S {{\n{fields}  x1900: Int = 1\n}}\nx = S {{}}\n")
    });
    cases.file("a row of records that stand on each other", || {
        let row = lines(1_000, |n| format!("let a{} = a{n} {{ override x = {} }}", n + 1, n + 1));
        format!("let a0 = {{ x = 0 }}\n{row}y = a1000.x\n")
    });
    cases.file("a row of sums", || {
        lines(5_000, |n| format!("x{n}: Int = x{}{}", n + 1, " + 1".repeat(400)))
            + "x5000: Int = 1\n"
    });
    cases.file("everything reads everything", || {
        lines(300, |n| {
            let all: Vec<String> = (0..300).map(|m| format!("x{m}")).collect();
            format!("x{n}: Int = {}", all.join(" + "))
        })
    });
    cases.file("a pattern of nested repetitions", || {
        "type T = Str & /((((a{99}){99}){99}){99})*/\nx: T = \"aaaa\"\n".to_owned()
    });
    cases.file("a pattern that goes back", || {
        format!("type T = Str & /(a|a|aa)*b/\nx: T = \"{}\"\n", "a".repeat(1 << 20))
    });
    cases.file("a search for each place", || {
        format!("x = \"{0}\".replace(\"{0}a\", \"b\")\n", "a".repeat(1 << 18))
    });
}
