//! What rules across objects need to know of an object: little, owned and comparable.
//!
//! Facts outlive the tree that they were read from, and a change that leaves them equal re-runs no
//! rule; so they hold no values that no rule reads, and no origins. A rule names a place by the number
//! of the object and a path, from which the caller finds the source.

mod selectors;

mod pods;

mod scaling;

mod services;

mod access;

mod policies;

mod variables;

mod places;

mod needs;

mod nodes;

mod security;

mod gateways;

mod monitors;

mod hooks;

mod configs;

use crate::lints::Strictness;
use crate::tree::Ref;

pub use access::{Account, Binding};
pub use configs::{Config, ServiceAccount};
pub use gateways::{BackendRef, GatewayRoute, Grant, ParentRef};
pub use hooks::{Definition, Hook};
pub use monitors::{Monitor, Monitored};
pub use needs::{Bound, Quota, Resource, requested};
pub use nodes::{Node, Toleration, Wanted};
pub use pods::{
    Claim, ClaimUse, ConfigAt, ConfigUse, Container, ContainerAt, ContainerPort, Env, SubPath,
    Template, VolumeUse, Workload,
};
pub use policies::{Opened, Policy};
pub use scaling::{Amount, Autoscaler, Budget, Share};
pub use selectors::{Requirement, Selector};
pub use services::{Endpoints, Ingress, Route, Service, ServicePort, TargetPort, Tls};
pub use variables::VariableUse;

use access::binding;
use configs::{config, of_account};
use gateways::{gateway, grant, route};
use hooks::{api_service, definition, webhooks};
use monitors::monitor;
use needs::{bounds, quota};
use nodes::node;
use pods::{claim, images, workload};
use policies::policy;
use scaling::{autoscaler, budget};
use services::{endpoints, ingress, service};

/// What makes two objects the same to a server. The version is no part of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Identity {
    /// The API group; empty for the core group.
    pub group: String,
    /// The kind.
    pub kind: String,
    /// The namespace; empty where the object names none.
    pub namespace: String,
    /// The name.
    pub name: String,
}

/// The facts of one object.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts {
    /// Which object it is.
    pub identity: Identity,
    /// The version of its API, if it is of a custom kind; empty for a server's own.
    pub version: String,
    /// Whether it is declared as being there, and not made. Set by the caller.
    pub external: bool,
    /// Whether there must not be two of its pods. Set by the caller.
    pub singleton: bool,
    /// Whether it stands for objects of which nothing reliable is known, because whoever makes them has a
    /// mistake: no rule looks at it, and none may say that something is not there.
    pub hidden: bool,
    /// What depends on the kind.
    pub detail: Detail,
}

/// The facts that depend on the kind of object.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Detail {
    /// No rule looks into it.
    #[default]
    Other,
    /// A pod, or what makes pods.
    Workload(Box<Workload>),
    /// A HorizontalPodAutoscaler.
    Autoscaler(Box<Autoscaler>),
    /// A PodDisruptionBudget.
    Budget(Box<Budget>),
    /// A RoleBinding or ClusterRoleBinding.
    Binding(Box<Binding>),
    /// A NetworkPolicy.
    Policy(Box<Policy>),
    /// An Ingress.
    Ingress(Box<Ingress>),
    /// Addresses of a Service that does not select pods.
    Endpoints(Box<Endpoints>),
    /// A certificate that something in the cluster makes: the Secret in which it puts it.
    Certificate(String),
    /// A Service.
    Service(Box<Service>),
    /// A PersistentVolumeClaim.
    Claim(Box<Claim>),
    /// A Namespace: the level of security that a server enforces in it, `baseline` or `restricted`; empty for none.
    Namespace(String),
    /// A ResourceQuota.
    Quota(Box<Quota>),
    /// A LimitRange.
    Limits(Vec<Bound>),
    /// A node.
    Node(Box<Node>),
    /// A Gateway: the names of its listeners.
    Gateway(Vec<String>),
    /// A route of a Gateway.
    GatewayRoute(Box<GatewayRoute>),
    /// What lets other namespaces refer to something in this one.
    Grant(Box<Grant>),
    /// What says whose measurements are taken.
    Monitor(Box<Monitor>),
    /// A CustomResourceDefinition.
    Definition(Box<Definition>),
    /// A PriorityClass, and whether it is for all pods that name none.
    Priority(bool),
    /// What a server calls, be it a webhook or another server.
    Hooks(Vec<Hook>),
    /// A ConfigMap or Secret.
    Config(Box<Config>),
    /// A ServiceAccount.
    Account(Box<ServiceAccount>),
}

/// The facts of an object. What is missing or of another type than it should be is left out: saying so is
/// the validator's task.
pub fn facts(object: Ref<'_>) -> Facts {
    let api_version = text(object, &["apiVersion"]);
    let group = api_version.split_once('/').map_or("", |(group, _)| group);
    let kind = text(object, &["kind"]);
    let identity = Identity {
        group: group.to_owned(),
        kind: kind.clone(),
        namespace: text(object, &["metadata", "namespace"]),
        name: text(object, &["metadata", "name"]),
    };
    let detail = match (group, kind.as_str()) {
        ("autoscaling", "HorizontalPodAutoscaler") => {
            Detail::Autoscaler(Box::new(autoscaler(object)))
        }
        ("rbac.authorization.k8s.io", "RoleBinding" | "ClusterRoleBinding") => {
            Detail::Binding(Box::new(binding(object)))
        }
        ("policy", "PodDisruptionBudget") => Detail::Budget(Box::new(budget(object))),
        ("networking.k8s.io", "NetworkPolicy") => Detail::Policy(Box::new(policy(object))),
        ("networking.k8s.io", "Ingress") => Detail::Ingress(Box::new(ingress(object))),
        ("cert-manager.io", "Certificate") => {
            Detail::Certificate(text(object, &["spec", "secretName"]))
        }
        ("", "Endpoints") => Detail::Endpoints(Box::new(endpoints(object, identity.name.clone()))),
        ("discovery.k8s.io", "EndpointSlice") => {
            let service = text(object, &["metadata", "labels", "kubernetes.io/service-name"]);
            Detail::Endpoints(Box::new(endpoints(object, service)))
        }
        ("", "Service") => Detail::Service(Box::new(service(object))),
        ("", "PersistentVolumeClaim") => Detail::Claim(Box::new(claim(object))),
        ("", "Namespace") => {
            let label = "pod-security.kubernetes.io/enforce";
            let level = text(object, &["metadata", "labels", label]);
            Detail::Namespace(if level == "privileged" { String::new() } else { level })
        }
        ("", "ResourceQuota") => Detail::Quota(Box::new(quota(object))),
        ("", "LimitRange") => Detail::Limits(bounds(object)),
        ("", "Node") => Detail::Node(Box::new(node(object))),
        ("scheduling.k8s.io", "PriorityClass") => {
            Detail::Priority(object.get("globalDefault").and_then(Ref::as_bool).unwrap_or(false))
        }
        (
            "admissionregistration.k8s.io",
            "ValidatingWebhookConfiguration" | "MutatingWebhookConfiguration",
        ) => Detail::Hooks(webhooks(object)),
        ("apiregistration.k8s.io", "APIService") => Detail::Hooks(api_service(object)),
        ("apiextensions.k8s.io", "CustomResourceDefinition") => {
            Detail::Definition(Box::new(definition(object)))
        }
        ("", "ConfigMap" | "Secret") => Detail::Config(Box::new(config(object))),
        ("", "ServiceAccount") => Detail::Account(Box::new(of_account(object))),
        _ => match template(group, &kind) {
            Some(template) => workload(object, template),
            None => custom(object, group, &kind),
        },
    };
    let version = match is_custom(group) {
        true => api_version.rsplit('/').next().unwrap_or_default().to_owned(),
        false => String::new(),
    };
    Facts { identity, version, detail, ..Facts::default() }
}

/// The facts of an object, with those that only some projects ask for: an image is edited more often than anything
/// else, and no rule is to run again for it unless somebody wants one that looks at images.
pub fn facts_for(object: Ref<'_>, strictness: &Strictness) -> Facts {
    let mut facts = facts(object);
    if let Detail::Workload(workload) = &mut facts.detail
        && strictness.level("XR-105").is_some()
    {
        workload.images = images(object, workload.template);
    }
    facts
}

/// Where in an object of this kind the pod is that it makes, also of custom kinds that are often used; nowhere in the
/// others.
pub fn template(group: &str, kind: &str) -> Option<&'static [&'static str]> {
    match (group, kind) {
        ("", "Pod") => Some(&[]),
        ("apps", "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet")
        | ("", "ReplicationController")
        | ("batch", "Job")
        | ("argoproj.io", "Rollout")
        | ("apps.kruise.io", "CloneSet" | "StatefulSet" | "DaemonSet")
        | ("serving.knative.dev", "Service") => Some(&["spec", "template"]),
        ("batch", "CronJob") => Some(&["spec", "jobTemplate", "spec", "template"]),
        ("keda.sh", "ScaledJob") => Some(&["spec", "jobTargetRef", "template"]),
        _ => None,
    }
}

/// Whether a group is none of a server's own.
pub(crate) fn is_custom(group: &str) -> bool {
    const BESIDE: [&str; 3] =
        ["gateway.networking.k8s.io", "snapshot.storage.k8s.io", "metrics.k8s.io"];
    group.contains('.')
        && (!group.ends_with(".k8s.io") || group.ends_with(".x-k8s.io") || BESIDE.contains(&group))
}

impl Facts {
    /// In the place of objects that have a mistake.
    pub fn hidden() -> Self {
        Facts { hidden: true, ..Facts::default() }
    }
}

impl Identity {
    /// `Deployment/app`, as messages name an object.
    pub fn shown(&self) -> String {
        shown(&self.kind, &self.name)
    }
}

/// How messages name an object: `Deployment/app`, `a Deployment without a name`.
pub fn shown(kind: &str, name: &str) -> String {
    match name {
        "" => format!("a {kind} without a name"),
        name => format!("{kind}/{name}"),
    }
}

fn protocol(port: Ref<'_>) -> String {
    port.get("protocol").and_then(Ref::as_str).unwrap_or("TCP").to_owned()
}

/// The entries of a map of strings, sorted: their order means nothing, and so they are found quickly.
fn pairs(map: Option<Ref<'_>>) -> Vec<(String, String)> {
    let entries = map.into_iter().flat_map(Ref::entries);
    let mut pairs: Vec<_> = entries
        .map(|(key, value)| (key.to_owned(), value.as_str().unwrap_or_default().to_owned()))
        .collect();
    pairs.sort_unstable();
    pairs
}

fn text(node: Ref<'_>, path: &[&str]) -> String {
    node.at(path).and_then(Ref::as_str).unwrap_or_default().to_owned()
}

fn items<'t>(node: Ref<'t>, list: &str) -> impl Iterator<Item = Ref<'t>> + use<'t> {
    node.get(list).into_iter().flat_map(Ref::items)
}

/// Of custom kinds, those that refer to what rules know.
fn custom(object: Ref<'_>, group: &str, kind: &str) -> Detail {
    match (group, kind) {
        ("gateway.networking.k8s.io", "Gateway") => Detail::Gateway(gateway(object)),
        ("gateway.networking.k8s.io", "ReferenceGrant") => Detail::Grant(Box::new(grant(object))),
        ("gateway.networking.k8s.io", kind) if kind.ends_with("Route") => {
            Detail::GatewayRoute(Box::new(route(object)))
        }
        ("monitoring.coreos.com", "ServiceMonitor") => {
            Detail::Monitor(Box::new(monitor(object, false)))
        }
        ("monitoring.coreos.com", "PodMonitor") => Detail::Monitor(Box::new(monitor(object, true))),
        _ => Detail::Other,
    }
}
