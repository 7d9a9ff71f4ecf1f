//! What is hard to declare: types of types, variants, traits, comments, and names.

use super::{Cases, lines};

pub(super) fn add(cases: &mut Cases) {
    let literals =
        |count: usize| (0..count).map(|n| format!("\"a{n}\"")).collect::<Vec<_>>().join(" | ");
    cases.file("types within each other", || {
        format!("x: {}Int{} = 1\n", "[{Str: Sensitive[".repeat(30_000), "]}]".repeat(30_000))
    });
    cases.file("a type of ninety levels", || {
        format!(
            "schema S {{ a: {}Int{} }}\n{}",
            "[".repeat(90),
            "]".repeat(90),
            lines(3_000, |n| format!("s{n} = S {{ a = {}{n}{} }}", "[".repeat(90), "]".repeat(90)))
        )
    });
    cases.file("functions that call each other in rings", || {
        lines(8_000, |n| {
            format!("fn f{n}(a: Int) -> Int = f{}(a) + f{}(a)", (n + 1) % 8_000, n * 7 % 8_000)
        })
    });
    cases.file("values that are nearly those of a long union", || {
        let values = lines(8_000, |n| format!("y{n}: T = \"b{n}\""));
        format!("type T = {}\n{values}", literals(1_900))
    });
    cases.file("types that lead back to each other", || {
        lines(1_000, |n| {
            format!("type T{n} = [T{}] | {{Str: T{}}}", (n + 1) % 1_000, n * 7 % 1_000)
        })
    });
    cases.file("lists that lead back to each other", || {
        lines(1_000, |n| format!("a{n} = [...a{}, ...a{}, 1]", (n + 1) % 1_000, n * 7 % 1_000))
    });
    cases.file("definitions that lead back to each other both ways", || {
        lines(1_000, |n| format!("a{n} = a{} + a{}", (n + 1) % 1_000, (n + 999) % 1_000))
    });
    cases.file("maps of the keys of each other", || {
        lines(200, |n| {
            let of = |next: usize| format!("for k, v in x{} {{ [k] = v }}", next % 200);
            format!("x{n}: {{Str: Int}} = {{ {}, {} }}", of(n + 1), of(n * 7))
        })
    });
    cases.file("records of which none of a long union is one", || {
        let records: Vec<String> = (0..400).map(|n| format!("{{ k{n}: Int, x: Int }}")).collect();
        let values = lines(4_000, |n| format!("x{n}: U = {{ z{n} = 5, x = 1 }}"));
        format!("type U = {}\n{values}", records.join(" | "))
    });
    cases.file("arms for what is not in a long union", || {
        let arms: String = (0..900).map(|n| format!("\"b{n}\" => {n}, ")).collect();
        let matches = lines(20, |n| format!("y{n} = match x {{ {arms}_ => 1 }}"));
        format!("input x: {} = \"a1\"\n{matches}", literals(1_900))
    });
    cases.file("a match on a long union", || {
        let arms = lines(2_000, |n| format!("  \"a{n}\" => {n}"));
        let one = format!("match x {{\n{arms}}}");
        format!("input x: {} = \"a1\"\n{}", literals(2_000), lines(20, |n| format!("y{n} = {one}")))
    });
    cases.file("matches on a long union, from its end", || {
        let arms: String = (0..1_900).rev().map(|n| format!("\"a{n}\" => {n}, ")).collect();
        let one = format!("match x {{ {arms}}}");
        format!("input x: {} = \"a1\"\n{}", literals(1_900), lines(40, |n| format!("y{n} = {one}")))
    });
    cases.file("one thing brought thirty thousand times", || {
        let names: Vec<String> = (0..30_000).map(|n| format!("lower as l{n}")).collect();
        format!("use std.strings.{{{}}}\nx = 1\n", names.join(", "))
    });
    cases.file("one name for all that a file holds", || {
        "k8s.A\n".repeat(15_000) + &lines(15_000, |n| format!("k8s.A = {n}"))
    });
    cases.file("a match that lacks all", || {
        format!(
            "input x: {} = \"a1\"\n{}",
            literals(2_000),
            lines(1_000, |n| format!("y{n} = match x {{ \"b{n}\" => 1 }}"))
        )
    });
    cases.file("cases with fields without end", || {
        let fields = lines(100, |n| format!("    f{n}: Int = {n}"));
        let cases = lines(1_000, |n| format!("  c{n} {{\n{fields}  }}"));
        format!(
            "variant V {{\n{cases}}}\n{}",
            lines(1_000, |n| format!("x{n}: V = c{n} {{ f1 = 2 }}"))
        )
    });
    cases.file("functions of functions of functions", || {
        let row =
            lines(40, |n| format!("fn f{}(g: fn(Int) -> Int) -> Int = f{n}(x => g(g(x)))", n + 1));
        format!("fn f0(g: fn(Int) -> Int) -> Int = g(1)\n{row}x = f40(x => x + 1)\n")
    });
    cases.file("functions given to themselves", || {
        "let w = (f: fn(Any) -> Any) => f(f as Any)\nx = w(w)\n".to_owned()
    });
    cases.file("lists of functions", || {
        "let fs = [x => x + n for n in range(100000)]\nx = fs.fold(0, (all, f) => f(all))\n"
            .to_owned()
    });
    cases.file("schemas that hold each other", || {
        lines(2_000, |n| {
            format!(
                "schema S{n} {{ a: S{} = S{} {{}}, b: S{}? }}",
                (n + 1) % 2_000,
                (n + 1) % 2_000,
                (n * 7) % 2_000
            )
        }) + "x = S0 {}\n"
    });
    cases.file("schemas that double", || {
        lines(60, |n| format!("schema S{n} {{ a: S{0} = S{0} {{}}, b: S{0} = S{0} {{}} }}", n + 1))
            + "schema S60 { a: Int = 1 }\nx = S0 {}\n"
    });
    cases.file("checks on checks", || {
        let checks = lines(5_000, |n| format!("  check a > {n}: \"{n}\""));
        format!(
            "schema S {{\n  a: Int\n{checks}}}\n{}",
            lines(2_000, |n| format!("s{n} = S {{ a = {} }}", n % 10))
        )
    });
    cases.file("a hundred thousand comments", || {
        lines(100_000, |n| format!("/// Text {n}.")) + "x = 1\n"
    });
    cases.file("comments within comments", || format!("x = 1 {}\n", "/* // /* ".repeat(200_000)));
    cases.file("conditions on conditions", || {
        let conditions =
            lines(2_000, |n| format!("  when a > {n} {{ when b > {n} {{ c{n} = a + b }} }}"));
        format!(
            "open schema S {{ a: Int, b: Int\n{conditions}}}\n{}",
            lines(100, |n| format!("s{n} = S {{ a = {n}, b = {n} }}"))
        )
    });
    cases.file("names that lead to names", || {
        lines(10_000, |n| format!("use \"./main.dep\" as m{n}")) + "x = m0.m1.m2.x\n"
    });
    cases.file("fields that are nearly called so", || {
        let fields = lines(5_000, |n| format!("  field{n:05}: Int = 1"));
        format!(
            "schema S {{\n{fields}}}\n{}",
            lines(5_000, |n| format!("s{n} = S {{ feild{n:05} = 2 }}"))
        )
    });
    cases.file("names that nothing has, among as many", || {
        lines(8_000, |n| format!("service{n} = serivce{}", n + 1))
    });
    cases.file("secrets in everything", || {
        let row = lines(2_000, |n| format!("let a{} = \"\\(a{n})\\(a{n})\"", n + 1));
        format!("input s: Sensitive[Str] = \"x\"\nlet a0 = s\n{row}x = k8s.ConfigMap {{ metadata {{ name = \"c\" }}, data {{ A = a2000 }} }}\n")
    });
}
