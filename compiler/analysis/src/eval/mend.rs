//! Where a mistake that was found in values stands in the source, and the changes that mend it.

use syntax::{Node, NodeKind};

use crate::db::ItemKind;
use crate::eval::strength::written_path;
use crate::parse::parsed;
use crate::problem::{Edit, Part, Place, Problem};

/// `override` before the binding of which a node is a part, or in place of its `default`.
pub(super) fn add_override(db: &dyn salsa::Database, place: Place) -> Edit {
    let parsed = parsed(db, place.item);
    let Some(binding) = parsed.tree().node(place.node).and_then(binding) else {
        return Edit { place, part: Part::Before, text: "override ".to_owned() };
    };
    let at = Place { node: binding.id(), ..place };
    match modifier(binding, "default") {
        Some(node) => Edit {
            place: Place { node: node.id(), ..place },
            part: Part::Whole,
            text: "override".to_owned(),
        },
        None => Edit { place: at, part: Part::Before, text: "override ".to_owned() },
    }
}

/// Whether the binding of which a node is a part sets a record that names no schema: `site = { … }`.
pub(super) fn sets_plain_record(db: &dyn salsa::Database, place: Place) -> bool {
    let parsed = parsed(db, place.item);
    let binding = parsed.tree().node(place.node).and_then(binding);
    let value = binding.and_then(|binding| binding.child(NodeKind::Set)?.children().next());
    value.is_some_and(|value| value.kind() == NodeKind::Body)
}

/// What to do about an `override` of what is only a default, and whether that is right wherever the layer is put: what is
/// put on several things may override in one of them what is a default in another.
pub(super) fn leave_out(kind: ItemKind) -> (bool, &'static str) {
    match kind {
        ItemKind::Trait | ItemKind::Every => {
            (false, "leave out `override`, if nothing that this is put on sets it")
        }
        _ => (true, "leave out `override`"),
    }
}

/// The binding of which a node is a part without its `override`.
pub(super) fn drop_override(db: &dyn salsa::Database, place: Place) -> Edit {
    let parsed = parsed(db, place.item);
    let node = parsed.tree().node(place.node).and_then(binding);
    let node = node.and_then(|binding| modifier(binding, "override"));
    match node {
        Some(node) => Edit {
            place: Place { node: node.id(), ..place },
            part: Part::Whole,
            text: String::new(),
        },
        // It is that of the block around it.
        None => Edit { place, part: Part::Word("override".to_owned()), text: String::new() },
    }
}

/// That a required field is unset.
pub(crate) fn cannot_be_unset(db: &dyn salsa::Database, place: Place, path: &str) -> Problem {
    let written = written_path(db, place);
    let strength = match place.item.kind(db) {
        ItemKind::Schema | ItemKind::Variant => "",
        _ => "override ",
    };
    let problem = Problem::error(408, place, format!("`{path}` is required and cannot be unset"));
    without_entry(
        db,
        problem
            .help(format!("give it another value, `{strength}{written} = …`, or leave this out")),
    )
}

/// Offers to leave out the `unset` of which a problem is told.
pub(super) fn without_entry(db: &dyn salsa::Database, problem: Problem) -> Problem {
    let place = problem.place;
    let parsed = parsed(db, place.item);
    let entry = parsed.tree().node(place.node).and_then(|node| {
        std::iter::once(node).chain(node.ancestors()).find(|node| node.kind() == NodeKind::Removal)
    });
    let Some(entry) = entry else { return problem };
    let (text, range) = (place.item.text(db), entry.range());
    let before = text.get(..range.start).unwrap_or_default();
    let behind = text.get(range.end..).unwrap_or_default();
    // With the comma behind it, or else with its line.
    let range = match behind.strip_prefix(',') {
        Some(rest) => {
            range.start..range.end + 1 + (rest.len() - rest.trim_start_matches([' ', '\t']).len())
        }
        None => {
            let line = before.trim_end_matches([' ', '\t']);
            let alone = behind.is_empty() || behind.starts_with(['\n', '\r']);
            let start = line.strip_suffix('\n').filter(|_| alone).map_or(range.start, str::len);
            start..range.end
        }
    };
    let edit = Edit { place, part: Part::Bytes(range), text: String::new() };
    problem.offer("leave it out", false, edit)
}

/// Where a name stands in the chain of members of which a node is a part: `htpt` of `queue.endpoints.htpt.url`. The
/// node itself where that cannot be told.
pub(super) fn named_in_chain(db: &dyn salsa::Database, place: Place, name: &str) -> Place {
    let parsed = parsed(db, place.item);
    let Some(node) = parsed.tree().node(place.node) else { return place };
    let is_chain = |node: &Node<'_>| node.kind() == NodeKind::Chain;
    let chain = match node.kind() {
        NodeKind::Chain => Some(node),
        // What is read anywhere in an item, for an item.
        NodeKind::Root => {
            return only_named(node, name).map_or(place, |id| Place { node: id, ..place });
        }
        _ => node.parent().filter(is_chain),
    };
    let fields = chain
        .into_iter()
        .flat_map(|chain| chain.children())
        .filter(|suffix| matches!(suffix.kind(), NodeKind::Field | NodeKind::OptField));
    let mut named = fields
        .filter_map(|field| field.children().next())
        .filter(|written| *crate::types::key_text(*written) == *name);
    match (named.next(), named.next()) {
        (Some(only), None) => Place { node: only.id(), ..place },
        _ => place,
    }
}

/// The only place at which a member of this name is asked for in a node.
fn only_named(node: Node<'_>, name: &str) -> Option<u32> {
    let mut nodes = vec![node];
    let mut found = None;
    while let Some(node) = nodes.pop() {
        if matches!(node.kind(), NodeKind::Field | NodeKind::OptField)
            && let Some(written) = node.children().next()
            && *crate::types::key_text(written) == *name
            && found.replace(written.id()).is_some()
        {
            return None;
        }
        nodes.extend(node.children());
    }
    found
}

fn binding(node: Node<'_>) -> Option<Node<'_>> {
    node.ancestors().into_iter().find(|node| node.kind() == NodeKind::Binding)
}

fn modifier<'t>(binding: Node<'t>, word: &str) -> Option<Node<'t>> {
    binding.children_of(NodeKind::Modifier).find(|modifier| modifier.text() == word)
}
