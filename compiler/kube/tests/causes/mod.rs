//! What a server says of a refused object, compared with what we say.
//!
//! Some of the fields that servers name are known to be wrong, and some errors only follow from others. Both
//! are said here, and nowhere else.

use kube::server::Refusal;
use kube::tree::Step;
use serde_json::Value;

/// A field, and the type of its error.
#[derive(Debug, Clone, PartialEq)]
pub struct Cause {
    field: String,
    error: String,
}

impl Cause {
    pub fn all(causes: &Value) -> Vec<Cause> {
        let causes = causes.as_array().unwrap().iter();
        causes
            .map(|cause| Cause {
                field: cause[0].as_str().unwrap_or_default().to_owned(),
                error: cause[1].as_str().unwrap().to_owned(),
            })
            .collect()
    }

    fn steps(&self) -> Vec<Step> {
        steps(&self.field)
    }
}

/// Whether all that a server says is said by us, and we say nothing else.
pub fn agreement(manifest: &Value, theirs: &[Cause], ours: &[&Refusal]) -> Result<(), String> {
    let theirs: Vec<Cause> = theirs.iter().map(|cause| mended(manifest, cause)).collect();
    let says = |cause: &Cause, one: &Refusal| {
        cause.error == one.error.name() && leads_to(&cause.steps(), &one.path)
    };
    let missing = theirs.iter().find(|cause| {
        let alone = theirs.len() == 1;
        let derived = follows(cause, &theirs) || !alone && is_copied(manifest, cause);
        !derived && !ours.iter().any(|one| says(cause, one))
    });
    if let Some(missing) = missing {
        return Err(format!("we do not say {} {}; {}", missing.field, missing.error, shown(ours)));
    }
    match ours.iter().find(|one| !theirs.iter().any(|cause| says(cause, one))) {
        Some(extra) => Err(format!("only we say {}; they: {theirs:?}", shown(&[extra]))),
        None => Ok(()),
    }
}

fn shown(ours: &[&Refusal]) -> String {
    let all: Vec<String> = ours
        .iter()
        .map(|one| format!("{} {} ({})", super::path(&one.path), one.error.name(), one.message))
        .collect();
    format!("we say {all:?}")
}

/// Whether a server's field is ours, or the list or map in which ours is. Servers leave indices out at times.
fn leads_to(theirs: &[Step], ours: &[Step]) -> bool {
    match (theirs, ours) {
        ([], _) => true,
        ([first, rest @ ..], [own, others @ ..]) => {
            first == own && leads_to(rest, others)
                || matches!(own, Step::Index(_)) && leads_to(theirs, others)
        }
        (_, []) => false,
    }
}

/// Whether an error is only a consequence of another one.
fn follows(cause: &Cause, all: &[Cause]) -> bool {
    let others = || all.iter().filter(|other| *other != cause);
    let own = cause.steps();
    let is = |end: &str| cause.field.ends_with(end);
    let consequence = match cause.error.as_str() {
        // A volume that is refused is not there for those who mount it.
        "FieldValueNotFound" => {
            (is(".name") || is(".volumeName") || is("]"))
                && others().any(|other| {
                    ["volumes[", "volumeClaimTemplates", ".claims"]
                        .iter()
                        .any(|part| other.field.contains(part))
                })
        }
        // A selector that cannot be read, or is not there, matches no labels.
        "FieldValueInvalid" if is("template.metadata.labels") => others().any(|other| {
            other.error == "FieldValueRequired"
                && (other.field.ends_with("selector") || other.field.ends_with("containers"))
        }),
        // What is wrong within makes the whole wrong.
        "FieldValueInvalid" | "FieldValueForbidden" => {
            others().any(|other| other.steps().len() > own.len() && leads_to(&own, &other.steps()))
        }
        _ => false,
    };
    // Of several things said of one field the first counts: what is missing is of no form either.
    let earlier = all.iter().take_while(|other| *other != cause);
    consequence || earlier.into_iter().any(|other| other.field == cause.field)
}

/// The cause with the field that was meant.
fn mended(manifest: &Value, cause: &Cause) -> Cause {
    let mut field = cause.field.clone();
    let has = |pointer: &str| manifest.pointer(pointer).is_some();
    let kind = manifest["kind"].as_str().unwrap_or_default();
    let mut replace = |wrong: &str, right: &str| field = field.replace(wrong, right);
    replace(".template.labels", ".template.metadata.labels");
    replace(".template.annotations", ".template.metadata.annotations");
    replace("LoadBalancerSourceRanges", "loadBalancerSourceRanges");
    replace(".HostIPC", ".hostIPC");
    replace(".persistentDisk.", ".gcePersistentDisk.");
    replace("securityContext.shareProcessNamespace", "shareProcessNamespace");
    replace(".overhead.limits", ".overhead");
    replace("Execution[0].namespace", "Execution[0].namespaces");
    replace("annotations.kubernetes.io/ingress.class", "annotations[kubernetes.io/ingress.class]");
    replace(".projected.path", ".projected.sources.serviceAccountToken.path");
    replace(".resources[storage]", ".resources.requests[storage]");
    for part in ["path", "fieldRef", "resourceFieldRef"] {
        replace(&format!(".downwardAPI.{part}"), &format!(".downwardAPI.items.{part}"));
    }
    match kind {
        "CustomResourceDefinition" => {
            replace("spec.validation.", "spec.versions.schema.");
            replace("spec.additionalPrinterColumns", "spec.versions.additionalPrinterColumns");
            replace("spec.subresources", "spec.versions.subresources");
            replace("spec.selectableFields", "spec.versions.selectableFields");
            replace("spec.conversion.webhookClientConfig", "spec.conversion.webhook.clientConfig");
            replace("spec.conversion.conversionReview", "spec.conversion.webhook.conversionReview");
        }
        // A server reads the one field as the first of the other.
        "Service" if !has("/spec/clusterIPs") => {
            replace("spec.clusterIPs[0]", "spec.clusterIP");
            replace("spec.clusterIPs", "spec.clusterIP");
        }
        // The texts are put into the data.
        "Secret" => {
            for key in manifest["stringData"].as_object().into_iter().flat_map(|all| all.keys()) {
                replace(&format!("data[{key}]"), &format!("stringData[{key}]"));
            }
        }
        // The object as a whole.
        "ConfigMap" if field == "[]" => field.clear(),
        // Names of objects that are made of what a field says.
        "Job" if field == "metadata.labels" => field = "metadata.name".to_owned(),
        "StatefulSet" if has("/spec/volumeClaimTemplates") => {
            for made in [".name", ".persistentVolumeClaim.claimName"] {
                let wrong = format!("spec.template.spec.volumes[0]{made}");
                field = field.replace(&wrong, "spec.volumeClaimTemplates.metadata.name");
            }
        }
        _ => {}
    }
    let mut error = cause.error.clone();
    // Only of a DaemonSet a server does not say that the selector is not there at all.
    if kind == "DaemonSet" && field.ends_with("template.metadata.labels") && !has("/spec/selector")
    {
        (field, error) = ("spec.selector".to_owned(), "FieldValueRequired".to_owned());
    }
    Cause { field, error }
}

/// Whether an error is of a field that the server made of another one, which has the same error.
fn is_copied(manifest: &Value, cause: &Cause) -> bool {
    let has = |pointer: &str| manifest.pointer(pointer).is_some();
    let of = |start: &str| cause.field.starts_with(start);
    match manifest["kind"].as_str().unwrap_or_default() {
        "PersistentVolumeClaim" => {
            of("spec.dataSourceRef") && !has("/spec/dataSourceRef")
                || of("spec.dataSource.") && !has("/spec/dataSource")
        }
        "LimitRange" => {
            // Each amount is taken from the one above it, where it is not given.
            let steps = cause.steps();
            let at = steps.iter().try_fold(manifest, |value, step| match step {
                Step::Key(key) => value.get(key),
                Step::Index(index) => value.get(index),
            });
            at.is_none()
        }
        "Job" => of("spec.template.metadata.labels"),
        "CustomResourceDefinition" => {
            of("status.")
                || cause.field == "spec.version"
                || of("spec.names.listKind") && !has("/spec/names/listKind")
                || of("metadata.name") && !has("/spec/group")
        }
        _ => false,
    }
}

/// `spec.hard[pods].x[0]` in steps.
fn steps(field: &str) -> Vec<Step> {
    let mut all = Vec::new();
    let mut rest = field;
    while !rest.is_empty() {
        if let Some(inner) = rest.strip_prefix('[') {
            // A key may have brackets of its own only in sizes that no test has.
            let (key, after) = inner.split_once(']').unwrap_or((inner, ""));
            all.push(match key.parse() {
                Ok(index) => Step::Index(index),
                Err(_) => Step::Key(key.to_owned()),
            });
            rest = after;
        } else {
            rest = rest.strip_prefix('.').unwrap_or(rest);
            let end = rest.find(['.', '[']).unwrap_or(rest.len());
            let (key, after) = rest.split_at(end);
            if !key.is_empty() {
                all.push(Step::Key(key.to_owned()));
            }
            rest = after;
        }
    }
    all
}
