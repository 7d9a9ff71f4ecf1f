//! What rules need to know of the security of pods: what a namespace may refuse them for.

use crate::lints;
use crate::tree::{Ref, Step};
use crate::types::TARGET;

/// Something that is not as Kubernetes' levels of security want it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breach {
    /// The id of the lint.
    pub check: &'static str,
    /// The way to it from the pod, in one piece: pods have several breaches each, and hardly ever is one told.
    way: Box<str>,
}

/// Of each check the first place that it finds.
pub(super) fn breaches(pod: Ref<'_>) -> Vec<Breach> {
    let breach = |(check, path): (&'static str, Vec<Step>)| {
        let mut way = String::new();
        for step in path {
            if !way.is_empty() {
                way.push('\n');
            }
            match step {
                Step::Key(key) => way.push_str(&key),
                Step::Index(index) => way.push_str(&format!("#{index}")),
            }
        }
        Breach { check, way: way.into_boxed_str() }
    };
    lints::breaches(pod, TARGET).into_iter().map(breach).collect()
}

impl Breach {
    /// The path from the pod.
    pub fn path(&self) -> Vec<Step> {
        let step = |text: &str| match text.strip_prefix('#').and_then(|index| index.parse().ok()) {
            Some(index) => Step::Index(index),
            None => Step::Key(text.to_owned()),
        };
        self.way.split('\n').map(step).collect()
    }
}
