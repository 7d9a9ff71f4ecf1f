//! Rules across objects: programs that break them, and the same programs mended.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod rules_report;

use kube::facts::{Detail, Facts};
use kube::rules::{RULES, violations};
use rules_report::{program, report, violated};

#[test]
fn a_sound_program_breaks_no_rule() {
    assert_eq!(report(SOUND), Vec::<String>::new());
}

#[test]
fn two_objects_with_one_identity() {
    let one = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: app}}";
    let found = report(&format!("{one}\n---\n{one}\n---\n{one}"));
    let wanted =
        "XR-001 E 1:metadata.name two objects are ConfigMap app/a (0:metadata.name the other one)";
    assert_eq!(found, [wanted, &wanted.replace(" 1:", " 2:")]);
    // The version is no part of an identity, the group, the namespace and being external are.
    let other = |from: &str, to: &str| report(&format!("{one}\n---\n{}", one.replace(from, to)));
    assert_eq!(other("v1", "v2").len(), 1);
    assert!(other("v1", "example.com/v1").is_empty() && other("app", "prod").is_empty());
    assert!(
        other("name: a", "name: b").is_empty()
            && other("name: a", "name: a, external: true").is_empty()
    );
}

#[test]
fn an_autoscaler_needs_a_target_that_can_be_scaled() {
    let missing = changed("kind: Deployment, name: app}", "kind: Deployment, name: ap}");
    assert_eq!(
        report(&missing),
        ["XR-030 E 2:spec.scaleTargetRef.name no Deployment `ap` in this program"]
    );
    let elsewhere = changed("namespace: app} #hpa", "namespace: other}");
    assert_eq!(
        report(&elsewhere),
        ["XR-030 E 2:spec.scaleTargetRef.name no Deployment `app` in this program"]
    );
    let daemon = changed("kind: Deployment", "kind: DaemonSet");
    assert_eq!(
        report(&daemon),
        [
            "XR-030 E 2:spec.scaleTargetRef.kind a DaemonSet cannot be scaled (0: DaemonSet/app is the target)"
        ]
    );
}

#[test]
fn an_autoscaler_counts_on_requests_and_sets_the_replicas() {
    let found =
        report(&changed("resources: {requests: {cpu: 1}}", "resources: {requests: {memory: 1Gi}}"));
    assert_eq!(
        found,
        [
            "XR-031 E 0:spec.template.spec.containers.0.resources.requests container `app` requests no cpu \
                        (2:spec.metrics.0 HorizontalPodAutoscaler/app scales by its use of cpu)"
        ]
    );
    let found =
        report(&changed("resources: {requests: {cpu: 1}}", "resources: {requests: {cpu: 0}}"));
    assert_eq!(
        found,
        [
            "XR-031 E 0:spec.template.spec.containers.0.resources.requests.cpu container `app` requests 0 cpu \
                        (2:spec.metrics.0 HorizontalPodAutoscaler/app scales by its use of cpu)"
        ]
    );
    // Servers copy a limit to the request that is missing; and the pod may request for all containers.
    assert!(
        report(&changed("resources: {requests: {cpu: 1}}", "resources: {limits: {cpu: 1}}"))
            .is_empty()
    );
    let whole = changed("resources: {requests: {cpu: 1}}", "x: 1")
        .replace("volumes:", "resources: {requests: {cpu: 1}}, volumes:");
    assert!(report(&whole).is_empty());
    let found = report(&changed("spec: {template", "spec: {replicas: 2, template"));
    assert_eq!(
        found,
        ["XR-033 W 0:spec.replicas Deployment/app sets replicas, and an autoscaler does so too \
                        (2:spec.scaleTargetRef HorizontalPodAutoscaler/app)"]
    );
}

#[test]
fn a_singleton_is_not_scaled() {
    let found = report(&changed(
        "name: app, namespace: app} #app",
        "name: app, namespace: app, singleton: true}",
    ));
    assert_eq!(
        found,
        [
            "E0601 E 2:spec.scaleTargetRef HorizontalPodAutoscaler/app scales Deployment/app, which must not be \
                        scaled (0: there must not be two of its pods)"
        ]
    );
    // An autoscaler that is made elsewhere counts too.
    let external =
        changed("name: app, namespace: app} #app", "name: app, namespace: app, singleton: true}")
            .replace(
                "name: app, namespace: app} #hpa",
                "name: app, namespace: app, external: true}",
            );
    assert_eq!(report(&external).len(), 1);
    let two = "{apiVersion: apps/v1, kind: Deployment, metadata: {name: a, singleton: true}, spec: {replicas: 2}}";
    assert_eq!(report(two), ["E0601 E 0:spec.replicas Deployment/a has 2 pods, and must have one"]);
}

#[test]
fn what_pods_read_is_there() {
    let found = report(&changed("key: LOG_LEVEL", "key: LOG_LEVL"));
    assert_eq!(
        found,
        [
            "XR-050 E 0:spec.template.spec.containers.0.env.0.valueFrom.configMapKeyRef.key ConfigMap app-env has no key `LOG_LEVL` \
                        (4: its keys: LOG_LEVEL)"
        ]
    );
    assert!(report(&changed("key: LOG_LEVEL", "key: LOG_LEVL, optional: true")).is_empty());
    // Nothing is known of the keys of an external Secret that declares none.
    assert!(report(&changed("key: url", "key: ulr")).is_empty());
    let found = report(&changed("secretRef: {name: db}", "secretRef: {name: bd}"));
    assert_eq!(
        found,
        [
            "XR-051 E 0:spec.template.spec.containers.0.envFrom.0.secretRef.name no Secret `bd` in this program"
        ]
    );
    let volume = changed(
        "volumes: [",
        "volumes: [{name: c, projected: {sources: [{configMap: {name: app-env, items: [{key: x}]}}]}}, ",
    );
    assert_eq!(
        report(&volume),
        [
            "XR-050 E 0:spec.template.spec.volumes.0.projected.sources.0.configMap.items.0.key ConfigMap app-env has no key `x` (4: its keys: LOG_LEVEL)"
        ]
    );
}

#[test]
fn a_claim_is_shared_only_where_it_can_be() {
    let alone = "ReadWriteOnce";
    let found = report(&changed("ReadWriteMany", alone));
    assert_eq!(
        found,
        [
            "XR-060 E 0:spec.template.spec.volumes.0 claim shared-data is ReadWriteOnce, and up to 4 pods mount it \
                        (3:spec.accessModes the claim)"
        ]
    );
    let pod = "{apiVersion: batch/v1, kind: CronJob, metadata: {name: b, namespace: app}, spec: {jobTemplate: {spec: {template: \
               {spec: {volumes: [{name: x}, {name: d, persistentVolumeClaim: {claimName: shared-data}}]}}}}}}";
    let found = report(&format!("{}\n---\n{pod}", changed("ReadWriteMany", alone)));
    assert_eq!(
        found,
        [
            "XR-060 E 6:spec.jobTemplate.spec.template.spec.volumes.1 claim shared-data is ReadWriteOnce, and 2 workloads \
                        mount it (0:spec.template.spec.volumes.0 also mounted here) (3:spec.accessModes the claim)"
        ]
    );
    assert!(report(&format!("{SOUND}\n---\n{pod}")).is_empty());
    // A claim that does not say how it can be mounted may be shared.
    assert!(
        report(&format!("{}\n---\n{pod}", changed("spec: {accessModes: [ReadWriteMany]}", "x: 1")))
            .is_empty()
    );
    let reading = changed("ReadWriteMany", "ReadOnlyMany")
        .replace("claimName: shared-data", "claimName: shared-data, readOnly: true");
    assert!(report(&reading).is_empty());
}

#[test]
fn an_update_takes_a_claim_from_the_old_pod() {
    let of = |spec: &str, mode: &str| {
        report(&format!(
            "{{apiVersion: apps/v1, kind: Deployment, metadata: {{name: a}}, spec: {{{spec} template: {{spec: {{volumes: [{{name: d, \
             persistentVolumeClaim: {{claimName: c}}}}]}}}}}}}}\n---\n{{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {{name: c}}, \
             spec: {{accessModes: [{mode}]}}}}"
        ))
    };
    assert_eq!(
        of("", "ReadWriteOnce"),
        [
            "XR-060 W 0:spec.strategy claim c is ReadWriteOnce, and an update starts a second pod that mounts it \
             (1:spec.accessModes the claim)"
        ]
    );
    assert!(of("", "ReadWriteOncePod")[0].starts_with("XR-060 E"));
    assert!(of("strategy: {type: Recreate},", "ReadWriteOnce").is_empty());
    assert!(of("strategy: {rollingUpdate: {maxSurge: 0}},", "ReadWriteOnce").is_empty());
    assert!(of("", "ReadWriteMany").is_empty());
}

#[test]
fn ports_have_good_names_and_are_there() {
    let found = report(&changed("targetPort: http", "targetPort: htp"));
    assert_eq!(
        found,
        [
            "XR-012 E 1:spec.ports.0.targetPort the pods of Deployment/app have no port `htp` for TCP \
                        (0:spec.template.spec.containers its ports: http, 2222)"
        ]
    );
    let found = report(&changed("port: 2222, name: ssh", "port: 2222, name: ssh, protocol: UDP"));
    assert_eq!(found.len(), 1);
    assert!(found[0].starts_with(
        "XR-012 W 1:spec.ports.1.targetPort the pods of Deployment/app have no port 2222 for UDP"
    ));
    // However many workloads lack a port, it is said once.
    let twice =
        format!("{}\n---\n{}", changed("targetPort: http", "targetPort: htp"), app_named("app2"));
    let found = report(&twice);
    assert!(found.iter().any(|found| found.contains("the pods of Deployment/app and 1 more have no port `htp`")));
    assert_eq!(found.iter().filter(|found| found.starts_with("XR-012")).count(), 1);
    // A selector that matches no pods has no ports that are wrong.
    let found = report(
        &changed("selector: {app: app}", "selector: {app: app, tier: x}")
            .replace("targetPort: http", "targetPort: x"),
    );
    assert!(found.len() == 1 && found[0].starts_with("XR-010"));
}

#[test]
fn nothing_follows_from_what_is_hidden() {
    // What is not there may be what is hidden; two of one name are two.
    let missing = changed("secretRef: {name: db}", "secretRef: {name: bd}");
    let twice = "{apiVersion: v1, kind: ConfigMap, metadata: {name: app-env, namespace: app}}";
    let mut all = program(&format!("{missing}\n---\n{twice}"));
    let rules = |all: &[Facts]| -> Vec<&str> {
        violated(all, &Default::default())
            .iter()
            .map(|found| found.rule)
            .filter(|rule| *rule != "L-104")
            .collect()
    };
    assert_eq!(rules(&all), ["XR-051", "XR-001"]);
    all.push(Facts::hidden());
    assert_eq!(rules(&all), ["XR-001"]);
    all[4] = Facts::hidden();
    assert!(rules(&all).is_empty());
}

#[test]
fn facts_change_only_with_what_a_rule_reads() {
    let read = |text: &str| program(text).into_iter().next().unwrap();
    let app = SOUND.split("---").next().unwrap();
    assert_eq!(
        read(app),
        read(&app.replace("image: x", "image: y").replace("value: info", "value: debug"))
    );
    assert_ne!(read(app), read(&app.replace("app: app", "app: other")));
    assert!(matches!(
        read("{apiVersion: x/v1, kind: Pod, metadata: {name: a}}").detail,
        Detail::Other
    ));
    // Whatever is of the wrong type is no fact, and no reason to fail.
    for kind in ["Deployment", "Service", "Secret", "HorizontalPodAutoscaler", "CronJob"] {
        for spec in [
            "1",
            "[]",
            "{template: [], ports: 1, metrics: x, selector: [a]}",
            "{template: {spec: {containers: {}}}}",
        ] {
            let text = format!(
                "{{apiVersion: apps/v1, kind: {kind}, metadata: [], data: 1, spec: {spec}}}"
            );
            assert!(report(&text).is_empty());
        }
    }
}

#[test]
fn many_objects_cost_little() {
    let one: Vec<Facts> = program(SOUND);
    let mut all = Vec::new();
    for n in 0..2_000 {
        for facts in &one {
            let mut facts = facts.clone();
            facts.identity.namespace = format!("ns-{n}");
            all.push(facts);
        }
    }
    let found = violations(&all.iter().collect::<Vec<_>>(), &Default::default());
    assert!(found.iter().all(|found| found.rule == "L-104"));
    assert!(RULES.len() >= 9);
}

const SOUND: &str = "
{apiVersion: apps/v1, kind: Deployment, metadata: {name: app, namespace: app}, #app
 spec: {template: {metadata: {labels: {app: app, env: prod}}, spec: {
   containers: [{name: app, image: x, resources: {requests: {cpu: 1}}, ports: [{containerPort: 80, name: http}, {containerPort: 2222}],
     env: [{name: A, valueFrom: {configMapKeyRef: {name: app-env, key: LOG_LEVEL}}}, {name: C, value: info},
       {name: B, valueFrom: {secretKeyRef: {name: db, key: url}}}],
     envFrom: [{secretRef: {name: db}}]}],
   volumes: [{name: d, persistentVolumeClaim: {claimName: shared-data}}]}}}}
---
{apiVersion: v1, kind: Service, metadata: {name: app, namespace: app}, spec: {selector: {app: app},
  ports: [{port: 80, name: http, targetPort: http}, {port: 2222, name: ssh}]}}
---
{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: app, namespace: app}, #hpa
 spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: app}, maxReplicas: 4,
   metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}}]}}
---
{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: shared-data, namespace: app, external: true}, spec: {accessModes: [ReadWriteMany]}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: app-env, namespace: app}, data: {LOG_LEVEL: info}}
---
{apiVersion: v1, kind: Secret, metadata: {name: db, namespace: app, external: true}}
";

/// The Deployment of the sound program under another name, without its volume.
fn app_named(name: &str) -> String {
    let app = SOUND.split("---").next().unwrap().trim_end();
    app.replace("{name: app, namespace: app}", &format!("{{name: {name}, namespace: app}}"))
        .replace("volumes:", "x:")
}

/// The sound program with something else in it, everywhere.
fn changed(from: &str, to: &str) -> String {
    let from = from.replace("} #app", "}, #app").replace("} #hpa", "}, #hpa");
    let to = if from.ends_with("#app") || from.ends_with("#hpa") {
        format!("{to},")
    } else {
        to.to_owned()
    };
    assert!(SOUND.contains(&from), "{from} is not in the program");
    SOUND.replace(&from, &to)
}
