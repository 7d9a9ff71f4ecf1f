//! Volumes that hold files of the cluster: ConfigMaps, Secrets, claims, fields of the pod.
//!
//! Disks and file systems from elsewhere are in [`super::storage_volume`].

use super::env::{self, Reader};
use super::judge::{At, Judge};
use super::text;
use super::{claim, selector, storage_volume};
use crate::names;

/// The kinds of volumes, in the order in which a server looks at them: of two, it refuses the later one.
const SOURCES: [&str; 31] = [
    "emptyDir",
    "hostPath",
    "gitRepo",
    "gcePersistentDisk",
    "awsElasticBlockStore",
    "secret",
    "nfs",
    "iscsi",
    "glusterfs",
    "flocker",
    "persistentVolumeClaim",
    "rbd",
    "cinder",
    "cephfs",
    "quobyte",
    "downwardAPI",
    "fc",
    "flexVolume",
    "configMap",
    "azureFile",
    "vsphereVolume",
    "photonPersistentDisk",
    "portworxVolume",
    "azureDisk",
    "storageos",
    "projected",
    "scaleIO",
    "csi",
    "ephemeral",
    "image",
    "local",
];

/// The kind of a volume, if it says one; without one it is an emptyDir.
pub(super) fn source(at: &At<'_, '_>) -> Option<&'static str> {
    SOURCES.into_iter().find(|field| at.get(field).is_set())
}

pub(super) fn volumes(j: &mut Judge, at: &At<'_, '_>) {
    let doubles = at.repeats(|one| one.get("name").str());
    for (number, volume) in at.items().enumerate() {
        let name = volume.get("name");
        j.named(&name, "K-name", "the name of a volume", names::dns_label);
        if !name.str().is_empty() && doubles.contains(&number) {
            j.duplicate(&name, format!("two volumes of the pod are named `{}`", name.str()));
        }
        j.at_most_one(&volume, &SOURCES, "a volume");
        let Some(kind) = source(&volume) else { continue };
        let held = volume.get(kind);
        match kind {
            "emptyDir" => empty_dir(j, &held),
            "hostPath" => host_path(j, &held),
            "secret" => {
                j.named(&held.get("secretName"), "K-name", "`secretName`", |_| Ok(()));
                unusual_name(j, &held.get("secretName"), "Secret");
                files(j, &held);
            }
            "configMap" => {
                j.named(&held.get("name"), "K-name", "ConfigMap name", |_| Ok(()));
                unusual_name(j, &held.get("name"), "ConfigMap");
                files(j, &held);
            }
            "persistentVolumeClaim" => {
                j.named(&held.get("claimName"), "K-name", "`claimName`", |_| Ok(()));
                unusual_name(j, &held.get("claimName"), "PersistentVolumeClaim");
            }
            "downwardAPI" => {
                mode(j, &held.get("defaultMode"));
                fields(j, &held.get("items"));
                same_paths(j, &held.get("items"));
            }
            "projected" => projected(j, &held),
            "ephemeral" => ephemeral(j, &held),
            "image" => {
                if j.minor >= 35 {
                    j.one_of(&held.get("pullPolicy"), &["Always", "IfNotPresent", "Never"]);
                    let reference = held.get("reference");
                    if reference.str().is_empty() {
                        j.broken(&reference, "K-required", "an image volume needs a `reference`");
                    }
                }
            }
            _ => storage_volume::source(j, &held, kind),
        }
    }
}

/// A server takes any text where the object is not looked up until the pod starts.
fn unusual_name(j: &mut Judge, at: &At<'_, '_>, kind: &str) {
    if !at.str().is_empty()
        && let Err(why) = names::dns_subdomain(at.str())
    {
        j.broken(at, "K-name", format!("{kind} name `{}` {why}", at.str()));
    }
}

fn empty_dir(j: &mut Judge, at: &At<'_, '_>) {
    let size = at.get("sizeLimit");
    if size.quantity().is_some_and(|size| size.0 < 0) {
        j.forbidden(
            &size,
            "K-range",
            format!("`sizeLimit` is {}; it must not be below 0", size.shown()),
        );
    }
    let medium = at.get("medium");
    if !matches!(medium.str(), "" | "Memory" | "HugePages")
        && !medium.str().starts_with("HugePages-")
    {
        j.warn(
            &medium,
            "K-enum",
            format!("`{}` is no medium that nodes know: Memory, HugePages", medium.str()),
        );
    }
}

fn host_path(j: &mut Judge, at: &At<'_, '_>) {
    let path = at.get("path");
    j.named(&path, "K-path", "`path`", text::without_steps_back);
    let kinds = [
        "DirectoryOrCreate",
        "Directory",
        "FileOrCreate",
        "File",
        "Socket",
        "CharDevice",
        "BlockDevice",
    ];
    j.one_of(&at.get("type"), &kinds);
}

/// Keys that become files.
fn files(j: &mut Judge, at: &At<'_, '_>) {
    mode(j, &at.get("defaultMode"));
    let items = at.get("items");
    for item in items.items() {
        let key = item.get("key");
        j.named(&key, "K-config-key", "`key`", |_| Ok(()));
        if !key.str().is_empty()
            && let Err(why) = names::config_key(key.str())
        {
            j.broken(&key, "K-config-key", format!("key `{}` {why}", key.str()));
        }
        j.named(&item.get("path"), "K-path", "path of a file", text::file_path);
        mode(j, &item.get("mode"));
    }
    same_paths(j, &items);
}

/// Of two files with one path a server keeps the last.
fn same_paths(j: &mut Judge, items: &At<'_, '_>) {
    let doubles = items.repeats(|one| one.get("path").str());
    for (number, item) in items.items().enumerate() {
        let path = item.get("path");
        if !path.str().is_empty() && doubles.contains(&number) {
            j.broken(
                &path,
                "K-duplicate",
                format!("two files of the volume are at `{}`", path.str()),
            );
        }
    }
}

/// The permissions of a file.
fn mode(j: &mut Judge, at: &At<'_, '_>) {
    if let Some(mode) = at.int().filter(|mode| !(0..=0o777).contains(mode)) {
        let message =
            format!("`{}` is {mode}; it must be from 0 to 511, which is 0o777", at.field());
        j.invalid(at, "K-file-mode", message);
    }
}

/// Fields of the pod that become files.
fn fields(j: &mut Judge, items: &At<'_, '_>) {
    for item in items.items() {
        j.named(&item.get("path"), "K-path", "path of a file", text::file_path);
        let (field, resource) = (item.get("fieldRef"), item.get("resourceFieldRef"));
        match (field.is_set(), resource.is_set()) {
            (true, true) => j.invalid(
                &item,
                "K-one-of",
                "a file takes either a `fieldRef` or a `resourceFieldRef`",
            ),
            (true, false) => env::field_ref(j, &field, Reader::Volume),
            (false, true) => env::resource_ref(j, &resource, Reader::Volume),
            (false, false) => {
                j.required(&item, "a file needs a `fieldRef` or a `resourceFieldRef`")
            }
        }
        mode(j, &item.get("mode"));
    }
}

fn projected(j: &mut Judge, at: &At<'_, '_>) {
    mode(j, &at.get("defaultMode"));
    let mut taken: Vec<&str> = Vec::new();
    for source in at.get("sources").items() {
        const KINDS: [&str; 6] = [
            "secret",
            "configMap",
            "downwardAPI",
            "serviceAccountToken",
            "clusterTrustBundle",
            "podCertificate",
        ];
        let given: Vec<&str> = KINDS.into_iter().filter(|kind| source.get(kind).is_set()).collect();
        if given.len() > 1 {
            let message =
                format!("a source of a projected volume takes only one of {}", given.join(", "));
            j.forbidden(&source, "K-one-of", message);
        }
        let mut paths: Vec<At<'_, '_>> = Vec::new();
        let (secret, config, fields_of) =
            (source.get("secret"), source.get("configMap"), source.get("downwardAPI"));
        for (held, kind) in [(&secret, "Secret"), (&config, "ConfigMap")] {
            if held.is_set() {
                j.named(&held.get("name"), "K-name", &format!("{kind} name"), |_| Ok(()));
                unusual_name(j, &held.get("name"), kind);
                files(j, held);
            }
        }
        if fields_of.is_set() {
            fields(j, &fields_of.get("items"));
            same_paths(j, &fields_of.get("items"));
        }
        let token = source.get("serviceAccountToken");
        if token.is_set() {
            token_source(j, &token);
        }
        let lists = [secret.get("items"), config.get("items"), fields_of.get("items")];
        for list in &lists {
            let items: Vec<_> = list.items().collect();
            for path in items.iter().map(|item| item.get("path").str()) {
                taken_twice(j, &source, path, &taken);
            }
            taken.extend(items.iter().map(|item| item.get("path").str()));
        }
        paths.push(token.get("path"));
        for path in &paths {
            taken_twice(j, path, path.str(), &taken);
            taken.push(path.str());
        }
    }
}

fn taken_twice(j: &mut Judge, at: &At<'_, '_>, path: &str, taken: &[&str]) {
    if !path.is_empty() && taken.contains(&path) {
        j.broken(
            at,
            "K-duplicate",
            format!("another source of the volume has a file at `{path}` too"),
        );
    }
}

fn token_source(j: &mut Judge, at: &At<'_, '_>) {
    let expiration = at.get("expirationSeconds");
    if let Some(seconds) = expiration.int().filter(|seconds| !(600..=1 << 32).contains(seconds)) {
        let message =
            format!("`expirationSeconds` is {seconds}; it must be from 600 to 4294967296");
        j.invalid(&expiration, "K-range", message);
    }
    j.named(&at.get("path"), "K-path", "path of a file", text::file_path);
}

fn ephemeral(j: &mut Judge, at: &At<'_, '_>) {
    let template = at.get("volumeClaimTemplate");
    if !template.is_set() {
        j.required(&template, "an ephemeral volume needs a `volumeClaimTemplate`");
        return;
    }
    let meta = template.get("metadata");
    selector::labels(j, &meta.get("labels"));
    selector::annotations(j, &meta.get("annotations"));
    for field in ["name", "generateName", "namespace", "finalizers", "ownerReferences"] {
        let place = meta.get(field);
        if place.is_set() {
            j.forbidden(&place, "K-forbidden", format!("a template of a claim has no `{field}`"));
        }
    }
    claim::spec(j, &template.get("spec"));
}

/// What can be judged only of a pod with a name of its own.
pub(super) fn of_a_pod(j: &mut Judge, pod: &At<'_, '_>, spec: &At<'_, '_>) {
    let name = pod.to(&["metadata", "name"]).str();
    let volumes = spec.get("volumes");
    for volume in volumes.items() {
        if volume.get("ephemeral").is_set() {
            let generated = format!("{name}-{}", volume.get("name").str());
            for other in volumes.items() {
                let held = other.get("persistentVolumeClaim");
                let claim = held.get("claimName");
                if claim.str() == generated && !name.is_empty() {
                    let message = format!(
                        "`{generated}` is the claim that the volume `{}` makes",
                        volume.get("name").str()
                    );
                    j.invalid(&claim, "K-duplicate", message);
                }
            }
        }
        if spec.get("serviceAccountName").str().is_empty() {
            let held = volume.get("projected");
            for source in held.get("sources").items() {
                let token = source.get("serviceAccountToken");
                if token.is_set() {
                    let message = "a token needs `serviceAccountName` to be given";
                    j.forbidden(&token, "K-one-of", message);
                }
            }
        }
    }
}
