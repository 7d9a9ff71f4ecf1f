//! NetworkPolicies and EndpointSlices.

use super::judge::{At, Judge};
use super::{FieldError, ip, selector};
use crate::names;

pub(super) fn network_policy(j: &mut Judge, at: &At<'_, '_>) {
    let spec = at.get("spec");
    selector::selector(j, &spec.get("podSelector"));
    let types = spec.get("policyTypes");
    for kind in types.items() {
        if !matches!(kind.str(), "Ingress" | "Egress") {
            j.unsupported(&kind, kind.str(), &["Ingress", "Egress"]);
        }
    }
    if types.count() > 2 {
        j.invalid(&types, "K-size", "there are only two types of policies");
    }
    for (rules, peers) in [("ingress", "from"), ("egress", "to")] {
        for rule in spec.get(rules).items() {
            for port in rule.get("ports").items() {
                policy_port(j, &port);
            }
            for peer in rule.get(peers).items() {
                self::peer(j, &peer);
            }
        }
    }
}

fn policy_port(j: &mut Judge, at: &At<'_, '_>) {
    j.one_of_given(&at.get("protocol"), &["TCP", "UDP", "SCTP"]);
    let (port, end) = (at.get("port"), at.get("endPort"));
    if port.is_set() {
        super::probe::port(j, &port);
    }
    let Some(last) = end.int() else { return };
    if !port.is_set() {
        j.invalid(&end, "K-one-of", "`endPort` needs a `port` at which the range begins");
    } else if port.as_str().is_some() {
        j.invalid(&end, "K-one-of", "`endPort` needs a `port` by number");
    } else if last < port.number() {
        let message =
            format!("`endPort` is {last}; it must not be below `port`, which is {}", port.number());
        j.invalid(&end, "K-range", message);
    } else if last > 65535 {
        j.invalid(&end, "K-range", format!("`endPort` is {last}; it must be from 1 to 65535"));
    }
}

fn peer(j: &mut Judge, at: &At<'_, '_>) {
    let (pods, namespaces, block) =
        (at.get("podSelector"), at.get("namespaceSelector"), at.get("ipBlock"));
    selector::selector(j, &pods);
    selector::selector(j, &namespaces);
    if !pods.is_set() && !namespaces.is_set() && !block.is_set() {
        j.required(at, "a peer needs a `podSelector`, a `namespaceSelector` or an `ipBlock`");
    }
    if !block.is_set() {
        return;
    }
    if pods.is_set() || namespaces.is_set() {
        j.forbidden(at, "K-one-of", "a peer has either an `ipBlock` or selectors");
    }
    let cidr = block.get("cidr");
    if cidr.str().is_empty() {
        j.required(&cidr, "an `ipBlock` needs a `cidr`");
        return;
    }
    let outer = match ip::range(cidr.str(), j.minor) {
        Ok(outer) => outer,
        Err(why) => {
            j.invalid(&cidr, "K-ip", format!("range `{}` {why}", cidr.str()));
            return;
        }
    };
    for except in block.get("except").items() {
        match ip::range(except.str(), j.minor) {
            Err(why) => j.invalid(&except, "K-ip", format!("range `{}` {why}", except.str())),
            Ok(inner) if !ip::is_strictly_within(inner, outer) => {
                let message = format!(
                    "range `{}` must lie within `{}`, and be smaller",
                    except.str(),
                    cidr.str()
                );
                j.invalid(&except, "K-ip", message);
            }
            Ok(_) => {}
        }
    }
}

pub(super) fn endpoint_slice(j: &mut Judge, at: &At<'_, '_>) {
    let kind = at.get("addressType");
    match kind.str() {
        "" => j.required(&kind, "an EndpointSlice needs an `addressType`"),
        "IPv4" | "IPv6" | "FQDN" => {}
        other => j.unsupported(&kind, other, &["FQDN", "IPv4", "IPv6"]),
    }
    let endpoints = at.get("endpoints");
    if endpoints.count() > 1000 {
        j.too_many(&endpoints, 1000);
    }
    for endpoint in endpoints.items() {
        let addresses = endpoint.get("addresses");
        if !addresses.is_filled() {
            j.required(&addresses, "an endpoint needs at least one address");
        } else if addresses.count() > 100 {
            j.too_many(&addresses, 100);
        }
        for address in addresses.items() {
            self::address(j, &address, kind.str());
        }
        j.named_if_given(&endpoint.get("nodeName"), "K-name", "Node name", names::dns_subdomain);
        j.well_formed(&endpoint.get("hostname"), "K-name", "hostname", names::dns_label);
        j.dropped(&endpoint.get("deprecatedTopology"), "a server ignores what is written there");
        hints(j, &endpoint.get("hints"));
    }
    let ports = at.get("ports");
    if ports.count() > 20000 {
        j.too_many(&ports, 20000);
    }
    let doubles = ports.repeats(|one| one.get("name").str());
    for (number, port) in ports.items().enumerate() {
        let name = port.get("name");
        j.well_formed(&name, "K-service-port-name", "port name", names::dns_label);
        if doubles.contains(&number) {
            j.duplicate(&name, format!("two ports are named `{}`", name.str()));
        }
        j.one_of_given(&port.get("protocol"), &["TCP", "UDP", "SCTP"]);
        let application = port.get("appProtocol");
        if application.is_set() && application.str().is_empty() {
            j.invalid(&application, "K-label", "`appProtocol` must not be empty, or is left out");
        }
        j.well_formed(&application, "K-label", "`appProtocol`", names::qualified_name);
    }
}

/// Zones or nodes that an endpoint is meant for (`maxZoneHints`, `maxNodeHints` of `pkg/apis/discovery/validation`).
const HINTS: usize = 8;

fn hints(j: &mut Judge, at: &At<'_, '_>) {
    for (field, what) in [("forZones", "zone"), ("forNodes", "Node name")] {
        // Before, servers drop the second.
        if field == "forNodes" && j.minor < 34 {
            continue;
        }
        let all = at.get(field);
        if all.count() > HINTS {
            j.too_many(&all, HINTS);
            continue;
        }
        let doubles = all.repeats(|one| one.get("name").str());
        for (number, one) in all.items().enumerate() {
            let name = one.get("name");
            match field {
                "forZones" => j.well_formed(&name, "K-label", what, names::label_value),
                _ => j.named(&name, "K-name", what, names::dns_subdomain),
            }
            if doubles.contains(&number) {
                j.duplicate(&name, format!("two hints name `{}`", name.str()));
            }
        }
    }
}

fn address(j: &mut Judge, at: &At<'_, '_>, kind: &str) {
    let text = at.str();
    if kind == "FQDN" {
        let name = text.strip_suffix('.').unwrap_or(text);
        let checked = names::dns_subdomain(name);
        if checked.is_err() || !name.contains('.') {
            let why = checked.err().unwrap_or("must have at least two parts");
            j.invalid(at, "K-name", format!("domain `{text}` {why}"));
        }
        return;
    }
    match ip::address(text, j.minor) {
        Err(why) => j.invalid(at, "K-ip", format!("address `{text}` {why}")),
        Ok(address) => {
            if matches!(kind, "IPv4" | "IPv6") && address.is_ipv4() != (kind == "IPv4") {
                j.refuse(
                    at,
                    "K-ip",
                    FieldError::Invalid,
                    format!("address `{text}` must be of type {kind}"),
                );
            } else if let Some(why) = ip::special(address) {
                j.invalid(at, "K-ip", format!("address `{text}` {why}"));
            }
        }
    }
}
