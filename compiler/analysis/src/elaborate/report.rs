//! Problems of an item as it is written, and only so many.

use super::Elaborator;
use crate::db::ItemKind;
use crate::limits;
use crate::problem::{Code, Problem};

impl Elaborator<'_> {
    /// Takes a problem, unless there are so many of its kind already that nobody reads them.
    pub(super) fn report(&mut self, problem: Problem) {
        if self.heads_only {
            return;
        }
        let problem = match self.kind {
            ItemKind::Set => self.of_command_line(problem),
            _ => problem,
        };
        if problem.code == Code::E(704) {
            self.hide_setting();
        }
        let severity = problem.severity;
        let alike = self.problems.iter().filter(|other| other.severity == severity);
        if alike.count() < limits::WRITTEN_PROBLEMS {
            self.problems.push(problem);
        }
    }
}
