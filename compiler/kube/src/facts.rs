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

mod hooks;

mod configs;

use crate::tree::Ref;

pub use access::{Account, Binding};
pub use configs::Config;
pub use hooks::Hook;
pub use pods::{
    Claim, ClaimUse, ConfigAt, ConfigUse, Container, ContainerAt, ContainerPort, Env, SubPath,
    Template, VolumeUse, Workload,
};
pub use policies::Policy;
pub use scaling::{Amount, Autoscaler, Budget, Share};
pub use selectors::{Requirement, Selector};
pub use services::{Endpoints, Ingress, Route, Service, ServicePort, TargetPort, Tls};
pub use variables::VariableUse;

use access::binding;
use configs::{config, of_account};
use hooks::{api_service, conversion, webhooks};
use pods::{claim, workload};
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
    /// A PriorityClass, and whether it is for all pods that name none.
    Priority(bool),
    /// What a server calls, be it a webhook or another server.
    Hooks(Vec<Hook>),
    /// A ConfigMap or Secret.
    Config(Box<Config>),
    /// A ServiceAccount: the Secrets that it names.
    Account(Vec<String>),
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
        ("", "Pod") => workload(object, &[]),
        ("apps", "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet")
        | ("", "ReplicationController")
        | ("batch", "Job") => workload(object, &["spec", "template"]),
        ("batch", "CronJob") => workload(object, &["spec", "jobTemplate", "spec", "template"]),
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
        ("scheduling.k8s.io", "PriorityClass") => {
            Detail::Priority(object.get("globalDefault").and_then(Ref::as_bool).unwrap_or(false))
        }
        (
            "admissionregistration.k8s.io",
            "ValidatingWebhookConfiguration" | "MutatingWebhookConfiguration",
        ) => Detail::Hooks(webhooks(object)),
        ("apiregistration.k8s.io", "APIService") => Detail::Hooks(api_service(object)),
        ("apiextensions.k8s.io", "CustomResourceDefinition") => Detail::Hooks(conversion(object)),
        ("", "ConfigMap" | "Secret") => Detail::Config(Box::new(config(object))),
        ("", "ServiceAccount") => Detail::Account(of_account(object)),
        _ => Detail::Other,
    };
    Facts { identity, detail, ..Facts::default() }
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
        format!("{}/{}", self.kind, self.name)
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
