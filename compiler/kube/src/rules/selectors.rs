//! XR-097: controllers that take each other's pods for their own.

use std::collections::BTreeSet;

use super::{Program, Violation, keys};
use crate::facts::Detail;

/// Controllers in one namespace of which each selects the pods of the other. They count each other's pods, and delete
/// what seems too much.
pub(super) fn overlaps(program: &Program<'_>, found: &mut Vec<Violation>) {
    // That there are several of one name is the mistake, and each of them would be compared with all.
    let made = program.doubles().map(|group| group.filter(|(_, facts)| !facts.external));
    let made = made.map(|group| group.map(|(at, _)| at).collect::<Vec<usize>>());
    let doubled: BTreeSet<usize> = made.filter(|group| group.len() > 1).flatten().collect();
    for (object, facts) in program.objects().filter(|(at, _)| !doubled.contains(at)) {
        let Detail::Workload(workload) = &facts.detail else { continue };
        let id = &facts.identity;
        if facts.external || !controls(&id.kind) {
            continue;
        }
        let Some(selector) = workload.selector.as_ref().filter(|s| !s.is_empty()) else { continue };
        // One is enough to tell, and each pair is told at the later one.
        let other = program.matched(&id.namespace, selector).find(|(at, other, theirs)| {
            (*at < object || other.external)
                && *at != object
                && other.identity != *id
                && controls(&other.identity.kind)
                && theirs.selector.as_ref().is_some_and(|selector| {
                    !selector.is_empty() && selector.selects(&workload.labels)
                })
        });
        let Some((at, other, _)) = other else { continue };
        let message = format!(
            "{} and {} take each other's pods for their own",
            id.shown(),
            other.identity.shown()
        );
        found.push(
            Violation::error("XR-097", object, keys(&["spec", "selector"]), message)
                .related(at, keys(&["spec", "selector"]), "this selects the same pods")
                .help("give the pods of each a label that the other's do not have, and select it"),
        );
    }
}

/// Whether objects of this kind keep a number of pods by a selector that is theirs to choose.
fn controls(kind: &str) -> bool {
    matches!(
        kind,
        "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" | "ReplicationController"
    )
}
