//! Who asks for devices: ResourceClaims, their templates, and DeviceClasses. Limits and rules are those of
//! `pkg/apis/resource/types.go` and `pkg/apis/resource/validation/validation.go`.

use super::judge::{At, Judge};
use super::{FieldError, schema, selector, text};
use crate::crd::Wanted;
use crate::names::{self, Why};

/// How many requests, selectors, constraints and configurations there may be at each place.
const MOST: usize = 32;
/// How many others one request may stand for, of which the first that can be met counts.
const ALTERNATIVES: usize = 8;
/// How many tolerations a request may have.
const TOLERATIONS: usize = 16;
/// How long the name of a driver may be, and that of an attribute without the domain before it, in bytes.
pub(super) const DRIVER_BYTES: usize = 63;
const IDENTIFIER_BYTES: usize = 32;

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
            let requests = entry.get("requests");
            at_most(j, &requests, MOST);
            let doubles = requests.repeats(|one| one.str());
            for (number, name) in requests.items().enumerate() {
                if doubles.contains(&number) {
                    j.duplicate(&name, format!("request `{}` is named twice", name.str()));
                }
                if !known(name.str()) {
                    let message = format!("there is no request `{}`", name.str());
                    j.invalid(&name, "K-reference", message);
                }
            }
        }
    }
    for constraint in devices.get("constraints").items() {
        let (alike, distinct) =
            (constraint.get("matchAttribute"), constraint.get("distinctAttribute"));
        // Before, servers drop the second.
        let has_both = j.minor >= 36;
        if alike.is_set() {
            fully_qualified(j, &alike);
        } else if has_both && distinct.is_set() {
            fully_qualified(j, &distinct);
        } else {
            j.required(&constraint, "a constraint needs `matchAttribute`");
        }
        if !has_both {
            j.dropped(&distinct, "its feature is off before 1.36");
        }
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
            at_most(j, &first, ALTERNATIVES);
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
    // Before, servers drop them.
    if j.minor >= 36 {
        let tolerations = at.get("tolerations");
        at_most(j, &tolerations, TOLERATIONS);
        for toleration in tolerations.items() {
            self::toleration(j, &toleration);
        }
    }
}

/// The effects that a device's taint may have.
pub(super) const TAINT_EFFECTS: [&str; 3] = ["NoExecute", "NoSchedule", "None"];

fn toleration(j: &mut Judge, at: &At<'_, '_>) {
    let (operator, value) = (at.get("operator"), at.get("value"));
    j.well_formed(&at.get("key"), "K-label", "taint key", names::qualified_name);
    match operator.str() {
        "Exists" if !value.str().is_empty() => {
            j.invalid(&value, "K-toleration", "the operator Exists takes no `value`");
        }
        // Where there is none, servers write Equal.
        "" | "Equal" => j.well_formed(&value, "K-label", "taint value", names::label_value),
        "Exists" => {}
        other => j.unsupported(&operator, other, &["Equal", "Exists"]),
    }
    j.one_of(&at.get("effect"), &TAINT_EFFECTS);
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

/// A driver is named as a domain, of at most 63 characters. Upper case is taken, with a warning.
pub(super) fn driver(j: &mut Judge, at: &At<'_, '_>) {
    if at.str().len() > DRIVER_BYTES {
        let message = format!(
            "the name of a driver has {} characters; at most {DRIVER_BYTES} are allowed",
            at.str().len()
        );
        j.refuse(at, "K-size", FieldError::TooLong, message);
    }
    let lower = |name: &str| names::dns_subdomain(&name.to_ascii_lowercase());
    j.named(at, "K-name", "the name of the driver", lower);
}

/// The name of an attribute or a capacity: an identifier of C, with the domain of a driver before it or without.
pub(super) fn attribute_name(name: &str) -> Result<(), Why> {
    // What has more than one `/` is not looked at, nor is it by servers.
    let parts: Vec<&str> = name.split('/').collect();
    let identifier = match parts.as_slice() {
        [identifier] => *identifier,
        ["", _] => return Err("the domain before `/` must not be empty"),
        [domain, identifier] => {
            if domain.len() > DRIVER_BYTES {
                return Err("the domain before `/` must have at most 63 characters");
            }
            names::dns_subdomain(&domain.to_ascii_lowercase())
                .map_err(|_| "what is before `/` must be a domain, such as example.com")?;
            identifier
        }
        _ => return Ok(()),
    };
    if identifier.len() > IDENTIFIER_BYTES {
        return Err("must have at most 32 characters, without its domain");
    }
    let is_start = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
    let mut bytes = identifier.bytes();
    if bytes.next().is_some_and(is_start)
        && bytes.all(|byte| is_start(byte) || byte.is_ascii_digit())
    {
        Ok(())
    } else {
        Err("must begin with a letter or `_` and consist of letters, digits and `_`")
    }
}

fn fully_qualified(j: &mut Judge, at: &At<'_, '_>) {
    let name = at.str();
    if !name.contains('/') {
        let message = format!("attribute `{name}` must have a domain, as example.com/{name}");
        j.invalid(at, "K-name", message);
    }
    if let Err(why) = attribute_name(name) {
        j.invalid(at, "K-name", format!("attribute `{name}` {why}"));
    }
}

pub(super) fn at_most(j: &mut Judge, at: &At<'_, '_>, most: usize) {
    if at.count() > most {
        j.too_many(at, most);
    }
}
