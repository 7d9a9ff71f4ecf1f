//! Ports: those that a Service sends to are there (XR-012), and names are such that a server takes them.

use std::collections::BTreeMap;

use super::{Program, Violation, keys};
use crate::facts::{ContainerPort, Detail, TargetPort, Workload};
use crate::names;
use crate::tree::Step;

/// Services that send to a port that a pod of theirs does not have. By name that never works; by number it
/// does, where the program listens on a port that the container does not mention. Each port of a Service is
/// reported once, however many workloads lack it.
pub(super) fn targets(program: &Program<'_>, found: &mut Vec<Violation>) {
    for (object, facts) in program.objects() {
        let Detail::Service(service) = &facts.detail else { continue };
        if facts.external {
            continue;
        }
        let mut selected = program.selected(&facts.identity.namespace, &service.selector);
        // Of an external workload the containers need not be declared.
        selected.retain(|(_, pods, workload)| !pods.external || !workload.containers.is_empty());
        for (index, port) in service.ports.iter().enumerate() {
            let reached = |own: &ContainerPort| {
                own.protocol == port.protocol
                    && match &port.target {
                        TargetPort::Name(name) => own.name == *name,
                        TargetPort::Number(number) => own.number == *number,
                    }
            };
            let mut lacking = selected
                .iter()
                .filter(|(_, _, workload)| !ports(workload).any(|(_, _, own)| reached(own)));
            let Some((at, pods, workload)) = lacking.next() else { continue };
            let (target, by_name) = match &port.target {
                TargetPort::Name(name) => (format!("`{name}`"), true),
                TargetPort::Number(number) => (number.to_string(), false),
            };
            let others = match lacking.count() {
                0 => String::new(),
                count => format!(" and {count} more"),
            };
            let message = format!(
                "the pods of {}{others} have no port {target} for {}",
                pods.identity.shown(),
                port.protocol
            );
            let path = [keys(&["spec", "ports"]), vec![Step::Index(index)], keys(&["targetPort"])]
                .concat();
            let own: Vec<String> =
                ports(workload)
                    .map(|(_, _, own)| {
                        if own.name.is_empty() { own.number.to_string() } else { own.name.clone() }
                    })
                    .collect();
            let label = if own.is_empty() {
                "it has no ports".to_owned()
            } else {
                format!("its ports: {}", own.join(", "))
            };
            let violation = Violation::error("XR-012", object, path, message);
            let violation = if by_name { violation } else { violation.warning() };
            found.push(violation.related(*at, workload.path(&keys(&["containers"])), label));
        }
    }
}

/// Names of container ports that a server refuses, or that two ports of a pod share.
pub(super) fn container_port_names(program: &Program<'_>, found: &mut Vec<Violation>) {
    const RULE: &str = "K-container-port-name";
    for (object, facts) in program.objects() {
        let Detail::Workload(workload) = &facts.detail else { continue };
        let path = |at: &[Step; 2], index: usize| {
            workload.path(
                &[&at[..], &keys(&["ports"]), &[Step::Index(index)], &keys(&["name"])].concat(),
            )
        };
        let mut seen: BTreeMap<&str, Vec<Step>> = BTreeMap::new();
        for (at, index, port) in ports(workload).filter(|(_, _, port)| !port.name.is_empty()) {
            let (here, name) = (path(&at, index), port.name.as_str());
            if let Err(why) = names::port_name(name) {
                found.push(Violation::error(
                    RULE,
                    object,
                    here.clone(),
                    format!("port name `{name}` {why}"),
                ));
            }
            match seen.get(name) {
                Some(first) => {
                    let message = format!("two ports of a pod are named `{name}`");
                    found.push(Violation::error(RULE, object, here, message).related(
                        object,
                        first.clone(),
                        "the other one",
                    ));
                }
                None => {
                    seen.insert(name, here);
                }
            }
        }
    }
}

/// Ports of a Service that need a name, have one that a server refuses, or share one.
pub(super) fn service_port_names(program: &Program<'_>, found: &mut Vec<Violation>) {
    const RULE: &str = "K-service-port-name";
    for (object, facts) in program.objects() {
        let Detail::Service(service) = &facts.detail else { continue };
        let path =
            |index| [keys(&["spec", "ports"]), vec![Step::Index(index)], keys(&["name"])].concat();
        let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
        for (index, port) in service.ports.iter().enumerate() {
            let name = port.name.as_str();
            if name.is_empty() {
                if service.ports.len() > 1 && !facts.external {
                    let message = format!(
                        "port {} needs a name, because {} has several ports",
                        port.number,
                        facts.identity.shown()
                    );
                    found.push(Violation::error(RULE, object, path(index), message));
                }
                continue;
            }
            if let Err(why) = names::dns_label(name) {
                found.push(Violation::error(
                    RULE,
                    object,
                    path(index),
                    format!("port name `{name}` {why}"),
                ));
            }
            let first = *seen.entry(name).or_insert(index);
            if first < index {
                let message = format!("two ports of {} are named `{name}`", facts.identity.shown());
                found.push(Violation::error(RULE, object, path(index), message).related(
                    object,
                    path(first),
                    "the other one",
                ));
            }
        }
    }
}

/// The ports of the containers that run as long as the pod: container, position, port.
fn ports(workload: &Workload) -> impl Iterator<Item = ([Step; 2], usize, &ContainerPort)> {
    workload.containers.iter().filter(|container| container.lasting).flat_map(|container| {
        container.ports.iter().enumerate().map(|(index, port)| (container.at.steps(), index, port))
    })
}
