//! A program's facts with the indexes by which rules find one object from another.

use crate::facts::{Detail, Facts, Identity, Workload};

/// The facts of all objects of a program, by position, and two sorted indexes over them.
pub struct Program<'f> {
    all: Vec<&'f Facts>,
    /// Positions, by identity and then in order.
    by_identity: Vec<usize>,
    /// Each label of each pod: namespace, label, position.
    by_label: Vec<(&'f str, &'f (String, String), usize)>,
}

impl<'f> Program<'f> {
    /// Indexes the facts of a program.
    pub fn new(all: &[&'f Facts]) -> Self {
        let mut by_identity: Vec<usize> = (0..all.len()).collect();
        by_identity.sort_by_key(|at| (all.get(*at).map(|facts| &facts.identity), *at));
        let mut by_label = Vec::new();
        for (at, facts) in all.iter().copied().enumerate() {
            if let Detail::Workload(workload) = &facts.detail {
                let namespace = facts.identity.namespace.as_str();
                by_label.extend(workload.labels.iter().map(|label| (namespace, label, at)));
            }
        }
        by_label.sort_unstable();
        Program { all: all.to_vec(), by_identity, by_label }
    }

    /// All objects with their positions.
    pub fn objects(&self) -> impl Iterator<Item = (usize, &'f Facts)> {
        self.all.iter().copied().enumerate()
    }

    /// The groups of objects that have one identity, each in order.
    pub fn groups(&self) -> impl Iterator<Item = Vec<(usize, &'f Facts)>> {
        let same = |a: &usize, b: &usize| self.identity(*a) == self.identity(*b);
        self.by_identity
            .chunk_by(same)
            .map(|group| group.iter().filter_map(|at| self.numbered(*at)).collect())
    }

    /// The first object of this kind and name in the namespace of another one.
    pub fn find(
        &self,
        group: &str,
        kind: &str,
        near: &Identity,
        name: &str,
    ) -> Option<(usize, &'f Facts)> {
        let wanted = (group, kind, near.namespace.as_str(), name);
        let parts = |at: usize| {
            self.identity(at).map(|id| {
                (id.group.as_str(), id.kind.as_str(), id.namespace.as_str(), id.name.as_str())
            })
        };
        let first = self.by_identity.partition_point(|at| parts(*at) < Some(wanted));
        let at = *self.by_identity.get(first)?;
        if parts(at) == Some(wanted) { self.numbered(at) } else { None }
    }

    /// The workloads in a namespace whose pods have all these labels; none for no label.
    pub fn selected(
        &self,
        namespace: &str,
        selector: &[(String, String)],
    ) -> Vec<(usize, &'f Facts, &'f Workload)> {
        let with = |label: &(String, String)| {
            let from =
                self.by_label.partition_point(|(ns, other, _)| (*ns, *other) < (namespace, label));
            let rest = self.by_label.get(from..).unwrap_or_default();
            let count = rest.partition_point(|(ns, other, _)| (*ns, *other) <= (namespace, label));
            rest.get(..count).unwrap_or_default()
        };
        // The rarest label leaves few pods to look at, however many share the others.
        let Some(rarest) = selector.iter().map(with).min_by_key(|pods| pods.len()) else {
            return Vec::new();
        };
        let found = rarest.iter().filter_map(|(_, _, at)| {
            let (at, facts) = self.numbered(*at)?;
            match &facts.detail {
                Detail::Workload(workload)
                    if selector.iter().all(|label| workload.labels.contains(label)) =>
                {
                    Some((at, facts, &**workload))
                }
                _ => None,
            }
        });
        found.collect()
    }

    fn numbered(&self, at: usize) -> Option<(usize, &'f Facts)> {
        self.all.get(at).map(|facts| (at, *facts))
    }

    fn identity(&self, at: usize) -> Option<&'f Identity> {
        self.all.get(at).map(|facts| &facts.identity)
    }
}
