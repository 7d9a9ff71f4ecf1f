//! Whether a value is refused by itself, whatever else its object has.

use super::{Refusal, refusals};
use crate::tree::{Ref, Step, Tree};

/// Whether a server of this minor says the same of the value where nothing else is in the object than what leads to it.
pub fn is_alone(object: Ref<'_>, refusal: &Refusal, minor: u8) -> bool {
    let mut tree = Tree::new();
    tree.begin_map(object.origin());
    for name in ["apiVersion", "kind"] {
        if let Some(value) = object.get(name) {
            tree.key(name).copy(value);
        }
    }
    if let Some((Step::Key(key), rest)) = refusal.path.split_first()
        && let Some(value) = object.get(key)
    {
        tree.key(key);
        along(&mut tree, value, rest);
    }
    tree.end(false);
    let same = |one: &Refusal| {
        (one.rule, one.of_key) == (refusal.rule, refusal.of_key) && one.message == refusal.message
    };
    tree.roots().next().is_some_and(|root| refusals(root, minor).iter().any(same))
}

/// Copies of a node what lies on a path.
fn along(tree: &mut Tree, from: Ref<'_>, path: &[Step]) {
    let Some((step, rest)) = path.split_first() else {
        tree.copy(from);
        return;
    };
    match step {
        Step::Key(key) => {
            tree.begin_map(from.origin());
            if let Some(value) = from.get(key) {
                tree.key(key);
                along(tree, value, rest);
            }
        }
        Step::Index(index) => {
            tree.begin_list(from.origin());
            if let Some(value) = from.items().nth(*index) {
                along(tree, value, rest);
            }
        }
    }
    tree.end(false);
}
