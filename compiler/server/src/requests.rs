//! Which request is answered by what.

use std::collections::BTreeMap;
use std::sync::Arc;

use gen_lsp_types as lsp;
use lsp_server::{ErrorCode, Request, ResponseError};
use serde_json::{Value, json};

use crate::answers;
use crate::server::Server;
use crate::snapshot::Snapshot;

/// How a request is answered.
pub(crate) enum Of {
    Now(Value),
    /// When all is known that it asks for.
    Waits,
    Later(Box<dyn FnOnce() -> Answer + Send>),
}

/// What another thread answers.
#[derive(Debug)]
pub(crate) struct Answer {
    pub value: Result<Value, ResponseError>,
    /// Semantic tokens that are kept, to tell later what changed since: of which file, and what.
    pub tokens: Option<(String, Arc<Kept>)>,
}

/// The semantic tokens that the client has of a file.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    pub id: String,
    pub data: Vec<u32>,
}

/// The semantic tokens that the client has, by canonical path.
#[derive(Default)]
pub(crate) struct Tokens {
    by_path: BTreeMap<String, Arc<Kept>>,
}

impl Tokens {
    pub fn keep(&mut self, path: String, tokens: Arc<Kept>) {
        self.by_path.insert(path, tokens);
    }

    pub fn forget(&mut self, path: &str) {
        self.by_path.remove(path);
    }

    pub fn of(&self, path: &str, id: &str) -> Option<Arc<Kept>> {
        self.by_path.get(path).filter(|kept| kept.id == id).cloned()
    }
}

/// How a request is answered, or why it is not.
pub(crate) fn of(server: &mut Server, request: &Request) -> Result<Of, ResponseError> {
    use lsp::LspRequestMethod as M;
    let params = request.params.clone();
    match M::from(request.method.as_str()) {
        M::TextDocumentDiagnostic => {
            let params: lsp::DocumentDiagnosticParams = read(params)?;
            let before = params.previous_result_id.as_deref();
            Ok(match server.pulled(params.text_document.uri.as_ref(), before) {
                Some(report) => Of::Now(report),
                None if server.knows(params.text_document.uri.as_ref()) => Of::Waits,
                None => Of::Now(json!({ "kind": "full", "items": [] })),
            })
        }
        M::WorkspaceDiagnostic => {
            let params: lsp::WorkspaceDiagnosticParams = read(params)?;
            Ok(server.pulled_all(&params.previous_result_ids).map_or(Of::Waits, Of::Now))
        }
        M::TextDocumentCodeAction => {
            let params: lsp::CodeActionParams = read(params)?;
            // Fixes are those of the problems that are shown.
            let uri = params.text_document.uri.0.clone();
            let found = server.diagnostics(&uri);
            later(server, &uri, move |at| Answer::of(answers::actions(&at, &params, &found)))
        }
        M::WorkspaceSymbol => {
            let params: lsp::WorkspaceSymbolParams = read(params)?;
            let snapshots = server.snapshots();
            Ok(Of::Later(Box::new(move || {
                Answer::of(answers::workspace_symbols(&snapshots, &params.query))
            })))
        }
        M::WorkspaceTextDocumentContent => {
            let params: lsp::TextDocumentContentParams = read(params)?;
            answers::content(server, params.uri.as_ref())
        }
        M::TextDocumentSemanticTokensFullDelta => {
            let params: lsp::SemanticTokensDeltaParams = read(params)?;
            let uri = params.text_document.uri.0;
            let path = server.path(&uri).unwrap_or_default();
            let before = server.tokens.of(&path, &params.previous_result_id);
            later(server, &uri, move |at| answers::tokens(&at, path, before))
        }
        M::TextDocumentSemanticTokensFull => {
            let params: lsp::SemanticTokensParams = read(params)?;
            let path = server.path(params.text_document.uri.as_ref()).unwrap_or_default();
            let uri = params.text_document.uri.0;
            later(server, &uri, move |at| answers::tokens(&at, path, None))
        }
        M::WorkspaceExecuteCommand => {
            let params: lsp::ExecuteCommandParams = read(params)?;
            answers::command(server, params)
        }
        // A line of what a program renders leads to its source.
        M::TextDocumentDefinition if previewed(&params).is_some() => {
            let path = previewed(&params).filter(|path| server.is_program(path));
            let Some(path) = path else { return Ok(Of::Now(Value::Null)) };
            let params: lsp::DefinitionParams = read(params)?;
            let position = params.text_document_position_params.position;
            let at = server.snapshot(&path);
            Ok(Of::Later(Box::new(move || Answer::of(answers::source_of(&at, position)))))
        }
        M::CallHierarchyIncomingCalls => {
            let params: lsp::CallHierarchyIncomingCallsParams = read(params)?;
            let uri = params.item.uri.0.clone();
            later(server, &uri, move |at| Answer::of(answers::incoming(&at, &params.item)))
        }
        M::CallHierarchyOutgoingCalls => {
            let params: lsp::CallHierarchyOutgoingCallsParams = read(params)?;
            let uri = params.item.uri.0.clone();
            later(server, &uri, move |at| Answer::of(answers::outgoing(&at, &params.item)))
        }
        method => {
            let Some(answer) = answers::of_document(method) else {
                let message = format!("unknown request {}", request.method);
                return Err(refused(ErrorCode::MethodNotFound, message));
            };
            let uri = params.pointer("/textDocument/uri").and_then(Value::as_str);
            let uri = uri.ok_or_else(|| {
                refused(ErrorCode::InvalidParams, "no textDocument is named".to_owned())
            })?;
            let uri = uri.to_owned();
            // What cannot be read is refused here, where it can be.
            let run = answer(params)?;
            later(server, &uri, move |at| Answer { value: run(&at), tokens: None })
        }
    }
}

impl Answer {
    pub fn of(value: impl serde::Serialize) -> Self {
        Self { value: Ok(serde_json::to_value(value).unwrap_or_default()), tokens: None }
    }
}

/// The program of which the document of a request is what it renders.
fn previewed(params: &Value) -> Option<String> {
    answers::previewed(params.pointer("/textDocument/uri")?.as_str()?)
}

/// An answer about a document, from another thread; nothing where the document is none of this server's.
fn later(
    server: &mut Server,
    uri: &str,
    run: impl FnOnce(Snapshot) -> Answer + Send + 'static,
) -> Result<Of, ResponseError> {
    let Some(path) = server.path(uri).filter(|_| server.knows(uri)) else {
        return Ok(Of::Now(Value::Null));
    };
    let snapshot = server.snapshot(&path);
    Ok(Of::Later(Box::new(move || run(snapshot))))
}

pub(crate) fn read<P: serde::de::DeserializeOwned>(params: Value) -> Result<P, ResponseError> {
    serde_json::from_value(params)
        .map_err(|error| refused(ErrorCode::InvalidParams, error.to_string()))
}

pub(crate) fn refused(code: ErrorCode, message: String) -> ResponseError {
    ResponseError { code: code as i32, message, data: None }
}
