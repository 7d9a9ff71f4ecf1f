//! What drivers of storage, nodes and signers keep in objects: VolumeAttachments, CSIDrivers, CSINodes, Leases and
//! CertificateSigningRequests.

use super::judge::{At, Judge};
use super::{claim, decoded, devices, is_time, selector};
use crate::names;
use crate::tree::Ref;

pub(super) fn attachment(j: &mut Judge, at: &At<'_, '_>) {
    let spec = at.get("spec");
    let attacher = spec.get("attacher");
    devices::driver(j, &attacher);
    j.named(&spec.get("nodeName"), "K-name", "Node name", names::dns_subdomain);
    let source = spec.get("source");
    let (name, inline) = (source.get("persistentVolumeName"), source.get("inlineVolumeSpec"));
    j.named_if_given(&name, "K-name", "PersistentVolume name", names::dns_subdomain);
    if inline.is_set() {
        claim::inline_volume(j, &inline);
    }
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
    if name.str().len() > devices::DRIVER_BYTES {
        let message = format!(
            "CSIDriver name `{}` is longer than the {} characters that a driver's name may have",
            name.str(),
            devices::DRIVER_BYTES
        );
        j.broken(&name, "K-name", message);
    }
    j.one_of_given(&spec.get("fsGroupPolicy"), &["File", "None", "ReadWriteOnceWithFSType"]);
    let modes = spec.get("volumeLifecycleModes");
    for mode in modes.items() {
        if !matches!(mode.str(), "Ephemeral" | "Persistent") {
            j.unsupported(&modes, mode.str(), &["Ephemeral", "Persistent"]);
        }
    }
    let requests = spec.get("tokenRequests");
    let period = spec.get("nodeAllocatableUpdatePeriodSeconds");
    if let Some(seconds) = period.int().filter(|seconds| *seconds < 10 && j.minor >= 35) {
        let message = format!("the period is {seconds} s; it must be at least 10");
        j.invalid(&period, "K-range", message);
    }
    let kept = spec.get("serviceAccountTokenInSecrets");
    if kept.is_set() && !requests.is_filled() && j.minor >= 35 {
        j.invalid(
            &kept,
            "K-one-of",
            "no tokens are requested, so there is none to keep in Secrets",
        );
    }
    let doubles = requests.repeats(|one| one.get("audience").str());
    for (number, request) in requests.items().enumerate() {
        let audience = request.get("audience");
        if doubles.contains(&number) {
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

pub(super) fn node(j: &mut Judge, at: &At<'_, '_>) {
    let drivers = at.to(&["spec", "drivers"]);
    let doubles = drivers.repeats(|one| one.get("name").str());
    for (number, driver) in drivers.items().enumerate() {
        let (name, id) = (driver.get("name"), driver.get("nodeID"));
        devices::driver(j, &name);
        if id.str().is_empty() {
            j.required(&id, "the driver's name of the node must be given: `nodeID`");
        } else if id.str().len() > 256 {
            j.invalid(&id, "K-size", "`nodeID` must have at most 256 bytes");
        }
        if doubles.contains(&number) {
            j.duplicate(&name, format!("the driver `{}` is there twice", name.str()));
        }
        j.not_negative(&driver.to(&["allocatable", "count"]));
        let keys = driver.get("topologyKeys");
        let doubles = keys.repeats(|one| one.str());
        for (number, key) in keys.items().enumerate() {
            if let Err(why) = names::qualified_name(key.str()) {
                j.invalid(&key, "K-label", format!("topology key `{}` {why}", key.str()));
            }
            if doubles.contains(&number) {
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
    for field in ["acquireTime", "renewTime"] {
        exact_time(j, &spec.get(field));
    }
}

/// Times of leases and events have millionths of a second, exactly six digits.
fn exact_time(j: &mut Judge, at: &At<'_, '_>) {
    let digits = at
        .str()
        .split_once('.')
        .map_or(0, |(_, rest)| rest.bytes().take_while(u8::is_ascii_digit).count());
    if !at.str().is_empty() && is_time(at.str()) && digits != 6 {
        let message = format!(
            "`{}` must have six digits of a second, such as 2024-01-02T03:04:05.000000Z",
            at.str()
        );
        j.invalid(at, "K-format", message);
    }
}

fn at_most(j: &mut Judge, at: &At<'_, '_>, most: usize) {
    let bytes = at.str().len();
    if bytes > most {
        let message = format!("`{}` has {bytes} bytes; at most {most} are allowed", at.field());
        j.invalid(at, "K-size", message);
    }
}

/// How long the words of an event may be, in bytes (`pkg/apis/core/validation/events.go`).
const WORDS: [(&str, usize); 3] = [("reportingInstance", 128), ("action", 128), ("reason", 128)];
const NOTE: usize = 1024;

/// An event of the core group. Without an `eventTime` it is one of the old kind.
pub(super) fn core_event(j: &mut Judge, at: &At<'_, '_>) {
    exact_time(j, &at.get("eventTime"));
    exact_time(j, &at.to(&["series", "lastObservedTime"]));
    if at.get("eventTime").is_set() {
        told(j, at, "reportingComponent", "message", &at.to(&["involvedObject", "namespace"]));
        return;
    }
    let of = at.to(&["involvedObject", "namespace"]);
    let metadata = at.get("metadata");
    let own = match metadata.get("namespace").str() {
        "" => "default",
        own => own,
    };
    if of.str() != own && !(of.str().is_empty() && own == "default") {
        let message = format!("the event is in the namespace `{own}`, and what it is about is not");
        j.invalid(&of, "K-namespace", message);
    }
}

/// What an event with an `eventTime` says.
fn told(
    j: &mut Judge,
    at: &At<'_, '_>,
    controller: &'static str,
    note: &'static str,
    of: &At<'_, '_>,
) {
    let what = format!("`{controller}`");
    j.named(&at.get(controller), "K-label", &what, names::qualified_name);
    for (field, most) in WORDS {
        let word = at.get(field);
        j.needed(&word, &format!("`{field}` of an event"));
        at_most(j, &word, most);
    }
    at_most(j, &at.get(note), NOTE);
    let metadata = at.get("metadata");
    if of.str().is_empty()
        && !matches!(metadata.get("namespace").str(), "" | "default" | "kube-system")
    {
        let message = "what is in no namespace has its events in `default` or `kube-system`";
        j.invalid(of, "K-namespace", message);
    }
}

pub(super) fn event(j: &mut Judge, at: &At<'_, '_>) {
    let time = at.get("eventTime");
    if !time.is_set() {
        j.required(&time, "an event needs the `eventTime` at which it was seen first");
    }
    exact_time(j, &time);
    let series = at.get("series");
    let (count, last) = (series.get("count"), series.get("lastObservedTime"));
    exact_time(j, &last);
    if series.is_set() {
        if count.number() < 2 {
            let message =
                format!("`count` of a series is {}; it must be at least 2", count.number());
            j.invalid(&count, "K-range", message);
        }
        if !last.is_set() {
            j.required(&last, "a series needs the `lastObservedTime`");
        }
    }
    told(j, at, "reportingController", "note", &at.to(&["regarding", "namespace"]));
    let kind = at.get("type");
    if !matches!(kind.str(), "Normal" | "Warning") {
        let message = format!("`type` is `{}`; it must be Normal or Warning", kind.str());
        j.invalid(&kind, "K-enum", message);
    }
    for field in [
        "deprecatedCount",
        "deprecatedFirstTimestamp",
        "deprecatedLastTimestamp",
        "deprecatedSource",
    ] {
        let old = at.get(field);
        // A source without words, and a count of 0, are as if they were not there.
        let is_empty = old.node().is_some_and(Ref::is_hollow) || old.int() == Some(0);
        if old.is_set() && !is_empty {
            j.invalid(&old, "K-forbidden", format!("`{field}` must not be set in a new event"));
        }
    }
}

pub(super) fn capacity(j: &mut Judge, at: &At<'_, '_>) {
    j.named(&at.get("storageClassName"), "K-name", "StorageClass name", names::dns_subdomain);
    selector::selector(j, &at.get("nodeTopology"));
    let amount = at.get("capacity");
    if amount.quantity().is_some_and(|amount| amount.0 < 0) {
        let message = format!("`capacity` is {}; it must not be below 0", amount.shown());
        j.invalid(&amount, "K-range", message);
    }
}

pub(super) fn revision(j: &mut Judge, at: &At<'_, '_>) {
    let data = at.get("data");
    match data.node() {
        None => j.required(&data, "`data` must be given"),
        Some(node) if !node.is_map() => j.required(&data, "`data` must be an object"),
        Some(_) => {}
    }
    j.not_negative(&at.get("revision"));
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
    let doubles = usages.repeats(|one| one.str());
    for (number, usage) in usages.items().enumerate() {
        if !USAGES.contains(&usage.str()) {
            j.unsupported(&usage, usage.str(), &USAGES);
        }
        if doubles.contains(&number) {
            j.duplicate(&usage, format!("`{}` is there twice", usage.str()));
        }
    }
    signer(j, &spec.get("signerName"));
    if let Some(why) = unsigned(&spec.get("request")) {
        j.invalid(&spec.get("request"), "K-format", format!("`request` {why}"));
    }
    let expires = spec.get("expirationSeconds");
    if let Some(seconds) = expires.int().filter(|seconds| *seconds < 600) {
        let message = format!("`expirationSeconds` is {seconds}; it must be at least 600");
        j.invalid(&expires, "K-range", message);
    }
}

/// Why this is no request in PEM, as far as its frame tells.
fn unsigned(at: &At<'_, '_>) -> Option<&'static str> {
    const FORM: &str = "must be a PEM block of the type CERTIFICATE REQUEST, in base64";
    let Some(bytes) = decoded(at.str()) else { return Some(FORM) };
    let text = String::from_utf8(bytes).ok();
    let inner = text.as_deref().and_then(|text| {
        let rest = text.split_once("-----BEGIN CERTIFICATE REQUEST-----")?.1;
        Some(rest.split_once("-----END CERTIFICATE REQUEST-----")?.0)
    });
    let Some(der) = inner.and_then(decoded) else { return Some(FORM) };
    // A sequence whose length is that of the rest.
    let length = match der.as_slice() {
        [0x30, short, ..] if *short < 0x80 => Some((usize::from(*short), 2)),
        [0x30, 0x81, length, ..] => Some((usize::from(*length), 3)),
        [0x30, 0x82, high, low, ..] => Some((usize::from(*high) << 8 | usize::from(*low), 4)),
        _ => None,
    };
    let whole = length.is_some_and(|(length, before)| length + before == der.len());
    (!whole).then_some("is cut off or garbled")
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
