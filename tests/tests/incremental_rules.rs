//! What runs again after an edit of rules, of what is derived, and of what rules across objects look at.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use analysis::diagnostic::Diagnostic;
use tests::executed::{APP, Session, edit, of, session};

const RULES: &str = r#"
every "team" k8s.Deployment as d where d.metadata.name != "other" {
  metadata.labels { team = "payments" }
}

every "limited" k8s.Deployment as d {
  check d.spec.template.spec.containers.all(c => c.resources?.limits?.memory is set): "set a limit"
}
"#;

#[test]
fn a_rule_that_only_checks_evaluates_no_item() {
    let text = format!("{APP}{RULES}");
    let mut session = session(&[("app.dep", &text)], "app.dep");
    let executed = edit(&mut session, "app.dep", "app.dep", "limits?.memory", "limits?.cpu");
    assert_eq!(of(&executed, "validate"), 0, "{executed:?}");
    assert_eq!(of(&executed, "found"), 0, "{executed:?}");
    assert_eq!(of(&executed, "policies"), 3, "one for each service: {executed:?}");
    assert_eq!(of(&executed, "crossed"), 0, "{executed:?}");
    assert_eq!(of(&executed, "elaborate"), 1, "{executed:?}");
    let new =
        "every \"named\" k8s.Service as s {\n  check s.metadata.name != \"\": \"name it\"\n}\n";
    let executed = edit(
        &mut session,
        "app.dep",
        "app.dep",
        "every \"limited\"",
        &format!("{new}every \"limited\""),
    );
    assert_eq!(of(&executed, "validate"), 0, "{executed:?}");
    assert_eq!(of(&executed, "found"), 0, "{executed:?}");
}

#[test]
fn a_rule_that_changes_evaluates_what_has_objects_of_its_kind() {
    let config = "\nconfig = k8s.ConfigMap { metadata.name = \"config\" }\n";
    let text = format!("{APP}{config}{RULES}");
    let mut session = session(&[("app.dep", &text)], "app.dep");
    let executed = edit(&mut session, "app.dep", "app.dep", "\"payments\"", "\"shop\"");
    assert_eq!(of(&executed, "validate"), 3, "the services, and not the ConfigMap: {executed:?}");
    let executed = edit(
        &mut session,
        "app.dep",
        "app.dep",
        "k8s.Deployment as d where",
        "k8s.ConfigMap as d where",
    );
    assert_eq!(
        of(&executed, "validate"),
        4,
        "what the rule was for, and what it is for: {executed:?}"
    );
}

#[test]
fn a_rule_that_is_inserted_leaves_others_as_they_are() {
    let text = format!("{APP}{RULES}");
    let mut session = session(&[("app.dep", &text)], "app.dep");
    let new = "every \"tier\" k8s.ConfigMap {\n  metadata.labels { tier = \"back\" }\n}\n\nevery \"team\"";
    let executed = edit(&mut session, "app.dep", "app.dep", "every \"team\"", new);
    assert_eq!(of(&executed, "validate"), 0, "there is no ConfigMap: {executed:?}");
    assert_eq!(of(&executed, "elaborate"), 1, "{executed:?}");
}

#[test]
fn a_program_without_rules_asks_for_none() {
    let mut session = Session::default();
    session.write("app.dep", APP);
    session.executed();
    session.diagnostics("app.dep");
    let executed = session.executed();
    assert_eq!(of(&executed, "policies"), 0, "{executed:?}");
    assert_eq!(of(&executed, "changing"), 0, "{executed:?}");
    assert!(of(&executed, "changes") <= 1, "{executed:?}");
}

const DERIVED: &str = r#"use std.network.{dependents, objects}
use std.workload.Service

schema Guarded extends Service {
  emit derive policy: k8s.NetworkPolicy = {
    metadata { name = name }
    spec {
      podSelector { matchLabels = selector }
      policyTypes = ["Ingress"]
      ingress = [
        {
          from = [{ podSelector { matchLabels = d.labels } }]
          ports = [{ port = p.number } for p in d.ports]
        } for d in dependents() if d.labels is set
      ]
    }
  }
}

app = Guarded {
  image = "example.com/app:1.0.0"
  ports { http = 3000 }
  env { GIT_URL = git.endpoints.http.url, LEVEL = "info" }
}

git = Guarded {
  image = "example.com/git:1.0.0"
  ports { http = 8021, ssh = 2222 }
}

other = Service {
  image = "example.com/other:1.0.0"
  ports { http = 8081 }
}
"#;

#[test]
fn a_derivation_runs_where_an_edge_a_label_or_a_port_of_a_neighbour_changes() {
    let main = "app.dep";
    let mut session = session(&[(main, DERIVED)], main);
    let mut edited = |from: &str, to: &str| edit(&mut session, main, main, from, to);
    let executed = edited("\"info\"", "\"debug\"");
    assert_eq!(of(&executed, "validate"), 1, "{executed:?}");
    assert_eq!(of(&executed, "edges"), 1, "{executed:?}");
    assert_eq!(
        of(&executed, "index"),
        0,
        "no edge, and nothing that others are told: {executed:?}"
    );
    assert_eq!(
        of(&executed, "derivation_of"),
        1,
        "what the item itself says may be read: {executed:?}"
    );
    let executed = edited("other:1.0.0", "other:1.0.1");
    assert_eq!(of(&executed, "derivation_of"), 0, "who derives nothing: {executed:?}");
    let executed = edited("http = 8081", "http = 8082");
    assert_eq!(of(&executed, "links"), 0, "nobody's neighbour: {executed:?}");
    assert_eq!(of(&executed, "derivation_of"), 0, "{executed:?}");
    let executed = edited("ssh = 2222", "ssh = 2223");
    assert_eq!(of(&executed, "derivation_of"), 1, "a port by which no edge goes: {executed:?}");
    let executed = edited("http = 8021", "http = 8022");
    assert_eq!(
        of(&executed, "derivation_of"),
        2,
        "the port of the edge, which app reads: {executed:?}"
    );
    let executed = edited("  ports { http = 3000 }", "  name = \"front\"\n  ports { http = 3000 }");
    assert_eq!(of(&executed, "validate"), 1, "{executed:?}");
    assert_eq!(of(&executed, "derivation_of"), 2, "the labels of a neighbour: {executed:?}");
    let executed = edited("git.endpoints.http", "other.endpoints.http");
    assert_eq!(
        of(&executed, "derivation_of"),
        2,
        "an edge less for git, and one that app has: {executed:?}"
    );
    let executed = edited(
        "image = \"example.com/other",
        "env { URL = git.endpoints.ssh.url }\n  image = \"example.com/other",
    );
    assert_eq!(of(&executed, "derivation_of"), 1, "an edge more: {executed:?}");
    let executed = edited("http = 8082", "http = 80820");
    assert_eq!(
        of(&executed, "derivation_of"),
        2,
        "in a program with an error nothing is known: {executed:?}"
    );
}

#[test]
fn a_derivation_reads_of_objects_what_it_reads() {
    let main = "app.dep";
    let inventory = "\nschema Inventory {\n  emit derive inventory: k8s.ConfigMap = {\n    metadata { name = \"inventory\" }\n    data { names = join([o.metadata.name ?? \"\" for o in objects()], \" \") }\n  }\n}\n\ninventory = Inventory {}\n";
    let text = format!("{DERIVED}{inventory}").replace("Guarded {", "Service {");
    let mut session = session(&[(main, &text)], main);
    let mut edited = |from: &str, to: &str| edit(&mut session, main, main, from, to);
    let executed = edited("other:1.0.0", "other:1.0.1");
    assert_eq!(of(&executed, "derivation_of"), 0, "{executed:?}");
    let executed = edited("http = 8081", "http = 8082");
    assert_eq!(of(&executed, "derivation_of"), 0, "{executed:?}");
    let executed = edited("  ports { http = 3000 }", "  name = \"front\"\n  ports { http = 3000 }");
    assert_eq!(of(&executed, "derivation_of"), 1, "{executed:?}");
    let executed = edited("  ports { http = 3000 }", "  scale = 1..3\n  ports { http = 3000 }");
    assert_eq!(of(&executed, "derivation_of"), 1, "an object more: {executed:?}");
}

#[test]
fn who_derives_nothing_pays_for_no_graph() {
    let main = "app.dep";
    let mut session = session(&[(main, APP)], main);
    session.write(main, &APP.replace("\"info\"", "\"debug\""));
    session.executed();
    session.build(main);
    session.diagnostics(main);
    let executed = session.executed();
    assert_eq!(of(&executed, "edges") + of(&executed, "links"), 0, "{executed:?}");
}

/// Ten services apart, and two pods that read one ConfigMap.
fn tied_and_apart() -> String {
    let mut text = String::from("use std.workload.Service\n");
    for number in 0..10 {
        text.push_str(&format!(
            "\ns{number} = Service {{\n  image = \"ghcr.io/your-org/s:1.0.0\"\n  ports {{ http = 80{number}0 }}\n}}\n"
        ));
    }
    text.push_str(
        "\nsettings = k8s.ConfigMap { metadata.name = \"settings\", data { LEVEL = \"info\" } }\n",
    );
    for pod in ["first", "second"] {
        text.push_str(&format!(
            "\n{pod} = k8s.Pod {{\n  metadata {{ name = \"{pod}\", labels {{ pod = \"{pod}\" }} }}\n  spec.containers.main {{\n    image = \"ghcr.io/your-org/pod:1.0.0\"\n    env {{ LEVEL {{ valueFrom.configMapKeyRef {{ name = \"settings\", key = \"LEVEL\" }} }} }}\n  }}\n}}\n"
        ));
    }
    text
}

#[test]
fn rules_run_for_the_items_alone_that_are_tied_to_what_changed() {
    let mut session = session(&[("app.dep", &tied_and_apart())], "app.dep");
    let mut groups = |from: &str, to: &str| {
        let executed = edit(&mut session, "app.dep", "app.dep", from, to);
        (of(&executed, "tied"), of(&executed, "crossed_in"), of(&executed, "layout"))
    };
    // A port changes facts, and ties nothing.
    assert_eq!(groups("http = 8030", "http = 8039"), (1, 1, 0));
    // What is mistaken has no ties, and is a group of its own again once it is mended.
    assert_eq!(groups("ports { http = 8039", "portz { http = 8039"), (1, 0, 1));
    assert_eq!(groups("portz { http = 8039", "ports { http = 8039"), (1, 1, 1));
    // What the pods read is looked at with both of them.
    assert_eq!(groups("{ LEVEL = \"info\" }", "{ LEVELS = \"info\" }"), (1, 1, 0));
    let told = session.diagnostics("app.dep");
    let missing: Vec<&Diagnostic> = told.iter().filter(|found| found.code == "XR-050").collect();
    assert_eq!(missing.len(), 1, "{told:#?}");
    assert_eq!(missing[0].notes, ["the same is said of one object more"]);
    let executed = edit(&mut session, "app.dep", "app.dep", "LEVELS =", "LEVEL =");
    assert_eq!(of(&executed, "crossed_in"), 1, "{executed:?}");
    assert!(session.diagnostics("app.dep").iter().all(|found| found.code != "XR-050"));
    // What its pods are called ties a Service to another's: the two are one group.
    let executed = edit(
        &mut session,
        "app.dep",
        "app.dep",
        "s4 = Service {",
        "s4 = Service {\n  name = \"s5\"",
    );
    assert_eq!(of(&executed, "crossed_in"), 1, "{executed:?}");
    assert!(session.diagnostics("app.dep").iter().any(|found| found.code == "XR-001"));
}
