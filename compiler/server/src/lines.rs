//! Between the positions of the protocol, a line and a number of code units, and offsets in bytes.

use std::ops::Range;
use std::sync::OnceLock;

use gen_lsp_types::{Position, Range as LspRange};
use memchr::memchr2_iter;

/// What a column counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Encoding {
    Utf8,
    #[default]
    Utf16,
}

/// Where the lines of a text start. A line ends at `\n`, `\r\n` or a lone `\r`, as the protocol says.
#[derive(Clone, Debug)]
pub struct Lines {
    starts: Vec<u32>,
    length: u32,
    /// How many code units stand before each [`FAR`] bytes of the text, once a column of a long line is asked for: who has ten
    /// thousand names in one line asks for ten thousand columns.
    units: OnceLock<Vec<u32>>,
}

/// Bytes of a line that are counted each time.
const FAR: usize = 4_096;

impl Lines {
    pub fn of(text: &str) -> Self {
        let starts = std::iter::once(0).chain(starts(text.as_bytes(), 0)).collect();
        Self { starts, length: text.len() as u32, units: OnceLock::new() }
    }

    /// Where the lines start after a stretch was replaced by `inserted` bytes, of the text as it is now.
    pub fn edit(&mut self, text: &str, replaced: &Range<usize>, inserted: usize) {
        // What begins a line is known by the two bytes before it.
        let first = self.starts.partition_point(|start| *start as usize + 1 < replaced.start);
        let first = first.saturating_sub(1);
        let last = self.starts.partition_point(|start| *start as usize <= replaced.end + 1);
        let from = self.starts.get(first).copied().unwrap_or(0) as usize;
        let moved = |at: u32| (at as usize + inserted + replaced.start - replaced.end) as u32;
        let until = self.starts.get(last).map(|start| moved(*start) as usize);
        let until = until.unwrap_or(text.len() + 1);
        let between = text.as_bytes().get(from..until.min(text.len())).unwrap_or_default();
        // A line that starts behind what is looked at is known already.
        let new = starts(between, from as u32).filter(|start| (*start as usize) < until);
        let new: Vec<u32> = new.collect();
        for start in self.starts.get_mut(last..).unwrap_or_default() {
            *start = moved(*start);
        }
        self.starts.splice(first + 1..last, new);
        self.length = text.len() as u32;
        self.units = OnceLock::new();
    }

    /// The offset of a position. One past the end of its line is that end, and one past the last line is the end of the
    /// text; one within a character is before it.
    pub fn offset(&self, text: &str, position: Position, encoding: Encoding) -> usize {
        let Some(start) = self.starts.get(position.line as usize).copied() else {
            return text.len();
        };
        let next = self.starts.get(position.line as usize + 1).copied().unwrap_or(self.length);
        let line = text.get(start as usize..next as usize).unwrap_or_default();
        let line = line.trim_end_matches(['\n', '\r']);
        let wanted = position.character as usize;
        let within = match encoding {
            Encoding::Utf8 => {
                let mut at = wanted.min(line.len());
                while !line.is_char_boundary(at) {
                    at -= 1;
                }
                at
            }
            Encoding::Utf16 => {
                let mut units = 0;
                let found = line.char_indices().find(|(_, c)| {
                    units += c.len_utf16();
                    units > wanted
                });
                found.map_or(line.len(), |(at, _)| at)
            }
        };
        start as usize + within
    }

    pub fn position(&self, text: &str, offset: usize, encoding: Encoding) -> Position {
        let mut offset = offset.min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.starts.partition_point(|start| *start as usize <= offset).max(1) - 1;
        let start = self.starts.get(line).copied().unwrap_or(0) as usize;
        let character = match encoding {
            Encoding::Utf8 => offset - start,
            Encoding::Utf16 if offset - start <= FAR => units(text, start..offset),
            Encoding::Utf16 => self.units_before(text, offset) - self.units_before(text, start),
        };
        Position { line: line as u32, character: character as u32 }
    }

    /// The code units before an offset of the text.
    fn units_before(&self, text: &str, offset: usize) -> usize {
        let all = self.units.get_or_init(|| {
            let blocks = (0..text.len()).step_by(FAR);
            let mut before = 0;
            let of_block = blocks.map(|at| {
                let here = before;
                before += units(text, at..at + FAR) as u32;
                here
            });
            of_block.collect()
        });
        // Of a text that ends with a block nothing stands in the one behind it.
        let block = (offset / FAR).min(all.len().saturating_sub(1));
        let before = all.get(block).copied().unwrap_or_default() as usize;
        before + units(text, block * FAR..offset)
    }

    pub fn range(&self, text: &str, range: &Range<usize>, encoding: Encoding) -> LspRange {
        LspRange {
            start: self.position(text, range.start, encoding),
            end: self.position(text, range.end, encoding),
        }
    }

    /// The stretch between two positions; an empty one where they are the wrong way round.
    pub fn bytes(&self, text: &str, range: &LspRange, encoding: Encoding) -> Range<usize> {
        let start = self.offset(text, range.start, encoding);
        start..self.offset(text, range.end, encoding).max(start)
    }
}

/// The code units of UTF-16 that begin in a stretch of a text.
fn units(text: &str, within: Range<usize>) -> usize {
    let bytes = text.as_bytes();
    let bytes = bytes.get(within.start..within.end.min(bytes.len())).unwrap_or_default();
    // A character begins with a byte that continues none, and has two units where it has four bytes.
    bytes.iter().map(|byte| usize::from(byte & 0xC0 != 0x80) + usize::from(*byte >= 0xF0)).sum()
}

/// Where the lines behind the first start, of a stretch of a text that begins at `from`.
fn starts(bytes: &[u8], from: u32) -> impl Iterator<Item = u32> {
    let ends = memchr2_iter(b'\n', b'\r', bytes);
    let ends =
        ends.filter(|at| bytes.get(*at) == Some(&b'\n') || bytes.get(at + 1) != Some(&b'\n'));
    ends.map(move |at| from + at as u32 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_follow_an_edit() {
        // All replacements of short stretches in all short texts of these characters.
        let characters = ["a", "\n", "\r"];
        let texts = |length: u32| {
            (0..3_usize.pow(length)).map(move |number| {
                (0..length).map(|at| characters[number / 3_usize.pow(at) % 3]).collect::<String>()
            })
        };
        for old in texts(5) {
            for new in texts(0).chain(texts(1)).chain(texts(2)) {
                for start in 0..=old.len() {
                    for end in start..=old.len() {
                        let mut text = old.clone();
                        text.replace_range(start..end, &new);
                        let mut lines = Lines::of(&old);
                        lines.edit(&text, &(start..end), new.len());
                        assert_eq!(lines.starts, Lines::of(&text).starts, "{old:?} {text:?}");
                        assert_eq!(lines.length as usize, text.len());
                    }
                }
            }
        }
    }

    fn at(line: u32, character: u32) -> Position {
        Position { line, character }
    }

    #[test]
    fn columns_count_what_was_agreed_on() {
        let text = "aä𝄞b\r\nc\rd\n";
        let lines = Lines::of(text);
        for (offset, utf16, utf8) in [
            (0, at(0, 0), at(0, 0)),
            (3, at(0, 2), at(0, 3)),
            (7, at(0, 4), at(0, 7)),
            (10, at(1, 0), at(1, 0)),
            (12, at(2, 0), at(2, 0)),
            (14, at(3, 0), at(3, 0)),
        ] {
            assert_eq!(lines.position(text, offset, Encoding::Utf16), utf16, "{offset}");
            assert_eq!(lines.position(text, offset, Encoding::Utf8), utf8, "{offset}");
            assert_eq!(lines.offset(text, utf16, Encoding::Utf16), offset);
            assert_eq!(lines.offset(text, utf8, Encoding::Utf8), offset);
        }
    }

    #[test]
    fn long_lines_are_counted_alike() {
        for text in [format!("a\n{}\nb", "aä€𝄞".repeat(2_000)), "x".repeat(2 * FAR)] {
            let lines = Lines::of(&text);
            let mut expected = at(0, 0);
            for (offset, character) in text.char_indices() {
                assert_eq!(lines.position(&text, offset, Encoding::Utf16), expected, "{offset}");
                expected.character += character.len_utf16() as u32;
                if character == '\n' {
                    expected = at(expected.line + 1, 0);
                }
            }
            assert_eq!(lines.position(&text, text.len(), Encoding::Utf16), expected);
        }
    }

    #[test]
    fn positions_out_of_range_are_brought_into_it() {
        let text = "ä𝄞\nb";
        let lines = Lines::of(text);
        assert_eq!(lines.offset(text, at(0, 99), Encoding::Utf16), 6);
        assert_eq!(lines.offset(text, at(9, 0), Encoding::Utf16), 8);
        assert_eq!(lines.offset(text, at(0, 2), Encoding::Utf16), 2, "within a pair");
        assert_eq!(lines.offset(text, at(0, 1), Encoding::Utf8), 0, "within a character");
        assert_eq!(
            lines.bytes(text, &LspRange { start: at(1, 1), end: at(0, 0) }, Encoding::Utf8),
            8..8
        );
    }
}
