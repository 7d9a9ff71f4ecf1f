//! How long an editor waits: `editor_latency DEPC FOLDER`, for a folder that `tests/bench/gen` wrote.
//!
//! `DEPC lsp` runs as it does for an editor; times are those from a message that is written to what answers it being
//! read, over its standard input and output. Each edit makes a mistake or takes it back, so that there is something
//! to be published.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tests::stdio::Served;

/// How often each is measured.
const TIMES: usize = 100;

struct Measured {
    served: Served,
    /// The file that is edited, and its text.
    path: String,
    text: String,
    version: i32,
}

fn main() {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(depc), Some(folder)) = (arguments.next(), arguments.next()) else {
        println!("usage: editor_latency DEPC FOLDER");
        return;
    };
    let (depc, folder) = (depc.canonicalize().unwrap(), folder.canonicalize().unwrap());
    let start = Instant::now();
    let mut served = Served::start(&depc, &folder, json!({}));
    served.settle();
    println!("all is checked: {:?}", start.elapsed());
    let split = folder.join("services").is_dir();
    let files = services(&folder, split);
    let mut measured = Measured::open(served, &folder, &files[0]);
    measured.report("the first file that is opened is known", |m| {
        let start = Instant::now();
        m.served.settle();
        Some(start.elapsed())
    });
    measured.next_key();
    match split {
        false => measured.first_keys(),
        true => {
            // The first key in another item is one in another file.
            let mut times = Vec::new();
            for file in files.iter().skip(1).take(TIMES) {
                measured = Measured::open(measured.served, &folder, file);
                measured.served.settle();
                times.push(measured.wrong("  http = ", "  httq = "));
            }
            told("the first key in another item", &mut times);
            measured = Measured::open(measured.served, &folder, &files[0]);
        }
    }
    measured.new_items();
    measured.in_overlay(&folder, split);
    measured.requests();
    measured.served.settle();
    let memory = |field| measured.served.memory(field).unwrap_or_default() / 1024;
    println!("memory: {} MiB, at most {} MiB", memory("VmRSS"), memory("VmHWM"));
    assert!(measured.served.end(), "the server ends as it should");
}

/// The files in which services are, as seen from the folder.
fn services(folder: &Path, split: bool) -> Vec<String> {
    if !split {
        return vec!["services.dep".to_owned()];
    }
    let found = std::fs::read_dir(folder.join("services")).unwrap();
    let name = |entry: std::io::Result<std::fs::DirEntry>| entry.unwrap().file_name().into_string();
    let mut found: Vec<String> =
        found.map(|entry| format!("services/{}", name(entry).unwrap())).collect();
    found.sort();
    found
}

fn position(text: &str, at: usize) -> Value {
    let before = &text[..at];
    let column = before.rsplit('\n').next().unwrap().encode_utf16().count();
    json!({ "line": before.matches('\n').count(), "character": column })
}

impl Measured {
    fn open(mut served: Served, folder: &Path, path: &str) -> Self {
        let text = std::fs::read_to_string(folder.join(path)).unwrap();
        let uri = served.uri(path);
        let document = json!({ "uri": uri, "languageId": "dep", "version": 1, "text": text });
        served.tell("textDocument/didOpen", json!({ "textDocument": document }));
        Self { served, path: path.to_owned(), text, version: 1 }
    }

    fn report(&mut self, what: &str, mut run: impl FnMut(&mut Self) -> Option<Duration>) {
        let mut times: Vec<Duration> = run(self).into_iter().collect();
        told(what, &mut times);
    }

    /// Replaces a stretch of the text.
    fn change(&mut self, at: usize, length: usize, new: &str) -> Instant {
        // A key comes when all is known of the one before, as it does of who types.
        self.served.settle();
        let (start, end) = (position(&self.text, at), position(&self.text, at + length));
        self.text.replace_range(at..at + length, new);
        self.version += 1;
        let uri = self.served.uri(&self.path);
        let params = json!({
            "textDocument": { "uri": uri, "version": self.version },
            "contentChanges": [{ "range": { "start": start, "end": end }, "text": new }],
        });
        let now = Instant::now();
        self.served.tell("textDocument/didChange", params);
        now
    }

    /// How long it takes until diagnostics of the file are published, after the first of one text became another.
    fn wrong(&mut self, from: &str, to: &str) -> Duration {
        let at = self.text.find(from).unwrap();
        let start = self.change(at, from.len(), to);
        let path = self.path.clone();
        self.served.publishes(&path) - start
    }

    fn next_key(&mut self) {
        let mut times = Vec::new();
        self.wrong("  http = ", "  httq = ");
        self.wrong("  httq = ", "  http = ");
        for _ in 0..TIMES / 2 {
            times.push(self.wrong("  http = ", "  httq = "));
            times.push(self.wrong("  httq = ", "  http = "));
        }
        told("the next key in the same item", &mut times);
    }

    /// A mistake in one item after the other. It is taken back where the next one is not measured.
    fn first_keys(&mut self) {
        let mut times = Vec::new();
        let count = self.text.matches("  http = ").count();
        let path = self.path.clone();
        for at in (1..count).step_by((count / TIMES).max(1)) {
            let (place, key) = self.text.match_indices("  http = ").nth(at).unwrap();
            let length = key.len();
            let start = self.change(place, length, "  httq = ");
            times.push(self.served.publishes(&path) - start);
            self.wrong("  httq = ", "  http = ");
        }
        told("the first key in another item", &mut times);
    }

    fn new_items(&mut self) {
        let mut times = Vec::new();
        let path = self.path.clone();
        for number in 0..TIMES / 2 {
            let item = format!("\nnew{number} = nothing{number}\n");
            let start = self.change(self.text.len(), 0, &item);
            times.push(self.served.publishes(&path) - start);
            let start = self.change(self.text.len() - item.len(), item.len(), "");
            times.push(self.served.publishes(&path) - start);
        }
        told("a new item", &mut times);
    }

    /// What is bound without `default` cannot be bound again by the overlay, which is open too.
    fn in_overlay(&mut self, folder: &Path, split: bool) {
        let base = self.path.clone();
        // An overlay changes every other service.
        let path = if split { "services/svc_00001.dep" } else { &base };
        if path != base {
            let text = std::fs::read_to_string(folder.join(path)).unwrap();
            let uri = self.served.uri(path);
            let document = json!({ "uri": uri, "languageId": "dep", "version": 1, "text": text });
            self.served.tell("textDocument/didOpen", json!({ "textDocument": document }));
            (self.path, self.text) = (path.to_owned(), text);
        }
        let prod = std::fs::read_to_string(folder.join("prod.dep")).unwrap();
        let uri = self.served.uri("prod.dep");
        let document = json!({ "uri": uri, "languageId": "dep", "version": 1, "text": prod });
        self.served.tell("textDocument/didOpen", json!({ "textDocument": document }));
        self.served.settle();
        let of_it = self.text.find("svc_00001 = ").unwrap();
        let place = of_it + self.text[of_it..].find("default max").unwrap();
        let mut times = Vec::new();
        for _ in 0..TIMES / 4 {
            let start = self.change(place, "default ".len(), "");
            times.push(self.served.publishes("prod.dep") - start);
            let start = self.change(place, 0, "default ");
            times.push(self.served.publishes("prod.dep") - start);
        }
        self.served.settle();
        told("an edit in a base, to the overlay's problems", &mut times);
    }

    fn requests(&mut self) {
        let document = json!({ "uri": self.served.uri(&self.path) });
        let item = self.text.find("svc_00001 = ").unwrap();
        let of =
            |needle: &str| position(&self.text, item + self.text[item..].find(needle).unwrap());
        let at = |position: Value| json!({ "textDocument": document, "position": position });
        let line = of("team = ")["line"].as_u64().unwrap();
        let view = json!({ "start": { "line": line, "character": 0 }, "end": { "line": line + 60, "character": 0 } });
        let in_view = json!({ "textDocument": document, "range": view });
        let whole = json!({ "textDocument": document });
        let mut references = at(of("svc_00001"));
        references["context"] = json!({ "includeDeclaration": true });
        let empty = self.text[item..].find("  team").unwrap() + item + 2;
        let all = [
            ("hover", at(of("http")), TIMES),
            ("hover", at(of("max")), TIMES),
            ("completion", at(position(&self.text, empty)), TIMES),
            ("completion", at(of("App")), TIMES),
            ("definition", at(of("App")), TIMES),
            ("references", references.clone(), TIMES / 5),
            ("documentHighlight", references, TIMES / 5),
            ("semanticTokens/range", in_view.clone(), TIMES),
            ("semanticTokens/full", whole.clone(), TIMES / 5),
            ("inlayHint", in_view, TIMES),
            ("codeLens", whole.clone(), TIMES / 5),
            ("documentSymbol", whole.clone(), TIMES / 5),
            ("foldingRange", whole, TIMES / 5),
        ];
        for (method, params, count) in all {
            let mut times = Vec::new();
            let method = format!("textDocument/{method}");
            for _ in 0..count {
                let start = Instant::now();
                let id = self.served.begin(&method, params.clone());
                let (end, answer) = self.served.answer(&id);
                assert!(answer.is_ok_and(|answer| !answer.is_null()), "{method}");
                times.push(end - start);
            }
            told(&method, &mut times);
        }
    }
}

fn told(what: &str, times: &mut [Duration]) {
    times.sort();
    let at = |share: usize| {
        let time = times[(times.len() * share / 100).min(times.len() - 1)];
        format!("{:.1} ms", time.as_secs_f64() * 1000.0)
    };
    println!("{what}: median {}, 99th percentile {}", at(50), at(99));
}
