//! `if … then … else …`, and what a branch stands for.

use syntax::{Node, NodeKind};

use super::Elaborator;
use crate::code::{Expr, ExprId};
use crate::fits::{Fit, fits, join, optional};
use crate::sensitive::is_sensitive;
use crate::ty::{Literal, Ty};

impl Elaborator<'_> {
    pub(super) fn conditional(&mut self, node: Node<'_>, expected: Option<&Ty>) -> (ExprId, Ty) {
        let scope = self.enter();
        let mut arms = Vec::new();
        let mut ty: Option<Ty> = None;
        let mut otherwise = None;
        let mut secret = None;
        // The first condition that always holds: what follows it is never taken.
        let mut always: Option<Node<'_>> = None;
        for child in node.children() {
            match child.kind() {
                NodeKind::Then => {
                    let mut parts = child.children();
                    let (Some(condition), Some(value)) = (parts.next(), parts.next()) else {
                        continue;
                    };
                    self.never_taken_after(value, &mut always);
                    let (test, decides) = self.condition(condition);
                    self.never_taken_under(condition, &decides);
                    if decides == Ty::Literal(Literal::Bool(true)) {
                        always.get_or_insert(condition);
                    }
                    if is_sensitive(&decides) && secret.is_none() {
                        secret = Some((condition, decides));
                    }
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
                    self.never_taken_after(value, &mut always);
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
        let ty = match secret {
            Some((condition, decides)) => self.decided(condition, &decides, ty),
            None => ty,
        };
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
}
