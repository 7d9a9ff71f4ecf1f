//! `check`, `warn` and `note`: what a record says must hold, and what is shown where it does not.

use crate::code::{EntryKind, Expr, ExprId};
use crate::eval::Eval;
use crate::eval::rules::Allowed;
use crate::eval::value::{CheckAt, Env, Hint, Kind, Rec, Source, Spot, Value};
use crate::parse::parsed;
use crate::problem::{Place, Problem, Severity};
use crate::show::nearest_that;

/// Values of sub-expressions that are shown for one check.
const SHOWN: usize = 6;

/// What is said of the value of a part that is sensitive.
const SENSITIVE: &str = "sensitive, and not shown";

impl<'a> Eval<'a> {
    /// Runs the checks of a record's layers.
    pub(crate) fn run_checks(&self, rec: &'a Rec<'a>) {
        for check in self.slots(rec).checks.get() {
            if self.applies_at(check) {
                self.run_check(Some(rec), check);
            }
        }
    }

    /// The ids that a record exempts itself from, each with the reason.
    pub(crate) fn allowed(&self, rec: &'a Rec<'a>) -> Vec<Allowed> {
        let checks = self.slots(rec).checks.get().iter();
        checks
            .filter_map(|check| match &check.entry.kind {
                EntryKind::Allow { id, reason } => Some((check, id, reason)),
                _ => None,
            })
            .filter(|(check, ..)| self.applies_at(check))
            .map(|(check, id, reason)| {
                let place = Place { item: check.layer.source.item, node: check.entry.node };
                Allowed { id: id.clone(), reason: reason.clone(), place }
            })
            .collect()
    }

    /// The message of a check that does not hold.
    pub(crate) fn failed(&self, check: &CheckAt<'a>) -> Option<String> {
        let EntryKind::Check { condition, message, .. } = &check.entry.kind else { return None };
        let source = check.layer.source;
        if self.truth(source, *condition, &check.env)? {
            return None;
        }
        let Some(message) = message else { return Some("this check does not hold".to_owned()) };
        match self.whnf(self.eval(source, *message, &check.env, Hint::default())) {
            Value::Str(text) => Some(text.to_owned()),
            _ => None,
        }
    }

    /// Whether what stands around a check says that it is to be run.
    pub(crate) fn applies_at(&self, check: &CheckAt<'a>) -> bool {
        check.when.is_none_or(|when| self.holds(when) == Some(true))
    }

    pub(crate) fn run_check(&self, rec: Option<&'a Rec<'a>>, check: &CheckAt<'a>) {
        if let (EntryKind::Case { name, .. }, Some(rec)) = (&check.entry.kind, rec) {
            self.other_case(rec, name, check);
            return;
        }
        let EntryKind::Check { severity, condition, .. } = &check.entry.kind else { return };
        let source = check.layer.source;
        let Some(text) = self.failed(check) else { return };
        let spot = source.spot(*condition);
        // A check of the library fails because of what the user wrote: there it is to be mended.
        let at = match rec {
            Some(rec) if check.layer.source.schema || source.library => self.user_spot(rec),
            _ => spot,
        };
        let mut problem = Problem::error(307, at.place(), text).severity(*severity);
        if at.place() != spot.place() {
            if let Some(blamed) = self.blamed(source, *condition, &check.env) {
                problem = problem.related(blamed.place(), "the value that was checked");
            }
            problem = problem.related(spot.place(), "because of this check");
        } else if let Some(rec) = rec
            && *severity == Severity::Error
        {
            let made = self.user_spot(rec).place();
            if made.item != at.source.item {
                problem = problem.related(made, format!("checked for {}", self.record_name(rec)));
            }
        }
        let near = self.near_key(source, *condition, &check.env);
        problem.help = near.map(|near| format!("did you mean `{near}`?"));
        self.report(self.with_values(problem, source, *condition, &check.env));
    }

    /// A problem of a condition that does not hold, with the values that it was computed from.
    pub(crate) fn with_values(
        &self,
        mut problem: Problem,
        source: &'a Source<'a>,
        condition: ExprId,
        env: &Env<'a>,
    ) -> Problem {
        let mut values = Vec::new();
        self.values_in(source, condition, env, &mut values);
        for (spot, text) in values {
            if !source.library {
                problem = problem.related(spot.place(), format!("this is {text}"));
            } else {
                problem = problem.note(text);
            }
        }
        problem
    }

    /// Where the user wrote one of the fields that a condition names: one further in, `ready.port`, before what it is in.
    fn blamed(&self, source: &'a Source<'a>, expr: ExprId, env: &Env<'a>) -> Option<Spot<'a>> {
        let me = env.me?;
        let written = |rec: &'a Rec<'a>, name: &str| {
            let binding = self.slot(rec, name)?.bindings.get()?;
            (!binding.layer.source.library).then(|| binding.value_spot())
        };
        let mut inner = None;
        let mut own = None;
        self.visit(source, expr, &mut |node| match source.code.exprs.get(node as usize) {
            Some(Expr::Member { value, name, .. }) if inner.is_none() => {
                if let Value::Rec(rec) = self.quiet(source, *value, env) {
                    inner = written(rec, name);
                }
            }
            Some(Expr::SelfField { name, .. }) if own.is_none() => own = written(me, name),
            _ => {}
        });
        inner.or(own)
    }

    /// The nearest key of a map that a condition of the library asks for a key which it does not have.
    fn near_key(
        &self,
        source: &'a Source<'a>,
        condition: ExprId,
        env: &Env<'a>,
    ) -> Option<&'a str> {
        let mut near = None;
        self.visit(source, condition, &mut |node| {
            if near.is_some() || !source.library {
                return;
            }
            if let Some(Expr::Call { arguments, .. }) = source.code.exprs.get(node as usize)
                && let [map, key] = arguments.as_slice()
                && let Value::Rec(map) = self.quiet(source, *map, env)
                && matches!(map.kind, Kind::Map(..))
                && let Value::Str(key) = self.quiet(source, *key, env)
            {
                let keys = self.keys(map).unwrap_or_default();
                let keys: Vec<&'a str> = keys.into_iter().map(|slot| slot.name).collect();
                if !keys.contains(&key) {
                    near = nearest_that(key, keys, |_| true).map(|near| near.name);
                }
            }
        });
        near
    }

    /// The values of the parts of a condition that are no constants, as far as they were evaluated.
    fn values_in(
        &self,
        source: &'a Source<'a>,
        expr: ExprId,
        env: &Env<'a>,
        out: &mut Vec<(Spot<'a>, String)>,
    ) {
        if out.len() >= SHOWN {
            return;
        }
        let Some(node) = source.code.exprs.get(expr as usize) else { return };
        match node {
            Expr::And(left, right) | Expr::Or(left, right) => {
                self.values_in(source, *left, env, out);
                // The right side counts only where the left one did not decide.
                let decided = matches!(node, Expr::Or(..));
                if self.truth(source, *left, env) == Some(!decided) {
                    self.values_in(source, *right, env, out);
                }
            }
            Expr::Binary { op, left, right } => {
                let before = out.len();
                self.values_in(source, *left, env, out);
                self.values_in(source, *right, env, out);
                // What is computed of constants alone is known to everybody.
                let parts = out.get(before..).unwrap_or_default();
                let open = !parts.is_empty() && parts.iter().all(|(_, text)| text != SENSITIVE);
                if op.computes()
                    && open
                    && !source.library
                    && let Some((spot, value)) = self.value_of_part(source, expr, env)
                {
                    let parsed = parsed(self.db, spot.source.item);
                    let text = parsed.tree().node(spot.node).map_or("this", |node| node.text());
                    out.push((spot, format!("{value}, of `{text}`")));
                }
            }
            // Of what is sensitive itself, only what it is compared with may be seen.
            Expr::Sealed(value) => {
                let decides = match source.code.exprs.get(*value as usize) {
                    Some(Expr::Binary { op, .. }) => !op.computes(),
                    Some(Expr::And(..) | Expr::Or(..) | Expr::Not(_)) => true,
                    _ => false,
                };
                if decides {
                    self.values_in(source, *value, env, out);
                } else if !source.library {
                    out.push((source.spot(expr), SENSITIVE.to_owned()));
                }
            }
            Expr::Not(value)
            | Expr::Negate(value)
            | Expr::IsSet { value, .. }
            | Expr::Is { value, .. }
            | Expr::Check { value, .. }
            | Expr::Cast { value, .. } => self.values_in(source, *value, env, out),
            Expr::Local(_)
            | Expr::SelfField { .. }
            | Expr::InnerField { .. }
            | Expr::Global(_)
            | Expr::Member { .. }
            | Expr::Index { .. }
            | Expr::Call { .. }
            | Expr::Coalesce(..)
            | Expr::Builtin { .. } => {
                let Some((spot, text)) = self.value_of_part(source, expr, env) else { return };
                if !out.iter().any(|(_, known)| *known == text) || !source.library {
                    out.push((spot, text));
                }
                let (Expr::Call { arguments, .. } | Expr::Builtin { arguments, .. }) = node else {
                    return;
                };
                // A record is its name, or a long text; neither says why something does not hold.
                let told = |part: &&ExprId| {
                    let value = self.quiet(source, **part, env);
                    !matches!(value, Value::Rec(_) | Value::Handle(_) | Value::Fn(_))
                };
                if !source.library {
                    for part in arguments.iter().filter(told) {
                        self.values_in(source, *part, env, out);
                    }
                }
            }
            _ => {}
        }
    }

    /// The value of a part of a condition, as a text; `None` where it has none, or is computed within the library.
    fn value_of_part(
        &self,
        source: &'a Source<'a>,
        expr: ExprId,
        env: &Env<'a>,
    ) -> Option<(Spot<'a>, String)> {
        let value = self.quiet(source, expr, env);
        if value.is_error() {
            return None;
        }
        let printed = self.printed(value);
        let text = match source.code.exprs.get(expr as usize) {
            Some(Expr::SelfField { name, .. }) if source.library => {
                format!("`{name}` is {printed}")
            }
            _ if source.library => return None,
            _ => printed,
        };
        Some((source.spot(expr), text))
    }

    /// The value of a part of a condition. What the condition only asks for, such as a key that is not there, is no
    /// mistake.
    fn quiet(&self, source: &'a Source<'a>, expr: ExprId, env: &Env<'a>) -> Value<'a> {
        let known = self.problems.borrow().len();
        let value = self.whnf(self.perhaps(source, expr, env, Hint::default()));
        self.problems.borrow_mut().truncate(known);
        value
    }

    /// Calls `then` for an expression and what it is made of, outermost first.
    fn visit(&self, source: &'a Source<'a>, expr: ExprId, then: &mut dyn FnMut(ExprId)) {
        then(expr);
        let Some(node) = source.code.exprs.get(expr as usize) else { return };
        let mut each = |parts: &[ExprId]| {
            for &part in parts {
                self.visit(source, part, then);
            }
        };
        match node {
            Expr::And(a, b) | Expr::Or(a, b) | Expr::Coalesce(a, b) => each(&[*a, *b]),
            Expr::Binary { left, right, .. } => each(&[*left, *right]),
            Expr::Not(value)
            | Expr::Negate(value)
            | Expr::IsSet { value, .. }
            | Expr::Is { value, .. }
            | Expr::Check { value, .. }
            | Expr::Cast { value, .. }
            | Expr::Sealed(value)
            | Expr::Member { value, .. } => each(&[*value]),
            Expr::Index { value, index, .. } => each(&[*value, *index]),
            Expr::Builtin { arguments, .. } | Expr::Call { arguments, .. } => each(arguments),
            _ => {}
        }
    }
}
