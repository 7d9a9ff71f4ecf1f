//! Where a pod may run: affinity, tolerations, spread over the topology, gates.

use super::judge::{At, Judge};
use super::selector;
use crate::names;

pub(super) fn scheduling(j: &mut Judge, spec: &At<'_, '_>) {
    affinity(j, &spec.get("affinity"));
    for toleration in spec.get("tolerations").items() {
        self::toleration(j, &toleration);
    }
    let constraints = spec.get("topologySpreadConstraints");
    let key = |at: &At<'_, '_>| {
        (at.get("topologyKey").str().to_owned(), at.get("whenUnsatisfiable").str().to_owned())
    };
    let doubles = constraints.repeats(key);
    for (number, constraint) in constraints.items().enumerate() {
        spread(j, &constraint);
        let own = key(&constraint);
        if doubles.contains(&number) {
            j.duplicate(
                &constraint,
                format!("two constraints are for the topology `{}` and {}", own.0, own.1),
            );
        }
    }
    let gates = spec.get("schedulingGates");
    let doubles = gates.repeats(|one| one.get("name").str());
    for (number, gate) in gates.items().enumerate() {
        let name = gate.get("name").str();
        if let Err(why) = names::qualified_name(name) {
            j.invalid(&gate, "K-label", format!("scheduling gate `{name}` {why}"));
        } else if doubles.contains(&number) {
            j.duplicate(&gate, format!("two scheduling gates are named `{name}`"));
        }
    }
    if gates.is_filled() && !spec.get("nodeName").str().is_empty() {
        j.forbidden(
            &spec.get("nodeName"),
            "K-one-of",
            "`nodeName` cannot be set while `schedulingGates` hold the pod back",
        );
    }
}

pub(super) fn toleration(j: &mut Judge, at: &At<'_, '_>) {
    let (key, operator, effect) = (at.get("key"), at.get("operator"), at.get("effect"));
    j.well_formed(&key, "K-label", "taint key", names::qualified_name);
    if key.str().is_empty() && operator.str() != "Exists" {
        j.invalid(
            &operator,
            "K-toleration",
            "a toleration without `key` needs the operator Exists",
        );
    }
    if at.get("tolerationSeconds").is_set() && effect.str() != "NoExecute" {
        j.invalid(&effect, "K-toleration", "`tolerationSeconds` fits only the effect NoExecute");
    }
    let value = at.get("value").str();
    match operator.str() {
        "" | "Equal" => {
            if let Err(why) = names::label_value(value) {
                j.invalid(&operator, "K-label", format!("taint value `{value}` {why}"));
                j.related(&at.get("value"), "the value");
            }
        }
        "Exists" if !value.is_empty() => {
            j.invalid(&operator, "K-toleration", "the operator Exists takes no `value`");
            j.related(&at.get("value"), "the value");
        }
        "Exists" => {}
        other => j.unsupported(&operator, other, &["Equal", "Exists"]),
    }
    j.one_of(&effect, &["NoSchedule", "PreferNoSchedule", "NoExecute"]);
}

fn spread(j: &mut Judge, at: &At<'_, '_>) {
    let skew = at.get("maxSkew");
    if skew.number() < 1 {
        j.invalid(
            &skew,
            "K-range",
            format!("`maxSkew` is {}; it must be at least 1", skew.number()),
        );
    }
    let key = at.get("topologyKey");
    j.needed(&key, "`topologyKey`");
    topology_key_of_nodes(j, &key);
    let unsatisfiable = at.get("whenUnsatisfiable");
    let allowed = ["DoNotSchedule", "ScheduleAnyway"];
    if !allowed.contains(&unsatisfiable.str()) {
        j.unsupported(&unsatisfiable, unsatisfiable.str(), &allowed);
    }
    let domains = at.get("minDomains");
    if let Some(count) = domains.int() {
        if count < 1 {
            j.invalid(
                &domains,
                "K-range",
                format!("`minDomains` is {count}; it must be at least 1"),
            );
        }
        if unsatisfiable.str() != "DoNotSchedule" {
            j.invalid(
                &domains,
                "K-one-of",
                "`minDomains` needs `whenUnsatisfiable` to be DoNotSchedule",
            );
        }
    }
    for field in ["nodeAffinityPolicy", "nodeTaintsPolicy"] {
        j.one_of(&at.get(field), &["Honor", "Ignore"]);
    }
    let choice = at.get("labelSelector");
    selector::selector(j, &choice);
    label_keys(j, &at.get("matchLabelKeys"), &choice, j.minor < 34);
    if !choice.is_set() {
        j.warn(&choice, "K-selector", "without a `labelSelector` the constraint counts no pods");
    }
}

/// A server takes any text as the key of a topology here, and no node has such a label.
fn topology_key_of_nodes(j: &mut Judge, key: &At<'_, '_>) {
    if !key.str().is_empty()
        && let Err(why) = names::qualified_name(key.str())
    {
        j.broken(key, "K-label", format!("topology key `{}` {why}", key.str()));
    }
}

/// Labels of the pod itself that are to be added to a selector.
fn label_keys(j: &mut Judge, at: &At<'_, '_>, choice: &At<'_, '_>, alone: bool) {
    if at.is_filled() && !choice.is_set() {
        j.forbidden(at, "K-one-of", format!("`{}` needs a `labelSelector`", at.field()));
        return;
    }
    for key in at.items() {
        if let Err(why) = names::qualified_name(key.str()) {
            j.invalid(&key, "K-label", format!("label key `{}` {why}", key.str()));
        }
        let in_labels = choice.get("matchLabels").entries().any(|(own, _)| own == key.str());
        let expressions = choice.get("matchExpressions");
        if alone && (in_labels || expressions.items().any(|own| own.get("key").str() == key.str()))
        {
            j.invalid(&key, "K-duplicate", format!("`labelSelector` has `{}` already", key.str()));
        }
    }
}

fn affinity(j: &mut Judge, at: &At<'_, '_>) {
    let node = at.get("nodeAffinity");
    let required = node.get("requiredDuringSchedulingIgnoredDuringExecution");
    if required.is_set() {
        node_selector(j, &required);
    }
    for preferred in node.get("preferredDuringSchedulingIgnoredDuringExecution").items() {
        weight(j, &preferred.get("weight"));
        node_term(j, &preferred.get("preference"));
    }
    for field in ["podAffinity", "podAntiAffinity"] {
        let pods = at.get(field);
        for term in pods.get("requiredDuringSchedulingIgnoredDuringExecution").items() {
            pod_term(j, &term);
        }
        for preferred in pods.get("preferredDuringSchedulingIgnoredDuringExecution").items() {
            weight(j, &preferred.get("weight"));
            pod_term(j, &preferred.get("podAffinityTerm"));
        }
    }
}

fn weight(j: &mut Judge, at: &At<'_, '_>) {
    if !(1..=100).contains(&at.number()) {
        j.invalid(at, "K-range", format!("`weight` is {}; it must be from 1 to 100", at.number()));
    }
}

/// Terms of which a node must meet one.
pub(super) fn node_selector(j: &mut Judge, at: &At<'_, '_>) {
    let terms = at.get("nodeSelectorTerms");
    if !terms.is_filled() {
        j.required(&terms, "`nodeSelectorTerms` must have at least one term");
    }
    for term in terms.items() {
        node_term(j, &term);
        if !term.get("matchExpressions").is_filled() && !term.get("matchFields").is_filled() {
            j.warn(&term, "K-selector", "an empty term matches no node");
        }
    }
}

fn node_term(j: &mut Judge, at: &At<'_, '_>) {
    for requirement in at.get("matchExpressions").items() {
        let (key, operator, values) =
            (requirement.get("key"), requirement.get("operator"), requirement.get("values"));
        match operator.str() {
            "In" | "NotIn" => {
                if !values.is_filled() {
                    j.required(
                        &values,
                        format!(
                            "`values` must be given, because the operator is {}",
                            operator.str()
                        ),
                    );
                }
            }
            "Exists" | "DoesNotExist" => {
                if values.is_filled() {
                    j.forbidden(
                        &values,
                        "K-selector",
                        format!("the operator {} takes no `values`", operator.str()),
                    );
                }
            }
            "Gt" | "Lt" => {
                if values.count() != 1 {
                    j.required(
                        &values,
                        format!("the operator {} needs exactly one value", operator.str()),
                    );
                }
                for value in values.items().filter(|value| value.str().parse::<i64>().is_err()) {
                    let message = format!(
                        "`{}` must be a whole number, because the operator is {}",
                        value.str(),
                        operator.str()
                    );
                    j.broken(&value, "K-selector", message);
                }
            }
            other => {
                let message = format!(
                    "`{other}` is no operator here: In, NotIn, Exists, DoesNotExist, Gt, Lt"
                );
                j.invalid(&operator, "K-selector", message);
            }
        }
        if let Err(why) = names::qualified_name(key.str()) {
            j.invalid(&key, "K-label", format!("label key `{}` {why}", key.str()));
        }
        for value in values.items() {
            j.well_formed(&value, "K-label", "label value", names::label_value);
        }
    }
    for requirement in at.get("matchFields").items() {
        let (key, operator, values) =
            (requirement.get("key"), requirement.get("operator"), requirement.get("values"));
        match operator.str() {
            "In" | "NotIn" => {
                if values.count() != 1 {
                    j.required(
                        &values,
                        format!("the operator {} needs exactly one value here", operator.str()),
                    );
                }
            }
            other => {
                j.invalid(
                    &operator,
                    "K-selector",
                    format!("`{other}` is no operator of a field: In, NotIn"),
                );
            }
        }
        if key.str() != "metadata.name" {
            j.invalid(
                &key,
                "K-selector",
                format!("`{}` is no field to select nodes by; only `metadata.name` is", key.str()),
            );
        } else {
            for value in values.items() {
                j.well_formed(&value, "K-name", "Node name", names::dns_subdomain);
            }
        }
    }
}

fn pod_term(j: &mut Judge, at: &At<'_, '_>) {
    let choice = at.get("labelSelector");
    selector::selector(j, &choice);
    selector::selector(j, &at.get("namespaceSelector"));
    for namespace in at.get("namespaces").items() {
        if let Err(why) = names::dns_label(namespace.str()) {
            j.invalid(&namespace, "K-namespace", format!("namespace `{}` {why}", namespace.str()));
        }
    }
    let key = at.get("topologyKey");
    j.named(&key, "K-label", "topology key", names::qualified_name);
    for field in ["matchLabelKeys", "mismatchLabelKeys"] {
        label_keys(j, &at.get(field), &choice, false);
    }
    for key in at.get("matchLabelKeys").items() {
        if at.get("mismatchLabelKeys").items().any(|other| other.str() == key.str()) {
            j.invalid(&key, "K-one-of", format!("`mismatchLabelKeys` has `{}` too", key.str()));
        }
    }
    if !choice.is_set() {
        j.warn(&choice, "K-selector", "without a `labelSelector` the term matches no pods");
    }
}
