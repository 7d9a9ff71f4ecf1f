//! Text that others wrote, as it may reach a terminal: nothing in it moves the cursor, and no word of it fills the screen.

use std::borrow::Cow;

/// A word of a message that is longer than this many characters is cut.
const LONG_WORD: usize = 400;
/// What is shown of it.
const SHOWN: usize = 80;

/// A message with its control characters spelled out and its longest words cut.
pub fn message(text: &str) -> Cow<'_, str> {
    let is_long =
        text.len() > LONG_WORD && words(text).any(|word| word.chars().count() > LONG_WORD);
    if !is_long && !text.chars().any(moves) {
        return text.into();
    }
    let mut shown = String::new();
    for word in words(text) {
        let cut = (word.chars().count() > LONG_WORD).then_some(SHOWN);
        for c in word.chars().take(cut.unwrap_or(usize::MAX)) {
            match moves(c) {
                true => shown.extend(c.escape_unicode()),
                false => shown.push(c),
            }
        }
        if cut.is_some() {
            let blank = word.chars().next_back().filter(|c| c.is_whitespace());
            shown.push('…');
            shown.extend(blank);
        }
    }
    shown.into()
}

/// A text of lines with a mark in place of each control character, which takes as many bytes: places in it stay.
pub fn source(text: &str) -> Cow<'_, str> {
    let moves = |at: usize, c: char| {
        moves(c) || c == '\r' && !text.get(at..).is_some_and(|rest| rest.starts_with("\r\n"))
    };
    if !text.char_indices().any(|(at, c)| moves(at, c)) {
        return text.into();
    }
    let mark = |(at, c): (usize, char)| match (moves(at, c), c.len_utf8()) {
        (false, _) => c,
        (true, 1) => '?',
        (true, _) => '¿',
    };
    text.char_indices().map(mark).collect::<String>().into()
}

/// Whether a terminal does something else than to show it.
fn moves(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\t' | '\r')
}

/// The words of a text, each with the blank behind it.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(char::is_whitespace)
}
