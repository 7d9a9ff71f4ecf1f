//! What drivers of storage, nodes and signers keep in objects: VolumeAttachments, CSIDrivers, CSINodes, Leases and
//! CertificateSigningRequests.

use super::FieldError;
use super::judge::{At, Judge};
use crate::names;

pub(super) fn attachment(j: &mut Judge, at: &At<'_, '_>) {
    let spec = at.get("spec");
    let attacher = spec.get("attacher");
    j.needed(&attacher, "the name of the driver that attaches");
    j.named(&spec.get("nodeName"), "K-name", "Node name", names::dns_subdomain);
    let source = spec.get("source");
    let (name, inline) = (source.get("persistentVolumeName"), source.get("inlineVolumeSpec"));
    match (name.is_set(), inline.is_set()) {
        (false, false) => {
            j.required(&source, "a source is a `persistentVolumeName` or an `inlineVolumeSpec`")
        }
        (true, true) => j.forbidden(
            &inline,
            "K-one-of",
            "a source is either a `persistentVolumeName` or an `inlineVolumeSpec`",
        ),
        _ => {}
    }
}

pub(super) fn driver(j: &mut Judge, at: &At<'_, '_>) {
    let spec = at.get("spec");
    let name = at.to(&["metadata", "name"]);
    driver_name(j, &name);
    j.one_of(&spec.get("fsGroupPolicy"), &["File", "None", "ReadWriteOnceWithFSType"]);
    let modes = spec.get("volumeLifecycleModes");
    for mode in modes.items() {
        if !matches!(mode.str(), "Ephemeral" | "Persistent") {
            j.unsupported(&modes, mode.str(), &["Ephemeral", "Persistent"]);
        }
    }
    let requests = spec.get("tokenRequests");
    for (number, request) in requests.items().enumerate() {
        let audience = request.get("audience");
        if requests.items().take(number).any(|other| other.get("audience").str() == audience.str())
        {
            j.duplicate(&audience, format!("two tokens are for `{}`", audience.str()));
        }
        let expires = request.get("expirationSeconds");
        if let Some(seconds) = expires.int().filter(|seconds| *seconds < 600 || *seconds > 1 << 32)
        {
            let message = format!("`expirationSeconds` is {seconds}; it must be from 600 to 2^32");
            j.invalid(&expires, "K-range", message);
        }
    }
}

/// Names of drivers have at most 63 characters; a server looks at them without regard to case.
fn driver_name(j: &mut Judge, at: &At<'_, '_>) {
    let text = at.str();
    if text.len() > 63 {
        let message =
            format!("the name of a driver has {} characters; at most 63 are allowed", text.len());
        j.refuse(at, "K-size", FieldError::TooLong, message);
    } else if let Err(why) = names::dns_subdomain(&text.to_ascii_lowercase()) {
        j.invalid(at, "K-name", format!("driver name `{text}` {why}"));
    }
}

pub(super) fn node(j: &mut Judge, at: &At<'_, '_>) {
    let drivers = at.to(&["spec", "drivers"]);
    for (number, driver) in drivers.items().enumerate() {
        let (name, id) = (driver.get("name"), driver.get("nodeID"));
        if name.str().is_empty() {
            j.required(&name, "the name of the driver must be given");
        } else {
            driver_name(j, &name);
        }
        if id.str().is_empty() {
            j.required(&id, "the driver's name of the node must be given: `nodeID`");
        } else if id.str().len() > 256 {
            j.invalid(&id, "K-size", "`nodeID` must have at most 256 bytes");
        }
        if drivers.items().take(number).any(|other| other.get("name").str() == name.str()) {
            j.duplicate(&name, format!("the driver `{}` is there twice", name.str()));
        }
        j.not_negative(&driver.to(&["allocatable", "count"]));
        let keys = driver.get("topologyKeys");
        for (number, key) in keys.items().enumerate() {
            if let Err(why) = names::qualified_name(key.str()) {
                j.invalid(&key, "K-label", format!("topology key `{}` {why}", key.str()));
            }
            if keys.items().take(number).any(|other| other.str() == key.str()) {
                j.duplicate(&key, format!("`{}` is there twice", key.str()));
            }
        }
    }
}

pub(super) fn lease(j: &mut Judge, at: &At<'_, '_>) {
    let spec = at.get("spec");
    let duration = spec.get("leaseDurationSeconds");
    if duration.int().is_some_and(|seconds| seconds <= 0) {
        j.invalid(&duration, "K-range", "`leaseDurationSeconds` must be above 0");
    }
    j.not_negative(&spec.get("leaseTransitions"));
}

/// What a certificate may be for.
const USAGES: [&str; 23] = [
    "signing",
    "digital signature",
    "content commitment",
    "key encipherment",
    "key agreement",
    "data encipherment",
    "cert sign",
    "crl sign",
    "encipher only",
    "decipher only",
    "any",
    "server auth",
    "client auth",
    "code signing",
    "email protection",
    "s/mime",
    "ipsec end system",
    "ipsec tunnel",
    "ipsec user",
    "timestamping",
    "ocsp signing",
    "microsoft sgc",
    "netscape sgc",
];

pub(super) fn signing_request(j: &mut Judge, at: &At<'_, '_>) {
    let spec = at.get("spec");
    let usages = spec.get("usages");
    if !usages.is_filled() {
        j.required(&usages, "a request says what the certificate is for: `usages`");
    }
    for (number, usage) in usages.items().enumerate() {
        if !USAGES.contains(&usage.str()) {
            j.unsupported(&usage, usage.str(), &USAGES);
        }
        if usages.items().take(number).any(|other| other.str() == usage.str()) {
            j.duplicate(&usage, format!("`{}` is there twice", usage.str()));
        }
    }
    signer(j, &spec.get("signerName"));
    let expires = spec.get("expirationSeconds");
    if let Some(seconds) = expires.int().filter(|seconds| *seconds < 600) {
        let message = format!("`expirationSeconds` is {seconds}; it must be at least 600");
        j.invalid(&expires, "K-range", message);
    }
}

/// `example.com/web`.
fn signer(j: &mut Judge, at: &At<'_, '_>) {
    let text = at.str();
    if text.is_empty() {
        j.required(at, "the name of the signer must be given: `signerName`");
        return;
    }
    let whole = text.split_once('/').filter(|(domain, path)| {
        domain.contains('.')
            && names::dns_subdomain(domain).is_ok()
            && !path.is_empty()
            && path.split('/').count() == 1
            && names::dns_subdomain(path).is_ok()
    });
    if whole.is_none() {
        let message = format!("`{text}` must be a domain and a name, such as example.com/web");
        j.invalid(at, "K-name", message);
    }
}
