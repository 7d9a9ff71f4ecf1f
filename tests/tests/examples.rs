//! What the examples print. `UPDATE=1` rewrites it.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use tests::command::{console, depc};
use tests::markdown::{Part, parts, rewritten};

#[test]
fn examples_print_what_is_kept() {
    let root = tests::root();
    let mut wrong = String::new();
    for path in tests::files(&root.join("examples"), &[".dep"]) {
        // A file of tests makes what it stands on makes.
        if path.to_string_lossy().ends_with("_test.dep") {
            continue;
        }
        let shown = path.strip_prefix(&root).unwrap().display().to_string();
        let kept = root.join("tests").join(&shown).with_extension("yaml");
        let output = depc(&root, &["build", &shown]);
        assert_eq!(output.code, 0, "{shown}: {}", output.stderr);
        // What others use makes nothing of its own.
        if output.stdout.is_empty() {
            assert!(!kept.exists(), "{shown} makes nothing");
            continue;
        }
        if std::fs::read_to_string(&kept).is_ok_and(|text| text == output.stdout) {
            continue;
        }
        if tests::update() {
            std::fs::create_dir_all(kept.parent().unwrap()).unwrap();
            std::fs::write(&kept, &output.stdout).unwrap();
        } else {
            wrong.push_str(&format!(
                "{shown} does not print {}; it prints\n{}",
                kept.display(),
                output.stdout
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn examples_and_the_library_are_as_they_should_be() {
    let root = tests::root();
    let checked = depc(&root, &["check", "--deny", "warnings", "--format", "concise", "examples"]);
    let errors: Vec<&str> =
        checked.stdout.lines().filter(|line| line.contains(": error[")).collect();
    assert_eq!((checked.code, errors), (0, Vec::new()), "{}", checked.stderr);
    let laid_out = depc(&root, &["fmt", "--check", "examples", "stdlib"]);
    assert_eq!(laid_out.code, 0, "{}{}", laid_out.stdout, laid_out.stderr);
}

#[test]
fn tests_of_examples_pass() {
    let root = tests::root();
    for path in tests::files(&root.join("examples"), &["_test.dep"]) {
        let output = depc(&root, &["test", &path.to_string_lossy()]);
        assert_eq!(output.code, 0, "{}{}", output.stdout, output.stderr);
    }
}

/// No mode of an example is seen for the first time where it counts.
#[test]
fn all_modes_of_examples_hold() {
    let root = tests::root();
    for path in tests::files(&root.join("examples"), &["app.dep"]) {
        let path = path.to_string_lossy();
        let output = depc(&root, &["check", &path, "--matrix"]);
        assert_eq!(output.code, 0, "{path}: {}", output.stderr);
    }
}

/// What the pages of examples show is what the commands print.
#[test]
fn pages_of_examples_tell_the_truth() {
    let mut wrong = String::new();
    for path in tests::files(&tests::root().join("examples"), &["README.md"]) {
        let page = std::fs::read_to_string(&path).unwrap();
        let mut texts = Vec::new();
        for part in parts(&page) {
            if let Part::Block(block) = part
                && block.language == "console"
            {
                let shown = console(path.parent().unwrap(), &block.text, &["depc"]);
                if shown != block.text {
                    wrong.push_str(&format!(
                        "{}:{}: it shows\n{shown}",
                        path.display(),
                        block.line
                    ));
                    texts.push((block.line, shown));
                }
            }
        }
        if tests::update() {
            std::fs::write(&path, rewritten(&page, &texts)).unwrap();
        }
    }
    assert!(wrong.is_empty() || tests::update(), "{wrong}");
}

#[test]
fn an_overlay_changes_what_it_says_and_nothing_else() {
    let root = tests::root();
    let text = |name: &str| depc(&root, &["build", name]).stdout;
    let (base, prod) = (text("examples/backend/app.dep"), text("examples/backend/prod.dep"));
    assert_ne!(base, prod);
    assert!(prod.contains("maxReplicas: 20\n"));
}
