//! What concerns objects of several items: each rule sees the facts of all.

use kube::facts::Facts;
use kube::rules::{Level, Violation, violations};
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
    let own = units_of(db, program.root(db)).len();
    let reports = units(db, program).iter().enumerate().flat_map(|(number, &unit)| {
        let report = |part| Report {
            unit,
            own: number < own,
            part,
            report: match part {
                Part::Known => validate(db, program, unit),
                Part::Derived => derived(db, program, unit),
            },
        };
        [report(Part::Known), report(Part::Derived)]
    });
    crossed_among(db, program, reports)
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

/// What [`crossed`] finds among these reports, which are those of all [`units`] in their order.
pub(crate) fn crossed_among<'u>(
    db: &dyn salsa::Database,
    program: Program,
    reports: impl Iterator<Item = Report<'u>>,
) -> Crossed {
    let mut all: Vec<One<'u>> = Vec::new();
    let mut used: Vec<Place> = Vec::new();
    for of in reports {
        for (at, facts) in of.report.facts.iter().enumerate() {
            // Files that are used emit nothing of their own; what they know of the outside holds.
            if of.own || facts.external || facts.hidden {
                all.push(One { of, at, facts });
            }
        }
    }
    let facts: Vec<&Facts> = all.iter().map(|one| one.facts).collect();
    let strictness = strictness(db);
    let found = violations(&facts, &strictness);
    let mut objects =
        Objects { db, program, rendered: FxHashMap::default(), behind: FxHashMap::default() };
    objects.look_behind(&all, &found);
    let mut problems = Vec::new();
    let (mut errors, mut others, mut untold) = (0, 0, 0);
    for violation in found {
        let told = if violation.level == Level::Error { &mut errors } else { &mut others };
        *told += 1;
        if *told > limits::PROBLEMS {
            untold += 1;
            used.extend(allowed_at(&all, &violation));
            continue;
        }
        let Some(written) = objects.place(&all, violation.object, &violation.path) else {
            continue;
        };
        let place = objects.blamed(&all, violation.object, written);
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
        problem.help = violation.help;
        if let Some(One { of, at, .. }) = all.get(violation.object)
            && may_be_allowed(violation.rule)
            && let Some((_, allowed)) = of
                .report
                .allowed
                .iter()
                .find(|(object, allowed)| object == at && allowed.id.as_ref() == violation.rule)
        {
            used.push(allowed.place);
            problem = problem.allowed(allowed.place, &allowed.reason);
        }
        for (object, path, message) in violation.related {
            let Some(there) = objects.place(&all, object, &path) else { continue };
            let other = objects.blamed(&all, object, there);
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
            let made = (objects.made(&all, violation.object), objects.made(&all, object));
            if let (Some(this), Some(that)) = made
                && this != that
            {
                problem.place = this;
                problem = problem.related(that, message).related(other, "written here");
            }
        }
        problems.push(problem);
    }
    Crossed { problems, used, untold }
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
struct Objects<'d> {
    db: &'d dyn salsa::Database,
    program: Program,
    rendered: FxHashMap<(Item, Part), (Rendered, Tree)>,
    /// By the number of the object and path, of values that came from elsewhere: the user's place that gave it, and
    /// those that handed it on.
    behind: FxHashMap<(usize, Vec<Step>), Behind>,
}

impl Objects<'_> {
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
