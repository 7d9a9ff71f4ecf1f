//! Lists, and the clauses of comprehensions.

use std::sync::Arc;

use syntax::{Node, NodeKind};

use super::Elaborator;
use crate::code::{Clause, Expr, ExprId, ListEntry};
use crate::fits::{base, join, optional, present, widened};
use crate::limits;
use crate::problem::Problem;
use crate::sensitive::{is_sensitive, sealed};
use crate::show::type_name;
use crate::ty::Ty;

impl Elaborator<'_> {
    pub(super) fn list(&mut self, node: Node<'_>, expected: Option<&Ty>) -> (ExprId, Ty) {
        let wanted = match expected.map(base) {
            Some(Ty::List(element)) => Some((**element).clone()),
            Some(Ty::Error) => Some(Ty::Error),
            _ => None,
        };
        let mut entries = Vec::new();
        let mut element = Ty::Never;
        let mut sensitive = false;
        for child in node.children() {
            if entries.len() >= limits::ELEMENTS {
                let message = format!("the list has more than {} elements", limits::ELEMENTS);
                self.report(Problem::error(505, self.place(child), message));
                return (self.emit(node, Expr::Error), Ty::Error);
            }
            match child.kind() {
                NodeKind::Missing | NodeKind::Junk => {}
                NodeKind::Spread => {
                    let Some(value) = child.children().next() else { continue };
                    let list = Ty::List(Arc::new(wanted.clone().unwrap_or(Ty::Any)));
                    let id = if wanted.is_some() {
                        self.checked(value, &list, None)
                    } else {
                        let (id, ty) = self.present_value(value, None);
                        sensitive |= is_sensitive(&ty);
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
        let ty = if sensitive { sealed(ty) } else { ty };
        (self.emit(node, Expr::List(entries.into())), ty)
    }

    pub(super) fn comprehension(&mut self, node: Node<'_>, expected: Option<&Ty>) -> (ExprId, Ty) {
        let scope = self.enter();
        let mut children = node.children();
        let Some(value) = children.next() else { return (self.emit(node, Expr::Error), Ty::Error) };
        let (clauses, sensitive) = self.clauses(children);
        let wanted = match expected.map(base) {
            Some(Ty::List(element)) => Some((**element).clone()),
            _ => None,
        };
        let (value, element) = match wanted {
            Some(want) => (self.checked(value, &want, None), want),
            None => self.expression(value, None),
        };
        self.leave(scope);
        let ty = Ty::List(Arc::new(element));
        let ty = if sensitive { sealed(ty) } else { ty };
        (self.emit(node, Expr::ListComprehension { clauses: clauses.into(), value }), ty)
    }

    /// `for` and `if` clauses, and whether what they pass over or let through is sensitive; what they bind stays in
    /// scope.
    pub(super) fn clauses<'t>(
        &mut self,
        nodes: impl Iterator<Item = Node<'t>>,
    ) -> (Vec<Clause>, bool) {
        let mut clauses = Vec::new();
        let mut sensitive = false;
        for clause in nodes {
            match clause.kind() {
                NodeKind::ForClause => {
                    if let Some((two, source, hidden)) = self.for_clause(clause) {
                        sensitive |= hidden;
                        clauses.push(Clause::For { two, source });
                    }
                }
                NodeKind::IfClause => {
                    if let Some(condition) = clause.children().next() {
                        let (id, decides) = self.condition(condition);
                        sensitive |= is_sensitive(&decides);
                        self.never_taken_under(condition, &decides);
                        self.assume(condition, true);
                        clauses.push(Clause::If(id));
                    }
                }
                _ => {}
            }
        }
        (clauses, sensitive)
    }

    /// `for a, b in source`: brings its names into scope.
    pub(super) fn for_clause(&mut self, clause: Node<'_>) -> Option<(bool, ExprId, bool)> {
        let children: Vec<Node<'_>> = clause.children().collect();
        let (source, names) = children.split_last()?;
        let (id, ty) = self.present_value(*source, None);
        let (key, value) = match base(&ty) {
            Ty::List(element) => (Ty::Int, (**element).clone()),
            // What is absent is passed over.
            Ty::Map(map) => (map.0.clone(), present(&map.1).clone()),
            Ty::Keyed(keyed) => (Ty::Str, keyed.element.clone()),
            Ty::Record(record) => {
                let all = record.fields.iter().map(|(_, ty)| ty).chain(record.rest.as_ref());
                (Ty::Str, all.fold(Ty::Never, |all, ty| join(self.db, all, present(ty).clone())))
            }
            Ty::Range(end) if matches!(base(&widened(end)), Ty::Int) => (Ty::Int, Ty::Int),
            Ty::Error => (Ty::Error, Ty::Error),
            Ty::Any => (Ty::Any, Ty::Any),
            _ => {
                let name = type_name(self.db, &widened(&ty));
                self.report(
                    self.problem(218, *source, format!("{name} has no elements to go through"))
                        .help("`for` goes through lists, maps, keyed lists and ranges of `Int`"),
                );
                (Ty::Error, Ty::Error)
            }
        };
        let hidden = is_sensitive(&ty);
        let sealed = |ty: Ty| if hidden { sealed(ty) } else { ty };
        let (key, value) = (sealed(key), sealed(value));
        let names: Vec<Node<'_>> =
            names.iter().copied().filter(|name| name.kind() == NodeKind::Name).collect();
        let two = match names.as_slice() {
            [first, second, ..] => {
                self.declare(*first, key);
                self.declare(*second, value);
                true
            }
            [only] => {
                self.declare(*only, value);
                false
            }
            [] => return None,
        };
        for name in names {
            self.local_from(name);
        }
        Some((two, id, hidden))
    }
}
