//! Objects that a component of the library makes, and the component. What is written here is tried: where building it
//! does not give the same objects, they are written by their types.

use std::fmt::Write;

use kube::tree::Ref;

use super::typed::{key, string};

/// A component that may stand for some objects.
pub struct Candidate {
    /// The objects, by number.
    pub objects: Vec<usize>,
    /// What it would be called.
    pub name: String,
    /// What it uses of the library.
    pub uses: Vec<(&'static str, &'static str)>,
    pub text: String,
}

/// The number of an object, and the object.
type Numbered<'t> = (usize, Ref<'t>);

/// The components that may stand for objects of these, each object in one of them at most.
pub fn candidates(objects: &[Numbered<'_>]) -> Vec<Candidate> {
    let all = objects.iter().filter_map(|object| match kind(object.1) {
        "Deployment" => workload(*object, objects),
        "PersistentVolumeClaim" => claim(*object),
        "ConfigMap" => config(*object),
        _ => None,
    });
    all.collect()
}

fn kind(object: Ref<'_>) -> &str {
    text(object, &["kind"]).unwrap_or_default()
}

fn text<'t>(object: Ref<'t>, path: &[&str]) -> Option<&'t str> {
    object.at(path).and_then(Ref::as_str)
}

fn number(object: Ref<'_>, path: &[&str]) -> Option<i64> {
    object.at(path).and_then(Ref::as_int)
}

fn quoted(text: &str) -> String {
    string(text, 1)
}

/// Something with the name and namespace of another.
fn sibling<'t>(of: Ref<'_>, kind_wanted: &str, all: &[Numbered<'t>]) -> Option<Numbered<'t>> {
    let same = |path: &[&str], object: Ref<'_>| text(of, path) == text(object, path);
    all.iter().copied().find(|(_, object)| {
        kind(*object) == kind_wanted
            && same(&["metadata", "name"], *object)
            && same(&["metadata", "namespace"], *object)
    })
}

/// The text of a component as it grows: bindings, a line each.
struct Body {
    text: String,
}

impl Body {
    fn of(schema: &str) -> Self {
        Self { text: format!("{schema} {{\n") }
    }

    fn set(&mut self, name: &str, value: &str) {
        // Writing into a text does not fail.
        let _ = writeln!(self.text, "{name} = {value}");
    }

    fn line(&mut self, line: &str) {
        let _ = writeln!(self.text, "{line}");
    }

    /// Name, where the key does not say it, and namespace.
    fn named(&mut self, object: Ref<'_>, bound: &str) -> Option<()> {
        let name = text(object, &["metadata", "name"])?;
        if super::kebab(bound) != name {
            self.set("name", &quoted(name));
        }
        if let Some(namespace) = text(object, &["metadata", "namespace"]) {
            self.set("namespace", &quoted(namespace));
        }
        Some(())
    }

    fn map(&mut self, name: &str, map: &[(&str, String)], block: bool) {
        if map.is_empty() {
            return;
        }
        let entries: Vec<String> =
            map.iter().map(|(name, value)| format!("{} = {value}", key(name))).collect();
        let sign = if block { "" } else { "= " };
        let _ = writeln!(self.text, "{name} {sign}{{\n{}\n}}", entries.join("\n"));
    }

    fn end(mut self) -> String {
        self.text.push('}');
        self.text
    }
}

fn labels(object: Ref<'_>, path: &[&str], but: &[(&str, &str)]) -> Vec<(String, String)> {
    let entries = object.at(path).into_iter().flat_map(Ref::entries);
    let own = entries.filter(|(name, _)| !but.iter().any(|(other, _)| other == name));
    own.map(|(name, value)| (name.to_owned(), quoted(value.as_str().unwrap_or_default()))).collect()
}

fn further_labels(body: &mut Body, object: Ref<'_>, but: &[(&str, &str)]) {
    let own = labels(object, &["metadata", "labels"], but);
    let own: Vec<(&str, String)> =
        own.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
    body.map("labels", &own, true);
}

/// The labels that components give.
fn given(name: &str) -> [(&str, &str); 2] {
    [("app.kubernetes.io/name", name), ("app.kubernetes.io/instance", name)]
}

fn claim((number, object): Numbered<'_>) -> Option<Candidate> {
    let name = text(object, &["metadata", "name"])?;
    let bound = super::camel(name);
    let mut body = Body::of("Claim");
    body.named(object, &bound)?;
    further_labels(&mut body, object, &given(name));
    body.set("access", &quoted(text(object, &["spec", "accessModes", "0"])?));
    body.set("size", &quoted(text(object, &["spec", "resources", "requests", "storage"])?));
    if let Some(class) = text(object, &["spec", "storageClassName"]) {
        body.set("storageClass", &quoted(class));
    }
    let uses = vec![("std.storage", "Claim")];
    Some(Candidate { objects: vec![number], name: bound, uses, text: body.end() })
}

fn config((number, object): Numbered<'_>) -> Option<Candidate> {
    let name = text(object, &["metadata", "name"])?;
    let bound = super::camel(name);
    let mut body = Body::of("Config");
    body.named(object, &bound)?;
    further_labels(&mut body, object, &given(name));
    let data = object.get("data")?.entries();
    let data: Option<Vec<(&str, String)>> =
        data.map(|(name, value)| Some((name, string(value.as_str()?, 2)))).collect();
    body.map("data", &data?, true);
    let uses = vec![("std.config", "Config")];
    Some(Candidate { objects: vec![number], name: bound, uses, text: body.end() })
}

fn workload(deployment: Numbered<'_>, all: &[Numbered<'_>]) -> Option<Candidate> {
    let object = deployment.1;
    let name = text(object, &["metadata", "name"])?;
    let pod = object.at(&["spec", "template", "spec"])?;
    let container = pod.at(&["containers", "0"])?;
    // The rest of what it must look like is found out by building it.
    if container.get("name").and_then(Ref::as_str) != Some(name)
        || object.at(&["spec", "strategy", "type"]).is_none()
    {
        return None;
    }
    let service = sibling(object, "Service", all);
    let autoscaler = sibling(object, "HorizontalPodAutoscaler", all);
    let strategy = text(object, &["spec", "strategy", "type"])?;
    let replicas = number(object, &["spec", "replicas"]);
    let is_singleton = strategy == "Recreate" && replicas == Some(1) && autoscaler.is_none();
    let schema = match (is_singleton, service) {
        (true, _) => "Singleton",
        (false, Some(_)) => "Service",
        (false, None) => "Workload",
    };
    let mut uses = vec![("std.workload", schema)];
    let bound = super::camel(name);
    let mut body = Body::of(schema);
    body.named(object, &bound)?;
    let selector = object.at(&["spec", "selector", "matchLabels"])?;
    let own: Vec<(&str, &str)> = selector
        .entries()
        .map(|(name, value)| (name, value.as_str().unwrap_or_default()))
        .collect();
    if own != given(name) {
        let own: Vec<(&str, String)> =
            own.iter().map(|(name, value)| (*name, quoted(value))).collect();
        body.map("selector", &own, false);
    }
    further_labels(&mut body, object, &own);
    body.set("image", &quoted(text(container, &["image"])?));
    for list in ["command", "args"] {
        if let Some(list_of) = container.get(list) {
            body.set(list, &words(list_of)?);
        }
    }
    if let Some(user) = number(pod, &["securityContext", "runAsUser"]) {
        body.set("runAs", &user.to_string());
    }
    let ports = container.get("ports").into_iter().flat_map(Ref::items);
    let ports: Option<Vec<(&str, String)>> = ports
        .map(|port| Some((text(port, &["name"])?, number(port, &["containerPort"])?.to_string())))
        .collect();
    let ports = ports?;
    body.map("ports", &ports, true);
    match autoscaler {
        Some((_, scaler)) => {
            let (least, most) = (
                number(scaler, &["spec", "minReplicas"])?,
                number(scaler, &["spec", "maxReplicas"])?,
            );
            body.set("scale", &format!("{least}..{most}"));
            let target = ["spec", "metrics", "0", "resource", "target", "averageUtilization"];
            match number(scaler, &target)? {
                80 => {}
                target => body.set("cpuTarget", &format!("{target}%")),
            }
        }
        None if is_singleton => {}
        None => body.set("replicas", &replicas?.to_string()),
    }
    if strategy != "RollingUpdate" && !is_singleton {
        body.set("strategy", &quoted(strategy));
    }
    sources(&mut body, container, all)?;
    variables(&mut body, container, &mut uses)?;
    mounts(&mut body, pod, container, &mut uses)?;
    let resources = container.get("resources")?;
    let (cpu, memory) =
        (text(resources, &["requests", "cpu"])?, text(resources, &["requests", "memory"])?);
    let limit = text(resources, &["limits", "memory"])?;
    for (field, value, default) in
        [("cpu", cpu, "100m"), ("memory", memory, "256Mi"), ("memoryLimit", limit, memory)]
    {
        if value != default {
            body.set(field, &quoted(value));
        }
    }
    for (field, probe, period, failures) in [
        ("startup", "startupProbe", 2, 30),
        ("ready", "readinessProbe", 5, 3),
        ("live", "livenessProbe", 20, 3),
    ] {
        let probe = container.get(probe);
        let first = ports.first().map(|(name, _)| *name);
        self::probe(&mut body, field, probe, (first, period, failures), &mut uses)?;
    }
    let objects = std::iter::once(deployment.0)
        .chain(service.map(|(number, _)| number))
        .chain(autoscaler.map(|(number, _)| number));
    Some(Candidate { objects: objects.collect(), name: bound, uses, text: body.end() })
}

/// A list of texts.
fn words(list: Ref<'_>) -> Option<String> {
    let words: Option<Vec<String>> =
        list.items().map(|word| word.as_str().map(|word| string(word, 2))).collect();
    Some(format!("[{}]", words?.join(", ")))
}

/// A probe, where it is not the one that is made where nothing is said.
fn probe(
    body: &mut Body,
    field: &str,
    probe: Option<Ref<'_>>,
    (first, period, failures): (Option<&str>, i64, i64),
    uses: &mut Vec<(&'static str, &'static str)>,
) -> Option<()> {
    let Some(probe) = probe else {
        if first.is_some() {
            body.line(&format!("unset {field}"));
        }
        return Some(());
    };
    let (own_period, timeout, own_failures) = (
        number(probe, &["periodSeconds"])?,
        number(probe, &["timeoutSeconds"])?,
        number(probe, &["failureThreshold"])?,
    );
    let path = text(probe, &["httpGet", "path"]);
    let asks = match probe.at(&["exec", "command"]) {
        Some(command) => format!("command = {}", words(command)?),
        None => {
            let port = text(probe, &["httpGet", "port"]).or(text(probe, &["tcpSocket", "port"]))?;
            if path.is_none()
                && (Some(port), own_period, timeout, own_failures) == (first, period, 1, failures)
            {
                return Some(());
            }
            format!("port = {}", quoted(port))
        }
    };
    let path = path.map(|path| format!(", path = {}", quoted(path))).unwrap_or_default();
    let value = format!(
        "Probe {{ {asks}{path}, period = {own_period}s, timeout = {timeout}s, failures = {own_failures} }}",
    );
    body.set(field, &value);
    uses.push(("std.pods", "Probe"));
    Some(())
}

/// ConfigMaps and Secrets that become variables: by the names of their components, or of what declares them as being
/// there. Where there is neither, the program will say so.
fn sources(body: &mut Body, container: Ref<'_>, all: &[Numbered<'_>]) -> Option<()> {
    let mut sources = Vec::new();
    for source in container.get("envFrom").into_iter().flat_map(Ref::items) {
        let (of, name) = match text(source, &["configMapRef", "name"]) {
            Some(name) => ("ConfigMap", name),
            None => ("Secret", text(source, &["secretRef", "name"])?),
        };
        let is_there = all.iter().any(|(_, object)| {
            kind(*object) == of && text(*object, &["metadata", "name"]) == Some(name)
        });
        let bound = super::camel(name);
        sources.push(if is_there { bound } else { bound + of });
    }
    if !sources.is_empty() {
        body.set("envFrom", &format!("[{}]", sources.join(", ")));
    }
    Some(())
}

fn variables(
    body: &mut Body,
    container: Ref<'_>,
    uses: &mut Vec<(&'static str, &'static str)>,
) -> Option<()> {
    let mut variables = Vec::new();
    for variable in container.get("env").into_iter().flat_map(Ref::items) {
        let name = text(variable, &["name"])?;
        let reference = |source: &str| {
            let of = variable.at(&["valueFrom", source])?;
            let optional = of.get("optional").and_then(Ref::as_bool) == Some(true);
            Some((quoted(text(of, &["name"])?), quoted(text(of, &["key"])?), optional))
        };
        let value = match (text(variable, &["value"]), reference("secretKeyRef")) {
            (Some(value), _) => string(value, 2),
            (None, Some((name, key, false))) => {
                uses.push(("std.config", "secret"));
                format!("secret({name}, {key})")
            }
            (None, Some((name, key, true))) => {
                uses.push(("std.config", "SecretRef"));
                format!("SecretRef {{ name = {name}, key = {key}, optional = true }}")
            }
            (None, None) => {
                let (name, key, optional) = reference("configMapKeyRef")?;
                uses.push(("std.config", "ConfigRef"));
                let optional = if optional { ", optional = true" } else { "" };
                format!("ConfigRef {{ name = {name}, key = {key}{optional} }}")
            }
        };
        variables.push((name, value));
    }
    body.map("env", &variables, true);
    Some(())
}

fn mounts(
    body: &mut Body,
    pod: Ref<'_>,
    container: Ref<'_>,
    uses: &mut Vec<(&'static str, &'static str)>,
) -> Option<()> {
    let volume = |name: &str| {
        let mut volumes = pod.get("volumes").into_iter().flat_map(Ref::items);
        volumes.find(|volume| text(*volume, &["name"]) == Some(name))
    };
    let mut all = Vec::new();
    let mut has_default = false;
    for mount in container.get("volumeMounts").into_iter().flat_map(Ref::items) {
        let (name, path) = (text(mount, &["name"])?, text(mount, &["mountPath"])?);
        let held = volume(name)?;
        let sub = text(mount, &["subPath"]).map(|path| format!("path = {}", quoted(path)));
        let only = mount.get("readOnly").and_then(Ref::as_bool) == Some(true);
        let mut fields: Vec<String> = sub.into_iter().collect();
        fields.extend(only.then(|| "readOnly = true".to_owned()));
        let schema = match text(held, &["persistentVolumeClaim", "claimName"]) {
            Some(claim) => {
                fields.insert(0, format!("claim = {}", quoted(claim)));
                if super::kebab(claim) != name {
                    fields.push(format!("volume = {}", quoted(name)));
                }
                "Folder"
            }
            None => {
                let limit = text(held, &["emptyDir", "sizeLimit"])?;
                if (name, path, limit, fields.is_empty()) == ("tmp", "/tmp", "1Gi", true) {
                    has_default = true;
                    continue;
                }
                fields.insert(0, format!("volume = {}, limit = {}", quoted(name), quoted(limit)));
                "Scratch"
            }
        };
        all.push((path, format!("{schema} {{ {} }}", fields.join(", "))));
        uses.push(("std.storage", schema));
    }
    match (has_default, all.is_empty()) {
        (false, true) => body.set("mounts", "{}"),
        (default, _) => body.map("mounts", &all, default),
    }
    Some(())
}
