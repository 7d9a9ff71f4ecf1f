//! Paths that are bound: what each segment names, and the value or block that the last one gets.

use std::sync::Arc;

use syntax::{Node, NodeKind};

use super::Elaborator;
use super::layer::Traits;
use super::mismatch::doc_at;
use crate::code::{Entry, EntryKind, Expr, ExprId, Key, SetOp, Strength};
use crate::eval::mend::cannot_be_unset;
use crate::eval::strength::written_path;
use crate::fits::{Fit, base, present, widened};
use crate::problem::{Code, Label, Place};
use crate::sensitive::{is_sensitive, reaches_sensitive, sealed};
use crate::show::{nearest_of, type_name};
use crate::ty::{Ty, TypeParam, key_parts};
use crate::types::key_text;

/// A field that holds fields, entries or ends which have no declaration of their own.
pub(super) struct Holder {
    place: Place,
    ty: Ty,
}

/// One segment of a path that is bound.
pub(super) struct Segment<'t> {
    pub node: Node<'t>,
    /// `x?`
    pub optional: bool,
}

/// What stands after a path.
pub(super) enum Bound<'t> {
    Value(SetOp, Node<'t>),
    Block(Node<'t>, Node<'t>),
    Removal,
    Nothing,
}

impl Elaborator<'_> {
    /// Binds what a path leads to, from a record of type `ty` on.
    pub(super) fn bind(
        &mut self,
        path: &[Segment<'_>],
        ty: &Ty,
        bound: &Bound<'_>,
        strength: Strength,
    ) -> Option<Entry> {
        if let Ty::Variant(item) = base(ty) {
            return self.bind_case(path, *item, bound, strength);
        }
        let (segment, rest) = path.split_first()?;
        let told = self.problems.len();
        let Some((key, field, declared)) = self.key(segment, ty, rest.is_empty()) else {
            self.bind_nowhere(told, path, ty, bound, strength);
            return self.lost(segment.node, ty);
        };
        let field = if is_sensitive(ty) { sealed(field) } else { field };
        let outer = self.enter_layer_on(ty, &key);
        let kind = self.binding(path, ty, (key.clone(), field, declared), bound, strength);
        self.sees = outer;
        let declares = self.declares_fields() && matches!(bound, Bound::Nothing);
        let kind = kind.or_else(|| (!declares).then_some(EntryKind::Lost { key }));
        Some(Entry { node: segment.node.id(), kind: kind? })
    }

    /// What a path becomes whose first key is known.
    pub(super) fn binding(
        &mut self,
        path: &[Segment<'_>],
        ty: &Ty,
        (key, field, declared): (Key, Ty, Option<Place>),
        bound: &Bound<'_>,
        strength: Strength,
    ) -> Option<EntryKind> {
        let (segment, rest) = path.split_first()?;
        Some(if rest.is_empty() {
            match bound {
                Bound::Value(SetOp::Append | SetOp::Prepend, _) if !may_be_list(&field) => {
                    self.no_list(segment.node, &field, declared);
                    self.names_in(bound);
                    return None;
                }
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
                    if !self.takes_blocks(&field) {
                        self.no_block(segment.node, &field, declared);
                        self.names_in(bound);
                        return None;
                    }
                    let traits = match owner.kind() {
                        NodeKind::Layered => self.traits(*owner, present(&field)),
                        _ => Traits::default(),
                    };
                    let around = self.enter_holder(&field, declared);
                    let body = self.block_above(&traits, *body, present(&field), false);
                    self.holder = around;
                    let traits = traits.items;
                    EntryKind::Block { key, strength, optional: segment.optional, traits, body }
                }
                Bound::Removal => {
                    self.required_removed(segment.node, ty, &field, declared);
                    EntryKind::Unset { key }
                }
                Bound::Nothing => return None,
            }
        } else {
            if !self.takes_blocks(&field) {
                let name = type_name(self.db, &field);
                let written = key_text(segment.node);
                let message = format!("`{written}` is {name} and has no fields");
                let mut problem = self.problem(221, segment.node, message);
                if let Ty::Map(_) = base(ty) {
                    let rest = rest.iter().map(|segment| key_text(segment.node));
                    let names: Vec<Arc<str>> = std::iter::once(written).chain(rest).collect();
                    let key = names.join(".");
                    problem.help = Some(match self.is_a_setting {
                        true => format!("a key with a dot in it stands in brackets: `[\"{key}\"]`"),
                        false => format!("a key with a dot in it stands in quotes: `\"{key}\"`"),
                    });
                }
                self.report(problem);
                self.names_in(bound);
                return None;
            }
            let inner = self.inner.replace(present(&field).clone());
            let around = self.enter_holder(&field, declared);
            let entry = self.bind(rest, present(&field), bound, strength);
            self.holder = around;
            self.inner = inner;
            let body = self.body_of(false, entry.into_iter().collect());
            EntryKind::Block { key, strength, optional: segment.optional, traits: Vec::new(), body }
        })
    }

    /// The value that a field of type `want` is set to.
    pub(super) fn value(&mut self, value: Node<'_>, want: &Ty, declared: Option<Place>) -> ExprId {
        if present(want) == &Ty::Never {
            self.forbidden(value, declared);
            return self.emit(value, Expr::Error);
        }
        if std::mem::take(&mut self.is_a_setting) {
            return self.setting(value, want, declared);
        }
        let outer = self.prev.replace(present(want).clone());
        let holds = matches!(
            value.kind(),
            NodeKind::Body | NodeKind::Range | NodeKind::List | NodeKind::Comprehension
        );
        let around = self.enter_holder(want, declared.filter(|_| holds));
        let (id, found) = self.expression(value, Some(want));
        self.holder = around;
        self.prev = outer;
        if declared.is_some() && *base(want) == Ty::Error {
            // Nor is anything known of its value.
            return self.emit(value, Expr::Error);
        }
        // A refinement that is not proved here is checked when the field gets its value, with all its layers.
        let (found, fit) = self.fit(value, found, want);
        // Of what has no type that is told.
        let wrong = match fit {
            Fit::No => vec![value],
            _ if found == Ty::Error => Vec::new(),
            _ => self.branches_left(value, want),
        };
        if !wrong.is_empty() {
            let told = self.problems.len();
            for branch in wrong {
                self.mismatch(branch, &found, want, declared);
            }
            if declared.is_none() {
                self.held(told);
            }
            return self.emit(value, Expr::Error);
        }
        id
    }

    /// Reports `unset` of a field that is declared, and has to have a value.
    fn required_removed(&mut self, node: Node<'_>, ty: &Ty, field: &Ty, declared: Option<Place>) {
        // What a record has that is written without a type is not declared by it.
        let of_declared = match base(ty) {
            Ty::Record(record) => {
                let held = self.holder.as_ref().is_some_and(|holder| holder.ty == *present(ty));
                held && record.field(&key_text(node)).is_some()
            }
            _ => declared.is_some(),
        };
        let may_be_absent =
            matches!(field, Ty::Optional(_) | Ty::Never | Ty::Any | Ty::Error | Ty::Param(_));
        if of_declared && !may_be_absent {
            let place = self.place(node);
            let mut problem = cannot_be_unset(self.db, place, &written_path(self.db, place));
            if let Some(place) = declared {
                problem = problem.related(place, "declared here");
            }
            self.report(problem);
        }
    }

    /// What a field is declared as that holds what is read next: what has no declaration of its own. Returns that around
    /// it.
    fn enter_holder(&mut self, ty: &Ty, declared: Option<Place>) -> Option<Holder> {
        let holds = matches!(
            base(ty),
            Ty::Map(_) | Ty::Keyed(_) | Ty::Range(_) | Ty::List(_) | Ty::Record(_)
        );
        let is_record = matches!(base(ty), Ty::Record(_));
        let around = self.holder.as_ref().filter(|_| is_record).map(|holder| holder.place);
        let declared = declared.or(around).filter(|_| holds);
        let holder = declared.map(|place| Holder { place, ty: present(ty).clone() });
        std::mem::replace(&mut self.holder, holder)
    }

    /// What the list is declared as in which a value stands, or of which it is a part.
    pub(super) fn held_around(&self, node: Node<'_>) -> Option<(Place, String)> {
        let Holder { place, ty } = self.holder.as_ref()?;
        let is_list =
            |node: &Node<'_>| matches!(node.kind(), NodeKind::List | NodeKind::Comprehension);
        let within = matches!(base(ty), Ty::List(_)) && node.ancestors().iter().any(is_list);
        within.then(|| (*place, format!("declared here as {}", type_name(self.db, ty))))
    }

    /// Names the declaration of what holds a value in the problem that was told of it, if one was.
    pub(super) fn held(&mut self, told: usize) {
        if let Some(Holder { place, ty }) = &self.holder
            && !matches!(base(ty), Ty::Record(_))
            && let Some(problem) = self.problems.get_mut(told)
            && matches!(problem.code, Code::E(201 | 301..=306))
            && problem.related.is_empty()
        {
            let declared = format!("declared here as {}", type_name(self.db, ty));
            problem.related.push(Label { place: *place, message: declared });
        }
    }

    pub(super) fn forbidden(&mut self, node: Node<'_>, declared: Option<Place>) {
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
    pub(super) fn key(
        &mut self,
        segment: &Segment<'_>,
        ty: &Ty,
        _last: bool,
    ) -> Option<(Key, Ty, Option<Place>)> {
        let node = segment.node;
        match node.kind() {
            NodeKind::Computed => {
                let value = node.children().next()?;
                if let (Ty::Keyed(keyed), NodeKind::Int) = (base(ty), value.kind()) {
                    let keys = keyed.keys.join("/");
                    let message = format!("elements are named by their {keys} here, not counted");
                    let help = format!("write the {keys} in quotes: `[\"…\"]`");
                    self.report(self.problem(201, value, message).help(help));
                    return None;
                }
                let (want, field) = match base(ty) {
                    Ty::Map(map) => (map.0.clone(), map.1.clone()),
                    Ty::Keyed(keyed) => (Ty::Str, keyed.element.clone()),
                    // Of fields whose names are not known, any may be a sensitive one.
                    Ty::Record(record) => match (&record.rest, record.one_type()) {
                        (Some(rest), _) => (Ty::Str, rest.clone()),
                        (None, Some(ty)) => (Ty::Str, ty.clone()),
                        (None, None) if reaches_sensitive(self.db, ty) => {
                            (Ty::Str, sealed(Ty::Any))
                        }
                        (None, None) => (Ty::Str, Ty::Any),
                    },
                    Ty::Any | Ty::Error => (Ty::Str, Ty::Any),
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
                if is_sensitive(&found) {
                    self.must_be_open(value, &found, "a key can be seen, and this is sensitive");
                    return None;
                }
                if let Ty::Optional(_) = found {
                    self.mismatch(value, &found, &want, None);
                } else if !matches!(
                    base(&widened(&found)),
                    Ty::Str | Ty::Param(TypeParam::K) | Ty::Error | Ty::Any
                ) {
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
                        let told = self.problems.len();
                        self.mismatch(node, &key, &want, None);
                        self.held(told);
                        return None;
                    }
                }
                if let Ty::Keyed(keyed) = base(ty)
                    && !self.names_an_element(node, &name, keyed)
                {
                    return None;
                }
                match self.field_to_layer(ty, &name) {
                    Some(field) => {
                        self.note_field(node, ty, &name, &field, |_| None);
                        Some((Key::Static { name, slot: field.slot }, field.ty, field.place))
                    }
                    None if self.takes_blocks(ty) => {
                        if self.not_in_every_member(node, ty, &name) {
                            return None;
                        }
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
}

impl Elaborator<'_> {
    /// Whether only one field is near a name that is none, and holds nothing sensitive.
    pub(super) fn is_plainly_meant(&self, ty: &Ty, name: &str) -> bool {
        let near = nearest_of(name, self.fields_near(ty, name)).filter(|near| near.alone);
        let field = near.and_then(|near| self.field_of(ty, near.name));
        field.is_some_and(|field| !reaches_sensitive(self.db, &field.ty))
    }

    /// Whether the key of a keyed list can give the fields that make it up; says so where it cannot.
    fn names_an_element(&mut self, node: Node<'_>, name: &str, keyed: &crate::ty::KeyedTy) -> bool {
        for (field, part) in keyed.keys.iter().zip(key_parts(name, keyed.keys.len())) {
            let ty = self.field_of(&keyed.element, field).map(|field| field.ty);
            let number = ty.is_some_and(|ty| matches!(base(present(&ty)), Ty::Int));
            if number && part.parse::<i64>().is_err() {
                self.report(
                    self.problem(
                        201,
                        node,
                        format!("the key is the {field} here, and `{part}` is no number"),
                    )
                    .help(format!("write the {field} as key: `\"8080\" {{ … }}`")),
                );
                return false;
            }
        }
        true
    }
}

pub(super) fn segments(path: Node<'_>) -> Vec<Segment<'_>> {
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

pub(super) fn bound(node: Node<'_>) -> Bound<'_> {
    if node.kind() == NodeKind::Removal {
        return Bound::Removal;
    }
    for child in node.children() {
        let value = || child.children().next();
        match child.kind() {
            NodeKind::Set => {
                return value().map_or(Bound::Nothing, |v| Bound::Value(SetOp::Replace, v));
            }
            NodeKind::Append => {
                return value().map_or(Bound::Nothing, |v| Bound::Value(SetOp::Append, v));
            }
            NodeKind::Prepend => {
                return value().map_or(Bound::Nothing, |v| Bound::Value(SetOp::Prepend, v));
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

/// Whether `+=` may find a list there.
pub(super) fn may_be_list(ty: &Ty) -> bool {
    match base(ty) {
        Ty::Union(members) => members.iter().any(may_be_list),
        Ty::Error | Ty::Any | Ty::Param(_) | Ty::List(_) | Ty::Keyed(_) => true,
        _ => false,
    }
}
