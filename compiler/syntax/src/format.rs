//! The formatter: one canonical layout, every comment kept, no token changed but separators.
//!
//! The author decides what stands on one line: a group in brackets that begins with a line break, holds one between its entries, or does not fit, has an entry a line;
//! any other stays on its line. Indentation is two spaces; of blank lines one is kept. Formatting what is formatted changes nothing.

mod gap;
mod groups;
mod layout;
mod spacing;

use crate::cut::cut;
use crate::lexer::Span;
use crate::problem::{Problem, problems};
use crate::tree::Parsed;

use gap::Gap;
use layout::Writer;

/// How wide a line may be, in characters, before its brackets are broken.
pub const WIDTH: usize = 120;

/// The result of formatting a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Formatted {
    /// The formatted text; the text as it was where its syntax has mistakes.
    pub text: String,
    /// The mistakes, each with the place of its item in the file.
    pub problems: Vec<(Span, Problem)>,
}

/// A file in the canonical layout. Line breaks become `\n`, and a byte order mark is dropped.
pub fn format(text: &str) -> Formatted {
    let cuts = cut(text);
    let mut found = Vec::new();
    let mut items = Vec::with_capacity(cuts.items.len());
    for span in &cuts.items {
        let parsed = Parsed::new(text.get(span.range()).unwrap_or_default());
        found.extend(problems(parsed.tree()).into_iter().map(|problem| (*span, problem)));
        items.push(parsed);
    }
    if !found.is_empty() {
        return Formatted { text: text.to_owned(), problems: found };
    }
    let mut writer = Writer::new(text.len());
    let mut from = 0;
    for (span, parsed) in cuts.items.iter().zip(&items) {
        // Comments before the item, its doc comment among them, are one gap.
        let start = span.start as usize + parsed.tokens.span(0).start as usize;
        let gap = Gap::read(text.get(from..start).unwrap_or_default());
        writer.item(&gap, parsed.tree());
        from = span.end as usize;
    }
    writer.end(&Gap::read(text.get(from..).unwrap_or_default()));
    // Those in texts over several lines are the same texts with either.
    let text = match writer.text.contains("\r\n") {
        true => writer.text.replace("\r\n", "\n"),
        false => writer.text,
    };
    Formatted { text, problems: Vec::new() }
}
