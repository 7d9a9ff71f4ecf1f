//! XR-070: service accounts and roles that are named and nobody makes.

use std::cell::LazyCell;
use std::collections::BTreeSet;

use super::absent::make_or_declare;
use super::{Program, Violation, keys};
use crate::facts::{Binding, Detail, Facts};
use crate::tree::Step;

const RBAC: &str = "rbac.authorization.k8s.io";

/// Pods with a service account that is not there.
pub(super) fn missing_accounts(program: &Program<'_>, found: &mut Vec<Violation>) {
    for (object, facts) in program.objects().filter(|(_, facts)| !facts.external) {
        let Detail::Workload(workload) = &facts.detail else { continue };
        let name = workload.service_account.as_str();
        if matches!(name, "" | "default")
            || program.find("", "ServiceAccount", &facts.identity, name).is_some()
        {
            continue;
        }
        let path = workload.path(&keys(&["serviceAccountName"]));
        let namespace = &facts.identity.namespace;
        found.push(missing(object, path, ("", "ServiceAccount"), namespace, name));
    }
}

/// Bindings of roles or to accounts that are not there.
pub(super) fn missing_rights(program: &Program<'_>, found: &mut Vec<Violation>) {
    let namespaces = LazyCell::new(|| {
        let all = program.objects().map(|(_, facts)| facts.identity.namespace.as_str());
        all.collect::<BTreeSet<&str>>()
    });
    for (object, facts) in program.objects().filter(|(_, facts)| !facts.external) {
        if let Detail::Binding(binding) = &facts.detail {
            of_binding(program, object, facts, binding, &namespaces, found);
        }
    }
}

fn of_binding(
    program: &Program<'_>,
    object: usize,
    facts: &Facts,
    binding: &Binding,
    namespaces: &BTreeSet<&str>,
    found: &mut Vec<Violation>,
) {
    let (kind, role) = (binding.role_kind.as_str(), binding.role.as_str());
    let namespace = if kind == "Role" { facts.identity.namespace.as_str() } else { "" };
    // A server makes these itself.
    let built_in = match kind {
        "ClusterRole" => matches!(role, "cluster-admin" | "admin" | "edit" | "view"),
        _ => namespace == "kube-system" && role == "extension-apiserver-authentication-reader",
    } || role.starts_with("system:");
    if matches!(kind, "Role" | "ClusterRole")
        && !role.is_empty()
        && !built_in
        && program.find_in(RBAC, kind, namespace, role).is_none()
    {
        found.push(missing(object, keys(&["roleRef", "name"]), (RBAC, kind), namespace, role));
    }
    for account in binding.accounts.iter().filter(|account| account.name != "default") {
        let there = |namespace: &str| {
            program.find_in("", "ServiceAccount", namespace, &account.name).is_some()
        };
        // What names no namespace is made in that of whoever applies it.
        if account.name.is_empty() || there(&account.namespace) || there("") {
            continue;
        }
        let path = [keys(&["subjects"]), vec![Step::Index(account.subject)], keys(&["name"])];
        let of = ("", "ServiceAccount");
        let violation = missing(object, path.concat(), of, &account.namespace, &account.name);
        // Of a namespace in which the program makes nothing, it need not know what is in it.
        let known = namespaces.contains(account.namespace.as_str());
        found.push(if known { violation } else { violation.warning() });
    }
}

fn missing(
    object: usize,
    path: Vec<Step>,
    (group, kind): (&str, &str),
    namespace: &str,
    name: &str,
) -> Violation {
    let message = format!("no {kind} `{name}` in this program");
    let help = make_or_declare(kind, name);
    let violation = Violation::error("XR-070", object, path, message).help(help);
    violation.lacks(group, kind, namespace, name)
}
