//! Lines and columns of offsets.

use crate::diagnostic::Position;

/// Where the lines of a text start.
#[derive(Clone, Debug)]
pub struct Lines {
    starts: Vec<usize>,
    /// Of lines that are long: an offset for each [`FAR`] bytes, and how many characters stand before it in its line. Who
    /// has ten thousand mistakes in one line asks for ten thousand columns.
    marks: Vec<(usize, usize)>,
}

/// Bytes between two marks.
const FAR: usize = 4_096;

impl Lines {
    pub fn of(text: &str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1));
        let mut lines = Self { starts: starts.collect(), marks: Vec::new() };
        if text.len() > FAR {
            let ends = lines.starts.iter().skip(1).copied().chain([text.len()]);
            for (&start, end) in lines.starts.iter().zip(ends) {
                let (mut at, mut characters) = (start, 0);
                while end - at > FAR {
                    let mut next = at + FAR;
                    while !text.is_char_boundary(next) {
                        next -= 1;
                    }
                    characters += characters_in(text, at, next);
                    at = next;
                    lines.marks.push((at, characters));
                }
            }
        }
        lines
    }

    /// The line and column of an offset of the text.
    pub fn position(&self, text: &str, offset: usize) -> Position {
        let line = self.starts.partition_point(|start| *start <= offset).max(1);
        let start = self.starts.get(line - 1).copied().unwrap_or(0);
        let marked = self.marks.partition_point(|(at, _)| *at <= offset);
        let mark = marked.checked_sub(1).and_then(|at| self.marks.get(at));
        let (from, before) = match mark {
            Some(&(at, characters)) if at > start => (at, characters),
            _ => (start, 0),
        };
        let column = before + characters_in(text, from, offset.min(text.len())) + 1;
        Position { line, column }
    }
}

fn characters_in(text: &str, from: usize, to: usize) -> usize {
    text.get(from..to).unwrap_or_default().chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_from_one_and_by_characters() {
        let text = "a\nüx\n";
        let lines = Lines::of(text);
        assert_eq!(lines.position(text, 0), Position { line: 1, column: 1 });
        assert_eq!(lines.position(text, 4), Position { line: 2, column: 2 });
        assert_eq!(lines.position(text, 6), Position { line: 3, column: 1 });
    }

    #[test]
    fn long_lines_are_counted_alike() {
        let text = format!("ab\n{}\nü{}\n\nb", "ü€a".repeat(5_000), "x".repeat(FAR));
        let lines = Lines::of(&text);
        let mut expected = Position { line: 1, column: 1 };
        for (offset, character) in text.char_indices() {
            assert_eq!(lines.position(&text, offset), expected, "{offset}");
            expected = match character {
                '\n' => Position { line: expected.line + 1, column: 1 },
                _ => Position { column: expected.column + 1, ..expected },
            };
        }
        assert_eq!(lines.position(&text, text.len()), expected);
    }
}
