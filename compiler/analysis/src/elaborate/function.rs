//! Functions and lambdas.

use std::sync::Arc;

use syntax::{Node, NodeKind};

use super::Elaborator;
use super::params::is_generic;
use crate::code::{Expr, ExprId, Function, Param};
use crate::fits::{base, optional, present};
use crate::problem::{Code, Edit, Part, Problem};
use crate::ty::{FnTy, Ty};

impl Elaborator<'_> {
    /// `fn` in a body: a local that is a function, which sees the locals and fields around it.
    pub(super) fn local_function(&mut self, node: Node<'_>) -> Option<(ExprId, Ty)> {
        let Ty::Fn(ty) = self.function_type(node) else { return None };
        let scope = self.enter();
        let params = self.params(node, &ty);
        let value = node.child(NodeKind::Set).and_then(|set| set.children().next());
        let (body, result) = match (value, node.child(NodeKind::Returns)) {
            (Some(value), Some(_)) => (self.checked(value, &ty.result, None), ty.result.clone()),
            (Some(value), None) => self.expression(value, None),
            (None, _) => (self.emit(node, Expr::Error), Ty::Error),
        };
        self.leave(scope);
        let id = self.ty(result.clone());
        let lambda = Expr::Lambda(Box::new(Function { params, result: id, body }));
        let ty = FnTy { params: ty.params.clone(), required: ty.required, result };
        Some((self.emit(node, lambda), Ty::Fn(Arc::new(ty))))
    }

    pub(super) fn function_item(&mut self, node: Node<'_>) -> Option<Function> {
        let Ty::Fn(ty) = self.function_type(node) else { return None };
        let params = self.params(node, &ty);
        let value = node.child(NodeKind::Set)?.children().next()?;
        let body = match (self.builtin_body(value, params.len()), node.child(NodeKind::Returns)) {
            (Some(body), _) => body,
            (None, Some(_)) => self.checked(value, &ty.result, None),
            (None, None) => self.expression(value, None).0,
        };
        let result = self.ty(ty.result.clone());
        Some(Function { params, result, body })
    }

    /// Brings the parameters into scope.
    pub(super) fn params(&mut self, node: Node<'_>, ty: &FnTy) -> Vec<Param> {
        let mut params = Vec::new();
        let written = node.child(NodeKind::Params);
        let written = written.iter().flat_map(|params| params.children());
        let names = written.clone().filter_map(|param| param.child(NodeKind::Name));
        self.declared_once(names.map(|name| (name, false)));
        for (node, (name, ty)) in
            written.filter(|param| param.kind() == NodeKind::Param).zip(&ty.params)
        {
            let default = node.child(NodeKind::Set).and_then(|set| set.children().next());
            let default = default.map(|value| match is_generic(ty) {
                // A constant that each call reads by its own type.
                true => self.expression(value, None).0,
                false => self.checked(value, ty, None),
            });
            let id = self.ty(ty.clone());
            params.push(Param { name: name.clone(), ty: id, default });
            let local = self.declare(node.child(NodeKind::Name).unwrap_or(node), ty.clone());
            self.params.push(local);
        }
        params
    }

    /// Whether an expression stands where a function is asked for, and the name that it lacks is that of a parameter:
    /// `xs.filter(x > 2)`. `told` problems were there before it was read.
    pub(super) fn is_body_of_lambda(
        &mut self,
        told: usize,
        node: Node<'_>,
        expected: Option<&Ty>,
    ) -> bool {
        let new = self.problems.get(told..).unwrap_or_default();
        let unknown = |problem: &&Problem| problem.code == Code::E(101);
        let (Some(first), Some(Ty::Fn(function))) = (new.iter().find(unknown), expected.map(base))
        else {
            return false;
        };
        let whole = matches!(
            node.kind(),
            NodeKind::Binary
                | NodeKind::Unary
                | NodeKind::Chain
                | NodeKind::If
                | NodeKind::Template
        );
        let name = node.tree().node(first.place.node).map_or("", |name| name.text());
        let same = |problem: &Problem| {
            let unknown = node.tree().node(problem.place.node);
            problem.code == Code::E(101) && unknown.is_some_and(|unknown| unknown.text() == name)
        };
        if !whole || function.params.len() != 1 || first.fix.is_some() || !new.iter().all(same) {
            return false;
        }
        let written = node.text();
        let short = written.len() <= 80 && !written.contains('\n');
        let lambda = format!("{name} => {written}");
        let short = short && name != "_";
        let shown = if short { lambda.as_str() } else { "x => e" };
        let mut problem = self.problem(201, node, "expected a function, found an expression");
        problem.help = Some(format!("a function names its parameter: `{shown}`"));
        if short {
            let edit = Edit { place: problem.place, part: Part::Whole, text: lambda.clone() };
            problem = problem.offer(format!("write `{lambda}`"), false, edit);
        }
        self.problems.truncate(told);
        self.report(problem);
        true
    }

    pub(super) fn function_type(&mut self, node: Node<'_>) -> Ty {
        let mut params = Vec::new();
        let mut required = 0;
        let written = node.child(NodeKind::Params);
        for param in written.iter().flat_map(|params| params.children()) {
            let Some(name) = param.child(NodeKind::Name) else { continue };
            let ty = match param.child(NodeKind::Annotation).and_then(|ty| ty.children().next()) {
                Some(ty) => self.read_type(ty),
                None => {
                    self.report(
                        self.problem(
                            224,
                            name,
                            format!("nothing says what type `{}` is", name.text()),
                        )
                        .help(format!("write a type after the parameter: `{}: Str`", name.text())),
                    );
                    Ty::Error
                }
            };
            let ty = if param.child(NodeKind::Question).is_some() { optional(ty) } else { ty };
            if param.child(NodeKind::Set).is_none() && present(&ty) == &ty {
                required = params.len() + 1;
            }
            params.push((Arc::from(name.text()), ty));
        }
        let result = match node.child(NodeKind::Returns).and_then(|ty| ty.children().next()) {
            Some(ty) => self.read_type(ty),
            None => {
                // Inferred from the heads alone, with the parameters in scope.
                let mut inner = Elaborator::new(self.db, self.item);
                inner.heads_only = true;
                inner.locals.clone_from(&params);
                inner.params = (0..params.len() as u32).collect();
                let value = node.child(NodeKind::Set).and_then(|set| set.children().next());
                value.map_or(Ty::Error, |value| inner.expression(value, None).1)
            }
        };
        Ty::Fn(Arc::new(FnTy { params, required, result }))
    }

    pub(super) fn lambda(&mut self, node: Node<'_>, expected: Option<&Ty>) -> (ExprId, Ty) {
        let wanted = match expected.map(base) {
            Some(Ty::Fn(function)) => Some(function.clone()),
            _ => None,
        };
        let children: Vec<Node<'_>> = node.children().collect();
        let Some((body, names)) = children.split_last() else {
            return (self.emit(node, Expr::Error), Ty::Error);
        };
        let names = || names.iter().filter(|name| name.kind() == NodeKind::Name);
        self.declared_once(names().map(|name| (*name, false)));
        let scope = self.enter();
        let mut params = Vec::new();
        let mut types = Vec::new();
        for (at, name) in names().enumerate() {
            let ty = wanted
                .as_ref()
                .and_then(|function| function.params.get(at))
                .map(|(_, ty)| ty.clone());
            let ty = ty.unwrap_or_else(|| {
                if wanted.is_none() && expected != Some(&Ty::Error) {
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
            let text: Arc<str> = name.text().into();
            let id = self.ty(ty.clone());
            params.push(Param { name: text.clone(), ty: id, default: None });
            types.push((text, ty.clone()));
            let local = self.declare(*name, ty);
            self.params.push(local);
        }
        let result =
            wanted.as_ref().map(|function| function.result.clone()).filter(|ty| *ty != Ty::Any);
        let (body, result) = match result {
            Some(result) => self.tainted(*body, &result),
            None => self.expression(*body, None),
        };
        self.leave(scope);
        if let Some(function) = &wanted
            && function.params.len() != params.len()
        {
            let (want, found) = (function.params.len(), params.len());
            let parameters = if want == 1 { "parameter" } else { "parameters" };
            self.report(self.problem(
                206,
                node,
                format!("a function of {want} {parameters} is asked for, and this has {found}"),
            ));
            return (self.emit(node, Expr::Error), Ty::Error);
        }
        let id = self.ty(result.clone());
        let ty = Ty::Fn(Arc::new(FnTy { required: types.len(), params: types, result }));
        (self.emit(node, Expr::Lambda(Box::new(Function { params, result: id, body }))), ty)
    }
}
