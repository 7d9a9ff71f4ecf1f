//! Hashes.

use sha2::{Digest as _, Sha256};

use super::encodings::hex_of;
use super::{Call, Run};
use crate::eval::value::Value;

pub(super) const ALL: &[(&str, Run)] = &[("sha256", sha256)];

fn sha256<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let text = call.text(0)?;
    call.spend(text.len())?;
    call.string(sha256_hex(text.as_bytes()))
}

/// The hash in small hexadecimal digits.
pub(super) fn sha256_hex(bytes: &[u8]) -> String {
    hex_of(&Sha256::digest(bytes))
}
