//! Which request is answered by what.

use std::collections::BTreeMap;
use std::sync::Arc;

use analysis::workspace::{Stopper, Workspace};
use gen_lsp_types as lsp;
use lsp_server::{ErrorCode, Request, ResponseError};
use serde_json::{Value, json};

use crate::answers;
use crate::project::Project;
use crate::server::Server;
use crate::snapshot::{Made, Snapshot};

/// How a request is answered.
pub(crate) enum Of {
    Now(Value),
    /// When all is known that it is about.
    Waits,
    /// On another thread; what stops it says so of each copy that it is computed from.
    Later(Box<dyn FnOnce() -> Answer + Send>, Vec<Stopper>),
}

/// What else a server answers, of a workspace that holds the document which a request names.
pub type Further = Arc<dyn Fn(&Workspace, &Value) -> Value + Send + Sync>;

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
            let stoppers = snapshots.iter().map(|at| at.workspace.stopper()).collect();
            let run = move || Answer::of(answers::workspace_symbols(&snapshots, &params.query));
            Ok(Of::Later(Box::new(run), stoppers))
        }
        // A name that is left as it was breaks a program, so all that may hold it are loaded first.
        M::TextDocumentRename if !server.projects.values().all(Project::is_known) => Ok(Of::Waits),
        M::WorkspaceTextDocumentContent => {
            let params: lsp::TextDocumentContentParams = read(params)?;
            answers::content(server, params.uri.as_ref())
        }
        M::TextDocumentSemanticTokensFullDelta => {
            let params: lsp::SemanticTokensDeltaParams = read(params)?;
            let uri = params.text_document.uri.0;
            let key = server.path(&uri).unwrap_or_else(|| uri.clone());
            let before = server.tokens.of(&key, &params.previous_result_id);
            later(server, &uri, move |at| answers::tokens(&at, key, before))
        }
        M::TextDocumentSemanticTokensFull => {
            let params: lsp::SemanticTokensParams = read(params)?;
            let uri = params.text_document.uri.0;
            let key = server.path(&uri).unwrap_or_else(|| uri.clone());
            later(server, &uri, move |at| answers::tokens(&at, key, None))
        }
        M::WorkspaceExecuteCommand => {
            let params: lsp::ExecuteCommandParams = read(params)?;
            answers::command(server, params)
        }
        // A line of what is made of a program leads to its source.
        M::TextDocumentDefinition if made(&params).is_some() => {
            let found = made(&params).filter(|(_, path)| server.is_program(path));
            let Some((made, path)) = found else { return Ok(Of::Now(Value::Null)) };
            let params: lsp::DefinitionParams = read(params)?;
            let position = params.text_document_position_params.position;
            let at = server.snapshot(&path);
            Ok(Of::later(at, move |at| Answer::of(answers::source_of(made, &at, position))))
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
            let further = server.further.get(&request.method).cloned();
            let answer = answers::of_document(method);
            if further.is_none() && answer.is_none() {
                let message = format!("unknown request {}", request.method);
                return Err(refused(ErrorCode::MethodNotFound, message));
            }
            let uri = params.pointer("/textDocument/uri").and_then(Value::as_str);
            let uri = uri.ok_or_else(|| {
                refused(ErrorCode::InvalidParams, "no textDocument is named".to_owned())
            })?;
            let uri = uri.to_owned();
            if let Some(run) = further {
                return later(server, &uri, move |at| Answer::of(run(&at.workspace, &params)));
            }
            let Some(answer) = answer else { return Ok(Of::Now(Value::Null)) };
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

impl Of {
    /// What is computed from a copy, on another thread.
    pub fn later(at: Snapshot, run: impl FnOnce(Snapshot) -> Answer + Send + 'static) -> Self {
        let stopper = at.workspace.stopper();
        Self::Later(Box::new(move || run(at)), vec![stopper])
    }
}

/// What the document of a request is that is made of a program, and the path of that.
fn made(params: &Value) -> Option<(Made, String)> {
    answers::made(params.pointer("/textDocument/uri")?.as_str()?)
}

/// An answer about a document, from another thread; nothing where the document is none of this server's.
fn later(
    server: &mut Server,
    uri: &str,
    run: impl FnOnce(Snapshot) -> Answer + Send + 'static,
) -> Result<Of, ResponseError> {
    let snapshot = match answers::library(uri) {
        Some(module) => server.snapshot_of_library(module.name),
        None => {
            let path = server.path(uri).filter(|_| server.knows(uri));
            path.map(|path| server.snapshot(&path))
        }
    };
    Ok(snapshot.map_or(Of::Now(Value::Null), |at| Of::later(at, run)))
}

pub(crate) fn read<P: serde::de::DeserializeOwned>(params: Value) -> Result<P, ResponseError> {
    serde_json::from_value(params)
        .map_err(|error| refused(ErrorCode::InvalidParams, error.to_string()))
}

pub(crate) fn refused(code: ErrorCode, message: String) -> ResponseError {
    ResponseError { code: code as i32, message, data: None }
}
