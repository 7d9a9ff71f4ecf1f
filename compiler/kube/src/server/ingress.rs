//! Ingresses and their classes.

use super::judge::{At, Judge};
use super::{FieldError, text};
use crate::names;

pub(super) fn ingress(j: &mut Judge, at: &At<'_, '_>) {
    let spec = at.get("spec");
    let (backend, rules) = (spec.get("defaultBackend"), spec.get("rules"));
    if !backend.is_set() && !rules.is_filled() {
        j.invalid(&spec, "K-required", "an Ingress needs a `defaultBackend` or `rules`");
    }
    if backend.is_set() {
        self::backend(j, &backend);
    }
    let class = spec.get("ingressClassName");
    let annotations = at.to(&["metadata", "annotations"]);
    let old_class = annotations.get("kubernetes.io/ingress.class");
    if class.is_set() {
        if let Err(why) = names::dns_subdomain(class.str()) {
            j.invalid(&class, "K-name", format!("IngressClass name `{}` {why}", class.str()));
        }
        if old_class.is_set() && old_class.str() != class.str() {
            let message = "the class must be given by `spec.ingressClassName` alone, and not by the annotation too";
            j.invalid(&old_class, "K-one-of", message);
        }
    } else if old_class.is_set() {
        let message =
            "this annotation is deprecated; `spec.ingressClassName` is meant for the class";
        j.warn(&old_class, "K-annotation", message);
    }
    for rule in rules.items() {
        let host = rule.get("host");
        self::host(j, &host);
        let http = rule.get("http");
        let paths = http.get("paths");
        if http.is_set() && !paths.is_filled() {
            j.required(&paths, "`http` needs at least one path");
        }
        for path in paths.items() {
            self::path(j, &path);
        }
    }
    doubles(j, &rules);
    for tls in spec.get("tls").items() {
        for host in tls.get("hosts").items() {
            self::host(j, &host);
        }
        j.well_formed(&tls.get("secretName"), "K-name", "Secret name", names::dns_subdomain);
    }
}

fn host(j: &mut Judge, at: &At<'_, '_>) {
    let host = at.str();
    if host.is_empty() {
        return;
    }
    if host.parse::<core::net::IpAddr>().is_ok() {
        j.invalid(at, "K-host", format!("host `{host}` must be a name, and not an address"));
        return;
    }
    let checked = if host.contains('*') {
        names::wildcard_subdomain(host)
    } else {
        names::dns_subdomain(host)
    };
    if let Err(why) = checked {
        j.invalid(at, "K-host", format!("host `{host}` {why}"));
    }
}

fn path(j: &mut Judge, at: &At<'_, '_>) {
    let (kind, path) = (at.get("pathType"), at.get("path"));
    let text = path.str();
    match kind.str() {
        "" => j.required(&kind, "a path needs a `pathType`: Exact, ImplementationSpecific, Prefix"),
        "Exact" | "Prefix" => {
            let encoded = ["%2f", "%2F", "%252f", "%252F"];
            if !text.starts_with('/') {
                j.invalid(
                    &path,
                    "K-path",
                    format!(
                        "path `{text}` must begin with `/`, because its type is {}",
                        kind.str()
                    ),
                );
            } else if let Some(part) =
                ["//", "/./", "/../"].into_iter().chain(encoded).find(|part| text.contains(part))
            {
                j.invalid(&path, "K-path", format!("path `{text}` must not contain `{part}`"));
            } else if let Some(end) = ["/..", "/."].into_iter().find(|end| text.ends_with(end)) {
                j.invalid(&path, "K-path", format!("path `{text}` must not end with `{end}`"));
            } else if text.contains(['(', '*', '$', '^']) {
                j.warn(&path, "K-path", format!("path `{text}` looks like a regular expression, which the type {} does not read", kind.str()));
            }
        }
        "ImplementationSpecific" => {
            if !text.is_empty() && !text.starts_with('/') {
                j.invalid(&path, "K-path", format!("path `{text}` must begin with `/`"));
            }
        }
        other => j.unsupported(&kind, other, &["Exact", "ImplementationSpecific", "Prefix"]),
    }
    self::backend(j, &at.get("backend"));
}

fn backend(j: &mut Judge, at: &At<'_, '_>) {
    let (service, resource) = (at.get("service"), at.get("resource"));
    match (service.is_set(), resource.is_set()) {
        (false, false) => {
            j.invalid(at, "K-one-of", "a backend needs a `service` or a `resource`");
        }
        (true, true) => {
            j.invalid(at, "K-one-of", "a backend takes either a `service` or a `resource`");
        }
        (false, true) => {
            j.named_if_given(&resource.get("apiGroup"), "K-name", "group", names::dns_subdomain);
            for field in ["kind", "name"] {
                let place = resource.get(field);
                j.named(&place, "K-name", &format!("`{field}` of a backend"), names::path_segment);
            }
        }
        (true, false) => {
            let rule = if j.minor >= 36 { names::dns_label } else { names::dns_1035_label };
            j.named(&service.get("name"), "K-name", "Service name", rule);
            let port = service.get("port");
            let (name, number) = (port.get("name"), port.get("number"));
            match (name.str().is_empty(), number.number() == 0) {
                (false, false) => j.invalid(
                    &port,
                    "K-one-of",
                    "a port is given by its name or by its number, not by both",
                ),
                (true, true) => {
                    j.required(&port, "a backend needs the port of its Service: `name` or `number`")
                }
                (false, true) => j.well_formed(&name, "K-port", "port name", names::port_name),
                (true, false) => j.within(&number, 1, 65535),
            }
        }
    }
}

/// Of two rules for one host and path a controller takes one, and which is not said.
fn doubles(j: &mut Judge, rules: &At<'_, '_>) {
    let mut seen: Vec<(&str, &str, &str)> = Vec::new();
    for rule in rules.items() {
        let http = rule.get("http");
        for path in http.get("paths").items() {
            let own = (rule.get("host").str(), path.get("path").str(), path.get("pathType").str());
            if seen.contains(&own) {
                let message = format!("another rule is for `{}{}` too", own.0, own.1);
                j.broken(&path.get("path"), "K-duplicate", message);
            }
            seen.push(own);
        }
    }
}

pub(super) fn ingress_class(j: &mut Judge, at: &At<'_, '_>) {
    let spec = at.get("spec");
    let controller = spec.get("controller");
    if controller.str().is_empty() {
        j.required(
            &controller,
            "an IngressClass needs a `controller`, such as example.com/controller",
        );
    } else if controller.str().len() > 250 {
        j.refuse(
            &controller,
            "K-size",
            FieldError::TooLong,
            "`controller` must have at most 250 characters",
        );
    } else {
        j.well_formed(&controller, "K-path", "controller", text::domain_prefixed_path);
    }
    let parameters = spec.get("parameters");
    if !parameters.is_set() {
        return;
    }
    j.well_formed(&parameters.get("apiGroup"), "K-name", "group", names::dns_subdomain);
    for field in ["kind", "name"] {
        j.named(
            &parameters.get(field),
            "K-name",
            &format!("`{field}` of the parameters"),
            names::path_segment,
        );
    }
    let (scope, namespace) = (parameters.get("scope"), parameters.get("namespace"));
    j.one_of(&scope, &["Cluster", "Namespace"]);
    match scope.str() {
        "Namespace" => {
            j.named(&namespace, "K-namespace", "the namespace of the parameters", names::dns_label)
        }
        _ if namespace.is_set() => {
            j.forbidden(&namespace, "K-one-of", "`namespace` needs the scope Namespace");
        }
        _ => {}
    }
}
