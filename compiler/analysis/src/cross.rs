//! What concerns objects of several items: each rule sees the facts of all.

use kube::facts::Facts;
use kube::rules::{Level, violations};
use kube::tree::{Step, Tree};

use crate::allow::{may_be_allowed, useless};
use crate::db::{Item, ItemKind, Origin, Program};
use crate::eval::rules::Allowed;
use crate::policies::{concerned, policies};
use crate::problem::{Code, Place, Problem, Severity};
use crate::problems::{units, units_of};
use crate::render::{Rendered, render_all};
use crate::validate::validate;

/// Everything in which the objects of a program contradict each other. A change that leaves the facts of all
/// items as they are does not run the rules again.
#[salsa::tracked(returns(deref))]
pub fn problems(db: &dyn salsa::Database, program: Program) -> Vec<Problem> {
    let of_rules = |unit: Item| match concerned(db, program, unit) {
        true => &*policies(db, program, unit).used,
        false => &[],
    };
    let units = units(db, program).iter().map(|&unit| (unit, validate(db, program, unit)));
    let known = units.map(|(unit, report)| Known {
        unit,
        facts: &report.facts,
        allowed: &report.allowed,
        used: of_rules(unit),
        sound: report.is_sound(),
    });
    problems_among(db, program, known)
}

/// What is known of a unit once it was evaluated.
pub(crate) struct Known<'u> {
    pub unit: Item,
    pub facts: &'u [Facts],
    /// What its objects are exempt from, by their number.
    pub allowed: &'u [(usize, Allowed)],
    /// Of these, what has exempted an object from an `every`.
    pub used: &'u [Place],
    /// It has no errors.
    pub sound: bool,
}

/// What [`problems`] finds among these facts, which are those of all [`units`] in their order.
pub(crate) fn problems_among<'f>(
    db: &dyn salsa::Database,
    program: Program,
    known: impl Iterator<Item = Known<'f>>,
) -> Vec<Problem> {
    // The units of the built files come first.
    let own = units_of(db, program.root(db)).len();
    let mut all: Vec<(&Facts, Item, usize)> = Vec::new();
    let mut allowed: Vec<(Item, &[(usize, Allowed)])> = Vec::new();
    let mut used: Vec<Place> = Vec::new();
    let mut sound = true;
    for (number, known) in known.enumerate() {
        let unit = known.unit;
        sound &= known.sound;
        used.extend(known.used);
        if !known.allowed.is_empty() {
            allowed.push((unit, known.allowed));
        }
        for (at, facts) in known.facts.iter().enumerate() {
            // Files that are used emit nothing of their own; what they know of the outside holds.
            if number < own || facts.external {
                all.push((facts, unit, at));
            }
        }
    }
    let facts: Vec<&Facts> = all.iter().map(|(facts, ..)| *facts).collect();
    let mut objects = Objects { db, program, rendered: Vec::new() };
    let mut problems = crate::rules::named_twice(db, program).to_vec();
    for violation in violations(&facts) {
        let Some(written) = objects.place(&all, violation.object, &violation.path) else {
            continue;
        };
        let place = blamed(db, &all, violation.object, written);
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
            let other = blamed(db, &all, object, other);
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
    // What is exempt in an item that has errors is not known.
    if sound {
        let allowed = allowed.iter().flat_map(|(_, allowed)| *allowed).map(|(_, allowed)| allowed);
        problems.extend(useless(db, program, allowed, &used));
    }
    problems
}

/// Where a mistake in an object is to be mended: where the value was written, or, if a schema, a trait or a
/// function wrote it for whoever uses it, at the item that the object belongs to.
fn blamed(
    db: &dyn salsa::Database,
    all: &[(&Facts, Item, usize)],
    object: usize,
    written: Place,
) -> Place {
    let shared = matches!(
        written.item.kind(db),
        ItemKind::Schema | ItemKind::Variant | ItemKind::Trait | ItemKind::Fn
    );
    match all.get(object) {
        // The first node below the root of an item is the item, and the next its name or path.
        Some(&(_, unit, _)) if shared => Place { item: unit, node: 2 },
        _ => written,
    }
}

/// The objects that have problems, rendered again to find where they were written.
struct Objects<'d> {
    db: &'d dyn salsa::Database,
    program: Program,
    rendered: Vec<(Item, Rendered, Tree)>,
}

impl Objects<'_> {
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
