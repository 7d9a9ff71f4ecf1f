//! Addresses and ports that Services ask for by name, and only one can have (XR-016); what a Service asks for that means
//! nothing with one pod (XR-017); and addresses that are given to a Service by hand (XR-101).

use super::{Program, Violation, keys};
use crate::facts::{Detail, Endpoints, Facts, Service};
use crate::tree::Step;

/// What a Service asks for: the value, a port of a node by number and protocol or an address, and the path to it.
type Asked = ((String, String), usize, Vec<Step>);

/// Ports of nodes and addresses for which two Services ask.
pub(super) fn doubles(program: &Program<'_>, found: &mut Vec<Violation>) {
    let mut asked: Vec<Asked> = Vec::new();
    for (object, _, service) in services(program) {
        for (index, port) in service.ports.iter().enumerate().filter(|(_, port)| port.node != 0) {
            let path = [keys(&["spec", "ports"]), vec![Step::Index(index)], keys(&["nodePort"])];
            let what = format!("port {} of each node", port.node);
            asked.push(((what, port.protocol.clone()), object, path.concat()));
        }
        for (field, address) in &service.addresses {
            let path = keys(&["spec", field]);
            if *field == "clusterIP" {
                asked.push(((format!("address {address}"), String::new()), object, path));
                continue;
            }
            // Where a balancer is shared, its ports are not.
            for port in &service.ports {
                let what = format!("port {} of {address}", port.number);
                asked.push(((what, port.protocol.clone()), object, path.clone()));
            }
        }
    }
    asked.sort();
    for group in asked.chunk_by(|a, b| a.0 == b.0) {
        let Some(((_, first, at), others)) = group.split_first() else { continue };
        for ((what, protocol), object, path) in
            others.iter().filter(|(_, object, _)| object != first)
        {
            let by = if protocol.is_empty() { String::new() } else { format!(" for {protocol}") };
            let message = format!("two Services ask for {what}{by}");
            found.push(
                Violation::error("XR-016", *object, path.clone(), message)
                    .related(*first, at.clone(), "the other one")
                    .help("leave it out of one of them: the server then chooses"),
            );
        }
    }
}

/// Services that tell nodes or clients apart, with one pod behind them.
pub(super) fn of_one_pod(program: &Program<'_>, found: &mut Vec<Violation>) {
    for (object, facts, service) in
        services(program).filter(|(_, _, service)| service.local || service.sticky)
    {
        let mut selected = program.selected(&facts.identity.namespace, &service.selector);
        let (Some((at, pods, workload)), None) = (selected.next(), selected.next()) else {
            continue;
        };
        let scaled = program.scaler_of(at).is_some();
        let one = matches!(pods.identity.kind.as_str(), "Deployment" | "StatefulSet")
            && workload.replicas.unwrap_or(1) == 1;
        if pods.external || scaled || !one {
            continue;
        }
        let (field, why) = match service.local {
            true => {
                ("externalTrafficPolicy", "the one node that runs it is the only one that answers")
            }
            false => ("sessionAffinity", "there is no other to tell it from"),
        };
        let message = format!("`{field}` has one pod to send to: {why}");
        let path = workload.template.first().map(|_| keys(&["spec", "replicas"]));
        found.push(
            Violation::error("XR-017", object, keys(&["spec", field]), message)
                .note()
                .related(at, path.unwrap_or_default(), format!("{} has one", pods.identity.shown()))
                .help("let several pods run, or leave it out"),
        );
    }
}

/// Addresses for a Service that is not there, finds its pods itself, or has no such port.
pub(super) fn of_services(program: &Program<'_>, found: &mut Vec<Violation>) {
    for (object, facts) in program.objects().filter(|(_, facts)| !facts.external) {
        let Detail::Endpoints(endpoints) = &facts.detail else { continue };
        if !endpoints.service.is_empty() {
            found.extend(of_service(program, object, facts, endpoints));
        }
    }
}

fn of_service(
    program: &Program<'_>,
    object: usize,
    facts: &Facts,
    endpoints: &Endpoints,
) -> Option<Violation> {
    let name = &endpoints.service;
    let slice = facts.identity.kind == "EndpointSlice";
    let path = match slice {
        true => keys(&["metadata", "labels", "kubernetes.io/service-name"]),
        false => keys(&["metadata", "name"]),
    };
    let at_name = |message| Violation::error("XR-101", object, path, message);
    let Some((at, other)) = program.find("", "Service", &facts.identity, name) else {
        let message = format!("no Service `{name}` in this program");
        let help = "make it, without a `selector`, or, where it is made elsewhere, declare it: `external k8s.Service`";
        return Some(
            at_name(message).lacks("", "Service", &facts.identity.namespace, name).help(help),
        );
    };
    let Detail::Service(service) = &other.detail else { return None };
    if !service.selector.is_empty() {
        let message = format!("Service/{name} finds its addresses itself");
        let violation = at_name(message).related(at, keys(&["spec", "selector"]), "by this");
        return Some(violation.help("leave out the `selector` of the Service, or these addresses"));
    }
    if service.ports.is_empty() {
        return None;
    }
    // One port needs no name on either side.
    let has = |name: &str| endpoints.ports.iter().any(|own| own == name);
    let lacking = service.ports.iter().enumerate().find(|(_, port)| !has(&port.name));
    let (index, port) = lacking.filter(|_| !endpoints.ports.is_empty())?;
    let shown =
        if port.name.is_empty() { "without a name".to_owned() } else { format!("`{}`", port.name) };
    let message = format!("there is no port {shown}, to which Service/{name} sends");
    let list = if slice { "ports" } else { "subsets" };
    let to = [keys(&["spec", "ports"]), vec![Step::Index(index)]].concat();
    Some(
        Violation::error("XR-101", object, keys(&[list]), message)
            .related(at, to, "this port")
            .help("give each port the name that it has in the Service"),
    )
}

fn services<'f>(program: &Program<'f>) -> impl Iterator<Item = (usize, &'f Facts, &'f Service)> {
    program.objects().filter_map(|(object, facts)| match &facts.detail {
        Detail::Service(service) if !facts.external => Some((object, facts, &**service)),
        _ => None,
    })
}
