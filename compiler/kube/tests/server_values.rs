//! Single values in their places in objects, against what a running API server answered
//! (`data/values.json`), and what the rules cost.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

use std::time::Instant;

use kube::rules::Level;
use kube::server::{misshapen, refusals};
use kube::tree::{Step, Tree};
use serde_json::{Value, json};

mod json_tree;

use json_tree::tree;

/// Whether a server of 1.36 would refuse the object; what is only stricter than a server is left out.
fn is_refused(object: &Value) -> bool {
    let tree = tree(object);
    let root = tree.roots().next().unwrap();
    let all = misshapen(root, 36).into_iter().chain(refusals(root, 36));
    all.into_iter().any(|one| one.level == Level::Error && !one.stricter)
}

fn deployment(pod: Value, container: Value) -> Value {
    let labels = json!({"app": "web"});
    let mut container = container;
    container["name"] = json!("web");
    container["image"] = json!("ghcr.io/your-org/web:1.0.0");
    let mut pod = pod;
    pod["containers"] = json!([container]);
    json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": {
        "selector": {"matchLabels": labels},
        "template": {"metadata": {"labels": labels}, "spec": pod}}})
}

/// An object with the value in its place.
fn with(kind: &str, value: &Value) -> Option<Value> {
    let none = || json!({});
    Some(match kind {
        "cron" => json!({"apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"name": "web"},
            "spec": {"schedule": value, "jobTemplate": {"spec": {"template": {"spec": {
                "restartPolicy": "Never",
                "containers": [{"name": "web", "image": "web"}]}}}}}}),
        "timezone" => {
            let mut object = with("cron", &json!("0 0 * * *"))?;
            object["spec"]["timeZone"] = value.clone();
            object
        }
        "ip_hostalias" => {
            deployment(json!({"hostAliases": [{"ip": value, "hostnames": ["a"]}]}), none())
        }
        "cidr_netpol" => json!({"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
            "metadata": {"name": "web"},
            "spec": {"podSelector": {}, "ingress": [{"from": [{"ipBlock": {"cidr": value}}]}]}}),
        "percent" => json!({"apiVersion": "policy/v1", "kind": "PodDisruptionBudget",
            "metadata": {"name": "web"},
            "spec": {"minAvailable": value, "selector": {"matchLabels": {"app": "web"}}}}),
        "port_name" => deployment(none(), json!({"ports": [{"name": value, "containerPort": 80}]})),
        "env_name" => deployment(none(), json!({"env": [{"name": value, "value": "a"}]})),
        "cm_key_ref" => deployment(
            none(),
            json!({"env": [{"name": "A",
            "valueFrom": {"configMapKeyRef": {"name": "web", "key": value}}}]}),
        ),
        "label_value" => json!({"apiVersion": "v1", "kind": "ConfigMap",
            "metadata": {"name": "web", "labels": {"a": value}}}),
        "ingress_host" => json!({"apiVersion": "networking.k8s.io/v1", "kind": "Ingress",
            "metadata": {"name": "web"}, "spec": {"rules": [{"host": value, "http": {"paths": [
                {"path": "/", "pathType": "Prefix",
                 "backend": {"service": {"name": "web", "port": {"number": 80}}}}]}}]}}),
        "svc_name" => json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": value},
            "spec": {"ports": [{"port": 80}]}}),
        _ => return None,
    })
}

#[test]
fn values_are_judged_as_a_server_does() {
    let observed: Value = serde_json::from_str(include_str!("data/values.json")).unwrap();
    let (mut count, mut wrong) = (0, Vec::new());
    for (kind, values) in observed.as_object().unwrap() {
        for pair in values.as_array().unwrap() {
            let Some(object) = with(kind, &pair[0]) else { continue };
            count += 1;
            if is_refused(&object) == pair[1].as_bool().unwrap() {
                wrong.push(format!("{kind} {}: a server says {}", pair[0], pair[1]));
            }
        }
    }
    println!("{count} values");
    assert!(count > 200);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Objects made at random over which rules and a server of 1.36 once differed, with the server's verdicts.
#[test]
fn objects_that_differed_once_are_judged_as_a_server_does() {
    let lines: Vec<Value> = include_str!("data/observed.jsonl")
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert!(lines.len() > 40);
    let differs = |line: &&Value| is_refused(&line["object"]) != line["refused"].as_bool().unwrap();
    let wrong: Vec<&Value> = lines.iter().filter(differs).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What rules say of an object at 1.36, as `path: message`.
fn said(object: &Value) -> Vec<String> {
    let tree = tree(object);
    let root = tree.roots().next().unwrap();
    let all = misshapen(root, 36).into_iter().chain(refusals(root, 36));
    let shown = |step: &Step| match step {
        Step::Key(key) => key.clone(),
        Step::Index(index) => index.to_string(),
    };
    all.map(|one| {
        let path: Vec<String> = one.path.iter().map(shown).collect();
        format!("{}: {}", path.join("."), one.message)
    })
    .collect()
}

#[test]
fn what_never_works_is_refused_although_a_server_takes_it() {
    let named = deployment(json!({}), json!({"readinessProbe": {"httpGet": {"port": "http"}}}));
    let service = json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"},
        "spec": {"ports": [{"port": 80, "targetPort": 0}]}});
    let root =
        deployment(json!({"securityContext": {"runAsUser": 0, "runAsNonRoot": true}}), json!({}));
    for (object, expected) in [
        (&named, "httpGet.port: the container has no port named `http`"),
        (&service, "targetPort: `targetPort` has no effect here: it counts as not given"),
        (&root, "securityContext.runAsUser: user 0 is root"),
    ] {
        assert!(!is_refused(object));
        let said = said(object);
        assert!(matches!(said.as_slice(), [one] if one.contains(expected)), "{said:?}");
    }
}

#[test]
fn huge_pages_are_whole_and_kinds_are_known() {
    let pages = |size: &str| {
        let amounts = json!({"cpu": "1", "hugepages-2Mi": size});
        deployment(json!({}), json!({"resources": {"requests": amounts, "limits": amounts}}))
    };
    assert!(is_refused(&pages("3Mi")));
    assert!(!is_refused(&pages("4Mi")));
    let kind = |version: &str, kind: &str| {
        is_refused(&json!({"apiVersion": version, "kind": kind, "metadata": {"name": "web"}}))
    };
    // Of what is not Kubernetes' own nothing is known.
    assert!(!kind("example.com/v1", "CronTab"));
    assert!(kind("apps/v2", "Deployment"));
    assert!(kind("policy/v1beta1", "PodSecurityPolicy"));
    assert!(kind("v1", "Deployment"));
}

/// A thousand Deployments of the size that the library makes. Printed for notes; the bound is for the worst
/// machine and an unoptimised build.
#[test]
fn a_thousand_deployments_cost_little() {
    let container = json!({
        "ports": [{"name": "http", "containerPort": 3000, "protocol": "TCP"}, {"name": "metrics", "containerPort": 9090}],
        "env": (0..12).map(|n| json!({"name": format!("NAME_{n}"), "value": "value"})).collect::<Vec<_>>(),
        "resources": {"requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"memory": "256Mi"}},
        "readinessProbe": {"httpGet": {"path": "/ready", "port": "http"}, "periodSeconds": 5},
        "livenessProbe": {"tcpSocket": {"port": "http"}},
        "volumeMounts": [{"name": "data", "mountPath": "/data"}, {"name": "tmp", "mountPath": "/tmp"}],
        "securityContext": {"runAsUser": 1000, "allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]}}
    });
    let pod = json!({"volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}, {"name": "tmp", "emptyDir": {}}],
        "serviceAccountName": "web", "securityContext": {"fsGroup": 1000}});
    let tree: Tree = tree(&deployment(pod, container));
    let root = tree.roots().next().unwrap();
    let start = Instant::now();
    for _ in 0..1000 {
        assert!(refusals(root, 36).is_empty());
    }
    println!("1000 Deployments of {} nodes: {:?}", tree.len(), start.elapsed());
    assert!(start.elapsed().as_millis() < 2000);
}

/// Each pair is refused and taken, by the validation of Kubernetes 1.36 (`pkg/apis/*/validation`).
#[test]
fn rarer_fields_are_held_to_their_rules() {
    let service = |spec: Value| json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "a"}, "spec": spec});
    let ports = json!([{"port": 80}]);
    let job = |labels: Value| {
        json!({"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "a"}, "spec": {"template": {
            "metadata": {"labels": labels},
            "spec": {"restartPolicy": "Never", "containers": [{"name": "a", "image": "a:1"}]}}}})
    };
    let volume = |source: &str, held: Value| {
        json!({"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": "a"}, "spec": {
            "accessModes": ["ReadWriteOnce"], "capacity": {"storage": "1Gi"}, source: held,
            "nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": [{"key": "a", "operator": "Exists"}]}]}}}})
    };
    let attributed = |source: &str, name: &str| {
        let held = json!({"driver": "a.b", "volumeHandle": "x", "path": "/a"});
        let mut object = volume(source, held);
        object["spec"]["volumeAttributesClassName"] = json!(name);
        object["spec"][source]
            .as_object_mut()
            .unwrap()
            .retain(|key, _| (key == "path") == (source == "hostPath"));
        object
    };
    let class = |driver: &str, parameters: Value| {
        json!({"apiVersion": "storage.k8s.io/v1", "kind": "VolumeAttributesClass", "metadata": {"name": "a"},
            "driverName": driver, "parameters": parameters})
    };
    let quota = |operator: &str, values: Value| {
        json!({"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "a"}, "spec": {
            "hard": {"pods": "1"},
            "scopeSelector": {"matchExpressions": [{"scopeName": "BestEffort", "operator": operator, "values": values}]}}})
    };
    let node = |second: &str| {
        let taints = json!([{"key": "a", "effect": "NoSchedule"}, {"key": "a", "effect": second}]);
        json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "a"}, "spec": {"taints": taints}})
    };
    let mirror = |node: &str| {
        json!({"apiVersion": "v1", "kind": "Pod",
            "metadata": {"name": "a", "annotations": {"kubernetes.io/config.mirror": "a"}},
            "spec": {"nodeName": node, "containers": [{"name": "a", "image": "a:1"}]}})
    };
    let flex = |held: Value| {
        deployment(json!({"volumes": [{"name": "v", "flexVolume": held}]}), json!({}))
    };
    let definition = |property: Value| {
        json!({"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
            "metadata": {"name": "xs.a.b"}, "spec": {"group": "a.b", "scope": "Namespaced",
                "names": {"kind": "X", "plural": "xs", "singular": "x", "listKind": "XList"},
                "versions": [{"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": {
                    "type": "object", "properties": {"e": property}}}}]}})
    };
    let pairs = [
        (
            service(json!({"ports": ports, "ipFamilies": ["IPv6"], "clusterIP": "10.0.0.1"})),
            service(json!({"ports": ports, "ipFamilies": ["IPv4"], "clusterIP": "10.0.0.1"})),
        ),
        (
            service(
                json!({"ports": ports, "clusterIP": "10.0.0.1", "clusterIPs": ["10.0.0.1", "10.0.0.2"]}),
            ),
            service(
                json!({"ports": ports, "clusterIP": "10.0.0.1", "clusterIPs": ["10.0.0.1", "fd00::2"]}),
            ),
        ),
        (
            service(
                json!({"ports": ports, "clusterIP": "None", "clusterIPs": ["None", "10.0.0.2"]}),
            ),
            service(json!({"ports": ports, "clusterIP": "None", "clusterIPs": ["None"]})),
        ),
        (
            service(json!({"ports": ports, "clusterIPs": ["10.0.0.1"]})),
            service(json!({"ports": ports, "clusterIP": "10.0.0.1", "clusterIPs": ["10.0.0.1"]})),
        ),
        (
            service(
                json!({"ports": ports, "type": "LoadBalancer", "externalTrafficPolicy": "Local", "healthCheckNodePort": -1}),
            ),
            service(
                json!({"ports": ports, "type": "LoadBalancer", "externalTrafficPolicy": "Local", "healthCheckNodePort": 31000}),
            ),
        ),
        (job(json!({"job-name": "b"})), job(json!({"job-name": "a"}))),
        (job(json!({"batch.kubernetes.io/controller-uid": "b"})), job(json!({"b": "b"}))),
        (volume("local", json!({"path": "/a/.."})), volume("local", json!({"path": "/a"}))),
        (
            volume("flexVolume", json!({"driver": ""})),
            volume("flexVolume", json!({"driver": "a/b"})),
        ),
        (
            volume(
                "azureFile",
                json!({"secretName": "a", "shareName": "a", "secretNamespace": ""}),
            ),
            volume("azureFile", json!({"secretName": "a", "shareName": "a"})),
        ),
        (attributed("csi", ""), attributed("csi", "a")),
        (attributed("hostPath", "a"), attributed("csi", "b")),
        (class("A b", json!({"a": "b"})), class("a.b", json!({"a": "b"}))),
        (class("a.b", json!({})), class("A.b/c", json!({"a": ""}))),
        (quota("In", json!(["a"])), quota("Exists", json!([]))),
        (node("NoSchedule"), node("NoExecute")),
        (mirror(""), mirror("n")),
        (flex(json!({"driver": ""})), flex(json!({"driver": "a/b"}))),
        (
            flex(json!({"driver": "a/b", "options": {"a.kubernetes.io/x": "y"}})),
            flex(json!({"driver": "a/b", "options": {"a": "y"}})),
        ),
        (
            definition(json!({"type": "object", "x-kubernetes-embedded-resource": true})),
            definition(
                json!({"type": "object", "x-kubernetes-embedded-resource": true, "x-kubernetes-preserve-unknown-fields": true}),
            ),
        ),
        (
            definition(json!({"type": "object", "anyOf": [{"type": "object"}]})),
            definition(
                json!({"x-kubernetes-int-or-string": true, "anyOf": [{"type": "integer"}, {"type": "string"}]}),
            ),
        ),
    ];
    for (refused, taken) in pairs {
        assert!(is_refused(&refused), "{refused}");
        assert!(!is_refused(&taken), "{taken}");
    }
}
