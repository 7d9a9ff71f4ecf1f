//! What a derivation asks for: the other ends of the edges of its component, and all objects.

use bumpalo::collections::Vec as ArenaVec;
use kube::facts::ContainerPort;

use super::{Call, Run};
use crate::code::{Body, Strength};
use crate::db::{ItemKind, Library};
use crate::eval::value::{Element, Env, Handle, Hint, Kind, Layer, MapOf, RecordIs, Spot, Value};
use crate::links::{Link, objects};
use crate::problems::name_place;
use crate::resolve::items_named;
use crate::schema::schema;
use crate::ty::Ty;

pub(super) const ALL: &[(&str, Run)] =
    &[("dependents", dependents), ("dependencies", dependencies), ("objects", all_objects)];

/// What stands in records that are made here binds what is given besides.
static NOTHING: Body = Body { own: false, partial: false, entries: Vec::new(), named: None };

fn dependents<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let links = call.eval.links(call.env.derived_for?)?;
    call.links(&links.dependents)
}

fn dependencies<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let links = call.eval.links(call.env.derived_for?)?;
    call.links(&links.dependencies)
}

/// Each object where it lies, so that whoever reads a part of it depends on that part alone.
fn all_objects<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let eval = call.eval;
    if !eval.knows_all() {
        return None;
    }
    let all = objects(eval.db, eval.program).as_ref()?;
    let handles = all.iter().map(|object| {
        let handle = Handle::new(object.item, &object.path, call.env.bare);
        handle.record.set(Some(object.ty.map_or(RecordIs::Object, RecordIs::Kube)));
        Value::Handle(eval.arena.alloc(handle))
    });
    call.listed(handles)
}

impl<'a> Call<'_, 'a> {
    fn links(&self, links: &'a [Link]) -> Option<Value<'a>> {
        let links: Option<Vec<Value<'a>>> = links.iter().map(|link| self.link(link)).collect();
        self.listed(links?)
    }

    /// `Link { … }`, as the library declares it.
    fn link(&self, link: &'a Link) -> Option<Value<'a>> {
        let spot = self.spot_of(link);
        let mut fields = vec![("name", Value::Str(&link.name))];
        if !link.namespace.is_empty() {
            fields.push(("namespace", Value::Str(&link.namespace)));
        }
        if let Some(labels) = &link.labels {
            let labels = labels.iter().map(|(key, value)| (&**key, Value::Str(value)));
            let made = self.made(Kind::Map(MapOf::Ty(&Ty::Str, &Ty::Str)), &[], labels, spot);
            fields.push(("labels", made));
        }
        let ports: Option<Vec<Value<'a>>> =
            link.ports.iter().map(|port| self.port(port, spot)).collect();
        fields.push(("ports", self.listed(ports?)?));
        fields.push(("external", Value::Bool(link.external)));
        fields.push(("entrance", Value::Bool(link.entrance)));
        self.record("Link", fields, spot)
    }

    fn port(&self, port: &'a ContainerPort, spot: Spot<'a>) -> Option<Value<'a>> {
        let mut fields =
            vec![("number", Value::Int(port.number)), ("protocol", Value::Str(&port.protocol))];
        if !port.name.is_empty() {
            fields.push(("name", Value::Str(&port.name)));
        }
        self.record("LinkPort", fields, spot)
    }

    /// A record of a schema of `std.network`.
    fn record(
        &self,
        name: &str,
        fields: Vec<(&'a str, Value<'a>)>,
        spot: Spot<'a>,
    ) -> Option<Value<'a>> {
        let eval = self.eval;
        let library = Library::try_get(eval.db)?;
        let module = library.modules(eval.db).iter().find(|(name, _)| **name == *"std.network");
        let (_, module) = module?;
        let declared = items_named(eval.db, *module, name).iter().copied();
        let item = declared.clone().find(|item| item.kind(eval.db) == ItemKind::Schema)?;
        let info = schema(eval.db, item);
        let below = eval.schema_layers(info, item, self.env.bare);
        Some(self.made(Kind::Schema(info, item), below, fields.into_iter(), spot))
    }

    /// A record that holds these values on top of some layers.
    fn made(
        &self,
        kind: Kind<'a>,
        below: &[Layer<'a>],
        fields: impl Iterator<Item = (&'a str, Value<'a>)>,
        spot: Spot<'a>,
    ) -> Value<'a> {
        let eval = self.eval;
        let origin = spot.origin();
        let fields = fields.map(|(name, value)| (name, Element { value, origin }));
        let elements: &'a [(&'a str, Element<'a>)] =
            eval.arena.alloc_slice_copy(&fields.collect::<Vec<_>>());
        let mut layers = ArenaVec::with_capacity_in(below.len() + 1, eval.arena);
        layers.extend_from_slice(below);
        layers.push(Layer {
            source: spot.source,
            body: &NOTHING,
            env: Env::of(self.env.bare),
            prefix: Strength::Set,
            id: eval.layer_id(),
            siblings: 0,
            elements: Some(elements),
        });
        let layers = layers.into_bump_slice();
        Value::Rec(eval.record(kind, layers, spot, Hint::default()))
    }

    /// Where a component is, for whoever asks where a value comes from; else where it is asked for, so that a derivation
    /// depends on nothing of it but what it is told.
    fn spot_of(&self, link: &Link) -> Spot<'a> {
        match self.eval.trace {
            Some(_) => {
                let place = name_place(self.eval.db, link.of.item);
                Spot { source: self.eval.source(link.of.item), node: place.node }
            }
            None => self.spot(),
        }
    }
}
