//! Files that are no `.dep` files and can be wrong all the same: `dep.toml`, `dep.lock`.

use std::ops::Range;
use std::sync::Arc;

use crate::diagnostic::{Lines, Span};

/// A text in which mistakes are shown.
#[derive(Clone, Debug)]
pub struct Plain {
    /// The path as the user would write it.
    pub path: Arc<str>,
    pub text: String,
    lines: Lines,
}

impl Plain {
    pub fn new(path: impl Into<Arc<str>>, text: String) -> Self {
        Self { path: path.into(), lines: Lines::of(&text), text }
    }

    /// A stretch of the text.
    pub fn span(&self, range: Range<usize>) -> Span {
        Span {
            file: self.path.clone(),
            start: self.lines.position(&self.text, range.start),
            end: self.lines.position(&self.text, range.end),
            range,
        }
    }
}
