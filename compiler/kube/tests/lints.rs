//! Lints: how strict they are, and what they say nothing of.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod rules_report;

use kube::lints::{Profile, Strictness, ids, lints};
use rules_report::planted;

fn said(text: &str, profile: Profile, further: &[&str]) -> Vec<&'static str> {
    let tree = planted(text);
    let further = further.iter().map(|id| (*id).to_owned()).collect();
    let strictness = Strictness { profile, further, ..Strictness::default() };
    lints(tree.roots().next().unwrap(), 36, &strictness).iter().map(|one| one.rule).collect()
}

#[test]
fn ids_are_sorted_so_that_they_are_found() {
    let all: Vec<&str> = ids().collect();
    assert!(all.is_sorted());
    let strictness = Strictness {
        profile: Profile::Prod,
        further: all.iter().map(|id| (*id).to_owned()).collect(),
        ..Strictness::default()
    };
    assert!(all.iter().all(|id| strictness.level(id).is_some()));
    assert_eq!(strictness.level("L-999"), None);
}

#[test]
fn what_is_sound_has_nothing_to_hear() {
    assert_eq!(said(SOUND, Profile::Restricted, &[]), Vec::<&str>::new());
    let without = SOUND.replace("allowPrivilegeEscalation: false, ", "");
    assert_eq!(said(&without, Profile::Restricted, &[]), ["L-221"]);
    assert_eq!(said(&without, Profile::Prod, &[]), Vec::<&str>::new());
    assert_eq!(said(SOUND, Profile::Default, &["L-117", "L-121"]), ["L-117", "L-121"]);
}

#[test]
fn few_cry_wolf() {
    let of = |from: &str, to: &str| said(&SOUND.replace(from, to), Profile::Default, &[]);
    let none: Vec<&str> = Vec::new();
    // A digest says what runs, whatever the tag; a port of the registry is no tag.
    assert_eq!(of("r.example.com/web:1.0", "r.example.com/web@sha256:0f"), none);
    assert_eq!(of("r.example.com/web:1.0", "r.example.com:5000/web"), ["L-101"]);
    assert_eq!(of("r.example.com/web:1.0", "r.example.com:5000/web:1"), none);
    // A limit is a request, where there is none.
    assert_eq!(of("requests: {cpu: 1, memory: 1Gi}", "requests: {cpu: 1}"), none);
    assert_eq!(of("limits: {memory: 1Gi}", "limits: {cpu: 1}"), ["L-102"]);
    // Paths, references and switches are no secrets.
    for value in ["/run/token", "$(OTHER)", "'true'", "'12'", "''"] {
        assert_eq!(
            of("name: LEVEL, value: info", &format!("name: API_TOKEN, value: {value}")),
            none
        );
    }
    assert_eq!(of("name: LEVEL, value: info", "name: API_TOKEN, value: abc"), ["L-111"]);
    // One file among those of the image hides none of them.
    assert_eq!(of("mountPath: /tmp", "mountPath: /etc/"), ["XR-056"]);
    assert_eq!(of("mountPath: /tmp", "mountPath: /etc, subPath: a"), none);
    // A hook that sleeps for a while leaves time.
    let hook = |seconds: u8| {
        format!(
            "lifecycle: {{preStop: {{exec: {{command: [sh, -c, sleep {seconds}]}}}}}}, name: web"
        )
    };
    assert_eq!(of("name: web, image", &format!("{}, image", hook(5))), none);
    assert_eq!(of("name: web, image", &format!("{}, image", hook(30))), ["XR-099"]);
}

const SOUND: &str = "{apiVersion: apps/v1, kind: Deployment, \
    metadata: {name: web, namespace: shop, labels: {app.kubernetes.io/name: web, app.kubernetes.io/instance: web}}, \
    spec: {selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: { \
    securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}, \
    containers: [{name: web, image: r.example.com/web:1.0, ports: [{containerPort: 80}], \
    env: [{name: LEVEL, value: info}], \
    resources: {requests: {cpu: 1, memory: 1Gi}, limits: {memory: 1Gi}}, \
    livenessProbe: {tcpSocket: {port: 80}, periodSeconds: 20}, readinessProbe: {tcpSocket: {port: 80}}, \
    securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}, \
    volumeMounts: [{name: tmp, mountPath: /tmp}]}], volumes: [{name: tmp, emptyDir: {}}]}}}}";
