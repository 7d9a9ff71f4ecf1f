//! The evaluation of a rule, in counted steps.

use std::cell::Cell;
use std::collections::HashMap;
use std::rc::Rc;

use regex_lite::Regex;

use super::parse::{Constant, Expr, Macro, MacroKind, Operator};
use super::signatures::is_family;
use super::value::Value;
use super::{convert, extension, network, operators, strings};
use crate::crd::pattern::pattern;
use crate::crd::value::Val;

/// How many steps all rules of one object may take: some tenths of a second.
pub const BUDGET: u64 = 10_000_000;

/// How many steps one rule may take.
const RULE: u64 = 2_000_000;

/// Why a rule has no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stop {
    /// Evaluating it is an error, and to a server that is as good as false.
    Error(String),
    /// Nothing can be said.
    Unknown(String),
    /// It takes too long.
    Costly,
}

pub type Outcome<'v> = Result<Value<'v>, Stop>;

/// The evaluation of the rules of one object.
pub struct Run<'b> {
    /// What is left for all rules.
    left: &'b Cell<u64>,
    /// What is left for this one.
    own: u64,
    patterns: HashMap<Box<str>, Regex>,
}

/// The variables of an expression, the innermost first.
#[derive(Clone, Copy)]
pub struct Scope<'s, 'v> {
    name: &'s str,
    value: &'s Value<'v>,
    outer: Option<&'s Scope<'s, 'v>>,
}

impl<'s, 'v> Scope<'s, 'v> {
    pub fn new(name: &'s str, value: &'s Value<'v>, outer: Option<&'s Scope<'s, 'v>>) -> Self {
        Scope { name, value, outer }
    }

    fn find(&self, name: &str) -> Option<&'s Value<'v>> {
        if self.name == name { Some(self.value) } else { self.outer?.find(name) }
    }
}

impl<'b> Run<'b> {
    pub fn new(left: &'b Cell<u64>) -> Self {
        Run { left, own: RULE, patterns: HashMap::new() }
    }

    /// Counts steps.
    pub fn pay(&mut self, steps: usize) -> Result<(), Stop> {
        let steps = steps as u64;
        self.own = self.own.checked_sub(steps).ok_or(Stop::Costly)?;
        self.left.set(self.left.get().checked_sub(steps).ok_or(Stop::Costly)?);
        Ok(())
    }

    /// A regular expression, built once a rule.
    pub fn regex(&mut self, text: &str, over: usize) -> Result<&Regex, Stop> {
        self.pay(over.saturating_mul(text.len() / 16 + 1) / 4 + 1)?;
        if !self.patterns.contains_key(text) {
            self.pay(text.len() * 20)?;
            let regex = pattern(text).map_err(|why| Stop::Unknown(format!("of `{text}` {why}")))?;
            self.patterns.insert(text.into(), regex);
        }
        self.patterns.get(text).ok_or(Stop::Costly)
    }

    /// Whether a rule holds.
    pub fn holds(&mut self, rule: &Expr, scope: &Scope<'_, '_>) -> Result<bool, Stop> {
        truth(self.value(rule, scope)?)
    }

    /// The value of an expression.
    pub fn value<'v>(&mut self, expr: &Expr, scope: &Scope<'_, 'v>) -> Outcome<'v> {
        match self.evaluated(expr, scope)? {
            Value::Unreadable => Err(unreadable()),
            value => Ok(value),
        }
    }

    fn evaluated<'v>(&mut self, expr: &Expr, scope: &Scope<'_, 'v>) -> Outcome<'v> {
        self.pay(1)?;
        match expr {
            Expr::Constant(constant) => Ok(match constant {
                Constant::Null => Value::Null,
                Constant::Bool(value) => Value::Bool(*value),
                Constant::Int(value) => Value::Int(*value),
                Constant::Uint(value) => Value::Uint(*value),
                Constant::Double(value) => Value::Double(*value),
                Constant::Str(text) => {
                    self.pay(text.len() / 8)?;
                    Value::str(text)
                }
                Constant::Bytes(bytes) => Value::Bytes(Rc::from(&**bytes)),
            }),
            Expr::Name(name) => match scope.find(name) {
                Some(value) => Ok(value.clone()),
                None => convert::type_named(name)
                    .ok_or_else(|| Stop::Unknown(format!("`{name}` is not known"))),
            },
            Expr::Field { of, name, optional } => self.field(of, name, *optional, scope),
            Expr::Index { of, index, optional } => {
                let of = self.value(of, scope)?;
                let index = self.value(index, scope)?;
                match of {
                    Value::Optional(None) => Ok(of),
                    Value::Optional(Some(inner)) => {
                        Ok(Value::Optional(self.element(&inner, &index)?.map(Rc::new)))
                    }
                    of if *optional => Ok(Value::Optional(self.element(&of, &index)?.map(Rc::new))),
                    of => self.element(&of, &index)?.ok_or_else(|| {
                        Stop::Error(match of {
                            Value::List(_) | Value::Items(..) => {
                                format!("index out of bounds: {}", index.shown())
                            }
                            _ => format!("no such key: {}", index.shown()),
                        })
                    }),
                }
            }
            Expr::Has { of, name } => {
                let of = self.value(of, scope)?;
                Ok(Value::Bool(match of {
                    Value::Optional(None) => false,
                    Value::Optional(Some(inner)) => self.part(&inner, name)?.is_some(),
                    of => self.part(&of, name)?.is_some(),
                }))
            }
            Expr::And(a, b) => self.either(a, b, scope, false),
            Expr::Or(a, b) => self.either(a, b, scope, true),
            Expr::If(parts) => match self.holds(&parts.0, scope)? {
                true => self.value(&parts.1, scope),
                false => self.value(&parts.2, scope),
            },
            Expr::Not(of) => Ok(Value::Bool(!self.holds(of, scope)?)),
            Expr::Negative(of) => {
                let value = self.value(of, scope)?;
                operators::negative(value)
            }
            Expr::Binary(operator, parts) => {
                let (a, b) = (self.value(&parts.0, scope)?, self.value(&parts.1, scope)?);
                self.binary(*operator, a, b)
            }
            Expr::List(items) => {
                let mut all = Vec::with_capacity(items.len());
                for (item, optional) in items {
                    match (self.value(item, scope)?, optional) {
                        (Value::Optional(inner), true) => {
                            all.extend(inner.map(|inner| (*inner).clone()));
                        }
                        (value, _) => all.push(value),
                    }
                }
                self.pay(all.len())?;
                Ok(Value::list(all))
            }
            Expr::Map(entries) => {
                let mut all: Vec<(Value<'v>, Value<'v>)> = Vec::new();
                for (key, value, optional) in entries {
                    let key = self.value(key, scope)?;
                    match (self.value(value, scope)?, optional) {
                        (Value::Optional(inner), true) => {
                            all.extend(inner.map(|inner| (key, (*inner).clone())));
                        }
                        (value, _) => all.push((key, value)),
                    }
                }
                self.pay(all.len())?;
                Ok(Value::Map(Rc::new(all)))
            }
            Expr::Message { name, .. } => {
                Err(Stop::Unknown(format!("the type `{name}` is not known")))
            }
            Expr::Macro(of) => self.repeated(of, scope),
            Expr::Call { on, name, arguments } => self.call(on.as_deref(), name, arguments, scope),
        }
    }

    /// `a || b` and `a && b`: one side that decides is enough, whatever the other is.
    fn either<'v>(
        &mut self,
        a: &Expr,
        b: &Expr,
        scope: &Scope<'_, 'v>,
        decides: bool,
    ) -> Outcome<'v> {
        let first = self.holds(a, scope);
        if first == Ok(decides) || first == Err(Stop::Costly) {
            return first.map(Value::Bool);
        }
        let second = self.holds(b, scope);
        Ok(Value::Bool(match (first, second) {
            (_, Err(Stop::Costly)) => return Err(Stop::Costly),
            (_, Ok(value)) if value == decides => decides,
            (Err(Stop::Unknown(why)), _) | (_, Err(Stop::Unknown(why))) => {
                return Err(Stop::Unknown(why));
            }
            (Err(stop), _) | (_, Err(stop)) => return Err(stop),
            (Ok(_), Ok(_)) => !decides,
        }))
    }

    fn binary<'v>(&mut self, operator: Operator, a: Value<'v>, b: Value<'v>) -> Outcome<'v> {
        match operator {
            Operator::Equal | Operator::Unequal => {
                let (one, other) = (weight(&a), weight(&b));
                // Where the order of elements means nothing, each is looked for among all.
                let is_large = one.min(other) > 256 && a.size().is_some() && b.size().is_some();
                let is_text = matches!(a, Value::Str(_) | Value::Bytes(_));
                self.pay(match is_large && !is_text {
                    true => one.saturating_mul(other),
                    false => one.min(other),
                })?;
                Ok(Value::Bool(a.equals(&b) == (operator == Operator::Equal)))
            }
            Operator::In => {
                if let (Value::Entries(Val::Map(entries), _), Value::Str(name)) = (&b, &a) {
                    return Ok(Value::Bool(entries.contains_key(&**name)));
                }
                self.pay(weight(&b))?;
                if let Some(items) = b.items() {
                    return Ok(Value::Bool(items.iter().any(|item| item.equals(&a))));
                }
                match b.entries() {
                    Some(entries) => Ok(Value::Bool(entries.iter().any(|(key, _)| key.equals(&a)))),
                    None => Err(overload("in", &[&a, &b])),
                }
            }
            Operator::Plus => {
                self.pay((weight(&a) + weight(&b)) * 2)?;
                operators::sum(a, b)
            }
            operator => operators::computed(operator, &a, &b),
        }
    }

    fn repeated<'v>(&mut self, of: &Macro, scope: &Scope<'_, 'v>) -> Outcome<'v> {
        let over = self.value(&of.of, scope)?;
        let (first, second) = (of.names.first(), of.names.get(1));
        let first = first.map_or("", |name| &**name);
        if let MacroKind::Optional | MacroKind::OptionalFlat = of.kind {
            let Value::Optional(inner) = over else { return Err(overload("optMap", &[&over])) };
            let Some(inner) = inner else { return Ok(Value::Optional(None)) };
            let value = self.value(&of.body, &Scope::new(first, &inner, Some(scope)))?;
            return Ok(if of.kind == MacroKind::Optional { Value::some(value) } else { value });
        }
        self.pay(over.size().unwrap_or(0))?;
        // Of a list its elements, of a map its keys; with two names also where they are, or what they hold.
        let pairs: Vec<(Value<'v>, Value<'v>)> = match (over.items(), over.entries()) {
            (Some(items), _) => {
                let numbered = |(at, item)| (Value::Int(at as i64), item);
                items.into_iter().enumerate().map(numbered).collect()
            }
            (None, Some(entries)) if second.is_some() => entries,
            (None, Some(entries)) => {
                entries.into_iter().map(|(key, _)| (Value::Null, key)).collect()
            }
            (None, None) => return Err(overload("a loop", &[&over])),
        };
        let mut state = Looped::default();
        for (key, value) in &pairs {
            let outer = Scope::new(first, key, Some(scope));
            let inner = match second {
                Some(second) => Scope::new(second, value, Some(&outer)),
                None => Scope::new(first, value, Some(scope)),
            };
            self.pay(1)?;
            if let Some(filter) = &of.filter
                && !self.holds(filter, &inner)?
            {
                continue;
            }
            match of.kind {
                MacroKind::All | MacroKind::Exists => {
                    let decides = of.kind == MacroKind::Exists;
                    match self.holds(&of.body, &inner) {
                        Err(Stop::Costly) => return Err(Stop::Costly),
                        Ok(found) if found == decides => return Ok(Value::Bool(decides)),
                        Ok(_) => {}
                        Err(stop) => state.stop = Some(stop),
                    }
                }
                MacroKind::ExistsOne => state.count += usize::from(self.holds(&of.body, &inner)?),
                MacroKind::Filter => {
                    if self.holds(&of.body, &inner)? {
                        state.items.push(value.clone());
                    }
                }
                MacroKind::Map => {
                    let made = self.value(&of.body, &inner)?;
                    state.items.push(made);
                }
                MacroKind::ToMap => {
                    let made = self.value(&of.body, &inner)?;
                    state.entries.push((key.clone(), made));
                }
                MacroKind::ToEntries => {
                    let made = self.value(&of.body, &inner)?;
                    state.entries.extend(made.entries().unwrap_or_default());
                }
                MacroKind::Optional | MacroKind::OptionalFlat => {}
            }
        }
        match (of.kind, state.stop) {
            (_, Some(stop)) => Err(stop),
            (MacroKind::All, None) => Ok(Value::Bool(true)),
            (MacroKind::Exists, None) => Ok(Value::Bool(false)),
            (MacroKind::ExistsOne, None) => Ok(Value::Bool(state.count == 1)),
            (MacroKind::Map | MacroKind::Filter, None) => Ok(Value::list(state.items)),
            (_, None) => Ok(Value::Map(Rc::new(state.entries))),
        }
    }

    fn call<'v>(
        &mut self,
        on: Option<&Expr>,
        name: &str,
        arguments: &[Expr],
        scope: &Scope<'_, 'v>,
    ) -> Outcome<'v> {
        let family = match on {
            Some(Expr::Name(family)) if scope.find(family).is_none() => {
                Some(&**family).filter(|family| is_family(family))
            }
            _ => None,
        };
        let mut values = Vec::with_capacity(arguments.len() + 1);
        if let (Some(on), None) = (on, family) {
            values.push(self.value(on, scope)?);
        }
        if family == Some("optional") && name == "none" {
            return Ok(Value::Optional(None));
        }
        // `a.or(b)` and `a.orValue(b)` ask for `b` only where there is no `a`.
        if let [Value::Optional(Some(inner))] = values.as_slice() {
            match name {
                "orValue" => return Ok((**inner).clone()),
                "or" => return Ok(Value::Optional(Some(inner.clone()))),
                _ => {}
            }
        }
        for argument in arguments {
            values.push(self.value(argument, scope)?);
        }
        self.pay(values.iter().map(weight).sum::<usize>() / 8 + 1)?;
        let full = family.map(|family| format!("{family}.{name}"));
        let full = full.as_deref().unwrap_or(name);
        let member = on.is_some() && family.is_none();
        let found = convert::called(self, full, member, &values)
            .or_else(|| strings::called(self, full, member, &values))
            .or_else(|| extension::called(self, full, member, &values))
            .or_else(|| network::called(self, full, member, &values));
        found.unwrap_or_else(|| {
            let known = [&convert::NAMES[..], &strings::NAMES, &extension::NAMES, &network::NAMES];
            Err(match known.iter().any(|names| names.contains(&full)) {
                true => overload(full, &values.iter().collect::<Vec<_>>()),
                false => Stop::Unknown(format!("the function `{full}` is not known here")),
            })
        })
    }
}

#[derive(Default)]
struct Looped<'v> {
    items: Vec<Value<'v>>,
    entries: Vec<(Value<'v>, Value<'v>)>,
    count: usize,
    stop: Option<Stop>,
}

/// The error for a function or operator on what it does not take.
pub fn overload(name: &str, values: &[&Value<'_>]) -> Stop {
    let types: Vec<&str> = values.iter().map(|value| value.type_name()).collect();
    Stop::Error(format!("no such overload: {name}({})", types.join(", ")))
}

/// Why a [`Value::Unreadable`] stops the rule that reads it.
pub fn unreadable() -> Stop {
    let why = "a whole number is written with a point, which rules cannot read";
    Stop::Error(why.to_owned())
}

fn truth(value: Value<'_>) -> Result<bool, Stop> {
    match value {
        Value::Bool(value) => Ok(value),
        other => Err(overload("a condition", &[&other])),
    }
}

/// How much there is to look through in a value: bytes, and what lies in lists and maps.
pub fn weight(value: &Value<'_>) -> usize {
    fn of(value: &Val) -> usize {
        match value {
            Val::Str(text) => text.len() / 8 + 1,
            Val::List(items) => items.iter().map(of).sum::<usize>() + 1,
            Val::Map(entries) => entries.values().map(of).sum::<usize>() + entries.len() + 1,
            _ => 1,
        }
    }
    match value {
        Value::Str(text) => text.len() / 8 + 1,
        Value::Bytes(bytes) => bytes.len() / 8 + 1,
        Value::List(items) => items.iter().map(weight).sum::<usize>() + 1,
        Value::Map(entries) => {
            entries.iter().map(|(key, value)| weight(key) + weight(value)).sum::<usize>() + 1
        }
        Value::Items(items, _) => items.iter().map(of).sum::<usize>() + 1,
        Value::Entries(value, _) => of(value),
        _ => 1,
    }
}
