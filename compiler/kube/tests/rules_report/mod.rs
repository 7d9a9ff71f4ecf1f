//! What the rules across objects say of YAML documents.
#![allow(dead_code)]

use kube::facts::{Facts, facts};
use kube::lints::{Profile, Strictness};
use kube::rules::{Level, Violation, violations};
use kube::tree::{Step, Tree};
use serde_yaml::Value;

/// The facts of YAML documents. Two marks in `metadata` stand for what only the language knows.
pub fn program(text: &str) -> Vec<Facts> {
    let mut all = Vec::new();
    for document in text.split("\n---\n") {
        let value: Value = serde_yaml::from_str(document).expect(document);
        let tree = planted(document);
        let mut found = facts(tree.roots().next().unwrap());
        found.external = value["metadata"].get("external").is_some();
        found.singleton = value["metadata"].get("singleton").is_some();
        all.push(found);
    }
    all
}

pub fn planted(document: &str) -> Tree {
    let value: Value = serde_yaml::from_str(document).expect(document);
    let mut tree = Tree::new();
    grow(&mut tree, &value);
    tree
}

/// All but lints.
pub fn report(text: &str) -> Vec<String> {
    let mut all = report_with(text, &[]);
    all.retain(|line| !line.starts_with("L-"));
    all
}

/// With the lints of the first profile, and these.
pub fn report_with(text: &str, further: &[&str]) -> Vec<String> {
    let all = program(text);
    let further = further.iter().map(|id| (*id).to_owned()).collect();
    let strictness = Strictness { profile: Profile::Default, further, ..Strictness::default() };
    violations(&all.iter().collect::<Vec<_>>(), &strictness).iter().map(shown).collect()
}

fn shown(violation: &Violation) -> String {
    let path = |path: &[Step]| {
        let steps: Vec<String> = path
            .iter()
            .map(|step| match step {
                Step::Key(key) => key.clone(),
                Step::Index(index) => index.to_string(),
            })
            .collect();
        steps.join(".")
    };
    let level = match violation.level {
        Level::Error => "E",
        Level::Warning => "W",
        Level::Note => "N",
    };
    let mut text = format!(
        "{} {level} {}:{} {}",
        violation.rule,
        violation.object,
        path(&violation.path),
        violation.message
    );
    for (object, at, message) in &violation.related {
        text += &format!(" ({object}:{} {message})", path(at));
    }
    text
}

fn grow(tree: &mut Tree, value: &Value) {
    match value {
        Value::Null => {
            tree.null(0);
        }
        Value::Bool(value) => {
            tree.bool(*value, 0);
        }
        Value::Number(value) => {
            tree.int(value.as_i64().unwrap(), 0);
        }
        Value::String(value) => {
            tree.str(value, 0);
        }
        Value::Sequence(items) => {
            tree.begin_list(0);
            items.iter().for_each(|item| grow(tree, item));
            tree.end(false);
        }
        Value::Mapping(entries) => {
            tree.begin_map(0);
            for (key, value) in entries {
                tree.key(key.as_str().unwrap());
                grow(tree, value);
            }
            tree.end(false);
        }
        Value::Tagged(_) => panic!("no tags here"),
    }
}
