//! Lints of objects of any kind, and of those that are no pods.

use crate::facts::template;
use crate::removed::outlived;
use crate::server::judge::{At, Judge};
use crate::types::kind_of;

/// A version of trial that a stable one has taken the place of.
pub(super) fn version(j: &mut Judge, at: &At<'_, '_>, api_version: &str, kind: &str) {
    if !api_version.contains("alpha") && !api_version.contains("beta") {
        return;
    }
    if let Some(stable) = outlived(api_version, kind, j.minor) {
        let until = kind_of(api_version, kind).map_or(u8::MAX, |kind| kind.info().until);
        let message = match until {
            u8::MAX => format!("{kind} of {api_version} is deprecated"),
            until => format!(
                "{kind} of {api_version} is deprecated, and gone from Kubernetes 1.{until} on"
            ),
        };
        j.hint(&at.get("apiVersion"), "L-113", message, &format!("write `apiVersion: {stable}`"));
    }
}

pub(super) fn object(j: &mut Judge, at: &At<'_, '_>, group: &str, kind: &str) {
    let built_in = !group.contains('.') || group.ends_with(".k8s.io");
    meta(j, at, (group, kind), built_in);
    let spec = at.get("spec");
    match (group, kind) {
        ("", "Pod") => {
            let owned = at.to(&["metadata", "ownerReferences"]).is_filled();
            if !owned {
                let message = "nothing makes this pod again when its node is gone";
                j.hint(&at.get("kind"), "L-119", message, "let a Deployment or a Job make it");
            }
        }
        ("apps", "Deployment" | "StatefulSet" | "DaemonSet") => controller(j, at, &spec, kind),
        ("batch", "Job") => ends(j, &spec, &spec),
        ("batch", "CronJob") => cron_job(j, &spec),
        ("", "Service") => service(j, &spec),
        ("networking.k8s.io", "Ingress") => ingress(j, at, &spec),
        ("autoscaling", "HorizontalPodAutoscaler") => autoscaler(j, &spec),
        ("", "PersistentVolume") => {
            let policy = spec.get("persistentVolumeReclaimPolicy");
            if policy.str() == "Recycle" {
                j.hint(&policy, "L-114", "`Recycle` is deprecated", "write `Retain` or `Delete`");
            }
        }
        _ => {}
    }
}

/// Labels by which tools know what belongs together.
const LABELS: [&str; 2] = ["app.kubernetes.io/name", "app.kubernetes.io/instance"];

/// Keys that newer ones have taken the place of.
const OLD_KEYS: [(&str, &str); 6] = [
    ("failure-domain.beta.kubernetes.io/zone", "topology.kubernetes.io/zone"),
    ("failure-domain.beta.kubernetes.io/region", "topology.kubernetes.io/region"),
    ("beta.kubernetes.io/arch", "kubernetes.io/arch"),
    ("beta.kubernetes.io/os", "kubernetes.io/os"),
    ("beta.kubernetes.io/instance-type", "node.kubernetes.io/instance-type"),
    ("scheduler.alpha.kubernetes.io/critical-pod", "priorityClassName"),
];

fn meta(j: &mut Judge, at: &At<'_, '_>, (group, kind): (&str, &str), built_in: bool) {
    let meta = at.get("metadata");
    let labels = meta.get("labels");
    // What else there is, tools find by its name.
    const SOUGHT: [&str; 4] = ["Service", "ConfigMap", "Secret", "PersistentVolumeClaim"];
    let sought = template(group, kind).is_some()
        || (group.is_empty() && SOUGHT.contains(&kind))
        || (group, kind) == ("networking.k8s.io", "Ingress");
    if let Some(key) = LABELS.iter().find(|key| sought && !labels.get(key).is_set()) {
        let message = format_args!("this has no label `{key}`");
        j.hint(&labels, "L-118", message, "set it, so that tools know what belongs together");
    }
    for map in [&labels, &meta.get("annotations")] {
        for (key, value) in map.entries() {
            old_key(j, key, &value);
        }
    }
    let annotations = meta.get("annotations");
    for (key, value) in annotations.entries() {
        if key.starts_with("seccomp.security.alpha.kubernetes.io/")
            || key.starts_with("container.seccomp.security.alpha.kubernetes.io/")
        {
            j.hint(
                &value,
                "L-114",
                format_args!("no server reads `{key}` any more"),
                "set `seccompProfile`",
            );
        }
    }
    let finalizers = meta.get("finalizers");
    if built_in && finalizers.is_filled() {
        let message = "this object is not gone before something takes its finalizer away, and each apply puts it back";
        j.hint(&finalizers, "XR-103", message, "leave it to the controller that does so");
    }
    let owners = meta.get("ownerReferences");
    if owners.is_filled() {
        let message = "an owner is known by its `uid`, which is another one in each cluster";
        j.hint(&owners, "XR-103", message, "leave it to the controller that makes the object");
    }
}

fn old_key(j: &mut Judge, key: &str, at: &At<'_, '_>) {
    if let Some((_, new)) = OLD_KEYS.iter().find(|(old, _)| *old == key) {
        j.hint(at, "L-114", format_args!("`{key}` is deprecated"), &format!("write `{new}`"));
    }
}

/// How long the name of a StatefulSet may be: a label of its pods is the name with a hash of ten characters behind it.
const LONGEST: usize = 52;

fn controller(j: &mut Judge, at: &At<'_, '_>, spec: &At<'_, '_>, kind: &str) {
    let meta = at.get("metadata");
    let (name, namespace) = (meta.get("name"), meta.get("namespace"));
    if namespace.str() == "default" {
        let message = "`default` is for what names no namespace";
        j.hint(&namespace, "L-119", message, "give it a namespace of its own");
    }
    if kind == "StatefulSet" && name.str().len() > LONGEST {
        let message = format_args!(
            "no pod can be made: a label of them is the name and a hash, together {} characters, and 63 are allowed",
            name.str().len() + 11
        );
        j.hint(&name, "XR-096", message, "take a name of at most 52 characters");
    }
    const CHANGING: [&str; 5] = [
        "app.kubernetes.io/version",
        "helm.sh/chart",
        "pod-template-hash",
        "controller-revision-hash",
        "pod-template-generation",
    ];
    let labels = spec.to(&["selector", "matchLabels"]);
    for key in CHANGING {
        let label = labels.get(key);
        if label.is_set() {
            let message =
                format_args!("`{key}` changes with each version, and a selector never can");
            j.hint(&label, "XR-098", message, "leave it out of the selector; pods may have it");
        }
    }
    let node = spec.to(&["template", "spec", "nodeSelector"]);
    for (key, value) in node.entries() {
        old_key(j, key, &value);
    }
}

/// Jobs that stay for ever once they have ended.
fn ends(j: &mut Judge, spec: &At<'_, '_>, at: &At<'_, '_>) {
    let kept = spec.get("ttlSecondsAfterFinished");
    if spec.is_set() && !kept.is_set() {
        let message = "once it has ended, nothing removes this job and its pods";
        j.hint(at, "L-112", message, "set `ttlSecondsAfterFinished`");
    }
}

fn cron_job(j: &mut Judge, spec: &At<'_, '_>) {
    let policy = spec.get("concurrencyPolicy");
    if spec.is_set() && !policy.is_set() {
        let message = "where a job takes longer than to the next one, both run at once";
        j.hint(
            &policy,
            "L-112",
            message,
            "say what is meant: `concurrencyPolicy` is `Allow`, `Forbid` or `Replace`",
        );
    }
    let deadline = spec.get("startingDeadlineSeconds");
    if spec.is_set() && !deadline.is_set() {
        let message = "after 100 missed times, as in a long pause, it never starts again";
        j.hint(
            &deadline,
            "L-112",
            message,
            "set `startingDeadlineSeconds`: only misses since then count",
        );
    }
}

fn service(j: &mut Judge, spec: &At<'_, '_>) {
    let kind = spec.get("type");
    if matches!(kind.str(), "NodePort" | "LoadBalancer") {
        let message =
            format_args!("with `{}` it can be reached from outside of the cluster", kind.str());
        j.hint(&kind, "L-115", message, "let an Ingress or Gateway lead to it");
    }
    if spec.get("externalIPs").is_filled() {
        let at = spec.get("externalIPs");
        let message = "who can set `externalIPs` can take the requests of others; it is deprecated";
        j.hint(&at, "L-114", message, "take a Service of the type LoadBalancer");
    }
    let distribution = spec.get("trafficDistribution");
    if distribution.str() == "PreferClose" && j.minor >= 34 {
        j.hint(&distribution, "L-114", "`PreferClose` is deprecated", "write `PreferSameZone`");
    }
}

fn ingress(j: &mut Judge, at: &At<'_, '_>, spec: &At<'_, '_>) {
    if !spec.get("tls").is_filled() {
        let message = "requests come in plain text";
        j.hint(&spec.get("tls"), "L-115", message, "name a certificate in `tls`");
    }
    for rule in spec.get("rules").items() {
        let host = rule.get("host");
        if host.str().starts_with('*') {
            j.hint(&host, "L-115", "this is for hosts of which nobody thinks", "name each host");
        }
    }
    let annotations = at.to(&["metadata", "annotations"]);
    for (key, value) in annotations.entries() {
        if key == "kubernetes.io/ingress.class" {
            let help = "set `spec.ingressClassName`";
            j.hint(&value, "L-114", format_args!("`{key}` is deprecated"), help);
        }
        let Some(name) = key.strip_prefix("nginx.ingress.kubernetes.io/") else { continue };
        if name.ends_with("-snippet") {
            let message = "who can write a snippet can read the Secrets of all Ingresses";
            j.hint(&value, "L-240", message, "take an annotation that says what is meant");
        }
    }
}

fn autoscaler(j: &mut Judge, spec: &At<'_, '_>) {
    let (min, max) = (spec.get("minReplicas"), spec.get("maxReplicas"));
    if min.int().unwrap_or(1) < 2 {
        j.hint(&min, "L-116", "with one pod, there is none while it moves", "set at least 2");
    }
    if max.is_set() && max.int() == min.int() {
        let message = "there is nothing to scale: the fewest and the most pods are as many";
        j.hint(&max, "L-116", message, "raise it, or set `replicas` of the target");
    }
    if spec.get("metrics").is_set() && !spec.get("behavior").is_set() {
        let message = "nothing says how fast it may scale";
        j.hint(&spec.get("behavior"), "L-116", message, "set `behavior`");
    }
}
