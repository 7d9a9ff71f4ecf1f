//! Which keys the maps of an item have, as far as they are written: known before anything is evaluated, and without
//! any value.
//!
//! The layers of the item are read as text: those of its schema and traits, its own, those of overlays. Whatever could
//! add a key that is not written out leaves the map open, and an open map says nothing.

mod known;
mod text;

use std::sync::Arc;

use salsa::Database;
use syntax::{Node, NodeKind};

use crate::chain::Level;
use crate::db::{Item, ItemKind, Module};
use crate::eval::member::segments as steps;
use crate::eval::share;
use crate::eval::value::SEPARATOR;
use crate::parse::parsed;
use crate::read::Path;
use crate::resolve::{Target, bases, declaration, items_named, resolve};
use crate::schema::schema;
use crate::show::nearest;
use crate::types::{entry, key_text};
use crate::written;

use known::OPEN;
pub use known::{Shape, There};
use text::{is_local, is_optional, is_unread, segments};

/// The keys of the map at a path of an item, as the file `from` sees it: with the layers of the files that it stands
/// on, and its own.
pub fn shape_of<'db>(
    db: &'db dyn Database,
    from: Module,
    item: Item,
    path: &[Arc<str>],
) -> &'db Shape {
    let Some(_level) = Level::enter(db, None) else { return &OPEN };
    let path: String = path.join(&SEPARATOR.to_string());
    shape(db, from, item, Path::new(db, path))
}

#[salsa::tracked(cycle_result = shape_cycle)]
fn shape<'db>(db: &'db dyn Database, from: Module, item: Item, path: Path<'db>) -> Shape {
    let steps: Vec<Arc<str>> = steps(path.text(db)).map(Arc::from).collect();
    Reader { db, from, text: item, item, path: &steps, own: true, depth: 0 }.layers_of(item)
}

fn shape_cycle(_: &dyn Database, _: salsa::Id, _: Module, _: Item, _: Path<'_>) -> Shape {
    OPEN.clone()
}

/// The files that a file stands on, lowest first, and itself.
fn stack(db: &dyn Database, module: Module) -> Vec<Module> {
    let mut stack = vec![module];
    let mut at = 0;
    while let Some(module) = stack.get(at).copied() {
        at += 1;
        stack.extend(
            bases(db, module).iter().filter(|base| !stack.contains(base)).collect::<Vec<_>>(),
        );
    }
    stack.reverse();
    stack
}

/// Reads one layer.
struct Reader<'p, 'd> {
    db: &'d dyn Database,
    from: Module,
    /// The item whose text is read: a binding, a schema, a trait.
    text: Item,
    /// The item whose value is asked for.
    item: Item,
    /// The whole path that is asked for.
    path: &'p [Arc<str>],
    /// The bare names in the text are fields of the item's own record.
    own: bool,
    /// Of how many other items it is made, each by putting a layer on the next.
    depth: usize,
}

impl Reader<'_, '_> {
    /// All layers of an item, as those of the item whose value is asked for: it is that, or is made of it.
    fn layers_of(&self, item: Item) -> Shape {
        let db = self.db;
        let view = stack(db, self.from);
        let seen = view.contains(&item.module(db));
        if !seen && view.len() > 1 || self.depth > crate::limits::OVERLAYS {
            // An overlay may reach into what its base uses.
            return OPEN.clone();
        }
        let mut shape = Shape::default();
        for module in if seen { view } else { stack(db, item.module(db)) } {
            let named = items_named(db, module, item.name(db)).iter();
            for layer in named.filter(|layer| share(db, item, **layer)) {
                Reader { text: *layer, ..*self }.item(&mut shape);
            }
        }
        shape
    }

    /// A layer that stands at the top of a file.
    fn item(&self, shape: &mut Shape) {
        let parsed = parsed(self.db, self.text);
        let Some(node) = entry(&parsed) else { return };
        match node.kind() {
            NodeKind::Let | NodeKind::Input => {
                if let Some(value) = node.child(NodeKind::Set).and_then(|set| set.children().next())
                {
                    *shape = self.value(value, self.path);
                }
            }
            NodeKind::Binding | NodeKind::Removal => {
                let segments = segments(node);
                self.binding(
                    node,
                    segments.get(1..).unwrap_or_default(),
                    self.path,
                    There::Always,
                    shape,
                );
            }
            _ => shape.open = true,
        }
    }

    /// What a binding says of the keys at `path`, which begins where its own path does.
    fn binding(
        &self,
        node: Node<'_>,
        segments: &[Node<'_>],
        path: &[Arc<str>],
        there: There,
        shape: &mut Shape,
    ) {
        let computed = |node: &Node<'_>| node.kind() == NodeKind::Computed;
        match (segments.split_first(), path.split_first()) {
            (Some((segment, rest)), Some((step, path))) => {
                if computed(segment) {
                    shape.open = true;
                } else if key_text(*segment) == *step {
                    self.binding(node, rest, path, there, shape);
                } else if path.len() + 1 == self.path.len() && self.is_meant(*segment, step) {
                    shape.open = true;
                }
            }
            (Some((segment, rest)), None) => {
                if computed(segment) {
                    match self.kept(node, *segment) {
                        Some(kept) => shape.merge(&kept, there),
                        None => shape.open = true,
                    }
                } else if node.kind() == NodeKind::Removal {
                    if rest.is_empty() {
                        let name = key_text(*segment);
                        shape.remove(&name);
                    }
                } else if !is_optional(node, *segment) {
                    shape.add(key_text(*segment), there);
                }
            }
            (None, _) => self.bound(node, path, there, shape),
        }
    }

    /// Whether a name that is none of the fields of the item's record was most likely meant to be this one.
    fn is_meant(&self, segment: Node<'_>, field: &str) -> bool {
        let name = key_text(segment);
        if nearest(&name, [field]).is_none() {
            return false;
        }
        let Some(own) = self.own_record() else { return false };
        let info = schema(self.db, own);
        let fields = info.fields.iter().map(|field| &*field.name);
        info.slot(&name).is_none() && nearest(&name, fields) == Some(field)
    }

    /// What stands after a path that leads to, or on the way to, the map.
    fn bound(&self, node: Node<'_>, path: &[Arc<str>], there: There, shape: &mut Shape) {
        let value = node.child(NodeKind::Set).and_then(|set| set.children().next());
        let is_body = value.is_none_or(|value| value.kind() == NodeKind::Body);
        let declared = node.child(NodeKind::Annotation).filter(|_| is_body);
        if let Some(ty) = declared.and_then(|annotation| annotation.children().next()) {
            *shape = self.typed(ty, path);
        }
        if let Some(value) = value {
            match (there, value.kind()) {
                (There::Perhaps, _) => shape.open = true,
                (There::Always, NodeKind::Body) => self.body(value, path, there, shape),
                (There::Always, _) => *shape = self.value(value, path),
            }
        } else if let Some(layered) = node.child(NodeKind::Layered) {
            self.traits(layered, path, shape);
            if let Some(body) = layered.child(NodeKind::Body) {
                self.body(body, path, there, shape);
            }
        } else if let Some(body) = node.child(NodeKind::Body) {
            self.body(body, path, there, shape);
        } else if node.child(NodeKind::Annotation).is_none() {
            shape.open = true;
        }
    }

    /// What a type says of the keys at `path` of a record that is made of it: a schema's own layers.
    fn typed(&self, ty: Node<'_>, path: &[Arc<str>]) -> Shape {
        let Some((step, rest)) = path.split_first() else { return Shape::default() };
        match ty.kind() {
            NodeKind::MapType => {
                ty.children().nth(1).map_or(OPEN.clone(), |value| self.typed(value, rest))
            }
            NodeKind::RecordType => {
                let mut fields = ty.children_of(NodeKind::TypeField);
                let field = fields.find(|field| {
                    field.children().next().is_some_and(|name| key_text(name) == *step)
                });
                let ty = field.and_then(|field| field.child(NodeKind::Annotation));
                let ty = ty.and_then(|annotation| annotation.children().next());
                ty.map_or_else(Shape::default, |ty| self.typed(ty, rest))
            }
            NodeKind::TypeRef => {
                let names: Vec<Node<'_>> = ty.children_of(NodeKind::Name).collect();
                match names.split_first() {
                    // What Kubernetes declares has no values of its own.
                    Some((first, _)) if first.text() == "k8s" => Shape::default(),
                    Some((first, fields)) => self.named(*first, fields, path, false),
                    None => OPEN.clone(),
                }
            }
            _ => OPEN.clone(),
        }
    }

    fn body(&self, body: Node<'_>, path: &[Arc<str>], there: There, shape: &mut Shape) {
        for node in body.children() {
            if is_unread(node) {
                shape.open = true;
                continue;
            }
            match node.kind() {
                NodeKind::Binding | NodeKind::Removal => {
                    self.binding(node, &segments(node), path, there, shape);
                }
                NodeKind::When => {
                    if let Some(body) = node.child(NodeKind::Body) {
                        self.body(body, path, There::Perhaps, shape);
                    }
                }
                NodeKind::For => {
                    if let Some(body) = node.child(NodeKind::Body) {
                        self.repeated(body, path, there, shape);
                    }
                }
                NodeKind::Spread => match node.children().next() {
                    Some(value) => shape.merge(&self.value(value, path), there),
                    None => shape.open = true,
                },
                _ => {}
            }
        }
    }

    /// The body of a `for`: what it writes out is there if there is an element, and keys that it keeps are.
    fn repeated(&self, body: Node<'_>, path: &[Arc<str>], there: There, shape: &mut Shape) {
        let keeps = |node: &Node<'_>| {
            path.is_empty()
                && segments(*node).first().is_some_and(|s| s.kind() == NodeKind::Computed)
        };
        match body.children().all(|node| node.kind() == NodeKind::Binding && keeps(&node)) {
            true => self.body(body, path, there, shape),
            false => self.body(body, path, There::Perhaps, shape),
        }
    }

    /// The keys at `path` of a value that is written there.
    fn value(&self, node: Node<'_>, path: &[Arc<str>]) -> Shape {
        let mut shape = Shape::default();
        match node.kind() {
            NodeKind::Body => self.body(node, path, There::Always, &mut shape),
            NodeKind::Paren => {
                return node.children().next().map_or(OPEN.clone(), |node| self.value(node, path));
            }
            NodeKind::Name => return self.named(node, &[], path, false),
            NodeKind::Chain => return self.chain(node, path),
            _ => shape.open = true,
        }
        shape
    }

    /// A head and what follows it, as far as these are fields, and then blocks and traits.
    fn chain(&self, node: Node<'_>, path: &[Arc<str>]) -> Shape {
        let parts: Vec<Node<'_>> = node.children().collect();
        let Some((head, suffixes)) = parts.split_first() else { return OPEN.clone() };
        if head.kind() != NodeKind::Name {
            return OPEN.clone();
        }
        let fields = suffixes.iter().take_while(|node| node.kind() == NodeKind::Field);
        let names: Vec<Node<'_>> = fields.filter_map(|field| field.children().next()).collect();
        let layers = suffixes.get(names.len()..).unwrap_or_default();
        let mut shape = self.named(*head, &names, path, !layers.is_empty());
        for layer in layers {
            match layer.kind() {
                NodeKind::Amend | NodeKind::With => {
                    self.traits(*layer, path, &mut shape);
                    if let Some(body) = layer.child(NodeKind::Body) {
                        self.body(body, path, There::Always, &mut shape);
                    }
                }
                _ => shape.open = true,
            }
        }
        shape
    }

    /// The keys at `path` below a dotted name: of a schema its defaults, of a field or an item what these have. What is
    /// `amended` is read anew: its maps may be computed from what the layers on it say.
    fn named(
        &self,
        head: Node<'_>,
        fields: &[Node<'_>],
        path: &[Arc<str>],
        amended: bool,
    ) -> Shape {
        let name = head.text();
        let module = self.text.module(self.db);
        let mut below: Vec<Arc<str>> = fields.iter().map(|field| key_text(*field)).collect();
        if is_local(head, name) {
            return OPEN.clone();
        }
        let mut target = resolve(self.db, module, name);
        if !head.text().starts_with(|c: char| c.is_ascii_uppercase())
            && self.own
            && let Some(own) = self.own_record()
        {
            // The bare name of a field of the item's own record.
            if schema(self.db, own).field(name).is_some() {
                below.insert(0, name.into());
                below.extend(path.iter().cloned());
                return shape_of(self.db, self.from, self.item, &below).clone();
            }
        }
        if let (Some(Target::Module(used)), Some(first)) = (target, below.first()) {
            target = declaration(self.db, used, first).map(Target::Item);
            below.remove(0);
        }
        match target {
            Some(Target::Item(item)) => match item.kind(self.db) {
                ItemKind::Schema if below.is_empty() => {
                    let mut shape = Shape::default();
                    for layer in &schema(self.db, item).ancestors {
                        self.layer(*layer, path, &mut shape);
                    }
                    shape
                }
                ItemKind::Binding | ItemKind::Let | ItemKind::Input if amended => {
                    let whole = self.own && below.is_empty() && path.len() == self.path.len();
                    match whole {
                        true => Reader { depth: self.depth + 1, ..*self }.layers_of(item),
                        false => OPEN.clone(),
                    }
                }
                ItemKind::Binding | ItemKind::Let | ItemKind::Input => {
                    below.extend(path.iter().cloned());
                    shape_of(self.db, self.from, item, &below).clone()
                }
                _ => OPEN.clone(),
            },
            Some(Target::Kube(_)) if below.is_empty() => Shape::default(),
            _ => OPEN.clone(),
        }
    }

    fn traits(&self, node: Node<'_>, path: &[Arc<str>], shape: &mut Shape) {
        for named in node.children_of(NodeKind::TypeRef) {
            let names: Vec<&str> =
                named.children_of(NodeKind::Name).map(|name| name.text()).collect();
            let module = self.text.module(self.db);
            let item = match names.as_slice() {
                [name] => resolve(self.db, module, name),
                [used, name] => match resolve(self.db, module, used) {
                    Some(Target::Module(used)) => {
                        declaration(self.db, used, name).map(Target::Item)
                    }
                    _ => None,
                },
                _ => None,
            };
            match item {
                Some(Target::Item(item)) => self.layer(item, path, shape),
                _ => shape.open = true,
            }
        }
    }

    /// The body of a schema or of a trait, as a layer of the record at the way to `path`.
    fn layer(&self, layer: Item, path: &[Arc<str>], shape: &mut Shape) {
        let parsed = parsed(self.db, layer);
        if let Some(body) = entry(&parsed).and_then(|node| node.child(NodeKind::Body)) {
            // Within other records there are other names.
            let own = self.own && path.len() == self.path.len();
            Reader { text: layer, own, ..*self }.body(body, path, There::Always, shape);
        }
    }

    /// The keys of `[k] = v for k, x in m`: those of m.
    fn kept(&self, node: Node<'_>, segment: Node<'_>) -> Option<Shape> {
        let key = segment.children().next().filter(|key| key.kind() == NodeKind::Name)?;
        // Either the clause stands behind the binding, or around it.
        let mut clauses = node.children_of(NodeKind::ForClause);
        let (around, clause) = match (clauses.next(), clauses.next()) {
            (Some(clause), None) => (node, clause),
            (None, _) => {
                let around =
                    node.ancestors().into_iter().find(|node| node.kind() == NodeKind::For)?;
                let mut clauses = around.children_of(NodeKind::ForClause);
                let clause = clauses.next().filter(|_| clauses.next().is_none())?;
                (around, clause)
            }
            _ => return None,
        };
        let parts: Vec<Node<'_>> = clause.children().collect();
        let keys = match parts.as_slice() {
            [first, _, source] if first.text() == key.text() => self.value(*source, &[]),
            // The elements of a list that is written out.
            [only, source] if only.text() == key.text() => {
                let module = self.text.module(self.db);
                written::elements(self.db, module, *source, |elements| {
                    let mut keys = Shape::default();
                    for element in elements {
                        (element.kind() == NodeKind::Str).then_some(())?;
                        keys.add(key_text(*element), There::Always);
                    }
                    Some(keys)
                })?
            }
            _ => return None,
        };
        let mut kept = Shape::default();
        let some = around.child(NodeKind::IfClause).is_some();
        kept.merge(&keys, if some { There::Perhaps } else { There::Always });
        Some(kept)
    }

    /// The schema of which the item is an instance, whose fields are in scope by their bare names.
    fn own_record(&self) -> Option<Item> {
        let mut at = self.item;
        for _ in 0..crate::limits::OVERLAYS {
            let parsed = parsed(self.db, at);
            let node = entry(&parsed)?;
            let head = match node.child(NodeKind::Annotation).and_then(|ty| ty.children().next()) {
                Some(ty) => ty.children_of(NodeKind::Name).next()?,
                None => {
                    let value = node.child(NodeKind::Set)?.children().next()?;
                    match value.kind() {
                        NodeKind::Chain => value.children().next()?,
                        _ => value,
                    }
                }
            };
            match resolve(self.db, at.module(self.db), head.text())? {
                Target::Item(item) if item.kind(self.db) == ItemKind::Schema => return Some(item),
                Target::Item(item)
                    if matches!(item.kind(self.db), ItemKind::Binding | ItemKind::Let) =>
                {
                    at = item;
                }
                _ => return None,
            }
        }
        None
    }
}
