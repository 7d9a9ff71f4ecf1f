//! What the elaborator makes of an item.

use crate::code::{Code, Expr};
use crate::db::Item;
use crate::problem::{self, Problem, Severity};

/// An item as the evaluator needs it, and what is wrong with what is written in it.
///
/// What whoever evaluates would have to look through all of it for is known, because many do.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Elaborated {
    pub code: Code,
    pub problems: Vec<Problem>,
    /// The nodes that are not evaluated, because there is a mistake in them, sorted.
    pub poisoned: Vec<u32>,
    /// It asks for what layers below give.
    pub prev: bool,
    /// The nodes of constants that no message may show, sorted.
    pub hidden: Vec<u32>,
}

impl Elaborated {
    pub fn of(item: Item, code: Code, problems: Vec<Problem>) -> Self {
        // A record that lacks a field is worth evaluating for the mistakes in the rest of it.
        let breaks = |p: &&Problem| {
            p.severity == Severity::Error && p.place.item == item && p.code != problem::Code::E(202)
        };
        let mut poisoned: Vec<u32> = problems.iter().filter(breaks).map(|p| p.place.node).collect();
        poisoned.sort_unstable();
        let prev = code.exprs.iter().any(|expr| matches!(expr, Expr::Prev));
        Self { code, problems, poisoned, prev, hidden: Vec::new() }
    }
}
