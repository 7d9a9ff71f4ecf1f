//! Which items name which others: a service the one whose address it reads, a function the one that it calls.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use analysis::db::{Item, ItemKind, Origin};
use analysis::parse::parsed;
use analysis::workspace::Workspace;
use syntax::NodeKind as K;

use crate::navigate::{mentions, name_span};
use crate::symbol::{Symbol, Written, name_place, symbol, symbol_of, word};

/// An item as one end of a reference.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct End {
    pub name: String,
    pub file: Arc<str>,
    /// All of it, and its name.
    pub range: Range<usize>,
    pub name_range: Range<usize>,
    pub is_function: bool,
}

/// The item that the word at an offset names.
pub fn end_at(workspace: &Workspace, file: &str, offset: usize) -> Option<End> {
    match symbol(workspace, &word(workspace, file, offset)?)? {
        Symbol::Item(item) => end(workspace, item),
        _ => None,
    }
}

fn end(workspace: &Workspace, item: Item) -> Option<End> {
    let db = workspace.db();
    let name = name_span(workspace, name_place(workspace, item))?;
    Some(End {
        name: item.name(db).to_owned(),
        range: workspace.item_range(item)?,
        name_range: name.range,
        file: name.file,
        is_function: item.kind(db) == ItemKind::Fn,
    })
}

/// The items that name the one at an offset, each with where it does.
pub fn incoming(workspace: &Workspace, file: &str, offset: usize) -> Vec<(End, Vec<Range<usize>>)> {
    let Some(Symbol::Item(item)) =
        word(workspace, file, offset).and_then(|word| symbol(workspace, &word))
    else {
        return Vec::new();
    };
    let db = workspace.db();
    let mentions = mentions(workspace, &Symbol::Item(item), None).into_iter();
    let reads = mentions.filter(|mention| {
        !mention.writes && mention.item != item && !mention.item.name(db).is_empty()
    });
    ends(workspace, reads.map(|mention| (mention.item, mention.span.range)))
}

/// The items that the one at an offset names, each with where it does.
pub fn outgoing(workspace: &Workspace, file: &str, offset: usize) -> Vec<(End, Vec<Range<usize>>)> {
    let db = workspace.db();
    let Some(Symbol::Item(item)) =
        word(workspace, file, offset).and_then(|word| symbol(workspace, &word))
    else {
        return Vec::new();
    };
    let Some(at) = workspace.item_range(item) else { return Vec::new() };
    let parsed = parsed(db, item);
    let meaning = analysis::elaborate::meaning(db, item, None);
    let written = Written::default();
    let mut found: Vec<(Item, Range<usize>)> = Vec::new();
    for node in parsed.tree().nodes().filter(|node| node.kind() == K::Name) {
        let Some(Symbol::Item(other)) = symbol_of(workspace, &written, item, &meaning, node) else {
            continue;
        };
        let is_value = matches!(
            other.kind(db),
            ItemKind::Binding | ItemKind::Input | ItemKind::Let | ItemKind::Fn
        );
        if other == item || !is_value || other.module(db).origin(db) != Origin::File {
            continue;
        }
        found.push((other, at.start + node.range().start..at.start + node.range().end));
    }
    ends(workspace, found.into_iter())
}

/// The items, in the order in which they come first, each with all of its places.
fn ends(
    workspace: &Workspace,
    found: impl Iterator<Item = (Item, Range<usize>)>,
) -> Vec<(End, Vec<Range<usize>>)> {
    let mut all: Vec<(Item, Vec<Range<usize>>)> = Vec::new();
    let mut places: BTreeMap<Item, usize> = BTreeMap::new();
    for (item, range) in found {
        let place = *places.entry(item).or_insert(all.len());
        match all.get_mut(place) {
            Some((_, ranges)) => ranges.push(range),
            None => all.push((item, vec![range])),
        }
    }
    all.into_iter().filter_map(|(item, ranges)| Some((end(workspace, item)?, ranges))).collect()
}

/// The places of one file that change together as a name is typed: those of a local.
pub fn linked(workspace: &Workspace, file: &str, offset: usize) -> Vec<Range<usize>> {
    match word(workspace, file, offset).and_then(|word| symbol(workspace, &word)) {
        Some(found @ Symbol::Local(_)) => {
            mentions(workspace, &found, Some(file)).into_iter().map(|m| m.span.range).collect()
        }
        _ => Vec::new(),
    }
}
