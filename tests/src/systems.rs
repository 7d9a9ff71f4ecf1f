//! Five real systems: what the originals produced, and what of it ours must equal.
//!
//! The originals' output is no part of the project: it is read from the folder that `DEPC_GOLDEN` names, else from
//! `../shared/golden` beside the project. Where there is none, tests say so and compare nothing.

#![allow(clippy::print_stderr)]

use crate::command::{Folder, Output};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// Objects by group, kind, namespace and name.
pub type Objects = BTreeMap<String, Value>;

/// The folder with what the originals produced, if it is there.
pub fn golden() -> Option<PathBuf> {
    let folder = match std::env::var_os("DEPC_GOLDEN") {
        Some(folder) => PathBuf::from(folder),
        None => crate::root().join("../shared/golden"),
    };
    if !folder.is_dir() {
        eprintln!("not compared with the originals: there is no {}", folder.display());
        return None;
    }
    Some(folder)
}

/// Runs `depc` on an overlay of these lines on the program of that name in `tests/systems`.
pub fn layered(program: &str, lines: &str, command: &str) -> Output {
    let base = std::fs::read_to_string(crate::root().join("tests/systems").join(program)).unwrap();
    let overlay = format!("overlay \"./base.dep\"\n\n{lines}\n");
    Folder::new(&[("base.dep", &base), ("overlay.dep", &overlay)]).depc(&[command, "overlay.dep"])
}

/// Runs `depc` on a file beside copies of the files of an example.
pub fn beside(example: &str, file: &str, text: &str, command: &str) -> Output {
    let folder = Folder::new(&[(file, text)]);
    for path in crate::files(&crate::root().join("examples").join(example), &[".dep"]) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        folder.write(&name, std::fs::read_to_string(&path).unwrap());
    }
    folder.depc(&[command, file])
}

/// The objects that such an overlay makes.
pub fn made(program: &str, lines: &str, namespace: &str) -> Objects {
    let output = layered(program, lines, "build");
    assert_eq!(output.code, 0, "{lines}\n{}", output.stderr);
    objects(&output.stdout, namespace)
}

/// The objects of a text of YAML documents. Those that name no namespace are in the given one.
pub fn objects(text: &str, namespace: &str) -> Objects {
    let mut found = Objects::new();
    for document in serde_yaml::Deserializer::from_str(text) {
        let value: Value = serde::Deserialize::deserialize(document).unwrap();
        if !value.is_null() {
            add(&mut found, value, namespace);
        }
    }
    found
}

/// Takes an object up in canonical form.
pub fn add(into: &mut Objects, mut object: Value, namespace: &str) {
    clean(&mut object);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let version = text(&object["apiVersion"]);
    let group = version.rsplit_once('/').map_or("", |(group, _)| group);
    let kind = text(&object["kind"]);
    let cluster_wide = ["ClusterRole", "ClusterRoleBinding", "APIService", "Namespace"];
    let of_cluster = cluster_wide.contains(&kind.as_str());
    let named = object["metadata"]["namespace"].as_str().unwrap_or(namespace);
    let namespace = if of_cluster { String::new() } else { named.to_owned() };
    if let Some(metadata) = object["metadata"].as_object_mut() {
        metadata.remove("namespace");
    }
    let key = format!("{group}/{kind} {namespace}/{}", text(&object["metadata"]["name"]));
    assert!(into.insert(key.clone(), object).is_none(), "two objects are {key}");
}

/// What differs, line by line: where, what the original has, and what ours has.
pub fn differences(theirs: &Objects, ours: &Objects) -> Vec<String> {
    let keys: BTreeSet<&String> = theirs.keys().chain(ours.keys()).collect();
    let mut found = Vec::new();
    for key in keys {
        match (theirs.get(key), ours.get(key)) {
            (Some(theirs), Some(ours)) => differ(key, theirs, ours, &mut found),
            (Some(_), None) => found.push(format!("{key}: ours is missing")),
            (None, _) => found.push(format!("{key}: the original has none")),
        }
    }
    found
}

/// Takes away what says nothing: nulls, empty collections, and labels that only tell who made an object. Quantities
/// become numbers.
fn clean(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.remove("helm.sh/chart");
            map.remove("app.kubernetes.io/managed-by");
            for (key, inner) in map.iter_mut() {
                if key == "requests" || key == "limits" {
                    for quantity in
                        inner.as_object_mut().into_iter().flat_map(|map| map.values_mut())
                    {
                        *quantity = Value::from(thousandths(quantity));
                    }
                }
                clean(inner);
            }
            map.retain(|_, inner| !empty(inner));
        }
        Value::Array(list) => list.iter_mut().for_each(clean),
        _ => {}
    }
}

fn empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Object(map) => map.is_empty(),
        Value::Array(list) => list.is_empty(),
        _ => false,
    }
}

/// A quantity in thousandths.
fn thousandths(quantity: &Value) -> u64 {
    let text = match quantity {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let factor = match &text[digits.len()..] {
        "m" => 1,
        "" => 1000,
        "Ki" => 1000 << 10,
        "Mi" => 1000 << 20,
        "Gi" => 1000 << 30,
        unit => panic!("no unit of the originals: {unit}"),
    };
    digits.parse::<u64>().unwrap() * factor
}

fn differ(at: &str, theirs: &Value, ours: &Value, found: &mut Vec<String>) {
    match (theirs, ours) {
        (Value::Object(a), Value::Object(b)) => {
            let keys: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            for key in keys {
                let of = |map: &serde_json::Map<String, Value>| {
                    map.get(key).cloned().unwrap_or_default()
                };
                differ(&format!("{at}.{key}"), &of(a), &of(b), found);
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (index, (a, b)) in a.iter().zip(b).enumerate() {
                differ(&format!("{at}[{index}]"), a, b, found);
            }
        }
        (a, b) if a == b => {}
        (a, b) => found.push(format!("{at}: the original has {a}, ours {b}")),
    }
}
