//! Whether an object has the form that the table of types gives to its kind: no unknown fields, and values
//! of the right types. A server says the same when it reads a manifest strictly.

use std::collections::BTreeSet;

use super::judge::{Amount, At, Judge};
use super::{FieldError, Refusal};
use crate::near::did_you_mean;
use crate::removed;
use crate::tree::{Ref, Value};
use crate::types::{self, Field, FieldType, ListKind, TypeId};

/// All that is not of the form of the object's kind. Of a kind that is not built in nothing is known.
pub fn misshapen(object: Ref<'_>, minor: u8) -> Vec<Refusal> {
    let mut judge = Judge::new(minor);
    let at = At::root(object);
    let (version, name) = (at.get("apiVersion").str(), at.get("kind").str());
    let kind = types::kind_of(version, name).map(|kind| kind.info());
    match kind.filter(|kind| kind.exists_in(minor)) {
        Some(kind) => record(&mut judge, &at, kind.ty),
        None if !name.is_empty() && !version.is_empty() => {
            if let Some((message, help)) = removed::absent(version, name, minor) {
                judge.invalid(&at.get("apiVersion"), "K-unknown-kind", message);
                if let Some(last) = judge.found.last_mut() {
                    last.help = help;
                }
            }
        }
        None => {}
    }
    judge.found
}

/// All that is not of the form of a kind, whatever the object says that it is.
pub fn misshapen_as(object: Ref<'_>, ty: TypeId, minor: u8) -> Vec<Refusal> {
    let mut judge = Judge::new(minor);
    record(&mut judge, &At::root(object), ty);
    judge.found
}

/// Whether an object is of a group of Kubernetes' own, so that all of its kinds are known, or was so once.
pub fn is_built_in(version: &str, kind: &str) -> bool {
    !version.is_empty() && removed::absent(version, kind, types::TARGET).is_some()
}

/// Fields that the table has in each version, and that servers drop before this one: their feature was off.
const OFF_BEFORE: [(&str, &str, u8); 3] = [
    ("core.v1.PodSpec", "resourceClaims", 34),
    ("core.v1.PodSpec", "resources", 34),
    ("core.v1.ResourceRequirements", "claims", 34),
];

fn is_dropped(ty: TypeId, field: &str, minor: u8) -> bool {
    OFF_BEFORE.iter().any(|(of, name, from)| minor < *from && *name == field && *of == ty.name())
}

fn record(j: &mut Judge, at: &At<'_, '_>, ty: TypeId) {
    for (name, value) in at.entries() {
        match ty.field_at(name, j.minor) {
            Some(field) if !field.exists_in(j.minor) => out_of_version(j, &value, ty, &field),
            Some(field) => {
                // Null is as good as nothing here, and so is what the server drops.
                if value.is_set() && !is_dropped(ty, name, j.minor) {
                    self::value(j, &value, field.ty);
                }
            }
            None => {
                let fields: Vec<&str> = ty.fields().map(|field| field.name).collect();
                let message = format!("{} has no field `{name}`", ty.last_name());
                j.invalid_key(&value, "K-unknown-field", message);
                let same = fields.iter().copied().find(|known| known.eq_ignore_ascii_case(name));
                let help = match same {
                    Some(same) => Some(format!("write `{same}`")),
                    None => did_you_mean(name, fields),
                };
                if let Some(last) = j.found.last_mut() {
                    last.help = help;
                }
            }
        }
    }
}

/// A field that other versions have. What a newer server knows, an older one may have been built to drop without a
/// word, as one does that only judges as an older release; so that is a warning.
fn out_of_version(j: &mut Judge, at: &At<'_, '_>, ty: TypeId, field: &Field) {
    let (owner, name, minor) = (ty.last_name(), field.name, j.minor);
    let message = match field.since > minor {
        true => format!(
            "{owner} has no field `{name}` in Kubernetes 1.{minor}: it exists from 1.{}",
            field.since
        ),
        false => format!(
            "{owner} has no field `{name}` in Kubernetes 1.{minor}: it was removed in 1.{}",
            field.until
        ),
    };
    if field.since > minor && field.exists_in(types::TARGET) {
        j.warn(at, "K-unknown-field", message);
    } else {
        j.invalid(at, "K-unknown-field", message);
    }
    if let Some(last) = j.found.last_mut() {
        last.of_key = true;
    }
}

fn value(j: &mut Judge, at: &At<'_, '_>, ty: FieldType) {
    if let FieldType::Nullable(elem) = ty {
        if at.is_set() {
            value(j, at, elem.ty());
        }
        return;
    }
    let Some(node) = at.node() else {
        let message =
            format!("null in `{}` becomes an empty value", at.above().map_or("", At::field));
        j.broken(at, "K-null", message);
        return;
    };
    let wanted = match (ty, node.value()) {
        (FieldType::Any, _)
        | (FieldType::Bool, Value::Bool(_))
        | (FieldType::Int64 | FieldType::Float | FieldType::LongOrString, Value::Int(_))
        | (FieldType::Float, Value::Float(_))
        | (FieldType::Str | FieldType::IntOrString | FieldType::LongOrString, Value::Str(_)) => {
            return;
        }
        (FieldType::Int32 | FieldType::IntOrString, Value::Int(value)) => {
            if i32::try_from(value).is_ok() {
                return;
            }
            "a whole number of 32 bits"
        }
        (FieldType::Bytes, Value::Str(text)) => {
            if decoded(text).is_none() {
                wrong(j, at, "must be base64");
            } else if text.contains(['\n', '\r']) {
                j.broken(
                    at,
                    "K-type",
                    format!("`{}` must be base64 without line breaks", at.field()),
                );
            }
            return;
        }
        (FieldType::Time, Value::Str(text)) => {
            if !is_time(text) {
                wrong(j, at, "must be a moment, such as 2006-01-02T15:04:05Z");
            }
            return;
        }
        (FieldType::Quantity, Value::Str(text)) => {
            if Amount::parse(text).is_none() {
                wrong(j, at, "must be a quantity, such as 500m or 1.5Gi");
                if let Some(last) = j.found.last_mut().filter(|_| is_quirk(text)) {
                    last.stricter = true;
                }
            }
            return;
        }
        (FieldType::Quantity, Value::Int(_) | Value::Float(_)) => return,
        (FieldType::Object(ty), Value::Map) => return record(j, at, ty),
        (FieldType::List { elem, list }, Value::List) => {
            for item in at.items() {
                value(j, &item, elem.ty());
            }
            return doubles(j, at, elem.ty(), list);
        }
        (FieldType::Map(elem), Value::Map) => {
            for (_, entry) in at.entries() {
                value(j, &entry, elem.ty());
            }
            return;
        }
        (FieldType::Bool, _) => "true or false",
        (FieldType::Int32 | FieldType::Int64, _) => "a whole number",
        (FieldType::Float, _) => "a number",
        (FieldType::Str, _) => "text",
        (FieldType::Bytes, _) => "text in base64",
        (FieldType::Time, _) => "a moment as text",
        (FieldType::Quantity, _) => "a quantity",
        (FieldType::IntOrString | FieldType::LongOrString, _) => "a whole number or text",
        (FieldType::Object(_) | FieldType::Map(_) | FieldType::Nullable(_), _) => "a map",
        (FieldType::List { .. }, _) => "a list",
    };
    wrong(j, at, &format!("must be {wanted}"));
}

fn wrong(j: &mut Judge, at: &At<'_, '_>, why: &str) {
    let shown = if is_secret(at) { String::new() } else { at.shown() };
    let message = if shown.is_empty() {
        format!("`{}` {why}", at.field())
    } else {
        format!("`{}` is `{shown}`; it {why}", at.field())
    };
    j.refuse(at, "K-type", FieldError::TypeInvalid, message);
}

/// Whether it is a value that a Secret holds, which nobody is to be shown.
fn is_secret(at: &At<'_, '_>) -> bool {
    at.above().is_some_and(|map| {
        matches!(map.field(), "data" | "stringData")
            && map
                .above()
                .is_some_and(|root| root.above().is_none() && root.get("kind").str() == "Secret")
    })
}

/// What server-side apply refuses: two elements of a keyed list with one key, or twice one of a set.
fn doubles(j: &mut Judge, at: &At<'_, '_>, elem: FieldType, list: ListKind) {
    match list {
        ListKind::Atomic => {}
        ListKind::Set => {
            let doubles = at.repeats(|one| one.str());
            for (number, item) in at.items().enumerate() {
                if !item.str().is_empty() && doubles.contains(&number) {
                    double(j, &item, &item.shown());
                }
            }
        }
        ListKind::Map(keys) => {
            let key_of = |item: &At<'_, '_>| {
                let parts = keys.iter().map(|key| {
                    let shown = item.get(key).shown();
                    if shown.is_empty() {
                        types::key_default(elem, key).unwrap_or_default().to_owned()
                    } else {
                        shown
                    }
                });
                parts.collect::<Vec<_>>()
            };
            let mut known = BTreeSet::new();
            for item in at.items() {
                let key = key_of(&item);
                let shown = key.join("/");
                if !known.insert(key) {
                    double(j, &item, &shown);
                }
            }
        }
    }
}

fn double(j: &mut Judge, at: &At<'_, '_>, key: &str) {
    let message = format!("`{key}` is twice in `{}`: server-side apply refuses that", at.field());
    j.broken(at, "K-duplicate", message);
}

/// Whether it is base64 with padding (RFC 4648, section 4).
pub fn is_base64(text: &str) -> bool {
    decoded(text).is_some()
}

/// The bytes that base64 with padding stands for; line breaks are passed over.
pub(crate) fn decoded(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut block, mut count, mut padding) = (0u32, 0, 0);
    for c in text.bytes().filter(|c| !matches!(c, b'\n' | b'\r')) {
        let six = match c {
            b'A'..=b'Z' => c - b'A',
            b'a'..=b'z' => c - b'a' + 26,
            b'0'..=b'9' => c - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'=' => {
                padding += 1;
                0
            }
            _ => return None,
        };
        if padding > 0 && c != b'=' {
            return None;
        }
        block = block << 6 | u32::from(six);
        count += 1;
        if count % 4 == 0 {
            let [_, first, second, third] = block.to_be_bytes();
            bytes.extend([first, second, third]);
            block = 0;
        }
    }
    if count % 4 != 0 || padding > 2 {
        return None;
    }
    bytes.truncate(bytes.len() - padding);
    Some(bytes)
}

/// What servers read as a quantity although it is none, mostly as another amount than it seems to say: a number
/// that is left out or has no digits on one side of its point, blanks before it, more digits than fit.
fn is_quirk(text: &str) -> bool {
    let text = text.trim_start();
    let text = text.strip_prefix(['+', '-']).unwrap_or(text);
    let suffix = text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let number = text.get(..text.len() - suffix.len()).unwrap_or_default();
    let exponent = suffix.strip_prefix(['e', 'E']).map(|exponent| {
        let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        !digits.is_empty() && digits.bytes().all(|c| c.is_ascii_digit())
    });
    let known = ["", "n", "u", "m", "k", "M", "G", "T", "P", "E"].contains(&suffix)
        || ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"].contains(&suffix);
    number.matches('.').count() <= 1 && (known || exponent == Some(true))
}

/// How many days the month has with which a date begins.
fn days_of_month(date: &str) -> u32 {
    let number = |from, to| date.get(from..to).and_then(|text| text.parse::<u32>().ok());
    match (number(0, 4), number(5, 7)) {
        (Some(year), Some(2)) if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        (_, Some(2)) => 28,
        (_, Some(4 | 6 | 9 | 11)) => 30,
        _ => 31,
    }
}

/// Whether it is a moment as RFC 3339 writes one.
pub fn is_time(text: &str) -> bool {
    let digits = |text: Option<&str>, low: u32, high: u32| {
        text.is_some_and(|text| {
            text.bytes().all(|c| c.is_ascii_digit())
                && text.parse::<u32>().is_ok_and(|value| (low..=high).contains(&value))
        })
    };
    let sign =
        |at: usize, wanted: &str| text.get(at..at + 1).is_some_and(|own| wanted.contains(own));
    let clock = digits(text.get(0..4), 0, 9999)
        && sign(4, "-")
        && digits(text.get(5..7), 1, 12)
        && sign(7, "-")
        && digits(text.get(8..10), 1, days_of_month(text))
        && sign(10, "T")
        && digits(text.get(11..13), 0, 23)
        && sign(13, ":")
        && digits(text.get(14..16), 0, 59)
        && sign(16, ":")
        && digits(text.get(17..19), 0, 60);
    let rest = text.get(19..).unwrap_or_default();
    let rest = match rest.strip_prefix('.') {
        Some(fraction) => {
            let zone = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
            if zone.len() == fraction.len() { return false } else { zone }
        }
        None => rest,
    };
    let offset = rest.strip_prefix(['+', '-']).is_some_and(|offset| {
        offset.len() == 5
            && digits(offset.get(0..2), 0, 23)
            && offset.get(2..3) == Some(":")
            && digits(offset.get(3..5), 0, 59)
    });
    clock && (rest == "Z" || offset)
}
