//! L-233: folders of the node that let a pod take it over.

use crate::server::judge::{At, Judge};

const SENSITIVE: [&str; 7] = ["/", "/etc", "/proc", "/sys", "/boot", "/var/run", "/run"];

/// Volumes that show the node's own folders, or let containers write to any of them.
pub(super) fn volumes(j: &mut Judge, spec: &At<'_, '_>) {
    for volume in spec.get("volumes").items() {
        let path = volume.to(&["hostPath", "path"]);
        let plain = path.str().trim_end_matches('/');
        let shown = if path.str().starts_with('/') && plain.is_empty() { "/" } else { plain };
        if shown.is_empty() {
            continue;
        }
        let name = volume.get("name").str();
        if shown.ends_with(".sock") || SENSITIVE.contains(&shown) {
            let message = format_args!("whoever sees `{shown}` of the node can take it over");
            j.hint(
                &path,
                "L-233",
                message,
                "do without; an agent that needs it says why: `allow \"L-233\": \"…\"`",
            );
            continue;
        }
        let writes = ["initContainers", "containers"].iter().any(|list| {
            spec.get(list).items().any(|container| {
                container.get("volumeMounts").items().any(|mount| {
                    mount.get("name").str() == name && !mount.get("readOnly").is_true()
                })
            })
        });
        if writes {
            let message = format_args!("containers can write to `{shown}` of the node");
            j.hint(&path, "L-233", message, "mount it with `readOnly`, or take another volume");
        }
    }
}
