//! A folder of outputs: one file for each object, in a folder below it for each of several programs, and a list of the
//! files that are ours.
//!
//! Nothing that is not on the list is ever replaced or removed. The list is written before the files, so that a run
//! that is interrupted leaves nothing behind that the next one would not know.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::disk;

/// The list: a path a line, below the folder and with `/` between its parts.
const LIST: &str = ".depc-outputs";

/// Why a folder cannot be written.
#[derive(Debug)]
pub enum Refused {
    /// A file of that name is there and not on the list, a folder is where one of our files would be or was, or a link where a folder of ours would be.
    NotOurs(PathBuf),
    Io(PathBuf, io::Error),
}

/// Makes the files of a folder that are ours exactly `files`: (path below it, content).
pub fn write(folder: &Path, files: &[(String, Vec<u8>)]) -> Result<(), Refused> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |error| Refused::Io(path, error)
    };
    let before = listed(folder).map_err(failed(folder))?;
    let now: BTreeSet<String> = files.iter().map(|(name, _)| name.clone()).collect();
    let within = folders(&now);
    for name in &within {
        let path = folder.join(name);
        // What is written through a link or over a file would be somewhere else, or be lost.
        if fs::symlink_metadata(&path).is_ok_and(|there| !there.is_dir()) {
            return Err(Refused::NotOurs(path));
        }
    }
    for (name, content) in files {
        let path = folder.join(name);
        let there = match fs::symlink_metadata(&path) {
            Ok(there) if there.is_dir() => return Err(Refused::NotOurs(path)),
            Ok(_) => true,
            Err(error) if error.kind() == io::ErrorKind::NotFound => false,
            Err(error) => return Err(Refused::Io(path, error)),
        };
        // What is there already as we would write it was ours, and only the list was lost.
        if there && !before.contains(name) && fs::read(&path).ok().as_deref() != Some(content) {
            return Err(Refused::NotOurs(path));
        }
    }
    for name in before.difference(&now) {
        let path = folder.join(name);
        if fs::symlink_metadata(&path).is_ok_and(|there| there.is_dir()) {
            return Err(Refused::NotOurs(path));
        }
    }
    fs::create_dir_all(folder).map_err(failed(folder))?;
    let either: BTreeSet<String> = before.union(&now).cloned().collect();
    list(folder, &either).map_err(failed(folder))?;
    for name in &within {
        let path = folder.join(name);
        fs::create_dir_all(&path).map_err(failed(&path))?;
    }
    for (name, content) in files {
        let path = folder.join(name);
        if fs::read(&path).ok().as_ref() != Some(content) {
            disk::replace(&path, content).map_err(failed(&path))?;
        }
    }
    for name in before.difference(&now) {
        let path = folder.join(name);
        match fs::remove_file(&path) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(Refused::Io(path, error)),
        }
    }
    for name in folders(&before).iter().rev().filter(|name| !within.contains(*name)) {
        // A folder in which something of others stands is kept: it cannot be removed.
        let _ = fs::remove_dir(folder.join(name));
    }
    list(folder, &now).map_err(failed(folder))
}

/// The folders in which files are, each before those in it.
fn folders(files: &BTreeSet<String>) -> BTreeSet<String> {
    let ends =
        files.iter().flat_map(|name| name.match_indices('/').map(move |(end, _)| (name, end)));
    ends.filter_map(|(name, end)| name.get(..end).map(str::to_owned)).collect()
}

/// What stands in those files of ours that are about to be written otherwise.
pub fn before(folder: &Path, files: &[(String, Vec<u8>)]) -> Vec<String> {
    let ours = listed(folder).unwrap_or_default();
    let files = files.iter().filter(|(name, _)| ours.contains(name));
    let old = files.filter_map(|(name, new)| {
        let old = fs::read(folder.join(name)).ok().filter(|old| old != new)?;
        String::from_utf8(old).ok()
    });
    old.collect()
}

fn list(folder: &Path, names: &BTreeSet<String>) -> io::Result<()> {
    let path = folder.join(LIST);
    let mut text =
        String::from("# Files that depc wrote and will remove when they are no longer made.\n");
    for name in names {
        text.push_str(name);
        text.push('\n');
    }
    if fs::read(&path).ok().as_deref() == Some(text.as_bytes()) {
        return Ok(());
    }
    disk::replace(&path, text.as_bytes())
}

/// The paths on the list. Whoever wrote it, a path that leads out of the folder is not ours.
fn listed(folder: &Path) -> io::Result<BTreeSet<String>> {
    let text = match fs::read_to_string(folder.join(LIST)) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeSet::new()),
        Err(error) => return Err(error),
    };
    let is_plain = |name: &&str| {
        let is_hidden = |part: &str| part.is_empty() || part.starts_with('.');
        !name.starts_with('#')
            && !name.contains(['\\', '\0', ':'])
            && !name.split('/').any(is_hidden)
    };
    let within = |name: &str| folders(&BTreeSet::from([name.to_owned()]));
    let is_real = |name: &&str| {
        let mut within = within(name).into_iter().map(|name| folder.join(name));
        within.all(|path| !path.is_symlink())
    };
    Ok(text.lines().filter(is_plain).filter(is_real).map(str::to_owned).collect())
}
