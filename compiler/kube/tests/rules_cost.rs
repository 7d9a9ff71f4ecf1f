//! What rules of definitions may cost: the verdicts and the numbers are those of a running API server of 1.36, which
//! names the cost as a multiple of what it allows.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod rules_report;

use kube::server::refusals;
use rules_report::planted;
use serde_json::{Value, json};

/// More than a server tells.
const MORE: u64 = u64::MAX;

/// The place of a rule, the rule, and how many times more than allowed it may cost; 0 where it is taken.
const RULES: &[(&str, &str, u64)] = &[
    ("", "self.u.all(x, x.matches('^a'))", MORE),
    ("", "self.l.all(x, x.matches('^[a-z]([-a-z0-9]*[a-z0-9])?$'))", 0),
    ("", "self.l.all(x, self.l.exists(y, x == y))", 11),
    ("", "self.l.all(x, self.l.exists_one(y, x == y))", 10),
    ("", "self.l.map(x, x + 'abc').all(y, self.l.filter(z, z == y).size() == 1)", 7),
    ("", "self.l.all(x, self.m.exists(y, y.name == x))", 0),
    (
        "",
        "self.m.all(x, self.m.all(y, self.m.exists(z, x.name == y.name || z.name == y.name)))",
        76,
    ),
    ("", "self.m.all(x, self.m.all(y, x.n == y.n))", 0),
    ("", "self.u.all(x, size(x) > 1)", 0),
    ("", "self.o.all(x, x.n > 1)", 0),
    ("", "self.o.all(x, self.o.all(y, x.n > y.n))", MORE),
    ("", "self.s.matches('^a+$')", 0),
    ("", "self.s.contains('abcdefghijklmnopqrstuvwxyz')", 0),
    ("", "self.s.contains(self.t)", 13),
    ("", "self.s == self.t", 0),
    ("", "self.s + self.s == self.s", 0),
    ("", "self.d.all(k, self.d[k] == 'x')", 0),
    ("", "self.d.all(k, k.matches('^a'))", 0),
    ("", "self.e.all(k, self.e[k].matches('^a'))", 0),
    ("", "self.l.all(x, x in self.l)", 0),
    ("", "self.u.all(x, x in self.u)", MORE),
    ("/u/items", "self.matches('^a')", MORE),
    ("/o/items", "self.name.matches('^a')", MORE),
    ("/m/items", "self.q.startsWith('a')", 0),
    ("/m/items", "self.q.matches('^abcdefgh$')", 29),
    ("/l/items", "self.matches('^[a-z0-9]+$')", 0),
    ("/o/items", "self.n > 1 && self.n < 5", 0),
    ("/o/items", "has(self.n) && self.n > 0", 0),
    ("", "self.u.map(x, x.lowerAscii()).all(y, y != 'a')", MORE),
    ("", "self.u.isSorted()", MORE),
    ("", "self.s.split(',').all(x, x == 'a')", 2),
    ("", "self.l.exists(x, isIP(x))", 0),
    ("", "self.l.all(x, self.l.all(y, self.l.all(z, z == y)))", MORE),
    ("", "self.w < timestamp('2024-01-01T00:00:00Z')", 0),
    ("", "type(self.x) == string ? self.x.matches('^[0-9]+$') : self.x > 0", 0),
    ("", "self.m.filter(x, x.n > 1).all(y, self.m.all(z, z.name != y.name))", 0),
    ("", "self.l.all(x, self.t.find('a+') == x)", 0),
    ("", "self.u.all(x, self.d[x] == x)", MORE),
];

#[test]
fn costs_are_those_of_a_server() {
    for (place, rule, times) in RULES {
        let said = said(place, rule);
        let wanted = match *times {
            0 => Vec::new(),
            MORE => {
                vec!["this rule may cost more than 100 times of what a server allows".to_owned()]
            }
            times => vec![format!("this rule may cost {times} times of what a server allows")],
        };
        assert_eq!(said, wanted, "{place} {rule}");
    }
}

#[test]
fn all_rules_together_are_bounded_too() {
    // Each costs 9.6 times less than all may.
    let rule = "self.l.all(x, self.l.exists(y, y.size() > 1 && x.size() < 2))";
    let one = said_of("", &[rule]);
    assert!(one.iter().all(|said| said.starts_with("this rule")), "{one:?}");
    let small = "self.m.all(x, self.m.all(y, x.n == y.n))";
    assert_eq!(said_of("", &[small]), Vec::<String>::new());
    let all = said_of("", &[small; 200]);
    assert_eq!(all, ["all rules together may cost 2 times of what a server allows"]);
}

fn said(place: &str, rule: &str) -> Vec<String> {
    said_of(place, &[rule])
}

fn said_of(place: &str, rules: &[&str]) -> Vec<String> {
    let mut spec = json!({"type": "object", "properties": {
        "l": {"type": "array", "maxItems": 2000, "items": {"type": "string", "maxLength": 50}},
        "m": {"type": "array", "maxItems": 300, "items": {"type": "object", "required": ["name"], "properties": {
            "name": {"type": "string", "maxLength": 20}, "n": {"type": "integer"}, "q": {"type": "string"}}}},
        "u": {"type": "array", "items": {"type": "string"}},
        "o": {"type": "array", "items": {"type": "object", "required": ["name"], "properties": {
            "name": {"type": "string"}, "n": {"type": "integer"}}}},
        "s": {"type": "string"},
        "t": {"type": "string", "maxLength": 1000},
        "n": {"type": "integer"},
        "d": {"type": "object", "additionalProperties": {"type": "string"}},
        "e": {"type": "object", "maxProperties": 50, "additionalProperties": {"type": "string", "maxLength": 100}},
        "w": {"type": "string", "format": "date-time"},
        "x": {"x-kubernetes-int-or-string": true},
    }});
    let node = match place.strip_suffix("/items") {
        Some(list) => &mut spec["properties"][list.trim_start_matches('/')]["items"],
        None => &mut spec,
    };
    let rules = rules.iter().map(|rule| json!({"rule": rule}));
    node["x-kubernetes-validations"] = Value::Array(rules.collect());
    let definition = json!({
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "foos.example.com"},
        "spec": {
            "group": "example.com",
            "scope": "Namespaced",
            "names": {"kind": "Foo", "plural": "foos"},
            "versions": [{"name": "v1", "served": true, "storage": true, "schema": {
                "openAPIV3Schema": {"type": "object", "properties": {"spec": spec}}
            }}],
        },
    });
    let tree = planted(&definition.to_string());
    let found = refusals(tree.roots().next().unwrap(), 36);
    found.into_iter().map(|one| one.message).collect()
}
