//! What rules need to know of how many pods there are: autoscalers, and budgets of disruptions.

use super::selectors::{Selector, selector};
use super::text;
use crate::tree::Ref;

/// A HorizontalPodAutoscaler.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Autoscaler {
    /// What it scales; `None` where that is not declared.
    pub target: Option<(String, String, String)>,
    /// The fewest pods.
    pub min: i64,
    /// The most pods.
    pub max: Option<i64>,
    /// The resources by whose use it goes.
    pub shares: Vec<Share>,
}

/// A resource by whose use an autoscaler scales.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// `cpu` or `memory`.
    pub resource: String,
    /// The container whose use counts; empty for the pod's.
    pub container: String,
    /// The position among `metrics`; `None` where the server's default holds, which is cpu.
    pub metric: Option<usize>,
    /// Whether what counts is the share of the request.
    pub of_request: bool,
}

/// A PodDisruptionBudget.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Budget {
    /// The pods that it protects; without one, none.
    pub selector: Option<Selector>,
    /// How many pods must stay.
    pub min_available: Option<Amount>,
    /// How many pods may be missing.
    pub max_unavailable: Option<Amount>,
}

/// A number of pods, or a share of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Amount {
    /// So many.
    Number(i64),
    /// So many of a hundred.
    Percent(i64),
}

pub(super) fn autoscaler(object: Ref<'_>) -> Autoscaler {
    let target = object.at(&["spec", "scaleTargetRef"]).map(|target| {
        let api_version = text(target, &["apiVersion"]);
        let group = api_version.split_once('/').map_or("", |(group, _)| group);
        (group.to_owned(), text(target, &["kind"]), text(target, &["name"]))
    });
    let mut shares = Vec::new();
    let metrics = object.at(&["spec", "metrics"]);
    for (index, metric) in metrics.into_iter().flat_map(Ref::items).enumerate() {
        for field in ["resource", "containerResource"] {
            let Some(source) = metric.get(field) else { continue };
            shares.push(Share {
                resource: text(source, &["name"]),
                container: text(source, &["container"]),
                metric: Some(index),
                of_request: source.at(&["target", "averageUtilization"]).is_some(),
            });
        }
    }
    if metrics.is_none() {
        shares.push(Share {
            resource: "cpu".to_owned(),
            container: String::new(),
            metric: None,
            of_request: true,
        });
    }
    let number = |field| object.at(&["spec", field]).and_then(Ref::as_int);
    Autoscaler {
        target,
        min: number("minReplicas").unwrap_or(1),
        max: number("maxReplicas"),
        shares,
    }
}

pub(super) fn budget(object: Ref<'_>) -> Budget {
    let amount = |field| object.at(&["spec", field]).and_then(Amount::read);
    Budget {
        selector: object.at(&["spec", "selector"]).map(selector),
        min_available: amount("minAvailable"),
        max_unavailable: amount("maxUnavailable"),
    }
}

impl Amount {
    pub(super) fn read(value: Ref<'_>) -> Option<Self> {
        match value.as_str() {
            Some(text) => text.strip_suffix('%')?.parse().ok().map(Amount::Percent),
            None => value.as_int().map(Amount::Number),
        }
    }

    /// Of so many pods; servers round shares up.
    pub fn of(self, pods: i64) -> i64 {
        match self {
            Amount::Number(number) => number,
            Amount::Percent(share) => {
                let all = share.saturating_mul(pods);
                all / 100 + i64::from(all % 100 > 0)
            }
        }
    }
}

impl std::fmt::Display for Amount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Amount::Number(number) => write!(f, "{number}"),
            Amount::Percent(share) => write!(f, "{share}%"),
        }
    }
}
