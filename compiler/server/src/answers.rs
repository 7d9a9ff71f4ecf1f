//! The answers: each takes a copy of the state and what was asked, and says it in the protocol's terms.

mod actions;
mod content;
mod structure;

use gen_lsp_types as lsp;
use lsp_server::ResponseError;
use serde_json::Value;

use crate::requests::read;
use crate::snapshot::Snapshot;

pub(crate) use actions::actions;
pub(crate) use content::content;
pub(crate) use structure::workspace_symbols;

/// What answers a request about a document.
pub(crate) type Run = Box<dyn FnOnce(&Snapshot) -> Value + Send>;
/// What reads the parameters of such a request.
pub(crate) type Reader = fn(Value) -> Result<Run, ResponseError>;

/// Reads parameters for an answer of this type.
macro_rules! of {
    ($request:ty, $answer:path) => {
        |params| {
            let params: <$request as lsp::Request>::Params = read(params)?;
            Ok(Box::new(move |at: &Snapshot| {
                let answer: <$request as lsp::Request>::Result = $answer(at, params);
                serde_json::to_value(answer).unwrap_or_default()
            }))
        }
    };
}

/// What answers a request that names a document and a place in it.
pub(crate) fn of_document(method: lsp::LspRequestMethod<'_>) -> Option<Reader> {
    use lsp::LspRequestMethod as M;
    Some(match method {
        M::TextDocumentDocumentSymbol => of!(lsp::DocumentSymbolRequest, structure::symbols),
        M::TextDocumentFoldingRange => of!(lsp::FoldingRangeRequest, structure::folds),
        M::TextDocumentSelectionRange => of!(lsp::SelectionRangeRequest, structure::selections),
        M::TextDocumentDocumentLink => of!(lsp::DocumentLinkRequest, structure::links),
        M::TextDocumentFormatting => of!(lsp::DocumentFormattingRequest, structure::formatting),
        M::TextDocumentRangeFormatting => {
            of!(lsp::DocumentRangeFormattingRequest, structure::range_formatting)
        }
        M::TextDocumentOnTypeFormatting => {
            of!(lsp::DocumentOnTypeFormattingRequest, structure::on_type_formatting)
        }
        _ => return None,
    })
}
