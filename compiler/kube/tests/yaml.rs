//! What is written is read back unchanged: by `yaml_serde`, by PyYAML (YAML 1.1) and by kubectl.
//!
//! PyYAML is installed beside the build where Python is on the machine without it; `DEPC_REQUIRE_PYYAML=1` makes it a
//! failure when it cannot be had. kubectl is used where it is on the machine.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr)]

use std::collections::BTreeSet;
use std::io::Write as _;
use std::process::{Command, Stdio};

use kube::tree::{Ref, Tree, Value};
use kube::{json, yaml};

#[test]
fn the_layout_is_kubectls() {
    let mut tree = Tree::new();
    tree.begin_map(0);
    tree.key("status").begin_map(0);
    tree.end(false);
    tree.key("spec").begin_map(0);
    tree.key("replicas").int(3, 0);
    tree.key("args").begin_list(0);
    for arg in
        ["serve", "--port=80", "no", "10.0.0.1", "ghcr.io/your-org/app:v0.2.9", "/data", "1_000"]
    {
        tree.str(arg, 0);
    }
    tree.end(false);
    tree.key("containers").begin_list(0);
    tree.begin_map(0);
    tree.key("name").str("app", 0);
    tree.key("ports").begin_list(0);
    tree.begin_map(0);
    tree.key("containerPort").int(80, 0);
    tree.end(false);
    tree.end(false);
    tree.key("script").str("#!/bin/sh\n\necho \"x\"\n", 0);
    tree.end(false);
    tree.begin_list(0);
    tree.begin_list(0);
    tree.str("a\nb", 0);
    tree.bool(true, 0);
    tree.end(false);
    tree.null(0);
    tree.float(1.0, 0);
    tree.end(false);
    tree.end(false);
    tree.end(false);
    tree.key("metadata").begin_map(0);
    tree.key("labels").begin_map(0);
    tree.key("y").str("12:34:56", 0);
    tree.end(false);
    tree.key("generateName").str("app-", 0);
    tree.key("name").str("app", 0);
    tree.end(false);
    tree.key("kind").str("Deployment", 0);
    tree.key("apiVersion").str("apps/v1", 0);
    tree.end(false);
    tree.begin_map(0);
    tree.end(false);
    let mut out = Vec::new();
    yaml::documents(tree.roots(), &mut out);
    let expected = r##"apiVersion: apps/v1
kind: Deployment
metadata:
  name: app
  labels:
    "y": "12:34:56"
  generateName: app-
spec:
  replicas: 3
  args:
  - serve
  - "--port=80"
  - "no"
  - "10.0.0.1"
  - ghcr.io/your-org/app:v0.2.9
  - /data
  - "1_000"
  containers:
  - name: app
    ports:
    - containerPort: 80
    script: |
      #!/bin/sh

      echo "x"
  - - - |-
        a
        b
      - true
    - null
    - 1.0
status: {}
---
{}
"##;
    assert_eq!(String::from_utf8(out).unwrap(), expected);

    let mut compact = Vec::new();
    json::list(tree.roots(), json::Layout::Compact, &mut compact);
    let text = String::from_utf8(compact).unwrap();
    assert!(text.starts_with(
        r#"[{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"app","labels":"#
    ));
    let mut pretty = Vec::new();
    json::list(tree.roots(), json::Layout::Pretty, &mut pretty);
    let pretty: serde_json::Value = serde_json::from_slice(&pretty).unwrap();
    assert_eq!(pretty, serde_json::from_str::<serde_json::Value>(&text).unwrap());
}

#[test]
fn every_string_survives_as_key_and_as_value() {
    let strings = strings(20_000);
    let (tree, wanted) = written(&strings);
    let mut out = Vec::new();
    yaml::document(tree.roots().next().unwrap(), &mut out);
    let read: serde_json::Value = serde_yaml::from_slice(&out).expect("yaml_serde reads it");
    assert_same(&read, &wanted, "yaml_serde");
    let mut out = Vec::new();
    json::value(tree.roots().next().unwrap(), json::Layout::Pretty, &mut out);
    let read: serde_json::Value = serde_json::from_slice(&out).expect("serde_json reads it");
    assert_same(&read, &wanted, "serde_json");
}

#[test]
fn every_string_survives_pyyaml() {
    let required = std::env::var("DEPC_REQUIRE_PYYAML").is_ok_and(|value| value == "1");
    if !pyyaml() {
        assert!(!required, "PyYAML is required, and cannot be had");
        eprintln!("skipped: there is no python3 here for which PyYAML can be installed");
        return;
    }
    let (tree, wanted) = written(&strings(3_000));
    let mut out = Vec::new();
    yaml::document(tree.roots().next().unwrap(), &mut out);
    let program = "import sys,yaml,json\n\
                   json.dump(yaml.load(sys.stdin.buffer.read().decode(), yaml.SafeLoader), sys.stdout)";
    let (ok, printed, errors) = ran("python3", &["-c", program], &out).unwrap();
    assert!(ok, "PyYAML: {errors}");
    assert_same(&serde_json::from_slice(&printed).unwrap(), &wanted, "PyYAML");
}

/// Where Python finds PyYAML if the machine has none of its own.
const PACKAGES: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/pyyaml");

/// Whether Python reads YAML here; it is taught to where it does not yet.
fn pyyaml() -> bool {
    let imports = || ran("python3", &["-c", "import yaml"], b"").is_some_and(|(ok, ..)| ok);
    let install = ["-m", "pip", "install", "--quiet", "--target", PACKAGES, "pyyaml>=6"];
    imports() || (ran("python3", &install, b"").is_some_and(|(ok, ..)| ok) && imports())
}

#[test]
fn every_string_survives_kubectl() {
    if !ran("kubectl", &["version", "--client"], b"").is_some_and(|(ok, ..)| ok) {
        eprintln!("skipped: kubectl is not on this machine");
        return;
    }
    let strings = strings(3_000);
    let mut tree = Tree::new();
    tree.begin_map(0);
    tree.key("apiVersion").str("v1", 0);
    tree.key("kind").str("ConfigMap", 0);
    tree.key("metadata").begin_map(0);
    tree.key("name").str("y", 0);
    tree.end(false);
    tree.key("data").begin_map(0);
    for text in &strings {
        tree.key(text).str(text, 0);
    }
    tree.end(false);
    tree.end(false);
    let mut out = Vec::new();
    yaml::document(tree.roots().next().unwrap(), &mut out);
    let (ok, printed, errors) =
        ran("kubectl", &["annotate", "--local", "-f", "-", "-o", "json", "a=b"], &out).unwrap();
    assert!(ok, "kubectl: {errors}");
    let read: serde_json::Value = serde_json::from_slice(&printed).unwrap();
    let wanted = strings.iter().map(|text| (text.clone(), text.clone().into())).collect();
    assert_same(&read["data"], &serde_json::Value::Object(wanted), "kubectl");
}

#[test]
fn numbers_stay_what_they_are() {
    let floats = [
        0.0,
        -0.0,
        1.0,
        -1.5,
        1e21,
        1e-7,
        1.5e300,
        f64::MAX,
        f64::MIN_POSITIVE,
        0.1,
        1e16,
        123456.75,
    ];
    let ints = [0, 1, -1, 9, 10, i64::MAX, i64::MIN, 1_000_000];
    let mut tree = Tree::new();
    tree.begin_list(0);
    for float in floats {
        tree.float(float, 0);
    }
    for int in ints {
        tree.int(int, 0);
    }
    tree.end(false);
    let mut out = Vec::new();
    yaml::document(tree.roots().next().unwrap(), &mut out);
    let read: Vec<serde_json::Value> = serde_yaml::from_slice(&out).unwrap();
    let mut text = Vec::new();
    json::value(tree.roots().next().unwrap(), json::Layout::Compact, &mut text);
    let same: Vec<serde_json::Value> = serde_json::from_slice(&text).unwrap();
    let program = "import sys,yaml; print([type(x).__name__ for x in yaml.safe_load(sys.stdin)])";
    let python = ran("python3", &["-c", program], &out).filter(|(ok, ..)| *ok);
    for (at, float) in floats.iter().enumerate() {
        assert!(
            read[at].is_f64() && read[at].as_f64() == Some(*float),
            "{float} became {}",
            read[at]
        );
        assert_eq!(same[at].as_f64(), Some(*float));
    }
    for (at, int) in ints.iter().enumerate() {
        assert_eq!(read[floats.len() + at].as_i64(), Some(*int));
        assert_eq!(same[floats.len() + at].as_i64(), Some(*int));
    }
    if let Some((_, printed, _)) = python {
        let wanted = [vec!["'float'"; floats.len()], vec!["'int'"; ints.len()]].concat().join(", ");
        assert_eq!(String::from_utf8(printed).unwrap().trim(), format!("[{wanted}]"));
    }
}

#[test]
fn random_trees_are_read_back() {
    let mut random = Random(7);
    let strings = strings(500);
    for _ in 0..300 {
        let mut tree = Tree::new();
        grow(&mut tree, &mut random, &strings, 0);
        let root = tree.roots().next().unwrap();
        let mut out = Vec::new();
        yaml::document(root, &mut out);
        let read: serde_json::Value = serde_yaml::from_slice(&out).expect("it can be read");
        assert_eq!(read, plain(root), "{}", String::from_utf8_lossy(&out));
    }
    // The deepest tree that there can be.
    let mut tree = Tree::new();
    for _ in 0..Tree::MAX_DEPTH {
        tree.begin_list(0);
    }
    let (mut out, root) = (Vec::new(), tree.roots().next().unwrap());
    yaml::document(root, &mut out);
    json::value(root, json::Layout::Pretty, &mut out);
}

/// The list of the specification, and `count` more, made of the pieces with which YAML has trouble.
fn strings(count: usize) -> Vec<String> {
    let listed: Vec<String> = serde_json::from_str(include_str!("data/yaml-strings.json")).unwrap();
    let pieces = [
        "a",
        "b",
        "Z",
        "0",
        "1",
        "9",
        "_",
        ".",
        "/",
        ":",
        "-",
        " ",
        "  ",
        "\n",
        "\n\n",
        "\t",
        "\r",
        "#",
        ": ",
        " #",
        "- ",
        "? ",
        "\"",
        "'",
        "\\",
        "{",
        "}",
        "[",
        "]",
        ",",
        "&",
        "*",
        "!",
        "|",
        ">",
        "%",
        "@",
        "`",
        "~",
        "=",
        "<<",
        "yes",
        "No",
        "null",
        "true",
        "0x",
        "0o7",
        "1e3",
        ".inf",
        "---",
        "...",
        "\u{0}",
        "\u{7}",
        "\u{1b}",
        "\u{7f}",
        "\u{80}",
        "\u{85}",
        "\u{a0}",
        "\u{ad}",
        "\u{200b}",
        "\u{2028}",
        "\u{2029}",
        "\u{d7ff}",
        "\u{e000}",
        "\u{feff}",
        "\u{fffd}",
        "\u{fffe}",
        "\u{ffff}",
        "\u{fdd0}",
        "\u{10000}",
        "\u{1f600}",
        "\u{10ffff}",
        "é",
        "中",
        "$(X)",
        "{{ .x }}",
        "key: |",
        "e",
        "E",
        "+",
    ];
    let mut random = Random(1);
    let mut all: BTreeSet<String> = listed.into_iter().collect();
    for len in [119, 120, 121, 990, 998, 1000, 1023, 1024, 1025, 5000] {
        all.insert("k".repeat(len));
        all.insert(format!("{} #\"{}", "k".repeat(len / 2), "\u{1}".repeat(len / 2)));
        all.insert(format!("{}\nx", "k".repeat(len)));
    }
    let size = all.len() + count;
    while all.len() < size {
        let len = 1 + random.below(12);
        all.insert((0..len).map(|_| pieces[random.below(pieces.len())]).collect());
    }
    all.into_iter().collect()
}

/// A tree with every string as an element, as a value, and as the key of a scalar, a map and a list;
/// and what is to be read from it.
fn written(strings: &[String]) -> (Tree, serde_json::Value) {
    let mut tree = Tree::new();
    tree.begin_map(0);
    tree.key("elements").begin_list(0);
    for text in strings {
        tree.str(text, 0);
    }
    tree.end(false);
    tree.key("entries").begin_map(0);
    for text in strings {
        tree.key(text).str(text, 0);
    }
    tree.end(false);
    tree.key("maps").begin_list(0);
    for text in strings {
        tree.begin_map(0);
        tree.key(text).begin_map(0);
        tree.key(text).str(text, 0);
        tree.end(false);
        tree.end(false);
    }
    tree.end(false);
    tree.key("lists").begin_map(0);
    for text in strings {
        tree.key(text).begin_list(0);
        tree.begin_list(0);
        tree.str(text, 0);
        tree.end(false);
        tree.end(false);
    }
    tree.end(false);
    tree.end(false);
    let wanted = plain(tree.roots().next().unwrap());
    (tree, wanted)
}

fn plain(node: Ref<'_>) -> serde_json::Value {
    match node.value() {
        Value::Null => serde_json::Value::Null,
        Value::Bool(value) => value.into(),
        Value::Int(value) => value.into(),
        Value::Float(value) => value.into(),
        Value::Str(value) => value.into(),
        Value::List => node.items().map(plain).collect(),
        Value::Map => node.entries().map(|(key, value)| (key.to_owned(), plain(value))).collect(),
    }
}

/// Compares by part, so that a failure names the string and not megabytes around it.
fn assert_same(read: &serde_json::Value, wanted: &serde_json::Value, reader: &str) {
    use serde_json::Value::{Array, Object};
    match (read, wanted) {
        (Array(read), Array(wanted)) => {
            assert_eq!(read.len(), wanted.len(), "{reader}");
            read.iter().zip(wanted).for_each(|(read, wanted)| assert_same(read, wanted, reader));
        }
        (Object(read), Object(wanted)) => {
            for (key, wanted) in wanted {
                let read = read.get(key).unwrap_or_else(|| panic!("{reader} lost the key {key:?}"));
                assert_same(read, wanted, reader);
            }
            assert_eq!(read.len(), wanted.len(), "{reader}");
        }
        _ => assert!(read == wanted, "{reader} read {read:?} for {wanted:?}"),
    }
}

fn grow(tree: &mut Tree, random: &mut Random, strings: &[String], depth: usize) {
    match random.below(if depth > 5 { 5 } else { 9 }) {
        0 => drop(tree.null(0)),
        1 => drop(tree.bool(random.below(2) == 0, 0)),
        2 => drop(tree.int(random.next() as i64, 0)),
        3 | 4 => drop(tree.str(&strings[random.below(strings.len())], 0)),
        5 | 6 => {
            tree.begin_list(0);
            (0..random.below(5)).for_each(|_| grow(tree, random, strings, depth + 1));
            tree.end(false);
        }
        _ => {
            tree.begin_map(0);
            for at in 0..random.below(5) {
                tree.key(&format!("{at}{}", strings[random.below(strings.len())]));
                grow(tree, random, strings, depth + 1);
            }
            tree.end(false);
        }
    }
}

/// Runs a program with this input; `None` if it is not there.
fn ran(program: &str, args: &[&str], input: &[u8]) -> Option<(bool, Vec<u8>, String)> {
    let mut child = Command::new(program)
        .args(args)
        .env("PYTHONPATH", PACKAGES)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .ok()?;
    let (mut stdin, input) = (child.stdin.take()?, input.to_vec());
    let feeder = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().ok()?;
    drop(feeder.join());
    Some((
        output.status.success(),
        output.stdout,
        String::from_utf8_lossy(&output.stderr).into_owned(),
    ))
}

/// xorshift: the same strings in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() >> 33) as usize % bound
    }
}
