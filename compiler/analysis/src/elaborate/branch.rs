//! Expressions that choose: `if` and `match`.

use std::sync::Arc;

use syntax::{Node, NodeKind};

use super::Elaborator;
use crate::code::{Arm, Expr, ExprId, Pattern};
use crate::fits::{Fit, fits, join, optional};
use crate::show::type_name;
use crate::ty::{Literal, Ty};

impl Elaborator<'_> {
    pub(super) fn conditional(&mut self, node: Node<'_>, expected: Option<&Ty>) -> (ExprId, Ty) {
        let scope = self.enter();
        let mut arms = Vec::new();
        let mut ty: Option<Ty> = None;
        let mut otherwise = None;
        for child in node.children() {
            match child.kind() {
                NodeKind::Then => {
                    let mut parts = child.children();
                    let (Some(condition), Some(value)) = (parts.next(), parts.next()) else {
                        continue;
                    };
                    let test = self.checked(condition, &Ty::Bool, None);
                    let inner = self.enter();
                    self.assume(condition, true);
                    let (then, found) = self.branch(value, expected);
                    self.leave(inner);
                    self.assume(condition, false);
                    ty = Some(
                        ty.map_or_else(|| found.clone(), |ty| join(self.db, ty, found.clone())),
                    );
                    arms.push((child, test, then));
                }
                NodeKind::Else => {
                    let Some(value) = child.children().next() else { continue };
                    let (id, found) = self.branch(value, expected);
                    ty = Some(
                        ty.map_or_else(|| found.clone(), |ty| join(self.db, ty, found.clone())),
                    );
                    otherwise = Some(id);
                }
                _ => {}
            }
        }
        self.leave(scope);
        let ty = ty.unwrap_or(Ty::Error);
        let ty = if otherwise.is_some() { ty } else { optional(ty) };
        let mut id = otherwise;
        for (_, condition, then) in arms.into_iter().rev() {
            id = Some(self.emit(node, Expr::If { condition, then, otherwise: id }));
        }
        let id = id.unwrap_or_else(|| self.emit(node, Expr::Error));
        (id, ty)
    }

    /// A branch stands for the whole expression: what does not fit is reported in it, not around it.
    pub(super) fn branch(&mut self, node: Node<'_>, expected: Option<&Ty>) -> (ExprId, Ty) {
        let (id, ty) = self.expression(node, expected);
        if let Some(want) = expected
            && *want != Ty::Any
            && fits(self.db, &ty, want) == Fit::No
        {
            self.mismatch(node, &ty, want, None);
            return (self.emit(node, Expr::Error), Ty::Error);
        }
        (id, ty)
    }

    pub(super) fn matching(&mut self, node: Node<'_>, expected: Option<&Ty>) -> (ExprId, Ty) {
        let mut children = node.children();
        let Some(subject) = children.next() else {
            return (self.emit(node, Expr::Error), Ty::Error);
        };
        let (value, subject_ty) = self.expression(subject, None);
        let mut left: Vec<Ty> = match &subject_ty {
            Ty::Optional(inner) => {
                members(inner).into_iter().chain([optional(Ty::Never)]).collect()
            }
            ty => members(ty),
        };
        let mut arms = Vec::new();
        let mut ty: Option<Ty> = None;
        for arm in children.filter(|child| child.kind() == NodeKind::Arm) {
            let mut parts = arm.children();
            let (Some(pattern), Some(result)) = (parts.next(), parts.next()) else { continue };
            let Some(what) = pattern.children().next() else { continue };
            let scope = self.enter();
            let (pattern_code, narrowed) = if what.kind() == NodeKind::Unset {
                left.retain(|ty| *ty != optional(Ty::Never));
                (Pattern::Unset, Ty::Error)
            } else if what.text() == "_" || is_binder(what) {
                let rest = left.drain(..).fold(Ty::Never, |all, ty| join(self.db, all, ty));
                (Pattern::Any, rest)
            } else {
                let ty = self.read_type(what);
                left.retain(|member| fits(self.db, member, &ty) != Fit::Yes);
                (Pattern::Is(self.ty(ty.clone())), ty)
            };
            let bound = pattern.children().skip(1).find(|name| name.kind() == NodeKind::Name);
            let bound = bound.or(Some(what).filter(|what| is_binder(*what)));
            self.push_local(
                bound.map_or_else(|| Arc::from(""), |name| name.text().into()),
                narrowed.clone(),
            );
            if let Some(path) = super::narrow::path_text(subject)
                && narrowed != Ty::Error
            {
                self.narrowed.push((path, narrowed));
            }
            let (value, found) = self.branch(result, expected);
            self.leave(scope);
            ty = Some(ty.map_or_else(|| found.clone(), |ty| join(self.db, ty, found.clone())));
            arms.push(Arm { pattern: pattern_code, value });
        }
        if let Some(missed) = left.first()
            && subject_ty != Ty::Error
            && subject_ty != Ty::Any
        {
            let name = match missed {
                Ty::Optional(_) => "unset".to_owned(),
                ty => type_name(self.db, ty),
            };
            self.report(
                self.problem(216, node, format!("`{name}` is not matched"))
                    .help(format!("add an arm `{name} => …`, or `_ => …` for all that is left")),
            );
        }
        (self.emit(node, Expr::Match { value, arms }), ty.unwrap_or(Ty::Error))
    }
}

pub(super) fn members(ty: &Ty) -> Vec<Ty> {
    match ty {
        Ty::Union(members) => members.to_vec(),
        Ty::Bool => vec![Ty::Literal(Literal::Bool(true)), Ty::Literal(Literal::Bool(false))],
        ty => vec![ty.clone()],
    }
}

/// `x => …` binds whatever is left: types begin with a capital.
fn is_binder(pattern: Node<'_>) -> bool {
    pattern.kind() == NodeKind::TypeRef
        && pattern.children().count() == 1
        && pattern.text().starts_with(|c: char| c.is_ascii_lowercase())
}
