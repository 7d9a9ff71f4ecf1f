//! What an autoscaler needs of its target: that it is there (XR-030), that its containers say what they
//! request (XR-031), has the containers that it goes by (XR-032), leaves the number of its pods alone (XR-033),
//! belongs to one autoscaler (XR-034), and may have several pods (E0601).

use std::collections::BTreeSet;

use super::program::Scaled;
use super::{Program, Violation, keys};
use crate::facts::{Detail, Resource, requested};
use crate::tree::Step;

/// Autoscalers whose target the program does not have, or that cannot be scaled.
pub(super) fn missing_targets(program: &Program<'_>, found: &mut Vec<Violation>) {
    for (object, facts) in program.objects() {
        let Detail::Autoscaler(scaler) = &facts.detail else { continue };
        let Some((group, kind, name)) = &scaler.target else { continue };
        let path = |field| keys(&["spec", "scaleTargetRef", field]);
        match program.find(group, kind, &facts.identity, name) {
            None if !name.is_empty() => {
                let message = format!("no {kind} `{name}` in this program");
                let help = format!(
                    "name what this autoscaler scales; where it is made elsewhere, declare it: `external k8s.{kind}`"
                );
                found.push(
                    Violation::error("XR-030", object, path("name"), message)
                        .lacks(group, kind, &facts.identity.namespace, name)
                        .help(help),
                );
            }
            Some((at, target))
                if matches!(kind.as_str(), "DaemonSet" | "Job" | "CronJob" | "Pod") =>
            {
                let message = format!("a {kind} cannot be scaled");
                let label = format!("{} is the target", target.identity.shown());
                found.push(Violation::error("XR-030", object, path("kind"), message).related(
                    at,
                    Vec::new(),
                    label,
                ));
            }
            _ => {}
        }
    }
}

/// Autoscalers that go by a share of what a container requests, and the container requests none of it.
pub(super) fn missing_requests(program: &Program<'_>, found: &mut Vec<Violation>) {
    let mut told = BTreeSet::new();
    for &Scaled { scaler_at: object, scaler, autoscaler, target_at: at, workload, .. } in
        program.scaled()
    {
        for share in autoscaler.shares.iter().filter(|share| share.of_request) {
            // What one autoscaler misses, another one of the same target does too.
            if !told.insert((at, &share.resource, &share.container)) {
                continue;
            }
            // Of a request of nothing there is no share either.
            let lacks = |resources: &[Resource]| match requested(resources, &share.resource) {
                Some(resource) => (resource.request == Some(0)).then_some("0"),
                None => Some("no"),
            };
            if lacks(&workload.resources).is_none() {
                continue;
            }
            let path = match share.metric {
                Some(metric) => [keys(&["spec", "metrics"]), vec![Step::Index(metric)]].concat(),
                None => keys(&["spec"]),
            };
            let counted = workload.containers.iter().filter(|container| {
                container.lasting
                    && (share.container.is_empty() || container.name == share.container)
            });
            for (container, amount) in
                counted.filter_map(|container| Some((container, lacks(&container.resources)?)))
            {
                let (name, resource) = (&container.name, &share.resource);
                let mut rest = container.at.steps().to_vec();
                rest.extend(keys(&["resources", "requests"]));
                if amount == "0" {
                    rest.extend(keys(&[resource]));
                }
                let label = format!("{} scales by its use of {resource}", scaler.shown());
                found.push(
                    Violation::error(
                        "XR-031",
                        at,
                        workload.path(&rest),
                        format!("container `{name}` requests {amount} {resource}"),
                    )
                    .related(object, path.clone(), label)
                    .help(match amount {
                        "0" => {
                            "of a request of nothing there is no share: request an amount above 0"
                                .to_owned()
                        }
                        _ => format!("set `resources.requests.{resource}` of the container"),
                    }),
                );
            }
        }
    }
}

/// Autoscalers that go by what a container uses that the target does not have.
pub(super) fn missing_containers(program: &Program<'_>, found: &mut Vec<Violation>) {
    for scaled in program.scaled() {
        let containers: Vec<&str> =
            scaled.workload.containers.iter().map(|container| container.name.as_str()).collect();
        // What is external need not declare its containers.
        for share in scaled.autoscaler.shares.iter().filter(|_| !containers.is_empty()) {
            let Some(metric) = share.metric else { continue };
            if share.container.is_empty() || containers.contains(&share.container.as_str()) {
                continue;
            }
            let target = scaled.target.identity.shown();
            let message = format!("{target} has no container `{}`", share.container);
            let path = [
                keys(&["spec", "metrics"]),
                vec![Step::Index(metric)],
                keys(&["containerResource", "container"]),
            ];
            found.push(
                Violation::error("XR-032", scaled.scaler_at, path.concat(), message).related(
                    scaled.target_at,
                    scaled.workload.path(&keys(&["containers"])),
                    format!("its containers: {}", listed(&containers)),
                ),
            );
        }
    }
}

/// The first of some names, and how many more there are.
fn listed(names: &[&str]) -> String {
    let shown = names.get(..LISTED).unwrap_or(names).join(", ");
    match names.len().saturating_sub(LISTED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// Names that are listed of a workload that may have thousands.
const LISTED: usize = 10;

/// Several autoscalers of one target.
pub(super) fn rivals(program: &Program<'_>, found: &mut Vec<Violation>) {
    let mut scaled: Vec<&Scaled<'_>> = program.scaled().iter().collect();
    scaled.sort_by_key(|scaled| (scaled.target_at, scaled.scaler_at));
    for group in scaled.chunk_by(|a, b| a.target_at == b.target_at) {
        let Some((first, others)) = group.split_first() else { continue };
        // Declared twice, and elsewhere, it is one.
        for other in others.iter().filter(|other| other.scaler != first.scaler) {
            let message = format!("two autoscalers scale {}", other.target.identity.shown());
            let path = || keys(&["spec", "scaleTargetRef"]);
            found.push(
                Violation::error("XR-034", other.scaler_at, path(), message)
                    .related(
                        first.scaler_at,
                        path(),
                        format!("{} does so too", first.scaler.shown()),
                    )
                    .help("put the metrics of both into one autoscaler"),
            );
        }
    }
}

/// Targets that set the number of their pods: each apply undoes what the autoscaler did.
pub(super) fn fixed_replicas(program: &Program<'_>, found: &mut Vec<Violation>) {
    for &Scaled { scaler_at: object, scaler, target_at: at, target, workload, .. } in
        program.scaled()
    {
        // A singleton is to have its one pod, and no autoscaler.
        if workload.replicas.is_some() && !target.external && !target.singleton {
            let message =
                format!("{} sets replicas, and an autoscaler does so too", target.identity.shown());
            found.push(
                Violation::error("XR-033", at, keys(&["spec", "replicas"]), message)
                    .warning()
                    .related(object, keys(&["spec", "scaleTargetRef"]), scaler.shown())
                    .help("leave `replicas` out"),
            );
        }
    }
}

/// Singletons that something scales, and that have not one pod.
pub(super) fn scaled_singletons(program: &Program<'_>, found: &mut Vec<Violation>) {
    for &Scaled { scaler_at: object, scaler, target_at: at, target, .. } in program.scaled() {
        if target.singleton {
            let message = format!(
                "{} scales {}, which must not be scaled",
                scaler.shown(),
                target.identity.shown()
            );
            found.push(
                Violation::error("E0601", object, keys(&["spec", "scaleTargetRef"]), message)
                    .related(at, Vec::new(), "there must not be two of its pods")
                    .help("remove the autoscaler, or name another target"),
            );
        }
    }
    for (object, facts) in program.objects() {
        let Detail::Workload(workload) = &facts.detail else { continue };
        if let Some(replicas) =
            workload.replicas.filter(|replicas| facts.singleton && *replicas != 1)
        {
            let message =
                format!("{} has {replicas} pods, and must have one", facts.identity.shown());
            found.push(Violation::error("E0601", object, keys(&["spec", "replicas"]), message));
        }
    }
}
