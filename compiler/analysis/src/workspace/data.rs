//! The files that a program imports and embeds: found as those that it uses are, and under the same rules.

use std::collections::BTreeMap;
use std::sync::Arc;

use syntax::{NodeKind, Parsed};

use crate::db::{Item, ItemKind, Module, Origin};
use crate::limits;
use crate::workspace::load::Walk;
use crate::workspace::references::Reference;
use crate::workspace::source::names_data;
use crate::workspace::text::{Unreadable, normalised, raw_text};
use crate::workspace::{Files, Source, Workspace, set_data};

impl Workspace {
    /// Finds what the strings of `import` and `embed` in one file stand for.
    pub(super) fn follow_data(
        &mut self,
        files: &dyn Files,
        walk: &mut Walk,
        module: Module,
        canonical: &str,
    ) {
        let mut known: Vec<(Arc<str>, Item)> = Vec::new();
        for (kind, reference) in self.data_references(module) {
            let found = self.located(files, walk, module, canonical, &reference.text).and_then(
                |(display, target)| {
                    walk.has_room()?;
                    let item = self.data_of_file(files, kind, &display, &target)?;
                    self.counted(walk, item.module(&self.db))?;
                    self.pinned(&walk.project, &target, item.module(&self.db))?;
                    Ok(item)
                },
            );
            match found {
                Ok(item) if known.contains(&(reference.text.clone(), item)) => {}
                Ok(item) => known.push((reference.text, item)),
                Err(error) => self.report(walk, module, &reference.range, error),
            }
        }
        walk.data.entry(module).or_default().extend(known);
    }

    /// Tells modules what they import; gives the modules of all that is imported, each perhaps several times.
    pub(super) fn set_imported(
        &mut self,
        data: BTreeMap<Module, Vec<(Arc<str>, Item)>>,
    ) -> Vec<Module> {
        let items = data.values().flatten().map(|(_, item)| item.module(&self.db));
        let modules = items.collect();
        for (module, data) in data {
            set_data(&mut self.db, module, data);
        }
        modules
    }

    /// The strings of `import` and `embed` in a file, in its order.
    fn data_references(&self, module: Module) -> Vec<(ItemKind, Reference)> {
        let mut references = Vec::new();
        let Some(source) = self.sources.get(module) else { return references };
        if module.origin(&self.db) != Origin::File {
            return references;
        }
        // Parsing all items of a large program twice would cost more than all else that is done here.
        for item in source.items().filter(|item| names_data(item.text(&self.db))) {
            let Some(at) = source.range(item) else { continue };
            let parsed = Parsed::new(item.text(&self.db));
            for node in parsed.tree().nodes() {
                let kind = match node.kind() {
                    NodeKind::Import => ItemKind::Data,
                    NodeKind::Embed => ItemKind::Text,
                    _ => continue,
                };
                let Some(path) = node.child(NodeKind::Str) else { continue };
                let range = path.range();
                let reference = Reference {
                    overlay: false,
                    text: Arc::from(&*syntax::literal::string_value(path.text())),
                    range: at.start + range.start..at.start + range.end,
                };
                references.push((kind, reference));
            }
        }
        references
    }

    pub(super) fn data_of_file(
        &mut self,
        files: &dyn Files,
        kind: ItemKind,
        display: &str,
        canonical: &str,
    ) -> Result<Item, Unreadable> {
        let key = (kind, canonical.to_owned());
        if let Some(item) = self.data.get(&key) {
            return Ok(*item);
        }
        if kind == ItemKind::Data && !crate::data::can_be_read(display) {
            return Err(Unreadable {
                code: 254,
                message: format!("{display} is no file of data"),
                help: Some(match display.ends_with(".dep") {
                    true => format!("a file of this language is used: `use \"{display}\" as …`"),
                    false => {
                        "`import` reads .yaml, .yml and .json; `embed` takes any text as it is"
                            .to_owned()
                    }
                }),
            });
        }
        if self.data.len() >= limits::FILES {
            let message = format!("the program reads more than {} files", limits::FILES);
            return Err(Unreadable { code: 505, message, help: None });
        }
        if let Some(error) = self.unreadable.get(canonical) {
            return Err(error.clone());
        }
        match raw_text(files, display, canonical) {
            Ok(text) => {
                let text =
                    if kind == ItemKind::Text { text } else { normalised(&text).into_owned() };
                let source = Source::of_data(&mut self.db, Arc::from(display), kind, text);
                let item = source.items().next();
                self.insert(source);
                let item = item.ok_or(Unreadable {
                    code: 701,
                    message: format!("{display} cannot be read"),
                    help: None,
                })?;
                self.data.insert(key, item);
                Ok(item)
            }
            Err(error) => {
                self.unreadable.insert(canonical.to_owned(), error.clone());
                Err(error)
            }
        }
    }
}
