//! `depc check`: says what is wrong with programs.

mod matrix;

use analysis::problems::problems;

use crate::arguments::Check;
use crate::{FAILED, Io, programs, say};

pub fn run(arguments: &Check, io: &mut Io<'_>) -> u8 {
    let Some(disk) = programs::open(io, &arguments.paths) else { return FAILED };
    let Some(files) = programs::files(io, &disk, &arguments.paths) else { return FAILED };
    let deny_warnings = arguments.deny.warnings();
    let options = arguments.given.options();
    if !arguments.matrix {
        return programs::checked(io, &disk, &files, &options, deny_warnings, |program| {
            problems(program.workspace, program.loaded)
        });
    }
    let mut summaries = String::new();
    let code = programs::checked(io, &disk, &files, &options, deny_warnings, |program| {
        let (diagnostics, summary) = matrix::checked(program, &disk, &options);
        summaries.push_str(&summary);
        diagnostics
    });
    say(io, &summaries);
    code
}
