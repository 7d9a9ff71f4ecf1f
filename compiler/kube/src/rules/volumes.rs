//! XR-060: a claim that is not there, and one that several pods mount and only one of them can have.

use std::cell::LazyCell;
use std::collections::BTreeSet;

use super::absent::Absent;
use super::{Program, Violation, keys};
use crate::facts::{ClaimUse, Detail, Facts, Workload};
use crate::tree::Step;

const CLAIM: &str = "PersistentVolumeClaim";

/// Claims that are volumes of pods and that nobody makes.
pub(super) fn missing_claims(program: &Program<'_>, found: &mut Vec<Violation>) {
    let absent = Absent::new(program, "XR-060", CLAIM);
    let of_sets = LazyCell::new(|| claims_of_sets(program));
    for (object, facts) in program.objects().filter(|(_, facts)| !facts.external) {
        let Detail::Workload(workload) = &facts.detail else { continue };
        for claim in workload.claims.iter().filter(|claim| !claim.name.is_empty()) {
            if program.find("", CLAIM, &facts.identity, &claim.name).is_some()
                || of_sets.contains(&(facts.identity.namespace.as_str(), set_of(&claim.name)))
            {
                continue;
            }
            let volume = [keys(&["volumes"]), vec![Step::Index(claim.volume)]];
            let path = [volume.concat(), keys(&["persistentVolumeClaim", "claimName"])].concat();
            let mounted = claim.uses.first().map(|used| workload.path(&used.steps()));
            let path = workload.path(&path);
            found.push(absent.named(&claim.name, (object, facts), path).instead(mounted));
        }
    }
}

/// What the claims begin with that StatefulSets make for their pods, with their namespaces.
fn claims_of_sets<'f>(program: &Program<'f>) -> BTreeSet<(&'f str, String)> {
    let mut found = BTreeSet::new();
    for (_, facts) in program.objects() {
        let Detail::Workload(workload) = &facts.detail else { continue };
        let id = &facts.identity;
        let names = workload.templates.iter().map(|template| &template.name);
        found.extend(names.map(|name| (id.namespace.as_str(), format!("{name}-{}", id.name))));
    }
    found
}

/// What is before the number of the pod in the name of a claim that a StatefulSet makes; empty where there is no number.
fn set_of(claim: &str) -> String {
    match claim.rsplit_once('-') {
        Some((set, pod)) if !pod.is_empty() && pod.bytes().all(|b| b.is_ascii_digit()) => {
            set.to_owned()
        }
        _ => String::new(),
    }
}

/// Claims that are declared without `ReadWriteMany` (or `ReadOnlyMany`, where all only read), and are mounted by more than
/// one workload, or by one that has several pods. A claim whose access modes are not declared may be anything.
pub(super) fn unshareable_claims(program: &Program<'_>, found: &mut Vec<Violation>) {
    let mut most = vec![0i64; program.len()];
    for scaled in program.scaled() {
        if let Some(most) = most.get_mut(scaled.target_at) {
            *most = (*most).max(scaled.autoscaler.max.unwrap_or(1));
        }
    }
    let mut uses: Vec<(&str, &ClaimUse, usize, &Facts, &Workload)> = Vec::new();
    for (object, facts) in program.objects() {
        if let Detail::Workload(workload) = &facts.detail {
            let namespace = facts.identity.namespace.as_str();
            uses.extend(
                workload.claims.iter().map(|claim| (namespace, claim, object, facts, &**workload)),
            );
        }
    }
    uses.sort_by_key(|(namespace, claim, object, ..)| {
        (*namespace, claim.name.as_str(), *object, claim.volume)
    });
    for group in uses.chunk_by(|a, b| (a.0, &a.1.name) == (b.0, &b.1.name)) {
        let Some((_, claim, first, facts, workload)) = group.first() else { continue };
        let Some((at, declared)) = program.find("", CLAIM, &facts.identity, &claim.name) else {
            continue;
        };
        let Detail::Claim(declared) = &declared.detail else { continue };
        let Some(modes) = &declared.modes else { continue };
        let reading = group.iter().all(|(_, claim, ..)| claim.read_only);
        if modes.iter().any(|mode| mode == "ReadWriteMany" || (reading && mode == "ReadOnlyMany"))
            || modes.is_empty()
        {
            continue;
        }
        // Many workloads may have their volumes from one place; each says for itself where it mounts them.
        let place = |claim: &ClaimUse, workload: &Workload| match claim.uses.first() {
            Some(used) => workload.path(&used.steps()),
            None => workload.path(&[keys(&["volumes"]), vec![Step::Index(claim.volume)]].concat()),
        };
        let (name, modes) = (&claim.name, modes.join(", "));
        let mut users: Vec<_> = group
            .iter()
            .map(|(_, claim, object, _, workload)| (*object, *claim, *workload))
            .collect();
        users.dedup_by_key(|(object, ..)| *object);
        let violation = if let Some((object, claim, workload)) = users.get(1) {
            let message =
                format!("claim {name} is {modes}, and {} workloads mount it", users.len());
            let mut violation =
                Violation::error("XR-060", *object, place(claim, workload), message);
            for (object, claim, workload) in
                users.iter().enumerate().filter(|(n, _)| *n != 1).map(|(_, user)| user)
            {
                violation = violation.related(*object, place(claim, workload), "also mounted here");
            }
            violation
        } else {
            let scaled = most.get(*first).copied().unwrap_or(0);
            let pods = workload.replicas.unwrap_or(1).max(scaled);
            let many = facts.identity.kind == "DaemonSet" || pods > 1;
            if !many {
                if workload.surge && !facts.external {
                    found.push(during_an_update(name, &modes, *first).related(
                        at,
                        keys(&["spec", "accessModes"]),
                        "the claim",
                    ));
                }
                continue;
            }
            let how_many = match facts.identity.kind.as_str() {
                "DaemonSet" => "a pod on each node mounts".to_owned(),
                _ if scaled >= pods => format!("up to {pods} pods mount"),
                _ => format!("{pods} pods mount"),
            };
            let message = format!("claim {name} is {modes}, and {how_many} it");
            Violation::error("XR-060", *first, place(claim, workload), message)
        };
        found.push(violation.related(at, keys(&["spec", "accessModes"]), "the claim").help(
            "take a claim with the access mode `ReadWriteMany`, or let one pod alone mount it",
        ));
    }
}

/// While a Deployment is updated there are two pods, and the second waits for a volume that the first has. On one node
/// that works, where the claim is not for one pod alone.
fn during_an_update(name: &str, modes: &str, object: usize) -> Violation {
    let message =
        format!("claim {name} is {modes}, and an update starts a second pod that mounts it");
    let violation = Violation::error("XR-060", object, keys(&["spec", "strategy"]), message).help(
        "set the strategy to `Recreate`, so that the old pod is gone before the new one starts",
    );
    if modes == "ReadWriteOncePod" { violation } else { violation.warning() }
}
