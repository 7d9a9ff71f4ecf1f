//! Which of the conditions that narrow a type a value breaks.

use std::sync::Arc;

use crate::eval::Eval;
use crate::eval::value::Value;
use crate::pattern::whole;
use crate::refinement::{allowed, complaint, format_holds};
use crate::show::refinement_name;
use crate::ty::{Bound, Literal, Refinement};

/// Steps that matching a text may take without being counted.
const SHORT: u64 = 256;

impl<'a> Eval<'a> {
    /// The code and the words for a condition that a value breaks.
    pub(super) fn breaks(
        &self,
        value: Value<'a>,
        refinement: &Refinement,
    ) -> Option<(u16, String)> {
        let within = |count: usize, start: &Option<u64>, end: &Option<u64>| {
            let count = count as u64;
            start.is_none_or(|s| count >= s) && end.is_none_or(|e| count <= e)
        };
        match (refinement, value) {
            (Refinement::Between(start, end), _) => {
                let inside = start
                    .as_ref()
                    .is_none_or(|b| self.bound_order(value, b).is_none_or(|o| o.is_ge()))
                    && end
                        .as_ref()
                        .is_none_or(|b| self.bound_order(value, b).is_none_or(|o| o.is_le()));
                (!inside).then(|| (301, format!("is not in {}", refinement_name(refinement))))
            }
            (Refinement::Len(start, end), Value::List(elements)) => {
                (!within(elements.len(), start, end)).then(|| {
                    (303, format!("has {} elements, but {}", elements.len(), allowed(refinement)))
                })
            }
            (Refinement::Len(start, end), Value::Rec(rec)) => {
                let count = self.keys(rec)?.len();
                (!within(count, start, end))
                    .then(|| (303, format!("has {count} entries, but {}", allowed(refinement))))
            }
            (Refinement::Len(start, end), Value::Str(text)) => {
                (!within(text.chars().count(), start, end))
                    .then(|| said(text, refinement, self.minor))
            }
            (Refinement::Bytes(start, end), Value::Str(text)) => {
                (!within(text.len(), start, end)).then(|| said(text, refinement, self.minor))
            }
            (Refinement::Regex(pattern), Value::Str(text)) => {
                let pattern = whole(pattern)?;
                let effort = pattern.effort(text.len());
                // Names and the like are matched in the time in which they are counted.
                if effort > SHORT && !self.afford(effort, &|| self.whole()) {
                    return None;
                }
                (!pattern.regex.is_match(text)).then(|| said(text, refinement, self.minor))
            }
            (Refinement::Format(name), Value::Str(text)) => (format_holds(name, text, self.minor)
                == Some(false))
            .then(|| said(text, refinement, self.minor)),
            (Refinement::Has(path), Value::Rec(_) | Value::Handle(_)) => (!self
                .has_key(value, path))
            .then(|| (258, format!("has no key `{}`", path.join(".")))),
            (Refinement::Unique, Value::List(elements)) => {
                let twice = self.first_repeated(elements)?;
                Some((306, format!("holds {} twice", self.printed(twice))))
            }
            _ => None,
        }
    }

    /// Whether a key is there at the end of a path. Its value is not looked at.
    fn has_key(&self, value: Value<'a>, path: &[Arc<str>]) -> bool {
        let mut value = value;
        for (at, name) in path.iter().enumerate() {
            let rec = match self.localized(value) {
                Value::Rec(rec) => rec,
                Value::Error => return true,
                _ => return false,
            };
            let Some(slot) = self.slot(rec, name) else { return self.lacks_keys(rec) };
            if at + 1 < path.len() {
                value = self.force(rec, slot);
                continue;
            }
            let mut binding = slot.bindings.get();
            while let Some(bound) = binding {
                if bound.when.is_none_or(|when| self.holds(when) != Some(false)) {
                    return true;
                }
                binding = bound.below.get();
            }
            return false;
        }
        true
    }

    fn bound_order(&self, value: Value<'a>, bound: &Bound) -> Option<std::cmp::Ordering> {
        match (value, bound) {
            (Value::Int(value), Bound::Int(bound)) => Some(value.cmp(bound)),
            (Value::Float(value), Bound::Int(bound)) => value.partial_cmp(&(*bound as f64)),
            (Value::Percent(value), Bound::Int(bound)) => value.partial_cmp(&(*bound as f64)),
            (Value::Float(value), Bound::Text(bound)) => value.partial_cmp(&bound.parse().ok()?),
            (Value::Int(value), Bound::Text(bound)) => {
                (value as f64).partial_cmp(&bound.parse::<f64>().ok()?)
            }
            (Value::Percent(value), Bound::Text(bound)) => {
                value.partial_cmp(&bound.trim_end_matches('%').parse().ok()?)
            }
            (Value::Quantity(value), Bound::Text(bound)) => {
                super::operators::quantity_order(value, bound)
            }
            (Value::Quantity(value), Bound::Int(bound)) => {
                super::operators::quantity_order(value, &bound.to_string())
            }
            (Value::Duration(value), Bound::Text(bound)) => {
                Some(value.cmp(&super::operators::duration_of(bound)?))
            }
            _ => None,
        }
    }
}

fn said(text: &str, refinement: &Refinement, minor: u8) -> (u16, String) {
    complaint(&Literal::Str(text.into()), refinement, minor)
}
