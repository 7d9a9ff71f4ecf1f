//! Ports: those that a Service sends to are there (XR-012).

use std::collections::BTreeMap;

use super::{Program, Violation, keys};
use crate::facts::{ContainerPort, Facts, ServicePort, TargetPort, Workload};
use crate::tree::Step;

/// Services that send to a port that a pod of theirs does not have. By name that never works; by number it
/// does, where the program listens on a port that the container does not mention. Each port of a Service is
/// reported once, however many workloads lack it.
pub(super) fn targets(program: &Program<'_>, found: &mut Vec<Violation>) {
    for group in program.senders() {
        // Of an external workload the containers need not be declared.
        let told =
            |pods: &Facts, workload: &Workload| !pods.external || !workload.containers.is_empty();
        let pods: Vec<_> = group.pods.iter().filter(|(_, own, pods)| told(own, pods)).collect();
        let having = having(pods.iter().map(|(.., workload)| *workload));
        for (object, facts, service) in &group.services {
            let ports = service.ports.iter().enumerate();
            for (index, port) in ports.filter(|_| !facts.external) {
                let target = match &port.target {
                    TargetPort::Name(name) => Target::Name(name),
                    TargetPort::Number(number) => Target::Number(*number),
                };
                let have = having.get(&(port.protocol.as_str(), target));
                let have = have.map(Vec::as_slice).unwrap_or_default();
                // The first that is not among those that have it, which are in order.
                let lacking = have.iter().enumerate().find(|(number, at)| number != *at);
                let lacking = lacking.map_or(have.len(), |(number, _)| number);
                let Some((at, first, workload)) = pods.get(lacking) else { continue };
                let others = match pods.len() - have.len() {
                    1 => String::new(),
                    count => format!(" and {} more", count - 1),
                };
                let of = format!("{}{others}", first.identity.shown());
                let path =
                    [keys(&["spec", "ports"]), vec![Step::Index(index)], keys(&["targetPort"])];
                let at_port = |message| Violation::error("XR-012", *object, path.concat(), message);
                let violation = lacks(&of, workload, port, at_port);
                let label = shown(workload);
                found.push(violation.related(*at, workload.path(&keys(&["containers"])), label));
            }
        }
    }
}

/// A port by its name or its number.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Target<'f> {
    Name(&'f str),
    Number(i64),
}

/// The numbers of the workloads that have a port, in order, by protocol and port.
fn having<'f>(
    workloads: impl Iterator<Item = &'f Workload>,
) -> BTreeMap<(&'f str, Target<'f>), Vec<usize>> {
    let mut having: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (number, workload) in workloads.enumerate() {
        for (.., own) in ports(workload) {
            for target in [Target::Name(&own.name), Target::Number(own.number)] {
                let have = having.entry((own.protocol.as_str(), target)).or_default();
                if have.last() != Some(&number) {
                    have.push(number);
                }
            }
        }
    }
    having
}

/// That these pods, of which those of a workload are the first, lack a port.
fn lacks(
    of: &str,
    workload: &Workload,
    port: &ServicePort,
    at_port: impl Fn(String) -> Violation,
) -> Violation {
    let message =
        |target: &str| format!("the pods of {of} have no port {target} for {}", port.protocol);
    match &port.target {
        TargetPort::Name(name) => at_port(message(&format!("`{name}`")))
            .meant(name, ports(workload).map(|(.., own)| own.name.as_str())),
        TargetPort::Number(number) => at_port(message(&number.to_string())).warning(),
    }
}

/// The ports that a workload has.
fn shown(workload: &Workload) -> String {
    let own = ports(workload).map(|(.., own)| match own.name.as_str() {
        "" => own.number.to_string(),
        name => name.to_owned(),
    });
    match own.collect::<Vec<_>>().join(", ") {
        none if none.is_empty() => "it has no ports".to_owned(),
        own => format!("its ports: {own}"),
    }
}

/// The ports of the containers that run as long as the pod: container, position, port.
fn ports(workload: &Workload) -> impl Iterator<Item = ([Step; 2], usize, &ContainerPort)> {
    workload.containers.iter().filter(|container| container.lasting).flat_map(|container| {
        container.ports.iter().enumerate().map(|(index, port)| (container.at.steps(), index, port))
    })
}
