//! Numbers, and texts that stand without quotes: `http://host`, `nginx:1.25`, `10.0.0.1`.

use super::Lexer;
use crate::foreign::is_of_url;
use crate::limits;
use crate::nesting::Frame;
use crate::scan::{byte_at, is_word_byte, word_end};
use crate::token::TokenKind;

impl Lexer<'_> {
    pub(super) fn number(&mut self) {
        use TokenKind as K;
        let bytes = self.bytes;
        let digits = |mut at: usize| {
            while byte_at(bytes, at).is_ascii_digit() || byte_at(bytes, at) == b'_' {
                at += 1;
            }
            at
        };
        let start = self.at;
        if byte_at(bytes, start) == b'0' && matches!(byte_at(bytes, start + 1), b'x' | b'o' | b'b')
        {
            return self.push(K::Int, word_end(bytes, start) - start);
        }
        let mut end = digits(start);
        let mut kind = K::Int;
        if byte_at(bytes, end) == b'.' && byte_at(bytes, end + 1).is_ascii_digit() {
            end = digits(end + 1);
            kind = K::Float;
        }
        if matches!(byte_at(bytes, end), b'e' | b'E') {
            let signed = usize::from(matches!(byte_at(bytes, end + 1), b'+' | b'-'));
            if byte_at(bytes, end + 1 + signed).is_ascii_digit() {
                end = digits(end + 1 + signed);
                kind = K::Float;
            }
        }
        if is_word_byte(byte_at(bytes, end)) {
            end = word_end(bytes, end);
            kind = K::Unit;
        } else if byte_at(bytes, end) == b'%'
            && !is_word_byte(byte_at(bytes, end + 1))
            && byte_at(bytes, end + 1) != b'('
        {
            end += 1;
            kind = K::Unit;
        }
        if self.may_be_bare(end) && self.bare_text(end) {
            return;
        }
        // `2024-01-02`
        let zero = byte_at(bytes, start) == b'0' && byte_at(bytes, start + 1).is_ascii_digit();
        if zero && self.kinds.last() == Some(&(K::Minus as u8)) && self.bare_text(start - 1) {
            return;
        }
        self.push(kind, end - start);
    }

    /// Whether a word or number that ends at `end` goes on with a sign that no value has: most do not.
    pub(super) fn may_be_bare(&self, end: usize) -> bool {
        match byte_at(self.bytes, end) {
            b'.' => byte_at(self.bytes, end + 1).is_ascii_digit(),
            sign => sign == b':',
        }
    }

    /// Takes what stands together around `sign` as one token that is none, if it is where a value begins and can be no
    /// expression; returns whether it did. The sign is a `:`, an `@`, or a `.` or `-` before a number.
    pub(super) fn bare_text(&mut self, sign: usize) -> bool {
        use TokenKind as K;
        let (mut start, mut first) = (self.at, self.spans.len());
        while let Some(before) = first.checked_sub(1)
            && self.spans.get(before).is_some_and(|span| span.end as usize == start)
            && self.kinds.get(before).and_then(|kind| K::from_byte(*kind)).is_some_and(is_of_text)
            && self.at - start < limits::BARE_TEXT
        {
            start = self.spans.get(before).map_or(start, |span| span.start as usize);
            first = before;
        }
        let before = first.checked_sub(1).and_then(|before| self.kinds.get(before));
        let begins = match before.and_then(|kind| K::from_byte(*kind)) {
            Some(K::Assign) => true,
            Some(K::LBracket | K::Comma) => self.nesting.top() == Some(Frame::Bracket),
            _ => false,
        };
        if !begins || start == sign || !goes_on(self.bytes, start, sign) {
            return false;
        }
        self.kinds.truncate(first);
        self.spans.truncate(first);
        self.at = start;
        self.push(K::Bad, end_of(self.bytes, sign) - start);
        true
    }
}

/// Whether a token can be a part of a text without quotes.
fn is_of_text(kind: TokenKind) -> bool {
    use TokenKind as K;
    kind.is_word()
        || matches!(kind, K::Int | K::Float | K::Unit | K::Dot | K::LeadDot | K::Minus | K::Times)
}

/// Whether what stands behind a sign goes on with a text. `2:10` is a range with another sign, which is told so.
fn goes_on(bytes: &[u8], start: usize, sign: usize) -> bool {
    let next = byte_at(bytes, sign + 1);
    if byte_at(bytes, sign) != b':' {
        return is_word_byte(next);
    }
    let is_number = |from: usize, to: usize| {
        bytes.get(from..to).is_some_and(|digits| digits.iter().all(u8::is_ascii_digit))
    };
    let end = word_end(bytes, sign + 1);
    let range = is_number(start, sign) && is_number(sign + 1, end) && byte_at(bytes, end) != b':';
    let goes_on = is_word_byte(next) || next == b'$' || is_of_url(bytes, sign + 1);
    goes_on && !range
}

/// Where a text without quotes ends: before a blank, a comma, a quote, a bracket or a comment.
fn end_of(bytes: &[u8], sign: usize) -> usize {
    let mut end = sign;
    loop {
        match byte_at(bytes, end) {
            b' ' | b'\t' | b'\r' | b'\n' | 0 => return end,
            b',' | b';' | b'"' | b'\'' | b'{' | b'}' | b'[' | b']' | b'(' | b')' => return end,
            b'/' if byte_at(bytes, end + 1) == b'/' && !is_of_url(bytes, end) => return end,
            b'/' if is_of_url(bytes, end) => end += 2,
            b'/' if byte_at(bytes, end + 1) == b'*' => return end,
            _ => end += 1,
        }
    }
}
