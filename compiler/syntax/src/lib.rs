//! Text to items, tokens, lossless trees, typed views, and the formatter.

pub mod limits;
mod node;
mod token;

pub use node::NodeKind;
pub use token::{TokenKind, word_kind};
