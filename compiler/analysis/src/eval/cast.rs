//! Data from outside, and `as`, which reads it as a type.
//!
//! JSON has fewer kinds of values than the language: durations, percentages and ranges are texts there, a keyed list
//! is a list of records, and null stands for what is absent. So what stands in a file of data is read as the type
//! that is asked for is written in JSON. A cast is lazy as everything is: it checks what is read, and validation
//! reads all.

use bumpalo::collections::Vec as ArenaVec;
use kube::types::FieldType;

use crate::code::{Body, EntryKind, Expr, ExprId, Key, Root, Strength};
use crate::db::Item;
use crate::eval::Eval;
use crate::eval::objects::of_objects;
use crate::eval::refine::Asked;
use crate::eval::value::{
    Binding, Declared, Element, Env, Hint, KeyedBy, Kind, Layer, Rec, Slot, Source, Spot, Value,
};
use crate::fits::base;
use crate::problem::Problem;
use crate::show::did_you_mean;
use crate::ty::Ty;

/// A cast whose value is being held against its type.
pub(super) struct CastAt<'a> {
    pub source: &'a Source<'a>,
    /// The whole expression.
    pub expr: ExprId,
    pub value: ExprId,
    pub env: Env<'a>,
}

/// A layer that was made of a list has entries, but no body.
static NO_BODY: Body = Body { own: false, partial: false, entries: Vec::new(), named: None };

impl<'a> Eval<'a> {
    /// What a file that is imported or embedded holds.
    pub(super) fn data(
        &self,
        item: Item,
        documents: bool,
        bare: bool,
        hint: Hint<'a>,
    ) -> Value<'a> {
        let source = self.source(item);
        let Root::Data { value, documents: all } = source.code.root else { return Value::Error };
        let list = matches!(source.code.exprs.get(value as usize), Some(Expr::List(_)));
        let expr = if documents && !list { all } else { value };
        self.eval(source, expr, &Env::of(bare), hint)
    }

    /// `value as T`.
    pub(super) fn cast(
        &self,
        source: &'a Source<'a>,
        expr: ExprId,
        (value, ty): (ExprId, &'a Ty),
        env: &Env<'a>,
        hint: Hint<'a>,
    ) -> Value<'a> {
        let found = match ty {
            // What need not be there need not be in the data.
            Ty::Optional(_) => self.perhaps(source, value, env, hint),
            _ => self.eval(source, value, env, hint),
        };
        let found = match self.whnf(found) {
            Value::Handle(_) | Value::List(_) => self.localized_list(found),
            found => found,
        };
        let cast: &'a CastAt<'a> = self.arena.alloc(CastAt { source, expr, value, env: *env });
        let field = hint.owner.and_then(|(rec, name)| {
            let slot: &'a Slot<'a> = self.slot(rec, name)?;
            Some((rec, slot, slot.bindings.get()))
        });
        let spot = source.spot(value);
        let asked = Asked { cast: Some(cast), ..Asked::of(spot, field) };
        self.fit(found, Declared::Ty(ty), &asked)
    }

    /// The value with the places of its elements, whichever item it is of.
    pub(super) fn localized_list(&self, value: Value<'a>) -> Value<'a> {
        match value {
            Value::Handle(handle) => self.here(handle),
            value => value,
        }
    }

    /// What does not fit as it is, read as JSON writes what is asked for; the error, reported, where it is not that
    /// either.
    pub(super) fn read_as(
        &self,
        value: Value<'a>,
        want: Declared<'a>,
        asked: &Asked<'a>,
    ) -> Value<'a> {
        if !asked.is_data() {
            return self.wrong_kind(value, want, asked);
        }
        if let Some(value) = self.converted(value, want) {
            return self.fit(value, want, asked);
        }
        if let Some(value) = self.case_of_data(value, want, asked) {
            return value;
        }
        match (value, self.kind_of(want)) {
            (Value::List(elements), Some(kind @ Kind::Keyed(keyed))) => {
                self.keyed(elements, kind, keyed, asked)
            }
            _ => self.wrong_kind(value, want, asked),
        }
    }

    /// A scalar of JSON as a kind that JSON does not have.
    pub(super) fn converted(&self, value: Value<'a>, want: Declared<'a>) -> Option<Value<'a>> {
        let kind = match want {
            Declared::Ty(ty) => base(ty),
            Declared::Kube(
                FieldType::Int32
                | FieldType::Int64
                | FieldType::IntOrString
                | FieldType::LongOrString,
            ) => &Ty::Int,
            Declared::Kube(_) => return None,
        };
        match (kind, value) {
            (Ty::Int, Value::Float(number)) if number.fract() == 0.0 && number.abs() < 9e15 => {
                Some(Value::Int(number as i64))
            }
            (Ty::Duration, Value::Str(text)) if !text.is_empty() => {
                super::operators::duration_of(text).map(Value::Duration)
            }
            (Ty::Percent, Value::Str(text)) => text
                .strip_suffix('%')?
                .parse()
                .ok()
                .filter(|n: &f64| n.is_finite())
                .map(Value::Percent),
            (Ty::Range(inner), Value::Str(text)) => {
                let (start, end) = text.split_once("..")?;
                let start = self.end_of_range(start, inner)?;
                let end =
                    if end.is_empty() { Value::Absent } else { self.end_of_range(end, inner)? };
                Some(Value::Range(self.arena.alloc((start, end))))
            }
            (Ty::Union(members), Value::Str(_) | Value::Float(_)) => {
                members.iter().find_map(|member| self.converted(value, Declared::Ty(member)))
            }
            _ => None,
        }
    }

    fn end_of_range(&self, text: &str, ty: &'a Ty) -> Option<Value<'a>> {
        match base(ty) {
            Ty::Int => text.parse().ok().map(Value::Int),
            Ty::Float => text.parse().ok().map(Value::Float),
            Ty::Quantity => {
                text.parse::<kube::quantity::Quantity>().ok()?;
                Some(Value::Quantity(self.arena.alloc_str(text)))
            }
            _ => self.converted(Value::Str(self.arena.alloc_str(text)), Declared::Ty(ty)),
        }
    }

    /// Of the members of a union the one that is meant by data that is of no member's kind.
    pub(super) fn member_of_data(&self, value: Value<'a>, members: &'a [Ty]) -> Option<&'a Ty> {
        let mut fitting = members.iter().filter(|member| match value {
            Value::Rec(_) => {
                matches!(base(member), Ty::Schema(_) | Ty::Kube(_) | Ty::Map(_) | Ty::Record(_))
            }
            Value::List(_) => matches!(base(member), Ty::Keyed(_) | Ty::List(_)),
            value => self.converted(value, Declared::Ty(member)).is_some(),
        });
        match (fitting.next(), fitting.next()) {
            (Some(only), None) => Some(only),
            _ => None,
        }
    }

    /// A list in data that is declared as a keyed one, as what blocks can be put on.
    pub(super) fn keyed_in_data(
        &self,
        rec: &'a Rec<'a>,
        slot: &'a Slot<'a>,
        value: Value<'a>,
        binding: &'a Binding<'a>,
    ) -> Value<'a> {
        match value {
            Value::List(_) if binding.value_spot().source.data => {
                self.conform(rec, slot, value, Some(binding))
            }
            value => value,
        }
    }

    /// A list of records as a keyed list: each under the key that its fields give.
    fn keyed(
        &self,
        elements: &'a [Element<'a>],
        kind: Kind<'a>,
        keyed: KeyedBy<'a>,
        asked: &Asked<'a>,
    ) -> Value<'a> {
        let mut named: ArenaVec<'a, (&'a str, Element<'a>)> =
            ArenaVec::with_capacity_in(elements.len(), self.arena);
        let mut known = rustc_hash::FxHashMap::default();
        let mut whole = true;
        let objects = of_objects(keyed);
        let flat = objects.then(|| self.without_lists(elements));
        for element in flat.as_deref().unwrap_or(elements) {
            let spot = self.spot_of(element.origin).unwrap_or(asked.spot);
            let here = Asked { spot, ..*asked };
            let Value::Rec(rec) = self.localized(element.value) else {
                self.wrong_kind(self.whnf(element.value), keyed.element(), &here);
                whole = false;
                continue;
            };
            // What an object is decides what its key fields mean.
            let object =
                if objects { self.fit_object(Value::Rec(rec), &here) } else { Value::Rec(rec) };
            let Value::Rec(rec) = object else {
                whole = false;
                continue;
            };
            let Some(key) = self.key_in_data(rec, keyed, &here) else {
                whole = false;
                continue;
            };
            if let Some(first) = known.insert(key, spot) {
                self.report(
                    Problem::error(
                        251,
                        spot.place(),
                        format!("two elements of this list are {key:?}"),
                    )
                    .related(first.place(), "the first one")
                    .help(format!("elements are told apart by their {}", keyed.names())),
                );
                // What else is wrong in the list is told as well.
                continue;
            }
            named.push((key, Element { value: Value::Rec(rec), origin: element.origin }));
        }
        if !whole {
            return Value::Error;
        }
        let made = elements.first().and_then(|element| self.spot_of(element.origin));
        let made = made.unwrap_or(asked.spot);
        // A list lies in the world in which its elements were made.
        let bare =
            named.iter().any(|(_, one)| matches!(one.value, Value::Rec(rec) if rec.is_bare()));
        let layers = self.arena.alloc_slice_copy(&[Layer {
            source: made.source,
            body: &NO_BODY,
            env: Env::of(bare),
            prefix: Strength::Set,
            id: self.layer_id(),
            siblings: 0,
            elements: Some(named.into_bump_slice()),
        }]);
        let rec = self.record(kind, layers, made, Hint::default());
        self.remember_cast(rec, asked);
        Value::Rec(rec)
    }

    /// The key of an element of data, in its short form.
    fn key_in_data(
        &self,
        rec: &'a Rec<'a>,
        keyed: KeyedBy<'a>,
        asked: &Asked<'a>,
    ) -> Option<&'a str> {
        let names = keyed.keys();
        let mut key = String::new();
        for (at, name) in names.iter().enumerate() {
            let value = match self.slot(rec, name) {
                _ if of_objects(keyed) => self.key_of_object(rec, name),
                Some(slot) => self.whnf(self.force(rec, slot)),
                None => Value::Absent,
            };
            let text = match value {
                Value::Error => return None,
                Value::Str(_) | Value::Bool(_) if self.key_is_int(keyed, name) => {
                    let slot = self.slot(rec, name)?;
                    let spot = self.binding_spot(rec, slot);
                    let asked =
                        Asked { spot, field: Some((rec, slot, slot.bindings.get())), ..*asked };
                    self.wrong_kind(value, Declared::Ty(&Ty::Int), &asked);
                    return None;
                }
                Value::Str(_) | Value::Int(_) | Value::Bool(_) => self.scalar_text(value)?,
                _ if at + 1 == names.len()
                    && (keyed.default(self.db).is_some() || *name == "namespace") =>
                {
                    break;
                }
                _ => {
                    let spot = if rec.made.source.data { rec.made } else { asked.spot };
                    self.report(
                        Problem::error(
                            219,
                            spot.place(),
                            format!("this has no `{name}`, by which the elements of this list are told apart"),
                        ),
                    );
                    return None;
                }
            };
            if at > 0 {
                key.push('/');
            }
            key.push_str(&text);
        }
        Some(keyed.short(self.db, self.arena.alloc_str(&key)))
    }

    /// The keys that a record writes and a kind does not have.
    fn unknown_names(&self, rec: &'a Rec<'a>, want: Kind<'a>) -> Vec<&'a str> {
        let entries = rec.layers.iter().flat_map(|layer| &layer.body.entries);
        let names = entries.filter_map(|entry| match &entry.kind {
            EntryKind::Set { key: Key::Static { name, .. }, .. }
            | EntryKind::Block { key: Key::Static { name, .. }, .. } => Some(&**name),
            _ => None,
        });
        names.filter(|name| !has_field(want, name, self.minor)).collect()
    }

    /// Holds the fields of a record of no known kind against those of the kind that it becomes.
    pub(super) fn check_fields(&self, rec: &'a Rec<'a>, want: Kind<'a>, asked: &Asked<'a>) {
        let mut computed = false;
        for layer in rec.layers {
            for entry in &layer.body.entries {
                let (EntryKind::Set { key: Key::Static { name, .. }, .. }
                | EntryKind::Block { key: Key::Static { name, .. }, .. }) = &entry.kind
                else {
                    computed = true;
                    continue;
                };
                if !has_field(want, name, self.minor) {
                    let spot = Spot { source: layer.source, node: entry.node };
                    self.unknown_in_data(rec, want, name, spot, asked);
                }
            }
        }
        if computed && matches!(want, Kind::Record(_) | Kind::Schema(..) | Kind::Kube(_)) {
            let written = self.unknown_names(rec, want);
            for slot in self.slots(rec).iter() {
                if !has_field(want, slot.name, self.minor) && !written.contains(&slot.name) {
                    let spot = self.key_spot(rec, slot);
                    self.unknown_in_data(rec, want, slot.name, spot, asked);
                }
            }
        }
        if let Kind::Kube(ty) = want
            && matches!(rec.kind, Kind::Open)
            && self.is_of_another_kind(rec, ty)
        {
            return;
        }
        if let Kind::Record(record) = want
            && rec.layers.iter().any(|layer| layer.source.data)
        {
            for (name, ty) in &record.fields {
                let there = self.slot(rec, name).is_some_and(|slot| slot.bindings.get().is_some());
                if !there && !matches!(ty, Ty::Optional(_)) {
                    let shown = self.record_name(rec);
                    let message = format!("`{name}` is missing in {shown}");
                    let mut problem = Problem::error(202, rec.made.place(), message);
                    // The mistake may be in the type as well as in the data.
                    problem.help = did_you_mean(name, self.unknown_names(rec, want));
                    if let Some(cast) = self.cast_of(Some(rec), asked) {
                        problem = problem.related(cast.place(), "read as a type here");
                    }
                    self.report(problem);
                }
            }
        }
    }

    fn unknown_in_data(
        &self,
        rec: &'a Rec<'a>,
        want: Kind<'a>,
        name: &str,
        spot: Spot<'a>,
        asked: &Asked<'a>,
    ) {
        let (shown, names): (String, Vec<&str>) = match want {
            Kind::Schema(info, _) => {
                (info.name.to_string(), info.fields.iter().map(|field| &*field.name).collect())
            }
            Kind::Kube(ty) => {
                if let Some(field) = ty.field_at(name, self.minor) {
                    let target = self.minor;
                    let when = if field.until <= target {
                        format!("was removed in Kubernetes 1.{}", field.until)
                    } else {
                        format!("exists from Kubernetes 1.{}", field.since)
                    };
                    let message = format!("`{name}` {when}, and this is for 1.{target}");
                    self.report(Problem::error(113, spot.place(), message));
                    return;
                }
                (ty.last_name().to_owned(), crate::types::kube_field_names(ty, self.minor))
            }
            Kind::Record(record) => {
                ("this record".to_owned(), record.fields.iter().map(|(name, _)| &**name).collect())
            }
            _ => return,
        };
        let code = if matches!(want, Kind::Record(_)) { 204 } else { 102 };
        let word = if code == 204 { "key" } else { "field" };
        let mut problem =
            Problem::error(code, spot.place(), format!("{shown} has no {word} `{name}`"));
        problem.help = did_you_mean(name, names.iter().copied());
        if problem.help.is_none() && names.len() <= 12 {
            problem = problem.note(format!("it has {}", names.join(", ")));
        }
        if let Some(cast) = self.cast_of(Some(rec), asked) {
            problem = problem.related(cast.place(), "read as a type here");
        }
        self.report(problem);
    }

    /// Whether null in data means that there is nothing: where what is asked for may be absent, and is never null.
    pub(super) fn null_is_absent(&self, want: Declared<'a>) -> bool {
        fn takes_null(ty: &Ty) -> bool {
            match base(ty) {
                Ty::Null | Ty::Any | Ty::Error => true,
                Ty::Union(members) => members.iter().any(takes_null),
                _ => false,
            }
        }
        match want {
            Declared::Kube(field) => !matches!(field, FieldType::Any | FieldType::Nullable(_)),
            Declared::Ty(ty) => !takes_null(ty),
        }
    }
}

impl<'a> Asked<'a> {
    /// Whether the value comes from outside, or is cast as if it did.
    pub(super) fn is_data(&self) -> bool {
        self.cast.is_some() || self.spot.source.data
    }
}

/// Whether records of a kind may have a field of this name.
pub(super) fn has_field(kind: Kind<'_>, name: &str, minor: u8) -> bool {
    match kind {
        Kind::Schema(info, _) => info.open || info.slot(name).is_some(),
        Kind::Kube(ty) => ty.field_at(name, minor).is_some_and(|f| f.exists_in(minor)),
        Kind::Record(record) => record.rest.is_some() || record.field(name).is_some(),
        _ => true,
    }
}
