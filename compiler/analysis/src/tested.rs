//! The verdict on one `test`: each of its statements, evaluated on demand.
//!
//! A test reads the program through the same memos as everything else, and nothing reads a test: it never changes what is
//! built. Each `fails` and each `snapshot` is an evaluation of its own, so that what one of them finds wrong is neither
//! blamed on the next nor hidden from it.

use std::sync::Arc;

use bumpalo::Bump;
use kube::tree::{NodeId, Tree};
use kube::{secrets, yaml};
use syntax::NodeKind;

use crate::code::{Code, EntryKind, Expr, ExprId, Root, Statement, Strength};
use crate::db::{Item, ItemKind, Module, Program};
use crate::elaborate::elaborate;
use crate::eval::value::{CheckAt, Env, Hint, Kind, Layer, Spot, Value};
use crate::eval::{Eval, canonical};
use crate::parse::parsed;
use crate::policies::policies_of;
use crate::problem::{Place, Problem, Severity};
use crate::problems::written;
use crate::reached::{Object, Reached, derived_objects, facts_of, reached};
use crate::refused::{Judged, report_refused};
use crate::render::emit;
use crate::supposed::{Supposed, problems_supposed};
use crate::validate::{chains, force_all, rings};

/// Mistakes that are listed for a `fails` that failed otherwise than it was to.
const LISTED: usize = 5;

/// What became of a test.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Tested {
    /// Why it fails; it passes where there are none, and its snapshots are as they were.
    pub problems: Vec<Problem>,
    pub snapshots: Vec<Snapshot>,
}

/// A text that is to be compared with the one of an earlier run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Snapshot {
    pub name: Arc<str>,
    /// Where it is asked for.
    pub place: Place,
    /// The objects of its value; `None` for all that the program emits.
    pub text: Option<Arc<String>>,
}

/// A test of a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Test {
    pub name: Arc<str>,
    pub item: Item,
    /// Where the name stands.
    pub place: Place,
}

/// The tests of a file, in its order.
pub fn tests_of(db: &dyn salsa::Database, module: Module) -> Vec<Test> {
    let tests = module.items(db).iter().filter(|item| item.kind(db) == ItemKind::Test);
    let named = |item: &Item| {
        let parsed = parsed(db, *item);
        let name = parsed.tree().entry().child(NodeKind::Str)?;
        let place = Place { item: *item, node: name.id() };
        let name = Arc::from(&*syntax::literal::string_value(name.text()));
        Some(Test { name, item: *item, place })
    };
    tests.filter_map(named).collect()
}

/// Two tests, or two snapshots, of one file that have one name.
#[salsa::tracked(returns(deref))]
pub fn named_twice(db: &dyn salsa::Database, module: Module) -> Vec<Problem> {
    let mut seen: Vec<(Arc<str>, Place, &str)> = Vec::new();
    let mut problems = Vec::new();
    for test in tests_of(db, module) {
        let parsed = parsed(db, test.item);
        let snapshots = parsed.tree().nodes().filter(|node| node.kind() == NodeKind::Snapshot);
        let snapshots = snapshots.filter_map(|node| {
            let name = node.child(NodeKind::Str)?;
            let text = Arc::from(&*syntax::literal::string_value(name.text()));
            Some((text, Place { item: test.item, node: name.id() }, "snapshot"))
        });
        for (name, place, what) in std::iter::once((test.name, test.place, "test")).chain(snapshots)
        {
            match seen.iter().find(|(other, _, kind)| *other == name && *kind == what) {
                Some((_, first, _)) => problems.push(
                    Problem::error(
                        108,
                        place,
                        format!("two {what}s of this file are called {name:?}"),
                    )
                    .related(*first, "the first one")
                    .help("rename one of them"),
                ),
                None => seen.push((name, place, what)),
            }
        }
    }
    problems
}

/// What a test says of a program that has no errors.
#[salsa::tracked]
pub fn tested(db: &dyn salsa::Database, program: Program, item: Item) -> Tested {
    let twice = named_twice(db, item.module(db)).iter().filter(|p| p.place.item == item);
    let written = written(db, item).iter().map(|written| &written.problem).chain(twice);
    let wrong: Vec<Problem> = written.filter(|p| p.severity == Severity::Error).cloned().collect();
    if !wrong.is_empty() {
        return Tested { problems: wrong, snapshots: Vec::new() };
    }
    let arena = Bump::new();
    let eval = Eval::new(db, &arena, program, item).counted().deriving();
    let mut tested = Tested::default();
    let mut unknown = Vec::new();
    // Of what is not there nothing more is said.
    let mut untrue: Vec<&Arc<str>> = Vec::new();
    for (at, check) in statements(&eval).iter().enumerate() {
        match check.when.map_or(Some(true), |when| eval.holds(when)) {
            Some(true) => {}
            Some(false) => continue,
            None => {
                unknown.push(part(check, 0));
                continue;
            }
        }
        let EntryKind::Statement(statement) = &check.entry.kind else { continue };
        let (statement, speaks_of) = &**statement;
        if speaks_of.iter().any(|path| untrue.contains(&path)) {
            continue;
        }
        match statement {
            Statement::Assert { condition, message, known } => {
                let place = part(check, 1);
                match assert(&eval, check, *condition, *message, place) {
                    Some(true) => {}
                    Some(false) => untrue.extend(known),
                    None => unknown.push(place),
                }
            }
            Statement::Fails { value, because, known } => {
                let wanted = match because {
                    Some(because) => match text(&eval, check, *because) {
                        Some(text) => Some(text),
                        None => {
                            unknown.push(part(check, 0));
                            continue;
                        }
                    },
                    None => None,
                };
                let found = match known.as_slice() {
                    [] => mistakes(db, program, item, at, *value, part(check, 1)),
                    known => Outcome { problems: known.to_vec(), broken: false },
                };
                let place = part(check, 1);
                match otherwise(&found.problems, wanted, place) {
                    Some(_) if found.broken => unknown.push(place),
                    Some(problem) => {
                        eval.report(problem);
                    }
                    None => {}
                }
            }
            Statement::Snapshot { name, value } => {
                // The value stands behind the name, in a node of its own.
                let at_value = part(check, 3);
                let text = match value {
                    None => None,
                    Some(value) => match objects(db, program, item, at, *value, at_value) {
                        Ok(text) => Some(text),
                        Err(problems) if problems.is_empty() => {
                            unknown.push(at_value);
                            continue;
                        }
                        Err(problems) => {
                            tested.problems.extend(problems);
                            continue;
                        }
                    },
                };
                let place = part(check, 0);
                tested.snapshots.push(Snapshot { name: name.clone(), place, text });
            }
        }
    }
    chains(&eval);
    rings(&eval);
    tested.problems.extend(eval.problems.take());
    if tested.problems.is_empty() {
        tested.problems.extend(unknown.into_iter().map(|place| {
            Problem::error(901, place, "this cannot be computed, because of an error elsewhere")
                .help("run `depc check` on the file that it reads")
        }));
    }
    tested
}

/// The statements of the test that is evaluated, as often as the loops around them go.
fn statements<'a>(eval: &Eval<'a>) -> &'a [CheckAt<'a>] {
    let source = eval.source(eval.unit);
    let Root::Test(body) = source.code.root else { return &[] };
    let Some(body) = source.code.bodies.get(body as usize) else { return &[] };
    let env = Env::default();
    let layer =
        Layer { source, body, env, prefix: Strength::Set, id: 0, siblings: 0, elements: None };
    let layers = eval.arena.alloc_slice_copy(&[layer]);
    let made = Spot { source, node: 0 };
    let rec = eval.record(Kind::Open, layers, made, Hint::default());
    eval.slots(rec).checks.get()
}

/// A part of a statement by its number in the order in which it is written, which is that of the tree; 0 is all of it.
/// (The code of `app { … }` is known by its braces alone.)
fn part(check: &CheckAt<'_>, number: u32) -> Place {
    Place { item: check.layer.source.item, node: check.entry.node + number }
}

/// Whether a condition holds; that it does not is reported. `None` where it is not known.
fn assert<'a>(
    eval: &Eval<'a>,
    check: &CheckAt<'a>,
    condition: ExprId,
    message: Option<ExprId>,
    place: Place,
) -> Option<bool> {
    let source = check.layer.source;
    if eval.truth(source, condition, &check.env)? {
        return Some(true);
    }
    let said = match message {
        Some(message) => text(eval, check, message)?.to_owned(),
        None => "this does not hold".to_owned(),
    };
    let problem = Problem::error(901, place, said);
    eval.report(eval.with_values(problem, source, condition, &check.env));
    Some(false)
}

fn text<'a>(eval: &Eval<'a>, check: &CheckAt<'a>, expr: ExprId) -> Option<&'a str> {
    match eval.whnf(eval.eval(check.layer.source, expr, &check.env, Hint::default())) {
        Value::Str(text) => Some(text),
        _ => None,
    }
}

/// What an evaluation of its own came to.
struct Outcome {
    problems: Vec<Problem>,
    /// It is an error that belongs to something else.
    broken: bool,
}

/// Evaluates a value of the statement with this number for itself, and gives it to `then` with its objects, if nothing
/// is wrong with it yet.
fn alone<R>(
    db: &dyn salsa::Database,
    program: Program,
    item: Item,
    at: usize,
    value: ExprId,
    then: impl FnOnce(&Tree, &[(Object<'_>, NodeId)]) -> R,
) -> (Outcome, Option<R>) {
    let arena = Bump::new();
    let eval = Eval::new(db, &arena, program, item).counted().deriving();
    let Some(check) = statements(&eval).get(at) else {
        return (Outcome { problems: Vec::new(), broken: true }, None);
    };
    let value = eval.eval(check.layer.source, value, &check.env, Hint::default());
    let value = eval.localized(value);
    force_all(&eval, value, 0);
    let mut result = None;
    if !has_errors(&eval) && !value.is_error() {
        let mut tree = Tree::default();
        let Reached { mut objects, components } = reached(&eval, value, true);
        let own = objects.iter().filter(|object| !object.external).count();
        let derived = derived_objects(&eval, &components);
        let own = own + derived.len();
        // Before those that are external.
        objects.splice(own - derived.len()..own - derived.len(), derived);
        let nodes = emit(&eval, &objects, &mut tree);
        report_refused(&eval, &objects, &nodes, 0..own, &tree, Judged::Whole);
        if !has_errors(&eval) {
            let of_rules = policies_of(&eval, &objects).problems;
            eval.problems.borrow_mut().extend(of_rules);
            let nodes = nodes.into_iter().map(|written| written.node);
            let emitted: Vec<(Object<'_>, NodeId)> = objects.into_iter().zip(nodes).collect();
            result = Some(then(&tree, &emitted));
        }
    }
    chains(&eval);
    rings(&eval);
    let mut problems = eval.problems.take();
    problems.retain(|problem| problem.severity == Severity::Error);
    let broken = problems.is_empty() && result.is_none();
    (Outcome { problems, broken }, result)
}

fn has_errors(eval: &Eval<'_>) -> bool {
    eval.problems.borrow().iter().any(|problem| problem.severity == Severity::Error)
}

/// All that is wrong with a value: as it is computed, as the objects that it makes, and as a part of the program.
fn mistakes(
    db: &dyn salsa::Database,
    program: Program,
    item: Item,
    at: usize,
    value: ExprId,
    place: Place,
) -> Outcome {
    let (mut outcome, objects) = alone(db, program, item, at, value, |tree, emitted| {
        let supposed = |(object, node): &(Object<'_>, NodeId)| {
            let facts = facts_of(db, object, tree, *node)?;
            let allowed = object.allowed.iter().map(|allowed| allowed.id.to_string()).collect();
            Some(Supposed { facts, allowed })
        };
        emitted.iter().filter_map(supposed).collect::<Vec<_>>()
    });
    if let Some(objects) = objects.filter(|objects| !objects.is_empty()) {
        let code = &elaborate(db, item).code;
        let instead = changed(code, value).map(|item| canonical(db, program, item));
        outcome.problems.extend(problems_supposed(db, program, &objects, instead, place));
    }
    outcome
}

/// The item that a value is a change of: `app` of `app { … }`.
fn changed(code: &Code, value: ExprId) -> Option<Item> {
    match code.exprs.get(value as usize)? {
        Expr::Amend(amended) => changed(code, amended.value),
        Expr::Global(item) => Some(*item),
        _ => None,
    }
}

/// Why what was found is not the failure that was to be; `None` where it is.
fn otherwise(found: &[Problem], wanted: Option<&str>, place: Place) -> Option<Problem> {
    if found.is_empty() {
        let problem = Problem::error(902, place, "this does not fail");
        return Some(match wanted {
            Some(wanted) => problem.note(format!("it was to fail because of {wanted:?}")),
            None => problem,
        });
    }
    let wanted = wanted?;
    if found.iter().any(|problem| says(problem, wanted)) {
        return None;
    }
    let message = format!("this fails, but not because of {wanted:?}");
    let mut problem = Problem::error(903, place, message);
    for found in found.iter().take(LISTED) {
        problem = problem.note(format!("it fails with {}: {}", found.code, found.message));
    }
    if found.len() > LISTED {
        problem = problem.note(format!("and with {} more", found.len() - LISTED));
    }
    Some(problem)
}

/// Whether a text stands in what a problem says.
fn says(problem: &Problem, text: &str) -> bool {
    let related = problem.related.iter().map(|label| &label.message);
    let said = [&problem.message, &problem.label].into_iter().chain(&problem.notes);
    said.chain(&problem.help).chain(related).any(|said| said.contains(text))
}

/// The objects of a value as YAML, without what is secret in them; or what is wrong with it.
fn objects(
    db: &dyn salsa::Database,
    program: Program,
    item: Item,
    at: usize,
    value: ExprId,
    place: Place,
) -> Result<Arc<String>, Vec<Problem>> {
    let (outcome, text) = alone(db, program, item, at, value, |tree, emitted| {
        let mut shown = Tree::default();
        for (_, node) in emitted.iter().filter(|(object, _)| !object.external) {
            if let Some(object) = tree.node(*node) {
                secrets::hidden(object, &mut shown);
            }
        }
        let mut bytes = Vec::new();
        yaml::documents(shown.roots(), &mut bytes);
        String::from_utf8(bytes).unwrap_or_default()
    });
    match text {
        Some(text) if text.is_empty() => {
            Err(vec![
                Problem::error(907, place, "this makes no object, so there is nothing to compare")
                    .help("name a component or an object, or leave the value out to compare all that the program makes"),
            ])
        }
        Some(text) if outcome.problems.is_empty() => Ok(text.into()),
        _ => Err(outcome.problems),
    }
}
