//! More mistakes than anybody reads: so many are kept, and an error among warnings always is.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use analysis::limits::PROBLEMS;
use analysis::problems::problems;
use analysis::workspace::{Memory, Workspace};
use tests::executed::Session;

#[test]
fn mistakes_without_end() {
    // Each is compared with all others, so only so many are kept; an error among warnings always is.
    let checks = |word: &str| {
        format!("schema S {{\n  for x in range(30000) {{\n    {word} x < 0: \"\\(x)\"\n  }}\n}}\n")
    };
    let many = |word: &str| {
        let mut session = Session::default();
        session.write("app.dep", &format!("{}s = S {{}}\n", checks(word)));
        session.diagnostics("app.dep").len()
    };
    assert_eq!(many("check"), 1_000);
    assert_eq!(many("warn"), 1_000);
    let late = "  check size > 2: \"late\"\n}\n";
    let text = "input size: Int = 1\n".to_owned()
        + checks("warn").trim_end().trim_end_matches('}')
        + late
        + "s = S {}\n";
    let mut session = Session::default();
    session.write("app.dep", &text);
    assert!(session.diagnostics("app.dep").iter().any(|d| d.is_error() && d.message == "late"));
}

#[test]
fn mistakes_in_one_item_without_end() {
    let body = |text: &dyn Fn(usize) -> String| {
        let lines: String = (0..3_000).map(|n| text(n) + "\n").collect();
        let mut session = Session::default();
        let text = format!("schema S {{ m: {{Str: Int}} }}\ns = S {{ m {{\n{lines}}} }}\n");
        session.write("app.dep", &text);
        session.diagnostics("app.dep").len()
    };
    assert_eq!(body(&|_| "a = 1".to_owned()), 1_000);
    assert_eq!(body(&|n| format!("a{n} = 1")), 0);
}

#[test]
fn problems_that_are_told() {
    let told = |count: usize| {
        let mut files = Memory::default();
        files.write("app.dep", (0..count).map(|n| format!("x{n} = nothing\n")).collect::<String>());
        let mut workspace = Workspace::default();
        let loaded = workspace.load(&files, "app.dep", &[]);
        let found = problems(&workspace, &loaded);
        let wrong = found.iter().filter(|found| found.code == "E0101").count();
        (wrong, found.len() - wrong)
    };
    if tests::heavy() {
        assert_eq!(told(PROBLEMS), (PROBLEMS, 0));
        assert_eq!(told(PROBLEMS + 1), (PROBLEMS, 1));
        // What is behind so many is not looked at.
        assert_eq!(told(2 * PROBLEMS), (PROBLEMS, 1));
    }
}
