//! What is read past, because it can only be a slip of the pen or a habit of another language: the rest is then read as it was meant, and one mistake is told.
//!
//! Comments as C writes them, lines that are broken in the wrong place, blocks that are made by indentation, brackets that are never closed, and lines of YAML and of its templates. None of these can stand in a program without mistakes, so reading past
//! them changes the meaning of none. The cut into items and the lexer ask the same functions, because what is read past must lie in one item.

use crate::lexer::Span;
use crate::limits;
use crate::scan::{
    begins_assignment, begins_item, byte_at, continues, is_word_byte, line_end, line_start,
    path_end, skip_blanks, word_end,
};
use crate::token::{TokenKind, word_kind};

/// Something that was read past.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Slip {
    pub kind: SlipKind,
    /// What is wrong, in the text of the item.
    pub span: Span,
}

/// Why something was read past.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SlipKind {
    /// `/* … */`.
    Comment,
    /// A line ends with an operator or `=`, and the next one begins with what belongs behind it. The span is that of the operator.
    Late,
    /// A line begins with `(`, `{`, `=` or `:`, which belong to the line above. The span is that of the sign.
    Early,
    /// `name:`, and lines that are indented deeper. The span begins behind the `:`.
    Indented,
    /// A bracket that is never closed, read as if it were where the indentation of lines says. The span is that of the bracket.
    Open,
    /// A bracket that is never opened, read as if it were where the indentation of lines says. The span is that of the token before it.
    Unopened,
    /// A brace that closes a body before its end. The span is that of the brace.
    TooMany,
    /// A line that divides documents of YAML, `---`, or that steers a template, `{{ … }}`.
    Foreign,
    /// A closing bracket that stands where another was meant: `[1, 2}`.
    Instead,
    /// A whole manifest in YAML.
    Manifest,
}

/// The end of the comment `/* … */` whose first sign stands at `at`; where nothing ends it, the end of its line. `inside` says that it stands in the interpolation of a string, which may end with its line.
pub(crate) fn comment_end(bytes: &[u8], at: usize, inside: bool, unclosed: &mut bool) -> usize {
    let line = line_end(bytes, at);
    let last = if inside || *unclosed { line } else { bytes.len() };
    let held = bytes.get(at + 2..last).unwrap_or_default();
    match memchr::memmem::find(held, b"*/") {
        Some(length) => at + 2 + length + 2,
        None => {
            // What is not found once need not be looked for again.
            *unclosed |= !inside;
            let text = bytes.get(..line).unwrap_or_default();
            text.iter().rposition(|byte| *byte != b'\r').map_or(line, |last| last + 1).max(at + 2)
        }
    }
}

/// Whether a comment as C writes it begins at `at`.
pub(crate) fn begins_comment(bytes: &[u8], at: usize) -> bool {
    byte_at(bytes, at) == b'/' && byte_at(bytes, at + 1) == b'*'
}

/// Whether a line whose first token begins at `at` belongs to what ends at `end` on a line above, although it is not written so. The span is that of the sign which says it.
/// `nested` says that both stand in braces, `in_list` that they stand in a list.
pub(crate) fn joined(
    bytes: &[u8],
    end: usize,
    at: usize,
    nested: bool,
    in_list: bool,
) -> Option<Slip> {
    late(bytes, end, at).or_else(|| if in_list { None } else { early(bytes, end, at, nested) })
}

fn late(bytes: &[u8], end: usize, at: usize) -> Option<Slip> {
    let start = open_end(bytes, end)?;
    let sets = byte_at(bytes, end - 1) == b'=' && end - start == 1;
    let line = bytes.get(at..line_end(bytes, at)).unwrap_or_default();
    let arrow = !sets && memchr::memmem::find(line, b"=>").is_some();
    // A value begins with the name of a schema, an entry does not.
    let made = sets && begins_made(bytes, at);
    if arrow || (begins_entry(bytes, at) && !made) || is_closing(byte_at(bytes, at)) {
        return None;
    }
    Some(slip(SlipKind::Late, start, end))
}

/// Where the operator begins with which a text ends at `end`, if it does, and an operand stands before it.
fn open_end(bytes: &[u8], end: usize) -> Option<usize> {
    let last = byte_at(bytes, end.checked_sub(1)?);
    let start = if is_word_byte(last) {
        let word = bytes.get(..end)?;
        let from = word.iter().rposition(|byte| !is_word_byte(*byte)).map_or(0, |at| at + 1);
        if !matches!(word.get(from..)?, b"and" | b"or" | b"then" | b"else") {
            return None;
        }
        from
    } else {
        let held = bytes.get(..end)?;
        let is_sign = |byte: &u8| b"=+-*<>&|?!:".contains(byte);
        let from = held.iter().rposition(|byte| !is_sign(byte)).map_or(0, |at| at + 1);
        let signs = held.get(from..)?;
        let known: [&[u8]; 19] = [
            b":", b"=", b"+=", b"=+", b"==", b"!=", b"<", b"<=", b">", b">=", b"+", b"-", b"*",
            b"&", b"|", b"&&", b"||", b"??", b"=>",
        ];
        if !known.contains(&signs) {
            return None;
        }
        from
    };
    let before = bytes.get(..start)?;
    // A line may begin with these, and goes on with what is above it.
    if matches!(bytes.get(start..end)?, b"then" | b"else") && begins_line(bytes, start) {
        return Some(start);
    }
    let operand = before.iter().rposition(|byte| !matches!(byte, b' ' | b'\t'))?;
    let ends = byte_at(bytes, operand);
    let named = is_word_byte(ends) && {
        // `{ x as and` brings a name.
        let from = before.get(..=operand)?;
        let from = from.iter().rposition(|byte| !is_word_byte(*byte)).map_or(0, |at| at + 1);
        before.get(from..=operand) != Some(b"as")
    };
    (named || matches!(ends, b'"' | b')' | b']' | b'}' | b'%' | b'?')).then_some(start)
}

fn early(bytes: &[u8], end: usize, at: usize, nested: bool) -> Option<Slip> {
    let before = byte_at(bytes, end.checked_sub(1)?);
    let operand = is_word_byte(before) || matches!(before, b')' | b']' | b'"');
    let next = byte_at(bytes, at + 1);
    let joins = operand
        && match byte_at(bytes, at) {
            b'=' => !matches!(next, b'=' | b'>'),
            b':' => true,
            // The pattern of an arm can begin so.
            b'{' if next == b'{' => false,
            b'(' | b'{' => !nested || is_no_pattern(bytes, at),
            _ => false,
        };
    joins.then(|| slip(SlipKind::Early, at, at + 1))
}

/// Whether what a bracket at `at` opens is closed near by, and no arrow stands on the line behind it.
fn is_no_pattern(bytes: &[u8], at: usize) -> bool {
    let mut depth = 0usize;
    for index in at..bytes.len().min(at + limits::LOOKED_AHEAD) {
        match byte_at(bytes, index) {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => continue,
        }
        if depth == 0 {
            let line = bytes.get(index..line_end(bytes, index)).unwrap_or_default();
            return memchr::memmem::find(line, b"=>").is_none();
        }
    }
    false
}

/// Whether a line at `at` begins with an entry of a body.
fn begins_entry(bytes: &[u8], at: usize) -> bool {
    let word = bytes.get(at..word_end(bytes, at)).unwrap_or_default();
    let kind = std::str::from_utf8(word).map_or(TokenKind::Name, word_kind);
    let declares = matches!(
        kind,
        TokenKind::When
            | TokenKind::For
            | TokenKind::Assert
            | TokenKind::Fails
            | TokenKind::Snapshot
            | TokenKind::Test
    );
    declares || begins_item(bytes, at) || bytes.get(at..at + 3) == Some(b"...")
}

/// Whether a line at `at` begins with `Schema {`, also of a module.
fn begins_made(bytes: &[u8], at: usize) -> bool {
    let end = path_end(bytes, at);
    let path = bytes.get(at..end).unwrap_or_default();
    let last = path.iter().rposition(|byte| *byte == b'.').map_or(0, |dot| dot + 1);
    path.get(last).is_some_and(u8::is_ascii_uppercase)
        && byte_at(bytes, skip_blanks(bytes, end)) == b'{'
        && !begins_assignment(bytes, at)
}

fn is_closing(byte: u8) -> bool {
    matches!(byte, b'}' | b']' | b')' | b',' | 0)
}

fn slip(kind: SlipKind, start: usize, end: usize) -> Slip {
    Slip { kind, span: Span { start: start as u32, end: end as u32 } }
}

/// The block that is indented below `name:`, which ends at `end`, where the next line begins with a token at `at`, if YAML would see one: what it says, and where it ends.
pub(crate) fn indented(bytes: &[u8], end: usize, at: usize) -> Option<Slip> {
    let colon = end.checked_sub(1).filter(|colon| byte_at(bytes, *colon) == b':')?;
    let start = line_start(bytes, colon);
    let first = skip_blanks(bytes, start);
    if first == colon || path_end(bytes, first) != colon {
        return None;
    }
    let own = first - start;
    let is_inner = |from: usize, at: usize| {
        let dash = byte_at(bytes, at) == b'-' && matches!(byte_at(bytes, at + 1), b' ' | b'\n');
        at - from > own || (dash && at - from == own)
    };
    let from = line_start(bytes, at);
    let text = bytes.get(at..line_end(bytes, at)).unwrap_or_default();
    let keyed =
        memchr::memmem::find(text, b": ").is_some() || text.trim_ascii_end().ends_with(b":");
    let listed = text.starts_with(b"- ");
    if !is_inner(from, at) || !(keyed || listed) {
        return None;
    }
    let mut last = end;
    let mut line = from;
    while line < bytes.len() {
        let next = line_end(bytes, line);
        let first = skip_blanks(bytes, line);
        if first < next {
            // What closes the braces around it is no part of it, though it may be indented like it.
            if !is_inner(line, first) || is_closing(byte_at(bytes, first)) {
                break;
            }
            let held = bytes.get(..next).unwrap_or_default();
            last = held.iter().rposition(|byte| !matches!(byte, b' ' | b'\t' | b'\r'))? + 1;
        }
        line = next + 1;
    }
    Some(slip(SlipKind::Indented, end, last))
}

/// Whether only blanks stand before a byte on its line, and there is a line above.
fn begins_line(bytes: &[u8], at: usize) -> bool {
    let start = line_start(bytes, at);
    start > 0 && skip_blanks(bytes, start) == at
}

/// Whether the line of a body that begins with the word `for` at `at` goes on with a comprehension, `{ [k] = v for k, v in m }`, and is no entry, which has braces of its own; and up to where that is known.
pub(crate) fn begins_clause(bytes: &[u8], at: usize) -> (bool, usize) {
    let mut depth = 0usize;
    let mut operand = false;
    let mut index = word_end(bytes, at);
    let last = bytes.len().min(at + limits::LOOKED_AHEAD);
    while index < last {
        let byte = byte_at(bytes, index);
        match byte {
            b'"' => {
                index += 1;
                while !matches!(byte_at(bytes, index), b'"' | b'\n' | 0) {
                    index += if byte_at(bytes, index) == b'\\' { 2 } else { 1 };
                }
                operand = true;
            }
            b'/' if byte_at(bytes, index + 1) == b'/' => {
                index = line_end(bytes, index);
                continue;
            }
            b'{' if depth == 0 && operand => return (false, index),
            b'}' if depth == 0 => return (true, index),
            b'(' | b'[' | b'{' => {
                depth += 1;
                operand = false;
            }
            b')' | b']' | b'}' => {
                depth = depth.saturating_sub(1);
                operand = true;
            }
            b'\n' if depth == 0 => {
                let next = skip_gaps(bytes, index);
                let word = bytes.get(next..word_end(bytes, next)).unwrap_or_default();
                let goes_on = matches!(word, b"for" | b"if") || byte_at(bytes, next) == b'}';
                if !goes_on && !continues(bytes, next, false) {
                    return (false, index);
                }
                index = next;
                continue;
            }
            _ if is_word_byte(byte) => {
                let end = word_end(bytes, index);
                let word = bytes.get(index..end).unwrap_or_default();
                let kind = std::str::from_utf8(word).map_or(TokenKind::Name, word_kind);
                operand = matches!(kind, TokenKind::Name | TokenKind::Pascal | TokenKind::Bool)
                    || word.first().is_some_and(u8::is_ascii_digit);
                index = end;
                continue;
            }
            b' ' | b'\t' | b'\r' | b'\n' => {}
            _ => operand = false,
        }
        index += 1;
    }
    (false, last)
}

/// The next byte that is no blank, line break, or part of a comment.
fn skip_gaps(bytes: &[u8], at: usize) -> usize {
    let mut at = at;
    loop {
        match byte_at(bytes, at) {
            b' ' | b'\t' | b'\r' | b'\n' => at += 1,
            b'/' if byte_at(bytes, at + 1) == b'/' => at = line_end(bytes, at),
            _ => return at,
        }
    }
}
