//! Objects of every built-in kind, most of them with something wrong: sound ones that are changed in a few places, by
//! the table of types and by values that were seen in the same field elsewhere.

use std::collections::BTreeMap;

use kube::types::{self, Field, FieldType, TypeId};
use serde_json::{Map, Value, json};
use tests::Random;

/// How deep a value is made up.
const DEPTH: usize = 3;

/// What objects are made of.
pub struct Source {
    /// Objects to begin with.
    pub sound: Vec<Value>,
    /// Values seen at a field of a type: what stands there in some object.
    seen: BTreeMap<(TypeId, String), Vec<Value>>,
    /// Scalars by the name of their field, whatever the type.
    by_name: BTreeMap<String, Vec<Value>>,
    /// Texts that a field of closed values may hold, by `core.v1.PodSpec.dnsPolicy`.
    enums: BTreeMap<String, Vec<Value>>,
    /// Texts of all sorts.
    texts: Vec<Value>,
    quantities: Vec<Value>,
}

/// A record within an object that is of a known type.
struct Spot {
    path: Vec<String>,
    ty: TypeId,
}

impl Source {
    /// From sound objects, from others that hold values worth trying, and from lists of values.
    pub fn new(sound: Vec<Value>, others: &[Value], enums: &Value, values: &Value) -> Self {
        let of_enums = enums.as_object().unwrap().iter().map(|(name, all)| {
            let parts: Vec<&str> = name.rsplitn(5, '.').take(4).collect();
            let name: Vec<&str> = parts.into_iter().rev().collect();
            (name.join("."), all.as_array().unwrap().clone())
        });
        let mut source = Self {
            seen: BTreeMap::new(),
            by_name: BTreeMap::new(),
            enums: of_enums.collect(),
            texts: Vec::new(),
            quantities: Vec::new(),
            sound: Vec::new(),
        };
        for (name, all) in values.as_object().unwrap() {
            let texts = all.as_array().unwrap().iter().map(|pair| pair[0].clone());
            match name.starts_with("quantity") {
                true => source.quantities.extend(texts),
                false => source.texts.extend(texts),
            }
        }
        source.texts.extend(
            ["", "a", "a.b/c", "a/b", "-", "A", "a b", "..", "/", "*", "x".repeat(64).as_str()]
                .map(Value::from),
        );
        for object in sound.iter().chain(others) {
            if let Some(ty) = type_of(object) {
                source.learn(object, ty);
            }
        }
        source.sound = sound;
        source
    }

    /// An object that differs from a sound one in one to three places.
    pub fn object(&self, random: &mut Random) -> Value {
        // Kinds first, so that those with few objects are tried as often as others.
        let kinds: BTreeMap<&str, Vec<&Value>> =
            self.sound.iter().fold(BTreeMap::new(), |mut kinds, object| {
                kinds.entry(object["kind"].as_str().unwrap()).or_default().push(object);
                kinds
            });
        let kinds: Vec<Vec<&Value>> = kinds.into_values().collect();
        let of_kind: &Vec<&Value> = random.pick(&kinds);
        let mut object = Value::clone(*random.pick(of_kind));
        // Half of all kinds hold pods, and most that can be wrong is in them.
        for _ in 0..1 + random.below(3) {
            let ty = type_of(&object).unwrap();
            self.change(&mut object, ty, random);
        }
        object
    }

    fn learn(&mut self, value: &Value, ty: TypeId) {
        for (name, inner) in value.as_object().into_iter().flatten() {
            let Some(field) = ty.field(name) else { continue };
            let seen = self.seen.entry((ty, name.clone())).or_default();
            if !seen.contains(inner) {
                seen.push(inner.clone());
            }
            if !inner.is_object() && !inner.is_array() {
                let seen = self.by_name.entry(name.clone()).or_default();
                if !seen.contains(inner) {
                    seen.push(inner.clone());
                }
            }
            if let Some(ty) = field.ty.object() {
                each_record(inner, &mut |record| self.learn(record, ty));
            }
        }
    }

    fn change(&self, object: &mut Value, ty: TypeId, random: &mut Random) {
        let mut spots = Vec::new();
        spots_of(object, ty, &mut Vec::new(), &mut spots);
        let spot = random.pick(&spots);
        // What names the object and says what it is stays, or nothing else would be judged.
        let is_root = spot.path.is_empty();
        let Some(record) = at(object, &spot.path) else { return };
        let own: Vec<String> = record
            .keys()
            .filter(|name| {
                !(is_root && matches!(name.as_str(), "apiVersion" | "kind" | "metadata"))
            })
            .filter(|name| *name != "namespace" || spot.path != ["metadata"])
            .cloned()
            .collect();
        let fields: Vec<Field> = spot
            .ty
            .fields()
            .filter(|field| !(is_ours(spot, field.name) || is_root && field.name == "status"))
            .collect();
        match random.below(20) {
            0..=2 if !own.is_empty() => {
                record.remove(random.pick(&own));
            }
            3..=9 if !own.is_empty() => {
                let name = random.pick(&own).clone();
                if let Some(field) = spot.ty.field(&name) {
                    let value = self.value(spot.ty, &field, 0, random);
                    record.insert(name, value);
                }
            }
            10 if !own.is_empty() => {
                let name = random.pick(&own).clone();
                twist(&mut record[&name], random);
            }
            11 => {
                let text = random.pick(&["extra", "Spec", "name ", "replicas"]);
                record.insert((*text).to_owned(), json!(1));
            }
            _ if !fields.is_empty() => {
                let field = random.pick(&fields);
                record.insert(field.name.to_owned(), self.value(spot.ty, field, 0, random));
            }
            _ => {}
        }
    }

    /// A value for a field: one that was seen there, or one made up by its type.
    fn value(&self, ty: TypeId, field: &Field, depth: usize, random: &mut Random) -> Value {
        if random.below(2) == 0
            && let Some(seen) = self.seen.get(&(ty, field.name.to_owned()))
        {
            return random.pick(seen).clone();
        }
        self.made(ty, field.name, field.ty, depth, random)
    }

    fn made(
        &self,
        of: TypeId,
        name: &str,
        ty: FieldType,
        depth: usize,
        random: &mut Random,
    ) -> Value {
        match ty {
            FieldType::Bool => json!(random.below(2) == 0),
            FieldType::Int32 | FieldType::Int64 => number(random),
            FieldType::Float => json!(1.5),
            FieldType::IntOrString | FieldType::LongOrString => match random.below(3) {
                0 => number(random),
                1 => json!(*random.pick(&["25%", "101%", "0%", "http", "80", "a_b", ""])),
                _ => self.text(of, name, random),
            },
            FieldType::Str => self.text(of, name, random),
            FieldType::Bytes => json!(*random.pick(&["", "AA==", "dg==", "YQ", "%", "YWJj"])),
            FieldType::Time => json!(*random.pick(&[
                "2024-01-02T03:04:05Z",
                "2024-01-02T03:04:05.000000Z",
                "2024-01-02",
                "now"
            ])),
            FieldType::Quantity => random.pick(&self.quantities).clone(),
            FieldType::Any => {
                random.pick(&[json!({"a": 1}), json!({}), json!("a"), json!(5)]).clone()
            }
            FieldType::Nullable(inner) => self.made(of, name, inner.ty(), depth, random),
            FieldType::Object(inner) => self.record(inner, depth, random),
            FieldType::List { elem, .. } => {
                let count = random.below(3);
                let items = (0..count).map(|_| self.made(of, name, elem.ty(), depth + 1, random));
                Value::Array(items.collect())
            }
            FieldType::Map(elem) => {
                let mut map = Map::new();
                for _ in 0..random.below(3) {
                    let key = match self.text(of, name, random) {
                        Value::String(text) => text,
                        other => other.to_string(),
                    };
                    map.insert(key, self.made(of, name, elem.ty(), depth + 1, random));
                }
                Value::Object(map)
            }
        }
    }

    fn record(&self, ty: TypeId, depth: usize, random: &mut Random) -> Value {
        let mut record = Map::new();
        for field in ty.fields() {
            let wanted = field.required && random.below(12) > 0
                || depth < DEPTH && random.below(4 + 3 * depth) == 0;
            if wanted && depth <= DEPTH + 2 {
                record.insert(field.name.to_owned(), self.value(ty, &field, depth + 1, random));
            }
        }
        Value::Object(record)
    }

    fn text(&self, of: TypeId, name: &str, random: &mut Random) -> Value {
        let known = self.enums.get(&format!("{}.{name}", of.name()));
        let named = self
            .by_name
            .get(name)
            .map(|all| all.iter().filter(|value| value.is_string()).collect::<Vec<_>>());
        match random.below(10) {
            0..=5 if known.is_some() => random.pick(known.unwrap()).clone(),
            0..=6 if named.as_ref().is_some_and(|all| !all.is_empty()) => {
                Value::clone(*random.pick(&named.unwrap()))
            }
            7 => json!("a"),
            _ => match random.pick(&self.texts) {
                Value::String(text) => json!(text),
                other => json!(other.to_string()),
            },
        }
    }
}

/// The type of an object, where its kind is built in.
pub fn type_of(object: &Value) -> Option<TypeId> {
    let text = |name: &str| object[name].as_str().unwrap_or_default();
    Some(types::kind_of(text("apiVersion"), text("kind"))?.info().ty)
}

/// What a server gives to objects by itself, and refuses or passes over for reasons of its own.
fn is_ours(spot: &Spot, field: &str) -> bool {
    let of_meta = [
        "creationTimestamp",
        "deletionGracePeriodSeconds",
        "deletionTimestamp",
        "generation",
        "managedFields",
        "namespace",
        "resourceVersion",
        "selfLink",
        "uid",
    ];
    let is_root = spot.path.is_empty();
    spot.path == ["metadata"] && of_meta.contains(&field)
        || is_root && matches!(field, "apiVersion" | "kind" | "metadata")
}

fn number(random: &mut Random) -> Value {
    let all = [
        -1, 0, 1, 2, 3, 5, 10, 63, 64, 80, 100, 101, 255, 511, 512, 3600, 65535, 65536, 86400,
        2147483647,
    ];
    json!(*random.pick(&all))
}

/// Another type, twice the same, or nothing at all.
fn twist(value: &mut Value, random: &mut Random) {
    match value {
        Value::Array(items) if !items.is_empty() && random.below(2) == 0 => {
            let item = random.pick(items).clone();
            items.push(item);
        }
        Value::Array(items) => items.clear(),
        Value::Object(entries) => entries.clear(),
        Value::String(text) => {
            *value = match random.below(3) {
                0 => json!(1),
                1 => json!(""),
                _ => json!(format!("{text}_")),
            };
        }
        Value::Bool(_) => *value = json!("true"),
        Value::Number(_) => {
            *value = random.pick(&[json!("1"), json!(1.5), json!(-1), json!(null)]).clone()
        }
        Value::Null => *value = json!(""),
    }
}

fn each_record(value: &Value, then: &mut dyn FnMut(&Value)) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| each_record(item, then)),
        // A map of records is no record; its values are looked at where they are records.
        Value::Object(_) => then(value),
        _ => {}
    }
}

fn spots_of(value: &Value, ty: TypeId, path: &mut Vec<String>, spots: &mut Vec<Spot>) {
    spots.push(Spot { path: path.clone(), ty });
    for (name, inner) in value.as_object().into_iter().flatten() {
        let Some(field) = ty.field(name) else { continue };
        path.push(name.clone());
        match (field.ty, inner) {
            (FieldType::Object(ty), Value::Object(_)) => spots_of(inner, ty, path, spots),
            (FieldType::List { elem, .. }, Value::Array(items)) => {
                if let FieldType::Object(ty) = elem.ty() {
                    for (number, item) in
                        items.iter().enumerate().filter(|(_, item)| item.is_object())
                    {
                        path.push(number.to_string());
                        spots_of(item, ty, path, spots);
                        path.pop();
                    }
                }
            }
            _ => {}
        }
        path.pop();
    }
}

fn at<'v>(value: &'v mut Value, path: &[String]) -> Option<&'v mut Map<String, Value>> {
    let found = path.iter().try_fold(value, |value, step| match value {
        Value::Array(items) => items.get_mut(step.parse::<usize>().ok()?),
        Value::Object(entries) => entries.get_mut(step),
        _ => None,
    });
    found?.as_object_mut()
}
