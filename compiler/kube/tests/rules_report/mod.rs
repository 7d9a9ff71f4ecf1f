//! What the rules across objects say of YAML documents.
#![allow(dead_code)]

use kube::facts::{Facts, facts};
use kube::lints::{Profile, Strictness};
use kube::rules::{Level, Program, Reach, Ties, Violation};
use kube::rules::{groups, ties, violations, violations_of};
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
    violated(&all, &strictness).iter().map(shown).collect()
}

/// What breaks rules, which is the same where each rule sees no more than it says that it looks at.
pub fn violated(all: &[Facts], strictness: &Strictness) -> Vec<Violation> {
    let at_once = violations(&all.iter().collect::<Vec<_>>(), strictness);
    let sorted = |mut found: Vec<Violation>| {
        found.sort_by_cached_key(|found| format!("{:03} {found:?}", found.object));
        found
    };
    assert_eq!(sorted(apart(all, strictness)), sorted(at_once.clone()), "of {all:#?}");
    at_once
}

/// What breaks rules where those that look at tied objects see one group of them at a time.
fn apart(all: &[Facts], strictness: &Strictness) -> Vec<Violation> {
    let tied: Vec<Ties> = all.iter().map(|facts| ties([facts])).collect();
    let mut obscure: Vec<u64> = tied.iter().flat_map(|ties| &ties.obscure).copied().collect();
    obscure.sort_unstable();
    let of = |objects: &[usize], reach: Reach| {
        let some: Vec<&Facts> = objects.iter().map(|at| &all[*at]).collect();
        let program = Program::part(&some, obscure.clone());
        let mut found = violations_of(&program, &[reach], strictness, || {});
        for violation in &mut found {
            violation.object = objects[violation.object];
            violation.related.iter_mut().for_each(|(object, ..)| *object = objects[*object]);
        }
        found
    };
    let everything: Vec<usize> = (0..all.len()).collect();
    let mut found = of(&everything, Reach::Program);
    for group in groups(&tied.iter().collect::<Vec<_>>()) {
        found.extend(of(&group, Reach::Tied));
    }
    let hidden = all.iter().any(|facts| facts.hidden);
    found.retain(|violation| !(hidden && violation.absence));
    found
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
