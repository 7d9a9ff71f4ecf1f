//! Which node each is a child of: asked where something is told, and then of many.

use std::hash::{Hash, Hasher};
use std::sync::OnceLock;

use super::Packed;

/// The parent of each node by its index; the root is its own. Made when one is first asked for; as it follows from the nodes,
/// shapes are equal with it and without.
#[derive(Debug, Default)]
pub(super) struct Parents(OnceLock<Box<[u32]>>);

impl Parents {
    pub fn of(&self, nodes: &[Packed], id: u32) -> Option<u32> {
        let parents = self.0.get_or_init(|| parents(nodes));
        parents.get(id as usize).copied().filter(|parent| *parent != id)
    }
}

fn parents(nodes: &[Packed]) -> Box<[u32]> {
    // Nodes lie in preorder: those that are open, with the index after their last descendant.
    let mut open: Vec<(u32, u32)> = Vec::new();
    let mut parents = Vec::with_capacity(nodes.len());
    for (id, node) in (0..).zip(nodes) {
        while open.last().is_some_and(|(_, end)| *end <= id) {
            open.pop();
        }
        parents.push(open.last().map_or(id, |(parent, _)| *parent));
        open.push((id, id + node.size));
    }
    parents.into_boxed_slice()
}

impl Clone for Parents {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl PartialEq for Parents {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Parents {}

impl Hash for Parents {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}
