//! What the Kubernetes API says of fields, as types of the language.

use std::sync::Arc;

use kube::types::{FieldType, ListKind, TypeId, key_default};

use crate::ty::{KeyedTy, RefinedTy, Refinement, Ty};

/// A type of the Kubernetes API.
pub fn kube_type(ty: FieldType) -> Ty {
    match ty {
        FieldType::Bool => Ty::Bool,
        FieldType::Int32 | FieldType::Int64 => Ty::Int,
        FieldType::Float => Ty::Float,
        FieldType::Str => Ty::Str,
        FieldType::Bytes | FieldType::Time => Ty::Refined(Arc::new(RefinedTy {
            name: None,
            base: Ty::Str,
            refinements: format(ty).into_iter().collect(),
        })),
        FieldType::Quantity => Ty::Quantity,
        FieldType::IntOrString | FieldType::LongOrString => Ty::Union([Ty::Int, Ty::Str].into()),
        FieldType::Any => Ty::Any,
        FieldType::Object(ty) => Ty::Kube(ty),
        // Blocks need one kind of record, so of these null is not written. Data may hold it.
        FieldType::Nullable(inner) => match kube_type(inner.ty()) {
            ty @ (Ty::Kube(_) | Ty::List(_) | Ty::Keyed(_) | Ty::Map(_)) => ty,
            ty @ Ty::Union(_) => ty,
            ty => Ty::Union([ty, Ty::Null].into()),
        },
        FieldType::Map(element) => Ty::Map(Arc::new((Ty::Str, kube_type(element.ty())))),
        FieldType::List { elem, list } => match list {
            ListKind::Map(keys) => Ty::Keyed(Arc::new(KeyedTy {
                element: kube_type(elem.ty()),
                keys: keys.iter().map(|key| Arc::from(*key)).collect(),
                default: keys.last().and_then(|key| key_default(elem.ty(), key)).map(Arc::from),
            })),
            ListKind::Atomic | ListKind::Set => Ty::List(Arc::new(kube_type(elem.ty()))),
        },
    }
}

/// The format of the texts of a type that is not for every text.
pub fn format(ty: FieldType) -> Option<Refinement> {
    match ty {
        FieldType::Bytes => Some(Refinement::Format("base64".into())),
        FieldType::Time => Some(Refinement::Format("time".into())),
        _ => None,
    }
}

/// The fields that a Kubernetes type has in a minor version by name, for suggestions.
pub fn kube_field_names(ty: TypeId, minor: u8) -> Vec<&'static str> {
    ty.fields_at(minor).filter(|field| field.exists_in(minor)).map(|field| field.name).collect()
}
