//! Lints of how a container is asked whether it runs, and of how long it takes to come and to go.

use crate::server::judge::{At, Judge};
use crate::tree::{Ref, Value};

/// How long a container may start before it is asked, in seconds, where nothing but a delay waits for it.
const LONG: i64 = 60;

pub(super) fn probes(
    j: &mut Judge,
    object: &At<'_, '_>,
    spec: &At<'_, '_>,
    container: &At<'_, '_>,
    serves: bool,
) {
    let name = container.get("name").str();
    let probe = |field: &'static str| {
        container.to(match field {
            "live" => &["livenessProbe"],
            "ready" => &["readinessProbe"],
            _ => &["startupProbe"],
        })
    };
    let (live, ready, start) = (probe("live"), probe("ready"), probe("start"));
    if serves && !live.is_set() {
        let message = format_args!("nothing restarts container `{name}` where it hangs");
        j.hint(container, "L-105", message, "set `livenessProbe`");
    }
    if let (Some(one), Some(other)) = (live.node(), ready.node())
        && is_same(one, other)
    {
        let message =
            "the container is restarted as soon as it gets no requests: both probes are the same";
        j.hint(&live, "L-106", message, "let `livenessProbe` ask less, or wait longer");
    }
    for probe in [&live, &ready, &start] {
        ports(j, container, probe);
        let host = probe.to(&["httpGet", "host"]);
        if !host.str().is_empty() {
            let message = format_args!("this asks `{}`, and not the pod", host.str());
            j.hint(
                &host,
                "XR-095",
                message,
                "leave `host` out; a name for the server is a header `Host`",
            );
        }
    }
    let delay = live.get("initialDelaySeconds");
    if delay.number() > LONG && !start.is_set() {
        let message = format_args!(
            "for {} s nothing restarts the container, also where it starts sooner",
            delay.number()
        );
        j.hint(&delay, "XR-095", message, "set `startupProbe`, for which the others wait");
    }
    deadlines(j, object, &ready, &start);
    grace(j, spec, container);
}

/// Ports by number that the container does not list, though it lists others.
fn ports(j: &mut Judge, container: &At<'_, '_>, probe: &At<'_, '_>) {
    let ports = container.get("ports");
    for way in ["httpGet", "tcpSocket", "grpc"] {
        let way = probe.get(way);
        let port = way.get("port");
        let Some(number) = port.int().filter(|_| ports.is_filled()) else { continue };
        if !ports.items().any(|own| own.get("containerPort").int() == Some(number)) {
            let message = format_args!("the container lists no port {number}");
            j.hint(&port, "L-107", message, "ask one of its `ports`, best by its name");
        }
    }
}

/// A Deployment gives a new pod ten minutes, where nothing else is said.
fn deadlines(j: &mut Judge, object: &At<'_, '_>, ready: &At<'_, '_>, start: &At<'_, '_>) {
    if object.get("kind").str() != "Deployment" {
        return;
    }
    let deadline = object.to(&["spec", "progressDeadlineSeconds"]).int().unwrap_or(600);
    let or = |at: At<'_, '_>, default: i64| at.int().unwrap_or(default);
    let started = match start.is_set() {
        true => {
            or(start.get("initialDelaySeconds"), 0)
                + or(start.get("periodSeconds"), 10) * or(start.get("failureThreshold"), 3)
        }
        false => 0,
    };
    let needed = started.max(or(ready.get("initialDelaySeconds"), 0));
    if needed > deadline {
        let message = format_args!(
            "a pod may take {needed} s to start, and the update counts as failed after {deadline} s"
        );
        let at = if started == needed { start } else { ready };
        j.hint(at, "XR-099", message, "set `progressDeadlineSeconds` of the Deployment above it");
    }
}

/// A hook that sleeps as long as the pod has to go leaves no time to the program.
fn grace(j: &mut Judge, spec: &At<'_, '_>, container: &At<'_, '_>) {
    let grace = spec.get("terminationGracePeriodSeconds").int().unwrap_or(30);
    let hook = container.to(&["lifecycle", "preStop"]);
    let command = hook.to(&["exec", "command"]);
    let mut words = command.items().flat_map(|word| word.str().split([' ', ';', '&']));
    let by_command =
        words.by_ref().skip_while(|word| *word != "sleep" && !word.ends_with("/sleep")).nth(1);
    let sleep = hook.to(&["sleep", "seconds"]);
    let seconds = sleep.int().or_else(|| by_command?.parse().ok());
    if let Some(seconds) = seconds.filter(|seconds| *seconds > 0 && *seconds >= grace) {
        let message = format_args!(
            "the hook sleeps {seconds} s, and after {grace} s the container is killed: no time is left to it"
        );
        let at = if sleep.is_set() { sleep } else { command };
        j.hint(&at, "XR-099", message, "set `terminationGracePeriodSeconds` well above it");
    }
}

fn is_same(one: Ref<'_>, other: Ref<'_>) -> bool {
    match (one.value(), other.value()) {
        (Value::Map, Value::Map) => {
            one.entries().count() == other.entries().count()
                && one
                    .entries()
                    .all(|(key, value)| other.get(key).is_some_and(|own| is_same(value, own)))
        }
        (Value::List, Value::List) => {
            one.items().count() == other.items().count()
                && one.items().zip(other.items()).all(|(a, b)| is_same(a, b))
        }
        (a, b) => a == b,
    }
}
