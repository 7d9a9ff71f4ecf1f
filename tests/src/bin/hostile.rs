//! Files that are made to take for ever, or all memory there is: what each costs before it is refused.
//!
//! `cargo build --release -p depc && cargo run -p depc-tests --bin hostile` prints a line for each, the costliest last, and
//! fails where one takes more than [`TIME`] or [`MEMORY`], or ends otherwise than with an answer. An argument is the program
//! to run, where it is not `target/release/depc`; a second one a part of the names of the files that are wanted.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::print_stderr)]

use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use tests::command::Folder;
use wait4::Wait4;

/// What one file may take.
const TIME: Duration = Duration::from_secs(1);
const MEMORY: u64 = 256 << 20;

/// Processor time after which a run is stopped.
const PATIENCE: Duration = Duration::from_secs(20);

/// A file, and how it is looked at.
struct Hostile {
    name: &'static str,
    files: Vec<(String, Vec<u8>)>,
    arguments: Vec<&'static str>,
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let program = arguments.next().unwrap_or_else(|| {
        tests::root().join("target/release/depc").to_string_lossy().into_owned()
    });
    let wanted = arguments.next().unwrap_or_default();
    let mut runs: Vec<(Duration, u64, &str, String)> = hostile()
        .into_iter()
        .filter(|hostile| hostile.name.contains(&wanted))
        .map(|hostile| run(&program, &hostile))
        .collect();
    runs.sort();
    let mut bad = 0;
    for (time, memory, name, end) in &runs {
        let answered = matches!(end.as_str(), "0" | "1" | "2");
        let fine = *time <= TIME && *memory <= MEMORY && answered;
        bad += usize::from(!fine);
        println!(
            "{} {:7.0} ms {:6.0} MB  exit {end:3} {name}",
            if fine { "    " } else { "BAD " },
            time.as_secs_f64() * 1e3,
            *memory as f64 / f64::from(1 << 20),
        );
    }
    println!("{} files, {bad} past {TIME:?} or {} MB", runs.len(), MEMORY >> 20);
    if bad == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn run(program: &str, hostile: &Hostile) -> (Duration, u64, &'static str, String) {
    let folder = Folder::new(&[]);
    for (path, bytes) in &hostile.files {
        folder.write(path, bytes);
    }
    let start = Instant::now();
    // What does not end is stopped by the system.
    let limited = format!("ulimit -t {}; exec \"$0\" \"$@\"", PATIENCE.as_secs());
    let mut child = Command::new("sh")
        .args(["-c", &limited, program])
        .args(&hostile.arguments)
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let used = child.wait4().unwrap();
    let end = used.status.code().map_or("signal".to_owned(), |code| code.to_string());
    eprintln!("{:6.0?} {}", start.elapsed(), hostile.name);
    (start.elapsed(), used.rusage.maxrss, hostile.name, end)
}

/// `count` lines made of their numbers.
fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(|number| line(number) + "\n").collect()
}

fn hostile() -> Vec<Hostile> {
    let mut all = Vec::new();
    let mut file = |name: &'static str, text: String| {
        let files = vec![("main.dep".to_owned(), text.into_bytes())];
        all.push(Hostile { name, files, arguments: vec!["check", "main.dep"] });
    };
    let million = 1_000_000;
    texts(&mut file, million);
    evaluations(&mut file);
    types(&mut file);
    all.extend(folders());
    let tests = format!(
        "test \"many\" {{ for x in range(1000000) {{ assert x < 0: \"\\(x)\" }} }}\n{}",
        lines(2_000, |n| format!("test \"t{n}\" {{ fails {n} }}"))
    );
    let one = |name, text: String, arguments| Hostile {
        name,
        files: vec![("main.dep".to_owned(), text.into_bytes())],
        arguments,
    };
    all.push(one("a million failing assertions", tests, vec!["test", "main.dep"]));
    let inputs = lines(5_000, |n| format!("input i{n}: Bool = false"));
    all.push(one("a matrix of 5,000 switches", inputs, vec!["check", "main.dep", "--matrix"]));
    let wide = |name| {
        let values: Vec<String> = (0..2_000).map(|n| format!("\"v{n}\"")).collect();
        format!("input {name}: {} = \"v1\"\n", values.join(" | "))
    };
    let inputs = wide("a") + &wide("b") + &wide("c");
    all.push(one("a matrix of long unions", inputs, vec!["check", "main.dep", "--matrix"]));
    all.push(one(
        "brackets to be laid out",
        format!("x = {}", "[".repeat(million)),
        vec!["fmt", "--check", "main.dep"],
    ));
    all
}

/// What is hard to read.
fn texts(file: &mut dyn FnMut(&'static str, String), million: usize) {
    file("a million open braces", format!("x {}", "{".repeat(million)));
    file("a million open brackets", format!("x = {}", "[".repeat(million)));
    file("a million open parentheses", format!("x = {}1", "(".repeat(million)));
    file("a million closing braces", "}".repeat(million));
    file("a million signs", format!("x = {}1", "-".repeat(million)));
    file("a million additions", format!("x = 1{}", " + 1".repeat(million)));
    file("a million members", format!("x = y{}", ".a".repeat(million)));
    file("interpolations within each other", format!("x = {}", "\"\\(".repeat(million / 3)));
    file("conditions within each other", format!("x = {}1", "if true then ".repeat(100_000)));
    file("functions within each other", format!("x = {}1", "a => ".repeat(100_000)));
    file("one long name", format!("{} = 1", "x".repeat(16 << 20)));
    file("one long text", format!("x = \"{}\"", "x".repeat(30 << 20)));
    file("one long number", format!("x = {}", "9".repeat(million)));
    file("one long comment", format!("// {}\nx = 1", "x".repeat(30 << 20)));
    file("a file that is too large", "x".repeat((64 << 20) + 1));
    file("nothing but quotes", "\"".repeat(million));
    file("nothing but line breaks", "\n".repeat(30 << 20));
    file("a hundred thousand mistakes", lines(100_000, |n| format!("x{n} = = {n}")));
    file("a name bound again and again", lines(50_000, |n| format!("x = {n}")));
    file("unknown names among many", lines(5_000, |n| format!("service{n} = servise{n}x")));
    file("a hundred thousand items", lines(100_000, |n| format!("x{n} = {n}")));
}

/// What is hard to evaluate.
fn evaluations(file: &mut dyn FnMut(&'static str, String)) {
    file("a function that calls itself", "fn f(n: Int) -> Int = f(n)\nx = f(1)\n".to_owned());
    file(
        "a function that calls itself twice through others",
        "fn f(n: Int) -> Int = g(n) + g(n)\nfn g(n: Int) -> Int = f(n) + f(n)\nx = f(1)\n"
            .to_owned(),
    );
    let doubled = |first: &str, next: fn(usize) -> String| {
        format!(
            "let a0 = {first}\n{}x = a60\n",
            lines(60, |n| format!("let a{} = {}", n + 1, next(n)))
        )
    };
    file(
        "a text doubled sixty times",
        doubled("\"xxxxxxxx\"", |n| format!("\"\\(a{n})\\(a{n})\"")),
    );
    file("a list doubled sixty times", doubled("[1]", |n| format!("[...a{n}, ...a{n}]")));
    file("a number doubled sixty times, twice each", doubled("1", |n| format!("a{n} + a{n}")));
    file(
        "a record doubled sixty times",
        format!(
            "open schema N {{ a: Any?, b: Any? }}\nlet a0 = N {{}}\n{}x = a60\n",
            lines(60, |n| format!("let a{} = N {{ a = a{n} {{}}, b = a{n} {{}} }}", n + 1))
        ),
    );
    file("functions doubled sixty times", {
        let calls = lines(60, |n| format!("fn f{}(x: Int) -> Int = f{n}(x) + f{n}(x)", n + 1));
        format!("fn f0(x: Int) -> Int = x\n{calls}x = f60(1)\n")
    });
    let loops = "for a in range(1000) for b in range(1000) for c in range(1000)";
    file("loops within each other", format!("x = [a {loops}]\n"));
    file("a loop over all numbers", "x = [a for a in 0..9223372036854775807]\n".to_owned());
    file("a sum of loops", format!("x = len([a {loops} if a + b + c < 0])\n"));
    file(
        "a check for each of a million",
        "schema S {\n  for x in range(1000000) {\n    check x < 0: \"\\(x)\"\n  }\n}\ns = S {}\n"
            .to_owned(),
    );
    file(
        "a map of a million",
        "schema S { m: {Str: Int} }\ns = S { m = { [str(x)] = x for x in range(1000000) } }\n"
            .to_owned(),
    );
    file("objects without end", "x = [k8s.ConfigMap { metadata { name = \"c\\(n)\" }, data { A = \"a\".repeat(100000) } } for n in range(100000)]\n".to_owned());
    file(
        "a chain of forty thousand",
        lines(40_000, |n| format!("x{n} = x{}", n + 1)) + "x40000 = 1\n",
    );
    let ring = |n: usize| format!("x{n}: Int = x{}", (n + 1) % 5_000);
    file("a ring of five thousand", lines(5_000, ring));
    file(
        "everything reads everything",
        lines(300, |n| {
            let all: Vec<String> = (0..300).map(|m| format!("x{m}")).collect();
            format!("x{n}: Int = {}", all.join(" + "))
        }),
    );
    file(
        "a pattern of nested repetitions",
        "type T = Str & /((((a{99}){99}){99}){99})*/\nx: T = \"aaaa\"\n".to_owned(),
    );
    file(
        "a pattern that goes back",
        format!("type T = Str & /(a|a|aa)*b/\nx: T = \"{}\"\n", "a".repeat(1 << 20)),
    );
    file(
        "a search for each place",
        format!("x = \"{0}\".replace(\"{0}a\", \"b\")\n", "a".repeat(1 << 18)),
    );
}

/// What is hard to prove.
fn types(file: &mut dyn FnMut(&'static str, String)) {
    let doubled = |first: &str, next: fn(usize) -> String| {
        format!(
            "type T0 = {first}\n{}x: T40 = 1\n",
            lines(40, |n| format!("type T{} = {}", n + 1, next(n)))
        )
    };
    file(
        "a record type doubled forty times",
        doubled("Int", |n| format!("{{ a: T{n}, b: T{n} }}")),
    );
    file("a union doubled forty times", doubled("Int", |n| format!("T{n} | [T{n}]")));
    file("a function type doubled forty times", doubled("Int", |n| format!("fn(T{n}) -> T{n}")));
    let literals =
        |kind: &str| (0..20_000).map(|n| format!("\"{kind}{n}\"")).collect::<Vec<_>>().join(" | ");
    file("a union of twenty thousand", format!("type T = {}\nx: T = \"a1\"\n", literals("a")));
    file(
        "two unions of twenty thousand",
        format!(
            "type A = {}\ntype B = {}\ninput a: A = \"a1\"\nx: B = a\n",
            literals("a"),
            literals("a")
        ),
    );
    file(
        "a row of types",
        lines(20_000, |n| format!("type T{n} = T{}", n + 1)) + "type T20000 = Int\n",
    );
    file(
        "a row of schemas",
        lines(20_000, |n| format!("schema S{n} extends S{} {{}}", n + 1)) + "schema S20000 {}\n",
    );
    file(
        "schemas in a circle",
        lines(5_000, |n| format!("schema S{n} extends S{} {{}}", (n + 1) % 5_000)),
    );
    file(
        "a schema of a hundred thousand fields",
        format!("schema S {{\n{}}}\ns = S {{}}\n", lines(100_000, |n| format!("f{n}: Int = {n}"))),
    );
    file(
        "a record of a hundred thousand fields",
        format!(
            "schema S {{ m: {{Str: Int}} }}\ns = S {{ m {{\n{}}} }}\n",
            lines(100_000, |n| format!("f{n} = {n}"))
        ),
    );
    file(
        "one key twenty thousand times",
        format!(
            "schema S {{ m: {{Str: Int}} }}\ns = S {{ m {{\n{}}} }}\n",
            lines(20_000, |_| "f = 1".to_owned())
        ),
    );
    file(
        "a match of ten thousand arms",
        format!(
            "input x: Int = 1\ny = match x {{\n{}_ => 0\n}}\n",
            lines(10_000, |n| format!("{n} => {n}"))
        ),
    );
    file(
        "a variant of ten thousand cases",
        format!(
            "variant V {{\n{}}}\nx: V = c1\ny = match x {{\n{}}}\n",
            lines(10_000, |n| format!("c{n}")),
            lines(10_000, |n| format!("c{n} => {n}"))
        ),
    );
    file(
        "a function of ten thousand parameters",
        format!(
            "fn f({}) -> Int = 1\n",
            (0..10_000).map(|n| format!("p{n}: Int")).collect::<Vec<_>>().join(", ")
        ),
    );
    file(
        "ten thousand traits on one",
        format!(
            "schema S {{ a: Int = 1 }}\n{}s = S with {} {{}}\n",
            lines(10_000, |n| format!("trait T{n} for S {{ a = 1 }}")),
            (0..10_000).map(|n| format!("T{n}")).collect::<Vec<_>>().join(" & ")
        ),
    );
}

/// What is hard to find together.
fn folders() -> Vec<Hostile> {
    let folder = |name, files: Vec<(String, String)>, arguments| Hostile {
        name,
        files: files.into_iter().map(|(path, text)| (path, text.into_bytes())).collect(),
        arguments,
    };
    let row = |count: usize, word: &str| {
        (0..count)
            .map(|n| {
                let text = if n + 1 < count {
                    format!(
                        "{word} \"./f{}.dep\"{}\n",
                        n + 1,
                        if word == "use" { " as f" } else { "" }
                    )
                } else {
                    "x = 1\n".to_owned()
                };
                (format!("f{n}.dep"), text)
            })
            .collect::<Vec<_>>()
    };
    let mut all = vec![
        folder("a row of five thousand files", row(5_000, "use"), vec!["check", "f0.dep"]),
        folder("a row of a thousand overlays", row(1_000, "overlay"), vec!["check", "f0.dep"]),
        folder(
            "overlays in a circle",
            (0..500)
                .map(|n| (format!("f{n}.dep"), format!("overlay \"./f{}.dep\"\n", (n + 1) % 500)))
                .collect(),
            vec!["check", "f0.dep"],
        ),
        folder(
            "a file of which all is one folder up",
            vec![("main.dep".to_owned(), lines(20_000, |n| format!("use \"../{n}.dep\" as a{n}")))],
            vec!["check", "main.dep"],
        ),
    ];
    all.push(Hostile {
        name: "no text at all",
        files: vec![(
            "main.dep".to_owned(),
            (0..1_000_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect(),
        )],
        arguments: vec!["check", "main.dep"],
    });
    let aliases = lines(30, |n| format!("a{}: &a{} [*a{n}, *a{n}]", n + 1, n + 1));
    all.push(folder(
        "data that doubles itself",
        vec![
            ("main.dep".to_owned(), "let data = import \"data.yaml\"\nx = json(data)\n".to_owned()),
            ("data.yaml".to_owned(), format!("a0: &a0 [1]\n{aliases}")),
        ],
        vec!["check", "main.dep"],
    ));
    all
}
