//! Files as the client has them: what is open is as it is there, and all else as it is on disk.

use std::collections::BTreeMap;

use analysis::workspace::{Files, ReadError, folder, joined, lies_in};

use crate::document::Document;

/// The disk, with what an editor needs besides.
pub trait Disk: Files {
    /// The page that explains a code of a problem, as Markdown.
    fn page(&self, code: &str) -> Option<String>;

    /// The paths of all `.dep` files in a folder and those below it, sorted.
    fn dep_files(&self, folder: &str) -> Vec<String>;
}

/// What is read through an editor, seen from a folder.
pub struct View<'v> {
    pub disk: &'v dyn Disk,
    /// By canonical path.
    pub open: &'v BTreeMap<String, Document>,
    pub folder: &'v str,
}

/// The canonical path of a path that may be that of a file which is not saved yet.
pub fn canonical(disk: &dyn Disk, open: &BTreeMap<String, Document>, path: &str) -> Option<String> {
    disk.canonical(path).or_else(|| open.contains_key(path).then(|| path.to_owned()))
}

impl Files for View<'_> {
    fn read(&self, path: &str, limit: usize) -> Result<Vec<u8>, ReadError> {
        let path = joined(self.folder, path);
        let canonical = canonical(self.disk, self.open, &path);
        match canonical.and_then(|path| self.open.get(&path)) {
            Some(document) if document.text.len() > limit => Err(ReadError::TooLarge),
            Some(document) => Ok(document.text.as_bytes().to_vec()),
            None => self.disk.read(&path, limit),
        }
    }

    fn canonical(&self, path: &str) -> Option<String> {
        canonical(self.disk, self.open, &joined(self.folder, path))
    }

    fn list(&self, path: &str) -> Result<Vec<String>, ReadError> {
        let path = joined(self.folder, path);
        let unsaved = self.open.keys().filter(|open| folder(open) == path && lies_in(open, &path));
        let mut unsaved: Vec<String> =
            unsaved.filter_map(|open| Some(open.rsplit_once('/')?.1.to_owned())).collect();
        match self.disk.list(&path) {
            Ok(mut names) => {
                names.append(&mut unsaved);
                names.sort();
                names.dedup();
                Ok(names)
            }
            Err(_) if !unsaved.is_empty() => Ok(unsaved),
            Err(error) => Err(error),
        }
    }

    fn exists(&self, path: &str) -> bool {
        self.canonical(path).is_some()
    }
}
