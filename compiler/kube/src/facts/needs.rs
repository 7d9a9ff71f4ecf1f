//! What rules need to know of amounts: what containers need, and what a namespace grants.

use super::{items, text};
use crate::quantity::Quantity;
use crate::tree::{Ref, Value};

/// What is needed of one resource, in billionths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// `cpu`, `memory` or another one.
    pub name: String,
    /// The amount that is requested; a limit, where nothing else is said, as servers copy it.
    pub request: Option<i128>,
    /// The amount that is the most.
    pub limit: Option<i128>,
}

/// A ResourceQuota.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Quota {
    /// How much there may be in the namespace, by what is counted.
    pub hard: Vec<(String, i128)>,
    /// Whether it counts only some of the pods.
    pub scoped: bool,
}

/// What a LimitRange says of one resource.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bound {
    /// The position among `limits`.
    pub index: usize,
    /// Whether it is for each container, and not for a pod.
    pub of_container: bool,
    /// The resource.
    pub resource: String,
    /// The least that a container may request.
    pub min: Option<i128>,
    /// The most that a container may use.
    pub max: Option<i128>,
    /// The limit of whoever sets none.
    pub limit: Option<i128>,
    /// The request of whoever sets none.
    pub request: Option<i128>,
    /// How many times the request a limit may be, in billionths.
    pub ratio: Option<i128>,
}

/// What is said of a resource: a request, or a limit, which servers copy to the request.
pub fn requested<'r>(resources: &'r [Resource], name: &str) -> Option<&'r Resource> {
    resources.iter().find(|own| own.name == name)
}

pub(super) fn resources(holder: Ref<'_>) -> Vec<Resource> {
    let mut found: Vec<Resource> = Vec::new();
    for (field, is_limit) in [("limits", true), ("requests", false)] {
        let map = holder.at(&["resources", field]);
        for (name, value) in map.into_iter().flat_map(Ref::entries) {
            let amount = amount(value);
            match found.iter_mut().find(|own| own.name == name) {
                Some(own) => own.request = amount,
                None => found.push(Resource {
                    name: name.to_owned(),
                    request: amount,
                    limit: amount.filter(|_| is_limit),
                }),
            }
        }
    }
    found.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    found
}

pub(super) fn quota(object: Ref<'_>) -> Quota {
    let hard = object.at(&["spec", "hard"]).into_iter().flat_map(Ref::entries);
    let spec = object.get("spec");
    Quota {
        hard: hard.filter_map(|(name, value)| Some((name.to_owned(), amount(value)?))).collect(),
        scoped: ["scopes", "scopeSelector"]
            .iter()
            .any(|field| spec.and_then(|spec| spec.get(field)).is_some_and(|own| !own.is_hollow())),
    }
}

/// What a LimitRange says of containers and pods, with what a server adds to it: where nothing else is said, the most is
/// the limit of whoever sets none, and that is the request.
pub(super) fn bounds(object: Ref<'_>) -> Vec<Bound> {
    let mut found: Vec<Bound> = Vec::new();
    let limits = object.get("spec").into_iter().flat_map(|spec| items(spec, "limits")).enumerate();
    for (index, item) in limits {
        let of_container = match text(item, &["type"]).as_str() {
            "Container" => true,
            "Pod" => false,
            _ => continue,
        };
        let first = found.len();
        for field in ["min", "max", "default", "defaultRequest", "maxLimitRequestRatio"] {
            for (resource, value) in item.get(field).into_iter().flat_map(Ref::entries) {
                let amount = amount(value);
                let own = found.iter().skip(first).position(|own| own.resource == resource);
                let at = own.map_or(found.len(), |at| first + at);
                if own.is_none() {
                    let resource = resource.to_owned();
                    found.push(Bound { index, of_container, resource, ..Bound::default() });
                }
                let Some(bound) = found.get_mut(at) else { continue };
                match field {
                    "min" => bound.min = amount,
                    "max" => bound.max = amount,
                    "default" => bound.limit = amount,
                    "defaultRequest" => bound.request = amount,
                    _ => bound.ratio = amount,
                }
            }
        }
        for bound in found.iter_mut().skip(first).filter(|bound| bound.of_container) {
            bound.limit = bound.limit.or(bound.max);
            bound.request = bound.request.or(bound.limit).or(bound.min);
        }
    }
    found
}

fn amount(value: Ref<'_>) -> Option<i128> {
    match value.value() {
        Value::Str(text) => Quantity::parse(text).ok().map(Quantity::nanos),
        Value::Int(number) => Some(Quantity::from_int(number).nanos()),
        _ => None,
    }
}
