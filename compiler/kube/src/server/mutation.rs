//! MutatingAdmissionPolicy and its bindings, as `pkg/apis/admissionregistration/validation` of Kubernetes judges them.

use crate::crd::Wanted;

use super::admission::{About, bound, subject, variables, variables_of};
use super::judge::{At, Judge};

/// The operations that a policy can change; what is deleted it cannot.
const OPERATIONS: [&str; 4] = ["*", "CREATE", "UPDATE", "CONNECT"];

/// How a mutation says what it changes, by its `patchType`: the field for it, and what the expression there gives.
const PATCHES: [(&str, &str, Wanted); 2] = [
    ("ApplyConfiguration", "applyConfiguration", Wanted::Object),
    ("JSONPatch", "jsonPatch", Wanted::Patches),
];

pub(super) fn policy(j: &mut Judge, at: &At<'_, '_>) {
    let spec = at.get("spec");
    let about = subject(j, &spec);
    operations(j, &spec.get("matchConstraints"));
    variables(j, &spec, about);
    let mutations = spec.get("mutations");
    if !mutations.is_filled() {
        j.required(&mutations, "a policy needs `mutations`");
    }
    let known = variables_of(&spec);
    let known = Some(known.as_slice()).filter(|known| !known.is_empty());
    for one in mutations.items() {
        mutation(j, &one, about.with_patches(), known);
    }
    let again = spec.get("reinvocationPolicy");
    j.needed(&again, "`reinvocationPolicy`: Never, IfNeeded");
    j.one_of(&again, &["Never", "IfNeeded"]);
}

fn mutation(j: &mut Judge, at: &At<'_, '_>, about: About, variables: Option<&[(&str, &str)]>) {
    let ty = at.get("patchType");
    j.needed(&ty, "`patchType`: ApplyConfiguration, JSONPatch");
    j.one_of(&ty, &PATCHES.map(|(name, ..)| name));
    if !PATCHES.iter().any(|(name, ..)| *name == ty.str()) {
        return;
    }
    for (name, field, wanted) in PATCHES {
        let patch = at.get(field);
        match (name == ty.str(), patch.is_set()) {
            (true, true) => {
                let expression = patch.get("expression");
                if expression.str().trim().is_empty() {
                    j.required(&expression, format!("`{field}` needs an `expression`"));
                } else {
                    about.judge(j, &expression, variables, wanted);
                }
            }
            (true, false) => {
                j.required(&patch, format!("`{field}` must be given where `patchType` is {name}"));
            }
            (false, true) => {
                let message =
                    format!("`{field}` must not be given where `patchType` is {}", ty.str());
                j.invalid(&patch, "K-one-of", message);
            }
            (false, false) => {}
        }
    }
}

pub(super) fn binding(j: &mut Judge, at: &At<'_, '_>) {
    let spec = at.get("spec");
    bound(j, &spec);
    operations(j, &spec.get("matchResources"));
}

fn operations(j: &mut Judge, resources: &At<'_, '_>) {
    for rule in resources.get("resourceRules").items() {
        for operation in rule.get("operations").items() {
            j.one_of(&operation, &OPERATIONS);
        }
    }
}
