//! What stands between two tokens: comments and line breaks.

/// A comment on a line of its own.
pub(super) struct OwnLine<'t> {
    pub(super) text: &'t str,
    /// Whether a blank line stands before it.
    pub(super) spaced: bool,
}

/// The comments and line breaks between two tokens.
#[derive(Default)]
pub(super) struct Gap<'t> {
    /// A comment on the line of the token before.
    pub(super) trailing: Option<&'t str>,
    /// Comments on lines of their own.
    pub(super) own: Vec<OwnLine<'t>>,
    /// Whether there is a line break.
    pub(super) breaks: bool,
    /// Whether a blank line stands right before the next token.
    pub(super) spaced: bool,
}

impl<'t> Gap<'t> {
    pub(super) fn read(text: &'t str) -> Gap<'t> {
        let mut gap = Gap::default();
        let mut blank = false;
        let mut lines = text.split('\n').peekable();
        let mut first = true;
        while let Some(line) = lines.next() {
            let last = lines.peek().is_none();
            let content = line.trim_matches(|character: char| {
                character.is_ascii_whitespace() || character == '\u{feff}'
            });
            if content.is_empty() {
                // The first line goes on with the token before, and the last one with the token after.
                blank |= !first && !last;
            } else if first {
                gap.trailing = Some(content);
            } else {
                gap.own.push(OwnLine { text: content, spaced: std::mem::take(&mut blank) });
            }
            gap.breaks |= !last;
            first = false;
        }
        gap.spaced = blank;
        gap
    }

    pub(super) fn has_comment(&self) -> bool {
        self.trailing.is_some() || !self.own.is_empty()
    }
}
