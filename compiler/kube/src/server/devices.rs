//! Devices and who asks for them: ResourceClaims and their templates, DeviceClasses, ResourceSlices.

use super::judge::{At, Judge};
use super::{FieldError, schema, selector, text};
use crate::crd::Wanted;
use crate::names;

/// How many requests, selectors, constraints and configurations there may be at each place.
const MOST: usize = 32;
/// How many devices a slice may have.
const DEVICES: usize = 128;

pub(super) fn claim(j: &mut Judge, at: &At<'_, '_>) {
    claim_spec(j, &at.get("spec"));
}

pub(super) fn template(j: &mut Judge, at: &At<'_, '_>) {
    let meta = at.to(&["spec", "metadata"]);
    selector::labels(j, &meta.get("labels"));
    selector::annotations(j, &meta.get("annotations"));
    for (field, place) in meta.entries() {
        if !matches!(field, "labels" | "annotations") {
            j.forbidden(
                &place,
                "K-forbidden",
                format!("the claims that are made have no `{field}` of their own"),
            );
        }
    }
    claim_spec(j, &at.to(&["spec", "spec"]));
}

fn claim_spec(j: &mut Judge, spec: &At<'_, '_>) {
    let devices = spec.get("devices");
    let requests = devices.get("requests");
    at_most(j, &requests, MOST);
    let doubles = requests.repeats(|one| one.get("name").str());
    for (number, request) in requests.items().enumerate() {
        let name = request.get("name");
        j.named(&name, "K-name", "the name of a request", names::dns_label);
        if doubles.contains(&number) {
            j.duplicate(&name, format!("two requests are named `{}`", name.str()));
        }
        self::request(j, &request);
    }
    let known = |name: &str| {
        let (outer, inner) =
            name.split_once('/').map_or((name, None), |(outer, inner)| (outer, Some(inner)));
        requests.items().any(|request| {
            request.get("name").str() == outer
                && inner.is_none_or(|inner| {
                    request.get("firstAvailable").items().any(|one| one.get("name").str() == inner)
                })
        })
    };
    for list in ["constraints", "config"] {
        let list = devices.get(list);
        at_most(j, &list, MOST);
        for entry in list.items() {
            for name in entry.get("requests").items() {
                if !known(name.str()) {
                    let message = format!("there is no request `{}`", name.str());
                    j.invalid(&name, "K-reference", message);
                }
            }
        }
    }
    for constraint in devices.get("constraints").items() {
        if !constraint.get("matchAttribute").is_set() {
            j.required(&constraint, "a constraint needs `matchAttribute`");
        }
        j.dropped(
            &constraint.get("distinctAttribute"),
            "its feature is off unless an administrator turns it on",
        );
    }
    for config in devices.get("config").items() {
        opaque(j, &config);
    }
}

/// One request, or several of which the first that can be met counts.
fn request(j: &mut Judge, at: &At<'_, '_>) {
    let (exactly, first) = (at.get("exactly"), at.get("firstAvailable"));
    match (exactly.is_set(), first.is_filled()) {
        (true, true) => {
            j.invalid(at, "K-one-of", "a request has either `exactly` or `firstAvailable`")
        }
        // Older versions of the API have the fields of `exactly` here.
        (false, false) if at.get("deviceClassName").is_set() => wanted(j, at),
        (false, false) => j.required(at, "a request needs `exactly` or `firstAvailable`"),
        (true, false) => wanted(j, &exactly),
        (false, true) => {
            if first.count() > 8 {
                j.too_many(&first, 8);
            }
            let doubles = first.repeats(|one| one.get("name").str());
            for (number, one) in first.items().enumerate() {
                let name = one.get("name");
                j.named(&name, "K-name", "the name of a request", names::dns_label);
                if doubles.contains(&number) {
                    j.duplicate(&name, format!("two requests are named `{}`", name.str()));
                }
                wanted(j, &one);
            }
        }
    }
}

fn wanted(j: &mut Judge, at: &At<'_, '_>) {
    j.named(
        &at.get("deviceClassName"),
        "K-name",
        "the name of a DeviceClass",
        names::dns_subdomain,
    );
    selectors(j, &at.get("selectors"));
    let (mode, count) = (at.get("allocationMode"), at.get("count"));
    match mode.str() {
        "All" => {
            if count.number() != 0 {
                let message = "who asks for all devices gives no `count`";
                j.invalid(&count, "K-one-of", message);
            }
        }
        "" | "ExactCount" => {
            if count.number() < 0 {
                j.invalid(&count, "K-range", "`count` must be above 0");
            }
        }
        other => j.unsupported(&mode, other, &["All", "ExactCount"]),
    }
}

fn selectors(j: &mut Judge, at: &At<'_, '_>) {
    at_most(j, at, MOST);
    for selector in at.items() {
        let cel = selector.get("cel");
        if !cel.is_set() {
            j.required(&cel, "a selector needs `cel`");
        } else if cel.get("expression").str().is_empty() {
            j.required(&cel.get("expression"), "`cel` needs an `expression`");
        } else {
            schema::expression(j, &cel.get("expression"), &["device"], None, Wanted::Bool);
        }
    }
}

fn opaque(j: &mut Judge, at: &At<'_, '_>) {
    let opaque = at.get("opaque");
    if !opaque.is_set() {
        j.required(&opaque, "a configuration needs `opaque`");
        return;
    }
    driver(j, &opaque.get("driver"));
    let parameters = opaque.get("parameters");
    match parameters.node() {
        None => j.required(&parameters, "`parameters` must be given: the driver reads them"),
        Some(node) if !node.is_map() => {
            j.invalid(&parameters, "K-format", "`parameters` must be an object");
        }
        Some(_) => {}
    }
}

pub(super) fn class(j: &mut Judge, at: &At<'_, '_>) {
    let spec = at.get("spec");
    selectors(j, &spec.get("selectors"));
    let resource = spec.get("extendedResourceName");
    if j.minor >= 36 && resource.is_set() && !text::is_extended_resource(resource.str()) {
        let message = format!("`{}` must have a domain, as example.com/gpu", resource.str());
        j.invalid(&resource, "K-resources", message);
    }
    let configs = spec.get("config");
    at_most(j, &configs, MOST);
    for config in configs.items() {
        opaque(j, &config);
    }
}

pub(super) fn slice(j: &mut Judge, at: &At<'_, '_>) {
    let spec = at.get("spec");
    driver(j, &spec.get("driver"));
    let pool = spec.get("pool");
    let name = pool.get("name");
    if name.str().is_empty() {
        j.required(&name, "the pool needs a name");
    } else if name.str().len() > 253 {
        j.refuse(&name, "K-size", FieldError::TooLong, "the name of a pool has at most 253 bytes");
    } else {
        for part in name.str().split('/') {
            if let Err(why) = names::dns_subdomain(part) {
                j.invalid(&name, "K-name", format!("part `{part}` of the pool's name {why}"));
            }
        }
    }
    if pool.get("resourceSliceCount").number() <= 0 {
        let message = "`resourceSliceCount` must be above 0: it counts this slice too";
        j.invalid(&pool.get("resourceSliceCount"), "K-range", message);
    }
    j.not_negative(&pool.get("generation"));
    // Before, servers drop what says it of single devices.
    let by_device = j.minor >= 36;
    let nodes = [
        spec.get("nodeName").is_set(),
        spec.get("nodeSelector").is_set(),
        spec.get("allNodes").is_true(),
        by_device && spec.get("perDeviceNodeSelection").is_true(),
    ];
    match nodes.iter().filter(|one| **one).count() {
        0 => j.required(&spec, "a slice says where its devices are: by `nodeName`, `nodeSelector`, `allNodes` or `perDeviceNodeSelection`"),
        1 => {}
        _ => j.invalid(&spec, "K-one-of", "a slice says in one way where its devices are"),
    }
    for field in ["allNodes", "perDeviceNodeSelection"] {
        let place = spec.get(field);
        if place.is_false() && (by_device || field == "allNodes") {
            j.invalid(&place, "K-one-of", format!("`{field}` must be true, or left out"));
        }
    }
    let node = spec.get("nodeName");
    if node.is_set() && node.str().is_empty() {
        j.invalid(&node, "K-name", "`nodeName` must not be empty, or is left out");
    }
    j.well_formed(&node, "K-name", "Node name", names::dns_subdomain);
    // Before, servers drop what is shared.
    if by_device {
        counters(j, &spec);
    }
    let apart = spec.get("perDeviceNodeSelection").is_true();
    let devices = spec.get("devices");
    at_most(j, &devices, DEVICES);
    let doubles = devices.repeats(|one| one.get("name").str());
    for (number, device) in devices.items().enumerate() {
        let name = device.get("name");
        j.named(&name, "K-name", "the name of a device", names::dns_label);
        if doubles.contains(&number) {
            j.duplicate(&name, format!("two devices are named `{}`", name.str()));
        }
        let placed = ["nodeName", "nodeSelector", "allNodes"];
        if by_device && !apart && placed.iter().any(|field| device.get(field).is_set()) {
            let message =
                "a device says where it is only where the slice has `perDeviceNodeSelection`";
            j.invalid(&device, "K-one-of", message);
        }
    }
}

/// What several devices share (`pkg/apis/resource/types.go`): so many sets, and so many counters in each.
const COUNTER_SETS: usize = 8;
const COUNTERS: usize = 32;

fn counters(j: &mut Judge, spec: &At<'_, '_>) {
    let sets = spec.get("sharedCounters");
    if sets.is_set() && spec.get("devices").is_set() {
        j.invalid(spec, "K-one-of", "a slice has either `sharedCounters` or `devices`");
    }
    at_most(j, &sets, COUNTER_SETS);
    let doubles = sets.repeats(|one| one.get("name").str());
    for (number, set) in sets.items().enumerate() {
        let (name, counters) = (set.get("name"), set.get("counters"));
        j.named(&name, "K-name", "the name of a set of counters", names::dns_label);
        if doubles.contains(&number) && !name.str().is_empty() {
            j.duplicate(&name, format!("two sets of counters are named `{}`", name.str()));
        }
        if !counters.is_filled() {
            j.required(&counters, "a set of counters needs `counters`");
        } else if counters.entries().count() > COUNTERS {
            j.too_many(&counters, COUNTERS);
        }
        for (name, counter) in counters.entries() {
            if let Err(why) = names::dns_label(name) {
                j.invalid_key(&counter, "K-name", format!("the name `{name}` of a counter {why}"));
            }
        }
    }
}

/// A driver is named as a domain, of at most 63 characters.
fn driver(j: &mut Judge, at: &At<'_, '_>) {
    if at.str().len() > 63 {
        let message = format!(
            "the name of a driver has {} characters; at most 63 are allowed",
            at.str().len()
        );
        j.refuse(at, "K-size", FieldError::TooLong, message);
    }
    j.named(at, "K-name", "the name of the driver", names::dns_subdomain);
}

fn at_most(j: &mut Judge, at: &At<'_, '_>, most: usize) {
    if at.count() > most {
        j.too_many(at, most);
    }
}
