//! Problems of an item as it is written, and only so many.

use super::Elaborator;
use crate::db::ItemKind;
use crate::limits;
use crate::problem::{Code, Problem};

/// Why a value is masked that was given to a path which leads nowhere.
const NOT_SHOWN: &str = "the value is not shown, because it may be meant for something sensitive";

impl Elaborator<'_> {
    /// Takes a problem, unless there are so many of its kind already that nobody reads them.
    pub(super) fn report(&mut self, problem: Problem) {
        if self.heads_only {
            return;
        }
        let mut problem = match self.kind {
            ItemKind::Set => self.of_command_line(problem),
            _ => problem,
        };
        if problem.code == Code::E(704) && !self.is_harmless {
            self.hide_setting();
            problem.notes.push(NOT_SHOWN.to_owned());
        }
        let severity = problem.severity;
        let alike = self.problems.iter().filter(|other| other.severity == severity);
        if alike.count() < limits::WRITTEN_PROBLEMS {
            self.problems.push(problem);
        }
    }
}
