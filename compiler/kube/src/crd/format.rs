//! The formats of texts that servers check. Others mean nothing to them.

use crate::names;

/// Whether the text has the format; `None` where servers know no format of this name.
pub fn has_format(text: &str, format: &str) -> Option<bool> {
    // Servers pass over hyphens in the name of a format.
    Some(match format.replace('-', "").as_str() {
        "datetime" => is_time(text),
        "date" => is_date(text),
        "duration" => nanos(text).is_some(),
        "byte" => {
            !text.is_empty() && !text.contains(['\n', '\r']) && crate::server::is_base64(text)
        }
        "uri" => is_uri(text),
        "email" => is_email(text),
        "hostname" => is_host(text),
        "ipv4" => text.parse::<core::net::Ipv4Addr>().is_ok(),
        "ipv6" => text.contains(':') && text.parse::<core::net::Ipv6Addr>().is_ok(),
        "cidr" => is_cidr(text),
        "mac" => is_mac(text),
        "uuid" => is_uuid(text, None),
        "uuid3" => is_uuid(text, Some(b'3')),
        "uuid4" => is_uuid(text, Some(b'4')),
        "uuid5" => is_uuid(text, Some(b'5')),
        "hexcolor" => is_hex(text.strip_prefix('#').unwrap_or(text), &[3, 6]),
        "bsonobjectid" => is_hex(text, &[24]),
        "ssn" => is_ssn(text),
        "k8sshortname" => names::dns_label(text).is_ok(),
        "k8slongname" => names::dns_subdomain(text).is_ok(),
        _ => return None,
    })
}

/// A day, or a moment of a day, of RFC 3339.
pub fn is_time(text: &str) -> bool {
    crate::server::is_time(text)
}

fn is_date(text: &str) -> bool {
    text.len() == 10 && is_time(&format!("{text}T00:00:00Z"))
}

/// A duration as Go writes it, or as `1 day`, in nanoseconds.
pub fn nanos(text: &str) -> Option<i64> {
    go_duration(text).or_else(|| {
        let text = text.trim();
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (number, unit) = (text.get(..digits)?, text.get(digits..)?.trim());
        let size: i64 = match unit.to_ascii_lowercase().trim_end_matches('s') {
            "n" | "nano" | "nanosecond" => 1,
            "u" | "µ" | "micro" | "microsecond" => 1_000,
            "m" | "milli" | "millisecond" => 1_000_000,
            "" | "sec" | "second" => 1_000_000_000,
            "min" | "minute" => 60_000_000_000,
            "h" | "hr" | "hour" => 3_600_000_000_000,
            "d" | "day" => 86_400_000_000_000,
            "w" | "week" => 604_800_000_000_000,
            _ => return None,
        };
        (!unit.is_empty()).then_some(())?;
        number.parse::<i64>().ok()?.checked_mul(size)
    })
}

/// `1h30m`, in nanoseconds.
pub fn go_duration(text: &str) -> Option<i64> {
    let (negative, mut rest) = match text.strip_prefix(['-', '+']) {
        Some(rest) => (text.starts_with('-'), rest),
        None => (false, text),
    };
    if rest == "0" {
        return Some(0);
    }
    let mut total: i128 = 0;
    let mut parts = 0;
    while !rest.is_empty() {
        let number = rest.bytes().take_while(|c| c.is_ascii_digit() || *c == b'.').count();
        let (digits, after) = (rest.get(..number)?, rest.get(number..)?);
        let unit =
            after.chars().take_while(|c| !c.is_ascii_digit() && *c != '.').collect::<String>();
        let size: i128 = match unit.as_str() {
            "ns" => 1,
            "us" | "µs" | "μs" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            _ => return None,
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        if whole.is_empty() && fraction.is_empty() || fraction.contains('.') || whole.len() > 19 {
            return None;
        }
        total += whole.parse::<i128>().unwrap_or(0) * size;
        let fraction = fraction.get(..fraction.len().min(18))?;
        if !fraction.is_empty() {
            total += fraction.parse::<i128>().ok()? * size / 10i128.pow(fraction.len() as u32);
        }
        rest = after.get(unit.len()..)?;
        parts += 1;
    }
    let total = if negative { -total } else { total };
    (parts > 0).then(|| i64::try_from(total).ok()).flatten()
}

/// As Go reads the URI of a request: absolute, or a path.
fn is_uri(text: &str) -> bool {
    super::url::Url::parsed(text).is_some()
}

fn is_email(text: &str) -> bool {
    let address = match text.rfind('<') {
        Some(at) if text.ends_with('>') => text.get(at + 1..text.len() - 1).unwrap_or_default(),
        _ => text,
    };
    address.split_once('@').is_some_and(|(local, domain)| {
        let plain = |c: char| !c.is_whitespace() && !"()<>[]:;@\\,\"".contains(c);
        !local.is_empty()
            && local.split('.').all(|part| !part.is_empty() && part.chars().all(plain))
            && !domain.is_empty()
            && domain.split('.').all(|part| !part.is_empty() && part.chars().all(plain))
    })
}

/// One label, which has a hyphen behind its first character at most, or several with a last one of letters.
fn is_host(text: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || "$+<=>^`|~".contains(c);
    let fits = |label: &str, most: usize| (1..=most).contains(&label.chars().count());
    let is_sound = match text.rsplit_once('.') {
        None => {
            let mut chars = text.chars();
            let first = chars.next().is_some_and(plain);
            let rest = chars.as_str();
            first && rest.strip_prefix('-').unwrap_or(rest).chars().all(plain)
        }
        Some((labels, last)) => {
            let inner = |label: &str| {
                fits(label, 63)
                    && label.chars().all(|c| plain(c) || c == '-')
                    && !label.starts_with('-')
                    && !label.ends_with('-')
            };
            labels.split('.').all(inner)
                && fits(last, 63)
                && last.chars().count() > 1
                && last.chars().all(char::is_alphabetic)
        }
    };
    is_sound && text.len() <= 255 && text.split('.').all(|label| label.len() <= 63)
}

fn is_cidr(text: &str) -> bool {
    let Some((address, bits)) = text.split_once('/') else { return false };
    let most = match address.parse::<core::net::IpAddr>() {
        Ok(core::net::IpAddr::V4(_)) => 32,
        Ok(core::net::IpAddr::V6(_)) => 128,
        Err(_) => return false,
    };
    bits.bytes().all(|c| c.is_ascii_digit()) && bits.parse::<u32>().is_ok_and(|bits| bits <= most)
}

fn is_mac(text: &str) -> bool {
    let groups = |sign: char, each: usize| {
        let parts: Vec<&str> = text.split(sign).collect();
        let sizes: &[usize] = if each == 2 { &[6, 8, 20] } else { &[3, 4, 10] };
        sizes.contains(&parts.len()) && parts.iter().all(|part| is_hex(part, &[each]))
    };
    groups(':', 2) || groups('-', 2) || groups('.', 4)
}

/// Each hyphen may be left out. Those of versions 4 and 5 say so, and have a variant.
fn is_uuid(text: &str, version: Option<u8>) -> bool {
    let mut rest = text;
    for (at, size) in [8, 4, 4, 4, 12].into_iter().enumerate() {
        if at > 0 {
            rest = rest.strip_prefix('-').unwrap_or(rest);
        }
        match rest.split_at_checked(size) {
            Some((group, after)) if is_hex(group, &[size]) => rest = after,
            _ => return false,
        }
    }
    let plain: Vec<u8> = text.bytes().filter(|c| *c != b'-').collect();
    let variant = plain.get(16).is_some_and(|c| b"89abAB".contains(c));
    rest.is_empty()
        && version.is_none_or(|version| plain.get(12) == Some(&version))
        && (matches!(version, None | Some(b'3')) || variant)
}

fn is_ssn(text: &str) -> bool {
    let parts: Vec<&str> = text.split(['-', ' ']).collect();
    parts.iter().map(|part| part.len()).eq([3, 2, 4])
        && parts.iter().all(|part| part.bytes().all(|c| c.is_ascii_digit()))
}

fn is_hex(text: &str, lengths: &[usize]) -> bool {
    lengths.contains(&text.len()) && text.bytes().all(|c| c.is_ascii_hexdigit())
}
