//! Whether expressions are taken or refused as by an API server of 1.36.3, which was asked about each of them.
//!
//! `data/expressions.txt` has one on each line, after its place and `+` or `-`: the rule of a definition, a
//! validation of a ValidatingAdmissionPolicy, or one of the two patches of a MutatingAdmissionPolicy.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use kube::server::refusals;
use serde_json::{Value, json};

mod json_tree;

/// The fields that rules speak of.
fn fields() -> Value {
    let text = |most: u32| json!({"type": "string", "maxLength": most});
    let record = |fields: Value| json!({"type": "object", "properties": fields});
    let list = |items: Value| json!({"type": "array", "maxItems": 5, "items": items});
    json!({
        "s": text(10), "i": {"type": "integer"}, "n": {"type": "number"}, "b": {"type": "boolean"},
        "l": list(json!({"type": "integer"})),
        "o": record(json!({"x": text(10), "y": {"type": "integer"}})),
        "m": {"type": "object", "maxProperties": 5, "additionalProperties": text(5)},
        "e": {"type": "string", "enum": ["a", "b"]}, "d": {"type": "string", "format": "date-time"},
        "u": {"type": "object", "x-kubernetes-preserve-unknown-fields": true},
        "is": {"x-kubernetes-int-or-string": true},
        "ol": list(record(json!({"x": text(5)}))),
        "ml": {"type": "array", "maxItems": 5, "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["k"],
            "items": {"type": "object", "required": ["k"], "properties": {"k": text(5)}}},
        "dash-ed": {"type": "string"}, "namespace": {"type": "string"},
        "nu": {"type": "string", "nullable": true},
    })
}

/// An object that holds the expression, and is sound without it.
fn holding(place: &str, expression: &str) -> Value {
    let constraints = json!({"resourceRules": [{"apiGroups": ["apps"], "apiVersions": ["v1"], "operations": ["CREATE"],
        "resources": ["deployments"]}]});
    let policy = |kind: &str, own: Value| {
        let mut spec = json!({"matchConstraints": constraints});
        spec.as_object_mut().unwrap().extend(own.as_object().unwrap().clone());
        json!({"apiVersion": "admissionregistration.k8s.io/v1", "kind": kind, "metadata": {"name": "a"}, "spec": spec})
    };
    let mutating = |kind: &str, field: &str| {
        let mutation = json!({"patchType": kind, field: {"expression": expression}});
        policy(
            "MutatingAdmissionPolicy",
            json!({"mutations": [mutation], "reinvocationPolicy": "Never"}),
        )
    };
    match place {
        "validation" => policy(
            "ValidatingAdmissionPolicy",
            json!({"validations": [{"expression": expression}]}),
        ),
        "apply" => mutating("ApplyConfiguration", "applyConfiguration"),
        "patch" => mutating("JSONPatch", "jsonPatch"),
        "rule" => {
            let spec = json!({"type": "object", "properties": fields(), "x-kubernetes-validations": [{"rule": expression}]});
            let schema = json!({"type": "object", "properties": {"spec": spec}});
            json!({"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
                "metadata": {"name": "as.x.example.com"}, "spec": {
                "group": "x.example.com", "scope": "Namespaced", "names": {"kind": "A", "plural": "as"},
                "versions": [{"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": schema}}]}})
        }
        other => panic!("{other}"),
    }
}

#[test]
fn expressions_are_judged_as_by_a_server() {
    let mut wrong = Vec::new();
    let all = include_str!("data/expressions.txt");
    for line in all.lines() {
        let (place, rest) = line.split_once(' ').unwrap();
        let (verdict, expression) = rest.split_once(' ').unwrap();
        let tree = json_tree::tree(&holding(place, expression));
        let found = refusals(tree.roots().next().unwrap(), 36);
        if found.is_empty() != (verdict == "+") {
            let said: Vec<&str> = found.iter().map(|one| one.message.as_str()).collect();
            wrong.push(format!("{line}\n    {}", said.join("; ")));
        }
    }
    assert!(wrong.is_empty(), "{} differ\n{}", wrong.len(), wrong.join("\n"));
    assert!(all.lines().count() > 1000);
}
