//! `depc graph`: which component uses which handles of others, as text or for programs that draw.

use analysis::components::{Graph, graph};
use analysis::drawing::{Style, drawn};
use analysis::problem::Severity;
use analysis::problems::problems_of_output;
use analysis::workspace::Workspace;
use serde::Serialize;

use crate::arguments::{Drawing, GraphOf};
use crate::report::shown;
use crate::{FAILED, Io, WRONG, print, programs, say};

/// The graph as other tools read it.
#[derive(Serialize)]
struct Listed<'g> {
    components: Vec<ListedComponent<'g>>,
    edges: Vec<ListedEdge<'g>>,
}

#[derive(Serialize)]
struct ListedComponent<'g> {
    name: &'g str,
    schema: &'g str,
    external: bool,
    /// `file:line:column`.
    declared: String,
}

#[derive(Serialize)]
struct ListedEdge<'g> {
    from: &'g str,
    to: &'g str,
    handle: &'g str,
}

pub fn run(arguments: &GraphOf, io: &mut Io<'_>) -> u8 {
    let Some(disk) =
        programs::open_with(io, std::slice::from_ref(&arguments.file), &arguments.given.paths())
    else {
        return FAILED;
    };
    let loaded = programs::loaded(io, &disk, &arguments.file, &arguments.given.options());
    let (workspace, loaded) = match loaded {
        Ok(loaded) => loaded,
        Err(code) => return code,
    };
    // What something in error would read is not known, and half a graph says that the rest is not there.
    let mut found = problems_of_output(&workspace, &loaded);
    found.retain(|diagnostic| diagnostic.severity == Severity::Error);
    if !found.is_empty() {
        let text = shown(&workspace, found.iter(), io.color);
        say(io, &String::from_utf8_lossy(&text));
        return WRONG;
    }
    let graph = graph(&workspace, &loaded);
    let text = match arguments.format {
        Drawing::Text => drawn(&graph, Style::Text),
        Drawing::Dot => drawn(&graph, Style::Dot),
        Drawing::Mermaid => drawn(&graph, Style::Mermaid),
        Drawing::Json => json(&workspace, &graph),
    };
    print(io, text.as_bytes())
}

fn json(workspace: &Workspace, graph: &Graph) -> String {
    let name = |number: usize| graph.components.get(number).map_or("", |c| c.name.as_str());
    let components = graph.components.iter().map(|component| ListedComponent {
        name: &component.name,
        schema: &component.schema,
        external: component.external,
        declared: programs::place(workspace, component.place),
    });
    let edges = graph.edges.iter().map(|edge| ListedEdge {
        from: name(edge.from),
        to: name(edge.to),
        handle: &edge.handle,
    });
    let listed = Listed { components: components.collect(), edges: edges.collect() };
    let mut text = serde_json::to_string_pretty(&listed).unwrap_or_default();
    text.push('\n');
    text
}
