//! The keys of one map, and how sure it is that they are there.

use std::collections::BTreeMap;
use std::sync::Arc;

/// The keys of one map.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Shape {
    /// In the order of their first appearance; those that were taken away again are nowhere.
    keys: Vec<(Arc<str>, Option<There>)>,
    /// Where in `keys` each is.
    places: BTreeMap<Arc<str>, usize>,
    /// There may be others.
    pub open: bool,
}

/// Whether a key is in a map.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum There {
    Always,
    /// Under a condition.
    Perhaps,
}

pub(super) static OPEN: Shape = Shape { keys: Vec::new(), places: BTreeMap::new(), open: true };

impl Shape {
    /// What is known of a key: `None` where the map is closed and has no such key.
    pub fn key(&self, name: &str) -> Option<There> {
        let place = self.places.get(name).and_then(|place| self.keys.get(*place));
        place.and_then(|(_, there)| *there).or(self.open.then_some(There::Always))
    }

    /// The keys that are written, in the order of their first appearance.
    pub fn names(&self) -> impl Iterator<Item = &Arc<str>> {
        self.known().map(|(name, _)| name)
    }

    /// The same, and what is known of each.
    pub fn known(&self) -> impl Iterator<Item = (&Arc<str>, There)> {
        self.keys.iter().filter_map(|(name, there)| there.map(|there| (name, there)))
    }

    pub(super) fn add(&mut self, name: Arc<str>, there: There) {
        let place = self.places.entry(name.clone()).or_insert(self.keys.len());
        match self.keys.get_mut(*place) {
            Some((_, Some(There::Always))) => {}
            Some((_, known)) => *known = Some(there),
            None => self.keys.push((name, Some(there))),
        }
    }

    pub(super) fn remove(&mut self, name: &str) {
        let place = self.places.get(name).and_then(|place| self.keys.get_mut(*place));
        if let Some((_, known)) = place {
            *known = None;
        }
    }

    pub(super) fn merge(&mut self, other: &Shape, there: There) {
        self.open |= other.open;
        for (name, known) in other.known() {
            let both = if there == There::Always { known } else { There::Perhaps };
            self.add(name.clone(), both);
        }
    }
}
