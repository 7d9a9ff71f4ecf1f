//! XR-104: ports of nodes, which one pod of each node can have.

use super::{Program, Violation, keys};
use crate::facts::{Detail, Facts};
use crate::tree::Step;

/// Pods that take a port of their node while an update runs two of them, and pods of two workloads that take the same
/// one on each node.
pub(super) fn shared_ports(program: &Program<'_>, found: &mut Vec<Violation>) {
    let mut taken: Vec<(i64, &str, usize, &Facts, Vec<Step>)> = Vec::new();
    for (object, facts) in program.objects() {
        let Detail::Workload(workload) = &facts.detail else { continue };
        for container in workload.containers.iter().filter(|container| container.lasting) {
            let ports = container.ports.iter().enumerate().filter(|(_, port)| port.host != 0);
            for (index, port) in ports {
                let steps = [&container.at.steps()[..], &keys(&["ports"]), &[Step::Index(index)]];
                let path = workload.path(&steps.concat());
                taken.push((port.host, &port.protocol, object, facts, path));
            }
        }
        let first = taken.iter().find(|(_, _, other, ..)| *other == object);
        if let Some((port, _, _, _, path)) =
            first.filter(|_| !facts.external && workload.surge && workload.steady)
        {
            let message = format!(
                "an update starts a second pod that waits for port {port} of a node, and no pod lets go of it"
            );
            found.push(
                Violation::error("XR-104", object, keys(&["spec", "strategy"]), message)
                    .warning()
                    .related(object, path.clone(), "the port")
                    .help("set the strategy to `Recreate`, or `maxSurge` to 0"),
            );
        }
    }
    taken.sort_by_key(|(port, protocol, object, ..)| (*port, *protocol, *object));
    for group in taken.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
        let everywhere = |facts: &Facts| facts.identity.kind == "DaemonSet";
        let Some((.., first, of, at)) = group.iter().find(|(_, _, _, facts, _)| everywhere(facts))
        else {
            continue;
        };
        let others = group.iter().filter(|(_, _, object, facts, _)| {
            object != first
                && facts.identity != of.identity
                && (!everywhere(facts) || object > first)
        });
        for (port, protocol, object, facts, path) in
            others.filter(|(_, _, _, facts, _)| !facts.external)
        {
            let message = format!(
                "{} takes port {port} of each node for {protocol}, and the pods of {} wait for it",
                of.identity.shown(),
                facts.identity.shown()
            );
            found.push(
                Violation::error("XR-104", *object, path.clone(), message)
                    .warning()
                    .related(*first, at.clone(), "the port is taken here")
                    .help("take another port, or a Service in place of the port of the node"),
            );
        }
    }
}
