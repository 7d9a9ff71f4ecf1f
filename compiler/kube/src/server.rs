//! The API server's rules for one object: whatever a server refuses, all of it in one run, with the path
//! to the value that is to be changed.
//!
//! Two functions judge an object. [`misshapen`] compares it with the table of types, as a server does when
//! it reads a manifest. [`refusals`] applies the rules that no schema states, as Kubernetes' validation code
//! does after that; it passes over what is of a wrong type. Both know the versions in which they differ.
//!
//! A few things are refused here that a server takes, since they never work afterwards: `stricter` on a
//! [`Refusal`] says so. What rules need to know of other objects is not here but in [`crate::rules`].

pub(crate) mod judge;

mod shape;
mod slice;

mod text;

mod ip;

mod meta;

mod selector;

mod workload;

mod job;

mod cron;

mod pod;

mod scheduling;

mod security;

mod container;

mod image;

mod env;

mod probe;

mod resources;

mod volume;

mod storage_volume;

mod mount;

mod service;

mod ingress;

mod network;

mod autoscaling;

mod claim;

mod config;

mod rbac;

mod quota;

mod admission;

mod mutation;

mod registration;

mod schema;

mod addresses;

mod alone;

mod attachments;

mod devices;

mod flow;

mod gated;

mod node;

mod parts;

use std::ops::Range;

use crate::rules::Level;
use crate::tree::{Ref, Step};

use judge::{At, Judge};

pub use alone::is_alone;
pub use parts::refused_anywhere;
pub(crate) use shape::{decoded, is_built_in};
pub use shape::{is_base64, is_time};
pub use shape::{misshapen, misshapen_as};

/// Why a server refuses a value: the types of its field errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FieldError {
    /// Something must be given.
    Required,
    /// The value breaks a rule.
    Invalid,
    /// The value is not one of a closed set.
    NotSupported,
    /// It must not be given, here or together with something else.
    Forbidden,
    /// It is there already.
    Duplicate,
    /// What it names is not there.
    NotFound,
    /// It has too many bytes.
    TooLong,
    /// It has too many elements.
    TooMany,
    /// It is of another type.
    TypeInvalid,
}

/// What a server refuses of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The id of the rule.
    pub rule: &'static str,
    /// The type of the server's error.
    pub error: FieldError,
    /// A warning is of what a server takes, perhaps with a warning of its own.
    pub level: Level,
    /// Whether a server takes it, although it never works.
    pub stricter: bool,
    /// Where in the object. What the path names may be missing there; the nearest above it is meant then.
    pub path: Vec<Step>,
    /// The name of the entry at the end of the path is wrong, and not its value.
    pub of_key: bool,
    /// The bytes of the text that are wrong, where the others are not.
    pub within: Option<Range<usize>>,
    /// What is wrong, with the value.
    pub message: String,
    /// What to do, as an imperative sentence.
    pub help: Option<String>,
    /// Another place that has to do with it, and why.
    pub related: Option<(Vec<Step>, String)>,
    /// The values of the closed set of which it is none.
    pub allowed: Vec<String>,
}

impl FieldError {
    /// The name under which servers report it.
    pub fn name(self) -> &'static str {
        match self {
            FieldError::Required => "FieldValueRequired",
            FieldError::Invalid => "FieldValueInvalid",
            FieldError::NotSupported => "FieldValueNotSupported",
            FieldError::Forbidden => "FieldValueForbidden",
            FieldError::Duplicate => "FieldValueDuplicate",
            FieldError::NotFound => "FieldValueNotFound",
            FieldError::TooLong => "FieldValueTooLong",
            FieldError::TooMany => "FieldValueTooMany",
            FieldError::TypeInvalid => "FieldValueTypeInvalid",
        }
    }
}

/// What a server refuses of an object that lies within one of a custom kind, by the way to it.
pub(crate) fn embedded_refusals(object: Ref<'_>, way: &[Step], minor: u8) -> Vec<Refusal> {
    let mut judge = Judge::new(minor);
    meta::embedded(&mut judge, &At::root(object));
    for one in &mut judge.found {
        one.path.splice(0..0, way.iter().cloned());
    }
    judge.found
}

/// All that a server of this minor refuses of the object, in the order of its rules. Of kinds that are not
/// built in only what holds for all kinds is judged.
pub fn refusals(object: Ref<'_>, minor: u8) -> Vec<Refusal> {
    let mut judge = Judge::new(minor);
    let at = At::root(object);
    let (api_version, kind) = (at.get("apiVersion").str(), at.get("kind").str());
    let group = api_version.split_once('/').map_or("", |(group, _)| group);
    meta::object(&mut judge, &at, group, api_version, kind);
    if let Some(rules) = rules_of(group, api_version, kind) {
        rules(&mut judge, &at);
    }
    judge.found
}

/// The rules of a kind besides those of all kinds.
fn rules_of(group: &str, api_version: &str, kind: &str) -> Option<fn(&mut Judge, &At<'_, '_>)> {
    match (group, kind) {
        ("apps", "Deployment") => Some(workload::deployment),
        ("apps", "StatefulSet") => Some(workload::stateful_set),
        ("apps", "DaemonSet") => Some(workload::daemon_set),
        ("apps", "ReplicaSet") => Some(workload::replica_set),
        ("", "ReplicationController") => Some(workload::replication_controller),
        ("", "Pod") => Some(pod::pod),
        ("", "PodTemplate") => Some(pod::pod_template),
        ("batch", "Job") => Some(job::job),
        ("batch", "CronJob") => Some(job::cron_job),
        ("", "Service") => Some(service::service),
        ("networking.k8s.io", "Ingress") => Some(ingress::ingress),
        ("networking.k8s.io", "IngressClass") => Some(ingress::ingress_class),
        ("networking.k8s.io", "NetworkPolicy") => Some(network::network_policy),
        ("discovery.k8s.io", "EndpointSlice") => Some(network::endpoint_slice),
        ("autoscaling", "HorizontalPodAutoscaler") if api_version.ends_with("/v2") => {
            Some(autoscaling::autoscaler)
        }
        ("autoscaling", "HorizontalPodAutoscaler") if api_version.ends_with("/v1") => {
            Some(autoscaling::old_autoscaler)
        }
        ("policy", "PodDisruptionBudget") => Some(autoscaling::budget),
        ("", "PersistentVolumeClaim") => Some(claim::claim),
        ("", "PersistentVolume") => Some(claim::volume),
        ("storage.k8s.io", "StorageClass") => Some(claim::class),
        ("storage.k8s.io", "VolumeAttributesClass") => Some(claim::attributes_class),
        ("", "ConfigMap") => Some(config::config_map),
        ("", "Secret") => Some(config::secret),
        ("", "ServiceAccount") => Some(config::service_account),
        ("rbac.authorization.k8s.io", "Role") => Some(rbac::role),
        ("rbac.authorization.k8s.io", "ClusterRole") => Some(rbac::cluster_role),
        ("rbac.authorization.k8s.io", "RoleBinding") => Some(rbac::role_binding),
        ("rbac.authorization.k8s.io", "ClusterRoleBinding") => Some(rbac::cluster_role_binding),
        ("", "Namespace") => Some(quota::namespace),
        ("", "ResourceQuota") => Some(quota::quota),
        ("", "LimitRange") => Some(quota::limit_range),
        ("scheduling.k8s.io", "PriorityClass") => Some(quota::priority_class),
        ("node.k8s.io", "RuntimeClass") => Some(quota::runtime_class),
        (
            "admissionregistration.k8s.io",
            "ValidatingWebhookConfiguration" | "MutatingWebhookConfiguration",
        ) => Some(admission::webhooks),
        ("admissionregistration.k8s.io", "ValidatingAdmissionPolicy") => Some(admission::policy),
        ("admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding") => {
            Some(admission::binding)
        }
        ("admissionregistration.k8s.io", "MutatingAdmissionPolicy") => Some(mutation::policy),
        ("admissionregistration.k8s.io", "MutatingAdmissionPolicyBinding") => {
            Some(mutation::binding)
        }
        ("apiregistration.k8s.io", "APIService") => Some(registration::api_service),
        ("apiextensions.k8s.io", "CustomResourceDefinition") => Some(registration::definition),
        ("", "Node") => Some(node::node),
        ("", "Event") => Some(attachments::core_event),
        ("events.k8s.io", "Event") => Some(attachments::event),
        ("apps", "ControllerRevision") => Some(attachments::revision),
        ("storage.k8s.io", "CSIStorageCapacity") => Some(attachments::capacity),
        ("", "Endpoints") => Some(addresses::endpoints),
        ("networking.k8s.io", "IPAddress") => Some(addresses::ip_address),
        ("networking.k8s.io", "ServiceCIDR") => Some(addresses::service_cidr),
        ("storage.k8s.io", "VolumeAttachment") => Some(attachments::attachment),
        ("storage.k8s.io", "CSIDriver") => Some(attachments::driver),
        ("storage.k8s.io", "CSINode") => Some(attachments::node),
        ("coordination.k8s.io", "Lease") => Some(attachments::lease),
        ("certificates.k8s.io", "CertificateSigningRequest") => Some(attachments::signing_request),
        ("resource.k8s.io", "ResourceClaim") => Some(devices::claim),
        ("resource.k8s.io", "ResourceClaimTemplate") => Some(devices::template),
        ("resource.k8s.io", "DeviceClass") => Some(devices::class),
        ("resource.k8s.io", "ResourceSlice") => Some(slice::slice),
        ("flowcontrol.apiserver.k8s.io", "FlowSchema") => Some(flow::schema),
        ("flowcontrol.apiserver.k8s.io", "PriorityLevelConfiguration") => Some(flow::level),
        _ => None,
    }
}
