//! What an edit of a file leaves as it is: the stretches before and after it, and the items in them.

use std::ops::Range;

use syntax::Cuts;

/// The range of the old text that was replaced, and how many bytes stand there now.
pub(super) fn difference(old: &str, new: &str) -> (Range<usize>, usize) {
    let (old, new) = (old.as_bytes(), new.as_bytes());
    let start = alike(old.chunks(PIECE).zip(new.chunks(PIECE)), |(a, b)| {
        a.iter().zip(b).take_while(|(a, b)| a == b).count()
    });
    let behind = |text: &'_ [u8]| start.min(text.len())..text.len();
    let (old_rest, new_rest) = (old.get(behind(old)), new.get(behind(new)));
    let (old_rest, new_rest) = (old_rest.unwrap_or_default(), new_rest.unwrap_or_default());
    let same_end = alike(old_rest.rchunks(PIECE).zip(new_rest.rchunks(PIECE)), |(a, b)| {
        a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count()
    });
    (start..old.len() - same_end, new.len() - same_end - start)
}

/// Bytes that are compared at once: all of a large file is looked at after every key.
const PIECE: usize = 256;

/// How many bytes are alike in pairs of pieces: those of all that are the same, and what `within` finds in the next.
fn alike<'t>(
    mut pieces: impl Iterator<Item = (&'t [u8], &'t [u8])>,
    within: impl Fn((&'t [u8], &'t [u8])) -> usize,
) -> usize {
    let mut count = 0;
    loop {
        match pieces.next() {
            Some((a, b)) if a == b => count += a.len(),
            Some(differing) => return count + within(differing),
            None => return count,
        }
    }
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
        for at in [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE] {
            let old = "a".repeat(at) + "b" + &"c".repeat(4 * PIECE - at);
            let new = old.replace('b', "xyz");
            assert_eq!(difference(&old, &new), (at..at + 1, 3));
            assert_eq!(difference(&new, &old), (at..at + 3, 1));
            let more = old.replace('b', "bb");
            assert_eq!(difference(&old, &more), (at + 1..at + 1, 1));
        }
    }
}
