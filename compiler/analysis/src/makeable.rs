//! Schemas and variants of which no value can ever be made, although nothing is wrong with any part of them.

use salsa::Database;

use crate::db::Item;
use crate::fits::base;
use crate::problem::Place;
use crate::schema::{FieldInfo, SchemaInfo, schema};
use crate::ty::{Refinement, Ty};
use crate::variant::variant;

/// Why nothing of a declaration can ever be made: the field that it needs, and what that is.
pub struct Needs {
    pub place: Place,
    pub what: String,
}

/// Whether an instance of the schema, or a value of the variant, needs what cannot be there: a value of no type, or
/// another of itself without end.
pub fn never_made(db: &dyn Database, item: Item) -> Option<Needs> {
    let declared = Declared::all_that_it_needs(db, item);
    if declared.can_be_made(item) {
        return None;
    }
    let forms = forms(db, item);
    let (form, field) = forms.iter().find_map(|form| {
        let field = required(form).find(|field| !declared.has_values(&field.ty))?;
        Some((form, field))
    })?;
    let path = match &form.case {
        Some(case) => format!("`{}.{}`", case.name, field.name),
        None => format!("`{}`", field.name),
    };
    let what = match named(&field.ty) {
        Some(other) if Declared::all_that_it_needs(db, other).items.contains(&item) => {
            format!("{path}, which needs another {}", item.name(db))
        }
        Some(other) => format!("{path}, and no {} can ever be made", other.name(db)),
        None => format!("{path}, which can have no value"),
    };
    Some(Needs { place: field.place, what })
}

/// Declarations that are needed, directly or not, and which of them have values.
struct Declared {
    items: Vec<Item>,
    made: Vec<bool>,
}

impl Declared {
    fn all_that_it_needs(db: &dyn Database, item: Item) -> Self {
        let mut items = vec![item];
        let mut at = 0;
        while let Some(next) = items.get(at).copied() {
            at += 1;
            for form in forms(db, next) {
                for field in required(form) {
                    needed(&field.ty, &mut items);
                }
            }
        }
        let mut declared = Self { made: vec![false; items.len()], items };
        // What is made of nothing else can be made, then what is made of that, and so on.
        loop {
            let news: Vec<usize> = (0..declared.items.len())
                .filter(|at| declared.made.get(*at) == Some(&false))
                .filter(|at| {
                    let forms = declared.items.get(*at).map(|item| forms(db, *item));
                    let forms = forms.unwrap_or_default();
                    // That a variant has no cases is told of it already.
                    forms.is_empty()
                        || forms
                            .iter()
                            .any(|form| required(form).all(|field| declared.has_values(&field.ty)))
                })
                .collect();
            if news.is_empty() {
                return declared;
            }
            for at in news {
                if let Some(made) = declared.made.get_mut(at) {
                    *made = true;
                }
            }
        }
    }

    fn can_be_made(&self, item: Item) -> bool {
        let at = self.items.iter().position(|known| *known == item);
        at.and_then(|at| self.made.get(at)).is_none_or(|made| *made)
    }

    fn has_values(&self, ty: &Ty) -> bool {
        if let Some(element) = needed_element(ty) {
            return self.has_values(element);
        }
        match base(ty) {
            Ty::Never => false,
            Ty::Schema(item) | Ty::Variant(item) => self.can_be_made(*item),
            Ty::Union(members) => members.iter().any(|member| self.has_values(member)),
            _ => true,
        }
    }
}

/// What a declaration consists of: a schema of one record, a variant of one for each of its cases.
fn forms(db: &dyn Database, item: Item) -> Vec<&SchemaInfo> {
    match item.kind(db) {
        crate::db::ItemKind::Variant => {
            variant(db, item).cases.iter().map(|case| &case.info).collect()
        }
        _ => vec![schema(db, item)],
    }
}

fn required(form: &SchemaInfo) -> impl Iterator<Item = &FieldInfo> {
    form.fields.iter().filter(|field| !field.optional && !field.has_default)
}

/// The type of the elements of a list or map that has one at least.
fn needed_element(ty: &Ty) -> Option<&Ty> {
    let Ty::Refined(refined) = ty else { return None };
    let some =
        |refinement: &Refinement| matches!(refinement, Refinement::Len(Some(low), _) if *low > 0);
    match &refined.base {
        _ if !refined.refinements.iter().any(some) => None,
        Ty::List(element) => Some(element),
        Ty::Map(map) => Some(&map.1),
        Ty::Keyed(keyed) => Some(&keyed.element),
        _ => None,
    }
}

fn named(ty: &Ty) -> Option<Item> {
    if let Some(element) = needed_element(ty) {
        return named(element);
    }
    match base(ty) {
        Ty::Schema(item) | Ty::Variant(item) => Some(*item),
        Ty::Union(members) => members.iter().find_map(named),
        _ => None,
    }
}

fn needed(ty: &Ty, items: &mut Vec<Item>) {
    if let Some(element) = needed_element(ty) {
        return needed(element, items);
    }
    match base(ty) {
        Ty::Schema(item) | Ty::Variant(item) if !items.contains(item) => items.push(*item),
        Ty::Union(members) => members.iter().for_each(|member| needed(member, items)),
        _ => {}
    }
}
