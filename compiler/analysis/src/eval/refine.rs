//! Holding a value against the type that its place asks for.
//!
//! Kinds were proved before; what is checked here is what only a value shows: the conditions that narrow a
//! type, which member of a union it is, and whatever came from data without a type. A value that does not fit
//! is one problem at the value, and an error from there on.

use kube::types::{FieldType, ListKind};

use crate::eval::Eval;
use crate::eval::cast::CastAt;
use crate::eval::declared::is_required;
use crate::eval::value::{
    Binding, Declared, Element, Kind, MapOf, Rec, RecordIs, Slot, Spot, Value,
};
use crate::fits::extends;
use crate::refinement::secret_complaint;
use crate::sensitive::holds_sensitive;
use crate::show::{did_you_mean, values};
use crate::ty::{Literal, RefinedTy, Refinement, Ty};
use crate::types::format;

/// A slot of a record, and the binding that won.
pub(super) type Field<'a> = (&'a Rec<'a>, &'a Slot<'a>, Option<&'a Binding<'a>>);

/// Steps that an element of data counts for when it is cast.
const CAST: u64 = 4;

/// What a value is checked for.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    /// Where the value was written.
    pub spot: Spot<'a>,
    /// The field that asks.
    pub field: Option<Field<'a>>,
    /// It must not be printed.
    pub sensitive: bool,
    /// The cast that asks.
    pub cast: Option<&'a CastAt<'a>>,
    /// Where the value stands, if what asks for it is found around it in the text, and is no field.
    pub written: Option<Spot<'a>>,
    /// The map of which it is a key.
    pub key_of: Option<&'a Rec<'a>>,
}

impl<'a> Asked<'a> {
    /// What is asked of a value that stands there.
    pub fn of(spot: Spot<'a>, field: Option<Field<'a>>) -> Self {
        Self { spot, field, sensitive: false, cast: None, written: None, key_of: None }
    }
}

impl<'a> Eval<'a> {
    /// The value of a slot as its declared type takes it.
    pub(super) fn conform(
        &self,
        rec: &'a Rec<'a>,
        slot: &'a Slot<'a>,
        value: Value<'a>,
        binding: Option<&'a Binding<'a>>,
    ) -> Value<'a> {
        let Some(declared) = self.declared(rec, slot) else { return value };
        if let Value::Error = value {
            return value;
        }
        // A handle is not read for a type that says nothing.
        if let Declared::Ty(Ty::Any | Ty::Error | Ty::Param(_)) = declared {
            return value;
        }
        let value = self.whnf(value);
        if value.is_absent() && self.may_be_absent(rec, slot) {
            return value;
        }
        let spot = binding.map_or(rec.made, |b| b.value_spot());
        if let Value::Null = value
            && spot.source.data
            && self.null_is_absent(declared)
            && self.may_be_absent(rec, slot)
            && !is_required(rec, slot)
        {
            return Value::Absent;
        }
        self.fit(value, declared, &Asked::of(spot, Some((rec, slot, binding))))
    }

    /// Holds the key of an entry against the type of the keys of its map.
    pub(crate) fn fit_key(&self, key: &'a str, ty: Declared<'a>, rec: &'a Rec<'a>, spot: Spot<'a>) {
        let spot = if spot.source.library { self.user_spot(rec) } else { spot };
        let asked = Asked { key_of: Some(rec), ..Asked::of(spot, None) };
        // What is wrong with it is wrong with the field that holds the map.
        let around = rec.owner.get();
        let around = around.and_then(|(rec, name)| Some((rec, self.slot_of(rec, name)?)));
        self.forcing.borrow_mut().extend(around);
        self.fit(Value::Str(key), ty, &asked);
        if around.is_some() {
            self.forcing.borrow_mut().pop();
        }
    }

    /// The value as a type takes it, or the error, reported.
    pub(super) fn fit(&self, value: Value<'a>, ty: Declared<'a>, asked: &Asked<'a>) -> Value<'a> {
        match ty {
            Declared::Ty(ty) => self.fit_ty(value, ty, asked),
            Declared::Kube(field) => self.fit_kube(value, field, asked),
        }
    }

    fn fit_ty(&self, value: Value<'a>, ty: &'a Ty, asked: &Asked<'a>) -> Value<'a> {
        let value = self.whnf(value);
        match (ty, value) {
            (_, Value::Error) | (Ty::Any | Ty::Error | Ty::Param(_), _) => value,
            (Ty::Optional(_), Value::Absent) => value,
            (Ty::Optional(inner), Value::Null)
                if asked.is_data() && self.null_is_absent(Declared::Ty(inner)) =>
            {
                Value::Absent
            }
            (Ty::Optional(inner), _) => self.fit_ty(value, inner, asked),
            (Ty::Never, Value::Absent) => value,
            (Ty::Never, _) => self.forbidden(asked),
            (Ty::Sensitive(inner), _) => {
                let asked = Asked { sensitive: true, ..*asked };
                self.fit_ty(value, inner, &asked)
            }
            (Ty::Refined(refined), _) => {
                let value = self.fit_ty(value, &refined.base, asked);
                if value.is_error() || self.refined(value, refined, asked) {
                    value
                } else {
                    Value::Error
                }
            }
            (Ty::Union(members), _) => self.fit_union(value, ty, members, asked),
            (Ty::Literal(literal), _) => {
                if is_literal(value, literal) {
                    value
                } else {
                    self.misfit(value, asked, 304, |printed| {
                        format!("{printed} is not {}", literal_text(literal))
                    })
                }
            }
            (Ty::Null, Value::Null)
            | (Ty::Bool, Value::Bool(_))
            | (Ty::Int, Value::Int(_))
            | (Ty::Float, Value::Float(_))
            | (Ty::Str, Value::Str(_))
            | (Ty::Quantity, Value::Quantity(_))
            | (Ty::Duration, Value::Duration(_))
            | (Ty::Percent, Value::Percent(_))
            | (Ty::Fn(_), Value::Fn(_)) => value,
            (Ty::Float, Value::Int(number)) => Value::Float(number as f64),
            (Ty::Quantity, Value::Int(number)) => {
                Value::Quantity(self.arena.alloc_str(&number.to_string()))
            }
            (Ty::Quantity, Value::Str(text)) => self.quantity_of(value, text, asked),
            (Ty::Range(inner), Value::Range((start, end))) => {
                let side =
                    |v: Value<'a>| if v.is_absent() { v } else { self.fit_ty(v, inner, asked) };
                let (start, end) = (side(*start), side(*end));
                if start.is_error() || end.is_error() {
                    return Value::Error;
                }
                Value::Range(self.arena.alloc((start, end)))
            }
            (Ty::List(element), Value::List(elements)) => {
                self.fit_list(elements, Declared::Ty(element), asked)
            }
            (Ty::Object, Value::Rec(_) | Value::Handle(_)) => self.fit_object(value, asked),
            (
                Ty::Schema(_) | Ty::Kube(_) | Ty::Map(_) | Ty::Keyed(_) | Ty::Record(_),
                Value::Rec(_) | Value::Handle(_),
            ) => match self.kind_of(Declared::Ty(ty)) {
                Some(kind) => self.fit_record(value, kind, Declared::Ty(ty), asked),
                None => value,
            },
            (Ty::Variant(_) | Ty::Case(..), Value::Rec(_) | Value::Handle(_))
                if self.is_of_kind(value, ty) =>
            {
                value
            }
            _ => self.read_as(value, Declared::Ty(ty), asked),
        }
    }

    /// A text that has been put together, as the quantity that it is written as.
    fn quantity_of(&self, value: Value<'a>, text: &'a str, asked: &Asked<'a>) -> Value<'a> {
        match text.parse::<kube::quantity::Quantity>() {
            Ok(_) => Value::Quantity(text),
            Err(why) => {
                self.misfit(value, asked, 211, |printed| format!("{printed} is no Quantity: {why}"))
            }
        }
    }

    fn fit_kube(&self, value: Value<'a>, field: FieldType, asked: &Asked<'a>) -> Value<'a> {
        let value = self.whnf(value);
        match (field, value) {
            (_, Value::Error)
            | (FieldType::Any, _)
            | (FieldType::Bool, Value::Bool(_))
            | (FieldType::Int64, Value::Int(_))
            | (FieldType::Float, Value::Float(_) | Value::Int(_))
            | (FieldType::Str, Value::Str(_))
            | (FieldType::Quantity, Value::Quantity(_))
            | (FieldType::IntOrString | FieldType::LongOrString, Value::Str(_))
            | (FieldType::LongOrString, Value::Int(_))
            | (FieldType::Nullable(_), Value::Null) => value,
            (FieldType::Bytes | FieldType::Time, Value::Str(_)) => {
                self.held(value, format(field), asked)
            }
            (FieldType::Nullable(inner), _) => self.fit_kube(value, inner.ty(), asked),
            (FieldType::Int32 | FieldType::IntOrString, Value::Int(number)) => {
                if i32::try_from(number).is_ok() {
                    value
                } else {
                    self.misfit(value, asked, 301, |printed| {
                        format!("{printed} is not in -2147483648..2147483647: Kubernetes keeps 32 bits of it")
                    })
                }
            }
            (FieldType::Quantity, Value::Int(number)) => {
                Value::Quantity(self.arena.alloc_str(&number.to_string()))
            }
            (FieldType::Quantity, Value::Str(text)) => self.quantity_of(value, text, asked),
            (FieldType::IntOrString | FieldType::LongOrString, Value::Percent(_)) => {
                match self.scalar_text(value) {
                    Some(text) => Value::Str(self.arena.alloc_str(&text)),
                    None => value,
                }
            }
            (
                FieldType::List { elem, list: list @ (ListKind::Atomic | ListKind::Set) },
                Value::List(elements),
            ) => {
                let fitted = self.fit_list(elements, Declared::Kube(elem.ty()), asked);
                let unique = matches!(list, ListKind::Set).then_some(Refinement::Unique);
                self.held(fitted, unique, asked)
            }
            (
                FieldType::Object(_) | FieldType::Map(_) | FieldType::List { .. },
                Value::Rec(_) | Value::Handle(_),
            ) => match self.kind_of(Declared::Kube(field)) {
                Some(kind) => self.fit_record(value, kind, Declared::Kube(field), asked),
                None => self.wrong_kind(value, Declared::Kube(field), asked),
            },
            _ => self.read_as(value, Declared::Kube(field), asked),
        }
    }

    fn fit_list(
        &self,
        elements: &'a [Element<'a>],
        ty: Declared<'a>,
        asked: &Asked<'a>,
    ) -> Value<'a> {
        let objects = asked.is_data()
            && matches!(ty, Declared::Ty(ty) if *crate::fits::base(ty) == Ty::Object);
        let elements = match objects {
            true => self.arena.alloc_slice_copy(&self.without_lists(elements)),
            false => elements,
        };
        // What is cast becomes a record of its own, which costs about as much as a few expressions.
        let each = if asked.is_data() { CAST } else { 1 };
        if !self.afford(each * elements.len() as u64, &|| asked.spot.place()) {
            return Value::Error;
        }
        let (mut changed, mut broken) = (objects, false);
        let mut fitted = bumpalo::collections::Vec::with_capacity_in(elements.len(), self.arena);
        for element in elements {
            let spot = self.spot_of(element.origin).unwrap_or(asked.spot);
            let asked = Asked { spot, ..*asked };
            let value = self.fit(element.value, ty, &asked);
            if value.is_error() {
                broken = true;
                continue;
            }
            changed |= !unchanged(value, element.value);
            fitted.push(Element { value, ..*element });
        }
        if broken {
            if asked.is_data() {
                // Nobody will read the others, and what is wrong with them is to be told as well.
                for element in &fitted {
                    crate::validate::force_all(self, element.value, 0);
                }
            }
            return Value::Error;
        }
        Value::List(if changed { fitted.into_bump_slice() } else { elements })
    }

    /// Records are open while they are of no known kind; a place that names one makes them of that kind.
    pub(super) fn fit_record(
        &self,
        value: Value<'a>,
        want: Kind<'a>,
        declared: Declared<'a>,
        asked: &Asked<'a>,
    ) -> Value<'a> {
        let value = if asked.is_data() { self.localized(value) } else { value };
        let rec = match value {
            Value::Rec(rec) => rec,
            Value::Handle(handle) => {
                let fits = match (handle.record.get(), want) {
                    (Some(RecordIs::Schema(found)), Kind::Schema(_, want)) => {
                        extends(self.db, found, want)
                    }
                    (Some(RecordIs::Kube(found)), Kind::Kube(want)) => found == want,
                    (Some(RecordIs::Other), Kind::Schema(..) | Kind::Kube(_)) => false,
                    (Some(RecordIs::Case(..)), Kind::Schema(..) | Kind::Kube(_)) => false,
                    (
                        Some(RecordIs::Schema(_) | RecordIs::Case(..) | RecordIs::Kube(_)),
                        Kind::Map(_) | Kind::Keyed(_),
                    ) => false,
                    _ => true,
                };
                if !fits {
                    return self.wrong_kind(value, declared, asked);
                }
                match (want, handle.record.get()) {
                    // Keys that it computes may be others than those of the type.
                    (Kind::Record(want), Some(RecordIs::Other)) if want.rest.is_none() => {
                        match self.here(handle) {
                            Value::Rec(rec) if matches!(rec.kind, Kind::Open) => rec,
                            _ => return value,
                        }
                    }
                    _ => return value,
                }
            }
            _ => return self.wrong_kind(value, declared, asked),
        };
        let as_is = match (rec.kind, want) {
            (Kind::Schema(_, found), Kind::Schema(_, want)) => {
                if !extends(self.db, found, want) {
                    return self.wrong_kind(value, declared, asked);
                }
                true
            }
            (Kind::Kube(found), Kind::Kube(want)) => {
                if found != want {
                    return self.wrong_kind(value, declared, asked);
                }
                true
            }
            (Kind::Keyed(found), Kind::Keyed(want)) => found.agrees(want),
            (Kind::Map(MapOf::Ty(fk, fv)), Kind::Map(MapOf::Ty(wk, wv))) => {
                std::ptr::eq(fv, wv) || (fv == wv && fk == wk)
            }
            (Kind::Map(MapOf::Kube(found)), Kind::Map(MapOf::Kube(want))) => found == want,
            (Kind::Record(found), Kind::Record(want)) => std::ptr::eq(found, want) || found == want,
            (Kind::Schema(..) | Kind::Kube(_), Kind::Record(_)) | (_, Kind::Open | Kind::File) => {
                true
            }
            (Kind::Schema(..) | Kind::Kube(_), _) => {
                return self.wrong_kind(value, declared, asked);
            }
            _ => false,
        };
        if as_is {
            return value;
        }
        if let Kind::Open = rec.kind {
            self.check_fields(rec, want, asked);
        }
        let below = self.layers_of_kind(want, rec.is_bare());
        let layers = if below.is_empty() {
            rec.layers
        } else {
            let mut layers = bumpalo::collections::Vec::new_in(self.arena);
            layers.extend_from_slice(below);
            layers.extend_from_slice(rec.layers);
            layers.into_bump_slice()
        };
        let hint = super::value::Hint { key: rec.key.get(), owner: rec.owner.get() };
        let made = self.record_with(want, layers, rec.made, hint, rec.external, &[]);
        self.remember_cast(made, asked);
        Value::Rec(made)
    }

    fn fit_union(
        &self,
        value: Value<'a>,
        ty: &'a Ty,
        members: &'a [Ty],
        asked: &Asked<'a>,
    ) -> Value<'a> {
        if let Value::Rec(_) | Value::Handle(_) = value
            && let Some(value) = self.fit_member(value, members, asked)
        {
            return value;
        }
        // Members are told apart by kind, so the first that takes the value is the one that is meant; where
        // none takes it but one is of its kind, that one says what is wrong.
        if let Some(member) = members.iter().find(|member| self.is(value, member)) {
            return self.fit_ty(value, member, asked);
        }
        if asked.is_data() {
            let case = |member| self.case_of_data(value, Declared::Ty(member), asked);
            if let Some(value) = members.iter().find_map(case) {
                return value;
            }
            if let Some(member) = self.member_of_data(value, members) {
                return self.fit_ty(value, member, asked);
            }
        }
        let mut of_kind: Vec<&Ty> = members.iter().filter(|m| self.is_of_kind(value, m)).collect();
        if let [only] = of_kind.as_slice()
            && !matches!(only, Ty::Literal(_))
        {
            return self.fit_ty(value, only, asked);
        }
        if of_kind.is_empty() {
            of_kind.extend(members);
        }
        let text =
            |ty: &&Ty| if let Ty::Literal(one) = ty { Some(literal_text(one)) } else { None };
        match of_kind.iter().map(text).collect::<Option<Vec<String>>>() {
            Some(texts) => {
                let shown = !self.hides(asked) && !self.is_sealed();
                let written = shown.then(|| self.printed(value));
                let allowed = values(&texts, written.as_deref());
                let one_of = if texts.len() == 1 { "" } else { "one of " };
                let message = |printed: &str| format!("{printed} is not {one_of}{allowed}");
                let near = written.and_then(|text| did_you_mean(&text, texts.iter().map(|t| &**t)));
                self.misfit_with(value, asked, 304, message, near)
            }
            None => self.wrong_kind(value, Declared::Ty(ty), asked),
        }
    }

    /// Reports the first condition that the value breaks; true where it breaks none.
    fn refined(&self, value: Value<'a>, ty: &'a RefinedTy, asked: &Asked<'a>) -> bool {
        let asked = Asked { sensitive: asked.sensitive || holds_sensitive(&ty.base), ..*asked };
        self.holds_all(value, ty.name.as_deref(), &ty.refinements, &asked)
    }

    /// A value of a field of Kubernetes that has a condition.
    fn held(
        &self,
        value: Value<'a>,
        condition: Option<Refinement>,
        asked: &Asked<'a>,
    ) -> Value<'a> {
        match self.holds_all(value, None, condition.as_slice(), asked) {
            true => value,
            false => Value::Error,
        }
    }

    /// Whether a value fulfils the conditions of a type, which may have a name. The first that it breaks is reported.
    fn holds_all(
        &self,
        value: Value<'a>,
        name: Option<&str>,
        refinements: &[Refinement],
        asked: &Asked<'a>,
    ) -> bool {
        for refinement in refinements {
            let Some(broken) = self.breaks(value, refinement) else { continue };
            let _seal = self.hides(asked).then(|| self.seal());
            let (code, what) = if self.is_sealed() { secret_complaint(refinement) } else { broken };
            self.misfit(value, asked, code, |printed| match name {
                Some(name) => format!("{printed} is no {name}: it {what}"),
                None => format!("{printed} {what}"),
            });
            return false;
        }
        true
    }
}

pub(super) fn is_literal(value: Value<'_>, literal: &Literal) -> bool {
    match (value, literal) {
        (Value::Bool(value), Literal::Bool(literal)) => value == *literal,
        (Value::Int(value), Literal::Int(literal)) => value == *literal,
        (Value::Str(value), Literal::Str(literal)) => *value == **literal,
        _ => false,
    }
}

fn literal_text(literal: &Literal) -> String {
    match literal {
        Literal::Bool(value) => value.to_string(),
        Literal::Int(value) => value.to_string(),
        Literal::Str(text) => super::message::quoted(text),
    }
}

/// Whether a check gave back the value that it was given.
fn unchanged<'a>(after: Value<'a>, before: Value<'a>) -> bool {
    match (after, before) {
        (Value::Rec(a), Value::Rec(b)) => std::ptr::eq(a, b),
        (Value::List(a), Value::List(b)) => std::ptr::eq(a, b),
        (Value::Range(a), Value::Range(b)) => std::ptr::eq(a, b),
        (a, b) => std::mem::discriminant(&a) == std::mem::discriminant(&b),
    }
}
