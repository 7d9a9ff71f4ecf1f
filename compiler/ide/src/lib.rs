//! What an editor asks for, as plain data: ranges are bytes of the text that the workspace has of a file, and nothing
//! here knows a protocol.
//!
//! Each feature is a function of a workspace and a place, in a file of its own. None keeps anything: what is worth
//! keeping is a memo of the query graph below.

mod folds;
mod formatting;
mod links;
mod outline;
mod selection;

pub use folds::{Fold, FoldKind, folds};
pub use formatting::{Replacement, formatted};
pub use links::{Link, links};
pub use outline::{Outline, Shape, matches, outline};
pub use selection::selection;
