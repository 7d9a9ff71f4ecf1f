//! What an editor asks for, as plain data: ranges are bytes of the text that the workspace has of a file, and nothing
//! here knows a protocol.
//!
//! Each feature is a function of a workspace and a place, in a file of its own. None keeps anything: what is worth
//! keeping is a memo of the query graph below.

mod symbol;

mod calls;
mod complete;
mod folds;
mod formatting;
mod hints;
mod hover;
mod lens;
mod links;
mod navigate;
mod outline;
mod preview;
mod rename;
mod selection;
mod signature;
mod tokens;
mod topology;

pub use calls::{End, end_at, incoming, linked, outgoing};
pub use complete::{Completion, CompletionKind, Completions, completions};
pub use folds::{Fold, FoldKind, folds};
pub use formatting::{Replacement, formatted};
pub use hints::{Hint, HintKind, hints};
pub use hover::{Hover, hover};
pub use lens::{Lens, LensKind, lenses};
pub use links::{Link, links};
pub use navigate::{
    Mention, definition, highlights, implementations, references, type_definition, word_range,
};
pub use outline::{Outline, Shape, matches, outline};
pub use preview::{preview, rendered_at, source_of};
pub use rename::{Renamed, renamable, renamed};
pub use selection::selection;
pub use signature::{Signature, signatures};
pub use tokens::{Token, TokenKind, tokens};
pub use topology::{component_at, drawn_at, topology};
