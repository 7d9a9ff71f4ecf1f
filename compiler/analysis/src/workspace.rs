//! Where changes come in: the owner of the database, and the only one who sets inputs.
//!
//! It reads files through [`Files`], cuts them into items, and sets those that changed. It knows where each item
//! stands in its file, which nothing in the query graph does.

mod data;
mod definitions;
mod difference;
mod files;
mod given;
mod identity;
mod inputs;
mod library;
mod load;
mod locate;
mod lock;
mod overlays;
mod packages;
mod plain;
pub mod project;
mod references;
mod snapshot;
mod source;
mod sources;
#[cfg(test)]
mod tests;
pub mod text;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use kube::lints::Strictness;
use salsa::{Durability, Setter};

use crate::account;
use crate::db::{
    Database, Instance, Item, ItemKind, Library, Log, Module, Origin, Program, Target,
};
use crate::diagnostic::{Diagnostic, Span};
use crate::problem::Place;
use crate::workspace::given::Given;
use crate::workspace::project::Project;

pub use files::{Files, Memory, ReadError, folder, joined, lies_in};
pub use given::{APART, GLUED, SET, SET_FILE};
pub use library::{
    FUNCTIONS, LibraryModule, declared_functions, declared_types, declaring, library,
};
pub use lock::{Lock, hash, lock_text};
pub use plain::Plain;
pub use snapshot::{Stopper, unless_interrupted};
pub use source::{EXPRESSION, Source};
use sources::Sources;
pub use text::{Unreadable, raw_text, text_of_plain};

/// All files that are known, and the programs that were made of them.
pub struct Workspace {
    /// Shared with the copies that are read while this one changes.
    sources: Arc<Sources>,
    /// The modules of files, by canonical path.
    files: BTreeMap<String, Module>,
    /// The files that are there no more, by canonical path, for when they come back: an input cannot be deleted.
    gone: BTreeMap<String, Arc<Source>>,
    /// The items of files that are imported or embedded, by that and their canonical path.
    data: BTreeMap<(ItemKind, String), Item>,
    /// What stands for all definitions in a folder, by its canonical path.
    folders: BTreeMap<String, Module>,
    /// What was found wrong with a file when it was read, by canonical path; it is not read again.
    unreadable: BTreeMap<String, text::Unreadable>,
    programs: BTreeMap<(String, Options), State>,
    /// The modules of packages.
    packaged: BTreeSet<Module>,
    /// Files that are no modules, by their path as the user writes it.
    texts: BTreeMap<Arc<str>, Plain>,
    /// What was asked last from outside of all files.
    asked: Option<Source>,
    /// What is asked of this copy is of no more use.
    stopped: Arc<AtomicBool>,
    /// The last field, so that whoever waits for copies to be gone finds what they share no longer shared.
    db: Database,
}

/// What the command line says of a program besides its file.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Options {
    /// Files of values, YAML or JSON. They lie below everything else here; of two, the later wins.
    pub values: Vec<String>,
    /// `PATH=VALUE`. Of two for one field, the later wins.
    pub settings: Vec<String>,
    /// `PATH=FILE`: the text of a file as a value, above everything else.
    pub files: Vec<String>,
    /// The second number of the Kubernetes version, in place of that of `dep.toml`.
    pub kubernetes: Option<u8>,
    /// The settings change from one question to the next, by [`Workspace::vary`].
    pub varied: bool,
}

/// What is kept of a program between two loads.
#[derive(Debug, Default)]
struct State {
    program: Option<Program>,
    /// What the command line gave, and the modules that were made of it.
    given: Vec<(Given, Module)>,
    instances: BTreeMap<Module, Instance>,
    loaded: Option<Loaded>,
}

/// A program, and what was wrong with its files.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// `None` where the file itself cannot be read.
    pub program: Option<Program>,
    /// Problems of files, and of the strings that name them.
    pub problems: Vec<Diagnostic>,
    /// Those of them that are problems of files which the command line gives.
    pub given: Vec<Diagnostic>,
    /// The modules of files in the order in which they were found: the built file first, then what it stands on and
    /// uses; the command line last.
    pub modules: Vec<Module>,
    /// The built file is not there, or is no file: a wrong use of the command, not a mistake in a program.
    pub unreadable: bool,
    /// The second number of the Kubernetes version that it is for.
    pub kubernetes: u8,
    /// How strict the lints are for it.
    pub strictness: Strictness,
}

impl Default for Workspace {
    fn default() -> Self {
        Self::with_database(Database::default())
    }
}

impl Workspace {
    /// A workspace whose executed queries are written to `log`.
    pub fn with_log(log: Log) -> Self {
        Self::with_database(Database::with_log(log))
    }

    fn with_database(mut db: Database) -> Self {
        let modules: Vec<(Arc<str>, Module)> = library()
            .iter()
            .map(|module| {
                let path: Arc<str> = Arc::from(module.name);
                let origin = crate::db::Origin::Library;
                let module = Module::builder(
                    path.clone(),
                    origin,
                    Arc::from([]),
                    Arc::default(),
                    Arc::default(),
                    Arc::default(),
                )
                .durability(Durability::HIGH)
                .new(&db);
                (path, module)
            })
            .collect();
        let prelude =
            modules.iter().find(|(name, _)| &**name == library::PRELUDE).map(|(_, module)| *module);
        let _ = Target::builder(kube::types::TARGET, Strictness::default())
            .durability(Durability::HIGH)
            .new(&db);
        let everywhere =
            |name: &str| name == library::PRELUDE || library::FUNCTIONS.contains(&name);
        let mut sources = Sources::default();
        for (of, (_, module)) in library().iter().zip(&modules) {
            if everywhere(of.name) {
                sources.insert(Arc::new(Source::of_library(&mut db, *module, of)));
            }
        }
        if let Some(prelude) = prelude {
            let functions = library::FUNCTIONS.iter().filter_map(|name| {
                modules.iter().find(|(known, _)| **known == **name).map(|(_, module)| *module)
            });
            let functions = Arc::new(functions.collect());
            let _ = Library::builder(prelude, functions, Arc::new(modules))
                .durability(Durability::HIGH)
                .new(&db);
        }
        Self {
            db,
            sources: Arc::new(sources),
            files: BTreeMap::new(),
            gone: BTreeMap::new(),
            data: BTreeMap::new(),
            folders: BTreeMap::new(),
            unreadable: BTreeMap::new(),
            programs: BTreeMap::new(),
            packaged: BTreeSet::new(),
            texts: BTreeMap::new(),
            asked: None,
            stopped: Arc::default(),
        }
    }

    /// The database to ask queries of. Other threads ask clones of it, which must be gone before the next change.
    pub fn db(&self) -> &Database {
        snapshot::unless_stopped(&self.db, &self.stopped);
        &self.db
    }

    /// Makes `text` the text of a file that was loaded before, by its path as the user writes it. Says whether
    /// there is such a file. Programs must be loaded again after it.
    pub fn edit(&mut self, path: &str, text: &str) -> bool {
        let mut known = false;
        // A file may be imported and embedded too.
        for module in self.sources.at(path).collect::<Vec<_>>() {
            let Some(source) = Arc::make_mut(&mut self.sources).get_mut(module) else { continue };
            known = true;
            let embedded = source.items().any(|item| item.kind(&self.db) == ItemKind::Text);
            let text = match embedded {
                true => text.to_owned(),
                false => text::normalised(text).into_owned(),
            };
            let structural = source.edit(&mut self.db, text);
            // What is pinned may be so no more.
            let every = structural || self.packaged.contains(&module);
            for state in self.programs.values_mut() {
                // What loading reported stands at places of the text as it was.
                let told = state.loaded.as_ref().is_some_and(|loaded| !loaded.problems.is_empty());
                if every || told {
                    state.loaded = None;
                }
            }
        }
        known
    }

    /// Makes these the settings of a program that was loaded with [`Options::varied`]. Everything that does not read
    /// what changes by that is as it was.
    pub fn vary(&mut self, path: &str, options: &Options, settings: &[String]) {
        if let Some(module) = self.settings_of(path, options)
            && let Some(source) = Arc::make_mut(&mut self.sources).get_mut(module)
        {
            source.set_given(&mut self.db, given::settings(settings));
        }
        self.settle();
    }

    /// Forgets what is known of a program.
    pub(crate) fn begin_afresh(&mut self, program: Program) {
        account::afresh(&mut self.db, program);
    }

    /// Forgets what is known of programs whose accounts are due.
    fn settle(&mut self) {
        for program in self.programs.values().filter_map(|state| state.program) {
            account::settle(&mut self.db, program);
        }
    }

    /// The module of the settings of a program that was loaded with these options.
    pub fn settings_of(&self, path: &str, options: &Options) -> Option<Module> {
        let given = &self.programs.get(&(path.to_owned(), options.clone()))?.given;
        given.iter().find(|(given, _)| *given.path == *SET).map(|(_, module)| *module)
    }

    /// Forgets what is known of files that could not be read, so that the next load tries them again.
    pub fn retry(&mut self) {
        self.unreadable.clear();
        for state in self.programs.values_mut() {
            state.loaded = None;
        }
    }

    /// A `let` in the scope of a module, with this value, to which no name leads: for a question from outside of its
    /// file. Also what stands before the value in its text.
    pub(crate) fn ask(&mut self, module: Module, value: &str) -> (Item, String) {
        let mut name = "_asked".to_owned();
        let taken = |name: &str, db| {
            self.sources
                .all()
                .any(|source| source.module.names(db).iter().any(|(known, _)| **known == *name))
        };
        while taken(&name, &self.db) {
            name.insert(0, '_');
        }
        let head = format!("let {name} = ");
        let (source, item) = Source::asked(&mut self.db, module, &format!("{head}{value}"));
        self.asked = Some(source);
        (item, head)
    }

    /// The file, command line or library module that a module is.
    pub fn source(&self, module: Module) -> Option<&Source> {
        self.sources.get(module)
    }

    /// The text of a file by its path as the user writes it.
    pub fn text(&self, path: &str) -> Option<&str> {
        let source = self.source_of(path).map(Source::text);
        source.or_else(|| self.texts.get(path).map(|plain| plain.text.as_str()))
    }

    /// The file, command line or library module of a path, as the user writes it.
    pub fn source_of(&self, path: &str) -> Option<&Source> {
        self.sources.get(self.sources.at(path).next()?)
    }

    /// The items of a file, in order.
    pub fn items_of(&self, path: &str) -> Vec<Item> {
        self.source_of(path).map_or_else(Vec::new, |source| source.items().collect())
    }

    /// Where an item stands in its file.
    pub fn item_range(&self, item: Item) -> Option<std::ops::Range<usize>> {
        self.sources.get(item.module(&self.db))?.range(item)
    }

    /// Where a place is. `None` only for places of items that are gone.
    pub fn span(&self, place: Place) -> Option<Span> {
        if place.item.module(&self.db).origin(&self.db) == Origin::Data {
            return self.span_in(place.item, crate::data::range(&self.db, place));
        }
        let text = place.item.text(&self.db);
        let parsed = crate::parse::parsed(&self.db, place.item);
        let node = parsed.tree().node(place.node).map_or(0..text.len(), |node| node.range());
        self.span_in(place.item, node)
    }

    /// A stretch of an item's text as one of its file.
    pub fn span_in(&self, item: Item, range: std::ops::Range<usize>) -> Option<Span> {
        let asked = self.asked.as_ref().filter(|asked| asked.range(item).is_some());
        let source = asked.or_else(|| self.source(item.module(&self.db)))?;
        Some(span_of(source, source.shown(item, range)?))
    }

    /// Where an item stands: the line on which it begins.
    pub(crate) fn head(&self, item: Item) -> Option<Span> {
        let text = item.text(&self.db);
        let parsed = crate::parse::parsed(&self.db, item);
        let start = parsed.tree().entry().range().start;
        let length = text.get(start..)?.find('\n').unwrap_or(text.len() - start);
        self.span_in(item, start..start + length)
    }

    /// Where a file begins.
    pub(crate) fn top(&self, module: Module) -> Option<Span> {
        self.sources.get(module).map(|source| span_of(source, 0..0))
    }

    /// Keeps a file, a module of the library or what the command line gives.
    fn insert(&mut self, source: Source) {
        Arc::make_mut(&mut self.sources).insert(Arc::new(source));
    }

    /// Makes what is asked of the database from now on be for a version of Kubernetes.
    fn set_target(&mut self, minor: u8, strictness: &Strictness) {
        let Some(target) = Target::try_get(&self.db) else { return };
        if target.minor(&self.db) != minor {
            target.set_minor(&mut self.db).with_durability(Durability::HIGH).to(minor);
        }
        if target.strictness(&self.db) != strictness {
            let strictness = strictness.clone();
            target.set_strictness(&mut self.db).with_durability(Durability::HIGH).to(strictness);
        }
    }

    /// Keeps the texts in which the mistakes of a project are shown.
    fn texts_of(&mut self, project: &mut Project) {
        for text in project.texts.drain(..) {
            self.texts.insert(text.path.clone(), text);
        }
    }

    /// Reads a module of the library that no program may have used yet. Says whether there is one of that name.
    pub fn read_library(&mut self, name: &str) -> bool {
        self.module_of_library(name).is_some()
    }

    fn module_of_library(&mut self, name: &str) -> Option<Module> {
        let of = library().iter().find(|module| module.name == name)?;
        let library = Library::try_get(&self.db)?;
        let module = library.modules(&self.db).iter().find(|(module, _)| **module == *name)?.1;
        if self.sources.get(module).is_none() {
            let source = Source::of_library(&mut self.db, module, of);
            self.insert(source);
            self.define_library(module, of);
        }
        Some(module)
    }

    /// Replaces the text of a module of the library: for whoever works on the library with an editor open, and for
    /// the tests of what that re-runs.
    pub fn edit_library(&mut self, name: &str, text: &str) -> bool {
        let Some(module) = self.module_of_library(name) else { return false };
        let Some(source) = Arc::make_mut(&mut self.sources).get_mut(module) else { return false };
        if source.edit(&mut self.db, text.to_owned()) {
            for state in self.programs.values_mut() {
                state.loaded = None;
            }
        }
        true
    }
}

impl std::fmt::Debug for Workspace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Workspace").field("files", &self.files).finish_non_exhaustive()
    }
}

fn span_of(source: &Source, range: std::ops::Range<usize>) -> Span {
    Span {
        file: source.path.clone(),
        start: source.lines().position(source.text(), range.start),
        end: source.lines().position(source.text(), range.end),
        range,
    }
}

/// Sets a field of a module only if it differs, because setting an equal value starts a new revision too.
fn set_files(db: &mut Database, module: Module, files: Vec<(Arc<str>, Module)>) {
    if **module.files(db) != files {
        module.set_files(db).to(Arc::new(files));
    }
}

/// As [`set_files`], for what is imported and embedded.
fn set_data(db: &mut Database, module: Module, data: Vec<(Arc<str>, Item)>) {
    if **module.data(db) != data {
        module.set_data(db).to(Arc::new(data));
    }
}
