//! Changes of the text that mend the most common mistakes of syntax, and what to write for habits of YAML.

use std::ops::Range;

use super::Problem;
use super::expect::CONDITION;
use crate::literal::Notation;
use crate::node::NodeKind;
use crate::open::entry_behind;
use crate::token::TokenKind;
use crate::tree::{Node, Tree};

/// A change of the text of an item.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mend {
    /// What it does, as an imperative sentence.
    pub title: &'static str,
    /// Nothing else can have been meant.
    pub safe: bool,
    /// The bytes of the item's text that become another text.
    pub range: Range<usize>,
    pub text: String,
}

/// What goes on with a condition: `==` where one `=` stands, `and` for `&&`; with what is to be said of it.
pub(super) fn operator(missing: Node<'_>, parent: Node<'_>) -> Option<(Mend, &'static str)> {
    use NodeKind as N;
    let at = missing.token_range().start;
    let tokens = missing.tree().tokens();
    let start = tokens.span(at).range().start;
    if let Some(mend) = joined(missing.tree().text(), start) {
        let help = mend.title;
        return Some((mend, help));
    }
    let before = at.checked_sub(1).map(|before| tokens.span(before).range());
    let compared = before.and_then(|range| missing.tree().text().get(range));
    if tokens.kind(at) == Some(TokenKind::Assign) && matches!(compared, Some("==" | "!=")) {
        let (title, range) = ("leave out one `=`", tokens.span(at).range());
        let mend = Mend { title, safe: true, range, text: String::new() };
        return Some((mend, "values are compared with `==` and `!=`"));
    }
    let asks = matches!(parent.kind(), N::Then | N::When | N::Check | N::Assert | N::Where);
    let value = tokens.kind(at + 1).is_some_and(|kind| kind != TokenKind::Newline);
    let mend = Mend {
        title: "write `==`",
        safe: true,
        range: tokens.span(at).range(),
        text: "==".to_owned(),
    };
    (asks && tokens.kind(at) == Some(TokenKind::Assign) && value)
        .then_some((mend, "two values are compared with `==`"))
}

/// `and` and `or` for the signs that stand there.
fn joined(text: &str, start: usize) -> Option<Mend> {
    let rest = text.get(start..)?;
    let (title, word) = match rest.get(..2)? {
        "&&" => ("write `and`", "and"),
        "||" => ("write `or`", "or"),
        _ => return None,
    };
    let apart = if rest.get(2..)?.starts_with(' ') { "" } else { " " };
    Some(Mend { title, safe: true, range: start..start + 2, text: format!("{word}{apart}") })
}

/// The closing bracket at the end of what is never closed. Where it was meant to stand, only its author knows.
pub(super) fn closed(missing: Node<'_>, parent: Node<'_>, closing: &str) -> Option<Mend> {
    let tokens = missing.tree().tokens();
    let at = missing.token_range().start;
    if tokens.kind(at).is_some_and(|kind| kind != TokenKind::Newline) {
        return None;
    }
    let text = missing.tree().text();
    let start = parent.range().start;
    let inner = text.get(start..)?;
    let before = at.checked_sub(1)?;
    let end = tokens.span(before).range().end;
    let lines = inner.get(..end.checked_sub(start)?)?.contains('\n');
    let line = text.get(..start)?.rfind('\n').map_or(0, |at| at + 1);
    let indent: String = text.get(line..)?.chars().take_while(|c| *c == ' ').collect();
    Some(Mend {
        title: "close it here",
        safe: false,
        range: end..end,
        text: if lines { format!("\n{indent}{closing}") } else { closing.to_owned() },
    })
}

/// The quotes at the end of the line, where nothing in it could be the end of the text already.
pub(super) fn unclosed(line: Option<&str>, notation: Notation, end: usize) -> Option<Mend> {
    let line = line.filter(|_| matches!(notation, Notation::Line))?;
    let held = line.trim_end();
    let plain =
        !held.contains([',', '{', '}', '[', ']', '(', ')', ':', '\\']) && !held.contains("//");
    let end = end - (line.len() - held.len());
    Some(Mend { title: "close the string", safe: plain, range: end..end, text: "\"".to_owned() })
}

/// The signs of other languages; `top` says that they stand in an item of the file, and in nothing further in.
pub(super) fn foreign(text: &str, sign: Range<usize>, top: bool) -> Option<Mend> {
    let rest = text.get(sign.end..)?;
    let line = rest.split('\n').next().unwrap_or_default();
    let mend = |title, range, text: String| Some(Mend { title, safe: true, range, text });
    let written = text.get(sign.clone())?;
    if super::expect::is_bare(written) {
        // What is only a number with more than one point may be meant to be a number.
        let plain = !written.contains(['\\', '$']);
        let number = written.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        let (title, text) = ("write quotes", format!("\"{written}\""));
        // Of quotes of which only the second are there, the first are missing.
        let end = sign.end + usize::from(line.starts_with('"'));
        return plain.then_some(Mend { title, safe: !number, range: sign.start..end, text });
    }
    match written.chars().next()? {
        // A sign before a name may be that of a definition, or of a private field.
        '#' if line.is_empty() || line.starts_with([' ', '!', '-', '#', '=']) => {
            mend("write `//`", sign.start..sign.start + 1, "//".to_owned())
        }
        '!' if line.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '(' | '_')) => {
            mend("write `not`", sign.start..sign.start + 1, "not ".to_owned())
        }
        ';' if line.trim().is_empty() => {
            mend("leave it out", sign.start..sign.start + 1, String::new())
        }
        ';' if top => {
            let behind = line.len() - line.trim_start().len();
            mend("begin a line", sign.start..sign.end + behind, "\n".to_owned())
        }
        ';' => mend("write a comma", sign.start..sign.start + 1, ",".to_owned()),
        '\'' => {
            let whole = text.get(sign.start + 1..)?.split('\n').next()?;
            let (held, behind) = whole.split_once('\'')?;
            let once = !behind.contains('\'') && !held.contains(['"', '\\']);
            let range = sign.start..sign.start + held.len() + 2;
            once.then(|| Mend {
                title: "write double quotes",
                safe: true,
                range,
                text: format!("\"{held}\""),
            })
        }
        _ => None,
    }
}

/// A comma between elements and entries, a line break between items, `and` and `or`.
pub(super) fn unexpected(junk: Node<'_>, parent: Option<Node<'_>>) -> Option<Mend> {
    use NodeKind as N;
    let tokens = junk.tree().tokens();
    let range = junk.token_range();
    let start = tokens.span(range.start).range().start;
    let before = range.start.checked_sub(1)?;
    let put = |title, text: &str| {
        let at = tokens.span(before).range().end;
        Some(Mend { title, safe: true, range: at..start, text: text.to_owned() })
    };
    if let Some(mend) = joined(junk.tree().text(), start)
        .or_else(|| super::elsewhere::mend(junk, parent.map(Node::kind)))
    {
        return Some(mend);
    }
    let first = tokens.kind(range.start)?;
    if super::habit::is_compared(junk) {
        let sign = tokens.span(range.start).range();
        return Some(Mend { title: "write `==`", safe: true, range: sign, text: "==".to_owned() });
    }
    let binds = first == TokenKind::Name || first == TokenKind::Str;
    // A record is made in braces behind the name of its schema, and is no entry.
    let sets = || {
        let end = entry_behind(tokens, range.start)?;
        let made = tokens.kind(end) == Some(TokenKind::LBrace)
            && tokens.kind(end - 1) == Some(TokenKind::Pascal);
        (!made).then_some(())
    };
    let sets = || sets().is_some();
    // What is there twice may have been meant once.
    let word = |at: usize| junk.tree().text().get(tokens.span(at).range());
    let twice = word(before) == word(range.start);
    match parent.map(Node::kind)? {
        N::Body if sets() => put("put a comma before it", ", "),
        N::Root if sets() => put("put it on a line of its own", "\n"),
        N::List | N::Call
            if binds
                || matches!(
                    first,
                    TokenKind::Int | TokenKind::Float | TokenKind::Unit | TokenKind::Bool
                ) =>
        {
            let mend = put("put a comma before it", ", ")?;
            Some(Mend { safe: mend.safe && !twice, ..mend })
        }
        _ => None,
    }
}

/// What to write for what is meant by the signs of YAML.
pub(super) fn of_yaml(missing: Node<'_>, parent: Node<'_>) -> Option<String> {
    use NodeKind as N;
    match parent.kind() {
        N::Set => {
            let text = missing.tree().text();
            let at = missing.token_range().start;
            let start = missing.tree().tokens().span(at).range().start;
            let line = text.get(start..)?.split('\n').next()?.split(" //").next()?.trim_end();
            if !matches!(line, "|" | "|-" | "|+" | ">" | ">-" | ">+") {
                return None;
            }
            Some(super::LINES.to_owned())
        }
        // `env:`, and a line that begins with `-`.
        N::Negative => {
            let above = parent.ancestors();
            let annotation = above.iter().find(|above| above.kind() == N::Annotation)?;
            let binding = annotation.parent()?;
            let name = binding.child(N::Path)?.text();
            Some(format!(
                "a list is a value in brackets: `{name} = [a, b]`; where its elements have keys, they are entries: `{name} {{ KEY {{ … }} }}`"
            ))
        }
        _ => None,
    }
}

/// Takes away what is told of the lines of a block of text as YAML writes them: that there are no such blocks was said.
pub(super) fn without_blocks_of_yaml(text: &str, problems: &mut Vec<Problem>) {
    let told = |problem: &&Problem| problem.help.as_ref().is_some_and(|help| help == super::LINES);
    let blocks: Vec<Range<usize>> = problems
        .iter()
        .filter(told)
        .filter_map(|problem| {
            let line = text.get(..problem.range.start)?.rfind('\n').map_or(0, |at| at + 1);
            let indent = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
            let own = indent(text.get(line..)?);
            let first = line + text.get(line..)?.find('\n')? + 1;
            let mut end = first;
            for line in text.get(first..)?.split_inclusive('\n') {
                if !line.trim().is_empty() && indent(line) <= own {
                    break;
                }
                end += line.len();
            }
            Some(first..end)
        })
        .collect();
    problems.retain(|problem| !blocks.iter().any(|block| block.contains(&problem.range.start)));
}

/// Takes away what is told of the braces in `if c { a } else { b }`: how a condition is written was said.
pub(super) fn without_braces_of_conditions(tree: Tree<'_>, problems: &mut Vec<Problem>) {
    let told = |problem: &&Problem| problem.help.as_deref() == Some(CONDITION);
    let of = |problem: &Problem| {
        let above = tree.node(problem.node)?.ancestors();
        let whole = above.into_iter().find(|node| node.kind() == NodeKind::If)?;
        whole.text().contains('{').then(|| whole.range())
    };
    let conditions: Vec<Range<usize>> = problems.iter().filter(told).filter_map(of).collect();
    for whole in conditions {
        let mut said = false;
        problems.retain(|problem| {
            let inside = whole.start <= problem.range.start && problem.range.end <= whole.end;
            let condition = problem.help.as_deref() == Some(CONDITION);
            !inside || (condition && !std::mem::replace(&mut said, true))
        });
    }
}
