//! `depc check --matrix`: every combination of the values that inputs take, with a line that says how many there were.

use analysis::diagnostic::Diagnostic;
use analysis::limits::{COMBINATIONS, VALUES, VARYING};
use analysis::matrix::{Input, Matrix, matrix};
use analysis::workspace::{Files, Options};

use crate::programs::Program;
use crate::say;

/// Combinations that are tried before the line of progress is written again.
const AT_ONCE: usize = 16;

/// Inputs that are named in the line.
const NAMED: usize = 8;

/// What is wrong in any combination, and the line that says how many there were.
pub(super) fn checked(
    program: Program<'_, '_>,
    disk: &dyn Files,
    options: &Options,
) -> (Vec<Diagnostic>, String) {
    let Program { io, workspace, path, .. } = program;
    let terminal = io.terminal;
    let matrix = matrix(workspace, disk, path, options, &mut |number, of| {
        if terminal && number % AT_ONCE == 0 {
            say(io, &format!("\r\x1b[K{path}: combination {} of {of}", number + 1));
        }
    });
    if terminal {
        say(io, "\r\x1b[K");
    }
    let summary = summary(path, &matrix);
    (matrix.diagnostics, summary)
}

fn summary(path: &str, matrix: &Matrix) -> String {
    if matrix.tried == 0 {
        return String::new();
    }
    let sensitive = match matrix.sensitive.is_empty() {
        true => String::new(),
        false => {
            let names = matrix.sensitive.join(", ");
            format!("{path}: what is sensitive does not vary: {names}\n")
        }
    };
    if matrix.inputs.is_empty() {
        return format!("{path}: no input varies, so there is one combination\n{sensitive}");
    }
    let named = |input: &Input| format!("{} ({})", input.path, input.values.len());
    let mut names: Vec<String> = matrix.inputs.iter().take(NAMED).map(named).collect();
    if matrix.inputs.len() > NAMED {
        names.push(format!("{} more", matrix.inputs.len() - NAMED));
    }
    let names = names.join(", ");
    let mut text = match matrix.all {
        _ if matrix.refused => {
            format!("{path}: checked {} combinations of {names}, and not all\n", matrix.tried)
        }
        Some(all) if all == matrix.tried => {
            format!("{path}: checked all {all} combinations of {names}\n")
        }
        all => {
            let all = all.map_or("very many".to_owned(), |all| all.to_string());
            format!(
                "{path}: checked {} of {all} combinations of {names}: with more than {COMBINATIONS}, only as many as show any two values together\n",
                matrix.tried
            )
        }
    };
    if matrix.pairs_left > 0 {
        text.push_str(&format!(
            "{path}: {} pairs of values are in none of these combinations\n",
            matrix.pairs_left
        ));
    }
    if matrix.left_alone > 0 {
        text.push_str(&format!(
            "{path}: at most {VARYING} inputs vary, with {VALUES} values each; {} were left out\n",
            matrix.left_alone
        ));
    }
    text.push_str(&sensitive);
    for input in &matrix.inputs {
        for untried in &input.untried {
            text.push_str(&format!("{path}: not tried: {} = {untried}\n", input.path));
        }
    }
    text
}
