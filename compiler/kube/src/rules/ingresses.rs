//! Ingresses: the Services and ports behind them (XR-020), their certificates (XR-021), and that no two want the same
//! requests (XR-022).

use std::collections::BTreeSet;

use super::absent::{declared, make_or_declare};
use super::{Program, Violation, keys};
use crate::facts::{Detail, Facts, Ingress, Route, Service, TargetPort};
use crate::near::nearest;
use crate::tree::Step;

/// Paths that lead to a Service, or to a port of one, that is not there.
pub(super) fn missing_backends(program: &Program<'_>, found: &mut Vec<Violation>) {
    for (object, facts, ingress) in ingresses(program) {
        for route in ingress.routes.iter().filter(|route| !route.service.is_empty()) {
            let path = |field: &str| [route.path(), keys(&[field])].concat();
            let Some((at, other)) = program.find("", "Service", &facts.identity, &route.service)
            else {
                let message = format!("no Service `{}` in this program", route.service);
                let namespace = &facts.identity.namespace;
                let services =
                    program.objects().map(|(_, other)| &other.identity).filter(|other| {
                        other.kind == "Service"
                            && other.group.is_empty()
                            && other.namespace == *namespace
                    });
                let help = match nearest(&route.service, services.map(|other| &*other.name)) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!(
                        "name a Service of the same namespace; where it is made elsewhere, declare it: {}",
                        declared("Service", &route.service)
                    ),
                };
                found.push(
                    Violation::error("XR-020", object, path("name"), message)
                        .lacks("", "Service", namespace, &route.service)
                        .help(help),
                );
                continue;
            };
            let Detail::Service(service) = &other.detail else { continue };
            if let Some(port) = lacking(service, other.external, route) {
                let own: Vec<String> = service
                    .ports
                    .iter()
                    .map(|port| match port.name.as_str() {
                        "" => port.number.to_string(),
                        name => format!("{name} ({})", port.number),
                    })
                    .collect();
                let message = format!("Service/{} has no port {port}", route.service);
                let violation = Violation::error("XR-020", object, path("port"), message);
                let violation = match &route.port {
                    Some(TargetPort::Name(name)) => {
                        violation.meant(name, service.ports.iter().map(|port| port.name.as_str()))
                    }
                    _ => violation,
                };
                let label = format!("its ports: {}", own.join(", "));
                found.push(violation.related(at, keys(&["spec", "ports"]), label));
            }
        }
    }
}

/// The port of a route that its Service does not have.
fn lacking(service: &Service, external: bool, route: &Route) -> Option<String> {
    // Of an external Service the ports need not be declared, and where a name leads to is not known.
    if service.external_name || (external && service.ports.is_empty()) {
        return None;
    }
    let (there, shown) = match route.port.as_ref()? {
        TargetPort::Name(name) => {
            (service.ports.iter().any(|port| port.name == *name), format!("`{name}`"))
        }
        TargetPort::Number(number) => {
            (service.ports.iter().any(|port| port.number == *number), number.to_string())
        }
    };
    (!there).then_some(shown)
}

/// Certificates that nobody makes, and hosts that none is for.
pub(super) fn missing_certificates(program: &Program<'_>, found: &mut Vec<Violation>) {
    let mut made: BTreeSet<(&str, &str)> = BTreeSet::new();
    for (_, facts) in program.objects() {
        if let Detail::Certificate(secret) = &facts.detail {
            made.insert((&facts.identity.namespace, secret));
        }
    }
    for (object, facts, ingress) in ingresses(program).filter(|(_, _, ingress)| !ingress.certified)
    {
        let namespace = facts.identity.namespace.as_str();
        for (index, tls) in ingress.tls.iter().enumerate().filter(|(_, tls)| !tls.secret.is_empty())
        {
            let path =
                [keys(&["spec", "tls"]), vec![Step::Index(index)], keys(&["secretName"])].concat();
            match program.find("", "Secret", &facts.identity, &tls.secret) {
                None if !made.contains(&(namespace, tls.secret.as_str())) => {
                    let message = format!("no Secret `{}` in this program", tls.secret);
                    found.push(
                        Violation::error("XR-021", object, path, message)
                            .warning()
                            .absence()
                            .help(make_or_declare("Secret", &tls.secret)),
                    );
                }
                Some((at, secret)) => {
                    let Detail::Config(secret) = &secret.detail else { continue };
                    let Some(known) = &secret.keys else { continue };
                    let key =
                        |key: &&str| known.binary_search_by(|own| own.as_str().cmp(key)).is_err();
                    if let Some(key) = ["tls.crt", "tls.key"].iter().find(|wanted| key(wanted)) {
                        let message = format!("Secret {} holds no certificate", tls.secret);
                        found.push(
                            Violation::error("XR-021", object, path, message).warning().related(
                                at,
                                keys(&["data"]),
                                format!("it has no key `{key}`"),
                            ),
                        );
                    }
                }
                None => {}
            }
        }
    }
}

/// Two paths of one host that are the same: which of them counts is chance.
pub(super) fn rivals(program: &Program<'_>, found: &mut Vec<Violation>) {
    let mut routes: Vec<(&str, &str, &str, &str, usize, &Route)> = Vec::new();
    for (object, _, ingress) in ingresses(program) {
        let own = ingress.routes.iter().filter(|route| route.at.is_some());
        routes.extend(own.map(|route| {
            let Route { host, path, path_type, .. } = route;
            (
                ingress.class.as_str(),
                host.as_str(),
                path.as_str(),
                path_type.as_str(),
                object,
                route,
            )
        }));
    }
    routes.sort_by_key(|(class, host, path, kind, object, route)| {
        (*class, *host, *path, *kind, *object, route.at)
    });
    let same = |a: &(&str, &str, &str, &str, usize, &Route),
                b: &(&str, &str, &str, &str, usize, &Route)| {
        (a.0, a.1, a.2, a.3) == (b.0, b.1, b.2, b.3)
    };
    for group in routes.chunk_by(same) {
        let Some(((_, host, path, _, first, kept), others)) = group.split_first() else { continue };
        for (.., object, route) in others {
            let host = if host.is_empty() { "any host" } else { host };
            let message = format!("two paths are `{path}` of {host}");
            let at = |route: &Route| {
                let mut path = route.path();
                path.truncate(path.len().saturating_sub(2));
                [path, keys(&["path"])].concat()
            };
            found.push(
                Violation::error("XR-022", *object, at(route), message)
                    .related(*first, at(kept), "the other one")
                    .help("take one of them out, or give it another path or host"),
            );
        }
    }
}

fn ingresses<'f>(program: &Program<'f>) -> impl Iterator<Item = (usize, &'f Facts, &'f Ingress)> {
    program.objects().filter_map(|(object, facts)| match &facts.detail {
        Detail::Ingress(ingress) if !facts.external => Some((object, facts, &**ingress)),
        _ => None,
    })
}
