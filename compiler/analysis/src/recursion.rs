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
    // Depth first, with the way that led to each function, so that the message can tell it.
    let mut ways: Vec<Vec<Item>> = vec![vec![item]];
    let mut seen: Vec<Item> = Vec::new();
    while let Some(way) = ways.pop() {
        let Some(last) = way.last() else { continue };
        for next in functions(db, *last) {
            if *next == item {
                let names: Vec<&str> =
                    way.iter().chain([&item]).map(|item| item.name(db)).collect();
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
            if !seen.contains(next) {
                seen.push(*next);
                let mut longer = way.clone();
                longer.push(*next);
                ways.push(longer);
            }
        }
    }
    None
}
