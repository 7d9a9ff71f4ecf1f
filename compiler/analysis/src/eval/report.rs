//! Problems as an evaluation finds them: each once, and only so many.

use crate::db::ItemKind;
use crate::eval::Eval;
use crate::eval::value::Value;
use crate::limits;
use crate::problem::{Code, Problem, Severity};

impl<'a> Eval<'a> {
    /// Takes a problem, unless the same one was found before.
    pub fn report(&self, problem: Problem) -> Value<'a> {
        let problem = match problem.place.item.kind(self.db) {
            ItemKind::Every => self.for_object(problem),
            _ => problem,
        };
        let problem = shortened(self.because(problem));
        let known = self.problems.borrow().len() as u64;
        // Past the bound it is told still: it may be what says so.
        self.afford(TOLD + size(&problem) / 4 + known / COMPARED, &|| problem.place);
        let mut problems = self.problems.borrow_mut();
        let (severity, length) = self.full.get();
        if severity == Some(problem.severity) && problems.len() >= length {
            return Value::Error;
        }
        if !problems.iter().any(|p| {
            p.code == problem.code
                && p.place == problem.place
                && (p.message == problem.message || is_one_misspelling(p, &problem))
        }) {
            let severity = problem.severity;
            problems.push(problem);
            if problems.iter().filter(|p| p.severity == severity).count() >= limits::ITEM_PROBLEMS {
                self.full.set((Some(severity), problems.len()));
            }
        }
        Value::Error
    }
}

impl Eval<'_> {
    /// Whether an error that is found now is not kept any more, so that nobody need find out what to say of it. Finding
    /// it counts still.
    pub(super) fn has_errors_enough(&self) -> bool {
        let (severity, length) = self.full.get();
        let is_full = severity == Some(Severity::Error) && self.problems.borrow().len() >= length;
        is_full && {
            self.afford(TOLD, &|| self.whole());
            true
        }
    }
}

/// Problems with which one is compared in the time of a step.
const COMPARED: u64 = 16;

/// Steps that finding a problem counts for, besides what its text does: it is compared, kept, and shown.
const TOLD: u64 = 64;

fn size(problem: &Problem) -> u64 {
    let related = problem.related.iter().map(|label| label.message.len());
    let texts = problem.notes.iter().chain(&problem.help).map(String::len);
    (problem.message.len() + related.chain(texts).sum::<usize>()) as u64
}

/// A message can hold whole values.
fn shortened(mut problem: Problem) -> Problem {
    if problem.message.len() > limits::MESSAGE {
        let message = &problem.message;
        let end = (0..=limits::MESSAGE).rev().find(|&at| message.is_char_boundary(at));
        problem.message.truncate(end.unwrap_or_default());
        problem.message.push('…');
    }
    problem
}

/// Whether two problems at one place are one name that is not there, looked for in several records: where it is written
/// for each of many, it is to be mended once.
fn is_one_misspelling(one: &Problem, other: &Problem) -> bool {
    fn key(problem: &Problem) -> Option<&str> {
        Some(problem.message.rsplit_once(NO_KEY)?.1)
    }
    let is_meant = one.help.is_some() && one.help == other.help;
    one.code == Code::E(204) && (is_meant || key(one).is_some_and(|name| Some(name) == key(other)))
}

/// What stands before the name in what is said of a key that is not there.
const NO_KEY: &str = " has no key ";
