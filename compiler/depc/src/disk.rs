//! Real files: the only place where the compiler reads them.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use analysis::workspace::{Files, ReadError};

/// How standard input is called where a file would be.
pub const STDIN: &str = "<stdin>";

/// The disk as seen from a folder, and what was read from standard input and from pipes.
pub struct Disk {
    folder: PathBuf,
    /// What can be read only once, by the path that the command line has for it.
    streams: BTreeMap<String, Result<Vec<u8>, ReadError>>,
}

impl Disk {
    /// `stdin` is what was read of standard input, where that was asked for.
    pub fn new(folder: PathBuf, stdin: Option<Result<Vec<u8>, ReadError>>) -> Self {
        let streams = stdin.into_iter().map(|stdin| (STDIN.to_owned(), stdin)).collect();
        Self { folder, streams }
    }

    /// Reads what the command line names and is no file of its own, such as the pipe of `<(…)`. Whoever writes to a pipe is
    /// waited for, as any program does that is given one. Nothing else that is read may be a pipe.
    pub fn read_streams<'p>(&mut self, paths: impl IntoIterator<Item = &'p String>, limit: usize) {
        for path in paths {
            let kind = fs::metadata(self.path(path)).map(|metadata| metadata.file_type());
            if kind.is_ok_and(|kind| !kind.is_file() && !kind.is_dir())
                && !self.streams.contains_key(path)
            {
                let read =
                    File::open(self.path(path)).and_then(|file| read_at_most(file, 0, limit));
                let read = read.map_err(|error| ReadError::Other(error.to_string()));
                let read = read.and_then(|bytes| bytes.ok_or(ReadError::TooLarge));
                self.streams.insert(path.clone(), read);
            }
        }
    }

    /// A path of the command line as one of this system, seen from the folder.
    pub fn path(&self, path: &str) -> PathBuf {
        self.folder.join(path)
    }

    pub fn is_folder(&self, path: &str) -> bool {
        self.path(path).is_dir()
    }

    /// All `.dep` files in a folder and those below it, sorted. Hidden folders and links to folders are left out.
    pub fn dep_files(&self, folder: &str) -> io::Result<Vec<String>> {
        let mut found = self.all_files(folder)?;
        found.retain(|path| path.ends_with(".dep"));
        Ok(found)
    }

    /// As [`Disk::dep_files`], files of YAML and JSON.
    pub fn data_files(&self, folder: &str) -> io::Result<Vec<String>> {
        let mut found = self.all_files(folder)?;
        found.retain(|path| analysis::data::can_be_read(path));
        Ok(found)
    }

    /// As [`Disk::dep_files`], files of all kinds.
    pub fn all_files(&self, folder: &str) -> io::Result<Vec<String>> {
        let mut found = Vec::new();
        let mut waiting = vec![folder.trim_end_matches('/').to_owned()];
        while let Some(folder) = waiting.pop() {
            for entry in fs::read_dir(self.path(&folder))? {
                let entry = entry?;
                let name = entry.file_name();
                let Some(name) = name.to_str().filter(|name| !name.starts_with('.')) else {
                    continue;
                };
                let path =
                    if folder.is_empty() { format!("/{name}") } else { format!("{folder}/{name}") };
                let kind = entry.file_type()?;
                if kind.is_dir() {
                    waiting.push(path);
                } else if self.path(&path).is_file() {
                    found.push(path);
                }
            }
        }
        found.sort();
        Ok(found)
    }
}

impl Files for Disk {
    fn read(&self, path: &str, limit: usize) -> Result<Vec<u8>, ReadError> {
        if let Some(stream) = self.stream(path) {
            return match stream {
                Ok(bytes) if bytes.len() > limit => Err(ReadError::TooLarge),
                read => read.clone(),
            };
        }
        let path = self.path(path);
        read(&path, limit)
    }

    fn canonical(&self, path: &str) -> Option<String> {
        if self.streams.contains_key(path) {
            // What it uses is looked for in the folder in which the command runs.
            let name = path.trim_matches(['<', '>', '/']).replace('/', "-");
            return slashes(&fs::canonicalize(&self.folder).ok()?.join(format!("<{name}>")));
        }
        slashes(&fs::canonicalize(self.path(path)).ok()?)
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, ReadError> {
        let path = self.path(folder);
        if !path.is_dir() {
            return Err(ReadError::Missing);
        }
        let refused = |error: io::Error| ReadError::Other(error.to_string());
        let mut names = Vec::new();
        for entry in fs::read_dir(path).map_err(refused)? {
            let name = entry.map_err(refused)?.file_name();
            let name = name.to_str().filter(|name| !name.starts_with('.'));
            let is_file = |name: &&str| self.path(&format!("{folder}/{name}")).is_file();
            names.extend(name.filter(is_file).map(str::to_owned));
        }
        names.sort();
        Ok(names)
    }

    fn exists(&self, path: &str) -> bool {
        self.path(path).exists()
    }
}

impl Disk {
    /// What was read of a stream, by its path or its canonical one.
    fn stream(&self, path: &str) -> Option<&Result<Vec<u8>, ReadError>> {
        let is_canonical = |stream: &&String| self.canonical(stream).is_some_and(|own| own == path);
        let named = || self.streams.keys().find(is_canonical);
        self.streams.get(path).or_else(|| self.streams.get(named()?))
    }
}

fn read(path: &Path, limit: usize) -> Result<Vec<u8>, ReadError> {
    let refused = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => ReadError::Missing,
        io::ErrorKind::IsADirectory => ReadError::Directory,
        _ => ReadError::Other(error.to_string()),
    };
    // Opening a pipe to which nobody writes would wait without end.
    let metadata = fs::metadata(path).map_err(refused)?;
    if metadata.is_dir() {
        return Err(ReadError::Directory);
    }
    if !metadata.is_file() {
        let why = "it is no file, and a pipe or a device can only be named on the command line";
        return Err(ReadError::Other(why.to_owned()));
    }
    let file = File::open(path).map_err(refused)?;
    read_at_most(file, metadata.len(), limit).map_err(refused)?.ok_or(ReadError::TooLarge)
}

/// All that there is to read, or `None` where that is more than `limit` bytes. It is read at once where it is as long
/// as `expected`.
pub fn read_at_most(from: impl Read, expected: u64, limit: usize) -> io::Result<Option<Vec<u8>>> {
    let expected = usize::try_from(expected).map_or(limit, |bytes| bytes.min(limit));
    let mut bytes = Vec::with_capacity(expected + 1);
    from.take(limit as u64 + 1).read_to_end(&mut bytes)?;
    Ok((bytes.len() <= limit).then_some(bytes))
}

/// Makes `bytes` the content of a file at once: whoever reads it sees what was there or all of the new.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_string_lossy();
    let temporary = path.with_file_name(format!(".{name}.depc-{}", std::process::id()));
    let written =
        File::create(&temporary).and_then(|mut file| file.write_all(bytes)).and_then(|()| {
            // A file that is replaced keeps who may read it.
            if let Ok(there) = fs::metadata(path) {
                fs::set_permissions(&temporary, there.permissions())?;
            }
            fs::rename(&temporary, path)
        });
    if written.is_err() {
        // The first error is the one to report.
        let _ = fs::remove_file(&temporary);
    }
    written
}

/// A path with `/` between its parts; `None` where it is not Unicode.
fn slashes(path: &Path) -> Option<String> {
    let text = path.to_str()?;
    if cfg!(windows) {
        Some(text.trim_start_matches(r"\\?\").replace('\\', "/"))
    } else {
        Some(text.to_owned())
    }
}
