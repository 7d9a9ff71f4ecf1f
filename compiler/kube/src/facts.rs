//! What rules across objects need to know of an object: little, owned and comparable.
//!
//! Facts outlive the tree that they were read from, and a change that leaves them equal re-runs no
//! rule; so they hold no values that no rule reads, and no origins. A rule names a place by the number
//! of the object and a path, from which the caller finds the source.

use crate::tree::{Ref, Step};

/// What makes two objects the same to a server. The version is no part of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Identity {
    /// The API group; empty for the core group.
    pub group: String,
    /// The kind.
    pub kind: String,
    /// The namespace; empty where the object names none.
    pub namespace: String,
    /// The name.
    pub name: String,
}

/// The facts of one object.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts {
    /// Which object it is.
    pub identity: Identity,
    /// Whether it is declared as being there, and not made. Set by the caller.
    pub external: bool,
    /// Whether there must not be two of its pods. Set by the caller.
    pub singleton: bool,
    /// Whether it stands for objects of which nothing reliable is known, because whoever makes them has a
    /// mistake: no rule looks at it, and none may say that something is not there.
    pub hidden: bool,
    /// What depends on the kind.
    pub detail: Detail,
}

/// The facts that depend on the kind of object.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Detail {
    /// No rule looks into it.
    #[default]
    Other,
    /// A pod, or what makes pods.
    Workload(Box<Workload>),
    /// A HorizontalPodAutoscaler.
    Autoscaler(Box<Autoscaler>),
    /// A Service.
    Service(Box<Service>),
    /// A PersistentVolumeClaim with its access modes; `None` where they are not declared.
    Claim(Option<Vec<String>>),
    /// A ConfigMap or Secret with its keys, sorted; `None` where they are not declared.
    Config(Option<Vec<String>>),
}

/// A pod, or what makes pods.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Workload {
    /// The way to the pod (or its template) in the object.
    pub template: &'static [&'static str],
    /// `spec.replicas`, where it is set.
    pub replicas: Option<i64>,
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

/// A HorizontalPodAutoscaler.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Autoscaler {
    /// What it scales; `None` where that is not declared.
    pub target: Option<(String, String, String)>,
    /// The most pods.
    pub max: Option<i64>,
    /// The resources whose use, as a share of the request, it goes by.
    pub shares: Vec<Share>,
}

/// A resource by whose use an autoscaler scales.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// `cpu` or `memory`.
    pub resource: String,
    /// The container whose use counts; empty for the pod's.
    pub container: String,
    /// The position among `metrics`; `None` where the server's default holds, which is cpu.
    pub metric: Option<usize>,
}

/// A Service.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Service {
    /// The labels of the pods that it stands for, sorted.
    pub selector: Vec<(String, String)>,
    /// Its ports.
    pub ports: Vec<ServicePort>,
}

/// A port of a Service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServicePort {
    /// Its name; empty where it has none.
    pub name: String,
    /// Its number.
    pub number: i64,
    /// `TCP` where nothing is said.
    pub protocol: String,
    /// The port of the pods; its own number where nothing is said.
    pub target: TargetPort,
}

/// The port of a pod to which a Service sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TargetPort {
    /// By name.
    Name(String),
    /// By number.
    Number(i64),
}

/// The facts of an object. What is missing or of another type than it should be is left out: saying so is
/// the validator's task.
pub fn facts(object: Ref<'_>) -> Facts {
    let api_version = text(object, &["apiVersion"]);
    let group = api_version.split_once('/').map_or("", |(group, _)| group);
    let kind = text(object, &["kind"]);
    let identity = Identity {
        group: group.to_owned(),
        kind: kind.clone(),
        namespace: text(object, &["metadata", "namespace"]),
        name: text(object, &["metadata", "name"]),
    };
    let detail =
        match (group, kind.as_str()) {
            ("", "Pod") => workload(object, &[]),
            ("apps", "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet")
            | ("", "ReplicationController")
            | ("batch", "Job") => workload(object, &["spec", "template"]),
            ("batch", "CronJob") => workload(object, &["spec", "jobTemplate", "spec", "template"]),
            ("autoscaling", "HorizontalPodAutoscaler") => {
                Detail::Autoscaler(Box::new(autoscaler(object)))
            }
            ("", "Service") => Detail::Service(Box::new(service(object))),
            ("", "PersistentVolumeClaim") => {
                let modes = object.at(&["spec", "accessModes"]).filter(|modes| modes.is_list());
                Detail::Claim(modes.map(|modes| {
                    modes.items().filter_map(Ref::as_str).map(str::to_owned).collect()
                }))
            }
            ("", "ConfigMap" | "Secret") => {
                let maps = ["data", "binaryData", "stringData"].map(|name| object.get(name));
                let keys = maps.iter().flatten().flat_map(|map| map.entries());
                let mut keys: Vec<String> = keys.map(|(key, _)| key.to_owned()).collect();
                keys.sort_unstable();
                Detail::Config(maps.iter().any(Option::is_some).then_some(keys))
            }
            _ => Detail::Other,
        };
    Facts { identity, detail, ..Facts::default() }
}

impl Facts {
    /// In the place of objects that have a mistake.
    pub fn hidden() -> Self {
        Facts { hidden: true, ..Facts::default() }
    }
}

impl Identity {
    /// `Deployment/app`, as messages name an object.
    pub fn shown(&self) -> String {
        format!("{}/{}", self.kind, self.name)
    }
}

impl Workload {
    /// A path from the object to something in the pod's `spec`.
    pub fn path(&self, rest: &[Step]) -> Vec<Step> {
        let to_spec = self.template.iter().chain(&["spec"]).map(|key| Step::Key((*key).to_owned()));
        to_spec.chain(rest.iter().cloned()).collect()
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

fn workload(object: Ref<'_>, template: &'static [&'static str]) -> Detail {
    let mut found = Workload {
        template,
        replicas: object.at(&["spec", "replicas"]).and_then(Ref::as_int),
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
                }
            }
            volumes(spec, &mut found);
        }
    }
    Detail::Workload(Box::new(found))
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
            configs.extend(config_use(
                entry.get(field),
                kind,
                "name",
                "",
                ConfigAt::EnvFrom(at, index),
            ));
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
    Some(ConfigUse { kind, name, key: key.to_owned(), optional, at })
}

fn autoscaler(object: Ref<'_>) -> Autoscaler {
    let target = object.at(&["spec", "scaleTargetRef"]).map(|target| {
        let api_version = text(target, &["apiVersion"]);
        let group = api_version.split_once('/').map_or("", |(group, _)| group);
        (group.to_owned(), text(target, &["kind"]), text(target, &["name"]))
    });
    let mut shares = Vec::new();
    let metrics = object.at(&["spec", "metrics"]);
    for (index, metric) in metrics.into_iter().flat_map(Ref::items).enumerate() {
        for field in ["resource", "containerResource"] {
            let Some(source) = metric.get(field) else { continue };
            if source.at(&["target", "averageUtilization"]).is_some() {
                let (resource, container) = (text(source, &["name"]), text(source, &["container"]));
                shares.push(Share { resource, container, metric: Some(index) });
            }
        }
    }
    if metrics.is_none() {
        shares.push(Share { resource: "cpu".to_owned(), container: String::new(), metric: None });
    }
    Autoscaler { target, max: object.at(&["spec", "maxReplicas"]).and_then(Ref::as_int), shares }
}

fn service(object: Ref<'_>) -> Service {
    let ports = object.get("spec").into_iter().flat_map(|spec| items(spec, "ports")).map(|port| {
        let number = port.get("port").and_then(Ref::as_int).unwrap_or(0);
        let target = port.get("targetPort");
        ServicePort {
            name: text(port, &["name"]),
            number,
            protocol: protocol(port),
            target: match target.and_then(Ref::as_str) {
                Some(name) => TargetPort::Name(name.to_owned()),
                // 0 counts as not set.
                None => TargetPort::Number(
                    target.and_then(Ref::as_int).filter(|to| *to != 0).unwrap_or(number),
                ),
            },
        }
    });
    Service { selector: pairs(object.at(&["spec", "selector"])), ports: ports.collect() }
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

fn protocol(port: Ref<'_>) -> String {
    port.get("protocol").and_then(Ref::as_str).unwrap_or("TCP").to_owned()
}

/// The entries of a map of strings, sorted: their order means nothing, and so they are found quickly.
fn pairs(map: Option<Ref<'_>>) -> Vec<(String, String)> {
    let entries = map.into_iter().flat_map(Ref::entries);
    let mut pairs: Vec<_> = entries
        .map(|(key, value)| (key.to_owned(), value.as_str().unwrap_or_default().to_owned()))
        .collect();
    pairs.sort_unstable();
    pairs
}

fn text(node: Ref<'_>, path: &[&str]) -> String {
    node.at(path).and_then(Ref::as_str).unwrap_or_default().to_owned()
}

fn items<'t>(node: Ref<'t>, list: &str) -> impl Iterator<Item = Ref<'t>> + use<'t> {
    node.get(list).into_iter().flat_map(Ref::items)
}
