//! Documents that are on no disk: modules of the library, pages of errors.

use gen_lsp_types as lsp;
use lsp_server::{ErrorCode, ResponseError};

use crate::requests::{Answer, Of, refused};
use crate::server::Server;
use crate::snapshot::SCHEME;
use crate::uri::decoded;

/// The text of a virtual document.
pub fn content(server: &mut Server, uri: &str) -> Result<Of, ResponseError> {
    let unknown = || refused(ErrorCode::InvalidParams, format!("there is no document {uri}"));
    let rest = uri.strip_prefix(SCHEME).and_then(|rest| rest.strip_prefix(":/"));
    let (kind, name) = rest.and_then(|rest| rest.split_once('/')).ok_or_else(unknown)?;
    let name = decoded(name.split(['?', '#']).next().unwrap_or_default()).ok_or_else(unknown)?;
    let text = match kind {
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
