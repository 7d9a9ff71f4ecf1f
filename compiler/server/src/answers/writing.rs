//! Help while something is written: completions, and the parameters of a call.

use gen_lsp_types as lsp;
use ide::{Completion, CompletionKind};

use crate::answers::words::markdown;
use crate::snapshot::Snapshot;

pub fn completion(at: &Snapshot, params: lsp::CompletionParams) -> Option<lsp::CompletionResponse> {
    let offset = at.offset(params.text_document_position_params.position);
    let found = ide::completions(&at.workspace, &at.file, offset);
    let range = at.range(&at.file, &found.range);
    let items = found.all.into_iter().map(|completion| item(at, completion, range)).collect();
    Some(lsp::CompletionResponse::CompletionList(lsp::CompletionList {
        is_incomplete: found.is_cut,
        items,
        ..Default::default()
    }))
}

fn item(at: &Snapshot, completion: Completion, range: lsp::Range) -> lsp::CompletionItem {
    let snippet = at.snippets && completion.insert.contains("$0");
    let new_text = match snippet {
        true => completion.insert,
        false => completion.insert.replace("$0 ", "").replace("$0", ""),
    };
    let adds = completion.adds.map(|(offset, new_text)| {
        vec![lsp::TextEdit { range: at.range(&at.file, &(offset..offset)), new_text }]
    });
    lsp::CompletionItem {
        sort_text: Some(format!("{}{}", completion.rank, completion.label)),
        kind: Some(kind(completion.kind)),
        detail: Some(completion.detail).filter(|detail| !detail.is_empty()),
        documentation: completion
            .documentation
            .map(|text| lsp::Documentation::MarkupContent(markdown(text))),
        insert_text_format: snippet.then_some(lsp::InsertTextFormat::Snippet),
        text_edit: Some(lsp::CompletionItemTextEdit::TextEdit(lsp::TextEdit { range, new_text })),
        additional_text_edits: adds,
        label: completion.label,
        ..Default::default()
    }
}

fn kind(kind: CompletionKind) -> lsp::CompletionItemKind {
    match kind {
        CompletionKind::Field => lsp::CompletionItemKind::Field,
        CompletionKind::Key => lsp::CompletionItemKind::Property,
        CompletionKind::Value => lsp::CompletionItemKind::Variable,
        CompletionKind::Record => lsp::CompletionItemKind::Struct,
        CompletionKind::Function => lsp::CompletionItemKind::Function,
        CompletionKind::Schema => lsp::CompletionItemKind::Class,
        CompletionKind::Trait => lsp::CompletionItemKind::Interface,
        CompletionKind::Type => lsp::CompletionItemKind::TypeParameter,
        CompletionKind::Variant => lsp::CompletionItemKind::Enum,
        CompletionKind::Case => lsp::CompletionItemKind::EnumMember,
        CompletionKind::Constant => lsp::CompletionItemKind::Constant,
        CompletionKind::Module => lsp::CompletionItemKind::Module,
        CompletionKind::Keyword => lsp::CompletionItemKind::Keyword,
        CompletionKind::File => lsp::CompletionItemKind::File,
    }
}

pub fn signature_help(
    at: &Snapshot,
    params: lsp::SignatureHelpParams,
) -> Option<lsp::SignatureHelp> {
    let offset = at.offset(params.text_document_position_params.position);
    let found = ide::signatures(&at.workspace, &at.file, offset);
    let active = found.first()?.active as u32;
    let signatures = found.into_iter().map(|signature| lsp::SignatureInformation {
        parameters: Some(
            signature
                .params
                .iter()
                .map(|range| lsp::ParameterInformation {
                    label: lsp::ParameterInformationLabel::String(
                        signature.label.get(range.clone()).unwrap_or_default().to_owned(),
                    ),
                    documentation: None,
                })
                .collect(),
        ),
        label: signature.label,
        documentation: signature.doc.map(|doc| lsp::Documentation::MarkupContent(markdown(doc))),
        active_parameter: None,
    });
    Some(lsp::SignatureHelp {
        signatures: signatures.collect(),
        active_signature: Some(0),
        active_parameter: Some(lsp::ActiveParameter::Int(active)),
    })
}
