//! Functions of lists.

use std::cmp::Ordering;

use bumpalo::collections::Vec as ArenaVec;

use super::{Call, Run};
use crate::code::BinaryOp;
use crate::eval::operators::order;
use crate::eval::value::{Element, LocalState, Value};

pub(super) const ALL: &[(&str, Run)] = &[
    ("all", all),
    ("any", any),
    ("at", at),
    ("chunk", chunk),
    ("contains", contains),
    ("count", count),
    ("distinct", distinct),
    ("drop", drop),
    ("filter", filter),
    ("find", find),
    ("first", first),
    ("flatMap", flat_map),
    ("flatten", flatten),
    ("fold", fold),
    ("groups", groups),
    ("indexOf", index_of),
    ("isEmpty", is_empty),
    ("join", join),
    ("last", last),
    ("len", len),
    ("map", map),
    ("max", max),
    ("min", min),
    ("reverse", reverse),
    ("slice", slice),
    ("sort", sort),
    ("sortBy", sort_by),
    ("sum", sum),
    ("take", take),
    ("zip", zip),
];

fn all<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    for element in call.list(0)? {
        if !call.holds(1, LocalState::Element(*element))? {
            return Some(Value::Bool(false));
        }
    }
    Some(Value::Bool(true))
}

fn any<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    for element in call.list(0)? {
        if call.holds(1, LocalState::Element(*element))? {
            return Some(Value::Bool(true));
        }
    }
    Some(Value::Bool(false))
}

fn count<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let mut count = 0;
    for element in call.list(0)? {
        count += usize::from(call.holds(1, LocalState::Element(*element))?);
    }
    call.number(count)
}

fn find<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    for element in call.list(0)? {
        if call.holds(1, LocalState::Element(*element))? {
            return Some(call.eval.whnf(element.value));
        }
    }
    Some(Value::Absent)
}

fn filter<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let mut kept = ArenaVec::new_in(call.eval.arena);
    for element in call.list(0)? {
        if call.holds(1, LocalState::Element(*element))? {
            kept.push(*element);
        }
    }
    Some(Value::List(kept.into_bump_slice()))
}

fn map<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let elements = call.list(0)?;
    let origin = call.spot().origin();
    let mut made = ArenaVec::with_capacity_in(elements.len(), call.eval.arena);
    for element in elements {
        match call.ask_with(1, &[LocalState::Element(*element)])? {
            // As in a list that is written: `if c then e` is an element only where the condition holds.
            Value::Absent => {}
            value => made.push(Element { value, origin }),
        }
    }
    Some(Value::List(made.into_bump_slice()))
}

fn flat_map<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let mut flat = Vec::new();
    for element in call.list(0)? {
        match call.ask(1, &[element.value])? {
            Value::List(inner) => flat.extend_from_slice(inner),
            other => return call.unexpected("a function to a list", other),
        }
        call.fits_a_list(flat.len())?;
    }
    call.elements(&flat)
}

fn flatten<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let mut flat = Vec::new();
    for element in call.whole_list(0)? {
        match call.eval.whnf(element.value) {
            Value::List(inner) => flat.extend_from_slice(inner),
            other => return call.unexpected("a list of lists", other),
        }
        call.fits_a_list(flat.len())?;
    }
    call.elements(&flat)
}

fn fold<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let mut folded = call.value(1);
    for element in call.list(0)? {
        folded = call.ask(2, &[folded, element.value])?;
    }
    Some(folded)
}

fn len<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    call.number(call.list(0)?.len())
}

fn is_empty<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    Some(Value::Bool(call.list(0)?.is_empty()))
}

fn first<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    Some(element(call, call.list(0)?.first()))
}

fn last<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    Some(element(call, call.list(0)?.last()))
}

/// Negative numbers count from the end.
fn at<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let list = call.list(0)?;
    let number = call.int(1)?;
    let at = match usize::try_from(number) {
        Ok(at) => Some(at),
        Err(_) => {
            usize::try_from(number.unsigned_abs()).ok().and_then(|n| list.len().checked_sub(n))
        }
    };
    Some(element(call, at.and_then(|at| list.get(at))))
}

fn element<'a>(call: &Call<'_, 'a>, element: Option<&Element<'a>>) -> Value<'a> {
    element.map_or(Value::Absent, |element| call.eval.whnf(element.value))
}

fn slice<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let list = call.list(0)?;
    let (start, end) = bounds(call, list.len())?;
    Some(Value::List(list.get(start..end).unwrap_or_default()))
}

/// The part from the second argument up to, and without, the third; negative numbers count from the end.
pub(super) fn bounds(call: &Call<'_, '_>, len: usize) -> Option<(usize, usize)> {
    let bound = |number: i64| match usize::try_from(number) {
        Ok(at) => at.min(len),
        Err(_) => len.saturating_sub(usize::try_from(number.unsigned_abs()).unwrap_or(len)),
    };
    let start = bound(call.int(1)?);
    let end = match call.value(2) {
        Value::Absent => len,
        _ => bound(call.int(2)?),
    };
    Some((start, end.max(start)))
}

fn take<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let list = call.list(0)?;
    Some(Value::List(list.get(..call.count(1)?).unwrap_or(list)))
}

fn drop<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    Some(Value::List(call.list(0)?.get(call.count(1)?..).unwrap_or_default()))
}

fn reverse<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let mut list = call.whole_list(0)?.to_vec();
    list.reverse();
    call.elements(&list)
}

fn chunk<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let size = call.count(1)?.max(1);
    call.listed(call.list(0)?.chunks(size).map(Value::List))
}

fn contains<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    Some(Value::Bool(position(call)?.is_some()))
}

fn index_of<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    match position(call)? {
        Some(at) => call.number(at),
        None => Some(Value::Absent),
    }
}

/// Where the second argument stands first in the list.
fn position(call: &Call<'_, '_>) -> Option<Option<usize>> {
    let wanted = call.value(1);
    for (at, element) in call.list(0)?.iter().enumerate() {
        if call.same(element.value, wanted)? {
            return Some(Some(at));
        }
    }
    Some(None)
}

fn distinct<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let list = call.whole_list(0)?;
    let keys: Vec<Value<'a>> = list.iter().map(|element| call.eval.whnf(element.value)).collect();
    let firsts = grouped(call, &keys)?;
    let kept: Vec<Element<'a>> = firsts
        .iter()
        .filter_map(|group| group.first().and_then(|at| list.get(*at)).copied())
        .collect();
    call.elements(&kept)
}

fn groups<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let list = call.list(0)?;
    let keys: Option<Vec<Value<'a>>> =
        list.iter().map(|element| call.ask(1, &[element.value])).collect();
    let mut made = Vec::new();
    for group in grouped(call, &keys?)? {
        let members: Vec<Element<'a>> =
            group.iter().filter_map(|at| list.get(*at)).copied().collect();
        made.push(call.elements(&members)?);
    }
    call.listed(made)
}

/// The numbers of equal values, in order of first appearance.
fn grouped<'a>(call: &Call<'_, 'a>, values: &[Value<'a>]) -> Option<Vec<Vec<usize>>> {
    let mut texts = rustc_hash::FxHashMap::default();
    let mut numbers = rustc_hash::FxHashMap::default();
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for (at, &value) in values.iter().enumerate() {
        call.spend(1)?;
        let next = groups.len();
        let group = match value {
            Value::Error => return None,
            Value::Str(text) => {
                call.reads(text)?;
                *texts.entry(text).or_insert(next)
            }
            Value::Int(number) => *numbers.entry(number).or_insert(next),
            value => {
                let mut known = next;
                for (number, group) in groups.iter().enumerate() {
                    let first = group.first().and_then(|at| values.get(*at)).copied();
                    if call.same(first.unwrap_or(Value::Absent), value)? {
                        known = number;
                        break;
                    }
                }
                known
            }
        };
        match groups.get_mut(group) {
            Some(group) => group.push(at),
            None => groups.push(vec![at]),
        }
    }
    Some(groups)
}

fn zip<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let (left, right) = (call.whole_list(0)?, call.list(1)?);
    let mut made = Vec::new();
    for (a, b) in left.iter().zip(right) {
        made.push(call.ask(2, &[a.value, b.value])?);
    }
    call.listed(made)
}

fn sort<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let list = call.whole_list(0)?;
    let keys: Vec<Value<'a>> = list.iter().map(|element| call.eval.whnf(element.value)).collect();
    sorted(call, list, &keys)
}

fn sort_by<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let list = call.list(0)?;
    let keys: Option<Vec<Value<'a>>> =
        list.iter().map(|element| call.ask(1, &[element.value])).collect();
    sorted(call, list, &keys?)
}

/// The elements in the order of their keys; those with equal keys stay in order.
fn sorted<'a>(call: &Call<'_, 'a>, list: &[Element<'a>], keys: &[Value<'a>]) -> Option<Value<'a>> {
    call.spend(list.len().saturating_mul(list.len().max(1).ilog2() as usize + 1))?;
    for key in keys {
        if let Value::Str(text) = key {
            call.reads(text)?;
        }
    }
    // Of values of one kind any two can be compared.
    for pair in keys.windows(2) {
        if let [a, b] = pair
            && order(*a, *b).is_none()
        {
            return call
                .unexpected("values that can be compared", if a.is_error() { *a } else { *b });
        }
    }
    let mut sorted: Vec<(Value<'a>, Element<'a>)> =
        keys.iter().copied().zip(list.iter().copied()).collect();
    sorted.sort_by(|(a, _), (b, _)| order(*a, *b).unwrap_or(Ordering::Equal));
    let sorted: Vec<Element<'a>> = sorted.into_iter().map(|(_, element)| element).collect();
    call.elements(&sorted)
}

fn min<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    extreme(call, Ordering::Less)
}

fn max<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    extreme(call, Ordering::Greater)
}

fn extreme<'a>(call: &Call<'_, 'a>, wanted: Ordering) -> Option<Value<'a>> {
    let mut best = Value::Absent;
    for element in call.whole_list(0)? {
        let value = call.eval.whnf(element.value);
        if best.is_absent() {
            best = value;
            continue;
        }
        match order(value, best) {
            Some(order) if order == wanted => best = value,
            Some(_) => {}
            None => return call.unexpected("values that can be compared", value),
        }
    }
    Some(best).filter(|value| !value.is_error())
}

fn sum<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let mut sum = None;
    for element in call.whole_list(0)? {
        let value = call.eval.whnf(element.value);
        sum = Some(match sum {
            None => value,
            Some(sum) => call.eval.binary(call.source, call.expr, BinaryOp::Add, sum, value),
        });
        if sum.is_some_and(|sum| sum.is_error()) {
            return None;
        }
    }
    Some(sum.unwrap_or(call.value(1)))
}

fn join<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let (elements, separator) = (call.whole_list(0)?, call.text(1)?);
    let mut text = String::new();
    for (i, element) in elements.iter().enumerate() {
        if i > 0 {
            text.push_str(separator);
        }
        match call.eval.whnf(element.value) {
            Value::Str(part) => text.push_str(part),
            value => match call.eval.scalar_text(value) {
                Some(part) => text.push_str(&part),
                None => return call.unexpected("a list of strings", value),
            },
        }
        call.fits_a_string(text.len())?;
    }
    call.string(text)
}
