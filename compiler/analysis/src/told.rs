//! What is told of all that was found in a program: one mistake once, and not more mistakes than anybody reads.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use salsa::plumbing::AsId as _;

use crate::chain;
use crate::db::{Database, ItemKind, Module};
use crate::diagnostic::{self, Diagnostic};
use crate::eval::checks::CHECK;
use crate::follows::{
    without_kinds_of_hidden, without_members_of_unread, without_names_of_quoted_modules,
    without_names_of_unknown, without_records_for_traits, without_rest_of_overlays,
    without_types_of_rings, without_uses_of_lost, without_uses_of_refused,
};
use crate::limits;
use crate::problem::{Code, Place, Problem, Severity};
use crate::problems::Written;
use crate::readers::{
    misspelt_once, without_lacks_below_unread, without_names_of_unread_files,
    without_readers_of_broken,
};
use crate::twice::{without_kinds_of_twice, without_less_of_constants};
use crate::workspace::Workspace;

/// The rule that no two objects have one name.
const DOUBLES: Code = Code::Rule("XR-001");

/// A problem, and where in its item if that is no node.
pub(crate) struct Found {
    pub problem: Problem,
    pub range: Option<Range<usize>>,
}

impl From<Problem> for Found {
    fn from(problem: Problem) -> Self {
        Self { problem, range: None }
    }
}

impl From<Written> for Found {
    fn from(written: Written) -> Self {
        Self { problem: written.problem, range: written.range }
    }
}

impl Found {
    pub fn diagnostic(self, workspace: &Workspace) -> Diagnostic {
        let mut diagnostic = diagnostic::diagnostic(workspace, &self.problem);
        if let Some(range) = self.range {
            diagnostic.span = workspace.span_in(self.problem.place.item, range);
        }
        diagnostic
    }
}

/// A place, as it is compared.
type At = (u64, u32);

fn at(place: Place) -> At {
    (place.item.as_id().as_bits(), place.node)
}

/// Makes one of the problems that are one mistake: a wrong value that a schema, a trait or a function computes is
/// wrong in each of its instances, and is mended once.
pub(crate) fn merged(db: &Database, modules: &[Module], found: Vec<Found>) -> Vec<Found> {
    let (too_long, mut found): (Vec<Found>, Vec<Found>) =
        found.into_iter().partition(|found| found.problem.code == chain::TOO_LONG);
    if let Some(noticed) = too_long.into_iter().next() {
        // Whether a ring that is as large is seen as one depends on where evaluation began.
        found.retain(|found| found.problem.code != Code::E(503));
        let turns = |code: Code| [109, 233, 501].map(Code::E).contains(&code);
        if !found.iter().any(|found| turns(found.problem.code)) {
            found.push(chain::at_its_beginning(db, modules, noticed.problem).into());
        }
    }
    without_types_of_rings(&mut found);
    without_readers_of_broken(db, &mut found);
    without_names_of_unread_files(db, &mut found);
    without_lacks_below_unread(db, &mut found);
    without_uses_of_lost(db, &mut found);
    without_records_for_traits(&mut found);
    without_rest_of_overlays(db, &mut found);
    without_uses_of_refused(db, &mut found);
    without_members_of_unread(db, &mut found);
    without_kinds_of_hidden(db, &mut found);
    without_names_of_unknown(db, &mut found);
    without_names_of_quoted_modules(db, &mut found);
    without_ends_of_templates(db, &mut found);
    without_signs_in_refused_texts(&mut found);
    without_kinds_of_twice(db, &mut found);
    misspelt_once(db, &mut found);
    without_less_of_constants(db, &mut found);
    let mut kept: Vec<(Found, usize)> = Vec::new();
    let mut first: BTreeMap<(Code, At, Option<At>), usize> = BTreeMap::new();
    for found in found {
        let Place { item, node } = found.problem.place;
        let shared = matches!(
            item.kind(db),
            ItemKind::Schema | ItemKind::Variant | ItemKind::Trait | ItemKind::Fn
        );
        // A mistake in a rule is one for each object that it is for.
        let of_rule = item.kind(db) == ItemKind::Every;
        // Of checks and of missing fields there can be several at one place.
        let of_value = matches!(found.problem.code, Code::E(number) if number > 200 && number < 400 && number != 202 && number != 307);
        // A binding that breaks the rules of layers does so in each record made of the one it is in.
        // So does a `use` without the name by which others read the file.
        let of_use =
            item.kind(db) == ItemKind::Use && matches!(found.problem.code, Code::E(101 | 224));
        let of_binding = of_use || matches!(found.problem.code, Code::E(330 | 401..=404));
        // A ring of maps is found by each item on it, and by those who read one of them.
        let of_ring = found.problem.code == Code::E(501);
        // A value that many objects are made of is written once.
        let of_lint = found.problem.severity == Severity::Warning
            && matches!(found.problem.code, Code::Rule(rule) if rule.starts_with("L-"));
        let of_server = matches!(found.problem.code, Code::Rule(rule) if rule.starts_with("K-"));
        let of_let = of_server && item.kind(db) == ItemKind::Let;
        // What one check says of one value.
        let check = found.problem.related.iter().find(|label| label.message == CHECK);
        let check = check.filter(|_| shared && found.problem.code == Code::E(307));
        if !(of_binding
            || of_ring
            || of_rule
            || of_lint
            || (shared && (of_value || of_server))
            || of_let
            || check.is_some())
        {
            kept.push((found, 0));
            continue;
        }
        let key =
            (found.problem.code, at(Place { item, node }), check.map(|label| at(label.place)));
        match first.get(&key).and_then(|at| kept.get_mut(*at)) {
            Some((known, _)) if of_ring && known.problem == found.problem => {}
            Some(_) if of_ring => kept.push((found, 0)),
            Some((_, more)) => *more += usize::from(of_rule || !of_binding),
            None => {
                first.insert(key, kept.len());
                kept.push((found, 0));
            }
        }
    }
    let tell = |(mut found, more): (Found, usize)| {
        let of_rule = found.problem.place.item.kind(db) == ItemKind::Every;
        let what = if of_rule { "object" } else { "value" };
        match more {
            0 => {}
            more if matches!(found.problem.code, Code::Rule(_)) => {
                let objects = if more == 1 { "object" } else { "objects" };
                found.problem.notes.push(format!("the same is said of {more} {objects} more"));
            }
            1 => found.problem.notes.push(format!("the same is wrong for one {what} more")),
            more => found.problem.notes.push(format!("the same is wrong for {more} {what}s more")),
        }
        found
    };
    kept.into_iter().map(tell).collect()
}

/// Takes away what is told of `{{ end }}` and `{{ else }}`, which end and divide what was told in the same file.
fn without_ends_of_templates(db: &Database, found: &mut Vec<Found>) {
    let mut begun: BTreeSet<u64> = BTreeSet::new();
    found.retain(|found| {
        let (item, Some(range)) = (found.problem.place.item, &found.range) else { return true };
        let text = item.text(db).get(range.clone()).unwrap_or_default();
        if found.problem.code != Code::E(4) || !text.starts_with("{{") {
            return true;
        }
        let word = text.trim_start_matches(['{', '-', ' ']);
        let goes_on = word.starts_with("end") || word.starts_with("else");
        begun.insert(item.module(db).as_id().as_bits()) || !goes_on
    });
}

/// Takes away what is told of signs in a text that is refused: what to write for them is told there.
fn without_signs_in_refused_texts(found: &mut Vec<Found>) {
    let signs = Code::E(582);
    if found.iter().any(|found| found.problem.code == signs) {
        let refused: BTreeSet<(u64, u32)> = found
            .iter()
            .filter(|found| found.problem.severity == Severity::Error)
            .map(|found| (found.problem.place.item.as_id().as_bits(), found.problem.place.node))
            .collect();
        found.retain(|Found { problem, .. }| {
            let place = (problem.place.item.as_id().as_bits(), problem.place.node);
            problem.code != signs || !refused.contains(&place)
        });
    }
}

/// Two components that make several objects of the same names are one mistake.
pub(crate) fn doubles_told_once(found: &[Problem]) -> Vec<Found> {
    let mut kept: Vec<Found> = Vec::new();
    let mut first: BTreeMap<(u64, u32), usize> = BTreeMap::new();
    for found in found.iter().cloned().map(Found::from) {
        if found.problem.code == DOUBLES {
            let Place { item, node } = found.problem.place;
            let at = *first.entry((item.as_id().as_bits(), node)).or_insert(kept.len());
            if let Some(known) = kept.get_mut(at)
                && known.problem.related == found.problem.related
            {
                known.problem.notes.push(format!("and {}", found.problem.message));
                continue;
            }
        }
        kept.push(found);
    }
    kept
}

/// As many of the problems as are told of a program, errors before all others, in their order; and how many more there are.
pub(crate) fn at_most(mut found: Vec<Found>) -> (Vec<Found>, usize) {
    let all = found.len();
    if all > limits::PROBLEMS {
        let is_error = |found: &Found| found.problem.severity == Severity::Error;
        let mut errors = found.iter().filter(|found| is_error(found)).count().min(limits::PROBLEMS);
        let mut others = limits::PROBLEMS - errors;
        found.retain(|found| {
            let left = if is_error(found) { &mut errors } else { &mut others };
            let room = *left > 0;
            *left = left.saturating_sub(1);
            room
        });
    }
    let untold = all - found.len();
    (found, untold)
}
