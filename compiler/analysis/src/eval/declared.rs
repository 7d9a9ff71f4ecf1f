//! What the place of a value asks for: the declared type of a slot, and the record that a block without
//! anything below it makes.

use std::cell::RefCell;
use std::rc::Rc;

use kube::types::{FieldType, ListKind, TypeId, key_default};
use rustc_hash::FxHashMap;
use salsa::Database;

use crate::code::{RecordKind, Root};
use crate::eval::Eval;
use crate::eval::value::{Declared, KeyedBy, Kind, Layer, MapOf, Rec, Slot, Source, Value};
use crate::fits::base;
use crate::schema::{last_key_default, schema};
use crate::ty::{Ty, key_parts};

/// Whether the type of a record names the field, and says that it has a value.
pub(super) fn is_required<'a>(rec: &'a Rec<'a>, slot: &'a Slot<'a>) -> bool {
    required_of(rec.kind).any(|name| *name == *slot.name)
}

/// The fields that the type of a record names, and says to have a value.
pub(super) fn required_of<'a>(kind: Kind<'a>) -> impl Iterator<Item = &'a str> {
    let fields = match kind {
        Kind::Record(record) => record.fields.as_slice(),
        _ => &[],
    };
    let may_be_absent =
        |ty: &Ty| matches!(ty, Ty::Optional(_) | Ty::Never | Ty::Any | Ty::Error | Ty::Param(_));
    fields.iter().filter(move |(_, ty)| !may_be_absent(ty)).map(|(name, _)| &**name)
}

impl<'a> Eval<'a> {
    /// The type that a slot is declared with, without the `?` of an optional field.
    pub(crate) fn declared(&self, rec: &'a Rec<'a>, slot: &'a Slot<'a>) -> Option<Declared<'a>> {
        if let Some(field) = slot.field {
            return Some(Declared::Ty(&field.ty));
        }
        match rec.kind {
            Kind::File => {
                rec.layers.iter().find_map(|layer| file_type(layer.source)).map(Declared::Ty)
            }
            Kind::Kube(ty) => {
                let of_kube = || ty.field_at(slot.name, self.minor).map(|field| field.ty);
                slot.of_kube.get_or_init(of_kube).map(Declared::Kube)
            }
            Kind::Object => match slot.name {
                "apiVersion" | "kind" => Some(Declared::Kube(FieldType::Str)),
                "metadata" => {
                    super::objects::metadata().map(|ty| Declared::Kube(FieldType::Object(ty)))
                }
                _ => None,
            },
            Kind::Map(MapOf::Ty(_, value)) => Some(Declared::Ty(value)),
            Kind::Map(MapOf::Kube(value)) => Some(Declared::Kube(value)),
            Kind::Keyed(keyed) => Some(keyed.element()),
            Kind::Record(record) => {
                record.field(slot.name).or(record.rest.as_ref()).map(Declared::Ty)
            }
            Kind::Schema(..) | Kind::Open => None,
        }
    }

    pub(super) fn may_be_absent(&self, rec: &'a Rec<'a>, slot: &'a Slot<'a>) -> bool {
        match slot.field {
            Some(field) => field.optional || matches!(field.ty, Ty::Never | Ty::Optional(_)),
            None => match rec.kind {
                Kind::File => {
                    matches!(self.declared(rec, slot), Some(Declared::Ty(Ty::Optional(_))))
                }
                Kind::Record(_) => !is_required(rec, slot),
                _ => true,
            },
        }
    }

    /// Whether the declared type of the values of a map says that a key which is bound has a value.
    pub(super) fn values_are_there(&self, rec: &'a Rec<'a>) -> bool {
        match rec.kind {
            Kind::Map(MapOf::Ty(_, value)) => !matches!(value, Ty::Optional(_) | Ty::Any),
            Kind::Map(MapOf::Kube(_)) | Kind::Keyed(_) => true,
            _ => false,
        }
    }

    /// What a block makes where nothing is below it; `None` where the declared type is no record.
    pub(super) fn fresh_kind(&self, rec: &'a Rec<'a>, slot: &'a Slot<'a>) -> Option<Kind<'a>> {
        match self.declared(rec, slot) {
            Some(declared) => self.kind_of(declared),
            None => Some(Kind::Open),
        }
    }

    /// The kind of record that a type asks for.
    pub(super) fn kind_of(&self, declared: Declared<'a>) -> Option<Kind<'a>> {
        match declared {
            Declared::Kube(field) => match field {
                FieldType::Object(ty) => Some(Kind::Kube(ty)),
                FieldType::Map(element) => Some(Kind::Map(MapOf::Kube(element.ty()))),
                FieldType::List { elem, list: ListKind::Map(keys) } => {
                    Some(Kind::Keyed(KeyedBy::Kube(elem.ty(), keys)))
                }
                FieldType::Any => Some(Kind::Open),
                FieldType::Nullable(inner) => self.kind_of(Declared::Kube(inner.ty())),
                _ => None,
            },
            Declared::Ty(ty) => match base(ty) {
                Ty::Schema(item) => Some(Kind::Schema(schema(self.db, *item), *item)),
                Ty::Case(item, index) => self.kind_of_case(*item, *index),
                Ty::Kube(ty) => Some(Kind::Kube(*ty)),
                Ty::Object => Some(Kind::Object),
                Ty::Map(map) => Some(Kind::Map(MapOf::Ty(&map.0, &map.1))),
                Ty::Keyed(keyed) => Some(Kind::Keyed(KeyedBy::Ty(keyed))),
                Ty::Record(record) => Some(Kind::Record(record)),
                Ty::Any | Ty::Error => Some(Kind::Open),
                Ty::Union(members) => {
                    let mut kinds = members.iter().filter_map(|ty| self.kind_of(Declared::Ty(ty)));
                    match (kinds.next(), kinds.next()) {
                        // Which it is shows in what is bound in it.
                        (Some(_), Some(_)) => Some(Kind::Open),
                        (only, _) => only,
                    }
                }
                _ => None,
            },
        }
    }

    /// The kind of a record that is written out.
    pub(super) fn written_kind(&self, source: &'a Source<'a>, kind: &'a RecordKind) -> Kind<'a> {
        match kind {
            RecordKind::Schema(item) => Kind::Schema(schema(self.db, *item), *item),
            RecordKind::Case(item, index) => self.kind_of_case(*item, *index).unwrap_or(Kind::Open),
            RecordKind::Kube(ty) => Kind::Kube(*ty),
            RecordKind::Type(ty) => source
                .code
                .types
                .get(*ty as usize)
                .and_then(|ty| self.kind_of(Declared::Ty(ty)))
                .unwrap_or(Kind::Open),
            RecordKind::Open => Kind::Open,
        }
    }

    /// The layers that every record of a kind has at the bottom.
    pub(super) fn layers_of_kind(&self, kind: Kind<'a>, bare: bool) -> &'a [Layer<'a>] {
        match kind {
            Kind::Schema(info, item) => self.schema_layers(info, item, bare),
            _ => &[],
        }
    }

    /// The key fields of an element, from the key under which it stands in its list.
    pub(super) fn given_by_key(
        &self,
        _rec: &'a Rec<'a>,
        key: &'a str,
        keyed: KeyedBy<'a>,
    ) -> &'a [(&'a str, Value<'a>)] {
        let names = keyed.keys();
        let mut given = bumpalo::collections::Vec::new_in(self.arena);
        // A field that is left out has its default.
        for (name, text) in names.iter().zip(key_parts(key, names.len())) {
            let value = match text.parse::<i64>() {
                Ok(number) if self.key_is_int(keyed, name) => Value::Int(number),
                _ => Value::Str(text),
            };
            given.push((*name, value));
        }
        given.into_bump_slice()
    }

    /// Whether a key field is a whole number.
    pub(super) fn key_is_int(&self, keyed: KeyedBy<'a>, name: &str) -> bool {
        match keyed.element() {
            Declared::Kube(FieldType::Object(ty)) => ty
                .field_at(name, self.minor)
                .is_some_and(|f| matches!(f.ty, FieldType::Int32 | FieldType::Int64)),
            Declared::Kube(_) => false,
            Declared::Ty(ty) => self.field_is_int(ty, name),
        }
    }

    fn field_is_int(&self, ty: &Ty, name: &str) -> bool {
        match base(ty) {
            Ty::Schema(item) => schema(self.db, *item)
                .field(name)
                .is_some_and(|field| matches!(base(&field.ty), Ty::Int)),
            Ty::Kube(ty) => ty
                .field_at(name, self.minor)
                .is_some_and(|f| matches!(f.ty, FieldType::Int32 | FieldType::Int64)),
            Ty::Record(record) => record.field(name).is_some_and(|ty| matches!(base(ty), Ty::Int)),
            _ => false,
        }
    }
}

fn file_type<'a>(source: &'a Source<'a>) -> Option<&'a Ty> {
    match source.code.root {
        Root::Binding { declared: Some(ty), .. } => source.code.types.get(ty as usize),
        _ => None,
    }
}

impl<'a> KeyedBy<'a> {
    pub fn element(self) -> Declared<'a> {
        match self {
            KeyedBy::Ty(keyed) => Declared::Ty(&keyed.element),
            KeyedBy::Kube(element, _) => Declared::Kube(element),
        }
    }

    /// The names of the key fields, in order.
    pub fn keys(self) -> Vec<&'a str> {
        match self {
            KeyedBy::Ty(keyed) => keyed.keys.iter().map(|key| &**key).collect(),
            KeyedBy::Kube(_, keys) => keys.to_vec(),
        }
    }

    /// How many key fields there are.
    pub fn count(self) -> usize {
        match self {
            KeyedBy::Ty(keyed) => keyed.keys.len(),
            KeyedBy::Kube(_, keys) => keys.len(),
        }
    }

    /// What the last key field is where the key leaves it out.
    pub fn default(self, db: &'a dyn Database) -> Option<&'a str> {
        match self {
            KeyedBy::Ty(keyed) => last_key_default(db, keyed),
            KeyedBy::Kube(element, keys) => keys.last().and_then(|key| key_default(element, key)),
        }
    }

    /// A key in its short form: `80/TCP` is another way to write `80`, where that is the default.
    pub fn short<'k>(self, db: &'a dyn Database, key: &'k str) -> &'k str {
        if !key.contains('/') {
            return key;
        }
        let Some(default) = self.default(db) else { return key };
        match key.rsplit_once('/') {
            Some((rest, last))
                if last == default && key.split('/').count() >= self.keys().len() =>
            {
                rest
            }
            _ => key,
        }
    }

    /// Whether both tell their elements apart in the same way.
    pub fn agrees(self, other: KeyedBy<'_>) -> bool {
        self.keys() == other.keys()
    }
}

/// Names of fields.
pub(crate) type Names = Rc<[&'static str]>;

/// The fields without which the API server refuses a record. Found once for each type and thread: going
/// through all fields of a type costs more than emitting a record of it.
pub(crate) fn required_fields(ty: TypeId, minor: u8) -> Names {
    thread_local! {
        static KNOWN: RefCell<FxHashMap<(TypeId, u8), Names>> = RefCell::default();
    }
    KNOWN.with_borrow_mut(|known| {
        let fields = known.entry((ty, minor)).or_insert_with(|| {
            let object = ty.kind().is_some();
            let written = |name: &str| object && matches!(name, "apiVersion" | "kind");
            ty.fields_at(minor)
                .filter(|field| field.required && field.exists_in(minor))
                .map(|field| field.name)
                .filter(|name| !written(name))
                .collect()
        });
        fields.clone()
    })
}
