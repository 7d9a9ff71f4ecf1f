//! What a rule says does not depend on objects that it says it does not look at: random objects with few names and
//! labels, so that many have to do with each other, are judged together and in groups.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod rules_report;

use std::collections::BTreeSet;

use kube::facts::Facts;
use kube::lints::{Profile, Strictness};
use kube::rules::{RULES, Reach};
use rules_report::{program, violated};

/// Documents in which words in capitals stand for one of a few namespaces, names, labels and ports, each anew.
const DOCUMENTS: &[&str] = &[
    "{apiVersion: apps/v1, kind: Deployment, metadata: {NAMED}, spec: {REPLICAS selector: {matchLabels: {LABELS}}, template: POD}}",
    "{apiVersion: apps/v1, kind: StatefulSet, metadata: {NAMED}, spec: {REPLICAS serviceName: NAME, selector: {matchLabels: {LABELS}}, template: POD, volumeClaimTemplates: [{metadata: {name: data}, spec: {accessModes: [ReadWriteOnce]}}]}}",
    "{apiVersion: apps/v1, kind: DaemonSet, metadata: {NAMED}, spec: {selector: {matchLabels: {LABELS}}, template: POD}}",
    "{apiVersion: v1, kind: Pod, metadata: {NAMED, labels: {LABELS}}, spec: SPEC}",
    "{apiVersion: v1, kind: Service, metadata: {NAMED}, spec: {MORE selector: {LABELS}, ports: [{port: 80, name: NAME, targetPort: PORT}]}}",
    "{apiVersion: v1, kind: Service, metadata: {NAMED}, spec: {ports: [{port: 80}]}}",
    "{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {NAMED, labels: {kubernetes.io/service-name: NAME}}, ports: [{name: NAME, port: 80}]}",
    "{apiVersion: v1, kind: Endpoints, metadata: {NAMED}, subsets: [{ports: [{name: NAME, port: 80}]}]}",
    "{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {NAMED}, spec: {tls: [{hosts: [a.example], secretName: NAME}], rules: [{host: a.example, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: NAME, port: {number: 80}}}}]}}]}}",
    "{apiVersion: cert-manager.io/v1, kind: Certificate, metadata: {NAMED}, spec: {secretName: NAME}}",
    "{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {NAMED}, spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: NAME}, minReplicas: 1, maxReplicas: 3, metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}}, {type: ContainerResource, containerResource: {name: cpu, container: NAME, target: {type: Utilization, averageUtilization: 80}}}]}}",
    "{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {NAMED}, spec: {maxUnavailable: 0, selector: {matchLabels: {LABELS}}}}",
    "{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {NAMED}, spec: {minAvailable: 50%, selector: {matchLabels: {LABELS}, matchExpressions: [{key: a, operator: In, values: [x]}]}}}",
    "{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {NAMED}, spec: {minAvailable: 1, selector: {matchExpressions: [{key: b, operator: Exists}]}}}",
    "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {NAMED}, spec: {podSelector: {matchLabels: {LABELS}}, policyTypes: [Ingress], ingress: [{ports: [{port: PORT, protocol: TCP}]}]}}",
    "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {NAMED}, spec: {podSelector: {}, policyTypes: [Ingress, Egress], egress: [{ports: [{port: 443, protocol: TCP}]}]}}",
    "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {NAMED}, spec: {podSelector: {matchExpressions: [{key: a, operator: NotIn, values: [x]}]}, egress: [{ports: [{port: 53, protocol: UDP}]}]}}",
    "{apiVersion: v1, kind: ConfigMap, metadata: {NAMED}, data: {KEY: x, a: y}}",
    "{apiVersion: v1, kind: Secret, metadata: {NAMED}, stringData: {KEY: x, tls.crt: y}}",
    "{apiVersion: v1, kind: ConfigMap, metadata: {name: db, namespace: app}, data: {DB: x}}",
    "{apiVersion: v1, kind: Secret, metadata: {name: db, namespace: app}, stringData: {DB: x}}",
    "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {NAMED}, spec: {accessModes: [ReadWriteOnce], volumeMode: Block}}",
    "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {NAMED}, spec: {accessModes: [ReadOnlyMany]}}",
    "{apiVersion: v1, kind: ServiceAccount, metadata: {NAMED}}",
    "{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {NAMED}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: NAME}, subjects: [{kind: ServiceAccount, name: NAME, namespace: SPACE}]}",
    "{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {NAMED}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}, subjects: [{kind: ServiceAccount, name: NAME}]}",
    "{apiVersion: v1, kind: Namespace, metadata: {name: SPACE}}",
    "{apiVersion: example.com/v1, kind: Maker, metadata: {NAMED}}",
    "{apiVersion: apps/v1, kind: Deployment, metadata: {name: NAME, namespace: SPACE, external: true}, spec: {template: {metadata: {}}}}",
];

const POD: &str = "{metadata: {labels: {LABELS}}, spec: SPEC}";

const SPEC: &str = "{serviceAccountName: NAME, imagePullSecrets: [{name: NAME}], containers: [{name: NAME, image: x, ports: [{containerPort: 80, name: NAME}], args: [$(DB)], env: [{name: SERVED, valueFrom: {configMapKeyRef: {name: NAME, key: NAME, optional: true}}}, {name: B, valueFrom: {secretKeyRef: {name: NAME, key: NAME}}}], envFrom: [TAKEN], volumeMounts: [{name: v, mountPath: /v, subPath: NAME}, {name: c, mountPath: /c}]}], volumes: [{name: v, configMap: {name: NAME}}, {name: c, persistentVolumeClaim: {claimName: NAME}}]}";

/// Numbers that look random, and are the same in each run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % end
    }

    fn one<'t>(&mut self, of: &[&'t str]) -> &'t str {
        of[self.below(of.len())]
    }
}

fn document(random: &mut Random) -> String {
    let mut text = random.one(DOCUMENTS).replace("POD", POD).replace("SPEC", SPEC);
    // Names that differ by a letter are near to each other.
    let names = ["db", "db", "db", "web", "webs", "a", "''"];
    let spaces = ["app", "app", "app", "other", "''"];
    let labels = ["a: x", "a: y", "a: x, b: x", "b: x", "a: x, b: y", ""];
    let mut fill = |what: &str, with: &mut dyn FnMut(&mut Random) -> String| {
        while text.contains(what) {
            text = text.replacen(what, &with(random), 1);
        }
    };
    fill("NAMED", &mut |random| match random.below(8) {
        0 => "generateName: x".to_owned(),
        1 => "name: NAME, namespace: SPACE, external: true".to_owned(),
        2 => "name: NAME, namespace: SPACE, singleton: true".to_owned(),
        _ => "name: NAME, namespace: SPACE".to_owned(),
    });
    fill("REPLICAS", &mut |random| random.one(&["", "replicas: 1,", "replicas: 3,"]).to_owned());
    fill("MORE", &mut |random| {
        let more = ["", "", "clusterIP: None,", "sessionAffinity: ClientIP,"];
        random.one(&more).to_owned()
    });
    fill("TAKEN", &mut |random| {
        let (one, other) = ("{configMapRef: {name: NAME}}", "{secretRef: {name: NAME}}");
        let both = format!("{one}, {other}");
        random.one(&["", one, &both, &both.replace("NAME", "db")]).to_owned()
    });
    fill("LABELS", &mut |random| random.one(&labels).to_owned());
    fill("SERVED", &mut |random| {
        random.one(&["DB_PORT", "WEB_SERVICE_HOST", "WEBS_SERVICE_PORT"]).to_owned()
    });
    fill("PORT", &mut |random| random.one(&["80", "81", "db", "web"]).to_owned());
    fill("KEY", &mut |random| random.one(&["DB", "WEB", "db"]).to_owned());
    fill("SPACE", &mut |random| random.one(&spaces).to_owned());
    fill("NAME", &mut |random| random.one(&names).to_owned());
    text
}

#[test]
fn rules_see_no_more_than_what_is_tied() {
    let programs = if std::env::var_os("DEPC_HEAVY").is_some() { 60_000 } else { 4_000 };
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let known: Vec<Facts> = (0..1_000).flat_map(|_| program(&document(&mut random))).collect();
    let further = RULES.iter().map(|(id, ..)| (*id).to_owned()).collect();
    let strictness = Strictness { profile: Profile::Prod, further, ..Strictness::default() };
    let mut broken: BTreeSet<&str> = BTreeSet::new();
    for _ in 0..programs {
        let count = 2 + random.below(24);
        let mut all: Vec<Facts> =
            (0..count).map(|_| known[random.below(known.len())].clone()).collect();
        if random.below(8) == 0 {
            all.push(Facts::hidden());
        }
        broken.extend(violated(&all, &strictness).iter().map(|found| found.rule));
    }
    // What no program breaks is not held by this.
    let tied = RULES.iter().filter(|(_, reach, _)| *reach == Reach::Tied);
    let unbroken: Vec<&str> = tied.map(|(id, ..)| *id).filter(|id| !broken.contains(id)).collect();
    assert_eq!(unbroken, [""; 0]);
}
