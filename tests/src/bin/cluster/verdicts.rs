//! The verdicts of depc and of a server on the same objects, and where they differ.

use std::collections::BTreeMap;

use kube::rules::Level;
use kube::server::{Refusal, misshapen, refusals};
use kube::tree::{Step, Tree};
use serde_json::Value;
use tests::cluster::{Answer, Request, Server, collection};

/// Rules that refuse what a server takes, on purpose, and why. A refusal must say of itself too that it is one.
const STRICTER: &[(&str, &str)] = &[
    ("K-annotation", "nothing can carry the annotation that is asked for"),
    ("K-capability", "no runtime knows the capability"),
    ("K-config-key", "no ConfigMap or Secret can have the key"),
    ("K-dropped", "what is written has no effect"),
    ("K-duplicate", "the second of two hides the first, or server-side apply refuses both"),
    ("K-env-name", "no process can be given the variable"),
    ("K-finalizer", "servers warn of finalizers without a domain, and refuse them for most kinds"),
    ("K-image", "no runtime can read the reference"),
    ("K-label", "nothing can carry the label that is asked for"),
    ("K-mount", "the container cannot be started"),
    ("K-name", "nothing can have the name that is referred to, or other tools refuse it"),
    ("K-namespace", "no namespace can have the name, or the object lies in none"),
    ("K-null", "what is null becomes empty, which nobody means"),
    ("K-one-of", "one of several must be given for anything to happen"),
    ("K-path", "the path leads out of its folder"),
    ("K-port", "nothing listens there"),
    ("K-rbac", "the rule allows nothing"),
    ("K-reference", "nothing of that kind is there to be referred to"),
    ("K-required", "nothing happens without it, or kubectl refuses it"),
    ("K-resources", "the amount is another than it seems, or is of something that is not measured"),
    ("K-scale-target", "nothing of that version can be scaled"),
    ("K-schedule", "the date never comes"),
    ("K-secret-key", "who uses the Secret cannot read it"),
    ("K-security-context", "the container cannot be started"),
    ("K-selector", "nothing is ever selected"),
    ("K-type", "a server reads another value than the text seems to say"),
];

/// What a server says because of what the cluster holds, and not because of the object alone.
const OF_THE_CLUSTER: &[&str] = &[
    "already exists",
    "no PriorityClass with name",
    "RuntimeClass \"",
    "not found",
    "is forbidden: unable to create new content in namespace",
    "is not in the valid range",
    "not configured on this cluster",
    "this cluster is not configured",
    "admin access to devices requires",
    "the server could not find the requested resource",
    "failed to allocate",
];

/// What was compared.
pub struct Verdicts {
    minor: u8,
    compared: usize,
    refused: usize,
    /// Over how many the server itself failed.
    failed: usize,
    /// What a server refuses and depc takes, by what the server says: how many, and one of them.
    missed: BTreeMap<String, (usize, Value)>,
    /// What depc refuses and the server takes, by rule and place: how many, and one of them.
    invented: BTreeMap<String, (usize, Value)>,
    /// By rule that is stricter on purpose.
    stricter: BTreeMap<&'static str, usize>,
}

impl Verdicts {
    pub fn of<'v>(server: &mut Server, objects: impl Iterator<Item = &'v Value>) -> Self {
        let minor = server.minor;
        let mut verdicts = Self {
            minor,
            compared: 0,
            refused: 0,
            failed: 0,
            missed: BTreeMap::new(),
            invented: BTreeMap::new(),
            stricter: BTreeMap::new(),
        };
        let objects: Vec<&Value> = objects.filter(|object| collection(object).is_some()).collect();
        let requests: Vec<Request> = objects
            .iter()
            .flat_map(|object| {
                let to = collection(object).unwrap();
                [Request::create(&to, object, true), Request::apply(&to, object)]
            })
            .collect();
        let answers = server.ask(&requests);
        for (object, both) in objects.iter().zip(answers.chunks(2)) {
            verdicts.compare(object, &both[0], &both[1]);
        }
        verdicts
    }

    fn compare(&mut self, object: &Value, created: &Answer, applied: &Answer) {
        let of_cluster = |answer: &Answer| {
            OF_THE_CLUSTER.iter().any(|part| answer.message().contains(part)) || answer.code == 409
        };
        let causes_of = causes(created);
        let is_of_cluster = |cause: &String| OF_THE_CLUSTER.iter().any(|part| cause.contains(part));
        if created.code == 409 || !created.is_fine() && causes_of.iter().all(is_of_cluster) {
            return;
        }
        if created.code == 0 || created.code >= 500 {
            self.failed += 1;
            return;
        }
        self.compared += 1;
        let ours = judged(object, self.minor);
        self.refused += usize::from(!ours.is_empty());
        let kind = object["kind"].as_str().unwrap_or_default();
        match (created.is_fine(), ours.is_empty()) {
            (false, true) => {
                for cause in causes(created) {
                    let entry = self.missed.entry(format!("{kind} {cause}"));
                    entry.or_insert_with(|| (0, object.clone())).0 += 1;
                }
            }
            (true, false) => {
                // Most objects of depc are applied so.
                if !applied.is_fine() && !of_cluster(applied) {
                    return;
                }
                for one in &ours {
                    if one.stricter && STRICTER.iter().any(|(id, _)| *id == one.rule) {
                        *self.stricter.entry(one.rule).or_default() += 1;
                        continue;
                    }
                    let id = if one.stricter {
                        format!("{}, stricter", one.rule)
                    } else {
                        one.rule.to_owned()
                    };
                    let what = format!("{kind} {} {id}: {}", shown(&one.path), one.message);
                    let entry = self.invented.entry(what);
                    entry.or_insert_with(|| (0, object.clone())).0 += 1;
                }
            }
            _ => {}
        }
    }

    /// Prints all, and gives the number of differences.
    pub fn print(&self) -> usize {
        let Self { minor, compared, refused, failed, .. } = self;
        for (title, all) in
            [("refused by the server only", &self.missed), ("refused by depc only", &self.invented)]
        {
            for (what, (count, example)) in all {
                println!("1.{minor}: {title}, {count} times: {what}");
                if std::env::args().any(|argument| argument == "--show") {
                    println!("    {example}");
                }
            }
        }
        for (rule, count) in &self.stricter {
            println!("1.{minor}: stricter on purpose, {count} times: {rule}");
        }
        let wrong = self.missed.len() + self.invented.len();
        println!(
            "1.{minor}: {compared} objects, {refused} of them refused by depc; {wrong} differences; the server failed over {failed}"
        );
        wrong
    }
}

/// What depc refuses of an object.
pub fn judged(object: &Value, minor: u8) -> Vec<Refusal> {
    let mut tree = Tree::new();
    add(&mut tree, object);
    let Some(root) = tree.roots().next() else { return Vec::new() };
    let all = misshapen(root, minor).into_iter().chain(refusals(root, minor));
    all.filter(|one| one.level == Level::Error).collect()
}

fn add(tree: &mut Tree, value: &Value) {
    match value {
        Value::Null => drop(tree.null(0)),
        Value::Bool(value) => drop(tree.bool(*value, 0)),
        Value::Number(number) => drop(match number.as_i64() {
            Some(value) => tree.int(value, 0),
            None => tree.float(number.as_f64().unwrap(), 0),
        }),
        Value::String(text) => drop(tree.str(text, 0)),
        Value::Array(items) => {
            tree.begin_list(0);
            items.iter().for_each(|item| add(tree, item));
            tree.end(false);
        }
        Value::Object(entries) => {
            tree.begin_map(0);
            for (key, value) in entries {
                tree.key(key);
                add(tree, value);
            }
            tree.end(false);
        }
    }
}

/// Why a server refuses: the fields, with what is wrong with them; or all that it says.
fn causes(answer: &Answer) -> Vec<String> {
    let causes = answer.body["details"]["causes"].as_array();
    let mut all: Vec<String> = causes
        .into_iter()
        .flatten()
        .map(|cause| {
            let field = cause["field"].as_str().unwrap_or_default();
            let message = cause["message"].as_str().unwrap_or_default();
            // The value differs from case to case.
            let message: String = message.chars().take(160).collect();
            format!("{}: {message}", without_numbers(field))
        })
        .collect();
    if all.is_empty() {
        all.push(format!(
            "{}: {}",
            answer.code,
            answer.message().chars().take(300).collect::<String>()
        ));
    }
    all
}

fn without_numbers(path: &str) -> String {
    let mut text = String::new();
    let mut rest = path.chars().peekable();
    while let Some(c) = rest.next() {
        text.push(c);
        if c == '[' {
            while rest.peek().is_some_and(char::is_ascii_digit) {
                rest.next();
            }
        }
    }
    text
}

fn shown(path: &[Step]) -> String {
    let steps: Vec<&str> = path
        .iter()
        .map(|step| match step {
            Step::Key(key) => key.as_str(),
            Step::Index(_) => "[]",
        })
        .collect();
    steps.join(".")
}
