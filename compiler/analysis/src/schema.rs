//! The fields of a schema, its parents' included.

use std::collections::BTreeSet;
use std::sync::Arc;

use salsa::Database;
use syntax::{Node, NodeKind};

use crate::db::Item;
use crate::elaborate::is_scalar;
use crate::fits::{Fit, base, fits, present};
use crate::limits;
use crate::parse::parsed;
use crate::problem::{Place, Problem};
use crate::ty::{KeyedTy, Ty};
use crate::types::{TypeReader, entry, key_text};

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
    /// Some of its fields are derived.
    pub derives: bool,
    /// Set where it is a case of a variant.
    pub case: Option<CaseOf>,
}

/// Which case of its variant a record is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CaseOf {
    pub index: u16,
    pub name: Arc<str>,
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
    /// It is computed once all else is: from the graph, and from what is emitted.
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
            .binary_search_by(|&slot| {
                self.fields.get(usize::from(slot)).map_or("", |f| &f.name).cmp(name)
            })
            .ok()?;
        self.by_name.get(at).copied()
    }

    pub fn field(&self, name: &str) -> Option<&FieldInfo> {
        self.fields.get(usize::from(self.slot(name)?))
    }

    /// Sets from `fields` what is known of all of them together.
    pub(crate) fn index(&mut self) {
        self.derives = self.fields.iter().any(|field| field.derive);
        self.by_name = (0..self.fields.len()).filter_map(|slot| u16::try_from(slot).ok()).collect();
        let fields = &self.fields;
        self.by_name.sort_by(|a, b| {
            let name = |slot: &u16| fields.get(usize::from(*slot)).map(|field| &field.name);
            name(a).cmp(&name(b))
        });
    }
}

/// The fields of the schema that the item declares, with those that it inherits.
#[salsa::tracked]
pub fn schema(db: &dyn Database, item: Item) -> SchemaInfo {
    let parsed = parsed(db, item);
    let Some(node) = entry(&parsed).filter(|node| node.kind() == NodeKind::Schema) else {
        return SchemaInfo::default();
    };
    let mut reader = TypeReader::new(db, item);
    let ends = above(db, item) == Above::Ends;
    let mut info = parent(db, item, node, &mut reader)
        .filter(|_| ends)
        .map_or_else(SchemaInfo::default, |parent| schema(db, parent).clone());
    info.name = item.name(db).into();
    info.ancestors.push(item);
    // Of what is above nothing is known where it does not end, so any field may be one of it.
    info.open |= node.child(NodeKind::Open).is_some() || !ends;
    let body = node.child(NodeKind::Body);
    // One more than allowed is enough to tell that there are too many.
    for binding in body.into_iter().flat_map(|body| body.children()) {
        if info.fields.len() > limits::FIELDS {
            break;
        }
        if binding.kind() == NodeKind::Binding && !syntax::problem::is_no_binding(binding) {
            declare(&mut info, item, binding, &mut reader);
        }
    }
    info.index();
    info
}

/// What a field is by default where that is a constant, as a key of a keyed list has it.
#[salsa::tracked(returns(as_deref))]
pub fn constant_default(db: &dyn Database, item: Item, field: Arc<str>) -> Option<Arc<str>> {
    let below_first = schema(db, item).ancestors.iter().rev();
    below_first.copied().find_map(|item| {
        let parsed = parsed(db, item);
        let body = entry(&parsed)?.child(NodeKind::Body)?;
        let binds = |binding: &Node<'_>| {
            let path = binding.child(NodeKind::Path);
            let only = path.filter(|path| path.children().nth(1).is_none());
            only.and_then(|path| path.children().next()).is_some_and(|name| key_text(name) == field)
        };
        let bound = body.children_of(NodeKind::Binding).filter(binds).last()?;
        let value = bound.child(NodeKind::Set)?.children().next()?;
        match value.kind() {
            NodeKind::Str => Some(syntax::literal::string_value(value.text()).into()),
            NodeKind::Int | NodeKind::Bool => Some(value.text().into()),
            _ => None,
        }
    })
}

/// What the last key field of a list is where a key leaves it out: what the API says, or the schema of its elements.
pub fn last_key_default<'d>(db: &'d dyn Database, keyed: &'d KeyedTy) -> Option<&'d str> {
    match (base(&keyed.element), &*keyed.keys) {
        _ if keyed.default.is_some() => keyed.default.as_deref(),
        (Ty::Schema(item), [_, .., last]) => constant_default(db, *item, last.clone()),
        _ => None,
    }
}

/// The ways to write the key of an element: a trailing part at its default may be left out.
pub fn written_as(db: &dyn Database, keyed: &KeyedTy, key: &str) -> impl Iterator<Item = Arc<str>> {
    let count = keyed.keys.len();
    let parts = key.split('/').count();
    let other = last_key_default(db, keyed).and_then(|default| {
        let long = || Some(format!("{key}/{default}")).filter(|_| parts < count);
        let short = key.strip_suffix(default).and_then(|rest| rest.strip_suffix('/'));
        short.filter(|_| parts >= count).map(str::to_owned).or_else(long)
    });
    [Some(Arc::from(key)), other.map(Arc::from)].into_iter().flatten()
}

/// Where the way up from a schema leads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Above {
    /// To one that extends nothing.
    Ends,
    /// Back to the schema itself.
    Itself,
    /// Into a circle of others.
    Circle,
    /// Past [`limits::ANCESTORS`].
    TooFar,
}

/// Where the way up from a schema leads.
pub fn above(db: &dyn Database, item: Item) -> Above {
    let mut seen = vec![item];
    let mut at = item;
    while let Some(next) = parent_item(db, at) {
        if next == item {
            return Above::Itself;
        }
        if seen.contains(&next) {
            return Above::Circle;
        }
        if seen.len() > limits::ANCESTORS {
            return Above::TooFar;
        }
        seen.push(next);
        at = next;
    }
    Above::Ends
}

#[salsa::tracked(returns(copy))]
fn parent_item(db: &dyn Database, item: Item) -> Option<Item> {
    let parsed = parsed(db, item);
    let node = entry(&parsed).filter(|node| node.kind() == NodeKind::Schema)?;
    parent(db, item, node, &mut TypeReader::new(db, item))
}

/// Whether a schema, or one that it extends, extends what is no schema, or cannot be read as far as its fields: they are
/// then not known.
#[salsa::tracked(returns(copy))]
pub fn lacks_parent(db: &dyn Database, item: Item) -> bool {
    let mut seen = BTreeSet::new();
    let mut at = item;
    while seen.insert(at) {
        match parent_item(db, at) {
            Some(parent) => at = parent,
            None => {
                let parsed = parsed(db, at);
                let schema = entry(&parsed).filter(|node| node.kind() == NodeKind::Schema);
                return schema.is_some_and(|node| {
                    node.child(NodeKind::Extends).is_some() || node.child(NodeKind::Body).is_none()
                });
            }
        }
    }
    true
}

/// The schema that a schema extends, if it names one.
pub fn parent(
    db: &dyn Database,
    item: Item,
    node: Node<'_>,
    reader: &mut TypeReader<'_>,
) -> Option<Item> {
    let written = node.child(NodeKind::Extends)?.child(NodeKind::TypeRef)?;
    match reader.read(written) {
        Ty::Schema(parent) if parent != item => Some(parent),
        Ty::Schema(_) => {
            let name = item.name(db);
            reader.problems.push(Problem::error(
                109,
                Place { item, node: written.id() },
                format!("`{name}` extends itself"),
            ));
            None
        }
        Ty::Error => None,
        other => {
            let name = crate::show::type_name(db, &other);
            reader.problems.push(Problem::error(
                220,
                Place { item, node: written.id() },
                format!("`{name}` is no schema, and cannot be extended"),
            ));
            None
        }
    }
}

/// Whether a type that a child gives a field is of another kind than its parent's, in one of the kinds that it may be. Then nothing is known of its values, and the declaration is told.
/// It asks for no schema, because one may be a part of itself.
fn are_apart(db: &dyn Database, child: &Ty, parent: &Ty) -> bool {
    match (base(present(child)), base(present(parent))) {
        (Ty::Union(members), parent) => members.iter().any(|ty| are_apart(db, ty, parent)),
        (child, Ty::Union(members)) => members.iter().all(|ty| are_apart(db, child, ty)),
        (Ty::List(child), Ty::List(parent)) => are_apart(db, child, parent),
        (Ty::Map(child), Ty::Map(parent)) => are_apart(db, &child.1, &parent.1),
        (child, parent) => match (shape_of(child), shape_of(parent)) {
            (Some(Shape::Scalar), Some(Shape::Scalar)) => fits(db, child, parent) == Fit::No,
            (Some(child), Some(parent)) => child != parent,
            _ => false,
        },
    }
}

/// How the values of a type are written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Scalar,
    Range,
    List,
    Record,
    Function,
}

fn shape_of(ty: &Ty) -> Option<Shape> {
    Some(match ty {
        Ty::Error | Ty::Never | Ty::Param(_) => return None,
        ty if is_scalar(ty) => Shape::Scalar,
        Ty::Range(_) => Shape::Range,
        Ty::List(_) => Shape::List,
        Ty::Keyed(_) | Ty::Map(_) | Ty::Record(_) | Ty::Schema(_) | Ty::Object | Ty::Kube(_) => {
            Shape::Record
        }
        Ty::Fn(_) => Shape::Function,
        _ => return None,
    })
}

/// Enters what one binding in the body of a schema or of a case says of a field.
pub(crate) fn declare(
    info: &mut SchemaInfo,
    item: Item,
    binding: Node<'_>,
    reader: &mut TypeReader<'_>,
) {
    let Some(path) = binding.child(NodeKind::Path) else { return };
    let mut segments = path.children().filter(|node| node.kind() != NodeKind::Question);
    let Some(first) = segments.next() else { return };
    if !matches!(first.kind(), NodeKind::Name | NodeKind::Str) {
        return;
    }
    let name = key_text(first);
    let binds =
        [NodeKind::Set, NodeKind::Body, NodeKind::Append, NodeKind::Prepend, NodeKind::Layered]
            .into_iter()
            .any(|kind| binding.child(kind).is_some());
    let known = info.fields.iter().position(|field| field.name == name);
    let Some(annotation) =
        binding.child(NodeKind::Annotation).filter(|_| segments.next().is_none())
    else {
        if let Some(field) = known.and_then(|slot| info.fields.get_mut(slot)) {
            field.has_default |= binds;
        }
        return;
    };
    let written = annotation.children().next().map_or(Ty::Error, |node| reader.read(node));
    let (ty, absent) = match written {
        Ty::Optional(inner) => ((*inner).clone(), true),
        ty => (ty, false),
    };
    let modifier = |word: &str| {
        binding.children().any(|node| node.kind() == NodeKind::Modifier && node.text() == word)
    };
    let optional = absent || path.child(NodeKind::Question).is_some();
    let field = FieldInfo {
        name,
        optional,
        emit: modifier("emit"),
        export: modifier("export"),
        derive: modifier("derive"),
        has_default: binds,
        place: Place { item, node: first.id() },
        ty,
    };
    match known.and_then(|slot| info.fields.get_mut(slot)) {
        Some(inherited) => {
            let forbidden = field.ty == Ty::Never;
            let apart = are_apart(reader.db, &field.ty, &inherited.ty);
            *inherited = FieldInfo {
                ty: if apart { Ty::Error } else { field.ty },
                emit: field.emit || inherited.emit,
                export: field.export || inherited.export,
                derive: field.derive || inherited.derive,
                has_default: (field.has_default || inherited.has_default) && !forbidden,
                optional: field.optional || forbidden,
                ..field
            };
        }
        None => info.fields.push(field),
    }
}
