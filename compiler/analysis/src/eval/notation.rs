//! A value in the notation of the language: what `depc eval` and `depc explain` print.

use kube::secrets::HIDDEN;

use crate::eval::Eval;
use crate::eval::value::{Kind, Rec, SEPARATOR, Slot, Value};

/// How much of a value is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Extent {
    /// All of it, over several lines.
    Whole,
    /// What fits in one short line; `…` stands for the rest.
    Brief,
}

/// Characters of a brief value.
const BRIEF: usize = 72;
/// Bytes of a whole one, past which nothing more is written.
const WHOLE: usize = 16 << 20;
/// Records and lists within each other; another name for a record that it lies in would go on for ever.
const DEEP: usize = 64;

impl<'a> Eval<'a> {
    /// The value as it would be written in a `.dep` file. All text that `explain` and `eval` show of a value comes
    /// from here.
    pub(crate) fn notation(&self, value: Value<'a>, extent: Extent) -> String {
        let mut writer = Writer { eval: self, extent, text: String::new(), depth: 0, lists: 0 };
        writer.value(self.localized(value));
        if extent == Extent::Brief && writer.text.chars().count() > BRIEF {
            let cut: String = writer.text.chars().take(BRIEF - 1).collect();
            return cut + "…";
        }
        writer.text
    }
}

struct Writer<'e, 'a> {
    eval: &'e Eval<'a>,
    extent: Extent,
    text: String,
    depth: usize,
    /// Lists around what is written, where nothing else is around it.
    lists: usize,
}

impl<'a> Writer<'_, 'a> {
    fn value(&mut self, value: Value<'a>) {
        match value {
            Value::Error => self.text.push_str("an error"),
            Value::Absent => self.text.push_str("unset"),
            Value::Null => self.text.push_str("null"),
            Value::Str(text) => string(text, &mut self.text),
            Value::Range((start, end)) => {
                self.end(*start);
                self.text.push_str("..");
                self.end(*end);
            }
            Value::List(elements) => {
                // The elements of a list that is asked for are what is asked for. Anywhere else what has a name is
                // written by it.
                let asked = self.lists == self.depth && self.extent == Extent::Whole;
                let known = |value| if asked { self.eval.localized(value) } else { value };
                let values: Vec<_> = elements.iter().map(|element| known(element.value)).collect();
                let inline = values.iter().all(|value| !matches!(value, Value::Rec(_)));
                self.lists += usize::from(asked);
                self.braces("[", "]", inline, &values, |writer, value| writer.inner(*value));
                self.lists -= usize::from(asked);
            }
            Value::Rec(rec) => self.record(rec),
            Value::Fn(_) => self.text.push_str("fn …"),
            // An element of a list has no name that could be written.
            Value::Handle(handle) if is_element(handle.path) && self.depth < DEEP => {
                self.value(self.eval.localized(value));
            }
            Value::Handle(handle) => {
                self.text.push_str(handle.item.name(self.eval.db));
                for name in handle.path.split(SEPARATOR).filter(|name| !name.is_empty()) {
                    self.text.push('.');
                    self.key(name);
                }
            }
            scalar => self.text.push_str(&self.eval.scalar_text(scalar).unwrap_or_default()),
        }
    }

    /// A value within another. What is another name for something that has one is written by that name.
    fn inner(&mut self, value: Value<'a>) {
        let value = self.eval.whnf(value);
        self.value(value);
    }

    fn end(&mut self, value: Value<'a>) {
        if !value.is_absent() {
            self.value(value);
        }
    }

    fn record(&mut self, rec: &'a Rec<'a>) {
        let eval = self.eval;
        if let Kind::Schema(info, _) = rec.kind {
            self.text.push_str(info.case.as_ref().map_or(&info.name, |case| &case.name));
        }
        let given = |slot: &Slot<'a>| rec.given.iter().any(|(name, _)| *name == slot.name);
        let mut fields = Vec::new();
        for slot in eval.slots(rec).iter().filter(|slot| !given(slot)) {
            let value = eval.whnf(eval.force(rec, slot));
            if !matches!(value, Value::Absent | Value::Fn(_)) {
                fields.push((slot.name, value, eval.is_hidden(rec, slot)));
            }
        }
        let is_case = matches!(rec.kind, Kind::Schema(info, _) if info.case.is_some());
        if is_case && fields.is_empty() {
            return;
        }
        if let Kind::Schema(..) = rec.kind {
            self.text.push(' ');
        }
        self.braces("{", "}", false, &fields, |writer, (name, value, hidden)| {
            writer.key(name);
            match value {
                _ if *hidden => {
                    writer.text.push_str(" = ");
                    writer.text.push_str(HIDDEN);
                }
                Value::Rec(rec) if !matches!(rec.kind, Kind::Schema(..)) => {
                    writer.text.push(' ');
                    writer.record(rec);
                }
                value => {
                    writer.text.push_str(" = ");
                    writer.value(*value);
                }
            }
        });
    }

    /// What stands between braces or brackets: in one line, or one part a line.
    fn braces<T>(
        &mut self,
        open: &str,
        close: &str,
        inline: bool,
        parts: &[T],
        mut write: impl FnMut(&mut Self, &T),
    ) {
        self.text.push_str(open);
        if !parts.is_empty() && self.depth >= DEEP {
            self.text.push('…');
            self.text.push_str(close);
            return;
        }
        let brief = self.extent == Extent::Brief;
        let lines = !inline && !brief && !parts.is_empty();
        self.depth += 1;
        for (at, part) in parts.iter().enumerate() {
            if (brief && self.text.len() > BRIEF) || self.text.len() > WHOLE {
                self.text.push('…');
                break;
            }
            match (lines, open, at) {
                (true, ..) => self.line(),
                (false, _, 1..) => self.text.push_str(", "),
                (false, "{", 0) => self.text.push(' '),
                (false, ..) => {}
            }
            write(self, part);
        }
        self.depth -= 1;
        match (lines, open) {
            (true, _) => self.line(),
            (false, "{") if !parts.is_empty() => self.text.push(' '),
            (false, _) => {}
        }
        self.text.push_str(close);
    }

    fn line(&mut self) {
        self.text.push('\n');
        self.text.extend(std::iter::repeat_n("  ", self.depth));
    }

    fn key(&mut self, name: &str) {
        let mut chars = name.chars();
        let plain = chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
            && chars.all(|c| c.is_ascii_alphanumeric() || c == '_');
        if plain {
            self.text.push_str(name);
        } else {
            string(name, &mut self.text);
        }
    }
}

/// Whether a path ends in the number of an element, or in a key that reads like one.
fn is_element(path: &str) -> bool {
    let last = path.rsplit(SEPARATOR).next().unwrap_or_default();
    !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit())
}

/// A string literal.
fn string(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => out.push_str(&format!("\\u{{{:x}}}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
}
