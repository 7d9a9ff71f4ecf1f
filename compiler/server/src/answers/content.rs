//! Documents that are on no disk: modules of the library, pages of errors, what programs render, and their graphs.

use analysis::drawing::Style;
use analysis::workspace::LibraryModule;
use gen_lsp_types as lsp;
use lsp_server::{ErrorCode, ResponseError};
use serde_json::{Value, json};

use crate::lines::Lines;
use crate::requests::{Answer, Of, read, refused};
use crate::server::Server;
use crate::snapshot::{Made, SCHEME, Snapshot, made_uri};
use crate::uri::decoded;

/// The commands that find what a place of the source renders, and where it is in the graph: their arguments are an
/// address and a position, their result an address and a range of that document, or nothing.
pub const COMMANDS: [&str; 2] = ["depc.rendered", "depc.drawn"];

/// The text of a virtual document.
pub fn content(server: &mut Server, uri: &str) -> Result<Of, ResponseError> {
    let unknown = || refused(ErrorCode::InvalidParams, format!("there is no document {uri}"));
    if let Some((made, path)) = made(uri) {
        if !server.is_program(&path) {
            return Err(unknown());
        }
        server.shown.insert(uri.to_owned(), path.clone());
        let at = server.snapshot(&path);
        return Ok(Of::later(at, move |at| {
            Answer::of(lsp::TextDocumentContentResult { text: text_of(made, &at) })
        }));
    }
    let (kind, name) = parts(uri).ok_or_else(unknown)?;
    let text = match kind.as_str() {
        "page" => server.disk.page(name.trim_end_matches(".md")),
        "library" => library(uri).map(|module| module.text.to_owned()),
        _ => None,
    };
    let text = text.ok_or_else(unknown)?;
    Answer::of(lsp::TextDocumentContentResult { text }).value.map(Of::Now)
}

/// What kind of virtual document an address names, and which.
fn parts(uri: &str) -> Option<(String, String)> {
    let rest = uri.strip_prefix(SCHEME)?.strip_prefix(":/")?;
    // Some editors know an address by the `//` of an authority, and write it where there is none.
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    let (kind, name) = rest.split(['?', '#']).next()?.split_once('/')?;
    Some((kind.to_owned(), decoded(name)?))
}

/// The module of the library that an address names.
pub fn library(uri: &str) -> Option<&'static LibraryModule> {
    let (_, name) = parts(uri).filter(|(kind, _)| kind == "library")?;
    let name = name.strip_suffix(".dep")?;
    analysis::workspace::library().iter().find(|module| module.name == name)
}

/// What an address names that is made of a program, and the path of that.
pub fn made(uri: &str) -> Option<(Made, String)> {
    let (kind, name) = parts(uri)?;
    Made::ALL.into_iter().find_map(|made| {
        let (of, ending) = made.names();
        let path = name.strip_suffix(ending)?.strip_suffix('.')?;
        (of == kind).then(|| (made, format!("/{path}")))
    })
}

fn text_of(made: Made, at: &Snapshot) -> String {
    let Some(loaded) = at.own() else { return String::new() };
    match made {
        Made::Rendered => ide::preview(&at.workspace, loaded, &at.file),
        Made::Graph(style) => ide::topology(&at.workspace, loaded, &at.file, style),
    }
}

/// Where a line of what is made of a program comes from.
pub fn source_of(made: Made, at: &Snapshot, position: lsp::Position) -> Value {
    let Some(loaded) = at.own() else { return Value::Null };
    let found = match made {
        Made::Rendered => {
            let text = text_of(made, at);
            let offset = Lines::of(&text).offset(&text, position, at.encoding);
            ide::source_of(&at.workspace, loaded, &at.file, offset)
        }
        Made::Graph(style) => {
            ide::component_at(&at.workspace, loaded, style, position.line as usize)
        }
    };
    let places: Vec<lsp::Location> =
        found.iter().map(|span| at.location(&span.file, &span.range)).collect();
    json!(places)
}

/// What a command of the editor gives.
pub fn command(
    server: &mut Server,
    params: lsp::ExecuteCommandParams,
) -> Result<Of, ResponseError> {
    let run = match COMMANDS.iter().position(|known| *known == params.command) {
        Some(0) => rendered,
        Some(_) => drawn,
        None => {
            let message = format!("unknown command {}", params.command);
            return Err(refused(ErrorCode::InvalidParams, message));
        }
    };
    let mut arguments = params.arguments.unwrap_or_default().into_iter();
    let uri: String = read(arguments.next().unwrap_or_default())?;
    let position: lsp::Position = read(arguments.next().unwrap_or_default())?;
    let Some(path) = server.path(&uri).filter(|_| server.knows(&uri)) else {
        return Ok(Of::Now(Value::Null));
    };
    let at = server.snapshot(&path);
    Ok(Of::later(at, move |at| Answer::of(run(&at, position))))
}

fn rendered(at: &Snapshot, position: lsp::Position) -> Value {
    let offset = at.offset(position);
    // Of a file that renders nothing itself, the first program that uses it.
    for (program, loaded) in &at.programs {
        let found = ide::rendered_at(&at.workspace, loaded, program, &at.file, offset);
        if let Some(range) = found {
            let text = ide::preview(&at.workspace, loaded, program);
            let range = Lines::of(&text).range(&text, &range, at.encoding);
            return json!({ "uri": made_uri(Made::Rendered, &at.root, program), "range": range });
        }
    }
    Value::Null
}

/// As text, because that is what one reads; the others are for what draws.
fn drawn(at: &Snapshot, position: lsp::Position) -> Value {
    let offset = at.offset(position);
    for (program, loaded) in &at.programs {
        let found = ide::drawn_at(&at.workspace, loaded, Style::Text, &at.file, offset);
        if let Some(line) = found {
            let place = lsp::Position { line: line as u32, character: 0 };
            let uri = made_uri(Made::Graph(Style::Text), &at.root, program);
            return json!({ "uri": uri, "range": lsp::Range { start: place, end: place } });
        }
    }
    Value::Null
}
