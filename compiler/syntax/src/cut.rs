//! The cut of a file into its items, and of a changed file again.
//!
//! An item's text begins with its first doc comment and ends with its last token. Blank lines and plain comments between items belong to none, so that moving an item, or a blank
//! line on top, changes no item. Linear, and close to the speed of memory, because it runs over whole files on every edit that cannot be bounded.

use std::ops::Range;

use crate::foreign::{
    Unended, is_of_url, manifest_end, may_be_manifest, quoted_end, text_over_lines,
};
use crate::lexer::{Span, lex};
use crate::limits;
use crate::nesting::{Frame, Nesting};
use crate::scan::{
    TextEnd, begins_item, begins_regex, byte_at, continues, ends_lists, is_doc, line_end, raw_end,
    regex_end, skip_blanks, string_text,
};
use crate::slip::{begins_comment, comment_end, indented, joined};
use crate::token::TokenKind;

/// The items of a file.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Cuts {
    /// Where each item stands in the file, ascending, never overlapping.
    pub items: Vec<Span>,
    /// Whether every bracket, string and `/*` of every item is closed. If not, from the first that is open on, an item keyword or a binding at the start of a line begins a new item.
    pub closed: bool,
}

/// Cuts a file into its items. Text past 4 GiB belongs to no item; [`crate::limits::FILE_BYTES`] is far below.
pub fn cut(text: &str) -> Cuts {
    let mut cutter = Cutter::new(bounded(text), 0);
    cutter.run(|_, _| false);
    Cuts { items: cutter.items, closed: !cutter.strict && !cutter.unclosed && !cutter.far }
}

/// Cuts a file again after one edit, reading only as far as boundaries differ. `edit` is the range of bytes of the old text that was replaced, `inserted` the number of bytes
/// that stand there now. The result equals `cut(text)`.
pub fn recut(old: &Cuts, text: &str, edit: Range<usize>, inserted: usize) -> Cuts {
    if !old.closed || old.items.is_empty() {
        return cut(text);
    }
    let bytes = bounded(text);
    // The item before the first one touched: what is edited may become its continuation.
    let touched = old.items.partition_point(|item| (item.end as usize) < edit.start);
    let kept = touched.saturating_sub(1);
    let from =
        if kept == 0 { 0 } else { old.items.get(kept).map_or(0, |item| item.start as usize) };
    let removed = edit.end.saturating_sub(edit.start);
    let edited_end = edit.start + inserted;
    let mut cutter = Cutter::new(bytes, from);
    cutter.items = old.items.get(..kept).unwrap_or_default().to_vec();
    let mut agreed = None;
    let finished = cutter.run(|start, _| {
        if start <= edited_end {
            return false;
        }
        let before = start - inserted + removed;
        match old.items.binary_search_by_key(&before, |item| item.start as usize) {
            Ok(index) => {
                agreed = Some(index);
                true
            }
            Err(_) => false,
        }
    });
    if cutter.strict || cutter.unclosed || cutter.far {
        return cut(text);
    }
    if !finished && let Some(rest) = agreed.and_then(|index| old.items.get(index..)) {
        let shift = |offset: u32| (offset as usize - removed + inserted) as u32;
        cutter.items.extend(
            rest.iter().map(|item| Span { start: shift(item.start), end: shift(item.end) }),
        );
    }
    Cuts { items: cutter.items, closed: true }
}

/// The text of the `//!` comments before the first item, without their marks.
pub fn file_doc(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut at = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    let mut doc = String::new();
    while at < bytes.len() {
        let start = skip_blanks(bytes, at);
        let end = line_end(bytes, start);
        let line = text.get(start..end).unwrap_or_default().trim_end();
        if let Some(content) = line.strip_prefix("//!") {
            if !doc.is_empty() {
                doc.push('\n');
            }
            doc.push_str(content.strip_prefix(' ').unwrap_or(content));
        } else if !line.is_empty() && (!line.starts_with("//") || is_doc(bytes, start)) {
            break;
        }
        at = end + 1;
    }
    doc
}

fn bounded(text: &str) -> &[u8] {
    let bytes = text.as_bytes();
    bytes.get(..bytes.len().min(u32::MAX as usize)).unwrap_or(bytes)
}

/// The bytes that the scan must look at: line breaks, quotes, slashes, brackets.
const STOPS: [bool; 256] = {
    let mut table = [false; 256];
    let stops = b"\n\"'/{}[]()";
    let mut index = 0;
    while index < stops.len() {
        table[stops[index] as usize] = true;
        index += 1;
    }
    table
};

struct Cutter<'t> {
    bytes: &'t [u8],
    at: usize,
    items: Vec<Span>,
    nesting: Nesting,
    /// The start of the item being read.
    item: Option<usize>,
    /// The first doc comment since the last token.
    doc: Option<usize>,
    /// The end of the last token.
    last: usize,
    /// The first line inside the brackets of this item that looks like an item itself: (where it begins, where the token before it ends).
    suspect: Option<(usize, usize)>,
    /// Set when something was found to be left open: from here on a line that looks like an item is one.
    strict: bool,
    /// How many strings ran to the end of the file without being closed.
    open_strings: usize,
    /// Somewhere nothing ends a comment as C writes it.
    unclosed: bool,
    unended: Unended,
    /// Where an item ends depends on what stands further down than in the next one, or further up than in the one before.
    far: bool,
    /// How many braces that close nothing were looked at.
    strays: usize,
    /// No manifest begins before.
    plain: usize,
}

/// Each string that is never closed is read to the end of the file; so after this many, what remains is one item.
const OPEN_STRINGS: usize = 16;

impl<'t> Cutter<'t> {
    fn new(bytes: &'t [u8], at: usize) -> Self {
        let at = if at == 0 && bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { at };
        Cutter {
            bytes,
            at,
            items: Vec::new(),
            nesting: Nesting::default(),
            item: None,
            doc: None,
            last: at,
            suspect: None,
            strict: false,
            open_strings: 0,
            unclosed: false,
            unended: Unended::default(),
            far: false,
            strays: 0,
            plain: 0,
        }
    }

    /// Reads to the end, or until `agrees` says of an item's start that all from there is known; returns whether it came to the end.
    fn run(&mut self, mut agrees: impl FnMut(usize, &[Span]) -> bool) -> bool {
        loop {
            while self.at < self.bytes.len() {
                if !self.line(&mut agrees) {
                    return false;
                }
            }
            if self.nesting.depth() == 0 {
                break;
            }
            // Something is open at the end of the file: go back to the first line that looks like an item. This happens once, as `strict` stays.
            let first = !std::mem::replace(&mut self.strict, true);
            match self.suspect.take() {
                Some((start, last)) if first => {
                    self.last = last;
                    self.finish_item();
                    self.nesting.clear();
                    self.unclosed = false;
                    self.at = start;
                }
                _ => break,
            }
        }
        self.finish_item();
        true
    }

    fn finish_item(&mut self) {
        if let Some(start) = self.item.take() {
            self.items.push(Span { start: start as u32, end: self.last as u32 });
        }
        self.suspect = None;
        self.doc = None;
    }

    /// Reads one line, and further ones where a string spans them; returns whether to go on.
    fn line(&mut self, agrees: &mut impl FnMut(usize, &[Span]) -> bool) -> bool {
        let line_start = self.at;
        let first = skip_blanks(self.bytes, line_start);
        match byte_at(self.bytes, first) {
            b'\n' => {
                self.at = first + 1;
                return true;
            }
            0 if first >= self.bytes.len() => {
                self.at = first;
                return true;
            }
            b'/' if byte_at(self.bytes, first + 1) == b'/' => {
                if is_doc(self.bytes, first) {
                    self.doc.get_or_insert(first);
                }
                self.at = line_end(self.bytes, first) + 1;
                return true;
            }
            _ => {}
        }
        if self.item.is_some()
            && self.doc.is_none()
            && matches!(self.nesting.top(), None | Some(Frame::Brace))
            && let Some(block) = indented(self.bytes, self.last, first)
        {
            self.last = block.span.end as usize;
            self.at = line_end(self.bytes, self.last) + 1;
            return true;
        }
        let start = self.doc.take().unwrap_or(first);
        if self.item.is_some() && self.separates(line_start, first, start) {
            self.finish_item();
            self.nesting.clear();
        }
        if self.item.is_none() {
            if agrees(start, &self.items) {
                return false;
            }
            self.item = Some(start);
            if first == line_start
                && may_be_manifest(self.bytes, first)
                && let Some(end) = self.manifest_end(start)
            {
                self.last = end;
                self.finish_item();
                self.at = line_end(self.bytes, end) + 1;
                return true;
            }
        }
        self.rest_of_line(first);
        true
    }

    /// Whether a line of code begins a new item.
    fn separates(&mut self, line_start: usize, first: usize, start: usize) -> bool {
        match self.nesting.top() {
            None if continues(self.bytes, first, false) => {
                first == line_start && self.begins_manifest(first)
            }
            None => {
                let documented = start != first;
                documented || joined(self.bytes, self.last, first, false, false).is_none()
            }
            Some(top) => {
                if first == line_start && begins_item(self.bytes, first) {
                    if self.strict {
                        return true;
                    }
                    self.suspect.get_or_insert((start, self.last));
                }
                if matches!(top, Frame::Bracket | Frame::Paren) && ends_lists(self.bytes, first) {
                    // Of a `let`, what stands further down tells it.
                    self.far = true;
                    self.nesting.end_lists();
                    return self.nesting.depth() == 0;
                }
                false
            }
        }
    }

    /// Where a manifest ends that begins at a line.
    fn manifest_end(&mut self, at: usize) -> Option<usize> {
        if at < self.plain {
            return None;
        }
        self.far = true;
        match manifest_end(self.bytes, at) {
            Ok(end) => Some(end),
            Err(end) => {
                self.plain = end;
                None
            }
        }
    }

    /// Whether a line that begins with an operator divides a manifest from what stands above.
    fn begins_manifest(&mut self, at: usize) -> bool {
        self.bytes.get(at..at + 3) == Some(b"---") && self.manifest_end(at).is_some()
    }

    /// Reads from a token to the end of its line.
    fn rest_of_line(&mut self, from: usize) {
        let bytes = self.bytes;
        let mut at = from;
        loop {
            while at < bytes.len() && !STOPS[bytes[at] as usize] {
                at += 1;
            }
            let stop = byte_at(bytes, at);
            match stop {
                b'"' => at = self.string(at),
                b'\'' => {
                    self.far = true;
                    at = quoted_end(bytes, at, &mut self.unended).unwrap_or(at + 1);
                }
                b'/' if byte_at(bytes, at + 1) == b'/' && is_of_url(bytes, at) => at += 2,
                b'/' if byte_at(bytes, at + 1) == b'/' => {
                    self.end_code(at);
                    self.at = line_end(bytes, at) + 1;
                    return;
                }
                b'/' if begins_comment(bytes, at) => {
                    at = comment_end(bytes, at, false, &mut self.unclosed)
                }
                b'/' if begins_regex(bytes, at) => at = regex_end(bytes, at),
                b'{' => {
                    self.nesting.open(Frame::Brace, at);
                    at += 1;
                }
                b'[' => {
                    self.nesting.open(Frame::Bracket, at);
                    at += 1;
                }
                b'(' => {
                    self.nesting.open(Frame::Paren, at);
                    at += 1;
                }
                b'}' | b']' | b')' => {
                    if self.nesting.close_at(bytes, at).is_none() && stop == b'}' {
                        self.never_opened(at);
                    }
                    at += 1;
                }
                _ if at >= bytes.len() || stop == b'\n' => {
                    self.end_code(at);
                    self.at = at + 1;
                    return;
                }
                _ => at += 1,
            }
        }
    }

    /// At a brace that closes nothing: where the one was meant to stand that it closes, all from there on is one item.
    fn never_opened(&mut self, at: usize) {
        self.far = true;
        // Lines are looked at as far as an indentation goes: all of a text may be one.
        let begins_within = |at: usize, indent: usize| {
            let before = self.bytes.get(at.saturating_sub(indent + 1)..at).unwrap_or_default();
            at <= indent || before.contains(&b'\n')
        };
        let before = self.bytes.get(..at).unwrap_or_default().iter().rev();
        let indent =
            before.take(limits::INDENT).take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let first = at == indent || byte_at(self.bytes, at - indent - 1) == b'\n';
        if !first || self.strays >= limits::STRAYS {
            return;
        }
        self.strays += 1;
        let is_around = |item: &Span| begins_within(item.start as usize, indent);
        let Some(head) = self.items.iter().rposition(is_around) else { return };
        let start = self.items.get(head).map_or(at, |item| item.start as usize);
        let text = self.bytes.get(start..=at).filter(|text| text.len() <= limits::STRAY_BYTES);
        let text = text.map(std::str::from_utf8);
        let Some(Ok(text)) = text else { return };
        let tokens = lex(text);
        if tokens.kind(tokens.len().saturating_sub(1)) == Some(TokenKind::RBrace) {
            self.items.truncate(head);
            self.item = Some(start);
        }
    }

    /// Notes that the last token ends before `at`, but for blanks.
    fn end_code(&mut self, at: usize) {
        let mut end = at.min(self.bytes.len());
        while end > self.last
            && matches!(byte_at(self.bytes, end - 1), b' ' | b'\t' | b'\r' | b'\n')
        {
            end -= 1;
        }
        self.last = self.last.max(end);
    }

    /// The end of a string whose first quote stands at `at`.
    fn string(&mut self, at: usize) -> usize {
        if at > 0 && byte_at(self.bytes, at - 1) == b'#' {
            let end = raw_end(self.bytes, at - 1);
            return self.bounded_string(at, end);
        }
        let block = bytes_are_block(self.bytes, at);
        let (end, how) = string_text(self.bytes, at + if block { 3 } else { 1 }, block);
        let end = match how {
            TextEnd::Interpolation => interpolated_end(self.bytes, end, block),
            TextEnd::Open if !block => {
                self.far = true;
                return text_over_lines(self.bytes, end).unwrap_or(end);
            }
            _ => end,
        };
        if block { self.bounded_string(at, end) } else { end }
    }

    /// A string over several lines that is never closed would swallow the rest of the file: it ends before the next line that looks like an item.
    fn bounded_string(&mut self, at: usize, end: usize) -> usize {
        let closed = end < self.bytes.len()
            || matches!(self.bytes.get(at..end), Some([.., b'"', b'"', b'"'] | [.., b'#']) if end > at + 5);
        if closed || self.open_strings >= OPEN_STRINGS {
            return end;
        }
        self.open_strings += 1;
        let mut line = line_end(self.bytes, at) + 1;
        while line < end {
            if begins_item(self.bytes, line) {
                self.strict = true;
                return line - 1;
            }
            line = line_end(self.bytes, line) + 1;
        }
        end
    }
}

fn bytes_are_block(bytes: &[u8], at: usize) -> bool {
    bytes.get(at..at + 3) == Some(b"\"\"\"")
}

/// The end of a string whose first interpolation begins before `at`. As the lexer reads it: brackets count in an interpolation only as far as its `)` depends on them.
fn interpolated_end(bytes: &[u8], at: usize, block: bool) -> usize {
    let mut end = at;
    let mut nesting = Nesting::default();
    nesting.open(Frame::Interpolation { block }, end);
    while end < bytes.len() {
        let byte = byte_at(bytes, end);
        match byte {
            b'\n' if nesting.end_line() && nesting.depth() == 0 => return end,
            b'"' if byte_at(bytes, end - 1) == b'#' => {
                end = raw_end(bytes, end - 1);
                continue;
            }
            b'"' => {
                let block = bytes_are_block(bytes, end);
                let how;
                (end, how) = string_text(bytes, end + if block { 3 } else { 1 }, block);
                if how == TextEnd::Interpolation {
                    nesting.open(Frame::Interpolation { block }, end);
                }
                continue;
            }
            b'/' if byte_at(bytes, end + 1) == b'/' && !is_of_url(bytes, end) => {
                end = line_end(bytes, end);
                continue;
            }
            b'/' if begins_comment(bytes, end) => {
                end = comment_end(bytes, end, true, &mut false);
                continue;
            }
            b'{' => nesting.open(Frame::Brace, end),
            b'[' => nesting.open(Frame::Bracket, end),
            b'(' => nesting.open(Frame::Paren, end),
            b'}' | b']' | b')' => {
                if let Some(Frame::Interpolation { block }) = nesting.close(byte) {
                    let how;
                    (end, how) = string_text(bytes, end + 1, block);
                    if how == TextEnd::Interpolation {
                        nesting.open(Frame::Interpolation { block }, end);
                    } else if nesting.depth() == 0 {
                        return end;
                    }
                    continue;
                }
            }
            _ => {}
        }
        end += 1;
    }
    bytes.len()
}
