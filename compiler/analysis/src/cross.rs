//! What concerns objects of several items: each rule sees the facts of those that it looks at.
//!
//! Most rules look only at objects that are tied to each other, by names and selectors. An item is tied to few others, so
//! each group of tied items has a memo of its own, and an edit runs these rules for the groups alone that it changed.

use kube::facts::Facts;
use kube::rules::{
    Level, Program as Objects, Reach, Ties, Violation, groups, ties, violations, violations_of,
};
use kube::tree::{Ref, Step, Tree, Value};
use rustc_hash::FxHashMap;

use crate::allow::may_be_allowed;
use crate::db::{Item, ItemKind, Origin, Program, strictness};
use crate::derive::derived;
use crate::eval::rules::Allowed;
use crate::explain::{Asked, Behind, behind, is_literal};
use crate::limits;
use crate::problem::{Code, Place, Problem, Severity};
use crate::problems::{units, units_of};
use crate::render::{Part, Rendered, render_part};
use crate::validate::{UnitReport, validate};

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
    let mut told = crossed_anywhere(db, program).clone();
    for group in &layout.groups {
        told.extend_from_slice(crossed_in(db, program, *group));
    }
    // What is hidden may be what is missed.
    if layout.hidden {
        told.retain(|told| !told.absence);
    }
    if !told.is_empty() {
        let units = units(db, program).iter().enumerate();
        let ranks: FxHashMap<Item, usize> = units.map(|(number, unit)| (*unit, number)).collect();
        let number = |told: &Told| ranks.get(&told.unit).copied();
        told.sort_by(|a, b| {
            let key = |told: &Told| (number(told), told.part == Part::Derived, told.at);
            (key(a), &a.path, a.rule).cmp(&(key(b), &b.path, b.rule))
        });
    }
    of_all(told)
}

/// What [`crossed`] finds, by all rules over all objects at once: what it is compared with.
pub fn crossed_at_once(db: &dyn salsa::Database, program: Program) -> Crossed {
    let own = units_of(db, program.root(db)).len();
    let units = units(db, program).iter().enumerate();
    crossed_among(
        db,
        program,
        units.flat_map(|(number, &unit)| reports(db, program, unit, number < own)),
    )
}

/// What [`crossed`] finds among these reports, which are those of all [`units`] in their order.
pub(crate) fn crossed_among<'u>(
    db: &dyn salsa::Database,
    program: Program,
    reports: impl Iterator<Item = Report<'u>>,
) -> Crossed {
    let all = ones(reports);
    let facts: Vec<&Facts> = all.iter().map(|one| one.facts).collect();
    of_all(told(db, program, &all, violations(&facts, &strictness(db))))
}

fn of_all(told: Vec<Told>) -> Crossed {
    let used = told.iter().filter_map(|told| told.allowed).collect();
    Crossed { problems: told.into_iter().map(|told| told.problem).collect(), used }
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

/// Units that are tied to each other, directly or not, in their order, and whether each is of the built files.
#[salsa::interned(revisions = usize::MAX)]
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
fn crossed_in<'db>(db: &'db dyn salsa::Database, program: Program, group: Group<'db>) -> Vec<Told> {
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
fn crossed_anywhere(db: &dyn salsa::Database, program: Program) -> Vec<Told> {
    let own = units_of(db, program.root(db)).len();
    let units = units(db, program).iter().enumerate();
    let all = ones(units.flat_map(|(number, &unit)| reports(db, program, unit, number < own)));
    let facts: Vec<&Facts> = all.iter().map(|one| one.facts).collect();
    let objects = Objects::part(&facts, obscure(db, program).clone());
    let between = || db.unwind_if_revision_cancelled();
    let found = violations_of(&objects, &[Reach::Program], &strictness(db), between);
    told(db, program, &all, found)
}

/// What a rule says, and of which object.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Told {
    unit: Item,
    part: Part,
    /// The number of the object in its report.
    at: usize,
    path: Vec<Step>,
    rule: &'static str,
    /// It says that the program lacks something.
    absence: bool,
    problem: Problem,
    /// The `allow` that made a note of it.
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

/// What is told of what breaks the rules among these objects.
fn told(
    db: &dyn salsa::Database,
    program: Program,
    all: &[One<'_>],
    found: Vec<Violation>,
) -> Vec<Told> {
    let mut objects =
        Places { db, program, rendered: FxHashMap::default(), behind: FxHashMap::default() };
    objects.look_behind(all, &found);
    let mut told = Vec::new();
    for violation in found {
        let Some(written) = objects.place(all, violation.object, &violation.path) else {
            continue;
        };
        let place = objects.blamed(all, violation.object, written);
        // What is named wrongly is not there either.
        let is_wrong =
            |problem: &&Problem| problem.place == place && problem.severity == Severity::Error;
        if violation.absence
            && let Some(one) = all.get(violation.object)
            && one.of.report.problems.iter().any(|problem| is_wrong(&problem))
        {
            continue;
        }
        let mut problem = Problem::error(0, place, violation.message);
        if place != written && written.item.module(db).origin(db) != Origin::Library {
            problem = problem.related(written, "written here");
        }
        for (other, part) in objects.others(violation.object, &violation.path) {
            if other != place {
                problem = problem.related(other, part);
            }
        }
        problem.code = match violation.rule.strip_prefix('E').and_then(|number| number.parse().ok())
        {
            Some(number) => Code::E(number),
            None => Code::Rule(violation.rule),
        };
        problem.severity = severity(violation.level);
        let mut exempt = None;
        problem.help = violation.help;
        if let Some(One { of, at, .. }) = all.get(violation.object)
            && may_be_allowed(violation.rule)
            && let Some((_, allowed)) = of
                .report
                .allowed
                .iter()
                .find(|(object, allowed)| object == at && allowed.id.as_ref() == violation.rule)
        {
            exempt = Some(allowed.place);
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
        if let Some(One { of, at, .. }) = all.get(violation.object) {
            told.push(Told {
                unit: of.unit,
                part: of.part,
                at: *at,
                path: violation.path,
                rule: violation.rule,
                absence: violation.absence,
                problem,
                allowed: exempt,
            });
        }
    }
    told
}

/// The `allow` that exempts an object from what a rule says of it.
fn allowed_at(all: &[One<'_>], violation: &Violation) -> Option<Place> {
    let One { of, at, .. } = all.get(violation.object)?;
    let mut allowed = of.report.allowed.iter();
    let exempts = |(object, allowed): &&(usize, Allowed)| {
        object == at && allowed.id.as_ref() == violation.rule && may_be_allowed(violation.rule)
    };
    allowed.find(exempts).map(|(_, allowed)| allowed.place)
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

/// The objects that have problems, rendered again to find where they were written.
struct Places<'d> {
    db: &'d dyn salsa::Database,
    program: Program,
    rendered: FxHashMap<(Item, Part), (Rendered, Tree)>,
    /// By the number of the object and path, of values that came from elsewhere: the user's place that gave it, and
    /// those that handed it on.
    behind: FxHashMap<(usize, Vec<Step>), Behind>,
}

impl Places<'_> {
    /// Finds where values came from, for all violations of a unit in one evaluation.
    fn look_behind(&mut self, all: &[One<'_>], found: &[Violation]) {
        let mut wanted: Vec<(Item, Vec<(usize, Asked)>)> = Vec::new();
        let mut at: FxHashMap<Item, usize> = FxHashMap::default();
        let places = found.iter().flat_map(|violation| {
            let related = violation.related.iter().map(|(object, path, _)| (*object, path));
            related.chain([(violation.object, &violation.path)])
        });
        for (object, path) in places {
            let Some(one) = all.get(object).filter(|one| !one.facts.external) else { continue };
            let Some(number) = self.computed(one, path) else { continue };
            let at = *at.entry(one.of.unit).or_insert_with(|| {
                wanted.push((one.of.unit, Vec::new()));
                wanted.len() - 1
            });
            if let Some((_, wanted)) = wanted.get_mut(at) {
                let path = path.clone();
                let asked = Asked { object: number, path, of_key: false, within: None };
                wanted.push((object, asked));
            }
        }
        for (unit, wanted) in wanted {
            let (numbers, wanted): (Vec<usize>, Vec<Asked>) = wanted.into_iter().unzip();
            let places = behind(self.db, self.program, unit, &wanted);
            for ((object, asked), mut behind) in numbers.into_iter().zip(wanted).zip(places) {
                // What another item is called is right there; wrong is who speaks of it.
                let db = self.db;
                let of_another = |place: &Place| {
                    place.item.kind(db) == ItemKind::Binding && place.item.name(db) != unit.name(db)
                };
                let own = |place: &Place| !of_another(place) && !is_shared(db, *place);
                if let Some(at) = behind.places.iter().position(own) {
                    let own = behind.places.remove(at);
                    behind.places.retain(|place| !of_another(place));
                    behind.places.insert(0, own);
                } else if behind.places.iter().all(of_another) {
                    continue;
                }
                if !behind.places.is_empty() {
                    self.behind.insert((object, asked.path), behind);
                }
            }
        }
    }

    /// The number among all objects of its unit of one in which a value comes from elsewhere.
    fn computed(&mut self, one: &One<'_>, path: &[Step]) -> Option<usize> {
        let db = self.db;
        let (rendered, tree) = self.rendered(&one.of);
        let root = tree.node(*rendered.objects.get(one.at)?)?;
        let value = root.find(path)?;
        let place = rendered.place(value.origin())?;
        if !comes_from_elsewhere(db, value, place) {
            return None;
        }
        // What is derived is numbered after what is known.
        let before = match one.of.part {
            Part::Known => 0,
            Part::Derived => {
                let known = Report { part: Part::Known, ..one.of };
                self.rendered(&known).0.objects.len()
            }
        };
        Some(before + one.at)
    }

    fn blamed(&self, all: &[One<'_>], object: usize, written: Place) -> Place {
        all.get(object).map_or(written, |one| blamed(self.db, one.of.unit, written))
    }

    fn place(&mut self, all: &[One<'_>], object: usize, path: &[Step]) -> Option<Place> {
        let behind =
            self.behind.get(&(object, path.to_vec())).and_then(|behind| behind.places.first());
        if let Some(place) = behind {
            return Some(*place);
        }
        let one = all.get(object)?;
        let db = self.db;
        let (rendered, tree) = self.rendered(&one.of);
        rendered.place_in(db, tree, one.at, path)
    }

    /// The other places that have a part in a value, with what they are.
    fn others(&self, object: usize, path: &[Step]) -> Vec<(Place, &'static str)> {
        let behind = self.behind.get(&(object, path.to_vec()));
        behind
            .map(|behind| parts_of(self.db, behind))
            .unwrap_or_default()
            .into_iter()
            .skip(1)
            .collect()
    }

    /// Where the user made an object.
    fn made(&mut self, all: &[One<'_>], object: usize) -> Option<Place> {
        let one = all.get(object)?;
        let (rendered, _) = self.rendered(&one.of);
        rendered.made(one.at)
    }

    fn rendered(&mut self, of: &Report<'_>) -> (&Rendered, &Tree) {
        let found = self.rendered.entry((of.unit, of.part)).or_insert_with(|| {
            let mut tree = Tree::default();
            let rendered = render_part(self.db, self.program, of.unit, of.part, &mut tree);
            (rendered, tree)
        });
        (&found.0, &found.1)
    }
}
