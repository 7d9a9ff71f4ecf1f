//! One mistake is told once: what many objects refer to is missing, or wrong, for all of them.

use std::collections::BTreeMap;

use super::Broken;
use crate::problem::{Label, Place};

/// How many of the other places are shown.
const SHOWN: usize = 3;

/// What is said of something to which many may refer. What several objects have in common but for the place is one mistake.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Common {
    pub rule: &'static str,
    pub message: String,
    /// The namespace of what it is about.
    pub namespace: String,
    /// Where the value was written that is wrong.
    pub written: Place,
}

/// What broke the rules, in its order, each mistake once: with the first that it is a mistake for.
pub(super) fn once(mut found: Vec<Broken>) -> Vec<Broken> {
    let mut first: BTreeMap<(&str, &str, &str), usize> = BTreeMap::new();
    // By the first: the others.
    let mut others: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, one) in found.iter().enumerate().filter(|(_, one)| one.problem.is_some()) {
        let Some(common) = &one.common else { continue };
        let key = (common.rule, common.message.as_str(), common.namespace.as_str());
        let known = *first.entry(key).or_insert(at);
        if known != at {
            others.entry(known).or_default().push(at);
        }
    }
    for (first, others) in others {
        let mut places = Vec::new();
        let mut at_once = true;
        let written = found.get(first).and_then(|one| Some(one.common.as_ref()?.written));
        for other in &others {
            let Some(other) = found.get_mut(*other) else { continue };
            at_once &= other.common.as_ref().map(|common| common.written) == written;
            places.extend(other.problem.take().map(|problem| problem.place));
        }
        let Some(problem) = found.get_mut(first).and_then(|one| one.problem.as_mut()) else {
            continue;
        };
        // What all have from one place is mended there.
        if let Some(written) = written.filter(|_| at_once) {
            problem.place = written;
            problem.related.retain(|label| label.place != written);
        }
        let mut shown = vec![problem.place];
        for place in places {
            if !at_once && shown.len() <= SHOWN && !shown.contains(&place) {
                shown.push(place);
                problem.related.push(Label { place, message: "and here".to_owned() });
            }
        }
        problem.notes.push(match others.len() {
            1 => "the same is said of one object more".to_owned(),
            more => format!("the same is said of {more} objects more"),
        });
    }
    found
}
