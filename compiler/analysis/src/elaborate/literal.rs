//! Numbers with and without units, and ranges: read by the type that is expected.

mod unit;

use std::sync::Arc;

use syntax::{Node, NodeKind};

use super::secret::Concealed;
use super::{Elaborator, habit};
use crate::code::{Expr, ExprId};
use crate::fits::{Fit, base, fits, join};
use crate::problem::{Edit, Part};
use crate::resolve::resolve;
use crate::sensitive::{holds_sensitive, is_sensitive, sealed};
use crate::ty::{Literal, Ty};
use crate::types::ends;
use unit::{QUANTITY_UNITS, duration};
pub(super) use unit::{United, unit_meant};

impl Elaborator<'_> {
    pub(super) fn number(&mut self, node: Node<'_>, expected: Option<&Ty>) -> (ExprId, Ty) {
        match node.kind() {
            NodeKind::Int => self.integer(node, expected, false),
            NodeKind::Float => self.float(node, expected, false),
            _ => self.unit(node, expected, false),
        }
    }

    /// A number, negative where a `-` stands before it, so that the least integer can be written.
    pub(super) fn negative(
        &mut self,
        node: Node<'_>,
        expected: Option<&Ty>,
    ) -> Option<(ExprId, Ty)> {
        match node.kind() {
            NodeKind::Int => Some(self.integer(node, expected, true)),
            NodeKind::Float => Some(self.float(node, expected, true)),
            NodeKind::Unit => Some(self.unit(node, expected, true)),
            _ => None,
        }
    }

    fn integer(&mut self, node: Node<'_>, expected: Option<&Ty>, negative: bool) -> (ExprId, Ty) {
        // What does not fit is reported with the syntax.
        let Ok(value) = syntax::literal::int_value(node.text(), negative) else {
            return (self.emit(node, Expr::Error), Ty::Error);
        };
        let wanted = |ty: &Ty| expects(expected, ty);
        if !wanted(&Ty::Int) && wanted(&Ty::Float) {
            return (self.emit(node, Expr::Float((value as f64).to_bits())), Ty::Float);
        }
        if !wanted(&Ty::Int) && wanted(&Ty::Quantity) {
            return self.quantity(node, value.to_string(), negative);
        }
        (self.emit(node, Expr::Int(value)), Ty::Literal(Literal::Int(value)))
    }

    fn float(&mut self, node: Node<'_>, expected: Option<&Ty>, negative: bool) -> (ExprId, Ty) {
        let Ok(value) = syntax::literal::float_value(node.text()) else {
            return (self.emit(node, Expr::Error), Ty::Error);
        };
        let value = if negative { -value } else { value };
        if !expects(expected, &Ty::Float) && expects(expected, &Ty::Quantity) {
            return self.quantity(node, value.to_string(), negative);
        }
        (self.emit(node, Expr::Float(value.to_bits())), Ty::Float)
    }

    fn unit(&mut self, node: Node<'_>, expected: Option<&Ty>, negative: bool) -> (ExprId, Ty) {
        let text: String = node.text().chars().filter(|c| *c != '_').collect();
        let sign = if negative { "-" } else { "" };
        let number = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let (number, suffix) = text.split_at(number);
        let nanos = duration(&text);
        let mut kinds: Vec<Ty> = Vec::new();
        if QUANTITY_UNITS.contains(&suffix) {
            kinds.push(Ty::Quantity);
        }
        if nanos.is_some() {
            kinds.push(Ty::Duration);
        }
        if suffix == "%" {
            kinds.push(Ty::Percent);
        }
        if expected.is_some_and(|ty| *ty != Ty::Any)
            && kinds.iter().any(|kind| expects(expected, kind))
        {
            kinds.retain(|kind| expects(expected, kind));
        }
        let known = match kinds.as_slice() {
            [Ty::Quantity] => {
                return self.quantity(node, format!("{sign}{number}{suffix}"), negative);
            }
            [Ty::Duration] => nanos
                .map(|nanos| (Expr::Duration(if negative { -nanos } else { nanos }), Ty::Duration)),
            [Ty::Percent] => match number.parse::<f64>() {
                Ok(value) => {
                    let value = if negative { -value } else { value };
                    Some((Expr::Percent(value.to_bits()), Ty::Percent))
                }
                Err(_) => None,
            },
            [] => {
                let is_long = duration(&format!("1{suffix}")).is_some();
                let problem = match is_long {
                    true => self
                        .problem(211, node, format!("`{text}` is no Duration: it is too long"))
                        .help("at most some 292 years are: 2562047h"),
                    false => self.unknown_unit(node, &text, suffix, expected),
                };
                self.report(problem);
                None
            }
            // What it is read for is not known, which is told.
            _ if expected == Some(&Ty::Error) || self.inner == Some(Ty::Error) => None,
            // Where neither can stand, it makes no difference which of them it is.
            _ if let Some(want) = expected.filter(|want| self.takes_none(node, &kinds, want)) => {
                self.mismatch(node, kinds.first().unwrap_or(&Ty::Quantity), want, None);
                let place = self.place(node);
                let is_text = fits(self.db, &Ty::Str, want) != Fit::No;
                let told = self.problems.last_mut().filter(|told| told.place == place);
                if let Some(told) = told
                    && is_text
                    && self.concealed == Concealed::Nothing
                    && !holds_sensitive(want)
                {
                    let help = || format!("a text stands in quotes: `\"{text}\"`");
                    told.help.get_or_insert_with(help);
                }
                None
            }
            _ => {
                self.report(
                    self.problem(
                        210,
                        node,
                        format!("`{text}` is a Quantity or a Duration: nothing here says which"),
                    )
                    .help("say the type: `name: Quantity = …`"),
                );
                None
            }
        };
        match known {
            Some((expr, ty)) => (self.emit(node, expr), ty),
            None => (self.emit(node, Expr::Error), Ty::Error),
        }
    }

    /// The quantity that a text gives, in which a literal is written out with its sign.
    fn quantity(&mut self, node: Node<'_>, text: String, negative: bool) -> (ExprId, Ty) {
        match text.parse::<kube::quantity::Quantity>() {
            Ok(quantity) => {
                (self.emit(node, Expr::Quantity(quantity.to_string().into())), Ty::Quantity)
            }
            Err(why) => {
                let written = format!("{}{}", if negative { "-" } else { "" }, node.text());
                self.report(self.problem(211, node, format!("`{written}` is no Quantity: {why}")));
                (self.emit(node, Expr::Error), Ty::Error)
            }
        }
    }

    /// Whether what is asked for where a number stands admits none of some types.
    fn takes_none(&self, node: Node<'_>, kinds: &[Ty], want: &Ty) -> bool {
        let operand = |above: Node<'_>| matches!(above.kind(), NodeKind::Binary | NodeKind::Unary);
        !node.parent().is_some_and(operand)
            && kinds.iter().all(|kind| fits(self.db, kind, want) == Fit::No)
    }

    /// The name behind two dots that is that of nothing, and was meant as a member of what stands before them: `web..name`.
    fn member_behind<'t>(&self, low: Node<'t>, high: Node<'t>) -> Option<Node<'t>> {
        let name = head_of(high)?;
        // A function of one value is called with that alone: `web.ports..all(p => …)`.
        let mut call = high.children().skip(1).take(1);
        let takes_value = call.next().is_some_and(|call| {
            let mut arguments = call.children();
            call.kind() == NodeKind::Call
                && arguments.next().is_some_and(|first| first.kind() == NodeKind::Lambda)
        });
        let is_tight = head_of(low).is_some() && low.range().end + 2 == high.range().start;
        let is_local = || self.locals.iter().any(|(local, _)| **local == *name.text());
        let is_field = || {
            let own = self.own.as_ref();
            own.is_some_and(|own| self.field_of(&own.ty, name.text()).is_some())
        };
        let is_named = || {
            resolve(self.db, self.module, name.text()).is_some()
                || !takes_value && self.library_function(name.text()).is_some()
        };
        let is_hidden = self.concealed != Concealed::Nothing || low.text().len() > 100;
        (is_tight && !is_local() && !is_field() && !is_named() && !is_hidden).then_some(name)
    }

    pub(super) fn range(&mut self, node: Node<'_>, expected: Option<&Ty>) -> (ExprId, Ty) {
        let (low, high) = ends(node);
        if let Some(name) = high.and_then(|high| self.member_behind(low?, high)) {
            let text = format!("{}.{}", low.map_or("", |low| low.text()), name.text());
            let message = format!("nothing here is called `{}`", name.text());
            let dots = name.range().start - 2..name.range().start;
            let edit = Edit { place: self.place(name), part: Part::Bytes(dots), text: ".".into() };
            self.report(
                self.problem(101, name, message)
                    .help(format!("what stands in something is named behind one dot: `{text}`"))
                    .offer("write one dot", true, edit),
            );
            return (self.emit(node, Expr::Error), Ty::Error);
        }
        let wanted = match expected.map(base) {
            Some(Ty::Range(element)) => Some((**element).clone()),
            _ => None,
        };
        let mut element = Ty::Never;
        let mut constants = Vec::new();
        let (mut sensitive, mut unknown) = (false, false);
        let mut end = |this: &mut Self, node: Option<Node<'_>>| {
            let node = node?;
            if let NodeKind::Int = node.kind() {
                constants.extend(syntax::literal::int_value(node.text(), false));
            }
            match &wanted {
                Some(want) => {
                    let told = this.problems.len();
                    let id = this.checked(node, want, None);
                    this.held(told);
                    Some(id)
                }
                None => {
                    let (id, ty) = this.present_value(node, None);
                    sensitive |= is_sensitive(&ty);
                    unknown |= ty == Ty::Error;
                    element = join(this.db, element.clone(), crate::fits::widened(&ty));
                    Some(id)
                }
            }
        };
        let first = end(self, low);
        let last = end(self, high);
        if let (Some(_), Some(_), [low, high]) = (low, high, constants.as_slice())
            && low > high
        {
            self.report(
                self.problem(311, node, format!("{low}..{high} begins above its end"))
                    .help(format!("write `{high}..{low}`")),
            );
            return (self.emit(node, Expr::Error), Ty::Error);
        }
        if unknown {
            // Of what its ends are nothing is known, and perhaps it was to be none: `queue..url`.
            return (self.emit(node, Expr::Error), Ty::Error);
        }
        if first.is_none() {
            self.report(
                self.problem(201, node, "this range has no start")
                    .help("write where it begins: `1..`"),
            );
            return (self.emit(node, Expr::Error), Ty::Error);
        }
        if element == Ty::Str {
            let mut problem = self.problem(207, node, "a range has no texts at its ends");
            problem = match habit::joined(node).filter(|_| !sensitive) {
                Some(text) => problem
                    .help(format!("texts are joined by interpolation: `{text}`"))
                    .fix(format!("write `{text}`"), self.place(node), text),
                None => problem.help("texts are joined by interpolation: `\"\\(a)\\(b)\"`"),
            };
            self.report(problem);
            return (self.emit(node, Expr::Error), Ty::Error);
        }
        let ty = Ty::Range(Arc::new(wanted.unwrap_or(element)));
        let ty = if sensitive { sealed(ty) } else { ty };
        (self.emit(node, Expr::Range(first, last)), ty)
    }
}

/// The name with which an expression begins.
fn head_of(node: Node<'_>) -> Option<Node<'_>> {
    match node.kind() {
        NodeKind::Name => Some(node),
        NodeKind::Chain => node.children().next().filter(|head| head.kind() == NodeKind::Name),
        _ => None,
    }
}

/// The nanoseconds of a literal that is a duration.
pub(super) fn duration_of(node: Node<'_>) -> Option<i64> {
    let text: String = node.text().chars().filter(|c| *c != '_').collect();
    (node.kind() == NodeKind::Unit).then(|| duration(&text)).flatten()
}

/// Whether the expected type is, or has among its members, the kind.
fn expects(expected: Option<&Ty>, kind: &Ty) -> bool {
    match expected.map(base) {
        Some(Ty::Union(members)) => members.iter().any(|member| expects(Some(member), kind)),
        Some(Ty::Literal(literal)) => crate::fits::kind_of(literal) == *kind,
        Some(ty) => ty == kind,
        None => false,
    }
}
