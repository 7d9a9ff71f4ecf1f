//! Whether two objects are the same to a server, by the types of their kind.

use kube::quantity::Quantity;
use kube::tree::{Ref, Value};
use kube::types::{FieldType, ListKind, TypeId, key_default, kind_of};

use super::typed::OF_SERVER;

/// What is written otherwise than it was read, though it means the same. In the order of the object.
#[derive(Debug, Default)]
pub struct Differences {
    /// Fields at what is meant where they are left out, which they are.
    pub implied: Vec<String>,
    /// What a server says of each object itself, which is left out too.
    pub of_server: Vec<String>,
    /// In words.
    pub other: Vec<String>,
}

/// Whether `built` is `read`; what is written otherwise though it means the same is added to `otherwise`. Of an object
/// of a custom kind its type is given.
pub fn same(
    read: Ref<'_>,
    built: Ref<'_>,
    (minor, custom): (u8, Option<TypeId>),
    otherwise: &mut Differences,
) -> bool {
    let text = |name| read.get(name).and_then(Ref::as_str).unwrap_or_default();
    let ty = custom.or_else(|| Some(kind_of(text("apiVersion"), text("kind"))?.info().ty));
    let mut comparing = Comparing { minor, otherwise };
    match ty {
        Some(ty) => comparing.records(read, built, ty, "", ""),
        None => comparing.plain(read, built),
    }
}

struct Comparing<'o> {
    minor: u8,
    otherwise: &'o mut Differences,
}

impl Comparing<'_> {
    /// `implied` is a field that may be left out at its default.
    fn records(
        &mut self,
        read: Ref<'_>,
        built: Ref<'_>,
        ty: TypeId,
        path: &str,
        implied: &str,
    ) -> bool {
        let extra = built
            .entries()
            .any(|(name, value)| !value.is_null() && read.get(name).is_none_or(Ref::is_null));
        if extra {
            return false;
        }
        for (name, value) in read.entries() {
            if value.is_null() && built.get(name).is_some_and(Ref::is_null) {
                continue;
            }
            let at = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
            let Some(other) = built.get(name).filter(|other| !other.is_null()) else {
                if at == "status" || (path == "metadata" && OF_SERVER.contains(&name)) {
                    self.otherwise.of_server.push(at);
                    continue;
                }
                let is_default = name == implied
                    && value
                        .as_str()
                        .is_some_and(|own| key_default(FieldType::Object(ty), name) == Some(own));
                match (value.is_null(), is_default) {
                    (true, _) => self
                        .otherwise
                        .other
                        .push(format!("`{at}` is null, which is as good as nothing")),
                    (_, true) => self.otherwise.implied.push(at),
                    _ => return false,
                }
                continue;
            };
            let ty = ty.field_at(name, self.minor).map_or(FieldType::Any, |field| field.ty);
            if !self.values(value, other, ty, &at) {
                return false;
            }
        }
        true
    }

    fn values(&mut self, read: Ref<'_>, built: Ref<'_>, ty: FieldType, path: &str) -> bool {
        match ty {
            FieldType::Object(ty) if read.is_map() && built.is_map() => {
                self.records(read, built, ty, path, "")
            }
            FieldType::List { elem, list } if read.is_list() && built.is_list() => {
                let implied = match list {
                    ListKind::Map(keys) => keys.last().copied().unwrap_or_default(),
                    _ => "",
                };
                read.items().count() == built.items().count()
                    && read.items().zip(built.items()).enumerate().all(|(at, (one, other))| {
                        let path = format!("{path}[{at}]");
                        match elem.ty() {
                            FieldType::Object(ty) if one.is_map() && other.is_map() => {
                                self.records(one, other, ty, &path, implied)
                            }
                            ty => self.values(one, other, ty, &path),
                        }
                    })
            }
            FieldType::Map(elem) if read.is_map() && built.is_map() => {
                read.entries().filter(|(_, value)| !value.is_null()).count()
                    == built.entries().count()
                    && read.entries().all(|(name, value)| match built.get(name) {
                        Some(other) => {
                            self.values(value, other, elem.ty(), &format!("{path}.{name}"))
                        }
                        None => value.is_null(),
                    })
            }
            FieldType::Quantity => self.amounts(read, built, path),
            FieldType::Nullable(elem) => self.values(read, built, elem.ty(), path),
            _ => self.plain(read, built),
        }
    }

    fn amounts(&mut self, read: Ref<'_>, built: Ref<'_>, path: &str) -> bool {
        let shown = |node: Ref<'_>| match node.value() {
            Value::Str(text) => text.to_owned(),
            Value::Int(value) => value.to_string(),
            Value::Float(value) => value.to_string(),
            _ => String::new(),
        };
        let (one, other) = (shown(read), shown(built));
        if one == other {
            return true;
        }
        match (Quantity::parse(&one), Quantity::parse(&other)) {
            (Ok(amount), Ok(same)) if amount.nanos() == same.nanos() => {
                self.otherwise
                    .other
                    .push(format!("`{path}` is {other} for {one}, which is the same amount"));
                true
            }
            _ => false,
        }
    }

    fn plain(&mut self, read: Ref<'_>, built: Ref<'_>) -> bool {
        match (read.value(), built.value()) {
            (Value::Map, Value::Map) => {
                read.entries().count() == built.entries().count()
                    && read.entries().all(|(name, value)| {
                        built.get(name).is_some_and(|other| self.plain(value, other))
                    })
            }
            (Value::List, Value::List) => {
                read.items().count() == built.items().count()
                    && read.items().zip(built.items()).all(|(one, other)| self.plain(one, other))
            }
            (Value::Int(one), Value::Float(other)) | (Value::Float(other), Value::Int(one)) => {
                one as f64 == other
            }
            (one, other) => one == other,
        }
    }
}
