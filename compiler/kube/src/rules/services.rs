//! Services and the pods behind them: that there are any (XR-010), of one workload (XR-011); that a Service without
//! a selector has addresses (XR-013); and the Service by which the pods of a StatefulSet have names (XR-014).

use std::collections::BTreeSet;

use super::{Program, Violation, keys};
use crate::facts::{Detail, Facts, Identity, Selector, Workload};

/// How many workloads a message names.
const SHOWN: usize = 4;

/// Services that select pods, and there are none.
pub(super) fn without_pods(program: &Program<'_>, found: &mut Vec<Violation>) {
    for (object, facts) in program.objects() {
        let Detail::Service(service) = &facts.detail else { continue };
        let (id, labels) = (&facts.identity, &service.selector);
        if facts.external
            || labels.is_empty()
            || program.selected(&id.namespace, labels).next().is_some()
        {
            continue;
        }
        let shown: Vec<String> =
            labels.iter().map(|(key, value)| format!("{key}: {value}")).collect();
        let message = format!("no pods have the labels `{}`", shown.join(", "));
        let mut violation =
            Violation::error("XR-010", object, keys(&["spec", "selector"]), message).absence().help(
                "select labels that the pods have; where the pods are made elsewhere, declare what makes them as external",
            );
        if program.is_obscure(&id.namespace) {
            violation = violation.warning();
        }
        found.push(with_nearest(program, id, labels, violation));
    }
}

/// What comes nearest to a selector that selects nothing, and why it is not selected.
pub(super) fn with_nearest(
    program: &Program<'_>,
    near: &Identity,
    labels: &[(String, String)],
    violation: Violation,
) -> Violation {
    let Some((at, pods, workload)) = program.nearest(near, labels) else { return violation };
    let selector = Selector { labels: labels.to_vec(), expressions: Vec::new() };
    match selector.unmet(&workload.labels) {
        Some(unmet) => violation.related(
            at,
            workload.labels_path(),
            format!("the pods of {}: {unmet}", pods.identity.shown()),
        ),
        None => violation,
    }
}

/// Services whose requests go to the pods of several workloads.
pub(super) fn shared(program: &Program<'_>, found: &mut Vec<Violation>) {
    for group in program.senders() {
        let mut selected = group.pods.clone();
        // Two of one name are told as such.
        selected.dedup_by_key(|(_, pods, _)| &pods.identity);
        if selected.len() < 2 {
            continue;
        }
        let some = selected.iter().take(SHOWN).map(|(_, pods, _)| pods.identity.shown());
        let more = if selected.len() > SHOWN { ", …" } else { "" };
        let message = format!(
            "the pods of {} workloads are behind this Service: {}{more}",
            selected.len(),
            some.collect::<Vec<_>>().join(", ")
        );
        for (object, ..) in group.services.iter().filter(|(_, facts, _)| !facts.external) {
            let path = keys(&["spec", "selector"]);
            let mut violation =
                Violation::error("XR-011", *object, path, message.clone()).warning();
            for (at, _, workload) in selected.iter().take(SHOWN) {
                violation = violation.related(*at, workload.labels_path(), "these pods");
            }
            found.push(violation.help("select a label that only one of them has"));
        }
    }
}

/// Services without a selector, to which nobody gives addresses.
pub(super) fn without_addresses(program: &Program<'_>, found: &mut Vec<Violation>) {
    let mut with: BTreeSet<(&str, &str)> = BTreeSet::new();
    for (_, facts) in program.objects() {
        if let Detail::Endpoints(endpoints) = &facts.detail
            && !endpoints.service.is_empty()
        {
            with.insert((&facts.identity.namespace, &endpoints.service));
        }
    }
    for (object, facts) in program.objects() {
        let Detail::Service(service) = &facts.detail else { continue };
        let id = &facts.identity;
        if facts.external
            || service.external_name
            || !service.selector.is_empty()
            || with.contains(&(id.namespace.as_str(), id.name.as_str()))
        {
            continue;
        }
        let message = format!("{} selects no pods, and nothing gives it addresses", id.shown());
        found.push(
            Violation::error("XR-013", object, keys(&["spec"]), message).warning().absence().help(
                "give it a `selector`; where something else makes its addresses, declare an external EndpointSlice",
            ),
        );
    }
}

/// StatefulSets whose Service is not there, or gives their pods no names.
pub(super) fn of_stateful_sets(program: &Program<'_>, found: &mut Vec<Violation>) {
    for (object, facts) in program.objects() {
        let Detail::Workload(workload) = &facts.detail else { continue };
        if facts.external || workload.service.is_empty() {
            continue;
        }
        if let Some(violation) = of_stateful_set(program, object, facts, workload) {
            found.push(violation);
        }
    }
}

fn of_stateful_set(
    program: &Program<'_>,
    object: usize,
    facts: &Facts,
    workload: &Workload,
) -> Option<Violation> {
    let name = &workload.service;
    let at_name =
        |message| Violation::error("XR-014", object, keys(&["spec", "serviceName"]), message);
    let Some((at, other)) = program.find("", "Service", &facts.identity, name) else {
        let namespace = &facts.identity.namespace;
        let violation = at_name(format!("no Service `{name}` in this program"));
        let violation = violation.lacks("", "Service", namespace, name);
        return Some(violation.help(
            "make it, with `clusterIP = \"None\"`, or, where it is made elsewhere, declare it: `external k8s.Service`",
        ));
    };
    let Detail::Service(service) = &other.detail else { return None };
    if other.external {
        return None;
    }
    let selector = Selector { labels: service.selector.clone(), expressions: Vec::new() };
    if selector.is_empty() || !selector.selects(&workload.labels) {
        let violation = at_name(format!("Service/{name} does not select these pods")).warning();
        return Some(violation.related(at, keys(&["spec", "selector"]), "it selects others"));
    }
    if !service.headless {
        let violation = at_name(format!("Service/{name} gives the pods no names")).warning();
        return Some(
            violation
                .related(at, keys(&["spec", "clusterIP"]), "it has an address of its own")
                .help("set `clusterIP = \"None\"` of the Service"),
        );
    }
    None
}
