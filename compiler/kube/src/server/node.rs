//! Nodes, which hardly anybody writes, but which programs declare.

use std::collections::BTreeSet;

use super::ip;
use super::judge::{At, Judge};
use crate::names;

pub(super) fn node(j: &mut Judge, at: &At<'_, '_>) {
    let spec = at.get("spec");
    let mut known = BTreeSet::new();
    for taint in spec.get("taints").items() {
        let (key, value, effect) = (taint.get("key"), taint.get("value"), taint.get("effect"));
        if !known.insert((key.str().to_owned(), effect.str().to_owned())) {
            let message = format!("two taints are `{}` with {}", key.str(), effect.str());
            j.duplicate(&taint, message);
        }
        if let Err(why) = names::qualified_name(key.str()) {
            j.invalid(&key, "K-label", format!("taint key `{}` {why}", key.str()));
        }
        j.well_formed(&value, "K-label", "taint value", names::label_value);
        match effect.str() {
            "" => j.required(&effect, "a taint needs an `effect`"),
            _ => j.one_of(&effect, &["NoSchedule", "PreferNoSchedule", "NoExecute"]),
        }
    }
    let ranges = spec.get("podCIDRs");
    let mut families = Vec::new();
    // The older field wins where both are given and differ.
    let (first, older) = (ranges.index(0), spec.get("podCIDR"));
    if !older.str().is_empty() && older.str() != first.str() {
        if let Err(why) = ip::range(older.str(), j.minor) {
            j.invalid(&older, "K-ip", format!("range `{}` {why}", older.str()));
        }
        return;
    }
    for range in ranges.items() {
        match ip::range(range.str(), j.minor) {
            Ok((address, _)) => families.push(address.is_ipv4()),
            Err(why) => j.invalid(&range, "K-ip", format!("range `{}` {why}", range.str())),
        }
    }
    if families.len() > 1 && (families.len() > 2 || families.first() == families.last()) {
        j.invalid(&ranges, "K-ip", "there is at most one range of each family, IPv4 and IPv6");
    }
}
