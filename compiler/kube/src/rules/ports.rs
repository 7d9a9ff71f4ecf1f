//! Ports: those that a Service sends to are there (XR-012).

use super::{Program, Violation, keys};
use crate::facts::{ContainerPort, Detail, TargetPort, Workload};
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
            let (target, name) = match &port.target {
                TargetPort::Name(name) => (format!("`{name}`"), Some(name.as_str())),
                TargetPort::Number(number) => (number.to_string(), None),
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
            let violation = match name {
                Some(name) => {
                    violation.meant(name, ports(workload).map(|(_, _, own)| own.name.as_str()))
                }
                None => violation.warning(),
            };
            found.push(violation.related(*at, workload.path(&keys(&["containers"])), label));
        }
    }
}

/// The ports of the containers that run as long as the pod: container, position, port.
fn ports(workload: &Workload) -> impl Iterator<Item = ([Step; 2], usize, &ContainerPort)> {
    workload.containers.iter().filter(|container| container.lasting).flat_map(|container| {
        container.ports.iter().enumerate().map(|(index, port)| (container.at.steps(), index, port))
    })
}
