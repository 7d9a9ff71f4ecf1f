//! What the text of a file alone says: symbols, folds, selections, links, layout.

use std::ops::Range;

use analysis::workspace::joined;
use gen_lsp_types as lsp;
use ide::{FoldKind, Outline, Replacement, Shape};

use crate::snapshot::Snapshot;
use crate::uri::uri_of;

pub fn symbols(at: &Snapshot, _: lsp::DocumentSymbolParams) -> Option<lsp::DocumentSymbolResponse> {
    let outline = ide::outline(&at.workspace, &at.file);
    let range = at.ranges(&at.file);
    let all = outline.into_iter().map(|entry| symbol(&range, entry)).collect();
    Some(lsp::DocumentSymbolResponse::DocumentSymbolList(all))
}

fn symbol(range: &impl Fn(&Range<usize>) -> lsp::Range, entry: Outline) -> lsp::DocumentSymbol {
    let children: Vec<_> = entry.children.into_iter().map(|child| symbol(range, child)).collect();
    #[allow(deprecated)]
    lsp::DocumentSymbol {
        // A name must not be empty, and a quoted key may be.
        name: if entry.name.trim().is_empty() { "\"\"".to_owned() } else { entry.name },
        detail: Some(entry.detail).filter(|detail| !detail.is_empty()),
        kind: kind(entry.shape),
        tags: None,
        deprecated: None,
        range: range(&entry.range),
        selection_range: range(&entry.name_range),
        children: (!children.is_empty()).then_some(children),
    }
}

fn kind(shape: Shape) -> lsp::SymbolKind {
    match shape {
        Shape::Module => lsp::SymbolKind::Module,
        Shape::Input | Shape::Let => lsp::SymbolKind::Constant,
        Shape::Function => lsp::SymbolKind::Function,
        Shape::Type => lsp::SymbolKind::TypeParameter,
        Shape::Schema => lsp::SymbolKind::Class,
        Shape::Variant => lsp::SymbolKind::Enum,
        Shape::Case => lsp::SymbolKind::EnumMember,
        Shape::Trait => lsp::SymbolKind::Interface,
        Shape::Test => lsp::SymbolKind::Event,
        Shape::Rule => lsp::SymbolKind::Operator,
        Shape::Record => lsp::SymbolKind::Object,
        Shape::Field => lsp::SymbolKind::Field,
        Shape::Key => lsp::SymbolKind::Key,
    }
}

/// How many symbols of a workspace are told: more would be read by nobody.
const SYMBOLS: usize = 500;

/// The names at the top of all files, and those right below them, that hold the letters asked for, in their order.
pub fn workspace_symbols(all: &[Snapshot], query: &str) -> Vec<lsp::WorkspaceSymbol> {
    let mut found = Vec::new();
    for at in all {
        for file in at.workspace.modules().into_iter().map(|module| module.path(at.workspace.db()))
        {
            for entry in ide::outline(&at.workspace, file) {
                let inner = entry.children.iter().map(|child| (child, Some(entry.name.clone())));
                for (entry, container) in std::iter::once((&entry, None)).chain(inner) {
                    if found.len() >= SYMBOLS {
                        return found;
                    }
                    if ide::matches(&entry.name, query) {
                        found.push(lsp::WorkspaceSymbol {
                            location: lsp::WorkspaceSymbolLocation::Location(
                                at.location(file, &entry.name_range),
                            ),
                            data: None,
                            base_symbol_information: lsp::BaseSymbolInformation {
                                name: entry.name.clone(),
                                kind: kind(entry.shape),
                                tags: None,
                                container_name: container.or_else(|| Some(file.to_owned())),
                            },
                        });
                    }
                }
            }
        }
    }
    found
}

pub fn folds(at: &Snapshot, _: lsp::FoldingRangeParams) -> Option<Vec<lsp::FoldingRange>> {
    let range = at.ranges(&at.file);
    let folds = ide::folds(&at.workspace, &at.file).into_iter().map(|fold| {
        let range = range(&fold.range);
        lsp::FoldingRange {
            start_line: range.start.line,
            start_character: Some(range.start.character),
            end_line: range.end.line,
            end_character: Some(range.end.character),
            kind: match fold.kind {
                FoldKind::Code => None,
                FoldKind::Comment => Some(lsp::FoldingRangeKind::Comment),
                FoldKind::Imports => Some(lsp::FoldingRangeKind::Imports),
            },
            collapsed_text: None,
        }
    });
    Some(folds.collect())
}

pub fn selections(
    at: &Snapshot,
    params: lsp::SelectionRangeParams,
) -> Option<Vec<lsp::SelectionRange>> {
    let selection = |position: &lsp::Position| {
        let ranges = ide::selection(&at.workspace, &at.file, at.offset(*position));
        let mut around: Option<lsp::SelectionRange> = None;
        for range in ranges.iter().rev() {
            let range = at.range(&at.file, range);
            around = Some(lsp::SelectionRange { range, parent: around.map(Box::new) });
        }
        let nowhere = lsp::Range { start: *position, end: *position };
        around.unwrap_or(lsp::SelectionRange { range: nowhere, parent: None })
    };
    Some(params.positions.iter().map(selection).collect())
}

pub fn links(at: &Snapshot, _: lsp::DocumentLinkParams) -> Option<Vec<lsp::DocumentLink>> {
    let links = ide::links(&at.workspace, &at.file).into_iter().map(|link| lsp::DocumentLink {
        range: at.range(&at.file, &link.range),
        target: Some(uri_of(&joined(&at.root, &link.target)).into()),
        tooltip: None,
        data: None,
    });
    Some(links.collect())
}

pub fn formatting(at: &Snapshot, _: lsp::DocumentFormattingParams) -> Option<Vec<lsp::TextEdit>> {
    laid_out(at, None)
}

pub fn range_formatting(
    at: &Snapshot,
    params: lsp::DocumentRangeFormattingParams,
) -> Option<Vec<lsp::TextEdit>> {
    laid_out(at, Some(at.bytes(&params.range)))
}

/// Lays out what was just ended by the character that was typed.
pub fn on_type_formatting(
    at: &Snapshot,
    params: lsp::DocumentOnTypeFormattingParams,
) -> Option<Vec<lsp::TextEdit>> {
    let offset = at.offset(params.position);
    let within = match params.ch.as_str() {
        "\n" => {
            // The line above; the new one is still empty.
            let before = at.text().get(..offset)?.trim_end();
            before.rfind('\n').map_or(0, |at| at + 1)..before.len()
        }
        _ => ide::selection(&at.workspace, &at.file, offset.saturating_sub(1))
            .into_iter()
            .find(|range| range.end == offset)?,
    };
    laid_out(at, Some(within))
}

fn laid_out(at: &Snapshot, within: Option<Range<usize>>) -> Option<Vec<lsp::TextEdit>> {
    if !at.file.ends_with(".dep") {
        return None;
    }
    let changes = ide::formatted(at.text(), within).into_iter();
    Some(changes.map(|change| edit(at, change)).collect())
}

fn edit(at: &Snapshot, change: Replacement) -> lsp::TextEdit {
    lsp::TextEdit { range: at.range(&at.file, &change.range), new_text: change.text }
}
