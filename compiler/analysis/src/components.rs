//! The graph of the components of a program: what `depc graph` draws.

use std::collections::{BTreeMap, BTreeSet};

use crate::db::{Item, ItemKind};
use crate::edges::{At, Reads, edges};
use crate::eval::member::segments;
use crate::parallel;
use crate::path::push_name;
use crate::problem::Place;
use crate::problems::{name_place, units, units_of};
use crate::workspace::{Loaded, Workspace};

/// The components of a program, and which of them read which handles of others.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Graph {
    /// In the order of the source.
    pub components: Vec<Component>,
    /// By the numbers of the components, in their order.
    pub edges: Vec<Edge>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Component {
    /// As a user would write it: `app`, `shop.web`; with the file in front where that is not the built one.
    pub name: String,
    pub schema: String,
    pub external: bool,
    /// The item that it is in.
    pub place: Place,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Edge {
    pub from: usize,
    pub to: usize,
    /// `name`, `endpoints.http`.
    pub handle: String,
}

/// The graph of a program without errors.
pub fn graph(workspace: &Workspace, loaded: &Loaded) -> Graph {
    let db = workspace.db();
    let Some(program) = loaded.program else { return Graph::default() };
    let own = units_of(db, program.root(db)).len();
    let all: Vec<Item> = parallel::on_deep_stack(|| units(db, program).to_vec());
    let parts = parallel::in_order(db, &all, |db, units| {
        let reads = units.iter().filter(|unit| unit.kind(db) != ItemKind::Check);
        let reads = reads.flat_map(|unit| &edges(db, program, *unit).components);
        reads.cloned().collect::<Vec<Reads>>()
    });
    let mut found: Vec<Reads> = parts.into_iter().flatten().collect();
    // Files that are used emit nothing; what has a part in the graph of this one is told.
    let own: BTreeSet<Item> = all.into_iter().take(own).collect();
    let mut linked: BTreeSet<At> = BTreeSet::new();
    for reads in found.iter().filter(|reads| own.contains(&reads.of.item)) {
        linked.extend(reads.handles.iter().map(|(at, _)| at.clone()));
    }
    found.retain(|reads| own.contains(&reads.of.item) || linked.contains(&reads.of));
    let numbers: BTreeMap<&At, usize> =
        found.iter().enumerate().map(|(number, reads)| (&reads.of, number)).collect();
    let mut graph = Graph::default();
    for (from, reads) in found.iter().enumerate() {
        let item = reads.of.item;
        let mut name = item.name(db).to_owned();
        for part in segments(&reads.of.path) {
            push_name(&mut name, part);
        }
        if !own.contains(&item) {
            name = format!("{}: {name}", item.module(db).path(db));
        }
        graph.components.push(Component {
            name,
            schema: reads.schema.to_string(),
            external: reads.external,
            place: name_place(db, item),
        });
        let edges = reads.handles.iter().filter_map(|(at, handle)| {
            Some(Edge { from, to: *numbers.get(at)?, handle: handle.text() })
        });
        let mut edges: Vec<Edge> = edges.collect();
        edges.sort_by_key(|edge| edge.to);
        graph.edges.extend(edges);
    }
    graph
}
