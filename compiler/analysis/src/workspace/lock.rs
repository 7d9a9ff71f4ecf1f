//! `dep.lock`, which pins what packages hold: for each of their files a hash of its text.
//!
//! A build reads it and never writes it, so that a package changes when someone says so and at no other time.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};
use toml::de::{DeTable, DeValue};

use crate::diagnostic::Diagnostic;
use crate::workspace::plain::Plain;
use crate::workspace::project::{Project, in_order};
use crate::workspace::text::text_of_plain;
use crate::workspace::{Files, joined};

/// The hash of each file of a package, by its path in the package.
pub type Lock = BTreeMap<String, String>;

/// What a file of a package is in `dep.lock`. `text` is as the compiler reads it, so that a file whose line breaks were
/// changed by a tool of version control is the same.
pub fn hash(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().fold("sha256:".to_owned(), |hash, byte| format!("{hash}{byte:02x}"))
}

/// The text of a `dep.lock` for packages with the hashes of their files.
pub fn lock_text<'p>(packages: impl Iterator<Item = (&'p str, &'p Lock)>) -> String {
    let mut text = "# Written by `depc lock`: what the packages of dep.toml hold. A build refuses whatever differs.\n".to_owned();
    for (name, files) in packages {
        text.push_str(&format!("\n[packages.{}]\n", quoted(name)));
        for (file, hash) in files {
            text.push_str(&format!("{} = {}\n", quoted(file), quoted(hash)));
        }
    }
    text
}

/// Reads `dep.lock` into the packages of a project.
pub(super) fn locked(files: &dyn Files, project: &mut Project) {
    let display = joined(&project.shown, "dep.lock");
    let at = joined(&project.root, "dep.lock");
    if !files.exists(&at) {
        return;
    }
    let text = match text_of_plain(files, &display, &at) {
        Ok(text) => text,
        Err(error) => {
            project.problems.push(Diagnostic::error(118, None, error.message));
            return;
        }
    };
    let plain = Plain::new(display, text);
    let (table, errors) = DeTable::parse_recoverable(&plain.text);
    let mut broken: Vec<std::ops::Range<usize>> =
        errors.iter().map(|error| error.span().unwrap_or_default()).collect();
    for (key, value) in in_order(table.get_ref()) {
        match (&**key.get_ref(), value.get_ref()) {
            ("packages", DeValue::Table(packages)) => {
                for (name, files) in in_order(packages) {
                    let DeValue::Table(files) = files.get_ref() else {
                        broken.push(files.span());
                        continue;
                    };
                    let mut lock = Lock::new();
                    for (file, hash) in in_order(files) {
                        match hash.get_ref() {
                            DeValue::String(hash) => {
                                lock.insert(file.get_ref().to_string(), hash.to_string());
                            }
                            _ => broken.push(hash.span()),
                        }
                    }
                    let name = &**name.get_ref();
                    // A package that is named no more is no mistake: the next `depc lock` drops it.
                    if let Some(package) = project.packages.iter_mut().find(|p| p.name == name) {
                        package.lock = Some(lock);
                    }
                }
            }
            _ => broken.push(key.span()),
        }
    }
    if let Some(range) = broken.into_iter().next() {
        let message = "dep.lock is not as `depc lock` writes it";
        let problem = Diagnostic::error(118, Some(plain.span(range)), message)
            .help("run `depc lock`, and commit what it writes");
        project.problems.push(problem);
    }
    project.texts.push(plain);
}

/// A text as TOML writes it.
fn quoted(text: &str) -> String {
    let mut quoted = "\"".to_owned();
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => quoted.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
