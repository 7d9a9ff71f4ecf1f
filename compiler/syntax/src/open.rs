//! Brackets that were left open, and where they were meant to end: the indentation of lines tells it, where the count of brackets alone would blame the outermost one.

use crate::lexer::{Span, Tokens};
use crate::token::TokenKind;

/// The end of a bracket that was left open.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Closing {
    /// The end of the token behind which it is closed.
    pub at: usize,
    /// What closes it.
    pub bracket: u8,
    /// Where it was opened.
    pub opening: Span,
}

/// The first bracket that another one closes, or nothing, and where it was meant to end: before what closes another, and before the first line that is indented no deeper than its own.
pub(crate) fn left_open(text: &str, tokens: &Tokens) -> Option<Closing> {
    let (opening, limit) = opened(text, tokens)?;
    let start = tokens.span(opening).start as usize;
    let (own, indent) = line_of(text, start)?;
    let mut line = own;
    let mut end = opening + 1;
    while end < limit {
        let at = tokens.span(end).start as usize;
        let first = line_of(text, at).filter(|(begins, _)| *begins > line);
        if let Some((begins, deep)) = first
            && tokens.kind(end) != Some(TokenKind::Newline)
        {
            line = begins;
            if begins + deep == at && deep <= indent {
                break;
            }
        }
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
    Some(Closing { at, bracket, opening: tokens.span(opening) })
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
        // Of what begins and ends within a line, the grammar knows as much as the layout of lines.
        while let Some(last) = open.last().copied()
            && tokens.kind(last)? != opens
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

/// Where the line of an offset begins, and by how much it is indented.
fn line_of(text: &str, offset: usize) -> Option<(usize, usize)> {
    let before = text.as_bytes().get(..offset)?;
    let start = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
    let line = text.as_bytes().get(start..)?;
    let deep = line.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    Some((start, deep))
}
