//! What runs long: loops, and functions of the library that do much for little text.

use super::{Cases, lines};

pub(super) fn add(cases: &mut Cases) {
    let big = "let big = range(100000)\n";
    cases.file("a sort with a function", || format!("{big}x = len(big.sortBy(n => -n))\n"));
    cases.file("a sort of sorts", || {
        format!("{big}x = len(range(1000).sortBy(n => len(big.sortBy(m => n - m))))\n")
    });
    cases.file("a row of comprehensions of many loops", || {
        let clauses: String = (0..40).map(|n| format!(" for a{n} in [1]")).collect();
        let row = lines(9_000, |n| format!("x{n}: Int = len([x{}{clauses}])", n + 1));
        format!("{row}x9000: Int = 1\n")
    });
    cases.file("distinct of a million", || "x = len(range(1000000).distinct())\n".to_owned());
    cases.file("distinct lists", || {
        "x = len([[n, 1] for n in range(100000)].distinct())\n".to_owned()
    });
    cases.file("groups of one each", || format!("{big}x = len(big.groups(n => [n]))\n"));
    cases.file("a list without another", || format!("{big}x = len(big.without(big.reverse()))\n"));
    cases.file("a place for each", || format!("{big}x = len(big.map(n => big.indexOf(n)))\n"));
    cases.file("a list put together piece by piece", || {
        format!("{big}x = len(big.fold([0], (all, n) => [...all, n]))\n")
    });
    cases.file("a text put together piece by piece", || {
        format!("{big}x = len(big.fold(\"\", (all, n) => \"\\(all)x\"))\n")
    });
    cases.file("a text repeated and repeated", || {
        "let a = \"x\".repeat(10000000)\nx = len([a.repeat(n) for n in range(1000)])\n".to_owned()
    });
    cases.file("each letter replaced by all", || {
        "let a = \"x\".repeat(4000)\nx = [len(a.replace(\"x\", \"\\(a)\\(n)\")) for n in range(1000)]\n"
            .to_owned()
    });
    cases.file("a text for each of many", || {
        "let a = \"x\".repeat(1000000)\nx = [\"\\(n)\\(a)\" for n in range(100000)]\n".to_owned()
    });
    cases.file("patterns over long texts", || {
        "let a = \"x\".repeat(1000000)\nx = len([a.findAll(/(x|y)*?z|x/) for n in range(100)])\n"
            .to_owned()
    });
    cases.file("hashes of long texts", || {
        "let a = \"x\".repeat(1000000)\nx = [\"\\(a)\\(n)\".sha256() for n in range(1000)]\n"
            .to_owned()
    });
    cases.file("data within data", || {
        let row = lines(40, |n| format!("let a{} = json([a{n}, a{n}])", n + 1));
        format!("let a0 = json(\"\\\"\")\n{row}x = a40\n")
    });
    cases.file("a range of ranges", || "x = [range(1000000) for a in range(1000000)]\n".to_owned());
    cases.file("each item loops as long as it may", || {
        lines(200, |n| {
            format!("x{n} = len([a for a in range(1000) for b in range(1000) if b < 0])")
        })
    });
    cases.file("each item is as large as it may be", || {
        lines(200, |n| format!("x{n} = [\"x\".repeat(10000000 + a) for a in range(100)]"))
    });
    cases.file("each item emits as much as it may", || {
        lines(200, |n| {
            format!(
                "x{n} = [k8s.ConfigMap {{ metadata {{ name = \"c{n}-\\(a)\" }}, data {{ A = \"\\(a)\" }} }} for a in range(20000)]"
            )
        })
    });
    cases.file("maps of one another", || {
        let row = lines(1_000, |n| {
            format!("x{n} = S {{ m {{ for k, v in x{}.m {{ [k] = v }} }} }}", n + 1)
        });
        let last: Vec<String> = (0..100).map(|n| format!("k{n} = {n}")).collect();
        format!(
            "schema S {{ m: {{Str: Int}} }}\n{row}x1000 = S {{ m {{ {} }} }}\n",
            last.join(", ")
        )
    });
    cases.file("warnings without end", || {
        let one = "for x in range(100000) {\n    warn x < 0: \"\\(x)\"\n  }";
        format!("schema S {{\n  {one}\n}}\n{}", lines(200, |n| format!("s{n} = S {{}}")))
    });
    cases.file("long messages", || {
        "let a = \"x\".repeat(1000000)\nschema S {\n  for x in range(1000) {\n    check x < 0: \"\\(a)\\(x)\"\n  }\n}\ns = S {}\n"
            .to_owned()
    });
    cases.file("a map of a loop in a loop", || {
        "schema S { m: {Str: {Str: Int}} }\ns = S { m = { [str(x)] = { [str(y)] = y for y in range(1000) } for x in range(1000) } }\n"
            .to_owned()
    });
    cases.file("numbers of many digits", || {
        "x = [\"9\".repeat(1000000).parseFloat() ?? 0.0 for n in range(100)]\n".to_owned()
    });
    cases.file("versions of many parts", || {
        "use std.semver\nx = semver.satisfies(\"1.\".repeat(1000000), \"1.\".repeat(1000000))\n"
            .to_owned()
    });
}
