//! What the table of types says, at the places on which others rely.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;

use kube::types::{self, FieldType, ListKind, TARGET};

fn field(group_version: &str, ty: &str, name: &str) -> types::Field {
    types::definition(group_version, ty).expect(ty).field(name).expect(name)
}

#[test]
fn a_type_knows_the_kind_that_it_is_of() {
    let mut parts = BTreeSet::new();
    for kind in types::kinds() {
        assert_eq!(kind.info().ty.kind(), Some(kind), "{}", kind.info().ty.name());
        parts.extend(kind.info().ty.fields().filter_map(|field| field.ty.object()));
    }
    assert!(parts.len() > 100);
    let of_kinds: BTreeSet<_> = types::kinds().map(|kind| kind.info().ty).collect();
    for part in parts.difference(&of_kinds) {
        assert_eq!(part.kind(), None, "{}", part.name());
    }
}

#[test]
fn a_kind_is_found_by_group_version_and_name() {
    let info = types::kind("apps", "v1", "Deployment").unwrap().info();
    assert_eq!(
        (info.plural, info.namespaced, info.api_version()),
        ("deployments", true, "apps/v1".into())
    );
    assert_eq!(info.ty.name(), "apps.v1.Deployment");
    assert_eq!(info.ty.kind(), types::kind_of("apps/v1", "Deployment"));
    assert!(!types::kind_of("v1", "Namespace").unwrap().info().namespaced);
    assert!(
        !types::kind_of("rbac.authorization.k8s.io/v1", "ClusterRole").unwrap().info().namespaced
    );
    assert_eq!(types::kind("apps", "v1", "deployment"), None);
    assert_eq!(types::kind("app", "v1", "Deployment"), None);
    let gone = types::kind_of("autoscaling/v2beta2", "HorizontalPodAutoscaler").unwrap().info();
    assert_eq!((gone.until, gone.namespaced), (26, true));
}

#[test]
fn the_newest_stable_version_is_preferred() {
    for (kind, api_version) in [
        ("Deployment", "apps/v1"),
        ("Pod", "v1"),
        ("Event", "v1"),
        ("HorizontalPodAutoscaler", "autoscaling/v2"),
        ("Ingress", "networking.k8s.io/v1"),
        ("CronJob", "batch/v1"),
        ("PodDisruptionBudget", "policy/v1"),
        ("NetworkPolicy", "networking.k8s.io/v1"),
        ("CustomResourceDefinition", "apiextensions.k8s.io/v1"),
        ("APIService", "apiregistration.k8s.io/v1"),
        ("StorageClass", "storage.k8s.io/v1"),
        ("PriorityClass", "scheduling.k8s.io/v1"),
        ("RoleBinding", "rbac.authorization.k8s.io/v1"),
    ] {
        assert_eq!(types::newest(kind).expect(kind).info().api_version(), api_version, "{kind}");
    }
    assert_eq!(types::newest("Deploymant"), None);
    assert_eq!(types::newest("DeploymentList"), None);
}

#[test]
fn every_kind_and_type_is_found_again() {
    let mut seen = BTreeSet::new();
    for id in types::kinds() {
        let info = id.info();
        assert_eq!(types::kind(info.group, info.version, info.kind), Some(id));
        assert_eq!(types::named(info.ty.name()), Some(info.ty));
        let package = info.ty.name().split('.').next().unwrap();
        assert!(
            info.group.is_empty() || info.group.contains(package) || package == "apiserverinternal"
        );
        assert_eq!(
            types::definition(&info.api_version(), info.kind),
            Some(info.ty),
            "{}",
            info.kind
        );
        reached(info.ty, &mut seen);
    }
    assert!(seen.len() > 600, "{}", seen.len());
    assert_eq!(types::kinds().len(), 144);
}

/// Walks everything below a type; each field must be found again, and lie within the versions of its type.
fn reached(ty: types::TypeId, seen: &mut BTreeSet<types::TypeId>) {
    if !seen.insert(ty) {
        return;
    }
    let mut last = "";
    for field in ty.fields() {
        assert!(last < field.name, "{} is out of order in {}", field.name, ty.name());
        last = field.name;
        assert_eq!(ty.field(field.name), Some(field));
        assert!(
            ty.since() <= field.since && field.since < field.until && field.until <= ty.until()
        );
        if let FieldType::List { elem, list: ListKind::Map(keys) } = field.ty {
            let elem = elem.ty().object().expect("a keyed list holds records");
            assert!(
                keys.iter().all(|key| elem.field(key).is_some()),
                "{}.{}",
                ty.name(),
                field.name
            );
        }
        if let Some(inner) = field.ty.object() {
            reached(inner, seen);
        }
    }
}

#[test]
fn shapes_are_those_of_the_schema() {
    assert_eq!(field("v1", "ServicePort", "targetPort").ty, FieldType::IntOrString);
    assert!(field("v1", "ServicePort", "port").required);
    assert!(!field("v1", "ServicePort", "name").required);
    assert_eq!(field("meta/v1", "ObjectMeta", "creationTimestamp").ty, FieldType::Time);
    assert_eq!(field("apps/v1", "DeploymentSpec", "replicas").ty, FieldType::Int32);
    assert_eq!(field("v1", "PodSpec", "terminationGracePeriodSeconds").ty, FieldType::Int64);
    let map = |ty| match ty {
        FieldType::Map(elem) => elem.ty(),
        other => panic!("{other:?} is no map"),
    };
    assert_eq!(map(field("v1", "Secret", "data").ty), FieldType::Bytes);
    assert_eq!(map(field("v1", "Secret", "stringData").ty), FieldType::Str);
    assert_eq!(map(field("v1", "ResourceRequirements", "limits").ty), FieldType::Quantity);
    assert_eq!(map(field("v1", "ServiceSpec", "selector").ty), FieldType::Str);
    assert_eq!(types::definition("v1", "Nothing"), None);
    assert_eq!(types::named("core.v1.Nothing"), None);
}

#[test]
fn keyed_lists_have_their_keys() {
    let keys = |group_version, ty, name| match field(group_version, ty, name).ty {
        FieldType::List { list: ListKind::Map(keys), .. } => keys.join(","),
        FieldType::List { list, .. } => format!("{list:?}"),
        other => panic!("{other:?} is no list"),
    };
    assert_eq!(keys("v1", "PodSpec", "containers"), "name");
    assert_eq!(keys("v1", "PodSpec", "volumes"), "name");
    assert_eq!(keys("v1", "PodSpec", "imagePullSecrets"), "name");
    assert_eq!(keys("v1", "PodSpec", "hostAliases"), "ip");
    assert_eq!(keys("v1", "PodSpec", "topologySpreadConstraints"), "topologyKey,whenUnsatisfiable");
    assert_eq!(keys("v1", "PodSpec", "tolerations"), "Atomic");
    assert_eq!(keys("v1", "Container", "env"), "name");
    assert_eq!(keys("v1", "Container", "volumeMounts"), "mountPath");
    assert_eq!(keys("v1", "Container", "volumeDevices"), "devicePath");
    assert_eq!(keys("v1", "Container", "ports"), "containerPort,protocol");
    assert_eq!(keys("v1", "Container", "args"), "Atomic");
    assert_eq!(keys("v1", "ServiceSpec", "ports"), "port,protocol");
    assert_eq!(keys("v1", "ServiceAccount", "secrets"), "name");
    assert_eq!(keys("meta/v1", "ObjectMeta", "ownerReferences"), "uid");
    assert_eq!(keys("meta/v1", "ObjectMeta", "finalizers"), "Set");
    let port = field("v1", "ServiceSpec", "ports").ty;
    assert_eq!(types::key_default(port, "protocol"), Some("TCP"));
    assert_eq!(types::key_default(port, "containerPort"), None);
}

#[test]
fn versions_are_known_of_fields() {
    let resize = field("v1", "Container", "resizePolicy");
    assert_eq!((resize.since, resize.until), (27, u8::MAX));
    assert!(!resize.exists_in(26) && resize.exists_in(27) && resize.exists_in(TARGET));
    // A field of a later version than the target is found, so that a message can name the version.
    let later = field("v1", "PodSpec", "evictionResponders");
    assert!(later.since == 37 && !later.exists_in(TARGET));
    // And one that is gone; and one that changed its type.
    let gone = field("v1", "PodSpec", "workloadRef");
    assert_eq!((gone.since, gone.until), (35, 36));
    let claim = types::definition("v1", "PersistentVolumeClaimSpec").unwrap();
    let name =
        |minor| claim.field_at("resources", minor).and_then(|f| f.ty.object()).unwrap().last_name();
    assert_eq!((name(28), name(29)), ("ResourceRequirements", "VolumeResourceRequirements"));
    assert_eq!(claim.field("resource"), None);
    assert_eq!(claim.field(""), None);
}
