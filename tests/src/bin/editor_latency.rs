//! How long an editor waits: `cargo run --profile heavy -p depc-tests --bin editor_latency -- 1000 one`.
//!
//! The first argument is a number of services, the second `one` for all in one file or `each` for a file each. The
//! server runs in this process; times are those from a message to what answers it, without the transport.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

use std::time::{Duration, Instant};

use serde_json::json;
use tests::editor::{Editor, uri};

const EDITS: usize = 60;

fn service(number: usize, all: usize, of: &str) -> String {
    let other = (number + 1) % all;
    format!(
        "s{number} = Service {{\n  image = \"r/s{number}:v1\"\n  ports {{ http = {} }}\n  scale = 1..3\n  env {{ NEXT_URL = {of}s{other}.endpoints.http.url, LEVEL = \"info\" }}\n}}\n",
        1000 + number % 60_000
    )
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let count: usize = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(1000);
    let each = arguments.next().as_deref() == Some("each");
    let mut files: Vec<(String, String)> = Vec::new();
    match each {
        false => {
            let services: String = (0..count).map(|n| service(n, count, "") + "\n").collect();
            files.push(("app.dep".to_owned(), format!("use std.workload.Service\n\n{services}")));
        }
        true => {
            for n in 0..count {
                let next = (n + 1) % count;
                let text = service(n, count, &format!("f{next}."));
                let uses =
                    format!("use std.workload.Service\nuse \"./s{next}.dep\" as f{next}\n\n");
                files.push((format!("s{n}.dep"), uses + &text));
            }
        }
    }
    let path = files[0].0.clone();
    let texts: Vec<(&str, &str)> = files.iter().map(|(path, text)| (&**path, &**text)).collect();
    let start = Instant::now();
    let mut editor = Editor::new(&texts);
    editor.open(&path);
    editor.settle();
    println!("{count} services, all checked: {:?}", start.elapsed());
    let text = files[0].1.clone();
    let line_of =
        |needle: &str| text.lines().position(|line| line.contains(needle)).unwrap() as u32;
    let image = line_of("r/s0:v1");
    let at = |line: u32, character: u32| json!({ "line": line, "character": character });
    let mut typed = Vec::new();
    for edit in 0..EDITS {
        let (from, to) = if edit == 0 { (16, 16) } else { (16, 17) };
        let range = json!({ "start": at(image, from), "end": at(image, to) });
        let digit = (edit % 10).to_string();
        let start = Instant::now();
        editor.change(&path, json!([{ "range": range, "text": digit }]));
        editor.settle();
        typed.push(start.elapsed());
    }
    report("the next key in the same item, to its problems", &mut typed);
    if !each {
        let mut others = Vec::new();
        for edit in 0..EDITS.min(count) {
            let line = line_of(&format!("r/s{}:v1", edit * (count / EDITS).max(1)));
            let range = json!({ "start": at(line, 11), "end": at(line, 12) });
            let start = Instant::now();
            editor.change(&path, json!([{ "range": range, "text": "q" }]));
            editor.settle();
            others.push(start.elapsed());
        }
        report("the first key in another item", &mut others);
        let end = text.lines().count() as u32;
        let mut new = Vec::new();
        for edit in 0..20 {
            let range = json!({ "start": at(end, 0), "end": at(end, 0) });
            let item = format!("n{edit} = Service {{ image = \"r/n:v1\" }}\n");
            let start = Instant::now();
            editor.change(&path, json!([{ "range": range, "text": item }]));
            editor.settle();
            new.push(start.elapsed());
        }
        report("a new item", &mut new);
    }
    let document = json!({ "uri": uri(&path) });
    let requests = [("hover", image, 4), ("completion", image, 2), ("definition", image, 3)];
    for (method, line, character) in requests {
        let mut times = Vec::new();
        for _ in 0..EDITS {
            let params = json!({ "textDocument": document, "position": at(line, character) });
            let start = Instant::now();
            editor.ask(&format!("textDocument/{method}"), params);
            times.push(start.elapsed());
        }
        report(method, &mut times);
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let memory = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default();
    println!("{memory}");
}

fn report(what: &str, times: &mut [Duration]) {
    times.sort();
    let at = |share: usize| times[(times.len() * share / 100).min(times.len() - 1)];
    println!("{what}: median {:?}, 99th percentile {:?}", at(50), at(99));
}
