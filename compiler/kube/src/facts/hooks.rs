//! What rules need to know of what a server calls: webhooks, and APIs that others serve.

use super::{items, text};
use crate::tree::{Ref, Step};

/// A Service that a server calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hook {
    /// The path in the object to where the Service is named.
    pub path: Vec<Step>,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Its port: 443 where nothing is said.
    pub port: i64,
    /// Whether something says by which certificate it is known.
    pub certified: bool,
    /// Whether nothing that it is for is let through where it does not answer, and it is for pods of every namespace.
    pub closes: bool,
}

/// A CustomResourceDefinition.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Definition {
    /// The group of its objects.
    pub group: String,
    /// Their kind.
    pub kind: String,
    /// Its versions, and whether servers take objects of them.
    pub versions: Vec<(String, bool)>,
    /// What converts its objects.
    pub hooks: Vec<Hook>,
}

/// The webhooks of a configuration.
pub(super) fn webhooks(object: Ref<'_>) -> Vec<Hook> {
    let injected = is_injected(object);
    let hooks = items(object, "webhooks").enumerate().filter_map(|(index, hook)| {
        let config = hook.get("clientConfig")?;
        let certified = injected || config.get("caBundle").is_some();
        let list = [key("webhooks"), Step::Index(index), key("clientConfig"), key("service")];
        let mut found = called(config.get("service")?, certified, list.to_vec());
        let scoped = ["namespaceSelector", "objectSelector"]
            .iter()
            .any(|field| hook.get(field).is_some_and(|node| !node.is_hollow()))
            || items(hook, "matchConditions").next().is_some();
        let ignored = text(hook, &["failurePolicy"]) == "Ignore";
        let is_of_pods = |rule: Ref<'_>| {
            let lists = |field: &str, wanted: &str| {
                items(rule, field).any(|one| {
                    one.as_str().is_some_and(|one| one == wanted || one == "*" || one == "*/*")
                })
            };
            lists("apiGroups", "") && lists("resources", "pods") && lists("operations", "CREATE")
        };
        found.closes = !ignored && !scoped && items(hook, "rules").any(is_of_pods);
        Some(found)
    });
    hooks.collect()
}

/// The Service behind an API.
pub(super) fn api_service(object: Ref<'_>) -> Vec<Hook> {
    let Some(spec) = object.get("spec") else { return Vec::new() };
    let unchecked = spec.get("insecureSkipTLSVerify").and_then(Ref::as_bool) == Some(true);
    let certified = is_injected(object) || unchecked || spec.get("caBundle").is_some();
    let path = vec![key("spec"), key("service")];
    spec.get("service").map(|service| called(service, certified, path)).into_iter().collect()
}

pub(super) fn definition(object: Ref<'_>) -> Definition {
    let versions = object.get("spec").into_iter().flat_map(|spec| items(spec, "versions"));
    let versions = versions.map(|version| {
        (text(version, &["name"]), version.get("served").and_then(Ref::as_bool).unwrap_or(true))
    });
    Definition {
        group: text(object, &["spec", "group"]),
        kind: text(object, &["spec", "names", "kind"]),
        versions: versions.collect(),
        hooks: conversion(object),
    }
}

/// The Service that converts the objects of a definition.
fn conversion(object: Ref<'_>) -> Vec<Hook> {
    let way = ["spec", "conversion", "webhook", "clientConfig"];
    let Some(config) = object.at(&way) else { return Vec::new() };
    let certified = is_injected(object) || config.get("caBundle").is_some();
    let path: Vec<Step> = way.iter().chain(&["service"]).map(|step| key(step)).collect();
    config.get("service").map(|service| called(service, certified, path)).into_iter().collect()
}

fn called(service: Ref<'_>, certified: bool, path: Vec<Step>) -> Hook {
    Hook {
        path,
        namespace: text(service, &["namespace"]),
        name: text(service, &["name"]),
        port: service.get("port").and_then(Ref::as_int).unwrap_or(443),
        certified,
        closes: false,
    }
}

/// Whether something in the cluster adds the certificate.
fn is_injected(object: Ref<'_>) -> bool {
    let annotations = object.at(&["metadata", "annotations"]);
    let mut annotations = annotations.into_iter().flat_map(Ref::entries);
    annotations.any(|(key, _)| key.contains("inject-ca") || key.contains("inject-cabundle"))
}

fn key(key: &str) -> Step {
    Step::Key(key.to_owned())
}
