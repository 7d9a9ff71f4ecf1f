//! What `depc diff` says of the changes that the systems tell of.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeMap;

use serde_json::Value;
use tests::command::{Folder, depc};

/// What differs, as `--format json` tells it.
fn differences(folder: &std::path::Path, old: &str, new: &str) -> Vec<Value> {
    let output = depc(folder, &["diff", old, new, "--format", "json"]);
    assert_eq!(output.code, 1, "{}", output.stderr);
    let told: Value = serde_json::from_str(&output.stdout).unwrap();
    told["objects"].as_array().unwrap().clone()
}

/// The consequences of all leaves, by path.
fn consequences(objects: &[Value]) -> BTreeMap<String, String> {
    let leaves =
        objects.iter().flat_map(|object| object["leaves"].as_array().into_iter().flatten());
    let text = |leaf: &Value, key: &str| leaf[key].as_str().unwrap_or_default().to_owned();
    leaves.map(|leaf| (text(leaf, "path"), text(leaf, "consequence"))).collect()
}

/// S004-V08: three programs that become one leave their objects behind.
#[test]
fn who_joins_components_learns_what_stays_in_the_cluster() {
    let objects =
        differences(&tests::root(), "examples/operator/split.dep", "examples/operator/app.dep");
    let mut left: BTreeMap<&str, usize> = BTreeMap::new();
    for object in objects.iter().filter(|object| object["change"] == "removed") {
        *left.entry(object["kind"].as_str().unwrap()).or_default() += 1;
        let consequence = object["consequence"].as_str().unwrap();
        assert!(consequence.contains("kubectl delete "), "{consequence}");
        assert!(consequence.contains(object["name"].as_str().unwrap()), "{consequence}");
    }
    let expected = [
        ("ClusterRole", 2),
        ("ClusterRoleBinding", 3),
        ("Deployment", 3),
        ("RoleBinding", 1),
        ("ServiceAccount", 3),
    ];
    assert_eq!(left, BTreeMap::from(expected));
}

/// S004-V07: the role of a binding never changes.
#[test]
fn a_binding_keeps_its_role() {
    let binding = |role: &str| {
        format!(
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {{name: coder}}\n\
             roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: {role}}}\nsubjects: []\n"
        )
    };
    let folder =
        Folder::new(&[("old.yaml", &binding("manager")), ("new.yaml", &binding("viewer"))]);
    let told = consequences(&differences(&folder.path(), "old.yaml", "new.yaml"));
    assert!(told["roleRef.name"].contains("has to be deleted and made anew"), "{told:?}");
}

/// S002-09: a number of pods that is no longer said falls to 1, and one that is said is taken from the autoscaler.
#[test]
fn the_number_of_pods_passes_from_hand_to_hand() {
    let deployment = "web: k8s.Deployment = {\n  metadata { name = \"web\" }\n  spec {\n    selector { matchLabels { app = \"web\" } }\n    template {\n      metadata { labels { app = \"web\" } }\n      spec { containers.web { image = \"example.com/web:v1\", resources { requests { cpu = 1 } } } }\n    }\n  }\n}\n";
    let said = "overlay \"./unset.dep\"\nweb.spec.replicas = 3\n";
    let scaled = "overlay \"./unset.dep\"\nscaler: k8s.HorizontalPodAutoscaler = {\n  metadata { name = \"scaler\" }\n  spec {\n    maxReplicas = 5\n    scaleTargetRef { apiVersion = \"apps/v1\", kind = \"Deployment\", name = \"web\" }\n  }\n}\n";
    let folder =
        Folder::new(&[("unset.dep", deployment), ("said.dep", said), ("scaled.dep", scaled)]);
    let of = |old: &str, new: &str| {
        consequences(&differences(&folder.path(), old, new))["spec.replicas"].clone()
    };
    assert!(
        of("said.dep", "unset.dep")
            .contains("the server puts 1 in its place, and nothing here scales it")
    );
    assert!(of("said.dep", "scaled.dep").contains("until HorizontalPodAutoscaler scaler sets it"));
    assert!(
        of("scaled.dep", "said.dep")
            .contains("takes the number of pods from HorizontalPodAutoscaler scaler")
    );
    assert!(of("unset.dep", "said.dep").contains("whoever set it until now"));
}

#[test]
fn what_cannot_be_compared_is_no_difference() {
    let folder =
        Folder::new(&[("app.dep", "x = 1\n"), ("bad.dep", "x = = 1\n"), ("list.yaml", "- 1\n")]);
    for (old, new) in [
        ("bad.dep", "app.dep"),
        ("app.dep", "bad.dep"),
        ("app.dep", "none.yaml"),
        ("list.yaml", "app.dep"),
    ] {
        let output = folder.depc(&["diff", old, new]);
        assert_eq!((output.code, &*output.stdout), (2, ""), "{old} {new}: {}", output.stderr);
    }
    assert_eq!(folder.depc(&["diff", "app.dep", "app.dep"]).code, 0);
}

/// What a server wrote into `data` stays when the `stringData` it was made of is taken away.
#[test]
fn what_was_made_of_string_data_stays() {
    let secret =
        |maps: &str| format!("apiVersion: v1\nkind: Secret\nmetadata: {{name: login}}\n{maps}\n");
    let folder = Folder::new(&[
        ("both.yaml", &secret("stringData: {user: a, password: b}")),
        ("one.yaml", &secret("stringData: {user: a}")),
        ("none.yaml", &secret("")),
        ("data.yaml", &secret("data: {user: YQ==, password: Yw==}")),
    ]);
    let of = |old: &str, new: &str| consequences(&differences(&folder.path(), old, new));
    assert!(of("both.yaml", "one.yaml")["stringData.password"].ends_with(": data.password"));
    assert!(of("both.yaml", "none.yaml")["stringData"].ends_with(": data.user, data.password"));
    // An entry that is said as `data` now is whoever applies it's; and so is one that always was.
    assert_eq!(of("both.yaml", "data.yaml")["stringData.password"], "");
    assert_eq!(of("data.yaml", "none.yaml")["data"], "");
}
