//! Services.

use core::net::IpAddr;

use super::judge::{At, Judge};
use super::probe;
use super::selector;
use super::{FieldError, ip};
use crate::names;

/// What a Service is; each is more than the one before, except the last.
#[derive(Clone, Copy, PartialEq)]
enum Type {
    ClusterIp,
    NodePort,
    LoadBalancer,
    ExternalName,
}

pub(super) fn service(j: &mut Judge, at: &At<'_, '_>) {
    let spec = at.get("spec");
    let named = spec.get("type");
    j.one_of(&named, &["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"]);
    let kind = match named.str() {
        "NodePort" => Type::NodePort,
        "LoadBalancer" => Type::LoadBalancer,
        "ExternalName" => Type::ExternalName,
        _ => Type::ClusterIp,
    };
    let headless = first_ip(&spec) == "None";
    ports(j, &spec, kind, headless);
    selector::labels(j, &spec.get("selector"));
    affinity(j, &spec);
    addresses(j, &spec, kind);
    families(j, &spec, kind);
    external_name(j, &spec, kind);
    traffic(j, &spec, kind);
    load_balancer(j, at, &spec, kind);
    topology_annotations(j, at);
}

/// The address that the Service is to have, from either of the two fields.
fn first_ip<'t>(spec: &At<'t, '_>) -> &'t str {
    let own = spec.get("clusterIP").str();
    if own.is_empty() { spec.get("clusterIPs").index(0).str() } else { own }
}

fn ports(j: &mut Judge, spec: &At<'_, '_>, kind: Type, headless: bool) {
    let ports = spec.get("ports");
    let several = ports.count() > 1;
    if ports.count() == 0 && !headless && kind != Type::ExternalName {
        j.required(&ports, "a Service needs at least one port");
    }
    let by = |field| ports.repeats(|one| (one.get(field).number(), tcp(one.get("protocol").str())));
    let (names, numbers, of_nodes) =
        (ports.repeats(|one| one.get("name").str()), by("port"), by("nodePort"));
    for (number, port) in ports.items().enumerate() {
        port_name(j, &port, several, names.contains(&number));
        let (own, node) = (port.get("port"), port.get("nodePort"));
        if names::port_number(own.number()).is_err() {
            j.invalid(
                &own,
                "K-port",
                format!("`port` is {}; it must be from 1 to 65535", own.number()),
            );
        }
        let protocol = port.get("protocol");
        j.one_of(&protocol, &["TCP", "UDP", "SCTP"]);
        let target = port.get("targetPort");
        if target.int() == Some(0) || target.as_str() == Some("") {
            j.dropped(&target, "it counts as not given, and is then `port`");
        } else if target.is_set() {
            probe::port(j, &target);
        }
        let app = port.get("appProtocol");
        j.named_if_given(&app, "K-label", "`appProtocol`", names::qualified_name);
        if numbers.contains(&number) {
            j.duplicate(
                &port,
                format!("port {} for {} is there twice", own.number(), tcp(protocol.str())),
            );
        }
        if node.number() == 0 {
            continue;
        }
        let typed = matches!(kind, Type::NodePort | Type::LoadBalancer);
        if !typed {
            let message = "`nodePort` needs a Service of type NodePort or LoadBalancer";
            j.forbidden(&node, "K-service-type", message);
        }
        if names::port_number(node.number()).is_err() {
            // It is found out where the port is taken, and so not when a server only tries.
            let message = format!("`nodePort` is {}; it must be from 1 to 65535", node.number());
            j.broken(&node, "K-port", message);
        } else if !typed {
            continue;
        } else if of_nodes.contains(&number) {
            j.invalid(
                &node,
                "K-duplicate",
                format!("port {} of the nodes is taken by another port", node.number()),
            );
        } else if !(30000..=32767).contains(&node.number()) {
            let message =
                format!("`nodePort` is {}; clusters give out 30000 to 32767", node.number());
            j.broken(&node, "K-port", message);
        }
    }
    if headless && matches!(kind, Type::NodePort | Type::LoadBalancer) {
        let at = if spec.get("clusterIP").is_set() {
            spec.get("clusterIP")
        } else {
            spec.get("clusterIPs")
        };
        j.invalid(
            &at,
            "K-service-type",
            "a Service without an address of its own (None) must be of type ClusterIP",
        );
    }
    if kind == Type::LoadBalancer {
        for port in ports.items() {
            if port.get("port").number() == 10250 {
                let message = "port 10250 is that of the nodes' kubelet, and must not be exposed";
                j.invalid(&port, "K-port", message);
            }
        }
    }
}

fn port_name(j: &mut Judge, port: &At<'_, '_>, several: bool, is_double: bool) {
    const RULE: &str = "K-service-port-name";
    let name = port.get("name");
    if name.str().is_empty() {
        if several {
            let message = format!(
                "port {} needs a name, because the Service has several ports",
                port.get("port").number()
            );
            j.refuse(&name, RULE, FieldError::Required, message);
        }
    } else if let Err(why) = names::dns_label(name.str()) {
        j.invalid(&name, RULE, format!("port name `{}` {why}", name.str()));
    } else if is_double {
        let message = format!("two ports of the Service are named `{}`", name.str());
        j.refuse(&name, RULE, FieldError::Duplicate, message);
    }
}

fn tcp(protocol: &str) -> &str {
    if protocol.is_empty() { "TCP" } else { protocol }
}

fn affinity(j: &mut Judge, spec: &At<'_, '_>) {
    let (affinity, config) = (spec.get("sessionAffinity"), spec.get("sessionAffinityConfig"));
    j.one_of(&affinity, &["ClientIP", "None"]);
    if affinity.str() == "ClientIP" {
        let client = config.get("clientIP");
        j.within(&client.get("timeoutSeconds"), 1, 86400);
    } else {
        j.dropped(&config, "`sessionAffinity` is not ClientIP");
    }
}

fn addresses(j: &mut Judge, spec: &At<'_, '_>, kind: Type) {
    let (one, all) = (spec.get("clusterIP"), spec.get("clusterIPs"));
    if kind == Type::ExternalName {
        for place in [&one, &all] {
            if !place.str().is_empty() || place.is_filled() {
                j.forbidden(
                    place,
                    "K-service-type",
                    "a Service of type ExternalName has no address of its own",
                );
            }
        }
    } else {
        if all.count() > 2 {
            j.invalid(&all, "K-size", "a Service has at most two addresses of its own");
        }
        if all.is_filled() && one.str().is_empty() {
            j.invalid(&all, "K-one-of", "`clusterIPs` needs `clusterIP`, which is its first");
        }
        if all.count() > 1 && all.index(0).str() == "None" {
            j.invalid(&all, "K-one-of", "None must be the only one of `clusterIPs`");
        }
        let own: Vec<At<'_, '_>> =
            if all.is_filled() { all.items().collect() } else { vec![spec.get("clusterIP")] };
        of_families(j, &all, &own, &spec.get("ipFamilies"));
        let first = all.index(0);
        if !one.str().is_empty() && !first.str().is_empty() && one.str() != first.str() {
            j.invalid(&all, "K-one-of", "the first of `clusterIPs` must be the `clusterIP`");
        }
        if !one.str().is_empty() {
            cluster_ip(j, &one);
        }
        for place in all.items() {
            if one.str() != place.str() {
                cluster_ip(j, &place);
            }
        }
    }
    for place in spec.get("externalIPs").items() {
        match ip::address(place.str(), j.minor) {
            Err(why) => j.invalid(&place, "K-ip", format!("address `{}` {why}", place.str())),
            Ok(address) => {
                if let Some(why) = ip::special(address) {
                    j.invalid(&place, "K-ip", format!("address `{}` {why}", place.str()));
                }
            }
        }
    }
}

/// Two addresses are of two families, and each of the one that stands at its place in `ipFamilies`.
fn of_families(j: &mut Judge, all: &At<'_, '_>, places: &[At<'_, '_>], families: &At<'_, '_>) {
    let addresses: Vec<IpAddr> =
        places.iter().filter_map(|place| ip::address(place.str(), j.minor).ok()).collect();
    // Where one of them is no address, that is what is wrong.
    if addresses.len() < places.len() {
        return;
    }
    if let [first, second] = addresses.as_slice()
        && first.is_ipv4() == second.is_ipv4()
    {
        j.invalid(all, "K-ip", "a Service has at most one address of each family, IPv4 and IPv6");
    }
    for ((place, address), family) in places.iter().zip(&addresses).zip(families.items()) {
        let own = if address.is_ipv4() { "IPv4" } else { "IPv6" };
        if matches!(family.str(), "IPv4" | "IPv6") && family.str() != own {
            let message =
                format!("address `{}` is {own}; `ipFamilies` says {}", place.str(), family.str());
            j.invalid(place, "K-ip", message);
        }
    }
}

fn cluster_ip(j: &mut Judge, at: &At<'_, '_>) {
    if at.str() == "None" {
        return;
    }
    if let Err(why) = ip::address(at.str(), j.minor) {
        j.invalid(at, "K-ip", format!("address `{}` {why}, or None", at.str()));
    }
}

fn families(j: &mut Judge, spec: &At<'_, '_>, kind: Type) {
    let (families, policy) = (spec.get("ipFamilies"), spec.get("ipFamilyPolicy"));
    if kind == Type::ExternalName {
        for place in [&families, &policy] {
            if place.is_filled() || !place.str().is_empty() {
                let message = format!("a Service of type ExternalName has no `{}`", place.field());
                j.forbidden(place, "K-service-type", message);
            }
        }
        return;
    }
    j.one_of_given(&policy, &["SingleStack", "PreferDualStack", "RequireDualStack"]);
    if families.count() > 2 {
        j.invalid(&families, "K-size", "`ipFamilies` has at most two entries");
    }
    let doubles = families.repeats(|one| one.str());
    for (number, family) in families.items().enumerate() {
        if !matches!(family.str(), "IPv4" | "IPv6") {
            j.unsupported(&family, family.str(), &["IPv4", "IPv6"]);
        } else if doubles.contains(&number) {
            j.duplicate(&family, format!("`{}` is there twice", family.str()));
        }
    }
    if policy.str() == "SingleStack" {
        for place in [&families, &spec.get("clusterIPs")] {
            if place.count() > 1 {
                let message =
                    format!("`{}` has two entries, and the Service is SingleStack", place.field());
                j.invalid(place, "K-one-of", message);
            }
        }
    }
}

fn external_name(j: &mut Judge, spec: &At<'_, '_>, kind: Type) {
    let name = spec.get("externalName");
    if kind == Type::ExternalName {
        let bare = name.str().strip_suffix('.').unwrap_or(name.str());
        if bare.is_empty() {
            j.required(&name, "a Service of type ExternalName needs an `externalName`");
        } else if let Err(why) = names::dns_subdomain(bare) {
            j.invalid(&name, "K-name", format!("external name `{}` {why}", name.str()));
        }
    } else if !name.str().is_empty() {
        let message = "`externalName` has no effect unless the Service is of type ExternalName";
        j.broken(&name, "K-dropped", message);
    }
}

fn traffic(j: &mut Judge, spec: &At<'_, '_>, kind: Type) {
    let (external, internal) =
        (spec.get("externalTrafficPolicy"), spec.get("internalTrafficPolicy"));
    let exposed = matches!(kind, Type::NodePort | Type::LoadBalancer)
        || kind == Type::ClusterIp && spec.get("externalIPs").is_filled();
    if !external.str().is_empty() && !exposed {
        let message = "`externalTrafficPolicy` needs a Service that is reached from outside";
        j.invalid(&external, "K-service-type", message);
    } else {
        j.one_of(&external, &["Cluster", "Local"]);
    }
    j.one_of_given(&internal, &["Cluster", "Local"]);
    let check = spec.get("healthCheckNodePort");
    if check.number() != 0 && !(kind == Type::LoadBalancer && external.str() == "Local") {
        let message =
            "`healthCheckNodePort` needs a LoadBalancer with `externalTrafficPolicy` Local";
        j.invalid(&check, "K-service-type", message);
    } else if !(0..=65535).contains(&check.number()) {
        j.within(&check, 1, 65535);
    } else if check.number() != 0 && !(30000..=32767).contains(&check.number()) {
        let message = format!(
            "`healthCheckNodePort` is {}; clusters give out 30000 to 32767",
            check.number()
        );
        j.broken(&check, "K-port", message);
    }
    let distribution = spec.get("trafficDistribution");
    let known: &[&str] = if j.minor >= 34 {
        &["PreferClose", "PreferSameZone", "PreferSameNode"]
    } else {
        &["PreferClose"]
    };
    j.one_of(&distribution, known);
    if j.minor < 34
        && matches!(distribution.str(), "PreferSameZone" | "PreferSameNode")
        && let Some(last) = j.found.last_mut()
    {
        last.help = Some("it exists from Kubernetes 1.34".to_owned());
    }
}

const RANGES: &str = "service.beta.kubernetes.io/load-balancer-source-ranges";

fn load_balancer(j: &mut Judge, at: &At<'_, '_>, spec: &At<'_, '_>, kind: Type) {
    let balanced = kind == Type::LoadBalancer;
    let (ranges, class) = (spec.get("loadBalancerSourceRanges"), spec.get("loadBalancerClass"));
    let annotations = at.to(&["metadata", "annotations"]);
    let annotation = annotations.get(RANGES);
    let needs = |at: &At<'_, '_>| format!("`{}` needs a Service of type LoadBalancer", at.field());
    if ranges.is_filled() {
        if !balanced {
            j.forbidden(&ranges, "K-service-type", needs(&ranges));
        }
        for range in ranges.items() {
            if let Err(why) = ip::range(range.str().trim(), j.minor) {
                j.invalid(&range, "K-ip", format!("range `{}` {why}", range.str()));
            }
        }
    } else if annotation.is_set() {
        if !balanced {
            j.forbidden(&annotation, "K-service-type", needs(&annotation));
        }
        let text = annotation.str().trim();
        for range in text.split(',').filter(|_| !text.is_empty()) {
            if let Err(why) = ip::range(range.trim(), j.minor) {
                j.invalid(&annotation, "K-ip", format!("range `{range}` {why}"));
            }
        }
    }
    if !class.str().is_empty() {
        if !balanced {
            j.forbidden(&class, "K-service-type", needs(&class));
        }
        j.well_formed(&class, "K-label", "`loadBalancerClass`", names::qualified_name);
    }
    let allocate = spec.get("allocateLoadBalancerNodePorts");
    if allocate.is_set() && !balanced {
        j.forbidden(&allocate, "K-service-type", needs(&allocate));
    }
}

fn topology_annotations(j: &mut Judge, at: &At<'_, '_>) {
    let annotations = at.to(&["metadata", "annotations"]);
    let new = annotations.get("service.kubernetes.io/topology-mode");
    let old = annotations.get("service.kubernetes.io/topology-aware-hints");
    if new.is_set() && old.is_set() && new.str() != old.str() {
        let message =
            format!("`{}` and the older `{}` must say the same", new.field(), old.field());
        j.invalid(&new, "K-one-of", message);
    }
}
