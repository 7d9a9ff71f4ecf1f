//! The command as users see it: exit codes, what goes where, folders of outputs, formatting, and bad input.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::time::Instant;

use tests::command::{Folder, depc_with_input};

const MAP: &str =
    "settings = k8s.ConfigMap {\n  metadata { name = \"settings\" }\n  data { A = \"1\" }\n}\n";
const MAP_YAML: &str =
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata:\n  A: \"1\"\n";

#[test]
fn build_prints_yaml_or_json() {
    let folder = Folder::new(&[("app.dep", MAP)]);
    let output = folder.depc(&["build", "app.dep"]);
    assert_eq!((output.code, output.stdout.as_str(), output.stderr.as_str()), (0, MAP_YAML, ""));
    assert_eq!(folder.depc(&["build", "app.dep", "-o", "-"]).stdout, MAP_YAML);
    let output = folder.depc(&["build", "app.dep", "-o", "json"]);
    let value: serde_yaml::Value = serde_yaml::from_str(&output.stdout).unwrap();
    assert_eq!(value[0]["data"]["A"], "1");
    assert!(
        output.stdout.starts_with("[\n  {\n    \"apiVersion\": \"v1\",\n"),
        "{}",
        output.stdout
    );
    assert!(output.stdout.ends_with("\n  }\n]\n"), "{}", output.stdout);
}

#[test]
fn an_error_leaves_standard_output_empty() {
    let folder = Folder::new(&[("app.dep", MAP), ("bad.dep", "a: Int = \"x\"\n")]);
    let output = folder.depc(&["build", "app.dep", "bad.dep"]);
    assert_eq!((output.code, output.stdout.as_str()), (1, ""));
    assert!(output.stderr.contains("error[E0201]"), "{}", output.stderr);
    assert!(output.stderr.contains("bad.dep:1:10"), "{}", output.stderr);
}

#[test]
fn standard_input_is_a_file_too() {
    let folder = Folder::new(&[("lib.dep", "tag: Str = \"v1\"\n")]);
    for command in ["build", "check", "fmt"] {
        let output = depc_with_input(&folder.path(), &[command, "-", "-"], MAP.as_bytes());
        assert!(output.code == 2 && output.stderr.contains("read once"), "{output:?}");
        assert!(output.stdout.is_empty(), "{output:?}");
    }
    let output = depc_with_input(&folder.path(), &["build", "-"], MAP.as_bytes());
    assert_eq!((output.code, output.stdout.as_str()), (0, MAP_YAML));
    let uses = "use \"./lib.dep\" as lib\nx: Str = lib.tag\ny: Int = lib.tag\n";
    let output = depc_with_input(&folder.path(), &["check", "-"], uses.as_bytes());
    assert_eq!(output.code, 1);
    assert!(output.stderr.contains("<stdin>:3:"), "{}", output.stderr);
}

#[test]
fn warnings_are_errors_only_where_they_are_denied() {
    let text = format!("warn 1 > 2: \"one is small\"\n{MAP}");
    let folder = Folder::new(&[("app.dep", &text)]);
    let output = folder.depc(&["build", "app.dep"]);
    assert_eq!((output.code, output.stdout.as_str()), (0, MAP_YAML));
    assert!(output.stderr.contains("warning"), "{}", output.stderr);
    let output = folder.depc(&["build", "app.dep", "--deny", "warnings"]);
    assert_eq!((output.code, output.stdout.as_str()), (1, ""));
    assert!(output.stderr.contains("--deny warnings"), "{}", output.stderr);
}

#[test]
fn settings_are_the_last_layer() {
    let folder = Folder::new(&[(
        "app.dep",
        "input tag: Str = \"v1\"\nm = k8s.ConfigMap {\n  metadata { name = \"m\" }\n  data { T = tag }\n}\n",
    )]);
    let output = folder.depc(&["build", "app.dep", "--set", "tag=1.10"]);
    assert!(output.stdout.contains("T: \"1.10\"\n"), "{output:?}");
    assert_eq!(folder.depc(&["build", "app.dep", "--set", "tga=1"]).code, 1);
    assert_eq!(folder.depc(&["build", "app.dep", "--set", "tag"]).code, 2);
    assert_eq!(folder.depc(&["build", "app.dep", "--set", "=1"]).code, 2);
}

#[test]
fn wrong_use_and_unreadable_paths_end_with_2() {
    let folder = Folder::new(&[("app.dep", MAP), ("empty/x.txt", "")]);
    for arguments in [
        &["build"][..],
        &["bild", "app.dep"],
        &["build", "no.dep"],
        &["build", "empty"],
        &["check", "empty"],
        &["check", "app.dep", "no.dep"],
        &["fmt", "no.dep"],
        &["build", "app.dep", "-o", "app.dep"],
    ] {
        let output = folder.depc(arguments);
        assert_eq!((output.code, output.stdout.as_str()), (2, ""), "{arguments:?}: {output:?}");
        assert!(!output.stderr.is_empty(), "{arguments:?}");
    }
}

#[test]
fn version_help_and_completions_are_printed() {
    let folder = Folder::new(&[]);
    let output = folder.depc(&["version"]);
    assert_eq!((output.code, output.stdout), (0, format!("depc {}\n", env!("CARGO_PKG_VERSION"))));
    for arguments in
        [&["--help"][..], &["--version"], &["completions", "bash"], &["build", "--help"]]
    {
        let output = folder.depc(arguments);
        assert!(
            output.code == 0 && output.stderr.is_empty() && !output.stdout.is_empty(),
            "{output:?}"
        );
    }
}

#[test]
fn check_takes_folders_and_says_what_is_shared_once() {
    let folder = Folder::new(&[
        ("p/app.dep", "a: Int = \"x\"\n"),
        ("p/prod.dep", "overlay \"./app.dep\"\n"),
        ("p/.hidden/bad.dep", "}"),
        ("p/deep/er/fine.dep", MAP),
    ]);
    let output = folder.depc(&["check", "p"]);
    assert_eq!(output.code, 1);
    assert_eq!(output.stderr.matches("error[").count(), 1, "{}", output.stderr);
    assert_eq!(folder.depc(&["check", "p/deep"]).code, 0);
}

#[test]
fn a_folder_of_outputs_holds_what_is_made_and_nothing_of_others_is_touched() {
    let two = format!("{MAP}other = k8s.ConfigMap {{ metadata {{ name = \"other\" }} }}\n");
    let folder = Folder::new(&[
        ("app.dep", &two),
        ("out/mine.txt", "mine"),
        ("out/configmap-mine.yaml", "mine"),
    ]);
    let output = folder.depc(&["build", "app.dep", "-o", "out"]);
    assert_eq!((output.code, output.stdout.as_str()), (0, ""), "{}", output.stderr);
    assert_eq!(
        folder.names("out"),
        [
            ".depc-outputs",
            "configmap-mine.yaml",
            "configmap-other.yaml",
            "configmap-settings.yaml",
            "mine.txt"
        ]
    );
    assert_eq!(folder.read("out/configmap-settings.yaml").unwrap(), MAP_YAML);
    // What is no longer made is removed; what changed is replaced.
    folder.write("app.dep", MAP.replace("\"1\"", "\"2\""));
    assert_eq!(folder.depc(&["build", "app.dep", "-o", "out"]).code, 0);
    assert_eq!(
        folder.names("out"),
        [".depc-outputs", "configmap-mine.yaml", "configmap-settings.yaml", "mine.txt"]
    );
    assert!(folder.read("out/configmap-settings.yaml").unwrap().contains("A: \"2\""));
    // An error writes and removes nothing.
    folder.write("app.dep", "}");
    assert_eq!(folder.depc(&["build", "app.dep", "-o", "out"]).code, 1);
    assert_eq!(folder.names("out").len(), 4);
}

#[test]
fn a_file_of_someone_else_is_never_replaced() {
    let folder = Folder::new(&[("app.dep", MAP), ("out/configmap-settings.yaml", "mine")]);
    let output = folder.depc(&["build", "app.dep", "-o", "out"]);
    assert_eq!(output.code, 1);
    assert!(output.stderr.contains("E0707"), "{}", output.stderr);
    assert_eq!(folder.names("out"), ["configmap-settings.yaml"]);
    assert_eq!(folder.read("out/configmap-settings.yaml").unwrap(), "mine");
}

#[test]
fn what_is_in_the_way_is_told_before_anything_is_written() {
    let folder = Folder::new(&[("app.dep", MAP), ("out/configmap-settings.yaml/mine.txt", "mine")]);
    let output = folder.depc(&["build", "app.dep", "-o", "out"]);
    assert_eq!(output.code, 1);
    let said = "error[E0707]: out/configmap-settings.yaml was not written by depc";
    assert!(output.stderr.starts_with(said), "{}", output.stderr);
    assert_eq!(folder.names("out"), ["configmap-settings.yaml"]);
}

#[test]
fn a_format_with_a_slip_is_no_folder() {
    let folder = Folder::new(&[("app.dep", MAP)]);
    for (typed, near) in [("jsn", "json"), ("yml", "yaml"), ("JSON", "json")] {
        let output = folder.depc(&["build", "app.dep", "-o", typed]);
        assert_eq!(output.code, 2, "{typed}");
        let said = format!("did you mean `{near}`? A folder of that name is written `./{typed}`");
        assert!(output.stderr.contains(&said), "{}", output.stderr);
    }
    assert_eq!(folder.names("."), ["app.dep"]);
    assert_eq!(folder.depc(&["build", "app.dep", "-o", "./jsn"]).code, 0);
    // It is there now.
    assert_eq!(folder.depc(&["build", "app.dep", "-o", "jsn"]).code, 0);
}

#[test]
fn of_several_paths_all_are_looked_at() {
    let folder = Folder::new(&[("empty/notes.txt", ""), ("bad.dep", "a: Int = \"b\"\n")]);
    let output = folder.depc(&["check", "empty", "bad.dep"]);
    assert_eq!(output.code, 2);
    assert!(output.stderr.contains("there is no .dep file in empty"), "{}", output.stderr);
    assert!(output.stderr.contains("E0201"), "{}", output.stderr);
    let output = folder.depc(&["check", ""]);
    assert_eq!(output.code, 2);
    assert!(output.stderr.contains("a path is empty"), "{}", output.stderr);
}

#[test]
fn a_list_that_leads_out_of_the_folder_removes_nothing_there() {
    let folder = Folder::new(&[
        ("app.dep", MAP),
        ("precious.yaml", "mine"),
        ("out/.depc-outputs", "../precious.yaml\n/precious.yaml\nsub/../../precious.yaml\n"),
    ]);
    assert_eq!(folder.depc(&["build", "app.dep", "-o", "out"]).code, 0);
    assert!(folder.read("precious.yaml").is_some());
}

#[test]
fn several_programs_get_a_folder_each() {
    let folder = Folder::new(&[("a.dep", MAP), ("b.dep", MAP), ("c/a.dep", MAP)]);
    assert_eq!(folder.depc(&["build", "a.dep", "b.dep", "c/a.dep", "-o", "out"]).code, 0);
    assert_eq!(folder.names("out"), [".depc-outputs", "a", "b", "c"]);
    assert_eq!(folder.read("out/c/a/configmap-settings.yaml").unwrap(), MAP_YAML);
    // A program that is built no more leaves nothing behind, nor does one alone find what several left.
    folder.write("out/b/mine.txt", "mine");
    assert_eq!(folder.depc(&["build", "c/a.dep", "c/../a.dep", "-o", "out"]).code, 0);
    assert_eq!(folder.names("out"), [".depc-outputs", "a", "b", "c"]);
    assert_eq!(folder.names("out/b"), ["mine.txt"]);
    assert_eq!(folder.depc(&["build", "a.dep", "-o", "out"]).code, 0);
    assert_eq!(folder.names("out"), [".depc-outputs", "b", "configmap-settings.yaml"]);
    // A program that stands twice has no folder of its own.
    assert_eq!(folder.depc(&["build", "a.dep", "c/../a.dep", "-o", "other"]).code, 2);
    assert!(!folder.path().join("other").exists());
}

#[cfg(unix)]
#[test]
fn a_link_in_a_folder_of_outputs_is_not_followed() {
    let folder = Folder::new(&[("a.dep", MAP), ("b.dep", MAP), ("mine/x.txt", "mine")]);
    folder.write("out/x.txt", "mine");
    std::os::unix::fs::symlink(folder.path().join("mine"), folder.path().join("out/b")).unwrap();
    let output = folder.depc(&["build", "a.dep", "b.dep", "-o", "out"]);
    assert_eq!(output.code, 1);
    assert!(output.stderr.contains("E0707"), "{}", output.stderr);
    // Nor by what a list says.
    folder.write("out/.depc-outputs", "b/x.txt\n");
    assert_eq!(folder.depc(&["build", "a.dep", "-o", "out"]).code, 0);
    assert_eq!(folder.names("mine"), ["x.txt"]);
}

#[test]
fn fmt_writes_checks_and_shows() {
    let ugly = "a  :  Int=1\n";
    let folder =
        Folder::new(&[("ugly.dep", ugly), ("fine.dep", "a: Int = 1\n"), ("bad.dep", "a = {\n")]);
    assert_eq!(folder.depc(&["fmt", "--check", "fine.dep"]).code, 0);
    let output = folder.depc(&["fmt", "--check", "ugly.dep", "fine.dep"]);
    assert_eq!((output.code, output.stderr.as_str()), (1, "ugly.dep is not formatted\n"));
    let output = folder.depc(&["fmt", "--diff", "ugly.dep"]);
    assert_eq!(output.code, 0);
    assert!(output.stdout.contains("-a  :  Int=1\n+a: Int = 1\n"), "{}", output.stdout);
    assert_eq!(folder.read("ugly.dep").unwrap(), ugly);
    assert_eq!(folder.depc(&["fmt", "ugly.dep"]).code, 0);
    assert_eq!(folder.read("ugly.dep").unwrap(), "a: Int = 1\n");
    let output = folder.depc(&["fmt", "bad.dep"]);
    assert_eq!(output.code, 1, "{output:?}");
    assert_eq!(folder.read("bad.dep").unwrap(), "a = {\n");
    // A difference of some of the files is none of what was asked for.
    folder.write("ugly.dep", ugly);
    for (other, code) in [("bad.dep", 1), ("missing.dep", 2)] {
        let output = folder.depc(&["fmt", "--diff", "ugly.dep", other]);
        assert_eq!((output.code, output.stdout.as_str()), (code, ""), "{output:?}");
    }
    let output = folder.depc(&["fmt", "--check", "--diff", "ugly.dep"]);
    assert!(output.code == 1 && output.stdout.contains("+a: Int = 1\n"), "{output:?}");
    let output = depc_with_input(&folder.path(), &["fmt", "-"], ugly.as_bytes());
    assert_eq!((output.code, output.stdout.as_str()), (0, "a: Int = 1\n"));
}

/// Bad input gets a clear answer in bounded time.
fn bad(bytes: impl AsRef<[u8]>, code: u8, says: &str) {
    let folder = Folder::new(&[]);
    folder.write("app.dep", bytes);
    let start = Instant::now();
    let output = folder.depc(&["build", "app.dep"]);
    assert!(start.elapsed().as_secs() < 60, "{says}: took {:?}", start.elapsed());
    assert_eq!(
        (output.code, output.stdout.as_str()),
        (code, ""),
        "{}",
        &output.stderr[..output.stderr.len().min(2000)]
    );
    assert!(
        output.stderr.contains(says),
        "{says:?} is not in {}",
        &output.stderr[..output.stderr.len().min(2000)]
    );
    assert!(output.stderr.len() < 1_000_000, "{says}: {} bytes of messages", output.stderr.len());
}

#[test]
fn empty_files_marks_and_carriage_returns_are_no_errors() {
    bad("", 0, "");
    bad("\n\n// nothing\n", 0, "");
    let folder = Folder::new(&[("app.dep", &format!("\u{feff}{}", MAP.replace('\n', "\r\n")))]);
    assert_eq!(folder.depc(&["build", "app.dep"]).stdout, MAP_YAML);
}

#[test]
fn what_is_not_text_is_said_to_be_so() {
    bad(b"a = 1\n\xff\n", 1, "app.dep is not UTF-8: byte 0xff at line 2, column 1");
    bad(b"a\0b = \x01\n", 1, "E000");
}

#[test]
fn ten_megabytes_of_braces_end_in_an_error() {
    bad("{".repeat(10 << 20), 1, "E000");
}

#[test]
fn a_line_of_a_megabyte_is_no_problem_and_its_mistakes_are_not_shown_whole() {
    let long = "x".repeat(1 << 20);
    bad(format!("a: Int = \"{long}\"\n"), 1, "E0201");
    for (text, code) in
        [(format!("a = {long}\n"), "E0101"), (format!("a = 1{}\n", "0".repeat(1 << 20)), "E0")]
    {
        let folder = Folder::new(&[("app.dep", &text)]);
        let output = folder.depc(&["check", "app.dep"]);
        assert!(
            output.stderr.contains(code) && output.stderr.len() < 4_000,
            "{:.2000}",
            output.stderr
        );
    }
}

#[test]
fn nothing_in_a_file_moves_the_cursor() {
    let folder = Folder::new(&[("app.dep", "x\u{1b}[2Jy = 3 // \u{9b}2J\n\"\u{1b}[2J\" = 4\n")]);
    for format in ["text", "concise"] {
        let output = folder.depc(&["check", "app.dep", "--color", "never", "--format", format]);
        let moves = |c: char| c.is_control() && c != '\n';
        let all = output.stdout + &output.stderr;
        assert!(all.contains("error") && !all.contains(moves), "{all:?}");
    }
}

#[test]
fn no_name_is_no_folder() {
    let folder = Folder::new(&[("app.dep", "x = 1\n")]);
    let output = folder.depc(&["build", "app.dep", "-o", ""]);
    assert_eq!(output.code, 2, "{}", output.stderr);
}

#[test]
fn a_file_that_is_too_large_is_refused() {
    let folder = Folder::new(&[]);
    let file = std::fs::File::create(folder.path().join("app.dep")).unwrap();
    file.set_len(analysis::limits::FILE_BYTES as u64 + 1).unwrap();
    let output = folder.depc(&["build", "app.dep"]);
    assert_eq!(output.code, 1);
    assert!(output.stderr.contains("app.dep is larger than 16 MiB"), "{}", output.stderr);
    let endless = vec![b' '; analysis::limits::FILE_BYTES + 1];
    let output = depc_with_input(&folder.path(), &["build", "-"], &endless);
    assert_eq!(output.code, 1);
    assert!(output.stderr.contains("error[E0703]: <stdin> is larger"), "{}", output.stderr);
}

#[test]
fn fmt_says_what_build_says_of_what_it_cannot_read() {
    let folder = Folder::new(&[]);
    folder.write("latin.dep", b"a = 1\n\xff\n");
    folder.write("large.dep", vec![b' '; analysis::limits::FILE_BYTES + 1]);
    folder.write("folder/inner.dep", "");
    for (path, code) in [("latin.dep", 1), ("large.dep", 1), ("missing.dep", 2)] {
        let [built, formatted] = ["build", "fmt"].map(|command| folder.depc(&[command, path]));
        assert_eq!((built.code, formatted.code), (code, code), "{path}: {}", formatted.stderr);
        assert!(built.stderr.starts_with("error[E07"), "{path}: {}", built.stderr);
        assert_eq!(built.stderr, formatted.stderr);
    }
}

#[test]
fn files_that_use_themselves_or_lie_outside_are_errors() {
    bad("use \"./app.dep\" as me\n", 1, "E0107");
    bad("overlay \"./app.dep\"\n", 1, "E0107");
    bad("use \"../x.dep\" as x\n", 1, "E0106");
    bad("use \"/etc/passwd\" as x\n", 1, "E0106");
    bad("use \"./\" as x\n", 1, "]: . is a directory");
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_project_is_outside() {
    let folder = Folder::new(&[("p/app.dep", "use \"./link.dep\" as x\n"), ("out.dep", "")]);
    std::os::unix::fs::symlink(folder.path().join("out.dep"), folder.path().join("p/link.dep"))
        .unwrap();
    let output = folder.depc(&["check", "p/app.dep"]);
    assert!(output.code == 1 && output.stderr.contains("E0106"), "{output:?}");
    // With a root higher up it is inside.
    folder.write("dep.toml", "");
    assert_eq!(folder.depc(&["check", "p/app.dep"]).code, 0);
}

#[cfg(unix)]
#[test]
fn links_in_a_circle_are_no_missing_files() {
    let folder = Folder::new(&[("app.dep", "text = embed \"./one.txt\"\n")]);
    for (from, to) in [("one.txt", "two.txt"), ("two.txt", "one.txt"), ("me.dep", "me.dep")] {
        std::os::unix::fs::symlink(folder.path().join(to), folder.path().join(from)).unwrap();
    }
    let output = folder.depc(&["build", "me.dep"]);
    assert!(output.code == 2 && output.stderr.contains("me.dep cannot be read: "), "{output:?}");
    let output = folder.depc(&["build", "app.dep"]);
    assert!(output.stderr.contains("\"./one.txt\" cannot be read: "), "{output:?}");
}

#[test]
fn examples_build() {
    let root = tests::root();
    let output = tests::command::depc(&root, &["build", "examples/backend/app.dep"]);
    assert_eq!(output.code, 0, "{}", output.stderr);
    let count = |kind: &str| output.stdout.matches(&format!("\nkind: {kind}\n")).count();
    assert_eq!(
        (count("Deployment"), count("Service"), count("HorizontalPodAutoscaler")),
        (6, 6, 5)
    );
    assert_eq!(
        output.stdout.matches("apiVersion: ").count() - 5,
        17,
        "each autoscaler names the version of its target"
    );
    let output = tests::command::depc(&root, &["check", "examples"]);
    assert_eq!(output.code, 0, "{}", output.stderr);
    let output = tests::command::depc(&root, &["fmt", "--check", "examples", "stdlib"]);
    assert_eq!(output.code, 0, "{}", output.stderr);
}

/// Nothing of a setting is passed over: it is a path and a value, or an error.
#[test]
fn settings_are_read_whole() {
    let root = tests::root();
    let check = |setting: &str| {
        let output =
            tests::command::depc(&root, &["check", "examples/backend/app.dep", "--set", setting]);
        (output.code, output.stderr)
    };
    let nowhere =
        ["tag-x=3", "app scale=3..4", "app.*=3", "app,tag=3", "when true=3", "app.nope=1"];
    for setting in nowhere {
        let (code, stderr) = check(setting);
        assert!(code == 1 && stderr.contains("E0704"), "{setting}: {code}\n{stderr}");
    }
    for setting in
        ["app.memory=", "app.replicas=3}", "hosts=[\"a.com\"", "app.scale=3 4", "tag=a b"]
    {
        let (code, stderr) = check(setting);
        assert!(code == 1 && stderr.contains("E0705"), "{setting}: {code}\n{stderr}");
    }
    for setting in [
        "tag=v3",
        "tag=1.10",
        " .tag =3",
        "app.scale=3..4",
        "app.labels={a=\"1\"}",
        "app.env.A=012",
        "app.env[A]=012",
    ] {
        let (code, stderr) = check(setting);
        assert_eq!(code, 0, "{setting}\n{stderr}");
    }
}

/// A pipe is read where the command line names it, as by `<(…)`; what a program uses is a file.
#[test]
#[cfg(unix)]
fn pipes_are_read_where_they_are_named() {
    let folder = Folder::new(&[
        ("text.dep", "x: Int = \"a\"\n"),
        ("uses.dep", "use \"./pipe.dep\" as pipe\nx: Int = pipe.x\n"),
    ]);
    let pipe = folder.path().join("pipe.dep");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.is_ok_and(|status| status.success()));
    let found = folder.depc(&["check", "uses.dep"]);
    assert!(found.stderr.contains("a pipe or a device can only be named"), "{found:?}");
    // What nobody writes to is left out of a folder.
    let found = folder.depc(&["check", "."]);
    assert!(!found.stderr.contains("pipe.dep:"), "{found:?}");
    let writer = std::thread::spawn(move || std::fs::write(pipe, "x: Int = \"a\"\n"));
    let found = folder.depc(&["check", "pipe.dep"]);
    writer.join().unwrap().unwrap();
    assert!(found.code == 1 && found.stderr.contains("pipe.dep:1:10"), "{found:?}");
}
