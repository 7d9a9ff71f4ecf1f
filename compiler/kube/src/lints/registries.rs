//! The registries from which a project takes images: what it names in `dep.toml`, which is the other half of XR-105.

use crate::server::judge::{At, Judge};

/// Images of a pod that come from elsewhere. Who names registries means it, so that this is a warning.
pub(super) fn foreign(j: &mut Judge, pod: &At<'_, '_>, registries: &[String]) {
    let spec = pod.get("spec");
    for list in ["initContainers", "containers"] {
        for container in spec.get(list).items() {
            let image = container.get("image");
            let text = image.str();
            if text.is_empty() || registries.iter().any(|registry| is_from(text, registry)) {
                continue;
            }
            let all = registries.join(", ");
            let message =
                format!("image `{text}` is from none of the registries of this project: {all}");
            j.warn(&image, "XR-105", message);
            if let Some(last) = j.found.last_mut() {
                last.help = Some(
                    "take it from one of them, or name its own under `registries` of dep.toml"
                        .to_owned(),
                );
            }
        }
    }
}

/// Whether an image lies in a registry, or in a folder of one. An image without a registry is of `docker.io`.
fn is_from(image: &str, registry: &str) -> bool {
    let lies_in = |image: &str| {
        let rest = image.strip_prefix(registry.trim_end_matches('/'));
        rest.is_some_and(|rest| rest.starts_with(['/', ':', '@']) || rest.is_empty())
    };
    let host = image.split_once('/').map_or("", |(host, _)| host);
    if host.contains(['.', ':']) || host == "localhost" {
        return lies_in(image);
    }
    match host {
        "" => lies_in(&format!("docker.io/library/{image}")),
        _ => lies_in(&format!("docker.io/{image}")),
    }
}
