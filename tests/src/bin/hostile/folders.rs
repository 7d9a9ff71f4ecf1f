//! What is hard to find together, and what is asked otherwise than by `check`.

use super::{Cases, lines};

pub(super) fn add(cases: &mut Cases) {
    cases.folder("a row of five thousand files", &["check", "f0.dep"], || row(5_000, "use"));
    cases.folder("a row of a thousand overlays", &["check", "f0.dep"], || row(1_000, "overlay"));
    let items = |name: &'static str| move |n: usize| format!("{name}{n}: Int = {n}");
    cases.folder(
        "an overlay of names that are nearly those of the base",
        &["check", "main.dep"],
        move || {
            let near = lines(8_000, |n| format!("itme{n} = 1"));
            vec![
                ("main.dep".to_owned(), format!("overlay \"./base.dep\"\n{near}")),
                ("base.dep".to_owned(), lines(8_000, items("item"))),
            ]
        },
    );
    let asked = &["check", "main.dep", "-f", "values.yaml"];
    cases.folder("values of names that are nearly those of inputs", asked, move || {
        vec![
            ("main.dep".to_owned(), lines(8_000, |n| format!("input item{n}: Int = 1"))),
            ("values.yaml".to_owned(), lines(9_999, |n| format!("itme{n}: 1"))),
        ]
    });
    cases.folder("data of which nothing is of its type", &["check", "main.dep"], || {
        vec![
            (
                "main.dep".to_owned(),
                "let v = import \"v.yaml\" as [Int & 1..3]\nx = v\n".to_owned(),
            ),
            ("v.yaml".to_owned(), lines(100_000, |n| format!("- {n}"))),
        ]
    });
    cases.folder("files that are too large together", &["check", "main.dep"], || {
        let mut files = vec![(
            "main.dep".to_owned(),
            lines(12, |n| format!("use \"./f{n}.dep\" as f{n}\nx{n} = f{n}.x")),
        )];
        files.extend(
            (0..12)
                .map(|n| (format!("f{n}.dep"), format!("x = {n} // {}\n", "x".repeat(15 << 20)))),
        );
        files
    });
    cases.folder("overlays in a circle", &["check", "f0.dep"], || {
        (0..500)
            .map(|n| (format!("f{n}.dep"), format!("overlay \"./f{}.dep\"\n", (n + 1) % 500)))
            .collect()
    });
    cases.folder("a thousand overlays side by side", &["check", "main.dep"], || {
        let names: Vec<String> = (0..1_000).map(|n| format!("\"./f{n}.dep\"")).collect();
        let mut files = vec![
            ("main.dep".to_owned(), format!("overlay {}\n", names.join(", "))),
            ("base.dep".to_owned(), "input x: Int = 1\n".to_owned()),
        ];
        files.extend(
            (0..1_000).map(|n| (format!("f{n}.dep"), format!("overlay \"./base.dep\"\nx = {n}\n"))),
        );
        files
    });
    cases.folder("overlays that share what they lie on", &["check", "main.dep"], || {
        let both = |n: usize| format!("overlay \"./f{n}a.dep\", \"./f{n}b.dep\"\n");
        let mut files = vec![
            ("main.dep".to_owned(), both(0) + "y: Int = nothing\n"),
            ("base.dep".to_owned(), "input x: Int = 1\n".to_owned()),
        ];
        for n in 0..30 {
            let text = if n < 29 { both(n + 1) } else { "overlay \"./base.dep\"\n".to_owned() };
            files.extend(["a", "b"].map(|side| (format!("f{n}{side}.dep"), text.clone())));
        }
        files
    });
    cases.file("a file of which all is one folder up", || {
        lines(20_000, |n| format!("use \"../{n}.dep\" as a{n}"))
    });
    cases.folder("no text at all", &["check", "main.dep"], || {
        let bytes = |n: u32| (n.wrapping_mul(2_654_435_761) >> 24) as u8;
        vec![("main.dep".to_owned(), (0..1_000_000).map(bytes).collect::<Vec<u8>>())]
    });
    let data = |data: String| {
        vec![
            ("main.dep".to_owned(), "let data = import \"data.yaml\"\nx = json(data)\n".to_owned()),
            ("data.yaml".to_owned(), data),
        ]
    };
    cases.folder("data that doubles itself", &["check", "main.dep"], || {
        let aliases = lines(30, |n| format!("a{}: &a{} [*a{n}, *a{n}]", n + 1, n + 1));
        data(format!("a0: &a0 [1]\n{aliases}"))
    });
    cases.folder("data within each other", &["check", "main.dep"], || data("[".repeat(1_000_000)));
    cases.folder("data of a million keys", &["check", "main.dep"], || {
        data(lines(1_000_000, |n| format!("k{n}: {n}")))
    });
    cases.folder("a million documents", &["check", "main.dep"], || {
        data(lines(1_000_000, |n| format!("---\n{n}")))
    });
    cases.asked("a million failing assertions", &["test", "main.dep"], || {
        format!(
            "test \"many\" {{ for x in range(1000000) {{ assert x < 0: \"\\(x)\" }} }}\n{}",
            lines(2_000, |n| format!("test \"t{n}\" {{ fails {n} }}"))
        )
    });
    cases.asked("a matrix of 5,000 switches", &["check", "main.dep", "--matrix"], || {
        lines(5_000, |n| format!("input i{n}: Bool = false"))
    });
    cases.asked("a matrix of inputs that loop", &["check", "main.dep", "--matrix"], || {
        lines(60, |n| format!("input i{n}: Bool = len([a for a in range(240000) if a < 0]) == 1"))
    });
    cases.asked(
        "a matrix of mistakes of two inputs each",
        &["check", "main.dep", "--matrix"],
        || {
            lines(100, |n| format!("input i{n}: Bool = false"))
                + &lines(1_000, |n| {
                    format!("check not (i{} and i{}): \"{n}\"", n % 100, (n * 7 + 1) % 100)
                })
        },
    );
    cases.asked("a matrix of long unions", &["check", "main.dep", "--matrix"], || {
        let values: Vec<String> = (0..2_000).map(|n| format!("\"v{n}\"")).collect();
        let input = |name| format!("input {name}: {} = \"v1\"\n", values.join(" | "));
        input("a") + &input("b") + &input("c")
    });
    cases.asked("brackets to be laid out", &["fmt", "--check", "main.dep"], || {
        format!("x = {}", "[".repeat(1_000_000))
    });
    cases.asked("more output than there is room for", &["build", "main.dep"], || {
        "x = [k8s.ConfigMap { metadata { name = \"c\\(n)\" }, data { A = \"a\".repeat(1000000) } } for n in range(1000)]\n"
            .to_owned()
    });
}

/// Files that each name the next.
fn row(count: usize, word: &str) -> Vec<(String, String)> {
    let name = if word == "use" { " as f" } else { "" };
    let text = |n| match n {
        n if n == count => "x = 1\n".to_owned(),
        n => format!("{word} \"./f{n}.dep\"{name}\n"),
    };
    (0..count).map(|n| (format!("f{n}.dep"), text(n + 1))).collect()
}
