//! NetworkPolicies that are for no pods, name ports that these do not have, forbid more than they say, or forbid to look
//! up names (XR-080); that shut out a Service (XR-081); and pods that none is for (L-237).

use std::collections::{BTreeMap, BTreeSet};

use super::{Program, Violation, keys};
use crate::facts::{Detail, Facts, Opened, Policy, Selector, ServicePort, TargetPort, Workload};
use crate::tree::Step;

/// What is probably not meant in a NetworkPolicy.
pub(super) fn doubtful(program: &Program<'_>, found: &mut Vec<Violation>) {
    // Whose pods may look up names.
    let dns = program.all_matched(
        policies(program)
            .filter(|(.., policy)| policy.dns)
            .map(|(_, facts, policy)| (facts.identity.namespace.as_str(), &policy.selector)),
    );
    // What many policies select alike is looked for once: pods that can look up no names, and the names of ports.
    let mut without_names = BTreeMap::new();
    let mut named = BTreeMap::new();
    let warn = |object, path, message| Violation::error("XR-080", object, path, message).warning();
    for (object, facts, policy) in policies(program).filter(|(_, facts, _)| !facts.external) {
        let id = &facts.identity;
        let pods = || program.matched(&id.namespace, &policy.selector);
        let obscure = program.is_obscure(&id.namespace);
        if !policy.selector.is_empty() && pods().next().is_none() && !obscure {
            let message = "this policy is for no pods".to_owned();
            let violation = warn(object, keys(&["spec", "podSelector"]), message);
            found.push(violation.absence().help("select labels that the pods have"));
        }
        if !policy.typed && policy.egress && !policy.ingress {
            let message = "without `policyTypes`, this policy forbids all requests to its pods too";
            let violation = warn(object, keys(&["spec"]), message.to_owned());
            found.push(
                violation.related(object, keys(&["spec", "egress"]), "it only speaks of these").help(
                    "set `policyTypes = [\"Egress\"]`, or `[\"Ingress\", \"Egress\"]` where that is meant",
                ),
            );
        }
        for (rule, port, name) in &policy.ports {
            // One of the pods may have it: then it is for that one. What does not say its containers may have any.
            let known = named.entry((&id.namespace, &policy.selector)).or_insert_with(|| {
                let mut names = BTreeSet::new();
                for (.., workload) in pods() {
                    if workload.containers.is_empty() {
                        return None;
                    }
                    let ports = workload.containers.iter().flat_map(|container| &container.ports);
                    names.extend(ports.map(|port| port.name.as_str()));
                }
                Some(names)
            });
            let of_none = known.as_ref().is_some_and(|names| !names.contains(name.as_str()));
            if pods().next().is_none() || !of_none || obscure {
                continue;
            }
            let path = [
                keys(&["spec", "ingress"]),
                vec![Step::Index(*rule)],
                keys(&["ports"]),
                vec![Step::Index(*port)],
                keys(&["port"]),
            ];
            let violation =
                warn(object, path.concat(), format!("no pod of this policy has a port `{name}`"));
            let first = pods().next();
            found.push(match first {
                Some((at, owner, workload)) => violation.absence().related(
                    at,
                    workload.path(&keys(&["containers"])),
                    format!("the pods of {}", owner.identity.shown()),
                ),
                None => violation,
            });
        }
        let cut_off = *without_names
            .entry((&id.namespace, &policy.selector))
            .or_insert_with(|| pods().find(|(at, ..)| !dns.get(*at).copied().unwrap_or(true)));
        if policy.egress
            && let Some((at, owner, workload)) = cut_off
        {
            let message = format!(
                "{} can look up no names: nothing allows it to ask port 53 by UDP",
                owner.identity.shown()
            );
            found.push(
                warn(object, keys(&["spec", "egress"]), message)
                    .absence()
                    .related(at, workload.labels_path(), "this policy is for these pods")
                    .help("allow the ports 53 by UDP and TCP, or give the reason by an `allow` where no names are needed"),
            );
        }
    }
}

/// What policies of a namespace say of the pods that they select alike.
struct Closing<'f> {
    /// The position of the first of them.
    first: usize,
    by: &'f Selector,
    lets_in: BTreeSet<&'f Vec<Opened>>,
}

/// Pods to which a Service sends, and which let nothing in at that port.
pub(super) fn closed(program: &Program<'_>, found: &mut Vec<Violation>) {
    // By namespace: what policies select that close pods, with the first of them, and what any of them lets in.
    let mut closing: BTreeMap<&str, Vec<Closing<'_>>> = BTreeMap::new();
    let mut by_selector = BTreeMap::new();
    for (at, facts, policy) in policies(program).filter(|(.., policy)| policy.closes) {
        let namespace = facts.identity.namespace.as_str();
        let of_namespace = closing.entry(namespace).or_default();
        let number = *by_selector.entry((namespace, &policy.selector)).or_insert_with(|| {
            of_namespace.push(Closing {
                first: at,
                by: &policy.selector,
                lets_in: BTreeSet::new(),
            });
            of_namespace.len() - 1
        });
        if let Some(known) = of_namespace.get_mut(number) {
            known.lets_in.extend(&policy.lets_in);
        }
    }
    for group in program.senders() {
        let namespace = group.services.first().map(|(_, facts, _)| &facts.identity.namespace);
        let Some(all) = namespace.and_then(|namespace| closing.get(namespace.as_str())) else {
            continue;
        };
        let of_pods = group.pods.iter().filter(|(_, pods, _)| !pods.external);
        let closed = of_pods.filter_map(|(at, pods, workload)| {
            let own = all.iter().filter(|closing| closing.by.selects(&workload.labels));
            let own: Vec<&Closing<'_>> = own.collect();
            Some((own.first()?.first, own, *at, *pods, *workload))
        });
        let closed: Vec<_> = closed.collect();
        // By the ports of a Service: the first that is shut and the pods of which, and how many more there are.
        let mut shut = BTreeMap::<&[ServicePort], (Option<_>, usize)>::new();
        for (service_at, _, service) in group.services.iter().filter(|(_, own, _)| !own.external) {
            let (first, count) = *shut.entry(&service.ports).or_insert_with(|| {
                let pods = closed.iter().enumerate();
                let mut shut = pods.filter_map(|(number, (_, own, _, _, workload))| {
                    let is_shut = |port: &ServicePort| {
                        let mut rules = own.iter().flat_map(|closing| &closing.lets_in);
                        !rules.any(|rule| {
                            rule.is_empty() || rule.iter().any(|open| open.lets(port, workload))
                        })
                    };
                    Some((number, service.ports.iter().position(is_shut)?))
                });
                (shut.next(), shut.count())
            });
            let Some((number, index)) = first else { continue };
            let (Some((policy_at, _, at, pods, workload)), Some(port)) =
                (closed.get(number), service.ports.get(index))
            else {
                continue;
            };
            let others = if count == 0 { String::new() } else { format!(" and {count} more") };
            let message = format!(
                "nothing can reach port {} of the pods of {}{others}: a policy closes them, and none lets requests in there",
                port.number,
                pods.identity.shown()
            );
            let path = [keys(&["spec", "ports"]), vec![Step::Index(index)]].concat();
            found.push(
                Violation::error("XR-081", *service_at, path, message)
                    .warning()
                    .absence()
                    .related(*policy_at, keys(&["spec", "podSelector"]), "this policy closes them")
                    .related(*at, workload.labels_path(), "these pods")
                    .help("let those who may ask in, by a rule of `ingress` with this port"),
            );
        }
    }
}

/// L-237: pods for which no policy says who may talk to them.
pub(super) fn uncovered(program: &Program<'_>, found: &mut Vec<Violation>) {
    let covered = program.all_matched(
        policies(program)
            .map(|(_, facts, policy)| (facts.identity.namespace.as_str(), &policy.selector)),
    );
    for (object, facts) in program.objects().filter(|(_, facts)| !facts.external) {
        let Detail::Workload(workload) = &facts.detail else { continue };
        if covered.get(object).copied().unwrap_or(true) {
            continue;
        }
        let message = "everything in the cluster may talk to these pods".to_owned();
        found.push(
            Violation::error("L-237", object, workload.labels_path(), message)
                .warning()
                .absence()
                .help("make a NetworkPolicy that is for them"),
        );
    }
}

impl Opened {
    /// Whether it is open for what a Service sends to such pods.
    fn lets(&self, port: &ServicePort, workload: &Workload) -> bool {
        let mut ports = workload.containers.iter().flat_map(|container| &container.ports);
        let (name, number) = match &port.target {
            TargetPort::Number(number) => {
                let own = ports.find(|own| own.number == *number);
                (own.map(|own| own.name.as_str()).unwrap_or_default(), *number)
            }
            TargetPort::Name(name) => {
                let own = ports.find(|own| own.name == *name);
                (name.as_str(), own.map_or(0, |own| own.number))
            }
        };
        let by_number = self.name.is_empty() && (self.numbers.0..=self.numbers.1).contains(&number);
        self.protocol == port.protocol && (by_number || (!name.is_empty() && self.name == name))
    }
}

fn policies<'f>(program: &Program<'f>) -> impl Iterator<Item = (usize, &'f Facts, &'f Policy)> {
    program.objects().filter_map(|(object, facts)| match &facts.detail {
        Detail::Policy(policy) => Some((object, facts, &**policy)),
        _ => None,
    })
}
