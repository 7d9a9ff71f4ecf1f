//! YAML and JSON that come from outside, read with the position of every value.
//!
//! YAML is read as Kubernetes' own readers (kubectl, Helm, the API server) read it: YAML 1.1 with the habits of Go's
//! library, so that a file means here what it means there. Aliases share the node that they name, and merge keys
//! (`<<`) are resolved, so that whoever walks the nodes sees plain JSON. How much they may come to is bounded.

mod json;
mod scalar;
mod syntax;
mod yaml;

pub use json::json;
pub use scalar::differs;
pub use yaml::yaml;

use crate::limits;

/// An index into [`Data::nodes`].
pub type NodeId = u32;

/// What a file holds.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Data {
    pub nodes: Vec<Node>,
    /// The root of each document that is not empty, in order.
    pub documents: Vec<NodeId>,
    /// In the order of the file. A value that has one is [`Value::Broken`].
    pub problems: Vec<Problem>,
}

/// A value or a key, and where it stands.
#[derive(Clone, PartialEq, Debug)]
pub struct Node {
    pub value: Value,
    /// In bytes of the text. Of a map or list over several lines it is where that begins.
    pub start: u32,
    pub end: u32,
}

#[derive(Clone, PartialEq, Debug)]
pub enum Value {
    /// It cannot be read; a problem says why.
    Broken,
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Str(Box<str>),
    List(Vec<NodeId>),
    /// Each key once, in order.
    Map(Vec<Entry>),
}

/// An entry of a map. The key's node is a [`Value::Str`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Entry {
    pub key: NodeId,
    pub value: NodeId,
}

/// What is wrong with a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    pub fault: Fault,
    /// Where it is.
    pub node: NodeId,
    /// The first of two.
    pub before: Option<NodeId>,
    pub message: String,
    pub help: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    /// It is no YAML or no JSON, or none that stands for JSON.
    Syntax,
    /// A key that its map has already.
    Twice,
    /// A key that readers take for different things.
    Doubtful,
    /// A whole number that 64 bits do not hold.
    Overflow,
    /// Deeper than [`limits::DEPTH`].
    Depth,
    /// More than [`limits::VALUES`].
    Size,
}

impl Data {
    pub fn node(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(id as usize)
    }

    fn push(&mut self, value: Value, start: usize, end: usize) -> NodeId {
        let id = NodeId::try_from(self.nodes.len()).unwrap_or(NodeId::MAX);
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        self.nodes.push(Node { value, start: offset(start), end: offset(end.max(start)) });
        id
    }

    fn set(&mut self, id: NodeId, value: Value) {
        if let Some(node) = self.nodes.get_mut(id as usize) {
            node.value = value;
        }
    }

    fn text(&self, id: NodeId) -> &str {
        match self.node(id) {
            Some(Node { value: Value::Str(text), .. }) => text,
            _ => "",
        }
    }

    fn problem(&mut self, fault: Fault, node: NodeId, message: impl Into<String>) -> &mut Problem {
        let message = message.into();
        self.problems.push(Problem { fault, node, before: None, message, help: None });
        let last = self.problems.len() - 1;
        &mut self.problems[last]
    }

    /// Makes one map of entries in which keys may repeat: the first of each stays, a second is a problem.
    fn without_repeated(&mut self, entries: Vec<Entry>) -> Vec<Entry> {
        let mut order: Vec<usize> = (0..entries.len()).collect();
        let text = |at: usize| entries.get(at).map_or("", |entry| self.text(entry.key));
        // The sort is stable, so the first of those that are equal stands first.
        order.sort_by(|a, b| text(*a).cmp(text(*b)));
        let repeated: Vec<(usize, usize)> = order
            .windows(2)
            .filter_map(|pair| match pair {
                [a, b] if text(*a) == text(*b) => Some((*a, *b)),
                _ => None,
            })
            .collect();
        if repeated.is_empty() {
            return entries;
        }
        let mut gone = vec![false; entries.len()];
        for (first, second) in repeated {
            let (Some(one), Some(other)) = (entries.get(first), entries.get(second)) else {
                continue;
            };
            if let Some(gone) = gone.get_mut(second) {
                *gone = true;
            }
            if self.problems.len() >= limits::PROBLEMS {
                break;
            }
            let name = self.text(other.key).to_owned();
            let problem =
                self.problem(Fault::Twice, other.key, format!("`{name}` stands twice in this map"));
            problem.before = Some(one.key);
            problem.help =
                Some("keep one of the two: readers differ in which one they take".into());
        }
        let kept = entries.into_iter().zip(gone).filter(|(_, gone)| !gone);
        kept.map(|(entry, _)| entry).collect()
    }
}
