//! What a call of a function of the library makes of the type parameters in its signature.

use std::sync::Arc;

use salsa::Database;

use crate::fits::{Fit, base, fits, join, kind_of, present, widened};
use crate::sensitive::reaches_sensitive;
use crate::ty::{FnTy, Ty, TypeParam};

/// The types that the arguments so far give to type parameters.
#[derive(Default)]
pub(super) struct Params {
    known: Vec<(TypeParam, Ty)>,
}

impl Params {
    pub fn of(&self, param: TypeParam) -> Option<&Ty> {
        self.known.iter().find(|(known, _)| *known == param).map(|(_, ty)| ty)
    }

    /// Takes from an argument what its type says of the parameters that are not known yet.
    pub fn infer(&mut self, db: &dyn Database, param: &Ty, found: &Ty) {
        // Elements that are constants of one kind are of that kind.
        let wide = match (param, base(found)) {
            (Ty::Param(_) | Ty::Optional(_), _) => None,
            (_, Ty::Union(_)) => Some(widened(base(found))),
            _ => None,
        };
        match (param, wide.as_ref().unwrap_or(found)) {
            (Ty::Param(param), found) if self.of(*param).is_none() && param.admits(found) => {
                let ty = match param {
                    // What is computed from numbers is a number of their kind, and no more than that.
                    TypeParam::Number => base(&widened(found)).clone(),
                    // It is the result of a function too, which need not give the same constant.
                    TypeParam::U => widened(found),
                    _ => found.clone(),
                };
                self.known.push((*param, ty));
            }
            (Ty::Optional(param), found) => self.infer(db, param, present(found)),
            (Ty::List(param), found) => match base(found) {
                Ty::List(element) => self.infer(db, param, element),
                found @ (Ty::Error | Ty::Never) => self.infer(db, param, found),
                _ => {}
            },
            (Ty::Range(param), found) => {
                if let Ty::Range(end) = base(found) {
                    self.infer(db, param, end);
                }
            }
            (Ty::Map(param), found) => {
                if let Some((key, value)) = entries(db, found) {
                    self.infer(db, &param.0, &key);
                    self.infer(db, &param.1, &value);
                }
            }
            (Ty::Record(param), found) => {
                if let Ty::Record(found) = base(found) {
                    for (name, ty) in &param.fields {
                        if let Some(found) = found.field(name) {
                            self.infer(db, ty, found);
                        }
                    }
                }
            }
            (Ty::Fn(param), found) => {
                if let Ty::Fn(found) = base(found) {
                    for ((_, param), (_, found)) in param.params.iter().zip(&found.params) {
                        self.infer(db, param, found);
                    }
                    self.infer(db, &param.result, &found.result);
                }
            }
            _ => {}
        }
    }

    /// Whether a value of the type may be the argument. A parameter that is known from a constant takes another
    /// one of its kind.
    pub fn fits(&mut self, db: &dyn Database, found: &Ty, param: &Ty) -> Fit {
        let fit = self.fits_as_map(db, found, param);
        if fit != Fit::No {
            return fit;
        }
        let Ty::Param(name) = present(param) else { return Fit::No };
        let Some(at) = self.known.iter().position(|(known, _)| known == name) else {
            return Fit::No;
        };
        let Some((_, known)) = self.known.get_mut(at) else { return Fit::No };
        let wide = widened(known);
        if *known == wide || fits(db, &kind(present(found)), &wide) == Fit::No {
            return Fit::No;
        }
        *known = join(db, known.clone(), present(found).clone());
        self.fits_as_map(db, found, param)
    }

    /// Records and keyed lists are maps to functions that take any map.
    fn fits_as_map(&self, db: &dyn Database, found: &Ty, param: &Ty) -> Fit {
        let want = self.substituted(param);
        match (param, entries(db, found)) {
            (Ty::Map(_), Some((key, value))) if present(found) == found => {
                fits(db, &Ty::Map(Arc::new((key, value))), &want)
            }
            _ => fits(db, found, &want),
        }
    }

    /// The type with what is known in place of its parameters; nothing is known of the others.
    pub fn substituted(&self, ty: &Ty) -> Ty {
        self.replaced(ty, &|param| Ty::Param(param))
    }

    /// What the place of an argument asks for, where that is known: of a function at least its parameters.
    pub fn expected(&self, ty: &Ty) -> Option<Ty> {
        Some(self.replaced(ty, &|_| Ty::Any)).filter(|ty| !holds_any(ty))
    }

    /// The type of the result. What no argument says is nothing: `first([])`.
    pub fn result(&self, ty: &Ty) -> Ty {
        self.replaced(ty, &|_| Ty::Never)
    }

    fn replaced(&self, ty: &Ty, unknown: &dyn Fn(TypeParam) -> Ty) -> Ty {
        let inner = |ty: &Ty| self.replaced(ty, unknown);
        match ty {
            Ty::Param(param) => self.of(*param).cloned().unwrap_or_else(|| unknown(*param)),
            Ty::Optional(ty) => crate::fits::optional(inner(ty)),
            Ty::List(ty) => Ty::List(Arc::new(inner(ty))),
            Ty::Range(ty) => Ty::Range(Arc::new(inner(ty))),
            Ty::Map(map) => Ty::Map(Arc::new((inner(&map.0), inner(&map.1)))),
            Ty::Union(members) => Ty::Union(members.iter().map(inner).collect()),
            Ty::Record(record) if !record.holds().params => ty.clone(),
            Ty::Record(record) => Ty::Record(Arc::new(record.map(inner))),
            Ty::Fn(function) => {
                let result = inner(&function.result);
                Ty::Fn(Arc::new(FnTy {
                    params: function
                        .params
                        .iter()
                        .map(|(name, ty)| (name.clone(), inner(ty)))
                        .collect(),
                    required: function.required,
                    // A lambda says itself what it results in, unless all of that is known.
                    result: if holds_any(&result) { Ty::Any } else { result },
                }))
            }
            ty => ty.clone(),
        }
    }
}

/// Whether the type parameters of a function decide its type.
pub(super) fn is_generic(ty: &Ty) -> bool {
    match ty {
        Ty::Param(_) => true,
        Ty::Optional(ty) | Ty::List(ty) | Ty::Range(ty) => is_generic(ty),
        Ty::Map(map) => is_generic(&map.0) || is_generic(&map.1),
        Ty::Union(members) => members.iter().any(is_generic),
        Ty::Record(record) => record.holds().params,
        Ty::Fn(function) => {
            is_generic(&function.result) || function.params.iter().any(|(_, ty)| is_generic(ty))
        }
        _ => false,
    }
}

/// Whether values of the type have parts of the type that a parameter stands for.
pub(super) fn mentions(ty: &Ty, param: TypeParam) -> bool {
    match ty {
        Ty::Param(known) => *known == param,
        Ty::Optional(ty) | Ty::List(ty) | Ty::Range(ty) => mentions(ty, param),
        Ty::Map(map) => mentions(&map.0, param) || mentions(&map.1, param),
        Ty::Union(members) => members.iter().any(|ty| mentions(ty, param)),
        Ty::Record(record) => {
            record.holds().params && record.fields.iter().any(|(_, ty)| mentions(ty, param))
        }
        _ => false,
    }
}

/// Whether a parameter takes a value of whatever type, of which its function can see nothing.
pub(super) fn is_any_value(param: &Ty) -> bool {
    matches!(param, Ty::Param(TypeParam::T | TypeParam::U | TypeParam::V))
}

/// Whether a function sees what is sensitive in an argument. Of values of any type it sees nothing.
pub(super) fn is_exposed(db: &dyn Database, found: &Ty, param: &Ty) -> bool {
    match (param, found) {
        (Ty::Fn(_), _) => false,
        (param, _) if is_any_value(param) => false,
        (Ty::Optional(param), found) => is_exposed(db, present(found), param),
        (Ty::List(param), Ty::List(found)) => is_exposed(db, found, param),
        (Ty::Map(param), found) if !matches!(found, Ty::Sensitive(_)) => {
            entries(db, found).is_some_and(|(_, found)| is_exposed(db, &found, &param.1))
        }
        (_, found) => reaches_sensitive(db, found),
    }
}

/// The types of the keys and values of a map, a keyed list or a record. What is absent is passed over.
fn entries(db: &dyn Database, ty: &Ty) -> Option<(Ty, Ty)> {
    match base(ty) {
        Ty::Map(map) => Some((map.0.clone(), present(&map.1).clone())),
        Ty::Keyed(keyed) => Some((Ty::Str, keyed.element.clone())),
        Ty::Record(record) => {
            let all = record.fields.iter().map(|(_, ty)| ty).chain(record.rest.as_ref());
            let value = all.fold(Ty::Never, |all, ty| join(db, all, present(ty).clone()));
            Some((Ty::Str, value))
        }
        _ => None,
    }
}

fn holds_any(ty: &Ty) -> bool {
    match ty {
        Ty::Any => true,
        Ty::Optional(ty) | Ty::List(ty) => holds_any(ty),
        Ty::Map(map) => holds_any(&map.0) || holds_any(&map.1),
        Ty::Record(record) => record.holds().any,
        _ => false,
    }
}

/// A constant as its kind.
fn kind(ty: &Ty) -> Ty {
    match ty {
        Ty::Literal(literal) => kind_of(literal),
        ty => base(ty).clone(),
    }
}
