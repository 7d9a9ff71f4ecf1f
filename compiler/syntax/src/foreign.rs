//! Texts, lines and documents as other languages write them, each of which is read past as a whole: texts in `'''`, texts over several lines in `"`, what a template puts in, and manifests in YAML.
//!
//! None of these can stand in a program without mistakes. The cut into items and the lexer ask the same functions.

use crate::limits;
use crate::scan::{byte_at, is_word_byte, line_end, line_start, skip_blanks};

/// The end of a line that is `---`, or `{{ … }}`, if one begins at `at`.
pub(crate) fn foreign_line_end(bytes: &[u8], at: usize) -> Option<usize> {
    let line = bytes.get(at..at + 3).filter(|start| *start == b"---" || start.starts_with(b"{{"));
    let line = line.and(bytes.get(at..line_end(bytes, at)))?;
    // A comment behind it is none of it.
    let comment = memchr::memmem::find(line, b" //").unwrap_or(line.len());
    let line = line.get(..comment)?.trim_ascii_end();
    let divides = line.iter().all(|byte| *byte == b'-');
    (divides || (line.starts_with(b"{{") && line.ends_with(b"}}"))).then_some(at + line.len())
}

/// Whether the two slashes at `at` are those of a URL without quotes, `http://host`, and begin no comment: no value and no
/// type ends with a `:`.
pub(crate) fn is_of_url(bytes: &[u8], at: usize) -> bool {
    let named = at >= 2
        && byte_at(bytes, at - 1) == b':'
        && byte_at(bytes, at - 2).is_ascii_lowercase()
        && byte_at(bytes, at) == b'/'
        && byte_at(bytes, at + 1) == b'/';
    named && (is_word_byte(byte_at(bytes, at + 2)) || byte_at(bytes, at + 2) == b'$')
}

/// Of which texts no end was found: what is not found once need not be looked for again.
#[derive(Default)]
pub(crate) struct Unended {
    three: bool,
    two: bool,
}

/// The end of a text in `'`, or of one over several lines in `'''` or `''`, as Python and Nix write it, if one begins at `at`.
pub(crate) fn quoted_end(bytes: &[u8], at: usize, unended: &mut Unended) -> Option<usize> {
    let rest = bytes.get(at..)?;
    if rest.starts_with(b"'''") {
        let found = if unended.three { None } else { memchr::memmem::find(rest.get(3..)?, b"'''") };
        unended.three |= found.is_none();
        return found.map(|length| at + length + 6);
    }
    if rest.starts_with(b"''") && byte_at(bytes, skip_blanks(bytes, at + 2)) == b'\n' {
        // Of a block the closing quotes begin a line; two others are an empty text each.
        let begins_line = |end: &usize| skip_blanks(bytes, line_start(bytes, *end)) == *end;
        let next = if unended.two { None } else { memchr::memmem::find(rest.get(2..)?, b"''") };
        unended.two |= next.is_none();
        let found = next.map(|length| at + 2 + length).filter(begins_line);
        return found.map(|end| end + 2).or(Some(at + 2));
    }
    let near = bytes.get(at + 1..bytes.len().min(at + limits::LOOKED_AHEAD))?;
    let end = near.iter().position(|byte| matches!(byte, b'\'' | b'"' | b'\\' | b'\n'))?;
    let end = at + 1 + end;
    // An apostrophe within a word ends nothing.
    let apart = !is_word_byte(byte_at(bytes, end + 1))
        && at.checked_sub(1).is_none_or(|before| !is_word_byte(byte_at(bytes, before)));
    (byte_at(bytes, end) == b'\'' && apart).then_some(end + 1)
}

/// The end of a text that begins with `"` and is not closed on its line, which ends at `line`, if it is one over several
/// lines: the next quote closes it, and nothing but what closes brackets stands behind that.
pub(crate) fn text_over_lines(bytes: &[u8], line: usize) -> Option<usize> {
    let mut at = line;
    loop {
        let held = bytes.get(at..)?;
        at += memchr::memchr2(b'"', b'\\', held)?;
        match byte_at(bytes, at) {
            b'"' => break,
            _ => at += 2,
        }
    }
    let behind = bytes.get(at + 1..line_end(bytes, at))?;
    let comment = memchr::memmem::find(behind, b"//").unwrap_or(behind.len());
    let behind = behind.get(..comment)?;
    // A text that begins behind `=` is another one, whatever it says.
    let before = bytes.get(line_start(bytes, at)..at)?.trim_ascii_end();
    if before.ends_with(b"=") {
        return None;
    }
    let closes = |byte: &u8| b" \t\r,;)]}".contains(byte);
    behind.iter().all(closes).then_some(at + 1)
}

/// The end of what a template puts in, `{{ .Values.tag }}`, if that begins at `at`.
pub(crate) fn put_in_end(bytes: &[u8], at: usize) -> Option<usize> {
    let near = bytes.get(at..bytes.len().min(at + limits::LOOKED_AHEAD))?;
    let rest = near.strip_prefix(b"{{")?;
    let end = memchr::memmem::find(rest, b"}}")?;
    let held = rest.get(..end).filter(|held| !held.contains(&b'\n'))?.trim_ascii_start();
    let held = held.strip_prefix(b"-").unwrap_or(held).trim_ascii_start();
    let words: [&[u8]; 10] = [
        b"include ",
        b"template ",
        b"toYaml ",
        b"default ",
        b"quote ",
        b"tpl ",
        b"if ",
        b"with ",
        b"range ",
        b"printf ",
    ];
    let known = held.starts_with(b".")
        || held.starts_with(b"$")
        || held == b"end"
        || held == b"else"
        || words.iter().any(|word| held.starts_with(word));
    known.then_some(at + 2 + end + 2)
}

/// Whether a line may be the first of a manifest.
pub(crate) fn may_be_manifest(bytes: &[u8], at: usize) -> bool {
    let begins = |word: &[u8]| bytes.get(at..at + word.len()) == Some(word);
    match byte_at(bytes, at) {
        b'a' => begins(b"apiVersion:"),
        b'k' => begins(b"kind:"),
        b'm' => begins(b"metadata:"),
        b'-' => begins(b"---"),
        b'{' => begins(b"{{"),
        b'#' => true,
        _ => false,
    }
}

/// The end of a manifest in YAML, or a template of one, whose first line begins at `at`: all lines that YAML would read,
/// if `apiVersion` and `kind` are among them. Otherwise where those lines end: none begins within them either.
pub(crate) fn manifest_end(bytes: &[u8], at: usize) -> Result<usize, usize> {
    if !may_be_manifest(bytes, at) {
        return Err(at);
    }
    let (mut version, mut kind, mut plain) = (false, false, false);
    let mut end = at;
    let mut line = at;
    while line < bytes.len() {
        let next = line_end(bytes, line);
        let text = bytes.get(line..next).unwrap_or_default().trim_ascii_end();
        let mut deep = false;
        let held = match text.first() {
            None | Some(b'#') => true,
            Some(b' ' | b'\t') => {
                deep = true;
                true
            }
            Some(b'-') => text.starts_with(b"---") || text.starts_with(b"- "),
            Some(b'{') => text.starts_with(b"{{"),
            Some(_) => {
                let key =
                    text.iter().take_while(|byte| is_word_byte(**byte) || b"-./".contains(*byte));
                let (key, value) = text.split_at_checked(key.count()).unwrap_or_default();
                let value = value
                    .strip_prefix(b":")
                    .filter(|value| value.is_empty() || value.starts_with(b" "));
                version |= key == b"apiVersion" && value.is_some();
                kind |= key == b"kind" && value.is_some();
                // No type begins so, and no value stands behind `:`.
                plain |= value.is_some_and(|value| {
                    let value = value.trim_ascii_start();
                    value.is_empty() || value.first().is_some_and(u8::is_ascii_lowercase)
                });
                value.is_some()
            }
        };
        if !held {
            break;
        }
        if !text.is_empty() && (version || kind || deep) {
            end = line + text.len();
        }
        line = next + 1;
    }
    if version && kind && plain { Ok(end) } else { Err(line) }
}
