//! Who an object is, and when it is written.

use kube::tree::Ref;

/// Kind, name, namespace and group: in one text, because there are as many as objects.
#[derive(Debug)]
pub(super) struct Identity {
    text: Box<str>,
    /// Where kind, name and namespace end.
    ends: [usize; 3],
}

impl Identity {
    pub fn new(kind: &str, name: &str, namespace: &str, group: &str) -> Self {
        let named = kind.len() + name.len();
        Self {
            text: [kind, name, namespace, group].concat().into(),
            ends: [kind.len(), named, named + namespace.len()],
        }
    }

    pub fn kind(&self) -> &str {
        self.part(0, self.ends[0])
    }

    pub fn name(&self) -> &str {
        self.part(self.ends[0], self.ends[1])
    }

    pub fn namespace(&self) -> &str {
        self.part(self.ends[1], self.ends[2])
    }

    pub fn group(&self) -> &str {
        self.part(self.ends[2], self.text.len())
    }

    fn part(&self, start: usize, end: usize) -> &str {
        self.text.get(start..end).unwrap_or_default()
    }
}

/// Who an object is, by what it says of itself.
pub(super) fn identity(object: Ref<'_>) -> Identity {
    let text = |path: &[&str]| object.at(path).and_then(|node| node.as_str()).unwrap_or_default();
    let group = text(&["apiVersion"]).split_once('/').map_or("", |(group, _)| group);
    Identity::new(
        text(&["kind"]),
        text(&["metadata", "name"]),
        text(&["metadata", "namespace"]),
        group,
    )
}

/// When a kind is written: what others need comes before them (rule XR-005). Kinds that are not named here are custom
/// resources, or stand on nothing and nothing stands on them.
pub(super) fn rank(kind: &str) -> u8 {
    match kind {
        "Namespace" => 0,
        "CustomResourceDefinition" => 1,
        "PriorityClass" | "StorageClass" | "IngressClass" | "RuntimeClass" | "GatewayClass" => 2,
        "ServiceAccount" => 3,
        "Role" | "ClusterRole" | "RoleBinding" | "ClusterRoleBinding" => 4,
        "ConfigMap"
        | "Secret"
        | "PersistentVolume"
        | "PersistentVolumeClaim"
        | "ResourceQuota"
        | "LimitRange" => 5,
        "Service" => 6,
        "Deployment"
        | "StatefulSet"
        | "DaemonSet"
        | "ReplicaSet"
        | "ReplicationController"
        | "Pod"
        | "Job"
        | "CronJob" => 7,
        "HorizontalPodAutoscaler" | "PodDisruptionBudget" | "Ingress" | "NetworkPolicy" => 8,
        "ValidatingWebhookConfiguration"
        | "MutatingWebhookConfiguration"
        | "APIService"
        | "ValidatingAdmissionPolicy"
        | "ValidatingAdmissionPolicyBinding" => 10,
        _ => 9,
    }
}
