//! Environment variables, and where their values come from.

use super::judge::{At, Judge};
use super::resources;
use super::text;
use super::{FieldError, volume};
use crate::names;

/// The sources of a variable's value.
const SOURCES: [&str; 5] =
    ["fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef"];

/// Which fields of a pod can be read.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Reader {
    /// A variable.
    Env,
    /// A file of a volume.
    Volume,
}

pub(super) fn env<'t>(j: &mut Judge, container: &At<'t, '_>, spec: &At<'t, '_>) {
    let variables = container.get("env");
    for variable in variables.items() {
        let name = variable.get("name");
        if name.str().is_empty() {
            j.required(&name, "an environment variable needs a name");
        } else if let Err(why) = names::env_name(name.str(), j.minor) {
            j.invalid(&name, "K-env-name", format!("variable name `{}` {why}", name.str()));
        } else if name.str().contains(' ') {
            let message =
                format!("variable name `{}` has a blank: no shell can read it", name.str());
            j.broken(&name, "K-env-name", message);
        }
        let from = variable.get("valueFrom");
        if from.is_set() {
            source(j, &variable, &from, spec);
        }
    }
    for source in container.get("envFrom").items() {
        sources(j, &source);
    }
}

fn source<'t>(j: &mut Judge, variable: &At<'t, '_>, from: &At<'t, '_>, spec: &At<'t, '_>) {
    let has_files = j.minor >= 35;
    let given = SOURCES.iter().filter(|field| from.get(field).is_set());
    match given.filter(|field| has_files || **field != "fileKeyRef").count() {
        0 => {
            j.invalid(from, "K-one-of", format!("`valueFrom` needs one of {}", SOURCES.join(", ")))
        }
        1 => {}
        _ => j.invalid(from, "K-one-of", "`valueFrom` takes only one source"),
    }
    if !variable.get("value").str().is_empty() {
        j.invalid(from, "K-one-of", "a variable has either a `value` or a `valueFrom`");
    }
    let field = from.get("fieldRef");
    if field.is_set() {
        field_ref(j, &field, Reader::Env);
    }
    let resource = from.get("resourceFieldRef");
    if resource.is_set() {
        resource_ref(j, &resource, Reader::Env);
        let name = resource.get("containerName");
        if !name.str().is_empty() && !super::container::names(spec).any(|own| own == name.str()) {
            j.broken(&name, "K-reference", format!("the pod has no container `{}`", name.str()));
            j.meant(name.str(), super::container::names(spec));
        }
    }
    for (field, kind) in [("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")] {
        let reference = from.get(field);
        if reference.is_set() {
            key_ref(j, &reference, kind);
        }
    }
    let file = from.get("fileKeyRef");
    if file.is_set() && has_files {
        file_ref(j, &file, spec);
    }
}

fn key_ref(j: &mut Judge, at: &At<'_, '_>, kind: &str) {
    let name = at.get("name");
    if let Err(why) = names::dns_subdomain(name.str()) {
        j.invalid(&name, "K-name", format!("{kind} name `{}` {why}", name.str()));
    }
    j.named(&at.get("key"), "K-config-key", &format!("key of a {kind}"), names::config_key);
}

fn file_ref(j: &mut Judge, at: &At<'_, '_>, spec: &At<'_, '_>) {
    j.named(&at.get("key"), "K-env-name", "key of a file", |key| names::env_name(key, 36));
    j.named(&at.get("path"), "K-path", "path of a file", text::relative_path);
    let name = at.get("volumeName");
    if name.str().is_empty() {
        j.required(&name, "`volumeName` must be given");
        return;
    }
    let volumes = spec.get("volumes");
    match volumes.items().find(|volume| volume.get("name").str() == name.str()) {
        None => {
            let message = format!("the pod has no volume `{}`", name.str());
            j.refuse(&name, "K-reference", FieldError::NotFound, message);
            let names: Vec<&str> = volumes.items().map(|own| own.get("name").str()).collect();
            j.meant(name.str(), names);
        }
        Some(volume) if volume::source(&volume).is_some_and(|source| source != "emptyDir") => {
            j.invalid(&name, "K-reference", format!("volume `{}` must be an emptyDir", name.str()));
        }
        Some(_) => {}
    }
}

fn sources(j: &mut Judge, at: &At<'_, '_>) {
    let prefix = at.get("prefix");
    let minor = j.minor;
    j.well_formed(&prefix, "K-env-name", "prefix", |prefix| names::env_name(prefix, minor));
    let refs = [("configMapRef", "ConfigMap"), ("secretRef", "Secret")];
    match refs.iter().filter(|(field, _)| at.get(field).is_set()).count() {
        0 => j.invalid(at, "K-one-of", "an `envFrom` needs a `configMapRef` or a `secretRef`"),
        2 => {
            j.invalid(at, "K-one-of", "an `envFrom` takes either a `configMapRef` or a `secretRef`")
        }
        _ => {}
    }
    for (field, kind) in refs {
        let reference = at.get(field);
        if reference.is_set() {
            let what = format!("{kind} name");
            j.named(&reference.get("name"), "K-name", &what, names::dns_subdomain);
        }
    }
}

/// A field of the pod: of those, some only for variables and some only for files.
pub(super) fn field_ref(j: &mut Judge, at: &At<'_, '_>, reader: Reader) {
    let path = at.get("fieldPath");
    let text = path.str();
    if text.is_empty() {
        j.required(&path, "`fieldPath` must be given");
        return;
    }
    let version = at.get("apiVersion").str();
    if !matches!(version, "" | "v1") {
        j.invalid(&path, "K-field-path", format!("pods have no version `{version}`"));
        j.related(&at.get("apiVersion"), "the version");
        return;
    }
    let subscript = text.strip_suffix("']").and_then(|text| text.split_once("['"));
    if let Some((map, key)) = subscript {
        let checked = match map {
            "metadata.annotations" => names::annotation_key(key),
            "metadata.labels" => names::qualified_name(key),
            _ => {
                j.invalid(&path, "K-field-path", format!("`{map}` has no keys to read"));
                return;
            }
        };
        if let Err(why) = checked {
            j.invalid(&path, "K-field-path", format!("key `{key}` {why}"));
        }
        return;
    }
    const BOTH: [&str; 3] = ["metadata.name", "metadata.namespace", "metadata.uid"];
    const ENV: [&str; 6] = [
        "spec.nodeName",
        "spec.serviceAccountName",
        "status.hostIP",
        "status.hostIPs",
        "status.podIP",
        "status.podIPs",
    ];
    const VOLUME: [&str; 2] = ["metadata.annotations", "metadata.labels"];
    let own: &[&str] = if reader == Reader::Env { &ENV } else { &VOLUME };
    if BOTH.contains(&text) || own.contains(&text) {
        return;
    }
    let all: Vec<&str> = BOTH.iter().chain(own).copied().collect();
    if ENV.contains(&text) || VOLUME.contains(&text) {
        j.unsupported(&path, text, &all);
    } else {
        let message = format!("`{text}` is no field to read: {}", all.join(", "));
        j.invalid(&path, "K-field-path", message);
    }
}

/// A request or a limit of a container.
pub(super) fn resource_ref(j: &mut Judge, at: &At<'_, '_>, reader: Reader) {
    if reader == Reader::Volume {
        j.needed(&at.get("containerName"), "`containerName`");
    }
    let resource = at.get("resource");
    let name = resource.str();
    let bare = name.strip_prefix("limits.").or(name.strip_prefix("requests."));
    match bare {
        _ if name.is_empty() => j.required(&resource, "`resource` must be given"),
        Some(bare) if text::is_container_resource(bare) => {
            resources::divisor(j, &at.get("divisor"), bare);
        }
        _ => {
            let known = [
                "limits.cpu",
                "limits.memory",
                "limits.ephemeral-storage",
                "requests.cpu",
                "requests.memory",
                "requests.ephemeral-storage",
            ];
            j.unsupported(&resource, name, &known);
        }
    }
}
