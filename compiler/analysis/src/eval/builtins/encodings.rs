//! Bytes as text: base64 and hexadecimal digits. What is decoded must be text in UTF-8.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::{Call, Run};
use crate::eval::value::Value;

pub(super) const ALL: &[(&str, Run)] = &[
    ("base64", base64),
    ("base64Decode", base64_decode),
    ("base64Url", base64_url),
    ("base64UrlDecode", base64_url_decode),
    ("hex", hex),
    ("hexDecode", hex_decode),
];

fn base64<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    call.string(STANDARD.encode(call.text(0)?))
}

fn base64_url<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    call.string(URL_SAFE_NO_PAD.encode(call.text(0)?))
}

fn base64_decode<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    decoded(call, STANDARD.decode(call.text(0)?).ok())
}

fn base64_url_decode<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    decoded(call, URL_SAFE_NO_PAD.decode(call.text(0)?).ok())
}

fn hex<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    call.string(hex_of(call.text(0)?.as_bytes()))
}

fn hex_decode<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    let bytes: Option<Vec<u8>> = call
        .text(0)?
        .as_bytes()
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => Some((digit(high)? << 4 | digit(low)?) as u8),
            _ => None,
        })
        .collect();
    decoded(call, bytes)
}

fn decoded<'a>(call: &Call<'_, 'a>, bytes: Option<Vec<u8>>) -> Option<Value<'a>> {
    match bytes.and_then(|bytes| String::from_utf8(bytes).ok()) {
        Some(text) => call.string(text),
        None => Some(Value::Absent),
    }
}

/// Small hexadecimal digits, two for each byte.
pub(super) fn hex_of(bytes: &[u8]) -> String {
    let mut hex = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        for digit in [byte >> 4, byte & 15] {
            hex.extend(char::from_digit(u32::from(digit), 16));
        }
    }
    hex
}
