//! `emit`: what a field can hold that is an object. A word that emits nothing would be found out in a cluster.

use super::Elaborator;
use crate::edges::is_component;
use crate::problem::Problem;
use crate::schema::{FieldInfo, SchemaInfo, schema};
use crate::show::type_name;
use crate::ty::Ty;

impl Elaborator<'_> {
    /// Reports fields of this schema that are marked `emit`, and whose values are never objects.
    pub(super) fn words_that_emit_nothing(&mut self, info: &SchemaInfo) {
        let declared = |field: &&FieldInfo| field.emit && field.place.item == self.item;
        let found: Vec<Problem> = info
            .fields
            .iter()
            .filter(declared)
            .filter_map(|field| {
                let what = self.no_object(&field.ty)?;
                let message = format!("`emit` says nothing here: {what}");
                Some(Problem::error(116, field.place, message).help(match field.ty {
                    Ty::Schema(_) => {
                        "`use crd \"./definition.yaml\"` makes a type of a CustomResourceDefinition, whose objects are emitted"
                    }
                    _ => "it stands at fields that hold objects or components; leave it out",
                }))
            })
            .collect();
        found.into_iter().for_each(|problem| self.report(problem));
    }

    /// Why a value of this type neither is nor holds an object; `None` where it may.
    fn no_object(&self, ty: &Ty) -> Option<String> {
        match ty {
            Ty::Null
            | Ty::Bool
            | Ty::Int
            | Ty::Float
            | Ty::Str
            | Ty::Quantity
            | Ty::Duration
            | Ty::Percent
            | Ty::Range(_)
            | Ty::Literal(_)
            | Ty::Fn(_) => Some(format!("{} is no object", type_name(self.db, ty))),
            Ty::Kube(part) if part.kind().is_none() => {
                Some(format!("{} is a part of an object", part.last_name()))
            }
            // Schemas that extend it may have what this one does not, but are no kinds either.
            Ty::Schema(item) => {
                let info = schema(self.db, *item);
                let looks_like_one =
                    ["apiVersion", "kind"].iter().all(|name| info.field(name).is_some());
                (looks_like_one && !is_component(info))
                    .then(|| format!("{} is a schema, and no kind that a server knows", info.name))
            }
            Ty::List(inner) | Ty::Optional(inner) | Ty::Sensitive(inner) => self.no_object(inner),
            Ty::Refined(refined) => self.no_object(&refined.base),
            Ty::Keyed(keyed) => self.no_object(&keyed.element),
            Ty::Map(entry) => self.no_object(&entry.1),
            Ty::Union(members) => {
                let mut why = None;
                for member in members.iter() {
                    why = Some(self.no_object(member)?);
                }
                why
            }
            Ty::Error
            | Ty::Any
            | Ty::Never
            | Ty::Record(_)
            | Ty::Variant(_)
            | Ty::Case(..)
            | Ty::Object
            | Ty::Kube(_)
            | Ty::Param(_) => None,
        }
    }
}
