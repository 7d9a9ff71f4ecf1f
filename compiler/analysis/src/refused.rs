//! What an API server would refuse of the objects of an item, and what lints say of them, at the places where it is to be
//! mended.
//!
//! The rules are those of [`kube::server`] and [`kube::lints`]. What types forbid never gets here. Of objects with other
//! mistakes only those values are judged that are wrong by themselves, so that all of these are told at once and none
//! that only follows from another.

use std::ops::Range;

use kube::facts::shown;
use kube::lints::lints;
use kube::rules::Level;
use kube::server::{FieldError, Refusal, is_alone, refusals};
use kube::tree::{Ref, Step, Tree, Value};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::allow::may_be_allowed;
use crate::cross::{blamed, comes_from_elsewhere, is_shared, part_of, parts_of, severity};
use crate::db::strictness;
use crate::elaborate::interpolated;
use crate::eval::Eval;
use crate::eval::rules::Allowed;
use crate::explain::{self, Asked, Behind, is_literal};
use crate::problem::{Code, Place, Problem, Severity};
use crate::reached::Object;
use crate::render::{Rendered, Written};
use crate::show::nearest;
use crate::validate::is_miswritten;

/// What of objects is judged.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Judged {
    Whole,
    /// All that a server refuses of those that are complete. Of others, what stands there, each value by itself: something
    /// else is missing that may only be wrong.
    Complete,
    /// Of all of them, what stands there.
    Values,
}

impl Judged {
    /// What of objects is judged beside mistakes. Values that are no good are missing where they were to stand, which is
    /// seen; what layers do wrong may give other values instead, what is written wrongly may have left out what is missed,
    /// and a `check` may say just what a server would.
    pub(crate) fn beside_mistakes(eval: &Eval<'_>) -> Self {
        let problems = eval.problems.borrow();
        let mut errors = problems.iter().filter(|problem| problem.severity == Severity::Error);
        let leave_holes =
            |problem: &Problem| matches!(problem.code, Code::E(301..=306 | 308..=315));
        match !is_miswritten(eval) && errors.all(leave_holes) {
            true => Judged::Complete,
            false => Judged::Values,
        }
    }
}

/// Rules that judge a value by itself, or with others of its kind that stand there.
const OF_VALUES: &[&str] = &[
    "K-annotation",
    "K-capability",
    "K-config-key",
    "K-container-port-name",
    "K-duplicate",
    "K-enum",
    "K-env-name",
    "K-field-path",
    "K-file-mode",
    "K-finalizer",
    "K-format",
    "K-host",
    "K-image",
    "K-ip",
    "K-label",
    "K-name",
    "K-namespace",
    "K-path",
    "K-percent",
    "K-range",
    "K-schedule",
    "K-sysctl",
    "K-time-zone",
    "K-url",
];

/// Rules of which some judge a value by itself, and some what it is beside others.
const OF_VALUES_ALONE: &[&str] =
    &["K-mount", "K-port", "K-probe", "K-required", "K-resources", "K-selector", "K-forbidden"];

/// Reports what a server would refuse of the first of these objects, as many as there are numbers; the others are
/// external. The numbers are those of the objects among all that the unit makes. What one place does wrong in several
/// fields or objects is one problem. Returns the `allow`s that have made a note of a lint.
pub(crate) fn report_refused(
    eval: &Eval<'_>,
    objects: &[Object<'_>],
    written: &[Written],
    numbers: Range<usize>,
    tree: &Tree,
    judged: Judged,
) -> Vec<Place> {
    let own = numbers.len();
    let whole = judged == Judged::Whole;
    let strictness = strictness(eval.db);
    let mut found = Vec::new();
    // Objects with holes would break rules that say nothing new.
    let judgeable = |at: &Written| !whole || !at.holed;
    for (number, object) in written.iter().take(own).enumerate().filter(|(_, at)| judgeable(at)) {
        let Some(root) = tree.node(object.node) else { continue };
        let of_server = refusals(root, eval.minor);
        let complete = judged == Judged::Complete && !object.holed && !object.lacking;
        if !whole && !complete {
            let known =
                of_server.into_iter().filter(|refusal| is_of_value(root, refusal, eval.minor));
            found.extend(known.map(|one| (number, root, one)));
            continue;
        }
        let custom = object.ty.map(|ty| kube::crd::refusals(root, ty)).unwrap_or_default();
        if !whole {
            let all = of_server.into_iter().chain(custom);
            let errors = all.filter(|refusal| refusal.level == Level::Error);
            found.extend(errors.map(|one| (number, root, one)));
            continue;
        }
        let hints = lints(root, eval.minor, &strictness);
        let all = of_server.into_iter().chain(custom).chain(hints);
        found.extend(all.map(|one| (number, root, one)));
    }
    if found.is_empty() {
        return Vec::new();
    }
    let mut used = Vec::new();
    let places = Places::of(eval, written, numbers, tree, &found);
    let mut problems: Vec<(Problem, u32)> = Vec::new();
    for (number, root, refusal) in &found {
        let Some(mut problem) = places.problem(*number, *root, refusal) else { continue };
        let exempt = objects.get(*number).and_then(|object| exemption(object, refusal));
        if let Some(allowed) = exempt {
            used.push(allowed.place);
            problem = problem.allowed(allowed.place, &allowed.reason);
        }
        let same = |other: &Problem| other.code == problem.code && other.place == problem.place;
        match problems.iter_mut().find(|(other, _)| same(other)) {
            Some((_, more)) => *more += 1,
            None => problems.push((problem.note(field(*root, &refusal.path)), 0)),
        }
    }
    // What is wrong already is not wrong once more.
    let told: FxHashSet<Place> = match judged {
        Judged::Whole => FxHashSet::default(),
        Judged::Complete | Judged::Values => {
            eval.problems.borrow().iter().map(|problem| problem.place).collect()
        }
    };
    for (problem, more) in problems.into_iter().filter(|(found, _)| !told.contains(&found.place)) {
        eval.report(match more {
            0 => problem,
            1 => problem.note("and so it is in one more field"),
            more => problem.note(format!("and so it is in {more} more fields")),
        });
    }
    used
}

/// Whether a server would refuse a value as it stands there, whatever else the object is going to hold.
pub(crate) fn is_of_value(root: Ref<'_>, refusal: &Refusal, minor: u8) -> bool {
    judges_value(root, refusal)
        && (OF_VALUES.contains(&refusal.rule) || is_alone(root, refusal, minor))
}

/// Whether it may be said of one value that stands there, and not of what it is beside others.
pub(crate) fn judges_value(root: Ref<'_>, refusal: &Refusal) -> bool {
    let stands = || {
        let value = root.find(&refusal.path).map(Ref::value);
        let is_scalar = |value| !matches!(value, Value::Null | Value::Map | Value::List);
        value.is_some_and(|value| refusal.of_key || is_scalar(value))
    };
    // What does not go with another value may be wrong there, and be said by a check already.
    let of_value = || {
        OF_VALUES.contains(&refusal.rule)
            || OF_VALUES_ALONE.contains(&refusal.rule)
                && (matches!(refusal.error, FieldError::Invalid | FieldError::Required)
                    || refusal.rule == "K-forbidden")
    };
    refusal.level == Level::Error && refusal.related.is_none() && stands() && of_value()
}

/// By what an object is exempt from the lint that found this.
fn exemption<'o>(object: &'o Object<'_>, refusal: &Refusal) -> Option<&'o Allowed> {
    let mut allowed = object.allowed.iter();
    allowed.find(|allowed| may_be_allowed(refusal.rule) && *allowed.id == *refusal.rule)
}

/// Where what is refused was written.
struct Places<'e, 'a> {
    eval: &'e Eval<'a>,
    tree: &'e Tree,
    rendered: Rendered,
    /// Of values that came from elsewhere, the user's place that gave it, and those that handed it on.
    behind: FxHashMap<Asked, Behind>,
}

impl<'e, 'a> Places<'e, 'a> {
    fn of(
        eval: &'e Eval<'a>,
        written: &[Written],
        numbers: Range<usize>,
        tree: &'e Tree,
        found: &[(usize, Ref<'_>, Refusal)],
    ) -> Self {
        let rendered = Rendered::of(eval, written, numbers.len());
        let wanted = |(number, root, refusal): &(usize, Ref<'_>, Refusal)| {
            let node = root.find(&refusal.path)?;
            let at = rendered.place(node.origin())?;
            let elsewhere = comes_from_elsewhere(eval.db, node, at) || is_shared(eval.db, at);
            (refusal.of_key || refusal.within.is_some() || elsewhere)
                .then(|| asked(*number, refusal))
        };
        let wanted: Vec<Asked> = found.iter().filter_map(wanted).collect();
        let mut behind = FxHashMap::default();
        if !wanted.is_empty() {
            let of_unit =
                |asked: &Asked| Asked { object: numbers.start + asked.object, ..asked.clone() };
            let all: Vec<Asked> = wanted.iter().map(of_unit).collect();
            let places = explain::behind(eval.db, eval.program, eval.unit, &all);
            behind.extend(
                wanted.into_iter().zip(places).filter(|(_, behind)| !behind.places.is_empty()),
            );
        }
        Places { eval, tree, rendered, behind }
    }

    /// Where it is to be mended. A value that is wrong by itself is so where it is written out, whoever has it.
    fn place(&self, asked: &Asked, written_out: bool) -> Option<Place> {
        let behind = self.behind.get(asked);
        let written = match behind.and_then(|behind| behind.places.first()).copied() {
            // For whom it was written there, it is wrong.
            Some(place) if behind.is_some_and(|behind| behind.exact) => return Some(place),
            Some(place) => place,
            None => self.rendered.place_in(self.eval.db, self.tree, asked.object, &asked.path)?,
        };
        match written_out && is_literal(self.eval.db, written) {
            true => Some(written),
            false => Some(blamed(self.eval.db, self.eval.unit, written)),
        }
    }

    /// The other places that have a part in it, with what they are.
    fn others(&self, asked: &Asked, at: Place) -> Vec<(Place, &'static str)> {
        let db = self.eval.db;
        let around = || self.rendered.written_on(db, self.tree, asked.object, &asked.path).next();
        let others = match self.behind.get(asked) {
            Some(behind) => parts_of(db, behind),
            None => around().map(|place| (place, part_of(db, place))).into_iter().collect(),
        };
        others.into_iter().filter(|(place, _)| *place != at).collect()
    }

    fn problem(&self, object: usize, root: Ref<'_>, refusal: &Refusal) -> Option<Problem> {
        let asked = asked(object, refusal);
        let by_itself = refusal.rule.starts_with("L-")
            || OF_VALUES.contains(&refusal.rule)
            || is_of_value(root, refusal, self.eval.minor);
        let at = self.place(&asked, by_itself)?;
        let mut problem = said(root, refusal, at);
        for (place, part) in self.others(&asked, at) {
            problem = problem.related(place, part);
        }
        if let Some((path, message)) = &refusal.related {
            let other = Asked { object, path: path.clone(), of_key: false, within: None };
            if let Some(other) = self.place(&other, false).filter(|other| *other != at) {
                problem = problem.related(other, message.clone());
            }
        }
        Some(problem)
    }
}

/// What is said of it, wherever it is to be mended.
pub(crate) fn said(root: Ref<'_>, refusal: &Refusal, at: Place) -> Problem {
    let mut problem = Problem::error(0, at, refusal.message.clone());
    problem.code = Code::Rule(refusal.rule);
    let habit = || interpolated(root.find(&refusal.path).and_then(Ref::as_str)?);
    problem.help = refusal.help.clone().or_else(habit).or_else(|| element_meant(root, refusal));
    if let Some(value) = root.find(&refusal.path).and_then(Ref::as_str) {
        problem = problem.meant(value, refusal.allowed.iter().map(String::as_str));
    }
    problem.severity = severity(refusal.level);
    problem
}

pub(crate) fn asked(object: usize, refusal: &Refusal) -> Asked {
    let (path, within) = (refusal.path.clone(), refusal.within.clone());
    Asked { object, path, of_key: refusal.of_key, within }
}

/// The element of a list that was meant by one which a layer has added to it: it lacks what the server needs, and is
/// called nearly as another one is.
fn element_meant(root: Ref<'_>, refusal: &Refusal) -> Option<String> {
    let (missing, above) = refusal.path.split_last()?;
    let (last, list) = above.split_last()?;
    if !matches!((missing, last), (Step::Key(_), Step::Index(_))) || refusal.rule != "K-required" {
        return None;
    }
    let named = |element: Ref<'_>| Some(element.at(&["name"])?.as_str()?.to_owned());
    let own = named(root.find(above)?)?;
    let others: Vec<String> = root.find(list)?.items().filter_map(named).collect();
    let near = nearest(&own, others.iter().map(String::as_str))?;
    Some(format!("this adds `{own}` beside `{near}`: did you mean `{near}`?"))
}

/// `spec.ports[0].name of Service/web`.
pub fn field(object: Ref<'_>, path: &[Step]) -> String {
    let text = |path| object.at(path).and_then(Ref::as_str).unwrap_or_default();
    let field = crate::path::text(path);
    let field = if field.is_empty() { "the whole" } else { &field };
    format!("it is {field} of {}", shown(text(&["kind"]), text(&["metadata", "name"])))
}
