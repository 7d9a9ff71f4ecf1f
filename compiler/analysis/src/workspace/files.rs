//! How the workspace sees files: through a trait, so that only the command touches the disk and a test needs none.

use std::collections::BTreeMap;

/// Where files come from. Paths use `/` on every platform, and are relative to wherever the program was started, or
/// absolute.
pub trait Files {
    /// The bytes of a file, unless there are more than `limit`.
    fn read(&self, path: &str, limit: usize) -> Result<Vec<u8>, ReadError>;

    /// The absolute path with symbolic links resolved, or `None` where nothing is there.
    fn canonical(&self, path: &str) -> Option<String>;

    /// The names of the files in a folder, in order; [`ReadError::Missing`] where there is no folder of this name.
    fn list(&self, folder: &str) -> Result<Vec<String>, ReadError>;

    /// Whether anything is there.
    fn exists(&self, path: &str) -> bool {
        self.canonical(path).is_some()
    }
}

/// Why a file cannot be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ReadError {
    Missing,
    Directory,
    TooLarge,
    /// What the operating system says.
    Other(String),
}

/// Files that are only in memory. Relative paths are seen from [`Memory::FOLDER`].
#[derive(Clone, Debug, Default)]
pub struct Memory {
    files: BTreeMap<String, Vec<u8>>,
    links: BTreeMap<String, String>,
}

impl Memory {
    /// Where the program was started.
    pub const FOLDER: &str = "/files";

    pub fn write(&mut self, path: &str, bytes: impl Into<Vec<u8>>) {
        self.files.insert(absolute(path), bytes.into());
    }

    pub fn remove(&mut self, path: &str) {
        self.files.remove(&absolute(path));
    }

    /// Makes `path` another name for `target`.
    pub fn link(&mut self, path: &str, target: &str) {
        self.links.insert(absolute(path), absolute(target));
    }

    fn resolved(&self, path: &str) -> String {
        let path = absolute(path);
        self.links.get(&path).cloned().unwrap_or(path)
    }

    fn is_folder(&self, path: &str) -> bool {
        let prefix = if path == "/" { path.to_owned() } else { format!("{path}/") };
        self.files.keys().any(|file| file.starts_with(&prefix))
    }
}

impl Files for Memory {
    fn read(&self, path: &str, limit: usize) -> Result<Vec<u8>, ReadError> {
        let path = self.resolved(path);
        match self.files.get(&path) {
            Some(bytes) if bytes.len() > limit => Err(ReadError::TooLarge),
            Some(bytes) => Ok(bytes.clone()),
            None if self.is_folder(&path) => Err(ReadError::Directory),
            None => Err(ReadError::Missing),
        }
    }

    fn canonical(&self, path: &str) -> Option<String> {
        let path = self.resolved(path);
        (self.files.contains_key(&path) || self.is_folder(&path)).then_some(path)
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, ReadError> {
        let folder = self.resolved(folder);
        if !self.is_folder(&folder) {
            return Err(ReadError::Missing);
        }
        let names =
            self.files.keys().filter_map(|path| path.strip_prefix(&folder)?.strip_prefix('/'));
        Ok(names.filter(|name| !name.contains('/')).map(str::to_owned).collect())
    }
}

/// The folder that a path names a file in; empty for the folder where the program was started.
pub fn folder(path: &str) -> &str {
    match path.rfind('/') {
        Some(0) => "/",
        Some(at) => path.get(..at).unwrap_or_default(),
        None => "",
    }
}

/// `relative`, as seen from `folder`, without `.` and with as few `..` as possible. Symbolic links are not looked at.
pub fn joined(folder: &str, relative: &str) -> String {
    let whole = if relative.starts_with('/') || folder.is_empty() {
        relative.to_owned()
    } else {
        format!("{folder}/{relative}")
    };
    let rooted = whole.starts_with('/');
    let mut segments: Vec<&str> = Vec::new();
    for segment in whole.split('/') {
        match segment {
            "" | "." => {}
            ".." => match segments.last() {
                Some(&last) if last != ".." => {
                    segments.pop();
                }
                None if rooted => {}
                _ => segments.push(".."),
            },
            _ => segments.push(segment),
        }
    }
    let joined = segments.join("/");
    if rooted { format!("/{joined}") } else { joined }
}

/// Whether `path` is `folder` or lies in it. Both are canonical.
pub fn lies_in(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || folder.ends_with('/'))
}

fn absolute(path: &str) -> String {
    joined(Memory::FOLDER, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_joined_without_detours() {
        assert_eq!(joined("examples/backend", "./app.dep"), "examples/backend/app.dep");
        assert_eq!(joined("examples/backend", "../x/./y.dep"), "examples/x/y.dep");
        assert_eq!(joined("", "../x.dep"), "../x.dep");
        assert_eq!(joined("a", "../../x.dep"), "../x.dep");
        assert_eq!(joined("/a", "../../x.dep"), "/x.dep");
        assert_eq!(folder("a/b.dep"), "a");
        assert_eq!(folder("/b.dep"), "/");
        assert_eq!(folder("b.dep"), "");
    }

    #[test]
    fn a_folder_is_not_its_neighbour() {
        assert!(lies_in("/a/b", "/a"));
        assert!(lies_in("/a/b", "/"));
        assert!(!lies_in("/ab", "/a"));
    }
}
