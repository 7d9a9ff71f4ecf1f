//! What follows from a change where it is not what one would think: a server refuses it, an autoscaler loses its
//! field, `kubectl apply` leaves something behind.
//!
//! Which fields never change is from the update validation of `pkg/apis/*/validation` of Kubernetes 1.36.

use crate::facts::Identity;
use crate::tree::{Ref, Step, Value};

use super::{Leaf, Name, quantity};

/// Fields that a server lets nobody change: group, kind, paths.
const FIXED: &[(&str, &str, &[&str])] = &[
    ("", "PersistentVolume", &["spec.volumeMode"]),
    ("", "Secret", &["type"]),
    ("", "Service", &["spec.clusterIP", "spec.clusterIPs"]),
    (
        "apiextensions.k8s.io",
        "CustomResourceDefinition",
        &["spec.group", "spec.names.kind", "spec.names.plural", "spec.scope"],
    ),
    ("apps", "ControllerRevision", &["data"]),
    ("apps", "DaemonSet", &["spec.selector"]),
    ("apps", "Deployment", &["spec.selector"]),
    ("apps", "ReplicaSet", &["spec.selector"]),
    (
        "batch",
        "Job",
        &[
            "spec.backoffLimitPerIndex",
            "spec.completionMode",
            "spec.managedBy",
            "spec.podFailurePolicy",
            "spec.selector",
            "spec.successPolicy",
            "spec.template",
        ],
    ),
    ("certificates.k8s.io", "CertificateSigningRequest", &["spec"]),
    ("discovery.k8s.io", "EndpointSlice", &["addressType"]),
    ("networking.k8s.io", "IngressClass", &["spec.controller"]),
    ("node.k8s.io", "RuntimeClass", &["handler"]),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding", &["roleRef"]),
    ("rbac.authorization.k8s.io", "RoleBinding", &["roleRef"]),
    ("resource.k8s.io", "ResourceClaim", &["spec"]),
    ("scheduling.k8s.io", "PriorityClass", &["preemptionPolicy", "value"]),
    ("storage.k8s.io", "CSIDriver", &["spec.attachRequired", "spec.volumeLifecycleModes"]),
    (
        "storage.k8s.io",
        "StorageClass",
        &["parameters", "provisioner", "reclaimPolicy", "volumeBindingMode"],
    ),
    ("storage.k8s.io", "VolumeAttributesClass", &["driverName", "parameters"]),
];

/// Kinds whose `spec` never changes, but for these fields.
const FIXED_BUT_FOR: &[(&str, &str, &[&str])] = &[
    ("", "PersistentVolumeClaim", &["spec.resources.requests", "spec.volumeAttributesClassName"]),
    (
        "",
        "Pod",
        &[
            "spec.activeDeadlineSeconds",
            "spec.containers.*.image",
            "spec.initContainers.*.image",
            "spec.schedulingGates",
            "spec.tolerations",
        ],
    ),
    (
        "apps",
        "StatefulSet",
        &[
            "spec.minReadySeconds",
            "spec.ordinals",
            "spec.persistentVolumeClaimRetentionPolicy",
            "spec.replicas",
            "spec.revisionHistoryLimit",
            "spec.template",
            "spec.updateStrategy",
        ],
    ),
];

/// What is known of both sides as a whole.
pub(super) struct Consequences {
    /// What scales what: the kind and name of the target with its namespace, and the autoscaler's name.
    before: Vec<Scaled>,
    after: Vec<Scaled>,
}

struct Scaled {
    namespace: String,
    kind: String,
    name: String,
    autoscaler: String,
}

impl Consequences {
    pub(super) fn new(old: &[Ref<'_>], new: &[Ref<'_>]) -> Self {
        Self { before: scaled(old), after: scaled(new) }
    }

    /// What follows from a change of an object that was `old`.
    pub(super) fn of(
        &self,
        identity: &Identity,
        leaf: &Leaf<'_>,
        old: Ref<'_>,
        new: Ref<'_>,
    ) -> Option<String> {
        let path = path_of(leaf);
        if path == "spec.replicas"
            && matches!(&*identity.kind, "Deployment" | "StatefulSet" | "ReplicaSet")
        {
            return self.of_replicas(identity, leaf);
        }
        if identity.kind == "PersistentVolumeClaim" && path == "spec.resources.requests.storage" {
            let side = |side: &Option<super::Side<'_>>| quantity(side.as_ref()?.value);
            let (was, is) = (side(&leaf.old)?, side(&leaf.new)?);
            return (is.nanos() < was.nanos())
                .then(|| "a server refuses it: a claim never becomes smaller".to_owned());
        }
        if is_frozen(identity, old)
            && starts(&path, &["data", "binaryData", "stringData", "immutable"])
        {
            return Some(refused(identity, "it is `immutable`"));
        }
        if is_fixed(identity, &path) {
            return Some(refused(identity, "this field never changes"));
        }
        let kept = (identity.group.is_empty() && identity.kind == "Secret")
            .then(|| kept_as_data(leaf, old, new))?;
        (!kept.is_empty()).then(|| {
            format!("apply leaves in the cluster what a server has made of it: {}", kept.join(", "))
        })
    }

    fn of_replicas(&self, identity: &Identity, leaf: &Leaf<'_>) -> Option<String> {
        let by = |all: &[Scaled]| {
            let found = all.iter().find(|one| {
                one.kind == identity.kind
                    && one.name == identity.name
                    && one.namespace == identity.namespace
            });
            found.map(|one| one.autoscaler.clone())
        };
        match (&leaf.old, &leaf.new) {
            (Some(_), None) => {
                let then = match by(&self.after) {
                    Some(autoscaler) => format!(
                        "until HorizontalPodAutoscaler {autoscaler} sets it; to keep the pods, let it set the number \
                         once before the field is taken away"
                    ),
                    None => "and nothing here scales it".to_owned(),
                };
                Some(format!(
                    "apply takes the field away, and the server puts 1 in its place, {then}"
                ))
            }
            (None, Some(_)) => match by(&self.after).or_else(|| by(&self.before)) {
                Some(autoscaler) => Some(format!(
                    "each apply takes the number of pods from HorizontalPodAutoscaler {autoscaler}"
                )),
                None => {
                    Some("each apply sets the number of pods, whoever set it until now".to_owned())
                }
            },
            _ => None,
        }
    }
}

/// The entries of a Secret's `data` that stay although what they were made of is taken out of its `stringData`: only a
/// server has ever written them, so that nobody who applies owns them
/// (`pkg/registry/core/secret/strategy.go`, `PrepareForCreate`, and server-side apply).
fn kept_as_data(leaf: &Leaf<'_>, old: Ref<'_>, new: Ref<'_>) -> Vec<String> {
    let has = |object: Ref<'_>, map: &str, key: &str| {
        object.get(map).is_some_and(|map| map.get(key).is_some())
    };
    let gone: Vec<&str> = match (leaf.path.as_slice(), &leaf.new) {
        ([Name::Key(map), Name::Key(key)], None) if map == "stringData" => vec![key],
        ([Name::Key(map)], None) if map == "stringData" => {
            old.get("stringData").into_iter().flat_map(Ref::entries).map(|(key, _)| key).collect()
        }
        _ => Vec::new(),
    };
    let stays = |key: &&str| {
        !has(old, "data", key) && !has(new, "data", key) && !has(new, "stringData", key)
    };
    gone.into_iter().filter(stays).map(|key| format!("data.{key}")).collect()
}

/// What an object leaves behind that is gone from the new side.
pub(super) fn of_removal(identity: &Identity) -> String {
    let namespace = match &*identity.namespace {
        "" => String::new(),
        namespace => format!(" --namespace {namespace}"),
    };
    let kind = match &*identity.group {
        "" => identity.kind.to_ascii_lowercase(),
        group => format!("{}.{group}", identity.kind.to_ascii_lowercase()),
    };
    let more = match &*identity.kind {
        "Namespace" => ", which deletes everything in it",
        "CustomResourceDefinition" => ", which deletes all objects of the kind",
        "PersistentVolumeClaim" => ", which may delete its data",
        "StatefulSet" => ", which leaves its claims behind",
        _ => "",
    };
    format!(
        "apply leaves it in the cluster: kubectl delete {kind} {}{namespace}{more}",
        identity.name
    )
}

fn refused(identity: &Identity, why: &str) -> String {
    format!(
        "a server refuses it, because {why}: the {} has to be deleted and made anew",
        identity.kind
    )
}

fn is_fixed(identity: &Identity, path: &str) -> bool {
    let of = |table: &[(&str, &str, &'static [&'static str])]| {
        let found = table
            .iter()
            .find(|(group, kind, _)| *group == identity.group && *kind == identity.kind);
        found.map(|(_, _, paths)| *paths)
    };
    of(FIXED).is_some_and(|paths| starts(path, paths))
        || of(FIXED_BUT_FOR).is_some_and(|paths| starts(path, &["spec"]) && !starts(path, paths))
}

/// Whether a path is one of these or leads on from one; `*` stands for any element.
fn starts(path: &str, of: &[&str]) -> bool {
    of.iter().any(|of| {
        let mut steps = path.split('.');
        of.split('.').all(|step| steps.next().is_some_and(|other| step == "*" || step == other))
    })
}

/// A ConfigMap or Secret that says of itself that it never changes.
fn is_frozen(identity: &Identity, old: Ref<'_>) -> bool {
    identity.group.is_empty()
        && matches!(&*identity.kind, "ConfigMap" | "Secret")
        && old.get("immutable").and_then(Ref::as_bool) == Some(true)
}

/// The path with dots, by the side that has it. Its keys are those of Kubernetes' own fields where it matters.
fn path_of(leaf: &Leaf<'_>) -> String {
    let side = leaf.new.as_ref().or(leaf.old.as_ref());
    let step = |step: &Step| match step {
        Step::Key(key) => key.clone(),
        Step::Index(at) => at.to_string(),
    };
    side.map(|side| side.path.iter().map(step).collect::<Vec<_>>().join(".")).unwrap_or_default()
}

fn scaled(objects: &[Ref<'_>]) -> Vec<Scaled> {
    let autoscalers = objects.iter().filter(|object| {
        object.get("kind").map(Ref::value) == Some(Value::Str("HorizontalPodAutoscaler"))
    });
    let scaled = autoscalers.map(|object| {
        let text =
            |path: &[&str]| object.at(path).and_then(Ref::as_str).unwrap_or_default().to_owned();
        Scaled {
            namespace: text(&["metadata", "namespace"]),
            kind: text(&["spec", "scaleTargetRef", "kind"]),
            name: text(&["spec", "scaleTargetRef", "name"]),
            autoscaler: text(&["metadata", "name"]),
        }
    });
    scaled.collect()
}
