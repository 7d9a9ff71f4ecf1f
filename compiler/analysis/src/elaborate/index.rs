//! `x[i]`: the elements of lists, and the values of maps and records by keys that are computed.

use std::sync::Arc;

use syntax::{Node, NodeKind};

use super::Elaborator;
use super::advice::FEW;
use super::chain::Head;
use super::narrow::path_text;
use crate::code::{Ask, Expr, ExprId, NO_SLOT};
use crate::fits::{base, join, present};
use crate::sensitive::{is_sensitive, sealed};
use crate::show::listed;
use crate::show::type_name;
use crate::ty::{Literal, Ty};
use crate::types::key_text;
use crate::written;

/// Keys that a message lists.
const LISTED: usize = 10;

impl Elaborator<'_> {
    pub(super) fn index(
        &mut self,
        node: Node<'_>,
        value: ExprId,
        ty: Ty,
        path: Option<&str>,
    ) -> Head {
        let Some(index) = node.children().next().filter(|index| index.kind() != NodeKind::Missing)
        else {
            return Head::Value(self.emit(node, Expr::Error), Ty::Error);
        };
        if let Ty::Optional(_) = ty {
            let want = present(&ty).clone();
            self.mismatch(node, &ty, &want, None);
            return Head::Value(self.emit(node, Expr::Error), Ty::Error);
        }
        if let Some((made, ty)) = self.made_by_index(node, value, &ty, index) {
            return Head::Value(made, ty);
        }
        // The field that a constant names.
        let mut member = None;
        let (want, found) = match base(&ty) {
            Ty::List(element) => (Ty::Int, (**element).clone()),
            Ty::Map(map) => (map.0.clone(), map.1.clone()),
            Ty::Keyed(keyed) => (Ty::Str, keyed.element.clone()),
            Ty::Record(record) if self.constant_key(index).is_some() => {
                let key = self.constant_key(index).unwrap_or_default();
                match (record.field(&key), &record.rest) {
                    (Some(field), _) => {
                        member = Some(key);
                        (Ty::Str, field.clone())
                    }
                    (None, Some(rest)) => (Ty::Str, rest.clone()),
                    (None, None) => {
                        self.unknown_field(index, &ty, &key);
                        return Head::Value(self.emit(node, Expr::Error), Ty::Error);
                    }
                }
            }
            Ty::Record(record) if let Some(keys) = self.constant_keys(index) => {
                let mut found = Ty::Never;
                for key in keys {
                    let Some(field) = record.field(&key).or(record.rest.as_ref()) else {
                        self.unknown_field(index, &ty, &key);
                        return Head::Value(self.emit(node, Expr::Error), Ty::Error);
                    };
                    found = join(self.db, found, field.clone());
                }
                (Ty::Str, found)
            }
            Ty::Record(record) => {
                let all = record.fields.iter().map(|(_, ty)| ty).chain(record.rest.as_ref());
                (Ty::Str, all.fold(Ty::Never, |all, ty| join(self.db, all, ty.clone())))
            }
            Ty::Any => (Ty::Any, Ty::Any),
            Ty::Error => (Ty::Any, Ty::Error),
            _ => {
                let name = type_name(self.db, &ty);
                let problem = self.problem(218, node, format!("{name} has no elements"));
                let mut names = self.field_names(&ty);
                names.retain(|name| {
                    let field = self.field_of(&ty, name);
                    field.is_some_and(|field| {
                        matches!(base(present(&field.ty)), Ty::Map(_) | Ty::Keyed(_) | Ty::List(_))
                    })
                });
                let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
                self.report(match names.is_empty() || names.len() > FEW {
                    true => problem,
                    false => problem.help(format!("elements stand in its {}", listed(&names))),
                });
                return Head::Value(self.emit(node, Expr::Error), Ty::Error);
            }
        };
        if let (Ty::Keyed(keyed), NodeKind::Int) = (base(&ty), index.kind()) {
            let keys = keyed.keys.join("/");
            let message =
                format!("the elements of {} have keys, and no numbers", type_name(self.db, &ty));
            let problem = self.problem(201, index, message);
            self.report(problem.help(format!("write the {keys} of the element: `[\"…\"]`")));
            return Head::Value(self.emit(node, Expr::Error), Ty::Error);
        }
        if matches!(base(&ty), Ty::List(_)) && self.is_past_the_end(node, index) {
            return Head::Value(self.emit(node, Expr::Error), Ty::Error);
        }
        let (index, asked) = self.tainted(index, &want);
        let mut found = match is_sensitive(&ty) || is_sensitive(&asked) {
            true => sealed(found),
            false => found,
        };
        if let Some(path) = path {
            found = self.narrowed_path(path, found);
        }
        let expr = match member {
            Some(name) => Expr::Member { value, name, slot: NO_SLOT, ask: Ask::There },
            None => Expr::Index { value, index, ask: Ask::There },
        };
        Head::Value(self.emit(node, expr), found)
    }

    /// The text that a key is, whatever is given: a constant, or a name of one.
    pub(super) fn constant_key(&mut self, index: Node<'_>) -> Option<Arc<str>> {
        match index.kind() {
            NodeKind::Str => Some(key_text(index)),
            NodeKind::Name | NodeKind::Paren => match self.type_of(index) {
                Ty::Literal(Literal::Str(text)) => Some(text),
                _ => None,
            },
            _ => None,
        }
    }

    /// All texts that a key may be, where its type lists them.
    pub(super) fn constant_keys(&mut self, index: Node<'_>) -> Option<Vec<Arc<str>>> {
        // A key that is computed is read once: within others, each would be read twice for the one around it.
        path_text(index)?;
        let Ty::Union(members) = self.type_of(index) else { return None };
        let text = |member: &Ty| match member {
            Ty::Literal(Literal::Str(text)) => Some(text.clone()),
            _ => None,
        };
        members.iter().map(text).collect()
    }

    /// Why what a key reads may be absent, where the type of the key lists what it may be.
    pub(super) fn not_each_is_a_key(&mut self, node: Node<'_>) -> Option<String> {
        let index = node.children().last().filter(|last| last.kind() == NodeKind::Index)?;
        let keys = self.constant_keys(index.children().next()?)?;
        let keys: Vec<String> = keys.iter().take(LISTED).map(|key| format!("`{key}`")).collect();
        let before = node.text().strip_suffix(index.text()).unwrap_or_default();
        Some(format!("not each of {} is a key of `{before}`", listed(&keys)))
    }

    /// Whether a list that is written out has no element of a constant number; says so.
    fn is_past_the_end(&mut self, node: Node<'_>, index: Node<'_>) -> bool {
        let Some(chain) = node.parent().filter(|above| above.kind() == NodeKind::Chain) else {
            return false;
        };
        let mut parts = chain.children();
        let (head, first) = (parts.next(), parts.next());
        let Some(head) = head.filter(|_| first.is_some_and(|first| first.id() == node.id())) else {
            return false;
        };
        let length = |elements: &[Node<'_>]| i64::try_from(elements.len()).ok();
        let Some(length) = written::elements(self.db, self.module, head, length) else {
            return false;
        };
        match self.type_of(index) {
            Ty::Literal(Literal::Int(at)) if !(-length..length).contains(&at) => {
                let message = format!("the list has no element {at}: it has {length}");
                self.report(self.problem(312, node, message));
                true
            }
            _ => false,
        }
    }

    /// Whether something sensitive says which part of a value is meant, so that who knows if it is there knows of it.
    pub(super) fn picks_by_secret(&mut self, node: Node<'_>) -> bool {
        if node.kind() == NodeKind::Paren {
            return node.children().next().is_some_and(|inner| self.picks_by_secret(inner));
        }
        let indices = node.children_of(NodeKind::Index).filter_map(|index| index.children().next());
        indices.filter(|index| index.kind() != NodeKind::Missing).any(|index| {
            let ty = self.type_of(index);
            is_sensitive(&ty)
        })
    }

    /// `credentials["url"]`: what the field `"[]"` of a component makes of a key.
    fn made_by_index(
        &mut self,
        node: Node<'_>,
        value: ExprId,
        ty: &Ty,
        index: Node<'_>,
    ) -> Option<(ExprId, Ty)> {
        const INDEXED: &str = "[]";
        let Ty::Schema(_) = base(ty) else { return None };
        let field = self.field_of(ty, INDEXED)?;
        let Ty::Fn(function) = base(&field.ty).clone() else { return None };
        let (_, want) = function.params.first()?;
        let argument = self.checked(index, want, field.place);
        let member =
            Expr::Member { value, name: INDEXED.into(), slot: field.slot, ask: Ask::There };
        let callee = self.emit(node, member);
        let call = Expr::Call { function: callee, arguments: Box::new([argument]) };
        Some((self.emit(node, call), function.result.clone()))
    }
}
