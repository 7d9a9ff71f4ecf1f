//! Containers: names, images, ports, and all that they are made of.

use super::judge::{At, Judge};
use super::{env, gated, image, mount, probe, resources, security};
use crate::names;

/// What a container belongs to.
pub(super) struct Of<'a, 't, 'p> {
    /// The pod's `spec`.
    pub spec: &'a At<'t, 'p>,
    /// Whether it is an init container.
    pub init: bool,
    /// The pod, or the template of one.
    pub pod: &'a At<'t, 'p>,
}

pub(super) fn container<'t>(j: &mut Judge, at: &At<'t, '_>, of: &Of<'_, 't, '_>) {
    gated::container(j, at);
    j.named(&at.get("name"), "K-name", "container name", names::dns_label);
    let image = at.get("image");
    if image.str().is_empty() {
        j.required(&image, "a container needs an `image`");
    } else if let Err(why) = image::reference(image.str()) {
        j.broken(&image, "K-image", format!("image `{}` {why}", image.str()));
    }
    j.one_of(&at.get("imagePullPolicy"), &["Always", "IfNotPresent", "Never"]);
    j.one_of(&at.get("terminationMessagePolicy"), &["File", "FallbackToLogsOnError"]);
    ports(j, &at.get("ports"));
    env::env(j, at, of.spec);
    mount::mounts(j, at, of);
    probe::probes(j, at, of);
    resources::container(j, at, of.spec);
    security::container(j, &at.get("securityContext"), of.spec);
    resize_policy(j, at);
    restart(j, at);
}

fn ports(j: &mut Judge, at: &At<'_, '_>) {
    let doubles = at.repeats(|one| one.get("name").str());
    let numbers =
        at.repeats(|one| (one.get("containerPort").number(), tcp(one.get("protocol").str())));
    for (number, port) in at.items().enumerate() {
        let name = port.get("name");
        if !name.str().is_empty() {
            match names::port_name(name.str()) {
                Err(why) => {
                    let message = format!("port name `{}` {why}", name.str());
                    j.invalid(&name, "K-container-port-name", message);
                }
                Ok(()) if doubles.contains(&number) => {
                    let message = format!("two ports of the container are named `{}`", name.str());
                    j.refuse(&name, "K-container-port-name", super::FieldError::Duplicate, message);
                }
                Ok(()) => {}
            }
        }
        let own = port.get("containerPort");
        if own.number() == 0 {
            j.required(&own, "a port of a container needs a `containerPort` from 1 to 65535");
        } else {
            j.within(&own, 1, 65535);
        }
        if port.get("hostPort").number() != 0 {
            j.within(&port.get("hostPort"), 1, 65535);
        }
        let protocol = port.get("protocol");
        j.one_of(&protocol, &["TCP", "UDP", "SCTP"]);
        if own.number() != 0 && numbers.contains(&number) {
            let message = format!(
                "port {} for {} is there twice: server-side apply refuses that",
                own.number(),
                tcp(protocol.str())
            );
            j.broken(&own, "K-duplicate", message);
        }
    }
}

fn tcp(protocol: &str) -> &str {
    if protocol.is_empty() { "TCP" } else { protocol }
}

/// Ports of the node: each can be had once. What is had already is in `taken`.
pub(super) fn host_ports<'t>(
    j: &mut Judge,
    at: &At<'t, '_>,
    spec: &At<'t, '_>,
    taken: &mut Vec<(i64, &'t str, &'t str)>,
) {
    let ports = at.get("ports");
    for port in ports.items() {
        let host = port.get("hostPort");
        let number = host.number();
        if number == 0 {
            continue;
        }
        if spec.get("hostNetwork").is_true() && number != port.get("containerPort").number() {
            let message = format!(
                "`hostPort` is {number}; with `hostNetwork` it must be the `containerPort`, which is {}",
                port.get("containerPort").number()
            );
            j.invalid(&host, "K-port", message);
        }
        let key = (number, tcp(port.get("protocol").str()), port.get("hostIP").str());
        if taken.contains(&key) {
            j.duplicate(
                &host,
                format!("port {number} of the node is taken by another port of the pod"),
            );
        } else {
            taken.push(key);
        }
    }
}

/// What ports of different containers share: of a name a Service cannot tell which is meant, and of a number only one of
/// the containers can have it, because the pod has one network.
pub(super) fn shared_ports(j: &mut Judge, containers: &At<'_, '_>) {
    let mut seen: Vec<(&str, usize)> = Vec::new();
    let mut numbers: Vec<((i64, &str), usize)> = Vec::new();
    for (number, container) in containers.items().enumerate() {
        for port in container.get("ports").items() {
            let at = port.get("containerPort");
            let key = (at.number(), tcp(port.get("protocol").str()));
            match numbers.iter().find(|(other, _)| *other == key) {
                _ if key.0 == 0 => {}
                Some((_, owner)) if *owner != number => {
                    let message = format!(
                        "another container of the pod listens on port {} too, and they share one network",
                        key.0
                    );
                    j.warn(&at, "K-duplicate", message);
                }
                Some(_) => {}
                None => numbers.push((key, number)),
            }
            let name = port.get("name");
            if name.str().is_empty() {
                continue;
            }
            match seen.iter().find(|(other, _)| *other == name.str()) {
                Some((_, owner)) if *owner != number => {
                    let message = format!(
                        "another container of the pod has a port named `{}` too",
                        name.str()
                    );
                    j.warn(&name, "K-container-port-name", message);
                }
                Some(_) => {}
                None => seen.push((name.str(), number)),
            }
        }
    }
}

fn resize_policy(j: &mut Judge, at: &At<'_, '_>) {
    let policies = at.get("resizePolicy");
    let doubles = policies.repeats(|one| one.get("resourceName").str());
    for (number, policy) in policies.items().enumerate() {
        let (resource, restart) = (policy.get("resourceName"), policy.get("restartPolicy"));
        match resource.str() {
            "" => j.required(&resource, "a resize policy needs a `resourceName`"),
            name @ ("cpu" | "memory") => {
                if doubles.contains(&number) {
                    j.duplicate(&policy, format!("two resize policies are for {name}"));
                }
            }
            other => j.unsupported(&resource, other, &["cpu", "memory"]),
        }
        match restart.str() {
            "" => j.required(&restart, "a resize policy needs a `restartPolicy`"),
            "NotRequired" | "RestartContainer" => {}
            other => j.unsupported(&restart, other, &["NotRequired", "RestartContainer"]),
        }
    }
}

/// The restart policy of a container alone, which came with 1.35 for all but sidecars.
fn restart(j: &mut Judge, at: &At<'_, '_>) {
    let (policy, rules) = (at.get("restartPolicy"), at.get("restartPolicyRules"));
    if j.minor < 35 {
        return;
    }
    j.one_of(&policy, &["Always", "OnFailure", "Never"]);
    if rules.is_filled() && !policy.is_set() {
        j.required(
            &policy,
            "`restartPolicy` must be given, because there are `restartPolicyRules`",
        );
    }
    if rules.count() > 20 {
        j.too_many(&rules, 20);
    }
    for rule in rules.items() {
        match rule.get("action").str() {
            "" => j.required(&rule.get("action"), "a rule needs an `action`"),
            "Restart" | "RestartAllContainers" => {}
            other => j.unsupported(&rule.get("action"), other, &["Restart"]),
        }
        let codes = rule.get("exitCodes");
        if !codes.is_set() {
            j.required(&codes, "a rule needs `exitCodes`");
            continue;
        }
        match codes.get("operator").str() {
            "" => j.required(&codes.get("operator"), "`exitCodes` need an `operator`"),
            "In" | "NotIn" => {}
            other => j.unsupported(&codes.get("operator"), other, &["In", "NotIn"]),
        }
        if codes.get("values").count() > 255 {
            j.too_many(&codes.get("values"), 255);
        }
    }
}

/// The names of all containers of a pod.
pub(super) fn names<'t>(spec: &At<'t, '_>) -> impl Iterator<Item = &'t str> {
    let lists = ["initContainers", "containers"].map(|list| {
        let list = spec.get(list);
        list.items().map(|container| container.get("name").str()).collect::<Vec<_>>()
    });
    lists.into_iter().flatten()
}

/// Calls `then` with the container of this name, if there is one.
pub(super) fn with_name<'t>(spec: &At<'t, '_>, name: &str, then: impl FnOnce(&At<'t, '_>)) {
    for list in ["initContainers", "containers"] {
        let list = spec.get(list);
        if let Some(container) = list.items().find(|container| container.get("name").str() == name)
        {
            return then(&container);
        }
    }
}
