//! What the examples, and each page of the reference and of the errors, emit: a server must take all of it.

use std::collections::BTreeSet;

use serde_json::Value;
use tests::cluster::{Request, Server, collection, namespace};

use crate::customs::{self, Kind};

/// The documents of a YAML text.
pub fn documents(text: &str) -> Vec<Value> {
    use serde::Deserialize;
    let documents = serde_yaml::Deserializer::from_str(text).map(Value::deserialize);
    documents.map(Result::unwrap).filter(|document| !document.is_null()).collect()
}

/// All that the repository holds as the output of a program.
fn outputs() -> Vec<(String, Value)> {
    let root = tests::root();
    let mut all = Vec::new();
    for path in tests::files(&root.join("tests/examples"), &[".yaml"]) {
        let name = path.strip_prefix(&root).unwrap().display().to_string();
        let text = std::fs::read_to_string(&path).unwrap();
        all.extend(documents(&text).into_iter().map(|object| (name.clone(), object)));
    }
    for path in tests::files(&root.join("tests/language"), &[".md"]) {
        let name = path.strip_prefix(&root).unwrap().display().to_string();
        let text = std::fs::read_to_string(&path).unwrap();
        for block in text.split("\n```yaml\n").skip(1) {
            let block = block.split("\n```").next().unwrap();
            all.extend(documents(block).into_iter().map(|object| (name.clone(), object)));
        }
    }
    all
}

/// Prints what the server refuses of them, created or applied, and gives the number.
pub fn refused(server: &mut Server, kinds: &[Kind]) -> usize {
    let objects: Vec<(String, Value, String)> = outputs()
        .into_iter()
        .filter_map(|(name, object)| {
            let custom =
                || customs::collection(kinds, &object).filter(|_| name.contains("examples"));
            let to = collection(&object).or_else(custom)?;
            Some((name, object, to))
        })
        .collect();
    let spaces: BTreeSet<&str> = objects
        .iter()
        .filter_map(|(_, object, _)| object["metadata"]["namespace"].as_str())
        .collect();
    let spaces: Vec<Request> = spaces
        .iter()
        .map(|name| Request::create("/api/v1/namespaces", &namespace(name), false))
        .collect();
    server.ask(&spaces);
    let created = objects.iter().map(|(_, object, to)| Request::create(to, object, true));
    let applied = objects.iter().map(|(_, object, to)| Request::apply(to, object));
    let requests: Vec<Request> = created.chain(applied).collect();
    let answers = server.ask(&requests);
    let mut wrong = 0;
    for ((name, object, _), answer) in objects.iter().cycle().zip(&answers) {
        // Where it is there already, as a namespace, it was taken before.
        if !answer.is_fine() && answer.code != 409 {
            println!(
                "1.{}: {name}: {} is refused: {}",
                server.minor,
                object["metadata"]["name"],
                answer.message()
            );
            wrong += 1;
        }
    }
    println!(
        "1.{}: {} emitted objects, created and applied; {wrong} are refused",
        server.minor,
        objects.len()
    );
    wrong
}
