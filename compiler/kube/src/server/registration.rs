//! What extends the API: APIServices and CustomResourceDefinitions.

use super::judge::{At, Judge};
use super::{FieldError, admission, schema};
use crate::names;

pub(super) fn api_service(j: &mut Judge, at: &At<'_, '_>) {
    let (spec, name) = (at.get("spec"), at.to(&["metadata", "name"]));
    let (group, version) = (spec.get("group"), spec.get("version"));
    let expected = format!("{}.{}", version.str(), group.str());
    if !name.str().is_empty() && name.str() != expected {
        let message = format!(
            "APIService `{}` must be named `{expected}`, after its version and group",
            name.str()
        );
        j.invalid(&name, "K-name", message);
    }
    let generated = at.to(&["metadata", "generateName"]);
    if !generated.str().is_empty() {
        let message =
            format!("the APIService must be named `{expected}`, and no other name be made up");
        j.invalid(&generated, "K-name", message);
    }
    j.well_formed(&group, "K-name", "group", names::dns_subdomain);
    if let Err(why) = names::dns_1035_label(version.str()) {
        j.invalid(&version, "K-name", format!("version `{}` {why}", version.str()));
    }
    for (field, most) in [("groupPriorityMinimum", 20_000), ("versionPriority", 1000)] {
        let place = spec.get(field);
        if !(1..=most).contains(&place.number()) {
            let message = format!("`{field}` is {}; it must be from 1 to {most}", place.number());
            j.invalid(&place, "K-range", message);
        }
    }
    let (service, insecure, bundle) =
        (spec.get("service"), spec.get("insecureSkipTLSVerify"), spec.get("caBundle"));
    if service.is_set() {
        for field in ["namespace", "name"] {
            j.needed(&service.get(field), &format!("the {field} of the Service"));
        }
        j.within(&service.get("port"), 1, 65535);
        if insecure.is_true() && !bundle.str().is_empty() {
            j.invalid(
                &insecure,
                "K-one-of",
                "`insecureSkipTLSVerify` cannot be true while there is a `caBundle`",
            );
        }
    } else {
        if !bundle.str().is_empty() {
            j.invalid(&bundle, "K-one-of", "`caBundle` needs a `service`");
        }
        if insecure.is_true() {
            j.invalid(&insecure, "K-one-of", "`insecureSkipTLSVerify` needs a `service`");
        }
    }
}

const APPROVAL: &str = "api-approved.kubernetes.io";

pub(super) fn definition(j: &mut Judge, at: &At<'_, '_>) {
    let spec = at.get("spec");
    let (group, names_at) = (spec.get("group"), spec.get("names"));
    let (plural, name) = (names_at.get("plural"), at.to(&["metadata", "name"]));
    let expected = format!("{}.{}", plural.str(), group.str());
    let known = !plural.str().is_empty() && !group.str().is_empty();
    if known && !name.str().is_empty() && name.str() != expected {
        let message = format!(
            "the definition `{}` must be named `{expected}`, after its plural and group",
            name.str()
        );
        j.invalid(&name, "K-name", message);
    }
    let generated = at.to(&["metadata", "generateName"]);
    if known && !generated.str().is_empty() {
        let message =
            format!("the definition must be named `{expected}`, and no other name be made up");
        j.invalid(&generated, "K-name", message);
    }
    j.named(&group, "K-name", "group", names::dns_subdomain);
    if !group.str().is_empty() && !group.str().contains('.') {
        j.invalid(&group, "K-name", format!("group `{}` must be a domain with a dot", group.str()));
    }
    approval(j, at, group.str());
    let scope = spec.get("scope");
    match scope.str() {
        "" => j.required(&scope, "`scope` must be given: Cluster, Namespaced"),
        "Cluster" | "Namespaced" => {}
        other => j.unsupported(&scope, other, &["Cluster", "Namespaced"]),
    }
    all_names(j, &names_at);
    if spec.get("preserveUnknownFields").is_true() {
        let message = "`preserveUnknownFields` must be false; `x-kubernetes-preserve-unknown-fields` in the schema does it";
        j.invalid(&spec.get("preserveUnknownFields"), "K-definition", message);
    }
    versions(j, &spec.get("versions"));
    conversion(j, &spec.get("conversion"));
}

/// Groups of Kubernetes' own domains are for what its project has approved.
fn approval(j: &mut Judge, at: &At<'_, '_>, group: &str) {
    let protected = ["k8s.io", "kubernetes.io"].into_iter().any(|domain| {
        group == domain || group.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
    });
    if !protected {
        return;
    }
    let annotations = at.to(&["metadata", "annotations"]);
    let place = annotations.get(APPROVAL);
    let text = place.str();
    if text.is_empty() {
        j.required(
            &place,
            format!("the group `{group}` is Kubernetes' own, and needs this annotation"),
        );
    } else if !text.starts_with("unapproved") && !text.contains("://") {
        j.invalid(
            &place,
            "K-annotation",
            format!("`{text}` must be the URL of the approval, or begin with `unapproved`"),
        );
    }
}

fn all_names(j: &mut Judge, at: &At<'_, '_>) {
    let (kind, list) = (at.get("kind"), at.get("listKind"));
    j.named(&at.get("plural"), "K-name", "plural name", names::dns_1035_label);
    j.well_formed(&at.get("singular"), "K-name", "singular name", names::dns_1035_label);
    let lower = |name: &str| names::dns_1035_label(&name.to_ascii_lowercase());
    j.named(&kind, "K-name", "kind", lower);
    j.well_formed(&list, "K-name", "kind of the list", lower);
    if !kind.str().is_empty() && kind.str() == list.str() {
        j.invalid(&list, "K-one-of", "`kind` and `listKind` must differ");
    }
    for field in ["shortNames", "categories"] {
        for name in at.get(field).items() {
            if let Err(why) = names::dns_1035_label(name.str()) {
                j.invalid(&name, "K-name", format!("short name `{}` {why}", name.str()));
            }
        }
    }
}

fn versions(j: &mut Judge, at: &At<'_, '_>) {
    let stored = at.items().filter(|version| version.get("storage").is_true()).count();
    if stored != 1 {
        let message = format!("exactly one version must be the one that is stored; {stored} are");
        j.invalid(at, "K-definition", message);
    }
    let doubles = at.repeats(|one| one.get("name").str());
    for (number, version) in at.items().enumerate() {
        let name = version.get("name");
        if let Err(why) = names::dns_1035_label(name.str()) {
            j.invalid(&name, "K-name", format!("version `{}` {why}", name.str()));
        } else if doubles.contains(&number) {
            j.invalid(&name, "K-duplicate", format!("two versions are named `{}`", name.str()));
        }
        let warning = version.get("deprecationWarning");
        if warning.is_set() {
            if !version.get("deprecated").is_true() {
                j.invalid(
                    &warning,
                    "K-one-of",
                    "`deprecationWarning` needs `deprecated` to be true",
                );
            } else if warning.str().is_empty()
                || warning.str().len() > 256
                || warning.str().chars().any(char::is_control)
            {
                j.invalid(
                    &warning,
                    "K-message",
                    "`deprecationWarning` must be one line of 1 to 256 bytes",
                );
            }
        }
        let root = version.to(&["schema", "openAPIV3Schema"]);
        if root.is_set() {
            schema::root(j, &root);
            if version.to(&["subresources", "status"]).is_set() {
                schema::beside_status(j, &root);
            }
        } else {
            j.required(&root, "each version needs a schema");
        }
        columns(j, &version.get("additionalPrinterColumns"));
        let status = version.to(&["subresources", "status"]);
        if status.is_set() && status.node().is_some_and(|node| !node.is_map()) {
            let message = "`status` is a map without entries: `{}`";
            j.refuse(&status, "K-type", FieldError::TypeInvalid, message);
        }
        for (field, place) in status.entries() {
            let message = format!("unknown field `{field}`; `status` has none");
            j.invalid_key(&place, "K-unknown-field", message);
        }
        let scale = version.to(&["subresources", "scale"]);
        if scale.is_set() {
            self::scale(j, &scale);
        }
        selectable(j, &version.get("selectableFields"), &root);
    }
}

/// How the value of a column may be written (`pkg/apis/apiextensions/validation/validation.go`).
const COLUMN_FORMATS: [&str; 8] =
    ["byte", "date", "date-time", "double", "float", "int32", "int64", "password"];

fn columns(j: &mut Judge, at: &At<'_, '_>) {
    for column in at.items() {
        j.needed(&column.get("name"), "the name of a column");
        let kind = column.get("type");
        match kind.str() {
            "" => j.required(&kind, "a column needs a `type`"),
            "boolean" | "date" | "integer" | "number" | "string" => {}
            other => {
                let message = format!(
                    "`{other}` is no type of a column: boolean, date, integer, number, string"
                );
                j.invalid(&kind, "K-enum", message);
            }
        }
        j.needed(&column.get("jsonPath"), "`jsonPath`");
        j.one_of(&column.get("format"), &COLUMN_FORMATS);
    }
}

fn scale(j: &mut Judge, at: &At<'_, '_>) {
    for (field, starts, needed) in [
        ("specReplicasPath", &[".spec."][..], true),
        ("statusReplicasPath", &[".status."], true),
        ("labelSelectorPath", &[".spec.", ".status."], false),
    ] {
        let place = at.get(field);
        let text = place.str();
        if text.is_empty() {
            if needed {
                j.required(&place, format!("`{field}` must be given"));
            }
        } else if !starts.iter().any(|start| text.starts_with(start)) {
            j.invalid(
                &place,
                "K-json-path",
                format!("`{field}` is `{text}`; it must begin with {}", starts.join(" or ")),
            );
        } else if text.contains('[') {
            j.invalid(
                &place,
                "K-json-path",
                format!("`{field}` is `{text}`; it must consist of names only"),
            );
        }
    }
}

fn selectable(j: &mut Judge, at: &At<'_, '_>, schema: &At<'_, '_>) {
    if at.count() > 8 {
        j.too_many(at, 8);
    }
    let doubles = at.repeats(|one| one.get("jsonPath").str());
    for (number, field) in at.items().enumerate() {
        let path = field.get("jsonPath");
        let text = path.str();
        if text.is_empty() {
            j.required(&path, "a selectable field needs a `jsonPath`");
            continue;
        }
        let parts = text.strip_prefix('.').unwrap_or_default();
        let found = parts.split('.').try_fold(schema.node(), |node, part| {
            Some(node?.get("properties")?.get(part)).map(|found| found.or(None))
        });
        let kind = found.flatten().and_then(|node| node.get("type")).and_then(|kind| kind.as_str());
        if !matches!(kind, Some("string" | "integer" | "boolean")) {
            j.invalid(
                &path,
                "K-json-path",
                format!("the schema has no text, whole number or truth at `{text}`"),
            );
        } else if parts.starts_with("metadata") {
            j.invalid(&path, "K-json-path", "fields of `metadata` cannot be made selectable");
        }
        if doubles.contains(&number) {
            j.duplicate(&path, format!("`{text}` is there twice"));
        }
    }
}

fn conversion(j: &mut Judge, at: &At<'_, '_>) {
    let (strategy, hook) = (at.get("strategy"), at.get("webhook"));
    if !at.is_set() {
        return;
    }
    match strategy.str() {
        "" => j.required(&strategy, "a conversion needs a `strategy`: None, Webhook"),
        "None" => {
            let versions = hook.get("conversionReviewVersions");
            if hook.get("clientConfig").is_set() || versions.is_filled() {
                j.refuse(
                    &hook,
                    "K-one-of",
                    FieldError::Forbidden,
                    "`webhook` needs the strategy Webhook",
                );
            }
        }
        "Webhook" => {
            let client = hook.get("clientConfig");
            if client.is_set() {
                admission::client(j, &client);
            } else {
                j.required(&client, "the strategy Webhook needs a `clientConfig`");
            }
            let versions = hook.get("conversionReviewVersions");
            if !versions.is_filled() {
                j.required(&versions, "the strategy Webhook needs `conversionReviewVersions`: v1");
            } else if !versions.items().any(|version| matches!(version.str(), "v1" | "v1beta1")) {
                j.invalid(
                    &versions,
                    "K-enum",
                    "`conversionReviewVersions` must have one that servers send: v1, v1beta1",
                );
            }
        }
        other => j.unsupported(&strategy, other, &["None", "Webhook"]),
    }
}
