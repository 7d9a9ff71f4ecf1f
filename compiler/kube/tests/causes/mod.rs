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
    let missing = theirs
        .iter()
        .find(|cause| !ours.iter().any(|one| says(cause, one)) && !follows(cause, &theirs));
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
                    other.field.contains(".volumes[") || other.field.contains(".claims")
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
    for (wrong, right) in [
        (".template.labels", ".template.metadata.labels"),
        (".template.annotations", ".template.metadata.annotations"),
        ("LoadBalancerSourceRanges", "loadBalancerSourceRanges"),
        (".HostIPC", ".hostIPC"),
        (".persistentDisk.", ".gcePersistentDisk."),
        ("securityContext.shareProcessNamespace", "shareProcessNamespace"),
        (".overhead.limits", ".overhead"),
        (".namespace", ".namespaces"),
        ("annotations.kubernetes.io/ingress.class", "annotations[kubernetes.io/ingress.class]"),
    ] {
        let of_terms = wrong != ".namespace" || field.contains("Affinity");
        if of_terms
            && field.ends_with(wrong)
                | (wrong.ends_with('.')
                    | wrong.contains("limits")
                    | wrong.contains("Ranges")
                    | wrong.contains("annotations"))
        {
            field = field.replace(wrong, right);
        }
    }
    match manifest["kind"].as_str().unwrap_or_default() {
        "CustomResourceDefinition" => {
            for (wrong, right) in [
                ("spec.validation.openAPIV3Schema", "spec.versions[0].schema.openAPIV3Schema"),
                ("spec.additionalPrinterColumns", "spec.versions[0].additionalPrinterColumns"),
                ("spec.subresources", "spec.versions[0].subresources"),
                ("spec.selectableFields", "spec.versions[0].selectableFields"),
                ("spec.conversion.webhookClientConfig", "spec.conversion.webhook.clientConfig"),
                (
                    "spec.conversion.conversionReviewVersions",
                    "spec.conversion.webhook.conversionReviewVersions",
                ),
            ] {
                field = field.replace(wrong, right);
            }
        }
        _ => {}
    }
    Cause { field, error: cause.error.clone() }
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
