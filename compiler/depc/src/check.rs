//! `depc check`: says what is wrong with programs, and mends what mends itself.

use std::path::Path;

mod matrix;

use analysis::problems::problems;
use analysis::workspace::Files;

use crate::arguments::Check;
use crate::difference::difference;
use crate::disk;
use crate::mend::{Mended, mended};
use crate::programs::{Checking, Listed};
use crate::{FAILED, FINE, Io, print, programs, say};

pub fn run(arguments: &Check, io: &mut Io<'_>) -> u8 {
    let Some(disk) = programs::open_with(io, &arguments.paths, &arguments.given.paths()) else {
        return FAILED;
    };
    let Listed { files, code } = programs::listed_files(io, &disk, &arguments.paths);
    if files.is_empty() {
        return code;
    }
    let checking = Checking {
        options: arguments.given.options(),
        deny_warnings: arguments.deny.warnings(),
        format: arguments.format,
        is_artefact: true,
    };
    if !arguments.fix && !arguments.diff {
        return code.max(checked(arguments, io, &disk, &files, &checking));
    }
    if files.iter().any(|file| file == "-") {
        say(io, "error: standard input cannot be mended\n");
        return FAILED;
    }
    let mended = mended(&disk, &files, &checking.options, arguments.unsafe_fixes);
    let written = match arguments.diff {
        true => {
            let text = difference(&disk, &mended, &files, &checking.options);
            print(io, text.as_bytes())
        }
        false => write(io, &mended),
    };
    if written != FINE {
        return written;
    }
    // What is wrong still, with the changes made.
    code.max(checked(arguments, io, &mended.files(&disk), &files, &checking))
}

fn checked(
    arguments: &Check,
    io: &mut Io<'_>,
    disk: &dyn Files,
    files: &[String],
    checking: &Checking,
) -> u8 {
    if !arguments.matrix {
        return programs::checked(io, disk, files, checking, |program| {
            problems(program.workspace, program.loaded)
        });
    }
    let mut summaries = String::new();
    let code = programs::checked(io, disk, files, checking, |program| {
        let (diagnostics, summary) = matrix::checked(program, disk, &checking.options);
        summaries.push_str(&summary);
        diagnostics
    });
    say(io, &summaries);
    code
}

fn write(io: &mut Io<'_>, mended: &Mended) -> u8 {
    let mut files = 0;
    for file in mended.changed() {
        // Written is what a link names, and not the link.
        if let Err(error) = disk::replace(Path::new(&file.path), file.new.as_bytes()) {
            return programs::unwritable(io, &file.shown, &error);
        }
        files += 1;
    }
    let count = |count: usize, name: &str| match count {
        1 => format!("1 {name}"),
        count => format!("{count} {name}s"),
    };
    if files > 0 {
        let (problems, files) = (count(mended.count, "problem"), count(files, "file"));
        say(io, &format!("mended {problems} in {files}\n"));
    }
    FINE
}
