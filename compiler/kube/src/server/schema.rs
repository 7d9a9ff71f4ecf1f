//! Schemas in CustomResourceDefinitions: they must be structural, so that a server can prune and default.

use super::FieldError;
use super::judge::{At, Judge};
use crate::crd::Wanted;
use crate::tree::{Ref, Value};

/// Fields that no schema may have.
const FORBIDDEN: [&str; 8] = [
    "$ref",
    "$schema",
    "id",
    "definitions",
    "dependencies",
    "patternProperties",
    "additionalItems",
    "deprecated",
];

const TYPES: [&str; 6] = ["array", "boolean", "integer", "number", "object", "string"];

/// Deeper schemas are passed over: the tree holds none either.
const DEPTH: usize = 128;

/// What the root of a schema may say where the status is written apart (`allowedFieldsAtRootSchema` of
/// `pkg/apis/apiextensions/validation/validation.go`).
const BESIDE_STATUS: [&str; 22] = [
    "description",
    "type",
    "format",
    "title",
    "maximum",
    "exclusiveMaximum",
    "minimum",
    "exclusiveMinimum",
    "maxLength",
    "minLength",
    "pattern",
    "maxItems",
    "minItems",
    "uniqueItems",
    "multipleOf",
    "required",
    "items",
    "properties",
    "externalDocs",
    "example",
    "x-kubernetes-preserve-unknown-fields",
    "x-kubernetes-validations",
];

/// The root of a schema whose `status` is a resource of its own.
pub(super) fn beside_status(j: &mut Judge, at: &At<'_, '_>) {
    for (field, place) in at.entries() {
        let is_nothing = !place.is_set() || place.is_false() || place.as_str() == Some("");
        if !is_nothing && !BESIDE_STATUS.contains(&field) {
            let message = format!(
                "the root of a schema cannot have `{field}` where `status` is among `subresources`"
            );
            j.invalid_key(&place, "K-schema", message);
        }
    }
}

/// The schema of a version.
pub(super) fn root(j: &mut Judge, at: &At<'_, '_>) {
    let kind = at.get("type");
    match kind.str() {
        "object" => {}
        "" => j.required(&kind, "the root of a schema needs `type: object`"),
        other => {
            let message = format!("the root of a schema must be of type object, and not `{other}`");
            j.invalid(&kind, "K-schema", message);
        }
    }
    if at.get("nullable").is_true() {
        j.forbidden(&at.get("nullable"), "K-schema", "the root of a schema cannot be nullable");
    }
    let before = j.found.len();
    node(j, at, true, 0);
    if j.found.len() == before {
        costs(j, at);
    }
    let properties = at.get("properties");
    let meta = properties.get("metadata");
    let inner = meta.get("properties");
    if inner.entries().any(|(name, _)| !matches!(name, "name" | "generateName")) {
        j.forbidden(
            &meta,
            "K-schema",
            "of `metadata` a schema can restrict only `name` and `generateName`",
        );
    }
}

/// Rules that a server does not take because of what they may cost.
fn costs(j: &mut Judge, at: &At<'_, '_>) {
    for costly in at.node().map(crate::crd::costly).unwrap_or_default() {
        let times = match costly.times {
            0..=100 => format!("{} times", costly.times),
            _ => "more than 100 times".to_owned(),
        };
        let what = if costly.path.is_empty() { "all rules together" } else { "this rule" };
        let message = format!("{what} may cost {times} of what a server allows");
        j.forbidden(at, "K-schema", message);
        if let Some(last) = j.found.last_mut() {
            last.path.extend(costly.path);
            last.help = Some(
                "bound what it looks through: `maxItems`, `maxLength`, `maxProperties`".to_owned(),
            );
        }
    }
}

fn node(j: &mut Judge, at: &At<'_, '_>, is_root: bool, depth: usize) {
    if depth > DEPTH {
        return;
    }
    plain_rules(j, at);
    j.one_of(&at.get("x-kubernetes-map-type"), &["atomic", "granular"]);
    let kind = at.get("type");
    let loose = at.get("x-kubernetes-int-or-string").is_true()
        || at.get("x-kubernetes-preserve-unknown-fields").is_true();
    match kind.str() {
        "" if is_root || loose || at.get("$ref").is_set() => {}
        "" => j.required(&kind, "each part of a schema needs a `type`"),
        other if !TYPES.contains(&other) => j.unsupported(&kind, other, &TYPES),
        "array" if !at.get("items").is_set() => {
            j.required(&at.get("items"), "the type array needs `items`");
        }
        _ => {}
    }
    let (properties, additional) = (at.get("properties"), at.get("additionalProperties"));
    embedded(j, at, &properties);
    if properties.is_filled() && additional.is_set() {
        j.forbidden(
            &additional,
            "K-schema",
            "a schema has either `properties` or `additionalProperties`",
        );
    } else if additional.is_false() {
        j.forbidden(
            &additional,
            "K-schema",
            "`additionalProperties` cannot be false: unknown fields are dropped anyway",
        );
    }
    for (_, property) in properties.entries() {
        node(j, &property, false, depth + 1);
    }
    if additional.is_filled() {
        node(j, &additional, false, depth + 1);
    }
    let items = at.get("items");
    if items.is_filled() && items.node().is_some_and(Ref::is_list) {
        j.forbidden(&items, "K-schema", "`items` must be one schema, and not a list of them");
    } else if items.node().is_some_and(Ref::is_map) {
        node(j, &items, false, depth + 1);
    }
    list(j, at, &items);
    for field in ["allOf", "anyOf", "oneOf"] {
        for part in at.get(field).items() {
            junctor(j, &part, depth + 1, at);
        }
    }
    junctor(j, &at.get("not"), depth + 1, at);
    let default = at.get("default");
    if default.is_set()
        && let (Some(value), Some(schema)) = (default.node(), at.node())
    {
        defaults(j, &default, value, schema);
        if is_root {
            for field in ["apiVersion", "kind"] {
                j.needed(
                    &default.get(field),
                    &format!("`{field}` of a default of the whole object"),
                );
            }
        }
    }
    validations(j, at, is_root);
}

fn plain_rules(j: &mut Judge, at: &At<'_, '_>) {
    for field in FORBIDDEN {
        let place = at.get(field);
        if place.is_set() {
            j.forbidden(&place, "K-schema", format!("`{field}` cannot be used in a definition"));
        }
    }
    let pattern = at.get("pattern");
    if let Some(why) = crate::crd::unreadable_pattern(pattern.str()) {
        let message = format!("`{}` is no regular expression: {why}", pattern.str());
        j.invalid(&pattern, "K-schema", message);
    }
    let unique = at.get("uniqueItems");
    if unique.is_true() {
        j.forbidden(
            &unique,
            "K-schema",
            "`uniqueItems` cannot be true; `x-kubernetes-list-type: set` is meant",
        );
    }
}

/// An object within the object.
fn embedded(j: &mut Judge, at: &At<'_, '_>, properties: &At<'_, '_>) {
    let open = at.get("x-kubernetes-preserve-unknown-fields").is_true();
    if at.get("x-kubernetes-embedded-resource").is_true() && !open && !properties.is_filled() {
        let message = "an embedded resource needs `properties`, or keeps unknown fields";
        j.required(properties, message);
    }
}

/// Whether a part says of a value that may be a number or text that it is one of these.
fn is_int_or_string(at: &At<'_, '_>, around: &At<'_, '_>) -> bool {
    around.get("x-kubernetes-int-or-string").is_true()
        && matches!(at.get("type").str(), "integer" | "string")
}

/// Within `allOf` and the like only values are restricted; what there is, the schema around says.
fn junctor(j: &mut Judge, at: &At<'_, '_>, depth: usize, around: &At<'_, '_>) {
    if !at.is_set() || depth > DEPTH {
        return;
    }
    plain_rules(j, at);
    let kind = at.get("type");
    if !kind.str().is_empty() && !is_int_or_string(at, around) {
        j.forbidden(&kind, "K-schema", "`type` must stand outside of allOf, anyOf, oneOf and not");
    }
    let loose = ["x-kubernetes-int-or-string"];
    for field in ["default", "description", "title", "nullable", "additionalProperties"]
        .into_iter()
        .chain([
            "x-kubernetes-preserve-unknown-fields",
            "x-kubernetes-embedded-resource",
            "x-kubernetes-map-type",
            "x-kubernetes-list-type",
            "x-kubernetes-list-map-keys",
        ])
        .chain(loose)
    {
        let place = at.get(field);
        if place.is_set() {
            j.forbidden(
                &place,
                "K-schema",
                format!("`{field}` must stand outside of allOf, anyOf, oneOf and not"),
            );
        }
    }
    let properties = at.get("properties");
    for (_, property) in properties.entries() {
        junctor(j, &property, depth + 1, at);
    }
    junctor(j, &at.get("items"), depth + 1, at);
    for field in ["allOf", "anyOf", "oneOf"] {
        for part in at.get(field).items() {
            junctor(j, &part, depth + 1, around);
        }
    }
    junctor(j, &at.get("not"), depth + 1, around);
}

/// How a list is merged.
fn list(j: &mut Judge, at: &At<'_, '_>, items: &At<'_, '_>) {
    let (kind, keys) = (at.get("x-kubernetes-list-type"), at.get("x-kubernetes-list-map-keys"));
    j.one_of(&kind, &["atomic", "set", "map"]);
    if kind.is_set() && at.get("type").str() != "array" {
        j.invalid(&at.get("type"), "K-schema", "`x-kubernetes-list-type` needs the type array");
    }
    match kind.str() {
        "map" => {
            if !keys.is_filled() {
                j.required(&keys, "a list of type map needs `x-kubernetes-list-map-keys`");
            }
            let properties = items.get("properties");
            for key in keys.items() {
                let property = properties.entries().find(|(name, _)| *name == key.str());
                let Some((_, property)) = property else {
                    j.invalid(
                        &key,
                        "K-schema",
                        format!("the elements have no property `{}`", key.str()),
                    );
                    continue;
                };
                let required = items.get("required");
                let is_required = required.items().any(|name| name.str() == key.str());
                if !is_required && !property.get("default").is_set() {
                    let message =
                        format!("`{}` is a key, and must be required or have a default", key.str());
                    j.required(&property.get("default"), message);
                }
            }
        }
        _ if keys.is_filled() => {
            j.invalid(&kind, "K-schema", "`x-kubernetes-list-map-keys` needs the list type map");
        }
        _ => {}
    }
}

/// A default is a value of its schema, and has no field that would be dropped.
fn defaults(j: &mut Judge, at: &At<'_, '_>, value: Ref<'_>, schema: Ref<'_>) {
    let text = |field| schema.get(field).and_then(Ref::as_str).unwrap_or_default();
    let truth = |field| schema.get(field).and_then(Ref::as_bool) == Some(true);
    if truth("x-kubernetes-int-or-string") || value.is_null() && truth("nullable") {
        return;
    }
    let fits = match (text("type"), value.value()) {
        ("", _) | ("string", Value::Str(_)) | ("boolean", Value::Bool(_)) => true,
        ("object", Value::Map) | ("array", Value::List) => true,
        ("integer" | "number", Value::Int(_)) | ("number", Value::Float(_)) => true,
        (known, _) => !TYPES.contains(&known),
    };
    if !fits {
        let message =
            format!("the default is not of the type {} that the schema demands", text("type"));
        j.refuse(at, "K-schema", FieldError::TypeInvalid, message);
        return;
    }
    bounds(j, at, value, schema);
    let properties = schema.get("properties");
    for (name, entry) in value.entries() {
        let place = at.get(name);
        let inner = properties
            .and_then(|properties| properties.get(name))
            .or(schema.get("additionalProperties"));
        match inner {
            Some(inner) => defaults(j, &place, entry, inner),
            None if truth("x-kubernetes-preserve-unknown-fields") => {}
            None => j.invalid(
                &place,
                "K-schema",
                format!("the schema has no property `{name}`, and the default would lose it"),
            ),
        }
    }
    for name in schema.get("required").into_iter().flat_map(Ref::items).filter_map(Ref::as_str) {
        if value.is_map() && value.get(name).is_none() {
            j.required(
                &at.get(name),
                format!("the schema demands `{name}`, and the default has none"),
            );
        }
    }
    if let Some(items) = schema.get("items") {
        for item in at.items() {
            if let Some(value) = item.node() {
                defaults(j, &item, value, items);
            }
        }
    }
}

fn bounds(j: &mut Judge, at: &At<'_, '_>, value: Ref<'_>, schema: Ref<'_>) {
    let allowed = schema.get("enum");
    let same = |other: Ref<'_>| other.value() == value.value();
    if let Some(allowed) = allowed
        && !value.is_map()
        && !value.is_list()
        && !allowed.items().any(same)
    {
        let message =
            format!("the default `{}` is not one of the values of the schema", at.shown());
        j.refuse(at, "K-schema", FieldError::NotSupported, message);
    }
    let number = |node: Ref<'_>| match node.value() {
        Value::Int(value) => Some(value as f64),
        Value::Float(value) => Some(value),
        _ => None,
    };
    let bound = |field| schema.get(field).and_then(number);
    if let Some(own) = number(value)
        && (bound("minimum").is_some_and(|least| own < least)
            || bound("maximum").is_some_and(|most| own > most))
    {
        j.invalid(
            at,
            "K-schema",
            format!("the default {} is out of the bounds of the schema", at.shown()),
        );
    }
    let length = match value.value() {
        Value::Str(text) => Some(("minLength", "maxLength", text.chars().count())),
        Value::List => Some(("minItems", "maxItems", value.items().count())),
        _ => None,
    };
    if let Some((least, most, own)) = length {
        let own = own as f64;
        if bound(least).is_some_and(|least| own < least) {
            j.invalid(at, "K-schema", "the default is too short for the schema");
        } else if bound(most).is_some_and(|most| own > most) {
            j.refuse(at, "K-schema", FieldError::TooLong, "the default is too long for the schema");
        }
    }
}

/// An expression about an object that is asked for; `of` are the variables of its policy, with what gives them.
pub(super) fn expression(
    j: &mut Judge,
    at: &At<'_, '_>,
    names: &[&str],
    of: Option<&[(&str, &str)]>,
    wanted: Wanted,
) {
    if readable(j, at)
        && let Some(why) = crate::crd::misfit_expression(at.str(), names, of, wanted)
    {
        j.invalid(at, "K-schema", format!("`{}` does not fit: {why}", at.field()));
    }
}

/// Whether a rule is given and can be read.
fn readable(j: &mut Judge, at: &At<'_, '_>) -> bool {
    let text = at.str();
    if text.trim().is_empty() {
        return false;
    }
    if let Some((why, byte)) = crate::crd::unreadable_rule(text) {
        let before = text.get(..byte).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1;
        let field = at.field();
        let message = format!("`{field}` cannot be read at line {line}, column {column}: {why}");
        j.invalid(at, "K-schema", message);
        return false;
    }
    true
}

fn validations(j: &mut Judge, schema: &At<'_, '_>, is_root: bool) {
    for validation in schema.get("x-kubernetes-validations").items() {
        let (rule, message) = (validation.get("rule"), validation.get("message"));
        if rule.str().trim().is_empty() {
            j.required(&rule, "a validation needs a `rule`");
        }
        if message.is_set() && message.str().trim().is_empty() {
            j.invalid(&message, "K-message", "`message` must not be empty");
        } else if message.str().contains('\n') {
            j.invalid(&message, "K-message", "`message` must not have line breaks");
        } else if rule.str().contains('\n') && message.str().is_empty() {
            j.required(&message, "`message` must be given, because the rule has line breaks");
        }
        let optional = validation.get("optionalOldSelf").is_true();
        for (place, is_message) in [(rule, false), (validation.get("messageExpression"), true)] {
            if !readable(j, &place) {
                continue;
            }
            let why = schema.node().and_then(|node| {
                crate::crd::misfit_rule(node, is_root, place.str(), is_message, optional)
            });
            if let Some(why) = why {
                let message = format!("`{}` does not fit the schema: {why}", place.field());
                j.invalid(&place, "K-schema", message);
            }
        }
        let reason = validation.get("reason");
        j.one_of(
            &reason,
            &[
                "FieldValueDuplicate",
                "FieldValueForbidden",
                "FieldValueInvalid",
                "FieldValueRequired",
            ],
        );
    }
}
