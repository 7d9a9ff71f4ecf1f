//! What an autoscaler needs of its target: that it is there (XR-030), that its containers say what they
//! request (XR-031), that it leaves the number of its pods alone (XR-033), and may have several (E0601).

use super::program::Scaled;
use super::{Program, Violation, keys};
use crate::facts::Detail;
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
                    Violation::error("XR-030", object, path("name"), message).absence().help(help),
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
    for &Scaled { scaler_at: object, scaler, autoscaler, target_at: at, workload, .. } in
        program.scaled()
    {
        for share in &autoscaler.shares {
            if workload.requests.contains(&share.resource) {
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
            for container in
                counted.filter(|container| !container.requests.contains(&share.resource))
            {
                let (name, resource) = (&container.name, &share.resource);
                let rest = [&container.at.steps()[..], &keys(&["resources", "requests"])].concat();
                let label = format!("{} scales by its use of {resource}", scaler.shown());
                found.push(
                    Violation::error(
                        "XR-031",
                        at,
                        workload.path(&rest),
                        format!("container `{name}` requests no {resource}"),
                    )
                    .related(object, path.clone(), label)
                    .help(format!("set `resources.requests.{resource}` of the container")),
                );
            }
        }
    }
}

/// Targets that set the number of their pods: each apply undoes what the autoscaler did.
pub(super) fn fixed_replicas(program: &Program<'_>, found: &mut Vec<Violation>) {
    for &Scaled { scaler_at: object, scaler, target_at: at, target, workload, .. } in
        program.scaled()
    {
        if workload.replicas.is_some() && !target.external {
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
            workload.replicas.filter(|replicas| facts.singleton && *replicas > 1)
        {
            let message =
                format!("{} has {replicas} pods, and must not be scaled", facts.identity.shown());
            found.push(Violation::error("E0601", object, keys(&["spec", "replicas"]), message));
        }
    }
}
