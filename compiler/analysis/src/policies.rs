//! What the rules of a program say of the objects of one item: which checks do not hold, and who is exempt.
//!
//! This is apart from the verdict on the item itself, so that a rule which only checks is looked at again without
//! anything being evaluated but what it looks at.

use bumpalo::Bump;

use crate::code::{EntryKind, Rule, Strength};
use crate::cross::{is_shared, part_of};
use crate::db::{Item, ItemKind, Program};
use crate::derive::derived;
use crate::eval::rules::Allowed;
use crate::eval::value::{CheckAt, Hint, Kind, Layer, LocalState, Rec, Source, Value};
use crate::eval::{Eval, stack_of};
use crate::limits;
use crate::problem::{Place, Problem, Severity};
use crate::reached::{Object, Reached, derived_objects, reached};
use crate::rules::{checking, checking_component, checks, rule};
use crate::validate::{mistakes_without_rules, validate};

/// What rules say of the objects of an item.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Policies {
    pub problems: Vec<Problem>,
    /// The `allow`s without which a rule would change an object, or would not hold for it.
    pub used: Vec<Place>,
}

/// What the rules of a program say of the objects of an item. Of an item that has errors of its own, nothing.
#[salsa::tracked]
pub fn policies(db: &dyn salsa::Database, program: Program, item: Item) -> Policies {
    let verdict = validate(db, program, item);
    if !verdict.is_sound() || !concerned(db, program, item) {
        return Policies::default();
    }
    let derives = derived(db, program, item);
    if !derives.is_sound() {
        return Policies::default();
    }
    let arena = Bump::new();
    let eval = Eval::new(db, &arena, program, item).counted().deriving();
    let Reached { mut objects, components } = reached(&eval, eval.root(), true);
    if verdict.derives {
        objects.extend(derived_objects(&eval, &components));
    }
    let mut found = policies_of(&eval, &objects);
    // Mistakes in what a check looks at were told with the item itself.
    let told = |problem: &Problem| {
        verdict.problems.contains(problem) || derives.problems.contains(problem)
    };
    found.problems.retain(|problem| !told(problem));
    found
}

/// Whether any rule could say anything of an item.
pub(crate) fn concerned(db: &dyn salsa::Database, program: Program, item: Item) -> bool {
    item.kind(db) != ItemKind::Check && (checks(db, program) || crate::rules::changes(db, program))
}

/// What rules say of objects that were evaluated already, in an evaluation in which what is derived is known.
pub(crate) fn policies_of<'a>(eval: &Eval<'a>, objects: &[Object<'a>]) -> Policies {
    let mut used = Vec::new();
    let stack = stack_of(eval.db, eval.program, eval.program.root(eval.db).base(eval.db));
    // Files that are used emit nothing of their own; what they know of the outside holds.
    let own = stack.contains(&eval.unit.module(eval.db));
    for object in objects.iter().filter(|object| own || object.external) {
        exempted(eval, object, &mut used);
        for item in checking(eval.db, eval.program, object.ty) {
            // Of what takes too much no more is found, and to look takes memory still.
            if eval.is_exhausted() {
                break;
            }
            let target = Target { record: object.object, allowed: &object.allowed };
            check(eval, item, &target, &mut used);
        }
    }
    for (component, schema) in components(objects, own) {
        for item in checking_component(eval.db, eval.program, schema) {
            let target = Target { record: component, allowed: &eval.exemptions(component) };
            check(eval, item, &target, &mut used);
        }
    }
    mistakes_without_rules(eval);
    used.sort_by_key(|place: &Place| (place.item, place.node));
    used.dedup();
    Policies { problems: eval.problems.take(), used }
}

/// Notes that rules leave an object as it is.
fn exempted<'a>(eval: &Eval<'a>, object: &Object<'a>, used: &mut Vec<Place>) {
    for allowed in eval.exempted(object.object) {
        used.push(allowed.place);
        let name = eval.record_name(object.object);
        eval.report(
            Problem::error(
                420,
                allowed.place,
                format!("the rule {:?} leaves {name} as it is", &*allowed.id),
            )
            .severity(Severity::Note)
            .note(format!("because: {}", allowed.reason)),
        );
    }
}

/// The components that objects belong to, each once.
fn components<'a>(objects: &[Object<'a>], own: bool) -> Vec<(&'a Rec<'a>, Item)> {
    let mut found: Vec<(&'a Rec<'a>, Item)> = Vec::new();
    for object in objects.iter().filter(|object| own || object.external) {
        let mut at = object.object;
        for _ in 0..limits::NESTED {
            let Some((owner, _)) = at.owner.get() else { break };
            at = owner;
            if let Kind::Schema(info, schema) = at.kind
                && info.fields.iter().any(|field| field.emit)
                && !found.iter().rev().any(|(known, _)| std::ptr::eq(*known, at))
            {
                found.push((at, schema));
            }
        }
    }
    found
}

/// An object or a component that a rule is checked for.
struct Target<'a, 't> {
    record: &'a Rec<'a>,
    /// The rules from which it is exempt.
    allowed: &'t [Allowed],
}

/// Checks one rule for one object or component.
fn check<'a>(eval: &Eval<'a>, item: Item, target: &Target<'a, '_>, used: &mut Vec<Place>) {
    let Some(rule) = rule(eval.db, item) else { return };
    let outer = eval.enter_object(target.record);
    check_rule(eval, eval.source(item), rule, target, used);
    eval.leave_object(outer);
}

fn check_rule<'a>(
    eval: &Eval<'a>,
    source: &'a Source<'a>,
    rule: &'a Rule,
    target: &Target<'a, '_>,
    used: &mut Vec<Place>,
) {
    let record = target.record;
    let before = LocalState::Bare { rec: eval.before_rules(record) };
    if eval.holds_for(source, rule, &eval.env_of(before, true)) != Some(true) {
        return;
    }
    let Some(body) = source.code.bodies.get(rule.checks as usize) else { return };
    let env = eval.env_of(LocalState::Done(Value::Rec(record)), false);
    let layer =
        Layer { source, body, env, prefix: Strength::Set, id: 0, siblings: 0, elements: None };
    let layers = eval.arena.alloc_slice_fill_iter([layer]);
    let checks = eval.record(Kind::Open, layers, source.spot(0), Hint::default());
    for check in eval.slots(checks).checks.get() {
        if eval.applies_at(check) {
            check_one(eval, rule, target, check, used);
        }
    }
}

/// The one value of the user because of which a condition does not hold, and what else of the user's handed it on.
fn blamed<'a>(
    eval: &Eval<'a>,
    source: &'a Source<'a>,
    condition: u32,
    check: &CheckAt<'a>,
) -> Option<(Place, Vec<Place>)> {
    let mut found: Option<(Place, Vec<Place>)> = None;
    for way in eval.ways_in(source, condition, &check.env) {
        // The first place is in the condition itself.
        let spots = way.spots.iter().skip(1).filter(|spot| !spot.source.library);
        let places: Vec<Place> = spots.map(|spot| spot.place()).collect();
        let at = places.iter().position(|place| {
            place.item.kind(eval.db) != ItemKind::Every && !is_shared(eval.db, *place)
        })?;
        let mut handed = places;
        let place = handed.remove(at);
        match &found {
            // Which of several is wrong nobody can tell.
            Some((known, _)) if *known != place => return None,
            Some(_) => {}
            None => found = Some((place, handed)),
        }
    }
    found
}

fn check_one<'a>(
    eval: &Eval<'a>,
    rule: &Rule,
    target: &Target<'a, '_>,
    check: &CheckAt<'a>,
    used: &mut Vec<Place>,
) {
    let EntryKind::Check { severity, condition, .. } = check.entry.kind else { return };
    let Some(message) = eval.failed(check) else { return };
    let source = check.layer.source;
    let name = eval.record_name(target.record);
    let made = eval.user_spot(target.record).place();
    let id = &*rule.id;
    let breaks = format!("{name} breaks the rule {id:?}");
    let (place, way) = blamed(eval, source, condition, check)
        .unwrap_or_else(|| (eval.outer_spot(target.record).place(), Vec::new()));
    let mut problem = Problem::error(412, place, message).severity(severity).label(breaks);
    for handed in way.into_iter().chain([made]).filter(|handed| *handed != place) {
        if !problem.related.iter().any(|known| known.place == handed) {
            let part = if handed == made { "for this" } else { part_of(eval.db, handed) };
            problem = problem.related(handed, part);
        }
    }
    problem = problem.related(source.spot(condition).place(), "because of this");
    problem = eval.with_values(problem, source, condition, &check.env);
    match target.allowed.iter().find(|allowed| *allowed.id == *id) {
        Some(allowed) => {
            used.push(allowed.place);
            problem = problem.allowed(allowed.place, &allowed.reason);
        }
        None => {
            problem = problem.help(format!(
                "mend it, or say in the component why it is an exception: `allow {id:?}: \"…\"`"
            ));
        }
    }
    eval.report(problem);
}
