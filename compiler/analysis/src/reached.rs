//! The objects that are reachable from a value: those that an item emits, and those that it declares as external.
//!
//! Emitted is each object that was made below the item and is reachable from it; below a component, through its
//! `emit` fields only. Those of its fields that are derived are looked at apart, because they are known last.

use kube::facts::{Detail, Facts, facts, facts_for};
use kube::tree::{NodeId, Tree};
use kube::types::TypeId;

use crate::alias::first_name;
use crate::db::{Item, ItemKind, Target};
use crate::edges::{At, at, is_component};
use crate::eval::rules::Allowed;
use crate::eval::value::{Kind, Rec, Slot, Value};
use crate::eval::{Eval, stack_of};
use crate::limits;
use crate::render::emits;
use crate::schema::schema;

/// What is reachable from a value.
#[derive(Default)]
pub(crate) struct Reached<'a> {
    /// Those that the unit makes, then those that it declares as external.
    pub objects: Vec<Object<'a>>,
    /// The components that hold them, and those that hold none.
    pub components: Vec<Component<'a>>,
}

/// A component that is reachable, and so emits what it makes, or declares it as external.
pub(crate) struct Component<'a> {
    pub record: &'a Rec<'a>,
    /// The rules from which it is exempt.
    pub allowed: Vec<Allowed>,
    item: Item,
    path: &'a str,
}

/// An object that a unit emits or declares as external, and what rules are told of it besides.
pub(crate) struct Object<'a> {
    pub object: &'a Rec<'a>,
    /// The component that it belongs to.
    pub component: Option<&'a Rec<'a>>,
    /// `None` for a custom resource.
    pub ty: Option<TypeId>,
    pub external: bool,
    /// It belongs to a component of which there must not be two.
    pub singleton: bool,
    /// The rules from which its component, or the object itself, is exempt.
    pub allowed: Vec<Allowed>,
    /// The item in whose value it lies, and the names on the way.
    item: Item,
    path: &'a str,
}

/// Where an object lies.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ObjectAt {
    pub item: Item,
    /// The names on the way, joined by [`crate::eval::value::SEPARATOR`].
    pub path: Box<str>,
    /// `None` for a custom resource.
    pub ty: Option<TypeId>,
    pub external: bool,
}

impl Object<'_> {
    /// It is no object, but what may stand in one.
    pub fn is_part(&self) -> bool {
        self.ty.is_some_and(|ty| ty.kind().is_none())
    }

    pub fn at(&self) -> ObjectAt {
        ObjectAt { item: self.item, path: self.path.into(), ty: self.ty, external: self.external }
    }
}

/// What a unit makes, and, if `external`, what it declares as external. What is derived is not part of it.
pub(crate) fn reached<'a>(eval: &Eval<'a>, value: Value<'a>, external: bool) -> Reached<'a> {
    let mut reach = Reach::new(eval, external);
    reach.value(value);
    for outside in std::mem::take(&mut reach.outside) {
        reach.allowed = outside.allowed;
        reach.item = outside.item;
        reach.names = vec![outside.path];
        reach.external(outside.record);
    }
    Reached { objects: reach.found, components: reach.components }
}

/// The objects that a value would emit, if an item of the program were bound to it, and then the parts of objects that
/// it holds besides.
pub(crate) fn objects_and_parts<'a>(eval: &Eval<'a>, value: Value<'a>) -> Vec<Object<'a>> {
    let mut reach = Reach { made: true, parts: true, ..Reach::new(eval, false) };
    reach.value(value);
    reach.found.sort_by_key(Object::is_part);
    reach.found
}

/// The objects that components derive, in an evaluation in which that is known.
pub(crate) fn derived_objects<'a>(
    eval: &Eval<'a>,
    components: &[Component<'a>],
) -> Vec<Object<'a>> {
    let mut reach = Reach::new(eval, false);
    for component in components.iter().filter(|component| !component.record.external) {
        let record = component.record;
        reach.component = Some(record);
        reach.item = component.item;
        reach.allowed.clone_from(&component.allowed);
        for slot in derived_slots(eval, record) {
            if slot.field.is_some_and(|field| field.emit) {
                reach.names = vec![component.path, slot.name];
                reach.value(eval.force(record, slot));
            }
        }
    }
    reach.found
}

/// The derived fields of a record.
pub(crate) fn derived_slots<'a>(
    eval: &Eval<'a>,
    record: &'a Rec<'a>,
) -> impl Iterator<Item = &'a Slot<'a>> + use<'a> {
    let derives = matches!(record.kind, Kind::Schema(info, _) if info.derives);
    let slots = derives.then(|| eval.slots(record).dense.iter()).into_iter().flatten();
    slots.filter(|slot| slot.field.is_some_and(|field| field.derive))
}

/// The search for objects below a value.
struct Reach<'e, 'a> {
    eval: &'e Eval<'a>,
    /// A `let` hides what it makes.
    made: bool,
    /// Parts of objects are looked for too, wherever they stand.
    parts: bool,
    with_external: bool,
    /// Whether what others make counts too: a test asks what its value stands for.
    anyones: bool,
    /// What is external, each as if it were a component.
    outside: Vec<Component<'a>>,
    found: Vec<Object<'a>>,
    components: Vec<Component<'a>>,
    /// The component whose objects are being looked for.
    component: Option<&'a Rec<'a>>,
    /// The item in whose value the search is, and the names on the way.
    item: Item,
    names: Vec<&'a str>,
    /// Records and lists within each other; deeper ones are reported by validation.
    depth: u32,
    allowed: Vec<Allowed>,
}

impl<'e, 'a> Reach<'e, 'a> {
    fn new(eval: &'e Eval<'a>, with_external: bool) -> Self {
        Reach {
            eval,
            made: emits(eval.db, eval.unit),
            parts: false,
            with_external,
            anyones: eval.unit.kind(eval.db) == ItemKind::Test,
            outside: Vec::new(),
            found: Vec::new(),
            components: Vec::new(),
            component: None,
            item: eval.unit,
            names: Vec::new(),
            depth: 0,
            allowed: Vec::new(),
        }
    }

    fn path(&self) -> &'a str {
        let mut names = self.names.iter().filter(|name| !name.is_empty());
        let Some(first) = names.next() else { return "" };
        names.fold(*first, |path, name| self.eval.extended(path, name))
    }

    /// Finds the objects that are reachable from what stands at a name.
    fn within(&mut self, name: &'a str, value: Value<'a>) {
        self.names.push(name);
        self.value(value);
        self.names.pop();
    }

    /// Finds the objects that are reachable from a value.
    fn value(&mut self, value: Value<'a>) {
        match self.eval.whnf(value) {
            Value::Rec(rec) => self.record(rec),
            Value::List(elements) => {
                for (at, element) in self.eval.looked_through(elements).iter().enumerate() {
                    let name = self.eval.arena.alloc_str(&at.to_string());
                    self.within(name, element.value);
                }
            }
            Value::Handle(_) if self.anyones => {
                if let Value::Rec(rec) = self.eval.localized(value) {
                    self.record(rec);
                }
            }
            // Another name for what is made elsewhere, which emits nothing there.
            Value::Handle(handle) if self.hidden(handle.item) => {
                if !self.first_alias(handle.item, handle.path) {
                    return;
                }
                if let Value::Rec(rec) = self.eval.localized(value) {
                    let names = std::mem::replace(&mut self.names, vec![handle.path]);
                    let item = std::mem::replace(&mut self.item, handle.item);
                    self.record(rec);
                    (self.names, self.item) = (names, item);
                }
            }
            _ => {}
        }
    }

    /// Whether what an item makes is emitted under another name only: a `let`, or an item of a file that is used.
    fn hidden(&self, item: Item) -> bool {
        let eval = self.eval;
        item.kind(eval.db) == ItemKind::Let
            || !stack_of(eval.db, eval.program, eval.unit.module(eval.db))
                .contains(&item.module(eval.db))
    }

    /// Of several public names of one thing the first emits it.
    fn first_alias(&self, item: Item, path: &str) -> bool {
        let eval = self.eval;
        let first = first_name(eval.db, eval.program, eval.unit, item, path);
        first.is_none_or(|name| name == eval.unit)
    }

    fn record(&mut self, rec: &'a Rec<'a>) {
        self.depth += 1;
        if self.depth <= limits::NESTED {
            self.made_record(rec);
        }
        self.depth -= 1;
    }

    fn made_record(&mut self, rec: &'a Rec<'a>) {
        if rec.emitted.get() {
            return;
        }
        // What is taken out of another item's map is another name for it, as a handle is.
        if !self.anyones
            && let Some(at) = made_elsewhere(self.eval, rec)
            && !(self.hidden(at.item) && self.first_alias(at.item, &at.path))
        {
            return;
        }
        rec.emitted.set(true);
        if rec.external {
            if self.with_external {
                self.outside.push(self.component_of(rec));
            }
            return;
        }
        let eval = self.eval;
        match rec.kind {
            Kind::Schema(info, _) => {
                let component = is_component(info);
                if component && !self.made {
                    return;
                }
                let outer = self.component;
                let exempt = self.allowed.len();
                self.allowed.extend(eval.allowed(rec));
                if component {
                    self.component = Some(rec);
                    self.components.push(self.component_of(rec));
                }
                for slot in eval.slots(rec).iter() {
                    let known = slot.field.is_none_or(|field| !field.derive);
                    let emits = slot.field.is_some_and(|field| field.emit);
                    if known && (emits || self.parts || !component) {
                        self.within(slot.name, eval.force(rec, slot));
                    }
                }
                self.component = outer;
                self.allowed.truncate(exempt);
            }
            Kind::Object => {
                if self.made
                    && let Value::Rec(rec) = eval.with_rules(rec)
                {
                    rec.emitted.set(true);
                    self.object(rec, None, false);
                }
            }
            Kind::Kube(ty) => {
                // What a `let` holds under a public name was not known to be emitted until now.
                if self.parts && ty.kind().is_none() {
                    self.object(rec, Some(ty), false);
                } else if ty.kind().is_some()
                    && self.made
                    && let Value::Rec(rec) = eval.with_rules(rec)
                {
                    rec.emitted.set(true);
                    self.object(rec, Some(ty), false);
                }
            }
            _ => {
                for slot in eval.slots(rec).iter() {
                    self.within(slot.name, eval.force(rec, slot));
                }
            }
        }
    }

    fn component_of(&self, record: &'a Rec<'a>) -> Component<'a> {
        let allowed = self.allowed.clone();
        Component { record, allowed, item: self.item, path: self.path() }
    }

    /// What is known of something external.
    fn external(&mut self, rec: &'a Rec<'a>) {
        let eval = self.eval;
        match rec.kind {
            Kind::Kube(ty) => self.object(rec, Some(ty), true),
            Kind::Schema(info, _) => {
                self.allowed.extend(eval.allowed(rec));
                if is_component(info) {
                    self.component = Some(rec);
                    self.components.push(self.component_of(rec));
                }
                let known = eval.problems.borrow().len();
                let emits = |slot: &&Slot<'a>| slot.field.is_some_and(|f| f.emit && !f.derive);
                for slot in eval.slots(rec).dense.iter().filter(emits) {
                    if let Value::Rec(object) = eval.whnf(eval.force(rec, slot))
                        && let Kind::Kube(ty) = object.kind
                    {
                        self.names.push(slot.name);
                        self.object(object, Some(ty), true);
                        self.names.pop();
                    }
                }
                eval.problems.borrow_mut().truncate(known);
                self.component = None;
            }
            _ => {}
        }
    }

    fn object(&mut self, object: &'a Rec<'a>, ty: Option<TypeId>, external: bool) {
        let eval = self.eval;
        let component = self.component;
        let singleton = match component.map(|component| component.kind) {
            Some(Kind::Schema(_, schema)) if !external => is_singleton(eval.db, schema),
            _ => false,
        };
        let mut allowed = self.allowed.clone();
        allowed.extend(eval.allowed(object));
        let (item, path) = (self.item, self.path());
        self.found.push(Object { object, component, ty, external, singleton, allowed, item, path });
    }
}

/// Where a component or an object lies that another item made, and that was read as a part of what holds it.
pub(crate) fn made_elsewhere<'a>(eval: &Eval<'a>, rec: &'a Rec<'a>) -> Option<At> {
    let is_object = match rec.kind {
        Kind::Schema(info, _) => is_component(info),
        Kind::Kube(ty) => ty.kind().is_some(),
        Kind::Object => true,
        _ => false,
    };
    let holders = || {
        let first = is_object.then(|| rec.owner.get()).flatten().map(|holder| (rec, holder));
        let next =
            |(_, (owner, _)): &(_, (&'a Rec<'a>, &'a str))| Some((*owner, owner.owner.get()?));
        std::iter::successors(first, next).take(limits::NESTED as usize)
    };
    let (_, (file, _)) = holders().find(|(_, (owner, _))| matches!(owner.kind, Kind::File))?;
    if file.made.source.item == eval.unit {
        return None;
    }
    // A layer on it, or on what holds it, is another one that has no holder of its own.
    let is_held = holders().all(|(held, (owner, name))| {
        let found = eval.slot(owner, name).map(|slot| eval.force(owner, slot));
        matches!(found, Some(Value::Rec(found)) if std::ptr::eq(found, held))
    });
    at(rec).filter(|_| is_held)
}

/// Whether a schema is the library's `Singleton` or extends it.
fn is_singleton(db: &dyn salsa::Database, item: Item) -> bool {
    schema(db, item).ancestors.iter().any(|ancestor| {
        ancestor.name(db) == "Singleton" && ancestor.module(db).path(db) == "std.workload"
    })
}

/// What rules across objects see of one that was written to the tree.
pub(crate) fn facts_of(
    db: &dyn salsa::Database,
    object: &Object<'_>,
    tree: &Tree,
    id: NodeId,
) -> Option<Facts> {
    let written = tree.node(id)?;
    let facts = match Target::try_get(db) {
        Some(target) => facts_for(written, target.strictness(db)),
        None => facts(written),
    };
    let singleton = object.singleton && matches!(facts.detail, Detail::Workload(_));
    Some(Facts { external: object.external, singleton, ..facts })
}
