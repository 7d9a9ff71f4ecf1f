//! What an edit of a file leaves as it is: the stretches before and after it, and the items in them.

use std::ops::Range;

use syntax::Cuts;

/// The range of the old text that was replaced, and how many bytes stand there now.
pub(super) fn difference(old: &str, new: &str) -> (Range<usize>, usize) {
    let start = old.bytes().zip(new.bytes()).take_while(|(a, b)| a == b).count();
    let rest = old.len().min(new.len()) - start;
    let same_end =
        old.bytes().rev().zip(new.bytes().rev()).take(rest).take_while(|(a, b)| a == b).count();
    (start..old.len() - same_end, new.len() - same_end - start)
}

/// How many items before and after an edit are what they were.
pub(super) fn untouched(
    old: &Cuts,
    new: &Cuts,
    edit: &Range<usize>,
    inserted: usize,
) -> (usize, usize) {
    let before = old
        .items
        .iter()
        .zip(&new.items)
        .take_while(|(a, b)| a == b && (a.end as usize) <= edit.start)
        .count();
    let removed = edit.end - edit.start;
    let most = old.items.len().min(new.items.len()) - before;
    let after = old
        .items
        .iter()
        .rev()
        .zip(new.items.iter().rev())
        .take(most)
        .take_while(|(a, b)| {
            a.start as usize >= edit.end
                && a.start as usize + inserted == b.start as usize + removed
                && a.end - a.start == b.end - b.start
        })
        .count();
    (before, after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_what_lies_between_the_ends() {
        assert_eq!(difference("a b c", "a x c"), (2..3, 1));
        assert_eq!(difference("aa", "aaa"), (2..2, 1));
        assert_eq!(difference("aaa", "aa"), (2..3, 0));
        assert_eq!(difference("", "x"), (0..0, 1));
    }
}
