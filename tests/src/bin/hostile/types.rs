//! What is hard to prove.

use super::{Cases, lines};

pub(super) fn add(cases: &mut Cases) {
    let doubled = |first: &str, next: fn(usize) -> String| {
        format!(
            "type T0 = {first}\n{}x: T40 = 1\n",
            lines(40, |n| format!("type T{} = {}", n + 1, next(n)))
        )
    };
    cases.file("a record type doubled forty times", || {
        doubled("Int", |n| format!("{{ a: T{n}, b: T{n} }}"))
    });
    cases.file("a union doubled forty times", || doubled("Int", |n| format!("T{n} | [T{n}]")));
    cases.file("a function type doubled forty times", || {
        doubled("Int", |n| format!("fn(T{n}) -> T{n}"))
    });
    let literals =
        |kind: &str| (0..20_000).map(|n| format!("\"{kind}{n}\"")).collect::<Vec<_>>().join(" | ");
    cases.file("a union of twenty thousand", || {
        format!("type T = {}\nx: T = \"a1\"\n", literals("a"))
    });
    cases.file("two unions of twenty thousand", || {
        format!(
            "type A = {}\ntype B = {}\ninput a: A = \"a1\"\nx: B = a\n",
            literals("a"),
            literals("a")
        )
    });
    cases.file("a row of types", || {
        lines(20_000, |n| format!("type T{n} = T{}", n + 1)) + "type T20000 = Int\n"
    });
    cases.file("a row of schemas", || {
        lines(20_000, |n| format!("schema S{n} extends S{} {{}}", n + 1)) + "schema S20000 {}\n"
    });
    cases.file("schemas in a circle", || {
        lines(5_000, |n| format!("schema S{n} extends S{} {{}}", (n + 1) % 5_000))
    });
    cases.file("a schema of a hundred thousand fields", || {
        format!("schema S {{\n{}}}\ns = S {{}}\n", lines(100_000, |n| format!("f{n}: Int = {n}")))
    });
    cases.file("a record of a hundred thousand fields", || {
        format!(
            "schema S {{ m: {{Str: Int}} }}\ns = S {{ m {{\n{}}} }}\n",
            lines(100_000, |n| format!("f{n} = {n}"))
        )
    });
    cases.file("one key twenty thousand times", || {
        format!(
            "schema S {{ m: {{Str: Int}} }}\ns = S {{ m {{\n{}}} }}\n",
            lines(20_000, |_| "f = 1".to_owned())
        )
    });
    cases.file("a match of ten thousand arms", || {
        format!(
            "input x: Int = 1\ny = match x {{\n{}_ => 0\n}}\n",
            lines(10_000, |n| format!("{n} => {n}"))
        )
    });
    cases.file("types that each narrow the range of the one before", || {
        format!(
            "type T0 = Quantity & 1Mi..2Gi\n{}x: T899 = 5Gi\n",
            (1..900)
                .map(|n| format!("type T{n} = T{} & {n}Ki..{}Mi\n", n - 1, 3000 - n))
                .collect::<String>()
        )
    });
    cases.file("a variant of ten thousand cases", || {
        format!(
            "variant V {{\n{}}}\nx: V = c1\ny = match x {{\n{}}}\n",
            lines(10_000, |n| format!("c{n}")),
            lines(10_000, |n| format!("c{n} => {n}"))
        )
    });
    cases.file("records of which none is like another", || {
        let records = lines(20_000, |n| format!("  {{ k{n} = {n} }},"));
        format!("let x = [\n{records}]\ny = len(x)\n")
    });
    cases.file("values that none of many is", || {
        let union: Vec<String> = (0..1_900).map(|n| format!("\"lit{n}\"")).collect();
        let values = lines(4_000, |n| format!("x{n}: T = \"lit{n}x\""));
        format!("type T = {}\n{values}", union.join(" | "))
    });
    cases.file("a function of ten thousand parameters", || {
        format!(
            "fn f({}) -> Int = 1\n",
            (0..10_000).map(|n| format!("p{n}: Int")).collect::<Vec<_>>().join(", ")
        )
    });
    cases.file("ten thousand traits on one", || {
        format!(
            "schema S {{ a: Int = 1 }}\n{}s = S with {} {{}}\n",
            lines(10_000, |n| format!("trait T{n} for S {{ a = 1 }}")),
            (0..10_000).map(|n| format!("T{n}")).collect::<Vec<_>>().join(" & ")
        )
    });
}
