//! The fields of a file: `app = …`, `let`, `input`, and what an overlay puts on its base.

use std::sync::Arc;

use kube::near::Names;
use salsa::Database;
use syntax::{Node, NodeKind, NodeKind as K};

use super::advice::type_of_written;
use super::layer::Traits;
use super::path::{Bound, Segment, bound, may_be_list, segments};
use super::secret::Concealed;
use super::{Elaborator, Own, signature};
use crate::code::{BodyId, Entry, EntryKind, Expr, ExprId, Key, NO_SLOT, SetOp, Strength};
use crate::db::{Item, ItemKind, Library, Module, Origin};
use crate::fits::{Fit, fits, optional, present};
use crate::nameless::used_for_overlay;
use crate::parse::is_cut_short;
use crate::path;
use crate::problem::{Code, Place, Problem};
use crate::reach::module_names;
use crate::resolve::{Target, bases, brought, declaration, items_named};
use crate::sensitive::reaches_sensitive;
use crate::show::type_name;
use crate::ty::Ty;
use crate::types::key_text;
use crate::unreadable::{has_nameless, may_declare};

/// What to do about something else that is called as the namespace of a file is.
pub(super) const NAMESPACE: &str = "`namespace` at the top of a file is that of what the file makes: give other things other names";

impl Elaborator<'_> {
    /// The declared type of an item, or what its base says of it.
    pub(super) fn declared(&mut self, node: Node<'_>) -> Option<Ty> {
        if let Some(annotation) = node.child(NodeKind::Annotation) {
            let ty = annotation.children().next().map_or(Ty::Error, |ty| self.read_type(ty));
            let path = node.child(NodeKind::Path);
            let single = path.is_none_or(|path| {
                path.children().filter(|n| n.kind() != NodeKind::Question).count() == 1
            });
            if single {
                let below = declaration(self.db, self.module, self.item.name(self.db));
                if let Some(below) = below.filter(|below| below.module(self.db) != self.module)
                    && self.kind == ItemKind::Binding
                {
                    let problem = self.keeps_its_type(annotation, below);
                    // That a value stands there in place of a type is told.
                    if !matches!(ty, Ty::Literal(_)) || node.child(NodeKind::Set).is_some() {
                        self.report(problem);
                    }
                    return Some(Ty::Error);
                }
                let marked = path.is_some_and(|path| path.child(NodeKind::Question).is_some());
                if self.is_namespace() && fits(self.db, present(&ty), &Ty::Str) == Fit::No {
                    let shown = type_name(self.db, &ty);
                    let message = format!("the namespace of a file is a text, and no {shown}");
                    self.report(self.problem(201, annotation, message).help(NAMESPACE));
                    return Some(Ty::Error);
                }
                return Some(if marked { optional(ty) } else { ty });
            }
        }
        let declared = declaration(self.db, self.module, self.item.name(self.db));
        let above = declared.filter(|declared| {
            *declared != self.item
                && matches!(declared.kind(self.db), ItemKind::Binding | ItemKind::Input)
                && matches!(self.kind, ItemKind::Binding | ItemKind::Set)
        });
        if above.is_none() && self.is_namespace() {
            let prelude = Library::try_get(self.db)?.prelude(self.db);
            let label = declaration(self.db, prelude, "DnsLabel")?;
            return Some(self.alias(node, label));
        }
        above.map(|declared| self.signature_of(node, declared))
    }

    /// The type of an object that stands in a file without a name, `k8s.Deployment { … }`.
    pub(super) fn nameless_object<'t>(&self, node: Node<'t>) -> Option<&'t str> {
        let path = node.child(K::Path)?;
        let first = path.children().next()?;
        let last = path.children().last()?;
        let made = node.child(K::Body).or(node.child(K::Layered)).is_some();
        let named = [first, last].iter().all(|name| name.kind() == K::Name)
            && last.text().starts_with(char::is_uppercase);
        // The item itself is what is called so here, so it is looked for elsewhere.
        let declares = |item: &&Item| matches!(item.kind(self.db), ItemKind::Schema);
        let is = match brought(self.db, self.module).named(first.text()).map(|used| used.target) {
            Some(Target::Module(_) | Target::Definitions(_)) => first != last,
            Some(Target::Item(item)) => first == last && item.kind(self.db) == ItemKind::Schema,
            Some(_) => first == last,
            None if first == last => {
                items_named(self.db, self.module, first.text()).iter().any(|item| declares(&item))
            }
            None => first.text() == "k8s",
        };
        (made && named && is).then(|| path.text())
    }

    /// Whether a node is the whole value of it.
    pub(super) fn is_namespace_itself(&self, node: Node<'_>) -> bool {
        let above = node.ancestors();
        let kinds: Vec<NodeKind> = above.iter().map(|node| node.kind()).collect();
        self.is_namespace() && matches!(kinds.as_slice(), [K::Set, K::Binding, K::Root])
    }

    /// Whether this is the namespace of what a file makes, which every file can be told.
    fn is_namespace(&self) -> bool {
        matches!(self.kind, ItemKind::Binding | ItemKind::Input | ItemKind::Set)
            && self.item.name(self.db) == "namespace"
            && self.module.origin(self.db) != Origin::Library
    }

    pub(super) fn file_entry(
        &mut self,
        node: Node<'_>,
        declared: Option<Ty>,
        entries: &mut Vec<Entry>,
    ) {
        let name: Arc<str> = self.item.name(self.db).into();
        let layer = matches!(self.kind, ItemKind::Binding | ItemKind::Set)
            && !bases(self.db, self.module).is_empty();
        if layer && declared.is_none() {
            let path = node.child(NodeKind::Path).and_then(|path| path.children().next());
            let all = all_below(self.db, self.module);
            let below =
                all.iter().find_map(|base| items_named(self.db, *base, &name).first().copied());
            if let Some(below) = below {
                let problem = self.not_for_layers(path.unwrap_or(node), below);
                self.report(problem);
                return;
            }
            let names = names_below(self.db, self.module).near(&name);
            let whole = if self.kind == ItemKind::Set { "program" } else { "base" };
            let message = format!("the {whole} has nothing called `{name}`");
            let problem = self.problem(406, path.unwrap_or(node), message);
            let mut problem = problem.meant(&name, names);
            if problem.help.is_none()
                && all
                    .iter()
                    .any(|base| may_declare(self.db, *base, &name) || has_nameless(self.db, *base))
            {
                return;
            }
            problem.help = problem.help.or_else(|| {
                let of_item = node.child(NodeKind::Path).is_none_or(|path| path.text() == &*name);
                let (ty, value) = match of_item {
                    true => (type_of_written(node), "…"),
                    false => ("Name", "{ … }"),
                };
                let declare = || format!("give a new item its type: `{name}: {ty} = {value}`");
                (whole == "base").then(declare)
            });
            if whole == "program"
                && let Some((word, _)) = name.split_once(char::is_whitespace)
            {
                match word {
                    "unset" => {
                        let (path, _) = path::setting(self.item.text(self.db)).unwrap_or_default();
                        let names: Vec<String> =
                            path::segments(path).into_iter().map(|s| s.name).collect();
                        problem.help = Some(format!("say it in an overlay: `{}`", names.join(".")));
                    }
                    "default" | "final" | "override" => {
                        let help = "write the path alone: the command line is above all layers";
                        problem.help = Some(help.to_owned());
                    }
                    _ => {}
                }
            }
            let near = problem.fix.as_ref().and_then(|fix| Some(fix.edits.first()?.text.clone()));
            self.report(problem);
            self.names_at_the_top(node, near.as_deref());
            return;
        }
        self.binding = Some(name);
        self.item_body = true;
        match node.kind() {
            NodeKind::Binding | NodeKind::Removal => self.file_binding(node, declared, entries),
            _ => self.named_binding(node, declared, entries),
        }
    }

    /// Reads what a layer binds to a name that nothing below has, for the names in it. Those of the fields of what was meant
    /// are in scope; where nobody knows what that was, any name in braces may be one.
    fn names_at_the_top(&mut self, node: Node<'_>, near: Option<&str>) {
        let near = near.and_then(|near| declaration(self.db, self.module, near));
        let bound = bound(node);
        self.own = match (near, &bound) {
            (Some(item), _) => Some(Own::new(signature(self.db, item).ty.clone(), Vec::new())),
            (None, Bound::Block(..)) => Some(Own::new(Ty::Error, Vec::new())),
            _ => None,
        };
        // It may be a secret, by the name that was meant.
        let is_sensitive = near.is_some_and(|near| self.leads_to_sensitive(near, node));
        let outer = self.concealed;
        if is_sensitive {
            self.concealed = Concealed::All;
        }
        self.names_in(&bound);
        if let Bound::Value(_, value) = bound
            && is_sensitive
        {
            self.hide_constants(&[value]);
        }
        (self.own, self.concealed) = (None, outer);
    }

    /// Whether what a binding gives to an item that is called otherwise may be sensitive there.
    fn leads_to_sensitive(&self, item: Item, binding: Node<'_>) -> bool {
        let mut ty = signature(self.db, item).ty.clone();
        let path = binding.child(NodeKind::Path);
        for name in path.iter().flat_map(|path| path.children()).skip(1) {
            match self.field_of(present(&ty), &key_text(name)) {
                Some(field) => ty = field.ty,
                None => break,
            }
        }
        reaches_sensitive(self.db, &ty)
    }

    /// That a name is that of a `let` of a file below, which only that file reads.
    pub(super) fn is_let_below(&self, node: Node<'_>) -> Option<Problem> {
        let name = node.text();
        let below = all_below(self.db, self.module);
        let items = below.iter().flat_map(|base| items_named(self.db, *base, name));
        let found = items.copied().find(|item| item.kind(self.db) == ItemKind::Let)?;
        let problem = self.not_for_layers(node, found);
        let path = found.module(self.db).path(self.db);
        let message = format!("`{name}` is a `let` of {path}, which only that file reads");
        Some(Problem { code: Code::E(101), message, ..problem })
    }

    /// Why something that is no field of its file cannot be layered.
    pub(super) fn not_for_layers(&self, node: Node<'_>, item: Item) -> Problem {
        let (what, why) = match item.kind(self.db) {
            ItemKind::Let => {
                ("a `let`", "a `let` is its file's own: make it a field or an `input` there")
            }
            ItemKind::Fn => ("a function", "layers change fields and inputs"),
            ItemKind::Trait => ("a trait", "change the services that it is put on"),
            _ => ("a type", "layers change fields and inputs"),
        };
        let name = item.name(self.db);
        let of = if bases(self.db, self.module).contains(&item.module(self.db)) {
            "the base"
        } else {
            item.module(self.db).path(self.db)
        };
        self.problem(409, node, format!("`{name}` is {what} of {of}, which no layer changes"))
            .related(Place { item, node: 1 }, "declared here")
            .help(why)
    }

    /// That a layer says of which type something is.
    pub(super) fn keeps_its_type(&self, annotation: Node<'_>, item: Item) -> Problem {
        let name = item.name(self.db);
        let message = format!("the type of `{name}` is its base's, and a layer cannot change it");
        self.problem(409, annotation, message)
            .related(Place { item, node: 1 }, "declared here")
            .help(match annotation.children().next().map(Node::kind) {
                Some(NodeKind::RecordType | NodeKind::MapType) => {
                    format!("fields stand in braces, and values behind `=`: `{name} {{ … }}`")
                }
                _ => format!("leave the type out: `{name} = …`"),
            })
    }

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

    pub(super) fn item_value(&mut self, value: Node<'_>, declared: Option<&Ty>) -> ExprId {
        self.item_body = true;
        let id = match declared {
            Some(ty) => self.value(value, ty, None),
            None if self.is_nothing(value) => self.emit(value, Expr::Error),
            None => self.expression(value, None).0,
        };
        self.item_body = false;
        if self.kind != ItemKind::Set && is_cut_short(value) {
            self.emit(value, Expr::Error)
        } else {
            id
        }
    }

    /// `app = …`, `app { … }`, `override app.scale = …`, `unset app.live`.
    pub(super) fn file_binding(
        &mut self,
        node: Node<'_>,
        declared: Option<Ty>,
        out: &mut Vec<Entry>,
    ) {
        let Some(path) = node.child(NodeKind::Path) else { return };
        let strength = self.strength(node);
        self.path_at_the_top(node, &segments(path), strength, declared, out);
    }

    /// A path that begins with a field of a file, of which the type is known where it is a layer.
    pub(super) fn path_at_the_top(
        &mut self,
        node: Node<'_>,
        path: &[Segment<'_>],
        strength: Strength,
        declared: Option<Ty>,
        out: &mut Vec<Entry>,
    ) {
        self.item_body = false;
        let Some((first, rest)) = path.split_first() else { return };
        if first.node.kind() == NodeKind::Computed {
            self.report(self.problem(
                116,
                first.node,
                "the fields of a file have names that are written out",
            ));
            return;
        }
        let key = Key::Static { name: key_text(first.node), slot: NO_SLOT };
        self.misplaced_words(node, &Ty::Any);
        let bound = bound(node);
        let kind = match (&bound, rest.is_empty()) {
            (Bound::Value(SetOp::Append | SetOp::Prepend, _), true)
                if let Some(ty) = declared.as_ref().filter(|ty| !may_be_list(ty)) =>
            {
                self.no_list(first.node, ty, None);
                self.names_in(&bound);
                return;
            }
            (Bound::Value(op, value), true) => {
                let value = self.item_value(*value, declared.as_ref());
                EntryKind::Set { key, op: *op, strength, value }
            }
            (Bound::Removal, true) => EntryKind::Unset { key },
            (Bound::Nothing, _) => {
                // `replicas: 3` has a type of one value, which is seldom meant; and what is further in has its type.
                if let Some(annotation) = node.child(NodeKind::Annotation)
                    && let Some(written) = annotation.children().next()
                    && (!rest.is_empty()
                        || matches!(written.kind(), K::Int | K::Str | K::Bool | K::Float | K::Unit))
                {
                    let path = node.child(NodeKind::Path).unwrap_or(first.node);
                    self.type_for_value(path, annotation, written, true);
                }
                return;
            }
            _ => {
                let Some(ty) = declared else {
                    let mut items = self.module.items(self.db).iter();
                    if items.any(|item| item.kind(self.db) == ItemKind::Overlay) {
                        // Its base is not there, and that is told.
                        return;
                    }
                    let name = key_text(first.node);
                    if let Some(used) = self.used_in_plain_file(first.node, &name) {
                        self.report(used);
                        return;
                    }
                    let place = self.place(first.node);
                    if let Some(used) = used_for_overlay(self.db, self.module, &name, place) {
                        self.report(used);
                        return;
                    }
                    let object = self.nameless_object(node);
                    if object.is_some() && node.child(NodeKind::Modifier).is_some() {
                        // What to write was told with the word before it.
                        return;
                    }
                    let problem = match object {
                        Some(object) => self
                            .problem(224, first.node, "what a file makes has a name")
                            .help(format!("give it one: `name = {object} {{ … }}`")),
                        None => self
                            .problem(224, first.node, format!("nothing says what `{name}` is"))
                            .help(format!(
                                "make it, `{name} = Service {{ … }}`; a file that changes another begins with `overlay \"./base.dep\"`"
                            )),
                    };
                    self.report(problem);
                    return;
                };
                let ty = present(&ty).clone();
                if !self.takes_blocks(&ty) {
                    let shown = type_name(self.db, &ty);
                    let name = key_text(first.node);
                    let message = format!("`{name}` is {shown} and has no fields");
                    self.report(self.problem(221, first.node, message));
                    return;
                }
                let (traits, body) = match (&bound, rest.first()) {
                    (Bound::Block(owner, body), None) => {
                        let traits = match owner.kind() {
                            NodeKind::Layered => self.traits(*owner, &ty),
                            _ => Traits::default(),
                        };
                        let body = self.block_above(&traits, *body, &ty, true);
                        (traits.items, body)
                    }
                    (_, next) => (Vec::new(), self.path_layer(rest, next, &ty, &bound, strength)),
                };
                EntryKind::Block { key, strength, optional: first.optional, traits, body }
            }
        };
        out.push(Entry { node: first.node.id(), kind });
    }

    /// The rest of a path as a layer of its own: its first segment opens the item's body as braces do.
    pub(super) fn path_layer(
        &mut self,
        rest: &[Segment<'_>],
        next: Option<&Segment<'_>>,
        ty: &Ty,
        bound: &Bound<'_>,
        strength: Strength,
    ) -> BodyId {
        let keys = next.map(|next| key_text(next.node));
        self.own = Some(Own::new(ty.clone(), keys.clone().into_iter().collect()));
        self.inner = Some(ty.clone());
        self.binding = keys;
        let entry = self.bind(rest, ty, bound, strength);
        self.own = None;
        self.inner = None;
        self.body_of(true, entry.into_iter().collect())
    }
}

/// Whether an item is one that layers can change.
fn is_field(db: &dyn Database, item: Item) -> bool {
    matches!(item.kind(db), ItemKind::Binding | ItemKind::Input)
}

/// The names of all that a layer can change, of which one was meant where a name is none of them. They are as many as
/// those for which one is meant can be, so they are looked for once.
#[salsa::tracked(returns(ref))]
fn names_below(db: &dyn Database, module: Module) -> Names {
    let below = all_below(db, module);
    let named = below.iter().flat_map(|base| base.names(db).iter());
    let fields = named.filter(|(_, items)| items.iter().any(|item| is_field(db, *item)));
    let modules = module_names(db, module);
    Names::new(fields.map(|(name, _)| &**name).chain(modules.iter().map(|name| &**name)))
}

/// The files that a module lies on, each with those that it lies on itself; a ring of them, which is told elsewhere, is
/// gone around once.
fn all_below(db: &dyn Database, module: Module) -> Vec<Module> {
    let mut all: Vec<Module> = bases(db, module).to_vec();
    let mut at = 0;
    while let Some(&next) = all.get(at) {
        let more = bases(db, next).iter().copied().filter(|more| !all.contains(more));
        let more: Vec<Module> = more.collect();
        all.extend(more);
        at += 1;
    }
    all
}
