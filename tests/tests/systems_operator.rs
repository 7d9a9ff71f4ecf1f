//! System 004, components in one process or apart: ours beside what the original makes.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use serde_json::Value;
use tests::command::Output;
use tests::systems::{Objects, beside, differences, golden, objects};

fn layered(lines: &str, command: &str) -> Output {
    let text = format!("overlay \"./app.dep\"\n\n{lines}\n");
    beside("operator", "overlay.dep", &text, command)
}

/// In what ours differs knowingly: where, and why.
const DIVERGENCES: [(&str, &str); 3] = [
    (
        "ClusterRole",
        "the original's rules are known to be too few; ours are counted in operator_test.dep",
    ),
    ("resources", "ours request memory, because a pod that does not is the first to be killed"),
    ("protocol", "the original leaves out TCP, which is the default"),
];

/// Takes away in what ours differs knowingly.
fn compared(mut objects: Objects) -> Objects {
    let [(role, _), (resources, _), (protocol, _)] = DIVERGENCES;
    for (key, object) in &mut objects {
        if key.starts_with(&format!("rbac.authorization.k8s.io/{role} ")) {
            object.as_object_mut().unwrap().remove("rules");
        }
        for container in elements(object, "/spec/template/spec/containers") {
            container.as_object_mut().unwrap().remove(resources);
            for port in elements(container, "/ports") {
                port.as_object_mut().unwrap().remove(protocol);
            }
        }
    }
    objects
}

fn elements<'a>(value: &'a mut Value, path: &str) -> impl Iterator<Item = &'a mut Value> {
    value.pointer_mut(path).and_then(Value::as_array_mut).into_iter().flatten()
}

#[test]
fn both_layouts_make_what_the_original_makes() {
    let Some(folder) = golden() else { return };
    let image = "operatorImage = \"ghcr.io/coder/coder-k8s:latest\"";
    let mut wrong = String::new();
    for layout in ["all", "split"] {
        let text = std::fs::read_to_string(folder.join(format!("004/{layout}.yaml"))).unwrap();
        let output = layered(&format!("runs = {layout}\n{image}"), "build");
        assert_eq!(output.code, 0, "{}", output.stderr);
        let theirs = compared(objects(&text, "coder-system"));
        let ours = compared(objects(&output.stdout, "coder-system"));
        assert!(theirs.len() > 8);
        for difference in differences(&theirs, &ours) {
            wrong.push_str(&format!("{layout}: {difference}\n"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn what_may_surprise_is_told() {
    let needs = "use std.rbac.Need\nuse std.topology.Component\n\n";
    let cases = [
        // S004-06: one process is ready before all of its ports are.
        ("", "ready says nothing of ports other than health"),
        // S004-09: an API server that cannot ask anybody.
        ("runs = split", "it answers every request with ServiceUnavailable"),
        // V02: a cache that may get and not list.
        (
            "operator.components { reader = Component { mode = \"r\", cached = true, needs = [Need { resources = [\"nodes\"], verbs = [\"get\"] }] } }",
            "a cache gets what it may not list and watch: nodes",
        ),
        // V10: who makes Roles.
        ("", "who makes Roles must hold what they grant"),
        // V11: a server that nothing tells from another.
        ("", "the cluster believes whoever answers for the API: its certificate is its own"),
        (
            "operator.components { other = Component { mode = \"o\", ports { o = 1443 }, services { o { to = \"o\" } }, apis { v1 { group = \"o.example.com\", service = \"o\" } } } }",
            "give it a caBundle, or say why",
        ),
        // V12: an image that is another one tomorrow.
        ("operatorImage = \"ghcr.io/coder/coder-k8s:latest\"", "L-101"),
    ];
    for (lines, told) in cases {
        let output = layered(&format!("{needs}{lines}"), "check");
        assert_eq!(output.code, 0, "{lines}\n{}", output.stderr);
        assert!(output.stderr.contains(told), "{told}\n{}", output.stderr);
    }
}

/// S004-11 and V03: of the controller alone, what others would serve cannot be exposed by hand.
#[test]
fn what_does_not_run_is_not_exposed() {
    let e2e = |lines: &str| {
        let text = format!("overlay \"./e2e.dep\"\n\n{lines}\n");
        beside("operator", "overlay.dep", &text, "check")
    };
    assert_eq!(e2e("").code, 0);
    let service = "api: k8s.Service = {
      metadata { name = \"coder-k8s-apiserver\" }
      spec { selector { app = \"coder-k8s\" }, ports.\"443\" { name = \"https\", targetPort = 6443 } }
    }";
    let output = e2e(service);
    assert_eq!(output.code, 1);
    assert!(
        output.stderr.contains("no component that runs listens on the port"),
        "{}",
        output.stderr
    );
    let api = "api: k8s.APIService = {
      metadata { name = \"v1alpha1.aggregation.coder.com\" }
      spec {
        group = \"aggregation.coder.com\", version = \"v1alpha1\", groupPriorityMinimum = 1000, versionPriority = 100
        insecureSkipTLSVerify = true
        service { name = \"coder-k8s-apiserver\", namespace = \"coder-system\" }
      }
    }";
    let output = e2e(api);
    assert_eq!(output.code, 1);
    assert!(output.stderr.contains("XR-100"), "{}", output.stderr);
}

/// V07: two bindings of one name cannot both be applied.
#[test]
fn one_binding_has_one_role() {
    let lines = "again: k8s.ClusterRoleBinding = {
      metadata { name = \"coder-k8s\" }
      roleRef { apiGroup = \"rbac.authorization.k8s.io\", kind = \"ClusterRole\", name = \"system:auth-delegator\" }
      subjects = [{ kind = \"ServiceAccount\", name = \"coder-k8s\", namespace = \"coder-system\" }]
    }";
    let output = layered(lines, "check");
    assert_eq!(output.code, 1);
    assert!(output.stderr.contains("XR-001"), "{}", output.stderr);
}

#[test]
fn each_requirement_has_a_test_that_passes() {
    let path = tests::root().join("tests/systems/operator_test.dep");
    let text = std::fs::read_to_string(path).unwrap();
    let output = beside("operator", "operator_test.dep", &text, "test");
    assert_eq!(output.code, 0, "{}{}", output.stdout, output.stderr);
    for number in 1..=12 {
        let id = format!("S004-{number:02}");
        assert!(output.stdout.contains(&format!("operator_test.dep: {id}:")), "{id} has no test");
    }
}

/// S004-13: which control planes count is decided while the API server runs, request by request; whoever deploys it is
/// told by the example's page.
#[test]
fn what_is_decided_while_it_runs_is_documented() {
    let page = std::fs::read_to_string(tests::root().join("examples/operator/README.md")).unwrap();
    let line = page.lines().find(|line| line.contains("finds control planes itself")).unwrap();
    for fact in
        ["no dot", "ready", "the operator has access", "`ServiceUnavailable`", "`BadRequest`"]
    {
        assert!(line.contains(fact), "{line}");
    }
}
