//! The one layout, as small changes, so that an editor keeps its cursor and its folds.

use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};

/// A stretch of a text that becomes another.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Replacement {
    pub range: Range<usize>,
    pub text: String,
}

/// What is to be changed in a text to lay it out; in `within` only, where that is given. Nothing where the text cannot
/// be read: it may be just being typed.
pub fn formatted(text: &str, within: Option<Range<usize>>) -> Vec<Replacement> {
    let new = syntax::format(text).text;
    if new == text {
        return Vec::new();
    }
    let (old, new): (Vec<&str>, Vec<&str>) =
        (text.split_inclusive('\n').collect(), new.split_inclusive('\n').collect());
    let starts: Vec<usize> = std::iter::once(0)
        .chain(old.iter().scan(0, |at, line| {
            *at += line.len();
            Some(*at)
        }))
        .collect();
    let start = |line: usize| starts.get(line).copied().unwrap_or(text.len());
    let mut changes = Vec::new();
    for op in capture_diff_slices(Algorithm::Myers, &old, &new) {
        if matches!(op, DiffOp::Equal { .. }) {
            continue;
        }
        let (was, is) = (op.old_range(), op.new_range());
        let range = start(was.start)..start(was.end);
        let wanted = within.as_ref().is_none_or(|within| {
            range.start < within.end.max(within.start + 1) && within.start <= range.end
        });
        if wanted {
            changes.push(Replacement { range, text: new.get(is).unwrap_or_default().concat() });
        }
    }
    changes
}
