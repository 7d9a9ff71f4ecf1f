//! What a file names: other files, modules of the library, and modules of packages.

use std::ops::Range;
use std::sync::Arc;

use syntax::{Node, NodeKind, Parsed};

use crate::db::{ItemKind, Module};
use crate::workspace::Workspace;
use crate::workspace::library::library;
use crate::workspace::packages::FromPackage;

/// A string in a `use` or `overlay` that names a file.
pub(super) struct Reference {
    pub overlay: bool,
    /// As the module's `files` knows it.
    pub text: Arc<str>,
    /// Where it stands in the file.
    pub range: Range<usize>,
}

/// The strings, the library modules and the modules of packages that a file names.
#[derive(Default)]
pub(super) struct References {
    pub strings: Vec<Reference>,
    pub library: Vec<String>,
    pub packages: Vec<FromPackage>,
}

impl Workspace {
    /// What a file names.
    pub(super) fn references(&self, module: Module) -> References {
        let mut references = References::default();
        let Some(source) = self.sources.get(module) else { return references };
        for item in source.items() {
            let kind = item.kind(&self.db);
            if !matches!(kind, ItemKind::Use | ItemKind::Overlay) {
                continue;
            }
            let Some(at) = source.range(item) else { continue };
            let parsed = Parsed::new(item.text(&self.db));
            let entry = parsed.tree().entry();
            if kind == ItemKind::Use {
                if entry.child(NodeKind::From).is_some() {
                    references.packages.extend(FromPackage::of(entry, at.start));
                    continue;
                }
                references.library.extend(self.library_module(entry));
                // A CustomResourceDefinition is no `.dep` file.
                if entry.child(NodeKind::Crd).is_some() {
                    continue;
                }
            }
            for node in entry.children().filter(|node| node.kind() == NodeKind::Str) {
                let range = node.range();
                references.strings.push(Reference {
                    overlay: kind == ItemKind::Overlay,
                    text: Arc::from(&*syntax::literal::string_value(node.text())),
                    range: at.start + range.start..at.start + range.end,
                });
            }
        }
        references
    }

    /// The longest beginning of a dotted path that is a module of the library.
    fn library_module(&self, entry: Node<'_>) -> Option<String> {
        let path = entry.children().find(|node| node.kind() == NodeKind::ModulePath)?;
        let mut segments: Vec<&str> = path.children().map(|segment| segment.text()).collect();
        while !segments.is_empty() {
            let name = segments.join(".");
            if library().iter().any(|module| module.name == name) {
                return Some(name);
            }
            segments.pop();
        }
        None
    }
}
