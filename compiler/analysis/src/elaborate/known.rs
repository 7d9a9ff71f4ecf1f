//! Keys of maps that are known from what is written: one that is not there is a mistake where it is read.

use std::sync::Arc;

use syntax::{Node, NodeKind};

use super::Elaborator;
use super::chain::Head;
use crate::code::{Ask, Expr};
use crate::db::{Item, ItemKind};
use crate::fits::{Fit, base, fits, optional, present};
use crate::keys::{Shape, There, shape_of};
use crate::schema::written_as;
use crate::show::nearest;
use crate::ty::{Literal, Refinement, Ty};
use crate::types::key_text;
use crate::unreadable::is_partly_cut;

/// Where an expression stands: a path into the value of an item or of a parameter.
pub(super) type Way = Option<(Start, Vec<Arc<str>>)>;

pub(super) enum Start {
    Item(Item),
    /// A parameter of this type: of its maps nothing is known but what the type lists.
    Param(Ty),
}

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
            Expr::Global(item) => Some((Start::Item(*item), Vec::new())),
            Expr::SelfField { name, .. } if self.kind == ItemKind::Binding => {
                Some((Start::Item(self.item), vec![name.clone()]))
            }
            Expr::Local(local) if self.params.contains(local) => {
                let (_, ty) = self.locals.get(*local as usize)?;
                Some((Start::Param(ty.clone()), Vec::new()))
            }
            _ => None,
        }
    }

    /// Whether the key that a suffix reads is in a value of type `ty`; the way goes on by one step.
    pub(super) fn known_key(&mut self, suffix: Node<'_>, ty: &Ty, way: &mut Way) -> KnownKey {
        let name = match suffix.kind() {
            NodeKind::Field | NodeKind::OptField | NodeKind::Index => suffix.children().next(),
            _ => None,
        };
        let key = match name.filter(|name| name.kind() != NodeKind::Missing) {
            Some(index) if suffix.kind() == NodeKind::Index && way.is_some() => {
                let key = self.constant_key(index).map(|key| (index, key));
                if key.is_none() {
                    return self.one_of_known_keys(index, ty, way.take());
                }
                key
            }
            name => name.map(|name| (name, key_text(name))),
        };
        let Some((name, key)) = key else {
            *way = None;
            return KnownKey::Unknown;
        };
        let Some((start, path)) = way.as_mut() else { return KnownKey::Unknown };
        let map = match base(ty) {
            Ty::Map(_) | Ty::Keyed(_) => true,
            // Of the keys that it writes out, its type says whether they are there.
            Ty::Record(record) => record.rest.is_some() && record.field(&key).is_none(),
            _ => false,
        };
        let item = match start {
            Start::Item(item) => *item,
            Start::Param(whole) => {
                path.push(key);
                let known = !map || lists(whole, path);
                return if known { KnownKey::Unknown } else { KnownKey::Perhaps };
            }
        };
        let shape = map.then(|| shape_of(self.db, self.module, item, path));
        let own = item == self.item && !path.is_empty();
        let root = (!own).then(|| item.name(self.db));
        let of: Vec<&str> = root.into_iter().chain(path.iter().map(|name| &**name)).collect();
        let of = of.join(".");
        path.push(key.clone());
        let there = |shape: &Shape| match base(ty) {
            Ty::Keyed(keyed) => written_as(self.db, keyed, &key).find_map(|key| shape.key(&key)),
            _ => shape.key(&key),
        };
        match shape.map(|shape| (there(shape), shape)) {
            Some((Some(There::Perhaps), _)) => KnownKey::Perhaps,
            Some((None, shape)) => {
                // Of a key that is refused where it is written, nobody knows what it will be.
                // Nor what a key is that may stand in what cannot be read.
                let is_near = || nearest(&key, shape.names().map(|key| &**key)).is_some();
                if !self.has_refused_key(ty, shape) && (is_near() || !is_partly_cut(self.db, item))
                {
                    self.no_key(name, &of, &key, shape);
                }
                KnownKey::Missing
            }
            _ => KnownKey::Unknown,
        }
    }

    /// The same of a key of which its type says all that it may be.
    fn one_of_known_keys(&mut self, index: Node<'_>, ty: &Ty, way: Way) -> KnownKey {
        let (Ty::Map(_), Some((Start::Item(item), path))) = (base(ty), way) else {
            return KnownKey::Unknown;
        };
        let Some(keys) = self.constant_keys(index) else { return KnownKey::Unknown };
        let shape = shape_of(self.db, self.module, item, &path);
        let all = keys.iter().all(|key| shape.key(key) == Some(There::Always));
        if all { KnownKey::Unknown } else { KnownKey::Perhaps }
    }

    /// Whether a map has a key that is none of its type.
    fn has_refused_key(&self, ty: &Ty, shape: &Shape) -> bool {
        let Ty::Map(map) = base(ty) else { return false };
        if map.0 == Ty::Str {
            return false;
        }
        let is_refused = |key: &Arc<str>| {
            let key = Ty::Literal(Literal::Str(key.clone()));
            fits(self.db, &key, &map.0) == Fit::No
        };
        shape.names().any(is_refused)
    }

    fn no_key(&mut self, node: Node<'_>, of: &str, key: &str, shape: &Shape) {
        let keys: Vec<&str> = shape.names().map(|key| &**key).collect();
        let problem = self.problem(204, node, format!("`{of}` has no key `{key}`"));
        if self.heads_only || !self.seeks(keys.len()) {
            return self.report(problem);
        }
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
        if let Some(Expr::Member { ask, .. } | Expr::Index { ask, .. }) =
            self.code.exprs.get_mut(id as usize)
        {
            *ask = Ask::Perhaps;
        }
        Head::Value(id, if ty == Ty::Error { ty } else { optional(ty) })
    }
}

/// Whether a type says that a key is there, at the end of a path.
fn lists(ty: &Ty, path: &[Arc<str>]) -> bool {
    keys_of(ty).any(|listed| **listed == *path)
}

/// The paths of the keys that a type lists as there.
fn keys_of(ty: &Ty) -> impl Iterator<Item = &Arc<[Arc<str>]>> {
    let refinements = match ty {
        Ty::Refined(refined) => &*refined.refinements,
        _ => &[],
    };
    refinements.iter().filter_map(|refinement| match refinement {
        Refinement::Has(path) => Some(path),
        _ => None,
    })
}

impl Elaborator<'_> {
    /// Reports a field on the way to a key that a type lists as there, which the type does not have.
    pub(super) fn listed_keys(&mut self, node: Node<'_>, ty: &Ty) {
        if node.kind() != NodeKind::Refined || self.heads_only {
            return;
        }
        for path in keys_of(ty) {
            let mut at = base(ty).clone();
            for name in path.iter() {
                match self.field_of(&at, name) {
                    Some(field) => at = present(&field.ty).clone(),
                    None => {
                        self.unknown_field(node, &at, name);
                        return;
                    }
                }
            }
        }
    }

    /// Reports an argument that lacks a key which its parameter's type lists, as far as that is written. False where
    /// something was said.
    pub(super) fn has_listed_keys(&mut self, node: Node<'_>, want: &Ty) -> bool {
        if keys_of(want).next().is_none() || self.heads_only {
            return true;
        }
        let Some((item, way)) = self.quietly(|this| {
            let (id, _) = this.expression(node, None);
            this.path_to(id)
        }) else {
            return true;
        };
        for path in keys_of(want) {
            let Some((key, before)) = path.split_last() else { continue };
            let whole: Vec<Arc<str>> = way.iter().chain(before).cloned().collect();
            let shape = shape_of(self.db, self.module, item, &whole);
            let there = shape.key(key);
            if there == Some(There::Always) {
                continue;
            }
            let (text, of) = (path.join("."), node.text());
            let message = match there {
                None => format!("`{of}` has no key `{text}`, which is asked for"),
                Some(_) => format!("`{of}` may have no key `{text}`, which is asked for"),
            };
            let keys: Vec<&str> = shape.names().map(|key| &**key).collect();
            let problem = self.problem(258, node, message);
            let problem = match keys.len() {
                1..=12 => problem.note(format!("it has {}", keys.join(", "))),
                _ => problem,
            };
            self.report(problem);
            return false;
        }
        true
    }

    /// The item and the path that an expression reads, where it is a path of names.
    fn path_to(&self, id: crate::code::ExprId) -> Option<(Item, Vec<Arc<str>>)> {
        match self.code.exprs.get(id as usize)? {
            Expr::Global(item) => Some((*item, Vec::new())),
            Expr::Member { value, name, .. } => {
                let (item, mut path) = self.path_to(*value)?;
                path.push(name.clone());
                Some((item, path))
            }
            _ => None,
        }
    }
}
