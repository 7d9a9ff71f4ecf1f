//! The programs below one root, and what is wrong with them.
//!
//! Each `.dep` file is a program of its own, as for `depc check` of the folder. A change makes stale only the programs
//! that hold the file; what is wrong with a file is what is wrong there in any program.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use analysis::diagnostic::Diagnostic;
use analysis::limits::FILE_BYTES;
use analysis::unread::is_unread;
use analysis::workspace::text::normalised;
use analysis::workspace::{Files, Loaded, Options, Workspace, joined};

/// A program, and what is known of it.
#[derive(Clone, Debug, Default)]
pub struct Program {
    pub loaded: Option<Arc<Loaded>>,
    /// The files that it is made of, sorted.
    files: Vec<Arc<str>>,
    /// What is wrong with it, by file, as it was when it was looked at last, and which files it held then.
    found: BTreeMap<Arc<str>, Vec<Diagnostic>>,
    held: Vec<Arc<str>>,
    /// Something changed since then.
    stale: bool,
}

pub struct Project {
    /// The folder that all paths here are seen from.
    pub root: String,
    pub workspace: Workspace,
    /// By path.
    programs: BTreeMap<String, Program>,
    /// The programs that have problems in a file.
    troubled: BTreeMap<Arc<str>, BTreeSet<String>>,
    /// Those that are to be looked at, and of these those that hold what was edited.
    stale: BTreeSet<String>,
    urgent: BTreeSet<String>,
}

impl Project {
    pub fn new(root: String, workspace: Workspace) -> Self {
        Self {
            root,
            workspace,
            programs: BTreeMap::new(),
            troubled: BTreeMap::new(),
            stale: BTreeSet::new(),
            urgent: BTreeSet::new(),
        }
    }

    /// A path below the root as one that is seen from it.
    pub fn shown<'p>(&self, canonical: &'p str) -> &'p str {
        let rest = canonical.strip_prefix(self.root.as_str()).unwrap_or(canonical);
        rest.trim_start_matches('/')
    }

    /// The canonical path of a file that is seen from the root.
    pub fn path(&self, shown: &str) -> String {
        joined(&self.root, shown)
    }

    /// A file that is a program.
    pub fn add(&mut self, path: &str) {
        if !self.programs.contains_key(path) {
            self.programs.insert(path.to_owned(), Program { stale: true, ..Program::default() });
            self.stale.insert(path.to_owned());
        }
    }

    pub fn is_program(&self, path: &str) -> bool {
        self.programs.contains_key(path)
    }

    /// A file that is a program no more. What was wrong with it is wrong no more; gives the files concerned.
    pub fn remove(&mut self, path: &str) -> Vec<Arc<str>> {
        self.stale.remove(path);
        self.urgent.remove(path);
        let concerned = self.tell(path, BTreeMap::new());
        self.programs.remove(path);
        concerned
    }

    /// Makes this the text of a file.
    pub fn edit(&mut self, files: &dyn Files, path: &str, text: &str) {
        if text.len() > FILE_BYTES {
            return self.vanish(files, path);
        }
        if !self.workspace.knows(path) {
            return self.appear();
        }
        if self.workspace.text(path) == Some(&*normalised(text)) {
            return;
        }
        self.workspace.edit(path, text);
        self.touched(path);
    }

    /// A file that is not there any more, or that is another kind of file now.
    pub fn vanish(&mut self, files: &dyn Files, path: &str) {
        self.workspace.vanished(files, path);
        self.touched(path);
        self.appear();
    }

    /// Something is there that was not, which only those who missed something can care about.
    pub fn appear(&mut self) {
        self.workspace.retry();
        let missing: Vec<String> = self
            .programs
            .iter()
            .filter(|(_, program)| {
                program.loaded.as_ref().is_none_or(|loaded| !loaded.problems.is_empty())
            })
            .map(|(path, _)| path.clone())
            .collect();
        missing.into_iter().for_each(|path| self.make_stale(path));
    }

    fn touched(&mut self, path: &str) {
        let holds = |program: &Program| program.files.binary_search_by(|f| (**f).cmp(path)).is_ok();
        let touched = self.programs.iter().filter(|(_, program)| holds(program));
        let touched: Vec<String> = touched.map(|(path, _)| path.clone()).collect();
        for path in touched {
            self.urgent.insert(path.clone());
            self.make_stale(path);
        }
    }

    fn make_stale(&mut self, path: String) {
        if let Some(program) = self.programs.get_mut(&path) {
            program.stale = true;
            self.stale.insert(path);
        }
    }

    /// The program to look at next, and how soon: first those that are open (0), then those that hold what was edited
    /// (1), then the others (2).
    pub fn next(&self, open: &BTreeSet<String>) -> Option<(u8, String)> {
        let first = open.iter().find(|path| self.stale.contains(*path)).map(|path| (0, path));
        let next = first.or_else(|| Some((1, self.urgent.first()?)));
        next.or_else(|| Some((2, self.stale.first()?))).map(|(rank, path)| (rank, path.clone()))
    }

    /// How many programs are to be looked at, and how many there are.
    pub fn progress(&self) -> (usize, usize) {
        (self.stale.len(), self.programs.len())
    }

    /// Whether all programs are loaded and looked at as they are now.
    pub fn is_known(&self) -> bool {
        self.stale.is_empty()
    }

    /// Whether all is known that is wrong with a file. One that is held by no program yet may be by any.
    pub fn is_settled(&self, path: &str) -> bool {
        self.stale.iter().all(|stale| {
            let program = self.programs.get(stale);
            program.is_some_and(|program| {
                program.loaded.is_some()
                    && program.files.binary_search_by(|f| (**f).cmp(path)).is_err()
            })
        })
    }

    /// Finds the files of a program.
    pub fn load(&mut self, files: &dyn Files, path: &str) -> Option<Arc<Loaded>> {
        let loaded = Arc::new(self.workspace.load_with(files, path, &Options::default()));
        let program = self.programs.get_mut(path)?;
        let same = program.loaded.as_ref().is_some_and(|known| known.modules == loaded.modules);
        if !same {
            let held = loaded.modules.iter().filter_map(|module| self.workspace.source(*module));
            program.files = held.map(|source| source.path.clone()).collect();
            program.files.sort();
        }
        program.loaded = Some(loaded.clone());
        Some(loaded)
    }

    /// Takes note of what was found wrong with a program that did not change since. Gives the files concerned.
    pub fn checked(&mut self, path: &str, found: Vec<Diagnostic>) -> Vec<Arc<str>> {
        self.stale.remove(path);
        self.urgent.remove(path);
        let mut by_file: BTreeMap<Arc<str>, Vec<Diagnostic>> = BTreeMap::new();
        for diagnostic in found {
            // What has no place stands at the top of the program.
            let file = match &diagnostic.span {
                Some(span) => span.file.clone(),
                None => Arc::from(path),
            };
            by_file.entry(file).or_default().push(diagnostic);
        }
        if let Some(program) = self.programs.get_mut(path) {
            program.stale = false;
        }
        self.tell(path, by_file)
    }

    fn tell(&mut self, path: &str, found: BTreeMap<Arc<str>, Vec<Diagnostic>>) -> Vec<Arc<str>> {
        let Some(program) = self.programs.get_mut(path) else { return Vec::new() };
        let before = std::mem::replace(&mut program.found, found);
        let held = std::mem::replace(&mut program.held, program.files.clone());
        let mut concerned: BTreeSet<Arc<str>> = BTreeSet::new();
        // What others say of names that nothing uses counts only where all programs that hold the file say so.
        for file in held.iter().chain(&program.files) {
            if self.troubled.get(file).is_some_and(|programs| !programs.is_empty()) {
                concerned.insert(file.clone());
            }
        }
        for (file, was) in &before {
            if program.found.get(file) != Some(was) {
                concerned.insert(file.clone());
            }
            if !program.found.contains_key(file)
                && let Some(programs) = self.troubled.get_mut(file)
            {
                programs.remove(path);
            }
        }
        for file in program.found.keys() {
            if !before.contains_key(file) {
                concerned.insert(file.clone());
                self.troubled.entry(file.clone()).or_default().insert(path.to_owned());
            }
        }
        concerned.into_iter().collect()
    }

    /// What is wrong with a file in any program, each once; of names that nothing uses, what all programs say.
    pub fn found(&self, file: &str) -> Vec<Diagnostic> {
        let mut told = BTreeSet::new();
        let mut unread: BTreeMap<(Option<usize>, String), usize> = BTreeMap::new();
        let mut all = Vec::new();
        let programs = self.troubled.get(file).into_iter().flatten();
        for diagnostic in
            programs.filter_map(|path| self.programs.get(path)?.found.get(file)).flatten()
        {
            let at = diagnostic.span.as_ref().map(|span| span.range.start);
            if is_unread(diagnostic) {
                *unread.entry((at, diagnostic.message.clone())).or_default() += 1;
            }
            if told.insert((at, diagnostic.code.clone(), diagnostic.message.clone())) {
                all.push(diagnostic.clone());
            }
        }
        if !unread.is_empty() {
            let holds = |program: &&Program| {
                program.held.binary_search_by(|held| (**held).cmp(file)).is_ok()
            };
            let holders = self.programs.values().filter(holds).count();
            all.retain(|found| {
                let at = found.span.as_ref().map(|span| span.range.start);
                !is_unread(found) || unread.get(&(at, found.message.clone())) == Some(&holders)
            });
        }
        all.sort_by_key(|found| found.span.as_ref().map(|span| (span.range.start, span.range.end)));
        all
    }

    /// Whether something is wrong with a file.
    pub fn has(&self, file: &str) -> bool {
        self.troubled.get(file).is_some_and(|programs| !programs.is_empty())
    }

    /// The files that something is wrong with.
    pub fn troubled(&self) -> impl Iterator<Item = &Arc<str>> {
        self.troubled.iter().filter(|(_, programs)| !programs.is_empty()).map(|(file, _)| file)
    }

    /// The programs that hold a file and were loaded: the file's own first.
    pub fn holding(&self, path: &str) -> Vec<(String, Arc<Loaded>)> {
        let holds = |program: &Program| program.files.binary_search_by(|f| (**f).cmp(path)).is_ok();
        let all = self.programs.iter().filter(|(_, program)| holds(program));
        let mut all: Vec<(String, Arc<Loaded>)> = all
            .filter_map(|(path, program)| Some((path.clone(), program.loaded.clone()?)))
            .collect();
        all.sort_by_key(|(program, _)| program != path);
        all
    }
}
