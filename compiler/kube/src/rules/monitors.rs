//! XR-102: monitors of the Prometheus operator that find nothing, or ask ports that are not there.

use super::{Program, Violation, keys};
use crate::facts::{Detail, Facts, Identity, Monitor, Monitored};
use crate::tree::Step;

/// Monitors whose selector finds nothing, and ports that nothing of what they find has.
pub(super) fn doubtful(program: &Program<'_>, found: &mut Vec<Violation>) {
    for (object, facts) in program.objects().filter(|(_, facts)| !facts.external) {
        let Detail::Monitor(monitor) = &facts.detail else { continue };
        // An empty selector is for whatever comes.
        if monitor.selector.is_empty() || is_elsewhere(program, &facts.identity, monitor) {
            continue;
        }
        let ends: Vec<End<'_>> = program
            .objects()
            .filter(|(_, other)| monitor.looks_in(&other.identity.namespace, &facts.identity))
            .filter_map(|(at, other)| end(monitor, at, other))
            .collect();
        let what = if monitor.of_pods { "pods" } else { "Service" };
        if ends.is_empty() {
            let message = format!("this monitor finds no {what}");
            let help = match monitor.of_pods {
                true => "select labels that the pods have",
                false => "select labels of the Service itself, which are not those of its pods",
            };
            found.push(
                Violation::error("XR-102", object, keys(&["spec", "selector"]), message)
                    .warning()
                    .absence()
                    .help(help),
            );
            continue;
        }
        for (index, port) in &monitor.ports {
            if ends.iter().any(|end| end.is_open || end.ports.contains(&port.as_str())) {
                continue;
            }
            let Some(End { at, ports, id, .. }) = ends.first() else { continue };
            let path = [keys(&["spec", monitor.list]), vec![Step::Index(*index)], keys(&["port"])];
            let message = format!("no {what} that this monitor finds has a port `{port}`");
            let label = match ports.is_empty() {
                true => format!("{} has no port with a name", id.shown()),
                false => format!("the ports of {}: {}", id.shown(), ports.join(", ")),
            };
            found.push(
                Violation::error("XR-102", object, path.concat(), message).warning().related(
                    *at,
                    Vec::new(),
                    label,
                ),
            );
        }
    }
}

/// What a monitor finds.
struct End<'f> {
    at: usize,
    id: &'f Identity,
    ports: Vec<&'f str>,
    /// Its ports are not declared.
    is_open: bool,
}

fn end<'f>(monitor: &Monitor, at: usize, facts: &'f Facts) -> Option<End<'f>> {
    let id = &facts.identity;
    let named = |name: &'f String| Some(name.as_str()).filter(|name| !name.is_empty());
    match &facts.detail {
        Detail::Service(service) if !monitor.of_pods => {
            let ports = service.ports.iter().filter_map(|port| named(&port.name)).collect();
            let is_open = facts.external && service.ports.is_empty();
            monitor.selector.selects(&service.labels).then_some(End { at, id, ports, is_open })
        }
        Detail::Workload(workload) if monitor.of_pods => {
            let all = workload.containers.iter().flat_map(|container| &container.ports);
            let ports = all.filter_map(|port| named(&port.name)).collect();
            let is_open = facts.external && workload.containers.is_empty();
            monitor.selector.selects(&workload.labels).then_some(End { at, id, ports, is_open })
        }
        _ => None,
    }
}

/// Whether what it looks for may be where the program makes nothing of the kind.
fn is_elsewhere(program: &Program<'_>, own: &Identity, monitor: &Monitor) -> bool {
    let mut all = program.objects();
    let made = all.any(|(_, facts)| {
        !facts.external
            && matches!(facts.detail, Detail::Service(_) | Detail::Workload(_))
            && monitor.looks_in(&facts.identity.namespace, own)
    });
    !made || (monitor.of_pods && program.is_obscure(&own.namespace))
}

impl Monitor {
    fn looks_in(&self, namespace: &str, own: &Identity) -> bool {
        match &self.namespaces {
            Monitored::Own => namespace == own.namespace,
            Monitored::Any => true,
            Monitored::Named(names) => names.iter().any(|name| name == namespace),
        }
    }
}
