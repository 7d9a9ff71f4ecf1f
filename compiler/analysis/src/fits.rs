//! Whether a value of one type may stand where another type is asked for.
//!
//! Kinds are proved here, once and for all. Refinements are proved where the value is constant or its type
//! says enough; the rest is left to the evaluator, which checks the value itself.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::Arc;

use salsa::Database;

use crate::bounds::order;
use crate::db::{Item, target};
use crate::interval;
use crate::limits;
use crate::refinement;
use crate::schema::schema;
use crate::sensitive::{exposed, hides_all, is_sensitive, reaches_sensitive, sealed};
use crate::ty::{Bound, Literal, Refinement, Ty, TypeParam};

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Fit {
    /// Proved.
    Yes,
    /// The kind agrees; the value is to be checked when it is computed.
    Checked,
    No,
}

impl Fit {
    /// Both must hold.
    fn and(self, other: Self) -> Self {
        self.max(other)
    }
}

/// How a value of type `found` fits where `want` is asked for.
pub fn fits(db: &dyn Database, found: &Ty, want: &Ty) -> Fit {
    if found == want {
        return Fit::Yes;
    }
    match (found, want) {
        (Ty::Error | Ty::Never, _) | (_, Ty::Error) => Fit::Yes,
        // Where anything may be, it may be shown.
        (Ty::Optional(_), Ty::Any) => Fit::No,
        (_, Ty::Any) => yes_if(!reaches_sensitive(db, found)),
        // What is hidden as a whole may be hidden piece by piece.
        (Ty::Sensitive(found), Ty::List(_) | Ty::Map(_)) if hides_all(want) => {
            fits(db, &exposed(found), want)
        }
        (Ty::Param(TypeParam::K), Ty::Str) => Fit::Yes,
        (Ty::Optional(found), Ty::Optional(want)) => fits(db, found, want),
        (_, Ty::Optional(want)) => fits(db, found, want),
        (Ty::Optional(_), _) => Fit::No,
        (_, Ty::Sensitive(want)) if **want == Ty::Any => Fit::Yes,
        (_, Ty::Sensitive(want)) => fits(db, &exposed(found), want),
        // Which of several constants it is, is known once it is computed; whether that one fits, too.
        (Ty::Union(found), Ty::Refined(narrowed))
            if found.iter().all(|member| matches!(member, Ty::Literal(_)))
                && found.iter().any(|member| fits(db, member, want) != Fit::No) =>
        {
            let kinds = found.iter().map(|member| fits(db, member, &narrowed.base));
            let all = found.iter().all(|member| fits(db, member, want) == Fit::Yes);
            kinds.fold(if all { Fit::Yes } else { Fit::Checked }, Fit::and)
        }
        (Ty::Union(found), _) => {
            found.iter().fold(Fit::Yes, |fit, member| fit.and(fits(db, member, want)))
        }
        (_, Ty::Union(want)) => {
            want.iter().map(|member| fits(db, found, member)).min().unwrap_or(Fit::No)
        }
        (Ty::Literal(literal), Ty::Refined(want)) => {
            match refinement::literal_fits(literal, &want.refinements, target(db)) {
                Some(false) => Fit::No,
                Some(true) => fits(db, found, &want.base),
                None => fits(db, found, &want.base).and(Fit::Checked),
            }
        }
        (_, Ty::Refined(_)) if interval::disjoint(found, want) => Fit::No,
        (_, Ty::Refined(want)) => {
            let (base, known): (&Ty, &[Refinement]) = match found {
                Ty::Refined(found) => (&found.base, &found.refinements),
                _ => (found, &[]),
            };
            let proved =
                want.refinements.iter().all(|w| known.iter().any(|k| implies(&want.base, k, w)));
            fits(db, base, &want.base).and(if proved { Fit::Yes } else { Fit::Checked })
        }
        (Ty::Refined(found), Ty::Literal(literal))
            if refinement::literal_fits(literal, &found.refinements, target(db)) == Some(false) =>
        {
            Fit::No
        }
        (Ty::Refined(found), _) => fits(db, &found.base, want),
        (Ty::Literal(Literal::Str(text)), Ty::Quantity) => {
            yes_if(text.parse::<kube::quantity::Quantity>().is_ok())
        }
        (Ty::Literal(found), Ty::Literal(want)) => yes_if(found == want),
        (Ty::Literal(found), _) => yes_if(kind_of(found) == *want),
        (_, Ty::Literal(want)) => {
            if *found == kind_of(want) {
                Fit::Checked
            } else {
                Fit::No
            }
        }
        (Ty::Range(found), Ty::Range(want)) | (Ty::List(found), Ty::List(want)) => {
            fits(db, found, want)
        }
        (Ty::Map(found), Ty::Map(want)) => {
            fits(db, &found.0, &want.0).and(fits(db, &found.1, &want.1))
        }
        (Ty::Record(found), Ty::Map(want)) => found
            .fields
            .iter()
            .map(|(_, ty)| ty)
            .chain(found.rest.as_ref())
            .fold(Fit::Yes, |fit, ty| fit.and(fits(db, ty, &want.1))),
        (Ty::Keyed(found), Ty::Keyed(want)) => {
            if found.keys == want.keys {
                fits(db, &found.element, &want.element)
            } else {
                Fit::No
            }
        }
        (Ty::Record(found), Ty::Record(want)) => {
            let mut fit = Fit::Yes;
            for (name, ty) in &want.fields {
                fit = fit.and(match found.field(name) {
                    Some(found) => fits(db, found, ty),
                    None => yes_if(matches!(ty, Ty::Optional(_))),
                });
            }
            if let Some(further) = &found.rest {
                // Which further keys there are is known once they are computed.
                let into_rest = want.rest.as_ref().map_or(Fit::Yes, |rest| fits(db, further, rest));
                fit = fit.and(Fit::Checked).and(into_rest);
            }
            for (name, ty) in &found.fields {
                if want.field(name).is_none() {
                    fit = fit.and(match &want.rest {
                        Some(rest) => fits(db, ty, rest),
                        None => Fit::No,
                    });
                }
            }
            fit
        }
        (Ty::Kube(found), Ty::Object) => yes_if(found.kind().is_some()),
        (Ty::Schema(found), Ty::Schema(want)) => yes_if(extends(db, *found, *want)),
        (Ty::Case(found, _), Ty::Variant(want)) => yes_if(found == want),
        (Ty::Fn(found), Ty::Fn(want)) if found.params.len() == want.params.len() => found
            .params
            .iter()
            .zip(&want.params)
            .fold(fits(db, &found.result, &want.result), |fit, ((_, f), (_, w))| {
                fit.and(fits(db, w, f))
            }),
        _ => Fit::No,
    }
}

/// Is `child` the schema `parent`, or does it extend it, directly or not?
pub fn extends(db: &dyn Database, child: Item, parent: Item) -> bool {
    child == parent || schema(db, child).ancestors.contains(&parent)
}

/// The type that both sides of an `if` or all elements of a list share.
pub fn join(db: &dyn Database, a: Ty, b: Ty) -> Ty {
    if is_sensitive(&a) || is_sensitive(&b) {
        return sealed(join(db, exposed(&a), exposed(&b)));
    }
    if fits(db, &a, &b) == Fit::Yes {
        return b;
    }
    if fits(db, &b, &a) == Fit::Yes {
        return a;
    }
    match (a, b) {
        (Ty::Optional(a), b) | (b, Ty::Optional(a)) => {
            let inner = match b {
                Ty::Optional(b) => join(db, (*a).clone(), (*b).clone()),
                b => join(db, (*a).clone(), b),
            };
            optional(inner)
        }
        // Lists of different constants are lists of either, whose elements can be read.
        (Ty::List(a), Ty::List(b)) if widened(&a) == widened(&b) => {
            Ty::List(Arc::new(join(db, (*a).clone(), (*b).clone())))
        }
        (a, b) => {
            // Those of each side are told apart already.
            let mut members: Vec<Ty> = members_of(&a).to_vec();
            for member in members_of(&b) {
                if !members.contains(member) {
                    members.push(member.clone());
                }
            }
            // A long list of constants says no more than their kind does.
            if members.len() > 16 {
                let mut kinds: Vec<Ty> = Vec::new();
                for member in members.iter().map(widened) {
                    if !kinds.contains(&member) {
                        kinds.push(member);
                    }
                }
                members = kinds;
            }
            if members.len() > limits::JOINED {
                return Ty::Any;
            }
            if members.len() == 1
                && let Some(only) = members.pop()
            {
                return only;
            }
            Ty::Union(members.into())
        }
    }
}

/// `T?`, once.
pub fn optional(ty: Ty) -> Ty {
    match ty {
        Ty::Optional(_) | Ty::Error | Ty::Any => ty,
        ty => Ty::Optional(Arc::new(ty)),
    }
}

/// The type as one that is declared to be absent perhaps. Of what is read from data nothing says whether it is there;
/// of `Any?` this does.
pub fn declared_optional(ty: Ty) -> Ty {
    match ty {
        Ty::Any => Ty::Optional(Arc::new(ty)),
        ty => optional(ty),
    }
}

/// The type without `?`.
pub fn present(ty: &Ty) -> &Ty {
    match ty {
        Ty::Optional(inner) => inner,
        ty => ty,
    }
}

/// The type without the names and conditions that narrow it, and without `?`.
pub fn base(ty: &Ty) -> &Ty {
    match ty {
        Ty::Optional(inner) | Ty::Sensitive(inner) => base(inner),
        Ty::Refined(refined) => base(&refined.base),
        ty => ty,
    }
}

/// Constants as their kinds: what a field without a declared type may hold after a layer.
pub fn widened(ty: &Ty) -> Ty {
    match ty {
        Ty::Literal(literal) => kind_of(literal),
        // Bounds that follow from how a value was computed, and that nobody declared.
        Ty::Refined(refined) if refined.name.is_none() && refined.base == Ty::Int => Ty::Int,
        Ty::Case(item, _) => Ty::Variant(*item),
        Ty::Sensitive(inner) => Ty::Sensitive(Arc::new(widened(inner))),
        Ty::Optional(inner) => optional(widened(inner)),
        Ty::List(inner) => Ty::List(Arc::new(widened(inner))),
        Ty::Range(inner) => Ty::Range(Arc::new(widened(inner))),
        Ty::Map(map) => Ty::Map(Arc::new((widened(&map.0), widened(&map.1)))),
        Ty::Union(members) => {
            let mut kinds: Vec<Ty> = Vec::new();
            for member in members.iter().map(widened) {
                if !kinds.contains(&member) {
                    kinds.push(member);
                }
            }
            match kinds.as_slice() {
                [only] => only.clone(),
                _ => Ty::Union(kinds.into()),
            }
        }
        ty => ty.clone(),
    }
}

pub fn kind_of(literal: &Literal) -> Ty {
    match literal {
        Literal::Bool(_) => Ty::Bool,
        Literal::Int(_) => Ty::Int,
        Literal::Str(_) => Ty::Str,
    }
}

pub fn members_of(ty: &Ty) -> &[Ty] {
    match ty {
        Ty::Union(members) => members,
        ty => std::slice::from_ref(ty),
    }
}

/// What of a union a scalar of type `found` was to be: its members of that kind, which are one type or several constants.
/// The whole where none is, and where a type is no union.
pub fn of_kind_of<'t>(found: &Ty, want: &'t Ty) -> Cow<'t, Ty> {
    let kind = widened(found);
    let (
        Ty::Union(members),
        Ty::Bool | Ty::Int | Ty::Float | Ty::Str | Ty::Quantity | Ty::Duration | Ty::Percent,
    ) = (base(want), base(&kind))
    else {
        return Cow::Borrowed(want);
    };
    let alike = |member: &&Ty| base(&widened(member)) == base(&kind);
    let mut alike: Vec<&Ty> = members.iter().filter(alike).collect();
    match (alike.pop(), alike.is_empty()) {
        (None, _) => Cow::Borrowed(want),
        (Some(only), true) => Cow::Borrowed(only),
        (Some(last), false) => {
            let members = alike.into_iter().chain([last]);
            Cow::Owned(Ty::Union(members.cloned().collect()))
        }
    }
}

fn yes_if(condition: bool) -> Fit {
    if condition { Fit::Yes } else { Fit::No }
}

/// Does whatever satisfies `known` satisfy `wanted`, of values of a type?
fn implies(ty: &Ty, known: &Refinement, wanted: &Refinement) -> bool {
    let within = |known: (Option<u64>, Option<u64>), wanted: (Option<u64>, Option<u64>)| {
        wanted.0.is_none_or(|w| known.0.is_some_and(|k| k >= w))
            && wanted.1.is_none_or(|w| known.1.is_some_and(|k| k <= w))
    };
    match (known, wanted) {
        (Refinement::Between(kl, kh), Refinement::Between(wl, wh)) => {
            let stands = |known: &Option<Bound>, wanted: &Option<Bound>| {
                known.as_ref().zip(wanted.as_ref()).and_then(|(k, w)| order(ty, k, w))
            };
            known == wanted
                || (wl.is_none() || stands(kl, wl).is_some_and(Ordering::is_ge))
                    && (wh.is_none() || stands(kh, wh).is_some_and(Ordering::is_le))
        }
        (Refinement::Len(kl, kh), Refinement::Len(wl, wh))
        | (Refinement::Bytes(kl, kh), Refinement::Bytes(wl, wh)) => within((*kl, *kh), (*wl, *wh)),
        _ => known == wanted,
    }
}
