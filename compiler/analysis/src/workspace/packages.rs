//! Modules of packages: `use queue from "@example/queue"` is `queue.dep` in the folder that `dep.toml` gives for the
//! package, if it holds what `dep.lock` says.

use std::ops::Range;
use std::sync::Arc;

use syntax::{Node, NodeKind};

use crate::db::Module;
use crate::resolve::package_key;
use crate::show::did_you_mean;
use crate::workspace::lock::hash;
use crate::workspace::project::Project;
use crate::workspace::text::{Unreadable, normalised};
use crate::workspace::{Files, Workspace, joined, lies_in};

/// A `use … from "…"`.
pub(super) struct FromPackage {
    package: String,
    segments: Vec<String>,
    /// The last segment may be a name in a module.
    may_name_item: bool,
    pub path: Range<usize>,
    string: Range<usize>,
}

/// What is wrong with a `use` of a package, and with which part of it.
pub(super) type Refused = (Range<usize>, Unreadable);

impl FromPackage {
    /// Of a `use` item that begins at `start` of its file.
    pub fn of(entry: Node<'_>, start: usize) -> Option<Self> {
        let path = entry.child(NodeKind::ModulePath)?;
        let string = entry.child(NodeKind::From)?.child(NodeKind::Str)?;
        let at = |node: Node<'_>| start + node.range().start..start + node.range().end;
        Some(Self {
            package: syntax::literal::string_value(string.text()).into_owned(),
            segments: path.children_of(NodeKind::Name).map(|name| name.text().to_owned()).collect(),
            may_name_item: entry.child(NodeKind::UseNames).is_none(),
            path: at(path),
            string: at(string),
        })
    }
}

impl Workspace {
    /// Finds the file that a `use` of a package means: the key by which its module knows it, the path that the user
    /// would write for it, and the canonical one.
    pub(super) fn in_package(
        &self,
        files: &dyn Files,
        project: &Project,
        from: &FromPackage,
    ) -> Result<Option<(Arc<str>, String, String)>, Refused> {
        let error = |code, message| Unreadable { code, message, help: None };
        let refused = |range: &Range<usize>, error| Err((range.clone(), error));
        let name = &from.package;
        let Some(package) = project.package(name) else {
            let names = project.packages.iter().map(|package| package.name.as_str());
            let mut error = error(115, format!("dep.toml names no package {name:?}"));
            error.help = did_you_mean(name, names).or_else(|| {
                let entry = format!("\"{name}\" = {{ path = \"packages/…\" }}");
                Some(format!(
                    "a package is a folder of the project, under `[packages]` in dep.toml: `{entry}`; there is no registry to ask"
                ))
            });
            return refused(&from.string, error);
        };
        // What is wrong with it in dep.toml is told there.
        let Some(folder) = &package.folder else { return Ok(None) };
        let shortest = if from.may_name_item { 1 } else { from.segments.len() };
        let found = (shortest..=from.segments.len()).rev().find_map(|count| {
            let names = from.segments.get(..count)?;
            let file = format!("{}.dep", names.join("/"));
            let canonical = files.canonical(&joined(folder, &file))?;
            Some((package_key(name, names), file, canonical))
        });
        let Some((key, file, canonical)) = found else {
            let path = from.segments.join(".");
            let mut error = error(104, format!("{name} has no module `{path}`"));
            // Its files are known by their names in dep.lock.
            let files = package.lock.iter().flat_map(|lock| lock.keys());
            let modules: Vec<String> = files
                .filter_map(|file| Some(file.strip_suffix(".dep")?.replace('/', ".")))
                .collect();
            let file = format!("{}.dep", from.segments.join("/"));
            error.help = did_you_mean(&path, modules.iter().map(String::as_str)).or_else(|| {
                Some(format!("a module is a file of the package; {file} was looked for"))
            });
            return refused(&from.path, error);
        };
        if !lies_in(&canonical, folder) {
            return refused(&from.path, error(106, format!("{file} lies outside of {name}")));
        }
        let relative = canonical.strip_prefix(project.root.as_str()).unwrap_or(&canonical);
        let display = joined(&project.shown, relative.trim_start_matches('/'));
        Ok(Some((key, display, canonical)))
    }

    /// Whether a file of a package is what `dep.lock` says. What lies in the package of the built file is what that is
    /// being written with, and changes with it.
    pub(super) fn pinned(
        &self,
        project: &Project,
        canonical: &str,
        module: Module,
    ) -> Result<(), Unreadable> {
        let Some(package) = project.package_of(canonical) else { return Ok(()) };
        if project.built_in.as_deref() == Some(&*package.name) {
            return Ok(());
        }
        let name = &package.name;
        let error = |code, message, help: &str| {
            Err(Unreadable { code, message, help: Some(help.to_owned()) })
        };
        let lock = "run `depc lock`, which writes what the packages hold now, and commit dep.lock";
        let Some(pinned) = &package.lock else {
            return error(118, format!("dep.lock says nothing of {name}"), lock);
        };
        let folder = package.folder.as_deref().unwrap_or_default();
        let file = canonical.strip_prefix(folder).unwrap_or_default().trim_start_matches('/');
        let Some(pinned) = pinned.get(file) else {
            return error(118, format!("dep.lock does not know {file} of {name}"), lock);
        };
        let text = self.source(module).map_or("", |source| source.text());
        // What is embedded is kept as it is, and pinned without regard to the breaks of its lines.
        if *pinned == hash(&normalised(text)) {
            return Ok(());
        }
        let message = format!("{file} of {name} is not what dep.lock pins");
        error(119, message, "run `depc lock` if the change is meant; if not, restore the file")
    }
}
