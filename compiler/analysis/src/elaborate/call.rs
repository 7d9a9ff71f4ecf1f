//! Calls of functions and lambdas.

use std::sync::Arc;

use salsa::Database;
use syntax::{Node, NodeKind};

use super::Elaborator;
use super::chain::Head;
use super::signature;
use crate::code::{Expr, ExprId};
use crate::db::{Item, ItemKind};
use crate::declares::{Asker, asker, declared_parameter};
use crate::fits::{base, widened};
use crate::parse::parsed;
use crate::problem::{Code, Label, Problem};
use crate::sensitive::sealed;
use crate::show::type_name;
use crate::ty::{FnTy, Ty};
use crate::types::entry;

/// The type of what a function gives for arguments of these types.
fn constant_result(db: &dyn Database, item: Item, given: Vec<Ty>) -> Option<Ty> {
    let parsed = parsed(db, item);
    let node = entry(&parsed)?;
    let params = node.child(NodeKind::Params)?;
    let names: Vec<&str> = params
        .children_of(NodeKind::Param)
        .filter_map(|param| Some(param.child(NodeKind::Name)?.text()))
        .collect();
    if names.len() != given.len() {
        return None;
    }
    let mut inner = Elaborator::new(db, item);
    inner.heads_only = true;
    inner.locals = names.into_iter().map(Arc::from).zip(given).collect();
    inner.params = (0..inner.locals.len() as u32).collect();
    let value = node.child(NodeKind::Set)?.children().next()?;
    Some(inner.expression(value, None).1)
}

impl Elaborator<'_> {
    pub(super) fn call(&mut self, node: Node<'_>, head: Head) -> (ExprId, Ty) {
        let arguments: Vec<Node<'_>> = node
            .children()
            .filter(|child| !matches!(child.kind(), NodeKind::Missing | NodeKind::Junk))
            .collect();
        if let Some(spread) = arguments.iter().find(|argument| argument.kind() == NodeKind::Spread)
        {
            self.report(self.problem(206, *spread, "arguments cannot be spread"));
            return (self.emit(node, Expr::Error), Ty::Error);
        }
        self.note_call(node, &head);
        match head {
            Head::Library(function) => self.library_call(node, function, &arguments),
            Head::Insecure => self.insecure(node, &arguments),
            Head::Value(function, ty) => match base(&ty).clone() {
                Ty::Fn(ty) => self.call_function(node, function, &ty, &arguments),
                Ty::Error => {
                    let arguments = arguments
                        .iter()
                        .map(|argument| {
                            // What the function would have said of parameters is not known.
                            let asks = matches!(argument.kind(), NodeKind::Lambda | NodeKind::Unit);
                            self.expression(*argument, asks.then_some(&Ty::Error)).0
                        })
                        .collect();
                    (self.emit(node, Expr::Call { function, arguments }), Ty::Error)
                }
                _ => {
                    let name = type_name(self.db, &widened(&ty));
                    self.report(self.problem(205, node, format!("{name} cannot be called")));
                    (self.emit(node, Expr::Error), Ty::Error)
                }
            },
            Head::Type(_, ty) => {
                let name = type_name(self.db, &ty);
                self.report(
                    self.problem(205, node, format!("`{name}` is a schema, and cannot be called"))
                        .help(format!("make one of it with braces: `{name} {{ … }}`")),
                );
                (self.emit(node, Expr::Error), Ty::Error)
            }
        }
    }

    fn call_function(
        &mut self,
        node: Node<'_>,
        function: ExprId,
        ty: &Arc<FnTy>,
        arguments: &[Node<'_>],
    ) -> (ExprId, Ty) {
        if arguments.len() < ty.required || arguments.len() > ty.params.len() {
            if self.has_unread_parameters(function) {
                return (self.emit(node, Expr::Error), ty.result.clone());
            }
            self.wrong_count(node, &ty.params, ty.required, arguments.len());
            return (self.emit(node, Expr::Error), ty.result.clone());
        }
        let mut ids = Vec::new();
        let mut sensitive = false;
        for (at, (argument, (_, want))) in arguments.iter().zip(&ty.params).enumerate() {
            let told = self.problems.len();
            let (id, hidden) = self.argument(*argument, want, &ty.result);
            self.name_parameter(told, *argument, function, at);
            sensitive |= hidden;
            ids.push(id);
        }
        let result = ty.result.clone();
        let result = if sensitive { sealed(result) } else { result };
        (self.emit(node, Expr::Call { function, arguments: ids.into() }), result)
    }

    /// Whether a function that is called by its name has parameters which cannot be read: how many it takes is not known.
    fn has_unread_parameters(&self, function: ExprId) -> bool {
        let Some(Expr::Function(item)) = self.code.exprs.get(function as usize) else {
            return false;
        };
        let parsed = parsed(self.db, *item);
        let params = entry(&parsed).and_then(|node| node.child(NodeKind::Params));
        let is_hole = |node: Node<'_>| matches!(node.kind(), NodeKind::Missing | NodeKind::Junk);
        params.is_some_and(|params| {
            params.children().any(|param| is_hole(param) || param.children().any(is_hole))
        })
    }

    /// What a call of a function of a file gives that is given constants alone, where the function computes a constant of
    /// them: so that a refinement can be judged although nothing may ever call what stands here.
    pub(super) fn called_with_constants(&mut self, node: Node<'_>) -> Option<Ty> {
        // Once, so that functions that call each other end.
        if self.heads_only || node.kind() != NodeKind::Chain {
            return None;
        }
        let parts: Vec<Node<'_>> = node.children().collect();
        let [name, call] = parts.as_slice() else { return None };
        if name.kind() != NodeKind::Name || call.kind() != NodeKind::Call {
            return None;
        }
        let item = self.quietly(|this| {
            let (head, _) = this.expression(*name, None);
            match this.code.exprs.get(head as usize) {
                Some(Expr::Global(item) | Expr::Function(item)) => Some(*item),
                _ => None,
            }
        })?;
        if item.kind(self.db) != ItemKind::Fn {
            return None;
        }
        let Ty::Fn(function) = &signature(self.db, item).ty else { return None };
        // A number is read by the type of the parameter that it is given to.
        let plain = |ty: &Ty| matches!(widened(base(ty)), Ty::Int | Ty::Str | Ty::Bool);
        if !function.params.iter().all(|(_, ty)| plain(ty)) {
            return None;
        }
        let mut given = Vec::new();
        for argument in call.children() {
            given.push(self.type_of(argument));
        }
        let constant = |ty: &Ty| matches!(ty, Ty::Literal(_));
        if !given.iter().all(constant) {
            return None;
        }
        constant_result(self.db, item, given).filter(constant)
    }

    /// Names the declaration of a parameter in what was told of the argument that it is given.
    fn name_parameter(&mut self, told: usize, argument: Node<'_>, function: ExprId, at: usize) {
        let of_argument = |problem: &&mut Problem| {
            matches!(problem.code, Code::E(201 | 203 | 223 | 301..=306))
                && problem.related.is_empty()
                && (argument.id()..argument.id() + argument.size()).contains(&problem.place.node)
                && problem.place.item == self.item
        };
        let Some(problem) = self.problems.iter_mut().skip(told).find(of_argument) else { return };
        let parsed = parsed(self.db, self.item);
        let node = parsed.tree().node(problem.place.node);
        let asks = node.and_then(asker);
        if let Some(Asker::Parameter(_, number)) = asks
            && number == at
            && let Some((place, message)) = declared_parameter(self.db, &self.code, function, at)
        {
            problem.related.push(Label { place, message });
        }
    }

    /// Reports a call with too few or too many arguments for these parameters, the first of which it needs.
    pub(super) fn wrong_count(
        &mut self,
        node: Node<'_>,
        params: &[(Arc<str>, Ty)],
        fewest: usize,
        found: usize,
    ) {
        let takes = match (fewest, params.len()) {
            (0, 0) => "no argument".to_owned(),
            (1, 1) => "1 argument".to_owned(),
            (a, b) if a == b => format!("{a} arguments"),
            (a, b) => format!("{a} to {b} arguments"),
        };
        let called: Vec<Node<'_>> = node
            .parent()
            .map(|chain| chain.children().take_while(|part| *part != node).collect())
            .unwrap_or_default();
        let what = match called.as_slice() {
            [name] if name.kind() == NodeKind::Name => format!("`{}`", name.text()),
            [.., field] if matches!(field.kind(), NodeKind::Field | NodeKind::OptField) => {
                format!("`{}`", field.children().next().map_or("", |name| name.text()))
            }
            _ => "this".to_owned(),
        };
        let mut problem = self.problem(206, node, format!("{what} takes {takes}, found {found}"));
        if !params.is_empty() && what != "this" {
            let params = params.iter().enumerate().map(|(at, (name, ty))| {
                let sign = if at < fewest { "" } else { "?" };
                format!("{name}{sign}: {}", type_name(self.db, ty))
            });
            let params = params.collect::<Vec<_>>().join(", ");
            problem = problem.note(format!("it is {}({params})", what.trim_matches('`')));
        }
        self.report(problem);
    }
}
