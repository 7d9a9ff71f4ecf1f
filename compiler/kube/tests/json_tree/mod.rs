//! JSON as a tree of objects.

use kube::tree::Tree;
use serde_json::Value;

pub fn tree(value: &Value) -> Tree {
    let mut tree = Tree::new();
    add(&mut tree, value);
    tree
}

fn add(tree: &mut Tree, value: &Value) {
    match value {
        Value::Null => {
            tree.null(0);
        }
        Value::Bool(value) => {
            tree.bool(*value, 0);
        }
        Value::Number(number) => {
            match number.as_i64() {
                Some(value) => tree.int(value, 0),
                None => tree.float(number.as_f64().unwrap(), 0),
            };
        }
        Value::String(text) => {
            tree.str(text, 0);
        }
        Value::Array(items) => {
            tree.begin_list(0);
            for item in items {
                add(tree, item);
            }
            tree.end(false);
        }
        Value::Object(entries) => {
            tree.begin_map(0);
            for (key, value) in entries {
                tree.key(key);
                add(tree, value);
            }
            tree.end(false);
        }
    }
}
