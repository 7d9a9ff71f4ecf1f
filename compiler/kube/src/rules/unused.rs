//! XR-054: ConfigMaps and Secrets that nothing reads.

use std::collections::BTreeSet;

use super::{Program, Violation, keys};
use crate::facts::Detail;

/// ConfigMaps and Secrets, beside pods that read none of them. Nothing is said where something else may: custom
/// resources, whoever may ask the server, and what finds them by labels or annotations.
pub(super) fn configs(program: &Program<'_>, found: &mut Vec<Violation>) {
    let mut used: BTreeSet<(&str, &str, &str)> = BTreeSet::new();
    let mut with_pods: BTreeSet<&str> = BTreeSet::new();
    let mut stored = false;
    let mut asking: BTreeSet<&str> = BTreeSet::new();
    for (_, facts) in program.objects() {
        let namespace = facts.identity.namespace.as_str();
        let mut named = |kind, name| {
            used.insert((namespace, kind, name));
        };
        match &facts.detail {
            Detail::Workload(workload) => {
                workload.pull_secrets.iter().for_each(|name| named("Secret", name));
                workload.volume_secrets.iter().for_each(|name| named("Secret", name));
                workload.configs.iter().for_each(|config| named(config.kind, &config.name));
                if facts.external {
                    asking.insert(namespace);
                } else {
                    with_pods.insert(namespace);
                }
            }
            Detail::Account(account) => {
                account.secrets.iter().for_each(|name| named("Secret", name))
            }
            Detail::Certificate(name) => named("Secret", name),
            Detail::Ingress(ingress) => {
                ingress.tls.iter().for_each(|tls| named("Secret", &tls.secret));
                for name in &ingress.mentioned {
                    named("Secret", name);
                    named("ConfigMap", name);
                }
            }
            Detail::Binding(binding) => {
                asking.extend(binding.accounts.iter().map(|account| account.namespace.as_str()));
            }
            // A class of storage or a volume may name a Secret too.
            Detail::Other => {
                stored |= facts.identity.group == "storage.k8s.io"
                    || facts.identity.kind == "PersistentVolume"
            }
            _ => {}
        }
    }
    for (object, facts) in program.objects().filter(|(_, facts)| !facts.external) {
        let Detail::Config(config) = &facts.detail else { continue };
        let id = &facts.identity;
        let namespace = id.namespace.as_str();
        let read = used.contains(&(namespace, id.kind.as_str(), id.name.as_str()));
        if read || !with_pods.contains(namespace) || id.name.is_empty() {
            continue;
        }
        let may_be = config.sought
            || (stored && id.kind == "Secret")
            || asking.contains(namespace)
            || program.is_obscure(namespace);
        if may_be {
            continue;
        }
        let message = format!("nothing in this program reads {}", id.shown());
        found.push(
            Violation::error("XR-054", object, keys(&["metadata", "name"]), message)
                .warning()
                .absence()
                .help("leave it out, or use it"),
        );
    }
}
