//! Random edits, requests, files that come and go, and messages that mean nothing: the server answers all of them, and
//! in the end says of every file what `depc check` says.
//!
//! A few hundred steps by default, a hundred thousand with `DEPC_HEAVY=1`; in sessions of which each has a fresh server,
//! and in a long one, over streams of bytes, that must not need more memory with time.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use serde_json::{Value, json};
use tests::Random;
use tests::editor::{Editor, cold, told, uri};

/// The files that there may be, and what each is at first.
const FILES: [(&str, &str); 4] = [
    (
        "app.dep",
        "use std.workload.{Service, Singleton}\nuse \"./lib.dep\" as lib\n\n/// The tag.\ninput tag: ImageTag = \"v1\"\n\ntrait Common for Service { scale = 2..4 }\n\nweb = Service with Common {\n  image = \"r/web:\\(tag)\"\n  ports { http = 80, admin = 81 }\n  env { URL = api.endpoints.http.url, TEAM = lib.team.pager }\n}\n\napi = Service {\n  image = \"r/api:\\(tag)\"\n  ports { http = 8080 }\n  deployment.spec.template.spec { dnsPolicy = \"ClusterFirst\" }\n}\n",
    ),
    (
        "lib.dep",
        "schema Team {\n  pager: Str\n}\n\nfn twice(n: Int) -> Int = n + n\nteam = Team { pager = \"a\" }\nsize = twice(2)\n",
    ),
    (
        "prod.dep",
        "overlay \"./app.dep\"\n\ntag = \"v2\"\nweb.scale = 3..9\noverride api.ports.http = 8081\n",
    ),
    (
        "lone.dep",
        "a = [x + 1 for x in [1, 2, 3] if x > 1]\nb = match a.at(0) { unset => 0, n => n }\n// 𝄞 ä\n",
    ),
];

/// What may be typed.
const PIECES: [&str; 34] = [
    "{",
    "}",
    "\n",
    "\n\n",
    "(",
    ")",
    "[",
    "]",
    "\"",
    ".",
    "..",
    "=",
    " = ",
    ":",
    ",",
    "web",
    "api",
    "http",
    "tag",
    "lib.",
    "Service",
    "scale",
    "1",
    "80",
    "\\(",
    "//",
    "///",
    "override ",
    "use ",
    "𝄞",
    "ä",
    "\r\n",
    " ",
    "when ",
];

const AT_PLACES: [&str; 14] = [
    "hover",
    "definition",
    "declaration",
    "typeDefinition",
    "implementation",
    "references",
    "documentHighlight",
    "completion",
    "signatureHelp",
    "prepareRename",
    "rename",
    "linkedEditingRange",
    "prepareCallHierarchy",
    "onTypeFormatting",
];
const OF_DOCUMENTS: [&str; 10] = [
    "documentSymbol",
    "foldingRange",
    "documentLink",
    "formatting",
    "semanticTokens/full",
    "semanticTokens/full/delta",
    "codeLens",
    "inlayHint",
    "codeAction",
    "diagnostic",
];

/// Of the two tests one runs at a time, because memory is that of the process.
static ALONE: Mutex<()> = Mutex::new(());

struct Soak {
    editor: Editor,
    random: Random,
    disk: BTreeMap<String, String>,
    open: BTreeMap<String, String>,
    asked: usize,
    /// The answer to `initialize` was looked at.
    initialized: bool,
}

#[test]
fn whatever_is_typed_and_asked_the_server_is_right_in_the_end() {
    let wanted = std::env::var("DEPC_EDITS").ok().and_then(|steps| steps.parse().ok());
    let steps: usize = wanted.unwrap_or(if tests::heavy() { 20_000 } else { 400 });
    let _alone = ALONE.lock();
    // A fresh server now and then, so that what one seed broke does not hide the rest.
    let each = 200;
    for seed in 0..steps.div_ceil(each) as u64 {
        let mut soak = Soak::new(seed);
        for _ in 0..each {
            soak.step();
        }
        soak.compare(seed);
    }
}

#[test]
fn a_long_session_is_right_in_the_end_and_no_larger_than_in_its_middle() {
    let wanted = std::env::var("DEPC_EDITS").ok().and_then(|steps| steps.parse().ok());
    let steps: usize = wanted.unwrap_or(if tests::heavy() { 100_000 } else { 400 });
    let _alone = ALONE.lock();
    let mut soak = Soak::of(Editor::streamed(&FILES), 7);
    // What is known of the same files is compared, so they are as they were in the beginning now and then.
    let rounds = 20;
    let mut sizes = Vec::new();
    for _ in 0..rounds {
        for _ in 0..steps / rounds {
            soak.step();
            soak.bytes();
        }
        soak.compare(7);
        soak.begin_again();
        soak.compare(7);
        soak.editor.heard.clear();
        soak.asked = 0;
        soak.initialized = true;
        sizes.push(resident());
    }
    println!("resident after each of {rounds} parts of {steps} steps, in MiB: {sizes:?}");
    // What grows for ever grows as much in the second half as in the first; an allocator keeps some of what was freed.
    if let (Some(Some(middle)), Some(Some(end))) = (sizes.get(rounds / 2), sizes.last()) {
        assert!(end.saturating_sub(*middle) <= 8 + middle / 10, "{sizes:?}");
    }
}

/// The memory that this process has, in MiB, where the system says so.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.split_whitespace().next()?.parse::<u64>().ok()? / 1024)
}

impl Soak {
    fn new(seed: u64) -> Self {
        Self::of(Editor::new(&FILES), seed)
    }

    fn of(editor: Editor, seed: u64) -> Self {
        let disk =
            FILES.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
        Self {
            editor,
            initialized: false,
            random: Random::new(seed),
            disk,
            open: BTreeMap::new(),
            asked: 0,
        }
    }

    fn step(&mut self) {
        let path = self.random.pick(&FILES).0.to_owned();
        match self.random.below(40) {
            0..=13 => self.edit(&path),
            14..=27 => self.ask(&path),
            28 | 29 => self.open_or_close(&path),
            30 => {
                self.disk.remove(&path);
                self.editor.remove(&path);
            }
            31 | 32 => {
                let text = FILES.iter().find(|(known, _)| *known == path).unwrap().1;
                self.disk.insert(path.clone(), text.to_owned());
                self.editor.write(&path, text);
            }
            33 if self.random.below(2) == 0 => self.out_of_range(&path),
            33 => self.nonsense(),
            34 | 35 => {
                let id = self.editor.last();
                self.editor.tell("$/cancelRequest", json!({ "id": id }));
            }
            36 if self.open.contains_key(&path) => {
                let text = FILES.iter().find(|(known, _)| *known == path).unwrap().1;
                self.open.insert(path.clone(), text.to_owned());
                self.editor.set(&path, text);
            }
            _ => self.editor.settle(),
        }
    }

    /// Sends what is no message now and then.
    fn bytes(&mut self) {
        if self.random.below(40) > 0 {
            return;
        }
        let junk: [&[u8]; 8] = [
            b"\r\n",
            b"hello\r\n\r\n",
            b"Content-Length: 3\r\n\r\n{{{",
            b"Content-Length: 2\r\n\r\n[]",
            b"Content-Length: 1\r\n\r\n\xff",
            b"Content-Length: many\r\n\r\n",
            b"Content-Length: 14\r\n\r\n{\"method\":\"a\"}",
            b"Content-Length: 17\r\n\r\n{\"id\":{},\"x\":[1]}",
        ];
        let piece: &&[u8] = self.random.pick(&junk);
        self.editor.send_bytes(piece);
    }

    /// Makes all files what they were in the beginning.
    fn begin_again(&mut self) {
        for (path, text) in FILES {
            if self.open.contains_key(path) {
                self.open_or_close(path);
            }
            self.disk.insert(path.to_owned(), text.to_owned());
            self.editor.write(path, text);
        }
    }

    /// A change whose range is not there: it is brought into the text, or does nothing.
    fn out_of_range(&mut self, path: &str) {
        let Some(text) = self.open.get_mut(path) else { return };
        let far = json!({ "line": 9_999, "character": self.random.below(4_000_000_000) });
        let range = json!({ "start": far, "end": { "line": 99_999, "character": 0 } });
        text.push_str("\n// far\n");
        self.editor.change(path, json!([{ "range": range, "text": "\n// far\n" }]));
        let params =
            json!({ "textDocument": { "uri": uri(path) }, "position": far, "newName": "x" });
        self.editor.start(&format!("textDocument/{}", self.random.pick(&AT_PLACES)), params);
        self.asked += 1;
    }

    fn open_or_close(&mut self, path: &str) {
        match self.open.remove(path) {
            Some(_) => self.editor.close(path),
            None => {
                let text = self.disk.get(path).cloned().unwrap_or_else(|| "a = 1\n".to_owned());
                self.editor.open_as(path, &text);
                self.open.insert(path.to_owned(), text);
            }
        }
    }

    /// Types something somewhere, or deletes something.
    fn edit(&mut self, path: &str) {
        if !self.open.contains_key(path) {
            self.open_or_close(path);
        }
        let text = self.open.get_mut(path).unwrap();
        let places: Vec<usize> =
            text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        let from = self.random.below(places.len());
        let length = if self.random.below(3) == 0 { self.random.below(12) } else { 0 };
        let (start, end) = (places[from], places[(from + length).min(places.len() - 1)]);
        let piece =
            if length > 0 && self.random.below(2) == 0 { "" } else { self.random.pick(&PIECES) };
        // Nothing is cut within a line break, which no position of the protocol can name.
        let within = |at: usize| at > 0 && text.as_bytes()[at - 1] == b'\r';
        if within(start) || within(end) || text.len() > 20_000 {
            return;
        }
        let range = json!({ "start": position(text, start), "end": position(text, end) });
        text.replace_range(start..end, piece);
        self.editor.change(path, json!([{ "range": range, "text": piece }]));
    }

    fn ask(&mut self, path: &str) {
        let line = self.random.below(25);
        let position = json!({ "line": line, "character": self.random.below(60) });
        let range = json!({ "start": position, "end": { "line": line + 3, "character": 0 } });
        let mut params = json!({
            "textDocument": { "uri": uri(path) }, "position": position, "range": range, "newName": "other", "ch": "}",
            "context": { "includeDeclaration": true, "diagnostics": [] }, "previousResultId": "1",
            "options": { "tabSize": 2, "insertSpaces": true }, "positions": [position],
        });
        let method = match self.random.below(5) {
            0 => format!("textDocument/{}", self.random.pick(&OF_DOCUMENTS)),
            1 if self.random.below(3) == 0 => {
                params = json!({ "query": "we" });
                "workspace/symbol".to_owned()
            }
            1 => "textDocument/selectionRange".to_owned(),
            _ => format!("textDocument/{}", self.random.pick(&AT_PLACES)),
        };
        self.editor.start(&method, params);
        self.asked += 1;
    }

    fn nonsense(&mut self) {
        let methods = [
            "textDocument/nonsense",
            "textDocument/didChange",
            "textDocument/didOpen",
            "$/what",
            "workspace/didChangeWatchedFiles",
            "textDocument/hover",
        ];
        let params = [
            json!(null),
            json!(7),
            json!([]),
            json!({ "textDocument": { "uri": "%%%" } }),
            json!({ "changes": [{ "uri": "file://", "type": 9 }] }),
        ];
        let (method, params) = (*self.random.pick(&methods), self.random.pick(&params).clone());
        self.editor.tell(method, params.clone());
        self.editor.start(method, params);
        self.asked += 1;
    }

    /// What was told of each file, against a fresh workspace.
    fn compare(&mut self, seed: u64) {
        self.editor.settle();
        for message in &self.editor.heard {
            let text = serde_json::to_string(message).unwrap();
            assert!(!text.contains("a defect of it"), "seed {seed}: {text}");
        }
        let mut answered = BTreeSet::new();
        for message in &self.editor.heard {
            if let server::Message::Response(response) = message {
                assert!(
                    answered.insert(response.id.clone()),
                    "seed {seed}: two answers to {:?}",
                    response.id
                );
            }
        }
        // `initialize` was asked too.
        let asked = self.asked + usize::from(!self.initialized);
        assert_eq!(answered.len(), asked, "seed {seed}: something was not answered");
        let mut files = self.disk.clone();
        files.extend(self.open.clone());
        let files: Vec<(&str, &str)> =
            files.iter().map(|(path, text)| (&**path, &**text)).collect();
        for (path, _) in FILES {
            let empty = json!([]);
            let found = self.editor.published.get(&uri(path)).unwrap_or(&empty).as_array().unwrap();
            let mut found: Vec<String> = found.iter().map(told).collect();
            let mut expected = cold(&files, path);
            found.sort();
            expected.sort();
            assert_eq!(lines(&found), lines(&expected), "seed {seed}: {path}: {files:#?}");
        }
    }
}

/// Without columns, which count other units here and there.
fn lines(told: &[String]) -> Vec<String> {
    let mut lines: Vec<String> = told
        .iter()
        .map(|told| {
            let (place, rest) = told.split_once(' ').unwrap();
            format!("{} {}", place.split(':').next().unwrap(), rest.lines().next().unwrap())
        })
        .collect();
    lines.sort();
    lines
}

fn position(text: &str, at: usize) -> Value {
    let before = &text[..at];
    let line = before.matches('\n').count();
    let column = before.rsplit('\n').next().unwrap().encode_utf16().count();
    json!({ "line": line, "character": column })
}
