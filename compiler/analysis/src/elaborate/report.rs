//! Problems of an item as it is written, and only so many.

use syntax::Node;
use syntax::problem::block_meant_to_end_above;

use super::Elaborator;
use crate::chain::too_long;
use crate::db::ItemKind;
use crate::limits;
use crate::parse::parsed;
use crate::problem::{Code, Problem, Severity};

/// Why a value is masked that was given to a path which leads nowhere.
const NOT_SHOWN: &str = "the value is not shown, because it may be meant for something sensitive";

impl Elaborator<'_> {
    /// Takes a problem, unless there are so many of its kind already that nobody reads them.
    pub(super) fn report(&mut self, problem: Problem) {
        if self.heads_only || self.names_only && !Self::is_of_name(&problem) {
            return;
        }
        // Where a condition speaks of what nothing has, what it was to say may be what is missing.
        if problem.code == Code::E(203) && self.assumes_unknown() {
            return;
        }
        let mut problem = match self.kind {
            ItemKind::Set => self.of_command_line(problem),
            _ => self.by_layout(problem),
        };
        if problem.code == Code::E(704) && !self.is_harmless {
            self.hide_setting();
            problem.notes.push(NOT_SHOWN.to_owned());
        }
        let severity = problem.severity;
        if !self.has_many(severity) {
            self.problems.push(problem);
        }
    }

    /// Takes note of the length of the row of definitions to which a name leads.
    pub(super) fn leads_to(&mut self, node: Node<'_>, depth: u32) {
        self.deepest = self.deepest.max(depth);
        if depth > limits::DEFINITIONS {
            let most = limits::DEFINITIONS;
            let message = format!("more than {most} definitions in a row need each other");
            self.report(too_long(self.place(node), message));
        }
    }

    /// Whether no further error is told of this item.
    pub(super) fn is_full(&self) -> bool {
        self.problems.len() >= limits::WRITTEN_PROBLEMS && self.has_many(Severity::Error)
    }

    /// Whether what was meant by a name may still be looked for among so many. Nobody reads that many mistakes of an item.
    pub(super) fn seeks(&mut self, names: usize) -> bool {
        self.sought = self.sought.saturating_add(names);
        self.sought <= limits::NAMES_SOUGHT
    }

    fn has_many(&self, severity: Severity) -> bool {
        let alike = self.problems.iter().filter(|other| other.severity == severity);
        alike.count() >= limits::WRITTEN_PROBLEMS
    }

    /// Of what does not fit into the block in which it stands, and is indented as if it did not stand there, this is what is wrong.
    fn by_layout(&self, problem: Problem) -> Problem {
        let misfits = matches!(problem.code, Code::E(102 | 201 | 204 | 221));
        if !misfits || problem.place.item != self.item {
            return problem;
        }
        let own = self.parsed.get_or_init(|| parsed(self.db, self.item));
        let node = own.tree().node(problem.place.node);
        match node.and_then(block_meant_to_end_above) {
            Some(block) => Problem {
                help: Some(format!(
                    "this line is indented like `{block}`, so the braces of that were meant to end above it"
                )),
                fix: None,
                ..problem
            },
            None => problem,
        }
    }
}
