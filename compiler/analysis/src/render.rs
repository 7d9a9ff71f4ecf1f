//! From the value of an item to the Kubernetes objects that it emits.
//!
//! Objects are written into a tree, each leaf with the place that it comes from.

use bumpalo::Bump;
use kube::tree::{NodeId, Step, Tree};
use kube::types::TypeId;

use crate::db::{Item, ItemKind, Program};
use crate::eval::Eval;
use crate::eval::declared::required_fields;
use crate::eval::strength::replaces;
use crate::eval::value::{Binding, Kind, Origin, Rec, Slot, Value, What};
use crate::limits;
use crate::problem::{Place, Problem};
use crate::reached::{Object, Reached, derived_objects, reached};
use crate::validate::is_sound;

/// The objects that an item emits.
#[derive(Debug, Default)]
pub struct Rendered {
    /// In the order in which they were made.
    pub objects: Vec<NodeId>,
    /// Those that are declared as being there; only where they were asked for.
    pub external: Vec<NodeId>,
    /// Where the user made each of `objects`, and then each of `external`.
    made: Vec<Place>,
    /// What went wrong; where there is an error, the objects are not to be used.
    pub problems: Vec<Problem>,
    /// The items by which the origins of the tree's nodes are numbered.
    sources: Vec<Item>,
}

/// An object in the tree.
pub(crate) struct Written {
    pub node: NodeId,
    /// Where the user made it.
    pub made: Place,
    /// Something of it is an error, and was left out.
    pub holed: bool,
    /// It has no field that a server asks for; that was told.
    pub lacking: bool,
    /// Its kind, where that is known.
    pub ty: Option<TypeId>,
}

/// Writes the objects of an item to the tree.
pub fn render(db: &dyn salsa::Database, program: Program, item: Item, tree: &mut Tree) -> Rendered {
    let arena = Bump::new();
    let eval = Eval::new(db, &arena, program, item).deriving();
    written(&eval, &all_objects(&eval), tree)
}

/// Writes the objects of an item, and what it declares as external, to the tree; or those that it derives.
pub fn render_part(
    db: &dyn salsa::Database,
    program: Program,
    item: Item,
    part: Part,
    tree: &mut Tree,
) -> Rendered {
    let arena = Bump::new();
    let eval = Eval::new(db, &arena, program, item);
    match part {
        Part::Known => {
            let known = reached(&eval, eval.root(), true);
            written(&eval, &known.objects, tree)
        }
        Part::Derived => {
            let eval = eval.deriving();
            let known = reached(&eval, eval.root(), false);
            written(&eval, &derived_objects(&eval, &known.components), tree)
        }
    }
}

/// The objects of an item that are known first, or last.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Part {
    Known,
    Derived,
}

fn written<'a>(eval: &Eval<'a>, objects: &[Object<'a>], tree: &mut Tree) -> Rendered {
    let made = objects.iter().filter(|object| !object.external).count();
    let written = emit(eval, objects, tree);
    let mut rendered = Rendered::of(eval, &written, made);
    rendered.problems = eval.problems.take();
    rendered
}

/// The objects that an item makes, those that it derives last, in an evaluation in which these are known.
pub(crate) fn all_objects<'a>(eval: &Eval<'a>) -> Vec<Object<'a>> {
    let Reached { mut objects, components } = reached(eval, eval.root(), false);
    objects.extend(derived_objects(eval, &components));
    objects
}

/// Whether an item emits anything at all: `let`s and inputs do not. What a test makes is only looked at.
pub fn emits(db: &dyn salsa::Database, item: Item) -> bool {
    matches!(item.kind(db), ItemKind::Binding | ItemKind::Test)
}

/// Writes objects to the tree.
pub(crate) fn emit<'a>(eval: &Eval<'a>, objects: &[Object<'a>], tree: &mut Tree) -> Vec<Written> {
    // To write them, and to judge what was written, takes more than the steps in which they were computed.
    if !eval.afford(OBJECT * objects.len() as u64, &|| eval.whole()) {
        return Vec::new();
    }
    let before = tree.bytes();
    let mut emission = Emission { eval, tree, before, depth: 0, holed: false, namespace: None };
    let write = |object: &Object<'a>| {
        let known = eval.problems.borrow().len();
        let id = emission.object(object.object, object.ty);
        let lacking = eval.problems.borrow().len() > known;
        if object.external {
            // It may lack what it would need to be made.
            eval.problems.borrow_mut().truncate(known);
        }
        let made = eval.user_spot(object.object).place();
        Some(Written { node: id?, made, holed: emission.holed, lacking, ty: object.ty })
    };
    objects.iter().filter_map(write).collect()
}

impl Rendered {
    /// What was written, of which the first `own` are no externals.
    pub(crate) fn of(eval: &Eval<'_>, written: &[Written], own: usize) -> Rendered {
        let (objects, external) = written.split_at(own.min(written.len()));
        Rendered {
            objects: objects.iter().map(|object| object.node).collect(),
            external: external.iter().map(|object| object.node).collect(),
            made: written.iter().map(|object| object.made).collect(),
            problems: Vec::new(),
            sources: eval.origins(),
        }
    }

    /// Where the user made an object. Objects are numbered through `objects` and then `external`.
    pub fn made(&self, object: usize) -> Option<Place> {
        self.made.get(object).copied()
    }

    /// Where the leaf with this origin was written.
    pub fn place(&self, origin: u32) -> Option<Place> {
        let item = *self.sources.get((origin >> 20) as usize)?;
        Some(Place { item, node: origin & 0xf_ffff })
    }

    /// Where the user can mend what stands at a path of an object, or where the object was made. Objects are
    /// numbered through `objects` and then `external`.
    pub fn place_in(
        &self,
        db: &dyn salsa::Database,
        tree: &Tree,
        object: usize,
        path: &[Step],
    ) -> Option<Place> {
        // What a schema or a function computes is mended where it is used.
        let shared = |place: &Place| {
            matches!(place.item.kind(db), ItemKind::Schema | ItemKind::Variant | ItemKind::Fn)
        };
        let mut written = self.written_on(db, tree, object, path);
        let exactly = written.next().filter(|place| !shared(place));
        // A rule that says something else of what lies around it has no part in it.
        let around = |place: &Place| !shared(place) && place.item.kind(db) != ItemKind::Every;
        exactly.or_else(|| written.find(around)).or_else(|| self.made(object))
    }

    /// The places outside of the library that wrote what stands at a path of an object, and what lies around it,
    /// the innermost first.
    pub(crate) fn written_on<'s>(
        &'s self,
        db: &'s dyn salsa::Database,
        tree: &'s Tree,
        object: usize,
        path: &'s [Step],
    ) -> impl Iterator<Item = Place> + 's {
        let id = self.objects.iter().chain(&self.external).nth(object);
        let root = id.and_then(|id| tree.node(*id));
        (1..=path.len())
            .rev()
            .filter_map(move |length| root?.find(path.get(..length)?))
            .filter_map(|node| self.place(node.origin()))
            .filter(|place| place.item.module(db).origin(db) != crate::db::Origin::Library)
    }
}

/// Steps that an object counts for where it is written and judged.
const OBJECT: u64 = 64;

/// Bytes of output that cost as much as a step of evaluation.
const WRITTEN: u64 = 16;

struct Emission<'e, 'a, 't> {
    eval: &'e Eval<'a>,
    tree: &'t mut Tree,
    /// Bytes that were in the tree before.
    before: usize,
    depth: u32,
    /// Something of the object is an error, or cannot be told.
    holed: bool,
    /// The namespace that the file gives to what is made in it, once it was asked for.
    namespace: Option<Option<&'a str>>,
}

impl<'a> Emission<'_, 'a, '_> {
    fn object(&mut self, rec: &'a Rec<'a>, ty: Option<TypeId>) -> Option<NodeId> {
        self.holed = self.eval.slots(rec).broken.get();
        let Some((ty, kind)) = ty.and_then(|ty| Some((ty, ty.kind()?.info()))) else {
            return self.custom(rec);
        };
        let eval = self.eval;
        let origin = rec.made.origin().0;
        let Some(id) = self.tree.begin_map(origin) else {
            self.tree.end(false);
            return None;
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
                self.map(metadata, origin_of(slot, value), true);
            } else {
                self.entry(slot.name, value, origin_of(slot, value));
            }
        }
        self.required(rec, ty);
        self.tree.end(false);
        Some(id)
    }

    /// A custom resource, of which it is not known whether it lies in a namespace, or a part of an object.
    fn custom(&mut self, rec: &'a Rec<'a>) -> Option<NodeId> {
        let id = self.tree.begin_map(rec.made.origin().0);
        for slot in self.eval.slots(rec).iter().filter(|_| id.is_some()) {
            let value = self.eval.force(rec, slot);
            self.entry(slot.name, value, origin_of(slot, value));
        }
        self.tree.end(false);
        id
    }

    /// A key with its value; nothing where the value is absent.
    fn entry(&mut self, name: &str, value: Value<'a>, origin: u32) {
        let value = self.eval.whnf(value);
        if self.is_left_out(value) {
            return;
        }
        self.tree.key(name);
        self.value(value, origin);
    }

    fn is_left_out(&mut self, value: Value<'a>) -> bool {
        self.holed |= matches!(value, Value::Error);
        matches!(value, Value::Absent | Value::Error | Value::Fn(_))
    }

    fn value(&mut self, value: Value<'a>, origin: u32) {
        self.depth += 1;
        if self.depth <= 2 * limits::NESTED && self.affords(value) {
            self.shallow(value, origin);
        } else {
            self.tree.null(origin);
        }
        self.depth -= 1;
    }

    /// Counts what is written. What is shared in the language is not so in the output.
    fn affords(&self, value: Value<'a>) -> bool {
        let length = match value {
            Value::Str(text) | Value::Quantity(text) => text.len(),
            _ => 0,
        };
        if self.tree.bytes() - self.before + length > limits::OBJECT_BYTES {
            let most = limits::OBJECT_BYTES >> 20;
            let what = format!("the objects of this item have more than {most} MiB");
            self.eval.refuse(self.eval.whole(), what);
        }
        self.eval.afford(1 + length as u64 / WRITTEN, &|| self.eval.whole())
    }

    fn shallow(&mut self, value: Value<'a>, origin: u32) {
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
                    let value = self.eval.whnf(element.value);
                    if !self.is_left_out(value) {
                        self.value(value, at);
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
        let mut keep = written_empty(rec);
        // What could not be told by a key is missing without a value that says so.
        self.holed |= eval.slots(rec).broken.get();
        if let Kind::Keyed(_) = rec.kind {
            self.tree.begin_list(origin);
            for slot in eval.slots(rec).iter() {
                let value = eval.whnf(eval.force(rec, slot));
                if !self.is_left_out(value) {
                    self.value(value, origin_of(slot, value));
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
                let value = eval.under_key(rec, eval.force(rec, slot));
                keep |= value.is_error() && eval.supposes();
                // What the key gives is written where the element is.
                let given = |at: &Binding<'_>| matches!(at.what, What::Given(_));
                let by_key = slot.bindings.get().is_some_and(given);
                let at = if by_key { origin } else { origin_of(slot, value) };
                self.entry(slot.name, value, at);
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
        let found = self.eval.namespace_of_file(self.eval.unit, false);
        self.namespace = Some(found);
        found
    }

    /// Reports the fields that the API server asks for and the record does not have.
    fn required(&self, rec: &'a Rec<'a>, ty: TypeId) {
        let eval = self.eval;
        // Where the values are wrong, what could not be told by a key may be just that.
        if eval.slots(rec).broken.get() && !is_sound(eval) {
            return;
        }
        for &name in required_fields(ty, eval.minor).iter() {
            let there = eval.slot(rec, name).map(|slot| eval.force(rec, slot));
            if there.is_none_or(|value| value.is_absent()) {
                let shown = eval.record_name(rec);
                eval.report(
                    Problem::error(
                        202,
                        eval.user_spot(rec).place(),
                        format!("{} needs `{name}`", ty.last_name()),
                    )
                    .label(format!("`{name}` is missing in {shown}"))
                    .help(format!("set it: `{name} = …`")),
                );
            }
        }
    }
}

/// Where what a slot holds was written. A record was by whoever gave it first: layers above only say more of it.
fn origin_of<'a>(slot: &'a Slot<'a>, value: Value<'a>) -> u32 {
    let given = match value {
        Value::Rec(_) => given_first(slot).map(|binding| binding.value_spot()),
        _ => None,
    };
    given.or(slot.origin.get()).map_or(Origin(u32::MAX), |spot| spot.origin()).0
}

/// The lowest binding of a user that takes part in what a slot holds.
fn given_first<'a>(slot: &'a Slot<'a>) -> Option<&'a Binding<'a>> {
    let mut first = None;
    let mut at = slot.bindings.get().filter(|top| top.below.get().is_some());
    while let Some(binding) = at {
        let source = binding.layer.source;
        if !source.library && !source.schema && !source.rule && binding.when.is_none() {
            first = Some(binding);
        }
        at = binding.below.get().filter(|_| !replaces(binding));
    }
    first
}

/// `{}`: a record that says of itself that it is empty.
fn written_empty(rec: &Rec<'_>) -> bool {
    !rec.layers.is_empty() && rec.layers.iter().all(|layer| layer.body.entries.is_empty())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::workspace::{Memory, Workspace};

    #[test]
    fn bytes_of_objects() {
        // One text in many keys, with which the object has a few bytes more.
        let told = |keys: usize| {
            let keys: String = (0..keys).map(|key| format!("k{key} = a\n")).collect();
            let data = format!("metadata {{ name = \"a\" }}\ndata {{\n{keys}}}");
            let mut files = Memory::default();
            files.write(
                "app.dep",
                format!("x = k8s.ConfigMap {{\n{data}\n}}\nlet a = \"x\".repeat(1048576)\n"),
            );
            let mut workspace = Workspace::default();
            let loaded = workspace.load(&files, "app.dep", &[]);
            let (db, program) = (workspace.db(), loaded.program.unwrap());
            let item = *loaded.modules.first().unwrap().items(db).first().unwrap();
            let problems = render(db, program, item, &mut Tree::new()).problems;
            problems.into_iter().map(|problem| problem.message).collect::<Vec<_>>()
        };
        let most = limits::OBJECT_BYTES >> 20;
        assert_eq!(told(most - 1), [""; 0]);
        assert_eq!(told(most), [format!("the objects of this item have more than {most} MiB")]);
    }
}
