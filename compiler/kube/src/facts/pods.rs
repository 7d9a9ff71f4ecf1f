//! What rules need to know of pods, and of what makes them.

use super::selectors::{Selector, selector};
use super::variables::{VariableUse, prefix, unexplained};
use super::{Detail, items, pairs, protocol, text};
use crate::tree::{Ref, Step};

/// A pod, or what makes pods.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Workload {
    /// The way to the pod (or its template) in the object.
    pub template: &'static [&'static str],
    /// `spec.replicas`, where it is set.
    pub replicas: Option<i64>,
    /// By which labels it finds its pods, where it says so.
    pub selector: Option<Selector>,
    /// Whether an update starts a new pod before the old one is gone.
    pub surge: bool,
    /// The Service by which the pods of a StatefulSet have names; empty for anything else.
    pub service: String,
    /// The labels of its pods, sorted.
    pub labels: Vec<(String, String)>,
    /// The service account; empty where none is named.
    pub service_account: String,
    /// The containers, those of `initContainers` first.
    pub containers: Vec<Container>,
    /// The resources that the pod as a whole requests.
    pub requests: Vec<String>,
    /// The claims that are volumes of the pod.
    pub claims: Vec<ClaimUse>,
    /// The ConfigMaps and Secrets that it reads.
    pub configs: Vec<ConfigUse>,
    /// Each `$(NAME)` that the `env` of its container does not explain.
    pub variables: Vec<VariableUse>,
}

/// A container.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Container {
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub at: ContainerAt,
    /// Whether it runs as long as the pod: all but the init containers that come to an end.
    pub lasting: bool,
    /// Its ports.
    pub ports: Vec<ContainerPort>,
    /// The resources for which it has a request, or a limit, which servers copy to the request.
    pub requests: Vec<String>,
}

/// Where in a pod a container stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ContainerAt {
    /// Whether in `initContainers`.
    pub init: bool,
    /// The position in the list.
    pub index: usize,
}

/// A port of a container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContainerPort {
    /// Its name; empty where it has none.
    pub name: String,
    /// Its number.
    pub number: i64,
    /// `TCP` where nothing is said.
    pub protocol: String,
}

/// A claim that is a volume of a pod.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimUse {
    /// The name of the claim.
    pub name: String,
    /// The position among `volumes`.
    pub volume: usize,
    /// Whether the volume is mounted for reading only.
    pub read_only: bool,
}

/// A ConfigMap or Secret that a pod reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigUse {
    /// `ConfigMap` or `Secret`.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// The key that is read; empty where all are.
    pub key: String,
    /// What stands before each key in the name of its variable, where all become variables.
    pub prefix: String,
    /// Whether the pod also starts without it.
    pub optional: bool,
    /// Where the pod says so.
    pub at: ConfigAt,
}

/// Where in a pod a ConfigMap or Secret is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConfigAt {
    /// The n-th entry of a container's `envFrom`.
    EnvFrom(ContainerAt, usize),
    /// The n-th entry of a container's `env`.
    Env(ContainerAt, usize),
    /// The n-th volume.
    Volume(usize),
    /// Of a projected volume the n-th source.
    Projected(usize, usize),
}

impl Workload {
    /// A path from the object to something in the pod's `spec`.
    pub fn path(&self, rest: &[Step]) -> Vec<Step> {
        let to_spec = self.template.iter().chain(&["spec"]).map(|key| Step::Key((*key).to_owned()));
        to_spec.chain(rest.iter().cloned()).collect()
    }

    /// The path to the labels of the pods.
    pub fn labels_path(&self) -> Vec<Step> {
        let keys = self.template.iter().chain(&["metadata", "labels"]);
        keys.map(|key| Step::Key((*key).to_owned())).collect()
    }

    /// The path to where a ConfigMap or Secret is named.
    pub fn config_path(&self, at: ConfigAt) -> Vec<Step> {
        let key = |key: &str| Step::Key(key.to_owned());
        let (list, entry) = match at {
            ConfigAt::EnvFrom(container, entry) => {
                ([&container.steps()[..], &[key("envFrom")]].concat(), entry)
            }
            ConfigAt::Env(container, entry) => {
                ([&container.steps()[..], &[key("env")]].concat(), entry)
            }
            ConfigAt::Volume(volume) => (vec![key("volumes")], volume),
            ConfigAt::Projected(volume, source) => (
                vec![key("volumes"), Step::Index(volume), key("projected"), key("sources")],
                source,
            ),
        };
        self.path(&[&list[..], &[Step::Index(entry)]].concat())
    }
}

impl ContainerAt {
    /// The path from the pod's `spec` to the container.
    pub fn steps(self) -> [Step; 2] {
        let list = if self.init { "initContainers" } else { "containers" };
        [Step::Key(list.to_owned()), Step::Index(self.index)]
    }
}

pub(super) fn workload(object: Ref<'_>, template: &'static [&'static str]) -> Detail {
    let mut found = Workload {
        template,
        replicas: object.at(&["spec", "replicas"]).and_then(Ref::as_int),
        selector: object.at(&["spec", "selector"]).map(selector),
        surge: surge(object),
        service: text(object, &["spec", "serviceName"]),
        ..Workload::default()
    };
    if let Some(pod) = object.at(template) {
        found.labels = pairs(pod.at(&["metadata", "labels"]));
        if let Some(spec) = pod.get("spec") {
            found.service_account = text(spec, &["serviceAccountName"]);
            found.requests = requests(spec);
            for (list, init) in [("initContainers", true), ("containers", false)] {
                for (index, container) in items(spec, list).enumerate() {
                    let at = ContainerAt { init, index };
                    found.containers.push(facts_of_container(container, at));
                    environment(container, at, &mut found.configs);
                    unexplained(container, at, &mut found.variables);
                }
            }
            volumes(spec, &mut found);
        }
    }
    Detail::Workload(Box::new(found))
}

/// Of a Deployment, unless it says otherwise, a quarter of the pods may be there twice, and at least one.
fn surge(object: Ref<'_>) -> bool {
    let strategy = object.at(&["spec", "strategy"]);
    let rolling = strategy.is_none_or(|s| s.get("type").and_then(Ref::as_str) != Some("Recreate"));
    let most = strategy.and_then(|strategy| strategy.at(&["rollingUpdate", "maxSurge"]));
    let none = most.is_some_and(|most| {
        most.as_int() == Some(0) || most.as_str().is_some_and(|most| most == "0%")
    });
    text(object, &["kind"]) == "Deployment" && rolling && !none
}

fn facts_of_container(container: Ref<'_>, at: ContainerAt) -> Container {
    let ports = items(container, "ports").map(|port| ContainerPort {
        name: text(port, &["name"]),
        number: port.get("containerPort").and_then(Ref::as_int).unwrap_or(0),
        protocol: protocol(port),
    });
    Container {
        name: text(container, &["name"]),
        at,
        lasting: !at.init || text(container, &["restartPolicy"]) == "Always",
        ports: ports.collect(),
        requests: requests(container),
    }
}

fn environment(container: Ref<'_>, at: ContainerAt, configs: &mut Vec<ConfigUse>) {
    for (index, entry) in items(container, "envFrom").enumerate() {
        for (field, kind) in [("configMapRef", "ConfigMap"), ("secretRef", "Secret")] {
            let at = ConfigAt::EnvFrom(at, index);
            let used = config_use(entry.get(field), kind, "name", "", at);
            configs.extend(used.map(|used| ConfigUse { prefix: prefix(entry), ..used }));
        }
    }
    for (index, entry) in items(container, "env").enumerate() {
        for (field, kind) in [("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")] {
            let source = entry.at(&["valueFrom", field]);
            let key = source.map(|source| text(source, &["key"])).unwrap_or_default();
            configs.extend(config_use(source, kind, "name", &key, ConfigAt::Env(at, index)));
        }
    }
}

fn volumes(spec: Ref<'_>, found: &mut Workload) {
    for (index, volume) in items(spec, "volumes").enumerate() {
        if let Some(claim) = volume.get("persistentVolumeClaim") {
            found.claims.push(ClaimUse {
                name: text(claim, &["claimName"]),
                volume: index,
                read_only: claim.get("readOnly").and_then(Ref::as_bool).unwrap_or(false),
            });
        }
        let at = ConfigAt::Volume(index);
        projected(volume.get("configMap"), "ConfigMap", "name", at, &mut found.configs);
        projected(volume.get("secret"), "Secret", "secretName", at, &mut found.configs);
        let sources =
            volume.get("projected").into_iter().flat_map(|projected| items(projected, "sources"));
        for (source_index, source) in sources.enumerate() {
            let at = ConfigAt::Projected(index, source_index);
            projected(source.get("configMap"), "ConfigMap", "name", at, &mut found.configs);
            projected(source.get("secret"), "Secret", "name", at, &mut found.configs);
        }
    }
}

/// A ConfigMap or Secret as files: each of its `items`, or all of it.
fn projected(
    source: Option<Ref<'_>>,
    kind: &'static str,
    name: &str,
    at: ConfigAt,
    configs: &mut Vec<ConfigUse>,
) {
    let Some(source) = source else { return };
    let before = configs.len();
    for item in items(source, "items") {
        configs.extend(config_use(Some(source), kind, name, &text(item, &["key"]), at));
    }
    if configs.len() == before {
        configs.extend(config_use(Some(source), kind, name, "", at));
    }
}

fn config_use(
    source: Option<Ref<'_>>,
    kind: &'static str,
    name: &str,
    key: &str,
    at: ConfigAt,
) -> Option<ConfigUse> {
    let source = source?;
    let name = source.get(name)?.as_str()?.to_owned();
    let optional = source.get("optional").and_then(Ref::as_bool).unwrap_or(false);
    Some(ConfigUse { kind, name, key: key.to_owned(), prefix: String::new(), optional, at })
}

fn requests(holder: Ref<'_>) -> Vec<String> {
    let maps = ["requests", "limits"].map(|field| holder.at(&["resources", field]));
    let mut names: Vec<String> = maps
        .into_iter()
        .flatten()
        .flat_map(Ref::entries)
        .map(|(name, _)| name.to_owned())
        .collect();
    names.sort();
    names.dedup();
    names
}
