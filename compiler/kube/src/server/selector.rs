//! Label selectors, labels and annotations, wherever they stand.

use super::judge::{At, Judge};
use crate::names;

/// Labels: keys and values.
pub(super) fn labels(j: &mut Judge, at: &At<'_, '_>) {
    for (key, value) in at.entries() {
        label_key(j, &value, "label", key);
        if let Some(text) = value.as_str()
            && let Err(why) = names::label_value(text)
        {
            j.invalid(&value, "K-label", format!("label value `{text}` {why}"));
        }
    }
}

fn label_key(j: &mut Judge, at: &At<'_, '_>, what: &str, key: &str) {
    if let Err(why) = names::qualified_name(key) {
        j.invalid_key(at, "K-label", format!("{what} key `{key}` {why}"));
    }
}

/// The most bytes that all annotations of an object may have together.
const ANNOTATIONS: usize = 256 * 1024;

/// Annotations: keys, and their size.
pub(super) fn annotations(j: &mut Judge, at: &At<'_, '_>) {
    let mut size = 0;
    for (key, value) in at.entries() {
        if let Err(why) = names::annotation_key(key) {
            j.invalid_key(&value, "K-annotation", format!("annotation key `{key}` {why}"));
        }
        size += key.len() + value.str().len();
    }
    if size > ANNOTATIONS {
        let message =
            format!("the annotations have {size} bytes; at most {ANNOTATIONS} are allowed");
        j.refuse(at, "K-size", super::FieldError::TooLong, message);
    }
}

/// A label selector, if there is one.
pub(super) fn selector(j: &mut Judge, at: &At<'_, '_>) {
    labels(j, &at.get("matchLabels"));
    for requirement in at.get("matchExpressions").items() {
        let key = requirement.get("key");
        if let Err(why) = names::qualified_name(key.str()) {
            j.invalid(&key, "K-label", format!("label key `{}` {why}", key.str()));
        }
        let values = requirement.get("values");
        operator(j, &requirement, &values);
        for value in values.items() {
            j.well_formed(&value, "K-label", "label value", names::label_value);
        }
    }
}

fn operator(j: &mut Judge, requirement: &At<'_, '_>, values: &At<'_, '_>) {
    let operator = requirement.get("operator");
    match operator.str() {
        "In" | "NotIn" => {
            if !values.is_filled() {
                j.required(
                    values,
                    format!("`values` must be given, because the operator is {}", operator.str()),
                );
            }
        }
        "Exists" | "DoesNotExist" => {
            if values.is_filled() {
                let message = format!("the operator {} takes no `values`", operator.str());
                j.forbidden(values, "K-selector", message);
            }
        }
        other => {
            let message =
                format!("`{other}` is no operator of a selector: In, NotIn, Exists, DoesNotExist");
            j.invalid(&operator, "K-selector", message);
        }
    }
}

/// Whether a selector selects anything at all: an empty one selects everything, and controllers refuse it.
pub(super) fn is_empty(at: &At<'_, '_>) -> bool {
    !at.get("matchLabels").is_filled() && !at.get("matchExpressions").is_filled()
}

/// The first requirement of a selector that these labels do not meet: label, what is wanted, what is there.
pub(super) fn unmet<'t>(at: &At<'t, '_>, labels: &At<'t, '_>) -> Option<String> {
    let label =
        |key: &str| labels.entries().find(|(own, _)| *own == key).map(|(_, value)| value.str());
    for (key, value) in at.get("matchLabels").entries() {
        let value = value.str();
        match label(key) {
            Some(own) if own == value => {}
            Some(own) => return Some(format!("`{key}` is `{own}` there, and must be `{value}`")),
            None => return Some(format!("`{key}: {value}` is not there")),
        }
    }
    let expressions = at.get("matchExpressions");
    for requirement in expressions.items() {
        let key = requirement.get("key").str();
        let values = requirement.get("values");
        let own = label(key);
        let is_in = own.is_some_and(|own| values.items().any(|value| value.str() == own));
        let (met, wanted) = match requirement.get("operator").str() {
            "In" => (is_in, "must be one of the selector's values"),
            "NotIn" => (!is_in, "must not be one of the selector's values"),
            "Exists" => (own.is_some(), "must be there"),
            "DoesNotExist" => (own.is_none(), "must not be there"),
            _ => (true, ""),
        };
        if !met {
            return Some(format!("`{key}` {wanted}"));
        }
    }
    None
}
