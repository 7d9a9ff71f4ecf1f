//! What rules need to know of the Gateway API: listeners, routes, and who may refer to what.

use super::services::TargetPort;
use super::{items, text};
use crate::tree::{Ref, Step};

/// A route of a Gateway, be it of HTTP or of anything else.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GatewayRoute {
    /// What it hangs on.
    pub parents: Vec<ParentRef>,
    /// Where its requests go.
    pub backends: Vec<BackendRef>,
}

/// What a route hangs on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ParentRef {
    /// Whether it is a Gateway.
    pub is_gateway: bool,
    /// Its namespace; empty for the route's own.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// The listener; empty for all.
    pub section: String,
}

/// Where requests go.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BackendRef {
    /// The positions of the rule and of the reference.
    pub at: (usize, usize),
    /// Whether it is a Service.
    pub is_service: bool,
    /// The namespace; empty for the route's own.
    pub namespace: String,
    /// The name.
    pub name: String,
    /// The port.
    pub port: Option<TargetPort>,
}

/// What lets objects of other namespaces refer to something in this one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Grant {
    /// Group, kind and namespace of those who may.
    pub from: Vec<(String, String, String)>,
    /// Group, kind and name of what they may refer to; an empty name is any.
    pub to: Vec<(String, String, String)>,
}

pub(super) fn gateway(object: Ref<'_>) -> Vec<String> {
    let listeners = object.get("spec").into_iter().flat_map(|spec| items(spec, "listeners"));
    listeners.map(|listener| text(listener, &["name"])).collect()
}

pub(super) fn route(object: Ref<'_>) -> GatewayRoute {
    let Some(spec) = object.get("spec") else { return GatewayRoute::default() };
    let or = |node: Ref<'_>, field: &str, default: &str| {
        node.get(field).and_then(Ref::as_str).unwrap_or(default).to_owned()
    };
    let parents = items(spec, "parentRefs").map(|parent| ParentRef {
        is_gateway: or(parent, "kind", "Gateway") == "Gateway",
        namespace: text(parent, &["namespace"]),
        name: text(parent, &["name"]),
        section: text(parent, &["sectionName"]),
    });
    let rules = items(spec, "rules").enumerate();
    let backends = rules.flat_map(|(rule_at, rule)| {
        items(rule, "backendRefs").enumerate().map(move |(at, backend)| BackendRef {
            at: (rule_at, at),
            is_service: or(backend, "kind", "Service") == "Service"
                && text(backend, &["group"]).is_empty(),
            namespace: text(backend, &["namespace"]),
            name: text(backend, &["name"]),
            port: backend.get("port").and_then(Ref::as_int).map(TargetPort::Number),
        })
    });
    GatewayRoute { parents: parents.collect(), backends: backends.collect() }
}

pub(super) fn grant(object: Ref<'_>) -> Grant {
    let all = |list, last: &'static str| {
        let entries = object.get("spec").into_iter().flat_map(move |spec| items(spec, list));
        let three =
            move |entry| (text(entry, &["group"]), text(entry, &["kind"]), text(entry, &[last]));
        entries.map(three).collect()
    };
    Grant { from: all("from", "namespace"), to: all("to", "name") }
}

impl BackendRef {
    /// The path to the reference.
    pub fn path(&self) -> Vec<Step> {
        let key = |key: &str| Step::Key(key.to_owned());
        let (rule, at) = self.at;
        vec![key("spec"), key("rules"), Step::Index(rule), key("backendRefs"), Step::Index(at)]
    }
}
