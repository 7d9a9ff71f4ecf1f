//! Namespaces that nobody makes, in a program that makes or declares others (XR-002), and objects that name none
//! beside others that do (XR-003).

use std::collections::{BTreeMap, BTreeSet};

use super::absent::make_or_declare;
use super::{Program, Violation, keys};
use crate::types;

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
            Violation::error("XR-002", object, path, message + &more)
                .warning()
                .absence()
                .help(make_or_declare("Namespace", namespace)),
        );
    }
}

/// Objects that name no namespace, where all others are in one and the same: whoever applies them decides, and rarely
/// means to. Said once.
pub(super) fn left_out(program: &Program<'_>, found: &mut Vec<Violation>) {
    let made = || program.objects().filter(|(_, facts)| !facts.external);
    let mut named: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for (object, facts) in made() {
        let namespace = facts.identity.namespace.as_str();
        if !namespace.is_empty() {
            named.entry(namespace).or_insert((object, 0)).1 += 1;
        }
    }
    let Some((namespace, (other, _))) = named.first_key_value().filter(|_| named.len() == 1) else {
        return;
    };
    let without = made().filter(|(_, facts)| {
        let id = &facts.identity;
        id.namespace.is_empty()
            && types::newest(&id.kind).is_some_and(|kind| {
                let info = kind.info();
                info.namespaced && info.group == id.group
            })
    });
    let mut without = without.map(|(object, facts)| (object, facts.identity.shown()));
    let Some((object, shown)) = without.next() else { return };
    let more = match without.count() {
        0 => String::new(),
        1 => "; so does one more object".to_owned(),
        count => format!("; so do {count} more objects"),
    };
    let message = format!("{shown} names no namespace, and others are in `{namespace}`{more}");
    found.push(
        Violation::error("XR-003", object, keys(&["metadata", "namespace"]), message)
            .note()
            .related(*other, keys(&["metadata", "namespace"]), "this one, for example")
            .help("name its namespace: otherwise it is made in that of whoever applies it"),
    );
}
