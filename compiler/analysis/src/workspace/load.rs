//! From the path of a file to a program: its overlays and what it uses, as far as they can be read.
//!
//! What is wrong with files is found here and nowhere else, and stands at the string that names the file.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use salsa::{Durability, Setter};

use crate::account;
use crate::db::{Instance, Instances, Item, Library, Module, Origin, Program};
use crate::diagnostic::Diagnostic;
use crate::limits;
use crate::workspace::given::{Given, given};
use crate::workspace::overlays::{Edges, Stacks, in_a_circle, stack};
use crate::workspace::project::{Project, project};
use crate::workspace::references::{Reference, References};
use crate::workspace::text::{self, Unreadable, text_of_file};
use crate::workspace::{Files, Loaded, Options, Source, State, Workspace, set_files, span_of};

/// A program being loaded.
pub(super) struct Walk {
    pub project: Project,
    /// Each file once, in the order found, with its canonical path.
    found: Vec<(Module, String)>,
    seen: BTreeSet<Module>,
    /// What it has read, data too, in bytes.
    bytes: usize,
    read: BTreeSet<Module>,
    /// The library modules that are used.
    library: BTreeSet<Module>,
    files: BTreeMap<Module, Vec<(Arc<str>, Module)>>,
    /// What each file imports and embeds.
    pub data: BTreeMap<Module, Vec<(Arc<str>, Item)>>,
    overlays: Edges<Module>,
    /// How many overlays were found on a file when it was.
    heights: BTreeMap<Module, usize>,
    /// The strings behind `overlays`, in the same order.
    strings: BTreeMap<Module, Vec<Reference>>,
    problems: Vec<Diagnostic>,
}

impl Walk {
    /// Refuses what is too much together; nothing further is read then.
    pub(super) fn has_room(&self) -> Result<(), Unreadable> {
        if self.bytes <= limits::PROGRAM_BYTES {
            return Ok(());
        }
        let most = limits::PROGRAM_BYTES >> 20;
        Err(Unreadable {
            code: 505,
            message: format!("the files of the program have more than {most} MiB together"),
            help: None,
        })
    }
}

impl Workspace {
    /// Loads the program of a file: the stack of overlays that it is the top of, and everything used. `settings` are
    /// `PATH=VALUE`, a last overlay. Asking again costs nothing where no file, or nothing that names files, changed.
    pub fn load(&mut self, files: &dyn Files, path: &str, settings: &[String]) -> Loaded {
        let options = Options { settings: settings.to_vec(), ..Options::default() };
        self.load_with(files, path, &options)
    }

    /// As [`Workspace::load`], with all that a command line can say of a program. What is asked of the database from
    /// then on is for the version of Kubernetes of this program, until another one is loaded.
    pub fn load_with(&mut self, files: &dyn Files, path: &str, options: &Options) -> Loaded {
        self.settle();
        let key = (path.to_owned(), options.clone());
        if let Some(loaded) = self.programs.get(&key).and_then(|state| state.loaded.clone()) {
            if loaded.program.is_some() {
                self.set_target(loaded.kubernetes, &loaded.strictness);
            }
            return loaded;
        }
        let loaded = self.load_changed(files, path, options);
        self.programs.entry(key).or_default().loaded = Some(loaded.clone());
        loaded
    }

    fn load_changed(&mut self, files: &dyn Files, path: &str, options: &Options) -> Loaded {
        let Some(canonical) = files.canonical(path) else {
            let problems = vec![text::absent(files, path).into()];
            return Loaded { problems, unreadable: true, ..Loaded::default() };
        };
        let main = match self.module_of_file(files, path, &canonical) {
            Ok(main) => main,
            Err(error) => {
                let unreadable = error.code == 701;
                return Loaded { problems: vec![error.into()], unreadable, ..Loaded::default() };
            }
        };
        let mut project = project(files, path, &canonical);
        self.texts_of(&mut project);
        let kubernetes = options.kubernetes.or(project.kubernetes).unwrap_or(kube::types::TARGET);
        let strictness = std::mem::take(&mut project.strictness);
        self.set_target(kubernetes, &strictness);
        let (layers, problems) = given(files, options);
        // A path of the command line that cannot be read is a wrong use of it.
        let unreadable = problems.iter().any(|problem| problem.code == "E0701");
        project.problems.extend(problems.iter().cloned());
        let mut walk = Walk {
            found: vec![(main, canonical.clone())],
            seen: BTreeSet::from([main]),
            bytes: 0,
            read: BTreeSet::new(),
            library: BTreeSet::new(),
            files: BTreeMap::new(),
            data: BTreeMap::new(),
            overlays: Edges::new(),
            heights: BTreeMap::new(),
            strings: BTreeMap::new(),
            problems: std::mem::take(&mut project.problems),
            project,
        };
        // One file is never too much.
        let _ = self.counted(&mut walk, main);
        let mut next = 0;
        while let Some((module, canonical)) = walk.found.get(next).cloned() {
            self.follow(files, &mut walk, module, &canonical);
            next += 1;
        }
        self.break_circles(&mut walk);
        for (module, files) in std::mem::take(&mut walk.files) {
            set_files(&mut self.db, module, files);
        }
        let program = self.program(&mut walk, path, options, layers, main);
        let mut modules: Vec<Module> = walk.found.iter().map(|(module, _)| *module).collect();
        for module in self.set_imported(walk.data) {
            if !modules.contains(&module) {
                modules.push(module);
            }
        }
        let given = self.programs.get(&(path.to_owned(), options.clone()));
        modules
            .extend(given.iter().flat_map(|state| state.given.iter().map(|(_, module)| *module)));
        Loaded {
            program: Some(program),
            problems: walk.problems,
            given: problems,
            modules,
            unreadable,
            kubernetes,
            strictness,
        }
    }

    /// Finds what the strings and library paths of one file stand for.
    fn follow(&mut self, files: &dyn Files, walk: &mut Walk, module: Module, canonical: &str) {
        let References { strings, library, packages } = self.references(module);
        for name in library {
            self.follow_library(walk, name);
        }
        let mut known: Vec<(Arc<str>, Module)> = Vec::new();
        for package in packages {
            match self.in_package(files, &walk.project, &package) {
                Ok(Some((key, display, target))) => {
                    match self.entered(files, walk, &display, target) {
                        Ok(target) => known.push((key, target)),
                        Err(error) => self.report(walk, module, &package.path, error),
                    }
                }
                Ok(None) => {}
                Err((range, error)) => self.report(walk, module, &range, error),
            }
        }
        let height = walk.heights.get(&module).copied().unwrap_or_default();
        for reference in strings {
            if reference.overlay && height >= limits::OVERLAYS {
                self.report(walk, module, &reference.range, too_many_overlays());
                continue;
            }
            match self.referenced(files, walk, module, canonical, &reference) {
                Ok(target) => {
                    known.push((reference.text.clone(), target));
                    if reference.overlay {
                        walk.heights.entry(target).or_insert(height + 1);
                        walk.overlays.entry(module).or_default().push(target);
                        walk.strings.entry(module).or_default().push(reference);
                    }
                }
                Err(error) => self.report(walk, module, &reference.range, error),
            }
        }
        let items = self.follow_definitions(files, walk, module, canonical, &mut known);
        walk.data.insert(module, items);
        known.sort();
        known.dedup();
        walk.files.insert(module, known);
        self.follow_data(files, walk, module, canonical);
    }

    pub(super) fn report(
        &self,
        walk: &mut Walk,
        module: Module,
        range: &Range<usize>,
        error: Unreadable,
    ) {
        let span = self.sources.get(module).map(|source| span_of(source, range.clone()));
        let mut diagnostic = Diagnostic::error(error.code, span, error.message);
        diagnostic.help = error.help;
        walk.problems.push(diagnostic);
    }

    fn referenced(
        &mut self,
        files: &dyn Files,
        walk: &mut Walk,
        module: Module,
        canonical: &str,
        reference: &Reference,
    ) -> Result<Module, Unreadable> {
        let text = &reference.text;
        let (display, target) = self.located(files, walk, module, canonical, text)?;
        if target == canonical {
            let what = if reference.overlay { "stands on" } else { "uses" };
            return Err(Unreadable {
                code: 107,
                message: format!("the file {text:?} {what} itself"),
                help: None,
            });
        }
        if crate::data::can_be_read(&display) {
            let what = if reference.overlay { "overlay" } else { "use" };
            return Err(Unreadable {
                code: 580,
                message: format!("{text:?} is a file of data, and `{what}` reads programs"),
                help: Some(format!("data is a value: `let values = import {text:?}`")),
            });
        }
        self.entered(files, walk, &display, target)
    }

    /// The module of a file that is part of the program from here on.
    fn entered(
        &mut self,
        files: &dyn Files,
        walk: &mut Walk,
        display: &str,
        target: String,
    ) -> Result<Module, Unreadable> {
        walk.has_room()?;
        let found = self.module_of_file(files, display, &target)?;
        self.counted(walk, found)?;
        if walk.project.package_of(&target).is_some() {
            self.packaged.insert(found);
            self.pinned(&walk.project, &target, found)?;
        }
        if walk.seen.insert(found) {
            if walk.found.len() >= limits::FILES {
                return Err(Unreadable {
                    code: 505,
                    message: format!("the program has more than {} files", limits::FILES),
                    help: None,
                });
            }
            walk.found.push((found, target));
        }
        Ok(found)
    }

    /// Counts what a file holds, once.
    pub(super) fn counted(&self, walk: &mut Walk, module: Module) -> Result<(), Unreadable> {
        if walk.read.insert(module) {
            walk.bytes += self.sources.get(module).map_or(0, |source| source.text().len());
        }
        walk.has_room()
    }

    fn follow_library(&mut self, walk: &mut Walk, name: String) {
        let mut waiting = vec![name];
        while let Some(name) = waiting.pop() {
            let Some(module) = self.module_of_library(&name) else { continue };
            if walk.library.insert(module) {
                waiting.extend(self.references(module).library);
            }
        }
    }

    fn module_of_file(
        &mut self,
        files: &dyn Files,
        display: &str,
        canonical: &str,
    ) -> Result<Module, Unreadable> {
        if let Some(module) = self.files.get(canonical) {
            return Ok(*module);
        }
        if let Some(error) = self.unreadable.get(canonical) {
            return Err(error.clone());
        }
        match text_of_file(files, display, canonical) {
            Ok((text, _)) if self.gone.contains_key(canonical) => {
                self.returned(canonical, text).ok_or_else(|| Unreadable {
                    code: 701,
                    message: format!("{display} cannot be read"),
                    help: None,
                })
            }
            Ok((text, cuts)) => {
                let source =
                    Source::new(&mut self.db, Arc::from(display), Origin::File, text, cuts);
                let module = source.module;
                self.insert(source);
                self.files.insert(canonical.to_owned(), module);
                Ok(module)
            }
            Err(error) => {
                self.unreadable.insert(canonical.to_owned(), error.clone());
                Err(error)
            }
        }
    }

    /// Reports overlays that stand on themselves, and unties them.
    fn break_circles(&self, walk: &mut Walk) {
        let circle = in_a_circle(&walk.overlays);
        if circle.is_empty() {
            return;
        }
        let names: Vec<&str> = walk
            .found
            .iter()
            .filter(|(module, _)| circle.contains(module))
            .filter_map(|(module, _)| self.sources.get(*module).map(|source| &*source.path))
            .collect();
        let message = format!("these files stand on each other in a circle: {}", names.join(", "));
        for (module, _) in walk.found.clone() {
            if !circle.contains(&module) {
                continue;
            }
            let targets = walk.overlays.remove(&module).unwrap_or_default();
            let strings = walk.strings.remove(&module).unwrap_or_default();
            for (target, string) in targets.into_iter().zip(strings) {
                if !circle.contains(&target) {
                    walk.overlays.entry(module).or_default().push(target);
                    walk.strings.entry(module).or_default().push(string);
                    continue;
                }
                if let Some(files) = walk.files.get_mut(&module) {
                    files.retain(|(text, _)| *text != string.text);
                }
                let error = Unreadable { code: 107, message: message.clone(), help: None };
                self.report(walk, module, &string.range, error);
            }
        }
    }

    fn program(
        &mut self,
        walk: &mut Walk,
        path: &str,
        options: &Options,
        given: Vec<Given>,
        main: Module,
    ) -> Program {
        let mut layers = stack(&walk.overlays, main);
        let stacked: BTreeSet<Module> = layers.iter().copied().collect();
        self.check_stack(walk, main, &mut layers);
        let mut state =
            self.programs.remove(&(path.to_owned(), options.clone())).unwrap_or_default();
        self.give(&mut state, main, given);
        let prelude = Library::try_get(&self.db).map(|library| library.prelude(&self.db));
        let mut stacks = Stacks::default();
        for (module, _) in &walk.found {
            if !stacked.contains(module) {
                stacks.add(&stack(&walk.overlays, *module));
            }
        }
        for module in walk.library.iter().copied().chain(prelude) {
            stacks.add(&[module]);
        }
        // What is built lies above what is used.
        let base = layers.first().copied().unwrap_or(main);
        layers.extend(state.given.iter().map(|(_, module)| *module));
        stacks.add(&layers);
        let mut instances: Vec<(Module, Instance)> = Vec::new();
        let mut root = None;
        for (bottom, overlays) in stacks.stacks {
            let instance = self.instance(&mut state.instances, bottom, &overlays);
            if bottom == base {
                root = Some(instance);
            }
            instances.push((bottom, instance));
            instances.extend(overlays.into_iter().map(|overlay| (overlay, instance)));
        }
        let root = root.unwrap_or_else(|| self.instance(&mut state.instances, base, &[]));
        instances.sort_by_cached_key(|(module, _)| (module.path(&self.db).to_owned(), *module));
        let instances = Instances::new(instances);
        let db = &mut self.db;
        let program = match state.program {
            Some(program) => {
                if program.root(db) != root {
                    program.set_root(db).to(root);
                }
                if **program.instances(db) != instances {
                    program.set_instances(db).to(Arc::new(instances));
                }
                account::follow(db, program);
                program
            }
            None => Program::builder(main, root, Arc::new(instances), Arc::default())
                .durability(Durability::MEDIUM)
                .new(db),
        };
        state.program = Some(program);
        self.programs.insert((path.to_owned(), options.clone()), state);
        program
    }

    /// Makes modules of what the command line gives, as far as that is not what it gave before.
    fn give(&mut self, state: &mut State, main: Module, given: Vec<Given>) {
        let mut known = std::mem::take(&mut state.given);
        for given in given {
            let at = known.iter().position(|(before, _)| *before == given);
            let made = match at {
                Some(at) => known.swap_remove(at),
                None => {
                    let source = Source::given(&mut self.db, main, given.clone());
                    let module = source.module;
                    self.insert(source);
                    (given, module)
                }
            };
            state.given.push(made);
        }
    }

    fn instance(
        &mut self,
        known: &mut BTreeMap<Module, Instance>,
        base: Module,
        overlays: &[Module],
    ) -> Instance {
        let db = &mut self.db;
        match known.get(&base) {
            Some(instance) => {
                if instance.overlays(db) != overlays {
                    instance.set_overlays(db).to(overlays.into());
                }
                *instance
            }
            None => {
                let instance =
                    Instance::builder(base, overlays.into()).durability(Durability::MEDIUM).new(db);
                known.insert(base, instance);
                instance
            }
        }
    }

    /// A stack has one bottom, and not too many layers.
    fn check_stack(&self, walk: &mut Walk, main: Module, layers: &mut Vec<Module>) {
        let is_bottom =
            |module: &Module| walk.overlays.get(module).is_none_or(|below| below.is_empty());
        let bottoms: Vec<Module> = layers.iter().copied().filter(is_bottom).collect();
        let range = walk.strings.get(&main).and_then(|strings| Some(strings.last()?.range.clone()));
        let span = self.sources.get(main).and_then(|source| Some(span_of(source, range?)));
        if let [first, second, ..] = bottoms.as_slice() {
            let name = |module: &Module| {
                self.sources.get(*module).map_or("", |source| &source.path).to_owned()
            };
            let message = format!(
                "these overlays stand on different files: {}, {}",
                name(first),
                name(second)
            );
            walk.problems.push(
                Diagnostic::error(409, span.clone(), message).help(
                    "overlays that are joined by a comma are layers on one and the same file",
                ),
            );
        }
        if layers.len() > limits::OVERLAYS + 1 {
            let error = too_many_overlays();
            let diagnostic = Diagnostic::error(error.code, span, error.message);
            walk.problems.push(Diagnostic { help: error.help, ..diagnostic });
            layers.truncate(limits::OVERLAYS + 1);
        }
    }
}

/// Of a row of overlays that is too long, the rest is not read.
fn too_many_overlays() -> Unreadable {
    Unreadable {
        code: 505,
        message: format!("more than {} overlays stand on each other", limits::OVERLAYS),
        help: Some("let one overlay say what several of them do".to_owned()),
    }
}
