//! What the examples print. `UPDATE=1` rewrites it.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use tests::command::depc;

#[test]
fn examples_print_what_is_kept() {
    let root = tests::root();
    let mut wrong = String::new();
    for path in tests::files(&root.join("examples"), &[".dep"]) {
        let shown = path.strip_prefix(&root).unwrap().display().to_string();
        let kept = root.join("tests").join(&shown).with_extension("yaml");
        let output = depc(&root, &["build", &shown]);
        assert_eq!(output.code, 0, "{shown}: {}", output.stderr);
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
fn an_overlay_changes_what_it_says_and_nothing_else() {
    let root = tests::root();
    let text = |name: &str| depc(&root, &["build", name]).stdout;
    let (base, prod) = (text("examples/backend/app.dep"), text("examples/backend/prod.dep"));
    assert_ne!(base, prod);
    assert!(prod.contains("maxReplicas: 20\n"));
}
