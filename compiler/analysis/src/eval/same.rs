//! Equality of values, by what they hold.

use crate::eval::Eval;
use crate::eval::value::{Element, Value};

/// Steps that looking for a key of one record in another counts for.
const SOUGHT: u64 = 4;

impl<'a> Eval<'a> {
    /// Whether two values are equal; `None` where that cannot be known because of an error.
    pub(super) fn same(&self, left: Value<'a>, right: Value<'a>) -> Option<bool> {
        let (left, right) = (self.whnf(left), self.whnf(right));
        match (left, right) {
            (Value::Error, _) | (_, Value::Error) => None,
            (Value::Null, Value::Null) | (Value::Absent, Value::Absent) => Some(true),
            (Value::Bool(a), Value::Bool(b)) => Some(a == b),
            (Value::Str(a), Value::Str(b)) => {
                Some(a.len() == b.len() && self.reads_text(a) && a == b)
            }
            (Value::Range(a), Value::Range(b)) => both(self.same(a.0, b.0), || self.same(a.1, b.1)),
            (Value::List(a), Value::List(b)) => {
                if a.len() != b.len() {
                    return Some(false);
                }
                let mut all = Some(true);
                for (a, b) in self.looked_through(a).iter().zip(b) {
                    all = both(all, || self.same(a.value, b.value));
                }
                all
            }
            (Value::Handle(a), Value::Handle(b)) if a.item == b.item && a.path == b.path => {
                Some(true)
            }
            (Value::Rec(_) | Value::Handle(_), Value::Rec(_) | Value::Handle(_)) => {
                self.same_records(left, right)
            }
            _ => Some(super::operators::order(left, right).is_some_and(|order| order.is_eq())),
        }
    }

    fn same_records(&self, left: Value<'a>, right: Value<'a>) -> Option<bool> {
        let (Value::Rec(a), Value::Rec(b)) = (self.localized(left), self.localized(right)) else {
            return None;
        };
        if std::ptr::eq(a, b) {
            return Some(true);
        }
        let _level = self.descend(|| self.user_spot(a).place())?;
        let (keys, others) = (self.keys(a)?, self.keys(b)?);
        if keys.len() != others.len() {
            return Some(false);
        }
        let place = || self.user_spot(a).place();
        if !self.afford(keys.len() as u64, &place) {
            return None;
        }
        let mut all = Some(true);
        for (slot, beside) in keys.into_iter().zip(others) {
            // Most stand in the same order; what does not is looked for, which takes longer.
            let other = match beside.name == slot.name {
                true => Some(beside),
                false if !self.afford(SOUGHT, &place) => return None,
                false => self.slot(b, slot.name),
            };
            let Some(other) = other else { return Some(false) };
            all = both(all, || self.same(self.force(a, slot), self.force(b, other)));
        }
        all
    }

    /// The first element of a list that an earlier one equals.
    pub(super) fn first_repeated(&self, elements: &'a [Element<'a>]) -> Option<Value<'a>> {
        let texts: Option<Vec<&str>> = elements
            .iter()
            .map(|element| match self.whnf(element.value) {
                Value::Str(text) => self.reads_text(text).then_some(text),
                _ => None,
            })
            .collect();
        if let Some(texts) = texts {
            let mut seen = rustc_hash::FxHashSet::default();
            return texts.into_iter().find(|text| !seen.insert(*text)).map(Value::Str);
        }
        let numbers = elements.iter().map(|element| match self.whnf(element.value) {
            Value::Int(number) => Some(number),
            _ => None,
        });
        if let Some(numbers) = numbers.collect::<Option<Vec<i64>>>() {
            let mut seen = rustc_hash::FxHashSet::default();
            return numbers.into_iter().find(|number| !seen.insert(*number)).map(Value::Int);
        }
        let pairs = (elements.len() as u64).saturating_mul(elements.len() as u64) / 2;
        if !self.afford(pairs, &|| self.whole()) {
            return None;
        }
        elements.iter().enumerate().find_map(|(i, element)| {
            elements
                .iter()
                .take(i)
                .any(|earlier| self.same(earlier.value, element.value) == Some(true))
                .then_some(element.value)
        })
    }
}

/// Both hold. Two values differ where anything known in them does, unless an error hides it.
fn both(first: Option<bool>, second: impl FnOnce() -> Option<bool>) -> Option<bool> {
    match first {
        Some(true) => second(),
        other => other,
    }
}
