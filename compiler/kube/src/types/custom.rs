//! Types that are made when the compiler runs, of custom kinds, behind the same handles as those that are built in.
//!
//! A type is known by what it says: two that say the same are one, whichever file they come from. So a change of a
//! definition makes other types of what it changes, and leaves the handles of all else as they are. What was made
//! once is kept until the program ends, because handles are small numbers that anybody may hold; an editor in which
//! a definition is being written keeps a few records for each change of it.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};

use super::{Elem, FIRST, Field, FieldType, TypeId};
use crate::crd::Rules;

/// The first number of a handle that is custom. There are fewer built-in types, kinds and shapes.
pub const FROM: u32 = 1 << 16;

/// A custom kind, or a record within one.
#[derive(PartialEq, Eq, Hash)]
pub struct Record {
    /// As messages name it: `Certificate.spec.issuerRef`.
    pub name: Box<str>,
    /// Set where it is a kind.
    pub kind: Option<Kind>,
    /// What its definition says of it.
    pub text: Box<str>,
    /// By name.
    pub properties: Vec<Property>,
    /// Whether it takes fields that are not described.
    pub open: bool,
    /// How its objects are judged, where it is a kind.
    pub rules: Option<Arc<Rules>>,
}

/// What a definition says of a kind as such.
#[derive(PartialEq, Eq, Hash)]
pub struct Kind {
    pub group: Box<str>,
    pub version: Box<str>,
    pub kind: Box<str>,
    pub plural: Box<str>,
    pub namespaced: bool,
}

/// A field of a record.
#[derive(PartialEq, Eq, Hash)]
pub struct Property {
    pub name: Box<str>,
    pub text: Box<str>,
    pub ty: FieldType,
    /// Whether it must be given: what has a default need not.
    pub required: bool,
    /// The default, where it is a text or a whole number.
    pub default: Option<Box<str>>,
}

impl Record {
    pub fn property(&self, name: &str) -> Option<&Property> {
        let at = self.properties.binary_search_by(|one| (*one.name).cmp(name)).ok()?;
        self.properties.get(at)
    }

    /// What an open record says of fields that it does not describe.
    pub fn free_field(&self) -> Option<Field> {
        self.open.then_some(Field {
            name: "",
            ty: FieldType::Any,
            required: false,
            since: FIRST,
            until: u8::MAX,
        })
    }
}

impl Property {
    pub fn field(&'static self) -> Field {
        Field {
            name: &self.name,
            ty: self.ty,
            required: self.required,
            since: FIRST,
            until: u8::MAX,
        }
    }
}

/// The record behind a number; none where it stands for something built in.
pub fn record(number: u32) -> Option<&'static Record> {
    RECORDS.get(number.checked_sub(FROM)?)
}

/// The type behind the number of an element.
pub fn element(number: u32) -> Option<FieldType> {
    ELEMENTS.get(number.checked_sub(FROM)?).copied()
}

/// The handle of a record; none where there are more than [`MOST`].
pub fn type_of(record: Record) -> Option<TypeId> {
    RECORDS.number(record).map(|number| TypeId(number + FROM))
}

/// The handle of a type that a list or a map holds.
pub fn elem_of(ty: FieldType) -> Option<Elem> {
    ELEMENTS.number(ty).map(|number| Elem(number + FROM))
}

/// The names of the key fields of a list.
pub fn names_of(names: Vec<String>) -> Option<&'static [&'static str]> {
    let number = NAMES.number(names)?;
    let texts = NAMES.get(number)?.iter().map(String::as_str).collect();
    SLICES.get(SLICES.number(texts)?).map(Vec::as_slice)
}

static RECORDS: Interned<Record> = Interned::new();
static ELEMENTS: Interned<FieldType> = Interned::new();
static NAMES: Interned<Vec<String>> = Interned::new();
static SLICES: Interned<Vec<&'static str>> = Interned::new();

const CHUNKS: usize = 15;
const FIRST_CHUNK: usize = 64;

/// How many values there may be of a sort.
const MOST: usize = FIRST_CHUNK * ((1 << CHUNKS) - 1);

/// Values by number, each once. Reading takes no lock: a chunk, once there, stays where it is.
struct Interned<T: 'static> {
    /// The first chunk has [`FIRST_CHUNK`] places, and each further one twice as many.
    chunks: [OnceLock<Box<[OnceLock<T>]>>; CHUNKS],
    known: LazyLock<Mutex<HashMap<&'static T, u32>>>,
}

impl<T: Eq + Hash + Sync + 'static> Interned<T> {
    const fn new() -> Self {
        Interned {
            chunks: [const { OnceLock::new() }; CHUNKS],
            known: LazyLock::new(Mutex::default),
        }
    }

    fn place(&self, number: usize) -> Option<&OnceLock<T>> {
        let shifted = number + FIRST_CHUNK;
        let chunk = (shifted / FIRST_CHUNK).ilog2() as usize;
        let size = FIRST_CHUNK << chunk;
        let all =
            self.chunks.get(chunk)?.get_or_init(|| (0..size).map(|_| OnceLock::new()).collect());
        all.get(shifted - size)
    }

    fn get(&self, number: u32) -> Option<&T> {
        self.place(number as usize)?.get()
    }

    fn number(&'static self, value: T) -> Option<u32> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(number) = known.get(&value) {
            return Some(*number);
        }
        let number = known.len();
        if number >= MOST {
            return None;
        }
        let place = self.place(number)?.get_or_init(|| value);
        known.insert(place, number as u32);
        Some(number as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_are_one_and_places_stay() {
        static TEXTS: Interned<String> = Interned::new();
        let numbers: Vec<u32> =
            (0..5000).filter_map(|at| TEXTS.number(format!("text {at}"))).collect();
        assert_eq!(numbers, (0..5000).collect::<Vec<u32>>());
        assert_eq!(TEXTS.number("text 4711".to_owned()), Some(4711));
        assert_eq!(TEXTS.get(63).map(String::as_str), Some("text 63"));
        assert_eq!(TEXTS.get(64).map(String::as_str), Some("text 64"));
        assert_eq!(TEXTS.get(5000), None);
    }
}
