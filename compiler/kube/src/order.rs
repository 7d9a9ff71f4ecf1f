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

const TOP: [&str; 4] = ["apiVersion", "kind", "metadata", "spec"];
const METADATA: [&str; 4] = ["name", "namespace", "labels", "annotations"];

/// The entries of a map in the order to write them, each with the place of its value. Nothing is
/// allocated: each rank is one pass over the few entries at the top.
pub(crate) fn entries<'t>(
    map: Ref<'t>,
    place: Place,
) -> impl Iterator<Item = (&'t str, Ref<'t>, Place)> {
    let ranks = if place == Place::Inside { 0..1 } else { 0..6 };
    ranks.flat_map(move |rank| {
        map.entries().filter(move |(key, _)| place.rank(key) == rank).map(move |(key, value)| {
            let inner = if place == Place::Root && key == "metadata" {
                Place::Metadata
            } else {
                Place::Inside
            };
            (key, value, inner)
        })
    })
}

impl Place {
    fn rank(self, key: &str) -> usize {
        let first: &[&str] = match self {
            Place::Inside => return 0,
            Place::Root => &TOP,
            Place::Metadata => &METADATA,
        };
        let last = if self == Place::Root && key == "status" { 5 } else { 4 };
        first.iter().position(|name| *name == key).unwrap_or(last)
    }
}
