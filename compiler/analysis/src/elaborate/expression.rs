//! Expressions, and the proof that a value may stand where it does.

use std::sync::Arc;

use syntax::{Node, NodeKind};

use super::{Elaborator, Own};
use crate::code::{Arm, Clause, Expr, ExprId, Function, ListEntry, Param, Pattern, RecordKind};
use crate::fits::{Fit, base, fits, join, optional, present, widened};
use crate::problem::Place;
use crate::refinement::{broken, complaint};
use crate::show::{did_you_mean, type_name};
use crate::ty::{FnTy, Literal, RecordTy, Ty};

impl Elaborator<'_> {
    /// The code and the type of an expression. `expected` is what the place asks for: it says how literals,
    /// records and lambdas are read, and proves nothing.
    pub(super) fn expression(&mut self, node: Node<'_>, expected: Option<&Ty>) -> (ExprId, Ty) {
        let body = std::mem::take(&mut self.item_body);
        match node.kind() {
            NodeKind::Int | NodeKind::Float | NodeKind::Unit => self.number(node, expected),
            NodeKind::Bool => {
                let value = node.text() == "true";
                (self.emit(node, Expr::Bool(value)), Ty::Literal(Literal::Bool(value)))
            }
            NodeKind::Str => {
                let text: Arc<str> = syntax::literal::string_value(node.text()).into();
                (self.emit(node, Expr::Str(text.clone())), Ty::Literal(Literal::Str(text)))
            }
            NodeKind::Template => self.template(node),
            NodeKind::Name if node.text() == "null" => (self.emit(node, Expr::Null), Ty::Null),
            NodeKind::Name => {
                let (id, ty) = self.name(node);
                let ty = self.narrowed_type(node, ty);
                (id, ty)
            }
            NodeKind::Unset => (self.emit(node, Expr::Absent), optional(Ty::Never)),
            NodeKind::Prev => {
                (self.emit(node, Expr::Prev), expected.map_or(Ty::Any, |ty| present(ty).clone()))
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
            NodeKind::Import => (self.unsupported(node, "`import`"), Ty::Error),
            NodeKind::Embed => (self.unsupported(node, "`embed`"), Ty::Error),
            _ => (self.emit(node, Expr::Error), Ty::Error),
        }
    }

    /// The code of an expression that must be of a type. What the type cannot prove is left to a check when
    /// the value is computed. `declared` is the field or parameter that asks for the type.
    pub(super) fn checked(&mut self, node: Node<'_>, want: &Ty, declared: Option<Place>) -> ExprId {
        let (value, found) = self.expression(node, Some(want));
        match fits(self.db, &found, want) {
            Fit::Yes => value,
            Fit::Checked => {
                let ty = self.ty(want.clone());
                self.emit(node, Expr::Check { value, ty })
            }
            Fit::No => {
                self.mismatch(node, &found, want, declared);
                self.emit(node, Expr::Error)
            }
        }
    }

    /// Reports that a value of type `found` cannot stand where `want` is asked for, at the innermost
    /// expression that is to blame.
    pub(super) fn mismatch(
        &mut self,
        node: Node<'_>,
        found: &Ty,
        want: &Ty,
        declared: Option<Place>,
    ) {
        let want_name = type_name(self.db, present(want));
        let mut problem = match (found, present(want)) {
            (_, Ty::Never) => self.problem(217, node, "no value is allowed here"),
            (Ty::Optional(_), _) if !matches!(want, Ty::Optional(_)) => self
                .problem(203, node, format!("this may be absent, and {want_name} is asked for"))
                .help("give another value for that case with `??`, or ask `if … is set` first"),
            (Ty::Null, _) => self
                .problem(223, node, format!("null is not a value of {want_name}"))
                .help("leave the field out, or write `unset`"),
            (Ty::Literal(literal), Ty::Refined(refined))
                if fits(self.db, found, &refined.base) != Fit::No =>
            {
                match broken(literal, &refined.refinements) {
                    Some(refinement) => {
                        let (code, what) = complaint(literal, refinement);
                        let value = literal_text(literal);
                        match &refined.name {
                            Some(name) => {
                                self.problem(code, node, format!("{value} is no {name}: it {what}"))
                            }
                            None => self.problem(code, node, format!("{value} {what}")),
                        }
                    }
                    None => self.problem(201, node, format!("this is no {want_name}")),
                }
            }
            (Ty::Literal(literal), want) if one_of(want, literal).is_some() => {
                let allowed = one_of(want, literal).unwrap_or_default();
                let texts: Vec<String> =
                    allowed.iter().map(|literal| literal_text(literal)).collect();
                let mut problem = self.problem(
                    304,
                    node,
                    format!("{} is not one of {}", literal_text(literal), texts.join(", ")),
                );
                problem.help =
                    did_you_mean(&literal_text(literal), texts.iter().map(|text| &**text));
                problem
            }
            _ => {
                let found = type_name(self.db, &crate::fits::widened(found));
                self.problem(201, node, format!("expected {want_name}, found {found}"))
            }
        };
        if let Some(place) = declared {
            if matches!(problem.code, crate::problem::Code::E(304)) {
                problem.notes.extend(super::doc_at(self.db, place));
            }
            problem = problem.related(place, format!("declared here as {want_name}"));
        }
        self.report(problem);
    }

    fn template(&mut self, node: Node<'_>) -> (ExprId, Ty) {
        let tokens: Vec<&str> = node
            .children()
            .filter(|n| {
                matches!(n.kind(), NodeKind::StrHead | NodeKind::StrMid | NodeKind::StrTail)
            })
            .map(|n| n.text())
            .collect();
        let mut texts = syntax::literal::template_values(&tokens).into_iter();
        let mut parts = Vec::new();
        for child in node.children() {
            match child.kind() {
                NodeKind::StrHead | NodeKind::StrMid | NodeKind::StrTail => {
                    if let Some(text) = texts.next()
                        && !text.is_empty()
                    {
                        parts.push(self.emit(child, Expr::Str(text.into())));
                    }
                }
                NodeKind::Missing | NodeKind::Junk => {}
                _ => {
                    let (id, ty) = self.expression(child, None);
                    self.in_a_string(child, &ty);
                    parts.push(id);
                }
            }
        }
        (self.emit(node, Expr::Interpolation(parts)), Ty::Str)
    }

    /// Only scalars that are there have a text.
    pub(super) fn in_a_string(&mut self, node: Node<'_>, ty: &Ty) {
        if let Ty::Optional(_) = ty {
            self.report(
                self.problem(203, node, "this may be absent, and what is absent has no text")
                    .help("give another value for that case: `\\(x ?? \"none\")`"),
            );
            return;
        }
        let scalar = match ty {
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
        let Some(inner) = self.inner.clone() else {
            self.report(self.problem(
                101,
                node,
                format!("there is no record here whose field `.{text}` could be"),
            ));
            return (self.emit(node, Expr::Error), Ty::Error);
        };
        match self.field_of(&inner, &text) {
            Some(field) => {
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

    /// Reports a field that a type does not have.
    pub(super) fn unknown_field(&mut self, node: Node<'_>, ty: &Ty, name: &str) {
        if let Ty::Kube(kube) = base(ty)
            && let Some(field) = kube.field(name)
        {
            let target = kube::types::TARGET;
            let when = if field.until <= target {
                format!("was removed in Kubernetes 1.{}", field.until)
            } else {
                format!("exists from Kubernetes 1.{}", field.since)
            };
            self.report(self.problem(
                113,
                node,
                format!("`{name}` {when}, and this is for 1.{target}"),
            ));
            return;
        }
        let names = self.field_names(ty);
        let mut problem = match base(ty) {
            Ty::Record(_) => self.problem(204, node, format!("this record has no key `{name}`")),
            ty => {
                let ty = type_name(self.db, ty);
                self.problem(102, node, format!("{ty} has no field `{name}`"))
            }
        };
        if let Some(near) = crate::show::nearest(name, names.iter().map(|name| &**name)) {
            problem = problem.help(format!("did you mean `{near}`?")).fix(
                format!("write `{near}`"),
                self.place(node),
                near.to_owned(),
            );
        }
        self.report(problem);
    }

    /// `{ … }` as a value: of the type that is expected, or of its own.
    fn record(&mut self, node: Node<'_>, expected: Option<&Ty>, item_body: bool) -> (ExprId, Ty) {
        let expected = expected.map(|ty| self.record_member(ty));
        let (kind, ty) = match expected.as_ref().map(base) {
            Some(Ty::Schema(item)) => (Some(RecordKind::Schema(*item)), Ty::Schema(*item)),
            Some(Ty::Kube(ty)) => (Some(RecordKind::Kube(*ty)), Ty::Kube(*ty)),
            Some(ty @ (Ty::Map(_) | Ty::Keyed(_) | Ty::Record(_))) => {
                let ty = ty.clone();
                let id = self.ty(ty.clone());
                (Some(RecordKind::Type(id)), ty)
            }
            _ => (None, Ty::Any),
        };
        if let Some(kind) = kind {
            let body = (!self.heads_only).then(|| self.layer(node, &ty, item_body));
            let expr = Expr::Record { kind, traits: Vec::new(), body, external: false };
            return (self.emit(node, expr), ty);
        }
        let shape = self.written_type(node, item_body);
        let body = (!self.heads_only).then(|| self.layer(node, &shape, item_body));
        let kind = match &shape {
            Ty::Record(record) if record.rest.is_none() => RecordKind::Type(self.ty(shape.clone())),
            _ => RecordKind::Open,
        };
        (self.emit(node, Expr::Record { kind, traits: Vec::new(), body, external: false }), shape)
    }

    /// The member of a union that a record is: the only one that is a record.
    fn record_member(&self, ty: &Ty) -> Ty {
        let Ty::Union(members) = present(ty) else { return present(ty).clone() };
        let mut records = members.iter().filter(|member| Self::is_record(member));
        match (records.next(), records.next()) {
            (Some(only), None) => only.clone(),
            _ => Ty::Any,
        }
    }

    /// The type of a record that nothing expects: the names that it writes, each with the type of its value.
    fn written_type(&mut self, node: Node<'_>, item_body: bool) -> Ty {
        let outer = (self.heads_only, self.own.clone(), self.inner.clone(), self.binding.clone());
        let scope = self.enter();
        self.heads_only = true;
        let keys = super::entries::written_keys(node);
        if item_body {
            self.own = Some(Own { ty: Ty::Error, keys: keys.into() });
        }
        self.inner = Some(Ty::Error);
        let mut fields: Vec<(Arc<str>, Ty)> = Vec::new();
        let mut open = false;
        self.written_fields(node, false, &mut fields, &mut open);
        self.leave(scope);
        (self.heads_only, self.own, self.inner, self.binding) = outer;
        Ty::Record(Arc::new(RecordTy { fields, rest: open.then_some(Ty::Any) }))
    }

    fn list(&mut self, node: Node<'_>, expected: Option<&Ty>) -> (ExprId, Ty) {
        let wanted = match expected.map(base) {
            Some(Ty::List(element)) => Some((**element).clone()),
            _ => None,
        };
        let mut entries = Vec::new();
        let mut element = Ty::Never;
        for child in node.children() {
            match child.kind() {
                NodeKind::Missing | NodeKind::Junk => {}
                NodeKind::Spread => {
                    let Some(value) = child.children().next() else { continue };
                    let list = Ty::List(Arc::new(wanted.clone().unwrap_or(Ty::Any)));
                    let id = if wanted.is_some() {
                        self.checked(value, &list, None)
                    } else {
                        let (id, ty) = self.expression(value, None);
                        match base(&ty) {
                            Ty::List(inner) => element = join(self.db, element, (**inner).clone()),
                            Ty::Error | Ty::Any => element = Ty::Any,
                            _ => self.mismatch(value, &ty, &list, None),
                        }
                        id
                    };
                    entries.push(ListEntry::Spread(id));
                }
                _ => {
                    // An element that is absent is left out.
                    let absent_ok = child.kind() == NodeKind::If;
                    let id = match &wanted {
                        Some(want) if absent_ok => {
                            self.checked(child, &optional(want.clone()), None)
                        }
                        Some(want) => self.checked(child, want, None),
                        None => {
                            let (id, ty) = self.expression(child, None);
                            if let Ty::Optional(_) = ty
                                && !absent_ok
                            {
                                self.mismatch(child, &ty, present(&ty), None);
                            }
                            element = join(self.db, element, present(&ty).clone());
                            id
                        }
                    };
                    entries.push(ListEntry::One(id));
                }
            }
        }
        let ty = Ty::List(Arc::new(wanted.unwrap_or(element)));
        (self.emit(node, Expr::List(entries)), ty)
    }

    fn comprehension(&mut self, node: Node<'_>, expected: Option<&Ty>) -> (ExprId, Ty) {
        let scope = self.enter();
        let mut children = node.children();
        let Some(value) = children.next() else { return (self.emit(node, Expr::Error), Ty::Error) };
        let clauses = self.clauses(children);
        let wanted = match expected.map(base) {
            Some(Ty::List(element)) => Some((**element).clone()),
            _ => None,
        };
        let (value, element) = match wanted {
            Some(want) => (self.checked(value, &want, None), want),
            None => self.expression(value, None),
        };
        self.leave(scope);
        (self.emit(node, Expr::ListComprehension { clauses, value }), Ty::List(Arc::new(element)))
    }

    /// `for` and `if` clauses; what they bind stays in scope.
    pub(super) fn clauses<'t>(&mut self, nodes: impl Iterator<Item = Node<'t>>) -> Vec<Clause> {
        let mut clauses = Vec::new();
        for clause in nodes {
            match clause.kind() {
                NodeKind::ForClause => {
                    if let Some((two, source)) = self.for_clause(clause) {
                        clauses.push(Clause::For { two, source });
                    }
                }
                NodeKind::IfClause => {
                    if let Some(condition) = clause.children().next() {
                        let id = self.checked(condition, &Ty::Bool, None);
                        self.assume(condition, true);
                        clauses.push(Clause::If(id));
                    }
                }
                _ => {}
            }
        }
        clauses
    }

    /// `for a, b in source`: brings its names into scope.
    pub(super) fn for_clause(&mut self, clause: Node<'_>) -> Option<(bool, ExprId)> {
        let children: Vec<Node<'_>> = clause.children().collect();
        let (source, names) = children.split_last()?;
        let (id, ty) = self.expression(*source, None);
        let (key, value) = match base(&ty) {
            _ if matches!(ty, Ty::Optional(_)) => {
                let want = present(&ty).clone();
                self.mismatch(*source, &ty, &want, None);
                (Ty::Error, Ty::Error)
            }
            Ty::List(element) => (Ty::Int, (**element).clone()),
            // What is absent is passed over.
            Ty::Map(map) => (map.0.clone(), present(&map.1).clone()),
            Ty::Keyed(keyed) => (Ty::Str, keyed.element.clone()),
            Ty::Record(record) => {
                let all = record.fields.iter().map(|(_, ty)| ty).chain(record.rest.as_ref());
                (Ty::Str, all.fold(Ty::Never, |all, ty| join(self.db, all, present(ty).clone())))
            }
            Ty::Error | Ty::Any => (Ty::Any, Ty::Any),
            _ => {
                let name = type_name(self.db, &widened(&ty));
                self.report(
                    self.problem(218, *source, format!("{name} has no elements to go through"))
                        .help("`for` goes through lists, maps and keyed lists"),
                );
                (Ty::Error, Ty::Error)
            }
        };
        let names: Vec<&str> = names
            .iter()
            .filter(|name| name.kind() == NodeKind::Name)
            .map(|name| name.text())
            .collect();
        match names.as_slice() {
            [first, second, ..] => {
                self.push_local((*first).into(), key);
                self.push_local((*second).into(), value);
                Some((true, id))
            }
            [only] => {
                self.push_local((*only).into(), value);
                Some((false, id))
            }
            [] => None,
        }
    }

    fn lambda(&mut self, node: Node<'_>, expected: Option<&Ty>) -> (ExprId, Ty) {
        let wanted = match expected.map(base) {
            Some(Ty::Fn(function)) => Some(function.clone()),
            _ => None,
        };
        let children: Vec<Node<'_>> = node.children().collect();
        let Some((body, names)) = children.split_last() else {
            return (self.emit(node, Expr::Error), Ty::Error);
        };
        let scope = self.enter();
        let mut params = Vec::new();
        let mut types = Vec::new();
        for (at, name) in names.iter().filter(|name| name.kind() == NodeKind::Name).enumerate() {
            let ty = wanted
                .as_ref()
                .and_then(|function| function.params.get(at))
                .map(|(_, ty)| ty.clone());
            let ty = ty.unwrap_or_else(|| {
                if wanted.is_none() {
                    self.report(
                        self.problem(
                            224,
                            *name,
                            format!("nothing says what type `{}` is", name.text()),
                        )
                        .help("a lambda stands where a function is expected; elsewhere write `fn`"),
                    );
                }
                Ty::Error
            });
            let name: Arc<str> = name.text().into();
            let id = self.ty(ty.clone());
            params.push(Param { name: name.clone(), ty: id, default: None });
            types.push((name.clone(), ty.clone()));
            self.push_local(name, ty);
        }
        let result =
            wanted.as_ref().map(|function| function.result.clone()).filter(|ty| *ty != Ty::Any);
        let (body, result) = match result {
            Some(result) => (self.checked(*body, &result, None), result),
            None => self.expression(*body, None),
        };
        self.leave(scope);
        if let Some(function) = &wanted
            && function.params.len() != params.len()
        {
            let (want, found) = (function.params.len(), params.len());
            self.report(self.problem(
                206,
                node,
                format!("a function of {want} parameters is asked for, and this has {found}"),
            ));
        }
        let id = self.ty(result.clone());
        let ty = Ty::Fn(Arc::new(FnTy { required: types.len(), params: types, result }));
        (self.emit(node, Expr::Lambda(Box::new(Function { params, result: id, body }))), ty)
    }

    fn conditional(&mut self, node: Node<'_>, expected: Option<&Ty>) -> (ExprId, Ty) {
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
    fn branch(&mut self, node: Node<'_>, expected: Option<&Ty>) -> (ExprId, Ty) {
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

    fn matching(&mut self, node: Node<'_>, expected: Option<&Ty>) -> (ExprId, Ty) {
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
            } else if what.text() == "_" {
                let rest = left.drain(..).fold(Ty::Never, |all, ty| join(self.db, all, ty));
                (Pattern::Any, rest)
            } else {
                let ty = self.read_type(what);
                left.retain(|member| fits(self.db, member, &ty) != Fit::Yes);
                (Pattern::Is(self.ty(ty.clone())), ty)
            };
            let bound = pattern.children().skip(1).find(|name| name.kind() == NodeKind::Name);
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

    fn let_in(&mut self, node: Node<'_>, expected: Option<&Ty>) -> (ExprId, Ty) {
        let scope = self.enter();
        let mut bound = Vec::new();
        let mut found = None;
        for child in node.children() {
            if child.kind() == NodeKind::Let {
                let Some(name) = child.child(NodeKind::Name) else { continue };
                let (value, ty) = self.let_value(child);
                bound.push(value);
                self.push_local(name.text().into(), ty);
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
            (Some(value), None) => self.expression(value, None),
            (None, _) => (self.emit(node, Expr::Error), Ty::Error),
        }
    }
}

/// A constant as it is written.
pub(super) fn literal_text(literal: &Literal) -> String {
    match literal {
        Literal::Bool(value) => value.to_string(),
        Literal::Int(value) => value.to_string(),
        Literal::Str(text) => format!("{text:?}"),
    }
}

fn members(ty: &Ty) -> Vec<Ty> {
    match ty {
        Ty::Union(members) => members.to_vec(),
        Ty::Bool => vec![Ty::Literal(Literal::Bool(true)), Ty::Literal(Literal::Bool(false))],
        ty => vec![ty.clone()],
    }
}

/// Whether values of the type have a text of their own.
pub(super) fn is_scalar(ty: &Ty) -> bool {
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
    )
}

/// The constants that a type consists of, where all are of the kind of `literal`.
fn one_of<'t>(ty: &'t Ty, literal: &Literal) -> Option<Vec<&'t Literal>> {
    let members = match ty {
        Ty::Union(members) => &**members,
        ty @ Ty::Literal(_) => std::slice::from_ref(ty),
        _ => return None,
    };
    members
        .iter()
        .map(|member| match member {
            Ty::Literal(allowed)
                if std::mem::discriminant(allowed) == std::mem::discriminant(literal) =>
            {
                Some(allowed)
            }
            _ => None,
        })
        .collect()
}
