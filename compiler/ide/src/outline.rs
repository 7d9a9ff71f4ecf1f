//! What a file declares, as a tree of names.

use std::ops::Range;

use analysis::db::Item;
use analysis::resolve::{all_bases, items_named};
use analysis::workspace::Workspace;
use syntax::{Node, NodeKind as K};

use analysis::parse::parsed;

/// How deep the names of fields are listed: what is further in is no landmark.
const DEPTH: usize = 4;

/// Letters of a detail; what is longer is cut off.
const LETTERS: usize = 60;

/// Something that has a name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outline {
    pub name: String,
    /// What it is, in a few words of the source: its type, or what it is made of.
    pub detail: String,
    pub shape: Shape,
    pub range: Range<usize>,
    pub name_range: Range<usize>,
    pub children: Vec<Outline>,
}

/// What has a name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shape {
    Module,
    Input,
    Let,
    Function,
    Type,
    Schema,
    Variant,
    Case,
    Trait,
    Test,
    Rule,
    /// A record of the program, such as a service.
    Record,
    Field,
    Key,
}

/// The outline of a file.
pub fn outline(workspace: &Workspace, file: &str) -> Vec<Outline> {
    let db = workspace.db();
    let mut all = Vec::new();
    for item in workspace.items_of(file) {
        let Some(range) = workspace.item_range(item) else { continue };
        let parsed = parsed(db, item);
        let found = entry(parsed.tree().entry(), range.start, 0);
        all.extend(found.map(|found| match found.detail.is_empty() {
            true => Outline { detail: of_base(workspace, item).unwrap_or_default(), ..found },
            false => found,
        }));
    }
    all
}

/// What an item of an overlay is a layer on, as the files below say it.
fn of_base(workspace: &Workspace, item: Item) -> Option<String> {
    let db = workspace.db();
    let mut below = all_bases(db, item.module(db)).iter();
    below.find_map(|base| {
        let named = items_named(db, *base, item.name(db)).iter();
        let details = named.map(|item| detail(parsed(db, *item).tree().entry()));
        details.filter(|detail| !detail.is_empty()).last()
    })
}

/// Whether a name holds the letters asked for, in their order, whatever their case.
pub fn matches(name: &str, query: &str) -> bool {
    let mut letters = name.chars().flat_map(char::to_lowercase);
    query
        .chars()
        .filter(|c| !c.is_whitespace())
        .flat_map(char::to_lowercase)
        .all(|wanted| letters.any(|c| c == wanted))
}

fn entry(node: Node<'_>, start: usize, depth: usize) -> Option<Outline> {
    let (name, shape) = match node.kind() {
        K::Input => (node.child(K::Name)?, Shape::Input),
        K::Let => (node.child(K::Name)?, Shape::Let),
        K::Fn => (node.child(K::Name)?, Shape::Function),
        K::TypeAlias => (node.child(K::Name)?, Shape::Type),
        K::Schema => (node.child(K::Name)?, Shape::Schema),
        K::Variant => (node.child(K::Name)?, Shape::Variant),
        K::Case => (node.child(K::Name)?, Shape::Case),
        K::Trait => (node.child(K::Name)?, Shape::Trait),
        K::Test => (node.child(K::Str)?, Shape::Test),
        K::Every => (node.child(K::Str)?, Shape::Rule),
        K::Binding => {
            let path = node.child(K::Path)?;
            let shape = match (depth, body(node)) {
                (0, Some(_)) => Shape::Record,
                (0, None) => Shape::Field,
                (_, _) if path.children().next().is_some_and(|name| name.kind() == K::Str) => {
                    Shape::Key
                }
                _ => Shape::Field,
            };
            (path, shape)
        }
        _ => return None,
    };
    let shift = |range: Range<usize>| start + range.start..start + range.end;
    let children = match depth < DEPTH {
        true => inner(node)
            .into_iter()
            .flat_map(|body| body.children().collect::<Vec<_>>())
            .filter_map(|child| entry(child, start, depth + 1))
            .collect(),
        false => Vec::new(),
    };
    Some(Outline {
        name: name.text().to_owned(),
        detail: detail(node),
        shape,
        range: shift(node.range()),
        name_range: shift(name.range()),
        children,
    })
}

fn inner(node: Node<'_>) -> Option<Node<'_>> {
    node.child(K::Cases).or_else(|| body(node))
}

/// The braces that give a binding or a declaration its fields.
fn body(node: Node<'_>) -> Option<Node<'_>> {
    let layered = || node.child(K::Layered)?.child(K::Body);
    if let Some(body) = node.child(K::Body).or_else(layered) {
        return Some(body);
    }
    let value = node.child(K::Set)?.children().next()?;
    let value = match value.kind() {
        K::External => value.children().next()?,
        _ => value,
    };
    match value.kind() {
        K::Body => Some(value),
        K::Chain => value.children().filter_map(|suffix| suffix.child(K::Body)).last(),
        _ => None,
    }
}

fn detail(node: Node<'_>) -> String {
    match node.kind() {
        K::Schema => node.child(K::Extends).map_or_else(String::new, line),
        K::Trait => node.child(K::Target).map_or_else(String::new, line),
        K::Fn => node.child(K::Returns).map_or_else(String::new, line),
        K::TypeAlias => node.children().nth(1).map_or_else(String::new, line),
        _ => match node.child(K::Annotation).and_then(|annotation| annotation.children().next()) {
            Some(ty) => line(ty),
            None => {
                let value = node.child(K::Set).and_then(|set| set.children().next());
                value.map_or_else(String::new, made_of)
            }
        },
    }
}

/// What a value is: what it is made of, or a short constant. What computes it is no landmark.
fn made_of(value: Node<'_>) -> String {
    match value.kind() {
        K::List | K::Comprehension => "[…]".to_owned(),
        K::If => "if …".to_owned(),
        K::Match => "match …".to_owned(),
        K::LetIn => "let …".to_owned(),
        K::Lambda => "=> …".to_owned(),
        _ => line(value),
    }
}

/// As it is written, up to its braces or the end of its line.
fn line(node: Node<'_>) -> String {
    let text = node.text();
    let braces = match node.kind() {
        K::Str | K::Template => None,
        _ => text.find('{'),
    };
    let first = text.get(..braces.unwrap_or(text.len())).unwrap_or_default().trim();
    let line = first.lines().next().unwrap_or_default();
    let short: String = line.chars().take(LETTERS).collect();
    if short.len() < first.len() { format!("{short}…") } else { short }
}
