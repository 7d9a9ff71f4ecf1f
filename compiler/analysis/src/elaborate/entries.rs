//! What stands in braces: bindings, blocks, conditions, loops, checks; and the bindings of a file.

use std::sync::Arc;

use syntax::{Node, NodeKind};

use super::{Elaborator, Own};
use crate::code::{BodyId, Clause, Entry, EntryKind, Expr, ExprId, Key, NO_SLOT, SetOp, Strength};
use crate::db::ItemKind;
use crate::fits::{base, join, optional, present, widened};
use crate::problem::Severity;
use crate::show::type_name;
use crate::ty::{RecordTy, Ty};
use crate::types::key_text;

/// One segment of a path that is bound.
struct Segment<'t> {
    node: Node<'t>,
    /// `x?`
    optional: bool,
}

/// What stands after a path.
enum Bound<'t> {
    Value(SetOp, Node<'t>),
    Block(Node<'t>, Node<'t>),
    Removal,
    Nothing,
}

impl Elaborator<'_> {
    /// The entries of the body of a schema or a trait.
    pub(super) fn entries(&mut self, body: Node<'_>, ty: &Ty, out: &mut Vec<Entry>) {
        self.entries_of(body, ty, true, out);
    }

    /// The entries of a body that is a layer on records of type `ty`. In an item's `own` body, a field is no
    /// candidate for the expression that binds it.
    pub(super) fn entries_of(&mut self, body: Node<'_>, ty: &Ty, own: bool, out: &mut Vec<Entry>) {
        for node in body.children() {
            if own {
                let first = node.child(NodeKind::Path).and_then(|path| path.children().next());
                self.binding = first.map(key_text);
            }
            self.entry(node, ty, out);
        }
        self.bound_twice(body);
    }

    pub(super) fn entry(&mut self, node: Node<'_>, ty: &Ty, out: &mut Vec<Entry>) {
        let kind = match node.kind() {
            NodeKind::Binding | NodeKind::Removal => {
                self.binding_entry(node, ty, out);
                return;
            }
            NodeKind::When => {
                let mut children = node.children();
                let Some(condition) = children.next() else { return };
                let id = self.checked(condition, &Ty::Bool, None);
                let scope = self.enter();
                self.assume(condition, true);
                let mut entries = Vec::new();
                if let Some(body) = node.child(NodeKind::Body) {
                    self.entries_of(body, ty, false, &mut entries);
                }
                self.leave(scope);
                EntryKind::When { condition: id, body: self.body_of(false, entries) }
            }
            NodeKind::For => {
                let scope = self.enter();
                let clauses = self.clauses(node.children());
                let mut entries = Vec::new();
                if let Some(body) = node.child(NodeKind::Body) {
                    self.entries_of(body, ty, false, &mut entries);
                }
                self.leave(scope);
                self.wrap(node, clauses, entries, out);
                return;
            }
            NodeKind::Spread => {
                let Some(value) = node.children().next() else { return };
                let value = self.spread(value, ty);
                EntryKind::Spread { value }
            }
            NodeKind::Let => {
                let Some(name) = node.child(NodeKind::Name) else { return };
                let (value, ty) = self.let_value(node);
                self.push_local(name.text().into(), ty);
                EntryKind::Let { value }
            }
            NodeKind::Check => {
                let severity = match node.child(NodeKind::Severity).map(|word| word.text()) {
                    Some("warn") => Severity::Warning,
                    Some("note") => Severity::Note,
                    _ => Severity::Error,
                };
                let Some(condition) = node.children().nth(1) else { return };
                let id = self.checked(condition, &Ty::Bool, None);
                let scope = self.enter();
                // The message speaks of the case in which the condition does not hold.
                self.assume(condition, false);
                let message =
                    node.child(NodeKind::Message).and_then(|message| message.children().next());
                let message = message.map(|message| self.checked(message, &Ty::Str, None));
                self.leave(scope);
                EntryKind::Check { severity, condition: id, message }
            }
            NodeKind::Allow => {
                let id = node
                    .child(NodeKind::Str)
                    .map(|text| syntax::literal::string_value(text.text()).into_owned())
                    .unwrap_or_default();
                let reason = node
                    .child(NodeKind::Message)
                    .and_then(|message| message.child(NodeKind::Str))
                    .map(|text| syntax::literal::string_value(text.text()).into_owned())
                    .unwrap_or_default();
                EntryKind::Allow { id: id.into(), reason: reason.into() }
            }
            NodeKind::Missing | NodeKind::Junk | NodeKind::TooDeep => return,
            _ => {
                let word = node.text().split_whitespace().next().unwrap_or_default();
                self.report(
                    self.problem(116, node, format!("`{word}` cannot stand inside of braces"))
                        .help("move it to the top of the file"),
                );
                return;
            }
        };
        out.push(Entry { node: node.id(), kind });
    }

    fn spread(&mut self, value: Node<'_>, ty: &Ty) -> ExprId {
        // What is spread into a record with declared fields may have any of them.
        let want = match base(ty) {
            Ty::Map(_) | Ty::Keyed(_) => base(ty).clone(),
            Ty::Kube(_) | Ty::Schema(_) => present(ty).clone(),
            _ => Ty::Any,
        };
        let (id, found) = self.expression(value, Some(&want));
        if !Self::is_record(&found) || matches!(found, Ty::Optional(_)) {
            let want = if want == Ty::Any { present(&found).clone() } else { want };
            if matches!(found, Ty::Optional(_)) {
                self.mismatch(value, &found, present(&found), None);
            } else {
                self.mismatch(value, &found, &want, None);
            }
            return self.emit(value, Expr::Error);
        }
        if matches!(want, Ty::Map(_) | Ty::Keyed(_))
            && crate::fits::fits(self.db, &found, &want) == crate::fits::Fit::No
        {
            self.mismatch(value, &found, &want, None);
        }
        id
    }

    /// Entries inside of `for` and `if` clauses.
    fn wrap(
        &mut self,
        node: Node<'_>,
        clauses: Vec<Clause>,
        entries: Vec<Entry>,
        out: &mut Vec<Entry>,
    ) {
        let mut entries = entries;
        for clause in clauses.into_iter().rev() {
            let body = self.body_of(false, std::mem::take(&mut entries));
            let kind = match clause {
                Clause::For { two, source } => {
                    EntryKind::For { two, source, condition: None, body }
                }
                Clause::If(condition) => EntryKind::When { condition, body },
            };
            entries.push(Entry { node: node.id(), kind });
        }
        out.append(&mut entries);
    }

    fn binding_entry(&mut self, node: Node<'_>, ty: &Ty, out: &mut Vec<Entry>) {
        let Some(path) = node.child(NodeKind::Path) else { return };
        let segments = segments(path);
        let bound = bound(node);
        if let Some(annotation) = node.child(NodeKind::Annotation)
            && let Some(written) = annotation.children().next()
        {
            // In a schema it is the declaration itself, which only says more about errors here.
            let declared = self.read_type(written);
            let marked = segments.first().is_some_and(|first| first.optional);
            if self.item.kind(self.db) == ItemKind::Schema
                && marked
                && matches!(declared, Ty::Optional(_))
            {
                self.report(
                    self.problem(116, written, "`?` stands twice")
                        .help("write `name?: T` or `name: T?`"),
                );
            }
        }
        let scope = self.enter();
        let clauses = self.clauses(
            node.children()
                .filter(|n| matches!(n.kind(), NodeKind::ForClause | NodeKind::IfClause)),
        );
        let strength = self.strength(node);
        let mut entries = Vec::new();
        if let Some(entry) = self.bind(node, &segments, ty, &bound, strength) {
            entries.push(entry);
        }
        self.leave(scope);
        self.wrap(node, clauses, entries, out);
    }

    fn strength(&self, node: Node<'_>) -> Strength {
        if matches!(self.item.kind(self.db), ItemKind::Schema | ItemKind::Input) {
            return Strength::Default;
        }
        let mut strength = Strength::Set;
        for modifier in node.children().filter(|child| child.kind() == NodeKind::Modifier) {
            match modifier.text() {
                "default" => strength = Strength::Default,
                "override" => strength = Strength::Override,
                "final" => strength = Strength::Final,
                _ => {}
            }
        }
        strength
    }

    /// Binds what a path leads to, from a record of type `ty` on.
    fn bind(
        &mut self,
        node: Node<'_>,
        path: &[Segment<'_>],
        ty: &Ty,
        bound: &Bound<'_>,
        strength: Strength,
    ) -> Option<Entry> {
        let (segment, rest) = path.split_first()?;
        let (key, field, declared) = self.key(segment, ty, rest.is_empty())?;
        let kind = if rest.is_empty() {
            match bound {
                Bound::Value(op, value) => {
                    let want = match op {
                        SetOp::Replace => field.clone(),
                        SetOp::Append | SetOp::Prepend => present(&field).clone(),
                    };
                    let value = self.value(*value, &want, declared);
                    EntryKind::Set { key, op: *op, strength, value }
                }
                Bound::Block(owner, body) => {
                    if present(&field) == &Ty::Never {
                        self.forbidden(segment.node, declared);
                        return None;
                    }
                    if !Self::is_record(&field) {
                        let name = type_name(self.db, &field);
                        self.report(self.problem(
                            221,
                            segment.node,
                            format!("`{}` is {name} and takes no block", key_text(segment.node)),
                        ));
                        return None;
                    }
                    let traits = match owner.kind() {
                        NodeKind::Layered => self.traits(*owner, present(&field)),
                        _ => Vec::new(),
                    };
                    let body = self.layer(*body, present(&field), false);
                    EntryKind::Block { key, strength, optional: segment.optional, traits, body }
                }
                Bound::Removal => EntryKind::Unset { key },
                Bound::Nothing => return None,
            }
        } else {
            if !Self::is_record(&field) {
                let name = type_name(self.db, &field);
                self.report(self.problem(
                    221,
                    segment.node,
                    format!("`{}` is {name} and has no fields", key_text(segment.node)),
                ));
                return None;
            }
            let inner = self.inner.replace(present(&field).clone());
            let entry = self.bind(node, rest, present(&field), bound, strength);
            self.inner = inner;
            let body = self.body_of(false, entry.into_iter().collect());
            EntryKind::Block { key, strength, optional: segment.optional, traits: Vec::new(), body }
        };
        Some(Entry { node: segment.node.id(), kind })
    }

    /// The value that a field of type `want` is set to.
    fn value(
        &mut self,
        value: Node<'_>,
        want: &Ty,
        declared: Option<crate::problem::Place>,
    ) -> ExprId {
        if present(want) == &Ty::Never {
            self.forbidden(value, declared);
            return self.emit(value, Expr::Error);
        }
        if self.item.kind(self.db) == ItemKind::Set
            && takes_text(want)
            && !(matches!(base(want), Ty::Union(_))
                && matches!(value.kind(), NodeKind::Int | NodeKind::Bool | NodeKind::Str))
        {
            // The command line has no quotes of its own: a text is everything after the sign.
            let text = self.item.text(self.db).split_once('=').map_or("", |(_, text)| text);
            let found = Ty::Literal(crate::ty::Literal::Str(text.into()));
            if crate::fits::fits(self.db, &found, want) == crate::fits::Fit::No {
                self.mismatch(value, &found, want, declared);
            }
            return self.emit(value, Expr::Str(text.into()));
        }
        if self.item.kind(self.db) == ItemKind::Set
            && value.kind() == NodeKind::Name
            && value.text() != "null"
        {
            let want = type_name(self.db, present(want));
            self.report(self.problem(
                201,
                value,
                format!("expected {want}, found `{}`", value.text()),
            ));
            return self.emit(value, Expr::Error);
        }
        let (id, found) = self.expression(value, Some(want));
        // A refinement that is not proved here is checked when the field gets its value, with all its layers.
        if crate::fits::fits(self.db, &found, want) == crate::fits::Fit::No {
            self.mismatch(value, &found, want, declared);
            return self.emit(value, Expr::Error);
        }
        id
    }

    fn forbidden(&mut self, node: Node<'_>, declared: Option<crate::problem::Place>) {
        let mut problem = self.problem(217, node, "no value is allowed here");
        if let Some(place) = declared {
            let schema = place.item.name(self.db);
            let parsed = crate::parse::parsed(self.db, place.item);
            if let Some(name) = parsed.tree().node(place.node) {
                problem.message = format!("{schema} forbids `{}`", name.text());
            }
            problem.notes.extend(doc_at(self.db, place));
            problem = problem.related(place, "declared here as Never");
        }
        self.report(problem);
    }

    /// The key that a segment is, and the type and the declaration of the field that it names.
    fn key(
        &mut self,
        segment: &Segment<'_>,
        ty: &Ty,
        _last: bool,
    ) -> Option<(Key, Ty, Option<crate::problem::Place>)> {
        let node = segment.node;
        match node.kind() {
            NodeKind::Computed => {
                let value = node.children().next()?;
                let (want, field) = match base(ty) {
                    Ty::Map(map) => (map.0.clone(), map.1.clone()),
                    Ty::Keyed(keyed) => (Ty::Str, keyed.element.clone()),
                    Ty::Record(_) | Ty::Any | Ty::Error => (Ty::Str, Ty::Any),
                    _ => {
                        let name = type_name(self.db, present(ty));
                        self.report(
                            self.problem(
                                116,
                                node,
                                format!("{name} has fields, not keys that can be computed"),
                            )
                            .help("write the name of the field"),
                        );
                        return None;
                    }
                };
                let (id, found) = self.expression(value, Some(&want));
                if let Ty::Optional(_) = found {
                    self.mismatch(value, &found, &want, None);
                } else if !matches!(base(&widened(&found)), Ty::Str | Ty::Error | Ty::Any) {
                    self.mismatch(value, &found, &Ty::Str, None);
                }
                Some((Key::Computed(id), field, None))
            }
            NodeKind::Name | NodeKind::Str => {
                let name = key_text(node);
                if let Ty::Map(map) = base(ty) {
                    let key = Ty::Literal(crate::ty::Literal::Str(name.clone()));
                    if crate::fits::fits(self.db, &key, &map.0) == crate::fits::Fit::No {
                        let want = map.0.clone();
                        self.mismatch(node, &key, &want, None);
                        return None;
                    }
                }
                match self.field_of(ty, &name) {
                    Some(field) => {
                        Some((Key::Static { name, slot: field.slot }, field.ty, field.place))
                    }
                    None if Self::is_record(ty) => {
                        self.unknown_field(node, ty, &name);
                        None
                    }
                    None => {
                        let shown = type_name(self.db, ty);
                        self.report(self.problem(221, node, format!("{shown} has no fields")));
                        None
                    }
                }
            }
            _ => None,
        }
    }

    /// One key that a body sets twice, or sets and puts blocks on.
    fn bound_twice(&mut self, body: Node<'_>) {
        let mut seen: Vec<(Arc<str>, Node<'_>, bool)> = Vec::new();
        for node in body.children().filter(|node| node.kind() == NodeKind::Binding) {
            let Some(path) = node.child(NodeKind::Path) else { continue };
            if node.child(NodeKind::ForClause).is_some() {
                continue;
            }
            let segments = segments(path);
            let Some(first) = segments.first().filter(|s| s.node.kind() != NodeKind::Computed)
            else {
                continue;
            };
            let sets =
                segments.len() == 1 && matches!(bound(node), Bound::Value(SetOp::Replace, _));
            let blocks = segments.len() > 1 || matches!(bound(node), Bound::Block(..));
            if !sets && !blocks {
                continue;
            }
            let name = key_text(first.node);
            match seen.iter().find(|(other, _, other_sets)| *other == name && (sets || *other_sets))
            {
                Some((_, before, other_sets)) => {
                    let before = *before;
                    let what = if sets && *other_sets {
                        format!("`{name}` is set twice here")
                    } else {
                        format!("`{name}` is set here, and a block is put on it, in one layer")
                    };
                    self.report(
                        self.problem(401, first.node, what)
                            .related(self.place(before), "bound here first")
                            .help("keep one of the two"),
                    );
                }
                None => seen.push((name, first.node, sets)),
            }
        }
    }

    // ---- the bindings of a file ----

    /// `let x = e`, `input x: T = e`.
    pub(super) fn named_binding(
        &mut self,
        node: Node<'_>,
        declared: Option<Ty>,
        out: &mut Vec<Entry>,
    ) {
        let Some(name) = node.child(NodeKind::Name) else { return };
        let Some(value) = node.child(NodeKind::Set).and_then(|set| set.children().next()) else {
            return;
        };
        let value = self.item_value(value, declared.as_ref());
        let key = Key::Static { name: name.text().into(), slot: NO_SLOT };
        let strength = self.strength(node);
        out.push(Entry {
            node: name.id(),
            kind: EntryKind::Set { key, op: SetOp::Replace, strength, value },
        });
    }

    fn item_value(&mut self, value: Node<'_>, declared: Option<&Ty>) -> ExprId {
        self.item_body = true;
        let id = match declared {
            Some(ty) => self.value(value, ty, None),
            None => self.expression(value, None).0,
        };
        self.item_body = false;
        id
    }

    /// `app = …`, `app { … }`, `override app.scale = …`, `unset app.live`.
    pub(super) fn file_binding(
        &mut self,
        node: Node<'_>,
        declared: Option<Ty>,
        out: &mut Vec<Entry>,
    ) {
        self.item_body = false;
        let Some(path) = node.child(NodeKind::Path) else { return };
        let segments = segments(path);
        let Some((first, rest)) = segments.split_first() else { return };
        if first.node.kind() == NodeKind::Computed {
            self.report(self.problem(
                116,
                first.node,
                "the fields of a file have names that are written out",
            ));
            return;
        }
        let key = Key::Static { name: key_text(first.node), slot: NO_SLOT };
        let strength = self.strength(node);
        let bound = bound(node);
        let kind = match (&bound, rest.is_empty()) {
            (Bound::Value(op, value), true) => {
                let value = self.item_value(*value, declared.as_ref());
                EntryKind::Set { key, op: *op, strength, value }
            }
            (Bound::Removal, true) => EntryKind::Unset { key },
            (Bound::Nothing, _) => return,
            _ => {
                let Some(ty) = declared else {
                    let name = key_text(first.node);
                    self.report(
                        self.problem(224, first.node, format!("nothing says what `{name}` is"))
                            .help(format!("make it: `{name} = Service {{ … }}`")),
                    );
                    return;
                };
                let ty = present(&ty).clone();
                if !Self::is_record(&ty) {
                    let shown = type_name(self.db, &ty);
                    let name = key_text(first.node);
                    self.report(self.problem(
                        221,
                        first.node,
                        format!("`{name}` is {shown} and has no fields"),
                    ));
                    return;
                }
                let (traits, body) = match (&bound, rest.first()) {
                    (Bound::Block(owner, body), None) => {
                        let traits = match owner.kind() {
                            NodeKind::Layered => self.traits(*owner, &ty),
                            _ => Vec::new(),
                        };
                        (traits, self.layer(*body, &ty, true))
                    }
                    (_, next) => {
                        (Vec::new(), self.path_layer(node, rest, next, &ty, &bound, strength))
                    }
                };
                EntryKind::Block { key, strength, optional: first.optional, traits, body }
            }
        };
        out.push(Entry { node: first.node.id(), kind });
    }

    /// The rest of a path as a layer of its own: its first segment opens the item's body as braces do.
    fn path_layer(
        &mut self,
        node: Node<'_>,
        rest: &[Segment<'_>],
        next: Option<&Segment<'_>>,
        ty: &Ty,
        bound: &Bound<'_>,
        strength: Strength,
    ) -> BodyId {
        let keys = next.map(|next| key_text(next.node));
        self.own = Some(Own { ty: ty.clone(), keys: keys.clone().into_iter().collect() });
        self.inner = Some(ty.clone());
        self.binding = keys;
        let entry = self.bind(node, rest, ty, bound, strength);
        self.own = None;
        self.inner = None;
        self.body_of(true, entry.into_iter().collect())
    }

    /// Fields of a record whose type nothing says, by the names that its body writes.
    pub(super) fn written_fields(
        &mut self,
        body: Node<'_>,
        perhaps: bool,
        fields: &mut Vec<(Arc<str>, Ty)>,
        open: &mut bool,
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
                            Some(kept) => fields.extend(kept),
                            None => *open = true,
                        }
                        continue;
                    }
                    let annotation =
                        node.child(NodeKind::Annotation).and_then(|ty| ty.children().next());
                    let ty = match (annotation, bound(node), segments.len()) {
                        (Some(written), _, 1) => self.read_type(written),
                        (_, Bound::Value(_, value), 1) => widened(&self.expression(value, None).1),
                        (_, Bound::Block(_, body), 1) => self.expression(body, None).1,
                        _ => Ty::Any,
                    };
                    let ty = if perhaps { optional(ty) } else { ty };
                    let name = key_text(first.node);
                    match fields.iter_mut().find(|(field, _)| *field == name) {
                        Some((_, known)) => *known = join(self.db, known.clone(), ty),
                        None => fields.push((name, ty)),
                    }
                }
                NodeKind::When => {
                    if let Some(body) = node.child(NodeKind::Body) {
                        self.written_fields(body, true, fields, open);
                    }
                }
                NodeKind::For => *open = true,
                NodeKind::Spread => {
                    let found = node.children().next().map(|value| self.expression(value, None).1);
                    match found.as_ref().map(base) {
                        Some(Ty::Record(record)) => {
                            let record: Arc<RecordTy> = record.clone();
                            for (name, ty) in &record.fields {
                                if !fields.iter().any(|(field, _)| field == name) {
                                    fields.push((name.clone(), ty.clone()));
                                }
                            }
                            *open |= record.rest.is_some();
                        }
                        _ => *open = true,
                    }
                }
                NodeKind::Let => {
                    if let Some(name) = node.child(NodeKind::Name) {
                        let (_, ty) = self.let_value(node);
                        self.push_local(name.text().into(), ty);
                    }
                }
                _ => {}
            }
        }
    }
}

impl Elaborator<'_> {
    /// The fields that `[k] = v for k, x in m` makes of a record whose keys are known: the same keys, perhaps
    /// not all where there is an `if`.
    fn kept_keys(
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

/// The keys that a body writes out.
pub(super) fn written_keys(body: Node<'_>) -> Vec<Arc<str>> {
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
            NodeKind::When | NodeKind::For => {
                keys.extend(node.child(NodeKind::Body).map(written_keys).into_iter().flatten());
            }
            _ => {}
        }
    }
    keys
}

fn segments(path: Node<'_>) -> Vec<Segment<'_>> {
    let mut segments: Vec<Segment<'_>> = Vec::new();
    for node in path.children() {
        match node.kind() {
            NodeKind::Question => {
                if let Some(last) = segments.last_mut() {
                    last.optional = true;
                }
            }
            NodeKind::Missing | NodeKind::Junk => {}
            _ => segments.push(Segment { node, optional: false }),
        }
    }
    segments
}

fn bound(node: Node<'_>) -> Bound<'_> {
    if node.kind() == NodeKind::Removal {
        return Bound::Removal;
    }
    for child in node.children() {
        let value = child.children().next();
        match child.kind() {
            NodeKind::Set => {
                return value.map_or(Bound::Nothing, |v| Bound::Value(SetOp::Replace, v));
            }
            NodeKind::Append => {
                return value.map_or(Bound::Nothing, |v| Bound::Value(SetOp::Append, v));
            }
            NodeKind::Prepend => {
                return value.map_or(Bound::Nothing, |v| Bound::Value(SetOp::Prepend, v));
            }
            NodeKind::Body => return Bound::Block(child, child),
            NodeKind::Layered => {
                return child
                    .child(NodeKind::Body)
                    .map_or(Bound::Nothing, |body| Bound::Block(child, body));
            }
            _ => {}
        }
    }
    Bound::Nothing
}

/// Whether a text without quotes can be meant.
fn takes_text(ty: &Ty) -> bool {
    match base(ty) {
        Ty::Str | Ty::Literal(crate::ty::Literal::Str(_)) => true,
        Ty::Union(members) => members.iter().any(takes_text),
        _ => false,
    }
}

/// The first line of the doc comment of the declaration at a place: why it is as it is, in its author's words.
pub fn doc_at(db: &dyn salsa::Database, place: crate::problem::Place) -> Option<String> {
    let parsed = crate::parse::parsed(db, place.item);
    let name = parsed.tree().node(place.node)?;
    std::iter::once(name)
        .chain(name.ancestors())
        .map(|node| node.doc())
        .find_map(|doc| doc.lines().next().filter(|line| !line.is_empty()).map(str::to_owned))
}
