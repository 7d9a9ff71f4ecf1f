//! The graph of a program's components as a document, and the way between its lines and the source.

use analysis::components::{Graph, graph};
use analysis::db::Item;
use analysis::diagnostic::Span;
use analysis::drawing::{Drawn, Style, drawing, drawn};
use analysis::problems::problems_of_output;
use analysis::resolve::declaration;
use analysis::workspace::{Loaded, Workspace};

use crate::navigate::{mentions, name_span};
use crate::symbol::{Symbol, layers};

/// The graph of a program. Where it has errors, comments that say so: half a graph would say that the rest is not
/// there.
pub fn topology(workspace: &Workspace, loaded: &Loaded, program: &str, style: Style) -> String {
    let comment = match style {
        Style::Text => "#",
        Style::Dot => "//",
        Style::Mermaid => "%%",
    };
    let errors = crate::preview::errors(&problems_of_output(workspace, loaded), comment);
    match errors.is_empty() {
        true => drawn(&graph(workspace, loaded), style),
        false => {
            format!("{comment} {program} has no graph while it has errors:\n{}", errors.concat())
        }
    }
}

/// What a line of the graph is about: where a component is declared; of an edge, the places that name the other end.
pub fn component_at(
    workspace: &Workspace,
    loaded: &Loaded,
    style: Style,
    line: usize,
) -> Vec<Span> {
    let graph = graph(workspace, loaded);
    let item = |number: usize| Some(graph.components.get(number)?.place.item);
    let about = drawing(&graph, style).into_iter().nth(line).and_then(|(_, about)| about);
    match about {
        Some(Drawn::Component(number)) => {
            let place = graph.components.get(number).map(|component| component.place);
            place.and_then(|place| name_span(workspace, place)).into_iter().collect()
        }
        Some(Drawn::Edge(from, to)) => {
            let (Some(from), Some(to)) = (item(from), item(to)) else { return Vec::new() };
            let named = named_in(workspace, from, to);
            match named.is_empty() {
                // What is read through something else is nowhere named; its declaration is what there is to see.
                true => name_span(workspace, crate::symbol::name_place(workspace, to))
                    .into_iter()
                    .collect(),
                false => named,
            }
        }
        None => Vec::new(),
    }
}

/// Where one item, or an overlay of it, names another.
fn named_in(workspace: &Workspace, from: Item, to: Item) -> Vec<Span> {
    let layers = layers(workspace, declared(workspace, from));
    let found = mentions(workspace, &Symbol::Item(declared(workspace, to)), None).into_iter();
    found.filter(|found| layers.contains(&found.item)).map(|found| found.span).collect()
}

fn declared(workspace: &Workspace, item: Item) -> Item {
    let db = workspace.db();
    declaration(db, item.module(db), item.name(db)).unwrap_or(item)
}

/// The line of the graph that is about the component at an offset of a file.
pub fn drawn_at(
    workspace: &Workspace,
    loaded: &Loaded,
    style: Style,
    file: &str,
    offset: usize,
) -> Option<usize> {
    let (item, _) = workspace.item_at(file, offset)?;
    let item = declared(workspace, item);
    let graph: Graph = graph(workspace, loaded);
    let of_item = |number: usize| {
        let component = graph.components.get(number);
        component.is_some_and(|component| declared(workspace, component.place.item) == item)
    };
    drawing(&graph, style)
        .iter()
        .position(|(_, about)| matches!(about, Some(Drawn::Component(number)) if of_item(*number)))
}
