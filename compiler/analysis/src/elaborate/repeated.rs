//! Names that one declaration declares twice: fields of a schema or a case, parameters of a function.

use std::collections::BTreeMap;

use syntax::{Node, NodeKind};

use super::Elaborator;
use crate::types::key_text;

impl Elaborator<'_> {
    /// Reports fields that the body of a schema or a case declares again. What is also set twice is told of that.
    pub(super) fn fields_declared_once(&mut self, body: Node<'_>) {
        let fields = body.children_of(NodeKind::Binding).filter_map(|binding| {
            let path = binding.child(NodeKind::Path)?;
            binding.child(NodeKind::Annotation)?;
            let mut keys = path.children().filter(|key| key.kind() != NodeKind::Question);
            let key = keys.next().filter(|_| keys.next().is_none())?;
            Some((key, binding.child(NodeKind::Set).is_some()))
        });
        self.declared_once(fields);
    }

    /// Reports names that are declared again, each with whether it has a value.
    pub(super) fn declared_once<'t>(&mut self, names: impl IntoIterator<Item = (Node<'t>, bool)>) {
        let mut seen = BTreeMap::new();
        for (name, is_set) in names {
            let Some((first, first_set)) = seen.insert(key_text(name), (name, is_set)) else {
                continue;
            };
            if is_set && first_set {
                continue;
            }
            let problem = self
                .problem(108, name, format!("`{}` is declared twice", name.text()))
                .related(self.place(first), "first declared here")
                .help("rename one of them");
            self.report(problem);
        }
    }
}
