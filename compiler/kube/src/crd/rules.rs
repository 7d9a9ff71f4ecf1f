//! Validation rules: which of them apply to an object, and what those say that do not hold.

use std::cell::Cell;

use super::cel::{BUDGET, Run, Scope, Stop, Value, names_old, program};
use super::judge::{Judge, Way};
use super::schema::{Rule, Schema};
use super::value::Val;
use crate::server::FieldError;
use crate::tree::Step;

/// Applies all rules of a schema to an object, those of its parts too.
pub fn apply(judge: &mut Judge, schema: &Schema, value: &Val) {
    let left = Cell::new(BUDGET);
    node(judge, schema, value, &Way::ROOT, &left);
}

fn node(judge: &mut Judge, schema: &Schema, value: &Val, way: &Way<'_>, left: &Cell<u64>) {
    // Of what is null nothing is asked.
    if matches!(value, Val::Null) {
        return;
    }
    for rule in &schema.rules {
        one(judge, rule, schema, value, way, left);
    }
    match value {
        Val::List(items) => {
            if let Some(inner) = schema.items.as_deref().filter(|inner| has_rules(inner)) {
                for (at, item) in items.iter().enumerate() {
                    node(judge, inner, item, &way.index(at), left);
                }
            }
        }
        Val::Map(entries) => {
            for (name, entry) in entries.iter() {
                if let Some(inner) = schema.of_entry(name) {
                    node(judge, inner, entry, &way.key(name), left);
                }
            }
        }
        _ => {}
    }
}

fn has_rules(schema: &Schema) -> bool {
    !schema.rules.is_empty()
        || schema.items.as_deref().is_some_and(has_rules)
        || schema.additional.as_deref().is_some_and(has_rules)
        || schema.properties.iter().any(|(_, property)| has_rules(property))
}

fn one(
    judge: &mut Judge,
    rule: &Rule,
    schema: &Schema,
    value: &Val,
    way: &Way<'_>,
    left: &Cell<u64>,
) {
    // What cannot be read was said of the definition.
    let Ok(expr) = rule.rule.get(program) else { return };
    let transition = names_old(expr);
    if transition && !rule.optional_old {
        return;
    }
    let own = Value::of(value, Some(schema));
    let old = Value::Optional(None);
    let outer = Scope::new("oldSelf", &old, None);
    let scope = Scope::new("self", &own, Some(&outer));
    let mut run = Run::new(left);
    let shown = short(&rule.rule.text);
    let why = match run.holds(expr, &scope) {
        Ok(true) => return,
        Ok(false) => None,
        Err(Stop::Error(why)) => Some(why),
        Err(Stop::Unknown(why)) => {
            judge.unchecked(way, format!("the rule `{shown}` was not checked: {why}"));
            return;
        }
        Err(Stop::Costly) => {
            judge.unchecked(way, format!("the rule `{shown}` was not checked: it takes too long"));
            return;
        }
    };
    let message = match &why {
        Some(why) => format!("the rule `{shown}` cannot be evaluated: {why}"),
        None => message(rule, &mut run, &scope, shown),
    };
    let error = match &*rule.reason {
        "FieldValueRequired" => FieldError::Required,
        "FieldValueForbidden" => FieldError::Forbidden,
        "FieldValueDuplicate" => FieldError::Duplicate,
        _ => FieldError::Invalid,
    };
    if let Some(refusal) = judge.refuse(way, "K-rule", error, message) {
        refusal.path.extend(steps(&rule.field_path));
        refusal.help = (why.is_none()
            && (!rule.message.is_empty() || rule.message_expression.is_some()))
        .then(|| format!("the rule is `{shown}`"));
    }
}

/// What a rule says where it does not hold. Its own message may need to be computed.
fn message(rule: &Rule, run: &mut Run<'_>, scope: &Scope<'_, '_>, shown: &str) -> String {
    if let Some(Ok(expr)) = rule.message_expression.as_ref().map(|one| one.get(program))
        && let Ok(Value::Str(text)) = run.value(expr, scope)
        && !text.trim().is_empty()
        && !text.contains('\n')
        && text.len() <= 5 << 10
    {
        return text.trim().to_owned();
    }
    if rule.message.is_empty() {
        return format!("the rule `{shown}` does not hold");
    }
    rule.message.trim().to_owned()
}

/// The first line of a rule, and no more of that than a message takes.
fn short(rule: &str) -> &str {
    let line = rule.trim().lines().next().unwrap_or_default();
    let end = line.char_indices().nth(200).map_or(line.len(), |(at, _)| at);
    line.get(..end).unwrap_or_default()
}

/// The steps of a path such as `.spec.a['b']`.
fn steps(path: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix("['") {
            let end = after.find("']").unwrap_or(after.len());
            steps.push(Step::Key(after.get(..end).unwrap_or_default().to_owned()));
            rest = after.get(end + 2..).unwrap_or_default();
            continue;
        }
        rest = rest.strip_prefix('.').unwrap_or(rest);
        let end = rest.find(['.', '[']).unwrap_or(rest.len());
        if end == 0 {
            break;
        }
        steps.push(Step::Key(rest.get(..end).unwrap_or_default().to_owned()));
        rest = rest.get(end..).unwrap_or_default();
    }
    steps
}
