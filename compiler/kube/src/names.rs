//! The rules for names that Kubernetes' validators share: exact, and as of 1.36.
//!
//! Each function says `Ok`, or why not in words that can follow "`x` is no …:". None of them depends on
//! a field; which rule holds where is said by the validator of the field. The rules are those of
//! table 2 in `../shared/spec/kubernetes/rules.md`.

/// Why a name is not accepted.
pub type Why = &'static str;

/// A DNS-1123 label: the name of a namespace, a container, a volume, a Service.
pub fn dns_label(name: &str) -> Result<(), Why> {
    if name.is_empty() {
        return Err(EMPTY);
    }
    if name.len() > 63 {
        return Err("must have at most 63 characters");
    }
    match label(name.as_bytes()) {
        Err(_) if name.contains('.') && dns_subdomain(name).is_ok() => Err("must not contain dots"),
        result => result,
    }
}

/// A DNS-1123 subdomain: the name of most objects. There is no limit for what stands between the dots.
pub fn dns_subdomain(name: &str) -> Result<(), Why> {
    if name.is_empty() {
        return Err(EMPTY);
    }
    if name.len() > 253 {
        return Err("must have at most 253 characters");
    }
    // Each label of each object is asked: bytes are gone through faster than characters are searched for.
    let mut parts = name.as_bytes().split(|byte| *byte == b'.');
    parts.try_for_each(|part| if part.is_empty() { Err(EMPTY_PART) } else { label(part) })
}

/// A DNS-1035 label: a DNS-1123 label that begins with a letter. Service names before 1.36, names in CRDs.
pub fn dns_1035_label(name: &str) -> Result<(), Why> {
    dns_label(name)?;
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        Err("must begin with a letter")
    } else {
        Ok(())
    }
}

/// `*.` and a subdomain, as in the host of an Ingress rule.
pub fn wildcard_subdomain(name: &str) -> Result<(), Why> {
    dns_subdomain(name.strip_prefix("*.").ok_or("must begin with `*.`")?)
}

/// A qualified name: the key of a label, and in lower case that of an annotation. `[subdomain/]name`.
pub fn qualified_name(name: &str) -> Result<(), Why> {
    let slash = name.bytes().position(|byte| byte == b'/');
    let local = match slash.and_then(|at| Some((name.get(..at)?, name.get(at + 1..)?))) {
        Some(("", _)) => return Err("the prefix before `/` must not be empty"),
        Some((_, rest)) if rest.bytes().any(|byte| byte == b'/') => {
            return Err("must have at most one `/`");
        }
        Some((prefix, rest)) => {
            dns_subdomain(prefix).map_err(
                |_| "the prefix before `/` must be a DNS subdomain, such as example.com",
            )?;
            rest
        }
        None => name,
    };
    if local.is_empty() {
        return Err("the name must not be empty");
    }
    if local.len() > 63 {
        return Err("the name must have at most 63 characters");
    }
    edged(local)
}

/// The key of an annotation: a qualified name in any case.
pub fn annotation_key(name: &str) -> Result<(), Why> {
    qualified_name(&name.to_ascii_lowercase())
}

/// The value of a label; it may be empty.
pub fn label_value(value: &str) -> Result<(), Why> {
    if value.is_empty() {
        return Ok(());
    }
    if value.len() > 63 {
        return Err("must have at most 63 characters");
    }
    edged(value)
}

/// An IANA service name: the name of a container port. (That of a Service's port is a DNS label.)
pub fn port_name(name: &str) -> Result<(), Why> {
    if name.is_empty() {
        return Err(EMPTY);
    }
    if name.len() > 15 {
        return Err("must have at most 15 characters");
    }
    if !name.bytes().all(|c| matches!(c, b'a'..=b'z' | b'0'..=b'9' | b'-')) {
        return Err("must consist of lower-case letters, digits and `-`");
    }
    if !name.bytes().any(|c| c.is_ascii_lowercase()) {
        return Err("must contain a letter");
    }
    if name.contains("--") {
        return Err("must not contain `--`");
    }
    if name.starts_with('-') || name.ends_with('-') {
        return Err("must begin and end with a letter or a digit");
    }
    Ok(())
}

/// A port number.
pub fn port_number(port: i64) -> Result<(), Why> {
    if (1..=65535).contains(&port) { Ok(()) } else { Err("must be between 1 and 65535") }
}

/// A key of a ConfigMap or a Secret.
pub fn config_key(key: &str) -> Result<(), Why> {
    if key.is_empty() {
        return Err(EMPTY);
    }
    if key.len() > 253 {
        return Err("must have at most 253 characters");
    }
    if key == "." {
        return Err("must not be `.`");
    }
    if key.starts_with("..") {
        return Err("must not begin with `..`");
    }
    if !key.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_' | b'.')) {
        return Err("must consist of letters, digits, `-`, `_` and `.`");
    }
    Ok(())
}

/// The name of an environment variable, for a server of this minor: from 1.32 on printable ASCII but `=`.
pub fn env_name(name: &str, minor: u8) -> Result<(), Why> {
    if name.is_empty() {
        return Err(EMPTY);
    }
    if minor >= 32 {
        return if name.bytes().all(|c| (b' '..=b'~').contains(&c) && c != b'=') {
            Ok(())
        } else {
            Err("must consist of printable ASCII characters other than `=`")
        };
    }
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        return Err("must not begin with a digit before Kubernetes 1.32");
    }
    if name == "." || name.starts_with("..") {
        return Err("must not be `.` or begin with `..` before Kubernetes 1.32");
    }
    if !name.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_' | b'.')) {
        return Err("must consist of letters, digits, `-`, `_` and `.` before Kubernetes 1.32");
    }
    Ok(())
}

/// A name that is a segment of a URL's path: names in RBAC.
pub fn path_segment(name: &str) -> Result<(), Why> {
    match name {
        "." | ".." => Err("must not be `.` or `..`"),
        _ if name.contains(['/', '%']) => Err("must not contain `/` or `%`"),
        _ => Ok(()),
    }
}

/// A percentage as text: `25%`.
pub fn percent(text: &str) -> Result<(), Why> {
    match text.strip_suffix('%') {
        Some(digits) if !digits.is_empty() && digits.bytes().all(|c| c.is_ascii_digit()) => Ok(()),
        _ => Err("must be a number followed by `%`"),
    }
}

const EMPTY: Why = "must not be empty";
const EMPTY_PART: Why = "must not have an empty part between dots, nor begin or end with a dot";

/// One part of a domain name, of any length.
fn label(part: &[u8]) -> Result<(), Why> {
    if !part.iter().all(|c| matches!(c, b'a'..=b'z' | b'0'..=b'9' | b'-')) {
        return Err(if part.iter().any(u8::is_ascii_uppercase) {
            "must be in lower case"
        } else {
            "must consist of lower-case letters, digits and `-`"
        });
    }
    ends(part)
}

/// Letters, digits, `-`, `_` and `.`, with a letter or a digit at both ends.
fn edged(text: &str) -> Result<(), Why> {
    if !text.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_' | b'.')) {
        return Err("must consist of letters, digits, `-`, `_` and `.`");
    }
    ends(text.as_bytes())
}

/// A letter or a digit at both ends, if there are any.
fn ends(text: &[u8]) -> Result<(), Why> {
    let (first, last) = (text.first(), text.last());
    match first.into_iter().chain(last).all(u8::is_ascii_alphanumeric) {
        true => Ok(()),
        false => Err("must begin and end with a letter or a digit"),
    }
}
