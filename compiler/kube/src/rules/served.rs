//! Lints of pods that others rely on: L-104, L-108 and the part of L-109 that concerns budgets.

use super::{Program, Violation, keys};
use crate::facts::{Container, Detail, Facts, ServicePort, TargetPort, Workload};

/// Containers to which a Service sends before they are ready, because nothing asks them if they are.
pub(super) fn unready(program: &Program<'_>, found: &mut Vec<Violation>) {
    let mut told: Vec<(usize, usize)> = Vec::new();
    for (service_at, facts) in program.objects() {
        let Detail::Service(service) = &facts.detail else { continue };
        for (at, pods, workload) in program.selected(&facts.identity.namespace, &service.selector) {
            let ends = matches!(pods.identity.kind.as_str(), "Job" | "CronJob");
            if pods.external || ends {
                continue;
            }
            for container in asked(workload, &service.ports) {
                if container.ready || told.contains(&(at, container.at.index)) {
                    continue;
                }
                told.push((at, container.at.index));
                let message = format!(
                    "Service/{} sends requests to container `{}` before it can answer",
                    facts.identity.name, container.name
                );
                let path = workload.path(&container.at.steps());
                found.push(
                    Violation::error("L-104", at, path, message)
                        .warning()
                        .related(service_at, keys(&["spec", "selector"]), "this Service")
                        .help("set `readinessProbe`"),
                );
            }
        }
    }
}

/// The containers to which the ports of a Service lead; where none can be told, the only one there is.
fn asked<'w>(workload: &'w Workload, ports: &[ServicePort]) -> Vec<&'w Container> {
    let lasting = || workload.containers.iter().filter(|own| own.lasting && !own.at.init);
    let reached = |container: &&Container| {
        container.ports.iter().any(|own| {
            ports.iter().any(|port| match &port.target {
                TargetPort::Name(name) => own.name == *name,
                TargetPort::Number(number) => own.number == *number,
            })
        })
    };
    let found: Vec<&Container> = lasting().filter(reached).collect();
    match (found.is_empty(), lasting().count()) {
        (true, 1) => lasting().collect(),
        _ => found,
    }
}

/// Deployments of one pod behind a Service.
pub(super) fn single(program: &Program<'_>, found: &mut Vec<Violation>) {
    let mut told: Vec<usize> = Vec::new();
    for (service_at, facts) in program.objects() {
        let Detail::Service(service) = &facts.detail else { continue };
        for (at, pods, workload) in program.selected(&facts.identity.namespace, &service.selector) {
            let deployed = pods.identity.kind == "Deployment" && !pods.external && !pods.singleton;
            if !deployed || fewest(program, at, workload) != 1 || told.contains(&at) {
                continue;
            }
            told.push(at);
            let message = format!(
                "Service/{} has one pod behind it, and none while that one moves",
                facts.identity.name
            );
            found.push(
                Violation::error("L-108", at, keys(&["spec", "replicas"]), message)
                    .warning()
                    .related(service_at, keys(&["spec", "selector"]), "this Service")
                    .help("let there be at least 2"),
            );
        }
    }
}

/// Several pods of which no budget says how many must stay.
pub(super) fn unprotected(program: &Program<'_>, found: &mut Vec<Violation>) {
    let mut protected = vec![false; program.len()];
    for (_, facts) in program.objects() {
        let Detail::Budget(budget) = &facts.detail else { continue };
        let Some(selector) = &budget.selector else { continue };
        for (at, ..) in program.matched(&facts.identity.namespace, selector) {
            if let Some(own) = protected.get_mut(at) {
                *own = true;
            }
        }
    }
    for (at, facts, workload) in workloads(program) {
        let kept = matches!(facts.identity.kind.as_str(), "Deployment" | "StatefulSet");
        let alone = fewest(program, at, workload) < 2;
        if !kept || alone || protected.get(at).copied().unwrap_or(true) {
            continue;
        }
        let message =
            "all pods may be evicted at once: no PodDisruptionBudget is for them".to_owned();
        found.push(
            Violation::error("L-109", at, keys(&["spec", "replicas"]), message)
                .warning()
                .absence()
                .help("make a PodDisruptionBudget that selects them"),
        );
    }
}

/// The fewest pods that there are.
fn fewest(program: &Program<'_>, at: usize, workload: &Workload) -> i64 {
    let scaled = program.scaler_of(at);
    scaled.map_or(workload.replicas.unwrap_or(1), |scaled| scaled.autoscaler.min)
}

fn workloads<'f>(program: &Program<'f>) -> impl Iterator<Item = (usize, &'f Facts, &'f Workload)> {
    program.objects().filter_map(|(at, facts)| match &facts.detail {
        Detail::Workload(workload) if !facts.external => Some((at, facts, &**workload)),
        _ => None,
    })
}
