//! What each name of a file is, for colours.

use std::ops::Range;

use analysis::db::{Item, ItemKind};
use analysis::elaborate::{Meaning, Meant, meaning};
use analysis::parse::parsed;
use analysis::resolve::{Target, resolve};
use analysis::ty::Ty;
use analysis::types::is_primitive;
use analysis::workspace::Workspace;
use syntax::{Node, NodeKind as K};

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Token {
    pub range: Range<usize>,
    pub kind: TokenKind,
    /// It is declared there.
    pub declares: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TokenKind {
    Module,
    Schema,
    Variant,
    Case,
    Trait,
    Type,
    Function,
    Parameter,
    /// An item of a program, an input or a local.
    Value,
    Field,
    /// A type of Kubernetes, or a field of one.
    Kube,
}

/// The names of a stretch of a file, in order.
pub fn tokens(workspace: &Workspace, file: &str, within: &Range<usize>) -> Vec<Token> {
    let db = workspace.db();
    let mut tokens = Vec::new();
    for item in workspace.items_of(file) {
        let Some(at) = workspace.item_range(item) else { continue };
        if at.end < within.start || within.end < at.start {
            continue;
        }
        let meaning = meaning(db, item, None);
        let parsed = parsed(db, item);
        for node in parsed.tree().nodes().filter(|node| node.kind() == K::Name) {
            let range = at.start + node.range().start..at.start + node.range().end;
            if range.is_empty() || range.end < within.start || within.end < range.start {
                continue;
            }
            if let Some((kind, declares)) = kind(workspace, item, &meaning, node) {
                tokens.push(Token { range, kind, declares });
            }
        }
    }
    tokens
}

fn kind(
    workspace: &Workspace,
    item: Item,
    meaning: &Meaning,
    node: Node<'_>,
) -> Option<(TokenKind, bool)> {
    let db = workspace.db();
    let above = node.parent()?;
    let of_item = |item: Item| match item.kind(db) {
        ItemKind::Schema => TokenKind::Schema,
        ItemKind::Variant => TokenKind::Variant,
        ItemKind::Trait => TokenKind::Trait,
        ItemKind::Type => TokenKind::Type,
        ItemKind::Fn => TokenKind::Function,
        _ => TokenKind::Value,
    };
    let of_target = |target: Option<Target>| match target {
        Some(Target::Item(item)) => of_item(item),
        Some(Target::Kube(_)) => TokenKind::Kube,
        Some(_) => TokenKind::Module,
        None => TokenKind::Type,
    };
    let first = |kind| above.child(kind) == Some(node);
    match above.kind() {
        K::Schema | K::Variant | K::Trait | K::TypeAlias | K::Fn | K::Let | K::Input
            if first(K::Name) =>
        {
            let kind = match above.kind() {
                K::Schema => TokenKind::Schema,
                K::Variant => TokenKind::Variant,
                K::Trait => TokenKind::Trait,
                K::TypeAlias => TokenKind::Type,
                K::Fn => TokenKind::Function,
                _ => TokenKind::Value,
            };
            return Some((kind, true));
        }
        K::Case => return Some((TokenKind::Case, true)),
        K::Param => return Some((TokenKind::Parameter, true)),
        K::TypeField | K::By => return Some((TokenKind::Field, false)),
        K::TypeRef => {
            if is_primitive(node.text()) {
                return Some((TokenKind::Type, false));
            }
            let is_first = above.children().next() == Some(node);
            let target = resolve(db, item.module(db), node.text()).filter(|_| is_first);
            return Some((if is_first { of_target(target) } else { TokenKind::Type }, false));
        }
        K::UseName => return Some((of_target(resolve(db, item.module(db), node.text())), false)),
        K::ModulePath => {
            let last = above.children().last() == Some(node);
            let target = resolve(db, item.module(db), node.text()).filter(|_| last);
            return Some((
                target.map_or(TokenKind::Module, |target| of_target(Some(target))),
                false,
            ));
        }
        K::Alias => {
            let target = resolve(db, item.module(db), node.text());
            return Some((target.map_or(TokenKind::Value, |target| of_target(Some(target))), true));
        }
        _ => {}
    }
    let in_path = above.kind() == K::Path;
    Some(match meaning.names.get(&node.id()) {
        Some(Meant::Item(item)) => (of_item(*item), false),
        Some(Meant::Module(_)) => (TokenKind::Module, false),
        Some(Meant::Kube(_)) => (TokenKind::Kube, false),
        Some(Meant::Case(..)) => (TokenKind::Case, false),
        Some(Meant::Functions(_)) => (TokenKind::Function, false),
        Some(Meant::Local(_)) => (TokenKind::Value, false),
        Some(Meant::Field { of: Ty::Kube(_), .. }) => (TokenKind::Kube, in_path),
        Some(Meant::Field { .. }) => (TokenKind::Field, in_path),
        None if in_path && above.parent() == Some(node.tree().entry()) => (TokenKind::Value, true),
        None => return None,
    })
}
