//! What rules need to know of pods, and of what makes them.

use super::needs::{Resource, resources};
use super::nodes::{Wanted, wanted};
use super::scaling::Amount;
use super::security::{Breach, breaches};
use super::selectors::{Selector, selector};
use super::variables::{VariableUse, prefix, unexplained};
use super::{Detail, items, pairs, protocol, text};
use crate::tree::Ref;

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
    /// Whether an update takes no pod away before another one is there.
    pub steady: bool,
    /// The Service by which the pods of a StatefulSet have names; empty for anything else.
    pub service: String,
    /// The labels of its pods, sorted.
    pub labels: Vec<(String, String)>,
    /// The service account; empty where none is named.
    pub service_account: String,
    /// The PriorityClass; empty where none is named.
    pub priority_class: String,
    /// The RuntimeClass; empty where none is named.
    pub runtime_class: String,
    /// The Secrets by which images are pulled.
    pub pull_secrets: Vec<String>,
    /// Secrets by which its volumes are attached.
    pub volume_secrets: Vec<String>,
    /// Whether servers leave variables for the Services of the namespace in its containers.
    pub service_links: bool,
    /// Claims that a StatefulSet makes for each pod.
    pub templates: Vec<Template>,
    /// The containers, those of `initContainers` first.
    pub containers: Vec<Container>,
    /// The images of its containers, where the project asks for what they are.
    pub images: Vec<(ContainerAt, String)>,
    /// What the pod as a whole needs.
    pub resources: Vec<Resource>,
    /// What is not as Kubernetes' levels of security want it.
    pub breaches: Vec<Breach>,
    /// What it asks of nodes, where it asks anything.
    pub nodes: Option<Box<Wanted>>,
    /// Whether its containers get a token of the account, where the pod says so.
    pub token: Option<bool>,
    /// The claims that are volumes of the pod.
    pub claims: Vec<ClaimUse>,
    /// The parts of ConfigMaps and Secrets that are mounted alone.
    pub sub_paths: Vec<SubPath>,
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
    /// What its `env` sets, where it matters to others: what may stay unset, and all of it where the container takes
    /// several ConfigMaps or Secrets whole.
    pub env: Vec<Env>,
    /// Where it stands.
    pub at: ContainerAt,
    /// Whether it runs as long as the pod: all but the init containers that come to an end.
    pub lasting: bool,
    /// Its ports.
    pub ports: Vec<ContainerPort>,
    /// What it needs.
    pub resources: Vec<Resource>,
    /// Whether something asks it if it is ready.
    pub ready: bool,
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
    /// The port of the node that it takes; 0 where it takes none.
    pub host: i64,
}

/// A variable of a container's `env`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Env {
    /// Its name.
    pub name: String,
    /// The position.
    pub index: usize,
    /// Whether the container also starts where nothing gives it a value.
    pub optional: bool,
}

/// A part of a ConfigMap or Secret that is mounted alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubPath {
    /// The position of the volume.
    pub volume: usize,
    /// The part: the path of a file in the volume.
    pub file: String,
    /// The container that mounts it, and the position among its mounts.
    pub at: (ContainerAt, usize),
    /// The files that the volume has, where it lists them.
    pub listed: Option<Vec<String>>,
}

/// A claim that a StatefulSet makes for each pod.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// The name, by which containers mount it.
    pub name: String,
    /// What is claimed.
    pub claim: Claim,
    /// Where it is used.
    pub uses: Vec<VolumeUse>,
}

/// What is claimed of storage.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Claim {
    /// The access modes; `None` where they are not declared.
    pub modes: Option<Vec<String>>,
    /// The class, where one is named.
    pub class: Option<String>,
    /// Whether what is claimed is a device without files.
    pub block: bool,
    /// The volume that it asks for by name; empty where any is as good.
    pub volume: String,
}

/// Where a container uses a volume.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VolumeUse {
    /// The container.
    pub at: ContainerAt,
    /// The position among its mounts or devices.
    pub index: usize,
    /// Whether as a device.
    pub device: bool,
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
    /// Where it is used.
    pub uses: Vec<VolumeUse>,
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
    /// The position of the key among the `items` of a volume.
    pub item: usize,
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

/// The images of the containers of a pod.
pub(super) fn images(object: Ref<'_>, template: &[&str]) -> Vec<(ContainerAt, String)> {
    let spec = object.at(template).and_then(|pod| pod.get("spec"));
    let of = |init: bool, list: &'static str| {
        let containers = spec.into_iter().flat_map(move |spec| items(spec, list)).enumerate();
        containers
            .map(move |(index, one)| (ContainerAt { init, index }, text(one, &["image"])))
            .filter(|(_, image)| !image.is_empty())
    };
    of(true, "initContainers").chain(of(false, "containers")).collect()
}

pub(super) fn workload(object: Ref<'_>, template: &'static [&'static str]) -> Detail {
    let mut found = Workload {
        template,
        replicas: object.at(&["spec", "replicas"]).and_then(Ref::as_int),
        selector: object.at(&["spec", "selector"]).map(selector),
        surge: surge(object),
        steady: steady(object),
        service: text(object, &["spec", "serviceName"]),
        ..Workload::default()
    };
    if let Some(pod) = object.at(template) {
        found.labels = pairs(pod.at(&["metadata", "labels"]));
        found.breaches = breaches(pod);
        if let Some(spec) = pod.get("spec") {
            found.service_account = text(spec, &["serviceAccountName"]);
            found.priority_class = text(spec, &["priorityClassName"]);
            found.runtime_class = text(spec, &["runtimeClassName"]);
            found.pull_secrets =
                items(spec, "imagePullSecrets").map(|secret| text(secret, &["name"])).collect();
            found.service_links =
                spec.get("enableServiceLinks").and_then(Ref::as_bool).unwrap_or(true);
            let host = spec.get("hostNetwork").and_then(Ref::as_bool).unwrap_or(false);
            found.resources = resources(spec);
            found.nodes = wanted(spec, &found.labels).map(Box::new);
            found.token = spec.get("automountServiceAccountToken").and_then(Ref::as_bool);
            for (list, init) in [("initContainers", true), ("containers", false)] {
                for (index, container) in items(spec, list).enumerate() {
                    let at = ContainerAt { init, index };
                    found.containers.push(facts_of_container(container, at, host));
                    environment(container, at, &mut found.configs);
                    unexplained(container, at, &mut found.variables);
                }
            }
            volumes(spec, &mut found);
            let templates =
                object.get("spec").into_iter().flat_map(|set| items(set, "volumeClaimTemplates"));
            found.templates.extend(templates.map(|template| {
                let name = text(template, &["metadata", "name"]);
                let uses = uses(spec, &name).map(|(at, _)| at).collect();
                Template { name, claim: claim(template), uses }
            }));
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

/// Unless it says otherwise, an update may take a quarter of the pods away, rounded down.
fn steady(object: Ref<'_>) -> bool {
    let most = object.at(&["spec", "strategy", "rollingUpdate", "maxUnavailable"]);
    let most = most.map_or(Some(Amount::Percent(25)), Amount::read);
    let replicas = object.at(&["spec", "replicas"]).and_then(Ref::as_int).unwrap_or(1);
    match most {
        Some(Amount::Number(most)) => most == 0,
        Some(Amount::Percent(most)) => most.saturating_mul(replicas) < 100,
        None => false,
    }
}

fn facts_of_container(container: Ref<'_>, at: ContainerAt, host: bool) -> Container {
    let ports = items(container, "ports").map(|port| {
        let number = port.get("containerPort").and_then(Ref::as_int).unwrap_or(0);
        ContainerPort {
            name: text(port, &["name"]),
            number,
            protocol: protocol(port),
            host: match port.get("hostPort").and_then(Ref::as_int) {
                Some(taken) => taken,
                None if host => number,
                None => 0,
            },
        }
    });
    let several = items(container, "envFrom").nth(1).is_some();
    let env = items(container, "env").enumerate().map(|(index, entry)| {
        let is_optional = |source: Ref<'_>| source.get("optional").and_then(Ref::as_bool);
        let mut sources = entry.get("valueFrom").into_iter().flat_map(Ref::entries);
        let optional = sources.any(|(_, source)| is_optional(source) == Some(true));
        Env { name: text(entry, &["name"]), index, optional }
    });
    let env = env.filter(|entry| several || entry.optional);
    Container {
        name: text(container, &["name"]),
        env: env.collect(),
        at,
        lasting: !at.init || text(container, &["restartPolicy"]) == "Always",
        ports: ports.collect(),
        resources: resources(container),
        ready: container.get("readinessProbe").is_some(),
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
                uses: uses(spec, &text(volume, &["name"])).map(|(at, _)| at).collect(),
            });
        }
        sub_paths(spec, volume, index, &mut found.sub_paths);
        for (_, source) in volume.entries() {
            let named =
                ["secretRef", "nodePublishSecretRef"].map(|field| text(source, &[field, "name"]));
            found.volume_secrets.extend(named.into_iter().filter(|name| !name.is_empty()));
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

/// The mounts and devices of a volume.
fn uses<'t>(spec: Ref<'t>, name: &str) -> impl Iterator<Item = (VolumeUse, Ref<'t>)> {
    let lists = [("initContainers", true), ("containers", false)];
    let containers = lists.into_iter().flat_map(move |(list, init)| {
        items(spec, list)
            .enumerate()
            .map(move |(index, container)| (ContainerAt { init, index }, container))
    });
    containers
        .flat_map(|(at, container)| {
            [("volumeMounts", false), ("volumeDevices", true)].into_iter().flat_map(
                move |(list, device)| {
                    items(container, list)
                        .enumerate()
                        .map(move |(index, mount)| (VolumeUse { at, index, device }, mount))
                },
            )
        })
        .filter(move |(_, mount)| mount.get("name").and_then(Ref::as_str) == Some(name))
}

fn sub_paths(spec: Ref<'_>, volume: Ref<'_>, index: usize, found: &mut Vec<SubPath>) {
    let Some(source) = volume.get("configMap").or_else(|| volume.get("secret")) else { return };
    for (used, mount) in uses(spec, &text(volume, &["name"])) {
        let file = text(mount, &["subPath"]);
        if file.is_empty() {
            continue;
        }
        let listed = items(source, "items").map(|item| text(item, &["path"]));
        found.push(SubPath {
            volume: index,
            file,
            at: (used.at, used.index),
            listed: source.get("items").map(|_| listed.collect()),
        });
    }
}

/// What a claim, or a template of claims, asks for.
pub(super) fn claim(object: Ref<'_>) -> Claim {
    let modes = object.at(&["spec", "accessModes"]).filter(|modes| modes.is_list());
    let all = |modes: Ref<'_>| modes.items().filter_map(Ref::as_str).map(str::to_owned).collect();
    let class = object.at(&["spec", "storageClassName"]).and_then(Ref::as_str);
    Claim {
        modes: modes.map(all),
        class: class.map(str::to_owned),
        block: text(object, &["spec", "volumeMode"]) == "Block",
        volume: text(object, &["spec", "volumeName"]),
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
    for (position, item) in items(source, "items").enumerate() {
        let used = config_use(Some(source), kind, name, &text(item, &["key"]), at);
        configs.extend(used.map(|used| ConfigUse { item: position, ..used }));
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
    Some(ConfigUse {
        kind,
        name,
        key: key.to_owned(),
        prefix: String::new(),
        optional,
        at,
        item: 0,
    })
}
