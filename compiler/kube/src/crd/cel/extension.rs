//! Functions of lists and sets, quantities, versions and named formats.

use std::cmp::Ordering;
use std::rc::Rc;

use super::eval::{Outcome, Run, Stop, weight};
use super::value::{Semver, Value};
use crate::names;
use crate::quantity::Quantity;

/// The functions of this file. The arguments decide where a name means several.
pub const NAMES: [&str; 40] = [
    "isSorted",
    "sum",
    "min",
    "max",
    "indexOf",
    "lastIndexOf",
    "distinct",
    "flatten",
    "slice",
    "sort",
    "reverse",
    "first",
    "last",
    "lists.range",
    "sets.contains",
    "sets.equivalent",
    "sets.intersects",
    "quantity",
    "isQuantity",
    "isInteger",
    "asInteger",
    "asApproximateFloat",
    "add",
    "sub",
    "sign",
    "isGreaterThan",
    "isLessThan",
    "compareTo",
    "semver",
    "isSemver",
    "major",
    "minor",
    "patch",
    "format.named",
    "validate",
    "format.dns1123Label",
    "format.dns1123Subdomain",
    "format.uri",
    "format.byte",
    "format.date",
];

/// Formats by their names, and what is wrong with a text.
type Check = fn(&str) -> Option<String>;

const FORMATS: [(&str, Check); 16] = [
    ("dns1123Label", |text| names::dns_label(text).err().map(|why| why.to_string())),
    ("dns1123Subdomain", |text| names::dns_subdomain(text).err().map(|why| why.to_string())),
    ("dns1035Label", |text| names::dns_1035_label(text).err().map(|why| why.to_string())),
    ("qualifiedName", |text| names::qualified_name(text).err().map(|why| why.to_string())),
    ("dns1123LabelPrefix", |text| prefix(text, names::dns_label)),
    ("dns1123SubdomainPrefix", |text| prefix(text, names::dns_subdomain)),
    ("dns1035LabelPrefix", |text| prefix(text, names::dns_1035_label)),
    ("labelValue", |text| names::label_value(text).err().map(|why| why.to_string())),
    ("uri", |text| of_format(text, "uri")),
    ("uuid", |text| of_format(text, "uuid")),
    ("byte", |text| of_format(text, "byte")),
    ("date", |text| of_format(text, "date")),
    ("datetime", |text| of_format(text, "datetime")),
    ("ipv4", |text| of_format(text, "ipv4")),
    ("ipv6", |text| of_format(text, "ipv6")),
    ("cidr", |text| of_format(text, "cidr")),
];

fn of_format(text: &str, format: &str) -> Option<String> {
    let fits = crate::crd::format::has_format(text, format) != Some(false);
    (!fits).then(|| format!("must be a {format}"))
}

fn prefix(text: &str, rule: fn(&str) -> Result<(), names::Why>) -> Option<String> {
    let masked = text.strip_suffix('-').map(|start| format!("{start}a"));
    rule(masked.as_deref().unwrap_or(text)).err().map(|why| why.to_string())
}

/// What a function gives; `None` where it is not one of these, or not for such arguments.
pub fn called<'v>(
    run: &mut Run<'_>,
    name: &str,
    member: bool,
    values: &[Value<'v>],
) -> Option<Outcome<'v>> {
    if let Some(rest) = name.strip_prefix("sets.") {
        return of_sets(run, rest, values);
    }
    if let Some(rest) = name.strip_prefix("format.") {
        let named = match values {
            [Value::Str(named)] if rest == "named" => named.to_string(),
            _ => rest.to_owned(),
        };
        let found = FORMATS.iter().find(|(known, _)| **known == named);
        return Some(match (found, rest) {
            (Some((known, _)), "named") => Ok(Value::some(Value::Format(known))),
            (None, "named") => Ok(Value::Optional(None)),
            (Some((known, _)), _) => Ok(Value::Format(known)),
            (None, _) => Err(Stop::Unknown(format!("the function `{name}` is not known here"))),
        });
    }
    match (name, values) {
        ("validate", [Value::Format(format), Value::Str(text)]) => {
            let (_, check) = FORMATS.iter().find(|(known, _)| known == format)?;
            let wrong = check(text).map(|why| Rc::new(Value::list(vec![Value::str(&why)])));
            return Some(Ok(Value::Optional(wrong)));
        }
        ("semver" | "isSemver", [Value::Str(text), rest @ ..]) if !member => {
            let found = Semver::parsed(text, matches!(rest, [Value::Bool(true)]));
            return Some(match (name, found) {
                ("isSemver", found) => Ok(Value::Bool(found.is_some())),
                (_, Some(found)) => Ok(Value::Semver(Rc::new(found))),
                (_, None) => Err(Stop::Error(format!("`{text}` is no semantic version"))),
            });
        }
        ("major" | "minor" | "patch", [Value::Semver(version)]) => {
            let [major, minor, patch] = version.numbers;
            let number = if name == "major" {
                major
            } else if name == "minor" {
                minor
            } else {
                patch
            };
            return Some(Ok(Value::Int(number as i64)));
        }
        ("isGreaterThan" | "isLessThan" | "compareTo", [a, b]) => {
            let order = match (a, b) {
                (Value::Quantity(_), Value::Quantity(_)) | (Value::Semver(_), Value::Semver(_)) => {
                    a.order(b)?
                }
                _ => return None,
            };
            return Some(Ok(match name {
                "isGreaterThan" => Value::Bool(order.is_gt()),
                "isLessThan" => Value::Bool(order.is_lt()),
                _ => Value::Int(order as i64),
            }));
        }
        _ => {}
    }
    of_quantities(name, member, values).or_else(|| of_lists(run, name, values))
}

fn amount(text: &str) -> Option<i128> {
    let (sign, text) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    Quantity::parse(text).ok().map(|found| sign * found.nanos())
}

fn of_quantities<'v>(name: &str, member: bool, values: &[Value<'v>]) -> Option<Outcome<'v>> {
    const ONE: i128 = 1_000_000_000;
    let overflow = || Stop::Error("integer overflow".to_owned());
    Some(match (name, values) {
        ("quantity", [Value::Str(text)]) if !member => match amount(text) {
            Some(nanos) => Ok(Value::Quantity(nanos)),
            None => Err(Stop::Error(format!("`{text}` is no quantity"))),
        },
        ("isQuantity", [Value::Str(text)]) => Ok(Value::Bool(amount(text).is_some())),
        ("sign", [Value::Quantity(nanos)]) => Ok(Value::Int(nanos.signum() as i64)),
        ("isInteger", [Value::Quantity(nanos)]) => {
            Ok(Value::Bool(nanos % ONE == 0 && i64::try_from(nanos / ONE).is_ok()))
        }
        ("asInteger", [Value::Quantity(nanos)]) => match i64::try_from(nanos / ONE) {
            Ok(whole) if nanos % ONE == 0 => Ok(Value::Int(whole)),
            _ => Err(Stop::Error("cannot convert value to integer".to_owned())),
        },
        ("asApproximateFloat", [Value::Quantity(nanos)]) => Ok(Value::Double(*nanos as f64 / 1e9)),
        ("add" | "sub", [Value::Quantity(a), b]) => {
            let b = match b {
                Value::Quantity(b) => *b,
                Value::Int(b) => i128::from(*b) * ONE,
                _ => return None,
            };
            let made = if name == "add" { a.checked_add(b) } else { a.checked_sub(b) };
            made.map(Value::Quantity).ok_or_else(overflow)
        }
        _ => return None,
    })
}

fn of_lists<'v>(run: &mut Run<'_>, name: &str, values: &[Value<'v>]) -> Option<Outcome<'v>> {
    let (list, rest) = values.split_first()?;
    let known = [
        "isSorted",
        "sum",
        "min",
        "max",
        "indexOf",
        "lastIndexOf",
        "distinct",
        "flatten",
        "slice",
        "sort",
        "reverse",
        "first",
        "last",
    ];
    known.contains(&name).then_some(())?;
    let items = list.items()?;
    if let Err(stop) = run.pay(weight(list)) {
        return Some(Err(stop));
    }
    // These look at each element, as the others do not.
    let reads = matches!(name, "isSorted" | "sum" | "min" | "max" | "indexOf" | "lastIndexOf");
    if reads && items.iter().any(|item| matches!(item, Value::Unreadable)) {
        return Some(Err(super::eval::unreadable()));
    }
    let empty = || Err(Stop::Error(format!("{name} called on empty list")));
    let ordered = |a: &Value<'v>, b: &Value<'v>| a.order(b).unwrap_or(Ordering::Equal);
    Some(match (name, rest) {
        ("isSorted", []) => Ok(Value::Bool(items.windows(2).all(|pair| match pair {
            [a, b] => ordered(a, b).is_le(),
            _ => true,
        }))),
        ("sum", []) => {
            let mut items = items.into_iter();
            let Some(first) = items.next() else { return Some(Ok(Value::Int(0))) };
            items.try_fold(first, super::operators::sum)
        }
        ("min", []) => items
            .into_iter()
            .reduce(|a, b| if ordered(&b, &a).is_lt() { b } else { a })
            .map_or_else(empty, Ok),
        ("max", []) => items
            .into_iter()
            .reduce(|a, b| if ordered(&b, &a).is_gt() { b } else { a })
            .map_or_else(empty, Ok),
        ("indexOf", [wanted]) => {
            let at = items.iter().position(|item| item.equals(wanted));
            Ok(Value::Int(at.map_or(-1, |at| at as i64)))
        }
        ("lastIndexOf", [wanted]) => {
            let at = items.iter().rposition(|item| item.equals(wanted));
            Ok(Value::Int(at.map_or(-1, |at| at as i64)))
        }
        ("distinct", []) => {
            if let Err(stop) = run.pay(items.len().saturating_mul(items.len())) {
                return Some(Err(stop));
            }
            let mut kept: Vec<Value<'v>> = Vec::new();
            for item in items {
                if !kept.iter().any(|known| known.equals(&item)) {
                    kept.push(item);
                }
            }
            Ok(Value::list(kept))
        }
        ("flatten", []) => Ok(Value::list(flat(items, 1))),
        ("flatten", [Value::Int(depth)]) => Ok(Value::list(flat(items, (*depth).clamp(0, 100)))),
        ("slice", [Value::Int(from), Value::Int(to)]) => {
            let range = usize::try_from(*from).ok().zip(usize::try_from(*to).ok());
            match range.and_then(|(from, to)| items.get(from..to)) {
                Some(part) => Ok(Value::list(part.to_vec())),
                None => Err(Stop::Error(format!("cannot slice({from}, {to})"))),
            }
        }
        ("sort", []) => {
            let mut items = items;
            items.sort_by(ordered);
            Ok(Value::list(items))
        }
        ("first", []) => Ok(Value::Optional(items.into_iter().next().map(Rc::new))),
        ("last", []) => Ok(Value::Optional(items.into_iter().next_back().map(Rc::new))),
        ("reverse", []) => Ok(Value::list(items.into_iter().rev().collect())),
        _ => return None,
    })
}

fn flat<'v>(items: Vec<Value<'v>>, depth: i64) -> Vec<Value<'v>> {
    let mut all = Vec::new();
    for item in items {
        match item.items().filter(|_| depth > 0) {
            Some(inner) => all.extend(flat(inner, depth - 1)),
            None => all.push(item),
        }
    }
    all
}

fn of_sets<'v>(run: &mut Run<'_>, name: &str, values: &[Value<'v>]) -> Option<Outcome<'v>> {
    let [a, b] = values else { return None };
    let (a_items, b_items) = (a.items()?, b.items()?);
    if let Err(stop) = run.pay(weight(a).saturating_mul(weight(b))) {
        return Some(Err(stop));
    }
    let all_in = |part: &[Value<'v>], whole: &[Value<'v>]| {
        part.iter().all(|item| whole.iter().any(|other| other.equals(item)))
    };
    Some(Ok(Value::Bool(match name {
        "contains" => all_in(&b_items, &a_items),
        "equivalent" => all_in(&a_items, &b_items) && all_in(&b_items, &a_items),
        "intersects" => a_items.iter().any(|item| b_items.iter().any(|other| other.equals(item))),
        _ => return None,
    })))
}
