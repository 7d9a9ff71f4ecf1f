//! From the value of an item to the Kubernetes objects that it emits.
//!
//! Emitted is each object that was made below the item and is reachable from it; below a component, through
//! its `emit` fields only. Objects are written into a tree, each leaf with the place that it comes from.

use bumpalo::Bump;
use kube::tree::{NodeId, Tree};
use kube::types::TypeId;

use crate::db::{Item, ItemKind, Program};
use crate::eval::value::{Kind, Origin, Rec, Slot, Value};
use crate::eval::{Eval, named_in_stack};
use crate::problem::{Place, Problem};
use crate::read::{Data, Path, read};

/// The objects that an item emits.
#[derive(Debug, Default)]
pub struct Rendered {
    /// In the order in which they were made.
    pub objects: Vec<NodeId>,
    /// What went wrong; where there is an error, the objects are not to be used.
    pub problems: Vec<Problem>,
    /// The items by which the origins of the tree's nodes are numbered.
    sources: Vec<Item>,
}

/// Writes the objects of an item to the tree.
pub fn render(db: &dyn salsa::Database, program: Program, item: Item, tree: &mut Tree) -> Rendered {
    let arena = Bump::new();
    let eval = Eval::new(db, &arena, program, item);
    let value = eval.root();
    let objects = emit_unit(&eval, value, tree);
    Rendered { objects, problems: eval.problems.take(), sources: eval.origins() }
}

/// Whether an item emits anything at all: `let`s and inputs do not.
pub fn emits(db: &dyn salsa::Database, item: Item) -> bool {
    item.kind(db) == ItemKind::Binding
}

pub(crate) fn emit_unit<'a>(eval: &Eval<'a>, value: Value<'a>, tree: &mut Tree) -> Vec<NodeId> {
    let mut emission = Emission { eval, tree, objects: Vec::new(), namespace: None };
    if emits(eval.db, eval.unit) {
        emission.reach(value);
    }
    emission.objects
}

impl Rendered {
    /// Where the leaf with this origin was written.
    pub fn place(&self, origin: u32) -> Option<Place> {
        let item = *self.sources.get((origin >> 20) as usize)?;
        Some(Place { item, node: origin & 0xf_ffff })
    }
}

struct Emission<'e, 'a, 't> {
    eval: &'e Eval<'a>,
    tree: &'t mut Tree,
    objects: Vec<NodeId>,
    /// The namespace that the file gives to what is made in it, once it was asked for.
    namespace: Option<Option<&'a str>>,
}

impl<'a> Emission<'_, 'a, '_> {
    /// Emits the objects that are reachable from a value.
    fn reach(&mut self, value: Value<'a>) {
        match self.eval.whnf(value) {
            Value::Rec(rec) => self.reach_record(rec),
            Value::List(elements) => {
                for element in elements {
                    self.reach(element.value);
                }
            }
            // Another name for what is made elsewhere; what a `let` hides is emitted under its public name.
            Value::Handle(handle) if handle.item.kind(self.eval.db) == ItemKind::Let => {
                if let Value::Rec(rec) = self.eval.localized(value) {
                    self.reach_record(rec);
                }
            }
            _ => {}
        }
    }

    fn reach_record(&mut self, rec: &'a Rec<'a>) {
        if rec.external || rec.emitted.replace(true) {
            return;
        }
        let eval = self.eval;
        match rec.kind {
            Kind::Schema(info, _) => {
                let component = info.fields.iter().any(|field| field.emit);
                for slot in eval.slots(rec).iter() {
                    if slot.field.is_some_and(|field| field.emit) || !component {
                        self.reach(eval.force(rec, slot));
                    }
                }
            }
            Kind::Kube(ty) => {
                if ty.kind().is_some() {
                    self.object(rec, ty);
                }
            }
            _ => {
                for slot in eval.slots(rec).iter() {
                    self.reach(eval.force(rec, slot));
                }
            }
        }
    }

    fn object(&mut self, rec: &'a Rec<'a>, ty: TypeId) {
        let Some(kind) = ty.kind().map(|kind| kind.info()) else { return };
        let eval = self.eval;
        let origin = rec.made.origin().0;
        let Some(id) = self.tree.begin_map(origin) else {
            self.tree.end(false);
            return;
        };
        let bound =
            |name: &str| eval.slot(rec, name).is_some_and(|slot| slot.bindings.get().is_some());
        if !bound("apiVersion") {
            self.tree.key("apiVersion").str(&kind.api_version(), origin);
        }
        if !bound("kind") {
            self.tree.key("kind").str(kind.kind, origin);
        }
        if kind.namespaced && !bound("metadata") && self.file_namespace().is_some() {
            self.tree.key("metadata");
            self.tree.begin_map(origin);
            self.default_namespace(origin);
            self.tree.end(true);
        }
        for slot in eval.slots(rec).iter() {
            let value = eval.whnf(eval.force(rec, slot));
            if slot.name == "metadata"
                && kind.namespaced
                && let Value::Rec(metadata) = value
            {
                self.tree.key("metadata");
                self.map(metadata, origin_of(slot), true);
            } else {
                self.entry(slot.name, value, origin_of(slot));
            }
        }
        self.required(rec, ty);
        self.tree.end(false);
        self.objects.push(id);
    }

    /// A key with its value; nothing where the value is absent.
    fn entry(&mut self, name: &str, value: Value<'a>, origin: u32) {
        let value = self.eval.whnf(value);
        if matches!(value, Value::Absent | Value::Error | Value::Fn(_)) {
            return;
        }
        self.tree.key(name);
        self.value(value, origin);
    }

    fn value(&mut self, value: Value<'a>, origin: u32) {
        let tree = &mut *self.tree;
        match value {
            Value::Null => {
                tree.null(origin);
            }
            Value::Bool(value) => {
                tree.bool(value, origin);
            }
            Value::Int(value) => {
                tree.int(value, origin);
            }
            Value::Float(value) => {
                tree.float(value, origin);
            }
            Value::Str(text) | Value::Quantity(text) => {
                tree.str(text, origin);
            }
            Value::Duration(_) | Value::Percent(_) => {
                let text = self.eval.scalar_text(value).unwrap_or_default();
                tree.str(&text, origin);
            }
            Value::List(elements) => {
                tree.begin_list(origin);
                for element in elements {
                    let at = if element.origin.0 == u32::MAX { origin } else { element.origin.0 };
                    match self.eval.whnf(element.value) {
                        Value::Absent | Value::Error | Value::Fn(_) => {}
                        value => self.value(value, at),
                    }
                }
                self.tree.end(false);
            }
            Value::Rec(rec) => self.map(rec, origin, false),
            Value::Handle(_) => match self.eval.localized(value) {
                Value::Rec(rec) => self.map(rec, origin, false),
                _ => {
                    // Its item has the problem.
                    tree.null(origin);
                }
            },
            Value::Range(_) | Value::Fn(_) | Value::Absent | Value::Error => {
                tree.null(origin);
            }
        }
    }

    /// A record within an object, dropped where it has no fields and none were meant.
    fn map(&mut self, rec: &'a Rec<'a>, origin: u32, metadata: bool) {
        let eval = self.eval;
        let keep = written_empty(rec);
        if let Kind::Keyed(_) = rec.kind {
            self.tree.begin_list(origin);
            for slot in eval.slots(rec).iter() {
                match eval.whnf(eval.force(rec, slot)) {
                    Value::Absent | Value::Error | Value::Fn(_) => {}
                    value => self.value(value, origin_of(slot)),
                }
            }
            self.tree.end(!keep);
            return;
        }
        self.tree.begin_map(origin);
        let mut namespace = metadata;
        if namespace && eval.slot(rec, "namespace").is_some_and(|s| !eval.force(rec, s).is_absent())
        {
            namespace = false;
        }
        // What tells an element of a keyed list from others stands first in it, its name before all.
        let first = |slot: &Slot<'a>| match rec.given.iter().any(|(name, _)| *name == slot.name) {
            _ if rec.given.is_empty() => 0,
            _ if slot.name == "name" => 0,
            true => 1,
            false => 2,
        };
        let ranks = if rec.given.is_empty() { 0..1 } else { 0..3 };
        for rank in ranks {
            for slot in eval.slots(rec).iter().filter(|slot| first(slot) == rank) {
                self.entry(slot.name, eval.force(rec, slot), origin_of(slot));
                if namespace && slot.name == "name" {
                    self.default_namespace(origin);
                    namespace = false;
                }
            }
        }
        if namespace {
            self.default_namespace(origin);
        }
        if let Kind::Kube(ty) = rec.kind {
            self.required(rec, ty);
        }
        self.tree.end(!keep);
    }

    fn default_namespace(&mut self, origin: u32) {
        if let Some(namespace) = self.file_namespace() {
            self.tree.key("namespace").str(namespace, origin);
        }
    }

    /// `namespace = "…"` at the top of the file.
    fn file_namespace(&mut self) -> Option<&'a str> {
        if let Some(known) = self.namespace {
            return known;
        }
        let eval = self.eval;
        let found = named_in_stack(eval.db, eval.program, eval.unit, "namespace").and_then(
            |item| match read(eval.db, eval.program, item, Path::new(eval.db, "")) {
                Data::Str(text) => Some(&**text),
                _ => None,
            },
        );
        self.namespace = Some(found);
        found
    }

    /// Reports the fields that the API server asks for and the record does not have.
    fn required(&self, rec: &'a Rec<'a>, ty: TypeId) {
        let eval = self.eval;
        let object = ty.kind().is_some();
        for field in ty.fields().filter(|field| field.required) {
            if object && matches!(field.name, "apiVersion" | "kind") {
                continue;
            }
            if !field.exists_in(kube::types::TARGET) {
                continue;
            }
            let there = eval.slot(rec, field.name).map(|slot| eval.force(rec, slot));
            if there.is_none_or(|value| value.is_absent()) {
                let name = eval.record_name(rec);
                eval.report(
                    Problem::error(
                        202,
                        eval.user_spot(rec).place(),
                        format!("{} needs `{}`", ty.last_name(), field.name),
                    )
                    .label(format!("`{}` is missing in {name}", field.name))
                    .help(format!("set it: `{} = …`", field.name)),
                );
            }
        }
    }
}

fn origin_of(slot: &Slot<'_>) -> u32 {
    slot.origin.get().map_or(Origin(u32::MAX), |spot| spot.origin()).0
}

/// `{}`: a record that says of itself that it is empty.
fn written_empty(rec: &Rec<'_>) -> bool {
    !rec.layers.is_empty() && rec.layers.iter().all(|layer| layer.body.entries.is_empty())
}
