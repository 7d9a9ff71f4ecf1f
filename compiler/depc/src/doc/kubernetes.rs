//! `depc doc k8s.Deployment`: a type of the Kubernetes API with its fields, and what Kubernetes says of them.

use analysis::resolve::{NoKind, kubernetes};
use kube::docs;
use kube::types::{FieldType, ListKind, TARGET, TypeId};

use super::{cell, code, one_line, paragraph};

/// The page of a type, by what a program would write behind `k8s.`.
pub fn page(path: &str, to: &mut String) -> Result<(), NoKind> {
    let names: Vec<&str> = path.split('.').collect();
    let ty = kubernetes(&names, TARGET)?;
    if !to.is_empty() {
        to.push('\n');
    }
    to.push_str(&format!("# k8s.{path}\n"));
    if let Some(kind) = ty.kind().map(|kind| kind.info()) {
        let lies = if kind.namespaced { "in a namespace" } else { "in no namespace" };
        paragraph(&format!("A kind of {}; its objects lie {lies}.", code(&kind.api_version())), to);
    }
    paragraph(docs::of_type(ty).unwrap_or_default(), to);
    to.push_str("\n| field | type | | |\n| --- | --- | --- | --- |\n");
    for field in ty.fields_at(TARGET) {
        let must = if field.required { "must be set" } else { "" };
        let doc = one_line(docs::of_field(ty, field.name).unwrap_or_default());
        let (name, shown) = (cell(&code(field.name)), cell(&code(&shown(field.ty))));
        to.push_str(&format!("| {name} | {shown} | {must} | {} |\n", cell(&doc)));
    }
    Ok(())
}

/// A type as a program would write it.
fn shown(ty: FieldType) -> String {
    let named = |ty: TypeId| format!("k8s.{}", ty.last_name());
    match ty {
        FieldType::Bool => "Bool".to_owned(),
        FieldType::Int32 | FieldType::Int64 => "Int".to_owned(),
        FieldType::Float => "Float".to_owned(),
        FieldType::Str | FieldType::Bytes | FieldType::Time => "Str".to_owned(),
        FieldType::Quantity => "Quantity".to_owned(),
        FieldType::IntOrString | FieldType::LongOrString => "Int | Str".to_owned(),
        FieldType::Any => "any data".to_owned(),
        FieldType::Object(ty) => named(ty),
        FieldType::List { elem, list: ListKind::Map(keys) } => {
            format!("[{} by {}]", shown(elem.ty()), keys.join(", "))
        }
        FieldType::List { elem, .. } => format!("[{}]", shown(elem.ty())),
        FieldType::Map(elem) => format!("{{Str: {}}}", shown(elem.ty())),
        FieldType::Nullable(elem) => format!("{} | null", shown(elem.ty())),
    }
}
