//! What all components of `std.workload` have in common: the program that runs in their pods.

use kube::tree::Ref;

use super::super::typed::string;
use super::{Body, Candidate, Numbered, further_labels, given, kind, labels, number, quoted, text};

/// A component that runs a program, as it grows.
pub(super) struct Program<'t> {
    pub body: Body,
    pub pod: Ref<'t>,
    container: Ref<'t>,
    /// The first port, which probes ask where nothing is said.
    first: Option<&'t str>,
    name: String,
    uses: Vec<(&'static str, &'static str)>,
}

impl<'t> Program<'t> {
    /// A component of this schema, with what it is called and runs. `None` for what is surely none: the rest of what it
    /// must look like is found out by building it.
    pub fn of(schema: &'static str, object: Ref<'t>, pod: &[&str]) -> Option<Self> {
        let name = text(object, &["metadata", "name"])?;
        let template = object.at(pod.split_last()?.1)?;
        let pod = object.at(pod)?;
        let container = pod.at(&["containers", "0"])?;
        if text(container, &["name"]) != Some(name) {
            return None;
        }
        let bound = super::super::camel(name);
        let mut body = Body::of(schema);
        body.named(object, &bound)?;
        // A Job is found by labels that the server gives it.
        let selector = object.at(&["spec", "selector", "matchLabels"]);
        let own: Vec<(&str, &str)> = match selector {
            Some(selector) => selector
                .entries()
                .map(|(name, value)| (name, value.as_str().unwrap_or_default()))
                .collect(),
            None => given(name).to_vec(),
        };
        if own != given(name) {
            let own: Vec<(&str, String)> =
                own.iter().map(|(name, value)| (*name, quoted(value))).collect();
            body.map("selector", &own, false);
        }
        further_labels(&mut body, object, &own);
        let annotations = labels(template, &["metadata", "annotations"], &[]);
        let annotations: Vec<(&str, String)> =
            annotations.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
        body.map("podMetadata.annotations", &annotations, true);
        body.set("image", &quoted(text(container, &["image"])?));
        for list in ["command", "args"] {
            if let Some(list_of) = container.get(list) {
                body.set(list, &words(list_of)?);
            }
        }
        if let Some(user) = number(pod, &["securityContext", "runAsUser"]) {
            body.set("runAs", &user.to_string());
        }
        if let Some(account) = text(pod, &["serviceAccountName"]) {
            body.set("serviceAccount", &quoted(account));
        }
        if let Some(seconds) = number(pod, &["terminationGracePeriodSeconds"]) {
            body.set("gracePeriod", &duration(seconds));
        }
        let ports = container.get("ports").into_iter().flat_map(Ref::items);
        let ports: Option<Vec<(&str, String)>> = ports
            .map(|port| {
                Some((text(port, &["name"])?, number(port, &["containerPort"])?.to_string()))
            })
            .collect();
        let ports = ports?;
        body.map("ports", &ports, true);
        let first = ports.first().map(|(name, _)| *name);
        let uses = vec![("std.workload", schema)];
        Some(Self { body, pod, container, first, name: bound, uses })
    }

    /// A number, where it is another than where nothing is said.
    pub fn number(&mut self, field: &str, value: Option<i64>, default: i64) -> Option<()> {
        let value = value?;
        if value != default {
            self.body.set(field, &value.to_string());
        }
        Some(())
    }

    /// A time in seconds, likewise.
    pub fn time(&mut self, field: &str, value: Option<i64>, default: i64) -> Option<()> {
        let value = value?;
        if value != default {
            self.body.set(field, &duration(value));
        }
        Some(())
    }

    /// What its container gets: variables, what it sees besides the volume of that name, and what it needs.
    pub fn holds(&mut self, all: &[Numbered<'_>], own: Option<&str>) -> Option<()> {
        let Self { body, pod, container, uses, .. } = self;
        sources(body, *container, all)?;
        variables(body, *container, uses)?;
        mounts(body, *pod, *container, own, uses)?;
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
        Some(())
    }

    /// How it is asked whether it has started, takes requests and is alive. `defaults` are the period and the failures of
    /// each, where one is made of the first port.
    pub fn asks(&mut self, defaults: [Option<(i64, i64)>; 3]) -> Option<()> {
        let probes =
            [("startup", "startupProbe"), ("ready", "readinessProbe"), ("live", "livenessProbe")];
        for ((field, name), default) in probes.into_iter().zip(defaults) {
            let default =
                self.first.zip(default).map(|(port, (every, times))| (port, every, times));
            probe(&mut self.body, field, self.container.get(name), default, &mut self.uses)?;
        }
        Some(())
    }

    pub fn candidate(self, objects: Vec<usize>) -> Candidate {
        Candidate { objects, name: self.name, uses: self.uses, text: self.body.end() }
    }
}

/// A time as a person writes it.
fn duration(seconds: i64) -> String {
    match seconds {
        0 => "0s".to_owned(),
        hours if hours % 3600 == 0 => format!("{}h", hours / 3600),
        minutes if minutes % 60 == 0 => format!("{}m", minutes / 60),
        seconds => format!("{seconds}s"),
    }
}

/// A list of texts.
fn words(list: Ref<'_>) -> Option<String> {
    let words: Option<Vec<String>> =
        list.items().map(|word| word.as_str().map(|word| string(word, 2))).collect();
    Some(format!("[{}]", words?.join(", ")))
}

/// A probe, where it is not the one that is made where nothing is said: of this port, with this period and so many
/// failures.
fn probe(
    body: &mut Body,
    field: &str,
    probe: Option<Ref<'_>>,
    default: Option<(&str, i64, i64)>,
    uses: &mut Vec<(&'static str, &'static str)>,
) -> Option<()> {
    let Some(probe) = probe else {
        if default.is_some() {
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
            if path.is_none() && timeout == 1 && Some((port, own_period, own_failures)) == default {
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
        let bound = super::super::camel(name);
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

/// What the container sees, without the volume that each pod has of its own.
fn mounts(
    body: &mut Body,
    pod: Ref<'_>,
    container: Ref<'_>,
    own: Option<&str>,
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
        if own == Some(name) {
            continue;
        }
        let held = volume(name)?;
        let sub = text(mount, &["subPath"]).map(|path| format!("path = {}", quoted(path)));
        let only = mount.get("readOnly").and_then(Ref::as_bool) == Some(true);
        let mut fields: Vec<String> = sub.into_iter().collect();
        fields.extend(only.then(|| "readOnly = true".to_owned()));
        let schema = match text(held, &["persistentVolumeClaim", "claimName"]) {
            Some(claim) => {
                fields.insert(0, format!("claim = {}", quoted(claim)));
                if super::super::kebab(claim) != name {
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
