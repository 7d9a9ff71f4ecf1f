//! An open document, as the client has it.

use std::sync::Arc;

use gen_lsp_types::TextDocumentContentChangeEvent as Change;

use crate::lines::{Encoding, Lines};

#[derive(Clone, Debug)]
pub struct Document {
    /// As the client wrote it, who knows no other address for it.
    pub uri: String,
    pub version: i32,
    /// With the line breaks and the byte order mark that it has there. Shared with whom it is told, so that a large one
    /// is not copied after every key.
    pub text: Arc<String>,
    lines: Lines,
    /// The workspace does not know the text yet.
    pub changed: bool,
}

impl Document {
    pub fn new(uri: String, version: i32, text: String) -> Self {
        let lines = Lines::of(&text);
        Self { uri, version, text: Arc::new(text), lines, changed: true }
    }

    /// Makes changes, each upon the one before.
    pub fn change(&mut self, version: i32, changes: Vec<Change>, encoding: Encoding) {
        self.version = version;
        self.changed = true;
        for change in changes {
            match change {
                Change::TextDocumentContentChangePartial(change) => {
                    let range = self.lines.bytes(&self.text, &change.range, encoding);
                    let text = Arc::make_mut(&mut self.text);
                    text.replace_range(range.clone(), &change.text);
                    self.lines.edit(text, &range, change.text.len());
                }
                Change::TextDocumentContentChangeWholeDocument(change) => {
                    self.lines = Lines::of(&change.text);
                    self.text = Arc::new(change.text);
                }
            }
        }
    }
}
