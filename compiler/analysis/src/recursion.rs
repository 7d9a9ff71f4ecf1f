//! Functions that call themselves, directly or through others: every program must end.

use salsa::Database;

use crate::code::Expr;
use crate::db::{Item, ItemKind};
use crate::elaborate::elaborate;
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

/// The problem of a function from which a way of calls leads back to it.
#[salsa::tracked]
pub fn recursion(db: &dyn Database, item: Item) -> Option<Problem> {
    if item.kind(db) != ItemKind::Fn {
        return None;
    }
    // Each function that is found, with the place of the one that named it, so that the message can tell the way.
    let mut found: Vec<(Item, usize)> = vec![(item, 0)];
    let mut seen = rustc_hash::FxHashSet::default();
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
            if seen.insert(*next) {
                found.push((*next, at));
            }
        }
        at += 1;
    }
    None
}
