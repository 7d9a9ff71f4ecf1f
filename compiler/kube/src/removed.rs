//! Versions of kinds that come and go: those that were removed before the oldest Kubernetes that the table of types
//! knows, and what to write in the place of one that a server does not have.
//!
//! From the deprecated API migration guide of the Kubernetes documentation.

use crate::near::nearest;
use crate::types::{KindId, kind_of, kinds, newest_at, preference};

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

/// The minor that removed a kind of which nothing is left in any version.
pub fn gone(name: &str) -> Option<u8> {
    let rows = REMOVED
        .iter()
        .filter(|(_, _, kinds, _, instead)| kinds.contains(&name) && instead.is_none());
    rows.map(|(.., in_minor, _)| *in_minor).max()
}

/// What became of a kind that an object names, where servers of this minor do not have it, and what to write instead;
/// `None` where nothing is known of it, as of custom kinds.
pub fn absent(api_version: &str, name: &str, minor: u8) -> Option<(String, Option<String>)> {
    let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
    let own = kind_of(api_version, name).map(KindId::info);
    let gone = removed(group.split('.').next().unwrap_or_default(), version, name);
    let message = match (&own, gone) {
        (Some(info), _) if info.since > minor => {
            format!("{name} of {api_version} exists from Kubernetes 1.{}", info.since)
        }
        (Some(info), _) => {
            format!("{name} of {api_version} was removed in Kubernetes 1.{}", info.until)
        }
        (None, Some(gone)) => {
            format!("{name} of {api_version} was removed in Kubernetes 1.{}", gone.in_minor)
        }
        (None, None) if is_known_group(group) => {
            format!("Kubernetes 1.{minor} has no {name} in {api_version}")
        }
        (None, None) => return None,
    };
    let served = || kinds().map(KindId::info).filter(|info| info.exists_in(minor));
    // A group of the same kind is meant before any other: `Event` is in two.
    let of_group = || served().filter(|info| info.kind == name && info.group == group);
    let newest =
        of_group().max_by_key(|info| preference(info.version)).map(|info| info.api_version());
    let newest = newest.or_else(|| newest_at(name, minor).map(|kind| kind.info().api_version()));
    let help = match newest {
        Some(version) => Some(format!("write `apiVersion: {version}`")),
        None if own.is_some_and(|info| info.since > minor) => None,
        None => {
            let near = |known: &str| known == api_version;
            let of_version =
                served().filter(|info| near(&info.api_version())).map(|info| info.kind);
            nearest(name, of_version)
                .or_else(|| nearest(name, served().map(|info| info.kind)))
                .map(|kind| format!("did you mean `{kind}`?"))
        }
    };
    Some((message, help))
}

/// The version to write for a kind that servers of this minor still have in a version of trial, where they have it
/// in a stable one too.
pub fn outlived(api_version: &str, name: &str, minor: u8) -> Option<String> {
    let own = kind_of(api_version, name)?.info();
    let is_stable = |version: &str| !version.contains("alpha") && !version.contains("beta");
    if is_stable(own.version) || !own.exists_in(minor) {
        return None;
    }
    let others = kinds().map(KindId::info);
    let stable = others.filter(|info| {
        info.kind == name
            && info.group == own.group
            && is_stable(info.version)
            && info.exists_in(minor)
    });
    Some(stable.max_by_key(|info| preference(info.version))?.api_version())
}

fn is_known_group(group: &str) -> bool {
    kinds().any(|kind| kind.info().group == group)
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
