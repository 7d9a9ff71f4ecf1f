//! The language server: what is told of which problems when, and that nothing a client says brings it down.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use serde_json::{Value, json};
use tests::editor::{Editor, cold, told, uri};

const APP: &str = "use std.workload.Service\n\ninput tag: Str = \"v1.0.0\"\n\napp = Service {\n  image = \"ghcr.io/your-org/app:\\(tag)\"\n  ports { http = 8080 }\n  scale = 2..4\n}\n";
const PROD: &str = "overlay \"./app.dep\"\n\noverride app.scale = 3..9\n";

fn at(line: u32, character: u32) -> Value {
    json!({ "line": line, "character": character })
}

/// One change: what stands between two places of a line becomes a text.
fn typed(line: u32, from: u32, to: u32, text: &str) -> Value {
    json!([{ "range": { "start": at(line, from), "end": at(line, to) }, "text": text }])
}

#[test]
fn a_mistake_is_told_while_it_is_there() {
    let mut editor = Editor::new(&[("app.dep", APP)]);
    editor.open("app.dep");
    let before = editor.problems("app.dep");
    assert_eq!(before, cold(&[("app.dep", APP)], "app.dep"));
    editor.change("app.dep", typed(6, 2, 7, "prots"));
    let wrong = APP.replace("ports", "prots");
    let found = editor.problems("app.dep");
    assert_eq!(found, cold(&[("app.dep", &wrong)], "app.dep"));
    assert!(found.iter().any(|told| told.contains("prots")), "{found:?}");
    editor.change("app.dep", typed(6, 2, 7, "ports"));
    assert_eq!(editor.problems("app.dep"), before);
}

#[test]
fn an_edit_in_a_base_shows_what_breaks_in_the_overlay() {
    let mut editor = Editor::new(&[("app.dep", APP), ("prod.dep", PROD)]);
    editor.open("app.dep");
    let calm = editor.problems("prod.dep");
    // Without the value in the base there is nothing to override.
    let changed = APP.replace("  scale = 2..4\n", "");
    editor.set("app.dep", &changed);
    let found = editor.problems("prod.dep");
    assert_eq!(found, cold(&[("app.dep", &changed), ("prod.dep", PROD)], "prod.dep"));
    assert_ne!(found, calm);
    editor.set("app.dep", APP);
    assert_eq!(editor.problems("prod.dep"), calm);
}

#[test]
fn a_client_that_asks_is_not_told() {
    let pulls = json!({ "textDocument": { "diagnostic": {} } });
    let mut editor = Editor::with(&[("app.dep", &APP.replace("ports", "prots"))], pulls);
    editor.open("app.dep");
    let document = json!({ "uri": uri("app.dep") });
    let report = editor.ask("textDocument/diagnostic", json!({ "textDocument": document }));
    assert!(editor.published.is_empty());
    assert_eq!(report["kind"], "full");
    assert!(told(&report["items"][0]).contains("E0"), "{report}");
    let again = editor.ask(
        "textDocument/diagnostic",
        json!({ "textDocument": document, "previousResultId": report["resultId"] }),
    );
    assert_eq!(again["kind"], "unchanged");
    let all = editor.ask("workspace/diagnostic", json!({ "previousResultIds": [] }));
    assert_eq!(all["items"][0]["uri"], uri("app.dep"));
    editor.set("app.dep", APP);
    let report = editor.ask("textDocument/diagnostic", json!({ "textDocument": document }));
    let errors = report["items"].as_array().unwrap().iter().filter(|found| found["severity"] == 1);
    assert_eq!(errors.count(), 0, "{report}");
    let previous = json!([{ "uri": uri("app.dep"), "value": all["items"][0]["resultId"] }]);
    let all = editor.ask("workspace/diagnostic", json!({ "previousResultIds": previous }));
    assert_eq!(all["items"][0]["kind"], "full");
}

#[test]
fn files_come_and_go() {
    let mut editor = Editor::new(&[("prod.dep", PROD)]);
    editor.open("prod.dep");
    assert!(editor.problems("prod.dep")[0].contains("E0104"));
    editor.write("app.dep", APP);
    assert_eq!(
        editor.problems("prod.dep"),
        cold(&[("app.dep", APP), ("prod.dep", PROD)], "prod.dep")
    );
    editor.remove("app.dep");
    assert!(editor.problems("prod.dep")[0].contains("E0104"));
    // What is open is there, whether or not it is saved.
    editor.open_as("app.dep", APP);
    assert_eq!(
        editor.problems("prod.dep"),
        cold(&[("app.dep", APP), ("prod.dep", PROD)], "prod.dep")
    );
    editor.close("app.dep");
    assert!(editor.problems("prod.dep")[0].contains("E0104"));
}

#[test]
fn positions_count_what_was_agreed_on() {
    let text = "//! 𝄞\nname = \"ä𝄞\" + nothing\n";
    for (encodings, column) in [(json!([]), 16), (json!(["utf-8", "utf-16"]), 19)] {
        let general = json!({ "general": { "positionEncodings": encodings } });
        let mut editor = Editor::with(&[("app.dep", text)], general);
        editor.open("app.dep");
        let found = editor.problems("app.dep");
        assert!(
            found.iter().any(|told| told.starts_with(&format!("2:{column} E0101"))),
            "{found:?}"
        );
    }
}

#[test]
fn line_breaks_of_all_kinds_are_counted_as_the_client_does() {
    let mut editor = Editor::new(&[]);
    editor.open_as("app.dep", "\u{feff}a = 1\r\nb = 2\r\nc = nothing\r\n");
    assert!(editor.problems("app.dep").iter().any(|told| told.starts_with("3:5 E0101")));
    editor.change("app.dep", typed(2, 4, 11, "b"));
    assert!(!editor.problems("app.dep").iter().any(|told| told.contains("E0101")));
}

#[test]
fn a_fix_and_all_fixes_are_offered() {
    let text = APP.replace("ports", "prots").replace("image", "imgae");
    let mut editor = Editor::new(&[("app.dep", &text)]);
    editor.open("app.dep");
    let whole = json!({ "start": at(0, 0), "end": at(99, 0) });
    let asked = json!({
        "textDocument": { "uri": uri("app.dep") }, "range": whole, "context": { "diagnostics": [] },
    });
    editor.settle();
    let actions = editor.ask("textDocument/codeAction", asked);
    let titles: Vec<&str> = actions
        .as_array()
        .unwrap()
        .iter()
        .map(|action| action["title"].as_str().unwrap())
        .collect();
    assert_eq!(
        titles,
        ["Write `image`", "Write `ports`", "Mend all 2 problems that mend themselves"]
    );
    let edits = &actions[2]["edit"]["documentChanges"][0];
    assert_eq!(edits["textDocument"]["version"], 1);
    assert_eq!(edits["edits"].as_array().unwrap().len(), 2);
    assert_eq!(edits["edits"][0]["newText"], "image");
}

#[test]
fn a_code_leads_to_its_page() {
    let mut editor = Editor::new(&[("app.dep", "a = nothing\n")]);
    editor.open("app.dep");
    editor.settle();
    let found = editor.published[&uri("app.dep")][0].clone();
    assert_eq!(found["codeDescription"]["href"], "depc:/page/E0101.md");
    let page = editor.ask("workspace/textDocumentContent", json!({ "uri": "depc:/page/E0101.md" }));
    assert!(page["text"].as_str().unwrap().starts_with("# E0101"));
    let library = editor
        .ask("workspace/textDocumentContent", json!({ "uri": "depc:/library/std.workload.dep" }));
    assert!(library["text"].as_str().unwrap().contains("schema Service"));
    assert!(editor.answer("workspace/textDocumentContent", json!({ "uri": "depc:/x" })).is_err());
}

#[test]
fn wrong_messages_are_answered_and_change_nothing() {
    let mut editor = Editor::new(&[("app.dep", APP)]);
    editor.open("app.dep");
    let before = editor.problems("app.dep");
    assert!(editor.answer("textDocument/nonsense", json!({})).unwrap_err().starts_with("-32601"));
    assert!(
        editor.answer("textDocument/foldingRange", json!(7)).unwrap_err().starts_with("-32602")
    );
    assert!(editor.answer("initialize", json!({})).unwrap_err().starts_with("-32600"));
    let elsewhere = json!({ "textDocument": { "uri": "untitled:1" } });
    assert_eq!(editor.ask("textDocument/foldingRange", elsewhere), Value::Null);
    editor.tell("textDocument/didChange", json!({ "textDocument": 1 }));
    editor.tell("$/unknown", json!(null));
    editor.change("app.dep", typed(999, 0, 9, ""));
    editor.tell("$/cancelRequest", json!({ "id": 12345 }));
    assert_eq!(editor.problems("app.dep"), before);
    assert_eq!(editor.ask("shutdown", json!(null)), Value::Null);
    assert!(
        editor.answer("textDocument/foldingRange", json!({})).unwrap_err().starts_with("-32600")
    );
}

#[test]
fn a_request_can_be_taken_back() {
    let pulls = json!({ "textDocument": { "diagnostic": {} } });
    let mut editor = Editor::with(&[("app.dep", APP)], pulls);
    editor.open_as("app.dep", &APP.replace("8080", "8081"));
    let document = json!({ "textDocument": { "uri": uri("app.dep") } });
    let id = editor.start("textDocument/diagnostic", document);
    editor.tell("$/cancelRequest", json!({ "id": 2 }));
    editor.settle();
    assert!(editor.answer_to(&id).unwrap().unwrap_err().starts_with("-32800"));
}

#[test]
fn projects_are_apart() {
    let old = "kubernetes = \"1.31\"\n";
    let mut editor = Editor::new(&[
        ("a/dep.toml", old),
        ("a/app.dep", APP),
        ("b/app.dep", &APP.replace("ports", "prots")),
    ]);
    editor.open("a/app.dep");
    assert!(!editor.problems("a/app.dep").iter().any(|told| told.contains("prots")));
    assert!(editor.problems("b/app.dep").iter().any(|told| told.contains("prots")));
    editor.write("a/dep.toml", "kubernetes = \"9.9\"\n");
    assert!(!editor.problems("a/dep.toml").is_empty());
    editor.write("a/dep.toml", old);
    assert_eq!(editor.problems("a/dep.toml"), [""; 0]);
}

#[test]
fn without_a_project_file_a_folder_sees_those_below_it() {
    let lib = "schema Team { pager: Str }\n";
    let app = "use \"./lib/team.dep\" as lib\n\nt = lib.Team { pager = \"a\" }\n";
    let mut editor = Editor::new(&[("app.dep", app), ("lib/team.dep", lib)]);
    editor.open("lib/team.dep");
    assert_eq!(editor.problems("app.dep"), [""; 0]);
    let changed = lib.replace("pager", "phone");
    editor.set("lib/team.dep", &changed);
    let found = editor.problems("app.dep");
    assert_eq!(found, cold(&[("app.dep", app), ("lib/team.dep", &changed)], "app.dep"));
    assert!(!found.is_empty());
    let place = json!({ "textDocument": { "uri": uri("lib/team.dep") }, "position": at(0, 8) });
    let places = editor.ask("textDocument/implementation", place);
    assert_eq!(places[0]["uri"], uri("app.dep"));
}

#[test]
fn what_a_program_renders_is_a_document_whose_lines_lead_to_their_source_and_back() {
    let refresh = json!({ "workspace": { "textDocumentContent": {} } });
    let mut editor = Editor::with(&[("app.dep", APP), ("prod.dep", PROD)], refresh);
    editor.open("app.dep");
    let preview = "depc:/preview/files/prod.dep.yaml";
    let content = |editor: &mut Editor| {
        let found = editor.ask("workspace/textDocumentContent", json!({ "uri": preview }));
        found["text"].as_str().unwrap().to_owned()
    };
    let text = content(&mut editor);
    let line = text.lines().position(|line| line.contains("maxReplicas: 9")).unwrap();
    let place = json!({ "textDocument": { "uri": preview }, "position": at(line as u32, 4) });
    let source = editor.ask("textDocument/definition", place);
    assert_eq!(source[0]["uri"], uri("prod.dep"));
    assert_eq!(source[0]["range"]["start"]["line"], 2);
    let back = editor.ask(
        "workspace/executeCommand",
        json!({ "command": "depc.rendered", "arguments": [uri("prod.dep"), at(2, 5)] }),
    );
    assert_eq!(back["uri"], preview);
    let shown =
        text.lines().nth(back["range"]["start"]["line"].as_u64().unwrap() as usize).unwrap();
    assert!(shown.contains("Replicas"), "{shown}");
    // Some editors write the `//` of an authority, where there is none.
    let written = json!({ "uri": preview.replace("depc:/", "depc:///") });
    assert_eq!(editor.ask("workspace/textDocumentContent", written)["text"], text);
    // An edit makes it another one, and the client is told.
    editor.set("app.dep", &APP.replace("v1.0.0", "v2.0.0"));
    editor.settle();
    let told = editor.heard.iter().any(|message| {
        serde_json::to_string(message).unwrap().contains("textDocumentContent/refresh")
    });
    assert!(told);
    assert!(content(&mut editor).contains("v2.0.0"));
    editor.set("app.dep", &APP.replace("ports", "prots"));
    assert!(content(&mut editor).starts_with("# prod.dep renders nothing while it has errors:"));
}

#[test]
fn what_a_client_says_of_itself_keeps_no_session_from_starting() {
    let odd =
        [json!([]), json!(null), json!(1), json!("x"), json!({}), json!([[{}], 2]), json!(true)];
    let parts = [
        "workspace",
        "workspace/textDocumentContent",
        "workspace/diagnostics/refreshSupport",
        "textDocument",
        "textDocument/diagnostic",
        "textDocument/completion/completionItem/snippetSupport",
        "textDocument/completion/completionItem/resolveSupport/properties",
        "window",
        "general/positionEncodings",
        "experimental",
    ];
    let within = |path: &str, value: &Value| {
        path.rsplit('/').fold(value.clone(), |inner, key| json!({ key: inner }))
    };
    for value in &odd {
        for capabilities in parts.iter().map(|part| within(part, value)).chain([value.clone()]) {
            let mut editor = Editor::with(&[("app.dep", APP)], capabilities.clone());
            editor.open("app.dep");
            let symbols = editor.ask(
                "textDocument/documentSymbol",
                json!({ "textDocument": { "uri": uri("app.dep") } }),
            );
            assert_eq!(symbols.as_array().unwrap().len(), 2, "{capabilities}");
        }
    }
    // An empty table of a client in Lua.
    let capabilities = json!({ "textDocument": { "diagnostic": [] } });
    let mut editor = Editor::with(&[("app.dep", "a = b\n")], capabilities);
    editor.open("app.dep");
    editor.settle();
    assert!(editor.told.is_empty(), "it asks for problems");
}

#[test]
fn a_rename_waits_for_programs_that_are_not_loaded_yet() {
    let mut editor = Editor::with(&[("app.dep", APP)], json!({}));
    editor.open("app.dep");
    editor.settle();
    editor.write("stage.dep", PROD);
    let params = json!({
        "textDocument": { "uri": uri("app.dep") }, "position": at(4, 0), "newName": "code",
    });
    let id = editor.start("textDocument/rename", params);
    editor.settle();
    let renamed = editor.answer_to(&id).unwrap().unwrap().to_string();
    assert!(renamed.contains("app.dep") && renamed.contains("stage.dep"), "{renamed}");
}
