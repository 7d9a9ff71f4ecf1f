//! What an API server would refuse of the objects of an item, at the places where it is to be mended.
//!
//! The rules are those of [`kube::server`]. They are asked for objects without any other mistake only, so that
//! none is said twice: what types forbid never gets here.

use kube::rules::Level;
use kube::server::{Refusal, refusals};
use kube::tree::{Ref, Step, Tree};

use crate::cross::blamed;
use crate::elaborate::elaborate;
use crate::eval::Eval;
use crate::explain::push_name;
use crate::problem::{Code, Problem, Severity};
use crate::render::{Rendered, Written};

/// Reports what a server would refuse of the first `own` of these objects; the others are external. What one place does wrong in several fields or
/// objects is one problem.
pub(crate) fn report_refused(eval: &Eval<'_>, written: &[Written], own: usize, tree: &Tree) {
    if has_mistakes(eval) {
        return;
    }
    let mut rendered = None;
    let mut problems: Vec<(Problem, u32)> = Vec::new();
    // Objects with holes would break rules that say nothing new.
    for (number, object) in written.iter().take(own).enumerate().filter(|(_, at)| !at.holed) {
        let Some(root) = tree.node(object.node) else { continue };
        for refusal in refusals(root, eval.minor) {
            let rendered = rendered.get_or_insert_with(|| Rendered::of(eval, written, own));
            let Some(problem) = problem(eval, rendered, tree, number, &refusal) else { continue };
            let same = problems
                .iter_mut()
                .find(|(other, _)| other.code == problem.code && other.place == problem.place);
            match same {
                Some((_, more)) => *more += 1,
                None => problems.push((problem.note(field(root, &refusal.path)), 0)),
            }
        }
    }
    for (problem, more) in problems {
        let problem = match more {
            0 => problem,
            1 => problem.note("and so it is in one more field"),
            more => problem.note(format!("and so it is in {more} more fields")),
        };
        eval.report(problem);
    }
}

/// Whether something is wrong already: in the values, or in the text of an item that gave some of them.
fn has_mistakes(eval: &Eval<'_>) -> bool {
    let is_error = |problem: &Problem| problem.severity == Severity::Error;
    eval.problems.borrow().iter().any(is_error)
        || eval
            .origins()
            .into_iter()
            .any(|item| elaborate(eval.db, item).problems.iter().any(is_error))
}

fn problem(
    eval: &Eval<'_>,
    rendered: &Rendered,
    tree: &Tree,
    object: usize,
    refusal: &Refusal,
) -> Option<Problem> {
    let place = |path: &[Step]| {
        let written = rendered.place_in(eval.db, tree, object, path)?;
        Some(blamed(eval.db, eval.unit, written))
    };
    let at = place(&refusal.path)?;
    let mut problem = Problem::error(0, at, refusal.message.clone());
    problem.code = Code::Rule(refusal.rule);
    problem.help = refusal.help.clone();
    if refusal.level == Level::Warning {
        problem.severity = Severity::Warning;
    }
    let written = rendered.written_on(eval.db, tree, object, &refusal.path).next();
    if let Some(written) = written.filter(|written| *written != at) {
        problem = problem.related(written, "written here");
    }
    if let Some((path, message)) = &refusal.related
        && let Some(other) = place(path).filter(|other| *other != at)
    {
        problem = problem.related(other, message.clone());
    }
    Some(problem)
}

/// `spec.ports[0].name of Service/web`.
fn field(object: Ref<'_>, path: &[Step]) -> String {
    let text = |path| object.at(path).and_then(Ref::as_str).unwrap_or_default();
    let mut field = String::new();
    for step in path {
        match step {
            Step::Key(name) => push_name(&mut field, name),
            Step::Index(at) => field.push_str(&format!("[{at}]")),
        }
    }
    let field = if field.is_empty() { "the whole" } else { &field };
    format!("it is {field} of {}/{}", text(&["kind"]), text(&["metadata", "name"]))
}
