//! System 001, six services on one volume. There is no rendering of the original: its README is held to itself.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use tests::command::Output;
use tests::systems::{beside, objects};

fn layered(lines: &str, command: &str) -> Output {
    let text = format!("overlay \"./app.dep\"\n\n{lines}\n");
    beside("backend", "overlay.dep", &text, command)
}

/// Section 2.2 and S001-05: seventeen objects, of which none is a prerequisite, and one more with hosts.
#[test]
fn the_base_has_seventeen_objects() {
    let kinds = |lines: &str| {
        let output = layered(lines, "build");
        assert_eq!(output.code, 0, "{}", output.stderr);
        let mut kinds: Vec<String> = objects(&output.stdout, "")
            .into_keys()
            .map(|key| key.split_once(' ').unwrap().0.rsplit('/').next().unwrap().to_owned())
            .collect();
        kinds.sort();
        kinds
    };
    let count = |kinds: &[String], kind: &str| kinds.iter().filter(|k| *k == kind).count();
    let base = kinds("");
    assert_eq!(base.len(), 17);
    assert_eq!(count(&base, "Deployment"), 6);
    assert_eq!(count(&base, "Service"), 6);
    assert_eq!(count(&base, "HorizontalPodAutoscaler"), 5);
    assert_eq!(count(&kinds("hosts = [\"your-domain.com\"]"), "Ingress"), 1);
}

/// All of S001-01 to S001-12, but for the constraints on values, in one file of fewer than ninety lines. What the example
/// says further, of the environment, adds no object and changes none.
#[test]
fn the_system_is_short() {
    let program = "tests/systems/backend.dep";
    let text = std::fs::read_to_string(tests::root().join(program)).unwrap();
    assert!(text.lines().count() < 90, "{} lines", text.lines().count());
    assert!(text.lines().all(|line| line.chars().count() <= 120), "a line is too wide");
    let build = |file: &str| {
        let settings =
            ["--set", "hosts=[\"your-domain.com\"]", "--set", "natsUrl=nats://nats:4222"];
        let output =
            tests::command::depc(&tests::root(), &[&["build", file], &settings[..]].concat());
        assert_eq!(output.code, 0, "{}", output.stderr);
        output.stdout
    };
    assert_eq!(build(program), build("examples/backend/app.dep"));
}

/// S001-12: production is the base with other bounds, and an Ingress.
#[test]
fn production_changes_what_it_says() {
    let build = |file: &str| tests::command::depc(&tests::root(), &["build", file]).stdout;
    let base = objects(&build("examples/backend/app.dep"), "app");
    let prod = objects(&build("examples/backend/prod.dep"), "app");
    for (key, object) in &prod {
        match key.as_str() {
            "autoscaling/HorizontalPodAutoscaler app/app" => {
                assert_eq!(object["spec"]["minReplicas"], 3);
                assert_eq!(object["spec"]["maxReplicas"], 20);
            }
            "networking.k8s.io/Ingress app/ingress" => {
                let path = &object["spec"]["rules"][0]["http"]["paths"][0];
                assert_eq!(path["pathType"], "Prefix");
                assert_eq!(path["backend"]["service"]["port"]["number"], 3000);
                assert_eq!(object["spec"]["ingressClassName"], "nginx");
            }
            key => assert_eq!(Some(object), base.get(key), "{key}"),
        }
    }
    assert_eq!(prod.len(), base.len() + 1);
}

/// The contradictions of the original's README, and mistakes with its prerequisites.
#[test]
fn contradictions_are_told() {
    let cases = [
        // V04: the claim's name is no parameter.
        (1, "cluster.data.name = \"other\"", "E0404"),
        (1, "override cluster.data.name = \"other\"", "E0404"),
        // V01: a singleton has one pod, neither more nor less.
        (1, "emailWorker.deployment.spec.replicas = 0", "E0601"),
        // V05: a claim of several workloads can be mounted by several nodes.
        (
            1,
            "use std.storage.Claim\n\nother: Claim = external Claim { name = \"other\", access = \"ReadWriteOnce\", size = 1Gi }\napp.mounts { \"/x\" = other / \"x\" }\ngitserver.mounts { \"/x\" = other / \"x\" }",
            "XR-060",
        ),
        // V06: what is required is declared.
        (1, "unset cluster.settings.data.APP_DOMAIN_URL", "app needs APP_DOMAIN_URL"),
        (1, "cluster.secrets.keys = [\"APP_AI_API_KEY\"]", "APP_SESSION_SECRET"),
        // S001-11: a value of another form.
        (
            1,
            "cluster.settings.data.APP_REDIS_URL = \"redis:6379\"",
            "which is no redis or rediss URL",
        ),
        // V09: a ConfigMap of others that holds secrets.
        (
            0,
            "cluster.settings.data { APP_AI_API_KEY = \"sk-x\" }",
            "everybody can read APP_AI_API_KEY in app-env",
        ),
        (
            0,
            "cluster.settings.data.APP_REDIS_URL = \"redis://:word@redis:6379\"",
            "everybody can read APP_REDIS_URL",
        ),
        // V09: a ConfigMap of our own that would hold them.
        (
            1,
            "use std.config.Config\n\nown: Config = Config { data { APP_AI_API_KEY = \"sk-x\" } }",
            "everybody can read APP_AI_API_KEY in own: it belongs into a Secret",
        ),
        // V10: a path where nothing is mounted.
        (1, "cluster.settings.data.APP_REPOS_ROOT = \"/srv/repos\"", "nothing is mounted there: "),
        // V11: who serves files sees none that others write.
        (0, "", "it sees a folder of shared-data that nobody here writes"),
        // V12: a token without a server, and a server without a token.
        (
            1,
            "use std.config.SecretRef\n\nnatsToken = SecretRef { name = \"app-secrets\", key = \"NATS_TOKEN\" }",
            "say which by natsUrl",
        ),
        (0, "natsUrl = \"nats://nats:4222\"", "natsUrl without natsToken"),
        // V13: the README's default.
        (0, "cluster.settings.data.APP_COOKIE_SECURE = \"false\"", "lets cookies go unencrypted"),
        // S001-11, T8: what degrades is a note.
        (0, "", "no lokiUrl: logs are discarded"),
        // V01: an autoscaler from elsewhere.
        (1, "emailWorker.scale = 1..2", "must not be scaled"),
        // V15: two keys of one name.
        (1, "use std.workload.Service\n\ngit_hook: Service = gitHook {}", "XR-001"),
    ];
    for (code, lines, told) in cases {
        let output = layered(lines, "check");
        assert_eq!(output.code, code, "{lines}\n{}", output.stderr);
        assert!(output.stderr.contains(told), "{lines}: {told}\n{}", output.stderr);
    }
}

#[test]
fn each_requirement_has_a_test_that_passes() {
    let path = tests::root().join("tests/systems/backend_test.dep");
    let text = std::fs::read_to_string(path).unwrap();
    let output = beside("backend", "backend_test.dep", &text, "test");
    assert_eq!(output.code, 0, "{}{}", output.stdout, output.stderr);
    // S001-05 and S001-12 stand above.
    for number in (1..=12).filter(|number| ![5, 12].contains(number)) {
        let id = format!("S001-{number:02}");
        assert!(output.stdout.contains(&format!("backend_test.dep: {id}:")), "{id} has no test");
    }
}
