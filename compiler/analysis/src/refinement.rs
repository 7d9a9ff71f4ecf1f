//! Whether a constant satisfies the conditions that narrow a type, and how to say that it does not. What names may be
//! made of depends on the version of Kubernetes, `minor`.

use kube::server::{is_base64, is_time};

use crate::eval::builtins::{ip, semver};
use crate::pattern::{searching, whole, why_none};
use crate::show::refinement_name;
use crate::ty::{Bound, Literal, Refinement};

/// Does the constant satisfy all refinements? `None` where that is known only when it is computed.
pub fn literal_fits(literal: &Literal, refinements: &[Refinement], minor: u8) -> Option<bool> {
    let mut all = Some(true);
    for refinement in refinements {
        match holds(literal, refinement, minor) {
            Some(true) => {}
            Some(false) => return Some(false),
            None => all = None,
        }
    }
    all
}

/// The first refinement that the constant breaks.
pub fn broken<'r>(
    literal: &Literal,
    refinements: &'r [Refinement],
    minor: u8,
) -> Option<&'r Refinement> {
    refinements.iter().find(|refinement| holds(literal, refinement, minor) == Some(false))
}

/// The code of the error for a broken refinement, and what is wrong, as the rest of a sentence that begins
/// with the value.
pub fn complaint(literal: &Literal, refinement: &Refinement, minor: u8) -> (u16, String) {
    let text = match literal {
        Literal::Str(text) => text,
        Literal::Int(_) | Literal::Bool(_) => "",
    };
    match refinement {
        Refinement::Between(..) => (301, format!("is not in {}", refinement_name(refinement))),
        Refinement::Len(..) => {
            (303, format!("has {} characters, but {}", text.chars().count(), allowed(refinement)))
        }
        Refinement::Bytes(..) => {
            (303, format!("has {} bytes, but {}", text.len(), allowed(refinement)))
        }
        Refinement::Regex(_) if text.is_empty() => (302, "is empty".to_owned()),
        Refinement::Regex(_) => (302, format!("does not match {}", refinement_name(refinement))),
        Refinement::Format(name) => match format_fault(name, text, minor) {
            // What a name may be made of is a matter of matching, as a regular expression is.
            Some(Err(why)) if rule_of(name).is_none() => (302, why.to_owned()),
            Some(Err(why)) if &**name == "regex" => (
                305,
                why_none(text).map_or_else(|| why.to_owned(), |cause| format!("{why}: {cause}")),
            ),
            Some(Err(why)) => (305, why.to_owned()),
            _ => (305, format!("is not a valid {name}")),
        },
        Refinement::Unique => (306, "is not unique".to_owned()),
        Refinement::Has(path) => (258, format!("has no key `{}`", path.join("."))),
    }
}

/// The same of what must not be shown: it says nothing of the value but that it breaks the condition.
pub fn secret_complaint(refinement: &Refinement) -> (u16, String) {
    match refinement {
        Refinement::Len(..) => {
            (303, format!("has not the length that is asked for: {}", allowed(refinement)))
        }
        Refinement::Bytes(..) => {
            (303, format!("has not the length in bytes that is asked for: {}", allowed(refinement)))
        }
        Refinement::Between(..) => (301, format!("is not in {}", refinement_name(refinement))),
        Refinement::Regex(_) => (302, format!("does not match {}", refinement_name(refinement))),
        Refinement::Format(name) => match rule_of(name) {
            Some(rule) => (305, rule.to_owned()),
            None => (302, format!("is not a valid {name}")),
        },
        Refinement::Unique => (306, "is not unique".to_owned()),
        Refinement::Has(path) => (258, format!("has no key `{}`", path.join("."))),
    }
}

/// How many are allowed, as the end of a sentence.
pub fn allowed(refinement: &Refinement) -> String {
    match refinement {
        Refinement::Len(start, end) | Refinement::Bytes(start, end) => match (start, end) {
            (Some(start), Some(end)) if start == end => format!("{start} are required"),
            (Some(start), Some(end)) => format!("{start} to {end} are allowed"),
            (Some(start), None) => format!("at least {start} are required"),
            (None, Some(end)) => format!("at most {end} are allowed"),
            (None, None) => "any number is allowed".to_owned(),
        },
        other => format!("{} is asked for", refinement_name(other)),
    }
}

/// Steps that matching a constant may take where it is written.
const PROVED: u64 = 4_096;

fn holds(literal: &Literal, refinement: &Refinement, minor: u8) -> Option<bool> {
    match (literal, refinement) {
        (Literal::Int(value), Refinement::Between(start, end)) => {
            let start = match start {
                Some(Bound::Int(start)) => *value >= *start,
                None => true,
                Some(Bound::Text(_)) => return None,
            };
            let end = match end {
                Some(Bound::Int(end)) => *value <= *end,
                None => true,
                Some(Bound::Text(_)) => return None,
            };
            Some(start && end)
        }
        (Literal::Str(text), Refinement::Len(start, end)) => {
            Some(within(text.chars().count(), *start, *end))
        }
        (Literal::Str(text), Refinement::Bytes(start, end)) => {
            Some(within(text.len(), *start, *end))
        }
        (Literal::Str(text), Refinement::Regex(pattern)) => {
            let pattern = whole(pattern)?;
            // Evaluation counts what it takes.
            (pattern.effort(text.len()) <= PROVED).then(|| pattern.regex.is_match(text))
        }
        (Literal::Str(text), Refinement::Format(name)) => format_holds(name, text, minor),
        _ => None,
    }
}

fn within(count: usize, start: Option<u64>, end: Option<u64>) -> bool {
    let count = count as u64;
    start.is_none_or(|start| count >= start) && end.is_none_or(|end| count <= end)
}

/// Does the text have a well-known format, in this minor version of Kubernetes? `None` for a format that does not exist.
pub fn format_holds(name: &str, text: &str, minor: u8) -> Option<bool> {
    format_fault(name, text, minor).map(|fault| fault.is_ok())
}

/// What keeps the text from having a well-known format, as the rest of a sentence that begins with "it".
fn format_fault(name: &str, text: &str, minor: u8) -> Option<Result<(), &'static str>> {
    Some(match name {
        "dnsLabel" => kube::names::dns_label(text),
        "dnsSubdomain" => kube::names::dns_subdomain(text),
        "labelKey" => kube::names::qualified_name(text),
        "labelValue" => kube::names::label_value(text),
        "portName" => kube::names::port_name(text),
        "envName" => kube::names::env_name(text, minor),
        "configKey" => kube::names::config_key(text),
        _ => {
            let rule = rule_of(name)?;
            has_format(name, text).then_some(()).ok_or(rule)
        }
    })
}

/// What a text of a format that is more than a name must be, as the rest of a sentence that begins with "it".
fn rule_of(name: &str) -> Option<&'static str> {
    Some(match name {
        "base64" => "must be base64 without line breaks, as `base64(…)` of std.encoding makes it",
        "cidr" => "must be a network, such as `10.0.0.0/8` or `fd00::/8`",
        "ip" => "must be an IP address, such as `10.0.0.1` or `fd00::1`",
        "path" => "must begin with a slash",
        "regex" => "is no regular expression",
        "semver" => "must be a version of three numbers, such as `1.27.3`",
        "semverRange" => "must be a range of versions, such as `>=1.2, <2` or `^1.2`",
        "time" => "must be a moment, such as `2006-01-02T15:04:05Z`",
        "url" => "must be an absolute URL, such as `https://example.com/x`",
        _ => return None,
    })
}

/// Whether a text has a format of [`rule_of`].
fn has_format(name: &str, text: &str) -> bool {
    match name {
        "base64" => is_base64(text) && !text.contains(['\n', '\r']),
        "cidr" => ip::Network::parse(text).is_some(),
        "ip" => text.parse::<core::net::IpAddr>().is_ok(),
        "path" => text.starts_with('/') && !text.contains('\0'),
        "regex" => searching(text).is_some(),
        "semver" => semver::version(text).is_some(),
        "semverRange" => semver::range(text).is_some(),
        "time" => is_time(text),
        "url" => is_url(text),
        _ => false,
    }
}

/// The formats that `format.…` names.
pub const FORMATS: &[&str] = &[
    "base64",
    "cidr",
    "configKey",
    "dnsLabel",
    "dnsSubdomain",
    "envName",
    "ip",
    "labelKey",
    "labelValue",
    "path",
    "portName",
    "regex",
    "semver",
    "semverRange",
    "time",
    "url",
];

/// An absolute URL with a host: scheme, `://`, and something that is no blank (RFC 3986, sections 3 and 4.3).
fn is_url(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else { return false };
    let scheme_ok = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    scheme_ok && !host.is_empty() && !text.chars().any(|c| c.is_whitespace() || c.is_control())
}
