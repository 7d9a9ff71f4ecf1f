//! HorizontalPodAutoscalers and PodDisruptionBudgets.

use super::judge::{At, Judge};
use super::{FieldError, gated, selector, text, workload};
use crate::names;

pub(super) fn autoscaler(j: &mut Judge, at: &At<'_, '_>) {
    let spec = at.get("spec");
    gated::autoscaler(j, &spec);
    bounds(j, &spec);
    let metrics = spec.get("metrics");
    for metric in metrics.items() {
        self::metric(j, &metric);
    }
    let behavior = spec.get("behavior");
    for field in ["scaleUp", "scaleDown"] {
        let rules = behavior.get(field);
        if rules.is_set() {
            scaling_rules(j, &rules);
        }
    }
}

pub(super) fn old_autoscaler(j: &mut Judge, at: &At<'_, '_>) {
    let spec = at.get("spec");
    bounds(j, &spec);
    let share = spec.get("targetCPUUtilizationPercentage");
    if share.int().is_some_and(|share| share < 1) {
        j.invalid(
            &share,
            "K-range",
            format!("`{}` is {}; it must be at least 1", share.field(), share.number()),
        );
    }
}

fn bounds(j: &mut Judge, spec: &At<'_, '_>) {
    let (min, max) = (spec.get("minReplicas"), spec.get("maxReplicas"));
    // The feature that scales to nothing is off in all versions.
    if let Some(least) = min.int().filter(|least| *least < 1) {
        j.invalid(&min, "K-range", format!("`minReplicas` is {least}; it must be at least 1"));
    }
    if max.number() == 0 {
        j.required(&max, "`maxReplicas` must be given, and at least 1");
    } else if max.number() < 0 {
        j.invalid(
            &max,
            "K-range",
            format!("`maxReplicas` is {}; it must be at least 1", max.number()),
        );
    } else if max.number() < min.int().unwrap_or(1) {
        let message = format!(
            "`maxReplicas` is {}, below `minReplicas`, which is {}",
            max.number(),
            min.number()
        );
        j.invalid(&max, "K-range", message);
        j.related(&min, "the fewest");
    }
    let target = spec.get("scaleTargetRef");
    for field in ["kind", "name"] {
        let what = format!("`{field}` of what is scaled");
        j.named(&target.get(field), "K-name", &what, names::path_segment);
    }
    let version = target.get("apiVersion");
    if j.minor >= 33 {
        group_version(j, &version, target.get("kind").str());
    }
}

/// What is scaled is named with its version; without one, only what is in the core group can be.
fn group_version(j: &mut Judge, at: &At<'_, '_>, kind: &str) {
    let text = at.str();
    let message = match text.split_once('/') {
        _ if text.matches('/').count() > 1 => {
            format!("`{text}` must be a group and a version, such as apps/v1")
        }
        Some(("", _)) => format!("`{text}` must be a group and a version, such as apps/v1"),
        Some((_, "")) => {
            let message = format!("`{text}` must be a group and a version, such as apps/v1");
            return j.broken(at, "K-scale-target", message);
        }
        Some((group, _)) => match names::dns_subdomain(group) {
            Ok(()) => return,
            Err(why) => {
                return j.broken(at, "K-name", format!("group `{group}` {why}"));
            }
        },
        None if kind == "ReplicationController" && matches!(text, "v1") => return,
        None => format!(
            "`{text}` is the core group, where nothing but a ReplicationController can be scaled; write apps/v1"
        ),
    };
    j.invalid(at, "K-scale-target", message);
}

/// The types of metrics with the fields that they need.
const METRICS: [(&str, &str); 5] = [
    ("Object", "object"),
    ("Pods", "pods"),
    ("Resource", "resource"),
    ("ContainerResource", "containerResource"),
    ("External", "external"),
];

fn metric(j: &mut Judge, at: &At<'_, '_>) {
    let kind = at.get("type");
    let expected = METRICS.into_iter().find(|(name, _)| *name == kind.str());
    match expected {
        None if kind.str().is_empty() => j.required(&kind, "a metric needs a `type`"),
        None => {
            let known = METRICS.map(|(name, _)| name);
            j.unsupported(&kind, kind.str(), &known);
        }
        Some((name, field)) => {
            if !at.get(field).is_set() {
                j.required(&at.get(field), format!("a metric of type {name} needs `{field}`"));
            }
        }
    }
    for (_, field) in METRICS {
        let source = at.get(field);
        if !source.is_set() {
            continue;
        }
        match expected {
            Some((name, own)) if own != field => {
                j.forbidden(
                    &source,
                    "K-one-of",
                    format!("a metric of type {name} has no `{field}`"),
                );
            }
            _ => self::source(j, &source, field),
        }
    }
}

fn source(j: &mut Judge, at: &At<'_, '_>, field: &str) {
    let target = at.get("target");
    match field {
        "resource" | "containerResource" => {
            if field == "containerResource" {
                let container = at.get("container");
                j.named(&container, "K-name", "container name", names::dns_label);
            }
            let name = at.get("name");
            j.needed(&name, "the name of a resource");
            if field == "containerResource" && !name.str().is_empty() {
                if !text::is_container_resource(name.str())
                    && (!name.str().contains('/') || names::qualified_name(name.str()).is_err())
                {
                    j.invalid(
                        &name,
                        "K-resources",
                        format!("`{}` is no resource of containers", name.str()),
                    );
                }
            } else if !name.str().is_empty()
                && !matches!(name.str(), "cpu" | "memory")
                && !name.str().contains('/')
            {
                j.broken(
                    &name,
                    "K-resources",
                    format!("the use of `{}` is not measured: cpu, memory", name.str()),
                );
            }
            self::target(j, &target);
            let (share, value) = (target.get("averageUtilization"), target.get("averageValue"));
            match (share.is_set(), value.is_set()) {
                (false, false) => {
                    j.required(&share, "the target needs `averageUtilization` or `averageValue`")
                }
                (true, true) => j.forbidden(
                    &value,
                    "K-one-of",
                    "the target has either `averageUtilization` or `averageValue`",
                ),
                _ => {}
            }
        }
        "pods" => {
            metric_name(j, &at.get("metric"));
            self::target(j, &target);
            if target.get("averageValue").quantity().is_none_or(|value| value.0 <= 0)
                && !target.get("averageValue").is_set()
            {
                j.required(&target.get("averageValue"), "the target needs `averageValue`");
            }
        }
        _ => {
            if field == "object" {
                let object = at.get("describedObject");
                for field in ["kind", "name"] {
                    let what = format!("`{field}` of the object");
                    j.named(&object.get(field), "K-name", &what, names::path_segment);
                }
            }
            metric_name(j, &at.get("metric"));
            self::target(j, &target);
            let (value, average) = (target.get("value"), target.get("averageValue"));
            match (value.is_set(), average.is_set()) {
                (false, false) => {
                    j.required(&average, "the target needs `value` or `averageValue`")
                }
                (true, true) if field == "external" => {
                    j.forbidden(
                        &value,
                        "K-one-of",
                        "the target has either `value` or `averageValue`",
                    );
                }
                _ => {}
            }
        }
    }
}

fn metric_name(j: &mut Judge, at: &At<'_, '_>) {
    j.named(&at.get("name"), "K-name", "the name of a metric", names::path_segment);
    // Servers of the API do not look at it, and those of metrics cannot read it.
    let before = j.found.len();
    selector::selector(j, &at.get("selector"));
    j.found.iter_mut().skip(before).for_each(|one| one.stricter = true);
}

fn target(j: &mut Judge, at: &At<'_, '_>) {
    let kind = at.get("type");
    let matching = match kind.str() {
        "" => {
            j.required(&kind, "a target needs a `type`: Utilization, Value, AverageValue");
            ""
        }
        "Utilization" => "averageUtilization",
        "Value" => "value",
        "AverageValue" => "averageValue",
        other => {
            let message =
                format!("`{other}` is no value of `type`: Utilization, Value, AverageValue");
            j.invalid(&kind, "K-enum", message);
            ""
        }
    };
    let share = at.get("averageUtilization");
    if share.int().is_some_and(|share| share < 1) {
        j.invalid(
            &share,
            "K-range",
            format!("`averageUtilization` is {}; it must be at least 1", share.number()),
        );
    }
    for field in ["value", "averageValue"] {
        let place = at.get(field);
        if place.quantity().is_some_and(|value| value.0 <= 0) {
            j.invalid(
                &place,
                "K-range",
                format!("`{field}` is {}; it must be above 0", place.shown()),
            );
        }
    }
    let given: Vec<&str> = ["averageUtilization", "value", "averageValue"]
        .into_iter()
        .filter(|field| at.get(field).is_set())
        .collect();
    // Where nothing is given, the source of the metric says what it needs.
    if let [given] = given.as_slice()
        && !matching.is_empty()
        && *given != matching
    {
        j.broken(
            &kind,
            "K-one-of",
            format!("the type {} goes with `{matching}`, and `{given}` is given", kind.str()),
        );
    }
}

fn scaling_rules(j: &mut Judge, at: &At<'_, '_>) {
    j.within(&at.get("stabilizationWindowSeconds"), 0, 3600);
    let select = at.get("selectPolicy");
    j.one_of_given(&select, &["Max", "Min", "Disabled"]);
    let tolerance = at.get("tolerance");
    if j.minor >= 35 && tolerance.quantity().is_some_and(|value| value.0 < 0) {
        j.invalid(
            &tolerance,
            "K-range",
            format!("`tolerance` is {}; it must not be below 0", tolerance.shown()),
        );
    }
    let policies = at.get("policies");
    if policies.is_set() && !policies.is_filled() {
        j.refuse(
            &policies,
            "K-required",
            FieldError::Required,
            "`policies` must have at least one policy",
        );
    }
    for policy in policies.items() {
        match policy.get("type").str() {
            "" => j.required(&policy.get("type"), "a policy needs a `type`: Pods, Percent"),
            "Pods" | "Percent" => {}
            other => j.unsupported(&policy.get("type"), other, &["Pods", "Percent"]),
        }
        let (value, period) = (policy.get("value"), policy.get("periodSeconds"));
        if value.number() < 1 {
            j.invalid(
                &value,
                "K-range",
                format!("`value` is {}; it must be at least 1", value.number()),
            );
        }
        if !(1..=1800).contains(&period.number()) {
            j.invalid(
                &period,
                "K-range",
                format!("`periodSeconds` is {}; it must be from 1 to 1800", period.number()),
            );
        }
    }
}

pub(super) fn budget(j: &mut Judge, at: &At<'_, '_>) {
    let spec = at.get("spec");
    let (least, most) = (spec.get("minAvailable"), spec.get("maxUnavailable"));
    match (least.is_set(), most.is_set()) {
        (true, true) => j.invalid(
            &spec,
            "K-one-of",
            "a PodDisruptionBudget has either `minAvailable` or `maxUnavailable`",
        ),
        (false, false) => {
            let message = "a PodDisruptionBudget with neither `minAvailable` nor `maxUnavailable` protects nothing";
            j.broken(&spec, "K-one-of", message);
        }
        _ => {}
    }
    for place in [&least, &most] {
        workload::count_or_percent(j, place, Some(100));
    }
    let choice = spec.get("selector");
    selector::selector(j, &choice);
    if !choice.is_set() {
        j.warn(&choice, "K-selector", "without a `selector` the budget is for no pod");
    }
    let policy = spec.get("unhealthyPodEvictionPolicy");
    j.one_of_given(&policy, &["IfHealthyBudget", "AlwaysAllow"]);
}
