//! Which objects may have to do with each other, as far as the rules go that look at tied objects only.
//!
//! An object is tied to what has the name that it has or names, in its namespace; to the pods that it selects; and where
//! it selects none, to those that it may have meant. Hashes stand for names: two that are equal by chance tie what need
//! not be, which costs time and changes nothing.

use super::program::{hash, obscured, run};
use crate::facts::{Detail, Facts, Selector, Workload};
use crate::limits;

/// What ties some objects to others.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ties {
    /// What they are called and what they name, sorted.
    names: Vec<u64>,
    pods: Vec<Labels>,
    selectors: Vec<Selected>,
    /// Hashes of the namespaces that they make obscure.
    pub obscure: Vec<u64>,
    /// Of some of them something is known, so that rules look at them.
    pub known: bool,
    /// Of some of them nothing is known.
    pub hidden: bool,
}

/// Labels in a namespace.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Labels {
    namespace: u64,
    /// Hashes of the namespace and a label, sorted.
    labels: Vec<u64>,
}

/// What selects pods.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Selected {
    by: Labels,
    /// It tells what comes nearest where it selects none.
    nearest: bool,
    /// It asks for more than labels, so that it may select none of those that have them.
    more: bool,
}

/// The ties of some objects, which go together in any case.
pub fn ties<'f>(all: impl IntoIterator<Item = &'f Facts>) -> Ties {
    let mut ties = Ties::default();
    for facts in all {
        if facts.hidden {
            ties.hidden = true;
        } else {
            ties.known = true;
            ties.add(facts);
        }
    }
    ties.names.sort_unstable();
    ties.names.dedup();
    ties.obscure.sort_unstable();
    ties.obscure.dedup();
    ties
}

/// What belongs together, directly or not: positions in `all`, each in one group, in their order.
pub fn groups(all: &[&Ties]) -> Vec<Vec<usize>> {
    let mut joined = Joined { above: (0..all.len()).collect() };
    let mut names: Vec<(u64, usize)> =
        numbered(all, |ties| &ties.names).map(|(n, at)| (*n, at)).collect();
    names.sort_unstable();
    for pair in names.windows(2) {
        if let [(name, at), (same, other)] = pair
            && name == same
        {
            joined.join(*at, *other);
        }
    }
    let pods: Vec<(&Labels, usize)> = numbered(all, |ties| &ties.pods).collect();
    let mut by_label = Vec::new();
    let mut by_namespace = Vec::with_capacity(pods.len());
    for (pod, (labels, _)) in pods.iter().enumerate() {
        by_label.extend(labels.labels.iter().map(|label| (*label, pod)));
        by_namespace.push((labels.namespace, pod));
    }
    by_label.sort_unstable();
    by_namespace.sort_unstable();
    let mut compared = 0usize;
    for (selected, own) in numbered(all, |ties| &ties.selectors) {
        let wanted = &selected.by.labels;
        let with = |label: &u64| run(&by_label, *label);
        let few = match wanted.iter().map(with).min_by_key(|pods| pods.len()) {
            Some(few) => few,
            None => run(&by_namespace, selected.by.namespace),
        };
        compared += few.len();
        if compared > limits::PAIRS {
            // Rules do not look at so many either.
            return vec![(0..all.len()).collect()];
        }
        let mut any = false;
        for (labels, at) in few.iter().filter_map(|(_, pod)| pods.get(*pod)) {
            if wanted.iter().all(|label| labels.labels.binary_search(label).is_ok()) {
                any = true;
                joined.join(own, *at);
            }
        }
        if selected.nearest && (!any || selected.more) {
            for (_, pod) in wanted.iter().flat_map(with) {
                compared += 1;
                if let Some((_, at)) = pods.get(*pod) {
                    joined.join(own, *at);
                }
            }
        }
    }
    joined.groups()
}

fn numbered<'t, T: 't>(
    all: &'t [&'t Ties],
    of: impl Fn(&'t Ties) -> &'t [T],
) -> impl Iterator<Item = (&'t T, usize)> {
    all.iter().enumerate().flat_map(move |(at, ties)| of(ties).iter().map(move |one| (one, at)))
}

impl Ties {
    fn add(&mut self, facts: &Facts) {
        let id = &facts.identity;
        let namespace = id.namespace.as_str();
        self.obscure.extend(obscured(facts));
        self.name(namespace, &id.name);
        match &facts.detail {
            Detail::Workload(workload) => self.workload(namespace, workload),
            Detail::Autoscaler(scaler) => {
                if let Some((.., name)) = &scaler.target {
                    self.name(namespace, name);
                }
            }
            Detail::Binding(binding) => {
                for account in &binding.accounts {
                    let own = &account.namespace;
                    self.name(if own.is_empty() { namespace } else { own }, &account.name);
                    // Pods that name no namespace may come into this one.
                    self.name("", &account.name);
                }
            }
            Detail::Budget(budget) => {
                if let Some(selector) = &budget.selector {
                    self.selector(namespace, selector, true);
                }
            }
            Detail::Policy(policy) => self.selector(namespace, &policy.selector, false),
            Detail::Ingress(ingress) => {
                ingress.routes.iter().for_each(|route| self.name(namespace, &route.service));
                ingress.tls.iter().for_each(|tls| self.name(namespace, &tls.secret));
            }
            Detail::Certificate(secret) => self.name(namespace, secret),
            Detail::Endpoints(endpoints) => self.name(namespace, &endpoints.service),
            Detail::Service(service) if !service.selector.is_empty() => {
                let by = labels(namespace, &service.selector);
                self.selectors.push(Selected { by, nearest: true, more: false });
            }
            _ => {}
        }
    }

    fn workload(&mut self, namespace: &str, workload: &Workload) {
        self.pods.push(labels(namespace, &workload.labels));
        if let Some(selector) = workload.selector.as_ref().filter(|own| !own.is_empty()) {
            self.selector(namespace, selector, false);
        }
        self.name(namespace, &workload.service);
        self.name(namespace, &workload.service_account);
        // A binding may be in no namespace, and name none.
        self.name("", &workload.service_account);
        workload.pull_secrets.iter().for_each(|name| self.name(namespace, name));
        workload.claims.iter().for_each(|claim| self.name(namespace, &claim.name));
        workload.configs.iter().for_each(|config| self.name(namespace, &config.name));
        for entry in workload.containers.iter().flat_map(|container| &container.env) {
            if let Some(service) = service_behind(&entry.name) {
                self.name(namespace, &service);
            }
        }
    }

    /// What is called so in a namespace, of whatever kind.
    fn name(&mut self, namespace: &str, name: &str) {
        if !name.is_empty() {
            self.names.push(hash(&[namespace, name]));
        }
    }

    fn selector(&mut self, namespace: &str, selector: &Selector, nearest: bool) {
        let by = labels(namespace, &selector.labels);
        self.selectors.push(Selected { by, nearest, more: !selector.expressions.is_empty() });
    }
}

/// The Service that servers make a variable of, by its name.
pub(super) fn service_behind(variable: &str) -> Option<String> {
    let ends = ["_SERVICE_HOST", "_SERVICE_PORT", "_PORT"];
    let start = ends.iter().find_map(|end| variable.strip_suffix(end))?;
    Some(start.to_ascii_lowercase().replace('_', "-"))
}

fn labels(namespace: &str, all: &[(String, String)]) -> Labels {
    let mut labels: Vec<u64> =
        all.iter().map(|(key, value)| hash(&[namespace, key, value])).collect();
    labels.sort_unstable();
    Labels { namespace: hash(&[namespace]), labels }
}

/// Sets of numbers, each with one of them in place of all: the first.
struct Joined {
    /// A number that is in the same set and not behind; itself for the first.
    above: Vec<usize>,
}

impl Joined {
    fn first(&mut self, mut at: usize) -> usize {
        while let Some(&above) = self.above.get(at).filter(|above| **above != at) {
            // Those on the way are nearer to the first the next time.
            let next = self.above.get(above).copied().unwrap_or(above);
            if let Some(own) = self.above.get_mut(at) {
                *own = next;
            }
            at = next;
        }
        at
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.first(one), self.first(other));
        if let Some(own) = self.above.get_mut(one.max(other)) {
            *own = one.min(other);
        }
    }

    fn groups(mut self) -> Vec<Vec<usize>> {
        let mut groups: Vec<Vec<usize>> = Vec::new();
        let mut of: Vec<usize> = vec![0; self.above.len()];
        for at in 0..self.above.len() {
            let first = self.first(at);
            if first == at {
                if let Some(own) = of.get_mut(at) {
                    *own = groups.len();
                }
                groups.push(vec![at]);
            } else if let Some(group) = of.get(first).and_then(|group| groups.get_mut(*group)) {
                group.push(at);
            }
        }
        groups
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(names: &[u64]) -> Ties {
        Ties { names: names.to_vec(), ..Ties::default() }
    }

    #[test]
    fn what_shares_a_name_goes_together_over_others_too() {
        let all = [named(&[1, 2]), named(&[3]), named(&[4, 5]), named(&[2, 4]), named(&[])];
        assert_eq!(groups(&all.each_ref()), [vec![0, 2, 3], vec![1], vec![4]]);
        assert!(groups(&[]).is_empty());
    }
}
