//! The nodes of which a tree is made.

pub(super) const NONE: u32 = u32::MAX;
pub(super) const LEN_BITS: u32 = 29;
pub(super) const LEN_MASK: u32 = (1 << LEN_BITS) - 1;

/// A node: what it is in the upper three bits of `key_len`, and two words of payload (a number, a
/// place in the text, or the first child and, of a map, the [`mark`]s of its keys).
#[derive(Debug, Clone, Copy)]
pub(super) struct Node {
    pub(super) key_at: u32,
    pub(super) key_len: u32,
    pub(super) origin: u32,
    pub(super) next: u32,
    pub(super) low: u32,
    pub(super) high: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Tag {
    Null,
    False,
    True,
    Int,
    Float,
    Str,
    Map,
    List,
}

impl Node {
    pub(super) fn tag(&self) -> Tag {
        match self.key_len >> LEN_BITS {
            0 => Tag::Null,
            1 => Tag::False,
            2 => Tag::True,
            3 => Tag::Int,
            4 => Tag::Float,
            5 => Tag::Str,
            6 => Tag::Map,
            _ => Tag::List,
        }
    }
}

/// One bit for a key: where a map bears it for none of its keys, it does not have this one.
#[inline]
pub(super) fn mark(key: &[u8]) -> u32 {
    let (first, last) = (key.first().copied(), key.last().copied());
    let sum = key.len() + usize::from(first.unwrap_or(0)) * 3 + usize::from(last.unwrap_or(0)) * 5;
    1 << (sum % 32)
}
