//! Versions of kinds that were removed before the oldest Kubernetes that the table of types knows.
//!
//! From the deprecated API migration guide of the Kubernetes documentation.

/// What became of a version of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Removed {
    /// The first minor that does not serve it.
    pub in_minor: u8,
    /// The `apiVersion` that serves the kind since, if any does.
    pub instead: Option<&'static str>,
}

/// What became of this version of a kind; the group by its first part, as in `networking`.
pub fn removed(group: &str, version: &str, kind: &str) -> Option<Removed> {
    REMOVED
        .iter()
        .find(|(g, v, kinds, ..)| *g == group && *v == version && kinds.contains(&kind))
        .map(|&(_, _, _, in_minor, instead)| Removed { in_minor, instead })
}

/// Group, version, kinds, the minor that removed them, and what serves them since.
type Row = (&'static str, &'static str, &'static [&'static str], u8, Option<&'static str>);

const REMOVED: &[Row] = &[
    ("extensions", "v1beta1", &["DaemonSet", "Deployment", "ReplicaSet"], 16, Some("apps/v1")),
    ("extensions", "v1beta1", &["NetworkPolicy"], 16, Some("networking.k8s.io/v1")),
    ("extensions", "v1beta1", &["PodSecurityPolicy"], 16, None),
    ("extensions", "v1beta1", &["Ingress"], 22, Some("networking.k8s.io/v1")),
    ("apps", "v1beta1", &["Deployment", "StatefulSet"], 16, Some("apps/v1")),
    (
        "apps",
        "v1beta2",
        &["DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"],
        16,
        Some("apps/v1"),
    ),
    (
        "admissionregistration",
        "v1beta1",
        &["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"],
        22,
        Some("admissionregistration.k8s.io/v1"),
    ),
    (
        "apiextensions",
        "v1beta1",
        &["CustomResourceDefinition"],
        22,
        Some("apiextensions.k8s.io/v1"),
    ),
    ("apiregistration", "v1beta1", &["APIService"], 22, Some("apiregistration.k8s.io/v1")),
    ("authentication", "v1beta1", &["TokenReview"], 22, Some("authentication.k8s.io/v1")),
    (
        "authorization",
        "v1beta1",
        &["LocalSubjectAccessReview", "SelfSubjectAccessReview", "SubjectAccessReview"],
        22,
        Some("authorization.k8s.io/v1"),
    ),
    ("certificates", "v1beta1", &["CertificateSigningRequest"], 22, Some("certificates.k8s.io/v1")),
    ("coordination", "v1beta1", &["Lease"], 22, Some("coordination.k8s.io/v1")),
    ("networking", "v1beta1", &["Ingress", "IngressClass"], 22, Some("networking.k8s.io/v1")),
    (
        "rbac",
        "v1beta1",
        &["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"],
        22,
        Some("rbac.authorization.k8s.io/v1"),
    ),
    ("scheduling", "v1beta1", &["PriorityClass"], 22, Some("scheduling.k8s.io/v1")),
    (
        "storage",
        "v1beta1",
        &["CSIDriver", "CSINode", "StorageClass", "VolumeAttachment"],
        22,
        Some("storage.k8s.io/v1"),
    ),
    ("batch", "v1beta1", &["CronJob"], 25, Some("batch/v1")),
    ("discovery", "v1beta1", &["EndpointSlice"], 25, Some("discovery.k8s.io/v1")),
    ("events", "v1beta1", &["Event"], 25, Some("events.k8s.io/v1")),
    ("autoscaling", "v2beta1", &["HorizontalPodAutoscaler"], 25, Some("autoscaling/v2")),
    ("policy", "v1beta1", &["PodDisruptionBudget"], 25, Some("policy/v1")),
    ("policy", "v1beta1", &["PodSecurityPolicy"], 25, None),
    ("node", "v1beta1", &["RuntimeClass"], 25, Some("node.k8s.io/v1")),
];
