//! What the command line puts on a program: files of values, `--set` and `--set-file`.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use analysis::workspace::{Memory, Options, Workspace};
use tests::command::Folder;
use tests::executed::outcome;

const APP: &str = "input tag: Str = \"v1\"
input port: Port = 3000
settings = k8s.ConfigMap {
  metadata { name = \"settings\" }
  data { tag = tag, port = str(port) }
}
";

fn built(files: &[(&str, &str)], arguments: &[&str]) -> (u8, String) {
    let folder = Folder::new(files);
    folder.write("app.dep", APP);
    let output = folder.depc(&[&["build", "app.dep"], arguments].concat());
    (output.code, output.stdout + &output.stderr)
}

#[test]
fn the_later_wins_and_files_lie_below_settings() {
    let files = [("a.yaml", "tag: a\nport: 1\n"), ("b.json", "{\"tag\": \"b\"}"), ("c.txt", "c")];
    let tag = |arguments: &[&str]| {
        let (code, text) = built(&files, arguments);
        assert_eq!(code, 0, "{text}");
        let line = text.lines().find(|line| line.starts_with("  tag: ")).unwrap();
        line.trim_start_matches("  tag: ").to_owned()
    };
    assert_eq!(tag(&["-f", "a.yaml"]), "a");
    assert_eq!(tag(&["-f", "a.yaml", "-f", "b.json"]), "b");
    assert_eq!(tag(&["-f", "b.json", "--values", "a.yaml"]), "a");
    assert_eq!(tag(&["--set", "tag=s", "-f", "a.yaml"]), "s");
    assert_eq!(tag(&["--set", "tag=s", "--set", "tag=t"]), "t");
    assert_eq!(tag(&["--set-file", "tag=c.txt", "--set", "tag=s", "-f", "a.yaml"]), "c");
}

#[test]
fn values_lie_above_overlays_and_need_no_override() {
    let prod = "overlay \"./app.dep\"\noverride settings.data.port = \"80\"\ntag = \"v2\"\n";
    let folder = Folder::new(&[("app.dep", APP), ("prod.dep", prod)]);
    folder.write("values.yaml", "tag: v3\nsettings: {data: {port: \"81\"}}\n");
    let output = folder.depc(&["build", "prod.dep", "-f", "values.yaml"]);
    assert_eq!(output.code, 0, "{}", output.stderr);
    assert!(output.stdout.ends_with("  tag: v3\n  port: \"81\"\n"), "{}", output.stdout);
}

#[test]
fn what_is_final_is_so_for_values_too() {
    let folder = Folder::new(&[("app.dep", "/// One region.\nfinal region = \"eu\"\n")]);
    folder.write("values.yaml", "# Ours.\nregion: us\n");
    let output = folder.depc(&["check", "app.dep", "-f", "values.yaml"]);
    assert_eq!(output.code, 1);
    assert!(output.stderr.contains("E0404") && output.stderr.contains("values.yaml:2:1"));
    assert!(output.stderr.contains("app.dep:2:7"), "{}", output.stderr);
}

#[test]
fn values_reach_the_files_that_a_program_uses() {
    let folder = Folder::new(&[
        ("env.dep", "input zone: Str = \"a\"\n"),
        (
            "app.dep",
            "use \"./env.dep\" as env\nm = k8s.ConfigMap { metadata { name = \"m\" }, data { zone = env.zone } }\n",
        ),
    ]);
    folder.write("values.yaml", "env:\n  zone: b\n");
    let output = folder.depc(&["build", "app.dep", "-f", "values.yaml"]);
    assert!(output.stdout.ends_with("zone: b\n"), "{}{}", output.stdout, output.stderr);
    folder.write("values.yaml", "env:\n  zona: b\n");
    let output = folder.depc(&["build", "app.dep", "-f", "values.yaml"]);
    assert!(output.stderr.contains("E0704") && output.stderr.contains("values.yaml:2:3"));
    assert!(output.stderr.contains("did you mean `zone`?"), "{}", output.stderr);
}

#[test]
fn every_mistake_of_a_file_stands_at_its_place() {
    let values =
        "tga: v2\nport: many\nsettings:\n  data: {x: [1, two]}\n  metadata:\n    nmae: n\n";
    let (code, text) = built(&[("v.yaml", values)], &["-f", "v.yaml"]);
    assert_eq!(code, 1);
    for expected in
        ["E0704", "v.yaml:1:1", "E0705", "v.yaml:2:7", "v.yaml:4:13", "v.yaml:6:5", "`name`?"]
    {
        assert!(text.contains(expected), "{expected}\n{text}");
    }
}

#[test]
fn a_file_that_is_not_there_is_a_wrong_use() {
    for arguments in [&["-f", "nowhere.yaml"][..], &["--set-file", "tag=nowhere.txt"]] {
        let (code, text) = built(&[], arguments);
        assert!(code == 2 && text.contains("no such file"), "{code} {text}");
    }
    assert_eq!(built(&[], &["--set-file", "tag="]).0, 2);
}

#[test]
fn hostile_values_end_in_an_error() {
    let deep = format!("tag: {}", "{a: ".repeat(5_000));
    let bomb = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\ntag: *c\n";
    for text in [&deep, bomb, "tag: &a [*a]\n", "tag: v1\ntag: v2\n", "\u{0}", "? [a]\n: b\n"] {
        let (code, output) = built(&[("v.yaml", text)], &["-f", "v.yaml"]);
        assert_eq!(code, 1, "{text:.40} {output:.200}");
    }
}

#[test]
fn values_that_change_are_read_again() {
    let mut files = Memory::default();
    files.write("app.dep", APP);
    let options = Options { values: vec!["v.yaml".to_owned()], ..Options::default() };
    let mut warm = Workspace::default();
    for text in ["tag: v2\n", "port: 80\n", "tga: v2\n", "tag: [\n", "tag: v2\nport: 80\n"] {
        files.write("v.yaml", text);
        warm.retry();
        let loaded = warm.load_with(&files, "app.dep", &options);
        let mut cold = Workspace::default();
        let fresh = cold.load_with(&files, "app.dep", &options);
        assert_eq!(outcome(&warm, &loaded), outcome(&cold, &fresh), "{text}");
    }
}
