//! Programs that are edited in a workspace that logs its queries, each time compared with a workspace that sees the
//! files for the first time.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use analysis::build::{Format, built};
use analysis::cross::{crossed, crossed_at_once};
use analysis::db::Log;
use analysis::diagnostic::Diagnostic;
use analysis::parallel::on_deep_stack;
use analysis::problems::problems;
use analysis::workspace::{Loaded, Memory, Workspace};

/// Files that are edited.
pub struct Session {
    files: BTreeMap<String, String>,
    /// Modules of the library that were edited, with their texts.
    library: BTreeMap<String, String>,
    workspace: Workspace,
    log: Log,
}

/// What a program comes to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outcome {
    pub diagnostics: Vec<Diagnostic>,
    /// The YAML; empty where there are errors.
    pub yaml: String,
}

impl Default for Session {
    fn default() -> Self {
        let log: Log = Arc::new(Mutex::new(Vec::new()));
        Self {
            files: BTreeMap::new(),
            library: BTreeMap::new(),
            workspace: Workspace::with_log(log.clone()),
            log,
        }
    }
}

impl Session {
    /// Makes `text` the text of a file.
    pub fn write(&mut self, path: &str, text: &str) {
        self.files.insert(path.to_owned(), text.to_owned());
        if !self.workspace.edit(path, text) {
            // A file that was looked for in vain is there now.
            self.workspace.retry();
        }
    }

    /// Edits the library by replacing a text in the one module that has it.
    pub fn edit_library(&mut self, from: &str, to: &str) {
        let now = |module: &analysis::workspace::LibraryModule| {
            self.library.get(module.name).cloned().unwrap_or_else(|| module.text.to_owned())
        };
        let modules =
            analysis::workspace::library().iter().map(|module| (module.name, now(module)));
        let holders: Vec<_> = modules.filter(|(_, text)| text.contains(from)).collect();
        let [(name, text)] = holders.as_slice() else {
            panic!("{from:?} stands in {} modules", holders.len());
        };
        let text = text.replacen(from, to, 1);
        assert!(self.workspace.edit_library(name, &text));
        self.library.insert((*name).to_owned(), text);
    }

    pub fn text(&self, path: &str) -> &str {
        &self.files[path]
    }

    pub fn workspace(&mut self) -> &mut Workspace {
        &mut self.workspace
    }

    pub fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    fn memory(&self) -> Memory {
        let mut memory = Memory::default();
        for (path, text) in &self.files {
            memory.write(path, text.as_str());
        }
        memory
    }

    /// Only what is wrong with a program.
    pub fn diagnostics(&mut self, path: &str) -> Vec<Diagnostic> {
        let memory = self.memory();
        let loaded = self.workspace.load(&memory, path, &[]);
        problems(&self.workspace, &loaded)
    }

    /// Builds a program, and compares with building it for the first time.
    pub fn build(&mut self, path: &str) -> Outcome {
        let memory = self.memory();
        let loaded = self.workspace.load(&memory, path, &[]);
        let warm = outcome(&self.workspace, &loaded);
        let mut cold = Workspace::default();
        for (name, text) in &self.library {
            assert!(cold.edit_library(name, text));
        }
        let loaded = cold.load(&memory, path, &[]);
        let cold = outcome(&cold, &loaded);
        assert_eq!(warm, cold, "warm and cold differ for\n{}", self.shown());
        warm
    }

    /// All files, for messages.
    pub fn shown(&self) -> String {
        self.files.iter().map(|(path, text)| format!("--- {path}\n{text}")).collect()
    }

    /// The diagnostics as the terminal shows them.
    pub fn rendered(&self, diagnostics: &[Diagnostic]) -> String {
        let text = depc::shown(&self.workspace, diagnostics.iter(), false);
        String::from_utf8(text).unwrap()
    }

    /// How often each query ran since this was asked last, by name.
    pub fn executed(&mut self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for line in self.log.lock().unwrap().drain(..) {
            let name = line.split('(').next().unwrap_or_default().to_owned();
            *counts.entry(name).or_default() += 1;
        }
        counts
    }

    /// The same as lines of text: `elaborate 1`.
    pub fn executed_text(&mut self) -> String {
        self.executed().iter().map(|(name, count)| format!("{name} {count}\n")).collect()
    }
}

/// A program whose first build is over.
pub fn session(files: &[(&str, &str)], main: &str) -> Session {
    let mut session = Session::default();
    for (path, text) in files {
        session.write(path, text);
    }
    let outcome = session.build(main);
    assert!(!outcome.yaml.is_empty(), "{}", session.rendered(&outcome.diagnostics));
    session.diagnostics(main);
    session.executed();
    session
}

/// Edits a file by replacing a text in it, and gives how often each query ran to find what is wrong then. Also builds,
/// which compares with a fresh workspace.
pub fn edit(
    session: &mut Session,
    main: &str,
    path: &str,
    from: &str,
    to: &str,
) -> BTreeMap<String, usize> {
    let old = session.text(path).to_owned();
    assert!(old.contains(from), "{from:?} is not in {path}");
    session.write(path, &old.replacen(from, to, 1));
    ran(session, main)
}

/// As [`edit`], of the library: see [`Session::edit_library`].
pub fn edit_library(
    session: &mut Session,
    main: &str,
    from: &str,
    to: &str,
) -> BTreeMap<String, usize> {
    session.edit_library(from, to);
    ran(session, main)
}

fn ran(session: &mut Session, main: &str) -> BTreeMap<String, usize> {
    session.executed();
    session.diagnostics(main);
    let executed = session.executed();
    session.build(main);
    session.diagnostics(main);
    session.executed();
    executed
}

/// The program that is edited.
pub const APP: &str = r#"//! Three services.
use std.workload.Service

/// Tag of every image.
input tag: Str = "v1"

app = Service {
  image = "ghcr.io/your-org/app:\(tag)"
  ports { http = 3000 }
  env { GIT_URL = git.endpoints.http.url }
}

git = Service {
  image = "ghcr.io/your-org/git:1.0.0"
  ports { http = 8021, ssh = 2222 }
  env { LEVEL = "info" }
}

other = Service {
  image = "ghcr.io/your-org/other:1.0.0"
  ports { http = 8081 }
}
"#;

/// Which queries ran, and how often: `elaborate 1, validate 2`.
pub fn listed(executed: &BTreeMap<String, usize>) -> String {
    let parts: Vec<_> = executed.iter().map(|(name, count)| format!("{name} {count}")).collect();
    parts.join(", ")
}

/// How often a query of this name ran.
pub fn of(executed: &BTreeMap<String, usize>, name: &str) -> usize {
    executed.get(name).copied().unwrap_or(0)
}

/// What a loaded program comes to.
pub fn outcome(workspace: &Workspace, loaded: &Loaded) -> Outcome {
    let diagnostics = problems(workspace, loaded);
    let mut yaml = String::new();
    if !diagnostics.iter().any(Diagnostic::is_error) {
        let built = built(workspace, loaded, Format::Yaml);
        assert_eq!(built.diagnostics, diagnostics, "a build finds what a check does");
        let objects = built.objects.expect("the output is not too large");
        for (count, text) in objects.texts().enumerate() {
            yaml.push_str(if count > 0 { "---\n" } else { "" });
            yaml.push_str(std::str::from_utf8(text).unwrap());
        }
    }
    let bounded = diagnostics.iter().all(|diagnostic| diagnostic.code != "E0505");
    if let Some(program) = loaded.program.filter(|_| bounded) {
        let db = workspace.db();
        on_deep_stack(|| {
            let (apart, at_once) = (crossed(db, program), crossed_at_once(db, program));
            assert_eq!(*apart, at_once, "rules find the same in groups as in all objects");
        });
    }
    Outcome { diagnostics, yaml }
}
