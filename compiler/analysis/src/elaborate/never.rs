//! Conditions that never hold: what stands under them is never taken, and a schema whose check is one is never made.

use syntax::{Node, NodeKind};

use super::narrow::path_text;
use super::{Elaborator, elaborate};
use crate::bounds;
use crate::code::{BinaryOp, Code, EntryKind, Expr, ExprId, NO_SLOT, Root};
use crate::db::Item;
use crate::fits::{Fit, fits};
use crate::interval;
use crate::makeable::never_made;
use crate::problem::{Place, Problem, Severity};
use crate::schema::{SchemaInfo, schema};
use crate::ty::{Literal, Ty};
use crate::written;

impl Elaborator<'_> {
    /// Reports a schema or variant of which there can be no values.
    pub(super) fn can_be_made(&mut self) {
        if let Some(needs) = never_made(self.db, self.item) {
            let name = self.item.name(self.db);
            let message = format!("no {name} can ever be made: it needs {}", needs.what);
            let help = "make the field optional, or give it a default that ends";
            self.report(Problem::error(274, needs.place, message).help(help));
        }
    }

    /// Reports a condition that no value makes hold. Of a constant that somebody may change, or of `false` that is
    /// written out, all that stands under it is meant.
    pub(super) fn never_taken_under(&mut self, condition: Node<'_>, known: &Ty) {
        if *known != Ty::Literal(Literal::Bool(false))
            || self.heads_only
            || self.is_of_a_constant(condition)
        {
            return;
        }
        let help = "see the types of what it compares: they leave no other outcome";
        let message = "this is never taken: the condition never holds";
        self.report(self.problem(225, condition, message).help(help));
    }

    /// Reports the first branch behind a condition that always holds.
    pub(super) fn never_taken_after(&mut self, branch: Node<'_>, always: &mut Option<Node<'_>>) {
        let Some(condition) = always.take() else { return };
        if self.heads_only || self.is_of_a_constant(condition) {
            return;
        }
        let message = "this is never taken: the condition before it always holds";
        let problem = self.problem(225, branch, message);
        let place = self.place(condition);
        self.report(problem.related(place, "this always holds").help("leave it out"));
    }

    /// Warns of what stands behind `??` where a value of type `ty` stands before it, if that is always there. What
    /// objects hold reads as empty where nothing binds it, and a key need not be there, so of these it can be asked.
    pub(super) fn never_taken_instead(&mut self, otherwise: Node<'_>, value: ExprId, ty: &Ty) {
        if self.heads_only || !is_always_there(ty) || !self.is_declared(value) {
            return;
        }
        let message = "this is never taken: what stands before `??` is always there";
        let problem = self.problem(225, otherwise, message).severity(Severity::Warning);
        self.report(problem.help("leave out `??` and what follows it"));
    }

    /// Whether an expression names what a type declares, and no key that anybody may leave out.
    fn is_declared(&self, expr: ExprId) -> bool {
        match self.code.exprs.get(expr as usize) {
            Some(Expr::Global(_) | Expr::Local(_) | Expr::SelfField { .. }) => true,
            Some(Expr::Member { value, slot, .. }) => *slot != NO_SLOT && self.is_declared(*value),
            Some(Expr::Coalesce(_, otherwise)) => self.is_declared(*otherwise),
            Some(known) => known.is_written_out(),
            None => false,
        }
    }

    /// Whether a condition is also one that never holds where nothing is known but types: what the conditions around it
    /// leave is what it speaks of.
    pub(super) fn never_holds(&mut self, condition: Node<'_>) -> bool {
        let around = std::mem::take(&mut self.narrowed);
        let known = self.quietly(|this| this.condition(condition).1);
        self.narrowed = around;
        known == Ty::Literal(Literal::Bool(false))
    }

    /// What a comparison always gives, if it always gives the same.
    pub(super) fn always(
        &self,
        op: BinaryOp,
        (left_node, left): (Node<'_>, &Ty),
        (right_node, right): (Node<'_>, &Ty),
    ) -> Option<bool> {
        interval::comparison(op, left, right).or_else(|| self.never_equal(op, left, right)).or_else(
            || {
                let (left, right) =
                    (self.exactly(left_node, left), self.exactly(right_node, right));
                bounds::comparison(op, &left, &right)
            },
        )
    }

    /// What a comparison gives of a constant and of what is never that: because of what narrows its type, or because the
    /// conditions around it say that it is another.
    fn never_equal(&self, op: BinaryOp, left: &Ty, right: &Ty) -> Option<bool> {
        let differs = match op {
            BinaryOp::Equal => false,
            BinaryOp::NotEqual => true,
            _ => return None,
        };
        let (constant, other) = match (left, right) {
            (Ty::Literal(_), other) => (left, other),
            (other, Ty::Literal(_)) => (right, other),
            _ => return None,
        };
        let narrows = matches!(other, Ty::Literal(_) | Ty::Refined(_));
        (narrows && fits(self.db, constant, other) == Fit::No).then_some(differs)
    }

    /// The type of an operand; of a number with a unit that is written out, it is that of this one number.
    fn exactly(&self, node: Node<'_>, ty: &Ty) -> Ty {
        let units = matches!(ty, Ty::Float | Ty::Quantity | Ty::Duration | Ty::Percent);
        match units.then(|| written::number(self.db, self.module, node, ty)).flatten() {
            Some(number) => bounds::only(ty, number),
            None => ty.clone(),
        }
    }

    /// Whether a constant decides about a condition, whatever conditions around it say.
    fn is_of_a_constant(&mut self, condition: Node<'_>) -> bool {
        if condition.kind() == NodeKind::Bool {
            return true;
        }
        if path_text(condition).is_some() && condition.kind() != NodeKind::Paren {
            return matches!(self.type_anywhere(condition), Ty::Literal(_) | Ty::Error);
        }
        // The names of fields, and of functions that are called, are no values.
        let parts: Vec<Node<'_>> = match condition.kind() {
            NodeKind::Field | NodeKind::OptField => Vec::new(),
            _ => condition.children().collect(),
        };
        let called = parts.get(1).is_some_and(|second| second.kind() == NodeKind::Call);
        let from = usize::from(called && condition.kind() == NodeKind::Chain);
        parts.into_iter().skip(from).any(|part| self.is_of_a_constant(part))
    }

    /// The type of an expression, whatever conditions around it say.
    pub(super) fn type_anywhere(&mut self, node: Node<'_>) -> Ty {
        let around = std::mem::take(&mut self.narrowed);
        let ty = self.type_of(node);
        self.narrowed = around;
        ty
    }

    /// Reports a schema that narrows a field so that a check of a schema above never holds.
    pub(super) fn inherited_checks(&mut self, info: &SchemaInfo) {
        let narrows = info.fields.iter().any(|field| field.place.item == self.item);
        if narrows && info.ancestors.len() > 1 && !self.heads_only {
            let found = broken_above(self.db, self.item);
            found.iter().for_each(|problem| self.report(problem.clone()));
        }
    }
}

/// The checks of schemas above that never hold where a schema narrows what they speak of. A query, so that whatever else
/// changes in one of those schemas does not concern this one.
#[salsa::tracked(returns(deref))]
fn broken_above(db: &dyn salsa::Database, item: Item) -> Vec<Problem> {
    let info = schema(db, item);
    let narrowed = |name: &str| {
        let field = info.field(name)?;
        (field.place.item == item).then_some(field.place)
    };
    let mut found: Vec<Problem> = Vec::new();
    for above in info.ancestors.iter().copied().filter(|above| *above != item) {
        let code = &elaborate(db, above).code;
        let Root::Schema(schema) = &code.root else { continue };
        let Some(body) = code.bodies.get(schema.body as usize) else { continue };
        for entry in &body.entries {
            let EntryKind::Check { severity: Severity::Error, condition, .. } = entry.kind else {
                continue;
            };
            let mut named = Vec::new();
            let known = known_in(code, condition, info, &mut named);
            if decided(&known) == Some(false)
                && let Some(place) = named.into_iter().find_map(narrowed)
            {
                let node = code.nodes.get(condition as usize).copied().unwrap_or_default();
                let (name, above_name) = (item.name(db), above.name(db));
                let message =
                    format!("no {name} can ever be made: it breaks a check of {above_name}");
                found.push(
                    Problem::error(274, place, message)
                        .related(Place { item: above, node }, "this can never hold then")
                        .help("narrow the field to values for which the check holds"),
                );
            }
        }
    }
    found
}

/// The type of an expression of a schema, where its fields are those of another that extends it; `Any` where that is not
/// known. `named` gets the fields that it names.
fn known_in<'c>(code: &'c Code, expr: ExprId, info: &SchemaInfo, named: &mut Vec<&'c str>) -> Ty {
    let mut of = |expr: &ExprId| known_in(code, *expr, info, named);
    let truth =
        |value: Option<bool>| value.map_or(Ty::Any, |value| Ty::Literal(Literal::Bool(value)));
    match code.exprs.get(expr as usize) {
        Some(Expr::Int(value)) => Ty::Literal(Literal::Int(*value)),
        Some(Expr::Bool(value)) => Ty::Literal(Literal::Bool(*value)),
        Some(Expr::SelfField { name, .. }) => {
            named.push(name);
            match info.field(name) {
                Some(field) if !field.optional => field.ty.clone(),
                _ => Ty::Any,
            }
        }
        Some(Expr::Binary { op, left, right }) => {
            let (left, right) = (of(left), of(right));
            match op.computes() {
                true if left == Ty::Any || right == Ty::Any => Ty::Any,
                true => interval::arithmetic(*op, &left, &right),
                false => truth(interval::comparison(*op, &left, &right)),
            }
        }
        Some(Expr::Not(value)) => truth(decided(&of(value)).map(|value| !value)),
        Some(Expr::And(left, right)) => truth(match (decided(&of(left)), decided(&of(right))) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => None,
        }),
        Some(Expr::Or(left, right)) => truth(match (decided(&of(left)), decided(&of(right))) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (Some(false), Some(false)) => Some(false),
            _ => None,
        }),
        _ => Ty::Any,
    }
}

/// Whether a scalar of this type can never be absent.
fn is_always_there(ty: &Ty) -> bool {
    match ty {
        Ty::Bool | Ty::Int | Ty::Float | Ty::Str | Ty::Literal(_) => true,
        Ty::Quantity | Ty::Duration | Ty::Percent | Ty::Range(_) => true,
        Ty::Sensitive(inner) => is_always_there(inner),
        Ty::Refined(refined) => is_always_there(&refined.base),
        Ty::Union(members) => members.iter().all(is_always_there),
        _ => false,
    }
}

/// The truth that a type leaves.
pub(super) fn decided(ty: &Ty) -> Option<bool> {
    match ty {
        Ty::Literal(Literal::Bool(value)) => Some(*value),
        _ => None,
    }
}
