//! Secrets in files of data: what they hold is sensitive, although nothing says of which type the file is.

use std::sync::Arc;

use salsa::Database;

use crate::code::{Code, EntryKind, Expr, ExprId, Key, Root};
use crate::db::Item;
use crate::elaborate::elaborate;
use crate::fits::base;
use crate::sensitive::{DATA_OF_SECRET, hides_all, holds_sensitive, sealed};
use crate::ty::{RecordTy, Ty};

/// The type of what a file of data holds, if there are Secrets in it: nothing is known of it but where what they hold is.
#[salsa::tracked(returns(clone))]
pub fn secrets(db: &dyn Database, item: Item) -> Option<Ty> {
    // Most files have none, and need not be read for it.
    if !item.text(db).contains("Secret") {
        return None;
    }
    let code = &elaborate(db, item).code;
    match code.root {
        Root::Data { value, .. } => within(code, value),
        _ => None,
    }
}

fn within(code: &Code, expr: ExprId) -> Option<Ty> {
    match code.exprs.get(expr as usize)? {
        Expr::List(entries) => {
            let found = entries.iter().filter_map(|entry| within(code, entry.value()));
            found.reduce(both).map(|element| Ty::List(Arc::new(element)))
        }
        Expr::Record(made) => {
            let entries = &code.bodies.get(made.body? as usize)?.entries;
            let entries = entries.iter().filter_map(|entry| match &entry.kind {
                EntryKind::Set { key: Key::Static { name, .. }, value, .. } => Some((name, *value)),
                _ => None,
            });
            let is_secret = entries.clone().any(|(name, value)| {
                let kind = code.exprs.get(value as usize);
                &**name == "kind" && matches!(kind, Some(Expr::Str(kind)) if &**kind == "Secret")
            });
            let known = entries.filter_map(|(name, value)| {
                let hidden = is_secret && DATA_OF_SECRET.contains(&&**name);
                let ty = if hidden { Some(sealed(Ty::Any)) } else { within(code, value) };
                Some((name.clone(), ty?))
            });
            let known: Vec<(Arc<str>, Ty)> = known.collect();
            (!known.is_empty()).then(|| Ty::Record(Arc::new(RecordTy::new(known, Some(Ty::Any)))))
        }
        _ => None,
    }
}

/// The type of an element of a list that is of one of two types.
fn both(a: Ty, b: Ty) -> Ty {
    match (&a, &b) {
        _ if a == b => a,
        (Ty::Record(first), Ty::Record(second)) => {
            let mut fields = first.fields.clone();
            for (name, ty) in &second.fields {
                match fields.iter_mut().find(|(known, _)| known == name) {
                    Some((_, known)) => *known = both(known.clone(), ty.clone()),
                    None => fields.push((name.clone(), ty.clone())),
                }
            }
            Ty::Record(Arc::new(RecordTy::new(fields, Some(Ty::Any))))
        }
        (Ty::List(first), Ty::List(second)) => {
            Ty::List(Arc::new(both((**first).clone(), (**second).clone())))
        }
        _ => sealed(Ty::Any),
    }
}

/// The type that a cast gives to a value: the one that it names, which is sensitive where that would show what is.
pub fn cast(found: &Ty, asked: Ty) -> Ty {
    if conceals(&asked, found) { asked } else { sealed(asked) }
}

/// Whether nothing sensitive can be read in the clear of a value of type `found` that is given the type `asked`.
fn conceals(asked: &Ty, found: &Ty) -> bool {
    if !holds_sensitive(found) || hides_all(asked) {
        return true;
    }
    match (base(asked), base(found)) {
        // These know of themselves what is sensitive in them.
        (Ty::Object | Ty::Kube(_) | Ty::Error, _) => true,
        (_, _) if matches!(found, Ty::Sensitive(_)) => false,
        (Ty::List(asked), Ty::List(found)) => conceals(asked, found),
        (Ty::List(asked), _) => conceals(asked, found),
        (Ty::Union(members), _) => members.iter().all(|member| conceals(member, found)),
        (Ty::Record(asked), Ty::Record(found)) => {
            found.fields.iter().all(|(name, found)| {
                match asked.field(name).or(asked.rest.as_ref()) {
                    Some(asked) => conceals(asked, found),
                    // What is not in the type makes the cast fail.
                    None => true,
                }
            })
        }
        (Ty::Map(asked), Ty::Record(found)) => {
            found.fields.iter().all(|(_, found)| conceals(&asked.1, found))
        }
        _ => false,
    }
}
