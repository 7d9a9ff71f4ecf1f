//! `depc graph`: which component uses which handles of others, as text or for programs that draw.

use std::fmt::Write as _;

use analysis::components::{Component, Graph, graph};
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
    let Some(disk) = programs::open(io, std::slice::from_ref(&arguments.file)) else {
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
        Drawing::Text => text(&graph),
        Drawing::Dot => dot(&graph),
        Drawing::Mermaid => mermaid(&graph),
        Drawing::Json => json(&workspace, &graph),
    };
    print(io, text.as_bytes())
}

fn text(graph: &Graph) -> String {
    let mut text = String::new();
    for (number, component) in graph.components.iter().enumerate() {
        let external = if component.external { "external " } else { "" };
        let _ = writeln!(text, "{}: {external}{}", component.name, component.schema);
        for (to, handles) in targets(graph, number) {
            let _ = writeln!(text, "  → {}: {}", to.name, handles.join(", "));
        }
    }
    text
}

fn dot(graph: &Graph) -> String {
    let mut text = "digraph {\n  node [shape=box]\n".to_owned();
    for (number, component) in graph.components.iter().enumerate() {
        let style = if component.external { ", style=dashed" } else { "" };
        let label = format!("{}\n{}", component.name, component.schema);
        let _ = writeln!(text, "  c{number} [label={}{style}]", dot_text(&label));
    }
    for (from, _) in graph.components.iter().enumerate() {
        for (to, handles) in numbered(graph, from) {
            let _ = writeln!(text, "  c{from} -> c{to} [label={}]", dot_text(&handles.join("\n")));
        }
    }
    text.push_str("}\n");
    text
}

fn mermaid(graph: &Graph) -> String {
    let mut text = "flowchart LR\n".to_owned();
    for (number, component) in graph.components.iter().enumerate() {
        let label = mermaid_text(&component.name);
        let _ = match component.external {
            false => writeln!(text, "  c{number}[\"{label}\"]"),
            true => writeln!(text, "  c{number}([\"{label}\"])"),
        };
    }
    for (from, _) in graph.components.iter().enumerate() {
        for (to, handles) in numbered(graph, from) {
            let label = mermaid_text(&handles.join(", "));
            let _ = writeln!(text, "  c{from} -->|\"{label}\"| c{to}");
        }
    }
    text
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

/// What a component reads of others, by their numbers: one line is drawn between two.
fn numbered(graph: &Graph, from: usize) -> Vec<(usize, Vec<&str>)> {
    let start = graph.edges.partition_point(|edge| edge.from < from);
    let edges = graph.edges.get(start..).unwrap_or_default();
    let mut targets: Vec<(usize, Vec<&str>)> = Vec::new();
    for edge in edges.iter().take_while(|edge| edge.from == from) {
        match targets.last_mut() {
            Some((to, handles)) if *to == edge.to => handles.push(&edge.handle),
            _ => targets.push((edge.to, vec![&edge.handle])),
        }
    }
    targets
}

fn targets(graph: &Graph, from: usize) -> impl Iterator<Item = (&Component, Vec<&str>)> {
    let targets = numbered(graph, from).into_iter();
    targets.filter_map(|(to, handles)| Some((graph.components.get(to)?, handles)))
}

/// A text in Graphviz' quotes.
fn dot_text(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    format!("\"{text}\"")
}

/// A text within Mermaid's quotes, which know entities and no backslash.
fn mermaid_text(text: &str) -> String {
    text.replace('#', "#35;").replace('"', "#quot;").replace('<', "#lt;").replace('>', "#gt;")
}
