//! What is wrong with the syntax of an item, read off its tree. One mistake is one problem: what only follows from it is left out.

use std::ops::Range;

use crate::literal;
use crate::node::NodeKind;
use crate::token::TokenKind;
use crate::tree::{Node, Tree};

mod elsewhere;
mod expect;
mod habit;
mod large;
mod layout;
mod literals;
mod mend;
mod pairs;
mod past;
mod row;
mod signs;
mod word;

pub use habit::is_no_binding;
use large::first_token_end;
pub use layout::block_meant_to_end_above;
pub use mend::Mend;
pub use signs::is_typed_arm;

/// One mistake in the syntax of an item.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// Which mistake: one of the constants of this module.
    pub code: &'static str,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// The node it stands at.
    pub node: u32,
    /// The bytes of the item's text that it concerns; for something missing, the token before it.
    pub range: Range<usize>,
    /// What to do, where that is known.
    pub help: Option<String>,
    /// A change of the text that would do it.
    pub mend: Option<Mend>,
    /// Of several values where one stands, the node of the first: what is meant depends on the type of what it is given
    /// to.
    pub row: Option<u32>,
}

/// Something required is not there.
pub const MISSING: &str = "E0001";
/// Tokens that fit nowhere.
pub const UNEXPECTED: &str = "E0002";
/// A bracket that is never closed.
pub const UNCLOSED: &str = "E0003";
/// Characters that are no token, or a closing bracket that closes nothing.
pub const FOREIGN: &str = "E0004";
/// A string or regular expression without its end.
pub const OPEN_STRING: &str = "E0005";
/// An escape that means nothing.
pub const ESCAPE: &str = "E0006";
/// Nested too deep.
pub const TOO_DEEP: &str = "E0007";
/// An item is too large.
pub const TOO_LARGE: &str = "E0505";
/// A number that has no value.
pub const NUMBER: &str = "E0008";
/// Operators that cannot stand in one chain.
pub const CHAINED: &str = "E0009";
/// A declaration where none of its kind may stand.
pub const MISPLACED: &str = "E0010";
/// Interpolation where the text must be fixed.
pub const NOT_FIXED: &str = "E0011";

/// How a text of several lines is written.
const LINES: &str =
    "a text of several lines stands in `\"\"\"`, which loses the indentation that they share";

/// All mistakes in the syntax of an item, in the order of its text.
pub fn problems(tree: Tree<'_>) -> Vec<Problem> {
    let past = past::problems(tree);
    if tree.tokens().is_empty() {
        return past;
    }
    let mut reader =
        Reader { problems: Vec::new(), hole: None, open: false, deep: None, sibling: None, row: 0 };
    reader.deep = tree.root().child(NodeKind::TooDeep).map(|node| node.token_range().start);
    reader.read(tree.root(), None, 0, Within::File);
    reader.gaps(tree);
    // A line that cannot be read at all is not told to be broken in the wrong place besides.
    let line = |at: usize| tree.text().get(..at).unwrap_or_default().rfind('\n');
    let follows = |problem: &Problem| {
        let is_of_line = |other: &Problem| {
            other.range.start < problem.range.start
                && line(other.range.start) == line(problem.range.start)
        };
        past::is_of_layout(tree, problem) && reader.problems.iter().any(is_of_line)
    };
    let past: Vec<Problem> = past.into_iter().filter(|problem| !follows(problem)).collect();
    if reader.problems.is_empty() && past.is_empty() {
        // What is left out because it follows from something must follow from something that is told.
        let hole = |node: &Node<'_>| matches!(node.kind(), NodeKind::Missing | NodeKind::Junk);
        if let Some(node) = tree.nodes().find(hole) {
            let message = "something is missing here, or should not be here".to_owned();
            reader.push(UNEXPECTED, node, node.range(), message, None);
        }
    }
    let mut problems = reader.problems;
    problems.sort_by_key(|problem| problem.range.start);
    mend::without_blocks_of_yaml(tree.text(), &mut problems);
    mend::without_braces_of_conditions(tree, &mut problems);
    problems.extend(past);
    problems.sort_by_key(|problem| problem.range.start);
    past::without_brackets_of_strings(tree, &mut problems);
    pairs::without_other_ends(tree, &mut problems);
    problems
}

/// Where an entry stands, for what may stand there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    File,
    Test,
    Body,
}

struct Reader {
    problems: Vec<Problem>,
    /// The token before which something was last found missing: what else is missing or out of place right there follows from that.
    hole: Option<usize>,
    /// A `[` behind a name has neither a key nor its partner: that was said.
    open: bool,
    /// The token from which nesting is too deep: all is missing there.
    deep: Option<usize>,
    /// The sibling before the node that is read.
    sibling: Option<u32>,
    /// Where the last row of values ends of which it was told, in tokens.
    row: usize,
}

impl Reader {
    fn push(
        &mut self,
        code: &'static str,
        node: Node<'_>,
        range: Range<usize>,
        message: String,
        help: Option<String>,
    ) {
        self.problems.push(Problem {
            code,
            message,
            node: node.id(),
            range,
            help,
            mend: None,
            row: None,
        });
    }

    /// Offers a change for what was told last.
    fn offer(&mut self, mend: Option<Mend>) {
        if let Some(problem) = self.problems.last_mut() {
            problem.mend = mend;
        }
    }

    fn read(&mut self, node: Node<'_>, parent: Option<Node<'_>>, slot: usize, within: Within) {
        match node.kind() {
            NodeKind::Missing => self.missing(node, parent, slot),
            NodeKind::Junk if self.row(node) => {}
            NodeKind::Junk => self.junk(node, parent),
            NodeKind::TooDeep => self.too_large(node),
            NodeKind::Str | NodeKind::StrHead | NodeKind::StrMid | NodeKind::StrTail => {
                self.string(node)
            }
            NodeKind::Regex => self.regex(node),
            NodeKind::Int => {
                self.number(node, literal::int_value(node.text(), is_negated(node, parent)).err())
            }
            NodeKind::Float => self.number(node, literal::float_value(node.text()).err()),
            NodeKind::Binary => {
                self.comparisons(node);
                self.joined_traits(node);
            }
            NodeKind::Range => self.range(node),
            NodeKind::Computed | NodeKind::Template => self.fixed_text(node, parent),
            NodeKind::Binding
            | NodeKind::Chain
            | NodeKind::Match
            | NodeKind::Every
            | NodeKind::For
                if let Some(meant) = habit::meant(node) =>
            {
                self.push(MISSING, node, meant.range, meant.message.to_owned(), Some(meant.help));
                self.hole = Some(node.token_range().end);
                return;
            }
            NodeKind::Binding if self.row(node) => return,
            NodeKind::Binding => {
                self.question(node);
                self.made_of_type(node);
            }
            NodeKind::Match => self.arms(node),
            NodeKind::TypeCall => self.arguments_of_name(node, parent),
            NodeKind::UseNames => self.names_apart(node),
            _ => self.placement(node, within),
        }
        let inner = match node.kind() {
            NodeKind::Root => Within::File,
            NodeKind::Test => Within::Test,
            // Conditions and loops in a test are still in the test.
            NodeKind::When | NodeKind::For if within == Within::Test => Within::Test,
            NodeKind::Body
                if within == Within::Test
                    && parent.is_some_and(|parent| is_test_body(parent.kind())) =>
            {
                Within::Test
            }
            _ => Within::Body,
        };
        let mut slot = 0;
        let mut before = None;
        for child in node.children() {
            self.sibling = before.replace(child.id());
            self.read(child, Some(node), slot, inner);
            slot += usize::from(child.kind() != NodeKind::Junk);
        }
    }

    fn missing(&mut self, node: Node<'_>, parent: Option<Node<'_>>, slot: usize) {
        let at = node.token_range().start;
        // Nothing can be wanted behind brackets in which something is wrong.
        let bracket = self.hole.filter(|hole| {
            hole + 1 == at && node.tree().tokens().kind(*hole) == Some(TokenKind::RBracket)
        });
        if self.hole == Some(at) || self.deep == Some(at) || bracket.is_some() {
            return;
        }
        if past::is_told(node.tree(), node.range().start) {
            self.hole = Some(at);
            return;
        }
        self.hole = Some(at);
        let Some(parent) = parent else { return };
        let is_open = |above: &Node<'_>| {
            above.kind() == NodeKind::Template && above.child(NodeKind::StrTail).is_none()
        };
        if parent.kind() != NodeKind::Template && node.ancestors().iter().any(is_open) {
            // The string that is never closed is the mistake.
            return;
        }
        if let Some(bracket) = expect::closing(node, parent) {
            let message = format!("this `{}` is never closed", bracket.opening);
            let found = found(node.tree(), at);
            let help = format!(
                "put `{}` {}",
                bracket.closing,
                if found.is_empty() { "at its end".to_owned() } else { format!("before {found}") }
            );
            self.push(UNCLOSED, node, expect::opening_of(parent), message, Some(help));
            return self.offer(mend::closed(node, parent, bracket.closing));
        }
        if parent.kind() == NodeKind::Template {
            let start = parent.range().start;
            return self.push(
                OPEN_STRING,
                node,
                start..first_token_end(parent),
                "this string is never closed".to_owned(),
                Some("close the interpolation with `)` and the string with its quotes".to_owned()),
            );
        }
        self.open |= matches!(parent.kind(), NodeKind::Index | NodeKind::Computed);
        let (mut what, help) = expect::required(parent, slot);
        let tokens = node.tree().tokens();
        let before = at.checked_sub(1).map(|before| tokens.span(before).range());
        if let Some(text) = before.clone().and_then(|range| node.tree().text().get(range)) {
            // Where the sign itself stands there, only what follows it is missing.
            let sign = what
                .strip_prefix('`')
                .and_then(|rest| rest.strip_prefix(text))
                .and_then(|rest| rest.strip_prefix("` and "));
            what = sign.unwrap_or(what);
        }
        let mut message = format!("expected {what}");
        if let Some(text) = before
            .clone()
            .and_then(|range| node.tree().text().get(range))
            .filter(|text| !text.is_empty())
        {
            message.push_str(&format!(" after {}", quoted(text)));
        }
        let next = found(node.tree(), at);
        let mut help = help;
        if !next.is_empty() {
            message.push_str(&format!(", found {next}"));
        } else if matches!(tokens.kind(at), None | Some(TokenKind::Newline))
            && matches!(parent.kind(), NodeKind::Set | NodeKind::Append | NodeKind::Prepend)
        {
            help = Some("a value begins on the line of its `=`".to_owned());
        }
        if let Some(habit) = mend::of_yaml(node, parent) {
            help = Some(habit);
        }
        if let Some(habit) = elsewhere::of_missing(node.tree(), at) {
            help = Some(habit);
        }
        let operator = mend::operator(node, parent);
        if let Some((_, said)) = &operator {
            help = Some((*said).to_owned());
        }
        self.push(MISSING, node, before.unwrap_or_else(|| node.range()), message, help);
        self.offer(operator.map(|(mend, _)| mend));
    }

    fn junk(&mut self, node: Node<'_>, parent: Option<Node<'_>>) {
        let tokens = node.tree().tokens();
        let range = node.token_range();
        let is_open = |parent: Node<'_>| {
            parent.kind() == NodeKind::Template && parent.child(NodeKind::StrTail).is_none()
        };
        if parent.is_some_and(is_open) {
            // The string that is never closed is the mistake, and what was taken for an expression follows from it.
            return;
        }
        // Foreign characters are a mistake of their own, and the rest of the run follows from them.
        let foreign = range.clone().find(|index| tokens.kind(*index) == Some(TokenKind::Bad));
        if node.range().is_empty() {
            // What closes a bracket that was left open is told of that bracket.
            self.hole = Some(range.end);
            return;
        }
        let follows = self.hole.is_some_and(|hole| {
            hole == range.start
                || (hole + 1 == range.start && tokens.kind(hole).is_some_and(is_separator))
        });
        self.hole = Some(range.end);
        if let Some(foreign) = foreign {
            let span = tokens.span(foreign).range();
            let text = node.tree().text().get(span.clone()).unwrap_or_default();
            if text == "]" && std::mem::take(&mut self.open) {
                return;
            }
            // A foreign character may be why something before it is missing: say it once, and here.
            if follows && self.problems.last().is_some_and(|last| last.code != FOREIGN) {
                self.problems.pop();
            }
            let rest = node.tree().text().get(span.end..).unwrap_or_default();
            let top = parent.is_some_and(|parent| parent.kind() == NodeKind::Root);
            let within = parent.map(Node::kind);
            let (message, help) = expect::foreign(text, rest, within);
            let mend = mend::foreign(node.tree().text(), span.clone(), top);
            self.push(FOREIGN, node, span, message, help);
            return self.offer(mend);
        }
        if follows || self.deep.is_some_and(|deep| deep <= range.end) {
            return;
        }
        let text = node.text();
        let help = expect::unexpected(node, parent);
        self.push(
            UNEXPECTED,
            node,
            node.range(),
            format!("did not expect {} here", quoted(text)),
            help,
        );
        self.offer(mend::unexpected(node, parent));
    }

    fn comparisons(&mut self, node: Node<'_>) {
        let follows_is = node.children().next().is_some_and(|first| first.kind() == NodeKind::Is);
        let joins = |kind| matches!(kind, Some(TokenKind::And | TokenKind::Or));
        let mut operators =
            node.children_of(NodeKind::BinaryOp).filter(|operator| match operator.first_token() {
                Some(TokenKind::Compare) => true,
                kind => follows_is && !joins(kind),
            });
        let second = operators.nth(usize::from(!follows_is));
        if let Some(second) = second {
            let help = "join two comparisons with `and`, or put one in parentheses".to_owned();
            self.push(
                CHAINED,
                node,
                second.range(),
                "comparisons do not chain".to_owned(),
                Some(help),
            );
        }
    }

    fn range(&mut self, node: Node<'_>) {
        if let Some(second) = node.children_of(NodeKind::Dots).nth(1) {
            self.push(CHAINED, node, second.range(), "a range has one `..`".to_owned(), None);
        }
    }

    /// Interpolation stands only where a value is computed.
    fn fixed_text(&mut self, node: Node<'_>, parent: Option<Node<'_>>) {
        use NodeKind as N;
        let Some(parent) = parent else { return };
        let fixed = node.kind() == N::Template
            && matches!(
                parent.kind(),
                N::Use
                    | N::From
                    | N::Overlay
                    | N::Test
                    | N::Snapshot
                    | N::Every
                    | N::Allow
                    | N::Import
                    | N::Embed
            );
        if fixed {
            let message = "this text must be fixed, without interpolation".to_owned();
            let help = "it is read before anything is computed".to_owned();
            self.push(NOT_FIXED, node, node.range(), message, Some(help));
        }
    }

    fn placement(&mut self, node: Node<'_>, within: Within) {
        use NodeKind as N;
        let (allowed, place) = match node.kind() {
            N::Use
            | N::Overlay
            | N::Input
            | N::TypeAlias
            | N::Schema
            | N::Variant
            | N::Trait
            | N::Test
            | N::Every => (within == Within::File, "at the top of a file"),
            N::Fails | N::Assert | N::Snapshot => (within == Within::Test, "in a `test`"),
            N::When | N::For | N::Spread => (within != Within::File, "in braces"),
            _ => return,
        };
        if !allowed {
            // The dots of a spread stand before its node.
            let first = node.token_range().start;
            let first = if node.kind() == N::Spread { first.saturating_sub(1) } else { first };
            let range = node.tree().tokens().span(first).range();
            let word = node.tree().text().get(range.clone()).unwrap_or_default();
            self.push(
                MISPLACED,
                node,
                range,
                format!("`{word}` stands only {place}"),
                habit::of_loose_entry(node.kind()),
            );
        }
    }
}

fn is_test_body(kind: NodeKind) -> bool {
    matches!(kind, NodeKind::Test | NodeKind::When | NodeKind::For)
}

fn is_separator(kind: TokenKind) -> bool {
    matches!(kind, TokenKind::Newline | TokenKind::Comma | TokenKind::RBracket)
}

/// Whether a minus stands right before a number, so that the least number can be written.
fn is_negated(node: Node<'_>, parent: Option<Node<'_>>) -> bool {
    let before = node
        .token_range()
        .start
        .checked_sub(1)
        .and_then(|before| node.tree().tokens().kind(before));
    before == Some(TokenKind::Minus)
        && parent
            .is_some_and(|parent| matches!(parent.kind(), NodeKind::Unary | NodeKind::Negative))
}

/// The token at an index as a reader would name it; empty at the end and at a line break.
fn found(tree: Tree<'_>, at: usize) -> String {
    match tree.tokens().kind(at) {
        None | Some(TokenKind::Newline) => String::new(),
        // What was supplied is not written.
        Some(_) if tree.tokens().span(at).range().is_empty() => String::new(),
        Some(_) => tree.text().get(tree.tokens().span(at).range()).map(quoted).unwrap_or_default(),
    }
}

/// A piece of source in a message: one line, and not long.
fn quoted(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let short: String = line.chars().take(40).collect();
    if short.len() < text.len() {
        format!("`{}…`", short.trim_end())
    } else {
        format!("`{short}`")
    }
}
