//! What concerns objects of several items: each rule sees the facts of those that it looks at.
//!
//! Most rules look only at objects that are tied to each other, by names and selectors. An item is tied to few others, so
//! each group of tied items has a memo of its own, and an edit runs these rules for the groups alone that it changed.

mod once;
mod places;

use kube::facts::{Facts, Identity};
use kube::rules::{
    Level, Program as Objects, Reach, Ties, Violation, groups, ties, violations, violations_of,
};
use kube::tree::{Ref, Step, Value};
use rustc_hash::FxHashMap;

use crate::allow::may_be_allowed;
use crate::below::all_bases;
use crate::db::{Item, ItemKind, Origin, Program, strictness};
use crate::derive::derived;
use crate::eval::rules::Allowed;
use crate::explain::{Behind, is_literal};
use crate::limits;
use crate::problem::{Code, Place, Problem, Severity};
use crate::problems::{units, units_of};
use crate::render::Part;
use crate::resolve::items_named;
use crate::validate::{UnitReport, validate};
use once::{Common, once};
use places::{Places, is_nowhere};

/// What the rules across objects find.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Crossed {
    pub problems: Vec<Problem>,
    /// The `allow`s that have made a note of one of them.
    pub used: Vec<Place>,
    /// How many there are past [`limits::PROBLEMS`] errors, or as many others. Of a hundred thousand objects each may
    /// contradict all others.
    pub untold: usize,
}

/// Everything in which the objects of a program contradict each other. A change that leaves the facts of all
/// items as they are does not run the rules again.
#[salsa::tracked]
pub fn crossed(db: &dyn salsa::Database, program: Program) -> Crossed {
    let layout = layout(db, program);
    let mut all = crossed_anywhere(db, program).clone();
    for group in &layout.groups {
        let Told { found, further } = crossed_in(db, program, *group);
        all.found.extend_from_slice(found);
        all.further.extend_from_slice(further);
    }
    if !all.found.is_empty() {
        let units = units(db, program).iter().enumerate();
        let ranks: FxHashMap<Item, usize> = units.map(|(number, unit)| (*unit, number)).collect();
        let rank = |one: &Broken| ranks.get(&one.unit).copied();
        all.found.sort_by(|a, b| {
            let key = |one: &Broken| (rank(one), one.part == Part::Derived, one.at);
            (key(a), &a.path, a.rule).cmp(&(key(b), &b.path, b.rule))
        });
    }
    of_all(all, layout.hidden)
}

/// What [`crossed`] finds, by all rules over all objects at once: what it is compared with.
pub fn crossed_at_once(db: &dyn salsa::Database, program: Program) -> Crossed {
    crossed_among(db, program, all_reports(db, program))
}

/// What [`crossed`] finds among these reports, which are those of all [`units`] in their order.
pub(crate) fn crossed_among<'u>(
    db: &dyn salsa::Database,
    program: Program,
    reports: impl Iterator<Item = Report<'u>>,
) -> Crossed {
    let all = ones(reports);
    let facts: Vec<&Facts> = all.iter().map(|one| one.facts).collect();
    let found = violations(&facts, &strictness(db));
    of_all(told(db, program, &all, found), false)
}

/// What is told of what breaks the rules, which is in the order of the program.
fn of_all(all: Told, hidden: bool) -> Crossed {
    // What is hidden may be what is missed.
    let counts = |absence: bool| !(hidden && absence);
    let further = all.further.iter().filter(|further| counts(further.absence));
    let mut crossed = Crossed { untold: further.clone().count(), ..Crossed::default() };
    let (mut errors, mut others) = (0, 0);
    let found = all.found.into_iter().filter(|one| counts(one.absence)).collect();
    for one in once(found) {
        let before = if one.level == Level::Error { &mut errors } else { &mut others };
        *before += 1;
        crossed.used.extend(one.allowed);
        match one.problem {
            _ if *before > limits::PROBLEMS => crossed.untold += 1,
            Some(problem) => crossed.problems.push(problem),
            None => {}
        }
    }
    crossed.used.extend(further.filter_map(|further| further.allowed));
    crossed
}

/// What is known of what a unit makes, or of what it derives.
#[derive(Clone, Copy)]
pub(crate) struct Report<'u> {
    pub unit: Item,
    /// It is one of the built files.
    pub own: bool,
    pub part: Part,
    pub report: &'u UnitReport,
}

/// The reports of all units, in their order.
fn all_reports(db: &dyn salsa::Database, program: Program) -> impl Iterator<Item = Report<'_>> {
    let own = units_of(db, program.root(db)).len();
    let units = units(db, program).iter().enumerate();
    units.flat_map(move |(number, &unit)| reports(db, program, unit, number < own))
}

/// The reports of a unit.
fn reports(db: &dyn salsa::Database, program: Program, unit: Item, own: bool) -> [Report<'_>; 2] {
    let known = validate(db, program, unit);
    let derived = derived(db, program, unit);
    [(Part::Known, known), (Part::Derived, derived)].map(|(part, report)| Report {
        unit,
        own,
        part,
        report,
    })
}

/// What ties a unit of the built files, or of those that they use, to others.
#[salsa::tracked]
fn tied(db: &dyn salsa::Database, program: Program, unit: Item, own: bool) -> Ties {
    let all = ones(reports(db, program, unit, own).into_iter());
    ties(all.iter().map(|one| one.facts))
}

/// Units that are tied to each other, directly or not, in their order, and whether each is of the built files. Groups of
/// which no layout speaks any more are forgotten: each may hold all units, and each key typed may make another.
#[salsa::interned]
#[derive(Debug)]
struct Group<'db> {
    #[returns(deref)]
    units: Vec<(Item, bool)>,
}

/// How the units of a program are tied.
#[derive(Clone, PartialEq, Eq, Debug, salsa::SalsaValue)]
struct Layout<'db> {
    groups: Vec<Group<'db>>,
    obscure: Vec<u64>,
    /// Of some objects nothing is known.
    hidden: bool,
}

#[salsa::tracked]
fn layout(db: &dyn salsa::Database, program: Program) -> Layout<'_> {
    let own = units_of(db, program.root(db)).len();
    let units = units(db, program).iter().enumerate();
    let units: Vec<(Item, bool)> = units.map(|(number, unit)| (*unit, number < own)).collect();
    let ties: Vec<&Ties> = units.iter().map(|(unit, own)| tied(db, program, *unit, *own)).collect();
    let mut obscure: Vec<u64> = ties.iter().flat_map(|ties| &ties.obscure).copied().collect();
    obscure.sort_unstable();
    obscure.dedup();
    let of = |group: Vec<usize>| {
        let of = group.iter().filter_map(|at| units.get(*at)).copied();
        Group::new(db, of.collect::<Vec<_>>())
    };
    let is_seen =
        |group: &Vec<usize>| group.iter().filter_map(|at| ties.get(*at)).any(|ties| ties.known);
    Layout {
        groups: groups(&ties).into_iter().filter(is_seen).map(of).collect(),
        obscure,
        hidden: ties.iter().any(|ties| ties.hidden),
    }
}

/// The namespaces that are obscure, by a memo of their own: they are asked for by each group, and hardly ever change.
#[salsa::tracked]
fn obscure(db: &dyn salsa::Database, program: Program) -> Vec<u64> {
    layout(db, program).obscure.clone()
}

/// What the rules find that look at tied objects.
#[salsa::tracked]
fn crossed_in<'db>(db: &'db dyn salsa::Database, program: Program, group: Group<'db>) -> Told {
    let units = group.units(db).iter();
    let all = ones(units.flat_map(|(unit, own)| reports(db, program, *unit, *own)));
    let facts: Vec<&Facts> = all.iter().map(|one| one.facts).collect();
    let objects = Objects::part(&facts, obscure(db, program).clone());
    let between = || db.unwind_if_revision_cancelled();
    let found = violations_of(&objects, &[Reach::Tied], &strictness(db), between);
    told(db, program, &all, found)
}

/// What the rules find that look at all objects.
#[salsa::tracked]
fn crossed_anywhere(db: &dyn salsa::Database, program: Program) -> Told {
    let all = ones(all_reports(db, program));
    let facts: Vec<&Facts> = all.iter().map(|one| one.facts).collect();
    let objects = Objects::part(&facts, obscure(db, program).clone());
    let between = || db.unwind_if_revision_cancelled();
    let found = violations_of(&objects, &[Reach::Program], &strictness(db), between);
    told(db, program, &all, found)
}

/// What breaks some rules.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Told {
    /// In the order of the program.
    found: Vec<Broken>,
    /// Of what comes after so much that it is not told in any case.
    further: Vec<Further>,
}

/// What breaks a rule, and which object it stands at.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Broken {
    unit: Item,
    part: Part,
    /// The number of the object in its report.
    at: usize,
    path: Vec<Step>,
    rule: &'static str,
    level: Level,
    /// It says that the program lacks something.
    absence: bool,
    /// What it is one mistake with.
    common: Option<Common>,
    /// `None` where it only follows from what is told elsewhere.
    problem: Option<Problem>,
    /// The `allow` that made a note of it.
    allowed: Option<Place>,
}

/// What breaks a rule and is only counted.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Further {
    absence: bool,
    /// The `allow` that exempts it.
    allowed: Option<Place>,
}

/// The objects of some reports that rules look at.
fn ones<'u>(reports: impl Iterator<Item = Report<'u>>) -> Vec<One<'u>> {
    let mut all = Vec::new();
    for of in reports {
        for (at, facts) in of.report.facts.iter().enumerate() {
            // Files that are used emit nothing of their own; what they know of the outside holds.
            if of.own || facts.external || facts.hidden {
                all.push(One { of, at, facts });
            }
        }
    }
    all
}

/// What is told of what breaks the rules among these objects, which is in their order.
fn told(
    db: &dyn salsa::Database,
    program: Program,
    all: &[One<'_>],
    mut found: Vec<Violation>,
) -> Told {
    let mut told = Told::default();
    // Whether anything is hidden is known to the whole program alone, so what is absent is counted apart.
    let mut counts = [0; 4];
    found.retain(|violation| {
        let class = usize::from(violation.level == Level::Error);
        let class = class * 2 + usize::from(violation.absence);
        let Some(count) = counts.get_mut(class) else { return true };
        *count += 1;
        if *count > limits::PROBLEMS {
            let allowed = allowed_at(all, violation).map(|allowed| allowed.place);
            told.further.push(Further { absence: violation.absence, allowed });
        }
        *count <= limits::PROBLEMS
    });
    let mut objects = Places::new(db, program);
    objects.look_behind(all, &found);
    for violation in found {
        let Some(One { of, at, .. }) = all.get(violation.object) else { continue };
        let allowed = allowed_at(all, &violation);
        let common = objects.common(all, &violation).filter(|_| allowed.is_none());
        told.found.push(Broken {
            common,
            unit: of.unit,
            part: of.part,
            at: *at,
            path: violation.path.clone(),
            rule: violation.rule,
            level: violation.level,
            absence: violation.absence,
            allowed: allowed.map(|allowed| allowed.place),
            problem: problem(db, all, &mut objects, violation, allowed),
        });
    }
    told
}

/// What is told of what breaks a rule; `None` where that only follows from another mistake.
fn problem(
    db: &dyn salsa::Database,
    all: &[One<'_>],
    objects: &mut Places<'_>,
    violation: Violation,
    allowed: Option<&Allowed>,
) -> Option<Problem> {
    let written = objects.written(all, &violation)?;
    // What a trait says of another object is wrong there, whoever has it.
    let place = match violation.common && is_literal(db, written) {
        true => written,
        false => objects.blamed(all, violation.object, written),
    };
    // What is named wrongly is not there either.
    let is_wrong =
        |problem: &&Problem| problem.place == place && problem.severity == Severity::Error;
    if violation.absence
        && let Some(one) = all.get(violation.object)
        && one.of.report.problems.iter().any(|problem| is_wrong(&problem))
    {
        return None;
    }
    let nowhere = is_nowhere(&violation);
    let mut problem = Problem::error(0, place, violation.message);
    if place != written && written.item.module(db).origin(db) != Origin::Library {
        problem = problem.related(written, "written here");
    }
    for (other, part) in objects.others(violation.object, &violation.path) {
        if other != place {
            problem = problem.related(other, part);
        }
    }
    problem.code = match violation.rule.strip_prefix('E').and_then(|number| number.parse().ok()) {
        Some(number) => Code::E(number),
        None => Code::Rule(violation.rule),
    };
    problem.severity = severity(violation.level);
    problem.help = violation.help;
    if let Some(one) = all.get(violation.object).filter(|_| nowhere)
        && let Some(missing) = &violation.missing
        && let Some(help) = makes_none(db, one.of.unit, written, missing)
    {
        problem.help = Some(help);
        if let Some(made) =
            objects.made(all, violation.object).filter(|_| place.item != one.of.unit)
        {
            problem = problem.related(made, "read here");
        }
    }
    if let Some(allowed) = allowed {
        problem = problem.allowed(allowed.place, &allowed.reason);
    }
    for (object, path, message) in violation.related {
        let Some(there) = objects.place(all, object, &path) else { continue };
        let other = objects.blamed(all, object, there);
        if other != problem.place || object == violation.object {
            problem = problem.related(other, message);
            continue;
        }
        // One component made both, each in a place of its own.
        if there != written {
            if there.item.module(db).origin(db) != Origin::Library {
                problem = problem.related(there, message);
            }
            continue;
        }
        // One object was made of the other, or both of a third, with this value.
        let made = (objects.made(all, violation.object), objects.made(all, object));
        if let (Some(this), Some(that)) = made
            && this != that
        {
            problem.place = this;
            problem = problem.related(that, message).related(other, "written here");
        }
    }
    Some(problem)
}

/// Why an item that has the name of what is missing does not make it.
fn makes_none(
    db: &dyn salsa::Database,
    unit: Item,
    at: Place,
    missing: &Identity,
) -> Option<String> {
    let own = unit.module(db);
    let (name, kind) = (at.item.name(db), at.item.kind(db));
    let of = at.item.module(db);
    let layered = of == own || all_bases(db, of).contains(&own);
    if at.item != unit && kind == ItemKind::Binding && !layered {
        return Some(format!(
            "a file that is only used makes no objects: where it is made elsewhere, write `{name} = external …`"
        ));
    }
    let of_let = match kind {
        ItemKind::Let if at.item != unit => Some(name),
        _ => {
            let named = items_named(db, own, &missing.name).iter();
            named.copied().find(|item| item.kind(db) == ItemKind::Let).map(|item| item.name(db))
        }
    };
    let name = of_let?;
    Some(format!(
        "a `let` makes no objects: leave `let` out, or, where it is made elsewhere, write `{name} = external …`"
    ))
}

/// The `allow` that exempts an object from what a rule says of it.
fn allowed_at<'u>(all: &[One<'u>], violation: &Violation) -> Option<&'u Allowed> {
    let One { of, at, .. } = all.get(violation.object)?;
    let mut allowed = of.report.allowed.iter();
    let exempts = |(object, allowed): &&(usize, Allowed)| {
        object == at && allowed.id.as_ref() == violation.rule && may_be_allowed(violation.rule)
    };
    allowed.find(exempts).map(|(_, allowed)| allowed)
}

/// How a problem is shown that a rule finds.
pub(crate) fn severity(level: Level) -> Severity {
    match level {
        Level::Error => Severity::Error,
        Level::Warning => Severity::Warning,
        Level::Note => Severity::Note,
    }
}

/// Where a mistake in an object is to be mended: where the value was written, or, if a schema, a trait or a
/// function wrote it for whoever uses it, at the item that the object belongs to.
pub(crate) fn blamed(db: &dyn salsa::Database, unit: Item, written: Place) -> Place {
    // The first node below the root of an item is the item, and the next its name or path.
    if is_shared(db, written) { Place { item: unit, node: 2 } } else { written }
}

/// Whether a place belongs to what several items use.
pub(crate) fn is_shared(db: &dyn salsa::Database, place: Place) -> bool {
    matches!(
        place.item.kind(db),
        ItemKind::Schema | ItemKind::Variant | ItemKind::Trait | ItemKind::Fn
    )
}

/// Whether a value was not written where it stands: the library computes it, or a name stands for it.
pub(crate) fn comes_from_elsewhere(
    db: &dyn salsa::Database,
    value: Ref<'_>,
    written: Place,
) -> bool {
    let is_scalar = !matches!(value.value(), Value::Map | Value::List);
    written.item.module(db).origin(db) == Origin::Library || (is_scalar && !is_literal(db, written))
}

/// The places behind a value, with what they have to do with it.
pub(crate) fn parts_of(db: &dyn salsa::Database, behind: &Behind) -> Vec<(Place, &'static str)> {
    let places = behind.places.iter().map(|place| (*place, part_of(db, *place)));
    places.chain(behind.parts.iter().map(|place| (*place, "with this in it"))).collect()
}

/// What a place besides the one that gave a value has to do with it.
pub(crate) fn part_of(db: &dyn salsa::Database, place: Place) -> &'static str {
    if is_shared(db, place) { "written here" } else { "used here" }
}

/// An object, by its number in its report.
struct One<'u> {
    of: Report<'u>,
    at: usize,
    facts: &'u Facts,
}
