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

/// Inputs of each kind of type, and what is wrong with a value for each of them.
const TYPED: &str = r#"variant Store { memory, disk { size: Quantity = 1Gi } }
schema Limits { cpu: Quantity = 100m, memory?: Quantity }
input flag: Bool = false
input text: Str = "t"
input count: Int & 1..9 = 1
input ratio: Float = 0.5
input share: Percent = 50%
input wait: Duration = 30s
input size: Quantity = 1Gi
input scale: Range[Int & 1..] = 1..2
input tag: ImageTag = "v1"
input mode: "a" | "b" = "a"
input both: Int | Str = 1
final held = 1
input maybe: Int?
input store: Store = disk
input limits: Limits = {}
input limit: Limits?
input map: {Str: Int} = { a = 1 }
input maps: {Str: {Str: Int}} = { a = { b = 1 } }
input args: [Str] = []
input kinds: [Limits] = []
pod = k8s.Pod { metadata { name = "p" }, spec { containers.app { image = "a:1", ports."53/UDP" {} } } }
"#;

/// `--set PATH=VALUE`, and what `depc eval` then prints of the expression.
const SET: &[(&str, &str, &str)] = &[
    ("text=/data", "text", "\"/data\""),
    ("text=#general", "text", "\"#general\""),
    ("text=$HOME", "text", "\"$HOME\""),
    ("text=//host/share", "text", "\"//host/share\""),
    ("text='q'", "text", "\"'q'\""),
    ("text=é", "text", "\"é\""),
    ("text=*", "text", "\"*\""),
    ("text==b", "text", "\"=b\""),
    ("text=>=1.2", "text", "\">=1.2\""),
    ("text=+5", "text", "\"+5\""),
    ("text= b", "text", "\" b\""),
    ("flag=true", "flag", "true"),
    ("count=0x9", "count", "9"),
    ("ratio=2", "ratio", "2"),
    ("share=70%", "share", "70%"),
    ("wait=1m30s", "wait", "1m30s"),
    ("size=1.5Gi", "size", "1536Mi"),
    ("scale=2..4", "scale", "2..4"),
    ("tag=1.10", "tag", "\"1.10\""),
    ("mode=b", "mode", "\"b\""),
    ("both=x", "both", "\"x\""),
    ("both=7", "both", "7"),
    ("maybe=7", "maybe", "7"),
    ("maybe=unset", "maybe is set", "false"),
    ("store=memory", "store", "memory"),
    ("store=disk { size = 2Gi }", "store", "disk { size = 2Gi }"),
    ("store.disk.size=3Gi", "store", "disk { size = 3Gi }"),
    ("limits.memory=64Mi", "limits", "Limits { cpu = 100m, memory = 64Mi }"),
    ("limits={ cpu = 1 }", "limits", "Limits { cpu = 1 }"),
    ("limit={}", "limit", "Limits { cpu = 100m }"),
    ("limit.memory=1Gi", "limit", "Limits { cpu = 100m, memory = 1Gi }"),
    ("map.b=2", "map", "{ a = 1, b = 2 }"),
    ("map={}", "map", "{}"),
    ("map[c.d/e]=3", "map", "{ a = 1, \"c.d/e\" = 3 }"),
    ("maps.a.c=2", "maps", "{ a { b = 1, c = 2 } }"),
    ("maps.x={ y = 3 }", "maps", "{ a { b = 1 } x { y = 3 } }"),
    ("args=[\"a\", \"b c\"]", "args", "[\"a\", \"b c\"]"),
    ("kinds=[{ cpu = 2 }]", "kinds", "[ Limits { cpu = 2 } ]"),
    ("pod.spec.containers[app].image=b:2", "pod.spec.containers.app.image ?? \"\"", "\"b:2\""),
    ("pod.spec.containers[new].image=b:2", "keys(pod.spec.containers)", "[\"app\", \"new\"]"),
    (
        "pod.spec.containers.app.ports[53/UDP].name=dns",
        "pod.spec.containers.app.ports.\"53/UDP\".name ?? \"\"",
        "\"dns\"",
    ),
];

/// `--set PATH=VALUE` that is wrong, its code, and what it says.
const WRONG: &[(&str, &str, &str)] = &[
    ("flag=yes", "E0705", "expected Bool"),
    ("count=10", "E0705", "10 is not in 1..9"),
    ("count=", "E0705", "found nothing"),
    ("ratio=much", "E0705", "expected Float"),
    ("share=0.7", "E0705", "Percent"),
    ("wait=30", "E0705", "Duration"),
    ("size=1Gib", "E0705", "Quantity"),
    ("scale=4..2", "E0705", "begins above its end"),
    ("tag=a b", "E0705", "ImageTag"),
    ("mode=c", "E0705", "\"a\""),
    ("maybe=x", "E0705", "Int"),
    ("store=disc", "E0705", "did you mean `disk`?"),
    ("store.disk.sise=1Gi", "E0704", "did you mean `size`?"),
    ("limits.cpus=1", "E0704", "did you mean `cpu`?"),
    ("limits=1", "E0705", "Limits"),
    ("limits=unset", "E0705", "unset"),
    ("map.a.b=1", "E0704", "`[\"a.b\"]`"),
    ("map.a=x", "E0705", "expected Int"),
    ("maps.a=1", "E0705", "{Str: Int}"),
    ("args=a", "E0705", "[Str]"),
    ("args[0]=a", "E0704", "elements have no numbers"),
    ("pod.spec.containers[0].image=a:1", "E0704", "by its key"),
    ("pod.spec.containers.app.imgae=a:1", "E0704", "did you mean `image`?"),
    ("unset maybe=", "E0704", "say it in an overlay: `unset maybe`"),
    ("override count=2", "E0704", "write the path alone"),
];

/// A value on one line, as no comma matters.
fn flat(text: &str) -> String {
    text.replace(", ", " ").split_whitespace().collect::<Vec<&str>>().join(" ")
}

#[test]
fn a_setting_is_read_by_the_type_of_its_field() {
    let folder = Folder::new(&[("app.dep", TYPED)]);
    for (setting, expression, printed) in SET {
        let output = folder.depc(&["eval", "app.dep", expression, "--set", setting]);
        assert_eq!(flat(&output.stdout), flat(printed), "{setting}: {}", output.stderr);
    }
    for (setting, code, said) in WRONG {
        assert_eq!(folder.depc(&["eval", "app.dep", "1", "--set", setting]).code, 1, "{setting}");
        let output = folder.depc(&["check", "app.dep", "--set", setting]);
        assert!(
            output.code == 1 && output.stderr.contains(&format!("error[{code}]: --set ")),
            "{setting}: {}",
            output.stderr
        );
        assert!(output.stderr.contains(said), "{setting}: {said}\n{}", output.stderr);
        assert_eq!(output.stderr.matches("error[").count(), 1, "{setting}: {}", output.stderr);
    }
    // What may not be set shows where the setting is laid on the program, and not in what is asked.
    let output = folder.depc(&["eval", "app.dep", "1", "--set", "held=2"]);
    assert_eq!(output.code, 1);
    assert!(output.stderr.starts_with("error[E0404]: `held` is final"), "{}", output.stderr);
    for (setting, said) in [
        ("count", "PATH=VALUE"),
        ("=1", "is empty"),
        ("map[a=1", "not closed"),
        ("limits..cpu=1", "a name is missing"),
        ("limits.=1", "a name is missing"),
    ] {
        let output = folder.depc(&["check", "app.dep", "--set", setting]);
        assert!(output.code == 2 && output.stderr.contains(said), "{output:?}");
    }
}

#[test]
fn a_file_of_values_sets_what_a_setting_sets() {
    let folder = Folder::new(&[("app.dep", TYPED)]);
    let of = |values: &str, expression: &str| {
        folder.write("v.yaml", values);
        let output = folder.depc(&["eval", "app.dep", expression, "-f", "v.yaml"]);
        flat(&output.stdout) + &output.stderr
    };
    assert_eq!(of("count: 3\n", "count"), flat("3"));
    assert_eq!(of("scale: 2..4\nwait: 1m\nshare: 70%\n", "wait"), flat("1m"));
    assert_eq!(of("both: \"7\"\n", "both"), flat("\"7\""));
    assert_eq!(of("both: 7\n", "both"), flat("7"));
    assert_eq!(of("maps: {a: {c: 2}}\n", "maps"), flat("{ a { b = 1, c = 2 } }"));
    assert_eq!(of("store: {disk: {size: 2Gi}}\n", "store"), flat("disk { size = 2Gi }"));
    assert_eq!(of("store: memory\n", "store"), flat("memory"));
    assert_eq!(of("limit: {memory: 1Gi}\n", "limit"), flat("Limits { cpu = 100m, memory = 1Gi }"));
    assert_eq!(of("kinds: [{cpu: 2}]\n", "kinds"), flat("[ Limits { cpu = 2 } ]"));
    let image = "pod.spec.containers.app.image ?? \"\"";
    assert_eq!(of("pod: {spec: {containers: {app: {image: \"b:2\"}}}}\n", image), flat("\"b:2\""));
    for (values, code) in [
        ("pod: {spec: {containers: [{name: app, image: b}]}}\n", "E0705"),
        ("count: ten\n", "E0705"),
        ("maps: {a: 1}\n", "E0705"),
        ("tag: null\n", "E0708"),
        ("maps: {a: {b: }}\n", "E0708"),
    ] {
        folder.write("v.yaml", values);
        let output = folder.depc(&["check", "app.dep", "-f", "v.yaml"]);
        assert!(output.stderr.contains(&format!("error[{code}]")), "{values}{}", output.stderr);
        assert!(output.stderr.contains("v.yaml:1:"), "{values}{}", output.stderr);
    }
}

#[test]
fn a_setting_wins_over_a_file_for_one_leaf_and_leaves_the_others() {
    let folder = Folder::new(&[("app.dep", TYPED)]);
    folder.write("v.yaml", "limits: {cpu: 2, memory: 1Gi}\nmap: {a: 5, b: 6}\n");
    let of = |expression: &str, setting: &str| {
        let arguments = ["eval", "app.dep", expression, "-f", "v.yaml", "--set", setting];
        flat(&folder.depc(&arguments).stdout)
    };
    assert_eq!(of("limits", "limits.cpu=3"), flat("Limits { cpu = 3, memory = 1Gi }"));
    assert_eq!(of("map", "map.b=7"), flat("{ a = 5, b = 7 }"));
    // Whole is whole.
    assert_eq!(of("map", "map={ c = 1 }"), flat("{ c = 1 }"));
    assert_eq!(of("limits", "limits={}"), flat("Limits { cpu = 100m }"));
    // What is wrong below is told although something lies above it.
    folder.write("v.yaml", "limits: {cpu: many}\n");
    let output = folder.depc(&["check", "app.dep", "-f", "v.yaml", "--set", "limits.cpu=3"]);
    assert!(output.stderr.contains("v.yaml:1:15"), "{}", output.stderr);
}

#[test]
fn a_text_of_a_file_is_taken_as_it_is_or_refused() {
    let folder = Folder::new(&[("app.dep", "input motd: Str = \"\"\ninput count: Int = 1\n")]);
    let given = |bytes: &[u8], path: &str| {
        folder.write("f", bytes);
        let setting = format!("{path}=f");
        folder.depc(&["eval", "app.dep", path, "--set-file", &setting])
    };
    assert_eq!(
        given(b"a \\(b)\n\"c\"\t\x01", "motd").stdout,
        "\"a \\\\(b)\\n\\\"c\\\"\\t\\u{1}\"\n"
    );
    assert_eq!(given(b"", "motd").stdout, "\"\"\n");
    assert!(given(b"7", "count").stderr.contains("error[E0705]: --set-file count"));
    for (bytes, code) in [(&b"\xff\xfe\x00"[..], "E0702"), (b"a\xc3", "E0702")] {
        let output = given(bytes, "motd");
        assert!(output.stderr.contains(code) && output.code == 1, "{output:?}");
    }
    let huge = vec![b'a'; analysis::limits::FILE_BYTES + 1];
    let output = given(&huge, "motd");
    assert!(output.stderr.contains("E0703") && output.stderr.len() < 1_000, "{}", output.code);
    let large = vec![b'a'; 5 << 20];
    assert_eq!(given(&large, "motd").stdout.len(), large.len() + "\"\"\n".len());
    std::fs::create_dir(folder.path().join("dir")).unwrap();
    let output = folder.depc(&["check", "app.dep", "--set-file", "motd=dir"]);
    assert!(output.stderr.contains("E0701") && output.stderr.contains("directory"), "{output:?}");
}
