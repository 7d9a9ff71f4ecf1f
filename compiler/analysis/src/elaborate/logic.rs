//! `and` and `or`.

use syntax::{Node, NodeKind};

use super::Elaborator;
use crate::code::{Expr, ExprId};
use crate::problem::{Code, Problem};
use crate::sensitive::{is_sensitive, sealed};
use crate::ty::{Literal, Ty};

/// How one of two values is chosen.
const CHOICE: &str = "`and` and `or` join conditions; one of two values is chosen by `if c then a else b`, and `a ?? b` is `b` where `a` is absent";

impl Elaborator<'_> {
    pub(super) fn logic(
        &mut self,
        node: Node<'_>,
        first: Node<'_>,
        rest: &[Node<'_>],
        and: bool,
    ) -> (ExprId, Ty) {
        let scope = self.enter();
        let told = self.problems.len();
        let (mut left, ty) = self.condition(first);
        let decides = Ty::Literal(Literal::Bool(!and));
        let neutral = Ty::Literal(Literal::Bool(and));
        let mut decided = ty == decides;
        let mut all_neutral = ty == neutral;
        let mut sensitive = is_sensitive(&ty);
        let mut before = first;
        for operand in rest.iter().filter(|node| node.kind() != NodeKind::BinaryOp) {
            self.assume(before, and);
            let (right, ty) = self.condition(*operand);
            decided |= ty == decides;
            all_neutral &= ty == neutral;
            sensitive |= is_sensitive(&ty);
            left =
                self.emit(node, if and { Expr::And(left, right) } else { Expr::Or(left, right) });
            before = *operand;
        }
        self.leave(scope);
        if self.chooses(told, first, rest) {
            return (left, Ty::Error);
        }
        let ty = match decided {
            // Whatever is sensitive decides nothing then.
            true => decides,
            false if all_neutral => neutral,
            false if sensitive => sealed(Ty::Bool),
            false => Ty::Bool,
        };
        (left, ty)
    }

    /// Whether what is joined by `and` and `or` is no condition but values of which one was to be chosen, as other
    /// languages do: then it is told once, with what chooses. `told` problems were there before.
    fn chooses(&mut self, told: usize, first: Node<'_>, rest: &[Node<'_>]) -> bool {
        let is_operand = |problem: &Problem| {
            let at = problem.place.node;
            let own = first.id() == at || rest.iter().any(|node| node.id() == at);
            problem.code == Code::E(201) && (own || problem.help.as_deref() == Some(CHOICE))
        };
        let Some(found) = self.problems.iter().skip(told).position(is_operand) else {
            return false;
        };
        let found = told + found;
        let mut at = 0;
        self.problems.retain(|problem| {
            at += 1;
            at <= found + 1 || !is_operand(problem)
        });
        if let Some(problem) = self.problems.get_mut(found) {
            problem.help = Some(CHOICE.to_owned());
        }
        true
    }
}
