//! Rules for text beyond names: paths, header names, keys of resources.

use crate::names::{self, Why};

/// A path below some folder: not absolute, and never upwards.
pub(super) fn relative_path(path: &str) -> Result<(), Why> {
    if path.starts_with('/') {
        return Err("must be a relative path");
    }
    without_steps_back(path)
}

/// A path that never leads upwards.
pub(super) fn without_steps_back(path: &str) -> Result<(), Why> {
    if path.split('/').any(|part| part == "..") {
        return Err("must not contain `..`");
    }
    Ok(())
}

/// As [`relative_path`], for a file that kubelets write: names that begin with `..` are theirs.
pub(super) fn file_path(path: &str) -> Result<(), Why> {
    relative_path(path)?;
    if path.starts_with("..") {
        return Err("must not begin with `..`");
    }
    Ok(())
}

/// The name of an HTTP header.
pub(super) fn header_name(name: &str) -> Result<(), Why> {
    if !name.is_empty() && name.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-') {
        Ok(())
    } else {
        Err("must consist of letters, digits and `-`")
    }
}

/// A domain, `/`, and a path, such as `example.com/controller`.
pub(super) fn domain_prefixed_path(text: &str) -> Result<(), Why> {
    let Some((domain, path)) = text.split_once('/') else {
        return Err("must be a domain and a path, such as example.com/controller");
    };
    if path.is_empty() {
        return Err("must have a path after the `/`");
    }
    names::dns_subdomain(domain).map_err(|_| "must begin with a domain, such as example.com")?;
    if path.bytes().all(|c| c.is_ascii_alphanumeric() || b"/-._~%!$&'()*+,;=:".contains(&c)) {
        Ok(())
    } else {
        Err("must have only characters of URLs in its path")
    }
}

/// A search domain: a subdomain that may have underscores, from 1.33 on.
pub(super) fn search_domain(name: &str, minor: u8) -> Result<(), Why> {
    if minor < 33 {
        return names::dns_subdomain(name.strip_suffix('.').unwrap_or(name));
    }
    if name == "." {
        return Ok(());
    }
    let name = name.strip_suffix('.').unwrap_or(name);
    if name.is_empty() || name.len() > 253 {
        return Err("must have 1 to 253 characters");
    }
    let label = |part: &str| {
        let inner = part.strip_prefix('_').unwrap_or(part);
        !inner.is_empty()
            && inner.bytes().all(|c| matches!(c, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_'))
            && !inner.starts_with(['-', '_'])
            && !inner.ends_with(['-', '_'])
    };
    if name.split('.').all(label) { Ok(()) } else { Err("must be a domain in lower case") }
}

/// Text without blanks at its ends.
pub(super) fn unpadded(text: &str) -> bool {
    text.trim() == text
}

/// A count or a percentage, where it is not: `25%`, `3`.
pub(super) fn percent_value(text: &str) -> Option<i64> {
    names::percent(text).ok()?;
    text.strip_suffix('%')?.parse().ok()
}

/// The resources without a domain that Kubernetes has for containers.
pub(super) fn is_container_resource(name: &str) -> bool {
    matches!(name, "cpu" | "memory" | "ephemeral-storage") || is_huge_pages(name)
}

/// Whether a resource is a size of huge pages.
pub(super) fn is_huge_pages(name: &str) -> bool {
    name.starts_with("hugepages-")
}

/// Resources without a domain that Kubernetes has for anything: containers, quotas, volumes.
pub(super) fn is_standard_resource(name: &str) -> bool {
    is_container_resource(name)
        || name.starts_with("requests.hugepages-")
        || matches!(
            name,
            "storage"
                | "requests.cpu"
                | "requests.memory"
                | "requests.ephemeral-storage"
                | "requests.storage"
                | "limits.cpu"
                | "limits.memory"
                | "limits.ephemeral-storage"
                | "pods"
                | "resourcequotas"
                | "services"
                | "replicationcontrollers"
                | "secrets"
                | "configmaps"
                | "persistentvolumeclaims"
                | "services.nodeports"
                | "services.loadbalancers"
        )
}

/// Whether a resource with a domain is Kubernetes' own.
pub(super) fn is_native_resource(name: &str) -> bool {
    !name.contains('/') || name.contains("kubernetes.io/")
}

/// Whether a resource is one of somebody's devices, such as `example.com/gpu`: only whole amounts, and
/// requested exactly as limited.
pub(super) fn is_extended_resource(name: &str) -> bool {
    !is_native_resource(name)
        && !name.starts_with("requests.")
        && names::qualified_name(name).is_ok()
        && name.split_once('/').is_some_and(|(domain, _)| domain.len() + 9 <= 253)
}

/// Whether text is one value in JSON.
pub(super) fn is_json(text: &str) -> bool {
    json_value(text.trim_start(), 0).is_some_and(|rest| rest.trim().is_empty())
}

/// What follows a value; nested too deep is no JSON to servers either.
fn json_value(text: &str, depth: usize) -> Option<&str> {
    const DEPTH: usize = 128;
    if depth > DEPTH {
        return None;
    }
    let text = text.trim_start();
    for word in ["null", "true", "false"] {
        if let Some(rest) = text.strip_prefix(word) {
            return Some(rest);
        }
    }
    if text.starts_with('"') {
        return json_string(text);
    }
    for (open, close) in [('{', '}'), ('[', ']')] {
        let Some(mut rest) = text.strip_prefix(open).map(str::trim_start) else { continue };
        if let Some(rest) = rest.strip_prefix(close) {
            return Some(rest);
        }
        loop {
            if open == '{' {
                rest = json_string(rest.trim_start())?.trim_start().strip_prefix(':')?;
            }
            rest = json_value(rest, depth + 1)?.trim_start();
            match rest.strip_prefix(',') {
                Some(next) => rest = next,
                None => return rest.strip_prefix(close),
            }
        }
    }
    let end =
        text.find(|c: char| !c.is_ascii_digit() && !"+-.eE".contains(c)).unwrap_or(text.len());
    let (number, rest) = text.split_at(end);
    number.parse::<f64>().ok().map(|_| rest)
}

fn json_string(text: &str) -> Option<&str> {
    let mut escaped = false;
    let inner = text.strip_prefix('"')?;
    for (at, c) in inner.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return inner.get(at + 1..),
            c if c < ' ' => return None,
            _ => {}
        }
    }
    None
}
