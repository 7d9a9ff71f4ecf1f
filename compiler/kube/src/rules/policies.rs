//! XR-080: NetworkPolicies that are for no pods, name ports that these do not have, forbid more than they say, or
//! forbid to look up names.

use std::collections::BTreeMap;

use super::{Program, Violation, keys};
use crate::facts::{Detail, Facts, Policy, Workload};
use crate::tree::Step;

/// What is probably not meant in a NetworkPolicy.
pub(super) fn doubtful(program: &Program<'_>, found: &mut Vec<Violation>) {
    // By namespace: the policies that let names be looked up.
    let mut dns: BTreeMap<&str, Vec<&Policy>> = BTreeMap::new();
    for (_, facts, policy) in policies(program).filter(|(.., policy)| policy.dns) {
        dns.entry(&facts.identity.namespace).or_default().push(policy);
    }
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
            let lacks = |workload: &Workload| {
                let mut ports = workload.containers.iter().flat_map(|container| &container.ports);
                !workload.containers.is_empty() && ports.all(|port| port.name != *name)
            };
            let mut all = pods().peekable();
            // One of the pods may have it: then it is for that one.
            if all.peek().is_none() || !all.all(|(.., workload)| lacks(workload)) || obscure {
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
        let known = dns.get(id.namespace.as_str()).map(Vec::as_slice).unwrap_or_default();
        let cut_off = pods().find(|(.., workload)| {
            !known.iter().any(|policy| policy.selector.selects(&workload.labels))
        });
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

fn policies<'f>(program: &Program<'f>) -> impl Iterator<Item = (usize, &'f Facts, &'f Policy)> {
    program.objects().filter_map(|(object, facts)| match &facts.detail {
        Detail::Policy(policy) => Some((object, facts, &**policy)),
        _ => None,
    })
}
