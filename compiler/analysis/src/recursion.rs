//! Functions that call themselves, directly or through others: every program must end.

use rustc_hash::{FxHashMap, FxHashSet};
use salsa::Database;

use crate::code::Expr;
use crate::db::{Item, ItemKind, Module};
use crate::elaborate::elaborate;
use crate::graph::groups;
use crate::limits;
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

/// The functions of a module that can come back to themselves.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Circular {
    /// All of them, sorted.
    items: Vec<Item>,
    /// Those at which a circle is told, each with the way back; sorted.
    told: Vec<(Item, Vec<Item>)>,
}

/// A circle of functions is told once, at the first of them: by a way back through none that comes before.
#[salsa::tracked(returns(ref))]
fn circular(db: &dyn Database, module: Module) -> Circular {
    let own = module.items(db).iter().copied().filter(|item| item.kind(db) == ItemKind::Fn);
    let mut found: Vec<Item> = own.collect();
    let own = found.len();
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
    let mut circular = Circular::default();
    let is_earlier_file =
        |number: usize| found.get(number).is_some_and(|f| f.module(db).path(db) < module.path(db));
    for group in groups(&next).into_iter().filter(in_ring) {
        let is_member = |number: &usize| *number < own || !is_earlier_file(*number);
        let mut members: FxHashSet<usize> = group.iter().copied().filter(is_member).collect();
        let mut of_module: Vec<usize> = group.iter().copied().filter(|n| *n < own).collect();
        of_module.sort_unstable();
        // Of the first one all is looked through for its way back, of the others of a large group only what is near.
        let mut most = usize::MAX;
        for item in of_module {
            if let Some(way) = way_back(item, &next, &members, most) {
                let named = way.into_iter().filter_map(|number| found.get(number).copied());
                circular.told.extend(found.get(item).map(|item| (*item, named.collect())));
            }
            members.remove(&item);
            most = limits::CIRCLE;
        }
        circular.items.extend(group.iter().filter_map(|number| found.get(*number)));
    }
    circular.items.sort_unstable();
    circular.told.sort_unstable_by_key(|(item, _)| *item);
    circular
}

/// The shortest way from a function back to itself through some others, of which at most so many are looked at.
fn way_back(
    item: usize,
    next: &[Vec<usize>],
    members: &FxHashSet<usize>,
    most: usize,
) -> Option<Vec<usize>> {
    // Each function that is found, with the place of the one that named it, so that the message can tell the way.
    let mut found: Vec<(usize, usize)> = vec![(item, 0)];
    let mut seen = FxHashSet::default();
    let mut at = 0;
    while let Some(&(last, _)) = found.get(at).filter(|_| at < most) {
        for next in next.get(last).into_iter().flatten() {
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
                return Some(way);
            }
            if members.contains(next) && seen.insert(*next) {
                found.push((*next, at));
            }
        }
        at += 1;
    }
    None
}

/// Whether a way of calls leads from a function back to it.
pub fn calls_itself(db: &dyn Database, item: Item) -> bool {
    item.kind(db) == ItemKind::Fn
        && circular(db, item.module(db)).items.binary_search(&item).is_ok()
}

/// Functions of a way that are named; of a longer one those at its ends.
const NAMED: usize = 20;

/// The problem of a function from which a way of calls leads back to it.
#[salsa::tracked]
pub fn recursion(db: &dyn Database, item: Item) -> Option<Problem> {
    if item.kind(db) != ItemKind::Fn {
        return None;
    }
    let told = &circular(db, item.module(db)).told;
    let at = told.binary_search_by_key(&item, |(item, _)| *item).ok()?;
    let (_, way) = told.get(at)?;
    let mut names: Vec<String> = way.iter().map(|item| item.name(db).to_owned()).collect();
    if names.len() > NAMED {
        let more = format!("… {} more …", names.len() - NAMED);
        names.splice(NAMED / 2..names.len() - NAMED / 2, [more]);
    }
    let name = item.name(db);
    Some(
        Problem::error(
            110,
            Place { item, node: 1 },
            format!("`{name}` calls itself; every program must end"),
        )
        .note(format!("the way back: {}", names.join(" → ")))
        .help("go through a list with `for`, or `map` it, instead"),
    )
}
