//! XR-023: routes of the Gateway API: the Gateways on which they hang, the Services behind them, and whether they may
//! refer to these.

use super::absent::make_or_declare;
use super::{Program, Violation, keys};
use crate::facts::{BackendRef, Detail, Facts, GatewayRoute, ParentRef, TargetPort};
use crate::tree::Step;

const GROUP: &str = "gateway.networking.k8s.io";

/// References of routes that lead nowhere.
pub(super) fn routes(program: &Program<'_>, found: &mut Vec<Violation>) {
    let mut all = program.objects();
    let known = all.any(|(_, facts)| matches!(facts.detail, Detail::Gateway(_)));
    for (object, facts) in program.objects().filter(|(_, facts)| !facts.external) {
        let Detail::GatewayRoute(route) = &facts.detail else { continue };
        let GatewayRoute { parents, backends } = &**route;
        for (at, parent) in parents.iter().enumerate().filter(|(_, parent)| parent.is_gateway) {
            let path = [keys(&["spec", "parentRefs"]), vec![Step::Index(at)]].concat();
            found.extend(of_parent(program, (object, facts), parent, path, known));
        }
        for backend in backends.iter().filter(|backend| backend.is_service) {
            found.extend(of_backend(program, (object, facts), backend));
        }
    }
}

fn of_parent(
    program: &Program<'_>,
    (object, facts): (usize, &Facts),
    parent: &ParentRef,
    path: Vec<Step>,
    known: bool,
) -> Option<Violation> {
    let namespace = or_own(&parent.namespace, facts);
    let name = &parent.name;
    let at = |field: &str| [&path[..], &keys(&[field])].concat();
    let Some((gateway, other)) = program.find_in(GROUP, "Gateway", namespace, name) else {
        let message = format!("no Gateway `{name}` in this program");
        let violation = Violation::error("XR-023", object, at("name"), message)
            .lacks(GROUP, "Gateway", namespace, name)
            .help("make it, or, where the cluster has it, declare it as external");
        // Most programs hang their routes on what the cluster has.
        return Some(if known { violation } else { violation.warning() });
    };
    let Detail::Gateway(listeners) = &other.detail else { return None };
    let lacks =
        !parent.section.is_empty() && !listeners.is_empty() && !listeners.contains(&parent.section);
    lacks.then(|| {
        let message = format!("Gateway/{name} has no listener `{}`", parent.section);
        Violation::error("XR-023", object, at("sectionName"), message).related(
            gateway,
            keys(&["spec", "listeners"]),
            format!("its listeners: {}", listeners.join(", ")),
        )
    })
}

fn of_backend(
    program: &Program<'_>,
    (object, facts): (usize, &Facts),
    backend: &BackendRef,
) -> Option<Violation> {
    let namespace = or_own(&backend.namespace, facts);
    let name = &backend.name;
    let at = |field: &str| [&backend.path()[..], &keys(&[field])].concat();
    let Some((service_at, other)) = program.find_in("", "Service", namespace, name) else {
        let message = format!("no Service `{name}` in this program");
        let help = make_or_declare("Service", name);
        let violation = Violation::error("XR-023", object, at("name"), message);
        return Some(violation.lacks("", "Service", namespace, name).help(help));
    };
    if namespace != facts.identity.namespace && !is_granted(program, facts, namespace, name) {
        let message = format!("nothing lets this route refer to a Service of `{namespace}`");
        return Some(
            Violation::error("XR-023", object, at("namespace"), message)
                .absence()
                .related(service_at, Vec::new(), "this Service")
                .help(format!(
                    "make a ReferenceGrant in `{namespace}` that is from {} of `{}` to its Services",
                    facts.identity.kind, facts.identity.namespace
                )),
        );
    }
    let Detail::Service(service) = &other.detail else { return None };
    let Some(TargetPort::Number(number)) = &backend.port else { return None };
    let unknown = service.external_name || service.ports.is_empty();
    if unknown || service.ports.iter().any(|port| port.number == *number) {
        return None;
    }
    let own: Vec<String> = service.ports.iter().map(|port| port.number.to_string()).collect();
    let message = format!("Service/{name} has no port {number}");
    Some(Violation::error("XR-023", object, at("port"), message).related(
        service_at,
        keys(&["spec", "ports"]),
        format!("its ports: {}", own.join(", ")),
    ))
}

fn is_granted(program: &Program<'_>, route: &Facts, namespace: &str, service: &str) -> bool {
    program.objects().any(|(_, facts)| {
        let Detail::Grant(grant) = &facts.detail else { return false };
        let own = &route.identity;
        let from = grant.from.iter().any(|(group, kind, namespace)| {
            (group, kind, namespace) == (&own.group, &own.kind, &own.namespace)
        });
        let to = grant.to.iter().any(|(group, kind, name)| {
            group.is_empty() && kind == "Service" && (name.is_empty() || name == service)
        });
        facts.identity.namespace == namespace && from && to
    })
}

fn or_own<'n>(namespace: &'n str, facts: &'n Facts) -> &'n str {
    if namespace.is_empty() { &facts.identity.namespace } else { namespace }
}
