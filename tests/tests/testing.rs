//! `depc test`: exit codes, snapshots, the forms in which results are told, and what a test runs of a program again.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use analysis::verdicts::{tests as tests_of, verdicts};
use analysis::workspace::Memory;
use tests::command::Folder;
use tests::executed::Session;

const APP: &str = r#"use std.workload.Service

app = Service { image = "ghcr.io/your-org/app:1.0.0", ports { http = 3000 } }
git = Service { image = "ghcr.io/your-org/git:1.0.0", ports { http = 8021 } }
"#;

/// The program with a test that holds `statements`.
fn with_test(statements: &str) -> String {
    format!("{APP}\ntest \"it\" {{\n  {statements}\n}}\n")
}

#[test]
fn exit_codes_tell_a_failure_from_a_wrong_use() {
    let folder = Folder::new(&[
        ("good.dep", &with_test("assert app.name == \"app\"")),
        ("bad.dep", &with_test("assert app.name == \"git\"")),
        ("broken.dep", "app = Servise {}\ntest \"it\" { assert 1 == 1 }\n"),
        ("none/app.dep", APP),
    ]);
    assert_eq!(folder.depc(&["test", "good.dep"]).code, 0);
    assert_eq!(folder.depc(&["test", "bad.dep"]).code, 1);
    let broken = folder.depc(&["test", "broken.dep"]);
    assert_eq!(broken.code, 1);
    assert!(broken.stdout.starts_with("not run broken.dep: it\nerror[E01"), "{}", broken.stdout);
    for wrong in [
        &["test", "none"][..],
        &["test", "none/app.dep"],
        &["test", "good.dep", "--filter", "nothing"],
        &["test", "-"],
        &["test", "not-there.dep"],
        &["test", "good.dep", "--format", "xml"],
        &["test"],
    ] {
        let output = folder.depc(wrong);
        assert_eq!(output.code, 2, "{wrong:?}: {output:?}");
    }
    let filtered = folder.depc(&["test", "good.dep", "--filter", "nothing"]);
    assert_eq!(filtered.stderr, "error: no test has \"nothing\" in its name\n");
    let none = folder.depc(&["test", "none"]);
    assert_eq!(none.stderr, "error: there is no test in none\n");
}

#[test]
fn a_snapshot_is_stored_compared_and_stored_again() {
    let program = with_test("snapshot \"all\"\n  snapshot \"two\" = app { replicas = 2 }");
    let folder = Folder::new(&[("deep/app.dep", &program)]);
    let missing = folder.depc(&["test", "deep"]);
    assert_eq!(missing.code, 1);
    assert_eq!(missing.stdout.matches("error[E0905]").count(), 2, "{}", missing.stdout);
    assert_eq!(folder.names("deep"), ["app.dep"]);

    let stored = folder.depc(&["test", "deep", "--update"]);
    assert_eq!(stored.code, 0, "{}", stored.stdout);
    assert_eq!(folder.names("deep/snapshots/app"), ["all.yaml", "two.yaml"]);
    let all = folder.read("deep/snapshots/app/all.yaml").unwrap();
    assert_eq!(all, folder.depc(&["build", "deep/app.dep"]).stdout);
    let two = folder.read("deep/snapshots/app/two.yaml").unwrap();
    assert!(two.contains("replicas: 2") && !two.contains("name: git"), "{two}");
    let same = folder.depc(&["test", "deep"]);
    assert_eq!((same.code, same.stdout.as_str()), (0, "ok      deep/app.dep: it\n1 test passed\n"));

    // Line ends as another system checks them out are no difference.
    folder.write("deep/snapshots/app/all.yaml", all.replace('\n', "\r\n"));
    assert_eq!(folder.depc(&["test", "deep"]).code, 0);

    folder.write("deep/app.dep", program.replace("8021", "8022"));
    let differs = folder.depc(&["test", "deep"]);
    assert_eq!(differs.code, 1);
    assert!(differs.stdout.contains("error[E0906]"), "{}", differs.stdout);
    assert!(differs.stdout.contains("\n-  - name: http\n") || differs.stdout.contains("8021"));
    assert!(differs.stdout.contains("8022") && !differs.stdout.contains("two.yaml holds"));
    assert_eq!(folder.read("deep/snapshots/app/two.yaml").unwrap(), two);
    assert_eq!(folder.depc(&["test", "deep", "--update"]).code, 0);
    assert_eq!(folder.depc(&["test", "deep"]).code, 0);
}

#[test]
fn a_stored_file_that_no_test_makes_is_told_and_kept() {
    let folder = Folder::new(&[
        ("app.dep", &with_test("snapshot \"all\"")),
        ("snapshots/app/old.yaml", "a: 1\n"),
    ]);
    let output = folder.depc(&["test", "app.dep", "--update"]);
    assert_eq!(output.code, 0);
    assert!(output.stdout.contains("unused  snapshots/app/old.yaml"), "{}", output.stdout);
    assert_eq!(folder.names("snapshots/app"), ["all.yaml", "old.yaml"]);
    // Where only some tests run, the others may make it.
    let some = folder.depc(&["test", "app.dep", "--filter", "it"]);
    assert!(!some.stdout.contains("unused"), "{}", some.stdout);
}

#[test]
fn no_snapshot_holds_a_secret() {
    let program = r#"db = k8s.Secret { metadata { name = "db" }, stringData { password = "hunter2" } }
test "it" {
  snapshot "all"
  snapshot "one" = db { metadata { labels { a = "b" } } }
}
"#;
    let folder = Folder::new(&[("app.dep", program)]);
    assert_eq!(folder.depc(&["test", "app.dep", "--update"]).code, 0);
    for name in ["all", "one"] {
        let text = folder.read(&format!("snapshots/app/{name}.yaml")).unwrap();
        assert!(text.contains("password:") && !text.contains("hunter2"), "{text}");
    }
}

#[test]
fn results_are_told_as_junit() {
    let tests = "test \"a < b & \\\"c\\\"\" { assert 1 == 1 }\ntest \"two\" { assert app.name == \"<git>\" }\n";
    let folder = Folder::new(&[
        ("app.dep", &format!("{APP}{tests}")),
        ("broken.dep", "app = Servise {}\ntest \"it\" { assert 1 == 1 }\n"),
    ]);
    let output = folder.depc(&["test", ".", "--format", "junit", "--color", "always"]);
    assert_eq!((output.code, output.stderr.as_str()), (1, ""));
    insta::assert_snapshot!(output.stdout);
}

#[test]
fn files_of_a_folder_are_tested_one_by_one() {
    let folder = Folder::new(&[
        ("app.dep", APP),
        (
            "app_test.dep",
            "overlay \"./app.dep\"\ntest \"layered\" { assert app.name == \"app\" }\n",
        ),
        (
            "use_test.dep",
            "use \"./app.dep\" as base\ntest \"used\" { fails base.app { imag = \"x\" } because \"imag\" }\n",
        ),
        (
            "set_test.dep",
            "overlay \"./app.dep\"\napp.replicas = 3\ntest \"set\" { assert app.replicas == 3 }\n",
        ),
    ]);
    let output = folder.depc(&["test", "."]);
    assert_eq!(
        output.stdout,
        "ok      ./app_test.dep: layered\nok      ./set_test.dep: set\nok      ./use_test.dep: used\n3 tests passed\n"
    );
    let set = folder.depc(&["test", "app_test.dep", "--set", "app.name=other"]);
    assert_eq!(set.code, 1, "{}", set.stdout);
}

#[test]
fn a_test_changes_neither_the_output_nor_what_is_evaluated_for_it() {
    let folder = Folder::new(&[
        ("app.dep", APP),
        ("tested.dep", &with_test("fails app { replicas = 3 }\n  assert app.nam == 3")),
    ]);
    let plain = folder.depc(&["build", "app.dep"]);
    let tested = folder.depc(&["build", "tested.dep"]);
    assert_eq!((tested.code, tested.stdout), (0, plain.stdout));
    assert_eq!(folder.depc(&["check", "tested.dep"]).code, 1);
}

/// How often each query ran to judge the tests of `app.dep`.
fn judged(session: &mut Session) -> (Vec<usize>, std::collections::BTreeMap<String, usize>) {
    let mut memory = Memory::default();
    memory.write("app.dep", session.text("app.dep"));
    session.executed();
    let workspace = session.workspace();
    let loaded = workspace.load(&memory, "app.dep", &[]);
    let tests = tests_of(workspace, &loaded);
    let verdicts = verdicts(workspace, &loaded, &tests);
    let failures = verdicts.iter().map(|verdict| verdict.failures.len()).collect();
    (failures, session.executed())
}

#[test]
fn tests_share_what_was_read_and_run_again_only_where_that_changed() {
    let tests =
        "test \"a\" { assert app.name == \"app\" }\ntest \"g\" { assert git.name == \"git\" }\n";
    let mut session = Session::default();
    session.write("app.dep", &format!("{APP}{tests}"));
    session.build("app.dep");
    let (failures, executed) = judged(&mut session);
    assert_eq!(failures, [0, 0]);
    assert_eq!(executed["tested"], 2);
    let (_, executed) = judged(&mut session);
    assert_eq!(executed.get("tested"), None, "nothing changed: {executed:?}");

    // What a test does not read runs none, even in the service that it asks about.
    session.write("app.dep", &format!("{APP}{tests}").replace("3000", "3001"));
    let (_, executed) = judged(&mut session);
    assert_eq!(executed.get("tested"), None, "{executed:?}");

    session.write("app.dep", &format!("{APP}{tests}").replace("git = S", "gitt = S"));
    let (failures, executed) = judged(&mut session);
    assert_eq!(failures, [0, 1]);
    assert_eq!(executed["tested"], 1, "{executed:?}");
}

#[test]
fn as_many_tests_as_there_are() {
    use std::fmt::Write;
    let mut program = APP.to_owned();
    for number in 0..500 {
        writeln!(
            program,
            "test \"number {number}\" {{ fails app {{ replicas = -{number} - 1 }} }}"
        )
        .unwrap();
    }
    program.push_str(
        "test \"loops\" { for x in [1, 2, 3] { for y in [x, 0] { assert x + y > 0 } } }\n",
    );
    let folder = Folder::new(&[("app.dep", &program)]);
    let output = folder.depc(&["test", "app.dep"]);
    assert!(output.stdout.ends_with("501 tests passed\n"), "{}", output.stdout);
}

#[test]
fn tests_run_with_what_the_command_line_gives() {
    let program = "input tag: Str = \"v1\"\ninput motd: Str = \"\"\n
test \"tag\" { assert tag == \"v2\" }\ntest \"motd\" { assert motd == \"hello\" }\n";
    let folder = Folder::new(&[("app.dep", program), ("v.yaml", "tag: v2\n"), ("m.txt", "hello")]);
    let run = |given: &[&str]| folder.depc(&[&["test", "app.dep"], given].concat());
    assert!(run(&[]).stdout.ends_with("2 tests, 2 failed\n"));
    assert!(run(&["-f", "v.yaml"]).stdout.ends_with("2 tests, 1 failed\n"));
    assert_eq!(run(&["-f", "v.yaml", "--set-file", "motd=m.txt"]).code, 0);
    assert_eq!(run(&["--set", "tag=v2", "--set", "motd=hello"]).code, 0);
    // A value that is wrong is told, and runs no test.
    let wrong = run(&["--set", "tga=v2"]);
    assert!(wrong.code == 1 && wrong.stdout.contains("did you mean `tag`?"), "{wrong:?}");
    assert!(wrong.stdout.contains("not run app.dep: tag\n"), "{wrong:?}");
    let unreadable = run(&["-f", "no.yaml"]);
    assert!(unreadable.code == 2 && unreadable.stdout.contains("E0701"), "{unreadable:?}");

    let version = "use k8s.apps.v1.Deployment\nuse k8s.resource.v1.ResourceClaim\n
test \"it\" { assert 1 == 1 }\nlet a: ResourceClaim? = unset\nlet b: Deployment? = unset\n";
    let folder = Folder::new(&[("app.dep", version)]);
    assert_eq!(folder.depc(&["test", "app.dep"]).code, 0);
    let old = folder.depc(&["test", "app.dep", "--kube-version", "1.30"]);
    assert!(old.code == 1 && old.stdout.contains("1.30"), "{old:?}");
}

#[test]
fn a_line_of_progress_is_for_terminals_and_goes_away() {
    let folder = Folder::new(&[("app.dep", &with_test("assert 1 == 1"))]);
    let run = |terminal| {
        let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
        let mut io = depc::Io {
            folder: folder.path(),
            stdin: &mut std::io::empty(),
            stdout: &mut stdout,
            stderr: &mut stderr,
            color: false,
            terminal,
        };
        assert_eq!(depc::run(["depc", "test", "."].map(Into::into), &mut io), 0);
        String::from_utf8(stderr).unwrap()
    };
    assert_eq!(run(false), "");
    let told = run(true);
    assert!(told.contains("file 1 of 1: test 1 of 1") && told.ends_with("\r\x1b[K"), "{told:?}");
}
