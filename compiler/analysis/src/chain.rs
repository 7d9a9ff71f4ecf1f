//! Rows of things that each need the next: of values, of definitions, of types. Their length is bounded, because each
//! costs stack; past the bound there is one error for the whole program, which does not depend on where evaluation
//! began.

use std::cell::RefCell;

use rustc_hash::FxHashMap;
use salsa::Database;
use syntax::TokenKind;

use crate::db::{Item, ItemKind, Module};
use crate::graph::groups;
use crate::limits;
use crate::problem::{Code, Place, Problem};
use crate::resolve::{Target, resolve};

/// The code of a row that is too long.
pub const TOO_LONG: Code = Code::E(502);

thread_local! {
    /// Definitions that are being read within each other on this thread; `None` for what is read by a path.
    static NESTED: RefCell<Vec<Option<Item>>> = const { RefCell::new(Vec::new()) };
}

/// Holds a level of nesting, and gives it back.
pub struct Level(());

impl Level {
    /// One level more; `None` where there are so many that whatever began them is too long. What is cut off so depends
    /// on where one began, and must not outlive the revision.
    pub fn enter(db: &dyn Database, of: Option<Item>) -> Option<Self> {
        let entered = NESTED.with_borrow_mut(|nested| {
            // Who finds out that so many are a circle looks at each for each of them again and again.
            let turns = || of.is_some() && nested.contains(&of);
            let is_deep = nested.len() > limits::DEFINITIONS as usize
                || (nested.len() > limits::TURNING_DEFINITIONS && turns());
            if !is_deep {
                nested.push(of);
            }
            !is_deep
        });
        if !entered {
            db.report_untracked_read();
        }
        // Not `then_some`, which makes one of them in any case: it would give back a level that was never taken.
        entered.then(|| Self(()))
    }
}

impl Drop for Level {
    fn drop(&mut self) {
        NESTED.with_borrow_mut(|nested| nested.pop());
    }
}

/// The error of a row of so many things that they count as more than the limit.
pub fn too_long(place: Place, message: String) -> Problem {
    Problem { code: TOO_LONG, ..Problem::error(502, place, message) }
        .help("let them refer to one that all have in common, in place of each to the next")
}

/// The error again, at the item from which the longest way leads on by names: the same wherever it was noticed.
pub fn at_its_beginning(db: &dyn Database, modules: &[Module], noticed: Problem) -> Problem {
    let items: Vec<Item> = modules
        .iter()
        .flat_map(|module| module.items(db).iter().copied())
        .filter(|item| item.kind(db) != ItemKind::Set)
        .collect();
    let next = mentions(db, &items);
    let lengths = lengths(&next);
    let longest = lengths.iter().copied().max().unwrap_or_default();
    let Some(first) = lengths.iter().position(|length| *length == longest) else { return noticed };
    let mut names = Vec::new();
    let mut at = first;
    while let Some(item) = items.get(at).filter(|_| names.len() < 3) {
        names.push(item.name(db));
        let on = next.get(at).into_iter().flatten().copied();
        let Some(on) = on.max_by_key(|on| (lengths.get(*on).copied(), std::cmp::Reverse(*on)))
        else {
            break;
        };
        at = on;
    }
    let Some(item) = items.get(first).copied() else { return noticed };
    Problem { place: Place { item, node: 0 }, related: Vec::new(), ..noticed }
        .note(format!("the row begins {} → …", names.join(" → ")))
}

/// For each item the numbers of those that it may name. Fields of the same name are taken for them, too: this is not
/// what decides, it only finds a place.
fn mentions(db: &dyn Database, items: &[Item]) -> Vec<Vec<usize>> {
    let numbers: FxHashMap<Item, usize> =
        items.iter().enumerate().map(|(number, item)| (*item, number)).collect();
    let named = |item: &Item| {
        let text = item.text(db);
        let tokens = syntax::lex(text);
        let mut found: Vec<usize> = (0..tokens.len())
            .filter(|at| {
                matches!(tokens.kind(*at), Some(TokenKind::Name | TokenKind::Pascal))
                    && at.checked_sub(1).and_then(|before| tokens.kind(before))
                        != Some(TokenKind::Dot)
            })
            .filter_map(|at| text.get(tokens.span(at).range()))
            .filter_map(|name| match resolve(db, item.module(db), name)? {
                Target::Item(other) if other != *item => numbers.get(&other).copied(),
                _ => None,
            })
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    };
    items.iter().map(named).collect()
}

/// For each node of a graph the number of nodes on the longest way on from it. A ring counts as all of its nodes.
fn lengths(next: &[Vec<usize>]) -> Vec<usize> {
    let mut lengths = vec![0; next.len()];
    for group in groups(next) {
        let on = group.iter().flat_map(|node| next.get(*node).into_iter().flatten());
        let beyond = on.filter_map(|to| lengths.get(*to).copied()).max().unwrap_or_default();
        for node in &group {
            if let Some(length) = lengths.get_mut(*node) {
                *length = beyond + group.len();
            }
        }
    }
    lengths
}

#[cfg(test)]
mod tests {
    use super::lengths;

    #[test]
    fn ways_through_rings() {
        assert_eq!(lengths(&[vec![1], vec![2], vec![], vec![0, 2]]), [3, 2, 1, 4]);
        // 0 leads into the ring of 1 and 2, which leads to 3.
        assert_eq!(lengths(&[vec![1], vec![2], vec![1, 3], vec![]]), [4, 3, 3, 1]);
        assert_eq!(lengths(&[vec![0], vec![2], vec![1]]), [1, 2, 2]);
    }
}
