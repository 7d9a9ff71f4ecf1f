//! Where what the compiler speaks of stands in a file as it is on disk: whoever changes the file needs its own offsets.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use analysis::diagnostic::Diagnostic;
use analysis::limits::FILE_BYTES;
use analysis::workspace::Files;

/// Where offsets of the text that the compiler reads, without a byte order mark and with plain line breaks, stand in
/// the file.
pub struct Raw {
    mark: usize,
    /// The offsets, in the compiler's text, of the line breaks that are two bytes in the file.
    wide: Vec<usize>,
}

impl Raw {
    pub fn of(text: &str) -> Self {
        let plain = text.strip_prefix('\u{feff}').unwrap_or(text);
        let breaks = plain.match_indices("\r\n").enumerate();
        Self {
            mark: text.len() - plain.len(),
            wide: breaks.map(|(before, (at, _))| at - before).collect(),
        }
    }

    pub fn range(&self, range: Range<usize>) -> Range<usize> {
        let raw = |at: usize| self.mark + at + self.wide.partition_point(|wide| *wide < at);
        raw(range.start)..raw(range.end)
    }
}

/// Makes the offsets in diagnostics, and in the changes that they offer, those of the files on disk.
pub fn as_on_disk(files: &dyn Files, found: &mut [Diagnostic]) {
    let mut known: BTreeMap<Arc<str>, Option<Raw>> = BTreeMap::new();
    let mut on_disk = |file: &Arc<str>, range: &mut Range<usize>| {
        let raw = known.entry(file.clone()).or_insert_with(|| {
            let bytes = files.read(file, FILE_BYTES).ok()?;
            Some(Raw::of(std::str::from_utf8(&bytes).ok()?))
        });
        if let Some(raw) = raw {
            *range = raw.range(range.clone());
        }
    };
    for diagnostic in found {
        let related = diagnostic.related.iter_mut().map(|(span, _)| span);
        for span in diagnostic.span.iter_mut().chain(related) {
            on_disk(&span.file, &mut span.range);
        }
        for edit in diagnostic.fix.iter_mut().flat_map(|fix| &mut fix.edits) {
            on_disk(&edit.file, &mut edit.range);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_stand_where_they_did_in_the_file() {
        let text = "\u{feff}a\r\nb\nc\r\nd";
        let raw = Raw::of(text);
        for (at, rest) in [(0, "a\r\n"), (1, "\r\n"), (2, "b"), (4, "c\r"), (5, "\r\nd"), (6, "d")]
        {
            let range = raw.range(at..at);
            assert!(text[range.start..].starts_with(rest), "{at}");
        }
    }
}
