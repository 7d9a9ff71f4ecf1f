//! Where every part of every object was written, for tools that know objects and paths only: what a cluster says of
//! `spec.template.spec.containers[0].image` leads back to a line of source.

use std::ops::Range;

use kube::tree::{NodeId, Ref, Step, Tree, Value};
use rustc_hash::FxHashMap;
use syntax::Parsed;

use crate::db::Item;
use crate::diagnostic::Span;
use crate::explain::{self, Asked};
use crate::parallel::on_deep_stack;
use crate::path::push_name;
use crate::problem::Place;
use crate::problems::units_of;
use crate::render::{emits, render};
use crate::workspace::{Loaded, Workspace};

/// An object, with the place of each of its parts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mapped {
    pub api_version: String,
    pub kind: String,
    /// Empty where it says none.
    pub namespace: String,
    pub name: String,
    /// Where the user made it.
    pub made: Option<Span>,
    /// The paths of its maps, lists and leaves, as the API server writes them, in the order of the object.
    pub paths: Vec<(String, Span)>,
    /// Who makes it, and its number among what that makes.
    unit: Item,
    number: usize,
}

/// The objects that a program emits, in the order of the source.
pub fn source_map(workspace: &Workspace, loaded: &Loaded) -> Vec<Mapped> {
    let db = workspace.db();
    let Some(program) = loaded.program else { return Vec::new() };
    let units = units_of(db, program.root(db)).iter().copied().filter(|unit| emits(db, *unit));
    let mut places = Places { workspace, parsed: FxHashMap::default() };
    let mut mapped = Vec::new();
    for unit in units {
        let mut tree = Tree::default();
        let rendered = on_deep_stack(|| render(db, program, unit, &mut tree));
        for (number, id) in rendered.objects.iter().enumerate() {
            let Some(object) = tree.node(*id) else { continue };
            let text = |path: &[&str]| {
                object.at(path).and_then(|node| node.as_str()).unwrap_or_default().to_owned()
            };
            let mut paths = Vec::new();
            parts(object, &mut String::new(), &mut |path, node| {
                let place = tree.node(node).and_then(|node| rendered.place(node.origin()));
                if let Some(span) = place.and_then(|place| places.span(place)) {
                    paths.push((path.to_owned(), span));
                }
            });
            mapped.push(Mapped {
                api_version: text(&["apiVersion"]),
                kind: text(&["kind"]),
                namespace: text(&["metadata", "namespace"]),
                name: text(&["metadata", "name"]),
                made: rendered.made(number).and_then(|place| places.span(place)),
                paths,
                unit,
                number,
            });
        }
    }
    mapped
}

/// A part of an object that is asked about.
pub struct Part {
    pub path: Vec<Step>,
    /// The bytes of its text that are meant, where it is one, and not all are.
    pub within: Option<Range<usize>>,
}

/// Where the user wrote what parts of an object come of: through what the library, a schema, a trait or a function
/// computes. `None` where it comes of nothing that the user wrote.
pub fn behind(
    workspace: &Workspace,
    loaded: &Loaded,
    object: &Mapped,
    all: &[Part],
) -> Vec<Option<Span>> {
    let Some(program) = loaded.program else { return all.iter().map(|_| None).collect() };
    let asked = |part: &Part| Asked {
        object: object.number,
        path: part.path.clone(),
        of_key: false,
        within: part.within.clone(),
    };
    let wanted: Vec<Asked> = all.iter().map(asked).collect();
    let found = on_deep_stack(|| explain::behind(workspace.db(), program, object.unit, &wanted));
    let mut places = Places { workspace, parsed: FxHashMap::default() };
    found.into_iter().map(|found| places.span(*found.places.first()?)).collect()
}

/// Tells of each part of an object its path.
fn parts(node: Ref<'_>, path: &mut String, tell: &mut dyn FnMut(&str, NodeId)) {
    let end = path.len();
    match node.value() {
        Value::Map => {
            for (key, inner) in node.entries() {
                push_name(path, key);
                tell(path, inner.id());
                parts(inner, path, tell);
                path.truncate(end);
            }
        }
        Value::List => {
            for (at, inner) in node.items().enumerate() {
                path.push_str(&format!("[{at}]"));
                tell(path, inner.id());
                parts(inner, path, tell);
                path.truncate(end);
            }
        }
        _ => {}
    }
}

/// Places of many nodes of few items, each of which is parsed once.
struct Places<'w> {
    workspace: &'w Workspace,
    parsed: FxHashMap<Item, Parsed>,
}

impl Places<'_> {
    fn span(&mut self, place: Place) -> Option<Span> {
        let text = place.item.text(self.workspace.db());
        let parsed = self.parsed.entry(place.item).or_insert_with(|| Parsed::new(text));
        let range = parsed.tree().node(place.node).map_or(0..text.len(), |node| node.range());
        self.workspace.span_in(place.item, range)
    }
}
