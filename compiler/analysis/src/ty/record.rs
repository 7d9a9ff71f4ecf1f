//! Records, and what they hold: found out once, when the type is made.

use std::sync::Arc;

use super::{Holds, RecordTy, Ty};
use crate::fits::present;

/// Past so many fields, they are looked up by an index.
const LINEAR: usize = 16;

impl RecordTy {
    pub fn new(fields: Vec<(Arc<str>, Ty)>, rest: Option<Ty>) -> Self {
        let types = fields.iter().map(|(_, ty)| ty).chain(&rest);
        let holds = types.fold(Holds::ONE, |all, ty| all.and(Holds::of(ty)));
        let mut by_name = Vec::new();
        if fields.len() > LINEAR {
            by_name.extend(0..u32::try_from(fields.len()).unwrap_or(u32::MAX));
            by_name.sort_by_key(|at| fields.get(*at as usize).map(|(name, _)| name));
        }
        Self { holds, fields, rest, by_name }
    }

    /// The type of a field that the record lists.
    pub fn field(&self, name: &str) -> Option<&Ty> {
        if self.by_name.is_empty() {
            return self.fields.iter().find(|(field, _)| **field == *name).map(|(_, ty)| ty);
        }
        let field = |at: &u32| self.fields.get(*at as usize);
        let first = self.by_name.partition_point(|at| field(at).is_some_and(|(n, _)| **n < *name));
        let (found, ty) = self.by_name.get(first).and_then(field)?;
        (**found == *name).then_some(ty)
    }

    /// The type that all fields have which the record lists, if it is one.
    pub fn one_type(&self) -> Option<&Ty> {
        let ((_, first), rest) = self.fields.split_first()?;
        rest.iter().all(|(_, ty)| present(ty) == present(first)).then_some(present(first))
    }

    /// What the type holds.
    pub fn holds(&self) -> Holds {
        self.holds
    }

    /// The same record with other types.
    pub fn map(&self, of: impl Fn(&Ty) -> Ty) -> Self {
        let fields = self.fields.iter().map(|(name, ty)| (name.clone(), of(ty))).collect();
        Self::new(fields, self.rest.as_ref().map(of))
    }
}

impl Holds {
    /// What a type without parts holds.
    const ONE: Self = Self { parts: 1, sensitive: false, any: false, params: false, named: false };

    fn of(ty: &Ty) -> Self {
        match ty {
            Ty::Sensitive(inner) => Self { sensitive: true, ..Self::of(inner) },
            Ty::Any => Self { any: true, ..Self::ONE },
            Ty::Param(_) => Self { params: true, ..Self::ONE },
            Ty::Schema(_) | Ty::Variant(_) | Ty::Case(..) | Ty::Object | Ty::Kube(_) => {
                Self { named: true, ..Self::ONE }
            }
            Ty::Optional(inner) | Ty::List(inner) | Ty::Range(inner) => Self::of(inner),
            Ty::Map(map) => Self::of(&map.0).and(Self::of(&map.1)),
            Ty::Keyed(keyed) => Self::of(&keyed.element),
            Ty::Record(record) => record.holds,
            Ty::Union(members) => members.iter().map(Self::of).fold(Self::ONE, Self::and),
            Ty::Refined(refined) => Self::of(&refined.base),
            Ty::Fn(function) => {
                let params = function.params.iter().map(|(_, ty)| Self::of(ty));
                params.fold(Self::of(&function.result), Self::and)
            }
            _ => Self::ONE,
        }
    }

    fn and(self, other: Self) -> Self {
        Self {
            parts: self.parts.saturating_add(other.parts),
            sensitive: self.sensitive || other.sensitive,
            any: self.any || other.any,
            params: self.params || other.params,
            named: self.named || other.named,
        }
    }
}
