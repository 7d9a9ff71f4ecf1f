//! What an editor asks of an item: what each of its names means, and the type of each of its expressions.
//!
//! It is found by elaborating the item once more and taking notes. Nobody takes any while a program is checked or
//! built, and nothing is kept: whoever asks wants one item, and that costs less than looking it up in a memo would.

use std::collections::BTreeMap;
use std::sync::Arc;

use kube::types::TypeId;
use salsa::Database;
use syntax::Node;

use super::chain::Head;
use super::scope::FieldOf;
use super::{Elaborator, Own};
use crate::code::{Expr, ExprId};
use crate::db::{Item, ItemKind, Module};
use crate::fits::base;
use crate::parse::parsed;
use crate::problem::Place;
use crate::ty::{FnTy, Ty};
use crate::types::entry;

/// What the names and expressions of an item mean, by their nodes.
#[derive(Clone, Debug, Default)]
pub struct Meaning {
    /// Names, and strings that stand for names.
    pub names: BTreeMap<u32, Meant>,
    /// Expressions, and the suffixes of chains, each standing for the value up to it.
    pub types: BTreeMap<u32, Ty>,
    /// What is expected of an expression.
    pub wanted: BTreeMap<u32, Ty>,
    /// Braces, by the type of the record that they are a layer on.
    pub bodies: BTreeMap<u32, Ty>,
    /// Calls, by what may be called.
    pub calls: BTreeMap<u32, Called>,
    /// What can be named at the node that was asked about.
    pub scene: Option<Scene>,
    at: Option<u32>,
}

/// What a name means.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Meant {
    Item(Item),
    /// What a `use` brings as a whole: a file, a module of the library, or one of definitions.
    Module(Module),
    Kube(TypeId),
    Case(Item, u16),
    /// A field or key of a record.
    Field {
        /// The type of the record.
        of: Ty,
        name: Arc<str>,
        ty: Ty,
        /// Where it is declared, if it is.
        place: Option<Place>,
        /// The item that it is read from, and the path to it from there.
        at: Option<(Item, Vec<Arc<str>>)>,
    },
    /// A parameter, or what `let`, `for`, a lambda or an arm of a `match` binds.
    Local(Ty),
    /// Functions of the library, of which one is called.
    Functions(Vec<Item>),
}

/// What is called.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Called {
    /// One of these functions of the library; as a method, the value before the dot is the first argument.
    Library {
        items: Vec<Item>,
        method: bool,
    },
    Function(Arc<FnTy>),
}

/// What can be named somewhere.
#[derive(Clone, Debug, Default)]
pub struct Scene {
    /// Outermost first.
    pub locals: Vec<(Arc<str>, Ty)>,
    /// The record whose fields are in scope by their names, and the keys that its body writes.
    pub own: Option<(Ty, Vec<Arc<str>>)>,
    /// The innermost record, whose fields are in scope behind a dot.
    pub inner: Option<Ty>,
    pub expected: Option<Ty>,
}

/// What the names of an item mean; and what can be named at one of its nodes, where that is an expression.
pub fn meaning(db: &dyn Database, item: Item, at: Option<u32>) -> Meaning {
    if matches!(
        item.kind(db),
        ItemKind::Data | ItemKind::Text | ItemKind::Definitions | ItemKind::Set | ItemKind::Junk
    ) {
        return Meaning::default();
    }
    let parsed = parsed(db, item);
    let mut elaborator = Elaborator::new(db, item);
    elaborator.notes = Some(Box::new(Meaning { at, ..Meaning::default() }));
    if let Some(node) = entry(&parsed) {
        elaborator.item(node);
    }
    elaborator.notes.map(|notes| *notes).unwrap_or_default()
}

impl Elaborator<'_> {
    /// Takes note of what a name means.
    pub(super) fn note(&mut self, node: Node<'_>, meant: impl FnOnce(&Self) -> Meant) {
        if self.notes.is_none() {
            return;
        }
        let meant = meant(self);
        if let Some(notes) = &mut self.notes {
            notes.names.insert(node.id(), meant);
        }
    }

    /// Takes note of a field of records of a type.
    pub(super) fn note_field(
        &mut self,
        node: Node<'_>,
        of: &Ty,
        name: &Arc<str>,
        field: &FieldOf,
        at: impl FnOnce(&Self) -> Option<(Item, Vec<Arc<str>>)>,
    ) {
        self.note(node, |this| Meant::Field {
            of: of.clone(),
            name: name.clone(),
            ty: field.ty.clone(),
            place: field.place,
            at: at(this),
        });
    }

    /// Takes note of what is expected of an expression that is about to be walked, and of what can be named there.
    pub(super) fn note_place(&mut self, node: Node<'_>, expected: Option<&Ty>) {
        let Some(notes) = &mut self.notes else { return };
        if let Some(expected) = expected {
            notes.wanted.insert(node.id(), expected.clone());
        }
        if notes.at == Some(node.id()) && !self.heads_only {
            notes.scene = Some(Scene {
                locals: self.locals.clone(),
                own: self.own.as_ref().map(|Own { ty, keys }| (ty.clone(), keys.to_vec())),
                inner: self.inner.clone(),
                expected: expected.cloned(),
            });
        }
    }

    /// Takes note of the type of an expression.
    pub(super) fn note_type(&mut self, node: Node<'_>, ty: &Ty) {
        if let Some(notes) = &mut self.notes {
            notes.types.insert(node.id(), ty.clone());
        }
    }

    /// Takes note of the record that braces are a layer on.
    pub(super) fn note_body(&mut self, node: Node<'_>, ty: &Ty) {
        if let Some(notes) = &mut self.notes {
            notes.bodies.insert(node.id(), ty.clone());
        }
    }

    /// Takes note of what is called.
    pub(super) fn note_call(&mut self, node: Node<'_>, head: &Head) {
        let Some(notes) = &mut self.notes else { return };
        let called = match head {
            Head::Library(function) => Called::Library {
                items: function.items.clone(),
                method: function.receiver.is_some(),
            },
            Head::Value(_, ty) => match base(ty) {
                Ty::Fn(ty) => Called::Function(ty.clone()),
                _ => return,
            },
            Head::Type(..) | Head::Insecure => return,
        };
        notes.calls.insert(node.id(), called);
    }

    /// The item that a value is read from, and the path to it from there.
    pub(super) fn way_to(&self, value: ExprId) -> Option<(Item, Vec<Arc<str>>)> {
        match self.code.exprs.get(value as usize)? {
            Expr::Global(item) => Some((*item, Vec::new())),
            Expr::SelfField { name, .. } => Some((self.item, vec![name.clone()])),
            Expr::Member { value, name, .. } => {
                let (item, mut path) = self.way_to(*value)?;
                path.push(name.clone());
                Some((item, path))
            }
            Expr::Check { value, .. } | Expr::Sealed(value) => self.way_to(*value),
            _ => None,
        }
    }
}
