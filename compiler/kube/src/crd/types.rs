//! The types of a custom kind, from its schema.

use super::schema::{List, Schema, Type};
use crate::types::custom::{self, Property, Record};
use crate::types::{Elem, FieldType, ListKind, TypeId, named};

/// What definitions write that are generated from Go, for a resource quantity.
const QUANTITY: &str = r"^(\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))))?$";

/// What every object has, whatever its schema says of it.
const OF_ALL: [&str; 3] = ["apiVersion", "kind", "metadata"];

/// The record of a schema that has properties. `name` is what messages call it.
pub fn record(schema: &Schema, name: &str) -> Record {
    let mut properties: Vec<Property> = schema
        .properties
        .iter()
        .map(|(field, inner)| Property {
            name: field.clone(),
            text: inner.text.clone(),
            ty: field_type(inner, &format!("{name}.{field}")),
            required: schema.requires(field) && inner.default.is_none(),
            default: inner.default.as_ref().and_then(short),
        })
        .collect();
    if schema.embedded {
        with_object_fields(&mut properties, true);
    }
    Record {
        name: name.into(),
        kind: None,
        text: schema.text.clone(),
        properties,
        open: schema.keeps_unknown,
        rules: None,
    }
}

/// Gives a record what every object has.
pub fn with_object_fields(properties: &mut Vec<Property>, required: bool) {
    for name in OF_ALL {
        let text = properties.iter().find(|one| &*one.name == name).map(|one| one.text.clone());
        properties.retain(|one| &*one.name != name);
        let ty = match name {
            "metadata" => named("meta.v1.ObjectMeta").map_or(FieldType::Any, FieldType::Object),
            _ => FieldType::Str,
        };
        properties.push(Property {
            name: name.into(),
            text: text.unwrap_or_default(),
            ty,
            required: required && name != "metadata",
            default: None,
        });
    }
    properties.sort_by(|a, b| a.name.cmp(&b.name));
}

fn short(default: &super::json::Json) -> Option<Box<str>> {
    match default {
        super::json::Json::Str(text) => Some(text.clone()),
        super::json::Json::Int(value) => Some(value.to_string().into()),
        _ => None,
    }
}

/// The type of what a schema describes.
fn field_type(schema: &Schema, name: &str) -> FieldType {
    let ty = of_values(schema, name);
    if schema.nullable && ty != FieldType::Any {
        elem(ty).map_or(FieldType::Any, FieldType::Nullable)
    } else {
        ty
    }
}

fn of_values(schema: &Schema, name: &str) -> FieldType {
    if schema.int_or_string {
        let quantity = schema.limits.pattern.as_ref().is_some_and(|one| &*one.text == QUANTITY);
        return if quantity { FieldType::Quantity } else { FieldType::LongOrString };
    }
    match schema.ty {
        Type::Bool => FieldType::Bool,
        Type::Int if &*schema.format == "int32" => FieldType::Int32,
        Type::Int => FieldType::Int64,
        Type::Number => FieldType::Float,
        Type::Str => FieldType::Str,
        Type::Array => {
            let inner = format!("{name}[]");
            let items = schema.items.as_ref().map_or(FieldType::Any, |one| field_type(one, &inner));
            let list = match &schema.list {
                List::Atomic => ListKind::Atomic,
                List::Set => ListKind::Set,
                List::Map(keys) => {
                    let keys = keys.iter().map(|key| key.to_string()).collect();
                    custom::names_of(keys).map_or(ListKind::Atomic, ListKind::Map)
                }
            };
            elem(items).map_or(FieldType::Any, |elem| FieldType::List { elem, list })
        }
        Type::Any | Type::Object => {
            if let Some(values) = &schema.additional {
                let values = field_type(values, &format!("{name}[]"));
                return elem(values).map_or(FieldType::Any, FieldType::Map);
            }
            let described = !schema.properties.is_empty() || schema.embedded;
            match (described, schema.keeps_unknown, schema.ty) {
                (false, true, Type::Object) => {
                    elem(FieldType::Any).map_or(FieldType::Any, FieldType::Map)
                }
                (false, _, Type::Any) => FieldType::Any,
                _ => object(record(schema, name)),
            }
        }
    }
}

fn object(record: Record) -> FieldType {
    custom::type_of(record).map_or(FieldType::Any, FieldType::Object)
}

fn elem(ty: FieldType) -> Option<Elem> {
    custom::elem_of(ty)
}

/// What the definition says of a custom type.
pub fn text_of_type(ty: TypeId) -> Option<&'static str> {
    Some(&*ty.custom()?.text).filter(|text| !text.is_empty())
}

/// What the definition says of a field of a custom type.
pub fn text_of_field(ty: TypeId, field: &str) -> Option<&'static str> {
    Some(&*ty.custom()?.property(field)?.text).filter(|text| !text.is_empty())
}
