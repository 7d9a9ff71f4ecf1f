//! A program as tests want to see it: its objects, and its problems as short lines.

use analysis::db::Item;
use analysis::diagnostic::Diagnostic;
use analysis::explain::{Explained, explained};
use analysis::problem::Severity;
use analysis::problems::{problems, units_of};
use analysis::render::render;
use analysis::workspace::{Loaded, Memory, Workspace};
use kube::tree::Tree;

pub struct Program {
    workspace: Workspace,
    loaded: Loaded,
}

/// A program of one file.
pub fn program(text: &str) -> Program {
    Program::of(&[("app.dep", text)], "app.dep", &[])
}

#[allow(dead_code)]
impl Program {
    pub fn of(files: &[(&str, &str)], main: &str, settings: &[&str]) -> Self {
        let mut memory = Memory::default();
        for (name, text) in files {
            memory.write(&format!("/{name}"), text.as_bytes());
        }
        let mut workspace = Workspace::default();
        let settings: Vec<String> = settings.iter().map(|s| (*s).to_owned()).collect();
        let loaded = workspace.load(&memory, &format!("/{main}"), &settings);
        Self { workspace, loaded }
    }

    fn units(&self) -> Vec<Item> {
        let db = self.workspace.db();
        let program = self.loaded.program.unwrap();
        units_of(db, program.root(db)).to_vec()
    }

    /// All problems.
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        problems(&self.workspace, &self.loaded)
    }

    /// Errors as lines: `app.dep:3 E0301 message`.
    pub fn errors(&self) -> String {
        self.lines(Severity::Error)
    }

    pub fn lines(&self, severity: Severity) -> String {
        let mut out = String::new();
        for d in self.diagnostics().iter().filter(|d| d.severity == severity) {
            let place =
                d.span.as_ref().map(|s| format!("{}:{}", s.file, s.start.line)).unwrap_or_default();
            out.push_str(&format!("{place} {} {}\n", d.code, d.message));
        }
        out
    }

    /// The layers of a leaf of the item of that name.
    pub fn explained(&self, item: &str, path: &[&str]) -> Explained {
        let db = self.workspace.db();
        let unit = self.units().into_iter().find(|unit| unit.name(db) == item).unwrap();
        explained(db, self.loaded.program.unwrap(), unit, path).unwrap()
    }

    pub fn yaml(&self) -> String {
        let db = self.workspace.db();
        let program = self.loaded.program.unwrap();
        let mut tree = Tree::default();
        let mut bytes = Vec::new();
        for item in self.units() {
            let rendered = render(db, program, item, &mut tree);
            for id in &rendered.objects {
                if let Some(object) = tree.node(*id) {
                    kube::yaml::document(object, &mut bytes);
                }
            }
        }
        String::from_utf8(bytes).unwrap()
    }

    /// `Kind/name` of each object.
    pub fn kinds(&self) -> Vec<String> {
        let db = self.workspace.db();
        let program = self.loaded.program.unwrap();
        let mut tree = Tree::default();
        for item in self.units() {
            render(db, program, item, &mut tree);
        }
        tree.roots()
            .map(|object| {
                let text = |path: &[&str]| {
                    object.at(path).and_then(|n| n.as_str()).unwrap_or("?").to_owned()
                };
                format!("{}/{}", text(&["kind"]), text(&["metadata", "name"]))
            })
            .collect()
    }
}
