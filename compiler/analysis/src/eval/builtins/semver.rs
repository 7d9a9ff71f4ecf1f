//! Semantic versions, with or without a `v` before them.

use semver::{Version, VersionReq};

use super::{Call, Run};
use crate::eval::value::{Element, Value};

pub(super) const ALL: &[(&str, Run)] = &[
    ("compare", compare),
    ("major", |call| part(call, |version| version.major)),
    ("minor", |call| part(call, |version| version.minor)),
    ("newest", newest),
    ("patch", |call| part(call, |version| version.patch)),
    ("prerelease", prerelease),
    ("satisfies", satisfies),
    ("sort", sort),
];

/// The version that a text writes.
pub(crate) fn version(text: &str) -> Option<Version> {
    Version::parse(text.strip_prefix('v').unwrap_or(text)).ok()
}

/// The versions that a text admits.
pub(crate) fn range(text: &str) -> Option<VersionReq> {
    VersionReq::parse(text).ok()
}

fn at(call: &Call<'_, '_>, at: usize) -> Option<Version> {
    let text = call.text(at)?;
    call.spend(text.len())?;
    match version(text) {
        Some(version) => Some(version),
        None => call.fail(305, format!("{text:?} is no version")),
    }
}

fn compare<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    Some(Value::Int(at(call, 0)?.cmp_precedence(&at(call, 1)?) as i64))
}

fn part<'a>(call: &Call<'_, 'a>, of: impl Fn(Version) -> u64) -> Option<Value<'a>> {
    match i64::try_from(of(at(call, 0)?)) {
        Ok(part) => Some(Value::Int(part)),
        Err(_) => call.fail(309, "this part of the version does not fit in 64 bits"),
    }
}

fn prerelease<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    call.string(at(call, 0)?.pre.as_str())
}

fn satisfies<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let text = call.text(1)?;
    call.spend(text.len())?;
    match range(text) {
        Some(range) => Some(Value::Bool(range.matches(&at(call, 0)?))),
        None => call.fail(305, format!("{text:?} is no range of versions")),
    }
}

fn sort<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let sorted: Vec<Element<'a>> = sorted(call)?.into_iter().map(|(_, element)| element).collect();
    call.elements(&sorted)
}

fn newest<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let newest = sorted(call)?.pop();
    Some(newest.map_or(Value::Absent, |(_, element)| call.eval.whnf(element.value)))
}

/// The elements of the first argument with their versions, the oldest first.
fn sorted<'a>(call: &Call<'_, 'a>) -> Option<Vec<(Version, Element<'a>)>> {
    let mut all = Vec::new();
    for element in call.list(0)? {
        call.spend(8)?;
        match call.eval.whnf(element.value) {
            Value::Str(text) => match version(text) {
                Some(version) => all.push((version, *element)),
                None => return call.fail(305, format!("{text:?} is no version")),
            },
            other => return call.unexpected("a list of versions", other),
        }
    }
    all.sort_by(|(a, _), (b, _)| a.cmp_precedence(b));
    Some(all)
}
