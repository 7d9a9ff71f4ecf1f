//! Systems 002 and 003, servers for the Model Context Protocol: ours beside what the original makes.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use serde_json::Value;
use tests::systems::{Objects, differences, golden, layered, made, objects};

/// The first two objects of system 002; the others stand in no rendering.
const COMPARED: [&str; 2] =
    ["apps/Deployment default/test-vmcp", "/Service default/vmcp-test-vmcp"];

const REDIS: &str = "vmcp.sessionStorage = redis {
  address = \"redis.default.svc:6379\"
  passwordRef = SecretRef { name = \"redis-secret\", key = \"password\" }
}";

/// Puts a word in place of checksums, as the originals have it.
fn without_checksums(objects: &mut Objects) {
    for object in objects.values_mut() {
        let annotations = object.pointer_mut("/spec/template/metadata/annotations");
        for value in
            annotations.and_then(Value::as_object_mut).into_iter().flat_map(|map| map.values_mut())
        {
            let text = value.as_str().unwrap_or_default();
            if text.len() == 64 && text.chars().all(|c| c.is_ascii_hexdigit()) {
                *value = Value::from("CHECKSUM");
            }
        }
    }
}

fn ours(lines: &str) -> Objects {
    let mut objects = made("virtual.dep", lines, "default");
    objects.retain(|key, _| COMPARED.contains(&key.as_str()));
    without_checksums(&mut objects);
    objects
}

#[test]
fn a_virtual_server_is_what_the_original_makes() {
    let Some(folder) = golden() else { return };
    let redis = format!("use std.config.SecretRef\n\nvmcp.replicas = 3\n{REDIS}");
    let oidc = "use std.config.SecretRef\n\nvmcp.oidcClientSecret = SecretRef { name = \"oidc-sec\", key = \"clientSecret\" }";
    let cases = [
        ("replicas-nil", ""),
        ("replicas-3", "vmcp.replicas = 3"),
        ("redis-pw", &*redis),
        ("oidc", oidc),
    ];
    let mut wrong = String::new();
    for (name, lines) in cases {
        let text = std::fs::read_to_string(folder.join(format!("002/{name}.yaml"))).unwrap();
        for difference in differences(&objects(&text, "default"), &ours(lines)) {
            wrong.push_str(&format!("{name}: {difference}\n"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Numbers of pods differ in one line: none said, none, one and three.
#[test]
fn numbers_of_pods_differ_in_that_alone() {
    let unset = ours("");
    for number in [0, 1, 3] {
        let found = differences(&unset, &ours(&format!("vmcp.replicas = {number}")));
        let line = format!(
            "apps/Deployment default/test-vmcp.spec.replicas: the original has null, ours {number}"
        );
        assert_eq!(found, [line]);
    }
}

#[test]
fn a_configuration_is_the_original_byte_for_byte() {
    let Some(folder) = golden() else { return };
    let redis = "server.sessionStorage = redis { address = \"redis.default.svc:6379\", db = 2, keyPrefix = \"thv:\" }";
    let cases = [
        ("runconfig-nil", ""),
        ("runconfig-br3", "server.backendReplicas = 3"),
        ("runconfig-redis", redis),
    ];
    for (name, lines) in cases {
        let theirs = std::fs::read_to_string(folder.join(format!("003/{name}.json"))).unwrap();
        let ours = made("server.dep", lines, "default");
        let text = ours["/ConfigMap default/test-runconfig"]["data"]["runconfig.json"].as_str();
        assert_eq!(text, Some(&*theirs), "{name}");
    }
}

/// S002-10: pods that do not share their sessions are warned of, and that changes nothing.
#[test]
fn sessions_that_are_not_shared_are_warned_of() {
    let message = "replicas > 1 but sessionStorage.provider is not redis; sessions are not shared across replicas";
    let shared = format!("use std.config.SecretRef\n\nvmcp.replicas = 3\n{REDIS}");
    for (lines, warned) in [
        ("vmcp.replicas = 3", true),
        ("vmcp { replicas = 2, sessionStorage = memory }", true),
        ("", false),
        ("vmcp.replicas = 1", false),
        ("vmcp.replicas = 0", false),
        (&*shared, false),
    ] {
        let output = layered("virtual.dep", lines, "check");
        assert_eq!(output.code, 0, "{lines}\n{}", output.stderr);
        assert_eq!(output.stderr.contains(message), warned, "{lines}\n{}", output.stderr);
    }
}

/// S002-V07: Go is told of no more memory than there is.
#[test]
fn a_hint_of_memory_lies_within_the_limit() {
    for (hint, warned) in [("150MiB", false), ("512MiB", false), ("513MiB", true), ("2GiB", true)] {
        let lines = format!("vmcp.env {{ GOMEMLIMIT = \"{hint}\" }}");
        let output = layered("virtual.dep", &lines, "check");
        assert_eq!(output.stderr.contains("GOMEMLIMIT is above"), warned, "{}", output.stderr);
    }
    let output = layered("server.dep", "server.proxyEnv { GOMEMLIMIT = \"150MiB\" }", "check");
    assert!(output.stderr.contains("GOMEMLIMIT is above the limit"), "{}", output.stderr);
}

/// A server and a virtual server of one name would be one Deployment.
#[test]
fn two_servers_of_one_name_are_told() {
    let lines = "use std.mcp.server.McpServer\n\nother: McpServer = McpServer { name = \"test-vmcp\", image = \"example.com/server:1.0.0\" }";
    let output = layered("virtual.dep", lines, "check");
    assert_eq!(output.code, 1);
    assert!(output.stderr.contains("XR-001"), "{}", output.stderr);
}

#[test]
fn each_requirement_has_a_test_that_passes() {
    let rows = [
        ("virtual_test.dep", "S002", 12, vec!["S002-09", "S002-10"]),
        ("server_test.dep", "S003", 11, vec![]),
    ];
    for (file, system, count, elsewhere) in rows {
        let output =
            tests::command::depc(&tests::root(), &["test", &format!("tests/systems/{file}")]);
        assert_eq!(output.code, 0, "{}{}", output.stdout, output.stderr);
        let ids = (1..=count).map(|n| format!("{system}-{n:02}"));
        for id in ids.filter(|id| !elsewhere.contains(&id.as_str())) {
            assert!(output.stdout.contains(&format!("{file}: {id}:")), "{id} has no test");
        }
    }
}
