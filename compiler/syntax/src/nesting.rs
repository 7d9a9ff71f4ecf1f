//! Which brackets are open, and which of them a closing bracket closes: what the cut into items and the lexer must agree on.

use crate::limits;
use crate::scan::{byte_at, line_end, line_start, skip_blanks};

/// What is open at some place of a text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Frame {
    Brace,
    Bracket,
    Paren,
    /// Inside `\( … )` of a string; `block` says of which kind.
    Interpolation {
        block: bool,
    },
}

/// The brackets that are open, innermost last. A closing bracket closes those inside the one that it fits, and nothing where none is near; then it is a mistake by itself.
#[derive(Default)]
pub(crate) struct Nesting {
    /// Each with where it was opened.
    frames: Vec<(Frame, usize)>,
    interpolations: usize,
    /// How many of the interpolations end with their line.
    on_lines: usize,
    /// A bracket was closed by what is none of its own, or closed nothing.
    uneven: bool,
}

impl Nesting {
    pub(crate) fn top(&self) -> Option<Frame> {
        self.frames.last().map(|(frame, _)| *frame)
    }

    pub(crate) fn depth(&self) -> usize {
        self.frames.len()
    }

    /// Whether a bracket was left open, so far.
    pub(crate) fn is_uneven(&self) -> bool {
        self.uneven || !self.frames.is_empty()
    }

    pub(crate) fn in_interpolation(&self) -> bool {
        self.interpolations > 0
    }

    pub(crate) fn clear(&mut self) {
        self.frames.clear();
        self.interpolations = 0;
        self.on_lines = 0;
    }

    pub(crate) fn open(&mut self, frame: Frame, at: usize) {
        self.interpolations += usize::from(matches!(frame, Frame::Interpolation { .. }));
        self.on_lines += usize::from(frame == Frame::Interpolation { block: false });
        self.frames.push((frame, at));
    }

    pub(crate) fn pop(&mut self) -> Option<Frame> {
        let frame = self.frames.pop().map(|(frame, _)| frame);
        self.interpolations -= usize::from(matches!(frame, Some(Frame::Interpolation { .. })));
        self.on_lines -= usize::from(frame == Some(Frame::Interpolation { block: false }));
        frame
    }

    /// Closes what the closing bracket at a place was meant to close, and returns that: the frame inside, if it fits or was
    /// written in place of one that fits, or up to one further out.
    pub(crate) fn close_at(&mut self, bytes: &[u8], at: usize) -> Option<Frame> {
        let bracket = byte_at(bytes, at);
        if self.frames.last().is_some_and(|top| closes(bracket, top.0))
            || self.is_instead(bytes, at)
        {
            return self.pop();
        }
        let closed = self.close_around(bytes, at).or_else(|| self.close(bracket));
        self.uneven |= closed.is_none();
        closed
    }

    /// Closes the braces that were left open in a list or call with it, where it begins on the line that closes it, or on one that is indented like that.
    fn close_around(&mut self, bytes: &[u8], at: usize) -> Option<Frame> {
        let bracket = byte_at(bytes, at);
        let mut frames = self.frames.iter().rev().take(limits::DEPTH);
        let inner = frames.position(|(frame, _)| *frame != Frame::Brace)?;
        let (frame, opened) = self.frames.iter().rev().nth(inner).copied()?;
        let fits = closes(bracket, frame) && matches!(frame, Frame::Bracket | Frame::Paren);
        if !fits || opened >= at {
            return None;
        }
        let (own, here) = (near_start(bytes, opened)?, near_start(bytes, at)?);
        let indent = |line: usize| skip_blanks(bytes, line) - line;
        let ends = here + indent(here) == at && indent(here) == indent(own);
        if own != here && !ends {
            return None;
        }
        self.uneven = true;
        (0..=inner).map(|_| self.pop()).last().flatten()
    }

    /// Whether the closing bracket at a place stands where another was meant, `[1, 2}`: what it would close was opened on
    /// another line and goes on below, or nothing was.
    fn is_instead(&self, bytes: &[u8], at: usize) -> bool {
        let Some(((top, opened), around)) = self.frames.split_last() else { return false };
        if self.in_interpolation() || *opened >= at {
            return false;
        }
        let bracket = byte_at(bytes, at);
        let (Some(own), Some(here)) = (near_start(bytes, *opened), near_start(bytes, at)) else {
            return false;
        };
        let indent = |line: usize| skip_blanks(bytes, line) - line;
        let mut fitting = around.iter().rev().take(limits::DEPTH);
        let fitting = fitting.find(|(frame, _)| closes(bracket, *frame));
        let fitting = match fitting.map(|(_, at)| near_start(bytes, *at)) {
            Some(None) => return false,
            Some(Some(line)) => Some(line),
            None => None,
        };
        if fitting == Some(own) || closed_behind(bytes, at, *top) {
            return false;
        }
        // The next line, where it shows that what would be closed goes on.
        let next = next_line(bytes, at + 1);
        let closing = |frame: Frame| next.is_some_and(|next| closes(byte_at(bytes, next), frame));
        let deep = |line: usize| next.map(|next| next - line_start(bytes, next) > indent(line));
        if own == here {
            return fitting.is_none_or(|line| {
                deep(line) == Some(true)
                    || next.is_some_and(|next| {
                        byte_at(bytes, next) == bracket
                            && next - line_start(bytes, next) == indent(line)
                    })
            });
        }
        let first = skip_blanks(bytes, here) == at && indent(here) == indent(own);
        let closed_below =
            closing(*top) && next.is_some_and(|next| next - line_start(bytes, next) == indent(own));
        first && !closed_below && fitting.is_none_or(|line| indent(line) < indent(own))
    }

    /// Closes up to the frame that a closing bracket fits, and returns that frame.
    pub(crate) fn close(&mut self, bracket: u8) -> Option<Frame> {
        let inside = self.in_interpolation();
        let mut found = None;
        for (distance, (frame, _)) in self.frames.iter().rev().take(limits::DEPTH).enumerate() {
            let (fits, blocks) = match (bracket, frame) {
                (b'}', Frame::Brace)
                | (b']', Frame::Bracket)
                | (b')', Frame::Paren | Frame::Interpolation { .. }) => (true, false),
                (b'}', Frame::Paren) | (b']', Frame::Paren) => (false, inside),
                (b'}' | b']', Frame::Interpolation { .. }) => (false, true),
                (b']', Frame::Brace) => (false, true),
                (b')', Frame::Brace) => (false, !inside),
                _ => (false, false),
            };
            if fits {
                found = Some(distance);
                break;
            }
            if blocks {
                return None;
            }
        }
        let mut closed = None;
        self.uneven |= found? > 0;
        for _ in 0..=found? {
            closed = self.pop();
        }
        closed
    }

    /// Ends the strings that end with their line, with all that is open in their interpolations. Returns whether there were any.
    pub(crate) fn end_line(&mut self) -> bool {
        let any = self.on_lines > 0;
        while self.on_lines > 0 {
            self.pop();
        }
        any
    }

    /// Ends lists and calls up to the nearest brace, at a line that reads like a binding.
    pub(crate) fn end_lists(&mut self) {
        while matches!(self.top(), Some(Frame::Bracket | Frame::Paren)) {
            self.uneven = true;
            self.pop();
        }
    }
}

/// Whether a closing bracket is that of a frame.
fn closes(bracket: u8, frame: Frame) -> bool {
    match frame {
        Frame::Brace => bracket == b'}',
        Frame::Bracket => bracket == b']',
        Frame::Paren | Frame::Interpolation { .. } => bracket == b')',
    }
}

/// Where the line of a byte begins, if that is near: of a very long line, each bracket would look as far again.
fn near_start(bytes: &[u8], at: usize) -> Option<usize> {
    let from = at.saturating_sub(limits::LINE);
    match memchr::memrchr(b'\n', bytes.get(from..at)?) {
        Some(line) => Some(from + line + 1),
        None => (from == 0).then_some(0),
    }
}

/// Whether what closes a frame stands behind a bracket on its line, as far as brackets tell.
fn closed_behind(bytes: &[u8], at: usize, frame: Frame) -> bool {
    let near = bytes.get(at + 1..bytes.len().min(at + limits::LINE)).unwrap_or_default();
    let mut depth = 0usize;
    let comment = memchr::memmem::find(near, b"//").unwrap_or(near.len());
    for byte in near.get(..comment).unwrap_or_default() {
        match byte {
            b'\n' => return false,
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' if depth == 0 => return closes(*byte, frame),
            b')' | b']' | b'}' => depth -= 1,
            _ => {}
        }
    }
    false
}

/// Where the first token of the next line stands, if nothing but a comma stands before it on this one.
fn next_line(bytes: &[u8], at: usize) -> Option<usize> {
    let mut at = at;
    let mut crossed = false;
    loop {
        match byte_at(bytes, at) {
            b' ' | b'\t' | b'\r' => at += 1,
            b',' if !crossed => at += 1,
            b'\n' => {
                crossed = true;
                at += 1;
            }
            b'/' if byte_at(bytes, at + 1) == b'/' => at = line_end(bytes, at),
            _ => return (crossed && at < bytes.len()).then_some(at),
        }
    }
}
