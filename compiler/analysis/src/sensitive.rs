//! Types of values that must not be shown, and what that makes of types computed from them.

use std::sync::Arc;

use kube::types::TypeId;
use salsa::Database;

use crate::db::Item;
use crate::fits::base;
use crate::schema::schema;
use crate::ty::Ty;
use crate::variant::variant;

/// The fields of a Secret that hold what is secret.
pub const DATA_OF_SECRET: [&str; 2] = ["data", "stringData"];

/// Whether values of the type are sensitive as a whole.
pub fn is_sensitive(ty: &Ty) -> bool {
    match ty {
        Ty::Sensitive(_) => true,
        Ty::Optional(inner) => is_sensitive(inner),
        _ => false,
    }
}

/// Whether something in values of the type is sensitive: all of it, an element, an entry. What a schema keeps in its
/// fields is told when a field is read.
pub fn holds_sensitive(ty: &Ty) -> bool {
    match ty {
        Ty::Sensitive(_) => true,
        Ty::Optional(inner) | Ty::List(inner) | Ty::Range(inner) => holds_sensitive(inner),
        Ty::Map(map) => holds_sensitive(&map.0) || holds_sensitive(&map.1),
        Ty::Keyed(keyed) => holds_sensitive(&keyed.element),
        Ty::Record(record) => record.holds().sensitive,
        Ty::Union(members) => members.iter().any(holds_sensitive),
        Ty::Refined(refined) => holds_sensitive(&refined.base),
        Ty::Fn(function) => holds_sensitive(&function.result),
        _ => false,
    }
}

/// Whether a sensitive value can be reached from values of the type, through the fields of schemas and the data of
/// Secrets too. An object of which nothing says the kind may be a Secret.
pub fn reaches_sensitive(db: &dyn Database, ty: &Ty) -> bool {
    let reaches = |ty: &Ty| reaches_sensitive(db, ty);
    match ty {
        Ty::Schema(item) | Ty::Variant(item) | Ty::Case(item, _) => declares_sensitive(db, *item),
        Ty::Object => true,
        Ty::Kube(ty) => DATA_OF_SECRET.iter().any(|field| is_data_of_secret(*ty, field)),
        Ty::Optional(inner) | Ty::List(inner) | Ty::Range(inner) => reaches(inner),
        Ty::Map(map) => reaches(&map.0) || reaches(&map.1),
        Ty::Keyed(keyed) => reaches(&keyed.element),
        Ty::Record(record) if !record.holds().named => record.holds().sensitive,
        Ty::Record(record) => {
            record.fields.iter().map(|(_, ty)| ty).chain(&record.rest).any(reaches)
        }
        Ty::Union(members) => members.iter().any(reaches),
        ty => holds_sensitive(ty),
    }
}

/// Whether a schema or variant has a field in which a sensitive value can be.
#[salsa::tracked(returns(copy), cycle_result = declares_cycle)]
fn declares_sensitive(db: &dyn Database, item: Item) -> bool {
    let cases = variant(db, item).cases.iter().flat_map(|case| &case.info.fields);
    schema(db, item).fields.iter().chain(cases).any(|field| reaches_sensitive(db, &field.ty))
}

fn declares_cycle(_: &dyn Database, _: salsa::Id, _: Item) -> bool {
    false
}

/// The type as that of a sensitive value. What may be absent may be seen to be so.
pub fn sealed(ty: Ty) -> Ty {
    match ty {
        Ty::Sensitive(_) | Ty::Error | Ty::Never => ty,
        Ty::Optional(inner) if *inner == Ty::Never => Ty::Optional(inner),
        Ty::Optional(inner) => Ty::Optional(Arc::new(sealed((*inner).clone()))),
        ty => Ty::Sensitive(Arc::new(exposed(&ty))),
    }
}

/// The type as that of a value that may be shown.
pub fn exposed(ty: &Ty) -> Ty {
    if !holds_sensitive(ty) {
        return ty.clone();
    }
    match ty {
        Ty::Sensitive(inner) => exposed(inner),
        Ty::Optional(inner) => crate::fits::optional(exposed(inner)),
        Ty::List(inner) => Ty::List(Arc::new(exposed(inner))),
        Ty::Range(inner) => Ty::Range(Arc::new(exposed(inner))),
        Ty::Map(map) => Ty::Map(Arc::new((exposed(&map.0), exposed(&map.1)))),
        Ty::Keyed(keyed) => {
            let mut keyed = (**keyed).clone();
            keyed.element = exposed(&keyed.element);
            Ty::Keyed(Arc::new(keyed))
        }
        Ty::Record(record) => Ty::Record(Arc::new(record.map(exposed))),
        Ty::Union(members) => Ty::Union(members.iter().map(exposed).collect()),
        Ty::Refined(refined) => {
            let mut refined = (**refined).clone();
            refined.base = exposed(&refined.base);
            Ty::Refined(Arc::new(refined))
        }
        Ty::Fn(function) => {
            let mut function = (**function).clone();
            function.result = exposed(&function.result);
            Ty::Fn(Arc::new(function))
        }
        ty => ty.clone(),
    }
}

/// Which name on a path into a value of the type, counted from 0, is a key that must not be shown: one of a map that is
/// sensitive as a whole. The fields that a type names can be read in it.
pub fn hidden_key<'n>(
    db: &dyn Database,
    ty: &Ty,
    mut path: impl Iterator<Item = &'n str>,
) -> Option<usize> {
    let mut at = ty.clone();
    let mut whole = false;
    for number in 0.. {
        let name = path.next()?;
        while let Ty::Optional(inner) | Ty::Sensitive(inner) = &at {
            whole |= matches!(at, Ty::Sensitive(_));
            at = (**inner).clone();
        }
        at = match base(&at) {
            Ty::Map(map) if !whole && !holds_sensitive(&map.0) => map.1.clone(),
            Ty::Keyed(keyed) if !whole => keyed.element.clone(),
            Ty::Record(record) => match record.fields.iter().find(|(field, _)| **field == *name) {
                Some((_, ty)) => ty.clone(),
                None if whole => return Some(number),
                None => record.rest.clone()?,
            },
            Ty::Schema(item) => schema(db, *item).field(name)?.ty.clone(),
            _ if whole => return Some(number),
            Ty::Map(_) => return Some(number),
            _ => return None,
        };
    }
    None
}

/// Whether a place of the type shows nothing of what is in it: all its leaves are sensitive.
pub fn hides_all(ty: &Ty) -> bool {
    match ty {
        Ty::Sensitive(_) => true,
        Ty::Optional(inner) | Ty::List(inner) => hides_all(inner),
        Ty::Map(map) => hides_all(&map.1),
        Ty::Refined(refined) => hides_all(&refined.base),
        _ => false,
    }
}

/// Whether a field of an object may be the data of a Secret: nothing may say of which kind the object is.
pub fn may_be_data_of_secret(object: &Ty, field: &str) -> bool {
    *base(object) == Ty::Object && DATA_OF_SECRET.contains(&field)
}

/// Whether the values of a field of the Kubernetes API may be sensitive: the data of Secrets alone.
pub fn is_data_of_secret(ty: TypeId, field: &str) -> bool {
    DATA_OF_SECRET.contains(&field) && ty.name() == "core.v1.Secret"
}
