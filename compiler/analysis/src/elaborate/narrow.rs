//! What a condition says of the values that it speaks of: after `if x is set`, x is there.

use syntax::{Node, NodeKind};

use super::Elaborator;
use super::matching::{rest_of, unset};
use crate::code::BinaryOp;
use crate::fits::{Fit, fits, present};
use crate::interval::{self, Interval};
use crate::sensitive::{exposed, is_sensitive, sealed};
use crate::ty::{Literal, Ty};

/// In place of a path, of what nobody knows.
const UNKNOWN: &str = "";

impl Elaborator<'_> {
    /// From here to the end of the scope the condition is known to be true, or known to be false.
    pub(super) fn assume(&mut self, condition: Node<'_>, holds: bool) {
        match condition.kind() {
            NodeKind::Paren => {
                if let Some(inner) = condition.children().next() {
                    self.assume(inner, holds);
                }
            }
            NodeKind::Unary => {
                let nots = condition
                    .children()
                    .filter(|node| node.kind() == NodeKind::PrefixOp && node.text() == "not")
                    .count();
                if let Some(inner) = condition.children().last() {
                    self.assume(inner, holds ^ (nots % 2 == 1));
                }
            }
            NodeKind::Binary => {
                let operator = condition.children().find(|node| node.kind() == NodeKind::BinaryOp);
                // `a and b` is true where both are, `a or b` is false where both are.
                let all = match operator.map(|operator| operator.text()) {
                    Some("and") => holds,
                    Some("or") => !holds,
                    Some("==" | "!=") => {
                        self.assume_equal(condition, holds);
                        self.assume_order(condition, holds);
                        return;
                    }
                    Some("<" | "<=" | ">" | ">=") => {
                        self.assume_order(condition, holds);
                        return;
                    }
                    _ => return,
                };
                if all {
                    for operand in
                        condition.children().filter(|node| node.kind() != NodeKind::BinaryOp)
                    {
                        self.assume(operand, holds);
                    }
                }
            }
            NodeKind::Is => {
                let mut parts = condition.children();
                let (Some(value), Some(what)) = (parts.next(), parts.next()) else { return };
                let Some(path) = path_text(value) else { return };
                match what.kind() {
                    NodeKind::IsSet | NodeKind::Unset => {
                        let there = holds == (what.kind() == NodeKind::IsSet);
                        if self.type_of(value) == Ty::Error {
                            return self.assume_unknown();
                        }
                        self.narrow_by_presence(value, there);
                        if there {
                            self.is_there(value, path);
                        }
                    }
                    _ => {
                        let found = self.type_of(value);
                        let ty = self.pattern_quietly(what, &found);
                        if found == Ty::Error {
                            return self.assume_unknown();
                        }
                        if ty != Ty::Error {
                            self.narrow_by_field(value, &ty, holds);
                            self.push_narrowed(path, &found, ty, holds);
                        } else if holds {
                            // That no case is called so is told, and which was meant nobody knows.
                            self.assume_unknown();
                        }
                    }
                }
            }
            NodeKind::Name | NodeKind::Lead | NodeKind::Chain => {
                if let Some(path) = path_text(condition)
                    && self.type_of(condition) == Ty::Bool
                {
                    self.narrowed.push((path, Ty::Literal(Literal::Bool(holds))));
                }
            }
            _ => {}
        }
    }

    /// Nothing is known of what a condition speaks of: it may be any value in its scope.
    fn assume_unknown(&mut self) {
        self.narrowed.push((UNKNOWN.to_owned(), Ty::Error));
    }

    /// Whether a condition was to say here of something that it is there, or what it is, and nobody knows of what.
    pub(super) fn assumes_unknown(&self) -> bool {
        self.narrowed.iter().any(|(path, _)| path == UNKNOWN)
    }

    /// `x < 3`: of the integers that x may be, those for which it holds.
    fn assume_order(&mut self, condition: Node<'_>, holds: bool) {
        let children: Vec<Node<'_>> = condition.children().collect();
        let [left, operator, right] = children.as_slice() else { return };
        let Some(op) = BinaryOp::named(operator.text()) else { return };
        let op = if holds { op } else { op.opposite() };
        // Whatever else is computed again to know its type takes as long as it is deep.
        let brief = |node: &Node<'_>| {
            let negative = node.kind() == NodeKind::Unary
                && node.children().last().is_some_and(|number| number.kind() == NodeKind::Int);
            node.kind() == NodeKind::Int || negative || path_text(*node).is_some()
        };
        if !brief(left) || !brief(right) {
            return;
        }
        let of = |this: &mut Self, node: &Node<'_>| Interval::of(&this.type_of(*node));
        let (Some(a), Some(b)) = (of(self, left), of(self, right)) else { return };
        for (node, op, own, other) in [(left, op, a, b), (right, op.turned(), b, a)] {
            let within = interval::left_of(op, own, other);
            if let Some(path) = path_text(*node)
                && within != own
                && !within.is_empty()
            {
                self.narrowed.push((path, within.ty()));
            }
        }
    }

    /// `x == "a"`: of the constants that x may be, that one, or all others; the same of a field that tells the members
    /// of a union apart.
    fn assume_equal(&mut self, condition: Node<'_>, holds: bool) {
        let Some((value, constant, equal)) = self.compared(condition) else { return };
        let Some(path) = path_text(value) else { return };
        let found = self.type_of(value);
        if self.is_of_constants(&found) {
            self.narrow_by_field(value, &constant, holds == equal);
            self.push_narrowed(path, &found, constant, holds == equal);
        }
    }

    fn is_there(&mut self, value: Node<'_>, path: String) {
        let ty = self.type_of(value);
        self.narrowed.push((path, present(&ty).clone()));
        // Of what is not there, nothing is there: `a?.b is set` says so of `a`.
        let parts: Vec<Node<'_>> = value.children().collect();
        for (at, part) in parts.iter().enumerate().filter(|_| value.kind() == NodeKind::Chain) {
            let before = parts.get(..at).unwrap_or_default();
            if part.kind() == NodeKind::OptField
                && let Some(path) = parts_text(before)
            {
                let ty = self.type_of_parts(value, before);
                self.narrowed.push((path, present(&ty).clone()));
            }
        }
    }

    /// The type of the first parts of a chain.
    pub(super) fn type_of_parts(&mut self, node: Node<'_>, parts: &[Node<'_>]) -> Ty {
        self.quietly(|this| this.chain_of(node, parts, None, false).1)
    }

    /// The type of an expression, without code and without problems.
    pub(super) fn type_of(&mut self, node: Node<'_>) -> Ty {
        self.type_where(node, None)
    }

    /// As [`Elaborator::type_of`], in a place where a type is expected.
    pub(super) fn type_where(&mut self, node: Node<'_>, expected: Option<&Ty>) -> Ty {
        self.quietly(|this| this.expression(node, expected).1)
    }

    /// What is asked for only to know a type: it leaves no code and no problems.
    pub(super) fn quietly<T>(&mut self, ask: impl FnOnce(&mut Self) -> T) -> T {
        let code = std::mem::take(&mut self.code);
        let heads_only = std::mem::replace(&mut self.heads_only, true);
        let found = ask(self);
        self.heads_only = heads_only;
        self.code = code;
        found
    }

    /// What `path` of type `found` is where it is `ty`, or where it is not.
    fn push_narrowed(&mut self, path: String, found: &Ty, ty: Ty, holds: bool) {
        let sensitive = is_sensitive(found);
        let found = &if sensitive { exposed(found) } else { found.clone() };
        let of_type = |this: &Self, part: &Ty| fits(this.db, part, &ty) == Fit::Yes;
        let parts = self.alternatives(found);
        let (of, rest): (Vec<Ty>, Vec<Ty>) =
            parts.into_iter().partition(|part| *part != unset() && of_type(self, part));
        if !holds {
            if !of.is_empty() {
                let rest = rest_of(self.db, rest);
                self.narrowed.push((path, if sensitive { sealed(rest) } else { rest }));
            }
            return;
        }
        // The alternatives may say more than what was asked: of `Port | Str`, an `Int` is a `Port`.
        let known = !of.is_empty() && rest.iter().all(|part| fits(self.db, &ty, part) == Fit::No);
        let ty = if known { rest_of(self.db, of) } else { ty };
        self.narrowed.push((path, if sensitive { sealed(ty) } else { ty }));
    }

    fn pattern_quietly(&mut self, node: Node<'_>, subject: &Ty) -> Ty {
        let heads_only = std::mem::replace(&mut self.heads_only, true);
        let ty = self.pattern_type(node, subject);
        self.heads_only = heads_only;
        ty
    }

    /// The type of a path, given what the conditions around it say.
    pub(super) fn narrowed_type(&self, node: Node<'_>, ty: Ty) -> Ty {
        if self.narrowed.is_empty() {
            return ty;
        }
        match path_text(node) {
            Some(path) => self.narrowed_path(&path, ty),
            None => ty,
        }
    }

    pub(super) fn narrowed_path(&self, path: &str, ty: Ty) -> Ty {
        // A local of that name hides what was known before it came into scope: its marker has no type.
        let root = path.split(['.', '?', '[']).next().unwrap_or(path);
        for (known, narrowed) in self.narrowed.iter().rev() {
            if known == path && *narrowed != Ty::Error {
                return narrowed.clone();
            }
            if known == root && *narrowed == Ty::Error {
                break;
            }
        }
        ty
    }
}

/// The text of an expression that is a path of names, which is how conditions and uses are matched.
pub(super) fn path_text(node: Node<'_>) -> Option<String> {
    match node.kind() {
        NodeKind::Name => Some(node.text().to_owned()),
        NodeKind::Lead => Some(format!(".{}", node.children().next()?.text())),
        NodeKind::Paren => path_text(node.children().next()?),
        NodeKind::Chain => parts_text(&node.children().collect::<Vec<_>>()),
        _ => None,
    }
}

/// The same of the first parts of a chain.
fn parts_text(parts: &[Node<'_>]) -> Option<String> {
    let mut text = String::new();
    for part in parts {
        match part.kind() {
            NodeKind::Field | NodeKind::OptField => {
                text.push('.');
                text.push_str(part.children().next()?.text());
            }
            NodeKind::Index => {
                let index = part.children().next()?;
                if index.kind() != NodeKind::Str {
                    return None;
                }
                text.push('.');
                text.push_str(index.text());
            }
            NodeKind::Name | NodeKind::Lead if text.is_empty() => text = path_text(*part)?,
            _ => return None,
        }
    }
    Some(text)
}
