//! From the path of a file to a program: its overlays and what it uses, as far as they can be read.
//!
//! What is wrong with files is found here and nowhere else, and stands at the string that names the file.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use salsa::{Durability, Setter};
use syntax::{Node, NodeKind, Parsed};

use crate::db::{Instance, ItemKind, Library, Module, Origin, Program};
use crate::diagnostic::Diagnostic;
use crate::limits;
use crate::workspace::overlays::{Edges, Stacks, in_a_circle, stack};
use crate::workspace::text::{Unreadable, project_root, text_of_file};
use crate::workspace::{
    Files, Loaded, Source, Workspace, folder, joined, lies_in, set_files, span_of,
};

/// A string in a `use` or `overlay` that names a file.
struct Reference {
    overlay: bool,
    /// As the module's `files` knows it.
    text: Arc<str>,
    /// Where it stands in the file.
    range: Range<usize>,
}

/// A program being loaded.
struct Walk {
    /// Canonical; nothing outside of it is read.
    root: String,
    /// Each file once, in the order found, with its canonical path.
    found: Vec<(Module, String)>,
    seen: BTreeSet<Module>,
    /// The library modules that are used.
    library: BTreeSet<Module>,
    files: BTreeMap<Module, Vec<(Arc<str>, Module)>>,
    overlays: Edges<Module>,
    /// The strings behind `overlays`, in the same order.
    strings: BTreeMap<Module, Vec<Reference>>,
    problems: Vec<Diagnostic>,
}

impl Workspace {
    /// Loads the program of a file: the stack of overlays that it is the top of, and everything used. `settings` are
    /// `PATH=VALUE`, a last overlay. Asking again costs nothing where no file, or nothing that names files, changed.
    pub fn load(&mut self, files: &dyn Files, path: &str, settings: &[String]) -> Loaded {
        let key = (path.to_owned(), settings.to_vec());
        if let Some(loaded) = self.programs.get(&key).and_then(|state| state.loaded.clone()) {
            return loaded;
        }
        let loaded = self.load_changed(files, path, settings);
        self.programs.entry(key).or_default().loaded = Some(loaded.clone());
        loaded
    }

    fn load_changed(&mut self, files: &dyn Files, path: &str, settings: &[String]) -> Loaded {
        let Some(canonical) = files.canonical(path) else {
            let diagnostic = Diagnostic::error(701, None, format!("{path}: no such file"));
            return Loaded { problems: vec![diagnostic], unreadable: true, ..Loaded::default() };
        };
        let main = match self.module_of_file(files, path, &canonical) {
            Ok(main) => main,
            Err(error) => {
                let mut diagnostic = Diagnostic::error(error.code, None, error.message);
                diagnostic.help = error.help;
                let unreadable = error.code == 701;
                return Loaded { problems: vec![diagnostic], unreadable, ..Loaded::default() };
            }
        };
        let mut walk = Walk {
            root: project_root(files, &canonical),
            found: vec![(main, canonical)],
            seen: BTreeSet::from([main]),
            library: BTreeSet::new(),
            files: BTreeMap::new(),
            overlays: Edges::new(),
            strings: BTreeMap::new(),
            problems: Vec::new(),
        };
        let mut next = 0;
        while let Some((module, canonical)) = walk.found.get(next).cloned() {
            self.follow(files, &mut walk, module, &canonical);
            next += 1;
        }
        self.break_circles(&mut walk);
        for (module, files) in std::mem::take(&mut walk.files) {
            set_files(&mut self.db, module, files);
        }
        let program = self.program(&mut walk, path, settings, main);
        let mut modules: Vec<Module> = walk.found.iter().map(|(module, _)| *module).collect();
        modules.extend(
            self.programs.get(&(path.to_owned(), settings.to_vec())).and_then(|s| s.command_line),
        );
        Loaded { program: Some(program), problems: walk.problems, modules, unreadable: false }
    }

    /// Finds what the strings and library paths of one file stand for.
    fn follow(&mut self, files: &dyn Files, walk: &mut Walk, module: Module, canonical: &str) {
        let (references, library) = self.references(module);
        for name in library {
            self.follow_library(walk, name);
        }
        let mut known: Vec<(Arc<str>, Module)> = Vec::new();
        for reference in references {
            match self.referenced(files, walk, module, canonical, &reference) {
                Ok(target) => {
                    known.push((reference.text.clone(), target));
                    if reference.overlay {
                        walk.overlays.entry(module).or_default().push(target);
                        walk.strings.entry(module).or_default().push(reference);
                    }
                }
                Err(error) => self.report(walk, module, &reference, error),
            }
        }
        known.sort();
        known.dedup();
        walk.files.insert(module, known);
    }

    fn report(&self, walk: &mut Walk, module: Module, reference: &Reference, error: Unreadable) {
        let span = self.sources.get(&module).map(|source| span_of(source, reference.range.clone()));
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
        let outside = || Unreadable {
            code: 106,
            message: format!("{text:?} lies outside of the project's root"),
            help: Some(format!(
                "the root is {}, the nearest folder above the built file that holds a dep.toml, else the file's own \
                 folder: move the file below it, or put a dep.toml higher up",
                walk.root
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
        if !lies_in(&wanted, &walk.root) {
            return Err(outside());
        }
        let Some(target) = files.canonical(&wanted) else {
            let seen_from = self.sources.get(&module).map_or("", |source| folder(&source.path));
            let display = joined(seen_from, text);
            return Err(Unreadable {
                code: 104,
                message: format!("there is no file {text:?}"),
                help: Some(format!(
                    "{display} was looked for; paths are relative to the file they stand in"
                )),
            });
        };
        if !lies_in(&target, &walk.root) {
            return Err(outside());
        }
        if target == canonical {
            let what = if reference.overlay { "stands on" } else { "uses" };
            return Err(Unreadable {
                code: 107,
                message: format!("the file {text:?} {what} itself"),
                help: None,
            });
        }
        let seen_from = self.sources.get(&module).map_or("", |source| folder(&source.path));
        let display = joined(seen_from, text);
        let found = self.module_of_file(files, &display, &target)?;
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

    fn follow_library(&mut self, walk: &mut Walk, name: String) {
        let mut waiting = vec![name];
        while let Some(name) = waiting.pop() {
            let Some(module) = self.module_of_library(&name) else { continue };
            if walk.library.insert(module) {
                waiting.extend(self.references(module).1);
            }
        }
    }

    /// The strings and library modules that a file names.
    fn references(&self, module: Module) -> (Vec<Reference>, Vec<String>) {
        let mut references = Vec::new();
        let mut library = Vec::new();
        let Some(source) = self.sources.get(&module) else { return (references, library) };
        for item in source.items() {
            let kind = item.kind(&self.db);
            if !matches!(kind, ItemKind::Use | ItemKind::Overlay) {
                continue;
            }
            let Some(at) = source.range(item) else { continue };
            let parsed = Parsed::new(item.text(&self.db));
            let entry = parsed.tree().entry();
            if kind == ItemKind::Use {
                library.extend(self.library_module(entry));
                // A package and a CustomResourceDefinition are no `.dep` files.
                if entry
                    .children()
                    .any(|node| matches!(node.kind(), NodeKind::Crd | NodeKind::From))
                {
                    continue;
                }
            }
            for node in entry.children().filter(|node| node.kind() == NodeKind::Str) {
                let range = node.range();
                references.push(Reference {
                    overlay: kind == ItemKind::Overlay,
                    text: Arc::from(&*syntax::literal::string_value(node.text())),
                    range: at.start + range.start..at.start + range.end,
                });
            }
        }
        (references, library)
    }

    /// The longest beginning of a dotted path that is a module of the library.
    fn library_module(&self, entry: Node<'_>) -> Option<String> {
        let path = entry.children().find(|node| node.kind() == NodeKind::ModulePath)?;
        let mut segments: Vec<&str> = path.children().map(|segment| segment.text()).collect();
        while !segments.is_empty() {
            let name = segments.join(".");
            if self.library.iter().any(|(module, _)| *module == name) {
                return Some(name);
            }
            segments.pop();
        }
        None
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
            Ok((text, cuts)) => {
                let source =
                    Source::new(&mut self.db, Arc::from(display), Origin::File, text, cuts);
                let module = source.module;
                self.sources.insert(module, source);
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
            .filter_map(|(module, _)| self.sources.get(module).map(|source| &*source.path))
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
                self.report(walk, module, &string, error);
            }
        }
    }

    fn program(
        &mut self,
        walk: &mut Walk,
        path: &str,
        settings: &[String],
        main: Module,
    ) -> Program {
        let mut layers = stack(&walk.overlays, main);
        self.check_stack(walk, main, &mut layers);
        let mut state =
            self.programs.remove(&(path.to_owned(), settings.to_vec())).unwrap_or_default();
        if !settings.is_empty() && state.command_line.is_none() {
            let source = Source::command_line(&mut self.db, main, settings);
            state.command_line = Some(source.module);
            self.sources.insert(source.module, source);
        }
        let prelude = Library::try_get(&self.db).map(|library| library.prelude(&self.db));
        let mut stacks = Stacks::default();
        for (module, _) in &walk.found {
            if !layers.contains(module) {
                stacks.add(&stack(&walk.overlays, *module));
            }
        }
        for module in walk.library.iter().copied().chain(prelude) {
            stacks.add(&[module]);
        }
        // What is built lies above what is used.
        let base = layers.first().copied().unwrap_or(main);
        layers.extend(state.command_line);
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
        let db = &mut self.db;
        let program = match state.program {
            Some(program) => {
                if program.root(db) != root {
                    program.set_root(db).to(root);
                }
                if **program.instances(db) != instances {
                    program.set_instances(db).to(Arc::new(instances));
                }
                program
            }
            None => Program::builder(main, root, Arc::new(instances))
                .durability(Durability::MEDIUM)
                .new(db),
        };
        state.program = Some(program);
        self.programs.insert((path.to_owned(), settings.to_vec()), state);
        program
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
        let span = self.sources.get(&main).and_then(|source| Some(span_of(source, range?)));
        if let [first, second, ..] = bottoms.as_slice() {
            let name = |module: &Module| {
                self.sources.get(module).map_or("", |source| &source.path).to_owned()
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
            let message = format!("more than {} overlays stand on each other", limits::OVERLAYS);
            walk.problems.push(Diagnostic::error(505, span, message));
            layers.truncate(limits::OVERLAYS + 1);
        }
    }
}
