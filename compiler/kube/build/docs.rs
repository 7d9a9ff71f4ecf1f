//! Gathers what Kubernetes says of its types and fields, for editors, when the crate is built.
//!
//! The text is Kubernetes' own. It is not kept in this repository but taken from the crate `k8s-openapi`,
//! whose JSON schemas hold all descriptions: those of the kinds below and of whatever they refer to.
//! Each text is kept once, and all of them are compressed; `src/docs.rs` reads what is written here.

use std::collections::BTreeMap;

use k8s_openapi::schemars::SchemaGenerator;
use miniz_oxide::deflate::compress_to_vec;

use crate::{Result, Table};

/// The best compression: a build does it once.
const LEVEL: u8 = 10;

/// The version whose texts these are: that of the feature of `k8s-openapi` in the root's `Cargo.toml`.
const MINOR: u8 = 36;

/// The texts of all types and fields of the table, compressed. What is compressed is, for each type and
/// then for each row of a field, the number of its text in two bytes, the lower one first; then the texts,
/// a zero byte after each. Number 0 is the empty text: nothing is said.
///
/// Fails where the crate describes what the table does not have: then they speak of different versions.
pub fn compressed(table: &Table<'_>) -> Result<Vec<u8>> {
    let mut schemas = schemas();
    let mut texts = Texts::default();
    texts.number("")?;
    let (mut of_types, mut of_fields) = (Vec::new(), Vec::new());
    for ty in &table.types {
        let schema = schemas.remove(ty.name).unwrap_or_default();
        of_types.extend(texts.number(&schema.text)?);
        for (field, ..) in &ty.fields {
            let text = schema.fields.get(*field).map_or("", String::as_str);
            of_fields.extend(texts.number(text)?);
        }
        let in_table = |name: &String| ty.fields.iter().any(|(field, ..)| field == name);
        if let Some(unknown) = schema.fields.keys().find(|name| !in_table(name)) {
            return Err(format!("the table does not have {}.{unknown}", ty.name).into());
        }
    }
    // Quantities and the like are shapes of fields, not types of the table.
    if let Some((name, _)) = schemas.iter().find(|(_, schema)| !schema.fields.is_empty()) {
        return Err(
            format!("the table does not have {name}, or 1.{MINOR} is not its version").into()
        );
    }
    let all = [of_types, of_fields, texts.bytes].concat();
    Ok(compress_to_vec(&all, LEVEL))
}

/// What one schema says of itself and of its fields.
#[derive(Default)]
struct Described {
    text: String,
    fields: BTreeMap<String, String>,
}

/// Different texts, numbered.
#[derive(Default)]
struct Texts {
    bytes: Vec<u8>,
    numbers: BTreeMap<String, u16>,
}

impl Texts {
    fn number(&mut self, text: &str) -> Result<[u8; 2]> {
        if let Some(number) = self.numbers.get(text) {
            return Ok(number.to_le_bytes());
        }
        let number = u16::try_from(self.numbers.len())?;
        if text.contains('\0') {
            return Err("a text with a zero byte".into());
        }
        self.bytes.extend(text.bytes().chain([0]));
        self.numbers.insert(text.to_owned(), number);
        Ok(number.to_le_bytes())
    }
}

/// The schemas of all kinds and their parts, by the short names of the table.
fn schemas() -> BTreeMap<String, Described> {
    let mut generator = SchemaGenerator::default();
    add_kinds(&mut generator);
    let definitions = generator.definitions().iter().map(|(name, schema)| {
        let properties = schema.get("properties").and_then(|fields| fields.as_object());
        let fields = properties.into_iter().flatten();
        let described = Described {
            text: described(schema),
            fields: fields.map(|(name, field)| (name.clone(), described(field))).collect(),
        };
        (short(name), described)
    });
    definitions.collect()
}

/// A description, with the trailing blanks of a few of them cut.
fn described(schema: &k8s_openapi::serde_json::Value) -> String {
    let text = schema.get("description").and_then(|text| text.as_str());
    text.unwrap_or_default().trim().to_owned()
}

/// `io.k8s.api.core.v1.Pod` → `core.v1.Pod`.
fn short(name: &str) -> String {
    let mut parts: Vec<&str> = name.rsplitn(4, '.').take(3).collect();
    parts.reverse();
    parts.join(".")
}

macro_rules! kinds {
    ($($($module:ident)::+ { $($kind:ident),+ $(,)? })+) => {
        /// Adds the schemas of the kinds of this list, and of all that these refer to. A kind that is
        /// missing here has no documentation, which `tests/docs.rs` notices.
        fn add_kinds(generator: &mut SchemaGenerator) {
            $({
                use k8s_openapi::$($module)::+ as module;
                $(generator.subschema_for::<module::$kind>();)+
            })+
        }
    };
}

kinds! {
    api::admissionregistration::v1 {
        MutatingAdmissionPolicy, MutatingAdmissionPolicyBinding, MutatingWebhookConfiguration,
        ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding, ValidatingWebhookConfiguration,
    }
    api::admissionregistration::v1alpha1 { MutatingAdmissionPolicy, MutatingAdmissionPolicyBinding }
    api::admissionregistration::v1beta1 { MutatingAdmissionPolicy, MutatingAdmissionPolicyBinding }
    apiextensions_apiserver::pkg::apis::apiextensions::v1 { CustomResourceDefinition }
    kube_aggregator::pkg::apis::apiregistration::v1 { APIService }
    api::apiserverinternal::v1alpha1 { StorageVersion }
    api::apps::v1 { ControllerRevision, DaemonSet, Deployment, ReplicaSet, StatefulSet }
    api::authentication::v1 { SelfSubjectReview, TokenReview }
    api::authorization::v1 {
        LocalSubjectAccessReview, SelfSubjectAccessReview, SelfSubjectRulesReview,
        SubjectAccessReview,
    }
    api::autoscaling::v1 { HorizontalPodAutoscaler }
    api::autoscaling::v2 { HorizontalPodAutoscaler }
    api::batch::v1 { CronJob, Job }
    api::certificates::v1 { CertificateSigningRequest }
    api::certificates::v1alpha1 { ClusterTrustBundle }
    api::certificates::v1beta1 { ClusterTrustBundle, PodCertificateRequest }
    api::coordination::v1 { Lease }
    api::coordination::v1alpha2 { LeaseCandidate }
    api::coordination::v1beta1 { LeaseCandidate }
    api::core::v1 {
        Binding, ComponentStatus, ConfigMap, Endpoints, Event, LimitRange, Namespace, Node,
        PersistentVolume, PersistentVolumeClaim, Pod, PodTemplate, ReplicationController,
        ResourceQuota, Secret, Service, ServiceAccount,
    }
    api::discovery::v1 { EndpointSlice }
    api::events::v1 { Event }
    api::flowcontrol::v1 { FlowSchema, PriorityLevelConfiguration }
    api::networking::v1 { IPAddress, Ingress, IngressClass, NetworkPolicy, ServiceCIDR }
    api::networking::v1beta1 { IPAddress, ServiceCIDR }
    api::node::v1 { RuntimeClass }
    api::policy::v1 { PodDisruptionBudget }
    api::rbac::v1 { ClusterRole, ClusterRoleBinding, Role, RoleBinding }
    api::resource::v1 { DeviceClass, ResourceClaim, ResourceClaimTemplate, ResourceSlice }
    api::resource::v1alpha3 { DeviceTaintRule, ResourcePoolStatusRequest }
    api::resource::v1beta1 { DeviceClass, ResourceClaim, ResourceClaimTemplate, ResourceSlice }
    api::resource::v1beta2 {
        DeviceClass, DeviceTaintRule, ResourceClaim, ResourceClaimTemplate, ResourceSlice,
    }
    api::scheduling::v1 { PriorityClass }
    api::scheduling::v1alpha2 { PodGroup, Workload }
    api::storage::v1 {
        CSIDriver, CSINode, CSIStorageCapacity, StorageClass, VolumeAttachment,
        VolumeAttributesClass,
    }
    api::storage::v1beta1 { VolumeAttributesClass }
    api::storagemigration::v1beta1 { StorageVersionMigration }
}
