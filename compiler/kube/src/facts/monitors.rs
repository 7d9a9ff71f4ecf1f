//! What rules need to know of who takes measurements: monitors of the Prometheus operator.

use super::selectors::{Selector, selector};
use super::{items, text};
use crate::tree::Ref;

/// A ServiceMonitor or PodMonitor.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Monitor {
    /// Whether it finds pods, and not Services.
    pub of_pods: bool,
    /// What it finds.
    pub selector: Selector,
    /// Where.
    pub namespaces: Monitored,
    /// The list in which the ports are named.
    pub list: &'static str,
    /// The names of the ports, with their positions.
    pub ports: Vec<(usize, String)>,
}

/// The namespaces in which a monitor looks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Monitored {
    /// Its own.
    #[default]
    Own,
    /// All.
    Any,
    /// These.
    Named(Vec<String>),
}

pub(super) fn monitor(object: Ref<'_>, of_pods: bool) -> Monitor {
    let list = if of_pods { "podMetricsEndpoints" } else { "endpoints" };
    let Some(spec) = object.get("spec") else { return Monitor::default() };
    let within = spec.get("namespaceSelector");
    let any = within.and_then(|within| within.get("any")?.as_bool()) == Some(true);
    let names: Vec<String> = within
        .into_iter()
        .flat_map(|within| items(within, "matchNames"))
        .filter_map(Ref::as_str)
        .map(str::to_owned)
        .collect();
    let ports = items(spec, list).enumerate().map(|(at, end)| (at, text(end, &["port"])));
    Monitor {
        of_pods,
        selector: spec.get("selector").map(selector).unwrap_or_default(),
        namespaces: match (any, names.is_empty()) {
            (true, _) => Monitored::Any,
            (false, true) => Monitored::Own,
            (false, false) => Monitored::Named(names),
        },
        list,
        ports: ports.filter(|(_, port)| !port.is_empty()).collect(),
    }
}
