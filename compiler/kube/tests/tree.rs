//! What a tree holds is what its builder was told, whatever the order of calls.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use kube::tree::{Step, Tree, Value};

#[test]
fn an_object_is_read_as_it_was_built() {
    let mut tree = Tree::new();
    tree.begin_map(1);
    tree.key("name").str("app", 2);
    tree.key("port").int(-3, 3);
    tree.key("big").int(i64::MIN, 3);
    tree.key("half").float(0.5, 4);
    tree.key("on").bool(true, 5);
    tree.key("off").bool(false, 5);
    tree.key("none").null(6);
    tree.key("list").begin_list(7);
    tree.text(format_args!("{}-{}", "a", 1), 8);
    tree.begin_map(9);
    tree.end(false);
    tree.end(true);
    let root = tree.end(false).unwrap();
    let root = tree.node(root).unwrap();
    let shown = r#"{"name": "app", "port": -3, "big": -9223372036854775808, "half": 0.5, "on": true, "off": false, "none": null, "list": ["a-1", {}]}"#;
    assert_eq!(format!("{root:?}"), shown);
    assert_eq!(root.origin(), 1);
    assert_eq!(root.at(&["list", "0"]).unwrap().as_str(), Some("a-1"));
    let path = [Step::Key("list".into()), Step::Index(1)];
    let hollow = root.find(&path).unwrap();
    assert!(
        hollow.is_hollow() && hollow.is_map() && hollow.origin() == 9 && hollow.key().is_empty()
    );
    assert!(root.get("port").unwrap().as_int() == Some(-3) && root.get("por").is_none());
    assert!(root.get("on").unwrap().as_bool() == Some(true) && root.get("none").unwrap().is_null());

    let mut other = Tree::new();
    other.copy(root);
    assert_eq!(format!("{:?}", other.roots().next().unwrap()), shown);
}

#[test]
fn empty_records_are_taken_back_where_told() {
    let mut tree = Tree::new();
    tree.begin_map(0);
    for (key, drop) in [("a", true), ("b", false), ("c", true), ("d", true)] {
        tree.key(key).begin_map(0);
        tree.end(drop);
    }
    tree.key("e").int(1, 0);
    tree.key("f").begin_map(0);
    tree.key("g").begin_map(0);
    tree.key("h").begin_map(0);
    tree.end(true);
    tree.end(true);
    tree.end(true);
    tree.key("i").int(2, 0);
    tree.end(false);
    assert_eq!(format!("{:?}", tree.roots().next().unwrap()), r#"{"b": {}, "e": 1, "i": 2}"#);
    tree.begin_map(0);
    assert!(tree.end(true).is_none());
    assert_eq!(tree.roots().len(), 1);
    tree.clear();
    assert!(tree.is_empty() && tree.roots().len() == 0);
}

#[test]
fn depth_is_bounded_and_misuse_does_nothing() {
    let mut tree = Tree::new();
    assert!(tree.end(true).is_none());
    for _ in 0..100_000 {
        tree.key("k").begin_map(0);
    }
    tree.key("x").str("lost", 0);
    for _ in 0..100_001 {
        tree.end(false);
    }
    assert!(tree.is_cut());
    assert_eq!(tree.len(), Tree::MAX_DEPTH);
    tree.clear();
    tree.begin_map(0);
    tree.str("without a key", 0);
    tree.float(f64::NAN, 0);
    let root = tree.roots().next().unwrap();
    assert!(!tree.is_cut() && root.get("").unwrap().as_str() == Some("without a key"));
    assert!(root.entries().all(|(key, _)| key.is_empty()) && root.items().count() == 0);
    assert!(root.entries().nth(1).unwrap().1.value() == Value::Null);
}
