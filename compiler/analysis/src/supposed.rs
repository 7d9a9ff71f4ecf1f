//! What would be wrong with a program if something in it were otherwise: what `fails` in a test asks.
//!
//! The objects of one component are put in the place of those that the program has, and the rules across objects are
//! asked again. What they say of the program as it is does not count.

use kube::facts::{Facts, Identity};
use kube::rules::{Level, Violation, violations};

use crate::allow::may_be_allowed;
use crate::db::{Item, Program, strictness};
use crate::derive::derived;
use crate::problem::{Code, Place, Problem};
use crate::problems::units;
use crate::validate::validate;

/// An object that is supposed to be there, with the ids of the rules from which it is exempt.
pub(crate) struct Supposed {
    pub facts: Facts,
    pub allowed: Vec<String>,
}

/// What the rules across objects say of a program in which `objects` stand in the place of what the unit `instead` emits,
/// or, without one, of the units that emit the same objects.
pub(crate) fn problems_supposed(
    db: &dyn salsa::Database,
    program: Program,
    objects: &[Supposed],
    instead: Option<Item>,
    place: Place,
) -> Vec<Problem> {
    let mut all: Vec<&Facts> = Vec::new();
    let mut exempt: Vec<(usize, &str)> = Vec::new();
    for (at, object) in objects.iter().enumerate() {
        all.push(&object.facts);
        exempt.extend(object.allowed.iter().map(|id| (at, id.as_str())));
    }
    let made: Vec<&Identity> =
        objects.iter().filter(|o| !o.facts.external).map(|o| &o.facts.identity).collect();
    for &unit in units(db, program) {
        let report = validate(db, program, unit);
        let replaced = match instead {
            Some(instead) => unit == instead,
            None => report.facts.iter().any(|facts| made.contains(&&facts.identity)),
        };
        if replaced {
            continue;
        }
        for report in [report, derived(db, program, unit)] {
            let first = all.len();
            all.extend(&report.facts);
            exempt.extend(report.allowed.iter().map(|(at, allowed)| (first + at, &*allowed.id)));
        }
    }
    let known = said(db, program);
    violations(&all, &strictness(db))
        .into_iter()
        .filter(|violation| violation.level == Level::Error)
        .filter(|violation| {
            !may_be_allowed(violation.rule)
                || !exempt.iter().any(|(at, id)| *at == violation.object && *id == violation.rule)
        })
        .filter(|violation| {
            !known
                .iter()
                .any(|(rule, message)| *rule == violation.rule && *message == violation.message)
        })
        .map(|violation| problem(violation, place))
        .collect()
}

fn problem(violation: Violation, place: Place) -> Problem {
    let mut problem = Problem::error(0, place, violation.message);
    let number = violation.rule.strip_prefix('E').and_then(|number| number.parse().ok());
    problem.code = number.map_or(Code::Rule(violation.rule), Code::E);
    problem.notes.extend(violation.related.into_iter().map(|(.., message)| message));
    problem.help = violation.help;
    problem
}

/// What the rules say of all that a program and the files that it uses make, as it is.
#[salsa::tracked(returns(deref))]
fn said(db: &dyn salsa::Database, program: Program) -> Vec<(&'static str, String)> {
    let reports = units(db, program).iter();
    let reports =
        reports.flat_map(|&unit| [validate(db, program, unit), derived(db, program, unit)]);
    let all: Vec<&Facts> = reports.flat_map(|report| &report.facts).collect();
    violations(&all, &strictness(db)).into_iter().map(|found| (found.rule, found.message)).collect()
}
