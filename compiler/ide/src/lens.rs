//! What stands above an item: how many objects it makes, and which overlays change it.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use analysis::db::{Item, ItemKind};
use analysis::derive::objects_of;
use analysis::problems::units_of;
use analysis::render::emits;
use analysis::workspace::{Loaded, Workspace};

use crate::symbol::{layers, name_place};

/// A line above an item.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lens {
    /// The name of the item.
    pub range: Range<usize>,
    pub title: String,
    pub kind: LensKind,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LensKind {
    /// It leads to what it makes.
    Renders,
    /// It leads to these places, each a file and a stretch of it.
    Overridden(Vec<(Arc<str>, Range<usize>)>),
}

/// The lines above the items of a file; objects are those of the first program.
pub fn lenses(workspace: &Workspace, programs: &[(String, Arc<Loaded>)], file: &str) -> Vec<Lens> {
    let db = workspace.db();
    let program = programs.first().and_then(|(_, loaded)| loaded.program);
    let units: BTreeSet<Item> = program
        .into_iter()
        .flat_map(|program| units_of(db, program.root(db)))
        .copied()
        .filter(|unit| emits(db, *unit))
        .collect();
    let mut lenses = Vec::new();
    for item in workspace.items_of(file) {
        if !matches!(item.kind(db), ItemKind::Binding | ItemKind::Input) {
            continue;
        }
        let Some(span) = crate::navigate::name_span(workspace, name_place(workspace, item)) else {
            continue;
        };
        let made = program.filter(|_| units.contains(&item));
        let made = made.and_then(|program| objects_of(db, program, item));
        if let Some(count) = made.filter(|count| *count > 0) {
            let title = match count {
                1 => "renders 1 object".to_owned(),
                count => format!("renders {count} objects"),
            };
            lenses.push(Lens { range: span.range.clone(), title, kind: LensKind::Renders });
        }
        let mut places: Vec<(Arc<str>, Range<usize>)> = Vec::new();
        for layer in
            layers(workspace, item).into_iter().filter(|layer| layer.module(db) != item.module(db))
        {
            let at = crate::navigate::name_span(workspace, name_place(workspace, layer));
            places.extend(at.map(|at| (at.file, at.range)));
        }
        if !places.is_empty() {
            let mut files: Vec<&str> = places.iter().map(|(file, _)| &**file).collect();
            files.dedup();
            let title = format!("overridden in {}", files.join(", "));
            lenses.push(Lens { range: span.range, title, kind: LensKind::Overridden(places) });
        }
    }
    lenses
}
