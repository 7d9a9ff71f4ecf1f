//! What of a file of data is sensitive by the types as which programs read it.

use std::ops::Range;

use kube::data::{Data, NodeId, Value};
use salsa::Database;

use crate::code::Expr;
use crate::data::read;
use crate::db::{Item, Module};
use crate::elaborate::elaborate;
use crate::fits::base;
use crate::schema::schema;
use crate::sensitive::{holds_sensitive, reaches_sensitive};
use crate::ty::Ty;

/// Where a file of data holds what one of these modules reads as sensitive. What is read through a name may be any part of
/// it, so that all is hidden. Asked where something is told of the file.
pub fn concealed(db: &dyn Database, modules: &[Module], item: Item) -> Vec<Range<usize>> {
    let data = read(db, item);
    let mut found = Vec::new();
    for reader in modules.iter().flat_map(|module| module.items(db).iter().copied()) {
        let code = &elaborate(db, reader).code;
        for expr in &code.exprs {
            let &Expr::Cast { value, ty } = expr else { continue };
            let asked = code.types.get(ty as usize).filter(|ty| reaches_sensitive(db, ty));
            let (Some(ty), Some(value)) = (asked, code.exprs.get(value as usize)) else { continue };
            match value {
                Expr::Data { item: of, .. } if *of == item => {
                    let roots = data.documents.iter();
                    roots.for_each(|root| parts(db, &data, *root, ty, &mut found));
                }
                Expr::Data { .. } => {}
                _ => data.documents.iter().for_each(|root| scalars(&data, *root, &mut found)),
            }
        }
    }
    found
}

/// The scalars in a value that are sensitive where it is read as a type.
fn parts(db: &dyn Database, data: &Data, id: NodeId, ty: &Ty, found: &mut Vec<Range<usize>>) {
    let Some(node) = data.node(id) else { return };
    match (base(ty), &node.value) {
        _ if !reaches_sensitive(db, ty) => {}
        (Ty::Union(members), _) => {
            members.iter().for_each(|member| parts(db, data, id, member, found));
        }
        (Ty::List(element), Value::List(items)) => {
            items.iter().for_each(|item| parts(db, data, *item, element, found));
        }
        (Ty::List(element), _) => parts(db, data, id, element, found),
        (Ty::Keyed(keyed), Value::List(items)) => {
            items.iter().for_each(|item| parts(db, data, *item, &keyed.element, found));
        }
        (Ty::Map(map), Value::Map(entries)) if !holds_sensitive(&map.0) => {
            entries.iter().for_each(|entry| parts(db, data, entry.value, &map.1, found));
        }
        (Ty::Keyed(keyed), Value::Map(entries)) => {
            entries.iter().for_each(|entry| parts(db, data, entry.value, &keyed.element, found));
        }
        (of @ (Ty::Record(_) | Ty::Schema(_)), Value::Map(entries)) => {
            for entry in entries {
                let name = match data.node(entry.key).map(|key| &key.value) {
                    Some(Value::Str(name)) => name,
                    _ => continue,
                };
                let field = match of {
                    Ty::Record(record) => record.field(name).or(record.rest.as_ref()).cloned(),
                    Ty::Schema(item) => schema(db, *item).field(name).map(|field| field.ty.clone()),
                    _ => None,
                };
                match field {
                    Some(ty) => parts(db, data, entry.value, &ty, found),
                    // The name of a field that is sensitive may be mistyped.
                    None => scalars(data, entry.value, found),
                }
            }
        }
        // Objects of Kubernetes say themselves what is secret in them.
        (Ty::Object | Ty::Kube(_), _) if !holds_sensitive(ty) => {}
        _ => scalars(data, id, found),
    }
}

/// Where the scalars of a value stand.
fn scalars(data: &Data, id: NodeId, found: &mut Vec<Range<usize>>) {
    let Some(node) = data.node(id) else { return };
    match &node.value {
        Value::List(items) => items.iter().for_each(|item| scalars(data, *item, found)),
        Value::Map(entries) => entries.iter().for_each(|entry| scalars(data, entry.value, found)),
        _ => found.push(node.start as usize..node.end as usize),
    }
}
