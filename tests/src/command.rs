//! The command, run inside of the test with a folder of its own.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// What a run gave back.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Output {
    pub code: u8,
    pub stdout: String,
    pub stderr: String,
}

/// Runs `depc` in a folder.
pub fn depc(folder: &Path, arguments: &[&str]) -> Output {
    depc_with_input(folder, arguments, b"")
}

/// Runs `depc` in a folder, with something on standard input.
pub fn depc_with_input(folder: &Path, arguments: &[&str], input: &[u8]) -> Output {
    let mut stdout = Vec::new();
    let mut stderr = Vec::new();
    let mut stdin = input;
    let code = {
        let mut io = depc::Io {
            folder: folder.to_owned(),
            stdin: &mut stdin,
            stdout: &mut stdout,
            stderr: &mut stderr,
            color: false,
            terminal: false,
        };
        let all = std::iter::once("depc").chain(arguments.iter().copied()).map(OsString::from);
        depc::run(all, &mut io)
    };
    Output {
        code,
        stdout: String::from_utf8(stdout).expect("output is UTF-8"),
        stderr: String::from_utf8(stderr).expect("messages are UTF-8"),
    }
}

/// A folder that is gone when the test is.
pub struct Folder {
    folder: tempfile::TempDir,
}

impl Folder {
    /// A folder with these files: (path, text).
    pub fn new(files: &[(&str, &str)]) -> Self {
        let folder = Self { folder: tempfile::tempdir().unwrap() };
        for (path, text) in files {
            folder.write(path, text);
        }
        folder
    }

    pub fn write(&self, path: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    pub fn read(&self, path: &str) -> Option<String> {
        std::fs::read_to_string(self.path().join(path)).ok()
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    pub fn depc(&self, arguments: &[&str]) -> Output {
        depc(&self.path(), arguments)
    }

    /// The names of what is in the folder below, sorted.
    pub fn names(&self, folder: &str) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(self.path().join(folder))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }
}

/// Runs the lines of a console block that begin with `$ `, and gives the block as it should read: each command, what
/// it printed, and its exit code in brackets where that is not 0. `program` says what the first words of a command
/// that stand for `depc` are.
pub fn console(folder: &Path, text: &str, programs: &[&str]) -> String {
    let mut out = String::new();
    for command in text.lines().filter_map(|line| line.strip_prefix("$ ")) {
        out.push_str(&format!("$ {command}\n"));
        let rest =
            programs.iter().find_map(|program| command.strip_prefix(program)?.strip_prefix(' '));
        let rest = rest.unwrap_or_else(|| panic!("only depc is run in console blocks: {command}"));
        let words = words(rest);
        let output = depc(folder, &words.iter().map(String::as_str).collect::<Vec<_>>());
        out.push_str(&output.stdout);
        out.push_str(output.stderr.trim_end_matches('\n'));
        if !output.stderr.is_empty() {
            out.push('\n');
        }
        if output.code != 0 {
            out.push_str(&format!("[{}]\n", output.code));
        }
    }
    // A difference shows an empty line as a blank, which no text of ours ends with.
    out.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

/// The words of a command line, as far as quotes go.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quote = None;
    for c in line.chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '"' | '\'') => quote = Some(c),
            (None, ' ') => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
            }
            _ => word.push(c),
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}
