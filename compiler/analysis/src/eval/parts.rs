//! The values of the parts of a condition that does not hold: what it was computed from.

use crate::code::{Clause, Expr, ExprId};
use crate::eval::Eval;
use crate::eval::builtins::named;
use crate::eval::notation::Extent;
use crate::eval::value::{Element, Env, Hint, Kind, LocalState, Source, Spot, Value};
use crate::parse::parsed;
use crate::problem::Problem;

/// Values that are shown for one condition.
const SHOWN: usize = 12;

/// What is said of the value of a part that is sensitive.
const SENSITIVE: &str = "sensitive, and not shown";

/// The parts that have a value to be shown, in the order in which they were computed.
type Shown<'a> = Vec<(Spot<'a>, String)>;

impl<'a> Eval<'a> {
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

    /// The values of the parts of an expression that are no constants, as far as they were evaluated.
    fn values_in(&self, source: &'a Source<'a>, expr: ExprId, env: &Env<'a>, out: &mut Shown<'a>) {
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
                if op.computes() {
                    self.result_of(source, expr, env, before, out);
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
            Expr::Range(start, end) => {
                for end in [start, end].into_iter().flatten() {
                    self.values_in(source, *end, env, out);
                }
            }
            Expr::Interpolation(parts) => {
                let before = out.len();
                for part in parts {
                    self.values_in(source, *part, env, out);
                }
                self.result_of(source, expr, env, before, out);
            }
            Expr::List(entries) => {
                let before = out.len();
                for entry in entries {
                    self.values_in(source, entry.value(), env, out);
                }
                self.result_of(source, expr, env, before, out);
            }
            Expr::If { condition, then, otherwise } => {
                let before = out.len();
                self.values_in(source, *condition, env, out);
                let taken = match self.truth(source, *condition, env) {
                    Some(true) => Some(*then),
                    Some(false) => *otherwise,
                    None => return,
                };
                if let Some(taken) = taken {
                    self.values_in(source, taken, env, out);
                }
                self.result_of(source, expr, env, before, out);
            }
            Expr::Match { value, arms } => {
                let before = out.len();
                self.values_in(source, *value, env, out);
                let matched = self.quiet(source, *value, env);
                if let Some(arm) = self.arm_of(source, expr, matched, arms) {
                    let env = self.bind_local(env, LocalState::Done(matched));
                    self.values_in(source, arm.value, &env, out);
                }
                self.result_of(source, expr, env, before, out);
            }
            Expr::Let { value, body } => {
                let env = self.bind_local(env, self.delayed(source, *value, env));
                self.values_in(source, *body, &env, out);
            }
            Expr::ListComprehension { clauses, .. } => {
                // What is named further in has as many values as there are rounds.
                if let Some(Clause::For { source: through, .. }) = clauses.first() {
                    self.values_in(source, *through, env, out);
                }
                self.own_value(source, expr, env, out);
            }
            Expr::Record(_) | Expr::Amend(_) => self.own_value(source, expr, env, out),
            Expr::Coalesce(value, otherwise) => {
                let before = out.len();
                self.values_in(source, *value, env, out);
                if self.quiet(source, *value, env).is_absent() {
                    self.values_in(source, *otherwise, env, out);
                    self.result_of(source, expr, env, before, out);
                }
            }
            Expr::Index { index, .. } => {
                self.own_value(source, expr, env, out);
                if !source.library {
                    self.values_in(source, *index, env, out);
                }
            }
            Expr::Local(_)
            | Expr::SelfField { .. }
            | Expr::InnerField { .. }
            | Expr::Global(_)
            | Expr::KeyName
            | Expr::Prev
            | Expr::Member { .. } => self.own_value(source, expr, env, out),
            Expr::Call { arguments, .. } | Expr::Builtin { arguments, .. } => {
                let before = out.len();
                self.own_value(source, expr, env, out);
                if let Some(against) = self.first_against(source, expr, env)
                    && let Some((_, text)) = out.get_mut(before)
                {
                    text.push_str(&format!(", because of {against}"));
                }
                // A record is its name, or a long text; neither says why something does not hold.
                let told = |part: &&ExprId| {
                    let value = self.quiet(source, **part, env);
                    !matches!(value, Value::Rec(_) | Value::Handle(_) | Value::Fn(_))
                };
                if !source.library && out.len() > before {
                    for part in arguments.iter().filter(told) {
                        self.values_in(source, *part, env, out);
                    }
                }
            }
            Expr::Error
            | Expr::Null
            | Expr::Bool(_)
            | Expr::Int(_)
            | Expr::Float(_)
            | Expr::Str(_)
            | Expr::Quantity(_)
            | Expr::Duration(_)
            | Expr::Percent(_)
            | Expr::Absent
            | Expr::Function(_)
            | Expr::Lambda(_)
            | Expr::Data { .. } => {}
        }
    }

    /// The first element of a list for which the condition of `all` does not hold.
    fn first_against(&self, source: &'a Source<'a>, expr: ExprId, env: &Env<'a>) -> Option<String> {
        let Expr::Builtin { builtin, arguments } = source.code.exprs.get(expr as usize)? else {
            return None;
        };
        let ([list, condition], Some(all)) = (&**arguments, named("std.lists", "all")) else {
            return None;
        };
        if *builtin != all || source.library || self.is_sealed() {
            return None;
        }
        let Value::List(elements) = self.localized_list(self.quiet(source, *list, env)) else {
            return None;
        };
        let known = self.problems.borrow().len();
        let condition = self.quiet(source, *condition, env);
        let fails = |element: &&Element<'a>| {
            let given = [LocalState::Element(**element)];
            let held = self.call(source, expr, condition, &given, Hint::default());
            matches!(self.whnf(held), Value::Bool(false))
        };
        let against = elements.iter().find(fails);
        self.problems.borrow_mut().truncate(known);
        against.map(|element| self.spelt(element.value))
    }

    /// The value of a part that says something by itself.
    fn own_value(&self, source: &'a Source<'a>, expr: ExprId, env: &Env<'a>, out: &mut Shown<'a>) {
        let Some((spot, text)) = self.value_of_part(source, expr, env) else { return };
        if !out.iter().any(|(_, known)| *known == text) || !source.library {
            out.push((spot, text));
        }
    }

    /// What was computed of parts, those from `before` on, if there are any or it is a sum or the like. A truth is what
    /// its parts decided.
    fn result_of(
        &self,
        source: &'a Source<'a>,
        expr: ExprId,
        env: &Env<'a>,
        before: usize,
        out: &mut Shown<'a>,
    ) {
        let parts = out.get(before..).unwrap_or_default();
        let computes = match source.code.exprs.get(expr as usize) {
            Some(Expr::Binary { op, .. }) => op.computes(),
            _ => false,
        };
        if source.library
            || (parts.is_empty() && !computes)
            || parts.iter().any(|(_, text)| text == SENSITIVE)
        {
            return;
        }
        if matches!(self.quiet(source, expr, env), Value::Bool(_)) {
            return;
        }
        let Some((spot, value)) = self.value_of_part(source, expr, env) else { return };
        // A row of operators stands in one place, of which the last has the value.
        let parts = out.split_off(before);
        out.extend(parts.into_iter().filter(|(part, _)| part.node != spot.node));
        let parsed = parsed(self.db, spot.source.item);
        let text = parsed.tree().node(spot.node).map_or("this", |node| node.text());
        let of = if text.contains('\n') { String::new() } else { format!(", of `{text}`") };
        out.push((spot, value + &of));
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
        // Of a record that the library asks about, its name says nothing.
        if source.library && matches!(value, Value::Rec(_)) {
            return None;
        }
        let printed = if source.library { self.printed(value) } else { self.spelt(value) };
        let text = match source.code.exprs.get(expr as usize) {
            Some(Expr::SelfField { name, .. }) if source.library => {
                format!("`{name}` is {printed}")
            }
            _ if source.library => return None,
            _ => printed,
        };
        Some((source.spot(expr), text))
    }

    /// A value, with what is in it where it has no name of its own: a record that no schema describes, and a list of such.
    fn spelt(&self, value: Value<'a>) -> String {
        let nameless = |value: Value<'a>| match value {
            Value::Rec(rec) => {
                matches!(rec.kind, Kind::Open | Kind::Record(_) | Kind::Map(_) | Kind::Keyed(_))
            }
            _ => false,
        };
        let known = (self.problems.borrow().len(), self.failed_reads.borrow().len());
        let local = self.localized(value);
        let spelt = match local {
            Value::List(elements) => elements.iter().any(|e| nameless(self.localized(e.value))),
            local => nameless(local),
        };
        let text = match spelt && !self.is_sealed() {
            true => self.notation(local, Extent::Brief),
            false => self.printed(value),
        };
        // What else is in it is not what the condition asked for.
        self.problems.borrow_mut().truncate(known.0);
        self.failed_reads.borrow_mut().truncate(known.1);
        text
    }
}
