//! An editor as the server sees one, over files in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufReader, PipeWriter, Write as _};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use analysis::problems::problems;
use analysis::unread::Unread;
use analysis::workspace::{Files, Memory, ReadError, Workspace};
use serde_json::{Value, json};
use server::{Disk, Message, Notification, Receiver, Request, RequestId, Server, serve};

/// Files that the editor and the server see both.
#[derive(Clone, Default)]
struct Shared {
    files: Arc<Mutex<Memory>>,
    paths: Arc<Mutex<Vec<String>>>,
}

/// How an editor and its server are connected.
enum Link {
    /// By calls.
    Calls(Box<Server>, Receiver<Message>),
    /// By streams of bytes, as `depc lsp` is, to a server with threads of its own.
    Streams(PipeWriter, mpsc::Receiver<Message>),
}

/// What speaks with a server.
pub struct Editor {
    link: Link,
    shared: Shared,
    /// Requests that are not answered, where that takes its time.
    unanswered: BTreeSet<RequestId>,
    settled: usize,
    next: i32,
    versions: BTreeMap<String, i32>,
    /// What the server sent last of each address.
    pub published: BTreeMap<String, Value>,
    /// The addresses of which it sent problems, in order.
    pub told: Vec<String>,
    /// All that the server said besides, in order.
    pub heard: Vec<Message>,
}

/// A folder as the protocol lists it: `files`, or one below it.
pub fn listed(folder: &str) -> Value {
    json!({ "uri": format!("file:///{folder}"), "name": folder })
}

/// The address of a file of the tests.
pub fn uri(path: &str) -> String {
    format!("file:///files/{path}")
}

impl Editor {
    /// An editor with these files on disk, that is told of problems without asking and counts in UTF-16.
    pub fn new(files: &[(&str, &str)]) -> Self {
        Self::with(files, json!({}))
    }

    pub fn with(files: &[(&str, &str)], capabilities: Value) -> Self {
        Self::prepared(files, capabilities, &["files"], |_| {})
    }

    /// An editor with these folders, whose server was prepared before it is spoken with.
    pub fn prepared(
        files: &[(&str, &str)],
        capabilities: Value,
        folders: &[&str],
        prepare: impl FnOnce(&mut Server),
    ) -> Self {
        let shared = Shared::default();
        for (path, text) in files {
            shared.write(path, text);
        }
        let (mut server, said) = Server::new(Box::new(shared.clone()));
        prepare(&mut server);
        Self::linked(Link::Calls(Box::new(server), said), shared, capabilities, folders)
    }

    /// An editor at the other end of two pipes.
    pub fn streamed(files: &[(&str, &str)]) -> Self {
        let shared = Shared::default();
        for (path, text) in files {
            shared.write(path, text);
        }
        let (input, to_server) = std::io::pipe().unwrap();
        let (from_server, output) = std::io::pipe().unwrap();
        let disk = Box::new(shared.clone());
        std::thread::spawn(move || serve(BufReader::new(input), output, disk));
        let (sender, said) = mpsc::channel();
        std::thread::spawn(move || {
            let mut from_server = BufReader::new(from_server);
            while let Ok(Some(message)) = Message::read(&mut from_server) {
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        Self::linked(Link::Streams(to_server, said), shared, json!({}), &["files"])
    }

    fn linked(link: Link, shared: Shared, capabilities: Value, folders: &[&str]) -> Self {
        let mut editor = Self {
            link,
            shared,
            unanswered: BTreeSet::new(),
            settled: 0,
            next: 0,
            versions: BTreeMap::new(),
            published: BTreeMap::new(),
            told: Vec::new(),
            heard: Vec::new(),
        };
        let folders: Vec<Value> = folders.iter().map(|folder| listed(folder)).collect();
        editor.ask(
            "initialize",
            json!({ "processId": null, "rootUri": null, "capabilities": capabilities, "workspaceFolders": folders }),
        );
        editor.tell("initialized", json!({}));
        editor.settle();
        editor
    }

    /// Sends a notification.
    pub fn tell(&mut self, method: &str, params: Value) {
        self.send(Notification { method: method.to_owned(), params }.into());
    }

    pub fn send(&mut self, message: Message) {
        match &mut self.link {
            Link::Calls(server, _) => server.accept(message),
            Link::Streams(to_server, _) => message.write(to_server).expect("the server reads"),
        }
    }

    /// Sends bytes that need not be a message, where there is a stream for them.
    pub fn send_bytes(&mut self, bytes: &[u8]) {
        if let Link::Streams(to_server, _) = &mut self.link {
            to_server.write_all(bytes).expect("the server reads");
        }
    }

    /// The number of the last request.
    pub fn last(&self) -> i32 {
        self.next
    }

    /// Sends a request without waiting for the answer.
    pub fn start(&mut self, method: &str, params: Value) -> RequestId {
        self.next += 1;
        let id = RequestId::from(self.next);
        let request = Request { id: id.clone(), method: method.to_owned(), params };
        self.unanswered.insert(id.clone());
        self.send(request.into());
        id
    }

    /// The answer to a request, or the error as `Err`.
    pub fn answer(&mut self, method: &str, params: Value) -> Result<Value, String> {
        let id = self.start(method, params);
        self.settle();
        self.answer_to(&id).unwrap_or_else(|| panic!("no answer to {method}"))
    }

    /// The answer to a request, which must be one.
    pub fn ask(&mut self, method: &str, params: Value) -> Value {
        self.answer(method, params).unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    /// What was answered to a request, if anything was.
    pub fn answer_to(&mut self, id: &RequestId) -> Option<Result<Value, String>> {
        self.heard.iter().find_map(|message| match message {
            Message::Response(response) if response.id == *id => Some(
                response
                    .response_result
                    .clone()
                    .map_err(|error| format!("{}: {}", error.code, error.message)),
            ),
            _ => None,
        })
    }

    /// Lets the server do all that is to be done.
    pub fn settle(&mut self) {
        match &mut self.link {
            Link::Calls(server, _) => {
                server.settle();
                self.hear();
            }
            Link::Streams(..) => self.wait(),
        }
    }

    /// Waits until all that was asked is answered and all problems are known.
    fn wait(&mut self) {
        self.settled += 1;
        let id = RequestId::from(format!("settled-{}", self.settled));
        let method = "workspace/diagnostic".to_owned();
        let params = json!({ "previousResultIds": [] });
        self.send(Request { id: id.clone(), method, params }.into());
        self.unanswered.insert(id);
        while !self.unanswered.is_empty() {
            let Link::Streams(_, said) = &self.link else { return };
            let message = said.recv_timeout(Duration::from_secs(120));
            self.take(message.unwrap_or_else(|_| panic!("no answer to {:?}", self.unanswered)));
        }
    }

    /// Lets the server begin what it can without waiting for anything.
    pub fn nudge(&mut self) {
        if let Link::Calls(server, _) = &mut self.link {
            server.idle();
        }
        self.hear();
    }

    fn hear(&mut self) {
        let said: Vec<Message> = match &self.link {
            Link::Calls(_, said) => said.try_iter().collect(),
            Link::Streams(_, said) => said.try_iter().collect(),
        };
        said.into_iter().for_each(|message| self.take(message));
    }

    fn take(&mut self, message: Message) {
        match &message {
            Message::Notification(told) if told.method == "textDocument/publishDiagnostics" => {
                let uri = told.params["uri"].as_str().unwrap().to_owned();
                self.told.push(uri.clone());
                self.published.insert(uri, told.params["diagnostics"].clone());
            }
            Message::Response(response) => {
                self.unanswered.remove(&response.id);
                let is_ours = response.id.to_string().contains("settled-");
                if !is_ours {
                    self.heard.push(message);
                }
            }
            _ => self.heard.push(message),
        }
    }

    pub fn open(&mut self, path: &str) {
        let text = self.shared.text(path).unwrap_or_default();
        self.open_as(path, &text);
    }

    /// Opens a document with another text than that of the file.
    pub fn open_as(&mut self, path: &str, text: &str) {
        self.versions.insert(path.to_owned(), 1);
        let document = json!({ "uri": uri(path), "languageId": "dep", "version": 1, "text": text });
        self.tell("textDocument/didOpen", json!({ "textDocument": document }));
    }

    /// Makes changes of an open document, as the protocol has them.
    pub fn change(&mut self, path: &str, changes: Value) {
        let version = self.versions.entry(path.to_owned()).or_default();
        *version += 1;
        let document = json!({ "uri": uri(path), "version": *version });
        self.tell(
            "textDocument/didChange",
            json!({ "textDocument": document, "contentChanges": changes }),
        );
    }

    /// Replaces the text of an open document.
    pub fn set(&mut self, path: &str, text: &str) {
        self.change(path, json!([{ "text": text }]));
    }

    pub fn close(&mut self, path: &str) {
        self.tell("textDocument/didClose", json!({ "textDocument": { "uri": uri(path) } }));
    }

    /// Changes a file on disk, of which the server is told.
    pub fn write(&mut self, path: &str, text: &str) {
        self.shared.write(path, text);
        self.changed(path, 2);
    }

    pub fn remove(&mut self, path: &str) {
        self.shared.remove(path);
        self.changed(path, 3);
    }

    fn changed(&mut self, path: &str, kind: u32) {
        let changes = json!([{ "uri": uri(path), "type": kind }]);
        self.tell("workspace/didChangeWatchedFiles", json!({ "changes": changes }));
    }

    /// The problems of a file that were published: `line:column code first line of the message`, counted from 1.
    pub fn problems(&mut self, path: &str) -> Vec<String> {
        self.settle();
        let found = self.published.get(&uri(path)).cloned().unwrap_or_else(|| json!([]));
        found.as_array().unwrap().iter().map(told).collect()
    }
}

/// A diagnostic in one line.
pub fn told(found: &Value) -> String {
    let start = &found["range"]["start"];
    let message = found["message"].as_str().unwrap().lines().next().unwrap();
    let (line, column) =
        (start["line"].as_u64().unwrap() + 1, start["character"].as_u64().unwrap() + 1);
    format!("{line}:{column} {} {message}", found["code"].as_str().unwrap())
}

/// What `depc check` says of all files, as the server would.
pub fn cold(files: &[(&str, &str)], of: &str) -> Vec<String> {
    let mut memory = Memory::default();
    for (path, text) in files {
        memory.write(path, *text);
    }
    let mut workspace = Workspace::default();
    let mut all = BTreeSet::new();
    let mut unread = Unread::default();
    let mut by_program = Vec::new();
    for (path, _) in files.iter().filter(|(path, _)| path.ends_with(".dep")) {
        let loaded = workspace.load(&memory, path, &[]);
        let mut found = problems(&workspace, &loaded);
        unread.keep(&workspace, &loaded, &mut found);
        by_program.push((*path, found));
    }
    by_program.push(("", unread.of_all()));
    for (path, found) in by_program {
        for found in found {
            let (file, start) = match &found.span {
                Some(span) => (span.file.to_string(), (span.start.line, span.start.column)),
                None => (path.to_owned(), (1, 1)),
            };
            if file == of {
                let label = if found.label.is_empty() {
                    String::new()
                } else {
                    format!(": {}", found.label)
                };
                all.insert((
                    start,
                    format!("{}:{} {} {}{label}", start.0, start.1, found.code, found.message),
                ));
            }
        }
    }
    all.into_iter().map(|(_, text)| text).collect()
}

impl Shared {
    fn write(&self, path: &str, text: &str) {
        self.files.lock().unwrap().write(path, text);
        let mut paths = self.paths.lock().unwrap();
        let path = format!("{}/{path}", Memory::FOLDER);
        if let Err(at) = paths.binary_search(&path) {
            paths.insert(at, path);
        }
    }

    fn remove(&self, path: &str) {
        self.files.lock().unwrap().remove(path);
        self.paths.lock().unwrap().retain(|known| *known != format!("{}/{path}", Memory::FOLDER));
    }

    fn text(&self, path: &str) -> Option<String> {
        let bytes = self.files.lock().unwrap().read(path, usize::MAX).ok()?;
        String::from_utf8(bytes).ok()
    }
}

impl Files for Shared {
    fn read(&self, path: &str, limit: usize) -> Result<Vec<u8>, ReadError> {
        self.files.lock().unwrap().read(path, limit)
    }

    fn canonical(&self, path: &str) -> Option<String> {
        self.files.lock().unwrap().canonical(path)
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, ReadError> {
        self.files.lock().unwrap().list(folder)
    }
}

impl Disk for Shared {
    fn page(&self, code: &str) -> Option<String> {
        // There is no such page; what the server does when a disk fails in any way is for the tests to see.
        assert_ne!(code, "E0000", "the disk fails");
        let path = crate::root().join(format!("tests/errors/{code}.md"));
        std::fs::read_to_string(path).ok()
    }

    fn dep_files(&self, folder: &str) -> Vec<String> {
        let paths = self.paths.lock().unwrap();
        let within = |path: &&String| path.starts_with(&format!("{folder}/"));
        paths.iter().filter(within).filter(|path| path.ends_with(".dep")).cloned().collect()
    }
}
