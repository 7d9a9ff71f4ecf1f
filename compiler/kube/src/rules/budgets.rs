//! PodDisruptionBudgets: the pods that they protect (XR-040), whether any of these may ever go (XR-041), and whether a
//! server can count them (XR-042).

use std::collections::{BTreeMap, BTreeSet};

use super::services::with_nearest;
use super::{Program, Violation, keys};
use crate::facts::{Amount, Budget, Detail, Facts, Selector};

/// Budgets that protect no pods, or pods that another one protects: then these can never be evicted.
pub(super) fn pods(program: &Program<'_>, found: &mut Vec<Violation>) {
    // By workload: the first budget that protects it.
    let mut protected: Vec<Option<usize>> = vec![None; program.len()];
    let mut seen = BTreeSet::new();
    for (object, facts, _, selector) in budgets(program) {
        let id = &facts.identity;
        let mut any = false;
        let mut told = false;
        // Of those that another one selects alike, the first is as good as any: all are protected already.
        let most = if seen.insert((&id.namespace, selector)) { usize::MAX } else { 1 };
        for (at, pods, _) in program.matched(&id.namespace, selector).take(most) {
            any = true;
            let Some(before) = protected.get_mut(at) else { continue };
            match *before {
                Some(other) if other != object && !told => {
                    told = true;
                    let message =
                        format!("two budgets protect the pods of {}", pods.identity.shown());
                    let path = || keys(&["spec", "selector"]);
                    found.push(
                        Violation::error("XR-040", object, path(), message)
                            .related(other, path(), "the other one")
                            .help(
                                "let each pod belong to one budget: no pod of two can be evicted",
                            ),
                    );
                }
                Some(_) => {}
                None => *before = Some(object),
            }
        }
        if !any && !facts.external {
            let message = "this budget protects no pods".to_owned();
            let mut violation =
                Violation::error("XR-040", object, keys(&["spec", "selector"]), message)
                    .absence()
                    .help("select labels that the pods have");
            if program.is_obscure(&id.namespace) {
                violation = violation.warning();
            }
            found.push(with_nearest(program, id, &selector.labels, violation));
        }
    }
}

/// Budgets under which no pod may ever go, so that no node can be emptied.
pub(super) fn blocking(program: &Program<'_>, found: &mut Vec<Violation>) {
    let mut fewest: Vec<Option<i64>> = vec![None; program.len()];
    for scaled in program.scaled() {
        if let Some(fewest) = fewest.get_mut(scaled.target_at) {
            *fewest = Some(scaled.autoscaler.min);
        }
    }
    // How many pods there are, and whose; `None` where that is not known.
    let counted = |namespace: &str, selector: &Selector| {
        let mut pods = 0i64;
        let mut related = Vec::new();
        for (at, owner, workload) in program.matched(namespace, selector) {
            let id = &owner.identity;
            let own = match id.kind.as_str() {
                "Deployment" | "StatefulSet" | "ReplicaSet" | "ReplicationController" => {
                    let scaled = fewest.get(at).copied().flatten();
                    scaled.or(workload.replicas).unwrap_or(1)
                }
                "Pod" => 1,
                // How many nodes or runs there are is not known.
                _ => return None,
            };
            pods = pods.saturating_add(own);
            if related.len() < 4 {
                related.push((at, format!("{} has {}", id.shown(), pods_shown(own))));
            }
        }
        (pods > 0).then_some((pods, related))
    };
    let mut known = BTreeMap::new();
    for (object, facts, budget, selector) in
        budgets(program).filter(|(_, facts, ..)| !facts.external)
    {
        let namespace = &facts.identity.namespace;
        let pods =
            known.entry((namespace, selector)).or_insert_with(|| counted(namespace, selector));
        let Some((pods, related)) = pods.clone() else { continue };
        let (field, why) = match (budget.min_available, budget.max_unavailable) {
            (Some(min), _) if min.of(pods) >= pods => {
                ("minAvailable", format!("{min} of {} must stay", pods_shown(pods)))
            }
            (None, Some(max)) if max.of(pods) <= 0 => {
                ("maxUnavailable", format!("{max} of {} may be missing", pods_shown(pods)))
            }
            _ => continue,
        };
        let message = format!("no pod may ever be evicted: {why}");
        let mut violation =
            Violation::error("XR-041", object, keys(&["spec", field]), message).warning().help(
                "leave room for one pod, as `maxUnavailable = 1` does, or no node can be emptied for an update",
            );
        for (at, label) in related {
            violation = violation.related(at, keys(&["spec", "replicas"]), label);
        }
        found.push(violation);
    }
}

/// Budgets of pods that nothing scales, for which only a number of pods that must stay can be told.
pub(super) fn uncountable(program: &Program<'_>, found: &mut Vec<Violation>) {
    let mut known = BTreeMap::new();
    for (object, facts, budget, selector) in
        budgets(program).filter(|(_, facts, ..)| !facts.external)
    {
        let field = match (budget.min_available, budget.max_unavailable) {
            (Some(Amount::Percent(_)), _) => "minAvailable",
            (_, Some(_)) => "maxUnavailable",
            _ => continue,
        };
        let namespace = &facts.identity.namespace;
        let first = || {
            let mut matched = program.matched(namespace, selector);
            matched.find(|(_, owner, _)| owner.identity.kind == "Pod")
        };
        let first = *known.entry((namespace, selector)).or_insert_with(first);
        let Some((at, pod, _)) = first else { continue };
        let message = format!(
            "{} belongs to nothing that says how many pods there are",
            pod.identity.shown()
        );
        found.push(
            Violation::error("XR-042", object, keys(&["spec", field]), message)
                .warning()
                .related(at, Vec::new(), "this pod")
                .help("give a number of pods as `minAvailable`, or let a Deployment make the pods"),
        );
    }
}

fn pods_shown(count: i64) -> String {
    if count == 1 { "1 pod".to_owned() } else { format!("{count} pods") }
}

/// The budgets with their selectors; one without protects nothing, and servers warn of it.
fn budgets<'f>(
    program: &Program<'f>,
) -> impl Iterator<Item = (usize, &'f Facts, &'f Budget, &'f Selector)> {
    program.objects().filter_map(|(object, facts)| match &facts.detail {
        Detail::Budget(budget) => Some((object, facts, &**budget, budget.selector.as_ref()?)),
        _ => None,
    })
}
