//! Lints of service accounts: L-234 and L-235.

use std::collections::BTreeSet;

use super::{Program, Violation, keys};
use crate::facts::{Account, Detail, Facts};
use crate::tree::Step;

/// Accounts of a program that may do nothing, and whose pods still get a token of them.
pub(super) fn useless(program: &Program<'_>, found: &mut Vec<Violation>) {
    let bound: BTreeSet<(&str, &str)> = bindings(program)
        .map(|(_, facts, account)| (namespace(facts, account), account.name.as_str()))
        .collect();
    for (object, facts) in program.objects().filter(|(_, facts)| !facts.external) {
        let Detail::Workload(workload) = &facts.detail else { continue };
        let id = &facts.identity;
        let name = workload.service_account.as_str();
        let Some((at, own)) = program.find("", "ServiceAccount", id, name) else { continue };
        let Detail::Account(account) = &own.detail else { continue };
        // What is declared or annotated may have rights of which the program knows nothing.
        let known = !own.external && !account.annotated;
        let given = workload.token.or(account.token).unwrap_or(true);
        // Pods that name no namespace come into the one that they are applied to.
        let has_rights = bound.contains(&(id.namespace.as_str(), name))
            || bound.contains(&("", name))
            || (id.namespace.is_empty() && bound.iter().any(|(_, bound)| *bound == name));
        if !known || !given || has_rights || program.is_obscure(&id.namespace) {
            continue;
        }
        let message =
            format!("the pods get a token of ServiceAccount/{name}, which may do nothing");
        found.push(
            Violation::error(
                "L-234",
                object,
                workload.path(&keys(&["serviceAccountName"])),
                message,
            )
            .warning()
            .absence()
            .related(at, Vec::new(), "no binding is for this account")
            .help("set `automountServiceAccountToken` to false, of the account or of the pod"),
        );
    }
}

/// Rights of the account that all pods have that name none.
pub(super) fn of_default(program: &Program<'_>, found: &mut Vec<Violation>) {
    for (object, facts, account) in bindings(program) {
        if account.name != "default" || facts.external {
            continue;
        }
        let within = namespace(facts, account);
        let user = program.objects().find(|(_, own)| match &own.detail {
            Detail::Workload(workload) => {
                matches!(workload.service_account.as_str(), "" | "default")
                    && own.identity.namespace == within
            }
            _ => false,
        });
        let Some((at, pods)) = user else { continue };
        let path = [keys(&["subjects"]), vec![Step::Index(account.subject)], keys(&["name"])];
        let message = format!(
            "every pod that names no account gets these rights, as those of {} do",
            pods.identity.shown()
        );
        found.push(
            Violation::error("L-235", object, path.concat(), message)
                .warning()
                .related(at, Vec::new(), "it names no account of its own")
                .help("make a ServiceAccount for the pods that need the rights, and bind that"),
        );
    }
}

fn bindings<'f>(program: &Program<'f>) -> impl Iterator<Item = (usize, &'f Facts, &'f Account)> {
    program.objects().flat_map(|(at, facts)| {
        let accounts = match &facts.detail {
            Detail::Binding(binding) => binding.accounts.as_slice(),
            _ => &[],
        };
        accounts.iter().map(move |account| (at, facts, account))
    })
}

/// The namespace of an account that a binding names; that of the binding where none is named.
fn namespace<'f>(facts: &'f Facts, account: &'f Account) -> &'f str {
    if account.namespace.is_empty() { &facts.identity.namespace } else { &account.namespace }
}
