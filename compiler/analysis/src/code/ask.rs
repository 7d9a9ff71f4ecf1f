//! What a reader of a member expects.

/// What is expected of a member or an element.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ask {
    /// `x.a`: it is there.
    There,
    /// `x?.a`: `x` may be absent.
    Optional,
    /// `x.a is set`, `x.a ?? e`, and a key that is perhaps there: either may be absent.
    Perhaps,
}

impl Ask {
    pub fn of(optional: bool) -> Self {
        if optional { Ask::Optional } else { Ask::There }
    }
}
