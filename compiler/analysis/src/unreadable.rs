//! What cannot be read as the language, and what only follows from it: one mistake is told once.

use std::cell::LazyCell;
use std::collections::BTreeSet;

use salsa::Database;
use syntax::{Node, NodeKind};

use crate::db::{Item, ItemKind, Module, Origin};
use crate::elaborate::{elaborate, meaning};
use crate::limits;
use crate::mask::{hidden, repeats};
use crate::parse::parsed;
use crate::problem::{Edit, Part, Place, Problem};
use crate::problems::{Written, written};
use crate::resolve::{Target, all_bases, declaration, items_named, resolve};
use crate::row;
use crate::schema::schema;

/// What of an item cannot be read.
pub fn unread(db: &dyn salsa::Database, item: Item) -> Vec<Written> {
    // What is typed on the command line is no `.dep` text.
    if item.kind(db) == ItemKind::Set {
        return Vec::new();
    }
    let hidden = LazyCell::new(|| hidden(db, item));
    let parsed = parsed(db, item);
    let meaning = LazyCell::new(|| meaning(db, item, None));
    let written = |mut found: syntax::problem::Problem| {
        if let Some(first) = found.row.and_then(|first| parsed.tree().node(first))
            && let Some((help, mend)) = row::advice(&meaning, first, &found)
        {
            (found.help, found.mend) = (Some(help), mend);
        }
        let number = found.code.trim_start_matches('E').parse().unwrap_or_default();
        let message = match found.message.strip_prefix("did not expect ") {
            // What is no part of the program may be one of something sensitive beside it.
            Some(_) if !elaborate(db, item).hidden.is_empty() => {
                "did not expect this here".to_owned()
            }
            _ => found.message,
        };
        let mut problem = Problem::error(number, Place { item, node: found.node }, message);
        // What to write may be put together of what stands there.
        let is_shown = |said: &str| !repeats(said, item.text(db), &hidden);
        problem.help = found.help.filter(|help| is_shown(help));
        if let Some(mend) = found.mend.filter(|mend| is_shown(&mend.text)) {
            let part = Part::Bytes(mend.range);
            let edit = Edit { place: problem.place, part, text: mend.text };
            problem = problem.offer(mend.title, mend.safe, edit);
        }
        Written { problem, range: Some(found.range) }
    };
    let found = syntax::problem::problems(parsed.tree());
    found.into_iter().take(limits::WRITTEN_PROBLEMS).map(written).collect()
}

/// Whether a line that cannot be read may have been meant to declare a name: `const port = 8080`. Then the name is not
/// unknown, but not known yet.
pub fn may_declare(db: &dyn Database, module: Module, name: &str) -> bool {
    module.origin(db) == Origin::File && unread_words(db, module).contains(name)
}

/// Whether a line of an item that cannot be read, above an offset, may have been meant to declare a name in its braces: `lte n = 1`.
pub fn may_declare_within(db: &dyn Database, item: Item, offset: usize, name: &str) -> bool {
    if !is_cut(db, item) {
        return false;
    }
    let mut words = unread_words_within(db, item).iter();
    words.any(|(word, end)| **word == *name && *end <= offset)
}

/// The words of the lines of an item that cannot be read, with where these end.
#[salsa::tracked(returns(deref))]
fn unread_words_within(db: &dyn Database, item: Item) -> Vec<(Box<str>, usize)> {
    let (text, mut words, mut read) = (item.text(db), Vec::new(), 0);
    for problem in syntax::problem::problems(parsed(db, item).tree()) {
        let at = problem.range.start;
        if at < read || problem.code != "E0001" {
            continue;
        }
        let line = line_around(text, at);
        let start = text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
        read = start + line.len();
        let before = line.split('=').next().unwrap_or_default();
        let all = before.split(|c: char| !(c.is_alphanumeric() || c == '_'));
        let all = all.filter(|word| !word.is_empty());
        words.extend(all.take(limits::UNREAD_WORDS).map(|word| (Box::from(word), read)));
    }
    words.truncate(limits::MADE_OF);
    words
}

/// All words of the lines of a file that may have been meant as declarations. Of each name that is unknown this is
/// asked, and an edit that leaves it as it is concerns none of them.
#[salsa::tracked]
fn unread_words(db: &dyn Database, module: Module) -> BTreeSet<Box<str>> {
    let mut words = BTreeSet::new();
    for item in module.items(db) {
        let parsed = parsed(db, *item);
        let root = parsed.tree().root();
        let mut read = "";
        for problem in syntax::problem::problems(parsed.tree()) {
            // Only an item as a whole declares a name of the file.
            if root.children().any(|entry| is_unread_entry(entry, problem.range.start)) {
                let line = line_around(item.text(db), problem.range.start);
                if std::ptr::eq(line, read) {
                    continue;
                }
                read = line;
                let all = line.split(|c: char| !(c.is_alphanumeric() || c == '_'));
                words.extend(all.map(Box::from));
            }
        }
    }
    words
}

/// Whether an entry of a file is no declaration or binding, because of what is wrong at an offset.
fn is_unread_entry(entry: Node<'_>, offset: usize) -> bool {
    match entry.kind() {
        NodeKind::Junk | NodeKind::Missing => true,
        // A path without anything behind it, `const`, or `import { … }`.
        NodeKind::Binding => {
            entry.range().start == offset
                || entry.children().all(|part| {
                    matches!(part.kind(), NodeKind::Path | NodeKind::Missing | NodeKind::Junk)
                })
        }
        NodeKind::Use => (entry.range().start..=entry.range().end).contains(&offset),
        _ => false,
    }
}

fn line_around(text: &str, offset: usize) -> &str {
    let start = text.get(..offset).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
    text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default()
}

/// Whether one of these offsets, at which something cannot be read, lies in a node: what it is or results in is then
/// not known, whatever else is said of it.
pub fn is_within(node: Node<'_>, holes: impl IntoIterator<Item = usize>) -> bool {
    let range = node.range();
    holes.into_iter().any(|hole| range.contains(&hole))
}

/// Whether what an evaluation found is about something in which a part cannot be read.
pub fn is_of_unread(db: &dyn Database, problem: &Problem) -> bool {
    is_unread(db, problem.place, |node| Some(node))
}

/// Whether what is declared at a place is declared in a way that cannot be read: what it needs is then not known.
pub fn is_unread_declaration(db: &dyn Database, place: Place) -> bool {
    fn binding(node: Node<'_>) -> Option<Node<'_>> {
        let mut around = std::iter::once(node).chain(node.ancestors());
        around.find(|node| matches!(node.kind(), NodeKind::Binding | NodeKind::Check))
    }
    // What fits nowhere behind a declaration may have been meant to end it.
    is_unread(db, place, binding)
        || is_unread(db, place, |node| {
            let binding = binding(node)?;
            let body = binding.parent()?;
            let next = body.children().find(|next| next.range().start >= binding.range().end);
            next.filter(|next| next.kind() == NodeKind::Junk)
        })
}

/// Whether a part of the node that is made of one at a place cannot be read.
fn is_unread(
    db: &dyn Database,
    place: Place,
    of: impl for<'t> FnOnce(Node<'t>) -> Option<Node<'t>>,
) -> bool {
    let written = written(db, place.item).iter();
    let mut holes = written.filter_map(|written| Some(written.range.as_ref()?.start)).peekable();
    if holes.peek().is_none() {
        return false;
    }
    let parsed = parsed(db, place.item);
    let node = parsed.tree().node(place.node);
    node.and_then(of).is_some_and(|node| is_within(node, holes))
}

/// Whether an item cannot be read in full, which is told: what it seems to lack may stand there.
#[salsa::tracked(returns(copy))]
pub fn is_cut(db: &dyn Database, item: Item) -> bool {
    item.module(db).origin(db) == Origin::File
        && !syntax::problem::problems(parsed(db, item).tree()).is_empty()
}

/// Whether a schema, one that it extends, or a variant cannot be read in full: it may have other fields.
pub fn is_declared_in_part(db: &dyn Database, item: Item) -> bool {
    let mut above = schema(db, item).ancestors.iter().chain([&item]);
    above.any(|item| is_cut(db, *item))
}

/// Whether an item, or what it is made of, cannot be read in full.
pub fn is_partly_cut(db: &dyn Database, item: Item) -> bool {
    is_cut(db, item) || stands_on_unread(db, item)
}

/// Whether a file holds a declaration without a name: then any name that nothing has may be its own.
#[salsa::tracked(returns(copy))]
pub fn has_nameless(db: &dyn Database, module: Module) -> bool {
    let is_nameless = |item: &Item| {
        use ItemKind as I;
        let tree = parsed(db, *item);
        let first = tree.tree().entry().children().next().map(Node::kind);
        let declares = matches!(
            item.kind(db),
            I::Let | I::Input | I::Fn | I::Type | I::Schema | I::Variant | I::Trait
        );
        declares && first == Some(NodeKind::Missing)
            || item.text(db).trim_start().starts_with(['=', ':'])
    };
    module.origin(db) == Origin::File
        && module.items(db).iter().any(|item| is_nameless(item) && is_cut(db, *item))
}

/// Whether what an item is made of cannot be read in full, or is not known: the items of its name on which its layers
/// lie, the values and schemas that it is made of, and the traits on it. What is missing in it may stand there.
#[salsa::tracked(returns(copy))]
pub fn stands_on_unread(db: &dyn Database, item: Item) -> bool {
    let mut seen = BTreeSet::from([item]);
    let mut left = vec![item];
    while let Some(at) = left.pop() {
        let made_of = made_of(db, at);
        if made_of.unknown {
            return true;
        }
        for below in &made_of.items {
            if below.module(db).origin(db) != Origin::File || !seen.insert(*below) {
                continue;
            }
            if is_cut(db, *below) {
                return true;
            }
            left.push(*below);
        }
        if seen.len() > limits::MADE_OF {
            return false;
        }
    }
    false
}

/// What an item is made of.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct MadeOf {
    items: Vec<Item>,
    /// A name of a schema or of a trait among them is that of nothing.
    unknown: bool,
}

#[salsa::tracked(returns(ref))]
fn made_of(db: &dyn Database, item: Item) -> MadeOf {
    let (module, name) = (item.module(db), item.name(db));
    let mut made_of = MadeOf::default();
    if matches!(item.kind(db), ItemKind::Binding | ItemKind::Input) {
        let layers = all_bases(db, module).iter().copied().chain([module]);
        let layers = layers.flat_map(|module| items_named(db, module, name).iter().copied());
        made_of.items.extend(layers.filter(|layer| *layer != item));
        let mut below = all_bases(db, module).iter();
        made_of.unknown = made_of.items.is_empty()
            && below.any(|base| may_declare(db, *base, name) || has_nameless(db, *base));
    }
    let parsed = parsed(db, item);
    for node in parsed.tree().nodes() {
        let names: Vec<&str> = match node.kind() {
            NodeKind::TypeRef => node.children_of(NodeKind::Name).map(|name| name.text()).collect(),
            NodeKind::Chain
                if node.child(NodeKind::Amend).or(node.child(NodeKind::With)).is_none() =>
            {
                continue;
            }
            NodeKind::Chain | NodeKind::Set => {
                let first = node.children().next().filter(|first| first.kind() == NodeKind::Name);
                first.map(|name| name.text()).into_iter().collect()
            }
            _ => continue,
        };
        let found = match names.as_slice() {
            [name] => resolve(db, module, name),
            [used, name, ..] => match resolve(db, module, used) {
                Some(Target::Module(used)) => declaration(db, used, name).map(Target::Item),
                other => other,
            },
            [] => continue,
        };
        let layers = |node: Node<'_>| {
            matches!(node.kind(), NodeKind::With | NodeKind::Layered | NodeKind::Extends)
        };
        match found {
            Some(Target::Item(found)) if found != item => made_of.items.push(found),
            None | Some(Target::Broken) => {
                made_of.unknown |=
                    node.kind() == NodeKind::TypeRef && node.parent().is_some_and(layers);
            }
            _ => {}
        }
    }
    made_of
}

/// Whether a node was read without regard to what cannot be read on its line: a comma or a brace stands between them.
pub fn is_apart(text: &str, node: Node<'_>, hole: usize) -> bool {
    let around = node.ancestors();
    let holds = |node: &Node<'_>| (node.range().start..=node.range().end).contains(&hole);
    let whole = std::iter::once(node).chain(around).take_while(|node| !holds(node));
    let Some(range) = whole.last().map(|node| node.range()) else { return false };
    let (before, after) = (text.get(..range.start), text.get(range.end..));
    match range.start < hole {
        true => after.is_some_and(|after| after.trim_start().starts_with([',', '{'])),
        false => before.is_some_and(|before| before.trim_end().ends_with(',')),
    }
}
