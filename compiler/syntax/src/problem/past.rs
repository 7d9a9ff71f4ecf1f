//! What is told of what was read past: see [`crate::slip`].

use std::ops::Range;

use super::{FOREIGN, MISSING, Mend, OPEN_STRING, Problem, UNCLOSED, UNEXPECTED};
use crate::limits;
use crate::node::NodeKind;
use crate::slip::{Slip, SlipKind};
use crate::token::TokenKind;
use crate::tree::Tree;

/// What is told of all that was read past in an item.
pub(super) fn problems(tree: Tree<'_>) -> Vec<Problem> {
    tree.tokens().slips.iter().take(limits::SLIPS).map(|slip| told(tree, *slip)).collect()
}

/// Whether what is missing at the end of a name's `:` is the block below it, of which it is told.
pub(super) fn is_told(tree: Tree<'_>, end: usize) -> bool {
    let slips = &tree.tokens().slips;
    let at = slips.partition_point(|slip| (slip.span.start as usize) < end);
    slips
        .get(at)
        .is_some_and(|slip| slip.kind == SlipKind::Indented && slip.span.start as usize == end)
}

/// Whether a problem is about a line that is broken in the wrong place.
pub(super) fn is_of_layout(tree: Tree<'_>, problem: &Problem) -> bool {
    tree.tokens().slips.iter().take(limits::SLIPS).any(|slip| {
        slip.span.range() == problem.range && matches!(slip.kind, SlipKind::Late | SlipKind::Early)
    })
}

fn told(tree: Tree<'_>, slip: Slip) -> Problem {
    let range = slip.span.range();
    let text = tree.text();
    let written = text.get(range.clone()).unwrap_or_default();
    let (code, range, message, help, mend) = match slip.kind {
        SlipKind::Comment => {
            let line = range.start + written.lines().next().unwrap_or_default().len();
            let message = "`/*` begins no comment".to_owned();
            let help = "comments begin with `//`, on each line".to_owned();
            (UNEXPECTED, range.start..line, message, help, lines_of_comment(text, &range))
        }
        SlipKind::Late => {
            let mend = next_token(tree, range.end).and_then(|next| moved(text, &range, next));
            let message = format!("expected {} after `{written}`", operand(written));
            let help = match written {
                "=" | "+=" | "=+" => format!("a value begins on the line of its `{written}`"),
                ":" => "what follows `:` begins on its line".to_owned(),
                "then" | "else" | "=>" => format!(
                    "what follows `{written}` begins on its line; a line may begin with `{written}`"
                ),
                _ => format!("an operator stands at the beginning of a line: `{written} …`"),
            };
            (MISSING, range, message, help, mend)
        }
        SlipKind::Early => {
            let message = format!("did not expect `{written}` at the beginning of a line");
            let help = match written {
                "(" => "the parentheses of a call stand on the line of its function",
                "{" => "a brace stands on the line of what it belongs to: `web = Service {`",
                "=" => "a value is given on the line of its name: `name = value`",
                _ => "it stands on the line of what is before it",
            };
            let mend = joined(text, range.start, written);
            (UNEXPECTED, range, message, help.to_owned(), mend)
        }
        SlipKind::Indented => {
            let first = written.lines().map(str::trim).skip(1).find(|line| !line.is_empty());
            let first = first.unwrap_or_default();
            let name = name_before(text, range.start);
            let message = format!("expected a type after `{name}:`, found lines that are indented");
            let help = instead_of_block(name, first);
            (MISSING, range.start - 1..range.start, message, help, None)
        }
        SlipKind::Open => {
            let (help, mend) = closed(tree, range.start);
            (UNCLOSED, range, format!("this `{written}` is never closed"), help, mend)
        }
        SlipKind::Unopened => {
            let (message, help, mend) = opened(tree, &range);
            (MISSING, range, message, help, mend)
        }
        SlipKind::TooMany => {
            let title = "remove it";
            let mend = Mend { title, safe: true, range: range.clone(), text: String::new() };
            let message = format!("this `{written}` closes nothing");
            (FOREIGN, range, message, "remove it".to_owned(), Some(mend))
        }
        SlipKind::Instead => {
            let tokens = tree.tokens();
            let pair = brackets(tree)
                .find(|(_, closing)| tokens.span(*closing).start as usize == range.start);
            let opening = pair.map_or(range.clone(), |(opening, _)| tokens.span(opening).range());
            let (opened, meant) = match text.get(opening.clone()) {
                Some("[") => ("[", "]"),
                Some("(") => ("(", ")"),
                _ => ("{", "}"),
            };
            let line = text.get(..opening.end).and_then(|above| above.rsplit('\n').next());
            let line = line.unwrap_or_default().trim();
            let whose: String = match line.char_indices().rev().nth(30) {
                Some((cut, _)) => format!("…{}", line.get(cut..).unwrap_or_default()),
                None => line.to_owned(),
            };
            let message = format!("this `{written}` does not close `{opened}`");
            let help = format!("write `{meant}`, which ends what begins with `{whose}`");
            let title = "write the bracket that fits";
            let mend = Mend { title, safe: true, range: range.clone(), text: meant.to_owned() };
            (FOREIGN, range, message, help, Some(mend))
        }
        SlipKind::Manifest => {
            let begins = |line: &&str| !line.trim().is_empty() && !line.starts_with("---");
            let line = written.lines().find(begins).unwrap_or(written);
            let start = range.start + written.find(line).unwrap_or_default();
            let help = match written.contains("{{") {
                true => {
                    "`helm template CHART | depc import -` writes what such a template makes as a program"
                }
                false => {
                    "`depc import FILE` writes YAML as a program; as it is, it is read by `import \"./objects.yaml\" as [k8s.Object]`"
                }
            };
            let message = "this is a manifest in YAML".to_owned();
            (FOREIGN, start..start + line.trim_end().len(), message, help.to_owned(), None)
        }
        SlipKind::Foreign => {
            (FOREIGN, range, foreign_sign(written), instead_of_line(written), None)
        }
    };
    let node = tree.node_at(range.start).id();
    Problem { code, message, node, range, help: Some(help), mend, row: None }
}

/// Where to close the bracket at `start`, which is read as if an empty token closed it.
fn closed(tree: Tree<'_>, start: usize) -> (String, Option<Mend>) {
    let tokens = tree.tokens();
    let pair = brackets(tree).find(|(open, _)| tokens.span(*open).start as usize == start);
    let text = tree.text();
    let Some((_, index)) = pair else { return ("close it where it ends".to_owned(), None) };
    let bracket = match tokens.kind(index) {
        Some(TokenKind::RBrace) => "}",
        Some(TokenKind::RBracket) => "]",
        _ => ")",
    };
    let end = tokens.span(index).start as usize;
    let behind = text.get(end..).unwrap_or_default();
    let rest = behind.lines().next().unwrap_or_default().trim();
    let next = (index + 1..tokens.len()).find(|next| !tokens.span(*next).range().is_empty());
    let lines = text.get(start..end).unwrap_or_default().contains('\n');
    let line_start = text.get(..start).unwrap_or_default().rfind('\n').map_or(0, |at| at + 1);
    let line = text.get(line_start..).unwrap_or_default();
    let indent: String = line.chars().take_while(|c| matches!(c, ' ' | '\t')).collect();
    let before = |next: usize| {
        let word = text.get(tokens.span(next).range()).unwrap_or_default();
        let word: String = word.lines().next().unwrap_or_default().chars().take(20).collect();
        format!("`{word}`")
    };
    let help = match next {
        Some(next) if !rest.is_empty() && !rest.starts_with("//") => {
            format!("put `{bracket}` before {}", before(next))
        }
        Some(next) if lines => {
            let at = tokens.span(next).start as usize;
            let line = text.get(at..).unwrap_or_default().lines().next().unwrap_or_default();
            let short: String = line.trim_end().chars().take(30).collect();
            format!(
                "put `{bracket}` above `{short}`, which is indented like the line that opens it"
            )
        }
        _ if lines => format!("put `{bracket}` at its end"),
        Some(_) => {
            format!("put `{bracket}` at the end of the line: the next one is indented like it")
        }
        None => format!("put `{bracket}` at the end of the line"),
    };
    let written = match lines {
        true => format!("\n{indent}{bracket}"),
        false if bracket == "}" => " }".to_owned(),
        false => bracket.to_owned(),
    };
    let mend = Mend { title: "close it here", safe: false, range: end..end, text: written };
    (help, Some(mend))
}

/// What is told of a bracket that is never opened: it is read as if an empty token behind this one opened it.
fn opened(tree: Tree<'_>, before: &Range<usize>) -> (String, String, Option<Mend>) {
    let (tokens, text) = (tree.tokens(), tree.text());
    let spans = &tokens.spans;
    let at = spans.partition_point(|span| (span.start as usize) < before.end);
    let written = text.get(before.clone()).unwrap_or_default();
    if matches!(written, "(" | "[") {
        let message = format!("expected `{{`, found `{written}`");
        let mend =
            Mend { title: "write `{`", safe: false, range: before.clone(), text: "{".to_owned() };
        return (message, "fields stand in braces: `name = Schema { … }`".to_owned(), Some(mend));
    }
    let bracket = if tokens.kind(at) == Some(TokenKind::LBracket) { "[" } else { "{" };
    let message = format!("expected `{bracket}` after {}", super::quoted(written));
    let behind = text.get(before.end..).unwrap_or_default().lines().next().unwrap_or_default();
    let next = super::found(tree, at + 1);
    let alone = behind.trim().is_empty() || behind.trim_start().starts_with("//");
    let help = match declared(tree, at) {
        Some(line) if alone => format!("a value is made behind `=`: `{line} {{`"),
        _ if alone => {
            format!("put `{bracket}` at the end of the line: what closes it stands below")
        }
        _ => format!("put `{bracket}` before {next}"),
    };
    let space = if alone || bracket == "[" { "" } else { " " };
    let blank = if behind.starts_with(' ') && !alone { 1 } else { 0 };
    let mend = Mend {
        title: "open it here",
        safe: false,
        range: before.end..before.end + blank,
        text: format!(" {bracket}{space}"),
    };
    (message, help, Some(mend))
}

/// How a value is given in place of a type and braces, the first of which is a token: `app = Service` of `app: Service`.
pub(super) fn declared(tree: Tree<'_>, brace: usize) -> Option<String> {
    let at = tree.tokens().span(brace.checked_sub(1)?).range();
    let above = tree.node_at(at.start).ancestors();
    let index = above.iter().position(|node| node.kind() == NodeKind::Binding)?;
    let binding = above.get(index)?;
    let path = binding.child(NodeKind::Path)?.text();
    let annotation = binding.child(NodeKind::Annotation).filter(|ty| ty.range().end == at.end)?;
    let ty = annotation.children().next()?;
    let declares = above.iter().skip(index).any(|above| above.kind() == NodeKind::Schema);
    let shown = match (ty.kind() == NodeKind::TypeRef, declares) {
        (true, false) => format!("{path} = {}", ty.text()),
        (true, true) => format!("{path}: {0} = {0}", ty.text()),
        (false, false) => path.to_owned(),
        (false, true) => format!("{path}: {} =", ty.text()),
    };
    (shown.len() <= 60 && !shown.contains('\n')).then_some(shown)
}

/// The tokens that open brackets and strings with interpolation, each with the one that closes it, in the order of those.
fn brackets(tree: Tree<'_>) -> impl Iterator<Item = (usize, usize)> {
    use TokenKind as K;
    let tokens = tree.tokens();
    let mut open: Vec<usize> = Vec::new();
    (0..tokens.len()).filter_map(move |index| match tokens.kind(index)? {
        K::LBrace | K::LBracket | K::LParen | K::StrHead => {
            open.push(index);
            None
        }
        K::RBrace | K::RBracket | K::RParen | K::StrTail => Some((open.pop()?, index)),
        _ => None,
    })
}

/// Where the bracket ends that is closed by one at an offset.
pub(super) fn opening_of(tree: Tree<'_>, closing: usize) -> Option<usize> {
    let tokens = tree.tokens();
    let pair = brackets(tree).find(|(_, at)| tokens.span(*at).start as usize == closing);
    pair.map(|(opening, _)| tokens.span(opening).end as usize)
}

/// Takes away that a bracket is never closed where a string on its line is not, or one behind it has what closes a bracket on its line: that is taken for text.
pub(super) fn without_brackets_of_strings(tree: Tree<'_>, problems: &mut Vec<Problem>) {
    let text = tree.text();
    let line = |at: usize| text.get(..at).unwrap_or_default().rfind('\n');
    let strings: Vec<usize> = problems
        .iter()
        .filter(|problem| problem.code == OPEN_STRING)
        .map(|problem| problem.range.start)
        .collect();
    // What cannot follow a string that is never closed follows from that.
    problems.retain(|problem| problem.code != MISSING || !strings.contains(&problem.range.start));
    for string in strings {
        let held = text.get(string..).unwrap_or_default().lines().next().unwrap_or_default();
        let count = |signs: [char; 2]| held.chars().filter(|c| signs.contains(c)).count();
        let mut left = count(['}', ']']).saturating_sub(count(['{', '[']));
        let mut at = problems.len();
        while let Some(index) = at.checked_sub(1) {
            at = index;
            let Some(problem) = problems.get(index) else { break };
            if problem.code != UNCLOSED || problem.range.start >= string {
                continue;
            }
            // What is read as if it were closed goes on where it says.
            let is_read = tree.tokens().slips.iter().any(|slip| slip.span.range() == problem.range);
            if (left > 0 && !is_read) || line(problem.range.start) == line(string) {
                left = left.saturating_sub(1);
                problems.remove(index);
            }
        }
    }
}

/// That something is written in another language.
pub(super) fn foreign_sign(written: &str) -> String {
    let short: String = written.chars().take(40).collect();
    let shown = if short.len() < written.len() { format!("{short}…") } else { short };
    format!("`{shown}` is not part of the language")
}

/// What to write for what a template puts in: `{{ .Values.tag | quote }}`.
pub(super) fn put_in(text: &str) -> String {
    let inner = text.trim_matches(['{', '}', '-', ' ']);
    if ["include ", "template "].iter().any(|word| inner.starts_with(word)) {
        return instead_of_line(text);
    }
    let path = inner.split([' ', '|', ')']).find(|word| word.contains(".Values."));
    let name = path.and_then(|path| path.rsplit('.').next()).filter(|name| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    });
    match name {
        Some(name) => format!(
            "what is given from outside is declared, `input {name}: T = …`, and read by its name: `{name}`"
        ),
        None => "what is computed stands as it is: `name = e`".to_owned(),
    }
}

/// What to write for a line of YAML, or of a template.
fn instead_of_line(line: &str) -> String {
    let inner = line.trim_matches(['{', '}', '-', ' ']);
    match inner.split_whitespace().next() {
        None if line.starts_with('-') => "nothing stands between the items of a file, which is one program; objects in YAML are read by `import \"./objects.yaml\" as [k8s.Object]`",
        Some("if" | "with") => "what is there on a condition is given with it, `web = if c then Service { … }`; in braces it stands in `when c { … }`",
        Some("range") => "what is made in a loop is made by `for`: `{ [n] = Service { … } for n in names }`, in braces `for k, v in m { … }`",
        Some("end" | "else") => "this is of a template, whose blocks have braces here: `when c { … }`, `for k, v in m { … }`",
        Some("include" | "template" | "define") => "what several records have in common is a trait, `trait Name for Schema { … }`, and put on them by `with Name`",
        _ => "this is of a template: what is computed stands as it is, `name = e`, and in a string as `\\(e)`",
    }
    .to_owned()
}

/// What to write for `name:` and lines that are indented, of which this is the first.
fn instead_of_block(name: &str, first: &str) -> String {
    let first = first.split(" #").next().unwrap_or_default().trim_end();
    let keyed = |entry: &str| {
        let (key, value) =
            entry.split_once(": ").or(entry.strip_suffix(':').map(|key| (key, "")))?;
        Some((key.trim().to_owned(), value.trim().to_owned()))
    };
    let element = first.strip_prefix('-').map(str::trim_start);
    match (element.and_then(keyed), element, keyed(first)) {
        (Some((key, value)), ..) if key == "name" && !value.is_empty() => format!(
            "an entry of a keyed list is written by its key: `{name} {{ {value} = … }}`, `{name} {{ {value} {{ … }} }}`"
        ),
        (Some((key, _)), ..) => {
            format!("a list of records is written `{name} = [{{ {key} = … }}, …]`")
        }
        (None, Some(value), _) => {
            let number = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
            let value = if number { value } else { "\"…\"" };
            format!("the elements of a list stand in brackets: `{name} = [{value}, …]`")
        }
        (None, None, Some((key, value))) if value.is_empty() => {
            format!("fields stand in braces: `{name} {{ {key} {{ … }} }}`")
        }
        (None, None, entry) => {
            let key = entry.map_or_else(|| "name".to_owned(), |(key, _)| key);
            format!("fields stand in braces, and values behind `=`: `{name} {{ {key} = … }}`")
        }
    }
}

/// What is missing behind a sign.
fn operand(sign: &str) -> &'static str {
    match sign {
        ":" => "a type or a message",
        "|" | "&" => "a type",
        _ => "a value",
    }
}

/// The name before a `:` that ends at `end`.
fn name_before(text: &str, end: usize) -> &str {
    let line = text.get(..end).unwrap_or_default().rsplit('\n').next().unwrap_or_default();
    line.trim().trim_end_matches(':').trim_end()
}

/// Where the first token begins at or behind `at`.
fn next_token(tree: Tree<'_>, at: usize) -> Option<usize> {
    let spans = &tree.tokens().spans;
    let next = spans.partition_point(|span| (span.start as usize) < at);
    spans.get(next).map(|span| span.start as usize)
}

/// The sign at the beginning of the next line, or that line behind the sign.
fn moved(text: &str, sign: &Range<usize>, next: usize) -> Option<Mend> {
    let gap = text.get(sign.end..next)?;
    let written = text.get(sign.clone())?;
    if gap.trim().is_empty() && matches!(written, "=" | "+=" | "=+" | ":" | "=>") {
        let title = "put it on one line";
        return Some(Mend { title, safe: true, range: sign.end..next, text: " ".to_owned() });
    }
    if matches!(written, "=" | "+=" | "=+" | ":" | "=>") {
        return None;
    }
    let before = text.get(..sign.start)?.trim_end().len();
    let joined = match written {
        "&&" => "and",
        "||" => "or",
        sign => sign,
    };
    let title = "begin the next line with it";
    let line = gap.find('\n')?;
    // A comment behind it stays where it is.
    let kept = if gap.get(..line)?.trim().is_empty() { gap.get(line..)? } else { gap };
    let text = format!("{kept}{joined} ");
    Some(Mend { title, safe: true, range: before..next, text })
}

/// The sign at the end of the line above.
fn joined(text: &str, start: usize, sign: &str) -> Option<Mend> {
    let above = text.get(..start)?.trim_end();
    // Behind a comment it would be a part of that.
    let last = above.rsplit('\n').next()?;
    let apart = if sign == "(" || sign == ":" { "" } else { " " };
    (!last.contains("//")).then(|| Mend {
        title: "put it on the line above",
        safe: true,
        range: above.len()..start,
        text: apart.to_owned(),
    })
}

/// The same comment with `//`, where nothing stands behind it on its line.
fn lines_of_comment(text: &str, range: &Range<usize>) -> Option<Mend> {
    let written = text.get(range.clone())?;
    let behind = text.get(range.end..)?.lines().next().unwrap_or_default();
    if !behind.trim().is_empty() {
        return None;
    }
    let before = text.get(..range.start)?.rsplit('\n').next()?;
    let blanks: String = before.chars().take_while(|c| matches!(c, ' ' | '\t')).collect();
    let held = written.trim_start_matches(['/', '*']).trim_end_matches('/').trim_end_matches('*');
    let mut lines: Vec<String> = held
        .lines()
        .map(|line| line.trim().trim_start_matches('*').trim_start())
        .map(|line| if line.is_empty() { "//".to_owned() } else { format!("// {line}") })
        .collect();
    // The first and the last sign often stand on lines of their own.
    while lines.len() > 1 && lines.last().is_some_and(|line| line == "//") {
        lines.pop();
    }
    if lines.len() > 1 && lines.first().is_some_and(|line| line == "//") {
        lines.remove(0);
    }
    let text = lines.join(&format!("\n{blanks}"));
    Some(Mend { title: "write `//`", safe: true, range: range.clone(), text })
}
