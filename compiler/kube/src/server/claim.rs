//! Claims for storage, the volumes that they get, and the classes of both.

use std::collections::BTreeSet;

use super::judge::{At, Judge};
use super::{FieldError, resources, scheduling, selector, storage_volume};
use crate::names;

const ACCESS_MODES: [&str; 4] =
    ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"];

pub(super) fn claim(j: &mut Judge, at: &At<'_, '_>) {
    spec(j, &at.get("spec"));
    let volume = at.to(&["spec", "volumeName"]);
    if !volume.str().is_empty()
        && let Err(why) = names::dns_subdomain(volume.str())
    {
        j.broken(&volume, "K-name", format!("PersistentVolume name `{}` {why}", volume.str()));
    }
}

fn access_modes(j: &mut Judge, at: &At<'_, '_>) {
    if !at.is_filled() {
        j.required(at, "`accessModes` must have at least one mode");
    }
    for mode in at.items() {
        if !ACCESS_MODES.contains(&mode.str()) {
            j.unsupported(&mode, mode.str(), &ACCESS_MODES);
        }
    }
    if at.count() > 1 && at.items().any(|mode| mode.str() == "ReadWriteOncePod") {
        j.forbidden(at, "K-one-of", "ReadWriteOncePod cannot be combined with other access modes");
    }
}

/// The `spec` of a claim, or of a template of claims.
pub(super) fn spec(j: &mut Judge, at: &At<'_, '_>) {
    access_modes(j, &at.get("accessModes"));
    let resources = at.get("resources");
    let (requests, limits) = (resources.get("requests"), resources.get("limits"));
    let storage = requests.get("storage");
    match storage.quantity() {
        None if storage.is_set() => {}
        None => j.required(&storage, "a claim needs `resources.requests.storage`"),
        Some(size) if size.0 <= 0 => {
            j.invalid(
                &storage,
                "K-range",
                format!("`storage` is {}; it must be above 0", storage.shown()),
            );
        }
        Some(size) if !size.is_whole() => resources::fraction_of_a_byte(j, &storage),
        Some(_) => {}
    }
    let most = limits.get("storage");
    if let (Some(limit), Some(size)) = (most.quantity(), storage.quantity())
        && limit < size
    {
        let message = format!(
            "the claim is limited to {}, below the {} that it requests",
            most.shown(),
            storage.shown()
        );
        j.broken(&most, "K-resources", message);
    }
    let class = at.get("storageClassName");
    j.well_formed(&class, "K-name", "StorageClass name", names::dns_subdomain);
    j.one_of(&at.get("volumeMode"), &["Block", "Filesystem"]);
    selector::selector(j, &at.get("selector"));
    if j.minor >= 34 {
        let class = at.get("volumeAttributesClassName");
        j.well_formed(&class, "K-name", "VolumeAttributesClass name", names::dns_subdomain);
    }
    data_sources(j, at);
}

fn data_sources(j: &mut Judge, at: &At<'_, '_>) {
    let (old, new) = (at.get("dataSource"), at.get("dataSourceRef"));
    let group_and_kind = (old.get("apiGroup").str(), old.get("kind").str());
    let is_old_kind = matches!(
        group_and_kind,
        ("", "PersistentVolumeClaim") | ("snapshot.storage.k8s.io", "VolumeSnapshot")
    );
    if old.is_set() && !new.is_set() && !is_old_kind {
        let message = "a server drops a `dataSource` that is neither a PersistentVolumeClaim nor a VolumeSnapshot of snapshot.storage.k8s.io; `dataSourceRef` takes others";
        j.broken(&old, "K-dropped", message);
        return;
    }
    for source in [&old, &new] {
        if !source.is_set() {
            continue;
        }
        j.needed(&source.get("name"), "the name of a data source");
        j.needed(&source.get("kind"), "the kind of a data source");
        let (group, kind) = (source.get("apiGroup"), source.get("kind"));
        j.well_formed(&group, "K-name", "group", names::dns_subdomain);
        if group.str().is_empty() && !matches!(kind.str(), "" | "PersistentVolumeClaim") {
            let message = format!(
                "the core group has no `{}` to copy from, and the server drops it",
                kind.str()
            );
            j.broken(&kind, "K-dropped", message);
        }
    }
    // Its feature is off, and with it goes all that is said here.
    let other = new.get("namespace");
    if !other.str().is_empty() {
        let message = "a server drops a `dataSourceRef` with a `namespace`: its feature is off unless an administrator turns it on";
        j.broken(&other, "K-dropped", message);
        return;
    }
    let differs = |field| old.get(field).str() != new.get(field).str();
    if old.is_set() && new.is_set() && ["apiGroup", "kind", "name"].into_iter().any(differs) {
        j.invalid(at, "K-one-of", "`dataSource` and `dataSourceRef` must say the same");
    }
}

/// The kinds of PersistentVolumes, in the order in which a server looks at them.
const SOURCES: [&str; 22] = [
    "hostPath",
    "gcePersistentDisk",
    "awsElasticBlockStore",
    "glusterfs",
    "flocker",
    "nfs",
    "rbd",
    "quobyte",
    "cephfs",
    "iscsi",
    "cinder",
    "fc",
    "azureFile",
    "vsphereVolume",
    "photonPersistentDisk",
    "portworxVolume",
    "azureDisk",
    "scaleIO",
    "storageos",
    "local",
    "csi",
    "image",
];

/// The sources that a server looks at before it comes to `flexVolume`, which it does not compare with them.
const BEFORE_FLEX: usize = 13;

/// A volume has one source.
fn sources(j: &mut Judge, spec: &At<'_, '_>, what: &str) {
    let flex = spec.get("flexVolume");
    if j.at_most_one(spec, &SOURCES, what) == 0 && !flex.is_set() {
        let message = format!("{what} needs a source of its storage, such as `csi` or `nfs`");
        j.required(spec, message);
    }
    let other = SOURCES.iter().position(|field| spec.get(field).is_set());
    match other.filter(|_| flex.is_set()) {
        Some(at) if at < BEFORE_FLEX => {
            j.broken(&flex, "K-one-of", format!("{what} takes only one source of its storage"));
        }
        Some(at) => {
            let field = SOURCES.get(at).copied().unwrap_or_default();
            let message = format!("{what} has `flexVolume` already, and takes only one of both");
            j.forbidden(&spec.get(field), "K-one-of", message);
        }
        None => {}
    }
}

/// A volume that an attachment holds itself.
pub(super) fn inline_volume(j: &mut Judge, spec: &At<'_, '_>) {
    let modes = spec.get("accessModes");
    if !modes.is_filled() {
        j.required(&modes, "a volume needs `accessModes`");
    }
    access_modes(j, &modes);
    for field in ["capacity", "claimRef"] {
        let place = spec.get(field);
        if place.is_set() {
            j.forbidden(
                &place,
                "K-forbidden",
                format!("a volume within another object has no `{field}`"),
            );
        }
    }
    let class = spec.get("storageClassName");
    if !class.str().is_empty() {
        j.forbidden(&class, "K-forbidden", "a volume within another object has no class");
    }
    for (field, only) in [("persistentVolumeReclaimPolicy", "Retain"), ("volumeMode", "Filesystem")]
    {
        let place = spec.get(field);
        if !place.str().is_empty() && place.str() != only {
            j.forbidden(
                &place,
                "K-one-of",
                format!("of a volume within another object `{field}` is {only}"),
            );
        }
    }
    sources(j, spec, "a volume");
}

pub(super) fn volume(j: &mut Judge, at: &At<'_, '_>) {
    let spec = at.get("spec");
    access_modes(j, &spec.get("accessModes"));
    let capacity = spec.get("capacity");
    if !capacity.is_filled() {
        j.required(&capacity, "a PersistentVolume needs a `capacity`");
    } else if !capacity.get("storage").is_set() || capacity.count_entries() > 1 {
        let message = "`capacity` says `storage`, and nothing else";
        j.refuse(&capacity, "K-enum", FieldError::NotSupported, message);
    }
    for (name, amount) in capacity.entries() {
        if amount.quantity().is_some_and(|amount| amount.0 <= 0) {
            j.invalid(
                &amount,
                "K-range",
                format!("`{name}` is {}; it must be above 0", amount.shown()),
            );
        }
    }
    let reclaim = spec.get("persistentVolumeReclaimPolicy");
    j.one_of(&reclaim, &["Delete", "Recycle", "Retain"]);
    sources(j, &spec, "a PersistentVolume");
    let path = spec.get("hostPath");
    if path.is_set() {
        j.needed(&path.get("path"), "`path`");
        if path.get("path").str() == "/" && reclaim.str() == "Recycle" {
            j.forbidden(&reclaim, "K-one-of", "the root of a node cannot be recycled");
        }
    }
    let affinity = spec.get("nodeAffinity");
    if spec.get("local").is_set() && !affinity.is_set() {
        j.required(&affinity, "a local volume needs a `nodeAffinity` to its node");
    }
    if affinity.is_set() {
        let required = affinity.get("required");
        if required.is_set() {
            scheduling::node_selector(j, &required);
        } else {
            j.required(&required, "`nodeAffinity` of a volume must have `required`");
        }
    }
    let csi = spec.get("csi");
    if csi.is_set() {
        storage_volume::driver(j, &csi.get("driver"));
        j.needed(&csi.get("volumeHandle"), "`volumeHandle`");
        let secrets = [
            "controllerPublishSecretRef",
            "nodeStageSecretRef",
            "nodePublishSecretRef",
            "controllerExpandSecretRef",
            "nodeExpandSecretRef",
        ];
        for field in secrets {
            let secret = csi.get(field);
            if secret.is_set() {
                let before = j.found.len();
                j.needed(&secret.get("name"), "the name of a Secret");
                j.needed(&secret.get("namespace"), "the namespace of a Secret");
                // Of this one a server asks nothing; a driver that is to use it cannot.
                if field == "nodeStageSecretRef" {
                    j.found.iter_mut().skip(before).for_each(|one| one.stricter = true);
                }
            }
        }
    }
    let others = SOURCES.into_iter().filter(|kind| !matches!(*kind, "hostPath" | "csi"));
    for kind in others.chain(["flexVolume"]) {
        let held = spec.get(kind);
        if held.is_set() {
            storage_volume::source(j, &held, kind);
        }
    }
    j.well_formed(
        &spec.get("storageClassName"),
        "K-name",
        "StorageClass name",
        names::dns_subdomain,
    );
    j.one_of(&spec.get("volumeMode"), &["Block", "Filesystem"]);
    let attributes = spec.get("volumeAttributesClassName");
    if j.minor >= 34 && attributes.is_set() {
        if attributes.str().is_empty() {
            j.required(&attributes, "`volumeAttributesClassName` must not be empty");
        }
        j.well_formed(&attributes, "K-name", "VolumeAttributesClass name", names::dns_subdomain);
        if !csi.is_set() {
            j.required(&csi, "`volumeAttributesClassName` needs a volume of `csi`");
        }
    }
}

/// What changes volumes that there are.
pub(super) fn attributes_class(j: &mut Judge, at: &At<'_, '_>) {
    driver(j, &at.get("driverName"), "a VolumeAttributesClass");
    let parameters = at.get("parameters");
    if parameters.is_filled() {
        self::parameters(j, &parameters, "a VolumeAttributesClass");
    } else {
        j.required(&parameters, "a VolumeAttributesClass needs `parameters`");
    }
}

/// The driver that makes or changes volumes of a class.
fn driver(j: &mut Judge, at: &At<'_, '_>, what: &str) {
    if at.str().is_empty() {
        j.required(at, format!("{what} needs a `{}`", at.field()));
    } else if let Err(why) = names::qualified_name(&at.str().to_ascii_lowercase()) {
        j.invalid(at, "K-label", format!("`{}` {why}", at.str()));
    }
}

fn parameters(j: &mut Judge, parameters: &At<'_, '_>, what: &str) {
    let mut size = 0;
    for (key, value) in parameters.entries() {
        size += key.len() + value.str().len();
        if key.is_empty() {
            j.invalid(&value, "K-required", "a parameter needs a name");
        }
    }
    if parameters.count_entries() > 512 {
        j.refuse(
            parameters,
            "K-size",
            FieldError::TooLong,
            format!("{what} must have at most 512 parameters"),
        );
    }
    if size > 256 * 1024 {
        j.refuse(
            parameters,
            "K-size",
            FieldError::TooLong,
            "the parameters must have at most 262144 bytes",
        );
    }
}

pub(super) fn class(j: &mut Judge, at: &At<'_, '_>) {
    driver(j, &at.get("provisioner"), "a StorageClass");
    j.one_of(&at.get("reclaimPolicy"), &["Delete", "Retain"]);
    j.one_of_given(&at.get("volumeBindingMode"), &["Immediate", "WaitForFirstConsumer"]);
    parameters(j, &at.get("parameters"), "a StorageClass");
    let topologies = at.get("allowedTopologies");
    let doubles = topologies.repeats(|one| {
        let mut asked = BTreeSet::new();
        for requirement in one.get("matchLabelExpressions").items() {
            let key = requirement.get("key").str();
            asked.extend(requirement.get("values").items().map(|value| (key, value.str())));
        }
        asked
    });
    for (number, topology) in topologies.items().enumerate() {
        let expressions = topology.get("matchLabelExpressions");
        if doubles.contains(&number) {
            j.duplicate(&expressions, "the topology is there twice");
        }
        // A server takes an empty one for one that is there twice, also where it is alone.
        if !expressions.is_filled() {
            j.required(&expressions, "a topology needs `matchLabelExpressions`");
        }
        let of_one_key = expressions.repeats(|one| one.get("key").str());
        for (number, requirement) in expressions.items().enumerate() {
            let (key, values) = (requirement.get("key"), requirement.get("values"));
            if let Err(why) = names::qualified_name(key.str()) {
                j.invalid(&key, "K-label", format!("label key `{}` {why}", key.str()));
            }
            if !values.is_filled() {
                j.required(&values, "`values` must have at least one value");
            }
            let doubles = values.repeats(|one| one.str());
            for (place, value) in values.items().enumerate() {
                if doubles.contains(&place) {
                    j.duplicate(&value, format!("`{}` is there twice", value.str()));
                }
            }
            if of_one_key.contains(&number) {
                j.duplicate(&key, format!("two requirements are for `{}`", key.str()));
            }
        }
    }
}
