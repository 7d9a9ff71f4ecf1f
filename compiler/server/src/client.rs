//! What the client can do, as it says when it starts.
//!
//! Clients say what no protocol knows, and say what it knows in forms of their own: `[]` for a table that is empty. So
//! what is of another form than expected is as good as not said, and none keeps a session from starting.

use serde_json::Value;

use crate::lines::Encoding;
use crate::uri::path_of;

#[derive(Clone, Debug, Default)]
pub struct Client {
    pub encoding: Encoding,
    /// It asks for problems, so that they are not sent to it.
    pub pulls: bool,
    /// It asks again when it is told that something changed.
    pub pulls_again: bool,
    pub watches: bool,
    pub shows_progress: bool,
    pub snippets: bool,
    /// It can be told that a virtual document changed.
    pub virtual_documents: bool,
    /// Canonical where they are there.
    pub folders: Vec<String>,
}

impl Client {
    /// Of the parameters of `initialize`, whatever they are.
    pub fn of(params: &Value) -> Self {
        let said = |path: &str| params.pointer("/capabilities").and_then(|all| all.pointer(path));
        let is_true = |path: &str| said(path).and_then(Value::as_bool) == Some(true);
        // What has parts is there if it is named: an empty table is `{}` or `[]`.
        let is_there =
            |path: &str| said(path).is_some_and(|value| value.is_object() || value.is_array());
        let encodings = said("/general/positionEncodings").and_then(Value::as_array);
        let utf8 = encodings.is_some_and(|known| known.iter().any(|one| one == "utf-8"));
        Self {
            encoding: if utf8 { Encoding::Utf8 } else { Encoding::Utf16 },
            pulls: is_there("/textDocument/diagnostic"),
            pulls_again: is_true("/workspace/diagnostics/refreshSupport"),
            watches: is_true("/workspace/didChangeWatchedFiles/dynamicRegistration"),
            shows_progress: is_true("/window/workDoneProgress"),
            snippets: is_true("/textDocument/completion/completionItem/snippetSupport"),
            virtual_documents: is_there("/workspace/textDocumentContent"),
            folders: folders(params),
        }
    }
}

fn folders(params: &Value) -> Vec<String> {
    let uris: Vec<&str> = match params.get("workspaceFolders").and_then(Value::as_array) {
        Some(folders) => folders.iter().filter_map(|folder| folder.get("uri")?.as_str()).collect(),
        // Older clients know of one folder.
        None => params.get("rootUri").and_then(Value::as_str).into_iter().collect(),
    };
    uris.into_iter().filter_map(path_of).map(|path| path.trim_end_matches('/').to_owned()).collect()
}
