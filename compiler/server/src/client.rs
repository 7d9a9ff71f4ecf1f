//! What the client can do, as it says when it starts.

use gen_lsp_types::{ClientCapabilities, InitializeParams, PositionEncodingKind, WorkspaceFolders};

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
    pub fn of(params: &InitializeParams) -> Self {
        let ClientCapabilities { workspace, text_document, window, general, .. } =
            &params.capabilities;
        let workspace = workspace.clone().unwrap_or_default();
        let document = text_document.clone().unwrap_or_default();
        let encodings = general.as_ref().and_then(|general| general.position_encodings.as_deref());
        let utf8 = encodings.is_some_and(|known| known.contains(&PositionEncodingKind::UTF8));
        let completion = document.completion.and_then(|completion| completion.completion_item);
        Self {
            encoding: if utf8 { Encoding::Utf8 } else { Encoding::Utf16 },
            pulls: document.diagnostic.is_some(),
            pulls_again: workspace.diagnostics.is_some_and(|all| all.refresh_support == Some(true)),
            watches: workspace
                .did_change_watched_files
                .is_some_and(|watch| watch.dynamic_registration == Some(true)),
            shows_progress: window.as_ref().is_some_and(|w| w.work_done_progress == Some(true)),
            snippets: completion.is_some_and(|item| item.snippet_support == Some(true)),
            virtual_documents: workspace.text_document_content.is_some(),
            folders: folders(params),
        }
    }
}

fn folders(params: &InitializeParams) -> Vec<String> {
    let folders = &params.workspace_folders_initialize_params.workspace_folders;
    let uris: Vec<&str> = match folders {
        Some(WorkspaceFolders::WorkspaceFolderList(folders)) => {
            folders.iter().map(|folder| folder.uri.as_ref()).collect()
        }
        // Older clients know of one folder.
        #[allow(deprecated)]
        _ => params.root_uri.iter().map(|uri| uri.as_ref()).collect(),
    };
    uris.into_iter().filter_map(path_of).map(|path| path.trim_end_matches('/').to_owned()).collect()
}
