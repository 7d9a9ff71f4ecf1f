//! The types of Kubernetes' built-in kinds: fields, shapes, list keys, scope, and the versions in
//! which each exists.
//!
//! The table is made when the crate is built, from `data/types.txt` (which `generate/types.py`
//! writes), and lies in the binary as constants: a lookup is a binary search, nothing is decoded or
//! allocated, and a run that asks for no type pays nothing. All handles are small and `Copy`.
//!
//! A *minor* is the second number of a Kubernetes version: 36 for 1.36. A thing exists in the
//! half-open interval `[since, until)` of minors. `since == FIRST` means "in the oldest version that
//! the table knows or before", and `until == u8::MAX` "not removed so far".
//!
//! Types of custom kinds have handles of the same kind; see [`custom`].

pub(crate) mod custom;

use std::cmp::Ordering;

include!(concat!(env!("OUT_DIR"), "/table.rs"));

/// The minor that is meant where a project names none: the rules were observed on it.
pub const TARGET: u8 = 36;

/// A kind, such as `apps/v1 Deployment`. Built-in ones are ordered by group, version, kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KindId(u32);

/// A type: a kind, or a part of kinds such as `core.v1.Container`. Those that are built in are ordered by name,
/// and custom ones in no order that means anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TypeId(u32);

/// The type of what a list or a map holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Elem(u32);

/// What is known of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KindInfo {
    /// The API group; empty for the core group.
    pub group: &'static str,
    /// The version within the group: `v1`, `v1beta1`.
    pub version: &'static str,
    /// The kind: `Deployment`.
    pub kind: &'static str,
    /// The name of the resource in URLs and in RBAC: `deployments`.
    pub plural: &'static str,
    /// Whether objects of this kind lie in a namespace.
    pub namespaced: bool,
    /// The type of its objects.
    pub ty: TypeId,
    /// The first minor that has it.
    pub since: u8,
    /// The first minor that has it no more.
    pub until: u8,
}

/// A field of a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// Its type.
    pub ty: FieldType,
    /// Whether an object without it is rejected.
    pub required: bool,
    /// The first minor that has the field in this form.
    pub since: u8,
    /// The first minor that has it in this form no more.
    pub until: u8,
}

/// The type of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FieldType {
    /// `true` or `false`.
    Bool,
    /// A whole number of 32 bits.
    Int32,
    /// A whole number of 64 bits.
    Int64,
    /// A number.
    Float,
    /// Text.
    Str,
    /// Binary data, written in base64.
    Bytes,
    /// A moment, in the notation of RFC 3339.
    Time,
    /// A resource quantity, such as `500m`; see [`crate::quantity`].
    Quantity,
    /// A whole number of 32 bits, or text: ports and percentages.
    IntOrString,
    /// A whole number of 64 bits, or text: what definitions of custom kinds call so.
    LongOrString,
    /// Any JSON: embedded objects, default values, and the "schema or list of schemas" of CRDs.
    Any,
    /// A record of this type.
    Object(TypeId),
    /// A list.
    List {
        /// What it holds.
        elem: Elem,
        /// How layers and servers merge it.
        list: ListKind,
    },
    /// A map with free keys.
    Map(Elem),
    /// This, or null, which is not the same as nothing. Custom kinds alone have it.
    Nullable(Elem),
}

/// How a list is merged, from `x-kubernetes-list-type`. Where the schema has only a
/// `x-kubernetes-patch-merge-key`, by which kubectl and older servers merge, the list counts as keyed
/// by it too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ListKind {
    /// Replaced as a whole.
    Atomic,
    /// Different scalars.
    Set,
    /// Records, told apart by these fields. For a trailing key that may be left out see [`key_default`].
    Map(&'static [&'static str]),
}

/// The kind with this group (empty for core), version and name.
pub fn kind(group: &str, version: &str, kind: &str) -> Option<KindId> {
    let found = KINDS.binary_search_by(|row| {
        (row.group.text(), row.version.text(), row.kind.text()).cmp(&(group, version, kind))
    });
    found.ok().map(|at| KindId(at as u32))
}

/// The kind with this `apiVersion` as it stands in a manifest: `v1`, `apps/v1`.
pub fn kind_of(api_version: &str, name: &str) -> Option<KindId> {
    let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
    kind(group, version, name)
}

/// The newest stable version of a kind at [`TARGET`]; see [`newest_at`].
pub fn newest(name: &str) -> Option<KindId> {
    newest_at(name, TARGET)
}

/// The newest stable version of a kind that the given minor serves; a beta or alpha only where
/// nothing more stable is. Of equal versions in several groups (`Event`), the core group is meant.
pub fn newest_at(name: &str, minor: u8) -> Option<KindId> {
    kinds()
        .filter(|id| id.row().kind.text() == name && id.info().exists_in(minor))
        .max_by_key(|id| (stability(id.row().version.text()), std::cmp::Reverse(*id)))
}

/// All kinds of all versions, by group, version and name.
pub fn kinds() -> impl ExactSizeIterator<Item = KindId> + Clone {
    (0..KINDS.len()).map(|at| KindId(at as u32))
}

/// A type by the group and version in which Kubernetes defines it, and its name: `("v1", "Container")`,
/// `("apps/v1", "DeploymentSpec")`, `("meta/v1", "ObjectMeta")`.
pub fn definition(group_version: &str, name: &str) -> Option<TypeId> {
    let (group, version) = group_version.split_once('/').unwrap_or(("core", group_version));
    let package = match group {
        "internal.apiserver.k8s.io" => "apiserverinternal",
        "" => "core",
        group => group.split('.').next().unwrap_or(group),
    };
    let wanted = [package, version, name];
    type_by(|row| {
        let dotted = wanted.iter().enumerate().flat_map(|(at, part)| {
            let dot = if at == 0 { "" } else { "." };
            dot.bytes().chain(part.bytes())
        });
        row.bytes().cmp(dotted)
    })
}

/// A type by its short name: `core.v1.Container`, `meta.v1.ObjectMeta`.
pub fn named(short: &str) -> Option<TypeId> {
    type_by(|row| row.cmp(short))
}

/// What a trailing key field of the elements of a keyed list means where it is left out, so that a port's key
/// is `"53/UDP"`, and `"80"` for TCP. Kubernetes itself has one such field; custom kinds have those whose default is
/// a text.
pub fn key_default(element: FieldType, field: &str) -> Option<&'static str> {
    match element.object().and_then(TypeId::custom) {
        Some(record) => record.property(field)?.default.as_deref(),
        None => (field == "protocol").then_some("TCP"),
    }
}

/// How many types there are.
pub(crate) const COUNT: usize = TYPES.len();

/// How many rows of fields there are; a field whose form has changed has several.
pub(crate) const FIELD_COUNT: usize = FIELDS.len();

/// The place of a type among all that are built in.
pub(crate) fn position(ty: TypeId) -> usize {
    ty.0 as usize
}

/// The place of one of a field's rows among those of all built-in types.
pub(crate) fn field_position(ty: TypeId, name: &str) -> Option<usize> {
    let at = ty.rows().binary_search_by(|row| row.name.text().cmp(name)).ok()?;
    Some(usize::from(ty.row().fields) + at)
}

impl KindId {
    /// What is known of this kind.
    pub fn info(self) -> KindInfo {
        if let Some(known) = custom::record(self.0).and_then(|record| record.kind.as_ref()) {
            return KindInfo {
                group: &known.group,
                version: &known.version,
                kind: &known.kind,
                plural: &known.plural,
                namespaced: known.namespaced,
                ty: TypeId(self.0),
                since: FIRST,
                until: u8::MAX,
            };
        }
        let row = self.row();
        let ty = TypeId(u32::from(row.ty));
        KindInfo {
            group: row.group.text(),
            version: row.version.text(),
            kind: row.kind.text(),
            plural: row.plural.text(),
            namespaced: row.namespaced,
            ty,
            since: ty.since(),
            until: ty.until(),
        }
    }

    fn row(self) -> &'static KindRow {
        // Handles are made in this file only, from positions in the table.
        KINDS.get(self.0 as usize).unwrap_or(&KINDS[0])
    }
}

impl KindInfo {
    /// Whether this minor serves the kind.
    pub fn exists_in(&self, minor: u8) -> bool {
        (self.since..self.until).contains(&minor)
    }

    /// The value of `apiVersion`: `v1`, `apps/v1`.
    pub fn api_version(&self) -> String {
        match self.group {
            "" => self.version.to_owned(),
            group => format!("{group}/{}", self.version),
        }
    }
}

impl TypeId {
    /// The short name: `core.v1.Container`; of a part of a custom kind the way to it: `Certificate.spec.issuerRef`.
    pub fn name(self) -> &'static str {
        match self.custom() {
            Some(record) => &record.name,
            None => self.row().name.text(),
        }
    }

    /// What messages call it: the last segment of the name, `Container`, and all of it where the kind is custom.
    pub fn last_name(self) -> &'static str {
        match self.custom() {
            Some(record) => &record.name,
            None => self.name().rsplit('.').next().unwrap_or_default(),
        }
    }

    /// The kind that this type is, if it is one.
    pub fn kind(self) -> Option<KindId> {
        if let Some(record) = self.custom() {
            return record.kind.is_some().then_some(KindId(self.0));
        }
        let kind = self.row().kind;
        (kind != NO_KIND).then_some(KindId(u32::from(kind)))
    }

    /// The first minor that has the type.
    pub fn since(self) -> u8 {
        if self.is_custom() { FIRST } else { self.row().since }
    }

    /// The first minor that has it no more.
    pub fn until(self) -> u8 {
        if self.is_custom() { u8::MAX } else { self.row().until }
    }

    /// Whether it is a custom kind or a part of one.
    pub fn is_custom(self) -> bool {
        self.0 >= custom::FROM
    }

    /// Whether it takes fields that it does not describe.
    pub fn is_open(self) -> bool {
        self.custom().is_some_and(|record| record.open)
    }

    pub(crate) fn custom(self) -> Option<&'static custom::Record> {
        custom::record(self.0)
    }

    /// All fields by name, each once, also those of other versions than [`TARGET`]; each as
    /// [`TypeId::field`] finds it.
    ///
    /// Kubernetes publishes no other order than that of names, which puts `apiVersion`, `kind`,
    /// `metadata` and `spec` where readers expect them.
    pub fn fields(self) -> impl Iterator<Item = Field> {
        self.fields_at(TARGET)
    }

    /// As [`TypeId::fields`], for another minor.
    pub fn fields_at(self, minor: u8) -> impl Iterator<Item = Field> {
        let custom =
            self.custom().map(|record| record.properties.iter().map(custom::Property::field));
        let rows = self.rows().chunk_by(|a, b| a.name == b.name);
        rows.filter_map(move |rows| chosen(rows.iter(), minor)).chain(custom.into_iter().flatten())
    }

    /// The field of this name at [`TARGET`]; if it does not exist there, as it was last or will be
    /// first, so that a caller can say in which versions it is. No allocation.
    pub fn field(self, name: &str) -> Option<Field> {
        self.field_at(name, TARGET)
    }

    /// As [`TypeId::field`], for another minor.
    ///
    /// Of a type that is open a field that is not described is there, without a name, and may be anything.
    pub fn field_at(self, name: &str, minor: u8) -> Option<Field> {
        if let Some(record) = self.custom() {
            return record.property(name).map(custom::Property::field).or(record.free_field());
        }
        let prefix = prefix(name);
        let rows = self.rows();
        let from = rows.partition_point(|row| row.prefix < prefix);
        let alike = rows.get(from..).unwrap_or_default().iter();
        let alike = alike.take_while(|row| row.prefix == prefix);
        chosen(alike.filter(|row| row.name.is(name)), minor)
    }

    fn row(self) -> &'static TypeRow {
        TYPES.get(self.0 as usize).unwrap_or(&TYPES[0])
    }

    fn rows(self) -> &'static [FieldRow] {
        if self.is_custom() {
            return &[];
        }
        let from = usize::from(self.row().fields);
        let until =
            TYPES.get(self.0 as usize + 1).map_or(FIELDS.len(), |next| usize::from(next.fields));
        FIELDS.get(from..until).unwrap_or_default()
    }
}

impl Elem {
    /// The type itself.
    pub fn ty(self) -> FieldType {
        match custom::element(self.0) {
            Some(ty) => ty,
            None => SHAPES.get(self.0 as usize).copied().unwrap_or(FieldType::Any),
        }
    }
}

impl Field {
    /// Whether this minor has the field.
    pub fn exists_in(&self, minor: u8) -> bool {
        (self.since..self.until).contains(&minor)
    }
}

impl FieldType {
    /// The record type of this, or of the elements of this list or map.
    pub fn object(self) -> Option<TypeId> {
        match self {
            FieldType::Object(ty) => Some(ty),
            FieldType::List { elem, .. } | FieldType::Map(elem) | FieldType::Nullable(elem) => {
                elem.ty().object()
            }
            _ => None,
        }
    }
}

/// A place in `NAMES`.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Name {
    at: u16,
    len: u8,
}

struct TypeRow {
    name: Name,
    since: u8,
    until: u8,
    /// Where its fields begin; they end where those of the next type begin.
    fields: u16,
    /// The kind whose objects are of the type, or [`NO_KIND`].
    kind: u16,
}

/// In place of a kind where a type is only a part of kinds.
const NO_KIND: u16 = u16::MAX;

struct FieldRow {
    /// Of the name, so that most of those that are not meant are told by one number.
    prefix: u64,
    name: Name,
    shape: u16,
    required: bool,
    since: u8,
    until: u8,
}

struct KindRow {
    group: Name,
    version: Name,
    kind: Name,
    plural: Name,
    namespaced: bool,
    ty: u16,
}

impl Name {
    /// Whether it is this one, of which the prefix is known to be the same.
    fn is(self, name: &str) -> bool {
        usize::from(self.len) == name.len() && (name.len() <= PREFIX || self.text() == name)
    }

    fn text(self) -> &'static str {
        let at = usize::from(self.at);
        NAMES.get(at..at + usize::from(self.len)).unwrap_or_default()
    }
}

/// Of one field's rows the one that holds at `minor`, else the nearest: a field that came later as it
/// will be first, one that is gone as it was last.
fn chosen(rows: impl Iterator<Item = &'static FieldRow> + Clone, minor: u8) -> Option<Field> {
    let row = rows.clone().find(|row| minor < row.until).or_else(|| rows.last())?;
    Some(Field {
        name: row.name.text(),
        ty: Elem(u32::from(row.shape)).ty(),
        required: row.required,
        since: row.since,
        until: row.until,
    })
}

/// The bytes of a name that its row holds as a number.
const PREFIX: usize = 8;

/// The first bytes of a name as a number, in the order of names.
fn prefix(name: &str) -> u64 {
    match name.as_bytes().first_chunk() {
        Some(first) => u64::from_be_bytes(*first),
        None => {
            let mut first = [0; PREFIX];
            first.iter_mut().zip(name.bytes()).for_each(|(to, byte)| *to = byte);
            u64::from_be_bytes(first)
        }
    }
}

fn type_by(order: impl Fn(&str) -> Ordering) -> Option<TypeId> {
    TYPES.binary_search_by(|row| order(row.name.text())).ok().map(|at| TypeId(at as u32))
}

/// The order in which Kubernetes prefers the versions of a group: the more stable first, and then the newer.
pub fn preference(version: &str) -> impl Ord + use<> {
    stability(version)
}

/// `v2` > `v1` > `v2beta1` > `v1alpha3`; the order in which Kubernetes prefers versions.
fn stability(version: &str) -> (u8, u32, u32) {
    let digits = |text: &str| text.parse::<u32>().unwrap_or(0);
    let rest = version.strip_prefix('v').unwrap_or(version);
    if let Some((major, minor)) = rest.split_once("beta") {
        (1, digits(major), digits(minor))
    } else if let Some((major, minor)) = rest.split_once("alpha") {
        (0, digits(major), digits(minor))
    } else {
        (2, digits(rest), 0)
    }
}
