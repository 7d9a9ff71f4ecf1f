//! What is asked otherwise than by `check`, and what comes from outside of the file.

use super::{Cases, lines};

pub(super) fn add(cases: &mut Cases) {
    let loops = "for a in range(1000) for b in range(1000)";
    cases.asked(
        "an expression that loops",
        &["eval", "main.dep", "len([a for a in range(100000) for b in range(100000) if b < 0])"],
        || "x = 1\n".to_owned(),
    );
    cases.asked("eight thousand tests that fail", &["test", "main.dep"], || {
        lines(8_000, |n| format!("test \"t{n}\" {{ assert 1 == 2 }}"))
    });
    cases.asked("eight thousand tests that fail otherwise", &["test", "main.dep"], || {
        let tests =
            lines(8_000, |n| format!("test \"t{n}\" {{ fails x {{ a = 9 }} because \"zzz\" }}"));
        format!("schema S {{ a: Int & 1..3 = 1 }}\nx = S {{}}\n{tests}")
    });
    cases.asked(
        "an expression of a million brackets",
        &["eval", "main.dep", long("[", 100_000)],
        || "x = 1\n".to_owned(),
    );
    cases.asked("the value of what is refused", &["eval", "main.dep", "x0"], || {
        lines(200, |n| format!("x{n} = len([a {loops} if a < 0]) + x{}", n + 1)) + "x200 = 1\n"
    });
    cases.asked("where a long sum comes from", &["explain", "main.dep", "x0"], || {
        lines(3_000, |n| format!("x{n}: Int = x{} + 1", n + 1)) + "x3000: Int = 1\n"
    });
    cases.asked("where what doubles comes from", &["explain", "main.dep", "x0"], || {
        lines(60, |n| format!("x{n}: Int = x{} + x{}", n + 1, n + 1)) + "x60: Int = 0\n"
    });
    cases.asked("where a loop comes from", &["explain", "main.dep", "configmap/c1"], || {
        "x = [k8s.ConfigMap { metadata { name = \"c\\(n)\" }, data { A = str(len([a for a in range(200000) if a < n])) } } for n in range(1000)]\n".to_owned()
    });
    cases.asked("where each of many leaves comes from", &["explain", "main.dep", "configmap/c"], || {
        "x = k8s.ConfigMap { metadata { name = \"c\" }, data = { [\"k\\(n)\"] = \"v\" for n in range(20000) } }\n".to_owned()
    });
    cases.asked("the graph of a thousand services", &["graph", "main.dep"], || {
        let services = lines(1_000, |n| {
            format!("s{n} = Service {{ image = \"a:1.0\", ports {{ http = 8080 }}, env {{ U = s{}.endpoints.http.url, V = s{}.endpoints.http.url }} }}", (n + 1) % 1_000, (n + 7) % 1_000)
        });
        format!("use std.workload.Service\n{services}")
    });
    cases.asked("inputs with values without end", &["inputs", "main.dep"], || {
        lines(100, |n| format!("input i{n}: Int = len([a {loops} if a < 0])"))
    });
    cases.asked("a matrix of loops", &["check", "main.dep", "--matrix"], || {
        lines(12, |n| format!("input i{n}: Bool = false"))
            + &lines(12, |n| {
                format!(
                    "x{n} = len([a for a in range(200) for b in range(1000) if i{n} and b < 0])"
                )
            })
    });
    cases.asked("a matrix of failing checks", &["check", "main.dep", "--matrix"], || {
        lines(10, |n| format!("input i{n}: Bool = false"))
            + &lines(1_000, |n| format!("check i{} == i{}: \"{n}\"", n % 10, (n + 1) % 10))
    });
    cases.asked("mistakes that mend themselves", &["check", "main.dep", "--diff"], || {
        "variant V { one, two }\n".to_owned() + &lines(10_000, |n| format!("x{n}: V = onee"))
    });
    cases.asked(
        "reports of mistakes for another program",
        &["check", "main.dep", "--format", "sarif"],
        || lines(20_000, |n| format!("x{n}: Int = \"{n}\"")),
    );
    cases.asked("what four thousand schemas offer", &["doc", "main.dep"], || {
        lines(4_000, |n| format!("/// Text {n}.\nschema S{n} {{ a: Int = 1 }}"))
    });
    cases.asked("schemas that all extend one another, as a page", &["doc", "main.dep"], || {
        "schema S0 { a: Int = 1 }\n".to_owned()
            + &lines(4_000, |n| {
                format!("schema S{} extends S{} {{ a{n}: Int = 1 }}", n + 1, n * 7 % (n + 1))
            })
    });
    cases.asked("deep brackets to be laid out", &["fmt", "--check", "main.dep"], || {
        format!("x = {}1{}\n", "[".repeat(90), "]".repeat(90)).repeat(5_000)
    });
    cases.asked("long lines to be laid out", &["fmt", "--check", "main.dep"], || {
        format!("x = [{}]\n", "a.b(c, d => e + f) ?? \"g\", ".repeat(50_000))
    });
    cases.asked("comments to be laid out", &["fmt", "--check", "main.dep"], || {
        lines(100_000, |n| format!("// {n}\nx{n} = 1 // {n}\n/// {n}"))
    });
    cases.asked("a matching of brackets that never ends", &["fmt", "--check", "main.dep"], || {
        "x = { a = [ ( \"\\( ".repeat(50_000)
    });
    cases.asked("ten thousand settings", &set(10_000), || {
        lines(100, |n| format!("input i{n}: Int = 1"))
    });
    cases.asked(
        "a setting that nests",
        &["check", "main.dep", "--set", long("a.", 30_000)],
        || "schema S { a?: Int }\ninput a: Int = 1\n".to_owned(),
    );
    cases.asked(
        "a setting of a long list",
        &["check", "main.dep", "--set", long("l=[[[[", 10_000)],
        || "input l: [Int] = []\n".to_owned(),
    );
    cases.folder("a file of a million values", &["check", "main.dep", "-f", "values.yaml"], || {
        vec![
            (
                "main.dep".to_owned(),
                "schema S { m: {Str: Int} }\ninput s: S = S { m {} }\n".to_owned(),
            ),
            (
                "values.yaml".to_owned(),
                "s:\n  m:\n".to_owned() + &lines(300_000, |n| format!("    k{n}: {n}")),
            ),
        ]
    });
    cases.folder(
        "a file of values that doubles itself",
        &["check", "main.dep", "-f", "values.yaml"],
        || {
            let aliases = lines(30, |n| format!("a{}: &a{} [*a{n}, *a{n}]", n + 1, n + 1));
            vec![
                ("main.dep".to_owned(), "input a30: Any = 1\n".to_owned()),
                ("values.yaml".to_owned(), format!("a0: &a0 [1]\n{aliases}")),
            ]
        },
    );
    let json = |data: String, text: &str| {
        vec![("main.dep".to_owned(), text.to_owned()), ("data.json".to_owned(), data)]
    };
    let cast = "let data = import \"data.json\" as [k8s.Object by kind, name]\nx = data\n";
    cases.folder("deep JSON", &["check", "main.dep"], || {
        json("{\"a\":".repeat(1_000_000), "x = json(import \"data.json\")\n")
    });
    cases.folder("a million objects in JSON", &["check", "main.dep"], || {
        let objects: Vec<String> = (0..60_000).map(|n| format!("{{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{{\"name\":\"c{n}\"}},\"data\":{{\"a\":\"b\"}}}}")).collect();
        json(format!("[{}]", objects.join(",")), cast)
    });
    cases.folder("one object of a million leaves in JSON", &["check", "main.dep"], || {
        let keys: Vec<String> = (0..900_000).map(|n| format!("\"k{n}\":1")).collect();
        json(format!("[{{\"apiVersion\":\"a.example.com/v1\",\"kind\":\"A\",\"metadata\":{{\"name\":\"a\"}},\"spec\":{{{}}}}}]", keys.join(",")), cast)
    });
    cases.folder("data that is wrong in each place", &["check", "main.dep"], || {
        let elements: Vec<String> = (0..200_000).map(|n| format!("{{\"a\":\"{n}\"}}")).collect();
        json(format!("[{}]", elements.join(",")), "schema S { a: Int }\nlet data = import \"data.json\" as [S]\nx = len(data.map(s => s.a))\n")
    });
    cases.folder("a long file as a text in a loop", &["check", "main.dep"], || {
        json("x".repeat(3_000_000), "let t = embed \"data.json\"\nx = [len(t.lines().map(l => l.upper())) + n for n in range(1000)]\n")
    });
    cases.folder("tests that loop", &["test", "main.dep"], || {
        let tests =
            lines(200, |n| format!("test \"t{n}\" {{ assert len([a {loops} if a < 0]) == {n} }}"));
        vec![("main.dep".to_owned(), tests)]
    });
    cases.folder("tests with snapshots of long texts", &["test", "main.dep", "--update"], || {
        let tests = lines(200, |n| format!("test \"t{n}\" {{ snapshot \"s{n}\" = [k8s.ConfigMap {{ metadata {{ name = \"c\\(n)\" }}, data {{ A = \"x\".repeat(100000) }} }} for n in range(200)] }}"));
        vec![("main.dep".to_owned(), tests)]
    });
    cases.folder("failures that are expected", &["test", "main.dep"], || {
        let tests = lines(1_000, |n| format!("test \"t{n}\" {{ fails s {{ a = {n} }} because \"small\" }}"));
        vec![("main.dep".to_owned(), format!("schema S {{\n  a: Int = 5\n  for n in range(1000) {{\n    check a > n: \"small\"\n  }}\n}}\ns = S {{ a = 1001 }}\n{tests}"))]
    });
    cases.folder("overlays that each override all", &["check", "f0.dep"], || {
        let mut files: Vec<(String, String)> = (0..60)
            .map(|n| {
                (
                    format!("f{n}.dep"),
                    format!("overlay \"./f{}.dep\"\n", n + 1)
                        + &lines(1_000, |m| format!("override s{m}.a = prev + {n}")),
                )
            })
            .collect();
        files.push((
            "f60.dep".to_owned(),
            "schema S { a: Int = 1 }\n".to_owned()
                + &lines(1_000, |m| format!("s{m} = S {{ a = 1 }}")),
        ));
        files
    });
}

/// An argument, which the system takes up to a length of 128 KiB.
fn long(text: &str, times: usize) -> &'static str {
    text.repeat(times.min(120_000 / text.len())).leak()
}

/// A thousand settings of each input, and some of none.
fn set(count: usize) -> Vec<&'static str> {
    let settings = (0..count).map(|n| &*format!("--set=i{}={n}", n % 150).leak());
    ["check", "main.dep"].into_iter().chain(settings).collect()
}
