//! What rules need to know of nodes, and of what pods ask of them.

use super::selectors::{Requirement, Selector, requirement, selector};
use super::{items, pairs, text};
use crate::tree::Ref;

/// What a pod asks of its node.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wanted {
    /// The labels that the node must have, sorted.
    pub labels: Vec<(String, String)>,
    /// Of these, of which each is a list of what must hold, one must be met; none where nothing is asked.
    pub terms: Vec<Vec<Requirement>>,
    /// The taints that it stands.
    pub tolerations: Vec<Toleration>,
    /// Whether no two of its pods may be on one node, with the position of the term that says so.
    pub alone: Option<usize>,
}

/// A taint that a pod stands. What is empty is any.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Toleration {
    /// The key.
    pub key: String,
    /// The value; `None` where any is stood.
    pub value: Option<String>,
    /// The effect.
    pub effect: String,
}

/// A node.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Node {
    /// Its labels, sorted.
    pub labels: Vec<(String, String)>,
    /// Its taints that keep pods away: key, value and effect.
    pub taints: Vec<(String, String, String)>,
}

pub(super) fn wanted(spec: Ref<'_>, own: &[(String, String)]) -> Option<Wanted> {
    let required = "requiredDuringSchedulingIgnoredDuringExecution";
    let affinity = spec.at(&["affinity", "nodeAffinity", required]);
    let terms = affinity.into_iter().flat_map(|affinity| items(affinity, "nodeSelectorTerms"));
    let apart = spec.at(&["affinity", "podAntiAffinity", required]);
    let alone = apart.into_iter().flat_map(Ref::items).position(|term| {
        let of: Option<Selector> = term.get("labelSelector").map(selector);
        text(term, &["topologyKey"]) == "kubernetes.io/hostname"
            && of.is_some_and(|selector| selector.selects(own))
    });
    let wanted = Wanted {
        labels: pairs(spec.get("nodeSelector")),
        terms: terms
            .map(|term| items(term, "matchExpressions").map(requirement).collect())
            .collect(),
        tolerations: items(spec, "tolerations").map(toleration).collect(),
        alone,
    };
    (wanted != Wanted::default()).then_some(wanted)
}

fn toleration(node: Ref<'_>) -> Toleration {
    let any = text(node, &["operator"]) == "Exists";
    Toleration {
        key: text(node, &["key"]),
        value: (!any).then(|| text(node, &["value"])),
        effect: text(node, &["effect"]),
    }
}

pub(super) fn node(object: Ref<'_>) -> Node {
    let taints = object.get("spec").into_iter().flat_map(|spec| items(spec, "taints"));
    let taints = taints
        .map(|taint| (text(taint, &["key"]), text(taint, &["value"]), text(taint, &["effect"])));
    let mut labels = pairs(object.at(&["metadata", "labels"]));
    // Each node has its name as a label.
    let name = ("kubernetes.io/hostname".to_owned(), text(object, &["metadata", "name"]));
    if !labels.iter().any(|(key, _)| *key == name.0) {
        labels.push(name);
        labels.sort_unstable();
    }
    Node { labels, taints: taints.filter(|(.., effect)| effect != "PreferNoSchedule").collect() }
}

impl Toleration {
    /// Whether it stands a taint of this key, value and effect.
    pub fn stands(&self, (key, value, effect): &(String, String, String)) -> bool {
        (self.key.is_empty() || self.key == *key)
            && self.value.as_ref().is_none_or(|own| own == value)
            && (self.effect.is_empty() || self.effect == *effect)
    }
}
