//! A program's facts with the indexes by which rules find one object from another.
//!
//! The indexes are sorted by hashes, and only what has one hash is compared by text: sorting tens of
//! thousands of names that begin alike costs more than all rules together. The hasher has fixed keys,
//! so that the order is the same in every run; no rule depends on it.

use std::cell::{Cell, OnceCell};
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use super::{Violation, keys};
use crate::facts::{Autoscaler, Detail, Facts, Identity, Selector, Service, Workload};
use crate::limits;

/// The facts of all objects of a program, by position, and indexes over them. Each index is made when a rule asks for it.
pub struct Program<'f> {
    all: Vec<&'f Facts>,
    /// Hash of the identity, and position; where identities are equal, in order.
    by_identity: OnceCell<Vec<(u64, usize)>>,
    pods: OnceCell<Pods>,
    /// Hashes of the namespaces in which something may make pods of which the program knows nothing.
    obscure: OnceCell<Vec<u64>>,
    scaled: OnceCell<AllScaled<'f>>,
    senders: OnceCell<Vec<Senders<'f>>>,
    /// How many pairs may still be compared, and whether a rule was refused one.
    left: Cell<usize>,
    refused: Cell<bool>,
}

/// The Services of one namespace that select pods by the same labels. What a rule has to say of the pods is found once for
/// all of them, because many Services may stand before many workloads.
pub struct Senders<'f> {
    /// With their positions, in order.
    pub services: Vec<(usize, &'f Facts, &'f Service)>,
    /// The workloads whose pods they select, with their positions, in order; none for no label.
    pub pods: Vec<(usize, &'f Facts, &'f Workload)>,
}

/// Where pods are found.
struct Pods {
    /// For each label of each pod: hash of namespace and label, and position.
    by_label: Vec<(u64, usize)>,
    /// Of each workload: hash of the namespace, and position.
    by_namespace: Vec<(u64, usize)>,
}

/// What autoscalers scale.
struct AllScaled<'f> {
    all: Vec<Scaled<'f>>,
    /// The position of a target, and the place of its first autoscaler in `all`.
    by_target: Vec<(usize, usize)>,
}

/// An autoscaler and its target.
#[derive(Clone, Copy)]
pub struct Scaled<'f> {
    /// The position of the autoscaler.
    pub scaler_at: usize,
    /// Which object it is.
    pub scaler: &'f Identity,
    /// What it says.
    pub autoscaler: &'f Autoscaler,
    /// The position of the target.
    pub target_at: usize,
    /// The target.
    pub target: &'f Facts,
    /// Its pods.
    pub workload: &'f Workload,
}

impl<'f> Program<'f> {
    /// The facts of a program.
    pub fn new(all: &[&'f Facts]) -> Self {
        Program {
            all: all.to_vec(),
            by_identity: OnceCell::new(),
            pods: OnceCell::new(),
            obscure: OnceCell::new(),
            scaled: OnceCell::new(),
            senders: OnceCell::new(),
            left: Cell::new(limits::PAIRS),
            refused: Cell::new(false),
        }
    }

    /// Some objects of a program, in which the namespaces with these hashes, sorted, are obscure.
    pub fn part(all: &[&'f Facts], obscure: Vec<u64>) -> Self {
        Program { obscure: OnceCell::from(obscure), ..Program::new(all) }
    }

    fn by_identity(&self) -> &[(u64, usize)] {
        self.by_identity.get_or_init(|| {
            let mut index = Vec::with_capacity(self.all.len());
            index.extend(self.objects().map(|(at, facts)| {
                let id = &facts.identity;
                (hash(&[&id.group, &id.kind, &id.namespace, &id.name]), at)
            }));
            let identity = |at: usize| self.all.get(at).map(|facts| &facts.identity);
            index.sort_unstable_by(|a: &(u64, usize), b| {
                a.0.cmp(&b.0).then_with(|| identity(a.1).cmp(&identity(b.1))).then(a.1.cmp(&b.1))
            });
            index
        })
    }

    fn pods(&self) -> &Pods {
        self.pods.get_or_init(|| {
            let (mut by_label, mut by_namespace) = (Vec::new(), Vec::new());
            for (at, facts) in self.objects() {
                let Detail::Workload(workload) = &facts.detail else { continue };
                let namespace = &facts.identity.namespace;
                by_namespace.push((hash(&[namespace]), at));
                let labels = workload.labels.iter();
                by_label.extend(labels.map(|(key, value)| (hash(&[namespace, key, value]), at)));
            }
            by_label.sort_unstable();
            by_namespace.sort_unstable();
            Pods { by_label, by_namespace }
        })
    }

    fn all_scaled(&self) -> &AllScaled<'f> {
        self.scaled.get_or_init(|| {
            let all: Vec<Scaled<'f>> =
                self.objects().filter_map(|(at, facts)| self.target(at, facts)).collect();
            let targets = all.iter().enumerate().map(|(at, scaled)| (scaled.target_at, at));
            let mut by_target: Vec<(usize, usize)> = targets.collect();
            by_target.sort_unstable();
            AllScaled { all, by_target }
        })
    }

    /// All objects of which anything is known, with their positions.
    pub fn objects(&self) -> impl Iterator<Item = (usize, &'f Facts)> {
        self.all.iter().copied().enumerate().filter(|(_, facts)| !facts.hidden)
    }

    /// The number of objects, with those of which nothing is known.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether it has no objects.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// The groups of several objects that have one identity, each in order.
    pub fn doubles(&self) -> impl Iterator<Item = impl Iterator<Item = (usize, &'f Facts)>> {
        let identity = |at: usize| self.all.get(at).map(|facts| &facts.identity);
        let groups =
            self.by_identity().chunk_by(move |a, b| a.0 == b.0 && identity(a.1) == identity(b.1));
        groups
            .filter(|group| group.len() > 1)
            .map(|group| group.iter().filter_map(|(_, at)| self.numbered(*at)))
    }

    /// The first object of this kind and name in the namespace of another one.
    pub fn find(
        &self,
        group: &str,
        kind: &str,
        near: &Identity,
        name: &str,
    ) -> Option<(usize, &'f Facts)> {
        self.find_in(group, kind, &near.namespace, name)
    }

    /// The first object of this kind and name in a namespace; none for no name, as of what a server names.
    pub fn find_in(
        &self,
        group: &str,
        kind: &str,
        namespace: &str,
        name: &str,
    ) -> Option<(usize, &'f Facts)> {
        let wanted = [group, kind, namespace, name];
        let same = run(self.by_identity(), hash(&wanted)).iter();
        let same = same.filter_map(|(_, at)| self.numbered(*at));
        let mut same = same.filter(|_| !name.is_empty()).filter(|(_, facts)| {
            let id = &facts.identity;
            [&id.group, &id.kind, &id.namespace, &id.name].into_iter().eq(wanted)
        });
        same.next()
    }

    /// Whether so many more pairs of objects may be compared. A rule that may not compare all of its pairs finds nothing.
    pub fn compares(&self, pairs: usize) -> bool {
        let left = self.left.get().checked_sub(pairs);
        self.left.set(left.unwrap_or(0));
        self.refused.set(self.refused.get() || left.is_none());
        left.is_some()
    }

    /// Whether a pair was refused since this was asked last.
    pub fn was_refused(&self) -> bool {
        self.refused.replace(false)
    }

    /// That there are more pairs than are compared, at the first object that selects others.
    pub fn too_many_pairs(&self) -> Option<Violation> {
        let place = |(at, facts): (usize, &Facts)| match &facts.detail {
            Detail::Service(_) | Detail::Budget(_) => Some((at, keys(&["spec", "selector"]))),
            Detail::Policy(_) => Some((at, keys(&["spec", "podSelector"]))),
            _ => None,
        };
        let mut selecting = self.objects().filter(|(_, facts)| !facts.external).filter_map(place);
        let first = || self.objects().next().map(|(at, _)| (at, Vec::new()));
        let (at, path) = selecting.next().or_else(first)?;
        let message = format!(
            "there are more than {} pairs of objects to compare, such as selectors and pods",
            limits::PAIRS
        );
        Some(Violation::error("E0505", at, path, message).help(
            "select pods by a label that few others have; or let it be several programs or namespaces",
        ))
    }

    /// All Services by the pods that they select, in the order of the first of each.
    pub fn senders(&self) -> &[Senders<'f>] {
        if self.left.get() == 0 {
            self.refused.set(true);
        }
        self.senders.get_or_init(|| {
            let mut all: Vec<Senders<'f>> = Vec::new();
            let mut by_labels = BTreeMap::<(&str, &[_]), usize>::new();
            for (at, facts) in self.objects() {
                let Detail::Service(service) = &facts.detail else { continue };
                let (namespace, labels) = (&facts.identity.namespace, &service.selector);
                let group = *by_labels.entry((namespace, labels)).or_insert_with(|| {
                    let pods = self.selected(namespace, labels).collect();
                    all.push(Senders { services: Vec::new(), pods });
                    all.len() - 1
                });
                if let Some(group) = all.get_mut(group) {
                    group.services.push((at, facts, service));
                }
            }
            all
        })
    }

    /// The workloads in a namespace whose pods have all these labels, in order; none for no label.
    pub fn selected<'s>(
        &'s self,
        namespace: &'s str,
        selector: &'s [(String, String)],
    ) -> impl Iterator<Item = (usize, &'f Facts, &'f Workload)> + use<'s, 'f> {
        let rarest = self.rarest(namespace, selector).unwrap_or_default();
        let has = |labels: &[(String, String)]| {
            selector.iter().all(|label| labels.binary_search(label).is_ok())
        };
        self.workloads(namespace, rarest).filter(move |(.., workload)| has(&workload.labels))
    }

    /// The workloads in a namespace whose pods a selector selects, in order.
    pub fn matched<'s>(
        &'s self,
        namespace: &'s str,
        selector: &'s Selector,
    ) -> impl Iterator<Item = (usize, &'f Facts, &'f Workload)> + use<'s, 'f> {
        let all = || run(&self.pods().by_namespace, hash(&[namespace]));
        let candidates = self.rarest(namespace, &selector.labels).unwrap_or_else(all);
        self.workloads(namespace, candidates)
            .filter(|(.., workload)| selector.selects(&workload.labels))
    }

    /// The workloads whose pods some objects select, by position.
    pub fn all_matched<'s>(
        &self,
        selectors: impl Iterator<Item = (&'s str, &'s Selector)>,
    ) -> Vec<bool> {
        let mut all = vec![false; self.all.len()];
        // What many objects select alike is looked for once.
        let selectors: BTreeSet<(&str, &Selector)> = selectors.collect();
        for (namespace, selector) in selectors {
            for (at, ..) in self.matched(namespace, selector) {
                all.get_mut(at).into_iter().for_each(|own| *own = true);
            }
        }
        all
    }

    /// A workload in a namespace whose pods have some of these labels, and no less than any other has.
    pub fn nearest(
        &self,
        near: &Identity,
        selector: &[(String, String)],
    ) -> Option<(usize, &'f Facts, &'f Workload)> {
        let with = |(key, value): &(String, String)| {
            run(&self.pods().by_label, hash(&[&near.namespace, key, value]))
        };
        let fewest = selector.iter().map(with).filter(|pods| !pods.is_empty());
        let candidates = fewest.min_by_key(|pods| pods.len()).unwrap_or_default();
        let named = || {
            let at = self.find("apps", "Deployment", near, &near.name)?;
            match &at.1.detail {
                Detail::Workload(workload) => Some((at.0, at.1, &**workload)),
                _ => None,
            }
        };
        let same = |workload: &Workload| {
            selector.iter().filter(|label| workload.labels.binary_search(label).is_ok()).count()
        };
        // Of many that are as near, the first few are as good as any.
        let few = candidates.get(..candidates.len().min(16)).unwrap_or_default();
        let found = self
            .workloads(&near.namespace, few)
            .max_by_key(|(at, _, workload)| (same(workload), std::cmp::Reverse(*at)));
        found.or_else(named)
    }

    /// Whether something in a namespace may make pods of which the program knows nothing: a custom resource, or
    /// what is external and does not say what labels its pods have.
    pub fn is_obscure(&self, namespace: &str) -> bool {
        let obscure = self.obscure.get_or_init(|| {
            let mut all: Vec<u64> =
                self.objects().filter_map(|(_, facts)| obscured(facts)).collect();
            all.sort_unstable();
            all
        });
        obscure.binary_search(&hash(&[namespace])).is_ok()
    }

    /// What has the rarest of the labels: it leaves few pods to look at, however many share the others. `None` for
    /// no label.
    fn rarest(&self, namespace: &str, labels: &[(String, String)]) -> Option<&[(u64, usize)]> {
        let with = |(key, value): &(String, String)| {
            run(&self.pods().by_label, hash(&[namespace, key, value]))
        };
        labels.iter().map(with).min_by_key(|pods| pods.len())
    }

    fn workloads<'s>(
        &'s self,
        namespace: &'s str,
        candidates: &'s [(u64, usize)],
    ) -> impl Iterator<Item = (usize, &'f Facts, &'f Workload)> + use<'s, 'f> {
        candidates.iter().take_while(|_| self.compares(1)).filter_map(move |(_, at)| {
            let (at, facts) = self.numbered(*at)?;
            match &facts.detail {
                Detail::Workload(workload) if facts.identity.namespace == namespace => {
                    Some((at, facts, &**workload))
                }
                _ => None,
            }
        })
    }

    /// Each autoscaler whose target the program has, with the target.
    pub fn scaled(&self) -> &[Scaled<'f>] {
        &self.all_scaled().all
    }

    /// The first autoscaler of the object at this position.
    pub fn scaler_of(&self, target_at: usize) -> Option<&Scaled<'f>> {
        let AllScaled { all, by_target } = self.all_scaled();
        let first = by_target.partition_point(|(at, _)| *at < target_at);
        let (_, at) = by_target.get(first).filter(|(at, _)| *at == target_at)?;
        all.get(*at)
    }

    /// All workloads of a namespace, in order.
    pub fn workloads_in<'s>(
        &'s self,
        namespace: &'s str,
    ) -> impl Iterator<Item = (usize, &'f Facts, &'f Workload)> + use<'s, 'f> {
        self.workloads(namespace, run(&self.pods().by_namespace, hash(&[namespace])))
    }

    fn target(&self, scaler_at: usize, facts: &'f Facts) -> Option<Scaled<'f>> {
        let Detail::Autoscaler(autoscaler) = &facts.detail else { return None };
        let (group, kind, name) = autoscaler.target.as_ref()?;
        let (target_at, target) = self.find(group, kind, &facts.identity, name)?;
        match &target.detail {
            Detail::Workload(workload) => Some(Scaled {
                scaler_at,
                scaler: &facts.identity,
                autoscaler,
                target_at,
                target,
                workload,
            }),
            _ => None,
        }
    }

    fn numbered(&self, at: usize) -> Option<(usize, &'f Facts)> {
        self.all.get(at).map(|facts| (at, *facts))
    }
}

/// The hash of the namespace in which an object may make pods of which the program knows nothing.
pub(super) fn obscured(facts: &Facts) -> Option<u64> {
    let id = &facts.identity;
    let custom = id.group.contains('.') && !id.group.ends_with(".k8s.io");
    let unknown = facts.external
        && matches!(&facts.detail, Detail::Workload(workload) if workload.labels.is_empty());
    (custom || unknown).then(|| hash(&[&id.namespace]))
}

pub(super) fn hash(parts: &[&str]) -> u64 {
    let mut hasher = DefaultHasher::new();
    parts.hash(&mut hasher);
    hasher.finish()
}

/// What has this hash in a sorted index.
pub(super) fn run(index: &[(u64, usize)], wanted: u64) -> &[(u64, usize)] {
    let from = index.partition_point(|(hash, _)| *hash < wanted);
    let rest = index.get(from..).unwrap_or_default();
    let count = rest.partition_point(|(hash, _)| *hash == wanted);
    rest.get(..count).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_that_are_compared() {
        let program = Program::new(&[]);
        assert!(program.compares(limits::PAIRS) && !program.was_refused());
        assert!(!program.compares(1) && program.was_refused());
    }
}
