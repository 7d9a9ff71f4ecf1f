//! From a string in a file to the file that it names, under the rules that keep a program within its project.

use crate::db::Module;
use crate::limits;
use crate::show::nearest;
use crate::workspace::load::Walk;
use crate::workspace::text::Unreadable;
use crate::workspace::{Files, ReadError, Workspace, folder, joined, lies_in};

impl Workspace {
    /// The file that a string in another file names: as the user would write its path, and canonical.
    pub(super) fn located(
        &self,
        files: &dyn Files,
        walk: &Walk,
        module: Module,
        canonical: &str,
        text: &str,
    ) -> Result<(String, String), Unreadable> {
        let root = &walk.project.root;
        let outside = |by_link: bool| {
            let lies = if by_link { "is a link that leads" } else { "lies" };
            let help = match files.exists(&joined(root, "dep.toml")) {
                true => {
                    format!("the root is {root}, where the dep.toml lies: move the file below it")
                }
                false => format!(
                    "the root is {root}, the folder of the built file: move the file below it, or put a dep.toml into a \
                     folder that holds both"
                ),
            };
            let message = format!("{text:?} {lies} outside of the project's root");
            Unreadable { code: 106, message, help: Some(help) }
        };
        if text.is_empty() || text.contains('\0') {
            return Err(Unreadable {
                code: 104,
                message: format!("{text:?} names no file"),
                help: None,
            });
        }
        let wanted = joined(folder(canonical), text);
        if !lies_in(&wanted, root) {
            return Err(outside(false));
        }
        let package = walk.project.package_of(canonical);
        if let Some((package, folder)) = package.and_then(|p| Some((p, p.folder.as_ref()?)))
            && !lies_in(&wanted, folder)
        {
            return Err(Unreadable {
                code: 106,
                message: format!("{text:?} lies outside of {}", package.name),
                help: Some(
                    "a package uses its own files, the library, and other packages".to_owned(),
                ),
            });
        }
        let seen_from = self.sources.get(module).map_or("", |source| folder(&source.path));
        let display = joined(seen_from, text);
        let Some(target) = files.canonical(&wanted) else {
            if let Err(ReadError::Other(reason)) = files.read(&wanted, limits::FILE_BYTES) {
                let message = format!("{text:?} cannot be read: {reason}");
                return Err(Unreadable { code: 701, message, help: None });
            }
            return Err(Unreadable {
                code: 104,
                message: format!("there is no file {text:?}"),
                help: Some(file_meant(files, &wanted, text).unwrap_or_else(|| {
                    if text.starts_with("std.") && !text.contains('/') {
                        return format!("a module of the library stands without quotes: `use {text}.Name`");
                    }
                    if text.contains("://") {
                        return "nothing is read from a network: store the file in the project, or make it a package of dep.toml".to_owned();
                    }
                    format!(
                        "{display} was looked for; paths are relative to the file they stand in"
                    )
                })),
            });
        };
        if !lies_in(&target, root) {
            return Err(outside(true));
        }
        Ok((display, target))
    }
}

/// The file that was meant by a path at which there is none: one beside it that is called alike.
fn file_meant(files: &dyn Files, wanted: &str, text: &str) -> Option<String> {
    let (folder, name) = wanted.rsplit_once('/')?;
    let beside = files.list(folder).ok()?;
    let whole = format!("{name}.dep");
    let near = match beside.iter().find(|file| **file == whole) {
        Some(file) => file,
        // An ending that files have in common says nothing of the name before it.
        None => {
            let stem = |file: &str| file.rsplit_once('.').map_or(file, |(stem, _)| stem).to_owned();
            let stems: Vec<String> = beside.iter().map(|file| stem(file)).collect();
            let own = stem(name);
            let same = stems.iter().position(|stem| *stem == own);
            let near = same.or_else(|| {
                let near = nearest(&own, stems.iter().map(String::as_str))?;
                stems.iter().position(|stem| stem == near)
            });
            beside.get(near?)?
        }
    };
    let before = text.strip_suffix(name)?;
    Some(format!("did you mean \"{before}{near}\"?"))
}
