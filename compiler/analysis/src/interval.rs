//! Integers that a type admits, as an interval: what arithmetic makes of them, and what comparisons are known to give.

use std::sync::Arc;

use crate::code::BinaryOp;
use crate::fits::{base, present};
use crate::ty::{Bound, Literal, RefinedTy, Refinement, Ty};

/// The integers from one bound to another, both included; without a bound, all in that direction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Interval {
    pub low: Option<i64>,
    pub high: Option<i64>,
}

impl Interval {
    pub const ALL: Self = Self { low: None, high: None };

    /// What a type of integers admits; `None` for any other type.
    pub fn of(ty: &Ty) -> Option<Self> {
        match ty {
            Ty::Int => Some(Self::ALL),
            Ty::Literal(Literal::Int(value)) => {
                Some(Self { low: Some(*value), high: Some(*value) })
            }
            Ty::Refined(refined) => {
                let within = refined.refinements.iter().filter_map(between);
                Some(within.fold(Self::of(&refined.base)?, Self::both))
            }
            Ty::Union(members) => {
                let mut all = members.iter().map(Self::of);
                let first = all.next()??;
                all.try_fold(first, |hull, member| Some(hull.hull(member?)))
            }
            _ => None,
        }
    }

    pub fn is_empty(self) -> bool {
        self.low.zip(self.high).is_some_and(|(low, high)| low > high)
    }

    /// The integers of both.
    pub fn both(self, other: Self) -> Self {
        Self {
            low: self.low.max(other.low),
            high: match (self.high, other.high) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            },
        }
    }

    fn hull(self, other: Self) -> Self {
        Self {
            low: self.low.zip(other.low).map(|(a, b)| a.min(b)),
            high: self.high.zip(other.high).map(|(a, b)| a.max(b)),
        }
    }

    /// The type of its integers.
    pub fn ty(self) -> Ty {
        let bound = |value: Option<i64>| value.map(Bound::Int);
        if self == Self::ALL {
            return Ty::Int;
        }
        let refinement = Refinement::Between(bound(self.low), bound(self.high));
        Ty::Refined(Arc::new(RefinedTy {
            name: None,
            base: Ty::Int,
            refinements: [refinement].into(),
        }))
    }
}

impl std::fmt::Display for Interval {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let end = |end: Option<i64>| end.map(|end| end.to_string()).unwrap_or_default();
        write!(f, "{}..{}", end(self.low), end(self.high))
    }
}

fn between(refinement: &Refinement) -> Option<Interval> {
    let Refinement::Between(low, high) = refinement else { return None };
    let int = |bound: &Option<Bound>| match bound {
        Some(Bound::Int(value)) => Some(*value),
        _ => None,
    };
    Some(Interval { low: int(low), high: int(high) })
}

/// What arithmetic makes of integers of these types. What does not fit in 64 bits is an error when it is computed, so it
/// bounds nothing here.
pub fn arithmetic(op: BinaryOp, left: &Ty, right: &Ty) -> Ty {
    let (Some(a), Some(b)) = (Interval::of(left), Interval::of(right)) else { return Ty::Int };
    let with = |a: Option<i64>, b: Option<i64>, f: fn(i64, i64) -> Option<i64>| {
        a.zip(b).and_then(|(a, b)| f(a, b))
    };
    let result = match op {
        BinaryOp::Add => Interval {
            low: with(a.low, b.low, i64::checked_add),
            high: with(a.high, b.high, i64::checked_add),
        },
        BinaryOp::Subtract => Interval {
            low: with(a.low, b.high, i64::checked_sub),
            high: with(a.high, b.low, i64::checked_sub),
        },
        BinaryOp::Multiply => {
            let ends = [(a.low, b.low), (a.low, b.high), (a.high, b.low), (a.high, b.high)];
            let products: Option<Vec<i64>> =
                ends.into_iter().map(|(a, b)| with(a, b, i64::checked_mul)).collect();
            let products = products.unwrap_or_default();
            Interval { low: products.iter().min().copied(), high: products.iter().max().copied() }
        }
        _ => Interval::ALL,
    };
    result.ty()
}

/// What a comparison of integers of these types always gives, if it always gives the same.
pub fn comparison(op: BinaryOp, left: &Ty, right: &Ty) -> Option<bool> {
    let (a, b) = (Interval::of(left)?, Interval::of(right)?);
    let below = |a: Option<i64>, b: Option<i64>| a.zip(b).is_some_and(|(a, b)| a < b);
    let at_most = |a: Option<i64>, b: Option<i64>| a.zip(b).is_some_and(|(a, b)| a <= b);
    let decided = |yes: bool, no: bool| match (yes, no) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    };
    let apart = below(a.high, b.low) || below(b.high, a.low);
    let same = a == b && a.low.is_some() && a.low == a.high;
    match op {
        BinaryOp::Less => decided(below(a.high, b.low), at_most(b.high, a.low)),
        BinaryOp::LessEqual => decided(at_most(a.high, b.low), below(b.high, a.low)),
        BinaryOp::Greater => decided(below(b.high, a.low), at_most(a.high, b.low)),
        BinaryOp::GreaterEqual => decided(at_most(b.high, a.low), below(a.high, b.low)),
        BinaryOp::Equal => decided(same, apart),
        BinaryOp::NotEqual => decided(apart, same),
        _ => None,
    }
}

/// The integers of one side of a comparison for which it can hold, given those of the other side.
pub fn left_of(op: BinaryOp, left: Interval, right: Interval) -> Interval {
    let below = |bound: Option<i64>| bound.and_then(|bound| bound.checked_sub(1));
    let above = |bound: Option<i64>| bound.and_then(|bound| bound.checked_add(1));
    let within = match op {
        BinaryOp::Less => Interval { low: None, high: below(right.high) },
        BinaryOp::LessEqual => Interval { low: None, high: right.high },
        BinaryOp::Greater => Interval { low: above(right.low), high: None },
        BinaryOp::GreaterEqual => Interval { low: right.low, high: None },
        BinaryOp::Equal => right,
        _ => Interval::ALL,
    };
    left.both(within)
}

/// Whether no value is of both types: no integer, or nothing that is so long.
pub fn disjoint(a: &Ty, b: &Ty) -> bool {
    match (Interval::of(present(a)), Interval::of(present(b))) {
        (Some(a), Some(b)) => a.both(b).is_empty(),
        _ => lengths_apart(a, b).is_some(),
    }
}

/// The lengths of two types of texts, lists or maps that have none in common.
pub fn lengths_apart(a: &Ty, b: &Ty) -> Option<(Interval, Interval)> {
    let (Ty::Refined(a), Ty::Refined(b)) = (present(a), present(b)) else { return None };
    if std::mem::discriminant(base(&a.base)) != std::mem::discriminant(base(&b.base)) {
        return None;
    }
    [false, true].into_iter().find_map(|bytes| {
        let (a, b) = (lengths(&a.refinements, bytes), lengths(&b.refinements, bytes));
        a.both(b).is_empty().then_some((a, b))
    })
}

/// How long values of a type are, where that is known of it.
pub fn length(ty: &Ty) -> Option<Ty> {
    match ty {
        Ty::Literal(Literal::Str(text)) => {
            Some(Ty::Literal(Literal::Int(i64::try_from(text.chars().count()).ok()?)))
        }
        Ty::Refined(refined) => {
            let lengths = lengths(&refined.refinements, false);
            (lengths != Interval::ALL).then(|| lengths.ty())
        }
        _ => None,
    }
}

/// How long conditions let a value be: in characters or elements, or in bytes.
pub fn lengths(refinements: &[Refinement], bytes: bool) -> Interval {
    let count = |value: &Option<u64>| value.and_then(|value| i64::try_from(value).ok());
    let lengths = refinements.iter().filter_map(|refinement| match refinement {
        Refinement::Len(low, high) if !bytes => Some((low, high)),
        Refinement::Bytes(low, high) if bytes => Some((low, high)),
        _ => None,
    });
    lengths
        .map(|(low, high)| Interval { low: count(low), high: count(high) })
        .fold(Interval::ALL, Interval::both)
}

/// Whether no value satisfies all conditions: of numbers, of lengths, of sizes.
pub fn nothing(refinements: &[Refinement]) -> bool {
    let numbers = refinements.iter().filter_map(between).fold(Interval::ALL, Interval::both);
    [numbers, lengths(refinements, false), lengths(refinements, true)]
        .into_iter()
        .any(Interval::is_empty)
}
