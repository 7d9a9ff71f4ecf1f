//! What the example of six services holds, whichever way it is layered.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use tests::command::{Folder, Output};
use tests::systems::beside;

/// Builds the example with an overlay of these lines on it.
fn layered(lines: &str) -> Output {
    let overlay = format!("overlay \"./app.dep\"\n\n{lines}\n");
    beside("backend", "overlay.dep", &overlay, "build")
}

#[test]
fn the_port_for_git_over_ssh_follows_the_git_server() {
    let output = layered("override gitserver.ports.ssh = 2200");
    assert_eq!(output.code, 0, "{}", output.stderr);
    assert_eq!(output.stdout.matches("value: \"2200\"").count(), 2);
    assert!(!output.stdout.contains("2222"));
}

/// S001-V14: no layer, on a generated Deployment neither, makes `APP_SSH_PORT` another port than the one on which the
/// git server's container listens.
#[test]
fn the_port_for_git_over_ssh_cannot_drift() {
    let container = "deployment.spec.template.spec.containers";
    let drifts = [
        "override app.env.APP_SSH_PORT = 2200".to_owned(),
        format!("app.{container}.app.env.APP_SSH_PORT.value = \"2200\""),
        format!("gitserver.{container}.gitserver.env.APP_SSH_PORT.value = \"2200\""),
        format!("unset app.{container}.app.env.APP_SSH_PORT"),
        format!(
            "app.{container}.app.env.APP_SSH_PORT = {{ valueFrom {{ fieldRef {{ fieldPath = \"x\" }} }} }}"
        ),
        format!("unset gitserver.{container}.gitserver.ports.\"2222\""),
        format!(
            "gitserver.{container}.gitserver.ports {{ \"2222\" {{ name = \"git\" }}, \"2200\" {{ name = \"ssh\" }} }}"
        ),
    ];
    for drift in drifts {
        let output = layered(&drift);
        let told = output.stderr.contains("APP_SSH_PORT is not the port on which")
            || output.stderr.contains("`app.env.APP_SSH_PORT` is final");
        assert!(output.code == 1 && told, "{drift}\n{}", output.stderr);
    }
}

/// One mistake in a name is one error, of that name, however much of the program depends on it.
#[test]
fn a_name_that_is_wrong_is_the_one_mistake() {
    let read = |name: &str| {
        std::fs::read_to_string(tests::root().join("examples/backend").join(name)).unwrap()
    };
    let (base, environment) = (read("app.dep"), read("environment.dep"));
    let mistakes = [
        ("  ports { http = 3000 }", "  prots { http = 3000 }", "did you mean `ports`?"),
        ("  image = \"\\(reg", "  imag = \"\\(reg", "did you mean `image`?"),
        (
            "gitHook = Service with Common &",
            "gitHook = Service with Comon &",
            "did you mean `Common`?",
        ),
        ("staticServer = Service", "staticServer = Servcie", "did you mean `Service`?"),
        ("emailWorker = Singleton", "emailWorker = Singelton", "did you mean `Singleton`?"),
    ];
    for (right, wrong, says) in mistakes {
        let text = base.replacen(right, wrong, 1);
        assert_ne!(text, base, "{right}");
        let output = Folder::new(&[("app.dep", &text), ("environment.dep", &environment)])
            .depc(&["check", "app.dep"]);
        let errors = output.stderr.matches("error[").count();
        assert!(errors == 1 && output.stderr.contains(says), "{wrong}\n{}", output.stderr);
    }
    let refused = layered("gitserver.ports.shh = 2222");
    assert_eq!(refused.stderr.matches("error[").count(), 1, "{}", refused.stderr);
}
