//! The controllers that keep pods running: Deployment, StatefulSet, DaemonSet, ReplicaSet.

use super::claim;
use super::judge::{At, Judge};
use super::pod;
use super::selector;
use super::text;
use crate::names;

pub(super) fn deployment(j: &mut Judge, at: &At<'_, '_>) {
    let spec = at.get("spec");
    counts(j, &spec, &["replicas", "minReadySeconds", "revisionHistoryLimit"]);
    replicated(j, &spec);
    let deadline = spec.get("progressDeadlineSeconds");
    j.not_negative(&deadline);
    if let Some(seconds) = deadline.int().filter(|seconds| *seconds >= 0)
        && seconds <= spec.get("minReadySeconds").number()
    {
        let message = format!(
            "`progressDeadlineSeconds` is {seconds}; it must be above `minReadySeconds`, which is {}",
            spec.get("minReadySeconds").number()
        );
        j.invalid(&deadline, "K-range", message);
    }
    let strategy = spec.get("strategy");
    let (kind, rolling) = (strategy.get("type"), strategy.get("rollingUpdate"));
    j.one_of(&kind, &["Recreate", "RollingUpdate"]);
    match kind.str() {
        "Recreate" if rolling.is_set() => {
            let message = "`rollingUpdate` fits only the strategy RollingUpdate";
            j.forbidden(&rolling, "K-strategy", message);
        }
        "" | "RollingUpdate" => {
            let unavailable = count_or_percent(j, &rolling.get("maxUnavailable"), Some(100));
            let surge = count_or_percent(j, &rolling.get("maxSurge"), None);
            if unavailable == Some(0) && surge == Some(0) {
                let message = "`maxUnavailable` and `maxSurge` must not both be 0: no pod could ever be replaced";
                j.invalid(&rolling.get("maxUnavailable"), "K-strategy", message);
            }
        }
        _ => {}
    }
}

pub(super) fn replica_set(j: &mut Judge, at: &At<'_, '_>) {
    let spec = at.get("spec");
    counts(j, &spec, &["replicas", "minReadySeconds"]);
    replicated(j, &spec);
}

pub(super) fn replication_controller(j: &mut Judge, at: &At<'_, '_>) {
    let spec = at.get("spec");
    counts(j, &spec, &["replicas", "minReadySeconds"]);
    let template = spec.get("template");
    if !template.is_set() {
        j.required(&template, "a ReplicationController needs a `template`");
        return;
    }
    let labels = template.to(&["metadata", "labels"]);
    // Where it is not given, the labels of the template are taken.
    if !spec.get("selector").is_filled() && !labels.is_filled() {
        j.required(&spec.get("selector"), "a `selector` must be given, or labels of the template");
    }
    for (key, value) in spec.get("selector").entries() {
        let own = labels.entries().find(|(own, _)| *own == key).map(|(_, own)| own.str());
        if own != Some(value.str()) {
            let message = format!(
                "the selector does not match the template: `{key}: {}` is not there",
                value.str()
            );
            j.invalid(&labels, "K-selector-labels", message);
            break;
        }
    }
    pod::template(j, &template);
    always_restarted(j, &template);
}

pub(super) fn stateful_set(j: &mut Judge, at: &At<'_, '_>) {
    let spec = at.get("spec");
    counts(j, &spec, &["replicas", "minReadySeconds"]);
    if let Some(limit) = spec.get("revisionHistoryLimit").int().filter(|limit| *limit < 0) {
        let message = format!("`revisionHistoryLimit` is {limit}; a limit below 0 is none");
        j.warn(&spec.get("revisionHistoryLimit"), "K-range", message);
    }
    let management = spec.get("podManagementPolicy");
    if !matches!(management.str(), "" | "OrderedReady" | "Parallel") {
        let message = format!(
            "`{}` is no value of `podManagementPolicy`: OrderedReady, Parallel",
            management.str()
        );
        j.invalid(&management, "K-enum", message);
    }
    let strategy = spec.get("updateStrategy");
    let (kind, rolling) = (strategy.get("type"), strategy.get("rollingUpdate"));
    match kind.str() {
        "" | "RollingUpdate" => {
            j.not_negative(&rolling.get("partition"));
            j.dropped(
                &rolling.get("maxUnavailable"),
                "the feature MaxUnavailableStatefulSet is off, and the server drops it",
            );
        }
        "OnDelete" => {
            if rolling.is_set() {
                let message = "`rollingUpdate` fits only the strategy RollingUpdate";
                j.invalid(&rolling, "K-strategy", message);
            }
        }
        other => {
            let message = format!("`{other}` is no value of `type`: OnDelete, RollingUpdate");
            j.invalid(&kind, "K-enum", message);
        }
    }
    let retention = spec.get("persistentVolumeClaimRetentionPolicy");
    for when in ["whenDeleted", "whenScaled"] {
        j.one_of(&retention.get(when), &["Retain", "Delete"]);
    }
    let ordinals = spec.get("ordinals");
    j.not_negative(&ordinals.get("start"));
    j.well_formed(&spec.get("serviceName"), "K-name", "Service name", names::dns_label);
    let claims = spec.get("volumeClaimTemplates");
    let doubles = claims.repeats(|one| one.to(&["metadata", "name"]).str());
    for (number, template) in claims.items().enumerate() {
        let meta = template.get("metadata");
        let name = meta.get("name");
        j.named(&name, "K-name", "the name of a claim", names::dns_label);
        if doubles.contains(&number) {
            let message = format!("two claims are named `{}`; the first is lost", name.str());
            j.broken(&name, "K-duplicate", message);
        }
        claim::spec(j, &template.get("spec"));
        let volumes = spec.to(&["template", "spec", "volumes"]);
        for volume in volumes.items() {
            let other = volume.get("name");
            if !name.str().is_empty() && other.str() == name.str() {
                j.dropped(&other, "the claim of the same name takes the place of this volume");
            }
        }
    }
    replicated(j, &spec);
    // What the pods of a set are called and where they are found follows from the set.
    let pods = spec.to(&["template", "spec"]);
    for field in ["hostname", "subdomain"] {
        let place = pods.get(field);
        let path = place.path();
        j.found.iter_mut().filter(|one| one.path == path).for_each(|one| one.stricter = true);
        j.dropped(&place, "a StatefulSet gives it to each of its pods");
    }
}

pub(super) fn daemon_set(j: &mut Judge, at: &At<'_, '_>) {
    let spec = at.get("spec");
    counts(j, &spec, &["minReadySeconds", "revisionHistoryLimit"]);
    let strategy = spec.get("updateStrategy");
    let kind = strategy.get("type");
    j.one_of(&kind, &["OnDelete", "RollingUpdate"]);
    if matches!(kind.str(), "" | "RollingUpdate") {
        let rolling = strategy.get("rollingUpdate");
        let (unavailable, surge) = (rolling.get("maxUnavailable"), rolling.get("maxSurge"));
        let is_unavailable = count_or_percent(j, &unavailable, Some(100));
        let is_surge = count_or_percent(j, &surge, Some(100));
        // What is not given is 1 and 0.
        match (is_unavailable.or(defaulted(&unavailable, 1)), is_surge.or(defaulted(&surge, 0))) {
            (Some(0), Some(0)) => {
                let message = "`maxUnavailable` and `maxSurge` must not both be 0: no pod could ever be replaced";
                j.invalid(&unavailable, "K-strategy", message);
            }
            (Some(one), Some(other)) if one > 0 && other > 0 => {
                let message = "`maxSurge` needs `maxUnavailable` to be 0, and that is 1 where nothing is said";
                j.invalid(&surge, "K-strategy", message);
            }
            _ => {}
        }
    }
    replicated(j, &spec);
}

fn defaulted(at: &At<'_, '_>, value: i64) -> Option<i64> {
    (!at.is_set()).then_some(value)
}

fn counts(j: &mut Judge, spec: &At<'_, '_>, fields: &[&'static str]) {
    for field in fields {
        j.not_negative(&spec.get(field));
    }
}

/// Selector and template of a controller.
fn replicated(j: &mut Judge, spec: &At<'_, '_>) {
    let (choice, template) = (spec.get("selector"), spec.get("template"));
    let before = j.found.len();
    selector::selector(j, &choice);
    let is_sound = j.found.len() == before;
    if !choice.is_set() {
        j.required(&choice, "a controller needs a `selector` for its pods");
    } else if selector::is_empty(&choice) {
        j.invalid(
            &choice,
            "K-selector",
            "an empty `selector` would select all pods of the namespace",
        );
    } else if is_sound && template.is_set() {
        let labels = template.to(&["metadata", "labels"]);
        if let Some(why) = selector::unmet(&choice, &labels) {
            let message = format!("the selector does not match the labels of the template: {why}");
            j.invalid(&labels, "K-selector-labels", message);
        }
    }
    pod::template(j, &template);
    always_restarted(j, &template);
}

/// Pods that a controller replaces are always restarted.
fn always_restarted(j: &mut Judge, template: &At<'_, '_>) {
    let spec = template.get("spec");
    let restart = spec.get("restartPolicy");
    if matches!(restart.str(), "OnFailure" | "Never") {
        j.unsupported(&restart, restart.str(), &["Always"]);
    }
    let deadline = spec.get("activeDeadlineSeconds");
    if deadline.is_set() {
        let message =
            "`activeDeadlineSeconds` is for pods that end, which those of a controller do not";
        j.forbidden(&deadline, "K-forbidden", message);
    }
    let meta = template.get("metadata");
    for field in ["name", "namespace"] {
        j.dropped(&meta.get(field), "a controller gives it to each of its pods");
    }
}

/// A count or a percentage. Its value, where it is sound; percentages must not be above `most`.
pub(super) fn count_or_percent(j: &mut Judge, at: &At<'_, '_>, most: Option<i64>) -> Option<i64> {
    if let Some(value) = at.int() {
        j.not_negative(at);
        return (value >= 0).then_some(value);
    }
    let text = at.as_str()?;
    let Some(value) = text::percent_value(text) else {
        let message = format!(
            "`{}` is `{text}`; it must be a whole number or a percentage such as 25%",
            at.field()
        );
        j.invalid(at, "K-percent", message);
        return None;
    };
    if most.is_some_and(|most| value > most) {
        j.invalid(
            at,
            "K-percent",
            format!("`{}` is {text}; it must not be above 100%", at.field()),
        );
        return None;
    }
    Some(value)
}
