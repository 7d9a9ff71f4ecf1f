//! What is bound to a name that leads nowhere: to a key that its map refuses, to a field that nothing has.

use std::collections::BTreeSet;
use std::sync::Arc;

use syntax::{Node, NodeKind};

use super::Elaborator;
use super::path::{Bound, Segment};
use super::secret::Concealed;
use crate::code::{Entry, EntryKind, Expr, Key, NO_SLOT, Strength};
use crate::db::ItemKind;
use crate::fits::{base, present};
use crate::problem::{Code, Problem};
use crate::schema::schema;
use crate::sensitive::{holds_sensitive, is_sensitive, reaches_sensitive, sealed};
use crate::show::{nearest, type_name};
use crate::ty::Ty;
use crate::types::key_text;

impl Elaborator<'_> {
    /// Looks at what is bound to a name that leads nowhere: as what a map holds under any key, or as the value of the field
    /// that was certainly meant, or else for the names in it alone. From the problem at `told` on, it was told of the name.
    pub(super) fn bind_nowhere(
        &mut self,
        told: usize,
        path: &[Segment<'_>],
        ty: &Ty,
        bound: &Bound<'_>,
        strength: Strength,
    ) {
        let Some(segment) = path.first() else { return };
        let element = match base(ty) {
            Ty::Map(map) => Some(map.1.clone()),
            Ty::Keyed(keyed) => Some(keyed.element.clone()),
            _ => None,
        };
        // The name may be that of something sensitive, mistyped.
        let may_be_sensitive = self.concealed != Concealed::Nothing
            || self.has_sensitive_field(ty) && !self.is_plainly_meant(ty, &key_text(segment.node));
        if let Some(element) = element {
            if self.looks_further() {
                let element = if is_sensitive(ty) { sealed(element) } else { element };
                let key = Key::Computed(self.emit(segment.node, Expr::Error));
                self.binding(path, ty, (key, element, None), bound, strength);
            }
        } else if !self.bind_what_was_meant(told, path, ty, bound, strength) {
            let all = if may_be_sensitive { Concealed::All } else { Concealed::Nothing };
            let outer = std::mem::replace(&mut self.concealed, all);
            self.names_in(bound);
            self.concealed = outer;
        }
        if let Bound::Value(_, value) = bound
            && may_be_sensitive
        {
            self.hide_constants(&[*value]);
        }
    }

    /// Reads what is bound to what is not there for the names in it, which exist or do not whatever was meant.
    pub(super) fn names_in(&mut self, bound: &Bound<'_>) {
        if !self.looks_further() {
            return;
        }
        let outer = (self.prev.replace(Ty::Error), self.holder.take());
        match bound {
            Bound::Value(_, value) => {
                self.for_names(|this| this.expression(*value, Some(&Ty::Error)));
            }
            Bound::Block(owner, body) => {
                if owner.kind() == NodeKind::Layered {
                    self.for_names(|this| this.traits(*owner, &Ty::Error));
                }
                self.for_names(|this| this.layer(*body, &Ty::Error, false));
            }
            Bound::Removal | Bound::Nothing => {}
        }
        (self.prev, self.holder) = outer;
    }

    /// Reads what stands where nothing is known of the type that is asked for. Of what is wrong in it only those names are
    /// told that nothing has: all else could be right for the type that was meant.
    pub(super) fn for_names<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> T {
        let outer = (std::mem::replace(&mut self.names_only, true), self.inner.replace(Ty::Error));
        let found = read(self);
        (self.names_only, self.inner) = outer;
        found
    }

    /// Whether a problem says that something does not exist.
    pub(super) fn is_of_name(problem: &Problem) -> bool {
        matches!(problem.code, Code::E(101..=103 | 105 | 111..=113 | 204 | 212))
    }

    /// Whether what leads nowhere is looked at: what a test says to fail must fail by what is written, and what the
    /// command line sets has no type but that of its field.
    fn looks_further(&self) -> bool {
        !self.heads_only && !self.is_a_setting && self.kind != ItemKind::Test
    }

    /// Looks at what is bound to a name that is none of a record's fields, as what is bound to the one that was certainly
    /// meant. Where the value as a whole is none of that, only its author knows which of the two is wrong, and only the names in it are told. Gives whether a field was certainly meant.
    fn bind_what_was_meant(
        &mut self,
        told: usize,
        path: &[Segment<'_>],
        ty: &Ty,
        bound: &Bound<'_>,
        strength: Strength,
    ) -> bool {
        let looks = self.looks_further();
        let Some(segment) = path.first().filter(|_| looks) else { return false };
        let fix = self.problems.get(told).filter(|problem| problem.code == Code::E(102));
        let fix = fix.and_then(|problem| problem.fix.as_ref()).filter(|fix| fix.safe);
        let Some(name) = fix.and_then(|fix| Some(fix.edits.first()?.text.clone())) else {
            return false;
        };
        let Some(field) = self.field_to_layer(ty, &name) else { return false };
        if reaches_sensitive(self.db, &field.ty) {
            return false;
        }
        let key = Key::Static { name: name.as_str().into(), slot: field.slot };
        let before = self.problems.len();
        let outer = self.enter_layer_on(ty, &key);
        self.binding(path, ty, (key, field.ty.clone(), field.place), bound, strength);
        self.sees = outer;
        let whole = match bound {
            Bound::Value(_, value) => value.id(),
            _ => segment.node.id(),
        };
        let is_whole = |problem: &Problem| {
            problem.place.node == whole && !matches!(problem.code, Code::E(301..=306))
        };
        if !self.problems.iter().skip(before).any(is_whole) {
            return true;
        }
        self.problems.truncate(before);
        let asked = type_name(self.db, present(&field.ty));
        if let Some(problem) = self.problems.get_mut(told) {
            problem.notes.push(format!("`{name}` takes {asked}, which this is not"));
            if let Some(fix) = &mut problem.fix {
                fix.safe = false;
            }
        }
        self.names_in(bound);
        true
    }

    /// What a name that is none of a record's fields was most likely meant to bind: the field that is offered instead,
    /// or, where any name is one, the key itself.
    pub(super) fn lost(&mut self, node: Node<'_>, ty: &Ty) -> Option<Entry> {
        if let Ty::Map(_) | Ty::Keyed(_) = base(ty) {
            // Which key was meant nobody can tell.
            let key = Key::Computed(self.emit(node, Expr::Error));
            return Some(Entry { node: node.id(), kind: EntryKind::Lost { key } });
        }
        if node.kind() == NodeKind::Computed {
            return None;
        }
        let written = key_text(node);
        let name = match self.field_of(ty, &written) {
            Some(_) => written,
            None => {
                let names = self.fields_near(ty, &written);
                if !self.seeks(names.len()) {
                    return None;
                }
                // What is bound beside it was not meant, and would be bound twice.
                let beside: BTreeSet<String> = syntax::taken_beside(node).into_iter().collect();
                let free = names.into_iter().filter(|name| !beside.contains(*name));
                Arc::from(nearest(&written, free)?)
            }
        };
        let slot = self.field_of(ty, &name).map_or(NO_SLOT, |field| field.slot);
        let kind = EntryKind::Lost { key: Key::Static { name, slot } };
        Some(Entry { node: node.id(), kind })
    }

    /// Whether one of the declared fields of a type holds what is sensitive.
    fn has_sensitive_field(&self, ty: &Ty) -> bool {
        if let Ty::Schema(item) = base(ty) {
            let mut fields = schema(self.db, *item).fields.iter();
            return fields.any(|field| holds_sensitive(&field.ty));
        }
        if let Ty::Record(record) = base(ty) {
            return record.holds().sensitive;
        }
        let names = self.field_names(ty);
        names.iter().any(|name| self.field_of(ty, name).is_some_and(|f| holds_sensitive(&f.ty)))
    }
}
