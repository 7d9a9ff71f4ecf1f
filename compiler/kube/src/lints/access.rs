//! Lints of who may do what.

use crate::server::judge::{At, Judge};
use crate::types;

/// L-236 and XR-071: rules that give all, or what leads to all, and those of a Role for what lies in no namespace.
pub(super) fn role(j: &mut Judge, at: &At<'_, '_>, namespaced: bool) {
    for rule in at.get("rules").items() {
        let (groups, resources, verbs) =
            (rule.get("apiGroups"), rule.get("resources"), rule.get("verbs"));
        let has = |list: &At<'_, '_>, wanted: &str| list.items().any(|one| one.str() == wanted);
        for list in [&verbs, &resources] {
            if let Some(all) = list.items().find(|one| one.str() == "*") {
                let message =
                    format_args!("this gives all {}, also those that come later", list.field());
                j.hint(&all, "L-236", message, "list what is needed");
            }
        }
        let reads = ["get", "list", "watch"].iter().any(|verb| has(&verbs, verb));
        let makes = has(&verbs, "create");
        for resource in resources.items() {
            let core = has(&groups, "");
            let why = match resource.str() {
                "secrets" if core && reads && !rule.get("resourceNames").is_filled() => {
                    "reads all Secrets"
                }
                "pods/exec" | "pods/attach" if core && makes => "runs programs in all pods",
                "pods" if core && makes => {
                    "makes pods, and with them has what any service account has"
                }
                _ => continue,
            };
            let message = format_args!("who has this role {why}");
            j.hint(
                &resource,
                "L-236",
                message,
                "name what is needed by `resourceNames`, or leave it out",
            );
        }
        for verb in verbs.items() {
            if matches!(verb.str(), "bind" | "escalate" | "impersonate") {
                let message =
                    format_args!("with `{}` this role can give itself any other", verb.str());
                j.hint(&verb, "L-236", message, "leave it out");
            }
        }
        if namespaced {
            of_the_cluster(j, &groups, &resources);
        }
    }
}

/// A Role gives nothing of what lies in no namespace.
fn of_the_cluster(j: &mut Judge, groups: &At<'_, '_>, resources: &At<'_, '_>) {
    for resource in resources.items() {
        let name = resource.str().split('/').next().unwrap_or_default();
        let known = types::kinds().map(|kind| kind.info()).find(|kind| {
            kind.plural == name && groups.items().any(|group| group.str() == kind.group)
        });
        if known.is_some_and(|kind| !kind.namespaced) {
            let message =
                format_args!("{name} lie in no namespace, and a Role gives nothing of them");
            j.hint(&resource, "XR-071", message, "use a ClusterRole and a ClusterRoleBinding");
        }
    }
}

/// Bindings that give all.
pub(super) fn binding(j: &mut Judge, at: &At<'_, '_>) {
    let name = at.to(&["roleRef", "name"]);
    if name.str() == "cluster-admin" {
        j.hint(
            &name,
            "L-236",
            "cluster-admin may do everything",
            "bind a role that gives what is needed",
        );
    }
    for subject in at.get("subjects").items() {
        let name = subject.get("name");
        if subject.get("kind").str() == "Group" && name.str() == "system:masters" {
            let message = "no rule ever holds for system:masters";
            j.hint(&name, "L-236", message, "bind another group");
        }
    }
}
