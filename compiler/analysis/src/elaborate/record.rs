//! Records that are written without a name of a type: what is expected, or what they write, says what they are.

use std::sync::Arc;

use syntax::{Node, NodeKind};

use super::Elaborator;
use super::layer::Traits;
use super::path::{Bound, Segment, bound, segments};
use crate::code::{Expr, ExprId, RecordKind};
use crate::fits::{base, optional, present, widened};
use crate::limits;
use crate::sensitive::{holds_sensitive, reaches_sensitive, sealed};
use crate::ty::{RecordTy, Ty};
use crate::types::key_text;

mod written;

use written::{Written, open_to};

/// How often the fields of a plain record are read again, for those that are computed from each other.
const PASSES: usize = 3;

/// Names with the types of what they are bound to.
type Fields = Vec<(Arc<str>, Ty)>;

impl Elaborator<'_> {
    /// `{ … }` as a value: of the type that is expected, or of its own.
    pub(super) fn record(
        &mut self,
        node: Node<'_>,
        expected: Option<&Ty>,
        item_body: bool,
    ) -> (ExprId, Ty) {
        let expected = expected.map(|ty| self.record_member(node, ty));
        if expected == Some(Ty::Error) {
            let none = Traits::default();
            self.for_names(|this| this.layer_above(&none, Some(node), &Ty::Error, item_body));
            return (self.emit(node, Expr::Error), Ty::Error);
        }
        let (kind, ty) = match expected.as_ref().map(base) {
            Some(Ty::Schema(item)) => (Some(RecordKind::Schema(*item)), Ty::Schema(*item)),
            Some(Ty::Kube(ty)) => (Some(RecordKind::Kube(*ty)), Ty::Kube(*ty)),
            Some(ty @ (Ty::Map(_) | Ty::Keyed(_) | Ty::Record(_))) => {
                let ty = ty.clone();
                let id = self.ty(ty.clone());
                (Some(RecordKind::Type(id)), ty)
            }
            _ => (None, Ty::Any),
        };
        if let Some(kind) = kind {
            let body = self.layer_above(&Traits::default(), Some(node), &ty, item_body);
            return (self.emit(node, Expr::made(kind, body)), ty);
        }
        let (shape, own) = self.written_type(node, item_body);
        if let Ty::Record(record) = &shape
            && record.holds().parts > limits::RECORD_PARTS
        {
            let message = format!(
                "the type of this record has more than {} parts, with those of the records in it",
                limits::RECORD_PARTS
            );
            let help = "declare the type of what stands in it, which may be `Any`";
            self.report(self.problem(505, node, message).help(help));
            return (self.emit(node, Expr::Error), Ty::Error);
        }
        let around = std::mem::replace(&mut self.own_shape, own.filter(|_| item_body));
        let body = self.layer_above(&Traits::default(), Some(node), &shape, item_body);
        self.own_shape = around;
        let kind = match &shape {
            Ty::Record(record) if record.rest.is_none() => RecordKind::Type(self.ty(shape.clone())),
            _ => RecordKind::Open,
        };
        (self.emit(node, Expr::made(kind, body)), shape)
    }

    /// The type of a record that nothing expects: the names that it writes, each with the type of its value. Besides, where
    /// that is less, the type of what it can name of itself.
    fn written_type(&mut self, node: Node<'_>, item_body: bool) -> (Ty, Option<Ty>) {
        let outer = (self.heads_only, self.own.clone(), self.inner.clone(), self.binding.clone());
        let scope = self.enter();
        self.heads_only = true;
        let keys = super::record::written_keys(node);
        if item_body {
            self.own = Some(Own::new(Ty::Error, keys));
        }
        let reads_own = std::mem::replace(&mut self.reads_own, item_body);
        self.inner = Some(Ty::Error);
        let unknown = std::mem::take(&mut self.unknown_own);
        let (mut fields, mut kept, mut open) = self.written_once(node);
        // A field may be computed from others, of which nothing was known yet.
        for _ in 0..PASSES {
            if !item_body || !std::mem::take(&mut self.unknown_own) {
                break;
            }
            self.own_fields(&self.named_by_own(&fields, &kept));
            (fields, kept, open) = self.written_once(node);
        }
        self.unknown_own = unknown || (!item_body && self.unknown_own);
        if fields.iter().any(|(_, ty)| holds_sensitive(ty)) {
            // Of what is still not known, nothing says that it may be seen.
            for (_, ty) in fields.iter_mut().filter(|(_, ty)| *ty == Ty::Error) {
                *ty = sealed(Ty::Any);
            }
        }
        self.leave(scope);
        let own = (!kept.is_empty()).then(|| {
            let named = self.named_by_own(&fields, &kept);
            Ty::Record(Arc::new(RecordTy::new(named, open.clone())))
        });
        self.reads_own = reads_own;
        (self.heads_only, self.own, self.inner, self.binding) = outer;
        (Ty::Record(Arc::new(RecordTy::new(fields, open))), own)
    }

    /// The fields without those that have the keys of something else, which the body does not write.
    fn named_by_own(&self, fields: &[(Arc<str>, Ty)], kept: &[Arc<str>]) -> Fields {
        let writes = |name: &str| self.own.as_ref().is_some_and(|own| own.writes(name));
        let named = fields.iter().filter(|(name, _)| writes(name) || !kept.contains(name));
        named.cloned().collect()
    }

    /// The fields that a body writes, which of them have the keys of something else, and what else may be there.
    fn written_once(&mut self, node: Node<'_>) -> (Fields, Vec<Arc<str>>, Option<Ty>) {
        let mut fields = Written::default();
        let mut open = None;
        let scope = self.enter();
        self.written_fields(node, &mut fields, &mut open);
        self.leave(scope);
        let kept = fields.kept().to_vec();
        (fields.types(), kept, open)
    }

    /// What is known so far of the fields that the body which is being read can name.
    fn own_fields(&mut self, fields: &[(Arc<str>, Ty)]) {
        if let Some(own) = &mut self.own {
            let fields = fields.to_vec();
            own.ty = Ty::Record(Arc::new(RecordTy::new(fields, Some(Ty::Error))));
        }
    }

    /// Fields of a record whose type nothing says, by the names that its body writes.
    pub(super) fn written_fields(
        &mut self,
        body: Node<'_>,
        fields: &mut Written,
        open: &mut Option<Ty>,
    ) {
        for node in body.children() {
            match node.kind() {
                NodeKind::Binding => {
                    let Some(path) = node.child(NodeKind::Path) else { continue };
                    let segments = segments(path);
                    let Some(first) = segments.first() else { continue };
                    if first.node.kind() == NodeKind::Computed
                        || node.child(NodeKind::ForClause).is_some()
                    {
                        match self.kept_keys(node, &segments) {
                            Some(kept) => {
                                kept.into_iter().for_each(|(name, ty)| fields.keep(name, ty));
                            }
                            None => {
                                let ty = self.computed_entries(node, &segments);
                                open_to(self.db, open, ty);
                            }
                        }
                        continue;
                    }
                    let annotation =
                        node.child(NodeKind::Annotation).and_then(|ty| ty.children().next());
                    if self.reads_own {
                        // It is no candidate for its own expression.
                        self.binding = Some(key_text(first.node));
                    }
                    let (ty, block) = match (annotation, bound(node)) {
                        (Some(written), _) => (self.read_type(written), false),
                        (_, Bound::Value(_, value)) => {
                            (widened(&self.expression(value, None).1), false)
                        }
                        (_, Bound::Block(_, body)) => (self.expression(body, None).1, true),
                        // It cannot be read.
                        _ => (Ty::Error, false),
                    };
                    self.add_path(fields, &segments, ty, block);
                }
                NodeKind::When => {
                    if let Some(body) = node.child(NodeKind::Body) {
                        let mut under = Written::default();
                        self.written_fields(body, &mut under, open);
                        fields.merge(self.db, under, true);
                    }
                }
                NodeKind::For => {
                    let ty = self.computed_entries(node, &[]);
                    open_to(self.db, open, ty);
                }
                NodeKind::Spread if node.child(NodeKind::Body).is_some() => {
                    if let Some(body) = node.child(NodeKind::Body) {
                        self.written_fields(body, fields, open);
                    }
                }
                NodeKind::Spread => {
                    let found = node.children().next().map(|value| self.expression(value, None).1);
                    match found.as_ref().map(base) {
                        Some(Ty::Record(record)) => {
                            let record: Arc<RecordTy> = record.clone();
                            for (name, ty) in &record.fields {
                                if !fields.has(name) {
                                    fields.add(name.clone(), ty.clone());
                                }
                            }
                            if let Some(rest) = &record.rest {
                                open_to(self.db, open, rest.clone());
                            }
                        }
                        Some(Ty::Map(map)) => {
                            let map = map.clone();
                            open_to(self.db, open, present(&map.1).clone());
                        }
                        found => {
                            let hidden = found.is_some_and(|ty| reaches_sensitive(self.db, ty));
                            open_to(self.db, open, if hidden { sealed(Ty::Any) } else { Ty::Any });
                        }
                    }
                }
                NodeKind::Fn => {
                    if let Some(name) = node.child(NodeKind::Name)
                        && let Some((_, ty)) = self.local_function(node)
                    {
                        self.declare(name, ty);
                    }
                }
                NodeKind::Let => {
                    if let Some(name) = node.child(NodeKind::Name) {
                        let (_, ty) = self.let_value(node);
                        self.declare(name, ty);
                    }
                }
                _ => {}
            }
        }
    }

    /// The type of the values of an entry whose keys are computed, once or for each element of something.
    fn computed_entries(&mut self, node: Node<'_>, segments: &[Segment<'_>]) -> Ty {
        let scope = self.enter();
        let clauses = node
            .children()
            .filter(|n| matches!(n.kind(), NodeKind::ForClause | NodeKind::IfClause));
        self.clauses(clauses);
        let ty = match (node.kind(), node.child(NodeKind::Body), bound(node)) {
            (NodeKind::For, Some(body), _) => {
                let (mut fields, mut open) = (Written::default(), None);
                self.written_fields(body, &mut fields, &mut open);
                for (_, ty) in fields.types() {
                    open_to(self.db, &mut open, present(&ty).clone());
                }
                open.unwrap_or(Ty::Never)
            }
            (_, _, Bound::Value(_, inner) | Bound::Block(_, inner)) => {
                let ty = widened(&self.expression(inner, None).1);
                self.path_type(segments.get(1..).unwrap_or_default(), ty)
            }
            _ => Ty::Any,
        };
        self.leave(scope);
        ty
    }

    /// Adds what a path binds to the fields of the record that it starts in.
    fn add_path(&self, fields: &mut Written, path: &[Segment<'_>], ty: Ty, block: bool) {
        let Some((first, rest)) = path.split_first() else { return };
        let name = key_text(first.node);
        match rest {
            [] => fields.join(self.db, name, ty, block),
            rest => {
                let ty = self.path_type(rest, ty);
                let ty = if first.optional { optional(ty) } else { ty };
                fields.join(self.db, name, ty, true);
            }
        }
    }

    /// The type of a record in which a path binds a value of type `ty`.
    fn path_type(&self, path: &[Segment<'_>], ty: Ty) -> Ty {
        path.iter().rev().fold(ty, |ty, segment| {
            let ty = if segment.optional { optional(ty) } else { ty };
            let (fields, open) = match segment.node.kind() {
                NodeKind::Computed => {
                    let mut open = None;
                    open_to(self.db, &mut open, present(&ty).clone());
                    (Vec::new(), open)
                }
                _ => (vec![(key_text(segment.node), ty)], None),
            };
            Ty::Record(Arc::new(RecordTy::new(fields, open)))
        })
    }

    /// The fields that `[k] = v for k, x in m` makes of a record whose keys are known: the same keys, perhaps
    /// not all where there is an `if`.
    pub(super) fn kept_keys(
        &mut self,
        node: Node<'_>,
        segments: &[Segment<'_>],
    ) -> Option<Vec<(Arc<str>, Ty)>> {
        let [only] = segments else { return None };
        let key = only.node.children().next().filter(|key| key.kind() == NodeKind::Name)?;
        let mut clauses = node.children_of(NodeKind::ForClause);
        let (Some(clause), None) = (clauses.next(), clauses.next()) else { return None };
        let parts: Vec<Node<'_>> = clause.children().collect();
        let [first, second, source] = parts.as_slice() else { return None };
        if first.text() != key.text() {
            return None;
        }
        let Bound::Value(_, value) = bound(node) else { return None };
        let (_, Ty::Record(record)) = self.expression(*source, None) else { return None };
        if record.rest.is_some() {
            return None;
        }
        let perhaps = node.child(NodeKind::IfClause).is_some();
        let mut kept = Vec::new();
        for (name, ty) in &record.fields {
            let scope = self.enter();
            self.push_local(first.text().into(), Ty::Str);
            self.push_local(second.text().into(), present(ty).clone());
            let found = widened(&self.expression(value, None).1);
            self.leave(scope);
            let perhaps = perhaps || matches!(ty, Ty::Optional(_));
            kept.push((name.clone(), if perhaps { optional(found) } else { found }));
        }
        Some(kept)
    }
}

/// The record whose bare field names are in scope.
#[derive(Clone)]
pub(super) struct Own {
    pub ty: Ty,
    /// For records whose type does not list its fields: the keys that the body writes, in order.
    pub keys: Arc<[Arc<str>]>,
}

impl Own {
    pub fn new(ty: Ty, mut keys: Vec<Arc<str>>) -> Self {
        keys.sort_unstable();
        Self { ty, keys: keys.into() }
    }

    /// Whether the body writes a key.
    pub fn writes(&self, key: &str) -> bool {
        self.keys.binary_search_by(|own| (**own).cmp(key)).is_ok()
    }
}

/// The keys that a body writes out.
pub(crate) fn written_keys(body: Node<'_>) -> Vec<Arc<str>> {
    let mut keys = Vec::new();
    for node in body.children() {
        match node.kind() {
            NodeKind::Binding => {
                let first = node.child(NodeKind::Path).and_then(|path| path.children().next());
                keys.extend(
                    first
                        .filter(|n| matches!(n.kind(), NodeKind::Name | NodeKind::Str))
                        .map(key_text),
                );
            }
            NodeKind::When | NodeKind::For | NodeKind::Spread => {
                keys.extend(node.child(NodeKind::Body).map(written_keys).into_iter().flatten());
            }
            _ => {}
        }
    }
    keys
}
