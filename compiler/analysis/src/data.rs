//! Files that are imported or embedded, as code: one item each, whose nodes are the values in the file.
//!
//! So whatever reads code reads data, and a place in a file of data is an item and a node like any other. The code
//! holds no positions: an edit that changes only where values stand runs nothing.

mod concealed;
pub mod secrets;

pub use concealed::concealed;

use std::ops::Range;
use std::sync::Arc;

use kube::data::{Data, Fault, Value};
use rustc_hash::FxHashSet;
use salsa::Database;

use crate::code::{
    Body, Code, Entry, EntryKind, Expr, Key, ListEntry, NO_SLOT, RecordKind, Root, SetOp, Strength,
};
use crate::db::{Item, ItemKind};
use crate::elaborate::Elaborated;
use crate::problem::{Place, Problem};

/// Whether `import` knows what a file of this name holds.
pub fn can_be_read(path: &str) -> bool {
    [".yaml", ".yml", ".json"].iter().any(|ending| path.ends_with(ending))
}

/// Where the node of a place stands in its file.
pub fn range(db: &dyn Database, place: Place) -> Range<usize> {
    let (start, end) = ranges(db, place.item).get(place.node as usize).copied().unwrap_or_default();
    start as usize..end as usize
}

/// As it is written in the file.
pub fn written(db: &dyn Database, place: Place) -> &str {
    place.item.text(db).get(range(db, place)).unwrap_or_default()
}

/// Where each node stands. Asked for by messages only, so a build without problems does not have it.
#[salsa::tracked(returns(deref))]
fn ranges(db: &dyn Database, item: Item) -> Vec<(u32, u32)> {
    if item.kind(db) == ItemKind::Text {
        return Vec::new();
    }
    read(db, item).nodes.iter().map(|node| (node.start, node.end)).collect()
}

/// What the file says.
pub(crate) fn read(db: &dyn Database, item: Item) -> Data {
    let text = item.text(db);
    match item.module(db).path(db).ends_with(".json") {
        true => kube::data::json(text),
        false => kube::data::yaml(text),
    }
}

/// The number of the error that says what is wrong with data.
pub fn code_of(fault: Fault) -> u16 {
    match fault {
        Fault::Syntax => 250,
        Fault::Twice => 251,
        Fault::Doubtful => 255,
        Fault::Overflow => 309,
        Fault::Depth => 504,
        Fault::Size => 505,
    }
}

/// The code of a file that is imported or embedded, and what is wrong with it.
pub fn elaborated(db: &dyn Database, item: Item) -> Elaborated {
    if item.kind(db) == ItemKind::Text {
        let mut code = Code::default();
        code.exprs.push(Expr::Str(item.text(db).into()));
        code.nodes.push(0);
        code.root = Root::Data { value: 0, documents: 0 };
        return Elaborated::of(item, code.shrunk(), Vec::new());
    }
    let data = read(db, item);
    let problems = problems(item, &data);
    Elaborated::of(item, code(data), problems)
}

/// What is wrong with a file as data.
pub(crate) fn problems(item: Item, data: &Data) -> Vec<Problem> {
    let problems = data.problems.iter().map(|problem| {
        let place = |node: u32| Place { item, node };
        let mut found =
            Problem::error(code_of(problem.fault), place(problem.node), problem.message.clone());
        found.help = problem.help.clone();
        match problem.before {
            Some(before) => found.related(place(before), "the first one"),
            None => found,
        }
    });
    problems.collect()
}

/// An expression for each node, of the same number.
fn code(data: Data) -> Code {
    let mut code = Code::default();
    let mut names: FxHashSet<Arc<str>> = FxHashSet::default();
    let keys: Vec<Arc<str>> = data
        .nodes
        .iter()
        .map(|node| match &node.value {
            Value::Str(text) => match names.get(&**text) {
                Some(name) => name.clone(),
                None => {
                    let name: Arc<str> = Arc::from(&**text);
                    names.insert(name.clone());
                    name
                }
            },
            _ => Arc::default(),
        })
        .collect();
    // A list that grows is there twice for a while, which of a million values is a lot.
    let maps = data.nodes.iter().filter(|node| matches!(node.value, Value::Map(_))).count();
    code.bodies.reserve_exact(maps);
    code.nodes.reserve_exact(data.nodes.len() + 2);
    code.exprs.reserve_exact(data.nodes.len() + 2);
    drop(names);
    for (at, node) in data.nodes.iter().enumerate() {
        code.nodes.push(at as u32);
        let expr = match &node.value {
            Value::Broken => Expr::Error,
            Value::Null => Expr::Null,
            Value::Bool(value) => Expr::Bool(*value),
            Value::Int(value) => Expr::Int(*value),
            Value::Float(value) => Expr::Float(value.to_bits()),
            Value::Str(_) => Expr::Str(keys.get(at).cloned().unwrap_or_default()),
            Value::List(items) => {
                Expr::List(items.iter().map(|item| ListEntry::One(*item)).collect())
            }
            Value::Map(entries) => {
                let entries = entries.iter().map(|entry| Entry {
                    node: entry.key,
                    kind: EntryKind::Set {
                        key: Key::Static {
                            name: keys.get(entry.key as usize).cloned().unwrap_or_default(),
                            slot: NO_SLOT,
                        },
                        op: SetOp::Replace,
                        strength: Strength::Set,
                        value: entry.value,
                    },
                });
                let body = code.bodies.len() as u32;
                code.bodies.push(Body { entries: entries.collect(), ..Body::default() });
                let (kind, body) = (RecordKind::Open, Some(body));
                Expr::made(kind, body)
            }
        };
        code.exprs.push(expr);
    }
    let mut add = |expr: Expr| {
        code.exprs.push(expr);
        code.nodes.push(0);
        code.exprs.len() as u32 - 1
    };
    let broken = data.problems.iter().any(|problem| problem.fault != Fault::Twice);
    let documents = match broken && data.documents.is_empty() {
        true => add(Expr::Error),
        false => add(Expr::List(data.documents.iter().map(|id| ListEntry::One(*id)).collect())),
    };
    let value = match data.documents.as_slice() {
        [] if !broken => add(Expr::Null),
        [only] => *only,
        _ => documents,
    };
    code.root = Root::Data { value, documents };
    code.shrunk()
}
