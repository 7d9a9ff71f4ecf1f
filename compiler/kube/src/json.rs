//! Writes objects as JSON, with the keys in the order of the YAML writer.

use crate::number;
use crate::order::{self, Place};
use crate::tree::{Ref, Value};

const HEX: &[u8; 16] = b"0123456789abcdef";

/// How JSON is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// No blanks at all.
    Compact,
    /// One entry a line, indented by two spaces.
    Pretty,
}

/// Writes one value, without a newline at the end.
pub fn value(root: Ref<'_>, layout: Layout, out: &mut Vec<u8>) {
    Writer { out, layout }.value(root, 0, Place::Root);
}

/// Writes objects as a JSON list, with a newline at the end.
pub fn list<'t>(roots: impl IntoIterator<Item = Ref<'t>>, layout: Layout, out: &mut Vec<u8>) {
    let mut writer = Writer { out, layout };
    writer.out.push(b'[');
    let mut count = 0;
    for root in roots {
        writer.separate(count, 1);
        writer.value(root, 1, Place::Root);
        count += 1;
    }
    writer.close(count, 0, b']');
    writer.out.push(b'\n');
}

/// Writes text as a JSON string.
pub fn string(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    let bytes = text.as_bytes();
    let mut from = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        let short = match byte {
            b'"' | b'\\' => byte,
            b'\n' => b'n',
            b'\r' => b'r',
            b'\t' => b't',
            0..0x20 | 0x7f => 0,
            _ => continue,
        };
        out.extend_from_slice(bytes.get(from..at).unwrap_or_default());
        from = at + 1;
        if short == 0 {
            let digit = |value: u8| HEX.get(usize::from(value)).copied().unwrap_or(b'0');
            out.extend_from_slice(&[b'\\', b'u', b'0', b'0', digit(byte >> 4), digit(byte & 15)]);
        } else {
            out.extend_from_slice(&[b'\\', short]);
        }
    }
    out.extend_from_slice(bytes.get(from..).unwrap_or_default());
    out.push(b'"');
}

struct Writer<'o> {
    out: &'o mut Vec<u8>,
    layout: Layout,
}

impl Writer<'_> {
    fn value(&mut self, value: Ref<'_>, depth: usize, place: Place) {
        match value.value() {
            Value::Null => self.out.extend_from_slice(b"null"),
            Value::Bool(true) => self.out.extend_from_slice(b"true"),
            Value::Bool(false) => self.out.extend_from_slice(b"false"),
            Value::Int(value) => number::int(value, self.out),
            Value::Float(value) => number::float(value, self.out),
            Value::Str(text) => string(text, self.out),
            Value::Map => {
                self.out.push(b'{');
                let mut count = 0;
                for (key, inner, place) in order::entries(value, place) {
                    self.separate(count, depth + 1);
                    string(key, self.out);
                    self.out.push(b':');
                    if self.layout == Layout::Pretty {
                        self.out.push(b' ');
                    }
                    self.value(inner, depth + 1, place);
                    count += 1;
                }
                self.close(count, depth, b'}');
            }
            Value::List => {
                self.out.push(b'[');
                let mut count = 0;
                for item in value.items() {
                    self.separate(count, depth + 1);
                    self.value(item, depth + 1, Place::Inside);
                    count += 1;
                }
                self.close(count, depth, b']');
            }
        }
    }

    fn separate(&mut self, count: usize, depth: usize) {
        if count > 0 {
            self.out.push(b',');
        }
        self.line(depth);
    }

    fn close(&mut self, count: usize, depth: usize, bracket: u8) {
        if count > 0 {
            self.line(depth);
        }
        self.out.push(bracket);
    }

    fn line(&mut self, depth: usize) {
        if self.layout == Layout::Pretty {
            self.out.push(b'\n');
            self.out.resize(self.out.len() + 2 * depth, b' ');
        }
    }
}
