//! The graph of components as text: to be read, or for programs that draw.

use crate::components::{Component, Graph};

/// In which notation a graph is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Style {
    /// A line for each component, and one below it for each that it reads of.
    Text,
    /// Graphviz.
    Dot,
    Mermaid,
}

/// What a line of a drawing is about: components by their numbers in the graph.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Drawn {
    Component(usize),
    /// What the first reads of the second.
    Edge(usize, usize),
}

/// The lines of a drawing, each with what it is about; nothing where it only holds the others together.
pub fn drawing(graph: &Graph, style: Style) -> Vec<(String, Option<Drawn>)> {
    let mut lines = match style {
        Style::Text => return text(graph),
        Style::Dot => vec![("digraph {".to_owned(), None), ("  node [shape=box]".to_owned(), None)],
        Style::Mermaid => vec![("flowchart LR".to_owned(), None)],
    };
    for (number, component) in graph.components.iter().enumerate() {
        let line = match style {
            Style::Dot => {
                let dashed = if component.external { ", style=dashed" } else { "" };
                let label = format!("{}\n{}", component.name, component.schema);
                format!("  c{number} [label={}{dashed}]", dot_text(&label))
            }
            _ => {
                let label = mermaid_text(&component.name);
                match component.external {
                    false => format!("  c{number}[\"{label}\"]"),
                    true => format!("  c{number}([\"{label}\"])"),
                }
            }
        };
        lines.push((line, Some(Drawn::Component(number))));
    }
    for from in 0..graph.components.len() {
        for (to, handles) in targets(graph, from) {
            let line = match style {
                Style::Dot => {
                    format!("  c{from} -> c{to} [label={}]", dot_text(&handles.join("\n")))
                }
                _ => format!("  c{from} -->|\"{}\"| c{to}", mermaid_text(&handles.join(", "))),
            };
            lines.push((line, Some(Drawn::Edge(from, to))));
        }
    }
    if style == Style::Dot {
        lines.push(("}".to_owned(), None));
    }
    lines
}

/// The text of a drawing.
pub fn drawn(graph: &Graph, style: Style) -> String {
    drawing(graph, style).into_iter().map(|(line, _)| line + "\n").collect()
}

fn text(graph: &Graph) -> Vec<(String, Option<Drawn>)> {
    let mut lines = Vec::new();
    let name = |component: &Component| component.name.clone();
    for (number, component) in graph.components.iter().enumerate() {
        let external = if component.external { "external " } else { "" };
        let line = format!("{}: {external}{}", component.name, component.schema);
        lines.push((line, Some(Drawn::Component(number))));
        for (to, handles) in targets(graph, number) {
            let of = graph.components.get(to).map(name).unwrap_or_default();
            let line = format!("  → {of}: {}", handles.join(", "));
            lines.push((line, Some(Drawn::Edge(number, to))));
        }
    }
    lines
}

/// What a component reads of others, by their numbers: one line is drawn between two.
fn targets(graph: &Graph, from: usize) -> Vec<(usize, Vec<&str>)> {
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

/// A text in Graphviz' quotes.
fn dot_text(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    format!("\"{text}\"")
}

/// A text within Mermaid's quotes, which know entities and no backslash.
fn mermaid_text(text: &str) -> String {
    text.replace('#', "#35;").replace('"', "#quot;").replace('<', "#lt;").replace('>', "#gt;")
}
