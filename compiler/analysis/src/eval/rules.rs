//! `every`: the layers that rules put on objects, and what objects are without them.
//!
//! There are two worlds. In one, all objects are as no rule has touched them: there the conditions of rules and
//! the values that they bind are computed, so that no rule depends on another. In the other, whoever reads an
//! object sees it with all rules. An environment knows in which it is (`Env::bare`), and so does what is made
//! in it. Nothing of the first world reads of the second, so rules close no circles.

use std::cell::{Cell, OnceCell, RefCell};
use std::sync::Arc;

use bumpalo::collections::Vec as ArenaVec;
use kube::types::TypeId;
use rustc_hash::FxHashMap;

use crate::code::{Rule, Strength};
use crate::db::{Item, ItemKind};
use crate::eval::Eval;
use crate::eval::objects::of_objects;
use crate::eval::value::{
    Binding, Element, Env, Hint, Kind, Layer, Local, LocalState, Prev, Rec, SEPARATOR, Slot,
    Source, Value,
};
use crate::problem::{Place, Problem};
use crate::rules::{changes, changing, rule};

/// The rules that were applied so far.
#[derive(Default)]
pub(super) struct Applied<'a> {
    /// Whether the program has rules that change anything; asked once there is an object.
    any: OnceCell<bool>,
    /// What each object becomes, by where it is in the arena.
    with: RefCell<FxHashMap<*const Rec<'a>, Value<'a>>>,
    /// The object that one with rules was made of.
    of: RefCell<FxHashMap<*const Rec<'a>, &'a Rec<'a>>>,
    /// The rules that hold for objects of a kind.
    by_kind: RefCell<FxHashMap<Option<TypeId>, &'a [Changing<'a>]>>,
    /// The object that a rule is being applied to or checked for.
    now: Cell<Option<&'a Rec<'a>>>,
    /// Where objects are exempt from a rule that changes them.
    exempted: RefCell<Vec<Exempted<'a>>>,
    /// Those that have changed an object.
    met: RefCell<Vec<Item>>,
}

/// An `allow` that has kept an object as it is.
#[derive(Clone)]
struct Exempted<'a> {
    object: &'a Rec<'a>,
    allowed: Allowed,
}

/// `allow "id": "reason"`, and where it stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Allowed {
    pub id: Arc<str>,
    pub reason: Arc<str>,
    pub place: Place,
}

impl<'a> Eval<'a> {
    /// The value of a slot, as it is emitted: where it holds an object, or a list of some, with all rules.
    pub(super) fn emitted(
        &self,
        rec: &'a Rec<'a>,
        slot: &'a Slot<'a>,
        value: Value<'a>,
        binding: Option<&'a Binding<'a>>,
    ) -> Value<'a> {
        let object = |value: Value<'a>| match value {
            Value::Rec(Rec { kind: Kind::Kube(ty), .. }) => ty.kind().is_some(),
            Value::Rec(Rec { kind: Kind::Object, .. }) => true,
            _ => false,
        };
        match value {
            _ if binding.is_none_or(|binding| binding.env.bare) => value,
            Value::Rec(made) if object(value) => {
                if self.has_rules() && self.emits(rec, slot.name) {
                    self.with_rules(made)
                } else {
                    value
                }
            }
            Value::List(elements) if elements.iter().any(|e| matches!(e.value, Value::Rec(_))) => {
                if self.has_rules() && self.emits(rec, slot.name) {
                    self.emitted_list(rec, slot, elements)
                } else {
                    value
                }
            }
            value => value,
        }
    }

    fn emitted_list(
        &self,
        rec: &'a Rec<'a>,
        slot: &'a Slot<'a>,
        elements: &'a [Element<'a>],
    ) -> Value<'a> {
        let mut ruled = ArenaVec::with_capacity_in(elements.len(), self.arena);
        for (at, element) in elements.iter().enumerate() {
            let value = match element.value {
                Value::Rec(made) => {
                    if made.owner.get().is_none() {
                        // Its place in the list, by which it is found again.
                        let name = self.extended(slot.name, &at.to_string());
                        made.owner.set(Some((rec, name)));
                    }
                    self.with_rules(made)
                }
                value => value,
            };
            if value.is_error() {
                return value;
            }
            ruled.push(Element { value, ..*element });
        }
        Value::List(ruled.into_bump_slice())
    }

    fn has_rules(&self) -> bool {
        *self.rules.any.get_or_init(|| changes(self.db, self.program))
    }

    /// Whether objects that lie at a name of a record are emitted, as far as its owners tell.
    fn emits(&self, rec: &'a Rec<'a>, name: &str) -> bool {
        let (mut rec, mut name) = (rec, name);
        // A record may be bound below itself.
        for _ in 0..crate::limits::NESTED {
            match rec.kind {
                Kind::File => {
                    let kind = rec.made.source.item.kind(self.db);
                    return !matches!(kind, ItemKind::Let | ItemKind::Asked);
                }
                Kind::Keyed(keyed) if of_objects(keyed) => {}
                Kind::Kube(_) | Kind::Object | Kind::Keyed(_) => return false,
                Kind::Schema(info, _)
                    if info.field(first_segment(name)).is_some_and(|field| field.emit) =>
                {
                    return true;
                }
                Kind::Schema(info, _) if info.fields.iter().any(|field| field.emit) => {
                    return false;
                }
                Kind::Schema(..) | Kind::Map(_) | Kind::Record(_) | Kind::Open => {}
            }
            match rec.owner.get() {
                Some(owner) => (rec, name) = owner,
                None => return false,
            }
        }
        false
    }

    /// An object with the layers of all rules that hold for it.
    pub(crate) fn with_rules(&self, object: &'a Rec<'a>) -> Value<'a> {
        let unchanged = Value::Rec(object);
        let ty = match object.kind {
            Kind::Kube(ty) => Some(ty),
            Kind::Object => None,
            _ => return unchanged,
        };
        let at = std::ptr::from_ref(object);
        if object.external || !self.has_rules() || self.rules.of.borrow().contains_key(&at) {
            return unchanged;
        }
        let rules = self.rules_for(ty);
        if rules.is_empty() {
            return unchanged;
        }
        if let Some(&known) = self.rules.with.borrow().get(&at) {
            return known;
        }
        let value = self.ruled(object, rules);
        self.rules.with.borrow_mut().insert(at, value);
        if let Value::Rec(made) = value
            && !std::ptr::eq(made, object)
        {
            self.rules.of.borrow_mut().insert(std::ptr::from_ref(made), object);
        }
        value
    }

    fn ruled(&self, object: &'a Rec<'a>, rules: &'a [Changing<'a>]) -> Value<'a> {
        let allowed = self.exemptions(object);
        let siblings = self.layer_id();
        let mut above = ArenaVec::new_in(self.arena);
        for &Changing { source, rule } in rules {
            // Its layer costs more than the steps of its condition.
            if !self.afford(APPLIED, &|| source.spot(0).place()) {
                return Value::Error;
            }
            // Its names mean what they do without any rule.
            let env = self.env_of(LocalState::Bare { rec: object }, true);
            let outer = self.enter_object(object);
            let holds = self.holds_for(source, rule, &env);
            self.leave_object(outer);
            match holds {
                Some(true) => {}
                Some(false) => continue,
                None => return Value::Error,
            }
            if let Some(allowed) = allowed.iter().find(|allowed| allowed.id == rule.id) {
                let exempted = Exempted { object, allowed: allowed.clone() };
                self.rules.exempted.borrow_mut().push(exempted);
                continue;
            }
            if let Some(body) = source.code.bodies.get(rule.layer as usize) {
                let mut met = self.rules.met.borrow_mut();
                if !met.contains(&source.item) {
                    met.push(source.item);
                }
                let id = self.layer_id();
                above.push(Layer {
                    source,
                    body,
                    env,
                    prefix: Strength::Set,
                    id,
                    siblings,
                    elements: None,
                });
            }
        }
        if above.is_empty() {
            return Value::Rec(object);
        }
        // The command line is above all rules.
        let own = object.layers;
        let set = own.iter().rev().take_while(|layer| layer.source.command_line).count();
        let (below, last) = own.split_at(own.len() - set);
        let mut layers = ArenaVec::with_capacity_in(own.len() + above.len(), self.arena);
        layers.extend_from_slice(below);
        layers.extend(above);
        layers.extend_from_slice(last);
        let hint = Hint { key: object.key.get(), owner: object.owner.get() };
        let layers = layers.into_bump_slice();
        let kind = object.kind;
        Value::Rec(self.record_with(kind, layers, object.made, hint, false, object.given))
    }

    /// The rules that have changed an object.
    pub(super) fn rules_met(&self) -> Vec<Item> {
        self.rules.met.borrow().clone()
    }

    fn rules_for(&self, kind: Option<TypeId>) -> &'a [Changing<'a>] {
        if let Some(&known) = self.rules.by_kind.borrow().get(&kind) {
            return known;
        }
        let mut rules = ArenaVec::new_in(self.arena);
        for item in changing(self.db, self.program, kind).iter().copied() {
            if let Some(rule) = rule(self.db, item) {
                rules.push(Changing { source: self.source(item), rule });
            }
        }
        let rules = rules.into_bump_slice();
        self.rules.by_kind.borrow_mut().insert(kind, rules);
        rules
    }

    pub(crate) fn env_of(&self, object: LocalState<'a>, bare: bool) -> Env<'a> {
        let local = self.arena.alloc(Local { state: Cell::new(object), below: None });
        Env { locals: Some(local), depth: 1, ..Env::of(bare) }
    }

    /// Whether a rule is for an object; `None` where that cannot be told.
    pub(crate) fn holds_for(
        &self,
        source: &'a Source<'a>,
        rule: &'a Rule,
        env: &Env<'a>,
    ) -> Option<bool> {
        rule.condition.map_or(Some(true), |condition| self.truth(source, condition, env))
    }

    /// The `allow`s of an object, and of the components that it belongs to.
    pub(crate) fn exemptions(&self, object: &'a Rec<'a>) -> Vec<Allowed> {
        let mut allowed = self.allowed(object);
        let mut at = object.owner.get();
        for _ in 0..crate::limits::NESTED {
            let Some((owner, _)) = at else { break };
            if let Kind::Schema(..) = owner.kind {
                allowed.extend(self.allowed(owner));
            }
            at = owner.owner.get();
        }
        allowed
    }

    /// The object that one was before rules were applied, so that layers are put below those of rules.
    pub(crate) fn before_rules(&self, object: &'a Rec<'a>) -> &'a Rec<'a> {
        if !matches!(object.kind, Kind::Kube(_) | Kind::Object) {
            return object;
        }
        self.rules.of.borrow().get(&std::ptr::from_ref(object)).copied().unwrap_or(object)
    }

    /// The object with rules in which a record lies.
    pub(super) fn ruled_around(&self, rec: &'a Rec<'a>) -> Option<&'a Rec<'a>> {
        if self.rules.of.borrow().is_empty() {
            return None;
        }
        let mut at = rec;
        for _ in 0..crate::limits::NESTED {
            if self.rules.of.borrow().contains_key(&std::ptr::from_ref(at)) {
                return Some(at);
            }
            at = at.owner.get()?.0;
        }
        None
    }

    /// What lies at the place of a record in the world without rules. Where nothing says what that place is, as of a
    /// local that nothing has bound yet, it is the record itself.
    pub(super) fn without_rules(&self, rec: &'a Rec<'a>) -> Value<'a> {
        let itself = Value::Rec(rec);
        if rec.is_bare() {
            return itself;
        }
        if let Kind::File = rec.kind {
            return Value::Rec(self.item_slot(rec.made.source.item, true).0);
        }
        let Some((owner, name)) = rec.owner.get() else { return itself };
        let Value::Rec(bare) = self.without_rules(owner) else { return itself };
        let mut names = name.split(SEPARATOR);
        let slot = names.next().and_then(|name| self.slot(bare, name));
        let Some(slot) = slot else { return itself };
        let mut value = self.localized(self.force(bare, slot));
        for at in names {
            let (Value::List(elements), Ok(at)) = (value, at.parse::<usize>()) else { break };
            value = elements.get(at).map_or(itself, |element| self.localized(element.value));
        }
        match value {
            Value::Rec(_) | Value::Error => value,
            _ => itself,
        }
    }

    /// The `allow`s that have kept rules from changing an object.
    pub(crate) fn exempted(&self, object: &'a Rec<'a>) -> Vec<Allowed> {
        let object = self.before_rules(object);
        let exempted = self.rules.exempted.borrow();
        let of_object = exempted.iter().filter(|exempted| std::ptr::eq(exempted.object, object));
        of_object.map(|exempted| exempted.allowed.clone()).collect()
    }

    /// What `prev` stands for in a rule: what lies at the place without any rule.
    pub(super) fn bare_prev(&self, prev: Prev<'a>) -> Prev<'a> {
        let nothing = Prev { below: None, ..prev };
        let Some(object) = self.ruled_around(prev.rec) else { return nothing };
        let mut names = Vec::new();
        let mut at = prev.rec;
        while !std::ptr::eq(at, object) {
            let Some((owner, name)) = at.owner.get() else { return nothing };
            names.push(name);
            at = owner;
        }
        let mut value = self.without_rules(self.before_rules(object));
        for name in names.into_iter().rev() {
            let Value::Rec(rec) = value else { return nothing };
            let Some(slot) = self.slot(rec, name) else { return nothing };
            value = self.localized(self.force(rec, slot));
        }
        let Value::Rec(rec) = value else { return nothing };
        match self.slot(rec, prev.slot.name) {
            Some(slot) => Prev { rec, slot, below: slot.bindings.get() },
            None => nothing,
        }
    }

    /// From here until [`Eval::leave_object`], mistakes in rules are of this object.
    pub(crate) fn enter_object(&self, object: &'a Rec<'a>) -> Option<&'a Rec<'a>> {
        self.rules.now.replace(Some(object))
    }

    pub(crate) fn leave_object(&self, outer: Option<&'a Rec<'a>>) {
        self.rules.now.set(outer);
    }

    /// Whether an object was made by putting the layers of rules on another.
    pub(crate) fn is_ruled(&self, object: &'a Rec<'a>) -> bool {
        matches!(object.kind, Kind::Kube(_) | Kind::Object)
            && self.rules.of.borrow().contains_key(&std::ptr::from_ref(object))
    }

    /// A problem of a rule, with the object that it was found for.
    pub(super) fn for_object(&self, problem: Problem) -> Problem {
        let forced = || {
            let forcing = self.forcing.borrow();
            forcing.iter().rev().find_map(|(rec, _)| self.ruled_around(rec))
        };
        let Some(object) = forced().or_else(|| self.rules.now.get()) else { return problem };
        let name = self.record_name(object);
        problem.related(self.user_spot(object).place(), format!("for {name}"))
    }

    /// The path of a field from the object on in which it lies.
    pub(super) fn path_in_object(&self, rec: &'a Rec<'a>, name: &str) -> String {
        let whole = self.path(rec, name);
        let object = self.ruled_around(rec).and_then(|object| object.owner.get());
        let around = object.map(|(owner, name)| self.path(owner, name) + ".");
        around.and_then(|around| whole.strip_prefix(&around).map(str::to_owned)).unwrap_or(whole)
    }
}

fn first_segment(name: &str) -> &str {
    name.split(SEPARATOR).next().unwrap_or(name)
}

/// A rule that changes objects.
#[derive(Clone, Copy)]
struct Changing<'a> {
    source: &'a Source<'a>,
    rule: &'a Rule,
}

/// Steps that putting a rule on an object counts for.
const APPLIED: u64 = 8;
