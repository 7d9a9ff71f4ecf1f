//! Namespaces and what is divided among them: quotas, limits, priorities, runtimes.

use super::judge::{At, Judge};
use super::{FieldError, meta, resources, scheduling, text};
use crate::names;

pub(super) fn namespace(j: &mut Judge, at: &At<'_, '_>) {
    for finalizer in at.to(&["spec", "finalizers"]).items() {
        meta::finalizer_name(j, &finalizer);
    }
}

/// The scopes that a quota can have.
const SCOPES: [&str; 7] = [
    "Terminating",
    "NotTerminating",
    "BestEffort",
    "NotBestEffort",
    "PriorityClass",
    "CrossNamespacePodAffinity",
    "VolumeAttributesClass",
];

pub(super) fn quota(j: &mut Judge, at: &At<'_, '_>) {
    let spec = at.get("spec");
    let hard = spec.get("hard");
    for (name, amount) in hard.entries() {
        resource_name(j, &amount, name);
        let Some(value) = amount.quantity() else { continue };
        if value.0 < 0 {
            j.invalid(
                &amount,
                "K-range",
                format!("`{name}` is {}; it must not be below 0", amount.shown()),
            );
        } else if !value.is_whole() && is_counted(name) {
            j.invalid(
                &amount,
                "K-resources",
                format!("`{name}` is {}; it must be a whole number", amount.shown()),
            );
        }
    }
    let scopes = spec.get("scopes");
    for scope in scopes.items() {
        if !SCOPES.contains(&scope.str()) {
            j.invalid(
                &scope,
                "K-enum",
                format!("`{}` is no scope: {}", scope.str(), SCOPES.join(", ")),
            );
        }
    }
    let all: Vec<&str> = scopes.items().map(|scope| scope.str()).collect();
    together(j, &scopes, &all, &hard);
    let requirements = spec.to(&["scopeSelector", "matchExpressions"]);
    let all: Vec<&str> = requirements.items().map(|one| one.get("scopeName").str()).collect();
    together(j, &requirements, &all, &hard);
    for requirement in requirements.items() {
        let (scope, operator, values) =
            (requirement.get("scopeName"), requirement.get("operator"), requirement.get("values"));
        if !SCOPES.contains(&scope.str()) {
            j.invalid(
                &scope,
                "K-enum",
                format!("`{}` is no scope: {}", scope.str(), SCOPES.join(", ")),
            );
        }
        let of_classes = matches!(scope.str(), "PriorityClass" | "VolumeAttributesClass");
        if SCOPES.contains(&scope.str()) && !of_classes && operator.str() != "Exists" {
            let message = format!("the scope {} is asked for with Exists alone", scope.str());
            j.invalid(&operator, "K-selector", message);
        }
        match operator.str() {
            "In" | "NotIn" if !values.is_filled() => {
                j.required(
                    &values,
                    format!("`values` must be given, because the operator is {}", operator.str()),
                );
            }
            "Exists" | "DoesNotExist" if values.is_filled() => {
                j.invalid(
                    &values,
                    "K-selector",
                    format!("the operator {} takes no `values`", operator.str()),
                );
            }
            "In" | "NotIn" | "Exists" | "DoesNotExist" => {}
            other => {
                let message = format!(
                    "`{other}` is no operator of a selector: In, NotIn, Exists, DoesNotExist"
                );
                j.invalid(&operator, "K-selector", message);
            }
        }
    }
}

/// Objects are counted in whole numbers.
fn is_counted(name: &str) -> bool {
    name.starts_with("count/")
        || matches!(
            name,
            "pods"
                | "resourcequotas"
                | "services"
                | "replicationcontrollers"
                | "secrets"
                | "configmaps"
                | "persistentvolumeclaims"
                | "services.nodeports"
                | "services.loadbalancers"
        )
        || text::is_extended_resource(name)
}

/// Scopes that a quota has in one list, all of which hold: each has what is counted, and none excludes another.
fn together(j: &mut Judge, at: &At<'_, '_>, scopes: &[&str], hard: &At<'_, '_>) {
    for (name, _) in hard.entries() {
        for scope in scopes {
            if has_scopes(name) && !fits(scope, name) {
                let message = format!("the scope {scope} has no resource `{name}`");
                j.invalid(at, "K-quota", message);
            }
        }
    }
    let both = |one, other| scopes.contains(&one) && scopes.contains(&other);
    if both("Terminating", "NotTerminating") || both("BestEffort", "NotBestEffort") {
        j.invalid(at, "K-one-of", "these scopes exclude each other");
    }
}

fn fits(scope: &str, resource: &str) -> bool {
    match scope {
        "BestEffort" => resource == "pods",
        "Terminating"
        | "NotTerminating"
        | "NotBestEffort"
        | "PriorityClass"
        | "CrossNamespacePodAffinity" => {
            matches!(
                resource,
                "pods"
                    | "cpu"
                    | "memory"
                    | "ephemeral-storage"
                    | "requests.cpu"
                    | "requests.memory"
                    | "requests.ephemeral-storage"
                    | "limits.cpu"
                    | "limits.memory"
                    | "limits.ephemeral-storage"
            ) || resource.starts_with("requests.hugepages-")
                || text::is_huge_pages(resource)
                || resource.strip_prefix("requests.").is_some_and(|name| name.contains('/'))
        }
        "VolumeAttributesClass" => {
            matches!(resource, "persistentvolumeclaims" | "requests.storage")
        }
        _ => true,
    }
}

/// Resources for which a quota asks what scopes it has. Of others, such as counts of any kind, it does not.
fn has_scopes(name: &str) -> bool {
    text::is_huge_pages(name.strip_prefix("requests.").unwrap_or(name))
        || name != "storage" && !name.contains('/') && text::is_standard_resource(name)
}

/// A resource of a quota or a limit: Kubernetes' own, or one with a domain.
fn resource_name(j: &mut Judge, at: &At<'_, '_>, name: &str) {
    let why = match names::qualified_name(name) {
        Err(why) => why,
        Ok(()) if name.contains('/') || text::is_standard_resource(name) => return,
        Ok(()) => "is none of Kubernetes' own, and must have a domain",
    };
    j.invalid_key(at, "K-resources", format!("resource `{name}` {why}"));
}

pub(super) fn limit_range(j: &mut Judge, at: &At<'_, '_>) {
    let limits = at.to(&["spec", "limits"]);
    let doubles = limits.repeats(|one| one.get("type").str());
    for (number, limit) in limits.items().enumerate() {
        let kind = limit.get("type");
        limit_type(j, &kind);
        if doubles.contains(&number) {
            j.duplicate(&kind, format!("two limits are for {}", kind.str()));
        }
        let [min, max, default, request, ratio] =
            ["min", "max", "default", "defaultRequest", "maxLimitRequestRatio"]
                .map(|field| limit.get(field));
        for place in [&min, &max, &default, &request, &ratio] {
            for (name, amount) in place.entries() {
                if matches!(kind.str(), "Container" | "Pod") {
                    resources::resource_name(j, &amount, name);
                } else {
                    resource_name(j, &amount, name);
                }
            }
        }
        if kind.str() == "Pod" {
            for place in [&default, &request] {
                if place.is_filled() {
                    j.forbidden(
                        place,
                        "K-quota",
                        format!("`{}` is for containers; a pod as a whole has none", place.field()),
                    );
                }
            }
        }
        if kind.str() == "PersistentVolumeClaim" {
            let storage = |place: &At<'_, '_>| place.get("storage").is_set();
            if !storage(&min) && !storage(&max) {
                j.required(&limit, "a limit for claims needs `min` or `max` of storage");
            }
        }
        let ordered = [
            (&min, &max),
            (&min, &request),
            (&min, &default),
            (&request, &default),
            (&request, &max),
            (&default, &max),
        ];
        for (low, high) in ordered {
            at_most(j, low, high, (&min, &max));
        }
        for (name, amount) in ratio.entries() {
            let Some(value) = amount.quantity() else { continue };
            if value.0 < 1_000_000_000 {
                j.invalid(
                    &amount,
                    "K-range",
                    format!("the ratio for `{name}` is {}; it must be at least 1", amount.shown()),
                );
                continue;
            }
            let of = |place: &At<'_, '_>| {
                place.entries().find(|(own, _)| *own == name).and_then(|(_, own)| own.quantity())
            };
            if let (Some(least), Some(most)) = (of(&min), of(&max))
                && least.0 > 0
                && value.0
                    > most.0 / least.0 * 1_000_000_000 + most.0 % least.0 * 1_000_000_000 / least.0
            {
                j.invalid(
                    &amount,
                    "K-range",
                    format!(
                        "the ratio for `{name}` is {}, above that of `max` to `min`",
                        amount.shown()
                    ),
                );
            }
        }
    }
}

fn limit_type(j: &mut Judge, at: &At<'_, '_>) {
    match at.str() {
        "Container" | "Pod" | "PersistentVolumeClaim" => {}
        "" => j.required(at, "a limit needs a `type`: Container, Pod, PersistentVolumeClaim"),
        other => {
            let why = match names::qualified_name(other) {
                Err(why) => why,
                Ok(()) if other.contains('/') => return,
                Ok(()) => "must be Container, Pod, PersistentVolumeClaim, or have a domain",
            };
            j.invalid(at, "K-enum", format!("`{other}` {why}"));
        }
    }
}

/// No amount is above that of the same resource in the other list. The one that is not a bound is blamed.
fn at_most<'t>(
    j: &mut Judge,
    low: &At<'t, '_>,
    high: &At<'t, '_>,
    (min, max): (&At<'t, '_>, &At<'t, '_>),
) {
    for (name, amount) in low.entries() {
        let Some((_, other)) = high.entries().find(|(own, _)| *own == name) else { continue };
        let (Some(value), Some(most)) = (amount.quantity(), other.quantity()) else { continue };
        if value > most {
            let message = format!(
                "`{name}` in `{}` is {}, above the {} in `{}`",
                low.field(),
                amount.shown(),
                other.shown(),
                high.field()
            );
            let blamed = if low.field() == min.field() && high.field() != max.field() {
                &other
            } else {
                &amount
            };
            j.invalid(blamed, "K-range", message);
        }
    }
}

pub(super) fn priority_class(j: &mut Judge, at: &At<'_, '_>) {
    let (name, value) = (at.to(&["metadata", "name"]), at.get("value"));
    if name.str().starts_with("system-") {
        let known = matches!(name.str(), "system-cluster-critical" | "system-node-critical");
        if !known {
            j.forbidden(&name, "K-name", "names that begin with `system-` are Kubernetes' own");
        }
    } else if value.number() > 1_000_000_000 {
        let message =
            format!("`value` is {}; above 1000000000 are only Kubernetes' own", value.number());
        j.forbidden(&value, "K-range", message);
    }
    j.one_of_given(&at.get("preemptionPolicy"), &["PreemptLowerPriority", "Never"]);
}

pub(super) fn runtime_class(j: &mut Judge, at: &At<'_, '_>) {
    let handler = at.get("handler");
    if let Err(why) = names::dns_label(handler.str()) {
        j.refuse(
            &handler,
            "K-name",
            FieldError::Invalid,
            format!("handler `{}` {why}", handler.str()),
        );
    }
    for (name, amount) in at.to(&["overhead", "podFixed"]).entries() {
        resources::named(j, &amount, name);
    }
    let scheduling_of = at.get("scheduling");
    super::selector::labels(j, &scheduling_of.get("nodeSelector"));
    let tolerations = scheduling_of.get("tolerations");
    let doubles = tolerations.repeats(|one| {
        let words = ["key", "operator", "value", "effect"].map(|field| one.get(field).str());
        (words, one.get("tolerationSeconds").int())
    });
    for (number, toleration) in tolerations.items().enumerate() {
        scheduling::toleration(j, &toleration);
        if doubles.contains(&number) {
            j.duplicate(&toleration, "the toleration is there twice");
        }
    }
}
