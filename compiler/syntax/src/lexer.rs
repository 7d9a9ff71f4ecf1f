//! Text of one item to tokens: kinds, one byte each, and ranges. Comments and blanks are the gaps between ranges.
//!
//! A line break is a token only where it separates, so the grammar knows nothing of layout. Total and linear: every byte is looked at a bounded number of times.

use crate::foreign::{
    Unended, foreign_line_end, is_of_url, manifest_end, put_in_end, quoted_end, text_over_lines,
};
use crate::limits;
use crate::nesting::{Frame, Nesting};
use crate::open::{Supplied, left_open, never_opened, too_many};
use crate::scan::{
    TextEnd, begins_regex, byte_at, continues, ends_lists, line_end, names_key, raw_end, regex_end,
    string_text, word_end,
};
use crate::slip::{Slip, SlipKind, begins_clause, begins_comment, comment_end, indented, joined};
use crate::token::{TokenKind, word_kind};

mod bare;

/// A range of bytes in an item's text.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
}

impl Span {
    /// As a range to index text with.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// The tokens of one item. Kinds and spans have the same length.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Tokens {
    /// One ASCII byte a token, see [`TokenKind`].
    pub kinds: Box<str>,
    /// Where each token stands, ascending. A [`TokenKind::Newline`] is empty.
    pub spans: Box<[Span]>,
    /// What was read past because it can only be a mistake, ascending. Nearly always there is none.
    pub slips: Box<[Slip]>,
}

impl Tokens {
    /// The number of tokens.
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// Whether there is no token.
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// The kind of the token at an index.
    pub fn kind(&self, index: usize) -> Option<TokenKind> {
        self.kinds.as_bytes().get(index).and_then(|byte| TokenKind::from_byte(*byte))
    }

    /// Where the token at an index stands; past the last, the empty span at its end.
    pub fn span(&self, index: usize) -> Span {
        match self.spans.get(index) {
            Some(span) => *span,
            None => self
                .spans
                .last()
                .map_or(Span::default(), |last| Span { start: last.end, end: last.end }),
        }
    }
}

/// The tokens of an item's text, of which the first 4 GiB are read. A bracket that was left open is closed by an empty token where the indentation of lines says that it was
/// meant to end, and one that was never opened is opened by one.
pub fn lex(text: &str) -> Tokens {
    let (mut tokens, mut uneven) = lex_supplied(text, usize::MAX, &[]);
    let mut supplied = Vec::new();
    while uneven && supplied.len() < limits::SUPPLIED {
        let missing = left_open(text, &tokens)
            .or_else(|| never_opened(text, &tokens))
            .or_else(|| too_many(text, &tokens));
        let Some(missing) = missing else { break };
        supplied.push(missing);
        supplied.sort_by_key(|missing| missing.at);
        (tokens, uneven) = lex_supplied(text, usize::MAX, &supplied);
    }
    tokens
}

/// The first tokens of an item's text, at most so many or one more.
pub(crate) fn lex_start(text: &str, most: usize) -> Tokens {
    lex_supplied(text, most, &[]).0
}

/// The first tokens of an item's text, with brackets that are missing at some places; and whether others are without their other half.
fn lex_supplied(text: &str, most: usize, supplied: &[Supplied]) -> (Tokens, bool) {
    let bytes = text.as_bytes();
    let bytes = bytes.get(..bytes.len().min(u32::MAX as usize)).unwrap_or(bytes);
    let estimate = (bytes.len() / 5 + 4).min(most);
    let mut lexer = Lexer {
        text,
        bytes,
        at: 0,
        kinds: Vec::with_capacity(estimate),
        spans: Vec::with_capacity(estimate),
        slips: Vec::new(),
        nesting: Nesting::default(),
        unclosed: false,
        unended: Unended::default(),
        clause: None,
        supplied,
    };
    lexer.run(most);
    let uneven = lexer.nesting.is_uneven();
    if !supplied.is_empty() {
        lexer.slips.sort_by_key(|slip| slip.span.start);
    }
    let tokens = Tokens {
        kinds: String::from_utf8(lexer.kinds).unwrap_or_default().into_boxed_str(),
        spans: lexer.spans.into_boxed_slice(),
        slips: lexer.slips.into_boxed_slice(),
    };
    (tokens, uneven)
}

struct Lexer<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    kinds: Vec<u8>,
    spans: Vec<Span>,
    slips: Vec<Slip>,
    nesting: Nesting,
    /// From here on nothing ends a comment as C writes it.
    unclosed: bool,
    unended: Unended,
    /// What is known of lines that begin with `for`: at which depth of brackets, up to where, and whether they are parts of a comprehension.
    clause: Option<(usize, usize, bool)>,
    /// The brackets that are missing, ascending.
    supplied: &'t [Supplied],
}

impl Lexer<'_> {
    fn run(&mut self, most: usize) {
        if self.bytes.starts_with(b"\xef\xbb\xbf") {
            self.at = 3;
        }
        if let Ok(end) = manifest_end(self.bytes, self.at) {
            let span = Span { start: self.at as u32, end: end as u32 };
            self.slips.push(Slip { kind: SlipKind::Manifest, span });
            self.at = end;
        }
        loop {
            self.supply();
            let crossed = self.skip_gap();
            if self.at >= self.bytes.len() {
                return;
            }
            if crossed && !self.kinds.is_empty() && self.line_break() {
                continue;
            }
            if self.kinds.len() >= most || !self.token() {
                return;
            }
            if self.kinds.len() >= limits::TOKENS && self.at < self.bytes.len() {
                self.too_deep();
                return;
            }
        }
    }

    /// Supplies the brackets that are missing behind the last token.
    fn supply(&mut self) {
        while let Some((missing, rest)) = self.supplied.split_first()
            && missing.at <= self.at
        {
            self.supplied = rest;
            if missing.too_many {
                self.slips.push(Slip { kind: SlipKind::TooMany, span: missing.of });
                self.at = missing.of.end as usize;
                continue;
            }
            let (kind, opened) = missing.token();
            let slip = match opened {
                // Another bracket stands in its place.
                Some(frame) if let Some(last @ (b'(' | b'[')) = self.kinds.last_mut() => {
                    *last = kind as u8;
                    self.nesting.pop();
                    self.nesting.open(frame, self.at);
                    self.slips.push(Slip { kind: SlipKind::Unopened, span: missing.of });
                    continue;
                }
                Some(frame) if self.nesting.depth() < limits::DEPTH => {
                    self.nesting.open(frame, self.at);
                    SlipKind::Unopened
                }
                Some(_) => continue,
                None => {
                    self.nesting.close(missing.bracket);
                    SlipKind::Open
                }
            };
            self.slips.push(Slip { kind: slip, span: missing.of });
            self.push(kind, 0);
        }
    }

    /// Skips blanks, line breaks and comments; returns whether a line break was among them.
    fn skip_gap(&mut self) -> bool {
        let mut crossed = false;
        loop {
            match byte_at(self.bytes, self.at) {
                b' ' | b'\t' | b'\r' => self.at += 1,
                b'\n' => {
                    crossed = true;
                    self.nesting.end_line();
                    self.at += 1;
                }
                b'/' if byte_at(self.bytes, self.at + 1) == b'/'
                    && !is_of_url(self.bytes, self.at) =>
                {
                    self.at = line_end(self.bytes, self.at)
                }
                b'-' | b'{' if self.begins_line() => {
                    let Some(end) = foreign_line_end(self.bytes, self.at) else { return crossed };
                    let span = Span { start: self.at as u32, end: end as u32 };
                    self.slips.push(Slip { kind: SlipKind::Foreign, span });
                    self.at = end;
                }
                b'/' if begins_comment(self.bytes, self.at) => {
                    let (start, inside) = (self.at, self.nesting.in_interpolation());
                    self.at = comment_end(self.bytes, start, inside, &mut self.unclosed);
                    let held = self.bytes.get(start..self.at).unwrap_or_default();
                    crossed |= held.contains(&b'\n');
                    let span = Span { start: start as u32, end: self.at as u32 };
                    self.slips.push(Slip { kind: SlipKind::Comment, span });
                }
                _ => return crossed,
            }
        }
    }

    /// Whether only blanks stand before the place on its line.
    fn begins_line(&self) -> bool {
        let before = self.bytes.get(..self.at).unwrap_or_default();
        let blank = before.iter().rev().find(|byte| !matches!(byte, b' ' | b'\t'));
        blank.is_none_or(|byte| *byte == b'\n')
    }

    /// At the first token of a line: separates it from what stands above, unless it goes on with that. Returns whether lines were read past, so that the next token stands elsewhere.
    fn line_break(&mut self) -> bool {
        let lists = matches!(self.nesting.top(), Some(Frame::Bracket | Frame::Paren))
            && !self.nesting.in_interpolation();
        let ended = lists && ends_lists(self.bytes, self.at);
        if ended {
            self.nesting.end_lists();
        }
        let in_list = match self.nesting.top() {
            Some(Frame::Paren | Frame::Interpolation { .. }) => return false,
            Some(Frame::Bracket) => true,
            Some(Frame::Brace) | None => false,
        };
        let end = self.spans.last().map_or(0, |span| span.end);
        if !in_list && let Some(block) = indented(self.bytes, end as usize, self.at) {
            self.slips.push(block);
            self.at = block.span.end as usize;
            return true;
        }
        if continues(self.bytes, self.at, in_list)
            || matches!(byte_at(self.bytes, self.at), b'}' | b']' | b',')
        {
            return false;
        }
        if !ended && matches!(self.kinds.last(), Some(b'{' | b'[' | b',' | b';')) {
            return false;
        }
        if !in_list && self.goes_on_with_clause() {
            return false;
        }
        let nested = self.nesting.depth() > 0;
        let slip = joined(self.bytes, end as usize, self.at, nested, in_list);
        if let Some(slip) = slip.filter(|_| !ended) {
            self.slips.push(slip);
            return false;
        }
        self.kinds.push(TokenKind::Newline as u8);
        self.spans.push(Span { start: end, end });
        false
    }

    /// Whether a line of a body begins with `for` or `if` as a part of a comprehension.
    fn goes_on_with_clause(&mut self) -> bool {
        let end = word_end(self.bytes, self.at);
        let depth = self.nesting.depth();
        let word = self.bytes.get(self.at..end).unwrap_or_default();
        if !matches!(word, b"for" | b"if") || depth == 0 || names_key(self.bytes, end, true) {
            return false;
        }
        if let Some((known, until, is)) = self.clause
            && known == depth
            && self.at <= until
        {
            return is;
        }
        if word == b"if" {
            return false;
        }
        let (is, until) = begins_clause(self.bytes, self.at);
        self.clause = Some((depth, until, is));
        is
    }

    fn push(&mut self, kind: TokenKind, length: usize) {
        let end = (self.at + length).min(self.bytes.len());
        self.kinds.push(kind as u8);
        self.spans.push(Span { start: self.at as u32, end: end as u32 });
        self.at = end;
    }

    /// Reads one token; returns whether to go on.
    fn token(&mut self) -> bool {
        use TokenKind as K;
        let first = byte_at(self.bytes, self.at);
        let next = byte_at(self.bytes, self.at + 1);
        match first {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => {
                let end = word_end(self.bytes, self.at);
                if self.may_be_bare(end) && self.bare_text(end) {
                    return true;
                }
                let kind = self.text.get(self.at..end).map_or(K::Name, word_kind);
                self.push(kind, end - self.at);
            }
            b'0'..=b'9' => self.number(),
            b'"' => {
                let block = next == b'"' && byte_at(self.bytes, self.at + 2) == b'"';
                return self.string(if block { 3 } else { 1 }, block, K::Str, K::StrHead);
            }
            b'#' if next == b'"' => self.push(K::Str, raw_end(self.bytes, self.at) - self.at),
            b'{' if next == b'{'
                && let Some(end) = put_in_end(self.bytes, self.at) =>
            {
                self.push(K::Str, end - self.at);
            }
            b'{' => return self.opening(K::LBrace, Frame::Brace),
            b'[' => return self.opening(K::LBracket, Frame::Bracket),
            b'(' => return self.opening(K::LParen, Frame::Paren),
            b'}' | b']' | b')' => {
                let (kind, meant) = match self.nesting.close_at(self.bytes, self.at) {
                    Some(Frame::Interpolation { block }) => {
                        return self.string(1, block, K::StrTail, K::StrMid);
                    }
                    None => (K::Bad, first),
                    Some(Frame::Brace) => (K::RBrace, b'}'),
                    Some(Frame::Bracket) => (K::RBracket, b']'),
                    Some(Frame::Paren) => (K::RParen, b')'),
                };
                if first != meant {
                    let span = Span { start: self.at as u32, end: self.at as u32 + 1 };
                    self.slips.push(Slip { kind: SlipKind::Instead, span });
                }
                self.push(kind, 1);
            }
            b',' => self.push(K::Comma, 1),
            b':' => self.push(K::Colon, 1),
            b'=' => match next {
                b'=' => self.push(K::Compare, 2),
                b'>' => self.push(K::FatArrow, 2),
                b'+' => self.push(K::Prepend, 2),
                _ => self.push(K::Assign, 1),
            },
            b'+' if next == b'=' => self.push(K::Append, 2),
            b'+' => self.push(K::Plus, 1),
            b'-' if next == b'>' => self.push(K::ThinArrow, 2),
            b'-' => self.push(K::Minus, 1),
            b'/' if !self.nesting.in_interpolation() && begins_regex(self.bytes, self.at) => {
                self.push(K::Regex, regex_end(self.bytes, self.at) - self.at);
            }
            b'*' | b'/' | b'%' => self.push(K::Times, 1),
            b'!' if next == b'=' => self.push(K::Compare, 2),
            b'<' | b'>' => self.push(K::Compare, if next == b'=' { 2 } else { 1 }),
            b'&' => self.push(K::Amp, 1),
            b'|' => self.push(K::Pipe, 1),
            b'?' => match next {
                b'?' => self.push(K::Coalesce, 2),
                b'.' if byte_at(self.bytes, self.at + 2) != b'.' => self.push(K::OptDot, 2),
                _ => self.push(K::Question, 1),
            },
            b'.' if next == b'.' => {
                if byte_at(self.bytes, self.at + 2) == b'.' {
                    self.push(K::Spread, 3);
                } else {
                    self.push(K::Dots, 2);
                }
            }
            b'.' => self.push(if self.follows_operand() { K::Dot } else { K::LeadDot }, 1),
            _ => self.foreign(),
        }
        true
    }

    /// Whether the token before ends right here and can have members.
    fn follows_operand(&self) -> bool {
        let touches = self.spans.last().is_some_and(|span| span.end as usize == self.at);
        let kind = self.kinds.last().and_then(|byte| TokenKind::from_byte(*byte));
        touches
            && kind.is_some_and(|kind| {
                use TokenKind as K;
                kind.is_word()
                    || matches!(
                        kind,
                        K::RBrace
                            | K::RBracket
                            | K::RParen
                            | K::Str
                            | K::StrTail
                            | K::Question
                            | K::Int
                            | K::Float
                            | K::Unit
                            | K::Bad
                    )
            })
    }

    fn opening(&mut self, kind: TokenKind, frame: Frame) -> bool {
        if self.nesting.depth() >= limits::DEPTH {
            return self.too_deep();
        }
        self.nesting.open(frame, self.at);
        self.push(kind, 1);
        true
    }

    /// Takes the rest of the item as one token, so that neither memory nor stack depends on how deep it nests.
    fn too_deep(&mut self) -> bool {
        self.push(TokenKind::Deep, self.bytes.len() - self.at);
        false
    }

    /// Reads the text of a string behind `opening` bytes (its quotes, or the `)` of an interpolation).
    fn string(&mut self, opening: usize, block: bool, whole: TokenKind, until: TokenKind) -> bool {
        let (end, how) = string_text(self.bytes, self.at + opening, block);
        if how != TextEnd::Interpolation {
            let lines = how == TextEnd::Open && !block && whole == TokenKind::Str;
            let lines = lines && !self.nesting.in_interpolation();
            let far = if lines { text_over_lines(self.bytes, end) } else { None };
            self.push(whole, far.unwrap_or(end) - self.at);
            return true;
        }
        if self.nesting.depth() >= limits::DEPTH {
            return self.too_deep();
        }
        self.nesting.open(Frame::Interpolation { block }, self.at);
        self.push(until, end - self.at);
        true
    }

    /// A run of characters that begin no token.
    fn foreign(&mut self) {
        if byte_at(self.bytes, self.at) == b'\''
            && let Some(end) = quoted_end(self.bytes, self.at, &mut self.unended)
        {
            return self.push(TokenKind::Str, end - self.at);
        }
        if byte_at(self.bytes, self.at) == b'@' && self.bare_text(self.at) {
            return;
        }
        let mut end = self.at + 1;
        while end < self.bytes.len()
            && (byte_at(self.bytes, end) >= 0x80
                || matches!(byte_at(self.bytes, end), b'@' | b'$' | b';' | b'~' | b'^' | b'`'))
        {
            end += 1;
        }
        self.push(TokenKind::Bad, end - self.at);
    }
}
