//! What holds for every object: its name, namespace, labels, annotations, owners and finalizers.

use std::borrow::Cow;

use super::FieldError;
use super::judge::{At, Judge};
use super::selector;
use crate::names::{self, Why};
use crate::types;

/// The rule for names of a kind, and what such a name is called.
type NameRule = fn(&str) -> Result<(), Why>;

/// An object's `metadata`.
pub(super) fn object(j: &mut Judge, at: &At<'_, '_>, group: &str, api_version: &str, kind: &str) {
    if kind.is_empty() || api_version.is_empty() {
        let field = if kind.is_empty() { "kind" } else { "apiVersion" };
        let message = format!(
            "`{field}` must be given: kubectl and server-side apply refuse an object without it"
        );
        j.broken(&at.get(field), "K-required", message);
        return;
    }
    // Requests, such as a TokenReview, are answered and not stored; they have no names.
    if matches!(group, "authentication.k8s.io" | "authorization.k8s.io") || kind == "Binding" {
        return;
    }
    let meta = at.get("metadata");
    let rule = name_rule(j.minor, group, kind);
    let (name, prefix) = (meta.get("name"), meta.get("generateName"));
    // Of these a server asks only that the name fits into a URL.
    let lenient = matches!((group, kind), ("policy", "PodDisruptionBudget") | ("", "Event"));
    if !prefix.str().is_empty() {
        let before = j.found.len();
        let made = match group {
            // Of these a server judges what names begin with as if it were a name.
            "rbac.authorization.k8s.io" => prefix.str().into(),
            _ if is_part_of_path(group, kind) => format!("{}a", prefix.str()).into(),
            _ => masked(prefix.str()),
        };
        if let Err(why) = rule(&made) {
            let message = format!("a name that begins with `{}` {why}", prefix.str());
            j.invalid(&prefix, "K-name", message);
        }
        // Of these a server does not look at it, and then refuses the name that it makes.
        let unread = lenient || (group, kind) == ("", "ReplicationController");
        if unread && names::path_segment(prefix.str()).is_ok() {
            j.found.iter_mut().skip(before).for_each(|one| one.stricter = true);
        }
    }
    if !name.str().is_empty() {
        let before = j.found.len();
        if let Err(why) = rule(name.str()) {
            j.invalid(&name, "K-name", format!("{kind} name `{}` {why}", name.str()));
        }
        if lenient && names::path_segment(name.str()).is_ok() {
            j.found.iter_mut().skip(before).for_each(|one| one.stricter = true);
        }
    } else if prefix.str().is_empty() {
        j.required(&name, format!("a {kind} needs a name"));
    }
    if (group, kind) == ("batch", "CronJob") && name.str().len() > 52 {
        let message = format!(
            "CronJob name `{}` must have at most 52 characters: its jobs are named after it",
            name.str()
        );
        j.invalid(&name, "K-name", message);
    }
    namespace(j, &meta.get("namespace"), api_version, kind);
    selector::labels(j, &meta.get("labels"));
    selector::annotations(j, &meta.get("annotations"));
    owners(j, &meta.get("ownerReferences"));
    let of_any_kind = matches!(
        group,
        "admissionregistration.k8s.io"
            | "apiextensions.k8s.io"
            | "apiregistration.k8s.io"
            | "coordination.k8s.io"
            | "node.k8s.io"
    );
    finalizers(j, &meta.get("finalizers"), lenient || of_any_kind);
    j.dropped(&meta.get("managedFields"), "the server keeps it");
    if !meta.get("resourceVersion").str().is_empty() {
        j.dropped(&meta.get("resourceVersion"), "a server refuses to create what has one");
    }
}

/// A name that would be made of this beginning, as servers try it: what ends with `-` goes on
/// (`pkg/api/validation/generic.go` of apimachinery).
fn masked(prefix: &str) -> Cow<'_, str> {
    match prefix.strip_suffix('-') {
        None | Some("") => prefix.into(),
        Some(start) => {
            let kept = start.char_indices().next_back().map_or(0, |(at, _)| at);
            format!("{}a", start.get(..kept).unwrap_or_default()).into()
        }
    }
}

/// What a server asks of an object within an object of a custom kind, where the schema says that it is one.
pub(super) fn embedded(j: &mut Judge, at: &At<'_, '_>) {
    let (version, kind, meta) = (at.get("apiVersion"), at.get("kind"), at.get("metadata"));
    if version.str().matches('/').count() > 1 {
        let message =
            format!("`apiVersion` is `{}`; it must be a group and a version", version.str());
        j.invalid(&version, "K-format", message);
    }
    if !kind.str().is_empty() {
        let lower = |text: &str| names::dns_1035_label(&text.to_ascii_lowercase());
        j.well_formed(&kind, "K-name", "kind", lower);
    }
    if !meta.get("name").str().is_empty() {
        j.well_formed(&meta.get("name"), "K-name", "name", names::path_segment);
    }
    if !meta.get("namespace").str().is_empty() {
        j.well_formed(&meta.get("namespace"), "K-namespace", "namespace", names::dns_label);
    }
    selector::labels(j, &meta.get("labels"));
    selector::annotations(j, &meta.get("annotations"));
    owners(j, &meta.get("ownerReferences"));
    finalizers(j, &meta.get("finalizers"), true);
}

fn namespace(j: &mut Judge, at: &At<'_, '_>, api_version: &str, kind: &str) {
    if at.str().is_empty() {
        return;
    }
    if types::kind_of(api_version, kind).is_some_and(|kind| !kind.info().namespaced) {
        let message = format!("a {kind} is of the whole cluster and lies in no namespace");
        j.refuse(at, "K-namespace", FieldError::Forbidden, message);
        if let Some(last) = j.found.last_mut() {
            last.stricter = true;
        }
    } else {
        j.well_formed(at, "K-namespace", "namespace", names::dns_label);
    }
}

fn name_rule(minor: u8, group: &str, kind: &str) -> NameRule {
    match (group, kind) {
        ("", "Namespace") | ("apps", "StatefulSet") => names::dns_label,
        ("", "Service") if minor >= 36 => names::dns_label,
        ("", "Service") => names::dns_1035_label,
        // What they are named follows from what they hold, which says more.
        ("apiextensions.k8s.io" | "apiregistration.k8s.io", _) => |_| Ok(()),
        _ if is_part_of_path(group, kind) => names::path_segment,
        // An address.
        ("networking.k8s.io", "IPAddress") => |_| Ok(()),
        _ => names::dns_subdomain,
    }
}

/// Whether objects of a kind may be named by whatever fits into a URL.
fn is_part_of_path(group: &str, kind: &str) -> bool {
    matches!(
        (group, kind),
        ("rbac.authorization.k8s.io", _) | ("certificates.k8s.io", "CertificateSigningRequest")
    )
}

fn owners(j: &mut Judge, at: &At<'_, '_>) {
    let mut controller = None;
    for owner in at.items() {
        let api_version = owner.get("apiVersion");
        let version = api_version.str().rsplit('/').next().unwrap_or_default();
        if version.is_empty() || api_version.str().matches('/').count() > 1 {
            let message = format!("`{}` must be a version, such as apps/v1", api_version.str());
            j.invalid(&api_version, "K-owner", message);
        }
        for field in ["kind", "name", "uid"] {
            let place = owner.get(field);
            if place.str().is_empty() {
                j.invalid(&place, "K-owner", format!("`{field}` of an owner must be given"));
            }
        }
        if (api_version.str(), owner.get("kind").str()) == ("v1", "Event") {
            j.invalid(&owner, "K-owner", "an Event cannot own anything");
        }
        if owner.get("controller").is_true() {
            if let Some(first) = controller {
                let message =
                    format!("only one owner may be the controller, and `{first}` is already");
                j.invalid(&owner, "K-owner", message);
            } else {
                controller = Some(owner.get("name").str());
            }
        }
    }
}

/// Of some kinds a server takes names without a domain too, about which it warns.
fn finalizers(j: &mut Judge, at: &At<'_, '_>, lenient: bool) {
    let (mut orphan, mut foreground) = (false, false);
    for finalizer in at.items() {
        let before = j.found.len();
        finalizer_name(j, &finalizer);
        if lenient && names::qualified_name(finalizer.str()).is_ok() {
            j.found.iter_mut().skip(before).for_each(|one| one.stricter = true);
        }
        orphan |= finalizer.str() == "orphan";
        foreground |= finalizer.str() == "foregroundDeletion";
    }
    if orphan && foreground {
        let message = "`orphan` and `foregroundDeletion` cannot both be finalizers";
        j.invalid(at, "K-finalizer", message);
    }
}

/// A finalizer: one of Kubernetes' own, or one with a domain.
pub(super) fn finalizer_name(j: &mut Judge, at: &At<'_, '_>) {
    let name = at.str();
    if let Err(why) = names::qualified_name(name) {
        j.invalid(at, "K-finalizer", format!("finalizer `{name}` {why}"));
    } else if !name.contains('/') && !matches!(name, "kubernetes" | "orphan" | "foregroundDeletion")
    {
        let message = format!("finalizer `{name}` must begin with a domain, as example.com/{name}");
        j.invalid(at, "K-finalizer", message);
    }
}
