//! The objects of a program as text, in the order in which a cluster takes them.
//!
//! This goes past the memos: objects are rendered in chunks on all cores, written, and dropped, because keeping those
//! of ten thousand services would fill the memory.

use std::collections::BTreeMap;
use std::ops::Range;

use kube::json::{self, Layout};
use kube::tree::{Ref, Tree};
use kube::yaml;

use crate::db::{ItemKind, Program};
use crate::limits;
use crate::parallel;
use crate::problems::units_of;
use crate::render::render;
use crate::workspace::Workspace;

/// How objects are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    Yaml,
    Json,
}

/// The objects of one program.
#[derive(Debug, Default)]
pub struct Objects {
    chunks: Vec<Vec<u8>>,
    objects: Vec<Object>,
}

/// One object: what it is, and where its text is.
#[derive(Debug)]
struct Object {
    rank: u8,
    chunk: usize,
    range: Range<usize>,
    identity: Identity,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Identity {
    kind: String,
    name: String,
    namespace: String,
    group: String,
}

/// What a program emits. Only meaningful where it has no errors.
pub fn objects(
    workspace: &Workspace,
    program: Program,
    format: Format,
) -> Result<Objects, TooLarge> {
    let db = workspace.db();
    let public = |kind| matches!(kind, ItemKind::Binding | ItemKind::Input | ItemKind::Set);
    let mut units = units_of(db, program.root(db));
    units.retain(|item| public(item.kind(db)));
    let chunks = parallel::in_order(db, &units, |db, units| {
        let mut bytes = Vec::new();
        let mut objects = Vec::new();
        let mut tree = Tree::new();
        for unit in units {
            tree.clear();
            let rendered = render(db, program, *unit, &mut tree);
            for object in rendered.objects.iter().filter_map(|id| tree.node(*id)) {
                let start = bytes.len();
                match format {
                    Format::Yaml => yaml::document(object, &mut bytes),
                    Format::Json => json::value(object, Layout::Pretty, &mut bytes),
                }
                objects.push((identity(object), start..bytes.len()));
            }
        }
        (bytes, objects)
    });
    let mut all = Objects::default();
    for (chunk, (bytes, objects)) in chunks.into_iter().enumerate() {
        all.objects.extend(objects.into_iter().map(|(identity, range)| Object {
            rank: rank(&identity.kind),
            chunk,
            range,
            identity,
        }));
        all.chunks.push(bytes);
    }
    // The sort is stable: within a rank, objects stay in the order of the source.
    all.objects.sort_by_key(|object| object.rank);
    let bytes: usize = all.chunks.iter().map(Vec::len).sum();
    if bytes > limits::OUTPUT_BYTES { Err(TooLarge) } else { Ok(all) }
}

/// The output has more than [`limits::OUTPUT_BYTES`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TooLarge;

impl Objects {
    pub fn len(&self) -> usize {
        self.objects.len()
    }

    pub fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }

    /// The text of each object, in order.
    pub fn texts(&self) -> impl Iterator<Item = &[u8]> {
        self.objects.iter().map(|object| self.text(object))
    }

    /// A file name without its ending for each object, and its text. Names tell all objects apart, also on systems
    /// that take `A` and `a` for the same: kind and name, with the namespace and the group only where these are not
    /// enough, so that an object that is added renames no others without need.
    pub fn files(&self) -> Vec<(String, &[u8])> {
        let mut names: Vec<String> = self
            .objects
            .iter()
            .map(|object| file_name(&[&object.identity.kind, &object.identity.name]))
            .collect();
        let longer: [fn(&Identity) -> String; 2] = [
            |id| file_name(&[&id.kind, &id.namespace, &id.name]),
            |id| file_name(&[&id.group, &id.kind, &id.namespace, &id.name]),
        ];
        for longer in longer {
            let counts = counts(&names);
            for (name, object) in names.iter_mut().zip(&self.objects) {
                if counts.get(name).is_some_and(|count| *count > 1) {
                    *name = longer(&object.identity);
                }
            }
        }
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for name in &mut names {
            let count = seen.entry(name.clone()).or_default();
            *count += 1;
            if *count > 1 {
                *name = format!("{name}.{count}");
            }
        }
        names.into_iter().zip(self.texts()).collect()
    }

    fn text(&self, object: &Object) -> &[u8] {
        self.chunks
            .get(object.chunk)
            .and_then(|chunk| chunk.get(object.range.clone()))
            .unwrap_or_default()
    }
}

fn counts(names: &[String]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for name in names {
        *counts.entry(name.clone()).or_default() += 1;
    }
    counts
}

/// The parts in small letters, joined by dashes; what not every file system takes becomes `_`.
fn file_name(parts: &[&String]) -> String {
    let parts: Vec<String> =
        parts.iter().filter(|part| !part.is_empty()).map(|part| part.to_lowercase()).collect();
    let name: String = parts
        .join("-")
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '-' | '.') { c } else { '_' })
        .take(200)
        .collect();
    if name.starts_with('.') { format!("_{name}") } else { name }
}

fn identity(object: Ref<'_>) -> Identity {
    let text = |path: &[&str]| {
        object.at(path).and_then(|node| node.as_str()).unwrap_or_default().to_owned()
    };
    let version = text(&["apiVersion"]);
    Identity {
        kind: text(&["kind"]),
        name: text(&["metadata", "name"]),
        namespace: text(&["metadata", "namespace"]),
        group: version.split_once('/').map_or(String::new(), |(group, _)| group.to_owned()),
    }
}

/// When a kind is written: what others need comes before them (rule XR-005). Kinds that are not named here are custom
/// resources, or stand on nothing and nothing stands on them.
fn rank(kind: &str) -> u8 {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn objects(identities: &[(&str, &str, &str, &str)]) -> Objects {
        let objects = identities.iter().map(|(group, kind, namespace, name)| Object {
            rank: 0,
            chunk: 0,
            range: 0..0,
            identity: Identity {
                group: (*group).to_owned(),
                kind: (*kind).to_owned(),
                namespace: (*namespace).to_owned(),
                name: (*name).to_owned(),
            },
        });
        Objects { chunks: vec![Vec::new()], objects: objects.collect() }
    }

    fn names(identities: &[(&str, &str, &str, &str)]) -> Vec<String> {
        objects(identities).files().into_iter().map(|(name, _)| name).collect()
    }

    #[test]
    fn files_are_named_as_shortly_as_tells_them_apart() {
        assert_eq!(
            names(&[
                ("", "Service", "a", "app"),
                ("apps", "Deployment", "a", "app"),
                ("", "Secret", "a", "x"),
                ("", "Secret", "b", "x"),
            ]),
            ["service-app", "deployment-app", "secret-a-x", "secret-b-x"]
        );
        assert_eq!(
            names(&[("", "Service", "", "app"), ("serving.knative.dev", "Service", "", "app")]),
            ["service-app", "serving.knative.dev-service-app"]
        );
        assert_eq!(names(&[("rbac", "Role", "", "system:x/../y")]), ["role-system_x_.._y"]);
    }
}
