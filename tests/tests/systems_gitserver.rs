//! System 000, a git server that is split off: ours beside the original, and what the original lets pass.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::path::Path;
use tests::systems::{Objects, add, differences, golden, layered, made};

const PROGRAM: &str = "gitserver.dep";

/// Renderings of the original, and what our program is told for each.
const CASES: [(&str, &str); 10] = [
    ("off", ""),
    ("off-mcp", "withMcp = true"),
    ("inproc-s3", "gitServerRuns = inProcess\nblobs = bucket"),
    ("inproc-s3-mcp", "gitServerRuns = inProcess\nblobs = bucket\nwithMcp = true"),
    (
        "inproc-s3-repack",
        "gitServerRuns = inProcess\nblobs = bucket\ngitServer.repackThreshold = 200",
    ),
    ("sep-s3", "gitServerRuns = separate\nblobs = bucket"),
    ("sep-s3-mcp", "gitServerRuns = separate\nblobs = bucket\nwithMcp = true"),
    (
        "sep-s3-podmeta",
        "gitServerRuns = separate
        blobs = bucket
        rel {
          deploymentAnnotations { da = \"1\" }
          podAnnotations { pa = \"1\" }
          podLabels { pl = \"1\" }
        }",
    ),
    (
        "sep-s3-telemetry",
        "gitServerRuns = separate
        blobs = bucket
        withMcp = true
        rel.telemetry { host = \"rel-telemetry.ns\" }",
    ),
    (
        "sep-ci",
        "gitServerRuns = separate {
          replicas = 2
          podAnnotations { \"test-pod-annotation\" = \"true\" }
          podLabels { \"test-pod-label\" = \"true\" }
          resources { requests { cpu = 250m, memory = 512Mi } }
          serviceAnnotations { \"test-service-annotation\" = \"true\" }
          serviceLabels { \"test-service-label\" = \"true\" }
        }
        blobs = bucket
        withMcp = true
        gitServer.repackThreshold = 200
        rel.budget { minAvailable = 1 }",
    ),
];

/// Objects of the original that are none of the three parts: the Secret is not ours to make, and the collector is
/// another program.
const NOT_ASKED_FOR: [&str; 6] = [
    "/Secret ns/rel-retool",
    "/Service ns/rel-telemetry",
    "/ServiceAccount ns/rel-telemetry",
    "apps/Deployment ns/rel-retool-telemetry",
    "rbac.authorization.k8s.io/ClusterRole /rel-telemetry",
    "rbac.authorization.k8s.io/ClusterRoleBinding /rel-telemetry",
];

/// What the original makes in a mode.
fn original(folder: &Path, name: &str) -> Objects {
    let text = std::fs::read_to_string(folder.join(format!("000/{name}.json"))).unwrap();
    let values: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&text).unwrap();
    let mut objects = Objects::new();
    for (_, object) in values {
        add(&mut objects, object, "ns");
    }
    objects.retain(|key, _| !NOT_ASKED_FOR.contains(&key.as_str()));
    objects
}

#[test]
fn every_mode_makes_what_the_original_makes() {
    let Some(folder) = golden() else { return };
    let mut wrong = String::new();
    for (name, lines) in CASES {
        for difference in differences(&original(&folder, name), &made(PROGRAM, lines, "ns")) {
            wrong.push_str(&format!("{name}: {difference}\n"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    // Modes differ, and it shows.
    let found = differences(&original(&folder, "sep-s3"), &made(PROGRAM, "", "ns"));
    assert!(
        found.contains(&"apps/Deployment ns/rel-retool-git-server: ours is missing".to_owned())
    );
    assert!(found.iter().any(|line| line.contains(".env")), "{found:?}");
}

/// What the original refuses is refused.
#[test]
fn storage_is_given_once() {
    let none = layered(PROGRAM, "gitServerRuns = inProcess", "check");
    assert_eq!(none.code, 1);
    assert!(none.stderr.contains("a git server needs storage"), "{}", none.stderr);
    let two = "gitServerRuns = inProcess\nblobs = bucket { gcs { bucket = \"x\" } }";
    let two = layered(PROGRAM, two, "check");
    assert_eq!(two.code, 1);
    assert!(two.stderr.contains("is `s3` below"), "{}", two.stderr);
}

/// What the original's users were not told. It changes nothing in what is made.
#[test]
fn what_has_no_effect_or_too_much_of_one_is_warned_of() {
    let apart = "gitServerRuns = separate\nblobs = bucket\nwithMcp = true\n";
    let collector = "rel.telemetry { host = \"collector.monitoring\" }\n";
    let warnings = [
        // V01: it is known elsewhere where objects are kept.
        (
            "gitServerRuns = inProcess\nblobs = elsewhere { reason = \"the image knows\" }",
            "nothing here says where objects are kept: the image knows",
        ),
        // V12: no pod of the backend may ever go.
        ("rel.budget { minAvailable = 1 }", "XR-041"),
        // V17: logs of pods without the label are not found, and a part without measurements is not seen.
        (collector, "the pods of the git server have none"),
        (collector, "the MCP server reports nothing to it"),
        // V18: the anti-affinity is for pods with other labels.
        (
            "",
            "the anti-affinity keeps pods apart that have other labels than those of the git server",
        ),
        (
            "",
            "the anti-affinity keeps pods apart that have other labels than those of the MCP server",
        ),
        // V19: a secret in the open.
        ("", "a secret stands in the program as plain text: it is that of a rendering"),
        // V20: a budget that holds for all parts but one.
        ("rel.budget { minAvailable = 1 }", "and the MCP server none"),
        // S000-14: one key in two places.
        (
            "rel.podLabels { a = \"1\" }\ngitServerRuns = separate { podLabels { a = \"2\" } }",
            "both have a: that of the git server holds",
        ),
    ];
    for (lines, warning) in warnings {
        let base = if lines.contains("gitServerRuns") { "blobs = bucket\n" } else { apart };
        let base = if lines.contains("blobs") { "" } else { base };
        let output = layered(PROGRAM, &format!("{base}{lines}"), "check");
        assert_eq!(output.code, 0, "{lines}\n{}", output.stderr);
        assert!(output.stderr.contains(warning), "{warning}\n{}", output.stderr);
    }
    let quiet = "override rel.affinity = {}\nrel.budget { maxUnavailable = 1 }\nrel.podLabels { \"app.kubernetes.io/instance\" = \"rel\" }\n";
    let quiet = format!("gitServerRuns = separate\nblobs = bucket\n{quiet}{collector}");
    let output = layered(PROGRAM, &quiet, "check");
    assert!(!output.stderr.contains("collector"), "{}", output.stderr);
    assert!(!output.stderr.contains("anti-affinity"), "{}", output.stderr);
}

/// Each requirement and each rule of system 000 has a test of its own, or stands above.
#[test]
fn each_requirement_has_a_test_that_passes() {
    let output =
        tests::command::depc(&tests::root(), &["test", "tests/systems/gitserver_test.dep"]);
    assert_eq!(output.code, 0, "{}{}", output.stdout, output.stderr);
    // S000-21 is seen in the originals' two modes; V12, V17, V18 and V20 are warnings.
    let elsewhere = ["S000-21", "V12", "V17", "V18", "V20"];
    let numbers =
        (1..=25).map(|n| format!("S000-{n:02}")).chain((1..=20).map(|n| format!("V{n:02}")));
    for id in numbers.filter(|id| !elsewhere.contains(&id.as_str())) {
        let line = format!("gitserver_test.dep: {id}:");
        assert!(output.stdout.contains(&line), "{id} has no test\n{}", output.stdout);
    }
}
