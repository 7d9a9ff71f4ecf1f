//! Documents that are on no disk: modules of the library, pages of errors, and what programs render.

use gen_lsp_types as lsp;
use lsp_server::{ErrorCode, ResponseError};
use serde_json::{Value, json};

use crate::lines::Lines;
use crate::requests::{Answer, Of, read, refused};
use crate::server::Server;
use crate::snapshot::{SCHEME, Snapshot, preview_uri};
use crate::uri::decoded;

/// The command that finds what a place of the source renders: its arguments are an address and a position, its result
/// an address and a range of the preview, or nothing.
pub const RENDERED: &str = "depc.rendered";

/// The text of a virtual document.
pub fn content(server: &mut Server, uri: &str) -> Result<Of, ResponseError> {
    let unknown = || refused(ErrorCode::InvalidParams, format!("there is no document {uri}"));
    if let Some(path) = previewed(uri) {
        if !server.is_program(&path) {
            return Err(unknown());
        }
        server.previews.insert(uri.to_owned());
        let at = server.snapshot(&path);
        return Ok(Of::Later(Box::new(move || {
            Answer::of(lsp::TextDocumentContentResult { text: preview(&at) })
        })));
    }
    let (kind, name) = parts(uri).ok_or_else(unknown)?;
    let text = match kind.as_str() {
        "page" => server.disk.page(name.trim_end_matches(".md")),
        "library" => {
            let name = name.trim_end_matches(".dep");
            let module = analysis::workspace::library().iter().find(|module| module.name == name);
            module.map(|module| module.text.to_owned())
        }
        _ => None,
    };
    let text = text.ok_or_else(unknown)?;
    Answer::of(lsp::TextDocumentContentResult { text }).value.map(Of::Now)
}

/// What kind of virtual document an address names, and which.
fn parts(uri: &str) -> Option<(String, String)> {
    let rest = uri.strip_prefix(SCHEME)?.strip_prefix(":/")?;
    let (kind, name) = rest.split(['?', '#']).next()?.split_once('/')?;
    Some((kind.to_owned(), decoded(name)?))
}

/// The path of the program of which an address names what it renders.
pub fn previewed(uri: &str) -> Option<String> {
    let (_, name) = parts(uri).filter(|(kind, _)| kind == "preview")?;
    Some(format!("/{}", name.strip_suffix(".yaml")?))
}

fn preview(at: &Snapshot) -> String {
    match at.own() {
        Some(loaded) => ide::preview(&at.workspace, loaded, &at.file),
        None => String::new(),
    }
}

/// Where a line of what a program renders comes from.
pub fn source_of(at: &Snapshot, position: lsp::Position) -> Value {
    let Some(loaded) = at.own() else { return Value::Null };
    let text = preview(at);
    let offset = Lines::of(&text).offset(&text, position, at.encoding);
    let found = ide::source_of(&at.workspace, loaded, &at.file, offset);
    let places: Vec<lsp::Location> =
        found.iter().map(|span| at.location(&span.file, &span.range)).collect();
    json!(places)
}

/// What a command of the editor gives.
pub fn command(
    server: &mut Server,
    params: lsp::ExecuteCommandParams,
) -> Result<Of, ResponseError> {
    if params.command != RENDERED {
        let message = format!("unknown command {}", params.command);
        return Err(refused(ErrorCode::InvalidParams, message));
    }
    let mut arguments = params.arguments.unwrap_or_default().into_iter();
    let uri: String = read(arguments.next().unwrap_or_default())?;
    let position: lsp::Position = read(arguments.next().unwrap_or_default())?;
    let Some(path) = server.path(&uri).filter(|_| server.knows(&uri)) else {
        return Ok(Of::Now(Value::Null));
    };
    let at = server.snapshot(&path);
    Ok(Of::Later(Box::new(move || Answer::of(rendered(&at, position)))))
}

fn rendered(at: &Snapshot, position: lsp::Position) -> Value {
    let offset = at.offset(position);
    // Of a file that renders nothing itself, the first program that uses it.
    for (program, loaded) in &at.programs {
        let found = ide::rendered_at(&at.workspace, loaded, program, &at.file, offset);
        if let Some(range) = found {
            let text = ide::preview(&at.workspace, loaded, program);
            let range = Lines::of(&text).range(&text, &range, at.encoding);
            return json!({ "uri": preview_uri(&at.root, program), "range": range });
        }
    }
    Value::Null
}
