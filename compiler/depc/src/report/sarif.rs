//! SARIF 2.1.0, the "Static Analysis Results Interchange Format" of OASIS, as code hosts read it.

use std::collections::BTreeSet;

use analysis::change::{Change, Replaced};
use analysis::diagnostic::{Diagnostic, Span};
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::gitlab::fingerprint;
use super::{details, pretty, relative, word};
use crate::pages;

/// The parts that the format demands to be there, in the order in which it describes them.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Log<'r> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'r>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'r> {
    tool: Value,
    /// Columns count characters.
    column_kind: &'static str,
    results: Results<'r>,
}

/// Each is made where it is written: there may be ten thousand.
struct Results<'r> {
    found: &'r [Diagnostic],
    codes: &'r [&'r str],
}

impl Serialize for Results<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.found.iter().map(|found| result(found, self.codes)))
    }
}

pub fn report(found: &[Diagnostic]) -> Vec<u8> {
    let codes: BTreeSet<&str> = found.iter().map(|found| found.code.as_str()).collect();
    let codes: Vec<&str> = codes.into_iter().collect();
    let rules: Vec<Value> = codes.iter().map(|code| rule(code)).collect();
    let tool = json!({
        "driver": {
            "name": "depc",
            "semanticVersion": env!("CARGO_PKG_VERSION"),
            "rules": rules,
        }
    });
    let results = Results { found, codes: &codes };
    pretty(&Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: [Run { tool, column_kind: "unicodeCodePoints", results }],
    })
}

fn rule(code: &str) -> Value {
    let mut rule = json!({ "id": code });
    if let (Some((_, page)), Some(map)) = (pages::page(code), rule.as_object_mut()) {
        let text = pages::plain(page);
        let title = text.lines().next().and_then(|line| line.split_once(": "));
        let title = title.map_or(code, |(_, title)| title);
        map.insert("shortDescription".to_owned(), json!({ "text": title }));
        map.insert("help".to_owned(), json!({ "text": text }));
    }
    rule
}

fn result(diagnostic: &Diagnostic, codes: &[&str]) -> Value {
    let mut lines = vec![diagnostic.message.clone()];
    lines.extend(details(diagnostic));
    let file = diagnostic.span.as_ref().map_or("", |span| &*span.file);
    let key = fingerprint(&[file, &diagnostic.code, &diagnostic.message]);
    let mut result = json!({
        "ruleId": diagnostic.code,
        "ruleIndex": codes.iter().position(|code| *code == diagnostic.code),
        "level": word(diagnostic.severity),
        "message": { "text": lines.join("\n") },
        "locations": diagnostic.span.iter().map(|span| json!({
            "physicalLocation": physical(span),
        })).collect::<Vec<Value>>(),
        "partialFingerprints": { "problem/v1": key },
    });
    let related = diagnostic.related.iter().enumerate().map(|(at, (span, message))| {
        json!({
            "id": at + 1,
            "message": { "text": message },
            "physicalLocation": physical(span),
        })
    });
    let related: Vec<Value> = related.collect();
    if let Some(map) = result.as_object_mut() {
        if !related.is_empty() {
            map.insert("relatedLocations".to_owned(), related.into());
        }
        if let Some(change) = &diagnostic.fix {
            map.insert("fixes".to_owned(), json!([fix(change)]));
        }
    }
    result
}

fn physical(span: &Span) -> Value {
    json!({
        "artifactLocation": { "uri": uri(&span.file) },
        "region": {
            "startLine": span.start.line,
            "startColumn": span.start.column,
            "endLine": span.end.line,
            "endColumn": span.end.column,
        },
    })
}

fn fix(change: &Change) -> Value {
    let files: BTreeSet<&str> = change.edits.iter().map(|edit| &*edit.file).collect();
    let changes = files.into_iter().map(|file| {
        let edits = change.edits.iter().filter(|edit| *edit.file == *file);
        json!({
            "artifactLocation": { "uri": uri(file) },
            "replacements": edits.map(replacement).collect::<Vec<Value>>(),
        })
    });
    json!({
        "description": { "text": change.title },
        "artifactChanges": changes.collect::<Vec<Value>>(),
        "properties": { "safe": change.safe },
    })
}

fn replacement(edit: &Replaced) -> Value {
    json!({
        "deletedRegion": { "byteOffset": edit.range.start, "byteLength": edit.range.len() },
        "insertedContent": { "text": edit.text },
    })
}

/// A path as a relative reference of RFC 3986, or as a `file:` URI where it is absolute.
fn uri(path: &str) -> String {
    let path = relative(path);
    let mut uri = String::from(if path.starts_with('/') { "file://" } else { "" });
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            byte => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_uris() {
        assert_eq!(uri("a/b c.dep"), "a/b%20c.dep");
        assert_eq!(uri("/tmp/ü.dep"), "file:///tmp/%C3%BC.dep");
        assert_eq!(uri("<stdin>"), "%3Cstdin%3E");
    }
}
