//! What is declared and never named: `let`s, `input`s, and what `use` brings.
//!
//! The tokens of the files are looked through until each name was found, which for most programs is soon; whether it means
//! what was declared is asked where it was found. So this is no query: a memo for each item would cost more than it saves.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use salsa::Database;
use syntax::{Node, NodeKind, TokenKind};

use crate::db::{Item, ItemKind, Module, Origin};
use crate::parse::{parsed, tokens_of};
use crate::problem::{Code, Place, Problem, Severity};
use crate::resolve::{Target, Use, all_bases, brought};
use crate::types::entry;
use crate::uses::{Words, speaks_of, unused_locals};

/// The code of its warnings.
pub const CODE: Code = Code::E(273);

/// A declared name that is still to be found.
struct Declared {
    name: Arc<str>,
    place: Place,
    what: &'static str,
    /// The item that declares it, which does not count.
    item: Item,
    /// What the name stands for.
    target: Target,
}

type Names = BTreeMap<Arc<str>, Vec<Declared>>;

/// A warning for each name that no file of the program uses. Names that begin with `_` are exempt.
pub fn unused(db: &dyn Database, modules: &[Module]) -> Vec<Problem> {
    let files = || modules.iter().copied().filter(|module| module.origin(db) == Origin::File);
    let mut overlays: BTreeMap<Module, Vec<Module>> = BTreeMap::new();
    for overlay in files() {
        for base in all_bases(db, overlay) {
            overlays.entry(*base).or_default().push(overlay);
        }
    }
    let checking = checking(db, files());
    // What a `use` names is seen in its own file; inputs, and files that are layered, in others too. So is a `let`, by who
    // uses its file; but mostly it is for its own.
    let mut shared = Names::new();
    let mut left: Vec<Declared> = Vec::new();
    for module in files() {
        let mut own = Names::new();
        let mut declare = |everywhere: bool, declared: Declared| {
            if !declared.name.is_empty() && !declared.name.starts_with('_') {
                let names = if everywhere { &mut shared } else { &mut own };
                names.entry(declared.name.clone()).or_default().push(declared);
            }
        };
        for item in module.items(db).iter().copied() {
            let what = match item.kind(db) {
                ItemKind::Let => "`let`",
                ItemKind::Input => "input",
                _ => continue,
            };
            if is_read_by_name(db, item) {
                left.extend(unmet(db, item, modules));
                continue;
            }
            let (name, place) = (item.name(db).into(), name_of(db, item));
            let declared = Declared { name, place, what, item, target: Target::Item(item) };
            declare(what == "input", declared);
        }
        left.extend(module.items(db).iter().flat_map(|item| locals(db, *item)));
        let all = &brought(db, module).names;
        // A file of definitions brings all of its kinds, of which a program needs some.
        let mut brings: BTreeMap<(Item, u32), usize> = BTreeMap::new();
        for used in all {
            *brings.entry(at(used)).or_default() += 1;
        }
        let alone = |used: &&Use| brings.get(&at(used)) == Some(&1);
        // What a file checks holds for who uses it, whether or not it is named.
        let is_felt = |used: &Use| match used.target {
            Target::Broken => true,
            Target::Module(of) => checking.contains(&of),
            _ => false,
        };
        for used in all.iter().filter(|used| !is_felt(used)).filter(alone) {
            let declared = Declared {
                name: used.name.clone(),
                place: used.place,
                what: "import",
                item: used.place.item,
                target: used.target,
            };
            let layered = matches!(used.target, Target::Module(_));
            declare(layered, declared);
        }
        // What a file brings is in scope of its overlays as well.
        let above = overlays.get(&module).into_iter().flatten().copied();
        look_through(db, std::iter::once(module).chain(above), &mut own);
        for declared in own.into_values().flatten() {
            let is_let = declared.item.kind(db) == ItemKind::Let;
            match is_let && modules.len() > 1 {
                true => shared.entry(declared.name.clone()).or_default().push(declared),
                false => left.push(declared),
            }
        }
    }
    look_through(db, files(), &mut shared);
    left.extend(shared.into_values().flatten());
    left.sort_by_key(|declared| (declared.place.item, declared.place.node));
    left.into_iter().map(warning).collect()
}

/// The files that have rules or checks, and those that use them.
fn checking(db: &dyn Database, files: impl Iterator<Item = Module>) -> BTreeSet<Module> {
    let is_rule = |item: &Item| matches!(item.kind(db), ItemKind::Every | ItemKind::Check);
    let mut users: BTreeMap<Module, Vec<Module>> = BTreeMap::new();
    let mut waiting: Vec<Module> = Vec::new();
    for file in files {
        waiting.extend(Some(file).filter(|file| file.items(db).iter().any(is_rule)));
        for used in &brought(db, file).names {
            if let Target::Module(of) = used.target {
                users.entry(of).or_default().push(file);
            }
        }
    }
    let mut found = BTreeSet::new();
    while let Some(file) = waiting.pop() {
        if found.insert(file) {
            waiting.extend(users.get(&file).into_iter().flatten());
        }
    }
    found
}

/// Whether something matters although nothing names it: what is `external` is there for checks, and `namespace` for
/// what its file makes.
fn is_read_by_name(db: &dyn Database, item: Item) -> bool {
    if item.kind(db) == ItemKind::Input {
        return item.name(db) == "namespace";
    }
    item.text(db).contains("external")
        && parsed(db, item).tree().nodes().any(|node| node.kind() == NodeKind::External)
}

/// A Secret or ConfigMap that is declared to be there, if nothing in the program can speak of it: no name and no text.
fn unmet(db: &dyn Database, item: Item, modules: &[Module]) -> Option<Declared> {
    let parsed = parsed(db, item);
    let set = entry(&parsed)?.child(NodeKind::Set)?;
    let external = set.children().next().filter(|value| value.kind() == NodeKind::External)?;
    let kind = external.text().strip_prefix("external").unwrap_or_default();
    let what = match kind.split('{').next().unwrap_or_default().trim() {
        "k8s.Secret" => "declared Secret",
        "k8s.ConfigMap" => "declared ConfigMap",
        _ => return None,
    };
    let name = item.name(db);
    // Of a name that is computed nobody can tell who speaks of it.
    let within = |node: &Node<'_>| external.range().contains(&node.range().start);
    let named = |node: &Node<'_>| {
        let last = node.child(NodeKind::Path).and_then(|path| path.children().last());
        last.is_some_and(|last| last.text() == "name")
    };
    let named = parsed.tree().nodes().filter(within).find(named)?;
    let text = named.child(NodeKind::Set)?.children().next()?;
    if text.kind() != NodeKind::Str {
        return None;
    }
    let object = &text_in(text);
    let mut others = modules.iter().flat_map(|module| module.items(db).iter().copied());
    let met = others.any(|other| {
        if other == item || other.module(db).origin(db) == Origin::Library {
            return false;
        }
        let text = other.text(db);
        // Only a text that is put together may be a part of it.
        if text.contains(object.as_str()) || !text.contains("\\(") {
            return text.contains(object.as_str()) || text.contains(name);
        }
        let parsed = crate::parse::parsed(db, other);
        parsed.tree().nodes().any(|node| match node.kind() {
            NodeKind::Name => node.text() == name,
            kind if is_text(kind) => {
                let text = text_in(node);
                !text.is_empty() && (text.contains(object) || object.contains(&text))
            }
            _ => false,
        })
    });
    let place = name_of(db, item);
    let declared = Declared { name: name.into(), place, what, item, target: Target::Item(item) };
    (!met && !name.starts_with('_')).then_some(declared)
}

fn is_text(kind: NodeKind) -> bool {
    use NodeKind as K;
    matches!(kind, K::Str | K::StrHead | K::StrMid | K::StrTail)
}

/// The text between the quotes, or between one and a value.
fn text_in(node: Node<'_>) -> String {
    let text = node.text().trim_matches(|c| matches!(c, '"' | '#' | '\\' | '(' | ')'));
    text.to_owned()
}

/// What an item binds by `let` for itself, and does not name.
fn locals(db: &dyn Database, item: Item) -> Vec<Declared> {
    if !item.text(db).contains("let ") {
        return Vec::new();
    }
    let parsed = parsed(db, item);
    unused_locals(parsed.tree())
        .into_iter()
        .map(|name| {
            let place = Place { item, node: name.id() };
            let target = Target::Item(item);
            Declared { name: name.text().into(), place, what: "`let`", item, target }
        })
        .collect()
}

/// Where something is brought.
fn at(used: &Use) -> (Item, u32) {
    (used.place.item, used.place.node)
}

/// Takes out what the items of modules name. Most are seen in what is known of an item; of the others each word that may
/// be one is looked at.
fn look_through(
    db: &dyn Database,
    modules: impl Iterator<Item = Module> + Clone,
    names: &mut Names,
) {
    let items = || modules.clone().flat_map(|module| module.items(db).iter().copied());
    take_out(db, items(), names, |item, target, _| speaks_of(db, item, target));
    let mut words = Words::default();
    take_out(db, items(), names, |item, target, name| words.mean(db, item, target, name));
}

/// How many things a name may stand for in the files of a program, for each of which is asked who means it.
const MEANT: usize = 256;

/// Takes out what each item that has the name in it uses by it.
fn take_out(
    db: &dyn Database,
    items: impl Iterator<Item = Item>,
    names: &mut Names,
    mut uses: impl FnMut(Item, Target, &str) -> bool,
) {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for item in items {
        if names.is_empty() {
            return;
        }
        seen.clear();
        let text = item.text(db);
        let tokens = tokens_of(db, item);
        for at in 0..tokens.len() {
            if !tokens.kind(at).is_some_and(TokenKind::is_free) {
                continue;
            }
            let Some(name) = text.get(tokens.span(at).range()) else { continue };
            let Some(all) = names.get_mut(name).filter(|_| seen.insert(name)) else { continue };
            // Of a name that stands for so many things nobody asks which of them is meant.
            let is_common = all.len() > MEANT;
            all.retain(|one| one.item == item || !(is_common || uses(item, one.target, name)));
            if all.is_empty() {
                names.remove(name);
            }
        }
    }
}

fn warning(declared: Declared) -> Problem {
    let Declared { name, place, what, .. } = declared;
    Problem::error(273, place, format!("the {what} `{name}` is never used"))
        .severity(Severity::Warning)
        .help("take it out; a name that begins with `_` says that it is meant so")
}

/// The name in the declaration of an item.
fn name_of(db: &dyn Database, item: Item) -> Place {
    let parsed = parsed(db, item);
    let name = entry(&parsed).and_then(|node| node.child(NodeKind::Name));
    Place { item, node: name.map_or(1, |name| name.id()) }
}
