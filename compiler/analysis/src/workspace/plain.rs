//! Files that are no `.dep` files and can be wrong all the same: `dep.toml`, `dep.lock`.

use std::ops::Range;
use std::sync::Arc;

use crate::diagnostic::{Span, line_starts, position};

/// A text in which mistakes are shown.
#[derive(Clone, Debug)]
pub struct Plain {
    /// The path as the user would write it.
    pub path: Arc<str>,
    pub text: String,
    line_starts: Vec<usize>,
}

impl Plain {
    pub fn new(path: impl Into<Arc<str>>, text: String) -> Self {
        Self { path: path.into(), line_starts: line_starts(&text), text }
    }

    /// A stretch of the text.
    pub fn span(&self, range: Range<usize>) -> Span {
        Span {
            file: self.path.clone(),
            start: position(&self.text, &self.line_starts, range.start),
            end: position(&self.text, &self.line_starts, range.end),
            range,
        }
    }
}
