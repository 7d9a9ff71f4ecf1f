//! What of an object a server does not let anybody change: XR-055, XR-062 and XR-072, which compare what is made with what
//! was made before.

use crate::rules::Level;
use crate::tree::{Ref, Step, Value};

/// The ids of these rules.
pub const CHANGES: [&str; 3] = ["XR-055", "XR-062", "XR-072"];

/// A change that a server refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The id of the rule.
    pub rule: &'static str,
    /// How bad it is.
    pub level: Level,
    /// Where in the new object. What the path names may be missing there.
    pub path: Vec<Step>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: &'static str,
}

/// Of two versions of one object, the changes that a server refuses.
pub fn changes(old: Ref<'_>, new: Ref<'_>) -> Vec<Change> {
    let text = |path: &[&str]| new.at(path).and_then(Ref::as_str).unwrap_or_default();
    let group = text(&["apiVersion"]).split_once('/').map_or("", |(group, _)| group);
    let kind = text(&["kind"]);
    let mut found = Vec::new();
    let mut fixed = |rule: &'static str, path: &[&str], help: &'static str| {
        if !same(old.at(path), new.at(path)) {
            let field = path.last().copied().unwrap_or_default();
            found.push(Change {
                rule,
                level: Level::Warning,
                path: path.iter().map(|key| Step::Key((*key).to_owned())).collect(),
                message: format!(
                    "`{field}` of a {kind} cannot be changed, and it was another before"
                ),
                help,
            });
        }
    };
    const AGAIN: &str = "keep it, or delete the object in the cluster and let it be made again";
    match (group, kind) {
        ("apps", "StatefulSet") => {
            for field in ["serviceName", "selector", "podManagementPolicy", "volumeClaimTemplates"]
            {
                fixed("XR-062", &["spec", field], AGAIN);
            }
        }
        ("apps", "Deployment" | "DaemonSet" | "ReplicaSet") => {
            fixed("XR-062", &["spec", "selector"], AGAIN);
        }
        ("batch", "Job") => {
            fixed(
                "XR-062",
                &["spec", "template"],
                "give the Job another name: one that runs stays as it is",
            );
        }
        ("rbac.authorization.k8s.io", "RoleBinding" | "ClusterRoleBinding") => {
            fixed("XR-072", &["roleRef"], "give the binding another name, or delete it before");
        }
        ("", "ConfigMap" | "Secret")
            if old.get("immutable").and_then(Ref::as_bool) == Some(true) =>
        {
            for field in ["data", "binaryData", "stringData", "immutable"] {
                fixed(
                    "XR-055",
                    &[field],
                    "let its name follow from what it holds, as a `sha256` of it in the name does",
                );
            }
        }
        _ => {}
    }
    found
}

/// Whether two values are the same; the order of entries means nothing.
fn same(a: Option<Ref<'_>>, b: Option<Ref<'_>>) -> bool {
    let (Some(a), Some(b)) = (a, b) else { return a.is_none() == b.is_none() };
    match (a.value(), b.value()) {
        (Value::Map, Value::Map) => {
            a.entries().count() == b.entries().count()
                && a.entries().all(|(key, value)| same(Some(value), b.get(key)))
        }
        (Value::List, Value::List) => {
            a.items().count() == b.items().count()
                && a.items().zip(b.items()).all(|(a, b)| same(Some(a), Some(b)))
        }
        (Value::Str(a), Value::Str(b)) => a == b,
        (Value::Int(a), Value::Int(b)) => a == b,
        (Value::Float(a), Value::Float(b)) => a == b,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Null, Value::Null) => true,
        _ => false,
    }
}
