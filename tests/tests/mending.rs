//! `depc check --fix`: what it changes, what it leaves, and that it never makes anything worse.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use tests::command::Folder;
use tests::markdown::{Part, parts};

#[test]
fn safe_changes_are_made_and_others_only_when_asked_for() {
    let base = "a: Int = 1\nb: { port: Int } = { port = 2 }\n";
    let over = "overlay \"./base.dep\"\n\na = 2\noverride b.port = 3\noverride c = 3\n";
    let folder = Folder::new(&[("base.dep", base), ("over.dep", over)]);
    let output = folder.depc(&["check", "over.dep", "--fix"]);
    assert_eq!(output.code, 1);
    assert_eq!(folder.read("over.dep").unwrap(), over);
    let output = folder.depc(&["check", "over.dep", "--fix", "--unsafe-fixes"]);
    assert!(output.stderr.starts_with("mended 1 problem in 1 file\n"), "{output:?}");
    assert!(folder.read("over.dep").unwrap().contains("\noverride a = 2\n"));
    assert_eq!(folder.read("base.dep").unwrap(), base);
    assert_eq!(folder.depc(&["check", "over.dep", "--unsafe-fixes"]).code, 2);
    assert_eq!(folder.depc(&["check", "-", "--fix"]).code, 2);
}

#[test]
fn a_default_that_is_overridden_loses_the_word_alone() {
    let folder = Folder::new(&[
        ("base.dep", "default a: Int = 1\n"),
        ("over.dep", "overlay \"./base.dep\"\n\n// why\noverride a = 2 // so\n"),
    ]);
    let output = folder.depc(&["check", "over.dep", "--fix"]);
    assert_eq!(output.code, 0, "{output:?}");
    assert_eq!(folder.read("over.dep").unwrap(), "overlay \"./base.dep\"\n\n// why\na = 2 // so\n");
}

#[test]
fn marks_and_line_breaks_of_other_systems_stay() {
    let folder = Folder::new(&[(
        "a.dep",
        "\u{feff}// \u{e9}\r\na: Int = \"1\"\r\nb: Str = 2\r\nc: Bool = True\n",
    )]);
    let output = folder.depc(&["check", "a.dep", "--fix"]);
    assert_eq!(output.code, 0, "{output:?}");
    assert_eq!(
        folder.read("a.dep").unwrap(),
        "\u{feff}// \u{e9}\r\na: Int = 1\r\nb: Str = \"2\"\r\nc: Bool = true\n"
    );
}

#[test]
fn what_is_shown_is_not_written() {
    let text = "use std.workload.Service\n\napp = Service {\n  image = \"x:1\"\n  ports { http = 80 }\n  replicsa = 2\n}\n";
    let folder = Folder::new(&[("a.dep", text), ("b.dep", "overlay \"./a.dep\"\n")]);
    // A mistake in a file that two programs stand on is mended once.
    let output = folder.depc(&["check", ".", "--diff"]);
    assert_eq!(output.stdout.matches("+  replicas = 2").count(), 1, "{output:?}");
    assert_eq!((output.code, folder.read("a.dep").unwrap().as_str()), (0, text));
    let output = folder.depc(&["check", ".", "--fix"]);
    assert_eq!(output.code, 0, "{output:?}");
    assert_eq!(folder.depc(&["check", ".", "--diff"]).stdout, "");
}

#[test]
fn a_name_that_may_be_one_of_two_is_not_chosen() {
    let text = "axb: Int = 1\naxc: Int = 2\nx: Int = axd\n";
    let folder = Folder::new(&[("a.dep", text)]);
    let output = folder.depc(&["check", "a.dep", "--fix"]);
    assert_eq!(output.code, 1, "{output:?}");
    assert_eq!(folder.read("a.dep").unwrap(), text);
}

/// Every program in the pages of the errors, mended as far as it goes: there are never more errors than before, and
/// wherever a safe change is offered it does away with one.
#[test]
fn no_change_makes_a_page_worse() {
    let mut mended = 0;
    for path in tests::files(&tests::root().join("tests/errors"), &[".md"]) {
        let page = std::fs::read_to_string(&path).unwrap();
        let mut files: Vec<(String, String)> = Vec::new();
        for part in parts(&page) {
            match part {
                Part::Heading(2, _) => break,
                Part::Block(block) if block.language == "dep" => {
                    let name =
                        if block.title.is_empty() { "main.dep".to_owned() } else { block.title };
                    files.retain(|(known, _)| *known != name);
                    files.push((name, block.text));
                }
                _ => {}
            }
        }
        let Some((main, _)) = files.last().cloned() else { continue };
        let all: Vec<(&str, &str)> =
            files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        let folder = Folder::new(&all);
        let errors = |arguments: &[&str]| {
            let all: Vec<&str> =
                ["check", &main, "--format", "concise"].iter().chain(arguments).copied().collect();
            let output = folder.depc(&all);
            output.stdout.lines().filter(|line| line.contains("error[")).count()
        };
        let before = errors(&[]);
        let output = folder.depc(&["check", &main, "--fix", "--format", "concise"]);
        let after = errors(&[]);
        let shown = path.display();
        if output.stderr.starts_with("mended") {
            mended += 1;
            assert!(
                after < before || before == 0,
                "{shown}: {before} errors before, {after} after:\n{}",
                output.stdout
            );
        } else {
            assert_eq!(after, before, "{shown}");
        }
        folder.depc(&["check", &main, "--fix", "--unsafe-fixes"]);
        assert!(errors(&[]) <= before, "{shown}");
    }
    assert!(mended >= 9, "only {mended} pages have something that mends itself");
}
