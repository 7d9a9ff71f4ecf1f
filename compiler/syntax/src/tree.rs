//! The tree of one item: a shape, the ranges of its tokens, and its text. Lossless, and every position in it is relative to the item.

use std::fmt::Write;
use std::ops::Range;

use crate::lexer::{Tokens, lex};
use crate::node::NodeKind;
use crate::shape::{Packed, Shape, parse};
use crate::token::TokenKind;

/// An item's tokens and shape, for callers that have no query graph to keep them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Parsed {
    /// The text that was parsed.
    pub text: String,
    /// Its tokens.
    pub tokens: Tokens,
    /// The shape of their kinds.
    pub shape: Shape,
}

impl Parsed {
    /// Lexes and parses an item's text.
    pub fn new(text: impl Into<String>) -> Parsed {
        let text = text.into();
        let tokens = lex(&text);
        let shape = parse(&tokens.kinds);
        Parsed { text, tokens, shape }
    }

    /// The tree.
    pub fn tree(&self) -> Tree<'_> {
        Tree { shape: &self.shape, tokens: &self.tokens, text: &self.text }
    }
}

/// The tree of one item, borrowed.
#[derive(Clone, Copy, Debug)]
pub struct Tree<'t> {
    shape: &'t Shape,
    tokens: &'t Tokens,
    text: &'t str,
}

impl<'t> Tree<'t> {
    /// A tree of parts that belong together: `tokens` are those of `text`, `shape` that of their kinds. Other parts give a tree of little sense, but no panic.
    pub fn new(shape: &'t Shape, tokens: &'t Tokens, text: &'t str) -> Tree<'t> {
        Tree { shape, tokens, text }
    }

    /// The root: a [`NodeKind::Root`].
    pub fn root(self) -> Node<'t> {
        Node { tree: self, id: 0 }
    }

    /// The item itself: the entry under the root, or a [`NodeKind::Missing`].
    pub fn entry(self) -> Node<'t> {
        self.root().children().next().unwrap_or(self.root())
    }

    /// The node with an id, where there is one.
    pub fn node(self, id: u32) -> Option<Node<'t>> {
        ((id as usize) < self.shape.nodes.len()).then_some(Node { tree: self, id })
    }

    /// All nodes in preorder, by ascending id.
    pub fn nodes(self) -> impl DoubleEndedIterator<Item = Node<'t>> + ExactSizeIterator {
        (0..self.shape.nodes.len() as u32).map(move |id| Node { tree: self, id })
    }

    /// The tokens.
    pub fn tokens(self) -> &'t Tokens {
        self.tokens
    }

    /// The item's text.
    pub fn text(self) -> &'t str {
        self.text
    }

    /// The smallest node whose range holds an offset (its end included), preferring the one that begins there.
    pub fn node_at(self, offset: usize) -> Node<'t> {
        let mut node = self.root();
        loop {
            let mut inner = None;
            for child in node.children() {
                let range = child.range();
                if range.start <= offset && offset <= range.end && child.kind() != NodeKind::Missing
                {
                    inner = Some(child);
                }
            }
            match inner {
                Some(child) => node = child,
                None => return node,
            }
        }
    }

    /// The tree as indented text, for tests and for people.
    pub fn outline(self) -> String {
        let mut out = String::new();
        let mut open: Vec<u32> = Vec::new();
        for node in self.nodes() {
            while open.last().is_some_and(|end| *end <= node.id) {
                open.pop();
            }
            let _ = write!(out, "{:indent$}{:?}", "", node.kind(), indent = open.len() * 2);
            if node.token_range().len() == 1 || node.kind() == NodeKind::Junk {
                let _ = write!(out, " {:?}", node.text());
            }
            out.push('\n');
            open.push(node.id + node.packed().size);
        }
        out
    }
}

/// One node of a tree.
#[derive(Clone, Copy)]
pub struct Node<'t> {
    tree: Tree<'t>,
    id: u32,
}

impl PartialEq for Node<'_> {
    /// Nodes are equal if they are the same node of the same tree.
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id && std::ptr::eq(self.tree.tokens, other.tree.tokens)
    }
}

impl Eq for Node<'_> {}

impl std::fmt::Debug for Node<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}#{} {:?}", self.kind(), self.id, self.text())
    }
}

impl<'t> Node<'t> {
    fn packed(self) -> Packed {
        match self.tree.shape.nodes.get(self.id as usize) {
            Some(node) => *node,
            None => Packed { kind: NodeKind::Missing, size: 1, first: 0, end: 0 },
        }
    }

    /// The kind, which determines the children.
    pub fn kind(self) -> NodeKind {
        self.packed().kind
    }

    /// The index in preorder. With the item it is a place; it stays the same when only the text of tokens or layout changes.
    pub fn id(self) -> u32 {
        self.id
    }

    /// The tree it belongs to.
    pub fn tree(self) -> Tree<'t> {
        self.tree
    }

    /// How many nodes its subtree has, itself included: ids from its own on.
    pub fn size(self) -> u32 {
        self.packed().size
    }

    /// The children in order.
    pub fn children(self) -> Children<'t> {
        Children { tree: self.tree, next: self.id + 1, end: self.id + self.packed().size }
    }

    /// The first child of a kind.
    pub fn child(self, kind: NodeKind) -> Option<Node<'t>> {
        self.children().find(|child| child.kind() == kind)
    }

    /// All children of a kind.
    pub fn children_of(self, kind: NodeKind) -> impl Iterator<Item = Node<'t>> {
        self.children().filter(move |child| child.kind() == kind)
    }

    /// The node that this is a child of.
    pub fn parent(self) -> Option<Node<'t>> {
        let id = self.tree.shape.parent(self.id)?;
        Some(Node { tree: self.tree, id })
    }

    /// The child of its parent that stands before it.
    pub fn previous(self) -> Option<Node<'t>> {
        let parent = self.parent()?;
        let last = Node { tree: self.tree, id: self.id.checked_sub(1)? };
        std::iter::successors(Some(last), |node| node.parent())
            .find(|node| node.parent() == Some(parent))
    }

    /// The nodes it stands in, innermost first.
    pub fn ancestors(self) -> Vec<Node<'t>> {
        std::iter::successors(self.parent(), |node| node.parent()).collect()
    }

    /// The indexes of its tokens.
    pub fn token_range(self) -> Range<usize> {
        let node = self.packed();
        node.first as usize..node.end as usize
    }

    /// The kind of its first token, which tells apart words and operators that share a kind of node.
    pub fn first_token(self) -> Option<TokenKind> {
        let node = self.packed();
        if node.first < node.end { self.tree.tokens.kind(node.first as usize) } else { None }
    }

    /// Where it stands in the item's text. For a [`NodeKind::Missing`] it is empty, at the end of the token before.
    pub fn range(self) -> Range<usize> {
        let node = self.packed();
        let tokens = self.tree.tokens;
        if node.first >= node.end {
            let at = match (node.first as usize).checked_sub(1) {
                Some(before) => tokens.span(before).end,
                None => tokens.span(0).start,
            };
            return at as usize..at as usize;
        }
        let start = tokens.span(node.first as usize).start;
        let end = tokens.span(node.end as usize - 1).end;
        start as usize..end.max(start) as usize
    }

    /// Its text, comments and blanks between its tokens included.
    pub fn text(self) -> &'t str {
        self.tree.text.get(self.range()).unwrap_or_default()
    }

    /// The doc comment before it: the `///` lines between its first token and the one before, without their marks. Empty where there is none.
    pub fn doc(self) -> String {
        let first = self.packed().first as usize;
        let from = match first.checked_sub(1) {
            Some(before) => self.tree.tokens.span(before).end as usize,
            None => 0,
        };
        let gap = self.tree.text.get(from..self.range().start).unwrap_or_default();
        doc_text(gap)
    }
}

/// The children of a node.
#[derive(Clone)]
pub struct Children<'t> {
    tree: Tree<'t>,
    next: u32,
    end: u32,
}

impl<'t> Iterator for Children<'t> {
    type Item = Node<'t>;

    fn next(&mut self) -> Option<Node<'t>> {
        if self.next >= self.end {
            return None;
        }
        let node = Node { tree: self.tree, id: self.next };
        self.next += node.packed().size.max(1);
        Some(node)
    }
}

/// The text of the `///` lines of a gap between tokens.
pub(crate) fn doc_text(gap: &str) -> String {
    let mut doc = String::new();
    for line in gap.lines() {
        let Some(content) = line.trim().strip_prefix("///") else { continue };
        if content.starts_with('/') {
            continue;
        }
        if !doc.is_empty() {
            doc.push('\n');
        }
        doc.push_str(content.strip_prefix(' ').unwrap_or(content));
    }
    doc
}
