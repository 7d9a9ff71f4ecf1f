//! From an item's text to its tree.
//!
//! The tree of a sequence of token kinds is one memo, whatever items have that sequence; everything else about
//! a tree is cheap to make again, so it is not kept.

use salsa::Database;
use syntax::{Shape, Tokens, Tree};

use crate::db::Item;

/// A sequence of token kinds, one byte each.
#[salsa::interned(revisions = usize::MAX)]
pub struct Kinds<'db> {
    #[returns(deref)]
    pub bytes: String,
}

/// The tree of all items whose tokens are of these kinds.
#[salsa::tracked]
pub fn shape<'db>(db: &'db dyn Database, kinds: Kinds<'db>) -> Shape {
    syntax::parse(kinds.bytes(db))
}

/// An item's text with its tokens and the shape of their kinds.
pub struct Parsed<'db> {
    text: &'db str,
    tokens: Tokens,
    shape: &'db Shape,
}

/// The item, parsed.
pub fn parsed(db: &dyn Database, item: Item) -> Parsed<'_> {
    let text = item.text(db);
    let tokens = syntax::lex(text);
    let shape = shape(db, Kinds::new(db, &*tokens.kinds));
    Parsed { text, tokens, shape }
}

impl Parsed<'_> {
    pub fn tree(&self) -> Tree<'_> {
        Tree::new(self.shape, &self.tokens, self.text)
    }
}
