//! What Kubernetes says of its types and fields: Markdown, for editors.
//!
//! The texts are compressed in the binary (`build/docs.rs` puts them there) and unpacked, all at once, the
//! first time that one is asked for. They are those of Kubernetes [`TARGET`](crate::types::TARGET): of
//! what exists in other versions only, nothing is said.

use std::sync::OnceLock;

use miniz_oxide::inflate::decompress_to_vec;

use crate::types::{self, TypeId};

/// What the type is for.
pub fn of_type(ty: TypeId) -> Option<&'static str> {
    match ty.is_custom() {
        true => crate::crd::text_of_type(ty),
        false => texts().text(types::position(ty)),
    }
}

/// What the field of this name is for; `None` also where the type has no such field.
pub fn of_field(ty: TypeId, field: &str) -> Option<&'static str> {
    match ty.is_custom() {
        true => crate::crd::text_of_field(ty, field),
        false => texts().text(types::COUNT + types::field_position(ty, field)?),
    }
}

/// See `compressed` in `build/docs.rs` for the form.
static COMPRESSED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/docs"));

struct Texts {
    /// For each type, and then for each row of a field, the number of its text.
    numbers: Vec<u16>,
    all: String,
    /// Where each text ends, and one that is not there before the first.
    ends: Vec<usize>,
}

impl Texts {
    fn unpacked() -> Option<Texts> {
        let mut bytes = decompress_to_vec(COMPRESSED).ok()?;
        let rest = bytes.split_off(2 * (types::COUNT + types::FIELD_COUNT));
        let (pairs, _) = bytes.as_chunks::<2>();
        let numbers = pairs.iter().map(|pair| u16::from_le_bytes(*pair)).collect();
        let all = String::from_utf8(rest).ok()?;
        let ends = all.match_indices('\0').map(|(at, _)| at).collect();
        Some(Texts { numbers, all, ends })
    }

    fn text(&self, position: usize) -> Option<&str> {
        let number = usize::from(*self.numbers.get(position)?);
        // Number 0, the empty text, has no predecessor and so no beginning.
        let start = self.ends.get(number.checked_sub(1)?)? + 1;
        self.all.get(start..*self.ends.get(number)?)
    }
}

fn texts() -> &'static Texts {
    static TEXTS: OnceLock<Texts> = OnceLock::new();
    let nothing = || Texts { numbers: Vec::new(), all: String::new(), ends: Vec::new() };
    TEXTS.get_or_init(|| Texts::unpacked().unwrap_or_else(nothing))
}
