//! The functions and methods that the language itself brings.

use bumpalo::collections::Vec as ArenaVec;

use crate::code::{Builtin, Expr, ExprId};
use crate::eval::Eval;
use crate::eval::operators::order;
use crate::eval::value::{Element, Env, Hint, LocalState, Source, Spot, Value};
use crate::problem::Problem;
use crate::refinement::matches_whole;

/// A call as it is written, for messages.
#[derive(Clone, Copy)]
struct Site<'a> {
    source: &'a Source<'a>,
    expr: ExprId,
}

impl<'a> Eval<'a> {
    pub(super) fn builtin(
        &self,
        source: &'a Source<'a>,
        expr: ExprId,
        builtin: Builtin,
        arguments: &[ExprId],
        env: &Env<'a>,
    ) -> Value<'a> {
        let site = Site { source, expr };
        let mut values = [Value::Absent; 3];
        for (slot, &argument) in values.iter_mut().zip(arguments) {
            let value = self.whnf(self.eval(source, argument, env, Hint::default()));
            if value.is_error() {
                return value;
            }
            *slot = value;
        }
        let [first, second, third] = values;
        match builtin {
            Builtin::Kebab => match first {
                Value::Str(text) => self.kebab(site, text),
                other => self.unexpected(site, "Str", other),
            },
            Builtin::Str => match first {
                Value::Str(_) => first,
                other => match self.scalar_text(other) {
                    Some(text) => Value::Str(self.arena.alloc_str(&text)),
                    None => self.unexpected(site, "a string, number or truth value", other),
                },
            },
            Builtin::Len => self.len(site, first),
            Builtin::Join => self.join(site, first, second),
            Builtin::Lower => self.text(site, first, |text| text.to_lowercase()),
            Builtin::Upper => self.text(site, first, |text| text.to_uppercase()),
            Builtin::Trim => self.text(site, first, |text| text.trim().to_owned()),
            Builtin::Keys => match self.localized(first) {
                Value::Rec(rec) => match self.keys(rec) {
                    Some(keys) => {
                        self.listed(site, keys.into_iter().map(|slot| Value::Str(slot.name)))
                    }
                    None => Value::Error,
                },
                other => self.unexpected(site, "a map", other),
            },
            Builtin::Values => match self.localized(first) {
                Value::Rec(rec) => match self.keys(rec) {
                    Some(keys) => {
                        let values: Vec<Value<'a>> =
                            keys.into_iter().map(|slot| self.force(rec, slot)).collect();
                        if values.iter().any(|value| value.is_error()) {
                            return Value::Error;
                        }
                        self.listed(site, values.into_iter())
                    }
                    None => Value::Error,
                },
                other => self.unexpected(site, "a map", other),
            },
            Builtin::All | Builtin::Any | Builtin::Map | Builtin::Filter => {
                self.with_each(site, builtin, first, second)
            }
            Builtin::Contains => match (first, second) {
                (Value::Str(text), Value::Str(part)) => Value::Bool(text.contains(part)),
                (Value::List(elements), wanted) => {
                    for element in elements {
                        match self.same(element.value, wanted) {
                            Some(true) => return Value::Bool(true),
                            Some(false) => {}
                            None => return Value::Error,
                        }
                    }
                    Value::Bool(false)
                }
                (Value::Range((start, end)), wanted) => Value::Bool(
                    (start.is_absent() || order(*start, wanted).is_some_and(|o| o.is_le()))
                        && (end.is_absent() || order(*end, wanted).is_some_and(|o| o.is_ge())),
                ),
                (Value::Rec(_) | Value::Handle(_), Value::Str(key)) => {
                    match self.localized(first) {
                        Value::Rec(rec) => match self.keys(rec) {
                            Some(keys) => Value::Bool(keys.iter().any(|slot| slot.name == key)),
                            None => Value::Error,
                        },
                        _ => Value::Error,
                    }
                }
                (other, _) => self.unexpected(site, "a string, list, map or range", other),
            },
            Builtin::StartsWith => match (first, second) {
                (Value::Str(text), Value::Str(part)) => Value::Bool(text.starts_with(part)),
                (other, _) => self.unexpected(site, "Str", other),
            },
            Builtin::EndsWith => match (first, second) {
                (Value::Str(text), Value::Str(part)) => Value::Bool(text.ends_with(part)),
                (other, _) => self.unexpected(site, "Str", other),
            },
            Builtin::Replace => match (first, second, third) {
                (Value::Str(text), Value::Str(from), Value::Str(to)) => {
                    // The result may be as long as the product of both.
                    let count =
                        if from.is_empty() { text.len() + 1 } else { text.matches(from).count() };
                    if count.saturating_mul(to.len()).saturating_add(text.len())
                        > super::limits::BYTES
                    {
                        return self.too_long(site);
                    }
                    Value::Str(self.arena.alloc_str(&text.replace(from, to)))
                }
                (other, ..) => self.unexpected(site, "Str", other),
            },
            Builtin::Split => match (first, second) {
                (Value::Str(text), Value::Str("")) => {
                    let parts: Vec<Value<'a>> = text
                        .char_indices()
                        .map(|(at, c)| {
                            Value::Str(text.get(at..at + c.len_utf8()).unwrap_or_default())
                        })
                        .collect();
                    self.listed(site, parts.into_iter())
                }
                (Value::Str(text), Value::Str(by)) => {
                    self.listed(site, text.split(by).map(Value::Str))
                }
                (other, _) => self.unexpected(site, "Str", other),
            },
            Builtin::Min | Builtin::Max => {
                let wanted = if builtin == Builtin::Min {
                    std::cmp::Ordering::Less
                } else {
                    std::cmp::Ordering::Greater
                };
                let all: Vec<Value<'a>> = match (first, arguments.len()) {
                    (Value::List(elements), 1) => {
                        elements.iter().map(|e| self.whnf(e.value)).collect()
                    }
                    _ => values.iter().copied().take(arguments.len()).collect(),
                };
                let mut best = Value::Absent;
                for value in all {
                    if value.is_error() {
                        return value;
                    }
                    if best.is_absent() {
                        best = value;
                        continue;
                    }
                    match order(value, best) {
                        Some(order) if order == wanted => best = value,
                        Some(_) => {}
                        None => return self.unexpected(site, "values that can be compared", value),
                    }
                }
                best
            }
            Builtin::Sum => {
                let Value::List(elements) = first else {
                    return self.unexpected(site, "a list", first);
                };
                let mut sum: Option<Value<'a>> = None;
                for element in elements {
                    let value = self.whnf(element.value);
                    sum = Some(match sum {
                        None => value,
                        Some(sum) => {
                            self.binary(source, expr, crate::code::BinaryOp::Add, sum, value)
                        }
                    });
                }
                sum.unwrap_or(Value::Int(0))
            }
            Builtin::Sort => {
                let Value::List(elements) = first else {
                    return self.unexpected(site, "a list", first);
                };
                let mut sorted: Vec<Element<'a>> =
                    elements.iter().map(|e| Element { value: self.whnf(e.value), ..*e }).collect();
                for pair in sorted.windows(2) {
                    if let [a, b] = pair
                        && order(a.value, b.value).is_none()
                    {
                        return self.unexpected(site, "elements that can be compared", b.value);
                    }
                }
                sorted.sort_by(|a, b| order(a.value, b.value).unwrap_or(std::cmp::Ordering::Equal));
                Value::List(self.arena.alloc_slice_copy(&sorted))
            }
            Builtin::Distinct => self.distinct(site, first),
            Builtin::First => match first {
                Value::List(elements) => elements.first().map_or(Value::Absent, |e| e.value),
                other => self.unexpected(site, "a list", other),
            },
            Builtin::Flatten => {
                let Value::List(elements) = first else {
                    return self.unexpected(site, "a list", first);
                };
                let mut flat = Vec::new();
                for element in elements {
                    match self.whnf(element.value) {
                        Value::List(inner) => flat.extend_from_slice(inner),
                        Value::Error => return Value::Error,
                        other => return self.unexpected(site, "a list of lists", other),
                    }
                    if flat.len() > super::limits::ELEMENTS {
                        return self.too_many(source.spot(expr));
                    }
                }
                Value::List(self.arena.alloc_slice_copy(&flat))
            }
            Builtin::Matches => match (first, second) {
                (Value::Str(text), Value::Str(pattern)) => match matches_whole(pattern, text) {
                    Some(matches) => Value::Bool(matches),
                    None => self.report(Problem::error(
                        305,
                        source.spot(expr).place(),
                        format!("{} is no regular expression", self.printed(second)),
                    )),
                },
                (other, _) => self.unexpected(site, "Str", other),
            },
            Builtin::Start | Builtin::End | Builtin::Seconds | Builtin::PercentOf
                if first.is_absent() =>
            {
                first
            }
            Builtin::Start => match first {
                Value::Range((start, _)) => *start,
                other => self.unexpected(site, "a range", other),
            },
            Builtin::End => match first {
                Value::Range((_, end)) => *end,
                other => self.unexpected(site, "a range", other),
            },
            Builtin::Seconds => match first {
                Value::Duration(nanoseconds) if nanoseconds % 1_000_000_000 == 0 => {
                    Value::Int(nanoseconds / 1_000_000_000)
                }
                Value::Duration(_) => self.not_whole(site, arguments, env, "seconds", first),
                other => self.unexpected(site, "a Duration", other),
            },
            Builtin::PercentOf => match first {
                Value::Percent(value) if value.fract() == 0.0 => Value::Int(value as i64),
                Value::Percent(_) => self.not_whole(site, arguments, env, "percents", first),
                other => self.unexpected(site, "a Percent", other),
            },
        }
    }

    /// A part of the value would be lost without a word.
    fn not_whole(
        &self,
        site: Site<'a>,
        arguments: &[ExprId],
        env: &Env<'a>,
        unit: &str,
        value: Value<'a>,
    ) -> Value<'a> {
        let message = format!("{} is no whole number of {unit}", self.printed(value));
        let written = arguments.first().and_then(|&expr| self.field_spot(site.source, expr, env));
        self.blamed_on_user(313, site.source.spot(site.expr), written, message)
    }

    /// Where the field that an expression reads is bound.
    fn field_spot(&self, source: &'a Source<'a>, expr: ExprId, env: &Env<'a>) -> Option<Spot<'a>> {
        let (rec, name) = match source.code.exprs.get(expr as usize)? {
            Expr::SelfField { name, .. } => (env.me?, name),
            Expr::InnerField { name, .. } => (env.inner?, name),
            Expr::Member { value, name, .. } => {
                match self.whnf(self.eval(source, *value, env, Hint::default())) {
                    Value::Rec(rec) => (rec, name),
                    _ => return None,
                }
            }
            _ => return None,
        };
        Some(self.slot(rec, name)?.bindings.get()?.value_spot())
    }

    /// `emailWorker` and `email_worker` as `email-worker`: words are told apart by capitals and by whatever is
    /// neither letter nor digit.
    fn kebab(&self, site: Site<'a>, text: &'a str) -> Value<'a> {
        let mut out = String::with_capacity(text.len() + 4);
        let characters: Vec<char> = text.chars().collect();
        for (i, &c) in characters.iter().enumerate() {
            if !c.is_ascii_alphanumeric() {
                if !out.is_empty() && !out.ends_with('-') {
                    out.push('-');
                }
                continue;
            }
            if c.is_ascii_uppercase() {
                let before = i.checked_sub(1).and_then(|i| characters.get(i));
                let after = characters.get(i + 1);
                let begins = before.is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
                    || (before.is_some_and(|b| b.is_ascii_uppercase())
                        && after.is_some_and(|a| a.is_ascii_lowercase()));
                if begins && !out.is_empty() && !out.ends_with('-') {
                    out.push('-');
                }
            }
            out.push(c.to_ascii_lowercase());
        }
        let name = out.trim_end_matches('-');
        if name.is_empty() {
            let message = format!(
                "{} holds no letter or digit: kebab makes no name of it",
                self.printed(Value::Str(text))
            );
            return self.blamed_on_user(308, site.source.spot(site.expr), None, message);
        }
        Value::Str(self.arena.alloc_str(name))
    }

    fn len(&self, site: Site<'a>, value: Value<'a>) -> Value<'a> {
        let count = match self.localized(value) {
            Value::Str(text) => text.chars().count(),
            Value::List(elements) => elements.len(),
            Value::Rec(rec) => match self.keys(rec) {
                Some(keys) => keys.len(),
                None => return Value::Error,
            },
            other => return self.unexpected(site, "a string, list or map", other),
        };
        Value::Int(i64::try_from(count).unwrap_or(i64::MAX))
    }

    fn join(&self, site: Site<'a>, list: Value<'a>, separator: Value<'a>) -> Value<'a> {
        let Value::List(elements) = list else { return self.unexpected(site, "a list", list) };
        let separator = match separator {
            Value::Str(text) => text,
            Value::Absent => "",
            other => return self.unexpected(site, "Str", other),
        };
        let mut text = String::new();
        for (i, element) in elements.iter().enumerate() {
            if i > 0 {
                text.push_str(separator);
            }
            let value = self.whnf(element.value);
            match self.scalar_text(value) {
                Some(part) => text.push_str(&part),
                None => return self.unexpected(site, "a list of strings", value),
            }
            if text.len() > super::limits::BYTES {
                return self.too_long(site);
            }
        }
        Value::Str(self.arena.alloc_str(&text))
    }

    fn with_each(
        &self,
        site: Site<'a>,
        builtin: Builtin,
        through: Value<'a>,
        function: Value<'a>,
    ) -> Value<'a> {
        let mut list = ArenaVec::new_in(self.arena);
        let mut decided = None;
        let mut failed = false;
        let went = self.each(site.source, site.expr, through, &mut |_, element| {
            let result =
                self.whnf(self.call(site.source, site.expr, function, &[element], Hint::default()));
            if result.is_error() {
                failed = true;
                return false;
            }
            let value = match element {
                LocalState::Done(value) => value,
                LocalState::Slot { rec, slot } => self.force(rec, slot),
                _ => Value::Error,
            };
            let origin = site.source.spot(site.expr).origin();
            match (builtin, result) {
                (Builtin::Map, value) => list.push(Element { value, origin }),
                (Builtin::Filter, Value::Bool(true)) => list.push(Element { value, origin }),
                (Builtin::Filter, Value::Bool(false)) => {}
                (Builtin::All, Value::Bool(false)) => {
                    decided = Some(false);
                    return false;
                }
                (Builtin::Any, Value::Bool(true)) => {
                    decided = Some(true);
                    return false;
                }
                (_, Value::Bool(_)) => {}
                (_, other) => {
                    self.unexpected(site, "a function to Bool", other);
                    failed = true;
                    return false;
                }
            }
            true
        });
        match (builtin, decided) {
            _ if failed || (!went && decided.is_none()) => Value::Error,
            (Builtin::All | Builtin::Any, Some(decided)) => Value::Bool(decided),
            (Builtin::All, None) => Value::Bool(true),
            (Builtin::Any, None) => Value::Bool(false),
            _ => Value::List(list.into_bump_slice()),
        }
    }

    fn distinct(&self, site: Site<'a>, list: Value<'a>) -> Value<'a> {
        let Value::List(elements) = list else { return self.unexpected(site, "a list", list) };
        let mut seen = rustc_hash::FxHashSet::default();
        let mut kept: Vec<Element<'a>> = Vec::new();
        for element in elements {
            let new = match self.whnf(element.value) {
                Value::Error => return Value::Error,
                Value::Str(text) => seen.insert(text),
                value => {
                    let mut new = true;
                    for earlier in &kept {
                        match self.same(earlier.value, value) {
                            Some(true) => new = false,
                            Some(false) => {}
                            None => return Value::Error,
                        }
                    }
                    if !self.spend(kept.len() as u64, site.source, site.expr) {
                        return Value::Error;
                    }
                    new
                }
            };
            if new {
                kept.push(*element);
            }
        }
        Value::List(self.arena.alloc_slice_copy(&kept))
    }

    fn text(&self, site: Site<'a>, value: Value<'a>, change: impl Fn(&str) -> String) -> Value<'a> {
        match value {
            Value::Str(text) => Value::Str(self.arena.alloc_str(&change(text))),
            other => self.unexpected(site, "Str", other),
        }
    }

    fn listed(&self, site: Site<'a>, values: impl Iterator<Item = Value<'a>>) -> Value<'a> {
        let origin = site.source.spot(site.expr).origin();
        let list: Vec<Element<'a>> = values.map(|value| Element { value, origin }).collect();
        Value::List(self.arena.alloc_slice_copy(&list))
    }

    fn too_long(&self, site: Site<'a>) -> Value<'a> {
        self.report(Problem::error(
            505,
            site.source.spot(site.expr).place(),
            format!("this string is longer than {} bytes", super::limits::BYTES),
        ))
    }

    fn unexpected(&self, site: Site<'a>, want: &str, found: Value<'a>) -> Value<'a> {
        match found {
            Value::Error => Value::Error,
            Value::Absent => self.report(Problem::error(
                203,
                site.source.spot(site.expr).place(),
                format!("this is absent here, and {want} is asked for"),
            )),
            found => {
                let found = self.described(found);
                self.report(Problem::error(
                    201,
                    site.source.spot(site.expr).place(),
                    format!("expected {want}, found {found}"),
                ))
            }
        }
    }
}
