//! What is said of a word, and where else it is named.

use analysis::diagnostic::Span;
use gen_lsp_types as lsp;
use ide::Mention;
use lsp_server::{ErrorCode, ResponseError};

use crate::answers::actions::workspace_edit;
use crate::requests::refused;
use crate::snapshot::Snapshot;

pub fn hover(at: &Snapshot, params: lsp::HoverParams) -> Option<lsp::Hover> {
    let offset = at.offset(params.text_document_position_params.position);
    let hover = ide::hover(&at.workspace, &at.programs, &at.file, offset)?;
    Some(lsp::Hover {
        contents: lsp::Contents::MarkupContent(markdown(hover.markdown)),
        range: Some(at.range(&at.file, &hover.range)),
    })
}

pub fn markdown(value: String) -> lsp::MarkupContent {
    lsp::MarkupContent { kind: lsp::MarkupKind::Markdown, value }
}

pub fn definition(at: &Snapshot, params: lsp::DefinitionParams) -> Option<lsp::DefinitionResponse> {
    let offset = at.offset(params.text_document_position_params.position);
    let found = ide::definition(&at.workspace, &at.file, offset);
    Some(lsp::DefinitionResponse::Definition(places(at, found)))
}

pub fn declaration(
    at: &Snapshot,
    params: lsp::DeclarationParams,
) -> Option<lsp::DeclarationResponse> {
    let offset = at.offset(params.text_document_position_params.position);
    let found = ide::definition(&at.workspace, &at.file, offset);
    let lsp::Definition::LocationList(places) = places(at, found) else { return None };
    Some(lsp::DeclarationResponse::Declaration(lsp::Declaration::LocationList(places)))
}

pub fn type_definition(
    at: &Snapshot,
    params: lsp::TypeDefinitionParams,
) -> Option<lsp::TypeDefinitionResponse> {
    let offset = at.offset(params.text_document_position_params.position);
    let found = ide::type_definition(&at.workspace, &at.file, offset);
    Some(lsp::TypeDefinitionResponse::Definition(places(at, found)))
}

pub fn implementation(
    at: &Snapshot,
    params: lsp::ImplementationParams,
) -> Option<lsp::ImplementationResponse> {
    let offset = at.offset(params.text_document_position_params.position);
    let found = ide::implementations(&at.workspace, &at.file, offset);
    Some(lsp::ImplementationResponse::Definition(places(at, found)))
}

fn places(at: &Snapshot, found: Vec<Span>) -> lsp::Definition {
    let places = found.iter().map(|span| at.location(&span.file, &span.range));
    lsp::Definition::LocationList(places.collect())
}

pub fn references(at: &Snapshot, params: lsp::ReferenceParams) -> Option<Vec<lsp::Location>> {
    let offset = at.offset(params.text_document_position_params.position);
    let declared = ide::definition(&at.workspace, &at.file, offset);
    let wanted =
        |mention: &Mention| params.context.include_declaration || !declared.contains(&mention.span);
    let found = ide::references(&at.workspace, &at.file, offset).into_iter().filter(wanted);
    Some(found.map(|mention| at.location(&mention.span.file, &mention.span.range)).collect())
}

pub fn highlights(
    at: &Snapshot,
    params: lsp::DocumentHighlightParams,
) -> Option<Vec<lsp::DocumentHighlight>> {
    let offset = at.offset(params.text_document_position_params.position);
    let found = ide::highlights(&at.workspace, &at.file, offset).into_iter();
    let found = found.map(|mention| lsp::DocumentHighlight {
        range: at.range(&at.file, &mention.span.range),
        kind: Some(match mention.writes {
            true => lsp::DocumentHighlightKind::Write,
            false => lsp::DocumentHighlightKind::Read,
        }),
    });
    Some(found.collect())
}

pub fn prepare_rename(
    at: &Snapshot,
    params: &lsp::PrepareRenameParams,
) -> Result<lsp::PrepareRenameResult, ResponseError> {
    let offset = at.offset(params.text_document_position_params.position);
    let (range, name) = ide::renamable(&at.workspace, &at.file, offset).map_err(cannot)?;
    Ok(lsp::PrepareRenameResult::PrepareRenamePlaceholder(lsp::PrepareRenamePlaceholder {
        range: at.range(&at.file, &range),
        placeholder: name.to_string(),
    }))
}

pub fn rename(
    at: &Snapshot,
    params: &lsp::RenameParams,
) -> Result<lsp::WorkspaceEdit, ResponseError> {
    let offset = at.offset(params.text_document_position_params.position);
    let changes =
        ide::renamed(&at.workspace, &at.file, offset, &params.new_name).map_err(cannot)?;
    let edits =
        changes.iter().map(|change| (&*change.file, change.range.clone(), change.text.clone()));
    Ok(workspace_edit(at, edits))
}

fn cannot(why: String) -> ResponseError {
    refused(ErrorCode::RequestFailed, why)
}

pub fn linked(
    at: &Snapshot,
    params: lsp::LinkedEditingRangeParams,
) -> Option<lsp::LinkedEditingRanges> {
    let offset = at.offset(params.text_document_position_params.position);
    let ranges = ide::linked(&at.workspace, &at.file, offset);
    let ranges: Vec<lsp::Range> = ranges.iter().map(|range| at.range(&at.file, range)).collect();
    (!ranges.is_empty()).then(|| lsp::LinkedEditingRanges {
        ranges,
        word_pattern: Some("[A-Za-z_][A-Za-z0-9_]*".to_owned()),
    })
}
