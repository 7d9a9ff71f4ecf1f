//! Names that stand twice where they may once: fields of a schema or a case, parameters of a function, and what a body
//! sets.

use std::borrow::Cow;
use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use syntax::{Node, NodeKind};

use super::Elaborator;
use super::path::{Bound, bound};
use crate::code::SetOp;
use crate::types::{key_str, key_text};

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

    /// One key that a body sets twice, or sets and puts blocks on.
    pub(super) fn bound_twice(&mut self, body: Node<'_>) {
        // Of most bodies no two entries begin with one name.
        let bindings = body.children().filter(|node| node.kind() == NodeKind::Binding);
        let paths = bindings.clone().filter_map(|node| node.child(NodeKind::Path));
        let first = paths.filter_map(|path| path.children().next());
        let mut names: Vec<Cow<'_, str>> = first.map(key_str).collect();
        names.sort_unstable();
        if names.windows(2).all(|two| two.first() != two.last()) {
            return;
        }
        // The first that sets a name, and the first that puts a block on it.
        let mut seen: FxHashMap<Cow<'_, str>, [Option<(Node<'_>, usize)>; 2]> =
            FxHashMap::default();
        let mut count = 0;
        for node in bindings {
            let Some(path) = node.child(NodeKind::Path) else { continue };
            if node.child(NodeKind::ForClause).is_some() {
                continue;
            }
            let mut names = path.children().filter(|node| {
                !matches!(node.kind(), NodeKind::Question | NodeKind::Missing | NodeKind::Junk)
            });
            let Some(first) = names.next().filter(|node| node.kind() != NodeKind::Computed) else {
                continue;
            };
            let is_longer = names.next().is_some();
            let sets = !is_longer && matches!(bound(node), Bound::Value(SetOp::Replace, _));
            let blocks = is_longer || matches!(bound(node), Bound::Block(..));
            if !sets && !blocks {
                continue;
            }
            let name = key_str(first);
            let [setting, block] = seen.entry(name.clone()).or_default();
            let earlier = match (*setting, block.filter(|_| sets)) {
                (Some(a), Some(b)) => Some(if a.1 < b.1 { (a.0, true) } else { (b.0, false) }),
                (Some((node, _)), None) => Some((node, true)),
                (None, other) => other.map(|(node, _)| (node, false)),
            };
            match earlier {
                Some((before, other_sets)) => {
                    let what = if sets && other_sets {
                        format!("`{name}` is set twice here")
                    } else {
                        format!("`{name}` is set here, and a block is put on it, in one layer")
                    };
                    self.report(
                        self.problem(401, first, what)
                            .related(self.place(before), "bound here first")
                            .help("keep one of the two"),
                    );
                }
                None => {
                    let known = if sets { setting } else { block };
                    known.get_or_insert((first, count));
                    count += 1;
                }
            }
        }
    }
}
