//! Lints: what a server takes and what works, and is still seldom meant, or not safe.
//!
//! They look at one object, as [`crate::server`] does, and are written with the same places. What a lint needs to know of
//! other objects is a rule of [`crate::rules`]. How strict they are is for a project to say: by a profile, and by the
//! ids of lints that no profile has. Each can be allowed where it stands, with a reason.

mod pods;

mod probes;

mod security;

mod hosts;

mod objects;

mod registries;

mod access;

use crate::facts::template;
use crate::rules::Level;
use crate::server::Refusal;
use crate::server::judge::{At, Judge};
use crate::tree::Ref;

pub use security::breaches;

/// How strict a project is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Profile {
    /// What hardly anybody means.
    #[default]
    Default,
    /// And what is for programs that others depend on.
    Prod,
    /// And what no pod needs that does not administer its node.
    Restricted,
}

/// A profile, and what is asked for beyond it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Strictness {
    /// The profile.
    pub profile: Profile,
    /// The ids of further lints, sorted.
    pub further: Vec<String>,
    /// The registries from which images may come, or folders of them, sorted; any, where none is named.
    pub registries: Vec<String>,
}

/// A lint: its id, the profile from which on it holds, if any has it, and how bad it is, at first and from the profile
/// `Prod` on.
struct Lint(&'static str, Option<Profile>, Level, Level);

/// All lints, sorted by id, with the rules that look at one object although they are numbered with those across objects,
/// and those across objects whose level is for a profile to say. The ids are those of Kubernetes' own checks by their order: L-201 to L-212 are `baseline` and L-221
/// to L-227 `restricted`.
const LINTS: &[Lint] = &[
    usual("L-101"),
    usual("L-102"),
    further("L-103"),
    usual("L-104"),
    from("L-105", Profile::Prod),
    usual("L-106"),
    usual("L-107"),
    further("L-108"),
    further("L-109"),
    usual("L-111"),
    usual("L-112"),
    usual("L-113"),
    usual("L-114"),
    further("L-115"),
    further("L-116"),
    further("L-117"),
    from("L-118", Profile::Prod),
    usual("L-119"),
    further("L-121"),
    baseline("L-201"),
    baseline("L-202"),
    baseline("L-203"),
    baseline("L-204"),
    baseline("L-205"),
    baseline("L-206"),
    baseline("L-207"),
    baseline("L-208"),
    baseline("L-209"),
    baseline("L-210"),
    baseline("L-211"),
    baseline("L-212"),
    restricted("L-221"),
    restricted("L-222"),
    restricted("L-223"),
    restricted("L-224"),
    restricted("L-225"),
    restricted("L-226"),
    restricted("L-227"),
    from("L-231", Profile::Prod),
    from("L-232", Profile::Prod),
    Lint("L-233", Some(Profile::Default), Level::Error, Level::Error),
    usual("L-234"),
    usual("L-235"),
    usual("L-236"),
    further("L-237"),
    further("L-239"),
    usual("L-240"),
    // Where others depend on a program, its nodes must be able to be emptied.
    Lint("XR-041", Some(Profile::Default), Level::Warning, Level::Error),
    usual("XR-056"),
    usual("XR-071"),
    usual("XR-092"),
    usual("XR-095"),
    usual("XR-096"),
    usual("XR-098"),
    usual("XR-099"),
    usual("XR-103"),
    Lint("XR-105", None, Level::Note, Level::Note),
];

const fn usual(id: &'static str) -> Lint {
    from(id, Profile::Default)
}

const fn from(id: &'static str, profile: Profile) -> Lint {
    Lint(id, Some(profile), Level::Warning, Level::Warning)
}

const fn further(id: &'static str) -> Lint {
    Lint(id, None, Level::Warning, Level::Warning)
}

const fn baseline(id: &'static str) -> Lint {
    Lint(id, Some(Profile::Default), Level::Warning, Level::Error)
}

const fn restricted(id: &'static str) -> Lint {
    Lint(id, Some(Profile::Restricted), Level::Error, Level::Error)
}

/// The ids of all lints.
pub fn ids() -> impl Iterator<Item = &'static str> + Clone {
    LINTS.iter().map(|lint| lint.0)
}

/// The place of a lint in the table, as one bit of many.
pub(crate) fn bit(id: &str) -> u64 {
    let at = LINTS.binary_search_by(|lint| lint.0.cmp(id));
    at.ok().and_then(|at| 1u64.checked_shl(u32::try_from(at).ok()?)).unwrap_or(0)
}

/// The bits of the lints that are asked for. It is made for each object, so none is looked up by its id.
fn mask(is_asked: impl Fn(&Lint) -> bool) -> u64 {
    let bits = (0..u64::BITS).map(|at| 1u64 << at);
    LINTS.iter().zip(bits).filter(|(lint, _)| is_asked(lint)).map(|(_, bit)| bit).sum()
}

/// The bits of the lints whose ids come before this one.
fn below(id: &str) -> u64 {
    let count = LINTS.partition_point(|lint| lint.0 < id);
    let from = u32::try_from(count).ok().and_then(|count| u64::MAX.checked_shl(count));
    !from.unwrap_or(0)
}

/// What the lints say of an object, for servers of this minor, in the order of the object.
pub fn lints(object: Ref<'_>, minor: u8, strictness: &Strictness) -> Vec<Refusal> {
    let mut judge = Judge::hinting(minor, mask(|lint| strictness.holds(lint)));
    let at = At::root(object);
    let (api_version, kind) = (at.get("apiVersion").str(), at.get("kind").str());
    let group = api_version.split_once('/').map_or("", |(group, _)| group);
    objects::version(&mut judge, &at, api_version, kind);
    objects::object(&mut judge, &at, group, kind);
    match (group, kind) {
        ("rbac.authorization.k8s.io", "Role") => access::role(&mut judge, &at, true),
        ("rbac.authorization.k8s.io", "ClusterRole") => access::role(&mut judge, &at, false),
        ("rbac.authorization.k8s.io", "RoleBinding" | "ClusterRoleBinding") => {
            access::binding(&mut judge, &at);
        }
        _ => {
            if let Some(template) = template(group, kind) {
                pods::pod(&mut judge, &at, &at.to(template));
            }
        }
    }
    for found in &mut judge.found {
        found.level = strictness.level(found.rule).unwrap_or(found.level);
    }
    if let Some(template) = template(group, kind)
        && !strictness.registries.is_empty()
    {
        registries::foreign(&mut judge, &at.to(template), &strictness.registries);
    }
    judge.found
}

impl Profile {
    /// A profile by its name.
    pub fn named(name: &str) -> Option<Profile> {
        match name {
            "default" => Some(Profile::Default),
            "prod" => Some(Profile::Prod),
            "restricted" => Some(Profile::Restricted),
            _ => None,
        }
    }
}

impl Strictness {
    /// Whether this rule or lint holds: rules that are no lints always do.
    pub fn asks(&self, id: &str) -> bool {
        LINTS.binary_search_by(|lint| lint.0.cmp(id)).is_err() || self.level(id).is_some()
    }

    /// How bad it is what this lint says; `None` where it does not hold.
    pub fn level(&self, id: &str) -> Option<Level> {
        let at = LINTS.binary_search_by(|lint| lint.0.cmp(id)).ok()?;
        let lint = LINTS.get(at)?;
        let Lint(_, _, level, later) = lint;
        let holds = self.holds(lint);
        holds.then_some(if self.profile >= Profile::Prod { *later } else { *level })
    }

    fn holds(&self, Lint(id, from, _, _): &Lint) -> bool {
        from.is_some_and(|from| self.profile >= from)
            || self.further.iter().any(|further| further == id)
    }
}
