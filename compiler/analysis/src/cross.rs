//! What concerns objects of several items: each rule sees the facts of all.

use kube::facts::Facts;
use kube::rules::{Level, violations};
use kube::tree::{Step, Tree};

use crate::allow::may_be_allowed;
use crate::db::{Item, ItemKind, Origin, Program};
use crate::eval::rules::Allowed;
use crate::problem::{Code, Place, Problem, Severity};
use crate::problems::{units, units_of};
use crate::render::{Rendered, render_all};
use crate::validate::{UnitReport, validate};

/// What the rules across objects find.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Crossed {
    pub problems: Vec<Problem>,
    /// The `allow`s that have made a note of one of them.
    pub used: Vec<Place>,
}

/// Everything in which the objects of a program contradict each other. A change that leaves the facts of all
/// items as they are does not run the rules again.
#[salsa::tracked]
pub fn crossed(db: &dyn salsa::Database, program: Program) -> Crossed {
    let reports = units(db, program).iter().map(|&unit| (unit, validate(db, program, unit)));
    crossed_among(db, program, reports)
}

/// What [`crossed`] finds among these units, which are all [`units`] in their order.
pub(crate) fn crossed_among<'u>(
    db: &dyn salsa::Database,
    program: Program,
    units: impl Iterator<Item = (Item, &'u UnitReport)>,
) -> Crossed {
    // The units of the built files come first.
    let own = units_of(db, program.root(db)).len();
    let mut all: Vec<(&Facts, Item, usize)> = Vec::new();
    let mut allowed: Vec<(Item, &[(usize, Allowed)])> = Vec::new();
    let mut used: Vec<Place> = Vec::new();
    for (number, (unit, report)) in units.enumerate() {
        if !report.allowed.is_empty() {
            allowed.push((unit, &report.allowed));
        }
        for (at, facts) in report.facts.iter().enumerate() {
            // Files that are used emit nothing of their own; what they know of the outside holds.
            if number < own || facts.external || facts.hidden {
                all.push((facts, unit, at));
            }
        }
    }
    let facts: Vec<&Facts> = all.iter().map(|(facts, ..)| *facts).collect();
    let mut objects = Objects { db, program, rendered: Vec::new() };
    let mut problems = Vec::new();
    for violation in violations(&facts) {
        let Some(written) = objects.place(&all, violation.object, &violation.path) else {
            continue;
        };
        let place = objects.blamed(&all, violation.object, written);
        let mut problem = Problem::error(0, place, violation.message);
        if place != written && written.item.module(db).origin(db) != Origin::Library {
            problem = problem.related(written, "written here");
        }
        problem.code = match violation.rule.strip_prefix('E').and_then(|number| number.parse().ok())
        {
            Some(number) => Code::E(number),
            None => Code::Rule(violation.rule),
        };
        if violation.level == Level::Warning {
            problem.severity = Severity::Warning;
        }
        problem.help = violation.help;
        if let Some(&(_, unit, at)) = all.get(violation.object)
            && may_be_allowed(violation.rule)
            && let Some((_, allowed)) =
                allowed.iter().filter(|(of, _)| *of == unit).flat_map(|(_, allowed)| *allowed).find(
                    |(object, allowed)| *object == at && allowed.id.as_ref() == violation.rule,
                )
        {
            used.push(allowed.place);
            problem.severity = Severity::Note;
            problem = problem.related(allowed.place, format!("allowed here: {}", allowed.reason));
        }
        for (object, path, message) in violation.related {
            let Some(other) = objects.place(&all, object, &path) else { continue };
            let other = objects.blamed(&all, object, other);
            if other != problem.place || object == violation.object {
                problem = problem.related(other, message);
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
    Crossed { problems, used }
}

/// Where a mistake in an object is to be mended: where the value was written, or, if a schema, a trait or a
/// function wrote it for whoever uses it, at the item that the object belongs to.
pub(crate) fn blamed(db: &dyn salsa::Database, unit: Item, written: Place) -> Place {
    let shared = matches!(
        written.item.kind(db),
        ItemKind::Schema | ItemKind::Variant | ItemKind::Trait | ItemKind::Fn
    );
    // The first node below the root of an item is the item, and the next its name or path.
    if shared { Place { item: unit, node: 2 } } else { written }
}

/// The objects that have problems, rendered again to find where they were written.
struct Objects<'d> {
    db: &'d dyn salsa::Database,
    program: Program,
    rendered: Vec<(Item, Rendered, Tree)>,
}

impl Objects<'_> {
    fn blamed(&self, all: &[(&Facts, Item, usize)], object: usize, written: Place) -> Place {
        all.get(object).map_or(written, |&(_, unit, _)| blamed(self.db, unit, written))
    }

    fn place(
        &mut self,
        all: &[(&Facts, Item, usize)],
        object: usize,
        path: &[Step],
    ) -> Option<Place> {
        let &(_, unit, at) = all.get(object)?;
        let db = self.db;
        let (_, rendered, tree) = self.rendered(unit)?;
        rendered.place_in(db, tree, at, path)
    }

    /// Where the user made an object.
    fn made(&mut self, all: &[(&Facts, Item, usize)], object: usize) -> Option<Place> {
        let &(_, unit, at) = all.get(object)?;
        let (_, rendered, _) = self.rendered(unit)?;
        rendered.made(at)
    }

    fn rendered(&mut self, unit: Item) -> Option<&(Item, Rendered, Tree)> {
        if !self.rendered.iter().any(|(item, ..)| *item == unit) {
            let mut tree = Tree::default();
            let rendered = render_all(self.db, self.program, unit, &mut tree);
            self.rendered.push((unit, rendered, tree));
        }
        self.rendered.iter().find(|(item, ..)| *item == unit)
    }
}
