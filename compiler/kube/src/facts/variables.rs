//! `$(NAME)` in what a container is given: which of them its own `env` does not explain.

use std::collections::BTreeSet;

use super::pods::ContainerAt;
use super::{items, text};
use crate::tree::{Ref, Step};

/// A `$(NAME)` that the container's own `env` does not explain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VariableUse {
    /// The container.
    pub container: ContainerAt,
    /// The name.
    pub name: String,
    /// Whether the container's `env` has it further down.
    pub later: bool,
    /// The path from the container.
    pub path: Vec<Step>,
}

/// What kubelets would leave as it stands, unless `envFrom` has it.
pub(super) fn unexplained(container: Ref<'_>, at: ContainerAt, found: &mut Vec<VariableUse>) {
    let key = |key: &str| Step::Key(key.to_owned());
    let all: BTreeSet<&str> =
        items(container, "env").filter_map(|entry| entry.get("name")?.as_str()).collect();
    let mut add = |value: Ref<'_>, known: &BTreeSet<&str>, path: &dyn Fn() -> Vec<Step>| {
        for name in value.as_str().into_iter().flat_map(names).filter(|name| !known.contains(name))
        {
            found.push(VariableUse {
                container: at,
                name: name.to_owned(),
                later: all.contains(name),
                path: path(),
            });
        }
    };
    let mut known = BTreeSet::new();
    for (index, entry) in items(container, "env").enumerate() {
        if let Some(value) = entry.get("value") {
            add(value, &known, &|| vec![key("env"), Step::Index(index), key("value")]);
        }
        known.extend(entry.get("name").and_then(Ref::as_str));
    }
    for list in ["command", "args"] {
        for (index, value) in items(container, list).enumerate() {
            add(value, &known, &|| vec![key(list), Step::Index(index)]);
        }
    }
    for (index, mount) in items(container, "volumeMounts").enumerate() {
        if let Some(value) = mount.get("subPathExpr") {
            add(value, &known, &|| {
                vec![key("volumeMounts"), Step::Index(index), key("subPathExpr")]
            });
        }
    }
}

/// The names in `$(NAME)`, but not in `$$(NAME)`. What has small letters is taken for a command that a shell runs, and
/// what servers make of Services is theirs.
fn names(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    let found = std::iter::from_fn(move || {
        loop {
            let (_, after) = rest.split_once('$')?;
            rest = after;
            if let Some(escaped) = after.strip_prefix('$') {
                rest = escaped;
            } else if let Some((name, after)) =
                after.strip_prefix('(').and_then(|inner| inner.split_once(')'))
            {
                rest = after;
                return Some(name);
            }
        }
    });
    let is_name = |name: &&str| {
        name.starts_with(|c: char| c.is_ascii_uppercase() || c == '_')
            && name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
    };
    found.filter(is_name).filter(|name| !name.contains("_SERVICE_") && !name.contains("_PORT"))
}

/// The text that `envFrom` puts before each key.
pub(super) fn prefix(entry: Ref<'_>) -> String {
    text(entry, &["prefix"])
}
