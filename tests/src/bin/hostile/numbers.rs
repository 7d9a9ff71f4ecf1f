//! Patterns, numbers, units, letters, and functions over them.

use super::{Cases, lines};

pub(super) fn add(cases: &mut Cases) {
    cases.file("a thousand large patterns", || {
        lines(1_000, |n| {
            format!("type T{n} = Str & /(([a-z]{{50}}){{50}}|x{n}){{4}}/\nx{n}: T{n} = \"a\"")
        })
    });
    cases.file("eight thousand patterns that are too large", || {
        lines(8_000, |n| format!("x{n}: Str & /([a-z]{{1,60}}){{1,30}}{n}/ = \"a\""))
    });
    cases.file("a large pattern over a long text", || {
        "let a = \"x\".repeat(4000000)\ntype T = Str & /((x{20}){20}|y)*/\nx: T = a\n".to_owned()
    });
    cases.file("a pattern asked for each of many", || {
        "let a = \"ab\".repeat(1000)\nx = len([n for n in range(100000) if \"\\(a)\\(n)\".matches(/(a|b)*c/)])\n".to_owned()
    });
    cases.file("each match replaced by a long text", || {
        "let a = \"x\".repeat(2000000)\nx = len(a.replacePattern(/x/, a))\n".to_owned()
    });
    cases.file("patterns of which each letter may be missing", || {
        let values = lines(300, |n| format!("x{n}: T = \"{}\"", "a".repeat(400)));
        format!("type T = Str & /(a?){{400}}(a){{400}}/\n{values}")
    });
    cases.file("a pattern of many states over a long text", || {
        format!("type T = Str & /((a?){{400}}(a){{400}})*/\nx: T = \"{}\"\n", "a".repeat(4_000_000))
    });
    cases.file("groups of groups", || {
        format!(
            "x = \"{}\".findGroups(/{}a{}/)\n",
            "a".repeat(10_000),
            "(".repeat(200),
            ")*".repeat(200)
        )
    });
    cases.file("letters of several bytes", || {
        "let a = \"é😀\".repeat(300000)\nx = [a.reverse().slice(n, n + 5) for n in range(100000)]\n".to_owned()
    });
    cases.file("a name of marks that combine", || format!("x{} = 1\n", "\u{301}".repeat(1 << 20)));
    cases.file("a text of marks that combine", || {
        format!("check \"e{}\" == \"\": \"no\"\n", "\u{301}".repeat(1 << 20))
    });
    cases.file("a million right-to-left marks", || {
        format!("x = \"{}\" + 1\n", "\u{202e}".repeat(1_000_000))
    });
    cases.file("numbers of a million digits in a list", || {
        lines(10, |n| {
            format!(
                "x{n} = [{}e{}, 0.{}]",
                "9".repeat(100_000),
                "9".repeat(100),
                "1".repeat(100_000)
            )
        })
    });
    cases.file("quantities without end", || {
        lines(10, |n| format!("x{n}: Quantity = \"{}Ei\"", "9".repeat(1_000_000 + n)))
    });
    cases.file("a sum of quantities", || {
        "x = [\"\\(n)\\(\"9\".repeat(10000))Ei\".parseQuantity() ?? 1Ki for n in range(10000)].sum(0Ki)\n".to_owned()
    });
    cases.file("durations and their products", || {
        "let a = 9223372036854775807ms\nx = [a * n for n in range(100000)]\n".to_owned()
    });
    cases.file("numbers with many digits behind the point", || {
        "x = [fixed(1.5, 20).repeat(1000) for n in range(100000)]\n".to_owned()
    });
    cases.file("every network of a network", || {
        "use std.ip as ip\nx = [ip.subnet(\"::/0\", 20, n) for n in range(250000)]\n".to_owned()
    });
    cases.file("versions compared", || {
        "use std.semver as semver\nlet v = \"1.2.3-\\(\"a.\".repeat(100000))b\"\nx = [semver.compare(v, v) for n in range(1000)]\n".to_owned()
    });
    cases.file("encodings of encodings", || {
        let row = lines(60, |n| format!("let a{} = encoding.base64(a{n})", n + 1));
        format!("use std.encoding as encoding\nlet a0 = \"x\".repeat(1000)\n{row}x = len(a60)\n")
    });
    cases.file("interpolations that grow", || {
        let row = lines(40, |n| format!("let a{} = \"\\(a{n}), \\(a{n}), \\(a{n})\"", n + 1));
        format!("let a0 = \"\\(1)\"\n{row}x = [a40, a39, a38]\n")
    });
    cases.file("lists put into order again and again", || {
        "let a = range(200000)\nx = len(range(100).map(n => a.sortBy(m => (m * 7919) % 200003)))\n".to_owned()
    });
    cases.file("pairs of pairs", || {
        "let a = range(2000)\nx = len(a.flatMap(n => a.map(m => [n, m])))\n".to_owned()
    });
    cases.file("a list in chunks of one", || {
        "let a = range(200000)\nx = a.chunk(1).map(c => c.chunk(1)).flatten().flatten().distinct().len()\n".to_owned()
    });
    cases.file("entries of entries", || {
        "let m = { [\"k\\(n)\"] = n for n in range(2000) }\nx = [m.merge(m).filter(v => v != n).len() for n in range(2000)]\n".to_owned()
    });
    cases.file("comparisons of equal lists", || {
        "let a = range(200000)\nx = [a == a.reverse().reverse() for n in range(1000)]\n".to_owned()
    });
    cases.file("messages that hold whole values", || {
        "let a = range(200000)\nschema S { l: [Int] & len(..1) }\n".to_owned()
            + &lines(500, |n| format!("s{n} = S {{ l = a }}"))
    });
}
