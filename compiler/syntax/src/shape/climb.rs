//! Matches of grammar rules to nodes. The grammar has expressions and types as flat sequences of operands and operators; here they get their precedence.
//!
//! A chain of operators of one precedence is one node with many children, and so is a chain of suffixes: a long sum is as shallow as a short one.

use super::rules::{is_suffix, node_kind};
use super::{Packed, Raw, Rule};
use crate::node::NodeKind;
use crate::token::TokenKind;

/// The nodes of a match of the rule `root`, in preorder.
pub(super) fn nodes_of(raws: &[Raw], kinds: &[u8]) -> Vec<Packed> {
    let mut builder = Builder { raws, kinds, nodes: Vec::with_capacity(raws.len()) };
    builder.emit(0);
    builder.nodes
}

/// The precedences of expressions, loosest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Or,
    And,
    Not,
    Compare,
    Coalesce,
    Range,
    Add,
    Multiply,
    Prefix,
}

/// One part of a flat expression: indexes of raw matches.
#[derive(Clone, Copy)]
enum Part {
    /// An operand with its suffixes, up to the index given second.
    Operand(usize, usize),
    Prefix(usize),
    Operator(usize, Level),
    Is(usize),
    Dots(usize),
}

impl Part {
    fn level(self) -> Option<Level> {
        match self {
            Part::Operator(_, level) => Some(level),
            Part::Is(_) => Some(Level::Compare),
            Part::Dots(_) => Some(Level::Range),
            Part::Operand(..) | Part::Prefix(_) => None,
        }
    }

    fn raw(self) -> usize {
        match self {
            Part::Operand(raw, _)
            | Part::Prefix(raw)
            | Part::Operator(raw, _)
            | Part::Is(raw)
            | Part::Dots(raw) => raw,
        }
    }
}

struct Builder<'r> {
    raws: &'r [Raw],
    kinds: &'r [u8],
    nodes: Vec<Packed>,
}

impl Builder<'_> {
    fn raw(&self, index: usize) -> Raw {
        self.raws.get(index).copied().unwrap_or(Raw {
            rule: Rule::missing,
            first: 0,
            end: 0,
            next: self.raws.len() as u32 + 1,
        })
    }

    /// Begins a node whose extent is known; returns its index.
    fn begin(&mut self, kind: NodeKind, first: u32, end: u32) -> usize {
        self.nodes.push(Packed { kind, size: 1, first, end });
        self.nodes.len() - 1
    }

    /// Ends a node: its size is now known.
    fn finish(&mut self, index: usize) {
        let size = (self.nodes.len() - index) as u32;
        if let Some(node) = self.nodes.get_mut(index) {
            node.size = size;
        }
    }

    fn leaf(&mut self, index: usize) {
        let raw = self.raw(index);
        self.begin(node_kind(raw.rule), raw.first, raw.end);
    }

    /// Emits the match at an index; returns the index after it.
    fn emit(&mut self, index: usize) -> usize {
        let raw = self.raw(index);
        let next = raw.next as usize;
        match raw.rule {
            Rule::expr | Rule::head => self.expression(index + 1, next),
            Rule::type_ => self.type_expression(index + 1, next),
            Rule::external | Rule::head_external => {
                let node = self.begin(NodeKind::External, raw.first, raw.end);
                self.operand(index + 1, next);
                self.finish(node);
            }
            rule => {
                let kind = match rule {
                    Rule::list if self.has_child(index, Rule::for_clause) => {
                        NodeKind::Comprehension
                    }
                    Rule::type_ref if self.has_child(index, Rule::type_params) => {
                        NodeKind::TypeCall
                    }
                    _ => node_kind(rule),
                };
                let node = self.begin(kind, raw.first, raw.end);
                let mut child = index + 1;
                while child < next {
                    child = self.emit(child);
                }
                self.finish(node);
            }
        }
        next
    }

    fn has_child(&self, index: usize, rule: Rule) -> bool {
        let next = self.raw(index).next as usize;
        let mut child = index + 1;
        while child < next {
            let raw = self.raw(child);
            if raw.rule == rule {
                return true;
            }
            child = raw.next as usize;
        }
        false
    }

    /// An operand and its suffixes, from `index` up to `until`.
    fn operand(&mut self, index: usize, until: usize) {
        let head = self.raw(index);
        if head.next as usize >= until {
            self.emit(index);
            return;
        }
        let chain = self.begin(NodeKind::Chain, head.first, head.end);
        let mut child = index;
        let mut end = head.end;
        while child < until {
            end = self.raw(child).end;
            child = self.emit(child);
        }
        if let Some(node) = self.nodes.get_mut(chain) {
            node.end = end;
        }
        self.finish(chain);
    }

    fn expression(&mut self, index: usize, until: usize) {
        // Most expressions are one operand.
        let first = self.raw(index);
        let plain = !matches!(first.rule, Rule::prefix_op | Rule::dots);
        if plain && first.next as usize >= until {
            self.emit(index);
            return;
        }
        let mut parts = Vec::new();
        let mut child = index;
        while child < until {
            let raw = self.raw(child);
            let mut next = raw.next as usize;
            parts.push(match raw.rule {
                Rule::prefix_op => Part::Prefix(child),
                Rule::dots => Part::Dots(child),
                Rule::is_op => Part::Is(child),
                Rule::binary_op => Part::Operator(child, self.level_of(raw)),
                _ => {
                    while next < until && is_suffix(self.raw(next).rule) {
                        next = self.raw(next).next as usize;
                    }
                    Part::Operand(child, next)
                }
            });
            child = next;
        }
        self.climb(&parts, Level::Or, first.first);
    }

    fn level_of(&self, raw: Raw) -> Level {
        match self.kinds.get(raw.first as usize).copied().and_then(TokenKind::from_byte) {
            Some(TokenKind::Or) => Level::Or,
            Some(TokenKind::And) => Level::And,
            Some(TokenKind::Compare) => Level::Compare,
            Some(TokenKind::Coalesce) => Level::Coalesce,
            Some(TokenKind::Plus | TokenKind::Minus) => Level::Add,
            _ => Level::Multiply,
        }
    }

    /// Emits a run of parts of which the loosest operator is to be found, at `level` or tighter. `at` is the token where the run begins, for one that is empty.
    fn climb(&mut self, parts: &[Part], level: Level, at: u32) {
        if let [Part::Operand(from, until)] = parts {
            return self.operand(*from, *until);
        }
        let Some(first) = parts.first() else {
            self.begin(NodeKind::Missing, at, at);
            return;
        };
        let loosest = parts.iter().filter_map(|part| part.level()).min();
        let negated =
            level <= Level::Not && matches!(first, Part::Prefix(raw) if self.is_not(*raw));
        match loosest {
            Some(loosest) if !negated || loosest < Level::Not => match loosest {
                Level::Compare if parts.iter().any(|part| matches!(part, Part::Is(_))) => {
                    self.is_chain(parts, at)
                }
                Level::Range => self.range(parts, at),
                _ => self.chain(parts, loosest, NodeKind::Binary, at),
            },
            _ => self.prefixed(parts, negated, at),
        }
    }

    fn is_not(&self, raw: usize) -> bool {
        self.kinds.get(self.raw(raw).first as usize) == Some(&(TokenKind::Not as u8))
    }

    /// The operators of one level with what stands between them.
    fn chain(&mut self, parts: &[Part], level: Level, kind: NodeKind, at: u32) {
        let node = self.begin(kind, at, at);
        let mut from = 0;
        let mut begins = at;
        for (index, part) in parts.iter().enumerate() {
            if part.level() == Some(level) {
                self.climb(parts.get(from..index).unwrap_or_default(), tighter(level), begins);
                self.leaf(part.raw());
                begins = self.raw(part.raw()).end;
                from = index + 1;
            }
        }
        self.climb(parts.get(from..).unwrap_or_default(), tighter(level), begins);
        self.close_over(node);
    }

    fn range(&mut self, parts: &[Part], at: u32) {
        let node = self.begin(NodeKind::Range, at, at);
        let mut begins = at;
        for run in parts.split_inclusive(|part| matches!(part, Part::Dots(_))) {
            let (operands, dots) = match run.split_last() {
                Some((Part::Dots(raw), operands)) => (operands, Some(*raw)),
                _ => (run, None),
            };
            if !operands.is_empty() {
                self.climb(operands, Level::Add, begins);
            }
            if let Some(raw) = dots {
                self.leaf(raw);
                begins = self.raw(raw).end;
            }
        }
        self.close_over(node);
    }

    /// Comparisons of which at least one is `is`: the last operator is outermost.
    fn is_chain(&mut self, parts: &[Part], at: u32) {
        let Some(last) = parts.iter().rposition(|part| matches!(part, Part::Is(_))) else { return };
        let after = parts.get(last + 2..).unwrap_or_default();
        let outer = (!after.is_empty()).then(|| self.begin(NodeKind::Binary, at, at));
        let node = self.begin(NodeKind::Is, at, at);
        self.climb(parts.get(..last).unwrap_or_default(), Level::Compare, at);
        match parts.get(last + 1) {
            Some(Part::Operand(raw, _)) => {
                self.emit(*raw);
            }
            _ => {
                let end = parts.get(last).map_or(at, |part| self.raw(part.raw()).end);
                self.begin(NodeKind::Missing, end, end);
            }
        }
        self.close_over(node);
        let Some(outer) = outer else { return };
        // What binds tighter than `is` cannot apply to the answer; the operators are kept side by side, and reported.
        let mut begins = self.nodes.get(node).map_or(at, |node| node.end);
        let mut from = 0;
        for (index, part) in after.iter().enumerate() {
            if part.level().is_none() {
                continue;
            }
            if index > 0 {
                self.climb(after.get(from..index).unwrap_or_default(), Level::Prefix, begins);
            }
            let raw = self.raw(part.raw());
            self.begin(NodeKind::BinaryOp, raw.first, raw.end);
            begins = raw.end;
            from = index + 1;
        }
        self.climb(after.get(from..).unwrap_or_default(), Level::Prefix, begins);
        self.close_over(outer);
    }

    /// Prefix operators before an operand; a leading `not` takes all that binds tighter than it.
    fn prefixed(&mut self, parts: &[Part], negated: bool, at: u32) {
        let node = self.begin(NodeKind::Unary, at, at);
        let operators = parts
            .iter()
            .take_while(|part| matches!(part, Part::Prefix(raw) if !negated || self.is_not(*raw)))
            .count();
        let mut begins = at;
        for part in parts.iter().take(operators) {
            self.leaf(part.raw());
            begins = self.raw(part.raw()).end;
        }
        if operators == 0 {
            // Two operands without an operator cannot come from the grammar; keep the first rather than lose the node.
            if let Some(Part::Operand(from, until)) = parts.first() {
                self.operand(*from, *until);
            }
        } else {
            self.climb(
                parts.get(operators..).unwrap_or_default(),
                if negated { Level::Compare } else { Level::Prefix },
                begins,
            );
        }
        self.close_over(node);
    }

    /// Ends a node that extends over its children.
    fn close_over(&mut self, index: usize) {
        let mut end = 0;
        let mut child = index + 1;
        while let Some(node) = self.nodes.get(child) {
            end = end.max(node.end);
            child += node.size as usize;
        }
        let first = self.nodes.get(index + 1).map(|node| node.first);
        if let Some(node) = self.nodes.get_mut(index) {
            node.end = end;
            node.first = first.unwrap_or(node.first);
        }
        self.finish(index);
    }

    /// Types: `|` is looser than `?`, and `?` is looser than `&`, so that `Int & 1..2?` may be absent. A `?` that a `&` follows belongs to the operand before it.
    fn type_expression(&mut self, index: usize, until: usize) {
        let first = self.raw(index);
        if first.next as usize >= until {
            self.emit(index);
            return;
        }
        let mut alternatives: Vec<Vec<(usize, Option<u32>)>> = vec![Vec::new()];
        let mut child = index;
        while child < until {
            let raw = self.raw(child);
            match raw.rule {
                Rule::type_op
                    if self.kinds.get(raw.first as usize) == Some(&(TokenKind::Pipe as u8)) =>
                {
                    alternatives.push(Vec::new())
                }
                Rule::type_op => {}
                Rule::optional => {
                    if let Some(operand) =
                        alternatives.last_mut().and_then(|operands| operands.last_mut())
                    {
                        operand.1 = Some(raw.end);
                    }
                }
                _ => {
                    if let Some(operands) = alternatives.last_mut() {
                        operands.push((child, None));
                    }
                }
            }
            child = raw.next as usize;
        }
        let union = (alternatives.len() > 1)
            .then(|| self.begin(NodeKind::UnionType, first.first, first.end));
        for operands in alternatives {
            let begins = operands.first().map_or(first.first, |operand| self.raw(operand.0).first);
            let last = operands.len().saturating_sub(1);
            let whole = operands.last().and_then(|operand| operand.1);
            let optional = whole.map(|end| self.begin(NodeKind::OptionalType, begins, end));
            let refined = (last > 0).then(|| self.begin(NodeKind::Refined, begins, begins));
            for (at, (operand, end)) in operands.into_iter().enumerate() {
                let first = self.raw(operand).first;
                let end = end.filter(|_| at < last);
                let wrapped = end.map(|end| self.begin(NodeKind::OptionalType, first, end));
                self.emit(operand);
                if let Some(node) = wrapped {
                    self.finish(node);
                }
            }
            if let Some(node) = refined {
                self.close_over(node);
            }
            if let Some(node) = optional {
                self.finish(node);
            }
        }
        if let Some(node) = union {
            self.close_over(node);
        }
    }
}

fn tighter(level: Level) -> Level {
    match level {
        Level::Or => Level::And,
        Level::And => Level::Not,
        Level::Not => Level::Compare,
        Level::Compare => Level::Coalesce,
        Level::Coalesce => Level::Range,
        Level::Range => Level::Add,
        Level::Add => Level::Multiply,
        Level::Multiply | Level::Prefix => Level::Prefix,
    }
}
