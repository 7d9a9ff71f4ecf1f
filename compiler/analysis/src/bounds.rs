//! Ends of ranges of every kind of number: which kind they are of, in which order they stand, and which constants lie outside.

use std::cmp::Ordering;
use std::sync::Arc;

use syntax::{Node, NodeKind};

use crate::code::BinaryOp;
use crate::eval::operators::{duration_of, duration_text, quantity, quantity_order, quantity_text};
use crate::fits::base;
use crate::ty::{Bound, RefinedTy, Refinement, Ty};

/// The number that a node writes as a constant.
pub fn bound(node: Node<'_>) -> Option<Bound> {
    match node.kind() {
        NodeKind::Int => syntax::literal::int_value(node.text(), false).ok().map(Bound::Int),
        NodeKind::Float | NodeKind::Unit => Some(Bound::Text(node.text().into())),
        NodeKind::Negative => negative(bound(node.children().next()?)?),
        _ => None,
    }
}

/// The same number below zero.
pub fn negative(number: Bound) -> Option<Bound> {
    match number {
        Bound::Int(value) => Some(Bound::Int(value.checked_neg()?)),
        Bound::Text(text) => Some(Bound::Text(match text.strip_prefix('-') {
            Some(positive) => positive.into(),
            None => format!("-{text}").into(),
        })),
    }
}

/// What is computed of two numbers of a type with units, or of one and a count.
pub fn arithmetic(ty: &Ty, op: BinaryOp, left: &Bound, right: &Bound) -> Option<Bound> {
    let read: fn(&str) -> Option<i128> = match ty {
        Ty::Quantity => |text| Some(quantity(text)?.0),
        Ty::Duration => |text| duration_of(text).map(i128::from),
        Ty::Percent => return shares(op, left, right, "%"),
        Ty::Float => return shares(op, left, right, ""),
        _ => return None,
    };
    let (number, like) = match (op, left, right) {
        (BinaryOp::Add, Bound::Text(a), Bound::Text(b)) => (read(a)?.checked_add(read(b)?)?, a),
        (BinaryOp::Subtract, Bound::Text(a), Bound::Text(b)) => {
            (read(a)?.checked_sub(read(b)?)?, a)
        }
        (BinaryOp::Multiply, Bound::Text(text), Bound::Int(count))
        | (BinaryOp::Multiply, Bound::Int(count), Bound::Text(text)) => {
            (read(text)?.checked_mul(i128::from(*count))?, text)
        }
        (BinaryOp::Divide, Bound::Text(text), Bound::Int(count)) => {
            (read(text)?.checked_div(i128::from(*count))?, text)
        }
        _ => return None,
    };
    let text = match ty {
        Ty::Duration => duration_text(i64::try_from(number).ok()?),
        _ => quantity_text(number, quantity(like)?.1),
    };
    Some(Bound::Text(text.into()))
}

/// What is computed of two fractions, which are written with this sign, or of one and a count.
fn shares(op: BinaryOp, left: &Bound, right: &Bound, sign: &str) -> Option<Bound> {
    // Numbers that are no share scale one, and only that.
    let counts = matches!(op, BinaryOp::Multiply | BinaryOp::Divide) || sign.is_empty();
    let number = |bound: &Bound| match bound {
        Bound::Text(text) => text.strip_suffix(sign)?.parse::<f64>().ok(),
        Bound::Int(count) => counts.then_some(*count as f64),
    };
    let (a, b) = (number(left)?, number(right)?);
    let number = match op {
        BinaryOp::Add => a + b,
        BinaryOp::Subtract => a - b,
        BinaryOp::Multiply => a * b,
        BinaryOp::Divide if b != 0.0 => a / b,
        _ => return None,
    };
    Some(Bound::Text(format!("{number}{sign}").into()))
}

/// How two ends stand to each other as numbers of a type; nothing where one of them is none.
pub fn order(ty: &Ty, left: &Bound, right: &Bound) -> Option<Ordering> {
    let float = |bound: &Bound, sign: &str| match bound {
        Bound::Int(value) => Some(*value as f64),
        Bound::Text(text) => text.trim_end_matches(sign).parse::<f64>().ok(),
    };
    let quantity = |bound: &Bound| match bound {
        Bound::Int(value) => value.to_string(),
        Bound::Text(text) => text.to_string(),
    };
    let duration = |bound: &Bound| match bound {
        Bound::Int(_) => None,
        Bound::Text(text) => duration_of(text),
    };
    match base(ty) {
        Ty::Int => match (left, right) {
            (Bound::Int(left), Bound::Int(right)) => Some(left.cmp(right)),
            _ => None,
        },
        Ty::Float => float(left, "")?.partial_cmp(&float(right, "")?),
        Ty::Percent => float(left, "%")?.partial_cmp(&float(right, "%")?),
        Ty::Quantity => quantity_order(&quantity(left), &quantity(right)),
        Ty::Duration => Some(duration(left)?.cmp(&duration(right)?)),
        _ => None,
    }
}

/// Whether ranges of numbers of a type have no number in common.
pub fn nothing(ty: &Ty, refinements: &[Refinement]) -> bool {
    let (mut greatest_low, mut least_high) = (None, None);
    for refinement in refinements {
        let Refinement::Between(low, high) = refinement else { continue };
        greatest_low = further(ty, greatest_low, low.as_ref(), Ordering::Greater);
        least_high = further(ty, least_high, high.as_ref(), Ordering::Less);
    }
    match (greatest_low, least_high) {
        (Some(low), Some(high)) => order(ty, low, high) == Some(Ordering::Greater),
        _ => false,
    }
}

/// Of two ends the one that stands on a side of the other.
fn further<'b>(
    ty: &Ty,
    kept: Option<&'b Bound>,
    end: Option<&'b Bound>,
    side: Ordering,
) -> Option<&'b Bound> {
    match (kept, end) {
        (Some(kept), Some(end)) if order(ty, end, kept) != Some(side) => Some(kept),
        (kept, end) => end.or(kept),
    }
}

/// The range of those that narrow a type which a number of it does not lie in.
pub fn left_by<'r>(value: &Bound, refined: &'r RefinedTy) -> Option<&'r Refinement> {
    refined.refinements.iter().find(|refinement| {
        let Refinement::Between(low, high) = refinement else { return false };
        let stands = |end: &Option<Bound>| order(&refined.base, value, end.as_ref()?);
        stands(low) == Some(Ordering::Less) || stands(high) == Some(Ordering::Greater)
    })
}

/// What a comparison of numbers of these types always gives, if it always gives the same. Constants are types of one
/// number ([`only`]).
pub fn comparison(op: BinaryOp, left: &Ty, right: &Ty) -> Option<bool> {
    let (a, b) = (ends(left)?, ends(right)?);
    let ty = base(left);
    if std::mem::discriminant(ty) != std::mem::discriminant(base(right)) {
        return None;
    }
    let stands = |a: Option<&Bound>, b: Option<&Bound>| order(ty, a?, b?);
    let below = |a, b| stands(a, b) == Some(Ordering::Less);
    let at_most = |a, b| matches!(stands(a, b), Some(Ordering::Less | Ordering::Equal));
    let same = |a, b| stands(a, b) == Some(Ordering::Equal);
    let equal = same(a.0, a.1) && same(b.0, b.1) && same(a.0, b.0);
    let apart = below(a.1, b.0) || below(b.1, a.0);
    let (yes, no) = match op {
        BinaryOp::Less => (below(a.1, b.0), at_most(b.1, a.0)),
        BinaryOp::LessEqual => (at_most(a.1, b.0), below(b.1, a.0)),
        BinaryOp::Greater => (below(b.1, a.0), at_most(a.1, b.0)),
        BinaryOp::GreaterEqual => (at_most(b.1, a.0), below(a.1, b.0)),
        BinaryOp::Equal => (equal, apart),
        BinaryOp::NotEqual => (apart, equal),
        _ => return None,
    };
    match (yes, no) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    }
}

/// The innermost ends of the ranges that narrow a type of numbers with units.
fn ends(ty: &Ty) -> Option<(Option<&Bound>, Option<&Bound>)> {
    let Ty::Refined(refined) = ty else { return None };
    if !matches!(refined.base, Ty::Float | Ty::Quantity | Ty::Duration | Ty::Percent) {
        return None;
    }
    let mut ends = (None, None);
    for refinement in refined.refinements.iter() {
        let Refinement::Between(low, high) = refinement else { continue };
        ends.0 = further(&refined.base, ends.0, low.as_ref(), Ordering::Greater);
        ends.1 = further(&refined.base, ends.1, high.as_ref(), Ordering::Less);
    }
    Some(ends)
}

/// The type of one number.
pub fn only(ty: &Ty, number: Bound) -> Ty {
    let refinement = Refinement::Between(Some(number.clone()), Some(number));
    let refinements = [refinement].into();
    Ty::Refined(Arc::new(RefinedTy { name: None, base: ty.clone(), refinements }))
}

/// What was meant by a quantity outside of its range that has no unit.
pub fn unit_meant(text: &str) -> Option<String> {
    let (number, unit) = syntax::literal::unit_parts(text);
    let whole = number.bytes().all(|byte| byte.is_ascii_digit()) && number.parse() != Ok(0);
    match unit {
        "" if whole => {
            Some(format!("a number without a unit is taken as it is: did you mean `{number}Mi`?"))
        }
        "m" if whole => Some(format!("`m` is a thousandth: did you mean `{number}Mi`?")),
        _ => None,
    }
}

/// How ranges of a type are written.
pub fn example(ty: &Ty) -> &'static str {
    match base(ty) {
        Ty::Float => "0.5..1.0",
        Ty::Percent => "0%..100%",
        Ty::Quantity => "64Mi..2Gi",
        Ty::Duration => "1s..5m",
        _ => "1..10",
    }
}
