//! Brackets that were left open, never opened or closed too early, and where their other half was meant to stand: the indentation of lines tells it, where the count of brackets alone would blame the outermost one.

use crate::lexer::{Span, Tokens};
use crate::limits;
use crate::nesting::Frame;
use crate::token::TokenKind;

/// A bracket that is missing, or one too many.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Supplied {
    /// The end of the token behind which it is missing, or is too many.
    pub at: usize,
    pub bracket: u8,
    /// Of one that closes, where it was opened; of one that opens, the token before it; of one too many, itself.
    pub of: Span,
    pub too_many: bool,
}

impl Supplied {
    /// Its token, and what it opens.
    pub fn token(&self) -> (TokenKind, Option<Frame>) {
        match self.bracket {
            b'{' => (TokenKind::LBrace, Some(Frame::Brace)),
            b'[' => (TokenKind::LBracket, Some(Frame::Bracket)),
            b'}' => (TokenKind::RBrace, None),
            b']' => (TokenKind::RBracket, None),
            _ => (TokenKind::RParen, None),
        }
    }
}

/// The first bracket that another one closes, or nothing, and where it was meant to end: before what closes another, and before the first line that is indented no deeper than its own.
pub(crate) fn left_open(text: &str, tokens: &Tokens) -> Option<Supplied> {
    let (opening, limit) = opened(text, tokens)?;
    let start = tokens.span(opening).start as usize;
    let (own, indent) = line_of(text, start)?;
    let mut line = own;
    let mut end = opening + 1;
    let mut inner = 0usize;
    while end < limit {
        let at = tokens.span(end).start as usize;
        let kind = tokens.kind(end)?;
        let closes = matches!(kind, TokenKind::RBrace | TokenKind::RBracket | TokenKind::RParen);
        let opens = matches!(kind, TokenKind::LBrace | TokenKind::LBracket | TokenKind::LParen);
        let first = line_of(text, at).filter(|(begins, _)| *begins > line);
        if let Some((begins, deep)) = first
            && tokens.kind(end) != Some(TokenKind::Newline)
        {
            line = begins;
            // What was opened within ends within.
            let within = closes && inner > 0;
            if begins + deep == at && deep <= indent && !within {
                break;
            }
        }
        // No body holds a reason.
        if inner == 0 && kind == TokenKind::Because {
            break;
        }
        inner = if opens { inner + 1 } else { inner.saturating_sub(usize::from(closes)) };
        end += 1;
    }
    let bracket = match tokens.kind(opening)? {
        TokenKind::LBrace => b'}',
        TokenKind::LBracket => b']',
        _ => b')',
    };
    // Of a list in which something has a type or a value, the grammar knows better where it was meant to end.
    if bracket != b'}' && binds(tokens, opening + 1..end) {
        return None;
    }
    let at = tokens.span(end - 1).end as usize;
    Some(Supplied { at, bracket, of: tokens.span(opening), too_many: false })
}

/// Where the bracket was meant to be opened without which another closes nothing: behind the line above that is indented like the one which closes it,
/// where all lines between are indented deeper; or on the line of what closes it. Of those that seem to close what was opened elsewhere, the first such one was meant.
pub(crate) fn never_opened(text: &str, tokens: &Tokens) -> Option<Supplied> {
    use TokenKind as K;
    let stray = (0..tokens.len()).find(|index| is_stray(text, tokens, *index))?;
    let mut open: Vec<usize> = Vec::new();
    for index in 0..=stray {
        let closes = match tokens.kind(index)? {
            K::LBrace | K::LBracket | K::LParen | K::StrHead => {
                open.push(index);
                continue;
            }
            K::RBrace | K::RBracket | K::RParen => open.pop(),
            K::StrTail => {
                open.pop();
                continue;
            }
            _ if index == stray => None,
            _ => continue,
        };
        let (line, indent) = line_of(text, tokens.span(index).start as usize)?;
        let begins = line + indent == tokens.span(index).start as usize;
        // `ports [ http = 80 }`: no list and no call holds entries.
        if let Some(opening) = closes
            && matches!(tokens.kind(opening), Some(K::LParen | K::LBracket))
            && tokens.kind(index) == Some(K::RBrace)
            && begins_entry(tokens, opening + 1)
        {
            let of = tokens.span(opening);
            return Some(Supplied { at: of.end as usize, bracket: b'{', of, too_many: false });
        }
        let own = closes.map(|opening| line_of(text, tokens.span(opening).start as usize));
        let elsewhere = match own {
            Some(own) => own.is_none_or(|own| own.0 < line && (!begins || own.1 < indent)),
            None => true,
        };
        let bracket = tokens.span(index).range();
        let bracket = text.as_bytes().get(bracket.start).copied()?;
        let before = match elsewhere {
            false => None,
            true if begins => above(text, tokens, index, indent),
            true => on_line(text, tokens, index, line),
        };
        let opens = |before: &usize| match (bracket, tokens.kind(*before)) {
            (b']', kind) => matches!(kind, Some(K::Assign | K::Append | K::Prepend)),
            (b'}', Some(K::Assign | K::Str | K::RBracket | K::RParen | K::Question)) => true,
            (b'}', Some(K::Int | K::Bool | K::Unit)) => true,
            // Another bracket stands in its place.
            (b'}', Some(K::LParen | K::LBracket)) => true,
            (b'}', Some(kind)) => kind.is_word(),
            _ => false,
        };
        if let Some(before) = before.filter(opens) {
            let of = tokens.span(before);
            let bracket = if bracket == b']' { b'[' } else { b'{' };
            return Some(Supplied { at: of.end as usize, bracket, of, too_many: false });
        }
    }
    None
}

/// The brace too many on a line of a body, `ports { http = 80 } }`, for which the one that closes the body below closes nothing: it closes what was opened at the end of a line above,
/// and the one below is indented like that line, or less.
pub(crate) fn too_many(text: &str, tokens: &Tokens) -> Option<Supplied> {
    use TokenKind as K;
    let stray = (0..tokens.len()).find(|index| is_stray(text, tokens, *index))?;
    let begins = |index: usize| {
        let at = tokens.span(index).start as usize;
        line_of(text, at).map(|(line, indent)| (line, indent, line + indent == at))
    };
    let (_, indent, true) = begins(stray)? else { return None };
    let mut open: Vec<usize> = Vec::new();
    for index in 0..stray {
        match tokens.kind(index)? {
            K::LBrace | K::LBracket | K::LParen | K::StrHead => open.push(index),
            K::RBracket | K::RParen | K::StrTail => {
                open.pop();
            }
            K::RBrace => {
                let opening = open.pop()?;
                let ((line, _, first), own) = (begins(index)?, begins(opening)?);
                let ends_line = begins(opening + 1).is_some_and(|next| next.2);
                if !first && ends_line && own.0 < line && own.1 >= indent {
                    let at = tokens.span(index - 1).end as usize;
                    let of = tokens.span(index);
                    return Some(Supplied { at, bracket: b'}', of, too_many: true });
                }
            }
            _ => {}
        }
    }
    None
}

/// Whether a token is a bracket that closes nothing.
pub(crate) fn is_stray(text: &str, tokens: &Tokens, index: usize) -> bool {
    let written = text.get(tokens.span(index).range());
    tokens.kind(index) == Some(TokenKind::Bad) && matches!(written, Some("}" | "]" | ")"))
}

/// The last token of the nearest line above that is indented like the one that a token begins, if those between are indented deeper.
fn above(text: &str, tokens: &Tokens, closing: usize, indent: usize) -> Option<usize> {
    let mut line = line_of(text, tokens.span(closing).start as usize)?.0;
    let mut between = false;
    for index in (0..closing).rev().take(limits::LOOKED_UP) {
        if tokens.kind(index) == Some(TokenKind::Newline) {
            continue;
        }
        let (begins, deep) = line_of(text, tokens.span(index).start as usize)?;
        if begins == line {
            continue;
        }
        line = begins;
        if deep <= indent {
            return (deep == indent && between).then_some(index);
        }
        between = true;
    }
    None
}

/// The token on a line behind which a bracket was meant to open that closes on it: the name before another that is bound, or `=`.
fn on_line(text: &str, tokens: &Tokens, closing: usize, line: usize) -> Option<usize> {
    use TokenKind as K;
    let is_list = text.as_bytes().get(tokens.span(closing).start as usize) == Some(&b']');
    let mut depth = 0usize;
    let mut found = None;
    for index in (0..closing).rev() {
        if (tokens.span(index).start as usize) < line {
            break;
        }
        match tokens.kind(index)? {
            K::Newline => break,
            K::RBrace | K::RBracket | K::RParen | K::StrTail => depth += 1,
            K::LBrace | K::LBracket | K::LParen | K::StrHead => {
                depth = depth.checked_sub(1)?;
            }
            K::Assign | K::Append | K::Prepend if is_list && depth == 0 => return Some(index),
            K::Name | K::Pascal | K::Str if !is_list && index + 1 < closing => {
                let rules = index.checked_sub(1).and_then(|before| tokens.kind(before));
                let next = match tokens.kind(index + 1) {
                    Some(K::Modifier) => index + 2,
                    _ => index + 1,
                };
                if begins_entry(tokens, next) && rules != Some(K::Every) {
                    found = Some(index);
                }
            }
            _ => {}
        }
    }
    found
}

/// Whether an entry begins with a token.
fn begins_entry(tokens: &Tokens, at: usize) -> bool {
    entry_behind(tokens, at).is_some()
}

/// Where the name ends of an entry that begins with a token: at the sign by which something is given to it.
pub(crate) fn entry_behind(tokens: &Tokens, at: usize) -> Option<usize> {
    use TokenKind as K;
    let named = matches!(tokens.kind(at), Some(K::Name | K::Pascal | K::Str));
    let mut behind = at + 1;
    while tokens.kind(behind) == Some(K::Dot) {
        behind += 2;
    }
    let gives = |kind| matches!(kind, K::Assign | K::LBrace | K::Append | K::Colon);
    (named && tokens.kind(behind).is_some_and(gives)).then_some(behind)
}

/// Whether a `:` or `=` stands among tokens, and in no brackets of their own.
fn binds(tokens: &Tokens, range: std::ops::Range<usize>) -> bool {
    use TokenKind as K;
    let mut depth = 0usize;
    for index in range {
        match tokens.kind(index) {
            Some(K::LBrace | K::LBracket | K::LParen | K::StrHead) => depth += 1,
            Some(K::RBrace | K::RBracket | K::RParen | K::StrTail) => {
                depth = depth.saturating_sub(1)
            }
            Some(K::Colon | K::Assign) if depth == 0 => return true,
            _ => {}
        }
    }
    false
}

/// The index of the token that opens a bracket which is left open, and that of the first token behind which it cannot end.
fn opened(text: &str, tokens: &Tokens) -> Option<(usize, usize)> {
    use TokenKind as K;
    let closes = |text: &str| matches!(text, "}" | "]" | ")");
    let mut open: Vec<usize> = Vec::new();
    for index in 0..tokens.len() {
        let opens = match tokens.kind(index)? {
            K::LBrace | K::LBracket | K::LParen | K::StrHead => {
                open.push(index);
                continue;
            }
            K::RBrace => K::LBrace,
            K::RBracket => K::LBracket,
            K::RParen => K::LParen,
            K::StrTail => K::StrHead,
            // What closes nothing may be the end of what seems to be open.
            K::Bad if text.get(tokens.span(index).range()).is_some_and(closes) => return None,
            K::Deep => return None,
            _ => continue,
        };
        // Of what begins and ends within a line, the grammar knows as much as the layout of lines; but in braces it reads on.
        while let Some(last) = open.last().copied()
            && tokens.kind(last)? != opens
            && tokens.kind(last)? != K::LBrace
            && tokens.kind(last)? != K::StrHead
            && is_on_one_line(text, tokens, last, index)
        {
            open.pop();
        }
        let last = *open.last()?;
        if tokens.kind(last)? == K::StrHead && opens != K::StrHead {
            return None;
        }
        if tokens.kind(last)? != opens || is_of_another(text, tokens, last, index) {
            return (opens != K::StrHead).then_some((last, index));
        }
        open.pop();
    }
    let last = open.pop()?;
    (tokens.kind(last)? != K::StrHead).then_some((last, tokens.len()))
}

fn is_on_one_line(text: &str, tokens: &Tokens, first: usize, last: usize) -> bool {
    let between = tokens.span(first).start as usize..tokens.span(last).start as usize;
    text.as_bytes().get(between).is_some_and(|text| memchr::memchr(b'\n', text).is_none())
}

/// Whether a bracket that stands first on a line is indented less than the line of the one that it seems to close.
fn is_of_another(text: &str, tokens: &Tokens, opening: usize, closing: usize) -> bool {
    let (opening, closing) = (tokens.span(opening), tokens.span(closing));
    let lines = line_of(text, opening.start as usize).zip(line_of(text, closing.start as usize));
    lines.is_some_and(|((line, indent), (below, deep))| {
        let first = below + deep == closing.start as usize;
        closing.start < closing.end && below > line && first && deep < indent
    })
}

/// Where the line of an offset begins, and by how much it is indented; of a very long line, nothing: each bracket would look as far again.
fn line_of(text: &str, offset: usize) -> Option<(usize, usize)> {
    let from = offset.saturating_sub(limits::LOOKED_AHEAD);
    let before = text.as_bytes().get(from..offset)?;
    let start = match memchr::memrchr(b'\n', before) {
        Some(at) => from + at + 1,
        None if from == 0 => 0,
        None => return None,
    };
    let line = text.as_bytes().get(start..)?;
    let deep = line.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    Some((start, deep))
}
