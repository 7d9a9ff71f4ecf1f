//! Pods and templates of pods.

use super::FieldError;
use super::container::{self, Of};
use super::judge::{At, Judge};
use super::scheduling;
use super::security;
use super::selector;
use super::text;
use super::volume;
use super::{gated, ip, resources};
use crate::names;

/// A Pod of its own.
pub(super) fn pod(j: &mut Judge, at: &At<'_, '_>) {
    let spec = at.get("spec");
    self::spec(j, &spec, at);
    let ephemeral = spec.get("ephemeralContainers");
    if ephemeral.is_filled() {
        let message =
            "`ephemeralContainers` are added to a pod that runs, and cannot be there at its start";
        j.forbidden(&ephemeral, "K-forbidden", message);
    }
    annotations(j, at);
    // What the admission of a RuntimeClass does is undone for nobody.
    if spec.get("overhead").is_set() && spec.get("runtimeClassName").str().is_empty() {
        j.forbidden(
            &spec.get("overhead"),
            "K-forbidden",
            "`overhead` is set by the pod's RuntimeClass, and there is none",
        );
    }
    volume::of_a_pod(j, at, &spec);
}

pub(super) fn pod_template(j: &mut Judge, at: &At<'_, '_>) {
    template(j, &at.get("template"));
}

/// The `template` of a controller or a Job.
pub(super) fn template(j: &mut Judge, at: &At<'_, '_>) {
    let meta = at.get("metadata");
    selector::labels(j, &meta.get("labels"));
    selector::annotations(j, &meta.get("annotations"));
    annotations(j, at);
    let spec = at.get("spec");
    self::spec(j, &spec, at);
    let ephemeral = spec.get("ephemeralContainers");
    if ephemeral.is_filled() {
        let message =
            "`ephemeralContainers` are added to a pod that runs, and have no place in a template";
        j.forbidden(&ephemeral, "K-forbidden", message);
    }
}

/// Annotations with a meaning for pods. `at` is the pod, or the template of one.
fn annotations(j: &mut Judge, at: &At<'_, '_>) {
    let annotations = at.to(&["metadata", "annotations"]);
    let mirror = annotations.get("kubernetes.io/config.mirror");
    if mirror.is_set() && at.to(&["spec", "nodeName"]).str().is_empty() {
        let message = "what mirrors a static pod says its node in `spec.nodeName`";
        j.invalid(&mirror, "K-annotation", message);
    }
    for (key, value) in annotations.entries() {
        if key == "controller.kubernetes.io/pod-deletion-cost" {
            let text = value.str();
            let canonical = text.parse::<i32>().is_ok_and(|cost| cost.to_string() == text);
            if !canonical {
                let message = format!("`{text}` must be a whole number of 32 bits");
                j.invalid(&value, "K-annotation", message);
            }
        } else if let Some(name) =
            key.strip_prefix("container.apparmor.security.beta.kubernetes.io/")
        {
            let containers = at.get("spec");
            if !container::names(&containers).any(|own| own == name) {
                let message = format!("the pod has no container `{name}`");
                j.invalid(&value, "K-annotation", message);
            }
            let profile = value.str();
            let known = matches!(profile, "" | "runtime/default" | "unconfined")
                || profile.starts_with("localhost/");
            if !known {
                let message = format!(
                    "`{profile}` must be runtime/default, unconfined, or localhost/ and a name"
                );
                j.invalid(&value, "K-annotation", message);
            }
        }
    }
    security::seccomp_annotations(j, at, &annotations);
}

/// A pod's `spec`; `at` is the pod or the template.
fn spec(j: &mut Judge, spec: &At<'_, '_>, at: &At<'_, '_>) {
    gated::pod(j, spec);
    volume::volumes(j, &spec.get("volumes"));
    containers(j, spec, at);
    j.one_of(&spec.get("restartPolicy"), &["Always", "OnFailure", "Never"]);
    let deadline = spec.get("activeDeadlineSeconds");
    j.within(&deadline, 1, i64::from(i32::MAX));
    if let Some(grace) = spec.get("terminationGracePeriodSeconds").int().filter(|grace| *grace < 0)
    {
        let message = format!("`terminationGracePeriodSeconds` is {grace}; below 0 it counts as 1");
        j.warn(&spec.get("terminationGracePeriodSeconds"), "K-range", message);
    }
    selector::labels(j, &spec.get("nodeSelector"));
    for (field, what, rule) in [
        ("serviceAccountName", "ServiceAccount name", names::dns_subdomain as fn(&str) -> _),
        ("priorityClassName", "PriorityClass name", names::dns_subdomain),
        ("runtimeClassName", "RuntimeClass name", names::dns_subdomain),
        ("nodeName", "Node name", names::dns_subdomain),
        ("hostname", "hostname", names::dns_label),
        ("subdomain", "subdomain", names::dns_label),
    ] {
        j.well_formed(&spec.get(field), "K-name", what, rule);
    }
    let scheduler = spec.get("schedulerName");
    if !scheduler.str().is_empty() && names::dns_subdomain(scheduler.str()).is_err() {
        let message = format!(
            "no scheduler can be called `{}`, so nothing would schedule the pod",
            scheduler.str()
        );
        j.broken(&scheduler, "K-name", message);
    }
    j.one_of(&spec.get("preemptionPolicy"), &["PreemptLowerPriority", "Never"]);
    for secret in spec.get("imagePullSecrets").items() {
        let name = secret.get("name");
        if name.str().is_empty() {
            j.broken(&name, "K-required", "the name of the Secret must be given");
        }
    }
    hostname_override(j, spec);
    dns(j, spec);
    host_aliases(j, &spec.get("hostAliases"));
    scheduling::scheduling(j, spec);
    security::pod(j, spec);
    resources::pod(j, spec);
    let gates = spec.get("readinessGates");
    for gate in gates.items() {
        let kind = gate.get("conditionType");
        if let Err(why) = names::qualified_name(kind.str()) {
            j.invalid(&kind, "K-label", format!("condition type `{}` {why}", kind.str()));
        }
    }
    claims(j, &spec.get("resourceClaims"));
}

fn containers(j: &mut Judge, spec: &At<'_, '_>, at: &At<'_, '_>) {
    let (regular, init) = (spec.get("containers"), spec.get("initContainers"));
    if !regular.is_filled() {
        j.required(&regular, "a pod needs at least one container");
    }
    let mut names: Vec<&str> = Vec::with_capacity(4);
    let mut ports = Vec::new();
    for container in regular.items() {
        unique(j, &mut names, &container);
        container::container(j, &container, &Of { spec, init: false, pod: at });
        container::host_ports(j, &container, spec, &mut ports);
    }
    container::shared_ports(j, &regular);
    for container in init.items() {
        unique(j, &mut names, &container);
        container::container(j, &container, &Of { spec, init: true, pod: at });
        let mut own = Vec::new();
        container::host_ports(j, &container, spec, &mut own);
        if let Some(port) = own.iter().find(|port| ports.contains(port)) {
            let message = format!("a container of the pod has the port {} of the node too", port.0);
            j.warn(&container.get("ports"), "K-duplicate", message);
        }
    }
}

fn unique<'t>(j: &mut Judge, names: &mut Vec<&'t str>, container: &At<'t, '_>) {
    let name = container.get("name");
    if name.str().is_empty() {
        return;
    }
    if names.contains(&name.str()) {
        j.duplicate(&name, format!("two containers of the pod are named `{}`", name.str()));
    } else {
        names.push(name.str());
    }
}

fn hostname_override(j: &mut Judge, spec: &At<'_, '_>) {
    let name = spec.get("hostnameOverride");
    if !name.is_set() || j.minor < 35 {
        return;
    }
    if spec.get("setHostnameAsFQDN").is_true() || spec.get("hostNetwork").is_true() {
        let other = if spec.get("setHostnameAsFQDN").is_true() {
            "setHostnameAsFQDN"
        } else {
            "hostNetwork"
        };
        j.forbidden(
            &name,
            "K-one-of",
            format!("`hostnameOverride` cannot be used together with `{other}`"),
        );
    }
    if name.str().len() > 64 {
        j.refuse(
            &name,
            "K-size",
            FieldError::TooLong,
            "`hostnameOverride` must have at most 64 characters",
        );
    }
    j.well_formed(&name, "K-name", "hostname", names::dns_subdomain);
}

fn dns(j: &mut Judge, spec: &At<'_, '_>) {
    let (policy, config) = (spec.get("dnsPolicy"), spec.get("dnsConfig"));
    j.one_of(&policy, &["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"]);
    let servers = config.get("nameservers");
    if policy.str() == "None" {
        if !config.is_set() {
            j.required(&config, "`dnsConfig` must be given, because `dnsPolicy` is None");
            return;
        }
        if !servers.is_filled() {
            j.required(&servers, "`nameservers` must be given, because `dnsPolicy` is None");
        }
    }
    let too_many = |at: &At<'_, '_>, most: usize| {
        format!("`{}` has {} entries; at most {most} are allowed", at.field(), at.count())
    };
    if servers.count() > 3 {
        j.invalid(&servers, "K-size", too_many(&servers, 3));
    }
    for server in servers.items() {
        if let Err(why) = ip::address(server.str(), j.minor) {
            j.invalid(&server, "K-ip", format!("name server `{}` {why}", server.str()));
        }
    }
    let searches = config.get("searches");
    if searches.count() > 32 {
        j.invalid(&searches, "K-size", too_many(&searches, 32));
    }
    let length: usize = searches.items().map(|domain| domain.str().len() + 1).sum();
    if length > 2049 {
        j.invalid(
            &searches,
            "K-size",
            "the search domains must have at most 2048 characters together",
        );
    }
    for domain in searches.items() {
        if let Err(why) = text::search_domain(domain.str(), j.minor) {
            j.invalid(&domain, "K-name", format!("search domain `{}` {why}", domain.str()));
        }
    }
    let options = config.get("options");
    let doubles = options.repeats(|one| one.get("name").str());
    for (number, option) in options.items().enumerate() {
        let name = option.get("name").str();
        if name.is_empty() {
            j.required(&option, "an option of the resolver needs a name");
        } else if doubles.contains(&number) {
            j.broken(&option, "K-duplicate", format!("the resolver has the option `{name}` twice"));
        }
    }
}

fn host_aliases(j: &mut Judge, at: &At<'_, '_>) {
    for alias in at.items() {
        let address = alias.get("ip");
        if let Err(why) = ip::address(address.str(), j.minor) {
            j.invalid(&address, "K-ip", format!("address `{}` {why}", address.str()));
        }
        for name in alias.get("hostnames").items() {
            if let Err(why) = names::dns_subdomain(name.str()) {
                j.invalid(&name, "K-name", format!("hostname `{}` {why}", name.str()));
            }
        }
    }
}

fn claims(j: &mut Judge, at: &At<'_, '_>) {
    if j.minor < 34 {
        return;
    }
    let mut names: Vec<&str> = Vec::new();
    for claim in at.items() {
        let name = claim.get("name");
        j.named(&name, "K-name", "the name of a resource claim", names::dns_label);
        if names.contains(&name.str()) {
            j.duplicate(
                &name,
                format!("two resource claims of the pod are named `{}`", name.str()),
            );
        }
        names.push(name.str());
        let sources = ["resourceClaimName", "resourceClaimTemplateName"];
        match sources.iter().filter(|field| claim.get(field).is_set()).count() {
            0 => j.invalid(
                &claim,
                "K-one-of",
                "a resource claim needs `resourceClaimName` or `resourceClaimTemplateName`",
            ),
            2 => j.invalid(
                &claim,
                "K-one-of",
                "a resource claim has either `resourceClaimName` or `resourceClaimTemplateName`",
            ),
            _ => {}
        }
        for field in sources {
            j.well_formed(&claim.get(field), "K-name", "ResourceClaim name", names::dns_subdomain);
        }
    }
}
