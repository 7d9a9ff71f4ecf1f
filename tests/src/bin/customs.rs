//! What a real API server says of objects of custom kinds, written down for the tests that compare with it.
//!
//! A folder holds definitions (`NAME.yaml`) and objects of their kinds (`NAME.objects.yaml`), whose names are those
//! of the cases; what the server says goes to `NAME.verdicts.json`. `cargo run -p depc-tests --bin customs` does it
//! for the project's own; other folders are named as arguments.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::print_stderr)]

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use serde::Deserialize as _;
use serde_json::{Value, json};
use tests::cluster::{Answer, Request, Server, program};

const OWN: &str = "compiler/kube/tests/data/custom";
const DEFINITIONS: &str = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

fn main() {
    let program = match program() {
        Ok(program) => program,
        Err(why) => return println!("SKIPPED: {why}"),
    };
    let folders: Vec<String> = std::env::args().skip(1).collect();
    let folders = if folders.is_empty() { vec![OWN.to_owned()] } else { folders };
    for folder in folders {
        let folder = tests::root().join(folder);
        for path in tests::files(&folder, &[".objects.yaml"]) {
            let name = path.file_name().unwrap().to_str().unwrap();
            let name = name.strip_suffix(".objects.yaml").unwrap().to_owned();
            // Each file has a server of its own: two may define one kind.
            let mut server = Server::start(&program, 36);
            judge(&mut server, &folder, &name);
        }
    }
}

fn judge(server: &mut Server, folder: &Path, name: &str) {
    let definitions = documents(&folder.join(format!("{name}.yaml")));
    let objects = documents(&folder.join(format!("{name}.objects.yaml")));
    let made: Vec<Request> =
        definitions.iter().map(|one| Request::create(DEFINITIONS, one, false)).collect();
    for (definition, answer) in definitions.iter().zip(server.ask(&made)) {
        if !answer.is_fine() {
            panic!("{name}: {}: {}", definition["metadata"]["name"], answer.message());
        }
    }
    let mut verdicts: BTreeMap<String, Value> = BTreeMap::new();
    for object in &objects {
        let Some(collection) = collection(&definitions, object) else {
            eprintln!("{name}: no definition of {}", object["kind"]);
            continue;
        };
        let request = Request::create(&collection, object, true);
        let mut answer = server.ask(std::slice::from_ref(&request)).remove(0);
        // A kind is served a moment after it was defined.
        for _ in 0..100 {
            if answer.code != 404 {
                break;
            }
            std::thread::sleep(Duration::from_millis(100));
            answer = server.ask(std::slice::from_ref(&request)).remove(0);
        }
        let id = object["metadata"]["name"].as_str().unwrap_or_default().to_owned();
        assert!(verdicts.insert(id.clone(), verdict(&answer)).is_none(), "two cases are {id}");
    }
    let fine = verdicts.values().filter(|one| one["code"] == 201).count();
    println!("{name}: {} objects, of which the server takes {fine}", objects.len());
    let lines: Vec<String> =
        verdicts.iter().map(|(id, verdict)| format!("{}: {verdict}", json!(id))).collect();
    let text = format!("{{\n{}\n}}\n", lines.join(",\n"));
    std::fs::write(folder.join(format!("{name}.verdicts.json")), text).unwrap();
}

fn verdict(answer: &Answer) -> Value {
    let causes = answer.body["details"]["causes"].as_array().cloned().unwrap_or_default();
    let causes: Vec<Value> = causes
        .iter()
        .map(|cause| json!([cause["field"], cause["reason"], cause["message"]]))
        .collect();
    match answer.is_fine() {
        true => json!({"code": answer.code}),
        false if causes.is_empty() => json!({"code": answer.code, "message": answer.message()}),
        false => json!({"code": answer.code, "causes": causes}),
    }
}

/// The address under which objects like this one are made.
fn collection(definitions: &[Value], object: &Value) -> Option<String> {
    let version = object["apiVersion"].as_str()?;
    let (group, _) = version.split_once('/')?;
    let definition = definitions.iter().find(|one| {
        one["spec"]["group"] == group && one["spec"]["names"]["kind"] == object["kind"]
    })?;
    let plural = definition["spec"]["names"]["plural"].as_str()?;
    Some(match definition["spec"]["scope"].as_str()? {
        "Cluster" => format!("/apis/{version}/{plural}"),
        _ => format!("/apis/{version}/namespaces/default/{plural}"),
    })
}

fn documents(path: &Path) -> Vec<Value> {
    let text =
        std::fs::read_to_string(path).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
    let documents = serde_yaml::Deserializer::from_str(&text).map(|one| {
        Value::deserialize(one).unwrap_or_else(|why| panic!("{}: {why}", path.display()))
    });
    documents.filter(|one| !one.is_null()).collect()
}
