//! Calls of functions and lambdas.

use std::sync::Arc;

use syntax::{Node, NodeKind};

use super::Elaborator;
use super::chain::Head;
use crate::code::{Expr, ExprId};
use crate::declares::{Asker, asker, declared_parameter};
use crate::fits::{base, widened};
use crate::parse::parsed;
use crate::problem::{Code, Label, Problem};
use crate::sensitive::sealed;
use crate::show::type_name;
use crate::ty::{FnTy, Ty};

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
                            let lambda = argument.kind() == NodeKind::Lambda;
                            self.expression(*argument, lambda.then_some(&Ty::Error)).0
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
        (self.emit(node, Expr::Call { function, arguments: ids }), result)
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
