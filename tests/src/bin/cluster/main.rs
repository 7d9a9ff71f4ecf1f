//! What depc says of objects, compared with what a real API server says of them; run by `tests/cluster/run`.
//!
//! - What the examples and the library emit must be taken, created and applied.
//! - Of objects made at random, the server must take what depc takes. What depc refuses and the server takes must
//!   break rules that are stricter on purpose.
//! - So it is with objects of custom kinds, by what their definitions say.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

mod customs;
mod emitted;
mod objects;
mod verdicts;

use std::process::ExitCode;

use serde_json::Value;
use tests::Random;
use tests::cluster::{self, Server};

use objects::Source;
use verdicts::Verdicts;

/// The releases to judge as.
const MINORS: [u8; 4] = [36, 35, 34, 33];
/// How many objects are made at random, where `--objects` says nothing else.
const OBJECTS: usize = 4000;
/// Where the random numbers begin, where `--seed` says nothing else.
const SEED: u64 = 1;

fn main() -> ExitCode {
    let program = match cluster::program() {
        Ok(program) => program,
        Err(reason) => {
            println!("SKIPPED: {reason}");
            return ExitCode::SUCCESS;
        }
    };
    let count: usize = option("--objects").map_or(OBJECTS, |text| text.parse().unwrap());
    let seed = option("--seed").map_or(SEED, |text| text.parse().unwrap());
    let minors = option("--minor").map_or(MINORS.to_vec(), |text| vec![text.parse().unwrap()]);
    let source = source();
    let mut random = Random::new(seed);
    let made: Vec<Value> = (0..count).map(|_| source.object(&mut random)).collect();
    let mut is_fine = true;
    for minor in minors {
        let mut server = Server::start(&program, minor);
        let kinds = customs::defined(&mut server);
        is_fine &= emitted::refused(&mut server, &kinds) == 0;
        is_fine &= customs::agree(&mut server, &kinds, &mut Random::new(seed), count);
        let verdicts = Verdicts::of(&mut server, source.sound.iter().chain(&made));
        is_fine &= verdicts.print() == 0;
    }
    if is_fine { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn option(name: &str) -> Option<String> {
    let arguments: Vec<String> = std::env::args().collect();
    let at = arguments.iter().position(|argument| argument == name)?;
    arguments.get(at + 1).cloned()
}

fn source() -> Source {
    let root = tests::root();
    let text = |path: &str| std::fs::read_to_string(root.join(path)).unwrap();
    let json = |path: &str| -> Value { serde_json::from_str(&text(path)).unwrap() };
    let data = "compiler/kube/tests/data";
    let cases = json(&format!("{data}/cases.json"));
    let manifests = |of: &dyn Fn(&Value) -> bool| -> Vec<Value> {
        let cases = cases.as_array().unwrap().iter().filter(|case| of(case));
        cases.map(|case| case["manifest"].clone()).filter(Value::is_object).collect()
    };
    let mut sound = emitted::documents(&text("tests/cluster/objects.yaml"));
    sound.extend(manifests(&|case| case["want"] == "accept"));
    let others = manifests(&|case| case["want"] != "accept");
    let (enums, values) =
        (json(&format!("{data}/enums.json")), json(&format!("{data}/values.json")));
    Source::new(sound, &others, &enums, &values)
}
