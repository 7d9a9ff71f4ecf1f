//! References to images, as container runtimes read them: `[registry/]path[:tag][@digest]`.
//!
//! A server takes any text; the pod then waits for an image that nobody can pull.

use crate::names::Why;

/// Whether a runtime can read the reference.
pub(super) fn reference(text: &str) -> Result<(), Why> {
    if text.contains(char::is_whitespace) {
        return Err("must not have blanks");
    }
    let (rest, digest) = match text.split_once('@') {
        Some((rest, digest)) => (rest, Some(digest)),
        None => (text, None),
    };
    if digest.is_some_and(|digest| !is_digest(digest)) {
        return Err("has no digest after its `@`, such as sha256 and 64 hexadecimal digits");
    }
    // A colon before the last slash is that of a registry's port.
    let (path, tag) = match rest.rsplit_once(':') {
        Some((path, tag)) if !tag.contains('/') => (path, Some(tag)),
        _ => (rest, None),
    };
    if let Some(tag) = tag {
        let first = tag.bytes().next().is_some_and(|c| c.is_ascii_alphanumeric() || c == b'_');
        let rest =
            tag.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'_' | b'.' | b'-'));
        if !first || !rest || tag.len() > 128 {
            return Err("has no tag after its `:`: letters, digits, `_`, `.` and `-`, at most 128");
        }
    }
    let path = match path.split_once('/') {
        Some((host, path))
            if host.contains(['.', ':'])
                || host == "localhost"
                || host.bytes().any(|c| c.is_ascii_uppercase()) =>
        {
            if !is_host(host) {
                return Err("begins with what is no name of a registry");
            }
            path
        }
        _ => path,
    };
    if path.bytes().any(|c| c.is_ascii_uppercase()) {
        return Err("must be in lower case");
    }
    if path.split('/').all(is_component) {
        Ok(())
    } else {
        Err(
            "must be a path of lower-case letters, digits and single `.`, `_`, `-` between them, such as example.com/team/app:v1",
        )
    }
}

fn is_digest(text: &str) -> bool {
    text.split_once(':').is_some_and(|(algorithm, hex)| {
        algorithm.bytes().next().is_some_and(|c| c.is_ascii_alphabetic())
            && algorithm.bytes().all(|c| c.is_ascii_alphanumeric() || b"+._-".contains(&c))
            && hex.len() >= 32
            && (algorithm != "sha256" || hex.len() == 64)
            && hex.bytes().all(|c| c.is_ascii_hexdigit())
    })
}

fn is_host(host: &str) -> bool {
    let (name, port) = host.rsplit_once(':').unwrap_or((host, "0"));
    let is_part = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-')
            && !part.starts_with('-')
            && !part.ends_with('-')
    };
    let in_brackets = name.starts_with('[') && name.ends_with(']');
    !port.is_empty()
        && port.bytes().all(|c| c.is_ascii_digit())
        && (in_brackets || name.split('.').all(is_part))
}

/// Runs of letters and digits, with `.`, `_`, `__` or hyphens between them.
fn is_component(part: &str) -> bool {
    let is_word = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit();
    let bytes = part.as_bytes();
    let edges =
        bytes.first().copied().is_some_and(is_word) && bytes.last().copied().is_some_and(is_word);
    edges
        && part.bytes().all(|c| is_word(c) || matches!(c, b'.' | b'_' | b'-'))
        && part.split(|c: char| c.is_ascii_alphanumeric()).all(|between| {
            matches!(between, "" | "." | "_" | "__") || between.bytes().all(|c| c == b'-')
        })
}
