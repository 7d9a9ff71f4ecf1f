//! Types that depend on themselves: of aliases, and of items whose type nothing declares.

use rustc_hash::FxHashSet;
use salsa::Database;
use syntax::{Node, NodeKind};

use super::Elaborator;
use crate::db::{Item, ItemKind};
use crate::limits;
use crate::parse::parsed;
use crate::problem::Place;
use crate::resolve::{Target, resolve};
use crate::ty::Ty;
use crate::types::entry;

impl Elaborator<'_> {
    pub(super) fn alias_item(&mut self, written: Node<'_>) {
        let ty = self.read_type(written);
        if ty == Ty::Error && self.problems.is_empty() && self.names_itself() {
            let name = self.item.name(self.db);
            self.report(
                self.problem(109, written, format!("the type `{name}` is made of itself"))
                    .help("types end: what nests without bound is `Any`"),
            );
        }
    }

    /// Do the names that a `type` writes lead back to it?
    fn names_itself(&self) -> bool {
        let mut seen: FxHashSet<Item> = FxHashSet::default();
        let mut left = vec![self.item];
        while let Some(item) = left.pop() {
            let parsed = parsed(self.db, item);
            for node in parsed.tree().nodes().filter(|node| node.kind() == NodeKind::TypeRef) {
                let names: Vec<Node<'_>> = node.children_of(NodeKind::Name).collect();
                let [name] = names.as_slice() else { continue };
                if let Some(Target::Item(next)) =
                    resolve(self.db, item.module(self.db), name.text())
                    && next.kind(self.db) == ItemKind::Type
                {
                    if next == self.item {
                        return true;
                    }
                    if seen.insert(next) {
                        left.push(next);
                    }
                }
            }
        }
        false
    }

    /// Reports an item whose type is found by way of itself. It would be unknown, and what is unknown fits everywhere:
    /// something sensitive would be shown. Of a ring one item is told, the same wherever one began.
    pub(super) fn circular_type(&mut self, node: Node<'_>) {
        if self.unknown.is_empty() {
            return;
        }
        let Some(ring) = self.ring() else { return };
        let named = |item: Item| (item.module(self.db).path(self.db), item.name(self.db));
        if ring.iter().any(|(item, _)| named(*item) < named(self.item)) {
            return;
        }
        let names: Vec<&str> = ring.iter().map(|(item, _)| item.name(self.db)).collect();
        let name = self.item.name(self.db);
        let children = node.children();
        let mut names_in = children.filter(|n| matches!(n.kind(), NodeKind::Name | NodeKind::Path));
        let at = names_in.next().unwrap_or(node);
        let mut problem = self.problem(233, at, format!("the type of `{name}` depends on itself"));
        for (item, place) in &ring {
            let next = item.name(self.db);
            problem = problem.related(*place, format!("`{next}` is read here"));
        }
        self.report(match names.as_slice() {
            [_] => problem.help(format!(
                "within its braces, its own fields stand by their names alone, without `{name}.`; or declare its type, as in `{name}: T = …`"
            )),
            _ => problem
                .note(format!("the way back: {name} → {}", names.join(" → ")))
                .help(format!("declare the type of one of them, as in `{name}: T = …`")),
        });
    }

    /// The items of no known type that lead from this one back to it, which is the last, and where each is named.
    fn ring(&self) -> Option<Vec<(Item, Place)>> {
        // Each with the number of the one that named it; the first ones were named here.
        let mut found: Vec<(Item, Place, Option<usize>)> =
            self.unknown.iter().map(|(item, place)| (*item, *place, None)).collect();
        let mut seen: FxHashSet<Item> = found.iter().map(|(item, ..)| *item).collect();
        let mut at = 0;
        while let Some(&(item, ..)) = found.get(at) {
            if item == self.item {
                let mut ring = Vec::new();
                let mut back = Some(at);
                while let Some(&(item, place, from)) = back.and_then(|back| found.get(back)) {
                    ring.push((item, place));
                    back = from;
                }
                ring.reverse();
                return Some(ring);
            }
            if found.len() > limits::CIRCLE {
                return None;
            }
            for &(next, place) in unknown_to(self.db, item) {
                if seen.insert(next) {
                    found.push((next, place, Some(at)));
                }
            }
            at += 1;
        }
        None
    }
}

/// The items of no known type from which an item would have its own. Each of a ring is asked for by all others.
#[salsa::tracked(returns(deref))]
fn unknown_to(db: &dyn Database, item: Item) -> Vec<(Item, Place)> {
    let parsed = parsed(db, item);
    let mut elaborator = Elaborator::new(db, item);
    elaborator.heads_only = true;
    if let Some(node) = entry(&parsed) {
        elaborator.signature(node);
    }
    elaborator.unknown
}
