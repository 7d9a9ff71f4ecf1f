//! Label selectors, as rules across objects apply them.

use super::{items, pairs, text};
use crate::tree::Ref;

/// A label selector. An empty one selects everything.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Selector {
    /// Labels that must be there, sorted.
    pub labels: Vec<(String, String)>,
    /// What else must hold of labels.
    pub expressions: Vec<Requirement>,
}

/// What must hold of a label.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Requirement {
    /// The label.
    pub key: String,
    /// `In`, `NotIn`, `Exists` or `DoesNotExist`; of nodes also `Gt` and `Lt`.
    pub operator: String,
    /// What it must be, or must not be.
    pub values: Vec<String>,
}

/// A selector; a ReplicationController and a Service write the labels alone.
pub(super) fn selector(node: Ref<'_>) -> Selector {
    let full = node.get("matchLabels").is_some() || node.get("matchExpressions").is_some();
    let labels = if full { node.get("matchLabels") } else { Some(node) };
    let mut labels = pairs(labels);
    let mut expressions: Vec<Requirement> =
        items(node, "matchExpressions").map(requirement).collect();
    // That a label is one of one value asks for the label, by which pods are found.
    expressions.retain(|wanted| match wanted.values.as_slice() {
        [value] if wanted.operator == "In" => {
            labels.push((wanted.key.clone(), value.clone()));
            false
        }
        _ => true,
    });
    labels.sort();
    labels.dedup();
    Selector { labels, expressions }
}

pub(super) fn requirement(node: Ref<'_>) -> Requirement {
    Requirement {
        key: text(node, &["key"]),
        operator: text(node, &["operator"]),
        values: items(node, "values").filter_map(Ref::as_str).map(str::to_owned).collect(),
    }
}

impl Selector {
    /// Whether it selects what has these labels, which are sorted.
    pub fn selects(&self, labels: &[(String, String)]) -> bool {
        self.labels.iter().all(|label| labels.binary_search(label).is_ok())
            && self.expressions.iter().all(|requirement| requirement.holds(labels))
    }

    /// Whether it selects everything.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty() && self.expressions.is_empty()
    }

    /// What is not so with these labels, which it does not select.
    pub fn unmet(&self, labels: &[(String, String)]) -> Option<String> {
        let own = |key: &str| labels.iter().find(|(own, _)| own == key).map(|(_, value)| value);
        for (key, value) in &self.labels {
            match own(key) {
                Some(own) if own == value => {}
                Some(own) => return Some(format!("`{key}` is `{own}` here")),
                None => return Some(format!("`{key}` is not here")),
            }
        }
        let requirement = self.expressions.iter().find(|requirement| !requirement.holds(labels))?;
        Some(format!("`{}` is not as the selector wants it here", requirement.key))
    }
}

impl Requirement {
    /// Whether it holds of these labels.
    pub fn holds(&self, labels: &[(String, String)]) -> bool {
        let own = labels.iter().find(|(key, _)| *key == self.key).map(|(_, value)| value);
        match self.operator.as_str() {
            "In" => own.is_some_and(|own| self.values.contains(own)),
            "NotIn" => own.is_none_or(|own| !self.values.contains(own)),
            "Exists" => own.is_some(),
            "DoesNotExist" => own.is_none(),
            "Gt" | "Lt" => {
                let number = |text: &String| text.parse::<i64>().ok();
                let bound = self.values.first().and_then(number);
                match (own.and_then(number), bound) {
                    (Some(own), Some(bound)) if self.operator == "Gt" => own > bound,
                    (Some(own), Some(bound)) => own < bound,
                    _ => false,
                }
            }
            _ => true,
        }
    }
}
