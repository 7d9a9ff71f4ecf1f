//! The objects that a program emits, as one flat tree: what validators, rules and writers read.
//!
//! Nodes lie in one vector of 24 bytes each and all text in one string, so that building an object
//! allocates nothing once the tree has grown, and [`Tree::clear`] makes it ready for the next one.
//! Each node carries an *origin*, a number that means something to whoever built the tree only.
//!
//! Building streams: [`Tree::begin_map`], then [`Tree::key`] and a value by turns, then [`Tree::end`].
//! No sequence of calls panics. A value in a map for which no key was given has the key `""`; what
//! does not fit ([`Tree::MAX_DEPTH`], 2²⁹ bytes of one string, 4 GiB of text, 2³² nodes) is left out,
//! and [`Tree::is_cut`] says so.

use std::fmt;

mod node;

use node::{LEN_BITS, LEN_MASK, NONE, Node, Tag, mark};

/// An arena of objects.
#[derive(Debug, Default, Clone)]
pub struct Tree {
    nodes: Vec<Node>,
    text: String,
    open: Vec<Open>,
    roots: Vec<NodeId>,
    /// The key of the next value.
    key: (u32, u32),
    /// How many maps and lists deep the builder is inside of something that is left out.
    skipped: u32,
    cut: bool,
}

/// A node of the tree that made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(u32);

/// A node together with its tree.
#[derive(Clone, Copy)]
pub struct Ref<'t> {
    tree: &'t Tree,
    id: u32,
}

/// What a node is.
#[derive(Clone, Copy, PartialEq)]
pub enum Value<'t> {
    /// JSON's null.
    Null,
    /// A boolean.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number that is written as one with a point.
    Float(f64),
    /// Text.
    Str(&'t str),
    /// A map; read on with [`Ref::entries`].
    Map,
    /// A list; read on with [`Ref::items`].
    List,
}

/// One step of a path into an object.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// The entry of a map.
    Key(String),
    /// The element of a list, from 0.
    Index(usize),
}

#[derive(Debug, Clone, Copy)]
struct Open {
    node: u32,
    /// The child that was added last.
    last: u32,
    /// The one before it, so that an empty last child can be taken back.
    before: u32,
}

impl Tree {
    /// Deeper maps and lists are left out, so that readers may recurse.
    pub const MAX_DEPTH: usize = 512;

    /// An empty tree.
    pub fn new() -> Self {
        Tree::default()
    }

    /// Removes all objects and keeps the memory for the next ones.
    pub fn clear(&mut self) {
        self.nodes.clear();
        self.text.clear();
        self.open.clear();
        self.roots.clear();
        self.key = (0, 0);
        self.skipped = 0;
        self.cut = false;
    }

    /// Whether something did not fit and was left out.
    pub fn is_cut(&self) -> bool {
        self.cut
    }

    /// The number of nodes.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Bytes of all nodes and texts.
    pub fn bytes(&self) -> usize {
        self.text.len() + self.nodes.len() * size_of::<Node>()
    }

    /// Whether nothing was built.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The finished and unfinished objects, in the order in which they were begun.
    pub fn roots(&self) -> impl ExactSizeIterator<Item = Ref<'_>> + Clone {
        self.roots.iter().map(|id| Ref { tree: self, id: id.0 })
    }

    /// The node behind an id of this tree; `None` for an id of another one that is too large.
    pub fn node(&self, id: NodeId) -> Option<Ref<'_>> {
        ((id.0 as usize) < self.nodes.len()).then_some(Ref { tree: self, id: id.0 })
    }

    /// Names the next value. Copies the name.
    pub fn key(&mut self, key: &str) -> &mut Self {
        if self.skipped == 0 {
            self.key = self.stored(key);
        }
        self
    }

    /// Begins a map: a root where nothing is open. `None` where it is left out; it is to be ended even then.
    pub fn begin_map(&mut self, origin: u32) -> Option<NodeId> {
        self.begin(Tag::Map, origin)
    }

    /// Begins a list; as [`Tree::begin_map`].
    pub fn begin_list(&mut self, origin: u32) -> Option<NodeId> {
        self.begin(Tag::List, origin)
    }

    /// Ends the innermost open map or list and returns it. With `drop_if_empty` one without entries is taken
    /// back, as if it had not been begun, and the answer is `None`.
    pub fn end(&mut self, drop_if_empty: bool) -> Option<NodeId> {
        if self.skipped > 0 {
            self.skipped -= 1;
            return None;
        }
        let open = self.open.pop()?;
        if drop_if_empty && open.last == NONE {
            // It has no children, so it is the last node of all.
            self.nodes.truncate(open.node as usize);
            match self.open.last_mut() {
                Some(parent) => {
                    parent.last = parent.before;
                    let (owner, last) = (parent.node, parent.last);
                    match self.nodes.get_mut(last as usize) {
                        Some(previous) => previous.next = NONE,
                        None => {
                            if let Some(owner) = self.nodes.get_mut(owner as usize) {
                                owner.low = NONE;
                            }
                        }
                    }
                }
                None => {
                    self.roots.pop();
                }
            }
            return None;
        }
        Some(NodeId(open.node))
    }

    /// Adds text.
    pub fn str(&mut self, value: &str, origin: u32) -> Option<NodeId> {
        if self.skipped > 0 {
            return None;
        }
        let (at, len) = self.stored(value);
        self.push(Tag::Str, origin, at, len)
    }

    /// Adds formatted text, without a string in between.
    pub fn text(&mut self, value: fmt::Arguments<'_>, origin: u32) -> Option<NodeId> {
        if let Some(value) = value.as_str() {
            return self.str(value, origin);
        }
        if self.skipped > 0 {
            return None;
        }
        let from = self.text.len();
        if fmt::Write::write_fmt(&mut self.text, value).is_err() {
            self.cut = true;
        }
        let (at, len) = self.kept(from);
        self.push(Tag::Str, origin, at, len)
    }

    /// Adds a whole number.
    pub fn int(&mut self, value: i64, origin: u32) -> Option<NodeId> {
        self.push(Tag::Int, origin, value as u32, (value >> 32) as u32)
    }

    /// Adds a number with a point. JSON and YAML know no infinity in Kubernetes: what is not finite
    /// becomes null.
    pub fn float(&mut self, value: f64, origin: u32) -> Option<NodeId> {
        if !value.is_finite() {
            return self.null(origin);
        }
        let bits = value.to_bits();
        self.push(Tag::Float, origin, bits as u32, (bits >> 32) as u32)
    }

    /// Adds a boolean.
    pub fn bool(&mut self, value: bool, origin: u32) -> Option<NodeId> {
        self.push(if value { Tag::True } else { Tag::False }, origin, 0, 0)
    }

    /// Adds null.
    pub fn null(&mut self, origin: u32) -> Option<NodeId> {
        self.push(Tag::Null, origin, 0, 0)
    }

    /// Adds a copy of a node of another tree with all below it; origins are taken over.
    pub fn copy(&mut self, from: Ref<'_>) -> Option<NodeId> {
        match from.value() {
            Value::Null => self.null(from.origin()),
            Value::Bool(value) => self.bool(value, from.origin()),
            Value::Int(value) => self.int(value, from.origin()),
            Value::Float(value) => self.float(value, from.origin()),
            Value::Str(value) => self.str(value, from.origin()),
            Value::Map => {
                self.begin_map(from.origin());
                for (key, value) in from.entries() {
                    self.key(key).copy(value);
                }
                self.end(false)
            }
            Value::List => {
                self.begin_list(from.origin());
                for item in from.items() {
                    self.copy(item);
                }
                self.end(false)
            }
        }
    }

    fn begin(&mut self, tag: Tag, origin: u32) -> Option<NodeId> {
        if self.skipped > 0 || self.open.len() >= Self::MAX_DEPTH {
            self.cut = true;
            self.skipped += 1;
            self.key = (0, 0);
            return None;
        }
        let id = self.push(tag, origin, NONE, 0);
        match id {
            Some(id) => self.open.push(Open { node: id.0, last: NONE, before: NONE }),
            None => self.skipped += 1,
        }
        id
    }

    fn push(&mut self, tag: Tag, origin: u32, low: u32, high: u32) -> Option<NodeId> {
        if self.skipped > 0 {
            return None;
        }
        let (key_at, key_len) = std::mem::take(&mut self.key);
        if self.nodes.len() >= NONE as usize {
            self.cut = true;
            return None;
        }
        let id = self.nodes.len() as u32;
        match self.open.last_mut() {
            Some(parent) => {
                parent.before = parent.last;
                parent.last = id;
                let (owner, before) = (parent.node, parent.before);
                let mark = mark(self.slice(key_at, key_len).as_bytes());
                if let Some(owner) = self.nodes.get_mut(owner as usize) {
                    owner.high |= mark;
                    if before == NONE {
                        owner.low = id;
                    }
                }
                if let Some(previous) = self.nodes.get_mut(before as usize) {
                    previous.next = id;
                }
            }
            None => self.roots.push(NodeId(id)),
        }
        let key_len = key_len | (tag as u32) << LEN_BITS;
        self.nodes.push(Node { key_at, key_len, origin, next: NONE, low, high });
        Some(NodeId(id))
    }

    fn stored(&mut self, text: &str) -> (u32, u32) {
        let from = self.text.len();
        self.text.push_str(text);
        self.kept(from)
    }

    /// The place of the text that was added from `from` on; taken back where it is too long.
    fn kept(&mut self, from: usize) -> (u32, u32) {
        let len = self.text.len() - from;
        match (u32::try_from(from), u32::try_from(len)) {
            (Ok(at), Ok(len)) if len <= LEN_MASK && self.text.len() < NONE as usize => (at, len),
            _ => {
                self.text.truncate(from);
                self.cut = true;
                (0, 0)
            }
        }
    }

    fn slice(&self, at: u32, len: u32) -> &str {
        let at = at as usize;
        self.text.get(at..at + len as usize).unwrap_or_default()
    }
}

impl<'t> Ref<'t> {
    /// The id of the node.
    pub fn id(self) -> NodeId {
        NodeId(self.id)
    }

    /// The number that the builder gave with it.
    pub fn origin(self) -> u32 {
        self.raw().origin
    }

    /// What it is.
    pub fn value(self) -> Value<'t> {
        let node = self.raw();
        let payload = u64::from(node.high) << 32 | u64::from(node.low);
        match node.tag() {
            Tag::Null => Value::Null,
            Tag::False => Value::Bool(false),
            Tag::True => Value::Bool(true),
            Tag::Int => Value::Int(payload as i64),
            Tag::Float => Value::Float(f64::from_bits(payload)),
            Tag::Str => Value::Str(self.tree.slice(node.low, node.high)),
            Tag::Map => Value::Map,
            Tag::List => Value::List,
        }
    }

    /// The entries of a map, in the order in which they were added; nothing for anything else.
    pub fn entries(self) -> impl Iterator<Item = (&'t str, Ref<'t>)> + Clone {
        self.children(Tag::Map).map(|child| (child.key(), child))
    }

    /// The elements of a list; nothing for anything else.
    pub fn items(self) -> impl Iterator<Item = Ref<'t>> + Clone {
        self.children(Tag::List)
    }

    /// The key under which a node lies in its map; empty in a list and for a root.
    pub fn key(self) -> &'t str {
        let node = self.raw();
        self.tree.slice(node.key_at, node.key_len & LEN_MASK)
    }

    /// The entry of a map with this key (the first one, if the builder gave several).
    #[inline]
    pub fn get(self, key: &str) -> Option<Ref<'t>> {
        // Rules ask for many fields, of which an object has few: that one is not there must cost nothing.
        if self.raw().high & mark(key.as_bytes()) == 0 { None } else { self.sought(key.as_bytes()) }
    }

    /// Goes through a map for a key; most are told apart by their length.
    fn sought(self, key: &[u8]) -> Option<Ref<'t>> {
        let tree = self.tree;
        let has_key = |node: &Node| {
            let (at, len) = (node.key_at as usize, (node.key_len & LEN_MASK) as usize);
            len == key.len() && tree.text.as_bytes().get(at..at + len) == Some(key)
        };
        self.children(Tag::Map).find(|child| tree.nodes.get(child.id as usize).is_some_and(has_key))
    }

    /// The node at the end of a path of keys; a key that is a number may also be an index of a list.
    pub fn at(self, path: &[&str]) -> Option<Ref<'t>> {
        path.iter().try_fold(self, |node, step| match node.value() {
            Value::List => node.items().nth(step.parse().ok()?),
            _ => node.get(step),
        })
    }

    /// The node at the end of a path.
    pub fn find(self, path: &[Step]) -> Option<Ref<'t>> {
        path.iter().try_fold(self, |node, step| match step {
            Step::Key(key) => node.get(key),
            Step::Index(index) => node.items().nth(*index),
        })
    }

    /// The text of a string.
    pub fn as_str(self) -> Option<&'t str> {
        match self.value() {
            Value::Str(value) => Some(value),
            _ => None,
        }
    }

    /// The value of a whole number.
    pub fn as_int(self) -> Option<i64> {
        match self.value() {
            Value::Int(value) => Some(value),
            _ => None,
        }
    }

    /// The value of a boolean.
    pub fn as_bool(self) -> Option<bool> {
        match self.value() {
            Value::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// Whether it is null.
    pub fn is_null(self) -> bool {
        self.raw().tag() == Tag::Null
    }

    /// Whether it is a map.
    pub fn is_map(self) -> bool {
        self.raw().tag() == Tag::Map
    }

    /// Whether it is a list.
    pub fn is_list(self) -> bool {
        self.raw().tag() == Tag::List
    }

    /// Whether it is a map or a list without entries.
    pub fn is_hollow(self) -> bool {
        let node = self.raw();
        matches!(node.tag(), Tag::Map | Tag::List) && node.low == NONE
    }

    fn children(self, tag: Tag) -> impl Iterator<Item = Ref<'t>> + Clone {
        let node = self.raw();
        let first = if node.tag() == tag { node.low } else { NONE };
        let tree = self.tree;
        let existing = move |id: u32| (id != NONE).then_some(Ref { tree, id });
        std::iter::successors(existing(first), move |child| existing(child.raw().next))
    }

    #[inline]
    fn raw(self) -> Node {
        let empty = Node { key_at: 0, key_len: 0, origin: 0, next: NONE, low: NONE, high: 0 };
        self.tree.nodes.get(self.id as usize).copied().unwrap_or(empty)
    }
}

impl fmt::Debug for Ref<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.value() {
            Value::Null => f.write_str("null"),
            Value::Bool(value) => write!(f, "{value}"),
            Value::Int(value) => write!(f, "{value}"),
            Value::Float(value) => write!(f, "{value:?}"),
            Value::Str(value) => write!(f, "{value:?}"),
            Value::Map => f.debug_map().entries(self.entries()).finish(),
            Value::List => f.debug_list().entries(self.items()).finish(),
        }
    }
}
