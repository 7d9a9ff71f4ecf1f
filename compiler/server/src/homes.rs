//! Which projects a file is part of, and copies of them.

use std::cell::RefCell;
use std::sync::Arc;

use analysis::diagnostic::Diagnostic;
use analysis::workspace::text::project_root;
use analysis::workspace::{Files, Workspace, joined, lies_in};

use crate::files::{View, canonical};
use crate::project::Project;
use crate::server::Server;
use crate::snapshot::Snapshot;
use crate::uri::path_of;

impl Server {
    /// The canonical path of an address.
    pub(crate) fn path(&self, uri: &str) -> Option<String> {
        let path = path_of(uri)?;
        Some(canonical(&*self.disk, &self.documents, &path).unwrap_or(path))
    }

    /// The project of a file.
    pub(crate) fn root_of(&self, path: &str) -> String {
        let view = View { disk: &*self.disk, open: &self.documents, folder: "" };
        project_root(&view, path)
    }

    /// Does something with the project of a file, and with the files as it sees them.
    pub(crate) fn with<R>(
        &mut self,
        path: &str,
        run: impl FnOnce(&mut Project, &dyn Files, &str) -> R,
    ) -> R {
        self.with_root(self.root_of(path), path, run)
    }

    fn with_root<R>(
        &mut self,
        root: String,
        path: &str,
        run: impl FnOnce(&mut Project, &dyn Files, &str) -> R,
    ) -> R {
        let log = &self.queries;
        let workspace = || log.clone().map_or_else(Workspace::default, Workspace::with_log);
        let project = self.projects.entry(root.clone());
        let project = project.or_insert_with(|| Project::new(root, workspace()));
        let folder = project.root.clone();
        let view = View { disk: &*self.disk, open: &self.documents, folder: &folder };
        let shown = project.shown(path).to_owned();
        run(project, &view, &shown)
    }

    /// Does something with every project that a file can be part of: without a `dep.toml`, that of its own folder and
    /// those of the folders above.
    pub(crate) fn with_all(
        &mut self,
        path: &str,
        mut run: impl FnMut(&mut Project, &dyn Files, &str),
    ) {
        for project in self.projects.values_mut().filter(|project| lies_in(path, &project.root)) {
            let folder = project.root.clone();
            let view = View { disk: &*self.disk, open: &self.documents, folder: &folder };
            let shown = project.shown(path).to_owned();
            run(project, &view, &shown);
        }
    }

    /// The projects that a file can be part of.
    pub(crate) fn homes(&self, path: &str) -> impl Iterator<Item = &Project> {
        self.projects.values().filter(move |project| lies_in(path, &project.root))
    }

    /// Tells the workspaces of what was typed.
    pub(crate) fn flush(&mut self) {
        let changed: Vec<(String, Arc<String>)> = self
            .documents
            .iter_mut()
            .filter(|(_, document)| document.changed)
            .map(|(path, document)| {
                document.changed = false;
                (path.clone(), document.text.clone())
            })
            .collect();
        for (path, text) in changed {
            self.revision += 1;
            self.with(&path, |project, _, shown| {
                if shown.ends_with(".dep") {
                    project.add(shown);
                }
            });
            self.with_all(&path, |project, files, shown| project.edit(files, shown, &text));
        }
    }

    /// A copy of what a file is part of, to be asked on another thread: of the project that knows most of who uses it.
    pub(crate) fn snapshot(&mut self, path: &str) -> Snapshot {
        let root = self.root_that_uses(path);
        self.snapshot_in(root, path)
    }

    fn root_that_uses(&self, path: &str) -> String {
        let own = self.root_of(path);
        let users = |project: &Project| {
            let shown = project.shown(path);
            project.holding(shown).iter().filter(|(program, _)| program != shown).count()
        };
        let most = self.homes(path).max_by_key(|home| (users(home), home.root == own));
        most.map_or(own, |home| home.root.clone())
    }

    fn snapshot_in(&mut self, root: String, path: &str) -> Snapshot {
        let encoding = self.client.encoding;
        let snippets = self.client.snippets;
        let versions = self.documents.iter();
        let versions =
            versions.map(|(path, open)| (path.clone(), (open.uri.clone(), open.version)));
        let open = Arc::new(versions.collect());
        self.with_root(root, path, |project, files, shown| {
            if project.holding(shown).is_empty() && shown.ends_with(".dep") {
                project.load(files, shown);
            }
            Snapshot {
                programs: project.holding(shown),
                snippets,
                file: shown.to_owned(),
                root: project.root.clone(),
                encoding,
                open,
                lines: RefCell::default(),
                workspace: project.workspace.snapshot(),
            }
        })
    }

    /// A copy to ask of a module of the library: of a project that uses it, if there is one.
    pub(crate) fn snapshot_of_library(&mut self, name: &str) -> Option<Snapshot> {
        let uses = |project: &&Project| project.workspace.knows(name);
        let user = self.projects.values().find(uses);
        let root = user.or_else(|| self.projects.values().next())?.root.clone();
        self.projects.get_mut(&root)?.workspace.read_library(name);
        let all = joined(&root, "dep.toml");
        let at = self.snapshot_in(root, &all);
        Some(Snapshot { file: name.to_owned(), programs: Vec::new(), ..at })
    }

    /// Copies of all projects, for a question about none of them.
    pub(crate) fn snapshots(&mut self) -> Vec<Snapshot> {
        let roots: Vec<String> = self.projects.keys().cloned().collect();
        roots.iter().map(|root| self.snapshot(&joined(root, "dep.toml"))).collect()
    }

    /// Whether a document is part of what the server looks at.
    pub(crate) fn knows(&self, uri: &str) -> bool {
        let Some(path) = self.path(uri) else { return false };
        self.documents.contains_key(&path)
            || self.homes(&path).any(|home| home.workspace.knows(home.shown(&path)))
    }

    /// Whether a file is a program that the server looks at.
    pub(crate) fn is_program(&self, path: &str) -> bool {
        self.homes(path).any(|home| home.is_program(home.shown(path)))
    }

    /// What is wrong with a file, as far as it is known.
    pub(crate) fn diagnostics(&self, uri: &str) -> Vec<Diagnostic> {
        let Some(path) = self.path(uri) else { return Vec::new() };
        self.found(&path)
    }
}
