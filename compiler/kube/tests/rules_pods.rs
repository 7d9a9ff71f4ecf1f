//! Rules about what finds pods by their labels, and what leads to them: programs that break them, and the same
//! programs mended.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod rules_report;

use rules_report::report;

/// A Deployment of two pods, with more fields of its `spec` and of its pods.
fn deployment(name: &str, labels: &str, spec: &str) -> String {
    format!(
        "{{apiVersion: apps/v1, kind: Deployment, metadata: {{name: {name}, namespace: a}}, spec: {{replicas: 2, selector: {{matchLabels: \
         {{{labels}}}}}, {spec} template: {{metadata: {{labels: {{{labels}}}}}, spec: {{containers: [{{name: c, ports: [{{containerPort: 80}}]}}]}}}}}}}}"
    )
}

fn service(name: &str, spec: &str) -> String {
    object("v1", "Service", name, &format!("ports: [{{port: 80, name: http}}], {spec}"))
}

fn object(version: &str, kind: &str, name: &str, spec: &str) -> String {
    format!(
        "{{apiVersion: {version}, kind: {kind}, metadata: {{name: {name}, namespace: a}}, spec: {{{spec}}}}}"
    )
}

fn external(object: &str) -> String {
    object.replace("namespace: a}", "namespace: a, external: true}")
}

/// What is said of several documents, each message up to its first place.
fn said(documents: &[&str]) -> Vec<String> {
    report(&documents.join("\n---\n"))
}

#[test]
fn a_service_has_pods_of_one_workload() {
    let web = deployment("web", "app: web", "");
    assert!(said(&[&web, &service("web", "selector: {app: web}")]).is_empty());
    assert_eq!(
        said(&[&web, &service("web", "selector: {app: web, tier: x}")]),
        ["XR-010 E 1:spec.selector no pods have the labels `app: web, tier: x` \
          (0:spec.template.metadata.labels the pods of Deployment/web: `tier` is not here)"]
    );
    // The workload of its name is the nearest where no label is the same.
    let found = said(&[&web, &service("web", "selector: {app: wep}")]);
    assert!(found[0].ends_with("the pods of Deployment/web: `app` is `web` here)"), "{found:?}");
    // In another namespace are other pods.
    let away = service("web", "selector: {app: web}").replace("namespace: a", "namespace: b");
    assert_eq!(said(&[&web, &away]).len(), 1);
    // What is external need not say what labels its pods have, and a custom resource may make pods.
    let outside =
        external("{apiVersion: apps/v1, kind: Deployment, metadata: {name: x, namespace: a}}");
    let lonely = service("db", "selector: {app: db}");
    assert!(said(&[&outside, &lonely])[0].starts_with("XR-010 W"));
    assert!(said(&[&object("example.com/v1", "Db", "db", ""), &lonely])[0].starts_with("XR-010 W"));
    assert!(said(&[&external(&lonely)]).is_empty());
    let two = deployment("two", "app: web, x: y", "")
        .replace("selector: {matchLabels: {app: web, ", "selector: {matchLabels: {");
    let found = said(&[&web, &two, &service("web", "selector: {app: web}")]);
    assert!(
        found.iter().any(|found| found.starts_with(
            "XR-011 W 2:spec.selector the pods of 2 workloads are behind this Service: Deployment/web, Deployment/two"
        )),
        "{found:?}"
    );
}

#[test]
fn a_service_without_a_selector_has_addresses() {
    let bare = service("db", "");
    assert_eq!(
        said(&[&bare]),
        ["XR-013 W 0:spec Service/db selects no pods, and nothing gives it addresses"]
    );
    let slice = "{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: x, namespace: a, \
                 labels: {kubernetes.io/service-name: db}}}";
    let endpoints = "{apiVersion: v1, kind: Endpoints, metadata: {name: db, namespace: a}}";
    assert!(said(&[&bare, slice]).is_empty() && said(&[&bare, endpoints]).is_empty());
    assert!(said(&[&service("db", "type: ExternalName")]).is_empty());
}

#[test]
fn a_stateful_set_has_a_service_that_names_its_pods() {
    let set = |service: &str| {
        deployment("db", "app: db", &format!("serviceName: {service},"))
            .replace("kind: Deployment", "kind: StatefulSet")
    };
    let headless = service("db", "clusterIP: None, selector: {app: db}");
    assert!(said(&[&set("db"), &headless]).is_empty());
    assert_eq!(
        said(&[&set("bd"), &headless]),
        ["XR-014 E 0:spec.serviceName no Service `bd` in this program"]
    );
    let found = said(&[&set("db"), &headless.replace("clusterIP: None, ", "")]);
    assert!(found[0].starts_with("XR-014 W 0:spec.serviceName Service/db gives the pods no names"));
    let other = deployment("web", "app: web", "");
    let found = said(&[&set("db"), &other, &headless.replace("app: db", "app: web")]);
    assert!(
        found[0].starts_with("XR-014 W 0:spec.serviceName Service/db does not select these pods")
    );
}

#[test]
fn an_ingress_leads_to_ports_that_are_there() {
    let rule = |host: &str, backend: &str| {
        format!(
            "{{host: {host}, http: {{paths: [{{path: /, pathType: Prefix, backend: {{service: {backend}}}}}]}}}}"
        )
    };
    let ingress = |name: &str, rules: &str, more: &str| {
        object("networking.k8s.io/v1", "Ingress", name, &format!("rules: [{rules}]{more}"))
    };
    let web = deployment("web", "app: web", "");
    let service = service("web", "selector: {app: web}");
    let with = |ingress: &str| said(&[&web, &service, ingress]);
    let good = rule("x", "{name: web, port: {name: http}}");
    assert!(with(&ingress("i", &good, "")).is_empty());
    assert!(with(&ingress("i", &rule("x", "{name: web, port: {number: 80}}"), "")).is_empty());
    assert_eq!(
        with(&ingress("i", &rule("x", "{name: wep, port: {number: 80}}"), "")),
        [
            "XR-020 E 2:spec.rules.0.http.paths.0.backend.service.name no Service `wep` in this program"
        ]
    );
    assert_eq!(
        with(&ingress("i", &rule("x", "{name: web, port: {number: 81}}"), "")),
        ["XR-020 E 2:spec.rules.0.http.paths.0.backend.service.port Service/web has no port 81 \
          (1:spec.ports its ports: http (80))"]
    );
    let default = ingress("i", "", ", defaultBackend: {service: {name: wep, port: {number: 80}}}");
    assert!(with(&default)[0].starts_with("XR-020 E 2:spec.defaultBackend.service.name"));

    let tls = ingress("i", &good, ", tls: [{hosts: [x], secretName: cert}]");
    assert_eq!(with(&tls), ["XR-021 W 2:spec.tls.0.secretName no Secret `cert` in this program"]);
    assert!(
        with(&tls.replace("name: i,", "name: i, annotations: {cert-manager.io/issuer: x},"))
            .is_empty()
    );
    let certificate = object("cert-manager.io/v1", "Certificate", "c", "secretName: cert");
    assert!(said(&[&web, &service, &tls, &certificate]).is_empty());
    let secret = |keys: &str| {
        format!(
            "{{apiVersion: v1, kind: Secret, metadata: {{name: cert, namespace: a}}, data: {{{keys}}}}}"
        )
    };
    assert!(said(&[&web, &service, &tls, &secret("tls.crt: x, tls.key: y")]).is_empty());
    assert!(
        said(&[&web, &service, &tls, &secret("tls.crt: x")])[0]
            .contains("Secret cert holds no certificate (3:data it has no key `tls.key`)")
    );

    let both = format!("{good}, {}", rule("y", "{name: web, port: {number: 80}}"));
    assert!(with(&ingress("i", &both, "")).is_empty());
    let other = ingress("j", &good, "");
    assert_eq!(
        said(&[&web, &service, &ingress("i", &both, ""), &other]),
        [
            "XR-022 E 3:spec.rules.0.http.paths.0.path two paths are `/` of x (2:spec.rules.0.http.paths.0.path the other one)"
        ]
    );
    // Another class is another server.
    let classed = ingress("j", &good, ", ingressClassName: inner");
    assert!(said(&[&web, &service, &ingress("i", &good, ""), &classed]).is_empty());
}

#[test]
fn an_autoscaler_has_its_target_for_itself() {
    let web = deployment("web", "app: web", "").replace("replicas: 2, ", "");
    let scaler = |name: &str, container: &str| {
        object(
            "autoscaling/v2",
            "HorizontalPodAutoscaler",
            name,
            &format!(
                "scaleTargetRef: {{apiVersion: apps/v1, kind: Deployment, name: web}}, maxReplicas: 3, metrics: [{{containerResource: \
                 {{name: cpu, container: {container}, target: {{averageValue: 1}}}}}}]"
            ),
        )
    };
    assert!(said(&[&web, &scaler("web", "c")]).is_empty());
    assert_eq!(
        said(&[&web, &scaler("web", "d")]),
        [
            "XR-032 E 1:spec.metrics.0.containerResource.container Deployment/web has no container `d` \
          (0:spec.template.spec.containers its containers: c)"
        ]
    );
    assert_eq!(
        said(&[&web, &scaler("web", "c"), &scaler("other", "c")]),
        ["XR-034 E 2:spec.scaleTargetRef two autoscalers scale Deployment/web \
          (1:spec.scaleTargetRef HorizontalPodAutoscaler/web does so too)"]
    );
}

#[test]
fn a_budget_protects_pods_and_lets_one_go() {
    let web = deployment("web", "app: web", "");
    let budget = |name: &str, rest: &str| object("policy/v1", "PodDisruptionBudget", name, rest);
    let good = budget("b", "maxUnavailable: 1, selector: {matchLabels: {app: web}}");
    assert!(said(&[&web, &good]).is_empty());
    let found =
        said(&[&web, &good.replace("app: web", "app: wep").replace("name: b", "name: web")]);
    assert_eq!(
        found,
        ["XR-040 E 1:spec.selector this budget protects no pods \
          (0:spec.template.metadata.labels the pods of Deployment/web: `app` is `web` here)"]
    );
    let all = budget("c", "maxUnavailable: 1, selector: {}");
    assert_eq!(
        said(&[&web, &good, &all]),
        [
            "XR-040 E 2:spec.selector two budgets protect the pods of Deployment/web (1:spec.selector the other one)"
        ]
    );
    let expressed = budget(
        "b",
        "maxUnavailable: 1, selector: {matchExpressions: [{key: app, operator: In, values: [web, x]}]}",
    );
    assert!(said(&[&web, &expressed]).is_empty());
    assert_eq!(said(&[&web, &expressed.replace("In, ", "NotIn, ")]).len(), 1);

    let of = |rest: &str| budget("b", &format!("{rest}, selector: {{matchLabels: {{app: web}}}}"));
    for (rest, blocks) in [
        ("minAvailable: 1", false),
        ("minAvailable: 2", true),
        ("minAvailable: 50%", false),
        // Of two pods, 51 percent are two.
        ("minAvailable: 51%", true),
        ("maxUnavailable: 0", true),
        ("maxUnavailable: 0%", true),
        ("maxUnavailable: 1%", false),
    ] {
        let found = said(&[&web, &of(rest)]);
        assert_eq!(
            found.iter().any(|found| found.starts_with("XR-041 W")),
            blocks,
            "{rest}: {found:?}"
        );
    }
    assert_eq!(
        said(&[&web, &of("minAvailable: 2")]),
        [
            "XR-041 W 1:spec.minAvailable no pod may ever be evicted: 2 of 2 pods must stay (0:spec.replicas Deployment/web has 2 pods)"
        ]
    );
    // An autoscaler may go down to its fewest pods, and how many pods a DaemonSet has is not known.
    let scaled = web.replace("replicas: 2, ", "");
    let scaler = object(
        "autoscaling/v2",
        "HorizontalPodAutoscaler",
        "web",
        "scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}, minReplicas: 3, maxReplicas: 5, metrics: []",
    );
    assert!(said(&[&scaled, &scaler, &of("minAvailable: 2")]).is_empty());
    assert_eq!(said(&[&scaled, &scaler, &of("minAvailable: 3")]).len(), 1);
    assert!(said(&[&web.replace("Deployment", "DaemonSet"), &of("minAvailable: 2")]).is_empty());

    let pod =
        "{apiVersion: v1, kind: Pod, metadata: {name: web, namespace: a, labels: {app: web}}}";
    let found = said(&[pod, &of("minAvailable: 10%")]);
    assert!(
        found.iter().any(|found| found.starts_with(
            "XR-042 W 1:spec.minAvailable Pod/web belongs to nothing that says how many pods there are"
        )),
        "{found:?}"
    );
    assert!(!said(&[pod, &of("minAvailable: 0")]).iter().any(|found| found.starts_with("XR-042")));
}

#[test]
fn controllers_leave_each_other_their_pods() {
    let (one, two) = (deployment("one", "app: web", ""), deployment("two", "app: web", ""));
    assert_eq!(
        said(&[&one, &two]),
        [
            "XR-097 E 1:spec.selector Deployment/two and Deployment/one take each other's pods for their own \
          (0:spec.selector this selects the same pods)"
        ]
    );
    assert!(said(&[&one, &two.replace("app: web", "app: two")]).is_empty());
    assert!(said(&[&one, &two.replace("namespace: a", "namespace: b")]).is_empty());
    // One that is narrower on one side only takes nothing from the other.
    let narrow = deployment("two", "app: web, tier: x", "");
    assert!(said(&[&one, &narrow]).is_empty());
}

#[test]
fn many_that_are_alike_cost_little() {
    let mut documents = Vec::new();
    for n in 0..1_500 {
        documents.push(deployment(&format!("d{n}"), "app: web", ""));
        documents.push(service(&format!("s{n}"), &format!("selector: {{app: web, n: x{n}}}")));
    }
    let documents: Vec<&str> = documents.iter().map(String::as_str).collect();
    assert_eq!(said(&documents).len(), 1_499 + 1_500);
}

#[test]
fn accounts_and_roles_are_there() {
    let pod = "{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: a}, spec: {serviceAccountName: web}}";
    let account = "{apiVersion: v1, kind: ServiceAccount, metadata: {name: web, namespace: a}}";
    assert!(said(&[pod, account]).is_empty());
    assert!(said(&[&pod.replace("Name: web", "Name: default")]).is_empty());
    assert_eq!(
        said(&[pod]),
        ["XR-070 E 0:spec.serviceAccountName no ServiceAccount `web` in this program"]
    );
    let binding = |role: &str, subject: &str| {
        format!(
            "{{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {{name: b, namespace: a}}, roleRef: {{{role}}}, \
             subjects: [{{kind: User, name: x}}, {{kind: ServiceAccount, {subject}}}]}}"
        )
    };
    let role =
        "{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: r, namespace: a}}";
    let good = binding("kind: Role, name: r", "name: web, namespace: a");
    assert!(said(&[account, role, &good]).is_empty());
    assert_eq!(said(&[account, &good]), ["XR-070 E 1:roleRef.name no Role `r` in this program"]);
    assert_eq!(
        said(&[role, &good]),
        ["XR-070 E 1:subjects.1.name no ServiceAccount `web` in this program"]
    );
    for (role, wrong) in [("view", 0), ("system:node", 0), ("viewer", 1)] {
        let binding =
            binding(&format!("kind: ClusterRole, name: \"{role}\""), "name: web, namespace: a");
        assert_eq!(said(&[account, &binding]).len(), wrong, "{role}");
    }
    // Of a namespace in which nothing is made here, it need not be known what is in it.
    let away = binding("kind: Role, name: r", "name: web, namespace: b");
    assert!(said(&[role, &away])[0].starts_with("XR-070 W"));
    // What names no namespace is made in that of whoever applies it.
    let unnamed = said(&[&account.replace(", namespace: a", ""), role, &away]);
    assert!(unnamed.iter().all(|one| one.starts_with("XR-003 N")), "{unnamed:?}");
}

#[test]
fn variables_are_set_before_they_are_used() {
    let of = |container: &str| {
        said(&[
            &format!(
                "{{apiVersion: v1, kind: Pod, metadata: {{name: p, namespace: a}}, spec: {{containers: [{{name: c, {container}}}]}}}}"
            ),
            "{apiVersion: v1, kind: ConfigMap, metadata: {name: m, namespace: a, annotations: {read-by: x}}, data: {HOST: x}}",
            "{apiVersion: v1, kind: Secret, metadata: {name: s, namespace: a, external: true}}",
        ])
    };
    assert!(of("args: ['--x=$(A)'], env: [{name: A, value: x}]").is_empty());
    assert_eq!(
        of("args: [x, '$(A)-$(B)'], env: [{name: A, value: x}]"),
        [
            "XR-053 W 0:spec.containers.0.args.1 `$(B)` stays as it is: `B` is set nowhere in this container"
        ]
    );
    assert_eq!(
        of("env: [{name: A, value: $(B)}, {name: B, value: x}]"),
        [
            "XR-053 W 0:spec.containers.0.env.0.value `$(B)` stays as it is: `B` is set further down in this container"
        ]
    );
    assert_eq!(of("volumeMounts: [{subPathExpr: $(B)}]").len(), 1);
    // An escape, what a shell runs, and what servers make of Services.
    for text in ["$$(B)", "$(date)", "$(DB_SERVICE_HOST)", "$(B", "$B", "$"] {
        assert!(of(&format!("command: ['{text}']")).is_empty(), "{text}");
    }
    assert!(of("args: [$(HOST)], envFrom: [{configMapRef: {name: m}}]").is_empty());
    assert!(of("args: [$(P_HOST)], envFrom: [{prefix: P_, configMapRef: {name: m}}]").is_empty());
    assert_eq!(of("args: [$(PORTS)], envFrom: [{configMapRef: {name: m}}]").len(), 1);
    // What an external Secret holds is not known.
    assert!(of("args: [$(TOKEN)], envFrom: [{secretRef: {name: s}}]").is_empty());
}

#[test]
fn a_policy_is_for_pods_and_forbids_what_it_says() {
    let web = deployment("web", "app: web", "")
        .replace("{containerPort: 80}", "{containerPort: 80, name: http}");
    let policy =
        |name: &str, rest: &str| object("networking.k8s.io/v1", "NetworkPolicy", name, rest);
    let of = |rest: &str| said(&[&web, &policy("p", rest)]);
    assert!(of("podSelector: {}, policyTypes: [Ingress]").is_empty());
    assert!(
        of(
            "podSelector: {matchLabels: {app: web}}, ingress: [{ports: [{port: http}, {port: 81}]}]"
        )
        .is_empty()
    );
    assert_eq!(
        of("podSelector: {matchLabels: {app: wep}}"),
        ["XR-080 W 1:spec.podSelector this policy is for no pods"]
    );
    assert_eq!(
        of("podSelector: {}, ingress: [{ports: [{port: htp}]}]"),
        ["XR-080 W 1:spec.ingress.0.ports.0.port no pod of this policy has a port `htp` \
          (0:spec.template.spec.containers the pods of Deployment/web)"]
    );
    let dns = "egress: [{ports: [{port: 53, protocol: UDP}]}]";
    assert!(of(&format!("podSelector: {{}}, policyTypes: [Egress], {dns}")).is_empty());
    assert!(of(&format!("podSelector: {{}}, {dns}"))[0].starts_with(
        "XR-080 W 1:spec without `policyTypes`, this policy forbids all requests to its pods too"
    ));
    let narrow = "podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: 443}]}]";
    assert_eq!(
        of(narrow),
        [
            "XR-080 W 1:spec.egress Deployment/web can look up no names: nothing allows it to ask port 53 by UDP \
          (0:spec.template.metadata.labels this policy is for these pods)"
        ]
    );
    // All ports, a range, another policy for the same pods, and nothing at all, which is meant.
    for rest in [
        "egress: [{to: []}]",
        "egress: [{ports: [{port: 1, endPort: 99, protocol: UDP}]}]",
        "egress: []",
    ] {
        assert!(
            of(&format!("podSelector: {{}}, policyTypes: [Egress], {rest}")).is_empty(),
            "{rest}"
        );
    }
    let other = policy("q", &format!("podSelector: {{}}, policyTypes: [Egress], {dns}"));
    assert!(said(&[&web, &policy("p", narrow), &other]).is_empty());
    let others = other.replace("podSelector: {}", "podSelector: {matchLabels: {app: db}}");
    assert!(!said(&[&web, &policy("p", narrow), &others]).is_empty());
}

#[test]
fn namespaces_are_there_where_some_are() {
    let map = |name: &str, namespace: &str| {
        format!(
            "{{apiVersion: v1, kind: ConfigMap, metadata: {{name: {name}, namespace: {namespace}}}}}"
        )
    };
    let namespace = "{apiVersion: v1, kind: Namespace, metadata: {name: shop}}";
    assert!(said(&[&map("x", "shpo")]).is_empty());
    assert!(said(&[namespace, &map("x", "shop"), &map("x", "default")]).is_empty());
    assert_eq!(
        said(&[namespace, &map("x", "shpo"), &map("y", "shpo")]),
        [
            "XR-002 W 1:metadata.namespace no Namespace `shpo` in this program; one more object is in it"
        ]
    );
}
