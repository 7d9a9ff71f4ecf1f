//! Keys of maps that are known from what is written: one that is not there is a mistake where it is read.

use std::sync::Arc;

use syntax::{Node, NodeKind};

use super::Elaborator;
use super::chain::Head;
use crate::code::Expr;
use crate::db::{Item, ItemKind};
use crate::fits::{base, optional};
use crate::keys::{Shape, There, shape_of};
use crate::ty::Ty;
use crate::types::key_text;

/// An item, and the path into its value at which an expression stands.
pub(super) type Way = Option<(Item, Vec<Arc<str>>)>;

/// What is known of a key that is read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum KnownKey {
    /// It is there, or nothing is known.
    Unknown,
    Perhaps,
    /// It is not there, and that was said.
    Missing,
}

impl Elaborator<'_> {
    /// Where the head of a chain stands.
    pub(super) fn way(&self, head: &Head) -> Way {
        let Head::Value(id, _) = head else { return None };
        match self.code.exprs.get(*id as usize)? {
            Expr::Global(item) => Some((*item, Vec::new())),
            Expr::SelfField { name, .. } if self.kind == ItemKind::Binding => {
                Some((self.item, vec![name.clone()]))
            }
            _ => None,
        }
    }

    /// Whether the key that a suffix reads is in a value of type `ty`; the way goes on by one step.
    pub(super) fn known_key(&mut self, suffix: Node<'_>, ty: &Ty, way: &mut Way) -> KnownKey {
        let name = match suffix.kind() {
            NodeKind::Field | NodeKind::OptField => suffix.children().next(),
            NodeKind::Index => {
                suffix.children().next().filter(|index| index.kind() == NodeKind::Str)
            }
            _ => None,
        };
        let Some(name) = name.filter(|name| name.kind() != NodeKind::Missing) else {
            *way = None;
            return KnownKey::Unknown;
        };
        let Some((item, path)) = way.as_mut() else { return KnownKey::Unknown };
        let key = key_text(name);
        let map = matches!(base(ty), Ty::Map(_) | Ty::Keyed(_));
        let shape = map.then(|| shape_of(self.db, self.module, *item, path));
        let own = *item == self.item && !path.is_empty();
        let root = (!own).then(|| item.name(self.db));
        let of: Vec<&str> = root.into_iter().chain(path.iter().map(|name| &**name)).collect();
        let of = of.join(".");
        path.push(key.clone());
        match shape.map(|shape| (shape.key(&key), shape)) {
            Some((Some(There::Perhaps), _)) => KnownKey::Perhaps,
            Some((None, shape)) => {
                self.no_key(name, &of, &key, shape);
                KnownKey::Missing
            }
            _ => KnownKey::Unknown,
        }
    }

    fn no_key(&mut self, node: Node<'_>, of: &str, key: &str, shape: &Shape) {
        let keys: Vec<&str> = shape.keys.iter().map(|(key, _)| &**key).collect();
        let problem = self.problem(204, node, format!("`{of}` has no key `{key}`"));
        let mut problem = problem.meant(key, keys.iter().copied());
        if !keys.is_empty() && keys.len() <= 12 {
            problem = problem.note(format!("it has {}", keys.join(", ")));
        }
        self.report(problem);
    }

    /// The value of a key that is perhaps there.
    pub(super) fn perhaps(&mut self, head: Head, path: Option<&str>) -> Head {
        let Head::Value(id, ty) = head else { return head };
        let narrowed = path.map(|path| self.narrowed_path(path, Ty::Never));
        if narrowed.is_some_and(|narrowed| narrowed != Ty::Never) {
            return Head::Value(id, ty);
        }
        if let Some(Expr::Member { optional, .. } | Expr::Index { optional, .. }) =
            self.code.exprs.get_mut(id as usize)
        {
            *optional = true;
        }
        Head::Value(id, if ty == Ty::Error { ty } else { optional(ty) })
    }
}
