//! What a session with the language server is besides answers: requests that are taken back, interrupted or fail,
//! folders that come and go, progress, virtual documents, and what runs after an edit.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant};

use analysis::db::Log;
use analysis::parse::parsed;
use analysis::workspace::Workspace;
use serde_json::{Value, json};
use server::{Further, Message};
use tests::editor::{Editor, listed, uri};

const APP: &str = "use std.workload.Service\n\ninput tag: Str = \"v1.0.0\"\n\napp = Service {\n  image = \"ghcr.io/your-org/app:\\(tag)\"\n  ports { http = 8080 }\n  scale = 2..4\n  env { GIT = git.endpoints.http.url }\n}\n\ngit = Service {\n  image = \"ghcr.io/your-org/git:v1\"\n  ports { http = 8021 }\n}\n";
const PROD: &str = "overlay \"./app.dep\"\n\noverride app.scale = 3..9\n";

fn at(line: u32, character: u32) -> Value {
    json!({ "line": line, "character": character })
}

fn document(path: &str) -> Value {
    json!({ "textDocument": { "uri": uri(path) } })
}

/// One change: what stands between two places of a line becomes a text.
fn typed(line: u32, from: u32, to: u32, text: &str) -> Value {
    json!([{ "range": { "start": at(line, from), "end": at(line, to) }, "text": text }])
}

/// The position of a text, and a few characters into it.
fn place(text: &str, needle: &str, within: usize) -> Value {
    let at = text.find(needle).unwrap() + within;
    let line = text[..at].matches('\n').count();
    json!({ "line": line, "character": text[..at].rsplit('\n').next().unwrap().len() })
}

/// Asks queries of a workspace until it is made to give up.
fn endless(workspace: &Workspace) -> Value {
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(60) {
        let db = workspace.db();
        for item in workspace.modules().into_iter().flat_map(|module| module.items(db)) {
            parsed(db, *item);
        }
    }
    panic!("nobody made it give up");
}

#[test]
fn a_request_that_is_being_answered_can_be_taken_back() {
    let (began, begins) = mpsc::channel();
    let began = Mutex::new(began);
    let run: Further = Arc::new(move |workspace: &Workspace, _: &Value| {
        began.lock().unwrap().send(()).unwrap();
        endless(workspace)
    });
    let mut editor = Editor::prepared(&[("app.dep", APP)], json!({}), &["files"], |server| {
        server.answer_with("test/endless", run);
    });
    editor.open("app.dep");
    editor.settle();
    let id = editor.start("test/endless", document("app.dep"));
    begins.recv().unwrap();
    editor.tell("$/cancelRequest", json!({ "id": 2 }));
    editor.nudge();
    assert!(editor.answer_to(&id).unwrap().unwrap_err().starts_with("-32800"));
    // The next one has the thread, which is free at once.
    let start = Instant::now();
    assert!(!editor.ask("textDocument/foldingRange", document("app.dep")).is_null());
    assert!(start.elapsed() < Duration::from_secs(50));
    let answers = editor.heard.iter().filter(|message| match message {
        Message::Response(response) => response.id == id,
        _ => false,
    });
    assert_eq!(answers.count(), 1);
}

#[test]
fn a_request_that_an_edit_interrupts_is_answered_of_the_new_text() {
    let (began, begins) = mpsc::channel();
    let (began, runs) = (Mutex::new(began), AtomicUsize::new(0));
    let run: Further = Arc::new(move |workspace: &Workspace, _: &Value| {
        if runs.fetch_add(1, Ordering::SeqCst) > 0 {
            return json!(workspace.text("app.dep").unwrap().contains("9090"));
        }
        began.lock().unwrap().send(()).unwrap();
        endless(workspace)
    });
    let mut editor = Editor::prepared(&[("app.dep", APP)], json!({}), &["files"], |server| {
        server.answer_with("test/endless", run);
    });
    editor.open("app.dep");
    editor.settle();
    let id = editor.start("test/endless", document("app.dep"));
    begins.recv().unwrap();
    editor.change("app.dep", typed(6, 17, 21, "9090"));
    editor.settle();
    assert_eq!(editor.answer_to(&id), Some(Ok(json!(true))));
}

#[test]
fn a_panic_in_a_request_is_an_error_and_the_server_lives() {
    let run: Further = Arc::new(|_: &Workspace, _: &Value| panic!("out of ideas"));
    let mut editor = Editor::prepared(&[("app.dep", APP)], json!({}), &["files"], |server| {
        server.answer_with("test/panic", run);
    });
    editor.open("app.dep");
    let before = editor.problems("app.dep");
    let failed = editor.answer("test/panic", document("app.dep")).unwrap_err();
    assert!(failed.starts_with("-32603") && failed.contains("out of ideas"), "{failed}");
    // The disk of the tests fails for this page, on the thread that takes the messages.
    let page = json!({ "uri": "depc:/page/E0000.md" });
    let failed = editor.answer("workspace/textDocumentContent", page).unwrap_err();
    assert!(failed.starts_with("-32603") && failed.contains("a defect of it"), "{failed}");
    assert!(!editor.ask("textDocument/foldingRange", document("app.dep")).is_null());
    editor.change("app.dep", typed(6, 2, 7, "prots"));
    assert_ne!(editor.problems("app.dep"), before);
    editor.change("app.dep", typed(6, 2, 7, "ports"));
    assert_eq!(editor.problems("app.dep"), before);
}

#[test]
fn folders_come_and_go() {
    let wrong = APP.replace("ports", "prots");
    let files = [("a/app.dep", &*wrong), ("b/app.dep", &*wrong)];
    let mut editor = Editor::prepared(&files, json!({}), &["files/a"], |_| {});
    let has = |editor: &mut Editor, path: &str| {
        editor.problems(path).iter().any(|told| told.contains("prots"))
    };
    assert!(has(&mut editor, "a/app.dep") && !has(&mut editor, "b/app.dep"));
    let event = json!({ "added": [listed("files/b")], "removed": [] });
    editor.tell("workspace/didChangeWorkspaceFolders", json!({ "event": event }));
    assert!(has(&mut editor, "a/app.dep") && has(&mut editor, "b/app.dep"));
    let event = json!({ "added": [], "removed": [listed("files/a")] });
    editor.tell("workspace/didChangeWorkspaceFolders", json!({ "event": event }));
    assert!(!has(&mut editor, "a/app.dep") && has(&mut editor, "b/app.dep"));
    // What is there is still edited and told.
    editor.open("b/app.dep");
    editor.set("b/app.dep", APP);
    assert!(!has(&mut editor, "b/app.dep"));
}

#[test]
fn what_is_open_is_looked_at_first_whatever_uses_it() {
    let all = "use \"./services/a.dep\" as a\n\nout = a.name\n";
    let mut editor = Editor::new(&[("all.dep", all), ("services/a.dep", "name = \"v\"\n")]);
    editor.open("services/a.dep");
    editor.settle();
    editor.told.clear();
    editor.set("services/a.dep", "nam = nothing\n");
    editor.settle();
    assert_eq!(editor.told.first(), Some(&uri("services/a.dep")));
    assert!(editor.told.contains(&uri("all.dep")));
}

#[test]
fn long_work_shows_how_far_it_is() {
    let files: Vec<(String, String)> =
        (0..120).map(|n| (format!("p{n}.dep"), format!("a = {n}\n"))).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (&**path, &**text)).collect();
    let shows = json!({ "window": { "workDoneProgress": true } });
    let editor = Editor::with(&files, shows);
    let mut created = None;
    let mut told: Vec<Value> = Vec::new();
    for message in &editor.heard {
        match message {
            Message::Request(request) if request.method == "window/workDoneProgress/create" => {
                assert!(created.is_none(), "one piece of work");
                created = Some(request.params["token"].clone());
            }
            Message::Notification(notification) if notification.method == "$/progress" => {
                assert_eq!(Some(&notification.params["token"]), created.as_ref());
                told.push(notification.params["value"].clone());
            }
            _ => {}
        }
    }
    assert_eq!(told.first().unwrap()["kind"], "begin");
    assert_eq!(told.last().unwrap()["kind"], "end");
    let reports: Vec<u64> = told.iter().filter_map(|value| value["percentage"].as_u64()).collect();
    assert!(reports.len() > 1 && reports.is_sorted(), "{told:?}");
    // A client that shows none is asked for none, and a few programs are no long work.
    let quiet = Editor::new(&files);
    let few = Editor::with(&files[..10], json!({ "window": { "workDoneProgress": true } }));
    for message in quiet.heard.iter().chain(&few.heard) {
        assert!(!matches!(message, Message::Notification(told) if told.method == "$/progress"));
    }
}

/// Tokens with absolute lines and columns.
fn absolute(data: &Value) -> Vec<[u64; 5]> {
    let data: Vec<u64> = data.as_array().unwrap().iter().map(|n| n.as_u64().unwrap()).collect();
    let (mut line, mut start) = (0, 0);
    let place = |token: &[u64]| {
        line += token[0];
        start = if token[0] == 0 { start + token[1] } else { token[1] };
        [line, start, token[2], token[3], token[4]]
    };
    data.chunks(5).map(place).collect()
}

#[test]
fn semantic_tokens_come_as_a_whole_as_a_range_and_as_what_changed() {
    let mut editor = Editor::new(&[("app.dep", APP)]);
    editor.open("app.dep");
    let full = editor.ask("textDocument/semanticTokens/full", document("app.dep"));
    let mut params = document("app.dep");
    params["range"] = json!({ "start": at(4, 0), "end": at(7, 0) });
    let range = editor.ask("textDocument/semanticTokens/range", params);
    let within: Vec<[u64; 5]> =
        absolute(&full["data"]).into_iter().filter(|token| (4..7).contains(&token[0])).collect();
    assert!(!within.is_empty());
    assert_eq!(absolute(&range["data"]), within);

    let mut data: Vec<Value> = full["data"].as_array().unwrap().clone();
    let mut id = full["resultId"].clone();
    let edits =
        [typed(6, 2, 2, "// A comment.\n  "), typed(2, 6, 9, "version"), typed(0, 0, 0, "")];
    for edit in edits {
        editor.change("app.dep", edit);
        let mut params = document("app.dep");
        params["previousResultId"] = id.clone();
        let delta = editor.ask("textDocument/semanticTokens/full/delta", params);
        assert_ne!(delta["resultId"], id);
        id = delta["resultId"].clone();
        for edit in delta["edits"].as_array().unwrap() {
            let start = edit["start"].as_u64().unwrap() as usize;
            let gone = edit["deleteCount"].as_u64().unwrap() as usize;
            let new = edit["data"].as_array().unwrap().clone();
            assert!(new.len() < data.len() / 2, "only what changed");
            data.splice(start..start + gone, new);
        }
    }
    let mut params = document("app.dep");
    params["previousResultId"] = json!("of another session");
    let whole = editor.ask("textDocument/semanticTokens/full/delta", params);
    assert_eq!(whole["data"], json!(data), "edits lead to what there is");
}

#[test]
fn edits_count_what_was_agreed_on() {
    let text = "a = \"ä𝄞x\"\n";
    for (encodings, from, to) in [(json!([]), 8, 9), (json!(["utf-8"]), 11, 12)] {
        let general = json!({ "general": { "positionEncodings": encodings } });
        let mut editor = Editor::with(&[("app.dep", text)], general);
        editor.open("app.dep");
        editor.change("app.dep", typed(0, from, to, "y"));
        let hints = editor.ask("textDocument/formatting", {
            let mut params = document("app.dep");
            params["options"] = json!({ "tabSize": 2, "insertSpaces": true });
            params
        });
        assert_eq!(hints, json!([]));
        editor.change("app.dep", typed(0, from, to + 1, "\" + nothing"));
        let column = if from == 8 { 13 } else { 16 };
        let found = editor.problems("app.dep");
        assert!(found[0].starts_with(&format!("1:{column} E0101")), "{found:?}");
    }
}

#[test]
fn modules_of_the_library_are_answered_for_as_files_are() {
    let mut editor = Editor::new(&[("app.dep", APP)]);
    editor.open("app.dep");
    let mut params = document("app.dep");
    params["position"] = place(APP, "Service {", 1);
    let found = editor.ask("textDocument/definition", params);
    let library = found[0]["uri"].as_str().unwrap().to_owned();
    assert_eq!(library, "depc:/library/std.workload.dep");
    let text = editor.ask("workspace/textDocumentContent", json!({ "uri": library }));
    let text = text["text"].as_str().unwrap().to_owned();
    // As an editor does that shows the document.
    let opened = json!({ "uri": library, "languageId": "dep", "version": 1, "text": text });
    editor.tell("textDocument/didOpen", json!({ "textDocument": opened }));
    let within = json!({ "uri": library });
    let ask = |editor: &mut Editor, method: &str, position: Value| {
        let mut params = json!({ "textDocument": within, "position": position });
        params["context"] = json!({ "includeDeclaration": true });
        editor.ask(&format!("textDocument/{method}"), params)
    };
    let extends = place(&text, "Service extends Workload", 18);
    let found = ask(&mut editor, "definition", extends.clone());
    assert_eq!(found[0]["uri"], library);
    assert_eq!(found[0]["range"]["start"], place(&text, "schema Workload", 7));
    let elsewhere = ask(&mut editor, "definition", place(&text, "startup?: Probe", 11));
    assert_eq!(elsewhere[0]["uri"], "depc:/library/std.pods.dep");
    let hover = ask(&mut editor, "hover", extends);
    assert!(hover["contents"]["value"].as_str().unwrap().contains("schema Workload"), "{hover}");
    let symbols = ask(&mut editor, "documentSymbol", at(0, 0));
    let names: Vec<&str> =
        symbols.as_array().unwrap().iter().map(|symbol| symbol["name"].as_str().unwrap()).collect();
    assert!(names.contains(&"Workload") && names.contains(&"Service"), "{names:?}");
    let users = ask(&mut editor, "references", place(&text, "schema Service", 8));
    let users: Vec<&str> =
        users.as_array().unwrap().iter().map(|user| user["uri"].as_str().unwrap()).collect();
    assert!(users.contains(&&*uri("app.dep")) && users.contains(&&*library), "{users:?}");
    let tokens = ask(&mut editor, "semanticTokens/full", at(0, 0));
    assert!(tokens["data"].as_array().unwrap().len() > 500);
    // One that no program uses is there too, and one that is not there is none.
    let unused = json!({ "textDocument": { "uri": "depc:/library/std.semver.dep" } });
    let symbols = editor.ask("textDocument/documentSymbol", unused);
    assert!(!symbols.as_array().unwrap().is_empty());
    let none = json!({ "textDocument": { "uri": "depc:/library/std.nothing.dep" } });
    assert_eq!(editor.ask("textDocument/documentSymbol", none), Value::Null);
    assert_eq!(editor.problems("app.dep"), [""; 0]);
}

#[test]
fn the_graph_is_a_document_whose_lines_lead_to_their_source_and_back() {
    let refresh = json!({ "workspace": { "textDocumentContent": {} } });
    let mut editor = Editor::with(&[("app.dep", APP), ("prod.dep", PROD)], refresh);
    editor.open("app.dep");
    let content = |editor: &mut Editor, ending: &str| {
        let uri = format!("depc:/graph/files/prod.dep.{ending}");
        let found = editor.ask("workspace/textDocumentContent", json!({ "uri": uri }));
        found["text"].as_str().unwrap().to_owned()
    };
    let text = content(&mut editor, "txt");
    assert_eq!(text, "app: Service\n  → git: endpoints.http\ngit: Service\n");
    assert!(content(&mut editor, "mmd").contains("c0 -->|\"endpoints.http\"| c1"));
    assert!(content(&mut editor, "dot").starts_with("digraph {"));
    let source = |editor: &mut Editor, ending: &str, line: u32| {
        let uri = format!("depc:/graph/files/prod.dep.{ending}");
        let place = json!({ "textDocument": { "uri": uri }, "position": at(line, 2) });
        editor.ask("textDocument/definition", place)
    };
    for (ending, line, start) in [
        ("txt", 0, place(APP, "app = Service", 0)),
        ("txt", 1, place(APP, "git.endpoints", 0)),
        ("txt", 2, place(APP, "git = Service", 0)),
        ("mmd", 1, place(APP, "app = Service", 0)),
        ("mmd", 3, place(APP, "git.endpoints", 0)),
        ("dot", 4, place(APP, "git.endpoints", 0)),
    ] {
        let found = source(&mut editor, ending, line);
        assert_eq!(found[0]["uri"], uri("app.dep"), "{ending} {line}: {found}");
        assert_eq!(found[0]["range"]["start"], start, "{ending} {line}");
    }
    assert_eq!(source(&mut editor, "dot", 0), json!([]));
    let arguments = json!([uri("app.dep"), place(APP, "8021", 0)]);
    let command = json!({ "command": "depc.drawn", "arguments": arguments });
    let back = editor.ask("workspace/executeCommand", command);
    assert_eq!(back["uri"], "depc:/graph/files/app.dep.txt");
    assert_eq!(back["range"]["start"], at(2, 0));
    // An edit makes it another one, and the client is told of each that it was shown.
    let before = editor.heard.len();
    editor.set("app.dep", &APP.replace("git.endpoints.http.url", "git.name"));
    editor.settle();
    let told = editor.heard[before..].iter().filter(|message| {
        let Message::Request(request) = message else { return false };
        request.method == "workspace/textDocumentContent/refresh"
    });
    assert_eq!(told.count(), 3);
    assert_eq!(content(&mut editor, "txt"), "app: Service\n  → git: name\ngit: Service\n");
    editor.set("app.dep", &APP.replace("ports", "prots"));
    let wrong = content(&mut editor, "mmd");
    assert!(
        wrong.starts_with("%% prod.dep has no graph while it has errors:\n%% app.dep:"),
        "{wrong}"
    );
    let none = json!({ "uri": "depc:/graph/files/prod.dep.png" });
    assert!(editor.answer("workspace/textDocumentContent", none).is_err());
}

/// How often each query ran since this was asked last.
fn executed(log: &Log) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for line in log.lock().unwrap().drain(..) {
        *counts.entry(line.split('(').next().unwrap().to_owned()).or_default() += 1;
    }
    counts
}

#[test]
fn what_runs_for_an_editor_does_not_grow_with_the_file() {
    let ran = |services: usize| {
        let all: String = (0..services)
            .map(|n| {
                let next = (n + 1) % services;
                format!("s{n} = Service {{\n  image = \"r/s{n}:v1\"\n  ports {{ http = 8080 }}\n  env {{ LEVEL = \"info{n}\", NEXT = s{next}.endpoints.http.url }}\n}}\n")
            })
            .collect();
        let app = format!("use std.workload.Service\n\n{all}");
        let prod = "overlay \"./app.dep\"\n\noverride s1.env.LEVEL = \"warn\"\n";
        let log = Log::default();
        let files = [("app.dep", &*app), ("prod.dep", prod)];
        let mut editor = Editor::prepared(&files, json!({}), &["files"], |server| {
            server.log_queries(log.clone());
        });
        editor.open("app.dep");
        editor.open("prod.dep");
        assert_eq!(editor.problems("app.dep"), [""; 0]);
        executed(&log);
        let mut all = Vec::new();
        let mut edit = |editor: &mut Editor, what: &'static str, place: Value, text: &str| {
            let range = json!({ "start": place, "end": place });
            editor.change("app.dep", json!([{ "range": range, "text": text }]));
            editor.settle();
            all.push((what, executed(&log)));
        };
        edit(&mut editor, "a key inside an item", place(&app, "info2", 4), "r");
        edit(&mut editor, "the next key", place(&app, "info2", 5), "m");
        edit(&mut editor, "the first key in another item", place(&app, "info3", 4), "r");
        let end = app.matches('\n').count() as u32;
        edit(&mut editor, "a new item", at(end, 0), "new = Service { image = \"r/n:v1\" }\n");
        edit(&mut editor, "a base that an overlay changes", place(&app, "info1", 4), "r");
        let mut ask = |editor: &mut Editor, method: &'static str, needle: &str| {
            let mut params = document("app.dep");
            params["position"] = place(&app, needle, 1);
            params["range"] = json!({ "start": at(2, 0), "end": at(12, 0) });
            assert!(!editor.ask(method, params).is_null());
            all.push((method, executed(&log)));
        };
        ask(&mut editor, "textDocument/hover", "image");
        ask(&mut editor, "textDocument/completion", "ports");
        ask(&mut editor, "textDocument/inlayHint", "ports");
        // All of the file is looked at once, and nothing when it is asked again.
        ask(&mut editor, "textDocument/codeLens", "ports");
        executed(&log);
        for method in ["textDocument/codeLens", "textDocument/inlayHint", "textDocument/hover"] {
            let mut params = document("app.dep");
            params["position"] = place(&app, "image", 1);
            params["range"] = json!({ "start": at(2, 0), "end": at(12, 0) });
            editor.ask(method, params);
            assert_eq!(executed(&log), BTreeMap::new(), "{method}");
        }
        all
    };
    let (few, many) = (ran(6), ran(48));
    for ((what, few), (_, many)) in few.iter().zip(&many) {
        let (mut few, mut many) = (few.clone(), many.clone());
        if *what == "a new item" {
            // Each name is looked at, and means what it did.
            assert!(few.remove("named") < many.remove("named"));
        }
        if *what != "textDocument/codeLens" {
            assert_eq!(few, many, "{what}");
        }
    }
    let of = |what: &str, query: &str| {
        let (_, ran) = few.iter().find(|(known, _)| *known == what).unwrap();
        ran.get(query).copied().unwrap_or(0)
    };
    // In both programs, the overlay's and its own.
    assert_eq!(of("a key inside an item", "elaborate"), 1);
    assert_eq!(of("a key inside an item", "validate"), 2);
    assert_eq!(of("the next key", "validate"), 2);
    assert_eq!(of("the first key in another item", "validate"), 2);
    assert_eq!(of("a base that an overlay changes", "validate"), 2);
}
