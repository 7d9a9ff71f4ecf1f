//! XR-094: what a LimitRange or a ResourceQuota of the namespace leaves no room for, and XR-035: what an autoscaler may
//! ask for beyond a quota.

use std::collections::{BTreeMap, BTreeSet};

use super::{Program, Violation, keys};
use crate::facts::{Bound, Container, Detail, Facts, Quota, Workload};
use crate::tree::Step;

/// An object of some kind, by its number.
type Of<'f, T> = (usize, &'f Facts, &'f T);
/// What the namespaces grant: what LimitRanges say, and the quotas that are for all pods, by namespace.
type Granted<'f> =
    (BTreeMap<&'f str, Vec<(usize, &'f Bound)>>, BTreeMap<&'f str, Vec<Of<'f, Quota>>>);

/// Programs that a ResourceQuota does not let be whole once their autoscalers want all that they may.
pub(super) fn scaled(program: &Program<'_>, found: &mut Vec<Violation>) {
    let mut sums = Vec::new();
    all_sums(program, &granted(program), &mut sums);
    found.extend(sums.into_iter().filter(|violation| violation.rule == "XR-035"));
}

/// Pods that a LimitRange lets nobody make, and programs that a ResourceQuota does not let be whole.
pub(super) fn bounds(program: &Program<'_>, found: &mut Vec<Violation>) {
    let granted = granted(program);
    let (ranges, quotas) = &granted;
    if ranges.is_empty() && quotas.is_empty() {
        return;
    }
    for (object, facts) in program.objects().filter(|(_, facts)| !facts.external) {
        let Detail::Workload(workload) = &facts.detail else { continue };
        let own: Vec<&(usize, &Bound)> =
            ranges.get(facts.identity.namespace.as_str()).into_iter().flatten().collect();
        let of_namespace = quotas.get(facts.identity.namespace.as_str());
        let pairs = own.len() * workload.containers.len() + of_namespace.map_or(0, Vec::len);
        if !program.compares(pairs) {
            return;
        }
        for container in &workload.containers {
            let mut told = BTreeSet::new();
            for (range, bound) in own.iter().filter(|(_, bound)| bound.of_container) {
                if let Some((what, why)) = out_of_bounds(container, bound)
                    && told.insert((what, &bound.resource))
                {
                    let rest = [&container.at.steps()[..], &keys(&["resources", what])].concat();
                    let message = format!(
                        "no pod can be made: container `{}` {why} of {}",
                        container.name, bound.resource
                    );
                    let at = [keys(&["spec", "limits"]), vec![Step::Index(bound.index)]].concat();
                    found.push(
                        Violation::error("XR-094", object, workload.path(&rest), message)
                            .related(*range, at, "what the namespace allows")
                            .help("mend the container, or the LimitRange"),
                    );
                }
            }
        }
        // What several quotas count is asked of a pod once.
        let mut asked = BTreeSet::new();
        for (at, _, quota) in of_namespace.into_iter().flatten() {
            let counted = quota.hard.iter().map(|(key, _)| key.as_str());
            let fresh: Vec<&str> = counted.filter(|key| asked.insert(*key)).collect();
            unmeasured(object, workload, (*at, &fresh), &own, found);
        }
    }
    let mut sums = Vec::new();
    all_sums(program, &granted, &mut sums);
    found.extend(sums.into_iter().filter(|violation| violation.rule == "XR-094"));
}

fn all_sums(program: &Program<'_>, (ranges, quotas): &Granted<'_>, found: &mut Vec<Violation>) {
    for (namespace, quotas) in quotas {
        let own: Vec<&(usize, &Bound)> = ranges.get(namespace).into_iter().flatten().collect();
        let pods = all_pods(program, namespace);
        for of in quotas {
            let pairs = pods.len() * (of.2.hard.len() + own.len());
            if !program.compares(pairs) {
                return;
            }
            sums(program, (namespace, &pods), *of, &own, found);
        }
    }
}

fn granted<'f>(program: &Program<'f>) -> Granted<'f> {
    let (mut ranges, mut quotas) = (BTreeMap::new(), BTreeMap::new());
    for (at, facts) in program.objects() {
        let namespace = facts.identity.namespace.as_str();
        match &facts.detail {
            Detail::Limits(bounds) => {
                let all: &mut Vec<_> = ranges.entry(namespace).or_default();
                all.extend(bounds.iter().map(|bound| (at, bound)));
            }
            Detail::Quota(quota) if !quota.scoped => {
                let all: &mut Vec<_> = quotas.entry(namespace).or_default();
                all.push((at, facts, &**quota));
            }
            _ => {}
        }
    }
    (ranges, quotas)
}

/// What a container requests and may use of a resource, with what the LimitRanges of its namespace add.
fn effective(
    container: &Container,
    resource: &str,
    bounds: &[&(usize, &Bound)],
) -> (Option<i128>, Option<i128>) {
    let own = container.resources.iter().find(|own| own.name == resource);
    let (mut request, mut limit) = own.map_or((None, None), |own| (own.request, own.limit));
    let of = bounds.iter().map(|(_, bound)| bound);
    for bound in of.filter(|bound| bound.of_container && bound.resource == resource) {
        request = request.or(bound.request);
        limit = limit.or(bound.limit);
    }
    (request, limit)
}

/// Why a server refuses the pods of a container because of a LimitRange: `requests` or `limits`, and what is wrong.
fn out_of_bounds(container: &Container, bound: &Bound) -> Option<(&'static str, String)> {
    let (request, limit) = effective(container, &bound.resource, &[&(0, bound)]);
    if let Some(min) = bound.min {
        match request {
            None => {
                return Some((
                    "requests",
                    format!("requests nothing, and at least {} is asked", shown(min)),
                ));
            }
            Some(own) if own < min => {
                return Some((
                    "requests",
                    format!("requests {}, less than {}", shown(own), shown(min)),
                ));
            }
            _ => {}
        }
    }
    if let Some(max) = bound.max {
        match limit {
            None => {
                return Some((
                    "limits",
                    format!("has no limit, and at most {} is allowed", shown(max)),
                ));
            }
            Some(own) if own > max => {
                return Some((
                    "limits",
                    format!("may use {}, more than {}", shown(own), shown(max)),
                ));
            }
            _ if request.is_some_and(|own| own > max) => {
                let own = request.unwrap_or(0);
                return Some((
                    "requests",
                    format!("requests {}, more than {}", shown(own), shown(max)),
                ));
            }
            _ => {}
        }
    }
    match (bound.ratio, request, limit) {
        (Some(ratio), Some(request), Some(limit))
            if request > 0 && limit.saturating_mul(BILLION) > request.saturating_mul(ratio) =>
        {
            let why = format!(
                "may use {} of the {} that it requests, more than {} times as much",
                shown(limit),
                shown(request),
                shown(ratio)
            );
            Some(("limits", why))
        }
        _ => None,
    }
}

/// By what a quota counts, the resource, and whether it is of limits.
fn counted(key: &str) -> Option<(&str, bool)> {
    match key {
        "cpu" | "memory" | "ephemeral-storage" => Some((key, false)),
        _ => match key.split_once('.') {
            Some(("requests", "storage")) => None,
            Some(("requests", resource)) => Some((resource, false)),
            Some(("limits", resource)) => Some((resource, true)),
            _ => None,
        },
    }
}

/// Containers that say nothing of what a quota counts: a server makes no pod of them.
fn unmeasured(
    object: usize,
    workload: &Workload,
    (quota_at, hard): (usize, &[&str]),
    bounds: &[&(usize, &Bound)],
    found: &mut Vec<Violation>,
) {
    for key in hard {
        let Some((resource, of_limits)) = counted(key) else { continue };
        if !matches!(resource, "cpu" | "memory") {
            continue;
        }
        let of_pod = workload.resources.iter().find(|own| own.name == resource);
        if of_pod.is_some_and(|own| if of_limits { own.limit } else { own.request }.is_some()) {
            continue;
        }
        for container in &workload.containers {
            let (request, limit) = effective(container, resource, bounds);
            if (if of_limits { limit } else { request }).is_some() {
                continue;
            }
            let (list, what) =
                if of_limits { ("limits", "has no limit of") } else { ("requests", "requests no") };
            let rest = [&container.at.steps()[..], &keys(&["resources", list])].concat();
            let message = format!(
                "no pod can be made: the namespace has a quota of it, and container `{}` {what} {resource}",
                container.name
            );
            found.push(
                Violation::error("XR-094", object, workload.path(&rest), message)
                    .related(quota_at, keys(&["spec", "hard", key]), "the quota")
                    .help(format!("set `resources.{list}.{resource}`")),
            );
        }
    }
}

/// How many pods of a workload there are: as it says, with those that an update adds, and as its autoscaler may say.
struct Pods<'f> {
    at: usize,
    facts: &'f Facts,
    workload: &'f Workload,
    usual: i64,
    surge: i64,
    scaler: Option<(usize, i64)>,
}

fn all_pods<'f>(program: &Program<'f>, namespace: &str) -> Vec<Pods<'f>> {
    let mut all = Vec::new();
    for (at, facts, workload) in program.workloads_in(namespace) {
        let kind = facts.identity.kind.as_str();
        if facts.external || kind == "CronJob" {
            continue;
        }
        let scaled = program.scaler_of(at);
        let usual = match (scaled, kind) {
            (Some(scaled), _) => scaled.autoscaler.min.max(workload.replicas.unwrap_or(0)),
            (None, "Pod" | "DaemonSet" | "Job") => 1,
            (None, _) => workload.replicas.unwrap_or(1),
        };
        let surge = if workload.surge { (usual + 3) / 4 } else { 0 };
        let scaler = scaled.and_then(|scaled| Some((scaled.scaler_at, scaled.autoscaler.max?)));
        all.push(Pods { at, facts, workload, usual: usual.max(0), surge, scaler });
    }
    all
}

/// Programs that ask for more than a quota allows.
fn sums(
    program: &Program<'_>,
    (namespace, pods): (&str, &[Pods<'_>]),
    (quota_at, facts, quota): Of<'_, Quota>,
    bounds: &[&(usize, &Bound)],
    found: &mut Vec<Violation>,
) {
    for (key, hard) in &quota.hard {
        let each = |pods: &Pods<'_>| match (key.as_str(), counted(key)) {
            ("pods", _) => Some(BILLION),
            (_, Some((resource, of_limits))) => {
                Some(of_one(pods.workload, resource, of_limits, bounds))
            }
            _ => None,
        };
        let path = keys(&["spec", "hard", key]);
        let Some(amounts) = pods.iter().map(each).collect::<Option<Vec<i128>>>() else {
            found.extend(too_many(program, namespace, (quota_at, key, *hard)));
            continue;
        };
        let sum = |count: &dyn Fn(&Pods<'_>) -> i64| {
            let each = pods.iter().zip(&amounts);
            each.map(|(pods, amount)| i128::from(count(pods)).saturating_mul(*amount))
                .fold(0i128, i128::saturating_add)
        };
        let usual = sum(&|pods| pods.usual);
        let updating = sum(&|pods| pods.usual.saturating_add(pods.surge));
        let scaled = sum(&|pods| pods.scaler.map_or(pods.usual, |(_, most)| most));
        let name = facts.identity.shown();
        let (rule, message, help) = if usual > *hard {
            let message = format!(
                "the pods of this program need {} of {key}, and {name} allows {}",
                shown(usual),
                shown(*hard)
            );
            ("XR-094", message, "raise the quota, or ask for less")
        } else if scaled > *hard {
            let message = format!(
                "scaled to the most, the pods of this program need {} of {key}, and {name} allows {}",
                shown(scaled),
                shown(*hard)
            );
            ("XR-035", message, "raise the quota, or lower `maxReplicas`")
        } else if updating > *hard {
            let message = format!(
                "while all are updated, the pods of this program need {} of {key}, and {name} allows {}",
                shown(updating),
                shown(*hard)
            );
            ("XR-094", message, "raise the quota, or set `maxSurge` to 0")
        } else {
            continue;
        };
        let mut violation = Violation::error(rule, quota_at, path, message).help(help);
        if usual <= *hard {
            violation = violation.warning();
        }
        let mut largest: Vec<(i128, &Pods<'_>)> = amounts
            .iter()
            .zip(pods)
            .map(|(amount, pods)| (amount.saturating_mul(i128::from(pods.usual)), pods))
            .collect();
        largest.sort_by_key(|(amount, pods)| (-amount, pods.at));
        for (amount, pods) in largest.into_iter().take(3).filter(|(amount, _)| *amount > 0) {
            violation = match (rule, pods.scaler) {
                ("XR-035", Some((scaler, most))) => violation.related(
                    scaler,
                    keys(&["spec", "maxReplicas"]),
                    format!("up to {most} of {}", pods.facts.identity.shown()),
                ),
                _ => violation.related(
                    pods.at,
                    keys(&["spec", "replicas"]),
                    format!("{} for {}", shown(amount), pods.facts.identity.shown()),
                ),
            };
        }
        if facts.external {
            // A place in what is only declared is no help: the largest part is.
            violation = blame_first(violation);
        }
        found.push(violation);
    }
}

/// Tells a violation at the first of its related places.
fn blame_first(mut violation: Violation) -> Violation {
    if !violation.related.is_empty() {
        let quota = (violation.object, violation.path.clone(), "the quota".to_owned());
        let (object, path, _) = violation.related.remove(0);
        (violation.object, violation.path) = (object, path);
        violation.related.insert(0, quota);
    }
    violation
}

/// What one pod needs: all containers that last, or the largest that comes to an end before them.
fn of_one(
    workload: &Workload,
    resource: &str,
    of_limits: bool,
    bounds: &[&(usize, &Bound)],
) -> i128 {
    let pick = |(request, limit): (Option<i128>, Option<i128>)| {
        if of_limits { limit } else { request }.unwrap_or(0)
    };
    if let Some(own) = workload.resources.iter().find(|own| own.name == resource) {
        return pick((own.request, own.limit));
    }
    let of = |lasting: bool| {
        let all = workload.containers.iter().filter(move |own| own.lasting == lasting);
        all.map(move |container| pick(effective(container, resource, bounds)))
    };
    let lasting = of(true).fold(0i128, i128::saturating_add);
    lasting.max(of(false).max().unwrap_or(0))
}

/// More objects of a kind than a quota allows.
fn too_many(
    program: &Program<'_>,
    namespace: &str,
    (quota_at, key, hard): (usize, &str, i128),
) -> Option<Violation> {
    let plain = key.strip_prefix("count/").unwrap_or(key);
    let kind = match plain {
        "services" => "Service",
        "configmaps" => "ConfigMap",
        "secrets" => "Secret",
        "persistentvolumeclaims" => "PersistentVolumeClaim",
        "replicationcontrollers" => "ReplicationController",
        "deployments.apps" => "Deployment",
        "statefulsets.apps" => "StatefulSet",
        "jobs.batch" => "Job",
        "cronjobs.batch" => "CronJob",
        _ => return None,
    };
    let count = program
        .objects()
        .filter(|(_, facts)| {
            facts.version.is_empty()
                && facts.identity.kind == kind
                && facts.identity.namespace == namespace
        })
        .count();
    let count = i128::try_from(count).ok()?;
    (count.saturating_mul(BILLION) > hard).then(|| {
        let message =
            format!("this program has {count} of {plain}, and {} are allowed", shown(hard));
        Violation::error("XR-094", quota_at, keys(&["spec", "hard", key]), message)
            .help("raise the quota")
    })
}

const BILLION: i128 = 1_000_000_000;

/// An amount as people write it: `1500m`, `64Mi`, `3`.
fn shown(amount: i128) -> String {
    const UNITS: [(&str, i128); 3] = [("Gi", 1 << 30), ("Mi", 1 << 20), ("Ki", 1 << 10)];
    if amount % BILLION != 0 {
        return format!("{}m", amount / 1_000_000);
    }
    let whole = amount / BILLION;
    match UNITS.iter().find(|(_, size)| whole >= *size && whole % size == 0) {
        Some((unit, size)) => format!("{}{unit}", whole / size),
        None => whole.to_string(),
    }
}
