//! Objects of custom kinds: what the examples emit of them must be taken, and objects made at random from the schemas
//! of definitions are judged here as by a server.
//!
//! The definitions are those of the tests and of the examples, and those in the folder that `DEPC_CRDS` names, such as
//! ones of public projects.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

use kube::crd::{Definition, definitions, refusals};
use kube::rules::Level;
use kube::server::{self, Refusal, misshapen_as};
use kube::tree::{Step, Tree};
use serde_json::{Map, Value, json};
use tests::Random;
use tests::cluster::{Answer, Request, Server};

use crate::emitted::documents;

const DEFINITIONS: &str = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

/// A version of a kind that a server serves.
pub struct Kind {
    version: String,
    kind: String,
    collection: String,
    schema: Value,
    definition: Definition,
}

/// Defines kinds at the server, and gives those that it serves then.
pub fn defined(server: &mut Server) -> Vec<Kind> {
    let root = tests::root();
    let mut folders: Vec<PathBuf> =
        vec![root.join("compiler/kube/tests/data/custom"), root.join("examples")];
    folders.extend(std::env::var_os("DEPC_CRDS").map(PathBuf::from));
    let mut kinds = Vec::new();
    for path in folders.iter().flat_map(|folder| tests::files(folder, &[".yaml"])) {
        let text = std::fs::read_to_string(&path).unwrap();
        if path.to_string_lossy().contains(".objects.") || !text.contains("openAPIV3Schema") {
            continue;
        }
        let found = definitions(&kube::data::yaml(&text), 36).kinds;
        for document in documents(&text) {
            if document["kind"] != "CustomResourceDefinition" {
                continue;
            }
            let answer = server.ask(&[Request::create(DEFINITIONS, &document, false)]).remove(0);
            assert!(
                answer.is_fine() || answer.code == 409,
                "{}: {}",
                path.display(),
                answer.message()
            );
            kinds.extend(versions(&document, &found));
        }
    }
    // A kind is served a moment after it was defined.
    for kind in &kinds {
        for _ in 0..200 {
            if server.ask(&[Request::list(&kind.collection)]).remove(0).code != 404 {
                break;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }
    kinds
}

fn versions(document: &Value, found: &[Definition]) -> Vec<Kind> {
    let spec = &document["spec"];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (group, kind) = (text(&spec["group"]), text(&spec["names"]["kind"]));
    let all = spec["versions"].as_array().unwrap().iter();
    let served = all.filter(|version| version["served"] == true).filter_map(|version| {
        let name = text(&version["name"]);
        let of = |one: &&Definition| {
            let info = one.ty.kind().unwrap().info();
            (info.group, info.version, info.kind) == (&*group, &*name, &*kind)
        };
        let scope = if spec["scope"] == "Cluster" { "" } else { "namespaces/default/" };
        Some(Kind {
            version: format!("{group}/{name}"),
            kind: kind.clone(),
            collection: format!("/apis/{group}/{name}/{scope}{}", text(&spec["names"]["plural"])),
            schema: version["schema"]["openAPIV3Schema"].clone(),
            definition: found.iter().find(of)?.clone(),
        })
    });
    served.collect()
}

/// The address under which objects like this one are made.
pub fn collection(kinds: &[Kind], object: &Value) -> Option<String> {
    let is_it = |one: &&Kind| object["apiVersion"] == *one.version && object["kind"] == *one.kind;
    let kind = kinds.iter().find(is_it)?;
    Some(match object["metadata"]["namespace"].as_str() {
        Some(name) => kind.collection.replace("/default/", &format!("/{name}/")),
        None => kind.collection.clone(),
    })
}

/// Whether random objects are judged here as by the server.
pub fn agree(server: &mut Server, kinds: &[Kind], random: &mut Random, count: usize) -> bool {
    let made: Vec<(&Kind, Value)> = (0..count)
        .map(|at| {
            let kind = &kinds[at % kinds.len()];
            (kind, object(random, kind))
        })
        .collect();
    let requests: Vec<Request> =
        made.iter().map(|(kind, object)| Request::create(&kind.collection, object, true)).collect();
    let mut wrong: BTreeMap<String, (usize, &Value)> = BTreeMap::new();
    let (mut taken, mut unchecked, mut causes, mut same) = (0, 0, 0, 0);
    for ((kind, object), answer) in made.iter().zip(server.ask(&requests)) {
        assert!(answer.code != 0 && answer.code < 500, "{object}: {}", answer.message());
        let ours = judged(object, kind);
        taken += usize::from(answer.is_fine());
        if ours.iter().any(|one| one.rule == "K-not-checked") {
            unchecked += 1;
            continue;
        }
        let errors: Vec<&Refusal> =
            ours.iter().filter(|one| one.level == Level::Error && !one.stricter).collect();
        let what = match (answer.is_fine(), errors.first()) {
            (true, Some(first)) => {
                format!(
                    "{} {}, which the server takes: {}",
                    first.rule,
                    shown(&first.path),
                    first.message
                )
            }
            (false, None) => format!("the server only: {}", answer.message()),
            (false, Some(_)) => {
                if let Some(theirs) = causes_of(&answer) {
                    let own: Vec<String> = errors.iter().map(|one| shown(&one.path)).collect();
                    causes += 1;
                    same += usize::from(theirs.iter().all(|path| own.contains(path)));
                }
                continue;
            }
            (true, None) => continue,
        };
        wrong.entry(format!("{}: {what}", kind.kind)).or_insert((0, object)).0 += 1;
    }
    for (what, (times, example)) in &wrong {
        println!("{times} times: {what}");
        if std::env::args().any(|argument| argument == "--show") {
            println!("    {example}");
        }
    }
    println!(
        "1.{}: {count} objects of {} custom kinds, of which the server takes {taken}: {} verdicts differ, {unchecked} \
         could not be checked; of {causes} with causes, {same} name the same places",
        server.minor,
        kinds.len(),
        wrong.values().map(|(times, _)| times).sum::<usize>(),
    );
    wrong.is_empty() && described(server, &made)
}

/// Whether the descriptions of the server itself say the same as the definitions.
fn described(server: &mut Server, made: &[(&Kind, Value)]) -> bool {
    let mut known: BTreeMap<&str, Vec<Definition>> = BTreeMap::new();
    let (mut wrong, mut count) = (0, 0);
    for (kind, object) in made {
        let found = known.entry(&kind.version).or_insert_with(|| {
            let path = format!("/openapi/v3/apis/{}", kind.version);
            let answer = server.ask(&[Request { whole: true, ..Request::list(&path) }]).remove(0);
            assert!(answer.is_fine(), "{path}: {}", answer.message());
            definitions(&kube::data::json(&answer.body.to_string()), 36).kinds
        });
        let is_it = |one: &&Definition| one.ty.kind().unwrap().info().kind == kind.kind;
        let Some(definition) = found.iter().find(is_it) else {
            println!("/openapi/v3 of 1.{} does not describe {}", server.minor, kind.kind);
            return false;
        };
        let ours = |definition: &Definition| -> BTreeSet<(String, &str)> {
            let all = judged_as(object, definition);
            all.into_iter().map(|one| (shown(&one.path), one.rule)).collect()
        };
        count += 1;
        let (described, defined) = (ours(definition), ours(&kind.definition));
        if described != defined {
            println!(
                "by /openapi/v3 of 1.{} this is judged otherwise: {described:?}, and not {defined:?}: {object}",
                server.minor
            );
            wrong += 1;
        }
    }
    println!(
        "1.{}: {count} objects judged by /openapi/v3 too, {wrong} of them otherwise",
        server.minor
    );
    wrong == 0
}

fn judged(object: &Value, kind: &Kind) -> Vec<Refusal> {
    judged_as(object, &kind.definition)
}

fn judged_as(object: &Value, definition: &Definition) -> Vec<Refusal> {
    let data = kube::data::json(&object.to_string());
    let mut tree = Tree::new();
    kube::manifests::planted(&data, data.documents[0], &mut tree);
    let root = tree.roots().next().unwrap();
    let form = misshapen_as(root, definition.ty, 36);
    // A server that cannot read an object says nothing else of it.
    match form.iter().any(|one| one.rule == "K-unknown-field") {
        true => form,
        false => {
            let own = refusals(root, definition.ty);
            server::refusals(root, 36).into_iter().chain(own).collect()
        }
    }
}

fn causes_of(answer: &Answer) -> Option<Vec<String>> {
    let causes = answer.body["details"]["causes"].as_array()?.iter();
    let paths: Option<Vec<String>> =
        causes.map(|cause| cause["field"].as_str().map(str::to_owned)).collect();
    // Of alternatives a server does not say where they stand.
    paths.filter(|paths| !paths.iter().any(|path| path == "<nil>"))
}

fn shown(steps: &[Step]) -> String {
    steps.iter().fold(String::new(), |path, step| match step {
        Step::Index(at) => format!("{path}[{at}]"),
        Step::Key(key) if path.is_empty() => key.clone(),
        Step::Key(key) => format!("{path}.{key}"),
    })
}

const TEXTS: [&str; 40] = [
    "",
    "a",
    "ab",
    "abc",
    "a-b",
    "web",
    "Web",
    "A_B",
    "example.com",
    "*.example.com",
    "a.b.c",
    "app/v1",
    "1",
    "80",
    "10m",
    "100Mi",
    "1.5",
    "-1",
    "1h",
    "1h30m",
    "90s",
    "3 days",
    "2026-01-02T03:04:05Z",
    "2026-01-02",
    "10.0.0.1",
    "10.0.0.0/8",
    "fd00::1",
    "fd00::/64",
    "https://example.com/a?b=c",
    "/path",
    "a@example.com",
    "YWJj",
    "true",
    "null",
    "RuntimeDefault",
    "Always",
    "v1.2.3",
    "100%",
    "\u{fc}mlaut \u{1f600}",
    "two\nlines",
];

fn object(random: &mut Random, kind: &Kind) -> Value {
    let mut object = match value(random, &kind.schema, 0) {
        Value::Object(fields) => fields,
        _ => Map::new(),
    };
    object.insert("apiVersion".to_owned(), json!(kind.version));
    object.insert("kind".to_owned(), json!(kind.kind));
    let name = if random.below(200) == 0 { *random.pick(&TEXTS) } else { "random" };
    object.insert("metadata".to_owned(), json!({"name": if name.is_empty() { "a" } else { name }}));
    Value::Object(object)
}

fn text(random: &mut Random) -> Value {
    match random.below(40) {
        0 => json!("x".repeat(random.below(300))),
        _ => json!(*random.pick(&TEXTS)),
    }
}

fn anything(random: &mut Random, depth: usize) -> Value {
    match random.below(if depth > 3 { 7 } else { 9 }) {
        0 => Value::Null,
        1 => json!(random.below(2) == 0),
        2 => json!(random.below(10)),
        3 => json!(*random.pick(&[-1, 0, 1, 65_536, 2_147_483_648_i64, i64::MIN, i64::MAX])),
        4 => json!(*random.pick(&[0.0, 1.0, -1.5, 0.1, 1e10, 2.5e-7])),
        5 | 6 => text(random),
        7 => (0..random.below(3)).map(|_| anything(random, depth + 1)).collect(),
        _ => (0..random.below(3))
            .map(|_| {
                (
                    (*random.pick(&["a", "b", "name", "kind"])).to_owned(),
                    anything(random, depth + 1),
                )
            })
            .collect::<Map<String, Value>>()
            .into(),
    }
}

/// A value that mostly fits a schema.
fn value(random: &mut Random, schema: &Value, depth: usize) -> Value {
    if random.below(120) == 0 {
        return anything(random, depth);
    }
    if let Some(values) = schema["enum"].as_array() {
        return match random.below(30) {
            0 => text(random),
            _ => random.pick(values).clone(),
        };
    }
    if schema["x-kubernetes-int-or-string"] == true {
        return if random.below(2) == 0 { json!(random.below(100)) } else { text(random) };
    }
    match schema["type"].as_str().unwrap_or_default() {
        "string" => text(random),
        "boolean" => json!(random.below(2) == 0),
        "integer" => match random.below(10) {
            0 => json!(*random.pick(&[-1, 0, 65_536, 2_147_483_648_i64, i64::MAX])),
            1 => json!(schema["minimum"].as_i64().unwrap_or(1)),
            2 => json!(schema["maximum"].as_i64().unwrap_or(7)),
            3 => json!(2.0),
            _ => json!(random.below(100)),
        },
        "number" => match random.below(2) {
            0 => json!(random.below(10)),
            _ => json!(random.below(1000) as f64 / 100.0),
        },
        "array" => {
            let mut items: Vec<Value> =
                (0..random.below(4)).map(|_| value(random, &schema["items"], depth + 1)).collect();
            if !items.is_empty() && random.below(20) == 0 {
                items.push(items[0].clone());
            }
            items.into()
        }
        "object" => fields(random, schema, depth).into(),
        _ => anything(random, depth),
    }
}

fn fields(random: &mut Random, schema: &Value, depth: usize) -> Map<String, Value> {
    let mut all = Map::new();
    let empty = Map::new();
    let properties = schema["properties"].as_object().unwrap_or(&empty);
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    for (name, inner) in properties {
        // A server takes what it forgets afterwards for sound, whatever it is.
        if depth == 0 && name == "status" {
            continue;
        }
        let is_required = required.iter().any(|one| one == name);
        // Of large records only a few fields, so that objects stay small.
        let often = (properties.len() * (depth + 1) / 3).max(2);
        if is_required && random.below(60) != 0 || !is_required && random.below(often) == 0 {
            all.insert(name.clone(), value(random, inner, depth + 1));
        }
    }
    if schema["additionalProperties"].is_object() {
        for _ in 0..random.below(3) {
            let name = (*random.pick(&TEXTS)).to_owned();
            all.insert(name, value(random, &schema["additionalProperties"], depth + 1));
        }
    }
    let is_open = schema["x-kubernetes-preserve-unknown-fields"] == true;
    if schema["x-kubernetes-embedded-resource"] == true {
        for (name, text) in [("apiVersion", "v1"), ("kind", "ConfigMap")] {
            if random.below(10) != 0 {
                all.insert(name.to_owned(), json!(text));
            }
        }
        if random.below(2) == 0 {
            all.insert("metadata".to_owned(), json!({"name": *random.pick(&TEXTS)}));
        }
    }
    if random.below(if is_open { 2 } else { 300 }) == 0 {
        all.insert("unknown".to_owned(), anything(random, depth));
    }
    all
}
