//! A server in a process of its own, spoken with as an editor does: over its standard input and output.

use std::collections::BTreeMap;
use std::io::{BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use server::{Message, Notification, Request, RequestId, Response};

/// How long anything is waited for.
const PATIENCE: Duration = Duration::from_secs(600);

/// A running `depc lsp`, and what it said.
pub struct Served {
    child: Child,
    input: ChildStdin,
    said: Receiver<(Instant, Message)>,
    folder: PathBuf,
    next: i32,
    /// What was published last of each address.
    pub published: BTreeMap<String, Value>,
}

impl Served {
    /// Starts `depc lsp` for a folder, which must be canonical, and agrees with it on what there is.
    pub fn start(depc: &Path, folder: &Path, capabilities: Value) -> Self {
        let mut child = Command::new(depc)
            .arg("lsp")
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let input = child.stdin.take().expect("it is piped");
        let output = child.stdout.take().expect("it is piped");
        let (sender, said) = channel();
        std::thread::spawn(move || {
            let mut output = BufReader::new(output);
            while let Ok(Some(message)) = Message::read(&mut output) {
                if sender.send((Instant::now(), message)).is_err() {
                    return;
                }
            }
        });
        let folder = folder.to_owned();
        let published = BTreeMap::new();
        let mut served = Self { child, input, said, folder, next: 0, published };
        let root = served.uri("");
        served.ask(
            "initialize",
            json!({
                "processId": null, "rootUri": null, "capabilities": capabilities,
                "workspaceFolders": [{ "uri": root.trim_end_matches('/'), "name": "folder" }],
            }),
        );
        served.tell("initialized", json!({}));
        served
    }

    /// The address of a file of the folder.
    pub fn uri(&self, path: &str) -> String {
        format!("file://{}/{path}", self.folder.display())
    }

    pub fn send(&mut self, message: impl Into<Message>) {
        message.into().write(&mut self.input).expect("the server reads");
    }

    /// Sends bytes that need not be a message.
    pub fn send_bytes(&mut self, bytes: &[u8]) {
        self.input.write_all(bytes).and_then(|()| self.input.flush()).expect("the server reads");
    }

    pub fn tell(&mut self, method: &str, params: Value) {
        self.send(Notification { method: method.to_owned(), params });
    }

    /// Sends a request without waiting for the answer.
    pub fn begin(&mut self, method: &str, params: Value) -> RequestId {
        self.next += 1;
        let id = RequestId::from(self.next);
        self.send(Request { id: id.clone(), method: method.to_owned(), params });
        id
    }

    /// The next message; what the server asks is answered, and what it publishes is kept.
    pub fn message(&mut self) -> (Instant, Message) {
        let (at, message) = self.said.recv_timeout(PATIENCE).expect("the server says something");
        match &message {
            Message::Request(request) => {
                let answer = Response::new_ok(request.id.clone(), Value::Null);
                self.send(answer);
            }
            Message::Notification(told) if told.method == "textDocument/publishDiagnostics" => {
                let uri = told.params["uri"].as_str().unwrap_or_default().to_owned();
                self.published.insert(uri, told.params["diagnostics"].clone());
            }
            _ => {}
        }
        (at, message)
    }

    /// The answer to a request and when it came, or the error as `Err`.
    pub fn answer(&mut self, id: &RequestId) -> (Instant, Result<Value, String>) {
        loop {
            let (at, message) = self.message();
            if let Message::Response(response) = message
                && response.id == *id
            {
                let result = response.response_result;
                return (at, result.map_err(|error| format!("{}: {}", error.code, error.message)));
            }
        }
    }

    /// The answer to a request, which must be one.
    pub fn ask(&mut self, method: &str, params: Value) -> Value {
        let id = self.begin(method, params);
        self.answer(&id).1.unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    /// Waits until all is known that is wrong.
    pub fn settle(&mut self) {
        self.ask("workspace/diagnostic", json!({ "previousResultIds": [] }));
    }

    /// When diagnostics of a file were published next.
    pub fn publishes(&mut self, path: &str) -> Instant {
        let uri = self.uri(path);
        loop {
            if let (at, Message::Notification(told)) = self.message()
                && told.method == "textDocument/publishDiagnostics"
                && told.params["uri"] == *uri
            {
                return at;
            }
        }
    }

    /// What the system says of the process, in KiB: `VmRSS` now, `VmHWM` at most.
    pub fn memory(&self, field: &str) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix(field))?;
        line.trim_start_matches(':').split_whitespace().next()?.parse().ok()
    }

    /// Ends the session. Says whether the server ended as it should.
    pub fn end(mut self) -> bool {
        self.ask("shutdown", Value::Null);
        self.tell("exit", Value::Null);
        self.child.wait().is_ok_and(|status| status.success())
    }
}
