//! What devices there are: ResourceSlices. Limits and rules are those of `pkg/apis/resource/types.go` and
//! `pkg/apis/resource/validation/validation.go`.

use super::devices::{TAINT_EFFECTS, at_most, attribute_name, driver};
use super::judge::{Amount, At, Judge};
use super::{FieldError, scheduling};
use crate::crd;
use crate::names;

/// How many devices a slice may have; and how many where one of them has taints or consumes counters.
const DEVICES: usize = 128;
const ADVANCED_DEVICES: usize = 64;
/// How many sets of counters devices may share, and how many counters are in each.
const COUNTER_SETS: usize = 8;
const COUNTERS: usize = 32;
/// How many sets of counters one device may consume of.
const CONSUMED_SETS: usize = 2;
/// How many attributes and capacities a device may have together.
const ATTRIBUTES: usize = 32;
/// How long the text of an attribute may be, in bytes.
const ATTRIBUTE_BYTES: usize = 64;
const TAINTS: usize = 16;
/// How many conditions a device may wait for, and how many may say that it failed.
const CONDITIONS: usize = 4;
/// How many amounts a policy may allow.
const AMOUNTS: usize = 10;
/// How long the name of a pool may be, in bytes.
const POOL_NAME_BYTES: usize = 253;

pub(super) fn slice(j: &mut Judge, at: &At<'_, '_>) {
    let spec = at.get("spec");
    driver(j, &spec.get("driver"));
    pool(j, &spec.get("pool"));
    // Before, servers drop what says it of single devices, and what they share.
    let is_partitioned = j.minor >= 36;
    place_of_slice(j, &spec, is_partitioned);
    if is_partitioned {
        counters(j, &spec);
    }
    let devices = spec.get("devices");
    let has = |field| devices.items().any(|device| body(&device).get(field).is_filled());
    let is_advanced = is_partitioned && (has("taints") || has("consumesCounters"));
    at_most(j, &devices, if is_advanced { ADVANCED_DEVICES } else { DEVICES });
    let is_apart = spec.get("perDeviceNodeSelection").is_true();
    let doubles = devices.repeats(|one| one.get("name").str());
    for (number, device) in devices.items().enumerate() {
        let name = device.get("name");
        j.named(&name, "K-name", "the name of a device", names::dns_label);
        if doubles.contains(&number) {
            j.duplicate(&name, format!("two devices are named `{}`", name.str()));
        }
        let device = body(&device);
        self::device(j, &device);
        if is_partitioned {
            place_of_device(j, &device, is_apart);
        }
    }
}

/// What is said of a device; older versions of the API have it one level further down.
fn body<'t, 'c>(device: &'c At<'t, '_>) -> At<'t, 'c> {
    let basic = device.get("basic");
    if basic.is_set() { device.get("basic") } else { device.to(&[]) }
}

fn pool(j: &mut Judge, at: &At<'_, '_>) {
    let name = at.get("name");
    if name.str().is_empty() {
        j.required(&name, "the pool needs a name");
    } else if name.str().len() > POOL_NAME_BYTES {
        let message = format!("the name of a pool has at most {POOL_NAME_BYTES} bytes");
        j.refuse(&name, "K-size", FieldError::TooLong, message);
    } else {
        for part in name.str().split('/') {
            if let Err(why) = names::dns_subdomain(part) {
                j.invalid(&name, "K-name", format!("part `{part}` of the pool's name {why}"));
            }
        }
    }
    let count = at.get("resourceSliceCount");
    if count.number() <= 0 {
        let message = "`resourceSliceCount` must be above 0: it counts this slice too";
        j.invalid(&count, "K-range", message);
    }
    j.not_negative(&at.get("generation"));
}

fn place_of_slice(j: &mut Judge, spec: &At<'_, '_>, is_partitioned: bool) {
    let selector = spec.get("nodeSelector");
    let nodes = [
        spec.get("nodeName").is_set(),
        selector.is_set(),
        spec.get("allNodes").is_true(),
        is_partitioned && spec.get("perDeviceNodeSelection").is_true(),
    ];
    match nodes.iter().filter(|one| **one).count() {
        0 => j.required(spec, "a slice says where its devices are: by `nodeName`, `nodeSelector`, `allNodes` or `perDeviceNodeSelection`"),
        1 => {}
        _ => j.invalid(spec, "K-one-of", "a slice says in one way where its devices are"),
    }
    only_true(j, &spec.get("allNodes"));
    if is_partitioned {
        only_true(j, &spec.get("perDeviceNodeSelection"));
    }
    j.named_if_given(&spec.get("nodeName"), "K-name", "Node name", names::dns_subdomain);
    if selector.is_set() {
        scheduling::node_selector(j, &selector);
        let terms = selector.get("nodeSelectorTerms");
        if terms.count() != 1 {
            j.invalid(
                &terms,
                "K-selector",
                "the nodes of a slice are selected by exactly one term",
            );
        }
    }
}

fn place_of_device(j: &mut Judge, at: &At<'_, '_>, is_apart: bool) {
    let (node, selector, all) = (at.get("nodeName"), at.get("nodeSelector"), at.get("allNodes"));
    let given = [&node, &selector, &all].iter().filter(|place| place.is_set()).count();
    if !is_apart {
        if given > 0 {
            let message =
                "a device says where it is only where the slice has `perDeviceNodeSelection`";
            j.invalid(at, "K-one-of", message);
        }
        return;
    }
    if given != 1 {
        let message = "in a slice with `perDeviceNodeSelection` each device has one of `nodeName`, `nodeSelector` and `allNodes`";
        j.invalid(at, "K-one-of", message);
    }
    j.named_if_given(&node, "K-name", "Node name", names::dns_subdomain);
    only_true(j, &all);
    if selector.is_set() {
        scheduling::node_selector(j, &selector);
    }
}

fn only_true(j: &mut Judge, at: &At<'_, '_>) {
    if at.is_false() {
        j.invalid(at, "K-one-of", format!("`{}` must be true, or left out", at.field()));
    }
}

/// What several devices share.
fn counters(j: &mut Judge, spec: &At<'_, '_>) {
    let sets = spec.get("sharedCounters");
    if sets.is_set() && spec.get("devices").is_set() {
        j.invalid(spec, "K-one-of", "a slice has either `sharedCounters` or `devices`");
    }
    at_most(j, &sets, COUNTER_SETS);
    sets_of_counters(j, &sets, "name");
}

/// Sets of counters, each named by this field.
fn sets_of_counters(j: &mut Judge, sets: &At<'_, '_>, field: &'static str) {
    let doubles = sets.repeats(|one| one.get(field).str());
    for (number, set) in sets.items().enumerate() {
        let (name, counters) = (set.get(field), set.get("counters"));
        j.named(&name, "K-name", "the name of a set of counters", names::dns_label);
        if doubles.contains(&number) && !name.str().is_empty() {
            j.duplicate(&name, format!("two sets of counters are named `{}`", name.str()));
        }
        if !counters.is_filled() {
            j.required(&counters, "a set of counters needs `counters`");
        } else if counters.count_entries() > COUNTERS {
            j.too_many(&counters, COUNTERS);
        }
        for (name, counter) in counters.entries() {
            if let Err(why) = names::dns_label(name) {
                j.invalid_key(&counter, "K-name", format!("the name `{name}` of a counter {why}"));
            }
        }
    }
}

fn device(j: &mut Judge, at: &At<'_, '_>) {
    let (attributes, capacity) = (at.get("attributes"), at.get("capacity"));
    let count = attributes.count_entries() + capacity.count_entries();
    if count > ATTRIBUTES {
        let message = format!(
            "the device has {count} attributes and capacities; at most {ATTRIBUTES} are allowed"
        );
        j.invalid(at, "K-size", message);
    }
    for (name, attribute) in attributes.entries() {
        if let Err(why) = attribute_name(name) {
            j.invalid_key(&attribute, "K-name", format!("the name `{name}` of an attribute {why}"));
        }
        self::attribute(j, &attribute);
    }
    // Before, servers drop how much of a capacity may be asked for, and all that follows.
    let is_shared = at.get("allowMultipleAllocations").is_true();
    for (name, capacity) in capacity.entries() {
        if let Err(why) = attribute_name(name) {
            j.invalid_key(&capacity, "K-name", format!("the name `{name}` of a capacity {why}"));
        }
        let policy = capacity.get("requestPolicy");
        if policy.is_set() && j.minor >= 36 {
            if is_shared {
                request_policy(j, &policy, &capacity.get("value"));
            } else {
                let message = "`requestPolicy` needs `allowMultipleAllocations` to be true: who gets a device alone gets all of it";
                j.forbidden(&policy, "K-one-of", message);
            }
        }
    }
    if j.minor < 36 {
        return;
    }
    let taints = at.get("taints");
    at_most(j, &taints, TAINTS);
    for taint in taints.items() {
        let (key, effect) = (taint.get("key"), taint.get("effect"));
        if let Err(why) = names::qualified_name(key.str()) {
            j.invalid(&key, "K-label", format!("taint key `{}` {why}", key.str()));
        }
        j.well_formed(&taint.get("value"), "K-label", "taint value", names::label_value);
        match effect.str() {
            "" => j.required(&effect, "a taint needs an `effect`: NoExecute, NoSchedule, None"),
            _ => j.one_of(&effect, &TAINT_EFFECTS),
        }
    }
    let consumed = at.get("consumesCounters");
    at_most(j, &consumed, CONSUMED_SETS);
    sets_of_counters(j, &consumed, "counterSet");
    conditions(j, at);
}

/// One value: a boolean, a whole number, a text, or a version as <https://semver.org> writes them. Lists of these are
/// behind a feature that is off, so that servers drop them first.
fn attribute(j: &mut Judge, at: &At<'_, '_>) {
    let given = ["bool", "int", "string", "version"].iter().filter(|kind| at.get(kind).is_set());
    if given.count() != 1 {
        j.invalid(at, "K-one-of", "an attribute has one of `bool`, `int`, `string` and `version`");
    }
    for kind in ["string", "version"] {
        let value = at.get(kind);
        if value.str().len() > ATTRIBUTE_BYTES {
            let message = format!("the value of an attribute has at most {ATTRIBUTE_BYTES} bytes");
            j.refuse(&value, "K-size", FieldError::TooLong, message);
        }
    }
    let version = at.get("version");
    if version.as_str().is_some_and(|text| !crd::is_semantic_version(text)) {
        let message = format!("`{}` must be a version, such as 1.2.3 or 2.0.0-rc.1", version.str());
        j.invalid(&version, "K-format", message);
    }
}

/// How much of a capacity may be asked for at once: one of some amounts, or steps within a range.
fn request_policy(j: &mut Judge, at: &At<'_, '_>, capacity: &At<'_, '_>) {
    let (amounts, range, default) =
        (at.get("validValues"), at.get("validRange"), at.get("default"));
    if amounts.is_filled() && range.is_set() {
        j.forbidden(at, "K-one-of", "a policy has either `validValues` or `validRange`");
        return;
    }
    if !amounts.is_filled() && !range.is_set() {
        return;
    }
    let most = capacity.quantity();
    let Some(usual) = default.quantity() else {
        if !default.is_set() {
            j.required(&default, "a policy needs a `default`, for who asks for no amount");
        }
        return;
    };
    if range.is_set() {
        steps(j, &range, usual, most);
        return;
    }
    at_most(j, &amounts, AMOUNTS);
    let doubles = amounts.repeats(|one| one.quantity().map(Amount::rounded_up));
    let mut before: Option<Amount> = None;
    for (number, place) in amounts.items().enumerate() {
        let Some(amount) = place.quantity() else { continue };
        if before.is_some_and(|before| before > amount) {
            j.invalid(&place, "K-range", "the amounts must ascend");
        }
        if doubles.contains(&number) {
            j.duplicate(&place, format!("`{}` is there twice", place.shown()));
        }
        if most.is_some_and(|most| amount > most) {
            let message =
                format!("`{}` is more than the capacity, {}", place.shown(), capacity.shown());
            j.invalid(&place, "K-range", message);
        }
        before = Some(amount);
    }
    if amounts.items().all(|place| place.quantity() != Some(usual)) {
        let message = format!("the `default`, {}, must be one of the amounts", default.shown());
        j.invalid(&amounts, "K-range", message);
    }
}

/// From `min` to `max` by `step`; the usual amount is one of these.
fn steps(j: &mut Judge, at: &At<'_, '_>, usual: Amount, most: Option<Amount>) {
    let (min, max, step) = (at.get("min"), at.get("max"), at.get("step"));
    let Some(least) = min.quantity() else {
        if !min.is_set() {
            j.required(&min, "a range needs a `min`");
        }
        return;
    };
    let beyond = |amount: Amount| most.is_some_and(|most| amount > most);
    if beyond(least) {
        j.invalid(&min, "K-range", format!("`{}` is more than the capacity", min.shown()));
    }
    if usual < least {
        j.invalid(&min, "K-range", format!("the `default` is less than {}", min.shown()));
    }
    let greatest = max.quantity();
    if let Some(greatest) = greatest {
        if least > greatest {
            j.invalid(&max, "K-range", format!("`{}` is less than the `min`", max.shown()));
        }
        if beyond(greatest) {
            j.invalid(&max, "K-range", format!("`{}` is more than the capacity", max.shown()));
        }
        if usual > greatest {
            j.invalid(&max, "K-range", format!("the `default` is more than {}", max.shown()));
        }
    }
    let Some(width) = step.quantity() else { return };
    if least.0.checked_add(width.0).is_none_or(|sum| beyond(Amount(sum))) {
        let message = format!("one step of {} is more than the capacity", step.shown());
        j.invalid(&step, "K-range", message);
    }
    for (amount, what) in [(Some(usual), "default"), (greatest, "max")] {
        let Some(amount) = amount else { continue };
        let way = amount.rounded_up() - least.rounded_up();
        if way.checked_rem(width.rounded_up()).is_some_and(|rest| rest != 0) {
            let message = format!("the `{what}` is no number of steps away from {}", min.shown());
            j.invalid(&step, "K-range", message);
        }
    }
}

/// What a device waits for before a pod is bound to its node, and what says that it failed.
fn conditions(j: &mut Judge, at: &At<'_, '_>) {
    let (awaited, failed) = (at.get("bindingConditions"), at.get("bindingFailureConditions"));
    for list in [&awaited, &failed] {
        at_most(j, list, CONDITIONS);
        let doubles = list.repeats(|one| one.str());
        for (number, condition) in list.items().enumerate() {
            if let Err(why) = names::qualified_name(condition.str()) {
                let message = format!("condition `{}` {why}", condition.str());
                j.invalid(&condition, "K-label", message);
            }
            if doubles.contains(&number) {
                j.duplicate(&condition, format!("`{}` is there twice", condition.str()));
            }
        }
    }
    for condition in failed.items() {
        if awaited.items().any(|other| other.str() == condition.str()) {
            let message = format!("`{}` cannot be awaited and be a failure", condition.str());
            j.invalid(&condition, "K-one-of", message);
        }
    }
    for (given, other) in [(&awaited, &failed), (&failed, &awaited)] {
        if given.is_filled() && !other.is_filled() {
            let message = format!("`{}` needs `{}`", given.field(), other.field());
            j.invalid(other, "K-one-of", message);
        }
    }
}
