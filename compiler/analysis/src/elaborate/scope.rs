//! What a bare name stands for in an expression.

use std::sync::Arc;

use kube::near::Names;
use salsa::Database;
use syntax::{Node, NodeKind};

use super::chain::Head;
use super::library::LibraryFunction;
use super::{Elaborator, Meant};
use crate::code::{Expr, ExprId, NO_SLOT, RecordKind};
use crate::db::{Item, ItemKind, Origin};
use crate::fits::{base, declared_optional, present};
use crate::limits;
use crate::problem::{Place, Severity};
use crate::resolve::{Target, brought, declaration, resolve};
use crate::schema::{FieldInfo, schema};
use crate::sensitive::{is_data_of_secret, sealed};
use crate::ty::{KeyedTy, Literal, Ty};
use crate::types::{kube_field_names, kube_type};
use crate::variant::case;

/// A field of a record's type.
pub(super) struct FieldOf {
    /// With `Optional` where the field may be absent.
    pub ty: Ty,
    pub slot: u16,
    pub place: Option<Place>,
    pub derived: bool,
}

impl<'e> Elaborator<'e> {
    /// Reports names that an item declares and that nothing could read, because they are words of expressions.
    pub(super) fn unreadable_names(&mut self, item: Node<'_>) {
        use NodeKind as K;
        let declares = matches!(
            item.kind(),
            K::Let | K::Fn | K::Input | K::TypeAlias | K::Schema | K::Variant | K::Trait
        );
        let own = item.child(K::Name).filter(|_| declares);
        let params = item.child(K::Params).into_iter().flat_map(|params| params.children());
        let names = own.into_iter().chain(params.filter_map(|param| param.child(K::Name)));
        for name in names.chain(item.child(K::Alias).and_then(|alias| alias.child(K::Name))) {
            if name.first_token().is_some_and(|kind| kind.is_keyword() && !kind.is_free()) {
                let message = format!(
                    "`{}` is a word of expressions, so no name that they read",
                    name.text()
                );
                self.report(self.problem(116, name, message).help("give it another name"));
            }
        }
    }

    /// A local that a name is written for.
    pub(super) fn declare(&mut self, name: Node<'_>, ty: Ty) -> u32 {
        if self.locals.len() < limits::LOCALS {
            return self.push_local(name.text().into(), ty);
        }
        if !std::mem::replace(&mut self.crowded, !self.heads_only) {
            let message = format!("more than {} names are in scope here", limits::LOCALS);
            let help = "make fields of a record of them, or several functions";
            self.report(self.problem(505, name, message).help(help));
        }
        u32::MAX
    }

    pub(super) fn push_local(&mut self, name: Arc<str>, ty: Ty) -> u32 {
        self.narrowed.push((name.to_string(), Ty::Error));
        // A marker of type `Error` hides what was known of an outer local or field of this name.
        self.locals.push((name, ty));
        (self.locals.len() - 1) as u32
    }

    /// Leaves the scope in which `locals` locals and `narrowed` facts were known.
    pub(super) fn leave(&mut self, (locals, narrowed): (usize, usize)) {
        self.locals.truncate(locals);
        self.local_origins.retain(|(local, _)| *local < locals);
        self.params.retain(|local| (*local as usize) < locals);
        self.narrowed.truncate(narrowed);
    }

    pub(super) fn enter(&self) -> (usize, usize) {
        (self.locals.len(), self.narrowed.len())
    }

    /// A name as an expression.
    pub(super) fn name(&mut self, node: Node<'_>, expected: Option<&Ty>) -> (ExprId, Ty) {
        let name = node.text();
        if let Some(found) = self.value_name(node, name) {
            return found;
        }
        match resolve(self.db, self.module, name) {
            Some(Target::Item(item)) => return self.global(node, item),
            Some(Target::Module(_) | Target::Definitions(_) | Target::Kubernetes) => {
                self.report(
                    self.problem(220, node, format!("`{name}` is a module, not a value"))
                        .help(format!("name something in it: `{name}.…`")),
                );
            }
            Some(Target::Kube(_)) => self.not_a_value(node, "a Kubernetes type"),
            Some(Target::Broken) => {}
            None if self.unknown_case(node, expected) => {}
            None => match self.library_function(name) {
                Some(function) => {
                    self.note(node, |_| Meant::Functions(function.items.clone()));
                    return self.as_value(node, &function, expected);
                }
                None => self.unknown_name(node, expected),
            },
        }
        (self.emit(node, Expr::Error), Ty::Error)
    }

    /// A local or a field of the enclosing item, schema or trait.
    pub(super) fn value_name(&mut self, node: Node<'_>, name: &str) -> Option<(ExprId, Ty)> {
        if let Some(at) = self.locals.iter().rposition(|(local, _)| **local == *name) {
            let ty = self.locals.get(at).map_or(Ty::Error, |(_, ty)| ty.clone());
            self.note(node, |_| Meant::Local(ty.clone()));
            return Some((self.emit(node, Expr::Local(at as u32)), ty));
        }
        if self.binding.as_deref() != Some(name)
            && let Some(own) = self.own.clone()
        {
            let field = match base(&own.ty) {
                Ty::Record(record) if !own.writes(name) && record.field(name).is_none() => None,
                Ty::Map(_) | Ty::Keyed(_) | Ty::Any | Ty::Error if !own.writes(name) => None,
                _ => self.field_of(&own.ty, name),
            };
            if let Some(field) = field {
                if !self.may_read(node, name, &field) {
                    return Some((self.emit(node, Expr::Error), Ty::Error));
                }
                self.unknown_own |= field.ty == Ty::Error;
                self.hides_item(node, name);
                self.note_field(node, &own.ty, &Arc::from(name), &field, |this| {
                    Some((this.item, vec![Arc::from(name)]))
                });
                let expr = Expr::SelfField { name: name.into(), slot: field.slot };
                return Some((self.emit(node, expr), field.ty));
            }
        }
        // An object that a rule is for need not be bound to a name.
        let is_item = || declaration(self.db, self.module, name).is_some();
        if name == "key" && self.kind != ItemKind::Every && !is_item() {
            return Some((self.emit(node, Expr::KeyName), Ty::Str));
        }
        None
    }

    /// Warns where a name that reads a field is that of a value at the top of the file too.
    fn hides_item(&mut self, node: Node<'_>, name: &str) {
        if self.heads_only || self.module.origin(self.db) == Origin::Library {
            return;
        }
        let Some(item) = declaration(self.db, self.module, name) else {
            let used = brought(self.db, self.module).named(name);
            if let Some(used) = used.filter(|used| matches!(used.target, Target::Module(_))) {
                let message = format!("`{name}` is a field here, and not what is used as `{name}`");
                self.report(
                    self.problem(259, node, message)
                        .severity(Severity::Warning)
                        .related(used.place, "hidden by the field")
                        .help(format!(
                            "give it another name where it is used: `use … as {name}File`"
                        )),
                );
            }
            return;
        };
        let values = [ItemKind::Input, ItemKind::Let, ItemKind::Binding];
        if item == self.item || !values.contains(&item.kind(self.db)) {
            return;
        }
        let message =
            format!("`{name}` is a field here, and not the `{name}` at the top of the file");
        self.report(
            self.problem(259, node, message)
                .severity(Severity::Warning)
                .related(Place { item, node: 2 }, "hidden by the field")
                .help("give one of them another name"),
        );
    }

    /// An item of this or another module, as a value.
    pub(super) fn global(&mut self, node: Node<'_>, item: Item) -> (ExprId, Ty) {
        self.note(node, |_| Meant::Item(item));
        match item.kind(self.db) {
            ItemKind::Input | ItemKind::Let | ItemKind::Binding | ItemKind::Set => {
                let ty = self.signature_of(node, item);
                (self.emit(node, Expr::Global(item)), ty)
            }
            ItemKind::Fn if self.is_of_library(item) => {
                self.as_value(node, &LibraryFunction { items: vec![item], receiver: None }, None)
            }
            ItemKind::Fn => {
                let ty = self.signature_of(node, item);
                (self.emit(node, Expr::Function(item)), ty)
            }
            kind => {
                let what = match kind {
                    ItemKind::Schema => "a schema",
                    ItemKind::Trait => "a trait",
                    ItemKind::Variant => "a variant",
                    _ => "a type",
                };
                self.not_a_value(node, what);
                (self.emit(node, Expr::Error), Ty::Error)
            }
        }
    }

    /// An item as the head of a chain.
    pub(super) fn item_head(&mut self, node: Node<'_>, item: Item) -> Head {
        self.note(node, |_| Meant::Item(item));
        match item.kind(self.db) {
            ItemKind::Fn if self.is_of_library(item) => {
                Head::Library(LibraryFunction { items: vec![item], receiver: None })
            }
            ItemKind::Schema => Head::Type(RecordKind::Schema(item), Ty::Schema(item)),
            ItemKind::Type => {
                let ty = self.alias(node, item);
                match base(&ty) {
                    Ty::Kube(kube) => Head::Type(RecordKind::Kube(*kube), ty.clone()),
                    Ty::Schema(schema) => Head::Type(RecordKind::Schema(*schema), ty.clone()),
                    Ty::Map(_) | Ty::Record(_) | Ty::Keyed(_) => {
                        let id = self.ty(ty.clone());
                        Head::Type(RecordKind::Type(id), ty)
                    }
                    _ => {
                        let (id, ty) = self.global(node, item);
                        Head::Value(id, ty)
                    }
                }
            }
            _ => {
                let (id, ty) = self.global(node, item);
                let ty = self.narrowed_type(node, ty);
                Head::Value(id, ty)
            }
        }
    }

    pub(super) fn not_a_value(&mut self, node: Node<'_>, what: &str) {
        let name = node.text();
        let mut problem = self.problem(220, node, format!("`{name}` is {what}, not a value"));
        if what == "a schema" || what == "a Kubernetes type" {
            problem = problem.help(format!("make one of it: `{name} {{ … }}`"));
        }
        if what == "a trait" {
            problem = problem.help(format!("it is put on a record: `Service with {name} {{ … }}`"));
        }
        self.report(problem);
    }

    /// The field `name` of records of type `ty`: one that is declared, or any key where keys are open.
    pub(super) fn field_of(&self, ty: &Ty, name: &str) -> Option<FieldOf> {
        let open = |ty: Ty| FieldOf { ty, slot: NO_SLOT, place: None, derived: false };
        match base(ty) {
            Ty::Schema(item) => {
                let info = schema(self.db, *item);
                if let Some(slot) = info.slot(name)
                    && let Some(field) = info.fields.get(usize::from(slot))
                {
                    let ty = match field.optional {
                        true => declared_optional(field.ty.clone()),
                        false => field.ty.clone(),
                    };
                    return Some(FieldOf {
                        ty,
                        slot,
                        place: Some(field.place),
                        derived: field.derive,
                    });
                }
                // Without a field at all, the schema itself is broken: that is reported there.
                let broken = info.ancestors.is_empty();
                (info.open || broken).then(|| open(if broken { Ty::Error } else { Ty::Any }))
            }
            Ty::Kube(ty) => {
                let field =
                    ty.field_at(name, self.minor).filter(|field| field.exists_in(self.minor))?;
                let required = field.required;
                let ty = match (name, ty.kind()) {
                    _ if is_data_of_secret(*ty, name) => {
                        Ty::Map(Arc::new((Ty::Str, sealed(Ty::Str))))
                    }
                    // The type says of which kind the object is, and what may be in it.
                    ("kind", Some(kind)) => Ty::Literal(Literal::Str(kind.info().kind.into())),
                    ("apiVersion", Some(kind)) => {
                        Ty::Literal(Literal::Str(kind.info().api_version().into()))
                    }
                    _ => kube_type(field.ty),
                };
                Some(open(if required { ty } else { declared_optional(ty) }))
            }
            Ty::Case(item, index) => {
                let info = &case(self.db, *item, *index)?.info;
                let slot = info.slot(name)?;
                let field = info.fields.get(usize::from(slot))?;
                let ty = match field.optional {
                    true => declared_optional(field.ty.clone()),
                    false => field.ty.clone(),
                };
                Some(FieldOf { ty, slot, place: Some(field.place), derived: field.derive })
            }
            Ty::Object => Some(open(match name {
                "apiVersion" | "kind" => Ty::Str,
                "metadata" => crate::eval::objects::metadata().map_or(Ty::Any, Ty::Kube),
                _ => Ty::Any,
            })),
            Ty::Map(map) => Some(open(map.1.clone())),
            Ty::Keyed(keyed) => Some(open(self.element_of(keyed, name))),
            Ty::Record(record) => {
                record.field(name).or(record.rest.as_ref()).map(|ty| open(ty.clone()))
            }
            Ty::Error => Some(open(Ty::Error)),
            Ty::Any => Some(open(Ty::Any)),
            _ => None,
        }
    }

    /// The type of the element of a keyed list that has this key: of an object, its key may say the kind.
    fn element_of(&self, keyed: &KeyedTy, key: &str) -> Ty {
        let by_kind = keyed.keys.first().is_some_and(|first| **first == *"kind");
        if *base(&keyed.element) != Ty::Object || !by_kind {
            return keyed.element.clone();
        }
        let kind = key.split('/').next().unwrap_or_default();
        let kind = kube::types::newest_at(kind, self.minor);
        kind.map_or(Ty::Object, |kind| Ty::Kube(kind.info().ty))
    }

    /// The declared fields of a type, for suggestions.
    pub(super) fn field_names<'t>(&self, ty: &'t Ty) -> Vec<&'t str>
    where
        'e: 't,
    {
        match base(ty) {
            Ty::Schema(item) => names_of_fields(&schema(self.db, *item).fields),
            Ty::Case(item, index) => case(self.db, *item, *index)
                .map_or_else(Vec::new, |case| names_of_fields(&case.info.fields)),
            Ty::Kube(ty) => kube_field_names(*ty, self.minor),
            Ty::Record(record) => record.fields.iter().map(|(name, _)| &**name).collect(),
            _ => Vec::new(),
        }
    }

    /// Of the declared fields of a type those that `name` can have been meant to be.
    pub(super) fn fields_near<'t>(&self, ty: &'t Ty, name: &str) -> Vec<&'t str>
    where
        'e: 't,
    {
        match base(ty) {
            Ty::Schema(item) => fields_of_schema(self.db, *item).near(name),
            _ => self.field_names(ty),
        }
    }

    /// Whether values of the type consist of fields or keys.
    pub(super) fn is_record(ty: &Ty) -> bool {
        matches!(
            base(present(ty)),
            Ty::Schema(_)
                | Ty::Variant(_)
                | Ty::Case(..)
                | Ty::Kube(_)
                | Ty::Object
                | Ty::Map(_)
                | Ty::Keyed(_)
                | Ty::Record(_)
                | Ty::Any
                | Ty::Error
        )
    }
}

fn names_of_fields(fields: &[FieldInfo]) -> Vec<&str> {
    fields.iter().map(|field| &*field.name).collect()
}

/// The fields of a schema, of which each of many mistyped names is asked for.
#[salsa::tracked]
fn fields_of_schema(db: &dyn Database, item: Item) -> Names {
    Names::new(names_of_fields(&schema(db, item).fields))
}
