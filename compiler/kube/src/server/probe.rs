//! Probes and the hooks of a container's life.

use super::container::Of;
use super::judge::{At, Judge};
use super::text;
use crate::names;

/// The ways to probe, in the order in which a server looks at them.
const HANDLERS: [&str; 4] = ["exec", "httpGet", "tcpSocket", "grpc"];

pub(super) fn probes<'t>(j: &mut Judge, at: &At<'t, '_>, of: &Of<'_, 't, '_>) {
    let fields = ["livenessProbe", "readinessProbe", "startupProbe"];
    let lifecycle = at.get("lifecycle");
    if of.init && at.get("restartPolicy").str() != "Always" {
        for field in fields.iter().chain(&["lifecycle"]) {
            let place = at.get(field);
            if place.is_set() {
                let message = format!(
                    "an init container that ends has no `{field}`; one with `restartPolicy: Always` may"
                );
                j.forbidden(&place, "K-init-container", message);
            }
        }
        return;
    }
    for field in fields {
        let probe = at.get(field);
        if probe.is_set() {
            self::probe(j, &probe, field);
            named_port(j, &probe, at);
        }
    }
    let grace = of.spec.get("terminationGracePeriodSeconds").int().unwrap_or(30);
    for field in ["postStart", "preStop"] {
        let hook = lifecycle.get(field);
        if hook.is_set() {
            handler(j, &hook, &["exec", "httpGet", "tcpSocket", "sleep"], "a hook");
            sleep(j, &hook.get("sleep"), grace);
            named_port(j, &hook, at);
        }
    }
    let signal = lifecycle.get("stopSignal");
    j.dropped(&signal, "the feature ContainerStopSignals is off, and the server drops it");
}

/// A port by name is one of the container's own; a server does not look.
fn named_port(j: &mut Judge, at: &At<'_, '_>, container: &At<'_, '_>) {
    let ports = container.get("ports");
    for way in ["httpGet", "tcpSocket"] {
        let way = at.get(way);
        let port = way.get("port");
        let Some(name) = port.as_str().filter(|name| names::port_name(name).is_ok()) else {
            continue;
        };
        let names: Vec<&str> = ports.items().map(|own| own.get("name").str()).collect();
        if !names.contains(&name) {
            let named: Vec<&str> = names.into_iter().filter(|name| !name.is_empty()).collect();
            let message = match named.as_slice() {
                [] => format!(
                    "the container has no port named `{name}`: none of its ports has a name"
                ),
                named => {
                    format!("the container has no port named `{name}`; it has {}", named.join(", "))
                }
            };
            j.broken(&port, "K-reference", message);
            j.meant(name, named);
        }
    }
}

fn sleep(j: &mut Judge, at: &At<'_, '_>, grace: i64) {
    if !at.is_set() {
        return;
    }
    let seconds = at.get("seconds");
    let least = if j.minor >= 33 { 0 } else { 1 };
    if !(least..=grace).contains(&seconds.number()) {
        let message = format!(
            "the hook sleeps {} s; it must be from {least} to the pod's grace period, which is {grace} s",
            seconds.number()
        );
        j.invalid(&seconds, "K-range", message);
    }
}

fn probe(j: &mut Judge, at: &At<'_, '_>, field: &str) {
    handler(j, at, &HANDLERS, "a probe");
    for count in [
        "initialDelaySeconds",
        "timeoutSeconds",
        "periodSeconds",
        "successThreshold",
        "failureThreshold",
    ] {
        j.not_negative(&at.get(count));
    }
    let grace = at.get("terminationGracePeriodSeconds");
    if field == "readinessProbe" {
        if grace.is_set() {
            let message =
                "a readiness probe ends no pod, and so has no `terminationGracePeriodSeconds`";
            j.invalid(&grace, "K-probe", message);
        }
        return;
    }
    if grace.int().is_some_and(|grace| grace <= 0) {
        j.invalid(&grace, "K-range", "`terminationGracePeriodSeconds` must be at least 1");
    }
    let successes = at.get("successThreshold");
    if successes.number() > 1 {
        let message =
            format!("`successThreshold` is {}; for a `{field}` it must be 1", successes.number());
        j.invalid(&successes, "K-probe", message);
    }
}

/// What is done: one of the given ways.
fn handler(j: &mut Judge, at: &At<'_, '_>, ways: &[&'static str], what: &str) {
    if j.at_most_one(at, ways, what) == 0 {
        j.required(at, format!("{what} needs one of {}", ways.join(", ")));
    }
    let exec = at.get("exec");
    if exec.is_set() && !exec.get("command").is_filled() {
        j.required(&exec.get("command"), "`exec` needs a `command`");
    }
    let http = at.get("httpGet");
    if http.is_set() {
        port(j, &http.get("port"));
        j.one_of(&http.get("scheme"), &["HTTP", "HTTPS"]);
        for header in http.get("httpHeaders").items() {
            let name = header.get("name");
            if let Err(why) = text::header_name(name.str()) {
                j.invalid(&name, "K-probe", format!("header name `{}` {why}", name.str()));
            }
        }
    }
    let tcp = at.get("tcpSocket");
    if tcp.is_set() {
        port(j, &tcp.get("port"));
    }
    let grpc = at.get("grpc");
    if grpc.is_set() && names::port_number(grpc.get("port").number()).is_err() {
        let message =
            format!("`port` is {}; it must be from 1 to 65535", grpc.get("port").number());
        j.invalid(&grpc.get("port"), "K-port", message);
    }
}

/// A port by number or by name.
pub(super) fn port(j: &mut Judge, at: &At<'_, '_>) {
    match at.as_str() {
        Some(name) => {
            if let Err(why) = names::port_name(name) {
                j.invalid(at, "K-port", format!("port name `{name}` {why}"));
            }
        }
        None => {
            if names::port_number(at.number()).is_err() {
                let message =
                    format!("`{}` is {}; it must be from 1 to 65535", at.field(), at.number());
                j.invalid(at, "K-port", message);
            }
        }
    }
}
