//! What a place offers: fields of a type, constants, names in scope, and names that a `use` would bring.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

use analysis::db::{Item, ItemKind, Library, Module, Origin, target};
use analysis::elaborate::{Meaning, Meant, Scene, signature};
use analysis::fits::{base, present};
use analysis::in_scope::names_in_scope;
use analysis::keys::{There, shape_of};
use analysis::parse::parsed;
use analysis::resolve::{Target, resolve};
use analysis::schema::schema;
use analysis::show::type_name;
use analysis::ty::{Literal, Ty};
use analysis::types::kube_type;
use analysis::variant::variant;
use syntax::{Node, NodeKind as K};

use super::{CompletionKind, Finder, NAMES};
use crate::hover::doc;
use crate::outline::matches;
use crate::symbol::bound_at;

/// The type of the library for the name of a port, and the field in which ports are declared.
const PORT_NAME: &str = "PortName";
const PORTS: &str = "ports";

impl Finder<'_> {
    /// The fields of a type; to be bound, or to be read.
    pub(super) fn fields(&mut self, ty: &Ty, without: &BTreeSet<String>, binds: bool) {
        let db = self.workspace.db();
        let minor = target(db);
        let mut found: Vec<(Arc<str>, Ty, bool, Option<String>)> = Vec::new();
        // The minor of Kubernetes from which a field is there.
        let mut since: BTreeMap<&str, u8> = BTreeMap::new();
        match base(present(ty)) {
            Ty::Schema(item) => {
                for field in &schema(db, *item).fields {
                    let required = !field.optional && !field.has_default;
                    found.push((
                        field.name.clone(),
                        field.ty.clone(),
                        required,
                        doc(self.workspace, field.place),
                    ));
                }
            }
            Ty::Case(item, index) => {
                let cases = &variant(db, *item).cases;
                for field in
                    cases.get(usize::from(*index)).into_iter().flat_map(|case| &case.info.fields)
                {
                    let required = !field.optional && !field.has_default;
                    found.push((
                        field.name.clone(),
                        field.ty.clone(),
                        required,
                        doc(self.workspace, field.place),
                    ));
                }
            }
            Ty::Variant(item) if binds => return self.cases(*item),
            Ty::Kube(kube) => {
                for field in kube.fields_at(minor).filter(|field| field.exists_in(minor)) {
                    let doc = kube::docs::of_field(*kube, field.name).map(str::to_owned);
                    found.push((field.name.into(), kube_type(field.ty), field.required, doc));
                    if field.since > kube::types::FIRST {
                        since.insert(field.name, field.since);
                    }
                }
            }
            Ty::Record(record) => {
                found.extend(
                    record.fields.iter().map(|(name, ty)| (name.clone(), ty.clone(), false, None)),
                );
            }
            Ty::Range(element) if !binds => {
                for end in ["start", "end"] {
                    found.push((end.into(), (**element).clone(), false, None));
                }
            }
            Ty::Duration if !binds => found.push(("seconds".into(), Ty::Int, false, None)),
            Ty::Percent if !binds => found.push(("percent".into(), Ty::Int, false, None)),
            _ => {}
        }
        for (name, ty, required, documentation) in found {
            if without.contains(&*name) || ty == Ty::Never {
                continue;
            }
            let insert = match (binds, is_record(&ty)) {
                (false, _) => written(&name),
                (true, true) => format!("{} {{ $0 }}", written(&name)),
                (true, false) => format!("{} = ", written(&name)),
            };
            let mut detail = type_name(db, &ty);
            if let Some(minor) = since.get(&*name) {
                let _ = write!(detail, ", since 1.{minor}");
            }
            let rank = if required && binds { 0 } else { 1 };
            let field = self.push(&name, CompletionKind::Field, detail, rank);
            field.documentation = documentation;
            field.insert = insert;
        }
    }

    /// The keys of a map of an item, as the file of another one sees them.
    pub(super) fn keys(&mut self, from: Item, of: Item, path: &[Arc<str>], binds: bool) {
        let db = self.workspace.db();
        let text = self.workspace.text(self.file).unwrap_or_default();
        let begun = text.get(self.start..self.offset).unwrap_or_default();
        for (key, there) in shape_of(db, from.module(db), of, path).known() {
            // What is being written is a key already, but not one to be offered.
            if binds && **key == *begun {
                continue;
            }
            let detail = match there {
                There::Always => String::new(),
                There::Perhaps => "perhaps".to_owned(),
            };
            let insert = match binds {
                true => format!("{} = ", written(key)),
                false => written(key),
            };
            self.push(key, CompletionKind::Key, detail, 0).insert = insert;
        }
    }

    /// The names of the ports beside a field that is for one.
    pub(super) fn ports(&mut self, item: Item, meaning: &Meaning, string: Node<'_>) {
        let binding = string.ancestors().into_iter().find(|above| above.kind() == K::Binding);
        let bound = binding.and_then(|binding| binding.child(K::Path)?.children().last());
        let Some(bound) = bound else { return };
        let Some(Meant::Field { ty, .. }) = meaning.names.get(&bound.id()) else { return };
        if type_name(self.workspace.db(), present(ty)) != PORT_NAME {
            return;
        }
        let Some((of, mut path)) = bound_at(self.workspace, item, bound) else { return };
        while self.all.is_empty() && path.pop().is_some() {
            path.push(PORTS.into());
            self.keys(item, of, &path, false);
            path.pop();
        }
        for port in &mut self.all {
            port.insert = port.label.clone();
        }
    }

    /// What a value could be.
    pub(super) fn expression(&mut self, item: Item, scene: &Scene) {
        let db = self.workspace.db();
        if let Some(expected) = &scene.expected {
            self.constants(expected, false);
        }
        for (name, ty) in &scene.locals {
            if !name.is_empty() {
                self.push(name, CompletionKind::Value, type_name(db, ty), 1);
            }
        }
        if let Some((ty, keys)) = &scene.own {
            self.fields(ty, &BTreeSet::new(), false);
            for key in keys {
                self.push(key, CompletionKind::Key, String::new(), 1);
            }
        }
        self.names(item);
    }

    /// The few values that a type has.
    pub(super) fn constants(&mut self, ty: &Ty, in_quotes: bool) {
        match base(present(ty)) {
            Ty::Literal(Literal::Str(text)) => {
                let shown = if in_quotes { text.to_string() } else { format!("{text:?}") };
                self.push(&shown, CompletionKind::Constant, String::new(), 0);
            }
            Ty::Literal(Literal::Int(number)) if !in_quotes => {
                self.push(&number.to_string(), CompletionKind::Constant, String::new(), 0);
            }
            Ty::Bool if !in_quotes => {
                for word in ["true", "false"] {
                    self.push(word, CompletionKind::Constant, String::new(), 0);
                }
            }
            Ty::Union(members) => {
                members.iter().for_each(|member| self.constants(member, in_quotes))
            }
            Ty::Variant(item) if !in_quotes => self.cases(*item),
            Ty::Schema(item) if !in_quotes => {
                let name = item.name(self.workspace.db()).to_owned();
                self.push(&name, CompletionKind::Schema, String::new(), 0).insert =
                    format!("{name} {{ $0 }}");
            }
            _ => {}
        }
    }

    /// All names in scope, and those of the library that a `use` would bring.
    pub(super) fn names(&mut self, item: Item) {
        let db = self.workspace.db();
        let module = item.module(db);
        let mut known: BTreeSet<&str> = BTreeSet::new();
        let mut count = 0;
        for name in names_in_scope(db, module) {
            if !known.insert(name) || !matches(name, self.begun) {
                continue;
            }
            count += 1;
            if count > NAMES {
                self.is_cut = true;
                continue;
            }
            match resolve(db, module, name) {
                // A type or a trait is no value, and none is made of it.
                Some(Target::Item(found))
                    if !matches!(found.kind(db), ItemKind::Type | ItemKind::Trait) =>
                {
                    self.named_item(found, name, 2);
                }
                Some(Target::Module(_)) => {
                    self.push(name, CompletionKind::Module, String::new(), 3);
                }
                _ => {}
            }
        }
        if let Some(library) = Library::try_get(db) {
            for function in library.functions(db).iter().flat_map(|module| module.items(db).iter())
            {
                self.named_item(*function, function.name(db), 4);
            }
        }
        self.importable(module, &known, |kind| kind == CompletionKind::Schema);
        for word in ["if", "match", "let", "not", "true", "false"] {
            self.push(word, CompletionKind::Keyword, String::new(), 6);
        }
    }

    pub(super) fn types(&mut self, item: Item, above: Option<Node<'_>>) {
        let db = self.workspace.db();
        let module = item.module(db);
        let traits = above
            .and_then(|above| above.parent())
            .is_some_and(|n| matches!(n.kind(), K::With | K::Layered))
            || above.is_some_and(|n| matches!(n.kind(), K::With | K::Layered));
        let wanted = move |kind: ItemKind| match traits {
            true => kind == ItemKind::Trait,
            false => matches!(kind, ItemKind::Schema | ItemKind::Variant | ItemKind::Type),
        };
        let mut known: BTreeSet<&str> = BTreeSet::new();
        for name in names_in_scope(db, module) {
            if known.insert(name)
                && let Some(Target::Item(found)) = resolve(db, module, name)
                && wanted(found.kind(db))
            {
                self.named_item(found, name, 1);
            }
        }
        if !traits {
            for name in [
                "Bool", "Int", "Float", "Str", "Quantity", "Duration", "Percent", "Any", "Null",
                "Never",
            ] {
                self.push(name, CompletionKind::Type, String::new(), 2);
            }
        }
        self.importable(module, &known, move |kind| match traits {
            true => kind == CompletionKind::Trait,
            false => kind != CompletionKind::Trait,
        });
    }

    /// Names of the library that a `use` on top of the file would bring.
    fn importable(
        &mut self,
        module: Module,
        known: &BTreeSet<&str>,
        wanted: impl Fn(CompletionKind) -> bool,
    ) {
        if module.origin(self.workspace.db()) == Origin::Library {
            return;
        }
        for of in analysis::workspace::library() {
            for (_, header) in of.items {
                let Some(kind) = declares(header.kind).filter(|kind| wanted(*kind)) else {
                    continue;
                };
                if known.contains(header.name) {
                    continue;
                }
                let adds = self.import(module, of.name, header.name);
                let detail = format!("use {}.{}", of.name, header.name);
                self.push(header.name, kind, detail, 5).adds = adds;
            }
        }
    }

    /// What is put where so that a name of the library is known.
    fn import(&self, module: Module, from: &str, name: &str) -> Option<(usize, String)> {
        let db = self.workspace.db();
        // A `use` of the module in braces takes one more name.
        for item in module.items(db).iter().filter(|item| item.kind(db) == ItemKind::Use) {
            let parsed = parsed(db, *item);
            let entry = parsed.tree().entry();
            let path = entry.child(K::ModulePath).map(|path| path.text());
            if let (Some(names), Some(path)) = (entry.child(K::UseNames), path)
                && path == from
            {
                let last = names.children_of(K::UseName).last()?;
                let range = self.workspace.item_range(*item)?;
                return Some((range.start + last.range().end, format!(", {name}")));
            }
        }
        let used = module
            .items(db)
            .iter()
            .filter(|item| matches!(item.kind(db), ItemKind::Use | ItemKind::Overlay));
        let last = used.filter_map(|item| self.workspace.item_range(*item)).last();
        Some(match last {
            Some(range) => (range.end, format!("\nuse {from}.{name}")),
            None => {
                let first =
                    module.items(db).first().and_then(|item| self.workspace.item_range(*item));
                (first.map_or(0, |range| range.start), format!("use {from}.{name}\n\n"))
            }
        })
    }

    pub(super) fn doc_of(&self, item: Item) -> Option<String> {
        let parsed = parsed(self.workspace.db(), item);
        Some(parsed.tree().entry().doc()).filter(|doc| !doc.trim().is_empty())
    }

    pub(super) fn named_item(&mut self, item: Item, name: &str, rank: u8) {
        let db = self.workspace.db();
        let kind = match item.kind(db) {
            ItemKind::Schema => CompletionKind::Schema,
            ItemKind::Trait => CompletionKind::Trait,
            ItemKind::Variant => CompletionKind::Variant,
            ItemKind::Type => CompletionKind::Type,
            ItemKind::Fn => CompletionKind::Function,
            ItemKind::Binding => CompletionKind::Record,
            ItemKind::Input | ItemKind::Let => CompletionKind::Value,
            _ => return,
        };
        if name.is_empty() {
            return;
        }
        let detail = match kind {
            CompletionKind::Schema
            | CompletionKind::Trait
            | CompletionKind::Variant
            | CompletionKind::Type => item.module(db).path(db).to_owned(),
            _ => type_name(db, &signature(db, item).ty),
        };
        let documentation = self.doc_of(item);
        self.push(name, kind, detail, rank).documentation = documentation;
    }
}

/// Whether a field of the type is mostly given in braces.
fn is_record(ty: &Ty) -> bool {
    matches!(
        base(present(ty)),
        Ty::Map(_) | Ty::Keyed(_) | Ty::Kube(_) | Ty::Record(_) | Ty::Schema(_)
    )
}

/// A name as it is written: in quotes where it is none.
fn written(name: &str) -> String {
    if crate::rename::is_name(name) { name.to_owned() } else { format!("{name:?}") }
}

/// What an item of the library offers, if it declares a type or a trait.
pub(super) fn declares(kind: syntax::ItemKind) -> Option<CompletionKind> {
    match kind {
        syntax::ItemKind::Schema => Some(CompletionKind::Schema),
        syntax::ItemKind::Trait => Some(CompletionKind::Trait),
        syntax::ItemKind::Variant => Some(CompletionKind::Variant),
        syntax::ItemKind::Type => Some(CompletionKind::Type),
        _ => None,
    }
}
