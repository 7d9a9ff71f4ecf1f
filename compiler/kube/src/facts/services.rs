//! What rules need to know of how pods are reached: Services and Ingresses.

use super::{items, pairs, protocol, text};
use crate::tree::{Ref, Step};

/// A Service.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Service {
    /// Its own labels, sorted.
    pub labels: Vec<(String, String)>,
    /// The labels of the pods that it stands for, sorted.
    pub selector: Vec<(String, String)>,
    /// Whether it stands for a name outside of the cluster.
    pub external_name: bool,
    /// Whether it has no address of its own, but those of its pods.
    pub headless: bool,
    /// Its ports.
    pub ports: Vec<ServicePort>,
    /// The addresses that it asks for, each with the field that names it.
    pub addresses: Vec<(&'static str, String)>,
    /// Whether a node answers only where one of its pods runs.
    pub local: bool,
    /// Whether requests of one client go to one pod.
    pub sticky: bool,
}

/// A port of a Service.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ServicePort {
    /// Its name; empty where it has none.
    pub name: String,
    /// Its number.
    pub number: i64,
    /// `TCP` where nothing is said.
    pub protocol: String,
    /// The port of the pods; its own number where nothing is said.
    pub target: TargetPort,
    /// The port of each node that it asks for; 0 where any is as good.
    pub node: i64,
}

/// The port of a pod to which a Service sends.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum TargetPort {
    /// By name.
    Name(String),
    /// By number.
    Number(i64),
}

/// Addresses of a Service that does not select pods.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Endpoints {
    /// The Service; empty where none is named.
    pub service: String,
    /// The names of the ports; empty for one that has none.
    pub ports: Vec<String>,
}

/// An Ingress.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ingress {
    /// The class; empty where none is named.
    pub class: String,
    /// Whether something in the cluster makes the certificates.
    pub certified: bool,
    /// Names in annotations, which a controller may look up.
    pub mentioned: Vec<String>,
    /// Where requests go.
    pub routes: Vec<Route>,
    /// The certificates.
    pub tls: Vec<Tls>,
}

/// Where the requests of one path go.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Route {
    /// Positions of the rule and of the path; `None` for what no rule is for.
    pub at: Option<(usize, usize)>,
    /// The host; empty for all.
    pub host: String,
    /// The path.
    pub path: String,
    /// `Prefix`, `Exact` or `ImplementationSpecific`.
    pub path_type: String,
    /// The Service; empty where it is something else.
    pub service: String,
    /// The port of the Service.
    pub port: Option<TargetPort>,
}

/// A certificate of an Ingress.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tls {
    /// The Secret that holds it; empty where none is named.
    pub secret: String,
    /// The hosts that it is for.
    pub hosts: Vec<String>,
}

pub(super) fn service(object: Ref<'_>) -> Service {
    let ports = object.get("spec").into_iter().flat_map(|spec| items(spec, "ports")).map(|port| {
        let number = port.get("port").and_then(Ref::as_int).unwrap_or(0);
        let target = port.get("targetPort");
        ServicePort {
            name: text(port, &["name"]),
            number,
            protocol: protocol(port),
            node: port.get("nodePort").and_then(Ref::as_int).unwrap_or(0),
            target: match target.and_then(Ref::as_str) {
                Some(name) => TargetPort::Name(name.to_owned()),
                // 0 counts as not set.
                None => TargetPort::Number(
                    target.and_then(Ref::as_int).filter(|to| *to != 0).unwrap_or(number),
                ),
            },
        }
    });
    Service {
        labels: pairs(object.at(&["metadata", "labels"])),
        selector: pairs(object.at(&["spec", "selector"])),
        external_name: text(object, &["spec", "type"]) == "ExternalName",
        headless: text(object, &["spec", "clusterIP"]) == "None",
        ports: ports.collect(),
        addresses: ["clusterIP", "loadBalancerIP"]
            .map(|field| (field, text(object, &["spec", field])))
            .into_iter()
            .filter(|(_, address)| !matches!(address.as_str(), "" | "None"))
            .collect(),
        local: text(object, &["spec", "externalTrafficPolicy"]) == "Local",
        sticky: text(object, &["spec", "sessionAffinity"]) == "ClientIP",
    }
}

/// The addresses behind a Service: of an EndpointSlice, which names its Service by a label, or of Endpoints.
pub(super) fn endpoints(object: Ref<'_>, service: String) -> Endpoints {
    let subsets = items(object, "subsets").flat_map(|subset| items(subset, "ports"));
    let ports = items(object, "ports").chain(subsets).map(|port| text(port, &["name"]));
    Endpoints { service, ports: ports.collect() }
}

pub(super) fn ingress(object: Ref<'_>) -> Ingress {
    let annotations = object.at(&["metadata", "annotations"]);
    let mut annotations = annotations.into_iter().flat_map(Ref::entries);
    let mentioned = annotations.clone().filter_map(|(_, value)| value.as_str());
    let mentioned = mentioned.map(|value| value.rsplit('/').next().unwrap_or(value).to_owned());
    let mentioned = mentioned.collect();
    let Some(spec) = object.get("spec") else { return Ingress::default() };
    let mut routes = Vec::new();
    if let Some(backend) = spec.get("defaultBackend") {
        routes.push(route(backend, None));
    }
    for (rule_at, rule) in items(spec, "rules").enumerate() {
        let paths = rule.get("http").into_iter().flat_map(|http| items(http, "paths"));
        for (path_at, path) in paths.enumerate() {
            let Some(backend) = path.get("backend") else { continue };
            routes.push(Route {
                host: text(rule, &["host"]),
                path: text(path, &["path"]),
                path_type: text(path, &["pathType"]),
                ..route(backend, Some((rule_at, path_at)))
            });
        }
    }
    let tls = items(spec, "tls").map(|tls| Tls {
        secret: text(tls, &["secretName"]),
        hosts: items(tls, "hosts").filter_map(Ref::as_str).map(str::to_owned).collect(),
    });
    Ingress {
        class: text(spec, &["ingressClassName"]),
        certified: annotations
            .any(|(key, _)| key.starts_with("cert-manager.io/") || key == "kubernetes.io/tls-acme"),
        mentioned,
        routes,
        tls: tls.collect(),
    }
}

fn route(backend: Ref<'_>, at: Option<(usize, usize)>) -> Route {
    let port = backend.at(&["service", "port"]);
    let name = port.and_then(|port| port.get("name")?.as_str());
    let number = port.and_then(|port| port.get("number")?.as_int());
    Route {
        at,
        service: text(backend, &["service", "name"]),
        port: match name {
            Some(name) => Some(TargetPort::Name(name.to_owned())),
            None => number.map(TargetPort::Number),
        },
        ..Route::default()
    }
}

impl Route {
    /// The path to where the Service is named.
    pub fn path(&self) -> Vec<Step> {
        let key = |key: &str| Step::Key(key.to_owned());
        let mut path = vec![key("spec")];
        match self.at {
            Some((rule, at)) => path.extend([
                key("rules"),
                Step::Index(rule),
                key("http"),
                key("paths"),
                Step::Index(at),
                key("backend"),
            ]),
            None => path.push(key("defaultBackend")),
        }
        path.push(key("service"));
        path
    }
}
