//! Programs, what they emit, and what is wrong with them once they are evaluated.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod evaluated;

use std::fmt::Write as _;

use analysis::problem::Severity;
use evaluated::{Program, program};

fn example(settings: &[&str], main: &str) -> Program {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/backend");
    let text = |name: &str| std::fs::read_to_string(format!("{folder}/{name}")).unwrap();
    let files = ["app.dep", "environment.dep", "prod.dep"].map(|name| (name, text(name)));
    let files = files.each_ref().map(|(name, text)| (*name, text.as_str()));
    Program::of(&files, main, settings)
}

#[test]
fn the_example_emits_its_objects() {
    let program = example(&[], "app.dep");
    assert_eq!(program.errors(), "");
    let kinds = program.kinds();
    let count = |kind: &str| kinds.iter().filter(|k| k.starts_with(kind)).count();
    assert_eq!(
        (count("Deployment/"), count("Service/"), count("HorizontalPodAutoscaler/"), kinds.len()),
        (6, 6, 5, 17)
    );
    assert_eq!(program.lines(Severity::Note).lines().count(), 4);
}

#[test]
fn an_overlay_and_the_command_line_are_layers() {
    let program = example(&["tag=v9", "app.scale=4..5"], "prod.dep");
    assert_eq!(program.errors(), "");
    let yaml = program.yaml();
    assert!(yaml.contains("image: ghcr.io/your-org/app:v9"), "{yaml}");
    assert!(yaml.contains("minReplicas: 4"));
    assert!(yaml.contains("kind: Ingress"));
}

#[test]
fn services_may_read_each_other() {
    let program = program(
        "schema S { x: Int = 0, y: Int = 0 }\na = S { x = b.y, y = 1 }\nb = S { y = a.y, x = a.x }\n\
         out = k8s.ConfigMap { metadata { name = \"m\" }, data { w = str(b.x) } }\n",
    );
    assert_eq!(program.errors(), "");
    assert!(program.yaml().contains("w: \"1\""), "{}", program.yaml());
}

#[test]
fn a_cycle_is_reported_whole_and_once() {
    let program = program(
        "schema S { x: Int = 1 }\na = S { x = b.x + 1 }\nb = S { x = c.x + 1 }\nc = S { x = a.x + 1 }\nd = S { x = a.x }\n",
    );
    assert_eq!(
        program.errors(),
        "/app.dep:2 E0501 `a.x` depends on itself: a.x → b.x → c.x → a.x\n"
    );
}

#[test]
fn a_cycle_within_an_item_is_reported_once() {
    let program = program("schema S { x: Int = y, y: Int = z, z: Int = x }\na = S {}\n");
    assert_eq!(program.errors().lines().count(), 1, "{}", program.errors());
    assert!(program.errors().contains("E0501 `a.x` depends on itself: a.x → a.y → a.z → a.x"));
}

#[test]
fn what_the_library_computes_is_blamed_on_the_item() {
    let program = program(
        "use std.workload.Service\n_ = Service { image = \"ghcr.io/a/b:1\", ports { http = 80 } }\n",
    );
    assert_eq!(
        program.errors(),
        "/app.dep:2 E0308 \"_\" holds no letter or digit: kebab makes no name of it\n"
    );
}

#[test]
fn half_a_second_of_a_probe_is_told_where_it_is_written() {
    let program = program(
        "use std.workload.Service\na = Service {\n  image = \"ghcr.io/a/b:1\"\n  ports { http = 80 }\n  \
         ready { port = \"http\"\n    period = 1.5s\n  }\n}\n",
    );
    assert_eq!(program.errors(), "/app.dep:6 E0313 1s500ms is no whole number of seconds\n");
}

#[test]
fn a_key_that_another_service_lacks_is_told_once() {
    for leaf in ["url", "port", "host"] {
        let program = program(&format!(
            "use std.workload.Service\n\
             git = Service {{ image = \"ghcr.io/a/b:1\", ports {{ http = 80 }} }}\n\
             app = Service {{\n  image = \"ghcr.io/a/b:1\"\n  ports {{ http = 80 }}\n  \
             env {{ A = str(git.endpoints.htp.{leaf}) }}\n}}\n"
        ));
        assert_eq!(
            program.errors(),
            "/app.dep:6 E0204 `git.endpoints` has no key `htp`\n",
            "{leaf}"
        );
    }
}

#[test]
fn what_is_final_withstands_the_command_line_in_every_way() {
    let text =
        "schema S { m: {Str: Str} = {} }\ntrait T for S { final m.A = \"1\" }\na = S with T\n";
    for setting in ["a.m={A=\"x\"}", "a.m.A=x"] {
        let program = Program::of(&[("app.dep", text)], "app.dep", &[setting]);
        assert!(program.errors().contains("E0404 `a.m.A` is final"), "{}", program.errors());
    }
}

#[test]
fn the_order_of_siblings_decides_nothing() {
    let text = |with: &str| {
        format!(
            "schema S {{ r: Int = 1 }}\ntrait A for S {{ default r = 3 }}\n\
             trait B for S {{ default r = 4 }}\ntrait C for S {{ r = 5 }}\n\
             x = S with {with} {{}}\nout = k8s.ConfigMap {{ metadata {{ name = \"m\" }}, data {{ r = str(x.r) }} }}\n"
        )
    };
    for with in ["A & B", "B & A"] {
        assert!(program(&text(with)).errors().contains("E0405"), "{with}");
    }
    for with in ["A & B & C", "C & B & A", "A & C & B"] {
        let program = program(&text(with));
        assert_eq!(program.errors(), "", "{with}");
        assert!(program.yaml().contains("r: \"5\""), "{with}: {}", program.yaml());
    }
}

#[test]
fn overlays_of_one_overlay_are_siblings() {
    let base = "input tag: Str = \"v0\"\nout = k8s.ConfigMap { metadata { name = \"m\" }, data { A = \"1\", T = tag } }\n";
    let run = |a: &str, b: &str, top: &str, settings: &[&str]| {
        let over = |what: &str| format!("overlay \"./base.dep\"\n\n{what}\n");
        let (a, b) = (over(a), over(b));
        let top = format!("overlay \"./a.dep\", \"./b.dep\"\n\n{top}\n");
        let files = [("base.dep", base), ("a.dep", &*a), ("b.dep", &*b), ("top.dep", &*top)];
        Program::of(&files, "top.dep", settings)
    };
    let plain = run("tag = \"a\"", "tag = \"b\"", "", &[]);
    assert_eq!(plain.errors(), "/b.dep:3 E0405 a.dep and b.dep both set `tag`\n");
    let over = |value: &str| format!("override out.data.A = \"{value}\"");
    let knowingly = run(&over("a"), &over("b"), "", &[]);
    assert_eq!(knowingly.errors(), "/b.dep:3 E0405 a.dep and b.dep both set `out.data.A`\n");
    for (a, b, top, settings, tag) in [
        ("tag = \"a\"", "tag = \"a\"", "", &[][..], "a"),
        ("tag = \"a\"", "default tag = \"b\"", "", &[], "a"),
        ("default tag = \"b\"", "tag = \"a\"", "", &[], "a"),
        ("tag = \"a\"", "tag = \"b\"", "override tag = \"c\"", &[], "c"),
        ("tag = \"a\"", "tag = \"b\"", "", &["tag=d"], "d"),
    ] {
        let program = run(a, b, top, settings);
        assert_eq!(program.errors(), "", "{a} {b} {top}");
        assert!(program.yaml().contains(&format!("T: {tag}")), "{a} {b}: {}", program.yaml());
    }
    let defaults = run("default tag = \"a\"", "default tag = \"b\"", "", &[]);
    assert_eq!(defaults.errors(), "/b.dep:3 E0405 a.dep and b.dep both set `tag`\n");
}

fn chain(length: usize, closed: bool) -> String {
    let mut text = String::from("schema S { x: Int = 1 }\n");
    for i in 0..length {
        match (i + 1 == length, closed) {
            (true, false) => writeln!(text, "a{i} = S {{ x = 1 }}"),
            (true, true) => writeln!(text, "a{i} = S {{ x = a0.x }}"),
            _ => writeln!(text, "a{i} = S {{ x = a{}.x + 1 }}", i + 1),
        }
        .unwrap();
    }
    text
}

#[test]
fn long_chains_of_reads_are_fine() {
    let program = program(&chain(2_000, false));
    assert_eq!(program.errors(), "");
}

#[test]
fn a_chain_past_the_limit_is_one_error() {
    let program = program(&chain(10_500, false));
    let errors = program.errors();
    assert!(errors.contains("E0502"), "{}", errors.chars().take(500).collect::<String>());
}

#[test]
fn rings_up_to_the_limit_are_shown_and_larger_ones_are_an_error() {
    let ring = program(&chain(256, true));
    assert!(ring.errors().contains("E0501 `a0.x` depends on itself: a0.x → a1.x → "));
    assert_eq!(ring.errors().lines().count(), 1);
    let ring = program(&chain(300, true));
    assert!(ring.errors().contains("E0503"), "{}", ring.errors());
}

#[test]
fn what_would_never_end_ends_in_an_error() {
    let nested = program("schema A { next: A = A {} }\na = A {}\n");
    assert!(nested.errors().contains("E0504"), "{}", nested.errors());
    let large = program(
        "let xs = [a for a in [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]]\n\
         let n = len([a for a in xs for b in xs for c in xs for d in xs for e in xs for f in xs for g in xs])\n",
    );
    assert!(large.errors().contains("E0505"), "{}", large.errors());
    let mut doubled = String::from("schema S {\n  x0: Str = \"0123456789abcdef\"\n");
    for i in 1..40 {
        writeln!(doubled, "  x{i}: Str = \"\\(x{0})\\(x{0})\"", i - 1).unwrap();
    }
    doubled.push_str("}\na = S {}\n");
    let doubled = program(&doubled);
    assert!(doubled.errors().contains("E0505"), "{}", doubled.errors());
}

#[test]
fn a_component_exempts_itself_visibly() {
    let text = |allow: &str| {
        format!(
            "one = k8s.ConfigMap {{ metadata {{ name = \"m\" }} }}\n\
             two = k8s.ConfigMap {{ metadata {{ name = \"m\" }}\n{allow} }}\n"
        )
    };
    assert!(program(&text("")).errors().contains("XR-001"));
    let allowed = program(&text("allow \"XR-001\": \"on purpose\""));
    assert_eq!(allowed.errors(), "");
    assert!(allowed.lines(Severity::Note).contains("XR-001"));
}

#[test]
fn a_leaf_knows_the_layers_that_made_it() {
    let program = example(&["app.scale=4..5"], "prod.dep");
    let leaf = program.explained("app", &["scale"]);
    assert_eq!(leaf.value, "4..5");
    let won: Vec<bool> = leaf.layers.iter().map(|layer| layer.won).collect();
    assert_eq!(won, [true, false, false]);
    assert!(leaf.declared.is_some());
    let leaf = program.explained(
        "app",
        &["deployment", "spec", "template", "spec", "containers", "app", "image"],
    );
    assert_eq!(leaf.value, "\"ghcr.io/your-org/app:v0.2.9\"");
}

/// Words of the example left out, doubled and exchanged: whatever comes of it is evaluated to its end.
#[test]
fn no_mutation_of_the_example_panics() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/backend");
    let text = |name: &str| std::fs::read_to_string(format!("{folder}/{name}")).unwrap();
    let (app, prod) = (text("app.dep"), text("prod.dep"));
    let words: Vec<&str> = app.split(' ').collect();
    let mut seed = 12_345_u64;
    let mut next = |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        usize::try_from(seed % below as u64).unwrap()
    };
    for _ in 0..60 {
        let mut mutated = words.clone();
        for _ in 0..=next(3) {
            let at = next(mutated.len());
            match next(3) {
                0 => {
                    mutated.remove(at);
                }
                1 => mutated[at] = words[next(words.len())],
                _ => {
                    let other = next(mutated.len());
                    mutated.swap(at, other);
                }
            }
        }
        let app = mutated.join(" ");
        let program = Program::of(&[("app.dep", &app), ("prod.dep", &prod)], "prod.dep", &[]);
        if program.errors().is_empty() {
            program.yaml();
        }
    }
}
