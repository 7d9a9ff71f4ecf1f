//! What the editor is answered: each case of `tests/editor/*.md` is a few files with a `$0` where the cursor stands,
//! requests, and the answers beside them. `UPDATE=1` rewrites the answers.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};
use tests::editor::{Editor, uri};

/// The files of a case, and the place of the cursor: the file, the line and the column in UTF-16.
struct Case {
    files: Vec<(String, String)>,
    cursor: Option<(String, u32, u32)>,
}

#[test]
fn answers_are_as_the_pages_say() {
    let folder = tests::root().join("tests/editor");
    let pages = tests::files(&folder, &[".md"]);
    assert!(pages.len() >= 4, "{} pages", pages.len());
    let mut wrong = Vec::new();
    for page in pages {
        let text = std::fs::read_to_string(&page).unwrap();
        let new = executed(&page, &text);
        if new != text {
            match tests::update() {
                true => std::fs::write(&page, new).unwrap(),
                false => wrong.push(tests_difference(&page, &text, &new)),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn tests_difference(page: &Path, old: &str, new: &str) -> String {
    let mut out = format!("{}:\n", page.display());
    let changes = similar_lines(old, new);
    out.push_str(&changes);
    out
}

/// The first lines in which two texts differ.
fn similar_lines(old: &str, new: &str) -> String {
    let differs = old.lines().zip(new.lines()).enumerate().find(|(_, (a, b))| a != b);
    match differs {
        Some((at, _)) => {
            let part = |text: &str| text.lines().skip(at).take(12).collect::<Vec<_>>().join("\n");
            format!("line {}: expected\n{}\nfound\n{}\n", at + 1, part(old), part(new))
        }
        None => "one is longer\n".to_owned(),
    }
}

/// The page with the answers that are given now.
fn executed(page: &Path, text: &str) -> String {
    let mut out = String::new();
    let mut case = Case { files: Vec::new(), cursor: None };
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line.starts_with('#') {
            case = Case { files: Vec::new(), cursor: None };
        }
        let _ = writeln!(out, "{line}");
        let Some(info) = line.strip_prefix("```").filter(|info| !info.is_empty()) else { continue };
        let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        let block = block.join("\n");
        match info.split_once(' ') {
            Some(("dep" | "yaml" | "toml", path)) => {
                case.add(path, &block);
                let _ = writeln!(out, "{block}\n```");
            }
            _ => {
                let answer = case.asked(info, page);
                let _ = writeln!(out, "{answer}\n```");
            }
        }
    }
    out
}

impl Case {
    fn add(&mut self, path: &str, text: &str) {
        let text = format!("{text}\n");
        let plain = match text.find("$0") {
            Some(at) => {
                let before = &text[..at];
                let line = before.matches('\n').count() as u32;
                let column = before.rsplit('\n').next().unwrap().encode_utf16().count() as u32;
                self.cursor = Some((path.to_owned(), line, column));
                text.replacen("$0", "", 1)
            }
            None => text,
        };
        self.files.retain(|(known, _)| known != path);
        self.files.push((path.to_owned(), plain));
    }

    /// The answer to a request, as a text.
    fn asked(&self, request: &str, page: &Path) -> String {
        let files: Vec<(&str, &str)> =
            self.files.iter().map(|(path, text)| (&**path, &**text)).collect();
        let capabilities = json!({
            "textDocument": { "completion": { "completionItem": { "snippetSupport": true } } },
        });
        let mut editor = Editor::with(&files, capabilities);
        let cursor = self.cursor.clone();
        let (path, line, column) = cursor.unwrap_or_else(|| (files[0].0.to_owned(), 0, 0));
        for (path, _) in &files {
            if path.ends_with(".dep") {
                editor.open(path);
            }
        }
        editor.settle();
        let (method, argument) = request.split_once(' ').unwrap_or((request, ""));
        let document = json!({ "uri": uri(&path) });
        let position = json!({ "line": line, "character": column });
        let whole = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 9999, "character": 0 } });
        let at = json!({ "textDocument": document, "position": position });
        let mut ask = |method: &str, params: Value| match editor.answer(method, params) {
            Ok(value) => value,
            Err(error) => json!({ "error": error }),
        };
        let shown = match method {
            "hover" => shown_hover(&ask("textDocument/hover", at)),
            "definition" | "typeDefinition" | "implementation" | "declaration" => {
                self.places(&ask(&format!("textDocument/{method}"), at))
            }
            "references" => {
                let mut params = at;
                params["context"] = json!({ "includeDeclaration": true });
                self.places(&ask("textDocument/references", params))
            }
            "highlights" => self.places_in(&path, &ask("textDocument/documentHighlight", at)),
            "rename" => {
                let mut params = at;
                params["newName"] = json!(argument);
                self.changed(&ask("textDocument/rename", params))
            }
            "prepareRename" => {
                let found = ask("textDocument/prepareRename", at);
                error_of(&found)
                    .unwrap_or_else(|| found["placeholder"].as_str().unwrap().to_owned())
            }
            "completion" => {
                let found = ask("textDocument/completion", at);
                self.completions(&found, argument)
            }
            "complete" => {
                let found = ask("textDocument/completion", at);
                self.completed(&path, &found, argument)
            }
            "signature" => shown_signature(&ask("textDocument/signatureHelp", at)),
            "symbols" => {
                let found = ask("textDocument/documentSymbol", json!({ "textDocument": document }));
                let mut out = String::new();
                symbols(&found, 0, &mut out);
                out
            }
            "workspaceSymbols" => {
                let found = ask("workspace/symbol", json!({ "query": argument }));
                let found = found.as_array().unwrap().iter();
                lines(found.map(|symbol| {
                    format!("{} in {}", text(&symbol["name"]), text(&symbol["containerName"]))
                }))
            }
            "folds" => {
                let found = ask("textDocument/foldingRange", json!({ "textDocument": document }));
                lines(found.as_array().unwrap().iter().map(|fold| {
                    let line = |name: &str| fold[name].as_u64().unwrap() + 1;
                    let kind = fold["kind"].as_str().unwrap_or("code");
                    format!("{}..{} {kind}", line("startLine"), line("endLine"))
                }))
            }
            "selection" => {
                let params = json!({ "textDocument": document, "positions": [position] });
                let found = ask("textDocument/selectionRange", params);
                let mut at = &found[0];
                let mut out = Vec::new();
                while at.is_object() {
                    out.push(format!("{:?}", self.text_at(&path, &at["range"])));
                    at = &at["parent"];
                }
                out.join("\n")
            }
            "tokens" => {
                let found =
                    ask("textDocument/semanticTokens/full", json!({ "textDocument": document }));
                self.tokens(&path, &found)
            }
            "hints" => {
                let params = json!({ "textDocument": document, "range": whole });
                let found = ask("textDocument/inlayHint", params);
                self.hinted(&path, &found)
            }
            "lenses" => {
                let found = ask("textDocument/codeLens", json!({ "textDocument": document }));
                lines(found.as_array().unwrap().iter().map(|lens| {
                    let line = lens["range"]["start"]["line"].as_u64().unwrap() + 1;
                    format!("{line}: {}", text(&lens["command"]["title"]))
                }))
            }
            "links" => {
                let found = ask("textDocument/documentLink", json!({ "textDocument": document }));
                lines(found.as_array().unwrap().iter().map(|link| {
                    let shown = self.text_at(&path, &link["range"]);
                    format!("{shown} -> {}", text(&link["target"]).replace("file:///files/", ""))
                }))
            }
            "format" => {
                let found = ask(
                    "textDocument/formatting",
                    json!({ "textDocument": document, "options": { "tabSize": 2, "insertSpaces": true } }),
                );
                self.edited(&path, found.as_array().unwrap())
            }
            "formatRange" => {
                let range = json!({ "start": position, "end": position });
                let found = ask(
                    "textDocument/rangeFormatting",
                    json!({ "textDocument": document, "range": range, "options": { "tabSize": 2, "insertSpaces": true } }),
                );
                self.edited(&path, found.as_array().unwrap())
            }
            "formatTyped" => {
                let ch = if argument.is_empty() { "\n" } else { argument };
                let params = json!({ "textDocument": document, "position": position, "ch": ch, "options": { "tabSize": 2, "insertSpaces": true } });
                let found = ask("textDocument/onTypeFormatting", params);
                self.edited(&path, found.as_array().map_or(&[], Vec::as_slice))
            }
            "incoming" | "outgoing" => {
                let item = ask("textDocument/prepareCallHierarchy", at)[0].clone();
                let found = ask(&format!("callHierarchy/{method}Calls"), json!({ "item": item }));
                let end = if method == "incoming" { "from" } else { "to" };
                lines(found.as_array().unwrap().iter().map(|call| {
                    let count = call["fromRanges"].as_array().unwrap().len();
                    format!(
                        "{} in {}: {count}",
                        text(&call[end]["name"]),
                        text(&call[end]["detail"])
                    )
                }))
            }
            "linked" => {
                let found = ask("textDocument/linkedEditingRange", at);
                match found.is_null() {
                    true => "nothing".to_owned(),
                    false => lines(found["ranges"].as_array().unwrap().iter().map(place)),
                }
            }
            "graph" => {
                let uri = format!("depc:/graph/files/{argument}");
                text(&ask("workspace/textDocumentContent", json!({ "uri": uri }))["text"])
            }
            "preview" => {
                let uri = format!("depc:/preview/files/{argument}.yaml");
                text(&ask("workspace/textDocumentContent", json!({ "uri": uri }))["text"])
            }
            _ => panic!("{}: unknown request {request}", page.display()),
        };
        shown.trim_end().to_owned()
    }

    fn source(&self, path: &str) -> &str {
        self.files.iter().find(|(known, _)| known == path).map_or("", |(_, text)| text)
    }

    fn offset(&self, path: &str, position: &Value) -> usize {
        let source = self.source(path);
        let line = position["line"].as_u64().unwrap() as usize;
        let start: usize = source.split_inclusive('\n').take(line).map(str::len).sum();
        let mut units = position["character"].as_u64().unwrap() as usize;
        let mut at = start;
        for c in source[start..].chars() {
            if units == 0 || c == '\n' {
                break;
            }
            units = units.saturating_sub(c.len_utf16());
            at += c.len_utf8();
        }
        at
    }

    fn text_at(&self, path: &str, range: &Value) -> &str {
        &self.source(path)[self.offset(path, &range["start"])..self.offset(path, &range["end"])]
    }

    fn places(&self, found: &Value) -> String {
        if let Some(error) = error_of(found) {
            return error;
        }
        let found = found.as_array().map_or(&[][..], Vec::as_slice);
        lines(found.iter().map(|found| {
            let uri = text(&found["uri"]);
            match uri.strip_prefix("file:///files/") {
                Some(path) => {
                    format!(
                        "{path}:{} {}",
                        place(&found["range"]),
                        self.text_at(path, &found["range"])
                    )
                }
                // Where something of the library stands is no concern of these pages.
                None => uri,
            }
        }))
    }

    fn places_in(&self, path: &str, found: &Value) -> String {
        lines(found.as_array().unwrap().iter().map(|found| {
            let kind = if found["kind"] == 3 { "writes" } else { "reads" };
            format!("{} {} {kind}", place(&found["range"]), self.text_at(path, &found["range"]))
        }))
    }

    fn edited(&self, path: &str, edits: &[Value]) -> String {
        let mut source = self.source(path).to_owned();
        let mut edits: Vec<(usize, usize, String)> = edits
            .iter()
            .map(|edit| {
                let range = &edit["range"];
                (
                    self.offset(path, &range["start"]),
                    self.offset(path, &range["end"]),
                    text(&edit["newText"]),
                )
            })
            .collect();
        edits.sort();
        for (start, end, new) in edits.into_iter().rev() {
            source.replace_range(start..end, &new);
        }
        source
    }

    fn changed(&self, edit: &Value) -> String {
        if let Some(error) = error_of(edit) {
            return error;
        }
        let mut out = String::new();
        for document in edit["documentChanges"].as_array().unwrap() {
            let path = text(&document["textDocument"]["uri"]).replace("file:///files/", "");
            let new = self.edited(&path, document["edits"].as_array().unwrap());
            for (old, new) in self.source(&path).lines().zip(new.lines()).filter(|(a, b)| a != b) {
                let _ = writeln!(out, "{path}: {} -> {}", old.trim(), new.trim());
            }
        }
        out
    }

    /// The first labels, with their details; those that begin with `argument`.
    fn completions(&self, found: &Value, argument: &str) -> String {
        let items = found["items"].as_array().unwrap();
        let mut items: Vec<&Value> =
            items.iter().filter(|item| text(&item["label"]).starts_with(argument)).collect();
        items.sort_by_key(|item| text(&item["sortText"]));
        lines(items.iter().take(12).map(|item| {
            let detail =
                item["detail"].as_str().map_or_else(String::new, |detail| format!(": {detail}"));
            let documented = if item["documentation"].is_null() { "" } else { " (documented)" };
            format!("{}{detail}{documented}", text(&item["label"]))
        }))
    }

    /// The text after one completion was chosen.
    fn completed(&self, path: &str, found: &Value, label: &str) -> String {
        let items = found["items"].as_array().unwrap();
        let Some(item) = items.iter().find(|item| item["label"] == label) else {
            return format!("no {label}");
        };
        let mut edits = vec![item["textEdit"].clone()];
        edits.extend(item["additionalTextEdits"].as_array().cloned().unwrap_or_default());
        self.edited(path, &edits)
    }

    fn tokens(&self, path: &str, found: &Value) -> String {
        const TYPES: [&str; 11] = [
            "module",
            "schema",
            "variant",
            "case",
            "trait",
            "type",
            "function",
            "parameter",
            "value",
            "field",
            "kubernetes",
        ];
        let data: Vec<u64> =
            found["data"].as_array().unwrap().iter().map(|n| n.as_u64().unwrap()).collect();
        let (mut line, mut start) = (0, 0);
        lines(data.chunks(5).map(|token| {
            line += token[0];
            start = if token[0] == 0 { start + token[1] } else { token[1] };
            let range = json!({ "start": { "line": line, "character": start }, "end": { "line": line, "character": start + token[2] } });
            let declares = if token[4] & 1 == 1 { ", declared" } else { "" };
            format!("{} {}{declares}", self.text_at(path, &range), TYPES[token[3] as usize])
        }))
    }

    /// The text with the hints in it.
    fn hinted(&self, path: &str, found: &Value) -> String {
        let mut source = self.source(path).to_owned();
        let mut hints: Vec<(usize, String)> = found
            .as_array()
            .unwrap()
            .iter()
            .map(|hint| {
                let left = if hint["paddingLeft"] == true { " " } else { "" };
                let right = if hint["paddingRight"] == true { " " } else { "" };
                (
                    self.offset(path, &hint["position"]),
                    format!("⟨{left}{}{right}⟩", text(&hint["label"])),
                )
            })
            .collect();
        hints.sort();
        for (at, hint) in hints.into_iter().rev() {
            source.insert_str(at, &hint);
        }
        source
    }
}

fn lines(lines: impl Iterator<Item = String>) -> String {
    let lines: Vec<String> = lines.collect();
    if lines.is_empty() { "nothing".to_owned() } else { lines.join("\n") }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn place(range: &Value) -> String {
    let number = |name: &str| range["start"][name].as_u64().unwrap() + 1;
    format!("{}:{}", number("line"), number("character"))
}

fn error_of(value: &Value) -> Option<String> {
    Some(format!("refused: {}", value.get("error")?.as_str()?))
}

fn shown_hover(found: &Value) -> String {
    match found["contents"]["value"].as_str() {
        // Three back quotes would end the block of the page.
        Some(text) => text.replace("```dep\n", "| ").replace("\n```", ""),
        None => "nothing".to_owned(),
    }
}

fn shown_signature(found: &Value) -> String {
    let Some(signatures) = found["signatures"].as_array() else { return "nothing".to_owned() };
    let active = found["activeParameter"].as_u64().unwrap() as usize;
    lines(signatures.iter().map(|signature| {
        let parameter = &signature["parameters"][active]["label"];
        let documented = if signature["documentation"].is_null() { "" } else { " (documented)" };
        format!("{} at {parameter}{documented}", text(&signature["label"]))
    }))
}

fn symbols(found: &Value, depth: usize, out: &mut String) {
    for symbol in found.as_array().map_or(&[][..], Vec::as_slice) {
        let detail =
            symbol["detail"].as_str().map_or_else(String::new, |detail| format!(": {detail}"));
        let _ = writeln!(out, "{}{}{detail}", "  ".repeat(depth), text(&symbol["name"]));
        symbols(&symbol["children"], depth + 1, out);
    }
}
