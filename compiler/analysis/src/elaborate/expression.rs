//! Expressions, and the proof that a value may stand where it does.

use std::sync::Arc;

use syntax::{Node, NodeKind};

use super::Elaborator;
use super::secret::Concealed;
use crate::bounds;
use crate::code::{Expr, ExprId};
use crate::db::ItemKind;
use crate::fits::{Fit, base, fits, of_kind_of, optional, present};
use crate::limits;
use crate::problem::Place;
use crate::sensitive::{exposed, holds_sensitive, sealed};
use crate::show::type_name;
use crate::ty::{Bound, Literal, Refinement, Ty, TypeParam};
use crate::written;

impl Elaborator<'_> {
    /// The code and the type of an expression. `expected` is what the place asks for: it says how literals,
    /// records and lambdas are read, and proves nothing.
    pub(super) fn expression(&mut self, node: Node<'_>, expected: Option<&Ty>) -> (ExprId, Ty) {
        self.note_place(node, expected);
        let outer = self.concealed;
        self.concealed = outer.within(expected);
        let (id, ty) = self.unsealed(node, expected);
        self.concealed = outer;
        self.note_type(node, &ty);
        (self.seal(node, id, &ty), ty)
    }

    fn unsealed(&mut self, node: Node<'_>, expected: Option<&Ty>) -> (ExprId, Ty) {
        if is_constant(node) && !self.heads_only {
            if self.concealed != Concealed::Nothing {
                self.hide(node);
            } else {
                self.look_for_secrets(node);
            }
        }
        let body = std::mem::take(&mut self.item_body);
        if node.children().nth(limits::PARTS).is_some() && nests(node.kind()) {
            let most = limits::PARTS;
            self.report(
                self.problem(504, node, format!("this expression has more than {most} parts"))
                    .help("give its parts names with `let`"),
            );
            return (self.emit(node, Expr::Error), Ty::Error);
        }
        match node.kind() {
            NodeKind::Int | NodeKind::Float | NodeKind::Unit => self.number(node, expected),
            NodeKind::Bool => {
                let value = node.text() == "true";
                (self.emit(node, Expr::Bool(value)), Ty::Literal(Literal::Bool(value)))
            }
            NodeKind::Str => {
                self.shell_habit(node);
                let text: Arc<str> = syntax::literal::string_value(node.text()).into();
                (self.emit(node, Expr::Str(text.clone())), Ty::Literal(Literal::Str(text)))
            }
            NodeKind::Template => {
                self.shell_habit(node);
                self.template(node, expected)
            }
            NodeKind::Name if node.text() == "null" => (self.emit(node, Expr::Null), Ty::Null),
            NodeKind::Name => {
                if let Some(case) = self.case_named(node, expected) {
                    return self.case_value(node, case);
                }
                let (id, ty) = self.name(node, expected);
                let ty = self.narrowed_type(node, ty);
                (id, ty)
            }
            NodeKind::Unset => (self.emit(node, Expr::Absent), optional(Ty::Never)),
            NodeKind::Prev => {
                let ty = self.prev.clone().or_else(|| expected.map(|ty| present(ty).clone()));
                (self.emit(node, Expr::Prev), ty.unwrap_or(Ty::Any))
            }
            NodeKind::Lead => self.lead(node),
            NodeKind::Body => self.record(node, expected, body),
            NodeKind::List => self.list(node, expected),
            NodeKind::Comprehension => self.comprehension(node, expected),
            NodeKind::Paren => match node.children().next() {
                Some(inner) => self.expression(inner, expected),
                None => (self.emit(node, Expr::Error), Ty::Error),
            },
            NodeKind::Lambda => self.lambda(node, expected),
            NodeKind::If => self.conditional(node, expected),
            NodeKind::Match => self.matching(node, expected),
            NodeKind::LetIn => self.let_in(node, expected),
            NodeKind::External | NodeKind::Chain => {
                self.item_body = body;
                let found = self.chain(node, expected);
                self.item_body = false;
                found
            }
            NodeKind::Unary => self.unary(node, expected),
            NodeKind::Binary => self.binary(node, expected),
            NodeKind::Range => self.range(node, expected),
            NodeKind::Is => self.is(node),
            NodeKind::Import => self.file_of_data(node, ItemKind::Data, Ty::Any),
            NodeKind::Embed => self.file_of_data(node, ItemKind::Text, Ty::Str),
            _ => (self.emit(node, Expr::Error), Ty::Error),
        }
    }

    /// The code of an expression that must be of a type. What the type cannot prove is left to a check when
    /// the value is computed. `declared` is the field or parameter that asks for the type.
    /// A truth value, and the constant that it always is if that is known.
    pub(super) fn condition(&mut self, node: Node<'_>) -> (ExprId, Ty) {
        let (value, found) = self.expression(node, Some(&Ty::Bool));
        if matches!(found, Ty::Literal(Literal::Bool(_))) {
            return (value, found);
        }
        self.tainting(node, (value, found), &Ty::Bool)
    }

    pub(super) fn checked(&mut self, node: Node<'_>, want: &Ty, declared: Option<Place>) -> ExprId {
        let found = self.expression(node, Some(want));
        self.fitting(node, found, want, declared)
    }

    fn fitting(
        &mut self,
        node: Node<'_>,
        (value, found): (ExprId, Ty),
        want: &Ty,
        declared: Option<Place>,
    ) -> ExprId {
        let (found, fit) = self.fit(node, found, want);
        match fit {
            Fit::Yes => value,
            Fit::Checked if !self.has_listed_keys(node, want) => self.emit(node, Expr::Error),
            Fit::Checked => {
                let wrong = self.branches_left(node, &of_kind_of(&found, want));
                if wrong.is_empty() {
                    let ty = self.ty(want.clone());
                    return self.emit(node, Expr::Check { value, ty });
                }
                for branch in wrong {
                    self.mismatch(branch, &found, want, declared);
                }
                self.emit(node, Expr::Error)
            }
            Fit::No => {
                self.mismatch(node, &found, want, declared);
                self.emit(node, Expr::Error)
            }
        }
    }

    /// How a value of type `found` fits, and its type, where only its constants say more than its kind.
    pub(super) fn fit(&mut self, node: Node<'_>, found: Ty, want: &Ty) -> (Ty, Fit) {
        let fit = fits(self.db, &found, want);
        if fit == Fit::Checked
            && matches!(present(want), Ty::Refined(_))
            && let Some(constant) = self.called_with_constants(node)
            && fits(self.db, &constant, want) == Fit::No
        {
            return (constant, Fit::No);
        }
        if fit == Fit::Checked
            && let Some(constant) = self.constant_instead(node, want)
        {
            return (constant, Fit::No);
        }
        (found, fit)
    }

    /// The constant behind a `??` that does not fit: as a branch, it stands for the whole.
    fn constant_instead(&mut self, node: Node<'_>, want: &Ty) -> Option<Ty> {
        let mut parts = node.children().skip(1);
        if node.kind() != NodeKind::Binary || parts.next()?.text() != "??" {
            return None;
        }
        let constant = parts.last()?;
        if !matches!(constant.kind(), NodeKind::Int | NodeKind::Str) {
            return None;
        }
        let found = self.type_of(constant);
        (fits(self.db, &found, want) == Fit::No).then_some(found)
    }

    /// A number with a unit that is written out, or computed of such, and the range of those that narrow the type which
    /// it does not lie in.
    pub(super) fn left_by(&self, node: Node<'_>, want: &Ty) -> Option<(Bound, Refinement)> {
        let want = present(want);
        if !matches!(want, Ty::Refined(_) | Ty::Sensitive(_)) {
            return None;
        }
        let Ty::Refined(refined) = &exposed(want) else { return None };
        let ty = base(&refined.base);
        // The type of an integer says which it is.
        if !matches!(ty, Ty::Float | Ty::Quantity | Ty::Duration | Ty::Percent) {
            return None;
        }
        let number = written::number(self.db, self.module, node, ty)?;
        let range = bounds::left_by(&number, refined)?.clone();
        Some((number, range))
    }

    /// The branches of an expression of which that is so.
    pub(super) fn branches_left<'t>(&self, node: Node<'t>, want: &Ty) -> Vec<Node<'t>> {
        if !matches!(present(want), Ty::Refined(_) | Ty::Sensitive(_)) {
            return Vec::new();
        }
        let mut branches = written::branches(node);
        branches.retain(|branch| self.left_by(*branch, want).is_some());
        branches
    }

    /// An expression that must be there, of whatever type.
    pub(super) fn present_value(&mut self, node: Node<'_>, expected: Option<&Ty>) -> (ExprId, Ty) {
        let (id, ty) = self.expression(node, expected);
        if let Ty::Optional(want) = &ty {
            self.mismatch(node, &ty, want, None);
            return (self.emit(node, Expr::Error), Ty::Error);
        }
        (id, ty)
    }

    /// `"a\(b)"`: a text, or a quantity where one is asked for, which is checked when it is computed and printed as it was
    /// written.
    fn template(&mut self, node: Node<'_>, expected: Option<&Ty>) -> (ExprId, Ty) {
        let tokens: Vec<&str> = node
            .children()
            .filter(|n| {
                matches!(n.kind(), NodeKind::StrHead | NodeKind::StrMid | NodeKind::StrTail)
            })
            .map(|n| n.text())
            .collect();
        let mut texts = syntax::literal::template_values(&tokens).into_iter();
        let mut parts = Vec::new();
        let mut sensitive = false;
        // The text, as long as all its parts are constants.
        let mut folded = Some(String::new());
        for child in node.children() {
            match child.kind() {
                NodeKind::StrHead | NodeKind::StrMid | NodeKind::StrTail => {
                    if let Some(text) = texts.next()
                        && !text.is_empty()
                    {
                        fold(&mut folded, Some(&text));
                        parts.push(self.emit(child, Expr::Str(text.into())));
                    }
                }
                NodeKind::Missing | NodeKind::Junk => {}
                _ => {
                    let (id, ty) = self.expression(child, None);
                    sensitive |= holds_sensitive(&ty);
                    match &ty {
                        Ty::Literal(Literal::Str(text)) => fold(&mut folded, Some(text)),
                        Ty::Literal(Literal::Int(value)) => {
                            fold(&mut folded, Some(&value.to_string()));
                        }
                        _ => fold(&mut folded, None),
                    }
                    let before = self.problems.len();
                    self.in_a_string(child, &ty);
                    let told = self.problems.len() > before;
                    parts.push(if told { self.emit(child, Expr::Error) } else { id });
                }
            }
        }
        let value = self.emit(node, Expr::Interpolation(parts.into()));
        let (value, ty) = match expected.map(|ty| base(present(ty))) {
            Some(Ty::Quantity) => {
                let ty = self.ty(Ty::Quantity);
                (self.emit(node, Expr::Check { value, ty }), Ty::Quantity)
            }
            _ => (value, folded.map_or(Ty::Str, |text| Ty::Literal(Literal::Str(text.into())))),
        };
        (value, if sensitive { sealed(ty) } else { ty })
    }

    /// Only scalars that are there have a text.
    pub(super) fn in_a_string(&mut self, node: Node<'_>, ty: &Ty) {
        if let Ty::Optional(_) = ty {
            let text = node.text();
            // A constant in it may be secret.
            let is_path = text.len() <= 40
                && text.starts_with(|c: char| c.is_ascii_alphabetic())
                && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'));
            let path = if is_path { text } else { "x" };
            self.report(
                self.problem(203, node, "this may be absent, and what is absent has no text")
                    .help(format!("give another value for that case: `\\({path} ?? \"none\")`")),
            );
            return;
        }
        if *ty == Ty::Any {
            let problem =
                self.without_a_type(node, Some(&Ty::Str), "only what has a text can stand in one");
            self.report(problem);
            return;
        }
        let scalar = match &exposed(ty) {
            Ty::Union(members) => members.iter().all(|member| is_scalar(base(member))),
            ty => is_scalar(base(ty)),
        };
        if !scalar {
            let name = type_name(self.db, ty);
            self.report(
                self.problem(208, node, format!("{name} cannot stand in a string"))
                    .help("name one of its fields, or `join` its elements"),
            );
        }
    }

    fn lead(&mut self, node: Node<'_>) -> (ExprId, Ty) {
        let Some(name) = node.children().find(|n| n.kind() != NodeKind::Missing) else {
            return (self.emit(node, Expr::Error), Ty::Error);
        };
        let text = crate::types::key_text(name);
        if self.in_braces_of_a_rule(node) {
            self.report(
                self.problem(
                    101,
                    node,
                    format!("`.{text}` could be that of the object before or after other rules"),
                )
                .help("a rule reads its object as it is without any rule, by the name behind `as`"),
            );
            return (self.emit(node, Expr::Error), Ty::Error);
        }
        let Some(inner) = self.inner.clone() else {
            self.report(self.problem(
                101,
                node,
                format!("there is no record here whose field `.{text}` could be"),
            ));
            return (self.emit(node, Expr::Error), Ty::Error);
        };
        match self.field_of(&inner, &text) {
            Some(field) if !self.may_read(node, &text, &field) => {
                (self.emit(node, Expr::Error), Ty::Error)
            }
            Some(field) => {
                self.note_field(name, &inner, &text, &field, |_| None);
                let expr = Expr::InnerField { name: text, slot: field.slot };
                let id = self.emit(node, expr);
                let ty = self.narrowed_type(node, field.ty);
                (id, ty)
            }
            None => {
                self.unknown_field(name, &inner, &text);
                (self.emit(node, Expr::Error), Ty::Error)
            }
        }
    }

    fn let_in(&mut self, node: Node<'_>, expected: Option<&Ty>) -> (ExprId, Ty) {
        let scope = self.enter();
        let mut bound = Vec::new();
        let mut found = None;
        for child in node.children() {
            if child.kind() == NodeKind::Let {
                let Some(name) = child.child(NodeKind::Name) else { continue };
                let (value, ty) = self.let_value(child);
                bound.push(value);
                self.declare(name, ty);
                self.local_from(name);
            } else if child.kind() != NodeKind::Junk {
                found = Some(self.expression(child, expected));
            }
        }
        self.leave(scope);
        let (mut id, ty) = found.unwrap_or_else(|| (self.emit(node, Expr::Error), Ty::Error));
        for value in bound.into_iter().rev() {
            id = self.emit(node, Expr::Let { value, body: id });
        }
        (id, ty)
    }

    /// The value of a `let`, by its own type or the declared one.
    pub(super) fn let_value(&mut self, node: Node<'_>) -> (ExprId, Ty) {
        let value = node.child(NodeKind::Set).and_then(|set| set.children().next());
        let declared = node.child(NodeKind::Annotation).and_then(|ty| ty.children().next());
        match (value, declared) {
            (Some(value), Some(declared)) => {
                let ty = self.read_type(declared);
                (self.checked(value, &ty, None), ty)
            }
            (Some(value), None) if self.is_nothing(value) => {
                (self.emit(node, Expr::Error), Ty::Error)
            }
            (Some(value), None) => self.expression(value, None),
            (None, _) => (self.emit(node, Expr::Error), Ty::Error),
        }
    }

    /// Whether the value of a name without a type is `unset` or `null`, which no type admits then; reports it.
    /// Who asks for the value of an expression may ask for these.
    pub(super) fn is_nothing(&mut self, value: Node<'_>) -> bool {
        if self.kind == ItemKind::Asked {
            return false;
        }
        let (code, message, help) = match (value.kind(), value.text()) {
            (NodeKind::Unset, _) => (
                203,
                "nothing says that this may be absent",
                "say of what type it is: `x: T? = unset`",
            ),
            (NodeKind::Name, "null") => (
                223,
                "nothing says that this takes null",
                "leave it out, or say what it is: `x: T? = unset`",
            ),
            _ => return false,
        };
        if !self.heads_only {
            self.report(self.problem(code, value, message).help(help));
        }
        true
    }
}

/// Bytes of a text that is known of a template of constants: names, images and addresses are shorter.
const KNOWN_TEXT: usize = 256;

/// Adds a part to a text that is known as long as all its parts are, and it is short.
fn fold(known: &mut Option<String>, part: Option<&str>) {
    let fits = |known: &String, part: &str| known.len() + part.len() <= KNOWN_TEXT;
    match (known.as_mut(), part) {
        (Some(known), Some(part)) if fits(known, part) => known.push_str(part),
        _ => *known = None,
    }
}

/// Whether an expression is a constant that is written out, at least in part.
pub(super) fn is_constant(node: Node<'_>) -> bool {
    let is_number = |kind| matches!(kind, NodeKind::Int | NodeKind::Float | NodeKind::Unit);
    match node.kind() {
        NodeKind::Str | NodeKind::Template | NodeKind::Bool => true,
        // The sign of a number is a part of it.
        NodeKind::Unary => node.children().last().is_some_and(|operand| is_number(operand.kind())),
        kind => is_number(kind),
    }
}

/// Whether values of the type have a text of their own.
pub(crate) fn is_scalar(ty: &Ty) -> bool {
    matches!(
        ty,
        Ty::Error
            | Ty::Never
            | Ty::Bool
            | Ty::Int
            | Ty::Float
            | Ty::Str
            | Ty::Quantity
            | Ty::Duration
            | Ty::Percent
            | Ty::Literal(_)
            | Ty::Param(TypeParam::K)
    )
}

/// Whether the parts of an expression, however many, are evaluated within each other.
fn nests(kind: NodeKind) -> bool {
    matches!(
        kind,
        NodeKind::Binary | NodeKind::Unary | NodeKind::Chain | NodeKind::If | NodeKind::LetIn
    )
}
