//! A program as tests want to see it: its objects, and its problems as short lines.

use analysis::db::{Item, ItemKind};
use analysis::diagnostic::{Diagnostic, diagnostic};
use analysis::elaborate::elaborate;
use analysis::problem::Severity;
use analysis::render::render;
use analysis::resolve::brought;
use analysis::validate::validate;
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
        let root = program.root(db);
        let mut seen = Vec::new();
        let mut units = Vec::new();
        let modules = std::iter::once(root.base(db)).chain(root.overlays(db).iter().copied());
        for item in modules.flat_map(|module| module.items(db).iter().copied()) {
            match item.kind(db) {
                ItemKind::Binding | ItemKind::Input | ItemKind::Let | ItemKind::Set => {
                    if !seen.contains(&item.name(db)) {
                        seen.push(item.name(db));
                        units.push(item);
                    }
                }
                ItemKind::Check => units.push(item),
                _ => {}
            }
        }
        units
    }

    /// All problems.
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        let db = self.workspace.db();
        let mut all = self.loaded.problems.clone();
        let show = |problem: &analysis::problem::Problem| diagnostic(&self.workspace, problem);
        for module in &self.loaded.modules {
            all.extend(brought(db, *module).problems.iter().map(show));
            for item in module.items(db) {
                all.extend(elaborate(db, *item).problems.iter().map(show));
            }
        }
        if let Some(program) = self.loaded.program {
            for item in self.units() {
                all.extend(validate(db, program, item).problems.iter().map(show));
            }
        }
        all
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
