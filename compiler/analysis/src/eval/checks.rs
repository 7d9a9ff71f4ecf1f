//! `check`, `warn` and `note`: what a record says must hold, and what is shown where it does not.

use crate::code::{EntryKind, Expr, ExprId};
use crate::db::ItemKind;
use crate::eval::Eval;
use crate::eval::blame::{Blamed, Written};
use crate::eval::rules::Allowed;
use crate::eval::value::{CheckAt, Env, Hint, Kind, Rec, Source, Spot, Value};
use crate::problem::{Edit, Part, Place, Problem, Severity};
use crate::show::{Near, nearest_that};

/// What is said of the check of a schema that a value does not pass.
pub(crate) const CHECK: &str = "because of this check";

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
        if rec.is_some_and(|rec| self.lacks_what_it_replaced(rec)) {
            return;
        }
        let spot = source.spot(*condition);
        // A check of a schema fails because of what was written for one record: there it is to be mended, at the value
        // that is to blame, or, of several, at the one that was laid on the others.
        let made = rec
            .filter(|_| check.layer.source.schema || source.library)
            .map(|rec| (rec, self.user_spot(rec)));
        let blamed = match made {
            Some(_) => self.blamed(source, *condition, &check.env),
            None => Blamed::default(),
        };
        let top = blamed.topmost();
        let wrong = top.map(|wrong| match blamed.values.len() {
            1 => wrong,
            _ => self.innermost(wrong),
        });
        let at = wrong.map(Written::spot).or(made.map(|(_, made)| made)).unwrap_or(spot);
        let mut problem = Problem::error(307, at.place(), text).severity(*severity);
        if let Some((rec, made)) = made {
            if made.source.item != at.source.item {
                let name = self.record_name(rec);
                problem = problem.related(made.place(), format!("checked for {name}"));
            }
            if let Some(wrong) = wrong {
                let (slot, binding) = (wrong.slot, Some(wrong.binding));
                problem = self.with_layers_of(problem, slot, binding, |source| !source.library);
            }
            let several = blamed.values.len() > 1;
            let what =
                if several { "a value that was checked" } else { "the value that was checked" };
            for value in &blamed.values {
                let place = value.spot().place();
                let is_around = top.is_some_and(|top| top.spot().place() == place);
                if place != at.place() && !is_around {
                    problem = problem.related(place, what);
                }
            }
            problem = problem.related(spot.place(), CHECK);
            if at.place() == made.place()
                && let Some(place) = self.bound_by_caller(rec, made)
            {
                problem = problem.related(place, format!("made for {}", self.record_name(rec)));
            }
        } else if let Some(rec) = rec
            && *severity == Severity::Error
        {
            let made = self.user_spot(rec).place();
            if made.item != at.source.item {
                problem = problem.related(made, format!("checked for {}", self.record_name(rec)));
            }
        }
        if let Some((key, near)) = self.near_key(source, *condition, &check.env) {
            problem.help = Some(format!("did you mean `{}`?", near.name));
            if let Some(value) = blamed.alone() {
                let part = Part::Word(key.to_owned());
                let edit = Edit { place: value.spot().place(), part, text: near.name.to_owned() };
                problem = problem.offer(format!("write `{}`", near.name), near.alone, edit);
            }
        }
        self.report(self.with_values(problem, source, *condition, &check.env));
    }

    /// Where who called a function can see a record that it made.
    fn bound_by_caller(&self, rec: &'a Rec<'a>, made: Spot<'a>) -> Option<Place> {
        if made.source.item.kind(self.db) != ItemKind::Fn {
            return None;
        }
        let spot = self.outer_spot(rec);
        (spot.source.item != made.source.item).then(|| spot.place())
    }

    /// A map, and a key that a call asks it for and it does not have.
    pub(super) fn missing_key(
        &self,
        source: &'a Source<'a>,
        arguments: &[ExprId],
        env: &Env<'a>,
    ) -> Option<(Vec<&'a str>, &'a str)> {
        let [map, key] = arguments else { return None };
        let Value::Rec(map) = self.quiet(source, *map, env) else { return None };
        let Value::Str(key) = self.quiet(source, *key, env) else { return None };
        if !matches!(map.kind, Kind::Map(..)) {
            return None;
        }
        let keys = self.keys(map).unwrap_or_default();
        let keys: Vec<&'a str> = keys.into_iter().map(|slot| slot.name).collect();
        (!keys.contains(&key)).then_some((keys, key))
    }

    /// A key that a condition of the library asks a map for, and the nearest one that it has.
    fn near_key(
        &self,
        source: &'a Source<'a>,
        condition: ExprId,
        env: &Env<'a>,
    ) -> Option<(&'a str, Near<'a>)> {
        let mut near = None;
        self.visit(source, condition, &mut |node| {
            if near.is_none()
                && source.library
                && let Some(Expr::Call { arguments, .. }) = source.code.exprs.get(node as usize)
                && let Some((keys, key)) = self.missing_key(source, arguments, env)
            {
                near = nearest_that(key, keys, |_| true).map(|near| (key, near));
            }
        });
        near
    }

    /// The value of a part of a condition. What the condition only asks for, such as a key that is not there, is no
    /// mistake.
    pub(super) fn quiet(&self, source: &'a Source<'a>, expr: ExprId, env: &Env<'a>) -> Value<'a> {
        let known = self.problems.borrow().len();
        let value = self.whnf(self.perhaps(source, expr, env, Hint::default()));
        self.problems.borrow_mut().truncate(known);
        value
    }

    /// Calls `then` for an expression and what it is made of, outermost first.
    fn visit(&self, source: &'a Source<'a>, expr: ExprId, then: &mut dyn FnMut(ExprId)) {
        then(expr);
        self.parts(source, expr, &mut |part| self.visit(source, part, then));
    }

    /// Calls `then` for what an expression is made of.
    pub(super) fn parts(&self, source: &'a Source<'a>, expr: ExprId, then: &mut dyn FnMut(ExprId)) {
        let Some(node) = source.code.exprs.get(expr as usize) else { return };
        let mut each = |parts: &[ExprId]| parts.iter().for_each(|part| then(*part));
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
            Expr::Interpolation(parts) => each(parts),
            Expr::List(entries) => entries.iter().for_each(|entry| then(entry.value())),
            _ => {}
        }
    }
}
