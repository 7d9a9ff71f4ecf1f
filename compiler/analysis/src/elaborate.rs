//! From an item's tree to its code: names become what they stand for, literals are read by the type that is
//! expected, and kinds are proved. Each mistake in what is written is found here, whether or not anything
//! ever instantiates it.

mod elaborated;

mod circular;
mod entries;
mod file;
mod inherited;
mod reached;

mod path;

mod layer;

mod record;

mod expression;

mod literal;

mod logic;
mod operator;

mod bare;
mod branch;

mod matching;

mod variant;

mod collection;

mod function;
mod repeated;

mod chain;

mod index;

mod data;
mod definitions;

mod call;

mod lacking;
mod library;

mod params;

mod scope;

mod setting;

mod test;

mod every;

mod derive;
mod emits;

mod known;

mod narrow;
mod never;
mod no_trait;

mod union;
pub(crate) mod unknown;
mod untyped;

mod secret;
mod taint;

mod mismatch;

mod report;

mod advice;
mod dollar;
mod fields;
mod habit;
mod nearby;

mod notes;
mod nowhere;

pub use elaborated::Elaborated;
pub(crate) use expression::is_scalar;
pub use habit::interpolated;
pub use layer::trait_target;
pub use mismatch::doc_at;
pub use notes::{Called, Meaning, Meant, Scene, meaning};
pub(crate) use record::written_keys;

use std::cell::OnceCell;
use std::sync::Arc;

use salsa::Database;
use syntax::{Node, NodeKind};

use crate::chain::{Level, TOO_LONG};
use crate::code::{self, Body, BodyId, Entry, Expr, ExprId, Root, Schema, TyId};
use crate::db::{Item, ItemKind, Module, target};
use crate::fits::widened;
use crate::limits;
use crate::parse::{Parsed, is_cut_short, is_whole, parsed};
use crate::problem::{Place, Problem};
use crate::reach::{is_elsewhere, used_as};
use crate::resolve::Target;
use crate::schema::{Above, above, parent as parent_of, schema};
use crate::ty::Ty;
use crate::types::{Named, TOO_DEEP, TypeReader, Typed, alias, entry};
use derive::Sees;
use path::Holder;
use record::Own;

/// The code of an item, and its problems.
#[salsa::tracked]
pub fn elaborate(db: &dyn Database, item: Item) -> Elaborated {
    if let ItemKind::Data | ItemKind::Text = item.kind(db) {
        return crate::data::elaborated(db, item);
    }
    if item.kind(db) == ItemKind::Definitions {
        return crate::crd::elaborated(db, item);
    }
    let parsed = parsed(db, item);
    let mut elaborator = Elaborator::new(db, item);
    if let Some(node) = entry(&parsed) {
        elaborator.item(node);
    }
    elaborator.finish()
}

/// The static type of what an item declares or binds: of a function, its own type; `Ty::Error` for what is no
/// value. It reads the heads of expressions and what is declared, never the bodies of records, so that two
/// services can refer to each other.
pub fn signature(db: &dyn Database, item: Item) -> &Typed {
    match Level::enter(db, Some(item)) {
        Some(_level) => signature_of(db, item),
        None => &TOO_DEEP,
    }
}

#[salsa::tracked(cycle_result = signature_cycle)]
fn signature_of(db: &dyn Database, item: Item) -> Typed {
    let parsed = parsed(db, item);
    let Some(node) = entry(&parsed) else { return Typed::default() };
    let mut elaborator = Elaborator::new(db, item);
    elaborator.heads_only = true;
    let ty = elaborator.signature(node);
    Typed::new(ty, elaborator.deepest)
}

fn signature_cycle(_: &dyn Database, _: salsa::Id, _: Item) -> Typed {
    Typed::default()
}

/// What is known while one item is walked.
pub(crate) struct Elaborator<'d> {
    db: &'d dyn Database,
    item: Item,
    kind: ItemKind,
    module: Module,
    minor: u8,
    /// Its text as a tree, once something is told of a part of it.
    parsed: OnceCell<Parsed<'d>>,
    code: code::Code,
    problems: Vec<Problem>,
    /// The locals in scope, outermost first; a local's number is its place here.
    locals: Vec<(Arc<str>, Ty)>,
    /// There are more of them than there may be, which is told.
    crowded: bool,
    /// Among how many names what was meant by others has been looked for.
    sought: usize,
    /// The nodes of constants that are sensitive.
    hidden: Vec<u32>,
    /// Of locals that are sensitive, by their numbers, where they are bound.
    local_origins: Vec<(usize, Place)>,
    /// The locals that are parameters.
    params: Vec<u32>,
    /// The record whose fields are in scope by their bare names.
    own: Option<Own>,
    /// The innermost record, whose fields are in scope as `.x`.
    inner: Option<Ty>,
    /// What the item's own body that is read next can name of itself, where that is less than its type.
    own_shape: Option<Ty>,
    /// Whether a binding that is read next may declare a field: directly within the body of a schema or of a case.
    declares: bool,
    /// The names on the path that is being bound, as far as they are fields of `own` or the item itself.
    binding: Option<Arc<str>>,
    /// The type of the field that is being set, which is that of `prev`.
    prev: Option<Ty>,
    /// What conditions around the expression say of paths, innermost last.
    narrowed: Vec<(String, Ty)>,
    /// The fields that are being read of a plain record are those that its body can name; one was of no known type.
    reads_own: bool,
    unknown_own: bool,
    /// What is declared of that in which entries are being read.
    holder: Option<Holder>,
    /// Not all is known of what the body that is being read lies on.
    partial: bool,
    /// The next record that is written is the item's own body.
    item_body: bool,
    /// The value that is bound next is one of the command line, still to be read by the type of its field.
    is_a_setting: bool,
    /// What is being told of a name concerns nothing sensitive, whatever may have been meant.
    is_harmless: bool,
    /// How much of what is known last may be read.
    sees: Sees,
    /// What is being read is bound to nothing that exists: only those names in it are told that nothing has.
    names_only: bool,
    /// Only the type is wanted: bodies of records whose type is known are passed over.
    heads_only: bool,
    /// What is being read is sensitive, also where it cannot be read.
    concealed: secret::Concealed,
    /// The longest row of definitions that a name led to.
    deepest: u32,
    /// The items of no known type that were named, and where.
    unknown: Vec<(Item, Place)>,
    /// What is found out for an editor, if one asks.
    notes: Option<Box<Meaning>>,
}

impl<'d> Elaborator<'d> {
    fn new(db: &'d dyn Database, item: Item) -> Self {
        Self {
            db,
            item,
            kind: item.kind(db),
            module: item.module(db),
            minor: target(db),
            parsed: OnceCell::new(),
            code: code::Code::default(),
            problems: Vec::new(),
            locals: Vec::new(),
            hidden: Vec::new(),
            local_origins: Vec::new(),
            params: Vec::new(),
            own: None,
            own_shape: None,
            inner: None,
            declares: false,
            binding: None,
            prev: None,
            narrowed: Vec::new(),
            reads_own: false,
            unknown_own: false,
            holder: None,
            partial: false,
            item_body: false,
            is_a_setting: false,
            is_harmless: false,
            sees: Sees::of(db, item),
            crowded: false,
            sought: 0,
            names_only: false,
            heads_only: false,
            concealed: secret::Concealed::Nothing,
            deepest: 0,
            unknown: Vec::new(),
            notes: None,
        }
    }

    fn finish(mut self) -> Elaborated {
        self.problems.dedup();
        self.hidden.sort_unstable();
        self.hidden.dedup();
        if self.crowded {
            // Nothing is computed of names that nobody can look through.
            self.code.exprs.fill(Expr::Error);
        }
        Elaborated {
            hidden: self.hidden,
            ..Elaborated::of(self.item, self.code.shrunk(), self.problems)
        }
    }

    fn item(&mut self, node: Node<'_>) {
        if self.kind == ItemKind::Set {
            if !self.is_setting(node) {
                return;
            }
            self.is_a_setting = true;
        }
        self.unreadable_names(node);
        match node.kind() {
            NodeKind::Binding | NodeKind::Removal if is_elsewhere(self.db, self.item) => {
                let name = self.item.name(self.db);
                if let Some(Target::Module(file)) = used_as(self.db, self.module, name) {
                    self.reaching_item(node, file);
                }
            }
            NodeKind::Input | NodeKind::Let | NodeKind::Binding | NodeKind::Removal => {
                let declared = self.declared(node);
                let declared_id = declared.clone().map(|ty| self.ty(ty));
                let mut entries = Vec::new();
                self.file_entry(node, declared, &mut entries);
                let body = self.body_of(false, entries);
                self.code.root = Root::Binding { body, declared: declared_id };
                // Which of a large ring find it too long depends on where one began, and that they turn does not.
                let is_sound = self.problems.iter().all(|problem| problem.code == TOO_LONG);
                if declared_id.is_none() && is_sound {
                    self.circular_type(node);
                }
            }
            NodeKind::Fn => {
                if let Some(function) = self.function_item(node) {
                    self.code.root = Root::Fn(function);
                }
            }
            NodeKind::TypeAlias => {
                if let Some(written) = node.children().nth(1) {
                    self.alias_item(written);
                }
            }
            NodeKind::Schema => self.schema_item(node),
            NodeKind::Variant => self.variant_item(node),
            NodeKind::Trait => self.trait_item(node),
            NodeKind::Check => {
                let mut entries = Vec::new();
                self.entry(node, &Ty::Any, false, &mut entries);
                let body = self.body_of(false, entries);
                self.code.root = Root::Check(body);
            }
            NodeKind::Test => self.test_item(node),
            NodeKind::Every => self.every_item(node),
            NodeKind::Allow => self.report(
                self.problem(116, node, "`allow` exempts nothing at the top of a file")
                    .help("put it into the braces of the component or object that it is to exempt"),
            ),
            _ => {}
        }
    }

    fn signature(&mut self, node: Node<'_>) -> Ty {
        match node.kind() {
            NodeKind::Fn => self.function_type(node),
            NodeKind::Input | NodeKind::Let | NodeKind::Binding => {
                if let Some(declared) = self.declared(node) {
                    return declared;
                }
                if !is_whole(node) {
                    // It says what something in it is.
                    return Ty::Error;
                }
                let value = node.child(NodeKind::Set).and_then(|set| set.children().next());
                let value =
                    value.filter(|value| self.kind == ItemKind::Set || !is_cut_short(*value));
                self.item_body = true;
                let ty = value.map_or(Ty::Error, |value| self.expression(value, None).1);
                if node.kind() == NodeKind::Let { ty } else { widened(&ty) }
            }
            _ => Ty::Error,
        }
    }

    fn schema_item(&mut self, node: Node<'_>) {
        let mut reader = TypeReader::new(self.db, self.item);
        let mut parent = parent_of(self.db, self.item, node, &mut reader);
        self.problems.append(&mut reader.problems);
        let info = schema(self.db, self.item);
        let above = above(self.db, self.item);
        if let Some(named) = parent.filter(|_| above != Above::Ends) {
            let at = node.child(NodeKind::Extends).unwrap_or(node);
            let name = self.item.name(self.db);
            if above == Above::Itself {
                let message = format!("`{name}` extends itself, through `{}`", named.name(self.db));
                self.report(self.problem(109, at, message));
            } else if above == Above::TooFar {
                let most = limits::ANCESTORS;
                let message = format!("more than {most} schemas stand above `{name}`");
                self.report(
                    self.problem(504, at, message).help("extend one further up, or use traits"),
                );
            }
            parent = None;
        }
        if info.fields.len() > limits::FIELDS {
            let message = format!("a schema has at most {} fields", limits::FIELDS);
            self.report(self.problem(505, node, message).help("a map holds any number of entries"));
            // What its fields are is not known, and nobody lacks one.
            self.partial = true;
        }
        let body = match node.child(NodeKind::Body).filter(|_| !self.partial) {
            Some(body) => {
                self.fields_declared_once(body);
                self.own_body(body, Ty::Schema(self.item))
            }
            None => self.body_of(true, Vec::new()),
        };
        if !self.partial {
            self.can_be_made();
            self.words_that_emit_nothing(info);
            if let Some(parent) = parent {
                self.narrowings(schema(self.db, parent), info);
                self.inherited_checks(info);
            }
        }
        self.code.root =
            Root::Schema(Schema { name: info.name.clone(), parent, open: info.open, body });
    }

    fn trait_item(&mut self, node: Node<'_>) {
        let target =
            node.child(NodeKind::Target).and_then(|target| target.child(NodeKind::TypeRef));
        let of = target.map_or(Ty::Error, |target| self.read_type(target));
        let Some(body) = node.child(NodeKind::Body) else { return };
        let body = self.own_body(body, of.clone());
        self.code.root = Root::Trait { of, body };
    }

    /// The body of a schema or a trait.
    fn own_body(&mut self, node: Node<'_>, ty: Ty) -> BodyId {
        self.own = Some(Own::new(ty.clone(), Vec::new()));
        self.inner = Some(ty.clone());
        self.declares = self.declares_fields();
        let mut entries = Vec::new();
        self.entries(node, &ty, &mut entries);
        self.declares = false;
        self.body_of(true, entries)
    }

    // ---- what every part uses ----

    fn place(&self, node: Node<'_>) -> Place {
        Place { item: self.item, node: node.id() }
    }

    fn problem(&self, code: u16, node: Node<'_>, message: impl Into<String>) -> Problem {
        Problem::error(code, self.place(node), message)
    }

    fn read_type(&mut self, node: Node<'_>) -> Ty {
        let mut reader = TypeReader::new(self.db, self.item);
        let ty = reader.read(node);
        if !self.heads_only {
            self.problems.append(&mut reader.problems);
        }
        self.leads_to(node, reader.deepest);
        self.listed_keys(node, &ty);
        ty
    }

    /// The type of what an item declares or binds, where it is named.
    fn signature_of(&mut self, node: Node<'_>, item: Item) -> Ty {
        let signature = signature(self.db, item);
        self.leads_to(node, signature.depth);
        if signature.ty == Ty::Error {
            self.unknown.push((item, self.place(node)));
        }
        signature.ty.clone()
    }

    /// The type that a `type` item names, where it is named.
    fn alias(&mut self, node: Node<'_>, item: Item) -> Ty {
        let alias = alias(self.db, item);
        self.leads_to(node, alias.depth);
        alias.ty.clone()
    }

    /// What a dotted name stands for as the head of a record; nothing is reported.
    fn named(&self, segments: &[Node<'_>]) -> Named {
        TypeReader::new(self.db, self.item).named(segments)
    }

    fn emit(&mut self, node: Node<'_>, expr: Expr) -> ExprId {
        let id = self.code.exprs.len() as ExprId;
        self.code.exprs.push(expr);
        self.code.nodes.push(node.id());
        id
    }

    fn body_of(&mut self, own: bool, entries: Vec<Entry>) -> BodyId {
        let id = self.code.bodies.len() as BodyId;
        self.code.bodies.push(Body { own, partial: self.partial, entries, named: None });
        id
    }

    fn ty(&mut self, ty: Ty) -> TyId {
        // A type that is there twice costs its place only, and a comparison with thousands much more.
        const COMPARED: usize = 256;
        let known = self.code.types.iter().take(COMPARED).position(|known| *known == ty);
        let id = known.unwrap_or_else(|| {
            self.code.types.push(ty);
            self.code.types.len() - 1
        });
        id as TyId
    }
}
