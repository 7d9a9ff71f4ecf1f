//! `allow "id": "reason"`: whether it exempts anything, and what was meant where it does not.

use kube::rules::RULES;

use crate::db::{Item, Program};
use crate::eval::rules::Allowed;
use crate::problem::{Place, Problem, Severity};
use crate::rules;
use crate::show::did_you_mean;

/// Whether whoever writes a program may exempt an object from a rule of ours. What the API server itself refuses is
/// refused whatever a program says.
pub fn may_be_allowed(rule: &str) -> bool {
    rule.starts_with("XR-") || rule.starts_with("L-")
}

/// Warns of each `allow` that exempts nothing, wherever the record is used in which it stands.
pub(crate) fn useless<'p>(
    db: &dyn salsa::Database,
    program: Program,
    allowed: impl Iterator<Item = &'p Allowed>,
    used: &[Place],
) -> Vec<Problem> {
    let mut told: Vec<Place> = used.to_vec();
    let mut problems = Vec::new();
    for allowed in allowed {
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
    let ours = || RULES.iter().map(|(id, _)| *id).filter(|id| may_be_allowed(id));
    if ours().any(|known| known == id) {
        return problem.note("nothing here breaks that rule").help("leave it out");
    }
    let known = own.iter().map(|(_, id)| *id).chain(ours());
    let mut problem = problem.note(format!("no rule has the id {id:?}"));
    problem.help = did_you_mean(id, known).or_else(|| Some("leave it out".to_owned()));
    problem
}
