//! Addresses as objects: Endpoints, IPAddresses and ServiceCIDRs.

use super::ip;
use super::judge::{At, Judge};
use crate::names;

pub(super) fn endpoints(j: &mut Judge, at: &At<'_, '_>) {
    for subset in at.get("subsets").items() {
        let lists = [subset.get("addresses"), subset.get("notReadyAddresses")];
        if !lists.iter().any(At::is_filled) {
            j.required(&subset, "a subset needs `addresses` or `notReadyAddresses`");
        }
        for list in &lists {
            for address in list.items() {
                self::address(j, &address);
            }
        }
        let ports = subset.get("ports");
        let several = ports.count() > 1;
        for port in ports.items() {
            let name = port.get("name");
            if several && name.str().is_empty() {
                j.required(&name, "of several ports each needs a name");
            }
            j.well_formed(&name, "K-service-port-name", "port name", names::dns_label);
            let number = port.get("port");
            if names::port_number(number.number()).is_err() {
                let message = format!("`port` is {}; it must be from 1 to 65535", number.number());
                j.invalid(&number, "K-port", message);
            }
            j.one_of(&port.get("protocol"), &["TCP", "UDP", "SCTP"]);
            j.well_formed(
                &port.get("appProtocol"),
                "K-label",
                "`appProtocol`",
                names::qualified_name,
            );
        }
    }
}

fn address(j: &mut Judge, at: &At<'_, '_>) {
    let text = at.get("ip");
    match ip::address(text.str(), j.minor) {
        Err(why) => j.invalid(&text, "K-ip", format!("address `{}` {why}", text.str())),
        Ok(address) => {
            if let Some(why) = ip::special(address) {
                j.invalid(&text, "K-ip", format!("address `{}` {why}", text.str()));
            }
        }
    }
    j.well_formed(&at.get("hostname"), "K-name", "hostname", names::dns_label);
    j.named_if_given(&at.get("nodeName"), "K-name", "Node name", names::dns_subdomain);
}

pub(super) fn ip_address(j: &mut Judge, at: &At<'_, '_>) {
    let name = at.to(&["metadata", "name"]);
    let canonical = ip::address(name.str(), j.minor).ok().map(|address| address.to_string());
    if canonical.as_deref() != Some(name.str()) {
        let message =
            format!("IPAddress name `{}` must be an address in its shortest form", name.str());
        j.invalid(&name, "K-ip", message);
    }
    let generated = at.to(&["metadata", "generateName"]);
    if !generated.str().is_empty() {
        let message = "the name of an IPAddress is an address, which cannot be generated";
        j.invalid(&generated, "K-ip", message);
    }
    let parent = at.to(&["spec", "parentRef"]);
    if !parent.is_set() {
        j.required(&parent, "an address belongs to something: `parentRef` must be given");
        return;
    }
    let group = parent.get("group");
    j.well_formed(&group, "K-name", "group", names::dns_subdomain);
    for field in ["resource", "name"] {
        let place = parent.get(field);
        j.named(&place, "K-name", &format!("`{field}`"), names::path_segment);
    }
    j.well_formed(&parent.get("namespace"), "K-namespace", "namespace", names::path_segment);
}

pub(super) fn service_cidr(j: &mut Judge, at: &At<'_, '_>) {
    let ranges = at.to(&["spec", "cidrs"]);
    if !ranges.is_filled() {
        j.required(&ranges, "at least one range must be given");
        return;
    }
    if ranges.count() > 2 {
        j.invalid(&ranges, "K-size", "there is at most one range of each family, IPv4 and IPv6");
        return;
    }
    let mut families = Vec::new();
    for range in ranges.items() {
        match ip::range(range.str(), 36) {
            Ok((address, _)) => families.push(address.is_ipv4()),
            Err(why) => j.invalid(&range, "K-ip", format!("range `{}` {why}", range.str())),
        }
    }
    if families.len() == 2 && families.first() == families.last() {
        j.invalid(&ranges, "K-ip", "two ranges must be of different families, IPv4 and IPv6");
    }
}
