//! What literals mean: strings without their quotes and escapes, blocks without their indentation, numbers.

use std::borrow::Cow;
use std::ops::Range;

/// What is wrong with an escape.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EscapeFault {
    /// Where in the token's text.
    pub range: Range<usize>,
    /// The escape as written.
    pub written: String,
}

/// How a string is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Notation {
    /// `"…"`
    Line,
    /// `"""…"""`
    Block,
    /// `#"…"#`
    Raw,
    /// `#"""…"""#`
    RawBlock,
}

impl Notation {
    /// The notation of a string token, or of the first token of a string with interpolation.
    pub fn of(token: &str) -> Notation {
        match (token.starts_with("#\"\"\""), token.starts_with('#'), token.starts_with("\"\"\"")) {
            (true, ..) => Notation::RawBlock,
            (_, true, _) => Notation::Raw,
            (.., true) => Notation::Block,
            _ => Notation::Line,
        }
    }

    fn quotes(self) -> (&'static str, &'static str) {
        match self {
            Notation::Line => ("\"", "\""),
            Notation::Block => ("\"\"\"", "\"\"\""),
            Notation::Raw => ("#\"", "\"#"),
            Notation::RawBlock => ("#\"\"\"", "\"\"\"#"),
        }
    }

    fn is_block(self) -> bool {
        matches!(self, Notation::Block | Notation::RawBlock)
    }

    fn is_raw(self) -> bool {
        matches!(self, Notation::Raw | Notation::RawBlock)
    }
}

/// Whether a string token, or the last token of a string with interpolation, ends with its quotes.
pub fn is_closed(token: &str, notation: Notation, whole: bool) -> bool {
    let (opening, closing) = notation.quotes();
    let content = if whole { token.strip_prefix(opening) } else { token.strip_prefix(')') };
    let Some(content) = content.and_then(|content| content.strip_suffix(closing)) else {
        return false;
    };
    // An odd number of backslashes takes the quote for itself.
    notation.is_raw() || content.bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 0
}

/// The value of a string token without interpolation, in any notation. Escapes that mean nothing stand for themselves.
///
/// A block begins after the line break behind its quotes and loses the indentation that its lines have in common, the line of its closing quotes among them; every line ends
/// with a line break, unless the quotes close on it.
pub fn string_value(token: &str) -> Cow<'_, str> {
    let notation = Notation::of(token);
    let content = content_of(token, notation, true, true);
    if notation.is_block() {
        return Cow::Owned(block_values(&[content], notation.is_raw()).pop().unwrap_or_default());
    }
    if notation.is_raw() || !content.contains('\\') {
        return Cow::Borrowed(content);
    }
    Cow::Owned(unescape(content))
}

/// The values of the texts of a string with interpolation, from its tokens in order: head, middles, tail.
pub fn template_values(tokens: &[&str]) -> Vec<String> {
    let notation = tokens.first().map_or(Notation::Line, |token| Notation::of(token));
    let last = tokens.len().saturating_sub(1);
    let contents: Vec<&str> = tokens
        .iter()
        .enumerate()
        .map(|(index, token)| content_of(token, notation, index == 0, index == last))
        .collect();
    if notation.is_block() {
        block_values(&contents, false)
    } else {
        contents.into_iter().map(unescape).collect()
    }
}

/// The text of a token without quotes, and without the marks of interpolations.
fn content_of(token: &str, notation: Notation, first: bool, last: bool) -> &str {
    let (opening, closing) = notation.quotes();
    let content =
        if first { token.strip_prefix(opening) } else { token.strip_prefix(')') }.unwrap_or(token);
    if last && is_closed(token, notation, first) {
        return content.strip_suffix(closing).unwrap_or(content);
    }
    content.strip_suffix("\\(").unwrap_or(content)
}

/// Blocks without their common indentation. The texts are those between interpolations.
fn block_values(contents: &[&str], raw: bool) -> Vec<String> {
    let mut common: Option<usize> = None;
    for content in contents {
        let lines = content.split('\n').count();
        for (number, line) in content.split('\n').enumerate().skip(1) {
            let blanks = line.len() - line.trim_start_matches([' ', '\t']).len();
            let empty = blanks == line.trim_end_matches('\r').len();
            let goes_on = number + 1 == lines;
            // A line of blanks counts where the closing quotes or an interpolation stand on it.
            if !empty || goes_on {
                common = Some(common.map_or(blanks, |common| common.min(blanks)));
            }
        }
    }
    let common = common.unwrap_or(0);
    let mut values = Vec::with_capacity(contents.len());
    for (index, content) in contents.iter().enumerate() {
        let mut value = String::with_capacity(content.len());
        for (number, line) in content.split('\n').enumerate() {
            let line = line.strip_suffix('\r').unwrap_or(line);
            if number == 0 {
                value.push_str(line);
                continue;
            }
            // The line break behind the opening quotes is layout.
            if !(index == 0 && number == 1 && value.trim_matches([' ', '\t']).is_empty()) {
                value.push('\n');
            } else {
                value.clear();
            }
            let blanks = line.len() - line.trim_start_matches([' ', '\t']).len();
            value.push_str(line.get(blanks.min(common)..).unwrap_or_default());
        }
        values.push(if raw { value } else { unescape(&value) });
    }
    values
}

fn unescape(text: &str) -> String {
    let mut value = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        value.push_str(rest.get(..at).unwrap_or_default());
        let escape = rest.get(at..).unwrap_or_default();
        let (length, character) = escape_at(escape);
        match character {
            Some(character) => value.push(character),
            None => value.push_str(escape.get(..length).unwrap_or_default()),
        }
        rest = escape.get(length..).unwrap_or_default();
    }
    value.push_str(rest);
    value
}

/// The length of the escape that a text begins with, and what it means.
fn escape_at(text: &str) -> (usize, Option<char>) {
    let mut characters = text.chars().skip(1);
    match characters.next() {
        Some('n') => (2, Some('\n')),
        Some('t') => (2, Some('\t')),
        Some('r') => (2, Some('\r')),
        Some('"') => (2, Some('"')),
        Some('\\') => (2, Some('\\')),
        Some('u') => {
            let Some(digits) = text.get(2..).and_then(|rest| rest.strip_prefix('{')) else {
                return (2, None);
            };
            let length = digits.bytes().take_while(u8::is_ascii_hexdigit).count();
            if digits.as_bytes().get(length) != Some(&b'}') {
                return (3 + length, None);
            }
            let value = digits
                .get(..length)
                .filter(|digits| digits.len() <= 6)
                .and_then(|digits| u32::from_str_radix(digits, 16).ok());
            (4 + length, value.and_then(char::from_u32))
        }
        Some(other) => (1 + other.len_utf8(), None),
        None => (1, None),
    }
}

/// The escapes in a string's token that mean nothing. `\(` is an interpolation and not looked at.
pub fn escape_faults(token: &str) -> Vec<EscapeFault> {
    let mut faults = Vec::new();
    if token.starts_with('#') {
        return faults;
    }
    let mut at = 0;
    while let Some(found) = token.get(at..).and_then(|rest| rest.find('\\')) {
        at += found;
        let escape = token.get(at..).unwrap_or_default();
        if escape.starts_with("\\(") {
            at += 2;
            continue;
        }
        let (length, character) = escape_at(escape);
        if character.is_none() {
            faults.push(EscapeFault {
                range: at..at + length,
                written: escape.get(..length).unwrap_or_default().to_owned(),
            });
        }
        at += length;
    }
    faults
}

/// Why a number has no value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NumberFault {
    /// It does not fit into 64 bits.
    TooLarge,
    /// It has a digit that its base has not, or none.
    Malformed,
}

/// The value of a whole number: `1_000`, `0x1f`, `0o755`, `0b11`. `negative` says that a minus stands before it, so that the least number can be written.
///
/// # Errors
/// [`NumberFault::TooLarge`] outside of 64 bits, [`NumberFault::Malformed`] for digits that the base does not have, and for a leading zero, which readers of YAML take for octal.
pub fn int_value(text: &str, negative: bool) -> Result<i64, NumberFault> {
    let (digits, radix) = match text.get(..2) {
        Some("0x") => (text.get(2..).unwrap_or_default(), 16),
        Some("0o") => (text.get(2..).unwrap_or_default(), 8),
        Some("0b") => (text.get(2..).unwrap_or_default(), 2),
        _ => (text, 10),
    };
    let digits: Cow<str> = if digits.contains('_') {
        Cow::Owned(digits.replace('_', ""))
    } else {
        Cow::Borrowed(digits)
    };
    let plain = !digits.is_empty() && digits.chars().all(|digit| digit.is_digit(radix));
    if !plain || text.ends_with('_') || (radix == 10 && digits.len() > 1 && digits.starts_with('0'))
    {
        return Err(NumberFault::Malformed);
    }
    let magnitude = u64::from_str_radix(&digits, radix).map_err(|_| NumberFault::TooLarge)?;
    let value = i128::from(magnitude);
    i64::try_from(if negative { -value } else { value }).map_err(|_| NumberFault::TooLarge)
}

/// The value of a number with a fraction or an exponent.
///
/// # Errors
/// [`NumberFault::TooLarge`] where it is infinite in 64 bits.
pub fn float_value(text: &str) -> Result<f64, NumberFault> {
    let value: f64 = text.replace('_', "").parse().map_err(|_| NumberFault::Malformed)?;
    if value.is_finite() { Ok(value) } else { Err(NumberFault::TooLarge) }
}

/// A literal with a unit, taken apart: `1.5Gi` is `1.5` and `Gi`, `70%` is `70` and `%`, `1h30m` is `1` and `h30m`.
pub fn unit_parts(text: &str) -> (&str, &str) {
    let bytes = text.as_bytes();
    let mut end = bytes
        .iter()
        .take_while(|byte| byte.is_ascii_digit() || matches!(byte, b'_' | b'.'))
        .count();
    // An exponent belongs to the number only where digits follow it.
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let signed = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        let digits =
            bytes.iter().skip(end + 1 + signed).take_while(|byte| byte.is_ascii_digit()).count();
        if digits > 0 {
            end += 1 + signed + digits;
        }
    }
    text.split_at_checked(end).unwrap_or((text, ""))
}
