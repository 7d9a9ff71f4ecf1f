//! Disks and file systems from outside of the cluster, in pods and in PersistentVolumes.

use super::FieldError;
use super::judge::{At, Judge};
use super::text;
use crate::names;

/// What a volume of this kind needs. Kinds of [`super::volume`] are not among them.
pub(super) fn source(j: &mut Judge, at: &At<'_, '_>, kind: &str) {
    for field in needed_fields(kind) {
        needed(j, &at.get(field));
    }
    match kind {
        "gcePersistentDisk" | "awsElasticBlockStore" => {
            j.within(&at.get("partition"), 0, 255);
        }
        "nfs" => {
            let path = at.get("path");
            if !path.str().is_empty() && !path.str().starts_with('/') {
                j.invalid(&path, "K-path", format!("path `{}` must begin with `/`", path.str()));
            }
        }
        "gitRepo" => {
            j.well_formed(&at.get("directory"), "K-path", "directory", text::relative_path);
        }
        "iscsi" => iscsi(j, at),
        "fc" => fibre_channel(j, at),
        "flocker" => {
            let (name, id) = (at.get("datasetName"), at.get("datasetUUID"));
            if name.str().is_empty() && id.str().is_empty() {
                j.required(at, "flocker needs a `datasetName` or a `datasetUUID`");
            } else if !name.str().is_empty() && !id.str().is_empty() {
                j.invalid(
                    at,
                    "K-one-of",
                    "flocker takes either a `datasetName` or a `datasetUUID`",
                );
            }
            if name.str().contains('/') {
                j.invalid(&name, "K-path", "`datasetName` must not contain `/`");
            }
        }
        "azureDisk" => azure_disk(j, at),
        "azureFile" => {
            // Only a PersistentVolume has it.
            let namespace = at.get("secretNamespace");
            if namespace.is_set() {
                needed(j, &namespace);
            }
        }
        "local" => {
            j.well_formed(&at.get("path"), "K-path", "path", text::without_steps_back);
        }
        "flexVolume" => {
            for (key, option) in at.get("options").entries() {
                let of = format!(".{}", key.split('/').next().unwrap_or(key).to_ascii_lowercase());
                if of.ends_with(".kubernetes.io") || of.ends_with(".k8s.io") {
                    let message = format!("the option `{key}` is in a name space of Kubernetes");
                    j.invalid(&option, "K-one-of", message);
                }
            }
        }
        "csi" => csi(j, at),
        "cinder" | "rbd" | "cephfs" => {
            let secret = at.get("secretRef");
            if secret.is_set() && kind == "cinder" {
                needed(j, &secret.get("name"));
            }
        }
        "quobyte" => {
            let registry = at.get("registry");
            if registry.str().split(',').any(|server| !server.contains(':'))
                && !registry.str().is_empty()
            {
                j.invalid(
                    &registry,
                    "K-path",
                    "`registry` must be hosts with their ports, such as a:7861,b:7861",
                );
            }
        }
        _ => {}
    }
}

fn needed_fields(kind: &str) -> &'static [&'static str] {
    match kind {
        "gcePersistentDisk" => &["pdName"],
        "awsElasticBlockStore" | "cinder" | "portworxVolume" => &["volumeID"],
        "nfs" => &["server", "path"],
        "gitRepo" => &["repository"],
        "iscsi" => &["targetPortal", "iqn"],
        "glusterfs" => &["endpoints", "path"],
        "cephfs" => &["monitors"],
        "rbd" => &["monitors", "image"],
        "quobyte" => &["registry", "volume"],
        "azureFile" => &["secretName", "shareName"],
        "azureDisk" => &["diskName", "diskURI"],
        "vsphereVolume" => &["volumePath"],
        "photonPersistentDisk" => &["pdID"],
        "storageos" => &["volumeName"],
        "scaleIO" => &["gateway", "system", "volumeName"],
        "local" => &["path"],
        "flexVolume" => &["driver"],
        _ => &[],
    }
}

/// Text or a list that must not be empty.
fn needed(j: &mut Judge, at: &At<'_, '_>) {
    if at.str().is_empty() && !at.is_filled() {
        j.required(at, format!("`{}` must be given", at.field()));
    }
}

fn iscsi(j: &mut Judge, at: &At<'_, '_>) {
    let name = at.get("iqn");
    for place in [&name, &at.get("initiatorName")] {
        if !place.str().is_empty() && !is_initiator(place.str()) {
            let message =
                format!("`{}` must be a name such as iqn.2001-04.com.example:disk", place.str());
            j.invalid(place, "K-iqn", message);
        }
    }
    j.within(&at.get("lun"), 0, 255);
    let chap = at.get("chapAuthDiscovery").is_true() || at.get("chapAuthSession").is_true();
    if chap && !at.get("secretRef").is_set() {
        j.required(
            &at.get("secretRef"),
            "`secretRef` must be given, because CHAP authenticates with it",
        );
    }
}

/// `iqn.`, a month, a domain; or `eui.` and `naa.` with hexadecimal digits.
fn is_initiator(text: &str) -> bool {
    let hex = |text: &str| text.bytes().all(|c| c.is_ascii_hexdigit());
    if let Some(rest) = text.strip_prefix("eui.") {
        return rest.len() == 16 && hex(rest);
    }
    if let Some(rest) = text.strip_prefix("naa.") {
        return rest.len() == 32 && hex(rest);
    }
    let Some(rest) = text.strip_prefix("iqn.") else { return false };
    let Some((month, rest)) = rest.split_once('.') else { return false };
    let digits =
        |text: &str, count| text.len() == count && text.bytes().all(|c| c.is_ascii_digit());
    let dated =
        month.split_once('-').is_some_and(|(year, month)| digits(year, 4) && digits(month, 2));
    let (domain, name) =
        rest.split_once(':').map_or((rest, None), |(domain, name)| (domain, Some(name)));
    let allowed = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'.');
    dated
        && !domain.is_empty()
        && domain.bytes().all(allowed)
        && name.is_none_or(|name| !name.is_empty() && !name.contains(char::is_whitespace))
}

fn fibre_channel(j: &mut Judge, at: &At<'_, '_>) {
    let (names, ids, lun) = (at.get("targetWWNs"), at.get("wwids"), at.get("lun"));
    match (names.is_filled(), ids.is_filled()) {
        (false, false) => j.required(&names, "`targetWWNs` or `wwids` must be given"),
        (true, true) => {
            j.invalid(&names, "K-one-of", "either `targetWWNs` or `wwids` can be given")
        }
        (true, false) if !lun.is_set() => {
            j.required(&lun, "`lun` must be given, because `targetWWNs` are");
        }
        _ => {}
    }
    j.within(&lun, 0, 255);
}

fn azure_disk(j: &mut Judge, at: &At<'_, '_>) {
    j.one_of(&at.get("cachingMode"), &["None", "ReadOnly", "ReadWrite"]);
    let kind = at.get("kind");
    j.one_of(&kind, &["Shared", "Dedicated", "Managed"]);
    let uri = at.get("diskURI");
    let start = if kind.str() == "Managed" { "/subscriptions/" } else { "https://" };
    if !uri.str().is_empty() && !uri.str().starts_with(start) {
        let message = format!(
            "`diskURI` must begin with `{start}`, because the disk is {}",
            if kind.str().is_empty() { "Shared" } else { kind.str() }
        );
        j.refuse(&uri, "K-enum", FieldError::NotSupported, message);
    }
}

fn csi(j: &mut Judge, at: &At<'_, '_>) {
    driver(j, &at.get("driver"));
    let secret = at.get("nodePublishSecretRef");
    if secret.is_set() {
        needed(j, &secret.get("name"));
    }
}

/// The name of a CSI driver.
pub(super) fn driver(j: &mut Judge, at: &At<'_, '_>) {
    let name = at.str();
    if name.is_empty() {
        j.required(at, "`driver` must be given");
        return;
    }
    if name.len() > 63 {
        j.refuse(
            at,
            "K-size",
            FieldError::TooLong,
            format!("driver name `{name}` must have at most 63 characters"),
        );
    }
    if let Err(why) = names::dns_subdomain(&name.to_ascii_lowercase()) {
        j.invalid(at, "K-name", format!("driver name `{name}` {why}"));
    }
}
