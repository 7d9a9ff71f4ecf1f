//! What runs again after an edit. Each test edits a program, lists the queries that ran to find what is wrong then, and
//! compares the outcome with that of seeing the files for the first time (`edit` does).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr)]

use tests::executed::{APP, edit, edit_library, listed, of, session};

#[test]
fn a_blank_line_on_top_runs_nothing() {
    let mut session = session(&[("app.dep", APP)], "app.dep");
    let executed = edit(&mut session, "app.dep", "app.dep", "//! Three", "\n\n//! Three");
    assert_eq!(listed(&executed), "");
}

#[test]
fn a_comment_between_items_runs_nothing() {
    let mut session = session(&[("app.dep", APP)], "app.dep");
    let executed =
        edit(&mut session, "app.dep", "app.dep", "git = Service", "// Git.\ngit = Service");
    assert_eq!(listed(&executed), "");
}

#[test]
fn a_comment_inside_an_item_evaluates_nothing() {
    let mut session = session(&[("app.dep", APP)], "app.dep");
    let executed = edit(
        &mut session,
        "app.dep",
        "app.dep",
        "  env { LEVEL",
        "  // How much is said.\n  env { LEVEL",
    );
    assert_eq!(listed(&executed), "elaborate 1, shape 2, signature_of 1, written 1");
}

#[test]
fn a_value_inside_a_service_validates_that_service() {
    let mut session = session(&[("app.dep", APP)], "app.dep");
    let executed = edit(&mut session, "app.dep", "app.dep", "\"info\"", "\"debug\"");
    assert_eq!(
        listed(&executed),
        "elaborate 1, found 1, shape 2, signature_of 1, validate 1, written 1"
    );
}

#[test]
fn as_much_runs_in_a_file_of_many_services_as_in_one_of_few() {
    let ran = |services: usize| {
        let service = |n: usize| {
            let next = (n + 1) % services;
            format!(
                "s{n} = Service {{\n  image = \"ghcr.io/your-org/s{n}:1.0.0\"\n  ports {{ http = 8080 }}\n  env \
                 {{ LEVEL = \"info{n}\", NEXT = s{next}.endpoints.http.url }}\n}}\n"
            )
        };
        let all: String = (0..services).map(service).collect();
        let text = format!("use std.workload.Service\n{all}");
        let mut session = session(&[("app.dep", &text)], "app.dep");
        let value = edit(&mut session, "app.dep", "app.dep", "\"info2\"", "\"debug\"");
        let port = edit(
            &mut session,
            "app.dep",
            "app.dep",
            "http = 8080 }\n  env { LEVEL = \"debug\"",
            "http = 8081 }\n  env { LEVEL = \"debug\"",
        );
        (value, port)
    };
    let many = ran(if tests::heavy() { 1_000 } else { 60 });
    eprintln!("a value: {:?}; a port that one other reads: {:?}", many.0, many.1);
    assert_eq!(many, ran(6));
}

#[test]
fn a_port_that_another_service_reads_validates_both() {
    let mut session = session(&[("app.dep", APP)], "app.dep");
    let executed = edit(&mut session, "app.dep", "app.dep", "http = 8021", "http = 8022");
    assert_eq!(
        listed(&executed),
        "crossed_anywhere 1, crossed_in 1, elaborate 1, found 1, shape 2, signature_of 1, tied 1, useless 1, \
         validate 2, written 1"
    );
}

#[test]
fn a_port_that_no_one_reads_validates_one() {
    let mut session = session(&[("app.dep", APP)], "app.dep");
    let executed = edit(&mut session, "app.dep", "app.dep", "ssh = 2222", "ssh = 2223");
    assert_eq!(
        listed(&executed),
        "crossed_anywhere 1, crossed_in 1, elaborate 1, found 1, shape 2, signature_of 1, tied 1, useless 1, \
         validate 1, written 1"
    );
}

#[test]
fn a_new_service_validates_itself() {
    let mut session = session(&[("app.dep", APP)], "app.dep");
    let new = "new = Service {\n  image = \"ghcr.io/your-org/new:1.0.0\"\n  ports { http = 8090 }\n}\n\nother = ";
    let executed = edit(&mut session, "app.dep", "app.dep", "other = ", new);
    assert_eq!(
        listed(&executed),
        "bases 1, brought 1, crossed 1, crossed_anywhere 1, crossed_in 1, declared_twice 1, elaborate 1, \
         layout 1, named 7, named_twice 1, obscure 1, recursion 1, rules 1, tied 1, units 1, units_of 1, \
         useless 1, validate 1, written 1"
    );
}

#[test]
fn an_overlay_validates_what_it_touches() {
    let prod = "overlay \"./app.dep\"\n\ntag = \"v2\"\nother { env { A = \"1\" } }\n";
    let mut session = session(&[("app.dep", APP), ("prod.dep", prod)], "prod.dep");
    let executed = edit(&mut session, "prod.dep", "prod.dep", "\"1\"", "\"2\"");
    assert_eq!(listed(&executed), "elaborate 1, validate 1, written 1");
    // The input, and the service that reads it.
    let executed = edit(&mut session, "prod.dep", "prod.dep", "\"v2\"", "\"v3\"");
    assert_eq!(listed(&executed), "elaborate 1, found 1, validate 2, written 1");
}

#[test]
fn an_overlay_on_a_used_file_validates_who_reads_what_it_binds() {
    let env = "input tag: Str = \"v1\"\ninput level: Str = \"info\"\ninput unread: Str = \"a\"\n";
    let app = APP
        .replace("input tag: Str = \"v1\"", "use \"./env.dep\" as common")
        .replace("(tag)", "(common.tag)")
        .replace("LEVEL = \"info\"", "LEVEL = common.level");
    let prod = "overlay \"./app.dep\"\n\ncommon.tag = \"v2\"\ncommon.level = \"debug\"\n";
    let mut session =
        session(&[("app.dep", &app), ("prod.dep", prod), ("env.dep", env)], "prod.dep");
    let executed = edit(&mut session, "prod.dep", "prod.dep", "\"v2\"", "\"v3\"");
    assert_eq!(of(&executed, "validate"), 2, "the input, and who reads it: {executed:?}");
    assert_eq!(of(&executed, "elaborate"), 1, "{executed:?}");
    let executed = edit(&mut session, "prod.dep", "prod.dep", "common.level", "common.unread");
    assert_eq!(of(&executed, "validate"), 3, "both inputs, and who reads the one: {executed:?}");
    let executed =
        edit(&mut session, "prod.dep", "prod.dep", "common.unread = \"debug\"\n", "// Nothing.\n");
    assert_eq!(of(&executed, "validate"), 1, "{executed:?}");
    assert_eq!(of(&executed, "elaborate"), 0, "{executed:?}");
}

#[test]
fn a_library_file_validates_what_uses_what_changed() {
    let mut session = session(&[("app.dep", APP)], "app.dep");
    let comment = edit_library(
        &mut session,
        "app.dep",
        "schema Singleton extends",
        "// Alone.\nschema Singleton extends",
    );
    assert_eq!(listed(&comment), "");
    let unused = edit_library(
        &mut session,
        "app.dep",
        "schema Singleton extends",
        "type Unused = Int\n\nschema Singleton extends",
    );
    assert_eq!(listed(&unused), "bases 1, brought 1, circular 1, named 14");
    // A default that all three services take.
    let default =
        edit_library(&mut session, "app.dep", "cpu: Quantity = 100m", "cpu: Quantity = 200m");
    assert_eq!(
        listed(&default),
        "broken_above 2, crossed_anywhere 1, crossed_in 3, elaborate 1, found 1, parent_item 1, schema 1, \
         shape 2, tied 3, useless 1, validate 3, written 1"
    );
    // Of each service, the address by which others reach it.
    let read = edit_library(
        &mut session,
        "app.dep",
        "\"\\(scheme)://\\(host):\\(port)\"",
        "\"\\(scheme)://\\(host):\\(port)/\"",
    );
    assert_eq!(
        listed(&read),
        "elaborate 1, found 1, parent_item 1, schema 1, validate 3, written 1"
    );
    assert!(session.build("app.dep").yaml.contains("http://git:8021/"));
}

#[test]
fn an_error_and_its_repair_are_as_new() {
    let mut session = session(&[("app.dep", APP)], "app.dep");
    edit(&mut session, "app.dep", "app.dep", "http = 8021", "http = 80210");
    edit(&mut session, "app.dep", "app.dep", "http = 80210", "htpt = 8021");
    edit(&mut session, "app.dep", "app.dep", "htpt = 8021", "http = 8021");
    assert!(!session.build("app.dep").yaml.is_empty());
}

const PLACED: &str = r#"/// Where a part runs.
variant Placement {
  off
  /// On its own.
  separate { port: Port = 3010, replicas: Int = 1 }
}
schema Part { at: Placement = off }

one = k8s.ConfigMap {
  metadata { name = "one" }
  data { PORT = match place { off => "none", separate s => "\(s.port)" } }
}
place: Placement = separate { port = 80 }
two = k8s.ConfigMap { metadata { name = "two" }, data { A = "b" } }
"#;

#[test]
fn a_comment_in_a_variant_evaluates_nothing() {
    let mut session = session(&[("app.dep", PLACED)], "app.dep");
    let executed = edit(&mut session, "app.dep", "app.dep", "/// On its own.", "/// By itself.\n");
    assert_eq!(of(&executed, "validate"), 0, "{executed:?}");
    assert_eq!(of(&executed, "elaborate"), 1, "{executed:?}");
}

#[test]
fn a_default_of_a_case_evaluates_who_uses_the_case() {
    let mut session = session(&[("app.dep", PLACED)], "app.dep");
    let executed = edit(&mut session, "app.dep", "app.dep", "Int = 1", "Int = 2");
    assert_eq!(of(&executed, "elaborate"), 1, "{executed:?}");
    assert_eq!(of(&executed, "validate"), 1, "{executed:?}");
}

#[test]
fn another_case_evaluates_who_reads_it() {
    let mut session = session(&[("app.dep", PLACED)], "app.dep");
    let executed = edit(&mut session, "app.dep", "app.dep", "separate { port = 80 }", "off");
    assert_eq!(of(&executed, "elaborate"), 1, "{executed:?}");
    assert_eq!(of(&executed, "validate"), 2, "{executed:?}");
}
