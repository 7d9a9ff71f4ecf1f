//! The API server's rules, compared with what running servers answered.
//!
//! Of each case in `data/cases.json` the verdict must be the one that is wanted, and where a server named
//! fields and types of errors, ours must be the same ones. How many agree is held by numbers below, which
//! only go up.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

use std::collections::BTreeMap;

use kube::rules::Level;
use kube::server::{Refusal, misshapen, refusals};
use kube::tree::Step;
use serde_json::{Value, json};

mod causes;

mod json_tree;

use causes::{Cause, agreement};
use json_tree::tree;

/// Of all cases: how many verdicts agree at least, by minor.
const VERDICTS: [(u8, usize); 4] = [(36, 898), (35, 898), (34, 898), (33, 898)];

/// Of the cases that a server refuses with causes: how many have the same ones at 1.36 at least.
const CAUSES: usize = 688;

pub struct Case {
    pub id: String,
    pub rule: String,
    pub kind: String,
    pub want: String,
    pub manifest: Value,
    /// By version: what a server answered.
    pub answers: BTreeMap<String, Value>,
}

fn cases() -> Vec<Case> {
    let all: Vec<Value> = serde_json::from_str(include_str!("data/cases.json")).unwrap();
    all.into_iter()
        .map(|case| {
            let text = |field: &str| case[field].as_str().unwrap().to_owned();
            let answers = case["results"].as_object().unwrap();
            Case {
                id: text("id"),
                rule: text("rule"),
                kind: text("kind"),
                want: text("want"),
                manifest: made(&case),
                answers: answers.iter().map(|(v, answer)| (v.clone(), answer.clone())).collect(),
            }
        })
        .collect()
}

/// The manifest; four are too large for the file, and are made as their rule says.
fn made(case: &Value) -> Value {
    if !case["manifest"].is_null() {
        return case["manifest"].clone();
    }
    let filled = |bytes: usize| "a".repeat(bytes);
    let most = 256 * 1024;
    match (case["kind"].as_str().unwrap(), case["want"].as_str().unwrap()) {
        ("Deployment", want) => {
            let labels = json!({"app": "web"});
            // The key has three bytes.
            let size = if want == "reject" { most + 1 } else { most - 3 };
            json!({"apiVersion": "apps/v1", "kind": "Deployment",
                "metadata": {"name": "web", "annotations": {"a/b": filled(size)}},
                "spec": {"selector": {"matchLabels": labels}, "template": {
                    "metadata": {"labels": labels},
                    "spec": {"containers": [{"name": "app", "image": "nginx:1.27"}]}}}})
        }
        ("Secret", _) => json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "web"},
            "stringData": {"a": filled(1024 * 1024 + 1)}}),
        (kind, _) => json!({"apiVersion": "v1", "kind": kind, "metadata": {"name": "web"},
            "data": {"a": filled(1024 * 1024 + 1)}}),
    }
}

/// What is said of an object: what is wrong with its form, then what its rules refuse.
fn judged(manifest: &Value, minor: u8) -> (Vec<Refusal>, Vec<Refusal>) {
    let tree = tree(manifest);
    let root = tree.roots().next().unwrap();
    let errors =
        |all: Vec<Refusal>| all.into_iter().filter(|one| one.level == Level::Error).collect();
    (errors(misshapen(root, minor)), errors(refusals(root, minor)))
}

/// Whether depc is to refuse the case for servers of this minor.
fn wanted(case: &Case, minor: u8) -> bool {
    let code = |version: &str| case.answers[version]["code"].as_i64().unwrap();
    let version = format!("1.{minor}");
    if code(&version) != code("1.36") {
        return code(&version) != 201;
    }
    matches!(case.want.as_str(), "reject" | "error")
}

#[test]
fn verdicts_are_those_of_servers() {
    let cases = cases();
    for (minor, least) in VERDICTS {
        let mut agreeing = 0;
        for case in &cases {
            let (form, rules) = judged(&case.manifest, minor);
            let refused = !form.is_empty() || !rules.is_empty();
            if refused == wanted(case, minor) {
                agreeing += 1;
            } else if minor == 36 || wanted(case, minor) != wanted(case, 36) {
                let all = form.iter().chain(&rules);
                let said: Vec<String> =
                    all.map(|one| format!("{}: {}", path(&one.path), one.message)).collect();
                println!("1.{minor} {} {} ({}): {said:?}", case.id, case.rule, case.want);
            }
        }
        println!("1.{minor}: {agreeing} of {} verdicts agree", cases.len());
        assert!(agreeing >= least, "1.{minor}: {agreeing} verdicts agree, and {least} did");
    }
}

#[test]
fn fields_and_types_of_errors_are_those_of_servers() {
    let (mut agreeing, mut all) = (0, 0);
    for case in cases() {
        let answer = &case.answers["1.36"];
        let theirs: Vec<Cause> = Cause::all(&answer["causes"]);
        if theirs.is_empty() {
            continue;
        }
        all += 1;
        let (_, rules) = judged(&case.manifest, 36);
        let ours: Vec<&Refusal> = rules.iter().filter(|one| !one.stricter).collect();
        match agreement(&case.manifest, &theirs, &ours) {
            Ok(()) => agreeing += 1,
            Err(why) => println!("{} {}: {why}", case.id, case.rule),
        }
    }
    println!("{agreeing} of {all} cases have the same fields and types of errors");
    assert!(agreeing >= CAUSES, "{agreeing} have the same causes, and {CAUSES} had");
}

/// A path as servers write it.
pub fn path(steps: &[Step]) -> String {
    let mut text = String::new();
    for step in steps {
        match step {
            Step::Key(key) if key.contains('.') => text.push_str(&format!("[{key}]")),
            Step::Key(key) if text.is_empty() => text.push_str(key),
            Step::Key(key) => text.push_str(&format!(".{key}")),
            Step::Index(index) => text.push_str(&format!("[{index}]")),
        }
    }
    text
}
