//! The list of issues that GitLab shows beside a merge request ("Code Quality report format" in its documentation).

use std::collections::BTreeMap;

use analysis::diagnostic::Diagnostic;
use analysis::problem::Severity;
use serde::Serialize;

use super::json::{Fix, fix};
use super::{pretty, relative};

#[derive(Serialize)]
struct Issue<'d> {
    description: String,
    check_name: &'d str,
    /// The same for the same mistake in two versions of a file, wherever it stands.
    fingerprint: String,
    severity: &'static str,
    location: Location<'d>,
    /// As in our own JSON, for tools that apply it; GitLab passes over it.
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<Fix<'d>>,
}

#[derive(Serialize)]
struct Location<'d> {
    path: &'d str,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
    end: usize,
}

pub fn report(found: &[Diagnostic]) -> Vec<u8> {
    let mut seen: BTreeMap<(&str, &str, &str), usize> = BTreeMap::new();
    let issues: Vec<Issue<'_>> = found
        .iter()
        .map(|diagnostic| {
            let path = diagnostic.span.as_ref().map_or(".", |span| relative(&span.file));
            let (begin, end) =
                diagnostic.span.as_ref().map_or((1, 1), |span| (span.start.line, span.end.line));
            let key = (path, diagnostic.code.as_str(), diagnostic.message.as_str());
            let count = seen.entry(key).or_default();
            *count += 1;
            let help = diagnostic.help.iter().map(|help| format!(" ({help})"));
            Issue {
                description: std::iter::once(diagnostic.message.clone()).chain(help).collect(),
                check_name: &diagnostic.code,
                fingerprint: fingerprint(&[key.0, key.1, key.2, &count.to_string()]),
                severity: match diagnostic.severity {
                    Severity::Error => "major",
                    Severity::Warning => "minor",
                    Severity::Note => "info",
                },
                location: Location { path, lines: Lines { begin, end } },
                fix: diagnostic.fix.as_ref().map(fix),
            }
        })
        .collect();
    pretty(&issues)
}

/// 128 bits of FNV-1a over the parts: enough to tell problems apart, and the same everywhere and always.
pub(super) fn fingerprint(parts: &[&str]) -> String {
    let mut hash: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    for part in parts {
        for byte in part.bytes().chain([0]) {
            hash ^= u128::from(byte);
            hash = hash.wrapping_mul(0x0100_0000_0000_0000_0000_013b);
        }
    }
    format!("{hash:032x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprints_are_those_of_the_published_function() {
        // FNV-1a of "a" and a zero byte is that of "a" hashed once more.
        assert_eq!(fingerprint(&[]), "6c62272e07bb014262b821756295c58d");
        assert_ne!(fingerprint(&["ab", "c"]), fingerprint(&["a", "bc"]));
    }
}
