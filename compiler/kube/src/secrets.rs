//! Objects without what is secret in them, for whatever is kept or shown.

use crate::tree::{NodeId, Ref, Tree};

/// What stands in the place of a value that is not shown.
pub const HIDDEN: &str = "(hidden)";

/// Copies an object to another tree; of a Secret only its keys are shown, never a value.
pub fn hidden(object: Ref<'_>, to: &mut Tree) -> Option<NodeId> {
    let secret = object.get("kind").and_then(Ref::as_str) == Some("Secret")
        && object.get("apiVersion").and_then(Ref::as_str) == Some("v1");
    if !secret {
        return to.copy(object);
    }
    to.begin_map(object.origin());
    for (key, value) in object.entries() {
        to.key(key);
        if matches!(key, "data" | "stringData") && value.is_map() {
            to.begin_map(value.origin());
            for (key, value) in value.entries() {
                to.key(key).str(HIDDEN, value.origin());
            }
            to.end(false);
        } else {
            to.copy(value);
        }
    }
    to.end(false)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn object(kind: &str) -> Tree {
        let mut tree = Tree::new();
        tree.begin_map(0);
        tree.key("apiVersion").str("v1", 0);
        tree.key("kind").str(kind, 0);
        for data in ["data", "stringData"] {
            tree.key(data).begin_map(0);
            tree.key("password").str("hunter2", 0);
            tree.end(false);
        }
        tree.end(false);
        tree
    }

    fn shown(kind: &str) -> String {
        let tree = object(kind);
        let mut copy = Tree::new();
        let root = tree.roots().next().unwrap();
        hidden(root, &mut copy);
        let mut out = Vec::new();
        crate::yaml::documents(copy.roots(), &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn values_of_a_secret_are_not_shown() {
        let text = shown("Secret");
        assert!(!text.contains("hunter2"), "{text}");
        assert_eq!(text.matches("(hidden)").count(), 2, "{text}");
    }

    #[test]
    fn other_objects_are_shown_whole() {
        assert_eq!(shown("ConfigMap").matches("hunter2").count(), 2);
    }
}
