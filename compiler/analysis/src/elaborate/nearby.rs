//! Where a field is that was looked for in the wrong place: further in.

use std::sync::Arc;

use super::Elaborator;
use crate::code::ExprId;
use crate::fits::{base, present};
use crate::keys::shape_of;
use crate::path::push_name;
use crate::schema::{FieldInfo, schema};
use crate::ty::Ty;

/// How many steps lead to a field that is looked for: `deployment.spec.template.spec.containers["…"].image`.
const STEPS: usize = 7;
/// How many types are looked into.
const TYPES: usize = 400;

impl Elaborator<'_> {
    /// The path of the nearest field of the name within values of a type, if there is one: of a service,
    /// `deployment.spec.template.spec.serviceAccountName`.
    pub(super) fn field_within(&self, ty: &Ty, name: &str) -> Option<String> {
        let mut seen: Vec<Ty> = Vec::new();
        let mut level: Vec<(Ty, String)> = vec![(present(ty).clone(), String::new())];
        for step in 0..STEPS {
            let mut next = Vec::new();
            for (ty, path) in level {
                let inner = self.steps_into(&ty);
                if step > 0 && inner.iter().any(|(field, _)| **field == *name) {
                    return Some(format!("{path}.{name}"));
                }
                // What a cluster says of itself, nobody writes.
                for (field, inner) in inner.into_iter().filter(|(field, _)| **field != *"status") {
                    let is_seen = seen.contains(&inner);
                    if !is_seen && seen.len() < TYPES && Self::is_record(&inner) {
                        let mut path = path.clone();
                        match field.is_empty() {
                            true => path.push_str("[\"…\"]"),
                            false => push_name(&mut path, &field),
                        }
                        seen.push(inner.clone());
                        next.push((inner, path));
                    }
                }
            }
            level = next;
        }
        None
    }

    /// Where among what a component shows to others a key stands that was read as a field of it: `endpoints.http`.
    pub(super) fn key_within(&self, of: ExprId, ty: &Ty, name: &str) -> Option<String> {
        let Ty::Schema(item) = base(ty) else { return None };
        let (start, path) = self.way_to(of)?;
        let holds = |field: &&FieldInfo| {
            let path: Vec<Arc<str>> = path.iter().cloned().chain([field.name.clone()]).collect();
            matches!(base(&field.ty), Ty::Map(_) | Ty::Keyed(_)) && {
                let shape = shape_of(self.db, self.module, start, &path);
                !shape.open && shape.key(name).is_some()
            }
        };
        let shown = schema(self.db, *item).fields.iter().filter(|field| field.export);
        shown.into_iter().find(holds).map(|field| format!("{}.{name}", field.name))
    }

    /// The fields of a type that lead further; what any key leads to has no name.
    fn steps_into(&self, ty: &Ty) -> Vec<(Arc<str>, Ty)> {
        match base(ty) {
            Ty::Map(map) => vec![("".into(), present(&map.1).clone())],
            Ty::Keyed(keyed) => vec![("".into(), keyed.element.clone())],
            Ty::Schema(item) => {
                let fields = schema(self.db, *item).fields.iter();
                let open = fields.filter(|field| !field.derive && field.ty != Ty::Never);
                open.map(|field| (field.name.clone(), present(&field.ty).clone())).collect()
            }
            Ty::Kube(_) | Ty::Record(_) => {
                let names = self.field_names(ty).into_iter();
                let typed = |name: &str| {
                    let ty = present(&self.field_of(ty, name)?.ty).clone();
                    Some((name.into(), ty))
                };
                names.filter_map(typed).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// The fields that have a word in common with a name that is none: `memoryLimit` and `cpu` with `cpuLimit`.
pub(super) fn akin<'n>(name: &str, names: &[&'n str]) -> impl Iterator<Item = &'n str> {
    let words: Vec<String> = words_of(name);
    let shares = move |other: &&'n str| words_of(other).iter().any(|word| words.contains(word));
    names.iter().copied().filter(shares)
}

/// The words of a name in camel case that are long enough to mean something.
fn words_of(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for letter in name.chars() {
        if letter.is_uppercase() || !letter.is_alphanumeric() {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.extend(letter.to_lowercase().filter(|letter| letter.is_alphanumeric()));
        }
    }
    words.retain(|word| word.len() > 2);
    words
}
