//! `--source-map`: the places of all parts of all objects, as JSON for other tools.

use std::collections::BTreeMap;

use analysis::diagnostic::Span;
use analysis::source_map::Mapped;
use serde::Serialize;

/// What the file holds. A place is `file:line:column`.
#[derive(Serialize)]
struct SourceMap<'m> {
    version: u32,
    objects: Vec<Object<'m>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Object<'m> {
    api_version: &'m str,
    kind: &'m str,
    #[serde(skip_serializing_if = "str::is_empty")]
    namespace: &'m str,
    name: &'m str,
    #[serde(skip_serializing_if = "Option::is_none")]
    made: Option<String>,
    paths: BTreeMap<&'m str, String>,
}

/// The objects of all programs of a build, with a line break at the end.
pub fn json(objects: &[Mapped]) -> Vec<u8> {
    let objects = objects.iter().map(|object| Object {
        api_version: &object.api_version,
        kind: &object.kind,
        namespace: &object.namespace,
        name: &object.name,
        made: object.made.as_ref().map(place),
        paths: object.paths.iter().map(|(path, span)| (path.as_str(), place(span))).collect(),
    });
    let map = SourceMap { version: 1, objects: objects.collect() };
    let mut text = serde_json::to_vec_pretty(&map).unwrap_or_default();
    text.push(b'\n');
    text
}

fn place(span: &Span) -> String {
    format!("{}:{}:{}", span.file, span.start.line, span.start.column)
}
