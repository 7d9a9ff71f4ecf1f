//! From an item's text to its tree.
//!
//! The tree of a sequence of token kinds is one memo, whatever items have that sequence; everything else about
//! a tree is cheap to make again, so it is not kept for long: the queries that one item needs ask for it one after
//! the other, and so each thread remembers the tokens of the texts that it read last.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use salsa::Database;
use syntax::{NodeKind, Shape, Tokens, Tree};

use crate::db::{Item, Text};

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
    tokens: Rc<Tokens>,
    shape: &'db Shape,
}

/// The item, parsed.
pub fn parsed(db: &dyn Database, item: Item) -> Parsed<'_> {
    let text = item.shared_text(db);
    let tokens = tokens(text);
    let shape = shape(db, Kinds::new(db, &*tokens.kinds));
    Parsed { text, tokens, shape }
}

/// Its tokens alone.
pub fn tokens_of(db: &dyn Database, item: Item) -> Rc<Tokens> {
    tokens(item.shared_text(db))
}

/// Of how many texts a thread remembers the tokens.
const RECENT: usize = 32;

/// Of longer texts, in bytes, only the last one is remembered: whoever asks for one place of it mostly asks for hundreds.
const LONG: usize = 1 << 16;

thread_local! {
    static READ: RefCell<VecDeque<(Text, Rc<Tokens>)>> = const { RefCell::new(VecDeque::new()) };
}

fn tokens(text: &Text) -> Rc<Tokens> {
    READ.with_borrow_mut(|read| {
        if let Some((_, tokens)) =
            read.iter().find(|(known, _)| std::ptr::eq::<str>(&**known, &**text))
        {
            return tokens.clone();
        }
        let tokens = Rc::new(syntax::lex(text));
        if text.len() > LONG {
            read.retain(|(known, _)| known.len() <= LONG);
        }
        read.truncate(RECENT - 1);
        read.push_front((text.clone(), tokens.clone()));
        tokens
    })
}

impl Parsed<'_> {
    pub fn tree(&self) -> Tree<'_> {
        Tree::new(self.shape, &self.tokens, self.text)
    }
}

/// Whether an item is of what it names, and not of something in it.
#[salsa::tracked(returns(copy))]
pub(crate) fn binds_whole(db: &dyn Database, item: Item) -> bool {
    is_whole(parsed(db, item).tree().entry())
}

/// Whether an entry binds what it names, and not something in it.
pub(crate) fn is_whole(entry: syntax::Node<'_>) -> bool {
    let path = entry.child(NodeKind::Path);
    let names = |path: syntax::Node<'_>| {
        path.children().filter(|node| node.kind() != NodeKind::Question).count()
    };
    path.is_none_or(|path| names(path) == 1)
}

/// Whether what follows the value of an item cannot be read, and may have been meant as a part of it. A record ends with
/// its brace, whatever follows.
pub(crate) fn is_cut_short(value: syntax::Node<'_>) -> bool {
    let ends = |node: syntax::Node<'_>| {
        matches!(node.kind(), NodeKind::Body | NodeKind::Amend | NodeKind::With)
    };
    let is_record = ends(value) || value.children().last().is_some_and(ends);
    let root = value.ancestors().last().copied();
    !is_record && root.is_some_and(|root| root.child(NodeKind::Junk).is_some())
}
