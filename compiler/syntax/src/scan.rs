//! What the cut into items and the lexer must agree on: which line goes on with the one above, where a binding begins, which bracket closes which, where a string's text ends.
//!
//! Both work on bytes, because no byte of a multi-byte character equals an ASCII one.

use crate::limits;
use crate::token::{TokenKind, word_kind};

/// Whether a byte can stand in a name.
pub(crate) fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// The byte at a position, or 0 past the end; NUL is no token, so the two need not be told apart.
pub(crate) fn byte_at(bytes: &[u8], at: usize) -> u8 {
    bytes.get(at).copied().unwrap_or(0)
}

/// The position after the word that begins at `at`.
pub(crate) fn word_end(bytes: &[u8], at: usize) -> usize {
    let mut end = at;
    while is_word_byte(byte_at(bytes, end)) {
        end += 1;
    }
    end
}

/// The first position from `at` that is not a blank within a line.
pub(crate) fn skip_blanks(bytes: &[u8], at: usize) -> usize {
    let mut end = at;
    while matches!(byte_at(bytes, end), b' ' | b'\t' | b'\r') {
        end += 1;
    }
    end
}

/// The position of the next line break, or the end of the text.
pub(crate) fn line_end(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    // The one that asks which processor this is costs a small program more than it can save.
    let breaks = memchr::arch::all::memchr::One::new(b'\n');
    breaks.find(rest).map_or(bytes.len(), |length| at + length)
}

/// Where the line of a byte begins.
pub(crate) fn line_start(bytes: &[u8], at: usize) -> usize {
    let before = bytes.get(..at).unwrap_or_default();
    memchr::memrchr(b'\n', before).map_or(0, |line| line + 1)
}

/// Whether a doc comment begins here: `///`, but not `////`, which is a ruler.
pub(crate) fn is_doc(bytes: &[u8], at: usize) -> bool {
    bytes.get(at..at + 3) == Some(b"///") && byte_at(bytes, at + 3) != b'/'
}

/// Whether a line whose first token begins at `at` goes on with the expression above: it begins with an infix operator or with `.name`.
/// In a list, `-`, `.name` and `..` begin a new element. A word that is an operator begins a binding instead where what follows makes it a name.
pub(crate) fn continues(bytes: &[u8], at: usize, in_list: bool) -> bool {
    let next = byte_at(bytes, at + 1);
    match byte_at(bytes, at) {
        b'+' => next != b'=',
        b'-' => !in_list || next == b'>',
        b'*' | b'/' | b'%' | b'<' | b'>' | b'&' | b'|' => true,
        b'=' => matches!(next, b'=' | b'>'),
        b'!' => next == b'=',
        b'?' => matches!(next, b'?' | b'.'),
        b'.' => !(in_list || next == b'.' && byte_at(bytes, at + 2) == b'.'),
        b'a' | b'o' | b'i' | b'w' | b'e' | b't' | b'b' => {
            let end = word_end(bytes, at);
            let Some(word) = bytes.get(at..end) else { return false };
            match word {
                b"and" | b"or" | b"is" | b"as" | b"with" | b"because" | b"where" | b"extends" => {
                    !names_key(bytes, end, true)
                }
                b"then" | b"else" | b"in" => !names_key(bytes, end, false),
                _ => false,
            }
        }
        _ => false,
    }
}

/// Whether what follows a word that ends at `at` makes it the key of a binding.
pub(crate) fn names_key(bytes: &[u8], at: usize, brace: bool) -> bool {
    let tight = byte_at(bytes, at);
    let first = skip_blanks(bytes, at);
    let next = byte_at(bytes, first + 1);
    match byte_at(bytes, first) {
        b'=' => !matches!(next, b'=' | b'>'),
        b'+' => next == b'=',
        b':' => true,
        b'{' => brace,
        b'?' => next != b'?',
        b'.' => tight == b'.' && next != b'.',
        _ => false,
    }
}

/// The end of a path that begins at `at` and stays on its line: `a.b."c"[d]?`; `at` itself where none begins. Brackets and strings are taken as they look.
pub(crate) fn path_end(bytes: &[u8], at: usize) -> usize {
    let mut end = at;
    loop {
        match byte_at(bytes, end) {
            b'"' => {
                end += 1;
                while !matches!(byte_at(bytes, end), b'"' | b'\n' | 0) {
                    end += if byte_at(bytes, end) == b'\\' { 2 } else { 1 };
                }
                if byte_at(bytes, end) != b'"' {
                    return at;
                }
                end += 1;
            }
            b'[' if end > at => {
                while !matches!(byte_at(bytes, end), b']' | b'\n' | 0) {
                    end += 1;
                }
                if byte_at(bytes, end) != b']' {
                    return at;
                }
                end += 1;
            }
            byte if is_word_byte(byte) && !byte.is_ascii_digit() => end = word_end(bytes, end),
            _ => return at,
        }
        if byte_at(bytes, end) == b'?' {
            end += 1;
        }
        match byte_at(bytes, end) {
            b'.' => end += 1,
            b'[' => {}
            _ => return end,
        }
    }
}

/// Whether a line that begins at `at` reads `path = …` (or `+=`, `=+`). No element of a list or call does, so such a line ends those that were left open.
pub(crate) fn begins_assignment(bytes: &[u8], at: usize) -> bool {
    let end = path_end(bytes, at);
    if end == at {
        return false;
    }
    let operator = skip_blanks(bytes, end);
    match byte_at(bytes, operator) {
        b'=' => !matches!(byte_at(bytes, operator + 1), b'=' | b'>'),
        b'+' => byte_at(bytes, operator + 1) == b'=',
        _ => false,
    }
}

/// The keyword with which a line at `at` begins, if a name or a text stands behind it.
fn declared_by(bytes: &[u8], at: usize) -> Option<TokenKind> {
    use TokenKind as K;
    let end = word_end(bytes, at);
    let word = std::str::from_utf8(bytes.get(at..end)?).ok()?;
    let kind = word_kind(word);
    let declares = matches!(
        kind,
        K::Use
            | K::Overlay
            | K::Input
            | K::Let
            | K::Fn
            | K::Type
            | K::Schema
            | K::Open
            | K::Variant
            | K::Trait
            | K::Test
            | K::Every
            | K::Check
            | K::Allow
            | K::Modifier
            | K::Unset
    );
    let next = byte_at(bytes, skip_blanks(bytes, end));
    (declares && (is_word_byte(next) || next == b'"')).then_some(kind)
}

/// Whether a line whose first token begins at `at` ends the lists and calls that were left open above it: it is a binding, or begins an item by its keyword at the beginning of the line.
/// No element does.
pub(crate) fn ends_lists(bytes: &[u8], at: usize) -> bool {
    let starts = at.checked_sub(1).is_some_and(|before| byte_at(bytes, before) == b'\n');
    begins_assignment(bytes, at)
        || starts
            && declared_by(bytes, at)
                .is_some_and(|kind| kind != TokenKind::Let || !brings_local(bytes, at))
}

/// Whether `let` at the beginning of a line is that of `let x = e in f`, an expression: its `in` stands before the next line that looks like an item.
fn brings_local(bytes: &[u8], at: usize) -> bool {
    let last = bytes.len().min(at + limits::LOOKED_AHEAD);
    let mut depth = 0usize;
    let mut index = word_end(bytes, at);
    while index < last {
        match byte_at(bytes, index) {
            b'"' => {
                index = string_text(bytes, index + 1, false).0;
                continue;
            }
            b'/' if byte_at(bytes, index + 1) == b'/' => {
                index = line_end(bytes, index);
                continue;
            }
            b'{' | b'[' | b'(' => depth += 1,
            b'}' | b']' | b')' => depth = depth.saturating_sub(1),
            b'\n' if begins_item(bytes, index + 1) => return false,
            byte if is_word_byte(byte) => {
                let end = word_end(bytes, index);
                if depth == 0 && bytes.get(index..end) == Some(b"in") {
                    return true;
                }
                index = end;
                continue;
            }
            _ => {}
        }
        index += 1;
    }
    false
}

/// Whether a line that begins at `at` looks like an item of a file: a keyword with its name, or a binding.
pub(crate) fn begins_item(bytes: &[u8], at: usize) -> bool {
    if declared_by(bytes, at).is_some() {
        return true;
    }
    let end = path_end(bytes, at);
    end > at && {
        let operator = skip_blanks(bytes, end);
        matches!(byte_at(bytes, operator), b'{' | b':') || begins_assignment(bytes, at)
    }
}

/// Whether a `/` at `at` begins a regular expression: right before it, on its line, stands an operator or bracket of a type and not an operand.
pub(crate) fn begins_regex(bytes: &[u8], at: usize) -> bool {
    let mut before = at;
    while before > 0 && matches!(byte_at(bytes, before - 1), b' ' | b'\t') {
        before -= 1;
    }
    before > 0
        && matches!(
            byte_at(bytes, before - 1),
            b'&' | b'|' | b'=' | b':' | b'(' | b',' | b'[' | b'{'
        )
}

/// The end of a regular expression that begins at `at`: after its closing `/`. Where there is none on its line, only what stands together is taken for it, so that the rest of the line is read.
pub(crate) fn regex_end(bytes: &[u8], at: usize) -> usize {
    regex_close(bytes, at).unwrap_or_else(|| open_regex_end(bytes, at))
}

/// The byte after the `/` that closes a regular expression on its line. A `/` in a class or after `\` does not close.
pub(crate) fn regex_close(bytes: &[u8], at: usize) -> Option<usize> {
    let mut end = at + 1;
    let mut in_class = false;
    while end < bytes.len() {
        match byte_at(bytes, end) {
            b'\n' => return None,
            b'\\' if byte_at(bytes, end + 1) != b'\n' => end += 1,
            b'[' => in_class = true,
            b']' => in_class = false,
            // ` //` begins a comment: behind the end of a regular expression stands no `/`.
            b'/' if !in_class => {
                let comment = byte_at(bytes, end + 1) == b'/'
                    && matches!(byte_at(bytes, end - 1), b' ' | b'\t');
                return (!comment).then_some(end + 1);
            }
            _ => {}
        }
        end += 1;
    }
    None
}

/// Where a regular expression ends that is never closed: before a blank, or before a bracket that closes none of its own. Of a very long line it takes all, because every `/` in it would
/// look as far again.
fn open_regex_end(bytes: &[u8], at: usize) -> usize {
    let line = line_end(bytes, at);
    if line - at > limits::REGEX_LINE {
        return line;
    }
    let mut open = 0usize;
    let mut end = at + 1;
    while end < line {
        match byte_at(bytes, end) {
            b' ' | b'\t' | b'\r' => break,
            b'\\' => end += 1,
            b'(' | b'{' => open += 1,
            b')' | b'}' if open == 0 => break,
            b')' | b'}' => open -= 1,
            _ => {}
        }
        end += 1;
    }
    let end = end.min(line);
    if end > at + 1 && byte_at(bytes, end - 1) == b',' { end - 1 } else { end }
}

/// How the text of a string ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum TextEnd {
    /// With its closing quotes.
    Closed,
    /// With `\(`.
    Interpolation,
    /// With its line or the item, without quotes.
    Open,
}

/// Reads the text of a string from `at`, which is inside it, up to and with what ends it.
pub(crate) fn string_text(bytes: &[u8], at: usize, block: bool) -> (usize, TextEnd) {
    let mut end = at;
    while end < bytes.len() {
        match byte_at(bytes, end) {
            b'\\' => match byte_at(bytes, end + 1) {
                b'(' => return (end + 2, TextEnd::Interpolation),
                b'\n' | b'\r' => end += 1,
                _ => end += 2,
            },
            b'\n' if !block => return (end, TextEnd::Open),
            b'"' if !block => return (end + 1, TextEnd::Closed),
            b'"' if bytes.get(end..end + 3) == Some(b"\"\"\"") => {
                return (end + 3, TextEnd::Closed);
            }
            _ => end += 1,
        }
    }
    (bytes.len(), TextEnd::Open)
}

/// The end of a raw string whose `#` stands at `at`: `#"…"#` on one line, or `#"""…"""#`.
pub(crate) fn raw_end(bytes: &[u8], at: usize) -> usize {
    let block = bytes.get(at + 1..at + 4) == Some(b"\"\"\"");
    let close: &[u8] = if block { b"\"\"\"#" } else { b"\"#" };
    let mut end = at + 1 + if block { 3 } else { 1 };
    while end < bytes.len() {
        if byte_at(bytes, end) == b'"' && bytes.get(end..end + close.len()) == Some(close) {
            return end + close.len();
        }
        if byte_at(bytes, end) == b'\n' && !block {
            return end;
        }
        end += 1;
    }
    bytes.len()
}
