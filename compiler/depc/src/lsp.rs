//! `depc lsp`: an editor at the other end of standard input and output.

use std::io;

use analysis::workspace::{Files, ReadError};
use server::serve;

use crate::disk::Disk;
use crate::{FAILED, FINE, Io, pages, say};

/// The disk, as a server of an editor sees it.
struct Editor(Disk);

pub fn run(io: &mut Io<'_>) -> u8 {
    let disk = Disk::new(io.folder.clone(), None);
    match serve(io::BufReader::new(io::stdin()), io::stdout(), Box::new(Editor(disk))) {
        Ok(true) => FINE,
        Ok(false) => FAILED,
        Err(error) => {
            say(io, &format!("error: the server cannot run: {error}\n"));
            FAILED
        }
    }
}

impl server::Disk for Editor {
    fn page(&self, code: &str) -> Option<String> {
        pages::page(code).map(|(_, page)| page.to_owned())
    }

    fn dep_files(&self, folder: &str) -> Vec<String> {
        // A folder that cannot be read has no programs to show.
        self.0.dep_files(folder).unwrap_or_default()
    }
}

impl Files for Editor {
    fn read(&self, path: &str, limit: usize) -> Result<Vec<u8>, ReadError> {
        self.0.read(path, limit)
    }

    fn canonical(&self, path: &str) -> Option<String> {
        self.0.canonical(path)
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, ReadError> {
        self.0.list(folder)
    }

    fn exists(&self, path: &str) -> bool {
        self.0.exists(path)
    }
}
