//! `depc check`: says what is wrong with programs.

use analysis::problems::problems;

use crate::arguments::Check;
use crate::{FAILED, Io, programs};

pub fn run(arguments: &Check, io: &mut Io<'_>) -> u8 {
    let Some(disk) = programs::open(io, &arguments.paths) else { return FAILED };
    let Some(files) = programs::files(io, &disk, &arguments.paths) else { return FAILED };
    let deny_warnings = arguments.deny.warnings();
    programs::checked(io, &disk, &files, &arguments.given.options(), deny_warnings, problems)
}
