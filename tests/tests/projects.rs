//! `dep.toml` and `dep.lock`: which version of Kubernetes a program is for, and what its packages hold.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use tests::command::Folder;
use tests::executed::Session;

const POD: &str = "resolver = k8s.Pod {
  metadata { name = \"resolver\" }
  spec {
    hostnameOverride = \"resolver\"
    containers.app { image = \"ghcr.io/your-org/resolver:1.0.0\" }
  }
}
";

const PACKAGES: &str = "[packages]\n\"@example/queue\" = { path = \"packages/queue\" }\n";

/// The codes of what is wrong, without lints.
fn codes(session: &mut Session, path: &str) -> Vec<String> {
    let codes = session.build(path).diagnostics.into_iter().map(|found| found.code);
    codes.filter(|code| !code.starts_with("L-")).collect()
}

#[test]
fn another_version_in_the_project_is_another_program() {
    let mut session = Session::default();
    session.write("app.dep", POD);
    assert!(codes(&mut session, "app.dep").is_empty());
    for (version, expected) in
        [("1.33", &["E0113"][..]), ("1.34", &["K-dropped"]), ("1.35", &[]), ("1.3", &["E0706"])]
    {
        session.write("dep.toml", &format!("kubernetes = \"{version}\"\n"));
        assert_eq!(codes(&mut session, "app.dep"), expected, "{version}");
    }
}

#[test]
fn projects_of_different_versions_do_not_mix() {
    let mut session = Session::default();
    session.write("old/dep.toml", "kubernetes = \"1.33\"\n");
    session.write("old/app.dep", POD);
    session.write("new/app.dep", POD);
    for _ in 0..2 {
        assert_eq!(codes(&mut session, "old/app.dep"), ["E0113"]);
        assert!(codes(&mut session, "new/app.dep").is_empty());
    }
    let folder = Folder::new(&[
        ("old/dep.toml", "kubernetes = \"1.33\"\n"),
        ("old/app.dep", POD),
        ("new/app.dep", POD),
    ]);
    let output = folder.depc(&["check", "."]);
    assert_eq!((output.code, output.stderr.matches("E0113").count()), (1, 1), "{}", output.stderr);
    let output = folder.depc(&["check", ".", "--kube-version", "1.36"]);
    assert!(output.code == 0 && !output.stderr.contains("error"), "{}", output.stderr);
}

#[test]
fn the_library_suits_every_version() {
    for example in ["examples/backend/app.dep", "examples/quickstart/app.dep"] {
        let build = |minor: u8| {
            let version = format!("1.{minor}");
            let arguments = ["build", example, "--kube-version", &version];
            let output = tests::command::depc(&tests::root(), &arguments);
            assert_eq!(output.code, 0, "{example} for {version}: {}", output.stderr);
            output.stdout
        };
        let newest = build(kube::types::LAST);
        for minor in kube::types::FIRST..kube::types::LAST {
            assert_eq!(build(minor), newest, "{example} for 1.{minor}");
        }
    }
}

#[test]
fn what_changes_in_a_package_is_found_while_it_is_edited() {
    let queue = "size: Int = 3\n";
    let mut session = Session::default();
    session.write("dep.toml", PACKAGES);
    session.write("packages/queue/queue.dep", queue);
    session.write("app.dep", "use queue from \"@example/queue\"\nsize: Int = queue.size\n");
    assert_eq!(codes(&mut session, "app.dep"), ["E0118"]);
    let lock = format!(
        "[packages.\"@example/queue\"]\n\"queue.dep\" = \"{}\"\n",
        analysis::workspace::hash(queue)
    );
    session.write("dep.lock", &lock);
    assert!(codes(&mut session, "app.dep").is_empty());
    session.write("packages/queue/queue.dep", "size: Int = 4\n");
    assert_eq!(codes(&mut session, "app.dep"), ["E0119"]);
    session.write("packages/queue/queue.dep", queue);
    assert!(codes(&mut session, "app.dep").is_empty());
    session.write("dep.lock", "[packages]\n\"@example/queue\" = 3\n");
    assert_eq!(codes(&mut session, "app.dep"), ["E0118", "E0118"]);
}

#[test]
fn a_package_is_written_without_pinning_it_at_each_step() {
    let folder = Folder::new(&[
        ("dep.toml", PACKAGES),
        ("packages/queue/queue.dep", "use \"./names.dep\" as names\nname = names.queue\n"),
        ("packages/queue/names.dep", "queue = \"queue\"\n"),
    ]);
    let output = folder.depc(&["check", "packages/queue/queue.dep"]);
    assert_eq!((output.code, output.stderr.as_str()), (0, ""));
}

#[test]
fn lock_pins_every_file_of_every_package() {
    let folder = Folder::new(&[
        ("dep.toml", PACKAGES),
        ("packages/queue/queue.dep", "size: Int = 3\n"),
        ("packages/queue/parts/names.dep", "queue = \"queue\"\n"),
        ("apps/app.dep", "use queue.size from \"@example/queue\"\ncopy: Int = size\n"),
    ]);
    let output = folder.depc(&["lock", "apps"]);
    assert_eq!((output.code, output.stdout.as_str()), (0, ""));
    assert_eq!(output.stderr, "dep.lock pins 2 files of 1 package\n");
    let lock = folder.read("dep.lock").unwrap();
    assert!(
        lock.contains("\n[packages.\"@example/queue\"]\n\"parts/names.dep\" = \"sha256:"),
        "{lock}"
    );
    assert_eq!(folder.depc(&["check", "apps/app.dep"]).code, 0);
    // Line breaks are a matter of tools.
    folder.write("packages/queue/queue.dep", "size: Int = 3\r\n");
    assert_eq!(folder.depc(&["check", "apps/app.dep"]).code, 0);
    assert_eq!(folder.depc(&["lock"]).code, 0);
    assert_eq!(folder.read("dep.lock").unwrap(), lock);
}

#[test]
fn lock_writes_nothing_where_the_project_is_wrong() {
    let folder = Folder::new(&[("app.dep", "size = 1\n")]);
    let output = folder.depc(&["lock"]);
    assert_eq!((output.code, output.stderr.as_str()), (2, "error: there is no dep.toml above .\n"));
    assert_eq!(folder.depc(&["lock", "nowhere"]).code, 2);
    folder.write("dep.toml", "[packages]\n\"@example/queue\" = \"1.0\"\n");
    let output = folder.depc(&["lock"]);
    assert_eq!(output.code, 1);
    assert!(output.stderr.contains("there is no registry to ask"), "{}", output.stderr);
    assert_eq!(folder.read("dep.lock"), None);
}

#[test]
fn a_dep_toml_that_cannot_be_read_is_told() {
    let folder = Folder::new(&[("app.dep", "size = 1\n")]);
    folder.write("dep.toml", [0xff, 0xfe]);
    let output = folder.depc(&["check", "app.dep"]);
    assert_eq!(output.code, 1);
    assert!(
        output.stderr.contains("E0706") && output.stderr.contains("UTF-8"),
        "{}",
        output.stderr
    );
}

#[test]
fn what_only_another_file_of_the_program_reads_is_used() {
    let defaults = "let hidden = 3\nlet lonely = 3\ninput tag: Str = \"v1\"\n";
    let main = "use \"./defaults.dep\" as defaults\nx = defaults.hidden\ny = defaults.tag\n";
    let folder = Folder::new(&[("main.dep", main), ("defaults.dep", defaults)]);
    let output = folder.depc(&["check", "main.dep", "--format", "concise"]);
    assert!(output.stdout.starts_with("defaults.dep:2:5: warning[E0273]"), "{}", output.stdout);
    assert_eq!(output.stdout.matches("E0273").count(), 1, "{}", output.stdout);
    // Of a folder, the file is a program too, and the other one is known to read it.
    let output = folder.depc(&["check", ".", "--format", "concise"]);
    assert!(output.stdout.contains("defaults.dep:2:5: warning[E0273]"), "{}", output.stdout);
    assert_eq!(output.stdout.matches("E0273").count(), 1, "{}", output.stdout);
}
