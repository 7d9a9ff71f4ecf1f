//! ConfigMaps, Secrets and ServiceAccounts.

use super::FieldError;
use super::judge::{At, Judge};
use super::text;
use crate::names;

/// The most bytes that all values together may have.
const MOST: usize = 1024 * 1024;

pub(super) fn config_map(j: &mut Judge, at: &At<'_, '_>) {
    let (data, binary) = (at.get("data"), at.get("binaryData"));
    let mut size = 0;
    for (key, value) in data.entries() {
        config_key(j, &value, key);
        size += value.str().len();
        if binary.entries().any(|(other, _)| other == key) {
            j.invalid(&value, "K-duplicate", format!("`binaryData` has the key `{key}` too"));
        }
    }
    for (key, value) in binary.entries() {
        config_key(j, &value, key);
        size += decoded_size(value.str());
    }
    if size > MOST {
        let message = format!("the values have {size} bytes; at most {MOST} are allowed");
        j.refuse(at, "K-size", FieldError::TooLong, message);
    }
}

fn config_key(j: &mut Judge, at: &At<'_, '_>, key: &str) {
    if let Err(why) = names::config_key(key) {
        j.invalid_key(at, "K-config-key", format!("key `{key}` {why}"));
    }
}

fn decoded_size(text: &str) -> usize {
    text.len() / 4 * 3
        - text.bytes().rev().take_while(|c| *c == b'=').count().min(text.len() / 4 * 3)
}

/// The types of Secrets with the keys that they must have.
const TYPES: [(&str, &[&str]); 4] = [
    ("kubernetes.io/dockercfg", &[".dockercfg"]),
    ("kubernetes.io/dockerconfigjson", &[".dockerconfigjson"]),
    ("kubernetes.io/ssh-auth", &["ssh-privatekey"]),
    ("kubernetes.io/tls", &["tls.crt", "tls.key"]),
];

pub(super) fn secret(j: &mut Judge, at: &At<'_, '_>) {
    let (data, texts) = (at.get("data"), at.get("stringData"));
    let mut size = 0;
    for (key, value) in data.entries() {
        config_key(j, &value, key);
        // What `stringData` has under the same key is taken instead.
        if !texts.entries().any(|(other, _)| other == key) {
            size += decoded_size(value.str());
        }
    }
    for (key, value) in texts.entries() {
        config_key(j, &value, key);
        size += value.str().len();
    }
    if size > MOST {
        let message = format!("the values have {size} bytes; at most {MOST} are allowed");
        j.refuse(&data, "K-size", FieldError::TooLong, message);
    }
    let has = |key: &str| data.entries().chain(texts.entries()).any(|(own, _)| own == key);
    let kind = at.get("type").str();
    for key in TYPES.iter().find(|(name, _)| *name == kind).map_or(&[][..], |(_, keys)| keys) {
        if !has(key) {
            let message = format!("a Secret of type {kind} needs the key `{key}`");
            j.refuse(&data.get(key), "K-secret-key", FieldError::Required, message);
        }
    }
    match kind {
        "kubernetes.io/basic-auth" if !has("username") && !has("password") => {
            for key in ["username", "password"] {
                let message =
                    format!("a Secret of type {kind} needs the key `username` or `password`");
                j.refuse(&data.get(key), "K-secret-key", FieldError::Required, message);
            }
        }
        "kubernetes.io/dockercfg" | "kubernetes.io/dockerconfigjson" => {
            docker_config(
                j,
                &data,
                &texts,
                if kind.ends_with("json") { ".dockerconfigjson" } else { ".dockercfg" },
            );
        }
        "kubernetes.io/service-account-token" => {
            let annotations = at.to(&["metadata", "annotations"]);
            let name = annotations.get("kubernetes.io/service-account.name");
            if name.str().is_empty() {
                j.required(&name, format!("a Secret of type {kind} needs this annotation"));
            }
        }
        "kubernetes.io/tls" => {
            for key in ["tls.crt", "tls.key"] {
                for place in [data.get(key), texts.get(key)] {
                    if place.is_set() && place.str().trim().is_empty() {
                        j.broken(&place, "K-secret-key", format!("`{key}` is empty"));
                    }
                }
            }
        }
        _ => {}
    }
}

/// Credentials for registries are JSON.
fn docker_config<'t>(j: &mut Judge, data: &At<'t, '_>, texts: &At<'t, '_>, key: &'static str) {
    let (encoded, plain) = (data.get(key), texts.get(key));
    let (place, text) = if plain.is_set() {
        (plain, Some(plain.str().to_owned()))
    } else if encoded.is_set() {
        (
            encoded,
            super::shape::decoded(encoded.str()).and_then(|bytes| String::from_utf8(bytes).ok()),
        )
    } else {
        return;
    };
    if !text.is_some_and(|text| text::is_json(&text)) {
        j.invalid(&place, "K-secret-key", format!("`{key}` must be JSON"));
    }
}

pub(super) fn service_account(j: &mut Judge, at: &At<'_, '_>) {
    for field in ["secrets", "imagePullSecrets"] {
        for secret in at.get(field).items() {
            let name = secret.get("name");
            if let Err(why) = names::dns_subdomain(name.str()) {
                j.broken(&name, "K-name", format!("Secret name `{}` {why}", name.str()));
            }
        }
    }
}
