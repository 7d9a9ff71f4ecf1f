//! Text to items, tokens, lossless trees, typed views, and the formatter.

pub mod ast;
mod cut;
pub mod format;
mod header;
mod lexer;
pub mod limits;
pub mod literal;
mod node;
pub mod problem;
mod scan;
mod shape;
mod token;
mod tree;

pub use cut::{Cuts, cut, file_doc, recut};
pub use format::{Formatted, format};
pub use header::{Header, ItemKind, header};
pub use lexer::{Span, Tokens, lex};
pub use node::NodeKind;
pub use problem::{Problem, problems};
pub use shape::{Shape, parse};
pub use token::{TokenKind, word_kind};
pub use tree::{Children, Node, Parsed, Tree};
