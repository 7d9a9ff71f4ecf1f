//! What changes in files, as `diff -u` shows it, with stars in place of what is sensitive in them: a difference is
//! read where many read, such as in the log of a build server.

use std::collections::BTreeSet;

use analysis::diagnostic::masked_file;
use analysis::mask::Shown;
use analysis::workspace::{Files, Options, Workspace};
use similar::TextDiff;

use crate::disk::Disk;
use crate::mend::{File, Mended};

/// What changes. `programs` are the files by which it is known what is sensitive.
pub fn difference(disk: &Disk, mended: &Mended, programs: &[String], options: &Options) -> String {
    let (before, after) =
        (loaded(disk, programs, options), loaded(&mended.files(disk), programs, options));
    let texts = mended.changed().map(|File { shown, old, new, .. }| {
        let old = masked_file(&before, shown, None).map_or_else(|| old.clone(), Shown::into_text);
        let new = masked_file(&after, shown, None).map_or_else(|| new.clone(), Shown::into_text);
        TextDiff::from_lines(&old, &new).unified_diff().header(shown, shown).to_string()
    });
    texts.collect()
}

/// The text of a file that is a program, as it may be shown, or at least some of its lines.
pub fn shown(disk: &Disk, file: &str, lines: Option<&BTreeSet<usize>>) -> Option<Shown<'static>> {
    masked_file(&loaded(disk, &[file.to_owned()], &Options::default()), file, lines)
}

fn loaded(files: &dyn Files, programs: &[String], options: &Options) -> Workspace {
    let mut workspace = Workspace::default();
    for program in programs {
        workspace.load_with(files, program, options);
    }
    workspace
}
