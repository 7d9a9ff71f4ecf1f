//! What only follows from another mistake that is told: it goes with that.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use syntax::{Node, NodeKind};

use crate::db::{Database, Item, ItemKind, Module};
use crate::elaborate::written_keys;
use crate::parse::parsed;
use crate::problem::{Code, Place, Problem, Severity};
use crate::resolve::brought;
use crate::show::listed;
use crate::told::Found;
use crate::types::key_text;

/// What stands at the declaration of a record that is put on others like a trait.
pub(crate) const MADE_AS_TRAIT: &str = "a record is made here";

/// Takes away what a record lacks that was meant to be a trait, and that it is none from all but its first use.
pub(crate) fn without_records_for_traits(found: &mut Vec<Found>) {
    let meant = |problem: &Problem| {
        let label = problem.related.iter().find(|label| label.message == MADE_AS_TRAIT)?;
        Some(label.place.item)
    };
    let mut first: BTreeSet<Item> = found.iter().filter_map(|f| meant(&f.problem)).collect();
    if first.is_empty() {
        return;
    }
    let records = first.clone();
    found.retain(|Found { problem, .. }| match meant(problem) {
        Some(item) => first.remove(&item),
        None => {
            !matches!(problem.code, Code::E(202 | 307)) || !records.contains(&problem.place.item)
        }
    });
}

/// Takes away, of the lines of a file that change what nothing makes, all but the first: it was meant as an overlay.
pub(crate) fn without_rest_of_overlays(db: &Database, found: &mut Vec<Found>) {
    let is_of_overlay = |problem: &Problem| {
        let help = problem.help.as_deref().unwrap_or_default();
        problem.code == Code::E(224) && help.contains("`overlay ")
    };
    let told = found.iter().map(|found| &found.problem).filter(|problem| is_of_overlay(problem));
    // It is told at the `use` that stands in place of an `overlay`, if one does.
    let layers: BTreeSet<(Module, &str)> = told
        .flat_map(|problem| problem.related.iter().map(|label| label.place).chain([problem.place]))
        .map(|place| (place.item.module(db), place.item.name(db)))
        .collect();
    if layers.is_empty() {
        return;
    }
    let mut files: BTreeSet<Module> = unread_overlays(db, found);
    found.retain(|Found { problem, .. }| {
        let item = problem.place.item;
        match problem.code {
            Code::E(224) if is_of_overlay(problem) => files.insert(item.module(db)),
            Code::E(202) => !layers.contains(&(item.module(db), item.name(db))),
            Code::E(403) => !layers.iter().any(|(module, _)| *module == item.module(db)),
            _ => true,
        }
    });
}

/// The files in which a line that cannot be read was perhaps to say on which file they lie.
fn unread_overlays(db: &Database, found: &[Found]) -> BTreeSet<Module> {
    let of_overlay = |problem: &&Problem| {
        let help = problem.help.as_deref().unwrap_or_default();
        let word = help.contains("begins with `overlay ") || help == "did you mean `overlay`?";
        problem.code == Code::E(1) && word
    };
    let told = found.iter().map(|found| &found.problem).filter(of_overlay);
    told.map(|problem| problem.place.item.module(db)).collect()
}

/// Takes away what is wrong with what is read of an item that a layer binds anew and may not: it will not be bound so.
pub(crate) fn without_uses_of_refused(db: &Database, found: &mut Vec<Found>) {
    let refused: BTreeSet<&str> = found
        .iter()
        .map(|found| &found.problem)
        .filter(|problem| matches!(problem.code, Code::E(402 | 404)) && !problem.label.is_empty())
        .map(|problem| problem.place.item.name(db))
        .collect();
    if refused.is_empty() {
        return;
    }
    let reads = |problem: &Problem| {
        let parsed = parsed(db, problem.place.item);
        let Some(node) = parsed.tree().node(problem.place.node) else { return false };
        let chain = std::iter::once(node).chain(node.parent());
        let chain = chain.into_iter().find(|node| node.kind() == NodeKind::Chain);
        let head = chain.and_then(|chain| chain.children().next()).unwrap_or(node);
        head.kind() == NodeKind::Name && refused.contains(head.text())
    };
    found.retain(|Found { problem, .. }| {
        !matches!(problem.code, Code::E(202 | 307)) || !reads(problem)
    });
}

/// Where a name is that of a field and of a value at the top of the file, and the field is of another kind than what is asked of it, the value was meant: that is told alone.
pub(crate) fn without_kinds_of_hidden(db: &Database, found: &mut Vec<Found>) {
    let hides = |problem: &Problem| problem.code == Code::E(259);
    let mut wholes: BTreeMap<Item, Vec<(Place, Range<usize>)>> = BTreeMap::new();
    for place in found.iter().map(|found| &found.problem).filter(|p| hides(p)).map(|p| p.place) {
        if let Some(whole) = value_around(db, place) {
            wholes.entry(place.item).or_default().push((place, whole));
        }
    }
    if wholes.is_empty() {
        return;
    }
    let mut meant: BTreeSet<(Item, u32)> = BTreeSet::new();
    found.retain(|Found { problem, .. }| {
        let item = problem.place.item;
        let of_item = wholes.get(&item).filter(|_| {
            matches!(problem.code, Code::E(101 | 102 | 201 | 204 | 207 | 209 | 212 | 216 | 225))
        });
        let Some(of_item) = of_item else { return true };
        let parsed = parsed(db, item);
        let node = parsed.tree().node(problem.place.node);
        let start = node.map(|node| node.range().start);
        let whole = of_item.iter().find(|(_, whole)| start.is_some_and(|at| whole.contains(&at)));
        whole.is_none_or(|(place, _)| {
            meant.insert((item, place.node));
            false
        })
    });
    for Found { problem, .. } in found.iter_mut().filter(|found| hides(&found.problem)) {
        if meant.contains(&(problem.place.item, problem.place.node)) {
            problem.severity = Severity::Error;
        }
    }
}

/// The bytes of the value, or of the condition, of which a name is a part.
fn value_around(db: &Database, name: Place) -> Option<Range<usize>> {
    use NodeKind as K;
    let parsed = parsed(db, name.item);
    let node = parsed.tree().node(name.node)?;
    let above = node.ancestors();
    let ends = |node: &&Node<'_>| {
        matches!(node.kind(), K::Set | K::When | K::Check | K::Binding | K::Body | K::Root)
    };
    let whole = above.iter().take_while(|node| !ends(node)).last();
    Some(whole.map_or(node.range(), |whole| whole.range()))
}

/// Takes away that names of the library are not brought where their module is used as a file is, in quotes.
pub(crate) fn without_names_of_quoted_modules(db: &Database, found: &mut Vec<Found>) {
    found.retain(|Found { problem, .. }| {
        let help = problem.help.as_deref().filter(|_| matches!(problem.code, Code::E(101 | 103)));
        let Some((module, _)) =
            help.and_then(|help| help.strip_prefix("it is in ")?.split_once(':'))
        else {
            return true;
        };
        let mut quoted = brought(db, problem.place.item.module(db)).nameless.iter();
        !quoted.any(|(path, _)| path.trim_matches('"') == module)
    });
}

/// Takes away that a record lacks a field which is said to stand in the place of another in the item, or which those in its braces may have been meant to be, of which nobody knows any.
pub(crate) fn without_names_of_unknown(db: &Database, found: &mut Vec<Found>) {
    // The nodes of names without a word of what was meant, and what was said of the others.
    let mut unknown: BTreeMap<Item, (Vec<u32>, Vec<String>)> = BTreeMap::new();
    for Found { problem, .. } in found.iter().filter(|found| found.problem.code == Code::E(102)) {
        let (nodes, said) = unknown.entry(problem.place.item).or_default();
        match &problem.help {
            None => nodes.push(problem.place.node),
            Some(help) => said.push(help.clone()),
        }
    }
    if unknown.is_empty() {
        return;
    }
    // `backend` is not missing besides where it is said to stand in the place of `service`.
    let is_said = |item: Item, name: &str| {
        let named = |help: &String| help.contains(&format!("`{name}"));
        unknown.get(&item).is_some_and(|(_, said)| said.iter().any(named))
    };
    let held = |record: Place| {
        let parsed = parsed(db, record.item);
        let Some(node) = parsed.tree().node(record.node) else { return 0 };
        let nodes = node.id()..node.id() + node.size();
        let of_item = unknown.get(&record.item);
        let of_item = of_item.map_or(&[][..], |(unknown, _)| unknown);
        let unknown = of_item.iter().filter(|at| nodes.contains(at)).count();
        let body = node.child(NodeKind::Body).unwrap_or(node);
        if body.children().count() == unknown { unknown } else { 0 }
    };
    let mut left: BTreeMap<(Item, u32), usize> = BTreeMap::new();
    found.retain_mut(|Found { problem, .. }| {
        let place = problem.place;
        if problem.code != Code::E(202) {
            return true;
        }
        if !lacks_more(db, problem, |name| is_said(place.item, name)) {
            return false;
        }
        let left = left.entry((place.item, place.node)).or_insert_with(|| held(place));
        let lacks = *left == 0;
        *left = left.saturating_sub(1);
        lacks
    });
}

/// The fields of which a problem says that they are missing.
fn missing(problem: &Problem) -> Vec<&str> {
    let help = problem.help.as_deref().unwrap_or_default();
    let set = help.strip_prefix("set it: ").or(help.strip_prefix("set them: "));
    let names = set.into_iter().flat_map(|set| set.split(", "));
    names.filter_map(|name| Some(name.strip_prefix('`')?.split_once(' ')?.0)).collect()
}

/// Takes some of the fields out of a problem that says which are missing; whether there are others.
fn lacks_more(db: &Database, problem: &mut Problem, is_said: impl Fn(&str) -> bool) -> bool {
    let quoted = |names: &[String]| -> Vec<String> {
        names.iter().map(|name| format!("`{name}`")).collect()
    };
    let names: Vec<String> = missing(problem).into_iter().map(str::to_owned).collect();
    let left: Vec<String> = names.iter().filter(|name| !is_said(name)).cloned().collect();
    if left.len() == names.len() || left.is_empty() {
        return names.is_empty() || !left.is_empty();
    }
    let (before, after) = (listed(&quoted(&names)), listed(&quoted(&left)));
    let said = |text: &str| match left.len() {
        1 => text.replace(&before, &after).replace(" are missing", " is missing"),
        _ => text.replace(&before, &after),
    };
    let set = problem.help.as_deref().and_then(|help| help.split_once(": ")).map(|(_, set)| set);
    let set = set.into_iter().flat_map(|set| set.split(", "));
    let set: Vec<&str> =
        set.filter(|set| left.iter().any(|name| set.starts_with(&format!("`{name} ")))).collect();
    let help = format!("set {}: {}", if left.len() == 1 { "it" } else { "them" }, set.join(", "));
    (problem.message, problem.label) = (said(&problem.message), said(&problem.label));
    problem.help = Some(help);
    problem.related.retain(|label| {
        let parsed = parsed(db, label.place.item);
        let name = parsed.tree().node(label.place.node).map(key_text);
        name.is_none_or(|name| !is_said(&name))
    });
    true
}

/// Takes away that a member is not there whose name stands in entries that cannot be read: `{ http = 80 ssh = 22 }`.
pub(crate) fn without_members_of_unread(db: &Database, found: &mut Vec<Found>) {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let unread: BTreeSet<&str> = found
        .iter()
        .filter(|found| matches!(found.problem.code, Code::E(2 | 4)))
        .filter_map(|found| {
            let text = found.problem.place.item.text(db).get(found.range.clone()?.start..)?;
            // Behind a `;` the rest of its line is lost.
            let line = text.lines().next().filter(|text| text.starts_with(';'));
            line.map(|line| line.trim_start_matches([';', ' ']))
                .or(text.get(..found.range.as_ref()?.len()))
        })
        .filter(|text| text.starts_with(|c: char| c.is_alphabetic() || matches!(c, '"' | '_')))
        .flat_map(|text| text.split(move |c| !is_word(c)))
        .collect();
    if unread.is_empty() {
        return;
    }
    let is_unread = |problem: &Problem| {
        let parsed = parsed(db, problem.place.item);
        let Some(name) = parsed.tree().node(problem.place.node) else { return false };
        unread.contains(&*key_text(name))
    };
    found.retain(|Found { problem, .. }| {
        !matches!(problem.code, Code::E(102 | 204 | 212)) || !is_unread(problem)
    });
}

/// Takes away what is said of types where a value depends on itself: they are not known only because of that.
pub(crate) fn without_types_of_rings(found: &mut Vec<Found>) {
    let turning: BTreeSet<Item> = found
        .iter()
        .filter(|found| matches!(found.problem.code, Code::E(501 | 503)))
        .flat_map(|found| {
            let through = found.problem.related.iter().map(|label| label.place.item);
            through.chain([found.problem.place.item])
        })
        .collect();
    found.retain(|Found { problem, .. }| {
        !matches!(problem.code, Code::E(233 | 252)) || !turning.contains(&problem.place.item)
    });
}

/// Takes away what follows from a binding whose first name is that of nothing: that the item which was meant lacks that,
/// and that nothing below sets what an item overrides which is made of it.
pub(crate) fn without_uses_of_lost(db: &Database, found: &mut Vec<Found>) {
    let lost = found.iter().filter(|found| found.problem.code == Code::E(406));
    let lost: Vec<Lost<'_>> = lost.filter_map(|found| lost_by(db, &found.problem)).collect();
    if lost.is_empty() {
        return;
    }
    found.retain(|Found { problem, .. }| match problem.code {
        Code::E(202) => !lost.iter().any(|lost| lacks_one(db, problem, lost)),
        // Of what kind the values are which it was to give, nothing says.
        Code::E(101)
            if !problem.help.as_ref().is_some_and(|help| help.starts_with("did you mean")) =>
        {
            !lost.iter().any(|lost| lost.written == Some(problem.place.item.name(db)))
        }
        Code::E(403) => {
            let name = problem.place.item.name(db);
            !lost.iter().any(|lost| lost.written == Some(name))
                && !overrides_one(db, problem.place, &lost)
        }
        _ => true,
    });
}

/// A binding that is lost, because the name in front of it is that of nothing.
struct Lost<'db> {
    /// The name, if it is that of an item.
    written: Option<&'db str>,
    /// The name that was certainly meant.
    meant: String,
    /// What it binds in that, by the last names.
    names: Vec<String>,
}

fn lost_by<'db>(db: &'db Database, problem: &Problem) -> Option<Lost<'db>> {
    let meant = problem.fix.as_ref()?.edits.first()?.text.clone();
    let parsed = parsed(db, problem.place.item);
    let name = parsed.tree().node(problem.place.node)?;
    let binding = binding_around(name)?;
    let first = name.text() == problem.place.item.name(db);
    let names = match binding.child(NodeKind::Body) {
        Some(body) => written_keys(body).iter().map(|key| key.to_string()).collect(),
        None => {
            // What is bound to the name itself is all that it was to have.
            let of_name = binding.child(NodeKind::Path)?.children().count() == 1;
            vec![if of_name { meant.clone() } else { last_name(binding)? }]
        }
    };
    Some(Lost { written: first.then(|| problem.place.item.name(db)), meant, names })
}

/// Whether an item lacks only what a binding was meant to give it.
fn lacks_one(db: &Database, problem: &Problem, lost: &Lost<'_>) -> bool {
    let item = problem.place.item;
    let names = match item.kind(db) {
        ItemKind::Input => vec![item.name(db)],
        _ => missing(problem),
    };
    let given = |name: &&str| lost.names.iter().any(|given| given == name);
    item.name(db) == lost.meant && !names.is_empty() && names.iter().all(given)
}

fn overrides_one(db: &Database, place: Place, lost: &[Lost<'_>]) -> bool {
    let parsed = parsed(db, place.item);
    let node = parsed.tree().node(place.node);
    let Some(name) = node.and_then(binding_around).and_then(last_name) else { return false };
    let is_made_of = |meant: &str| {
        let value = parsed.tree().entry().child(NodeKind::Set);
        let head =
            value.and_then(|value| value.children().next()).map(|value| match value.kind() {
                NodeKind::Chain => value.children().next().unwrap_or(value),
                _ => value,
            });
        head.is_some_and(|head| head.text() == meant)
    };
    lost.iter().any(|lost| lost.names.contains(&name) && is_made_of(&lost.meant))
}

fn binding_around(node: Node<'_>) -> Option<Node<'_>> {
    let mut around = std::iter::once(node).chain(node.ancestors());
    around.find(|node| node.kind() == NodeKind::Binding)
}

fn last_name(binding: Node<'_>) -> Option<String> {
    let path = binding.child(NodeKind::Path)?;
    path.children().last().map(|name| key_text(name).to_string())
}
