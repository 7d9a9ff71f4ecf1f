//! What rules need to know of who may talk to whom: NetworkPolicies.

use super::selectors::{Selector, selector};
use super::{items, protocol, text};
use crate::tree::Ref;

/// A NetworkPolicy.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Policy {
    /// The pods that it is for.
    pub selector: Selector,
    /// Whether it says what requests it is about, those that come or those that go.
    pub typed: bool,
    /// Whether it has rules for requests that come.
    pub ingress: bool,
    /// Whether it has rules for requests that go.
    pub egress: bool,
    /// Whether it lets names be looked up: port 53 by UDP.
    pub dns: bool,
    /// Whether nothing may come to its pods but what it lets in.
    pub closes: bool,
    /// The ports to which each of its rules lets something come; empty for all.
    pub lets_in: Vec<Vec<Opened>>,
    /// The ports of its pods that it names, with the positions of the rule and of the port.
    pub ports: Vec<(usize, usize, String)>,
}

/// Ports that a rule opens.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Opened {
    /// `TCP` where nothing is said.
    pub protocol: String,
    /// The name of a port; empty where it is a number.
    pub name: String,
    /// The first number and the last one; all where none is said.
    pub numbers: (i64, i64),
}

pub(super) fn policy(object: Ref<'_>) -> Policy {
    let Some(spec) = object.get("spec") else { return Policy::default() };
    let mut ports = Vec::new();
    for (rule_at, rule) in items(spec, "ingress").enumerate() {
        for (port_at, port) in items(rule, "ports").enumerate() {
            let name = text(port, &["port"]);
            if !name.is_empty() {
                ports.push((rule_at, port_at, name));
            }
        }
    }
    let types = spec.get("policyTypes").filter(|types| types.items().next().is_some());
    let about = |wanted: &str| {
        types.is_none_or(|types| types.items().any(|kind| kind.as_str() == Some(wanted)))
    };
    Policy {
        selector: spec.get("podSelector").map(selector).unwrap_or_default(),
        typed: types.is_some(),
        closes: about("Ingress"),
        lets_in: match about("Ingress") {
            true => items(spec, "ingress")
                .map(|rule| items(rule, "ports").map(opened).collect())
                .collect(),
            false => Vec::new(),
        },
        ingress: items(spec, "ingress").next().is_some(),
        egress: about("Egress") && items(spec, "egress").next().is_some(),
        dns: about("Egress") && items(spec, "egress").any(lets_names_be_looked_up),
        ports,
    }
}

fn opened(port: Ref<'_>) -> Opened {
    let first = port.get("port").and_then(Ref::as_int);
    let last = port.get("endPort").and_then(Ref::as_int);
    let name = text(port, &["port"]);
    let numbers = match first {
        Some(first) => (first, last.unwrap_or(first)),
        None => (0, i64::from(u16::MAX)),
    };
    Opened { protocol: protocol(port), name, numbers }
}

/// A rule without ports is for all of them.
fn lets_names_be_looked_up(rule: Ref<'_>) -> bool {
    let is_dns = |port: Ref<'_>| {
        let number = port.get("port").and_then(Ref::as_int);
        let last = port.get("endPort").and_then(Ref::as_int).or(number);
        let named = port.get("port").and_then(Ref::as_str).is_some_and(|name| name.contains("dns"));
        let in_range = number.is_none_or(|first| first <= 53) && last.is_none_or(|last| last >= 53);
        protocol(port) == "UDP" && (named || in_range)
    };
    items(rule, "ports").next().is_none() || items(rule, "ports").any(is_dns)
}
