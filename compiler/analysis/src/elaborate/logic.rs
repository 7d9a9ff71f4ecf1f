//! `and` and `or`.

use syntax::{Node, NodeKind};

use super::Elaborator;
use super::narrow::path_text;
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
        decided |= and && excludes_itself(node);
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

/// Of two values one is below the other, equal to it, or above it; one value is there, or is not.
const BELOW: u8 = 1;
const EQUAL: u8 = 2;
const ABOVE: u8 = 4;

/// Whether what is joined by `and` says of two paths, or of whether one is there, what cannot all be.
fn excludes_itself(node: Node<'_>) -> bool {
    let mut said: Vec<(&str, &str, u8)> = Vec::new();
    relations(node, &mut said) && said.iter().any(|(_, _, left)| *left == 0)
}

/// Adds what conditions that are joined by `and` say of paths: what is left of the ways in which they may lie to each other.
/// False where there are too many of them.
fn relations<'t>(node: Node<'t>, said: &mut Vec<(&'t str, &'t str, u8)>) -> bool {
    let mut parts = node.children();
    match node.kind() {
        NodeKind::Paren => return parts.next().is_none_or(|inner| relations(inner, said)),
        NodeKind::Binary => {}
        NodeKind::Is => {
            if let (Some(value), Some(what)) = (parts.next(), parts.next())
                && path_text(value).is_some()
            {
                match what.kind() {
                    NodeKind::IsSet => say(value.text(), "", ABOVE, said),
                    NodeKind::Unset => say(value.text(), "", BELOW, said),
                    _ => {}
                }
            }
            return true;
        }
        _ => return true,
    }
    let (Some(left), Some(operator), Some(right)) = (parts.next(), parts.next(), parts.next())
    else {
        return true;
    };
    let allowed = match operator.text() {
        "and" => {
            let mut all = node.children().filter(|part| part.kind() != NodeKind::BinaryOp);
            return all.all(|part| said.len() < RELATIONS && relations(part, said));
        }
        "<" => BELOW,
        "<=" => BELOW | EQUAL,
        "==" => EQUAL,
        "!=" => BELOW | ABOVE,
        ">=" => EQUAL | ABOVE,
        ">" => ABOVE,
        _ => return true,
    };
    if path_text(left).is_some() && path_text(right).is_some() {
        let (left, right) = (left.text(), right.text());
        let turned = (allowed & EQUAL)
            | if allowed & BELOW > 0 { ABOVE } else { 0 }
            | if allowed & ABOVE > 0 { BELOW } else { 0 };
        match left <= right {
            true => say(left, right, allowed, said),
            false => say(right, left, turned, said),
        }
    }
    true
}

/// Relations that are compared with each other.
const RELATIONS: usize = 32;

fn say<'t>(left: &'t str, right: &'t str, allowed: u8, said: &mut Vec<(&'t str, &'t str, u8)>) {
    match said.iter_mut().find(|(a, b, _)| (*a, *b) == (left, right)) {
        Some((_, _, known)) => *known &= allowed,
        None => said.push((left, right, allowed)),
    }
}
