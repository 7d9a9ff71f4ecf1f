//! Requests and limits, of containers and of pods.

use super::FieldError;
use super::judge::{Amount, At, Judge};
use super::text;
use crate::names;

pub(super) fn container(j: &mut Judge, at: &At<'_, '_>, spec: &At<'_, '_>) {
    let resources = at.get("resources");
    let (requests, limits) = (resources.get("requests"), resources.get("limits"));
    let (mut basic, mut huge) = (false, false);
    for list in [&limits, &requests] {
        for (name, amount) in list.entries() {
            resource_name(j, &amount, name);
            self::amount(j, &amount, name);
            basic |= matches!(name, "cpu" | "memory");
            huge |= text::is_huge_pages(name);
        }
    }
    for (name, request) in requests.entries() {
        let limit = limits.entries().find(|(own, _)| *own == name).map(|(_, limit)| limit);
        within_limit(j, &request, limit.as_ref(), &limits, name);
    }
    if huge && !basic {
        j.forbidden(&resources, "K-resources", "huge pages need cpu or memory to be given too");
    }
    claims(j, &resources.get("claims"), spec);
}

fn within_limit(
    j: &mut Judge,
    request: &At<'_, '_>,
    limit: Option<&At<'_, '_>>,
    limits: &At<'_, '_>,
    name: &str,
) {
    let whole = text::is_extended_resource(name) || text::is_huge_pages(name);
    let Some(limit) = limit else {
        if whole {
            j.required(
                limits,
                format!("`{name}` needs a limit, because it cannot be overcommitted"),
            );
        }
        return;
    };
    let (Some(asked), Some(most)) = (request.quantity(), limit.quantity()) else { return };
    if whole && asked != most {
        let message = format!(
            "`{name}` is requested {} and limited to {}; both must be equal",
            request.shown(),
            limit.shown()
        );
        j.invalid(request, "K-resources", message);
    } else if asked > most {
        let message =
            format!("`{name}` is requested {}, above its limit {}", request.shown(), limit.shown());
        j.invalid(request, "K-resources", message);
    }
}

/// An amount of a resource that containers may have.
pub(super) fn named(j: &mut Judge, at: &At<'_, '_>, name: &str) {
    resource_name(j, at, name);
    amount(j, at, name);
}

/// The name of a resource of a container.
pub(super) fn resource_name(j: &mut Judge, at: &At<'_, '_>, name: &str) {
    let why = if let Err(why) = names::qualified_name(name) {
        why
    } else if !name.contains('/') {
        if text::is_container_resource(name) {
            return;
        }
        if text::is_standard_resource(name) {
            "is not a resource of containers"
        } else {
            "must be cpu, memory, ephemeral-storage, or have a domain as example.com/gpu"
        }
    } else if text::is_native_resource(name) || text::is_extended_resource(name) {
        return;
    } else {
        "must not begin with `requests.`"
    };
    j.invalid_key(at, "K-resources", format!("resource `{name}` {why}"));
}

/// An amount: not below zero, and whole where parts of one make no sense.
fn amount(j: &mut Judge, at: &At<'_, '_>, name: &str) {
    let Some(amount) = at.quantity() else { return };
    if amount.0 < 0 {
        j.invalid(at, "K-range", format!("`{name}` is {}; it must not be below 0", at.shown()));
    } else if !amount.is_whole() && (text::is_extended_resource(name) || text::is_huge_pages(name))
    {
        j.invalid(
            at,
            "K-resources",
            format!("`{name}` is {}; it must be a whole number", at.shown()),
        );
    } else if !is_multiple(amount, name) {
        let message =
            format!("`{name}` is {}; it must be a multiple of the size of a page", at.shown());
        j.invalid(at, "K-resources", message);
    } else if !amount.is_whole() && matches!(name, "memory" | "ephemeral-storage") {
        fraction_of_a_byte(j, at);
    } else if name == "cpu" && amount.0 > CORES * 1_000_000_000 {
        // What was meant is milli, and not mega.
        let message = format!("{} of cpu is {} cores", at.shown(), amount.rounded_up());
        j.broken(at, "K-resources", message);
        let number = at.str().trim_end_matches(|c: char| c.is_ascii_alphabetic());
        if let Some(last) = j.found.last_mut().filter(|_| number != at.str()) {
            last.help = Some(format!("write `{number}m` for {number} thousandths of a core"));
        }
    }
}

/// More than any machine has.
const CORES: i128 = 100_000;

/// Huge pages are counted in bytes, and there are only whole ones.
fn is_multiple(amount: Amount, name: &str) -> bool {
    let page = name.strip_prefix("hugepages-").and_then(Amount::parse);
    page.is_none_or(|page| page.0 <= 0 || amount.0 % page.0 == 0)
}

/// A server takes it with a warning; what was meant is mega, not milli.
pub(super) fn fraction_of_a_byte(j: &mut Judge, at: &At<'_, '_>) {
    let message = format!("{} is no whole number of bytes", at.shown());
    j.broken(at, "K-resources", message);
    let Some(last) = j.found.last_mut() else { return };
    // What was meant is mega where the number is one of those that people write.
    last.help = match at.str().strip_suffix('m') {
        Some(mega) if mega.len() <= 6 => Some(format!("write `{mega}Mi`: `m` is a thousandth")),
        _ => at
            .quantity()
            .map(|amount| format!("write `{}`, the next whole number", amount.rounded_up())),
    };
}

fn claims(j: &mut Judge, at: &At<'_, '_>, spec: &At<'_, '_>) {
    if j.minor < 34 {
        return;
    }
    let known = spec.get("resourceClaims");
    for (number, claim) in at.items().enumerate() {
        let name = claim.get("name");
        if name.str().is_empty() {
            j.required(&name, "a claim needs a name");
            continue;
        }
        let same = |other: &At<'_, '_>| {
            other.get("name").str() == name.str()
                && (other.get("request").str() == claim.get("request").str()
                    || other.get("request").str().is_empty())
        };
        if at.items().take(number).any(|other| same(&other)) {
            j.duplicate(&claim, format!("the claim `{}` is there twice", name.str()));
        }
        if !known.items().any(|known| known.get("name").str() == name.str()) {
            let message = format!("the pod has no resource claim `{}`", name.str());
            j.refuse(&claim, "K-reference", FieldError::NotFound, message);
            let names: Vec<&str> = known.items().map(|known| known.get("name").str()).collect();
            j.meant(name.str(), names);
        }
    }
}

/// Resources of the pod as a whole, from 1.34 on, and its overhead.
pub(super) fn pod(j: &mut Judge, spec: &At<'_, '_>) {
    for (name, value) in spec.get("overhead").entries() {
        resource_name(j, &value, name);
        amount(j, &value, name);
    }
    let resources = spec.get("resources");
    if !resources.is_set() || j.minor < 34 {
        return;
    }
    let (requests, limits) = (resources.get("requests"), resources.get("limits"));
    for list in [&limits, &requests] {
        for (name, value) in list.entries() {
            if !matches!(name, "cpu" | "memory") && !text::is_huge_pages(name) {
                let message = format!(
                    "`{name}` is no resource of a pod as a whole: cpu, memory, hugepages-…"
                );
                j.refuse(&value, "K-enum", FieldError::NotSupported, message);
            } else {
                amount(j, &value, name);
            }
        }
    }
    let claims = resources.get("claims");
    if claims.is_filled() {
        j.forbidden(&claims, "K-resources", "a pod as a whole has no `claims`; its containers do");
    }
    for name in ["cpu", "memory"] {
        let sum = requested(spec, name);
        let request = requests.get(name);
        let limit = limits.get(name);
        if let Some(own) = request.quantity()
            && own < sum
        {
            let message = format!(
                "the pod requests {} {name}, less than its containers together",
                request.shown()
            );
            j.invalid(&request, "K-resources", message);
        }
        let asked = request.quantity().unwrap_or(sum);
        if let Some(most) = limit.quantity()
            && asked > most
        {
            let message =
                format!("the pod is limited to {} {name}, less than it requests", limit.shown());
            j.invalid(&request, "K-resources", message);
        }
        for container in spec.get("containers").items() {
            let own = container.get("resources");
            let own = own.get("limits");
            let own = own.get(name);
            if let (Some(most), Some(value)) = (limit.quantity(), own.quantity())
                && value > most
            {
                let message = format!(
                    "the container's limit {} is above that of the pod, {}",
                    own.shown(),
                    limit.shown()
                );
                j.invalid(&own, "K-resources", message);
            }
        }
    }
}

/// What the containers of a pod request together.
fn requested(spec: &At<'_, '_>, name: &'static str) -> Amount {
    let containers = spec.get("containers");
    let sum = containers.items().filter_map(|container| {
        let resources = container.get("resources");
        let requests = resources.get("requests");
        Some(requests.get(name).quantity()?.0)
    });
    Amount(sum.sum())
}

/// The unit in which a container reads its own resources.
pub(super) fn divisor(j: &mut Judge, at: &At<'_, '_>, resource: &str) {
    let Some(amount) = at.quantity() else { return };
    const ONE: i128 = 1_000_000_000;
    let power = |base: i128| (0..=6).map(move |power| base.pow(power) * ONE);
    let sound = match resource {
        "cpu" => amount.0 == ONE || amount.0 == ONE / 1000,
        _ => power(1000).chain(power(1024)).any(|unit| unit == amount.0),
    };
    if !sound && amount.0 != 0 {
        let units = if resource == "cpu" {
            "1m or 1"
        } else {
            "1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi or 1Ei"
        };
        j.invalid(
            at,
            "K-resources",
            format!("`divisor` is {}; for {resource} it must be {units}", at.shown()),
        );
    }
}
