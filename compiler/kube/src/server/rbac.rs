//! Roles and who has them.

use super::judge::{At, Judge};
use crate::{names, types};

const GROUP: &str = "rbac.authorization.k8s.io";

pub(super) fn role(j: &mut Judge, at: &At<'_, '_>) {
    rules(j, at, true);
}

pub(super) fn cluster_role(j: &mut Judge, at: &At<'_, '_>) {
    rules(j, at, false);
    let selectors = at.to(&["aggregationRule", "clusterRoleSelectors"]);
    if at.get("aggregationRule").is_set() && !selectors.is_filled() {
        j.required(&selectors, "an aggregation needs at least one selector");
    }
    for selector in selectors.items() {
        super::selector::selector(j, &selector);
    }
}

/// The verbs that mean something to servers.
const VERBS: [&str; 19] = [
    "*",
    "get",
    "list",
    "watch",
    "create",
    "update",
    "patch",
    "delete",
    "deletecollection",
    "proxy",
    "use",
    "bind",
    "escalate",
    "impersonate",
    "approve",
    "sign",
    "attest",
    "head",
    "options",
];

fn rules(j: &mut Judge, at: &At<'_, '_>, namespaced: bool) {
    for rule in at.get("rules").items() {
        let verbs = rule.get("verbs");
        if !verbs.is_filled() {
            j.required(&verbs, "a rule needs at least one verb");
        }
        let (groups, resources) = (rule.get("apiGroups"), rule.get("resources"));
        let urls = rule.get("nonResourceURLs");
        if urls.is_filled() {
            if namespaced {
                let message = "a Role is for a namespace, and URLs are of the whole cluster: use a ClusterRole";
                j.invalid(&urls, "K-rbac", message);
            } else if groups.is_filled()
                || resources.is_filled()
                || rule.get("resourceNames").is_filled()
            {
                j.invalid(&urls, "K-one-of", "a rule is either for URLs or for resources");
            }
            continue;
        }
        if !groups.is_filled() {
            j.required(&groups, "a rule for resources needs `apiGroups`; the core group is \"\"");
        }
        if !resources.is_filled() {
            j.required(&resources, "a rule needs `resources`");
        }
        for verb in verbs.items() {
            if !VERBS.contains(&verb.str()) {
                j.warn(&verb, "K-rbac", format!("no server has the verb `{}`", verb.str()));
            }
        }
        let mut builtin = groups.is_filled();
        for group in groups.items() {
            if let Some((name, version)) = group.str().split_once('/') {
                let message = format!("`{}` must be a group without its version", group.str());
                j.broken(&group, "K-rbac", message);
                if let Some(last) = j.found.last_mut() {
                    last.help = Some(if name.is_empty() {
                        "write \"\"".to_owned()
                    } else {
                        format!("write `{name}`, without `/{version}`")
                    });
                }
            }
            builtin &= types::kinds().any(|kind| kind.info().group == group.str());
        }
        if builtin {
            for resource in resources.items() {
                known_resource(j, &resource, &groups);
            }
        }
    }
}

/// Resources that no kind of the table has, and that are not kinds of their own.
const OTHERS: [&str; 12] = [
    "namespaces",
    "nodes",
    "bindings",
    "componentstatuses",
    "tokenreviews",
    "users",
    "groups",
    "serviceaccounts",
    "uids",
    "signers",
    "podsecuritypolicies",
    "userextras",
];

fn known_resource(j: &mut Judge, at: &At<'_, '_>, groups: &At<'_, '_>) {
    let name = at.str().split('/').next().unwrap_or_default();
    if name.contains('*') || OTHERS.contains(&name) || name.is_empty() {
        return;
    }
    let of = |group: &str| groups.items().any(|own| own.str() == group);
    let mut kinds = types::kinds().map(|kind| kind.info()).filter(|kind| of(kind.group));
    if kinds.clone().any(|kind| kind.plural == name) {
        return;
    }
    let near = kinds.find(|kind| {
        kind.kind.eq_ignore_ascii_case(name) || kind.plural.eq_ignore_ascii_case(name)
    });
    j.broken(at, "K-rbac", format!("these groups have no resource `{name}`"));
    if let (Some(near), Some(last)) = (near, j.found.last_mut()) {
        last.help = Some(format!("write `{}`", near.plural));
    }
}

pub(super) fn role_binding(j: &mut Judge, at: &At<'_, '_>) {
    binding(j, at, &["Role", "ClusterRole"]);
}

pub(super) fn cluster_role_binding(j: &mut Judge, at: &At<'_, '_>) {
    binding(j, at, &["ClusterRole"]);
}

fn binding(j: &mut Judge, at: &At<'_, '_>, kinds: &[&str]) {
    let role = at.get("roleRef");
    j.one_of(&role.get("apiGroup"), &[GROUP]);
    let kind = role.get("kind");
    if !kinds.contains(&kind.str()) {
        j.unsupported(&kind, kind.str(), kinds);
    }
    j.named(&role.get("name"), "K-name", "role name", names::path_segment);
    let subjects = at.get("subjects");
    if !subjects.is_filled() {
        j.warn(&subjects, "K-rbac", "without `subjects` nobody has the role");
    }
    for subject in subjects.items() {
        self::subject(j, &subject);
    }
}

fn subject(j: &mut Judge, at: &At<'_, '_>) {
    let (kind, group, name, namespace) =
        (at.get("kind"), at.get("apiGroup"), at.get("name"), at.get("namespace"));
    j.needed(&name, "the name of a subject");
    match kind.str() {
        "ServiceAccount" => {
            j.well_formed(&name, "K-name", "ServiceAccount name", names::dns_subdomain);
            if !group.str().is_empty() {
                j.unsupported(&group, group.str(), &[""]);
            }
            if namespace.str().is_empty() {
                j.required(&namespace, "a ServiceAccount as a subject needs its `namespace`");
                if kind_of(at) == "RoleBinding"
                    && let Some(last) = j.found.last_mut()
                {
                    last.stricter = true;
                }
            } else if let Err(why) = names::dns_label(namespace.str()) {
                j.broken(
                    &namespace,
                    "K-namespace",
                    format!("namespace `{}` {why}", namespace.str()),
                );
            }
        }
        "User" | "Group" => j.one_of(&group, &[GROUP]),
        other => j.unsupported(&kind, other, &["ServiceAccount", "User", "Group"]),
    }
}

/// The kind of the object in which a subject is.
fn kind_of<'t>(subject: &At<'t, '_>) -> &'t str {
    let object = subject.above().and_then(|list| list.above());
    object.map_or("", |object| object.get("kind").str())
}
