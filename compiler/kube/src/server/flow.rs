//! How a server shares its time among those who ask it: FlowSchemas and PriorityLevelConfigurations.

use super::judge::{At, Judge};
use crate::names;

pub(super) fn schema(j: &mut Judge, at: &At<'_, '_>) {
    let spec = at.get("spec");
    let precedence = spec.get("matchingPrecedence");
    if precedence.int().is_some_and(|own| !(0..=10_000).contains(&own)) {
        let message =
            format!("`matchingPrecedence` is {}; it must be from 1 to 10000", precedence.number());
        j.invalid(&precedence, "K-range", message);
    } else if precedence.int() == Some(1) && at.to(&["metadata", "name"]).str() != "exempt" {
        let message = "`matchingPrecedence` 1 is for the FlowSchema `exempt` alone";
        j.invalid(&precedence, "K-range", message);
    }
    let level = spec.to(&["priorityLevelConfiguration", "name"]);
    j.named(&level, "K-name", "the name of a PriorityLevelConfiguration", names::dns_subdomain);
    let method = spec.get("distinguisherMethod");
    if method.is_set() {
        needed_one_of(j, &method.get("type"), &["ByNamespace", "ByUser"]);
    }
    for rule in spec.get("rules").items() {
        self::rule(j, &rule);
    }
}

fn rule(j: &mut Judge, at: &At<'_, '_>) {
    let subjects = at.get("subjects");
    if !subjects.is_filled() {
        j.required(&subjects, "a rule needs at least one subject");
    }
    for subject in subjects.items() {
        self::subject(j, &subject);
    }
    let (resources, urls) = (at.get("resourceRules"), at.get("nonResourceRules"));
    if !resources.is_filled() && !urls.is_filled() {
        j.required(at, "a rule needs `resourceRules` or `nonResourceRules`");
    }
    for rule in resources.items() {
        verbs(j, &rule.get("verbs"));
        for field in ["apiGroups", "resources"] {
            alone(j, &rule.get(field), field);
        }
        let namespaces = rule.get("namespaces");
        let of_cluster = rule.get("clusterScope").is_true();
        if !namespaces.is_filled() && !of_cluster {
            let message = "a rule that is not for the cluster (`clusterScope`) needs `namespaces`; `\"*\"` is all";
            j.required(&namespaces, message);
        }
        let all = namespaces.items().any(|one| one.str() == "*");
        if all && namespaces.count() > 1 {
            j.invalid(&namespaces, "K-one-of", "`*` stands alone: it is all namespaces");
        }
        for namespace in namespaces.items().filter(|one| one.str() != "*") {
            j.well_formed(&namespace, "K-namespace", "namespace", names::dns_label);
        }
    }
    for rule in urls.items() {
        verbs(j, &rule.get("verbs"));
        let paths = rule.get("nonResourceURLs");
        alone(j, &paths, "nonResourceURLs");
        for path in paths.items().filter(|path| path.str() != "*") {
            let text = path.str();
            let star =
                text.find('*').is_some_and(|star| star + 1 != text.len() || !text.ends_with("/*"));
            if !text.starts_with('/') || text.contains([' ']) || text.contains("//") || star {
                let message =
                    format!("`{text}` must begin with `/`, and have a `*` only as its last part");
                j.invalid(&path, "K-path", message);
            }
        }
    }
}

/// A list that is not empty, and in which `*` stands alone.
fn alone(j: &mut Judge, at: &At<'_, '_>, field: &str) {
    if !at.is_filled() {
        j.required(at, format!("a rule needs `{field}`"));
    } else if at.count() > 1 && at.items().any(|one| one.str() == "*") {
        j.invalid(at, "K-one-of", "`*` stands alone: it is all of them");
    }
}

const VERBS: [&str; 9] =
    ["get", "list", "create", "update", "delete", "deletecollection", "patch", "watch", "proxy"];

fn verbs(j: &mut Judge, at: &At<'_, '_>) {
    let before = j.found.len();
    alone(j, at, "verbs");
    if j.found.len() > before {
        return;
    }
    let unknown = |verb: &At<'_, '_>| verb.str() != "*" && !VERBS.contains(&verb.str());
    if let Some(verb) = at.items().find(unknown) {
        j.unsupported(at, verb.str(), &VERBS);
    }
}

fn subject(j: &mut Judge, at: &At<'_, '_>) {
    const FIELDS: [(&str, &str); 3] =
        [("ServiceAccount", "serviceAccount"), ("User", "user"), ("Group", "group")];
    let kind = at.get("kind");
    let Some((_, own)) = FIELDS.iter().find(|(name, _)| *name == kind.str()) else {
        j.unsupported(&kind, kind.str(), &["Group", "ServiceAccount", "User"]);
        return;
    };
    for (name, field) in FIELDS {
        let value = at.get(field);
        if name == kind.str() {
            continue;
        }
        if value.is_set() {
            j.forbidden(
                &value,
                "K-one-of",
                format!("a subject of the kind {} has no `{field}`", kind.str()),
            );
        }
    }
    let value = at.get(own);
    if !value.is_set() {
        j.required(&value, format!("a subject of the kind {} needs `{own}`", kind.str()));
        return;
    }
    let name = value.get("name");
    if name.str().is_empty() {
        j.required(&name, "a subject needs a `name`");
    } else if kind.str() == "ServiceAccount" && name.str() != "*" {
        j.well_formed(&name, "K-name", "ServiceAccount name", names::dns_subdomain);
    }
    if kind.str() == "ServiceAccount" {
        j.named(
            &value.get("namespace"),
            "K-namespace",
            "the namespace of a ServiceAccount",
            names::dns_label,
        );
    }
}

pub(super) fn level(j: &mut Judge, at: &At<'_, '_>) {
    let spec = at.get("spec");
    let kind = spec.get("type");
    needed_one_of(j, &kind, &["Exempt", "Limited"]);
    let (limited, exempt) = (spec.get("limited"), spec.get("exempt"));
    if kind.str() == "Exempt" && limited.is_set() {
        j.forbidden(&limited, "K-one-of", "a level of the type Exempt has no limits");
    }
    if kind.str() == "Limited" {
        if exempt.is_set() {
            j.forbidden(&exempt, "K-one-of", "a level of the type Limited is not exempt");
        }
        if !limited.is_set() {
            j.required(&limited, "a level of the type Limited needs `limited`");
        }
    }
    for place in [&limited, &exempt] {
        j.not_negative(&place.get("nominalConcurrencyShares"));
        let lendable = place.get("lendablePercent");
        if lendable.int().is_some_and(|own| !(0..=100).contains(&own)) {
            let message =
                format!("`lendablePercent` is {}; it must be from 0 to 100", lendable.number());
            j.invalid(&lendable, "K-range", message);
        }
    }
    j.not_negative(&limited.get("borrowingLimitPercent"));
    let response = limited.get("limitResponse");
    if limited.is_set() && kind.str() == "Limited" {
        responses(j, &response);
    }
}

fn responses(j: &mut Judge, at: &At<'_, '_>) {
    let (kind, queuing) = (at.get("type"), at.get("queuing"));
    needed_one_of(j, &kind, &["Queue", "Reject"]);
    if kind.str() == "Reject" && queuing.is_set() {
        j.forbidden(&queuing, "K-one-of", "what is rejected waits in no queue");
    }
    if kind.str() != "Queue" {
        return;
    }
    if !queuing.is_set() {
        j.required(&queuing, "requests that wait need `queuing`");
        return;
    }
    let or = |field: &'static str, default: i64| {
        queuing.get(field).int().filter(|own| *own != 0).unwrap_or(default)
    };
    let (queues, hand) = (or("queues", 64), or("handSize", 8));
    for field in ["queues", "handSize", "queueLengthLimit"] {
        let place = queuing.get(field);
        if place.int().is_some_and(|own| own < 0) {
            j.invalid(&place, "K-range", format!("`{field}` must be above 0"));
        }
    }
    if queues > 10_000_000 {
        j.invalid(&queuing.get("queues"), "K-range", "`queues` must be at most 10000000");
    } else if hand > queues && queues > 0 {
        let message = format!("`handSize` is {hand}, and there are {queues} queues");
        j.invalid(&queuing.get("handSize"), "K-range", message);
    } else if bits(queues, hand) > 60 {
        let message =
            format!("dealing {hand} of {queues} queues takes more than 60 bits of chance");
        j.invalid(&queuing.get("handSize"), "K-range", message);
    }
}

/// How many bits it takes to choose so many of the queues, one after the other.
fn bits(queues: i64, hand: i64) -> u32 {
    let all = (0..hand.clamp(0, 64)).map(|taken| (queues - taken).max(1) as f64);
    all.map(f64::log2).sum::<f64>().ceil() as u32
}

fn needed_one_of(j: &mut Judge, at: &At<'_, '_>, values: &[&str]) {
    if !values.contains(&at.str()) {
        j.unsupported(at, at.str(), values);
    }
}
