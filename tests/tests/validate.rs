//! `depc validate`: the rules, over YAML and JSON that no program made.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use kube::data::json;
use kube::lints::Strictness;
use kube::manifests::{Manifests, planted};
use kube::rules::Level;
use kube::server::{misshapen, refusals};
use kube::tree::Tree;
use serde_json::Value;
use tests::command::{Folder, depc_with_input};

const WEB: &str = "\
# The web server.
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replica: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
      - name: app
        ports:
        - containerPort: 80800
---
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Service
  metadata: {name: web}
  spec:
    selector: {app: web}
    ports: [{port: 80, targetPort: http}]
";

/// What is wrong, without lints.
fn told(files: &[(&str, &str)], arguments: &[&str]) -> (u8, Vec<String>) {
    let (code, mut lines) = all_told(files, arguments);
    lines.retain(|line| !line.contains("[L-"));
    (code, lines)
}

fn all_told(files: &[(&str, &str)], arguments: &[&str]) -> (u8, Vec<String>) {
    let folder = Folder::new(files);
    let output = folder.depc(&[&["validate", "--format", "concise"], arguments].concat());
    (output.code, output.stdout.lines().map(str::to_owned).collect())
}

#[test]
fn lints_are_as_strict_as_the_project_says() {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  hostNetwork: true\n  containers:\n  - name: a\n    image: a:1\n";
    let of = |manifest: &str| {
        let (code, lines) = all_told(&[("a.yaml", pod), ("dep.toml", manifest)], &["a.yaml"]);
        let ids = lines.iter().filter_map(|line| line.split(&[' ', ':']).nth(4));
        (code, ids.map(str::to_owned).collect::<Vec<_>>())
    };
    let usual = ["warning[L-119]", "warning[L-201]", "warning[L-102]"];
    assert_eq!(of(""), (0, usual.map(str::to_owned).to_vec()));
    let (code, ids) = of("profile = \"prod\"");
    assert!(code == 1 && ids.contains(&"error[L-201]".to_owned()), "{ids:?}");
    assert!(ids.contains(&"warning[L-231]".to_owned()), "{ids:?}");
    assert!(!ids.iter().any(|id| id.contains("L-221")), "{ids:?}");
    let (_, ids) = of("profile = \"restricted\"");
    assert!(ids.contains(&"error[L-221]".to_owned()), "{ids:?}");
    let (_, ids) = of("lints = [\"L-117\"]");
    assert!(ids.contains(&"warning[L-117]".to_owned()), "{ids:?}");
}

#[test]
fn problems_stand_at_the_values_in_the_text() {
    let (code, lines) = told(&[("a.yaml", WEB)], &["a.yaml"]);
    let expected = [
        "a.yaml:7:3: error[K-unknown-field]: DeploymentSpec has no field `replica`",
        "a.yaml:15:9: error[K-required]: a container needs an `image`",
        "a.yaml:17:26: error[K-range]: `containerPort` is 80800; it must be from 1 to 65535",
        "a.yaml:27:36: error[XR-012]: the pods of Deployment/web have no port `http`",
    ];
    assert_eq!(code, 1);
    for (line, expected) in lines.iter().zip(expected) {
        assert!(line.starts_with(expected), "{line}\nis not\n{expected}");
    }
    assert_eq!(lines.len(), expected.len(), "{lines:#?}");
}

#[test]
fn standard_input_folders_and_json_are_read() {
    let web = WEB.replace("  replica: 2\n", "");
    let output = depc_with_input(
        &Folder::new(&[]).path(),
        &["validate", "-", "--format", "concise"],
        web.as_bytes(),
    );
    assert!(output.stdout.starts_with("<stdin>:14:9: error[K-required]"), "{output:?}");

    let map = r#"{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "A"}}"#;
    let files = [("d/a.json", map), ("d/e/values.yaml", "replicas: 2\n"), ("d/readme.md", "#")];
    let (code, lines) = told(&files, &["d"]);
    assert_eq!(code, 1);
    assert!(lines[0].starts_with("d/a.json:1:64: error[K-name]"), "{lines:#?}");
    assert!(lines[1].starts_with("d/e/values.yaml:1:1: note[E0256]"), "{lines:#?}");
    // Meant by itself, such a file is a mistake.
    assert_eq!(told(&files, &["d/e/values.yaml"]).0, 1);
    assert_eq!(told(&files, &["nowhere.yaml"]).0, 2);
    assert_eq!(told(&[("d/readme.md", "#")], &["d"]).0, 2);
}

#[test]
fn what_is_missing_may_be_somewhere_else() {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - name: a\n    image: a:1\n    \
               envFrom: [{secretRef: {name: s}}]\n";
    let secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n";
    let files = [("pod.yaml", pod), ("secret.yaml", secret)];
    let (code, lines) = told(&files, &["pod.yaml"]);
    assert_eq!(code, 0, "{lines:#?}");
    assert!(lines[0].contains("warning[XR-051]: no Secret `s` in these files"), "{lines:#?}");
    assert_eq!(told(&files, &["pod.yaml", "--deny", "warnings"]).0, 1);
    assert_eq!(told(&files, &["pod.yaml", "secret.yaml"]), (0, Vec::new()));
    assert_eq!(told(&files, &["pod.yaml", "--external", "secret.yaml"]), (0, Vec::new()));
    // Where something cannot be read, nothing is said to be missing.
    let (_, lines) = told(&[("pod.yaml", pod), ("b.yaml", "a: [")], &["pod.yaml", "b.yaml"]);
    assert!(lines.iter().all(|line| line.contains("E0250")), "{lines:#?}");
}

#[test]
fn the_version_is_that_of_the_command_line_or_of_the_project() {
    let service =
        "apiVersion: v1\nkind: Service\nmetadata: {name: 1a}\nspec: {ports: [{port: 80}]}\n";
    let files =
        [("a.yaml", service), ("old/dep.toml", "kubernetes = \"1.35\"\n"), ("old/a.yaml", service)];
    assert_eq!(told(&files, &["a.yaml"]).0, 0);
    assert_eq!(told(&files, &["a.yaml", "--kube-version", "1.35"]).0, 1);
    assert_eq!(told(&files, &["old/a.yaml"]).0, 1);
}

#[test]
fn what_a_secret_holds_is_not_shown() {
    let text = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata:\n  a: hunter2!\n\
                stringData:\n  hunter2: {a: hunter2}\n  b: [hunter2]\n  c: 12345678\n";
    let text = text.replace("  hunter2: {a", "  d: {a");
    let folder = Folder::new(&[("a.yaml", &text)]);
    for format in ["text", "json", "concise", "sarif"] {
        let output = folder.depc(&["validate", "a.yaml", "--format", format]);
        let said = output.stdout + &output.stderr;
        assert!(said.contains("K-type"), "{said}");
        assert!(!said.contains("hunter2") && !said.contains("12345678"), "{said}");
    }
}

#[test]
fn what_is_refused_of_an_object_is_refused_in_a_file() {
    let text = std::fs::read_to_string(tests::root().join("compiler/kube/tests/data/cases.json"));
    let cases: Vec<Value> = serde_json::from_str(&text.unwrap()).unwrap();
    let manifests = cases.iter().map(|case| &case["manifest"]).filter(|object| object.is_object());
    let all: Vec<String> = manifests.map(Value::to_string).collect();
    assert!(all.len() > 800);
    let mut refused = 0;
    for text in &all {
        let data = json(text);
        let mut manifests = Manifests::default();
        let strangers = manifests.add(0, &data, false);
        let of_file = manifests
            .findings(36, &Strictness::default())
            .into_iter()
            .filter(|one| one.rule.starts_with("K-"));
        let of_file = of_file.filter(|one| one.level == Level::Error).count();
        let mut tree = Tree::new();
        planted(&data, data.documents[0], &mut tree);
        let object = tree.roots().next().unwrap();
        let of_object = misshapen(object, 36).into_iter().chain(refusals(object, 36));
        let of_object = of_object.filter(|one| one.level == Level::Error).count();
        assert_eq!(of_file > 0 || !strangers.is_empty(), of_object > 0, "{text}");
        refused += usize::from(of_object > 0);
    }
    assert!(refused > 700);
}

const BACKUPS: &str = "\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: backups.example.com }
spec:
  group: example.com
  scope: Cluster
  names: { kind: Backup, plural: backups }
  versions:
  - name: v1
    served: true
    storage: true
    schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {keep: {type: integer}}}}}}
  - name: v1beta1
    served: true
    storage: false
    deprecated: true
    schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object}}}}
  - name: v1alpha1
    served: false
    storage: false
    schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object}}}}
";

/// And it is refused in a program: where the types of the language say so, and not a rule, they must say it of as much.
#[test]
fn what_is_refused_in_a_file_is_refused_in_a_program() {
    let text = std::fs::read_to_string(tests::root().join("compiler/kube/tests/data/cases.json"));
    let cases: Vec<Value> = serde_json::from_str(&text.unwrap()).unwrap();
    // These say nothing of data that a program takes in: a null is no value there, and 2.0 is the whole number 2.
    let said_otherwise = ["DEC-006", "DEC-012", "DEC-029", "DEC-040", "POD-098", "RES-014"];
    let cases = cases.iter().map(|case| (case["id"].as_str().unwrap(), &case["manifest"]));
    let mut all: Vec<(&str, String)> = cases
        .filter(|(id, object)| object["kind"].is_string() && !said_otherwise.contains(id))
        .map(|(id, object)| (id, object.to_string()))
        .collect();
    all.extend(
        [
            (
                "not base64",
                r#"{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a"}, "data": {"a": "YQ"}}"#,
            ),
            (
                "base64 over lines",
                r#"{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "binaryData": {"a": "YWFh\nYWFh"}}"#,
            ),
            (
                "no moment",
                r#"{"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": "a"}, "spec": {"acquireTime": "now"}}"#,
            ),
            (
                "twice in a set",
                r#"{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "finalizers": ["a.io/b", "a.io/b"]}}"#,
            ),
        ]
        .map(|(id, text)| (id, text.to_owned())),
    );
    let folder = Folder::new(&[]);
    let mut refused = 0;
    for (number, (id, text)) in all.iter().enumerate() {
        let kind =
            serde_json::from_str::<Value>(text).unwrap()["kind"].as_str().unwrap().to_owned();
        let data = format!("{number}.json");
        let program = format!("{number}.dep");
        folder.write(&data, text);
        folder.write(&program, format!("x = import \"./{data}\" as k8s.{kind}\n"));
        let output = folder.depc(&["validate", "--format", "concise", &data]);
        // What stands alone has nothing to refer to: that is not what is compared.
        if !output.stdout.contains(": error[K-") {
            continue;
        }
        refused += 1;
        let output = folder.depc(&["check", "--format", "concise", &program]);
        assert_eq!(output.code, 1, "{id}: {text}");
    }
    assert!(refused > 700, "{refused}");
}

#[test]
fn definitions_count_wherever_they_stand() {
    let object =
        "apiVersion: example.com/v1\nkind: Backup\nmetadata: {name: a}\nspec: {keep: many}\n";
    let both = format!("{object}---\n{BACKUPS}");
    let files = [("a.yaml", object), ("crds/b.yaml", BACKUPS), ("both.yaml", &both)];
    let wrong = "error[K-type]: `keep` is `many`; it must be a whole number";
    for arguments in
        [&["both.yaml"][..], &["a.yaml", "--crd", "crds"], &["a.yaml", "--external", "crds"]]
    {
        let (code, lines) = told(&files, arguments);
        assert_eq!(code, 1, "{lines:?}");
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert!(lines[0].contains(wrong), "{lines:?}");
    }
    let (code, lines) = told(&files, &["a.yaml"]);
    assert_eq!((code, lines.len()), (0, 1), "{lines:?}");
    assert!(
        lines[0].contains("note[K-not-checked]: nothing here defines Backup of example.com/v1")
    );
}

#[test]
fn versions_that_are_old_or_not_served_are_told() {
    let of = |version: &str| {
        let object =
            format!("apiVersion: example.com/{version}\nkind: Backup\nmetadata: {{name: a}}\n");
        told(&[("a.yaml", &object), ("b.yaml", BACKUPS)], &["a.yaml", "--crd", "b.yaml"])
    };
    let (code, lines) = of("v1beta1");
    assert_eq!(code, 0);
    assert!(
        lines[0].contains("warning[E0284]: example.com/v1beta1 Backup is deprecated"),
        "{lines:?}"
    );
    for version in ["v1alpha1", "v2"] {
        let (code, lines) = of(version);
        assert_eq!((code, lines.len()), (1, 1), "{lines:?}");
        assert!(
            lines[0].contains("a.yaml:1:13: error[K-unknown-kind]: no server takes"),
            "{lines:?}"
        );
        assert!(lines[0].contains("write `apiVersion: example.com/v1`"), "{lines:?}");
    }
}

#[test]
fn what_defines_nothing_is_told() {
    let map = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n";
    let (code, lines) = told(&[("a.yaml", map)], &["a.yaml", "--crd", "a.yaml"]);
    assert_eq!(code, 1);
    assert!(lines[0].contains("error[E0280]: this is v1 ConfigMap"), "{lines:?}");
    let broken = BACKUPS.replace("type: integer", "type: nothing");
    let (code, lines) =
        told(&[("a.yaml", map), ("b.yaml", &broken)], &["a.yaml", "--crd", "b.yaml"]);
    assert_eq!(code, 1, "{lines:?}");
    assert!(lines[0].starts_with("b.yaml:12:"), "{lines:?}");
    let (code, lines) = told(&[("a.yaml", map), ("d/b.yaml", map)], &["a.yaml", "--crd", "d"]);
    assert_eq!(code, 1, "{lines:?}");
    assert!(lines[0].contains("error[E0280]: nothing in d defines a kind"), "{lines:?}");
}
