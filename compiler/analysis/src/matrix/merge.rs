//! The problems of many combinations as one list, in which each problem stands once with what shows it.

use std::collections::BTreeMap;

use super::cover::Combination;
use super::inputs::Input;
use crate::diagnostic::{self, Diagnostic, Span};
use crate::path;
use crate::problem::Place;
use crate::workspace::{Loaded, Workspace};

/// How the text of the command line is called.
const SETTINGS: &str = "--set";

/// A problem, and what shows it.
pub(super) struct Problem {
    diagnostic: Diagnostic,
    pub same: Same,
    /// The numbers of the combinations that show it.
    pub shown: Vec<usize>,
    /// One that shows it, with as many defaults as is known.
    pub example: Combination,
}

#[derive(Default)]
pub(super) struct Merged {
    pub problems: Vec<Problem>,
    /// Where in `problems` one is.
    index: BTreeMap<Same, usize>,
}

/// What makes two problems the same: code, message, file and range.
pub(super) type Same = (String, String, Option<(String, usize, usize)>);

impl Merged {
    /// Takes what a combination shows, while its settings are those of the workspace.
    pub fn add(
        &mut self,
        workspace: &Workspace,
        inputs: &[Input],
        combination: usize,
        diagnostic: Diagnostic,
    ) {
        let (diagnostic, same) = same(workspace, inputs, diagnostic);
        match self.index.get(&same).and_then(|at| self.problems.get_mut(*at)) {
            Some(known) if known.shown.last() == Some(&combination) => {}
            Some(known) => known.shown.push(combination),
            None => {
                self.index.insert(same.clone(), self.problems.len());
                let example = Combination::new();
                self.problems.push(Problem { diagnostic, same, shown: vec![combination], example });
            }
        }
    }
}

/// The diagnostic as the matrix tells it, and what makes it the same as another.
pub(super) fn same(
    workspace: &Workspace,
    inputs: &[Input],
    diagnostic: Diagnostic,
) -> (Diagnostic, Same) {
    let diagnostic = without_settings(workspace, inputs, diagnostic);
    let at = diagnostic.span.as_ref();
    let at = at.map(|span| (span.file.to_string(), span.range.start, span.range.end));
    let same = (diagnostic.code.clone(), diagnostic.message.clone(), at);
    (diagnostic, same)
}

/// All problems in the order of the files, each with a note on what shows it.
pub(super) fn told(
    workspace: &Workspace,
    loaded: &Loaded,
    inputs: &[Input],
    combinations: &[Combination],
    complete: bool,
    problems: Vec<Problem>,
) -> Vec<Diagnostic> {
    let told = problems.into_iter().map(|problem| {
        let note = because(inputs, combinations, complete, &problem);
        let mut diagnostic = problem.diagnostic;
        diagnostic.notes.extend(note);
        diagnostic
    });
    let mut told: Vec<Diagnostic> = told.collect();
    let db = workspace.db();
    let paths: Vec<&str> = loaded.modules.iter().map(|module| module.path(db)).collect();
    diagnostic::sort(&mut told, |path| {
        paths.iter().position(|p| *p == path).unwrap_or(paths.len())
    });
    told
}

/// Of the combinations with these numbers the one with the most defaults, and of these the first.
pub(super) fn nearest(
    inputs: &[Input],
    combinations: &[Combination],
    shown: &[usize],
) -> Combination {
    let away = |combination: &&Combination| {
        let others = inputs.iter().zip(combination.iter()).filter(|(i, v)| i.default != Some(**v));
        // Of a case, the one without fields that matter is the shorter one.
        others.fold((0, 0), |(count, length), (input, value)| {
            let shown = input.values.get(*value).map_or(0, |value| value.shown.len());
            (count + 1, length + shown)
        })
    };
    let shown = shown.iter().filter_map(|number| combinations.get(*number));
    shown.min_by_key(away).cloned().unwrap_or_default()
}

/// The diagnostic without places in the text of the settings, which is another for each combination: what stands there
/// is shown at the input that was set.
fn without_settings(
    workspace: &Workspace,
    inputs: &[Input],
    mut diagnostic: Diagnostic,
) -> Diagnostic {
    let elsewhere = |span: &Span| {
        let text = workspace.text(SETTINGS).unwrap_or_default();
        let line = text.lines().nth(span.start.line.checked_sub(1)?)?;
        let path = path::setting(line).map_or(line, |(path, _)| path);
        let input = inputs.iter().find(|input| *input.path == *path)?;
        // The first node below the root of an item is the item, and the next its name.
        workspace.span(Place { item: input.item, node: 2 })
    };
    let set = |span: &Span| *span.file == *SETTINGS;
    if let Some(span) = diagnostic.span.as_ref().filter(|span| set(span))
        && let Some(span) = elsewhere(span)
    {
        diagnostic.span = Some(span);
    }
    for (span, _) in &mut diagnostic.related {
        if set(span)
            && let Some(input) = elsewhere(span)
        {
            *span = input;
        }
    }
    diagnostic
}

/// What shows a problem, as a note; nothing where every combination does.
fn because(
    inputs: &[Input],
    combinations: &[Combination],
    complete: bool,
    problem: &Problem,
) -> Option<String> {
    let shown = &problem.shown;
    if shown.len() == combinations.len() {
        return None;
    }
    let numbers = format!("{} of {} combinations", shown.len(), combinations.len());
    // Values that are enough: every combination that has them shows it, and no other does.
    let away: Vec<Option<usize>> = inputs
        .iter()
        .zip(&problem.example)
        .map(|(input, value)| (input.default != Some(*value)).then_some(*value))
        .collect();
    let has = |combination: &Combination, values: &[Option<usize>]| {
        combination.iter().zip(values).all(|(value, wanted)| wanted.is_none_or(|w| w == *value))
    };
    let exact = |values: &[Option<usize>]| {
        let mut having = combinations.iter().enumerate().filter(|(_, c)| has(c, values));
        having.all(|(number, _)| shown.binary_search(&number).is_ok())
            && shown.iter().all(|n| combinations.get(*n).is_some_and(|c| has(c, values)))
    };
    let common = problem.example.iter().enumerate().map(|(at, value)| {
        let mut all = shown.iter().filter_map(|number| combinations.get(*number));
        all.all(|combination| combination.get(at) == Some(value)).then_some(*value)
    });
    let mut needed: Vec<Option<usize>> = common.collect();
    // What only some of the combinations have in common may be chance.
    if complete && exact(&needed) {
        // What is at its default seldom decides, so it is the first to be left out.
        let (defaults, others): (Vec<usize>, Vec<usize>) =
            (0..needed.len()).partition(|at| away.get(*at).is_some_and(Option::is_none));
        for at in defaults.into_iter().chain(others) {
            let Some(value) = needed.get_mut(at).and_then(Option::take) else { continue };
            if !exact(&needed)
                && let Some(slot) = needed.get_mut(at)
            {
                *slot = Some(value);
            }
        }
        let with = with(inputs, needed.into_iter());
        return Some(match shown.len() {
            1 => format!("with {with}"),
            _ => format!("with {with}, whatever the other inputs are: in {numbers}"),
        });
    }
    let others = away.iter().any(Option::is_none);
    let with = with(inputs, away.into_iter());
    Some(match (with.as_str(), others) {
        ("", _) => format!("with the defaults of all inputs; in {numbers}"),
        (with, true) => format!("with {with} and the defaults of the others; in {numbers}"),
        (with, false) => format!("with {with}; in {numbers}"),
    })
}

/// `mode = separate, replicas = 1`
fn with(inputs: &[Input], values: impl Iterator<Item = Option<usize>>) -> String {
    let shown = inputs.iter().zip(values).filter_map(|(input, value)| {
        let value = input.values.get(value?)?;
        Some(format!("{} = {}", input.path, value.shown))
    });
    shown.collect::<Vec<_>>().join(", ")
}
