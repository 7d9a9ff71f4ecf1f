//! Functions that call themselves, directly or through others: every program must end.

use rustc_hash::{FxHashMap, FxHashSet};
use salsa::Database;

use crate::code::Expr;
use crate::db::{Item, ItemKind, Module};
use crate::elaborate::elaborate;
use crate::graph::groups;
use crate::problem::{Place, Problem};

/// The functions that an item names, in the order in which it first does.
#[salsa::tracked(returns(deref))]
pub fn functions(db: &dyn Database, item: Item) -> Vec<Item> {
    let mut functions = Vec::new();
    for expr in &elaborate(db, item).code.exprs {
        if let Expr::Function(function) = expr
            && !functions.contains(function)
        {
            functions.push(*function);
        }
    }
    functions
}

/// The functions of a module that can come back to themselves, sorted.
#[salsa::tracked(returns(deref))]
fn circular(db: &dyn Database, module: Module) -> Vec<Item> {
    let own = module.items(db).iter().copied().filter(|item| item.kind(db) == ItemKind::Fn);
    let mut found: Vec<Item> = own.collect();
    let mut numbers: FxHashMap<Item, usize> =
        found.iter().enumerate().map(|(number, item)| (*item, number)).collect();
    let mut next: Vec<Vec<usize>> = Vec::new();
    while let Some(item) = found.get(next.len()).copied() {
        let numbered = functions(db, item).iter().map(|function| {
            *numbers.entry(*function).or_insert_with(|| {
                found.push(*function);
                found.len() - 1
            })
        });
        next.push(numbered.collect());
    }
    let in_ring = |group: &Vec<usize>| match group.as_slice() {
        [one] => next.get(*one).is_some_and(|next| next.contains(one)),
        _ => true,
    };
    let rings = groups(&next).into_iter().filter(in_ring).flatten();
    let mut circular: Vec<Item> = rings.filter_map(|number| found.get(number).copied()).collect();
    circular.sort_unstable();
    circular
}

/// Whether a way of calls leads from a function back to it.
pub fn calls_itself(db: &dyn Database, item: Item) -> bool {
    item.kind(db) == ItemKind::Fn && circular(db, item.module(db)).binary_search(&item).is_ok()
}

/// The problem of a function from which a way of calls leads back to it. A circle of functions is told once, at the first of them.
#[salsa::tracked]
pub fn recursion(db: &dyn Database, item: Item) -> Option<Problem> {
    if !calls_itself(db, item) {
        return None;
    }
    let module = item.module(db);
    let before: FxHashSet<Item> =
        module.items(db).iter().copied().take_while(|other| *other != item).collect();
    let is_before = |other: Item| match other.module(db) == module {
        true => before.contains(&other),
        false => other.module(db).path(db) < module.path(db),
    };
    // Each function that is found, with the place of the one that named it, so that the message can tell the way.
    let mut found: Vec<(Item, usize)> = vec![(item, 0)];
    let mut seen = FxHashSet::default();
    let mut at = 0;
    while let Some(&(last, _)) = found.get(at) {
        for next in functions(db, last) {
            if *next == item {
                let mut way = vec![item];
                let mut back = at;
                while back > 0 {
                    let Some(&(step, from)) = found.get(back) else { break };
                    way.push(step);
                    back = from;
                }
                way.push(item);
                way.reverse();
                let names: Vec<&str> = way.iter().map(|item| item.name(db)).collect();
                let name = item.name(db);
                return Some(
                    Problem::error(
                        110,
                        Place { item, node: 1 },
                        format!("`{name}` calls itself; every program must end"),
                    )
                    .note(format!("the way back: {}", names.join(" → ")))
                    .help("go through a list with `for`, or `map` it, instead"),
                );
            }
            if !is_before(*next) && seen.insert(*next) {
                found.push((*next, at));
            }
        }
        at += 1;
    }
    None
}
