//! XR-002: namespaces that nobody makes, in a program that makes or declares others.

use std::collections::{BTreeMap, BTreeSet};

use super::{Program, Violation, keys};

/// Objects in a namespace that the program neither makes nor declares as external, though it does so with others. Said
/// once for each namespace.
pub(super) fn missing(program: &Program<'_>, found: &mut Vec<Violation>) {
    let made: BTreeSet<&str> = program
        .objects()
        .map(|(_, facts)| &facts.identity)
        .filter(|id| id.group.is_empty() && id.kind == "Namespace")
        .map(|id| id.name.as_str())
        .collect();
    if made.is_empty() {
        return;
    }
    let mut lacking: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for (object, facts) in program.objects().filter(|(_, facts)| !facts.external) {
        let namespace = facts.identity.namespace.as_str();
        let always = ["", "default", "kube-system", "kube-public", "kube-node-lease"];
        if !always.contains(&namespace) && !made.contains(namespace) {
            lacking.entry(namespace).or_insert((object, 0)).1 += 1;
        }
    }
    for (namespace, (object, count)) in lacking {
        let message = format!("no Namespace `{namespace}` in this program");
        let more = match count {
            1 => String::new(),
            2 => "; one more object is in it".to_owned(),
            count => format!("; {} more objects are in it", count - 1),
        };
        let path = keys(&["metadata", "namespace"]);
        found.push(
            Violation::error("XR-002", object, path, message + &more).warning().absence().help(
                "make it, or, where it is made elsewhere, declare it: `external k8s.Namespace`",
            ),
        );
    }
}
