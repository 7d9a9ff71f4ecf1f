//! Snapshots: what a test makes, compared with what an earlier run stored.
//!
//! Those of `app.dep` are `snapshots/app/NAME.yaml` beside it. They are to be committed, and read when they change.

use std::fs;
use std::io;
use std::path::Path;

use analysis::diagnostic::Diagnostic;
use analysis::limits::OUTPUT_BYTES;
use analysis::verdicts::Shot;
use analysis::workspace::folder;
use similar::TextDiff;

use crate::disk::{self, Disk, read_at_most};

/// Lines of a difference that are shown.
const SHOWN: usize = 200;

/// The snapshots of one file.
pub(super) struct Stored<'d> {
    disk: &'d Disk,
    /// Their folder, as the user would write it.
    folder: String,
}

/// What became of a snapshot.
pub(super) enum Compared {
    Same,
    /// It was stored; says so.
    Written(String),
    Missing(Diagnostic),
    /// With the lines that differ.
    Differs(Diagnostic, String),
}

impl<'d> Stored<'d> {
    pub fn of(disk: &'d Disk, file: &str) -> Self {
        let name = file.rsplit('/').next().unwrap_or(file);
        let stem = name.strip_suffix(".dep").unwrap_or(name);
        let beside = folder(file);
        let slash = if beside.is_empty() || beside.ends_with('/') { "" } else { "/" };
        Self { disk, folder: format!("{beside}{slash}snapshots/{stem}") }
    }

    /// Compares what a test makes with what is stored, or stores it.
    pub fn compared(&self, shot: &Shot, update: bool) -> Result<Compared, String> {
        let shown = format!("{}/{}.yaml", self.folder, shot.name);
        let path = self.disk.path(&shown);
        let old = read(&path).map_err(|error| format!("{shown} cannot be read: {error}"))?;
        if old.as_deref() == Some(&*shot.text) {
            return Ok(Compared::Same);
        }
        if update {
            return match write(&path, &shot.text) {
                Ok(()) => Ok(Compared::Written(format!("wrote   {shown}"))),
                Err(error) => Err(format!("{shown} cannot be written: {error}")),
            };
        }
        let Some(old) = old else {
            let message = format!("there is no snapshot {shown}");
            let help =
                "run `depc test` with `--update`, read the file that it writes, and commit it";
            return Ok(Compared::Missing(
                Diagnostic::error(905, shot.span.clone(), message).help(help),
            ));
        };
        let message = format!("this is not what {shown} holds");
        let help =
            "mend the program, or run `depc test` with `--update` if the difference is meant";
        let diagnostic = Diagnostic::error(906, shot.span.clone(), message).help(help);
        Ok(Compared::Differs(diagnostic, difference(&shown, &old, &shot.text)))
    }

    /// Lines about stored files that no test makes.
    pub fn left_over(&self, made: &[&str]) -> Result<Vec<String>, String> {
        let failed = |error: io::Error| format!("{} cannot be read: {error}", self.folder);
        let entries = match fs::read_dir(self.disk.path(&self.folder)) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(failed(error)),
        };
        let mut names = Vec::new();
        for entry in entries {
            let name = entry.map_err(failed)?.file_name().to_string_lossy().into_owned();
            if name.strip_suffix(".yaml").is_some_and(|name| !made.contains(&name)) {
                names.push(name);
            }
        }
        names.sort();
        let note = |name| format!("unused  {}/{name}: no test makes it", self.folder);
        Ok(names.into_iter().map(note).collect())
    }
}

/// The text of a file; `None` where it is not there. What is no text differs from every text.
fn read(path: &Path) -> io::Result<Option<String>> {
    let file = match fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let length = file.metadata()?.len();
    let bytes = read_at_most(file, length, OUTPUT_BYTES)?.unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    // Some systems change line ends where they check files out.
    Ok(Some(if text.contains('\r') { text.replace("\r\n", "\n") } else { text.into_owned() }))
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    disk::replace(path, text.as_bytes())
}

fn difference(path: &str, old: &str, new: &str) -> String {
    let whole = TextDiff::from_lines(old, new).unified_diff().header(path, "now").to_string();
    let mut lines = whole.split_inclusive('\n');
    let mut shown: String = lines.by_ref().take(SHOWN).collect();
    match lines.count() {
        0 => {}
        rest => shown.push_str(&format!("… and {rest} lines more\n")),
    }
    shown
}
