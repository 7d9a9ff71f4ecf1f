//! What a server stores of a Secret: `stringData` is merged into `data`, over what stands there under the same key
//! (`pkg/registry/core/secret/strategy.go` and the conversion of `pkg/apis/core/v1` of Kubernetes 1.36).

use std::collections::BTreeSet;

use crate::server::decoded;
use crate::tree::{Ref, Value};

/// The fields that give what is stored, the stronger one first.
pub(super) const HELD: [&str; 2] = ["stringData", "data"];

/// The keys of a Secret under which both sides have the same bytes.
pub(super) fn stored_alike(old: Ref<'_>, new: Ref<'_>) -> BTreeSet<String> {
    let is_secret = |object: Ref<'_>| {
        let is = |key, text| object.get(key).map(Ref::value) == Some(Value::Str(text));
        is("apiVersion", "v1") && is("kind", "Secret")
    };
    if !is_secret(old) || !is_secret(new) {
        return BTreeSet::new();
    }
    let [plain, encoded] = HELD;
    let text = |object: Ref<'_>, field, key: &str| {
        let value = object.get(field)?.get(key)?;
        value.as_str().map(str::to_owned)
    };
    let stored = |object: Ref<'_>, key: &str| match text(object, plain, key) {
        Some(text) => Some(text.into_bytes()),
        None => decoded(&text(object, encoded, key)?),
    };
    let keys = HELD.iter().flat_map(|field| old.get(field)).flat_map(Ref::entries);
    let alike = keys.filter(|(key, _)| {
        let was = stored(old, key);
        was.is_some() && was == stored(new, key)
    });
    alike.map(|(key, _)| key.to_owned()).collect()
}
