//! Text to items, tokens, lossless trees, typed views, and the formatter. Knows nothing of files, or of what names mean; of Kubernetes it has a few names in what it advises, and nothing else.
//!
//! The way of a text:
//!
//! 1. [`cut()`] finds the items of a file, and [`recut`] finds them again after an edit; [`header()`] tells kind and name of an item from its first tokens.
//! 2. [`lex`] makes [`Tokens`] of one item's text: a string of kinds, one byte each, and ranges that are relative to the item.
//! 3. [`parse`] makes a [`Shape`] of a string of kinds. It is a pure function of that string, so items that look alike share a shape.
//! 4. [`Tree`] puts shape, tokens and text together. Its [`Node`]s are known by their index in preorder, which no change of layout or of a literal moves.
//! 5. [`ast`] has the typed views, [`literal`] the values of strings and numbers, [`problems`] the mistakes, [`format()`] the canonical layout of a file.
//!
//! Invariants, each a test: no input fails to parse or panics; no byte is lost; time is linear; depth is bounded ([`limits`]); a node's kind determines its children ([`NodeKind`]).

// The parser that pest derives names it.
extern crate alloc;

pub mod ast;
mod beside;
mod cut;
mod foreign;
pub mod format;
mod header;
mod lexer;
pub mod limits;
pub mod literal;
mod nesting;
mod node;
mod open;
pub mod problem;
mod scan;
mod shape;
mod slip;
mod token;
mod tree;

pub use beside::taken_beside;
pub use cut::{Cuts, cut, file_doc, recut};
pub use format::{Formatted, format};
pub use header::{Header, ItemKind, header};
pub use lexer::{Span, Tokens, lex};
pub use node::NodeKind;
pub use problem::{Problem, problems};
pub use shape::{Shape, parse};
pub use slip::{Slip, SlipKind};
pub use token::{TokenKind, word_kind};
pub use tree::{Children, Node, Parsed, Tree};
