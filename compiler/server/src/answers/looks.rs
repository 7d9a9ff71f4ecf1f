//! What is shown beside the text: hints, lines above items, colours, and who names whom.

use std::ops::Range;
use std::sync::Arc;

use gen_lsp_types as lsp;
use ide::{End, HintKind, LensKind, TokenKind};
use serde_json::{Value, json};

use crate::requests::{Answer, Kept};
use crate::snapshot::{Made, Snapshot, made_uri};

/// The kinds of tokens, in the order of [`TokenKind`].
pub const TOKEN_TYPES: [&str; 11] = [
    "namespace",
    "class",
    "enum",
    "enumMember",
    "interface",
    "type",
    "function",
    "parameter",
    "variable",
    "property",
    "property",
];
/// What is said of tokens besides: bit 0, that one declares; bit 1, that it is of Kubernetes.
pub const TOKEN_MODIFIERS: [&str; 2] = ["declaration", "defaultLibrary"];

pub fn hints(at: &Snapshot, params: lsp::InlayHintParams) -> Option<Vec<lsp::InlayHint>> {
    let within = at.bytes(&params.range);
    let range = at.ranges(&at.file);
    let hints = ide::hints(&at.workspace, &at.programs, &at.file, &within).into_iter();
    let hints = hints.map(|hint| lsp::InlayHint {
        position: range(&(hint.offset..hint.offset)).start,
        label: lsp::Label::String(hint.label),
        kind: match hint.kind {
            HintKind::Type => Some(lsp::InlayHintKind::Type),
            HintKind::Parameter => Some(lsp::InlayHintKind::Parameter),
            HintKind::Value => None,
        },
        text_edits: None,
        tooltip: None,
        padding_left: (hint.kind == HintKind::Value).then_some(true),
        padding_right: (hint.kind == HintKind::Parameter).then_some(true),
        data: None,
    });
    Some(hints.collect())
}

pub fn lenses(at: &Snapshot, _: lsp::CodeLensParams) -> Option<Vec<lsp::CodeLens>> {
    let range = at.ranges(&at.file);
    let lenses = ide::lenses(&at.workspace, &at.programs, &at.file).into_iter().map(|lens| {
        let range = range(&lens.range);
        let (command, arguments) = match lens.kind {
            LensKind::Renders => {
                let program = at.programs.first().map_or(at.file.as_str(), |(path, _)| path);
                ("depc.preview", vec![json!(made_uri(Made::Rendered, &at.root, program))])
            }
            LensKind::Overridden(places) => {
                let places: Vec<lsp::Location> =
                    places.iter().map(|(file, range)| at.location(file, range)).collect();
                (
                    "depc.showPlaces",
                    vec![json!(at.uri(&at.file)), json!(range.start), json!(places)],
                )
            }
        };
        lsp::CodeLens {
            range,
            command: Some(lsp::Command {
                title: lens.title,
                tooltip: None,
                command: command.to_owned(),
                arguments: Some(arguments),
            }),
            data: None,
        }
    });
    Some(lenses.collect())
}

/// All tokens of a file, or what changed since those that the client has.
pub fn tokens(at: &Snapshot, path: String, before: Option<Arc<Kept>>) -> Answer {
    let data = encoded(at, &(0..at.text().len()));
    let number = before.as_ref().and_then(|kept| kept.id.parse::<u64>().ok()).unwrap_or_default();
    let id = (number + 1).to_string();
    let value = match &before {
        Some(kept) => json!({ "resultId": id, "edits": difference(&kept.data, &data) }),
        None => json!({ "resultId": id, "data": data }),
    };
    Answer { value: Ok(value), tokens: Some((path, Arc::new(Kept { id, data }))) }
}

pub fn range_tokens(at: &Snapshot, params: lsp::SemanticTokensRangeParams) -> Value {
    json!({ "data": encoded(at, &at.bytes(&params.range)) })
}

/// The one edit between two lists: what lies between what they begin and end with alike.
fn difference(before: &[u32], after: &[u32]) -> Vec<Value> {
    let same = before.iter().zip(after).take_while(|(one, other)| one == other).count();
    let rest = (before.len().min(after.len())) - same;
    let behind = before.iter().rev().zip(after.iter().rev());
    let behind = behind.take(rest).take_while(|(one, other)| one == other).count();
    let new = after.get(same..after.len() - behind).unwrap_or_default();
    let gone = before.len() - behind - same;
    if gone == 0 && new.is_empty() {
        return Vec::new();
    }
    vec![json!({ "start": same, "deleteCount": gone, "data": new })]
}

fn encoded(at: &Snapshot, within: &Range<usize>) -> Vec<u32> {
    let mut data = Vec::new();
    let (mut line, mut start) = (0, 0);
    let range = at.ranges(&at.file);
    for token in ide::tokens(&at.workspace, &at.file, within) {
        let range = range(&token.range);
        let delta = range.start.line - line;
        let column = if delta == 0 { range.start.character - start } else { range.start.character };
        let kube = u32::from(token.kind == TokenKind::Kube);
        data.extend([
            delta,
            column,
            range.end.character - range.start.character,
            token.kind as u32,
            u32::from(token.declares) | kube << 1,
        ]);
        (line, start) = (range.start.line, range.start.character);
    }
    data
}

pub fn prepare_calls(
    at: &Snapshot,
    params: lsp::CallHierarchyPrepareParams,
) -> Option<Vec<lsp::CallHierarchyItem>> {
    let offset = at.offset(params.text_document_position_params.position);
    Some(vec![call_item(at, ide::end_at(&at.workspace, &at.file, offset)?)])
}

fn call_item(at: &Snapshot, end: End) -> lsp::CallHierarchyItem {
    lsp::CallHierarchyItem {
        kind: if end.is_function { lsp::SymbolKind::Function } else { lsp::SymbolKind::Object },
        tags: None,
        detail: Some(end.file.to_string()),
        uri: at.uri(&end.file),
        range: at.range(&end.file, &end.range),
        selection_range: at.range(&end.file, &end.name_range),
        data: None,
        name: end.name,
    }
}

pub fn incoming(
    at: &Snapshot,
    item: &lsp::CallHierarchyItem,
) -> Vec<lsp::CallHierarchyIncomingCall> {
    let offset = at.offset(item.selection_range.start);
    let found = ide::incoming(&at.workspace, &at.file, offset).into_iter();
    let call = |(end, ranges): (End, Vec<Range<usize>>)| lsp::CallHierarchyIncomingCall {
        from_ranges: ranges.iter().map(|range| at.range(&end.file, range)).collect(),
        from: call_item(at, end),
    };
    found.map(call).collect()
}

pub fn outgoing(
    at: &Snapshot,
    item: &lsp::CallHierarchyItem,
) -> Vec<lsp::CallHierarchyOutgoingCall> {
    let offset = at.offset(item.selection_range.start);
    let found = ide::outgoing(&at.workspace, &at.file, offset).into_iter();
    let call = |(end, ranges): (End, Vec<Range<usize>>)| lsp::CallHierarchyOutgoingCall {
        from_ranges: ranges.iter().map(|range| at.range(&at.file, range)).collect(),
        to: call_item(at, end),
    };
    found.map(call).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_difference_is_what_lies_between() {
        assert!(difference(&[1, 2, 3], &[1, 2, 3]).is_empty());
        assert_eq!(
            difference(&[1, 2, 3, 4], &[1, 9, 9, 4]),
            [json!({ "start": 1, "deleteCount": 2, "data": [9, 9] })]
        );
        assert_eq!(
            difference(&[1, 1], &[1]),
            [json!({ "start": 1, "deleteCount": 1, "data": [] })]
        );
    }
}
