//! Hashes.

use sha2::{Digest as _, Sha256};

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
    let mut hex = String::with_capacity(64);
    for byte in Sha256::digest(bytes) {
        for digit in [byte >> 4, byte & 15] {
            hex.extend(char::from_digit(u32::from(digit), 16));
        }
    }
    hex
}
