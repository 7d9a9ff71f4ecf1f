//! What rules need to know of ConfigMaps, Secrets, and of what else names them.

use super::{items, text};
use crate::tree::Ref;

/// A ConfigMap or Secret.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Config {
    /// Its keys, sorted; `None` where they are not declared.
    pub keys: Option<Vec<String>>,
    /// Whether something may find it that names it nowhere: by a label, an annotation or its type.
    pub sought: bool,
}

/// A ServiceAccount.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ServiceAccount {
    /// The Secrets that it names.
    pub secrets: Vec<String>,
    /// Whether its pods get a token, where it says so.
    pub token: Option<bool>,
    /// Whether it has annotations, by which something may give it rights elsewhere.
    pub annotated: bool,
}

pub(super) fn config(object: Ref<'_>) -> Config {
    let maps = ["data", "binaryData", "stringData"].map(|name| object.get(name));
    let keys = maps.iter().flatten().flat_map(|map| map.entries());
    let mut keys: Vec<String> = keys.map(|(key, _)| key.to_owned()).collect();
    keys.sort_unstable();
    let labels = object.at(&["metadata", "labels"]).into_iter().flat_map(Ref::entries);
    let is_usual =
        |key: &str| key.starts_with("app.kubernetes.io/") || matches!(key, "app" | "helm.sh/chart");
    let annotated = object.at(&["metadata", "annotations"]).is_some_and(|all| !all.is_hollow());
    let kind = text(object, &["type"]);
    let plain = matches!(kind.as_str(), "" | "Opaque")
        || kind.starts_with("kubernetes.io/") && !kind.contains("service-account");
    Config {
        keys: maps.iter().any(Option::is_some).then_some(keys),
        sought: annotated || !plain || labels.into_iter().any(|(key, _)| !is_usual(key)),
    }
}

pub(super) fn of_account(object: Ref<'_>) -> ServiceAccount {
    let lists = ["secrets", "imagePullSecrets"].into_iter();
    let secrets = lists.flat_map(|list| items(object, list));
    ServiceAccount {
        secrets: secrets.map(|secret| text(secret, &["name"])).collect(),
        token: object.get("automountServiceAccountToken").and_then(Ref::as_bool),
        annotated: object.at(&["metadata", "annotations"]).is_some_and(|all| !all.is_hollow()),
    }
}
