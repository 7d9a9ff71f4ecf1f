//! Rules about what a cluster grants and demands: namespaces, quotas, nodes, policies, gateways and monitors; and lints
//! that look at several objects.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod rules_report;

use rules_report::{report, report_with};

/// What is said of several documents, each message up to its first place.
fn said(documents: &[&str]) -> Vec<String> {
    report(&documents.join("\n---\n"))
}

/// What a lint says, which is asked for.
fn hinted(id: &str, documents: &[&str]) -> Vec<String> {
    let mut all = report_with(&documents.join("\n---\n"), &[id]);
    all.retain(|line| line.starts_with(id));
    all
}

fn object(version: &str, kind: &str, name: &str, rest: &str) -> String {
    format!(
        "{{apiVersion: {version}, kind: {kind}, metadata: {{name: {name}, namespace: a}}, {rest}}}"
    )
}

/// A Deployment of two pods, with more fields of its pods and of its container.
fn web(pod: &str, container: &str) -> String {
    object(
        "apps/v1",
        "Deployment",
        "web",
        &format!(
            "spec: {{replicas: 2, selector: {{matchLabels: {{app: web}}}}, template: {{metadata: {{labels: {{app: web}}}}, \
             spec: {{{pod} containers: [{{name: c, {container} ports: [{{containerPort: 80, name: http}}]}}]}}}}}}"
        ),
    )
}

fn service() -> String {
    object("v1", "Service", "web", "spec: {selector: {app: web}, ports: [{port: 80, name: http}]}")
}

#[test]
fn a_namespace_enforces_a_level_of_security() {
    let namespace = |level: &str| {
        format!(
            "{{apiVersion: v1, kind: Namespace, metadata: {{name: a, labels: {{pod-security.kubernetes.io/enforce: {level}}}}}}}"
        )
    };
    let open = web("hostNetwork: true,", "");
    let found = said(&[&namespace("baseline"), &open]);
    assert_eq!(
        found[1],
        "XR-093 E 1:spec.template.spec.hostNetwork no pod can be made: `a` enforces `baseline`, and it is part of its node \
         (0:metadata.labels.pod-security.kubernetes.io/enforce the level of the namespace)"
    );
    let plain = web("", "");
    assert!(said(&[&namespace("baseline"), &plain]).is_empty());
    assert!(said(&[&namespace("privileged"), &open]).iter().all(|one| !one.starts_with("XR-093")));
    let found = said(&[&namespace("restricted"), &plain]);
    let at: Vec<&str> = found.iter().map(|one| one.split(' ').nth(2).unwrap()).collect();
    let container = "1:spec.template.spec.containers.0.securityContext.";
    let expected =
        ["allowPrivilegeEscalation", "capabilities.drop", "runAsNonRoot", "seccompProfile"]
            .map(|field| format!("{container}{field}"));
    assert_eq!(at, expected);
}

#[test]
fn containers_stay_within_the_bounds_of_their_namespace() {
    let range = |limit: &str| {
        object(
            "v1",
            "LimitRange",
            "bounds",
            &format!("spec: {{limits: [{{type: Container, {limit}}}]}}"),
        )
    };
    let asking = web("", "resources: {requests: {cpu: 200m}, limits: {cpu: 800m}},");
    assert!(said(&[&range("max: {cpu: 1}, min: {cpu: 100m}"), &asking]).is_empty());
    let found = said(&[&range("max: {cpu: 500m}"), &asking]);
    assert_eq!(
        found,
        [
            "XR-094 E 1:spec.template.spec.containers.0.resources.limits no pod can be made: container `c` may use 800m, more than 500m of cpu \
          (0:spec.limits.0 what the namespace allows)"
        ]
    );
    assert!(
        said(&[&range("min: {cpu: 300m}"), &asking])[0]
            .contains("requests 200m, less than 300m of cpu")
    );
    assert!(
        said(&[&range("maxLimitRequestRatio: {cpu: 3}"), &asking])[0]
            .contains("more than 3 times as much")
    );
    // What is not said is what the range says.
    assert!(said(&[&range("max: {cpu: 500m}"), &web("", "")]).is_empty());
}

#[test]
fn a_program_fits_its_quota() {
    let quota =
        |hard: &str| object("v1", "ResourceQuota", "all", &format!("spec: {{hard: {{{hard}}}}}"));
    let asking = web("", "resources: {requests: {cpu: 500m}},");
    assert!(said(&[&quota("requests.cpu: 2"), &asking]).is_empty());
    let found = said(&[&quota("requests.cpu: 900m"), &asking]);
    assert!(found[0].starts_with("XR-094 E 0:spec.hard.requests.cpu the pods of this program need 1 of requests.cpu, and ResourceQuota/all allows 900m"), "{found:?}");
    let found = said(&[&quota("requests.cpu: 1"), &asking]);
    assert!(
        found[0].starts_with("XR-094 W 0:spec.hard.requests.cpu while all are updated"),
        "{found:?}"
    );
    // Without an amount a server makes no pod at all.
    let found = said(&[&quota("limits.memory: 1Gi"), &asking]);
    assert!(
        found[0].starts_with(
            "XR-094 E 1:spec.template.spec.containers.0.resources.limits no pod can be made"
        ),
        "{found:?}"
    );
    let scaler = object(
        "autoscaling/v2",
        "HorizontalPodAutoscaler",
        "web",
        "spec: {minReplicas: 2, maxReplicas: 9, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}",
    );
    let found = said(&[&quota("requests.cpu: 4"), &asking, &scaler]);
    assert!(
        found
            .iter()
            .any(|one| one.starts_with("XR-035 W 0:spec.hard.requests.cpu scaled to the most")
                && one.contains("need 4500m")),
        "{found:?}"
    );
    let found = said(&[&quota("services: 0"), &asking, &service()]);
    assert!(
        found[0].starts_with("XR-094 E 0:spec.hard.services this program has 1 of services"),
        "{found:?}"
    );
    // A quota for some pods only is not counted.
    assert!(
        said(&[
            &object("v1", "ResourceQuota", "some", "spec: {hard: {pods: 0}, scopes: [BestEffort]}"),
            &asking
        ])
        .is_empty()
    );
}

#[test]
fn pods_have_a_node_that_takes_them() {
    let node = |labels: &str, taints: &str| {
        format!(
            "{{apiVersion: v1, kind: Node, metadata: {{name: n, external: true, labels: {{{labels}}}}}, spec: {{taints: [{taints}]}}}}"
        )
    };
    let on = |pod: &str| web(pod, "");
    let fast = on("nodeSelector: {disk: fast},");
    assert!(said(&[&fast]).is_empty());
    assert!(said(&[&node("disk: fast", ""), &fast]).is_empty());
    let found = said(&[&node("disk: slow", ""), &fast]);
    assert!(
        found[0].starts_with(
            "XR-091 W 1:spec.template.spec.nodeSelector.disk no node has the label `disk: fast`"
        ),
        "{found:?}"
    );
    let tainted = node("disk: fast", "{key: gpu, value: x, effect: NoSchedule}");
    let found = said(&[&tainted, &fast]);
    assert!(found[0].contains("they do not stand the taint `gpu`"), "{found:?}");
    assert!(said(&[&tainted, &on("tolerations: [{key: gpu, operator: Exists}],")]).is_empty());
    let apart = on("affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: \
        [{topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: web}}}]}},");
    let found = said(&[&node("", ""), &apart]);
    assert!(
        found[0].contains("of 2 pods no two may be on one node, and 1 of the nodes take them"),
        "{found:?}"
    );
    let within = |operator: &str| {
        on(&format!(
            "affinity: {{nodeAffinity: {{requiredDuringSchedulingIgnoredDuringExecution: {{nodeSelectorTerms: \
            [{{matchExpressions: [{{key: cores, operator: {operator}, values: ['8']}}]}}]}}}}}},"
        ))
    };
    assert!(said(&[&node("cores: '16'", ""), &within("Gt")]).is_empty());
    assert_eq!(said(&[&node("cores: '16'", ""), &within("Lt")]).len(), 1);
}

#[test]
fn what_a_service_sends_is_let_in() {
    let policy = |spec: &str| {
        object(
            "networking.k8s.io/v1",
            "NetworkPolicy",
            "p",
            &format!("spec: {{podSelector: {{}}, {spec}}}"),
        )
    };
    let with = |spec: &str| said(&[&web("", ""), &service(), &policy(spec)]);
    let found = with("policyTypes: [Ingress]");
    assert!(
        found[0].starts_with(
            "XR-081 W 1:spec.ports.0 nothing can reach port 80 of the pods of Deployment/web"
        ),
        "{found:?}"
    );
    assert!(with("policyTypes: [Egress]").is_empty());
    for open in [
        "{}",
        "{ports: [{port: 80}]}",
        "{ports: [{port: http}]}",
        "{ports: [{port: 70, endPort: 90}]}",
    ] {
        assert!(with(&format!("ingress: [{open}]")).is_empty(), "{open}");
    }
    for shut in ["{ports: [{port: 81}]}", "{ports: [{port: 80, protocol: UDP}]}"] {
        assert_eq!(with(&format!("ingress: [{shut}]")).len(), 1, "{shut}");
    }
}

#[test]
fn a_custom_object_has_a_version_that_is_served() {
    let definition = "{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: dbs.example.com}, \
        spec: {group: example.com, names: {kind: Db}, versions: [{name: v1, served: true}, {name: v0, served: false}]}}";
    let db = |version: &str| object(&format!("example.com/{version}"), "Db", "x", "spec: {}");
    assert!(said(&[definition, &db("v1")]).is_empty());
    assert!(
        said(&[definition, &db("v0")])[0]
            .starts_with("XR-004 E 1:apiVersion Db v0 is defined, and servers take none of it")
    );
    assert!(said(&[definition, &db("v2")])[0].contains("the definition of Db has no version v2"));
    assert!(said(&[&db("v2")]).is_empty());
}

#[test]
fn a_route_leads_from_a_gateway_to_a_service() {
    let group = "gateway.networking.k8s.io/v1";
    let gateway = object(group, "Gateway", "public", "spec: {listeners: [{name: https}]}");
    let route = |parent: &str, backend: &str| {
        object(
            group,
            "HTTPRoute",
            "web",
            &format!(
                "spec: {{parentRefs: [{{{parent}}}], rules: [{{backendRefs: [{{{backend}}}]}}]}}"
            ),
        )
    };
    let with = |parent: &str, backend: &str| {
        let mut found = said(&[&gateway, &web("", ""), &service(), &route(parent, backend)]);
        found.retain(|one| one.starts_with("XR-023"));
        found
    };
    assert!(with("name: public, sectionName: https", "name: web, port: 80").is_empty());
    assert!(
        with("name: publik", "name: web, port: 80")[0]
            .starts_with("XR-023 E 3:spec.parentRefs.0.name no Gateway `publik`")
    );
    assert!(
        with("name: public, sectionName: http", "name: web, port: 80")[0]
            .contains("Gateway/public has no listener `http`")
    );
    assert!(
        with("name: public", "name: wep, port: 80")[0]
            .starts_with("XR-023 E 3:spec.rules.0.backendRefs.0.name no Service `wep`")
    );
    assert!(with("name: public", "name: web, port: 81")[0].contains("Service/web has no port 81"));
    // Without any Gateway in the program, it is the cluster's.
    let found = said(&[&web("", ""), &service(), &route("name: public", "name: web, port: 80")]);
    assert!(found[0].starts_with("XR-023 W"), "{found:?}");
    let away = route("name: public, namespace: a", "name: web, namespace: a, port: 80")
        .replace("name: web, namespace: a}, spec", "name: web, namespace: b}, spec");
    let all = [gateway.as_str(), &web("", ""), &service(), &away];
    assert!(said(&all)[0].contains("nothing lets this route refer to a Service of `a`"));
    let grant = object(
        "gateway.networking.k8s.io/v1beta1",
        "ReferenceGrant",
        "g",
        "spec: {from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: b}], to: [{group: '', kind: Service}]}",
    );
    assert!(said(&[&all[..], &[grant.as_str()]].concat()).is_empty());
}

#[test]
fn a_monitor_finds_what_it_measures() {
    let labelled = service().replace("name: web, ", "name: web, labels: {app: web}, ");
    let monitor = |kind: &str, labels: &str, list: &str, port: &str| {
        object(
            "monitoring.coreos.com/v1",
            kind,
            "m",
            &format!(
                "spec: {{selector: {{matchLabels: {{{labels}}}}}, {list}: [{{port: {port}}}]}}"
            ),
        )
    };
    let with = |monitor: &str| said(&[&web("", ""), &labelled, monitor]);
    assert!(with(&monitor("ServiceMonitor", "app: web", "endpoints", "http")).is_empty());
    assert!(with(&monitor("PodMonitor", "app: web", "podMetricsEndpoints", "http")).is_empty());
    let found = with(&monitor("ServiceMonitor", "app: wep", "endpoints", "http"));
    assert_eq!(found, ["XR-102 W 2:spec.selector this monitor finds no Service"]);
    let found = with(&monitor("ServiceMonitor", "app: web", "endpoints", "metrics"));
    assert!(found[0].starts_with("XR-102 W 2:spec.endpoints.0.port no Service that this monitor finds has a port `metrics`"), "{found:?}");
}

#[test]
fn lints_see_several_objects() {
    assert_eq!(hinted("L-104", &[&web("", ""), &service()]).len(), 1);
    assert!(
        hinted("L-104", &[&web("", "readinessProbe: {tcpSocket: {port: 80}},"), &service()])
            .is_empty()
    );
    assert!(hinted("L-104", &[&web("", "")]).is_empty());
    let single = web("", "").replace("replicas: 2", "replicas: 1");
    assert_eq!(hinted("L-108", &[&single, &service()]).len(), 1);
    assert!(hinted("L-108", &[&web("", ""), &service()]).is_empty());
    let budget = object(
        "policy/v1",
        "PodDisruptionBudget",
        "b",
        "spec: {minAvailable: 1, selector: {matchLabels: {app: web}}}",
    );
    assert_eq!(hinted("L-109", &[&web("", "")]).len(), 1);
    assert!(hinted("L-109", &[&web("", ""), &budget]).is_empty());
    let policy = object(
        "networking.k8s.io/v1",
        "NetworkPolicy",
        "p",
        "spec: {podSelector: {}, ingress: [{}]}",
    );
    assert_eq!(hinted("L-237", &[&web("", "")]).len(), 1);
    assert!(hinted("L-237", &[&web("", ""), &policy]).is_empty());
}

#[test]
fn tokens_are_for_who_has_rights() {
    let account = |more: &str| object("v1", "ServiceAccount", "web", more);
    let pods = web("serviceAccountName: web,", "");
    let binding = |name: &str| {
        object(
            "rbac.authorization.k8s.io/v1",
            "RoleBinding",
            "b",
            &format!(
                "roleRef: {{kind: ClusterRole, name: view}}, subjects: [{{kind: ServiceAccount, name: {name}, namespace: a}}]"
            ),
        )
    };
    assert_eq!(hinted("L-234", &[&account("x: y"), &pods]).len(), 1);
    assert!(hinted("L-234", &[&account("x: y"), &pods, &binding("web")]).is_empty());
    assert!(hinted("L-234", &[&account("automountServiceAccountToken: false"), &pods]).is_empty());
    assert!(hinted("L-234", &[&web("", "")]).is_empty());
    // What names no namespace comes into the one that it is applied to, and may be that of the binding.
    let loose = [account("x: y"), pods.clone(), binding("web")]
        .map(|object| object.replacen("namespace: a", "labels: {}", 1));
    assert!(hinted("L-234", &[&loose[0], &loose[1], &loose[2]]).is_empty());
    assert_eq!(hinted("L-234", &[&loose[0], &loose[1]]).len(), 1);
    assert_eq!(hinted("L-235", &[&web("", ""), &binding("default")]).len(), 1);
    assert!(hinted("L-235", &[&pods, &binding("default")]).is_empty());
}
