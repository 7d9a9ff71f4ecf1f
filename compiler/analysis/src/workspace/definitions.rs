//! The files behind `use crd`: one with definitions of kinds, or a folder of them.

use std::sync::Arc;

use syntax::{NodeKind, Parsed};

use crate::crd::definitions_key;
use crate::db::{Item, ItemKind, Module};
use crate::workspace::library::LibraryModule;
use crate::workspace::load::Walk;
use crate::workspace::references::Reference;
use crate::workspace::text::Unreadable;
use crate::workspace::{Files, ReadError, Source, Workspace, set_files};

/// What a file of a folder holds if it is meant: others that lie there are passed over.
const SIGNS: [&str; 2] = ["CustomResourceDefinition", "x-kubernetes-group-version-kind"];

impl Workspace {
    /// Gives a module of the library the definitions that lie beside it.
    pub(super) fn define_library(&mut self, module: Module, of: &LibraryModule) {
        let Some(text) = of.definitions else { return };
        let path = format!("{}.yaml", of.name);
        let kind = ItemKind::Definitions;
        let source = Source::of_data(&mut self.db, path.into(), kind, text.to_owned());
        let key = definitions_key(&format!("./{}.yaml", of.stem()));
        set_files(&mut self.db, module, vec![(key, source.module)]);
        self.insert(source);
    }

    /// Finds what the strings of `use crd` in one file stand for. The modules by which their names are found become
    /// known; what is given are the items, so that what is wrong with them is reported.
    pub(super) fn follow_definitions(
        &mut self,
        files: &dyn Files,
        walk: &mut Walk,
        module: Module,
        canonical: &str,
        known: &mut Vec<(Arc<str>, Module)>,
    ) -> Vec<(Arc<str>, Item)> {
        let mut items = Vec::new();
        for reference in self.definition_references(module) {
            let located = self.located(files, walk, module, canonical, &reference.text);
            let found = located.and_then(|(display, target)| {
                let found = self.definitions_at(files, &display, &target)?;
                for item in found.items(&self.db) {
                    self.pinned(&walk.project, &target, item.module(&self.db))?;
                }
                Ok(found)
            });
            match found {
                Ok(found) => {
                    known.push((definitions_key(&reference.text), found));
                    let all = found.items(&self.db).iter();
                    items.extend(all.map(|item| (reference.text.clone(), *item)));
                }
                Err(error) => self.report(walk, module, &reference.range, error),
            }
        }
        items
    }

    fn definition_references(&self, module: Module) -> Vec<Reference> {
        let Some(source) = self.sources.get(module) else { return Vec::new() };
        let used = source.items().filter(|item| item.kind(&self.db) == ItemKind::Use);
        let reference = |item: Item| {
            let at = source.range(item)?;
            let parsed = Parsed::new(item.text(&self.db));
            let entry = parsed.tree().entry();
            let path = entry.child(NodeKind::Crd).and(entry.child(NodeKind::Str))?;
            let range = path.range();
            Some(Reference {
                overlay: false,
                text: Arc::from(&*syntax::literal::string_value(path.text())),
                range: at.start + range.start..at.start + range.end,
            })
        };
        used.filter_map(reference).collect()
    }

    fn definitions_at(
        &mut self,
        files: &dyn Files,
        display: &str,
        canonical: &str,
    ) -> Result<Module, Unreadable> {
        let error = |message, help: &str| Unreadable {
            code: 280,
            message,
            help: (!help.is_empty()).then(|| help.to_owned()),
        };
        let names = match files.list(canonical) {
            // It is a file.
            Err(ReadError::Missing) => {
                if !crate::data::can_be_read(display) {
                    return Err(error(
                        format!("{display} is no file of definitions"),
                        "`use crd` reads .yaml, .yml and .json, and folders of these",
                    ));
                }
                let item = self.data_of_file(files, ItemKind::Definitions, display, canonical)?;
                return Ok(item.module(&self.db));
            }
            Err(ReadError::Other(reason)) => {
                return Err(Unreadable {
                    code: 701,
                    message: format!("{display} cannot be read: {reason}"),
                    help: None,
                });
            }
            Err(ReadError::Directory | ReadError::TooLarge) => Vec::new(),
            Ok(names) => names,
        };
        let mut items = Vec::new();
        for name in names.iter().filter(|name| crate::data::can_be_read(name)) {
            let (shown, path) = (format!("{display}/{name}"), format!("{canonical}/{name}"));
            let item = self.data_of_file(files, ItemKind::Definitions, &shown, &path)?;
            if SIGNS.iter().any(|sign| item.text(&self.db).contains(sign)) {
                items.push(item);
            }
        }
        if items.is_empty() {
            let message = format!("no file in {display} defines a kind");
            return Err(error(
                message,
                "`use crd` reads the .yaml, .yml and .json files in a folder",
            ));
        }
        Ok(match self.folders.get(canonical) {
            Some(module) => {
                Source::set_folder(&mut self.db, *module, items);
                *module
            }
            None => {
                let module = Source::of_folder(&mut self.db, Arc::from(display), items);
                self.folders.insert(canonical.to_owned(), module);
                module
            }
        })
    }
}
