//! What runs again after an edit of a file of data: one that is imported, embedded, or read as definitions of kinds; and
//! of what is spread into a body.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeMap;

use tests::executed::{Session, edit, of, session};

/// One item that reads data, one that reads something else of it, and one that reads none.
fn program(import: &str) -> String {
    format!(
        r#"{import}
app = k8s.ConfigMap {{
  metadata {{ name = "app" }}
  data {{ HOST = values.site.host as Str }}
}}
git = k8s.ConfigMap {{
  metadata {{ name = "git" }}
  data {{ PORT = str(values.site.port as Port) }}
}}
other = k8s.ConfigMap {{
  metadata {{ name = "other" }}
  data {{ A = "a" }}
}}
"#
    )
}

const YAML: &str = "site:\n  host: a.example.com\n  port: 8080\n  unread: 1\n";
const JSON: &str =
    "{\n  \"site\": { \"host\": \"a.example.com\", \"port\": 8080, \"unread\": 1 }\n}\n";

fn validated(executed: &BTreeMap<String, usize>) -> usize {
    of(executed, "validate")
}

#[test]
fn a_value_in_data_validates_who_reads_it() {
    for (path, text, unread) in [
        ("values.yaml", YAML, ("unread: 1", "unread: 2")),
        ("values.json", JSON, ("\"unread\": 1", "\"unread\": 2")),
    ] {
        let app = program(&format!("let values = import \"{path}\""));
        let mut session = session(&[("app.dep", &app), (path, text)], "app.dep");
        // The `let` is validated with the value that it holds.
        let read = edit(&mut session, "app.dep", path, "a.example.com", "b.example.com");
        assert_eq!(validated(&read), 2, "{path}: {read:?}");
        let port = edit(&mut session, "app.dep", path, "8080", "8081");
        assert_eq!(validated(&port), 2, "{path}: {port:?}");
        let unread = edit(&mut session, "app.dep", path, unread.0, unread.1);
        assert_eq!(validated(&unread), 1, "{path}: {unread:?}");
        // Data is one item, and nothing that is written in the program is looked at again.
        for executed in [&read, &port, &unread] {
            assert_eq!(of(executed, "elaborate"), 1, "{path}: {executed:?}");
        }
    }
}

#[test]
fn where_data_stands_evaluates_nothing() {
    let app = program("let values = import \"values.yaml\"");
    let mut session = session(&[("app.dep", &app), ("values.yaml", YAML)], "app.dep");
    for (from, to) in [
        ("site:", "# A remark.\n\nsite:"),
        ("port: 8080", "port:   8080 # for all"),
        ("a.example.com", "\"a.example.com\""),
    ] {
        let executed = edit(&mut session, "app.dep", "values.yaml", from, to);
        assert_eq!(validated(&executed), 0, "{executed:?}");
        assert_eq!(of(&executed, "found"), 0, "{executed:?}");
    }
}

#[test]
fn a_mistake_in_data_and_its_repair_are_as_new() {
    let app = program("let values = import \"values.yaml\"");
    let mut session = session(&[("app.dep", &app), ("values.yaml", YAML)], "app.dep");
    for (from, to, wrong) in [
        ("8080", "many", true),
        ("many", "8080", false),
        ("  host: a", "  hsot: a", true),
        ("  hsot: a", "  host: a", false),
        ("site:", "site: [", true),
        ("site: [", "site:", false),
    ] {
        edit(&mut session, "app.dep", "values.yaml", from, to);
        assert_eq!(session.build("app.dep").yaml.is_empty(), wrong, "{from} → {to}");
    }
}

#[test]
fn an_embedded_text_validates_who_embeds_it() {
    let app = program("let values = import \"values.yaml\"")
        + "conf = k8s.ConfigMap {\n  metadata { name = \"conf\" }\n  data { C = embed \"nginx.conf\" }\n}\n";
    let files = [("app.dep", &*app), ("values.yaml", YAML), ("nginx.conf", "listen 80;\n")];
    let mut session = session(&files, "app.dep");
    let executed = edit(&mut session, "app.dep", "nginx.conf", "80", "8080");
    assert_eq!(validated(&executed), 1, "{executed:?}");
    assert_eq!(of(&executed, "elaborate"), 1, "{executed:?}");
}

const DEFINITION: &str = "\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: backups.example.com }
spec:
  group: example.com
  scope: Namespaced
  names: { kind: Backup, plural: backups }
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
              schedule: { type: string, description: When to begin. }
              keep: { type: integer, minimum: 1 }
";

/// Two objects of a kind that a file defines, and one that knows nothing of it.
const BACKUPS: &str = r#"use crd "./backups.yaml" as backups
nightly = backups.Backup {
  metadata { name = "nightly", namespace = "shop" }
  spec { schedule = "03:00", keep = 3 }
}
weekly = backups.Backup {
  metadata { name = "weekly", namespace = "shop" }
  spec { schedule = "04:00" }
}
other = k8s.ConfigMap {
  metadata { name = "other" }
  data { A = "a" }
}
"#;

#[test]
fn a_definition_validates_who_uses_its_kind() {
    let files = [("app.dep", BACKUPS), ("backups.yaml", DEFINITION)];
    let mut session = session(&files, "app.dep");
    // What the definition says of a field is part of the kind, too.
    let said = edit(&mut session, "app.dep", "backups.yaml", "When to begin.", "At what time.");
    assert_eq!(validated(&said), 2, "{said:?}");
    let remark = edit(&mut session, "app.dep", "backups.yaml", "spec:\n", "# A remark.\nspec:\n");
    assert_eq!(validated(&remark), 0, "{remark:?}");
    let least = edit(&mut session, "app.dep", "backups.yaml", "minimum: 1", "minimum: 2");
    assert_eq!(validated(&least), 2, "{least:?}");
    let wrong = edit(&mut session, "app.dep", "backups.yaml", "minimum: 2", "minimum: 5");
    assert_eq!(validated(&wrong), 2, "{wrong:?}");
    assert!(session.build("app.dep").yaml.is_empty());
    let kind = edit(&mut session, "app.dep", "backups.yaml", "type: integer", "type: string");
    assert_eq!(validated(&kind), 2, "{kind:?}");
}

/// What is spread comes from another item, from a record that is written there, and from data.
const SPREAD: &str = r#"let common = { A = "1", B = "2" }
let values = import "values.yaml"
app = k8s.ConfigMap {
  metadata { name = "app" }
  data { ...common, C = "3" }
}
git = k8s.ConfigMap {
  metadata { name = "git" }
  data { ...{ A = "1", B = "2" }, C = "3" }
}
conf = k8s.ConfigMap {
  metadata { name = "conf" }
  data { ...values.site as {Str: Str} }
}
other = k8s.ConfigMap {
  metadata { name = "other" }
  data { A = app.data.B }
}
"#;

#[test]
fn what_is_spread_validates_who_spreads_it() {
    let files = [("app.dep", SPREAD), ("values.yaml", "site: { host: a.example.com }\n")];
    let mut session = session(&files, "app.dep");
    // `common` itself, `app`, and who reads the value through it.
    let read = edit(&mut session, "app.dep", "app.dep", "B = \"2\"", "B = \"4\"");
    assert_eq!(validated(&read), 3, "{read:?}");
    let unread = edit(&mut session, "app.dep", "app.dep", "A = \"1\"", "A = \"5\"");
    assert_eq!(validated(&unread), 2, "{unread:?}");
    let key = edit(&mut session, "app.dep", "app.dep", "A = \"5\"", "A = \"5\", D = \"6\"");
    assert!(validated(&key) <= 3, "{key:?}");
    let within = edit(&mut session, "app.dep", "app.dep", "...{ A = \"1\"", "...{ A = \"9\"");
    assert_eq!(validated(&within), 1, "{within:?}");
    let data = edit(&mut session, "app.dep", "values.yaml", "host: a", "port: \"1\", host: b");
    assert_eq!(validated(&data), 2, "{data:?}");
    // A key that stands there already, and its repair.
    let mut wrong = |from, to| {
        edit(&mut session, "app.dep", "app.dep", from, to);
        session.build("app.dep").yaml.is_empty()
    };
    assert!(wrong("D = \"6\"", "C = \"6\""));
    assert!(!wrong("C = \"6\"", "D = \"6\""));
}

#[test]
fn what_loading_reports_moves_with_the_text() {
    let rest = "x = embed \"no.conf\"\ny = import \"no.yaml\"\n";
    let mut session = Session::default();
    for above in ["a = 1\n", "a = 1000\n", "// A remark.\n\na = 1\n", "a = 1\n"] {
        session.write("app.dep", &format!("use \"./no.dep\" as no\n{above}{rest}"));
        // It compares with a build from nothing, places included.
        let found = session.build("app.dep").diagnostics;
        assert_eq!(found.iter().filter(|found| found.code == "E0104").count(), 3, "{found:?}");
    }
}
