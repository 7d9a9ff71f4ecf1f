//! Every combination of the values that inputs take, so that no mode is ever rendered for the first time where it counts.
//!
//! One program is asked again and again with other settings on top. So whatever does not read what changed between two
//! combinations is not evaluated again, as after an edit.

pub mod cover;
mod inputs;
mod merge;

use crate::account::{self, within};
use crate::db::Program;
use crate::diagnostic::Diagnostic;
use crate::limits::{self, MATRIX, UNIT};
use crate::parallel::on_deep_stack;
use crate::problems::problems;
use crate::unused;
use crate::workspace::{Files, Loaded, Options, Workspace};

use inputs::Varying;
pub use inputs::{Input, Value};

/// Problems for which the fewest values that show them are looked for, where not every combination was tried.
const EXAMPLES: usize = 20;

/// What a matrix came to.
#[derive(Clone, Debug, Default)]
pub struct Matrix {
    pub loaded: Loaded,
    /// All that is wrong in any combination, each with the combinations that show it.
    pub diagnostics: Vec<Diagnostic>,
    pub inputs: Vec<Input>,
    /// Combinations that were tried.
    pub tried: usize,
    /// Others were not, because all of them together take too much.
    pub refused: bool,
    /// Combinations that there are; `None` for more than can be counted.
    pub all: Option<usize>,
    /// Pairs of values that did not meet, because they would have been too many.
    pub pairs_left: usize,
    /// Inputs that do not vary because they are sensitive.
    pub sensitive: Vec<String>,
    /// Inputs past [`limits::VARYING`], and values past [`limits::VALUES`], which did not vary.
    pub left_alone: usize,
}

/// Everything that is wrong with a program in any combination of its inputs. `tell` hears how many of how many
/// combinations were tried.
pub fn matrix(
    workspace: &mut Workspace,
    files: &dyn Files,
    path: &str,
    options: &Options,
    tell: &mut dyn FnMut(usize, usize),
) -> Matrix {
    let options = Options { varied: true, ..options.clone() };
    let loaded = workspace.load_with(files, path, &options);
    let mut matrix = Matrix { loaded: loaded.clone(), ..Matrix::default() };
    let Some(program) = loaded.program else {
        matrix.diagnostics = problems(workspace, &loaded);
        return matrix;
    };
    // What varies, and what all of it takes, must not depend on what was asked of the program before.
    workspace.vary(path, &options, &options.settings);
    workspace.begin_afresh(program);
    let settings = workspace.settings_of(path, &options);
    let varying = |program| inputs::varying(workspace.db(), program, settings);
    let varying = within(workspace.db(), program, |program| on_deep_stack(|| varying(program)));
    let Some(Varying { mut inputs, sensitive }) = varying else {
        matrix.diagnostics = problems(workspace, &loaded);
        let none = "none was tried: to find what the inputs are takes so much".to_owned();
        matrix.diagnostics.insert(0, refusal(workspace, program, none));
        matrix.refused = true;
        return matrix;
    };
    matrix.sensitive = sensitive;
    matrix.left_alone = inputs.len().saturating_sub(limits::VARYING);
    inputs.truncate(limits::VARYING);
    for input in &mut inputs {
        matrix.left_alone += input.values.len().saturating_sub(limits::VALUES);
        input.values.truncate(limits::VALUES);
        input.default = input.default.filter(|default| *default < input.values.len());
    }
    let values: Vec<usize> = inputs.iter().map(|input| input.values.len()).collect();
    let first: Vec<usize> = inputs.iter().map(|input| input.default.unwrap_or_default()).collect();
    matrix.all = cover::count(&values);
    let mut combinations = match matrix.all {
        Some(count) if count <= limits::COMBINATIONS => cover::all(&values),
        _ => {
            let (combinations, left) = cover::pairs(&values, &first, limits::COMBINATIONS);
            matrix.pairs_left = left;
            combinations
        }
    };
    matrix.tried = combinations.len();
    let mut spent = Spent::new(workspace, program);
    let all = combinations.len();
    let mut found = merge::Merged::default();
    for (number, combination) in combinations.iter().enumerate() {
        if spent.is_too_much() {
            matrix.tried = number;
            break;
        }
        tell(number, all);
        for diagnostic in shown(workspace, path, &options, &loaded, &inputs, combination) {
            found.add(workspace, &inputs, number, diagnostic);
        }
        spent.add(workspace);
    }
    combinations.truncate(matrix.tried);
    let complete = matrix.all == Some(combinations.len());
    let mut problems = found.problems;
    let mut left = limits::NARROWED;
    for (number, problem) in problems.iter_mut().enumerate() {
        problem.example = merge::nearest(&inputs, &combinations, &problem.shown);
        // What the combinations that were tried have in common may be chance, unless they are all that there are.
        let chance = !complete && problem.shown.len() < combinations.len();
        if chance && number < EXAMPLES && !spent.is_too_much() {
            let mut shows = |combination: &[usize]| {
                if left == 0 {
                    return false;
                }
                left -= 1;
                let now = shown(workspace, path, &options, &loaded, &inputs, combination);
                now.into_iter().any(|now| merge::same(workspace, &inputs, now).1 == problem.same)
            };
            problem.example = narrowed(&inputs, problem.example.clone(), &mut shows);
            spent.add(workspace);
        }
    }
    matrix.diagnostics =
        merge::told(workspace, &loaded, &inputs, &combinations, complete, problems);
    if matrix.tried < all {
        let tried = format!("{} of {all} were tried", combinations.len());
        matrix.diagnostics.insert(0, refusal(workspace, program, tried));
        matrix.refused = true;
    }
    matrix.inputs = inputs;
    matrix
}

/// What the combinations so far have taken together.
struct Spent {
    program: Program,
    units: u64,
    /// What the program's account said when it was looked at last.
    seen: u64,
}

impl Spent {
    fn new(workspace: &Workspace, program: Program) -> Self {
        Self { program, units: 0, seen: account::taken(workspace.db(), program) }
    }

    /// Adds what has come since. An account that says less than before was begun afresh, to judge the program once more.
    fn add(&mut self, workspace: &Workspace) {
        let now = account::taken(workspace.db(), self.program);
        self.units += now.checked_sub(self.seen).unwrap_or(now);
        self.seen = now;
    }

    fn is_too_much(&self) -> bool {
        self.units > MATRIX
    }
}

/// That all combinations together take too much, and how many of them were tried.
fn refusal(workspace: &Workspace, program: Program, tried: String) -> Diagnostic {
    let message = format!("trying all combinations takes more than {} steps", MATRIX * UNIT);
    let top = workspace.top(program.main(workspace.db()));
    let mut error = Diagnostic::error(583, top, message);
    error.label = tried;
    error.notes.push("what else is told was found in those that were tried".to_owned());
    error.help("let fewer inputs vary: one that is given with `--set` keeps its value")
}

/// What is wrong with one combination. It is that of the workspace from then on.
fn shown(
    workspace: &mut Workspace,
    path: &str,
    options: &Options,
    loaded: &Loaded,
    inputs: &[Input],
    combination: &[usize],
) -> Vec<Diagnostic> {
    let chosen = inputs.iter().zip(combination);
    let set = chosen.filter_map(|(input, value)| {
        let setting = input.values.get(*value)?.setting.as_ref()?;
        Some(format!("{}={setting}", input.path))
    });
    let settings: Vec<String> = options.settings.iter().cloned().chain(set).collect();
    workspace.vary(path, options, &settings);
    let mut found = problems(workspace, loaded);
    // What is never used depends on no value, and is told by a check without combinations.
    found.retain(|diagnostic| diagnostic.code != unused::CODE.to_string());
    found
}

/// The combination with as many defaults as can be while it still shows what it does.
fn narrowed(
    inputs: &[Input],
    mut combination: cover::Combination,
    shows: &mut dyn FnMut(&[usize]) -> bool,
) -> cover::Combination {
    for (at, input) in inputs.iter().enumerate() {
        let Some(default) = input.default else { continue };
        let Some(slot) = combination.get_mut(at).filter(|value| **value != default) else {
            continue;
        };
        let value = std::mem::replace(slot, default);
        if !shows(&combination)
            && let Some(slot) = combination.get_mut(at)
        {
            *slot = value;
        }
    }
    combination
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::workspace::Memory;

    #[test]
    fn units_of_all_combinations() {
        let mut files = Memory::default();
        files.write("app.dep", "x = 1\n");
        let mut workspace = Workspace::default();
        let loaded = workspace.load(&files, "app.dep", &[]);
        let program = loaded.program.unwrap();
        let item = *loaded.modules.first().unwrap().items(workspace.db()).first().unwrap();
        let is_too_much = |last: u64| {
            // What was taken before the first of them does not count.
            let account = program.account(workspace.db());
            account.enter(item, 7);
            let mut spent = Spent::new(&workspace, program);
            for units in [MATRIX / 2, MATRIX / 2 - 1, last] {
                account.enter(item, units);
                spent.add(&workspace);
            }
            spent.is_too_much()
        };
        assert_eq!((is_too_much(1), is_too_much(2)), (false, true));
    }
}
