//! Where volumes are mounted in a container.

use super::FieldError;
use super::container::Of;
use super::judge::{At, Judge};
use super::text;
use super::volume;

pub(super) fn mounts<'t>(j: &mut Judge, container: &At<'t, '_>, of: &Of<'_, 't, '_>) {
    let (mounts, devices) = (container.get("volumeMounts"), container.get("volumeDevices"));
    let doubles = mounts.repeats(|one| one.get("mountPath").str());
    for (number, mount) in mounts.items().enumerate() {
        let (name, path) = (mount.get("name"), mount.get("mountPath"));
        reference(j, &name, of);
        if devices.items().any(|device| device.get("name").str() == name.str()) {
            j.invalid(
                &name,
                "K-one-of",
                format!("volume `{}` is one of `volumeDevices` too", name.str()),
            );
        }
        if path.str().is_empty() {
            j.required(&path, "`mountPath` must be given");
        } else if doubles.contains(&number) {
            let message = format!("two volumes are mounted at `{}`", path.str());
            j.invalid(&path, "K-mount", message);
        } else if !path.str().starts_with('/') && !is_windows(path.str(), of.spec) {
            j.broken(
                &path,
                "K-mount",
                format!("`mountPath` is `{}`; it must begin with `/`", path.str()),
            );
        } else if path.str().contains(':') && !is_windows(path.str(), of.spec) {
            j.broken(
                &path,
                "K-mount",
                format!("`mountPath` is `{}`; it must not have a `:`", path.str()),
            );
        }
        if devices.items().any(|device| device.get("devicePath").str() == path.str())
            && !path.str().is_empty()
        {
            j.invalid(&path, "K-mount", format!("a device is at `{}` too", path.str()));
        }
        sub_paths(j, &mount);
        propagation(j, container, &mount);
    }
    let names = devices.repeats(|one| one.get("name").str());
    let paths = devices.repeats(|one| one.get("devicePath").str());
    for (number, device) in devices.items().enumerate() {
        self::device(j, &device, &mounts, of);
        let (name, path) = (device.get("name"), device.get("devicePath"));
        if !name.str().is_empty() && names.contains(&number) {
            j.invalid(&name, "K-mount", format!("volume `{}` is a device already", name.str()));
        }
        if !path.str().is_empty() && paths.contains(&number) {
            j.invalid(&path, "K-mount", format!("two devices are at `{}`", path.str()));
        }
    }
}

/// `C:\data`, where the pod does not say that it runs on Linux.
fn is_windows(path: &str, spec: &At<'_, '_>) -> bool {
    let drive = path.bytes().next().is_some_and(|c| c.is_ascii_alphabetic());
    spec.to(&["os", "name"]).str() != "linux"
        && (path.starts_with('\\')
            || drive
                && path.get(1..2) == Some(":")
                && !path.get(2..).unwrap_or_default().contains(':')
                && path.get(2..3) != Some("/"))
}

/// The volume of this name is there: of the pod, or of the StatefulSet that the template is of.
fn reference<'t>(j: &mut Judge, name: &At<'t, '_>, of: &Of<'_, 't, '_>) {
    if name.str().is_empty() {
        j.required(name, "`name` must be that of a volume");
        return;
    }
    let volumes = of.spec.get("volumes");
    let known = volumes.items().any(|volume| volume.get("name").str() == name.str());
    if !known && !is_claim(name.str(), of) {
        let mut all: Vec<&str> = volumes.items().map(|volume| volume.get("name").str()).collect();
        all.retain(|name| !name.is_empty());
        let message = match all.as_slice() {
            [] => format!("the pod has no volume `{}`: it has none", name.str()),
            all => format!("the pod has no volume `{}`; it has {}", name.str(), all.join(", ")),
        };
        j.refuse(name, "K-reference", FieldError::NotFound, message);
        j.meant(name.str(), all);
    }
}

fn is_claim(name: &str, of: &Of<'_, '_, '_>) -> bool {
    of.pod.above().is_some_and(|spec| {
        let claims = spec.get("volumeClaimTemplates");
        claims.items().any(|claim| claim.to(&["metadata", "name"]).str() == name)
    })
}

fn sub_paths(j: &mut Judge, mount: &At<'_, '_>) {
    let (path, expression) = (mount.get("subPath"), mount.get("subPathExpr"));
    j.well_formed(&path, "K-path", "`subPath`", text::relative_path);
    if !expression.str().is_empty() {
        if !path.str().is_empty() {
            j.invalid(&expression, "K-one-of", "a mount has either a `subPath` or a `subPathExpr`");
        }
        j.well_formed(&expression, "K-path", "`subPathExpr`", text::relative_path);
    }
}

fn propagation(j: &mut Judge, container: &At<'_, '_>, mount: &At<'_, '_>) {
    let propagation = mount.get("mountPropagation");
    j.one_of(&propagation, &["Bidirectional", "HostToContainer", "None"]);
    let privileged = container.to(&["securityContext", "privileged"]).is_true();
    if propagation.str() == "Bidirectional" && !privileged {
        j.forbidden(
            &propagation,
            "K-mount",
            "`mountPropagation` can be Bidirectional only in privileged containers",
        );
    }
    let recursive = mount.get("recursiveReadOnly");
    j.one_of(&recursive, &["Disabled", "Enabled", "IfPossible"]);
    if matches!(recursive.str(), "Enabled" | "IfPossible") {
        if !mount.get("readOnly").is_true() {
            j.forbidden(&recursive, "K-mount", "`recursiveReadOnly` needs `readOnly` to be true");
        }
        if !matches!(propagation.str(), "" | "None") {
            j.forbidden(
                &recursive,
                "K-mount",
                "`recursiveReadOnly` needs `mountPropagation` to be None",
            );
        }
    }
}

fn device<'t>(j: &mut Judge, at: &At<'t, '_>, mounts: &At<'t, '_>, of: &Of<'_, 't, '_>) {
    let (name, path) = (at.get("name"), at.get("devicePath"));
    let volumes = of.spec.get("volumes");
    match volumes.items().find(|volume| volume.get("name").str() == name.str()) {
        _ if name.str().is_empty() => j.required(&name, "`name` must be that of a volume"),
        Some(volume) => {
            if !matches!(volume::source(&volume), Some("persistentVolumeClaim" | "ephemeral")) {
                let message =
                    format!("volume `{}` is no claim, and so no block device", name.str());
                j.invalid(&name, "K-mount", message);
            }
        }
        None => reference(j, &name, of),
    }
    if path.str().is_empty() {
        j.required(&path, "`devicePath` must be given");
    } else if path.str().split('/').any(|part| part == "..") {
        j.invalid(&path, "K-path", "`devicePath` must not contain `..`");
    }
    let mounted = |field, text: &str| {
        !text.is_empty() && mounts.items().any(|mount| mount.get(field).str() == text)
    };
    if mounted("name", name.str()) {
        j.invalid(
            &name,
            "K-one-of",
            format!("volume `{}` is one of `volumeMounts` too", name.str()),
        );
    }
    if mounted("mountPath", path.str()) {
        j.invalid(&path, "K-mount", format!("a volume is mounted at `{}` too", path.str()));
    }
}
