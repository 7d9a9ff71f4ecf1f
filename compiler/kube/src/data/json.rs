//! JSON as RFC 8259 has it, and nothing more: no comments, no trailing commas. Read here and not with the reader of YAML,
//! because a message about what JSON forbids should speak of JSON.

use super::{Data, Entry, Fault, NodeId, Value};
use crate::limits;

/// Reads a text that holds one value.
pub fn json(text: &str) -> Data {
    let mut reader = Reader { text, at: 0, depth: 0, data: Data::default() };
    reader.blanks();
    if let Ok(root) = reader.value() {
        reader.blanks();
        if reader.at < text.len() {
            let _: Result<(), Ends> =
                reader.unexpected("expected the end of the file: JSON holds one value");
        } else {
            reader.data.documents.push(root);
        }
    }
    reader.data
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
    data: Data,
}

/// The problem was noted, and reading ends.
struct Ends;

impl Reader<'_> {
    fn value(&mut self) -> Result<NodeId, Ends> {
        if self.data.nodes.len() >= limits::VALUES {
            let message = format!("this file holds more than {} values", limits::VALUES);
            return self.fail(Fault::Size, message);
        }
        let start = self.at;
        match self.byte() {
            Some(b'{') => self.nested(start, Self::map),
            Some(b'[') => self.nested(start, Self::list),
            Some(b'"') => {
                let text = self.string()?;
                Ok(self.data.push(Value::Str(text.into()), start, self.at))
            }
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(byte) if byte.is_ascii_alphabetic() => self.word(),
            Some(_) => self.unexpected("expected a value"),
            None => self.unexpected("expected a value, and here the file ends"),
        }
    }

    fn nested(
        &mut self,
        start: usize,
        read: fn(&mut Self) -> Result<Value, Ends>,
    ) -> Result<NodeId, Ends> {
        // The parent stands before its children, as in the file.
        let id = self.data.push(Value::Broken, start, start + 1);
        self.depth += 1;
        if self.depth > limits::DEPTH {
            let message = format!("this nests deeper than {} levels", limits::DEPTH);
            return self.fail(Fault::Depth, message);
        }
        self.at += 1;
        let value = read(self)?;
        self.depth -= 1;
        if !self.text.get(start..self.at).is_some_and(|text| text.contains('\n'))
            && let Some(node) = self.data.nodes.get_mut(id as usize)
        {
            node.end = u32::try_from(self.at).unwrap_or(u32::MAX);
        }
        self.data.set(id, value);
        Ok(id)
    }

    fn list(&mut self) -> Result<Value, Ends> {
        let mut items = Vec::new();
        self.blanks();
        if self.byte() == Some(b']') {
            self.at += 1;
            return Ok(Value::List(items));
        }
        loop {
            self.blanks();
            items.push(self.value()?);
            self.blanks();
            match self.byte() {
                Some(b',') => self.comma(b']')?,
                Some(b']') => {
                    self.at += 1;
                    return Ok(Value::List(items));
                }
                _ => return self.unexpected("expected `,` or `]`"),
            }
        }
    }

    fn map(&mut self) -> Result<Value, Ends> {
        let mut entries = Vec::new();
        self.blanks();
        if self.byte() == Some(b'}') {
            self.at += 1;
            return Ok(Value::Map(entries));
        }
        loop {
            self.blanks();
            let start = self.at;
            if self.byte() != Some(b'"') {
                return self.unexpected("expected a key in double quotes");
            }
            let text = self.string()?;
            let key = self.data.push(Value::Str(text.into()), start, self.at);
            self.blanks();
            if self.byte() != Some(b':') {
                return self.unexpected("expected `:`");
            }
            self.at += 1;
            self.blanks();
            let value = self.value()?;
            entries.push(Entry { key, value });
            self.blanks();
            match self.byte() {
                Some(b',') => self.comma(b'}')?,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(Value::Map(self.data.without_repeated(entries)));
                }
                _ => return self.unexpected("expected `,` or `}`"),
            }
        }
    }

    fn comma(&mut self, close: u8) -> Result<(), Ends> {
        let comma = self.at;
        self.at += 1;
        self.blanks();
        if self.byte() == Some(close) {
            self.at = comma;
            return self.unexpected("JSON has no comma before a closing bracket");
        }
        Ok(())
    }

    fn word(&mut self) -> Result<NodeId, Ends> {
        let start = self.at;
        let rest = self.text.get(start..).unwrap_or_default();
        let length = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
        let value = match rest.get(..length).unwrap_or_default() {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            "null" => Value::Null,
            word => {
                let message = format!("`{word}` is nothing in JSON: texts stand in double quotes");
                return self.unexpected(&message);
            }
        };
        self.at += length;
        Ok(self.data.push(value, start, self.at))
    }

    fn number(&mut self) -> Result<NodeId, Ends> {
        let start = self.at;
        let digits = |reader: &mut Self| {
            let from = reader.at;
            while reader.byte().is_some_and(|byte| byte.is_ascii_digit()) {
                reader.at += 1;
            }
            reader.at > from
        };
        if self.byte() == Some(b'-') {
            self.at += 1;
        }
        let leading_zero = self.byte() == Some(b'0');
        let first = self.at;
        let mut good = digits(self) && !(leading_zero && self.at - first > 1);
        let mut whole = true;
        if self.byte() == Some(b'.') {
            whole = false;
            self.at += 1;
            good &= digits(self);
        }
        if let Some(b'e' | b'E') = self.byte() {
            whole = false;
            self.at += 1;
            if let Some(b'+' | b'-') = self.byte() {
                self.at += 1;
            }
            good &= digits(self);
        }
        let text = self.text.get(start..self.at).unwrap_or_default();
        let value = if !good {
            None
        } else if whole {
            match text.parse() {
                Ok(value) => Some(Value::Int(value)),
                Err(_) => {
                    let message = format!("64 bits do not hold {text}");
                    let node = self.data.push(Value::Broken, start, self.at);
                    self.data.problem(Fault::Overflow, node, message).help =
                        Some("write it as a text, in quotes".into());
                    return Ok(node);
                }
            }
        } else {
            text.parse::<f64>().ok().filter(|value| value.is_finite()).map(Value::Float)
        };
        match value {
            Some(value) => Ok(self.data.push(value, start, self.at)),
            None => {
                let message = format!("`{text}` is no number of JSON");
                self.at = start;
                self.unexpected(&message)
            }
        }
    }

    fn string(&mut self) -> Result<String, Ends> {
        let open = self.at;
        self.at += 1;
        let mut out = String::new();
        loop {
            let rest = self.text.get(self.at..).unwrap_or_default();
            let plain = rest.find(|c: char| c == '"' || c == '\\' || c < ' ').unwrap_or(rest.len());
            out.push_str(rest.get(..plain).unwrap_or_default());
            self.at += plain;
            match self.byte() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => out.push(self.escape()?),
                Some(_) => {
                    return self
                        .unexpected("a text of JSON ends on its line: write `\\n` for a break");
                }
                None => {
                    self.at = open;
                    return self.unexpected("this text is never closed");
                }
            }
        }
    }

    fn escape(&mut self) -> Result<char, Ends> {
        let start = self.at;
        let escaped = self.text.get(start + 1..).and_then(|rest| rest.chars().next());
        self.at += 1 + escaped.map_or(0, char::len_utf8);
        let found = match escaped {
            Some(c @ ('"' | '\\' | '/')) => Some(c),
            Some('b') => Some('\u{8}'),
            Some('f') => Some('\u{c}'),
            Some('n') => Some('\n'),
            Some('r') => Some('\r'),
            Some('t') => Some('\t'),
            Some('u') => self.unicode(),
            _ => None,
        };
        match found {
            Some(c) => Ok(c),
            None => {
                self.at = start;
                self.unexpected("this is no escape of JSON")
            }
        }
    }

    /// What stands after `\u`: one number of four digits, or two that together are one character.
    fn unicode(&mut self) -> Option<char> {
        let first = self.hex()?;
        if !(0xd800..0xdc00).contains(&first) {
            return char::from_u32(first);
        }
        if !self.text.get(self.at..)?.starts_with("\\u") {
            return None;
        }
        self.at += 2;
        let second = self.hex().filter(|second| (0xdc00..0xe000).contains(second))?;
        char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00))
    }

    fn hex(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 4)?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        self.at += 4;
        u32::from_str_radix(digits, 16).ok()
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn blanks(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.byte() {
            self.at += 1;
        }
    }

    fn unexpected<T>(&mut self, message: &str) -> Result<T, Ends> {
        let message = match self.byte() {
            Some(b'/' | b'#') => "JSON has no comments",
            _ => message,
        };
        self.fail(Fault::Syntax, message.to_owned())
    }

    fn fail<T>(&mut self, fault: Fault, message: String) -> Result<T, Ends> {
        let length = self.text.get(self.at..).and_then(|rest| rest.chars().next());
        let node =
            self.data.push(Value::Broken, self.at, self.at + length.map_or(0, char::len_utf8));
        self.data.problem(fault, node, message);
        Err(Ends)
    }
}
