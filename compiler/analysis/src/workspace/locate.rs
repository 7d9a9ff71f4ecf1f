//! From a string in a file to the file that it names, under the rules that keep a program within its project.

use crate::db::Module;
use crate::workspace::load::Walk;
use crate::workspace::text::Unreadable;
use crate::workspace::{Files, Workspace, folder, joined, lies_in};

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
        let outside = || Unreadable {
            code: 106,
            message: format!("{text:?} lies outside of the project's root"),
            help: Some(format!(
                "the root is {}, the nearest folder above the built file that holds a dep.toml, else the file's own \
                 folder: move the file below it, or put a dep.toml higher up",
                walk.project.root
            )),
        };
        if text.is_empty() || text.contains('\0') {
            return Err(Unreadable {
                code: 104,
                message: format!("{text:?} names no file"),
                help: None,
            });
        }
        let wanted = joined(folder(canonical), text);
        if !lies_in(&wanted, &walk.project.root) {
            return Err(outside());
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
        let seen_from = self.sources.get(&module).map_or("", |source| folder(&source.path));
        let display = joined(seen_from, text);
        let Some(target) = files.canonical(&wanted) else {
            return Err(Unreadable {
                code: 104,
                message: format!("there is no file {text:?}"),
                help: Some(format!(
                    "{display} was looked for; paths are relative to the file they stand in"
                )),
            });
        };
        if !lies_in(&target, &walk.project.root) {
            return Err(outside());
        }
        Ok((display, target))
    }
}
