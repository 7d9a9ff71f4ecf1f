//! An open document, as the client has it.

use gen_lsp_types::TextDocumentContentChangeEvent as Change;

use crate::lines::{Encoding, Lines};

#[derive(Clone, Debug)]
pub struct Document {
    /// As the client wrote it, who knows no other address for it.
    pub uri: String,
    pub version: i32,
    /// With the line breaks and the byte order mark that it has there.
    pub text: String,
    /// The workspace does not know the text yet.
    pub changed: bool,
}

impl Document {
    pub fn new(uri: String, version: i32, text: String) -> Self {
        Self { uri, version, text, changed: true }
    }

    /// Makes changes, each upon the one before.
    pub fn change(&mut self, version: i32, changes: Vec<Change>, encoding: Encoding) {
        self.version = version;
        self.changed = true;
        for change in changes {
            match change {
                Change::TextDocumentContentChangePartial(change) => {
                    let lines = Lines::of(&self.text);
                    let range = lines.bytes(&self.text, &change.range, encoding);
                    self.text.replace_range(range, &change.text);
                }
                Change::TextDocumentContentChangeWholeDocument(change) => {
                    self.text = change.text;
                }
            }
        }
    }
}
