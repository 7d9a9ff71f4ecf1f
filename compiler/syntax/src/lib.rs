//! Text to items, tokens, lossless trees, typed views, and the formatter.

mod cut;
mod lexer;
pub mod limits;
mod node;
mod scan;
mod shape;
mod token;
mod tree;

pub use cut::{Cuts, cut, file_doc, recut};
pub use lexer::{Span, Tokens, lex};
pub use node::NodeKind;
pub use shape::{Shape, parse};
pub use token::{TokenKind, word_kind};
pub use tree::{Children, Node, Parsed, Tree};
