//! The files of a workspace, found by their module and by their path.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::db::Module;

use super::Source;

/// All files, and what the command line and the library bring. A copy shares the texts.
#[derive(Clone, Default)]
pub(super) struct Sources {
    of: BTreeMap<Module, Arc<Source>>,
    /// Their modules by the path as the user writes it. A file that is imported and embedded too is a module for each.
    at: BTreeMap<Arc<str>, BTreeSet<Module>>,
}

impl Sources {
    pub fn get(&self, module: Module) -> Option<&Source> {
        self.of.get(&module).map(Arc::as_ref)
    }

    pub fn get_mut(&mut self, module: Module) -> Option<&mut Source> {
        self.of.get_mut(&module).map(Arc::make_mut)
    }

    pub fn all(&self) -> impl Iterator<Item = &Source> {
        self.of.values().map(Arc::as_ref)
    }

    /// The modules of the file of a path, in their order.
    pub fn at(&self, path: &str) -> impl Iterator<Item = Module> + '_ {
        self.at.get(path).into_iter().flatten().copied()
    }

    pub fn insert(&mut self, source: Arc<Source>) {
        self.at.entry(source.path.clone()).or_default().insert(source.module);
        self.of.insert(source.module, source);
    }

    pub fn remove(&mut self, module: Module) -> Option<Arc<Source>> {
        let source = self.of.remove(&module)?;
        if let Some(modules) = self.at.get_mut(&source.path) {
            modules.remove(&module);
            if modules.is_empty() {
                self.at.remove(&source.path);
            }
        }
        Some(source)
    }
}
