//! The answers: each takes a copy of the state and what was asked, and says it in the protocol's terms.

mod actions;
mod content;
mod looks;
mod structure;
mod words;
mod writing;

use gen_lsp_types as lsp;
use lsp_server::ResponseError;
use serde_json::Value;

use crate::requests::read;
use crate::snapshot::Snapshot;

pub(crate) use actions::actions;
pub(crate) use content::{COMMANDS, command, content, library, made, source_of};
pub(crate) use looks::{TOKEN_MODIFIERS, TOKEN_TYPES, incoming, outgoing, tokens};
pub(crate) use structure::workspace_symbols;

/// What answers a request about a document.
pub(crate) type Run = Box<dyn FnOnce(&Snapshot) -> Result<Value, ResponseError> + Send>;
/// What reads the parameters of such a request.
pub(crate) type Reader = fn(Value) -> Result<Run, ResponseError>;

/// Reads parameters for an answer of this type.
macro_rules! of {
    ($request:ty, $answer:path) => {
        |params| {
            let params: <$request as lsp::Request>::Params = read(params)?;
            Ok(Box::new(move |at: &Snapshot| {
                let answer: <$request as lsp::Request>::Result = $answer(at, params);
                Ok(serde_json::to_value(answer).unwrap_or_default())
            }))
        }
    };
}

/// As [`of`], for an answer that may be a refusal.
macro_rules! perhaps {
    ($request:ty, $answer:path) => {
        |params| {
            let params: <$request as lsp::Request>::Params = read(params)?;
            Ok(Box::new(move |at: &Snapshot| {
                $answer(at, &params).map(|answer| serde_json::to_value(answer).unwrap_or_default())
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
        M::TextDocumentHover => of!(lsp::HoverRequest, words::hover),
        M::TextDocumentDefinition => of!(lsp::DefinitionRequest, words::definition),
        M::TextDocumentDeclaration => of!(lsp::DeclarationRequest, words::declaration),
        M::TextDocumentTypeDefinition => of!(lsp::TypeDefinitionRequest, words::type_definition),
        M::TextDocumentImplementation => of!(lsp::ImplementationRequest, words::implementation),
        M::TextDocumentReferences => of!(lsp::ReferencesRequest, words::references),
        M::TextDocumentDocumentHighlight => of!(lsp::DocumentHighlightRequest, words::highlights),
        M::TextDocumentPrepareRename => perhaps!(lsp::PrepareRenameRequest, words::prepare_rename),
        M::TextDocumentRename => perhaps!(lsp::RenameRequest, words::rename),
        M::TextDocumentLinkedEditingRange => of!(lsp::LinkedEditingRangeRequest, words::linked),
        M::TextDocumentCompletion => of!(lsp::CompletionRequest, writing::completion),
        M::TextDocumentSignatureHelp => of!(lsp::SignatureHelpRequest, writing::signature_help),
        M::TextDocumentInlayHint => of!(lsp::InlayHintRequest, looks::hints),
        M::TextDocumentCodeLens => of!(lsp::CodeLensRequest, looks::lenses),
        M::TextDocumentPrepareCallHierarchy => {
            of!(lsp::CallHierarchyPrepareRequest, looks::prepare_calls)
        }
        M::TextDocumentSemanticTokensRange => |params| {
            let params: lsp::SemanticTokensRangeParams = read(params)?;
            Ok(Box::new(move |at: &Snapshot| Ok(looks::range_tokens(at, params))))
        },
        _ => return None,
    })
}
