//! A sequence of token kinds to a tree without text: pest finds the structure, and this makes a compact, flat tree of it.
//!
//! A pure function of the kinds, so the query graph parses once what looks alike. Total: there is a shape for every string.

use pest::Parser;
use pest::Token;

use crate::limits;
use crate::node::NodeKind;

mod climb;
mod parents;
mod rules;

/// The parser that pest generates from the grammar. Its rules are private to this module.
mod grammar {
    /// Made by pest.
    #[derive(pest_derive::Parser)]
    #[grammar = "grammar.pest"]
    pub struct Dep;
}

use grammar::{Dep, Rule};
use parents::Parents;

/// One node of a shape. Nodes lie in preorder, so that those of a subtree lie together.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Packed {
    pub(crate) kind: NodeKind,
    /// How many nodes the subtree has, this one included.
    pub(crate) size: u32,
    /// The first token, and the one after the last.
    pub(crate) first: u32,
    pub(crate) end: u32,
}

/// The tree of a sequence of token kinds, without ranges or text.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Shape {
    pub(crate) nodes: Box<[Packed]>,
    parents: Parents,
}

impl Shape {
    /// The number of nodes.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Never: there is always a root.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The node of which another one is a child.
    pub(crate) fn parent(&self, id: u32) -> Option<u32> {
        self.parents.of(&self.nodes, id)
    }
}

/// The shape of a sequence of token kinds (see [`crate::Tokens::kinds`]). Never fails, in linear time, and within a stack of 2 MiB: what nests deeper than
/// [`limits::DEPTH`] becomes a [`NodeKind::TooDeep`].
pub fn parse(kinds: &str) -> Shape {
    let bound = depth_bound(kinds);
    let shallow = kinds.get(..bound).unwrap_or(kinds);
    let mut nodes = match Dep::parse(Rule::root, shallow) {
        Ok(pairs) => climb::nodes_of(&raw_nodes(pairs.tokens(), shallow.len()), shallow.as_bytes()),
        // Pest gives up where its thread's stack is nearly used up, and the grammar itself accepts everything.
        Err(_) => vec![
            Packed { kind: NodeKind::Root, size: 2, first: 0, end: shallow.len() as u32 },
            Packed { kind: NodeKind::TooDeep, size: 1, first: 0, end: shallow.len() as u32 },
        ],
    };
    if bound < kinds.len() {
        let end = kinds.len() as u32;
        nodes.push(Packed { kind: NodeKind::TooDeep, size: 1, first: bound as u32, end });
        if let Some(root) = nodes.first_mut() {
            root.size += 1;
            root.end = end;
        }
    }
    Shape { nodes: nodes.into_boxed_slice(), parents: Parents::default() }
}

/// The index of the first token that nests too deep, or the length: brackets, and within one element what nests to the right without brackets.
fn depth_bound(kinds: &str) -> usize {
    let mut outer: Vec<usize> = Vec::new();
    let mut depth = 0usize;
    let mut before = 0u8;
    for (index, kind) in kinds.bytes().enumerate() {
        match kind {
            b'%' => return index,
            b'{' | b'[' | b'(' | b'h' => {
                outer.push(depth);
                depth += 1;
            }
            b'}' | b']' | b')' | b't' => depth = outer.pop().unwrap_or(0),
            b',' | b';' => depth = outer.last().map_or(0, |depth| depth + 1),
            b'1' if before == b'3' => {}
            b'1' | b'>' | b'`' | b'j' | b'l' | b'k' | b'9' | b'F' => depth += 1,
            _ => {}
        }
        if depth > limits::DEPTH {
            return index;
        }
        before = kind;
    }
    kinds.len()
}

/// One match of a rule, in preorder.
#[derive(Clone, Copy)]
struct Raw {
    rule: Rule,
    first: u32,
    end: u32,
    /// The index after its last descendant.
    next: u32,
}

fn raw_nodes<'i>(tokens: impl Iterator<Item = Token<'i, Rule>>, length: usize) -> Vec<Raw> {
    let mut raws: Vec<Raw> = Vec::with_capacity(length * 2 + 2);
    let mut open: Vec<usize> = Vec::with_capacity(32);
    for token in tokens {
        match token {
            Token::Start { rule, pos } => {
                open.push(raws.len());
                raws.push(Raw { rule, first: pos.pos() as u32, end: 0, next: 0 });
            }
            Token::End { pos, .. } => {
                let next = raws.len() as u32;
                if let Some(raw) = open.pop().and_then(|index| raws.get_mut(index)) {
                    raw.end = pos.pos() as u32;
                    raw.next = next;
                }
            }
        }
    }
    raws
}
