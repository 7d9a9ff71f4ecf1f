//! The order in which the fields of an object are written: the one that people expect.
//!
//! At the top `apiVersion`, `kind`, `metadata`, `spec`, then what the builder gave, `status` last; in
//! `metadata` the name, namespace, labels and annotations come first. Everything else keeps its order.

use crate::tree::Ref;

/// Where in an object a map stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// The object itself.
    Root,
    /// Its `metadata`.
    Metadata,
    /// Anywhere below.
    Inside,
}

/// The entries of a map in the order to write them, each with the place of its value. Nothing is
/// allocated: what comes first is looked for, and all others are passed once.
pub(crate) fn entries<'t>(
    map: Ref<'t>,
    place: Place,
) -> impl Iterator<Item = (&'t str, Ref<'t>, Place)> {
    let (first, last) = place.ends();
    let named = move |name: &'static str| {
        let is_wanted = map.get(name).is_some();
        map.entries().filter(move |(key, _)| is_wanted && *key == name)
    };
    let others = map.entries().filter(move |(key, _)| !first.contains(key) && !last.contains(key));
    let all = first.iter().copied().flat_map(named).chain(others);
    all.chain(last.iter().copied().flat_map(named)).map(move |(key, value)| {
        let inner =
            if place == Place::Root && key == "metadata" { Place::Metadata } else { Place::Inside };
        (key, value, inner)
    })
}

impl Place {
    /// The keys that come before all others here, in their order, and those that come last.
    fn ends(self) -> (&'static [&'static str], &'static [&'static str]) {
        match self {
            Place::Root => (&["apiVersion", "kind", "metadata", "spec"], &["status"]),
            Place::Metadata => (&["name", "namespace", "labels", "annotations"], &[]),
            Place::Inside => (&[], &[]),
        }
    }
}
