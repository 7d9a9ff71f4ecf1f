//! Unions of records: which member a record that is written out is, and what a comparison says of one.

use std::sync::Arc;

use kube::types::FieldType;
use rustc_hash::FxHashSet;
use syntax::{Node, NodeKind};

use super::every::asked_for;
use super::matching::rest_of;
use super::narrow::path_text;
use super::path::{Bound, bound, segments};
use super::scope::FieldOf;
use super::{Elaborator, habit};
use crate::apart::{Choice, Evidence, Outline, choice, joined, undecided};
use crate::code::NO_SLOT;
use crate::fits::{Fit, base, fits, join, members_of, optional, present};
use crate::show::type_name;
use crate::ty::{Literal, Ty};
use crate::types::key_text;

/// What a body shows of the fields of its record before its type is known.
struct Written<'e, 'd, 't> {
    elaborator: &'e mut Elaborator<'d>,
    fields: Vec<(Arc<str>, Node<'t>)>,
    /// What else it has depends on conditions, or on what is spread into it.
    open: bool,
}

impl Evidence for Written<'_, '_, '_> {
    fn there(&self, name: &str) -> Option<bool> {
        let written = self.fields.iter().any(|(field, _)| **field == *name);
        if written { Some(true) } else { (!self.open).then_some(false) }
    }

    fn may_be(&mut self, name: &str, ty: &Ty) -> bool {
        let Some((_, node)) = self.fields.iter().find(|(field, _)| **field == *name) else {
            return true;
        };
        let value = match bound(*node) {
            Bound::Value(_, value) => value,
            _ => return Elaborator::is_record(ty) || matches!(base(ty), Ty::Union(_)),
        };
        if node.child(NodeKind::Path).is_some_and(|path| segments(path).len() > 1) {
            return Elaborator::is_record(ty) || matches!(base(ty), Ty::Union(_));
        }
        let db = self.elaborator.db;
        let found = self.elaborator.type_where(value, Some(ty));
        fits(db, present(&found), ty) != Fit::No
    }

    fn names(&self) -> Vec<Arc<str>> {
        self.fields.iter().map(|(name, _)| name.clone()).collect()
    }
}

impl Elaborator<'_> {
    /// The member of a union of which a record that is written out must be. Of several that are records, its fields
    /// tell; `Ty::Error`, reported, where they do not.
    pub(super) fn record_member(&mut self, body: Node<'_>, ty: &Ty) -> Ty {
        let Ty::Union(members) = present(ty) else { return present(ty).clone() };
        let records: Vec<&Ty> = members.iter().filter(|member| Self::is_record(member)).collect();
        if let [only] = records.as_slice() {
            return (*only).clone();
        }
        let outlines: Option<Vec<Outline>> =
            records.iter().map(|member| Outline::of(self.db, member)).collect();
        let Some(outlines) = outlines.filter(|outlines| !outlines.is_empty()) else {
            return Ty::Any;
        };
        let mut written = Written { elaborator: self, fields: Vec::new(), open: false };
        for node in body.children() {
            match node.kind() {
                NodeKind::Binding if node.child(NodeKind::ForClause).is_none() => {
                    let path = node.child(NodeKind::Path);
                    let first = path.and_then(|path| path.children().next());
                    match first.filter(|n| matches!(n.kind(), NodeKind::Name | NodeKind::Str)) {
                        Some(name) => written.fields.push((key_text(name), node)),
                        None => written.open = true,
                    }
                }
                NodeKind::Binding | NodeKind::When | NodeKind::For | NodeKind::Spread => {
                    written.open = true;
                }
                _ => {}
            }
        }
        let chosen = choice(&outlines, &mut written);
        let at = |field: &str| {
            written.fields.iter().find(|(name, _)| **name == *field).map(|(_, node)| *node)
        };
        match chosen {
            Choice::One(at) => records.get(at).map_or(Ty::Error, |member| (*member).clone()),
            Choice::Wrong(tag) => {
                let node = at(&tag).unwrap_or(body);
                let all = self.tag_type(&outlines, &tag);
                match bound(node) {
                    Bound::Value(_, value) => {
                        let found = self.type_where(value, Some(&all));
                        self.mismatch(value, &found, &all, None);
                    }
                    _ => self.mismatch(node, &Ty::Any, &all, None),
                }
                Ty::Error
            }
            Choice::Several(tag) => {
                let known = tag.as_ref().and_then(|tag| at(tag));
                let problem = self.problem(257, known.unwrap_or(body), "");
                let mut problem = undecided(problem, (tag.as_deref(), " = "), &outlines, |ty| {
                    type_name(self.db, ty)
                });
                let named = records.iter().all(|member| matches!(base(member), Ty::Schema(_)));
                if tag.is_none() && named {
                    let names =
                        records.iter().map(|ty| format!("`{} {{ … }}`", type_name(self.db, ty)));
                    let names: Vec<String> = names.collect();
                    problem.help = Some(format!("say which by its name: {}", joined(names, "or")));
                }
                let key = body.parent().filter(|set| set.kind() == NodeKind::Set);
                let key = key.and_then(Node::parent).and_then(|entry| entry.child(NodeKind::Path));
                if let Some(help) = key.and_then(|key| habit::variable(key.text(), body)) {
                    problem.help = Some(help);
                }
                self.report(problem);
                Ty::Error
            }
        }
    }

    /// What is read by a name of a union: what all its members have, or, where it is asked whether it is there, some.
    pub(super) fn field_of_members(
        &self,
        suffix: Node<'_>,
        members: &[Ty],
        name: &str,
    ) -> Option<FieldOf> {
        let field = self.field_of_some(members, name)?;
        let having = members.iter().filter(|member| self.field_of(member, name).is_some()).count();
        if having == members.len() {
            return Some(field);
        }
        let chain = suffix
            .parent()
            .filter(|chain| chain.children().last().is_some_and(|last| last.id() == suffix.id()));
        let records = members.iter().all(|member| Outline::of(self.db, member).is_some());
        (records && chain.is_some_and(asked_for))
            .then(|| FieldOf { ty: optional(field.ty), ..field })
    }

    /// The field of those members of a union that have it.
    fn field_of_some(&self, members: &[Ty], name: &str) -> Option<FieldOf> {
        let fields = members.iter().filter_map(|member| self.field_of(member, name));
        let all = fields.reduce(|all, field| FieldOf {
            ty: join(self.db, all.ty, field.ty),
            derived: all.derived || field.derived,
            ..all
        })?;
        Some(FieldOf { slot: NO_SLOT, place: None, ..all })
    }

    /// The field that a layer may bind of records of a type: of a union, any that one of its members has, because
    /// which it is shows in the layers below. A percentage is a text to Kubernetes where a number could stand too.
    pub(super) fn field_to_layer(&self, ty: &Ty, name: &str) -> Option<FieldOf> {
        match base(ty) {
            Ty::Union(members) => self.field_of_some(members, name),
            Ty::Kube(kube) => {
                let field = self.field_of(ty, name)?;
                let both = kube
                    .field_at(name, self.minor)
                    .is_some_and(|field| field.ty == FieldType::IntOrString);
                Some(match both {
                    true => FieldOf { ty: join(self.db, field.ty, Ty::Percent), ..field },
                    false => field,
                })
            }
            ty => self.field_of(ty, name),
        }
    }

    /// Whether blocks can be put on values of a type.
    pub(super) fn takes_blocks(&self, ty: &Ty) -> bool {
        match base(present(ty)) {
            Ty::Union(members) => {
                members.iter().all(|member| Outline::of(self.db, member).is_some())
            }
            ty => Self::is_record(ty),
        }
    }

    /// All that the field which tells the members apart may be.
    fn tag_type(&self, outlines: &[Outline], tag: &str) -> Ty {
        let fields = || outlines.iter().filter_map(|outline| outline.field(tag));
        // However many there are, each tells what may be written.
        let mut seen = FxHashSet::default();
        let members = fields().flat_map(|field| members_of(&field.ty));
        let members: Vec<&Ty> = members.filter(|member| seen.insert(*member)).collect();
        if members.len() > 1 && members.iter().all(|member| matches!(member, Ty::Literal(_))) {
            return Ty::Union(members.into_iter().cloned().collect());
        }
        fields().fold(Ty::Never, |all, field| join(self.db, all, field.ty.clone()))
    }

    /// What `condition` says of the record whose field is compared: `store.kind == "disk"`. `ty` is what the field
    /// is, or is not.
    pub(super) fn narrow_by_field(&mut self, field: Node<'_>, ty: &Ty, holds: bool) {
        self.keep_members(field, |this, outline, name| {
            let Some(field) = outline.field(name) else { return false };
            match holds {
                true => {
                    fits(this.db, &field.ty, ty) != Fit::No
                        || fits(this.db, ty, &field.ty) != Fit::No
                }
                false => fits(this.db, &field.ty, ty) != Fit::Yes,
            }
        });
    }

    /// What `store.region is set` says of the record.
    pub(super) fn narrow_by_presence(&mut self, field: Node<'_>, set: bool) {
        self.keep_members(field, |_, outline, name| match outline.field(name) {
            Some(field) => set || !field.needed || matches!(field.ty, Ty::Optional(_)),
            None => !set,
        });
    }

    /// Leaves of the union whose field an expression reads the members that a condition admits.
    fn keep_members(&mut self, field: Node<'_>, keeps: impl Fn(&Self, &Outline, &str) -> bool) {
        let Some((parent, name)) = self.type_of_parent(field) else { return };
        let Some(path) = path_text(field) else { return };
        let Some((path, _)) = path.rsplit_once('.') else { return };
        let Ty::Union(members) = present(&parent) else { return };
        let mut rest = Vec::new();
        for member in members.iter() {
            match Outline::of(self.db, member) {
                Some(outline) if !keeps(self, &outline, &name) => {}
                _ => rest.push(member.clone()),
            }
        }
        if rest.is_empty() || rest.len() == members.len() {
            return;
        }
        let rest = rest_of(self.db, rest);
        let rest = if matches!(parent, Ty::Optional(_)) { optional(rest) } else { rest };
        self.narrowed.push((path.to_owned(), rest));
    }

    /// The comparison of a path with a constant, as the two and whether it says that they are equal.
    pub(super) fn compared<'t>(&mut self, condition: Node<'t>) -> Option<(Node<'t>, Ty, bool)> {
        let children: Vec<Node<'t>> = condition.children().collect();
        let [left, operator, right] = children.as_slice() else { return None };
        let equal = match operator.text() {
            "==" => true,
            "!=" => false,
            _ => return None,
        };
        let (path, constant) = match (path_text(*left), path_text(*right)) {
            (Some(_), None) => (*left, *right),
            (None, Some(_)) => (*right, *left),
            _ => return None,
        };
        let ty = self.type_where(constant, None);
        matches!(ty, Ty::Literal(_)).then_some((path, ty, equal))
    }

    /// Whether a type is of constants only, so that a comparison leaves the others of them.
    pub(super) fn is_of_constants(&self, ty: &Ty) -> bool {
        match ty {
            Ty::Union(members) => members
                .iter()
                .all(|ty| matches!(ty, Ty::Literal(Literal::Str(_) | Literal::Int(_)))),
            _ => false,
        }
    }

    /// Reports a field of a union of records that not every member has.
    pub(super) fn not_in_every_member(&mut self, name: Node<'_>, ty: &Ty, text: &str) -> bool {
        let Ty::Union(members) = base(ty) else { return false };
        let outlines: Option<Vec<Outline>> =
            members.iter().map(|member| Outline::of(self.db, member)).collect();
        let Some(outlines) = outlines else { return false };
        let having: Vec<&Outline> =
            outlines.iter().filter(|outline| outline.field(text).is_some()).collect();
        if having.is_empty() {
            let names = outlines.iter().flat_map(|outline| &outline.fields);
            let names: Vec<Arc<str>> = names.map(|field| field.name.clone()).collect();
            let shown = type_name(self.db, ty);
            let problem = self
                .problem(204, name, format!("no member of {shown} has a key `{text}`"))
                .meant(text, names.iter().map(|name| &**name));
            self.report(problem);
            return true;
        }
        let tags = crate::apart::tags(&outlines);
        let mut problem = self.problem(
            204,
            name,
            format!("not every member of {} has `{text}`", type_name(self.db, ty)),
        );
        let chain = name.parent().and_then(|suffix| suffix.parent());
        let path = chain.and_then(path_text).unwrap_or_default();
        let of = path.strip_suffix(&format!(".{text}")).unwrap_or("…");
        let tag = tags.first().and_then(|tag| Some((tag, &having.first()?.field(tag)?.ty)));
        problem = problem.help(match tag {
            Some((tag, ty @ Ty::Literal(_))) => format!(
                "ask first which one it is: `if {of}.{tag} == {} then …`",
                type_name(self.db, ty)
            ),
            Some((tag, ty)) => {
                format!(
                    "ask first which one it is: `if {of}.{tag} is {} then …`",
                    type_name(self.db, ty)
                )
            }
            None => format!("ask first whether it is there: `if {of}.{text} is set then …`"),
        });
        self.report(problem);
        true
    }
}
