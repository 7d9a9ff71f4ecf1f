//! Code actions: the fixes that problems offer, one by one and all at once.

use std::collections::BTreeMap;

use analysis::change::{Change, apart};
use analysis::diagnostic::Diagnostic;
use gen_lsp_types as lsp;

use crate::snapshot::Snapshot;

pub fn actions(
    at: &Snapshot,
    params: &lsp::CodeActionParams,
    found: &[Diagnostic],
) -> Vec<lsp::CodeActionResponse> {
    let asked = at.bytes(&params.range);
    let wanted = |kind: &lsp::CodeActionKind| {
        let Some(only) = &params.context.only else { return true };
        // A kind stands for all below it: `source` for `source.fixAll`.
        let kind = name(kind);
        only.iter().map(name).any(|only| {
            kind.strip_prefix(only.as_str()).is_some_and(|r| r.is_empty() || r.starts_with('.'))
        })
    };
    let mut actions = Vec::new();
    if wanted(&lsp::CodeActionKind::QuickFix) {
        let here = found.iter().filter(|found| {
            let touches = |span: &analysis::diagnostic::Span| {
                span.range.start <= asked.end && asked.start <= span.range.end
            };
            found.span.as_ref().is_some_and(touches)
        });
        for (found, change) in here.filter_map(|found| Some((found, found.fix.as_ref()?))) {
            let span = found.span.as_ref();
            let shown = params.context.diagnostics.iter().filter(|shown| {
                shown.code == Some(lsp::Code::String(found.code.clone()))
                    && span.is_some_and(|span| at.range(&at.file, &span.range) == shown.range)
            });
            let shown: Vec<lsp::Diagnostic> = shown.cloned().collect();
            let kind = lsp::CodeActionKind::QuickFix;
            let mut action = action(at, title(change), kind, std::slice::from_ref(change));
            action.diagnostics = (!shown.is_empty()).then_some(shown);
            action.is_preferred = Some(change.safe);
            actions.push(action);
        }
    }
    let safe: Vec<Change> = found.iter().filter_map(|found| found.fix.clone()).collect();
    let safe: Vec<Change> = apart(safe.into_iter().filter(|change| change.safe).collect());
    if wanted(&lsp::CodeActionKind::SourceFixAll) && !safe.is_empty() {
        let title = match safe.len() {
            1 => "Mend the one problem that mends itself".to_owned(),
            count => format!("Mend all {count} problems that mend themselves"),
        };
        actions.push(action(at, title, lsp::CodeActionKind::SourceFixAll, &safe));
    }
    actions.into_iter().map(lsp::CodeActionResponse::CodeAction).collect()
}

fn title(change: &Change) -> String {
    let mut chars = change.title.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

fn name(kind: &lsp::CodeActionKind) -> String {
    serde_json::to_value(kind)
        .ok()
        .and_then(|kind| Some(kind.as_str()?.to_owned()))
        .unwrap_or_default()
}

fn action(
    at: &Snapshot,
    title: String,
    kind: lsp::CodeActionKind,
    changes: &[Change],
) -> lsp::CodeAction {
    let edits = changes.iter().flat_map(|change| &change.edits);
    let edits = edits.map(|edit| (&*edit.file, edit.range.clone(), edit.text.clone()));
    lsp::CodeAction {
        title,
        kind: Some(kind),
        edit: Some(workspace_edit(at, edits)),
        ..Default::default()
    }
}

/// Changes of files, each of the version that the client has.
pub fn workspace_edit<'f>(
    at: &Snapshot,
    edits: impl Iterator<Item = (&'f str, std::ops::Range<usize>, String)>,
) -> lsp::WorkspaceEdit {
    let mut by_file: BTreeMap<&str, Vec<lsp::Edit>> = BTreeMap::new();
    for (file, range, new_text) in edits {
        let edit = lsp::TextEdit { range: at.range(file, &range), new_text };
        by_file.entry(file).or_default().push(lsp::Edit::TextEdit(edit));
    }
    let documents = by_file.into_iter().map(|(file, edits)| {
        lsp::DocumentChange::TextDocumentEdit(lsp::TextDocumentEdit {
            text_document: lsp::OptionalVersionedTextDocumentIdentifier {
                version: at.version(file),
                text_document_identifier: lsp::TextDocumentIdentifier { uri: at.uri(file) },
            },
            edits,
        })
    });
    lsp::WorkspaceEdit { document_changes: Some(documents.collect()), ..Default::default() }
}
