//! Kinds that are not built in, as the objects at hand define them, and what that says of an object of such a kind.

use std::collections::BTreeMap;

use crate::crd::{self, Definition, defined_by};
use crate::rules::Level;
use crate::server::{FieldError, Refusal, is_built_in, misshapen_as};
use crate::tree::{Ref, Step};
use crate::types::{kind_of, preference};

/// Definitions by group and kind.
#[derive(Debug, Default)]
pub struct Kinds {
    all: BTreeMap<&'static str, BTreeMap<&'static str, Vec<Definition>>>,
}

/// What is known of the kind of an object.
pub enum Known<'k> {
    /// It is built in, or the group is Kubernetes' own, so that all of its kinds are known.
    BuiltIn,
    /// Nothing at hand defines it.
    Nothing,
    /// It is defined, in this version.
    Version(&'k Definition),
    /// It is defined, but in these versions only.
    Others(&'k [Definition]),
}

impl Kinds {
    /// Adds kinds. Of two that define one version the first counts.
    pub fn add(&mut self, kinds: impl IntoIterator<Item = Definition>) {
        for one in kinds {
            let Some(info) = one.ty.kind().map(|kind| kind.info()) else { continue };
            self.all.entry(info.group).or_default().entry(info.kind).or_default().push(one);
        }
    }

    /// Adds what an object defines, where it is a definition.
    pub fn add_object(&mut self, object: Ref<'_>) {
        self.add(defined_by(object));
    }

    /// What is known of the kind of an object.
    pub fn of(&self, object: Ref<'_>) -> Known<'_> {
        let text = |name| object.get(name).and_then(Ref::as_str).unwrap_or_default();
        let (version, kind) = (text("apiVersion"), text("kind"));
        let (group, number) = version.split_once('/').unwrap_or(("", version));
        // Definitions of what is built in change nothing.
        if kind_of(version, kind).is_some() {
            return Known::BuiltIn;
        }
        let Some(found) = self.all.get(group).and_then(|kinds| kinds.get(kind)) else {
            return if is_built_in(version, kind) { Known::BuiltIn } else { Known::Nothing };
        };
        match found.iter().find(|one| is_of(one, number)) {
            Some(one) => Known::Version(one),
            None => Known::Others(found),
        }
    }

    /// What a server refuses of an object because of what defines its kind.
    pub fn refusals(&self, object: Ref<'_>, minor: u8) -> Vec<Refusal> {
        match self.of(object) {
            Known::BuiltIn | Known::Nothing => Vec::new(),
            Known::Others(others) => vec![no_version(object, others, None)],
            Known::Version(one) => {
                let mut found = misshapen_as(object, one.ty, minor);
                found.extend(crd::refusals(object, one.ty));
                let info = one.ty.kind().map(|kind| kind.info());
                let others = info.and_then(|info| self.all.get(info.group)?.get(info.kind));
                if !one.served {
                    let others = others.map_or(&[][..], Vec::as_slice);
                    found.insert(0, no_version(object, others, Some(one)));
                } else if let Some(why) = &one.deprecated {
                    found.push(discouraged(object, why));
                }
                found
            }
        }
    }
}

fn is_of(definition: &Definition, version: &str) -> bool {
    definition.ty.kind().is_some_and(|kind| kind.info().version == version)
}

/// No server takes objects of the version that an object names.
fn no_version(object: Ref<'_>, others: &[Definition], own: Option<&Definition>) -> Refusal {
    let text = |name| object.get(name).and_then(Ref::as_str).unwrap_or_default();
    let (version, kind) = (text("apiVersion"), text("kind"));
    let why = match own {
        Some(_) => "its definition says `served: false`".to_owned(),
        None => "its definition has no such version".to_owned(),
    };
    let served = others.iter().filter(|one| one.served).filter_map(|one| one.ty.kind());
    let best = served.map(|kind| kind.info()).max_by_key(|info| preference(info.version));
    Refusal {
        help: best.map(|info| format!("write `apiVersion: {}`", info.api_version())),
        ..said(format!("no server takes {kind} of {version}: {why}"), "K-unknown-kind")
    }
}

fn discouraged(object: Ref<'_>, why: &str) -> Refusal {
    let text = |name| object.get(name).and_then(Ref::as_str).unwrap_or_default();
    let message = format!("{} {} is deprecated", text("apiVersion"), text("kind"));
    Refusal {
        level: Level::Warning,
        help: (!why.is_empty()).then(|| why.to_owned()),
        ..said(message, "E0284")
    }
}

/// Something about the version that an object names.
fn said(message: String, rule: &'static str) -> Refusal {
    Refusal {
        rule,
        error: FieldError::Invalid,
        level: Level::Error,
        stricter: false,
        path: vec![Step::Key("apiVersion".to_owned())],
        of_key: false,
        within: None,
        message,
        help: None,
        related: None,
        allowed: Vec::new(),
    }
}
