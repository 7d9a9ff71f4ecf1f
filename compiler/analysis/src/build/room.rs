//! How much text the objects of a program may have, counted while it is written.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::limits;

/// What the text of a program's objects may still take, for all threads that write it.
#[derive(Default)]
pub(super) struct Room {
    taken: AtomicUsize,
}

impl Room {
    /// Takes so many bytes; false where there are too many.
    pub(super) fn take(&self, bytes: usize) -> bool {
        let before = self.taken.fetch_add(bytes, Ordering::Relaxed);
        before.saturating_add(bytes) <= limits::OUTPUT_BYTES
    }

    pub(super) fn is_full(&self) -> bool {
        self.taken.load(Ordering::Relaxed) > limits::OUTPUT_BYTES
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_kept() {
        let of = |pieces: &[usize]| {
            let room = Room::default();
            (pieces.iter().all(|bytes| room.take(*bytes)), room.is_full())
        };
        let most = limits::OUTPUT_BYTES;
        assert_eq!((of(&[most - 60, 60]), of(&[most])), ((true, false), (true, false)));
        assert_eq!((of(&[most - 60, 61]), of(&[most + 1])), ((false, true), (false, true)));
    }
}
