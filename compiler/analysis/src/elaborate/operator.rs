//! Operators, with constants folded where that shows a mistake early.

use syntax::{Node, NodeKind};

use super::Elaborator;
use super::habit;
use super::mismatch::literal_text;
use super::never::decided;
use super::secret::Concealed;
use crate::code::{Ask, BinaryOp, Expr, ExprId};
use crate::fits::{Fit, base, fits, join, present, widened};
use crate::interval::{self, Interval};
use crate::sensitive::{exposed, is_sensitive, reaches_sensitive, sealed};
use crate::show::type_name;
use crate::ty::{Literal, Ty};

impl Elaborator<'_> {
    pub(super) fn unary(&mut self, node: Node<'_>, expected: Option<&Ty>) -> (ExprId, Ty) {
        let children: Vec<Node<'_>> = node.children().collect();
        let Some((operand, operators)) = children.split_last() else {
            return (self.emit(node, Expr::Error), Ty::Error);
        };
        let mut operators: Vec<&str> = operators.iter().map(|operator| operator.text()).collect();
        let mut found = None;
        if operators.last() == Some(&"-") {
            found = self.negative(*operand, expected);
            if let Some((id, _)) = found {
                operators.pop();
                // The sign belongs to the number.
                if let Some(at) = self.code.nodes.get_mut(id as usize) {
                    *at = node.id();
                }
            }
        }
        let (mut id, mut ty) = found.unwrap_or_else(|| match operators.last() {
            Some(&"not") => self.condition(*operand),
            _ => self.present_value(*operand, expected),
        });
        for operator in operators.into_iter().rev() {
            if operator == "not" {
                id = self.emit(node, Expr::Not(id));
                if let Some(value) = decided(&ty) {
                    ty = Ty::Literal(Literal::Bool(!value));
                }
                continue;
            }
            match base(&ty) {
                Ty::Int | Ty::Literal(Literal::Int(_)) => {
                    let number = match ty {
                        Ty::Literal(Literal::Int(value)) => value.checked_neg(),
                        _ => None,
                    };
                    let number = number.map_or(Ty::Int, |value| Ty::Literal(Literal::Int(value)));
                    ty = if is_sensitive(&ty) { sealed(number) } else { number };
                }
                Ty::Float | Ty::Quantity | Ty::Duration | Ty::Percent | Ty::Error => {}
                _ => {
                    let name = type_name(self.db, &ty);
                    let mut problem = self.problem(207, node, format!("{name} has no negative"));
                    problem.help = habit::list_of_dashes(node).filter(|_| operator == "-");
                    self.report(problem);
                    ty = Ty::Error;
                }
            }
            id = self.emit(node, Expr::Negate(id));
        }
        (id, ty)
    }

    pub(super) fn binary(&mut self, node: Node<'_>, expected: Option<&Ty>) -> (ExprId, Ty) {
        let mut children = node.children();
        let Some(first) = children.next() else { return (self.emit(node, Expr::Error), Ty::Error) };
        let rest: Vec<Node<'_>> = children.collect();
        let operator = rest.first().map_or("", |operator| operator.text());
        match operator {
            "and" | "or" => return self.logic(node, first, &rest, operator == "and"),
            "??" => return self.coalesce(node, first, &rest, expected),
            _ => {}
        }
        // The operands of arithmetic are of the type of its result; those of a comparison, of each other.
        let compares = matches!(operator, "==" | "!=" | "<" | "<=" | ">" | ">=");
        let scales = matches!(operator, "*" | "/" | "%");
        let plain = scales && first.kind() == NodeKind::Int;
        let hint = if compares || plain { None } else { expected };
        // A number with a unit is read as what stands beside it, where nothing else says what it is.
        let beside = match rest.get(1) {
            Some(right) if hint.is_none() && !scales && first.kind() == NodeKind::Unit => {
                Some(widened(&self.type_of(*right))).filter(has_units)
            }
            _ => None,
        };
        let (mut left, mut ty) = self.expression(first, hint.or(beside.as_ref()));
        let mut left_node = first;
        if let ["==" | "!=", right] = rest.iter().map(|node| node.text()).collect::<Vec<_>>()[..]
            && matches!(ty, Ty::Optional(_))
            && super::unknown::is_nothing(right)
        {
            let (asked, first) = (if operator == "==" { "unset" } else { "set" }, first.text());
            let problem = self.problem(203, node, "what is absent is not compared");
            let whole = format!("{first} is {asked}");
            let problem = problem.help(format!("whether it is there is asked by `{whole}`"));
            self.report(problem.fix(format!("write `{whole}`"), self.place(node), whole));
            return (self.emit(node, Expr::Error), Ty::Bool);
        }
        for pair in rest.chunks(2) {
            let [operator, right_node] = pair else { continue };
            let Some(op) = BinaryOp::named(operator.text()) else { continue };
            if op == BinaryOp::Divide
                && let Some(found) = self.division(node, left, &ty, *right_node)
            {
                (left, ty) = found;
                continue;
            }
            let hint = if compares || ty == Ty::Error {
                Some(widened(&ty))
            } else if scales {
                None
            } else {
                expected.cloned().or_else(|| Some(widened(base(&ty))).filter(has_units))
            };
            let (right, right_ty) = self.expression(*right_node, hint.as_ref());
            let before = self.problems.len();
            let untyped = (ty == Ty::Any).then_some((left_node, &right_ty));
            let untyped = untyped.or((right_ty == Ty::Any).then_some((*right_node, &ty)));
            let result = if let Some((operand, other)) = untyped {
                let asked =
                    if compares { "it is to be compared" } else { "it is to be computed with" };
                self.report(self.without_a_type(operand, Some(&widened(other)), asked));
                if compares { Ty::Bool } else { Ty::Error }
            } else if compares {
                self.comparison(node, op, (left_node, &ty), (*right_node, &right_ty))
            } else {
                self.arithmetic(node, op, (left_node, &ty), (*right_node, &right_ty))
            };
            // What is wrong with the kinds of its operands is told once, not again of their values.
            let told = self.problems.len() > before;
            let expr = if told { Expr::Error } else { Expr::Binary { op, left, right } };
            left = self.emit(node, expr);
            let sensitive =
                reaches_sensitive(self.db, &ty) || reaches_sensitive(self.db, &right_ty);
            ty = if sensitive { sealed(result) } else { result };
            left_node = *right_node;
        }
        (left, ty)
    }

    fn coalesce(
        &mut self,
        node: Node<'_>,
        first: Node<'_>,
        rest: &[Node<'_>],
        expected: Option<&Ty>,
    ) -> (ExprId, Ty) {
        let (mut left, mut ty) = self.expression(first, expected);
        for operand in rest.iter().filter(|node| node.kind() != NodeKind::BinaryOp) {
            let hint = expected.cloned().unwrap_or_else(|| widened(present(&ty)));
            let (right, right_ty) = self.expression(*operand, Some(&hint));
            self.never_taken_instead(*operand, left, &ty);
            // Of what is not known nobody knows what it is instead either.
            if ty != Ty::Error {
                ty = join(self.db, present(&ty).clone(), right_ty);
            }
            left = self.emit(node, Expr::Coalesce(left, right));
        }
        (left, ty)
    }

    /// `claim / "repos"`: what the field `"/"` of the left side makes of the right one.
    fn division(
        &mut self,
        node: Node<'_>,
        left: ExprId,
        ty: &Ty,
        right: Node<'_>,
    ) -> Option<(ExprId, Ty)> {
        let Ty::Schema(_) = base(ty) else { return None };
        let field = self.field_of(ty, "/")?;
        let Ty::Fn(function) = base(&field.ty).clone() else { return None };
        let (_, want) = function.params.first()?;
        let argument = self.checked(right, want, field.place);
        let member =
            Expr::Member { value: left, name: "/".into(), slot: field.slot, ask: Ask::There };
        let callee = self.emit(node, member);
        let call = Expr::Call { function: callee, arguments: Box::new([argument]) };
        Some((self.emit(node, call), function.result.clone()))
    }

    fn arithmetic(
        &mut self,
        node: Node<'_>,
        op: BinaryOp,
        (left_node, left): (Node<'_>, &Ty),
        (right_node, right): (Node<'_>, &Ty),
    ) -> Ty {
        for (operand, ty) in [(left_node, left), (right_node, right)] {
            if let Ty::Optional(_) = ty {
                self.may_lack(operand, "computed with");
                return Ty::Error;
            }
        }
        if matches!(op, BinaryOp::Divide | BinaryOp::Remainder)
            && (is_zero(base(right)) || is_zero_float(right_node))
        {
            if is_written_out(right_node) || is_always_computed(right_node) {
                self.report(self.problem(310, right_node, "division by zero"));
            }
            return Ty::Error;
        }
        if let (Ty::Literal(Literal::Int(a)), Ty::Literal(Literal::Int(b))) = (left, right) {
            let folded = match op {
                BinaryOp::Add => a.checked_add(*b),
                BinaryOp::Subtract => a.checked_sub(*b),
                BinaryOp::Multiply => a.checked_mul(*b),
                BinaryOp::Divide => a.checked_div(*b),
                _ => a.checked_rem(*b),
            };
            if folded.is_none() {
                let text = op.symbol();
                let message = format!("{a} {text} {b} does not fit in 64 bits");
                self.report(self.problem(309, node, message));
            }
            return folded.map_or(Ty::Error, |value| Ty::Literal(Literal::Int(value)));
        }
        let (a, b) = (widened(base(left)), widened(base(right)));
        let result = match (op, &a, &b) {
            (_, Ty::Error, _) | (_, _, Ty::Error) => Some(Ty::Error),
            (_, Ty::Int, Ty::Int) => Some(interval::arithmetic(op, present(left), present(right))),
            (_, Ty::Float | Ty::Int, Ty::Float | Ty::Int) => Some(Ty::Float),
            (BinaryOp::Add | BinaryOp::Subtract, Ty::Quantity | Ty::Duration | Ty::Percent, b)
                if a == *b =>
            {
                Some(a.clone())
            }
            (
                BinaryOp::Multiply | BinaryOp::Divide,
                Ty::Quantity | Ty::Duration | Ty::Percent,
                Ty::Int,
            ) => Some(a.clone()),
            (BinaryOp::Multiply, Ty::Int, Ty::Quantity | Ty::Duration | Ty::Percent) => {
                Some(b.clone())
            }
            _ => None,
        };
        result.unwrap_or_else(|| {
            let one = matches!((&a, &b), (Ty::List(_), _) | (_, Ty::List(_)));
            let lists = matches!((&a, &b), (Ty::List(_), Ty::List(_)));
            let divides = matches!(&a, Ty::Schema(_)) && self.field_of(&a, "/").is_some();
            let (a, b) = (type_name(self.db, &a), type_name(self.db, &b));
            let verb = match op {
                BinaryOp::Add => "added",
                BinaryOp::Subtract => "subtracted",
                BinaryOp::Multiply => "multiplied",
                _ => "divided",
            };
            let message = match (op, &*a, &*b) {
                (BinaryOp::Remainder, "Str", _) => "`%` puts nothing into a text".to_owned(),
                // Of what has no type the other one says enough.
                (BinaryOp::Add, "Any", text @ "Str") | (BinaryOp::Add, text @ "Str", "Any") => {
                    format!("{text} cannot be {verb}")
                }
                _ => format!("{a} and {b} cannot be {verb}"),
            };
            let mut problem = self.problem(207, node, message);
            if op == BinaryOp::Remainder && a == "Str" {
                problem = problem.help("texts are joined by interpolation: `\"web:\\(tag)\"`");
            } else if op == BinaryOp::Add && divides {
                let name = left_node.text();
                problem = problem.help(format!("what lies in it is named by `{name} / \"folder\"`"));
            } else if op == BinaryOp::Add && (a == "Str" || b == "Str") {
                let plain = self.concealed == Concealed::Nothing;
                problem = match habit::joined(node).filter(|_| plain) {
                    Some(text) => problem
                        .help(format!("texts are joined by interpolation: `{text}`"))
                        .fix(format!("write `{text}`"), self.place(node), text),
                    None => problem.help("texts are joined by interpolation: `\"\\(a)\\(b)\"`"),
                };
            } else if op == BinaryOp::Add && one && !lists {
                problem = problem.help(
                    "lists and elements are joined in brackets: `[...a, b]`; a layer adds to one with `+=`",
                );
            } else if op == BinaryOp::Add && lists {
                problem = match habit::spread(node) {
                    Some(text) => problem
                        .help(format!("lists are joined in brackets: `{text}`; a layer adds to one with `+=`"))
                        .fix(format!("write `{text}`"), self.place(node), text),
                    None => problem.help(
                        "lists are joined in brackets: `[...a, ...b]`; a layer adds to one with `+=`",
                    ),
                };
            }
            self.report(problem);
            Ty::Error
        })
    }

    /// Reports an operand that may be absent.
    fn may_lack(&mut self, operand: Node<'_>, verb: &str) {
        let message = format!("this may be absent, and what is absent cannot be {verb}");
        let problem = self.problem(203, operand, message);
        self.report(problem.help(super::mismatch::otherwise(operand)));
    }

    fn comparison(
        &mut self,
        node: Node<'_>,
        op: BinaryOp,
        (left_node, left): (Node<'_>, &Ty),
        (right_node, right): (Node<'_>, &Ty),
    ) -> Ty {
        for (operand, ty) in [(left_node, left), (right_node, right)] {
            if let Ty::Optional(_) = ty {
                self.may_lack(operand, "compared");
                return Ty::Bool;
            }
        }
        let (a, b) = (widened(base(left)), widened(base(right)));
        let numbers = |ty: &Ty| matches!(ty, Ty::Int | Ty::Float);
        let together = fits(self.db, &a, &b) != Fit::No
            || fits(self.db, &b, &a) != Fit::No
            || (numbers(&a) && numbers(&b));
        let ordered = |ty: &Ty| {
            matches!(
                ty,
                Ty::Int
                    | Ty::Float
                    | Ty::Str
                    | Ty::Quantity
                    | Ty::Duration
                    | Ty::Percent
                    | Ty::Error
                    | Ty::Any
            )
        };
        let equality = matches!(op, BinaryOp::Equal | BinaryOp::NotEqual);
        if !together || !(equality || ordered(&a) && ordered(&b)) {
            let (a, b) = (type_name(self.db, &a), type_name(self.db, &b));
            let message = if equality {
                format!("{a} and {b} are never equal")
            } else {
                format!("{a} and {b} have no order")
            };
            self.report(self.problem(209, node, message));
            return Ty::Error;
        } else if equality
            && let (Ty::Literal(literal), other @ Ty::Union(_))
            | (other @ Ty::Union(_), Ty::Literal(literal)) = (left, right)
            && fits(self.db, &Ty::Literal(literal.clone()), other) == Fit::No
        {
            let (value, others) = (literal_text(literal), other);
            let other = type_name(self.db, others);
            let mut problem =
                self.problem(209, node, format!("{value} and {other} are never equal"));
            if let Some(others) = super::mismatch::one_of(others, literal) {
                let texts: Vec<String> = others.into_iter().map(literal_text).collect();
                problem = problem.meant(&value, texts.iter().map(|text| &**text));
            }
            self.report(problem);
        }
        let known = self.always(op, (left_node, left), (right_node, right));
        known.map_or(Ty::Bool, |known| Ty::Literal(Literal::Bool(known)))
    }

    pub(super) fn is(&mut self, node: Node<'_>) -> (ExprId, Ty) {
        let mut children = node.children();
        let (Some(value), Some(what)) = (children.next(), children.next()) else {
            return (self.emit(node, Expr::Error), Ty::Error);
        };
        let (id, ty) = self.expression(value, None);
        let sensitive = is_sensitive(&ty);
        let ty = if sensitive { exposed(&ty) } else { ty };
        let mut result = Ty::Bool;
        if sensitive && self.picks_by_secret(value) {
            result = sealed(result);
        }
        let expr = match what.kind() {
            NodeKind::IsSet => Expr::IsSet { value: id, set: true },
            NodeKind::Unset => Expr::IsSet { value: id, set: false },
            _ => {
                let asked = self.pattern_type(what, &ty);
                let possible = fits(self.db, present(&ty), &asked) != Fit::No
                    || self.alternatives(present(&ty)).iter().any(|part| {
                        fits(self.db, part, &asked) != Fit::No
                            || fits(self.db, &asked, part) != Fit::No
                    });
                if !possible && ty != Ty::Any {
                    let (ty, asked) = (type_name(self.db, &ty), type_name(self.db, &asked));
                    self.report(self.problem(209, node, format!("{ty} is never {asked}")));
                }
                if sensitive {
                    result = sealed(Ty::Bool);
                }
                Expr::Is { value: id, ty: self.ty(asked) }
            }
        };
        (self.emit(node, expr), result)
    }
}

/// Whether the numbers of a type are written with units.
fn has_units(ty: &Ty) -> bool {
    matches!(base(ty), Ty::Quantity | Ty::Duration | Ty::Percent)
}

/// Whether zero is the only number of a type, whatever else its values are called.
fn is_zero(ty: &Ty) -> bool {
    Interval::of(ty) == Some(Interval { low: Some(0), high: Some(0) })
}

/// `0.0`, whose type does not tell its value.
fn is_zero_float(node: Node<'_>) -> bool {
    match node.kind() {
        NodeKind::Float => syntax::literal::float_value(node.text()) == Ok(0.0),
        NodeKind::Paren => node.children().next().is_some_and(is_zero_float),
        NodeKind::Unary => node.children().last().is_some_and(is_zero_float),
        _ => false,
    }
}

/// Whether an expression names nothing.
fn is_written_out(node: Node<'_>) -> bool {
    node.kind() != NodeKind::Name && node.children().all(is_written_out)
}

/// Whether no condition around an expression may rule out what it names: `if n != 0 then total / n else 0`.
fn is_always_computed(node: Node<'_>) -> bool {
    use NodeKind as K;
    !node.ancestors().iter().any(|around| match around.kind() {
        K::Then | K::Else | K::When | K::IfClause | K::Arm => true,
        K::For | K::Binding => around.child(K::IfClause).is_some(),
        K::Binary => around.children_of(K::BinaryOp).any(|op| matches!(op.text(), "and" | "or")),
        _ => false,
    })
}
