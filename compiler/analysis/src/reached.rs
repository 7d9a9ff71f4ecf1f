//! The objects that are reachable from a value: those that an item emits, and those that it declares as external.
//!
//! Emitted is each object that was made below the item and is reachable from it; below a component, through its
//! `emit` fields only.

use kube::types::TypeId;

use crate::alias::first_name;
use crate::db::{Item, ItemKind};
use crate::eval::rules::Allowed;
use crate::eval::value::{Kind, Rec, Value};
use crate::eval::{Eval, limits, stack_of};
use crate::render::emits;
use crate::schema::schema;

/// An object that a unit emits or declares as external, and what rules are told of it besides.
pub(crate) struct Reached<'a> {
    pub object: &'a Rec<'a>,
    /// `None` for a custom resource.
    pub ty: Option<TypeId>,
    pub external: bool,
    /// It belongs to a component of which there must not be two.
    pub singleton: bool,
    /// The rules from which its component, or the object itself, is exempt.
    pub allowed: Vec<Allowed>,
}

/// The objects of a unit: those that it makes, then those that it declares as external.
pub(crate) fn reached<'a>(eval: &Eval<'a>, value: Value<'a>, external: bool) -> Vec<Reached<'a>> {
    let mut reach = Reach {
        eval,
        made: emits(eval.db, eval.unit),
        with_external: external,
        outside: Vec::new(),
        found: Vec::new(),
        component: None,
        depth: 0,
        allowed: Vec::new(),
    };
    reach.value(value);
    for (rec, allowed) in std::mem::take(&mut reach.outside) {
        reach.allowed = allowed;
        reach.external(rec);
    }
    reach.found
}

/// The search for objects below a value.
struct Reach<'e, 'a> {
    eval: &'e Eval<'a>,
    /// A `let` hides what it makes.
    made: bool,
    with_external: bool,
    /// What is external, with the rules from which it is exempt.
    outside: Vec<(&'a Rec<'a>, Vec<Allowed>)>,
    found: Vec<Reached<'a>>,
    /// The schema of the component whose objects are being looked for.
    component: Option<Item>,
    /// Records and lists within each other; deeper ones are reported by validation.
    depth: u32,
    allowed: Vec<Allowed>,
}

impl<'a> Reach<'_, 'a> {
    /// Finds the objects that are reachable from a value.
    fn value(&mut self, value: Value<'a>) {
        match self.eval.whnf(value) {
            Value::Rec(rec) => self.record(rec),
            Value::List(elements) => {
                for element in elements {
                    self.value(element.value);
                }
            }
            // Another name for what is made elsewhere, which emits nothing there.
            Value::Handle(handle) if self.hidden(handle.item) => {
                if !self.first_alias(handle.item, handle.path) {
                    return;
                }
                if let Value::Rec(rec) = self.eval.localized(value) {
                    self.record(rec);
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
        if rec.emitted.replace(true) {
            return;
        }
        if rec.external {
            if self.with_external {
                self.outside.push((rec, self.allowed.clone()));
            }
            return;
        }
        let eval = self.eval;
        match rec.kind {
            Kind::Schema(info, schema) => {
                let component = info.fields.iter().any(|field| field.emit);
                if component && !self.made {
                    return;
                }
                let outer = self.component;
                let exempt = self.allowed.len();
                self.allowed.extend(eval.allowed(rec));
                if component {
                    self.component = Some(schema);
                }
                for slot in eval.slots(rec).iter() {
                    if slot.field.is_some_and(|field| field.emit) || !component {
                        self.value(eval.force(rec, slot));
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
                if ty.kind().is_some()
                    && self.made
                    && let Value::Rec(rec) = eval.with_rules(rec)
                {
                    rec.emitted.set(true);
                    self.object(rec, Some(ty), false);
                }
            }
            _ => {
                for slot in eval.slots(rec).iter() {
                    self.value(eval.force(rec, slot));
                }
            }
        }
    }

    /// What is known of something external.
    fn external(&mut self, rec: &'a Rec<'a>) {
        let eval = self.eval;
        match rec.kind {
            Kind::Kube(ty) => self.object(rec, Some(ty), true),
            Kind::Schema(..) => {
                self.allowed.extend(eval.allowed(rec));
                let known = eval.problems.borrow().len();
                for slot in eval.slots(rec).dense.iter().filter(|s| s.field.is_some_and(|f| f.emit))
                {
                    if let Value::Rec(object) = eval.whnf(eval.force(rec, slot))
                        && let Kind::Kube(ty) = object.kind
                    {
                        self.object(object, Some(ty), true);
                    }
                }
                eval.problems.borrow_mut().truncate(known);
            }
            _ => {}
        }
    }

    fn object(&mut self, object: &'a Rec<'a>, ty: Option<TypeId>, external: bool) {
        let eval = self.eval;
        let singleton = self.component.is_some_and(|schema| is_singleton(eval.db, schema));
        let mut allowed = self.allowed.clone();
        allowed.extend(eval.allowed(object));
        self.found.push(Reached { object, ty, external, singleton, allowed });
    }
}

/// Whether a schema is the library's `Singleton` or extends it.
fn is_singleton(db: &dyn salsa::Database, item: Item) -> bool {
    schema(db, item).ancestors.iter().any(|ancestor| {
        ancestor.name(db) == "Singleton" && ancestor.module(db).path(db) == "std.workload"
    })
}
