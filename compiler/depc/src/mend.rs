//! Making the changes that problems offer, until there are none left to make.

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;

use analysis::change::{Change, apart, applied};
use analysis::diagnostic::Diagnostic;
use analysis::limits::FILE_BYTES;
use analysis::problems::problems;
use analysis::workspace::{Files, Options, ReadError, Workspace};

use crate::disk::Disk;
use crate::raw::Raw;

/// How often programs are looked at again. A change that is made may show another mistake, which was hidden by the
/// first; changes that undo each other come to an end here.
const ROUNDS: usize = 10;

/// The files that were changed.
#[derive(Debug, Default)]
pub struct Mended {
    /// By canonical path.
    files: BTreeMap<String, File>,
    /// How many problems were mended.
    pub count: usize,
}

/// A file before and after.
#[derive(Debug)]
pub struct File {
    /// The path as the user writes it.
    pub shown: String,
    /// The canonical path.
    pub path: String,
    pub old: String,
    pub new: String,
}

/// The disk as it will be.
pub struct After<'m> {
    disk: &'m Disk,
    mended: &'m Mended,
}

/// What becomes of programs when all safe changes are made, and the others too where they are wanted.
pub fn mended(disk: &Disk, files: &[String], options: &Options, unsafe_too: bool) -> Mended {
    let mut mended = Mended::default();
    for _ in 0..ROUNDS {
        let mut workspace = Workspace::default();
        let mut changes: Vec<Change> = Vec::new();
        let mut known = HashSet::new();
        for file in files {
            let loaded = workspace.load_with(&mended.files(disk), file, options);
            let offered = problems(&workspace, &loaded).into_iter().filter_map(offered);
            for change in offered.filter(|change| change.safe || unsafe_too) {
                if known.insert(change.clone()) {
                    changes.push(change);
                }
            }
        }
        let chosen = apart(changes);
        if chosen.is_empty() || !mended.make(disk, &chosen) {
            break;
        }
        mended.count += chosen.len();
    }
    mended
}

fn offered(diagnostic: Diagnostic) -> Option<Change> {
    diagnostic.fix.filter(|change| !change.edits.is_empty())
}

impl Mended {
    /// One file that is to be another.
    pub fn of(file: File) -> Self {
        Self { files: BTreeMap::from([(file.path.clone(), file)]), count: 1 }
    }

    pub fn files<'m>(&'m self, disk: &'m Disk) -> After<'m> {
        After { disk, mended: self }
    }

    /// The files that are not what they were.
    pub fn changed(&self) -> impl Iterator<Item = &File> {
        self.files.values().filter(|file| file.old != file.new)
    }

    /// Makes changes; says whether all of them could be made.
    fn make(&mut self, disk: &Disk, changes: &[Change]) -> bool {
        let mut edits: BTreeMap<&str, Vec<(Range<usize>, &str)>> = BTreeMap::new();
        for edit in changes.iter().flat_map(|change| &change.edits) {
            edits.entry(&edit.file).or_default().push((edit.range.clone(), &edit.text));
        }
        for (shown, edits) in edits {
            let Some(path) = disk.canonical(shown) else { return false };
            if !self.files.contains_key(&path) {
                let bytes = disk.read(&path, FILE_BYTES).ok();
                let Some(old) = bytes.and_then(|bytes| String::from_utf8(bytes).ok()) else {
                    return false;
                };
                let new = old.clone();
                let shown = shown.to_owned();
                self.files.insert(path.clone(), File { shown, path: path.clone(), old, new });
            }
            let Some(file) = self.files.get_mut(&path) else { return false };
            let raw = Raw::of(&file.new);
            let edits = edits.into_iter().map(|(range, text)| (raw.range(range), text));
            let Some(new) = applied(&file.new, edits) else { return false };
            file.new = new;
        }
        true
    }
}

impl Files for After<'_> {
    fn read(&self, path: &str, limit: usize) -> Result<Vec<u8>, ReadError> {
        let canonical = self.disk.canonical(path);
        match canonical.and_then(|path| self.mended.files.get(&path)) {
            Some(file) if file.new.len() > limit => Err(ReadError::TooLarge),
            Some(file) => Ok(file.new.clone().into_bytes()),
            None => self.disk.read(path, limit),
        }
    }

    fn canonical(&self, path: &str) -> Option<String> {
        self.disk.canonical(path)
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, ReadError> {
        self.disk.list(folder)
    }
}
