//! The functions that rules may call, and what they take and give, as far as that is certain.

use std::rc::Rc;

use super::check::{Checked, Ty};
use super::{convert, extension, network, strings};

/// Functions of servers that are not evaluated here; their rules are told as not checked.
const BEYOND: [&str; 13] = [
    "jsonpatch.escapeKey",
    "quote",
    "strings.quote",
    "path",
    "group",
    "serviceAccount",
    "resource",
    "subresource",
    "namespace",
    "check",
    "allowed",
    "reason",
    "errored",
];

/// Whether servers have a function.
pub(super) fn is_known(name: &str) -> bool {
    let known = [&convert::NAMES[..], &strings::NAMES, &extension::NAMES, &network::NAMES];
    name.starts_with("format.")
        || name == "optional.none"
        || BEYOND.contains(&name)
        || known.iter().any(|names| names.contains(&name))
}

/// What a function gives, by what it is called on or its first argument.
pub(super) fn result<'s>(name: &str, member: bool, first: &Ty<'s>) -> Checked<'s> {
    let refused = || Err(format!("`{name}` does not take {}", first.name()));
    let of_text = |gives: Ty<'s>, lists: bool| match first {
        Ty::Str | Ty::Dyn => Ok(gives),
        Ty::List(_) if lists => Ok(Ty::Dyn),
        _ => refused(),
    };
    if !member {
        return match name {
            "size" => sized(first),
            "optional.of" => Ok(Ty::Optional(Rc::new(first.clone()))),
            "int" => Ok(Ty::Int),
            "string" => Ok(Ty::Str),
            "isURL" | "isIP" | "isCIDR" | "isQuantity" => of_text(Ty::Bool, false),
            _ => Ok(Ty::Dyn),
        };
    }
    match name {
        "size" => sized(first),
        "startsWith" | "endsWith" | "matches" => of_text(Ty::Bool, false),
        "contains" => of_text(Ty::Bool, true),
        "find" | "charAt" | "lowerAscii" | "upperAscii" | "trim" | "replace" | "substring" => {
            of_text(Ty::Str, false)
        }
        "findAll" | "split" => of_text(Ty::List(Rc::new(Ty::Str)), false),
        "indexOf" | "lastIndexOf" => of_text(Ty::Int, true),
        "join" | "isSorted" | "sum" | "min" | "max" | "distinct" | "sort" | "flatten" => {
            match first {
                Ty::List(_) | Ty::Dyn => Ok(match name {
                    "join" => Ty::Str,
                    "isSorted" => Ty::Bool,
                    _ => Ty::Dyn,
                }),
                _ => refused(),
            }
        }
        _ => Ok(Ty::Dyn),
    }
}

fn sized<'s>(of: &Ty<'s>) -> Checked<'s> {
    match of {
        Ty::Bool | Ty::Int | Ty::Uint | Ty::Double | Ty::Time | Ty::Duration => {
            Err(format!("{} has no size", of.name()))
        }
        _ => Ok(Ty::Int),
    }
}
