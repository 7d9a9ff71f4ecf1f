//! Data as JSON text in the bytes of Go's `encoding/json`, which most programs that read configuration in a cluster
//! are written with: keys in the order of the tree, `\b \f \n \r \t` in short and other controls as `\u00xx`, U+2028
//! and U+2029 escaped, and numbers as ECMAScript writes them.

use crate::number;
use crate::tree::{Ref, Value};

const HEX: &[u8; 16] = b"0123456789abcdef";

/// How the text is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Layout {
    /// Blanks by which each level is indented; with 0 all is one line.
    pub indent: usize,
    /// `<`, `>` and `&` as `\u003c`, `\u003e` and `\u0026`, so that the text may stand in HTML.
    pub html: bool,
}

/// Writes a value, without a newline at the end.
pub fn json(root: Ref<'_>, layout: Layout, out: &mut Vec<u8>) {
    Writer { out, layout }.value(root, 0);
}

struct Writer<'o> {
    out: &'o mut Vec<u8>,
    layout: Layout,
}

impl Writer<'_> {
    fn value(&mut self, value: Ref<'_>, depth: usize) {
        match value.value() {
            Value::Null => self.out.extend_from_slice(b"null"),
            Value::Bool(value) => self.out.extend_from_slice(value.to_string().as_bytes()),
            Value::Int(value) => number::int(value, self.out),
            Value::Float(value) => float(value, self.out),
            Value::Str(text) => self.string(text),
            Value::Map => {
                self.out.push(b'{');
                let mut count = 0;
                for (key, inner) in value.entries() {
                    self.separate(count, depth + 1);
                    self.string(key);
                    self.out.push(b':');
                    if self.layout.indent > 0 {
                        self.out.push(b' ');
                    }
                    self.value(inner, depth + 1);
                    count += 1;
                }
                self.close(count, depth, b'}');
            }
            Value::List => {
                self.out.push(b'[');
                let mut count = 0;
                for item in value.items() {
                    self.separate(count, depth + 1);
                    self.value(item, depth + 1);
                    count += 1;
                }
                self.close(count, depth, b']');
            }
        }
    }

    fn string(&mut self, text: &str) {
        self.out.push(b'"');
        for c in text.chars() {
            let short = match c {
                '"' | '\\' => c as u8,
                '\n' => b'n',
                '\r' => b'r',
                '\t' => b't',
                '\u{8}' => b'b',
                '\u{c}' => b'f',
                '\0'..' ' | '\u{2028}' | '\u{2029}' => 0,
                '<' | '>' | '&' if self.layout.html => 0,
                c => {
                    self.out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                    continue;
                }
            };
            self.out.push(b'\\');
            if short != 0 {
                self.out.push(short);
                continue;
            }
            self.out.push(b'u');
            for shift in [12, 8, 4, 0] {
                let digit = (c as usize >> shift) & 15;
                self.out.push(HEX.get(digit).copied().unwrap_or(b'0'));
            }
        }
        self.out.push(b'"');
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
        if self.layout.indent > 0 {
            self.out.push(b'\n');
            self.out.resize(self.out.len() + self.layout.indent * depth, b' ');
        }
    }
}

/// The shortest digits that read back as the number, with an exponent below 1e-6 and from 1e21 on.
fn float(value: f64, out: &mut Vec<u8>) {
    let size = value.abs();
    let text = if size != 0.0 && !(1e-6..1e21).contains(&size) {
        let text = format!("{value:e}");
        match text.split_once('e') {
            Some((digits, exponent)) if !exponent.starts_with('-') => {
                format!("{digits}e+{exponent}")
            }
            _ => text,
        }
    } else {
        value.to_string()
    };
    out.extend_from_slice(text.as_bytes());
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::tree::Tree;

    fn text(build: impl Fn(&mut Tree), layout: Layout) -> String {
        let mut tree = Tree::new();
        build(&mut tree);
        let mut out = Vec::new();
        json(tree.roots().next().unwrap(), layout, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn numbers_are_as_go_writes_them() {
        let cases = [
            (1.0, "1"),
            (-0.0, "-0"),
            (0.1, "0.1"),
            (1e20, "100000000000000000000"),
            (1e21, "1e+21"),
            (0.000_001, "0.000001"),
            (0.000_000_1, "1e-7"),
            (1.5e300, "1.5e+300"),
        ];
        for (value, expected) in cases {
            let written = text(
                |tree| {
                    tree.begin_list(0);
                    tree.float(value, 0);
                    tree.end(false);
                },
                Layout::default(),
            );
            assert_eq!(written, format!("[{expected}]"));
        }
    }

    #[test]
    fn strings_are_as_go_writes_them() {
        let list = |tree: &mut Tree| {
            tree.begin_list(0);
            tree.str("<a href=\"x\">&\u{2028}\u{7f}\u{1}\u{8}\u{c}\t\\é", 0);
            tree.end(false);
        };
        assert_eq!(
            text(list, Layout { indent: 0, html: true }),
            "[\"\\u003ca href=\\\"x\\\"\\u003e\\u0026\\u2028\u{7f}\\u0001\\b\\f\\t\\\\é\"]"
        );
        assert_eq!(
            text(list, Layout { indent: 0, html: false }),
            "[\"<a href=\\\"x\\\">&\\u2028\u{7f}\\u0001\\b\\f\\t\\\\é\"]"
        );
    }

    #[test]
    fn empty_collections_take_one_line() {
        let map = |tree: &mut Tree| {
            tree.begin_map(0);
            tree.key("b").begin_map(0);
            tree.end(false);
            tree.key("a").begin_list(0);
            tree.end(false);
            tree.key("c").null(0);
            tree.end(false);
        };
        let layout = Layout { indent: 2, html: false };
        assert_eq!(text(map, layout), "{\n  \"b\": {},\n  \"a\": [],\n  \"c\": null\n}");
        assert_eq!(text(map, Layout::default()), "{\"b\":{},\"a\":[],\"c\":null}");
    }
}
