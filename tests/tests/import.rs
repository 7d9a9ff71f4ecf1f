//! `depc import`: programs that build the objects of YAML and JSON.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use kube::data::{json, yaml};
use kube::manifests::planted;
use kube::tree::Tree;
use serde_json::Value;
use tests::command::{Folder, depc_with_input};

/// What is imported, as a program that was checked, laid out and built.
fn imported(text: &str) -> (Folder, String, String) {
    let folder = Folder::new(&[("in.yaml", text)]);
    let output = folder.depc(&["import", "in.yaml", "--format", "concise"]);
    assert_eq!(output.code, 0, "{text}\n{}", output.stderr);
    folder.write("out.dep", &output.stdout);
    let check = folder.depc(&["check", "out.dep"]);
    assert_eq!(check.code, 0, "{}\n{}", output.stdout, check.stderr);
    assert!(!check.stderr.contains("E0"), "{}\n{}", output.stdout, check.stderr);
    let laid_out = folder.depc(&["fmt", "--check", "out.dep"]);
    assert_eq!(laid_out.code, 0, "{}", output.stdout);
    (folder, output.stdout, output.stderr)
}

fn documents(text: &str) -> Vec<Value> {
    use serde::Deserialize;
    let documents = serde_yaml::Deserializer::from_str(text).map(Value::deserialize);
    documents.map(Result::unwrap).filter(|document| !document.is_null()).collect()
}

/// Takes TCP away from ports, which is what they have where they say nothing.
fn without_tcp(value: &mut Value) {
    if value.get("protocol").and_then(Value::as_str) == Some("TCP") {
        value.as_object_mut().unwrap().remove("protocol");
    }
    match value {
        Value::Object(map) => map.values_mut().for_each(without_tcp),
        Value::Array(list) => list.iter_mut().for_each(without_tcp),
        _ => {}
    }
}

/// Objects in an order that depends on what they are.
fn sorted(text: &str) -> Vec<String> {
    let mut all = documents(text);
    all.iter_mut().for_each(without_tcp);
    let mut all: Vec<String> = all.iter().map(Value::to_string).collect();
    all.sort();
    all
}

#[test]
fn what_programs_print_is_imported_as_components() {
    let root = tests::root().join("tests/examples");
    for path in tests::files(&root, &[".yaml"]) {
        let text = std::fs::read_to_string(&path).unwrap();
        let (folder, program, _) = imported(&text);
        let built = folder.depc(&["build", "out.dep"]);
        assert_eq!(sorted(&text), sorted(&built.stdout), "{}\n{program}", path.display());
        // What `std.workload` has made is its component again; modules of one system are not recognised.
        let of_system = ["gateway", "gitserver", "operator"]
            .iter()
            .any(|name| path.components().any(|part| part.as_os_str() == *name));
        let kinds = ["Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob", "Service"];
        let typed = kinds.iter().find(|kind| program.contains(&format!("= k8s.{kind} {{")));
        assert!(of_system || typed.is_none(), "{}: {typed:?}\n{program}", path.display());
    }
}

#[test]
fn each_kind_of_program_is_its_component_again() {
    // As little as can be said, and something else than what is made where nothing is said.
    let source = r#"use std.pods.Probe
use std.storage.Scratch
use std.workload.{Cron, Daemon, Job, Service, Stateful}

store = Stateful { image = "a.example/store:1.0", ports { db = 5432 }, size = 1Gi, path = "/data" }
queue = Stateful {
  image = "a.example/queue:1.0"
  ports { amqp = 5672 }
  size = 20Gi
  path = "/var/lib/queue"
  storageClass = "fast"
  keepVolumes = false
  replicas = 3
  mounts { "/run/queue" = Scratch { volume = "run", limit = 10Mi } }
  unset live
  ready { period = 7s }
}
agent = Daemon { image = "a.example/agent:1.0" }
watcher = Daemon {
  image = "a.example/watcher:1.0"
  ports { metrics = 9100 }
  live = { port = "metrics" }
  everywhere = true
  unavailable = 10%
  serviceAccount = "watcher"
}
watcherAccount = external k8s.ServiceAccount { metadata { name = "watcher" } }
migrate = Job { name = "migrate-v7", image = "a.example/migrate:7.0" }
load = Job { image = "a.example/load:1.0", retries = 0, deadline = 90s, kept = 2h, memory = 1Gi }
report = Cron { image = "a.example/report:1.0", schedule = "30 3 * * *" }
sweep = Cron {
  image = "a.example/sweep:1.0"
  schedule = "*/5 * * * *"
  zone = "Europe/Berlin"
  overlapping = "Replace"
  lateBy = 1m
  retries = 4
  deadline = 4m
  paused = true
  gracePeriod = 5s
  env { LEVEL = "info" }
}
"#;
    let folder = Folder::new(&[("source.dep", source)]);
    let wanted = folder.depc(&["build", "source.dep"]);
    assert_eq!(wanted.code, 0, "{}", wanted.stderr);
    let (folder, program, _) = imported(&wanted.stdout);
    assert_eq!(sorted(&wanted.stdout), sorted(&folder.depc(&["build", "out.dep"]).stdout));
    for line in [
        "store = Stateful {",
        "queue = Stateful {",
        "keepVolumes = false",
        "agent = Daemon {",
        "unavailable = 10%",
        "migrateV7 = Job {",
        "load = Job {",
        "deadline = 90s",
        "kept = 2h",
        "report = Cron {",
        "zone = \"Europe/Berlin\"",
        "lateBy = 1m",
    ] {
        assert!(program.contains(line), "{line}\n{program}");
    }
    assert_eq!(program.matches("= k8s.").count(), 0, "{program}");
}

#[test]
fn sound_objects_of_each_kind_are_imported() {
    let text = std::fs::read_to_string(tests::root().join("tests/cluster/objects.yaml")).unwrap();
    let all = documents(&text);
    assert!(all.len() > 60);
    let mut errors = 0;
    for object in &all {
        let folder = Folder::new(&[("in.json", &object.to_string())]);
        let output = folder.depc(&["import", "in.json", "-o", "out.dep"]);
        if output.code != 0 {
            // What depc refuses though a server takes it.
            assert!(output.stderr.contains("error[K-"), "{}", output.stderr);
            errors += 1;
            continue;
        }
        let built = folder.depc(&["build", "out.dep"]);
        assert_eq!(built.code, 0, "{}", built.stderr);
        let mut built = documents(&built.stdout);
        assert_eq!(built.len(), 1);
        let mut wanted = object.clone();
        without_protocols(&mut wanted);
        without_protocols(&mut built[0]);
        as_written(&mut wanted);
        as_written(&mut built[0]);
        assert_eq!(wanted, built[0]);
    }
    assert!(errors < 5, "{errors} objects cannot be imported");
}

/// A protocol that is meant where there is none.
fn without_protocols(value: &mut Value) {
    match value {
        Value::Object(entries) => {
            if entries.get("protocol").is_some_and(|protocol| protocol == "TCP") {
                entries.remove("protocol");
            }
            entries.values_mut().for_each(without_protocols);
        }
        Value::Array(items) => items.iter_mut().for_each(without_protocols),
        _ => {}
    }
}

/// Amounts are texts in what is built, and may be numbers in what was read.
fn as_written(value: &mut Value) {
    match value {
        Value::Object(entries) => entries.values_mut().for_each(as_written),
        Value::Array(items) => items.iter_mut().for_each(as_written),
        Value::Number(number) => *value = Value::String(number.as_f64().unwrap().to_string()),
        _ => {}
    }
}

#[test]
fn what_is_there_already_is_declared() {
    let (_, program, _) = imported(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  serviceAccountName: sa\n  containers:\n  \
         - {name: a, image: 'a:1', envFrom: [{secretRef: {name: db-login}}, {configMapRef: {name: env}}]}\n",
    );
    for line in [
        "dbLoginSecret = external Secret { name = \"db-login\" }",
        "envConfigMap = external Config { name = \"env\" }",
        "saServiceAccount = external k8s.ServiceAccount { metadata { name = \"sa\" } }",
    ] {
        assert!(program.contains(line), "{program}");
    }
}

#[test]
fn what_is_not_kept_is_said() {
    let (_, program, said) = imported(
        "# The settings.\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: null}\ndata:\n  \
         a.sh: |\n    #!/bin/sh\n      echo \"$A\" \\(b)\n",
    );
    assert!(said.contains("the comments of in.yaml are not kept: 1 line"), "{said}");
    assert!(said.contains("in.yaml:4:18: note[E0731]: one value is written otherwise"), "{said}");
    assert!(program.contains("aConfigMap = k8s.ConfigMap {"), "{program}");
}

#[test]
fn custom_resources_stay_in_their_file() {
    let text = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a}\n---\napiVersion: example.com/v1\n\
                kind: Foo\nmetadata: {name: b}\nspec: {a: 1, b: [x, 1.5]}\n";
    let (folder, program, _) = imported(text);
    assert!(program.contains("= import \"./in.yaml\" as [k8s.Object by kind, name]"), "{program}");
    assert_eq!(sorted(text), sorted(&folder.depc(&["build", "out.dep"]).stdout));
    // What has no file cannot be named.
    let output =
        depc_with_input(&folder.path(), &["import", "-", "--format", "concise"], text.as_bytes());
    assert_eq!((output.code, output.stdout.as_str()), (1, ""));
    assert!(output.stderr.contains("<stdin>:7:18: error[E0730]"), "{}", output.stderr);
}

#[test]
fn what_no_server_takes_is_not_imported() {
    let bad = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: A}\n";
    let folder = Folder::new(&[("in.yaml", bad), ("there.dep", "")]);
    let output = folder.depc(&["import", "in.yaml", "--format", "concise"]);
    assert_eq!((output.code, output.stdout.as_str()), (1, ""));
    assert!(output.stderr.starts_with("in.yaml:3:18: error[K-name]"), "{}", output.stderr);
    assert_eq!(folder.depc(&["import", "in.yaml", "-o", "there.dep"]).code, 2);
    assert_eq!(folder.depc(&["import", "nowhere.yaml"]).code, 2);
}

#[test]
fn rules_that_are_broken_are_allowed_in_view() {
    let text = "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec:\n  selector: {app: elsewhere}\n  ports: [{port: 80}]\n";
    let (folder, program, _) = imported(text);
    assert!(program.contains("allow \"XR-010\": "), "{program}");
    assert_eq!(sorted(text), sorted(&folder.depc(&["build", "out.dep"]).stdout));
}

/// The systems whose objects were kept, where they are beside this repository.
#[test]
fn the_objects_of_real_systems_are_imported_and_valid() {
    let golden = tests::root().join("../shared/golden");
    if !golden.is_dir() {
        return;
    }
    let mut count = 0;
    for path in tests::files(&golden, &[".yaml", ".json"]) {
        let text = std::fs::read_to_string(&path).unwrap();
        let text = match path.extension().is_some_and(|ending| ending == "json") {
            true => match serde_json::from_str::<Value>(&text) {
                Ok(Value::Object(all)) if all.values().all(|one| one["kind"].is_string()) => all
                    .values()
                    .map(|one| format!("---\n{}", serde_yaml::to_string(one).unwrap()))
                    .collect(),
                _ => continue,
            },
            false if path.to_string_lossy().ends_with(".values.yaml") => continue,
            false => text,
        };
        let folder = Folder::new(&[("in.yaml", &text)]);
        let valid = folder.depc(&["validate", "in.yaml"]);
        assert_eq!(valid.code, 0, "{}\n{}", path.display(), valid.stderr);
        let (_, program, said) = imported(&text);
        assert!(!program.contains(" import "), "{}:\n{program}\n{said}", path.display());
        count += 1;
    }
    assert!(count > 10, "{count}");
}

#[test]
fn names_and_texts_of_all_sorts_are_written() {
    for name in ["default", "1st", "secret", "a-b.c", "type", "test"] {
        let text = format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\ndata: {{for: 'x', \"a.b\": \"\\t\\u0001 \\\" \\\\( \\n\", when: \"\"}}\n"
        );
        let (folder, program, _) = imported(&text);
        assert_eq!(sorted(&text), sorted(&folder.depc(&["build", "out.dep"]).stdout), "{program}");
    }
    let strings =
        std::fs::read_to_string(tests::root().join("compiler/kube/tests/data/yaml-strings.json"));
    let strings: Value = serde_json::from_str(&strings.unwrap()).unwrap();
    let mut all = serde_json::Map::new();
    let mut add = |value: &Value| {
        if let Some(text) = value.as_str() {
            all.insert(format!("k{}", all.len()), Value::from(text));
        }
    };
    match &strings {
        Value::Array(items) => items.iter().for_each(|item| {
            add(item);
            item.as_array().into_iter().flatten().for_each(&mut add);
            item.as_object().into_iter().flatten().for_each(|(_, item)| add(item));
        }),
        Value::Object(entries) => entries.iter().for_each(|(key, item)| {
            add(&Value::from(key.as_str()));
            add(item);
        }),
        _ => {}
    }
    assert!(all.len() > 100, "{}", all.len());
    let object = serde_json::json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": all});
    let folder = Folder::new(&[("in.json", &object.to_string())]);
    let output = folder.depc(&["import", "in.json", "-o", "out.dep"]);
    assert_eq!(output.code, 0, "{}", output.stderr);
    let built = folder.depc(&["build", "out.dep", "-o", "json"]).stdout;
    let built: Value = serde_json::from_str(&built).unwrap();
    assert_eq!(built[0], object);
}

/// The two readers agree on what is compared.
#[test]
fn json_and_yaml_are_read_alike() {
    let (mut one, mut other) = (Tree::new(), Tree::new());
    let text = "{\"a\": [1, \"b\", null, 1.5], \"c\": {}}";
    for (data, tree) in [(json(text), &mut one), (yaml(text), &mut other)] {
        data.documents.iter().for_each(|root| planted(&data, *root, tree));
    }
    assert_eq!(format!("{:?}", one.roots().next()), format!("{:?}", other.roots().next()));
}

#[test]
fn objects_of_custom_kinds_are_written_by_their_types() {
    let definition = "\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: backups.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {kind: Backup, plural: backups}
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            properties:
              keep: {type: integer, minimum: 1}
              until: {type: string, nullable: true}
              port: {x-kubernetes-int-or-string: true}
              notes: {type: object, x-kubernetes-preserve-unknown-fields: true}
              targets:
                type: array
                x-kubernetes-list-type: map
                x-kubernetes-list-map-keys: [name]
                items:
                  type: object
                  required: [name]
                  properties: {name: {type: string}, bucket: {type: string}}
";
    let object = "\
apiVersion: example.com/v1
kind: Backup
metadata: {name: nightly, namespace: shop}
spec:
  keep: 7
  until: null
  port: 80
  notes: {owner: {team: payments, since: 2020}, list: [1, a]}
  targets: [{name: primary, bucket: a}, {name: copy}]
";
    let files = [("a.yaml", object), ("crds/b.yaml", definition)];
    let folder = Folder::new(&files);
    let output = folder.depc(&["import", "a.yaml", "--crd", "crds"]);
    assert_eq!(output.code, 0, "{}", output.stderr);
    for line in [
        "use crd \"./crds/b.yaml\" as crds",
        "nightlyBackup = crds.v1.Backup {",
        "    until = null",
        "        bucket = \"a\"",
    ] {
        assert!(output.stdout.contains(line), "{line} is not in\n{}", output.stdout);
    }
    folder.write("out.dep", &output.stdout);
    let built = folder.depc(&["build", "out.dep"]);
    assert_eq!(sorted(object), sorted(&built.stdout), "{}", built.stderr);

    // Definitions may stand among the objects, and are objects too.
    let both = format!("{}---\n{object}", definition.replace("minimum: 1", "minimum: 0.5"));
    let (folder, program, _) = imported(&both);
    assert!(program.contains("use crd \"./in.yaml\" as crds"), "{program}");
    let built = folder.depc(&["build", "out.dep"]);
    assert_eq!(sorted(&both), sorted(&built.stdout), "{program}");

    // What breaks the definition is told, and nothing is written.
    let files = [("a.yaml", &*object.replace("keep: 7", "keep: 0")), ("b.yaml", definition)];
    let output = Folder::new(&files).depc(&["import", "a.yaml", "--crd", "b.yaml"]);
    assert_eq!((output.code, output.stdout.as_str()), (1, ""));
    assert!(output.stderr.contains("error[K-range]"), "{}", output.stderr);
}

#[test]
fn what_a_server_says_itself_is_left_out() {
    let (folder, program, notes) = imported(
        r#"
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
  uid: 8e0b5d7c-1f0a-4a53-9d3f-1d6f1c1f7a11
  resourceVersion: "4711"
  creationTimestamp: "2026-01-01T00:00:00Z"
  managedFields: [{manager: kubectl, operation: Update}]
data: {a: "1"}
---
apiVersion: v1
kind: Service
metadata: {name: db}
spec: {ports: [{port: 5432}], clusterIP: None}
status: {loadBalancer: {}}
"#,
    );
    assert!(!program.contains("status") && !program.contains("uid"), "{program}");
    assert!(notes.contains("5 fields left out that a server says itself"), "{notes}");
    let built = folder.depc(&["build", "out.dep"]);
    assert_eq!(documents(&built.stdout).len(), 2, "{}", built.stderr);
}

#[test]
fn texts_come_back_byte_by_byte() {
    let text = r##"
apiVersion: v1
kind: ConfigMap
metadata: {name: texts}
data:
  dos: "a\r\nb\r\n"
  bell: "\a\e[0m"
  tabs: "a\tb\n\tc\n"
  quotes: '"""triple""" "#raw"# \(x) ${y} {{ z }}'
  blank: "  two\n three\n"
  open: "a\n\n\nb"
  comment: |
    # no comment
    [server]
"##;
    let (folder, _, notes) = imported(text);
    let built = folder.depc(&["build", "out.dep"]);
    assert_eq!(sorted(text), sorted(&built.stdout), "{}", built.stderr);
    assert!(!notes.contains("comments"), "{notes}");
}

#[test]
fn elements_of_a_list_of_one_kind_need_not_say_what_they_are() {
    let list =
        "apiVersion: v1\nkind: ConfigMapList\nitems:\n- metadata: {name: a}\n  data: {x: '1'}\n";
    let (folder, ..) = imported(list);
    let built = folder.depc(&["build", "out.dep"]);
    assert_eq!(documents(&built.stdout)[0]["kind"], "ConfigMap");
}
