//! What those who read a declaration are told, though it is the declaration that is broken, misspelt or there twice: it goes with what is told of that.

use std::collections::{BTreeMap, BTreeSet};

use syntax::{Node, NodeKind};

use crate::db::{Database, Item, ItemKind, Module};
use crate::limits;
use crate::parse::{is_whole, parsed};
use crate::problem::{Code, Edit, Label, Part, Place, Problem};
use crate::problems::name_place;
use crate::resolve::all_bases;
use crate::told::Found;
use crate::unreadable::{is_cut, is_unread_declaration};

/// Takes away what is said of kinds and values where something is read that cannot be read itself, or is there twice.
pub(crate) fn without_readers_of_broken(db: &Database, found: &mut Vec<Found>) {
    let mut places: BTreeMap<Item, Vec<(Code, u32)>> = BTreeMap::new();
    for Found { problem, .. } in found.iter() {
        places.entry(problem.place.item).or_default().push((problem.code, problem.place.node));
    }
    let holds_another = |problem: &Problem| {
        let Place { item, node } = problem.place;
        let size = parsed(db, item).tree().node(node).map_or(0, |node| node.size());
        let mut beside = places.get(&item).into_iter().flatten();
        beside.any(|(code, at)| *code != problem.code && (node..node + size).contains(at))
    };
    let (mut names, mut within) = (BTreeSet::new(), BTreeMap::new());
    broken(db, found, &mut names, &mut within);
    let holes: BTreeSet<(Item, u32)> =
        found.iter().filter_map(|found| hole_of(db, found)).collect();
    let unread = found.iter().filter(|found| matches!(found.problem.code, Code::E(..100)));
    let cut: BTreeSet<&str> = unread.map(|found| found.problem.place.item.name(db)).collect();
    let cut: BTreeSet<&str> = cut.into_iter().filter(|name| !name.is_empty()).collect();
    let mut entries = Entries::default();
    // Who reads a reader is told nothing of it either.
    let mut fresh = names.clone();
    loop {
        let mut next = BTreeSet::new();
        found.retain(|Found { problem, .. }| {
            let Code::E(code @ (102 | 201..=233 | 257 | 271 | 301..=307 | 407)) = problem.code
            else {
                return true;
            };
            let item = problem.place.item;
            let is_declared = |label: &Label| is_unread_declaration(db, label.place);
            match code {
                // What cannot be read in a schema is missing in all that is made of it.
                307 | 407 if is_cut(db, item) => return false,
                // Nor is there what a `check` asks of that, or a block is put on.
                307 if item.kind(db) == ItemKind::Check => {
                    return !entries.reads(db, problem.place, &cut, None);
                }
                407 => {
                    let of = problem.message.split(['`', '.']).nth(1);
                    return of.is_none_or(|of| !cut.contains(of));
                }
                307 => return true,
                202 => return true,
                257 | 271 if holds_another(problem) => return false,
                301..=306 if problem.related.iter().any(is_declared) => return false,
                _ => {}
            }
            let parsed = parsed(db, item);
            let node = parsed.tree().node(problem.place.node);
            let entry = node.and_then(entry_around).map(|entry| (item, entry.id()));
            if entry.is_some_and(|entry| holes.contains(&entry)) {
                return false;
            }
            let of_type = problem.message.split_once(" has no field").map(|(name, _)| name);
            let follows = of_type.is_some_and(|name| fresh.contains(name))
                || entries.reads(db, problem.place, &fresh, within.get(&item));
            if follows && is_value(db, item) && names.insert(item.name(db)) {
                next.insert(item.name(db));
            }
            !follows
        });
        if next.is_empty() {
            return;
        }
        fresh = next;
    }
}

/// The entry in which, or behind which, something stands that fits nowhere: it may have been meant as a part of what is there.
fn hole_of(db: &Database, found: &Found) -> Option<(Item, u32)> {
    let item = found.problem.place.item;
    if found.problem.code != Code::E(2) {
        return None;
    }
    let parsed = parsed(db, item);
    let node = parsed.tree().node(found.problem.place.node)?;
    let node =
        std::iter::once(node).chain(node.ancestors()).find(|node| node.kind() == NodeKind::Junk)?;
    let entry = match node.parent()?.kind() {
        NodeKind::Body | NodeKind::Root => node.previous().and_then(entry_around),
        _ => entry_around(node),
    };
    Some((item, entry?.id()))
}

/// Whether an item gives a value to its name, and not to something in it.
fn is_value(db: &Database, item: Item) -> bool {
    use ItemKind as I;
    matches!(item.kind(db), I::Input | I::Let | I::Fn | I::Type | I::Binding)
        && is_whole(parsed(db, item).tree().entry())
}

/// The names at the top of files whose declaration cannot be read or is there twice, and the names within items that are there twice.
fn broken<'db>(
    db: &'db Database,
    found: &[Found],
    names: &mut BTreeSet<&'db str>,
    within: &mut BTreeMap<Item, BTreeSet<String>>,
) {
    for Found { problem, .. } in found {
        let item = problem.place.item;
        let twice = match problem.code {
            Code::E(108 | 401) => true,
            Code::E(..100) => false,
            _ => continue,
        };
        let parsed = parsed(db, item);
        let Some(node) = parsed.tree().node(problem.place.node) else { continue };
        let in_braces = node.ancestors().iter().any(|above| {
            matches!(above.kind(), NodeKind::Body | NodeKind::Cases | NodeKind::Params)
        });
        let makes = matches!(item.kind(db), ItemKind::Schema | ItemKind::Trait | ItemKind::Variant);
        if twice && in_braces {
            within.entry(item).or_default().insert(node.text().to_owned());
        } else if !in_braces && (is_value(db, item) || twice && makes) {
            names.insert(item.name(db));
        }
    }
}

/// The names that stand in entries, kept: many problems can be in one.
#[derive(Default)]
struct Entries {
    names: BTreeMap<(Item, u32), BTreeSet<String>>,
}

impl Entries {
    /// Whether the entry around a place reads one of some names.
    fn reads(
        &mut self,
        db: &Database,
        place: Place,
        broken: &BTreeSet<&str>,
        within: Option<&BTreeSet<String>>,
    ) -> bool {
        if broken.is_empty() && within.is_none() {
            return false;
        }
        let parsed = parsed(db, place.item);
        let Some(node) = parsed.tree().node(place.node) else { return false };
        let Some(entry) = entry_around(node) else { return false };
        let names = self.names.entry((place.item, entry.id())).or_insert_with(|| {
            let nodes = entry.id()..entry.id() + entry.size();
            let nodes = nodes.filter_map(|id| parsed.tree().node(id));
            let names = nodes.filter(|node| node.kind() == NodeKind::Name);
            names.map(|name| name.text().to_owned()).collect()
        });
        let of_file = match broken.len() < names.len() {
            true => broken.iter().any(|name| names.contains(*name)),
            false => names.iter().any(|name| broken.contains(&**name)),
        };
        of_file || within.is_some_and(|within| within.iter().any(|name| names.contains(name)))
    }
}

fn entry_around(node: Node<'_>) -> Option<Node<'_>> {
    use NodeKind as K;
    let is_entry = |node: &Node<'_>| {
        matches!(
            node.kind(),
            K::Binding | K::Let | K::Input | K::Fn | K::Check | K::When | K::For | K::Assert
        )
    };
    std::iter::once(node).chain(node.ancestors()).find(is_entry)
}

/// Takes away that names are unknown in files of which a line cannot be read that was to bring them: a `use`, or an `overlay`.
pub(crate) fn without_names_of_unread_files(db: &Database, found: &mut Vec<Found>) {
    let (mut uses, mut overlays) = (BTreeSet::new(), BTreeSet::new());
    // What is said in place of several names that were meant: `std.security.Restrictedtrait`.
    let mut misspelt: BTreeMap<Module, String> = BTreeMap::new();
    for Found { problem, .. } in found.iter() {
        let item = problem.place.item;
        let (text, module) = (item.text(db).trim_start(), item.module(db));
        let unread = matches!(problem.code, Code::E(..100));
        let help = problem.help.as_deref().unwrap_or_default();
        match item.kind(db) {
            ItemKind::Use if unread => _ = uses.insert(module),
            ItemKind::Use if matches!(problem.code, Code::E(104 | 105)) => {
                let known = misspelt.entry(module).or_default();
                if known.len() + text.len() < limits::LINE {
                    known.push_str(text);
                }
            }
            kind if unread => {
                let is_first = || module.items(db).first() == Some(&item);
                if kind == ItemKind::Overlay
                    || help == "did you mean `overlay`?"
                    || is_first() && text.starts_with("\"./")
                {
                    overlays.insert(module);
                }
            }
            _ => {}
        }
    }
    let typed = found.iter().filter(|found| found.problem.code == Code::E(409));
    let typed: BTreeSet<Item> = typed.map(|found| found.problem.place.item).collect();
    if uses.is_empty() && overlays.is_empty() && misspelt.is_empty() && typed.is_empty() {
        return;
    }
    found.retain(|Found { problem, .. }| {
        let module = problem.place.item.module(db);
        let help = problem.help.as_deref().unwrap_or_default();
        match problem.code {
            Code::E(101 | 103 | 224 | 226 | 403 | 406) if overlays.contains(&module) => false,
            // No layer has types of its own.
            Code::E(103) if typed.contains(&problem.place.item) => false,
            Code::E(101 | 103) => {
                let name = problem.message.trim_end_matches('`').rsplit('`').next();
                let is_in = |text: &String| name.is_some_and(|name| text.contains(name));
                !(uses.contains(&module) && help.starts_with("it is in ")
                    || misspelt.get(&module).is_some_and(is_in))
            }
            _ => true,
        }
    });
}

/// Takes away what files below an overlay lack, if a line of that cannot be read or is lost: it was perhaps to give that.
pub(crate) fn without_lacks_below_unread(db: &Database, found: &mut Vec<Found>) {
    let mut below: BTreeSet<Module> = BTreeSet::new();
    let lost = found.iter().filter(|found| matches!(found.problem.code, Code::E(..100 | 406)));
    let files: BTreeSet<Module> = lost.map(|found| found.problem.place.item.module(db)).collect();
    for module in files {
        below.extend(all_bases(db, module));
    }
    found.retain(|Found { problem, .. }| {
        let lacks = matches!(problem.code, Code::E(202 | 307));
        !lacks || !below.contains(&problem.place.item.module(db))
    });
}

/// Tells once of a name that several ask for, where the value that is called nearly so is read by nothing: its declaration is misspelt.
pub(crate) fn misspelt_once(db: &Database, found: &mut Vec<Found>) {
    let mut groups: BTreeMap<Asked, usize> = BTreeMap::new();
    for key in found.iter().filter_map(|found| asked(db, &found.problem)) {
        *groups.entry(key).or_default() += 1;
    }
    groups.retain(|_, count| *count > 1);
    let places = only_places(db, &groups);
    if places.is_empty() {
        return;
    }
    let mut told = BTreeSet::new();
    found.retain_mut(|Found { problem, .. }| {
        let Some(key) = asked(db, problem) else { return true };
        let (Some(count), Some(place)) =
            (groups.get(&key), places.get(&(key.module, key.meant.clone())))
        else {
            return true;
        };
        if told.contains(&key) {
            return false;
        }
        let more = if *count == 2 { "place" } else { "places" };
        problem.notes.push(format!("so it is called in {} {more} more", count - 1));
        problem
            .related
            .push(Label { place: *place, message: "this is read by nothing".to_owned() });
        // Where many are of one mind, the one is wrong.
        let (part, text) = (Part::Word(key.meant.clone()), key.name.clone());
        let edit = Edit { place: *place, part, text };
        *problem = problem.clone().offer(format!("call it `{}` there", key.name), false, edit);
        told.insert(key);
        true
    });
}

/// A name of nothing, and the one that was perhaps meant.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Asked {
    module: Module,
    name: String,
    meant: String,
}

fn asked(db: &Database, problem: &Problem) -> Option<Asked> {
    let name = problem.message.strip_prefix("nothing here is called `")?.strip_suffix('`')?;
    let help = problem.help.as_deref().filter(|_| problem.code == Code::E(101))?;
    let meant = help.strip_prefix("did you mean `")?.strip_suffix("`?")?;
    let module = problem.place.item.module(db);
    Some(Asked { module, name: name.to_owned(), meant: meant.to_owned() })
}

/// Where files declare values that were meant, if they speak of them nowhere else.
fn only_places(
    db: &Database,
    groups: &BTreeMap<Asked, usize>,
) -> BTreeMap<(Module, String), Place> {
    let mut meant: BTreeMap<Module, BTreeSet<&str>> = BTreeMap::new();
    for asked in groups.keys() {
        meant.entry(asked.module).or_default().insert(&asked.meant);
    }
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut places = BTreeMap::new();
    for (module, meant) in meant {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for item in module.items(db) {
            let words = item.text(db).split(|c: char| !is_word(c));
            for word in words.filter(|word| meant.contains(word)) {
                *counts.entry(word).or_default() += 1;
            }
        }
        for item in module.items(db) {
            let name = item.name(db);
            let declares = matches!(item.kind(db), ItemKind::Input | ItemKind::Let | ItemKind::Fn);
            if declares && counts.get(name) == Some(&1) {
                places.insert((module, name.to_owned()), name_place(db, *item));
            }
        }
    }
    places
}
