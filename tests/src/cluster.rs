//! A real API server, for tests: `tests/cluster/set-up` builds it, once, and a [`Server`] runs for as long as it is held.

use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// How many requests are under way at a time.
const CONNECTIONS: &str = "4";

/// The program that starts API servers; it is built where it is not there yet, which takes minutes. Where that cannot
/// be done, the reason, in a line.
pub fn program() -> Result<PathBuf, String> {
    let output = Command::new(crate::root().join("tests/cluster/set-up")).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    match output.status.success() {
        true => Ok(text(&output.stdout).into()),
        false => Err(text(&output.stderr)),
    }
}

/// A running API server. It ends when this is dropped, or the process ends.
pub struct Server {
    process: Child,
    requests: Option<BufWriter<ChildStdin>>,
    answers: BufReader<ChildStdout>,
    /// Its release: 36 for 1.36.
    pub minor: u8,
}

/// A question.
#[derive(Serialize, Debug, Clone)]
pub struct Request {
    pub method: &'static str,
    pub path: String,
    /// The type of the body.
    #[serde(rename = "type")]
    pub media: &'static str,
    pub body: Value,
    /// Whether the body of a success is wanted.
    pub whole: bool,
}

/// What a server says.
#[derive(Deserialize, Debug, Clone)]
pub struct Answer {
    #[serde(default)]
    ready: bool,
    /// The HTTP code; 0 where the server failed over the request, as it does over some objects.
    pub code: u16,
    #[serde(default)]
    pub warnings: Vec<String>,
    /// Of a refusal, or of a success if it was wanted.
    #[serde(default)]
    pub body: Value,
    #[serde(default)]
    problem: String,
}

impl Server {
    /// Starts one that judges as the release 1.`minor` does.
    pub fn start(program: &Path, minor: u8) -> Self {
        let mut process = Command::new(program)
            .args([&minor.to_string(), CONNECTIONS])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let requests = Some(BufWriter::new(process.stdin.take().unwrap()));
        let answers = BufReader::new(process.stdout.take().unwrap());
        let mut server = Self { process, requests, answers, minor };
        let first = server.answer();
        assert!(first.ready, "an API server of 1.{minor} does not start: {}", first.problem);
        server
    }

    /// Answers to all requests, in order.
    pub fn ask(&mut self, requests: &[Request]) -> Vec<Answer> {
        let mut to = self.requests.take().unwrap();
        std::thread::scope(|scope| {
            let writer = scope.spawn(move || {
                for request in requests {
                    serde_json::to_writer(&mut to, request).unwrap();
                    to.write_all(b"\n").unwrap();
                }
                to.flush().unwrap();
                to
            });
            let answers: Vec<Answer> = requests.iter().map(|_| self.answer()).collect();
            self.requests = Some(writer.join().unwrap());
            answers
        })
    }

    fn answer(&mut self) -> Answer {
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        serde_json::from_str(&line)
            .unwrap_or_else(|_| panic!("the API server of 1.{} has ended", self.minor))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The end of its input is what it waits for.
        self.requests = None;
        let _ = self.process.wait();
    }
}

impl Request {
    /// To make an object of a resource; `collection` is its address, as [`collection`] gives it.
    pub fn create(collection: &str, object: &Value, dry: bool) -> Self {
        let dry = if dry { "&dryRun=All" } else { "" };
        Self {
            method: "POST",
            path: format!("{collection}?fieldValidation=Strict&fieldManager=depc{dry}"),
            media: "application/json",
            body: object.clone(),
            whole: false,
        }
    }

    /// To see what objects of a resource there are.
    pub fn list(collection: &str) -> Self {
        Self {
            method: "GET",
            path: collection.to_owned(),
            media: "application/json",
            body: Value::Null,
            whole: false,
        }
    }

    /// To make or change an object by server-side apply, without doing it.
    pub fn apply(collection: &str, object: &Value) -> Self {
        let name = object["metadata"]["name"].as_str().unwrap_or_default();
        let options = "fieldValidation=Strict&fieldManager=depc&force=true&dryRun=All";
        Self {
            method: "PATCH",
            path: format!("{collection}/{}?{options}", segment(name)),
            media: "application/apply-patch+yaml",
            body: object.clone(),
            whole: false,
        }
    }
}

impl Answer {
    /// Whether the server takes what it was given.
    pub fn is_fine(&self) -> bool {
        (200..300).contains(&self.code)
    }

    /// Why it refuses, in its own words.
    pub fn message(&self) -> &str {
        let of_body = self.body["message"].as_str().or(self.body.as_str());
        of_body.unwrap_or(&self.problem)
    }
}

/// The address under which objects like this one are made, for kinds that are built in. Objects without a namespace
/// go to `default`.
pub fn collection(object: &Value) -> Option<String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let version = text(&object["apiVersion"]);
    let kind = kube::types::kind_of(&version, &text(&object["kind"]))?.info();
    let scope = match (kind.namespaced, text(&object["metadata"]["namespace"])) {
        (false, _) => String::new(),
        (true, name) if name.is_empty() => "namespaces/default/".to_owned(),
        (true, name) => format!("namespaces/{}/", segment(&name)),
    };
    let root = if kind.group.is_empty() { "api" } else { "apis" };
    Some(format!("/{root}/{version}/{scope}{}", kind.plural))
}

/// A namespace.
pub fn namespace(name: &str) -> Value {
    json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
}

/// Text as a part of a path.
fn segment(text: &str) -> String {
    let plain = |c: &u8| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_' | b'.');
    let parts = text.as_bytes().iter().map(|c| match plain(c) {
        true => char::from(*c).to_string(),
        false => format!("%{c:02X}"),
    });
    parts.collect()
}
