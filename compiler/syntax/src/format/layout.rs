//! Writes the tokens of items with their comments, line by line.

use crate::token::TokenKind;
use crate::tree::Tree;

use super::WIDTH;
use super::gap::Gap;
use super::groups::{Group, groups_of, would_continue};
use super::spacing::{Traits, blank_between, traits_of};

/// The text written so far.
pub(super) struct Writer {
    pub(super) text: String,
    /// How many characters the current line has.
    column: usize,
    /// The indentation of the current line, in levels.
    indent: usize,
}

/// An open bracket whose entries have lines of their own, or not.
struct Open {
    kind: TokenKind,
    broken: bool,
    /// The level of its entries, and that of its closing bracket.
    base: usize,
    closing: usize,
}

/// Where the next token goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// On the same line.
    Here,
    /// On a new line of this level.
    Line(usize),
}

impl Writer {
    pub(super) fn new(capacity: usize) -> Writer {
        Writer { text: String::with_capacity(capacity + capacity / 8), column: 0, indent: 0 }
    }

    fn write(&mut self, text: &str) {
        if self.text.is_empty() || self.text.ends_with('\n') {
            for _ in 0..self.indent {
                self.text.push_str("  ");
            }
            self.column = self.indent * 2;
        }
        self.text.push_str(text);
        match text.rsplit_once('\n') {
            Some((_, last)) => self.column = last.chars().count(),
            None => self.column += text.chars().count(),
        }
    }

    /// Ends the line that was begun, if any.
    fn break_line(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
        self.column = 0;
    }

    /// Ends the line, and leaves one blank unless this is the beginning of the file.
    fn blank_line(&mut self) {
        self.break_line();
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    /// Writes the comments of a gap; those on own lines at a level. Returns whether there were any, after which the line is ended.
    fn comments(&mut self, gap: &Gap<'_>, level: usize, opened: bool) -> bool {
        if let Some(comment) = gap.trailing {
            // At the beginning of the file nothing stands before it.
            if !self.text.is_empty() && !self.text.ends_with('\n') {
                self.text.push(' ');
            }
            self.indent = level;
            self.write(comment);
            self.break_line();
        }
        for (number, comment) in gap.own.iter().enumerate() {
            if comment.spaced && !(opened && number == 0 && gap.trailing.is_none()) {
                self.blank_line();
            } else {
                self.break_line();
            }
            self.indent = level;
            self.write(comment.text);
            self.break_line();
        }
        gap.has_comment()
    }

    /// Writes an item behind the comments before it.
    pub(super) fn item(&mut self, before: &Gap<'_>, tree: Tree<'_>) {
        self.comments(before, 0, false);
        if before.spaced {
            self.blank_line();
        } else {
            self.break_line();
        }
        self.indent = 0;
        Layout::new(tree).write(self);
    }

    /// Writes the comments at the end of the file.
    pub(super) fn end(&mut self, gap: &Gap<'_>) {
        self.comments(gap, 0, false);
        self.break_line();
    }
}

struct Layout<'t> {
    tree: Tree<'t>,
    gaps: Vec<Gap<'t>>,
    traits: Vec<Traits>,
    groups: Vec<Group>,
    open: Vec<Open>,
    /// The last token written.
    last: Option<usize>,
    /// Whether a separator was passed that becomes a line break.
    pending: bool,
}

impl<'t> Layout<'t> {
    fn new(tree: Tree<'t>) -> Layout<'t> {
        let tokens = tree.tokens();
        let mut gaps = Vec::with_capacity(tokens.len());
        let mut from = tokens.span(0).start as usize;
        for index in 0..tokens.len() {
            let span = tokens.span(index);
            gaps.push(Gap::read(tree.text().get(from..span.start as usize).unwrap_or_default()));
            from = span.end as usize;
        }
        let traits = traits_of(tree);
        let groups = groups_of(tree, &gaps, &traits);
        Layout { tree, gaps, traits, groups, open: Vec::new(), last: None, pending: false }
    }

    fn traits(&self, index: usize) -> Traits {
        self.traits.get(index).copied().unwrap_or_default()
    }

    fn text(&self, index: usize) -> &'t str {
        self.tree.text().get(self.tree.tokens().span(index).range()).unwrap_or_default()
    }

    fn base(&self) -> usize {
        self.open.last().map_or(0, |open| open.base)
    }

    fn write(mut self, writer: &mut Writer) {
        for index in 0..self.tree.tokens().len() {
            let Some(kind) = self.tree.tokens().kind(index) else { continue };
            if kind == TokenKind::Newline
                || (kind == TokenKind::Comma && self.traits(index).separates)
            {
                self.separator(writer, index, kind);
            } else {
                self.token(writer, index, kind);
            }
        }
    }

    fn separator(&mut self, writer: &mut Writer, index: usize, kind: TokenKind) {
        let level = self.base();
        if let Some(gap) = self.gaps.get(index) {
            writer.comments(gap, level, false);
        }
        let tokens = self.tree.tokens();
        let mut after = index + 1;
        while matches!(tokens.kind(after), Some(TokenKind::Comma | TokenKind::Newline)) {
            after += 1;
        }
        // Of several separators in a row one is written, at the last.
        let repeated = after > index + 1;
        let next = tokens.kind(after);
        let closes = matches!(
            next,
            None | Some(TokenKind::RBrace | TokenKind::RBracket | TokenKind::RParen)
        );
        let broken = self.open.last().is_some_and(|open| open.broken);
        let bracket = self.open.last().map(|open| open.kind);
        if kind == TokenKind::Comma && !closes && !repeated {
            // In parentheses a line break separates nothing, and there are lines that would go on with the one above.
            let in_parens = bracket == Some(TokenKind::LParen);
            let in_list = bracket == Some(TokenKind::LBracket);
            if !broken
                || in_parens
                || would_continue(self.tree, index + 1, in_list)
                || next == Some(TokenKind::Regex)
            {
                writer.write(",");
                self.last = Some(index);
            }
        }
        self.pending |= broken && !closes && next != Some(TokenKind::Regex);
    }

    fn token(&mut self, writer: &mut Writer, index: usize, kind: TokenKind) {
        use TokenKind as K;
        let opened = self.last.is_some_and(|last| self.is_opening(last));
        let closed = if matches!(kind, K::RBrace | K::RBracket | K::RParen | K::StrTail) {
            self.open.pop()
        } else {
            None
        };
        // A comment in the middle of an entry stands where the rest of the entry goes on.
        let continued = usize::from(!self.pending && !opened);
        let inner = closed.as_ref().map_or(self.base() + continued, |open| open.base);
        let empty = Gap::default();
        let gaps = std::mem::take(&mut self.gaps);
        let gap = gaps.get(index).unwrap_or(&empty);
        let commented = self.last.is_some() && writer.comments(gap, inner, opened);
        let mut place = match &closed {
            Some(open) if open.broken => Place::Line(open.closing),
            Some(_) => Place::Here,
            None if self.pending
                || (opened && self.open.last().is_some_and(|open| open.broken)) =>
            {
                Place::Line(self.base())
            }
            None if self.last.is_some()
                && gap.breaks
                && !opened
                && !matches!(kind, K::Comma | K::Regex) =>
            {
                Place::Line(self.base() + 1)
            }
            None => Place::Here,
        };
        if commented && place == Place::Here {
            place = Place::Line(self.base() + 1);
        }
        match place {
            Place::Line(level) => {
                if gap.spaced && closed.is_none() && !opened {
                    writer.blank_line();
                } else {
                    writer.break_line();
                }
                writer.indent = level;
            }
            Place::Here => {
                if let Some(last) = self.last
                    && let Some(last_kind) = self.tree.tokens().kind(last)
                    && blank_between((last_kind, self.traits(last)), (kind, self.traits(index)))
                {
                    writer.write(" ");
                }
            }
        }
        self.gaps = gaps;
        if matches!(kind, K::LBrace | K::LBracket | K::LParen | K::StrHead) {
            self.begin_group(writer, index, kind);
        }
        writer.write(self.text(index));
        self.last = Some(index);
        self.pending = false;
    }

    fn is_opening(&self, index: usize) -> bool {
        use TokenKind as K;
        matches!(
            self.tree.tokens().kind(index),
            Some(K::LBrace | K::LBracket | K::LParen | K::StrHead)
        )
    }

    fn begin_group(&mut self, writer: &Writer, index: usize, kind: TokenKind) {
        let group = self.groups.get(index).copied().unwrap_or_default();
        let broken =
            group.broken || (group.breakable && !self.fits(writer.column, index, group.close));
        let line = writer.indent;
        let base = if broken { line + 1 } else { self.base() };
        self.open.push(Open { kind, broken, base, closing: line });
    }

    /// Whether a group fits on the line, up to where it must break anyway.
    fn fits(&self, column: usize, open: usize, close: usize) -> bool {
        let tokens = self.tree.tokens();
        let mut column = column;
        let mut last: Option<(TokenKind, Traits)> = None;
        for index in open..=close {
            let Some(kind) = tokens.kind(index) else { continue };
            let this = (kind, self.traits(index));
            if index > open && self.gaps.get(index).is_some_and(|gap| gap.breaks) {
                // The author's own line break inside, as of a long expression in parentheses.
                return true;
            }
            column += usize::from(last.is_some_and(|last| blank_between(last, this)));
            let text = self.text(index);
            let (line, more) =
                text.split_once('\n').map_or((text, false), |(line, _)| (line, true));
            column += line.chars().count();
            if column > WIDTH {
                return false;
            }
            if more
                || (index > open
                    && self.is_opening(index)
                    && self.groups.get(index).is_some_and(|group| group.broken))
            {
                return true;
            }
            last = Some(this);
        }
        true
    }
}
