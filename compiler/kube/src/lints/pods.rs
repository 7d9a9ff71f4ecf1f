//! Lints of pods and of what makes them.

use super::{hosts, probes, security};
use crate::server::judge::{At, Judge};

/// A pod, or the template of one; `object` is what makes it.
pub(super) fn pod(j: &mut Judge, object: &At<'_, '_>, pod: &At<'_, '_>) {
    let spec = pod.get("spec");
    if !spec.is_set() {
        return;
    }
    let makes = object.get("kind").str() != "Pod";
    for (list, init) in [("initContainers", true), ("containers", false)] {
        for container in spec.get(list).items() {
            let lasting = !init || container.get("restartPolicy").str() == "Always";
            self::container(j, &container, lasting);
            // Whatever ends is not asked.
            let serves = lasting && !matches!(object.get("kind").str(), "Job" | "CronJob");
            probes::probes(j, object, &spec, &container, serves);
        }
    }
    volumes(j, &spec);
    hosts::volumes(j, &spec);
    security::pod(j, pod);
    if makes && object.to(&["spec", "replicas"]).number() > 1 {
        let spread = spec.get("topologySpreadConstraints").is_filled()
            || spec.to(&["affinity", "podAntiAffinity"]).is_set();
        if !spread {
            let message = "all pods may be put on one node";
            j.hint(&spec, "L-109", message, "set `topologySpreadConstraints`");
        }
    }
    if spec.get("priorityClassName").str().is_empty() {
        let message = "nothing says how important these pods are";
        j.hint(&spec, "L-121", message, "set `priorityClassName`");
    }
    spreads(j, pod, &spec);
}

fn container(j: &mut Judge, at: &At<'_, '_>, lasting: bool) {
    let (name, image) = (at.get("name").str(), at.get("image"));
    let text = image.str();
    let tag = text.rsplit('/').next().and_then(|last| last.split_once(':')).map(|(_, tag)| tag);
    if !text.is_empty() && !text.contains('@') && matches!(tag, None | Some("latest" | "")) {
        let message = match tag {
            None => format_args!("image `{text}` names no version, which means the latest"),
            Some(_) => format_args!("image `{text}` is another one tomorrow"),
        };
        j.hint(&image, "L-101", message, "name a version, or better a digest");
        j.only_bytes("L-101", text.len() - tag.map_or(0, str::len)..text.len());
    }
    if at.get("imagePullPolicy").str() != "Always" {
        let message = format_args!("container `{name}` may run an image that its node has kept");
        j.hint(at, "L-117", message, "set `imagePullPolicy` to `Always`");
    }
    if lasting {
        resources(j, at, name);
    }
    variables(j, &at.get("env"));
    for port in at.get("ports").items() {
        if port.get("containerPort").int() == Some(22) {
            j.hint(
                &port.get("containerPort"),
                "L-239",
                "port 22 is that of SSH",
                "reach into pods by `kubectl exec`",
            );
        }
    }
}

fn resources(j: &mut Judge, container: &At<'_, '_>, name: &str) {
    let (requests, limits) =
        (container.to(&["resources", "requests"]), container.to(&["resources", "limits"]));
    // Servers copy a limit to the request that is missing.
    let missing: Vec<&str> = ["cpu", "memory"]
        .into_iter()
        .filter(|resource| !requests.get(resource).is_set() && !limits.get(resource).is_set())
        .collect();
    let at = container.get("resources");
    if !missing.is_empty() {
        let message = format_args!("container `{name}` requests no {}", missing.join(" and no "));
        j.hint(&at, "L-102", message, "say what it needs: `resources.requests`");
    } else if !limits.get("memory").is_set() {
        let message = format_args!("container `{name}` has no limit of its memory");
        j.hint(&at, "L-102", message, "set `resources.limits.memory`");
    }
    let (asked, most) = (requests.get("memory"), limits.get("memory"));
    if let (Some(asked), Some(most)) = (asked.quantity(), most.quantity())
        && asked != most
    {
        let message = format_args!("container `{name}` may use more memory than it requests");
        j.hint(&limits.get("memory"), "L-103", message, "set both to the same");
    }
}

/// Variables that are called as secrets are, and stand there for everybody to read.
fn variables(j: &mut Judge, env: &At<'_, '_>) {
    const ENDS: [&str; 6] = ["PASSWORD", "PASSWD", "SECRET", "TOKEN", "API_KEY", "PRIVATE_KEY"];
    for entry in env.items() {
        let (name, value) = (entry.get("name").str(), entry.get("value"));
        let upper = name.to_ascii_uppercase();
        let is_secret = ENDS.iter().any(|end| upper.ends_with(end));
        let text = value.str();
        // A path, a reference, a switch and a number are none.
        let plain = text.is_empty()
            || text.starts_with(['/', '$', '.'])
            || text.contains("$(")
            || matches!(text, "true" | "false")
            || text.parse::<f64>().is_ok();
        if is_secret && !plain {
            let message =
                format_args!("`{name}` is a secret by its name, and everybody can read it here");
            j.hint(&value, "L-111", message, "put it into a Secret, and take it by `secretKeyRef`");
        }
    }
}

/// Folders without which hardly any image runs.
const OF_THE_IMAGE: [&str; 8] =
    ["/", "/bin", "/sbin", "/lib", "/lib64", "/usr", "/usr/bin", "/etc"];

fn volumes(j: &mut Judge, spec: &At<'_, '_>) {
    let lists = ["initContainers", "containers"];
    for volume in spec.get("volumes").items() {
        let name = volume.get("name");
        let used = lists.iter().any(|list| {
            spec.get(list).items().any(|container| {
                ["volumeMounts", "volumeDevices"].iter().any(|uses| {
                    container.get(uses).items().any(|used| used.get("name").str() == name.str())
                })
            })
        });
        if !used && !name.str().is_empty() {
            let message = format_args!("no container mounts the volume `{}`", name.str());
            j.hint(&name, "XR-056", message, "mount it, or leave it out");
        }
    }
    for list in lists {
        for container in spec.get(list).items() {
            let mounts = container.get("volumeMounts");
            for (number, mount) in mounts.items().enumerate() {
                let path = mount.get("mountPath");
                let plain = path.str().trim_end_matches('/');
                let folder = if plain.is_empty() { "/" } else { plain };
                if mount.get("subPath").str().is_empty() && OF_THE_IMAGE.contains(&folder) {
                    let message =
                        format_args!("what the image has at `{folder}` is hidden by this volume");
                    j.hint(&path, "XR-056", message, "mount it at a folder of its own");
                }
                let same = |other: &At<'_, '_>| {
                    let other = other.get("mountPath").str();
                    other != path.str() && other.trim_end_matches('/') == plain
                };
                if !plain.is_empty() && mounts.items().take(number).any(|other| same(&other)) {
                    let message =
                        format_args!("two volumes are mounted at `{plain}`, but for the `/`");
                    j.hint(&path, "XR-056", message, "mount one of them elsewhere");
                }
            }
        }
    }
}

/// Constraints that count other pods than those that they are for.
fn spreads(j: &mut Judge, pod: &At<'_, '_>, spec: &At<'_, '_>) {
    let labels = pod.to(&["metadata", "labels"]);
    for constraint in spec.get("topologySpreadConstraints").items() {
        let wanted = constraint.to(&["labelSelector", "matchLabels"]);
        let differs = wanted.entries().find(|(key, value)| {
            labels
                .entries()
                .find(|(own, _)| own == key)
                .is_none_or(|(_, own)| own.str() != value.str())
        });
        if let Some((key, value)) = differs {
            let message = format_args!(
                "these pods are not counted: they have no label `{key}: {}`",
                value.str()
            );
            j.hint(&value, "XR-092", message, "select labels of the pods themselves");
        }
    }
}
