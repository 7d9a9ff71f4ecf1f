//! `allow "id": "reason"`: whether it exempts anything, and what was meant where it does not.

use kube::changes::CHANGES;
use kube::rules::RULES;

use crate::cross::crossed;
use crate::db::{Item, Program, strictness};
use crate::derive::derived;
use crate::eval::rules::Allowed;
use crate::policies::{concerned, policies};
use crate::problem::{Place, Problem, Severity};
use crate::problems::units_of;
use crate::rules;
use crate::validate::{UnitReport, validate};

/// Whether whoever writes a program may exempt an object from a rule of ours. What the API server itself refuses is
/// refused whatever a program says.
pub fn may_be_allowed(rule: &str) -> bool {
    rule.starts_with("XR-") || rule.starts_with("L-")
}

/// The `allow`s of a program that exempt nothing, wherever the record is used in which they stand.
#[salsa::tracked(returns(deref))]
pub fn useless(db: &dyn salsa::Database, program: Program) -> Vec<Problem> {
    let reports = units_of(db, program.root(db)).iter();
    let reports = reports.flat_map(|&unit| {
        let used: &[Place] = match concerned(db, program, unit) {
            true => &policies(db, program, unit).used,
            false => &[],
        };
        [(validate(db, program, unit), used), (derived(db, program, unit), &[])]
    });
    useless_among(db, program, reports, || &crossed(db, program).used)
}

/// What [`useless`] finds among these units, which are those of the built files, each with the `allow`s that have
/// exempted one of its objects from an `every`; `crossed` are those that rules across objects have asked for.
pub(crate) fn useless_among<'u>(
    db: &dyn salsa::Database,
    program: Program,
    units: impl Iterator<Item = (&'u UnitReport, &'u [Place])>,
    crossed: impl FnOnce() -> &'u [Place],
) -> Vec<Problem> {
    let mut told: Vec<Place> = Vec::new();
    let mut allowed: Vec<&Allowed> = Vec::new();
    for (report, used) in units {
        told.extend(used);
        told.extend(&report.used);
        allowed.extend(report.allowed.iter().map(|(_, allowed)| allowed));
    }
    // Nor is what a rule would say that cannot be read.
    if allowed.is_empty() || rules::any_broken(db, program) {
        return Vec::new();
    }
    told.extend(crossed());
    let mut problems = Vec::new();
    let asked = strictness(db);
    for allowed in allowed {
        // What was made before is seen by builds into a folder alone, and a lint that another profile asks for may well
        // find there what this exempts.
        if CHANGES.contains(&&*allowed.id) || !asked.asks(&allowed.id) {
            continue;
        }
        if !told.contains(&allowed.place) {
            told.push(allowed.place);
            problems.push(exempts_nothing(db, program, allowed));
        }
    }
    problems
}

fn exempts_nothing(db: &dyn salsa::Database, program: Program, allowed: &Allowed) -> Problem {
    let id = &*allowed.id;
    let all = rules::rules(db, program);
    let own: Vec<(Item, &str)> = all
        .own
        .iter()
        .chain(&all.used)
        .filter_map(|rule| Some((*rule, &*rules::head(db, *rule).as_ref()?.id)))
        .collect();
    let problem = Problem::error(417, allowed.place, format!("`allow {id:?}` exempts nothing"))
        .severity(Severity::Warning);
    if let Some((rule, _)) = own.iter().find(|(_, known)| *known == id) {
        return problem
            .related(
                Place { item: *rule, node: 2 },
                "the rule is not for what stands here, or finds nothing wrong with it",
            )
            .help("leave it out");
    }
    if id.starts_with("K-") {
        return problem
            .note("the API server refuses what breaks that rule, whatever a program allows")
            .help("mend what it is about");
    }
    let ours = || {
        let across = RULES.iter().map(|(id, ..)| *id).filter(|id| may_be_allowed(id));
        across.chain(kube::lints::ids()).chain(CHANGES)
    };
    if ours().any(|known| known == id) {
        return problem.note("nothing here breaks that rule").help("leave it out");
    }
    let mut known: Vec<&str> = own.iter().map(|(_, id)| *id).collect();
    known.extend(ours().map(|id| -> &str { id }));
    let mut problem = problem.note(format!("no rule has the id {id:?}")).meant(id, known);
    problem.help.get_or_insert_with(|| "leave it out".to_owned());
    problem
}
