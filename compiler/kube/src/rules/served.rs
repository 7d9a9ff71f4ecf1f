//! Lints of pods that others rely on: L-104, L-108 and the part of L-109 that concerns budgets.

use std::collections::BTreeMap;

use super::program::Senders;
use super::{Program, Violation, keys};
use crate::facts::{Container, Detail, Facts, TargetPort, Workload};

/// Containers to which a Service sends before they are ready, because nothing asks them if they are.
pub(super) fn unready(program: &Program<'_>, found: &mut Vec<Violation>) {
    // By workload and container: the first Service.
    let mut told: BTreeMap<(usize, usize), (usize, &Facts, &Workload, &Container)> =
        BTreeMap::new();
    for group in program.senders() {
        let asking = Asking::of(group);
        for (at, pods, workload) in &group.pods {
            let ends = matches!(pods.identity.kind.as_str(), "Job" | "CronJob");
            if pods.external || ends {
                continue;
            }
            let asked = asking.asked(workload).into_iter();
            for (container, service) in asked.filter(|(container, _)| !container.ready) {
                let Some((service_at, facts, _)) = group.services.get(service) else { continue };
                let first = told.entry((*at, container.at.index)).or_insert((
                    *service_at,
                    facts,
                    workload,
                    container,
                ));
                if *service_at < first.0 {
                    (first.0, first.1) = (*service_at, facts);
                }
            }
        }
    }
    for ((at, _), (service_at, facts, workload, container)) in told {
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

/// The first Service of a group that sends to a port, by the name or the number of the port.
struct Asking<'f> {
    by_name: BTreeMap<&'f str, usize>,
    by_number: BTreeMap<i64, usize>,
}

impl<'f> Asking<'f> {
    fn of(group: &Senders<'f>) -> Self {
        let mut asking = Asking { by_name: BTreeMap::new(), by_number: BTreeMap::new() };
        for (at, (.., service)) in group.services.iter().enumerate() {
            for port in &service.ports {
                match &port.target {
                    TargetPort::Name(name) => asking.by_name.entry(name).or_insert(at),
                    TargetPort::Number(number) => asking.by_number.entry(*number).or_insert(at),
                };
            }
        }
        asking
    }

    /// The containers to which the ports of the Services lead, each with the first of these; where a Service leads to none
    /// of them, the only one there is.
    fn asked<'w>(&self, workload: &'w Workload) -> Vec<(&'w Container, usize)> {
        let lasting = || workload.containers.iter().filter(|own| own.lasting && !own.at.init);
        let reached = |container: &'w Container| {
            let services = container.ports.iter().flat_map(|own| {
                let named = self.by_name.get(own.name.as_str());
                named.into_iter().chain(self.by_number.get(&own.number))
            });
            Some((container, *services.min()?))
        };
        let mut all = lasting();
        match (all.next(), all.next()) {
            // Whichever port a Service names, there is no other container.
            (Some(only), None) => vec![(only, 0)],
            _ => lasting().filter_map(reached).collect(),
        }
    }
}

/// Deployments of one pod behind a Service.
pub(super) fn single(program: &Program<'_>, found: &mut Vec<Violation>) {
    // By workload: the first Service.
    let mut told: BTreeMap<usize, (usize, &Facts)> = BTreeMap::new();
    for group in program.senders() {
        let Some((service_at, facts, _)) = group.services.first() else { continue };
        for (at, pods, workload) in &group.pods {
            let deployed = pods.identity.kind == "Deployment" && !pods.external && !pods.singleton;
            if deployed && fewest(program, *at, workload) == 1 {
                // Groups are in the order of their first.
                told.entry(*at).or_insert((*service_at, facts));
            }
        }
    }
    for (at, (service_at, facts)) in told {
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

/// Several pods of which no budget says how many must stay.
pub(super) fn unprotected(program: &Program<'_>, found: &mut Vec<Violation>) {
    let protected = program.all_matched(program.objects().filter_map(|(_, facts)| {
        let Detail::Budget(budget) = &facts.detail else { return None };
        Some((facts.identity.namespace.as_str(), budget.selector.as_ref()?))
    }));
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
