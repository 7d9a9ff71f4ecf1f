//! Writes objects as YAML that means the same to every reader.
//!
//! Kubernetes' readers are YAML 1.1 (kubectl, the API server, Helm), YAML 1.2 and mixtures of both
//! (kustomize); `no`, `1_000`, `012`, `12:34:56`, `1e3` or `~` are text to one and something else to
//! another. So text is written plain only where its form leaves no doubt: letters first, then
//! `[A-Za-z0-9_./:-]`, at most 120 bytes, no `:` at the end, and none of the words that some reader
//! takes for a boolean, null or a number. Text of several lines becomes a block (`|` or `|-`) where
//! nothing in it could be lost; everything else is double-quoted. No anchors, tags, folded scalars or
//! flow collections but `{}` and `[]` are ever written.
//!
//! The layout is kubectl's: two spaces, lists at the indentation of their key.

use crate::number;
use crate::order::{self, Place};
use crate::tree::{NodeId, Ref, Value};

/// Readers give up on a key in front of a `:` after 1024 characters; longer ones are written after `? `.
const SIMPLE_KEY: usize = 1000;
const PLAIN: usize = 120;
const HEX: &[u8; 16] = b"0123456789ABCDEF";

/// Words that some reader takes for something else than text, in any mixture of cases.
const WORDS: [&str; 12] =
    ["y", "n", "no", "on", "yes", "off", "nan", "inf", "true", "null", "false", "infinity"];

/// Writes one object, with a newline at the end.
pub fn document(root: Ref<'_>, out: &mut Vec<u8>) {
    written(root, Place::Root, Writer { out, leaf: None });
}

/// Writes data that is no object, so that its keys keep their order, with a newline at the end.
pub fn data(root: Ref<'_>, out: &mut Vec<u8>) {
    written(root, Place::Inside, Writer { out, leaf: None });
}

/// Writes one object, with a newline at the end, and tells `leaf` of each scalar and empty collection the offset in
/// `out` at which it begins.
pub fn document_with(root: Ref<'_>, out: &mut Vec<u8>, leaf: &mut dyn FnMut(NodeId, usize)) {
    written(root, Place::Root, Writer { out, leaf: Some(leaf) });
}

/// Writes objects one after another, with `---` between them.
pub fn documents<'t>(roots: impl IntoIterator<Item = Ref<'t>>, out: &mut Vec<u8>) {
    for (count, root) in roots.into_iter().enumerate() {
        if count > 0 {
            out.extend_from_slice(b"---\n");
        }
        document(root, out);
    }
}

/// Writes text as a scalar of one line: plain where that is safe, else double-quoted.
pub fn scalar(text: &str, out: &mut Vec<u8>) {
    let classes = classes(text);
    if is_plain(text, classes) {
        out.extend_from_slice(text.as_bytes());
    } else {
        quoted(text, classes, out);
    }
}

fn written(root: Ref<'_>, place: Place, mut writer: Writer<'_>) {
    match root.value() {
        Value::Map if !root.is_hollow() => writer.map(root, 0, place),
        Value::List if !root.is_hollow() => writer.list(root, 0),
        _ => {
            writer.leaf(root, 0);
            writer.out.push(b'\n');
        }
    }
}

struct Writer<'o> {
    out: &'o mut Vec<u8>,
    /// Who is told where each leaf begins.
    leaf: Option<&'o mut dyn FnMut(NodeId, usize)>,
}

impl Writer<'_> {
    /// Writes the entries of a map that is not empty. The cursor stands where the first key belongs, every
    /// other line begins with `indent` spaces.
    fn map(&mut self, map: Ref<'_>, indent: usize, place: Place) {
        for (count, (key, value, place)) in order::entries(map, place).enumerate() {
            if count > 0 {
                self.indent(indent);
            }
            let from = self.out.len();
            scalar(key, self.out);
            let long = self.out.len() - from > SIMPLE_KEY;
            if long {
                self.out.splice(from..from, *b"? ");
                self.out.push(b'\n');
                self.indent(indent);
            }
            self.out.push(b':');
            // Below a long key everything is indented, to stay clear of how readers differ there.
            let list_indent = if long { indent + 2 } else { indent };
            match value.value() {
                Value::Map if !value.is_hollow() => {
                    self.out.push(b'\n');
                    self.indent(indent + 2);
                    self.map(value, indent + 2, place);
                }
                Value::List if !value.is_hollow() => {
                    self.out.push(b'\n');
                    self.indent(list_indent);
                    self.list(value, list_indent);
                }
                _ => {
                    self.out.push(b' ');
                    self.leaf(value, indent + 2);
                    self.out.push(b'\n');
                }
            }
        }
    }

    /// Writes the elements of a list that is not empty; the cursor as for [`Writer::map`].
    fn list(&mut self, list: Ref<'_>, indent: usize) {
        for (count, item) in list.items().enumerate() {
            if count > 0 {
                self.indent(indent);
            }
            self.out.extend_from_slice(b"- ");
            match item.value() {
                Value::Map if !item.is_hollow() => self.map(item, indent + 2, Place::Inside),
                Value::List if !item.is_hollow() => self.list(item, indent + 2),
                _ => {
                    self.leaf(item, indent + 2);
                    self.out.push(b'\n');
                }
            }
        }
    }

    /// Writes a scalar or an empty collection; lines of a block are indented by `indent`, which is 0 for a root
    /// only, where there is no block.
    fn leaf(&mut self, value: Ref<'_>, indent: usize) {
        if let Some(leaf) = &mut self.leaf {
            leaf(value.id(), self.out.len());
        }
        match value.value() {
            Value::Null => self.out.extend_from_slice(b"null"),
            Value::Bool(true) => self.out.extend_from_slice(b"true"),
            Value::Bool(false) => self.out.extend_from_slice(b"false"),
            Value::Int(value) => number::int(value, self.out),
            Value::Float(value) => number::float(value, self.out),
            Value::Map => self.out.extend_from_slice(b"{}"),
            Value::List => self.out.extend_from_slice(b"[]"),
            Value::Str(text) => {
                let classes = classes(text);
                if is_plain(text, classes) {
                    self.out.extend_from_slice(text.as_bytes());
                } else if indent > 0 && is_block(text, classes) {
                    self.block(text, indent);
                } else {
                    quoted(text, classes, self.out);
                }
            }
        }
    }

    fn block(&mut self, text: &str, indent: usize) {
        let (body, mark) = match text.strip_suffix('\n') {
            Some(body) => (body, &b"|"[..]),
            None => (text, &b"|-"[..]),
        };
        self.out.extend_from_slice(mark);
        for line in body.split('\n') {
            self.out.push(b'\n');
            if !line.is_empty() {
                self.indent(indent);
                self.out.extend_from_slice(line.as_bytes());
            }
        }
    }

    fn indent(&mut self, indent: usize) {
        self.out.resize(self.out.len() + indent, b' ');
    }
}

/// Some byte may not stand in plain text.
const NOT_PLAIN: u8 = 1;
/// Some byte must be escaped between double quotes.
const ESCAPED: u8 = 2;
/// There is a byte that is neither printable ASCII nor a newline or tab.
const CONTROL: u8 = 4;
/// There is a newline.
const NEWLINE: u8 = 8;
/// There is something outside ASCII, which is looked at by character.
const WIDE: u8 = 16;
/// There is a blank, which is plain between words only.
const BLANK: u8 = 32;

/// What each byte adds to the classes of its text.
const CLASS: [u8; 256] = {
    let mut class = [NOT_PLAIN; 256];
    let mut byte = 0;
    while byte < 256 {
        class[byte] = match byte as u8 {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'_' | b'.' | b'/' | b':' | b'-' => 0,
            b' ' => BLANK,
            b'"' | b'\\' | b'\t' => NOT_PLAIN | ESCAPED,
            b'\n' => NOT_PLAIN | ESCAPED | NEWLINE,
            0..0x20 | 0x7f => NOT_PLAIN | ESCAPED | CONTROL,
            0x80.. => NOT_PLAIN | WIDE,
            _ => NOT_PLAIN,
        };
        byte += 1;
    }
    class
};

fn classes(text: &str) -> u8 {
    text.bytes()
        .fold(0, |all, byte| all | CLASS.get(usize::from(byte)).copied().unwrap_or(NOT_PLAIN))
}

fn is_plain(text: &str, classes: u8) -> bool {
    let (first, last) = (text.as_bytes().first(), text.as_bytes().last());
    (classes == 0 || (classes == BLANK && last != Some(&b' ') && !text.contains(':')))
        && text.len() <= PLAIN
        && (first.is_some_and(|first| first.is_ascii_alphabetic() || *first == b'/')
            || is_measure(text))
        && last != Some(&b':')
        && !(text.len() <= 8 && WORDS.iter().any(|word| text.eq_ignore_ascii_case(word)))
}

/// `100m`, `256Mi`, `1.5Gi`, `30s`: whole or decimal numbers with a unit that no notation of numbers has, which
/// every reader takes for text, and every reader of manifests expects without quotes.
fn is_measure(text: &str) -> bool {
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let number = text.strip_suffix(unit).unwrap_or_default();
    matches!(
        unit,
        "n" | "u"
            | "m"
            | "k"
            | "M"
            | "G"
            | "T"
            | "P"
            | "Ki"
            | "Mi"
            | "Gi"
            | "Ti"
            | "Pi"
            | "Ei"
            | "s"
            | "h"
    ) && number.starts_with(|c: char| c.is_ascii_digit())
        && number.ends_with(|c: char| c.is_ascii_digit())
        && number.matches('.').count() <= 1
}

/// Whether a block keeps the text as it is: several lines, none of which ends in a blank; no blank line
/// or blank in front, which would need an indentation indicator, and at most one newline at the end.
fn is_block(text: &str, classes: u8) -> bool {
    classes & NEWLINE != 0
        && classes & CONTROL == 0
        && !text.starts_with([' ', '\t', '\n'])
        && !text.ends_with("\n\n")
        && !text.ends_with([' ', '\t'])
        && !text.contains(" \n")
        && !text.contains("\t\n")
        && (classes & WIDE == 0 || !text.chars().any(is_odd))
}

/// What must be escaped outside ASCII: control characters and the space that looks like another (U+0080
/// to U+00A0), line and paragraph separators, byte order marks, and what is no character.
fn is_odd(c: char) -> bool {
    matches!(c, '\u{80}'..='\u{a0}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fdd0}'..='\u{fdef}')
        || (c as u32) & 0xfffe == 0xfffe
}

fn quoted(text: &str, classes: u8, out: &mut Vec<u8>) {
    out.push(b'"');
    if classes & (ESCAPED | CONTROL | WIDE) == 0 {
        out.extend_from_slice(text.as_bytes());
    } else {
        let mut from = 0;
        for (at, c) in text.char_indices() {
            let short = match c {
                '"' | '\\' => c as u8,
                '\n' => b'n',
                '\t' => b't',
                '\r' => b'r',
                // Some readers take characters above U+FFFF apart; as an escape they stay whole.
                c if c < ' ' || c == '\u{7f}' || is_odd(c) || c > '\u{ffff}' => 0,
                _ => continue,
            };
            out.extend_from_slice(text.as_bytes().get(from..at).unwrap_or_default());
            from = at + c.len_utf8();
            out.push(b'\\');
            if short != 0 {
                out.push(short);
                continue;
            }
            let (letter, digits) = match c as u32 {
                0..0x100 => (b'x', 2),
                0x100..0x1_0000 => (b'u', 4),
                _ => (b'U', 8),
            };
            out.push(letter);
            for digit in (0..digits).rev() {
                let value = (c as u32 >> (4 * digit)) & 15;
                out.push(HEX.get(value as usize).copied().unwrap_or(b'0'));
            }
        }
        out.extend_from_slice(text.as_bytes().get(from..).unwrap_or_default());
    }
    out.push(b'"');
}
