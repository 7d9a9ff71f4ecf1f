//! Members, elements, and what other items hold.

use bumpalo::collections::Vec as ArenaVec;
use kube::types::{FieldType, TypeId};

use crate::code::{Ask, ExprId};
use crate::db::Item;
use crate::eval::Eval;
use crate::eval::declared::required_of;
use crate::eval::trace::Read;
use crate::eval::value::{
    Declared, Element, FailedRead, Handle, Hint, Kind, Origin, Rec, RecordIs, SEPARATOR, Source,
    Value,
};
use crate::limits;
use crate::problem::Problem;
use crate::read::{Data, Path, World, read};

/// What a step into a value finds.
pub enum Step<'a> {
    Value(Value<'a>),
    /// There is no such field, key or element.
    Missing,
    /// It was not made here, and does not say.
    NotMade,
    /// It is derived, and not known yet.
    Derived,
}

impl<'a> Handle<'a> {
    pub fn new(item: Item, path: &'a str, bare: bool) -> Self {
        Self {
            item,
            path,
            bare,
            derived: Default::default(),
            perhaps: Default::default(),
            record: Default::default(),
            value: Default::default(),
        }
    }

    /// A place further in.
    pub fn at(&self, path: &'a str) -> Self {
        Self { derived: self.derived.clone(), ..Self::new(self.item, path, self.bare) }
    }

    /// The world in which it is read.
    pub fn world(&self) -> World {
        World { bare: self.bare, derived: self.derived.get() }
    }
}

impl<'a> Eval<'a> {
    /// The value with its outermost constructor known: a handle is read.
    pub fn whnf(&self, value: Value<'a>) -> Value<'a> {
        let Value::Handle(handle) = value else { return value };
        self.reads(|| Read::Other(handle.item, handle.path));
        if let Some(value) = handle.value.get() {
            return value;
        }
        if handle.record.get().is_some() {
            return value;
        }
        if !self.affords_read() {
            return Value::Error;
        }
        if let Some(value) = self.passed_often(handle) {
            handle.value.set(Some(value));
            return value;
        }
        let path = Path::new(self.db, handle.path);
        let waiting = self.waiting();
        let mut read = read(self.db, self.program, handle.world(), handle.item, path, waiting);
        if read.data == Data::Derived {
            read = match self.derived_of(handle) {
                Some(derived) => derived,
                None => return Value::Error,
            };
        }
        self.deepest.set(self.deepest.get().max(read.depth.saturating_add(waiting)));
        if read.depth > limits::CHAIN {
            // Told once for the whole program, and no ring to be looked for.
            handle.value.set(Some(Value::Error));
            return Value::Error;
        }
        let mut found = self.value_of(handle, &read.data);
        // A list that was read does not say where its elements were written.
        if let (Value::List(_), true) = (found, self.trace.is_some())
            && let list @ Value::List(_) = self.here(handle)
        {
            found = list;
        }
        match found {
            // A record of that very place stays the handle, which knows now that it is one.
            Value::Handle(same) if std::ptr::eq(same, handle) => {}
            found => handle.value.set(Some(found)),
        }
        found
    }

    /// The value, in this arena whoever owns it, so that its layers are at hand.
    pub(crate) fn localized(&self, value: Value<'a>) -> Value<'a> {
        match self.whnf(value) {
            Value::Handle(handle) => self.here(handle),
            value => value,
        }
    }

    /// What a handle stands for, evaluated in this arena.
    pub(super) fn here(&self, handle: &'a Handle<'a>) -> Value<'a> {
        if !self.affords_read() {
            return Value::Error;
        }
        let (rec, slot) = self.item_slot(handle.item, handle.bare);
        let mut value = self.force(rec, slot);
        for name in segments(handle.path) {
            match self.step(value, name) {
                Step::Value(Value::Absent) => value = self.part(value, name),
                Step::Value(next) => value = next,
                Step::Missing | Step::NotMade | Step::Derived => return Value::Error,
            }
        }
        // What it names may be a record of yet another item.
        match value {
            Value::Handle(other) if !std::ptr::eq(other, handle) => match self.whnf(value) {
                Value::Handle(other) => self.here(other),
                value => value,
            },
            value => value,
        }
    }

    /// One step into a value, by the name of a field, a key or a number.
    pub fn step(&self, value: Value<'a>, name: &'a str) -> Step<'a> {
        match value {
            Value::Handle(handle) => {
                let path = self.extended(handle.path, name);
                let next = self.arena.alloc(handle.at(path));
                Step::Value(self.whnf(Value::Handle(next)))
            }
            Value::Error => Step::Value(Value::Error),
            Value::Rec(rec) => match self.slot(rec, name) {
                Some(slot) if self.is_later(slot) => Step::Derived,
                Some(slot)
                    if rec.external
                        && slot.bindings.get().is_none()
                        && !self.lacks_keys(rec)
                        && !self.may_be_absent(rec, slot) =>
                {
                    Step::NotMade
                }
                Some(slot) => match self.force(rec, slot) {
                    Value::Absent if !self.has_field(rec, name) => Step::Missing,
                    Value::Absent => Step::Value(self.known_or_absent(rec, name)),
                    value => Step::Value(value),
                },
                None if self.lacks_keys(rec) => Step::Value(Value::Error),
                // It is told where the record is.
                None if required_of(rec.kind).any(|field| field == name) => {
                    Step::Value(Value::Error)
                }
                None if self.has_field(rec, name) => Step::Value(self.known_or_absent(rec, name)),
                None => Step::Missing,
            },
            Value::List(elements) => {
                match name.parse::<usize>().ok().and_then(|i| elements.get(i)) {
                    Some(element) => Step::Value(self.whnf(element.value)),
                    None => Step::Missing,
                }
            }
            _ => Step::Missing,
        }
    }

    /// Whether a field that is not bound is a field all the same.
    fn has_field(&self, rec: &'a Rec<'a>, name: &str) -> bool {
        match rec.kind {
            Kind::Schema(info, _) => info.slot(name).is_some(),
            Kind::Kube(ty) => ty.field_at(name, self.minor).is_some(),
            Kind::Record(record) => record.field(name).is_some(),
            Kind::File => true,
            Kind::Object => matches!(name, "apiVersion" | "kind" | "metadata"),
            Kind::Map(_) | Kind::Keyed(_) | Kind::Open => false,
        }
    }

    /// `value.name`, or `value?.name`.
    pub(super) fn member(
        &self,
        source: &'a Source<'a>,
        expr: ExprId,
        value: Value<'a>,
        name: &'a str,
        slot: u16,
        ask: Ask,
    ) -> Value<'a> {
        // What another item holds is read at the end of the path only; a `?` must know what is there.
        let value = if ask == Ask::There { value } else { self.whnf(value) };
        match value {
            Value::Rec(rec) => {
                if rec.field_at(slot, name)
                    && let Some(found) = self.slots(rec).dense.get(usize::from(slot))
                {
                    return match self.is_later(found) {
                        true => self.too_early(found, source.spot(expr)),
                        false => self.force(rec, found),
                    };
                }
                let found = match self.slot(rec, name) {
                    Some(found) if self.is_later(found) => self.too_early(found, source.spot(expr)),
                    Some(found) => self.force(rec, found),
                    None if self.lacks_keys(rec) => Value::Error,
                    None if ask == Ask::Perhaps => Value::Absent,
                    None if required_of(rec.kind).any(|field| field == name) => {
                        self.check_required(rec);
                        Value::Error
                    }
                    None if self.has_field(rec, name) => Value::Absent,
                    None => self.no_key(rec, name, source.spot(expr)),
                };
                match (found, rec.kind) {
                    (Value::Absent, Kind::Kube(ty)) => match self.known_of_object(rec, ty, name) {
                        None if ask != Ask::Perhaps => self.empty(rec, ty, name),
                        known => known.unwrap_or(Value::Absent),
                    },
                    (found, _) => found,
                }
            }
            Value::Handle(handle) => match handle.value.get() {
                Some(value) => self.member(source, expr, value, name, slot, ask),
                None => {
                    let path = self.extended(handle.path, name);
                    let member = handle.at(path);
                    member.perhaps.set(ask == Ask::Perhaps);
                    Value::Handle(self.arena.alloc(member))
                }
            },
            Value::Error => Value::Error,
            Value::Absent if ask != Ask::There => Value::Absent,
            Value::Absent => self.report(
                Problem::error(
                    203,
                    source.spot(expr).place(),
                    format!("this is absent here, so it has no `{name}`"),
                )
                .help(format!("write `?.{name}` and say with `??` what is meant then")),
            ),
            other => {
                let found = self.described(other);
                self.report(Problem::error(
                    212,
                    source.spot(expr).place(),
                    format!("{found} has no member `{name}`"),
                ))
            }
        }
    }

    /// `value[index]`.
    pub(super) fn index(
        &self,
        source: &'a Source<'a>,
        expr: ExprId,
        value: Value<'a>,
        index: Value<'a>,
        ask: Ask,
    ) -> Value<'a> {
        let index = self.whnf(index);
        if index.is_error() {
            return index;
        }
        let value = self.whnf(value);
        match (value, index) {
            (Value::Error, _) => Value::Error,
            (Value::Absent, _) if ask != Ask::There => Value::Absent,
            (Value::List(elements), Value::Int(at)) => {
                match usize::try_from(at).ok().and_then(|at| elements.get(at)) {
                    Some(element) => element.value,
                    None if ask == Ask::Perhaps => Value::Absent,
                    None => self.report(Problem::error(
                        312,
                        source.spot(expr).place(),
                        format!(
                            "the list has no element {}: it has {}",
                            self.printed(index),
                            elements.len()
                        ),
                    )),
                }
            }
            (Value::Rec(_) | Value::Handle(_), Value::Str(_) | Value::Int(_)) => {
                let name = match index {
                    Value::Str(name) if !self.reads_text(name) => return Value::Error,
                    Value::Str(name) => name,
                    Value::Int(number) => self.arena.alloc_str(&number.to_string()),
                    _ => "",
                };
                let step = match value {
                    Value::Handle(handle) => {
                        if let Some(value) = self.asked_often(handle, name) {
                            return value;
                        }
                        let next = handle.at(self.extended(handle.path, name));
                        next.perhaps.set(ask == Ask::Perhaps);
                        Step::Value(self.whnf(Value::Handle(self.arena.alloc(next))))
                    }
                    value => self.step(value, name),
                };
                match (step, value) {
                    (Step::Value(value), _) => value,
                    (Step::Missing, _) if ask == Ask::Perhaps => Value::Absent,
                    (Step::Missing, Value::Rec(rec)) => self.no_key(rec, name, source.spot(expr)),
                    (Step::Missing | Step::NotMade | Step::Derived, _) => Value::Error,
                }
            }
            (Value::Absent, _) => self.report(Problem::error(
                203,
                source.spot(expr).place(),
                "this is absent here, so it has no elements",
            )),
            (value, _) => {
                let found = self.described(value);
                self.report(Problem::error(
                    212,
                    source.spot(expr).place(),
                    format!("{found} has no elements to pick by {}", self.printed(index)),
                ))
            }
        }
    }

    fn known_or_absent(&self, rec: &'a Rec<'a>, name: &str) -> Value<'a> {
        match rec.kind {
            Kind::Kube(ty) => self.known_of_object(rec, ty, name).unwrap_or(Value::Absent),
            _ => Value::Absent,
        }
    }

    /// What a part of a value reads as that nothing binds: empty for objects of the Kubernetes API, else absent.
    pub(crate) fn part(&self, value: Value<'a>, name: &'a str) -> Value<'a> {
        match value {
            Value::Rec(rec) => match rec.kind {
                Kind::Kube(ty) => self.empty(rec, ty, name),
                _ => Value::Absent,
            },
            _ => Value::Absent,
        }
    }

    /// What a part of an object that nothing binds reads as: empty.
    fn empty(&self, rec: &'a Rec<'a>, ty: TypeId, name: &'a str) -> Value<'a> {
        let Some(field) = ty.field_at(name, self.minor) else { return Value::Absent };
        match (field.ty, self.kind_of(Declared::Kube(field.ty))) {
            (FieldType::Any, _) => Value::Absent,
            (_, Some(kind)) => {
                let hint = Hint { key: Some(name), owner: Some((rec, name)) };
                Value::Rec(self.record(kind, &[], rec.made, hint))
            }
            (FieldType::List { .. }, None) => Value::List(&[]),
            _ => Value::Absent,
        }
    }

    pub(crate) fn extended(&self, path: &str, name: &str) -> &'a str {
        if path.is_empty() {
            return self.arena.alloc_str(name);
        }
        let mut longer =
            bumpalo::collections::String::with_capacity_in(path.len() + name.len() + 1, self.arena);
        longer.push_str(path);
        longer.push(SEPARATOR);
        longer.push_str(name);
        longer.into_bump_str()
    }

    /// What a read gave, as a value of this evaluation.
    fn value_of(&self, handle: &'a Handle<'a>, data: &'a Data) -> Value<'a> {
        match data {
            Data::Error => {
                self.failed_reads.borrow_mut().push(FailedRead {
                    item: handle.item,
                    path: handle.path,
                    world: handle.world(),
                    at: self.forced_by(),
                });
                Value::Error
            }
            Data::Absent => Value::Absent,
            Data::Null => Value::Null,
            Data::Bool(value) => Value::Bool(*value),
            Data::Int(value) => Value::Int(*value),
            Data::Float(bits) => Value::Float(f64::from_bits(*bits)),
            Data::Str(text) => Value::Str(text),
            Data::Quantity(text) => Value::Quantity(text),
            Data::Duration(value) => Value::Duration(*value),
            Data::Percent(bits) => Value::Percent(f64::from_bits(*bits)),
            Data::Range(ends) => {
                let ends = (self.value_of(handle, &ends.0), self.value_of(handle, &ends.1));
                Value::Range(self.arena.alloc(ends))
            }
            Data::List(elements) => {
                let place = || self.forced_by().map_or(self.whole(), |spot| spot.place());
                if !self.afford(elements.len() as u64, &place) {
                    return Value::Error;
                }
                let mut list = ArenaVec::with_capacity_in(elements.len(), self.arena);
                for (i, element) in elements.iter().enumerate() {
                    // Only what has parts, or is an error, is asked where it comes from.
                    let at = match element.is_scalar() {
                        true => handle,
                        false => {
                            let path = self.extended(handle.path, &i.to_string());
                            self.arena.alloc(handle.at(path))
                        }
                    };
                    let value = self.value_of(at, element);
                    if value.is_error() {
                        return Value::Error;
                    }
                    list.push(Element { value, origin: Origin(u32::MAX) });
                }
                Value::List(list.into_bump_slice())
            }
            Data::Record(is) => {
                handle.record.set(Some(*is));
                Value::Handle(handle)
            }
            Data::Handle(item, path, is) => {
                let other: &'a Handle<'a> = self.arena.alloc(Handle::new(*item, path, handle.bare));
                other.record.set(Some(*is));
                if *item == self.unit { self.here(other) } else { Value::Handle(other) }
            }
            Data::Fn => self.here(handle),
            Data::Empty(_) if handle.perhaps.get() => Value::Absent,
            Data::Empty(part) => self.value_of(handle, part),
            // Only the last name may be missing.
            Data::Missing(at)
                if handle.perhaps.get() && *at as usize + 1 == segments(handle.path).count() =>
            {
                Value::Absent
            }
            Data::Missing(at) => {
                self.missing(handle, *at as usize);
                Value::Error
            }
            Data::NotMade => {
                self.not_made(handle);
                Value::Error
            }
            // What asks for it has asked again.
            Data::Derived => Value::Error,
        }
    }

    /// Which record a value is, for readers from other items.
    pub(crate) fn record_is(&self, rec: &'a Rec<'a>) -> RecordIs {
        match rec.kind {
            Kind::Schema(info, item) => match &info.case {
                Some(case) => RecordIs::Case(item, case.index),
                None => RecordIs::Schema(item),
            },
            Kind::Kube(ty) => RecordIs::Kube(ty),
            Kind::Object => RecordIs::Object,
            _ => RecordIs::Other,
        }
    }
}

impl Rec<'_> {
    /// Whether the slot number is that of the field; a number is known for records of schemas alone.
    fn field_at(&self, slot: u16, name: &str) -> bool {
        match self.kind {
            Kind::Schema(info, _) => {
                info.fields.get(usize::from(slot)).is_some_and(|f| *f.name == *name)
            }
            _ => false,
        }
    }
}

/// The names of a path.
pub fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.split(SEPARATOR).filter(move |_| !path.is_empty())
}
