//! `match`: which values each arm takes, that all are taken, and that no arm is left without any.

use std::sync::Arc;

use syntax::{Node, NodeKind};

use super::expression::is_constant;
use super::mismatch::literal_text;
use super::variant::{expected_variants, is_plain_name};
use super::{Elaborator, Meant};
use crate::code::{Arm, Expr, ExprId, Pattern};
use crate::fits::{Fit, fits, join, optional, present, widened};
use crate::problem::meant_beside;
use crate::sensitive::{exposed, is_sensitive, sealed};
use crate::show::listed;
use crate::show::type_name;
use crate::ty::{Bound, Literal, RefinedTy, Refinement, Ty};
use crate::variant::{case, case_types};

/// A part of the values that no arm has taken yet.
struct Left {
    part: Ty,
    /// The alternative of the type that it is a part of.
    of: Ty,
}

/// Parts that are not matched, and are listed by their names.
const LISTED: usize = 10;

/// A type whose name is longer, in bytes, is not named in the messages of all its arms, and what it is called then.
const LONG_NAME: usize = 400;
const MATCHED: &str = "what is matched";

impl Elaborator<'_> {
    pub(super) fn matching(&mut self, node: Node<'_>, expected: Option<&Ty>) -> (ExprId, Ty) {
        let mut children = node.children();
        let Some(subject) = children.next() else {
            return (self.emit(node, Expr::Error), Ty::Error);
        };
        let (value, subject_ty) = self.expression(subject, None);
        if node.children_of(NodeKind::Arm).any(syntax::problem::is_typed_arm) {
            return (self.emit(node, Expr::Error), Ty::Error);
        }
        let sensitive = is_sensitive(&subject_ty);
        let subject_ty = if sensitive { exposed(&subject_ty) } else { subject_ty };
        let all = self.alternatives(&subject_ty);
        let mut known = subject_ty != Ty::Error && subject_ty != Ty::Any;
        // Of a constant with a name, which somebody may change, all arms are meant.
        let is_one = |ty: &Ty| matches!(present(ty), Ty::Literal(_) | Ty::Case(..));
        let constant = is_one(&subject_ty)
            && !is_constant(bare(subject))
            && is_one(&exposed(&self.type_anywhere(subject)));
        let mut left: Vec<Left> =
            all.iter().map(|ty| Left { part: ty.clone(), of: ty.clone() }).collect();
        let mut arms = Vec::new();
        // What the arms above take, also of what has too many values to be counted.
        let mut above: Vec<Ty> = Vec::new();
        let mut ty: Option<Ty> = None;
        for arm in children.filter(|child| child.kind() == NodeKind::Arm) {
            let mut parts = arm.children();
            let (Some(pattern), Some(result)) = (parts.next(), parts.next()) else { continue };
            let Some(what) = pattern.children().next() else { continue };
            let scope = self.enter();
            let binder = is_binder(what) && expected_variants(&subject_ty).is_empty();
            let text = Ty::Literal(Literal::Str(what.text().into()));
            let takes_more = left.iter().any(|left| left.part != text);
            let unquoted = binder && takes_more && all.contains(&text);
            if unquoted {
                // The arms below are not told to be left without a value.
                let quoted = literal_text(&Literal::Str(what.text().into()));
                let message = format!("`{}` is a name here, which takes every value", what.text());
                let problem = self
                    .problem(225, what, message)
                    .help(format!("a text stands in quotes: `{quoted}`"))
                    .fix(format!("write `{quoted}`"), self.place(what), quoted);
                self.report(problem);
            }
            let (pattern_code, narrowed) = if what.kind() == NodeKind::Unset {
                if known && !left.iter().any(|left| left.part == unset()) {
                    self.never_taken(what, &all, &unset(), &subject_ty);
                }
                left.retain(|left| left.part != unset());
                (Pattern::Unset, Ty::Error)
            } else if unquoted {
                let (narrowed, _) = self.take(&text, &mut left);
                above.push(text.clone());
                (Pattern::Is(self.ty(text)), narrowed)
            } else if what.text() == "_" || binder {
                if known && !constant && left.is_empty() {
                    let message = "this arm is never taken: those above take every value";
                    self.report(self.problem(225, what, message).help("leave it out"));
                }
                let rest = left.drain(..).fold(Ty::Never, |all, left| {
                    let part = if is_interval(&left.part) { left.of } else { left.part };
                    join(self.db, all, part)
                });
                (Pattern::Any, if known { rest } else { subject_ty.clone() })
            } else {
                let asked = self.pattern_type(what, &subject_ty);
                if let Ty::Case(item, index) = asked
                    && let Some(name) = what.children().last()
                {
                    self.note(name, |_| Meant::Case(item, index));
                }
                // Without knowing what this arm was meant to take, nothing is known of the others.
                known &= asked != Ty::Error;
                let (narrowed, touched) = self.take(&asked, &mut left);
                let taken =
                    touched || constant && self.overlap(&widened(present(&subject_ty)), &asked);
                let again = asked != Ty::Error && self.taken_above(&asked, &above);
                if known && (!taken || again) {
                    // What was meant by it is not missing besides.
                    let meant = self.never_taken(what, &all, &asked, &subject_ty);
                    left.retain(|left| meant != Some(pattern_text(self.db, &left.part)));
                }
                above.push(asked.clone());
                (Pattern::Is(self.ty(asked)), narrowed)
            };
            let narrowed = if sensitive { sealed(narrowed) } else { narrowed };
            let bound = pattern.children().skip(1).find(|name| name.kind() == NodeKind::Name);
            let bound = bound.or(Some(what).filter(|_| binder && what.text() != "_"));
            self.push_local(
                bound.map_or_else(|| Arc::from(""), |name| name.text().into()),
                narrowed.clone(),
            );
            if self.is_of_constants(&narrowed) || matches!(narrowed, Ty::Literal(_)) {
                self.narrow_by_field(subject, &narrowed, true);
            }
            if let Some(path) = super::narrow::path_text(subject)
                && narrowed != Ty::Error
                && bound.is_none_or(|name| name.text() != path)
            {
                self.narrowed.push((path, narrowed));
            }
            let (value, found) = self.branch(result, expected);
            self.leave(scope);
            ty = Some(ty.map_or_else(|| found.clone(), |ty| join(self.db, ty, found.clone())));
            arms.push(Arm { pattern: pattern_code, value });
        }
        if known && !left.is_empty() {
            self.not_matched(node, &left);
        }
        let ty = ty.unwrap_or(Ty::Error);
        let ty = match sensitive {
            true => self.decided(subject, &sealed(subject_ty), ty),
            false => ty,
        };
        (self.emit(node, Expr::Match { value, arms: arms.into() }), ty)
    }

    /// What a value of the type is one of, as far as arms can tell; absence is one of them.
    pub(super) fn alternatives(&self, ty: &Ty) -> Vec<Ty> {
        match ty {
            Ty::Optional(inner) => {
                let mut all = self.alternatives(inner);
                all.push(unset());
                all
            }
            Ty::Union(members) => members.iter().flat_map(|ty| self.alternatives(ty)).collect(),
            Ty::Variant(item) => case_types(self.db, *item),
            Ty::Bool => vec![Ty::Literal(Literal::Bool(true)), Ty::Literal(Literal::Bool(false))],
            Ty::Never => Vec::new(),
            ty => vec![ty.clone()],
        }
    }

    /// Takes what is of a type out of what is left; the type of the values that the arm sees, and whether there are
    /// any.
    fn take(&self, asked: &Ty, left: &mut Vec<Left>) -> (Ty, bool) {
        if *asked == Ty::Error {
            return (Ty::Error, false);
        }
        // One literal takes itself. Of a long union each arm is one, which otherwise would look at all others.
        if let Ty::Literal(_) = asked
            && left.iter().all(|left| matches!(left.part, Ty::Literal(_)) || left.part == unset())
        {
            let at = left.iter().position(|left| left.part == *asked);
            at.map(|at| left.remove(at));
            return (asked.clone(), at.is_some());
        }
        let mut whole = Ty::Never;
        let mut touched = false;
        let mut partly = false;
        let mut rest = Vec::new();
        for Left { part, of } in left.drain(..) {
            if fits(self.db, &part, asked) == Fit::Yes {
                touched = true;
                whole = join(self.db, whole, part);
            } else if let (Some(have), Some(taken)) = (interval(&part), interval(asked)) {
                touched |= have.0 <= taken.1 && taken.0 <= have.1;
                partly = true;
                rest.extend(without(have, taken).map(|part| Left { part, of: of.clone() }));
            } else {
                if part != unset() && self.overlap(&part, asked) {
                    touched = true;
                    partly = true;
                }
                rest.push(Left { part, of });
            }
        }
        *left = rest;
        let seen = if partly || whole == Ty::Never { asked.clone() } else { whole };
        (seen, touched)
    }

    /// Whether a value may be of both types.
    fn overlap(&self, one: &Ty, other: &Ty) -> bool {
        let may = |one: &Ty, other: &Ty| fits(self.db, one, other) != Fit::No;
        match other {
            Ty::Union(members) => members.iter().any(|member| self.overlap(one, member)),
            other => may(one, other) || may(other, one),
        }
    }

    /// Whether arms take whatever is of a type.
    fn taken_above(&self, asked: &Ty, above: &[Ty]) -> bool {
        match asked {
            Ty::Union(members) => members.iter().all(|member| self.taken_above(member, above)),
            asked => above.iter().any(|above| fits(self.db, asked, above) == Fit::Yes),
        }
    }

    /// Reports an arm that takes nothing, and gives the pattern that was certainly meant, if one was.
    fn never_taken(
        &mut self,
        what: Node<'_>,
        all: &[Ty],
        asked: &Ty,
        subject: &Ty,
    ) -> Option<String> {
        let mut problem = self.problem(225, what, "");
        let meant = pattern_text(self.db, asked);
        if all.iter().any(|ty| ty == asked || (*ty != unset() && self.overlap(ty, asked))) {
            problem.message = format!("this arm is never taken: one above takes `{meant}`");
            problem.help = Some("leave it out, or put it before the other one".to_owned());
        } else {
            let name = Some(type_name(self.db, subject)).filter(|name| name.len() <= LONG_NAME);
            let value = name.as_ref().map(|name| format!("a value of type {name}"));
            let (subject, value) =
                (name.as_deref().unwrap_or(MATCHED), value.as_deref().unwrap_or(MATCHED));
            problem.message = match asked == &unset() {
                true => {
                    format!("this arm is never taken: {value} is always there")
                }
                false => format!("this arm is never taken: {subject} is never `{meant}`"),
            };
            if self.seeks(all.len()) {
                let texts: Vec<String> = all.iter().map(|ty| pattern_text(self.db, ty)).collect();
                problem = meant_beside(problem, what, &meant, texts.iter().map(|text| &**text));
            }
            problem.help.get_or_insert_with(|| "leave it out".to_owned());
        }
        let fix = problem.fix.as_ref().filter(|fix| fix.safe);
        let meant = fix.and_then(|fix| Some(fix.edits.first()?.text.clone()));
        self.report(problem);
        meant
    }

    fn not_matched(&mut self, node: Node<'_>, left: &[Left]) {
        let (shown, more) = left.split_at(left.len().min(LISTED));
        let more = (!more.is_empty()).then(|| format!("{} more", more.len()));
        let mut names: Vec<String> =
            shown.iter().map(|left| format!("`{}`", pattern_text(self.db, &left.part))).collect();
        let mut arms: Vec<String> =
            shown.iter().map(|left| format!("`{}`", self.arm_text(&left.part))).collect();
        names.extend(more.clone());
        arms.extend(more);
        let verb = if names.len() == 1 { "is" } else { "are" };
        let message = format!("{} {verb} not matched", listed(&names));
        let help = format!("add {}, or `_ => …` for all that is left", listed(&arms));
        self.report(self.problem(216, node, message).help(help));
    }

    /// The arm that would take a part, as it is written.
    fn arm_text(&self, part: &Ty) -> String {
        let pattern = pattern_text(self.db, part);
        match part {
            Ty::Case(item, index)
                if case(self.db, *item, *index)
                    .is_some_and(|case| !case.info.fields.is_empty()) =>
            {
                let name: String = pattern.chars().take(1).collect();
                format!("{pattern} {name} => …")
            }
            _ => format!("{pattern} => …"),
        }
    }
}

/// The type of a value that is absent, among the alternatives of a type.
pub(super) fn unset() -> Ty {
    optional(Ty::Never)
}

/// What is left of alternatives, as a type.
pub(super) fn rest_of(db: &dyn salsa::Database, left: Vec<Ty>) -> Ty {
    left.into_iter().fold(Ty::Never, |all, ty| join(db, all, ty))
}

/// A type as the pattern of an arm.
fn pattern_text(db: &dyn salsa::Database, ty: &Ty) -> String {
    match ty {
        Ty::Optional(inner) if **inner == Ty::Never => "unset".to_owned(),
        Ty::Case(item, index) => {
            case(db, *item, *index).map_or_else(String::new, |case| case.name.to_string())
        }
        Ty::Literal(literal) => literal_text(literal),
        ty => match interval(ty) {
            Some((low, high)) if (low, high) != (i64::MIN, i64::MAX) => {
                let end = |bound: i64, open: i64| match bound == open {
                    true => String::new(),
                    false => bound.to_string(),
                };
                match low == high {
                    true => low.to_string(),
                    false => format!("{}..{}", end(low, i64::MIN), end(high, i64::MAX)),
                }
            }
            _ => type_name(db, ty),
        },
    }
}

/// The expression in parentheses.
fn bare(node: Node<'_>) -> Node<'_> {
    match node.children().next() {
        Some(inner) if node.kind() == NodeKind::Paren => bare(inner),
        _ => node,
    }
}

/// `x => …` binds whatever is left: types begin with a capital.
fn is_binder(pattern: Node<'_>) -> bool {
    is_plain_name(pattern)
        && pattern.text() != "null"
        && pattern.text().starts_with(|c: char| c.is_ascii_lowercase())
}

/// The integers of a type that consists of all within two bounds, which are inclusive.
fn interval(ty: &Ty) -> Option<(i64, i64)> {
    match present(ty) {
        Ty::Int => Some((i64::MIN, i64::MAX)),
        Ty::Literal(Literal::Int(value)) => Some((*value, *value)),
        Ty::Refined(refined) => {
            let (mut low, mut high) = interval(&refined.base)?;
            for refinement in refined.refinements.iter() {
                let Refinement::Between(from, to) = refinement else { return None };
                for (bound, is_low) in [(from, true), (to, false)] {
                    match bound {
                        Some(Bound::Int(value)) if is_low => low = low.max(*value),
                        Some(Bound::Int(value)) => high = high.min(*value),
                        Some(Bound::Text(_)) => return None,
                        None => {}
                    }
                }
            }
            Some((low, high))
        }
        _ => None,
    }
}

fn is_interval(ty: &Ty) -> bool {
    interval(ty).is_some()
}

/// What is left of one interval without another.
fn without(have: (i64, i64), taken: (i64, i64)) -> impl Iterator<Item = Ty> {
    let before = taken.0.checked_sub(1).map(|end| (have.0, end.min(have.1)));
    let after = taken.1.checked_add(1).map(|start| (start.max(have.0), have.1));
    [before, after].into_iter().flatten().filter(|(low, high)| low <= high).map(|(low, high)| {
        let bound = |value: i64, open: i64| (value != open).then_some(Bound::Int(value));
        Ty::Refined(Arc::new(RefinedTy {
            name: None,
            base: Ty::Int,
            refinements: [Refinement::Between(bound(low, i64::MIN), bound(high, i64::MAX))].into(),
        }))
    })
}
