//! `k8s.Object`: an object of whatever kind its own `apiVersion` and `kind` say that it is.
//!
//! What Kubernetes itself has becomes an object of that kind, checked as if it were written out. What it does not
//! have is a custom resource: nothing is known of it but its metadata.

use kube::types::{KindId, TypeId, kind_of, kinds, named};

use crate::eval::Eval;
use crate::eval::refine::Asked;
use crate::eval::value::{Declared, Element, KeyedBy, Kind, Rec, Slot, Value};
use crate::fits::base;
use crate::problem::Problem;
use crate::show::did_you_mean;
use crate::ty::Ty;

impl<'a> Eval<'a> {
    /// A record of data as the object that it is.
    pub(super) fn fit_object(&self, value: Value<'a>, asked: &Asked<'a>) -> Value<'a> {
        if self.is(value, &Ty::Object) && matches!(value, Value::Handle(_)) {
            return value;
        }
        let rec = match self.localized(value) {
            Value::Rec(rec) => rec,
            value => return self.wrong_kind(value, Declared::Ty(&Ty::Object), asked),
        };
        match rec.kind {
            Kind::Object => Value::Rec(rec),
            Kind::Kube(ty) if ty.kind().is_some() => {
                // What a layer adds was written without knowing the kind.
                if rec.layers.iter().any(|layer| layer.source.data) {
                    self.check_fields(rec, rec.kind, asked);
                }
                Value::Rec(rec)
            }
            Kind::Open => match self.kind_in_data(rec, asked) {
                Some(kind) => self.fit_record(value, kind, Declared::Ty(&Ty::Object), asked),
                None => Value::Error,
            },
            _ => self.wrong_kind(value, Declared::Ty(&Ty::Object), asked),
        }
    }

    /// The kind that an object in data says that it is.
    fn kind_in_data(&self, rec: &'a Rec<'a>, asked: &Asked<'a>) -> Option<Kind<'a>> {
        let version = self.text_in_data(rec, "apiVersion", asked)?;
        let name = self.text_in_data(rec, "kind", asked)?;
        let at = |field: &str| {
            let slot = self.slot(rec, field);
            slot.map_or(rec.made, |slot| self.binding_spot(rec, slot)).place()
        };
        let served = |kind: &KindId| kind.info().exists_in(self.minor);
        if let Some(kind) = kind_of(version, name).filter(served) {
            return Some(Kind::Kube(kind.info().ty));
        }
        let (group, short) = version.split_once('/').unwrap_or(("", version));
        let first = group.split('.').next().unwrap_or_default();
        let removed = kube::removed::removed(first, short, name);
        let minor = self.minor;
        if removed.is_some() || kind_of(version, name).is_some() {
            let message = format!("Kubernetes 1.{minor} has no {version} {name}");
            let mut problem = Problem::error(112, at("apiVersion"), message);
            problem.help = kube::types::newest_at(name, minor)
                .map(|kind| format!("use the one of {}", kind.info().api_version()));
            self.report(problem);
            return None;
        }
        // Of a group of Kubernetes itself all kinds are known.
        let known = |kind: &KindId| kind.info().group == group;
        if !kinds().any(|kind| known(&kind)) {
            return Some(Kind::Object);
        }
        let message = format!("{version} has no kind `{name}` in Kubernetes 1.{minor}");
        let mut problem = Problem::error(111, at("kind"), message);
        let names = kinds().filter(|kind| known(kind) && served(kind)).map(|kind| kind.info().kind);
        problem.help = did_you_mean(name, names);
        self.report(problem);
        None
    }

    /// Whether data that is read as a kind of object says that it is one of another kind; reported.
    pub(super) fn is_of_another_kind(&self, rec: &'a Rec<'a>, ty: TypeId) -> bool {
        let Some(kind) = ty.kind().map(KindId::info) else { return false };
        for (name, want) in [("kind", kind.kind), ("apiVersion", &*kind.api_version())] {
            let Some(slot) = self.slot(rec, name) else { continue };
            let Value::Str(found) = self.whnf(self.force(rec, slot)) else { continue };
            if found != want {
                let place = self.binding_spot(rec, slot).place();
                let message = format!("this is {name} {found}, and {want} is asked for");
                self.report(Problem::error(219, place, message));
                return true;
            }
        }
        false
    }

    fn text_in_data(&self, rec: &'a Rec<'a>, name: &str, asked: &Asked<'a>) -> Option<&'a str> {
        let found = self.slot(rec, name).map(|slot| self.whnf(self.force(rec, slot)));
        match found {
            Some(Value::Str(text)) => Some(text),
            Some(Value::Error) => None,
            _ => {
                let place = if rec.made.source.data { rec.made } else { asked.spot }.place();
                let message = format!("this is no object of Kubernetes: it has no `{name}`");
                let mut problem = Problem::error(256, place, message);
                if let Some(cast) = self.cast_of(Some(rec), asked) {
                    problem = problem.related(cast.place(), "read as a type here");
                }
                self.report(problem);
                None
            }
        }
    }

    /// The elements of a list of objects, with those of every `kind: List` in its place.
    pub(super) fn without_lists(&self, elements: &'a [Element<'a>]) -> Vec<Element<'a>> {
        let mut flat = Vec::with_capacity(elements.len());
        for element in elements {
            match self.items_of_list(element.value) {
                Some(items) => flat.extend_from_slice(items),
                None => flat.push(*element),
            }
        }
        flat
    }

    fn items_of_list(&self, value: Value<'a>) -> Option<&'a [Element<'a>]> {
        let Value::Rec(rec) = self.localized(value) else { return None };
        let text = |name: &str| match self.slot(rec, name).map(|slot| self.force(rec, slot)) {
            Some(Value::Str(text)) => Some(text),
            _ => None,
        };
        if !matches!(rec.kind, Kind::Open) || text("apiVersion")? != "v1" || text("kind")? != "List"
        {
            return None;
        }
        match self.force(rec, self.slot(rec, "items")?) {
            Value::List(items) => Some(items),
            _ => None,
        }
    }

    /// What a key field of an object is: `name` and `namespace` are those of its metadata.
    pub(super) fn key_of_object(&self, rec: &'a Rec<'a>, name: &str) -> Value<'a> {
        let step = |rec: &'a Rec<'a>, name: &str| {
            self.slot(rec, name).map_or(Value::Absent, |slot| self.whnf(self.force(rec, slot)))
        };
        match name {
            "name" | "namespace" => match step(rec, "metadata") {
                Value::Rec(metadata) => step(metadata, name),
                _ => Value::Absent,
            },
            name => step(rec, name),
        }
    }

    /// Reports a block on an object that a list of objects does not hold: one that is made by a layer would hide that
    /// the name is wrong.
    pub(super) fn no_such_object(&self, rec: &'a Rec<'a>, slot: &'a Slot<'a>) -> Value<'a> {
        let spot = self.binding_spot(rec, slot);
        let there = rec.layers.iter().flat_map(|layer| layer.elements.unwrap_or_default());
        let names: Vec<&str> = there.map(|(name, _)| *name).collect();
        let message = format!("{} has no `{}`", self.record_name(rec), slot.name);
        let mut problem = Problem::error(204, spot.place(), message);
        problem.help = did_you_mean(slot.name, names.iter().copied());
        if !names.is_empty() && names.len() <= 12 {
            problem = problem.note(format!("it has {}", names.join(", ")));
        }
        self.report(problem)
    }
}

/// Whether a keyed list holds objects of any kind.
pub(super) fn of_objects(keyed: KeyedBy<'_>) -> bool {
    matches!(keyed.element(), Declared::Ty(ty) if *base(ty) == Ty::Object)
}

/// The type of the metadata of every object.
pub fn metadata() -> Option<TypeId> {
    named("meta.v1.ObjectMeta")
}
