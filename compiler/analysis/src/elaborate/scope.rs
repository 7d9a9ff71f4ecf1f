//! What a bare name stands for in an expression.

use std::sync::Arc;

use syntax::{Node, NodeKind};

use super::library::{LibraryFunction, of_another_language};
use super::{Elaborator, Meant};
use crate::code::{Expr, ExprId, NO_SLOT};
use crate::db::{Item, ItemKind, Origin, target};
use crate::fits::{base, optional, present};
use crate::offered::{with_elsewhere, with_nearly_elsewhere};
use crate::problem::{Edit, Part, Place, Problem, Severity};
use crate::resolve::{Target, declaration, names_in_scope, resolve};
use crate::schema::schema;
use crate::sensitive::{is_data_of_secret, sealed};
use crate::ty::{KeyedTy, Literal, Ty};
use crate::types::{is_primitive, kube_field_names, kube_type};
use crate::unreadable::may_declare;
use crate::variant::case;

/// A field of a record's type.
pub(super) struct FieldOf {
    /// With `Optional` where the field may be absent.
    pub ty: Ty,
    pub slot: u16,
    pub place: Option<Place>,
    pub derived: bool,
}

impl Elaborator<'_> {
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
                    return self.as_value(node, &function);
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
                Ty::Record(record)
                    if !own.keys.iter().any(|key| **key == *name)
                        && !record.fields.iter().any(|(field, _)| **field == *name) =>
                {
                    None
                }
                Ty::Map(_) | Ty::Keyed(_) | Ty::Any | Ty::Error
                    if !own.keys.iter().any(|key| **key == *name) =>
                {
                    None
                }
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
        if name == "key" && self.kind != ItemKind::Every {
            return Some((self.emit(node, Expr::KeyName), Ty::Str));
        }
        None
    }

    /// Warns where a name that reads a field is that of a value at the top of the file too.
    fn hides_item(&mut self, node: Node<'_>, name: &str) {
        if self.heads_only || self.module.origin(self.db) == Origin::Library {
            return;
        }
        let Some(item) = declaration(self.db, self.module, name) else { return };
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
                self.as_value(node, &LibraryFunction { items: vec![item], receiver: None })
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

    fn not_a_value(&mut self, node: Node<'_>, what: &str) {
        let name = node.text();
        let mut problem = self.problem(220, node, format!("`{name}` is {what}, not a value"));
        if what == "a schema" || what == "a Kubernetes type" {
            problem = problem.help(format!("make one of it: `{name} {{ … }}`"));
        }
        self.report(problem);
    }

    fn unknown_name(&mut self, node: Node<'_>, expected: Option<&Ty>) {
        let name = node.text();
        if is_primitive(name) {
            self.not_a_value(node, "a type");
            return;
        }
        let told = !self.problems.is_empty() || !self.unknown.is_empty();
        let of_own = self.own.as_ref().is_some_and(|own| own.ty == Ty::Error);
        if of_own && told || may_declare(self.db, self.module, name) {
            // It may be a field of what is not known here, which is told.
            return;
        }
        let unread = self.binding.as_deref() == Some(name)
            && self.own.as_ref().is_some_and(|own| self.field_of(&own.ty, name).is_some());
        if unread {
            self.report(
                self.problem(101, node, format!("nothing around this is called `{name}`"))
                    .note(format!("the value of `{name}` cannot be read in that very value"))
                    .help("what the layers below give it is called `prev`"),
            );
            return;
        }
        if self.is_full() {
            // Nobody reads so many, and each would look at all names there are.
            return;
        }
        let mut candidates: Vec<Arc<str>> =
            self.locals.iter().map(|(name, _)| name.clone()).collect();
        if let Some(own) = &self.own {
            candidates.extend(own.keys.iter().cloned());
            candidates.extend(self.field_names(&own.ty));
        }
        let scope = names_in_scope(self.db, self.module);
        let mut names = candidates.iter().map(|name| &**name).chain(scope.iter().copied());
        let schema = names.find(|other| other.eq_ignore_ascii_case(name));
        let in_setting = self.kind == ItemKind::Set;
        if self.concealed || (in_setting && !self.hidden.is_empty()) {
            // It may be what is sensitive, without its quotes.
            let problem = self.problem(101, node, "nothing here has this name");
            let names = candidates.iter().map(|name| &**name).chain(scope);
            let problem = problem.meant_that(name, names, |name| !self.is_type(name));
            let quotes = problem.help.is_none().then(|| "a text stands in quotes".to_owned());
            self.hide(node);
            self.report(Problem { help: problem.help.clone().or(quotes), fix: None, ..problem });
            return;
        }
        let mut problem = self.problem(101, node, format!("nothing here is called `{name}`"));
        problem.help = match name {
            "True" | "False" => Some(format!("write `{}`", name.to_lowercase())),
            "self" | "this" => Some("a field of the item stands by its name alone".to_owned()),
            "none" | "None" | "nil" | "undefined" => {
                Some("what is not there is left out, or taken back with `unset`".to_owned())
            }
            _ => None,
        };
        if problem.help.is_none() {
            let minor = target(self.db);
            problem = with_elsewhere(self.db, self.module, name, minor, problem);
        }
        if problem.help.is_none()
            && let Some(here) = of_another_language(name)
            && self.library_function(here).is_some()
        {
            problem.help = Some(format!("it is called `{here}` here"));
        }
        if matches!(name, "True" | "False") {
            let text = name.to_lowercase();
            problem = problem.fix(format!("write `{text}`"), self.place(node), text);
        }
        if in_setting && node.parent().is_some_and(|above| above.kind() == NodeKind::List) {
            problem.help = Some(format!("a text in a list stands in quotes: `[\"{name}\"]`"));
        }
        let word = if problem.help.is_none() { self.word_meant(name, expected) } else { None };
        let made = |above: Node<'_>| {
            above.child(NodeKind::Amend).or(above.child(NodeKind::With)).is_some()
        };
        if problem.help.is_none() && node.parent().is_some_and(made) {
            problem = problem.meant(name, schema);
            if problem.help.is_none() && name.starts_with(char::is_uppercase) {
                let scope = scope.iter().copied();
                problem = problem.meant_that(name, scope, |name| self.makes_records(name));
            }
            if problem.help.is_none() {
                problem = with_nearly_elsewhere(self.db, self.module, name, problem);
            }
        }
        if problem.help.is_none() && !word.as_ref().is_some_and(|word| word.certain) {
            let candidates = candidates.iter().map(|name| &**name).chain(scope);
            problem =
                problem.meant_that(name, candidates, |name| self.may_stand(node, name, expected));
        }
        if problem.help.is_none()
            && let Some(word) = word
        {
            problem.help = Some(word.help);
            if let Some(text) = word.instead {
                let edit = Edit { place: problem.place, part: Part::Whole, text };
                problem = problem.offer("write it as a value", word.certain, edit);
            }
        }
        if problem.help.is_none() {
            problem.help = self.file_without_name(name);
        }
        if problem.help.is_none()
            && node.parent().is_some_and(|above| above.kind() == NodeKind::Set)
        {
            problem = problem.help(format!("a text stands in quotes: `\"{name}\"`"));
        }
        self.report(problem);
    }

    /// Whether something in scope can be what was meant by a name that stands here: not what is being bound, nor what is
    /// no value, nor a function where none is called or asked for.
    fn may_stand(&self, node: Node<'_>, name: &str, expected: Option<&Ty>) -> bool {
        if self.is_type(name) {
            return false;
        }
        if self.locals.iter().any(|(local, _)| **local == *name) {
            return true;
        }
        let found = resolve(self.db, self.module, name);
        if self.binding.as_deref() == Some(name) {
            return matches!(found, Some(Target::Item(item)) if item != self.item);
        }
        let called = node.parent().is_some_and(|above| above.child(NodeKind::Call).is_some());
        let operand = |above: Node<'_>| {
            matches!(above.kind(), NodeKind::Range | NodeKind::Binary | NodeKind::Unary)
        };
        let plain = node.parent().is_some_and(operand)
            || expected.is_some_and(|want| {
                !matches!(base(present(want)), Ty::Fn(_) | Ty::Any | Ty::Error | Ty::Param(_))
            });
        let function = match found {
            Some(Target::Item(item)) => item.kind(self.db) == ItemKind::Fn,
            Some(_) => false,
            None => self.library_function(name).is_some(),
        };
        !(function && plain && !called)
    }

    /// Whether values are made of a type of this name: `Name { … }`.
    fn makes_records(&self, name: &str) -> bool {
        match resolve(self.db, self.module, name) {
            Some(Target::Item(item)) => item.kind(self.db) == ItemKind::Schema,
            Some(Target::Kube(_)) => true,
            _ => false,
        }
    }

    /// Whether a name in scope stands for a type, which is never meant where a value is read.
    fn is_type(&self, name: &str) -> bool {
        name.starts_with(char::is_uppercase)
            && match resolve(self.db, self.module, name) {
                Some(Target::Item(item)) => matches!(
                    item.kind(self.db),
                    ItemKind::Schema | ItemKind::Trait | ItemKind::Variant | ItemKind::Type
                ),
                Some(Target::Kube(_)) => true,
                _ => false,
            }
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
                    let ty =
                        if field.optional { optional(field.ty.clone()) } else { field.ty.clone() };
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
                let field = ty
                    .field_at(name, target(self.db))
                    .filter(|field| field.exists_in(target(self.db)))?;
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
                Some(open(if required { ty } else { optional(ty) }))
            }
            Ty::Case(item, index) => {
                let info = &case(self.db, *item, *index)?.info;
                let slot = info.slot(name)?;
                let field = info.fields.get(usize::from(slot))?;
                let ty = if field.optional { optional(field.ty.clone()) } else { field.ty.clone() };
                Some(FieldOf { ty, slot, place: Some(field.place), derived: field.derive })
            }
            Ty::Object => Some(open(match name {
                "apiVersion" | "kind" => Ty::Str,
                "metadata" => crate::eval::objects::metadata().map_or(Ty::Any, Ty::Kube),
                _ => Ty::Any,
            })),
            Ty::Map(map) => Some(open(map.1.clone())),
            Ty::Keyed(keyed) => Some(open(self.element_of(keyed, name))),
            Ty::Record(record) => record
                .fields
                .iter()
                .find(|(field, _)| **field == *name)
                .map(|(_, ty)| ty.clone())
                .or_else(|| record.rest.clone())
                .map(open),
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
        let kind = kube::types::newest_at(kind, target(self.db));
        kind.map_or(Ty::Object, |kind| Ty::Kube(kind.info().ty))
    }

    /// The declared fields of a type, for suggestions.
    pub(super) fn field_names(&self, ty: &Ty) -> Vec<Arc<str>> {
        match base(ty) {
            Ty::Schema(item) => {
                schema(self.db, *item).fields.iter().map(|field| field.name.clone()).collect()
            }
            Ty::Case(item, index) => case(self.db, *item, *index).map_or_else(Vec::new, |case| {
                case.info.fields.iter().map(|field| field.name.clone()).collect()
            }),
            Ty::Kube(ty) => {
                kube_field_names(*ty, target(self.db)).into_iter().map(Arc::from).collect()
            }
            Ty::Record(record) => record.fields.iter().map(|(name, _)| name.clone()).collect(),
            _ => Vec::new(),
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
