//! That what Kubernetes says of its types and fields is there, at the right ones.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

use std::collections::BTreeSet;

use kube::docs;
use kube::types::{self, TARGET, TypeId};

/// All types of the objects of `TARGET`: kinds, and what they are made of.
fn types_of_objects() -> BTreeSet<TypeId> {
    let kinds = types::kinds().map(types::KindId::info).filter(|kind| kind.exists_in(TARGET));
    let mut open: Vec<TypeId> = kinds.map(|kind| kind.ty).collect();
    let mut all = BTreeSet::new();
    while let Some(ty) = open.pop() {
        if all.insert(ty) {
            let fields = ty.fields().filter(|field| field.exists_in(TARGET));
            open.extend(fields.filter_map(|field| field.ty.object()));
        }
    }
    all
}

#[test]
fn types_and_fields_are_documented() {
    let all = types_of_objects();
    let silent = |ty: &&TypeId| docs::of_type(**ty).is_none();
    let types: Vec<&str> = all.iter().filter(silent).map(|ty| ty.name()).collect();
    let (mut fields, mut without) = (0, Vec::new());
    for ty in &all {
        for field in ty.fields().filter(|field| field.exists_in(TARGET)) {
            fields += 1;
            if docs::of_field(*ty, field.name).is_none() {
                without.push(format!("{}.{}", ty.name(), field.name));
            }
        }
    }
    println!(
        "{} of {} types, {} of {fields} fields",
        all.len() - types.len(),
        all.len(),
        fields - without.len()
    );
    println!("types without: {types:?}\nfields without: {without:?}");
    assert_eq!(types, ["admissionregistration.v1alpha1.MatchCondition"]);
    without.retain(|field| !field.starts_with("apiextensions.v1.JSONSchemaProps."));
    // Kubernetes itself says nothing of these, nor of most fields of `JSONSchemaProps`.
    let silent = [
        "apiextensions.v1.ExternalDocumentation.description",
        "apiextensions.v1.ExternalDocumentation.url",
        "certificates.v1.CertificateSigningRequest.metadata",
        "meta.v1.GroupResource.group",
        "meta.v1.GroupResource.resource",
        "networking.v1.IngressRule.http",
    ];
    assert_eq!(without, silent);
}

#[test]
fn a_text_is_that_of_its_field() {
    let container = types::named("core.v1.Container").unwrap();
    assert!(docs::of_type(container).unwrap().starts_with("A single application container"));
    let of = |field| docs::of_field(container, field).unwrap();
    assert!(of("image").starts_with("Container image name."));
    assert!(of("livenessProbe").starts_with("Periodic probe of container liveness."));
    assert!(of("workingDir").starts_with("Container's working directory."));
    assert_eq!(docs::of_field(container, "imag"), None);
    let spec = types::named("apps.v1.DeploymentSpec").unwrap();
    assert!(docs::of_field(spec, "replicas").unwrap().starts_with("Number of desired pods."));
    let port = types::named("core.v1.ServicePort").unwrap();
    assert!(docs::of_field(port, "nodePort").unwrap().starts_with("The port on each node"));
    let crd = types::named("apiextensions.v1.CustomResourceDefinition").unwrap();
    assert!(docs::of_type(crd).unwrap().starts_with("CustomResourceDefinition represents"));
}

/// What is gone by `TARGET` is found in the table, and nothing is said of it.
#[test]
fn of_other_versions_nothing_is_said() {
    let gone = types::kind_of("autoscaling/v2beta2", "HorizontalPodAutoscaler").unwrap().info().ty;
    assert_eq!(docs::of_type(gone), None);
    assert_eq!(docs::of_field(gone, "spec"), None);
}
