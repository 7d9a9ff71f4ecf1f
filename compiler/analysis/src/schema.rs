//! The fields of a schema, its parents' included.

use std::sync::Arc;

use crate::db::Item;
use crate::problem::Place;
use crate::ty::Ty;

/// What an instance of a schema consists of.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SchemaInfo {
    pub name: Arc<str>,
    /// Parents' fields first, so that a field has one index in a schema and all its children. A child that
    /// narrows a field replaces it in place.
    pub fields: Vec<FieldInfo>,
    /// Indices into `fields`, sorted by name.
    pub by_name: Vec<u16>,
    /// The schemas whose bodies are the layers of defaults: the topmost parent first, this schema last.
    pub ancestors: Vec<Item>,
    pub open: bool,
}

/// A declared field.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FieldInfo {
    pub name: Arc<str>,
    /// Without `Optional`; see `optional`.
    pub ty: Ty,
    /// Declared as `name?: T`: it may be absent.
    pub optional: bool,
    /// It holds an object to emit.
    pub emit: bool,
    /// It is a handle for other components.
    pub export: bool,
    pub derive: bool,
    /// A schema of the chain binds it, so an instance need not.
    pub has_default: bool,
    /// Its declaration: the most derived one.
    pub place: Place,
}

impl SchemaInfo {
    /// The index of a field by its name.
    pub fn slot(&self, name: &str) -> Option<u16> {
        let at = self
            .by_name
            .binary_search_by(|&slot| self.fields.get(usize::from(slot)).map_or("", |f| &f.name).cmp(name))
            .ok()?;
        self.by_name.get(at).copied()
    }

    pub fn field(&self, name: &str) -> Option<&FieldInfo> {
        self.fields.get(usize::from(self.slot(name)?))
    }
}
